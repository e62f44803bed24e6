/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes that stand for themselves are taken out; the others are parted by the shape, and by what each regular
 * expression takes. Of every part one byte stands for all. */
#include "model/solve/alphabet.h"

#include <string.h>

#define ALL        (~G_GUINT64_CONSTANT(0))
#define UPPER      (G_GUINT64_CONSTANT(0x3ffffff) << ('A' - 64))
#define TO_LOWER   ('a' - 'A')
#define FROM_TILDE (ALL << ('~' - 64))

#define BIT(byte) (G_GUINT64_CONSTANT(1) << (byte) % 64)

/* Those that read best, in order, and as a set; then come the others, as they are numbered. */
static const char favorites[] = "eaonirtslucdmphgbfvwykjxqz0123456789-._+ ";
static const TamisByteSet favorite_set = {
    {G_GUINT64_CONSTANT(0x3ff) << '0' | BIT('-') | BIT('.') | BIT('+') | BIT(' '),
     UPPER << TO_LOWER | BIT('_'), 0, 0}};

static guint8
byte_cost(guint8 byte)
{
    if (g_ascii_islower((char)byte))
        return TAMIS_LETTER_COST;
    if (byte == ' ' || byte == '.' || g_ascii_isdigit((char)byte))
        return TAMIS_LETTER_COST + 1;
    if (g_ascii_isupper((char)byte))
        return TAMIS_LETTER_COST + 2;
    if (byte >= 0x80)
        return TAMIS_LETTER_COST + 4;
    return g_ascii_isgraph((char)byte) ? TAMIS_LETTER_COST + 3 : 100;
}

/* A letter that is told apart is told apart from the same one of the other case. */
static void
add_other_cases(TamisByteSet *own)
{
    guint64 upper = (own->bits[1] | own->bits[1] >> TO_LOWER) & UPPER;

    own->bits[1] |= upper | upper << TO_LOWER;
}

/* Which bytes stand for themselves. out_all: of which texts are made at all, the others are like some of them. */
static TamisByteSet
find_own(const TamisSearchTask *task, TamisByteSet *out_all)
{
    TamisByteSet own = {{0}};
    gboolean has_order = FALSE, parts_high = FALSE;

    for (guint i = 0; i < task->n_parts; i++) {
        const TamisRegex *regex = tamis_automaton_get_regex(task->parts[i].automaton);

        has_order |= tamis_automaton_add_bytes(task->parts[i].automaton, &own);
        parts_high |= regex != NULL && tamis_regex_parts_high(regex);
    }
    tamis_byte_set_add(&own, task->shape.delimiter);
    if (task->shape.kind >= TAMIS_SHAPE_ADDRESS) {
        tamis_byte_set_add(&own, '@');
        tamis_byte_set_add(&own, '.');
    }
    if (task->cased)
        add_other_cases(&own);
    parts_high |= ((own.bits[1] & FROM_TILDE) | own.bits[2] | own.bits[3]) != 0;
    *out_all = (TamisByteSet){{ALL - 1, ALL, 0, 0}}; /* no NUL */
    if (!task->cased)
        out_all->bits[1] &= ~UPPER;
    if (parts_high || has_order)
        out_all->bits[2] = out_all->bits[3] = ALL;
    if (has_order)
        own.bits[0] = own.bits[1] = ALL;
    if (has_order && parts_high)
        own.bits[2] = own.bits[3] = ALL;
    return own;
}

/* The others, in parts of which nothing tells two bytes apart. Returns how many parts. */
static guint
part_others(const TamisSearchTask *task, const TamisByteSet *others, TamisByteSet parts[256])
{
    guint n = 0, n_shapes;
    const TamisByteSet *shapes = tamis_shape_byte_sets(task->shape.kind, &n_shapes);

    for (guint i = 0; i < n_shapes; i++) {
        parts[n] = tamis_byte_set_and(&shapes[i], others);
        n += !tamis_byte_set_is_empty(&parts[n]);
    }
    for (guint i = 0; i < task->n_parts; i++) {
        const TamisRegex *regex = tamis_automaton_get_regex(task->parts[i].automaton);
        guint n_sets = 0;
        const TamisByteSet *sets = regex != NULL ? tamis_regex_byte_sets(regex, &n_sets) : NULL;

        for (guint s = 0; s < n_sets; s++)
            for (guint p = 0, known = n; p < known; p++)
                n += tamis_byte_set_split(&parts[p], &sets[s], &parts[n]);
    }
    return n;
}

static guint
best_of(const TamisByteSet *set)
{
    TamisByteSet best = tamis_byte_set_and(set, &favorite_set);
    const char *at = favorites;

    if (tamis_byte_set_is_empty(&best))
        return tamis_byte_set_first(set);
    while (!tamis_byte_set_has(&best, (guint8)*at))
        at++;
    return (guint8)*at;
}

static void
append(TamisAlphabet *alphabet, guint byte)
{
    alphabet->bytes[alphabet->n] = (guint8)byte;
    alphabet->costs[alphabet->n++] = byte_cost((guint8)byte);
}

static void
append_all(TamisAlphabet *alphabet, TamisByteSet *chosen)
{
    alphabet->n = 0;
    for (const char *at = favorites; *at != '\0'; at++)
        if (tamis_byte_set_has(chosen, (guint8)*at)) {
            append(alphabet, (guint8)*at);
            tamis_byte_set_remove(chosen, (guint8)*at);
        }
    for (guint w = 0; w < G_N_ELEMENTS(chosen->bits); w++)
        for (guint64 left = chosen->bits[w]; left != 0; left &= left - 1)
            append(alphabet, 64 * w + (guint)__builtin_ctzll(left));
}

void
tamis_alphabet_choose(TamisAlphabet *alphabet, const TamisSearchTask *task)
{
    TamisByteSet all, own = find_own(task, &all), others = tamis_byte_set_without(&all, &own);
    TamisByteSet parts[256], chosen = tamis_byte_set_and(&own, &all);
    guint n = part_others(task, &others, parts);

    for (guint i = 0; i < n; i++)
        tamis_byte_set_add(&chosen, best_of(&parts[i]));
    append_all(alphabet, &chosen);
}
