/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages as tests see them. */
#include "model/header-date.h"
#include "model/message.h"

#include <glib/gstdio.h>
#include <string.h>

static TamisMessage *
read_text(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return tamis_message_new_from_bytes(bytes);
}

static void
test_headers(void)
{
    g_autoptr(TamisMessage) message = read_text("Subject: =?utf-8?B?5paw6K6i5Y2V?=\r\n 42 \r\n"
                                                "X-Empty:\r\n"
                                                "no field at all\r\n"
                                                "X-Mark: one\r\n"
                                                "x-mark : two\r\n"
                                                "\r\n"
                                                "X-Mark: body\r\n");
    const char *const *marks = tamis_message_get_header(message, "X-MARK");
    const char *body;
    gsize length = 0;

    g_assert_cmpstr(tamis_message_get_header(message, "subject")[0], ==, "新订单 42");
    g_assert_cmpstr(tamis_message_get_header(message, "X-Empty")[0], ==, "");
    g_assert_cmpstr(marks[0], ==, "one");
    g_assert_cmpstr(marks[1], ==, "two");
    g_assert_null(marks[2]);
    g_assert_null(tamis_message_get_header(message, "no field at all")[0]);
    body = tamis_message_get_raw_body(message, &length);
    g_assert_cmpmem(body, length, "X-Mark: body\r\n", 14);
}

static void
test_addresses(void)
{
    g_autoptr(TamisMessage) message =
        read_text("To: \"Doe, J.\" <j.doe+tag@Acme.example>, team: a@b.example, c@d.example;\n"
                  "To: plain@x.example (comment)\n\n");
    guint n = 0;
    const TamisMailAddress *addresses = tamis_message_get_addresses(message, "to", &n);

    g_assert_cmpuint(n, ==, 4);
    g_assert_cmpstr(addresses[0].whole, ==, "j.doe+tag@Acme.example");
    g_assert_cmpstr(addresses[0].local, ==, "j.doe+tag");
    g_assert_cmpstr(addresses[0].domain, ==, "Acme.example");
    g_assert_cmpstr(addresses[1].whole, ==, "a@b.example");
    g_assert_cmpstr(addresses[2].whole, ==, "c@d.example");
    g_assert_cmpstr(addresses[3].whole, ==, "plain@x.example");
    tamis_message_get_addresses(message, "cc", &n);
    g_assert_cmpuint(n, ==, 0);
}

static void
test_changes(void)
{
    g_autoptr(TamisMessage) message = read_text("X-A: 1\nX-A: 2\nX-A: 3\n\nbody\n");
    g_autoptr(TamisMessage) copy = tamis_message_copy(message);

    tamis_message_add_header(copy, "X-A", "0", FALSE);
    g_assert_cmpstr(tamis_message_get_header(copy, "x-a")[0], ==, "0");
    g_assert_cmpstr(tamis_message_get_header(copy, "x-a")[3], ==, "3");
    tamis_message_delete_header(copy, "x-a", 1, TRUE, NULL, NULL);
    g_assert_cmpstr(tamis_message_get_header(copy, "x-a")[2], ==, "2");
    g_assert_null(tamis_message_get_header(copy, "x-a")[3]);
    tamis_message_delete_header(copy, "X-A", 0, FALSE, NULL, NULL);
    g_assert_null(tamis_message_get_header(copy, "x-a")[0]);
    /* The one it was copied from is as it was. */
    g_assert_cmpstr(tamis_message_get_header(message, "x-a")[0], ==, "1");
    g_assert_cmpuint(tamis_message_get_size(message), ==, 27);
}

static void
expect_text(TamisMessage *message, guint part, gboolean plain, const char *text, gsize length)
{
    gsize n = 0;
    const char *found = tamis_message_get_part_text(message, part, plain, &n);

    g_assert_nonnull(found);
    g_assert_cmpmem(found, n, text, length);
}

