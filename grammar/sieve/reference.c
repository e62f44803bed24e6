/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Encoded characters and references to variables inside of strings. */
#include "grammar/sieve/reference.h"

#include <string.h>

static gboolean
is_letter(char c)
{
    return g_ascii_isalpha(c) || c == '_';
}

gboolean
tamis_sieve_is_identifier(const char *text, gsize length)
{
    if (length == 0 || !is_letter(*text))
        return FALSE;
    for (gsize i = 1; i < length; i++)
        if (!is_letter(text[i]) && !g_ascii_isdigit(text[i]))
            return FALSE;
    return TRUE;
}

/* Encoded characters ---------------------------------------------------------------------------- */

/* The numbers between start and the closing brace, appended to out (which may be NULL) as octets or code
 * points. RFC 5228: what is malformed stands for itself; a code point that is none is an error. */
static TamisSieveEncoded
decode_numbers(const char *at, const char *limit, gboolean is_unicode, GString *out,
               const char **out_end)
{
    gboolean has_any = FALSE, is_beyond = FALSE;

    for (;;) {
        while (at < limit && strchr(" \t\r\n", *at) != NULL && *at != '\0')
            at++;
        if (at < limit && *at == '}' && has_any)
            break;
        guint32 code = 0;
        const char *start = at;
        for (; at < limit && g_ascii_isxdigit(*at); at++)
            code = code > 0xffffff ? code : code * 16 + (guint32)g_ascii_xdigit_value(*at);
        if (at == start || (!is_unicode && at - start > 2))
            return TAMIS_SIEVE_ENCODED_NOT;
        has_any = TRUE;
        is_beyond |= is_unicode && (code > 0x10ffff || (code >= 0xd800 && code < 0xe000));
        if (out == NULL || is_beyond)
            continue;
        if (is_unicode)
            g_string_append_unichar(out, code);
        else
            g_string_append_c(out, (char)code);
    }
    *out_end = at + 1;
    return is_beyond ? TAMIS_SIEVE_ENCODED_BEYOND : TAMIS_SIEVE_ENCODED_OK;
}

/* Whether the name is that of a form, or, where those are taken, its beginning. */
static gboolean
is_form(const char *name, gsize length, const char *form, gboolean takes_beginnings)
{
    gsize form_length = strlen(form);

    return (takes_beginnings ? length <= form_length : length == form_length) &&
           g_ascii_strncasecmp(name, form, length) == 0;
}

TamisSieveEncoded
tamis_sieve_decode_character(const char *at, const char *limit, gboolean takes_beginnings,
                             GString *out, const char **out_end)
{
    const char *name = at + 2, *colon = name;
    gsize before = out != NULL ? out->len : 0;

    while (colon < limit && g_ascii_isalpha(*colon))
        colon++;
    gsize length = (gsize)(colon - name);
    if (colon >= limit || *colon != ':')
        return TAMIS_SIEVE_ENCODED_NOT;
    gboolean is_unicode = !is_form(name, length, "hex", takes_beginnings);
    if (is_unicode && !is_form(name, length, "unicode", takes_beginnings))
        return TAMIS_SIEVE_ENCODED_NOT;
    TamisSieveEncoded encoded = decode_numbers(colon + 1, limit, is_unicode, out, out_end);
    if (encoded == TAMIS_SIEVE_ENCODED_NOT && out != NULL)
        g_string_truncate(out, before);
    return encoded;
}

TamisSieveEncoded
tamis_sieve_decode_characters(const char *text, gsize length, gboolean takes_beginnings,
                              GString *out)
{
    TamisSieveEncoded all = TAMIS_SIEVE_ENCODED_NOT;
    const char *limit = text + length, *copied = text, *dollar, *end = text;

    for (const char *at = text; (dollar = tamis_sieve_find_dollar(at, limit)) != NULL;) {
        gsize before = out->len;
        TamisSieveEncoded encoded;

        g_string_append_len(out, copied, dollar - copied);
        encoded = tamis_sieve_decode_character(dollar, limit, takes_beginnings, out, &end);
        if (encoded == TAMIS_SIEVE_ENCODED_NOT)
            g_string_truncate(out, before);
        else
            copied = end;
        at = encoded == TAMIS_SIEVE_ENCODED_NOT ? dollar + 2 : end;
        all = MAX(all, encoded);
    }
    if (all != TAMIS_SIEVE_ENCODED_NOT)
        g_string_append_len(out, copied, limit - copied);
    return all;
}

/* Variables ------------------------------------------------------------------------------------- */

gboolean
tamis_sieve_parse_reference(const char *at, const char *limit, TamisSieveReference *out)
{
    const char *start = at + 2;

    at = start;
    *out = (TamisSieveReference){.name = start};
    for (;;) {
        const char *part = at;
        if (at < limit && g_ascii_isdigit(*at)) {
            while (at < limit && g_ascii_isdigit(*at))
                at++;
            out->is_number = part == start;
        } else {
            while (at < limit && (is_letter(*at) || (at > part && g_ascii_isdigit(*at))))
                at++;
        }
        if (at == part || at == limit)
            return FALSE;
        if (*at == '}')
            break;
        if (*at != '.' || g_ascii_isdigit(*part))
            return FALSE;
        out->has_namespace = TRUE;
        at++;
    }
    out->length = (gsize)(at - start);
    out->end = at + 1;
    return TRUE;
}

const char *
tamis_sieve_find_dollar(const char *at, const char *limit)
{
    while (limit - at > 2 && (at = memchr(at, '$', (gsize)(limit - at - 1))) != NULL) {
        if (at[1] == '{')
            return at;
        at++;
    }
    return NULL;
}
