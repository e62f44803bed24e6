/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Atoms of every kind, with everything that a kind can say, drawn at random; and which of that was asked, and how it
 * was answered. Their keys are cut from samples of what they look at, so that they hold of some of it. */
#pragma once

#include "universe.h"

#include "model/date-part.h"

enum {
    SAYS_MATCH = 1,
    SAYS_PART = 2,
    SAYS_ZONE = 4,
    SAYS_TRANSFORM = 8,
    SAYS_GRADE = 16,
    SAYS_INDEX = 32,
    SAYS_HOP = 64,
    SAYS_EXCEPT = 128,
};

/* By kind: what tells its atoms apart. One that is added has to be added here too. */
static const guint8 sayings[] = {
    [TAMIS_ATOM_HEADER] = SAYS_MATCH | SAYS_INDEX | SAYS_EXCEPT,
    [TAMIS_ATOM_ADDRESS] = SAYS_MATCH | SAYS_PART | SAYS_INDEX,
    [TAMIS_ATOM_ENVELOPE] = SAYS_MATCH | SAYS_PART,
    [TAMIS_ATOM_EXISTS] = 0,
    [TAMIS_ATOM_BODY] = SAYS_MATCH | SAYS_TRANSFORM,
    [TAMIS_ATOM_SIZE] = 0,
    [TAMIS_ATOM_GRADE] = SAYS_MATCH | SAYS_GRADE,
    [TAMIS_ATOM_NOW] = SAYS_MATCH | SAYS_ZONE,
    [TAMIS_ATOM_DATE] = SAYS_MATCH | SAYS_ZONE | SAYS_INDEX,
    [TAMIS_ATOM_SINCE] = 0,
    [TAMIS_ATOM_HOURS] = 0,
    [TAMIS_ATOM_SHARE] = SAYS_HOP,
    [TAMIS_ATOM_ADDRESSED] = 0,
    [TAMIS_ATOM_OPAQUE] = SAYS_HOP,
};
G_STATIC_ASSERT(G_N_ELEMENTS(sayings) == TAMIS_ATOM_OPAQUE + 1);

enum {
    N_MATCHES = TAMIS_KEYS_REGEX + 1,
    N_RELATIONS = TAMIS_RELATION_GE + 1,
    N_COMPARATORS = TAMIS_COMPARATOR_UNICODE + 1,
    N_PARTS = TAMIS_ADDRESS_USER + 1,
    N_ZONES = TAMIS_ZONE_NAMED + 1,
    N_TRANSFORMS = TAMIS_BODY_TEXT + 1,
    N_GRADES = TAMIS_GRADE_VIRUS + 1,
    N_INDEXES = 4, /* none, the first, the second, the last */
    N_HOPS = 3,
    N_EXCEPTS = 3, /* none, one, two */
};

static const char *const date_parts[] = {"year",  "month",  "day",     "date", "julian",
                                         "hour",  "minute", "second",  "time", "iso8601",
                                         "std11", "zone",   "weekday", "era"};

/* What may be drawn: bits of enumerators; 0: all. */
typedef struct {
    guint matches, comparators, parts, zones, transforms, grades, indexes;
    const char *names; /* of fields, one or several with bars between them */
    gboolean
        sweeps; /* with patterns, and orders, of whole dates, where the solver goes from day to day */
} Choice;

static inline guint
below(Universe *universe, guint n)
{
    return (guint)g_rand_int_range(universe->random, 0, (gint32)n);
}

/* Draw into a variable, not among the arguments of a call: compilers take those in any order. */
#define one_of(universe, list) ((list)[below((universe), G_N_ELEMENTS(list))])

static inline guint
choose(Universe *universe, guint bits, guint n)
{
    guint chosen;

    do
        chosen = below(universe, n);
    while (bits != 0 && !(bits >> chosen & 1));
    return chosen;
}

/* Keys ------------------------------------------------------------------------------------------- */

/* A piece of the sample that begins and ends at letters, perhaps all of it. */
static inline char *
random_piece(Universe *universe, const char *sample)
{
    gsize length = strlen(sample), start = below(universe, (guint)length + 1);
    gsize n = below(universe, (guint)(length - start) + 1);

    while ((sample[start] & 0xc0) == 0x80)
        start--;
    while ((sample[start + n] & 0xc0) == 0x80)
        n++;
    return g_strndup(sample + start, n);
}

static inline char *
random_glob(Universe *universe, const char *sample)
{
    GString *glob = g_string_new(NULL);

    for (const char *at = sample; *at != '\0'; at++) {
        guint what = below(universe, 8);

        if (strchr("*?\\", *at) != NULL)
            g_string_append_c(glob, '\\');
        if (what == 0)
            g_string_append_c(glob, '?');
        else if (what == 1)
            g_string_append_c(glob, '*');
        else
            g_string_append_c(glob, *at);
    }
    if (below(universe, 3) == 0)
        g_string_prepend_c(glob, '*');
    if (below(universe, 3) == 0)
        g_string_append_c(glob, '*');
    return g_string_free(glob, FALSE);
}

