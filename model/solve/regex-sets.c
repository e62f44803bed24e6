/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many sets are found by hash, open addressing; everything in the query's arena. */
#include "model/solve/regex-sets.h"

#include <string.h>

/* With a thousand places, eight megabytes. So few sets are looked through one by one. */
enum { MAX_SETS = 1 << 16, FEW_SETS = 12, FIRST_SLOTS = 64 };

struct TamisRegexSets {
    TamisArena *arena;
    const TamisRegex *regex;
    guint n_words;
    guint32 n, room, n_slots;
    guint64 *sets;  /* n of n_words, and one in the making */
    guint32 *slots; /* number + 1 by hash; NULL: there are few */
    gboolean are_rough;
};

static gpointer
grown(TamisArena *arena, gconstpointer from, gsize size, gsize new_size)
{
    gpointer room = tamis_arena_alloc(arena, new_size);

    if (size > 0)
        memcpy(room, from, size);
    return room;
}

TamisRegexSets *
tamis_regex_sets_new(TamisArena *arena, const TamisRegex *regex)
{
    TamisRegexSets *sets = tamis_arena_new0(arena, TamisRegexSets);

    sets->arena = arena;
    sets->regex = regex;
    sets->n_words = tamis_regex_n_words(regex);
    return sets;
}

static guint64 *
set_of(const TamisRegexSets *sets, guint32 number)
{
    return sets->sets + (gsize)number * sets->n_words;
}

static inline gboolean
are_same(const guint64 *a, const guint64 *b, guint n_words)
{
    return n_words == 1 ? *a == *b : memcmp(a, b, n_words * sizeof *a) == 0;
}

static guint32
slot_of(const TamisRegexSets *sets, guint32 number)
{
    const guint64 *set = set_of(sets, number);
    guint64 hash = 0;
    guint32 at;

    for (guint w = 0; w < sets->n_words; w++) {
        hash = (hash ^ set[w]) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (at = (guint32)hash;; at++) {
        guint32 known = sets->slots[at & (sets->n_slots - 1)];

        if (known == 0 || are_same(set_of(sets, known - 1), set, sets->n_words))
            return at & (sets->n_slots - 1);
    }
}

static void
make_slots(TamisRegexSets *sets)
{
    sets->n_slots = MAX(FIRST_SLOTS, 2 * sets->n_slots);
    sets->slots = tamis_arena_array0(sets->arena, guint32, sets->n_slots);
    for (guint32 i = 0; i < sets->n; i++)
        sets->slots[slot_of(sets, i)] = i + 1;
}

/* For one more set in the making. */
static inline void
make_room(TamisRegexSets *sets)
{
    gsize size = sets->n_words * sizeof *sets->sets;

    if (sets->n + 1 >= sets->room) {
        sets->room = MAX(16, 2 * sets->room);
        sets->sets = grown(sets->arena, sets->sets, sets->n * size, sets->room * size);
    }
    if (sets->n >= FEW_SETS && 2 * sets->n >= sets->n_slots)
        make_slots(sets);
}

/* Which set that is known the one in the making is; n: none. */
static guint32
find(const TamisRegexSets *sets, guint32 *out_slot)
{
    guint32 i = 0;

    if (sets->slots != NULL) {
        *out_slot = slot_of(sets, sets->n);
        return sets->slots[*out_slot] != 0 ? sets->slots[*out_slot] - 1 : sets->n;
    }
    while (i < sets->n && !are_same(set_of(sets, i), set_of(sets, sets->n), sets->n_words))
        i++;
    return i;
}

/* The number of the set in the making. */
static TamisState
number(TamisRegexSets *sets)
{
    const guint64 *set = set_of(sets, sets->n);
    guint32 slot = 0, known;

    if (tamis_regex_is_found(sets->regex, set))
        return TAMIS_STATE_DONE;
    if (tamis_regex_is_lost(sets->regex, set))
        return TAMIS_STATE_DEAD;
    known = find(sets, &slot);
    if (known < sets->n)
        return known;
    if (sets->n == MAX_SETS) {
        sets->are_rough = TRUE;
        return TAMIS_STATE_DONE;
    }
    sets->n++;
    if (sets->slots != NULL)
        sets->slots[slot] = sets->n;
    return sets->n - 1;
}

TamisState
tamis_regex_sets_start(TamisRegexSets *sets)
{
    make_room(sets);
    tamis_regex_start(sets->regex, set_of(sets, sets->n));
    return number(sets);
}

TamisState
tamis_regex_sets_step(TamisRegexSets *sets, TamisState state, guint8 byte)
{
    if (sets->n_words == 1 && sets->slots == NULL) {
        guint64 set = tamis_regex_step_word(sets->regex, sets->sets[state], byte);

        /* What begins anywhere is in it, so that with nothing in it nothing comes any more. */
        if (set == 0)
            return TAMIS_STATE_DEAD;
        if ((set & 1) != 0)
            return TAMIS_STATE_DONE;
        for (guint32 i = 0; i < sets->n; i++)
            if (sets->sets[i] == set)
                return i;
    }
    make_room(sets);
    tamis_regex_step(sets->regex, set_of(sets, (guint32)state), byte, set_of(sets, sets->n));
    return number(sets);
}

gboolean
tamis_regex_sets_accepts(const TamisRegexSets *sets, TamisState state)
{
    return tamis_regex_is_found_at_end(sets->regex, set_of(sets, (guint32)state));
}

guint
tamis_regex_sets_remaining(const TamisRegexSets *sets, TamisState state)
{
    return tamis_regex_remaining(sets->regex, set_of(sets, (guint32)state));
}

gboolean
tamis_regex_sets_are_rough(const TamisRegexSets *sets)
{
    return sets->are_rough;
}

const TamisRegex *
tamis_regex_sets_get_regex(const TamisRegexSets *sets)
{
    return sets->regex;
}
