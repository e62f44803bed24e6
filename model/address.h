/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses: RFC 5321 addr-spec, internationalised domains as A-labels, what compares equal. */
#pragma once

#include "base/strings.h"

/* text: as first written, its domain in lower-case A-labels; key: all of it in ASCII lower case.
 * Two addresses are the same target exactly when their keys are equal. */
typedef struct {
    TamisString key;
    TamisString text;
} TamisAddress;

typedef enum {
    TAMIS_ADDRESS_OK,
    TAMIS_ADDRESS_NO_AT,
    TAMIS_ADDRESS_EMPTY_LOCAL,
    TAMIS_ADDRESS_BAD_LOCAL,  /* characters, dots, more than 64 bytes, other than ASCII */
    TAMIS_ADDRESS_BAD_DOMAIN, /* empty labels, characters, hyphens, over 253 bytes, not convertible
                               */
    TAMIS_ADDRESS_TOO_LONG,   /* over 254 bytes */
} TamisAddressFault;

/* Parses a bare addr-spec (no display name, no angle brackets, no list; blanks around are a fault)
 * and interns it. Accepted are dot-atoms and quoted local parts without control characters, and
 * domains of letters, digits and hyphens: what every engine takes. */
TAMIS_API TamisAddressFault tamis_address_parse(TamisStrings *strings, const char *text,
                                                gsize length_bytes, TamisAddress *out_address);
/* What is wrong, for a message: "has no '@'". Static. */
TAMIS_API const char *tamis_address_fault_text(TamisAddressFault fault);
/* What to do about it: an instruction. Static. */
TAMIS_API const char *tamis_address_fault_help(TamisAddressFault fault);
/* A domain to lower-case A-labels; FALSE when it is none. out is cleared first. */
TAMIS_API gboolean tamis_domain_normalize(const char *text, gsize length_bytes, GString *out);
/* What stands between the quotes around a local part, without its backslashes; NULL: it has none. Caller frees. */
TAMIS_API char *tamis_local_unquote(const char *local, gsize length_bytes);
/* The address of a local part without quotes and a domain: quotes stand where they must. buffer takes twice the bytes of
 * local, those of domain, and 4. */
TAMIS_API void tamis_address_join(const char *local, const char *domain, char *buffer);
/* The last '@' of a key or text. */
TAMIS_API const char *tamis_address_domain(const char *address);
/* Room for any address. */
#define TAMIS_ADDRESS_BUFFER_BYTES 512
/* An own address without its detail: "zhang+orders@acme.example" gives "zhang@acme.example" with
 * "+". Writes it to buffer, without a closing NUL, and returns its length; 0 where there is no
 * detail. */
TAMIS_API gsize tamis_address_without_detail(const char *address, gsize length_bytes,
                                             const char *delimiter, char *buffer);
