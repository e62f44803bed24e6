/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hash-consed formulas: nodes, atoms and lists in flat arrays, found again by open addressing. */
#include "model/formula.h"

#include "model/regex-table.h"

#include <string.h>

/* A longer list is not taken apart into its parent: chains of many thousands would grow as the
 * square. */
enum { MAX_FLATTENED = 64 };

typedef struct {
    guint8 kind;
    guint16 depth; /* of the tree below; no more than G_MAXUINT16 is counted */
    guint32 atom;
    TamisSlice children;
} Node;

/* Indexes by hash; 0 is free, so an entry is index + 1. */
typedef struct {
    guint32 *slots;
    guint32 mask, n;
} Index;

struct TamisFormulas {
    TamisStrings *strings;
    GArray *nodes;        /* of Node */
    GArray *children;     /* of TamisFormula */
    GArray *atoms;        /* of TamisAtom */
    GArray *atom_nodes;   /* of TamisFormula, by atom */
    GArray *list_strings; /* of TamisString */
    GArray *lists;        /* of TamisSlice */
    Index by_node, by_atom, by_list;
    GArray *scratch; /* of TamisFormula */
    TamisRegexTable *regexes;
};

static guint32
hash_words(guint32 hash, const guint32 *words, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        hash = (hash ^ words[i]) * 0x9e3779b1u;
        hash ^= hash >> 15;
    }
    return hash;
}

typedef guint32 (*HashOf)(const TamisFormulas *formulas, guint32 index);

static void
index_grow(TamisFormulas *formulas, Index *index, HashOf hash_of)
{
    guint32 n_slots = index->slots == NULL ? 64 : 2 * (index->mask + 1);
    guint32 *slots;

    if (index->slots != NULL && 4 * index->n < 3 * (index->mask + 1))
        return;
    slots = g_new0(guint32, n_slots);
    for (guint32 i = 0; index->slots != NULL && i <= index->mask; i++) {
        guint32 at;

        if (index->slots[i] == 0)
            continue;
        at = hash_of(formulas, index->slots[i] - 1) & (n_slots - 1);
        while (slots[at] != 0)
            at = (at + 1) & (n_slots - 1);
        slots[at] = index->slots[i];
    }
    g_free(index->slots);
    index->slots = slots;
    index->mask = n_slots - 1;
}

/* Lists -----------------------------------------------------------------------------------------
 */

static guint32
list_hash(const TamisFormulas *formulas, guint32 list)
{
    TamisSlice slice = g_array_index(formulas->lists, TamisSlice, list);

    return hash_words(slice.n, &g_array_index(formulas->list_strings, TamisString, slice.first),
                      slice.n);
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

    return x < y ? -1 : x > y;
}

static guint32
sort_unique(guint32 *numbers, guint32 n)
{
    guint32 kept = 0;

    if (n == 0)
        return 0;
    qsort(numbers, n, sizeof *numbers, compare_numbers);
    for (guint32 i = 0; i < n; i++) {
        if (kept == 0 || numbers[i] != numbers[kept - 1])
            numbers[kept++] = numbers[i];
    }
    return kept;
}

TamisSlice
tamis_formulas_list(TamisFormulas *formulas, TamisString *strings, guint32 n)
{
    TamisSlice slice;
    guint32 at;

    n = sort_unique(strings, n);
    index_grow(formulas, &formulas->by_list, list_hash);
    for (at = hash_words(n, strings, n) & formulas->by_list.mask; formulas->by_list.slots[at] != 0;
         at = (at + 1) & formulas->by_list.mask) {
        slice = g_array_index(formulas->lists, TamisSlice, formulas->by_list.slots[at] - 1);
        if (slice.n == n &&
            (n == 0 || memcmp(&g_array_index(formulas->list_strings, TamisString, slice.first),
                              strings, n * sizeof *strings) == 0))
            return slice;
    }
    slice = (TamisSlice){formulas->list_strings->len, n};
    g_array_append_vals(formulas->list_strings, strings, n);
    g_array_append_val(formulas->lists, slice);
    formulas->by_list.slots[at] = formulas->lists->len;
    formulas->by_list.n++;
    return slice;
}

const TamisString *
tamis_formulas_list_strings(const TamisFormulas *formulas, TamisSlice list)
{
    return (const TamisString *)(gpointer)formulas->list_strings->data + list.first;
}

TamisString
tamis_formulas_list_get(const TamisFormulas *formulas, TamisSlice list, guint32 i)
{
    g_assert(i < list.n);
    return g_array_index(formulas->list_strings, TamisString, list.first + i);
}

