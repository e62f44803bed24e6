/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * foreverypart and break (RFC 5703): what stands in which loop, and where Pigeonhole loses its way behind one. */
#include "grammar/sieve/check-private.h"

#include <string.h>

static gboolean
is_named(const TamisSieveLoop *loop, const TamisSieveString *name)
{
    return loop->name != NULL && loop->name_length == name->length_bytes &&
           memcmp(loop->name, name->text, name->length_bytes) == 0;
}

/* The loop that a break leaves, or text is extracted in. */
void
tamis_sieve_check_in_loop(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name)
{
    const TamisSieveArgument *label = tamis_sieve_bound_value(bound, TAMIS_TAG_NAME);
    const TamisSieveLoop *loop = checker->loop;

    for (; loop != NULL && label != NULL; loop = loop->outer)
        if (is_named(loop, label->strings))
            return;
    if (checker->loop != NULL && label == NULL)
        return;
    TamisDiagnostic *diagnostic =
        label != NULL ? tamis_sieve_find(checker, label->span, TAMIS_RULE_UNKNOWN_NAME,
                                         "'%s' is in no loop of this name", bound->word->name)
                      : tamis_sieve_find(checker, name, TAMIS_RULE_SYNTAX,
                                         "'%s' is in no 'foreverypart'", bound->word->name);
    tamis_sieve_advise(checker, diagnostic, "write it in the block of a 'foreverypart' (RFC 5703)");
}

guint
tamis_sieve_enter_loop(TamisSieveChecker *checker, TamisSieveLoop *loop,
                       const TamisSieveBound *bound)
{
    const TamisSieveArgument *label = tamis_sieve_bound_value(bound, TAMIS_TAG_NAME);
    guint n_loops = 1;

    *loop = (TamisSieveLoop){.outer = checker->loop, .depth = checker->depth + 1};
    if (label != NULL) { /* whose command is let go when its block is entered */
        loop->name_length = label->strings->length_bytes;
        loop->name = g_strndup(label->strings->text, loop->name_length);
    }
    for (const TamisSieveLoop *outer = checker->loop; outer != NULL; outer = outer->outer)
        n_loops++;
    checker->loop = loop;
    return n_loops;
}

void
tamis_sieve_leave_loop(TamisSieveChecker *checker, TamisSpan name)
{
    TamisSieveLoop *left = checker->loop;

    checker->loop = left->outer;
    checker->loop_behind = left->outer != NULL && !left->never_ends ? name : TAMIS_NO_SPAN;
    g_free(left->name);
}

/* Whether the loop around is left for good. */
static gboolean
leaves(const TamisSieveChecker *checker, const TamisSieveCommand *command, guint word)
{
    if (word == TAMIS_WORD_STOP || word == TAMIS_WORD_RETURN || word == TAMIS_WORD_ERROR)
        return TRUE;
    const TamisSieveArgument *label =
        word == TAMIS_WORD_BREAK && command->arguments != NULL ? command->arguments->next : NULL;
    return label != NULL && label->kind == TAMIS_SIEVE_STRING &&
           !is_named(checker->loop, label->strings);
}

/* Pigeonhole 0.5 takes the end of a loop that it has left for that of the loop around. One command may still follow it
 * that goes elsewhere; behind any other it gives up, and so does the process that delivers the message. */
static void
complain(TamisSieveChecker *checker, TamisSpan behind)
{
    TamisSpan loop = checker->loop_behind;
    TamisDiagnostic *diagnostic;

    checker->loop_behind = TAMIS_NO_SPAN;
    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    diagnostic = tamis_sieve_find(
        checker, loop, TAMIS_RULE_ENGINE_CRASH,
        "a 'foreverypart' in another that is not its last command crashes the delivery of every "
        "message with parts");
    tamis_report_relate(checker->report, diagnostic, behind, "the server goes on here");
    tamis_sieve_advise(checker, diagnostic,
                       "put the inner loop last, or into a script that is included");
}

void
tamis_sieve_check_behind_loop(TamisSieveChecker *checker, const TamisSieveCommand *command,
                              const TamisSieveWord *word)
{
    gboolean goes_elsewhere;

    if (word == NULL || command->is_broken)
        return;
    goes_elsewhere = word->id == TAMIS_WORD_BREAK || leaves(checker, command, word->id);
    checker->loop->never_ends |=
        checker->depth == checker->loop->depth && leaves(checker, command, word->id);
    if (checker->loop_behind.source == 0)
        return;
    if (goes_elsewhere || word->id == TAMIS_WORD_FOREVERYPART)
        checker->loop_behind = TAMIS_NO_SPAN;
    else
        complain(checker, tamis_sieve_command_name_span(command));
}

gboolean
tamis_sieve_jumps_behind_block(const TamisSieveCommand *command, const TamisSieveWord *word)
{
    const TamisSieveWord *test =
        command->tests != NULL ? tamis_sieve_test_word(command->tests) : NULL;

    if (word == NULL || (word->id != TAMIS_WORD_IF && word->id != TAMIS_WORD_ELSIF))
        return FALSE;
    return test == NULL || test->id != TAMIS_WORD_TRUE;
}

void
tamis_sieve_check_branch_behind_loop(TamisSieveChecker *checker, TamisSpan name)
{
    if (checker->loop != NULL && checker->loop_behind.source != 0)
        complain(checker, name);
}
