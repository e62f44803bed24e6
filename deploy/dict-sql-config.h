/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of Dovecot's dict-sql driver: how to connect, and which columns are which keys. */
#pragma once

#include "base/api.h"

/* One map of it: rows of a table. Names are letters, digits, _ and dots alone, and need no quoting. */
typedef struct {
    char *table, *user_column, *value_column;
    char *key_column; /* the one that is the last part of the key: the script's name, or its id */
} TamisDictSqlMap;

typedef struct {
    char *connect; /* libpq's connection string; it may have a password */
    TamisDictSqlMap name, data;
} TamisDictSqlConfig;

void tamis_dict_sql_config_clear(TamisDictSqlConfig *config);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisDictSqlConfig, tamis_dict_sql_config_clear)
/* A fault is returned (caller frees), without anything that may be secret; NULL for none. */
char *tamis_dict_sql_config_parse(const char *text, TamisDictSqlConfig *out_config);
