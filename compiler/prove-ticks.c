/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Followed from change to change by the solver's own time line. */
#include "compiler/prove-ticks.h"

#include "model/solve/time-test.h"

#define MAX_CHANGES 200000

void
tamis_ticks_free(gpointer data)
{
    TamisTicks *ticks = data;

    g_array_unref(ticks->changes);
    g_free(ticks);
}

/* FALSE: too often. */
static gboolean
follow(TamisPreparedTime *either, TamisInstant from, TamisInstant to, TamisTicks *ticks)
{
    TamisInstant at = from;
    gboolean holds = tamis_time_holds(&either[0], at);

    ticks->starts = holds;
    for (guint n = 0; n < MAX_CHANGES; n++) {
        TamisPreparedTime *other = &either[holds]; /* [1] is the negation */

        at = tamis_time_next(other, at);
        if (at >= to)
            return TRUE;
        if (!tamis_time_holds(other, at))
            continue;
        g_array_append_val(ticks->changes, at);
        holds = !holds;
    }
    return FALSE;
}

TamisTicks *
tamis_ticks_new(const TamisFormulas *formulas, const TamisTimeline *timeline, TamisFormula atom,
                TamisInstant from, TamisInstant to)
{
    TamisTicks *ticks = g_new0(TamisTicks, 1);
    TamisPreparedTime either[2];

    ticks->changes = g_array_new(FALSE, FALSE, sizeof(TamisInstant));
    for (guint i = 0; i < G_N_ELEMENTS(either); i++) {
        const TamisTimeTest test = {tamis_formulas_get_atom(formulas, atom), i != 0, 0};

        tamis_time_prepare(&either[i], timeline, &test, from);
    }
    ticks->is_known = follow(either, from, to, ticks);
    for (guint i = 0; i < G_N_ELEMENTS(either); i++)
        tamis_time_clear(&either[i]);
    return ticks;
}

void
tamis_ticks_append(const TamisTicks *ticks, guint32 test, GArray *changes)
{
    TamisTick change = {0, test};

    for (guint i = 0; i < ticks->changes->len; i++) {
        change.instant = g_array_index(ticks->changes, TamisInstant, i);
        g_array_append_val(changes, change);
    }
}

static int
compare_changes(gconstpointer a, gconstpointer b)
{
    TamisInstant left = ((const TamisTick *)a)->instant, right = ((const TamisTick *)b)->instant;

    return (left > right) - (left < right);
}

void
tamis_ticks_sort(GArray *changes)
{
    g_array_sort(changes, compare_changes);
}
