/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a string is by the time that it is used: encoded characters (RFC 5228, section 2.4.2.4) are decoded,
 * and variables (RFC 5229) that only ever have one constant value are put in. */
#include "grammar/sieve/check-private.h"

/* What folding may build for one string. */
#define MAX_FOLDED_BYTES ((gsize)65536)

/* Where variables are set ----------------------------------------------------------------------- */

static TamisSieveVariable *
note_write(TamisSieveChecker *checker, const TamisSieveString *name)
{
    TamisSieveVariable *variable =
        tamis_sieve_get_variable(checker, name->text, name->length_bytes);

    if (variable != NULL)
        variable->n_set++;
    return variable;
}

/* Everything of the type variable in a word is written to. */
void
tamis_sieve_note_writes(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveWord *word = bound->word;
    TamisSieveVariable *variable = NULL;

    for (guint i = 0; i < bound->n_tags; i++)
        if (bound->tags[i].tag->type == TAMIS_SIEVE_TYPE_VARIABLE && bound->tags[i].value != NULL)
            note_write(checker, bound->tags[i].value->strings);
    for (guint i = 0; i < word->n_parameters; i++) {
        if (word->parameters[i].type == TAMIS_SIEVE_TYPE_VARIABLE && bound->parameters[i] != NULL)
            variable = note_write(checker, bound->parameters[i]->strings);
        else if (word->parameters[i].type == TAMIS_SIEVE_TYPE_VARIABLES &&
                 word->kind == TAMIS_SIEVE_CONTROL)
            checker->may_be_set_elsewhere = TRUE;
    }
    if (variable == NULL || word->id != TAMIS_WORD_SET || checker->depth > 0 ||
        !bound->is_complete || bound->n_tags > 0)
        return;
    const TamisSieveString *value = bound->parameters[1]->strings;
    if (tamis_sieve_find_dollar(value->text, value->text + value->length_bytes) != NULL)
        return;
    g_free(variable->value);
    variable->value = g_strndup(value->text, value->length_bytes);
    variable->length = value->length_bytes;
}

/* What they stand for --------------------------------------------------------------------------- */

/* The value at this place in the script; FALSE when it depends. In a loop, what stands behind may have been
 * before; so it may in a script that is included more than once. */
static gboolean
append_variable(const TamisSieveChecker *checker, const TamisSieveReference *reference,
                GString *out)
{
    if (reference->is_number || reference->has_namespace || checker->may_be_set_elsewhere ||
        checker->loop != NULL || reference->length > TAMIS_SIEVE_MAX_VARIABLE_BYTES)
        return FALSE;
    const TamisSieveVariable *variable =
        tamis_sieve_find_variable(checker, reference->name, reference->length);
    if (variable == NULL || variable->n_set == 0)
        return !checker->is_included; /* not set so far: empty */
    if (variable->value == NULL || variable->n_set != 1)
        return FALSE;
    g_string_append_len(out, variable->value, variable->length);
    return TRUE;
}

/* FALSE: a variable's value depends. */
static gboolean
append_expanded(const TamisSieveChecker *checker, const char *at, const char *limit, GString *out)
{
    const char *dollar;

    while ((dollar = tamis_sieve_find_dollar(at, limit)) != NULL) {
        TamisSieveReference reference;
        g_string_append_len(out, at, dollar - at);
        at = dollar + 2;
        if (tamis_sieve_parse_reference(dollar, limit, &reference)) {
            at = reference.end;
            if (out->len > MAX_FOLDED_BYTES || !append_variable(checker, &reference, out))
                return FALSE;
        } else {
            g_string_append(out, "${");
        }
    }
    g_string_append_len(out, at, limit - at);
    return TRUE;
}

/* Engines decode first, and look for variables in what that makes (RFC 5229, section 3.1). */
gboolean
tamis_sieve_fold(TamisSieveChecker *checker, const TamisSieveString *string, const char **out_text,
                 gsize *out_length)
{
    if (tamis_sieve_decode(checker, string, out_text, out_length) == TAMIS_SIEVE_ENCODED_BEYOND)
        return FALSE; /* which is reported */
    const char *limit = *out_text + *out_length;
    if (string->is_literal || !checker->has_variables ||
        tamis_sieve_find_dollar(*out_text, limit) == NULL)
        return TRUE;
    g_autoptr(GString) out = g_string_new(NULL);
    if (!append_expanded(checker, *out_text, limit, out))
        return FALSE;
    *out_text = tamis_arena_strndup(checker->arena, out->str, out->len);
    *out_length = out->len;
    return TRUE;
}

/* Faults ---------------------------------------------------------------------------------------- */

