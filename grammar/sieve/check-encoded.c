/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Encoded characters in strings (RFC 5228, section 2.4.2.4), and what they make of these. */
#include "grammar/sieve/check-private.h"

static gboolean
takes_beginnings(const TamisSieveChecker *checker)
{
    return tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE);
}

TamisSieveEncoded
tamis_sieve_decode(TamisSieveChecker *checker, const TamisSieveString *string,
                   const char **out_text, gsize *out_length)
{
    TamisSieveEncoded encoded = TAMIS_SIEVE_ENCODED_NOT;

    *out_text = string->text;
    *out_length = string->length_bytes;
    if (string->is_literal || !checker->has_encoded)
        return encoded;
    g_autoptr(GString) out = g_string_new(NULL);
    encoded = tamis_sieve_decode_characters(string->text, string->length_bytes,
                                            takes_beginnings(checker), out);
    if (encoded == TAMIS_SIEVE_ENCODED_NOT)
        return encoded;
    *out_text = tamis_arena_strndup(checker->arena, out->str, out->len);
    *out_length = out->len;
    return encoded;
}

TamisSpan
tamis_sieve_span_inside(const TamisSieveString *string, const char *start, const char *end)
{
    gboolean is_plain = string->form == TAMIS_SIEVE_QUOTED && string->span.length >= 2 &&
                        string->length_bytes == string->span.length - 2;

    if (!is_plain)
        return string->span;
    return (TamisSpan){string->span.source,
                       string->span.offset + 1 + (guint32)(start - string->text),
                       (guint32)(end - start)};
}

static void
complain_character(TamisSieveChecker *checker, TamisSpan span, const char *start, const char *end)
{
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_TYPE, "'%.*s' is no character of Unicode",
                         (int)MIN(end - start, 40), start);

    tamis_sieve_advise(checker, diagnostic,
                       "write hexadecimal numbers up to D7FF, or from E000 to 10FFFF "
                       "(RFC 5228, section 2.4.2.4)");
}

/* What stands for itself by RFC 5228. */
static void
complain_beginning(TamisSieveChecker *checker, const TamisSieveString *string, const char *start,
                   const char *end)
{
    const char *colon = memchr(start, ':', (gsize)(end - start));
    gboolean is_unicode = g_ascii_toupper(start[2]) == 'U';
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, tamis_sieve_span_inside(string, start, end), TAMIS_RULE_TYPE,
        "'%.*s' is decoded by the server '%s', which takes it for '${%s:…}'",
        (int)MIN(end - start, 40), start, checker->server->name, is_unicode ? "unicode" : "hex");

    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic,
                       "write '${%s%.*s' for the character; other servers take this as a text (RFC "
                       "5228, section 2.4.2.4)",
                       is_unicode ? "unicode" : "hex", (int)MIN(end - colon, 40), colon);
}

void
tamis_sieve_check_characters(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const char *limit = string->text + string->length_bytes, *end;

    tamis_extension_set_add(&checker->out->used, TAMIS_EXTENSION_ENCODED_CHARACTER);
    for (const char *at = string->text; (at = tamis_sieve_find_dollar(at, limit)) != NULL;) {
        TamisSieveEncoded encoded =
            tamis_sieve_decode_character(at, limit, takes_beginnings(checker), NULL, &end);
        if (encoded == TAMIS_SIEVE_ENCODED_BEYOND)
            complain_character(checker, tamis_sieve_span_inside(string, at, end), at, end);
        else if (encoded == TAMIS_SIEVE_ENCODED_OK && takes_beginnings(checker) &&
                 tamis_sieve_decode_character(at, limit, FALSE, NULL, &end) ==
                     TAMIS_SIEVE_ENCODED_NOT)
            complain_beginning(checker, string, at, end);
        at = encoded == TAMIS_SIEVE_ENCODED_NOT ? at + 2 : end;
    }
}

/* What they make ------------------------------------------------------------------------------- */

