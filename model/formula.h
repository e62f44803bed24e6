/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Guards: boolean formulas over atoms, hash-consed, so that equal ones have equal numbers and are
 * kept once for all mailboxes. An atom is a single test of one message feature. Not thread-safe for
 * writing. */
#pragma once

#include "base/source.h"
#include "base/strings.h"
#include "model/grade.h"
#include "model/policy.h"
#include "model/regex.h"

typedef guint32 TamisFormula;
#define TAMIS_FORMULA_FALSE 0u
#define TAMIS_FORMULA_TRUE  1u

typedef enum {
    TAMIS_FORMULA_CONSTANT,
    TAMIS_FORMULA_ATOM, /* atom */
    TAMIS_FORMULA_NOT,  /* children: one, never a NOT or a constant */
    TAMIS_FORMULA_AND, /* children: sorted, different, no constants, no x and not x, not all of them
                           NOT; short ANDs, and NOTs of short ORs, are taken apart, and what one
                           child says is not said by another again */
    TAMIS_FORMULA_OR,
} TamisFormulaKind;

typedef enum {
    TAMIS_ATOM_HEADER,    /* names, match, comparator, keys */
    TAMIS_ATOM_ADDRESS,   /* names (header fields), part, match, comparator, keys */
    TAMIS_ATOM_ENVELOPE,  /* names ("from", "to"), part, match, comparator, keys */
    TAMIS_ATOM_EXISTS,    /* names: all of them exist */
    TAMIS_ATOM_BODY,      /* transform, names (content types), match, comparator, keys */
    TAMIS_ATOM_SIZE,      /* over or under (relation GT or LT), number */
    TAMIS_ATOM_GRADE,     /* grade, match, comparator, keys, of the number's text */
    TAMIS_ATOM_NOW,       /* zone, date_part, match, comparator, keys: currentdate */
    TAMIS_ATOM_DATE,      /* names (one header), zone, date_part, match, comparator, keys */
    TAMIS_ATOM_SINCE,     /* instant: now is not before it */
    TAMIS_ATOM_HOURS,     /* hours: index of the policy's; now is inside */
    TAMIS_ATOM_SHARE,     /* number: n of members, member; now is the member's turn */
    TAMIS_ATOM_ADDRESSED, /* names (header fields): one of them has the envelope's recipient */
    TAMIS_ATOM_OPAQUE,    /* span: a test that cannot be read statically; a free boolean */
} TamisAtomKind;

typedef enum {
    TAMIS_KEYS_IS,
    TAMIS_KEYS_CONTAIN,
    TAMIS_KEYS_MATCH, /* globs: * ? and backslash */
    TAMIS_KEYS_VALUE, /* relation */
    TAMIS_KEYS_COUNT, /* relation */
    TAMIS_KEYS_REGEX, /* regular expressions (model/regex.h), as written; CASEMAP or OCTET */
} TamisKeyMatch;

typedef enum {
    TAMIS_RELATION_EQ,
    TAMIS_RELATION_NE,
    TAMIS_RELATION_LT,
    TAMIS_RELATION_LE,
    TAMIS_RELATION_GT,
    TAMIS_RELATION_GE,
} TamisRelation;

typedef enum {
    TAMIS_COMPARATOR_CASEMAP, /* i;ascii-casemap, the default */
    TAMIS_COMPARATOR_OCTET,
    TAMIS_COMPARATOR_NUMERIC,
    TAMIS_COMPARATOR_UNICODE,
} TamisComparator;

typedef enum { TAMIS_BODY_RAW, TAMIS_BODY_CONTENT, TAMIS_BODY_TEXT } TamisBodyTransform;

/* Where a date is read: a fixed offset, the server's own zone, the header's, or an IANA zone that there is. */
typedef enum {
    TAMIS_ZONE_FIXED,
    TAMIS_ZONE_LOCAL,
    TAMIS_ZONE_ORIGINAL,
    TAMIS_ZONE_NAMED,
} TamisZoneKind;

/* Strings are numbers of the table's string store. Lists are sorted, each string once; keys of a
 * CASEMAP comparator are in ASCII lower case: the order and case of a list do not make another
 * atom. */
