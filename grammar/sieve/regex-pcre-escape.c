/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands behind a backslash, and in brackets, as PCRE 8.39 reads it. */
#include "grammar/sieve/regex-pcre.h"

#include <string.h>

#define RANGES "write the smaller end first, as [a-z]; a '-' that is meant as itself last"
#define CODES  "write its number in hexadecimal, as \"\\\\x{263a}\""
#define GROUPS "write \"\\\\k<name>\", with the name of a group: those without one are not counted"

enum { MAX_CODE = 0x10ffff };

static int
fault(TamisPcre *pcre, const char *reason, const char *remedy)
{
    tamis_pcre_fail(pcre, reason, remedy);
    return TAMIS_PCRE_FAULT;
}

/* `{41}`, behind the letter. */
static int
take_braced_code(TamisPcre *pcre, guint base, guint32 *out_value)
{
    guint64 code = 0;
    gsize i = 1;

    for (int digit;
         (digit = g_ascii_xdigit_value(tamis_pcre_peek(pcre, i))) >= 0 && digit < (int)base; i++) {
        code = code * base + (guint)digit;
        if (code > MAX_CODE)
            return fault(pcre, "a code is none of Unicode's", CODES);
    }
    if (i == 1 || tamis_pcre_peek(pcre, i) != '}')
        return fault(pcre, "a code is no number", CODES);
    if (code >= 0xd800 && code <= 0xdfff)
        return fault(pcre, "a code is none of Unicode's", CODES);
    pcre->at += i + 1;
    *out_value = (guint32)code;
    return 0;
}

static int
take_hexadecimal(TamisPcre *pcre, guint32 *out_value)
{
    int digit;

    if (tamis_pcre_peek(pcre, 0) == '{')
        return take_braced_code(pcre, 16, out_value);
    *out_value = 0;
    for (guint i = 0; i < 2 && (digit = g_ascii_xdigit_value(tamis_pcre_peek(pcre, 0))) >= 0; i++) {
        *out_value = *out_value * 16 + (guint)digit;
        pcre->at++;
    }
    return 0;
}

static int
take_control(TamisPcre *pcre, guint32 *out_value)
{
    if (pcre->at == pcre->limit || (guchar)*pcre->at > 127)
        return fault(pcre, "'\\c' has no ASCII character behind it",
                     "write the control character's letter, as \"\\\\cM\"");
    *out_value = (guint32)(g_ascii_toupper(*pcre->at++) ^ 0x40);
    return 0;
}

/* `\g1`, `\g{-1}`, `\g{name}`; behind the letter. Calls, `\g<name>`, are not read here. */
static int
take_relative(TamisPcre *pcre, guint32 *out_value)
{
    gboolean is_braced = tamis_pcre_peek(pcre, 0) == '{';
    gsize i = 1;

    while (is_braced &&
           (tamis_pcre_peek(pcre, i) == '-' || g_ascii_isdigit(tamis_pcre_peek(pcre, i))))
        i++;
    if (is_braced && tamis_pcre_peek(pcre, i) != '}' && tamis_pcre_peek(pcre, i) != '\0')
        return 'k';
    pcre->at += is_braced;
    gboolean is_negative = tamis_pcre_peek(pcre, 0) == '-';
    pcre->at += is_negative;
    if (!tamis_pcre_read_number(pcre, out_value))
        return fault(pcre, "the number of a group is too large", GROUPS);
    if (is_braced && tamis_pcre_peek(pcre, 0) != '}')
        return fault(pcre, "'\\g' has no group behind it", GROUPS);
    pcre->at += is_braced;
    if (*out_value == 0)
        return fault(pcre, "'\\g' has no group behind it", GROUPS);
    if (is_negative && *out_value > pcre->n_groups)
        return fault(pcre, "a reference goes back to a group that is not there", GROUPS);
    if (is_negative)
        *out_value = pcre->n_groups - *out_value + 1;
    return TAMIS_PCRE_GROUP_NUMBER;
}

