/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ManageSieve session (RFC 5804): one connection, one user at a time. Blocking, one thread. Every answer is
 * counted: one that was not asked for, or that makes no sense, ends the connection. */
#pragma once

#include "deploy/access.h"
#include "deploy/store.h"

#define TAMIS_MANAGESIEVE_PORT     4190
#define TAMIS_MANAGESIEVE_TLS_PORT 5190

typedef struct {
    const char *host;
    guint16 port;
    gboolean implicit_tls; /* TLS from the first byte; else STARTTLS */
} TamisManageSievePlace;

/* "//HOST[:PORT]", what stands behind the scheme. The host is the caller's, and lent to the place. */
gboolean tamis_managesieve_place_parse(const char *rest, gboolean implicit_tls, char **out_host,
                                       TamisManageSievePlace *out_place, GError **error);

/* What a server says of itself; NULL where it says nothing. */
typedef struct {
    char *implementation;
    char *sieve; /* extensions, parted by blanks */
    char *sasl;
    char *notify;
    char *version;
    char *language;
    char *owner;
    gint64 max_redirects; /* -1: not said */
    gboolean starttls, unauthenticate;
} TamisManageSieveCapabilities;

typedef struct TamisManageSieve TamisManageSieve;

/* Connects, goes over to TLS, and learns what the server can do. Follows a referral (RFC 5804, section 1.3).
 * Lends access. */
TamisManageSieve *tamis_managesieve_new(const TamisManageSievePlace *place,
                                        const TamisAccess *access, GError **error);
/* Says good-bye where that can still be said (RFC 5804, section 2.3): nothing else can be said afterwards. */
void tamis_managesieve_leave(TamisManageSieve *session);
/* Leaves, and waits a moment for the answer, for a server should not be the one to close. */
void tamis_managesieve_free(TamisManageSieve *session);
/* The same of one that was left a while ago, whose answer has come or never comes. */
void tamis_managesieve_free_left(TamisManageSieve *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisManageSieve, tamis_managesieve_free)

/* Logs in, for the mailbox; from another user's session by UNAUTHENTICATE. */
gboolean tamis_managesieve_login(TamisManageSieve *session, const char *mailbox, GError **error);
/* Whether another user can be logged in next on this connection. */
gboolean tamis_managesieve_can_switch(const TamisManageSieve *session);
/* Whether the connection is of no more use. */
gboolean tamis_managesieve_is_broken(const TamisManageSieve *session);

/* Asks again: after a login there may be more. */
gboolean tamis_managesieve_ask_capabilities(TamisManageSieve *session, GError **error);
/* Lent, until they are asked for again. */
const TamisManageSieveCapabilities *
tamis_managesieve_get_capabilities(const TamisManageSieve *session);

/* Warnings are appended to a string that may be NULL. */
gboolean tamis_managesieve_have_space(TamisManageSieve *session, const char *name, gsize size_bytes,
                                      GError **error);
gboolean tamis_managesieve_check(TamisManageSieve *session, const char *text, gsize length_bytes,
                                 GString *warnings, GError **error);
/* Asks for the space first. */
gboolean tamis_managesieve_put(TamisManageSieve *session, const char *name, const char *text,
                               gsize length_bytes, GString *warnings, GError **error);
/* The same, reads it back, and lists, in one go once there is space. */
gboolean tamis_managesieve_put_and_get(TamisManageSieve *session, const char *name,
                                       const char *text, gsize length_bytes, GString *warnings,
                                       GString **out_stored, GArray **out_scripts, GError **error);
/* Of TamisStoredScript. */
GArray *tamis_managesieve_list(TamisManageSieve *session, GError **error);
GString *tamis_managesieve_get(TamisManageSieve *session, const char *name, GError **error);
/* Both, in one go; the text is NULL where the server does not give that script. And asks for the room for what is
 * put next (NULL: nothing), so that putting it need not. */
gboolean tamis_managesieve_list_and_get(TamisManageSieve *session, const char *name,
                                        const char *next_name, gsize next_bytes,
                                        GArray **out_scripts, GString **out_text, GError **error);
/* NULL: no script is active any more. */
gboolean tamis_managesieve_activate(TamisManageSieve *session, const char *name, GError **error);
/* And lists, in one go; then deletes the script that was active until now (NULL: none), which is no failure
 * where it does not work. is_last: good-bye may go out with it, for nothing else is said. */
GArray *tamis_managesieve_activate_and_list(TamisManageSieve *session, const char *name,
                                            const char *stale, gboolean is_last, GError **error);
gboolean tamis_managesieve_delete(TamisManageSieve *session, const char *name, GError **error);
gboolean tamis_managesieve_rename(TamisManageSieve *session, const char *old_name,
                                  const char *new_name, GError **error);
/* That the server is there, and in step. */
gboolean tamis_managesieve_noop(TamisManageSieve *session, GError **error);
