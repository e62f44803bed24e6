/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests whose value does not depend on the message: they are folded. */
#include "compiler/flow-of-sieve-private.h"
#include "model/compare.h"

#include <string.h>

static const char *
text_of(const TamisWalk *walk, TamisString string)
{
    return tamis_strings_get(walk->strings, string);
}

static gboolean
fold(gboolean holds, TamisFormula *out)
{
    *out = holds ? TAMIS_FORMULA_TRUE : TAMIS_FORMULA_FALSE;
    return TRUE;
}

gboolean
tamis_walk_read_string(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
                       TamisFormula *out)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER,
                      .comparator = walk->server->compares_strings_by_octet
                                        ? TAMIS_COMPARATOR_OCTET
                                        : TAMIS_COMPARATOR_CASEMAP};
    gboolean holds = FALSE;
    guint n = 0;

    if (!tamis_walk_match(walk, bound, &atom))
        return FALSE;
    for (const TamisSieveString *source = bound->parameters[0]->strings; source != NULL;
         source = source->next) {
        TamisString text;

        if (!tamis_walk_lines(walk, source, &text))
            return FALSE;
        n += tamis_strings_length(walk->strings, text) > 0; /* RFC 5229, 5 */
        if (atom.match != TAMIS_KEYS_COUNT)
            holds |= tamis_atom_meets_a_key(walk->formulas, &atom, text_of(walk, text),
                                            tamis_strings_length(walk->strings, text));
    }
    return fold(atom.match == TAMIS_KEYS_COUNT
                    ? tamis_atom_count_meets_a_key(walk->formulas, &atom, n)
                    : holds,
                out);
}

/* The server -------------------------------------------------------------------------------------- */

/* Not what changes how strings are read (RFC 5463, 4). */
static gboolean
comes_with_ihave(const TamisWalk *walk, TamisExtension extension)
{
    return extension != TAMIS_EXTENSION_NONE && extension != TAMIS_EXTENSION_VARIABLES &&
           extension != TAMIS_EXTENSION_ENCODED_CHARACTER &&
           tamis_server_has(walk->server, extension);
}

gboolean
tamis_walk_read_ihave(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
                      TamisFormula *out)
{
    const TamisSieveString *names = bound->parameters[0]->strings;

    for (const TamisSieveString *name = names; name != NULL; name = name->next)
        if (!comes_with_ihave(walk, tamis_extension_find(name->text, name->length_bytes)))
            return fold(FALSE, out);
    for (const TamisSieveString *name = names; name != NULL; name = name->next)
        tamis_extension_set_add(&walk->frame->available,
                                tamis_extension_find(name->text, name->length_bytes));
    return fold(TRUE, out);
}

/* Items of the server's own, or whose value is another elsewhere. */
static gboolean
is_told_by_run(const char *item)
{
    static const char *const items[] = {"domain", "host", "version", NULL};

    return strchr(item, '.') != NULL || g_strv_contains(items, item);
}

/* RFC 5183: what is the same for every run of the server. */
gboolean
tamis_walk_read_environment(TamisWalk *walk, const TamisSieveBound *bound,
                            G_GNUC_UNUSED TamisSpan span, TamisFormula *out)
{
    static const struct {
        const char *item, *value;
    } items[] = {{"location", "MDA"}, {"phase", "during"}, {"name", "Pigeonhole Sieve"}};
    gboolean is_pigeonhole = walk->server->engine == TAMIS_ENGINE_PIGEONHOLE;
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER};
    TamisSlice names;
    const char *name;

    if (!tamis_walk_list(walk, bound->parameters[0], !is_pigeonhole, &names) ||
        !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    name = text_of(walk, tamis_formulas_list_get(walk->formulas, names, 0));
    for (guint i = 0; i < (is_pigeonhole ? 3 : 2); i++) {
        if (strcmp(name, items[i].item) != 0)
            continue;
        if (atom.match == TAMIS_KEYS_COUNT)
            return fold(tamis_atom_count_meets_a_key(walk->formulas, &atom, 1), out);
        return fold(
            tamis_atom_meets_a_key(walk->formulas, &atom, items[i].value, strlen(items[i].value)),
            out);
    }
    return is_pigeonhole && !is_told_by_run(name) ? fold(FALSE, out) : FALSE;
}

/* The inbox is always there; of other folders the run alone knows. */
gboolean
tamis_walk_read_mailboxexists(TamisWalk *walk, const TamisSieveBound *bound,
                              G_GNUC_UNUSED TamisSpan span, TamisFormula *out)
{
    for (const TamisSieveString *name = bound->parameters[0]->strings; name != NULL;
         name = name->next)
        if (!tamis_walk_says(name, "inbox"))
            return FALSE;
    return fold(TRUE, out);
}
