/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What site.c and site-scripts.c share. Not installed. */
#pragma once

#include "compiler/flow-of-policy.h"
#include "compiler/site.h"

typedef struct {
    TamisString address;
    TamisSourceId source;
} TamisSiteScript;

struct TamisSite {
    const TamisPolicy *policy; /* NULL: of scripts */
    const TamisServer *server;
    TamisFormulas *formulas;
    TamisArena *arena;
    GPtrArray *flows; /* of TamisFlow by mailbox; NULL: not made yet */

    TamisPolicyFlows *policy_flows;
    TamisBlobs *blobs;      /* what flows of a policy have in common */
    GHashTable *alias_of;   /* key -> index + 1 of policy->aliases; several lines add up */
    GHashTable *outside_of; /* key -> index + 1 of policy->outsides */

    TamisSources *sources;
    TamisScriptSite options;
    TamisStrings *strings;  /* owned */
    GArray *scripts;        /* of TamisSiteScript by mailbox */
    GHashTable *mailbox_of; /* address -> index + 1 of scripts */
    GHashTable *domains;    /* set of TamisString */
};

void tamis_site_clear_scripts(TamisSite *site);
TamisFlow *tamis_site_make_script_flow(TamisSite *site, guint32 mailbox);
