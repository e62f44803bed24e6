/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One header field. Where it may repeat, a test that holds needs one value and a test that does not hold
 * binds all: each value is looked for alone. Where it holds one value, that one has to pass everything. */
#include "model/solve/query.h"

#include "model/date-part.h"
#include "model/header-date.h"

#include <string.h>

enum {
    MAX_VALUES = 4096,
    MAX_ADDRESSES = 1000,
    MAX_LIST_BYTES = 20000,
    MAX_MERGED = 12,
    DISTRIBUTE_STEPS = 100
};

#define MANY_VALUES "the budget ran out on the values of one header"
#define MANY_COUNTS "how many values or addresses a header has"
#define DATE_TEXT   "a date header whose text is tested too"

/* The claims of one field by what they ask. */
typedef struct {
    TamisSolver *solver;
    const char *name;
    gboolean single;
    TamisAtom addressed; /* what ADDRESSED comes to: the address is the recipient's */
    GArray *texts;       /* of TamisTextTest: of values */
    GArray *addresses;   /* of TamisTextTest: of addresses */
    GArray *dates;       /* of TamisTimeTest */
    GArray *counts;      /* of TamisClaim: of values or addresses */
    gboolean there, not_there;
    gboolean counts_addresses;
} Field;

TamisTextTest
tamis_text_test(const TamisSolver *solver, TamisClaim claim)
{
    static const guint8 scopes[] = {
        [TAMIS_ADDRESS_ALL] = TAMIS_SCOPE_WHOLE,   [TAMIS_ADDRESS_DOMAIN] = TAMIS_SCOPE_DOMAIN,
        [TAMIS_ADDRESS_LOCAL] = TAMIS_SCOPE_LOCAL, [TAMIS_ADDRESS_DETAIL] = TAMIS_SCOPE_DETAIL,
        [TAMIS_ADDRESS_USER] = TAMIS_SCOPE_USER,
    };
    const TamisAtom *atom = tamis_leaf(solver, claim)->atom;
    gboolean of_text = atom->kind != TAMIS_ATOM_ADDRESS && atom->kind != TAMIS_ATOM_ENVELOPE;

    return (TamisTextTest){atom, of_text ? TAMIS_SCOPE_TEXT : scopes[atom->part],
                           tamis_claim_is_negated(claim), claim};
}

/* Sorting ---------------------------------------------------------------------------------------- */

static void
sort_claim(Field *field, TamisClaim claim, const char *recipient)
{
    const TamisAtom *atom = tamis_leaf(field->solver, claim)->atom;
    gboolean negated = tamis_claim_is_negated(claim);
    TamisTextTest test = tamis_text_test(field->solver, claim);
    TamisTimeTest date = {atom, negated, claim};

    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_EXISTS:
        field->there |= !negated;
        field->not_there |= negated;
        return;
    case TAMIS_ATOM_DATE:
        g_array_append_val(field->dates, date);
        return;
    case TAMIS_ATOM_ADDRESSED:
        field->there |= !negated;
        if (recipient == NULL)
            return;
        test.atom = &field->addressed;
        test.scope = TAMIS_SCOPE_WHOLE;
        g_array_append_val(field->addresses, test);
        break;
    default:
        if (atom->match == TAMIS_KEYS_COUNT) {
            g_array_append_val(field->counts, claim);
            field->counts_addresses |= atom->kind == TAMIS_ATOM_ADDRESS;
            return;
        }
        g_array_append_val(atom->kind == TAMIS_ATOM_HEADER ? field->texts : field->addresses, test);
        break;
    }
    field->there |= !negated;
}

static void
begin_field(Field *field, TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
            const char *recipient)
{
    *field = (Field){
        .solver = solver,
        .name = tamis_strings_get(solver->texts.strings, name),
        .texts = g_array_new(FALSE, FALSE, sizeof(TamisTextTest)),
        .addresses = g_array_new(FALSE, FALSE, sizeof(TamisTextTest)),
        .dates = g_array_new(FALSE, FALSE, sizeof(TamisTimeTest)),
        .counts = g_array_new(FALSE, FALSE, sizeof(TamisClaim)),
    };
    field->single = tamis_header_is_single(field->name);
    if (recipient != NULL) {
        g_autofree char *lower = g_ascii_strdown(recipient, -1);
        TamisString word = tamis_strings_add(solver->texts.strings, lower, strlen(lower));

        field->addressed = (TamisAtom){.kind = TAMIS_ATOM_ADDRESS,
                                       .match = TAMIS_KEYS_IS,
                                       .keys = tamis_formulas_list(solver->formulas, &word, 1)};
    }
    for (guint i = 0; i < n; i++)
        sort_claim(field, claims[i], recipient);
}

