/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is out of reach is asked of the solver, and once more without the past's end and with every test of the
 * present time left open: so the cause is proved like the fact. */
#include "lint/dead.h"

#include "lint/arrived.h"
#include "lint/pair.h"

#include <string.h>

#define DAY_S ((TamisInstant)86400)
/* Of the guards of one script: a chain's n-th branch has the n before it in its own, and all of them would make
 * long chains take quadratic time. A chain of 360 branches has as many. */
#define MAX_PARTS     (1u << 16)
#define MAX_MALFORMED 100

/* What a guard asks of the time. */
typedef struct {
    const TamisFlowFacts *facts;
    GHashTable *seen;        /* of formulas, twice as their number, and one more where negated */
    TamisSpan command;       /* tests stand before it */
    const GArray *malformed; /* of TamisSpan, in the text */
    gboolean has_start, has_end; /* of comparisons that have to hold */
    gboolean has_dates;          /* it ends for good, and not each day or each week */
    gboolean has_local, has_zoned;
    gboolean is_malformed; /* a time in it is of no form, which is told there */
    TamisSpan starts, ends;
} Window;

/* Which commands ------------------------------------------------------------------------------- */

static gboolean
is_one_command(const TamisFlowPlace *a, const TamisFlowPlace *b)
{
    return a->span.source == b->span.source && a->span.offset == b->span.offset;
}

static gboolean
is_impossible(TamisFlowFacts *facts, TamisFormula guard, TamisFormula base)
{
    return tamis_solver_is_impossible(facts->solver,
                                      tamis_formulas_and2(facts->formulas, guard, base));
}

/* Whether the command is not reached by another way either: one script can be included twice. */
static gboolean
is_never_run(TamisFlowFacts *facts, const TamisFlow *flow, const TamisFlowPlace *place,
             TamisFormula base)
{
    for (guint32 i = 0; i < flow->n_places; i++)
        if (is_one_command(&flow->places[i], place) &&
            !is_impossible(facts, flow->places[i].guard, base))
            return FALSE;
    return TRUE;
}

/* Windows -------------------------------------------------------------------------------------- */

static gboolean
asks_date(const TamisFlowFacts *facts, const TamisAtom *atom)
{
    static const char *const parts[] = {"date", "year", "julian", "iso8601", "std11", NULL};

    return g_strv_contains(parts, tamis_flow_text(facts, atom->date_part));
}

static gboolean
asks_zone(const TamisFlowFacts *facts, const TamisAtom *atom)
{
    return strcmp(tamis_flow_text(facts, atom->date_part), "zone") == 0;
}

static void
note_time(Window *window, const TamisAtom *atom, gboolean negated)
{
    gboolean is_from = atom->relation == TAMIS_RELATION_GE || atom->relation == TAMIS_RELATION_GT;
    gboolean is_to = atom->relation == TAMIS_RELATION_LE || atom->relation == TAMIS_RELATION_LT;
    gboolean is_end = atom->match != TAMIS_KEYS_VALUE || is_from == negated;
    TamisSpan *span = is_end ? &window->ends : &window->starts;

    if (atom->match == TAMIS_KEYS_COUNT || (atom->match == TAMIS_KEYS_VALUE && !is_from && !is_to))
        return;
    if (atom->match != TAMIS_KEYS_VALUE) {
        if (negated || asks_zone(window->facts, atom))
            return;
    } else if (!negated) {
        window->has_end |= is_end;
        window->has_start |= !is_end;
    }
    window->has_dates |= is_end && asks_date(window->facts, atom);
    if (atom->span.source == window->command.source && atom->span.offset < window->command.offset &&
        atom->span.offset > span->offset)
        *span = atom->span;
}

static gboolean
is_time(const TamisAtom *atom)
{
    return atom->kind == TAMIS_ATOM_NOW || atom->kind == TAMIS_ATOM_DATE;
}

static gboolean
lies_in(TamisSpan span, TamisSpan outer)
{
    return span.source == outer.source && span.offset >= outer.offset &&
           span.offset - outer.offset < outer.length;
}

static void
note_form(Window *window, const TamisAtom *atom)
{
    for (guint i = 0; i < window->malformed->len && !window->is_malformed; i++)
        window->is_malformed = lies_in(g_array_index(window->malformed, TamisSpan, i), atom->span);
}

