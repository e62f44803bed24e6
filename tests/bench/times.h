/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times of single questions, and where among them most lie. */
#pragma once

#include <glib.h>
#include <time.h>

/* Of this thread: not the wall's, others may be at work. */
static inline double
now_us(void)
{
    struct timespec at;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static inline int
compare_times(gconstpointer a, gconstpointer b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* times: of double, which are sorted by it. 0 of none. */
static inline double
quantile(GArray *times, double part)
{
    if (times->len == 0)
        return 0;
    g_array_sort(times, compare_times);
    return g_array_index(times, double, MIN((guint)(part * times->len), times->len - 1));
}
