/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Goes through the keys of tests with `:matches`. */
#include "lint/script-globs.h"

#include "model/glob.h"

#include <string.h>

static gboolean
has_variables(const TamisScriptFacts *facts)
{
    return tamis_extension_set_has(&facts->lint->checked->required, TAMIS_EXTENSION_VARIABLES);
}

static void
look(const TamisScriptFacts *facts, const TamisSieveString *key, TamisGlobFound found)
{
    gboolean has_places = memmem(key->text, key->length_bytes, "${", 2) != NULL;
    TamisGlobFate fate;

    if (has_places || memchr(key->text, '\0', key->length_bytes) != NULL)
        return;
    g_autofree char *glob = g_strndup(key->text, key->length_bytes);
    fate = tamis_glob_in_pigeonhole(glob);
    if (fate == TAMIS_GLOB_FINE)
        return;
    found(facts, key, fate == TAMIS_GLOB_CRASHES && has_variables(facts));
}

void
tamis_script_globs_find(const TamisScriptFacts *facts, TamisGlobFound found)
{
    TamisSieveBound bound;

    for (guint i = 0; facts->lint->server->misreads_globs && i < facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(facts->tests, TamisScriptTest, i);
        const TamisSieveArgument *keys;

        if (!tamis_script_bind_test(test, &bound) ||
            tamis_sieve_bound_tag(&bound, TAMIS_TAG_MATCHES) == NULL ||
            test->word->n_parameters == 0)
            continue;
        keys = bound.parameters[test->word->n_parameters - 1];
        for (const TamisSieveString *key = keys != NULL ? keys->strings : NULL; key != NULL;
             key = key->next)
            look(facts, key, found);
    }
}
