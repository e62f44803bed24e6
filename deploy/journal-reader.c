/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading journals: line by line, twice where the texts of one run are wanted, so that a journal of years
 * takes no more memory than its last state. */
#include "deploy/journal.h"

#include "base/json-text.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_LINE_BYTES ((gssize)64 << 20)
/* How records begin, as they are written. */
#define CHANGE_HEAD "{\"version\":1,\"event\":\"change\",\"run\":"
#define RESULT_HEAD "{\"version\":1,\"event\":\"result\",\"run\":"
G_STATIC_ASSERT(TAMIS_DEPLOY_JOURNAL_VERSION == 1);

static void
state_free(gpointer data)
{
    TamisDeployJournalState *state = data;

    g_free(state->name);
    g_free(state);
}

static void
change_free(gpointer data)
{
    TamisDeployJournalChange *change = data;

    g_free(change->mailbox);
    g_free(change->before_name);
    g_free(change->after_name);
    if (change->before != NULL)
        g_string_free(change->before, TRUE);
    g_free(change);
}

void
tamis_deploy_journal_history_free(TamisDeployJournalHistory *history)
{
    if (history == NULL)
        return;
    g_hash_table_unref(history->states);
    g_clear_pointer(&history->changes, g_ptr_array_unref);
    g_free(history->to);
    g_free(history->unfinished);
    g_free(history->undoable);
    g_free(history->undoable_to);
    g_free(history->undoable_at);
    g_free(history);
}

/* Lines ----------------------------------------------------------------------------------------- */

static const char *
text_of(JsonObject *record, const char *key)
{
    JsonNode *node = json_object_get_member(record, key);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

/* 0 where there is none. */
static gint64
number_of(JsonObject *record, const char *key)
{
    JsonNode *node = json_object_get_member(record, key);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node)
                                                                          : 0;
}

/* FALSE with error ends the reading. */
typedef gboolean (*RecordFunction)(JsonObject *record, const char *event, const char *run,
                                   gpointer data, GError **error);

/* TRUE: the line is done with. May change it. */
typedef gboolean (*QuickFunction)(char *line, gsize length, gpointer data);

static gboolean
fail(const char *path, guint line, const char *what, GError **error)
{
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID, "'%s' line %u: %s", path,
                line, what);
    return FALSE;
}

/* *any: whether a line before this one was a record. */
static gboolean
read_record(JsonParser *parser, const char *path, guint line, const char *text, gssize length,
            gboolean *any, RecordFunction take, gpointer data, GError **error)
{
    JsonNode *root;
    JsonObject *record;
    const char *event, *run;

    if (tamis_json_is_too_deep(text, length < 0 ? strlen(text) : (gsize)length))
        return fail(path, line, "this is no journal of deployments", error);
    if (!json_parser_load_from_data(parser, text, length, NULL)) {
        if (*any || tamis_deploy_journal_begins(text, (gsize)length))
            return TRUE; /* cut short by a crash */
        return fail(path, line, "this is no journal of deployments", error);
    }
    root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return fail(path, line, "this is no journal of deployments", error);
    record = json_node_get_object(root);
    event = text_of(record, "event");
    run = text_of(record, "run");
    if (event == NULL || run == NULL ||
        number_of(record, "version") != TAMIS_DEPLOY_JOURNAL_VERSION)
        return fail(path, line, "this is no journal of deployments, or one of a later version",
                    error);
    *any = TRUE;
    return take(record, event, run, data, error);
}

/* quick: what may do without a parser; or NULL. */
static gboolean
read_file(FILE *file, const char *path, QuickFunction quick, RecordFunction take, gpointer data,
          GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    char *text = NULL;
    size_t room = 0;
    ssize_t length;
    gboolean went_well = TRUE, any = FALSE;
    guint line = 0;

    rewind(file);
    while (went_well && (length = getline(&text, &room, file)) >= 0) {
        line++;
        if (length > MAX_LINE_BYTES)
            went_well = fail(path, line, "the line is too long", error);
        else if (length > 1 && (quick == NULL || !quick(text, (gsize)length, data)))
            went_well = read_record(parser, path, line, text, length, &any, take, data, error);
    }
    free(text);
    return went_well;
}

/* The first reading ------------------------------------------------------------------------------ */

typedef struct Run Run;
struct Run {
    char *name, *to, *at;
    /* The deployment that was interrupted before it, which it went on with; or NULL. */
    Run *resumed;
    Run *undoes; /* of a rollback, or NULL */
    gboolean is_undone, is_rollback, has_changes;
};

static void
run_free(gpointer data)
{
    Run *run = data;

    g_free(run->name);
    g_free(run->to);
    g_free(run->at);
    g_free(run);
}

typedef struct {
    TamisDeployJournalHistory *history;
    const char *to;  /* NULL: any */
    Run *run;        /* whose records these are; NULL: of one to another place */
    GPtrArray *runs; /* in order */
} FirstReading;

