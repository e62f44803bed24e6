/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the flows of scripts lean on what cannot be read statically.
 *   opaque-atoms SERVER FOLDER
 * A line for each opaque atom, and for each part that is not in the flow: MAILBOX:LINE. Nothing where all is read. */
#include "compiler/site.h"

#include <stdio.h>

typedef struct {
    TamisSources *sources;
    const TamisFormulas *formulas;
    const char *mailbox;
    GHashTable *seen; /* formulas */
} Looking;

static void
tell(const Looking *looking, TamisSpan span)
{
    printf("%s:%u\n", looking->mailbox, tamis_sources_locate(looking->sources, span).line);
}

static void
look(const Looking *looking, TamisFormula formula)
{
    TamisFormulaKind kind = tamis_formulas_kind(looking->formulas, formula);
    const TamisFormula *children;
    guint32 n = 0;

    if (kind == TAMIS_FORMULA_CONSTANT ||
        !g_hash_table_add(looking->seen, GUINT_TO_POINTER(formula)))
        return;
    if (kind == TAMIS_FORMULA_ATOM) {
        const TamisAtom *atom = tamis_formulas_get_atom(looking->formulas, formula);

        if (atom->kind == TAMIS_ATOM_OPAQUE)
            tell(looking, atom->span);
        return;
    }
    children = tamis_formulas_children(looking->formulas, formula, &n);
    for (guint32 i = 0; i < n; i++)
        look(looking, children[i]);
}

static void
look_at_flow(const Looking *looking, const TamisFlow *flow)
{
    for (guint32 i = 0; i < flow->n_actions; i++) {
        look(looking, flow->actions[i].guard);
        if (flow->actions[i].kind == TAMIS_FLOW_REPLY)
            look(looking, flow->actions[i].answered);
        if (flow->actions[i].kind == TAMIS_FLOW_FORWARD && flow->actions[i].key == 0)
            tell(looking, flow->actions[i].span);
    }
    for (guint32 i = 0; i < flow->n_changes; i++) {
        look(looking, flow->changes[i].guard);
        if (flow->changes[i].is_unknown && flow->changes[i].kind != TAMIS_FLOW_FILTER)
            printf("%s: an unknown change\n", looking->mailbox);
    }
    if (flow->unread.source != 0)
        tell(looking, flow->unread);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisServer) server = argc == 3 ? tamis_server_load(argv[1], &error) : NULL;
    TamisScriptSite options = {.server = server};
    g_autoptr(TamisSite) site = NULL;

    if (server != NULL)
        site = tamis_site_new_scripts(sources, &options);
    if (site == NULL || !tamis_site_add_folder(site, argv[2], &error) ||
        tamis_site_n_mailboxes(site) == 0) {
        fprintf(stderr, "opaque-atoms: %s\n",
                error != NULL ? error->message : "usage: opaque-atoms SERVER FOLDER");
        return 64;
    }
    for (guint32 i = 0; i < tamis_site_n_mailboxes(site); i++) {
        const TamisFlow *flow = tamis_site_get_flow(site, i);
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
        Looking looking = {sources, tamis_site_get_formulas(site), tamis_site_get_address(site, i),
                           seen};

        look_at_flow(&looking, flow);
    }
    return 0;
}