static void
end_field(Field *field)
{
    g_array_unref(field->texts);
    g_array_unref(field->addresses);
    g_array_unref(field->dates);
    g_array_unref(field->counts);
}

/* Counts ----------------------------------------------------------------------------------------- */

static gboolean
counts_allow(Field *field, TamisAtomKind kind, guint count)
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

static guint
count_addresses(const Field *field, const GPtrArray *values)
{
    guint n = 0;

    for (guint i = 0; i < values->len; i++)
        n += tamis_value_count_addresses(field->name, g_ptr_array_index(values, i));
    return n;
}

/* Whether a field that is not there passes: every test of its values fails. */
static gboolean
passes_without(Field *field)
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
    return counts_allow(field, TAMIS_ATOM_HEADER, 0) && counts_allow(field, TAMIS_ATOM_ADDRESS, 0);
}

/* Values ----------------------------------------------------------------------------------------- */

static const TamisTextTest *
tests_of(const GArray *tests)
{
    return (const TamisTextTest *)(gpointer)tests->data;
}

static gboolean
passes(Field *field, const char *value, const GArray *texts, const GArray *addresses)
{
    return tamis_value_passes(field->solver, field->name, value, tests_of(texts), texts->len,
                              tests_of(addresses), addresses->len);
}

/* One value that passes the tests that do not hold, and of the others those of which the bit is set. */
static TamisTextResult
solve_some(Field *field, const GArray *wanted, GString *out_value)
{
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(TamisTextTest));
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(TamisTextTest));

    for (guint i = 0; i < field->texts->len + field->addresses->len; i++) {
        gboolean of_text = i < field->texts->len;
        const TamisTextTest *test = of_text ? &tests_of(field->texts)[i]
                                            : &tests_of(field->addresses)[i - field->texts->len];
        gboolean taken = test->negated || wanted == NULL;

        for (guint k = 0; wanted != NULL && k < wanted->len; k++)
            taken |= g_array_index(wanted, guint, k) == i;
        if (taken)
            g_array_append_vals(of_text ? texts : addresses, test, 1);
    }
    return tamis_value_solve(field->solver, field->name, tests_of(texts), texts->len,
                             tests_of(addresses), addresses->len, out_value);
}

static const TamisTextTest *
test_at(const Field *field, guint i)
{
    return i < field->texts->len ? &tests_of(field->texts)[i]
                                 : &tests_of(field->addresses)[i - field->texts->len];
}

/* Whether one of the values passes the test already. */
static gboolean
is_met(Field *field, const GPtrArray *values, guint i)
{
    const TamisTextTest *test = test_at(field, i);
    gboolean of_text = i < field->texts->len;

    for (guint k = 0; k < values->len; k++) {
        if (tamis_value_passes(field->solver, field->name, g_ptr_array_index(values, k), test,
                               of_text, test, !of_text))
            return TRUE;
    }
    return FALSE;
}

/* A value for each test that holds and is not met yet; one at least. */
static TamisTextResult
solve_each(Field *field, GPtrArray *values)
{
    guint n = field->texts->len + field->addresses->len;
    g_autoptr(GString) value = g_string_new(NULL);
    g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(guint));
    TamisTextResult result;

    for (guint i = 0; i < n; i++) {
        guint64 *steps = &field->solver->texts.steps;

        *steps -= MIN(*steps - 1, values->len);
        if (*steps <= 1 && values->len > 0) {
            field->solver->texts.reason = MANY_VALUES;
            return TAMIS_TEXT_UNKNOWN;
        }
        if (test_at(field, i)->negated || is_met(field, values, i))
            continue;
        g_array_set_size(wanted, 0);
        g_array_append_val(wanted, i);
        result = solve_some(field, wanted, value);
        if (result != TAMIS_TEXT_FOUND)
            return result;
        g_ptr_array_add(values, g_strdup(value->str));
    }
    if (values->len > 0)
        return TAMIS_TEXT_FOUND;
    g_array_set_size(wanted, 0);
    result = solve_some(field, wanted, value);
    if (result == TAMIS_TEXT_FOUND)
        g_ptr_array_add(values, g_strdup(value->str));
    return result;
}

