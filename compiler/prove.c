/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For each deed: guard of the policy xor guard of the script, from as_of to good_until. Most guards are the same
 * formula, and nothing is asked. */
#include "compiler/prove.h"

#include "compiler/prove-clock.h"
#include "compiler/prove-private.h"
#include "grammar/sieve/parser.h"
#include "model/carry.h"
#include "model/solve.h"

#include <string.h>

/* In bytes, of what is shown to people. */
#define MAX_SHOWN 200
/* Of one question. */
#define MAX_STEPS G_GUINT64_CONSTANT(1000000)
/* Of a script that is good for ever; behind that the solver alone is asked. */
#define WRITTEN_OUT_S (3 * 366 * (TamisInstant)86400)

struct TamisProver {
    const TamisPolicy *policy;
    const TamisServer *server;
    TamisInstant as_of;
    TamisStrings *strings; /* of its own: the policy's are read by other threads */
    TamisFormulas *formulas;
    TamisPolicyFlows *flows;
    TamisSolver *solver;
    TamisCarry *carry;
    TamisProofClock *clock; /* until clock_end; NULL: none yet */
    TamisInstant clock_end;
    const TamisOwnAddresses *own_addresses; /* lent */
    TamisArena *arena;                      /* of one mailbox */
};

void
tamis_proof_clear(TamisProof *proof)
{
    g_clear_pointer(&proof->what, g_free);
    g_clear_pointer(&proof->reason, g_free);
    g_clear_pointer(&proof->witness, tamis_witness_free);
}

char *
tamis_proof_to_string(const TamisProof *proof)
{
    GString *text = g_string_new(proof->what);
    const TamisWitness *witness = proof->witness;
    g_autofree char *at = NULL;

    if (proof->reason != NULL)
        g_string_append_printf(text, " is not decided: %s", proof->reason);
    if (witness == NULL)
        return g_string_free(text, FALSE);
    at = tamis_instant_to_string(witness->instant, tamis_zone_get("UTC"));
    g_string_append_printf(
        text, ", for a message from <%s> to <%s> at %s, %" G_GUINT64_FORMAT " bytes, spam score %u",
        witness->envelope_from, witness->envelope_to, at, witness->size_bytes,
        witness->grades.spam_score);
    for (guint i = 0; i < witness->n_headers; i++)
        g_string_append_printf(text, ", %s: %s", witness->headers[i].name,
                               witness->headers[i].value);
    return g_string_free(text, FALSE);
}

TamisProver *
tamis_prover_new(const TamisPolicy *policy, const TamisServer *server,
                 const TamisOwnAddresses *own_addresses, TamisInstant as_of)
{
    TamisProver *prover = g_new0(TamisProver, 1);
    const TamisSolverOptions options = {
        .policy = policy,
        .zone = policy->zone,
        .delimiter = tamis_policy_text(policy, policy->delimiter),
        .not_before = as_of,
        .not_after = TAMIS_INSTANT_MAX,
        .max_steps = MAX_STEPS,
    };

    prover->policy = policy;
    prover->server = server;
    prover->own_addresses = own_addresses;
    prover->as_of = as_of;
    prover->strings = tamis_strings_new();
    prover->formulas = tamis_formulas_new(prover->strings);
    prover->flows = tamis_policy_flows_new(policy, prover->formulas);
    prover->solver = tamis_solver_new(prover->formulas, &options);
    prover->carry = tamis_carry_new(prover->formulas, options.delimiter);
    prover->arena = tamis_arena_new();
    return prover;
}

void
tamis_prover_free(TamisProver *prover)
{
    if (prover == NULL)
        return;
    tamis_arena_free(prover->arena);
    tamis_carry_free(prover->carry);
    tamis_proof_clock_free(prover->clock);
    tamis_solver_free(prover->solver);
    tamis_policy_flows_free(prover->flows);
    tamis_formulas_free(prover->formulas);
    tamis_strings_free(prover->strings);
    g_free(prover);
}

