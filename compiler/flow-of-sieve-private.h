/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of the walk over a script share: its state. Not installed.
 *
 *   flow-of-sieve.c           commands: blocks, chains, loops, the settling at the end
 *   flow-of-sieve-action.c    actions and changes of the message
 *   flow-of-sieve-reply.c     vacation
 *   flow-of-sieve-test.c      tests to formulas
 *   flow-of-sieve-match.c     how a test compares, and the atom of it
 *   flow-of-sieve-message.c   tests of the message
 *   flow-of-sieve-date.c      date, currentdate
 *   flow-of-sieve-constant.c  tests that are folded
 *   flow-of-sieve-string.c    strings with variables put in, set
 *   flow-of-sieve-flag.c      flags, and tests of them
 *   flow-of-sieve-include.c   include, global */
#pragma once

#include "compiler/flow-of-sieve.h"
#include "grammar/sieve/bind.h"

/* One value that a variable can have, and when. */
typedef struct {
    TamisFormula guard;
    TamisString text;
    gboolean is_known; /* else it depends on the message */
} TamisCase;

/* Guards exclude each other, and one of them holds wherever the variable is read. */
typedef struct {
    TamisCase *cases;
    guint n_cases;
} TamisVariable;

/* A script that is being walked; an included one has its own variables (RFC 6609, 3.1). */
typedef struct TamisFrame TamisFrame;
struct TamisFrame {
    const TamisFrame *outer;
    TamisSourceId source;
    TamisExtensionSet available;
    GHashTable *variables; /* lower-case name to TamisVariable; global ones are shared */
};

/* When a block is left before its end, said of a message that has entered it. */
typedef struct {
    TamisFormula stop, leave, break_out; /* stop; return; break */
} TamisExit;

/* A filter. */
typedef struct {
    TamisString program, manner; /* as in TamisFlowAction */
} TamisThrough;

/* A vacation; what it looks at is the message at the end of the run. */
typedef struct {
    guint32 action; /* of walk->actions */
    GArray *own;    /* of TamisString: :addresses */
} TamisReplying;

typedef struct {
    const TamisScriptFlowOptions *options;
    const TamisServer *server;
    TamisFormulas *formulas;
    TamisStrings *strings;
    TamisArena *arena;  /* of the flow */
    TamisArena *values; /* of variables */
    TamisFrame *frame;
    GHashTable *globals;
    TamisFormula guard; /* that the walk's place is reached */
    guint n_loops;      /* around: what is opaque there differs from part to part */
    guint n_opaque;     /* opaque atoms so far */
    guint n_commands, n_includes;
    gsize n_folded_bytes;

    GArray *actions;           /* of TamisFlowAction */
    GArray *changes;           /* of TamisChange */
    GArray *places;            /* of TamisFlowPlace */
    gboolean has_switches;     /* a test was met whose value is known: how parts are switched off */
    GArray *filed_inbox;       /* of guint32, actions: fileinto "INBOX" that a keep can take over */
    GArray *replies;           /* of TamisReplying */
    GArray *visible;           /* of guint32: changes that can have happened on the way here */
    GArray *cancelled, *kept;  /* of TamisFormula: the implicit keep; kept in the inbox */
    TamisFormula kept_by_keep; /* not by fileinto */
    TamisFormula discarded;
    TamisFormula failed;  /* the run ends with an error: nothing is done, and the message kept */
    GHashTable *sent;     /* target as the engine compares it -> TamisFormula */
    GHashTable *notified; /* address -> TamisFormula */
    GHashTable *folders;  /* TamisString -> TamisFormula that it was kept there */
    GHashTable *included; /* source -> TamisFormula, for :once */
    TamisThrough filter;  /* what the message has surely gone through last; program 0: nothing */
    TamisSpan unread;

    /* Variables that are held at one of their cases while something is read. */
    GArray *held;               /* of TamisHeld */
    const TamisVariable *split; /* one with several cases was met: hold each of them in turn */
    guint n_cases_left;         /* to try for one command or test */
    TamisFormula result;        /* of the test that is being read */
    GString *scratch;
} TamisWalk;

typedef struct {
    const TamisVariable *variable;
    const TamisCase *value;
} TamisHeld;

/* flow-of-sieve.c */
TamisExit tamis_walk_commands(TamisWalk *walk, const TamisSieveCommand *command);
static inline TamisFormula
tamis_walk_all(TamisWalk *walk, TamisFormula a, TamisFormula b)
{
    return tamis_formulas_and2(walk->formulas, a, b);
}
static inline TamisFormula
tamis_walk_any(TamisWalk *walk, TamisFormula a, TamisFormula b)
{
    return tamis_formulas_or2(walk->formulas, a, b);
}
static inline TamisFormula
tamis_walk_not(TamisWalk *walk, TamisFormula a)
{
    return tamis_formulas_not(walk->formulas, a);
}

/* flow-of-sieve-string.c */
/* The text at this place. FALSE: it depends on the message (out is then what the script says) or, where
 * walk->split is set, on which case holds. */
