/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pigeonhole's sieve-test, told to execute for good (-e): it prints what it would hand to SMTP, all messages first
 * and then their recipients, and stores the rest in a Maildir. */
#include "cli/engine/folder.h"
#include "cli/engine/run-private.h"
#include "model/message-text.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DEPTH 32 /* of folders in folders */

static gboolean
open_runner(TamisRunner *runner, GError **error)
{
    g_autofree char *program = g_find_program_in_path("sieve-test");
    g_autofree char *filters = g_build_filename(runner->folder, "filters", NULL);

    if (program == NULL)
        return tamis_engine_kind_not_installed(&runner->kind->base, error);
    if (!tamis_runner_find_clock(runner, error))
        return FALSE;
    g_mkdir(filters, 0755);
    return TRUE;
}

/* Stand-ins for programs ------------------------------------------------------------------------ */

static gboolean
is_file_name(const char *name)
{
    return *name != '\0' && *name != '.' && strchr(name, '/') == NULL;
}

/* Each says that it was there, and changes nothing else. */
static gboolean
write_stand_ins(TamisRunner *runner, GError **error)
{
    const TamisPolicy *policy = runner->options.policy;

    for (guint i = 0; policy != NULL && i < policy->encryptions->len; i++) {
        const TamisEncryption *encryption = &g_array_index(policy->encryptions, TamisEncryption, i);

        if (encryption->means != TAMIS_ENCRYPT_FILTER || encryption->arguments.n == 0)
            continue;
        const char *name =
            tamis_policy_text(policy, tamis_policy_value(policy, encryption->arguments.first));
        g_autofree char *path = g_build_filename(runner->folder, "filters", name, NULL);
        static const char program[] =
            "#!/bin/sh\nprintf '" TAMIS_RUN_ENCRYPTED ": yes\\r\\n'\nexec cat\n";
        if (!is_file_name(name)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "no program can stand in for the filter '%s'", name);
            return FALSE;
        }
        if (!g_file_set_contents_full(path, program, -1, G_FILE_SET_CONTENTS_NONE, 0755, error))
            return FALSE;
    }
    return TRUE;
}

/* Configuration --------------------------------------------------------------------------------- */

static void
append_extensions(const TamisServer *server, GString *text)
{
    g_string_append(text, "  sieve_plugins = sieve_extprograms\n  sieve_extensions =");
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
        const char *setting = server->setting_of[i];

        /* Those that a plugin brings and that no generated script needs stay away. */
        if (tamis_extension_set_has(&server->by_setting, (TamisExtension)i) &&
            (setting == NULL || strstr(setting, "imapsieve") == NULL))
            g_string_append_printf(text, " +%s", tamis_extension_name((TamisExtension)i));
    }
    g_string_append_c(text, '\n');
}

static char *
make_configuration(const TamisRunner *runner, const TamisRun *run, const char *folder)
{
    GString *text = g_string_new("ssl = no\npostmaster_address = postmaster@localhost\n"
                                 "import_environment = TZ LD_PRELOAD FAKETIME "
                                 "FAKETIME_DONT_FAKE_MONOTONIC\n");
    guint uid, gid;

    if (tamis_engine_user(&uid, &gid))
        g_string_append_printf(text, "mail_uid = %u\nmail_gid = %u\n", uid, gid);
    g_string_append_printf(text,
                           "mail_home = %s\nmail_location = maildir:%s/mail:LAYOUT=fs:UTF-8\n"
                           "plugin {\n  sieve = file:%s/sieve;active=%s/active.sieve\n"
                           "  sieve_filter_bin_dir = %s/filters\n"
                           "  sieve_max_redirects = %u\n  sieve_max_actions = %u\n"
                           "  sieve_spamtest_status_type = score\n"
                           "  sieve_spamtest_status_header = " TAMIS_RUN_SPAM_PERCENT "\n"
                           "  sieve_spamtest_max_value = 100\n"
                           "  sieve_virustest_status_type = text\n"
                           "  sieve_virustest_status_header = " TAMIS_RUN_VIRUS_SCORE "\n",
                           folder, folder, folder, folder, runner->folder, run->max_redirects,
                           run->max_actions);
    for (guint score = 1; score <= TAMIS_VIRUS_SCORE_MAX; score++)
        g_string_append_printf(text, "  sieve_virustest_text_value%u = %u\n", score, score);
    append_extensions(runner->options.server, text);
    g_string_append(text, "}\n");
    return g_string_free(text, FALSE);
}

