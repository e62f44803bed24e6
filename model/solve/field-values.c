/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values of a field that may repeat: one for each test that holds and is not met by another's, or, where there may be
 * fewer, values that tests share. */
#include "model/solve/field.h"

#include <string.h>

enum { MAX_MERGED = 12, DISTRIBUTE_STEPS = 100, FEW_VALUES = 32, FEW_KEYS = 8 };

/* What it costs to hold a value against a test. */
enum { TEXT_STEPS = 2, ADDRESS_STEPS = 4 };

#define MANY_VALUES "the budget ran out on the values of one header"

static const TamisTextTest *
tests_of(const GArray *tests)
{
    return (const TamisTextTest *)(gpointer)tests->data;
}

static guint
index_in(const GArray *indices, guint i)
{
    return g_array_index(indices, guint, i);
}

gboolean
tamis_field_passes(TamisFieldQuery *field, const char *value, const GArray *texts,
                   const GArray *addresses)
{
    return tamis_value_passes(field->solver, value, tests_of(texts), texts->len,
                              tests_of(addresses), addresses->len);
}

const TamisTextTest *
tamis_field_test_at(const TamisFieldQuery *field, guint i)
{
    return i < field->texts->len ? &tests_of(field->texts)[i]
                                 : &tests_of(field->addresses)[i - field->texts->len];
}

static TamisTextResult
solve_tests(TamisFieldQuery *field, const GArray *texts, const GArray *addresses,
            GString *out_value)
{
    return tamis_value_solve(field->solver, field->name, tests_of(texts), texts->len,
                             tests_of(addresses), addresses->len, out_value);
}

/* The tests that do not hold, and those wanted (ascending). */
static void
gather(const TamisFieldQuery *field, const GArray *wanted, GArray *texts, GArray *addresses)
{
    guint n = field->denied->len, at = 0, n_wanted = wanted->len;

    for (guint i = 0; i < n || at < n_wanted;) {
        guint denied = i >= n ? G_MAXUINT : index_in(field->denied, i);
        gboolean is_wanted = at < n_wanted && index_in(wanted, at) < denied;
        guint taken = is_wanted ? index_in(wanted, at++) : denied;

        i += is_wanted ? 0 : 1;
        g_array_append_vals(taken < field->texts->len ? texts : addresses,
                            tamis_field_test_at(field, taken), 1);
    }
}

TamisTextResult
tamis_field_solve_some(TamisFieldQuery *field, const GArray *wanted, GString *out_value)
{
    TamisSpare *spare = &field->solver->spare_tests;
    GArray *texts, *addresses;
    TamisTextResult result;

    if (wanted == NULL)
        return solve_tests(field, field->texts, field->addresses, out_value);
    texts = tamis_spare_take(spare);
    addresses = tamis_spare_take(spare);
    gather(field, wanted, texts, addresses);
    result = solve_tests(field, texts, addresses, out_value);
    tamis_spare_give(spare, texts);
    tamis_spare_give(spare, addresses);
    return result;
}

TamisTextResult
tamis_field_solve_like(TamisFieldQuery *field, const char *value, GString *out_value)
{
    guint n = field->texts->len + field->addresses->len;
    g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(TamisTextTest));
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(TamisTextTest));

    for (guint i = 0; i < n; i++) {
        const TamisTextTest *test = tamis_field_test_at(field, i);
        gboolean of_text = i < field->texts->len;

        if (!test->negated &&
            tamis_value_passes(field->solver, value, test, of_text, test, !of_text))
            g_array_append_val(wanted, i);
    }
    gather(field, wanted, texts, addresses);
    return tamis_value_solve_addressed(field->solver, field->name, tests_of(texts), texts->len,
                                       tests_of(addresses), addresses->len, out_value);
}

/* Values that tests are held against, one by one: as they stand, and read where addresses are asked for. */
typedef struct {
    GPtrArray *texts; /* of char; lent */
    GArray *read;     /* of TamisValueAddresses */
    /* The same texts as sets, as they stand and in lower case, of so many; NULL: as long as they are few. */
    GHashTable *exact, *folded;
    guint n_in_sets;
} Values;

/* Whether the test is met by values that are one of a few words. */
static gboolean
is_of_words(const TamisTextTest *test)
{
    return test->scope == TAMIS_SCOPE_TEXT && test->atom->match == TAMIS_KEYS_IS &&
           test->atom->keys.n <= FEW_KEYS &&
           (test->atom->comparator == TAMIS_COMPARATOR_OCTET ||
            test->atom->comparator == TAMIS_COMPARATOR_CASEMAP);
}

