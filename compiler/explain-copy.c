/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The message that a copy is of. Pigeonhole begins another draft of a message that was edited where it was copied and is
 * edited again: but not where nothing was changed in the one at hand, by a deleteheader that found nothing. What comes
 * next is then in the copies between them as well (0.5.19, lib-sieve/sieve-message.c, util/edit-mail.c). */
#include "compiler/explain-private.h"

#include "grammar/server.h"

/* What changes are made to; number 0: the message as it arrived, or as a filter left it. */
typedef struct {
    guint32 number;
    gboolean differs;    /* from that */
    gboolean is_changed; /* since it was begun */
    gboolean is_copied;  /* since the last command that changes */
} Draft;

static guint
count_fields(const TamisStrings *strings, const TamisDeliveryStep *step, guint32 version,
             TamisString name)
{
    TamisMessage *message = tamis_evaluation_message(step->evaluation, version);

    return g_strv_length(
        (char **)tamis_message_get_header(message, tamis_strings_get(strings, name)));
}

/* Whether it counts as a change: without keys a field of the name will do, whatever the index. */
static gboolean
changes(const TamisStrings *strings, const TamisDeliveryStep *step, const TamisChange *change,
        guint32 version)
{
    guint n_before;

    if (change->kind != TAMIS_FLOW_UNMARK || change->is_unknown)
        return TRUE;
    n_before = count_fields(strings, step, version, change->name);
    return change->keys.n == 0 ? n_before > 0
                               : n_before > count_fields(strings, step, version + 1, change->name);
}

static gboolean
is_copied(const TamisDeliveryStep *step, guint32 version)
{
    for (guint i = 0; i < step->actions->len; i++) {
        const TamisFlowAction *action = g_ptr_array_index(step->actions, i);

        if ((action->kind == TAMIS_FLOW_KEEP || action->kind == TAMIS_FLOW_FORWARD) &&
            action->version == version)
            return TRUE;
    }
    return FALSE;
}

/* The last version that is made of the draft at hand when the message is copied at this one. */
static guint32
last_of_draft(const TamisStrings *strings, const TamisFlow *flow, const TamisDeliveryStep *step,
              guint32 version)
{
    Draft draft = {0};
    guint32 of_copy = 0, last = version, n_drafts = 0;

    for (guint32 i = 0; i < flow->n_changes; i++) {
        const TamisChange *change = &flow->changes[i];

        draft.is_copied |= is_copied(step, i);
        if (i == version)
            of_copy = draft.differs ? draft.number : 0;
        if ((i >= version && of_copy == 0) ||
            !tamis_evaluation_holds(step->evaluation, change->guard))
            continue;
        if (change->kind == TAMIS_FLOW_FILTER) {
            draft = (Draft){0};
            continue;
        }
        if (draft.number == 0 || (draft.is_copied && draft.is_changed))
            draft = (Draft){.number = ++n_drafts, .differs = draft.differs};
        draft.is_copied = FALSE;
        draft.is_changed |= changes(strings, step, change, i);
        draft.differs |= draft.is_changed;
        if (i >= version && draft.number == of_copy && draft.is_changed)
            last = i + 1;
    }
    return last;
}

TamisMessage *
tamis_explanation_get_copy(const TamisExplanation *explanation, const TamisDeliveryStep *step,
                           const TamisFlowAction *action)
{
    TamisSite *site = tamis_explanation_get_site(explanation);
    const TamisFlow *flow = tamis_site_get_flow(site, step->mailbox);
    const TamisStrings *strings = tamis_formulas_get_strings(tamis_site_get_formulas(site));
    guint32 version = action->version;

    if (tamis_site_get_server(site)->engine == TAMIS_ENGINE_PIGEONHOLE && !action->is_implicit)
        version = last_of_draft(strings, flow, step, version);
    return tamis_evaluation_message(step->evaluation, version);
}
