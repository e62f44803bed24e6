/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs the rules over a policy. What a rule judges stands in lint/rules/. */
#include "lint/lint.h"

#include "compiler/compile.h"
#include "lint/rules.h"

typedef struct {
    TamisPolicyRule run;
    gboolean needs_all; /* of a text with errors it would say what is not true: parts are missing */
} Rule;

/* Errors, then warnings, then hints: the report keeps a limited number of findings. */
static const Rule rules[] = {
    {tamis_rule_forward_to_self, FALSE},
    {tamis_rule_empty_window, FALSE},
    {tamis_rule_forbidden_forward, TRUE},
    {tamis_rule_missing_expiry, FALSE},
    {tamis_rule_missing_copy, TRUE},
    {tamis_rule_unverified_target, TRUE},
    {tamis_rule_lifetime_exceeded, FALSE},
    {tamis_rule_too_many_targets, TRUE},
    {tamis_rule_forward_without_copy, TRUE},
    {tamis_rule_shadowed_mailbox, TRUE},
    {tamis_rule_expired_route, FALSE},
    {tamis_rule_rebuild_due, FALSE},
    {tamis_rule_unknown_target, TRUE},
    {tamis_rule_needs_setting, TRUE},
    {tamis_rule_unused_name, TRUE},
    {tamis_rule_expires_soon, FALSE},
    {tamis_rule_spf_breakage, FALSE},
    /* After all that an exception can silence. */
    {tamis_rule_expired_allow, FALSE},
    {tamis_rule_stale_allow, TRUE},
};

/* For the findings of the compiler alone. */
static void
lower(const TamisLint *lint)
{
    TamisCompile compile = {
        .policy = lint->policy,
        .server = lint->server,
        .as_of = lint->as_of,
        .n_jobs = MAX(lint->n_jobs, 1),
    };

    tamis_compile_all(&compile, NULL, lint->report, NULL);
}

void
tamis_lint_policy(const TamisLint *lint)
{
    gboolean is_whole = tamis_report_count_severity(lint->report, TAMIS_SEVERITY_ERROR) == 0;
    g_autoptr(TamisFacts) facts = NULL;

    if (lint->policy->zone != NULL) {
        facts = tamis_facts_new(lint);
        if (is_whole)
            lower(lint);
        for (guint i = 0; i < tamis_report_count(lint->report); i++)
            tamis_facts_allow(facts, tamis_report_get(lint->report, i));
        for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
            if (is_whole || !rules[i].needs_all)
                rules[i].run(facts);
    }
    tamis_report_sort(lint->report);
}
