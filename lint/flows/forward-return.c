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
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);
    guint32 mailbox = tamis_chain_get(chain, 0)->place;
    const TamisChainStep *first = tamis_chain_get(chain, g_array_index(way, guint32, 1));
    const TamisChainStep *last = tamis_chain_get(chain, step);
    TamisDiagnostic *diagnostic =
        tamis_flow_find(facts, TAMIS_RULE_FORWARD_RETURN, first->span, mailbox, first->action,
                        "a message to %s %s back to it after %u forward%s, and goes no further",
                        tamis_flow_name(facts, mailbox),
                        solution->verdict == TAMIS_VERDICT_WITNESS ? "comes" : "might come",
                        last->n_forwards, last->n_forwards == 1 ? "" : "s");

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
