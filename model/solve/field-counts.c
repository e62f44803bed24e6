/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How many values and addresses a field has: none, as many as were found, or more of what was found. */
#include "model/solve/field.h"

#include <string.h>

enum { MAX_VALUES = 4096, MAX_ADDRESSES = 1000 };

gboolean
tamis_field_counts_allow(TamisFieldQuery *field, TamisAtomKind kind, guint count)
{
    for (guint i = 0; i < field->counts->len; i++) {
        TamisClaim claim = g_array_index(field->counts, TamisClaim, i);
        const TamisAtom *atom = tamis_leaf(field->solver, claim)->atom;

        if (atom->kind == kind &&
            tamis_count_holds(field->solver, atom, count) == tamis_claim_is_negated(claim))
            return FALSE;
    }
    return TRUE;
}

guint
tamis_field_count_addresses(const TamisFieldQuery *field, const GPtrArray *values)
{
    guint n = 0;

    for (guint i = 0; i < values->len; i++)
        n += tamis_value_count_addresses(field->solver, g_ptr_array_index(values, i));
    return n;
}

/* Whether a field that is not there passes: every test of its values fails. */
gboolean
tamis_field_passes_without(TamisFieldQuery *field)
{
    if (field->there)
        return FALSE;
    for (guint i = 0; i < field->dates->len; i++) {
        const TamisTimeTest *test = &g_array_index(field->dates, TamisTimeTest, i);
        gboolean holds = test->atom->match == TAMIS_KEYS_COUNT &&
                         tamis_count_holds(field->solver, test->atom, 0);

        if (holds == test->negated)
            return FALSE;
    }
    return tamis_field_counts_allow(field, TAMIS_ATOM_HEADER, 0) &&
           tamis_field_counts_allow(field, TAMIS_ATOM_ADDRESS, 0);
}
/* Whether more values than are tried may be right. */
static gboolean
wants_more(TamisFieldQuery *field)
{
    static const guint many[] = {MAX_VALUES + 1, 5000, 10000, 100000, 1000000, 1000000000};

    for (guint i = 0; i < G_N_ELEMENTS(many); i++) {
        if (tamis_field_counts_allow(field, TAMIS_ATOM_HEADER, many[i]))
            return TRUE;
    }
    return FALSE;
}

gboolean
tamis_field_take_instead(TamisFieldQuery *field, GPtrArray *values, guint at, const char *value)
{
    char *before = g_ptr_array_index(values, at);
    gboolean is_met;

    g_ptr_array_index(values, at) = g_strdup(value);
    is_met = tamis_field_is_met_with(field, values, at);
    if (!is_met) {
        g_free(g_ptr_array_index(values, at));
        g_ptr_array_index(values, at) = before;
    } else {
        g_free(before);
    }
    return is_met;
}

char *
tamis_field_list_people(const char *first, guint n)
{
    gsize length = strcspn(first, ",");
    const char *at = memchr(first, '@', length);
    gboolean is_bare = at != NULL && strcspn(first, " <>\"") >= length;
    gsize copied = is_bare ? (gsize)(at - first) : length;
    GString *list = g_string_new_len(first, (gssize)length);

    for (guint i = 2; i <= n; i++) {
        g_string_append(list, ", ");
        g_string_append_len(list, first, (gssize)copied);
        if (is_bare)
            g_string_append_printf(list, "%u%.*s", i, (int)(length - copied), at);
    }
    return g_string_free(list, FALSE);
}

static gboolean
take_list(TamisFieldQuery *field, GPtrArray *values, guint n, const char *list)
{
    return tamis_value_count_addresses(field->solver, list) == n &&
           tamis_field_take_instead(field, values, values->len - 1, list);
}

/* Makes one value more addresses of one that has some, as far as other tests let it: a field comes once, with a list
 * (RFC 5322, 3.6.3). */
