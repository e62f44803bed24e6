/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scripts are made when a mailbox first has mail. What an engine sends to another mailbox of the policy is
 * delivered there, by the same engine. */
#include "cli/test-engine.h"

#include "base/display.h"
#include "compiler/compile.h"

#include <string.h>

/* Messages that multiply are another finding's business. */
enum { MAX_DELIVERIES = 200 };

struct TamisTestEngine {
    const char *name;
    const TamisTestFile *file;
    TamisRunner *runner;
    TamisCompile compile;
    GHashTable *scripts; /* mailbox -> GString */
};

/* One copy that is on its way. */
typedef struct {
    guint32 mailbox;
    char *address;
    GBytes *message;
    guint32 hop;
    GArray *way; /* of guint32: mailboxes that it has passed */
} Letter;

typedef struct {
    TamisTestEngine *engine;
    const TamisTestDelivery *delivery;
    GQueue letters; /* of Letter */
    TamisOutcome *outcome;
} Journey;

static void
free_letter(gpointer data)
{
    Letter *letter = data;

    g_free(letter->address);
    g_bytes_unref(letter->message);
    g_array_unref(letter->way);
    g_free(letter);
}

static void
free_script(gpointer data)
{
    g_string_free(data, TRUE);
}

/* Scripts --------------------------------------------------------------------------------------- */

/* Routes that are over by --as-of are not lowered: as of the first message of a test, then. */
static TamisInstant
earliest(const TamisTestFile *file, TamisInstant as_of)
{
    for (guint i = 0; i < file->deliveries->len; i++) {
        const TamisTestDelivery *delivery = g_ptr_array_index(file->deliveries, i);

        as_of = MIN(as_of, delivery->delivery.instant);
    }
    return as_of;
}

TamisTestEngine *
tamis_test_engine_open(const char *name, const TamisTestFile *file, const TamisServer *server,
                       TamisInstant as_of, GError **error)
{
    g_autoptr(TamisTestEngine) engine = g_new0(TamisTestEngine, 1);
    TamisRunnerOptions options = {server, file->policy};

    engine->name = name;
    engine->file = file;
    engine->scripts = g_hash_table_new_full(NULL, NULL, NULL, free_script);
    engine->compile = (TamisCompile){
        .policy = file->policy, .server = server, .as_of = earliest(file, as_of), .n_jobs = 1};
    engine->runner = tamis_runner_open(name, &options, error);
    return engine->runner != NULL ? g_steal_pointer(&engine) : NULL;
}

void
tamis_test_engine_close(TamisTestEngine *engine)
{
    if (engine == NULL)
        return;
    g_clear_pointer(&engine->runner, tamis_runner_close);
    g_hash_table_unref(engine->scripts);
    g_free(engine);
}

const char *
tamis_test_engine_get_name(const TamisTestEngine *engine)
{
    return engine->name;
}

static gboolean
fail_to_compile(const TamisTestEngine *engine, guint32 mailbox, TamisReport *report, GError **error)
{
    g_autoptr(GString) place = g_string_new(NULL);
    const char *why = "no reason given";

    tamis_report_sort(report);
    for (guint i = tamis_report_count(report); i-- > 0;) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);

        if (diagnostic->severity != TAMIS_SEVERITY_ERROR)
            continue;
        why = diagnostic->message;
        g_string_truncate(place, 0);
        if (diagnostic->span.source != 0) {
            tamis_test_file_append_place(engine->file, diagnostic->span, place);
            g_string_append(place, ": ");
        }
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s%s", place->str, why);
    return FALSE;
}

static const GString *
get_script(TamisTestEngine *engine, guint32 mailbox, GError **error)
{
    GString *script = g_hash_table_lookup(engine->scripts, GUINT_TO_POINTER(mailbox + 1));
    g_autoptr(TamisReport) report = tamis_report_new(engine->file->sources);
    g_autoptr(GString) made = g_string_new(NULL);

    if (script != NULL)
        return script;
    if (!tamis_compile_one(&engine->compile, mailbox, made, report)) {
        fail_to_compile(engine, mailbox, report, error);
        return NULL;
    }
    script = g_steal_pointer(&made);
    g_hash_table_insert(engine->scripts, GUINT_TO_POINTER(mailbox + 1), script);
    return script;
}

