/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Three flows: of each script alone, and of both together. Actions that do the same are one, whoever asks for
 * them: together they happen exactly where one of them alone would. */
#include "compiler/include-proof.h"

#include "compiler/deed-name.h"
#include "compiler/flow-of-sieve.h"
#include "grammar/sieve/check.h"
#include "grammar/sieve/parser.h"
#include "model/carry.h"
#include "model/solve.h"

#include <string.h>

#define MAX_STEPS ((guint64)400000000) /* of the solver for one mailbox: some seconds */
#define WRAPPER                                                                                    \
    "require \"include\";\ninclude :personal \"first\";\ninclude :personal \"second\";\n"

typedef struct {
    TamisSources *sources;
    TamisSourceId texts[2];
    TamisArena *arena;
    TamisStrings *strings;
    TamisFormulas *formulas;
    TamisSolver *solver;
    TamisCarry *carry;
    const TamisServer *server;
    const char *mailbox;
    TamisFlow *alone[2], *both;
    TamisIncludeProof *proof;
} Proving;

void
tamis_include_proof_clear(TamisIncludeProof *proof)
{
    g_clear_pointer(&proof->detail, g_free);
    g_clear_pointer(&proof->witness, tamis_witness_free);
}

/* Always FALSE. */
static gboolean
refute(Proving *proving, TamisIncludeVerdict verdict, guint script, const char *detail)
{
    proving->proof->verdict = verdict;
    proving->proof->script = script;
    proving->proof->detail = g_strdup(detail);
    return FALSE;
}

/* Flows ----------------------------------------------------------------------------------------- */

static TamisSourceId
find_include(const char *name, gpointer data)
{
    const Proving *proving = data;

    if (g_str_equal(name, "first"))
        return proving->texts[0];
    return g_str_equal(name, "second") ? proving->texts[1] : 0;
}

/* The first error of the script, or NULL. Caller frees. */
static char *
find_error(Proving *proving, const TamisSieveScript *script)
{
    g_autoptr(TamisReport) report = tamis_report_new(proving->sources);
    const TamisSieveCheckOptions options = {.server = proving->server};
    TamisSieveChecked checked;

    tamis_sieve_check(script, &options, proving->arena, report, &checked);
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        if (diagnostic->severity == TAMIS_SEVERITY_ERROR)
            return g_strdup(diagnostic->message);
    }
    return checked.has_include ? g_strdup("it includes other scripts") : NULL;
}

static TamisFlow *
make_flow(Proving *proving, const TamisSieveScript *script)
{
    const TamisScriptFlowOptions options = {
        .server = proving->server,
        .mailbox = proving->mailbox,
        .sources = proving->sources,
        .find_include = find_include,
        .include_data = proving,
    };

    return tamis_flow_of_sieve(script, &options, proving->formulas, proving->arena);
}

static gboolean
make_flows(Proving *proving)
{
    g_autoptr(TamisReport) report = tamis_report_new(proving->sources);
    TamisSourceId both = tamis_sources_add_text(proving->sources, "both", WRAPPER, strlen(WRAPPER));

    for (guint i = 0; i < 2; i++) {
        const TamisSieveScript *script =
            tamis_sieve_parse(proving->texts[i], proving->arena, report);
        g_autofree char *error = NULL;

        if (script->n_errors > 0)
            return refute(proving, TAMIS_INCLUDE_UNREADABLE, i, NULL);
        error = find_error(proving, script);
        if (error != NULL)
            return refute(proving, TAMIS_INCLUDE_UNREADABLE, i, error);
        proving->alone[i] = make_flow(proving, script);
        if (proving->alone[i]->unread.source != 0)
            return refute(proving, TAMIS_INCLUDE_UNREADABLE, i, NULL);
    }
    proving->both = make_flow(proving, tamis_sieve_parse(both, proving->arena, report));
    return proving->both->unread.source == 0 ||
           refute(proving, TAMIS_INCLUDE_UNDECIDED, 1, "both together are too large");
}

/* As a guard over the message that arrives. */
static TamisFormula
guard_of(Proving *proving, const TamisFlow *flow, TamisFormula guard)
{
    return tamis_carry_guard(proving->carry, tamis_carry_start(proving->carry), flow, guard);
}

/* Whether it is proved that no message makes it true. Else the proof has what was found. */
static gboolean
is_impossible(Proving *proving, TamisFormula guard, TamisIncludeVerdict verdict, guint script)
{
    g_auto(TamisSolution) solution = {0};

    if (guard == TAMIS_FORMULA_FALSE)
        return TRUE;
    if (tamis_solver_counts(proving->solver).n_steps > MAX_STEPS)
        return refute(proving, TAMIS_INCLUDE_UNDECIDED, script, "the scripts are too large");
    tamis_solver_solve(proving->solver, guard, &solution);
    if (solution.verdict == TAMIS_VERDICT_IMPOSSIBLE)
        return TRUE;
    if (solution.verdict == TAMIS_VERDICT_UNDECIDED)
        return refute(proving, TAMIS_INCLUDE_UNDECIDED, script, solution.reason);
    refute(proving, verdict, script, NULL);
    proving->proof->witness = g_steal_pointer(&solution.witness);
    return FALSE;
}

