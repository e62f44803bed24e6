/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A part is a row of bits, one for each moment, made of those of its own parts. */
#include "compiler/prove-moments.h"

#include <string.h>

/* What all values of a list of tests take at most. */
#define MAX_BYTES (1 << 20)
#define WORD_BITS 64

/* What a part is. */
enum { OF_MORE, OF_TESTS, OUTERMOST };

struct TamisMoments {
    guint32 n_tests, n, n_words;
    GHashTable *known; /* GBytes of values, a set; NULL: ended */
    GPtrArray *values; /* the same GBytes, as they came */
    guint64 *bits;     /* n_words by test */
    gboolean are_too_many;
};

struct TamisPartMoments {
    GArray *outer;  /* guint32 */
    GArray *picked; /* guint32: one moment of those that are the same */
    guint32 n_words;
    guint8 *kinds; /* by part: is it made of the tests alone? */
    guint64 *bits; /* n_words by part */
};

/* Moments of tests ------------------------------------------------------------------------------ */

TamisMoments *
tamis_moments_new(guint32 n_tests)
{
    TamisMoments *moments = g_new0(TamisMoments, 1);

    moments->n_tests = n_tests;
    moments->known = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    moments->values = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    return moments;
}

static void
drop_values(TamisMoments *moments)
{
    g_clear_pointer(&moments->known, g_hash_table_unref);
    g_clear_pointer(&moments->values, g_ptr_array_unref);
}

void
tamis_moments_free(TamisMoments *moments)
{
    drop_values(moments);
    g_free(moments->bits);
    g_free(moments);
}

void
tamis_moments_add(TamisMoments *moments, const guint8 *values)
{
    GBytes *bytes;

    moments->are_too_many |= (gsize)(moments->n + 1) * moments->n_tests > MAX_BYTES;
    if (moments->are_too_many)
        return;
    bytes = g_bytes_new(values, moments->n_tests);
    if (g_hash_table_contains(moments->known, bytes)) {
        g_bytes_unref(bytes);
        return;
    }
    g_hash_table_add(moments->known, bytes);
    g_ptr_array_add(moments->values, bytes);
    moments->n++;
}

void
tamis_moments_cut(TamisMoments *moments)
{
    moments->are_too_many = TRUE;
}

void
tamis_moments_end(TamisMoments *moments)
{
    moments->n_words = moments->n / WORD_BITS + 1;
    moments->bits = g_new0(guint64, (gsize)MAX(moments->n_tests, 1) * moments->n_words);
    for (guint32 i = 0; i < moments->n; i++) {
        const guint8 *values = g_bytes_get_data(g_ptr_array_index(moments->values, i), NULL);

        for (guint32 test = 0; test < moments->n_tests; test++)
            moments->bits[(gsize)test * moments->n_words + i / WORD_BITS] |=
                (guint64)(values[test] != 0) << i % WORD_BITS;
    }
    drop_values(moments);
}

gboolean
tamis_moments_are_too_many(const TamisMoments *moments)
{
    return moments->are_too_many;
}

/* Moments of parts ------------------------------------------------------------------------------ */

static guint64 *
bits_of(const TamisPartMoments *moments, guint32 part)
{
    return moments->bits + (gsize)part * moments->n_words;
}

static gboolean
get_bit(const TamisPartMoments *moments, guint32 part, guint32 moment)
{
    return bits_of(moments, part)[moment / WORD_BITS] >> moment % WORD_BITS & 1;
}

static void
set_test(TamisPartMoments *moments, guint32 part, const TamisMoments *all, guint32 test)
{
    memcpy(bits_of(moments, part), all->bits + (gsize)test * all->n_words,
           all->n_words * sizeof(guint64));
    moments->kinds[part] = OF_TESTS;
}

static int
compare_formulas(gconstpointer a, gconstpointer b)
{
    TamisFormula left = *(const TamisFormula *)a, right = *(const TamisFormula *)b;

    return (left > right) - (left < right);
}

static guint32
find_part(const GArray *parts, TamisFormula part)
{
    const TamisFormula *first = (const TamisFormula *)parts->data;
    const TamisFormula *found = bsearch(&part, first, parts->len, sizeof part, compare_formulas);

    g_assert(found != NULL);
    return (guint32)(found - first);
}

static void
combine(TamisPartMoments *moments, TamisFormulaKind kind, guint32 part, guint32 child,
        gboolean is_first)
{
    guint64 *bits = bits_of(moments, part);
    const guint64 *more = bits_of(moments, child);

    for (guint32 i = 0; i < moments->n_words; i++)
        bits[i] = kind == TAMIS_FORMULA_NOT   ? ~more[i]
                  : is_first                  ? more[i]
                  : kind == TAMIS_FORMULA_AND ? bits[i] & more[i]
                                              : bits[i] | more[i];
}

static void
add_outermost(TamisPartMoments *moments, guint32 part)
{
    if (moments->kinds[part] != OF_TESTS)
        return;
    moments->kinds[part] = OUTERMOST;
    g_array_append_val(moments->outer, part);
}

