/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whatever script it is: as XML and back it is itself. */
#pragma once

#include "grammar/sieve/compare.h"
#include "grammar/sieve/print.h"
#include "grammar/sieve/xml-reader.h"
#include "grammar/sieve/xml-writer.h"

#include <string.h>

static inline GString *
canonical_text(const TamisSieveScript *script)
{
    GString *text = g_string_new(NULL);

    tamis_sieve_print(script, text);
    tamis_sieve_unify_line_ends(text);
    return text;
}

/* The XML is that of a script without fault. */
static inline void
assert_xml_identity(const TamisSieveScript *script, const GString *xml, TamisReport *report,
                    TamisArena *arena)
{
    TamisSourceId source =
        tamis_sources_add_text(tamis_report_get_sources(report), "a.xml", xml->str, xml->len);
    const TamisSieveScript *again = tamis_sieve_parse_xml(source, arena, report);
    g_assert(again->n_errors == 0);
    g_assert(tamis_sieve_same(script, again));

    GString *same = tamis_sieve_write_xml(again, report);
    g_assert(same != NULL && g_string_equal(same, xml));
    g_string_free(same, TRUE);

    g_autoptr(GString) text = canonical_text(script);
    g_autoptr(GString) text_again = canonical_text(again);
    /* XML has no sign for some characters, which a comment may hold. */
    gboolean is_sayable = g_utf8_validate(text->str, (gssize)text->len, NULL) &&
                          strstr(text->str, "\xef\xbf\xbe") == NULL &&
                          strstr(text->str, "\xef\xbf\xbf") == NULL;
    g_assert(!is_sayable || g_string_equal(text, text_again));
}
