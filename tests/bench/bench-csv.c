/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of CSV a second on one core, opening (with its UTF-8 check) and cutting into cells included,
 * beside the pace of memchr over the same bytes. Prints JSON. */
#include "grammar/csv.h"

#include <string.h>

#define N_ROWS 2000000

static GString *
make_table(gboolean quoted, const char *line_end)
{
    GString *text = g_string_sized_new((gsize)N_ROWS * 80);

    g_string_append_printf(text, "address,successor,head,last_day%s", line_end);
    for (guint i = 0; i < N_ROWS; i++)
        g_string_append_printf(text,
                               quoted ? "\"user%07u@acme.example\",\"s%u@acme.example\",\"h%u@acme."
                                        "example\",2026-%02u-%02u%s"
                                      : "user%07u@acme.example,s%u@acme.example,h%u@acme.example,"
                                        "2026-%02u-%02u%s",
                               i, i / 10, i / 100, i % 12 + 1, i % 28 + 1, line_end);
    return text;
}

static void
measure(const char *shape, gboolean quoted, const char *line_end)
{
    GString *text = make_table(quoted, line_end);
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    TamisSourceId source = tamis_sources_add_text(sources, "bench.csv", text->str, text->len);
    gint64 best_us = G_MAXINT64, best_memchr_us = G_MAXINT64;

    for (guint round = 0; round < 5; round++) {
        g_autoptr(TamisArena) arena = tamis_arena_new();
        gint64 start_us = g_get_monotonic_time();
        TamisCsv *csv = tamis_csv_open(source, arena, report);
        guint n = 0;
        while (tamis_csv_next(csv, report) != NULL)
            n++;
        best_us = MIN(best_us, g_get_monotonic_time() - start_us);
        g_assert(n == N_ROWS && tamis_report_count(report) == 0);

        start_us = g_get_monotonic_time();
        gsize n_lines = 0;
        for (const char *at = text->str; (at = strchr(at, '\n')) != NULL; at++)
            n_lines++;
        best_memchr_us = MIN(best_memchr_us, g_get_monotonic_time() - start_us);
        g_assert(n_lines == N_ROWS + 1);
    }
    g_print("{\"bench\":\"csv\",\"shape\":\"%s\",\"rows\":%u,\"bytes_per_row\":%.1f,"
            "\"rows_per_second\":%.0f,\"megabytes_per_second\":%.0f,\"of_line_search\":%.2f}\n",
            shape, N_ROWS, (double)text->len / N_ROWS, N_ROWS * 1e6 / (double)best_us,
            (double)text->len / (double)best_us, (double)best_memchr_us / (double)best_us);
    g_string_free(text, TRUE);
}

int
main(void)
{
    measure("plain", FALSE, "\n");
    measure("plain, CR LF", FALSE, "\r\n");
    measure("quoted", TRUE, "\n");
    return 0;
}
