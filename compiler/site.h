/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All mailboxes that one organization's mail can pass, each with its flow: of a policy, or of a folder of
 * Sieve scripts. What follows mail from hop to hop works on a site and does not care which. */
#pragma once

#include "grammar/server.h"
#include "model/flow.h"

typedef struct TamisSite TamisSite;

/* Lends policy and server. Flows are made when they are first asked for; one thread. */
TAMIS_API TamisSite *tamis_site_new_policy(const TamisPolicy *policy, const TamisServer *server);
TAMIS_API void tamis_site_free(TamisSite *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSite, tamis_site_free)

TAMIS_API const TamisPolicy *tamis_site_get_policy(const TamisSite *site);
TAMIS_API const TamisServer *tamis_site_get_server(const TamisSite *site);
/* Lent; guards of flows are in it, and more may be added. */
TAMIS_API TamisFormulas *tamis_site_get_formulas(const TamisSite *site);
TAMIS_API const char *tamis_site_get_delimiter(const TamisSite *site);
TAMIS_API const TamisZone *tamis_site_get_zone(const TamisSite *site);
TAMIS_API guint32 tamis_site_n_mailboxes(const TamisSite *site);
/* In lower case. Lent. */
TAMIS_API const char *tamis_site_get_address(const TamisSite *site, guint32 mailbox);
/* Lent, for ever. */
TAMIS_API const TamisFlow *tamis_site_get_flow(TamisSite *site, guint32 mailbox);
/* Different targets in one run that the server sends to, 0 for no limit: its own, raised where the policy
 * asks for more and the server's administrator can. */
TAMIS_API guint32 tamis_site_max_targets(const TamisSite *site, guint32 mailbox);
TAMIS_API guint32 tamis_site_max_actions(const TamisSite *site, guint32 mailbox);

/* Where mail for an address goes before any script runs: through imported alias maps, known outside
 * forwards, the detail taken off. Each result is a mailbox with the address that the server is given, or
 * an address that leaves the site (mailbox TAMIS_NO_INDEX). address in any case. Caller frees. */
typedef struct {
    guint32 mailbox;
    char *address;
    gboolean through_outside; /* by way of `external … forwards to` */
} TamisSiteStop;
TAMIS_API GArray *tamis_site_resolve(TamisSite *site, const char *address);
