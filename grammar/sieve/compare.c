/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Side by side through both trees. */
#include "grammar/sieve/compare.h"

#include "base/bytes.h"
#include "grammar/sieve/compare-private.h"

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

/* A string in pieces, as if it were mixed at once. */
typedef struct {
    char bytes[sizeof(guint64)];
    guint n_bytes;
} Rest;

static void
mix_piece(guint64 *hash, Rest *rest, const char *text, gsize length)
{
    while (length > 0) {
        if (rest->n_bytes == 0 && length >= sizeof(guint64)) {
            mix(hash, tamis_bytes_load(text));
            text += sizeof(guint64);
            length -= sizeof(guint64);
            continue;
        }
        rest->bytes[rest->n_bytes++] = *text++;
        length--;
        if (rest->n_bytes == sizeof(guint64)) {
            mix(hash, tamis_bytes_load(rest->bytes));
            rest->n_bytes = 0;
        }
    }
}

/* Without the carriage returns before line feeds. */
static void
mix_string(guint64 *hash, const char *at, gsize length)
{
    const char *limit = at + length, *found;
    Rest rest = {.n_bytes = 0};

    while ((found = memchr(at, '\r', (gsize)(limit - at))) != NULL) {
        const char *end = found;
        while (end < limit && *end == '\r')
            end++;
        gboolean is_dropped = end < limit && *end == '\n';
        mix_piece(hash, &rest, at, (gsize)((is_dropped ? found : end) - at));
        at = end;
    }
    mix_piece(hash, &rest, at, (gsize)(limit - at));
    mix_bytes(hash, rest.bytes, rest.n_bytes);
}

static inline void
mix_word(guint64 *hash, TamisSieveTokenKind kind, const char *name, guint32 length)
{
    mix(hash, kind);
    mix_name(hash, name, length);
}

static inline void
mix_strings(guint64 *hash, const TamisSieveString *string)
{
    for (; string != NULL; string = string->next) {
        mix(hash, TAMIS_SIEVE_TOKEN_STRING);
        mix_string(hash, string->text, string->length_bytes);
    }
}

static void
mix_arguments(guint64 *hash, const TamisSieveArgument *argument)
{
    for (; argument != NULL; argument = argument->next) {
        switch (argument->kind) {
        case TAMIS_SIEVE_TAG:
            mix_word(hash, TAMIS_SIEVE_TOKEN_TAG, argument->name, argument->name_length);
            break;
        case TAMIS_SIEVE_NUMBER:
            mix(hash, TAMIS_SIEVE_TOKEN_NUMBER);
            mix(hash, argument->number);
            break;
        case TAMIS_SIEVE_STRING:
            mix_strings(hash, argument->strings);
            break;
        case TAMIS_SIEVE_LIST:
            mix(hash, TAMIS_SIEVE_TOKEN_LEFT_BRACKET);
            mix_strings(hash, argument->strings);
            mix(hash, TAMIS_SIEVE_TOKEN_RIGHT_BRACKET);
            break;
        }
    }
}

static void
mix_tests(guint64 *hash, const TamisSieveTest *test, gboolean is_list)
{
    if (test == NULL)
        return;
    if (is_list)
        mix(hash, TAMIS_SIEVE_TOKEN_LEFT_PAREN);
    for (; test != NULL; test = test->next) {
        mix_word(hash, TAMIS_SIEVE_TOKEN_WORD, test->name, test->name_length);
        mix_arguments(hash, test->arguments);
        mix_tests(hash, test->tests, test->is_list);
    }
    if (is_list)
        mix(hash, TAMIS_SIEVE_TOKEN_RIGHT_PAREN);
}

void
tamis_sieve_digest_token(TamisSieveDigest *digest, const TamisSieveLexer *lexer)
{
    guint64 *hash = &digest->commands;
    guint32 length = (guint32)(lexer->end - lexer->start);

    switch (lexer->kind) {
    case TAMIS_SIEVE_TOKEN_WORD:
        mix_word(hash, lexer->kind, lexer->start, length);
        break;
    case TAMIS_SIEVE_TOKEN_TAG:
        mix_word(hash, lexer->kind, lexer->start + 1, length - 1);
        break;
    case TAMIS_SIEVE_TOKEN_NUMBER:
        mix(hash, lexer->kind);
        mix(hash, lexer->number);
        break;
    case TAMIS_SIEVE_TOKEN_STRING:
        mix(hash, lexer->kind);
        mix_string(hash, lexer->value, lexer->head.length_bytes);
        break;
    case TAMIS_SIEVE_TOKEN_COMMA:
    case TAMIS_SIEVE_TOKEN_END:
        break;
    default:
        mix(hash, lexer->kind);
        break;
    }
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

    mix_word(hash, TAMIS_SIEVE_TOKEN_WORD, command->name, command->name_length);
    mix_arguments(hash, command->arguments);
    mix_tests(hash, command->tests, command->is_list);
    if (command->has_block) {
        mix(hash, TAMIS_SIEVE_TOKEN_LEFT_BRACE);
        for (const TamisSieveCommand *inner = command->block; inner != NULL; inner = inner->next)
            tamis_sieve_digest_command(digest, inner);
        mix(hash, TAMIS_SIEVE_TOKEN_RIGHT_BRACE);
    } else {
        mix(hash, TAMIS_SIEVE_TOKEN_SEMICOLON);
    }
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
