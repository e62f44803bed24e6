/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ManageSieve server as a store. One connection a thread; where the server lets users change on it
 * (UNAUTHENTICATE) it serves many mailboxes, else each gets its own. */
#include "deploy/managesieve/session.h"
#include "deploy/store-private.h"

#include <string.h>

typedef struct {
    TamisStore base;
    char *host;
    TamisManageSievePlace place;
} Server;

typedef struct {
    TamisVisit base;
    TamisManageSieve *session; /* NULL: not connected */
    TamisManageSieve *left;    /* the one before, whose server still says good-bye; or NULL */
} Connection;

static Server *
server_of(const Connection *connection)
{
    return (Server *)connection->base.store;
}

/* Ends a session that can serve no other mailbox. Nobody waits for the server's good-bye: it is read when the next
 * session ends. */
static void
end_session(Connection *connection)
{
    if (connection->session == NULL || tamis_managesieve_can_switch(connection->session))
        return;
    g_clear_pointer(&connection->left, tamis_managesieve_free_left);
    connection->left = g_steal_pointer(&connection->session);
    tamis_managesieve_leave(connection->left);
}

static gboolean
enter(TamisVisit *visit, GError **error)
{
    Connection *connection = (Connection *)visit;

    end_session(connection);
    if (connection->session == NULL)
        connection->session =
            tamis_managesieve_new(&server_of(connection)->place, visit->store->access, error);
    if (connection->session == NULL)
        return FALSE;
    if (tamis_managesieve_login(connection->session, visit->mailbox, error))
        return TRUE;
    g_clear_pointer(&connection->session, tamis_managesieve_free);
    return FALSE;
}

static void
leave(TamisVisit *visit)
{
    end_session((Connection *)visit);
}

static GArray *
list(TamisVisit *visit, GError **error)
{
    return tamis_managesieve_list(((Connection *)visit)->session, error);
}

static GString *
get(TamisVisit *visit, const char *name, GError **error)
{
    return tamis_managesieve_get(((Connection *)visit)->session, name, error);
}

static gboolean
put(TamisVisit *visit, const char *name, const char *text, gsize length_bytes, GString *warnings,
    GError **error)
{
    return tamis_managesieve_put(((Connection *)visit)->session, name, text, length_bytes, warnings,
                                 error);
}

static gboolean
activate(TamisVisit *visit, const char *name, GError **error)
{
    return tamis_managesieve_activate(((Connection *)visit)->session, name, error);
}

static gboolean
put_and_get(TamisVisit *visit, const char *name, const char *text, gsize length_bytes,
            GString *warnings, GString **out_stored, GArray **out_scripts, GError **error)
{
    return tamis_managesieve_put_and_get(((Connection *)visit)->session, name, text, length_bytes,
                                         warnings, out_stored, out_scripts, error);
}

static gboolean
list_and_get(TamisVisit *visit, const char *name, GArray **out_scripts, GString **out_text,
             GError **error)
{
    return tamis_managesieve_list_and_get(((Connection *)visit)->session, name, visit->next_name,
                                          visit->next_bytes, out_scripts, out_text, error);
}

static GArray *
activate_and_list(TamisVisit *visit, const char *name, const char *stale, GError **error)
{
    TamisManageSieve *session = ((Connection *)visit)->session;
    gboolean is_last = visit->ends_with_activation && !tamis_managesieve_can_switch(session);

    return tamis_managesieve_activate_and_list(session, name, stale, is_last, error);
}

static gboolean
remove_script(TamisVisit *visit, const char *name, GError **error)
{
    return tamis_managesieve_delete(((Connection *)visit)->session, name, error);
}

static void
visit_clear(TamisVisit *visit)
{
    tamis_managesieve_free(((Connection *)visit)->session);
    tamis_managesieve_free(((Connection *)visit)->left);
}

static void
store_clear(TamisStore *store)
{
    g_free(((Server *)store)->host);
}

static const TamisStoreClass server_class = {
    .visit_bytes = sizeof(Connection),
    .enter = enter,
    .list = list,
    .get = get,
    .put = put,
    .activate = activate,
    .remove = remove_script,
    .list_and_get = list_and_get,
    .put_and_get = put_and_get,
    .activate_and_list = activate_and_list,
    .leave = leave,
    .visit_clear = visit_clear,
    .store_clear = store_clear,
};

gboolean
tamis_managesieve_place_parse(const char *rest, gboolean implicit_tls, char **out_host,
                              TamisManageSievePlace *out_place, GError **error)
{
    const char *scheme = implicit_tls ? "managesieves" : "managesieve";
    g_autofree char *url = g_strdup_printf("sieve:%s", rest);
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_HAS_PASSWORD, NULL);
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    const char *path = uri != NULL ? g_uri_get_path(uri) : NULL;
    int port = uri != NULL ? g_uri_get_port(uri) : -1;

    if (uri != NULL && g_uri_get_userinfo(uri) != NULL) /* never shown: it may have a password */
        return tamis_store_fail(error, scheme, "//…",
                                "say who logs in with --login, not in the URL") != NULL;
    if (host == NULL || *host == '\0' || port == 0 || (*path != '\0' && !g_str_equal(path, "/")) ||
        g_uri_get_query(uri) != NULL || g_uri_get_fragment(uri) != NULL)
        return tamis_store_fail(error, scheme, rest, "it is written //HOST or //HOST:PORT") != NULL;
    *out_host = g_strdup(host);
    out_place->host = *out_host;
    out_place->implicit_tls = implicit_tls;
    out_place->port = port > 0       ? (guint16)port
                      : implicit_tls ? TAMIS_MANAGESIEVE_TLS_PORT
                                     : TAMIS_MANAGESIEVE_PORT;
    return TRUE;
}

TamisStore *
tamis_store_new_managesieve(const char *rest, gboolean implicit_tls, const TamisAccess *access,
                            GError **error)
{
    Server *server = g_new0(Server, 1);

    if (!tamis_managesieve_place_parse(rest, implicit_tls, &server->host, &server->place, error)) {
        g_free(server);
        return NULL;
    }
    server->base.class = &server_class;
    server->base.access = access;
    server->base.has_include = TRUE;
    server->base.url = g_strdup_printf(
        strchr(server->host, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u",
        implicit_tls ? "managesieves" : "managesieve", server->host, server->place.port);
    return &server->base;
}
