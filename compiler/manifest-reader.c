/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading manifests. The document is cut into its members and entries here; each, being small and
 * flat, goes to json-glib. So the memory needed is that of the result, and depth is bounded. */
#include "compiler/layout.h"
#include "compiler/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 16
/* One entry; those of ten thousand targets have a megabyte. */
#define MAX_VALUE_BYTES ((gsize)256 << 20)

G_DEFINE_QUARK(tamis - manifest - error - quark, tamis_manifest_error)

typedef struct {
    const char *at;
    const char *end;
    const char *name;
    TamisManifest *manifest;
    JsonParser *parser;
    gint64 version; /* 0: not seen */
    GError **error;
} Reader;

static gboolean
fail(Reader *reader, const char *fault)
{
    g_set_error(reader->error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_INVALID,
                "'%s' is no manifest of tamis: %s", reader->name, fault);
    return FALSE;
}

static void
skip_blanks(Reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) != NULL &&
           *reader->at != '\0')
        reader->at++;
}

static gboolean
take(Reader *reader, char byte)
{
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != byte)
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean
skip_string(Reader *reader)
{
    for (reader->at++; reader->at < reader->end; reader->at++) {
        if (*reader->at == '\\')
            reader->at++;
        else if (*reader->at == '"')
            return reader->at++, TRUE;
    }
    return FALSE;
}

/* Finds the end of a value; whether it is well-formed inside, json-glib says. */
static gboolean
skip_value(Reader *reader, const char **out_start)
{
    guint depth = 0;

    skip_blanks(reader);
    *out_start = reader->at;
    while (reader->at < reader->end) {
        char byte = *reader->at;

        if (byte == '"') {
            if (!skip_string(reader))
                return FALSE;
            continue;
        }
        if (byte == '{' || byte == '[') {
            if (++depth > MAX_DEPTH)
                return FALSE;
        } else if (byte == '}' || byte == ']') {
            if (depth == 0)
                break;
            depth--;
        } else if (byte == ',' && depth == 0) {
            break;
        }
        reader->at++;
    }
    return reader->at > *out_start && reader->at < reader->end && depth == 0 &&
           (gsize)(reader->at - *out_start) <= MAX_VALUE_BYTES;
}

/* The value at hand, lent until the next call; NULL when it is none. */
static JsonNode *
parse_value(Reader *reader)
{
    const char *start;

    if (!skip_value(reader, &start) ||
        !json_parser_load_from_data(reader->parser, start, reader->at - start, NULL))
        return NULL;
    return json_parser_get_root(reader->parser);
}