/* Messages -------------------------------------------------------------------------------------- */

/* No engine is given a larger one. */
enum { MAX_SIZE = 64 << 20 };

static void
pad(GString *text, gsize size)
{
    while (text->len < size) {
        gsize line = MIN(size - text->len, 72);

        for (gsize i = 0; i + 2 < line; i++)
            g_string_append_c(text, 'x');
        g_string_append(text, line >= 2 ? "\r\n" : "x");
    }
}

/* As large as the test says: its body is filled up, or, where the way has added to its header, what was filled
 * up is cut again. */
static GBytes *
fit(const TamisTestDelivery *delivery, GBytes *letter, GError **error)
{
    guint64 wanted = tamis_message_get_size(delivery->message);
    g_autoptr(GString) text = g_string_new(NULL);
    gsize length = 0;
    const char *message = g_bytes_get_data(letter, &length);

    tamis_run_add_grades(text, &delivery->delivery.grades);
    gsize own = g_bytes_get_size(delivery->bytes) + text->len;
    g_string_append_len(text, message, (gssize)length);
    if (delivery->has_size && (wanted < own || wanted > MAX_SIZE ||
                               (text->len > wanted && text->len - wanted > wanted - own))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "no message of %" G_GUINT64_FORMAT " bytes can be made of it", wanted);
        return NULL;
    }
    if (delivery->has_size && text->len > wanted)
        g_string_truncate(text, wanted);
    else if (delivery->has_size)
        pad(text, wanted);
    return g_string_free_to_bytes(g_steal_pointer(&text));
}

static void
send_to(Journey *journey, const char *address, GBytes *message, const Letter *from)
{
    g_autoptr(GArray) stops = tamis_site_resolve(journey->engine->file->site, address);

    for (guint i = 0; i < stops->len; i++) {
        const TamisSiteStop *stop = &g_array_index(stops, TamisSiteStop, i);
        Letter *letter;

        if (stop->mailbox == TAMIS_NO_INDEX)
            continue; /* leaves the site */
        letter = g_new0(Letter, 1);
        letter->mailbox = stop->mailbox;
        letter->address = g_strdup(stop->address);
        letter->message = g_bytes_ref(message);
        letter->hop = from != NULL ? from->hop + 1 : 0;
        letter->way = g_array_new(FALSE, FALSE, sizeof(guint32));
        if (from != NULL) {
            g_array_append_vals(letter->way, from->way->data, from->way->len);
            g_array_append_val(letter->way, from->mailbox);
        }
        g_queue_push_tail(&journey->letters, letter);
    }
}

/* What came of it ------------------------------------------------------------------------------- */

static guint
count_field(GBytes *message, const char *name, const char *value)
{
    g_autoptr(TamisMessage) read = tamis_message_new_from_bytes(message);
    const char *const *values = tamis_message_get_header(read, name);
    guint n = 0;

    for (; *values != NULL; values++)
        n += strcmp(*values, value) == 0;
    return n;
}

/* Where the encryption is a gateway's or a header's, the copy says so itself; a filter's stand-in signs. */
static void
note_forward(const Journey *journey, const Letter *letter, const TamisSent *sent,
             TamisOutcomeDelivery *delivery, GString *target)
{
    const TamisPolicy *policy = journey->engine->file->policy;
    gboolean encrypted = count_field(sent->message, TAMIS_RUN_ENCRYPTED, "yes") >
                         count_field(letter->message, TAMIS_RUN_ENCRYPTED, "yes");

    g_string_assign(target, sent->recipient);
    for (guint i = 0; i < policy->encryptions->len; i++) {
        const TamisEncryption *means = &g_array_index(policy->encryptions, TamisEncryption, i);

        if (means->means == TAMIS_ENCRYPT_HEADER) {
            const char *name = tamis_policy_text(policy, means->header);
            const char *value = tamis_policy_text(policy, means->header_value);

            encrypted |=
                count_field(sent->message, name, value) > count_field(letter->message, name, value);
        } else if (means->means == TAMIS_ENCRYPT_GATEWAY) {
            g_autofree char *end =
                g_strconcat(".", tamis_policy_text(policy, means->gateway), NULL);
            gsize length = strlen(end);

            if (target->len > length &&
                g_ascii_strcasecmp(target->str + target->len - length, end) == 0) {
                g_string_truncate(target, target->len - length);
                encrypted = TRUE;
            }
        }
    }
    tamis_outcome_act(delivery, TAMIS_OUTCOME_FORWARD, target->str, encrypted);
}

