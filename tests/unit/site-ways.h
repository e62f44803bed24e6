/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every way that a message can take in a random site, hop by hop, and what it does there: found without the lint, by
 * sending it on wherever the flows send it. */
#pragma once

#include "lint/site.h"
#include "model/message.h"

#include "random-sites.h"

#define MAX_NODES  400
#define MAX_PLACES 63 /* of one mailbox, that are compared */
/* All turns of a minute that lists of two and three can have. */
#define N_TURNS 4

/* What some message does in a mailbox, or from there on. */
typedef struct {
    guint n_targets, n_hops;
    guint n_copies, n_new_copies; /* without those that another mailbox is told of */
    gboolean rejects, replies, loses;
    gboolean goes_round, returns;
    guint32 routes;
    guint64 places; /* reached; the last bit: one of those beyond */
} Seen;

typedef struct {
    Draw draw;
    char *text; /* for people */
    char *global_dir;
    TamisSources *sources;
    TamisReport *report;
    TamisServer *server;
    TamisPolicy *policy;
    TamisSite *site;
    gboolean leads[MAX_BOXES][MAX_BOXES]; /* in some steps, whatever the conditions */
    Seen seen[MAX_BOXES];
    guint32 is_told_of_copies; /* mailboxes whose own copies are said to be too many */
} World;

/* A mailbox that has got the message in some state, and where it goes from there at each turn. */
typedef struct {
    guint32 mailbox;
    char *address, *marks;
    TamisMessage *message;
    GArray *next[N_TURNS]; /* of guint32 */
    guint n_leaving[N_TURNS];
    gint64 n_hops, n_copies, n_new_copies; /* -1: not known yet */
} Node;

typedef struct {
    World *world;
    TamisDelivery delivery;
    Node nodes[MAX_NODES];
    guint n_nodes;
    guint8 reaches[MAX_NODES][MAX_NODES];
} Way;

/* Which mailbox leads to which, whatever the conditions. */
void find_what_leads_where(World *world);
gboolean hang_together(const World *world, guint32 a, guint32 b);
/* Whether the site has lists that take turns. */
gboolean has_turns(const World *world);

/* Sends the message to the address, and from there wherever it can go. What it does at its first stops is seen. */
void try_message(Way *way, TamisMessage *message, const char *address);
/* Notes what was found from the first stops on, of which there are n_first. */
void note_way(Way *way, guint n_first);
/* Whether it comes back to the node's mailbox and may stay there: whatever the conditions say, or as they are. */
gboolean is_back_for_good(const Way *way, guint32 from, gboolean whatever);
void clear_way(Way *way);
