/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages that were made to hurt: all of them are read within a bound of processor time that anything
 * quadratic passes by far. */
#include "model/message.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Under sanitizers, on a slow machine. */
#define BOUND_S 5.0

/* Dovecot's own limits. */
enum { MAX_PARTS = 10000, MAX_DEPTH = 100 };

static GString *
repeated(const char *text, gsize n)
{
    gsize length = strlen(text);
    GString *out = g_string_sized_new(length * n);

    for (gsize i = 0; i < n; i++)
        g_string_append_len(out, text, (gssize)length);
    return out;
}

static TamisMessage *
take_message(GString *text)
{
    g_autoptr(GBytes) bytes = g_string_free_to_bytes(text);

    return tamis_message_new_from_bytes(bytes);
}

/* One field with a text that is repeated. */
static TamisMessage *
long_field(const char *name, const char *text, gsize n, const char *end)
{
    GString *field = repeated(text, n);

    g_string_prepend(field, ": ");
    g_string_prepend(field, name);
    g_string_append_printf(field, "%s\n\nbody\n", end);
    return take_message(field);
}

static guint
count_header(TamisMessage *message, const char *name)
{
    return g_strv_length((GStrv)tamis_message_get_header(message, name));
}

static clock_t started;

static void
start(void)
{
    started = clock();
}

static void
finish(void)
{
    double seconds = (double)(clock() - started) / CLOCKS_PER_SEC;

    g_test_message("%.2f s", seconds);
    g_assert_cmpfloat(seconds, <, BOUND_S);
}

/* All of them are there; a value that stands behind ten megabytes of others is empty. */
static void
test_many_fields(void)
{
    GString *text = repeated("X-A: a@x.example\n", 1000000);
    guint n = 0;

    start();
    g_string_append(text, "X-Last: 1\n\nbody\n");
    g_autoptr(TamisMessage) message = take_message(text);
    g_assert_cmpuint(count_header(message, "x-a"), ==, 1000000);
    g_assert_cmpstr(tamis_message_get_header(message, "x-a")[899999], ==, "a@x.example");
    g_assert_cmpstr(tamis_message_get_header(message, "x-a")[999999], ==, "");
    g_assert_cmpuint(count_header(message, "x-last"), ==, 1);
    for (guint i = 0; i < 10000; i++) {
        g_autofree char *name = g_strdup_printf("X-%u", i);
        g_assert_cmpuint(count_header(message, name), ==, 0);
    }
    tamis_message_get_addresses(message, "x-a", &n);
    g_assert_cmpuint(n, ==, 1000000);
    gsize length = 0;
    g_assert_cmpstr(tamis_message_get_raw_body(message, &length), ==, "body\n");
    g_autoptr(TamisMessage) copy = tamis_message_copy(message);
    tamis_message_delete_header(copy, "X-A", 1, TRUE, NULL, NULL);
    g_assert_cmpuint(count_header(copy, "x-a"), ==, 999999);
    tamis_message_delete_header(copy, "X-A", 0, FALSE, NULL, NULL);
    g_assert_cmpuint(count_header(copy, "x-a"), ==, 0);
    g_assert_cmpuint(count_header(message, "x-a"), ==, 1000000);
    finish();
}

/* Copies share what was read. */
static void
test_copies_of_many_fields(void)
{
    g_autoptr(TamisMessage) message = take_message(repeated("X-A: 1\n", 1000000));
    g_autoptr(GPtrArray) copies =
        g_ptr_array_new_with_free_func((GDestroyNotify)tamis_message_free);
    struct rusage before, after;

    start();
    getrusage(RUSAGE_SELF, &before);
    g_ptr_array_add(copies, tamis_message_copy(message));
    for (guint i = 0; i < 1000; i++) {
        g_ptr_array_add(copies, tamis_message_copy(copies->pdata[i]));
        tamis_message_add_header(copies->pdata[i + 1], "X-B", "1", i % 2 == 0);
    }
    g_assert_cmpuint(count_header(copies->pdata[1000], "x-b"), ==, 1000);
    getrusage(RUSAGE_SELF, &after);
    g_assert_cmpint(after.ru_maxrss - before.ru_maxrss, <, 512 << 10);
    finish();
}

