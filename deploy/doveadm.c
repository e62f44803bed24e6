/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The local Dovecot by its own tool: doveadm sieve list, get, put, activate, delete. Dovecot itself knows where
 * users and their scripts are. */
#include "deploy/parameters.h"
#include "deploy/store-private.h"

#include "base/display.h"
#include "base/json-text.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* sysexits.h, as doveadm uses them. */
enum { DATA_ERROR = 65, NO_USER = 67, NOT_FOUND = 68, TEMPORARY = 75 };

typedef struct {
    TamisStore base;
    char *config; /* or NULL */
} Doveadm;

/* Running it ------------------------------------------------------------------------------------ */

static gboolean
fail(GError **error, int status, const char *verb, const char *said)
{
    g_autofree char *line = g_strdelimit(g_strstrip(g_strdup(said)), "\n", ' ');
    g_autofree char *shown = tamis_display_dup(*line != '\0' ? line : "nothing");

    g_set_error(error, TAMIS_DEPLOY_ERROR,
                status == NO_USER     ? TAMIS_DEPLOY_ERROR_LOGIN
                : status == NOT_FOUND ? TAMIS_DEPLOY_ERROR_MISSING
                : status == TEMPORARY ? TAMIS_DEPLOY_ERROR_BUSY
                                      : TAMIS_DEPLOY_ERROR_REFUSED,
                "doveadm sieve %s ends with status %d and says: %s", verb, status, shown);
    return FALSE;
}

/* doveadm [-c CONFIG] -f json sieve VERB -u MAILBOX [-- NAME] */
static GPtrArray *
words_of(TamisVisit *visit, const char *verb, const char *name)
{
    const Doveadm *doveadm = (Doveadm *)visit->store;
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, (gpointer) "doveadm");
    if (doveadm->config != NULL) {
        g_ptr_array_add(words, (gpointer) "-c");
        g_ptr_array_add(words, doveadm->config);
    }
    for (const char *const *word = (const char *const[]){"-f", "json", "sieve", verb, NULL};
         *word != NULL; word++)
        g_ptr_array_add(words, (gpointer)*word);
    g_ptr_array_add(words, (gpointer) "-u");
    g_ptr_array_add(words, visit->mailbox);
    if (name != NULL) {
        g_ptr_array_add(words, (gpointer) "--");
        g_ptr_array_add(words, (gpointer)name);
    }
    g_ptr_array_add(words, NULL);
    return words;
}

static char *
text_of(GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);

    return data != NULL ? g_strndup(data, length) : g_strdup("");
}

/* What it prints; warnings takes what it says besides. NULL with error. Caller frees. */
static char *
run(TamisVisit *visit, const char *verb, const char *name, GBytes *input, GString *warnings,
    GError **error)
{
    g_autoptr(GPtrArray) words = words_of(visit, verb, name);
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GBytes) out = NULL, said = NULL;
    g_autoptr(GError) local = NULL;
    g_autofree char *text = NULL;

    process = g_subprocess_newv(
        (const char *const *)words->pdata,
        (input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : G_SUBPROCESS_FLAGS_NONE) |
            G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
        &local);
    if (process == NULL || !g_subprocess_communicate(process, input, NULL, &out, &said, &local)) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNSUPPORTED,
                    "cannot run doveadm: %s", local->message);
        return NULL;
    }
    text = text_of(said);
    if (!g_subprocess_get_successful(process)) {
        fail(error,
             g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : -1, verb,
             text);
        return NULL;
    }
    if (warnings != NULL)
        g_string_append(warnings, text);
    return text_of(out);
}

/* The rows of its table. NULL with error. Lives in the parser. */
static JsonArray *
read_rows(JsonParser *parser, const char *text, GError **error)
{
    JsonNode *root;

    if (!tamis_json_is_too_deep(text, strlen(text)) &&
        json_parser_load_from_data(parser, text, -1, NULL)) {
        root = json_parser_get_root(parser);
        if (root != NULL && JSON_NODE_HOLDS_ARRAY(root))
            return json_node_get_array(root);
    }
    g_set_error_literal(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_PROTOCOL,
                        "doveadm prints what cannot be read");
    return NULL;
}

