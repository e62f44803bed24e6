/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of variables (RFC 5229, section 3), and variables that scripts share (RFC 6609, section 3.4). */
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 80

typedef enum { LOCAL = 1, SHARED } Scope;

/* Pigeonhole makes a name local where it first meets it, and then shares it no more. */
static gboolean
has_scopes(const TamisSieveChecker *checker)
{
    return tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) &&
           tamis_extension_set_has(&checker->available, TAMIS_EXTENSION_INCLUDE);
}

static Scope
scope_of(TamisSieveChecker *checker, const char *name, gsize length, Scope otherwise)
{
    g_autofree char *key = g_ascii_strdown(name, (gssize)length);

    if (checker->scopes == NULL)
        checker->scopes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gpointer found = g_hash_table_lookup(checker->scopes, key);
    if (found == NULL)
        g_hash_table_insert(checker->scopes, g_steal_pointer(&key), GINT_TO_POINTER(otherwise));
    return found == NULL ? otherwise : (Scope)GPOINTER_TO_INT(found);
}

void
tamis_sieve_meet_variable(TamisSieveChecker *checker, const char *name, gsize length)
{
    if (has_scopes(checker))
        scope_of(checker, name, length, LOCAL);
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
        tamis_sieve_meet_variable(checker, text, length);
    }
}