/* Fewer values than tests: which tests share a value is tried out. bins: of GArray of guint. */
static gboolean
distribute(Field *field, const GArray *tests, guint at, GPtrArray *bins, guint n_bins,
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
        result = solve_some(field, bin, value);
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
static TamisTextResult
solve_within(Field *field, guint n_bins, GPtrArray *values)
{
    guint n = field->texts->len + field->addresses->len, n_addresses = 0;
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GPtrArray) bins = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    gboolean unknown = FALSE;

    for (guint i = 0; i < n; i++) {
        if (test_at(field, i)->negated)
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
        field->solver->texts.reason = MANY_COUNTS;
        return TAMIS_TEXT_UNKNOWN;
    }
    return TAMIS_TEXT_NONE;
}

/* Whether more values than are tried may be right. */
static gboolean
wants_more(Field *field)
{
    static const guint many[] = {MAX_VALUES + 1, 5000, 10000, 100000, 1000000, 1000000000};

    for (guint i = 0; i < G_N_ELEMENTS(many); i++) {
        if (counts_allow(field, TAMIS_ATOM_HEADER, many[i]))
            return TRUE;
    }
    return FALSE;
}

/* The last value becomes another one, if all tests are met then too. */
static gboolean
take_instead(Field *field, GPtrArray *values, const char *value)
{
    char *before = g_ptr_array_index(values, values->len - 1);
    guint n = field->texts->len + field->addresses->len;
    gboolean is_met_still = TRUE;

    g_ptr_array_index(values, values->len - 1) = g_strdup(value);
    for (guint i = 0; i < n && is_met_still; i++) {
        const TamisTextTest *test = test_at(field, i);
        gboolean of_text = i < field->texts->len;

        is_met_still = test->negated ? tamis_value_passes(field->solver, field->name, value, test,
                                                          of_text, test, !of_text)
                                     : is_met(field, values, i);
    }
    if (is_met_still) {
        g_free(before);
    } else {
        g_free(g_ptr_array_index(values, values->len - 1));
        g_ptr_array_index(values, values->len - 1) = before;
    }
    return is_met_still;
}

/* Makes one value more addresses of one that has some, as far as other tests let it: a field comes once, with a list
 * (RFC 5322, 3.6.3). */
static gboolean
add_addresses(Field *field, GPtrArray *values)
{
    const char *last = g_ptr_array_index(values, values->len - 1);
    guint own = tamis_value_count_addresses(field->name, last);
    guint others = count_addresses(field, values) - own;
    g_autoptr(GString) list = g_string_new(last);

    if (strchr(last, '@') == NULL || !counts_allow(field, TAMIS_ATOM_HEADER, values->len))
        return FALSE;
    for (guint n = own; n <= MAX_ADDRESSES; n += own) {
        if (n > own)
            g_string_append_printf(list, ", %s", last);
        if (!counts_allow(field, TAMIS_ATOM_ADDRESS, others + n))
            continue;
        return tamis_value_count_addresses(field->name, list->str) == n &&
               take_instead(field, values, list->str);
    }
    return FALSE;
}

/* Whether some number of addresses, one at least, is right: what tests of numbers say changes at their keys alone. */
static gboolean
may_have_some(Field *field)
{
    if (counts_allow(field, TAMIS_ATOM_ADDRESS, 1))
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
                if (counts_allow(field, TAMIS_ATOM_ADDRESS, (guint)MIN(n, G_MAXUINT)))
                    return TRUE;
        }
    }
    return FALSE;
}

/* Adds repetitions until the counts are right. */
static TamisTextResult
settle_counts(Field *field, GPtrArray *values)
{
    guint n_least = values->len;

    /* A field that is there has an address, or a text that counts as one. */
    if (field->counts_addresses && !may_have_some(field))
        return TAMIS_TEXT_NONE;
    if (field->counts_addresses && strchr(g_ptr_array_index(values, n_least - 1), '@') == NULL)
        take_instead(field, values, "anna@outside.example");
    if (field->counts_addresses && add_addresses(field, values))
        return TAMIS_TEXT_FOUND;
    for (guint n = n_least; n <= MAX_VALUES && (!field->single || n == n_least); n++) {
        if (n > n_least)
            g_ptr_array_add(values, g_strdup(g_ptr_array_index(values, n_least - 1)));
        if (counts_allow(field, TAMIS_ATOM_HEADER, n) &&
            (!field->counts_addresses ||
             counts_allow(field, TAMIS_ATOM_ADDRESS, count_addresses(field, values))))
            return TAMIS_TEXT_FOUND;
        if (field->counts_addresses && n > 64)
            break;
    }
    if (field->counts_addresses || (!field->single && wants_more(field))) {
        field->solver->texts.reason = MANY_COUNTS;
        return TAMIS_TEXT_UNKNOWN;
    }
    for (guint n = n_least - 1; n > 0; n--) {
        TamisTextResult result;

        if (!counts_allow(field, TAMIS_ATOM_HEADER, n))
            continue;
        result = solve_within(field, n, values);
        while (result == TAMIS_TEXT_FOUND && values->len < n)
            g_ptr_array_add(values, g_strdup(g_ptr_array_index(values, 0)));
        return result;
    }
    return TAMIS_TEXT_NONE;
}