static inline char *
random_regex(Universe *universe, const char *sample)
{
    g_autofree char *piece = random_piece(universe, sample);
    GString *regex = g_string_new(below(universe, 2) ? "^" : "");

    for (const char *at = piece; *at != '\0'; at++) {
        guint what = (guchar)*at >= 0x80 ? 9 : below(universe, 10);

        if (what == 0)
            g_string_append_c(regex, '.');
        else if (what == 1 && g_ascii_isalnum(*at))
            g_string_append_printf(regex, "[%cb]", *at);
        else if (what == 2)
            g_string_append(regex, "[^b]*");
        else if (g_ascii_isalnum(*at) || (guchar)*at >= 0x80)
            g_string_append_c(regex, *at);
        else
            g_string_append_printf(regex, "[%c]", *at == '^' || *at == '\\' ? '.' : *at);
    }
    if (regex->len == 0 || below(universe, 3) == 0)
        g_string_append_c(regex, '$');
    return g_string_free(regex, FALSE);
}

static inline char *
random_key(Universe *universe, TamisKeyMatch match, const char *sample)
{
    switch (match) {
    case TAMIS_KEYS_CONTAIN:
        return random_piece(universe, sample);
    case TAMIS_KEYS_MATCH:
        return random_glob(universe, sample);
    case TAMIS_KEYS_REGEX:
        return random_regex(universe, sample);
    case TAMIS_KEYS_COUNT:
        return g_strdup_printf("%u", below(universe, 4));
    case TAMIS_KEYS_IS:
    case TAMIS_KEYS_VALUE:
        return g_strdup(sample);
    }
    g_assert_not_reached();
}

/* Which comparators go with a match type (RFC 4790, 5231; model/formula.h). */
static inline guint
comparators_of(TamisKeyMatch match)
{
    const guint words = 1u << TAMIS_COMPARATOR_CASEMAP | 1u << TAMIS_COMPARATOR_OCTET;

    switch (match) {
    case TAMIS_KEYS_CONTAIN:
    case TAMIS_KEYS_MATCH:
        return words | 1u << TAMIS_COMPARATOR_UNICODE;
    case TAMIS_KEYS_REGEX:
        return words;
    case TAMIS_KEYS_COUNT:
        return 1u << TAMIS_COMPARATOR_NUMERIC;
    case TAMIS_KEYS_IS:
    case TAMIS_KEYS_VALUE:
        return words | 1u << TAMIS_COMPARATOR_UNICODE | 1u << TAMIS_COMPARATOR_NUMERIC;
    }
    g_assert_not_reached();
}

/* samples: what the test may look at, as text; one or two keys are cut from them. */
static inline void
fill_match(Universe *universe, const Choice *choice, const char *const *samples, guint n_samples,
           TamisAtom *atom)
{
    TamisString keys[2];
    guint n = 1 + (below(universe, 3) == 0), allowed;

    do {
        atom->match = (guint8)choose(universe, choice->matches, N_MATCHES);
        allowed = comparators_of((TamisKeyMatch)atom->match) &
                  (choice->comparators != 0 ? choice->comparators : G_MAXUINT);
    } while (allowed == 0);
    atom->comparator = (guint8)choose(universe, allowed, N_COMPARATORS);
    if (atom->match == TAMIS_KEYS_VALUE || atom->match == TAMIS_KEYS_COUNT)
        atom->relation = (guint8)below(universe, N_RELATIONS);
    for (guint i = 0; i < n; i++) {
        const char *sample = samples[below(universe, n_samples)];
        g_autofree char *key = random_key(universe, (TamisKeyMatch)atom->match, sample);
        g_autofree char *folded =
            atom->comparator == TAMIS_COMPARATOR_CASEMAP && atom->match != TAMIS_KEYS_REGEX
                ? g_ascii_strdown(key, -1)
                : g_strdup(key);

        keys[i] = tamis_strings_add(universe->table.strings, folded, strlen(folded));
    }
    atom->keys = tamis_formulas_list(universe->table.formulas, keys, n);
}

static inline gboolean
may_except(const TamisAtom *atom)
{
    return atom->match != TAMIS_KEYS_COUNT && atom->match != TAMIS_KEYS_REGEX &&
           atom->comparator != TAMIS_COMPARATOR_UNICODE;
}

