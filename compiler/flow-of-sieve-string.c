/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings with what their variables hold, and the commands that write variables: each value is kept with the
 * guard under which it was written, so a script that decides first and acts later reads as if it had not. */
#include "compiler/flow-of-sieve-private.h"
#include "compiler/variable-value.h"
#include "grammar/sieve/reference.h"
#include "model/message-text.h"

#include <string.h>

enum {
    MAX_CASES = 64,      /* of one variable, and of one command or test */
    MAX_FOLDED = 1 << 24 /* bytes made for one script */
};

static const TamisCase unset = {TAMIS_FORMULA_TRUE, 0, TRUE};
static const TamisCase unknown = {TAMIS_FORMULA_TRUE, 0, FALSE};

static gboolean
has(const TamisWalk *walk, TamisExtension extension)
{
    return tamis_extension_set_has(&walk->frame->available, extension);
}

/* Reading --------------------------------------------------------------------------------------- */

static TamisVariable *
variable_in(TamisWalk *walk, GHashTable *table, const char *name, gsize length)
{
    g_autofree char *key = g_ascii_strdown(name, (gssize)length);
    TamisVariable *variable = g_hash_table_lookup(table, key);

    if (variable != NULL)
        return variable;
    variable = tamis_arena_new0(walk->values, TamisVariable);
    variable->cases = (TamisCase *)&unset;
    variable->n_cases = 1;
    g_hash_table_insert(table, g_steal_pointer(&key), variable);
    return variable;
}

/* That without a name holds the flags (RFC 5232), and is there once for all scripts. */
TamisVariable *
tamis_walk_variable(TamisWalk *walk, const char *name, gsize length)
{
    static const char global[] = "global.";
    gsize prefix = sizeof global - 1;

    if (length == 0)
        return variable_in(walk, walk->globals, "", 0);
    if (length > prefix && g_ascii_strncasecmp(name, global, prefix) == 0)
        return variable_in(walk, walk->globals, name + prefix, length - prefix);
    return variable_in(walk, walk->frame->variables, name, length);
}

/* NULL: walk->split is set. */
static const TamisCase *
value_of(TamisWalk *walk, const TamisVariable *variable)
{
    if (variable->n_cases == 1)
        return variable->cases;
    for (guint i = 0; i < walk->held->len; i++) {
        const TamisHeld *held = &g_array_index(walk->held, TamisHeld, i);

        if (held->variable == variable)
            return held->value;
    }
    if (walk->n_cases_left < variable->n_cases)
        return &unknown;
    walk->split = variable;
    return NULL;
}

gboolean
tamis_walk_value(TamisWalk *walk, const TamisSieveString *name, TamisString *out)
{
    const TamisCase *value =
        value_of(walk, tamis_walk_variable(walk, name->text, name->length_bytes));

    if (value == NULL || !value->is_known)
        return FALSE;
    *out = value->text;
    return TRUE;
}

/* FALSE: it depends on the message, or walk->split is set. */
static gboolean
append_variable(TamisWalk *walk, const TamisSieveReference *reference, const char *dollar,
                GString *out)
{
    const TamisVariable *variable;
    const TamisCase *value = &unknown;

    if (!reference->is_number &&
        (!reference->has_namespace || g_ascii_strncasecmp(reference->name, "global.", 7) == 0)) {
        variable = tamis_walk_variable(walk, reference->name, reference->length);
        value = value_of(walk, variable);
    }
    if (value != NULL && value->is_known) {
        g_string_append(out, tamis_strings_get(walk->strings, value->text));
        return TRUE;
    }
    g_string_append_len(out, dollar, reference->end - dollar);
    return FALSE;
}

/* FALSE: not all of it is known, or walk->split is set. */
static gboolean
append_expanded(TamisWalk *walk, const char *text, gsize length, GString *out)
{
    const char *at = text, *limit = text + length, *dollar;
    gboolean is_known = TRUE;

    while (walk->split == NULL && (dollar = tamis_sieve_find_dollar(at, limit)) != NULL) {
        TamisSieveReference reference;

        g_string_append_len(out, at, dollar - at);
        at = dollar + 2;
        if (tamis_sieve_parse_reference(dollar, limit, &reference)) {
            at = reference.end;
            is_known &= append_variable(walk, &reference, dollar, out);
        } else {
            g_string_append(out, "${");
        }
    }
    g_string_append_len(out, at, limit - at);
    return is_known && walk->split == NULL;
}

/* What the engine makes of the text: encoded characters are decoded, then variables are replaced. */
static gboolean
expand(TamisWalk *walk, const char *text, gsize length, GString *out)
{
    g_autoptr(GString) decoded = NULL;

    if (has(walk, TAMIS_EXTENSION_ENCODED_CHARACTER)) {
        decoded = g_string_new(NULL);
        if (tamis_sieve_decode_characters(text, length,
                                          walk->server->engine == TAMIS_ENGINE_PIGEONHOLE,
                                          decoded) != TAMIS_SIEVE_ENCODED_NOT) {
            text = decoded->str;
            length = decoded->len;
        }
    }
    if (has(walk, TAMIS_EXTENSION_VARIABLES))
        return append_expanded(walk, text, length, out);
    g_string_append_len(out, text, (gssize)length);
    return TRUE;
}

