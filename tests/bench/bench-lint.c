/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of the rules over flows against reading and resolving the same policy, on one core, and the
 * memory at the end. Prints JSON.
 *
 * usage: bench-lint FILE */
#include "base/catalogue.h"
#include "compiler/resolve.h"
#include "lint/flows.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Of the processor, not the wall's: others may be at work. */
static double
now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A figure of the kernel's about this process, in MiB: VmRSS, or VmHWM, the most since it was last forgotten. */
static double
memory_mib(const char *name)
{
    g_autofree char *status = NULL;
    const char *line;

    if (!g_file_get_contents("/proc/self/status", &status, NULL, NULL) ||
        (line = strstr(status, name)) == NULL)
        return 0;
    return g_ascii_strtod(strchr(line, ':') + 1, NULL) / 1024;
}

static void
forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file == NULL)
        return;
    fputs("5", file);
    fclose(file);
}

static guint
count_rule(const TamisReport *report, TamisRule rule)
{
    guint n = 0;

    for (guint i = 0; i < tamis_report_count(report); i++)
        n += tamis_report_get((TamisReport *)report, i)->rule == rule;
    return n;
}

int
main(int argc, char **argv)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", NULL);
    double start_s = now_s(), read_s, lint_s, read_mib, kept_mib;
    g_autoptr(TamisPolicy) policy =
        argc == 2 ? tamis_policy_load(sources, argv[1], NULL, report, NULL) : NULL;

    if (policy == NULL)
        return 64;
    read_s = now_s() - start_s;
    read_mib = memory_mib("VmHWM");
    kept_mib = memory_mib("VmRSS");
    forget_peak();
    start_s = now_s();
    {
        const TamisLint lint = {
            .policy = policy, .server = server, .as_of = 1795392000, .report = report};
        g_autoptr(TamisFacts) facts = tamis_facts_new(&lint);
        g_autoptr(TamisSite) site = tamis_site_new_policy(policy, server);
        g_autoptr(TamisFlowFacts) flow_facts =
            tamis_flow_facts_new(site, facts, report, lint.as_of);

        tamis_flow_rules_run(flow_facts);
        lint_s = now_s() - start_s;
    }
    g_print("{\"bench\":\"lint\",\"mailboxes\":%u,\"targets\":%u,\"read_s\":%.3f,\"lint_s\":%.3f,"
            "\"read_mib\":%.0f,\"kept_mib\":%.0f,\"lint_mib\":%.0f,\"loops\":%u}\n",
            policy->mailboxes->len, policy->targets->len, read_s, lint_s, read_mib, kept_mib,
            memory_mib("VmHWM") - kept_mib, count_rule(report, TAMIS_RULE_FORWARD_LOOP));
    return 0;
}
