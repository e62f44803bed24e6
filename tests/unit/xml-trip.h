/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scripts in XML there and back, each time by the schemas of RFC 5784, for the tests of both ways. */
#pragma once

#include "grammar/sieve/compare.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"
#include "grammar/sieve/xml-reader.h"
#include "grammar/sieve/xml-writer.h"

#include "findings-text.h"

#include <libxml/relaxng.h>
#include <libxml/xmlschemas.h>

#define HEAD "<sieve xmlns=\"urn:ietf:params:xml:ns:sieve\">"

typedef struct {
    TamisSources *sources;
    TamisReport *report;
    TamisArena *arena;
    TamisSieveScript *script;
} Reading;

static inline Reading
read_bytes(gboolean is_xml, const char *text, gsize length)
{
    Reading reading = {.sources = tamis_sources_new(), .arena = tamis_arena_new()};
    reading.report = tamis_report_new(reading.sources);
    TamisSourceId source = tamis_sources_add_text(reading.sources, "a", text, length);
    reading.script =
        (is_xml ? tamis_sieve_parse_xml : tamis_sieve_parse)(source, reading.arena, reading.report);
    return reading;
}

static inline void
close_reading(Reading *reading)
{
    tamis_report_free(reading->report);
    tamis_arena_free(reading->arena);
    tamis_sources_free(reading->sources);
}

static inline char *
print(const TamisSieveScript *script)
{
    GString *text = g_string_new(NULL);
    tamis_sieve_print(script, text);
    return g_string_free(text, FALSE);
}

/* The schemas --------------------------------------------------------------------------------------- */

static xmlRelaxNGPtr relaxng;
static xmlSchemaPtr schema;

static inline void
load_schemas(void)
{
    g_autofree char *rng = g_test_build_filename(G_TEST_DIST, "..", "schemas", "rfc5784.rng", NULL);
    g_autofree char *xsd = g_test_build_filename(G_TEST_DIST, "..", "schemas", "rfc5784.xsd", NULL);
    xmlRelaxNGParserCtxtPtr rng_parser = xmlRelaxNGNewParserCtxt(rng);
    xmlSchemaParserCtxtPtr xsd_parser = xmlSchemaNewParserCtxt(xsd);

    relaxng = xmlRelaxNGParse(rng_parser);
    schema = xmlSchemaParse(xsd_parser);
    g_assert_nonnull(relaxng);
    g_assert_nonnull(schema);
    xmlRelaxNGFreeParserCtxt(rng_parser);
    xmlSchemaFreeParserCtxt(xsd_parser);
}

static inline void
assert_valid(const char *xml)
{
    xmlDocPtr document = xmlReadMemory(xml, (int)strlen(xml), "a.xml", NULL, XML_PARSE_HUGE);
    xmlRelaxNGValidCtxtPtr by_relaxng = xmlRelaxNGNewValidCtxt(relaxng);
    xmlSchemaValidCtxtPtr by_schema = xmlSchemaNewValidCtxt(schema);

    g_assert_nonnull(document);
    if (xmlRelaxNGValidateDoc(by_relaxng, document) != 0 ||
        xmlSchemaValidateDoc(by_schema, document) != 0)
        g_error("not as RFC 5784 says: %s", xml);
    xmlRelaxNGFreeValidCtxt(by_relaxng);
    xmlSchemaFreeValidCtxt(by_schema);
    xmlFreeDoc(document);
}

/* There and back ------------------------------------------------------------------------------------ */

/* The XML of a script is valid and read as the same script, whose XML is the same. Returns what the script from XML
 * is printed as. */
static inline char *
assert_round_trip(const TamisSieveScript *script, TamisReport *report)
{
    GString *xml = tamis_sieve_write_xml(script, report);
    g_assert_nonnull(xml);
    assert_valid(xml->str);
    Reading second = read_bytes(TRUE, xml->str, xml->len);
    g_autofree char *findings = findings_text(second.report);
    g_assert_cmpstr(findings, ==, "");
    if (!tamis_sieve_same(script, second.script))
        g_error("not the same script: %s", xml->str);

    GString *again = tamis_sieve_write_xml(second.script, second.report);
    g_assert_cmpstr(again->str, ==, xml->str);

    char *printed = print(second.script);
    g_string_free(xml, TRUE);
    g_string_free(again, TRUE);
    close_reading(&second);
    return printed;
}
