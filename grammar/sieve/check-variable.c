/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of variables (RFC 5229, section 3), and variables that scripts share (RFC 6609, section 3.4). */
#include "base/bytes.h"
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 80
#define MAX_LISTED  8u
/* Names that are told apart: they take some 120 bytes each, and no engine takes nearly as many. */
#define MAX_MET 32768u

typedef enum { LOCAL = 1, SHARED } Scope;

/* Pigeonhole makes a name local where it first meets it, and then shares it no more. */
static gboolean
has_scopes(const TamisSieveChecker *checker)
{
    return tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE);
}

/* The key of a name, in room for the longest; returns its length. */
static gsize
write_key(char *key, const char *name, gsize length)
{
    length = MIN(length, TAMIS_SIEVE_MAX_VARIABLE_BYTES);
    for (gsize i = 0; i < length; i++)
        key[i] = tamis_byte_lower(name[i]);
    key[length] = '\0';
    return length;
}

static TamisSieveVariable *
find_key(const TamisSieveChecker *checker, const char *key, gsize length)
{
    TamisSieveVariable *variable = checker->variables;

    if (checker->variables_by_name != NULL)
        return g_hash_table_lookup(checker->variables_by_name, key);
    while (variable != NULL &&
           (variable->name_length != length || !tamis_bytes_equal(variable->name, key, length)))
        variable = variable->next;
    return variable;
}

TamisSieveVariable *
tamis_sieve_find_variable(const TamisSieveChecker *checker, const char *name, gsize length)
{
    char key[TAMIS_SIEVE_MAX_VARIABLE_BYTES + 1];

    if (checker->variables == NULL)
        return NULL;
    length = write_key(key, name, length);
    return find_key(checker, key, length);
}

/* So many that a list would take long to go through. */
static void
add_to_table(TamisSieveChecker *checker)
{
    TamisSieveVariable *variable = checker->variables;
    gboolean is_new = checker->variables_by_name == NULL;

    if (is_new)
        checker->variables_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (; variable != NULL; variable = is_new ? variable->next : NULL)
        g_hash_table_insert(checker->variables_by_name, variable->name, variable);
}

TamisSieveVariable *
tamis_sieve_get_variable(TamisSieveChecker *checker, const char *name, gsize length)
{
    char key[TAMIS_SIEVE_MAX_VARIABLE_BYTES + 1];

    length = write_key(key, name, length);
    TamisSieveVariable *variable = find_key(checker, key, length);
    if (variable != NULL)
        return variable;
    if (checker->n_met == MAX_MET) {
        checker->may_be_set_elsewhere = TRUE; /* nothing is known of any value */
        return NULL;
    }
    variable = g_malloc(sizeof *variable + length + 1);
    *variable = (TamisSieveVariable){.next = checker->variables, .name_length = (guint)length};
    memcpy(variable->name, key, length + 1);
    checker->variables = variable;
    if (++checker->n_met > MAX_LISTED)
        add_to_table(checker);
    return variable;
}

void
tamis_sieve_forget_variables(TamisSieveChecker *checker)
{
    g_clear_pointer(&checker->variables_by_name, g_hash_table_unref);
    while (checker->variables != NULL) {
        TamisSieveVariable *variable = checker->variables;
        checker->variables = variable->next;
        g_free(variable->value);
        g_free(variable);
    }
}

static Scope
scope_of(TamisSieveChecker *checker, const char *name, gsize length, Scope otherwise)
{
    TamisSieveVariable *variable = tamis_sieve_get_variable(checker, name, length);

    if (variable == NULL)
        return otherwise;
    if (variable->scope == 0) {
        variable->scope = otherwise;
        checker->n_variables += otherwise == LOCAL;
    }
    return (Scope)variable->scope;
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
        tamis_extension_set_add(&checker->out->used, TAMIS_EXTENSION_INCLUDE);
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