/* Atoms -----------------------------------------------------------------------------------------
 */

/* What makes the atom: its span only where it is opaque. */
static TamisAtom
identity(const TamisAtom *atom)
{
    TamisAtom copy = *atom;

    if (copy.kind != TAMIS_ATOM_OPAQUE)
        copy.span = TAMIS_NO_SPAN;
    return copy;
}

static guint32
atom_hash_of(const TamisAtom *atom)
{
    guint32 words[] = {
        atom->kind | (guint32)atom->match << 8 | (guint32)atom->relation << 16 |
            (guint32)atom->comparator << 24,
        atom->part | (guint32)atom->transform << 8 | (guint32)atom->zone_kind << 16 |
            (guint32)atom->last << 24,
        atom->index ^ (guint32)atom->grade << 24,
        (guint32)atom->offset_s ^ atom->zone_name,
        atom->date_part,
        atom->version ^ atom->hop << 16,
        atom->names.first,
        atom->names.n,
        atom->keys.first,
        atom->keys.n,
        atom->except.first ^ atom->except.n << 24,
        (guint32)atom->number,
        (guint32)(atom->number >> 32),
        atom->member,
        atom->hours,
        (guint32)atom->instant,
        (guint32)((guint64)atom->instant >> 32),
        atom->span.source,
        atom->span.offset,
    };

    return hash_words(17, words, G_N_ELEMENTS(words));
}

static guint32
atom_hash(const TamisFormulas *formulas, guint32 atom)
{
    TamisAtom key = identity(&g_array_index(formulas->atoms, TamisAtom, atom));

    return atom_hash_of(&key);
}

static gboolean
same_atom(const TamisAtom *a, const TamisAtom *b)
{
    return a->kind == b->kind && a->match == b->match && a->relation == b->relation &&
           a->comparator == b->comparator && a->part == b->part && a->transform == b->transform &&
           a->zone_kind == b->zone_kind && a->grade == b->grade && a->offset_s == b->offset_s &&
           a->zone_name == b->zone_name && a->last == b->last && a->index == b->index &&
           a->date_part == b->date_part && a->version == b->version && a->hop == b->hop &&
           a->names.first == b->names.first && a->names.n == b->names.n &&
           a->keys.first == b->keys.first && a->keys.n == b->keys.n &&
           a->except.first == b->except.first && a->except.n == b->except.n &&
           a->number == b->number && a->member == b->member && a->hours == b->hours &&
           a->instant == b->instant && a->span.source == b->span.source &&
           a->span.offset == b->span.offset && a->span.length == b->span.length;
}

static TamisFormula
append_node(TamisFormulas *formulas, Node node)
{
    g_array_append_val(formulas->nodes, node);
    return formulas->nodes->len - 1;
}

TamisFormula
tamis_formulas_atom(TamisFormulas *formulas, const TamisAtom *atom)
{
    TamisAtom key = identity(atom);
    TamisFormula node;
    guint32 at;

    index_grow(formulas, &formulas->by_atom, atom_hash);
    for (at = atom_hash_of(&key) & formulas->by_atom.mask; formulas->by_atom.slots[at] != 0;
         at = (at + 1) & formulas->by_atom.mask) {
        guint32 found = formulas->by_atom.slots[at] - 1;
        TamisAtom other = identity(&g_array_index(formulas->atoms, TamisAtom, found));

        if (same_atom(&other, &key))
            return g_array_index(formulas->atom_nodes, TamisFormula, found);
    }
    node = append_node(formulas, (Node){TAMIS_FORMULA_ATOM, 1, formulas->atoms->len, {0, 0}});
    g_array_append_val(formulas->atoms, *atom);
    g_array_append_val(formulas->atom_nodes, node);
    formulas->by_atom.slots[at] = formulas->atoms->len;
    formulas->by_atom.n++;
    return node;
}

/* Nodes -----------------------------------------------------------------------------------------
 */

static const Node *
node_at(const TamisFormulas *formulas, TamisFormula formula)
{
    g_assert(formula < formulas->nodes->len);
    return &g_array_index(formulas->nodes, Node, formula);
}

static guint32
node_hash(const TamisFormulas *formulas, guint32 index)
{
    const Node *node = node_at(formulas, index);

    return hash_words(node->kind,
                      &g_array_index(formulas->children, TamisFormula, node->children.first),
                      node->children.n);
}