/* Dates ------------------------------------------------------------------------------------------ */

/* Offsets of the header to try: UTC, and those that are asked for. */
static void
add_offsets(Field *field, GArray *offsets)
{
    gint32 utc = 0;

    g_array_append_val(offsets, utc);
    for (guint i = 0; i < field->dates->len; i++) {
        const TamisAtom *atom = g_array_index(field->dates, TamisTimeTest, i).atom;

        if (strcmp(tamis_strings_get(field->solver->texts.strings, atom->date_part), "zone") != 0)
            continue;
        for (guint32 k = 0; k < MIN(atom->keys.n, 16); k++) {
            gsize length = 0;
            const char *key = tamis_texts_key(&field->solver->texts, atom, k, &length);
            gint32 number = (gint32)g_ascii_strtoll(key, NULL, 10);
            gint32 offset_s = number / 100 * 3600 + number % 100 * 60;

            if (ABS(offset_s) < 24 * 3600)
                g_array_append_val(offsets, offset_s);
        }
    }
}

/* Whether the header's own offset can matter. */
static gboolean
mixes_zones(const Field *field)
{
    gboolean original = FALSE, other = FALSE;

    for (guint i = 0; i < field->dates->len; i++) {
        const TamisAtom *atom = g_array_index(field->dates, TamisTimeTest, i).atom;
        const char *part = tamis_strings_get(field->solver->texts.strings, atom->date_part);

        original |= atom->zone_kind == TAMIS_ZONE_ORIGINAL;
        other |= atom->zone_kind != TAMIS_ZONE_ORIGINAL || strcmp(part, "zone") == 0 ||
                 strcmp(part, "iso8601") == 0;
    }
    return original && other;
}

static TamisTextResult
solve_date(Field *field, gint32 offset_s, char **out_value)
{
    TamisTimeline timeline = field->solver->timeline;
    TamisInstant found, earliest = (TamisInstant)-25567 * 86400; /* 1900-01-01 (RFC 5322, 3.3) */
    TamisInstant latest = (TamisInstant)2932895 * 86400;
    TamisInstant now = MAX(field->solver->options.not_before, 0);
    const TamisTimeTest *tests = (const TamisTimeTest *)(gpointer)field->dates->data;
    TamisTextResult result;

    timeline.original_offset_s = offset_s;
    result = tamis_timeline_solve(&timeline, tests, field->dates->len, now, latest, &found);
    if (result == TAMIS_TEXT_NONE)
        result = tamis_timeline_solve(&timeline, tests, field->dates->len, earliest, now, &found);
    if (result == TAMIS_TEXT_FOUND)
        *out_value = tamis_draft_date(found, offset_s);
    return result;
}

/* A text that is no date fails every test of one. */
static TamisTextResult
solve_undated(Field *field, GPtrArray *values)
{
    g_autoptr(GString) value = g_string_new(NULL);
    TamisInstant instant;
    gint32 offset_s;

    for (guint i = 0; i < field->dates->len; i++) {
        const TamisTimeTest *test = &g_array_index(field->dates, TamisTimeTest, i);

        if (!test->negated || test->atom->match == TAMIS_KEYS_COUNT)
            return TAMIS_TEXT_NONE;
    }
    if (solve_some(field, NULL, value) != TAMIS_TEXT_FOUND ||
        tamis_header_date_read(value->str, &instant, &offset_s)) {
        field->solver->texts.reason = DATE_TEXT;
        return TAMIS_TEXT_UNKNOWN;
    }
    g_ptr_array_add(values, g_strdup(value->str));
    return TAMIS_TEXT_FOUND;
}

