/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lazy automata. A pattern is matched segment by segment between its stars, each at its first place: a later
 * star makes the choices of an earlier one final. A segment with `?` behind a star keeps the set of its open
 * attempts as bits, others one number. */
#include "model/solve/automaton.h"

#include "model/compare.h"
#include "model/solve/difference.h"
#include "model/solve/regex-sets.h"
#include "model/solve/word-set.h"

#include <string.h>

enum { ANY = 256, AT_BITS = 48, MANY_ANY = 2 };

typedef enum { PATTERN, ORDER, NUMBER, WORDS, REGEX, DIFFERENCE } Kind;

typedef struct {
    guint32 first, n; /* of elements */
    guint32 behind;   /* elements from here to the end */
    gboolean has_any;
    guint32 *fails; /* NULL where has_any, or where it stands at the start */
} Segment;

struct TamisAutomaton {
    guint8 kind, negated, fold;
    guint8 at_start, at_end; /* PATTERN: no star there */
    guint8 relation;
    guint8 guesses; /* PATTERN: a floating segment with ANY is one attempt, as a number */
    guint16 *elements;
    Segment *segments;
    guint32 n_elements, n_segments;
    const char *key; /* ORDER, NUMBER: without leading zeros */
    gsize length;
    const TamisWordSet *words;
    TamisRegexSets *regex;
    TamisDifference *difference;
};

#define AT_MASK ((G_GUINT64_CONSTANT(1) << AT_BITS) - 1)

static TamisAutomaton *
new_automaton(TamisArena *arena, Kind kind, gboolean fold)
{
    TamisAutomaton *automaton = tamis_arena_new0(arena, TamisAutomaton);

    automaton->kind = kind;
    automaton->fold = (guint8)(fold != FALSE);
    return automaton;
}

static inline guint8
lower(const TamisAutomaton *automaton, guint8 byte)
{
    return automaton->fold && byte >= 'A' && byte <= 'Z' ? (guint8)(byte + 32) : byte;
}

/* Patterns --------------------------------------------------------------------------------------- */

static void
end_segment(TamisAutomaton *automaton, guint32 first)
{
    Segment *segment;

    if (first == automaton->n_elements)
        return;
    segment = &automaton->segments[automaton->n_segments++];
    segment->first = first;
    segment->n = automaton->n_elements - first;
    for (guint32 i = 0; i < segment->n; i++)
        segment->has_any |= automaton->elements[first + i] == ANY;
}

static void
parse_pattern(TamisAutomaton *automaton, TamisKeyMatch match, const char *key, gsize length)
{
    gboolean star = match == TAMIS_KEYS_CONTAIN;
    guint32 first = 0;

    automaton->at_start = !star;
    for (gsize i = 0; i < length; i++) {
        gboolean escaped = match == TAMIS_KEYS_MATCH && key[i] == '\\' && i + 1 < length;

        if (match == TAMIS_KEYS_MATCH && key[i] == '*') {
            automaton->at_start &= automaton->n_elements > 0;
            end_segment(automaton, first);
            first = automaton->n_elements;
            star = TRUE;
            continue;
        }
        star = match == TAMIS_KEYS_CONTAIN;
        i += escaped;
        automaton->elements[automaton->n_elements++] =
            match == TAMIS_KEYS_MATCH && !escaped && key[i] == '?'
                ? ANY
                : lower(automaton, (guint8)key[i]);
    }
    end_segment(automaton, first);
    automaton->at_end = !star;
}

/* Knuth, Morris and Pratt: how much of the segment still stands when the next element is missed, and would not
 * be missed again: so a step goes back a few times at most, however the segment repeats itself. */
static void
prepare_fails(TamisAutomaton *automaton, TamisArena *arena, Segment *segment)
{
    const guint16 *elements = automaton->elements + segment->first;
    guint32 standing = 0;

    segment->fails = tamis_arena_array0(arena, guint32, segment->n + 1);
    for (guint32 i = 1; i < segment->n; i++) {
        segment->fails[i] = elements[i] == elements[standing] ? segment->fails[standing] : standing;
        while (standing > 0 && elements[i] != elements[standing])
            standing = segment->fails[standing];
        standing += elements[i] == elements[standing];
    }
    segment->fails[segment->n] = standing;
}

