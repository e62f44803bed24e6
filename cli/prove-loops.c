/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Follows the way of a witness from one mailbox to the next, each with its own script; and runs the message of
 * which a finding says that the engine gives the script up, or that nothing of it stays. */
#include "cli/prove-loops.h"

#include "cli/engine/run.h"
#include "cli/interruption.h"
#include "lint/shown.h"
#include "model/witness.h"

#include <string.h>

/* Of each kind in one check: each hop starts the engine. */
#define MAX_RUNS 100
/* Messages that the engine does not survive, until it is left alone: each may take half a minute. */
#define MAX_BREAKDOWNS 2

typedef struct {
    TamisSite *site;
    TamisScriptOf script_of;
    gpointer data;
    TamisReport *report;
    TamisRunner *runner;
} Proof;

/* With CR LF, and what scanners said in the fields by which the engine knows it. */
static GString *
write_message(const TamisWitness *witness, const TamisGrades *grades)
{
    GString *sent = g_string_new(NULL);
    gsize length;
    g_autofree char *text = tamis_witness_to_text(witness, &length);

    tamis_run_add_grades(sent, grades);
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            g_string_append_c(sent, '\r');
        g_string_append_c(sent, text[i]);
    }
    return sent;
}

/* As large as it is shown to be: what is filled up with lines has fewer of them. */
static GBytes *
make_message(const TamisFindingWitness *shown)
{
    enum { MAX_ROUNDS = 8 };
    g_autofree TamisWitnessHeader *headers = g_new0(TamisWitnessHeader, MAX(shown->n_headers, 1));
    const TamisGrades grades = tamis_shown_delivery(shown).grades;
    TamisWitness witness = {
        .size_bytes = shown->size_bytes,
        .headers = headers,
        .n_headers = shown->n_headers,
        .body = (char *)(shown->body != NULL ? shown->body : "Hello"),
    };
    g_autoptr(GString) sent = NULL;

    for (guint i = 0; i < shown->n_headers; i++) {
        headers[i].name = (char *)shown->headers[2 * i];
        headers[i].value = (char *)shown->headers[2 * i + 1];
    }
    sent = write_message(&witness, &grades);
    for (guint i = 0; i < MAX_ROUNDS && sent->len != shown->size_bytes &&
                      witness.size_bytes + shown->size_bytes > sent->len;
         i++) {
        witness.size_bytes += shown->size_bytes - sent->len;
        g_string_free(sent, TRUE);
        sent = write_message(&witness, &grades);
    }
    return g_string_free_to_bytes(g_steal_pointer(&sent));
}

/* What scanners say is the way's, not the message's: a copy that was sent has lost it. */
static GBytes *
with_grades(GBytes *message, TamisGrades grades)
{
    g_autoptr(GString) text = g_string_new(NULL);

    tamis_run_add_grades(text, &grades);
    g_string_append_len(text, g_bytes_get_data(message, NULL), (gssize)g_bytes_get_size(message));
    return g_string_free_to_bytes(g_steal_pointer(&text));
}

/* Whether mail for both goes to the same: a way names a mailbox by one of its addresses. */
static gboolean
is_same(const Proof *proof, const char *address, const char *other)
{
    g_autofree char *a = g_ascii_strdown(address, -1), *b = g_ascii_strdown(other, -1);
    guint32 mailbox = tamis_site_find_mailbox(proof->site, a);

    return strcmp(a, b) == 0 ||
           (mailbox != TAMIS_NO_INDEX && mailbox == tamis_site_find_mailbox(proof->site, b));
}

/* Runs the mailbox's script on a message to the address. */
static gboolean
run_script(Proof *proof, guint32 mailbox, const TamisFindingWitness *shown, const char *address,
           TamisInstant instant, GBytes *message, TamisRunEnd *out_end, GError **error)
{
    g_autoptr(GString) script = g_string_new(NULL);
    const char *own = tamis_site_get_address(proof->site, mailbox);
    char bare[TAMIS_ADDRESS_BUFFER_BYTES];
    gsize n = tamis_address_without_detail(address, strlen(address),
                                           tamis_site_get_delimiter(proof->site), bare);
    TamisRun run = {
        .mailbox = *own != '\0' ? own : address,
        .envelope_from = shown->envelope_from,
        .envelope_to = address,
        .recipient = n == strlen(own) && g_ascii_strncasecmp(bare, own, n) == 0 ? address : own,
        .message = message,
        .instant = instant,
        .max_redirects = tamis_site_max_targets(proof->site, mailbox),
        .max_actions = tamis_site_max_actions(proof->site, mailbox),
    };

    if (*run.recipient == '\0')
        run.recipient = address;
    if (!proof->script_of(proof->data, mailbox, script)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "there is no script for '%s'",
                    own);
        return FALSE;
    }
    run.script = script->str;
    run.script_bytes = script->len;
    return tamis_runner_run(proof->runner, &run, out_end, error);
}

