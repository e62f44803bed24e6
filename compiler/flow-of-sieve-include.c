/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Included scripts (RFC 6609): each with its own variables, and with global ones. */
#include "compiler/flow-of-sieve-private.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/requires.h"

#include <string.h>

/* Pigeonhole's limits. */
enum { MAX_DEPTH = 10, MAX_INCLUDES = 255 };

static gboolean
may_enter(TamisWalk *walk, TamisSourceId source)
{
    guint depth = 0;

    for (const TamisFrame *frame = walk->frame; frame != NULL; frame = frame->outer, depth++)
        if (frame->source == source)
            return FALSE; /* the checker has found it */
    return depth <= MAX_DEPTH && walk->n_includes < MAX_INCLUDES;
}

static const char *
folder_of(const TamisWalk *walk, const TamisSieveBound *bound)
{
    return tamis_sieve_bound_tag(bound, TAMIS_TAG_GLOBAL) != NULL ? walk->options->global_dir
                                                                  : walk->options->include_dir;
}

/* The source of the script that is named, 0 where there is none or none can be read. */
static TamisSourceId
find_script(TamisWalk *walk, const TamisSieveBound *bound)
{
    TamisString name;
    const char *text;
    g_autofree char *file = NULL, *path = NULL;
    const char *folder = folder_of(walk, bound);
    gboolean asks = walk->options->find_include != NULL &&
                    tamis_sieve_bound_tag(bound, TAMIS_TAG_GLOBAL) == NULL;
    gboolean is_known = tamis_walk_text(walk, bound->parameters[0]->strings, &name);

    walk->split = NULL;
    if (!is_known || walk->options->sources == NULL || (folder == NULL && !asks))
        return 0;
    text = tamis_strings_get(walk->strings, name);
    if (asks)
        return walk->options->find_include(text, walk->options->include_data);
    if (*text == '\0' || strchr(text, '/') != NULL)
        return 0;
    file = g_strconcat(text, ".sieve", NULL);
    path = g_build_filename(folder, file, NULL);
    return tamis_sources_add_file(walk->options->sources, path, TAMIS_SIEVE_MAX_BYTES, NULL);
}

static TamisExit
enter(TamisWalk *walk, TamisSourceId source)
{
    g_autoptr(GHashTable) variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(TamisReport) unheard = tamis_report_new(walk->options->sources);
    g_autoptr(TamisArena) trees = tamis_arena_new();
    const TamisSieveScript *script = tamis_sieve_parse(source, trees, unheard);
    TamisFrame frame = {.outer = walk->frame, .source = source, .variables = variables};
    TamisFrame *outer = walk->frame;
    TamisExit way;

    frame.available = tamis_sieve_script_required(script);
    walk->frame = &frame;
    way = tamis_walk_commands(walk, script->commands);
    walk->frame = outer;
    way.leave = way.break_out = TAMIS_FORMULA_FALSE;
    return way;
}

TamisExit
tamis_walk_include(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    TamisExit way = {TAMIS_FORMULA_FALSE, TAMIS_FORMULA_FALSE, TAMIS_FORMULA_FALSE};
    TamisFormula outer = walk->guard, before;
    TamisSourceId source = find_script(walk, bound);

    if (source == 0 || !may_enter(walk, source)) {
        if (source != 0 || tamis_sieve_bound_tag(bound, TAMIS_TAG_OPTIONAL) == NULL ||
            folder_of(walk, bound) == NULL)
            walk->unread = span;
        return way;
    }
    walk->n_includes++;
    before = GPOINTER_TO_UINT(g_hash_table_lookup(walk->included, GUINT_TO_POINTER(source)));
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_ONCE) != NULL)
        walk->guard = tamis_walk_all(walk, outer, tamis_walk_not(walk, before));
    g_hash_table_insert(walk->included, GUINT_TO_POINTER(source),
                        GUINT_TO_POINTER(tamis_walk_any(walk, before, walk->guard)));
    if (walk->guard != TAMIS_FORMULA_FALSE) {
        way = enter(walk, source);
        way.stop = tamis_walk_all(
            walk, way.stop,
            tamis_walk_not(walk, walk->guard == outer ? TAMIS_FORMULA_FALSE : before));
    }
    walk->guard = outer;
    return way;
}

/* From here on the names are those of variables that all scripts share. */
void
tamis_walk_global(TamisWalk *walk, const TamisSieveBound *bound)
{
    for (const TamisSieveString *name = bound->parameters[0]->strings; name != NULL;
         name = name->next) {
        g_autofree char *qualified =
            g_strdup_printf("global.%.*s", (int)name->length_bytes, name->text);

        g_hash_table_insert(walk->frame->variables,
                            g_ascii_strdown(name->text, (gssize)name->length_bytes),
                            tamis_walk_variable(walk, qualified, strlen(qualified)));
    }
}