/* The script's flow ----------------------------------------------------------------------------- */

/* Tests that see a message which the script has changed become tests of the one that arrived. */
static void
carry_back(TamisProver *prover, TamisFlow *flow)
{
    const TamisStop *start = tamis_carry_start(prover->carry);
    g_autofree TamisFormula *changes = g_new(TamisFormula, MAX(flow->n_changes, 1));

    for (guint32 i = 0; i < flow->n_changes; i++)
        changes[i] = tamis_carry_guard(prover->carry, start, flow, flow->changes[i].guard);
    for (guint32 i = 0; i < flow->n_actions; i++)
        flow->actions[i].guard =
            tamis_carry_guard(prover->carry, start, flow, flow->actions[i].guard);
    for (guint32 i = 0; i < flow->n_changes; i++)
        flow->changes[i].guard = changes[i];
    tamis_carry_forget(prover->carry);
}

/* NULL: it is no script. */
static TamisFlow *
read_script(TamisProver *prover, guint32 mailbox, const char *script, gsize length_bytes)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    const TamisScriptFlowOptions options = {
        .server = prover->server,
        .mailbox = tamis_policy_text(prover->policy,
                                     tamis_policy_mailbox(prover->policy, mailbox)->address.key),
    };
    TamisSourceId source = tamis_sources_add_text(sources, "the script", script, length_bytes);
    const TamisSieveScript *tree = tamis_sieve_parse(source, prover->arena, report);
    TamisFlow *flow;

    if (tree->n_errors > 0)
        return NULL;
    flow = tamis_flow_of_sieve(tree, &options, prover->formulas, prover->arena);
    if (flow->n_changes > 0)
        carry_back(prover, flow);
    return flow;
}

/* Comparing ------------------------------------------------------------------------------------- */

static TamisFormula
difference(TamisProver *prover, const TamisDeed *deed)
{
    TamisFormulas *formulas = prover->formulas;
    TamisFormula more, less;

    if (deed->by_policy == deed->by_script)
        return TAMIS_FORMULA_FALSE;
    more = tamis_formulas_and2(formulas, deed->by_script,
                               tamis_formulas_not(formulas, deed->by_policy));
    less = tamis_formulas_and2(formulas, deed->by_policy,
                               tamis_formulas_not(formulas, deed->by_script));
    less = tamis_formulas_and2(formulas, less, tamis_formulas_not(formulas, deed->unless));
    return tamis_formulas_or2(formulas, more, less);
}

static TamisProofClock *
get_clock(TamisProver *prover, TamisInstant to)
{
    if (prover->clock == NULL || prover->clock_end != to) {
        tamis_proof_clock_free(prover->clock);
        prover->clock = tamis_proof_clock_new(prover->formulas, prover->solver, prover->policy,
                                              prover->as_of, to);
        prover->clock_end = to;
    }
    return prover->clock;
}

/* What the solver does not decide at once is cut by the clock, as far as clocks are written out. */
static void
solve(TamisProver *prover, TamisFormula differs, TamisInstant good_until,
      TamisSolution *out_solution)
{
    TamisFormula all =
        tamis_proof_between(prover->formulas, differs, TAMIS_INSTANT_MIN, good_until);
    TamisInstant end = good_until != TAMIS_INSTANT_MAX ? good_until : prover->as_of + WRITTEN_OUT_S;
    gboolean is_quicker = tamis_proof_clock_is_quicker(get_clock(prover, end), differs);

    *out_solution = (TamisSolution){.verdict = TAMIS_VERDICT_IMPOSSIBLE};
    if (!is_quicker && tamis_proof_clock_is_impossible(get_clock(prover, end), differs))
        return;
    out_solution->verdict =
        is_quicker ? TAMIS_VERDICT_UNDECIDED : tamis_solver_verdict(prover->solver, all);
    if (out_solution->verdict == TAMIS_VERDICT_WITNESS)
        tamis_solver_solve(prover->solver, all, out_solution);
    if (out_solution->verdict != TAMIS_VERDICT_UNDECIDED)
        return;
    tamis_proof_clock_solve(get_clock(prover, end), differs, end != good_until, out_solution);
}

