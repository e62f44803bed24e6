/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commands that the text alone shows to be out of reach: behind a `stop` in the same block, behind an `if` all of
 * whose branches end the run, in a branch behind one that is always taken. What messages it takes to reach the
 * others is lint/flows/dead-route.c's. */
#include "lint/script-facts.h"

static gboolean
is_called(const TamisSieveTest *test, const char *name)
{
    return tamis_sieve_name_is(test->name, test->name_length, name);
}

static void
report(const TamisScriptFacts *facts, const TamisSieveCommand *command)
{
    TamisSpan span = command->has_block ? tamis_sieve_command_name_span(command) : command->span;
    TamisDiagnostic *diagnostic = tamis_report_add(facts->report, span, TAMIS_RULE_DEAD_ROUTE,
                                                   "no message reaches this command");

    diagnostic->certainty = TAMIS_CERTAINTY_PROVED;
    tamis_report_help(facts->report, diagnostic, "move it to the front, or take it out");
}

static gboolean
is_named(const TamisSieveCommand *command, const char *name)
{
    return tamis_sieve_name_is(command->name, command->name_length, name);
}

static gboolean
is_branch(const TamisSieveCommand *command)
{
    return command != NULL && (is_named(command, "elsif") || is_named(command, "else"));
}

static gboolean walk_list(const TamisScriptFacts *facts, const TamisSieveCommand *command);

/* Returns whether each way through it ends the run; *command becomes its last branch. A literal `if false` is how
 * rules are switched off. */
static gboolean
walk_chain(const TamisScriptFacts *facts, const TamisSieveCommand **command)
{
    gboolean is_covered = FALSE, all_end = TRUE;

    for (const TamisSieveCommand *branch = *command;; branch = branch->next) {
        const TamisSieveTest *test = branch->tests;
        TamisTruth truth = is_named(branch, "else") ? TAMIS_TRUTH_ALWAYS
                           : test != NULL           ? tamis_script_truth(test)
                                                    : TAMIS_TRUTH_UNKNOWN;

        *command = branch;
        if (is_covered || truth == TAMIS_TRUTH_NEVER) {
            if (branch->block != NULL && (is_covered || !is_called(test, "false")))
                report(facts, branch->block);
        } else {
            all_end = walk_list(facts, branch->block) && all_end;
            is_covered = truth == TAMIS_TRUTH_ALWAYS;
        }
        if (!is_branch(branch->next))
            return is_covered && all_end;
    }
}

static gboolean
ends_run(const TamisScriptFacts *facts, const TamisSieveCommand **command)
{
    if (is_named(*command, "if"))
        return walk_chain(facts, command);
    walk_list(facts, (*command)->block);
    return is_named(*command, "stop") || is_named(*command, "return");
}

/* Returns whether each way through the commands ends the run. */
static gboolean
walk_list(const TamisScriptFacts *facts, const TamisSieveCommand *command)
{
    for (; command != NULL; command = command->next) {
        if (!ends_run(facts, &command))
            continue;
        if (command->next != NULL)
            report(facts, command->next);
        return TRUE;
    }
    return FALSE;
}

void
tamis_script_rule_dead_route(const TamisScriptFacts *facts)
{
    walk_list(facts, facts->lint->script->commands);
}
