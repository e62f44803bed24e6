/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Side by side through both trees. */
#include "grammar/sieve/compare.h"

static gboolean
same_name(const char *a, guint32 a_length, const char *b, guint32 b_length)
{
    return a_length == b_length && g_ascii_strncasecmp(a, b, a_length) == 0;
}

/* A CR before an LF counts for nothing. */
static gsize
step(const char *at, const char *limit)
{
    return *at == '\r' && limit - at > 1 && at[1] == '\n' ? 1 : 0;
}

static gboolean
same_text(const TamisSieveString *a, const TamisSieveString *b)
{
    const char *left = a->text, *left_limit = left + a->length_bytes;
    const char *right = b->text, *right_limit = right + b->length_bytes;

    if (a->length_bytes == b->length_bytes && memcmp(left, right, a->length_bytes) == 0)
        return TRUE;
    while (left < left_limit && right < right_limit) {
        left += step(left, left_limit);
        right += step(right, right_limit);
        if (*left++ != *right++)
            return FALSE;
    }
    return left == left_limit && right == right_limit;
}

static gboolean
same_strings(const TamisSieveString *a, const TamisSieveString *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (!same_text(a, b))
            return FALSE;
    return a == b;
}

static gboolean
same_argument(const TamisSieveArgument *a, const TamisSieveArgument *b)
{
    if (a->kind != b->kind)
        return FALSE;
    switch (a->kind) {
    case TAMIS_SIEVE_TAG:
        return same_name(a->name, a->name_length, b->name, b->name_length);
    case TAMIS_SIEVE_NUMBER:
        return a->number == b->number;
    case TAMIS_SIEVE_STRING:
    case TAMIS_SIEVE_LIST:
        return same_strings(a->strings, b->strings);
    }
    g_assert_not_reached();
}

static gboolean
same_arguments(const TamisSieveArgument *a, const TamisSieveArgument *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (!same_argument(a, b))
            return FALSE;
    return a == b;
}

static gboolean
same_tests(const TamisSieveTest *a, const TamisSieveTest *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (!same_name(a->name, a->name_length, b->name, b->name_length) ||
            !a->is_list != !b->is_list || !same_arguments(a->arguments, b->arguments) ||
            !same_tests(a->tests, b->tests))
            return FALSE;
    return a == b;
}

static guint64
count_comments(const TamisSieveComment *comments)
{
    guint64 n = 0;

    for (; comments != NULL; comments = comments->next)
        n++;
    return n;
}

/* A comment may move from inside of a command to its side. */
static guint64
count_all_comments(const TamisSieveCommand *command)
{
    return count_comments(command->comments) + count_comments(command->inner) +
           count_comments(command->trailing) + count_comments(command->block_comments);
}

/* n_comments: how many a has more. */
static gboolean
same_commands(const TamisSieveCommand *a, const TamisSieveCommand *b, guint64 *n_comments)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (!same_name(a->name, a->name_length, b->name, b->name_length) ||
            a->is_list != b->is_list || a->has_block != b->has_block ||
            !same_arguments(a->arguments, b->arguments) || !same_tests(a->tests, b->tests) ||
            !same_commands(a->block, b->block, n_comments))
            return FALSE;
        *n_comments += count_all_comments(a) - count_all_comments(b);
    }
    return a == b;
}

gboolean
tamis_sieve_same(const TamisSieveScript *a, const TamisSieveScript *b)
{
    guint64 n_comments = count_comments(a->comments) - count_comments(b->comments);

    return same_commands(a->commands, b->commands, &n_comments) && n_comments == 0;
}
