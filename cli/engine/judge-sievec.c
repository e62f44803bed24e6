/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pigeonhole's sievec. Given a folder it compiles one script after the other in a process and ends at the
 * first that it refuses or that breaks it: what is left is asked again. Configured so that it has all that the
 * server can have with a setting, since what needs one is said elsewhere. */
#include "cli/engine/folder.h"
#include "cli/engine/judge-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH 1000 /* scripts that one process gets */
#define FEW   4    /* scripts that are not worth a search for the one that breaks it */
/* Dovecot's, when it cannot get more memory. */
#define STATUS_OUT_OF_MEMORY 83

#define SCRIPT_ENDING ".sieve"
#define BINARY_ENDING ".svbin"

/* Configuration --------------------------------------------------------------------------------- */

/* "2.3.19.1"; NULL: there is no dovecot, or none that says so. */
static char *
ask_version(void)
{
    static const char *const argv[] = {"dovecot", "--version", NULL};
    const TamisChildPlan plan = {
        .argv = argv, .wall_ms = TAMIS_JUDGE_WALL_MS, .output_bytes = 4096};
    g_auto(TamisChildEnd) end = {0};

    if (!tamis_child_run(&plan, &end, NULL) || end.ending != TAMIS_CHILD_EXITED || end.status != 0)
        return NULL;
    return g_strndup(end.out->str, strcspn(end.out->str, " \n"));
}

/* Brought by a plugin, which says so in the setting. */
static gboolean
is_plugged_in(const TamisServer *server, guint extension)
{
    const char *setting = server->setting_of[extension];

    return setting != NULL && strstr(setting, "sieve_plugins") != NULL;
}

/* Where there is a folder, and its name can be written there. */
static void
append_folder(GString *text, const char *setting, const char *name)
{
    g_autofree char *folder = name != NULL ? g_canonicalize_filename(name, NULL) : NULL;

    if (folder != NULL && strpbrk(folder, "\n\"\\;:$") == NULL)
        g_string_append_printf(text, "  %s%s\"\n", setting, folder);
}

static gboolean
write_configuration(TamisJudge *judge, GError **error)
{
    const TamisServer *server = judge->options.server;
    guint uid, gid;
    g_autoptr(GString) text = g_string_new("ssl = no\npostmaster_address = postmaster@localhost\n");
    g_autoptr(GString) plugins = g_string_new(NULL);

    g_string_append_printf(text, "mail_home = %s\nmail_location = maildir:%s/mail\n", judge->folder,
                           judge->folder);
    if (tamis_engine_user(&uid, &gid))
        g_string_append_printf(text, "mail_uid = %u\nmail_gid = %u\n", uid, gid);
    g_string_append(text, "plugin {\n  sieve_extensions =");
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
        if (!tamis_extension_set_has(&server->by_setting, (TamisExtension)i))
            continue;
        const char *name = tamis_extension_name((TamisExtension)i);
        g_string_append_printf(text, " +%s", name);
        if (is_plugged_in(server, i) && plugins->len == 0)
            g_string_append(plugins, "  sieve_plugins = sieve_extprograms sieve_imapsieve\n");
    }
    g_string_append_printf(text, "\n%s", plugins->str);
    if (server->max_script_bytes > 0)
        g_string_append_printf(text, "  %s = %" G_GUINT64_FORMAT "\n", server->max_script_setting,
                               server->max_script_bytes);
    append_folder(text, "sieve = \"file:", judge->options.include_dir);
    append_folder(text, "sieve_global = \"", judge->options.global_dir);
    g_string_append(text, "}\n");
    judge->configuration = g_build_filename(judge->folder, "dovecot.conf", NULL);
    return g_file_set_contents_full(judge->configuration, text->str, (gssize)text->len,
                                    G_FILE_SET_CONTENTS_NONE, 0644, error);
}

static gboolean
open_judge(TamisJudge *judge, GError **error)
{
    g_autofree char *version = ask_version();

    judge->program = g_find_program_in_path("sievec");
    if (judge->program == NULL || version == NULL)
        return tamis_engine_kind_not_installed(&judge->kind->base, error);
    if (!g_str_has_prefix(version, "2.3.")) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "'%s' is of Dovecot %s; tamis can ask that of Dovecot 2.3", judge->program,
                    version);
        return FALSE;
    }
    judge->title = g_strdup_printf("sievec of Dovecot %s", version);
    return TRUE;
}

