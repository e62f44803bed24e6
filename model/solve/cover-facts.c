/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What plainly follows from a conjunction, and which two deny each other: by sorted lists of formulas, a few levels deep. */
#include "model/solve/cover-facts.h"

#include <stdlib.h>

/* How deep a fact is looked for, denials that are tried first, blocks in blocks, and the work of a look. */
enum { MAX_DEPTH = 4, FEW = 4, MAX_BLOCKS = 256, LOOK_WORK = 4 };

static int
compare_formulas(gconstpointer a, gconstpointer b)
{
    const TamisFormula *left = a, *right = b;

    return *left < *right ? -1 : *left > *right;
}

static gboolean
contains(const TamisFormula *sorted, guint32 n, TamisFormula formula)
{
    return n > 0 && bsearch(&formula, sorted, n, sizeof formula, compare_formulas) != NULL;
}

void
tamis_cover_facts_init(TamisCoverFacts *facts)
{
    facts->all = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    facts->denials = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    facts->blocks = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
}

void
tamis_cover_facts_clear(TamisCoverFacts *facts)
{
    g_array_unref(facts->all);
    g_array_unref(facts->denials);
    g_array_unref(facts->blocks);
}

TamisFormula
tamis_cover_strip(const TamisFormulas *formulas, TamisFormula formula)
{
    guint32 n = 0;

    if (tamis_formulas_kind(formulas, formula) != TAMIS_FORMULA_NOT)
        return formula;
    return *tamis_formulas_children(formulas, formula, &n);
}

gboolean
tamis_cover_is_block(const TamisFormulas *formulas, TamisFormula formula)
{
    TamisFormula inner = tamis_cover_strip(formulas, formula);

    return tamis_formulas_kind(formulas, inner) ==
           (inner == formula ? TAMIS_FORMULA_AND : TAMIS_FORMULA_OR);
}

/* Lent. Only an AND has others in it: not (a or b) is flat. */
static const GArray *
nested_blocks(TamisCoverTable *table, TamisFormula block)
{
    GArray *nested = g_hash_table_lookup(table->nested, GUINT_TO_POINTER(block));
    guint32 n = 0;
    const TamisFormula *children;

    if (nested != NULL)
        return nested;
    nested = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    children = tamis_formulas_children(table->formulas, block, &n);
    for (guint32 i = 0; i < n && tamis_cover_strip(table->formulas, block) == block; i++)
        if (tamis_cover_is_block(table->formulas, children[i]))
            g_array_append_val(nested, children[i]);
    g_hash_table_insert(table->nested, GUINT_TO_POINTER(block), nested);
    return nested;
}

/* From facts->all, in any order, the rest. */
void
tamis_cover_facts_complete(TamisCoverTable *table, TamisCoverFacts *facts)
{
    guint kept = 0;

    g_array_sort(facts->all, compare_formulas);
    g_array_set_size(facts->denials, 0);
    g_array_set_size(facts->blocks, 0);
    for (guint i = 0; i < facts->all->len; i++) {
        TamisFormula fact = g_array_index(facts->all, TamisFormula, i), denial;

        if (kept > 0 && g_array_index(facts->all, TamisFormula, kept - 1) == fact)
            continue;
        g_array_index(facts->all, TamisFormula, kept++) = fact;
        denial = tamis_formulas_not(table->formulas, fact);
        g_array_append_val(facts->denials, denial);
        if (tamis_cover_is_block(table->formulas, fact))
            g_array_append_val(facts->blocks, fact);
    }
    g_array_set_size(facts->all, kept);
    for (guint i = 0; i < facts->blocks->len && facts->blocks->len < MAX_BLOCKS; i++) {
        const GArray *nested = nested_blocks(table, g_array_index(facts->blocks, TamisFormula, i));

        g_array_append_vals(facts->blocks, nested->data, nested->len);
    }
}