/* The message that the script of this place of the way sends to the next one. NULL: none, or the engine fails. */
static GBytes *
run_hop(Proof *proof, guint32 mailbox, const TamisFindingWitness *shown, guint hop, GBytes *message,
        GError **error)
{
    g_auto(TamisRunEnd) end = {NULL};
    TamisInstant instant = shown->instants != NULL ? shown->instants[hop] : shown->instant;

    if (!run_script(proof, mailbox, shown, shown->path[hop], instant, message, &end, error))
        return NULL;
    for (guint i = 0; i < end.sent->len; i++) {
        const TamisSent *sent = &g_array_index(end.sent, TamisSent, i);

        if (sent->kind == TAMIS_SENT_FORWARD &&
            is_same(proof, sent->recipient, shown->path[hop + 1]))
            return with_grades(sent->message, tamis_shown_delivery(shown).grades);
    }
    return NULL;
}

/* The mailbox at this place of the way; TAMIS_NO_INDEX: an alias map's or one outside, which pass it on. */
static guint32
mailbox_at(const Proof *proof, const TamisFindingWitness *shown, guint i)
{
    g_autofree char *lower = g_ascii_strdown(shown->path[i], -1);
    gboolean is_passed_on = i > 0 && strcmp(shown->path[i], shown->path[i - 1]) == 0;

    return is_passed_on ? TAMIS_NO_INDEX : tamis_site_find_mailbox(proof->site, lower);
}

static gboolean
leads_to_script(const Proof *proof, const char *address)
{
    g_autoptr(GArray) stops = tamis_site_resolve(proof->site, address);

    return stops->len == 1 && g_array_index(stops, TamisSiteStop, 0).mailbox != TAMIS_NO_INDEX &&
           g_ascii_strcasecmp(g_array_index(stops, TamisSiteStop, 0).address, address) == 0;
}

/* Whether an earlier place of the way is the same mailbox: back there, the engine's own guard against loops knows the
 * message. */
static gboolean
was_passed(const Proof *proof, const TamisFindingWitness *shown, guint at)
{
    for (guint i = 0; i < at; i++)
        if (mailbox_at(proof, shown, i) == mailbox_at(proof, shown, at))
            return TRUE;
    return FALSE;
}

/* Whether an alias map sends it on from here, before the mailbox's script or beside it. */
static gboolean
is_mapped(const Proof *proof, const TamisFindingWitness *shown, guint i)
{
    return i > 0 ? !leads_to_script(proof, shown->path[i])
                 : tamis_site_leads_to(proof->site, shown->path[0], shown->path[1]);
}

static gboolean
comes_back(TamisRule rule)
{
    return rule == TAMIS_RULE_FORWARD_LOOP || rule == TAMIS_RULE_FORWARD_RETURN;
}

static void
tell_end(Proof *proof, TamisDiagnostic *diagnostic, guint at)
{
    const TamisFindingWitness *shown = diagnostic->witness;

    if (was_passed(proof, shown, at))
        tamis_report_relate(proof->report, diagnostic, TAMIS_NO_SPAN,
                            "run in Pigeonhole hop by hop: it comes back as '%s', where the "
                            "server's own guard stops it",
                            shown->path[at]);
    else
        tamis_report_relate(proof->report, diagnostic, TAMIS_NO_SPAN,
                            "Pigeonhole does not send it from '%s' to '%s'", shown->path[at],
                            shown->path[at + 1]);
}

/* What a run of its message shows. */
typedef enum {
    NOTHING,
    WAY,     /* from mailbox to mailbox */
    FAILURE, /* the engine gives the script up */
    NO_COPY, /* it is sent on, and nothing stays */
    LOSS,    /* nothing of it is left */
    N_PROOFS,
} ProofKind;

static ProofKind
kind_of(TamisRule rule)
{
    switch (rule) {
    case TAMIS_RULE_FORWARD_LOOP:
    case TAMIS_RULE_FORWARD_RETURN:
    case TAMIS_RULE_FORBIDDEN_FORWARD:
    case TAMIS_RULE_TOO_MANY_HOPS:
        return WAY;
    case TAMIS_RULE_TOO_MANY_TARGETS:
    case TAMIS_RULE_TOO_MANY_ACTIONS:
    case TAMIS_RULE_REJECT_CONFLICT:
    case TAMIS_RULE_REPLY_CONFLICT:
        return FAILURE;
    case TAMIS_RULE_MISSING_COPY:
    case TAMIS_RULE_FORWARD_WITHOUT_COPY:
        return NO_COPY;
    case TAMIS_RULE_MAIL_LOST:
        return LOSS;
    default:
        return NOTHING;
    }
}

/* What a run shows; NULL: not what the finding says, as where a limit of the policy's own is passed and not the
 * server's. */
static const char *
name_end(ProofKind kind, const TamisRunEnd *end)
{
    gboolean is_sent = FALSE;

    if (kind == FAILURE || end->failure != NULL)
        return kind == FAILURE ? end->failure : NULL;
    for (guint i = 0; i < end->sent->len; i++)
        is_sent |= g_array_index(end->sent, TamisSent, i).kind != TAMIS_SENT_REPLY;
    if (end->stored->len > 0 || is_sent != (kind == NO_COPY))
        return NULL;
    return is_sent ? "it is sent on, and no copy stays" : "nothing of it is left";
}