/* What it says ---------------------------------------------------------------------------------- */

/* Scripts are called by their numbers: "17: line 3: error: …". */
typedef struct {
    TamisOpinion *const *opinions;
    guint n_opinions;
    TamisOpinion *refused; /* named as the one that ended the run; NULL: none */
    gboolean has_complaint;
} Listener;

static gboolean
skip_word(const char **at, gsize *length, const char *word)
{
    gsize n = strlen(word);

    if (*length < n || strncmp(*at, word, n) != 0)
        return FALSE;
    *at += n;
    *length -= n;
    return TRUE;
}

static TamisOpinion *
find_opinion(const Listener *listener, const char *number, gsize length, gsize *out_length)
{
    char *end = NULL;
    guint64 index = g_ascii_isdigit(*number) ? g_ascii_strtoull(number, &end, 10) : G_MAXUINT64;

    if (index >= listener->n_opinions || end >= number + length)
        return NULL;
    *out_length = (gsize)(end - number);
    return listener->opinions[index];
}

/* "sievec: Fatal: failed to compile sieve script 'FOLDER/17.sieve'" */
static gboolean
hear_end(Listener *listener, const char *line, gsize length)
{
    static const char word[] = "failed to compile sieve script '";
    const char *start = g_strstr_len(line, (gssize)length, word);
    gsize used;

    if (start == NULL)
        return FALSE;
    const char *name = g_strrstr_len(start, (gssize)(length - (gsize)(start - line)), "/");
    if (name == NULL)
        name = start + strlen(word) - 1;
    name++;
    listener->refused = find_opinion(listener, name, length - (gsize)(name - line), &used);
    return TRUE;
}

static void
hear_line(const char *line, gsize length, gpointer data)
{
    Listener *listener = data;
    gsize used = 0;

    if (hear_end(listener, line, length))
        return;
    TamisOpinion *opinion = find_opinion(listener, line, length, &used);
    const char *at = line + used;
    length -= used;
    if (opinion == NULL || !skip_word(&at, &length, ": ")) {
        listener->has_complaint = TRUE;
        return;
    }
    const char *rest;
    guint number = tamis_judge_read_line_number(at, length, &rest);
    length -= (gsize)(rest - at);
    gboolean is_error = skip_word(&rest, &length, "error: ");
    if (!is_error && !skip_word(&rest, &length, "warning: "))
        skip_word(&rest, &length, "info: ");
    tamis_opinion_remark(opinion, number, is_error, rest, length);
}

/* Asking ---------------------------------------------------------------------------------------- */

typedef struct {
    TamisJudge *judge;
    const TamisJudgeScript *scripts;
    TamisOpinion *const *opinions;
    guint n_scripts;
    GArray *batch; /* of guint: the scripts in the folder */
    char *folder;
} Session;

static void
session_clear(Session *session)
{
    g_array_unref(session->batch);
    g_free(session->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Session, session_clear)

static char *
path_of(const Session *session, guint index, const char *ending)
{
    return g_strdup_printf("%s/%u%s", session->folder, index, ending);
}

static void
forget(Session *session, guint index)
{
    g_autofree char *script = path_of(session, index, SCRIPT_ENDING);
    g_autofree char *binary = path_of(session, index, BINARY_ENDING);

    unlink(script);
    unlink(binary);
}

static gboolean
put(Session *session, guint index, GError **error)
{
    g_autofree char *name = g_strdup_printf("%u" SCRIPT_ENDING, index);
    g_autofree char *path = NULL;

    g_array_append_val(session->batch, index);
    return tamis_judge_write(session->folder, name, &session->scripts[index], &path, error);
}

/* Takes out what the run has compiled, and what it has refused. */
static void
sort_out(Session *session, const TamisOpinion *refused)
{
    for (guint i = session->batch->len; i-- > 0;) {
        guint index = g_array_index(session->batch, guint, i);
        g_autofree char *binary = path_of(session, index, BINARY_ENDING);
        if (session->opinions[index] != refused && access(binary, F_OK) != 0) {
            g_ptr_array_set_size(session->opinions[index]->remarks, 0); /* it is asked again */
            continue;
        }
        forget(session, index);
        g_array_remove_index_fast(session->batch, i);
    }
}

static gboolean ask_range(Session *session, const guint *indexes, guint n, GError **error);

/* The batch holds one that the engine does not survive: halves are smaller. */
static gboolean
search(Session *session, const TamisChildEnd *end, const TamisChildPlan *plan, GError **error)
{
    g_autoptr(GArray) left = g_array_copy(session->batch);
    const guint *indexes = (const guint *)left->data;

    for (guint i = 0; i < left->len; i++)
        forget(session, indexes[i]);
    g_array_set_size(session->batch, 0);
    if (left->len == 1) {
        TamisOpinion *opinion = session->opinions[indexes[0]];
        tamis_opinion_fail(opinion, end, plan);
        if (end->ending == TAMIS_CHILD_EXITED) {
            g_free(opinion->failure);
            opinion->failure = g_strdup("it ran out of memory");
        }
        return TRUE;
    }
    guint size = left->len <= FEW ? 1 : left->len / 2;
    for (guint start = 0; start < left->len; start += size)
        if (!ask_range(session, indexes + start, MIN(size, left->len - start), error))
            return FALSE;
    return TRUE;
}

/* A run that has left each script as it was. */
static gboolean
complain(const TamisJudge *judge, const TamisChildEnd *end, GError **error)
{
    const char *word = end->err->str + strspn(end->err->str, "\r\n");
    int length = (int)MIN(strcspn(word, "\r\n"), 500);

    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "'%s' does not work here: it ended with status %d, and has neither compiled nor "
                "refused a script%s%.*s",
                judge->program, end->status, length > 0 ? ": " : "", length, word);
    return FALSE;
}

