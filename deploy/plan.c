/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Plans. What Tamis did not write is never touched; at most another script becomes active. */
#include "deploy/plan.h"

#include "base/display.h"
#include "deploy/wrapper.h"

#include <string.h>

#define MAX_NAMES 99 /* for one text */

const char *
tamis_change_name(TamisDeployChange change)
{
    static const char *const names[] = {"unchanged", "created", "updated",  "removed",
                                        "refused",   "failed",  "not tried"};

    G_STATIC_ASSERT(G_N_ELEMENTS(names) == TAMIS_N_CHANGES);
    return names[change];
}

/* What is there --------------------------------------------------------------------------------- */

void
tamis_found_clear(TamisFound *found)
{
    g_clear_pointer(&found->scripts, g_array_unref);
    if (found->active_text != NULL)
        g_string_free(g_steal_pointer(&found->active_text), TRUE);
    if (found->included_text != NULL)
        g_string_free(g_steal_pointer(&found->included_text), TRUE);
    g_clear_pointer(&found->core, g_free);
    g_clear_pointer(&found->taken, g_ptr_array_unref);
    g_clear_pointer(&found->included, g_free);
}

gboolean
tamis_found_has(const TamisFound *found, const char *name)
{
    for (guint i = 0; i < found->scripts->len; i++)
        if (g_str_equal(g_array_index(found->scripts, TamisStoredScript, i).name, name))
            return TRUE;
    return FALSE;
}

void
tamis_found_judge(TamisFound *found)
{
    const GString *text = found->active_text;

    if (found->active == NULL) {
        found->owner = TAMIS_OWNER_NOBODY;
        return;
    }
    found->owner = TAMIS_OWNER_OTHER;
    if (!tamis_script_is_generated(text->str, text->len))
        return;
    found->owner = TAMIS_OWNER_TAMIS;
    if (tamis_script_name_is_own(found->active) &&
        !tamis_script_name_fits(found->active, text->str, text->len)) {
        found->owner = TAMIS_OWNER_EDITED;
        found->edited = found->active;
        return;
    }
    tamis_wrapper_parse(text->str, text->len, &found->core, &found->included);
}

void
tamis_found_judge_core(TamisFound *found, const GString *text)
{
    if (tamis_script_name_fits(found->core, text->str, text->len))
        return;
    found->owner = TAMIS_OWNER_EDITED;
    found->edited = found->core;
}

/* Names ----------------------------------------------------------------------------------------- */

static gboolean
is_taken(const TamisFound *found, const char *name)
{
    return g_strcmp0(name, found->edited) == 0 ||
           (found->taken != NULL &&
            g_ptr_array_find_with_equal_func(found->taken, name, g_str_equal, NULL));
}

/* The name for a text: one that is free, or that may have this very text already. A name whose text is known
 * to be another is passed over. */
static char *
choose_name(const TamisFound *found, const char *prefix, const char *sha256, gboolean *out_is_there)
{
    g_autofree char *name = g_strdup_printf("%s%.*s", prefix, TAMIS_SCRIPT_HASH_DIGITS, sha256);

    for (guint n = 2; n <= MAX_NAMES && is_taken(found, name); n++) {
        g_free(name);
        name = g_strdup_printf("%s%.*s-%u", prefix, TAMIS_SCRIPT_HASH_DIGITS, sha256, n);
    }
    *out_is_there = tamis_found_has(found, name);
    return g_steal_pointer(&name);
}

static void
collect_stale(const TamisFound *found, TamisPlan *plan)
{
    for (guint i = 0; i < found->scripts->len; i++) {
        const char *name = g_array_index(found->scripts, TamisStoredScript, i).name;
        if (tamis_script_name_is_own(name) && g_strcmp0(name, plan->name) != 0 &&
            g_strcmp0(name, plan->wrapper_name) != 0 && g_strcmp0(name, found->edited) != 0)
            g_ptr_array_add(plan->stale, g_strdup(name));
    }
}

/* Plans ----------------------------------------------------------------------------------------- */

void
tamis_plan_clear(TamisPlan *plan)
{
    g_clear_pointer(&plan->name, g_free);
    g_clear_pointer(&plan->wrapper_name, g_free);
    g_clear_pointer(&plan->wrapper_text, g_free);
    g_clear_pointer(&plan->owned_reason, g_free);
    g_clear_pointer(&plan->stale, g_ptr_array_unref);
}

static void
refuse(TamisPlan *plan, char *reason)
{
    plan->change = TAMIS_CHANGE_REFUSED;
    plan->reason = plan->owned_reason = reason;
}