TamisAutomaton *
tamis_automaton_pattern(TamisArena *arena, TamisKeyMatch match, const char *key, gsize length,
                        gboolean fold)
{
    TamisAutomaton *automaton = new_automaton(arena, PATTERN, fold);

    automaton->elements = tamis_arena_array0(arena, guint16, length + 1);
    automaton->segments = tamis_arena_array0(arena, Segment, length + 1);
    parse_pattern(automaton, match, key, length);
    if (automaton->n_segments >= 0xffff)
        return NULL;
    for (guint32 i = 0; i < automaton->n_segments; i++) {
        Segment *segment = &automaton->segments[i];

        segment->behind = automaton->n_elements - segment->first;
        if (i == 0 && automaton->at_start)
            continue;
        if (segment->has_any && segment->n > TAMIS_AUTOMATON_MAX_FLOATING)
            return NULL;
        if (!segment->has_any)
            prepare_fails(automaton, arena, segment);
    }
    return automaton;
}

static inline TamisState
pattern_state(guint32 segment, guint64 at)
{
    return (guint64)segment << AT_BITS | at;
}

static inline gboolean
is_fixed(const TamisAutomaton *automaton, guint32 segment)
{
    return segment == 0 && automaton->at_start;
}

/* Whether states in the segment are sets of attempts. */
static inline gboolean
keeps_bits(const TamisAutomaton *automaton, guint32 segment)
{
    return automaton->segments[segment].has_any && !automaton->guesses &&
           !is_fixed(automaton, segment);
}

/* Where the segment begins: bit 0 of a set is always open. */
static TamisState
enter_segment(const TamisAutomaton *automaton, guint32 segment)
{
    if (segment == automaton->n_segments)
        return TAMIS_STATE_DONE;
    return pattern_state(segment, keeps_bits(automaton, segment));
}

static TamisState
pattern_start(const TamisAutomaton *automaton)
{
    if (automaton->n_segments == 0) /* nothing, or only stars */
        return automaton->at_start && automaton->at_end ? pattern_state(0, 0) : TAMIS_STATE_DONE;
    return enter_segment(automaton, 0);
}

static TamisState
step_fixed(const TamisAutomaton *automaton, guint64 at, guint8 byte)
{
    const Segment *segment;

    if (automaton->n_segments == 0)
        return TAMIS_STATE_DEAD;
    segment = &automaton->segments[0];
    if (at == segment->n) /* it is all of the pattern */
        return TAMIS_STATE_DEAD;
    if (automaton->elements[segment->first + at] != ANY &&
        automaton->elements[segment->first + at] != byte)
        return TAMIS_STATE_DEAD;
    if (at + 1 < segment->n || (automaton->n_segments == 1 && automaton->at_end))
        return pattern_state(0, at + 1);
    return enter_segment(automaton, 1);
}

static guint64
step_bits(const TamisAutomaton *automaton, const Segment *segment, guint64 bits, guint8 byte)
{
    guint64 next = 1;

    for (guint32 i = 0; i < segment->n; i++) {
        guint16 element = automaton->elements[segment->first + i];

        if ((bits >> i & 1) && (element == ANY || element == byte))
            next |= G_GUINT64_CONSTANT(2) << i;
    }
    return next;
}

static guint64
step_number(const TamisAutomaton *automaton, const Segment *segment, guint64 at, guint8 byte)
{
    const guint16 *elements = automaton->elements + segment->first;

    while (at > 0 && (at == segment->n || elements[at] != byte))
        at = segment->fails[at];
    return at + (elements[at] == byte);
}

static gboolean
is_complete(const TamisAutomaton *automaton, guint32 at_segment, guint64 at)
{
    const Segment *segment = &automaton->segments[at_segment];

    return keeps_bits(automaton, at_segment) ? (at >> segment->n & 1) != 0 : at == segment->n;
}

/* The attempt goes on, or has failed. */
static TamisState
step_guess(const TamisAutomaton *automaton, guint32 at_segment, guint64 at, guint8 byte)
{
    const Segment *segment = &automaton->segments[at_segment];

    if (at == segment->n || (automaton->elements[segment->first + at] != ANY &&
                             automaton->elements[segment->first + at] != byte))
        return TAMIS_STATE_DEAD;
    if (at + 1 == segment->n && !(at_segment + 1 == automaton->n_segments && automaton->at_end))
        return enter_segment(automaton, at_segment + 1);
    return pattern_state(at_segment, at + 1);
}

