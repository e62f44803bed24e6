/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The resolved policy: every name looked up, every table read, every template applied; flat arrays
 * of small records that name each other by index, strings by number. Made by compiler/resolve, read
 * by all. Immutable once made, so any number of threads may read it. */
#pragma once

#include "base/source.h"
#include "base/strings.h"
#include "model/address.h"
#include "model/hours.h"

#define TAMIS_NO_INDEX G_MAXUINT32

/* A range of one of the policy's arrays. */
typedef struct {
    guint32 first, n;
} TamisSlice;

/* Conditions ------------------------------------------------------------------------------------
 */

typedef guint32 TamisConditionId;
#define TAMIS_CONDITION_ALWAYS 0u /* index 0 is the condition that always holds */
#define TAMIS_CONDITION_NEVER                                                                      \
    1u /* index 1 never holds: NOT of index 0; stands alone, in no ALL or ANY */

/* Of a condition written out as a tree: its tests and how deep they nest, names followed. */
#define TAMIS_CONDITION_MAX_TESTS   65536
#define TAMIS_CONDITION_MAX_NESTING 128

typedef enum {
    TAMIS_CONDITION_TRUE,
    TAMIS_CONDITION_ALL,  /* children: two or more different ones, none of them ALL */
    TAMIS_CONDITION_ANY,  /* children: two or more different ones, none of them ANY */
    TAMIS_CONDITION_NOT,  /* one child, never a NOT; it is TRUE in TAMIS_CONDITION_NEVER alone */
    TAMIS_CONDITION_TEST, /* test */
} TamisConditionKind;

typedef struct {
    TamisConditionKind kind;
    TamisSlice children; /* of condition_children */
    guint32 test;        /* of tests */
    TamisSpan span;
} TamisCondition;

typedef enum {
    TAMIS_TEST_HEADER,     /* name (lower case; "subject" for `subject`), match, values */
    TAMIS_TEST_EXISTS,     /* name */
    TAMIS_TEST_BODY,       /* match, values */
    TAMIS_TEST_ADDRESS,    /* field, part, match, values */
    TAMIS_TEST_ENVELOPE,   /* field (FROM or TO), part, match, values */
    TAMIS_TEST_SIZE,       /* compare, number: bytes */
    TAMIS_TEST_SPAM_SCORE, /* compare, number: 0 … 10 */
    TAMIS_TEST_HOURS,      /* hours */
    TAMIS_TEST_MAILING_LIST,
    TAMIS_TEST_AUTOMATIC,
} TamisTestKind;

typedef enum {
    TAMIS_MATCH_IS,
    TAMIS_MATCH_CONTAINS,
    TAMIS_MATCH_MATCHES, /* globs: * ? and backslash */
    TAMIS_MATCH_BEGINS,
    TAMIS_MATCH_ENDS,
    TAMIS_MATCH_UNDER, /* of domains: equal or below; part is DOMAIN */
} TamisMatch;

typedef enum { TAMIS_FIELD_FROM, TAMIS_FIELD_TO, TAMIS_FIELD_CC, TAMIS_FIELD_RECIPIENT } TamisField;
typedef enum {
    TAMIS_ADDRESS_ALL,
    TAMIS_ADDRESS_DOMAIN,
    TAMIS_ADDRESS_LOCAL,
    TAMIS_ADDRESS_DETAIL,
    TAMIS_ADDRESS_USER, /* the local part up to the detail (RFC 5233); in scripts alone */
} TamisAddressPart;
typedef enum { TAMIS_LESS, TAMIS_AT_MOST, TAMIS_MORE, TAMIS_AT_LEAST } TamisComparison;

/* A test holds when one of the field's values meets one of values. Negation is a NOT above it;
 * `external` is NOT of ADDRESS DOMAIN IS own domains. */
typedef struct {
    TamisTestKind kind;
    TamisField field;
    TamisAddressPart part;
    TamisMatch match;
    TamisComparison comparison;
    TamisString name;
    TamisSlice values; /* of values: addresses and domains in their normal form, texts as written */
    guint32 group;     /* the group that values came from, or TAMIS_NO_INDEX */
    guint32 hours;
    guint64 number;
    TamisSpan span;
} TamisTest;

