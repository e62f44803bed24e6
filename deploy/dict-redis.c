/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Redis, with the keys of Dovecot's dict-redis driver: PREFIX USER /sieve/name/NAME and …/sieve/data/ID. */
#include "deploy/dict.h"

#include "deploy/store.h"

#include <hiredis.h>
#include <string.h>

#define DEFAULT_PORT 6379
#define OLD_SCRIPT_S "86400" /* how long an old id stays readable */

typedef struct {
    TamisDictPlace base;
    char *host, *path, *prefix;
    int port, db;
} Place;

typedef struct {
    TamisDict base;
    const Place *place;
    redisContext *redis;
} Redis;

/* Keys ------------------------------------------------------------------------------------------ */

static char *
name_key(const Redis *redis, const char *user)
{
    return g_strdup_printf("%s%s/sieve/name/%s", redis->place->prefix, user,
                           redis->place->base.script);
}

static char *
data_key(const Redis *redis, const char *user, const char *id)
{
    return g_strdup_printf("%s%s/sieve/data/%s", redis->place->prefix, user, id);
}

/* Commands -------------------------------------------------------------------------------------- */

static redisReply *
fail(const Redis *redis, const redisReply *reply, GError **error)
{
    gboolean said = reply != NULL && reply->type == REDIS_REPLY_ERROR;
    gboolean denied = said && (g_str_has_prefix(reply->str, "NOAUTH") ||
                               g_str_has_prefix(reply->str, "WRONGPASS") ||
                               g_str_has_prefix(reply->str, "ERR invalid password"));

    g_set_error(error, TAMIS_DEPLOY_ERROR,
                denied                                        ? TAMIS_DEPLOY_ERROR_LOGIN
                : said && g_str_has_prefix(reply->str, "OOM") ? TAMIS_DEPLOY_ERROR_QUOTA
                : said                                        ? TAMIS_DEPLOY_ERROR_REFUSED
                : reply != NULL                               ? TAMIS_DEPLOY_ERROR_PROTOCOL
                                                              : TAMIS_DEPLOY_ERROR_UNREACHABLE,
                "redis: %s",
                said                     ? reply->str
                : reply != NULL          ? "an answer of the wrong kind"
                : redis->redis->err != 0 ? redis->redis->errstr
                                         : "no answer");
    return NULL;
}

/* An answer of that kind, or nil where nil_too. NULL with error. */
static redisReply *
command(Redis *redis, int kind, gboolean nil_too, const char *const *words, const gsize *lengths,
        int n_words, GError **error)
{
    redisReply *reply =
        redisCommandArgv(redis->redis, n_words, (const char **)words, (const size_t *)lengths);

    if (reply != NULL && (reply->type == kind || (nil_too && reply->type == REDIS_REPLY_NIL)))
        return reply;
    fail(redis, reply, error);
    if (reply != NULL)
        freeReplyObject(reply);
    return NULL;
}

/* A command whose answer is nothing but that it went well. */
static gboolean
do_command(Redis *redis, int kind, GError **error, const char *first, ...)
{
    const char *words[8] = {first};
    redisReply *reply;
    va_list more;
    int n = 0;

    va_start(more, first);
    while (words[n] != NULL && n + 1 < (int)G_N_ELEMENTS(words))
        words[++n] = va_arg(more, const char *);
    va_end(more);
    reply = command(redis, kind, FALSE, words, NULL, n, error);
    if (reply != NULL)
        freeReplyObject(reply);
    return reply != NULL;
}

/* The class -------------------------------------------------------------------------------------- */

static gboolean
get_id(TamisDict *dict, const char *user, char **out_id, GError **error)
{
    Redis *redis = (Redis *)dict;
    g_autofree char *key = name_key(redis, user);
    redisReply *reply =
        command(redis, REDIS_REPLY_STRING, TRUE, (const char *const[]){"GET", key}, NULL, 2, error);

    if (reply == NULL)
        return FALSE;
    *out_id = reply->type == REDIS_REPLY_STRING && reply->len > 0
                  ? g_strndup(reply->str, reply->len)
                  : NULL;
    freeReplyObject(reply);
    return TRUE;
}

static GString *
get_data(TamisDict *dict, const char *user, const char *id, GError **error)
{
    Redis *redis = (Redis *)dict;
    g_autofree char *key = data_key(redis, user, id);
    redisReply *reply =
        command(redis, REDIS_REPLY_STRING, TRUE, (const char *const[]){"GET", key}, NULL, 2, error);
    GString *text = NULL;

    if (reply == NULL)
        return NULL;
    if (reply->type == REDIS_REPLY_STRING && reply->len <= TAMIS_STORE_MAX_SCRIPT_BYTES)
        text = g_string_new_len(reply->str, (gssize)reply->len);
    else
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_MISSING,
                    "redis: there is no script '%s'", key);
    freeReplyObject(reply);
    return text;
}

static gboolean
put_data(TamisDict *dict, const char *user, const char *id, const char *text, gsize length_bytes,
         GError **error)
{
    Redis *redis = (Redis *)dict;
    g_autofree char *key = data_key(redis, user, id);
    const char *words[] = {"SET", key, text};
    const gsize lengths[] = {3, strlen(key), length_bytes};
    redisReply *reply = command(redis, REDIS_REPLY_STATUS, FALSE, words, lengths, 3, error);

    if (reply != NULL)
        freeReplyObject(reply);
    return reply != NULL;
}