/* What is made of parts of tests alone is one, too; others have these as their outermost. */
static void
make_part(TamisPartMoments *moments, const TamisFormulas *formulas, const GArray *parts,
          guint32 part, GArray *children)
{
    TamisFormula formula = g_array_index(parts, TamisFormula, part);
    gboolean is_of_tests = TRUE;
    guint32 n = 0;
    const TamisFormula *made_of = tamis_formulas_children(formulas, formula, &n);

    g_array_set_size(children, 0);
    for (guint32 i = 0; i < n; i++) {
        guint32 child = find_part(parts, made_of[i]);

        g_array_append_val(children, child);
        is_of_tests = is_of_tests && moments->kinds[child] != OF_MORE;
    }
    moments->kinds[part] = is_of_tests && n > 0 ? OF_TESTS : OF_MORE;
    for (guint32 i = 0; i < n; i++) {
        guint32 child = g_array_index(children, guint32, i);

        if (moments->kinds[part] == OF_TESTS)
            combine(moments, tamis_formulas_kind(formulas, formula), part, child, i == 0);
        else
            add_outermost(moments, child);
    }
}

static void
make_parts(TamisPartMoments *moments, const TamisMoments *all, const TamisFormulas *formulas,
           const GArray *parts, const GArray *tests)
{
    g_autoptr(GArray) children = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint test = 0;

    for (guint i = 0; i < parts->len; i++) {
        if (test < tests->len &&
            g_array_index(tests, TamisFormula, test) == g_array_index(parts, TamisFormula, i))
            set_test(moments, i, all, test++);
        else
            make_part(moments, formulas, parts, i, children);
    }
    g_assert(test == tests->len);
    add_outermost(moments, parts->len - 1);
}

/* Parts a class of moments by the part's bits: those where it holds go to rest. FALSE: all are on one side. */
static gboolean
split(guint64 *class, guint64 *rest, const guint64 *bits, guint32 n_words)
{
    guint64 any = 0, any_rest = 0;

    for (guint32 i = 0; i < n_words; i++) {
        rest[i] = class[i] & bits[i];
        any_rest |= rest[i];
        any |= class[i] & ~bits[i];
    }
    if (any == 0 || any_rest == 0)
        return FALSE;
    for (guint32 i = 0; i < n_words; i++)
        class[i] &= ~bits[i];
    return TRUE;
}

static guint32
first_of(const guint64 *class)
{
    guint32 word = 0;

    while (class[word] == 0)
        word++;
    return word * WORD_BITS + (guint32)__builtin_ctzll(class[word]);
}

/* One of each class of moments at which the outermost parts are the same. */
static void
pick(TamisPartMoments *moments, guint32 n_moments)
{
    guint32 n_words = moments->n_words, n = 1;
    gsize bytes = n_words * sizeof(guint64);
    g_autoptr(GArray) classes = g_array_new(FALSE, TRUE, (guint)bytes);
    g_autofree guint64 *rest = g_malloc(bytes);

    if (n_moments == 0)
        return;
    g_array_set_size(classes, 1);
    for (guint32 i = 0; i < n_moments; i++)
        ((guint64 *)classes->data)[i / WORD_BITS] |= (guint64)1 << i % WORD_BITS;
    for (guint i = 0; i < moments->outer->len; i++) {
        const guint64 *bits = bits_of(moments, g_array_index(moments->outer, guint32, i));

        for (guint32 j = 0; j < n; j++)
            if (split((guint64 *)classes->data + (gsize)j * n_words, rest, bits, n_words))
                g_array_append_vals(classes, rest, 1);
        n = classes->len;
    }
    for (guint32 i = 0; i < n; i++) {
        guint32 moment = first_of((guint64 *)classes->data + (gsize)i * n_words);

        g_array_append_val(moments->picked, moment);
    }
}

TamisPartMoments *
tamis_part_moments_new(const TamisMoments *all, const TamisFormulas *formulas, const GArray *parts,
                       const GArray *tests)
{
    TamisPartMoments *moments = g_new0(TamisPartMoments, 1);

    moments->outer = g_array_new(FALSE, FALSE, sizeof(guint32));
    moments->picked = g_array_new(FALSE, FALSE, sizeof(guint32));
    moments->n_words = all->n_words;
    moments->kinds = g_new0(guint8, parts->len);
    moments->bits = g_new0(guint64, (gsize)parts->len * moments->n_words);
    make_parts(moments, all, formulas, parts, tests);
    pick(moments, all->n);
    return moments;
}

void
tamis_part_moments_free(TamisPartMoments *moments)
{
    g_array_unref(moments->outer);
    g_array_unref(moments->picked);
    g_free(moments->kinds);
    g_free(moments->bits);
    g_free(moments);
}

guint32
tamis_part_moments_count(const TamisPartMoments *moments)
{
    return moments->picked->len;
}

gboolean
tamis_part_moments_is_of_tests(const TamisPartMoments *moments, guint32 part)
{
    return moments->kinds[part] != OF_MORE;
}

const guint32 *
tamis_part_moments_outer(const TamisPartMoments *moments, guint32 *out_n)
{
    *out_n = moments->outer->len;
    return (const guint32 *)moments->outer->data;
}

gboolean
tamis_part_moments_holds(const TamisPartMoments *moments, guint32 moment, guint32 outer)
{
    return get_bit(moments, g_array_index(moments->outer, guint32, outer),
                   g_array_index(moments->picked, guint32, moment));
}
