/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings that are right for every engine, and do not mean what their author thought: regular expressions and stars
 * where a match type has none, and single backslashes, which a quoted string drops (RFC 5228, section 2.4.2). */
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 80

static int
shown(gsize length)
{
    return (int)MIN(length, SHOWN_BYTES);
}

static TamisDiagnostic *warn(TamisSieveChecker *checker, const TamisSieveString *string,
                             const char *format, ...) G_GNUC_PRINTF(3, 4);

static TamisDiagnostic *
warn(TamisSieveChecker *checker, const TamisSieveString *string, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE, "%s", message);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    return diagnostic;
}

/* Backslashes ----------------------------------------------------------------------------------- */

gboolean
tamis_sieve_has_lost_backslash(const TamisSieveChecker *checker, const TamisSieveString *string)
{
    guint32 n_kept = 0;
    gsize length;

    if (string->form != TAMIS_SIEVE_QUOTED || string->span.length == string->length_bytes + 2u ||
        checker->is_xml ||
        tamis_sources_get_text(tamis_report_get_sources(checker->report), string->span.source,
                               &length)[string->span.offset] != '"')
        return FALSE;
    for (guint32 i = 0; i < string->length_bytes; i++)
        n_kept += string->text[i] == '\\' || string->text[i] == '"';
    return string->span.length > string->length_bytes + n_kept + 2;
}

/* The next backslash of the string as written that is lost, from *at on, which moves behind it and what follows it;
 * NULL: there is none before limit. */
static const char *
next_lost_backslash(const char **at, const char *limit)
{
    while (*at + 1 < limit) {
        const char *here = *at;
        *at += *here == '\\' ? 2 : 1;
        if (*here == '\\' && here[1] != '\\' && here[1] != '"')
            return here;
    }
    return NULL;
}

void
tamis_sieve_keep_backslashes(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
                             const TamisSieveString *string)
{
    gsize length;
    const char *text = tamis_sources_get_text(tamis_report_get_sources(checker->report),
                                              string->span.source, &length);
    const char *start = text + string->span.offset + 1, *limit = start + string->span.length - 2;
    const char *at = start;

    for (const char *lost; (lost = next_lost_backslash(&at, limit)) != NULL;)
        if (lost[1] == '$' && lost[2] == '{')
            return; /* two would stand before what a variable holds */
    at = start;
    for (const char *lost; (lost = next_lost_backslash(&at, limit)) != NULL;)
        tamis_report_edit(checker->report, diagnostic,
                          (TamisSpan){string->span.source, (guint32)(lost - text), 0}, "\\");
}

/* Whether a lost backslash stands before one of the characters. */
static gboolean
loses_before(TamisSieveChecker *checker, const TamisSieveString *string, const char *characters)
{
    gsize length;
    const char *text = tamis_sources_get_text(tamis_report_get_sources(checker->report),
                                              string->span.source, &length);
    const char *at = text + string->span.offset + 1, *limit = at + string->span.length - 2;

    for (const char *lost; (lost = next_lost_backslash(&at, limit)) != NULL;)
        if (lost[1] != '\0' && strchr(characters, lost[1]) != NULL)
            return TRUE;
    return FALSE;
}

/* Keys ------------------------------------------------------------------------------------------ */

/* Whether a backslash stands before a letter that makes a class of it in a regular expression. */
static gboolean
has_class(const char *text, gsize length)
{
    const char *at = text, *limit = text + length;

    while ((at = memchr(at, '\\', (gsize)(limit - at))) != NULL && at + 1 < limit) {
        if (at[1] != '\0' && strchr("dwsbDWSB", at[1]) != NULL)
            return TRUE;
        at += 2;
    }
    return FALSE;
}

/* Signs that no glob needs, and two of them where one may be meant. */
static gboolean
is_regular_expression(const char *text, gsize length)
{
    gboolean is_anchored = *text == '^';
    gboolean has_end = text[length - 1] == '$';
    gboolean has_any = g_strstr_len(text, (gssize)length, ".*") != NULL;

    if (has_class(text, length))
        return TRUE;
    if (*text == '.' && length > 2 && text[1] == '*')
        return has_end || g_strstr_len(text + 2, (gssize)length - 2, ".*") != NULL;
    return is_anchored && length > 1 && (has_end || has_any);
}

/* "*order*", and not a mark such as "*SPAM*". */
static gboolean
is_in_stars(const char *text, gsize length)
{
    if (length < 4 || *text != '*' || text[length - 1] != '*' ||
        memchr(text + 1, '*', length - 2) != NULL)
        return FALSE;
    for (gsize i = 1; i + 1 < length; i++)
        if (g_ascii_islower(text[i]) || (guchar)text[i] >= 0x80)
            return TRUE;
    return FALSE;
}

/* Of an address no part begins with a star. */
static gboolean
has_star_for_part(const char *text, gsize length)
{
    return length > 2 && ((text[0] == '*' && (text[1] == '@' || text[1] == '.')) ||
                          (text[length - 1] == '*' && text[length - 2] == '@'));
}

static gboolean
check_glob_key(TamisSieveChecker *checker, const TamisSieveString *key, const char *text,
               gsize length)
{
    if (tamis_sieve_has_lost_backslash(checker, key) && loses_before(checker, key, "*?")) {
        TamisDiagnostic *diagnostic =
            warn(checker, key,
                 "a string drops a single backslash: what it stands before is matched "
                 "as a wildcard here");
        tamis_sieve_advise(checker, diagnostic,
                           "write it twice: \"\\\\*\" (RFC 5228, section 2.7.1)");
        tamis_sieve_keep_backslashes(checker, diagnostic, key);
        return TRUE;
    }
    if (is_regular_expression(text, length)) {
        tamis_sieve_advise(
            checker,
            warn(checker, key,
                 "'%.*s' looks like a regular expression: ':matches' knows '*' and "
                 "'?' alone",
                 shown(length), text),
            "write '*' for any text and '?' for one character, without '^' and '$' (RFC 5228, "
            "section 2.7.1)%s",
            tamis_server_has(checker->server, TAMIS_EXTENSION_REGEX)
                ? ", or ':regex' where the server has it"
                : "");
        return TRUE;
    }
    return FALSE;
}

gboolean
tamis_sieve_check_key_slip(TamisSieveChecker *checker, const TamisSieveBound *bound,
                           const TamisSieveString *key, gboolean is_glob)
{
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, key, &text, &length) || length < 2)
        return FALSE;
    if (is_glob)
        return check_glob_key(checker, key, text, length);
    gboolean is_address =
        bound->word->id == TAMIS_WORD_ADDRESS || bound->word->id == TAMIS_WORD_ENVELOPE;
    if (!(is_address && has_star_for_part(text, length)) && !is_in_stars(text, length))
        return FALSE;
    tamis_sieve_advise(checker,
                       warn(checker, key,
                            "'%.*s' is compared with its stars: ':matches' alone knows wildcards",
                            shown(length), text),
                       "write ':matches', or take the stars out (RFC 5228, section 2.7.1)");
    return TRUE;
}
