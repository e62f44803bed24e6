/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps for one mailbox, in the only order in which each leaves something that works. */
#include "deploy/mailbox.h"

#include "base/display.h"

#include <string.h>

static const char *
active_of(const GArray *scripts)
{
    for (guint i = 0; i < scripts->len; i++)
        if (g_array_index(scripts, TamisStoredScript, i).active)
            return g_array_index(scripts, TamisStoredScript, i).name;
    return NULL;
}

/* FALSE always. A script that was there a moment ago and is not now: someone else is at work. */
static gboolean
fail_where_one_went(GError **error)
{
    if (error == NULL || !g_error_matches(*error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_MISSING))
        return FALSE;
    (*error)->code = TAMIS_DEPLOY_ERROR_CHANGED;
    g_prefix_error(
        error, "a script went meanwhile: another deployment, perhaps, or the user removed it: ");
    return FALSE;
}

/* What a wrapper runs. */
static gboolean
look_behind(TamisVisit *visit, TamisFound *found, GError **error)
{
    GString *text;

    if (tamis_found_has(found, found->core)) {
        text = visit->store->class->get(visit, found->core, error);
        if (text == NULL)
            return FALSE;
        tamis_found_judge_core(found, text);
        g_string_free(text, TRUE);
    }
    if (!tamis_found_has(found, found->included))
        return TRUE;
    found->included_text = visit->store->class->get(visit, found->included, error);
    return found->included_text != NULL;
}

/* What is stored, and the text of the script that was guessed where it is there. */
static gboolean
list_scripts(TamisVisit *visit, const char *guess, TamisFound *found, GString **out_text,
             GError **error)
{
    const TamisStoreClass *class = visit->store->class;

    if (guess != NULL && class->list_and_get != NULL && tamis_script_name_is_own(guess))
        return class->list_and_get(visit, guess, &found->scripts, out_text, error);
    found->scripts = class->list(visit, error);
    return found->scripts != NULL;
}

static gboolean
look(TamisVisit *visit, const char *guess, TamisFound *out_found, GError **error)
{
    g_auto(TamisFound) found = {NULL};
    GString *guessed = NULL;

    if (!list_scripts(visit, guess, &found, &guessed, error))
        return FALSE;
    found.active = active_of(found.scripts);
    if (guessed != NULL && g_strcmp0(found.active, guess) == 0)
        found.active_text = g_steal_pointer(&guessed);
    if (guessed != NULL)
        g_string_free(guessed, TRUE);
    if (found.active != NULL && found.active_text == NULL) {
        found.active_text = visit->store->class->get(visit, found.active, error);
        if (found.active_text == NULL)
            return fail_where_one_went(error);
    }
    tamis_found_judge(&found);
    if (found.core != NULL && !look_behind(visit, &found, error))
        return fail_where_one_went(error);
    *out_found = found;
    found = (TamisFound){NULL};
    return TRUE;
}

gboolean
tamis_mailbox_look(TamisVisit *visit, const char *guess, TamisFound *out_found, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (look(visit, guess, out_found, &local))
        return TRUE;
    /* In a database a name may lead to a script that is gone: nothing runs there then, and the database knows by now. */
    if (visit->store->is_one_place &&
        g_error_matches(local, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_CHANGED))
        return look(visit, guess, out_found, error);
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean
is_same(TamisVisit *visit, const char *name, const char *text, gsize length_bytes,
        gboolean *out_same, GError **error)
{
    GString *stored = visit->store->class->get(visit, name, error);

    if (stored == NULL)
        return FALSE;
    *out_same = tamis_script_equal(stored->str, stored->len, text, length_bytes);
    g_string_free(stored, TRUE);
    return TRUE;
}

/* FALSE with error. *out_again: the name has another text, and the plan needs another name. */
static gboolean
look_at_name(TamisVisit *visit, TamisFound *found, const char *name, const char *text,
             gsize length_bytes, gboolean *out_again, GError **error)
{
    gboolean same;

    if (name == NULL || !tamis_found_has(found, name) || g_strcmp0(name, found->active) == 0 ||
        g_strcmp0(name, found->core) == 0)
        return TRUE;
    if (!is_same(visit, name, text, length_bytes, &same, error))
        return fail_where_one_went(error);
    if (same)
        return TRUE;
    if (found->taken == NULL)
        found->taken = g_ptr_array_new_with_free_func(g_free);
    if (g_ptr_array_find_with_equal_func(found->taken, name, g_str_equal, NULL)) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_CHANGED,
                    "every name for the script is taken, '%s' the last", name);
        return FALSE;
    }
    g_ptr_array_add(found->taken, g_strdup(name));
    *out_again = TRUE;
    return TRUE;
}

