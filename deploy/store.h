/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A place where the scripts of mailboxes are: a ManageSieve server, folders, a database. One table of
 * functions for all of them. A store knows nothing of policies, and every step of it leaves a mailbox either
 * as it was or as it was told. */
#pragma once

#include "deploy/access.h"
#include "deploy/error.h"

/* No script that is read is larger. */
#define TAMIS_STORE_MAX_SCRIPT_BYTES ((gsize)16 << 20)

typedef struct {
    char *name;
    gboolean active;
} TamisStoredScript;

/* An empty array of TamisStoredScript that frees the names. */
GArray *tamis_stored_scripts_new(void);

typedef struct TamisStore TamisStore;
/* A store as one thread uses it. */
typedef struct TamisVisit TamisVisit;

/* What every visit has; errors are those of deploy/error.h. */
typedef struct {
    gsize visit_bytes; /* of what a visit is the first member of */
    /* Of a new visit whose bytes are 0; NULL: nothing is left to do. */
    void (*visit_init)(TamisVisit *visit);
    /* Comes to visit->mailbox, from none: all that follows is about it. NULL: nothing is left to do. */
    gboolean (*enter)(TamisVisit *visit, GError **error);
    /* All scripts of the mailbox. */
    GArray *(*list)(TamisVisit *visit, GError **error);
    GString *(*get)(TamisVisit *visit, const char *name, GError **error);
    /* Stores under a name of its own, durably, after the server's own compiler took it where there is one;
     * what has the name already is replaced at once. Warnings are appended. */
    gboolean (*put)(TamisVisit *visit, const char *name, const char *text, gsize length_bytes,
                    GString *warnings, GError **error);
    /* From this instant on that script runs; NULL: none. */
    gboolean (*activate)(TamisVisit *visit, const char *name, GError **error);
    /* Not the active one. */
    gboolean (*remove)(TamisVisit *visit, const char *name, GError **error);
    /* Several in one: for stores that are far away. NULL: one after the other. Lists, and gets a script that may
     * be there (else its text is NULL). */
    gboolean (*list_and_get)(TamisVisit *visit, const char *name, GArray **out_scripts,
                             GString **out_text, GError **error);
    /* Puts, gets, and lists. */
    gboolean (*put_and_get)(TamisVisit *visit, const char *name, const char *text,
                            gsize length_bytes, GString *warnings, GString **out_stored,
                            GArray **out_scripts, GError **error);
    /* And removes the one that was active until now, unless stale is NULL or it cannot be removed. */
    GArray *(*activate_and_list)(TamisVisit *visit, const char *name, const char *stale,
                                 GError **error);
    /* Leaves the mailbox. What was wrong there is forgotten with it. NULL: nothing is left to do. */
    void (*leave)(TamisVisit *visit);
    /* What a visit that has left, and a store, own beside what is said here; NULL: nothing. */
    void (*visit_clear)(TamisVisit *visit);
    void (*store_clear)(TamisStore *store);
} TamisStoreClass;

/* First members of every store and every visit. */
struct TamisStore {
    const TamisStoreClass *class;
    char *url; /* without secrets; names the place in messages, journals and locks */
    const TamisAccess *access;
    gboolean has_include; /* a script can include another by its name */
    gboolean
        is_one_place; /* a mailbox has one script, whatever it is called: the one that was there is lost */
};
struct TamisVisit {
    TamisStore *store;
    char *mailbox; /* NULL: nowhere */
    /* What is probably put there next: a store may ask for its room on the way. NULL: nothing. */
    char *next_name;
    gsize next_bytes;
    /* Nothing follows the activation: a store may leave on the way. */
    gboolean ends_with_activation;
};

/* managesieve://HOST[:PORT], managesieves://HOST[:PORT] (TLS from the first byte), directory:PATH, doveadm:,
 * dict:…; docs/deploy.md has their forms. Lends access. NULL with error (TAMIS_DEPLOY_ERROR_INVALID). */
TAMIS_API TamisStore *tamis_store_new(const char *url, const TamisAccess *access, GError **error);
TAMIS_API void tamis_store_free(TamisStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisStore, tamis_store_free)

/* Never NULL; comes to nothing yet. */
TamisVisit *tamis_visit_new(TamisStore *store);
void tamis_visit_free(TamisVisit *visit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisVisit, tamis_visit_free)
/* Comes to a mailbox, from wherever it was. FALSE with error. */
gboolean tamis_visit_enter(TamisVisit *visit, const char *mailbox, GError **error);
void tamis_visit_leave(TamisVisit *visit);
/* Takes the name. */
void tamis_visit_expect(TamisVisit *visit, char *name, gsize size_bytes);