/* Where the server's zone is not known, what it is compares it with others. */
static void
note_zone(Window *window, const TamisAtom *atom)
{
    window->has_local |= atom->zone_kind == TAMIS_ZONE_LOCAL;
    window->has_zoned |= atom->zone_kind != TAMIS_ZONE_LOCAL || asks_zone(window->facts, atom);
}

static void
read_window(Window *window, TamisFormula formula, gboolean negated)
{
    TamisFormulas *formulas = window->facts->formulas;
    TamisFormulaKind kind = tamis_formulas_kind(formulas, formula);
    const TamisFormula *children;
    guint32 n;

    if (kind == TAMIS_FORMULA_CONSTANT ||
        !g_hash_table_add(window->seen, GUINT_TO_POINTER(2 * formula + (negated ? 1 : 0))))
        return;
    if (kind == TAMIS_FORMULA_ATOM) {
        const TamisAtom *atom = tamis_formulas_get_atom(formulas, formula);

        if (is_time(atom)) {
            note_zone(window, atom);
            note_form(window, atom);
        }
        if (atom->kind == TAMIS_ATOM_NOW)
            note_time(window, atom, negated);
        return;
    }
    children = tamis_formulas_children(formulas, formula, &n);
    for (guint32 i = 0; i < n; i++)
        read_window(window, children[i], negated != (kind == TAMIS_FORMULA_NOT));
}

/* Whether a test is left open, where it has to hold or, negated, must not. */
typedef gboolean (*IsOpen)(const TamisAtom *atom, gboolean negated);

static gboolean
is_present(const TamisAtom *atom, gboolean negated G_GNUC_UNUSED)
{
    return atom->kind == TAMIS_ATOM_NOW;
}

static gboolean
is_local(const TamisAtom *atom, gboolean negated G_GNUC_UNUSED)
{
    return is_time(atom) && atom->zone_kind == TAMIS_ZONE_LOCAL;
}

static gboolean
is_no_bound(const TamisAtom *atom, gboolean negated)
{
    return negated || atom->kind != TAMIS_ATOM_NOW;
}

/* The formula with such tests left open. In `known` it is twice its number, and one more where negated. */
static TamisFormula
open_atoms(TamisFormulas *formulas, GHashTable *known, IsOpen is_open, TamisFormula formula,
           gboolean negated)
{
    TamisFormulaKind kind = tamis_formulas_kind(formulas, formula);
    gpointer key = GUINT_TO_POINTER(2 * formula + (negated ? 1 : 0)), found;
    TamisFormula open = formula;

    if (kind == TAMIS_FORMULA_CONSTANT)
        return formula;
    if (g_hash_table_lookup_extended(known, key, NULL, &found))
        return GPOINTER_TO_UINT(found);
    if (kind == TAMIS_FORMULA_ATOM) {
        TamisAtom atom = *tamis_formulas_get_atom(formulas, formula);
        TamisAtom opaque = {
            .kind = TAMIS_ATOM_OPAQUE, .number = (guint64)formula + 1, .span = atom.span};

        if (is_open(&atom, negated))
            open = tamis_formulas_atom(formulas, &opaque);
    } else {
        guint32 n;
        const TamisFormula *lent = tamis_formulas_children(formulas, formula, &n);
        g_autofree TamisFormula *children = g_memdup2(lent, n * sizeof *lent);

        for (guint32 i = 0; i < n; i++)
            children[i] = open_atoms(formulas, known, is_open, children[i],
                                     negated != (kind == TAMIS_FORMULA_NOT));
        open = kind == TAMIS_FORMULA_NOT   ? tamis_formulas_not(formulas, children[0])
               : kind == TAMIS_FORMULA_AND ? tamis_formulas_and(formulas, children, n)
                                           : tamis_formulas_or(formulas, children, n);
    }
    g_hash_table_insert(known, key, GUINT_TO_POINTER(open));
    return open;
}

/* Causes --------------------------------------------------------------------------------------- */