static const char *
node_string(JsonNode *node)
{
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

static const char *
dup_node_string(Reader *reader, JsonNode *node)
{
    const char *text = node_string(node);

    return text != NULL ? tamis_arena_strndup(reader->manifest->arena, text, strlen(text)) : NULL;
}

static gboolean
parse_instant(JsonNode *node, TamisInstant *out_instant)
{
    const char *text = node_string(node);

    if (node != NULL && JSON_NODE_HOLDS_NULL(node)) {
        *out_instant = TAMIS_INSTANT_MAX;
        return TRUE;
    }
    return text != NULL && tamis_instant_parse(text, strlen(text), NULL, out_instant);
}

static gboolean
parse_digest(const char *text, guint8 *out_sha256)
{
    if (text == NULL || strlen(text) != 2 * SHA256_DIGEST_SIZE)
        return FALSE;
    for (gsize i = 0; i < SHA256_DIGEST_SIZE; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return FALSE;
        out_sha256[i] = (guint8)(high << 4 | low);
    }
    return TRUE;
}

static gboolean
read_entry(Reader *reader)
{
    JsonNode *node = parse_value(reader);
    JsonObject *object =
        node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    TamisManifestEntry entry = {0};

    if (object == NULL)
        return fail(reader, "an entry of 'mailboxes' is no object");
    entry.mailbox = dup_node_string(reader, json_object_get_member(object, "mailbox"));
    entry.file = dup_node_string(reader, json_object_get_member(object, "file"));
    if (entry.mailbox == NULL || entry.file == NULL ||
        !parse_digest(node_string(json_object_get_member(object, "sha256")), entry.sha256) ||
        !parse_instant(json_object_get_member(object, "good_until"), &entry.good_until))
        return fail(reader,
                    "an entry of 'mailboxes' lacks its mailbox, file, sha256 or good_until");
    if (!tamis_layout_is_safe_path(entry.file, strlen(entry.file)))
        return fail(reader, "the path of a script leads elsewhere");
    g_array_append_val(reader->manifest->entries, entry);
    return TRUE;
}

static gboolean
read_entries(Reader *reader)
{
    if (!take(reader, '['))
        return fail(reader, "'mailboxes' is no list");
    if (take(reader, ']'))
        return TRUE;
    do {
        if (!read_entry(reader))
            return FALSE;
    } while (take(reader, ','));
    return take(reader, ']') || fail(reader, "'mailboxes' does not end");
}

static void
read_settings(Reader *reader, JsonArray *array)
{
    for (guint i = 0; i < json_array_get_length(array); i++) {
        const char *setting = dup_node_string(reader, json_array_get_element(array, i));

        if (setting != NULL)
            g_ptr_array_add(reader->manifest->settings, (gpointer)setting);
    }
}

static gboolean
read_member(Reader *reader, const char *key)
{
    TamisManifest *manifest = reader->manifest;
    JsonNode *node;

    if (strcmp(key, "mailboxes") == 0)
        return read_entries(reader);
    node = parse_value(reader);
    if (node == NULL)
        return fail(reader, "it is no valid JSON");
    if (strcmp(key, "version") == 0) {
        reader->version = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
    } else if (strcmp(key, "server") == 0) {
        manifest->server = dup_node_string(reader, node);
    } else if (strcmp(key, "policy") == 0 && JSON_NODE_HOLDS_OBJECT(node)) {
        manifest->policy_sha256 =
            dup_node_string(reader, json_object_get_member(json_node_get_object(node), "sha256"));
    } else if (strcmp(key, "settings") == 0 && JSON_NODE_HOLDS_ARRAY(node)) {
        read_settings(reader, json_node_get_array(node));
    } else if (strcmp(key, "good_until") == 0 && !parse_instant(node, &manifest->good_until)) {
        return fail(reader, "'good_until' is no instant");
    } else if (strcmp(key, "as_of") == 0 && !parse_instant(node, &manifest->as_of)) {
        return fail(reader, "'as_of' is no instant");
    }
    return TRUE;
}

static gboolean
read_document(Reader *reader)
{
    if (!take(reader, '{'))
        return fail(reader, "it is no JSON object");
    do {
        const char *start;
        g_autofree char *key = NULL;

        skip_blanks(reader);
        start = reader->at;
        if (start == reader->end || *start != '"' || !skip_string(reader))
            return fail(reader, "it is no valid JSON");
        key = g_strndup(start + 1, (gsize)(reader->at - start) - 2);
        if (!take(reader, ':'))
            return fail(reader, "it is no valid JSON");
        if (!read_member(reader, key))
            return FALSE;
    } while (take(reader, ','));
    if (!take(reader, '}'))
        return fail(reader, "it is no valid JSON");
    skip_blanks(reader);
    if (reader->at < reader->end)
        return fail(reader, "something follows its end");
    if (reader->version > 1)
        return fail(reader, "it is of a later version");
    if (reader->version != 1 || reader->manifest->server == NULL ||
        reader->manifest->policy_sha256 == NULL)
        return fail(reader, "it lacks 'version', 'server' or 'policy'");
    return TRUE;
}

TamisManifest *
tamis_manifest_parse(const char *text, gsize length_bytes, const char *name, GError **error)
{
    g_autoptr(TamisManifest) manifest = g_new0(TamisManifest, 1);
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    Reader reader = {text, text + length_bytes, name, manifest, parser, 0, error};

    manifest->arena = tamis_arena_new();
    manifest->entries = g_array_new(FALSE, FALSE, sizeof(TamisManifestEntry));
    manifest->settings = g_ptr_array_new();
    manifest->good_until = TAMIS_INSTANT_MAX;
    if (!g_utf8_validate(text, (gssize)length_bytes, NULL)) {
        fail(&reader, "it is no UTF-8");
        return NULL;
    }
    if (!read_document(&reader))
        return NULL;
    return g_steal_pointer(&manifest);
}

static GMappedFile *
map(const char *path, GError **error)
{
    GMappedFile *file = NULL;
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), code = errno;
    const char *reason = fd < 0 ? g_strerror(code) : "it is no regular file";

    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        file = g_mapped_file_new_from_fd(fd, FALSE, NULL);
        reason = g_strerror(errno);
    }
    if (fd >= 0)
        close(fd);
    if (file == NULL)
        g_set_error(error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_UNREADABLE,
                    "cannot read '%s': %s", path, reason);
    return file;
}

TamisManifest *
tamis_manifest_load(const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = map(path, error);

    if (file == NULL)
        return NULL;
    return tamis_manifest_parse(g_mapped_file_get_contents(file), g_mapped_file_get_length(file),
                                path, error);
}

void
tamis_manifest_free(TamisManifest *manifest)
{
    if (manifest == NULL)
        return;
    g_array_unref(manifest->entries);
    g_ptr_array_unref(manifest->settings);
    tamis_arena_free(manifest->arena);
    g_free(manifest);
}
