/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A course is a list of pieces of the time line; pieces in which the tests are the same have one row. */
#include "compiler/prove-course.h"

/* What all rows take at most. */
#define MAX_BYTES (1 << 20)

typedef struct {
    TamisInstant from;
    guint32 row;
} Piece;

struct TamisCourse {
    guint32 n_tests;
    TamisInstant to;
    GArray *pieces;  /* of Piece */
    GPtrArray *rows; /* GBytes: a value for each test */
    gboolean is_cut; /* there are more rows */
};

static GArray *
sort_changes(const TamisTicks *const *tests, guint32 n)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(TamisTick));

    for (guint32 i = 0; i < n; i++)
        tamis_ticks_append(tests[i], i, changes);
    tamis_ticks_sort(changes);
    return changes;
}

static void
add_piece(TamisCourse *course, GHashTable *known, TamisInstant from, const guint8 *values)
{
    GBytes *row = g_bytes_new(values, course->n_tests);
    guint32 at = GPOINTER_TO_UINT(g_hash_table_lookup(known, row));
    Piece piece = {from, 0};

    if (at != 0) {
        g_bytes_unref(row);
    } else {
        g_ptr_array_add(course->rows, row);
        at = course->rows->len;
        g_hash_table_insert(known, row, GUINT_TO_POINTER(at));
        course->is_cut |= (gsize)at * course->n_tests > MAX_BYTES;
    }
    piece.row = at - 1;
    g_array_append_val(course->pieces, piece);
}

TamisCourse *
tamis_course_new(const TamisTicks *const *tests, guint32 n, TamisInstant from, TamisInstant to)
{
    TamisCourse *course = g_new0(TamisCourse, 1);
    g_autoptr(GHashTable) known = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    g_autoptr(GArray) changes = sort_changes(tests, n);
    g_autofree guint8 *values = g_new(guint8, MAX(n, 1));

    course->n_tests = n;
    course->to = to;
    course->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    course->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (guint32 i = 0; i < n; i++)
        values[i] = tests[i]->starts != FALSE;
    for (guint i = 0; i < changes->len && !course->is_cut; i++) {
        const TamisTick *change = &g_array_index(changes, TamisTick, i);

        if (change->instant > from)
            add_piece(course, known, from, values);
        values[change->test] ^= 1;
        from = change->instant;
    }
    if (from < to && !course->is_cut)
        add_piece(course, known, from, values);
    return course;
}

void
tamis_course_free(TamisCourse *course)
{
    if (course == NULL)
        return;
    g_array_unref(course->pieces);
    g_ptr_array_unref(course->rows);
    g_free(course);
}

static TamisInstant
end_of(const TamisCourse *course, guint piece)
{
    return piece + 1 < course->pieces->len ? g_array_index(course->pieces, Piece, piece + 1).from
                                           : course->to;
}

static void
put_row(const TamisCourse *course, guint32 row, const guint32 *at, guint8 *values)
{
    const guint8 *own = g_bytes_get_data(g_ptr_array_index(course->rows, row), NULL);

    for (guint32 i = 0; i < course->n_tests; i++)
        values[at[i]] = own[i];
}

TamisMoments *
tamis_course_join(const TamisCourse *often, const guint32 *often_at, const TamisCourse *few,
                  const guint32 *few_at)
{
    guint32 n_tests = often->n_tests + few->n_tests;
    TamisMoments *moments = tamis_moments_new(n_tests);
    g_autofree guint8 *values = g_new0(guint8, MAX(n_tests, 1));
    g_autofree guint32 *met =
        g_new0(guint32, MAX(often->rows->len, 1)); /* in which piece of few, + 1 */
    guint at = 0;

    if (often->is_cut || few->is_cut)
        tamis_moments_cut(moments);
    for (guint i = 0; i < few->pieces->len && !tamis_moments_are_too_many(moments); i++) {
        const Piece *piece = &g_array_index(few->pieces, Piece, i);

        put_row(few, piece->row, few_at, values);
        while (end_of(often, at) <= piece->from)
            at++;
        for (guint j = at; j < often->pieces->len; j++) {
            const Piece *inner = &g_array_index(often->pieces, Piece, j);

            if (inner->from >= end_of(few, i))
                break;
            if (met[inner->row] == i + 1)
                continue;
            met[inner->row] = i + 1;
            put_row(often, inner->row, often_at, values);
            tamis_moments_add(moments, values);
        }
    }
    tamis_moments_end(moments);
    return moments;
}
