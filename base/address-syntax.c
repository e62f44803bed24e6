/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pass over the text, with blanks and comments taken wherever RFC 5322 has them. */
#include "base/address-syntax.h"

#include <string.h>

/* Comments nest this deep at most. */
#define MAX_COMMENT_DEPTH 100

typedef struct {
    const char *at, *limit;
    gboolean has_blanks;
} Scanner;

/* 2: beyond ASCII. */
static const guint8 atoms[256] = {
    ['a' ... 'z'] = 1,  ['A' ... 'Z'] = 1, ['0' ... '9'] = 1, [0x80 ... 0xff] = 2, ['!'] = 1,
    ['#' ... '\''] = 1, ['*'] = 1,         ['+'] = 1,         ['-'] = 1,           ['/'] = 1,
    ['='] = 1,          ['?'] = 1,         ['^' ... '`'] = 1, ['{' ... '~'] = 1,
};

static inline gboolean
is_atom(char c)
{
    return atoms[(guchar)c] != 0;
}

/* Over a comment; FALSE when it is not closed. */
static gboolean
skip_comment(Scanner *scanner)
{
    guint depth = 0;

    for (; scanner->at < scanner->limit; scanner->at++) {
        if (*scanner->at == '\\' && scanner->limit - scanner->at > 1)
            scanner->at++;
        else if (*scanner->at == '(' && ++depth > MAX_COMMENT_DEPTH)
            return FALSE;
        else if (*scanner->at == ')' && --depth == 0) {
            scanner->at++;
            return TRUE;
        }
    }
    return FALSE;
}

/* Blanks, line breaks before blanks, comments. */
static gboolean
skip_blanks(Scanner *scanner)
{
    while (scanner->at < scanner->limit) {
        char c = *scanner->at;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            scanner->at++;
        else if (c != '(')
            break;
        else if (!skip_comment(scanner))
            return FALSE;
        scanner->has_blanks = TRUE;
    }
    return TRUE;
}

static gboolean
skip_quoted(Scanner *scanner)
{
    for (scanner->at++; scanner->at < scanner->limit; scanner->at++) {
        if (*scanner->at == '"') {
            scanner->at++;
            return TRUE;
        }
        if (*scanner->at == '\\' && scanner->limit - scanner->at > 1)
            scanner->at++;
        if ((guchar)*scanner->at < ' ' && *scanner->at != '\t')
            return FALSE;
    }
    return FALSE;
}

/* Quoted, and then not empty, or of atom characters. */
static gboolean
skip_word(Scanner *scanner)
{
    const char *start = scanner->at;

    if (*start == '"')
        return skip_quoted(scanner) && scanner->at - start > 2;
    while (scanner->at < scanner->limit && is_atom(*scanner->at))
        scanner->at++;
    return TRUE;
}

static gboolean
is_wide(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((guchar)text[i] >= 0x80)
            return TRUE;
    return FALSE;
}

static gboolean
parse_local(Scanner *scanner, TamisAddressSyntax *out)
{
    const char *start = scanner->at;
    gboolean was_dot = TRUE;
    guint n = 0; /* words and dots */

    for (; scanner->at < scanner->limit; n++) {
        const char *word = scanner->at;
        if (*word == '.') {
            out->has_odd_dots |= was_dot;
            was_dot = TRUE;
            scanner->at++;
            continue;
        }
        if (*word != '"' && !is_atom(*word))
            break;
        if (!was_dot || !skip_word(scanner))
            return FALSE;
        out->is_quoted |= *word == '"';
        was_dot = FALSE;
    }
    out->local = start;
    out->local_length = (gsize)(scanner->at - start);
    out->has_odd_dots |= was_dot;
    out->is_partly_quoted = out->is_quoted && n > 1;
    out->has_wide_local = is_wide(start, out->local_length);
    return out->local_length > 0;
}

static gboolean
parse_domain(Scanner *scanner, TamisAddressSyntax *out)
{
    const char *start = scanner->at;

    out->domain = start;
    if (start < scanner->limit && *start == '[') {
        const char *close = memchr(start, ']', (gsize)(scanner->limit - start));
        if (close == NULL || close == start + 1)
            return FALSE;
        for (const char *at = start + 1; at < close; at++)
            if ((guchar)*at <= ' ' || (guchar)*at >= 0x7f || *at == '[' || *at == '\\')
                return FALSE;
        scanner->at = close + 1;
        out->is_literal = TRUE;
    } else {
        gboolean was_dot = TRUE;
        for (; scanner->at < scanner->limit && (is_atom(*scanner->at) || *scanner->at == '.');
             scanner->at++) {
            if (*scanner->at == '.' && was_dot)
                return FALSE;
            was_dot = *scanner->at == '.';
        }
        if (was_dot)
            return FALSE;
    }
    out->domain_length = (gsize)(scanner->at - start);
    out->has_wide_domain = is_wide(start, out->domain_length);
    return TRUE;
}

