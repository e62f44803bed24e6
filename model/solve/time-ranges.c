/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ranges. The texts of dates grow with what they name, so what a relation leaves is found by bisection. */
#include "model/solve/time-ranges.h"

#include "model/compare.h"
#include "model/date-part.h"
#include "model/header-date.h"

#include <string.h>

void
tamis_ranges_add(GArray *ranges, gint64 first, gint64 last)
{
    TamisTimeRange range = {first, last};

    if (first <= last)
        g_array_append_val(ranges, range);
}

static int
compare_ranges(gconstpointer a, gconstpointer b)
{
    const TamisTimeRange *left = a, *right = b;

    return (left->first > right->first) - (left->first < right->first);
}

static gboolean
are_in_order(const GArray *ranges)
{
    for (guint i = 1; i < ranges->len; i++) {
        if (g_array_index(ranges, TamisTimeRange, i).first <
            g_array_index(ranges, TamisTimeRange, i - 1).first)
            return FALSE;
    }
    return TRUE;
}

void
tamis_ranges_settle(GArray *ranges)
{
    TamisTimeRange *at = (TamisTimeRange *)(gpointer)ranges->data;
    guint n = 0;

    if (!are_in_order(ranges))
        g_array_sort(ranges, compare_ranges);
    for (guint i = 0; i < ranges->len; i++) {
        if (n > 0 && (at[n - 1].last == G_MAXINT64 || at[i].first <= at[n - 1].last + 1))
            at[n - 1].last = MAX(at[n - 1].last, at[i].last);
        else
            at[n++] = at[i];
    }
    g_array_set_size(ranges, n);
}

GArray *
tamis_ranges_complement(const GArray *ranges, gint64 first, gint64 last)
{
    GArray *rest = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));

    for (guint i = 0; i < ranges->len; i++) {
        const TamisTimeRange *range = &g_array_index(ranges, TamisTimeRange, i);

        if (range->first > first)
            tamis_ranges_add(rest, first, range->first - 1);
        if (range->last >= last)
            return rest;
        first = MAX(first, range->last + 1);
    }
    tamis_ranges_add(rest, first, last);
    return rest;
}

GArray *
tamis_ranges_intersect(const GArray *a, const GArray *b)
{
    GArray *both = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));

    for (guint i = 0, k = 0; i < a->len && k < b->len;) {
        const TamisTimeRange *left = &g_array_index(a, TamisTimeRange, i);
        const TamisTimeRange *right = &g_array_index(b, TamisTimeRange, k);

        tamis_ranges_add(both, MAX(left->first, right->first), MIN(left->last, right->last));
        if (left->last < right->last)
            i++;
        else
            k++;
    }
    return both;
}

