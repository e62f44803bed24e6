/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The syntax tree of a policy: what was written, where, with nothing looked up. Made by the parser from
 * text or XML, read by the printer, the XML writer and the resolver. One arena owns it all; lists are
 * linked by next, in the order of the text. */
#pragma once

#include "base/arena.h"
#include "base/source.h"

/* A shape of a word, docs/language.md "Lexis". */
typedef enum {
    TAMIS_VALUE_STRING,  /* text: template form, see below */
    TAMIS_VALUE_ADDRESS, /* local@domain, as written */
    TAMIS_VALUE_DOMAIN,
    TAMIS_VALUE_DATE,    /* 2026-12-31 */
    TAMIS_VALUE_INSTANT, /* 2026-12-31 18:00[:00][Z|+08:00], as written */
    TAMIS_VALUE_NAME,
    TAMIS_VALUE_COLUMN, /* row.column */
    TAMIS_VALUE_NUMBER,
    TAMIS_VALUE_SIZE, /* 10M */
    TAMIS_VALUE_TIME, /* 09:00 */
    TAMIS_VALUE_ZONE, /* Asia/Shanghai */
} TamisValueKind;

/* A string's text is in template form: escapes are resolved, `${name}` and `${row.column}` stand for
 * themselves and a literal `${` is written `$${` (also one that came out of escapes). It may hold any
 * byte but is not checked here; length_bytes counts. Other kinds: the word as written. */
typedef struct TamisValue TamisValue;
struct TamisValue {
    TamisValueKind kind;
    TamisSpan span;
    const char *text; /* NUL-terminated copy in the arena */
    guint32 length_bytes;
    gboolean is_block; /* a string that was written as a text block */
    TamisValue *next;
};

typedef struct {
    TamisSpan span;
    const char *text; /* NULL: not there */
} TamisName;

typedef enum { TAMIS_UNIT_DAYS, TAMIS_UNIT_HOURS } TamisUnit;

typedef struct {
    TamisSpan span;
    TamisUnit unit;
    gint64 number;
} TamisDuration;

typedef struct {
    TamisSpan span;
    int sign;         /* -1, +1; 0: no duration */
    TamisValue *base; /* DATE, INSTANT, NAME or COLUMN; NULL: no date is written */
    TamisDuration duration;
} TamisDate;

/* Conditions ------------------------------------------------------------------------------------ */

typedef enum {
    TAMIS_SYNTAX_OR,  /* children */
    TAMIS_SYNTAX_AND, /* children */
    TAMIS_SYNTAX_NOT, /* one child */
    TAMIS_SYNTAX_USE, /* name of a condition */
    TAMIS_SYNTAX_TEST,
} TamisConditionSyntaxKind;

typedef enum {
    TAMIS_FEATURE_SUBJECT,
    TAMIS_FEATURE_BODY,
    TAMIS_FEATURE_HEADER, /* header: its name */
    TAMIS_FEATURE_FROM,
    TAMIS_FEATURE_TO,
    TAMIS_FEATURE_CC,
    TAMIS_FEATURE_RECIPIENT,
    TAMIS_FEATURE_ENVELOPE_FROM,
    TAMIS_FEATURE_ENVELOPE_TO,
    TAMIS_FEATURE_SIZE,       /* compare, number */
    TAMIS_FEATURE_SPAM_SCORE, /* compare, number */
    TAMIS_FEATURE_NOW,        /* name of the hours */
    TAMIS_FEATURE_MAILING_LIST,
    TAMIS_FEATURE_AUTOMATIC,
} TamisFeature;

typedef enum { TAMIS_PART_ALL, TAMIS_PART_DOMAIN, TAMIS_PART_LOCAL, TAMIS_PART_DETAIL } TamisPart;