static void
test_more_fields_than_are_taken(void)
{
    g_autoptr(GBytes) bytes =
        g_string_free_to_bytes(repeated("a:\n", TAMIS_MESSAGE_MAX_FIELDS + 1));
    g_autoptr(GError) error = NULL;

    start();
    g_assert_null(tamis_message_new_from_outside(bytes, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
    g_assert_cmpstr(error->message, ==, "its header has more than 4000000 fields");
    finish();
}

static void
test_long_line(void)
{
    static const struct {
        const char *text, *end, *decoded; /* what it begins with */
    } lines[] = {
        {"x", "", "xxx"},
        {" =?utf-8?q?=C3=A9?=", "", "éé"},
        {"=?a", "?=", "=?a=?a"},        /* begins words again and again */
        {"=??Q?x", "?=", "=??Q?x=??Q"}, /* words without a charset */
        {"=?utf-8?b?w\r\n\t", "", "=?utf"},
        {"\xff", "", "\xef\xbf\xbd"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        start();
        g_autoptr(TamisMessage) message =
            long_field("Subject", lines[i].text,
                       10000000 / strlen(lines[i].text) / (i > 0 ? 10 : 1), lines[i].end);
        const char *value = tamis_message_get_header(message, "subject")[0];
        g_assert_true(g_str_has_prefix(value, lines[i].decoded));
        g_assert_true(g_utf8_validate(value, -1, NULL));
        finish();
    }
}

static void
test_addresses(void)
{
    static const struct {
        const char *text;
        guint
            n; /* as Pigeonhole counts: what is broken is one, and it reads no more than 256 of a field */
    } texts[] = {
        {"a@x.example, ", 256},
        {"g:", 1},
        {"(", 0},
        {"((a)", 0},
        {"\"", 1},
        {"<", 1},
        {"a.", 1},
        {"@a,", 1},
        {"g: a@b.example;", 1},
        {"\\", 1},
        {"[", 1},
        {"=?u?q?", 1},
        {";", 1},
        {"<@a:", 1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        start();
        g_autoptr(TamisMessage) message = long_field("To", texts[i].text, 1000000, "");
        guint n = 0;
        tamis_message_get_addresses(message, "to", &n);
        g_test_message("%s: %u", texts[i].text, n);
        g_assert_cmpuint(n, ==, texts[i].n);
        finish();
    }
}

static void
test_nul(void)
{
    GString *text = g_string_new("Subject: a");
    guint n = 0;

    for (guint i = 0; i < 1000000; i++)
        g_string_append_c(text, '\0');
    g_string_append(text, "b\nX-\n\n");
    g_string_append_len(text, "a\0body", 6);
    start();
    g_autoptr(TamisMessage) message = take_message(text);
    g_assert_cmpuint(strlen(tamis_message_get_header(message, "subject")[0]), ==, 5);
    gsize length = 0;
    tamis_message_get_parts(message, &n);
    g_assert_cmpuint(n, ==, 1);
    const char *body = tamis_message_get_part_text(message, 0, FALSE, &length);
    g_assert_cmpmem(body, length, "a\0body", 6);
    finish();
}

/* Each field is where it should be, whatever its neighbours end in. */
static void
test_line_ends(void)
{
    GString *text = repeated("X-A: 1\r\nX-A: 2\n", 300000);

    start();
    g_string_append(text, "X-B: a\rb\r\n c\nX-C: ");
    for (guint i = 0; i < 1000000; i++)
        g_string_append_c(text, '\r');
    g_string_append(text, "d\nX-D: 1\n\r\nbody\r\r\n");
    g_autoptr(TamisMessage) message = take_message(text);
    g_assert_cmpuint(count_header(message, "x-a"), ==, 600000);
    g_assert_cmpuint(count_header(message, "x-b"), ==, 1);
    g_assert_true(g_str_has_suffix(tamis_message_get_header(message, "x-b")[0], "b c"));
    g_assert_true(g_str_has_suffix(tamis_message_get_header(message, "x-c")[0], "d"));
    g_assert_cmpstr(tamis_message_get_header(message, "x-d")[0], ==, "1");
    gsize length = 0;
    const char *body = tamis_message_get_raw_body(message, &length);
    g_assert_cmpmem(body, length, "body\r\r\n", 7);
    finish();
}

/* All of them are decoded and joined. */
static void
test_encoded_words(void)
{
    start();
    g_autoptr(TamisMessage) message = long_field("Subject", " =?utf-8?q?a?=", 700000, "");
    const char *value = tamis_message_get_header(message, "subject")[0];

    g_assert_cmpuint(strlen(value), ==, 700000);
    g_assert_cmpuint(strspn(value, "a"), ==, 700000);
    finish();
}

/* Bodies ---------------------------------------------------------------------------------------- */

/* n_parts: 0 where it is not easily said. */
static void
read_body(GString *body, const char *type, guint n_parts)
{
    guint n = 0;

    g_string_prepend(body, "\n\n");
    g_string_prepend(body, type);
    g_string_prepend(body, "MIME-Version: 1.0\nContent-Type: ");
    start();
    g_autoptr(TamisMessage) message = take_message(body);
    tamis_message_get_parts(message, &n);
    g_test_message("%s: %u parts", type, n);
    if (n_parts > 0)
        g_assert_cmpuint(n, ==, n_parts);
    g_assert_cmpuint(n, <=, MAX_PARTS);
    finish();
}

static void
test_broken_mime(void)
{
    read_body(repeated("--b\n\n", 100000), "multipart/mixed; boundary=b", MAX_PARTS);
    read_body(repeated("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 20000),
              "multipart/mixed; boundary=b", MAX_PARTS);
    read_body(repeated("--\n", 100000), "multipart/mixed; boundary=", 1);
    read_body(repeated("--b--\n--b\n", 50000), "multipart/mixed; boundary=b", 1);
    GString *prefixes = repeated("--bb\n\nx\n--bbb\n--b \n--bb--\n", 20000);
    g_string_prepend(prefixes, "--b\nContent-Type: multipart/mixed; boundary=bb\n\n");
    read_body(prefixes, "multipart/mixed; boundary=b", 0);
    read_body(repeated("<a \"'", 200000), "text/html; charset=utf-7", 1);
    read_body(repeated("&#x;&<!", 200000), "text/html", 1);
}

static void
test_deep(void)
{
    GString *parts = g_string_new("--b0\n");

    for (guint i = 1; i < 5000; i++)
        g_string_append_printf(parts, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i,
                               i);
    read_body(parts, "multipart/mixed; boundary=b0", 0);
    read_body(repeated("Content-Type: message/rfc822\n\n", 20000), "message/rfc822", MAX_DEPTH);
}

static void
test_many_parts(void)
{
    GString *parts = repeated("--b\n\nx\n", 1000000);

    g_string_append(parts, "--b--\n");
    read_body(parts, "multipart/mixed; boundary=b", MAX_PARTS);
}

/* The last part goes as far as the outer one. */
static void
test_missing_boundaries(void)
{
    GString *text = repeated("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
                             "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n",
                             1);
    GString *lines = repeated("x\n", 1000000);
    guint n = 0;
    gsize length = 0;

    start();
    g_string_append_len(text, lines->str, (gssize)lines->len);
    g_string_append(text, "--b\n\nlast");
    g_string_free(lines, TRUE);
    g_autoptr(TamisMessage) message = take_message(text);
    tamis_message_get_parts(message, &n);
    g_assert_cmpuint(n, ==, 4);
    const char *inner = tamis_message_get_part_text(message, 2, FALSE, &length);
    g_assert_cmpuint(length, ==, 1999999);
    g_assert_true(g_str_has_prefix(inner, "x\nx\n"));
    const char *last = tamis_message_get_part_text(message, 3, FALSE, &length);
    g_assert_cmpmem(last, length, "last", 4);
    finish();
}

/* RFC 2231, section 3: whatever a parameter in a million sections comes to, a charset even, the text is
 * read as it stands. */
static void
test_parameter_sections(void)
{
    static const char *const names[] = {"x", "charset", "boundary"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        GString *text = g_string_new("MIME-Version: 1.0\nContent-Type: text/plain");
        gsize length = 0;
        guint n = 0;

        for (guint k = 0; k < 1000000; k++)
            g_string_append_printf(text, ";%s*%u=a", names[i], k);
        g_string_append(text, "\n\nbody");
        start();
        g_autoptr(TamisMessage) message = take_message(text);
        const TamisBodyPart *parts = tamis_message_get_parts(message, &n);
        g_assert_cmpuint(n, ==, 1);
        g_assert_cmpstr(parts[0].type, ==, "text/plain");
        const char *body = tamis_message_get_part_text(message, 0, FALSE, &length);
        g_assert_cmpmem(body, length, "body", 4);
        finish();
    }
}

/* A body that nobody asks for costs nothing; one that is asked for as it stands is the file itself. */
static void
test_large_body(void)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("tamis-XXXXXX.eml", &path, NULL);
    struct rusage before, after;
    gsize length = 0;

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, "Subject: large\n\nbody", 20), ==, 20);
    g_assert_cmpint(ftruncate(fd, 100 << 20), ==, 0);
    close(fd);
    start();
    getrusage(RUSAGE_SELF, &before);
    g_autoptr(TamisMessage) message = tamis_message_new_from_file(path, NULL);
    g_autoptr(TamisMessage) copy = tamis_message_copy(message);
    tamis_message_add_header(copy, "X-A", "1", FALSE);
    g_assert_cmpuint(tamis_message_get_size(message), ==, 100 << 20);
    g_assert_cmpstr(tamis_message_get_header(copy, "subject")[0], ==, "large");
    g_assert_true(g_str_has_prefix(tamis_message_get_raw_body(copy, &length), "body"));
    g_assert_cmpuint(length, ==, (100 << 20) - 16);
    getrusage(RUSAGE_SELF, &after);
    g_assert_cmpint(after.ru_maxrss - before.ru_maxrss, <, 16 << 10);
    finish();
    g_remove(path);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/message-hostile/large-body", test_large_body);
    g_test_add_func("/message-hostile/many-fields", test_many_fields);
    g_test_add_func("/message-hostile/copies-of-many-fields", test_copies_of_many_fields);
    g_test_add_func("/message-hostile/more-fields-than-are-taken", test_more_fields_than_are_taken);
    g_test_add_func("/message-hostile/long-line", test_long_line);
    g_test_add_func("/message-hostile/addresses", test_addresses);
    g_test_add_func("/message-hostile/nul", test_nul);
    g_test_add_func("/message-hostile/line-ends", test_line_ends);
    g_test_add_func("/message-hostile/encoded-words", test_encoded_words);
    g_test_add_func("/message-hostile/broken-mime", test_broken_mime);
    g_test_add_func("/message-hostile/many-parts", test_many_parts);
    g_test_add_func("/message-hostile/missing-boundaries", test_missing_boundaries);
    g_test_add_func("/message-hostile/parameter-sections", test_parameter_sections);
    g_test_add_func("/message-hostile/deep", test_deep);
    return g_test_run();
}
