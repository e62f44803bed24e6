/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * base/address-syntax: what is taken, where the parts are, what is odd. */
#include "base/address-syntax.h"

#include <string.h>

static const struct {
    const char *text;
    TamisAddressSyntaxFault fault;
    const char *local, *domain;
    const char *
        odd; /* a Angle, n Name, p dot in the name, b Blanks, d odd Dots, l wide Local, w Wide domain,
                        q Quoted, x partly quoted, i lIteral */
} cases[] = {
    {"a@b", 0, "a", "b", ""},
    {"o'brien+x@acme.example", 0, "o'brien+x", "acme.example", ""},
    {"<a@b>", 0, "a", "b", "a"},
    {"Li Na <li@acme.example>", 0, "li", "acme.example", "an"},
    {"Li.Na <li@acme.example>", 0, "li", "acme.example", "anp"},
    {"\"Li, Na\" <li@acme.example>", 0, "li", "acme.example", "an"},
    {"李娜 <li@acme.example>", 0, "li", "acme.example", "an"},
    {" a@b", 0, "a", "b", "b"},
    {"a @ b (work (late))", 0, "a", "b", "b"},
    {"a..b@c", 0, "a..b", "c", "d"},
    {".a@c", 0, ".a", "c", "d"},
    {"a.@c", 0, "a.", "c", "d"},
    {"josé@b", 0, "josé", "b", "l"},
    {"a@exämple", 0, "a", "exämple", "w"},
    {"\"a b\"@c", 0, "\"a b\"", "c", "q"},
    {"a.\"\\\"\"@c", 0, "a.\"\\\"\"", "c", "qx"},
    {"\"a\".@c", 0, "\"a\".", "c", "dqx"},
    {"a. @c", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"\"a\"b@c", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"a\"b\"@c", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"\"\"@c", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"a.\"\"@c", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"a@[192.0.2.1]", 0, "a", "[192.0.2.1]", "i"},
    {"", TAMIS_ADDRESS_SYNTAX_EMPTY, NULL, NULL, NULL},
    {"  ", TAMIS_ADDRESS_SYNTAX_EMPTY, NULL, NULL, NULL},
    {"a", TAMIS_ADDRESS_SYNTAX_NO_AT, NULL, NULL, NULL},
    {"Li <a>", TAMIS_ADDRESS_SYNTAX_NO_AT, NULL, NULL, NULL},
    {"@b", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"a b@c", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"\"a@c", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"(a@c", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"<>", TAMIS_ADDRESS_SYNTAX_BAD_LOCAL, NULL, NULL, NULL},
    {"a@", TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN, NULL, NULL, NULL},
    {"a@b..c", TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN, NULL, NULL, NULL},
    {"a@b.", TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN, NULL, NULL, NULL},
    {"a@[]", TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN, NULL, NULL, NULL},
    {"<a@b", TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN, NULL, NULL, NULL},
    {"a@b, c@d", TAMIS_ADDRESS_SYNTAX_LIST, NULL, NULL, NULL},
    {"<a@b>, c@d", TAMIS_ADDRESS_SYNTAX_LIST, NULL, NULL, NULL},
    {"team: a@b;", TAMIS_ADDRESS_SYNTAX_LIST, NULL, NULL, NULL},
    {"a@b@c", TAMIS_ADDRESS_SYNTAX_TRAILING, NULL, NULL, NULL},
    {"a@b c", TAMIS_ADDRESS_SYNTAX_TRAILING, NULL, NULL, NULL},
};

static void
test_parse(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        TamisAddressSyntax found;
        g_autofree char *text = g_memdup2(cases[i].text, strlen(cases[i].text));
        TamisAddressSyntaxFault fault =
            tamis_address_syntax_parse(text, strlen(cases[i].text), &found);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(fault, ==, cases[i].fault);
        if (fault != TAMIS_ADDRESS_SYNTAX_OK)
            continue;
        g_assert_cmpmem(found.local, found.local_length, cases[i].local, strlen(cases[i].local));
        g_assert_cmpmem(found.domain, found.domain_length, cases[i].domain,
                        strlen(cases[i].domain));
        g_autofree char *odd = g_strdup_printf(
            "%s%s%s%s%s%s%s%s%s%s", found.has_angle ? "a" : "", found.has_name ? "n" : "",
            found.has_dot_in_name ? "p" : "", found.has_blanks ? "b" : "",
            found.has_odd_dots ? "d" : "", found.has_wide_local ? "l" : "",
            found.has_wide_domain ? "w" : "", found.is_quoted ? "q" : "",
            found.is_partly_quoted ? "x" : "", found.is_literal ? "i" : "");
        g_assert_cmpstr(odd, ==, cases[i].odd);
    }
}

static void
test_deep_comment(void)
{
    g_autofree char *text = g_strnfill(1000000, '(');
    TamisAddressSyntax found;

    g_assert_cmpint(tamis_address_syntax_parse(text, 1000000, &found), ==,
                    TAMIS_ADDRESS_SYNTAX_BAD_LOCAL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address-syntax/parse", test_parse);
    g_test_add_func("/address-syntax/deep-comment", test_deep_comment);
    return g_test_run();
}