static gboolean
add_addresses(TamisFieldQuery *field, GPtrArray *values)
{
    const char *last = g_ptr_array_index(values, values->len - 1);
    guint own = tamis_value_count_addresses(field->solver, last);
    guint others = tamis_field_count_addresses(field, values) - own;
    g_autoptr(GString) list = g_string_new(last);

    if (strchr(last, '@') == NULL ||
        !tamis_field_counts_allow(field, TAMIS_ATOM_HEADER, values->len))
        return FALSE;
    for (guint n = own; n <= MAX_ADDRESSES; n += own) {
        g_autofree char *people = NULL;

        if (n > own)
            g_string_append_printf(list, ", %s", last);
        if (!tamis_field_counts_allow(field, TAMIS_ATOM_ADDRESS, others + n))
            continue;
        people = tamis_field_list_people(last, n);
        return take_list(field, values, n, people) || take_list(field, values, n, list->str);
    }
    return FALSE;
}

/* Whether some number of addresses, one at least, is right: what tests of numbers say changes at their keys alone. */
static gboolean
may_have_some(TamisFieldQuery *field)
{
    if (tamis_field_counts_allow(field, TAMIS_ATOM_ADDRESS, 1))
        return TRUE;
    for (guint i = 0; i < field->counts->len; i++)
        if (tamis_leaf(field->solver, g_array_index(field->counts, TamisClaim, i))
                ->atom->comparator != TAMIS_COMPARATOR_NUMERIC)
            return TRUE;
    for (guint i = 0; i < field->counts->len; i++) {
        const TamisAtom *atom =
            tamis_leaf(field->solver, g_array_index(field->counts, TamisClaim, i))->atom;

        for (guint32 k = 0; k < atom->keys.n; k++) {
            guint64 number = tamis_count_key(field->solver, atom, k);

            for (guint64 n = MAX(number, 2) - 1; n <= number + 1; n++)
                if (tamis_field_counts_allow(field, TAMIS_ATOM_ADDRESS, (guint)MIN(n, G_MAXUINT)))
                    return TRUE;
        }
    }
    return FALSE;
}

/* Adds repetitions until the counts are right. */
TamisTextResult
tamis_field_settle_counts(TamisFieldQuery *field, GPtrArray *values)
{
    guint n_least = values->len;

    /* A field that is there has an address, or a text that counts as one. */
    if (field->counts_addresses && !may_have_some(field))
        return TAMIS_TEXT_NONE;
    if (field->counts_addresses && strchr(g_ptr_array_index(values, n_least - 1), '@') == NULL)
        tamis_field_take_instead(field, values, n_least - 1, "anna@outside.example");
    if (field->counts_addresses && add_addresses(field, values))
        return TAMIS_TEXT_FOUND;
    for (guint n = n_least; n <= MAX_VALUES && (!field->single || n == n_least); n++) {
        if (n > n_least)
            g_ptr_array_add(values, g_strdup(g_ptr_array_index(values, n_least - 1)));
        if (tamis_field_counts_allow(field, TAMIS_ATOM_HEADER, n) &&
            (!field->counts_addresses ||
             tamis_field_counts_allow(field, TAMIS_ATOM_ADDRESS,
                                      tamis_field_count_addresses(field, values))))
            return TAMIS_TEXT_FOUND;
        if (field->counts_addresses && n > 64)
            break;
    }
    if (field->counts_addresses || (!field->single && wants_more(field))) {
        field->solver->texts.reason = TAMIS_FIELD_MANY_COUNTS;
        return TAMIS_TEXT_UNKNOWN;
    }
    for (guint n = n_least - 1; n > 0; n--) {
        TamisTextResult result;

        if (!tamis_field_counts_allow(field, TAMIS_ATOM_HEADER, n))
            continue;
        result = tamis_field_solve_within(field, n, values);
        while (result == TAMIS_TEXT_FOUND && values->len < n)
            g_ptr_array_add(values, g_strdup(g_ptr_array_index(values, 0)));
        return result;
    }
    return TAMIS_TEXT_NONE;
}
