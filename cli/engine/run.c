/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What engines that deliver have in common. */
#include "cli/engine/run.h"

#include "cli/engine/folder.h"
#include "cli/engine/memory.h"
#include "cli/engine/run-private.h"
#include "model/message-text.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const TamisEngineKind *const kinds[] = {
    &tamis_runner_dovecot.base,
    &tamis_runner_cyrus.base,
    &tamis_runner_libsieve.base,
};

const char *
tamis_runner_default_server(const char *name)
{
    const TamisEngineKind *kind = tamis_engine_kind_find(kinds, G_N_ELEMENTS(kinds), name);

    return kind != NULL ? kind->default_server : NULL;
}

const char *
tamis_runner_names(void)
{
    return "dovecot, cyrus or libsieve";
}

TamisRunner *
tamis_runner_open(const char *name, const TamisRunnerOptions *options, GError **error)
{
    const TamisEngineKind *kind = tamis_engine_kind_find(kinds, G_N_ELEMENTS(kinds), name);

    g_return_val_if_fail(kind != NULL, NULL);
    if (!tamis_engine_kind_fits(kind, options->server, error))
        return NULL;
    g_autoptr(TamisRunner) runner = g_new0(TamisRunner, 1);
    runner->kind = (const TamisRunnerKind *)kind;
    runner->options = *options;
    runner->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    runner->folder = tamis_engine_folder_make(error);
    if (runner->folder == NULL || !runner->kind->open(runner, error))
        return NULL;
    return g_steal_pointer(&runner);
}

void
tamis_runner_close(TamisRunner *runner)
{
    if (runner->kind->close != NULL)
        runner->kind->close(runner);
    if (runner->clock_library != NULL)
        tamis_runner_sweep_clocks();
    if (runner->folder != NULL)
        tamis_engine_folder_remove(runner->folder);
    g_clear_pointer(&runner->known, g_hash_table_unref);
    g_free(runner->folder);
    g_free(runner->clock_library);
    g_free(runner);
}

gboolean
tamis_runner_begin(TamisRunner *runner, TamisInstant instant, GError **error)
{
    g_hash_table_remove_all(runner->known);
    return runner->kind->begin == NULL || runner->kind->begin(runner, instant, error);
}

static void
clear_sent(gpointer data)
{
    TamisSent *sent = data;

    g_free(sent->recipient);
    g_clear_pointer(&sent->message, g_bytes_unref);
}

static void
clear_stored(gpointer data)
{
    TamisStored *stored = data;

    g_free(stored->folder);
    g_bytes_unref(stored->message);
}

gboolean
tamis_runner_run(TamisRunner *runner, const TamisRun *run, TamisRunEnd *out_end, GError **error)
{
    *out_end = (TamisRunEnd){g_array_new(FALSE, FALSE, sizeof(TamisSent)),
                             g_array_new(FALSE, FALSE, sizeof(TamisStored)), NULL};
    g_array_set_clear_func(out_end->sent, clear_sent);
    g_array_set_clear_func(out_end->stored, clear_stored);
    if (g_bytes_get_size(run->message) > TAMIS_RUN_MESSAGE_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "the message is larger than the %zu MiB that an engine is given",
                    TAMIS_RUN_MESSAGE_BYTES >> 20);
        return FALSE;
    }
    runner->n_runs++;
    if (!runner->kind->run(runner, run, out_end, error))
        return FALSE;
    if (runner->kind->forgets)
        tamis_run_leave_out(runner->known, run, out_end);
    return TRUE;
}

void
tamis_run_end_clear(TamisRunEnd *end)
{
    g_clear_pointer(&end->sent, g_array_unref);
    g_clear_pointer(&end->stored, g_array_unref);
    g_clear_pointer(&end->failure, g_free);
}

/* What came of it ------------------------------------------------------------------------------- */

/* Takes out the first field of the name, if the header has it. It is not folded. */
static void
drop_field(GString *message, const char *name)
{
    gsize length = strlen(name);

    for (gsize at = 0; at < message->len && message->str[at] != '\r';) {
        const char *line = message->str + at;
        const char *end = memchr(line, '\n', message->len - at);
        gsize line_length = end != NULL ? (gsize)(end - line) + 1 : message->len - at;

        if (line_length > length && line[length] == ':' && strncmp(line, name, length) == 0) {
            g_string_erase(message, (gssize)at, (gssize)line_length);
            return;
        }
        at += line_length;
    }
}

void
tamis_run_add_grades(GString *message, const TamisGrades *grades)
{
    if (grades->spam_score > 0)
        g_string_append_printf(message, TAMIS_RUN_SPAM_PERCENT ": %u\r\n",
                               tamis_grades_get(grades, TAMIS_GRADE_SPAM_PERCENT));
    if (grades->virus_score > 0)
        g_string_append_printf(message, TAMIS_RUN_VIRUS_SCORE ": %u\r\n", grades->virus_score);
}

