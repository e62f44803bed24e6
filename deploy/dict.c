/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A database of a cluster as a store: each mailbox has one script, by the name that the servers' setting has. */
#include "deploy/dict.h"

#include "deploy/parameters.h"
#include "deploy/store-private.h"

#include "base/display.h"

#include <string.h>

typedef struct {
    TamisStore base;
    TamisDictPlace *place;
} Database;

typedef struct {
    TamisVisit base;
    TamisDict *dict; /* NULL: not connected */
    char *dangling;  /* the id that the name leads to, where there is no script; or NULL */
} Place;

/* A user's name is part of a key. */
static gboolean
check_user(const char *mailbox, GError **error)
{
    g_autofree char *path = tamis_parameters_expand("%u", mailbox);

    if (path != NULL)
        return TRUE;
    g_autofree char *shown = tamis_display_dup(mailbox);
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID, "no key can be made of '%s'",
                shown);
    return FALSE;
}

static gboolean
enter(TamisVisit *visit, GError **error)
{
    Place *place = (Place *)visit;
    const TamisDictPlace *where = ((Database *)visit->store)->place;

    g_clear_pointer(&place->dangling, g_free);
    if (!check_user(visit->mailbox, error))
        return FALSE;
    if (place->dict == NULL)
        place->dict = where->class->connect(where, visit->store->access, error);
    return place->dict != NULL;
}

/* After an error nobody knows what the connection is good for: the next attempt makes another. */
static void
drop_after(Place *place, gboolean went_well, GError **error)
{
    if (!went_well && (error == NULL ||
                       !g_error_matches(*error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_MISSING))) {
        place->dict->class->free(place->dict);
        place->dict = NULL;
    }
}

static gboolean
fail_closed(GError **error)
{
    g_set_error_literal(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE,
                        "there is no connection to the database any more");
    return FALSE;
}

static GArray *
list(TamisVisit *visit, GError **error)
{
    Place *place = (Place *)visit;
    TamisStoredScript script = {.active = TRUE};
    GArray *scripts;
    gboolean went_well;

    if (place->dict == NULL && !fail_closed(error))
        return NULL;
    went_well = place->dict->class->get_id(place->dict, visit->mailbox, &script.name, error);
    drop_after(place, went_well, error);
    if (!went_well)
        return NULL;
    scripts = tamis_stored_scripts_new();
    if (script.name != NULL && g_strcmp0(script.name, place->dangling) != 0)
        g_array_append_val(scripts, script);
    else
        g_free(script.name);
    return scripts;
}

static GString *
get(TamisVisit *visit, const char *name, GError **error)
{
    Place *place = (Place *)visit;
    g_autoptr(GError) local = NULL;
    GString *text;

    if (place->dict == NULL && !fail_closed(error))
        return NULL;
    text = place->dict->class->get_data(place->dict, visit->mailbox, name, &local);
    drop_after(place, text != NULL, &local);
    if (text != NULL)
        return text;
    if (g_error_matches(local, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_MISSING)) {
        g_free(place->dangling);
        place->dangling = g_strdup(name);
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
}

static gboolean
put(TamisVisit *visit, const char *name, const char *text, gsize length_bytes, GString *warnings,
    GError **error)
{
    Place *place = (Place *)visit;
    gboolean went_well;

    if (place->dict == NULL)
        return fail_closed(error);
    went_well =
        place->dict->class->put_data(place->dict, visit->mailbox, name, text, length_bytes, error);
    drop_after(place, went_well, error);
    return went_well;
}

static gboolean
activate(TamisVisit *visit, const char *name, GError **error)
{
    Place *place = (Place *)visit;
    gboolean went_well;

    if (place->dict == NULL)
        return fail_closed(error);
    went_well = place->dict->class->set_id(place->dict, visit->mailbox, name, error);
    drop_after(place, went_well, error);
    return went_well;
}

/* What was active stays for a while, for servers that have its id; the database forgets it by itself. */
static gboolean
remove_script(TamisVisit *visit, const char *name, GError **error)
{
    return TRUE;
}

static void
visit_clear(TamisVisit *visit)
{
    Place *place = (Place *)visit;

    g_free(place->dangling);
    if (place->dict != NULL)
        place->dict->class->free(place->dict);
}

static void
store_clear(TamisStore *store)
{
    TamisDictPlace *place = ((Database *)store)->place;

    g_free(place->script);
    place->class->free(place);
}

static const TamisStoreClass database_class = {
    .visit_bytes = sizeof(Place),
    .enter = enter,
    .list = list,
    .get = get,
    .put = put,
    .activate = activate,
    .remove = remove_script,
    .visit_clear = visit_clear,
    .store_clear = store_clear,
};

static char *
make_place(const TamisParameters *values, const char *script, TamisDictPlace **out_place)
{
    if (g_str_has_prefix(values->main, "redis:"))
        return tamis_dict_place_new_redis(values->main + strlen("redis:"), out_place);
    if (g_str_has_prefix(values->main, "pgsql:"))
        return tamis_dict_place_new_pgsql(values->main + strlen("pgsql:"), script, out_place);
    return g_strdup("it is redis:host=…:port=…:prefix=… or pgsql:FILE, then ;name=…");
}

TamisStore *
tamis_store_new_dict(const char *rest, const TamisAccess *access, GError **error)
{
    static const char *const keys[] = {"name", "bindir", NULL};
    g_auto(TamisParameters) values = {NULL};
    g_autofree char *fault = NULL;
    TamisDictPlace *place = NULL;
    const char *script;
    Database *database;

    if (strstr(rest, "password=") != NULL)
        return tamis_store_fail(error, "dict", "…",
                                "a password is not for the URL: say --password-file");
    fault = tamis_parameters_parse(rest, keys, &values);
    script = fault == NULL ? tamis_parameters_get(&values, "name") : NULL;
    if (script == NULL)
        script = "main";
    if (fault == NULL)
        fault = make_place(&values, script, &place);
    if (fault != NULL)
        return tamis_store_fail(error, "dict", rest, fault);
    place->script = g_strdup(script);
    database = g_new0(Database, 1);
    database->place = place;
    database->base.class = &database_class;
    database->base.access = access;
    database->base.is_one_place = TRUE;
    database->base.url = g_strconcat("dict:", rest, NULL);
    return &database->base;
}
