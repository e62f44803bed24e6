/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Steps through a set of words; automaton.h has what makes one. Not installed. */
#pragma once

#include "model/solve/automaton.h"

guint32 tamis_word_set_start(const TamisWordSet *words);
guint32 tamis_word_set_next(const TamisWordSet *words, guint32 node, guint16 symbol);
guint32 tamis_word_set_step(const TamisWordSet *words, guint32 node, guint8 byte);
gboolean tamis_word_set_found(const TamisWordSet *words, guint32 node);
/* That a word is found where the text ends here. */
gboolean tamis_word_set_found_at_end(const TamisWordSet *words, guint32 node);
void tamis_word_set_add_bytes(const TamisWordSet *words, TamisByteSet *bytes);
