/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What lexer.c and lexer-text.c share; for nobody else. */
#pragma once

#include "grammar/sieve/lexer.h"

/* lexer.c */
void tamis_sieve_lexer_report_nul(TamisSieveLexer *lexer, const char *start, const char *end,
                                  const char *where);
static inline void
tamis_sieve_lexer_check_nul(TamisSieveLexer *lexer, const char *start, const char *end,
                            const char *where)
{
    if (G_UNLIKELY(lexer->has_nul))
        tamis_sieve_lexer_report_nul(lexer, start, end, where);
}

static inline void
tamis_sieve_lexer_set_value(TamisSieveLexer *lexer, const char *value, const char *end,
                            TamisSieveStringForm form, gboolean is_literal)
{
    lexer->kind = TAMIS_SIEVE_TOKEN_STRING;
    lexer->value = value;
    lexer->head = (TamisSieveStringHead){
        .length_bytes = (guint32)(end - value), .form = form, .is_literal = is_literal != 0};
}

/* At `#`: to the end of the line. *end: where the comment is linked, if comments are kept. */
const char *tamis_sieve_lexer_skip_hash_comment(TamisSieveLexer *lexer, TamisSieveComment ***end,
                                                const char *at, guint n_line_breaks);

/* lexer-text.c: at is behind `text:`, which begins at lexer->start. */
void tamis_sieve_lexer_scan_text(TamisSieveLexer *lexer, const char *at);
