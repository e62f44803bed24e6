/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one mailbox does with a message: an ordered list of guarded actions, with everything
 * sequential (final, otherwise, elsif, stop) and the implicit keep already folded into the guards.
 * Made from a policy or from any Sieve script; all that reasons, reasons on flows. */
#pragma once

#include "model/formula.h"

typedef enum {
    TAMIS_FLOW_FORWARD, /* text: the address; key: what it compares as */
    TAMIS_FLOW_KEEP,    /* folder 0: the inbox */
    TAMIS_FLOW_DISCARD, /* written, or what is left when nothing is kept */
    TAMIS_FLOW_REPLY,   /* name: subject, text */
    TAMIS_FLOW_REJECT,  /* text: the reason */
    TAMIS_FLOW_MARK,    /* name, text: a header is added */
    TAMIS_FLOW_UNMARK,  /* name: a header is deleted */
    TAMIS_FLOW_FILTER,  /* name: the program; the message is what it made of it */
    TAMIS_FLOW_FLAGS,   /* text */
    TAMIS_FLOW_NOTIFY,  /* text: the method */
    TAMIS_FLOW_PROGRAM, /* pipe, execute: name */
} TamisFlowKind;

typedef struct {
    guint8 kind;        /* TamisFlowKind */
    guint8 is_implicit; /* KEEP: nobody wrote it */
    guint8 copies;      /* FORWARD: the implicit keep stays */
    TamisFormula guard;
    TamisFormula answered; /* REPLY: that the engine then sends one (RFC 5230, 4.5 and 4.6) */
    TamisString key, text, name, folder;
    TamisString
        encryption; /* FORWARD: the name of the means, the filter's program in a script; 0: plain */
    guint32 version;   /* of the message that the action sees */
    TamisString route; /* 0: a script */
    TamisSpan span;
} TamisFlowAction;

/* One change of the message: version i is version i - 1 after changes[i - 1], where its guard
 * holds. */
typedef struct {
    TamisFormula guard;
    guint8 kind;   /* MARK, UNMARK, FILTER */
    guint8 last;   /* MARK: at the end; UNMARK: index counts from the end */
    guint32 index; /* UNMARK: 1-based; 0: all */
    TamisString name, value;
} TamisChange;

/* A route, and when it is active. */
typedef struct {
    TamisString name;
    TamisFormula guard;
    TamisSpan span;
} TamisFlowRoute;

/* actions stand in the order in which they take effect. Nothing is done twice: the guard of a
 * second forward to a target, a second reply or a second keep says that the first did not happen.
 */
typedef struct {
    TamisFlowAction *actions;
    guint32 n_actions;
    TamisChange *changes;
    guint32 n_changes;
    TamisFlowRoute *routes; /* of a policy, in its order */
    guint32 n_routes;
} TamisFlow;
