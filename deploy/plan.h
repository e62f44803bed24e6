/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is to become of one mailbox: from what is there and what is wanted, to what is done. No network, no
 * files: the same state gives the same plan.
 *
 * Tamis calls its scripts after their content, tamis-HASH: a new one never overwrites the one that runs, one
 * that was changed by hand is told by its name, and what an interrupted run left is found again. */
#pragma once

#include "deploy/store.h"

#define TAMIS_SCRIPT_PREFIX      "tamis-"
#define TAMIS_WRAPPER_PREFIX     "tamis-with-"
#define TAMIS_SCRIPT_HASH_DIGITS 16
#define TAMIS_SHA256_DIGITS      64

/* What a mailbox should have. Strings are lent. */
typedef struct {
    const char *mailbox;
    const char *text; /* NULL: nothing, the policy no longer has it */
    gsize length_bytes;
    char sha256[TAMIS_SHA256_DIGITS + 1]; /* of the text */
    gint64 good_until;                    /* seconds since 1970; G_MAXINT64: for ever */
} TamisWanted;

TAMIS_API void tamis_wanted_init(TamisWanted *wanted, const char *mailbox, const char *text,
                                 gsize length_bytes, gint64 good_until);

/* What Tamis calls a script with this text. Caller frees. */
char *tamis_wanted_dup_name(const TamisWanted *wanted);

/* What to do where another script runs, that Tamis did not write. */
typedef enum { TAMIS_COEXIST_REFUSE, TAMIS_COEXIST_INCLUDE, TAMIS_COEXIST_REPLACE } TamisCoexist;

typedef enum {
    TAMIS_CHANGE_UNCHANGED,
    TAMIS_CHANGE_CREATED, /* nothing was active */
    TAMIS_CHANGE_UPDATED,
    TAMIS_CHANGE_REMOVED,
    TAMIS_CHANGE_REFUSED,   /* what is there is not Tamis's to change */
    TAMIS_CHANGE_FAILED,    /* found out while doing it */
    TAMIS_CHANGE_NOT_TRIED, /* the run ended before */
} TamisDeployChange;
#define TAMIS_N_CHANGES 7

/* "unchanged", "not tried" … Static. */
TAMIS_API const char *tamis_change_name(TamisDeployChange change);

/* What was found. Whose script the active one is: */
typedef enum {
    TAMIS_OWNER_NOBODY, /* none is active */
    TAMIS_OWNER_TAMIS,
    TAMIS_OWNER_EDITED, /* Tamis wrote it, and someone changed it */
    TAMIS_OWNER_OTHER,
} TamisOwner;

typedef struct {
    GArray *scripts;      /* of TamisStoredScript */
    const char *active;   /* its name, lent from scripts, or NULL */
    GString *active_text; /* NULL where none is active */
    TamisOwner owner;
    char *core;             /* where a wrapper of Tamis is active: its script; else NULL */
    char *included;         /* and the user's */
    GString *included_text; /* of the latter, NULL where it is gone */
    const char *edited;     /* the script of Tamis that someone changed, lent, or NULL */
    GPtrArray *taken; /* names that would be Tamis's and have another text; NULL: none is known */
} TamisFound;

void tamis_found_clear(TamisFound *found);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisFound, tamis_found_clear)
/* Works out the rest once scripts, active and its text are there. */
void tamis_found_judge(TamisFound *found);
/* And once more with the text of core. */
void tamis_found_judge_core(TamisFound *found, const GString *text);
gboolean tamis_found_has(const TamisFound *found, const char *name);

typedef struct {
    TamisDeployChange change;
    const char
        *reason; /* why it is refused, to go behind "refused: "; may be NULL. Static or owned */
    char *name;  /* of the script that is wanted */
    gboolean is_there; /* under that name already, perhaps: to be compared before it is put again */
    char *wrapper_name, *wrapper_text; /* NULL: the script itself becomes active */
    const char *activate;              /* lent; NULL: deactivate. Only where something changes */
    GPtrArray *stale; /* names of Tamis's other scripts, which go once the new one is active */
    char *owned_reason;
} TamisPlan;

void tamis_plan_clear(TamisPlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisPlan, tamis_plan_clear)

/* What a caller knows that reads Sieve: why the mailbox's own script cannot run after the one that is wanted
 * (caller frees), or NULL when it can. Called from many threads. */
typedef char *(*TamisIncludeCheck)(const TamisWanted *wanted, const GString *other, gpointer data);

typedef struct {
    TamisCoexist coexist;
    gboolean has_include;            /* of the store */
    TamisIncludeCheck include_check; /* NULL: nothing can be included */
    gpointer include_data;
} TamisPlanRules;

void tamis_plan_make(const TamisFound *found, const TamisWanted *wanted,
                     const TamisPlanRules *rules, TamisPlan *out_plan);

/* Whether two texts are the same script: servers may write line ends their own way. */
TAMIS_API gboolean tamis_script_equal(const char *a, gsize a_length, const char *b, gsize b_length);
/* Whether Tamis wrote it, as its head says. */
gboolean tamis_script_is_generated(const char *text, gsize length_bytes);
/* Whether the name is one that Tamis gives, and with_hash the text's that it was given for. */
gboolean tamis_script_name_is_own(const char *name);
gboolean tamis_script_name_fits(const char *name, const char *text, gsize length_bytes);
