/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Side by side through both trees. */
#include "grammar/sieve/compare.h"

#include "base/bytes.h"

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

/* Digests --------------------------------------------------------------------------------------- */

static inline void
mix(guint64 *hash, guint64 value)
{
    *hash = (*hash ^ value) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    *hash ^= *hash >> 29;
}

static void
mix_bytes(guint64 *hash, const char *text, gsize length)
{
    for (; length >= sizeof(guint64); text += sizeof(guint64), length -= sizeof(guint64))
        mix(hash, tamis_bytes_load(text));
    guint64 last = 0;
    for (gsize i = 0; i < length; i++)
        last |= (guint64)(guchar)text[i] << (8 * i);
    mix(hash, last | (guint64)length << 56);
}

static void
mix_name(guint64 *hash, const char *name, guint32 length)
{
    mix(hash, length);
    for (guint32 i = 0; i < length; i++)
        mix(hash, (guchar)g_ascii_tolower(name[i]));
}

/* Without the carriage returns before line feeds. */
static void
mix_string(guint64 *hash, const TamisSieveString *string)
{
    const char *at = string->text, *limit = at + string->length_bytes;

    if (memchr(at, '\r', string->length_bytes) == NULL) {
        mix_bytes(hash, at, string->length_bytes);
        return;
    }
    g_autoptr(GString) plain = g_string_new_len(at, limit - at);
    tamis_sieve_unify_line_ends(plain);
    mix_bytes(hash, plain->str, plain->len);
}

static void
mix_arguments(guint64 *hash, const TamisSieveArgument *argument)
{
    for (; argument != NULL; argument = argument->next) {
        mix(hash, argument->kind);
        if (argument->kind == TAMIS_SIEVE_TAG) {
            mix_name(hash, argument->name, argument->name_length);
        } else if (argument->kind == TAMIS_SIEVE_NUMBER) {
            mix(hash, argument->number);
        } else {
            for (const TamisSieveString *string = argument->strings; string != NULL;
                 string = string->next)
                mix_string(hash, string);
            mix(hash, G_MAXUINT64 - 1);
        }
    }
    mix(hash, G_MAXUINT64);
}

static void
mix_tests(guint64 *hash, const TamisSieveTest *test)
{
    for (; test != NULL; test = test->next) {
        mix_name(hash, test->name, test->name_length);
        mix(hash, test->is_list != 0);
        mix_arguments(hash, test->arguments);
        mix_tests(hash, test->tests);
    }
    mix(hash, G_MAXUINT64);
}

void
tamis_sieve_digest_comments(TamisSieveDigest *digest, const TamisSieveComment *comments)
{
    digest->comments += sum_comments(comments);
}

void
tamis_sieve_digest_command(TamisSieveDigest *digest, const TamisSieveCommand *command)
{
    guint64 *hash = &digest->commands;

    mix_name(hash, command->name, command->name_length);
    mix(hash, (guint64)command->is_list << 1 | command->has_block);
    mix_arguments(hash, command->arguments);
    mix_tests(hash, command->tests);
    for (const TamisSieveCommand *inner = command->block; inner != NULL; inner = inner->next)
        tamis_sieve_digest_command(digest, inner);
    mix(hash, G_MAXUINT64);
    digest->comments += sum_all_comments(command);
}

TamisSieveDigest
tamis_sieve_digest_script(const TamisSieveScript *script)
{
    TamisSieveDigest digest = {0};

    for (const TamisSieveCommand *command = script->commands; command != NULL;
         command = command->next)
        tamis_sieve_digest_command(&digest, command);
    tamis_sieve_digest_comments(&digest, script->comments);
    return digest;
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
