/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads, writes, and reads again. Of what was read a digest alone is kept to compare; text is laid out without a tree,
 * and what is XML, or becomes it, is read command by command. */
#include "cli/convert-script.h"

#include "grammar/sieve/layout.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"
#include "grammar/sieve/xml-reader.h"
#include "grammar/sieve/xml-writer.h"

/* A script on its way from command to command. */
typedef struct {
    TamisSieveDigest digest;
    TamisSieveXmlWriter *writer; /* NULL: no XML comes of it */
    GString *text;               /* NULL: no Sieve does */
    TamisSievePrinting printing;
} Passage;

/* What has to be known of all commands before the first one is written. */
static void
look_at(gpointer data, const TamisSieveCommand *command)
{
    Passage *passage = data;

    if (command->is_broken)
        return; /* nothing is written then */
    tamis_sieve_digest_command(&passage->digest, command);
    if (passage->writer != NULL)
        tamis_sieve_xml_writer_look_at(passage->writer, command);
    if (passage->text != NULL)
        tamis_sieve_print_command(&passage->printing, command, passage->text);
}

static void
look_at_last(gpointer data, const TamisSieveComment *comments)
{
    Passage *passage = data;

    tamis_sieve_digest_comments(&passage->digest, comments);
    if (passage->writer != NULL)
        tamis_sieve_xml_writer_look_at_last(passage->writer, comments);
    if (passage->text != NULL)
        tamis_sieve_print_last_comments(&passage->printing, comments, passage->text);
}

static void
write_xml(gpointer data, const TamisSieveCommand *command)
{
    Passage *passage = data;

    tamis_sieve_xml_writer_write(passage->writer, command);
}

static void
write_last_xml(gpointer data, const TamisSieveComment *comments)
{
    Passage *passage = data;

    passage->text = tamis_sieve_xml_writer_finish(passage->writer, comments);
}

/* Of a script in either form. */
static void
visit(TamisSourceId source, gboolean is_xml, TamisReport *report,
      const TamisSieveXmlVisitor *visitor)
{
    const TamisSieveCommand *command;

    if (is_xml) {
        tamis_sieve_visit_xml(source, report, visitor);
        return;
    }
    g_autoptr(TamisSieveCommands) commands = tamis_sieve_commands_new(source, report);
    while ((command = tamis_sieve_commands_next(commands)) != NULL)
        visitor->command(visitor->data, command);
    visitor->last_comments(visitor->data, tamis_sieve_commands_get_last_comments(commands));
}

/* NULL: it cannot be read, or not be written. */
static GString *
to_xml(TamisSourceId source, gboolean is_xml, TamisReport *report, TamisSieveDigest *out_digest)
{
    g_autoptr(TamisReport) unheard = tamis_report_new(tamis_report_get_sources(report));
    g_autoptr(TamisSieveXmlWriter) writer = tamis_sieve_xml_writer_new(report);
    Passage passage = {.writer = writer};
    const TamisSieveXmlVisitor looking = {look_at, look_at_last, &passage};
    const TamisSieveXmlVisitor writing = {write_xml, write_last_xml, &passage};

    visit(source, is_xml, report, &looking);
    *out_digest = passage.digest;
    if (tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0)
        return NULL;
    visit(source, is_xml, unheard, &writing);
    return passage.text;
}

static GString *
to_sieve(TamisSourceId source, gboolean is_xml, TamisReport *report, TamisSieveDigest *out_digest)
{
    GString *text = g_string_new(NULL);
    Passage passage = {.text = text};
    const TamisSieveXmlVisitor visitor = {look_at, look_at_last, &passage};

    if (is_xml) {
        visit(source, TRUE, report, &visitor);
        *out_digest = passage.digest;
        if (text->len > TAMIS_SIEVE_MAX_PRINTED_BYTES)
            tamis_sieve_complain_large(source, report);
    } else {
        *out_digest = tamis_sieve_lay_out(source, report, text);
    }
    tamis_sieve_unify_line_ends(text);
    return text;
}

static TamisSieveDigest
digest_text(TamisSourceId source, gboolean is_xml, TamisReport *report)
{
    Passage passage = {.writer = NULL};
    const TamisSieveXmlVisitor visitor = {look_at, look_at_last, &passage};

    if (!is_xml)
        return tamis_sieve_lay_out(source, report, NULL);
    visit(source, TRUE, report, &visitor);
    return passage.digest;
}

/* What is written must say the same, else nothing is written. */
static void
verify(const TamisSieveDigest *digest, GString *text, gboolean is_xml)
{
    static const char padding[TAMIS_SOURCE_PADDING] = {0};
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    gsize length = text->len;

    /* What it takes to be read as it is: a copy may be large. */
    g_string_append_len(text, padding, sizeof padding);
    g_string_truncate(text, length);
    TamisSourceId source = tamis_sources_lend_text(sources, "written", text->str, length);
    TamisSieveDigest again = digest_text(source, is_xml, report);

    g_assert(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) == 0);
    g_assert(again.commands == digest->commands && again.comments == digest->comments);
}

GString *
tamis_convert_script(TamisSourceId source, gboolean from_xml, gboolean becomes_xml,
                     TamisReport *report)
{
    TamisSieveDigest digest;
    g_autoptr(GString) text = becomes_xml ? to_xml(source, from_xml, report, &digest)
                                          : to_sieve(source, from_xml, report, &digest);

    if (text == NULL || tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0)
        return NULL;
    verify(&digest, text, becomes_xml);
    return g_steal_pointer(&text);
}
