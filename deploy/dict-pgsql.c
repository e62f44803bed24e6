/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PostgreSQL, in the tables that Dovecot's dict-sql driver reads. Names and scripts may be in two tables or in
 * one: in one, a script that is not active has its id for a name. */
#include "deploy/dict-sql-config.h"
#include "deploy/dict.h"
#include "deploy/store.h"

#include <libpq-fe.h>
#include <string.h>

#define MAX_CONFIG_BYTES 65536
#define TYPES            " (ids of scripts are texts: their columns have to be as well)"

typedef struct {
    TamisDictPlace base;
    TamisDictSqlConfig config;
    gboolean one_table;
} Place;

typedef struct {
    TamisDict base;
    const Place *place;
    PGconn *connection;
} Database;

/* Statements ------------------------------------------------------------------------------------ */

/* invalid_text_representation, datatype_mismatch, undefined_function (of an operator) */
static gboolean
is_about_type(const char *state)
{
    return state != NULL && (g_str_equal(state, "22P02") || g_str_equal(state, "42804") ||
                             g_str_equal(state, "42883"));
}

static gboolean
fail(const Database *database, const PGresult *result, GError **error)
{
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    g_autofree char *said = g_strdup(PQerrorMessage(database->connection));
    TamisDeployError code = TAMIS_DEPLOY_ERROR_REFUSED;

    if (PQstatus(database->connection) != CONNECTION_OK || state == NULL)
        code = TAMIS_DEPLOY_ERROR_UNREACHABLE;
    else if (g_str_has_prefix(state, "40") || g_str_has_prefix(state, "57"))
        code = TAMIS_DEPLOY_ERROR_BUSY; /* serialization, deadlock; shutting down */
    else if (g_str_has_prefix(state, "53"))
        code = TAMIS_DEPLOY_ERROR_QUOTA;
    g_set_error(error, TAMIS_DEPLOY_ERROR, code, "PostgreSQL: %s%s",
                g_strdelimit(g_strstrip(said), "\n", ' '), is_about_type(state) ? TYPES : "");
    return FALSE;
}

/* NULL with error. values: NULL-terminated, $1 …; lengths NULL: texts. */
static PGresult *
query(Database *database, const char *sql, const char *const *values, GError **error)
{
    int n = 0;
    PGresult *result;
    ExecStatusType status;

    while (values[n] != NULL)
        n++;
    result = PQexecParams(database->connection, sql, n, NULL, values, NULL, NULL, 0);
    status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return result;
    fail(database, result, error);
    PQclear(result);
    return NULL;
}

static gboolean
run(Database *database, const char *sql, const char *const *values, GError **error)
{
    PGresult *result = query(database, sql, values, error);

    if (result == NULL)
        return FALSE;
    PQclear(result);
    return TRUE;
}

static gboolean
begin(Database *database, GError **error)
{
    return run(database, "BEGIN", (const char *const[]){NULL}, error);
}

/* Commits, or takes all back. */
static gboolean
end(Database *database, gboolean went_well, GError **error)
{
    if (went_well)
        return run(database, "COMMIT", (const char *const[]){NULL}, error);
    PQclear(PQexec(database->connection, "ROLLBACK"));
    return FALSE;
}

/* The class ------------------------------------------------------------------------------------- */

static gboolean
get_id(TamisDict *dict, const char *user, char **out_id, GError **error)
{
    Database *database = (Database *)dict;
    const TamisDictSqlMap *map = &database->place->config.name;
    g_autofree char *sql =
        g_strdup_printf("SELECT %s FROM %s WHERE %s = $1 AND %s = $2", map->value_column,
                        map->table, map->user_column, map->key_column);
    PGresult *result = query(
        database, sql, (const char *const[]){user, database->place->base.script, NULL}, error);

    if (result == NULL)
        return FALSE;
    *out_id = PQntuples(result) > 0 && !PQgetisnull(result, 0, 0)
                  ? g_strdup(PQgetvalue(result, 0, 0))
                  : NULL;
    PQclear(result);
    return TRUE;
}

