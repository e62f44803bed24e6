/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of flows on one core. Prints JSON.
 *
 * usage: bench-explain explain SCRIPT MESSAGE N   N times what the script does with the message, which is read
 *                                                 anew; then the same with the script read anew as well
 *        bench-explain flows POLICY               the flow of every mailbox, from a policy in memory */
#include "compiler/explain.h"
#include "compiler/flow-of-policy.h"
#include "compiler/resolve.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAILBOX "li@acme.example"

/* Of the processor, not the wall's: others may be at work. */
static double
now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Of the process, beside files: an arena that is large is no part of the heap. */
static gsize
used_bytes(void)
{
    g_autofree char *text = NULL;
    gsize resident = 0, shared = 0;

    malloc_trim(0);
    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        sscanf(text, "%*u %zu %zu", &resident, &shared);
    return (resident - shared) * (gsize)sysconf(_SC_PAGESIZE);
}

/* Explaining ------------------------------------------------------------------------------------ */

typedef struct {
    TamisServer *server;
    TamisSources *sources;
    TamisSite *site;
} Reader;

static void
open_script(Reader *reader, const char *path)
{
    const TamisScriptSite options = {.server = reader->server, .zone = tamis_zone_get("UTC")};
    TamisSourceId source;

    reader->sources = tamis_sources_new();
    reader->site = tamis_site_new_scripts(reader->sources, &options);
    source = tamis_sources_add_file(reader->sources, path, 1 << 20, NULL);
    g_assert(source != 0);
    tamis_site_add_script(reader->site, MAILBOX, source);
}

static void
close_script(Reader *reader)
{
    tamis_site_free(reader->site);
    tamis_sources_free(reader->sources);
}

static guint
explain_once(const Reader *reader, const char *path)
{
    const TamisDelivery delivery = {.envelope_from = "anna@customer.example",
                                    .envelope_to = MAILBOX,
                                    .instant = G_GINT64_CONSTANT(1795399200)};
    g_autoptr(TamisMessage) message = tamis_message_new_from_file(path, NULL);
    g_autoptr(TamisExplanation) explanation = NULL;

    g_assert(message != NULL);
    explanation = tamis_explain(reader->site, message, &delivery);
    return tamis_explanation_get(explanation, 0)->actions->len;
}

static int
explain(const char *script, const char *message, guint n)
{
    Reader reader = {tamis_server_load("dovecot-2.3", NULL), NULL, NULL};
    double start_s, warm_s, cold_s;
    guint n_actions;

    open_script(&reader, script);
    n_actions = explain_once(&reader, message);
    start_s = now_s();
    for (guint i = 0; i < n; i++)
        g_assert(explain_once(&reader, message) == n_actions);
    warm_s = now_s() - start_s;
    close_script(&reader);
    start_s = now_s();
    for (guint i = 0; i < n; i++) {
        open_script(&reader, script);
        g_assert(explain_once(&reader, message) == n_actions);
        close_script(&reader);
    }
    cold_s = now_s() - start_s;
    tamis_server_free(reader.server);
    g_print("{\"bench\":\"explain\",\"actions\":%u,\"messages_per_second\":%.0f,"
            "\"with_script_per_second\":%.0f}\n",
            n_actions, n / warm_s, n / cold_s);
    return 0;
}

/* Flows of a policy ----------------------------------------------------------------------------- */

static int
build_flows(const char *path)
{
    TamisResolveOptions options = {0};
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, path, &options, report, NULL);
    guint64 n_actions = 0;

    g_assert(policy != NULL && tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) == 0);
    gsize before = used_bytes();
    double start_s = now_s();
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(policy->strings);
    g_autoptr(TamisPolicyFlows) flows = tamis_policy_flows_new(policy, formulas);
    g_autoptr(TamisBlobs) blobs = tamis_blobs_new(arena);
    for (guint32 i = 0; i < policy->mailboxes->len; i++)
        n_actions += tamis_policy_flows_get(flows, i, blobs)->n_actions;
    double taken_s = now_s() - start_s;
    g_print("{\"bench\":\"flows\",\"mailboxes\":%u,\"actions\":%" G_GUINT64_FORMAT
            ",\"flows_per_second\":%.0f,\"bytes_per_flow\":%.0f}\n",
            policy->mailboxes->len, n_actions, policy->mailboxes->len / taken_s,
            (double)(used_bytes() - before) / policy->mailboxes->len);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "explain") == 0 && atoi(argv[4]) > 0)
        return explain(argv[2], argv[3], (guint)atoi(argv[4]));
    if (argc == 3 && strcmp(argv[1], "flows") == 0)
        return build_flows(argv[2]);
    return 64;
}
