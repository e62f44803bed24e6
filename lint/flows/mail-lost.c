/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A message ends with nothing kept, forwarded or rejected, and nobody wrote `discard` for it: in a
 * script, or because a server does not forward a message again and takes the copy away all the same. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/loops.h"
#include "lint/swallowed.h"

#define LOST_WHEN_BACK                                                                             \
    "a message to '%s' is lost when it comes back: the server '%s' does not forward it again, "    \
    "and no copy stays"
#define REMEDY "let a copy stay, and mend the loop"

/* The program that takes the message, or all of the script. */
static TamisSpan
place_of(TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_PROGRAM && !flow->actions[i].copies)
            return flow->actions[i].span;
    return tamis_flow_mailbox_span(facts, mailbox);
}

static void
report_nothing(TamisFlowFacts *facts, guint32 mailbox, const TamisSolution *solution,
               TamisFormula guard)
{
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, solution)};
    TamisDiagnostic *diagnostic =
        tamis_flow_find(facts, TAMIS_RULE_MAIL_LOST, place_of(facts, mailbox), mailbox, NULL,
                        "%snothing is kept, forwarded or rejected of a message%s, and no 'discard' "
                        "says so",
                        tamis_flow_whether(solution), tamis_flow_open(solution));

    tamis_flow_judge(facts, diagnostic, solution, guard, &way);
    tamis_report_help(facts->report, diagnostic, "add 'keep', or 'discard' where that is meant");
}

static void
check_script(TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);
    g_autoptr(GArray) guards = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_auto(TamisSolution) solution = {0};
    TamisFormula lost;

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (tamis_flow_action_saves(&flow->actions[i]))
            g_array_append_val(guards, flow->actions[i].guard);
    lost = tamis_formulas_not(
        facts->formulas,
        tamis_formulas_or(facts->formulas, (TamisFormula *)guards->data, guards->len));
    lost = tamis_formulas_and2(facts->formulas, lost, tamis_flow_base(facts, mailbox));
    if (tamis_solver_is_impossible(facts->solver, lost))
        return;
    tamis_solver_solve(facts->solver, lost, &solution);
    report_nothing(facts, mailbox, &solution, lost);
}

/* Adds the guards under which the mailbox does more with a message that goes round than to send it on its way. */
static void
add_saved(TamisFlowFacts *facts, const TamisStation *station, const TamisHop *hop, GArray *saved)
{
    const TamisFlow *flow =
        tamis_site_get_flow(facts->site, tamis_mail_get(facts->mail, station->place)->index);

    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        TamisFormula guard;

        if (!tamis_flow_action_saves(action) ||
            (action->kind == TAMIS_FLOW_FORWARD && action->key == hop->action->key))
            continue;
        guard = tamis_steady_guard(facts->steady, flow, action, station->address, FALSE);
        g_array_append_val(saved, guard);
    }
}

/* That nothing of the message stays anywhere on the way, nor leaves it. */
static TamisFormula
is_all_that_is_left(TamisFlowFacts *facts, const TamisLoop *loop)
{
    const TamisGraph *graph = tamis_mail_get_graph(facts->mail);
    g_autoptr(GArray) saved = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    for (guint32 i = 0; i < loop->n_way; i++) {
        const TamisHop *hop = tamis_hops_get(loop->hops, loop->way[i]);
        const TamisStation *station = tamis_hops_station(loop->hops, hop->from);

        if (hop->action != NULL)
            add_saved(facts, station, hop, saved);
        else if (tamis_graph_end(graph, station->place) - tamis_graph_first(graph, station->place) >
                 1)
            return TAMIS_FORMULA_FALSE; /* an alias of several */
    }
    return tamis_formulas_not(
        facts->formulas,
        tamis_formulas_or(facts->formulas, (TamisFormula *)saved->data, saved->len));
}

/* A message that is back where it was sets off the same forward, which the server does not repeat. */
static void
check_loop(TamisFlowFacts *facts, const TamisLoop *loop)
{
    g_auto(TamisSolution) solution = {0};
    const TamisHop *first;
    guint32 mailbox;
    TamisFormula lost;
    TamisDiagnostic *diagnostic;
    g_autoptr(GPtrArray) path = NULL;

    if (loop->n_way == 0)
        return;
    first = tamis_hops_get(loop->hops, loop->way[0]);
    mailbox =
        tamis_mail_get(facts->mail, tamis_hops_station(loop->hops, first->from)->place)->index;
    lost = tamis_formulas_and2(facts->formulas, loop->guard, is_all_that_is_left(facts, loop));
    tamis_solver_solve(facts->solver, lost, &solution);
    if (solution.verdict != TAMIS_VERDICT_WITNESS)
        return;
    path = tamis_loop_get_path(facts, loop);
    TamisWay way = {g_ptr_array_index(path, 0), (const char *const *)path->pdata, path->len};
    diagnostic = tamis_flow_find(facts, TAMIS_RULE_MAIL_LOST, first->span, mailbox, first->action,
                                 LOST_WHEN_BACK, way.to, tamis_site_get_server(facts->site)->name);
    tamis_flow_judge(facts, diagnostic, &solution, lost, &way);
    tamis_report_help(facts->report, diagnostic, REMEDY);
}

/* The same of a message that would go no further, were it forwarded again. */
static void
report_swallowed(TamisFlowFacts *facts, TamisChain *chain, guint32 step, TamisFormula guard,
                 const TamisSolution *solution)
{
    TamisDiagnostic *diagnostic =
        tamis_chain_find(chain, step, TAMIS_RULE_MAIL_LOST, LOST_WHEN_BACK,
                         tamis_flow_text(facts, tamis_chain_get(chain, 0)->address),
                         tamis_site_get_server(facts->site)->name);

    tamis_chain_show(chain, step, diagnostic, solution, guard);
    tamis_report_help(facts->report, diagnostic, REMEDY);
}

/* Cyrus makes no forward twice. */
static void
check_ways_back(TamisFlowFacts *facts)
{
    guint first = tamis_report_count(facts->report);
    g_autoptr(GHashTable) told = NULL;

    tamis_loops_find(facts, check_loop);
    told = tamis_flow_told(facts, first);
    tamis_swallowed_find(facts, told, report_swallowed);
}

void
tamis_flow_rule_mail_lost(TamisFlowFacts *facts)
{
    /* In a policy an outcome with nothing left cannot be written. */
    for (guint32 i = 0; facts->policy == NULL && i < tamis_site_n_mailboxes(facts->site); i++)
        check_script(facts, i);
    if (tamis_site_get_server(facts->site)->engine == TAMIS_ENGINE_CYRUS)
        check_ways_back(facts);
}