static gboolean
write_file(const char *folder, const char *name, const char *text, gsize length, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    return g_file_set_contents_full(path, text, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0644,
                                    error);
}

/* An inbox that is there. */
static gboolean
make_mail(const char *folder, GError **error)
{
    static const char *const parts[] = {"mail", "mail/new", "mail/cur", "mail/tmp"};

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(folder, parts[i], NULL);

        if (g_mkdir(path, 0700) != 0) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot make '%s': %s", path,
                        g_strerror(errno));
            return FALSE;
        }
        tamis_engine_give(path);
    }
    return TRUE;
}

static gboolean
prepare(TamisRunner *runner, const TamisRun *run, const char *folder, GError **error)
{
    g_autofree char *configuration = make_configuration(runner, run, folder);
    gsize length = 0;
    const char *message = g_bytes_get_data(run->message, &length);

    g_mkdir(folder, 0755);
    tamis_engine_give(folder);
    return write_stand_ins(runner, error) && make_mail(folder, error) &&
           write_file(folder, "dovecot.conf", configuration, strlen(configuration), error) &&
           write_file(folder, "script.sieve", run->script, run->script_bytes, error) &&
           write_file(folder, "message", message, length, error);
}

/* What it sends --------------------------------------------------------------------------------- */

/* The list of recipients at the end of the output: each of its entries. Returns where it begins. */
static gsize
split_recipients(const GString *out, GPtrArray *recipients)
{
    static const char head[] = "\nRECIPIENT: ", tail[] = "\nSTART MESSAGE:\nEND MESSAGE\n\n";
    gsize end = out->len;

    for (;;) {
        gsize tail_length = strlen(tail), head_length = strlen(head);
        if (end < tail_length + head_length ||
            memcmp(out->str + end - tail_length, tail, tail_length) != 0)
            return end;
        gsize address_end = end - tail_length, line = address_end;
        while (line > 0 && out->str[line - 1] != '\n')
            line--;
        if (line == 0 || address_end - line < head_length - 1 ||
            memcmp(out->str + line - 1, head, head_length) != 0)
            return end;
        g_ptr_array_insert(
            recipients, 0,
            g_strndup(out->str + line - 1 + head_length, address_end - (line - 1) - head_length));
        end = line - 1;
    }
}

/* Whether a message of the engine's begins here: two lines that it puts on top. */
static gboolean
begins_message(const char *at, const char *end, const char *recipient)
{
    static const char first[] = "X-Sieve: Pigeonhole Sieve ";
    g_autofree char *forwarded = g_strdup_printf("X-Sieve-Redirected-From: %s", recipient);
    const char *newline;

    if (!g_str_has_prefix(at, first) || (newline = memchr(at, '\n', (gsize)(end - at))) == NULL)
        return FALSE;
    return g_str_has_prefix(newline + 1, forwarded) ||
           g_str_has_prefix(newline + 1, "Message-ID: <dovecot-sieve-");
}

static TamisSentKind
kind_of(const char *message, gsize length, const char *recipient)
{
    if (tamis_run_has_field(message, length, "X-Sieve-Redirected-From", recipient))
        return TAMIS_SENT_FORWARD;
    if (tamis_run_has_field(message, length, "Auto-Submitted", "auto-replied (vacation)"))
        return TAMIS_SENT_REPLY;
    return TAMIS_SENT_REJECTION;
}

static gboolean
read_sent(const GString *out, const TamisRun *run, TamisRunEnd *end, GError **error)
{
    g_autoptr(GPtrArray) recipients = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) starts = g_ptr_array_new();
    const char *limit = out->str + split_recipients(out, recipients);

    for (const char *line = out->str; line < limit;) {
        const char *newline = memchr(line, '\n', (gsize)(limit - line));
        if (begins_message(line, limit, run->recipient))
            g_ptr_array_add(starts, (gpointer)line);
        line = newline != NULL ? newline + 1 : limit;
    }
    if (starts->len != recipients->len) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "sieve-test sent %u messages to %u recipients: they cannot be told apart",
                    starts->len, recipients->len);
        return FALSE;
    }
    for (guint i = 0; i < starts->len; i++) {
        const char *start = starts->pdata[i];
        const char *stop = i + 1 < starts->len ? starts->pdata[i + 1] : limit;
        const char *newline = memchr(start, '\n', (gsize)(stop - start));
        const char *message = newline + 1; /* without X-Sieve */

        tamis_run_end_send(end, kind_of(message, (gsize)(stop - message), run->recipient),
                           recipients->pdata[i], message, (gsize)(stop - message));
    }
    return TRUE;
}