static Run *
find_run(const FirstReading *reading, const char *name)
{
    for (guint i = name != NULL ? reading->runs->len : 0; i-- > 0;) { /* it is one of the last */
        Run *run = g_ptr_array_index(reading->runs, i);
        if (g_str_equal(run->name, name))
            return run;
    }
    return NULL;
}

static void
take_begin(FirstReading *reading, JsonObject *record, const char *name)
{
    Run *run, *interrupted = find_run(reading, reading->history->unfinished);

    reading->run = NULL;
    if (reading->to != NULL && g_strcmp0(text_of(record, "to"), reading->to) != 0)
        return;
    reading->run = run = g_new0(Run, 1);
    run->name = g_strdup(name);
    run->to = g_strdup(text_of(record, "to"));
    run->at = g_strdup(text_of(record, "at"));
    run->is_rollback = g_strcmp0(text_of(record, "verb"), "rollback") == 0;
    run->undoes = find_run(reading, text_of(record, "undoes"));
    if (!run->is_rollback && interrupted != NULL && !interrupted->is_rollback &&
        g_strcmp0(interrupted->to, run->to) == 0)
        run->resumed = interrupted;
    g_ptr_array_add(reading->runs, run);
    g_free(reading->history->unfinished);
    reading->history->unfinished = g_strdup(name);
    g_free(reading->history->to);
    reading->history->to = g_strdup(run->to);
}

/* A rollback that was interrupted, or failed somewhere, has to be done again before the one before it. */
static void
take_end(FirstReading *reading, JsonObject *record)
{
    gboolean is_left =
        json_object_has_member(record, "left")
            ? number_of(record, "left") != 0
            : number_of(record, "failed") != 0 || number_of(record, "not tried") != 0;

    g_clear_pointer(&reading->history->unfinished, g_free);
    for (Run *run = reading->run->undoes; run != NULL && !is_left; run = run->resumed)
        run->is_undone = TRUE;
}

static gboolean
has_script_now(const char *result)
{
    return result != NULL && (g_str_equal(result, "created") || g_str_equal(result, "updated") ||
                              g_str_equal(result, "unchanged"));
}

static void
take_result(FirstReading *reading, const char *mailbox, const char *result, const char *name,
            const char *sha256)
{
    GHashTable *states = reading->history->states;

    if (mailbox == NULL)
        return;
    if (g_strcmp0(result, "removed") == 0) {
        g_hash_table_remove(states, mailbox);
    } else if (has_script_now(result) && name != NULL && sha256 != NULL) {
        TamisDeployJournalState *state = g_new0(TamisDeployJournalState, 1);
        state->name = g_strdup(name);
        g_strlcpy(state->sha256, sha256, sizeof state->sha256);
        g_hash_table_replace(states, g_strdup(mailbox), state);
    }
}

/* Ends the text behind key ("\"KEY\":\"") in the line; NULL: it has none. */
static char *
plain_text(char *line, const char *key)
{
    char *at = strstr(line, key);

    return at != NULL ? at + strlen(key) : NULL;
}

static const char *
end_text(char *text)
{
    if (text != NULL)
        text[strcspn(text, "\"")] = '\0';
    return text;
}

/* Whether the record is of the run that began last, and that one of interest; behind_head: the run's name in its
 * quotation marks. */
static gboolean
is_of_run(const FirstReading *reading, const char *behind_head)
{
    gsize n = reading->run != NULL ? strlen(reading->run->name) : 0;

    return n > 0 && *behind_head == '"' && strncmp(behind_head + 1, reading->run->name, n) == 0 &&
           behind_head[n + 1] == '"';
}

/* A journal of years is results and changes, and a parser takes a hundred times as long for them. Where nothing is
 * escaped every quotation mark is JSON's own, so that a key with its marks stands where that key is and nowhere
 * else; what becomes of changes stands in their results. */
static gboolean
take_quickly(char *line, gsize length, gpointer data)
{
    FirstReading *reading = data;
    char *mailbox, *result, *name, *sha256;

    if (g_str_has_prefix(line, CHANGE_HEAD)) {
        if (is_of_run(reading, line + strlen(CHANGE_HEAD)))
            reading->run->has_changes = TRUE;
        return TRUE;
    }
    if (!g_str_has_prefix(line, RESULT_HEAD) || !g_str_has_suffix(line, "\"}\n") ||
        memchr(line, '\\', length) != NULL || strlen(line) != length)
        return FALSE;
    if (!is_of_run(reading, line + strlen(RESULT_HEAD)))
        return TRUE;
    mailbox = plain_text(line, "\"mailbox\":\"");
    result = plain_text(line, "\"result\":\"");
    name = plain_text(line, "\"script\":\"");
    sha256 = plain_text(line, "\"sha256\":\"");
    take_result(reading, end_text(mailbox), end_text(result), end_text(name), end_text(sha256));
    return TRUE;
}