/* At the digit. */
static int
take_digits(TamisPcre *pcre, gboolean is_in_brackets, guint32 *out_value)
{
    const char *start = pcre->at;

    if (*start != '0' && !is_in_brackets) {
        if (!tamis_pcre_read_number(pcre, out_value))
            return fault(pcre, "the number of a group is too large", GROUPS);
        if (*out_value < 8 || *out_value <= pcre->n_groups)
            return TAMIS_PCRE_GROUP_NUMBER;
        pcre->at = start;
    }
    if (*start >= '8') {
        *out_value = (guchar)*pcre->at++;
        return 0;
    }
    *out_value = 0;
    for (guint i = 0; i < 3; i++) {
        char c = tamis_pcre_peek(pcre, 0);
        if (c < '0' || c > '7')
            break;
        *out_value = *out_value * 8 + (guint)(c - '0');
        pcre->at++;
    }
    return 0;
}

static int
take_letter(TamisPcre *pcre, char c, gboolean is_strict, gboolean is_in_brackets,
            guint32 *out_value)
{
    static const char controls[] = "a\ae\033f\fn\nr\rt\t";
    const char *found = strchr(controls, c);

    *out_value = (guchar)c;
    if (found != NULL && (found - controls) % 2 == 0) {
        *out_value = (guchar)found[1];
        return 0;
    }
    if (c == 'N' && tamis_pcre_peek(pcre, 0) == '{' && !tamis_pcre_has_counts(pcre, 0))
        return fault(pcre, "PCRE takes no names of characters", CODES);
    if (strchr("ABCDEGHKNPQRSVWXZbdhkpsvwz", c) != NULL)
        return c;
    switch (c) {
    case 'l':
    case 'L':
    case 'u':
    case 'U':
        return fault(pcre, "PCRE has no '\\l', '\\L', '\\u' and '\\U'", CODES);
    case 'g':
        if (is_in_brackets)
            return 0;
        c = tamis_pcre_peek(pcre, 0);
        return c == '<' || c == '\'' ? 'g' : take_relative(pcre, out_value);
    case 'o':
        return tamis_pcre_peek(pcre, 0) == '{'
                   ? take_braced_code(pcre, 8, out_value)
                   : fault(pcre, "a code is no number", "write it in octal, as \"\\\\o{101}\"");
    case 'x':
        return take_hexadecimal(pcre, out_value);
    case 'c':
        return take_control(pcre, out_value);
    default:
        return !is_strict ? 0
                          : fault(pcre, "a letter behind a backslash means nothing",
                                  "take the backslash, or '(?X)', out");
    }
}

int
tamis_pcre_take_escape(TamisPcre *pcre, gboolean is_strict, gboolean is_in_brackets,
                       guint32 *out_value)
{
    if (++pcre->at == pcre->limit)
        return fault(pcre, "a backslash stands at the end",
                     "write one that is meant as itself as \"\\\\\\\\\"");
    if (g_ascii_isdigit(*pcre->at))
        return take_digits(pcre, is_in_brackets, out_value);
    if (g_ascii_isalpha(*pcre->at)) {
        char c = *pcre->at++;
        return take_letter(pcre, c, is_strict, is_in_brackets, out_value);
    }
    *out_value = g_utf8_get_char(pcre->at);
    pcre->at = g_utf8_next_char(pcre->at);
    return 0;
}

/* Brackets */

/* `[:`, `[.` or `[=` with its end: where that is, or NULL. */
static const char *
find_class_end(const TamisPcre *pcre)
{
    char kind = tamis_pcre_peek(pcre, 1);

    if (tamis_pcre_peek(pcre, 0) != '[' || kind == '\0' || strchr(":.=", kind) == NULL)
        return NULL;
    for (const char *at = pcre->at + 2; pcre->limit - at > 1; at++) {
        if (*at == '\\' && (at[1] == ']' || at[1] == '\\'))
            at++;
        else if ((*at == '[' && at[1] == kind) || *at == ']')
            return NULL;
        else if (*at == kind && at[1] == ']')
            return at;
    }
    return NULL;
}

