/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Policy text to tokens, one at a time. Faults of single words, strings and characters are reported here;
 * each still gives a token to go on with, marked is_faulty. Grammar is the parser's. */
#pragma once

#include "base/arena.h"
#include "base/report.h"
#include "grammar/policy/shape.h"
#include "grammar/policy/tree.h"

/* Encoding faults beyond this many are not shown: a file in another encoding has one a line. */
#define TAMIS_LEXER_MAX_ENCODING_FAULTS 5

typedef struct {
    TamisSourceId source;
    TamisArena *arena;
    TamisReport *report;
    const char *start, *end;
    const char *at;          /* what comes next */
    const char *next_fault;  /* the first byte from `at` on that no text may hold, or end */
    const char *quiet_until; /* stray characters before it were reported as one */
    const char *open_until;  /* before it no string in foreign quotes ends */
    guint n_encoding_faults;
    gboolean is_faulty; /* the next token comes after something that was left out */
    gboolean starts_line;
    TamisWordScan scan;
    GArray *comments; /* of TamisComment */
    GString *buffer;  /* of the string being read */
} TamisLexer;

/* The lexer lends from the report's sources. Clear it when done; the tokens' kept texts stay. */
void
tamis_lexer_init(TamisLexer *lexer, TamisSourceId source, TamisArena *arena, TamisReport *report);
void tamis_lexer_clear(TamisLexer *lexer);
/* From here on only [from, after), a piece of the source's text: words that stand in another language. */
void tamis_lexer_enter(TamisLexer *lexer, guint32 from, guint32 after);
/* As TamisTokenSource.next; lexer is a TamisLexer. */
void tamis_lexer_next(gpointer lexer, TamisToken *out_token);

/* The lines of a text block, without its indentation. */
typedef struct {
    const char *next, *end; /* next: NULL behind the last */
    gsize indent;
    gboolean starts_line; /* the opening quotes end their line, as they must */
} TamisBlockLines;

/* text: behind the opening quotes; end: the closing ones. */
void tamis_block_lines_start(TamisBlockLines *lines, const char *text, const char *end);
/* The next line as it is written, its escapes too; blank ones are empty. */
gboolean tamis_block_lines_next(TamisBlockLines *lines, const char **out_line, gsize *out_length);

/* Between the parts of the lexer: -------------------------------------------------------------------- */

TamisSpan tamis_lexer_span(const TamisLexer *lexer, const char *from, const char *after);
/* The first byte at or behind text that is a control character (other than tab, line feed, and carriage
 * return before a line feed) or no UTF-8; end when there is none. out_length: how many bytes are wrong. */
const char *tamis_lexer_find_fault(const char *text, const char *end, gsize *out_length);
/* Reports what no text may hold in [from, after), the first of it; rule SYNTAX or UNSAFE_STRING. */
gboolean tamis_lexer_check(TamisLexer *lexer, const char *from, const char *after, TamisRule rule,
                           const char *place);
/* At a `"`: reads the string or text block. */
void tamis_lexer_read_string(TamisLexer *lexer, TamisToken *token);
/* From text, behind an opening quote that is none of ours, to its closer on the same line. */
gboolean tamis_lexer_read_foreign_string(TamisLexer *lexer, const char *text, gunichar closer,
                                         TamisToken *token);
/* Behind a word, at a byte of class ODD: where it goes on as an address, that is reported, and word becomes the
 * whole of it. */
void tamis_lexer_join_address(TamisLexer *lexer, TamisToken *word);
/* Behind a string, at an `@`: likewise. */
void tamis_lexer_join_quoted_local(TamisLexer *lexer, TamisToken *string);
/* At a character that begins no token: reports it and moves on. TRUE when what was meant is clear, token
 * then is that. */
gboolean tamis_lexer_read_stray(TamisLexer *lexer, TamisToken *token);

/* At most 40 characters of a user's text, fit to stand in a message. */
#define TAMIS_EXCERPT_CHARACTERS 40
typedef struct {
    char text[(TAMIS_EXCERPT_CHARACTERS + 1) * 4 + 1];
} TamisExcerpt;
TamisExcerpt tamis_excerpt(const char *text, gsize length_bytes);
