/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a CSV table: it ends, every cell lies inside the text, and a second reading is the
 * first. */
#include "grammar/csv.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static guint64
read_all(TamisCsv *csv, TamisReport *report, gsize size)
{
    const TamisCell *cells;
    guint64 sum = 0;

    while ((cells = tamis_csv_next(csv, report)) != NULL)
        for (guint32 i = 0; i < tamis_csv_n_columns(csv); i++) {
            g_assert((gsize)cells[i].offset + cells[i].raw_length_bytes <= size);
            g_assert(cells[i].length_bytes <= cells[i].raw_length_bytes);
            for (guint32 j = 0; j < cells[i].length_bytes; j++)
                sum = sum * 31 + (guint8)cells[i].text[j];
            sum = sum * 31 + tamis_csv_row_number(csv);
        }
    return sum;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "fuzz.csv", (const char *)data, size);
    TamisCsv *csv = tamis_csv_open(source, arena, report);

    g_assert(csv != NULL || tamis_report_count(report) > 0);
    if (csv == NULL)
        return 0;
    guint64 first = read_all(csv, report, size);
    tamis_csv_rewind(csv);
    g_assert(read_all(csv, report, size) == first);
    for (guint i = 0; i < tamis_report_count(report); i++)
        tamis_sources_locate(sources, tamis_report_get(report, i)->span);
    return 0;
}