static void
test_parts(void)
{
    g_autoptr(TamisMessage) message = read_text(
        "Content-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\n"
        "tqm1pQ==\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: "
        "base64\n\nAAEC\n--b--\n");
    guint n = 0;
    const TamisBodyPart *parts = tamis_message_get_parts(message, &n);

    g_assert_cmpuint(n, ==, 3);
    g_assert_cmpstr(parts[0].type, ==, "multipart/mixed"); /* what stands before the first part */
    expect_text(message, 0, FALSE, "", 0);
    g_assert_cmpstr(parts[1].type, ==, "text/plain");
    expect_text(message, 1, FALSE, "订单", 6);
    g_assert_cmpstr(parts[2].type, ==, "image/png");
    expect_text(message, 2, FALSE, "\0\1\2", 3);
}

/* A body that is one part, and needs no decoding, is not copied. */
static void
expect_in_place(const char *text, const char *type)
{
    g_autoptr(TamisMessage) message = read_text(text);
    gsize length = 0;
    guint n = 0;
    const char *body = tamis_message_get_raw_body(message, &length);
    const TamisBodyPart *parts = tamis_message_get_parts(message, &n);

    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpstr(parts[0].type, ==, type);
    g_assert_true(parts[0].source == body);
    g_assert_cmpuint(parts[0].source_bytes, ==, length);
    g_assert_true(tamis_message_get_part_text(message, 0, FALSE, &length) == body);
    g_assert_true(tamis_message_get_part_text(message, 0, TRUE, &length) == body);
}

static void
test_parts_in_place(void)
{
    expect_in_place("Subject: x\n\nh\303\266\r\nya\n", "text/plain");
    expect_in_place("no field\nContent-Type: text/plain; charset=UTF-8\nTo: a@b\n\nyes",
                    "text/plain");
    expect_in_place("Content-Type: application/x-y\nContent-Transfer-Encoding: 8bit\n\nap\303\244",
                    "application/x-y");
}

static void
test_hostile(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(TamisMessage) message = NULL;
    g_autoptr(TamisMessage) nothing = read_text("");
    guint n = 0;

    for (guint i = 0; i < 200000; i++)
        g_string_append(text, "X: y\n");
    g_string_append(text, "To: ");
    for (guint i = 0; i < 1000000; i++)
        g_string_append_c(text, '(');
    message = read_text(text->str);
    g_assert_cmpstr(tamis_message_get_header(message, "x")[0], ==, "y");
    tamis_message_get_addresses(message, "to", &n);
    g_assert_cmpuint(n, ==, 0);
    g_assert_null(tamis_message_get_header(nothing, "x")[0]);
    tamis_message_get_parts(nothing, &n);
    g_assert_cmpuint(n, <=, 1);
}

static void
test_dates(void)
{
    gint64 instant = 0;
    gint32 offset_s = 0;

    g_assert_true(
        tamis_header_date_read("Mon, 23 Nov 2026 10:00:00 +0800 (CST)", &instant, &offset_s));
    g_assert_cmpint(instant, ==, 1795399200);
    g_assert_cmpint(offset_s, ==, 8 * 3600);
    g_assert_false(tamis_header_date_read("yesterday", &instant, &offset_s));
}

/* Read or mapped, as its size is. */
static void
test_files(void)
{
    static const gsize sizes[] = {1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 1 << 20};
    g_autofree char *folder = g_dir_make_tmp("tamis-message-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "message.eml", NULL);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *text = g_strnfill(sizes[i], 'x');
        g_autoptr(TamisMessage) message = NULL;
        const char *body;
        gsize length = 0;

        text[0] = '\n'; /* no header */
        g_assert_true(g_file_set_contents(path, text, (gssize)sizes[i], NULL));
        message = tamis_message_new_from_file(path, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(tamis_message_get_size(message), ==, sizes[i]);
        body = tamis_message_get_raw_body(message, &length);
        g_assert_cmpmem(body, length, text + 1, sizes[i] - 1);
    }
    g_assert_null(tamis_message_new_from_file(folder, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_cmpint(g_remove(path), ==, 0);
    g_assert_null(tamis_message_new_from_file(path, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_cmpint(g_remove(folder), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/message/headers", test_headers);
    g_test_add_func("/message/addresses", test_addresses);
    g_test_add_func("/message/changes", test_changes);
    g_test_add_func("/message/parts", test_parts);
    g_test_add_func("/message/parts-in-place", test_parts_in_place);
    g_test_add_func("/message/hostile", test_hostile);
    g_test_add_func("/message/dates", test_dates);
    g_test_add_func("/message/files", test_files);
    return g_test_run();
}
