/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a run fails: limits, and actions that do not go together. */
#include "compiler/explain-private.h"

#include "grammar/server.h"

#include <string.h>

const char *
tamis_failure_slug(TamisFailure failure)
{
    static const char *const slugs[] = {
        [TAMIS_FAILURE_NONE] = NULL,
        [TAMIS_FAILURE_TARGETS] = "too-many-targets",
        [TAMIS_FAILURE_ACTIONS] = "too-many-actions",
        [TAMIS_FAILURE_REJECT] = "reject-conflict",
        [TAMIS_FAILURE_REPLY] = "reply-conflict",
        [TAMIS_FAILURE_ERROR] = "error",
        [TAMIS_FAILURE_CRASH] = "engine-crash",
    };

    return slugs[failure];
}

typedef struct {
    guint targets, all, replies, rejects, conflicting;
} Counts;

static Counts
count(const GPtrArray *actions, guint n)
{
    Counts counts = {0};

    for (guint i = 0; i < n; i++) {
        const TamisFlowAction *action = g_ptr_array_index(actions, i);
        gboolean is_written = !action->is_implicit;

        counts.targets += action->kind == TAMIS_FLOW_FORWARD;
        counts.replies += action->kind == TAMIS_FLOW_REPLY;
        counts.rejects += action->kind == TAMIS_FLOW_REJECT;
        counts.conflicting += action->kind == TAMIS_FLOW_FORWARD ||
                              action->kind == TAMIS_FLOW_REPLY ||
                              (action->kind == TAMIS_FLOW_KEEP && is_written);
        counts.all += is_written && tamis_flow_is_queued(action);
    }
    return counts;
}

/* Of the first n actions. */
static TamisFailure
failure_of(const TamisSite *site, guint32 mailbox, const GPtrArray *actions, guint n)
{
    Counts counts = count(actions, n);
    guint32 max_targets = tamis_site_max_targets(site, mailbox);
    guint32 max_actions = tamis_site_max_actions(site, mailbox);

    if (counts.rejects > 1 || (counts.rejects == 1 && counts.conflicting > 0))
        return TAMIS_FAILURE_REJECT;
    if (counts.replies > 1)
        return TAMIS_FAILURE_REPLY;
    if (max_targets != 0 && counts.targets > max_targets)
        return TAMIS_FAILURE_TARGETS;
    if (max_actions != 0 && counts.all > max_actions)
        return TAMIS_FAILURE_ACTIONS;
    return TAMIS_FAILURE_NONE;
}

/* Whether it is piped to a program, which depends on nothing in the message. */
static gboolean
is_pipe(const TamisFlowAction *action, const TamisStrings *strings)
{
    return action->kind == TAMIS_FLOW_PROGRAM && action->is_queued &&
           strstr(tamis_strings_get(strings, action->name), "${") == NULL;
}

/* How many actions there are before the first that pipes to a program once more: Pigeonhole's plugin forbids that, and
 * crashes when it says so (0.5.19). All of them: there is none. */
static guint
count_until_crash(const TamisSite *site, const GPtrArray *actions)
{
    const TamisStrings *strings = tamis_formulas_get_strings(tamis_site_get_formulas(site));
    g_autoptr(GHashTable) programs = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < actions->len; i++) {
        const TamisFlowAction *action = g_ptr_array_index(actions, i);

        if (is_pipe(action, strings) && !g_hash_table_add(programs, GUINT_TO_POINTER(action->name)))
            return i;
    }
    return actions->len;
}

/* The run ends at the first of them: what comes behind a crash is not reached any more. */
TamisFailure
tamis_explain_find_failure(const TamisSite *site, guint32 mailbox, const GPtrArray *actions,
                           gboolean says_error)
{
    guint n = actions->len;

    if (tamis_site_get_server(site)->engine == TAMIS_ENGINE_PIGEONHOLE)
        n = count_until_crash(site, actions);
    if (n < actions->len && failure_of(site, mailbox, actions, n) == TAMIS_FAILURE_NONE)
        return TAMIS_FAILURE_CRASH;
    return says_error ? TAMIS_FAILURE_ERROR : failure_of(site, mailbox, actions, actions->len);
}
