/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Some message goes round without end: a forward that it has taken, it takes again. */
#include "lint/flows.h"

#include "lint/elsewhere.h"
#include "lint/loops.h"
#include "lint/unmarked.h"

/* Places that are pointed at where nothing was decided. */
#define MAX_LEFT_SHOWN 5

static const char *
address_of(TamisFlowFacts *facts, const TamisLoop *loop, guint32 station)
{
    return tamis_flow_text(facts, tamis_hops_station(loop->hops, station)->address);
}

static guint32
mailbox_of(TamisFlowFacts *facts, const TamisLoop *loop, guint32 station)
{
    return tamis_mail_get(facts->mail, tamis_hops_station(loop->hops, station)->place)->index;
}

static guint
count_forwards(TamisFlowFacts *facts, const TamisLoop *loop)
{
    guint n = 0;

    for (guint32 i = 0; i < loop->n_way; i++)
        n += tamis_hop_is_forward(facts, loop->hops, tamis_hops_get(loop->hops, loop->way[i]));
    return n;
}

static void
relate_hops(TamisFlowFacts *facts, const TamisLoop *loop, TamisDiagnostic *diagnostic)
{
    for (guint32 i = 1; i < loop->n_way; i++) {
        const TamisHop *hop = tamis_hops_get(loop->hops, loop->way[i]);

        if (i + 1 == loop->n_way)
            tamis_report_relate(facts->report, diagnostic, hop->span, "… and back here");
        else
            tamis_report_relate(facts->report, diagnostic, hop->span, "… on to '%s'",
                                address_of(facts, loop, hop->to));
    }
}

static void
report_way(TamisFlowFacts *facts, const TamisLoop *loop)
{
    const TamisHop *first = tamis_hops_get(loop->hops, loop->way[0]);
    const TamisSolution *solution = loop->solution;
    g_autoptr(GPtrArray) path = tamis_loop_get_path(facts, loop);
    guint n = count_forwards(facts, loop);
    TamisWay way = {g_ptr_array_index(path, 0), (const char *const *)path->pdata, path->len,
                    loop->instants};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_FORWARD_LOOP, first->span, mailbox_of(facts, loop, first->from),
        first->action, "a message to '%s' %s back to it after %u forward%s%s%s", way.to,
        solution->verdict != TAMIS_VERDICT_WITNESS ? "might come"
        : solution->leans_on_opaque                ? "may come"
                                                   : "comes",
        n, n == 1 ? "" : "s", solution->reason != NULL ? ": " : "",
        solution->reason != NULL ? solution->reason : "");

    relate_hops(facts, loop, diagnostic);
    if (loop->n_more > 0)
        tamis_report_relate(facts->report, diagnostic, TAMIS_NO_SPAN,
                            "mail can take %u more way%s round among these mailboxes", loop->n_more,
                            loop->n_more == 1 ? "" : "s");
    tamis_flow_judge(facts, diagnostic, solution, loop->guard, &way);
    tamis_report_help(facts->report, diagnostic,
                      facts->policy != NULL
                          ? "take one of these targets out, or mark the message and forward only "
                            "what has no such mark: 'when not header \"X-Forwarded\" exists'"
                          : "take one of these redirects out, or let one of them leave alone what "
                            "has a header that it adds");
}

/* Nothing is known but where it remained. */
static void
report_left(TamisFlowFacts *facts, const TamisLoop *loop)
{
    guint32 mailbox = TAMIS_NO_INDEX, station = 0;
    TamisDiagnostic *diagnostic;
    guint n_shown = 0;
    TamisWay way = {NULL};

    for (guint i = 0; i < loop->left->len && mailbox == TAMIS_NO_INDEX; i++) {
        station = g_array_index(loop->left, guint32, i);
        if (tamis_mail_get(facts->mail, tamis_hops_station(loop->hops, station)->place)->kind ==
                TAMIS_PLACE_MAILBOX &&
            tamis_hops_station(loop->hops, station)->first <
                tamis_hops_station(loop->hops, station)->end)
            mailbox = mailbox_of(facts, loop, station);
    }
    if (mailbox == TAMIS_NO_INDEX)
        return;
    const TamisHop *first =
        tamis_hops_get(loop->hops, tamis_hops_station(loop->hops, station)->first);
    diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_FORWARD_LOOP, first->span, mailbox, first->action,
        "whether a message goes round among '%s' and %u more is not "
        "decided: %s",
        address_of(facts, loop, station), loop->left->len - 1, loop->solution->reason);
    for (guint i = 0; i < loop->left->len && n_shown < MAX_LEFT_SHOWN; i++) {
        const TamisStation *other =
            tamis_hops_station(loop->hops, g_array_index(loop->left, guint32, i));

        if (other->first == other->end ||
            other->first == tamis_hops_station(loop->hops, station)->first)
            continue;
        tamis_report_relate(facts->report, diagnostic,
                            tamis_hops_get(loop->hops, other->first)->span, "… with this one");
        n_shown++;
    }
    tamis_flow_judge(facts, diagnostic, loop->solution, TAMIS_FORMULA_TRUE, &way);
    tamis_report_help(facts->report, diagnostic,
                      "let fewer of these mailboxes forward to each other");
}

static void
report(TamisFlowFacts *facts, const TamisLoop *loop)
{
    if (loop->n_way > 0)
        report_way(facts, loop);
    else
        report_left(facts, loop);
}

/* Of a message that changes on the way round. */
static void
report_unmarked(TamisFlowFacts *facts, TamisChain *chain, guint32 step, TamisFormula guard,
                const TamisSolution *solution)
{
    guint n = tamis_chain_get(chain, step)->n_forwards;
    TamisDiagnostic *diagnostic = tamis_chain_find(
        chain, step, TAMIS_RULE_FORWARD_LOOP,
        "a message to %s %s back to it after %u forward%s: what marks it is taken out again",
        tamis_flow_name(facts, tamis_chain_get(chain, 0)->place),
        solution->leans_on_opaque ? "may come" : "comes", n, n == 1 ? "" : "s");

    tamis_chain_show(chain, step, diagnostic, solution, guard);
    tamis_report_help(facts->report, diagnostic,
                      "leave the header in that tells where the message has been, and let one of "
                      "these redirects leave alone what has it");
}

/* Of a message that goes round where no script is. */
static void
report_elsewhere(TamisFlowFacts *facts, TamisChain *chain, guint32 step, TamisFormula guard,
                 const TamisSolution *solution)
{
    const char *turning = tamis_flow_text(facts, tamis_chain_get(chain, step)->address);
    TamisDiagnostic *diagnostic =
        tamis_chain_find(chain, step, TAMIS_RULE_FORWARD_LOOP,
                         "a message to %s %s sent round without end from '%s' back to it",
                         tamis_flow_name(facts, tamis_chain_get(chain, 0)->place),
                         solution->leans_on_opaque ? "may be" : "is", turning);

    tamis_chain_show(chain, step, diagnostic, solution, guard);
    tamis_report_help(facts->report, diagnostic,
                      "mend what sends it back to '%s', or forward elsewhere", turning);
}

void
tamis_flow_rule_forward_loop(TamisFlowFacts *facts)
{
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GHashTable) told = NULL;
    guint first = tamis_report_count(facts->report);

    tamis_loops_find(facts, report);
    tamis_elsewhere_find(facts, report_elsewhere);
    told = tamis_flow_told(facts, first);
    tamis_unmarked_find(facts, told, report_unmarked, left);
    tamis_flow_tell_left(facts, TAMIS_RULE_FORWARD_LOOP, left, "sent round without end");
}