static guint16
depth_above(const TamisFormulas *formulas, const TamisFormula *children, guint32 n)
{
    guint16 depth = 0;

    for (guint32 i = 0; i < n; i++)
        depth = MAX(depth, node_at(formulas, children[i])->depth);
    return depth < G_MAXUINT16 ? depth + 1 : depth;
}

static TamisFormula
intern_node(TamisFormulas *formulas, TamisFormulaKind kind, const TamisFormula *children, guint32 n)
{
    TamisFormula made;
    guint32 at;

    index_grow(formulas, &formulas->by_node, node_hash);
    for (at = hash_words(kind, children, n) & formulas->by_node.mask;
         formulas->by_node.slots[at] != 0; at = (at + 1) & formulas->by_node.mask) {
        const Node *node = node_at(formulas, formulas->by_node.slots[at] - 1);

        if (node->kind == kind && node->children.n == n &&
            memcmp(&g_array_index(formulas->children, TamisFormula, node->children.first), children,
                   n * sizeof *children) == 0)
            return formulas->by_node.slots[at] - 1;
    }
    made = append_node(
        formulas,
        (Node){kind, depth_above(formulas, children, n), 0, {formulas->children->len, n}});
    g_array_append_vals(formulas->children, children, n);
    formulas->by_node.slots[at] = made + 1;
    formulas->by_node.n++;
    return made;
}

TamisFormula
tamis_formulas_not(TamisFormulas *formulas, TamisFormula formula)
{
    const Node *node;

    if (formula <= TAMIS_FORMULA_TRUE)
        return 1 - formula;
    node = node_at(formulas, formula);
    if (node->kind == TAMIS_FORMULA_NOT)
        return g_array_index(formulas->children, TamisFormula, node->children.first);
    return intern_node(formulas, TAMIS_FORMULA_NOT, &formula, 1);
}

static gboolean
contains(const TamisFormula *sorted, guint32 n, TamisFormula formula)
{
    return bsearch(&formula, sorted, n, sizeof formula, compare_numbers) != NULL;
}

static TamisFormula
combine(TamisFormulas *formulas, TamisFormulaKind kind, const TamisFormula *children, guint32 n);

/* Inside AND, not (a or b) is not a and not b. FALSE: the node is nothing of that form. */
static gboolean
gather_negations(TamisFormulas *formulas, TamisFormulaKind kind, const Node *negation)
{
    TamisFormulaKind dual = kind == TAMIS_FORMULA_AND ? TAMIS_FORMULA_OR : TAMIS_FORMULA_AND;
    TamisSlice parts;

    if (negation->kind != TAMIS_FORMULA_NOT)
        return FALSE;
    const Node *inner = node_at(
        formulas, g_array_index(formulas->children, TamisFormula, negation->children.first));
    if (inner->kind != dual || inner->children.n > MAX_FLATTENED)
        return FALSE;
    parts = inner->children;
    for (guint32 i = 0; i < parts.n; i++) {
        TamisFormula part = tamis_formulas_not(
            formulas, g_array_index(formulas->children, TamisFormula, parts.first + i));

        g_array_append_val(formulas->scratch, part);
    }
    return TRUE;
}

/* Children of children of the same kind, constants left out; FALSE when an absorbing constant is
 * among them. */
static gboolean
gather(TamisFormulas *formulas, TamisFormulaKind kind, const TamisFormula *children, guint32 n)
{
    TamisFormula absorbing = kind == TAMIS_FORMULA_AND ? TAMIS_FORMULA_FALSE : TAMIS_FORMULA_TRUE;

    g_array_set_size(formulas->scratch, 0);
    for (guint32 i = 0; i < n; i++) {
        const Node *node = node_at(formulas, children[i]);

        if (children[i] == absorbing)
            return FALSE;
        if (children[i] == 1 - absorbing)
            continue;
        if (node->kind == kind && node->children.n <= MAX_FLATTENED)
            g_array_append_vals(
                formulas->scratch,
                &g_array_index(formulas->children, TamisFormula, node->children.first),
                node->children.n);
        else if (!gather_negations(formulas, kind, node))
            g_array_append_val(formulas->scratch, children[i]);
    }
    return TRUE;
}

/* What a child says more ------------------------------------------------------------------------ */

/* No more than this is looked into: it is done for every pair. */
enum { MAX_COMPARED = 64, MAX_REDUCED_DEPTH = 200 };

