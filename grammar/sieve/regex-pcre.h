/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Regular expressions as the first version of PCRE reads them, in UTF-8 and without groups by number (REG_UTF8,
 * REG_NOSUB): what Debian builds Cyrus with. It ended with 8.45, so what it takes changes no more. Here is what the
 * parts of the reader have in common; the expression is read once, into nodes, which are asked what length they have. */
#pragma once

#include "grammar/sieve/regex.h"

typedef enum {
    TAMIS_PCRE_CHARACTER, /* exactly one, of whatever kind */
    TAMIS_PCRE_NOTHING,   /* an anchor, a condition, a verb */
    TAMIS_PCRE_ASSERTION, /* a group that takes no character */
    TAMIS_PCRE_ACCEPT,    /* the branch ends here */
    TAMIS_PCRE_REFERENCE, /* of no fixed length */
    TAMIS_PCRE_UNIT,      /* \R, \X, \C: of no fixed length, but where they are counted */
    TAMIS_PCRE_GROUP,     /* its children are branches */
    TAMIS_PCRE_BRANCH,
    TAMIS_PCRE_CALL, /* of group `number`, or of the name at it */
} TamisPcreKind;

enum { TAMIS_PCRE_NO_NODE = 0, TAMIS_PCRE_UNLIMITED = G_MAXUINT32 };

typedef struct {
    TamisPcreKind kind;
    guint32 first, last, next; /* children; the sibling behind it */
    guint32 end;               /* of a group: the first node that is behind it */
    guint32 number;            /* of a group; 0: it has none, and the whole is called */
    guint32 least, most;       /* how often it is repeated */
    gboolean is_simple;        /* a single character, which `{0}` takes away */
    gboolean is_open;
    gboolean may_be_empty; /* as far as it has been read */
    gboolean
        is_forward; /* a call of what comes later: PCRE looks no further, and takes the branch for empty */
    gboolean stays_empty;   /* a branch with such a call */
    gboolean is_definition; /* `(?(DEFINE)`, which no repeat repeats */
    gboolean is_counted;    /* being looked at, so that a call of itself ends */
    gint64 length;          /* of a group, where n_steps is not 0 */
    guint64 n_steps;        /* what PCRE looks at to find that length; 0: it is not known yet */
    guint64 size;           /* of what it is compiled to */
    const char *name;
    gsize name_length;
} TamisPcreNode;

typedef struct {
    const char *text;
    gsize length;
    guint32 number;
} TamisPcreName;

/* What is set inside of the expression, and holds to the end of the group. */
typedef struct {
    gboolean skips_space;       /* x */
    gboolean has_doubled_names; /* J */
    gboolean is_strict;         /* X: no letter behind a backslash that means nothing */
} TamisPcreOptions;

/* A group that is being read. */
typedef struct TamisPcreLevel {
    struct TamisPcreLevel *outer;
    guint32 group, branch;
    guint32 item; /* what a repeat repeats, TAMIS_PCRE_NO_NODE: there is nothing */
    guint32 n_branches;
    TamisPcreOptions options; /* of its branches */
    gboolean shares_numbers; /* `(?|`: the groups of each branch are counted from the same number */
    gboolean has_condition;  /* an assertion comes first, `(?(?=` */
} TamisPcreLevel;

typedef struct {
    const char *at, *limit;
    const char *reason, *remedy;
    GArray *nodes;  /* of TamisPcreNode; the first is none */
    GArray *names;  /* of TamisPcreName */
    GArray *wanted; /* of TamisPcreName: with a name, or with a number alone */
    GArray *behind; /* of guint32: groups that look behind */
    GArray *groups; /* of guint32: by number, the first node that has it */
    guint32 n_groups, n_levels;
    guint32 n_conditions; /* open ones: in these a call may be endless */
    gboolean has_back_reference, is_too_large, is_explosive;
} TamisPcre;

#define TAMIS_PCRE_NODE(pcre, index) (&g_array_index((pcre)->nodes, TamisPcreNode, (index)))

/* FALSE, always. */
gboolean tamis_pcre_fail(TamisPcre *pcre, const char *reason, const char *remedy);

/* The character that is `distance` bytes on, or 0. */
static inline char
tamis_pcre_peek(const TamisPcre *pcre, gsize distance)
{
    return (gsize)(pcre->limit - pcre->at) > distance ? pcre->at[distance] : '\0';
}

