/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one mailbox does with a message: an ordered list of guarded actions, with everything
 * sequential (final, otherwise, elsif, stop) and the implicit keep already folded into the guards.
 * Made from a policy or from any Sieve script; all that reasons, reasons on flows. */
#pragma once

#include "model/formula.h"

typedef enum {
    TAMIS_FLOW_FORWARD, /* text: the address; key: what it compares as, 0: it depends on the message
                           (text is then what the script says) */
    TAMIS_FLOW_KEEP,    /* folder 0: the inbox */
    TAMIS_FLOW_DISCARD, /* written; of a policy: and nothing is kept */
    TAMIS_FLOW_REPLY,   /* name: subject, text */
    TAMIS_FLOW_REJECT,  /* text: the reason */
    TAMIS_FLOW_MARK,    /* name, text: a header is added */
    TAMIS_FLOW_UNMARK,  /* name: a header is deleted */
    TAMIS_FLOW_FILTER,  /* name: the program; the message is what it made of it */
    TAMIS_FLOW_FLAGS,   /* name: setflag, addflag, removeflag; text: the flags */
    TAMIS_FLOW_NOTIFY,  /* text: the method */
    TAMIS_FLOW_PROGRAM, /* name: the program; text: pipe, execute */
} TamisFlowKind;

typedef struct {
    guint8 kind;        /* TamisFlowKind */
    guint8 is_implicit; /* KEEP: nobody wrote it */
    guint8 copies;      /* FORWARD, KEEP in a folder, PROGRAM: the implicit keep stays */
    guint8
        is_queued; /* PROGRAM: it runs after the script, as an action; else on the way (`execute`) */
    TamisFormula guard;
    TamisFormula
        answered; /* REPLY, NOTIFY of a script: that the engine then sends one (RFC 5230, 4.5, 4.6); of a
                              policy's reply compiler/flow-of-policy.h tells */
    TamisString key, text, name, folder;
    TamisString
        encryption; /* FORWARD: the name of the means, the filter's program in a script; 0: plain. KEEP: in place of such a forward alone */
    TamisString
        manner; /* of a script, in words of compiler/deed-name.h. REPLY: how often, from whom, as whom;
                           FILTER, PROGRAM, and FORWARD through a filter: the program with its arguments */
    guint32 version;   /* of the message that the action sees */
    TamisString route; /* 0: a script */
    TamisSpan span;    /* of a policy's implicit KEEP none */
} TamisFlowAction;

/* Whether the engine carries it out after the run, and counts it against the most actions that it runs: all else is
 * done on the way. The implicit keep is queued and not counted (Pigeonhole 0.5, sieve-result.c). */
static inline gboolean
tamis_flow_is_queued(const TamisFlowAction *action)
{
    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_MARK:
    case TAMIS_FLOW_UNMARK:
    case TAMIS_FLOW_FILTER:
    case TAMIS_FLOW_FLAGS:
        return FALSE;
    case TAMIS_FLOW_PROGRAM:
        return action->is_queued;
    default:
        return TRUE;
    }
}

/* One change of the message: version i is version i - 1 after changes[i - 1], where its guard
 * holds. An atom names the last version that can matter to it. */
typedef struct {
    TamisFormula guard;
    guint8 kind;       /* MARK, UNMARK, FILTER */
    guint8 last;       /* MARK: at the end; UNMARK: index counts from the end */
    guint8 is_unknown; /* MARK, UNMARK: name or value depend on the message; FILTER always */
    guint8 match, relation, comparator; /* of keys, as in an atom */
    guint32 index;                      /* UNMARK: 1-based; 0: all */
    TamisString name, value;
    TamisSlice keys; /* UNMARK: only fields whose value meets one of them; n 0: whatever it is */
} TamisChange;

/* A route, and when it is active. */
typedef struct {
    TamisString name;
    TamisFormula guard;
    TamisSpan span;
} TamisFlowRoute;

/* A command of a script, and when it is reached: also where an earlier one has done the same. */
typedef struct {
    TamisFormula guard;
    TamisSpan span;
} TamisFlowPlace;

/* actions stand in the order in which they take effect. The guard of a second forward to a target, or
 * of a second keep in a folder, says that the first did not happen. So does, of a policy, that of a second
 * reply or rejection; those of a script stand as written, and two that hold in one run conflict. */
typedef struct {
    TamisFlowAction *actions;
    TamisChange *changes;
    TamisFlowRoute *routes; /* of a policy, in its order */
    TamisFlowPlace
        *places; /* of a script: what forwards, keeps, discards, replies or rejects; and the first
                               command of those that the conditions around them plainly exclude */
    guint32 n_actions, n_changes, n_routes, n_places;
    /* Of a script: when it calls `error` (RFC 5463), or uses what is no folder's name or no address, and only the
     * implicit keep is left. */
    TamisFormula failed;
    TamisSpan unread; /* a part of the script that is not in here, since it was not found or is too
                         large or deep; source 0: all is in here */
} TamisFlow;
