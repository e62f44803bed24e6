/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Delivers messages in an engine that is installed here, for good: what it sends and stores is read back. It
 * runs in children with limits, in a folder of its own, reaches nobody, and its clock says what we want. */
#pragma once

#include "grammar/server.h"
#include "model/grade.h"
#include "model/policy.h"

/* One delivery. Strings are lent. */
typedef struct {
    const char *mailbox; /* its own address */
    const char *script;
    gsize script_bytes;
    const char *envelope_from; /* "" is the null sender */
    const char *envelope_to;   /* what the server is given */
    const char
        *recipient;  /* whose mail it is then: the mailbox, with the detail where there is one */
    GBytes *message; /* lines ended by CR LF; what scanners said of it in fields of its own */
    TamisInstant instant;
    guint32 max_redirects, max_actions; /* that the server is set to; 0: no limit */
} TamisRun;

typedef enum {
    TAMIS_SENT_FORWARD,
    TAMIS_SENT_REPLY,
    TAMIS_SENT_REJECTION,
} TamisSentKind;

/* A message that went out. */
typedef struct {
    TamisSentKind kind;
    char *recipient;
    GBytes *message; /* of a FORWARD, lines ended by CR LF; else NULL */
} TamisSent;

/* A message that was stored. */
typedef struct {
    char *folder; /* NULL: the inbox */
    GBytes *message;
} TamisStored;

typedef struct {
    GArray *sent;   /* of TamisSent */
    GArray *stored; /* of TamisStored */
    char *failure;  /* why the engine gave the script up, in its words; NULL: it did not */
} TamisRunEnd;

void tamis_run_end_clear(TamisRunEnd *end);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisRunEnd, tamis_run_end_clear)

typedef struct TamisRunner TamisRunner;

/* The server that the engine stands for unless the user says another: "dovecot-2.3" for "dovecot". NULL:
 * there is no such engine. */
const char *tamis_runner_default_server(const char *name);
/* "dovecot, cyrus or libsieve", for people. */
const char *tamis_runner_names(void);

typedef struct {
    const TamisServer *server; /* lent */
    const TamisPolicy
        *policy; /* lent: whose programs are stood in for; NULL: none (dovecot alone) */
} TamisRunnerOptions;

/* Errors (G_IO_ERROR): NOT_FOUND where it, or what it needs, is not installed, NOT_SUPPORTED where this
 * version cannot be asked, INVALID_ARGUMENT where the server is of another engine; the message says all. */
TamisRunner *tamis_runner_open(const char *name, const TamisRunnerOptions *options, GError **error);
/* Ends what runs, and removes its files. */
void tamis_runner_close(TamisRunner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisRunner, tamis_runner_close)

/* Before each message that is delivered first, not before those that come of it: the engine remembers nothing of
 * others. */
gboolean tamis_runner_begin(TamisRunner *runner, TamisInstant instant, GError **error);
/* FALSE with G_IO_ERROR_NOT_SUPPORTED when this engine cannot be asked this, with another error when it does not
 * work; the message is for people. */
gboolean
tamis_runner_run(TamisRunner *runner, const TamisRun *run, TamisRunEnd *out_end, GError **error);
/* The header field that a filter's stand-in puts on top of what it encrypts. */
#define TAMIS_RUN_ENCRYPTED "X-Tamis-Encrypted"
/* And those by which an engine knows what scanners said; taken out of what it sends and stores. */
#define TAMIS_RUN_SPAM_PERCENT "X-Tamis-Spam-Percent"
#define TAMIS_RUN_VIRUS_SCORE  "X-Tamis-Virus-Score"
/* The fields, as lines. */
void tamis_run_add_grades(GString *message, const TamisGrades *grades);
