/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A component of the mail graph in full: stations (a place, and where its script asks for it the
 * address that the server is given), and hops between them, each with what has to hold of a message
 * that goes round (lint/steady.h). */
#pragma once

#include "lint/mail.h"
#include "lint/steady.h"

typedef struct {
    guint32 place;       /* of the mail graph */
    TamisString address; /* a MAILBOX's: what its server is given; else the one that is looked up */
    guint32 first, end;  /* of hops */
} TamisStation;

typedef struct {
    guint32 from, to;              /* stations */
    TamisFormula guard;            /* shares as the instant decides */
    const TamisFlowAction *action; /* NULL: an alias map or a forward outside, which always holds */
    TamisSpan span;                /* what sends it on: the action, or the target in the map */
    guint64 text; /* equal for hops that are one and the same text for its author */
} TamisHop;

typedef struct {
    GArray *stations; /* of TamisStation */
    GArray *hops;     /* of TamisHop, by station */
} TamisHops;

/* Stations of these places, and hops between them alone whose guards are not plainly false. */
TamisHops *tamis_hops_new(TamisMail *mail, TamisSteady *steady, const TamisComponents *components,
                          guint32 component);
void tamis_hops_free(TamisHops *hops);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisHops, tamis_hops_free)

#define tamis_hops_station(all, i) (&g_array_index((all)->stations, TamisStation, (i)))
#define tamis_hops_get(all, i)     (&g_array_index((all)->hops, TamisHop, (i)))
