/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A header field of which tests mean one value by its number, from the front or from the back (RFC 5260, 6). How many
 * values there are is tried out: more than what is meant by number, and one for each test that any value meets, are
 * never needed but where they are counted. */
#include "model/solve/query.h"

enum { MAX_POSITIONS = 64, STEPS_A_TRY = 100 };

#define BESIDE                                                                                     \
    "a header whose values are meant by their index, beside its date, its recipients or how many " \
    "addresses it has"
#define MANY "the budget ran out on a header whose values are meant by their index"

typedef struct {
    TamisSolver *solver;
    const char *name;
    GArray *tests;  /* of TamisTextTest */
    GArray *free;   /* of guint: those of tests that some value has to meet */
    GArray *counts; /* of TamisClaim */
    gboolean single, there, not_there, beside;
    guint n;                          /* values that there are in this try */
    guint position_of[MAX_POSITIONS]; /* by place in free: 1-based */
    gboolean unknown;
} Indexed;

gboolean
tamis_field_is_indexed(const TamisSolver *solver, const TamisClaim *claims, guint n)
{
    for (guint i = 0; i < n; i++) {
        const TamisAtom *atom = tamis_leaf(solver, claims[i])->atom;
        gboolean is_first_date = atom->kind == TAMIS_ATOM_DATE && atom->index == 1 && !atom->last;

        if (atom->index != 0 && !is_first_date)
            return TRUE;
    }
    return FALSE;
}

static void
sort_claim(Indexed *field, TamisClaim claim, const char *recipient)
{
    const TamisAtom *atom = tamis_leaf(field->solver, claim)->atom;
    gboolean negated = tamis_claim_is_negated(claim), counts = atom->match == TAMIS_KEYS_COUNT;
    TamisTextTest test = tamis_text_test(field->solver, claim);
    guint at = field->tests->len;

    if (atom->kind == TAMIS_ATOM_EXISTS || (atom->kind == TAMIS_ATOM_ADDRESSED && !recipient)) {
        field->there |= !negated;
        field->not_there |= negated && atom->kind == TAMIS_ATOM_EXISTS;
    } else if (atom->kind == TAMIS_ATOM_HEADER && counts) {
        g_array_append_val(field->counts, claim);
    } else if ((atom->kind != TAMIS_ATOM_HEADER && atom->kind != TAMIS_ATOM_ADDRESS) || counts) {
        field->beside = TRUE;
    } else {
        field->there |= !negated;
        g_array_append_val(field->tests, test);
        if (!negated && atom->index == 0)
            g_array_append_val(field->free, at);
    }
}

/* 1-based; 0: there is no such value. */
static guint
position(const Indexed *field, const TamisAtom *atom)
{
    if (atom->index > field->n)
        return 0;
    return atom->last ? field->n + 1 - atom->index : atom->index;
}

static gboolean
counts_allow(const Indexed *field)
{
    for (guint i = 0; i < field->counts->len; i++) {
        TamisClaim claim = g_array_index(field->counts, TamisClaim, i);
        const TamisAtom *atom = tamis_leaf(field->solver, claim)->atom;
        guint count = atom->index == 0 ? field->n : position(field, atom) != 0;

        if (tamis_count_holds(field->solver, atom, count) == tamis_claim_is_negated(claim))
            return FALSE;
    }
    return TRUE;
}

/* Whether the test binds the value in this place: by its number, because it binds all, or by choice. */
static gboolean
binds(const Indexed *field, guint test, guint place)
{
    const TamisTextTest *tests = (const TamisTextTest *)(gpointer)field->tests->data;

    if (tests[test].atom->index != 0)
        return position(field, tests[test].atom) == place;
    if (tests[test].negated)
        return TRUE;
    for (guint i = 0; i < field->free->len; i++)
        if (g_array_index(field->free, guint, i) == test)
            return field->position_of[i] == place;
    return FALSE;
}

static TamisTextResult
solve_value(Indexed *field, guint place, GString *out_value)
{
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(TamisTextTest));
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(TamisTextTest));
    guint n_wanted = 0;
    TamisTextResult result;

    for (guint i = 0; i < field->tests->len; i++) {
        const TamisTextTest *test = &g_array_index(field->tests, TamisTextTest, i);
        gboolean of_text = test->atom->kind == TAMIS_ATOM_HEADER;

        if (!binds(field, i, place))
            continue;
        n_wanted += !of_text && !test->negated;
        g_array_append_vals(of_text ? texts : addresses, test, 1);
    }
    result = tamis_value_solve(
        field->solver, field->name, (const TamisTextTest *)(gpointer)texts->data, texts->len,
        (const TamisTextTest *)(gpointer)addresses->data, addresses->len, out_value);
    /* Several addresses may do what one cannot. */
    if (result == TAMIS_TEXT_NONE && n_wanted > 1 && !field->single) {
        field->solver->texts.reason = BESIDE;
        return TAMIS_TEXT_UNKNOWN;
    }
    return result;
}