static GBytes *
to_bytes(const char *message, gsize length_bytes)
{
    g_autoptr(GString) text = g_string_sized_new(length_bytes + 64);

    tamis_message_text_add_lines(text, message, length_bytes);
    drop_field(text, TAMIS_RUN_SPAM_PERCENT);
    drop_field(text, TAMIS_RUN_VIRUS_SCORE);
    return g_string_free_to_bytes(g_steal_pointer(&text));
}

void
tamis_run_end_send(TamisRunEnd *end, TamisSentKind kind, const char *recipient, const char *message,
                   gsize length_bytes)
{
    TamisSent sent = {kind, g_strdup(recipient),
                      kind == TAMIS_SENT_FORWARD ? to_bytes(message, length_bytes) : NULL};

    g_array_append_val(end->sent, sent);
}

void
tamis_run_end_store(TamisRunEnd *end, const char *folder, const char *message, gsize length_bytes)
{
    TamisStored stored = {g_strdup(folder), to_bytes(message, length_bytes)};

    g_array_append_val(end->stored, stored);
}

gboolean
tamis_run_has_field(const char *message, gsize length_bytes, const char *name, const char *start)
{
    const char *end = message + length_bytes;
    gsize name_length = strlen(name);

    while (message < end && *message != '\n' && *message != '\r') {
        const char *newline = memchr(message, '\n', (gsize)(end - message));
        const char *value = message + name_length;

        if (newline == NULL)
            newline = end;
        if (newline - message > (gssize)name_length && *value == ':' &&
            g_ascii_strncasecmp(message, name, name_length) == 0) {
            for (value++; value < newline && *value == ' '; value++)
                ;
            if ((gsize)(newline - value) >= strlen(start) &&
                strncmp(value, start, strlen(start)) == 0)
                return TRUE;
        }
        message = newline < end ? newline + 1 : end;
    }
    return FALSE;
}

/* Clocks ---------------------------------------------------------------------------------------- */

gboolean
tamis_runner_find_clock(TamisRunner *runner, GError **error)
{
    glob_t found = {0};

    if (glob("/usr/lib/*/faketime/libfaketime.so.1", 0, NULL, &found) == 0 && found.gl_pathc > 0)
        runner->clock_library = g_strdup(found.gl_pathv[0]);
    globfree(&found);
    if (runner->clock_library != NULL)
        return TRUE;
    g_set_error(
        error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "the engine '%s' needs libfaketime, by which its clock says what a test says, and which is "
        "not installed here (on Debian: faketime)",
        runner->kind->base.name);
    return FALSE;
}

char **
tamis_runner_stopped_clock(const TamisRunner *runner, TamisInstant instant)
{
    TamisClock clock = tamis_clock_from_instant(instant, 0);
    GPtrArray *variables = g_ptr_array_new();

    g_ptr_array_add(variables,
                    g_strdup("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    g_ptr_array_add(variables, g_strdup("LC_ALL=C"));
    g_ptr_array_add(variables, g_strdup("USER=nobody"));
    g_ptr_array_add(variables, g_strdup_printf("HOME=%s", runner->folder));
    g_ptr_array_add(variables, g_strdup("TZ=UTC"));
    g_ptr_array_add(variables, g_strdup_printf("LD_PRELOAD=%s", runner->clock_library));
    g_ptr_array_add(variables, g_strdup_printf("FAKETIME=%04d-%02u-%02u %02u:%02u:%02u",
                                               clock.date.year, clock.date.month, clock.date.day,
                                               clock.hour, clock.minute, clock.second));
    g_ptr_array_add(variables, g_strdup("FAKETIME_DONT_FAKE_MONOTONIC=1"));
    g_ptr_array_add(variables, NULL);
    return (char **)g_ptr_array_free(variables, FALSE);
}

void
tamis_runner_sweep_clocks(void)
{
    static const char *const starts[] = {"faketime_shm_", "sem.faketime_sem_"};
    g_autoptr(GDir) memory = g_dir_open("/dev/shm", 0, NULL);

    for (const char *name; memory != NULL && (name = g_dir_read_name(memory)) != NULL;) {
        for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
            g_autofree char *path = g_build_filename("/dev/shm", name, NULL);
            guint64 process = g_str_has_prefix(name, starts[i])
                                  ? g_ascii_strtoull(name + strlen(starts[i]), NULL, 10)
                                  : 0;
            if (process > 0 && process <= G_MAXINT && kill((pid_t)process, 0) != 0 &&
                errno == ESRCH)
                unlink(path);
        }
    }
}