static gboolean
ask_batch(Session *session, GError **error)
{
    const char *const argv[] = {session->judge->program, "-c", session->judge->configuration,
                                session->folder, NULL};
    const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                                       "USER=nobody", NULL};
    const TamisChildPlan plan = {
        .argv = argv,
        .environment = environment,
        .wall_ms = TAMIS_JUDGE_WALL_MS,
        .cpu_s = TAMIS_JUDGE_CPU_S,
        .memory_bytes = TAMIS_JUDGE_MEMORY_BYTES,
        .file_bytes = TAMIS_JUDGE_FILE_BYTES,
        .output_bytes = TAMIS_JUDGE_OUTPUT_BYTES,
        .interruption = tamis_interruption(),
    };

    while (session->batch->len > 0) {
        Listener listener = {session->opinions, session->n_scripts};
        guint before = session->batch->len;
        g_auto(TamisChildEnd) end = {0};
        if (!tamis_child_run(&plan, &end, error))
            return FALSE;
        tamis_judge_each_line(end.err, hear_line, &listener);
        if (listener.refused != NULL)
            listener.refused->verdict = TAMIS_VERDICT_REFUSED;
        sort_out(session, listener.refused);
        if (end.ending != TAMIS_CHILD_EXITED || end.status == STATUS_OUT_OF_MEMORY)
            return search(session, &end, &plan, error);
        if (session->batch->len == before)
            return complain(session->judge, &end, error);
    }
    return TRUE;
}

static gboolean
ask_range(Session *session, const guint *indexes, guint n, GError **error)
{
    for (guint i = 0; i < n; i++)
        if (!put(session, indexes[i], error))
            return FALSE;
    return ask_batch(session, error);
}

static gboolean
ask(TamisJudge *judge, const TamisJudgeScript *scripts, guint n_scripts,
    TamisOpinion *const *opinions, GError **error)
{
    g_auto(Session) session = {
        .judge = judge,
        .scripts = scripts,
        .opinions = opinions,
        .n_scripts = n_scripts,
        .batch = g_array_new(FALSE, FALSE, sizeof(guint)),
        .folder = g_build_filename(judge->folder, "scripts", NULL),
    };
    guint indexes[BATCH];

    if (g_mkdir_with_parents(session.folder, 0755) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot make '%s': %s", session.folder,
                    g_strerror(errno));
        return FALSE;
    }
    for (guint start = 0; start < n_scripts; start += BATCH) {
        guint n = MIN(BATCH, n_scripts - start);
        for (guint i = 0; i < n; i++)
            indexes[i] = start + i;
        if (!ask_range(&session, indexes, n, error))
            return FALSE;
    }
    return TRUE;
}

const TamisJudgeKind tamis_judge_sievec = {
    .base = {"sievec", TAMIS_ENGINE_PIGEONHOLE, "dovecot-2.3", "dovecot-sieve"},
    .open = open_judge,
    .prepare = write_configuration,
    .ask = ask,
};