static void
check_number(TamisSieveChecker *checker, const TamisSieveReference *reference, TamisSpan span)
{
    guint max = tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ? 32 : 9;
    guint64 number = g_ascii_strtoull(reference->name, NULL, 10);

    if (number <= max)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_UNSUPPORTED,
                         "'${%.*s}' is beyond the last match variable of the server '%s'",
                         (int)MIN(reference->length, 20), reference->name, checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "it has '${0}' to '${%u}'", max);
}

static gboolean
is_namespace(const TamisSieveReference *reference, const char *name)
{
    gsize length = strlen(name);

    return reference->length > length && reference->name[length] == '.' &&
           g_ascii_strncasecmp(reference->name, name, length) == 0;
}

static void
check_namespace(TamisSieveChecker *checker, const TamisSieveReference *reference, TamisSpan span)
{
    static const struct {
        const char *name;
        TamisExtension extension;
    } spaces[] = {
        {"global", TAMIS_EXTENSION_INCLUDE},
        {"env", TAMIS_EXTENSION_DOVECOT_ENVIRONMENT},
        {"vnd.dovecot.environment", TAMIS_EXTENSION_DOVECOT_ENVIRONMENT},
    };
    int length = (int)MIN(reference->length, 60);

    for (guint i = 0; i < G_N_ELEMENTS(spaces); i++) {
        if (!is_namespace(reference, spaces[i].name))
            continue;
        tamis_sieve_use_extension(checker, spaces[i].extension, NULL, span, "'${%.*s}'", length,
                                  reference->name);
        return;
    }
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, span, TAMIS_RULE_UNKNOWN_NAME, "'${%.*s}' is in a namespace that no extension has",
        length, reference->name);
    tamis_sieve_advise(checker, diagnostic,
                       "write a variable without a dot, or 'global.' with the extension 'include'");
}

gboolean
tamis_sieve_has_variable(TamisSieveChecker *checker, const TamisSieveString *string)
{
    TamisSieveReference reference;
    const char *at;
    gsize length;

    if (string->is_literal || !checker->has_variables)
        return FALSE;
    (void)tamis_sieve_decode(checker, string, &at, &length);
    for (const char *limit = at + length; (at = tamis_sieve_find_dollar(at, limit)) != NULL;
         at += 2)
        if (tamis_sieve_parse_reference(at, limit, &reference))
            return TRUE;
    return FALSE;
}

gboolean
tamis_sieve_complain_variable(TamisSieveChecker *checker, const TamisSieveString *string,
                              const char *of, const char *remedy)
{
    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ||
        !tamis_sieve_has_variable(checker, string))
        return FALSE;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, string->span, TAMIS_RULE_UNSUPPORTED,
        "the server '%s' takes no variable in the name of a %s", checker->server->name, of);
    tamis_sieve_advise(checker, diagnostic, "%s", remedy);
    return TRUE;
}

static void
check_reference(TamisSieveChecker *checker, const TamisSieveReference *reference, TamisSpan span)
{
    tamis_extension_set_add(&checker->out->used, TAMIS_EXTENSION_VARIABLES);
    if (reference->is_number)
        check_number(checker, reference, span);
    else if (reference->has_namespace)
        check_namespace(checker, reference, span);
    else
        tamis_sieve_meet_variable(checker, reference->name, reference->length, span);
}

void
tamis_sieve_check_references(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const char *at;
    gsize length;
    TamisSieveEncoded encoded = tamis_sieve_decode(checker, string, &at, &length);

    if (encoded != TAMIS_SIEVE_ENCODED_NOT)
        tamis_sieve_check_characters(checker, string);
    if (!checker->has_variables || encoded == TAMIS_SIEVE_ENCODED_BEYOND)
        return;
    for (const char *limit = at + length; (at = tamis_sieve_find_dollar(at, limit)) != NULL;) {
        TamisSieveReference reference;
        if (!tamis_sieve_parse_reference(at, limit, &reference)) {
            at += 2;
            continue;
        }
        check_reference(checker, &reference,
                        encoded == TAMIS_SIEVE_ENCODED_NOT
                            ? tamis_sieve_span_inside(string, at, reference.end)
                            : string->span);
        at = reference.end;
    }
}

void
tamis_sieve_check_all_references(TamisSieveChecker *checker, const TamisSieveArgument *argument)
{
    if (argument->kind < TAMIS_SIEVE_STRING || (!checker->has_variables && !checker->has_encoded))
        return;
    for (const TamisSieveString *string = argument->strings; string != NULL; string = string->next)
        if (!string->is_literal)
            tamis_sieve_check_references(checker, string);
}