static gboolean
set_id(TamisDict *dict, const char *user, const char *id, GError **error)
{
    Redis *redis = (Redis *)dict;
    g_autofree char *name = name_key(redis, user);
    g_autofree char *old = NULL;

    if (!get_id(dict, user, &old, error) ||
        !do_command(redis, REDIS_REPLY_STATUS, error, "MULTI", NULL))
        return FALSE;
    if (old != NULL && g_strcmp0(old, id) != 0) {
        g_autofree char *key = data_key(redis, user, old);
        if (!do_command(redis, REDIS_REPLY_STATUS, error, "EXPIRE", key, OLD_SCRIPT_S, NULL))
            return FALSE;
    }
    if (id == NULL) {
        if (!do_command(redis, REDIS_REPLY_STATUS, error, "DEL", name, NULL))
            return FALSE;
    } else {
        g_autofree char *key = data_key(redis, user, id);
        if (!do_command(redis, REDIS_REPLY_STATUS, error, "PERSIST", key, NULL) ||
            !do_command(redis, REDIS_REPLY_STATUS, error, "SET", name, id, NULL))
            return FALSE;
    }
    return do_command(redis, REDIS_REPLY_ARRAY, error, "EXEC", NULL);
}

static void
redis_free(TamisDict *dict)
{
    Redis *redis = (Redis *)dict;

    if (redis->redis != NULL)
        redisFree(redis->redis);
    g_free(redis);
}

static const TamisDictClass redis_class = {get_id, get_data, put_data, set_id, redis_free};

/* Connecting ------------------------------------------------------------------------------------ */

static gboolean
log_in(Redis *redis, const TamisAccess *access, GError **error)
{
    const char *words[3] = {"AUTH"};
    redisReply *reply;
    int n = 1;

    if (access->secret == NULL)
        return TRUE;
    if (access->login != NULL)
        words[n++] = access->login;
    words[n++] = tamis_secret_reveal(access->secret);
    reply = command(redis, REDIS_REPLY_STATUS, FALSE, words, NULL, n, error);
    if (reply != NULL)
        freeReplyObject(reply);
    return reply != NULL;
}

static TamisDict *
connect_redis(const TamisDictPlace *base, const TamisAccess *access, GError **error)
{
    const Place *place = (const Place *)base;
    struct timeval timeout = {.tv_sec = access->timeout_s != 0 ? access->timeout_s
                                                               : TAMIS_ACCESS_TIMEOUT_S};
    Redis *redis = g_new0(Redis, 1);
    g_autofree char *db = g_strdup_printf("%d", place->db);

    redis->base.class = &redis_class;
    redis->place = place;
    redis->redis = place->path != NULL ? redisConnectUnixWithTimeout(place->path, timeout)
                                       : redisConnectWithTimeout(place->host, place->port, timeout);
    if (redis->redis == NULL || redis->redis->err != 0) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE,
                    "cannot connect to redis: %s",
                    redis->redis != NULL ? redis->redis->errstr : "no memory");
    } else {
        redisSetTimeout(redis->redis, timeout);
        if (log_in(redis, access, error) &&
            (place->db == 0 || do_command(redis, REDIS_REPLY_STATUS, error, "SELECT", db, NULL)))
            return &redis->base;
    }
    redis_free(&redis->base);
    return NULL;
}

static void
place_free(TamisDictPlace *base)
{
    Place *place = (Place *)base;

    g_free(place->host);
    g_free(place->path);
    g_free(place->prefix);
    g_free(place);
}

static const TamisDictPlaceClass place_class = {connect_redis, place_free};

static gboolean
read_number(const char *text, guint64 most, int *out_number)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 0, most, &number, NULL))
        return FALSE;
    *out_number = (int)number;
    return TRUE;
}

/* One "key=value". */
static gboolean
read_setting(Place *place, const char *setting)
{
    const char *value = strchr(setting, '=');
    gsize length = value != NULL ? (gsize)(value - setting) : 0;

    if (value == NULL)
        return FALSE;
    value++;
    if (strncmp(setting, "host", length) == 0 && length == 4) {
        g_free(place->host);
        place->host = g_strdup(value);
        return *value != '\0';
    }
    if (strncmp(setting, "path", length) == 0 && length == 4) {
        g_free(place->path);
        place->path = g_strdup(value);
        return *value == '/';
    }
    if (strncmp(setting, "prefix", length) == 0 && length == 6) {
        g_free(place->prefix);
        place->prefix = g_strdup(value);
        return TRUE;
    }
    if (strncmp(setting, "port", length) == 0 && length == 4)
        return read_number(value, 65535, &place->port);
    if (strncmp(setting, "db", length) == 0 && length == 2)
        return read_number(value, 1 << 20, &place->db);
    /* Dovecot's own affairs. */
    return g_str_has_prefix(setting, "timeout_msecs=") || g_str_has_prefix(setting, "expire_secs=");
}

char *
tamis_dict_place_new_redis(const char *text, TamisDictPlace **out_place)
{
    g_auto(GStrv) settings = g_strsplit(text, ":", -1);
    Place *place = g_new0(Place, 1);

    place->base.class = &place_class;
    place->host = g_strdup("127.0.0.1");
    place->prefix = g_strdup("");
    place->port = DEFAULT_PORT;
    for (guint i = 0; settings[i] != NULL; i++) {
        if (*settings[i] == '\0' || read_setting(place, settings[i]))
            continue;
        char *fault = g_strdup_printf(
            "'%s' is nothing that redis has: it takes host, port, path, prefix and db",
            settings[i]);
        place_free(&place->base);
        return fault;
    }
    *out_place = &place->base;
    return NULL;
}