/* Definitions -----------------------------------------------------------------------------------
 */

typedef enum { TAMIS_ANYONE, TAMIS_INTERNALS, TAMIS_EXTERNALS, TAMIS_LISTED } TamisPartyOf;

/* LISTED: an address meets it that is one of addresses, or whose domain is one of domains. */
typedef struct {
    TamisPartyOf kind;
    TamisSlice addresses; /* of values: keys, sorted by number */
    TamisSlice domains;   /* of values, sorted by number */
} TamisParty;

/* Members are addresses, domains and texts; those that are addresses also stand in addresses. */
typedef struct {
    TamisString name;
    TamisSpan span;
    TamisSlice values;    /* of values: normal forms, nested groups flattened, each once: first the
                           * addresses' keys, then domains, then texts */
    TamisSlice addresses; /* of targets: the members that are addresses, with their spans */
    guint32 n_domains;
    TamisParty members; /* LISTED: its addresses and domains */
    gboolean used;
} TamisGroup;

typedef struct {
    TamisString name;
    TamisSpan span;
    TamisHours *hours;
    gboolean used;
} TamisHoursDefinition;

typedef struct {
    TamisString name;
    TamisSpan span;
    TamisConditionId condition;
    gboolean used;
} TamisConditionDefinition;

typedef enum {
    TAMIS_ENCRYPT_FILTER,
    TAMIS_ENCRYPT_HEADER,
    TAMIS_ENCRYPT_GATEWAY
} TamisEncryptionMeans;

typedef struct {
    TamisString name;
    TamisSpan span;
    TamisEncryptionMeans means;
    TamisSlice arguments;             /* FILTER, of values: the program and its arguments */
    TamisString header, header_value; /* HEADER */
    TamisString gateway;              /* GATEWAY: a domain */
    gboolean used;
} TamisEncryption;

/* 0: not said. span.source 0: not said. */
typedef struct {
    guint32 targets, hops, copies;
    guint64 script_bytes;
    gint64 lifetime_s;
    gboolean lifetime_in_days; /* of the calendar; else it is elapsed time */
    TamisSpan targets_span, hops_span, copies_span, script_span, lifetime_span;
} TamisLimits;

/* An address of a list, with the place that put it there. */
typedef struct {
    TamisAddress address;
    TamisSpan span;
} TamisTarget;

typedef enum {
    TAMIS_BROKEN_ALWAYS,
    TAMIS_BROKEN_UNLESS_ENCRYPTED,
    TAMIS_BROKEN_UNLESS_COPIED,
    TAMIS_BROKEN_UNLESS_CONDITION
} TamisForbidUnless;

typedef struct {
    TamisString title;
    TamisSpan span;
    TamisParty from, to;
    TamisForbidUnless unless;
    TamisConditionId condition;
} TamisForbid;

typedef enum { TAMIS_DEMAND_EXPIRY, TAMIS_DEMAND_COPY, TAMIS_DEMAND_VERIFIED } TamisDemand;

typedef struct {
    TamisString title;
    TamisSpan span;
    TamisDemand demand;
    guint32 group; /* VERIFIED */
    TamisParty from, to;
} TamisRequire;

typedef struct {
    guint32 rule; /* enum TamisRule */
    TamisSpan span;
    TamisParty in; /* ANYONE: everywhere */
    gboolean has_until;
    TamisDay until;         /* the last day */
    TamisInstant until_end; /* the first instant after it */
    TamisString because;
} TamisAllow;

typedef struct {
    TamisAddress address;
    TamisSlice targets;
    TamisSpan span;
} TamisOutside;

/* A line of an imported alias map. address.key of a catch-all is "@domain". */
typedef struct {
    TamisAddress address;
    TamisSlice targets;
    TamisSpan span;
} TamisAliasEntry;

/* Mailboxes -------------------------------------------------------------------------------------
 */

typedef enum {
    TAMIS_DO_FORWARD,
    TAMIS_DO_REPLY,
    TAMIS_DO_KEEP, /* folder 0: the inbox */
    TAMIS_DO_DISCARD,
    TAMIS_DO_REJECT,
    TAMIS_DO_MARK,
    TAMIS_DO_FINAL,
} TamisActionKindOf;

