/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the lowering share: the state of one mailbox's script in the making. Not
 * installed.
 *
 *   lower.c            context, the run over one mailbox, require
 *   lower-plan.c       which routes can be active together, what has to wait, what a guard is
 *   lower-routes.c     routes to blocks, in order or in phases
 *   lower-action.c     actions to commands: keeps and marks
 *   lower-forward.c    forwards, each target once
 *   lower-reply.c      replies and rejections, each once
 *   lower-encrypt.c    encrypted forwards
 *   lower-algebra.c    what connects tests, folded
 *   lower-condition.c  conditions to tests
 *   lower-text.c       comparisons of texts and addresses to tests
 *   lower-time.c       windows, hours and `one of` to date tests
 *   lower-value.c      what the server cannot compare with
 *   lower-walls.c      what the server's parser cannot take */
#pragma once

#include "compiler/lower.h"
#include "compiler/own-addresses.h"
#include "grammar/sieve/build.h"

/* The offsets of one `hours`, merged by offset. */
typedef struct {
    gint32 offset_s;
    GArray *intervals; /* of TamisInterval */
} TamisOffsetGroup;

typedef struct {
    TamisInstant start, end; /* MIN and MAX: open */
} TamisInterval;

/* `now in` one hours, made once for all mailboxes. */
typedef struct {
    TamisSieveTest *test; /* NULL: not made, nothing in the policy names it */
    TamisExtensionSet requires;
} TamisHoursTest;

struct TamisLowerContext {
    const TamisPolicy *policy;
    const TamisServer *server;
    TamisInstant as_of;
    TamisInstant horizon;
    GPtrArray *offsets; /* for each hours: GArray of TamisOffsetGroup */
    TamisOwnAddresses *own_addresses;
    TamisArena *arena;           /* of hours_tests */
    TamisHoursTest *hours_tests; /* for each hours */
};

/* One route of the mailbox, with what the others need to know of it. */
typedef struct {
    const TamisRoute *route;
    guint8 dead;   /* never active, or folded away */
    guint8 always; /* no condition of its own */
    guint8 final;
    guint8 marks;
    guint8 delivers; /* forwards, keeps or files */
    guint8 files;    /* keeps in a folder */
    guint8 copies;   /* has a forward that leaves the implicit keep alone */
    guint8 keeps;    /* an explicit keep in the inbox */
    guint8 cancels;  /* the implicit keep: forward without copy, keep in, discard, reject */
    guint8 replies, rejects;
    guint8 encrypts;         /* by filter or header: changes the message */
    guint8 late_marks_first; /* its marks go before the first route */
    guint8 late;             /* its encrypted forwards go after the last route */
    guint8 in_chain;         /* its block is an elsif or else of the one before */
    guint8 stops;            /* its block ends in stop */
} TamisPlanned;

/* Which route sends to a target, and how. */
typedef struct {
    TamisString key;
    guint32 route;             /* of planned routes */
    guint32 action;            /* of the policy's actions */
    guint32 encryption;        /* TAMIS_NO_INDEX: plain */
    gboolean cancels;          /* its redirect takes the implicit keep away */
    guint32 member, n_members; /* of a one of; n_members 0: all */
} TamisSending;

typedef struct {
    const TamisLowerContext *context;
    const TamisPolicy *policy;
    const TamisServer *server;
    TamisArena *arena;
    TamisReport *report;
    TamisLowered *lowered;
    const TamisMailbox *mailbox;
    const TamisRoute *route; /* being lowered; NULL: none */

    TamisPlanned *planned;
    guint n_planned;
    TamisSending *sendings; /* sorted by key, then route; only when two actions forward */
    guint n_sendings;

    gboolean
        decides_first; /* guards are variables that were set before anything changed the message */
    gboolean has_late; /* something waits for the end: no stop before it */
    gboolean uses_dollar; /* a literal `${` needs the variable of that name */

    /* What the commands so far may have done to the message that later tests see. */
    GArray *added;        /* of TamisString: header names, in lower case */
    TamisLowerOpen *open; /* NULL: nobody asks */
    gboolean filtered;
    gboolean disordered; /* a test saw a changed message: decide first, and build again */
    guint repeated;      /* tests that were written again, for a route that depends on others */

    TamisSpan first_use[TAMIS_N_EXTENSIONS];
} TamisLowering;

