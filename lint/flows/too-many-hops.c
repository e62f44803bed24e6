/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A message can be forwarded on and on more often than `limits` says. What comes back to where it was
 * is forward-loop's. */
#include "lint/flows.h"

#include "lint/chain.h"
#include "lint/reach.h"

/* Of one mailbox's ways, and of all. */
#define MAX_STEPS     20000
#define MAX_ALL_STEPS 200000

/* The longest way that is known to be feasible, and one that is longer but undecided. */
typedef struct {
    guint32 step, undecided;
    TamisSolution solution;
} Longest;

static void
look(TamisFlowFacts *facts, TamisChain *chain, guint32 limit, Longest *longest,
     guint32 *inout_steps_left)
{
    guint32 step, n_best = limit;

    while ((step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        const TamisChainStep *at = tamis_chain_get(chain, step);

        *inout_steps_left -= MIN(*inout_steps_left, 1);
        if (at->returns || at->n_forwards <= n_best)
            continue;
        if (tamis_solver_verdict(facts->solver, at->guard) == TAMIS_VERDICT_WITNESS) {
            longest->step = step;
            n_best = at->n_forwards;
        } else if (longest->undecided == TAMIS_NO_STEP) {
            longest->undecided = step;
        }
    }
    if (longest->step == TAMIS_NO_STEP)
        longest->step = longest->undecided;
    if (longest->step != TAMIS_NO_STEP)
        tamis_solver_solve(facts->solver, tamis_chain_get(chain, longest->step)->guard,
                           &longest->solution);
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, TamisChain *chain, const Longest *longest,
       const TamisLimits *limits)
{
    guint32 n = tamis_chain_get(chain, longest->step)->n_forwards;
    gboolean proved = longest->solution.verdict == TAMIS_VERDICT_WITNESS;
    TamisDiagnostic *diagnostic =
        tamis_chain_find(chain, longest->step, TAMIS_RULE_TOO_MANY_HOPS,
                         "a message to %s %s be forwarded %u times in a row%s, and the limit is %u",
                         tamis_flow_name(facts, mailbox), proved ? "can" : "might", n,
                         tamis_chain_is_cut(chain) ? " or more" : "", limits->hops);

    tamis_chain_show(chain, longest->step, diagnostic, &longest->solution,
                     tamis_chain_get(chain, longest->step)->guard);
    tamis_report_relate(facts->report, diagnostic, limits->hops_span, "the limit");
    tamis_report_help(facts->report, diagnostic, "forward straight to the last of them");
}

/* Mailboxes on a way that was reported are not starts of ways of their own. */
static void
mark_way(TamisFlowFacts *facts, TamisChain *chain, guint32 step, guint8 *is_told)
{
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);

    for (guint i = 0; i < way->len; i++) {
        guint32 place = tamis_chain_get(chain, g_array_index(way, guint32, i))->place;

        if (place != TAMIS_NO_INDEX && place < tamis_site_n_mailboxes(facts->site))
            is_told[place] = TRUE;
    }
}

static gboolean
has_limit(const TamisPolicy *policy)
{
    for (guint i = 0; policy != NULL && i < policy->limits->len; i++)
        if (TAMIS_AT(policy->limits, TamisLimits, i)->hops_span.source != 0)
            return TRUE;
    return FALSE;
}

void
tamis_flow_rule_too_many_hops(TamisFlowFacts *facts)
{
    guint32 n = tamis_site_n_mailboxes(facts->site);
    guint32 n_steps_left = MAX_ALL_STEPS;
    g_autofree guint8 *is_told = NULL;
    g_autofree guint32 *depths = NULL;
    g_autofree guint32 *order = NULL;
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(guint32));

    if (!has_limit(facts->policy))
        return;
    is_told = g_new0(guint8, MAX(n, 1));
    depths = tamis_mail_depths(tamis_flow_facts_mail(facts));
    order = tamis_order_by_depth(depths, n);
    for (guint32 i = 0; i < n; i++) {
        guint32 mailbox = order[i];
        const TamisLimits *limits = TAMIS_AT(facts->policy->limits, TamisLimits,
                                             tamis_policy_mailbox(facts->policy, mailbox)->limits);
        Longest longest = {TAMIS_NO_STEP, TAMIS_NO_STEP, {0}};
        g_autoptr(TamisChain) chain = NULL;

        if (limits->hops_span.source == 0 || depths[mailbox] <= limits->hops || is_told[mailbox])
            continue;
        if (n_steps_left == 0) {
            g_array_append_val(left, mailbox);
            continue;
        }
        chain = tamis_chain_new(
            facts, mailbox,
            &(TamisChainOptions){MIN(MAX_STEPS, n_steps_left), TAMIS_CHAIN_LONGEST});
        look(facts, chain, limits->hops, &longest, &n_steps_left);
        if (longest.step != TAMIS_NO_STEP) {
            report(facts, mailbox, chain, &longest, limits);
            mark_way(facts, chain, longest.step, is_told);
        }
        tamis_solution_clear(&longest.solution);
    }
    tamis_flow_tell_left(facts, TAMIS_RULE_TOO_MANY_HOPS, left, "forwarded too often in a row");
}