/* The same actions at the same messages ----------------------------------------------------------- */

typedef struct {
    TamisFormula alone, both;
    gboolean is_implicit;
    guint script;
    TamisSpan span;
} Same;

/* What the action does, whoever asks for it; the implicit keep is nobody's. */
static const char *
identity_of(Proving *proving, const TamisFlowAction *action)
{
    return action->is_implicit ? "implicit keep"
                               : tamis_deed_of_action(proving->arena, proving->strings, action);
}

static Same *
same_of(Proving *proving, GHashTable *all, const TamisFlowAction *action, guint script)
{
    const char *identity = identity_of(proving, action);
    Same *same = g_hash_table_lookup(all, identity);

    if (same == NULL) {
        same = g_new0(Same, 1);
        same->is_implicit = action->is_implicit;
        same->script = script;
        same->span = action->span;
        g_hash_table_insert(all, (gpointer)identity, same);
    }
    return same;
}

static GHashTable *
collect(Proving *proving)
{
    GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    TamisFormulas *formulas = proving->formulas;

    for (guint script = 0; script < 2; script++) {
        const TamisFlow *flow = proving->alone[script];
        for (guint32 i = 0; i < flow->n_actions; i++) {
            const TamisFlowAction *action = &flow->actions[i];
            Same *same = same_of(proving, all, action, script);
            if (!action->is_implicit)
                same->alone = tamis_formulas_or2(formulas, same->alone,
                                                 guard_of(proving, flow, action->guard));
        }
    }
    for (guint32 i = 0; i < proving->both->n_actions; i++) {
        const TamisFlowAction *action = &proving->both->actions[i];
        Same *same =
            same_of(proving, all, action, action->span.source == proving->texts[0] ? 0 : 1);
        same->both = tamis_formulas_or2(formulas, same->both,
                                        guard_of(proving, proving->both, action->guard));
    }
    return all;
}

/* When nobody takes the implicit keep away. */
static TamisFormula
implicit_keep(Proving *proving, const TamisFlow *flow)
{
    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].is_implicit)
            return guard_of(proving, flow, flow->actions[i].guard);
    return TAMIS_FORMULA_FALSE;
}

static TamisFormula
differ(TamisFormulas *formulas, TamisFormula a, TamisFormula b)
{
    return a == b ? TAMIS_FORMULA_FALSE
                  : tamis_formulas_or2(
                        formulas, tamis_formulas_and2(formulas, a, tamis_formulas_not(formulas, b)),
                        tamis_formulas_and2(formulas, b, tamis_formulas_not(formulas, a)));
}

static gint
compare_places(gconstpointer a, gconstpointer b)
{
    const Same *first = *(const Same *const *)a, *second = *(const Same *const *)b;

    if (first->is_implicit != second->is_implicit) /* that follows from the others */
        return first->is_implicit ? 1 : -1;
    if (first->script != second->script)
        return first->script < second->script ? -1 : 1;
    return first->span.offset < second->span.offset ? -1 : first->span.offset > second->span.offset;
}

static guint32
line_of(Proving *proving, const Same *same)
{
    return same->is_implicit ? 0 : tamis_sources_locate(proving->sources, same->span).line;
}

static gboolean
prove_same(Proving *proving)
{
    g_autoptr(GHashTable) all = collect(proving);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GHashTableIter each;
    gpointer same;
    TamisFormula kept =
        tamis_formulas_and2(proving->formulas, implicit_keep(proving, proving->alone[0]),
                            implicit_keep(proving, proving->alone[1]));

    g_hash_table_iter_init(&each, all);
    while (g_hash_table_iter_next(&each, NULL, &same))
        g_ptr_array_add(sorted, same);
    g_ptr_array_sort(sorted, compare_places);
    for (guint i = 0; i < sorted->len; i++) {
        const Same *one = g_ptr_array_index(sorted, i);
        TamisFormula difference =
            differ(proving->formulas, one->is_implicit ? kept : one->alone, one->both);

        if (!is_impossible(proving, difference, TAMIS_INCLUDE_DIFFERS, one->script)) {
            proving->proof->line = line_of(proving, one);
            return FALSE;
        }
    }
    return TRUE;
}

/* What one run has of both ------------------------------------------------------------------------ */

typedef enum {
    REJECTIONS = 1 << TAMIS_FLOW_REJECT,
    REPLIES = 1 << TAMIS_FLOW_REPLY,
    DELIVERIES = 1 << TAMIS_FLOW_FORWARD | 1 << TAMIS_FLOW_KEEP | 1 << TAMIS_FLOW_PROGRAM |
                 1 << TAMIS_FLOW_NOTIFY,
} Kinds;

