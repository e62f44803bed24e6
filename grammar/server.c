/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a server's description: a built-in one from the library's resources, a user's from a file.
 * What the numbers mean to a script is for those who use them. */
#include "grammar/server.h"

#include "base/suggest.h"
#include "grammar/grammar-resources.h"

#include <string.h>

#define RESOURCE_FOLDER "/tamis/servers/"
#define SUFFIX          ".server"
/* A description has some fifty lines; more than this is another file. */
#define MAX_BYTES (1u << 20)

G_DEFINE_QUARK(tamis_server_error, tamis_server_error)

typedef enum { FIELD_NUMBER32, FIELD_NUMBER64, FIELD_TEXT, FIELD_FLAG, FIELD_CHOICE } FieldKind;

typedef struct {
    const char *group;
    const char *key;
    FieldKind kind;
    gsize offset;
    const char *const *choices; /* FIELD_CHOICE: the words of the enum's values, in its order */
} Field;

static const char *const engine_names[] = {"pigeonhole", "cyrus", "libsieve", "other", NULL};
static const char *const folder_names[] = {"utf-8", "modified-utf-7", NULL};

#define NUMBER32(key, field)                                                                       \
    {                                                                                              \
        "limits", key, FIELD_NUMBER32, G_STRUCT_OFFSET(TamisServer, field), NULL                   \
    }
#define NUMBER64(key, field)                                                                       \
    {                                                                                              \
        "limits", key, FIELD_NUMBER64, G_STRUCT_OFFSET(TamisServer, field), NULL                   \
    }
#define TEXT(group, key, field)                                                                    \
    {                                                                                              \
        group, key, FIELD_TEXT, G_STRUCT_OFFSET(TamisServer, field), NULL                          \
    }
#define FLAG(key, field)                                                                           \
    {                                                                                              \
        "quirks", key, FIELD_FLAG, G_STRUCT_OFFSET(TamisServer, field), NULL                       \
    }

static const Field fields[] = {
    TEXT("server", "title", title),
    {"server", "engine", FIELD_CHOICE, G_STRUCT_OFFSET(TamisServer, engine), engine_names},
    {"server", "folder-names", FIELD_CHOICE, G_STRUCT_OFFSET(TamisServer, folder_names),
     folder_names},
    TEXT("server", "folder-refuses", folder_refuses),
    NUMBER32("max-folder-bytes", max_folder_bytes),
    NUMBER32("max-redirects", max_redirects),
    TEXT("limits", "max-redirects-setting", max_redirects_setting),
    NUMBER32("max-actions", max_actions),
    TEXT("limits", "max-actions-setting", max_actions_setting),
    NUMBER64("max-script-bytes", max_script_bytes),
    TEXT("limits", "max-script-setting", max_script_setting),
    NUMBER32("max-scripts", max_scripts),
    NUMBER32("max-nesting", max_nesting),
    NUMBER32("max-test-nesting", max_test_nesting),
    NUMBER32("max-elsif", max_elsif),
    NUMBER32("max-list-strings", max_list_strings),
    NUMBER32("max-tests", max_tests),
    NUMBER32("max-commands", max_commands),
    NUMBER32("max-arguments", max_arguments),
    NUMBER32("max-variables", max_variables),
    NUMBER32("max-stars", max_stars),
    NUMBER32("max-string-bytes", max_string_bytes),
    NUMBER64("max-number", max_number),
    NUMBER32("reply-min-s", reply_min_s),
    NUMBER32("reply-max-s", reply_max_s),
    NUMBER32("reply-default-s", reply_default_s),
    FLAG("lower-case-only", lower_case_only),
    FLAG("decodes-headers", decodes_headers),
    FLAG("unescapes-strings", unescapes_strings),
    FLAG("matches-null-sender", matches_null_sender),
    FLAG("answers-bulk-mail", answers_bulk_mail),
    FLAG("answers-lists", answers_lists),
    FLAG("answers-edited-bulk-mail", answers_edited_bulk_mail),
    FLAG("first-duplicate-decides", first_duplicate_decides),
    FLAG("misreads-globs", misreads_globs),
    FLAG("compares-strings-by-octet", compares_strings_by_octet),
    FLAG("zone-names", zone_names),
    FLAG("needs-bare-addresses", needs_bare_addresses),
    FLAG("detail-stops-early", detail_stops_early),
    FLAG("missing-detail-is-empty", missing_detail_is_empty),
    TEXT("quirks", "detail-delimiter", detail_delimiter),
    TEXT("quirks", "detail-delimiter-setting", detail_delimiter_setting),
};

/* Keys that are read by hand; [settings] has an extension for each key. */
static const char *const group_names[] = {"server", "extensions", "settings",
                                          "limits", "quirks",     NULL};
static const char *const extension_keys[] = {"default", "add", "remove"};