static TamisAddressSyntaxFault
parse_addr_spec(Scanner *scanner, TamisAddressSyntax *out)
{
    if (!skip_blanks(scanner) || !parse_local(scanner, out))
        return TAMIS_ADDRESS_SYNTAX_BAD_LOCAL;
    const char *end = scanner->at;
    if (!skip_blanks(scanner) || (end[-1] == '.' && scanner->at > end))
        return TAMIS_ADDRESS_SYNTAX_BAD_LOCAL;
    if (scanner->at == scanner->limit || *scanner->at != '@') {
        if (scanner->at < scanner->limit && (*scanner->at == ',' || *scanner->at == ':'))
            return TAMIS_ADDRESS_SYNTAX_LIST;
        return scanner->at == scanner->limit || *scanner->at == '>'
                   ? TAMIS_ADDRESS_SYNTAX_NO_AT
                   : TAMIS_ADDRESS_SYNTAX_BAD_LOCAL;
    }
    scanner->at++;
    if (!skip_blanks(scanner) || !parse_domain(scanner, out) || !skip_blanks(scanner))
        return TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN;
    return TAMIS_ADDRESS_SYNTAX_OK;
}

/* The name before an angle bracket; FALSE: there is no bracket, or no name. At the bracket on success. */
static gboolean
parse_name(Scanner *scanner, TamisAddressSyntax *out)
{
    while (scanner->at < scanner->limit) {
        char c = *scanner->at;
        if (c == '<')
            return TRUE;
        if (c == '"') {
            if (!skip_quoted(scanner))
                return FALSE;
        } else if (is_atom(c) || c == '.') {
            out->has_dot_in_name |= c == '.';
            scanner->at++;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '(') {
            if (!skip_blanks(scanner))
                return FALSE;
            continue;
        } else {
            return FALSE;
        }
        out->has_name = TRUE;
    }
    return FALSE;
}

static TamisAddressSyntaxFault
find_end_fault(const Scanner *scanner)
{
    if (scanner->at == scanner->limit)
        return TAMIS_ADDRESS_SYNTAX_OK;
    return *scanner->at == ',' ? TAMIS_ADDRESS_SYNTAX_LIST : TAMIS_ADDRESS_SYNTAX_TRAILING;
}

/* What most addresses are: plain atoms with single dots between them, on both sides of the one '@'. FALSE: it is to be
 * looked at closer. */
static gboolean
parse_plain(const char *text, gsize length_bytes, TamisAddressSyntax *out)
{
    const char *at = text, *limit = text + length_bytes, *sign = NULL;

    for (;; at++) {
        const char *atom = at;
        while (at < limit && atoms[(guchar)*at] == 1)
            at++;
        if (at == atom)
            return FALSE;
        if (at == limit)
            break;
        if (*at == '@' && sign == NULL)
            sign = at;
        else if (*at != '.')
            return FALSE;
    }
    if (sign == NULL)
        return FALSE;
    *out = (TamisAddressSyntax){
        .local = text,
        .local_length = (gsize)(sign - text),
        .domain = sign + 1,
        .domain_length = (gsize)(limit - sign - 1),
    };
    return TRUE;
}

TamisAddressSyntaxFault
tamis_address_syntax_parse(const char *text, gsize length_bytes, TamisAddressSyntax *out)
{
    if (G_LIKELY(parse_plain(text, length_bytes, out)))
        return TAMIS_ADDRESS_SYNTAX_OK;
    TamisAddressSyntax found = {0};
    Scanner scanner = {text, text + length_bytes, FALSE};

    if (!skip_blanks(&scanner))
        return TAMIS_ADDRESS_SYNTAX_BAD_LOCAL;
    if (scanner.at == scanner.limit)
        return TAMIS_ADDRESS_SYNTAX_EMPTY;
    Scanner ahead = scanner;
    found.has_angle = memchr(text, '<', length_bytes) != NULL && parse_name(&ahead, &found);
    if (found.has_angle) {
        ahead.at++;
        ahead.has_blanks = FALSE;
        scanner = ahead;
    } else {
        found = (TamisAddressSyntax){0};
    }
    TamisAddressSyntaxFault fault = parse_addr_spec(&scanner, &found);
    if (fault == TAMIS_ADDRESS_SYNTAX_OK && found.has_angle) {
        if (scanner.at == scanner.limit || *scanner.at != '>')
            return TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN;
        scanner.at++;
        if (!skip_blanks(&scanner))
            return TAMIS_ADDRESS_SYNTAX_TRAILING;
    }
    if (fault == TAMIS_ADDRESS_SYNTAX_OK)
        fault = find_end_fault(&scanner);
    found.has_blanks = scanner.has_blanks;
    if (fault == TAMIS_ADDRESS_SYNTAX_OK)
        *out = found;
    return fault;
}

const char *
tamis_address_syntax_fault_text(TamisAddressSyntaxFault fault)
{
    switch (fault) {
    case TAMIS_ADDRESS_SYNTAX_OK:
        return "nothing is wrong";
    case TAMIS_ADDRESS_SYNTAX_EMPTY:
        return "it is empty";
    case TAMIS_ADDRESS_SYNTAX_NO_AT:
        return "it has no '@'";
    case TAMIS_ADDRESS_SYNTAX_BAD_LOCAL:
        return "what stands before the '@' is malformed";
    case TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN:
        return "its domain is malformed";
    case TAMIS_ADDRESS_SYNTAX_LIST:
        return "it is a list";
    case TAMIS_ADDRESS_SYNTAX_TRAILING:
        return "something stands behind it";
    }
    g_assert_not_reached();
}
