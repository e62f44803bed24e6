/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses that mail is sent to or from: no address at all, or one that the server does not take or cannot
 * send to. */
#include "base/address-syntax.h"
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 100
/* Without the dot at its end, and the byte of length before the first label. */
#define MAX_DOMAIN_BYTES 253
#define MAX_LABEL_BYTES  63

static TamisDiagnostic *
complain(TamisSieveChecker *checker, const TamisSieveString *string, const char *text, gsize length,
         const char *reason)
{
    return tamis_sieve_find(checker, string->span, TAMIS_RULE_BAD_ADDRESS, "'%.*s' %s",
                            (int)MIN(length, SHOWN_BYTES), text, reason);
}

/* The address without name and brackets is the right one. */
static void
suggest_bare(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
             const TamisSieveString *string, const TamisAddressSyntax *syntax)
{
    g_autofree char *bare = g_strdup_printf("%.*s@%.*s", (int)syntax->local_length, syntax->local,
                                            (int)syntax->domain_length, syntax->domain);

    tamis_sieve_advise(checker, diagnostic, "write '%s'", bare);
    if (syntax->is_quoted || string->form != TAMIS_SIEVE_QUOTED)
        return;
    g_autofree char *text = g_strdup_printf("\"%s\"", bare);
    tamis_report_edit(checker->report, diagnostic, string->span, text);
}

/* What Cyrus takes in place of odd dots. */
static void
suggest_quoted(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
               const TamisSieveString *string, const TamisAddressSyntax *syntax)
{
    if (syntax->is_quoted || string->form != TAMIS_SIEVE_QUOTED) {
        tamis_sieve_advise(checker, diagnostic, "put what stands before the '@' in quotes");
        return;
    }
    g_autofree char *text =
        g_strdup_printf("\"\\\"%.*s\\\"@%.*s\"", (int)syntax->local_length, syntax->local,
                        (int)syntax->domain_length, syntax->domain);
    tamis_sieve_advise(checker, diagnostic, "write %s", text);
}

/* A domain with other letters than ASCII as its A-labels. */
static void
suggest_ascii_domain(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
                     const TamisAddressSyntax *syntax)
{
    g_autofree char *domain = g_strndup(syntax->domain, syntax->domain_length);
    g_autofree char *ascii = g_utf8_validate(domain, -1, NULL) ? g_hostname_to_ascii(domain) : NULL;

    if (ascii != NULL)
        tamis_sieve_advise(checker, diagnostic, "write '%.*s@%s'", (int)syntax->local_length,
                           syntax->local, ascii);
}

/* What Cyrus's parser of addresses does not take. */
static const char *
find_cyrus_fault(const TamisAddressSyntax *syntax)
{
    if (syntax->has_odd_dots)
        return "has a dot first, last or doubled before its '@', which Cyrus does not take";
    if (syntax->has_angle && !syntax->has_name)
        return "is in angle brackets, which Cyrus does not take";
    if (syntax->has_dot_in_name)
        return "has a dot in its name outside of quotes, which Cyrus does not take";
    return NULL;
}

/* What the DNS has no name for (RFC 1035, section 2.3.4). */
static const char *
find_domain_fault(const TamisAddressSyntax *syntax)
{
    gsize start = 0;

    if (syntax->is_literal || syntax->has_wide_domain)
        return NULL; /* whose labels are others */
    if (syntax->domain_length > MAX_DOMAIN_BYTES)
        return "has a domain of more than 253 characters, which no domain has";
    for (gsize i = 0; i <= syntax->domain_length; i++) {
        if (i < syntax->domain_length && syntax->domain[i] != '.')
            continue;
        if (i - start > MAX_LABEL_BYTES)
            return "has more than 63 characters between two dots of its domain, which no domain "
                   "has";
        start = i + 1;
    }
    return NULL;
}

static const char *
find_engine_fault(TamisSieveChecker *checker, const TamisAddressSyntax *syntax)
{
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS))
        return find_cyrus_fault(syntax);
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) && syntax->is_partly_quoted)
        return "has quotes around a part of what stands before its '@', which Pigeonhole does not "
               "take";
    return NULL;
}

