/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether reading and checking Sieve stays linear, and within its memory, in texts of any shape: each word of the
 * language, each way to nest, and what is wrong, over and over, in 8 and in 64 MB. Prints JSON, a line a shape.
 *
 * usage: bench-shapes [NAME…]      the shapes whose names begin so; all without one, in some minutes */
#include "grammar/server.h"
#include "grammar/sieve/check.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/table.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SMALL_BYTES ((gsize)8 << 20)
#define LARGE_BYTES ((gsize)64 << 20)
/* A large text is read once, unless that took longer than this many small ones should: then the machine may have
 * been at fault, and it is read again. */
#define N_ROUNDS 3
#define N_LINEAR (1.2 * (double)(LARGE_BYTES / SMALL_BYTES))

/* unit may hold one %u, which counts. */
typedef struct {
    const char *name, *head, *unit, *tail;
} Shape;

static const Shape shapes[] = {
    {"commands", "", "keep;\n", ""},
    {"elsif", "if false { keep; }\n", "elsif header :is \"subject\" \"v%u\" { keep; }\n", ""},
    {"else", "", "if true { keep; } else { stop; }\n", ""},
    {"blocks", "", "if true { if true { if true { keep; } } }\n", ""},
    {"deep-blocks", "", "if true {\n", ""},
    {"closed-blocks", "", "}\n", ""},
    {"stray-blocks", "", "{", ""},
    {"deep-tests", "if ", "not ", "true { keep; }\n"},
    {"deep-lists", "if ", "anyof (", "true"},
    {"anyof", "if anyof (true", ", true", ") { keep; }\n"},
    {"anyof-headers", "if anyof (true", ", header :is \"subject\" \"v%u\"", ") { keep; }\n"},
    {"anyof-anyof", "if anyof (true", ", anyof (true, allof (true, true))", ") { keep; }\n"},
    {"no-anyof", "if true", ", true", " { keep; }\n"},
    {"list", "if header \"a\" [\"a\"", ", \"invoice-%u\"", "] { keep; }\n"},
    {"list-of-short", "if header \"a\" [\"a\"", ",\"a\"", "] { keep; }\n"},
    {"flags", "require \"imap4flags\"; addflag [\"a\"", ",\"a\"", "];\n"},
    {"flags-or-variables", "require \"imap4flags\"; if hasflag [\"a\"", ",\"a\"",
     "] [\"b\"] { }\n"},
    {"list-without-commas", "if header \"a\" [\"a\"", " \"invoice-%u\"", "] { keep; }\n"},
    {"brackets", "if header \"a\" ", "[", ""},
    {"require", "", "require \"fileinto\";\n", ""},
    {"require-list", "require [\"copy\"", ", \"fileinto\"", "];\n"},
    {"require-unknown", "require [\"copy\"", ", \"x%u\"", "];\n"},
    {"require-late", "keep;\n", "require \"fileinto\";\n", ""},
    {"missing-require", "", "fileinto \"x\";\n", ""},
    {"variables", "require \"variables\";\n", "set \"v%u\" \"x\";\n", ""},
    {"one-variable", "require \"variables\";\n", "set \"v\" \"${v}x\";\n", ""},
    {"references", "require \"variables\"; set \"v\" \"", "${v}", "\";\n"},
    {"encoded", "require \"encoded-character\"; keep \"", "${hex:40}", "\";\n"},
    {"arguments", "keep ", "1 ", ";\n"},
    {"tags", "keep ", ":flags ", ";\n"},
    {"strings", "keep ", "\"a\" ", ";\n"},
    {"redirect", "", "redirect \"user%u@acme.example\";\n", ""},
    {"comments", "", "# x\n", ""},
    {"bracket-comments", "", "/* x */", ""},
    {"comments-inside", "keep ", "/* x */", ";\n"},
    {"long-comment", "/*", " *", "*/"},
    {"long-string", "redirect \"", "x", "\";\n"},
    {"escapes", "redirect \"", "\\\"", "\";\n"},
    {"long-text", "redirect text:\n", "a line of text\n", ".\n;\n"},
    {"stuffed-text", "redirect text:\n", "..\n", ".\n;\n"},
    {"texts", "", "redirect text:\nx\n.\n;\n", ""},
    {"open-texts", "", "redirect text:\nx\n", ""},
    {"quotes", "", "\"", ""},
    {"open-string", "redirect \"", "x\n", ""},
    {"long-word", "", "x", ";\n"},
    {"long-number", "keep ", "1", ";\n"},
    {"numbers", "", "if size :over 10%uK { keep; }\n", ""},
    {"semicolons", "", ";", ""},
    {"commas", "keep ", ",", ";\n"},
    {"unknown-words", "", "nosuch%u;\n", ""},
    {"no-semicolons", "", "keep\n", ""},
    {"garbage", "", "@", ""},
    {"bytes", "", "\x80", ""},
    {"bytes-in-strings", "", "redirect \"\x80@a.example\";\n", ""},
    {"controls", "", "redirect \"\x01@a.example\";\n", ""},
    {"blanks", "", " ", "keep;\n"},
    {"breaks", "", "\r\n", "keep;\n"},
    {"vacation", "require \"vacation\";\n",
     "vacation :days 7 :addresses [\"a@b.example\"] \"x\";\n", ""},
    {"tag-rich", "require \"vacation\";\n",
     "vacation :days 7 :subject \"x\" :from \"a@b.example\" :addresses [\"a@b.example\", "
     "\"c@d.example\"] :mime "
     ":handle \"h%u\" \"x\";\n",
     ""},
    {"dates", "require [\"date\", \"relational\"];\n",
     "if currentdate :zone \"+0100\" :value \"ge\" \"date\" \"2026-11-23\" { keep; }\n", ""},
    {"regex", "require \"regex\";\n", "if header :regex \"a\" \"^(a|b)*c%u$\" { keep; }\n", ""},
};

