/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs the rules over a policy. What a rule judges stands in lint/rules/. */
#include "lint/lint.h"

#include "compiler/compile.h"
#include "lint/flows.h"
#include "lint/rules.h"

typedef struct {
    TamisPolicyRule run;
    gboolean needs_all; /* of a text with errors it might say what is not true */
} Rule;

/* Applies the exceptions to what others have found, from this finding on. */
static void
allow_from(TamisFacts *facts, guint first)
{
    for (guint i = first; i < tamis_report_count(facts->report); i++)
        tamis_facts_allow(facts, tamis_report_get(facts->report, i));
}

/* The compiler's findings. */
static void
lower(TamisFacts *facts)
{
    const TamisLint *lint = facts->lint;
    TamisCompile compile = {
        .policy = lint->policy,
        .server = lint->server,
        .as_of = lint->as_of,
        .shapes = tamis_facts_shapes(facts),
        .n_jobs = MAX(lint->n_jobs, 1),
    };
    guint n_before = tamis_report_count(lint->report);

    if (lint->lower != NULL && tamis_report_count_severity(lint->report, TAMIS_SEVERITY_ERROR) == 0)
        facts->failed = !lint->lower(lint->lower_data, compile.shapes, lint->report);
    else
        tamis_compile_all(&compile, NULL, lint->report, NULL);
    allow_from(facts, n_before);
}

/* What one message can do, with its witness. */
static void
reason(TamisFacts *facts)
{
    g_autoptr(TamisSite) site = tamis_site_new_policy(facts->policy, facts->lint->server);
    g_autoptr(TamisFlowFacts) flow_facts =
        tamis_flow_facts_new(site, facts, facts->report, facts->lint->as_of);

    tamis_flow_rules_run(flow_facts);
}

static const Rule rules[] = {
    {tamis_rule_forward_to_self, FALSE},
    {tamis_rule_empty_window, TRUE},
    {reason, TRUE},
    {tamis_rule_missing_expiry, TRUE},
    {tamis_rule_unverified_target, TRUE},
    {tamis_rule_lifetime_exceeded, TRUE},
    {lower, TRUE},
    {tamis_rule_unsupported, TRUE},
    {tamis_rule_shadowed_mailbox, TRUE},
    {tamis_rule_expired_route, TRUE},
    {tamis_rule_rebuild_due, FALSE},
    {tamis_rule_unknown_target, TRUE},
    {tamis_rule_needs_setting, TRUE},
    {tamis_rule_unused_name, TRUE},
    {tamis_rule_expires_soon, TRUE},
    {tamis_rule_spf_breakage, TRUE},
    /* After all that an exception can silence. */
    {tamis_rule_expired_allow, FALSE},
    {tamis_rule_stale_allow, TRUE},
};

gboolean
tamis_lint_policy(const TamisLint *lint)
{
    gboolean is_whole = tamis_report_count_severity(lint->report, TAMIS_SEVERITY_ERROR) == 0;
    g_autoptr(TamisFacts) facts = NULL;
    gboolean failed = FALSE;

    /* Without an organization there is no time, and nothing inside or outside. */
    if (lint->policy->zone != NULL) {
        facts = tamis_facts_new(lint);
        allow_from(facts, 0);
        for (guint i = 0; i < G_N_ELEMENTS(rules) && !facts->failed; i++)
            if (is_whole || !rules[i].needs_all)
                rules[i].run(facts);
        failed = facts->failed;
    }
    tamis_report_sort(lint->report);
    return !failed;
}