/* The first range that does not end before the number. */
static guint
find_range(const GArray *ranges, gint64 number)
{
    guint low = 0, high = ranges->len;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (g_array_index(ranges, TamisTimeRange, middle).last < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

gboolean
tamis_ranges_have(const GArray *ranges, gint64 number)
{
    guint at = find_range(ranges, number);

    return at < ranges->len && g_array_index(ranges, TamisTimeRange, at).first <= number;
}

gint64
tamis_ranges_next(const GArray *ranges, gint64 number)
{
    guint at = find_range(ranges, number + 1);

    if (at == ranges->len)
        return G_MAXINT64;
    return MAX(g_array_index(ranges, TamisTimeRange, at).first, number + 1);
}

/* Tests ------------------------------------------------------------------------------------------ */

typedef struct {
    TamisTexts *texts;
    const TamisAtom *atom;
    const char *part;
    gint64 unit_s; /* what a number counts: days or seconds */
    gint32 offset_s;
} Scale;

static void
write_number(const Scale *scale, gint64 number, char buffer[TAMIS_DATE_PART_BYTES])
{
    tamis_date_part_text(scale->part, number * scale->unit_s - scale->offset_s, scale->offset_s,
                         buffer);
}

static gboolean
meets(const Scale *scale, gint64 number)
{
    char text[TAMIS_DATE_PART_BYTES];

    write_number(scale, number, text);
    return tamis_texts_meets(scale->texts, scale->atom, text, strlen(text));
}

/* The first of first … last whose text is not before the key (or: is behind it); last + 1: none. */
static gint64
bisect(const Scale *scale, const char *key, gsize length, int order, gint64 first, gint64 last)
{
    gint64 low = first, high = last + 1;

    while (low < high) {
        gint64 middle = low + (high - low) / 2;
        char text[TAMIS_DATE_PART_BYTES];

        write_number(scale, middle, text);
        if (tamis_text_compare(scale->atom->comparator, text, strlen(text), key, length) < order)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of first … last, where the texts grow. */
static void
add_related(const Scale *scale, gint64 first, gint64 last, GArray *ranges)
{
    TamisRelation relation =
        scale->atom->match == TAMIS_KEYS_IS ? TAMIS_RELATION_EQ : scale->atom->relation;

    for (guint32 i = 0; i < scale->atom->keys.n; i++) {
        gsize length = 0;
        const char *key = tamis_texts_key(scale->texts, scale->atom, i, &length);
        gint64 same = bisect(scale, key, length, 0, first, last);
        gint64 behind = bisect(scale, key, length, 1, same, last);

        if (tamis_relation_holds(relation, -1))
            tamis_ranges_add(ranges, first, same - 1);
        if (tamis_relation_holds(relation, 0))
            tamis_ranges_add(ranges, same, behind - 1);
        if (tamis_relation_holds(relation, 1))
            tamis_ranges_add(ranges, behind, last);
    }
}

static gboolean
is_relation(const TamisAtom *atom)
{
    return atom->match == TAMIS_KEYS_IS || atom->match == TAMIS_KEYS_VALUE;
}

/* The same in each of so many spans: "minute" is the same in every hour. */
static void
add_repeated(const Scale *scale, guint n_units, guint unit_s, guint n_spans, GArray *ranges)
{
    g_autofree gboolean *are_met = g_new(gboolean, n_units);

    for (guint unit = 0; unit < n_units; unit++)
        are_met[unit] = meets(scale, (gint64)unit * unit_s);
    for (guint i = 0; i < n_spans * n_units; i++) {
        gint64 first = (gint64)i * unit_s;

        if (are_met[i % n_units])
            tamis_ranges_add(ranges, first, first + unit_s - 1);
    }
}

static GArray *
make_seconds(const Scale *scale)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));

    if (strcmp(scale->part, "hour") == 0)
        add_repeated(scale, 24, 3600, 1, ranges);
    else if (strcmp(scale->part, "minute") == 0)
        add_repeated(scale, 60, 60, 24, ranges);
    else if (strcmp(scale->part, "second") == 0)
        add_repeated(scale, 60, 1, 1440, ranges);
    else if (is_relation(scale->atom))
        add_related(scale, 0, TAMIS_DAY_S - 1, ranges);
    else
        add_repeated(scale, TAMIS_DAY_S, 1, 1, ranges);
    tamis_ranges_settle(ranges);
    return ranges;
}

/* By number they grow throughout, as texts only while they have as many digits. From 1886 on: well before the first day
 * of a header's date (1900), which is in 1899 west of where it was written. */
static void
add_julian(const Scale *scale, GArray *ranges)
{
    enum { JULIAN_OF_1970 = 40587, FIRST = 10000 };

    if (scale->atom->comparator == TAMIS_COMPARATOR_NUMERIC) {
        add_related(scale, FIRST - JULIAN_OF_1970, TAMIS_LAST_DAY, ranges);
        return;
    }
    add_related(scale, FIRST - JULIAN_OF_1970, 99999 - JULIAN_OF_1970, ranges);
    add_related(scale, 100000 - JULIAN_OF_1970, 999999 - JULIAN_OF_1970, ranges);
    add_related(scale, 1000000 - JULIAN_OF_1970, TAMIS_LAST_DAY, ranges);
}

static void
add_years(const Scale *scale, GArray *ranges)
{
    for (gint32 year = 1; year <= 9999; year++) {
        gint64 first = tamis_day_number((TamisDay){year, 1, 1});

        if (meets(scale, first))
            tamis_ranges_add(ranges, first, tamis_day_number((TamisDay){year, 12, 31}));
    }
}

static GArray *
make_days(const Scale *scale)
{
    gboolean julian = strcmp(scale->part, "julian") == 0;
    gboolean year = strcmp(scale->part, "year") == 0;
    GArray *ranges;

    if (!is_relation(scale->atom) && !year)
        return NULL;
    ranges = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));
    if (!is_relation(scale->atom))
        add_years(scale, ranges);
    else if (julian)
        add_julian(scale, ranges);
    else
        add_related(scale, TAMIS_FIRST_DAY, TAMIS_LAST_DAY, ranges);
    tamis_ranges_settle(ranges);
    return ranges;
}