static TamisState
pattern_step(const TamisAutomaton *automaton, TamisState state, guint8 byte)
{
    guint32 at_segment = (guint32)(state >> AT_BITS);
    guint64 at = state & AT_MASK;
    const Segment *segment;

    if (automaton->n_segments == 0 || is_fixed(automaton, at_segment))
        return step_fixed(automaton, at, byte);
    segment = &automaton->segments[at_segment];
    if (segment->has_any && automaton->guesses)
        return step_guess(automaton, at_segment, at, byte);
    at = segment->has_any ? step_bits(automaton, segment, at, byte)
                          : step_number(automaton, segment, at, byte);
    if (is_complete(automaton, at_segment, at) &&
        !(at_segment + 1 == automaton->n_segments && automaton->at_end))
        return enter_segment(automaton, at_segment + 1);
    return pattern_state(at_segment, at);
}

static gboolean
pattern_accepts(const TamisAutomaton *automaton, TamisState state)
{
    guint32 at_segment = (guint32)(state >> AT_BITS);

    if (automaton->n_segments == 0)
        return TRUE;
    if (at_segment + 1 != automaton->n_segments)
        return FALSE;
    if (is_fixed(automaton, at_segment))
        return automaton->at_end && (state & AT_MASK) == automaton->segments[0].n;
    return automaton->at_end && is_complete(automaton, at_segment, state & AT_MASK);
}

static guint
pattern_remaining(const TamisAutomaton *automaton, TamisState state)
{
    guint32 at_segment = (guint32)(state >> AT_BITS);
    guint64 at = state & AT_MASK;
    const Segment *segment;

    if (automaton->n_segments == 0)
        return 0;
    segment = &automaton->segments[at_segment];
    if (keeps_bits(automaton, at_segment))
        at = g_bit_storage(at) - 1;
    return segment->behind - (guint)at;
}

gboolean
tamis_automaton_guess(TamisAutomaton *automaton)
{
    for (guint32 i = 0; automaton->kind == PATTERN && i < automaton->n_segments; i++) {
        const Segment *segment = &automaton->segments[i];
        guint n_any = 0;

        for (guint32 k = 0; k < segment->n && !is_fixed(automaton, i); k++)
            n_any += automaton->elements[segment->first + k] == ANY;
        automaton->guesses |= n_any >= MANY_ANY;
    }
    return automaton->guesses;
}

gboolean
tamis_automaton_guesses(const TamisAutomaton *automaton)
{
    return automaton->guesses;
}

gboolean
tamis_automaton_may_wait(const TamisAutomaton *automaton, TamisState state)
{
    guint32 at_segment = (guint32)(state >> AT_BITS);

    return automaton->guesses && state < TAMIS_STATE_DEAD && (state & AT_MASK) == 0 &&
           !is_fixed(automaton, at_segment) && automaton->segments[at_segment].has_any;
}

/* Orders ----------------------------------------------------------------------------------------- */

TamisAutomaton *
tamis_automaton_order(TamisArena *arena, TamisRelation relation, const char *key, gsize length,
                      gboolean fold)
{
    TamisAutomaton *automaton = new_automaton(arena, ORDER, fold);

    automaton->relation = (guint8)relation;
    automaton->key = key;
    automaton->length = length;
    return automaton;
}

static TamisState
settled(const TamisAutomaton *automaton, int order)
{
    return tamis_relation_holds(automaton->relation, order) ? TAMIS_STATE_DONE : TAMIS_STATE_DEAD;
}

/* i;ascii-casemap compares in upper case (RFC 4790, 9.2.1). */
static inline guint8
upper(const TamisAutomaton *automaton, guint8 byte)
{
    return automaton->fold ? (guint8)g_ascii_toupper((char)byte) : byte;
}