gboolean tamis_pcre_starts_with(const TamisPcre *pcre, const char *text);

/* A letter, a digit or `_`. */
gboolean tamis_pcre_is_word(char c);

/* Digits, which may be none; FALSE if that is no number any more. */
gboolean tamis_pcre_read_number(TamisPcre *pcre, guint32 *out_number);

/* Whether `{2}`, `{2,}` or `{2,5}` stands `distance` bytes on. */
gboolean tamis_pcre_has_counts(const TamisPcre *pcre, gsize distance);

/* Of what it is compiled to: a group's begin and end, a link. */
enum { TAMIS_PCRE_SIZE_OF_GROUP = 6, TAMIS_PCRE_SIZE_OF_LINK = 3 };

/* An item of the branch, which a repeat behind it repeats; settled, it is repeated no more, and the branch has it. */
guint32
tamis_pcre_add_item(TamisPcre *pcre, TamisPcreLevel *level, TamisPcreKind kind, guint64 size);
void tamis_pcre_settle(TamisPcre *pcre, TamisPcreLevel *level);

/* The branches of a group, up to the `)`. */
gboolean tamis_pcre_take_branches(TamisPcre *pcre, TamisPcreLevel *level);

/* At `(`, which begins no comment. */
gboolean tamis_pcre_take_parenthesis(TamisPcre *pcre, TamisPcreLevel *level);

/* A name up to what closes it, and behind that. */
gboolean tamis_pcre_read_name(TamisPcre *pcre, char close, TamisPcreName *out_name);

/* The name of the next group. */
gboolean tamis_pcre_add_name(TamisPcre *pcre, TamisPcreName *name, gboolean may_be_doubled);

/* Back references, and calls of groups: by what was read; `name>`; `1>`, `+1)`; behind `\g`, at `<` or `'`. */
void tamis_pcre_add_reference(TamisPcre *pcre, TamisPcreLevel *level, TamisPcreName wanted);
gboolean tamis_pcre_add_call(TamisPcre *pcre, TamisPcreLevel *level, const TamisPcreName *wanted);
gboolean
tamis_pcre_take_named(TamisPcre *pcre, TamisPcreLevel *level, char close, gboolean is_call);
gboolean tamis_pcre_take_numbered_call(TamisPcre *pcre, TamisPcreLevel *level, char close);
gboolean tamis_pcre_take_quoted_call(TamisPcre *pcre, TamisPcreLevel *level);

/* Whether every group that was named is there. */
gboolean tamis_pcre_check_wanted(TamisPcre *pcre);

/* What an escape is: a character (0, with its value), a letter that is special, TAMIS_PCRE_GROUP_NUMBER with
 * the number, or TAMIS_PCRE_FAULT. At the backslash; behind the escape afterwards. */
enum { TAMIS_PCRE_GROUP_NUMBER = 1, TAMIS_PCRE_FAULT = -1 };
int tamis_pcre_take_escape(TamisPcre *pcre, gboolean is_strict, gboolean is_in_brackets,
                           guint32 *out_value);

/* Behind `\p` or `\P`. */
gboolean tamis_pcre_take_property(TamisPcre *pcre);

/* At `[`; *out_size is what it is compiled to. */
gboolean tamis_pcre_take_brackets(TamisPcre *pcre, gboolean is_strict, guint64 *out_size);

/* At `(*` with a verb behind it. */
gboolean tamis_pcre_is_verb(const TamisPcre *pcre);
gboolean tamis_pcre_take_verb(TamisPcre *pcre, TamisPcreKind *out_kind, guint64 *out_size);

/* What sets the whole expression, `(*UTF8)`, at its start. */
void tamis_pcre_skip_settings(TamisPcre *pcre);

const TamisPcreName *tamis_pcre_find_name(const TamisPcre *pcre, const char *text, gsize length);

/* The first group with a number, the whole expression for 0, or TAMIS_PCRE_NO_NODE. */
guint32 tamis_pcre_find_group(const TamisPcre *pcre, guint32 number);

/* Whether all that looks behind knows how far. */
gboolean tamis_pcre_check_behind(TamisPcre *pcre);

TamisRegexVerdict
tamis_pcre_judge(const char *text, gsize length, const char **out_reason, const char **out_remedy);
