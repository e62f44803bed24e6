/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs what cannot be trusted to end, to stay small or not to crash, such as a mail server's Sieve engine: in a
 * child process with limits, its output collected. Nothing but the child is waited for, and when the call
 * returns, the child is gone with all that it started in its process group. */
#pragma once

#include <glib.h>
#include <signal.h>

/* Names what is run: a program, or a function of this one. */
typedef struct {
    /* NULL-terminated. argv[0] is looked up in PATH unless it has a slash. NULL: entry is run. */
    const char *const *argv;
    /* Runs in a fork, writes to standard output and error, returns the exit status. Only for callers with
     * no other threads: what those hold at that moment stays locked in the child for ever. */
    int (*entry)(gpointer data);
    gpointer data;

    const char *const
        *environment;   /* "NAME=value", NULL-terminated; NULL: a small one, see the source */
    const char *folder; /* to run in; NULL: where this process is */
    const char *input;  /* for standard input; NULL: empty */
    gsize input_bytes;

    /* Limits; 0: none. Whoever passes one is killed, which nothing can catch. */
    guint wall_ms;        /* from start to end */
    guint cpu_s;          /* of one process */
    guint64 memory_bytes; /* address space of one process, beside what an entry inherits */
    guint64 file_bytes;   /* size of one file that is written */
    gsize output_bytes;   /* of standard output, and of standard error */
    /* Other than 0: it is ended too, and not begun. NULL: nothing interrupts. */
    const volatile sig_atomic_t *interruption;
} TamisChildPlan;

typedef enum {
    TAMIS_CHILD_EXITED,
    TAMIS_CHILD_CRASHED,      /* by a signal that was not ours */
    TAMIS_CHILD_OUT_OF_TIME,  /* wall_ms or cpu_s */
    TAMIS_CHILD_TOO_TALKATIVE /* output_bytes */
} TamisChildEnding;

typedef struct {
    TamisChildEnding ending;
    int status;         /* EXITED: of exit */
    int signal;         /* CRASHED */
    GString *out, *err; /* as far as they were read; NUL-terminated, may hold NULs and any bytes */
} TamisChildEnd;

void tamis_child_end_clear(TamisChildEnd *end);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisChildEnd, tamis_child_end_clear)

/* FALSE with a G_SPAWN_ERROR when the child cannot be started (G_SPAWN_ERROR_NOENT: there is no such program), with
 * G_IO_ERROR_CANCELLED when there is an interruption; out_end is written only on success. Safe in threads, but for an entry. */
gboolean tamis_child_run(const TamisChildPlan *plan, TamisChildEnd *out_end, GError **error);

/* How it ended, for people: "it crashed (Segmentation fault)", "it was stopped after 10 s". Owned. */
char *tamis_child_end_describe(const TamisChildEnd *end, const TamisChildPlan *plan);
