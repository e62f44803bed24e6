/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The databases behind dict:…, as Dovecot's dict storage reads them: a name that leads to an id, an id that leads
 * to a script (priv/sieve/name/NAME, priv/sieve/data/ID). A script is changed by a new id: whoever reads has the
 * old one or the new one. A connection for one thread. Errors are those of deploy/error.h. */
#pragma once

#include "deploy/access.h"
#include "deploy/error.h"

typedef struct TamisDict TamisDict;

typedef struct {
    /* The id that the name leads to; *out_id NULL where there is none. Caller frees. */
    gboolean (*get_id)(TamisDict *dict, const char *user, char **out_id, GError **error);
    /* NULL with TAMIS_DEPLOY_ERROR_MISSING where there is none. */
    GString *(*get_data)(TamisDict *dict, const char *user, const char *id, GError **error);
    gboolean (*put_data)(TamisDict *dict, const char *user, const char *id, const char *text,
                         gsize length_bytes, GError **error);
    /* At once; what the name led to stays readable for those who have its id already. NULL: to nothing. */
    gboolean (*set_id)(TamisDict *dict, const char *user, const char *id, GError **error);
    void (*free)(TamisDict *dict);
} TamisDictClass;

struct TamisDict {
    const TamisDictClass *class;
};

/* What is said of a database; makes connections. */
typedef struct TamisDictPlace TamisDictPlace;
typedef struct {
    TamisDict *(*connect)(const TamisDictPlace *place, const TamisAccess *access, GError **error);
    void (*free)(TamisDictPlace *place);
} TamisDictPlaceClass;

struct TamisDictPlace {
    const TamisDictPlaceClass *class;
    char *script; /* NAME */
};

/* "host=127.0.0.1:port=6379:prefix=…:db=0" (or path=SOCKET). A fault is returned; NULL for none. */
char *tamis_dict_place_new_redis(const char *text, TamisDictPlace **out_place);
/* The file that Dovecot's dict-sql driver reads, with `connect` and both maps. */
char *tamis_dict_place_new_pgsql(const char *path, const char *script, TamisDictPlace **out_place);