typedef struct {
    const char *origin; /* the path or built-in name, for messages */
    const char *text;
    GKeyFile *file;
    TamisServer *server;
} Reader;

/* The line of a group's header (key NULL) or of a key in it, 1-based; 0 if it can't be found. */
static guint
find_line(const char *text, const char *group, const char *key)
{
    g_autofree char *header = g_strdup_printf("[%s]", group);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean inside = FALSE;

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);
        if (line[0] == '[') {
            inside = strcmp(line, header) == 0;
            if (inside && key == NULL)
                return i + 1;
        } else if (inside && key != NULL && g_str_has_prefix(line, key)) {
            const char *rest = line + strlen(key);
            if (rest[strspn(rest, " \t")] == '=')
                return i + 1;
        }
    }
    return 0;
}

/* FALSE always, so that a reader can say `return invalid(…)`. */
static gboolean G_GNUC_PRINTF(5, 6) invalid(Reader *reader, const char *group, const char *key,
                                            GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    guint line = find_line(reader->text, group, key);
    if (line != 0)
        g_set_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_INVALID, "%s:%u: %s",
                    reader->origin, line, reason);
    else
        g_set_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_INVALID, "%s: %s", reader->origin,
                    reason);
    return FALSE;
}

static char *
did_you_mean(const char *word, const char *const *candidates, gsize n_candidates)
{
    const char *nearest = tamis_suggest(word, candidates, n_candidates);
    return nearest != NULL ? g_strdup_printf("; did you mean '%s'?", nearest) : g_strdup("");
}

static gboolean
read_number(Reader *reader, const Field *field, const char *value, GError **error)
{
    guint64 number = 0;
    guint64 max = field->kind == FIELD_NUMBER32 ? G_MAXUINT32 : G_MAXUINT64;
    g_autoptr(GError) reason = NULL;

    if (!g_ascii_string_to_unsigned(value, 10, 0, max, &number, &reason))
        return invalid(reader, field->group, field->key, error, "'%s' is no whole number for '%s'",
                       value, field->key);
    if (field->kind == FIELD_NUMBER32)
        G_STRUCT_MEMBER(guint32, reader->server, field->offset) = (guint32)number;
    else
        G_STRUCT_MEMBER(guint64, reader->server, field->offset) = number;
    return TRUE;
}

static gboolean
read_choice(Reader *reader, const Field *field, const char *value, GError **error)
{
    for (guint i = 0; field->choices[i] != NULL; i++) {
        if (strcmp(field->choices[i], value) != 0)
            continue;
        /* TamisEngine and TamisFolderNames: enums of one size. */
        G_STRUCT_MEMBER(guint, reader->server, field->offset) = i;
        return TRUE;
    }
    g_autofree char *known = g_strjoinv(", ", (char **)field->choices);
    return invalid(reader, field->group, field->key, error, "'%s' is not one of %s for '%s'", value,
                   known, field->key);
}

static gboolean
read_field(Reader *reader, const Field *field, GError **error)
{
    g_autofree char *value = g_key_file_get_string(reader->file, field->group, field->key, NULL);

    if (value == NULL)
        return invalid(reader, field->group, field->key, error, "'%s' has no readable value",
                       field->key);
    g_strstrip(value);
    switch (field->kind) {
    case FIELD_NUMBER32:
    case FIELD_NUMBER64:
        return read_number(reader, field, value, error);
    case FIELD_CHOICE:
        return read_choice(reader, field, value, error);
    case FIELD_FLAG:
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
            return invalid(reader, field->group, field->key, error,
                           "'%s' is 'true' or 'false', not '%s'", field->key, value);
        G_STRUCT_MEMBER(gboolean, reader->server, field->offset) = value[0] == 't';
        return TRUE;
    case FIELD_TEXT:
        g_free(G_STRUCT_MEMBER(char *, reader->server, field->offset));
        G_STRUCT_MEMBER(char *, reader->server, field->offset) = g_steal_pointer(&value);
        return TRUE;
    }
    g_assert_not_reached();
}

/* The extension by its name; a name that is none's is an error at the key. */
static gboolean
find_extension(Reader *reader, const char *group, const char *key, const char *name,
               TamisExtension *out_extension, GError **error)
{
    TamisExtension extension = tamis_extension_find(name, strlen(name));
    if (extension != TAMIS_EXTENSION_NONE) {
        *out_extension = extension;
        return TRUE;
    }

    const char *names[TAMIS_N_EXTENSIONS];
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
        names[i] = tamis_extension_name((TamisExtension)i);
    g_autofree char *hint = did_you_mean(name, names, TAMIS_N_EXTENSIONS);
    return invalid(reader, group, key, error, "unknown extension '%s'%s", name, hint);
}

