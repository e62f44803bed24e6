/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libsieve 2: a library, loaded where it is installed and called in a child, since it is safe from neither
 * crashes nor hangs. What it returns says nothing; its calls about errors do (it ends at the first). */
#include "cli/engine/judge-private.h"
#include "cli/engine/libsieve.h"

#include <stdio.h>
#include <string.h>

static gboolean
open_judge(TamisJudge *judge, GError **error)
{
    judge->library = tamis_libsieve_open(&judge->kind->base, error);
    if (judge->library == NULL)
        return FALSE;
    judge->title = g_strdup("libsieve 2");
    return TRUE;
}

#ifdef TAMIS_HAS_LIBSIEVE
/* In the child ---------------------------------------------------------------------------------- */

typedef struct {
    const TamisJudgeScript *scripts;
    guint first, n_scripts;
    char *script; /* the present one */
    guint n_errors;
} Session;

static int
do_nothing(sieve2_context_t *context, void *data)
{
    return SIEVE2_OK;
}

static int
get_script(sieve2_context_t *context, void *data)
{
    Session *session = data;

    return tamis_libsieve.set_string(context, (char *)"script", session->script);
}

/* A line a remark: "E LINE TEXT". */
static int
on_error(sieve2_context_t *context, void *data)
{
    Session *session = data;
    const char *text = tamis_libsieve.get_string(context, (char *)"message");

    session->n_errors++;
    int line = tamis_libsieve.get_int(context, (char *)"lineno"); /* -1 in an address */
    printf("E %d ", MAX(line, 0));
    for (; text != NULL && *text != '\0'; text++)
        putchar(*text == '\n' ? ' ' : *text);
    putchar('\n');
    return SIEVE2_OK;
}

static sieve2_callback_t callbacks[] = {
    {SIEVE2_ACTION_REDIRECT, do_nothing},
    {SIEVE2_ACTION_KEEP, do_nothing},
    {SIEVE2_ACTION_FILEINTO, do_nothing},
    {SIEVE2_ACTION_DISCARD, do_nothing},
    {SIEVE2_ACTION_REJECT, do_nothing},
    {SIEVE2_ACTION_VACATION, do_nothing},
    {SIEVE2_ACTION_NOTIFY, do_nothing},
    {SIEVE2_SCRIPT_GETSCRIPT, get_script},
    {SIEVE2_MESSAGE_GETALLHEADERS, do_nothing},
    {SIEVE2_MESSAGE_GETSIZE, do_nothing},
    {SIEVE2_MESSAGE_GETENVELOPE, do_nothing},
    {SIEVE2_MESSAGE_GETSUBADDRESS, do_nothing},
    {SIEVE2_ERRCALL_RUNTIME, on_error},
    {SIEVE2_ERRCALL_PARSE, on_error},
    {SIEVE2_ERRCALL_HEADER, on_error},
    {SIEVE2_ERRCALL_ADDRESS, on_error},
    {0},
};

/* "V STATUS" ends what is said of a script; what comes after the last one is of the one that broke it. */
static int
validate_all(gpointer data)
{
    Session *session = data;

    for (guint i = session->first; i < session->n_scripts; i++) {
        sieve2_context_t *context;
        session->script = g_strndup(session->scripts[i].text, session->scripts[i].length_bytes);
        session->n_errors = 0;
        if (!tamis_libsieve_begin(callbacks, &context))
            return 2;
        int status = tamis_libsieve.validate(context, session);
        printf("V %d\n", status != SIEVE2_OK || session->n_errors > 0);
        fflush(stdout);
        tamis_libsieve.free(&context);
        g_free(session->script);
    }
    return 0;
}

/* Outside --------------------------------------------------------------------------------------- */

typedef struct {
    TamisOpinion *const *opinions;
    guint next, n_opinions;
} Listener;

static void
hear_line(const char *line, gsize length, gpointer data)
{
    Listener *listener = data;
    TamisOpinion *opinion =
        listener->next < listener->n_opinions ? listener->opinions[listener->next] : NULL;
    char *rest;

    if (opinion == NULL || length < 3)
        return;
    guint64 number = g_ascii_strtoull(line + 2, &rest, 10);
    if (*line == 'V') {
        opinion->verdict = number == 0 ? TAMIS_VERDICT_ACCEPTED : TAMIS_VERDICT_REFUSED;
        listener->next++;
    } else if (*line == 'E' && rest < line + length) {
        tamis_opinion_remark(opinion, (guint)number, TRUE, rest + 1,
                             length - (gsize)(rest + 1 - line));
    }
}

static gboolean
ask(TamisJudge *judge, const TamisJudgeScript *scripts, guint n_scripts,
    TamisOpinion *const *opinions, GError **error)
{
    Session session = {scripts, 0, n_scripts};
    const TamisChildPlan plan = {
        .entry = validate_all,
        .data = &session,
        .wall_ms = TAMIS_JUDGE_WALL_MS,
        .cpu_s = TAMIS_JUDGE_CPU_S,
        .memory_bytes = TAMIS_JUDGE_MEMORY_BYTES,
        .file_bytes = TAMIS_JUDGE_FILE_BYTES,
        .output_bytes = TAMIS_JUDGE_OUTPUT_BYTES,
        .interruption = tamis_interruption(),
    };

    while (session.first < n_scripts) {
        Listener listener = {opinions, session.first, n_scripts};
        g_auto(TamisChildEnd) end = {0};
        if (!tamis_child_run(&plan, &end, error))
            return FALSE;
        tamis_judge_each_line(end.out, hear_line, &listener);
        /* Where output or time are up, the next child goes on; a script that gets nowhere has broken it. */
        if (listener.next < n_scripts &&
            (end.ending == TAMIS_CHILD_CRASHED || listener.next == session.first))
            tamis_opinion_fail(opinions[listener.next++], &end, &plan);
        else if (listener.next < n_scripts)
            g_ptr_array_set_size(opinions[listener.next]->remarks, 0);
        session.first = listener.next;
    }
    return TRUE;
}

#else

static gboolean
ask(TamisJudge *judge, const TamisJudgeScript *scripts, guint n_scripts,
    TamisOpinion *const *opinions, GError **error)
{
    g_return_val_if_reached(FALSE);
}

#endif

const TamisJudgeKind tamis_judge_libsieve = {
    .base = {"libsieve", TAMIS_ENGINE_LIBSIEVE, "libsieve", "libsieve2-1"},
    .open = open_judge,
    .ask = ask,
};
