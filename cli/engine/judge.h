/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The second opinion: what an engine that is installed here says of scripts. Engines run in children with
 * limits; one that crashes or hangs on a script has said something about it. */
#pragma once

#include "grammar/server.h"

typedef struct {
    const char *text; /* lent */
    gsize length_bytes;
} TamisJudgeScript;

typedef struct {
    guint line;        /* 1-based; 0: of the script as a whole */
    gboolean is_error; /* else a warning */
    char *text;        /* UTF-8, printable, one line */
} TamisRemark;

typedef enum {
    TAMIS_VERDICT_ACCEPTED,
    TAMIS_VERDICT_REFUSED,
    TAMIS_VERDICT_FAILED, /* the engine crashed, hung or ran out of memory */
} TamisVerdict;

typedef struct {
    TamisVerdict verdict;
    char *failure;      /* FAILED: "it crashed (Segmentation fault)"; else NULL */
    GPtrArray *remarks; /* of TamisRemark, in their order */
} TamisOpinion;

typedef struct TamisJudge TamisJudge;

/* Whether there is an engine of the name, and the server that it stands for unless the user says another:
 * "dovecot-2.3" for "sievec". NULL: there is none. */
const char *tamis_judge_default_server(const char *name);
/* "libsieve, sievec or cyrus-sievec", for people. */
const char *tamis_judge_names(void);

typedef struct {
    const TamisServer *server; /* lent; whose extensions are turned on */
    const char *include_dir;   /* where included scripts are; NULL: nowhere */
    const char *global_dir;    /* … and those that are included as :global; NULL: nowhere */
    guint n_jobs;              /* threads */
} TamisJudgeOptions;

/* Errors (G_IO_ERROR): NOT_FOUND where it is not installed, NOT_SUPPORTED where this version cannot be asked,
 * INVALID_ARGUMENT where the server is of another engine; the message says all. */
TamisJudge *tamis_judge_open(const char *name, const TamisJudgeOptions *options, GError **error);
void tamis_judge_close(TamisJudge *judge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisJudge, tamis_judge_close)

/* "sievec of Dovecot 2.3.19.1" */
const char *tamis_judge_title(const TamisJudge *judge);

/* One opinion (TamisOpinion) a script, in their order. NULL with error when the engine cannot be run, or when there
 * is an interruption (interruption.h: G_IO_ERROR_CANCELLED). Leaves no files behind. */
GPtrArray *tamis_judge_ask(TamisJudge *judge, const TamisJudgeScript *scripts, guint n_scripts,
                           GError **error);
