/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses: what is accepted, what becomes of it, what compares equal. The accepted ones are those
 * that both engines' compilers took in a redirect. */
#include "model/address.h"

#include <string.h>

static const struct {
    const char *written, *text, *key; /* key NULL: as text */
} accepted[] = {
    {"a@x.example", "a@x.example", NULL},
    {"A.b@X.Example", "A.b@x.example", "a.b@x.example"},
    {"a@localhost", "a@localhost", NULL},
    {"a@163.com", "a@163.com", NULL},
    {"a!#$%&'*+-/=?^_`{|}~b@x.example", "a!#$%&'*+-/=?^_`{|}~b@x.example", NULL},
    {"-a-@x.example", "-a-@x.example", NULL},
    {"1@x.example", "1@x.example", NULL},
    {"\"a b\"@x.example", "\"a b\"@x.example", NULL},
    {"\"a..B\"@x.example", "\"a..B\"@x.example", "\"a..b\"@x.example"},
    {"\"a@b\"@x.example", "\"a@b\"@x.example", NULL},
    {"\"a\\\"b\\\\c\"@x.example", "\"a\\\"b\\\\c\"@x.example", NULL},
    /* Quotes and backslashes that mean nothing go. */
    {"\"a.b\"@x.example", "a.b@x.example", NULL},
    {"\"a\\b\"@x.example", "ab@x.example", NULL},
    {"\"a\\ b\"@x.example", "\"a b\"@x.example", NULL},
    {"a@B\xc3\xbc"
     "cher.example",
     "a@xn--bcher-kva.example", NULL},
    {"a@B\xc3\x9c"
     "CHER.example",
     "a@xn--bcher-kva.example", NULL},
    {"a@XN--BCHER-kva.example", "a@xn--bcher-kva.example", NULL},
    {"a@\xe4\xbe\x8b\xe5\xad\x90\xe3\x80\x82\xe4\xb8\xad\xe5\x9b\xbd", "a@xn--fsqu00a.xn--fiqs8s",
     NULL},
};

