/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Edit distance (insert, delete, replace, transpose neighbours) over code points, given up as soon
 * as it is above the limit. */
#include "base/suggest.h"

#include <string.h>

#define LONGEST_WORD     64
#define MOST_CANDIDATES  4096
#define FAR              99
#define SLIP_MIN_LENGTH  3
#define TWO_SLIPS_LENGTH 8

typedef struct {
    gunichar points[LONGEST_WORD];
    guint length;
} Word;

/* FALSE when it is too long, or no UTF-8. */
static gboolean
read_word(Word *word, const char *text)
{
    word->length = 0;
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar point = g_utf8_get_char_validated(text, -1);
        if (word->length == LONGEST_WORD || point == (gunichar)-1 || point == (gunichar)-2)
            return FALSE;
        word->points[word->length++] = point;
    }
    return TRUE;
}

/* With numbers_differ, one digit for another is no slip: agent01 is not agent02. */
static guint
distance(const Word *a, const Word *b, guint limit, gboolean numbers_differ)
{
    guint rows[3][LONGEST_WORD + 1];
    guint *before = rows[0], *above = rows[1], *row = rows[2];

    if (MAX(a->length, b->length) - MIN(a->length, b->length) > limit)
        return FAR;
    for (guint j = 0; j <= b->length; j++)
        above[j] = j;
    for (guint i = 1; i <= a->length; i++) {
        guint best = row[0] = i;
        for (guint j = 1; j <= b->length; j++) {
            gunichar p = a->points[i - 1], q = b->points[j - 1];
            guint replace = p == q ? 0 : 1;
            if (replace && numbers_differ && g_unichar_isdigit(p) && g_unichar_isdigit(q))
                replace = FAR;
            row[j] = MIN(MIN(above[j], row[j - 1]) + 1, above[j - 1] + replace);
            if (i > 1 && j > 1 && p == b->points[j - 2] && q == a->points[i - 2])
                row[j] = MIN(row[j], before[j - 2] + (p != q));
            best = MIN(best, row[j]);
        }
        if (best > limit)
            return FAR;
        guint *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b->length] <= limit ? above[b->length] : FAR;
}

const char *
tamis_suggest(const char *word, const char *const *candidates, gsize n_candidates)
{
    const char *nearest = NULL;
    Word wanted, candidate;

    if (!read_word(&wanted, word) || wanted.length < 2)
        return NULL;
    guint limit = MAX(wanted.length / 3, 1);
    for (gsize i = 0; i < MIN(n_candidates, MOST_CANDIDATES) && limit > 0; i++) {
        if (!read_word(&candidate, candidates[i]))
            continue;
        guint found = distance(&wanted, &candidate, limit, FALSE);
        if (found > limit || (found == candidate.length))
            continue;
        nearest = candidates[i];
        if (found == 0)
            return nearest;
        limit = found - 1;
    }
    return nearest;
}

gboolean
tamis_is_slip(const char *a, const char *b)
{
    Word first, second;

    if (g_str_equal(a, b) || !read_word(&first, a) || !read_word(&second, b))
        return FALSE;
    guint length = MIN(first.length, second.length);
    if (length < SLIP_MIN_LENGTH)
        return FALSE;
    guint limit = length < TWO_SLIPS_LENGTH ? 1 : 2;
    return distance(&first, &second, limit, TRUE) <= limit;
}
