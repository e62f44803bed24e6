/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One mail address as people write it (RFC 5322, mailbox): where its parts are and what is odd about it.
 * Generous, as Sieve engines are; who takes what is for the caller to say. */
#pragma once

#include "base/api.h"

typedef enum {
    TAMIS_ADDRESS_SYNTAX_OK,
    TAMIS_ADDRESS_SYNTAX_EMPTY,
    TAMIS_ADDRESS_SYNTAX_NO_AT,
    TAMIS_ADDRESS_SYNTAX_BAD_LOCAL,
    TAMIS_ADDRESS_SYNTAX_BAD_DOMAIN,
    TAMIS_ADDRESS_SYNTAX_LIST,     /* more than one address, or a group */
    TAMIS_ADDRESS_SYNTAX_TRAILING, /* something behind the address */
} TamisAddressSyntaxFault;

typedef struct {
    const char *local, *domain; /* slices of the text */
    gsize local_length, domain_length;
    gboolean has_angle; /* <local@domain> */
    gboolean has_name;  /* something stands before the angle bracket */
    gboolean has_dot_in_name;
    gboolean has_blanks;     /* blanks or comments anywhere but in the name */
    gboolean has_odd_dots;   /* a dot first, last or doubled in the local part */
    gboolean has_wide_local; /* other than ASCII */
    gboolean has_wide_domain;
    gboolean is_quoted;        /* the local part, in part at least */
    gboolean is_partly_quoted; /* the local part: another word or a dot stands beside the quotes */
    gboolean is_literal;       /* the domain: [192.0.2.1] */
} TamisAddressSyntax;

/* Parses length_bytes bytes. out is written on success alone. */
TAMIS_API TamisAddressSyntaxFault tamis_address_syntax_parse(const char *text, gsize length_bytes,
                                                             TamisAddressSyntax *out);
/* What is wrong, to go behind "'…' is no mail address: ". Static. */
TAMIS_API const char *tamis_address_syntax_fault_text(TamisAddressSyntaxFault fault);
