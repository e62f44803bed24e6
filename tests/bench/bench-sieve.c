/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of the Sieve reader on one core, from text in memory to a checked tree; nothing is linted.
 * Prints JSON. Every script has to be clean: a reader that stops early would look fast.
 *
 * usage: bench-sieve [--read] FOLDER…      --read: opening and reading the files counts too */
#include "grammar/server.h"
#include "grammar/sieve/check.h"
#include "grammar/sieve/parser.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define N_ROUNDS 7

typedef struct {
    const TamisListing *folder;
    guint index;
    const char *path;
    char *text;
    gsize length;
} Script;

/* Of the processor, not the wall's: others may be at work. */
static gint64
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
load(const TamisListing *folder, GArray *scripts)
{
    for (guint i = 0; i < tamis_listing_count(folder); i++) {
        Script script = {.folder = folder, .index = i, .path = tamis_listing_get(folder, i)->path};
        if (!g_file_get_contents(script.path, &script.text, &script.length, NULL))
            g_error("cannot read %s", script.path);
        script.text = g_realloc(script.text, script.length + TAMIS_SOURCE_PADDING);
        memset(script.text + script.length, 0, TAMIS_SOURCE_PADDING);
        g_array_append_val(scripts, script);
    }
}

/* As `tamis check` reads a folder: a report for each script. */
static void
check_one(const Script *script, gboolean reads, const TamisServer *server, TamisArena *arena)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    const TamisSieveCheckOptions options = {.server = server};
    TamisSieveChecked checked;
    TamisSourceId source =
        reads ? tamis_sources_add_entry(sources, script->folder, script->index,
                                        TAMIS_SIEVE_MAX_BYTES, NULL)
              : tamis_sources_lend_text(sources, script->path, script->text, script->length);

    tamis_arena_reset(arena);
    tamis_sieve_check_source(source, &options, arena, report, &checked);
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        if (diagnostic->severity == TAMIS_SEVERITY_ERROR &&
            diagnostic->rule != TAMIS_RULE_SCRIPT_TOO_LARGE)
            g_error("%s: %s", script->path, diagnostic->message);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", &error);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    gboolean reads = argc > 1 && strcmp(argv[1], "--read") == 0;

    g_assert_no_error(error);
    for (int i = reads ? 2 : 1; i < argc; i++) {
        g_autoptr(TamisListing) folder = tamis_listing_open(argv[i], NULL, &error);
        g_autoptr(GArray) scripts = g_array_new(FALSE, FALSE, sizeof(Script));
        struct rusage before, after;
        gsize n_bytes = 0;
        gint64 best_us = G_MAXINT64;

        g_assert_no_error(error);
        load(folder, scripts);
        getrusage(RUSAGE_SELF, &before);
        for (guint round = 0; round < N_ROUNDS; round++) {
            gint64 start_us = now_us();
            n_bytes = 0;
            for (guint j = 0; j < scripts->len; j++) {
                const Script *script = &g_array_index(scripts, Script, j);
                check_one(script, reads, server, arena);
                n_bytes += script->length;
            }
            best_us = MIN(best_us, now_us() - start_us);
        }
        getrusage(RUSAGE_SELF, &after);
        g_print("{\"bench\":\"sieve\",\"scripts\":%u,\"bytes\":%" G_GSIZE_FORMAT
                ",\"megabytes_per_second\":%.1f,\"scripts_per_second\":%.0f,"
                "\"peak_kibibytes_above\":%ld}\n",
                scripts->len, n_bytes, (double)n_bytes / (double)best_us,
                scripts->len * 1e6 / (double)best_us, after.ru_maxrss - before.ru_maxrss);
    }
    return 0;
}
