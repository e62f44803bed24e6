/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads, writes, and reads again. Of what was read a digest alone is kept to compare; Sieve text is read, and
 * written as such, command by command. So the two texts and the largest command are all that is held. */
#include "cli/convert-script.h"

#include "grammar/sieve/layout.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"
#include "grammar/sieve/xml-reader.h"
#include "grammar/sieve/xml-writer.h"

/* Of XML, or of Sieve that becomes XML; NULL: it cannot. */
static GString *
write_tree(TamisSourceId source, gboolean from_xml, gboolean to_xml, TamisReport *report,
           TamisSieveDigest *out_digest)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisSieveScript *script = from_xml ? tamis_sieve_parse_xml(source, arena, report)
                                              : tamis_sieve_parse(source, arena, report);

    if (tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0)
        return NULL;
    *out_digest = tamis_sieve_digest_script(script);
    if (to_xml)
        return tamis_sieve_write_xml(script, report);
    GString *text = g_string_new(NULL);
    tamis_sieve_print(script, text);
    return text;
}

static TamisSieveDigest
digest_text(TamisSourceId source, gboolean is_xml, TamisReport *report)
{
    if (!is_xml)
        return tamis_sieve_lay_out(source, report, NULL);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    return tamis_sieve_digest_script(tamis_sieve_parse_xml(source, arena, report));
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

/* FALSE: nobody could read it, which is reported. */
static gboolean
check_xml_size(TamisSourceId source, const GString *text, TamisReport *report)
{
    if (text->len <= TAMIS_SIEVE_XML_MAX_BYTES)
        return TRUE;
    TamisDiagnostic *diagnostic = tamis_report_add(
        report, (TamisSpan){source, 0, 0}, TAMIS_RULE_SYNTAX,
        "as XML the script is larger than %u MiB", TAMIS_SIEVE_XML_MAX_BYTES >> 20);
    tamis_report_help(report, diagnostic, "keep it as Sieve, or part it into several");
    return FALSE;
}

GString *
tamis_convert_script(TamisSourceId source, gboolean from_xml, gboolean to_xml, TamisReport *report)
{
    g_autoptr(GString) text = NULL;
    TamisSieveDigest digest;

    if (from_xml || to_xml) {
        text = write_tree(source, from_xml, to_xml, report, &digest);
    } else {
        text = g_string_new(NULL);
        digest = tamis_sieve_lay_out(source, report, text);
    }
    if (text == NULL || tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0 ||
        (to_xml && !check_xml_size(source, text, report)))
        return NULL;
    if (!to_xml)
        tamis_sieve_unify_line_ends(text);
    verify(&digest, text, to_xml);
    return g_steal_pointer(&text);
}
