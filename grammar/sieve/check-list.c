/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lists of strings so long that memory matters: part by part, while they are read. What a whole list has to be, and
 * its last part, is looked at with the command. */
#include "grammar/sieve/check-private.h"

/* Where the list stands. NONE: nowhere, or where it does not fit. */
static TamisSieveType
find_type(const TamisSieveBound *bound, const TamisSieveArgument *list)
{
    for (guint i = 0; i < bound->n_tags; i++)
        if (bound->tags[i].value == list)
            return (TamisSieveType)bound->tags[i].tag->type;
    for (guint i = 0; i < bound->word->n_parameters; i++)
        if (bound->parameters[i] == list)
            return (TamisSieveType)bound->word->parameters[i].type;
    return TAMIS_SIEVE_TYPE_NONE;
}

static void
check_some(TamisSieveChecker *checker, const TamisSieveTest *test, const TamisSieveBound *bound,
           const TamisSieveArgument *list)
{
    const TamisSieveWord *word = bound->word;
    TamisSieveType type = find_type(bound, list);

    if (type == TAMIS_SIEVE_TYPE_NONE)
        return;
    tamis_sieve_check_value(checker, bound, type, list);
    if (type == TAMIS_SIEVE_TYPE_KEYS && word->takes_comparator)
        tamis_sieve_check_keys(checker, bound, list);
    if (type == TAMIS_SIEVE_TYPE_KEYS && word->extensions[0] == TAMIS_EXTENSION_DATE)
        tamis_sieve_check_time_keys(checker, bound, list);
    if (word->id == TAMIS_WORD_REQUIRE)
        tamis_sieve_check_required(checker, list);
    else if (word->id == TAMIS_WORD_IHAVE && test != NULL)
        tamis_sieve_check_asked(checker, test, list);
}

void
tamis_sieve_check_some_strings(gpointer data, const TamisSieveCommand *command,
                               const TamisSieveTest *test, const TamisSieveArgument *list)
{
    TamisSieveChecker *checker = data;
    const TamisSieveWord *word = tamis_sieve_command_word(command);
    const TamisSieveArgument *arguments = test != NULL ? test->arguments : command->arguments;
    TamisSpan name =
        test != NULL ? tamis_sieve_test_name_span(test) : tamis_sieve_command_name_span(command);
    TamisSieveBound bound;

    if (word == NULL || (test != NULL && word->tests == TAMIS_SIEVE_TESTS_NONE) ||
        (checker->is_decided && (word->id == TAMIS_WORD_ELSIF || word->id == TAMIS_WORD_ELSE)))
        return; /* nobody looks at them */
    if (test != NULL && (word = tamis_sieve_test_word(test)) == NULL)
        return;
    if (word->id != TAMIS_WORD_REQUIRE)
        tamis_sieve_end_requires(checker);
    word = tamis_sieve_choose_word(word, &checker->available);
    if (tamis_sieve_find_old_notify(word, arguments) != NULL) {
        tamis_sieve_check_all_references(checker, list);
        return;
    }
    tamis_sieve_bind(word, arguments, name, NULL, &bound);
    tamis_sieve_use_bound(checker, &bound, name);
    check_some(checker, test, &bound, list);
    tamis_sieve_check_string_limits(checker, list);
}