static const char *
column(JsonArray *rows, guint row, const char *name)
{
    JsonNode *node = json_array_get_element(rows, row);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

    return object != NULL ? json_object_get_string_member_with_default(object, name, NULL) : NULL;
}

/* Scripts --------------------------------------------------------------------------------------- */

/* doveadm -u takes "info*" for all whose names begin so, and would change them all. */
static gboolean
enter(TamisVisit *visit, GError **error)
{
    g_autofree char *shown = NULL;

    if (strpbrk(visit->mailbox, "*?") == NULL)
        return TRUE;
    shown = tamis_display_dup(visit->mailbox);
    g_set_error(
        error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
        "doveadm takes '*' and '?' in '%s' for any letters, and would change the mailboxes of "
        "others: this one goes by ManageSieve alone",
        shown);
    return FALSE;
}

static GArray *
list(TamisVisit *visit, GError **error)
{
    g_autofree char *text = run(visit, "list", NULL, NULL, NULL, error);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *rows = text != NULL ? read_rows(parser, *text != '\0' ? text : "[]", error) : NULL;
    GArray *scripts;

    if (rows == NULL)
        return NULL;
    scripts = tamis_stored_scripts_new();
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        TamisStoredScript script = {
            .name = g_strdup(column(rows, i, "script")),
            .active = g_strcmp0(column(rows, i, "active"), "ACTIVE") == 0,
        };
        if (script.name != NULL)
            g_array_append_val(scripts, script);
    }
    return scripts;
}

static GString *
get(TamisVisit *visit, const char *name, GError **error)
{
    g_autofree char *text = run(visit, "get", name, NULL, NULL, error);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *rows = text != NULL ? read_rows(parser, text, error) : NULL;

    if (rows == NULL)
        return NULL;
    return g_string_new(json_array_get_length(rows) > 0 ? column(rows, 0, "sieve script") : "");
}

static gboolean
put(TamisVisit *visit, const char *name, const char *text, gsize length_bytes, GString *warnings,
    GError **error)
{
    g_autoptr(GBytes) input = g_bytes_new_static(text, length_bytes);
    g_autofree char *out = run(visit, "put", name, input, warnings, error);

    return out != NULL;
}

static gboolean
activate(TamisVisit *visit, const char *name, GError **error)
{
    g_autofree char *out =
        run(visit, name != NULL ? "activate" : "deactivate", name, NULL, NULL, error);

    return out != NULL;
}

static gboolean
remove_script(TamisVisit *visit, const char *name, GError **error)
{
    g_autofree char *out = run(visit, "delete", name, NULL, NULL, error);

    return out != NULL;
}

static void
store_clear(TamisStore *store)
{
    g_free(((Doveadm *)store)->config);
}

static const TamisStoreClass doveadm_class = {
    .visit_bytes = sizeof(TamisVisit),
    .enter = enter,
    .list = list,
    .get = get,
    .put = put,
    .activate = activate,
    .remove = remove_script,
    .store_clear = store_clear,
};

TamisStore *
tamis_store_new_doveadm(const char *rest, const TamisAccess *access, GError **error)
{
    static const char *const keys[] = {"config", NULL};
    g_auto(TamisParameters) values = {NULL};
    g_autofree char *fault = tamis_parameters_parse(rest, keys, &values);
    Doveadm *doveadm;

    if (fault == NULL && *values.main != '\0')
        fault = g_strdup("nothing stands behind the colon but ';config=FILE'");
    if (fault != NULL)
        return tamis_store_fail(error, "doveadm", rest, fault);
    doveadm = g_new0(Doveadm, 1);
    doveadm->config = g_strdup(tamis_parameters_get(&values, "config"));
    doveadm->base.class = &doveadm_class;
    doveadm->base.access = access;
    doveadm->base.has_include = TRUE;
    doveadm->base.url = g_strconcat("doveadm:", rest, NULL);
    return &doveadm->base;
}