/* Whether the fact is said, or is part of a block that is. */
static gboolean
says(TamisCoverTable *table, const TamisCoverFacts *facts, TamisFormula fact)
{
    TamisFormula inner = tamis_cover_strip(table->formulas, fact);

    table->work += LOOK_WORK;
    if (contains((const TamisFormula *)facts->all->data, facts->all->len, fact))
        return TRUE;
    table->work += facts->blocks->len;
    for (guint i = 0; i < facts->blocks->len; i++) {
        TamisFormula block = g_array_index(facts->blocks, TamisFormula, i);
        TamisFormula parts = tamis_cover_strip(table->formulas, block);
        guint32 n = 0;
        const TamisFormula *children = tamis_formulas_children(table->formulas, parts, &n);

        if (parts == block ? contains(children, n, fact)
                           : inner != fact && contains(children, n, inner))
            return TRUE;
    }
    return FALSE;
}

/* Whether the formula (or, negated, its negation) follows, as far as is plain. */
static gboolean
implies(TamisCoverTable *table, const TamisCoverFacts *facts, TamisFormula formula, guint depth)
{
    TamisFormula inner = tamis_cover_strip(table->formulas, formula);
    TamisFormulaKind kind = tamis_formulas_kind(table->formulas, inner);
    gboolean negated = inner != formula, all;
    guint32 n = 0;

    if (says(table, facts, formula))
        return TRUE;
    if ((kind != TAMIS_FORMULA_AND && kind != TAMIS_FORMULA_OR) || depth == 0)
        return FALSE;
    all = (kind == TAMIS_FORMULA_AND) != negated;
    tamis_formulas_children(table->formulas, inner, &n);
    for (guint32 i = 0; i < n; i++) {
        TamisFormula part = tamis_formulas_children(table->formulas, inner, &n)[i];

        if (negated)
            part = tamis_formulas_not(table->formulas, part);
        if (implies(table, facts, part, depth - 1) != all)
            return !all;
    }
    return all;
}

/* Whether one side denies a fact of the other, of the newest n. */
static gboolean
deny_some(TamisCoverTable *table, const TamisCoverFacts *facts, const TamisCoverFacts *others,
          guint n)
{
    guint all = others->denials->len;

    for (guint i = all; i > all - MIN(n, all) && table->work <= TAMIS_COVER_MAX_WORK; i--)
        if (implies(table, facts, g_array_index(others->denials, TamisFormula, i - 1), MAX_DEPTH))
            return TRUE;
    return FALSE;
}

/* What is newest first: of a chain's branches that is the condition that they are parted by. */
gboolean
tamis_cover_facts_deny(TamisCoverTable *table, const TamisCoverFacts *a, const TamisCoverFacts *b)
{
    return deny_some(table, a, b, FEW) || deny_some(table, b, a, FEW) ||
           deny_some(table, a, b, G_MAXUINT) || deny_some(table, b, a, G_MAXUINT);
}

void
tamis_cover_facts_add_common(TamisCoverTable *table, const TamisCoverFacts *facts,
                             const TamisCoverFacts *others, GArray *out)
{
    for (guint i = 0; i < others->all->len; i++) {
        TamisFormula fact = g_array_index(others->all, TamisFormula, i);
        TamisFormula inner = tamis_cover_strip(table->formulas, fact);
        guint32 n = 0;

        if (implies(table, facts, fact, 1)) {
            g_array_append_val(out, fact);
            continue;
        }
        if (!tamis_cover_is_block(table->formulas, fact))
            continue;
        tamis_formulas_children(table->formulas, inner, &n);
        for (guint32 k = 0; k < n; k++) {
            TamisFormula part = tamis_formulas_children(table->formulas, inner, &n)[k];

            if (inner != fact)
                part = tamis_formulas_not(table->formulas, part);
            if (implies(table, facts, part, 1))
                g_array_append_val(out, part);
        }
    }
}
