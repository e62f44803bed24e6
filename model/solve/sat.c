/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two watched literals a clause, first unique implication points, decisions on what was met last. */
#include "model/solve/sat.h"

#include <string.h>

#define NO_CLAUSE   G_MAXUINT32
#define NO_VARIABLE G_MAXUINT32

enum { FREE, TRUE_NOW, FALSE_NOW };

/* A growing list of numbers. */
typedef struct {
    guint32 *at;
    guint32 n, room;
} List;

typedef struct {
    guint8 value, phase, seen;
    guint32 level, reason; /* the clause that forced it */
    guint32 newer, older;  /* the order of decisions: met last first */
} Variable;

struct TamisSat {
    GArray *variables; /* of Variable */
    List clauses;      /* n, literal 0 … n - 1, one after another; a clause is its place */
    List *watches;     /* by literal: clauses that watch it */
    guint32 n_watches;
    List trail, levels; /* literals in order; where each level begins */
    List learned;       /* the clause in the making */
    guint32 done;       /* of trail: propagated */
    guint32 newest, oldest;
    guint32 cursor; /* newer ones are all assigned; NO_VARIABLE: not known */
    gboolean impossible;
};

static inline void
push(List *list, guint32 number)
{
    if (list->n == list->room) {
        list->room = MAX(4, 2 * list->room);
        list->at = g_renew(guint32, list->at, list->room);
    }
    list->at[list->n++] = number;
}

static inline Variable *
variable_at(const TamisSat *sat, guint32 variable)
{
    return &g_array_index(sat->variables, Variable, variable);
}

static inline guint8
value_of(const TamisSat *sat, TamisLiteral literal)
{
    guint8 value = variable_at(sat, literal >> 1)->value;

    return value == FREE ? FREE : (literal & 1) ? (guint8)(3 - value) : value;
}

TamisSat *
tamis_sat_new(void)
{
    TamisSat *sat = g_new0(TamisSat, 1);

    sat->variables = g_array_new(FALSE, FALSE, sizeof(Variable));
    sat->newest = sat->oldest = sat->cursor = NO_VARIABLE;
    return sat;
}

void
tamis_sat_free(TamisSat *sat)
{
    if (sat == NULL)
        return;
    for (guint32 i = 0; i < sat->n_watches; i++)
        g_free(sat->watches[i].at);
    g_free(sat->watches);
    g_free(sat->clauses.at);
    g_free(sat->trail.at);
    g_free(sat->levels.at);
    g_free(sat->learned.at);
    g_array_unref(sat->variables);
    g_free(sat);
}

void
tamis_sat_reset(TamisSat *sat)
{
    for (guint32 i = 0; i < 2 * sat->variables->len; i++)
        sat->watches[i].n = 0;
    g_array_set_size(sat->variables, 0);
    sat->clauses.n = sat->trail.n = sat->levels.n = sat->done = 0;
    sat->newest = sat->oldest = sat->cursor = NO_VARIABLE;
    sat->impossible = FALSE;
}

/* The order of decisions ------------------------------------------------------------------------- */

static void
unlink_variable(TamisSat *sat, guint32 variable)
{
    Variable *at = variable_at(sat, variable);

    if (at->newer != NO_VARIABLE)
        variable_at(sat, at->newer)->older = at->older;
    else
        sat->newest = at->older;
    if (at->older != NO_VARIABLE)
        variable_at(sat, at->older)->newer = at->newer;
    else
        sat->oldest = at->newer;
}

static void
link_newest(TamisSat *sat, guint32 variable)
{
    Variable *at = variable_at(sat, variable);

    at->newer = NO_VARIABLE;
    at->older = sat->newest;
    if (sat->newest != NO_VARIABLE)
        variable_at(sat, sat->newest)->newer = variable;
    else
        sat->oldest = variable;
    sat->newest = variable;
    sat->cursor = NO_VARIABLE;
}

guint32
tamis_sat_add_variable(TamisSat *sat)
{
    Variable fresh = {.phase = FALSE_NOW, .reason = NO_CLAUSE};
    guint32 variable = sat->variables->len;

    g_array_append_val(sat->variables, fresh);
    if (2 * sat->variables->len > sat->n_watches) {
        guint32 room = MAX(64, 4 * sat->variables->len);

        sat->watches = g_renew(List, sat->watches, room);
        memset(sat->watches + sat->n_watches, 0, (room - sat->n_watches) * sizeof(List));
        sat->n_watches = room;
    }
    link_newest(sat, variable);
    return variable;
}