static void
plan_removal(const TamisFound *found, TamisPlan *plan)
{
    collect_stale(found, plan);
    switch (found->owner) {
    case TAMIS_OWNER_OTHER: /* Tamis's own that are left, if any, run nowhere */
    case TAMIS_OWNER_NOBODY:
        plan->activate = found->active;
        plan->change = plan->stale->len > 0 ? TAMIS_CHANGE_REMOVED : TAMIS_CHANGE_UNCHANGED;
        return;
    case TAMIS_OWNER_TAMIS:
    case TAMIS_OWNER_EDITED:
    default:
        plan->change = TAMIS_CHANGE_REMOVED;
        plan->activate = found->included != NULL && tamis_found_has(found, found->included)
                             ? found->included
                             : NULL;
    }
}

/* The wrapper that runs the wanted script and then the user's. FALSE: refused. */
static gboolean
plan_wrapper(const TamisFound *found, const TamisWanted *wanted, const TamisPlanRules *rules,
             const char *other, TamisPlan *plan)
{
    TamisWanted wrapper;
    gboolean is_there;

    const GString *text =
        found->owner == TAMIS_OWNER_OTHER ? found->active_text : found->included_text;

    if (!rules->has_include || (found->included == NULL && rules->include_check == NULL)) {
        refuse(plan, g_strdup("scripts cannot include one another there"));
        return FALSE;
    }
    if (rules->include_check != NULL && text != NULL) {
        char *why = rules->include_check(wanted, text, rules->include_data);
        if (why != NULL) {
            refuse(plan, why);
            return FALSE;
        }
    }
    plan->wrapper_text = tamis_wrapper_new(wanted->mailbox, plan->name, other);
    tamis_wanted_init(&wrapper, wanted->mailbox, plan->wrapper_text, strlen(plan->wrapper_text), 0);
    plan->wrapper_name = choose_name(found, TAMIS_WRAPPER_PREFIX, wrapper.sha256, &is_there);
    plan->activate = plan->wrapper_name;
    return TRUE;
}

static gboolean
is_current(const TamisFound *found, const TamisWanted *wanted, const TamisPlan *plan)
{
    const GString *text = found->active_text;

    if (text == NULL)
        return FALSE;
    if (plan->wrapper_text != NULL)
        return tamis_script_equal(text->str, text->len, plan->wrapper_text,
                                  strlen(plan->wrapper_text)) &&
               plan->is_there;
    return tamis_script_equal(text->str, text->len, wanted->text, wanted->length_bytes);
}

/* The user's script that has to run too, or NULL. */
static const char *
other_script(const TamisFound *found, const TamisPlanRules *rules)
{
    if (rules->coexist == TAMIS_COEXIST_REPLACE)
        return NULL;
    if (found->included != NULL) /* once included, it stays so */
        return tamis_found_has(found, found->included) ? found->included : NULL;
    return found->owner == TAMIS_OWNER_OTHER ? found->active : NULL;
}

void
tamis_plan_make(const TamisFound *found, const TamisWanted *wanted, const TamisPlanRules *rules,
                TamisPlan *out_plan)
{
    TamisPlan *plan = out_plan;
    const char *other = other_script(found, rules);

    *plan = (TamisPlan){.stale = g_ptr_array_new_with_free_func(g_free)};
    if (wanted->text == NULL) {
        plan_removal(found, plan);
        return;
    }
    plan->name = choose_name(found, TAMIS_SCRIPT_PREFIX, wanted->sha256, &plan->is_there);
    plan->activate = plan->name;
    if (found->owner == TAMIS_OWNER_OTHER && rules->coexist == TAMIS_COEXIST_REFUSE) {
        g_autofree char *shown = tamis_display_dup(found->active);
        refuse(plan, g_strdup_printf("the mailbox has a script of its own, '%s'", shown));
        return;
    }
    if (other != NULL && !plan_wrapper(found, wanted, rules, other, plan))
        return;
    if (is_current(found, wanted, plan)) {
        if (plan->wrapper_text == NULL) { /* whatever it is called */
            g_free(plan->name);
            plan->name = g_strdup(found->active);
        }
        plan->change = TAMIS_CHANGE_UNCHANGED;
        plan->activate = found->active;
    } else {
        plan->change =
            found->owner == TAMIS_OWNER_NOBODY ? TAMIS_CHANGE_CREATED : TAMIS_CHANGE_UPDATED;
    }
    collect_stale(found, plan);
}