/* What it costs to look whether the i-th test is met. */
static guint64
cost_of(const TamisFieldQuery *field, const Values *values, guint i)
{
    if (i >= field->texts->len)
        return (guint64)values->texts->len * ADDRESS_STEPS;
    return is_of_words(tamis_field_test_at(field, i)) ? TEXT_STEPS
                                                      : (guint64)values->texts->len * TEXT_STEPS;
}

static void
fill_sets(Values *values)
{
    if (values->exact == NULL) {
        values->exact = g_hash_table_new(g_str_hash, g_str_equal);
        values->folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    for (; values->n_in_sets < values->texts->len; values->n_in_sets++) {
        char *text = g_ptr_array_index(values->texts, values->n_in_sets);

        g_hash_table_add(values->exact, text);
        g_hash_table_add(values->folded, g_ascii_strdown(text, -1));
    }
}

/* Of a test of words, among many values. */
static gboolean
has_word(TamisFieldQuery *field, Values *values, const TamisAtom *atom)
{
    fill_sets(values);
    for (guint32 k = 0; k < atom->keys.n; k++) {
        gsize length = 0;
        const char *key = tamis_texts_key(&field->solver->texts, atom, k, &length);
        g_autofree char *lower = NULL;

        if (strlen(key) != length)
            continue;
        if (atom->comparator == TAMIS_COMPARATOR_OCTET) {
            if (g_hash_table_contains(values->exact, key))
                return TRUE;
            continue;
        }
        lower = g_ascii_strdown(key, -1);
        if (g_hash_table_contains(values->folded, lower))
            return TRUE;
    }
    return FALSE;
}

static void
add_value(TamisFieldQuery *field, Values *values, const char *value)
{
    g_ptr_array_add(values->texts, g_strdup(value));
    if (field->addresses->len > 0) {
        TamisValueAddresses read = tamis_value_read(field->solver, value);

        g_array_append_val(values->read, read);
    }
}

static void
clear_sets(Values *values)
{
    g_clear_pointer(&values->exact, g_hash_table_unref);
    g_clear_pointer(&values->folded, g_hash_table_unref);
}

/* Whether one of the values passes the test, which holds, already. */
static gboolean
is_met(TamisFieldQuery *field, Values *values, guint i)
{
    const TamisTextTest *test = tamis_field_test_at(field, i);

    if (i < field->texts->len && values->texts->len > FEW_VALUES && is_of_words(test))
        return has_word(field, values, test->atom);
    for (guint k = 0; k < values->texts->len; k++) {
        const char *text = g_ptr_array_index(values->texts, k);

        if (i < field->texts->len
                ? tamis_texts_all_pass(&field->solver->texts, test, 1, text, strlen(text))
                : tamis_value_has_address(
                      field->solver, g_array_index(values->read, TamisValueAddresses, k), test))
            return TRUE;
    }
    return FALSE;
}

/* A value for each test that holds and is not met yet; one at least. wanted, value: to work with. */
static TamisTextResult
fill_each(TamisFieldQuery *field, Values *values, GArray *wanted, GString *value)
{
    guint n = field->texts->len + field->addresses->len;
    TamisTextResult result;

    for (guint i = 0; i < n; i++) {
        guint64 *steps = &field->solver->texts.steps;

        *steps -= MIN(*steps - 1, cost_of(field, values, i));
        if (*steps <= 1 && values->texts->len > 0) {
            field->solver->texts.reason = MANY_VALUES;
            return TAMIS_TEXT_UNKNOWN;
        }
        if (tamis_field_test_at(field, i)->negated || is_met(field, values, i))
            continue;
        g_array_set_size(wanted, 0);
        g_array_append_val(wanted, i);
        result = tamis_field_solve_some(field, wanted, value);
        if (result != TAMIS_TEXT_FOUND)
            return result;
        add_value(field, values, value->str);
    }
    if (values->texts->len > 0)
        return TAMIS_TEXT_FOUND;
    g_array_set_size(wanted, 0);
    result = tamis_field_solve_some(field, wanted, value);
    if (result == TAMIS_TEXT_FOUND)
        add_value(field, values, value->str);
    return result;
}

TamisTextResult
tamis_field_solve_each(TamisFieldQuery *field, GPtrArray *values)
{
    TamisSolver *solver = field->solver;
    GArray *wanted = tamis_spare_take(&solver->spare_numbers);
    Values filled = {.texts = values, .read = tamis_spare_take(&solver->spare_addresses)};
    g_autoptr(GString) value = g_string_new(NULL);
    TamisTextResult result = fill_each(field, &filled, wanted, value);

    clear_sets(&filled);
    tamis_spare_give(&solver->spare_addresses, filled.read);
    tamis_spare_give(&solver->spare_numbers, wanted);
    return result;
}

/* Whether the value passes what is negated and the values meet what holds. */
static gboolean
are_all_met(TamisFieldQuery *field, Values *values, const char *value)
{
    guint n = field->texts->len + field->addresses->len;

    for (guint i = 0; i < n; i++) {
        const TamisTextTest *test = tamis_field_test_at(field, i);
        gboolean of_text = i < field->texts->len;

        if (test->negated ? !tamis_value_passes(field->solver, value, test, of_text, test, !of_text)
                          : !is_met(field, values, i))
            return FALSE;
    }
    return TRUE;
}

gboolean
tamis_field_is_met_with(TamisFieldQuery *field, GPtrArray *values, guint at)
{
    g_autoptr(GArray) read = g_array_new(FALSE, FALSE, sizeof(TamisValueAddresses));
    Values all = {.texts = values, .read = read};
    guint64 *steps = &field->solver->texts.steps;
    guint64 n = field->texts->len + field->addresses->len;
    gboolean are_met;

    *steps -= MIN(*steps - 1, ADDRESS_STEPS * n * values->len);
    if (*steps <= 1)
        return FALSE;
    for (guint i = 0; i < values->len && field->addresses->len > 0; i++) {
        TamisValueAddresses addresses =
            tamis_value_read(field->solver, g_ptr_array_index(values, i));

        g_array_append_val(read, addresses);
    }
    are_met = are_all_met(field, &all, g_ptr_array_index(values, at));
    clear_sets(&all);
    return are_met;
}

/* Fewer values than tests: which tests share a value is tried out. bins: of GArray of guint. */
static gboolean
distribute(TamisFieldQuery *field, const GArray *tests, guint at, GPtrArray *bins, guint n_bins,
           GPtrArray *values, gboolean *unknown)
{
    g_autoptr(GString) value = g_string_new(NULL);

    if (at == tests->len)
        return TRUE;
    if (field->solver->texts.steps <= DISTRIBUTE_STEPS) {
        *unknown = TRUE;
        return FALSE;
    }
    field->solver->texts.steps -= DISTRIBUTE_STEPS;
    for (guint b = 0; b < n_bins && b <= values->len; b++) {
        GArray *bin = g_ptr_array_index(bins, b);
        TamisTextResult result;
        char *before;

        g_array_append_vals(bin, &g_array_index(tests, guint, at), 1);
        result = tamis_field_solve_some(field, bin, value);
        *unknown |= result == TAMIS_TEXT_UNKNOWN;
        if (result == TAMIS_TEXT_FOUND) {
            before = b < values->len ? g_ptr_array_index(values, b) : NULL;
            if (before == NULL)
                g_ptr_array_add(values, NULL);
            g_ptr_array_index(values, b) = g_strdup(value->str);
            if (distribute(field, tests, at + 1, bins, n_bins, values, unknown)) {
                g_free(before);
                return TRUE;
            }
            g_free(g_ptr_array_index(values, b));
            g_ptr_array_index(values, b) = before;
            if (before == NULL)
                g_ptr_array_remove_index(values, b);
        }
        g_array_set_size(bin, bin->len - 1);
    }
    return FALSE;
}

/* At most n values; NONE only where values hold no more than one address. */
TamisTextResult
tamis_field_solve_within(TamisFieldQuery *field, guint n_bins, GPtrArray *values)
{
    guint n = field->texts->len + field->addresses->len, n_addresses = 0;
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GPtrArray) bins = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    gboolean unknown = FALSE;

    for (guint i = 0; i < n; i++) {
        if (tamis_field_test_at(field, i)->negated)
            continue;
        n_addresses += i >= field->texts->len;
        g_array_append_val(tests, i);
    }
    for (guint i = 0; i < n_bins; i++)
        g_ptr_array_add(bins, g_array_new(FALSE, FALSE, sizeof(guint)));
    g_ptr_array_set_size(values, 0);
    if (tests->len <= MAX_MERGED && distribute(field, tests, 0, bins, n_bins, values, &unknown))
        return TAMIS_TEXT_FOUND;
    if (tests->len > MAX_MERGED || unknown || n_addresses > 1) {
        field->solver->texts.reason = TAMIS_FIELD_MANY_COUNTS;
        return TAMIS_TEXT_UNKNOWN;
    }
    return TAMIS_TEXT_NONE;
}
