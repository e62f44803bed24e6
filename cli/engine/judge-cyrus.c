/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cyrus IMAP's sievec: a process a script, several at a time. It does not tell its version. */
#include "cli/engine/judge-private.h"

#include <string.h>
#include <unistd.h>

/* Where distributions and a build of one's own put it: under this name PATH has Pigeonhole's. */
static const char *const places[] = {
    "/usr/lib/cyrus/bin/sievec", "/usr/lib/cyrus-imapd/sievec", "/usr/libexec/cyrus-imapd/sievec",
    "/usr/cyrus/bin/sievec",     "/usr/local/cyrus/bin/sievec", "/usr/local/libexec/sievec",
};

static gboolean
open_judge(TamisJudge *judge, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(places) && judge->program == NULL; i++)
        if (g_file_test(places[i], G_FILE_TEST_IS_EXECUTABLE))
            judge->program = g_strdup(places[i]);
    if (judge->program == NULL)
        return tamis_engine_kind_not_installed(&judge->kind->base, error);
    judge->title = g_strdup("Cyrus sievec");
    return TRUE;
}

static gboolean
prepare(TamisJudge *judge, GError **error)
{
    g_autofree char *text = g_strdup_printf("configdirectory: %s\n", judge->folder);

    judge->configuration = g_build_filename(judge->folder, "imapd.conf", NULL);
    return g_file_set_contents(judge->configuration, text, -1, error);
}

/* "line 3: syntax error", below a heading. */
static void
hear_line(const char *line, gsize length, gpointer data)
{
    static const char heading[] = "Unable to parse script: script errors:";
    const char *rest;
    guint number = tamis_judge_read_line_number(line, length, &rest);

    if (length >= strlen(heading) && strncmp(line, heading, strlen(heading)) == 0)
        return;
    tamis_opinion_remark(data, number, TRUE, rest, length - (gsize)(rest - line));
}

typedef struct {
    TamisJudge *judge;
    const TamisJudgeScript *scripts;
    TamisOpinion *const *opinions;
    GMutex lock;
    GError *error; /* the first */
} Session;

static gboolean
ask_one(const Session *session, guint index, GError **error)
{
    TamisJudge *judge = session->judge;
    TamisOpinion *opinion = session->opinions[index];
    g_autofree char *name = g_strdup_printf("%u.sieve", index);
    g_autofree char *compiled = g_strdup_printf("%s/%u.bc", judge->folder, index);
    g_autofree char *path = NULL;
    g_auto(TamisChildEnd) end = {0};

    if (!tamis_judge_write(judge->folder, name, &session->scripts[index], &path, error))
        return FALSE;
    const char *const argv[] = {judge->program, "-C", judge->configuration, path, compiled, NULL};
    const TamisChildPlan plan = {
        .argv = argv,
        .wall_ms = TAMIS_JUDGE_WALL_MS,
        .cpu_s = TAMIS_JUDGE_CPU_S,
        .memory_bytes = TAMIS_JUDGE_MEMORY_BYTES,
        .file_bytes = TAMIS_JUDGE_FILE_BYTES,
        .output_bytes = TAMIS_JUDGE_OUTPUT_BYTES,
        .interruption = tamis_interruption(),
    };
    gboolean runs = tamis_child_run(&plan, &end, error);
    unlink(path);
    unlink(compiled);
    if (!runs)
        return FALSE;
    if (end.ending != TAMIS_CHILD_EXITED || end.status > 1) {
        tamis_opinion_fail(opinion, &end, &plan);
        return TRUE;
    }
    opinion->verdict = end.status == 0 ? TAMIS_VERDICT_ACCEPTED : TAMIS_VERDICT_REFUSED;
    tamis_judge_each_line(end.err, hear_line, opinion);
    return TRUE;
}

static void
work(gpointer number, gpointer data)
{
    Session *session = data;
    g_autoptr(GError) error = NULL;

    if (ask_one(session, GPOINTER_TO_UINT(number) - 1, &error))
        return;
    g_mutex_lock(&session->lock);
    if (session->error == NULL)
        session->error = g_steal_pointer(&error);
    g_mutex_unlock(&session->lock);
}

static gboolean
ask(TamisJudge *judge, const TamisJudgeScript *scripts, guint n_scripts,
    TamisOpinion *const *opinions, GError **error)
{
    Session session = {judge, scripts, opinions};
    g_mutex_init(&session.lock);
    GThreadPool *crew =
        g_thread_pool_new(work, &session, (int)MAX(judge->options.n_jobs, 1), FALSE, error);

    if (crew == NULL)
        return FALSE;
    for (guint i = 1; i <= n_scripts; i++)
        g_thread_pool_push(crew, GUINT_TO_POINTER(i), NULL);
    g_thread_pool_free(crew, FALSE, TRUE);
    g_mutex_clear(&session.lock);
    if (session.error == NULL)
        return TRUE;
    g_propagate_error(error, session.error);
    return FALSE;
}

const TamisJudgeKind tamis_judge_cyrus_sievec = {
    .base = {"cyrus-sievec", TAMIS_ENGINE_CYRUS, "cyrus-3.6", "cyrus-common"},
    .open = open_judge,
    .prepare = prepare,
    .ask = ask,
};