static char *
dup_shown(const char *text)
{
    const char *end;

    if (strlen(text) <= MAX_SHOWN)
        return g_strdup(text);
    end = g_utf8_find_prev_char(text, text + MAX_SHOWN);
    return g_strdup_printf("%.*s…", (int)((end != NULL ? end : text + MAX_SHOWN) - text), text);
}

static void
be_undecided(TamisProof *proof, const char *what, const char *reason)
{
    if (proof->verdict != TAMIS_PROOF_PROVED)
        return;
    proof->verdict = TAMIS_PROOF_UNDECIDED;
    proof->what = dup_shown(what);
    proof->reason = g_strdup(reason);
}

/* FALSE: it is refuted. */
static gboolean
compare(TamisProver *prover, const TamisDeed *deed, TamisInstant good_until, TamisProof *proof)
{
    TamisFormula differs = difference(prover, deed);
    g_auto(TamisSolution) solution = {0};
    g_autofree char *shown = NULL;

    if (differs == TAMIS_FORMULA_FALSE)
        return TRUE;
    solve(prover, differs, good_until, &solution);
    if (solution.verdict == TAMIS_VERDICT_IMPOSSIBLE)
        return TRUE;
    if (solution.verdict != TAMIS_VERDICT_WITNESS || solution.leans_on_opaque) {
        be_undecided(proof, deed->what,
                     solution.verdict == TAMIS_VERDICT_WITNESS
                         ? "it depends on a test that cannot be read"
                         : solution.reason);
        return TRUE;
    }
    tamis_proof_clear(proof);
    shown = dup_shown(deed->what);
    proof->verdict = TAMIS_PROOF_REFUTED;
    proof->what = g_strdup_printf("%s %s", shown,
                                  deed->by_policy == TAMIS_FORMULA_FALSE   ? "by the script alone"
                                  : deed->by_script == TAMIS_FORMULA_FALSE ? "by the policy alone"
                                                                           : "not by both");
    proof->witness = g_steal_pointer(&solution.witness);
    return FALSE;
}

void
tamis_prover_check(TamisProver *prover, guint32 mailbox, const char *script, gsize length_bytes,
                   TamisInstant good_until, TamisProof *out_proof)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(TamisDeed));
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(TamisBlobs) blobs = tamis_blobs_new(prover->arena);
    TamisProof proof = {TAMIS_PROOF_PROVED, NULL, NULL, NULL};
    TamisDeeds deeds = {.policy = prover->policy,
                        .mailbox = tamis_policy_mailbox(prover->policy, mailbox),
                        .index = mailbox,
                        .flows = prover->flows,
                        .own_addresses = prover->own_addresses,
                        .server = prover->server,
                        .formulas = prover->formulas,
                        .arena = prover->arena,
                        .deeds = all,
                        .known = known};

    tamis_arena_reset(prover->arena);
    deeds.of_script = read_script(prover, mailbox, script, length_bytes);
    if (deeds.of_script == NULL) {
        *out_proof =
            (TamisProof){TAMIS_PROOF_REFUTED, g_strdup("the script has errors"), NULL, NULL};
        return;
    }
    deeds.of_policy = tamis_policy_flows_get(prover->flows, mailbox, blobs);
    tamis_deeds_gather(&deeds);
    if (deeds.of_script->unread.source != 0)
        be_undecided(&proof, "the script", "it is too large to be read whole");
    else if (deeds.undecided != NULL)
        be_undecided(&proof, "the script", deeds.undecided);
    for (guint i = 0; i < all->len; i++)
        if (!compare(prover, &g_array_index(all, TamisDeed, i), good_until, &proof))
            break;
    *out_proof = proof;
}
