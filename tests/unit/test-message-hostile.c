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
    static const char *const texts[] = {
        "a@x.example, ",   "g:", "(", "((a)",   "\"", "<",   "a.", "@a,",
        "g: a@b.example;", "\\", "[", "=?u?q?", ";",  "<@a:"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        start();
        g_autoptr(TamisMessage) message =
            long_field("To", texts[i], 1000000 / strlen(texts[i]), "");
        guint n = 0;
        tamis_message_get_addresses(message, "to", &n);
        g_assert_cmpuint(n, >=, texts[i][0] == '(' ? 0 : 1); /* a comment is no entry */
        g_test_message("%s", texts[i]);
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

/* Bodies ---------------------------------------------------------------------------------------- */

static void
read_body(GString *body, const char *type)
{
    guint n = 0;

    g_string_prepend(body, "\n\n");
    g_string_prepend(body, type);
    g_string_prepend(body, "MIME-Version: 1.0\nContent-Type: ");
    start();
    g_autoptr(TamisMessage) message = take_message(body);
    tamis_message_get_parts(message, &n);
    g_test_message("%s: %u parts", type, n);
    g_assert_cmpuint(n, <=, 10001);
    finish();
}

static void
test_broken_mime(void)
{
    read_body(repeated("--b\n\n", 100000), "multipart/mixed; boundary=b");
    read_body(repeated("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 20000),
              "multipart/mixed; boundary=b");
    read_body(repeated("--\n", 100000), "multipart/mixed; boundary=");
    read_body(repeated("--b--\n--b\n", 50000), "multipart/mixed; boundary=b");
    GString *prefixes = repeated("--bb\n\nx\n--bbb\n--b \n--bb--\n", 20000);
    g_string_prepend(prefixes, "--b\nContent-Type: multipart/mixed; boundary=bb\n\n");
    read_body(prefixes, "multipart/mixed; boundary=b");
    read_body(repeated("<a \"'", 200000), "text/html; charset=utf-7");
    read_body(repeated("&#x;&<!", 200000), "text/html");
}

static void
test_deep(void)
{
    GString *parts = g_string_new("--b0\n");

    for (guint i = 1; i < 5000; i++)
        g_string_append_printf(parts, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i,
                               i);
    read_body(parts, "multipart/mixed; boundary=b0");
    read_body(repeated("Content-Type: message/rfc822\n\n", 20000), "message/rfc822");
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
    g_test_add_func("/message-hostile/broken-mime", test_broken_mime);
    g_test_add_func("/message-hostile/deep", test_deep);
    return g_test_run();
}