/* NUL bytes are. */
static gboolean
is_utf8(const char *text, gsize length)
{
    const char *limit = text + length;

    for (; text < limit; text++)
        if (g_utf8_validate_len(text, (gsize)(limit - text), &text))
            return TRUE;
        else if (*text != '\0')
            return FALSE;
    return TRUE;
}

/* Or NULL. */
static const guchar *
find_control(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (text[i] == 0x7f || ((guchar)text[i] < ' ' && memchr("\t\r\n", text[i], 3) == NULL))
            return (const guchar *)text + i;
    return NULL;
}

/* Whether the server refuses a value that is no UTF-8: all do where mail is stored; Cyrus looks at texts too. */
static gboolean
needs_utf8(const TamisSieveChecker *checker, const TamisSieveBound *bound, gboolean is_mailbox)
{
    gboolean is_test = bound->word->kind == TAMIS_SIEVE_TEST;

    if (is_mailbox)
        return !is_test;
    return tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS) &&
           (!is_test || bound->word->id == TAMIS_WORD_HEADER ||
            bound->word->id == TAMIS_WORD_BODY || bound->word->id == TAMIS_WORD_STRING ||
            bound->word->id == TAMIS_WORD_DUPLICATE || bound->word->id == TAMIS_WORD_HASFLAG ||
            tamis_sieve_bound_tag(bound, TAMIS_TAG_REGEX) != NULL);
}

static void
complain_bytes(TamisSieveChecker *checker, TamisSpan span, gboolean is_mailbox, gboolean is_refused)
{
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, span, TAMIS_RULE_UNSAFE_STRING,
        is_mailbox ? "encoded characters that are no UTF-8 in the name of a mailbox"
                   : "encoded characters that are no UTF-8");

    if (!is_refused)
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic,
                       "write the character itself, or its number in Unicode as '${unicode:e9}'");
}

/* That of a mailbox, and of a header field, is the business of its type. */
static void
check_control(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
              gsize length)
{
    const guchar *control = find_control(text, length);

    if (control == NULL || tamis_sieve_has_raw_fault(checker, string))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSAFE_STRING,
                         "the encoded control character U+%04X in a text", (guint)*control);
    tamis_sieve_advise(checker, diagnostic, "take it out: no mail has it (RFC 5322, section 3.5)");
}

void
tamis_sieve_check_decoded(TamisSieveChecker *checker, const TamisSieveBound *bound,
                          TamisSieveType type, const TamisSieveString *string)
{
    gboolean is_mailbox = type == TAMIS_SIEVE_TYPE_MAILBOX || type == TAMIS_SIEVE_TYPE_MAILBOXES;
    gboolean is_text = type == TAMIS_SIEVE_TYPE_TEXT &&
                       tamis_sieve_bound_tag(bound, TAMIS_TAG_MIME) == NULL; /* of any charset */
    gboolean is_sent =
        is_text && bound->word->kind == TAMIS_SIEVE_ACTION && bound->word->id != TAMIS_WORD_SET;
    gboolean is_refused = needs_utf8(checker, bound, is_mailbox);
    gboolean is_compared = type == TAMIS_SIEVE_TYPE_KEYS || type == TAMIS_SIEVE_TYPE_KEY ||
                           type == TAMIS_SIEVE_TYPE_SOURCES ||
                           bound->word->id == TAMIS_WORD_HASFLAG;
    const char *text;
    gsize length;

    if ((!is_mailbox && !is_sent && !((is_compared || is_text) && is_refused)) ||
        tamis_sieve_decode(checker, string, &text, &length) != TAMIS_SIEVE_ENCODED_OK)
        return;
    if (!is_utf8(text, length))
        complain_bytes(checker, string->span, is_mailbox, is_refused);
    else if (is_sent && bound->word->id != TAMIS_WORD_ADDHEADER)
        check_control(checker, string, text, length);
}
