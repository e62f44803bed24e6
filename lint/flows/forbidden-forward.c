/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A message that a mailbox of a `forbid` takes reaches a target that it rules out, straight or down the
 * chain: unless it was encrypted on the way, the mailbox keeps a copy, or the condition holds. */
#include "lint/flows.h"

#include "compiler/flow-of-policy.h"
#include "lint/chain.h"
#include "lint/kept.h"
#include "lint/reach.h"

/* Of one mailbox's ways. */
#define MAX_STEPS 20000

typedef struct {
    TamisFlowFacts *facts;
    const TamisForbid *forbid;
    TamisMembership from, to;
    TamisFormula unless; /* the condition, of the message as it is taken */
    guint8 *may_reach;   /* by place: a target that is ruled out, by the form of the graph */
    GHashTable *told;    /* of one mailbox: first and last forward's places */
} Check;

/* What makes the forward a fault, of the message that set out. */
static TamisFormula
fault_of(const Check *check, guint32 mailbox, TamisFormula way)
{
    TamisFormulas *formulas = check->facts->formulas;

    switch (check->forbid->unless) {
    case TAMIS_BROKEN_UNLESS_COPIED:
        return tamis_formulas_and2(formulas, way, tamis_flow_keeps_nothing(check->facts, mailbox));
    case TAMIS_BROKEN_UNLESS_CONDITION:
        return tamis_formulas_and2(formulas, way, tamis_formulas_not(formulas, check->unless));
    default:
        return way;
    }
}

static void
report(const Check *check, guint32 mailbox, TamisChain *chain, guint32 step,
       const TamisSolution *solution, TamisFormula guard)
{
    static const char *const remedies[] = {
        [TAMIS_BROKEN_ALWAYS] = "take the target out",
        [TAMIS_BROKEN_UNLESS_ENCRYPTED] = "write 'forward encrypted with', or take the target out",
        [TAMIS_BROKEN_UNLESS_COPIED] = "let a copy stay, or take the target out",
        [TAMIS_BROKEN_UNLESS_CONDITION] =
            "add the condition of the rule to the route, or take the target out",
    };
    TamisFlowFacts *facts = check->facts;
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);
    const TamisChainStep *first = tamis_chain_get(chain, g_array_index(way, guint32, 1));
    gboolean is_direct = way->len == 2;
    gboolean is_by_map = first->action == NULL;
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_FORBIDDEN_FORWARD,
        is_by_map ? first->span : tamis_forward_target_span(facts, mailbox, first->action), mailbox,
        first->action, "'%s' %s to '%s'%s%s%s, which '%s' forbids",
        tamis_policy_text(facts->policy,
                          tamis_policy_mailbox(facts->policy, mailbox)->address.text),
        solution->verdict == TAMIS_VERDICT_WITNESS ? "forwards" : "might forward",
        tamis_flow_text(facts, tamis_chain_get(chain, step)->address),
        is_direct ? "" : " by way of '", is_direct ? "" : tamis_flow_text(facts, first->address),
        is_direct ? "" : "'", tamis_policy_text(facts->policy, check->forbid->title));

    tamis_chain_show(chain, step, diagnostic, solution, guard);
    tamis_report_relate(facts->report, diagnostic, check->forbid->span, "forbidden here");
    tamis_report_help(facts->report, diagnostic, "%s",
                      is_by_map ? remedies[TAMIS_BROKEN_ALWAYS] : remedies[check->forbid->unless]);
}

/* Whether this is the first target that the two forwards lead to together; straight ones are told each. */
static gboolean
is_new(const Check *check, TamisChain *chain, guint32 step)
{
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);
    const TamisChainStep *first = tamis_chain_get(chain, g_array_index(way, guint32, 1));
    const TamisChainStep *last = tamis_chain_get(chain, step);
    guint64 places = ((guint64)first->span.source << 32 | first->span.offset) * 31 +
                     ((guint64)last->span.source << 32 | last->span.offset);

    if (way->len == 2)
        places = ((guint64)first->span.source << 32 | first->span.offset) * 31 + first->key;
    return g_hash_table_add(check->told, GSIZE_TO_POINTER(places));
}

