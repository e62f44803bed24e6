/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing manifests. An entry is made beside its script, in any thread; what entries have in common
 * is kept from one to the next, since a policy's mailboxes come in few shapes. */
#include "compiler/manifest.h"

#include "base/append.h"
#include "base/version.h"
#include "compiler/folder.h"
#include "compiler/layout.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES ((gsize)256 * 1024)
/* Above this a table tells which targets were seen; below, looking at each is quicker. */
#define FEW_TARGETS 16

/* JSON ------------------------------------------------------------------------------------------
 */

static void
append_string(GString *out, const char *text)
{
    tamis_append_literal(out, "\"");
    while (TRUE) {
        gsize plain = 0;

        while ((guchar)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
            plain++;
        tamis_append(out, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        if ((guchar)*text < 0x20)
            g_string_append_printf(out, "\\u%04x", (guchar)*text);
        else
            g_string_append_printf(out, "\\%c", *text);
        text++;
    }
    g_string_append_c(out, '"');
}

static void
append_hex(GString *out, const guint8 *bytes, gsize n_bytes)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * SHA256_DIGEST_SIZE];

    for (gsize i = 0; i < n_bytes; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    tamis_append(out, hex, 2 * n_bytes);
}

static void
append_digest(GString *out, const char *key, const guint8 *sha256)
{
    g_string_append_c(out, '"');
    g_string_append(out, key);
    tamis_append_literal(out, "\": \"");
    append_hex(out, sha256, SHA256_DIGEST_SIZE);
    g_string_append_c(out, '"');
}

/* RFC 3339 in the policy's zone. */
static void
append_instant(GString *out, const TamisPolicy *policy, TamisInstant instant)
{
    gint32 offset_s = policy->zone != NULL ? tamis_zone_offset_at(policy->zone, instant) : 0;
    TamisClock clock;

    if (instant == TAMIS_INSTANT_MAX) {
        tamis_append_literal(out, "null");
        return;
    }
    offset_s -= offset_s % 60; /* of zones before 1972 */
    clock = tamis_clock_from_instant(instant, offset_s);
    g_string_append_printf(out, "\"%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d\"", clock.date.year,
                           clock.date.month, clock.date.day, clock.hour, clock.minute, clock.second,
                           offset_s < 0 ? '-' : '+', ABS(offset_s) / 3600, ABS(offset_s) / 60 % 60);
}

static void
append_settings(GString *out, const TamisNeeds *needs, const TamisServer *server)
{
    g_autoptr(GPtrArray) settings = g_ptr_array_new_with_free_func(g_free);

    tamis_needs_settings(needs, server, settings);
    tamis_append_literal(out, "\"settings\": [");
    for (guint i = 0; i < settings->len; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        append_string(out, g_ptr_array_index(settings, i));
    }
    g_string_append_c(out, ']');
}

/* Entries ---------------------------------------------------------------------------------------
 */

struct TamisManifestEntries {
    const TamisPolicy *policy;
    const TamisServer *server;
    GArray *targets;      /* TamisAddress: of the mailbox at hand */
    GHashTable *seen;     /* keys of targets, when they are many */
    TamisNeeds needs;     /* that settings is for */
    GString *settings;    /* with requires before it */
    TamisInstant instant; /* that good_until is for */
    GString *good_until;
};

TamisManifestEntries *
tamis_manifest_entries_new(const TamisPolicy *policy, const TamisServer *server)
{
    TamisManifestEntries *entries = g_new0(TamisManifestEntries, 1);

    entries->policy = policy;
    entries->server = server;
    entries->targets = g_array_new(FALSE, FALSE, sizeof(TamisAddress));
    entries->seen = g_hash_table_new(NULL, NULL);
    entries->settings = g_string_new(NULL);
    entries->good_until = g_string_new(NULL);
    return entries;
}

void
tamis_manifest_entries_free(TamisManifestEntries *entries)
{
    if (entries == NULL)
        return;
    g_array_unref(entries->targets);
    g_hash_table_unref(entries->seen);
    g_string_free(entries->settings, TRUE);
    g_string_free(entries->good_until, TRUE);
    g_free(entries);
}

static gboolean
is_seen(TamisManifestEntries *entries, TamisString key)
{
    GArray *targets = entries->targets;

    if (targets->len <= FEW_TARGETS) {
        for (guint i = 0; i < targets->len; i++) {
            if (g_array_index(targets, TamisAddress, i).key == key)
                return TRUE;
        }
        return FALSE;
    }
    if (g_hash_table_size(entries->seen) == 0) {
        for (guint i = 0; i < targets->len; i++)
            g_hash_table_add(entries->seen,
                             GUINT_TO_POINTER(g_array_index(targets, TamisAddress, i).key));
    }
    return !g_hash_table_add(entries->seen, GUINT_TO_POINTER(key));
}

/* Each target of any route once, in first-seen order. */
static void
gather_targets(TamisManifestEntries *entries, const TamisMailbox *mailbox)
{
    const TamisPolicy *policy = entries->policy;

    g_array_set_size(entries->targets, 0);
    if (g_hash_table_size(entries->seen) > 0)
        g_hash_table_remove_all(entries->seen);
    for (guint32 i = 0; i < mailbox->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(policy, mailbox->routes.first + i);

        for (guint32 j = 0; j < route->actions.n; j++) {
            const TamisAction *action = tamis_policy_action(policy, route->actions.first + j);
            guint32 n = action->kind == TAMIS_DO_FORWARD ? action->targets.n : 0;

            for (guint32 k = 0; k < n; k++) {
                TamisAddress address =
                    tamis_policy_target(policy, action->targets.first + k)->address;

                if (!is_seen(entries, address.key))
                    g_array_append_val(entries->targets, address);
            }
        }
    }
}

static void
append_requires_and_settings(TamisManifestEntries *entries, const TamisScript *script, GString *out)
{
    TamisNeeds needs = tamis_needs_of(script->lowered, 0);
    const char *separator = "";

    /* A script's size matters to the settings only where it is over the server's default. */
    if (entries->server->max_script_bytes != 0 &&
        script->length_bytes > entries->server->max_script_bytes)
        needs.script_bytes = script->length_bytes;
    if (entries->settings->len == 0 || memcmp(&needs, &entries->needs, sizeof needs) != 0) {
        entries->needs = needs;
        g_string_assign(entries->settings, "\"requires\": [");
        for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
            if (!tamis_extension_set_has(&needs.requires, i))
                continue;
            g_string_append(entries->settings, separator);
            append_string(entries->settings, tamis_extension_name(i));
            separator = ", ";
        }
        g_string_append(entries->settings, "], ");
        append_settings(entries->settings, &needs, entries->server);
    }
    tamis_append(out, entries->settings->str, entries->settings->len);
}

