/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of variables (RFC 5229, section 3), and variables that scripts share (RFC 6609, section 3.4). */
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 80
/* What tells longer names apart is not looked at: no engine takes them. */
#define MAX_NAME_BYTES 255

typedef enum { LOCAL = 1, SHARED } Scope;

/* Pigeonhole makes a name local where it first meets it, and then shares it no more. */
static gboolean
has_scopes(const TamisSieveChecker *checker)
{
    return tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE);
}

static Scope
scope_of(TamisSieveChecker *checker, const char *name, gsize length, Scope otherwise)
{
    char key[MAX_NAME_BYTES + 1];

    length = MIN(length, MAX_NAME_BYTES);
    for (gsize i = 0; i < length; i++)
        key[i] = g_ascii_tolower(name[i]);
    key[length] = '\0';
    if (checker->scopes == NULL)
        checker->scopes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gpointer found = g_hash_table_lookup(checker->scopes, key);
    if (found != NULL)
        return (Scope)GPOINTER_TO_INT(found);
    g_hash_table_insert(checker->scopes, g_strdup(key), GINT_TO_POINTER(otherwise));
    checker->n_variables += otherwise == LOCAL;
    return otherwise;
}

void
tamis_sieve_meet_variable(TamisSieveChecker *checker, const char *name, gsize length,
                          TamisSpan span)
{
    guint max = checker->server->max_variables, n_before = checker->n_variables;

    if (!has_scopes(checker) || (max > 0 && n_before > max))
        return;
    scope_of(checker, name, length, LOCAL);
    if (max == 0 || checker->n_variables == n_before || n_before != max)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_UNSUPPORTED,
                         "'%.*s' is one variable more than the server '%s' takes",
                         (int)MIN(length, SHOWN_BYTES), name, checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "stay within %u in a script, used or set", max);
}

static void
share(TamisSieveChecker *checker, const TamisSieveString *string)
{
    if (!has_scopes(checker) ||
        scope_of(checker, string->text, string->length_bytes, SHARED) == SHARED)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, string->span, TAMIS_RULE_TYPE, "'%.*s' is shared after it was used",
        (int)MIN(string->length_bytes, SHOWN_BYTES), string->text);
    tamis_sieve_advise(checker, diagnostic,
                       "write 'global' before the variable is used (RFC 6609, section 3.4.1)");
}

/* "1", the first of what a match has found: Pigeonhole reads flags from there too. */
static gboolean
is_match_variable(const TamisSieveChecker *checker, const TamisSieveBound *bound, const char *text,
                  gsize length)
{
    gsize n_digits = 0;

    while (n_digits < length && g_ascii_isdigit(text[n_digits]))
        n_digits++;
    return bound->word->id == TAMIS_WORD_HASFLAG && length > 0 && n_digits == length &&
           tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE);
}

void
tamis_sieve_check_variable(TamisSieveChecker *checker, const TamisSieveBound *bound,
                           const TamisSieveString *string)
{
    static const char global[] = "global.";
    const char *text = string->text;
    gsize length = string->length_bytes;
    gboolean is_shared = bound->word->id == TAMIS_WORD_GLOBAL;

    if (!is_shared && length > strlen(global) &&
        g_ascii_strncasecmp(text, global, strlen(global)) == 0 &&
        tamis_extension_set_has(&checker->available, TAMIS_EXTENSION_INCLUDE) &&
        !tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS)) {
        text += strlen(global);
        length -= strlen(global);
        is_shared = TRUE;
    }
    if (is_match_variable(checker, bound, text, length))
        return;
    if (!tamis_sieve_is_identifier(text, length)) {
        TamisDiagnostic *diagnostic = tamis_sieve_find(
            checker, string->span, TAMIS_RULE_TYPE, "'%.*s' is no name of a variable",
            (int)MIN(string->length_bytes, SHOWN_BYTES), string->text);
        tamis_sieve_advise(checker, diagnostic,
                           "a name has letters, digits and '_', and begins with no digit "
                           "(RFC 5229)");
    } else if (bound->word->id == TAMIS_WORD_GLOBAL) {
        share(checker, string);
    } else if (!is_shared) {
        tamis_sieve_meet_variable(checker, text, length, string->span);
    }
}
