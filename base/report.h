/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is wrong with a text that a user wrote: findings, each with its rule, place, message and
 * remedy. Collecting is separate from showing (base/render-*). A report belongs to one thread;
 * workers each fill their own, which are merged in a fixed order. */
#pragma once

#include "base/rules.h" /* generated from docs/findings: enum TamisRule, TAMIS_RULE_<SLUG> */
#include "base/source.h"

typedef enum {
    TAMIS_SEVERITY_HINT,
    TAMIS_SEVERITY_WARNING,
    TAMIS_SEVERITY_ERROR,
} TamisSeverity;

typedef enum {
    TAMIS_CERTAINTY_NONE, /* a finding that needs no reasoning about messages */
    TAMIS_CERTAINTY_PROVED,
    TAMIS_CERTAINTY_POSSIBLE,
    TAMIS_CERTAINTY_UNDECIDED,
} TamisCertainty;

typedef struct {
    TamisSpan span;
    const char *message;
} TamisRelated;

/* One replacement of a machine-applicable fix: span.length 0 inserts. */
typedef struct {
    TamisSpan span;
    const char *text;
} TamisEdit;

/* A message and an instant for which a finding holds; tamis explain replays it. */
typedef struct {
    const char
        *summary;    /* what tells in it, for people: "Subject: x, at 2026-11-23 10:00 +08:00" */
    const char *to;  /* what the server is given */
    gint64 instant;  /* seconds since the epoch … */
    gint32 offset_s; /* … shown in an offset from UTC */
    const char *envelope_from;  /* "" is the null sender */
    const char *const *headers; /* name, value, name, value … */
    guint n_headers;            /* pairs */
    const char *body;           /* NULL: empty */
    guint64 size_bytes;
    guint32 spam_score;        /* RFC 5235 … */
    gboolean has_spam_percent; /* … or finer, then the score follows from it */
    guint32 spam_percent, virus_score;
    const char *const *path; /* addresses, from hop to hop; n_path 0: one mailbox alone */
    guint n_path;
    const gint64 *instants; /* when it is at each of them; NULL: at all at the one instant */
} TamisFindingWitness;

/* All strings are UTF-8 and live as long as the report (or the one that it was merged into). Unset
 * ones are NULL. */
typedef struct {
    TamisRule rule;
    TamisSeverity severity;
    TamisCertainty certainty;
    TamisSpan span;
    const char
        *message;     /* lower case, no full stop, the thing in single quotes, no position inside */
    const char *help; /* the remedy, an instruction */
    const char *mailbox; /* address, or NULL */
    const char *route;
    GArray *related;                    /* of TamisRelated, or NULL */
    GArray *edits;                      /* of TamisEdit, or NULL */
    const TamisFindingWitness *witness; /* or NULL */
    gboolean suppressed;
    guint n_alike; /* further mailboxes that have it in the same place: see tamis_report_sort */
    gboolean counts_alike; /* the last of `related` says how many they are */
    guint number;          /* see tamis_report_number; 0: it has none */
} TamisDiagnostic;

typedef struct TamisReport TamisReport;

/* Findings of one severity (their rules' own) beyond the greater of these, the second times the number of sources, are
 * counted and not kept: hostile input must not fill the memory, nor hints hide an error; but what a large site has
 * to say is told to the end, and can be a baseline. */
#define TAMIS_REPORT_MAX_KEPT          10000
#define TAMIS_REPORT_MAX_KEPT_A_SOURCE 8
/* Longer messages end in an ellipsis; further related places are left out. */
#define TAMIS_REPORT_MAX_TEXT    4000
#define TAMIS_REPORT_MAX_RELATED 100

TAMIS_API TamisReport *tamis_report_new(TamisSources *sources);
TAMIS_API void tamis_report_free(TamisReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisReport, tamis_report_free)

TAMIS_API TamisSources *tamis_report_get_sources(const TamisReport *report);

/* Adds a finding with the rule's own severity. Never returns NULL (past the cap: a scratch one).
 * The result is lent until the next call of tamis_report_add. */
TAMIS_API TamisDiagnostic *tamis_report_add(TamisReport *report, TamisSpan span, TamisRule rule,
                                            const char *format, ...) G_GNUC_PRINTF(4, 5);
/* FALSE: it is one past the cap, of which only the number is told; help, related places and edits are lost. */
TAMIS_API gboolean tamis_report_keeps(const TamisReport *report, const TamisDiagnostic *diagnostic);
TAMIS_API void tamis_report_help(TamisReport *report, TamisDiagnostic *diagnostic,
                                 const char *format, ...) G_GNUC_PRINTF(3, 4);
TAMIS_API void tamis_report_relate(TamisReport *report, TamisDiagnostic *diagnostic, TamisSpan span,
                                   const char *format, ...) G_GNUC_PRINTF(4, 5);
TAMIS_API void tamis_report_edit(TamisReport *report, TamisDiagnostic *diagnostic, TamisSpan span,
                                 const char *text);
/* Takes the fix away: it is not for the form in which the text stands. */
TAMIS_API void tamis_report_drop_edits(TamisDiagnostic *diagnostic);
/* Copies the strings; either may be NULL. */
TAMIS_API void tamis_report_blame(TamisReport *report, TamisDiagnostic *diagnostic,
                                  const char *mailbox, const char *route);

/* Copies all of it. */
TAMIS_API void tamis_report_witness(TamisReport *report, TamisDiagnostic *diagnostic,
                                    const TamisFindingWitness *witness);

TAMIS_API guint tamis_report_count(const TamisReport *report);
TAMIS_API TamisDiagnostic *tamis_report_get(const TamisReport *report, guint index);
/* Not suppressed ones, those past the cap included. */
TAMIS_API guint tamis_report_count_severity(const TamisReport *report, TamisSeverity severity);
TAMIS_API guint tamis_report_count_suppressed(const TamisReport *report);
/* Findings past the cap: counted above, and not kept. */
TAMIS_API guint tamis_report_count_dropped(const TamisReport *report);
/* Moves all of other's findings behind those of report; both on the same sources. Sorts when there is
 * no more room. */
TAMIS_API void tamis_report_merge(TamisReport *report, TamisReport *other);
/* By source, offset, rule; drops exact repetitions. Findings that differ in their mailbox or route alone become
 * one, which names two further ones and counts the rest; but not those with a witness. */
TAMIS_API void tamis_report_sort(TamisReport *report);
/* Numbers the findings that are shown, from 1, in their present order: what a user calls them by. They keep it when
 * they are merged. */
TAMIS_API void tamis_report_number(TamisReport *report);