static void
append_good_until(TamisManifestEntries *entries, TamisInstant good_until, GString *out)
{
    if (entries->good_until->len == 0 || entries->instant != good_until) {
        entries->instant = good_until;
        g_string_truncate(entries->good_until, 0);
        append_instant(entries->good_until, entries->policy, good_until);
    }
    tamis_append(out, entries->good_until->str, entries->good_until->len);
}

static void
append_proof(GString *out, gboolean is_proved)
{
    g_string_append(out, is_proved ? "\"proof\": \"proved\"" : "\"proof\": \"undecided\"");
}

void
tamis_manifest_entries_append(TamisManifestEntries *entries, const TamisScript *script,
                              GString *out)
{
    g_string_append(out, out->len == 0 ? "    {\"mailbox\": " : ",\n    {\"mailbox\": ");
    append_string(out, script->address);
    tamis_append_literal(out, ", \"file\": ");
    append_string(out, script->file);
    tamis_append_literal(out, ", ");
    append_digest(out, "sha256", script->sha256);
    tamis_append_literal(out, ", \"targets\": [");
    gather_targets(entries, tamis_policy_mailbox(entries->policy, script->mailbox));
    for (guint i = 0; i < entries->targets->len; i++) {
        TamisAddress address = g_array_index(entries->targets, TamisAddress, i);

        g_string_append(out, i > 0 ? ", " : "");
        append_string(out, tamis_policy_text(entries->policy, address.text));
    }
    tamis_append_literal(out, "], ");
    append_requires_and_settings(entries, script, out);
    tamis_append_literal(out, ", \"good_until\": ");
    append_good_until(entries, script->lowered->good_until, out);
    tamis_append_literal(out, ", ");
    append_proof(out, script->undecided == NULL);
    if (script->undecided != NULL) {
        tamis_append_literal(out, ", \"undecided\": ");
        append_string(out, script->undecided);
    }
    g_string_append_c(out, '}');
}

