/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The memory of servers: a message that comes to one mailbox twice, by two forwards, is known by its Message-ID, and by a
 * field that Pigeonhole gives to what it forwards.
 * Pigeonhole 0.5.19 does not forward it again from one address to one target, and keeps it instead; Cyrus 3.6 neither
 * forwards nor stores it again. Neither answers one sender twice. */
#include "compiler/explain-private.h"

#include "grammar/server.h"

#include <string.h>

/* NULL: it has none, and is not known again. */
static const char *
message_id(const TamisDeliveryStep *step)
{
    const char *id = *tamis_message_get_header(step->message, "message-id");

    return id != NULL && *id != '\0' ? id : NULL;
}

static gboolean
is_same_reply(const TamisFlowAction *a, const TamisFlowAction *b)
{
    return b->kind == TAMIS_FLOW_REPLY && a->text == b->text && a->name == b->name;
}

/* Whether the engine, having done `done` for one step, leaves out the action in another. */
static gboolean
stands_for(const TamisFlowAction *done, const TamisDeliveryStep *before,
           const TamisFlowAction *action, const TamisDeliveryStep *step, guint8 engine)
{
    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
        return done->kind == TAMIS_FLOW_FORWARD && action->key != 0 && done->key == action->key &&
               (engine == TAMIS_ENGINE_CYRUS ||
                g_ascii_strcasecmp(before->address, step->address) == 0);
    case TAMIS_FLOW_KEEP:
        return engine == TAMIS_ENGINE_CYRUS && done->kind == TAMIS_FLOW_KEEP &&
               done->folder == action->folder;
    case TAMIS_FLOW_REPLY:
        return is_same_reply(action, done) &&
               strcmp(before->envelope_from, step->envelope_from) == 0;
    default:
        return FALSE;
    }
}

static gboolean
was_done(const GPtrArray *steps, const TamisDeliveryStep *step, const char *id,
         const TamisFlowAction *action, guint8 engine)
{
    for (guint i = 0; i < steps->len; i++) {
        const TamisDeliveryStep *before = g_ptr_array_index(steps, i);

        if (before == step || before->mailbox != step->mailbox ||
            g_strcmp0(message_id(before), id) != 0)
            continue;
        for (guint a = 0; a < before->actions->len; a++)
            if (stands_for(g_ptr_array_index(before->actions, a), before, action, step, engine))
                return TRUE;
    }
    return FALSE;
}

/* Whether what is left still cancels the implicit keep, or keeps. */
static gboolean
is_settled(const GPtrArray *actions)
{
    for (guint i = 0; i < actions->len; i++) {
        const TamisFlowAction *action = g_ptr_array_index(actions, i);

        if (action->kind == TAMIS_FLOW_KEEP || action->kind == TAMIS_FLOW_DISCARD ||
            action->kind == TAMIS_FLOW_REJECT ||
            ((action->kind == TAMIS_FLOW_FORWARD || action->kind == TAMIS_FLOW_PROGRAM) &&
             !action->copies))
            return TRUE;
    }
    return FALSE;
}

/* Whether Pigeonhole has forwarded it from here before: it then says so in a field, which no script takes off. */
static gboolean
was_forwarded_from_here(const TamisDeliveryStep *step)
{
    const char *const *from = tamis_message_get_header(step->message, "x-sieve-redirected-from");

    for (; *from != NULL; from++)
        if (strcmp(*from + strspn(*from, " \t"), step->address) == 0)
            return TRUE;
    return FALSE;
}

/* What makes another message of the one that is forwarded, for what comes behind, too: a header is taken off again. */
static TamisString
filter_of(const TamisPolicy *policy, const TamisFlowAction *forward)
{
    for (guint i = 0; policy != NULL && i < policy->encryptions->len; i++) {
        const TamisEncryption *encryption = &g_array_index(policy->encryptions, TamisEncryption, i);

        if (encryption->name == forward->encryption)
            return encryption->means == TAMIS_ENCRYPT_FILTER ? encryption->name : 0;
    }
    return forward->encryption;
}

gboolean
tamis_explain_leave_out(const GPtrArray *steps, TamisDeliveryStep *step, const TamisSite *site)
{
    guint8 engine = tamis_site_get_server(site)->engine;
    TamisString filter = 0;
    const char *id = message_id(step);
    gboolean forwards = FALSE, others = FALSE;
    gboolean is_back = engine == TAMIS_ENGINE_PIGEONHOLE && was_forwarded_from_here(step);

    if ((id == NULL && !is_back) ||
        (engine != TAMIS_ENGINE_PIGEONHOLE && engine != TAMIS_ENGINE_CYRUS))
        return FALSE;
    for (guint i = step->actions->len; i-- > 0;) {
        const TamisFlowAction *action = g_ptr_array_index(step->actions, i);

        if (!(is_back && action->kind == TAMIS_FLOW_FORWARD) &&
            (id == NULL || !was_done(steps, step, id, action, engine)))
            continue;
        forwards |= action->kind == TAMIS_FLOW_FORWARD;
        others |= action->kind != TAMIS_FLOW_FORWARD;
        if (action->kind == TAMIS_FLOW_FORWARD && filter == 0)
            filter = filter_of(tamis_site_get_policy(site), action);
        g_ptr_array_remove_index(step->actions, i);
    }
    if (forwards && engine == TAMIS_ENGINE_PIGEONHOLE && !is_settled(step->actions)) {
        step->kept_instead =
            (TamisFlowAction){.kind = TAMIS_FLOW_KEEP, .is_implicit = TRUE, .encryption = filter};
        g_ptr_array_add(step->actions, &step->kept_instead);
    }
    return forwards || others;
}
