/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One message can cause more deliveries down the whole chain of forwards than `limits` says. The
 * mailbox's own counts, and so does each address outside. */
#include "lint/flows.h"

#include "lint/chain.h"
#include "lint/counts.h"
#include "lint/reach.h"

/* Of one mailbox's chain; beyond that a limit can be passed, but no maximum be told. */
#define MAX_STEPS 100000

/* The guards of all deliveries, each once with how many have it. */
static TamisCount *
count_deliveries(TamisChain *chain)
{
    TamisCount *count = tamis_count_new();
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    guint32 step;

    while ((step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        const TamisChainStep *at = tamis_chain_get(chain, step);

        if (at->is_delivery)
            tamis_count_add(count, known, at->guard);
    }
    return count;
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisMaximum *maximum, gboolean is_cut,
       const TamisCount *count, const TamisLimits *limits)
{
    gboolean proved = tamis_maximum_is_proved(maximum, limits->copies);
    guint64 n = proved ? maximum->reached : maximum->bound;
    TamisSolution undecided = {.verdict = TAMIS_VERDICT_UNDECIDED};
    const TamisSolution *solution = proved ? &maximum->solution : &undecided;
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, solution)};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_TOO_MANY_COPIES, tamis_flow_mailbox_span(facts, mailbox), mailbox, NULL,
        "a message to %s %s be delivered %" G_GUINT64_FORMAT
        " times down the chain%s, and the limit is %u",
        tamis_flow_name(facts, mailbox), proved ? "can" : "might", n,
        is_cut || (proved && maximum->bound > n) ? " or more" : "", limits->copies);

    tamis_flow_judge(facts, diagnostic, solution,
                     tamis_count_of_message(facts, count, solution, way.to), &way);
    tamis_report_relate(facts->report, diagnostic, limits->copies_span, "the limit");
    tamis_report_help(facts->report, diagnostic,
                      "forward to fewer mailboxes that forward themselves, or to 'one of' them");
}

static gboolean
has_limit(const TamisPolicy *policy)
{
    for (guint i = 0; policy != NULL && i < policy->limits->len; i++)
        if (TAMIS_AT(policy->limits, TamisLimits, i)->copies_span.source != 0)
            return TRUE;
    return FALSE;
}

void
tamis_flow_rule_too_many_copies(TamisFlowFacts *facts)
{
    guint32 n = tamis_site_n_mailboxes(facts->site);
    const TamisChainOptions options = {MAX_STEPS, FALSE};
    g_autofree guint64 *sizes = NULL;

    if (!has_limit(facts->policy))
        return;
    sizes = tamis_mail_sizes(tamis_flow_facts_mail(facts));
    for (guint32 i = 0; i < n; i++) {
        const TamisLimits *limits = TAMIS_AT(facts->policy->limits, TamisLimits,
                                             tamis_policy_mailbox(facts->policy, i)->limits);
        g_autoptr(TamisChain) chain = NULL;
        g_autoptr(TamisCount) count = NULL;
        g_auto(TamisMaximum) maximum = {0};

        if (limits->copies_span.source == 0 || sizes[i] <= limits->copies)
            continue;
        chain = tamis_chain_new(facts, i, &options);
        count = count_deliveries(chain);
        if (tamis_count_exceeds(facts, tamis_flow_base(facts, i), count, limits->copies, &maximum))
            report(facts, i, &maximum, tamis_chain_is_cut(chain), count, limits);
    }
}