typedef enum {
    TAMIS_OPERATOR_NONE,
    TAMIS_OPERATOR_IS,
    TAMIS_OPERATOR_CONTAINS,
    TAMIS_OPERATOR_MATCHES,
    TAMIS_OPERATOR_BEGINS,
    TAMIS_OPERATOR_ENDS,
    TAMIS_OPERATOR_EXISTS, /* header "X" exists */
    TAMIS_OPERATOR_IN,     /* name: a group (or, for `now`, hours) */
    TAMIS_OPERATOR_INTERNAL,
    TAMIS_OPERATOR_EXTERNAL,
    TAMIS_OPERATOR_UNDER,
} TamisOperator;

typedef enum {
    TAMIS_COMPARE_LT,
    TAMIS_COMPARE_LE,
    TAMIS_COMPARE_GT,
    TAMIS_COMPARE_GE
} TamisCompare;

typedef struct TamisConditionSyntax TamisConditionSyntax;
struct TamisConditionSyntax {
    TamisConditionSyntaxKind kind;
    TamisSpan span;
    TamisConditionSyntax *children; /* OR, AND: two or more; NOT: one */
    TamisConditionSyntax *next;
    TamisName name; /* USE; IN */
    /* TEST: */
    TamisFeature feature;
    TamisPart part;
    gboolean negated; /* the `not` inside the test */
    TamisOperator operator;
    TamisCompare compare;
    TamisValue *header; /* a string: FEATURE_HEADER's field name */
    TamisValue *values; /* textop and under; NUMBER or SIZE for compare */
};

/* Routes ---------------------------------------------------------------------------------------- */

typedef enum {
    TAMIS_ACTION_FORWARD,
    TAMIS_ACTION_REPLY,
    TAMIS_ACTION_KEEP, /* folder: NULL or its name */
    TAMIS_ACTION_DISCARD,
    TAMIS_ACTION_REJECT,
    TAMIS_ACTION_MARK,
    TAMIS_ACTION_FINAL,
} TamisActionKind;

typedef struct TamisActionSyntax TamisActionSyntax;
struct TamisActionSyntax {
    TamisActionKind kind;
    TamisSpan span; /* the whole action with its semicolon */
    TamisActionSyntax *next;
    TamisValue *targets;  /* FORWARD */
    TamisName encryption; /* FORWARD; text NULL: plain */
    gboolean one_of;
    gboolean without_copy;
    gboolean is_bare; /* REPLY written as `reply "…";` */
    TamisValue
        *text; /* REPLY's text, REJECT's reason, MARK's "Name: value", KEEP's folder: strings */
    TamisValue *subject; /* REPLY */
    TamisValue *from;    /* REPLY */
    TamisDuration every; /* REPLY; span.source 0: not said */
};

typedef struct {
    TamisName name;
    TamisDate starting, until;
    gboolean otherwise;
    TamisConditionSyntax *when; /* NULL: none */
    TamisActionSyntax *actions;
} TamisRouteSyntax;

typedef enum {
    TAMIS_LIMIT_TARGETS,
    TAMIS_LIMIT_HOPS,
    TAMIS_LIMIT_COPIES,
    TAMIS_LIMIT_SCRIPT_SIZE,
    TAMIS_LIMIT_LIFETIME,
    TAMIS_N_LIMITS,
} TamisLimit;

typedef struct TamisLimitSyntax TamisLimitSyntax;
struct TamisLimitSyntax {
    TamisLimit limit;
    TamisSpan span;
    TamisValue *number;     /* NUMBER or SIZE */
    TamisDuration duration; /* LIFETIME */
    TamisLimitSyntax *next;
};

typedef enum {
    TAMIS_ITEM_ALIAS,  /* values */
    TAMIS_ITEM_LIMITS, /* limits */
    TAMIS_ITEM_USE,    /* name, values: the arguments */
    TAMIS_ITEM_ROUTE,  /* route */
} TamisItemKind;

typedef struct TamisItemSyntax TamisItemSyntax;
struct TamisItemSyntax {
    TamisItemKind kind;
    TamisSpan span;
    TamisItemSyntax *next;
    TamisName name;
    TamisValue *values;
    TamisLimitSyntax *limits;
    TamisRouteSyntax route;
};

/* Declarations ---------------------------------------------------------------------------------- */

