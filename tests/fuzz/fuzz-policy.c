/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a policy: it ends, every place lies inside the text, and what has no error is formatted
 * as a text that says the same, keeps all comments, and is formatted as itself. */
#include "grammar/policy/compare.h"
#include "grammar/policy/format.h"
#include "grammar/policy/parser.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_places(TamisSources *sources, const TamisReport *report, gsize size)
{
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);

        g_assert((gsize)diagnostic->span.offset + diagnostic->span.length <= size);
        tamis_sources_locate(sources, diagnostic->span);
        for (guint j = 0; diagnostic->edits != NULL && j < diagnostic->edits->len; j++) {
            TamisSpan span = g_array_index(diagnostic->edits, TamisEdit, j).span;
            g_assert((gsize)span.offset + span.length <= size);
        }
    }
}

static const TamisPolicySyntax *
parse_again(TamisSources *sources, TamisReport *report, TamisArena *arena, const GString *text)
{
    TamisSourceId source = tamis_sources_add_text(sources, "again.tamis", text->str, text->len);
    const TamisPolicySyntax *policy = tamis_policy_parse(source, arena, report);

    g_assert(tamis_report_count(report) == 0);
    return policy;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "fuzz.tamis", (const char *)data, size);
    const TamisPolicySyntax *policy = tamis_policy_parse(source, arena, report), *again;

    check_places(sources, report, size);
    if (tamis_report_count(report) > 0)
        return 0;
    g_autoptr(GString) first = tamis_policy_format(policy, sources);
    again = parse_again(sources, report, arena, first);
    g_assert(tamis_policy_same(policy, again));
    g_assert(policy->n_comments == again->n_comments);
    g_autoptr(GString) second = tamis_policy_format(again, sources);
    g_assert(g_string_equal(first, second));
    /* Without the source the spelling is our own, and has to mean the same. */
    g_autoptr(GString) plain = tamis_policy_format(policy, NULL);
    g_assert(tamis_policy_same(policy, parse_again(sources, report, arena, plain)));
    return 0;
}