gboolean
tamis_walk_text(TamisWalk *walk, const TamisSieveString *string, TamisString *out)
{
    gboolean expands =
        has(walk, TAMIS_EXTENSION_VARIABLES) || has(walk, TAMIS_EXTENSION_ENCODED_CHARACTER);
    gboolean is_known;

    if (!expands ||
        tamis_sieve_find_dollar(string->text, string->text + string->length_bytes) == NULL) {
        *out = tamis_strings_add(walk->strings, string->text, string->length_bytes);
        return TRUE;
    }
    g_string_truncate(walk->scratch, 0);
    is_known = expand(walk, string->text, string->length_bytes, walk->scratch);
    walk->n_folded_bytes += walk->scratch->len;
    if (walk->n_folded_bytes > MAX_FOLDED) {
        *out = tamis_strings_add(walk->strings, string->text, string->length_bytes);
        return FALSE;
    }
    *out = tamis_strings_add(walk->strings, walk->scratch->str, walk->scratch->len);
    return is_known;
}

gboolean
tamis_walk_lines(TamisWalk *walk, const TamisSieveString *string, TamisString *out)
{
    gboolean is_known = tamis_walk_text(walk, string, out);
    g_autoptr(GString) lines = NULL;

    if (walk->server->engine != TAMIS_ENGINE_PIGEONHOLE ||
        memchr(string->text, '\n', string->length_bytes) == NULL)
        return is_known;
    lines = g_string_new(NULL);
    tamis_message_text_add_lines(lines, tamis_strings_get(walk->strings, *out),
                                 tamis_strings_length(walk->strings, *out));
    *out = tamis_strings_add(walk->strings, lines->str, lines->len);
    return is_known;
}

gboolean
tamis_walk_list(TamisWalk *walk, const TamisSieveArgument *argument, gboolean lower,
                TamisSlice *out)
{
    g_autofree TamisString *list = g_new(TamisString, MAX(argument->n_strings, 1));
    gboolean is_known = TRUE;
    guint32 n = 0;

    for (const TamisSieveString *string = argument->strings; string != NULL;
         string = string->next, n++) {
        is_known &= tamis_walk_lines(walk, string, &list[n]);
        if (lower) {
            const char *text = tamis_strings_get(walk->strings, list[n]);
            gsize length = tamis_strings_length(walk->strings, list[n]);
            g_autofree char *folded = g_ascii_strdown(text, (gssize)length);

            list[n] = tamis_strings_add(walk->strings, folded, length);
        }
    }
    *out = tamis_formulas_list(walk->formulas, list, n);
    return is_known;
}

void
tamis_walk_each_case(TamisWalk *walk, TamisForCase call, const TamisSieveBound *bound,
                     TamisSpan span)
{
    TamisFormula outer = walk->guard;
    const TamisCase *cases;
    guint n_cases;

    if (walk->held->len == 0)
        walk->n_cases_left = MAX_CASES;
    walk->split = NULL;
    call(walk, bound, span);
    if (walk->split == NULL)
        return;
    cases = walk->split->cases;
    n_cases = walk->split->n_cases;
    walk->n_cases_left -= n_cases;
    for (guint i = 0; i < n_cases; i++) {
        TamisHeld held = {walk->split, &cases[i]};
        const TamisVariable *variable = walk->split;

        walk->guard = tamis_walk_all(walk, outer, cases[i].guard);
        if (walk->guard != TAMIS_FORMULA_FALSE) {
            g_array_append_val(walk->held, held);
            tamis_walk_each_case(walk, call, bound, span);
            g_array_set_size(walk->held, walk->held->len - 1);
        }
        walk->split = variable;
    }
    walk->split = NULL;
    walk->guard = outer;
}

/* Writing --------------------------------------------------------------------------------------- */

void
tamis_walk_assign(TamisWalk *walk, TamisVariable *variable, TamisString text, gboolean is_known)
{
    TamisCase cases[MAX_CASES + 1];
    TamisFormula elsewhere = tamis_walk_not(walk, walk->guard), written = walk->guard;
    guint n = 0;

    for (guint i = 0; i < variable->n_cases && elsewhere != TAMIS_FORMULA_FALSE; i++) {
        TamisCase old = variable->cases[i];

        if (old.is_known == is_known && (!is_known || old.text == text)) {
            written = tamis_walk_any(walk, written, old.guard);
            continue;
        }
        if (old.guard == walk->guard)
            continue;
        old.guard = tamis_walk_all(walk, old.guard, elsewhere);
        if (old.guard != TAMIS_FORMULA_FALSE)
            cases[n++] = old;
    }
    cases[n++] = (TamisCase){written, text, is_known};
    if (n > MAX_CASES) {
        cases[0] = unknown;
        n = 1;
    }
    variable->cases = tamis_arena_array0(walk->values, TamisCase, n);
    memcpy(variable->cases, cases, n * sizeof *cases);
    variable->n_cases = n;
}

