/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ManageSieve's wire format: what is read, wherever the network cuts it, what is refused, what is written. */
#include "deploy/error.h"
#include "deploy/managesieve/wire.h"

#include <string.h>

/* Feeds all in pieces of n bytes. "1 "a" "b"\n2 OK (CODE "x") "text"" for the words of all lines, or the error. */
static char *
read_all(const char *bytes, gsize length, gsize piece)
{
    g_autoptr(TamisWire) wire = tamis_wire_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    gsize at = 0, used;

    while (at < length) {
        TamisWireStep step =
            tamis_wire_feed(wire, bytes + at, MIN(piece, length - at), &used, &error);
        at += used;
        g_assert_true(used > 0);
        if (step == TAMIS_WIRE_BROKEN) {
            g_assert_true(g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_PROTOCOL));
            return g_strdup(error->message);
        }
        if (step != TAMIS_WIRE_END)
            continue;
        g_autoptr(TamisWireResponse) response = tamis_wire_steal(wire);
        for (guint i = 0; i < response->words->len; i++) {
            const TamisWireWord *word = &g_array_index(response->words, TamisWireWord, i);
            g_autofree char *text = g_strescape(word->text, NULL);
            g_string_append_printf(out, "%u%s%s%s%s ", word->line, word->code ? "(" : "",
                                   word->kind == TAMIS_WIRE_STRING ? "'" : ":", text,
                                   word->kind == TAMIS_WIRE_STRING ? "'" : "");
        }
        g_string_append_printf(out, "=%d;", response->status);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
expect(const char *bytes, gsize length, const char *expected)
{
    for (gsize piece = 1; piece <= length; piece++) {
        g_autofree char *got = read_all(bytes, length, piece);
        g_assert_cmpstr(got, ==, expected);
    }
}
#define EXPECT(bytes, expected) expect(bytes, sizeof(bytes) - 1, expected)

static void
test_responses(void)
{
    EXPECT("OK\r\n", "0:OK =1;");
    EXPECT("OK \"Logged in.\"\r\nNO\r\n", "0:OK 0'Logged in.' =1;0:NO =2;");
    EXPECT("\"SIEVE\" \"fileinto copy\"\r\n\"STARTTLS\"\r\nok\r\n",
           "0'SIEVE' 0'fileinto copy' 1'STARTTLS' 2:ok =1;");
    EXPECT("\"main\" ACTIVE\r\n\"a\\\"\\\\b\"\r\nOK \"x\"\r\n",
           "0'main' 0:ACTIVE 1'a\\\"\\\\b' 2:OK 2'x' =1;");
    EXPECT("{5}\r\nke\r\n;\r\n\r\nOK\r\n", "0'ke\\r\\n;' 1:OK =1;");
    EXPECT("{0}\r\n\r\nOK\r\n", "0'' 1:OK =1;");
    EXPECT("NO (QUOTA/MAXSIZE) {4}\r\nlong\r\n", "0:NO 0(:QUOTA/MAXSIZE 0'long' =2;");
    EXPECT("OK (TAG {4}\r\nabcd) \"Done\"\r\n", "0:OK 0(:TAG 0('abcd' 0'Done' =1;");
    EXPECT("BYE (REFERRAL \"sieve://b.example\" (x (y))) \"go\"\r\n",
           "0:BYE 0(:REFERRAL 0('sieve://b.example' 0(:x 0(:y 0'go' =3;");
    EXPECT("OK\n", "0:OK =1;");
    EXPECT("\"\xc3\xa9t\xc3\xa9\"\r\nOK\r\n", "0'\\303\\251t\\303\\251' 1:OK =1;");
}

static void
test_nonsense(void)
{
    EXPECT("HTTP/1.1 400 Bad Request\r\n", "a line is neither data nor OK, NO or BYE");
    EXPECT("\"open\r\n", "a quoted string does not end on its line");
    EXPECT("\"a\"\"b\"\r\n", "no blank between two words");
    EXPECT("OK (A\r\n", "a parenthesis is not closed");
    EXPECT("OK )\r\n", "a parenthesis where none may be");
    EXPECT("\"x\" (A)\r\n", "a parenthesis where none may be");
    EXPECT("OK (((((((((x\r\n", "parentheses too deep");
    EXPECT("OK\rx", "a carriage return without its line feed");
    EXPECT("{}\r\n", "a literal has no size");
    EXPECT("{+}\r\n", "a literal has no size");
    EXPECT("{5x}\r\n", "a literal has no size");
    EXPECT("{5} x\r\n", "a literal's size does not end its line");
    EXPECT("{99999999999999999999}\r\n", "a literal is too long");
    EXPECT("{16777217}\r\n", "a literal is too long");
    EXPECT("\x16\x03\x01", "a byte that no word begins with");
    EXPECT("\0", "a byte that no word begins with");
}

/* What is announced takes no memory, what comes is counted. */
static void
test_floods(void)
{
    static const struct {
        const char *head, *part, *expected;
    } floods[] = {
        {"\"", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a quoted string is too long"},
        {"", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a word is too long"},
        {"", "\"a\"\r\n", "the response is too long"},
        {"", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", "the response is too long"},
        {"OK ", "()()()()()()()()", "the response is too long"},
        {"", "{16}\r\n0123456789abcdef ", "the response is too long"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(floods); i++) {
        g_autoptr(TamisWire) wire = tamis_wire_new();
        g_autoptr(GError) error = NULL;
        TamisWireStep step;
        gsize used, n = 0;

        tamis_wire_feed(wire, floods[i].head, strlen(floods[i].head), &used, NULL);
        do {
            step = tamis_wire_feed(wire, floods[i].part, strlen(floods[i].part), &used, &error);
            n += used;
            g_assert_cmpuint(n, <, (gsize)64 << 20);
        } while (step != TAMIS_WIRE_BROKEN);
        g_assert_true(g_str_has_suffix(error->message, floods[i].expected));
        g_clear_error(&error);
        g_assert_cmpint(tamis_wire_feed(wire, "OK\r\n", 4, &used, &error), ==, TAMIS_WIRE_BROKEN);
    }
}

static void
test_codes(void)
{
    static const char bytes[] = "NO (quota/MaxScripts \"2\") \"full\"\r\n";
    g_autoptr(TamisWire) wire = tamis_wire_new();
    gsize used;

    g_assert_cmpint(tamis_wire_feed(wire, bytes, sizeof bytes - 1, &used, NULL), ==,
                    TAMIS_WIRE_END);
    g_autoptr(TamisWireResponse) response = tamis_wire_steal(wire);
    g_assert_true(tamis_wire_response_has_code(response, "QUOTA"));
    g_assert_true(tamis_wire_response_has_code(response, "QUOTA/MAXSCRIPTS"));
    g_assert_false(tamis_wire_response_has_code(response, "QUO"));
    g_assert_false(tamis_wire_response_has_code(response, "QUOTA/MAXSIZE"));
    g_assert_cmpstr(tamis_wire_response_code_argument(response), ==, "2");
    g_assert_cmpstr(tamis_wire_response_text(response), ==, "full");
}

static void
test_strings(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "\"\""},
        {"a \"b\" \\", "\"a \\\"b\\\" \\\\\""},
        {"keep;\r\n", "{7+}\r\nkeep;\r\n"},
        {"\xc3\xa9", "\"\xc3\xa9\""},
    };
    g_autofree char *longer = g_strnfill(1025, 'a');

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        g_assert_true(tamis_wire_append_string(out, cases[i].text, strlen(cases[i].text), NULL));
        g_assert_cmpstr(out->str, ==, cases[i].expected);
    }
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(tamis_wire_append_string(out, longer, 1025, NULL));
    g_assert_true(g_str_has_prefix(out->str, "{1025+}\r\na"));
    g_assert_false(tamis_wire_append_string(out, "a\0b", 3, &error));
    g_assert_true(g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID));
}

static void
test_names(void)
{
    static const char *const good[] = {"a", "my script", "\xe8\xae\xa2\xe5\x8d\x95", "a\"b\\c"};
    static const char *const bad[] = {"",
                                      "a/b",
                                      "a\nb",
                                      "a\rb",
                                      "a\x7f",
                                      "\xc2\x85",
                                      "\xff",
                                      "a\xe2\x80\xa8",
                                      "\x01"
                                      "a",
                                      "a\tb"};
    g_autofree char *longer = g_strnfill(513, 'a');

    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(tamis_wire_check_name(good[i], FALSE, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(tamis_wire_check_name(bad[i], FALSE, NULL));
    g_assert_false(tamis_wire_check_name(longer, FALSE, NULL));
    g_assert_false(tamis_wire_check_name(good[2], TRUE, NULL));
    g_assert_true(tamis_wire_check_name(good[1], TRUE, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/responses", test_responses);
    g_test_add_func("/wire/nonsense", test_nonsense);
    g_test_add_func("/wire/floods", test_floods);
    g_test_add_func("/wire/codes", test_codes);
    g_test_add_func("/wire/strings", test_strings);
    g_test_add_func("/wire/names", test_names);
    return g_test_run();
}
