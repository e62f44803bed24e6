/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A question in the words of others: unknown texts, each of which must be, or must not be, of some languages. libfa
 * (automata) and z3 (an SMT solver with strings) answer it. */
#pragma once

#include <glib.h>

typedef enum { POSSIBLE, IMPOSSIBLE, OPEN } Answer;

/* language: extended, of the whole text; letters, `.`, `[…]`, `(…)`, `|`, `*`, `+`, `?` and backslashes. */
typedef struct {
    char *language; /* owned */
    gboolean negated;
    guint text;  /* which of the unknown ones; those of one group: one of them does */
    guint group; /* 0: none */
} PeerTest;

/* Whether the peer was there when this was built; one that was not leaves all open. */
extern const gboolean peers_have_fa, peers_have_z3;

/* tests: of PeerTest. A group's tests are of one language each on several texts. */
Answer peers_ask_fa(const GArray *tests, guint n_texts);
Answer peers_ask_z3(const GArray *tests, guint n_texts, guint limit_ms);
