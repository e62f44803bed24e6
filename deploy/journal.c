/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing journals. A record is one write() at the end of the file, so records of threads do not mix; the disk
 * has them at the latest a second later, and at once where a text would be lost without it. */
#include "deploy/journal.h"

#include "base/json-text.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_EVERY_US G_USEC_PER_SEC
#define FIRST_BYTES   "{\"version\":"

struct TamisDeployJournal {
    char *path;
    int fd;
    char *run;
    GMutex lock; /* of what is written */
    guint64 n_written;
    gboolean is_torn; /* a record was cut short: the next one begins a line of its own */
    GMutex sync_lock; /* of what the disk has; nobody waits for it to write */
    guint64 n_synced;
    gint64 synced_us;
};

static gboolean
fail(const TamisDeployJournal *journal, int code, GError **error)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code),
                "cannot write the journal '%s': %s", journal->path, g_strerror(code));
    return FALSE;
}

gboolean
tamis_deploy_journal_begins(const char *text, gsize length_bytes)
{
    const char *end = memchr(text, '\n', length_bytes);
    gsize n = end != NULL ? (gsize)(end - text) : length_bytes;

    return strncmp(text, FIRST_BYTES, MIN(n, strlen(FIRST_BYTES))) == 0;
}

/* A slip in a name, and a policy would be written into. */
static gboolean
is_journal(const TamisDeployJournal *journal)
{
    char text[sizeof FIRST_BYTES];
    struct stat status;
    gssize n;

    if (fstat(journal->fd, &status) != 0 || !S_ISREG(status.st_mode)) /* a device has no history */
        return TRUE;
    n = pread(journal->fd, text, sizeof text, 0);
    return n <= 0 || tamis_deploy_journal_begins(text, (gsize)n);
}

/* A line that a crash cut short stays, by itself. */
static gboolean
end_last_line(TamisDeployJournal *journal)
{
    off_t length = lseek(journal->fd, 0, SEEK_END);
    char last;

    if (length <= 0)
        return length == 0;
    if (pread(journal->fd, &last, 1, length - 1) != 1)
        return FALSE;
    return last == '\n' || write(journal->fd, "\n", 1) == 1;
}

TamisDeployJournal *
tamis_deploy_journal_open(const char *path, GError **error)
{
    g_autoptr(TamisDeployJournal) journal = g_new0(TamisDeployJournal, 1);

    journal->path = g_strdup(path);
    g_mutex_init(&journal->lock);
    g_mutex_init(&journal->sync_lock);
    journal->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (journal->fd < 0) {
        fail(journal, errno, error);
        return NULL;
    }
    if (flock(journal->fd, LOCK_EX | LOCK_NB) != 0) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_LOCKED,
                    "another run is writing the journal '%s'", path);
        return NULL;
    }
    if (!is_journal(journal)) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
                    "'%s' is no journal of deployments: nothing is written into it", path);
        return NULL;
    }
    if (!end_last_line(journal)) {
        fail(journal, errno, error);
        return NULL;
    }
    journal->run = g_uuid_string_random();
    return g_steal_pointer(&journal);
}

void
tamis_deploy_journal_free(TamisDeployJournal *journal)
{
    if (journal == NULL)
        return;
    if (journal->fd >= 0)
        close(journal->fd);
    g_mutex_clear(&journal->lock);
    g_mutex_clear(&journal->sync_lock);
    g_free(journal->run);
    g_free(journal->path);
    g_free(journal);
}

const char *
tamis_deploy_journal_get_run(const TamisDeployJournal *journal)
{
    return journal->run;
}

/* Records --------------------------------------------------------------------------------------- */

static JsonBuilder *
record_new(const TamisDeployJournal *journal, const char *event)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *at = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    JsonBuilder *builder = json_builder_new();

    json_builder_begin_object(builder);
    tamis_json_add_number(builder, "version", TAMIS_DEPLOY_JOURNAL_VERSION);
    tamis_json_add_string(builder, "event", event);
    tamis_json_add_string(builder, "run", journal->run);
    tamis_json_add_string(builder, "at", at);
    return builder;
}

static gboolean
write_line(TamisDeployJournal *journal, const char *line, gsize length)
{
    if (journal->is_torn && write(journal->fd, "\n", 1) != 1)
        return FALSE;
    journal->is_torn = FALSE;
    while (length > 0) {
        gssize n = write(journal->fd, line, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        line += n;
        length -= (gsize)n;
        journal->is_torn = length > 0;
    }
    return TRUE;
}

/* Brings the n-th record to the disk, with all that were written since: who waits meanwhile finds it done. FALSE
 * with errno. */
static gboolean
bring_to_disk(TamisDeployJournal *journal, guint64 n)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&journal->sync_lock);
    guint64 n_written;

    if (journal->n_synced >= n)
        return TRUE;
    g_mutex_lock(&journal->lock);
    n_written = journal->n_written;
    g_mutex_unlock(&journal->lock);
    if (fdatasync(journal->fd) != 0 && errno != EINVAL) /* a pipe has no disk */
        return FALSE;
    journal->n_synced = n_written;
    journal->synced_us = g_get_monotonic_time();
    return TRUE;
}

