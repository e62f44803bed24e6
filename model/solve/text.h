/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests of one text, or of the parts of one address, and a text that meets them all. Not installed. */
#pragma once

#include "model/solve/search.h"

/* A test of a value: atom's match, comparator, relation and keys. COUNT is none. */
typedef struct {
    const TamisAtom *atom;
    guint8 scope; /* TamisScope */
    gboolean negated;
    guint32 tag; /* the caller's */
} TamisTextTest;

typedef enum {
    TAMIS_TEXT_FOUND,
    TAMIS_TEXT_NONE,   /* there is none */
    TAMIS_TEXT_UNKNOWN /* *reason tells why */
} TamisTextResult;

/* What all queries share, and the steps that this one has left. */
typedef struct {
    TamisFormulas *formulas;
    TamisStrings *strings;
    TamisArena *arena; /* of this query */
    TamisSearcher *searcher;
    GString *pieces[6];    /* text-guess.c's */
    GString *address;      /* value.c's */
    GArray *parts;         /* of TamisSearchPart: of the product in the making */
    GArray *choices;       /* of guint: its tests of which one key has to be chosen */
    GHashTable *word_sets; /* of keys, made once */
    GHashTable *ranges;    /* of dates, made once: time-test.c's */
    const char *delimiter;
    guint64 steps;
    const char *reason;
} TamisTexts;

void tamis_texts_init(TamisTexts *texts, TamisFormulas *formulas, const char *delimiter);
void tamis_texts_clear(TamisTexts *texts);

/* Whether a value meets a key of the atom, as tamis_key_matches has it; fast for many keys. */
gboolean
tamis_texts_meets(TamisTexts *texts, const TamisAtom *atom, const char *value, gsize length);
/* Whether an address or a text meets the test, by its scope. */
gboolean
tamis_texts_passes(TamisTexts *texts, const TamisTextTest *test, const char *text, gsize length);
/* A text of the shape that passes all tests. */
TamisTextResult tamis_texts_solve(TamisTexts *texts, TamisShapeKind shape,
                                  const TamisTextTest *tests, guint n, GString *out_text);
/* The test whose keys are all values that its whole text can have; G_MAXUINT: none. exact: no other text
 * can do, other tests taken into account. */
guint tamis_texts_finite(TamisTexts *texts, const TamisTextTest *tests, guint n, TamisScope scope,
                         gboolean *out_exact);
const char *
tamis_texts_key(const TamisTexts *texts, const TamisAtom *atom, guint32 i, gsize *out_length);
/* Whether it is quickly seen that no text passes all; only of tests of one text or one address. text-contradiction.c. */
gboolean tamis_texts_contradict(TamisTexts *texts, const TamisTextTest *tests, guint n);
/* Guesses: texts that read well and may pass; FALSE when none of them does. text-guess.c. */
gboolean tamis_texts_guess(TamisTexts *texts, TamisShapeKind shape, const TamisTextTest *tests,
                           guint n, GString *out_text);
/* Puts a usual domain or local part in an address that passes all, where it passes with it too. */
void tamis_texts_polish(TamisTexts *texts, const TamisTextTest *tests, guint n, GString *address);
gboolean tamis_texts_all_pass(TamisTexts *texts, const TamisTextTest *tests, guint n,
                              const char *text, gsize length);
