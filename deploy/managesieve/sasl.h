/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The client's side of one authentication (RFC 4422), by GNU SASL; OAUTHBEARER (RFC 7628) is written here.
 * All that goes over the wire is base64. */
#pragma once

#include "deploy/access.h"

/* Data of TLS in base64, each NULL where there is none. */
typedef struct {
    const char *unique;   /* tls-unique, RFC 5929 */
    const char *exporter; /* tls-exporter, RFC 9266 */
} TamisSaslBinding;

typedef struct TamisSasl TamisSasl;

/* Whether the server has a mechanism that binds to the TLS channel: nothing else needs its data. */
gboolean tamis_sasl_offers_binding(const char *offered);

/* The mechanism to take out of the server's list ("PLAIN LOGIN"): the one that access asks for, or the best
 * that its secret and the channel allow. NULL with error (TAMIS_DEPLOY_ERROR_LOGIN). Static. */
const char *
tamis_sasl_choose(const char *offered, const TamisAccess *access, const TamisSaslBinding *binding,
                  gboolean for_another, GError **error);

/* login and mailbox: who authenticates, for whom; the same where nobody acts for another. Lends all. */
TamisSasl *tamis_sasl_new(const char *mechanism, const TamisAccess *access, const char *mailbox,
                          const TamisSaslBinding *binding, GError **error);
void tamis_sasl_free(TamisSasl *sasl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSasl, tamis_sasl_free)

/* Whether the client speaks first. */
gboolean tamis_sasl_begins(const TamisSasl *sasl);
/* Answers a challenge (NULL for the first step of a client that speaks first). The caller wipes the answer
 * with tamis_wipe_string. NULL with error. */
GString *tamis_sasl_step(TamisSasl *sasl, const char *challenge, GError **error);
/* After the server's OK, with the data that it sent along, or NULL: whether the server has proved itself too,
 * where the mechanism asks for that. */
gboolean tamis_sasl_finish(TamisSasl *sasl, const char *data, GError **error);