static gboolean
is_possible_since(TamisFlowFacts *facts, TamisFormula guard, TamisInstant instant)
{
    const TamisSolverOptions options = {
        .zone = tamis_site_get_zone(facts->site),
        .delimiter = tamis_site_get_delimiter(facts->site),
        .not_before = instant,
        .not_after = TAMIS_INSTANT_MAX,
    };
    g_autoptr(TamisSolver) solver = tamis_solver_new(facts->formulas, &options);

    return tamis_solver_verdict(solver, guard) == TAMIS_VERDICT_WITNESS;
}

static TamisInstant
start_of_day(TamisFlowFacts *facts)
{
    const TamisZone *own = tamis_site_get_zone(facts->site);
    const TamisZone *zone = own != NULL ? own : tamis_zone_get("UTC");
    TamisClock midnight = {.date = tamis_zone_to_clock(zone, facts->as_of).date};

    return tamis_zone_to_instant(zone, midnight);
}

/* The guard is possible at some time, and not from `to` on: since when not, to the day. */
static TamisInstant
find_end(TamisFlowFacts *facts, TamisFormula guard, TamisInstant to)
{
    TamisInstant from = 0;

    while (to - from > DAY_S) {
        TamisInstant middle = to - (to - from) / 2 / DAY_S * DAY_S;

        if (middle == to)
            middle = to - DAY_S;
        if (is_possible_since(facts, guard, middle))
            from = middle;
        else
            to = middle;
    }
    return to;
}

/* What the solver says to the guard with such tests left open. */
static TamisVerdict
judge_open(TamisFlowFacts *facts, IsOpen is_open, TamisFormula guard)
{
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);

    return tamis_solver_verdict(facts->solver,
                                open_atoms(facts->formulas, known, is_open, guard, FALSE));
}

static gboolean
holds_once(TamisFlowFacts *facts, IsOpen is_open, TamisFormula guard)
{
    return judge_open(facts, is_open, guard) == TAMIS_VERDICT_WITNESS;
}

/* A start and an end that contradict each other, whatever earlier branches have taken: a good window of which they
 * leave nothing is no empty one. */
static gboolean
is_empty(TamisFlowFacts *facts, const Window *window, TamisFormula guard)
{
    return window->has_start && window->has_end && holds_once(facts, is_present, guard) &&
           judge_open(facts, is_no_bound, guard) == TAMIS_VERDICT_IMPOSSIBLE;
}

/* Where nobody knows the server's own zone, it might be one in which its clock and the others meet. */
static gboolean
hangs_on_zone(TamisFlowFacts *facts, const Window *window, TamisFormula guard)
{
    return tamis_site_get_zone(facts->site) == NULL && window->has_local && window->has_zoned &&
           holds_once(facts, is_local, guard);
}

/* FALSE: it is no finding, or none yet: its cause is told, it was reached on the day of the check, or might be
 * reached elsewhere. */
static gboolean
find_cause(TamisFlowFacts *facts, TamisFormula guard, Window *window, TamisDead *dead)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    TamisInstant today = start_of_day(facts);

    dead->cause = TAMIS_DEAD_CONDITIONS;
    window->seen = seen;
    read_window(window, guard, FALSE);
    dead->starts = window->starts;
    dead->ends = window->ends;
    if (window->is_malformed || hangs_on_zone(facts, window, guard))
        return FALSE;
    if (window->has_dates && is_possible_since(facts, guard, TAMIS_INSTANT_MIN)) {
        dead->cause = TAMIS_DEAD_EXPIRED;
        if (is_possible_since(facts, guard, today))
            return FALSE;
        dead->last = find_end(facts, guard, today);
    } else if (is_empty(facts, window, guard)) {
        dead->cause = TAMIS_DEAD_EMPTY_WINDOW;
    }
    return TRUE;
}

/* And notes it. */
static gboolean
is_told(GHashTable *told, TamisSpan span)
{
    return !g_hash_table_add(told, tamis_pair(span.source, span.offset));
}

/* Takes what looking at the guard costs from *parts. FALSE: it is too much. */
static gboolean
has_room(const TamisFlowFacts *facts, TamisFormula guard, guint32 *parts)
{
    guint32 n = 0;

    tamis_formulas_children(facts->formulas, guard, &n);
    if (n > *parts)
        return FALSE;
    *parts -= n;
    return TRUE;
}