/* Assignments ------------------------------------------------------------------------------------ */

static void
assign(TamisSat *sat, TamisLiteral literal, guint32 reason)
{
    Variable *variable = variable_at(sat, literal >> 1);

    variable->value = (literal & 1) ? FALSE_NOW : TRUE_NOW;
    variable->level = sat->levels.n;
    variable->reason = reason;
    push(&sat->trail, literal);
}

static void
backtrack(TamisSat *sat, guint32 level)
{
    guint32 keep;

    if (sat->levels.n <= level)
        return;
    keep = sat->levels.at[level];
    for (guint32 i = keep; i < sat->trail.n; i++) {
        Variable *variable = variable_at(sat, sat->trail.at[i] >> 1);

        variable->phase = variable->value;
        variable->value = FREE;
    }
    sat->trail.n = sat->done = keep;
    sat->levels.n = level;
    sat->cursor = NO_VARIABLE;
}

static guint32
store_clause(TamisSat *sat, const TamisLiteral *literals, guint32 n)
{
    guint32 clause = sat->clauses.n;

    push(&sat->clauses, n);
    for (guint32 i = 0; i < n; i++)
        push(&sat->clauses, literals[i]);
    push(&sat->watches[literals[0]], clause);
    push(&sat->watches[literals[1]], clause);
    return clause;
}

void
tamis_sat_add_clause(TamisSat *sat, TamisLiteral *literals, guint32 n)
{
    guint32 kept = 0;

    backtrack(sat, 0);
    for (guint32 i = 0; i < n; i++) {
        gboolean known = FALSE;

        if (value_of(sat, literals[i]) == TRUE_NOW)
            return;
        if (value_of(sat, literals[i]) == FALSE_NOW)
            continue;
        for (guint32 k = 0; k < kept && n <= 16; k++)
            known |= literals[k] == literals[i];
        if (!known)
            literals[kept++] = literals[i];
    }
    if (kept == 0)
        sat->impossible = TRUE;
    else if (kept == 1)
        assign(sat, literals[0], NO_CLAUSE);
    else
        store_clause(sat, literals, kept);
}

/* Propagation ------------------------------------------------------------------------------------ */

/* Looks for another literal to watch instead of the false one, which is made the second. */
static gboolean
move_watch(TamisSat *sat, guint32 clause, TamisLiteral false_literal)
{
    guint32 n = sat->clauses.at[clause];
    TamisLiteral *at = &sat->clauses.at[clause + 1];

    if (at[0] == false_literal) {
        at[0] = at[1];
        at[1] = false_literal;
    }
    if (value_of(sat, at[0]) == TRUE_NOW)
        return FALSE;
    for (guint32 i = 2; i < n; i++) {
        if (value_of(sat, at[i]) != FALSE_NOW) {
            at[1] = at[i];
            at[i] = false_literal;
            push(&sat->watches[at[1]], clause);
            return TRUE;
        }
    }
    return FALSE;
}

/* The clause that has no true literal left, or NO_CLAUSE. */
static guint32
propagate(TamisSat *sat, guint64 *steps)
{
    while (sat->done < sat->trail.n) {
        TamisLiteral false_literal = tamis_literal_not(sat->trail.at[sat->done++]);
        guint32 n = sat->watches[false_literal].n, kept = 0, conflict = NO_CLAUSE;

        *steps -= MIN(*steps - 1, n + 1);
        for (guint32 i = 0; i < n; i++) {
            guint32 clause = sat->watches[false_literal].at[i];
            TamisLiteral first;

            if (conflict == NO_CLAUSE && move_watch(sat, clause, false_literal))
                continue;
            sat->watches[false_literal].at[kept++] = clause;
            first = sat->clauses.at[clause + 1];
            if (conflict != NO_CLAUSE || value_of(sat, first) == TRUE_NOW)
                continue;
            if (value_of(sat, first) == FALSE_NOW)
                conflict = clause;
            else
                assign(sat, first, clause);
        }
        sat->watches[false_literal].n = kept;
        if (conflict != NO_CLAUSE)
            return conflict;
    }
    return NO_CLAUSE;
}

/* Learning --------------------------------------------------------------------------------------- */

