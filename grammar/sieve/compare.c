/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Side by side through both trees. */
#include "grammar/sieve/compare.h"

static gboolean
same_name(const char *a, guint32 a_length, const char *b, guint32 b_length)
{
    return a_length == b_length && g_ascii_strncasecmp(a, b, a_length) == 0;
}

/* Moves both over carriage returns: those before a line feed count for nothing, others have to be as many. */
static gboolean
skip_returns(const char **left, const char *left_limit, const char **right, const char *right_limit)
{
    const char *starts[] = {*left, *right};

    while (*left < left_limit && **left == '\r')
        (*left)++;
    while (*right < right_limit && **right == '\r')
        (*right)++;
    gboolean is_end[] = {*left < left_limit && **left == '\n',
                         *right < right_limit && **right == '\n'};
    return is_end[0] == is_end[1] && (is_end[0] || *left - starts[0] == *right - starts[1]);
}

static gboolean
same_text(const TamisSieveString *a, const TamisSieveString *b)
{
    const char *left = a->text, *left_limit = left + a->length_bytes;
    const char *right = b->text, *right_limit = right + b->length_bytes;

    if (a->length_bytes == b->length_bytes && memcmp(left, right, a->length_bytes) == 0)
        return TRUE;
    while (skip_returns(&left, left_limit, &right, right_limit)) {
        if (left == left_limit || right == right_limit)
            return left == left_limit && right == right_limit;
        if (*left++ != *right++)
            return FALSE;
    }
    return FALSE;
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

/* A sum of what the comments say: blanks and what cannot be shown do not count, and no order. */
static guint64
sum_comments(const TamisSieveComment *comments)
{
    guint64 sum = 0;

    for (; comments != NULL; comments = comments->next) {
        guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
        const char *at = comments->text, *end = at + comments->length_bytes;
        while (at < end) {
            gunichar character = g_utf8_get_char_validated(at, end - at);
            gboolean is_valid = character < (gunichar)-2;
            at = is_valid ? g_utf8_next_char(at) : at + 1;
            if (!is_valid || character <= ' ' || character == 0x7f ||
                (character >= 0xfffd && character <= 0xffff))
                continue;
            hash = (hash ^ character) * G_GUINT64_CONSTANT(0x100000001b3);
        }
        sum += hash;
    }
    return sum;
}

/* A comment may move from inside of a command to its side. */
static guint64
sum_all_comments(const TamisSieveCommand *command)
{
    return sum_comments(command->comments) + sum_comments(command->inner) +
           sum_comments(command->trailing) + sum_comments(command->block_comments);
}

/* surplus: what the comments of a have more. */
static gboolean
same_commands(const TamisSieveCommand *a, const TamisSieveCommand *b, guint64 *surplus)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (!same_name(a->name, a->name_length, b->name, b->name_length) ||
            a->is_list != b->is_list || a->has_block != b->has_block ||
            !same_arguments(a->arguments, b->arguments) || !same_tests(a->tests, b->tests) ||
            !same_commands(a->block, b->block, surplus))
            return FALSE;
        *surplus += sum_all_comments(a) - sum_all_comments(b);
    }
    return a == b;
}

gboolean
tamis_sieve_same(const TamisSieveScript *a, const TamisSieveScript *b)
{
    guint64 surplus = sum_comments(a->comments) - sum_comments(b->comments);

    return same_commands(a->commands, b->commands, &surplus) && surplus == 0;
}

void
tamis_sieve_unify_line_ends(GString *text)
{
    gsize to = 0, n_returns = 0;

    for (gsize from = 0; from < text->len; from++) {
        char c = text->str[from];
        if (c == '\n')
            to -= n_returns;
        n_returns = c == '\r' ? n_returns + 1 : 0;
        text->str[to++] = c;
    }
    g_string_truncate(text, to);
}