/* Whether the list has the negation of the formula. */
static gboolean
contains_negation(const TamisFormulas *formulas, const TamisFormula *list, guint32 n,
                  TamisFormula formula)
{
    const Node *node = node_at(formulas, formula);

    if (node->kind == TAMIS_FORMULA_NOT)
        return contains(list, n,
                        g_array_index(formulas->children, TamisFormula, node->children.first));
    for (guint32 i = 0; i < n; i++) {
        node = node_at(formulas, list[i]);
        if (node->kind == TAMIS_FORMULA_NOT &&
            g_array_index(formulas->children, TamisFormula, node->children.first) == formula)
            return TRUE;
    }
    return FALSE;
}

/* Inside AND, an OR (or what is not an AND) without what the list denies, TRUE where the list grants it; and
 * the same with AND and OR exchanged: a and not (a and b) is a and not b. Others are given back. */
static TamisFormula
reduce(TamisFormulas *formulas, TamisFormulaKind kind, const TamisFormula *list, guint32 n,
       TamisFormula child)
{
    TamisFormulaKind dual = kind == TAMIS_FORMULA_AND ? TAMIS_FORMULA_OR : TAMIS_FORMULA_AND;
    TamisFormula neutral = kind == TAMIS_FORMULA_AND ? TAMIS_FORMULA_TRUE : TAMIS_FORMULA_FALSE;
    const Node *node = node_at(formulas, child);
    gboolean negated = node->kind == TAMIS_FORMULA_NOT;
    TamisFormula rest[MAX_COMPARED];
    guint32 n_rest = 0, n_all;

    if (negated)
        node = node_at(formulas,
                       g_array_index(formulas->children, TamisFormula, node->children.first));
    n_all = node->children.n;
    if (node->kind != (negated ? kind : dual) || n_all > MAX_COMPARED ||
        node->depth > MAX_REDUCED_DEPTH)
        return child;
    for (guint32 i = 0; i < n_all; i++) {
        TamisFormula part =
            g_array_index(formulas->children, TamisFormula, node->children.first + i);
        gboolean has_part = contains(list, n, part);
        gboolean has_negation = contains_negation(formulas, list, n, part);

        if (negated ? has_negation : has_part)
            return neutral;
        if (!(negated ? has_part : has_negation))
            rest[n_rest++] = part;
    }
    if (n_rest == n_all)
        return child;
    if (negated)
        return tamis_formulas_not(formulas, combine(formulas, kind, rest, n_rest));
    return combine(formulas, dual, rest, n_rest);
}

/* Reduces every child by the others; FALSE where nothing changed. */
static gboolean
reduce_all(TamisFormulas *formulas, TamisFormulaKind kind, TamisFormula *list, guint32 n)
{
    gboolean changed = FALSE;

    for (guint32 i = 0; i < n && !changed; i++) {
        TamisFormula reduced = reduce(formulas, kind, list, n, list[i]);

        changed = reduced != list[i];
        list[i] = reduced;
    }
    return changed;
}

/* Of negations alone, what they negate: not (a or b) is the one form of it. */
static gboolean
take_negations_off(const TamisFormulas *formulas, TamisFormula *list, guint32 n)
{
    for (guint32 i = 0; i < n; i++)
        if (node_at(formulas, list[i])->kind != TAMIS_FORMULA_NOT)
            return FALSE;
    for (guint32 i = 0; i < n; i++)
        list[i] = g_array_index(formulas->children, TamisFormula,
                                node_at(formulas, list[i])->children.first);
    return TRUE;
}

static TamisFormula
combine(TamisFormulas *formulas, TamisFormulaKind kind, const TamisFormula *children, guint32 n)
{
    TamisFormula absorbing = kind == TAMIS_FORMULA_AND ? TAMIS_FORMULA_FALSE : TAMIS_FORMULA_TRUE;
    TamisFormula small[MAX_COMPARED], *list;

    if (!gather(formulas, kind, children, n))
        return absorbing;
    list = (TamisFormula *)formulas->scratch->data;
    n = sort_unique(list, formulas->scratch->len);
    for (guint32 i = 0; i < n; i++) {
        const Node *node = node_at(formulas, list[i]);

        if (node->kind == TAMIS_FORMULA_NOT &&
            contains(list, n,
                     g_array_index(formulas->children, TamisFormula, node->children.first)))
            return absorbing;
    }
    if (n == 0)
        return 1 - absorbing;
    if (n > 1 && n <= MAX_COMPARED) {
        memcpy(small, list, n * sizeof *list);
        if (reduce_all(formulas, kind, small, n))
            return combine(formulas, kind, small, n);
        if (take_negations_off(formulas, small, n))
            return tamis_formulas_not(
                formulas,
                combine(formulas, kind == TAMIS_FORMULA_AND ? TAMIS_FORMULA_OR : TAMIS_FORMULA_AND,
                        small, n));
        return intern_node(formulas, kind, small, n);
    }
    return n == 1 ? list[0] : intern_node(formulas, kind, list, n);
}

