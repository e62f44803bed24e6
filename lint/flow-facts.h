/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the rules over flows (lint/flows/<slug>.c) share: the site, whatever it was made from, the
 * solver, and how a finding about a message is added and shown. */
#pragma once

#include "lint/facts.h"
#include "lint/mail.h"
#include "lint/steady.h"
#include "model/carry.h"
#include "model/solve.h"

typedef struct {
    TamisSite *site;
    const TamisPolicy *policy; /* NULL: scripts */
    TamisFacts *policy_facts;  /* NULL: scripts */
    TamisReport *report;
    TamisInstant as_of;
    TamisFormulas *formulas;
    TamisSolver *solver;
    TamisCarry *carry;
    TamisSteady *steady;
    GStringChunk *names;
    guint n_contradictions; /* that were looked for (lint/contradiction.h) */
    GArray *dead;           /* of TamisDead (lint/dead.h); NULL until tamis_dead_each was called */
    GHashTable *arrived;    /* lint/arrived.h; NULL: none asked for */
    TamisMail *mail;        /* NULL until tamis_flow_facts_mail was asked */
} TamisFlowFacts;

typedef void (*TamisFlowRule)(TamisFlowFacts *facts);

/* Lends site, policy_facts (NULL: scripts) and report. */
TamisFlowFacts *tamis_flow_facts_new(TamisSite *site, TamisFacts *policy_facts, TamisReport *report,
                                     TamisInstant as_of);
void tamis_flow_facts_free(TamisFlowFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisFlowFacts, tamis_flow_facts_free)
TamisMail *tamis_flow_facts_mail(TamisFlowFacts *facts);
/* Has every mailbox looked at, in their order, by a rule that asks about each by itself and not about the
 * names in it: but not again where look has returned FALSE, nothing found, for another of the shape. */
void
tamis_flow_look_at_shapes(TamisFlowFacts *facts,
                          gboolean (*look)(TamisFlowFacts *facts, guint32 mailbox, gpointer data),
                          gpointer data);
/* Of the site's strings. */
const char *tamis_flow_text(const TamisFlowFacts *facts, TamisString string);
/* The policy's route that an action of the mailbox's flow comes from; NULL: a script's, or nobody's. */
const TamisRoute *
tamis_flow_route(const TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *action);

/* That a message is for this mailbox, where its flow asks what the server was given; else TRUE. */
TamisFormula tamis_flow_base(TamisFlowFacts *facts, guint32 mailbox);
/* The address that a message of that base is delivered to: the witness's choice, or the mailbox's own. */
const char *tamis_flow_to(TamisFlowFacts *facts, guint32 mailbox, const TamisSolution *solution);
/* The mailbox for people: its address in quotes, or "the mailbox" where nobody knows it. Lives as long as
 * the facts. */
const char *tamis_flow_name(TamisFlowFacts *facts, guint32 mailbox);
/* What stands for the mailbox as a whole. */
TamisSpan tamis_flow_mailbox_span(const TamisFlowFacts *facts, guint32 mailbox);

/* Adds a finding about a mailbox and, where it has one, the route of its action (or NULL), with the
 * `use` or the row that brought it; suppressed when an allow says so. Lent as by tamis_report_add. */
TamisDiagnostic *
tamis_flow_find(TamisFlowFacts *facts, TamisRule rule, TamisSpan span, guint32 mailbox,
                const TamisFlowAction *action, const char *format, ...) G_GNUC_PRINTF(6, 7);

/* What the report's findings from the first on point at: spans, as keys of tamis_pair. Caller frees. */
GHashTable *tamis_flow_told(TamisFlowFacts *facts, guint first);

/* Where a witness is delivered, and the way that it then takes. */
typedef struct {
    const char *to;
    const char *const *path;
    guint n_path;                 /* 0: none is told */
    const TamisInstant *instants; /* by address of the path; NULL: all at the witness's */
} TamisWay;

/* Says how sure the finding is, and shows the message if there is one; what is not proved is a warning
 * at most. guard: what the message makes true, which tells what of it matters. */
void tamis_flow_judge(TamisFlowFacts *facts, TamisDiagnostic *diagnostic,
                      const TamisSolution *solution, TamisFormula guard, const TamisWay *way);
/* That it is not decided whether a message to one of these mailboxes (guint32) is what: the ways were too many.
 * Nothing for none. */
void tamis_flow_tell_left(TamisFlowFacts *facts, TamisRule rule, const GArray *mailboxes,
                          const char *what);
/* Around what is said: "whether " and " is not decided", or "". Static. */
const char *tamis_flow_whether(const TamisSolution *solution);
const char *tamis_flow_open(const TamisSolution *solution);