/* The document ----------------------------------------------------------------------------------
 */

struct TamisManifestWriter {
    int fd;
    int old;      /* -1: none, or left behind: what comes is written */
    off_t n_same; /* bytes that are the same as in old */
    char *block;  /* of old */
    GString *buffer;
    gboolean has_entries;
};

TamisManifestWriter *
tamis_manifest_writer_new(int fd, int old)
{
    TamisManifestWriter *writer = g_new0(TamisManifestWriter, 1);

    writer->fd = fd;
    writer->old = old;
    writer->block = g_malloc(BUFFER_BYTES);
    writer->buffer = g_string_sized_new(BUFFER_BYTES);
    return writer;
}

void
tamis_manifest_writer_free(TamisManifestWriter *writer)
{
    if (writer == NULL)
        return;
    g_string_free(writer->buffer, TRUE);
    g_free(writer->block);
    if (writer->old >= 0)
        close(writer->old);
    close(writer->fd);
    g_free(writer);
}

int
tamis_manifest_writer_get_fd(const TamisManifestWriter *writer)
{
    return writer->fd;
}

/* Up to n_bytes of the old manifest into the block; 0 at its end or when it cannot be read. */
static gsize
read_old(TamisManifestWriter *writer, gsize n_bytes, off_t offset)
{
    gsize n_read = 0;

    n_bytes = MIN(n_bytes, BUFFER_BYTES);
    while (n_read < n_bytes) {
        ssize_t n =
            pread(writer->old, writer->block + n_read, n_bytes - n_read, offset + (off_t)n_read);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        n_read += (gsize)n;
    }
    return n_read;
}

static gboolean
continues_old(TamisManifestWriter *writer, const char *text, gsize length)
{
    off_t offset = writer->n_same;

    while (length > 0) {
        gsize n = read_old(writer, length, offset);

        if (n == 0 || memcmp(writer->block, text, n) != 0)
            return FALSE;
        text += n;
        length -= n;
        offset += (off_t)n;
    }
    return TRUE;
}

/* From here on it is another one: what was the same so far is copied. */
static gboolean
leave_old(TamisManifestWriter *writer, GError **error)
{
    off_t offset = 0;

    while (offset < writer->n_same) {
        gsize n = read_old(writer, (gsize)(writer->n_same - offset), offset);

        if (n == 0)
            errno = EIO;
        if (n == 0 || !tamis_write_all(writer->fd, writer->block, n))
            return tamis_folder_fail(error, "write", TAMIS_MANIFEST_NAME);
        offset += (off_t)n;
    }
    close(writer->old);
    writer->old = -1;
    return TRUE;
}

static gboolean
flush(TamisManifestWriter *writer, GError **error)
{
    GString *buffer = writer->buffer;
    gboolean went_well = TRUE;

    if (writer->old >= 0 && continues_old(writer, buffer->str, buffer->len)) {
        writer->n_same += (off_t)buffer->len;
        g_string_truncate(buffer, 0);
        return TRUE;
    }
    if (writer->old >= 0 && !leave_old(writer, error))
        return FALSE;
    if (!tamis_write_all(writer->fd, buffer->str, buffer->len))
        went_well = tamis_folder_fail(error, "write", TAMIS_MANIFEST_NAME);
    g_string_truncate(buffer, 0);
    return went_well;
}

/* As the reader of the manifest would look for it: beside the policy, not where the run was
 * started. */
static void
append_input_name(GString *out, const TamisSources *sources, TamisSourceId id)
{
    g_autofree char *folder = g_path_get_dirname(tamis_sources_get_name(sources, 1));
    const char *name = tamis_sources_get_name(sources, id);
    gsize length = strlen(folder);
    g_autofree char *valid = NULL;

    if (strncmp(name, folder, length) == 0 && name[length] == '/')
        name += length + 1;
    valid = g_utf8_make_valid(name, -1);
    append_string(out, valid);
}

