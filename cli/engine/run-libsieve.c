/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libsieve 2: a library, loaded where it is installed and called in a child, since it is safe from neither crashes
 * nor hangs. It reports actions as it meets them and does none; what is kept when nobody says so is its caller's
 * business, here. It asks for no time, so it needs no clock of ours. */
#include "cli/engine/libsieve.h"
#include "cli/engine/run-private.h"

#include <stdio.h>
#include <string.h>

static gboolean
open_runner(TamisRunner *runner, GError **error)
{
    runner->own = tamis_libsieve_open(&runner->kind->base, error);
    return runner->own != NULL;
}

static void
close_runner(TamisRunner *runner)
{
    if (runner->own != NULL)
        tamis_libsieve_close(runner->own);
}

#ifdef TAMIS_HAS_LIBSIEVE
/* In the child ---------------------------------------------------------------------------------- */

typedef struct {
    const TamisRun *run;
    const char *delimiter;
    char *script, *header;
    gboolean is_kept_or_gone; /* the implicit keep is cancelled */
    guint n_actions, n_errors;
} Session;

/* A line an action: a letter, and what it is about. */
static int
say(Session *session, char action, const char *text)
{
    g_autofree char *escaped = g_strescape(text != NULL ? text : "", NULL);

    session->n_actions++;
    printf("%c%s\n", action, escaped);
    return SIEVE2_OK;
}

static int
on_redirect(sieve2_context_t *context, void *data)
{
    ((Session *)data)->is_kept_or_gone = TRUE;
    return say(data, 'F', tamis_libsieve.get_string(context, (char *)"address"));
}

static int
on_keep(sieve2_context_t *context, void *data)
{
    ((Session *)data)->is_kept_or_gone = TRUE;
    return say(data, 'K', NULL);
}

static int
on_fileinto(sieve2_context_t *context, void *data)
{
    ((Session *)data)->is_kept_or_gone = TRUE;
    return say(data, 'I', tamis_libsieve.get_string(context, (char *)"mailbox"));
}

static int
on_discard(sieve2_context_t *context, void *data)
{
    ((Session *)data)->is_kept_or_gone = TRUE;
    return SIEVE2_OK;
}

static int
on_reject(sieve2_context_t *context, void *data)
{
    ((Session *)data)->is_kept_or_gone = TRUE;
    return say(data, 'R', tamis_libsieve.get_string(context, (char *)"message"));
}

static int
on_vacation(sieve2_context_t *context, void *data)
{
    return say(data, 'V', NULL);
}

static int
get_script(sieve2_context_t *context, void *data)
{
    return tamis_libsieve.set_string(context, (char *)"script", ((Session *)data)->script);
}

static int
get_headers(sieve2_context_t *context, void *data)
{
    return tamis_libsieve.set_string(context, (char *)"allheaders", ((Session *)data)->header);
}

static int
get_size(sieve2_context_t *context, void *data)
{
    const Session *session = data;

    return tamis_libsieve.set_int(context, (char *)"size",
                                  (int)g_bytes_get_size(session->run->message));
}

static int
get_envelope(sieve2_context_t *context, void *data)
{
    const Session *session = data;

    tamis_libsieve.set_string(context, (char *)"to", (char *)session->run->envelope_to);
    tamis_libsieve.set_string(context, (char *)"from", (char *)session->run->envelope_from);
    return SIEVE2_OK;
}

static int
get_subaddress(sieve2_context_t *context, void *data)
{
    const Session *session = data;
    const char *address = tamis_libsieve.get_string(context, (char *)"address");
    const char *at = address != NULL ? strrchr(address, '@') : NULL;
    char *local = at != NULL ? g_strndup(address, at - address) : g_strdup("");
    char *detail = *session->delimiter != '\0' ? strstr(local, session->delimiter) : NULL;
    char *user = detail != NULL ? g_strndup(local, detail - local) : g_strdup(local);

    /* The strings live as long as the child. */
    tamis_libsieve.set_string(context, (char *)"user", user);
    tamis_libsieve.set_string(context, (char *)"detail",
                              detail != NULL ? detail + strlen(session->delimiter) : (char *)"");
    tamis_libsieve.set_string(context, (char *)"localpart", local);
    tamis_libsieve.set_string(context, (char *)"domain", at != NULL ? (char *)at + 1 : (char *)"");
    return SIEVE2_OK;
}

static int
on_error(sieve2_context_t *context, void *data)
{
    ((Session *)data)->n_errors++;
    return say(data, 'E', tamis_libsieve.get_string(context, (char *)"message"));
}

