/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a Sieve script: it ends, every place lies inside the text, and what has no error is
 * laid out as a text that is read as the same script, with all comments at their places, and laid out as itself, and
 * written as XML that is read as the same script. What is done without a tree is the same as with one. */
#include "grammar/sieve/layout.h"
#include "grammar/sieve/parser.h"

#include "xml-identity.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_places(TamisSources *sources, const TamisReport *report, gsize size)
{
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        g_assert((gsize)diagnostic->span.offset + diagnostic->span.length <= size);
        tamis_sources_locate(sources, diagnostic->span);
        for (guint j = 0; diagnostic->edits != NULL && j < diagnostic->edits->len; j++) {
            TamisSpan span = g_array_index(diagnostic->edits, TamisEdit, j).span;
            g_assert((gsize)span.offset + span.length <= size);
        }
    }
}

/* Written command by command it is the same as at once. */
static GString *
write_by_commands(TamisSourceId source, TamisReport *report)
{
    g_autoptr(TamisSieveXmlWriter) writer = tamis_sieve_xml_writer_new(report);
    g_autoptr(TamisSieveCommands) first = tamis_sieve_commands_new(source, report);
    g_autoptr(TamisSieveCommands) second = tamis_sieve_commands_new(source, report);
    const TamisSieveCommand *command;

    while ((command = tamis_sieve_commands_next(first)) != NULL)
        tamis_sieve_xml_writer_look_at(writer, command);
    tamis_sieve_xml_writer_look_at_last(writer, tamis_sieve_commands_get_last_comments(first));
    while ((command = tamis_sieve_commands_next(second)) != NULL)
        tamis_sieve_xml_writer_write(writer, command);
    return tamis_sieve_xml_writer_finish(writer, tamis_sieve_commands_get_last_comments(second));
}

static void
check_xml(const TamisSieveScript *script, TamisReport *report, TamisArena *arena)
{
    GString *xml = tamis_sieve_write_xml(script, report);
    GString *by_commands = write_by_commands(script->source, report);

    g_assert((xml == NULL) == (by_commands == NULL));
    if (xml == NULL)
        return;
    g_assert(g_string_equal(xml, by_commands));
    g_string_free(by_commands, TRUE);
    assert_xml_identity(script, xml, report, arena);
    g_string_free(xml, TRUE);
}

/* Read, printed and digested command by command it is the same as at once. */
static void
check_by_commands(TamisSourceId source, TamisSources *sources, const TamisSieveScript *script,
                  const GString *printed)
{
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisSieveCommands) commands = tamis_sieve_commands_new(source, report);
    g_autoptr(GString) text = g_string_new(NULL);
    TamisSieveDigest whole = tamis_sieve_digest_script(script), digest = {0};
    TamisSievePrinting printing = {0};
    const TamisSieveCommand *command;

    while ((command = tamis_sieve_commands_next(commands)) != NULL) {
        tamis_sieve_digest_command(&digest, command);
        tamis_sieve_print_command(&printing, command, text);
    }
    const TamisSieveComment *last = tamis_sieve_commands_get_last_comments(commands);
    tamis_sieve_digest_comments(&digest, last);
    tamis_sieve_print_last_comments(&printing, last, text);
    g_assert(tamis_sieve_commands_n_errors(commands) == script->n_errors);
    g_assert(digest.commands == whole.commands && digest.comments == whole.comments);
    g_assert(g_string_equal(text, printed));
}

/* Without a tree, too; faults are as many. */
static void
check_layout(TamisSourceId source, TamisSources *sources, const TamisSieveScript *script,
             const GString *printed)
{
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GString) text = g_string_new(NULL);
    TamisSieveDigest of_tree = tamis_sieve_digest_script(script);
    TamisSieveDigest digest = tamis_sieve_lay_out(source, report, text);

    g_assert(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) == script->n_errors);
    if (script->n_errors > 0)
        return;
    g_assert(digest.commands == of_tree.commands && digest.comments == of_tree.comments);
    g_assert(g_string_equal(text, printed));
}

/* The letters and digits of all comments, in their order. */
static void
list_comments(const TamisSieveComment *comment, GString *out)
{
    for (; comment != NULL; comment = comment->next) {
        for (guint32 i = 0; i < comment->length_bytes; i++)
            if (g_ascii_isalnum(comment->text[i]))
                g_string_append_c(out, comment->text[i]);
        g_string_append_c(out, '\n');
    }
}

/* With the names of their commands between them. */
static void
list_all_comments(const TamisSieveCommand *command, const TamisSieveComment *last, GString *out)
{
    for (; command != NULL; command = command->next) {
        list_comments(command->comments, out);
        g_string_append_printf(out, "%.*s\n", (int)command->name_length, command->name);
        list_comments(command->inner, out);
        list_all_comments(command->block, command->block_comments, out);
        list_comments(command->trailing, out);
    }
    list_comments(last, out);
}

static void
check_comments(const TamisSieveScript *script, const TamisSieveScript *again)
{
    g_autoptr(GString) before = g_string_new(NULL);
    g_autoptr(GString) after = g_string_new(NULL);

    list_all_comments(script->commands, script->comments, before);
    list_all_comments(again->commands, again->comments, after);
    g_assert(g_ascii_strcasecmp(before->str, after->str) == 0);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) second = g_string_new(NULL);
    TamisSourceId source = tamis_sources_add_text(sources, "fuzz.sieve", (const char *)data, size);
    const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);

    check_places(sources, report, size);
    tamis_sieve_print(script, first);
    check_by_commands(source, sources, script, first);
    check_layout(source, sources, script, first);
    if (script->n_errors > 0)
        return 0;
    check_xml(script, report, arena);
    tamis_sieve_unify_line_ends(first);
    source = tamis_sources_add_text(sources, "printed.sieve", first->str, first->len);
    const TamisSieveScript *again = tamis_sieve_parse(source, arena, report);
    tamis_sieve_print(again, second);
    tamis_sieve_unify_line_ends(second);
    g_assert(again->n_errors == 0);
    g_assert(tamis_sieve_same(script, again));
    check_comments(script, again);
    TamisSieveDigest digests[] = {tamis_sieve_digest_script(script),
                                  tamis_sieve_digest_script(again)};
    g_assert(digests[0].commands == digests[1].commands &&
             digests[0].comments == digests[1].comments);
    g_assert(g_string_equal(first, second));
    return 0;
}
