/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scripts that are read command by command: printed and digested as if they were read at once, in the memory of one
 * command. */
#include "grammar/sieve/layout.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"

#include <string.h>
#include <sys/resource.h>

/* What it says; printed: where it goes, or NULL. */
static TamisSieveDigest
read_text(const char *text, gsize length, GString *printed)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text, length);
    TamisSieveDigest digest = tamis_sieve_lay_out(source, report, printed);

    g_assert_cmpuint(tamis_report_count(report), ==, 0);
    return digest;
}

static void
test_as_at_once(void)
{
    static const char text[] =
        "# first\n\n/* second */ require \"copy\"; # behind\n# before the if\n"
        "if # inside\n true { # in the block\n keep; /* last */ }\n"
        "elsif not true { stop; } # behind the block\n"
        "else { discard; } else { keep; }\n\n\nkeep; # a\n/* b */ # c\n\n# d\n";
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(GString) expected = g_string_new(NULL);
    g_autoptr(GString) printed = g_string_new(NULL);
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text, strlen(text));
    const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);
    TamisSieveDigest whole = tamis_sieve_digest_script(script);
    TamisSieveDigest digest = read_text(text, strlen(text), printed);

    tamis_sieve_print(script, expected);
    g_assert_cmpstr(printed->str, ==, expected->str);
    g_assert_cmphex(digest.commands, ==, whole.commands);
    g_assert_cmphex(digest.comments, ==, whole.comments);
}

static gboolean
have_same_digest(const char *a, const char *b)
{
    TamisSieveDigest left = read_text(a, strlen(a), NULL), right = read_text(b, strlen(b), NULL);

    return left.commands == right.commands && left.comments == right.comments;
}

static void
test_digests(void)
{
    static const struct {
        const char *a, *b;
    } same[] =
        {
            {"keep;", "KEEP ;"},
            {"redirect \"a\\b\";", "redirect \"ab\";"},
            {"redirect text:\na\r\n.\n;", "redirect \"a\n\";"},
            {"size :over 1K;", "size :OVER 1024;"},
            {"keep; # a\nstop;", "keep; stop; /* a */"},
        },
      different[] = {
          {"keep;", "stop;"},
          {"keep;", "keep; keep;"},
          {"keep; stop;", "stop; keep;"},
          {"redirect \"a\";", "redirect \"A\";"},
          {"redirect \"a\";", "redirect [\"a\"];"},
          {"fileinto [\"a\", \"b\"];", "fileinto [\"ab\"];"},
          {"fileinto [\"a\", \"b\"];", "fileinto \"a\" \"b\";"},
          {"fileinto [\"12345678\", \"\"];", "fileinto [\"\", \"12345678\"];"},
          {"fileinto \"a\r\";", "fileinto \"a\";"},
          {"size :over 1K;", "size :over 1;"},
          {"if true { keep; } stop;", "if true { keep; stop; }"},
          {"if not true { }", "if true { }"},
          {"if anyof (true, not true) { }", "if anyof (true, not anyof (true)) { }"},
          {"keep; # a\n", "keep; # b\n"},
          {"keep; # a\n", "keep;"},
      };

    for (guint i = 0; i < G_N_ELEMENTS(same); i++)
        g_assert_true(have_same_digest(same[i].a, same[i].b));
    for (guint i = 0; i < G_N_ELEMENTS(different); i++)
        g_assert_false(have_same_digest(different[i].a, different[i].b));
}

/* Eight megabytes of commands with comments: trees would take thirty times as much. */
static void
test_memory(void)
{
    static const char unit[] = "# a\nkeep;\n";
    g_autoptr(GString) text = g_string_sized_new(8 << 20);
    struct rusage before, after;

    while (text->len < 8 << 20)
        g_string_append(text, unit);
    getrusage(RUSAGE_SELF, &before);
    read_text(text->str, text->len, NULL);
    getrusage(RUSAGE_SELF, &after);
    /* In kibibytes: the source's copy of the text, and little more. */
    g_assert_cmpint(after.ru_maxrss - before.ru_maxrss, <, 16 << 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sieve/commands/as-at-once", test_as_at_once);
    g_test_add_func("/sieve/commands/digests", test_digests);
    g_test_add_func("/sieve/commands/memory", test_memory);
    return g_test_run();
}
