/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of a field's search share. */
#pragma once

#include "model/solve/query.h"

#define TAMIS_FIELD_MANY_COUNTS "how many values or addresses a header has"

/* The claims of one field by what they ask. */
typedef struct {
    TamisSolver *solver;
    const char *name;
    gboolean single;
    TamisAtom addressed; /* what ADDRESSED comes to: the address is the recipient's */
    GArray *texts;       /* of TamisTextTest: of values */
    GArray *addresses;   /* of TamisTextTest: of addresses */
    GArray *denied;      /* of guint: the tests of these, one behind the other, that do not hold */
    GArray *dates;       /* of TamisTimeTest */
    GArray *counts;      /* of TamisClaim: of values or addresses */
    gboolean there, not_there;
    gboolean counts_addresses;
} TamisFieldQuery;

/* field-counts.c */
/* Whether tests of how many values (HEADER) or addresses (ADDRESS) there are allow so many. */
gboolean tamis_field_counts_allow(TamisFieldQuery *field, TamisAtomKind kind, guint count);
/* How many addresses the values have. */
guint tamis_field_count_addresses(const TamisFieldQuery *field, const GPtrArray *values);
/* Whether a field that is not there passes: every test of its values fails. */
gboolean tamis_field_passes_without(TamisFieldQuery *field);
/* Repeats what was found until the counts are right. */
TamisTextResult tamis_field_settle_counts(TamisFieldQuery *field, GPtrArray *values);
/* So many addresses, of which the first is the value's: each somebody else's, as far as it is a bare one. Caller frees. */
char *tamis_field_list_people(const char *first, guint n);
/* The value there becomes another one, if all tests are met then too. */
gboolean
tamis_field_take_instead(TamisFieldQuery *field, GPtrArray *values, guint at, const char *value);

/* field-values.c */
/* The i-th test: those of texts, then those of addresses. */
const TamisTextTest *tamis_field_test_at(const TamisFieldQuery *field, guint i);
/* Whether a value passes all of these tests. */
gboolean tamis_field_passes(TamisFieldQuery *field, const char *value, const GArray *texts,
                            const GArray *addresses);
/* One value that passes the tests that do not hold, and those wanted (ascending; NULL: all). */
TamisTextResult
tamis_field_solve_some(TamisFieldQuery *field, const GArray *wanted, GString *out_value);
/* A value for each test that holds and is not met by one before; one at least. */
TamisTextResult tamis_field_solve_each(TamisFieldQuery *field, GPtrArray *values);
/* At most n_bins values; NONE only where values hold no more than one address. */
TamisTextResult tamis_field_solve_within(TamisFieldQuery *field, guint n_bins, GPtrArray *values);
/* Whether all tests are met, where only this value is new. FALSE as well where the steps run out on that. */
gboolean tamis_field_is_met_with(TamisFieldQuery *field, GPtrArray *values, guint at);
/* The same for one value with an address, or several, that meets what another one does. */
TamisTextResult
tamis_field_solve_like(TamisFieldQuery *field, const char *value, GString *out_value);

/* field-form.c */
/* Where other values meet the tests that are of the field's form (RFC 5322), they take the place of those that are
 * not. */
void tamis_field_give_form(TamisFieldQuery *field, GPtrArray *values);

/* field-dates.c */
/* A value whose instant the tests of dates ask for. */
TamisTextResult tamis_field_solve_dated(TamisFieldQuery *field, GPtrArray *values);
