/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One test of a text as a deterministic automaton that is never written out: a state is a number, steps are
 * worked out when they are taken. Patterns, orders, numbers, sets of many words. Not installed. */
#pragma once

#include "base/arena.h"
#include "model/byte-set.h"
#include "model/formula.h"
#include "model/regex.h"

typedef guint64 TamisState;
#define TAMIS_STATE_DONE G_MAXUINT64       /* accepts, whatever follows */
#define TAMIS_STATE_DEAD (G_MAXUINT64 - 1) /* accepts nothing any more */

typedef struct TamisAutomaton TamisAutomaton;
typedef struct TamisWordSet TamisWordSet;

/* Whether key is a test by pattern that needs a `?` behind a star within more elements than a state
 * holds: no automaton is made for it (NULL). */
#define TAMIS_AUTOMATON_MAX_FLOATING 47

/* key of an IS, CONTAIN or MATCH test. fold: ASCII letters of either case are the same. Lives in arena. */
TamisAutomaton *tamis_automaton_pattern(TamisArena *arena, TamisKeyMatch match, const char *key,
                                        gsize length, gboolean fold);
/* VALUE of the octet and casemap comparators. */
TamisAutomaton *tamis_automaton_order(TamisArena *arena, TamisRelation relation, const char *key,
                                      gsize length, gboolean fold);
/* i;ascii-numeric (RFC 4790, 9.1); IS is EQ. */
TamisAutomaton *
tamis_automaton_number(TamisArena *arena, TamisRelation relation, const char *key, gsize length);
/* One of the words of a set is met. The set is lent. */
TamisAutomaton *tamis_automaton_words(TamisArena *arena, const TamisWordSet *words);
/* A regular expression is found. It is lent. */
TamisAutomaton *tamis_automaton_regex(TamisArena *arena, const TamisRegex *regex);
/* What one of the first n_wanted parts accepts, and none of the others. None is a regular expression, guesses or is
 * changed any more; the list is lent. */
TamisAutomaton *tamis_automaton_difference(TamisArena *arena, TamisAutomaton *const *parts, guint n,
                                           guint n_wanted);
/* Where a pattern's sets of open attempts may be many: makes each step one attempt, and waiting for a later one a
 * choice that the caller has (tamis_automaton_may_wait). For what is not negated. TRUE where it did. */
gboolean tamis_automaton_guess(TamisAutomaton *automaton);
/* Whether it was made to. */
gboolean tamis_automaton_guesses(const TamisAutomaton *automaton);
/* Whether the state may also stay what it is, whatever byte comes. */
gboolean tamis_automaton_may_wait(const TamisAutomaton *automaton, TamisState state);
/* Not what automaton accepts; changes it. */
void tamis_automaton_negate(TamisAutomaton *automaton);

TamisState tamis_automaton_start(const TamisAutomaton *automaton);
TamisState tamis_automaton_step(const TamisAutomaton *automaton, TamisState state, guint8 byte);
gboolean tamis_automaton_accepts(const TamisAutomaton *automaton, TamisState state);
/* No text that leads on to acceptance is shorter than this. */
guint tamis_automaton_remaining(const TamisAutomaton *automaton, TamisState state);
/* Whether its states are the numbers from 0 on, in the order in which they are reached. */
gboolean tamis_automaton_is_dense(const TamisAutomaton *automaton);
/* Whether it took more states than there may be, and from there on accepted what it may not accept (or, negated,
 * refused what it may not refuse). */
gboolean tamis_automaton_is_rough(const TamisAutomaton *automaton);
/* Adds the bytes that it tells apart one by one; TRUE where order matters as well. */
gboolean tamis_automaton_add_bytes(const TamisAutomaton *automaton, TamisByteSet *bytes);
/* Beside these it tells bytes apart by the regular expression that it is. NULL: it is none. */
const TamisRegex *tamis_automaton_get_regex(const TamisAutomaton *automaton);

/* Many words, found in one pass (Aho and Corasick). */
TamisWordSet *tamis_word_set_new(gboolean fold);
void tamis_word_set_free(TamisWordSet *words);
/* at_start, at_end: the word stands there and nowhere else. Before tamis_word_set_finish. */
void tamis_word_set_add(TamisWordSet *words, const char *word, gsize length, gboolean at_start,
                        gboolean at_end);
void tamis_word_set_finish(TamisWordSet *words);
gboolean tamis_word_set_matches(const TamisWordSet *words, const char *text, gsize length);
/* A pattern as a word: FALSE where it is more (a star or `?` within). word takes length bytes. */
gboolean tamis_pattern_as_word(const char *pattern, gsize length, char *word, gsize *out_length,
                               gboolean *out_at_start, gboolean *out_at_end);
