/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of the resolver on one core: tables of so many rows, each a mailbox, from text in memory to a
 * policy, and the memory that this takes. Prints JSON.
 *
 * usage: bench-resolve SHAPE ROWS; SHAPE is forward (a target each) or leaver (dates, texts, a template) */
#include "compiler/resolve.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const shapes[][2] = {
    {"forward", "each row in csv \"t.csv\" {\n"
                "    mailbox row.address { route on { forward to row.successor; } }\n"
                "}\n"},
    {"leaver", "template leaver(successor, head, last_day) {\n"
               "    route handover starting last_day until last_day + 90 days {\n"
               "        reply { subject \"I have left\"; text \"请联系 ${successor}。\"; }\n"
               "        forward to successor, head;\n"
               "    }\n"
               "    route closed starting last_day + 91 days { reject \"Closed.\"; }\n"
               "}\n"
               "each row in csv \"t.csv\" {\n"
               "    mailbox row.address { use leaver(row.successor, row.head, row.last_day); }\n"
               "}\n"},
};

typedef struct {
    GString *policy, *table;
} Files;

static void
write_files(Files *files, const char *shape, guint n_rows)
{
    files->policy =
        g_string_new("organization { domains acme.example; timezone Asia/Shanghai; }\n");
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++)
        if (strcmp(shapes[i][0], shape) == 0)
            g_string_append(files->policy, shapes[i][1]);
    files->table = g_string_new("address,successor,head,last_day\n");
    for (guint i = 0; i < n_rows; i++)
        g_string_append_printf(files->table,
                               "user%07u@acme.example,user%07u@acme.example,head%04u@acme.example,"
                               "2026-%02u-%02u\n",
                               i, i / 10 * 10, i / 200, i % 12 + 1, i % 28 + 1);
}

static TamisSourceId
open_file(TamisSources *sources, const char *path, gsize max_bytes, gpointer data, GError **error)
{
    const Files *files = data;
    const GString *text = g_str_has_suffix(path, ".csv") ? files->table : files->policy;

    return tamis_sources_add_text(sources, path, text->str, text->len);
}

/* Of the processor, not the wall's: others may be at work. */
static double
now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
    Files files;
    TamisResolveOptions options = {.open = open_file, .open_data = &files};
    guint n_rows = argc == 3 ? (guint)atoi(argv[2]) : 0;

    if (n_rows == 0)
        return 64;
    write_files(&files, argv[1], n_rows);
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    gsize before = mallinfo2().uordblks + mallinfo2().hblkhd;
    double start_s = now_s();
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, "p", &options, report, NULL);
    double taken_s = now_s() - start_s;
    gsize after = mallinfo2().uordblks + mallinfo2().hblkhd;

    g_assert(tamis_report_count(report) == 0 && policy->mailboxes->len == n_rows);
    g_print("{\"bench\":\"resolve\",\"shape\":\"%s\",\"rows\":%u,\"rows_per_second\":%.0f,"
            "\"bytes_per_mailbox\":%.0f}\n",
            argv[1], n_rows, n_rows / taken_s, (double)(after - before) / n_rows);
    g_string_free(files.policy, TRUE);
    g_string_free(files.table, TRUE);
    return 0;
}
