/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What URIs of a script name outside of it: external lists (RFC 6134), and XMPP addresses to notify (RFC 5437). */
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 80
#define ADDRBOOK    "addrbook"

static const char urn[] = "urn:ietf:params:sieve:";

static int
shown(gsize length)
{
    return (int)MIN(length, SHOWN_BYTES);
}

/* The characters of RFC 3986, section 2; '%' with two digits behind it. */
static gboolean
is_of_uri(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '%' &&
            (i + 2 >= length || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2])))
            return FALSE;
        if (text[i] == '\0' ||
            (!g_ascii_isalnum(text[i]) && strchr("-._~:/?#[]@!$&'()*+,;=%", text[i]) == NULL))
            return FALSE;
    }
    return TRUE;
}

/* Where the scheme's colon is; 0: there is no scheme. */
static gsize
scheme_length(const char *text, gsize length)
{
    gsize i = 0;

    while (i < length && (g_ascii_isalnum(text[i]) || (text[i] != '\0' && strchr("+-.", text[i]))))
        i++;
    return i < length && text[i] == ':' && g_ascii_isalpha(*text) ? i : 0;
}

/* External lists -------------------------------------------------------------------------------- */

/* What follows the prefix of registered names, which ":" stands for; NULL: it is not one of these. */
static const char *
find_registered(const char *text, gsize length, gsize *out_length)
{
    gsize prefix = length > 0 && *text == ':' ? 1 : 0;

    if (length >= strlen(urn) && g_ascii_strncasecmp(text, urn, strlen(urn)) == 0)
        prefix = strlen(urn);
    *out_length = length - prefix;
    return prefix > 0 ? text + prefix : NULL;
}

static const char *
find_list_fault(const char *text, gsize length)
{
    gsize rest, scheme = scheme_length(text, length);
    const char *registered = find_registered(text, length, &rest);

    if (!is_of_uri(text, length))
        return "a URI has no such characters";
    if (registered == NULL)
        return scheme == 0            ? "it is no absolute URI"
               : scheme + 1 == length ? "nothing stands behind its scheme"
                                      : NULL;
    if (rest < strlen(ADDRBOOK) || g_ascii_strncasecmp(registered, ADDRBOOK, strlen(ADDRBOOK)) != 0)
        return rest == 0 ? "nothing stands behind ':'" : NULL;
    if (rest == strlen(ADDRBOOK) ||
        (registered[strlen(ADDRBOOK)] == ':' && rest == strlen(ADDRBOOK) + 1))
        return "it does not say which address book";
    return NULL;
}

/* Cyrus has address books alone, and looks where a script sends to one. */
static gboolean
is_address_book(const char *text, gsize length)
{
    gsize rest;
    const char *registered = find_registered(text, length, &rest);

    return registered != NULL && rest > strlen(ADDRBOOK ":") &&
           g_ascii_strncasecmp(registered, ADDRBOOK ":", strlen(ADDRBOOK ":")) == 0;
}

void
tamis_sieve_check_external_list(TamisSieveChecker *checker, const TamisSieveString *string,
                                TamisSieveListUse use)
{
    TamisEngine engine = checker->server->engine;
    TamisDiagnostic *diagnostic;
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length))
        return;
    const char *fault = find_list_fault(text, length);
    if (engine == TAMIS_ENGINE_CYRUS && use != TAMIS_SIEVE_LIST_ASKED_FOR &&
        !is_address_book(text, length)) {
        diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSUPPORTED,
                                      "the server '%s' knows no list '%.*s'", checker->server->name,
                                      shown(length), text);
        if (use == TAMIS_SIEVE_LIST_MATCHED)
            diagnostic->severity = TAMIS_SEVERITY_WARNING;
        tamis_sieve_advise(checker, diagnostic,
                           "it has address books, such as \":addrbook:default\"");
        return;
    }
    if (fault == NULL)
        return;
    diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                         "'%.*s' is no name of an external list: %s", shown(length), text, fault);
    if (use == TAMIS_SIEVE_LIST_ASKED_FOR || engine != TAMIS_ENGINE_OTHER)
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic,
                       "write a URI, as \":addrbook:default\" or \"tag:example.com,2026:friends\" "
                       "(RFC 6134, section 2.5)");
}

/* XMPP ------------------------------------------------------------------------------------------ */

/* Of what stands behind "xmpp:" (RFC 5122); severe: nobody can be notified by it. */
static const char *
find_xmpp_fault(const char *text, gsize length, gboolean *out_severe)
{
    *out_severe = TRUE;
    if (!is_of_uri(text, length))
        return "a URI has no such characters: write them as %xx";
    *out_severe = FALSE;
    if (length >= 2 && strncmp(text, "//", 2) == 0)
        return "an account to send from has no place in it";
    if (memchr(text, '#', length) != NULL)
        return "a fragment has no place in it";
    *out_severe = TRUE;
    gsize path = 0;
    while (path < length && text[path] != '?')
        path++;
    const char *at = memchr(text, '@', path);
    gsize host = at != NULL ? (gsize)(at + 1 - text) : 0;
    if (host == path || text[host] == '/' || host == 1)
        return "it names nobody";
    return NULL;
}

void
tamis_sieve_check_xmpp(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
                       gsize length)
{
    gboolean is_severe;
    const char *fault = find_xmpp_fault(text, length, &is_severe);

    if (fault == NULL)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                                   "'xmpp:%.*s' is no XMPP address to notify: %s",
                                                   shown(length), text, fault);
    if (!is_severe || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_OTHER))
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "write \"xmpp:name@domain\" (RFC 5437, section 2.1)");
}