static void
remove_extension(TamisServer *server, TamisExtension extension)
{
    guint64 mask = ~(G_GUINT64_CONSTANT(1) << (extension & 63));
    server->extensions.bits[extension >> 6] &= mask;
    server->by_setting.bits[extension >> 6] &= mask;
    g_clear_pointer(&server->setting_of[extension], g_free);
}

/* default: these and no others; add: on as well; remove: not there. */
static gboolean
read_extensions(Reader *reader, const char *key, GError **error)
{
    TamisServer *server = reader->server;
    g_autofree char *value = g_key_file_get_string(reader->file, "extensions", key, NULL);

    if (value == NULL)
        return invalid(reader, "extensions", key, error, "'%s' has no readable value", key);
    if (strcmp(key, "default") == 0)
        for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
            if (!tamis_extension_set_has(&server->by_setting, (TamisExtension)i))
                remove_extension(server, (TamisExtension)i);

    g_auto(GStrv) names = g_strsplit_set(value, " \t,", -1);
    for (guint i = 0; names[i] != NULL; i++) {
        TamisExtension extension = TAMIS_EXTENSION_NONE;
        if (names[i][0] == '\0')
            continue;
        if (!find_extension(reader, "extensions", key, names[i], &extension, error))
            return FALSE;
        remove_extension(server, extension);
        if (strcmp(key, "remove") != 0)
            tamis_extension_set_add(&server->extensions, extension);
    }
    return TRUE;
}

static gboolean
read_setting(Reader *reader, const char *key, GError **error)
{
    TamisServer *server = reader->server;
    TamisExtension extension = TAMIS_EXTENSION_NONE;

    if (!find_extension(reader, "settings", key, key, &extension, error))
        return FALSE;
    g_autofree char *value = g_key_file_get_string(reader->file, "settings", key, NULL);
    if (value == NULL || *g_strstrip(value) == '\0')
        return invalid(reader, "settings", key, error, "'%s' names no setting", key);
    remove_extension(server, extension);
    tamis_extension_set_add(&server->extensions, extension);
    tamis_extension_set_add(&server->by_setting, extension);
    server->setting_of[extension] = g_steal_pointer(&value);
    return TRUE;
}

static gboolean
read_key(Reader *reader, const char *group, const char *key, GError **error)
{
    const char *keys[G_N_ELEMENTS(fields) + G_N_ELEMENTS(extension_keys) + 1];
    guint n_keys = 0;

    if (strcmp(group, "settings") == 0)
        return read_setting(reader, key, error);
    if (strcmp(group, "server") == 0) {
        if (strcmp(key, "base") == 0) /* read before everything else */
            return TRUE;
        keys[n_keys++] = "base";
    }
    if (strcmp(group, "extensions") == 0)
        for (guint i = 0; i < G_N_ELEMENTS(extension_keys); i++) {
            if (strcmp(key, extension_keys[i]) == 0)
                return read_extensions(reader, key, error);
            keys[n_keys++] = extension_keys[i];
        }
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (strcmp(fields[i].group, group) != 0)
            continue;
        if (strcmp(fields[i].key, key) == 0)
            return read_field(reader, &fields[i], error);
        keys[n_keys++] = fields[i].key;
    }
    g_autofree char *hint = did_you_mean(key, keys, n_keys);
    return invalid(reader, group, key, error, "unknown key '%s' in [%s]%s", key, group, hint);
}

static gboolean
read_group(Reader *reader, const char *group, GError **error)
{
    if (!g_strv_contains(group_names, group)) {
        g_autofree char *hint = did_you_mean(group, group_names, G_N_ELEMENTS(group_names) - 1);
        return invalid(reader, group, NULL, error, "unknown group '[%s]'%s", group, hint);
    }

    g_auto(GStrv) keys = g_key_file_get_keys(reader->file, group, NULL, NULL);
    for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
        if (!read_key(reader, group, keys[i], error))
            return FALSE;
    return TRUE;
}

static TamisServer *
server_new(const char *name)
{
    TamisServer *server = g_new0(TamisServer, 1);
    server->name = g_strdup(name);
    server->engine = TAMIS_ENGINE_OTHER;
    server->setting_of = g_new0(char *, TAMIS_N_EXTENSIONS);
    server->decodes_headers = TRUE;
    server->unescapes_strings = TRUE;
    server->matches_null_sender = TRUE;
    return server;
}

static TamisServer *load_builtin(const char *name, GError **error);

/* The server that the file starts from: a built-in one under the file's name, or a blank one. */
static TamisServer *
load_base(Reader *reader, const char *name, GError **error)
{
    g_autofree char *base = g_key_file_get_string(reader->file, "server", "base", NULL);
    if (base == NULL)
        return server_new(name);

    const char *const *names = tamis_server_names();
    g_strstrip(base);
    if (!g_strv_contains(names, base)) {
        g_autofree char *hint = did_you_mean(base, names, g_strv_length((char **)names));
        invalid(reader, "server", "base", error, "'%s' is no built-in server%s", base, hint);
        return NULL;
    }
    TamisServer *server = load_builtin(base, error);
    g_free(server->name);
    server->name = g_strdup(name);
    return server;
}