static GString *
get_data(TamisDict *dict, const char *user, const char *id, GError **error)
{
    Database *database = (Database *)dict;
    const TamisDictSqlMap *map = &database->place->config.data;
    g_autofree char *sql =
        g_strdup_printf("SELECT %s FROM %s WHERE %s = $1 AND %s = $2", map->value_column,
                        map->table, map->user_column, map->key_column);
    PGresult *result = query(database, sql, (const char *const[]){user, id, NULL}, error);
    GString *text = NULL;

    if (result == NULL)
        return NULL;
    if (PQntuples(result) > 0 && PQgetlength(result, 0, 0) <= (int)TAMIS_STORE_MAX_SCRIPT_BYTES)
        text = g_string_new_len(PQgetvalue(result, 0, 0), PQgetlength(result, 0, 0));
    else
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_MISSING,
                    "PostgreSQL: there is no script '%s' of '%s'", id, user);
    PQclear(result);
    return text;
}

/* Only while nobody is led to it. */
static gboolean
put_data(TamisDict *dict, const char *user, const char *id, const char *text, gsize length_bytes,
         GError **error)
{
    Database *database = (Database *)dict;
    const TamisDictSqlMap *map = &database->place->config.data;
    const TamisDictSqlMap *name = &database->place->config.name;
    gboolean one_table = database->place->one_table;
    g_autofree char *clear = g_strdup_printf("DELETE FROM %s WHERE %s = $1 AND %s = $2", map->table,
                                             map->user_column, map->key_column);
    g_autofree char *insert =
        one_table ? g_strdup_printf("INSERT INTO %s (%s, %s, %s, %s) VALUES ($1, $2, $3, $4)",
                                    map->table, map->user_column, map->key_column,
                                    map->value_column, name->key_column)
                  : g_strdup_printf("INSERT INTO %s (%s, %s, %s) VALUES ($1, $2, $3)", map->table,
                                    map->user_column, map->key_column, map->value_column);

    if (memchr(text, '\0', length_bytes) != NULL) {
        g_set_error_literal(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
                            "PostgreSQL stores no text with a NUL byte");
        return FALSE;
    }
    return begin(database, error) &&
           end(database,
               run(database, clear, (const char *const[]){user, id, NULL}, error) &&
                   run(database, insert,
                       (const char *const[]){user, id, text, one_table ? id : NULL, NULL}, error),
               error);
}

/* One row has script and name: the old one gives the name away, the new one takes it; older ones go. */
static gboolean
move_name(Database *database, const char *user, const char *old, const char *id, GError **error)
{
    const TamisDictSqlMap *map = &database->place->config.name;
    const char *script = database->place->base.script;
    g_autofree char *prune = g_strdup_printf(
        "DELETE FROM %s WHERE %s = $1 AND %s = %s AND %s NOT IN ($2, $3)", map->table,
        map->user_column, map->key_column, map->value_column, map->value_column);
    g_autofree char *give =
        g_strdup_printf("UPDATE %s SET %s = %s WHERE %s = $1 AND %s = $2", map->table,
                        map->key_column, map->value_column, map->user_column, map->key_column);
    g_autofree char *take =
        g_strdup_printf("UPDATE %s SET %s = $2 WHERE %s = $1 AND %s = $3", map->table,
                        map->key_column, map->user_column, map->value_column);

    return run(database, prune,
               (const char *const[]){user, old != NULL ? old : "", id != NULL ? id : "", NULL},
               error) &&
           run(database, give, (const char *const[]){user, script, NULL}, error) &&
           (id == NULL ||
            run(database, take, (const char *const[]){user, script, id, NULL}, error));
}

/* The name's row is another; scripts that it led to before the last one go. */
static gboolean
replace_name(Database *database, const char *user, const char *old, const char *id, GError **error)
{
    const TamisDictSqlMap *map = &database->place->config.name;
    const TamisDictSqlMap *data = &database->place->config.data;
    const char *script = database->place->base.script;
    g_autofree char *prune = g_strdup_printf(
        "DELETE FROM %s WHERE %s = $1 AND %s LIKE 'tamis-%%' AND %s NOT IN ($2, $3)", data->table,
        data->user_column, data->key_column, data->key_column);
    g_autofree char *clear = g_strdup_printf("DELETE FROM %s WHERE %s = $1 AND %s = $2", map->table,
                                             map->user_column, map->key_column);
    g_autofree char *insert =
        g_strdup_printf("INSERT INTO %s (%s, %s, %s) VALUES ($1, $2, $3)", map->table,
                        map->user_column, map->key_column, map->value_column);

    return run(database, prune,
               (const char *const[]){user, old != NULL ? old : "", id != NULL ? id : "", NULL},
               error) &&
           run(database, clear, (const char *const[]){user, script, NULL}, error) &&
           (id == NULL ||
            run(database, insert, (const char *const[]){user, script, id, NULL}, error));
}