static TamisState
order_step(const TamisAutomaton *automaton, TamisState state, guint8 byte)
{
    guint8 left, right;

    if (state == automaton->length)
        return settled(automaton, 1);
    left = upper(automaton, byte);
    right = upper(automaton, (guint8)automaton->key[state]);
    return left == right ? state + 1 : settled(automaton, left < right ? -1 : 1);
}

/* Numbers ---------------------------------------------------------------------------------------- */

/* A state: no digit yet; zeros alone; digits << 2 | order so far (0 less, 1 equal, 2 greater). */
enum { NO_DIGIT = 0, ZEROS = 1, FIRST_DIGITS = 4 };

TamisAutomaton *
tamis_automaton_number(TamisArena *arena, TamisRelation relation, const char *key, gsize length)
{
    TamisAutomaton *automaton = new_automaton(arena, NUMBER, FALSE);
    gsize digits = 0;

    while (digits < length && g_ascii_isdigit(key[digits]))
        digits++;
    for (; digits > 1 && *key == '0'; key++)
        digits--;
    automaton->relation = (guint8)relation;
    automaton->key = key;
    automaton->length = digits; /* 0: infinity */
    return automaton;
}

/* The order of the number that ends in this state to the key. */
static int
number_order(const TamisAutomaton *automaton, TamisState state)
{
    guint64 digits = state == ZEROS ? 1 : state >> 2;

    if (automaton->length == 0)
        return state == NO_DIGIT ? 0 : -1;
    if (state == NO_DIGIT)
        return 1;
    if (digits != automaton->length)
        return digits < automaton->length ? -1 : 1;
    return state == ZEROS ? '0' - automaton->key[0] : (int)(state & 3) - 1;
}

static TamisState
number_step(const TamisAutomaton *automaton, TamisState state, guint8 byte)
{
    guint64 digits = state < FIRST_DIGITS ? 0 : state >> 2, order = 1;

    if (!g_ascii_isdigit((char)byte))
        return settled(automaton, number_order(automaton, state));
    if (automaton->length == 0)
        return settled(automaton, -1);
    if (byte == '0' && state < FIRST_DIGITS)
        return ZEROS;
    if (digits == automaton->length)
        return settled(automaton, 1);
    if (state >= FIRST_DIGITS)
        order = state & 3;
    if (order == 1)
        order = byte == (guint8)automaton->key[digits]  ? 1
                : byte < (guint8)automaton->key[digits] ? 0
                                                        : 2;
    return (digits + 1) << 2 | order;
}

/* All of them ------------------------------------------------------------------------------------ */

TamisAutomaton *
tamis_automaton_words(TamisArena *arena, const TamisWordSet *words)
{
    TamisAutomaton *automaton = new_automaton(arena, WORDS, FALSE);

    automaton->words = words;
    return automaton;
}

TamisAutomaton *
tamis_automaton_regex(TamisArena *arena, const TamisRegex *regex)
{
    TamisAutomaton *automaton = new_automaton(arena, REGEX, FALSE);

    automaton->regex = tamis_regex_sets_new(arena, regex);
    return automaton;
}

TamisAutomaton *
tamis_automaton_difference(TamisArena *arena, TamisAutomaton *const *parts, guint n, guint n_wanted)
{
    TamisAutomaton *automaton = new_automaton(arena, DIFFERENCE, FALSE);

    automaton->difference = tamis_difference_new(arena, parts, n, n_wanted);
    return automaton;
}

gboolean
tamis_automaton_is_dense(const TamisAutomaton *automaton)
{
    return automaton->kind == REGEX || automaton->kind == DIFFERENCE;
}

gboolean
tamis_automaton_is_rough(const TamisAutomaton *automaton)
{
    if (automaton->kind == DIFFERENCE)
        return tamis_difference_is_rough(automaton->difference);
    return automaton->kind == REGEX && tamis_regex_sets_are_rough(automaton->regex);
}

const TamisRegex *
tamis_automaton_get_regex(const TamisAutomaton *automaton)
{
    return automaton->kind == REGEX ? tamis_regex_sets_get_regex(automaton->regex) : NULL;
}

void
tamis_automaton_negate(TamisAutomaton *automaton)
{
    automaton->negated = !automaton->negated;
}

