/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * base/report and base/catalogue. */
#include "base/catalogue.h"

#include <string.h>

static TamisSources *
two_sources(void)
{
    TamisSources *sources = tamis_sources_new();

    tamis_sources_add_text(sources, "a.tamis", "0123456789", 10);
    tamis_sources_add_text(sources, "b.tamis", "0123456789", 10);
    return sources;
}

static void
test_add(void)
{
    g_autoptr(TamisSources) sources = two_sources();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    TamisSpan span = {1, 2, 3};

    TamisDiagnostic *d =
        tamis_report_add(report, span, TAMIS_RULE_UNKNOWN_NAME, "unknown group '%s'", "dekc");
    tamis_report_help(report, d, "write '%s'", "desk");
    tamis_report_relate(report, d, (TamisSpan){2, 0, 1}, "'%s' is here", "desk");
    tamis_report_edit(report, d, span, "desk");
    tamis_report_blame(report, d, "a@acme.example", NULL);

    g_assert_cmpuint(tamis_report_count(report), ==, 1);
    d = tamis_report_get(report, 0);
    g_assert_cmpint(d->rule, ==, TAMIS_RULE_UNKNOWN_NAME);
    g_assert_cmpint(d->severity, ==, TAMIS_SEVERITY_ERROR);
    g_assert_cmpint(d->certainty, ==, TAMIS_CERTAINTY_NONE);
    g_assert_cmpstr(d->message, ==, "unknown group 'dekc'");
    g_assert_cmpstr(d->help, ==, "write 'desk'");
    g_assert_cmpstr(d->mailbox, ==, "a@acme.example");
    g_assert_null(d->route);
    g_assert_cmpuint(d->related->len, ==, 1);
    g_assert_cmpstr(g_array_index(d->related, TamisRelated, 0).message, ==, "'desk' is here");
    g_assert_cmpstr(g_array_index(d->edits, TamisEdit, 0).text, ==, "desk");
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==, 1);
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_WARNING), ==, 0);
    d->suppressed = TRUE;
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==, 0);
    g_assert_cmpuint(tamis_report_count_suppressed(report), ==, 1);
}

static void
test_sort(void)
{
    g_autoptr(TamisSources) sources = two_sources();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GString) order = g_string_new(NULL);

    tamis_report_add(report, (TamisSpan){2, 1, 1}, TAMIS_RULE_TYPE, "f");
    tamis_report_add(report, (TamisSpan){1, 5, 1}, TAMIS_RULE_TYPE, "e");
    tamis_report_add(report, (TamisSpan){1, 5, 1}, TAMIS_RULE_SYNTAX, "d");
    tamis_report_add(report, (TamisSpan){1, 2, 1}, TAMIS_RULE_TYPE, "c");
    tamis_report_add(report, (TamisSpan){1, 2, 1}, TAMIS_RULE_TYPE, "b");
    tamis_report_add(report, (TamisSpan){1, 2, 1}, TAMIS_RULE_TYPE, "b");
    TamisDiagnostic *d = tamis_report_add(report, (TamisSpan){1, 2, 1}, TAMIS_RULE_TYPE, "b");
    tamis_report_blame(report, d, "x@acme.example", NULL);
    tamis_report_add(report, TAMIS_NO_SPAN, TAMIS_RULE_TYPE, "a");
    tamis_report_sort(report);
    for (guint i = 0; i < tamis_report_count(report); i++)
        g_string_append(order, tamis_report_get(report, i)->message);
    g_assert_cmpstr(order->str, ==, "abbcdef");
    g_assert_cmpstr(tamis_report_get(report, 2)->mailbox, ==, "x@acme.example");
}

