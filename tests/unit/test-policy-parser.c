/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Limits of the policy parser, keywords that are names elsewhere, and where an error ends. What is said
 * of most slips is in tests/errors. */
#include "grammar/policy/parser.h"
#include "tests/unit/policy-listing.h"

#include <string.h>

/* The findings of a text. */
static char *
parse(const char *text)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "test.tamis", text, strlen(text));

    tamis_policy_parse(source, arena, report);
    return list_findings(report);
}

static void
check(const char *text, const char *expected)
{
    g_autofree char *actual = parse(text);
    g_assert_cmpstr(actual, ==, expected);
}

static char *
nested(guint depth, const char *open, const char *close)
{
    GString *text = g_string_new("condition a = ");

    for (guint i = 0; i < depth; i++)
        g_string_append(text, open);
    g_string_append(text, "b");
    for (guint i = 0; i < depth; i++)
        g_string_append(text, close);
    g_string_append(text, ";");
    return g_string_free(text, FALSE);
}

static void
test_nesting(void)
{
    g_autofree char *good = nested(TAMIS_POLICY_MAX_NESTING, "(", ")");
    g_autofree char *bad = nested(TAMIS_POLICY_MAX_NESTING + 1, "(", ")");
    g_autofree char *worse = nested(100000, "not ", "");

    check(good, "");
    check(bad,
          "1:79-1:80 syntax: condition nests more than 64 deep (help: give a part of it a name: "
          "condition NAME = …;)\n");
    check(worse, "1:271-1:274 syntax: condition nests more than 64 deep (help: give a part of it a "
                 "name: condition NAME = …;)\n");
}

static void
test_keywords(void)
{
    check("group desk { } group list { } group mon { } group one { } group forward { }", "");
    check("mailbox a@b.example { route when { forward to one; forward to one of one; } }", "");
    check("condition not = a;",
          "1:11-1:14 syntax: a condition cannot be called 'not' (help: give it "
          "another name: where both fit, the keyword wins)\n");
    check("group external { }",
          "1:7-1:15 syntax: a group cannot be called 'external' (help: give it "
          "another name: where both fit, the keyword wins)\n");
}

static void
test_too_many_errors(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *findings = NULL;
    g_auto(GStrv) lines = NULL;

    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "grup;\n");
    findings = parse(text->str);
    lines = g_strsplit(findings, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 102);
    g_assert_cmpstr(
        lines[100], ==,
        "101:1-101:5 syntax: too many errors: the rest of the file is not read (help: mend "
        "those first)");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy-parser/nesting", test_nesting);
    g_test_add_func("/policy-parser/keywords", test_keywords);
    g_test_add_func("/policy-parser/too-many-errors", test_too_many_errors);
    return g_test_run();
}
