/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a server's Sieve engine can do: data, read from the files in grammar/servers/ (built in) or from a
 * user's file of the same form (GKeyFile). A user's file may start from a built-in server with "base=" in
 * [server] and say only what differs; [extensions] has "default=", "add=" and "remove=", [settings] one
 * key an extension. Facts were seen by running the engines, see docs/engines.md. */
#pragma once

#include "grammar/sieve/extension.h"

#include <gio/gio.h>

typedef enum {
    TAMIS_ENGINE_PIGEONHOLE,
    TAMIS_ENGINE_CYRUS,
    TAMIS_ENGINE_LIBSIEVE,
    TAMIS_ENGINE_OTHER, /* RFC 5228 by the letter */
} TamisEngine;

/* How folder names with other than ASCII are written in fileinto. */
typedef enum { TAMIS_FOLDER_UTF8, TAMIS_FOLDER_MUTF7 } TamisFolderNames;

typedef struct {
    char *name;  /* dovecot-2.3 */
    char *title; /* for people */
    TamisEngine engine;
    TamisExtensionSet extensions; /* usable, by default or with a setting */
    TamisExtensionSet by_setting; /* of these, not on by default */
    char **setting_of; /* TAMIS_N_EXTENSIONS texts or NULL: the setting that turns it on */
    /* Limits; 0: none. Those with a setting can be raised by the server's administrator. */
    guint32 max_redirects, max_actions;
    /* The setting's name, "sieve_max_redirects"; NULL: hard. */
    char *max_redirects_setting, *max_actions_setting, *max_script_setting;
    guint64 max_script_bytes;
    guint32 max_nesting;      /* blocks; Pigeonhole 31 */
    guint32 max_test_nesting; /* Pigeonhole 30 */
    guint32 max_elsif;        /* branches of one chain that the parser takes */
    guint32 max_list_strings; /* strings in one list */
    guint32 max_tests;        /* tests in one anyof/allof */
    guint32 max_commands;     /* flat commands */
    guint32 max_arguments;
    guint32 max_variables; /* names of variables in one script */
    guint32 max_stars;     /* in one `:matches` pattern, before it may take seconds (libsieve) */
    guint32 max_string_bytes;
    guint64 max_number;
    guint32 max_scripts;              /* per user */
    guint32 reply_min_s, reply_max_s; /* vacation intervals that are honoured; max 0: none */
    guint32 reply_default_s;
    /* Quirks */
    gboolean lower_case_only;         /* keywords and tags */
    gboolean decodes_headers;         /* RFC 2047 words are decoded before a test */
    gboolean unescapes_strings;       /* libsieve does not */
    gboolean matches_null_sender;     /* envelope "from" "" works */
    gboolean first_duplicate_decides; /* of `redirect :copy "a"; redirect "a";` the first alone
                                         counts: the keep stays */
    gboolean misreads_globs; /* `:matches` with `?` and `*` (Pigeonhole, see model/glob.h) */
    gboolean compares_strings_by_octet; /* `string` without :comparator (Pigeonhole before 2.4) */
    gboolean zone_names;                /* :zone understands IANA names (Cyrus 3.10) */
    gboolean needs_bare_addresses;      /* redirect takes addr-spec only */
    gboolean detail_stops_early; /* address :detail looks at none behind one without (libsieve) */
    gboolean missing_detail_is_empty; /* :detail "" is met by an address without one (Cyrus) */
    char *detail_delimiter; /* parts :detail from what is before; NULL: any, not ours to know */
    char *detail_delimiter_setting;    /* the setting that changes it; NULL: none does */
    gboolean answers_bulk_mail;        /* vacation does not look at Precedence */
    gboolean answers_lists;            /* … at no List- field (libsieve 2) */
    gboolean answers_edited_bulk_mail; /* … once a header was added (Pigeonhole 0.5.19) */
    TamisFolderNames folder_names;
    char *folder_refuses; /* characters (ASCII) that no folder's name may have: mail for it goes to
                             the inbox; NULL: none */
    guint32
        max_folder_bytes; /* of a folder's name inside the server, DOMAIN!user.LOCAL.FOLDER; mail for a longer one
                                 goes to the inbox; 0: none known */
} TamisServer;

#define TAMIS_SERVER_ERROR (tamis_server_error_quark())
TAMIS_API GQuark tamis_server_error_quark(void);
typedef enum {
    TAMIS_SERVER_ERROR_UNKNOWN, /* no such name, no such file: the message lists the names, with a suggestion */
    TAMIS_SERVER_ERROR_INVALID, /* key, line and reason are named */
} TamisServerError;

/* A built-in server by name, else a file by path. */
TAMIS_API TamisServer *tamis_server_load(const char *name_or_path, GError **error);
TAMIS_API void tamis_server_free(TamisServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisServer, tamis_server_free)
/* Names of the built-in servers, NULL-terminated, sorted. Static. */
TAMIS_API const char *const *tamis_server_names(void);

/* The vacation interval, in seconds, that the server honours in place of this one: the nearest, or, where it counts
 * in days, the next whole day. */
TAMIS_API gint64 tamis_server_reply_interval(const TamisServer *server, gint64 every_s);

static inline gboolean
tamis_server_has(const TamisServer *server, TamisExtension extension)
{
    return tamis_extension_set_has(&server->extensions, extension);
}