static void
test_merge(void)
{
    g_autoptr(TamisSources) sources = two_sources();
    g_autoptr(TamisReport) report = tamis_report_new(sources);

    tamis_report_add(report, (TamisSpan){1, 0, 1}, TAMIS_RULE_TYPE, "first");
    for (int i = 0; i < 3; i++) {
        g_autoptr(TamisReport) other = tamis_report_new(sources);
        TamisDiagnostic *d =
            tamis_report_add(other, (TamisSpan){2, 0, 1}, TAMIS_RULE_TYPE, "of %d", i);
        tamis_report_relate(other, d, (TamisSpan){1, 0, 1}, "because of %d", i);
        tamis_report_merge(report, other);
        g_assert_cmpuint(tamis_report_count(other), ==, 0);
        g_assert_cmpuint(tamis_report_count_severity(other, TAMIS_SEVERITY_ERROR), ==, 0);
    }
    g_assert_cmpuint(tamis_report_count(report), ==, 4);
    g_assert_cmpstr(tamis_report_get(report, 3)->message, ==, "of 2");
    g_assert_cmpstr(g_array_index(tamis_report_get(report, 3)->related, TamisRelated, 0).message,
                    ==, "because of 2");
}

static void
test_cap(void)
{
    g_autoptr(TamisSources) sources = two_sources();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisReport) other = tamis_report_new(sources);
    guint extra = 5;

    for (guint i = 0; i < TAMIS_REPORT_MAX_KEPT + extra; i++) {
        TamisDiagnostic *d =
            tamis_report_add(report, (TamisSpan){1, i, 1}, TAMIS_RULE_TYPE, "%u", i);
        tamis_report_help(report, d, "help");
        tamis_report_relate(report, d, TAMIS_NO_SPAN, "related");
        tamis_report_edit(report, d, TAMIS_NO_SPAN, "edit");
        tamis_report_blame(report, d, "m", "r");
        /* The first two past the cap are made warnings, the third is allowed. */
        if (i == TAMIS_REPORT_MAX_KEPT || i == TAMIS_REPORT_MAX_KEPT + 1)
            d->severity = TAMIS_SEVERITY_WARNING;
        d->suppressed = i == TAMIS_REPORT_MAX_KEPT + 2;
    }
    g_assert_cmpuint(tamis_report_count(report), ==, TAMIS_REPORT_MAX_KEPT);
    g_assert_cmpuint(tamis_report_count_dropped(report), ==, extra);
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_WARNING), ==, 2);
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==,
                     TAMIS_REPORT_MAX_KEPT + 2);
    g_assert_cmpuint(tamis_report_count_suppressed(report), ==, 1);

    tamis_report_add(other, (TamisSpan){1, 0, 1}, TAMIS_RULE_TYPE, "one more");
    tamis_report_merge(report, other);
    g_assert_cmpuint(tamis_report_count(report), ==, TAMIS_REPORT_MAX_KEPT);
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==,
                     TAMIS_REPORT_MAX_KEPT + 3);
    tamis_report_sort(report);
    g_assert_cmpuint(tamis_report_count_dropped(report), ==, extra + 1);
}

/* Nor do hints without number take an error's place. */
static void
test_cap_of_a_severity(void)
{
    g_autoptr(TamisSources) sources = two_sources();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisReport) other = tamis_report_new(sources);

    for (guint i = 0; i < TAMIS_REPORT_MAX_KEPT + 3; i++) {
        tamis_report_add(report, (TamisSpan){1, i, 1}, TAMIS_RULE_UNUSED_REQUIRE, "%u", i);
        tamis_report_add(other, (TamisSpan){2, i, 1}, TAMIS_RULE_UNUSED_REQUIRE, "%u", i);
    }
    tamis_report_add(report, (TamisSpan){2, 7, 1}, TAMIS_RULE_TYPE, "one");
    tamis_report_add(other, (TamisSpan){2, 8, 1}, TAMIS_RULE_TYPE, "two");
    tamis_report_merge(report, other);
    tamis_report_sort(report);
    g_assert_cmpuint(tamis_report_count(report), ==, TAMIS_REPORT_MAX_KEPT + 2);
    g_assert_cmpuint(tamis_report_count_dropped(report), ==, TAMIS_REPORT_MAX_KEPT + 6);
    g_assert_cmpstr(tamis_report_get(report, TAMIS_REPORT_MAX_KEPT)->message, ==, "one");
    g_assert_cmpstr(tamis_report_get(report, TAMIS_REPORT_MAX_KEPT + 1)->message, ==, "two");
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==, 2);
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_HINT), ==,
                     2 * TAMIS_REPORT_MAX_KEPT + 6);
    g_assert_cmpuint(tamis_report_count(other), ==, 0);
}