/* Whether the last time is long ago; not where someone is at it. */
static gboolean
is_sync_due(TamisDeployJournal *journal)
{
    gboolean due;

    if (!g_mutex_trylock(&journal->sync_lock))
        return FALSE;
    due = g_get_monotonic_time() - journal->synced_us > SYNC_EVERY_US;
    g_mutex_unlock(&journal->sync_lock);
    return due;
}

/* Takes the builder. */
static gboolean
append(TamisDeployJournal *journal, JsonBuilder *taken, gboolean sync, GError **error)
{
    g_autoptr(JsonBuilder) builder = taken;
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;
    gboolean went_well;

    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    text = tamis_json_mend(json_to_string(root, FALSE));
    line = g_strconcat(text, "\n", NULL);
    g_mutex_lock(&journal->lock);
    went_well = write_line(journal, line, strlen(line));
    int code = errno;
    guint64 n = ++journal->n_written;
    g_mutex_unlock(&journal->lock);
    if (went_well && (sync || is_sync_due(journal))) {
        went_well = bring_to_disk(journal, n);
        code = errno;
    }
    return went_well || fail(journal, code, error);
}

gboolean
tamis_deploy_journal_begin(TamisDeployJournal *journal, const TamisDeployJournalRun *run,
                           GError **error)
{
    JsonBuilder *builder = record_new(journal, "begin");

    tamis_json_add_string(builder, "verb", run->verb);
    tamis_json_add_string(builder, "who", run->who);
    tamis_json_add_string(builder, "to", run->to);
    tamis_json_add_string(builder, "login", run->login);
    tamis_json_add_string(builder, "policy_sha256", run->policy_sha256);
    tamis_json_add_string(builder, "undoes", run->undoes);
    tamis_json_add_number(builder, "mailboxes", run->n_mailboxes);
    return append(journal, builder, TRUE, error);
}

/* Scripts are UTF-8, mostly. */
static void
add_script(JsonBuilder *builder, const char *name, const GString *text)
{
    g_autofree char *hash =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text->str, text->len);

    json_builder_set_member_name(builder, "before");
    json_builder_begin_object(builder);
    tamis_json_add_string(builder, "name", name);
    tamis_json_add_string(builder, "sha256", hash);
    if (g_utf8_validate(text->str, (gssize)text->len, NULL)) {
        tamis_json_add_string(builder, "text", text->str);
    } else {
        g_autofree char *encoded = g_base64_encode((const guchar *)text->str, text->len);
        tamis_json_add_string(builder, "base64", encoded);
    }
    json_builder_end_object(builder);
}

gboolean
tamis_deploy_journal_change(TamisDeployJournal *journal, const char *mailbox,
                            const TamisFound *found, const TamisPlan *plan, const char *sha256,
                            GError **error)
{
    JsonBuilder *builder = record_new(journal, "change");
    /* What Tamis did not write exists nowhere else. */
    gboolean precious = found->owner == TAMIS_OWNER_OTHER || found->owner == TAMIS_OWNER_EDITED;

    tamis_json_add_string(builder, "mailbox", mailbox);
    tamis_json_add_string(builder, "change", tamis_change_name(plan->change));
    if (plan->change != TAMIS_CHANGE_REMOVED || plan->activate != NULL)
        tamis_json_add_string(builder, "active", plan->activate);
    tamis_json_add_string(builder, "script", plan->name);
    if (plan->name != NULL)
        tamis_json_add_string(builder, "sha256", sha256);
    if (found->active != NULL)
        add_script(builder, found->active, found->active_text);
    return append(journal, builder, precious, error);
}

gboolean
tamis_deploy_journal_result(TamisDeployJournal *journal, const char *mailbox,
                            TamisDeployChange change, const char *name, const char *sha256,
                            const char *reason, GError **error)
{
    JsonBuilder *builder = record_new(journal, "result");

    tamis_json_add_string(builder, "mailbox", mailbox);
    tamis_json_add_string(builder, "result", tamis_change_name(change));
    tamis_json_add_string(builder, "script", name);
    tamis_json_add_string(builder, "sha256", name != NULL ? sha256 : NULL);
    tamis_json_add_string(builder, "reason", reason);
    return append(journal, builder, FALSE, error);
}

gboolean
tamis_deploy_journal_end(TamisDeployJournal *journal, const guint32 counts[TAMIS_N_CHANGES],
                         guint32 n_left, GError **error)
{
    JsonBuilder *builder = record_new(journal, "end");

    for (guint i = 0; i < TAMIS_N_CHANGES; i++)
        tamis_json_add_number(builder, tamis_change_name((TamisDeployChange)i), counts[i]);
    tamis_json_add_number(builder, "left", n_left);
    return append(journal, builder, TRUE, error);
}