typedef struct {
    guint8 kind; /* TamisActionKindOf */
    guint8 one_of;
    guint8 without_copy;
    guint32 encryption; /* FORWARD: of encryptions, or TAMIS_NO_INDEX */
    TamisSlice targets; /* FORWARD, of targets: groups flattened, each once, in first-seen order */
    TamisString text;   /* REPLY's text, REJECT's reason, MARK's value, KEEP's folder */
    TamisString name;   /* MARK's header; REPLY's subject (0: none) */
    TamisString from;   /* REPLY */
    gint64 every_s;     /* REPLY; default 7 days */
    TamisSpan span;
} TamisAction;

typedef struct {
    TamisString name;
    TamisInstant starting; /* TAMIS_INSTANT_MIN: not said */
    TamisInstant until;    /* first instant outside; TAMIS_INSTANT_MAX: not said */
    TamisConditionId when; /* TAMIS_CONDITION_ALWAYS: none */
    gboolean otherwise;
    TamisSlice actions;
    TamisSpan span; /* the name */
    TamisSpan until_span, starting_span;
    TamisSpan use; /* the `use` or the table's row that brought it; source 0: written in place */
} TamisRoute;

typedef struct {
    TamisAddress address;
    TamisSlice routes;
    TamisSlice aliases; /* of targets: the mailbox's `alias` addresses */
    guint32 limits;     /* of limits; 0 the policy's own, already merged: each figure by itself */
    TamisSpan span;     /* the address in the mailbox's head, or the table's cell */
    TamisSpan row;      /* the table's row; source 0: none */
} TamisMailbox;

/* Tests -----------------------------------------------------------------------------------------
 */

typedef struct {
    TamisString name, value;
} TamisMessageHeader;

/* What the test's message says; 0 or source 0 is left out, but for what has a flag. */
typedef struct {
    guint32 mailbox; /* index, or TAMIS_NO_INDEX */
    TamisString to_address;
    TamisString from, to, cc, subject, body, envelope_from, file;
    gboolean has_from, has_to, has_cc, has_subject, has_body, has_envelope_from;
    TamisSlice headers; /* of message_headers */
    gboolean has_size, has_at;
    guint64 size_bytes;
    guint32 spam_score;
    TamisInstant at;
    TamisSpan span, file_span;
} TamisTestMessage;

typedef struct {
    guint8 kind; /* TamisExpectKindOf */
    guint8 negated, encrypted;
    guint32 message;   /* of test_messages */
    TamisString value; /* target's key, mark ("Name: value"), folder; 0: any */
    TamisSpan span;
} TamisExpectation;

typedef enum {
    TAMIS_EXPECTS_FORWARD,
    TAMIS_EXPECTS_MARK,
    TAMIS_EXPECTS_COPY,
    TAMIS_EXPECTS_REPLY,
    TAMIS_EXPECTS_REJECT,
    TAMIS_EXPECTS_DISCARD,
    TAMIS_EXPECTS_FILE,
    TAMIS_EXPECTS_DELIVERY,
} TamisExpectKindOf;

typedef struct {
    TamisString title;
    TamisSpan span;
    TamisSlice messages, expectations;
} TamisTestCase;

/* Names -----------------------------------------------------------------------------------------
 */

typedef enum {
    TAMIS_DEFINES_GROUP,
    TAMIS_DEFINES_HOURS,
    TAMIS_DEFINES_CONDITION,
    TAMIS_DEFINES_ENCRYPTION,
    TAMIS_DEFINES_TEMPLATE,
    TAMIS_DEFINES_PARAMETER, /* of a template */
    TAMIS_DEFINES_IMPORT,    /* of a policy; its name is the path as written */
} TamisDefinitionKind;

/* Whatever a policy gives a name, for those who ask what it is good for. An import is used when the
 * file, or one that it imports, says more than definitions that nobody uses. */
typedef struct {
    TamisDefinitionKind kind;
    TamisString name;
    TamisSpan span; /* the name */
    gboolean used;
} TamisDefinition;

