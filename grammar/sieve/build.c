/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Constructors of Sieve trees. */
#include "grammar/sieve/build.h"

TamisSieveCommand *
tamis_sieve_command(TamisArena *arena, const char *name)
{
    TamisSieveCommand *command = tamis_arena_new0(arena, TamisSieveCommand);

    command->name = name;
    command->name_length = strlen(name);
    return command;
}

TamisSieveTest *
tamis_sieve_test(TamisArena *arena, const char *name)
{
    TamisSieveTest *test = tamis_arena_new0(arena, TamisSieveTest);

    test->name = name;
    test->name_length = strlen(name);
    return test;
}

static TamisSieveArgument *
append(TamisArena *arena, TamisSieveArgument **arguments, TamisSieveArgumentKind kind)
{
    TamisSieveArgument *argument = tamis_arena_new0(arena, TamisSieveArgument);

    argument->kind = kind;
    while (*arguments != NULL)
        arguments = &(*arguments)->next;
    *arguments = argument;
    return argument;
}

void
tamis_sieve_add_tag(TamisArena *arena, TamisSieveArgument **arguments, const char *name)
{
    TamisSieveArgument *argument = append(arena, arguments, TAMIS_SIEVE_TAG);

    argument->name = name;
    argument->name_length = strlen(name);
}

void
tamis_sieve_add_number(TamisArena *arena, TamisSieveArgument **arguments, guint64 number)
{
    TamisSieveArgument *argument = append(arena, arguments, TAMIS_SIEVE_NUMBER);
    static const char quantifiers[] = {'K', 'M', 'G'};
    guint64 rest = number;

    argument->number = number;
    for (guint i = 0; i < G_N_ELEMENTS(quantifiers) && rest != 0 && rest % 1024 == 0; i++) {
        rest /= 1024;
        argument->quantifier = quantifiers[i];
    }
}

TamisSieveString *
tamis_sieve_string(TamisArena *arena, const char *text, gsize length_bytes)
{
    TamisSieveString *string = tamis_arena_new0(arena, TamisSieveString);

    string->text = text;
    string->length_bytes = length_bytes;
    return string;
}

void
tamis_sieve_add_string(TamisArena *arena, TamisSieveArgument **arguments, const char *text,
                       gsize length_bytes)
{
    tamis_sieve_add_strings(arena, arguments, tamis_sieve_string(arena, text, length_bytes));
}

void
tamis_sieve_add_strings(TamisArena *arena, TamisSieveArgument **arguments,
                        TamisSieveString *strings)
{
    gboolean is_one = strings->next == NULL;
    TamisSieveArgument *argument =
        append(arena, arguments, is_one ? TAMIS_SIEVE_STRING : TAMIS_SIEVE_LIST);

    argument->strings = strings;
    for (const TamisSieveString *string = strings; string != NULL; string = string->next)
        argument->n_strings++;
}

void
tamis_sieve_block_add(TamisSieveBlock *block, TamisSieveCommand *command)
{
    *block->end = command;
    block->end = &command->next;
}

void
tamis_sieve_set_block(TamisSieveCommand *command, const TamisSieveBlock *block)
{
    command->has_block = TRUE;
    command->block = block->first;
}

void
tamis_sieve_add_comment(TamisArena *arena, TamisSieveCommand *command, const char *text)
{
    TamisSieveComment *comment = tamis_arena_new0(arena, TamisSieveComment);
    TamisSieveComment **end = &command->comments;

    comment->text = text;
    comment->length_bytes = strlen(text);
    while (*end != NULL)
        end = &(*end)->next;
    *end = comment;
}
