/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A script and a message, parted by a line of "%%%": parsed, checked and made a flow for one of the servers, which
 * is evaluated on the message and some of whose guards are solved: all ends, places lie inside the text, and no
 * guard that certainly holds of the message is said to be impossible. */
#include "compiler/flow-of-sieve.h"
#include "grammar/sieve/check.h"
#include "grammar/sieve/parser.h"
#include "model/evaluate.h"
#include "model/solve.h"

#include <sanitizer/lsan_interface.h>
#include <string.h>

/* What is deep is the walk, not one hard question: those are for test-solve-random. */
#define MAX_STEPS  200
#define MAX_SOLVED 3

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const TamisDelivery delivery = {
    .envelope_from = "anna+x@customer.example",
    .envelope_to = "li@acme.example",
    .instant = G_GINT64_CONSTANT(1764115200), /* 2025-11-26 */
    .grades.spam_score = 3,
};

typedef struct {
    TamisEvaluation *evaluation;
    TamisSolver *solver;
    guint n_solved;
    gboolean is_within_claim;
} Judge;

/* Atoms of a changed message have no meaning to the solver. */
static void
judge(Judge *judge, TamisFormula guard, guint32 n_changes)
{
    gboolean holds = tamis_evaluation_holds(judge->evaluation, guard) && judge->is_within_claim;
    gboolean is_certain = tamis_evaluation_is_certain(judge->evaluation, guard);

    if (n_changes > 0 || judge->n_solved++ >= MAX_SOLVED)
        return;
    TamisVerdict verdict = tamis_solver_verdict(judge->solver, guard);
    g_assert(verdict != TAMIS_VERDICT_IMPOSSIBLE || !holds || !is_certain);
}

/* What the solver's answers are about (docs/solver.md, at its end). */
static gboolean
is_within_claim(TamisMessage *message)
{
    static const char *const single[] = {"from",   "subject",     "date",      "message-id",
                                         "sender", "in-reply-to", "references"};
    static const char *const addressed[] = {"from", "to", "cc", "bcc", "sender", "reply-to"};

    for (gsize i = 0; i < G_N_ELEMENTS(single); i++)
        if (g_strv_length((char **)tamis_message_get_header(message, single[i])) > 1)
            return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(addressed); i++) {
        g_autofree char *text =
            g_strjoinv("\n", (char **)tamis_message_get_header(message, addressed[i]));
        guint n = 0;
        const TamisMailAddress *addresses = tamis_message_get_addresses(message, addressed[i], &n);

        for (guint a = 0; a < n; a++)
            if (strstr(text, addresses[a].whole) == NULL)
                return FALSE;
    }
    return TRUE;
}

static void
run(const TamisServer *server, const char *script_text, gsize script_size, TamisMessage *message)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
    TamisSourceId source = tamis_sources_add_text(sources, "fuzz.sieve", script_text, script_size);
    const TamisSieveCheckOptions check_options = {server, NULL, NULL};
    const TamisScriptFlowOptions flow_options = {
        .server = server, .mailbox = "li@acme.example", .sources = sources};
    const TamisZone *utc = tamis_zone_get("UTC");
    const TamisSolverOptions solver_options = {.zone = utc,
                                               .delimiter = "+",
                                               .not_before = TAMIS_INSTANT_MIN,
                                               .not_after = TAMIS_INSTANT_MAX,
                                               .max_steps = MAX_STEPS};
    const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);
    TamisSieveChecked checked;

    tamis_sieve_check(script, &check_options, arena, report, &checked);
    const TamisFlow *flow = tamis_flow_of_sieve(script, &flow_options, formulas, arena);
    g_autoptr(TamisEvaluation) evaluation =
        tamis_evaluation_new(formulas, NULL, flow, message, &delivery, utc, "+");
    g_autoptr(TamisSolver) solver = tamis_solver_new(formulas, &solver_options);
    Judge judging = {evaluation, solver, 0, FALSE};

    __lsan_disable(); /* GMime 3.2 loses the text of a domain literal that is broken */
    judging.is_within_claim = is_within_claim(message);
    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *action = &flow->actions[i];

        g_assert((gsize)action->span.offset + action->span.length <= script_size);
        g_assert(action->version <= flow->n_changes);
        judge(&judging, action->guard, flow->n_changes);
        tamis_message_get_size(tamis_evaluation_message(evaluation, action->version));
    }
    __lsan_enable();
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static TamisServer *servers[8];
    const char *const *names = tamis_server_names();
    const char *text = (const char *)data;
    const char *end = size > 0 ? memmem(text, size, "%%%\n", 4) : NULL;
    gsize script_size = end != NULL ? (gsize)(end - text) : size;
    gsize at = end != NULL ? script_size + 4 : size;
    g_autoptr(GBytes) bytes = g_bytes_new(data + at, size - at);
    g_autoptr(TamisMessage) message = tamis_message_new_from_bytes(bytes);

    guint n = MIN(g_strv_length((char **)names), G_N_ELEMENTS(servers)), i;

    if (size == 0)
        return 0;
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
    i = data[size - 1] % n;
    if (servers[i] == NULL)
        servers[i] = tamis_server_load(names[i], NULL);
    run(servers[i], text, script_size, message);
    return 0;
}
