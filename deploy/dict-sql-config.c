/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * "key = value" and "map { … fields { … } }", line by line. */
#include "deploy/dict-sql-config.h"

#include "deploy/secret.h"

#include <string.h>

#define NAME_PATTERN "priv/sieve/name/"
#define DATA_PATTERN "priv/sieve/data/"

typedef struct {
    TamisDictSqlMap map;
    char *pattern;
    char *field_column, *field_variable; /* of fields { COLUMN = $VARIABLE } */
} Map;

static void
map_clear(TamisDictSqlMap *map)
{
    g_clear_pointer(&map->table, g_free);
    g_clear_pointer(&map->user_column, g_free);
    g_clear_pointer(&map->value_column, g_free);
    g_clear_pointer(&map->key_column, g_free);
}

void
tamis_dict_sql_config_clear(TamisDictSqlConfig *config)
{
    if (config->connect != NULL)
        tamis_wipe(config->connect, strlen(config->connect));
    g_clear_pointer(&config->connect, g_free);
    map_clear(&config->name);
    map_clear(&config->data);
}

static gboolean
is_identifier(const char *text)
{
    if (text == NULL || !(g_ascii_isalpha(*text) || *text == '_'))
        return FALSE;
    for (; *text != '\0'; text++)
        if (!g_ascii_isalnum(*text) && *text != '_' && *text != '.')
            return FALSE;
    return TRUE;
}

static void
set(char **place, const char *value)
{
    g_free(*place);
    *place = g_strdup(value);
}

static void
take_in_map(Map *map, const char *key, const char *value)
{
    if (g_str_equal(key, "pattern"))
        set(&map->pattern, value);
    else if (g_str_equal(key, "table"))
        set(&map->map.table, value);
    else if (g_str_equal(key, "username_field"))
        set(&map->map.user_column, value);
    else if (g_str_equal(key, "value_field"))
        set(&map->map.value_column, value);
}

/* A map is over: whether it is one of ours, and whole. */
static char *
finish_map(Map *map, TamisDictSqlConfig *config)
{
    const char *pattern = map->pattern != NULL ? map->pattern : "";
    TamisDictSqlMap *place = g_str_has_prefix(pattern, NAME_PATTERN "$")   ? &config->name
                             : g_str_has_prefix(pattern, DATA_PATTERN "$") ? &config->data
                                                                           : NULL;
    char *fault = NULL;

    if (place != NULL) {
        set(&map->map.key_column, map->field_column);
        if (!is_identifier(map->map.table) || !is_identifier(map->map.user_column) ||
            !is_identifier(map->map.value_column) || !is_identifier(map->map.key_column) ||
            g_strcmp0(map->field_variable, pattern + strlen(NAME_PATTERN)) != 0)
            fault = g_strdup_printf("the map of '%s' lacks table, username_field, value_field or a "
                                    "field of its variable, or one of them is no plain name",
                                    pattern);
        map_clear(place);
        *place = map->map;
        map->map = (TamisDictSqlMap){NULL};
    }
    map_clear(&map->map);
    g_clear_pointer(&map->pattern, g_free);
    g_clear_pointer(&map->field_column, g_free);
    g_clear_pointer(&map->field_variable, g_free);
    return fault;
}

typedef enum { OUTSIDE, IN_MAP, IN_FIELDS } Where;

/* A line of it; a fault or NULL. */
static char *
take_line(char *line, Where *where, Map *map, TamisDictSqlConfig *config)
{
    char *equals = strchr(line, '='), *key, *value;

    if (*line == '\0' || *line == '#')
        return NULL;
    if (g_str_equal(line, "}")) {
        *where = *where == IN_FIELDS ? IN_MAP : OUTSIDE;
        return *where == OUTSIDE ? finish_map(map, config) : NULL;
    }
    if (g_str_has_suffix(line, "{")) {
        *where = *where == OUTSIDE ? IN_MAP : IN_FIELDS;
        return NULL;
    }
    if (equals == NULL)
        return g_strdup("a line is neither 'key = value' nor a section");
    *equals = '\0';
    key = g_strstrip(line);
    value = g_strstrip(equals + 1);
    if (*where == OUTSIDE && g_str_equal(key, "connect"))
        set(&config->connect, value);
    else if (*where == IN_MAP)
        take_in_map(map, key, value);
    else if (*where == IN_FIELDS) {
        set(&map->field_column, key);
        set(&map->field_variable, value);
    }
    return NULL;
}

char *
tamis_dict_sql_config_parse(const char *text, TamisDictSqlConfig *out_config)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_auto(TamisDictSqlConfig) config = {NULL};
    Map map = {{NULL}};
    Where where = OUTSIDE;
    char *fault = NULL;

    for (guint i = 0; lines[i] != NULL && fault == NULL; i++)
        fault = take_line(g_strstrip(lines[i]), &where, &map, &config);
    for (guint i = 0; lines[i] != NULL; i++) /* one of them has the password */
        tamis_wipe(lines[i], strlen(lines[i]));
    g_free(finish_map(&map, &config)); /* one that was not closed is no map */
    if (fault == NULL && where != OUTSIDE)
        fault = g_strdup("a section is not closed");
    if (fault == NULL && config.connect == NULL)
        fault = g_strdup("it does not say 'connect'");
    if (fault == NULL && (config.name.table == NULL || config.data.table == NULL))
        fault = g_strdup("it has no maps for priv/sieve/name/$… and priv/sieve/data/$…");
    if (fault != NULL)
        return fault;
    *out_config = config;
    config = (TamisDictSqlConfig){NULL};
    return NULL;
}
