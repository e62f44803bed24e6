/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as an alias map: every word that is read stands where its span says. */
#include "grammar/alias-map.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_word(TamisSpan span, const char *word, const guint8 *data, gsize size)
{
    g_assert((gsize)span.offset + span.length <= size);
    g_assert(strlen(word) == span.length && memcmp(word, data + span.offset, span.length) == 0);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "virtual", (const char *)data, size);
    TamisAliasMap *map = tamis_alias_map_parse(source, arena, report);

    for (guint32 i = 0; i < map->n_lines; i++) {
        check_word(map->lines[i].pattern_span, map->lines[i].pattern, data, size);
        g_assert(map->lines[i].n_targets > 0);
        for (guint32 j = 0; j < map->lines[i].n_targets; j++)
            check_word(map->lines[i].target_spans[j], map->lines[i].targets[j], data, size);
    }
    for (guint i = 0; i < tamis_report_count(report); i++)
        tamis_sources_locate(sources, tamis_report_get(report, i)->span);
    return 0;
}
