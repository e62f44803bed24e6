/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Actions of a route: targets, texts, marks. What does not depend on parameters and cells is worked out
 * once and shared by all mailboxes. */
#include "compiler/resolve-plans.h"
#include "model/share.h"

#include <string.h>

#define LONGEST_LEVEL_BYTES 200
#define DEFAULT_EVERY_S     ((gint64)7 * 86400)

/* Texts -------------------------------------------------------------------------------------------- */

static gboolean
make_text(TamisResolver *r, const TamisFrame *frame, const TamisText *text, TamisTextForm form,
          TamisString *out_string)
{
    const char *built;
    gsize length;

    if (!tamis_resolve_build_text(r, frame, text, form, &built, &length))
        return FALSE;
    *out_string = tamis_strings_add(r->strings, built, length);
    return TRUE;
}

/* A name that some server cannot make a folder of, whether it parts levels by '/' or by '.'. */
static gboolean
is_folder(const char *name, gsize length_bytes)
{
    gsize level = 0;

    if (length_bytes == 0 || name[0] == '~')
        return FALSE;
    for (gsize i = 0; i < length_bytes; i++) {
        gboolean is_separator = name[i] == '/' || name[i] == '.';
        if (is_separator && level == 0)
            return FALSE;
        level = is_separator ? 0 : level + 1;
        if (level > LONGEST_LEVEL_BYTES)
            return FALSE;
    }
    return level > 0;
}

/* 0: the inbox. */
static TamisString
canonical_folder(TamisResolver *r, const char *name, gsize length_bytes)
{
    static const char inbox[] = "INBOX";
    gsize n = strlen(inbox);

    if (length_bytes < n || g_ascii_strncasecmp(name, inbox, n) != 0)
        return tamis_strings_add(r->strings, name, length_bytes);
    if (length_bytes == n)
        return 0; /* as without a folder */
    if (name[n] != '/')
        return tamis_strings_add(r->strings, name, length_bytes);
    g_autofree char *below = g_strconcat(inbox, name + n, NULL);
    return tamis_strings_add(r->strings, below, length_bytes);
}

gboolean
tamis_resolve_folder(TamisResolver *r, const TamisFrame *frame, TamisSpan span, const char *name,
                     gsize length_bytes, TamisString *out_folder)
{
    if (is_folder(name, length_bytes)) {
        *out_folder = canonical_folder(r, name, length_bytes);
        return TRUE;
    }
    g_autofree char *excerpt = tamis_resolve_excerpt(name, length_bytes);
    TamisDiagnostic *diagnostic = tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, NULL, span,
                                                      "'%s' is no name of a folder", excerpt);
    tamis_resolve_help(r, diagnostic,
                       "write levels of 1 to %d bytes, with one '/' or '.' between them",
                       LONGEST_LEVEL_BYTES);
    return FALSE;
}

static gboolean
make_folder(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
            TamisString *out_folder)
{
    const char *name;
    gsize length;

    return tamis_resolve_build_text(r, frame, text, TAMIS_FORM_LINE, &name, &length) &&
           tamis_resolve_folder(r, frame, text->span, name, length, out_folder);
}

static gboolean
make_main_text(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
               TamisAction *action)
{
    switch (action->kind) {
    case TAMIS_DO_KEEP:
        return make_folder(r, frame, text, &action->text);
    case TAMIS_DO_MARK:
        return tamis_resolve_mark(r, frame, text, &action->name, &action->text);
    default:
        return make_text(r, frame, text, TAMIS_FORM_BLOCK, &action->text);
    }
}

/* Making ------------------------------------------------------------------------------------------- */

static gboolean
check_shares(TamisResolver *r, const TamisFrame *frame, const TamisAction *action)
{
    if (!action->one_of || action->targets.n <= TAMIS_SHARE_MAX)
        return TRUE;
    tamis_resolve_help(
        r,
        tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, NULL, action->span,
                            "'one of' has %u targets, and a day has only %d seconds to share",
                            action->targets.n, TAMIS_SHARE_MAX),
        "name fewer, or forward to one of several groups by conditions of their own");
    return FALSE;
}

/* Fills in what the plan left open. */
static gboolean
make_action(TamisResolver *r, const TamisFrame *frame, const TamisActionPlan *plan,
            TamisAction *action)
{
    gboolean is_good = TRUE;

    if (plan->targets.n > 0) {
        action->targets = tamis_resolve_targets(r, frame, &plan->targets, action->span);
        is_good = check_shares(r, frame, action);
    }
    if (plan->text != NULL)
        is_good = make_main_text(r, frame, plan->text, action) && is_good;
    if (plan->subject != NULL)
        is_good = make_text(r, frame, plan->subject, TAMIS_FORM_LINE, &action->name) && is_good;
    if (plan->from != NULL)
        is_good = tamis_resolve_sender(r, frame, plan->from, &action->from) && is_good;
    return is_good;
}