/* Ranges are kept by what they depend on. */
static GArray *
keep(const Scale *scale, GArray *(*make)(const Scale *scale))
{
    static const char *const parts[] = {"hour", "minute", "second", "time",
                                        "year", "date",   "julian", NULL};
    const TamisAtom *atom = scale->atom;
    guint part = 0;
    gint64 id;
    GArray *known;

    while (parts[part] != NULL && strcmp(parts[part], scale->part) != 0)
        part++;
    id = (gint64)atom->keys.first << 16 | part << 9 | atom->match << 6 | atom->relation << 3 |
         atom->comparator;
    known = g_hash_table_lookup(scale->texts->ranges, &id);
    if (known == NULL) {
        known = make(scale);
        if (known == NULL)
            return NULL;
        g_hash_table_insert(scale->texts->ranges, g_memdup2(&id, sizeof id), known);
    }
    return g_array_ref(known);
}

GArray *
tamis_ranges_of_seconds(TamisTexts *texts, const TamisAtom *atom, const char *part)
{
    Scale scale = {texts, atom, part, 1, 0};

    return keep(&scale, make_seconds);
}

GArray *
tamis_ranges_of_days(TamisTexts *texts, const TamisAtom *atom, const char *part)
{
    Scale scale = {texts, atom, part, TAMIS_DAY_S, 0};

    return keep(&scale, make_days);
}

/* The instant whose text the key is: one of "std11" has its offset in it. */
static gboolean
find_written(const Scale *scale, guint32 key, TamisInstant *out_local)
{
    gsize length = 0;
    const char *text = tamis_texts_key(scale->texts, scale->atom, key, &length);
    char written[TAMIS_DATE_PART_BYTES];
    gint32 offset_s;

    if (!tamis_header_date_read(text, out_local, &offset_s))
        return FALSE;
    *out_local += scale->offset_s;
    write_number(scale, *out_local, written);
    return tamis_text_compare(scale->atom->comparator, written, strlen(written), text, length) == 0;
}

static void
add_written(const Scale *scale, GArray *ranges)
{
    for (guint32 i = 0; i < scale->atom->keys.n; i++) {
        TamisInstant local;

        if (find_written(scale, i, &local))
            tamis_ranges_add(ranges, local, local);
    }
}

/* Not like one of the keys: of two that differ every text is unlike one. */
static void
add_unlike(const Scale *scale, GArray *ranges)
{
    TamisInstant local;

    if (scale->atom->keys.n != 1 || !find_written(scale, 0, &local)) {
        tamis_ranges_add(ranges, TAMIS_INSTANT_MIN / 2, TAMIS_INSTANT_MAX / 2);
        return;
    }
    tamis_ranges_add(ranges, TAMIS_INSTANT_MIN / 2, local - 1);
    tamis_ranges_add(ranges, local + 1, TAMIS_INSTANT_MAX / 2);
}

/* They do not grow; to a number all of them are infinite (RFC 4790, 9.1.1). */
static gboolean
add_std11(const Scale *scale, GArray *ranges)
{
    const TamisAtom *atom = scale->atom;

    if (atom->comparator == TAMIS_COMPARATOR_NUMERIC) {
        if (meets(scale, 0))
            tamis_ranges_add(ranges, TAMIS_INSTANT_MIN / 2, TAMIS_INSTANT_MAX / 2);
        return TRUE;
    }
    if (atom->match == TAMIS_KEYS_VALUE && atom->relation == TAMIS_RELATION_NE) {
        add_unlike(scale, ranges);
        return TRUE;
    }
    if (atom->match == TAMIS_KEYS_VALUE && atom->relation != TAMIS_RELATION_EQ)
        return FALSE;
    add_written(scale, ranges);
    return TRUE;
}

GArray *
tamis_ranges_of_instants(TamisTexts *texts, const TamisAtom *atom, const char *part,
                         gint32 offset_s)
{
    Scale scale = {texts, atom, part, 1, offset_s};
    GArray *ranges;

    if (!is_relation(atom))
        return NULL;
    ranges = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));
    if (strcmp(part, "iso8601") == 0) {
        add_related(&scale, (gint64)TAMIS_FIRST_DAY * TAMIS_DAY_S,
                    ((gint64)TAMIS_LAST_DAY + 1) * TAMIS_DAY_S - 1, ranges);
    } else if (!add_std11(&scale, ranges)) {
        g_array_unref(ranges);
        return NULL;
    }
    tamis_ranges_settle(ranges);
    for (guint i = 0; i < ranges->len; i++) {
        g_array_index(ranges, TamisTimeRange, i).first -= offset_s;
        g_array_index(ranges, TamisTimeRange, i).last -= offset_s;
    }
    return ranges;
}