gboolean
tamis_mailbox_plan(TamisVisit *visit, TamisFound *found, const TamisWanted *wanted,
                   const TamisPlanRules *rules, TamisPlan *out_plan, GError **error)
{
    for (;;) {
        gboolean again = FALSE;
        g_auto(TamisPlan) plan = {TAMIS_CHANGE_FAILED};

        tamis_plan_make(found, wanted, rules, &plan);
        if ((plan.change == TAMIS_CHANGE_CREATED || plan.change == TAMIS_CHANGE_UPDATED) &&
            (!look_at_name(visit, found, plan.name, wanted->text, wanted->length_bytes, &again,
                           error) ||
             !look_at_name(visit, found, plan.wrapper_name, plan.wrapper_text,
                           plan.wrapper_text != NULL ? strlen(plan.wrapper_text) : 0, &again,
                           error)))
            return FALSE;
        if (again)
            continue;
        *out_plan = plan;
        plan = (TamisPlan){TAMIS_CHANGE_FAILED};
        return TRUE;
    }
}

/* Puts, and compares what is there then. *out_scripts is what is stored where the store says that as well. */
static gboolean
put_and_compare(TamisVisit *visit, const char *name, const char *text, gsize length_bytes,
                GString *warnings, gboolean *out_same, GArray **out_scripts, GError **error)
{
    const TamisStoreClass *class = visit->store->class;
    GString *stored = NULL;

    if (class->put_and_get == NULL)
        return class->put(visit, name, text, length_bytes, warnings, error) &&
               is_same(visit, name, text, length_bytes, out_same, error);
    if (!class->put_and_get(visit, name, text, length_bytes, warnings, &stored, out_scripts, error))
        return FALSE;
    *out_same = tamis_script_equal(stored->str, stored->len, text, length_bytes);
    g_string_free(stored, TRUE);
    return TRUE;
}

gboolean
tamis_mailbox_put(TamisVisit *visit, const char *name, const char *text, gsize length_bytes,
                  gboolean is_there, GString *warnings, GArray **scripts, GError **error)
{
    GArray *listed = NULL;
    gboolean same = FALSE;

    if (is_there && !is_same(visit, name, text, length_bytes, &same, error))
        return FALSE;
    if (same)
        return TRUE;
    if (is_there) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_CHANGED,
                    "'%s' is stored there with another text, which stays", name);
        return FALSE;
    }
    if (!put_and_compare(visit, name, text, length_bytes, warnings, &same, &listed, error))
        return FALSE;
    g_clear_pointer(scripts, g_array_unref);
    *scripts = listed;
    if (!same)
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_CHANGED,
                    "what was stored as '%s' is not what was sent", name);
    return same;
}

/* 'NAME', or what stands for none. Caller frees. */
static char *
shown_active(const char *name)
{
    g_autofree char *shown = name != NULL ? tamis_display_dup(name) : NULL;

    return shown != NULL ? g_strdup_printf("'%s'", shown) : g_strdup("no script");
}

gboolean
tamis_mailbox_check_active(TamisVisit *visit, const char *active, GArray **scripts, GError **error)
{
    g_autofree char *shown = NULL;

    if (*scripts == NULL)
        *scripts = visit->store->class->list(visit, error);
    if (*scripts == NULL)
        return FALSE;
    if (g_strcmp0(active_of(*scripts), active) == 0)
        return TRUE;
    shown = shown_active(active_of(*scripts));
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_CHANGED,
                "%s is active meanwhile: another deployment, perhaps, or the user", shown);
    return FALSE;
}

