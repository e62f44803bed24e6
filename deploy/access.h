/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How Tamis comes in at a server: as whom, with what secret, and how the server proves that it is the one
 * that was meant. Strings are lent. */
#pragma once

#include "deploy/secret.h"

#include <signal.h>

typedef enum {
    TAMIS_AUTHORIZE_AUTHZID, /* SASL's authorization identity, RFC 4422, section 3.4.1 */
    TAMIS_AUTHORIZE_MASTER,  /* Dovecot's master users: user*master */
} TamisAuthorize;

#define TAMIS_ACCESS_TIMEOUT_S 30

typedef struct {
    const char *login; /* NULL: the mailbox itself */
    TamisAuthorize authorize;
    const TamisSecret *secret; /* NULL: none, for what needs none */
    const char *mechanism;     /* NULL: the best that both have */
    const char *ca_file;       /* NULL: the system's */
    const char *pin; /* SHA-256 of the server's certificate, 64 hexadecimal digits, or NULL */
    const char *client_certificate; /* a PEM file with its key, for EXTERNAL, or NULL */
    gboolean
        insecure; /* on loopback alone: without TLS where the server has none, no look at its certificate */
    guint timeout_s;                           /* of each answer; 0: TAMIS_ACCESS_TIMEOUT_S */
    const volatile sig_atomic_t *interruption; /* not 0: nobody waits any more; NULL: for good */
} TamisAccess;

/* 64 lower-case digits of a fingerprint as people write it (colons, upper case), or NULL. */
TAMIS_API char *tamis_access_pin_dup(const char *text);

/* Whether Tamis speaks the SASL mechanism; upper or lower case. */
TAMIS_API gboolean tamis_access_knows_mechanism(const char *mechanism);
/* All that it speaks, the best first: "SCRAM-SHA-256-PLUS, …". Caller frees. */
TAMIS_API char *tamis_access_dup_mechanisms(void);
