/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Regular expressions as Pigeonhole has them (draft-ietf-sieve-regex): glibc's extended ones, octet by octet, found
 * anywhere in a value. They are run as sets of places in the expression, so no value takes long. */
#pragma once

#include "base/arena.h"

#include <glib.h>

typedef struct TamisRegex TamisRegex;
typedef struct TamisByteSet TamisByteSet; /* model/byte-set.h */

/* fold: letters of either case are the same (REG_ICASE). NULL: it is none, or has what is not read here: back
 * references, edges of words, collating elements, repeats of anchors; or it has more than a thousand places, its
 * counted repeats written out. */
TAMIS_API TamisRegex *tamis_regex_new(const char *text, gsize length, gboolean fold);
/* The same, in an arena: not to be freed. */
TamisRegex *tamis_regex_new_in(TamisArena *arena, const char *text, gsize length, gboolean fold);
TAMIS_API void tamis_regex_free(TamisRegex *regex);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisRegex, tamis_regex_free)
TAMIS_API gboolean tamis_regex_matches(const TamisRegex *regex, const char *value, gsize length);

/* A set of places is so many words. */
TAMIS_API guint tamis_regex_n_words(const TamisRegex *regex);
TAMIS_API void tamis_regex_start(const TamisRegex *regex, guint64 *out_set);
TAMIS_API void
tamis_regex_step(const TamisRegex *regex, const guint64 *set, guint8 byte, guint64 *out_set);
/* The same, where a set is one word. */
guint64 tamis_regex_step_word(const TamisRegex *regex, guint64 set, guint8 byte);
/* Steps over the text, until it is found. */
TAMIS_API void
tamis_regex_run(const TamisRegex *regex, guint64 *set, const char *text, gsize length);
/* Whether it is found, whatever follows; whether it is where the value ends here; whether it never will be. */
TAMIS_API gboolean tamis_regex_is_found(const TamisRegex *regex, const guint64 *set);
TAMIS_API gboolean tamis_regex_is_found_at_end(const TamisRegex *regex, const guint64 *set);
TAMIS_API gboolean tamis_regex_is_lost(const TamisRegex *regex, const guint64 *set);
/* No text that leads on to where it is found is shorter than this. */
guint tamis_regex_remaining(const TamisRegex *regex, const guint64 *set);
/* It does not tell bytes apart that all of these sets have, or have not. */
const TamisByteSet *tamis_regex_byte_sets(const TamisRegex *regex, guint *out_n);
/* Whether they part bytes from `~` on from all others. */
gboolean tamis_regex_parts_high(const TamisRegex *regex);