/* Takes a clause's literals into the one in the making; how many of them are of this level. */
static guint32
resolve_with(TamisSat *sat, guint32 clause, TamisLiteral implied)
{
    guint32 of_level = 0;

    for (guint32 i = 0; i < sat->clauses.at[clause]; i++) {
        TamisLiteral literal = sat->clauses.at[clause + 1 + i];
        Variable *variable = variable_at(sat, literal >> 1);

        if (literal == implied || variable->seen || variable->level == 0)
            continue;
        variable->seen = 1;
        unlink_variable(sat, literal >> 1);
        link_newest(sat, literal >> 1);
        if (variable->level == sat->levels.n)
            of_level++;
        else
            push(&sat->learned, literal);
    }
    return of_level;
}

/* Where to go back to, the second highest level; its literal is made the second. */
static guint32
second_level(TamisSat *sat)
{
    guint32 level = 0;

    for (guint32 i = 1; i < sat->learned.n; i++) {
        guint32 other = variable_at(sat, sat->learned.at[i] >> 1)->level;

        variable_at(sat, sat->learned.at[i] >> 1)->seen = 0;
        if (other > level) {
            TamisLiteral literal = sat->learned.at[i];

            level = other;
            sat->learned.at[i] = sat->learned.at[1];
            sat->learned.at[1] = literal;
        }
    }
    return level;
}

static void
learn(TamisSat *sat, guint32 conflict)
{
    guint32 open, at = sat->trail.n, clause = conflict, level;
    TamisLiteral implied = G_MAXUINT32;

    sat->learned.n = 0;
    push(&sat->learned, 0);
    for (open = resolve_with(sat, clause, implied);; open += resolve_with(sat, clause, implied)) {
        do
            at--;
        while (!variable_at(sat, sat->trail.at[at] >> 1)->seen);
        implied = sat->trail.at[at];
        variable_at(sat, implied >> 1)->seen = 0;
        clause = variable_at(sat, implied >> 1)->reason;
        if (--open == 0)
            break;
    }
    sat->learned.at[0] = tamis_literal_not(implied);
    level = second_level(sat);
    backtrack(sat, level);
    if (sat->learned.n == 1)
        assign(sat, sat->learned.at[0], NO_CLAUSE);
    else
        assign(sat, sat->learned.at[0], store_clause(sat, sat->learned.at, sat->learned.n));
}

/* The next free variable's literal, as it was last, or G_MAXUINT32. */
static TamisLiteral
decide(TamisSat *sat)
{
    guint32 from = sat->cursor != NO_VARIABLE ? sat->cursor : sat->newest;

    for (guint32 at = from; at != NO_VARIABLE; at = variable_at(sat, at)->older) {
        sat->cursor = at;
        if (variable_at(sat, at)->value == FREE)
            return tamis_literal(at, variable_at(sat, at)->phase == FALSE_NOW);
    }
    return G_MAXUINT32;
}

static TamisSatResult
step(TamisSat *sat, const TamisLiteral *assumptions, guint32 n)
{
    TamisLiteral literal = G_MAXUINT32;

    while (sat->levels.n < n && literal == G_MAXUINT32) {
        guint8 value = value_of(sat, assumptions[sat->levels.n]);

        if (value == FALSE_NOW)
            return TAMIS_SAT_NONE;
        if (value == TRUE_NOW)
            push(&sat->levels, sat->trail.n);
        else
            literal = assumptions[sat->levels.n];
    }
    if (literal == G_MAXUINT32)
        literal = decide(sat);
    if (literal == G_MAXUINT32)
        return TAMIS_SAT_MODEL;
    push(&sat->levels, sat->trail.n);
    assign(sat, literal, NO_CLAUSE);
    return TAMIS_SAT_BUDGET;
}

TamisSatResult
tamis_sat_run(TamisSat *sat, const TamisLiteral *assumptions, guint32 n, guint64 *steps)
{
    backtrack(sat, 0);
    while (!sat->impossible && *steps > 1) {
        guint32 conflict = propagate(sat, steps);
        TamisSatResult result;

        if (conflict != NO_CLAUSE && sat->levels.n == 0) {
            sat->impossible = TRUE;
        } else if (conflict != NO_CLAUSE) {
            learn(sat, conflict);
        } else {
            result = step(sat, assumptions, n);
            if (result != TAMIS_SAT_BUDGET)
                return result;
        }
    }
    return sat->impossible ? TAMIS_SAT_NONE : TAMIS_SAT_BUDGET;
}

gboolean
tamis_sat_holds(const TamisSat *sat, TamisLiteral literal)
{
    return value_of(sat, literal) == TRUE_NOW;
}

gboolean
tamis_sat_is_forced(const TamisSat *sat, TamisLiteral literal)
{
    return value_of(sat, literal) == TRUE_NOW && variable_at(sat, literal >> 1)->level == 0;
}
