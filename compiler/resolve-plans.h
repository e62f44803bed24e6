/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bodies of mailboxes and templates in two steps, as resolve-values.h does it for values: a plan has every
 * name looked up and holds what is the same for all; making a mailbox fills in the rest. Private to the
 * resolver. */
#pragma once

#include "compiler/resolve-values.h"

/* resolve-dates.c ---------------------------------------------------------------------------------- */

typedef struct {
    TamisOperand base;
    int sign; /* 0: no duration */
    gint64 number;
    TamisUnit unit;
    TamisSpan span;
    gboolean is_until; /* a day lasts to its end */
    gboolean is_broken;
    gboolean is_constant;
    TamisInstant constant; /* TAMIS_INSTANT_MIN or _MAX where no date is written */
} TamisDatePlan;

void tamis_resolve_bind_date(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                             const TamisDate *date, gboolean is_until, TamisDatePlan *out_plan);
gboolean tamis_resolve_date(TamisResolver *r, const TamisFrame *frame, const TamisDatePlan *plan,
                            TamisInstant *out_instant);
/* A DATE as a day number. */
gboolean tamis_resolve_day(TamisResolver *r, const TamisValue *value, gint64 *out_day);
/* The first instant after a day, in the policy's zone. */
TamisInstant tamis_resolve_end_of_day(const TamisResolver *r, gint64 day);
/* Seconds; FALSE when it is longer than the calendar, which is reported. */
gboolean
tamis_resolve_duration(TamisResolver *r, const TamisDuration *duration, gint64 *out_seconds);

/* resolve-conditions.c, resolve-features.c --------------------------------------------------------- */

typedef struct TamisConditionPlan TamisConditionPlan;
struct TamisConditionPlan {
    TamisConditionKind kind; /* TRUE: constant */
    TamisSpan span;
    TamisConditionId constant; /* TRUE: the condition, whatever it is */
    TamisConditionPlan *children, *next;
    /* TEST: */
    gboolean negated, is_constant, is_broken;
    TamisTest test;       /* what does not depend on the frame */
    TamisText *name;      /* a header's name, where it does; else NULL */
    TamisOperands values; /* likewise */
    gboolean in_group;    /* values is the group of `in` */
};

/* syntax may be NULL: always. A plan without parameters and cells is constant: its condition exists once. */
TamisConditionPlan *
tamis_resolve_bind_condition(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                             const TamisConditionSyntax *syntax);
TamisConditionId
tamis_resolve_condition(TamisResolver *r, const TamisFrame *frame, const TamisConditionPlan *plan);
/* The condition of that name; TAMIS_CONDITION_NEVER, reported, when there is none. */
TamisConditionId tamis_resolve_use_condition(TamisResolver *r, const TamisName *name);
/* ALL or ANY of the parts, in normal form. */
TamisConditionId
tamis_resolve_combine(TamisResolver *r, TamisConditionKind kind, const TamisConditionId *parts,
                      guint32 n_parts, TamisSpan span);
TamisConditionId tamis_resolve_add_test(TamisResolver *r, const TamisTest *test);
/* All that have names. */
void tamis_resolve_conditions(TamisResolver *r);

/* Fills test, name, values and the flags of a plan of kind TEST. */
void tamis_resolve_bind_feature(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                                const TamisConditionSyntax *syntax, TamisConditionPlan *plan);
/* The test that the plan stands for, without its negation. */
TamisConditionId
tamis_resolve_feature(TamisResolver *r, const TamisFrame *frame, const TamisConditionPlan *plan);

/* resolve-fields.c: header fields -------------------------------------------------------------------- */

/* A field name as RFC 5322 spells it, interned in lower case; FALSE, reported, when it is none. */
gboolean tamis_resolve_field_name(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
                                  TamisString *out_name);
/* Splits "Name: value" and checks that such a field may be added. */
gboolean tamis_resolve_mark(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
                            TamisString *out_name, TamisString *out_value);
/* A folder's name with INBOX in capitals where it is the first level (RFC 3501, 5.1: it has no case); 0: the
 * inbox itself, as without a folder. FALSE, reported: no server has such a one. */
gboolean tamis_resolve_folder(TamisResolver *r, const TamisFrame *frame, TamisSpan span,
                              const char *name, gsize length_bytes, TamisString *out_folder);
/* "address" or "Name <address>", as RFC 5322 writes a mailbox: the name is quoted where it has to be. */
gboolean tamis_resolve_sender(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
                              TamisString *out_sender);

/* A NUMBER or SIZE; FALSE, reported, when it does not fit 63 bits. */
gboolean tamis_resolve_number(TamisResolver *r, const TamisValue *value, guint64 *out_number);

/* resolve-actions.c -------------------------------------------------------------------------------- */

typedef struct {
    TamisAction action; /* what does not depend on the frame */
    TamisOperands targets;
    TamisText *text, *subject, *from; /* where they do */
    gboolean is_constant;
} TamisActionPlan;

typedef struct {
    TamisActionPlan *items;
    guint32 n;
    gboolean is_constant;
    gboolean is_stored;
    TamisSlice stored; /* once is_stored: all mailboxes share it */
} TamisActionPlans;

TamisActionPlans
tamis_resolve_bind_actions(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                           const TamisActionSyntax *actions);
TamisSlice
tamis_resolve_actions(TamisResolver *r, const TamisFrame *frame, TamisActionPlans *plans);

/* resolve-bodies.c: the items of a mailbox or a template -------------------------------------------- */

typedef struct {
    TamisRoute route; /* what does not depend on the frame */
    TamisDatePlan starting, until;
    TamisConditionPlan *when;
    TamisActionPlans actions;
} TamisRoutePlan;

typedef struct {
    TamisItemKind kind; /* ALIAS, USE or ROUTE */
    TamisSpan span;
    TamisOperands values;              /* ALIAS; USE: the arguments */
    const TamisTemplatePlan *template; /* USE */
    TamisRoutePlan route;              /* ROUTE */
} TamisItemPlan;

typedef struct {
    TamisItemPlan *items;
    guint32 n;
    TamisLimits limits; /* what it says, its templates included */
} TamisBodyPlan;

struct TamisTemplatePlan {
    TamisName *parameters;
    guint32 n_parameters;
    gboolean *parameters_used;
    TamisBodyPlan body;
};

void tamis_resolve_bind_body(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                             const TamisItemSyntax *items, TamisBodyPlan *out_body);
/* Appends the routes to the policy's; aliases are handed to claim. */
typedef void (*TamisClaimAlias)(TamisResolver *r, const TamisAddress *address, TamisSpan span);
void tamis_resolve_make_body(TamisResolver *r, const TamisFrame *frame, const TamisBodyPlan *body,
                             TamisClaimAlias claim);
void tamis_resolve_templates(TamisResolver *r);
void tamis_resolve_add_parameter_definitions(TamisResolver *r);