/* One look through the site. */
typedef struct {
    TamisFlowFacts *facts;
    GHashTable *told,
        *reached; /* commands (tamis_pair): of scripts that are included, in reached */
    const GArray *malformed;
} Look;

/* A script that several include may do for one what it cannot do for another. */
static gboolean
is_included(const TamisFlowFacts *facts, guint32 mailbox, const TamisFlowPlace *place)
{
    return place->span.source != tamis_site_get_source(facts->site, mailbox);
}

/* Adds what the mailbox has to facts->dead. */
static void
look_at(Look *look, guint32 mailbox)
{
    TamisFlowFacts *facts = look->facts;
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);
    TamisFormula base = tamis_flow_base(facts, mailbox);
    g_autoptr(GHashTable) windows = g_hash_table_new(NULL, NULL);
    guint32 parts = MAX_PARTS;

    for (guint32 i = 0; i < flow->n_places; i++) {
        const TamisFlowPlace *place = &flow->places[i];
        TamisDead dead = {.mailbox = mailbox, .span = place->span};
        Window window = {.facts = facts, .command = place->span, .malformed = look->malformed};

        if (!has_room(facts, place->guard, &parts) || !is_impossible(facts, place->guard, base)) {
            if (is_included(facts, mailbox, place))
                g_hash_table_add(look->reached, tamis_pair(place->span.source, place->span.offset));
            continue;
        }
        if (is_told(look->told, place->span) || !is_never_run(facts, flow, place, base))
            continue;
        dead.guard = tamis_formulas_and2(facts->formulas, place->guard, base);
        if (find_cause(facts, dead.guard, &window, &dead) &&
            (dead.cause == TAMIS_DEAD_CONDITIONS || dead.ends.source == 0 ||
             g_hash_table_add(windows, GUINT_TO_POINTER(dead.ends.offset))))
            g_array_append_val(facts->dead, dead);
    }
}

/* What another mailbox has a use for is not dead. */
static void
forget_reached(const Look *look)
{
    GArray *all = look->facts->dead;
    guint n = 0;

    for (guint i = 0; i < all->len; i++) {
        const TamisDead *dead = &g_array_index(all, TamisDead, i);

        if (!g_hash_table_contains(look->reached, tamis_pair(dead->span.source, dead->span.offset)))
            g_array_index(all, TamisDead, n++) = *dead;
    }
    g_array_set_size(all, n);
}

/* Commands that the text alone has shown to be out of reach. */
static GHashTable *
find_told(const TamisReport *report)
{
    GHashTable *told = g_hash_table_new(tamis_pair_hash, NULL);

    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);

        if (diagnostic->rule == TAMIS_RULE_DEAD_ROUTE)
            is_told(told, diagnostic->span);
    }
    return told;
}

/* The first of them: it is looked through for each test of a time. */
static GArray *
find_malformed(const TamisReport *report)
{
    GArray *malformed = g_array_new(FALSE, FALSE, sizeof(TamisSpan));

    for (guint i = 0; i < tamis_report_count(report) && malformed->len < MAX_MALFORMED; i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);

        if (diagnostic->rule == TAMIS_RULE_MALFORMED_TIME)
            g_array_append_val(malformed, diagnostic->span);
    }
    return malformed;
}

void
tamis_dead_each(TamisFlowFacts *facts, TamisDeadCause cause,
                void (*found)(TamisFlowFacts *facts, const TamisDead *dead))
{
    if (facts->dead == NULL) {
        g_autoptr(GHashTable) told = find_told(facts->report);
        g_autoptr(GHashTable) reached = g_hash_table_new(tamis_pair_hash, NULL);
        g_autoptr(GArray) malformed = find_malformed(facts->report);
        Look look = {facts, told, reached, malformed};

        facts->dead = g_array_new(FALSE, FALSE, sizeof(TamisDead));
        for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++)
            look_at(&look, i);
        forget_reached(&look);
    }
    for (guint i = 0; i < facts->dead->len; i++) {
        const TamisDead *dead = &g_array_index(facts->dead, TamisDead, i);

        if (dead->cause == cause)
            found(facts, dead);
    }
}
