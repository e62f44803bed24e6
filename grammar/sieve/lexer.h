/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sieve text to tokens (RFC 5228, section 8.1), for the parser alone. The lexer moves on over
 * everything that begins no token, reporting it, so the parser never sees the same fault again. */
#pragma once

#include "base/report.h"
#include "grammar/sieve/tree.h"

/* After this many syntax errors the rest is not read. */
#define TAMIS_SIEVE_MAX_ERRORS 1000

typedef enum {
    TAMIS_SIEVE_TOKEN_END,
    TAMIS_SIEVE_TOKEN_WORD,
    TAMIS_SIEVE_TOKEN_TAG,
    TAMIS_SIEVE_TOKEN_NUMBER,
    TAMIS_SIEVE_TOKEN_STRING,
    TAMIS_SIEVE_TOKEN_SEMICOLON,
    TAMIS_SIEVE_TOKEN_COMMA,
    TAMIS_SIEVE_TOKEN_LEFT_PAREN,
    TAMIS_SIEVE_TOKEN_RIGHT_PAREN,
    TAMIS_SIEVE_TOKEN_LEFT_BRACKET,
    TAMIS_SIEVE_TOKEN_RIGHT_BRACKET,
    TAMIS_SIEVE_TOKEN_LEFT_BRACE,
    TAMIS_SIEVE_TOKEN_RIGHT_BRACE,
    TAMIS_SIEVE_TOKEN_GARBAGE, /* reported by the lexer */
} TamisSieveTokenKind;

typedef struct {
    TamisSourceId source;
    TamisArena *arena;
    TamisReport *report;
    const char *text, *limit;
    const char *plain_limit; /* what ends before it has no NUL byte */
    gboolean has_bom;
    gboolean has_nul; /* anywhere in the text */
    gboolean
        is_quiet; /* garbage and bad numbers are not reported: the parser is looking for its way */
    gboolean drops_comments; /* they are heard, and not kept */
    void (*hear)(gpointer data, const TamisSieveComment *comment); /* or NULL */
    gpointer hearer;
    guint32 n_errors;

    TamisSieveTokenKind kind;
    TamisSieveTokenKind previous_kind;
    const char *start; /* of the token */
    const char *previous_end;
    const char *end;
    const char *previous_start;
    gboolean is_on_new_line; /* a line break stands before the token */
    gboolean has_blank_line; /* an empty line stands before the token, behind the last comment */
    gboolean
        is_cut_off; /* the text ended inside a string or a comment, or too many errors: reported */
    TamisSieveComment *comments; /* between the previous token and this one */
    /* The value: of a string, or the number in number and quantifier. */
    const char *value;
    TamisSieveStringHead head;
    guint64 number;
    char quantifier;
} TamisSieveLexer;

/* Stands before the first token. */
void tamis_sieve_lexer_init(TamisSieveLexer *lexer, TamisSourceId source, TamisArena *arena,
                            TamisReport *report);
void tamis_sieve_lexer_next(TamisSieveLexer *lexer);

/* Has the comments heard again between two places of well-formed text, between which nothing but gaps and signs stand.
 */
void tamis_sieve_lexer_hear(TamisSieveLexer lexer, const char *from, const char *to);

/* At what parts the strings of a list: on to the last comma before which nothing but strings and commas stands, or not
 * so far. For those who only look where the list ends. */
void tamis_sieve_lexer_skip_strings(TamisSieveLexer *lexer);

/* By byte: the token that a sign is; 0: it is none. */
extern const guint8 tamis_sieve_signs[256];

/* The same as tamis_sieve_lexer_next, for where a sign is likely to follow at once. */
static inline void
tamis_sieve_lexer_next_sign(TamisSieveLexer *lexer)
{
    const char *at = lexer->end;
    guint8 sign = tamis_sieve_signs[(guchar)*at];

    if (G_UNLIKELY(sign == 0 || lexer->n_errors > 0)) {
        tamis_sieve_lexer_next(lexer);
        return;
    }
    lexer->previous_kind = lexer->kind;
    lexer->previous_start = lexer->start;
    lexer->previous_end = at;
    lexer->comments = NULL;
    lexer->is_on_new_line = FALSE;
    lexer->has_blank_line = FALSE;
    lexer->kind = sign;
    lexer->start = at;
    lexer->end = at + 1;
}

static inline TamisSpan
tamis_sieve_lexer_span(const TamisSieveLexer *lexer, const char *start, const char *end)
{
    return (TamisSpan){lexer->source, (guint32)(start - lexer->text), (guint32)(end - start)};
}

/* A syntax error; counted. */
TamisDiagnostic *tamis_sieve_lexer_error(TamisSieveLexer *lexer, TamisSpan span, const char *format,
                                         ...) G_GNUC_PRINTF(3, 4);

/* For lexer.c: what stands at lexer->start begins no token. Reports it and makes the token that was
 * meant, or GARBAGE; returns FALSE if all up to lexer->end is to be taken as white space. */
gboolean tamis_sieve_lexer_guess(TamisSieveLexer *lexer);
/* Says what was meant by a number with a fraction or with signs in it, from start to the end of the token. */
void tamis_sieve_lexer_explain_fraction(TamisSieveLexer *lexer, const char *start);

/* Likewise: number stands from lexer->start with a unit from unit to end, of time behind the tag of a period, else of
 * sizes: the number that was meant, which is reported. FALSE: nothing is known of it. */
gboolean tamis_sieve_lexer_guess_number(TamisSieveLexer *lexer, const char *unit, const char *end,
                                        guint64 number);
/* Whether the token before is this tag, as ":days". */
gboolean tamis_sieve_lexer_is_behind_tag(const TamisSieveLexer *lexer, const char *tag);
/* Likewise: the word `i` with ';' behind it. Behind ':comparator' it is the string that lacks its quotes. */
void tamis_sieve_lexer_guess_comparator(TamisSieveLexer *lexer);
/* Likewise: the comment from start to end has another in it. Where that was to be closed first, reports it, and
 * returns where the outer one was to end; NULL otherwise. */
const char *
tamis_sieve_lexer_guess_nested(TamisSieveLexer *lexer, const char *start, const char *end);