static gboolean
solve_values(Indexed *field, GPtrArray *values)
{
    g_ptr_array_set_size(values, 0);
    for (guint place = 1; place <= field->n; place++) {
        g_autoptr(GString) value = g_string_new(NULL);
        TamisTextResult result = solve_value(field, place, value);

        field->unknown |= result == TAMIS_TEXT_UNKNOWN;
        if (result != TAMIS_TEXT_FOUND)
            return FALSE;
        g_ptr_array_add(values, g_strdup(value->str));
    }
    return TRUE;
}

/* Which value meets a test that any may, from the given one on; from the middle, where nothing else is asked. */
static gboolean
place_tests(Indexed *field, guint at, GPtrArray *values)
{
    guint64 *steps = &field->solver->texts.steps;

    if (*steps <= STEPS_A_TRY) {
        field->unknown = TRUE;
        field->solver->texts.reason = MANY;
        return FALSE;
    }
    *steps -= STEPS_A_TRY;
    if (at == field->free->len)
        return solve_values(field, values);
    for (guint i = 0; i < field->n; i++) {
        field->position_of[at] = (field->n / 2 + i + at) % field->n + 1;
        if (place_tests(field, at + 1, values))
            return TRUE;
    }
    return FALSE;
}

/* Whether there is a field of n values; they are then in values. */
static gboolean
try_number(Indexed *field, guint n, GPtrArray *values)
{
    field->n = n;
    if (!counts_allow(field) || (n == 0 && field->there))
        return FALSE;
    for (guint i = 0; i < field->tests->len; i++) {
        const TamisTextTest *test = &g_array_index(field->tests, TamisTextTest, i);

        if (!test->negated && test->atom->index != 0 && position(field, test->atom) == 0)
            return FALSE;
    }
    return place_tests(field, 0, values);
}

/* So many values are enough, where they are not counted. */
static guint64
most_needed(const Indexed *field)
{
    guint64 first = 0, last = 0;

    for (guint i = 0; i < field->tests->len + field->counts->len; i++) {
        const TamisAtom *atom =
            i < field->tests->len
                ? g_array_index(field->tests, TamisTextTest, i).atom
                : tamis_leaf(field->solver,
                             g_array_index(field->counts, TamisClaim, i - field->tests->len))
                      ->atom;

        if (atom->last)
            last = MAX(last, atom->index);
        else
            first = MAX(first, atom->index);
    }
    return first + last + MAX(field->free->len, 1);
}

/* Numbers that tests of counts change at, beyond those that are needed. */
static TamisTextResult
try_counted(Indexed *field, guint64 most, GPtrArray *values)
{
    for (guint i = 0; i < field->counts->len; i++) {
        const TamisAtom *atom =
            tamis_leaf(field->solver, g_array_index(field->counts, TamisClaim, i))->atom;

        field->unknown |= atom->comparator != TAMIS_COMPARATOR_NUMERIC;
        for (guint32 k = 0; k < atom->keys.n && atom->index == 0; k++) {
            guint64 number = tamis_count_key(field->solver, atom, k);

            for (guint64 n = MAX(number, most + 2) - 1; n <= number + 1; n++) {
                if (n > MAX_POSITIONS)
                    field->unknown = TRUE;
                else if (try_number(field, (guint)n, values))
                    return TAMIS_TEXT_FOUND;
            }
        }
    }
    return TAMIS_TEXT_NONE;
}

static TamisTextResult
check(Indexed *field, GPtrArray *values)
{
    guint64 needed = most_needed(field), most = MIN(needed, MAX_POSITIONS);

    if (field->not_there || field->single)
        most = MIN(most, field->not_there ? 0 : 1);
    else
        field->unknown = needed > most;
    if (field->beside || field->free->len > MAX_POSITIONS) {
        field->solver->texts.reason = BESIDE;
        return TAMIS_TEXT_UNKNOWN;
    }
    field->solver->texts.reason = MANY;
    for (guint n = 0; n <= most; n++)
        if (try_number(field, n, values))
            return TAMIS_TEXT_FOUND;
    if (!field->single && !field->not_there && try_counted(field, most, values) == TAMIS_TEXT_FOUND)
        return TAMIS_TEXT_FOUND;
    return field->unknown ? TAMIS_TEXT_UNKNOWN : TAMIS_TEXT_NONE;
}

TamisTextResult
tamis_indexed_check(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                    const char *recipient, TamisDraftField *out_field)
{
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(TamisTextTest));
    g_autoptr(GArray) of_any = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(TamisClaim));
    Indexed field = {.solver = solver,
                     .name = tamis_strings_get(solver->texts.strings, name),
                     .tests = tests,
                     .free = of_any,
                     .counts = counts};

    field.single = tamis_header_is_single(field.name);
    for (guint i = 0; i < n; i++)
        sort_claim(&field, claims[i], recipient);
    out_field->fixed = TRUE;
    return check(&field, out_field->values);
}
