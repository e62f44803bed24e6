/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses that mail is sent to or from: no address at all, or one that the server does not take or cannot
 * send to. */
#include "base/address-syntax.h"
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 100

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
    const char *fault = find_engine_fault(checker, syntax);

    if (fault != NULL) {
        TamisDiagnostic *diagnostic = complain(checker, string, text, length, fault);
        if (syntax->is_partly_quoted)
            tamis_sieve_advise(checker, diagnostic,
                               "put the quotes around all that stands before the '@'");
        else if (!syntax->has_odd_dots && !may_have_name)
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

void
tamis_sieve_check_address(TamisSieveChecker *checker, const TamisSieveString *string,
                          gboolean may_have_name)
{
    TamisAddressSyntax syntax;
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length) ||
        tamis_sieve_has_raw_fault(checker, string))
        return;
    TamisAddressSyntaxFault fault = tamis_address_syntax_parse(text, length, &syntax);
    if (fault == TAMIS_ADDRESS_SYNTAX_OK) {
        check_syntax(checker, string, text, length, &syntax, may_have_name);
        return;
    }
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, string->span, TAMIS_RULE_BAD_ADDRESS, "'%.*s' is no mail address: %s",
        (int)MIN(length, SHOWN_BYTES), text, tamis_address_syntax_fault_text(fault));
    if (length > strlen("mailto:") && g_ascii_strncasecmp(text, "mailto:", strlen("mailto:")) == 0)
        tamis_sieve_advise(checker, diagnostic, "write it without 'mailto:'");
    else if (fault == TAMIS_ADDRESS_SYNTAX_LIST)
        tamis_sieve_advise(checker, diagnostic, "write a command for each address");
    else
        tamis_sieve_advise(checker, diagnostic, "write it as 'name@domain'");
}