/* Of one run. */
static gboolean
prove_end(Proof *proof, TamisDiagnostic *diagnostic, GError **error)
{
    const TamisFindingWitness *shown = diagnostic->witness;
    g_autoptr(GBytes) message = make_message(shown);
    g_auto(TamisRunEnd) end = {NULL};
    g_autofree char *lower = g_ascii_strdown(shown->to, -1);
    guint32 mailbox = tamis_site_find_mailbox(proof->site, lower);
    const char *said;

    if (mailbox == TAMIS_NO_INDEX && tamis_site_n_mailboxes(proof->site) == 1)
        mailbox = 0; /* a lone script's, whose mailbox nobody knows */
    if (mailbox == TAMIS_NO_INDEX)
        return TRUE;
    if (!tamis_runner_begin(proof->runner, shown->instant, error) ||
        !run_script(proof, mailbox, shown, shown->to, shown->instant, message, &end, error))
        return FALSE;
    said = name_end(kind_of(diagnostic->rule), &end);
    if (said != NULL)
        tamis_report_relate(proof->report, diagnostic, TAMIS_NO_SPAN, "run in Pigeonhole: %s",
                            said);
    return TRUE;
}

static gboolean
prove_way(Proof *proof, TamisDiagnostic *diagnostic, GError **error)
{
    const TamisFindingWitness *shown = diagnostic->witness;
    g_autoptr(GBytes) message = make_message(shown);

    if (!tamis_runner_begin(proof->runner, shown->instant, error))
        return FALSE;
    for (guint i = 0; i + 1 < shown->n_path; i++) {
        guint32 mailbox = mailbox_at(proof, shown, i);
        GBytes *sent;

        if (mailbox == TAMIS_NO_INDEX || is_mapped(proof, shown, i))
            continue;
        sent = run_hop(proof, mailbox, shown, i, message, error);
        if (sent == NULL && *error != NULL)
            return FALSE;
        if (sent == NULL) {
            tell_end(proof, diagnostic, i);
            return TRUE;
        }
        g_bytes_unref(message);
        message = sent;
    }
    tamis_report_relate(proof->report, diagnostic, TAMIS_NO_SPAN,
                        "run in Pigeonhole hop by hop: it %s this way",
                        comes_back(diagnostic->rule) ? "comes back" : "goes");
    return TRUE;
}

/* Of each finding in its order. What the engine cannot be given, and what it does not survive, is told beside it, and the
 * next one may be run; FALSE: it does not work. */
static gboolean
prove(Proof *proof, TamisDiagnostic *diagnostic, guint *n_breakdowns, GError **error)
{
    gboolean is_way = kind_of(diagnostic->rule) == WAY;

    if ((is_way ? prove_way : prove_end)(proof, diagnostic, error))
        return TRUE;
    tamis_report_relate(proof->report, diagnostic, TAMIS_NO_SPAN, "not run in Pigeonhole: %s",
                        (*error)->message);
    if (!g_error_matches(*error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) &&
        ++*n_breakdowns >= MAX_BREAKDOWNS)
        return FALSE;
    g_clear_error(error);
    return TRUE;
}

static gboolean
is_to_be_run(const TamisDiagnostic *diagnostic, guint *n_runs)
{
    ProofKind kind = kind_of(diagnostic->rule);

    return kind != NOTHING && diagnostic->witness != NULL &&
           diagnostic->certainty == TAMIS_CERTAINTY_PROVED &&
           (kind != WAY || diagnostic->witness->n_path > 1) && n_runs[kind]++ < MAX_RUNS;
}

void
tamis_prove_loops(TamisSite *site, TamisScriptOf script_of, gpointer data, TamisReport *report,
                  char **out_reason)
{
    const TamisRunnerOptions options = {tamis_site_get_server(site), tamis_site_get_policy(site)};
    g_autoptr(TamisRunner) runner = NULL;
    g_autoptr(GError) error = NULL;
    Proof proof = {site, script_of, data, report, NULL};
    guint n_runs[N_PROOFS] = {0}, n_breakdowns = 0;

    *out_reason = NULL;
    tamis_interruption_catch();
    for (guint i = 0; i < tamis_report_count(report) && error == NULL && *tamis_interruption() == 0;
         i++) {
        TamisDiagnostic *diagnostic = tamis_report_get(report, i);

        if (!is_to_be_run(diagnostic, n_runs))
            continue;
        if (runner == NULL)
            runner = proof.runner = tamis_runner_open("dovecot", &options, &error);
        if (runner != NULL)
            prove(&proof, diagnostic, &n_breakdowns, &error);
    }
    g_clear_pointer(&runner, tamis_runner_close);
    tamis_interruption_release();
    if (error != NULL)
        *out_reason = g_strdup(error->message);
}