/* How many of the copies that were sent or stored have gained the field; out_n: of how many. */
static guint
count_marked(const Letter *letter, const TamisRunEnd *end, const char *name, const char *value,
             guint *out_n)
{
    guint before = count_field(letter->message, name, value), n_marked = 0;

    *out_n = 0;
    for (guint i = 0; i < end->sent->len; i++) {
        const TamisSent *sent = &g_array_index(end->sent, TamisSent, i);

        if (sent->kind != TAMIS_SENT_FORWARD)
            continue;
        ++*out_n;
        n_marked += count_field(sent->message, name, value) > before;
    }
    for (guint i = 0; i < end->stored->len; i++) {
        ++*out_n;
        n_marked +=
            count_field(g_array_index(end->stored, TamisStored, i).message, name, value) > before;
    }
    return n_marked;
}

static void
note_mark(const Letter *letter, const TamisRunEnd *end, const TamisPolicy *policy,
          const TamisAction *mark, GHashTable *seen, TamisOutcomeDelivery *delivery)
{
    const char *name = tamis_policy_text(policy, mark->name);
    const char *value = tamis_policy_text(policy, mark->text);
    char *text = g_strdup_printf("%s: %s", name, value);
    guint n, n_marked = count_marked(letter, end, name, value, &n);

    if (!g_hash_table_add(seen, text) || n_marked == 0)
        return;
    g_autofree char *shown = n_marked == n
                                 ? g_strdup(text)
                                 : g_strdup_printf("%s (on %u of %u copies)", text, n_marked, n);
    tamis_outcome_act(delivery, TAMIS_OUTCOME_MARK, shown, FALSE);
}

/* Marks that the mailbox can set. */
static void
note_marks(const Journey *journey, const Letter *letter, const TamisRunEnd *end,
           TamisOutcomeDelivery *delivery)
{
    const TamisPolicy *policy = journey->engine->file->policy;
    TamisSlice routes = tamis_policy_mailbox(policy, letter->mailbox)->routes;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint32 r = 0; r < routes.n; r++) {
        TamisSlice actions = tamis_policy_route(policy, routes.first + r)->actions;

        for (guint32 a = 0; a < actions.n; a++) {
            const TamisAction *action = tamis_policy_action(policy, actions.first + a);

            if (action->kind == TAMIS_DO_MARK)
                note_mark(letter, end, policy, action, seen, delivery);
        }
    }
}

static void
note_end(Journey *journey, const Letter *letter, const TamisRunEnd *end, gboolean is_closed)
{
    TamisOutcomeDelivery *delivery =
        tamis_outcome_add(journey->outcome, letter->mailbox, letter->address, letter->hop);

    gboolean is_gone = end->stored->len == 0;

    delivery->is_closed = is_closed;
    note_marks(journey, letter, end, delivery);
    for (guint i = 0; i < end->sent->len; i++) {
        const TamisSent *sent = &g_array_index(end->sent, TamisSent, i);
        g_autoptr(GString) target = g_string_new(NULL);

        is_gone &= sent->kind == TAMIS_SENT_REPLY;
        if (sent->kind == TAMIS_SENT_FORWARD) {
            note_forward(journey, letter, sent, delivery, target);
            if (!is_closed)
                send_to(journey, target->str, sent->message, letter);
        } else {
            tamis_outcome_act(delivery,
                              sent->kind == TAMIS_SENT_REPLY ? TAMIS_OUTCOME_REPLY
                                                             : TAMIS_OUTCOME_REJECT,
                              NULL, FALSE);
        }
    }
    for (guint i = 0; i < end->stored->len; i++)
        tamis_outcome_act(delivery, TAMIS_OUTCOME_KEEP,
                          g_array_index(end->stored, TamisStored, i).folder, FALSE);
    if (is_gone)
        tamis_outcome_act(delivery, TAMIS_OUTCOME_DISCARD, NULL, FALSE);
    delivery->fault = end->failure != NULL ? g_intern_string(end->failure) : NULL;
}

