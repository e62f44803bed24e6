/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loading policies. */
#include "cli/load.h"

#include "compiler/resolve.h"

TamisPolicy *
tamis_load_policy(const char *path, TamisSources *sources, const TamisOptions *options,
                  int *out_status)
{
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, path, NULL, report, &error);

    if (policy == NULL) {
        tamis_complain("%s", error->message);
        *out_status = TAMIS_EXIT_UNREADABLE;
        return NULL;
    }
    if (tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0) {
        g_autoptr(GString) text = g_string_new(NULL);

        tamis_report_sort(report);
        tamis_render(text, report, TAMIS_FORMAT_TEXT, &options->render);
        tamis_show(text->str, text->len);
        *out_status = TAMIS_EXIT_FINDINGS;
        return NULL;
    }
    return g_steal_pointer(&policy);
}

const char *
tamis_load_first_mailbox(const TamisPolicy *policy)
{
    return policy->mailboxes->len > 0
               ? tamis_policy_text(policy, tamis_policy_mailbox(policy, 0)->address.key)
               : NULL;
}
