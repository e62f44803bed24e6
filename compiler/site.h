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

/* All of it is lent. */
typedef struct {
    const TamisServer *server;
    const char *include_dir; /* where scripts find those that they include; NULL: nowhere */
    const char *global_dir;  /* … as :global */
    const TamisZone *zone;   /* the server's own; NULL: UTC */
    const char *delimiter;   /* of subaddresses; NULL: "+" */
} TamisScriptSite;

/* Of scripts, none yet. Lends sources, which the scripts are from. A script is parsed when its flow is first
 * asked for; what is wrong with it is not said here (grammar/sieve/check.h). */
TAMIS_API TamisSite *tamis_site_new_scripts(TamisSources *sources, const TamisScriptSite *options);
/* The script of a mailbox. Its domain is then one of the site's own. FALSE: the mailbox has one already. */
TAMIS_API gboolean tamis_site_add_script(TamisSite *site, const char *address,
                                         TamisSourceId source);
/* Every script in the folder whose name is ADDRESS.sieve (`%2F` and the like as tamis compile writes them), in
 * the order of the names. FALSE: the folder or a script in it cannot be read. */
TAMIS_API gboolean tamis_site_add_folder(TamisSite *site, const char *path, GError **error);
/* The address in lower case that such a name stands for, any folders before it; NULL: none. Caller frees. */
TAMIS_API char *tamis_site_mailbox_of_path(const char *path);
#define TAMIS_SCRIPT_ENDING ".sieve"

/* Lent; NULL: of scripts. */
TAMIS_API void tamis_site_free(TamisSite *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSite, tamis_site_free)

TAMIS_API const TamisPolicy *tamis_site_get_policy(const TamisSite *site);
TAMIS_API const TamisServer *tamis_site_get_server(const TamisSite *site);
/* Lent; guards of flows are in it, and more may be added. */
TAMIS_API TamisFormulas *tamis_site_get_formulas(const TamisSite *site);
TAMIS_API const char *tamis_site_get_delimiter(const TamisSite *site);
TAMIS_API const TamisZone *tamis_site_get_zone(const TamisSite *site);
/* The script of a mailbox; 0: of a policy. */
TAMIS_API TamisSourceId tamis_site_get_source(const TamisSite *site, guint32 mailbox);
/* Whether the address's domain is one of the policy's organization, or of one that has a script. In lower
 * case. */
TAMIS_API gboolean tamis_site_is_own(TamisSite *site, const char *address);
/* By address in lower case, or that without its detail; TAMIS_NO_INDEX: none. */
TAMIS_API guint32 tamis_site_find_mailbox(const TamisSite *site, const char *address);
TAMIS_API guint32 tamis_site_n_mailboxes(const TamisSite *site);
/* In lower case. Lent. */
TAMIS_API const char *tamis_site_get_address(const TamisSite *site, guint32 mailbox);
/* What the policy's test that is written there says, with its own `not`; TAMIS_FORMULA_TRUE: there is none. */
TAMIS_API TamisFormula tamis_site_test_at(TamisSite *site, TamisSpan span);
/* Lent, for ever. */
TAMIS_API const TamisFlow *tamis_site_get_flow(TamisSite *site, guint32 mailbox);
/* That the engine sends what the action of the mailbox's flow has it send: a reply, a notice. */
TAMIS_API TamisFormula tamis_site_answered(TamisSite *site, guint32 mailbox,
                                           const TamisFlowAction *action);
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
    char **
        round; /* where it is sent round without end, past no script: from address, which comes first, back to it;
                     NULL: it is not */
} TamisSiteStop;
TAMIS_API GArray *tamis_site_resolve(TamisSite *site, const char *address);
/* Whether mail for `from` comes to `to` so, as one of the results or on the way to them. In any case. */
TAMIS_API gboolean tamis_site_leads_to(TamisSite *site, const char *from, const char *to);
