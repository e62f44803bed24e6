/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Families of questions beside those of one subject line: each as a guard, and in the words of the peers. */
#pragma once

#include "model/solve.h"
#include "peers.h"

typedef struct {
    TamisStrings *strings;
    TamisFormulas *formulas;
    GRand *random;
    TamisSlice sets[4]; /* of "large sets": made once, as a policy's groups are */
    char *set_languages[4];
    GArray *guards; /* of TamisFormula: the question is that all of them hold */
    GArray *tests;  /* of PeerTest */
    guint n_texts;
} Question;

typedef struct {
    const char *name;
    void (*draw)(Question *question); /* a random question, in place of the last one */
    guint n_for_peers;
} Family;

extern const Family families[];
extern const guint n_families;

void question_init(Question *question);
void question_clear(Question *question);