/* When one of the explicit actions of these kinds happens. */
static TamisFormula
when(Proving *proving, guint script, guint kinds)
{
    const TamisFlow *flow = proving->alone[script];
    TamisFormula any = TAMIS_FORMULA_FALSE;

    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        if (!action->is_implicit && ((guint)1 << action->kind & kinds) != 0)
            any =
                tamis_formulas_or2(proving->formulas, any, guard_of(proving, flow, action->guard));
    }
    return any;
}

static TamisFormula
when_changed(Proving *proving, guint script)
{
    const TamisFlow *flow = proving->alone[script];
    TamisFormula any = TAMIS_FORMULA_FALSE;

    for (guint32 i = 0; i < flow->n_changes; i++)
        any = tamis_formulas_or2(proving->formulas, any,
                                 guard_of(proving, flow, flow->changes[i].guard));
    return any;
}

static gboolean
prove_apart(Proving *proving)
{
    TamisFormulas *formulas = proving->formulas;

    for (guint i = 0; i < 2; i++) {
        /* Later changes reach what was asked for before: Pigeonhole acts when the script has ended. */
        TamisFormula changed = tamis_formulas_and2(formulas, when_changed(proving, 1 - i),
                                                   when(proving, i, DELIVERIES));
        TamisFormula rejected =
            tamis_formulas_and2(formulas, when(proving, i, REJECTIONS),
                                when(proving, 1 - i, REJECTIONS | REPLIES | DELIVERIES));

        if (!is_impossible(proving, changed, TAMIS_INCLUDE_CHANGED, i) ||
            !is_impossible(proving, rejected, TAMIS_INCLUDE_REJECTS, i))
            return FALSE;
    }
    return is_impossible(
        proving,
        tamis_formulas_and2(formulas, when(proving, 0, REPLIES), when(proving, 1, REPLIES)),
        TAMIS_INCLUDE_REPLIES, 1);
}

/* Limits ---------------------------------------------------------------------------------------- */

static gboolean
prove_limit(Proving *proving, guint kinds, guint32 limit, TamisIncludeVerdict verdict)
{
    g_autoptr(GArray) guards = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_auto(TamisMaximum) most = {0};

    if (limit == 0 || when(proving, 1, kinds) == TAMIS_FORMULA_FALSE)
        return TRUE;
    for (guint32 i = 0; i < proving->both->n_actions; i++) {
        const TamisFlowAction *action = &proving->both->actions[i];
        TamisFormula guard;
        if (((guint)1 << action->kind & kinds) == 0)
            continue;
        guard = guard_of(proving, proving->both, action->guard);
        g_array_append_val(guards, guard);
    }
    if (guards->len <= limit)
        return TRUE;
    tamis_solver_maximum(proving->solver, TAMIS_FORMULA_TRUE, (const TamisFormula *)guards->data,
                         NULL, guards->len, limit, &most);
    if (most.bound <= limit)
        return TRUE;
    if (most.reached <= limit)
        return refute(proving, TAMIS_INCLUDE_UNDECIDED, 1,
                      "both together may do more than the server takes");
    refute(proving, verdict, 1, NULL);
    proving->proof->witness = g_steal_pointer(&most.solution.witness);
    return FALSE;
}

void
tamis_include_prove(const TamisIncludedScript scripts[2], const TamisServer *server,
                    const char *mailbox, TamisInstant not_before, TamisIncludeProof *out_proof)
{
    const TamisSolverOptions options = {
        .delimiter = "+",
        .not_before = not_before,
        .not_after = TAMIS_INSTANT_MAX,
    };
    Proving proving = {
        .sources = tamis_sources_new(),
        .arena = tamis_arena_new(),
        .strings = tamis_strings_new(),
        .server = server,
        .mailbox = mailbox,
        .proof = out_proof,
    };

    *out_proof = (TamisIncludeProof){.verdict = TAMIS_INCLUDE_PROVED};
    proving.formulas = tamis_formulas_new(proving.strings);
    proving.solver = tamis_solver_new(proving.formulas, &options);
    proving.carry = tamis_carry_new(proving.formulas, options.delimiter);
    for (guint i = 0; i < 2; i++)
        proving.texts[i] = tamis_sources_add_text(proving.sources, i == 0 ? "first" : "second",
                                                  scripts[i].text, scripts[i].length_bytes);
    if (make_flows(&proving) && prove_apart(&proving) && prove_same(&proving) &&
        prove_limit(&proving, 1 << TAMIS_FLOW_FORWARD, server->max_redirects,
                    TAMIS_INCLUDE_TARGETS))
        prove_limit(&proving, REJECTIONS | REPLIES | DELIVERIES, server->max_actions,
                    TAMIS_INCLUDE_ACTIONS);
    tamis_carry_free(proving.carry);
    tamis_solver_free(proving.solver);
    tamis_formulas_free(proving.formulas);
    tamis_strings_free(proving.strings);
    tamis_arena_free(proving.arena);
    tamis_sources_free(proving.sources);
}
