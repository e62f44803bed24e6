/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * base/fix: which edits are made together, and what comes out. */
#include "base/fix.h"

#include <string.h>

typedef struct {
    guint offset, length;
    const char *text;
} Edit;

static const struct {
    Edit edits[4]; /* a finding each; text NULL: no more */
    const char *mended;
    guint n_mended;
} cases[] = {
    {{{0, 0, NULL}}, "0123456789", 0},
    {{{0, 0, "a"}, {10, 0, "b"}}, "a0123456789b", 2},
    {{{5, 0, "a"}, {5, 0, "b"}}, "01234a56789", 1},
    {{{5, 2, "x"}, {5, 0, "a"}}, "01234ax789", 2},
    {{{5, 0, "a"}, {5, 2, "x"}}, "01234ax789", 2},
    {{{5, 2, "x"}, {7, 0, "a"}}, "01234xa789", 2},
    {{{5, 2, "x"}, {6, 0, "a"}}, "01234x789", 1},
    {{{6, 0, "a"}, {5, 2, "x"}}, "012345a6789", 1},
    {{{2, 6, "x"}, {2, 0, "a"}, {4, 2, "y"}}, "01ax89", 2},
    {{{2, 2, "x"}, {2, 3, "y"}}, "01x456789", 1},
    {{{7, 1, ""}, {1, 1, ""}}, "02345689", 2},
};

static void
test_apply(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(TamisSources) sources = tamis_sources_new();
        g_autoptr(TamisReport) report = tamis_report_new(sources);
        g_autoptr(GString) out = g_string_new(NULL);
        TamisSourceId source = tamis_sources_add_text(sources, "x", "0123456789", 10);
        for (guint j = 0; j < 4 && cases[i].edits[j].text != NULL; j++) {
            const Edit *edit = &cases[i].edits[j];
            TamisSpan span = {source, edit->offset, edit->length};
            TamisDiagnostic *diagnostic =
                tamis_report_add(report, span, TAMIS_RULE_SYNTAX, "%u", j);
            tamis_report_edit(report, diagnostic, span, edit->text);
        }
        g_assert_cmpuint(tamis_fix_apply(report, source, out), ==, cases[i].n_mended);
        g_assert_cmpstr(out->str, ==, cases[i].mended);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fix/apply", test_apply);
    return g_test_run();
}
