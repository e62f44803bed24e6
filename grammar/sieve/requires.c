/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks a tree and adds up what the table says. */
#include "grammar/sieve/requires.h"

#include "grammar/sieve/table.h"

typedef struct {
    TamisExtensionSet required;
    TamisExtensionSet used;
} Walk;

static void
use(Walk *walk, guint extension)
{
    if (extension != TAMIS_EXTENSION_NONE)
        tamis_extension_set_add(&walk->used, extension);
}

static void
use_comparator(Walk *walk, const TamisSieveArgument *value)
{
    if (value == NULL || value->kind != TAMIS_SIEVE_STRING)
        return;
    TamisExtension extension =
        tamis_sieve_comparator_extension(value->strings->text, value->strings->length_bytes);
    if (extension != TAMIS_EXTENSION_COMPARATOR_OCTET &&
        extension != TAMIS_EXTENSION_COMPARATOR_CASEMAP)
        use(walk, extension);
}

static void
use_envelope_parts(Walk *walk, const TamisSieveArgument *parts)
{
    for (const TamisSieveString *part = parts->strings; part != NULL; part = part->next)
        use(walk, tamis_sieve_envelope_part_extension(part->text, part->length_bytes));
}

static gboolean
has_strings(const TamisSieveArgument *argument)
{
    return argument->kind == TAMIS_SIEVE_STRING || argument->kind == TAMIS_SIEVE_LIST;
}

/* A tag's value is skipped with it, so what is left are the positional arguments. */
static void
walk_arguments(Walk *walk, const TamisSieveWord *word, const TamisSieveArgument *argument)
{
    guint position = 0;

    for (; argument != NULL; argument = argument->next) {
        if (argument->kind != TAMIS_SIEVE_TAG) {
            if (position < word->n_parameters && has_strings(argument) &&
                word->parameters[position].type == TAMIS_SIEVE_TYPE_ENVELOPE_PARTS)
                use_envelope_parts(walk, argument);
            position++;
            continue;
        }
        int index = tamis_sieve_find_tag(word, argument->name, argument->name_length);
        if (index < 0)
            continue;
        const TamisSieveTag *tag = &word->tags[index];
        use(walk, tag->extension);
        if (tag->type == TAMIS_SIEVE_TYPE_COMPARATOR)
            use_comparator(walk, argument->next);
        if (tag->type != TAMIS_SIEVE_TYPE_NONE && argument->next != NULL)
            argument = argument->next;
    }
}

static void
walk_word(Walk *walk, const TamisSieveWord *word, const TamisSieveArgument *arguments)
{
    if (word == NULL)
        return;
    word = tamis_sieve_choose_word(word, &walk->required);
    for (guint i = 0; i < G_N_ELEMENTS(word->extensions); i++)
        use(walk, word->extensions[i]);
    walk_arguments(walk, word, arguments);
}

static void
walk_tests(Walk *walk, const TamisSieveTest *test)
{
    for (; test != NULL; test = test->next) {
        walk_word(walk, tamis_sieve_find_test(test->name, test->name_length), test->arguments);
        walk_tests(walk, test->tests);
    }
}

static void
walk_commands(Walk *walk, const TamisSieveCommand *command)
{
    for (; command != NULL; command = command->next) {
        walk_word(walk, tamis_sieve_find_command(command->name, command->name_length),
                  command->arguments);
        walk_tests(walk, command->tests);
        walk_commands(walk, command->block);
    }
}

TamisExtensionSet
tamis_sieve_script_required(const TamisSieveScript *script)
{
    TamisExtensionSet set = {{0, 0}};

    for (const TamisSieveCommand *command = script->commands; command != NULL;
         command = command->next) {
        if (!tamis_sieve_name_is(command->name, command->name_length, "require") ||
            command->arguments == NULL || !has_strings(command->arguments))
            continue;
        for (const TamisSieveString *name = command->arguments->strings; name != NULL;
             name = name->next) {
            TamisExtension extension = tamis_extension_find(name->text, name->length_bytes);
            if (extension != TAMIS_EXTENSION_NONE)
                tamis_extension_set_add(&set, extension);
        }
    }
    return set;
}

TamisExtensionSet
tamis_sieve_script_requires(const TamisSieveScript *script)
{
    Walk walk = {.required = tamis_sieve_script_required(script)};

    walk_commands(&walk, script->commands);
    for (guint i = 0; i < tamis_sieve_n_relations; i++) {
        const TamisSieveRelation *relation = &tamis_sieve_relations[i];
        if (relation->kind == TAMIS_SIEVE_NEEDS &&
            tamis_extension_set_has(&walk.used, relation->extension))
            use(&walk, relation->other);
    }
    return walk.used;
}
