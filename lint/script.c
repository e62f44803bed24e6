/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lays a script out flat and runs the rules over it, warnings before hints. */
#include "lint/script.h"

#include "base/address-syntax.h"
#include "lint/script-facts.h"

#include <string.h>

static const TamisScriptRule rules[] = {
    tamis_script_rule_engine_crash,     tamis_script_rule_unsupported,
    tamis_script_rule_too_many_scripts, tamis_script_rule_forward_to_self,
    tamis_script_rule_dead_route,       tamis_script_rule_reply_without_addresses,
    tamis_script_rule_reply_interval,   tamis_script_rule_zoneless_time,
    tamis_script_rule_frozen_offset,    tamis_script_rule_duplicate_target,
    tamis_script_rule_spf_breakage,     tamis_script_rule_unused_require,
};

static void
collect_tests(TamisScriptFacts *facts, const TamisSieveTest *test)
{
    for (; test != NULL; test = test->next) {
        TamisScriptTest entry = {test, tamis_sieve_find_test(test->name, test->name_length)};
        if (entry.word != NULL) {
            entry.word = tamis_sieve_choose_word(entry.word, &facts->lint->checked->required);
            g_array_append_val(facts->tests, entry);
        }
        collect_tests(facts, test->tests);
    }
}

static gboolean
is_never(const TamisSieveTest *test)
{
    return test != NULL && tamis_script_truth(test) == TAMIS_TRUTH_NEVER;
}

static void
collect_commands(TamisScriptFacts *facts, const TamisSieveCommand *command, guint32 block,
                 gboolean is_off)
{
    for (; command != NULL; command = command->next) {
        TamisScriptCommand entry = {
            command, tamis_sieve_find_command(command->name, command->name_length), block, is_off};
        guint32 index = block;
        if (entry.word != NULL) {
            index = facts->commands->len;
            entry.word = tamis_sieve_choose_word(entry.word, &facts->lint->checked->required);
            g_array_append_val(facts->commands, entry);
        }
        if (!command->is_broken)
            collect_tests(facts, command->tests);
        collect_commands(facts, command->block, index, is_off || is_never(command->tests));
        is_off |= entry.word != NULL && entry.word->id == TAMIS_WORD_STOP;
    }
}

void
tamis_lint_script(const TamisScriptLint *lint)
{
    g_autoptr(GArray) commands = g_array_new(FALSE, FALSE, sizeof(TamisScriptCommand));
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(TamisScriptTest));
    TamisScriptFacts facts = {lint, lint->report, commands, tests};

    collect_commands(&facts, lint->script->commands, TAMIS_NO_COMMAND, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
        rules[i](&facts);
}

gboolean
tamis_script_bind(const TamisScriptCommand *command, TamisSieveBound *out)
{
    tamis_sieve_bind(command->word, command->command->arguments,
                     tamis_sieve_command_name_span(command->command), NULL, out);
    return out->is_complete && !command->command->is_broken;
}

gboolean
tamis_script_bind_test(const TamisScriptTest *test, TamisSieveBound *out)
{
    tamis_sieve_bind(test->word, test->test->arguments, tamis_sieve_test_name_span(test->test),
                     NULL, out);
    return out->is_complete;
}

const TamisSieveString *
tamis_script_constant(const TamisScriptFacts *facts, const TamisSieveArgument *argument)
{
    const TamisExtensionSet *required = &facts->lint->checked->required;

    if (argument == NULL || argument->kind != TAMIS_SIEVE_STRING)
        return NULL;
    if ((tamis_extension_set_has(required, TAMIS_EXTENSION_VARIABLES) ||
         tamis_extension_set_has(required, TAMIS_EXTENSION_ENCODED_CHARACTER)) &&
        memmem(argument->strings->text, argument->strings->length_bytes, "${", 2) != NULL)
        return NULL;
    return argument->strings;
}

char *
tamis_script_target(const TamisScriptFacts *facts, const TamisScriptCommand *command,
                    TamisSieveBound *out_bound)
{
    TamisAddressSyntax syntax;

    if (command->word->id != TAMIS_WORD_REDIRECT || command->is_off ||
        !tamis_script_bind(command, out_bound) ||
        tamis_sieve_bound_tag(out_bound, TAMIS_TAG_LIST) != NULL)
        return NULL;
    const TamisSieveString *string = tamis_script_constant(facts, out_bound->parameters[0]);
    if (string == NULL || tamis_address_syntax_parse(string->text, string->length_bytes, &syntax) !=
                              TAMIS_ADDRESS_SYNTAX_OK)
        return NULL;
    g_autofree char *domain = g_ascii_strdown(syntax.domain, (gssize)syntax.domain_length);
    return g_strdup_printf("%.*s@%s", (int)syntax.local_length, syntax.local, domain);
}