static const struct {
    const char *text;
    TamisAddressFault fault;
} refused[] = {
    {"", TAMIS_ADDRESS_NO_AT},
    {"nobody", TAMIS_ADDRESS_NO_AT},
    {"@x.example", TAMIS_ADDRESS_EMPTY_LOCAL},
    {"\"\"@x.example", TAMIS_ADDRESS_EMPTY_LOCAL},
    {" a@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"a @x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"a b@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {".a@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"a.@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"a..b@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"a@b@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"Name <a@x.example>", TAMIS_ADDRESS_BAD_LOCAL},
    {"a@x.example, b@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"a(c)@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"a@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"a\\\"@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"a\"b\"@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"a\"b@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"a b\".c@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"a\tb\"@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"a\nb\"@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"\"a\\\nb\"@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"jos\xc3\xa9@x.example", TAMIS_ADDRESS_BAD_LOCAL},
    {"a@", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@x.example ", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@x.example.", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@.example", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@x..example", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@-x.example", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@x-.example", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@x_y.example", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@192.0.2.1", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@[192.0.2.1]", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@x\xff.example", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@x\n.example", TAMIS_ADDRESS_BAD_DOMAIN},
    {"a@x.example>", TAMIS_ADDRESS_BAD_DOMAIN},
};

static void
test_accepted(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();

    for (guint i = 0; i < G_N_ELEMENTS(accepted); i++) {
        const char *key = accepted[i].key != NULL ? accepted[i].key : accepted[i].text;
        const char *written = accepted[i].written;
        TamisAddress address;

        g_assert_cmpstr(tamis_address_fault_text(
                            tamis_address_parse(strings, written, strlen(written), &address)),
                        ==, "is an address");
        g_assert_cmpstr(tamis_strings_get(strings, address.text), ==, accepted[i].text);
        g_assert_cmpstr(tamis_strings_get(strings, address.key), ==, key);
    }
}

static void
test_refused(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    TamisAddress address = {.key = 42};

    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        const char *text = refused[i].text;

        if (tamis_address_parse(strings, text, strlen(text), &address) != refused[i].fault)
            g_error("'%s'", text);
    }
    g_assert_cmpint(tamis_address_parse(strings, "a\0b@x.example", 13, &address), ==,
                    TAMIS_ADDRESS_BAD_LOCAL);
    g_assert_cmpint(tamis_address_parse(strings, "a@x\0.example", 12, &address), ==,
                    TAMIS_ADDRESS_BAD_DOMAIN);
    g_assert_cmpuint(address.key, ==, 42);
    g_assert_cmpuint(tamis_strings_count(strings), <=, 1);
}

static TamisAddressFault
parse_sized(gsize local, gsize label, gsize n_labels)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(GString) text = g_string_new(NULL);
    TamisAddress address;

    for (gsize i = 0; i < local; i++)
        g_string_append_c(text, 'a');
    g_string_append_c(text, '@');
    for (gsize i = 0; i < n_labels; i++) {
        for (gsize j = 0; j < label; j++)
            g_string_append_c(text, 'b');
        g_string_append_c(text, '.');
    }
    g_string_append(text, "example");
    return tamis_address_parse(strings, text->str, text->len, &address);
}

static void
test_lengths(void)
{
    g_assert_cmpint(parse_sized(64, 10, 1), ==, TAMIS_ADDRESS_OK);
    g_assert_cmpint(parse_sized(65, 10, 1), ==, TAMIS_ADDRESS_BAD_LOCAL);
    g_assert_cmpint(parse_sized(500, 10, 1), ==, TAMIS_ADDRESS_BAD_LOCAL);
    g_assert_cmpint(parse_sized(5, 63, 1), ==, TAMIS_ADDRESS_OK);
    g_assert_cmpint(parse_sized(5, 64, 1), ==, TAMIS_ADDRESS_BAD_DOMAIN);
    g_assert_cmpint(parse_sized(6, 59, 4), ==, TAMIS_ADDRESS_OK);
    g_assert_cmpint(parse_sized(7, 59, 4), ==, TAMIS_ADDRESS_TOO_LONG);
    g_assert_cmpint(parse_sized(5, 61, 4), ==, TAMIS_ADDRESS_BAD_DOMAIN);
    g_assert_cmpint(parse_sized(5, 50, 100), ==, TAMIS_ADDRESS_TOO_LONG);
}

static void
test_domains(void)
{
    g_autoptr(GString) out = g_string_new("before");

    g_assert_true(tamis_domain_normalize("ACME.Example", 12, out));
    g_assert_cmpstr(out->str, ==, "acme.example");
    g_assert_false(tamis_domain_normalize("acme_example", 12, out));
    g_assert_cmpstr(out->str, ==, "");
    g_assert_false(tamis_domain_normalize("", 0, out));
    g_assert_cmpstr(tamis_address_domain("\"a@b\"@x.example"), ==, "x.example");
    g_assert_cmpstr(tamis_address_domain("nobody"), ==, "");
}

static void
assert_stripped(const char *text, const char *delimiter, const char *expected)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    TamisAddress address;
    char stripped[TAMIS_ADDRESS_BUFFER_BYTES];
    gsize n;

    g_assert_cmpint(tamis_address_parse(strings, text, strlen(text), &address), ==,
                    TAMIS_ADDRESS_OK);
    n = tamis_address_without_detail(tamis_strings_get(strings, address.key),
                                     tamis_strings_length(strings, address.key), delimiter,
                                     stripped);
    if (strcmp(expected, text) == 0)
        g_assert_cmpuint(n, ==, 0);
    else
        g_assert_cmpmem(stripped, n, expected, strlen(expected));
}

static void
test_detail(void)
{
    assert_stripped("zhang+orders@acme.example", "+", "zhang@acme.example");
    assert_stripped("zhang+a+b@acme.example", "+", "zhang@acme.example");
    assert_stripped("zhang+@acme.example", "+", "zhang@acme.example");
    assert_stripped("zhang@acme.example", "+", "zhang@acme.example");
    assert_stripped("+zhang@acme.example", "+", "+zhang@acme.example");
    assert_stripped("zhang+orders@acme.example", "-", "zhang+orders@acme.example");
    assert_stripped("zhang-x@a-b.example", "-", "zhang@a-b.example");
    assert_stripped("zhang+orders@acme.example", "", "zhang+orders@acme.example");
    assert_stripped("\"zhang+a b\"@acme.example", "+", "zhang@acme.example");
    assert_stripped("\"zh ang+a\"@acme.example", "+", "\"zh ang\"@acme.example");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address/accepted", test_accepted);
    g_test_add_func("/address/refused", test_refused);
    g_test_add_func("/address/lengths", test_lengths);
    g_test_add_func("/address/domains", test_domains);
    g_test_add_func("/address/detail", test_detail);
    return g_test_run();
}
