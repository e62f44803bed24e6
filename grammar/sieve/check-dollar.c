/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Dollars that stand for themselves where something else was meant, by all appearance: "$name" beside a variable of
 * that name, and "${1}" or "${hex:40}" where the extension that would replace it is not required. */
#include "grammar/sieve/check-private.h"

#define NOT_REPLACED "the text stays as it is"

/* In keywords ("$Junk"), names of programs, regular expressions and the templates of old notifications ("$subject$") it
 * has a meaning. */
static gboolean
has_own_dollars(const TamisSieveBound *bound, TamisSieveType type)
{
    return type == TAMIS_SIEVE_TYPE_FLAGS || type == TAMIS_SIEVE_TYPE_PROGRAM ||
           bound->word->extensions[0] == TAMIS_EXTENSION_NOTIFY ||
           (type == TAMIS_SIEVE_TYPE_KEYS && tamis_sieve_bound_tag(bound, TAMIS_TAG_REGEX) != NULL);
}

static gboolean
is_of_name(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* At a dollar: the end of the name behind it that a variable has, or NULL. */
static const char *
find_name_end(const TamisSieveChecker *checker, const char *dollar, const char *limit)
{
    const char *end = dollar + 1;

    if (end == limit || g_ascii_isdigit(*end))
        return NULL;
    while (end < limit && is_of_name(*end))
        end++;
    if (end == dollar + 1 || (end < limit && *end == '$'))
        return NULL;
    const TamisSieveVariable *variable =
        tamis_sieve_find_variable(checker, dollar + 1, (gsize)(end - dollar - 1));
    return variable != NULL && variable->n_set > 0 ? end : NULL;
}

static void
check_bare_names(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const char *at = string->text, *limit = at + string->length_bytes, *end = NULL;

    while (end == NULL && (at = memchr(at, '$', (gsize)(limit - at))) != NULL) {
        end = find_name_end(checker, at, limit);
        at++;
    }
    if (end == NULL)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, tamis_sieve_span_inside(string, at - 1, end), TAMIS_RULE_TYPE,
        "'$%.*s' is a text, not the value of the variable", (int)MIN(end - at, 60), at);
    diagnostic->severity = TAMIS_SEVERITY_HINT;
    tamis_sieve_advise(checker, diagnostic, "did you mean '${%.*s}'? (RFC 5229, section 3)",
                       (int)MIN(end - at, 60), at);
}

/* A place that a name in braces makes no sense in, so that it was meant for a variable. */
static gboolean
is_meant(const TamisSieveBound *bound, TamisSieveType type, const TamisSieveReference *reference)
{
    if (bound->word->kind != TAMIS_SIEVE_ACTION || reference->has_namespace)
        return FALSE;
    return reference->is_number || type == TAMIS_SIEVE_TYPE_ADDRESS ||
           type == TAMIS_SIEVE_TYPE_MAILBOX;
}

static void
use_at(TamisSieveChecker *checker, TamisExtension extension, const TamisSieveString *string,
       const char *at, const char *end)
{
    if (tamis_server_has(checker->server, extension))
        tamis_sieve_use_quietly(checker, extension, tamis_sieve_span_inside(string, at, end),
                                NOT_REPLACED, "'%.*s'", (int)MIN(end - at, 60), at);
}

static void
check_unreplaced(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSieveType type,
                 const TamisSieveString *string)
{
    const char *at = string->text, *limit = at + string->length_bytes;

    for (; (at = tamis_sieve_find_dollar(at, limit)) != NULL; at += 2) {
        TamisSieveReference reference;
        const char *end;
        if (!checker->has_encoded &&
            tamis_sieve_decode_character(at, limit, FALSE, NULL, &end) == TAMIS_SIEVE_ENCODED_OK) {
            use_at(checker, TAMIS_EXTENSION_ENCODED_CHARACTER, string, at, end);
            return;
        }
        if (!checker->has_variables && tamis_sieve_parse_reference(at, limit, &reference) &&
            is_meant(bound, type, &reference)) {
            use_at(checker, TAMIS_EXTENSION_VARIABLES, string, at, reference.end);
            return;
        }
    }
}

void
tamis_sieve_check_dollars(TamisSieveChecker *checker, const TamisSieveBound *bound,
                          TamisSieveType type, const TamisSieveString *string)
{
    if (checker->has_variables && checker->variables != NULL && !has_own_dollars(bound, type))
        check_bare_names(checker, string);
    if (!checker->has_variables || !checker->has_encoded)
        check_unreplaced(checker, bound, type, string);
}
