/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any tree, printed as Sieve and written as XML, is read again as the same script, and printed as itself:
 * nothing that a string or a comment holds gets out of it. */
#include "grammar/sieve/parser.h"

#include "sieve-tree.h"
#include "xml-identity.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_print(const TamisSieveScript *script, TamisReport *report, TamisArena *arena)
{
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) second = g_string_new(NULL);

    tamis_sieve_print(script, first);
    TamisSourceId source = tamis_sources_add_text(tamis_report_get_sources(report), "first.sieve",
                                                  first->str, first->len);
    const TamisSieveScript *again = tamis_sieve_parse(source, arena, report);
    g_assert(again->n_errors == 0);
    g_assert(tamis_sieve_same(script, again));
    tamis_sieve_print(again, second);
    g_assert(g_string_equal(first, second));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisSieveScript *script = sieve_tree_build(data, size, arena);

    check_print(script, report, arena);
    GString *xml = tamis_sieve_write_xml(script, report);
    g_assert(xml != NULL);
    assert_xml_identity(script, xml, report, arena);
    g_string_free(xml, TRUE);
    return 0;
}