static TamisServer *
read_text(const char *origin, const char *name, const char *text, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) reason = NULL;
    if (!g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, &reason)) {
        g_set_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_INVALID, "%s: %s", origin,
                    reason->message);
        return NULL;
    }

    Reader reader = {origin, text, file, NULL};
    g_autoptr(TamisServer) server = load_base(&reader, name, error);
    if (server == NULL)
        return NULL;
    reader.server = server;
    /* The groups in our order, so that a setting wins over a default list wherever it stands. */
    for (guint i = 0; group_names[i] != NULL; i++)
        if (g_key_file_has_group(file, group_names[i]) &&
            !read_group(&reader, group_names[i], error))
            return NULL;
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (guint i = 0; groups[i] != NULL; i++)
        if (!g_strv_contains(group_names, groups[i]) && !read_group(&reader, groups[i], error))
            return NULL;
    if (server->title == NULL)
        server->title = g_strdup(name);
    return g_steal_pointer(&server);
}

static TamisServer *
load_builtin(const char *name, GError **error)
{
    g_autofree char *path = g_strconcat(RESOURCE_FOLDER, name, SUFFIX, NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(tamis_grammar_get_resource(), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(bytes != NULL);
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_strndup(data, length);
    return read_text(name, name, text, error);
}

static TamisServer *
load_file(const char *path, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, error);
    g_autofree char *text = g_malloc(MAX_BYTES + 2);
    gsize length = 0;
    if (stream == NULL ||
        !g_input_stream_read_all(G_INPUT_STREAM(stream), text, MAX_BYTES + 1, &length, NULL, error))
        return NULL;
    if (length > MAX_BYTES) {
        g_set_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_INVALID,
                    "%s: too large for the description of a server", path);
        return NULL;
    }
    text[length] = '\0';
    if (strlen(text) != length || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_INVALID, "%s: not UTF-8 text",
                    path);
        return NULL;
    }
    g_autofree char *name = g_path_get_basename(path);
    if (g_str_has_suffix(name, SUFFIX))
        name[strlen(name) - strlen(SUFFIX)] = '\0';
    return read_text(path, name, text, error);
}

TamisServer *
tamis_server_load(const char *name_or_path, GError **error)
{
    g_return_val_if_fail(name_or_path != NULL, NULL);

    const char *const *names = tamis_server_names();
    if (g_strv_contains(names, name_or_path))
        return load_builtin(name_or_path, error);
    if (g_file_test(name_or_path, G_FILE_TEST_EXISTS))
        return load_file(name_or_path, error);

    g_autofree char *known = g_strjoinv(", ", (char **)names);
    g_autofree char *hint = did_you_mean(name_or_path, names, g_strv_length((char **)names));
    g_set_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_UNKNOWN,
                "unknown server '%s'%s (known: %s; or the path of a file that describes one)",
                name_or_path, hint, known);
    return NULL;
}

void
tamis_server_free(TamisServer *server)
{
    if (server == NULL)
        return;
    g_free(server->name);
    g_free(server->title);
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
        g_free(server->setting_of[i]);
    g_free(server->setting_of);
    g_free(server->max_redirects_setting);
    g_free(server->max_actions_setting);
    g_free(server->max_script_setting);
    g_free(server->detail_delimiter);
    g_free(server->folder_refuses);
    g_free(server->detail_delimiter_setting);
    g_free(server);
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gpointer
list_names(gpointer unused)
{
    char **names = g_resource_enumerate_children(tamis_grammar_get_resource(), RESOURCE_FOLDER,
                                                 G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(names != NULL);
    for (guint i = 0; names[i] != NULL; i++)
        names[i][strlen(names[i]) - strlen(SUFFIX)] = '\0';
    qsort(names, g_strv_length(names), sizeof(char *), compare_names);
    return names;
}

const char *const *
tamis_server_names(void)
{
    static GOnce once = G_ONCE_INIT;
    return g_once(&once, list_names, NULL);
}

gint64
tamis_server_reply_interval(const TamisServer *server, gint64 every_s)
{
    enum { DAY_S = 86400 };

    every_s = MAX(every_s, server->reply_min_s);
    if (server->reply_max_s != 0)
        every_s = MIN(every_s, server->reply_max_s);
    if (every_s % DAY_S != 0 && !tamis_server_has(server, TAMIS_EXTENSION_VACATION_SECONDS))
        every_s += DAY_S - every_s % DAY_S;
    return every_s;
}