typedef struct {
    TamisName column; /* NULL: no where */
    TamisValue *is;
} TamisWhereSyntax;

typedef struct TamisDaysSyntax TamisDaysSyntax;
/* One line of an hours block: days as bits, bit 0 Monday … bit 6 Sunday, by inclusive spans that may run
 * over Sunday; the order and the way they were written are kept in words. */
struct TamisDaysSyntax {
    TamisSpan span;
    guint8 days;       /* daily: 0x7f */
    TamisValue *words; /* NAME values: "daily", "mon", "mon-fri" as written */
    struct TamisRangeSyntax *ranges;
    TamisDaysSyntax *next;
};

typedef struct TamisRangeSyntax TamisRangeSyntax;
/* [start, end) in minutes of the day; 24:00 is 1440; end <= start runs into the next day. */
struct TamisRangeSyntax {
    TamisSpan span;
    TamisValue *start, *end; /* TIME */
    guint16 start_minute, end_minute;
    TamisRangeSyntax *next;
};

typedef struct TamisExceptSyntax TamisExceptSyntax;
struct TamisExceptSyntax {
    TamisSpan span;
    TamisValue *first;
    TamisValue *last; /* NULL: one day */
    TamisExceptSyntax *next;
};

typedef enum {
    TAMIS_PARTY_ANY,
    TAMIS_PARTY_INTERNAL,
    TAMIS_PARTY_EXTERNAL,
    TAMIS_PARTY_VALUES
} TamisPartyKind;

typedef struct {
    TamisPartyKind kind; /* ANY: left out */
    TamisSpan span;
    TamisValue *values;
} TamisPartySyntax;

typedef enum {
    TAMIS_UNLESS_NEVER, /* nothing written */
    TAMIS_UNLESS_ENCRYPTED,
    TAMIS_UNLESS_COPIED,
    TAMIS_UNLESS_CONDITION, /* name */
} TamisUnless;

typedef enum { TAMIS_REQUIRE_EXPIRY, TAMIS_REQUIRE_COPY, TAMIS_REQUIRE_VERIFIED } TamisRequireKind;

typedef enum { TAMIS_MEANS_FILTER, TAMIS_MEANS_HEADER, TAMIS_MEANS_GATEWAY } TamisMeans;

typedef enum {
    TAMIS_MESSAGE_FROM,
    TAMIS_MESSAGE_TO,
    TAMIS_MESSAGE_CC,
    TAMIS_MESSAGE_SUBJECT,
    TAMIS_MESSAGE_HEADER, /* name, value */
    TAMIS_MESSAGE_BODY,
    TAMIS_MESSAGE_SIZE,
    TAMIS_MESSAGE_SPAM_SCORE,
    TAMIS_MESSAGE_ENVELOPE_FROM,
    TAMIS_MESSAGE_AT,
    TAMIS_MESSAGE_FILE,
} TamisMessageField;

typedef struct TamisMessageFieldSyntax TamisMessageFieldSyntax;
struct TamisMessageFieldSyntax {
    TamisMessageField field;
    TamisSpan span;
    TamisValue *name; /* HEADER */
    TamisValue *value;
    TamisMessageFieldSyntax *next;
};

typedef enum {
    TAMIS_EXPECT_FORWARD, /* encrypted, value: NULL or the target */
    TAMIS_EXPECT_MARK,
    TAMIS_EXPECT_COPY,
    TAMIS_EXPECT_REPLY,
    TAMIS_EXPECT_REJECT,
    TAMIS_EXPECT_DISCARD,
    TAMIS_EXPECT_FILE,
    TAMIS_EXPECT_DELIVERY,
} TamisExpectKind;

typedef struct TamisTestStepSyntax TamisTestStepSyntax;
/* A message, or an expectation of the message above it. */
struct TamisTestStepSyntax {
    gboolean is_message;
    TamisSpan span;
    TamisTestStepSyntax *next;
    TamisValue *to;                  /* message: the mailbox */
    TamisMessageFieldSyntax *fields; /* message */
    TamisExpectKind expect;
    gboolean negated, encrypted;
    TamisValue *value; /* target, mark or folder; NULL: none written */
};