/* The policy ------------------------------------------------------------------------------------
 */

typedef struct {
    TamisSources *sources; /* lent */
    TamisStrings *strings;

    TamisSlice domains; /* of values: the organization's, normal forms, in the order of the text */
    TamisParty internals; /* LISTED: the same, for look-up */
    const TamisZone *zone;
    TamisString delimiter;
    TamisSpan organization_span;

    GArray *values;             /* TamisString */
    GArray *targets;            /* TamisTarget */
    GArray *conditions;         /* TamisCondition */
    GArray *condition_children; /* TamisConditionId */
    GArray *tests;              /* TamisTest */
    GArray *groups;             /* TamisGroup */
    GArray *hours;              /* TamisHoursDefinition; its hours are NULL where they are wrong */
    GArray *named_conditions;   /* TamisConditionDefinition */
    GArray *encryptions;        /* TamisEncryption */
    GArray *limits;             /* TamisLimits; [0] the policy's */
    GArray *forbids;            /* TamisForbid */
    GArray *requires;           /* TamisRequire */
    GArray *allows;             /* TamisAllow */
    GArray *outsides;           /* TamisOutside */
    GArray *aliases;            /* TamisAliasEntry, imported */
    GArray *mailboxes;          /* TamisMailbox, in the order of the text */
    GArray *routes;             /* TamisRoute */
    GArray *actions;            /* TamisAction */
    GArray *test_cases;         /* TamisTestCase */
    GArray *test_messages;      /* TamisTestMessage */
    GArray *message_headers;    /* TamisMessageHeader */
    GArray *expectations;       /* TamisExpectation */
    GArray *definitions;        /* TamisDefinition, by kind, then in the order of the text */

    TamisInstant latest; /* the latest date that the policy names, or TAMIS_INSTANT_MIN */
    /* Every address of a mailbox (aliases and itself) to its index: address key -> index. */
    GArray *mailbox_of_string; /* guint32 by TamisString, TAMIS_NO_INDEX where none */
} TamisPolicy;

TAMIS_API TamisPolicy *tamis_policy_new(TamisSources *sources);
TAMIS_API void tamis_policy_free(TamisPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisPolicy, tamis_policy_free)

#define TAMIS_AT(array, Type, index)      (&g_array_index((array), Type, (index)))
#define tamis_policy_mailbox(policy, i)   TAMIS_AT((policy)->mailboxes, TamisMailbox, i)
#define tamis_policy_route(policy, i)     TAMIS_AT((policy)->routes, TamisRoute, i)
#define tamis_policy_action(policy, i)    TAMIS_AT((policy)->actions, TamisAction, i)
#define tamis_policy_target(policy, i)    TAMIS_AT((policy)->targets, TamisTarget, i)
#define tamis_policy_condition(policy, i) TAMIS_AT((policy)->conditions, TamisCondition, i)
#define tamis_policy_test(policy, i)      TAMIS_AT((policy)->tests, TamisTest, i)
#define tamis_policy_value(policy, i)     (g_array_index((policy)->values, TamisString, (i)))
#define tamis_policy_text(policy, string) tamis_strings_get((policy)->strings, (string))

/* All of these may be asked by any number of threads. */

/* The mailbox that has this address (or alias, or a subaddress of it), or TAMIS_NO_INDEX. key in
 * lower case with an A-label domain. */
TAMIS_API guint32 tamis_policy_find_mailbox(const TamisPolicy *policy, TamisString key);
/* Whether the address's domain is one of the organization's. */
TAMIS_API gboolean tamis_policy_is_internal(const TamisPolicy *policy, TamisString key);
TAMIS_API gboolean tamis_policy_party_has(const TamisPolicy *policy, const TamisParty *party,
                                          TamisString key);
/* Whether two tests ask the same of a message. */
TAMIS_API gboolean tamis_test_equal(const TamisPolicy *policy, const TamisTest *a,
                                    const TamisTest *b);
/* Whether the address, or its domain, is a member. */
TAMIS_API gboolean tamis_policy_group_has(const TamisPolicy *policy, guint32 group,
                                          TamisString key);
