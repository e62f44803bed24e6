/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where mail can go inside a site, whatever the messages are: from mailboxes through alias maps and
 * known forwards outside to mailboxes. What the conditions say of it is lint/hops.h's. */
#pragma once

#include "compiler/site.h"
#include "lint/graph.h"
#include "lint/membership.h"

typedef enum {
    TAMIS_PLACE_MAILBOX, /* index: of the site */
    TAMIS_PLACE_ALIAS,   /* index: of the policy's aliases */
    TAMIS_PLACE_OUTSIDE, /* index: of the policy's outsides */
} TamisPlaceKind;

/* A node of the graph. The first are the site's mailboxes, in their order. */
typedef struct {
    guint8 kind; /* TamisPlaceKind */
    guint32 index;
    TamisString key; /* ALIAS, OUTSIDE: the address that is looked up; MAILBOX: its own */
} TamisPlace;

typedef struct TamisMail TamisMail;

/* Forwards that are over at as_of count no more. Linear in the site. Lends site. */
TamisMail *tamis_mail_new(TamisSite *site, TamisInstant as_of);
void tamis_mail_free(TamisMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisMail, tamis_mail_free)

TamisSite *tamis_mail_get_site(const TamisMail *mail);
const TamisGraph *tamis_mail_get_graph(const TamisMail *mail);
const TamisPlace *tamis_mail_get(const TamisMail *mail, guint32 place);
/* How many targets of a place in the graph are no place of the site's; the same one twice counts twice. */
guint32 tamis_mail_n_leaving(const TamisMail *mail, guint32 place);
/* The place that takes mail for an address, given as what it compares as; TAMIS_NO_INDEX: none of
 * the site's. May make a new one, behind the graph's. */
guint32 tamis_mail_find(TamisMail *mail, TamisString key);

/* What an alias map or a known forward outside makes of an address: each target with its span. */
typedef struct {
    TamisString key, text;
    guint32 place; /* TAMIS_NO_INDEX: it leaves the site */
    TamisSpan span;
} TamisOnward;
/* Of an ALIAS or OUTSIDE. Caller frees. An address among its own targets is the mailbox itself. */
GArray *tamis_mail_get_onward(TamisMail *mail, guint32 place);

/* By place in the graph: whether mail can reach a target of this party from it, whatever the
 * conditions. Of a policy. Caller frees. */
guint8 *tamis_mail_reaching(TamisMail *mail, const TamisMembership *party);