/* Deliveries ------------------------------------------------------------------------------------ */

/* Over LMTP the mailbox, with the detail where there is one; an alias is the MTA's business. */
static char *
recipient_of(const TamisTestFile *file, const Letter *letter)
{
    const char *own = tamis_site_get_address(file->site, letter->mailbox);
    const char *delimiter = tamis_site_get_delimiter(file->site);
    const char *at = strrchr(letter->address, '@');
    const char *detail = *delimiter != '\0' ? strstr(letter->address, delimiter) : NULL;

    if (at == NULL || detail == NULL || detail > at)
        return g_strdup(own);
    g_autofree char *plain =
        g_strdup_printf("%.*s%s", (int)(detail - letter->address), letter->address, at);
    return g_strdup(g_ascii_strcasecmp(plain, own) == 0 ? letter->address : own);
}

static gboolean
is_on_its_way(const Letter *letter)
{
    for (guint i = 0; i < letter->way->len; i++)
        if (g_array_index(letter->way, guint32, i) == letter->mailbox)
            return TRUE;
    return FALSE;
}

static gboolean
deliver(Journey *journey, const Letter *letter, GError **error)
{
    TamisTestEngine *engine = journey->engine;
    const TamisTestFile *file = engine->file;
    const GString *script = get_script(engine, letter->mailbox, error);
    g_autofree char *recipient = recipient_of(file, letter);
    g_autoptr(GBytes) message = fit(journey->delivery, letter->message, error);
    g_auto(TamisRunEnd) end = {0};

    if (script == NULL || message == NULL)
        return FALSE;
    TamisRun run = {
        .mailbox = tamis_site_get_address(file->site, letter->mailbox),
        .script = script->str,
        .script_bytes = script->len,
        .envelope_from = journey->delivery->envelope_from,
        .envelope_to = letter->address,
        .recipient = recipient,
        .message = message,
        .instant = journey->delivery->delivery.instant,
        .max_redirects = tamis_site_max_targets(file->site, letter->mailbox),
        .max_actions = tamis_site_max_actions(file->site, letter->mailbox),
    };
    if (!tamis_runner_run(engine->runner, &run, &end, error))
        return FALSE;
    note_end(journey, letter, &end, is_on_its_way(letter));
    return TRUE;
}

static gboolean
deliver_all(Journey *journey, GError **error)
{
    while (!g_queue_is_empty(&journey->letters)) {
        Letter *letter = g_queue_pop_head(&journey->letters);
        gboolean is_good = deliver(journey, letter, error);

        free_letter(letter);
        if (!is_good)
            return FALSE;
        if (tamis_outcome_n_deliveries(journey->outcome) >= MAX_DELIVERIES) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "the message causes more than %d deliveries", MAX_DELIVERIES);
            return FALSE;
        }
    }
    return TRUE;
}

TamisOutcome *
tamis_test_engine_deliver(TamisTestEngine *engine, const TamisTestDelivery *delivery,
                          GError **error)
{
    g_autoptr(TamisOutcome) outcome = tamis_outcome_new();

    /* Without dates a script is good for a while and made anew then. */
    if (!tamis_server_has(engine->compile.server, TAMIS_EXTENSION_DATE)) {
        engine->compile.as_of = delivery->delivery.instant;
        g_hash_table_remove_all(engine->scripts);
    }
    Journey journey = {engine, delivery, G_QUEUE_INIT, outcome};
    gboolean is_good = tamis_runner_begin(engine->runner, delivery->delivery.instant, error);

    if (is_good) {
        send_to(&journey, delivery->delivery.envelope_to, delivery->bytes, NULL);
        is_good = deliver_all(&journey, error);
    }
    g_queue_clear_full(&journey.letters, free_letter);
    return is_good ? g_steal_pointer(&outcome) : NULL;
}