static gboolean
set_id(TamisDict *dict, const char *user, const char *id, GError **error)
{
    Database *database = (Database *)dict;
    g_autofree char *old = NULL;

    if (!begin(database, error))
        return FALSE;
    return end(database,
               get_id(dict, user, &old, error) &&
                   (database->place->one_table ? move_name(database, user, old, id, error)
                                               : replace_name(database, user, old, id, error)),
               error);
}

static void
database_free(TamisDict *dict)
{
    PQfinish(((Database *)dict)->connection);
    g_free(dict);
}

static const TamisDictClass pgsql_class = {get_id, get_data, put_data, set_id, database_free};

/* Connecting ------------------------------------------------------------------------------------ */

/* What the server sends besides: the errors that matter are told with what failed. */
static void
ignore_notice(void *data, const char *message)
{
}

static TamisDict *
connect_pgsql(const TamisDictPlace *base, const TamisAccess *access, GError **error)
{
    const Place *place = (const Place *)base;
    g_autofree char *timeout =
        g_strdup_printf("%u", access->timeout_s != 0 ? access->timeout_s : TAMIS_ACCESS_TIMEOUT_S);
    const char *keys[] = {"dbname",  "connect_timeout",  "tcp_user_timeout",
                          "options", "application_name", "password",
                          NULL};
    g_autofree char *user_timeout = g_strconcat(timeout, "000", NULL);
    g_autofree char *options =
        g_strdup_printf("-c client_encoding=UTF8 -c statement_timeout=%s", user_timeout);
    const char *values[] = {
        place->config.connect,
        timeout,
        user_timeout,
        options,
        "tamis",
        access->secret != NULL ? tamis_secret_reveal(access->secret) : NULL,
        NULL,
    };
    Database *database = g_new0(Database, 1);

    database->base.class = &pgsql_class;
    database->place = place;
    if (access->secret == NULL)
        keys[5] = NULL;
    database->connection = PQconnectdbParams(keys, values, 1);
    PQsetNoticeProcessor(database->connection, ignore_notice, NULL);
    if (PQstatus(database->connection) == CONNECTION_OK)
        return &database->base;
    g_autofree char *said = g_strdup(PQerrorMessage(database->connection));
    g_set_error(error, TAMIS_DEPLOY_ERROR,
                strstr(said, "authentication failed") != NULL ? TAMIS_DEPLOY_ERROR_LOGIN
                                                              : TAMIS_DEPLOY_ERROR_UNREACHABLE,
                "PostgreSQL: %s", g_strdelimit(g_strstrip(said), "\n", ' '));
    database_free(&database->base);
    return NULL;
}

/* Asked first: later on a message may repeat a part of it, and that may be the password. */
static gboolean
is_connectable(const char *connect)
{
    PQconninfoOption *options = PQconninfoParse(connect, NULL);

    PQconninfoFree(options);
    return options != NULL;
}

static void
place_free(TamisDictPlace *base)
{
    tamis_dict_sql_config_clear(&((Place *)base)->config);
    g_free(base);
}

static const TamisDictPlaceClass place_class = {connect_pgsql, place_free};

char *
tamis_dict_place_new_pgsql(const char *path, const char *script, TamisDictPlace **out_place)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL, *fault;
    gsize length;
    Place *place;

    if (g_str_has_prefix(script, "tamis-"))
        return g_strdup("a name that begins with 'tamis-' is not for the servers");
    if (!g_file_get_contents(path, &text, &length, &error))
        return g_strdup(error->message);
    place = g_new0(Place, 1);
    place->base.class = &place_class;
    fault = length <= MAX_CONFIG_BYTES ? tamis_dict_sql_config_parse(text, &place->config)
                                       : g_strdup("the file is too large");
    tamis_wipe(text, length);
    g_free(text);
    if (fault == NULL && !is_connectable(place->config.connect))
        fault = g_strdup("its 'connect' is no connection string of PostgreSQL");
    if (fault != NULL) {
        place_free(&place->base);
        return fault;
    }
    place->one_table = g_str_equal(place->config.name.table, place->config.data.table);
    *out_place = &place->base;
    return NULL;
}
