/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Extensions that are required and not used. Those that bring no words of their own, and change only what
 * the server does, are taken to be wanted. */
#include "lint/script-facts.h"

static gboolean
has_no_words(guint extension)
{
    static const TamisExtension silent[] = {
        TAMIS_EXTENSION_IMAPSIEVE,           TAMIS_EXTENSION_DOVECOT_IMAPSIEVE,
        TAMIS_EXTENSION_DOVECOT_ENVIRONMENT, TAMIS_EXTENSION_DOVECOT_TESTSUITE,
        TAMIS_EXTENSION_CYRUS_SNOOZE,        TAMIS_EXTENSION_CYRUS_REDIRECT_MULTIPLE,
    };

    for (guint i = 0; i < G_N_ELEMENTS(silent); i++)
        if (silent[i] == extension)
            return TRUE;
    return FALSE;
}

/* Whether it brings, or has to stand beside, something that is used. */
static gboolean
is_wanted(const TamisSieveChecked *checked, guint extension)
{
    if (tamis_extension_set_has(&checked->used, (TamisExtension)extension) ||
        has_no_words(extension))
        return TRUE;
    for (guint i = 0; i < tamis_sieve_n_relations; i++) {
        const TamisSieveRelation *relation = &tamis_sieve_relations[i];
        if (relation->kind == TAMIS_SIEVE_IMPLIES && relation->extension == extension &&
            tamis_extension_set_has(&checked->used, (TamisExtension)relation->other) &&
            !tamis_extension_set_has(&checked->required, (TamisExtension)relation->other))
            return TRUE;
        if (relation->kind == TAMIS_SIEVE_NEEDS && relation->other == extension &&
            tamis_extension_set_has(&checked->used, (TamisExtension)relation->extension))
            return TRUE;
    }
    return FALSE;
}

/* A tag may stand before them, which is reported. */
static const TamisSieveArgument *
find_names(const TamisSieveCommand *require)
{
    const TamisSieveArgument *argument = require->arguments;

    while (argument != NULL && argument->kind != TAMIS_SIEVE_STRING &&
           argument->kind != TAMIS_SIEVE_LIST)
        argument = argument->next;
    return argument;
}

/* Where the name stands: its require and its place in the list. */
static const TamisSieveArgument *
find_list(const TamisScriptFacts *facts, TamisSpan name, const TamisSieveCommand **out_command)
{
    for (guint i = 0; i < facts->commands->len; i++) {
        const TamisScriptCommand *command = tamis_script_command(facts, i);
        if (command->word->id != TAMIS_WORD_REQUIRE ||
            name.offset - command->command->span.offset >= command->command->span.length)
            continue;
        *out_command = command->command;
        return find_names(command->command);
    }
    return NULL;
}

static gboolean
is_all_unwanted(const TamisSieveChecked *checked, const TamisSieveArgument *list)
{
    for (const TamisSieveString *string = list->strings; string != NULL; string = string->next) {
        TamisExtension extension = tamis_extension_find(string->text, string->length_bytes);
        if (extension == TAMIS_EXTENSION_NONE || is_wanted(checked, extension))
            return FALSE;
    }
    return TRUE;
}

/* The name with its comma: the last one with the comma before it, every other with the one behind it. */
static TamisSpan
find_removal(const TamisSieveArgument *list, TamisSpan name)
{
    const TamisSieveString *previous = NULL;

    for (const TamisSieveString *string = list->strings; string != NULL; string = string->next) {
        if (string->span.offset != name.offset) {
            previous = string;
            continue;
        }
        if (string->next != NULL) {
            name.length = string->next->span.offset - name.offset;
        } else {
            guint32 start = previous->span.offset + previous->span.length;
            name.length += name.offset - start;
            name.offset = start;
        }
        break;
    }
    return name;
}

/* The command, and the line with it where nothing else stands on that. */
static TamisSpan
find_line(const TamisScriptFacts *facts, TamisSpan command)
{
    gsize length;
    const char *text =
        tamis_sources_get_text(tamis_report_get_sources(facts->report), command.source, &length);
    gsize end = command.offset + command.length;

    if (command.offset > 0 && text[command.offset - 1] != '\n')
        return command;
    if (end < length && text[end] == '\r')
        end++;
    if (end < length && text[end] == '\n')
        command.length = (guint32)(end + 1) - command.offset;
    return command;
}

void
tamis_script_rule_unused_require(const TamisScriptFacts *facts)
{
    const TamisSieveChecked *checked = facts->lint->checked;

    /* An error hides what was meant. */
    if (facts->lint->script->n_errors > 0)
        return;
    for (guint extension = 0; extension < TAMIS_N_EXTENSIONS; extension++) {
        const TamisSieveCommand *command = NULL;
        if (!tamis_extension_set_has(&checked->required, (TamisExtension)extension) ||
            is_wanted(checked, extension))
            continue;
        TamisSpan name = checked->required_at[extension];
        TamisDiagnostic *diagnostic = tamis_report_add(
            facts->report, name, TAMIS_RULE_UNUSED_REQUIRE, "'%s' is required and not used",
            tamis_extension_name((TamisExtension)extension));
        tamis_report_help(facts->report, diagnostic, "take it out");
        const TamisSieveArgument *list = find_list(facts, name, &command);
        if (list == NULL)
            continue;
        /* With the first of a list that is not wanted at all goes the command. */
        if (!is_all_unwanted(checked, list))
            tamis_report_edit(facts->report, diagnostic, find_removal(list, name), "");
        else if (list->strings->span.offset == name.offset)
            tamis_report_edit(facts->report, diagnostic, find_line(facts, command->span), "");
    }
}
