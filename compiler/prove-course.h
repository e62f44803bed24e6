/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How tests of the instant hold together in the course of time. Those that change often are the same for many guards
 * (opening hours), those that change now and then are a guard's own (its window): two courses become one set of moments. */
#pragma once

#include "compiler/prove-moments.h"
#include "compiler/prove-ticks.h"

typedef struct TamisCourse TamisCourse;

/* Of n tests that are known in [from, to). */
TamisCourse *
tamis_course_new(const TamisTicks *const *tests, guint32 n, TamisInstant from, TamisInstant to);
void tamis_course_free(TamisCourse *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisCourse, tamis_course_free)
/* The moments of both, which are of the same [from, to). often_at, few_at: where their tests stand among those of the
 * moments. Caller frees. */
TamisMoments *tamis_course_join(const TamisCourse *often, const guint32 *often_at,
                                const TamisCourse *few, const guint32 *few_at);
