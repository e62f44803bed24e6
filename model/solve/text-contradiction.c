/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests of one text that plainly exclude each other: two beginnings or ends that differ, and a word that has to be there
 * and must not. What is found is a proof; what is not may contradict all the same. */
#include "model/solve/text.h"

#include "model/fold.h"

#include <string.h>

enum { MAX_TESTS = 24, MAX_KEY_BYTES = 200 };

typedef struct {
    guint8 *bytes; /* without backslashes; segments one behind the other */
    guint16 n_bytes;
    guint16 first, last; /* bytes of the first segment, of the last */
    guint16 n_segments;  /* of literal text between wildcards */
    gboolean at_start, at_end,
        is_one_of; /* is_one_of: behind or before something that `?` stands for */
    const guint16 *lengths;
} Literal;

static gboolean
is_read(const TamisTextTest *test)
{
    const TamisAtom *atom = test->atom;

    return (!test->negated || atom->except.n == 0) &&
           (atom->match == TAMIS_KEYS_MATCH || atom->match == TAMIS_KEYS_CONTAIN ||
            atom->match == TAMIS_KEYS_IS) &&
           (atom->comparator == TAMIS_COMPARATOR_CASEMAP ||
            atom->comparator == TAMIS_COMPARATOR_OCTET ||
            atom->comparator == TAMIS_COMPARATOR_UNICODE);
}

/* Such tests are of the folded text, so that they are compared with each other alone. */
static gboolean
is_unicode(const TamisTextTest *test)
{
    return test->atom->comparator == TAMIS_COMPARATOR_UNICODE;
}

static gboolean
folds(const TamisTextTest *test)
{
    return test->atom->comparator == TAMIS_COMPARATOR_CASEMAP;
}

/* FALSE: it is too long. */
static gboolean
read_key(TamisTexts *texts, const TamisTextTest *test, guint32 i, Literal *out)
{
    const TamisAtom *atom = test->atom;
    gsize length = 0;
    const char *key = tamis_texts_key(texts, atom, i, &length);
    g_autofree char *folded = is_unicode(test) ? tamis_text_fold(key, length) : NULL;
    gboolean is_pattern = atom->match == TAMIS_KEYS_MATCH, in_segment = FALSE;
    guint16 *lengths;

    if (folded != NULL) {
        key = folded;
        length = strlen(folded);
    }
    if (length > MAX_KEY_BYTES)
        return FALSE;
    *out = (Literal){.at_start = atom->match != TAMIS_KEYS_CONTAIN,
                     .at_end = atom->match != TAMIS_KEYS_CONTAIN};
    out->bytes = tamis_arena_alloc(texts->arena, length + 1);
    out->lengths = lengths = tamis_arena_alloc(texts->arena, (length + 1) * sizeof *lengths);
    for (gsize k = 0; k < length; k++) {
        if (is_pattern && (key[k] == '*' || key[k] == '?')) {
            out->is_one_of |= key[k] == '?';
            out->at_start &= out->n_segments > 0;
            in_segment = FALSE;
            continue;
        }
        k += is_pattern && key[k] == '\\' && k + 1 < length;
        if (!in_segment)
            lengths[out->n_segments++] = 0;
        in_segment = TRUE;
        lengths[out->n_segments - 1]++;
        out->bytes[out->n_bytes++] = (guint8)key[k];
    }
    out->at_end &= in_segment;
    out->at_start &= out->n_segments > 0;
    out->first = out->n_segments > 0 ? lengths[0] : 0;
    out->last = out->n_segments > 0 ? lengths[out->n_segments - 1] : 0;
    return TRUE;
}

static gboolean
is_equal(const guint8 *a, const guint8 *b, gsize n, gboolean folded)
{
    return folded ? g_ascii_strncasecmp((const char *)a, (const char *)b, n) == 0
                  : memcmp(a, b, n) == 0;
}

static const guint8 *
last_of(const Literal *literal)
{
    return literal->bytes + literal->n_bytes - literal->last;
}

/* Of two tests that have to hold. */
static gboolean
differ(const Literal *a, const Literal *b, gboolean folded)
{
    gsize n_first = MIN(a->first, b->first), n_last = MIN(a->last, b->last);

    if (a->at_start && b->at_start && !is_equal(a->bytes, b->bytes, n_first, folded))
        return TRUE;
    return a->at_end && b->at_end &&
           !is_equal(last_of(a) + a->last - n_last, last_of(b) + b->last - n_last, n_last, folded);
}

static gboolean
has_word(const Literal *literal, const guint8 *word, gsize n, gboolean folded)
{
    const guint8 *segment = literal->bytes;

    for (guint s = 0; s < literal->n_segments; segment += literal->lengths[s++])
        for (gsize at = 0; at + n <= literal->lengths[s]; at++)
            if (is_equal(segment + at, word, n, folded))
                return TRUE;
    return FALSE;
}

/* Whether a text that has the one has what it must not have. */
static gboolean
implies(const Literal *has, const Literal * not, gboolean folded)
{
    if (not ->n_segments != 1 || not ->is_one_of || (not ->at_start && not ->at_end))
        return FALSE;
    if (not ->at_start)
        return has->at_start && has->first >= not ->first &&
               is_equal(has->bytes, not ->bytes, not ->first, folded);
    if (not ->at_end)
        return has->at_end && has->last >= not ->last &&
               is_equal(last_of(has) + has->last - not ->last, not ->bytes, not ->last, folded);
    return has_word(has, not ->bytes, not ->n_bytes, folded);
}

static gboolean
contradicts(TamisTexts *texts, const TamisTextTest *test, const Literal *literal,
            const TamisTextTest *other, const Literal *other_literal)
{
    Literal key;

    if (test->scope != other->scope || is_unicode(test) != is_unicode(other))
        return FALSE;
    if (!other->negated)
        return differ(literal, other_literal, folds(test) || folds(other));
    if (folds(test) && !folds(other))
        return FALSE;
    for (guint32 k = 0; k < other->atom->keys.n && k < MAX_TESTS; k++)
        if (read_key(texts, other, k, &key) && implies(literal, &key, folds(other)))
            return TRUE;
    return FALSE;
}

gboolean
tamis_texts_contradict(TamisTexts *texts, const TamisTextTest *tests, guint n)
{
    Literal literals[MAX_TESTS];
    gboolean is_known[MAX_TESTS] = {FALSE};

    if (n < 2 || n > MAX_TESTS)
        return FALSE;
    for (guint i = 0; i < n; i++)
        is_known[i] = !tests[i].negated && is_read(&tests[i]) && tests[i].atom->keys.n == 1 &&
                      read_key(texts, &tests[i], 0, &literals[i]);
    for (guint i = 0; i < n; i++) {
        for (guint k = 0; k < n && is_known[i]; k++) {
            gboolean is_later = tests[k].negated ? is_read(&tests[k]) : k > i && is_known[k];

            if (is_later && contradicts(texts, &tests[i], &literals[i], &tests[k], &literals[k]))
                return TRUE;
        }
    }
    return FALSE;
}