static gboolean
take_class(TamisPcre *pcre, const char *end)
{
    static const char *const names[] = {"alpha", "lower", "upper", "alnum", "ascii",
                                        "blank", "cntrl", "digit", "graph", "print",
                                        "punct", "space", "word",  "xdigit"};
    char kind = pcre->at[1];
    const char *name = pcre->at + 2;

    if (kind != ':')
        return tamis_pcre_fail(pcre, "PCRE has no '[.' and '[='",
                               "write the characters themselves");
    if (name < end && *name == '^')
        name++;
    pcre->at = end + 2;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (strlen(names[i]) == (gsize)(end - name) &&
            memcmp(names[i], name, (gsize)(end - name)) == 0)
            return TRUE;
    return tamis_pcre_fail(
        pcre, "there is no such class of characters",
        "the classes are [:alpha:], [:digit:], [:alnum:], [:upper:], [:lower:], [:space:], "
        "[:blank:], [:punct:], [:print:], [:graph:], [:cntrl:], [:xdigit:], [:word:] and "
        "[:ascii:]");
}

typedef struct {
    gboolean is_quoted; /* behind \Q */
    gboolean is_wide;   /* more than a set of 256 */
    gboolean is_strict;
    guint n_elements;
} Brackets;

enum { ELEMENT_CHARACTER, ELEMENT_CLASS, ELEMENT_FAULT };

/* An escape in brackets; \Q and \E are read already. */
static int
take_escaped_element(TamisPcre *pcre, Brackets *brackets, guint32 *out_value)
{
    int escape = tamis_pcre_take_escape(pcre, brackets->is_strict, TRUE, out_value);

    if (escape == TAMIS_PCRE_FAULT)
        return ELEMENT_FAULT;
    if (escape == 0)
        return ELEMENT_CHARACTER;
    if (escape == 'b') {
        *out_value = '\b';
        return ELEMENT_CHARACTER;
    }
    if (escape == 'N') {
        tamis_pcre_fail(pcre, "'\\N' stands in brackets", "write [^\\n] in their place");
        return ELEMENT_FAULT;
    }
    brackets->is_wide |= strchr("pPhHvV", escape) != NULL;
    if (escape == 'p' || escape == 'P')
        return tamis_pcre_take_property(pcre) ? ELEMENT_CLASS : ELEMENT_FAULT;
    if (strchr("dDwWsShHvV", escape) != NULL)
        return ELEMENT_CLASS;
    if (brackets->is_strict) {
        tamis_pcre_fail(pcre, "a letter behind a backslash means nothing",
                        "take the backslash, or '(?X)', out");
        return ELEMENT_FAULT;
    }
    *out_value = (guint32)escape;
    return ELEMENT_CHARACTER;
}

static void
take_plain_element(TamisPcre *pcre, guint32 *out_value)
{
    *out_value = g_utf8_get_char(pcre->at);
    pcre->at = g_utf8_next_char(pcre->at);
}

/* Behind the '-' and its \E and \Q: the larger end. */
static gboolean
take_range_end(TamisPcre *pcre, Brackets *brackets, guint32 start)
{
    guint32 end;

    if (brackets->is_quoted || *pcre->at != '\\') {
        if (!brackets->is_quoted && find_class_end(pcre) != NULL)
            return tamis_pcre_fail(pcre, "a range in brackets ends in a class", RANGES);
        take_plain_element(pcre, &end);
    } else {
        int escape = tamis_pcre_take_escape(pcre, brackets->is_strict, TRUE, &end);
        if (escape == TAMIS_PCRE_FAULT)
            return FALSE;
        if (escape != 0 && escape != 'b')
            return tamis_pcre_fail(pcre, "a range in brackets ends in a class", RANGES);
        end = escape == 'b' ? '\b' : end;
    }
    brackets->is_wide |= end > 255;
    return start <= end || tamis_pcre_fail(pcre, "a range in brackets runs backwards", RANGES);
}