typedef enum {
    TAMIS_DECLARATION_ORGANIZATION,
    TAMIS_DECLARATION_IMPORT,
    TAMIS_DECLARATION_GROUP,
    TAMIS_DECLARATION_HOURS,
    TAMIS_DECLARATION_CONDITION,
    TAMIS_DECLARATION_ENCRYPTION,
    TAMIS_DECLARATION_LIMITS,
    TAMIS_DECLARATION_FORBID,
    TAMIS_DECLARATION_REQUIRE,
    TAMIS_DECLARATION_TEMPLATE,
    TAMIS_DECLARATION_MAILBOX,
    TAMIS_DECLARATION_EACH,
    TAMIS_DECLARATION_OUTSIDE,
    TAMIS_DECLARATION_ALLOW,
    TAMIS_DECLARATION_TEST,
} TamisDeclarationKind;

/* organization's statements keep their order in settings. */
typedef enum {
    TAMIS_SETTING_DOMAINS,
    TAMIS_SETTING_TIMEZONE,
    TAMIS_SETTING_DELIMITER
} TamisSettingKind;
typedef struct TamisSettingSyntax TamisSettingSyntax;
struct TamisSettingSyntax {
    TamisSettingKind kind;
    TamisSpan span;
    TamisValue *values; /* domains; one ZONE or NAME; one STRING */
    TamisSettingSyntax *next;
};

typedef struct TamisDeclaration TamisDeclaration;
struct TamisDeclaration {
    TamisDeclarationKind kind;
    TamisSpan span; /* from the first keyword to the closing brace or semicolon */
    TamisDeclaration *next;
    TamisName
        name; /* group, hours, condition, encryption, template; each: the row's name; allow: the slug */
    union {
        TamisSettingSyntax *organization;
        struct {
            gboolean is_aliases;
            TamisValue *path;
        } import;
        struct {
            TamisValue *values; /* the block's */
            TamisValue *csv;    /* NULL: a block */
            TamisName column;
            TamisWhereSyntax where;
        } group;
        struct {
            TamisDaysSyntax *days;
            TamisExceptSyntax *excepts;
            TamisValue *timezone; /* ZONE or NAME; NULL: the organization's */
        } hours;
        TamisConditionSyntax *condition;
        struct {
            TamisMeans means;
            TamisValue *
                values; /* filter: program and arguments; header: "Name: value"; gateway: a domain */
        } encryption;
        TamisLimitSyntax *limits;
        struct {
            TamisValue *title;
            TamisPartySyntax from, to;
            TamisUnless unless;
            TamisName condition;
        } forbid;
        struct {
            TamisValue *title;
            TamisRequireKind kind;
            TamisName group;
            TamisPartySyntax from, to;
        } require;
        struct {
            TamisValue *parameters; /* NAME values */
            TamisItemSyntax *items;
        } template;
        struct {
            TamisValue *addresses;
            TamisItemSyntax *items;
        } mailbox;
        struct {
            TamisValue *csv;
            TamisWhereSyntax where;
            TamisDeclaration *mailboxes; /* each of kind MAILBOX */
        } each;
        struct {
            TamisValue *address;
            TamisValue *targets;
        } outside;
        struct {
            TamisValue *in;    /* NULL: everywhere */
            TamisValue *until; /* DATE, or NULL */
            TamisValue *because;
        } allow;
        struct {
            TamisValue *title;
            TamisTestStepSyntax *steps;
        } test;
    };
};

/* A comment, with its delimiters, as written. */
typedef struct {
    TamisSpan span;
    const char *text;
} TamisComment;

/* One file. Imports are not followed: that is the resolver's. */
typedef struct {
    TamisSourceId source;
    TamisDeclaration *declarations;
    guint32 n_declarations;
    TamisComment *comments; /* in the order of the text */
    guint32 n_comments;
} TamisPolicySyntax;
