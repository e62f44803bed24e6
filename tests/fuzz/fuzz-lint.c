/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A policy, or the scripts of up to six mailboxes, each behind a line of "%%%"; the last byte chooses the server. All rules
 * of the lint are run: that ends, and every message that proves a finding is sent. It takes the way that is told, and
 * what is told of its run happens. */
#include "base/catalogue.h"
#include "compiler/explain.h"
#include "compiler/resolve.h"
#include "grammar/sieve/parser.h"
#include "lint/lint.h"
#include "lint/script.h"
#include "lint/shown.h"
#include "lint/site.h"

#include <sanitizer/lsan_interface.h>
#include <string.h>

#define AS_OF     G_GINT64_CONSTANT(1795392000) /* 2026-11-23 */
#define PART      "%%%\n"
#define MAX_BOXES 6
/* What is deep is the lint, and not one large text. */
#define MAX_BYTES 3000

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
    TamisSources *sources;
    TamisReport *report;
    const TamisServer *server;
    const char *text;
    gsize size;
} Input;

/* What is said ----------------------------------------------------------------------------------- */

/* The hops of the way that the message has taken. */
static guint
hops_on_way(const TamisExplanation *explanation)
{
    guint n = 0;

    for (guint i = 0; i < tamis_explanation_n_deliveries(explanation); i++)
        n = MAX(n, tamis_explanation_get(explanation, i)->on_way);
    return n;
}

static gboolean
happens(const TamisDiagnostic *at, const TamisExplanation *explanation)
{
    const TamisDeliveryStep *first = tamis_explanation_get(explanation, 0);

    switch (at->rule) {
    case TAMIS_RULE_FORWARD_LOOP:
    case TAMIS_RULE_FORWARD_RETURN:
        return hops_on_way(explanation) == at->witness->n_path;
    case TAMIS_RULE_TOO_MANY_TARGETS:
    case TAMIS_RULE_REJECT_CONFLICT:
    case TAMIS_RULE_REPLY_CONFLICT:
        return first->failure != TAMIS_FAILURE_NONE;
    default:
        return TRUE;
    }
}

static void
replay(TamisSite *site, const TamisDiagnostic *at)
{
    const TamisFindingWitness *witness = at->witness;
    const TamisKnownWay way = {witness->path, witness->n_path, witness->instants};
    TamisDelivery delivery = tamis_shown_delivery(witness);
    g_autoptr(TamisMessage) message = tamis_shown_message(witness);
    g_autoptr(TamisExplanation) explanation = NULL;

    g_assert(witness->instant >= AS_OF);
    __lsan_disable(); /* GMime 3.2 loses the text of a domain literal that is broken */
    explanation = tamis_explain_way(site, message, &delivery, &way);
    if (tamis_explanation_n_deliveries(explanation) == 0 || !happens(at, explanation))
        g_error("%s: %s", tamis_catalogue_get(at->rule)->slug, at->message);
    __lsan_enable();
}

static void
check_report(const Input *input, TamisSite *site)
{
    for (guint i = 0; i < tamis_report_count(input->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(input->report, i);

        if (at->span.source != 0)
            tamis_sources_locate(input->sources, at->span);
        if (at->witness != NULL && at->certainty == TAMIS_CERTAINTY_PROVED)
            replay(site, at);
    }
}

/* Policies --------------------------------------------------------------------------------------- */

static TamisSourceId
open_text(TamisSources *sources, const char *path, gsize max_bytes, gpointer data, GError **error)
{
    const Input *input = data;

    if (strcmp(path, "p.tamis") == 0)
        return tamis_sources_add_text(sources, path, input->text, input->size);
    g_set_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_UNREADABLE, "cannot read '%s'", path);
    return 0;
}

static gboolean
lower_nothing(gpointer data, const TamisShapes *shapes, TamisReport *report)
{
    return TRUE;
}

static void
lint_policy(Input *input)
{
    TamisResolveOptions options = {.open = open_text, .open_data = input};
    g_autoptr(TamisPolicy) policy =
        tamis_policy_load(input->sources, "p.tamis", &options, input->report, NULL);
    g_autoptr(TamisSite) site = NULL;
    TamisLint lint = {.policy = policy,
                      .server = input->server,
                      .as_of = AS_OF,
                      .report = input->report,
                      .lower = lower_nothing};

    if (tamis_report_count_severity(input->report, TAMIS_SEVERITY_ERROR) > 0)
        return;
    site = tamis_site_new_policy(policy, input->server);
    tamis_lint_policy(&lint);
    check_report(input, site);
}

/* Scripts ---------------------------------------------------------------------------------------- */

/* Whether a server takes the script, which is linted then. */
static gboolean
lint_script(const Input *input, TamisSourceId source, const char *mailbox)
{
    const TamisSieveCheckOptions options = {input->server, NULL, NULL};
    g_autoptr(TamisReport) report = tamis_report_new(input->sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSieveChecked checked;
    TamisScriptLint lint = {.script = tamis_sieve_parse(source, arena, report),
                            .checked = &checked,
                            .server = input->server,
                            .as_of = AS_OF,
                            .mailbox = mailbox,
                            .report = report};

    tamis_sieve_check(lint.script, &options, arena, report, &checked);
    if (tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0)
        return FALSE;
    tamis_lint_script(&lint);
    return TRUE;
}

static void
lint_scripts(const Input *input)
{
    const TamisScriptSite options = {.server = input->server};
    g_autoptr(TamisSite) site = tamis_site_new_scripts(input->sources, &options);
    const char *at = input->text, *end = at + input->size;

    for (guint i = 0; i < MAX_BOXES && at < end; i++) {
        const char *next;
        TamisSourceId source;
        g_autofree char *address = g_strdup_printf("m%u@acme.example", i);

        at += strlen(PART);
        next = memmem(at, (gsize)(end - at), PART, strlen(PART));
        next = next != NULL ? next : end;
        source = tamis_sources_add_text(input->sources, address, at, (gsize)(next - at));
        if (lint_script(input, source, address))
            tamis_site_add_script(site, address, source);
        at = next;
    }
    tamis_lint_site(site, AS_OF, input->report);
    check_report(input, site);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static TamisServer *servers[8];
    const char *const *names = tamis_server_names();
    guint n = MIN(g_strv_length((char **)names), G_N_ELEMENTS(servers));
    guint i = size > 0 ? data[size - 1] % n : 0;
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    Input input = {sources, report, NULL, (const char *)data, size};

    if (size > MAX_BYTES)
        return 0;
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
    if (servers[i] == NULL)
        servers[i] = tamis_server_load(names[i], NULL);
    input.server = servers[i];
    if (size >= strlen(PART) && memcmp(data, PART, strlen(PART)) == 0)
        lint_scripts(&input);
    else
        lint_policy(&input);
    return 0;
}