static void
judge(const Check *check, guint32 mailbox, TamisChain *chain, guint32 step)
{
    TamisFlowFacts *facts = check->facts;
    TamisFormula fault = fault_of(check, mailbox, tamis_chain_get(chain, step)->guard);
    g_auto(TamisSolution) solution = {0};

    if (tamis_solver_is_impossible(facts->solver, fault) || !is_new(check, chain, step))
        return;
    tamis_solver_solve(facts->solver, fault, &solution);
    report(check, mailbox, chain, step, &solution, fault);
}

/* Whether the chain is looked at from here on its own: this mailbox is in the rule too, and what it
 * sends on does not depend on who sent it here. */
static gboolean
is_judged_itself(const Check *check, const TamisChainStep *at)
{
    TamisFlowFacts *facts = check->facts;

    return at->place < tamis_site_n_mailboxes(facts->site) &&
           (check->forbid->unless == TAMIS_BROKEN_ALWAYS ||
            check->forbid->unless == TAMIS_BROKEN_UNLESS_ENCRYPTED) &&
           tamis_membership_has_mailbox(&check->from, at->place);
}

/* Of all ways from the mailbox, or from the map that takes mail for its address first and may send some of it on to the
 * mailbox, whose own ways are not looked at then. */
static void
check_ways(Check *check, guint32 mailbox, guint32 map)
{
    const TamisChainOptions options = {MAX_STEPS, TAMIS_CHAIN_SHORTEST};
    g_autoptr(TamisChain) chain = tamis_chain_new(check->facts, mailbox, &options);
    g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);
    guint32 step;

    check->told = told;
    if (map != TAMIS_NO_INDEX)
        tamis_chain_start_at_map(chain, map);
    while ((step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        TamisChainStep *at = tamis_chain_get(chain, step);

        if (step == 0)
            continue;
        if (at->is_encrypted && check->forbid->unless == TAMIS_BROKEN_UNLESS_ENCRYPTED) {
            at->is_followed = FALSE;
            continue;
        }
        if (at->place != TAMIS_NO_INDEX &&
            (!check->may_reach[at->place] || is_judged_itself(check, at) ||
             (map != TAMIS_NO_INDEX && at->place == mailbox)))
            at->is_followed = FALSE;
        if (at->key != 0 && tamis_membership_has_target(&check->to, at->key))
            judge(check, mailbox, chain, step);
    }
}

static void
check_mailbox(Check *check, guint32 mailbox)
{
    TamisMail *mail = check->facts->mail;
    guint32 taken_by =
        tamis_mail_find(mail, tamis_policy_mailbox(check->facts->policy, mailbox)->address.key);

    if (check->may_reach[mailbox])
        check_ways(check, mailbox, TAMIS_NO_INDEX);
    if (taken_by != TAMIS_NO_INDEX && taken_by != mailbox && check->may_reach[taken_by])
        check_ways(check, mailbox, taken_by);
}

static void
check_forbid(Check *check, TamisPolicyFlows *conditions)
{
    TamisFlowFacts *facts = check->facts;

    check->unless = check->forbid->unless == TAMIS_BROKEN_UNLESS_CONDITION
                        ? tamis_policy_flows_condition(conditions, check->forbid->condition)
                        : TAMIS_FORMULA_FALSE;
    tamis_membership_init(&check->from, facts->policy, &check->forbid->from);
    tamis_membership_init(&check->to, facts->policy, &check->forbid->to);
    check->may_reach = tamis_mail_reaching(facts->mail, &check->to);
    for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++)
        if (tamis_membership_has_mailbox(&check->from, i))
            check_mailbox(check, i);
    g_free(check->may_reach);
    tamis_membership_clear(&check->from);
    tamis_membership_clear(&check->to);
}

void
tamis_flow_rule_forbidden_forward(TamisFlowFacts *facts)
{
    g_autoptr(TamisPolicyFlows) conditions = NULL;

    if (facts->policy == NULL || facts->policy->forbids->len == 0)
        return;
    tamis_flow_facts_mail(facts);
    conditions = tamis_policy_flows_new(facts->policy, facts->formulas);
    for (guint i = 0; i < facts->policy->forbids->len; i++) {
        Check check = {.facts = facts, .forbid = TAMIS_AT(facts->policy->forbids, TamisForbid, i)};

        check_forbid(&check, conditions);
    }
}