/* In Pigeonhole a variable that is set to itself, as it is, is emptied. */
static gboolean
is_itself(TamisWalk *walk, const TamisSieveBound *bound)
{
    const TamisSieveString *name = bound->parameters[0]->strings,
                           *value = bound->parameters[1]->strings;
    const char *end = value->text + value->length_bytes;
    TamisSieveReference reference;

    return walk->server->engine == TAMIS_ENGINE_PIGEONHOLE && bound->n_tags == 0 &&
           value->length_bytes > 3 && g_str_has_prefix(value->text, "${") &&
           tamis_sieve_parse_reference(value->text, end, &reference) && reference.end == end &&
           !reference.is_number &&
           tamis_walk_variable(walk, reference.name, reference.length) ==
               tamis_walk_variable(walk, name->text, name->length_bytes);
}

static void
set_value(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span)
{
    const TamisSieveString *name = bound->parameters[0]->strings;
    TamisString text;
    gboolean is_known = tamis_walk_lines(walk, bound->parameters[1]->strings, &text);
    g_autoptr(GString) value = NULL;
    const TamisValueManner manner = {
        walk->server->engine == TAMIS_ENGINE_PIGEONHOLE ? TAMIS_VARIABLE_MAX_BYTES : 0,
        walk->server->engine == TAMIS_ENGINE_CYRUS};

    if (walk->split != NULL)
        return;
    if (is_itself(walk, bound)) {
        is_known = TRUE;
        text = tamis_strings_add(walk->strings, "", 0);
    }
    if (is_known) {
        value = g_string_new_len(tamis_strings_get(walk->strings, text),
                                 (gssize)tamis_strings_length(walk->strings, text));
        tamis_variable_value_make(value, bound, &manner);
        is_known = value->len <= TAMIS_VARIABLE_MAX_BYTES;
        text = tamis_strings_add(walk->strings, value->str, value->len);
    }
    tamis_walk_assign(walk, tamis_walk_variable(walk, name->text, name->length_bytes), text,
                      is_known);
}

void
tamis_walk_set(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    tamis_walk_each_case(walk, set_value, bound, span);
}

/* Forgetting ------------------------------------------------------------------------------------ */

static void
forget_all(TamisWalk *walk, GHashTable *variables)
{
    GHashTableIter iterator;
    gpointer variable;

    g_hash_table_iter_init(&iterator, variables);
    while (g_hash_table_iter_next(&iterator, NULL, &variable))
        tamis_walk_assign(walk, variable, 0, FALSE);
}

static void
forget_named(TamisWalk *walk, const TamisSieveString *name)
{
    tamis_walk_assign(walk, tamis_walk_variable(walk, name->text, name->length_bytes), 0, FALSE);
}

static void
forget_word(TamisWalk *walk, const TamisSieveWord *word, const TamisSieveArgument *arguments)
{
    TamisSieveBound bound;

    if (word == NULL)
        return;
    if (word->id == TAMIS_WORD_INCLUDE) {
        forget_all(walk, walk->globals);
        forget_all(walk, walk->frame->variables);
        return;
    }
    word = tamis_sieve_choose_word(word, &walk->frame->available);
    tamis_sieve_bind(word, arguments, TAMIS_NO_SPAN, NULL, &bound);
    if (word->id == TAMIS_WORD_SETFLAG || word->id == TAMIS_WORD_ADDFLAG ||
        word->id == TAMIS_WORD_REMOVEFLAG)
        tamis_walk_assign(walk, tamis_walk_flags_variable(walk, &bound), 0, FALSE);
    for (guint i = 0; i < bound.n_tags; i++)
        if (bound.tags[i].tag->type == TAMIS_SIEVE_TYPE_VARIABLE && bound.tags[i].value != NULL)
            forget_named(walk, bound.tags[i].value->strings);
    for (guint i = 0; i < word->n_parameters; i++)
        if (word->parameters[i].type == TAMIS_SIEVE_TYPE_VARIABLE && bound.parameters[i] != NULL)
            forget_named(walk, bound.parameters[i]->strings);
}

static void
forget_tests(TamisWalk *walk, const TamisSieveTest *test)
{
    for (; test != NULL; test = test->next) {
        forget_word(walk, tamis_sieve_find_test(test->name, test->name_length), test->arguments);
        forget_tests(walk, test->tests);
    }
}

void
tamis_walk_forget_word(TamisWalk *walk, const TamisSieveCommand *command)
{
    forget_word(walk, tamis_sieve_find_command(command->name, command->name_length),
                command->arguments);
}

void
tamis_walk_forget(TamisWalk *walk, const TamisSieveCommand *command)
{
    for (; command != NULL; command = command->next) {
        tamis_walk_forget_word(walk, command);
        forget_tests(walk, command->tests);
        tamis_walk_forget(walk, command->block);
    }
}