/* Of every second that may have them values that it does not look at. */
static inline void
fill_except(Universe *universe, const Choice *choice, const char *const *samples, guint n_samples,
            TamisAtom *atom)
{
    guint n = 1 + below(universe, N_EXCEPTS - 1);
    TamisFormula tests[N_EXCEPTS];

    if (!may_except(atom) || below(universe, 2))
        return;
    for (guint i = 0; i < n; i++) {
        TamisAtom test = {.kind = TAMIS_ATOM_HEADER, .names = atom->names};

        do
            fill_match(universe, choice, samples, n_samples, &test);
        while (!may_except(&test));
        tests[i] = add_atom(&universe->table, test);
    }
    atom->except = tamis_formulas_list(universe->table.formulas, tests, n);
}

/* Kinds ------------------------------------------------------------------------------------------ */

static inline void
fill_index(Universe *universe, const Choice *choice, TamisAtom *atom)
{
    guint index = choose(universe, choice->indexes, N_INDEXES);

    atom->index = index == 3 ? 1 : index;
    atom->last = index == 3;
}

static inline void
fill_zone(Universe *universe, const Choice *choice, TamisAtom *atom)
{
    static const gint32 offsets[] = {0, 3600, -12600, 28800};
    const char *zone = below(universe, 2) ? "America/New_York" : "Asia/Kathmandu";

    atom->zone_kind = (guint8)choose(universe, choice->zones, N_ZONES);
    if (atom->zone_kind == TAMIS_ZONE_FIXED)
        atom->offset_s = offsets[below(universe, G_N_ELEMENTS(offsets))];
    if (atom->zone_kind == TAMIS_ZONE_NAMED)
        atom->zone_name = tamis_strings_add(universe->table.strings, zone, strlen(zone));
}

/* A part of a date, with keys as that part has them at some of these instants. */
static inline void
fill_date(Universe *universe, const Choice *choice, const TamisInstant *instants, guint n_instants,
          TamisAtom *atom)
{
    const char *part = date_parts[below(universe, G_N_ELEMENTS(date_parts))];
    gboolean is_whole = strcmp(part, "iso8601") == 0 || strcmp(part, "std11") == 0 ||
                        strcmp(part, "date") == 0 || strcmp(part, "julian") == 0;
    guint relations = 1u << TAMIS_KEYS_IS | 1u << TAMIS_KEYS_COUNT |
                      (strcmp(part, "std11") == 0 ? 0 : 1u << TAMIS_KEYS_VALUE);
    Choice limited = *choice;
    char words[3][TAMIS_DATE_PART_BYTES];
    const char *samples[3];

    if (is_whole && !choice->sweeps)
        limited.matches = relations & (choice->matches != 0 ? choice->matches : G_MAXUINT);
    fill_zone(universe, choice, atom);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!tamis_date_part_text(part, instants[below(universe, n_instants)], atom->offset_s,
                                  words[i]))
            g_strlcpy(words[i], "1", sizeof words[i]);
        samples[i] = words[i];
    }
    fill_match(universe, &limited, samples, G_N_ELEMENTS(samples), atom);
    atom->date_part = tamis_strings_add(universe->table.strings, part, strlen(part));
}

/* What was asked ----------------------------------------------------------------------------------- */

typedef enum { ASKED_IMPOSSIBLE = 1, ASKED_WITNESS = 2 } Answered;

/* What an atom says, in words: "8 match 3", "8 zone 1" … */
typedef void (*Saying)(guint kind, const char *what, guint value, gpointer data);

static inline void
each_saying(const Universe *universe, const TamisAtom *atom, Saying saying, gpointer data)
{
    guint says = sayings[atom->kind];

    saying(atom->kind, "is asked", 0, data);
    if (says & SAYS_MATCH) {
        saying(atom->kind, "match", atom->match, data);
        saying(atom->kind, "comparator", atom->comparator, data);
    }
    if ((says & SAYS_MATCH) && (atom->match == TAMIS_KEYS_VALUE || atom->match == TAMIS_KEYS_COUNT))
        saying(atom->kind, "relation", atom->relation, data);
    if (says & SAYS_PART)
        saying(atom->kind, "part", atom->part, data);
    if (says & SAYS_ZONE) {
        saying(atom->kind, "zone", atom->zone_kind, data);
        for (guint i = 0; i < G_N_ELEMENTS(date_parts); i++)
            if (strcmp(tamis_strings_get(universe->table.strings, atom->date_part),
                       date_parts[i]) == 0)
                saying(atom->kind, "date part", i, data);
    }
    if (says & SAYS_TRANSFORM)
        saying(atom->kind, "transform", atom->transform, data);
    if (says & SAYS_GRADE)
        saying(atom->kind, "grade", atom->grade, data);
    if (says & SAYS_INDEX)
        saying(atom->kind, "index", atom->last ? 3 : atom->index, data);
    if (says & SAYS_HOP)
        saying(atom->kind, "hop", atom->hop, data);
    if (says & SAYS_EXCEPT)
        saying(atom->kind, "except", atom->except.n, data);
}
