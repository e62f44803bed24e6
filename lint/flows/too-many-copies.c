/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One message can cause more deliveries down the whole chain of forwards than `limits` says. The
 * mailbox's own counts, and so does each address outside. Told of the mailbox that makes them too many: to those that
 * forward to it, its message counts once. */
#include "lint/flows.h"

#include "lint/chain.h"
#include "lint/counts.h"
#include "lint/reach.h"

/* Of one mailbox's chain, and of all; beyond that a limit can be passed, but no maximum be told. */
#define MAX_STEPS     100000
#define MAX_ALL_STEPS 2000000

typedef struct {
    TamisFlowFacts *facts;
    guint32 *told; /* by mailbox: the limit that it was told to pass; 0: none */
    guint32 n_steps_left;
} Check;

static const TamisLimits *
limits_of(const TamisFlowFacts *facts, guint32 mailbox)
{
    return TAMIS_AT(facts->policy->limits, TamisLimits,
                    tamis_policy_mailbox(facts->policy, mailbox)->limits);
}

/* Whether what is further down is told of that mailbox. */
static gboolean
is_told(const Check *check, guint32 place, guint32 limit)
{
    return place < tamis_site_n_mailboxes(check->facts->site) && check->told[place] != 0 &&
           check->told[place] <= limit;
}

/* The guards of all deliveries, each once with how many have it. out_is_part: there are more. */
static TamisCount *
count_deliveries(Check *check, TamisChain *chain, guint32 limit, gboolean *out_is_part)
{
    TamisCount *count = tamis_count_new();
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    guint32 step;

    *out_is_part = FALSE;
    while ((step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        TamisChainStep *at = tamis_chain_get(chain, step);

        check->n_steps_left -= MIN(check->n_steps_left, 1);
        if (at->is_delivery)
            tamis_count_add(count, known, at->guard);
        if (is_told(check, at->place, limit)) {
            at->is_followed = FALSE;
            *out_is_part = TRUE;
        }
    }
    *out_is_part |= tamis_chain_is_cut(chain);
    return count;
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisMaximum *maximum, gboolean is_part,
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
        is_part || (proved && maximum->bound > n) ? " or more" : "", limits->copies);

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

/* FALSE: it is within its limit, or nothing is known. */
static gboolean
check_mailbox(Check *check, guint32 mailbox, const TamisLimits *limits)
{
    TamisFlowFacts *facts = check->facts;
    const TamisChainOptions options = {MIN(MAX_STEPS, check->n_steps_left), TAMIS_CHAIN_ALL};
    g_autoptr(TamisChain) chain = tamis_chain_new(facts, mailbox, &options);
    gboolean is_part;
    g_autoptr(TamisCount) count = count_deliveries(check, chain, limits->copies, &is_part);
    g_auto(TamisMaximum) maximum = {0};

    if (!tamis_count_exceeds(facts, tamis_flow_base(facts, mailbox), count, limits->copies,
                             &maximum))
        return FALSE;
    report(facts, mailbox, &maximum, is_part, count, limits);
    return TRUE;
}

/* Those that no other forwards on from come first. */
void
tamis_flow_rule_too_many_copies(TamisFlowFacts *facts)
{
    guint32 n = tamis_site_n_mailboxes(facts->site);
    g_autofree guint64 *sizes = NULL;
    g_autofree guint32 *depths = NULL;
    g_autofree guint32 *order = NULL;
    g_autofree guint32 *told = NULL;
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(guint32));
    Check check = {facts, NULL, MAX_ALL_STEPS};

    if (!has_limit(facts->policy))
        return;
    sizes = tamis_mail_sizes(tamis_flow_facts_mail(facts));
    depths = tamis_mail_depths(tamis_flow_facts_mail(facts));
    order = tamis_order_by_depth(depths, n);
    told = check.told = g_new0(guint32, MAX(n, 1));
    for (guint32 i = n; i-- > 0;) {
        const TamisLimits *limits = limits_of(facts, order[i]);

        if (limits->copies_span.source == 0 || sizes[order[i]] <= limits->copies ||
            limits->copies >= MAX_STEPS)
            continue;
        if (check.n_steps_left == 0)
            g_array_append_val(left, order[i]);
        else if (check_mailbox(&check, order[i], limits))
            told[order[i]] = MAX(limits->copies, 1);
    }
    tamis_flow_tell_left(facts, TAMIS_RULE_TOO_MANY_COPIES, left, "delivered too often");
}