gboolean tamis_walk_text(TamisWalk *walk, const TamisSieveString *string, TamisString *out);
/* The same with its lines ended as the engine has them: by CR LF in Pigeonhole, whatever the script has. */
gboolean tamis_walk_lines(TamisWalk *walk, const TamisSieveString *string, TamisString *out);
/* The value of the variable that the string names ("" the message's flags). FALSE as above. */
gboolean tamis_walk_value(TamisWalk *walk, const TamisSieveString *name, TamisString *out);
/* All strings of an argument as a list, lines ended so; in ASCII lower case where lower. */
gboolean tamis_walk_list(TamisWalk *walk, const TamisSieveArgument *argument, gboolean lower,
                         TamisSlice *out);
/* Calls back under walk->guard for each case of the variables that call reads. It reads all before it does
 * anything, and does nothing where walk->split is set. */
typedef void (*TamisForCase)(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span);
void tamis_walk_each_case(TamisWalk *walk, TamisForCase call, const TamisSieveBound *bound,
                          TamisSpan span);
TamisVariable *tamis_walk_variable(TamisWalk *walk, const char *name, gsize length);
/* Under walk->guard; out of every case where that is the whole way. */
void
tamis_walk_assign(TamisWalk *walk, TamisVariable *variable, TamisString text, gboolean is_known);
void tamis_walk_set(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span);
/* Every variable that the commands write to depends on the message from here on. */
void tamis_walk_forget(TamisWalk *walk, const TamisSieveCommand *command);
/* The same of one command. */
void tamis_walk_forget_word(TamisWalk *walk, const TamisSieveCommand *command);

/* flow-of-sieve-flag.c */
/* That which the command changes. */
TamisVariable *tamis_walk_flags_variable(TamisWalk *walk, const TamisSieveBound *bound);
void tamis_walk_flags(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span);

/* flow-of-sieve-test.c */
TamisFormula tamis_walk_test(TamisWalk *walk, const TamisSieveTest *test);
TamisFormula tamis_walk_opaque(TamisWalk *walk, TamisSpan span);

/* Makes the formula of a test without tests inside. FALSE: it cannot be read statically, or walk->split is
 * set: a variable has to be held first. */
typedef gboolean (*TamisWalkRead)(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span,
                                  TamisFormula *out);

/* flow-of-sieve-match.c; FALSE as in TamisWalkRead. */
/* Whether the string is that, in any case. */
gboolean tamis_walk_says(const TamisSieveString *string, const char *lower);
/* Match type and comparator. */
gboolean tamis_walk_how(const TamisSieveBound *bound, TamisAtom *atom);
/* The same, and keys. */
gboolean tamis_walk_match(TamisWalk *walk, const TamisSieveBound *bound, TamisAtom *atom);
/* :index and :last; FALSE of :mime. */
gboolean tamis_walk_index(const TamisSieveBound *bound, TamisAtom *atom);
/* TRUE. */
gboolean tamis_walk_add_atom(TamisWalk *walk, TamisAtom *atom, TamisSpan span, TamisFormula *out);

#define TAMIS_WALK_READ(name)                                                                      \
    gboolean tamis_walk_read_##name(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span, \
                                    TamisFormula *out)
/* flow-of-sieve-message.c */
TAMIS_WALK_READ(fields); /* header, address, exists */
TAMIS_WALK_READ(envelope);
TAMIS_WALK_READ(size);
TAMIS_WALK_READ(body);
TAMIS_WALK_READ(grade); /* spamtest, virustest */
/* flow-of-sieve-date.c */
TAMIS_WALK_READ(date); /* date, currentdate */
/* flow-of-sieve-flag.c */
TAMIS_WALK_READ(hasflag);
/* flow-of-sieve-constant.c */
TAMIS_WALK_READ(string);
TAMIS_WALK_READ(ihave);
TAMIS_WALK_READ(environment);
TAMIS_WALK_READ(mailboxexists);
#undef TAMIS_WALK_READ

/* flow-of-sieve-action.c */
/* FALSE: the word is no action that a flow knows. */
gboolean tamis_walk_action(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span);
/* A filter, as command or test. */
void tamis_walk_filter(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span);
/* The version of the message that matters to a test of these header fields (names n 0: of all of it). */
guint32 tamis_walk_version(const TamisWalk *walk, TamisSlice names);
void tamis_walk_settle(TamisWalk *walk, TamisSpan script);

/* flow-of-sieve-reply.c */
void tamis_walk_vacation(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span);
void tamis_walk_settle_replies(TamisWalk *walk);
/* Any value of Auto-Submitted other than no, as it is here. */
TamisFormula tamis_walk_is_automatic(TamisWalk *walk, gboolean as_it_arrived);

/* flow-of-sieve-notify.c */
void tamis_walk_notify(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span);

/* flow-of-sieve-include.c */
TamisExit tamis_walk_include(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span);
void tamis_walk_global(TamisWalk *walk, const TamisSieveBound *bound);
