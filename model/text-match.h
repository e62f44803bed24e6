/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The keys of an atom against texts of a body that come in pieces: what tamis_atom_meets_a_key says of the whole, in
 * memory as the keys have, but for i;unicode-casemap, which holds it. Where a key has a line break, lines of the text
 * end in CR LF, as those of a message that arrives, whatever the file has that it is read from. What was undone of a coding
 * stands as it is. */
#pragma once

#include "model/formula.h"

typedef struct TamisTextMatch TamisTextMatch;

/* Not for COUNT. is_decoded: the text was base64 or quoted-printable. Lends both. */
TAMIS_API TamisTextMatch *
tamis_text_match_new(const TamisFormulas *formulas, const TamisAtom *atom, gboolean is_decoded);
TAMIS_API void tamis_text_match_free(TamisTextMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisTextMatch, tamis_text_match_free)
/* The next piece of the text. FALSE: what comes behind it changes nothing. */
TAMIS_API gboolean tamis_text_match_step(TamisTextMatch *match, const char *piece,
                                         gsize length_bytes);
/* All of a text at once. */
TAMIS_API gboolean tamis_text_match_whole(const TamisFormulas *formulas, const TamisAtom *atom,
                                          gboolean is_decoded, const char *text,
                                          gsize length_bytes);
/* Whether the text, which is over, meets a key; the next piece is of another text. */
TAMIS_API gboolean tamis_text_match_finish(TamisTextMatch *match);
