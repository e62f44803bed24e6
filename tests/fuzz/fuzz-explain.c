/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A policy, a script and a message, parted by lines of "%%%". What the policy's own tests expect is judged, and the
 * message is explained for a mailbox of the policy and for one with the script: in text with every test's value, and in
 * JSON, both of which are UTF-8 without control characters; deliveries come breadth first, and a copy stays where one
 * is said to. */
#include "cli/explain.h"
#include "compiler/outcome.h"
#include "compiler/resolve.h"
#include "compiler/test-message.h"

#include <json-glib/json-glib.h>
#include <sanitizer/lsan_interface.h>
#include <string.h>

#define N_PARTS   3
#define MAX_BOXES 3
#define NOW       G_GINT64_CONSTANT(1795392000) /* 2026-11-23 */

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
    const char *text[N_PARTS];
    gsize length_bytes[N_PARTS];
} Parts;

static void
split(Parts *parts, const char *text, gsize size)
{
    for (guint i = 0; i < N_PARTS; i++) {
        const char *end = i + 1 < N_PARTS && size > 0 ? memmem(text, size, "%%%\n", 4) : NULL;
        gsize n = end != NULL ? (gsize)(end - text) : size;

        parts->text[i] = text;
        parts->length_bytes[i] = n;
        text += end != NULL ? n + 4 : n;
        size -= end != NULL ? n + 4 : n;
    }
}

/* The policy is all that can be opened. */
static TamisSourceId
open_part(TamisSources *sources, const char *path, gsize max_bytes, gpointer data, GError **error)
{
    const Parts *parts = data;

    if (strcmp(path, "p.tamis") == 0 && parts->length_bytes[0] <= max_bytes)
        return tamis_sources_add_text(sources, path, parts->text[0], parts->length_bytes[0]);
    g_set_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_UNREADABLE, "cannot read '%s'", path);
    return 0;
}

/* What comes out has to be ---------------------------------------------------------------------- */

static void
check_text(const GString *text)
{
    g_assert(g_utf8_validate_len(text->str, text->len, NULL));
    for (const char *at = text->str; at < text->str + text->len; at = g_utf8_next_char(at))
        g_assert(*at == '\n' || !g_unichar_iscntrl(g_utf8_get_char(at)));
}

static void
check_step(const TamisExplanation *explanation, guint index, guint32 hop_before)
{
    const TamisDeliveryStep *step = tamis_explanation_get(explanation, index);
    gboolean is_kept = FALSE, is_discarded = FALSE;

    g_assert(step->hop >= hop_before && step->hop <= hop_before + 1);
    g_assert(step->parent == TAMIS_NO_DELIVERY ? step->hop == 0 : step->parent < index);
    for (guint i = 0; i < step->actions->len; i++) {
        const TamisFlowAction *action = g_ptr_array_index(step->actions, i);

        is_kept |= action->kind == TAMIS_FLOW_KEEP;
        is_discarded |= action->kind == TAMIS_FLOW_DISCARD;
    }
    g_assert(!is_kept || !is_discarded);
}

static void
explain(TamisSite *site, TamisSources *sources, TamisMessage *message, const char *to)
{
    const TamisDelivery delivery = {.envelope_from = "anna+x@customer.example",
                                    .envelope_to = to,
                                    .instant = NOW,
                                    .grades.spam_score = 3};
    g_autoptr(TamisExplanation) explanation = tamis_explain(site, message, &delivery);
    const TamisExplainStyle style = {sources, NOW, TRUE, FALSE};
    g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);
    g_autoptr(JsonParser) parser = json_parser_new();

    for (guint i = 0; i < tamis_explanation_n_deliveries(explanation); i++)
        check_step(explanation, i, i > 0 ? tamis_explanation_get(explanation, i - 1)->hop : 0);
    tamis_explain_as_text(explanation, site, &style, text);
    check_text(text);
    tamis_explain_as_json(explanation, site, &style, json);
    check_text(json);
    g_assert(json_parser_load_from_data(parser, json->str, (gssize)json->len, NULL));
}

/* The two ways ---------------------------------------------------------------------------------- */

/* An expectation and its opposite do not hold together, nor fail together where somebody took the message. */
static void
run_test(const TamisPolicy *policy, TamisSite *site, const TamisTestCase *test)
{
    for (guint32 i = 0; i < test->messages.n; i++) {
        guint32 index = test->messages.first + i;
        const TamisTestMessage *message =
            &g_array_index(policy->test_messages, TamisTestMessage, index);
        g_autoptr(TamisTestDelivery) made =
            message->file == 0 ? tamis_test_delivery_new(policy, message, NOW, NULL) : NULL;

        if (made == NULL)
            continue;
        g_autoptr(TamisExplanation) explanation =
            tamis_explain(site, made->message, &made->delivery);
        g_autoptr(TamisOutcome) outcome = tamis_outcome_new_explained(explanation, site);

        g_assert(tamis_outcome_equal(outcome, outcome));
        for (guint32 k = 0; k < test->expectations.n; k++) {
            TamisExpectation asked =
                g_array_index(policy->expectations, TamisExpectation, test->expectations.first + k);
            gboolean meets = tamis_outcome_meets(outcome, site, &asked);

            asked.negated = !asked.negated;
            g_assert(meets != tamis_outcome_meets(outcome, site, &asked) ||
                     (!meets && tamis_outcome_n_deliveries(outcome) == 0));
        }
    }
}

static void
run_policy(const Parts *parts, const TamisServer *server, TamisMessage *message)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    const TamisResolveOptions options = {.open = open_part, .open_data = (gpointer)parts};
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, "p.tamis", &options, report, NULL);

    if (tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0)
        return;
    g_autoptr(TamisSite) site = tamis_site_new_policy(policy, server);
    for (guint i = 0; i < policy->test_cases->len; i++)
        run_test(policy, site, &g_array_index(policy->test_cases, TamisTestCase, i));
    for (guint32 i = 0; i < MIN(tamis_site_n_mailboxes(site), MAX_BOXES); i++)
        explain(site, sources, message, tamis_site_get_address(site, i));
}

static void
run_script(const Parts *parts, const TamisServer *server, TamisMessage *message)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    const TamisScriptSite options = {.server = server};
    g_autoptr(TamisSite) site = tamis_site_new_scripts(sources, &options);

    tamis_site_add_script(site, "li@acme.example",
                          tamis_sources_add_text(sources, "li@acme.example.sieve", parts->text[1],
                                                 parts->length_bytes[1]));
    explain(site, sources, message, "li+box@acme.example");
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static TamisServer *servers[8];
    const char *const *names = tamis_server_names();
    guint n = MIN(g_strv_length((char **)names), G_N_ELEMENTS(servers));
    guint i = size > 0 ? data[size - 1] % n : 0;
    Parts parts = {{NULL}, {0}};

    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
    split(&parts, (const char *)data, size);
    g_autoptr(GBytes) bytes = g_bytes_new(parts.text[2], parts.length_bytes[2]);
    g_autoptr(TamisMessage) message = tamis_message_new_from_bytes(bytes);

    if (servers[i] == NULL)
        servers[i] = tamis_server_load(names[i], NULL);
    __lsan_disable(); /* GMime 3.2 loses the text of a domain literal that is broken */
    run_policy(&parts, servers[i], message);
    run_script(&parts, servers[i], message);
    __lsan_enable();
    return 0;
}
