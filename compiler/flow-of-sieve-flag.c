/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Flags (RFC 5232): the commands that change those of the message or of a variable, and tests of them. */
#include "compiler/flag-text.h"
#include "compiler/flow-of-sieve-private.h"
#include "model/compare.h"

#include <string.h>

enum { MAX_FLAGS = 4000 /* bytes; Pigeonhole's sieve_variables_max_variable_size */ };

static const TamisSieveString internal = {.text = ""}; /* the name of the message's own */

/* Changing -------------------------------------------------------------------------------------- */

static const TamisSieveString *
variable_named(const TamisSieveBound *bound)
{
    const TamisSieveArgument *name = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_VARIABLE);

    return name != NULL ? name->strings : &internal;
}

TamisVariable *
tamis_walk_flags_variable(TamisWalk *walk, const TamisSieveBound *bound)
{
    const TamisSieveString *name = variable_named(bound);

    return tamis_walk_variable(walk, name->text, name->length_bytes);
}

static const TamisSieveString *
flags_listed(const TamisSieveBound *bound)
{
    static const TamisSieveString flagged = {.text = "\\Flagged", .length_bytes = 8};
    const TamisSieveArgument *list = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_FLAGS);

    return list != NULL ? list->strings : &flagged; /* mark, unmark */
}

static void
add_action(TamisWalk *walk, const TamisSieveBound *bound, TamisString flags, TamisSpan span)
{
    TamisFlowAction action = {
        .kind = TAMIS_FLOW_FLAGS, .guard = walk->guard, .span = span, .text = flags};

    action.name = tamis_strings_add(walk->strings, bound->word->name, bound->word->length);
    action.version = walk->changes->len;
    g_array_append_val(walk->actions, action);
}

static void
write_flags(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    guint word = bound->word->id;
    gboolean removes = word == TAMIS_WORD_REMOVEFLAG || word == TAMIS_WORD_UNMARK;
    g_autoptr(GString) flags = g_string_new(NULL);
    gboolean is_known = TRUE;
    TamisString text = 0;

    if (word != TAMIS_WORD_SETFLAG) {
        is_known = tamis_walk_value(walk, variable_named(bound), &text);
        if (is_known)
            g_string_assign(flags, tamis_strings_get(walk->strings, text));
    }
    for (const TamisSieveString *string = flags_listed(bound);
         string != NULL && walk->split == NULL; string = string->next) {
        is_known &= tamis_walk_text(walk, string, &text);
        (removes ? tamis_flag_text_remove
                 : tamis_flag_text_add)(flags, tamis_strings_get(walk->strings, text));
    }
    if (walk->split != NULL)
        return;
    text = tamis_strings_add(walk->strings, flags->str, flags->len);
    tamis_walk_assign(walk, tamis_walk_flags_variable(walk, bound), text,
                      is_known && flags->len <= MAX_FLAGS);
    if (variable_named(bound) == &internal)
        add_action(walk, bound, text, span);
}

void
tamis_walk_flags(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    tamis_walk_each_case(walk, write_flags, bound, span);
}

/* Testing --------------------------------------------------------------------------------------- */

/* Of a variable: each once, and no others. */
static GString *
flags_of(const TamisWalk *walk, TamisString text, gboolean is_variable)
{
    GString *flags = g_string_new(NULL);

    if (is_variable)
        tamis_flag_text_add(flags, tamis_strings_get(walk->strings, text));
    else
        g_string_assign(flags, tamis_strings_get(walk->strings, text));
    return flags;
}

/* How many they are; *holds where one of them meets a key. */
static guint
compare_flags(const TamisWalk *walk, const TamisAtom *atom, const char *flags, gboolean *holds)
{
    gsize at = 0;
    guint n = 0;
    char *word;

    for (; (word = tamis_flag_text_next(flags, &at)) != NULL; n++) {
        if (atom->match != TAMIS_KEYS_COUNT)
            *holds |= tamis_atom_meets_a_key(walk->formulas, atom, word, strlen(word));
        g_free(word);
    }
    return n;
}

/* RFC 5232, 4: a key may name several flags. Pigeonhole parts those that are compared whole or in part
 * (plugins/imap4flags/tst-hasflag.c), Cyrus none (sieve/bc_eval.c). */
static TamisSlice
part_keys(const TamisWalk *walk, const TamisAtom *atom)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(TamisString));

    if (walk->server->engine == TAMIS_ENGINE_CYRUS ||
        (atom->match != TAMIS_KEYS_IS && atom->match != TAMIS_KEYS_CONTAIN))
        return atom->keys;
    for (guint32 i = 0; i < atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(walk->formulas, atom->keys, i);
        g_autoptr(GString) flags = flags_of(walk, key, TRUE);
        gsize at = 0;
        char *word;

        for (; (word = tamis_flag_text_next(flags->str, &at)) != NULL; g_free(word)) {
            TamisString part = tamis_strings_add(walk->strings, word, strlen(word));

            g_array_append_val(parts, part);
        }
    }
    return tamis_formulas_list(walk->formulas, (TamisString *)(gpointer)parts->data, parts->len);
}

gboolean
tamis_walk_read_hasflag(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
                        TamisFormula *out)
{
    const TamisSieveArgument *names =
        tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_VARIABLES);
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER};
    gboolean holds = FALSE;
    guint n = 0;

    if (!tamis_walk_match(walk, bound, &atom))
        return FALSE;
    atom.keys = part_keys(walk, &atom);
    for (const TamisSieveString *name = names != NULL ? names->strings : &internal; name != NULL;
         name = name->next) {
        g_autoptr(GString) flags = NULL;
        TamisString text;

        if (!tamis_walk_value(walk, name, &text))
            return FALSE;
        flags = flags_of(walk, text, name != &internal);
        n += compare_flags(walk, &atom, flags->str, &holds);
    }
    if (atom.match == TAMIS_KEYS_COUNT)
        holds = tamis_atom_count_meets_a_key(walk->formulas, &atom, n);
    *out = holds ? TAMIS_FORMULA_TRUE : TAMIS_FORMULA_FALSE;
    return TRUE;
}