gboolean
tamis_mailbox_activate(TamisVisit *visit, const char *name, const char *stale, GError **error)
{
    const TamisStoreClass *class = visit->store->class;
    g_autoptr(GArray) scripts = NULL;

    if (class->activate_and_list != NULL)
        scripts = class->activate_and_list(visit, name, stale, error);
    else if (class->activate(visit, name, error))
        scripts = class->list(visit, error);
    if (scripts == NULL)
        return FALSE;
    if (g_strcmp0(active_of(scripts), name) != 0) {
        g_autofree char *wanted = shown_active(name);
        g_autofree char *shown = shown_active(active_of(scripts));
        /* None at all: another deployment removed it in the very moment, and the next attempt puts it again. */
        gboolean went = active_of(scripts) == NULL;
        g_set_error(error, TAMIS_DEPLOY_ERROR,
                    went ? TAMIS_DEPLOY_ERROR_BUSY : TAMIS_DEPLOY_ERROR_CHANGED,
                    "%s is active although the server was told %s", shown, wanted);
        return FALSE;
    }
    if (stale != NULL && class->activate_and_list == NULL)
        class->remove(visit, stale, NULL);
    return TRUE;
}

void
tamis_mailbox_tidy(TamisVisit *visit, const char *name)
{
    GString *text = visit->store->class->get(visit, name, NULL);

    /* One that cannot be removed is in nobody's way: the next run tries again. */
    if (text != NULL && tamis_script_is_generated(text->str, text->len) &&
        tamis_script_name_fits(name, text->str, text->len))
        visit->store->class->remove(visit, name, NULL);
    if (text != NULL)
        g_string_free(text, TRUE);
}

/* What Tamis had active until now, and goes: its text was seen. Or NULL. */
static const char *
outdated(const TamisFound *found, const TamisPlan *plan)
{
    if (found->owner != TAMIS_OWNER_TAMIS || found->active == NULL)
        return NULL;
    for (guint i = 0; i < plan->stale->len; i++)
        if (g_str_equal(g_ptr_array_index(plan->stale, i), found->active))
            return found->active;
    return NULL;
}

static void
tidy_all(TamisVisit *visit, const TamisPlan *plan, const char *done)
{
    for (guint i = 0; i < plan->stale->len; i++) {
        const char *name = g_ptr_array_index(plan->stale, i);
        if (g_strcmp0(name, done) != 0)
            tamis_mailbox_tidy(visit, name);
    }
}

/* Puts what is missing, and makes it active. *out_stale is what went with that, or NULL. */
static gboolean
replace_active(TamisVisit *visit, const TamisFound *found, const TamisPlan *plan,
               const TamisWanted *wanted, GString *warnings, const char **out_stale, GError **error)
{
    const char *wrapper = plan->wrapper_name;
    g_autoptr(GArray) scripts = NULL; /* once something was put */

    if (wanted->text != NULL &&
        !tamis_mailbox_put(visit, plan->name, wanted->text, wanted->length_bytes, plan->is_there,
                           warnings, &scripts, error))
        return FALSE;
    if (wrapper != NULL &&
        !tamis_mailbox_put(visit, wrapper, plan->wrapper_text, strlen(plan->wrapper_text),
                           tamis_found_has(found, wrapper), warnings, &scripts, error))
        return FALSE;
    if (g_strcmp0(plan->activate, found->active) == 0)
        return TRUE;
    *out_stale = outdated(found, plan);
    visit->ends_with_activation = plan->stale->len == (*out_stale != NULL ? 1 : 0);
    return tamis_mailbox_check_active(visit, found->active, &scripts, error) &&
           tamis_mailbox_activate(visit, plan->activate, *out_stale, error);
}

gboolean
tamis_mailbox_apply(TamisVisit *visit, const TamisFound *found, const TamisPlan *plan,
                    const TamisWanted *wanted, GString *warnings, GError **error)
{
    const char *stale = NULL;

    if (plan->change != TAMIS_CHANGE_UNCHANGED &&
        !replace_active(visit, found, plan, wanted, warnings, &stale, error))
        return fail_where_one_went(error);
    tidy_all(visit, plan, stale);
    return TRUE;
}