TamisSlice
tamis_resolve_actions(TamisResolver *r, const TamisFrame *frame, TamisActionPlans *plans)
{
    TamisSlice slice = {r->policy->actions->len, plans->n};

    if (plans->is_stored)
        return plans->stored;
    for (guint32 i = 0; i < plans->n; i++) {
        TamisAction action = plans->items[i].action;
        if (!plans->items[i].is_constant)
            make_action(r, frame, &plans->items[i], &action);
        g_array_append_val(r->policy->actions, action);
    }
    plans->is_stored = plans->is_constant;
    plans->stored = slice;
    return slice;
}

/* Binding ------------------------------------------------------------------------------------------ */

static const TamisActionKindOf kinds[] = {
    [TAMIS_ACTION_FORWARD] = TAMIS_DO_FORWARD, [TAMIS_ACTION_REPLY] = TAMIS_DO_REPLY,
    [TAMIS_ACTION_KEEP] = TAMIS_DO_KEEP,       [TAMIS_ACTION_DISCARD] = TAMIS_DO_DISCARD,
    [TAMIS_ACTION_REJECT] = TAMIS_DO_REJECT,   [TAMIS_ACTION_MARK] = TAMIS_DO_MARK,
    [TAMIS_ACTION_FINAL] = TAMIS_DO_FINAL,
};

/* What is constant is worked out here, so that its faults are reported once; the rest stays in the
 * plan. */
static void
bind_texts(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
           const TamisActionSyntax *syntax, TamisActionPlan *plan)
{
    const TamisValue *strings[] = {syntax->text, syntax->subject, syntax->from};
    TamisText **open[] = {&plan->text, &plan->subject, &plan->from};
    TamisActionPlan fixed = {0};
    TamisText **settled[] = {&fixed.text, &fixed.subject, &fixed.from};

    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
        if (strings[i] == NULL)
            continue;
        TamisText *text = tamis_resolve_bind_text(r, arena, scope, strings[i]);
        *(text->is_constant ? settled : open)[i] = text;
        plan->is_constant = plan->is_constant && text->is_constant;
    }
    make_action(r, &tamis_no_frame, &fixed, &plan->action);
}

static void
bind_targets(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
             const TamisActionSyntax *syntax, TamisActionPlan *plan)
{
    TamisActionPlan fixed = {.targets = tamis_resolve_bind(r, arena, scope, syntax->targets)};

    tamis_resolve_check_targets(r, &fixed.targets);
    plan->is_constant = fixed.targets.is_constant;
    if (plan->is_constant)
        make_action(r, &tamis_no_frame, &fixed, &plan->action);
    else
        plan->targets = fixed.targets;
}

static void
bind_action(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
            const TamisActionSyntax *syntax, TamisActionPlan *plan)
{
    TamisAction *action = &plan->action;

    *action = (TamisAction){.kind = kinds[syntax->kind],
                            .one_of = syntax->one_of,
                            .without_copy = syntax->without_copy,
                            .encryption = TAMIS_NO_INDEX,
                            .span = syntax->span};
    if (syntax->encryption.text != NULL)
        action->encryption =
            tamis_resolve_use_name(r, TAMIS_DEFINES_ENCRYPTION, &syntax->encryption);
    if (action->kind == TAMIS_DO_REPLY) {
        action->every_s = DEFAULT_EVERY_S;
        if (syntax->every.span.source != 0)
            tamis_resolve_duration(r, &syntax->every, &action->every_s);
    }
    bind_targets(r, arena, scope, syntax, plan);
    bind_texts(r, arena, scope, syntax, plan);
}

TamisActionPlans
tamis_resolve_bind_actions(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                           const TamisActionSyntax *actions)
{
    TamisActionPlans plans = {.is_constant = TRUE};
    guint32 n = 0;

    for (const TamisActionSyntax *at = actions; at != NULL; at = at->next)
        n++;
    plans.items = tamis_arena_array0(arena, TamisActionPlan, n);
    for (const TamisActionSyntax *at = actions; at != NULL; at = at->next) {
        TamisActionPlan *plan = &plans.items[plans.n++];
        bind_action(r, arena, scope, at, plan);
        plans.is_constant = plans.is_constant && plan->is_constant;
    }
    return plans;
}