static sieve2_callback_t callbacks[] = {
    {SIEVE2_ACTION_REDIRECT, on_redirect},
    {SIEVE2_ACTION_KEEP, on_keep},
    {SIEVE2_ACTION_FILEINTO, on_fileinto},
    {SIEVE2_ACTION_DISCARD, on_discard},
    {SIEVE2_ACTION_REJECT, on_reject},
    {SIEVE2_ACTION_VACATION, on_vacation},
    {SIEVE2_SCRIPT_GETSCRIPT, get_script},
    {SIEVE2_MESSAGE_GETALLHEADERS, get_headers},
    {SIEVE2_MESSAGE_GETSIZE, get_size},
    {SIEVE2_MESSAGE_GETENVELOPE, get_envelope},
    {SIEVE2_MESSAGE_GETSUBADDRESS, get_subaddress},
    {SIEVE2_ERRCALL_RUNTIME, on_error},
    {SIEVE2_ERRCALL_PARSE, on_error},
    {SIEVE2_ERRCALL_HEADER, on_error},
    {SIEVE2_ERRCALL_ADDRESS, on_error},
    {0},
};

/* What validating returns of a broken script is no error; its calls are. */
static int
execute(gpointer data)
{
    Session *session = data;
    sieve2_context_t *context;
    int status;

    if (!tamis_libsieve_begin(callbacks, &context))
        return 2;
    if (tamis_libsieve.validate(context, session) != SIEVE2_OK || session->n_errors > 0)
        return 1;
    status = tamis_libsieve.execute(context, session);
    if ((status != SIEVE2_OK && status != SIEVE2_DONE) || session->n_errors > 0)
        return 1;
    if (!session->is_kept_or_gone)
        say(session, 'K', NULL);
    fflush(stdout);
    return 0;
}

/* Outside --------------------------------------------------------------------------------------- */

static char *
dup_header(GBytes *message)
{
    gsize length = 0;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = memmem(text, length, "\r\n\r\n", 4);

    return g_strndup(text, end != NULL ? (gsize)(end - text) + 4 : length);
}

static void
hear_action(const char *line, const TamisRun *run, TamisRunEnd *end)
{
    g_autofree char *text = g_strcompress(line + 1);
    gsize length = 0;
    const char *message = g_bytes_get_data(run->message, &length);

    switch (*line) {
    case 'F':
        tamis_run_end_send(end, TAMIS_SENT_FORWARD, text, message, length);
        break;
    case 'V':
        tamis_run_end_send(end, TAMIS_SENT_REPLY, run->envelope_from, "", 0);
        break;
    case 'R':
        tamis_run_end_send(end, TAMIS_SENT_REJECTION, run->envelope_from, "", 0);
        break;
    case 'K':
        tamis_run_end_store(end, NULL, message, length);
        break;
    case 'I':
        tamis_run_end_store(end, text, message, length);
        break;
    default:
        g_free(end->failure);
        end->failure = g_steal_pointer(&text);
    }
}

static gboolean
run_once(TamisRunner *runner, const TamisRun *run, TamisRunEnd *end, GError **error)
{
    const TamisPolicy *policy = runner->options.policy;
    g_autofree char *script = g_strndup(run->script, run->script_bytes);
    g_autofree char *header = dup_header(run->message);
    Session session = {run, tamis_policy_text(policy, policy->delimiter), script, header};
    const TamisChildPlan plan = {
        .entry = execute,
        .data = &session,
        .wall_ms = TAMIS_RUN_WALL_MS,
        .cpu_s = TAMIS_RUN_CPU_S,
        .memory_bytes = TAMIS_RUN_MEMORY_BYTES,
        .output_bytes = TAMIS_RUN_OUTPUT_BYTES,
    };
    g_auto(TamisChildEnd) child = {0};
    g_auto(GStrv) lines = NULL;

    if (!tamis_child_run(&plan, &child, error))
        return FALSE;
    if (child.ending != TAMIS_CHILD_EXITED || child.status > 1) {
        g_autofree char *how = tamis_child_end_describe(&child, &plan);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "libsieve: %s", how);
        return FALSE;
    }
    lines = g_strsplit(child.out->str, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0')
            hear_action(*line, run, end);
    return TRUE;
}

#else

static gboolean
run_once(TamisRunner *runner, const TamisRun *run, TamisRunEnd *end, GError **error)
{
    g_return_val_if_reached(FALSE);
}

#endif

const TamisRunnerKind tamis_runner_libsieve = {
    .base = {"libsieve", TAMIS_ENGINE_LIBSIEVE, "libsieve", "libsieve2-1"},
    .open = open_runner,
    .close = close_runner,
    .run = run_once,
};
