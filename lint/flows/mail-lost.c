/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A message ends with nothing kept, forwarded or rejected, and nobody wrote `discard` for it: in a
 * script, or because a server does not forward a message again and takes the copy away all the same. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/kept.h"
#include "lint/loops.h"

/* What may become of a message that is not lost. A program alone has it where nothing else does. */
static gboolean
saves(const TamisFlowAction *action)
{
    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_KEEP:
    case TAMIS_FLOW_FORWARD:
    case TAMIS_FLOW_REJECT:
    case TAMIS_FLOW_DISCARD:
        return TRUE;
    default:
        return FALSE;
    }
}

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
        if (saves(&flow->actions[i]))
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
    lost =
        tamis_formulas_and2(facts->formulas, loop->guard, tamis_flow_keeps_nothing(facts, mailbox));
    tamis_solver_solve(facts->solver, lost, &solution);
    if (solution.verdict != TAMIS_VERDICT_WITNESS)
        return;
    path = tamis_loop_get_path(facts, loop);
    TamisWay way = {g_ptr_array_index(path, 0), (const char *const *)path->pdata, path->len};
    diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_MAIL_LOST, first->span, mailbox, first->action,
        "a message to '%s' is lost when it comes back: the server '%s' does not forward it again, "
        "and no copy stays",
        way.to, tamis_site_get_server(facts->site)->name);
    tamis_flow_judge(facts, diagnostic, &solution, lost, &way);
    tamis_report_help(facts->report, diagnostic, "let a copy stay, and mend the loop");
}

void
tamis_flow_rule_mail_lost(TamisFlowFacts *facts)
{
    /* In a policy an outcome with nothing left cannot be written. */
    for (guint32 i = 0; facts->policy == NULL && i < tamis_site_n_mailboxes(facts->site); i++)
        check_script(facts, i);
    if (tamis_site_get_server(facts->site)->engine == TAMIS_ENGINE_CYRUS)
        tamis_loops_find(facts, check_loop);
}