/* A site of many files may have much to say of each. */
static void
test_cap_of_a_site(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    const guint n_sources = 4000, n_each = TAMIS_REPORT_MAX_KEPT_A_SOURCE;

    for (guint i = 1; i <= n_sources; i++)
        tamis_sources_add_text(sources, "x.sieve", "keep;", 5);
    for (guint i = 1; i <= n_sources; i++) {
        g_autoptr(TamisReport) other = tamis_report_new(sources);

        for (guint j = 0; j < n_each + (i == n_sources ? 1 : 0); j++)
            tamis_report_add(other, (TamisSpan){i, j % 5, 1}, TAMIS_RULE_UNUSED_REQUIRE, "%u", j);
        tamis_report_merge(report, other);
    }
    g_assert_cmpuint(tamis_report_count(report), ==, n_sources * n_each);
    g_assert_cmpuint(tamis_report_count_dropped(report), ==, 1);
}

/* One fault in a template is one finding, however many mailboxes have it, and whoever merged them. */
static void
test_alike(void)
{
    g_autoptr(TamisSources) sources = two_sources();
    g_autoptr(TamisReport) report = tamis_report_new(sources);

    for (guint i = 0; i < 3 * TAMIS_REPORT_MAX_KEPT; i++) {
        g_autoptr(TamisReport) other = tamis_report_new(sources);
        g_autofree char *mailbox = g_strdup_printf("%05u@a", i);
        TamisDiagnostic *d = tamis_report_add(other, (TamisSpan){1, 4, 1}, TAMIS_RULE_TYPE, "same");

        tamis_report_blame(other, d, mailbox, "r");
        tamis_report_relate(other, d, (TamisSpan){2, i, 1}, "for this row");
        d->suppressed = i == 7;
        tamis_report_merge(report, other);
    }
    tamis_report_sort(report);
    tamis_report_sort(report);
    g_assert_cmpuint(tamis_report_count(report), ==, 2);
    g_assert_cmpuint(tamis_report_count_dropped(report), ==, 0);
    g_assert_cmpuint(tamis_report_count_suppressed(report), ==, 1);

    const TamisDiagnostic *d = tamis_report_get(report, 0);
    g_assert_cmpstr(d->mailbox, ==, "00000@a");
    g_assert_cmpuint(d->related->len, ==, 4);
    const TamisRelated *related = &g_array_index(d->related, TamisRelated, 1);
    g_assert_cmpstr(related->message, ==, "and the same for '00001@a'");
    g_assert_cmpuint(related->span.offset, ==, 1);
    g_assert_cmpstr(g_array_index(d->related, TamisRelated, 3).message, ==,
                    "and the same for 29996 more");
}

