/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a URL to its store. */
#include "deploy/store-private.h"

#include "base/display.h"

#include <string.h>

static void
stored_script_clear(gpointer data)
{
    TamisStoredScript *script = data;

    g_free(script->name);
}

GArray *
tamis_stored_scripts_new(void)
{
    GArray *scripts = g_array_new(FALSE, FALSE, sizeof(TamisStoredScript));

    g_array_set_clear_func(scripts, stored_script_clear);
    return scripts;
}

TamisStore *
tamis_store_fail(GError **error, const char *scheme, const char *rest, const char *what)
{
    g_autofree char *shown = tamis_display_dup(rest);

    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID, "cannot use '%s:%s': %s",
                scheme, shown, what);
    return NULL;
}

static TamisStore *
new_managesieve(const char *rest, const TamisAccess *access, GError **error)
{
    return tamis_store_new_managesieve(rest, FALSE, access, error);
}

static TamisStore *
new_managesieves(const char *rest, const TamisAccess *access, GError **error)
{
    return tamis_store_new_managesieve(rest, TRUE, access, error);
}

static const struct {
    const char *scheme;
    TamisStore *(*make)(const char *rest, const TamisAccess *access, GError **error);
} makers[] = {
    {"managesieve", new_managesieve},
    {"managesieves", new_managesieves},
    {"directory", tamis_store_new_directory},
    {"doveadm", tamis_store_new_doveadm},
    {"dict", tamis_store_new_dict},
    {"sieve", new_managesieve}, /* as RFC 5804, section 3, writes it */
};

TamisStore *
tamis_store_new(const char *url, const TamisAccess *access, GError **error)
{
    gsize length = strcspn(url, ":");

    for (gsize i = 0; i < G_N_ELEMENTS(makers); i++) {
        if (strlen(makers[i].scheme) == length && strncmp(url, makers[i].scheme, length) == 0 &&
            url[length] == ':')
            return makers[i].make(url + length + 1, access, error);
    }
    g_autofree char *shown = tamis_display_dup(url);
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
                "'%s' is no place that scripts can go to: it has to begin with 'managesieve://', "
                "'managesieves://', 'directory:', 'doveadm:' or 'dict:'",
                shown);
    return NULL;
}

void
tamis_store_free(TamisStore *store)
{
    if (store == NULL)
        return;
    if (store->class->store_clear != NULL)
        store->class->store_clear(store);
    g_free(store->url);
    g_free(store);
}

/* Visits ---------------------------------------------------------------------------------------- */

TamisVisit *
tamis_visit_new(TamisStore *store)
{
    TamisVisit *visit = g_malloc0(store->class->visit_bytes);

    visit->store = store;
    if (store->class->visit_init != NULL)
        store->class->visit_init(visit);
    return visit;
}

void
tamis_visit_free(TamisVisit *visit)
{
    if (visit == NULL)
        return;
    tamis_visit_leave(visit);
    if (visit->store->class->visit_clear != NULL)
        visit->store->class->visit_clear(visit);
    g_free(visit);
}

gboolean
tamis_visit_enter(TamisVisit *visit, const char *mailbox, GError **error)
{
    tamis_visit_leave(visit);
    visit->mailbox = g_strdup(mailbox);
    return visit->store->class->enter == NULL || visit->store->class->enter(visit, error);
}

void
tamis_visit_leave(TamisVisit *visit)
{
    if (visit->mailbox == NULL)
        return;
    if (visit->store->class->leave != NULL)
        visit->store->class->leave(visit);
    g_clear_pointer(&visit->mailbox, g_free);
    g_clear_pointer(&visit->next_name, g_free);
    visit->ends_with_activation = FALSE;
}

void
tamis_visit_expect(TamisVisit *visit, char *name, gsize size_bytes)
{
    g_free(visit->next_name);
    visit->next_name = name;
    visit->next_bytes = size_bytes;
}
