/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a Sieve script in XML: it ends, every place lies inside the text, and what is read without
 * error is written, as Sieve and as XML, and read again as the same script. */
#include "grammar/sieve/parser.h"

#include "xml-identity.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_sieve(const TamisSieveScript *script, TamisReport *report, TamisArena *arena)
{
    g_autoptr(GString) text = g_string_new(NULL);

    tamis_sieve_print(script, text);
    TamisSourceId source =
        tamis_sources_add_text(tamis_report_get_sources(report), "a.sieve", text->str, text->len);
    const TamisSieveScript *again = tamis_sieve_parse(source, arena, report);
    g_assert(again->n_errors == 0);
    g_assert(tamis_sieve_same(script, again));
}

typedef struct {
    TamisSievePrinting printing;
    GString *text;
} Passage;

static void
print_command(gpointer data, const TamisSieveCommand *command)
{
    Passage *passage = data;

    tamis_sieve_print_command(&passage->printing, command, passage->text);
}

static void
print_last(gpointer data, const TamisSieveComment *comments)
{
    Passage *passage = data;

    tamis_sieve_print_last_comments(&passage->printing, comments, passage->text);
}

/* Read command by command it is the same as at once. */
static void
check_visit(TamisSourceId source, TamisSources *sources, const TamisSieveScript *script)
{
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    Passage passage = {.text = text};
    const TamisSieveXmlVisitor visitor = {print_command, print_last, &passage};

    g_assert(tamis_sieve_visit_xml(source, report, &visitor) == script->n_errors);
    tamis_sieve_print(script, whole);
    g_assert(g_string_equal(text, whole));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "fuzz.xml", (const char *)data, size);
    const TamisSieveScript *script = tamis_sieve_parse_xml(source, arena, report);

    tamis_sieve_is_xml((const char *)data, size);
    for (guint i = 0; i < tamis_report_count(report); i++) {
        TamisSpan span = tamis_report_get(report, i)->span;
        g_assert((gsize)span.offset + span.length <= size);
        tamis_sources_locate(sources, span);
    }
    check_visit(source, sources, script);
    if (script->n_errors > 0)
        return 0;
    check_sieve(script, report, arena);
    GString *xml = tamis_sieve_write_xml(script, report);
    g_assert(xml != NULL);
    assert_xml_identity(script, xml, report, arena);
    g_string_free(xml, TRUE);
    return 0;
}
