/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of the policy parser on one core, from text in memory to a tree; nothing is resolved. Prints
 * JSON.
 *
 * usage: bench-policy FILE */
#include "grammar/policy/parser.h"

#define N_ROUNDS 5

int
main(int argc, char **argv)
{
    g_autofree char *text = NULL;
    gsize length_bytes = 0;
    gint64 best_us = G_MAXINT64;

    if (argc != 2 || !g_file_get_contents(argv[1], &text, &length_bytes, NULL))
        return 64;
    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(TamisSources) sources = tamis_sources_new();
        g_autoptr(TamisReport) report = tamis_report_new(sources);
        g_autoptr(TamisArena) arena = tamis_arena_new();
        TamisSourceId source = tamis_sources_add_text(sources, argv[1], text, length_bytes);
        gint64 start_us = g_get_monotonic_time();

        tamis_policy_parse(source, arena, report);
        best_us = MIN(best_us, g_get_monotonic_time() - start_us);
        g_assert(tamis_report_count(report) == 0);
    }
    g_print("{\"bench\":\"policy\",\"megabytes_per_second\":%.0f}\n",
            (double)length_bytes / (double)best_us);
    return 0;
}