/* The first value is a date. Its text is not put together from other tests. */
static TamisTextResult
solve_dated(Field *field, GPtrArray *values)
{
    g_autoptr(GArray) offsets = g_array_new(FALSE, FALSE, sizeof(gint32));
    TamisTextResult result = TAMIS_TEXT_NONE;

    add_offsets(field, offsets);
    for (guint i = 0; i < offsets->len; i++) {
        g_autofree char *value = NULL;
        TamisTextResult found = solve_date(field, g_array_index(offsets, gint32, i), &value);

        if (found == TAMIS_TEXT_UNKNOWN)
            result = found;
        if (found != TAMIS_TEXT_FOUND)
            continue;
        if (passes(field, value, field->texts, field->addresses)) {
            g_ptr_array_add(values, g_steal_pointer(&value));
            return TAMIS_TEXT_FOUND;
        }
        result = TAMIS_TEXT_UNKNOWN;
        field->solver->texts.reason = DATE_TEXT;
    }
    if (result == TAMIS_TEXT_NONE)
        result = solve_undated(field, values);
    if (result == TAMIS_TEXT_NONE && mixes_zones(field)) {
        field->solver->texts.reason = "the offset that a date header is written with";
        return TAMIS_TEXT_UNKNOWN;
    }
    return result;
}

/* All of it -------------------------------------------------------------------------------------- */

static TamisTextResult
check(Field *field, TamisDraftField *out_field)
{
    GPtrArray *values = out_field->values;
    g_autoptr(GString) value = NULL;
    TamisTextResult result;

    if (field->not_there) {
        out_field->fixed = TRUE;
        return passes_without(field) ? TAMIS_TEXT_FOUND : TAMIS_TEXT_NONE;
    }
    if (passes_without(field)) {
        out_field->fixed = field->counts->len > 0 || field->dates->len > 0;
        return TAMIS_TEXT_FOUND;
    }
    if (field->dates->len > 0) {
        result = solve_dated(field, values);
    } else if (field->single) {
        value = g_string_new(NULL);
        result = solve_some(field, NULL, value);
        if (result == TAMIS_TEXT_FOUND)
            g_ptr_array_add(values, g_strdup(value->str));
    } else {
        result = solve_each(field, values);
    }
    if (result == TAMIS_TEXT_FOUND && field->counts->len > 0)
        result = settle_counts(field, values);
    out_field->fixed = TRUE;
    return result;
}

TamisTextResult
tamis_field_check(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                  const char *recipient, TamisDraftField *out_field)
{
    Field field;
    TamisTextResult result;

    begin_field(&field, solver, name, claims, n, recipient);
    result = check(&field, out_field);
    end_field(&field);
    return result;
}

gboolean
tamis_field_takes(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                  const char *recipient, const char *value)
{
    Field field;
    gboolean takes;

    begin_field(&field, solver, name, claims, n, recipient);
    takes = !field.not_there && !field.there && field.counts->len == 0 && field.dates->len == 0 &&
            passes(&field, value, field.texts, field.addresses);
    end_field(&field);
    return takes;
}

gboolean
tamis_field_is_met_by(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                      const char *value)
{
    Field field;
    gboolean is_met;

    begin_field(&field, solver, name, claims, n, NULL);
    is_met = !field.not_there && field.dates->len == 0 &&
             counts_allow(&field, TAMIS_ATOM_HEADER, 1) && !field.counts_addresses &&
             passes(&field, value, field.texts, field.addresses);
    end_field(&field);
    return is_met;
}

gboolean
tamis_field_lengthen(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                     const char *recipient, GPtrArray *values)
{
    Field field;
    g_autofree char *list = NULL;
    const char *last = g_ptr_array_index(values, values->len - 1);
    gboolean longer;

    if (strchr(last, '@') == NULL || strlen(last) > MAX_LIST_BYTES)
        return FALSE;
    begin_field(&field, solver, name, claims, n, recipient);
    list = g_strdup_printf("%s, %s", last, last);
    longer = counts_allow(&field, TAMIS_ATOM_ADDRESS,
                          count_addresses(&field, values) +
                              tamis_value_count_addresses(field.name, last)) &&
             take_instead(&field, values, list);
    end_field(&field);
    return longer;
}

gboolean
tamis_field_may_repeat(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                       const GPtrArray *values)
{
    Field field;
    gboolean may;

    begin_field(&field, solver, name, claims, n, NULL);
    may = field.counts->len == 0 ||
          (counts_allow(&field, TAMIS_ATOM_HEADER, values->len + 1) &&
           counts_allow(&field, TAMIS_ATOM_ADDRESS,
                        count_addresses(&field, values) +
                            tamis_value_count_addresses(field.name, g_ptr_array_index(values, 0))));
    end_field(&field);
    return may;
}

gboolean
tamis_field_is_there(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                     gboolean *out_not_there)
{
    Field field;
    gboolean there;

    begin_field(&field, solver, name, claims, n, NULL);
    there = field.there;
    *out_not_there = field.not_there;
    end_field(&field);
    return there;
}
