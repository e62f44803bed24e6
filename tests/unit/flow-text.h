/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Flows as text, for tests: a line an action, `ACTION if GUARD`, tests as their script writes them. */
#pragma once

#include "compiler/flow-of-sieve.h"
#include "grammar/sieve/parser.h"

#include <string.h>

typedef struct {
    TamisSources *sources;
    TamisStrings *strings;
    TamisFormulas *formulas;
    TamisArena *arena;
    const TamisFlow *flow;
} FlowText;

static inline void
append_atom(const FlowText *text, const TamisAtom *atom, GString *out)
{
    gsize length = 0;
    const char *source;

    if (atom->kind == TAMIS_ATOM_OPAQUE)
        g_string_append_c(out, '?');
    if (atom->span.source == 0) {
        g_string_append_printf(out, "atom %u", atom->kind);
    } else {
        source = tamis_sources_get_text(text->sources, atom->span.source, &length);
        g_string_append_c(out, '{');
        g_string_append_len(out, source + atom->span.offset, atom->span.length);
        g_string_append_c(out, '}');
    }
    if (atom->version > 0)
        g_string_append_printf(out, "@%u", atom->version);
}

static inline void append_formula(const FlowText *text, TamisFormula formula, GString *out);

static inline int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their texts: numbers of formulas say nothing. */
static inline void
append_children(const FlowText *text, TamisFormula formula, const char *between, GString *out)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    guint32 n = 0;

    tamis_formulas_children(text->formulas, formula, &n);
    for (guint32 i = 0; i < n; i++) {
        GString *child = g_string_new(NULL);

        append_formula(text, tamis_formulas_children(text->formulas, formula, &n)[i], child);
        g_ptr_array_add(texts, g_string_free(child, FALSE));
    }
    g_ptr_array_sort(texts, compare_texts);
    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? between : "",
                               (const char *)g_ptr_array_index(texts, i));
}

static inline void
append_formula(const FlowText *text, TamisFormula formula, GString *out)
{
    TamisFormulaKind kind = tamis_formulas_kind(text->formulas, formula);

    if (kind == TAMIS_FORMULA_CONSTANT) {
        g_string_append(out, formula == TAMIS_FORMULA_TRUE ? "true" : "false");
    } else if (kind == TAMIS_FORMULA_ATOM) {
        append_atom(text, tamis_formulas_get_atom(text->formulas, formula), out);
    } else if (kind == TAMIS_FORMULA_NOT) {
        g_string_append_c(out, '!');
        append_children(text, formula, "", out);
    } else {
        g_string_append_c(out, '(');
        append_children(text, formula, kind == TAMIS_FORMULA_AND ? " & " : " | ", out);
        g_string_append_c(out, ')');
    }
}

static inline void
append_action(const FlowText *text, const TamisFlowAction *action, GString *out)
{
    static const char *const kinds[] = {"forward", "keep",   "discard", "reply",  "reject", "mark",
                                        "unmark",  "filter", "flags",   "notify", "program"};
    const TamisString strings[] = {action->name, action->text, action->folder};

    g_string_append(out, kinds[action->kind]);
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
        if (strings[i] != 0)
            g_string_append_printf(out, " '%s'", tamis_strings_get(text->strings, strings[i]));
    if (action->kind == TAMIS_FLOW_FORWARD && action->key == 0)
        g_string_append(out, " unknown");
    if (action->encryption != 0)
        g_string_append_printf(out, " through '%s'",
                               tamis_strings_get(text->strings, action->encryption));
    if (action->is_implicit)
        g_string_append(out, " implicitly");
    if (action->version > 0)
        g_string_append_printf(out, " @%u", action->version);
    if (action->guard != TAMIS_FORMULA_TRUE) {
        g_string_append(out, " if ");
        append_formula(text, action->guard, out);
    }
    g_string_append_c(out, '\n');
}

static inline char *
flow_to_text(const FlowText *text)
{
    GString *out = g_string_new(NULL);

    for (guint32 i = 0; i < text->flow->n_actions; i++)
        append_action(text, &text->flow->actions[i], out);
    if (text->flow->unread.source != 0)
        g_string_append(out, "unread\n");
    return g_string_free(out, FALSE);
}

static inline void
flow_text_clear(FlowText *text)
{
    tamis_formulas_free(text->formulas);
    tamis_strings_free(text->strings);
    tamis_arena_free(text->arena);
    tamis_sources_free(text->sources);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FlowText, flow_text_clear)

/* The flow of a script; include_dir may be NULL. */
static inline void
flow_text_of_script(FlowText *text, const char *server_name, const char *include_dir,
                    const char *script)
{
    g_autoptr(TamisServer) server = tamis_server_load(server_name, NULL);
    TamisScriptFlowOptions options = {.server = server, .include_dir = include_dir};
    g_autoptr(TamisReport) report = NULL;

    text->sources = options.sources = tamis_sources_new();
    text->strings = tamis_strings_new();
    text->formulas = tamis_formulas_new(text->strings);
    text->arena = tamis_arena_new();
    report = tamis_report_new(text->sources);
    text->flow =
        tamis_flow_of_sieve(tamis_sieve_parse(tamis_sources_add_text(text->sources, "script.sieve",
                                                                     script, strlen(script)),
                                              text->arena, report),
                            &options, text->formulas, text->arena);
    g_assert_cmpuint(tamis_report_count(report), ==, 0);
}