/* A condition that has a name is wrong once, however many routes use it; and what is said again is not counted. */
static void
test_alike_routes(void)
{
    g_autoptr(TamisSources) sources = two_sources();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    static const char *const blamed[][2] = {{"a@a", "x"}, {"a@a", "y"}, {"b@a", "x"}};
    const TamisDiagnostic *d;

    for (guint i = 0; i < 3 * G_N_ELEMENTS(blamed); i++) {
        const char *const *to = blamed[i % G_N_ELEMENTS(blamed)];

        tamis_report_blame(
            report, tamis_report_add(report, (TamisSpan){1, 4, 1}, TAMIS_RULE_UNSUPPORTED, "same"),
            to[0], to[1]);
    }
    tamis_report_sort(report);
    g_assert_cmpuint(tamis_report_count(report), ==, 1);
    d = tamis_report_get(report, 0);
    g_assert_cmpstr(d->mailbox, ==, "a@a");
    g_assert_cmpstr(d->route, ==, "x");
    g_assert_cmpuint(d->related->len, ==, 2);
    g_assert_cmpstr(g_array_index(d->related, TamisRelated, 0).message, ==,
                    "and the same for route 'y'");
    g_assert_cmpstr(g_array_index(d->related, TamisRelated, 1).message, ==,
                    "and the same for 'b@a'");
    g_assert_cmpuint(d->n_alike, ==, 2);
}

static void
test_bounds(void)
{
    g_autoptr(TamisSources) sources = two_sources();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autofree char *large = g_strnfill(3000 * 3, ' ');

    for (int i = 0; i < 3000; i++)
        memcpy(large + i * 3, "订", 3);
    TamisDiagnostic *d = tamis_report_add(report, TAMIS_NO_SPAN, TAMIS_RULE_SYNTAX, "'%s'", large);
    g_assert_true(g_utf8_validate(d->message, -1, NULL));
    g_assert_true(g_str_has_suffix(d->message, "订…"));
    g_assert_cmpuint(strlen(d->message), <=, TAMIS_REPORT_MAX_TEXT + 3);
    for (int i = 0; i < 200; i++)
        tamis_report_relate(report, d, TAMIS_NO_SPAN, "%d", i);
    g_assert_cmpuint(d->related->len, ==, TAMIS_REPORT_MAX_RELATED);

    d = tamis_report_add(report, TAMIS_NO_SPAN, TAMIS_RULE_SYNTAX, "'%s'",
                         "a\xff"
                         "b");
    g_assert_cmpstr(d->message, ==,
                    "'a\xef\xbf\xbd"
                    "b'");
}

static void
test_catalogue(void)
{
    g_assert_cmpint(tamis_catalogue_find("forward-to-self"), ==, TAMIS_RULE_FORWARD_TO_SELF);
    g_assert_cmpint(tamis_catalogue_find("forward-to-sel"), ==, TAMIS_N_RULES);
    g_assert_cmpint(tamis_catalogue_find(""), ==, TAMIS_N_RULES);
    for (guint i = 0; i < TAMIS_N_RULES; i++) {
        const TamisRuleInfo *info = tamis_catalogue_get((TamisRule)i);
        g_assert_cmpint(tamis_catalogue_find(info->slug), ==, i);
        g_assert_true(g_str_has_prefix(info->page, "## What it means\n"));
        g_assert_true(g_utf8_validate(info->page, -1, NULL));
    }
    const TamisRuleInfo *hint = tamis_catalogue_get(TAMIS_RULE_SPF_BREAKAGE);
    g_assert_cmpstr(tamis_severity_to_string(hint->severity), ==, "hint");
    g_assert_true(hint->scripts);
    g_assert_cmpstr(hint->since, ==, "0.1.0");
    g_assert_cmpstr(tamis_severity_to_string(TAMIS_SEVERITY_WARNING), ==, "warning");
    g_assert_cmpstr(tamis_severity_to_string(TAMIS_SEVERITY_ERROR), ==, "error");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/add", test_add);
    g_test_add_func("/report/sort", test_sort);
    g_test_add_func("/report/merge", test_merge);
    g_test_add_func("/report/cap", test_cap);
    g_test_add_func("/report/cap-of-a-site", test_cap_of_a_site);
    g_test_add_func("/report/cap-of-a-severity", test_cap_of_a_severity);
    g_test_add_func("/report/alike", test_alike);
    g_test_add_func("/report/alike-routes", test_alike_routes);
    g_test_add_func("/report/bounds", test_bounds);
    g_test_add_func("/report/catalogue", test_catalogue);
    return g_test_run();
}