static gboolean
take_first(JsonObject *record, const char *event, const char *run, gpointer data, GError **error)
{
    FirstReading *reading = data;

    if (g_str_equal(event, "begin"))
        take_begin(reading, record, run);
    else if (reading->run == NULL || !g_str_equal(reading->run->name, run))
        return TRUE;
    else if (g_str_equal(event, "change"))
        reading->run->has_changes = TRUE;
    else if (g_str_equal(event, "result"))
        take_result(reading, text_of(record, "mailbox"), text_of(record, "result"),
                    text_of(record, "script"), text_of(record, "sha256"));
    else if (g_str_equal(event, "end"))
        take_end(reading, record);
    return TRUE;
}

/* The second ------------------------------------------------------------------------------------ */

typedef struct {
    TamisDeployJournalHistory *history;
    const Run *run;
    GHashTable *seen; /* mailbox → its change */
} SecondReading;

static gboolean
is_of_deployment(const Run *run, const char *name)
{
    while (run != NULL && !g_str_equal(run->name, name))
        run = run->resumed;
    return run != NULL;
}

static GString *
script_text(JsonObject *script)
{
    const char *text = text_of(script, "text"), *encoded = text_of(script, "base64");
    g_autofree guchar *bytes = NULL;
    gsize length = 0;

    if (text != NULL)
        return g_string_new(text);
    if (encoded == NULL)
        return NULL;
    bytes = g_base64_decode(encoded, &length);
    return g_string_new_len((const char *)bytes, (gssize)length);
}

static gboolean
take_second(JsonObject *record, const char *event, const char *run, gpointer data, GError **error)
{
    SecondReading *reading = data;
    const char *mailbox = text_of(record, "mailbox");
    JsonNode *before = json_object_get_member(record, "before");
    TamisDeployJournalChange *change;

    if (!g_str_equal(event, "change") || mailbox == NULL || !is_of_deployment(reading->run, run))
        return TRUE;
    change = g_hash_table_lookup(reading->seen, mailbox);
    if (change !=
        NULL) { /* tried again: the first has what was before, the last what became of it */
        g_free(change->after_name);
        change->after_name = g_strdup(text_of(record, "active"));
        return TRUE;
    }
    change = g_new0(TamisDeployJournalChange, 1);
    change->mailbox = g_strdup(mailbox);
    change->after_name = g_strdup(text_of(record, "active"));
    if (before != NULL && JSON_NODE_HOLDS_OBJECT(before)) {
        change->before_name = g_strdup(text_of(json_node_get_object(before), "name"));
        change->before = script_text(json_node_get_object(before));
    }
    g_ptr_array_add(reading->history->changes, change);
    g_hash_table_insert(reading->seen, change->mailbox, change);
    return TRUE;
}

static gint
compare_changes(gconstpointer a, gconstpointer b)
{
    const TamisDeployJournalChange *const *left = a, *const *right = b;

    return strcmp((*left)->mailbox, (*right)->mailbox);
}

static gboolean
has_changes(const Run *run)
{
    while (run != NULL && !run->has_changes)
        run = run->resumed;
    return run != NULL;
}

static const Run *
find_undoable(FirstReading *reading)
{
    for (guint i = reading->runs->len; i-- > 0;) {
        const Run *run = g_ptr_array_index(reading->runs, i);
        if (run->is_undone || run->is_rollback || !has_changes(run))
            continue;
        reading->history->undoable = g_strdup(run->name);
        reading->history->undoable_to = g_strdup(run->to);
        reading->history->undoable_at = g_strdup(run->at);
        return run;
    }
    return NULL;
}

static gboolean
read_history(FILE *file, const char *path, const char *to, gboolean with_changes,
             TamisDeployJournalHistory *history, GError **error)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(run_free);
    FirstReading first = {.history = history, .to = to, .runs = runs};

    if (!read_file(file, path, take_quickly, take_first, &first, error))
        return FALSE;
    const Run *run = find_undoable(&first);
    if (!with_changes || run == NULL)
        return TRUE;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    SecondReading second = {history, run, seen};
    if (!read_file(file, path, NULL, take_second, &second, error))
        return FALSE;
    g_ptr_array_sort(history->changes, compare_changes); /* threads wrote them */
    return TRUE;
}

TamisDeployJournalHistory *
tamis_deploy_journal_read(const char *path, const char *to, gboolean with_changes, GError **error)
{
    g_autoptr(TamisDeployJournalHistory) history = g_new0(TamisDeployJournalHistory, 1);
    FILE *file = fopen(path, "re");
    struct stat status;
    gboolean went_well;

    history->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, state_free);
    history->changes = g_ptr_array_new_with_free_func(change_free);
    if (file == NULL && errno == ENOENT)
        return g_steal_pointer(&history);
    if (file == NULL) {
        int code = errno;
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code),
                    "cannot read the journal '%s': %s", path, g_strerror(code));
        return NULL;
    }
    /* A device has no history, and may have no end. */
    went_well = fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode) ||
                read_history(file, path, to, with_changes, history, error);
    fclose(file);
    return went_well ? g_steal_pointer(&history) : NULL;
}