/* Tests that are known. Compare pointers; never part of a tree. */
extern TamisSieveTest tamis_lower_always, tamis_lower_never;

/* lower.c */
/* Whether the server has the extension; then the script requires it. */
gboolean tamis_lower_use(TamisLowering *lowering, TamisExtension extension, TamisSpan span);
TamisDiagnostic *tamis_lower_unsupported(TamisLowering *lowering, TamisSpan span,
                                         const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Finding `unsupported`: the server has no such extension, which `what` needs. */
void tamis_lower_lacks(TamisLowering *lowering, TamisSpan span, TamisExtension extension,
                       const char *what);
/* A string of the policy, made safe for a script that expands variables. */
TamisSieveString *tamis_lower_string(TamisLowering *lowering, TamisString string, TamisSpan span);
TamisSieveString *
tamis_lower_literal(TamisLowering *lowering, const char *text, gsize length_bytes, TamisSpan span);
/* Notes that the string stands for the action's target, text or name. */
void tamis_lower_note_open(TamisLowering *lowering, TamisSieveString *string, guint route,
                           const TamisAction *action, guint32 target);
void tamis_lower_good_until(TamisLowering *lowering, TamisInstant instant);

/* lower-algebra.c */
/* A conjunction or disjunction in the making; starts as {.all = …}. Known tests are folded, lists
 * of the same kind taken apart. */
typedef struct {
    gboolean all;
    gboolean absorbed;
    TamisSieveTest *first, **end;
} TamisLowerTests;

void tamis_lower_tests_add(TamisLowering *lowering, TamisLowerTests *tests, TamisSieveTest *test);
TamisSieveTest *tamis_lower_tests_finish(TamisLowering *lowering, TamisLowerTests *tests);
TamisSieveTest *tamis_lower_all(TamisLowering *lowering, TamisSieveTest *a, TamisSieveTest *b);
TamisSieveTest *tamis_lower_any(TamisLowering *lowering, TamisSieveTest *a, TamisSieveTest *b);
TamisSieveTest *tamis_lower_not(TamisLowering *lowering, TamisSieveTest *test);

/* lower-condition.c */
/* A test of this header runs now: does it still see what arrived? */
void tamis_lower_look_at_header(TamisLowering *lowering, const char *name);
TamisSieveTest *tamis_lower_condition(TamisLowering *lowering, TamisConditionId condition);
/* Precedence says list or bulk. */
TamisSieveTest *tamis_lower_is_bulk(TamisLowering *lowering);
/* There is a field that lists add. */
TamisSieveTest *tamis_lower_has_list_field(TamisLowering *lowering);

/* lower-value.c */
/* Reports what the server cannot compare with. */
void tamis_lower_check_value(TamisLowering *lowering, const TamisTest *test, const char *text);

/* lower-text.c */
/* A test of a header, the body, an address or the envelope. */
TamisSieveTest *tamis_lower_text_test(TamisLowering *lowering, const TamisTest *test);

/* lower-time.c */
GPtrArray *
tamis_lower_offsets_new(const TamisPolicy *policy, TamisInstant as_of, TamisInstant horizon);
TamisSieveTest *
tamis_lower_window(TamisLowering *lowering, TamisInstant starting, TamisInstant until);
/* Makes the context's hours_tests. */
void tamis_lower_all_hours(TamisLowerContext *context);
TamisSieveTest *tamis_lower_hours(TamisLowering *lowering, guint32 hours, TamisSpan span);
/* Now is before this second of `one of`'s period. */
TamisSieveTest *
tamis_lower_share_before(TamisLowering *lowering, guint32 n_members, guint32 second);
gboolean tamis_lower_has_clock(TamisLowering *lowering, TamisSpan span);

/* lower-plan.c */
void tamis_lower_plan(TamisLowering *lowering);
/* Whether routes a < b can never be active for one message, as far as their form shows it. */
gboolean tamis_lower_exclusive(const TamisLowering *lowering, guint a, guint b);
/* The route's own window and condition. */
TamisSieveTest *tamis_lower_own(TamisLowering *lowering, guint route);
/* That the route is active, said anywhere in the script. in_chain_from: earlier routes from this
 * one on are known to be inactive here (the branches above); stopped ones too unless the script has
 * late parts. */
TamisSieveTest *tamis_lower_active(TamisLowering *lowering, guint route, guint in_chain_from);

/* The same, said inside the block of a later route that is active: no `final` came before. */
TamisSieveTest *tamis_lower_active_beside(TamisLowering *lowering, guint route);
/* Whether route is active whenever the route `by` is, as far as their form shows it. */
gboolean tamis_lower_implied(const TamisLowering *lowering, guint route, guint by);

/* Whether two routes can be active for one message. */
gboolean tamis_lower_together(const TamisLowering *lowering, guint a, guint b);
/* That another route is active, said in the block of an active one. */
TamisSieveTest *tamis_lower_other_active(TamisLowering *lowering, guint other, guint route);

/* lower-forward.c */
gboolean tamis_lower_is_encrypting(const TamisLowering *lowering, const TamisAction *action);
/* `redirect` to one target of an action, unless another active route sends there; then inside a
 * test. copies: with `:copy`, unless an active route without copy leaves it to this one to send there. So an action
 * without copy has the copy taken away by a redirect, wherever it stands. */
void tamis_lower_redirect(TamisLowering *lowering, guint route, guint32 action, guint32 member,
                          gboolean copies, TamisSieveBlock *block);
/* One of the action's targets, by the time of arrival. copies: as tamis_lower_redirect. */
void tamis_lower_one_of(TamisLowering *lowering, guint route, guint32 action, gboolean copies,
                        TamisSieveBlock *block);
/* That no other active route takes the copy away; inside: said in the block of the active route. */
TamisSieveTest *tamis_lower_copy_stays(TamisLowering *lowering, guint route, gboolean inside);
void tamis_lower_add_keep(TamisLowering *lowering, TamisSieveTest *test, TamisSieveBlock *block);
/* That another route writes a keep: an explicit one, or one in place of `copy`. */
TamisSieveTest *
tamis_lower_kept_elsewhere(TamisLowering *lowering, guint route, gboolean explicitly);
/* kept: whether the route has written a keep; for a server without `copy`. */
void tamis_lower_forward(TamisLowering *lowering, guint route, guint32 action, gboolean *kept,
                         TamisSieveBlock *block);

/* lower-reply.c */
void tamis_lower_reply(TamisLowering *lowering, guint route, const TamisAction *action,
                       TamisSieveBlock *block);
void tamis_lower_reject(TamisLowering *lowering, guint route, const TamisAction *action,
                        TamisSieveBlock *block);

/* lower-action.c */
TamisSieveCommand *tamis_lower_addheader(TamisLowering *lowering, TamisString name,
                                         TamisString value, gboolean last, TamisSpan span);
void tamis_lower_marks(TamisLowering *lowering, guint route, TamisSieveBlock *block);
/* All but marks and late encryption. */
void tamis_lower_actions(TamisLowering *lowering, guint route, TamisSieveBlock *block);

/* lower-encrypt.c */
/* The encrypted forwards of one route, at the end of its block. */
void tamis_lower_encrypted(TamisLowering *lowering, guint route, TamisSieveBlock *block);
/* Those of the routes that wait for the end. */
void tamis_lower_late(TamisLowering *lowering, TamisSieveBlock *block);

/* lower-routes.c */
void tamis_lower_routes(TamisLowering *lowering, TamisSieveBlock *block);
/* `if TEST { block }`, or the block itself where the test always holds; nothing where it never
 * does. */
void tamis_lower_guarded(TamisLowering *lowering, TamisSieveTest *test, TamisSieveBlock *inner,
                         TamisSieveBlock *block);
TamisSieveTest *tamis_lower_decided(TamisLowering *lowering, guint route);

/* lower-walls.c */
void tamis_lower_check_walls(TamisLowering *lowering, const TamisSieveScript *script);