static inline TamisState
outside(const TamisAutomaton *automaton, TamisState state)
{
    if (automaton->negated && state >= TAMIS_STATE_DEAD)
        return state == TAMIS_STATE_DEAD ? TAMIS_STATE_DONE : TAMIS_STATE_DEAD;
    return state;
}

static TamisState
words_state(const TamisAutomaton *automaton, guint32 node)
{
    return tamis_word_set_found(automaton->words, node) ? TAMIS_STATE_DONE : node;
}

TamisState
tamis_automaton_start(const TamisAutomaton *automaton)
{
    if (automaton->kind == PATTERN)
        return outside(automaton, pattern_start(automaton));
    if (automaton->kind == WORDS)
        return outside(automaton, words_state(automaton, tamis_word_set_start(automaton->words)));
    if (automaton->kind == REGEX)
        return outside(automaton, tamis_regex_sets_start(automaton->regex));
    if (automaton->kind == DIFFERENCE)
        return outside(automaton, tamis_difference_start(automaton->difference));
    return 0;
}

TamisState
tamis_automaton_step(const TamisAutomaton *automaton, TamisState state, guint8 byte)
{
    if (state >= TAMIS_STATE_DEAD)
        return state;
    switch ((Kind)automaton->kind) {
    case PATTERN:
        return outside(automaton, pattern_step(automaton, state, lower(automaton, byte)));
    case ORDER:
        return outside(automaton, order_step(automaton, state, byte));
    case NUMBER:
        return outside(automaton, number_step(automaton, state, byte));
    case WORDS:
        return outside(
            automaton,
            words_state(automaton, tamis_word_set_step(automaton->words, (guint32)state, byte)));
    case REGEX:
        return outside(automaton, tamis_regex_sets_step(automaton->regex, state, byte));
    case DIFFERENCE:
        return outside(automaton, tamis_difference_step(automaton->difference, state, byte));
    }
    g_assert_not_reached();
}

static gboolean
inner_accepts(const TamisAutomaton *automaton, TamisState state)
{
    switch ((Kind)automaton->kind) {
    case PATTERN:
        return pattern_accepts(automaton, state);
    case ORDER:
        return tamis_relation_holds(automaton->relation, state < automaton->length ? -1 : 0);
    case NUMBER:
        return tamis_relation_holds(automaton->relation, number_order(automaton, state));
    case WORDS:
        return tamis_word_set_found_at_end(automaton->words, (guint32)state);
    case REGEX:
        return tamis_regex_sets_accepts(automaton->regex, state);
    case DIFFERENCE:
        return tamis_difference_accepts(automaton->difference, state);
    }
    g_assert_not_reached();
}

gboolean
tamis_automaton_accepts(const TamisAutomaton *automaton, TamisState state)
{
    if (state >= TAMIS_STATE_DEAD)
        return state == TAMIS_STATE_DONE;
    return inner_accepts(automaton, state) != automaton->negated;
}

guint
tamis_automaton_remaining(const TamisAutomaton *automaton, TamisState state)
{
    if (state >= TAMIS_STATE_DEAD || automaton->negated)
        return 0;
    if (automaton->kind == REGEX)
        return tamis_regex_sets_remaining(automaton->regex, state);
    return automaton->kind == PATTERN ? pattern_remaining(automaton, state) : 0;
}

gboolean
tamis_automaton_add_bytes(const TamisAutomaton *automaton, TamisByteSet *bytes)
{
    switch ((Kind)automaton->kind) {
    case PATTERN:
        for (guint32 i = 0; i < automaton->n_elements; i++) {
            if (automaton->elements[i] != ANY)
                tamis_byte_set_add(bytes, automaton->elements[i]);
        }
        return FALSE;
    case ORDER:
        for (gsize i = 0; i < automaton->length; i++)
            tamis_byte_set_add(bytes, lower(automaton, (guint8)automaton->key[i]));
        return TRUE;
    case NUMBER:
        for (guint digit = '0'; digit <= '9'; digit++)
            tamis_byte_set_add(bytes, digit);
        return FALSE;
    case WORDS:
        tamis_word_set_add_bytes(automaton->words, bytes);
        return FALSE;
    case REGEX:
        return FALSE;
    case DIFFERENCE:
        return tamis_difference_add_bytes(automaton->difference, bytes);
    }
    g_assert_not_reached();
}