TamisFormula
tamis_formulas_and(TamisFormulas *formulas, TamisFormula *children, guint32 n)
{
    return combine(formulas, TAMIS_FORMULA_AND, children, n);
}

TamisFormula
tamis_formulas_or(TamisFormulas *formulas, TamisFormula *children, guint32 n)
{
    return combine(formulas, TAMIS_FORMULA_OR, children, n);
}

/* The table -------------------------------------------------------------------------------------
 */

TamisFormulas *
tamis_formulas_new(TamisStrings *strings)
{
    TamisFormulas *formulas = g_new0(TamisFormulas, 1);

    formulas->strings = strings;
    formulas->nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    formulas->children = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    formulas->atoms = g_array_new(FALSE, FALSE, sizeof(TamisAtom));
    formulas->atom_nodes = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    formulas->list_strings = g_array_new(FALSE, FALSE, sizeof(TamisString));
    formulas->lists = g_array_new(FALSE, FALSE, sizeof(TamisSlice));
    formulas->scratch = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    formulas->regexes = tamis_regex_table_new(strings);
    append_node(formulas, (Node){TAMIS_FORMULA_CONSTANT, 0, 0, {0, 0}});
    append_node(formulas, (Node){TAMIS_FORMULA_CONSTANT, 0, 0, {0, 0}});
    return formulas;
}

void
tamis_formulas_free(TamisFormulas *formulas)
{
    if (formulas == NULL)
        return;
    g_array_unref(formulas->nodes);
    g_array_unref(formulas->children);
    g_array_unref(formulas->atoms);
    g_array_unref(formulas->atom_nodes);
    g_array_unref(formulas->list_strings);
    g_array_unref(formulas->lists);
    g_array_unref(formulas->scratch);
    tamis_regex_table_free(formulas->regexes);
    g_free(formulas->by_node.slots);
    g_free(formulas->by_atom.slots);
    g_free(formulas->by_list.slots);
    g_free(formulas);
}

TamisStrings *
tamis_formulas_get_strings(const TamisFormulas *formulas)
{
    return formulas->strings;
}

const TamisRegex *
tamis_formulas_regex(const TamisFormulas *formulas, TamisString key, gboolean fold)
{
    return tamis_regex_table_get(formulas->regexes, key, fold);
}

TamisFormulaKind
tamis_formulas_kind(const TamisFormulas *formulas, TamisFormula formula)
{
    return node_at(formulas, formula)->kind;
}

const TamisFormula *
tamis_formulas_children(const TamisFormulas *formulas, TamisFormula formula, guint32 *out_n)
{
    const Node *node = node_at(formulas, formula);

    *out_n = node->children.n;
    if (node->children.n == 0)
        return NULL;
    return &g_array_index(formulas->children, TamisFormula, node->children.first);
}

const TamisAtom *
tamis_formulas_get_atom(const TamisFormulas *formulas, TamisFormula formula)
{
    const Node *node = node_at(formulas, formula);

    g_return_val_if_fail(node->kind == TAMIS_FORMULA_ATOM, NULL);
    return &g_array_index(formulas->atoms, TamisAtom, node->atom);
}

guint
tamis_formulas_depth(const TamisFormulas *formulas, TamisFormula formula)
{
    return node_at(formulas, formula)->depth;
}

GArray *
tamis_formulas_collect_parts(const TamisFormulas *formulas, TamisFormula formula)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GHashTable) met = g_hash_table_new(NULL, NULL);

    g_array_append_val(parts, formula);
    for (guint i = 0; i < parts->len; i++) {
        guint32 n = 0;
        const TamisFormula *children =
            tamis_formulas_children(formulas, g_array_index(parts, TamisFormula, i), &n);

        for (guint32 k = 0; k < n; k++)
            if (g_hash_table_add(met, GUINT_TO_POINTER(children[k])))
                g_array_append_val(parts, children[k]);
    }
    return parts;
}

guint32
tamis_formulas_count(const TamisFormulas *formulas)
{
    return formulas->nodes->len;
}
