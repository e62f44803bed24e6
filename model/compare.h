/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How Sieve compares: match types and comparators (RFC 4790, 5228, 5231) on octets. */
#pragma once

#include "model/formula.h"

/* Whether the whole value meets the glob: `*` any octets, `?` one octet, backslash takes the
 * meaning of the next away. casemap: ASCII letters of either case are the same. At most (value + 1)
 * × (glob + 1) steps. */
TAMIS_API gboolean tamis_glob_matches(const char *glob, gsize glob_length, const char *value,
                                      gsize value_length, gboolean casemap);
/* Linear in the value; makes no copy of it. */
TAMIS_API gboolean tamis_text_contains(const char *value, gsize value_length, const char *key,
                                       gsize key_length, gboolean casemap);
/* Less than, equal to or greater than 0. NUMERIC: leading digits; no digit is infinity (RFC
 * 4790, 9.1). */
TAMIS_API int tamis_text_compare(TamisComparator comparator, const char *a, gsize a_length,
                                 const char *b, gsize b_length);
TAMIS_API gboolean tamis_relation_holds(TamisRelation relation, int order);
/* One value against one key with the atom's match, comparator and relation; not for COUNT. */
TAMIS_API gboolean tamis_key_matches(const TamisAtom *atom, const char *value, gsize value_length,
                                     const char *key, gsize key_length);
/* Whether the value meets an atom that this one does not look at. */
gboolean tamis_atom_is_excepted(const TamisFormulas *formulas, const TamisAtom *atom,
                                const char *value, gsize length);
/* Whether the value meets one of the atom's keys, and is not excepted; not for COUNT. */
TAMIS_API gboolean tamis_atom_meets_a_key(const TamisFormulas *formulas, const TamisAtom *atom,
                                          const char *value, gsize length);
/* Whether the value is one of the keys of an IS by i;octet or i;ascii-casemap: in a step for each doubling of them. */
gboolean tamis_atom_has_key(const TamisFormulas *formulas, const TamisAtom *atom, const char *value,
                            gsize length);
/* RFC 5231: whether so many values meet one of them, compared as a number. */
TAMIS_API gboolean tamis_atom_count_meets_a_key(const TamisFormulas *formulas,
                                                const TamisAtom *atom, guint count);
/* RFC 5173, 5.2: whether `body :content` of the atom's names looks at parts of the type: "text" is every
 * text/…, "text/html" that one, "" every part. */
TAMIS_API gboolean tamis_atom_names_type(const TamisFormulas *formulas, const TamisAtom *atom,
                                         const char *type);