char *
tamis_manifest_describe_inputs(const TamisSources *sources)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) inputs = g_string_new(NULL);
    struct sha256_ctx all;
    guint8 sha256[SHA256_DIGEST_SIZE];

    sha256_init(&all);
    for (TamisSourceId id = 1; id <= tamis_sources_count(sources); id++) {
        struct sha256_ctx one;
        gsize length;
        const char *text = tamis_sources_get_text(sources, id, &length);

        sha256_init(&one);
        sha256_update(&one, length, (const guint8 *)text);
        sha256_digest(&one, sizeof sha256, sha256);
        sha256_update(&all, length, (const guint8 *)text);
        g_string_append(inputs, id > 1 ? ",\n      {\"file\": " : "\n      {\"file\": ");
        append_input_name(inputs, sources, id);
        g_string_append(inputs, ", ");
        append_digest(inputs, "sha256", sha256);
        g_string_append_c(inputs, '}');
    }
    sha256_digest(&all, sizeof sha256, sha256);
    append_digest(out, "sha256", sha256);
    g_string_append_printf(out, ", \"inputs\": [%s]", inputs->str);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

gboolean
tamis_manifest_writer_begin(TamisManifestWriter *writer, const char *inputs,
                            const TamisServer *server, GError **error)
{
    GString *out = writer->buffer;

    g_string_append(out,
                    "{\n  \"version\": 1,\n  \"tamis\": \"" TAMIS_VERSION "\",\n  \"server\": ");
    append_string(out, server->name);
    g_string_append(out, ",\n  \"time_zone_data\": ");
    append_string(out, tamis_zone_data_version());
    g_string_append(out, ",\n  \"policy\": {");
    g_string_append(out, inputs);
    g_string_append(out, "},\n  \"mailboxes\": [");
    return flush(writer, error);
}

gboolean
tamis_manifest_writer_add(TamisManifestWriter *writer, const GString *entries, GError **error)
{
    if (entries->len == 0)
        return TRUE;
    g_string_append(writer->buffer, writer->has_entries ? ",\n" : "\n");
    g_string_append_len(writer->buffer, entries->str, (gssize)entries->len);
    writer->has_entries = TRUE;
    return writer->buffer->len < BUFFER_BYTES || flush(writer, error);
}

/* Whether nothing of the old manifest follows what was the same. */
static gboolean
ends_with_old(const TamisManifestWriter *writer)
{
    struct stat status;

    return writer->old >= 0 && fstat(writer->old, &status) == 0 && status.st_size == writer->n_same;
}

gboolean
tamis_manifest_writer_end(TamisManifestWriter *writer, const TamisPolicy *policy,
                          const TamisServer *server, const TamisManifestTotals *totals,
                          TamisInstant as_of, gboolean keep_as_of, TamisManifestChange *out_change,
                          GError **error)
{
    GString *out = writer->buffer;

    g_string_append(out, writer->has_entries ? "\n  ],\n  " : "],\n  ");
    append_settings(out, &totals->needs, server);
    g_string_append(out, ",\n  \"good_until\": ");
    append_instant(out, policy, totals->good_until);
    g_string_append(out, ",\n  ");
    append_proof(out, totals->n_undecided == 0);
    g_string_append(out, ",\n  \"as_of\": ");
    if (!flush(writer, error))
        return FALSE;
    *out_change = writer->old >= 0 ? TAMIS_MANIFEST_OLDER : TAMIS_MANIFEST_DIFFERENT;
    if (*out_change == TAMIS_MANIFEST_OLDER && keep_as_of)
        return TRUE;
    append_instant(out, policy, as_of);
    g_string_append(out, "\n}\n");
    if (!flush(writer, error))
        return FALSE;
    if (ends_with_old(writer))
        *out_change = TAMIS_MANIFEST_SAME;
    else if (writer->old >= 0) {
        *out_change = TAMIS_MANIFEST_DIFFERENT;
        return leave_old(writer, error);
    }
    return TRUE;
}