static void
check_syntax(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
             gsize length, const TamisAddressSyntax *syntax, gboolean may_have_name)
{
    const char *fault = find_domain_fault(syntax);

    if (fault != NULL) {
        tamis_sieve_advise(checker, complain(checker, string, text, length, fault),
                           "write a domain that there is (RFC 1035, section 2.3.4)");
        return;
    }
    fault = find_engine_fault(checker, syntax);
    if (fault != NULL) {
        TamisDiagnostic *diagnostic = complain(checker, string, text, length, fault);
        if (syntax->is_partly_quoted)
            tamis_sieve_advise(checker, diagnostic,
                               "put the quotes around all that stands before the '@'");
        else if (syntax->has_odd_dots)
            suggest_quoted(checker, diagnostic, string, syntax);
        else if (syntax->has_dot_in_name && may_have_name)
            tamis_sieve_advise(checker, diagnostic,
                               "put the name in quotes, as \"\\\"J. Doe\\\" "
                               "<j@acme.example>\"");
        else
            suggest_bare(checker, diagnostic, string, syntax);
        return;
    }
    if (syntax->has_wide_local) {
        TamisDiagnostic *diagnostic = complain(
            checker, string, text, length,
            "has letters other than ASCII before its '@', which the server cannot send to");
        tamis_sieve_advise(checker, diagnostic, "use an address of theirs in plain letters");
        return;
    }
    if (syntax->has_wide_domain) {
        suggest_ascii_domain(
            checker,
            complain(checker, string, text, length,
                     "has letters other than ASCII in its domain, which the server cannot send to"),
            syntax);
        return;
    }
    if (!may_have_name && checker->server->needs_bare_addresses &&
        (syntax->has_angle || syntax->has_blanks))
        suggest_bare(checker,
                     complain(checker, string, text, length,
                              "is sent to as it stands by this server: it takes no name beside "
                              "the address"),
                     string, syntax);
}

/* Nothing but an address -------------------------------------------------------------------------- */

static gboolean
begins_with(const char *text, gsize length, const char *start)
{
    return length > strlen(start) && g_ascii_strncasecmp(text, start, strlen(start)) == 0;
}

/* "li@acme,example": a slip, where nothing behind the comma is an address. */
static char *
mend_comma(const char *text, gsize length)
{
    const char *at = memchr(text, '@', length), *limit = text + length;
    const char *comma = at != NULL ? memchr(at, ',', (gsize)(limit - at)) : NULL;
    TamisAddressSyntax syntax;

    if (comma == NULL || memchr(comma, '@', (gsize)(limit - comma)) != NULL)
        return NULL;
    g_autofree char *mended = g_strndup(text, length);
    mended[comma - text] = '.';
    return tamis_address_syntax_parse(mended, length, &syntax) == TAMIS_ADDRESS_SYNTAX_OK
               ? g_steal_pointer(&mended)
               : NULL;
}

static const char *
describe_fault(TamisAddressSyntaxFault fault, const char *text, gsize length)
{
    if (begins_with(text, length, "mailto:"))
        return "it is a URI";
    if (fault == TAMIS_ADDRESS_SYNTAX_LIST && text[length - 1] == ';')
        return "it is a group";
    return tamis_address_syntax_fault_text(fault);
}

static const char *
find_list_remedy(TamisSieveType type)
{
    switch (type) {
    case TAMIS_SIEVE_TYPE_SENDER:
        return "write one of them";
    case TAMIS_SIEVE_TYPE_ADDRESSES:
        return "write each address in a string of its own, and '[' and ']' around them (RFC 5228, "
               "section 2.4.2.1)";
    default:
        return "write a command for each address";
    }
}

static void
complain_fault(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
               gsize length, TamisAddressSyntaxFault fault, TamisSieveType type)
{
    g_autofree char *mended = fault == TAMIS_ADDRESS_SYNTAX_LIST ? mend_comma(text, length) : NULL;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, string->span, TAMIS_RULE_BAD_ADDRESS, "'%.*s' is no mail address: %s",
        (int)MIN(length, SHOWN_BYTES), text, describe_fault(fault, text, length));

    if (mended != NULL)
        tamis_sieve_advise(checker, diagnostic, "did you mean '%s'?", mended);
    else if (begins_with(text, length, "mailto:"))
        tamis_sieve_advise(checker, diagnostic, "write it without 'mailto:'");
    else if (fault == TAMIS_ADDRESS_SYNTAX_LIST)
        tamis_sieve_advise(checker, diagnostic, "%s", find_list_remedy(type));
    else
        tamis_sieve_advise(checker, diagnostic, "write it as 'name@domain'");
}

void
tamis_sieve_check_address(TamisSieveChecker *checker, const TamisSieveString *string,
                          TamisSieveType type)
{
    TamisAddressSyntax syntax;
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length) ||
        tamis_sieve_has_raw_fault(checker, string))
        return;
    TamisAddressSyntaxFault fault = tamis_address_syntax_parse(text, length, &syntax);
    if (fault == TAMIS_ADDRESS_SYNTAX_OK)
        check_syntax(checker, string, text, length, &syntax, type != TAMIS_SIEVE_TYPE_ADDRESS);
    else
        complain_fault(checker, string, text, length, fault, type);
}
