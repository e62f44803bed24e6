/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the verbs share: the table's record, exit statuses, common options, output. A verb is one
 * file, cmd-<verb>.c, with one TamisVerb; main.c lists them. */
#pragma once

#include "base/render.h"
#include "cli/access.h"
#include "grammar/server.h"
#include "model/zone.h"

/* Exit statuses of every verb. */
enum {
    TAMIS_EXIT_OK = 0,
    TAMIS_EXIT_FINDINGS = 1, /* at or above --fail-on, a failed test, a difference */
    TAMIS_EXIT_UNREADABLE =
        2, /* an input or a server cannot be reached or read, an output written */
    TAMIS_EXIT_USAGE = 64,
    TAMIS_EXIT_BUG = 70,
};

typedef struct TamisVerb TamisVerb;
struct TamisVerb {
    const char *name;
    const char *arguments; /* after the options: "FILE…" */
    const char *summary;   /* one line, lower case, no full stop */
    const char *examples;  /* one or more lines, each "  tamis …" */
    /* argv[0] is the verb's name. Returns the exit status. */
    int (*run)(const TamisVerb *verb, int argc, char **argv);
};

extern const TamisVerb tamis_verb_check;
extern const TamisVerb tamis_verb_compile;
extern const TamisVerb tamis_verb_convert;
extern const TamisVerb tamis_verb_deploy;
extern const TamisVerb tamis_verb_explain;
extern const TamisVerb tamis_verb_fmt;
extern const TamisVerb tamis_verb_help;
extern const TamisVerb tamis_verb_rollback;
extern const TamisVerb tamis_verb_servers;
extern const TamisVerb tamis_verb_status;
extern const TamisVerb tamis_verb_test;

/* NULL-terminated, by name. */
extern const TamisVerb *const tamis_verbs[];
const TamisVerb *tamis_verb_find(const char *name);
/* The verb whose name is meant by a misspelt one, or NULL. */
const TamisVerb *tamis_verb_suggest(const char *name);

/* Which of the common options a verb takes. */
typedef enum {
    TAMIS_TAKES_SERVER = 1 << 0,
    TAMIS_TAKES_AS_OF = 1 << 1,
    TAMIS_TAKES_TIMEZONE = 1 << 2,
    TAMIS_TAKES_FORMAT = 1 << 3,        /* text, json */
    TAMIS_TAKES_REPORT_FORMAT = 1 << 4, /* and those of checking verbs */
    TAMIS_TAKES_FAIL_ON = 1 << 5,
    TAMIS_TAKES_JOBS = 1 << 6,
    TAMIS_TAKES_QUIET = 1 << 7,
    TAMIS_TAKES_COLOR = 1 << 8,
    TAMIS_FINDINGS_ON_STDERR = 1 << 9, /* --color's auto asks that one whether it is a terminal */
    TAMIS_TAKES_ACCESS = 1 << 10,      /* those for a server that is logged in to */
} TamisTakes;

/* The common options, with their defaults. Strings are lent from the arguments' owner. */
typedef struct {
    char *server; /* NULL: not said */
    char *as_of;  /* NULL: now */
    char *timezone;
    TamisFormat format;
    int fail_on; /* TamisSeverity; above all of them: never */
    guint n_jobs;
    gboolean quiet;
    TamisRenderOptions render;
    TamisAccessWords access;
} TamisOptions;

/* Clears the strings. */
void tamis_options_clear(TamisOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisOptions, tamis_options_clear)

/* Reads the verb's own options (own may be NULL; strings as G_OPTION_ARG_FILENAME, so that no
 * locale converts them) and the common ones that it takes; what is left in argv, behind argv[0],
 * are the arguments. FALSE: the verb ends with *out_status, all is said (help, or what is wrong).
 */
gboolean tamis_options_parse(const TamisVerb *verb, const GOptionEntry *own, guint takes,
                             TamisOptions *options, int *argc, char **argv, int *out_status);

/* A day (its first moment) or an instant, as in a policy; where it says no offset, in the zone. FALSE: it is neither. */
gboolean tamis_read_moment(const char *text, const TamisZone *zone, TamisInstant *out_instant);
/* --as-of in the policy's zone (NULL where there is none: --timezone's, else UTC), or now. */
TamisInstant tamis_options_as_of(const TamisOptions *options, const TamisZone *policy_zone);
/* --server, or the default; NULL: *out_status, all is said. path: what it is for, or NULL: at a live server an
 * administrator acts for the first mailbox of a policy. */
TamisServer *
tamis_options_load_server(const TamisOptions *options, const char *path, int *out_status);
/* The same; of a live server the limits of that mailbox. */
TamisServer *
tamis_options_load_server_for(const TamisOptions *options, const char *mailbox, int *out_status);
/* How to come in at a URL, a password included where that takes one. verb NULL: without --login nobody does. 0, or the status to end with: all is said.
 */
int tamis_access_open(const TamisVerb *verb, const TamisOptions *options, const char *url,
                      TamisAccessOwner *out_owner);
/* TAMIS_EXIT_FINDINGS when the report has a finding at or above --fail-on. */
int tamis_options_judge(const TamisOptions *options, const TamisReport *report);

/* Results: to standard output, in one piece. What cannot be written ends the program's success. */
void tamis_write(const char *text, gsize length_bytes);
void tamis_print(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Findings that are not the result: to standard error, in one piece. */
void tamis_show(const char *text, gsize length_bytes);
/* Whether anything could not be written so far. */
gboolean tamis_write_failed(void);
/* "tamis: message", to standard error, what is not printable written out. */
void tamis_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same with "help: …" that names the verb's --help, and TAMIS_EXIT_USAGE for the verb to
 * return. */
/* Where `include :global` looks: the second, or else the first. */
static inline const char *
tamis_global_dir(const char *include_dir, const char *global_dir)
{
    return global_dir != NULL ? global_dir : include_dir;
}
int tamis_complain_usage(const TamisVerb *verb, const char *format, ...) G_GNUC_PRINTF(2, 3);