/* What it stores -------------------------------------------------------------------------------- */

static void
read_messages(const char *path, const char *folder, TamisRunEnd *end)
{
    g_autoptr(GDir) messages = g_dir_open(path, 0, NULL);

    for (const char *name; messages != NULL && (name = g_dir_read_name(messages)) != NULL;) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *text = NULL;
        gsize length = 0;

        if (g_file_get_contents(file, &text, &length, NULL))
            tamis_run_end_store(end, folder, text, length);
    }
}

/* folder: NULL for the inbox. */
static void
read_stored(const char *path, const char *folder, guint depth, TamisRunEnd *end)
{
    g_autoptr(GDir) inside = g_dir_open(path, 0, NULL);

    for (const char *name; inside != NULL && (name = g_dir_read_name(inside)) != NULL;) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        if (!g_file_test(inner, G_FILE_TEST_IS_DIR))
            continue;
        if (strcmp(name, "new") == 0 || strcmp(name, "cur") == 0) {
            read_messages(inner, folder, end);
        } else if (strcmp(name, "tmp") != 0 && depth < MAX_DEPTH) {
            g_autofree char *below =
                folder != NULL ? g_strconcat(folder, "/", name, NULL) : g_strdup(name);
            read_stored(inner, below, depth + 1, end);
        }
    }
}

/* Running --------------------------------------------------------------------------------------- */

/* What it says of a run that failed: its first error. */
static char *
read_failure(const GString *err)
{
    g_auto(GStrv) lines = g_strsplit(err->str, "\n", -1);

    if (strstr(err->str, "final result: success") != NULL)
        return NULL;
    for (char **line = lines; *line != NULL; line++) {
        const char *text = strstr(*line, "error: ");
        if (text != NULL)
            return g_strdup(text + strlen("error: "));
    }
    return g_strdup("no reason given");
}

static gboolean
execute(TamisRunner *runner, const TamisRun *run, const char *folder, TamisRunEnd *end,
        GError **error)
{
    g_auto(GStrv) environment = tamis_runner_stopped_clock(runner, run->instant);
    const char *const argv[] = {"sieve-test",
                                "-e",
                                "-C",
                                "-c",
                                "dovecot.conf",
                                "-f",
                                run->envelope_from,
                                "-a",
                                run->envelope_to,
                                "-r",
                                run->recipient,
                                "script.sieve",
                                "message",
                                NULL};
    const TamisChildPlan plan = {
        .argv = argv,
        .environment = (const char *const *)environment,
        .folder = folder,
        .wall_ms = TAMIS_RUN_WALL_MS,
        .cpu_s = TAMIS_RUN_CPU_S,
        .memory_bytes = TAMIS_RUN_MEMORY_BYTES,
        .output_bytes = TAMIS_RUN_OUTPUT_BYTES,
    };
    g_auto(TamisChildEnd) child = {0};

    if (!tamis_child_run(&plan, &child, error))
        return FALSE;
    if (child.ending != TAMIS_CHILD_EXITED) {
        g_autofree char *how = tamis_child_end_describe(&child, &plan);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "sieve-test: %s", how);
        return FALSE;
    }
    if (child.status > 1) { /* 1: the script's run failed, and that is an outcome */
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "sieve-test does not work here: it ended with status %d%s%.500s", child.status,
                    child.err->len > 0 ? ": " : "", child.err->str);
        return FALSE;
    }
    end->failure = read_failure(child.err);
    return read_sent(child.out, run, end, error);
}

static gboolean
run_once(TamisRunner *runner, const TamisRun *run, TamisRunEnd *end, GError **error)
{
    g_autofree char *folder = g_strdup_printf("%s/%u", runner->folder, runner->n_runs);
    g_autofree char *mail = g_build_filename(folder, "mail", NULL);

    if (*run->envelope_from == '\0') {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "sieve-test takes no message with the null sender");
        return FALSE;
    }
    gboolean is_good =
        prepare(runner, run, folder, error) && execute(runner, run, folder, end, error);
    if (is_good)
        read_stored(mail, NULL, 0, end);
    tamis_engine_folder_remove(folder);
    return is_good;
}

const TamisRunnerKind tamis_runner_dovecot = {
    .base = {"dovecot", TAMIS_ENGINE_PIGEONHOLE, "dovecot-2.3", "dovecot-sieve"},
    .open = open_runner,
    .run = run_once,
    .forgets = TRUE,
};