static char *
write_text(const Shape *shape, gsize bytes)
{
    GString *text = g_string_sized_new(bytes + 4096);
    guint n = 0;

    g_string_append(text, shape->head);
    if (strchr(shape->unit, '%') == NULL) {
        gsize length = strlen(shape->unit);
        while (text->len < bytes)
            g_string_append_len(text, shape->unit, (gssize)length);
    } else {
        while (text->len < bytes) {
            const char *number = strchr(shape->unit, '%');
            g_string_append_len(text, shape->unit, number - shape->unit);
            g_string_append_printf(text, "%u%s", n++, number + 2);
        }
    }
    g_string_append(text, shape->tail);
    return g_string_free(text, FALSE);
}

static gint64
now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (gint64)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static gsize
peak_bytes(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (gsize)usage.ru_maxrss * 1024;
}

typedef struct {
    double ms;        /* of the fastest round */
    gsize peak_bytes; /* of memory, above what there was before */
} Measured;

/* No round follows one within enough_ms. */
static Measured
check(const TamisServer *server, const Shape *shape, gsize bytes, double enough_ms)
{
    g_autofree char *text = write_text(shape, bytes);
    gsize length = strlen(text);
    double best_ms = G_MAXDOUBLE;

    text = g_realloc(text, length + TAMIS_SOURCE_PADDING);
    memset(text + length, 0, TAMIS_SOURCE_PADDING);
    gsize before_bytes = peak_bytes();
    for (guint round = 0; round < N_ROUNDS && best_ms > enough_ms; round++) {
        g_autoptr(TamisSources) sources = tamis_sources_new();
        g_autoptr(TamisReport) report = tamis_report_new(sources);
        g_autoptr(TamisArena) arena = tamis_arena_new();
        const TamisSieveCheckOptions options = {.server = server};
        TamisSieveChecked checked;
        TamisSourceId source = tamis_sources_lend_text(sources, "x.sieve", text, length);
        gint64 start_us = now_us();
        tamis_sieve_check_source(source, &options, arena, report, &checked);
        best_ms = MIN(best_ms, (double)(now_us() - start_us) / 1000);
    }
    return (Measured){best_ms, peak_bytes() - before_bytes};
}

/* In a process of its own, whose memory nothing has been in. */
static Measured
check_apart(const TamisServer *server, const Shape *shape, gsize bytes, double enough_ms)
{
    Measured measured = {0};
    int ends[2], status;

    g_assert_cmpint(pipe(ends), ==, 0);
    pid_t child = fork();
    if (child == 0) {
        measured = check(server, shape, bytes, enough_ms);
        _exit(write(ends[1], &measured, sizeof measured) != sizeof measured);
    }
    g_assert_cmpint(read(ends[0], &measured, sizeof measured), ==, sizeof measured);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    close(ends[0]);
    close(ends[1]);
    return measured;
}

static void
measure(const TamisServer *server, const Shape *shape)
{
    Measured small = check_apart(server, shape, SMALL_BYTES, 0);
    Measured large = check_apart(server, shape, LARGE_BYTES, N_LINEAR * small.ms);

    g_print("{\"bench\":\"shapes\",\"shape\":\"%s\",\"small_ms\":%.2f,\"large_ms\":%.2f,"
            "\"peak_per_byte\":%.2f}\n",
            shape->name, small.ms, large.ms, (double)large.peak_bytes / (double)LARGE_BYTES);
}

static gboolean
is_wanted(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++)
        if (g_str_has_prefix(name, argv[i]))
            return TRUE;
    return argc < 2;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", &error);

    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++)
        if (is_wanted(argc, argv, shapes[i].name))
            measure(server, &shapes[i]);
    for (guint i = 0; i < tamis_sieve_n_words; i++) {
        const TamisSieveWord *word = &tamis_sieve_words[i];
        gboolean is_test = word->kind == TAMIS_SIEVE_TEST;
        g_autofree char *name = g_strdup_printf("word-%s", word->name);
        g_autofree char *unit =
            g_strdup_printf(is_test ? "if %s \"a\" { }\n" : "%s \"a\";\n", word->name);
        if (is_wanted(argc, argv, name))
            measure(server, &(Shape){name, "", unit, ""});
    }
    return 0;
}
