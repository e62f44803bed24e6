/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A message comes back to a mailbox that it has passed, and goes no further: a mark stops it, or what
 * the server was given. What goes further is forward-loop's. */
#include "lint/flows.h"

#include "lint/returns.h"

static void
report(TamisFlowFacts *facts, TamisChain *chain, guint32 step, TamisFormula guard,
       const TamisSolution *solution)
{
    guint n = tamis_chain_get(chain, step)->n_forwards;
    TamisDiagnostic *diagnostic = tamis_chain_find(
        chain, step, TAMIS_RULE_FORWARD_RETURN,
        "a message to %s %s back to it after %u forward%s, and goes no further",
        tamis_flow_name(facts, tamis_chain_get(chain, 0)->place),
        solution->verdict == TAMIS_VERDICT_WITNESS ? "comes" : "might come", n, n == 1 ? "" : "s");

    tamis_chain_show(chain, step, diagnostic, solution, guard);
    tamis_report_help(facts->report, diagnostic,
                      "let the last forward leave alone what has been here: it comes twice");
}

static void
report_left(TamisFlowFacts *facts, const GArray *mailboxes)
{
    tamis_flow_tell_left(facts, TAMIS_RULE_FORWARD_RETURN, mailboxes, "sent back to where it was");
}

void
tamis_flow_rule_forward_return(TamisFlowFacts *facts)
{
    tamis_returns_find(facts, report, report_left);
}
