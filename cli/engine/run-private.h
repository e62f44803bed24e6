/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the engines' files, run-*.c, share; for nobody else. */
#pragma once

#include "cli/engine/child.h"
#include "cli/engine/kind.h"
#include "cli/engine/run.h"

#include <gio/gio.h>

typedef struct {
    TamisEngineKind base; /* first: one is the other */
    gboolean (*open)(TamisRunner *runner, GError **error);
    void (*close)(TamisRunner *runner);                                           /* or NULL */
    gboolean (*begin)(TamisRunner *runner, TamisInstant instant, GError **error); /* or NULL */
    /* Fills an end that is empty. */
    gboolean (*run)(TamisRunner *runner, const TamisRun *run, TamisRunEnd *end, GError **error);
    gboolean forgets; /* each run is the first that it knows of */
} TamisRunnerKind;

extern const TamisRunnerKind tamis_runner_cyrus;
extern const TamisRunnerKind tamis_runner_dovecot;
extern const TamisRunnerKind tamis_runner_libsieve;

struct TamisRunner {
    const TamisRunnerKind *kind;
    GHashTable
        *known; /* what was done of the message that is delivered, where the engine forgets */
    TamisRunnerOptions options;
    char *folder;        /* of its own */
    char *clock_library; /* libfaketime */
    guint n_runs;
    gpointer own; /* the kind's */
};

#define TAMIS_RUN_WALL_MS       30000
#define TAMIS_RUN_CPU_S         20
#define TAMIS_RUN_MEMORY_BYTES  ((guint64)1 << 30)
#define TAMIS_RUN_OUTPUT_BYTES  ((gsize)256 << 20)
#define TAMIS_RUN_MESSAGE_BYTES ((gsize)32 << 20) /* larger messages are not delivered */

/* Finds the library that stands a clock still. */
gboolean tamis_runner_find_clock(TamisRunner *runner, GError **error);
/* The variables of a process whose clock stands at the instant, "NAME=value"; NULL-terminated, the caller's. */
char **tamis_runner_stopped_clock(const TamisRunner *runner, TamisInstant instant);
/* libfaketime leaves shared memory behind, named after processes: that of dead ones is taken away. */
void tamis_runner_sweep_clocks(void);

/* Copy what they are given; line ends become CR LF. */
void tamis_run_end_send(TamisRunEnd *end, TamisSentKind kind, const char *recipient,
                        const char *message, gsize length_bytes);
void
tamis_run_end_store(TamisRunEnd *end, const char *folder, const char *message, gsize length_bytes);
/* Whether a field of the message's header has the name, and a value that begins so. */
gboolean
tamis_run_has_field(const char *message, gsize length_bytes, const char *name, const char *start);