/* Behind a character that may begin a range. */
static gboolean
take_range(TamisPcre *pcre, Brackets *brackets, guint32 start)
{
    while (tamis_pcre_starts_with(pcre, "\\E")) {
        brackets->is_quoted = FALSE;
        pcre->at += 2;
    }
    const char *before = pcre->at;
    if (brackets->is_quoted || tamis_pcre_peek(pcre, 0) != '-')
        return TRUE;
    pcre->at++;
    while (tamis_pcre_starts_with(pcre, "\\E"))
        pcre->at += 2;
    while (tamis_pcre_starts_with(pcre, "\\Q")) {
        pcre->at += 2;
        if (!tamis_pcre_starts_with(pcre, "\\E")) {
            brackets->is_quoted = TRUE;
            break;
        }
        pcre->at += 2;
    }
    if (pcre->at == pcre->limit || (!brackets->is_quoted && *pcre->at == ']')) {
        pcre->at = before;
        return TRUE;
    }
    return take_range_end(pcre, brackets, start);
}

static gboolean
take_element(TamisPcre *pcre, Brackets *brackets)
{
    guint32 value;
    const char *end;
    int kind = ELEMENT_CHARACTER;

    if (tamis_pcre_starts_with(pcre, "\\E") ||
        (!brackets->is_quoted && tamis_pcre_starts_with(pcre, "\\Q"))) {
        brackets->is_quoted = pcre->at[1] == 'Q';
        pcre->at += 2;
        return TRUE;
    }
    brackets->n_elements++;
    if (!brackets->is_quoted && (end = find_class_end(pcre)) != NULL) {
        brackets->n_elements++;
        return take_class(pcre, end);
    }
    if (!brackets->is_quoted && *pcre->at == '\\')
        kind = take_escaped_element(pcre, brackets, &value);
    else
        take_plain_element(pcre, &value);
    if (kind == ELEMENT_CLASS)
        brackets->n_elements++;
    if (kind != ELEMENT_CHARACTER)
        return kind == ELEMENT_CLASS;
    brackets->is_wide |= value > 255;
    end = pcre->at;
    if (!take_range(pcre, brackets, value))
        return FALSE;
    brackets->n_elements += pcre->at > end;
    return TRUE;
}

/* `[` and `^`, with \E and \Q\E, which are nothing, between them. */
static void
skip_head(TamisPcre *pcre)
{
    gboolean is_negated = FALSE;

    for (pcre->at++;;) {
        if (tamis_pcre_starts_with(pcre, "\\Q\\E")) {
            pcre->at += 4;
        } else if (tamis_pcre_starts_with(pcre, "\\E")) {
            pcre->at += 2;
        } else if (!is_negated && tamis_pcre_peek(pcre, 0) == '^') {
            is_negated = TRUE;
            pcre->at++;
        } else {
            return;
        }
    }
}

gboolean
tamis_pcre_take_brackets(TamisPcre *pcre, gboolean is_strict, guint64 *out_size)
{
    Brackets brackets = {.is_strict = is_strict};
    const char *start = pcre->at;

    if (find_class_end(pcre) != NULL)
        return tamis_pcre_fail(pcre, "a class of characters stands outside of brackets",
                               "write brackets around it, as [[:alpha:]]");
    skip_head(pcre);
    for (gboolean is_first = TRUE; pcre->at < pcre->limit; is_first = FALSE) {
        if (*pcre->at == ']' && !is_first && !brackets.is_quoted) {
            pcre->at++;
            *out_size = brackets.n_elements == 1 ? 2
                        : brackets.is_wide       ? 36 + (guint64)(pcre->at - start)
                                                 : 33;
            return TRUE;
        }
        if (!take_element(pcre, &brackets))
            return FALSE;
    }
    return tamis_pcre_fail(
        pcre, "a '[' is not closed",
        "write ']' where it ends; one that is meant as itself is written \"\\\\[\"");
}