typedef struct {
    guint8 kind;            /* TamisAtomKind */
    guint8 match;           /* TamisKeyMatch */
    guint8 relation;        /* TamisRelation */
    guint8 comparator;      /* TamisComparator */
    guint8 part;            /* TamisAddressPart */
    guint8 transform;       /* TamisBodyTransform */
    guint8 zone_kind;       /* TamisZoneKind */
    guint8 grade;           /* TamisGrade */
    guint8 last;            /* index counts from the end (RFC 5260, 6) */
    guint32 index;          /* HEADER, ADDRESS, DATE: 1-based, that field alone; 0: every one */
    gint32 offset_s;        /* FIXED */
    TamisString zone_name;  /* NAMED */
    TamisString date_part;  /* "date", "time", "hour", … */
    guint32 version;        /* of the message, in the flow: 0 as it arrived */
    guint32 hop;            /* SHARE, OPAQUE: at which stop of the message's way; 0 the first */
    TamisSlice names, keys; /* of the table's lists */
    TamisSlice
        except; /* HEADER but COUNT: a list of formulas, atoms of HEADER without regular expressions;
                               what meets one of them is not looked at */
    guint64 number; /* OPAQUE: tells apart those of one span */
    guint32 member, hours;
    TamisInstant instant;
    TamisSpan span; /* OPAQUE: part of its identity; others: where it was first written */
} TamisAtom;

typedef struct TamisFormulas TamisFormulas;

TAMIS_API TamisFormulas *tamis_formulas_new(TamisStrings *strings);
TAMIS_API void tamis_formulas_free(TamisFormulas *formulas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisFormulas, tamis_formulas_free)
/* Lent: the store that strings of atoms live in. */
TAMIS_API TamisStrings *tamis_formulas_get_strings(const TamisFormulas *formulas);

/* A list of strings as a slice: sorted, each once, equal lists in one place. strings is changed. */
TAMIS_API TamisSlice tamis_formulas_list(TamisFormulas *formulas, TamisString *strings, guint32 n);
/* All of it; lent until a list is added. */
TAMIS_API const TamisString *
tamis_formulas_list_strings(const TamisFormulas *formulas, TamisSlice list);
TAMIS_API TamisString tamis_formulas_list_get(const TamisFormulas *formulas, TamisSlice list,
                                              guint32 i);

/* A key of REGEX, read once; lent. One that cannot be read is never found. May be asked by several threads. */
TAMIS_API const TamisRegex *
tamis_formulas_regex(const TamisFormulas *formulas, TamisString key, gboolean fold);

TAMIS_API TamisFormula tamis_formulas_atom(TamisFormulas *formulas, const TamisAtom *atom);
TAMIS_API TamisFormula tamis_formulas_not(TamisFormulas *formulas, TamisFormula formula);
/* children is changed. Folds constants, repetitions and x with not x; flattens. */
TAMIS_API TamisFormula tamis_formulas_and(TamisFormulas *formulas, TamisFormula *children,
                                          guint32 n);
TAMIS_API TamisFormula tamis_formulas_or(TamisFormulas *formulas, TamisFormula *children,
                                         guint32 n);

static inline TamisFormula
tamis_formulas_and2(TamisFormulas *formulas, TamisFormula a, TamisFormula b)
{
    TamisFormula children[2] = {a, b};

    return tamis_formulas_and(formulas, children, 2);
}

static inline TamisFormula
tamis_formulas_or2(TamisFormulas *formulas, TamisFormula a, TamisFormula b)
{
    TamisFormula children[2] = {a, b};

    return tamis_formulas_or(formulas, children, 2);
}

TAMIS_API TamisFormulaKind tamis_formulas_kind(const TamisFormulas *formulas, TamisFormula formula);
/* Lent; valid until the next formula is made. NULL where there are none. */
TAMIS_API const TamisFormula *
tamis_formulas_children(const TamisFormulas *formulas, TamisFormula formula, guint32 *out_n);
TAMIS_API const TamisAtom *
tamis_formulas_get_atom(const TamisFormulas *formulas, TamisFormula formula);
/* Of the tree: 0 a constant, 1 an atom; who recurses over formulas goes this deep. */
TAMIS_API guint tamis_formulas_depth(const TamisFormulas *formulas, TamisFormula formula);
/* The formula and all that it is made of, each once, from the top. Caller frees; of TamisFormula. */
TAMIS_API GArray *tamis_formulas_collect_parts(const TamisFormulas *formulas, TamisFormula formula);
TAMIS_API guint32 tamis_formulas_count(const TamisFormulas *formulas);
