/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses of an envelope and header fields, as they are written in options. */
#include "cli/message-words.h"

#include "base/address-syntax.h"

#include <string.h>

static gboolean
is_one_line(const char *text)
{
    for (; *text != '\0'; text++)
        if (g_ascii_iscntrl(*text) && *text != '\t')
            return FALSE;
    return TRUE;
}

/* A name of printable characters (RFC 5322, 2.2), a colon, and anything behind it. */
static gboolean
is_header(const char *text)
{
    const char *colon = strchr(text, ':'), *end = colon;

    while (end != NULL && end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (end == NULL || end == text)
        return FALSE;
    for (; text < end; text++)
        if (!g_ascii_isgraph(*text))
            return FALSE;
    return TRUE;
}

/* What is said of the message that cannot be; else 0. */
static int
complain_about_fields(const TamisVerb *verb, const char *subject, char **headers)
{
    for (char **header = headers; header != NULL && *header != NULL; header++) {
        if (!is_header(*header))
            return tamis_complain_usage(verb, "'--header %s' is not of the form 'Name: value'",
                                        *header);
        if (!is_one_line(*header))
            return tamis_complain_usage(
                verb, "'--header %s' is more than one line: say --header for each", *header);
    }
    if (subject != NULL && !is_one_line(subject))
        return tamis_complain_usage(verb, "'--subject %s' is more than one line", subject);
    return TAMIS_EXIT_OK;
}

/* Servers have users without a domain, too. */
static gboolean
is_user_name(const char *text)
{
    return *text != '\0' && strpbrk(text, " \t\"(),:;<>@[\\]") == NULL && is_one_line(text);
}

/* An address of the envelope: bare. Else 0. */
static int
complain_about_address(const TamisVerb *verb, const char *option, const char *text)
{
    TamisAddressSyntax syntax = {NULL};
    TamisAddressSyntaxFault fault = tamis_address_syntax_parse(text, strlen(text), &syntax);

    if (is_user_name(text))
        return TAMIS_EXIT_OK;
    if (fault != TAMIS_ADDRESS_SYNTAX_OK)
        return tamis_complain_usage(verb, "'%s %s' is no mail address: %s", option, text,
                                    tamis_address_syntax_fault_text(fault));
    if (syntax.has_angle || syntax.has_name || syntax.has_blanks || !is_one_line(text))
        return tamis_complain_usage(verb, "'%s %s' is more than the bare address", option, text);
    return TAMIS_EXIT_OK;
}

int
tamis_complain_about_message(const TamisVerb *verb, char **to, const char *from,
                             const char *subject, char **headers)
{
    int status = complain_about_fields(verb, subject, headers);

    for (; to != NULL && *to != NULL && status == TAMIS_EXIT_OK; to++)
        status = complain_about_address(verb, "--to", *to);
    if (status == TAMIS_EXIT_OK && from != NULL && *from != '\0')
        status = complain_about_address(verb, "--from", from);
    return status;
}
