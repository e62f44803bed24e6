/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads, writes, and reads again. */
#include "cli/convert-script.h"

#include "grammar/sieve/compare.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"
#include "grammar/sieve/xml-reader.h"
#include "grammar/sieve/xml-writer.h"

static const TamisSieveScript *
read_script(TamisSourceId source, gboolean from_xml, TamisArena *arena, TamisReport *report)
{
    return from_xml ? tamis_sieve_parse_xml(source, arena, report)
                    : tamis_sieve_parse(source, arena, report);
}

/* What is written must say the same, else nothing is written. */
static void
verify(const TamisSieveScript *script, GString *text, gboolean is_xml, TamisArena *arena)
{
    static const char padding[TAMIS_SOURCE_PADDING] = {0};
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    gsize length = text->len;

    /* What it takes to be read as it is: a copy may be large. */
    g_string_append_len(text, padding, sizeof padding);
    g_string_truncate(text, length);
    TamisSourceId source = tamis_sources_lend_text(sources, "written", text->str, length);
    const TamisSieveScript *again = read_script(source, is_xml, arena, report);

    g_assert(again->n_errors == 0 && tamis_sieve_same(script, again));
}

GString *
tamis_convert_script(TamisSourceId source, gboolean from_xml, gboolean to_xml, TamisReport *report)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisSieveScript *script = read_script(source, from_xml, arena, report);
    GString *text;

    if (tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0)
        return NULL;
    if (to_xml) {
        text = tamis_sieve_write_xml(script, report);
        if (text == NULL)
            return NULL;
    } else {
        text = g_string_new(NULL);
        tamis_sieve_print(script, text);
        tamis_sieve_unify_line_ends(text);
    }
    verify(script, text, to_xml, arena);
    return text;
}
