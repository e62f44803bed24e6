/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Best-first search over the product of a shape and automata. What costs less reads better; what a pattern
 * still misses is added up as the estimate. Each state is met once, so a search that ends without a text
 * proves that there is none. */
#include "model/solve/search.h"

#include "model/solve/lazy.h"

#include <string.h>

enum { MAX_NODES = 1 << 21, LETTER_COST = 4 };

typedef struct {
    guint32 parent, cost;
    TamisShapeState shape;
    guint8 byte;
} Node;

struct TamisSearcher {
    GArray *nodes;   /* of Node */
    GArray *states;  /* of guint32, n_parts a node: their automata's numbers */
    GArray *heap;    /* of guint64: estimate << 32 | node */
    guint32 *slots;  /* node + 1 by hash of its states */
    guint32 n_slots; /* a power of two */
    guint8 bytes[256];
    guint8 costs[256];
    guint n_bytes;
    TamisLazy *parts; /* MAX_PARTS */
    guint n_parts_used;
    guint waiting[TAMIS_SEARCH_MAX_GUESSING]; /* parts that may go on or stay */
    guint n_waiting;
    guint32 next[];
};

/* Parts of one task; more are refused. */
enum { MAX_PARTS = 4096 };

TamisSearcher *
tamis_searcher_new(void)
{
    TamisSearcher *searcher = g_malloc0(sizeof *searcher + MAX_PARTS * sizeof(guint32));

    searcher->nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    /* With room, so that there is an address even of no states. */
    searcher->states = g_array_sized_new(FALSE, FALSE, sizeof(guint32), 64);
    searcher->parts = g_new0(TamisLazy, MAX_PARTS);
    searcher->heap = g_array_new(FALSE, FALSE, sizeof(guint64));
    return searcher;
}

void
tamis_searcher_free(TamisSearcher *searcher)
{
    if (searcher == NULL)
        return;
    g_array_unref(searcher->nodes);
    g_array_unref(searcher->states);
    g_array_unref(searcher->heap);
    g_free(searcher->slots);
    for (guint i = 0; i < searcher->n_parts_used; i++)
        tamis_lazy_clear(&searcher->parts[i]);
    g_free(searcher->parts);
    g_free(searcher);
}

/* The alphabet ----------------------------------------------------------------------------------- */

static guint8
byte_cost(guint8 byte)
{
    if (g_ascii_islower((char)byte))
        return LETTER_COST;
    if (byte == ' ' || byte == '.' || g_ascii_isdigit((char)byte))
        return LETTER_COST + 1;
    if (g_ascii_isupper((char)byte))
        return LETTER_COST + 2;
    if (byte >= 0x80)
        return LETTER_COST + 4;
    return g_ascii_isgraph((char)byte) ? LETTER_COST + 3 : 100;
}

/* Bytes in the order in which they read well. */
static const guint8 *
preferred_bytes(void)
{
    static const char first[] = "eaonirtslucdmphgbfvwykjxqz0123456789-._+ ";
    static guint8 order[255];
    static gsize made = 0;

    if (g_once_init_enter(&made)) {
        guint n = sizeof first - 1;

        memcpy(order, first, n);
        for (guint byte = 1; byte < 256; byte++) {
            if (strchr(first, (int)byte) == NULL)
                order[n++] = (guint8)byte;
        }
        g_once_init_leave(&made, 1);
    }
    return order;
}

/* What the shape and the automata with classes make of a byte, in one number: bytes that are told apart differ in it. */
typedef struct {
    guint64 of[256];
    guint n_bits; /* of each that are in use */
} Signs;

/* The same in fewer bits: there are no more than 256 of them. */
static void
number_signs(Signs *signs)
{
    guint64 known[256];
    guint n = 0;

    for (guint byte = 0; byte < 256; byte++) {
        guint at = 0;

        while (at < n && known[at] != signs->of[byte])
            at++;
        if (at == n)
            known[n++] = signs->of[byte];
        signs->of[byte] = at;
    }
    signs->n_bits = 8;
}

static void
sign_bytes(const TamisSearchTask *task, Signs *signs)
{
    const guint16 *shape_classes = tamis_shape_classes(&task->shape);

    for (guint byte = 0; byte < 256; byte++)
        signs->of[byte] = shape_classes[byte];
    signs->n_bits = 16;
    for (guint i = 0; i < task->n_parts; i++) {
        const guint8 *classes = tamis_automaton_classes(task->parts[i].automaton);

        if (classes == NULL)
            continue;
        if (signs->n_bits > 56)
            number_signs(signs);
        for (guint byte = 0; byte < 256; byte++)
            signs->of[byte] = signs->of[byte] << 8 | classes[byte];
        signs->n_bits += 8;
    }
}

/* Bytes that stand for those of their sign, by its hash: byte, or 0. */
typedef struct {
    guint8 at[512];
} Standing;

/* Whether one stands for the byte; else the byte does from now on. */
static gboolean
is_stood_for(const Signs *signs, Standing *standing, guint8 byte)
{
    guint64 hash = signs->of[byte] * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) >> 32;

    for (;; hash++) {
        guint8 *known = &standing->at[hash % G_N_ELEMENTS(standing->at)];

        if (*known == 0) {
            *known = byte;
            return FALSE;
        }
        if (signs->of[*known] == signs->of[byte])
            return TRUE;
    }
}

/* Which bytes stand for themselves; TRUE: those of more than seven bits matter at all. */
static gboolean
mark_bytes(const TamisSearchTask *task, guint8 marked[256], gboolean *out_ordered)
{
    gboolean high = FALSE;

    *out_ordered = FALSE;
    for (guint i = 0; i < task->n_parts; i++) {
        *out_ordered |= tamis_automaton_bytes(task->parts[i].automaton, marked);
        high |= tamis_automaton_parts_high(task->parts[i].automaton);
    }
    marked[task->shape.delimiter] = 1;
    if (task->shape.kind >= TAMIS_SHAPE_ADDRESS)
        marked['@'] = marked['.'] = 1;
    for (guint i = 'a'; i <= 'z' && task->cased; i++)
        marked[i] = marked[i - 'a' + 'A'] = marked[i] || marked[i - 'a' + 'A'];
    for (guint i = 0x7e; i < 256; i++)
        high |= marked[i];
    return high;
}

/* One byte for all that no part tells apart, the one that reads best. Where order matters every byte stands
 * for itself. */
static void
choose_bytes(TamisSearcher *searcher, const TamisSearchTask *task)
{
    guint8 marked[256] = {0};
    Standing standing = {.at = {0}};
    Signs signs;
    const guint8 *order = preferred_bytes();
    gboolean ordered, high = mark_bytes(task, marked, &ordered);

    sign_bytes(task, &signs);
    searcher->n_bytes = 0;
    for (guint i = 0; i < 255; i++) {
        guint8 byte = order[i];
        gboolean own = marked[byte] || (ordered && (byte < 0x80 || high));

        if ((!task->cased && byte >= 'A' && byte <= 'Z') || (byte >= 0x80 && !high && !ordered))
            continue;
        if (!own && is_stood_for(&signs, &standing, byte))
            continue;
        searcher->bytes[searcher->n_bytes] = byte;
        searcher->costs[searcher->n_bytes++] = byte_cost(byte);
    }
}

/* Nodes ------------------------------------------------------------------------------------------ */

static inline guint32 *
states_of(const TamisSearcher *searcher, guint32 node, guint n_parts)
{
    return &g_array_index(searcher->states, guint32, (gsize)node * n_parts);
}

static guint32
hash_states(TamisShapeState shape, const guint32 *states, guint n)
{
    guint64 hash = shape * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    for (guint i = 0; i < n; i++) {
        hash = (hash ^ states[i]) * G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
        hash ^= hash >> 29;
    }
    return (guint32)(hash >> 16);
}

static void
make_room(TamisSearcher *searcher, guint n_parts)
{
    guint32 n = searcher->n_slots == 0 ? 256 : 2 * searcher->n_slots;

    if (2 * searcher->nodes->len < searcher->n_slots)
        return;
    g_free(searcher->slots);
    searcher->slots = g_new0(guint32, n);
    searcher->n_slots = n;
    for (guint32 i = 0; i < searcher->nodes->len; i++) {
        guint32 at = hash_states(g_array_index(searcher->nodes, Node, i).shape,
                                 states_of(searcher, i, n_parts), n_parts);

        while (searcher->slots[at & (n - 1)] != 0)
            at++;
        searcher->slots[at & (n - 1)] = i + 1;
    }
}

/* The node of searcher->next, or NULL where it was met before. */
static Node *
add_node(TamisSearcher *searcher, TamisShapeState shape, guint n_parts)
{
    Node fresh = {.shape = shape};
    guint32 at;

    make_room(searcher, n_parts);
    for (at = hash_states(shape, searcher->next, n_parts);; at++) {
        guint32 slot = searcher->slots[at & (searcher->n_slots - 1)];

        if (slot == 0)
            break;
        if (g_array_index(searcher->nodes, Node, slot - 1).shape == shape &&
            memcmp(states_of(searcher, slot - 1, n_parts), searcher->next,
                   n_parts * sizeof(guint32)) == 0)
            return NULL;
    }
    g_array_append_val(searcher->nodes, fresh);
    g_array_append_vals(searcher->states, searcher->next, n_parts);
    searcher->slots[at & (searcher->n_slots - 1)] = searcher->nodes->len;
    return &g_array_index(searcher->nodes, Node, searcher->nodes->len - 1);
}

/* The heap --------------------------------------------------------------------------------------- */

static void
heap_push(GArray *heap, guint64 entry)
{
    guint at = heap->len;

    g_array_append_val(heap, entry);
    while (at > 0 && g_array_index(heap, guint64, (at - 1) / 2) > entry) {
        g_array_index(heap, guint64, at) = g_array_index(heap, guint64, (at - 1) / 2);
        at = (at - 1) / 2;
    }
    g_array_index(heap, guint64, at) = entry;
}

static guint64
heap_pop(GArray *heap)
{
    guint64 *entries = (guint64 *)(gpointer)heap->data;
    guint64 top = entries[0], last = entries[heap->len - 1];
    guint n = heap->len - 1, at = 0;

    g_array_set_size(heap, n);
    while (2 * at + 1 < n) {
        guint child = 2 * at + 1;

        child += child + 1 < n && entries[child + 1] < entries[child];
        if (entries[child] >= last)
            break;
        entries[at] = entries[child];
        at = child;
    }
    if (n > 0)
        entries[at] = last;
    return top;
}

/* Steps ------------------------------------------------------------------------------------------ */

/* Behind an address of several: what has to be of one is done or looks at the next; what has to be of all goes
 * on only if it was of this one. */
static guint32
next_address(const TamisSearchPart *part, TamisLazy *lazy, guint at_byte, guint32 state)
{
    gboolean accepted;

    if (part->scope == TAMIS_SCOPE_TEXT)
        return tamis_lazy_step(lazy, state, at_byte);
    accepted = tamis_lazy_accepts(lazy, state);
    if (accepted != part->negated)
        return accepted ? TAMIS_LAZY_DONE : TAMIS_LAZY_DEAD;
    return tamis_lazy_number(lazy, tamis_automaton_start(part->automaton));
}

/* The delimiter is read, or `@` where there is none. */
static gboolean
user_ends(guint before, guint place)
{
    guint8 was = tamis_shape_part(before), is = tamis_shape_part(place);

    return !(was & (TAMIS_PLACE_DETAIL | TAMIS_PLACE_DOMAIN)) &&
           (is & (TAMIS_PLACE_DETAIL | TAMIS_PLACE_DOMAIN)) != 0;
}

/* What a part's state comes to, from one shape state to another. */
static guint32
part_step(const TamisSearchPart *part, TamisLazy *lazy, TamisShapeState from, TamisShapeState to,
          guint at_byte, guint32 state)
{
    guint before = tamis_shape_place(from), place = tamis_shape_place(to);

    if (place == TAMIS_PHASE_COMMA && before != TAMIS_PHASE_COMMA)
        return next_address(part, lazy, at_byte, state);
    if (tamis_shape_in_scope(from, to, part->scope))
        return tamis_lazy_step(lazy, state, at_byte);
    if (part->scope == TAMIS_SCOPE_USER && user_ends(before, place))
        return tamis_lazy_accepts(lazy, state) ? TAMIS_LAZY_DONE : TAMIS_LAZY_DEAD;
    if (place != TAMIS_PHASE_LABEL || tamis_shape_part(before) == TAMIS_PLACE_DOMAIN)
        return state;
    if (part->scope == TAMIS_SCOPE_DETAIL && !(tamis_shape_part(before) & TAMIS_PLACE_DETAIL))
        return part->negated ? TAMIS_LAZY_DONE : TAMIS_LAZY_DEAD;
    if (part->scope == TAMIS_SCOPE_LOCAL || part->scope == TAMIS_SCOPE_DETAIL)
        return tamis_lazy_accepts(lazy, state) ? TAMIS_LAZY_DONE : TAMIS_LAZY_DEAD;
    return state;
}

/* A part of an address that is dead matters once the address has begun. */
static gboolean
is_hopeless(const TamisSearchTask *task, const TamisSearchPart *part, TamisShapeState shape)
{
    guint place = tamis_shape_place(shape);

    if (part->scope == TAMIS_SCOPE_TEXT)
        return TRUE;
    if (task->shape.kind == TAMIS_SHAPE_MAILBOXES)
        return part->negated && place == TAMIS_PHASE_DOMAIN;
    if (part->scope == TAMIS_SCOPE_DETAIL)
        return (tamis_shape_part(place) & (TAMIS_PLACE_DETAIL | TAMIS_PLACE_DOMAIN)) != 0;
    return tamis_shape_part(place) != 0;
}

static gboolean
accepts(const TamisSearcher *searcher, const TamisSearchTask *task, guint32 node)
{
    TamisShapeState shape = g_array_index(searcher->nodes, Node, node).shape;
    const guint32 *states = states_of(searcher, node, task->n_parts);
    gboolean addressed;

    if (!tamis_shape_accepts(&task->shape, shape))
        return FALSE;
    addressed = tamis_shape_has_address(shape);
    for (guint i = 0; i < task->n_parts; i++) {
        const TamisSearchPart *part = &task->parts[i];
        gboolean accepted = part->scope != TAMIS_SCOPE_TEXT && !addressed
                                ? part->negated
                                : tamis_lazy_accepts(&searcher->parts[i], states[i]);

        if (!accepted)
            return FALSE;
    }
    return TRUE;
}

/* Where a byte leads; FALSE: no text goes on like this. What may stay as well is noted as waiting. */
static gboolean
step_parts(TamisSearcher *searcher, const TamisSearchTask *task, guint32 node, TamisShapeState to,
           guint at_byte)
{
    TamisShapeState from = g_array_index(searcher->nodes, Node, node).shape;
    const guint32 *states = states_of(searcher, node, task->n_parts);
    gboolean plain = task->shape.kind < TAMIS_SHAPE_ADDRESS;

    searcher->n_waiting = 0;
    for (guint i = 0; i < task->n_parts; i++) {
        TamisLazy *lazy = &searcher->parts[i];
        guint32 next = plain ? tamis_lazy_step(lazy, states[i], at_byte)
                             : part_step(&task->parts[i], lazy, from, to, at_byte, states[i]);

        if (lazy->waits[states[i]] && tamis_shape_in_scope(from, to, task->parts[i].scope)) {
            if (next == TAMIS_LAZY_DEAD)
                next = states[i];
            else
                searcher->waiting[searcher->n_waiting++] = i;
        }
        if (next == TAMIS_LAZY_DEAD && (plain || is_hopeless(task, &task->parts[i], to)))
            return FALSE;
        searcher->next[i] = next;
    }
    return TRUE;
}

static void
reach(TamisSearcher *searcher, const TamisSearchTask *task, guint32 node, TamisShapeState to,
      guint at_byte)
{
    guint32 cost = g_array_index(searcher->nodes, Node, node).cost + searcher->costs[at_byte];
    Node *made = add_node(searcher, to, task->n_parts);
    guint32 missing = 0;

    if (made == NULL)
        return;
    made->parent = node;
    made->cost = cost;
    made->byte = searcher->bytes[at_byte];
    for (guint i = 0; i < task->n_parts; i++)
        missing += searcher->parts[i].remaining[searcher->next[i]];
    heap_push(searcher->heap, (guint64)(cost + MIN(missing, 100000) * LETTER_COST) << 32 |
                                  (searcher->nodes->len - 1));
}

/* Each of those that wait goes on or stays. */
static void
follow(TamisSearcher *searcher, const TamisSearchTask *task, guint32 node, TamisShapeState to,
       guint at_byte)
{
    guint32 gone_on[TAMIS_SEARCH_MAX_GUESSING];

    if (!step_parts(searcher, task, node, to, at_byte))
        return;
    for (guint k = 0; k < searcher->n_waiting; k++)
        gone_on[k] = searcher->next[searcher->waiting[k]];
    for (guint choice = 0; choice < 1u << searcher->n_waiting; choice++) {
        for (guint k = 0; k < searcher->n_waiting; k++) {
            guint part = searcher->waiting[k];

            searcher->next[part] =
                (choice >> k & 1) ? states_of(searcher, node, task->n_parts)[part] : gone_on[k];
        }
        reach(searcher, task, node, to, at_byte);
    }
}

static gboolean
begin(TamisSearcher *searcher, const TamisSearchTask *task)
{
    TamisShapeState shape = TAMIS_SHAPE_START;

    g_array_set_size(searcher->nodes, 0);
    g_array_set_size(searcher->states, 0);
    g_array_set_size(searcher->heap, 0);
    if (searcher->n_slots > 4096) {
        g_clear_pointer(&searcher->slots, g_free);
        searcher->n_slots = 0;
    } else if (searcher->n_slots > 0) {
        memset(searcher->slots, 0, searcher->n_slots * sizeof(guint32));
    }
    choose_bytes(searcher, task);
    searcher->n_parts_used = MAX(searcher->n_parts_used, task->n_parts);
    for (guint i = 0; i < task->n_parts; i++) {
        TamisLazy *lazy = &searcher->parts[i];

        tamis_lazy_begin(lazy, task->parts[i].automaton, searcher->bytes, searcher->n_bytes);
        searcher->next[i] =
            tamis_lazy_number(lazy, tamis_automaton_start(task->parts[i].automaton));
        if (searcher->next[i] == TAMIS_LAZY_DEAD && is_hopeless(task, &task->parts[i], shape))
            return FALSE;
    }
    add_node(searcher, shape, task->n_parts);
    heap_push(searcher->heap, 0);
    return TRUE;
}

static void
write_text(const TamisSearcher *searcher, guint32 node, GString *out_text)
{
    g_string_truncate(out_text, 0);
    for (; node != 0; node = g_array_index(searcher->nodes, Node, node).parent)
        g_string_append_c(out_text, (char)g_array_index(searcher->nodes, Node, node).byte);
    for (gsize i = 0; 2 * i + 1 < out_text->len; i++) {
        char c = out_text->str[i];

        out_text->str[i] = out_text->str[out_text->len - 1 - i];
        out_text->str[out_text->len - 1 - i] = c;
    }
}

TamisSearchResult
tamis_searcher_run(TamisSearcher *searcher, const TamisSearchTask *task, GString *out_text,
                   guint64 *steps)
{
    if (task->n_parts > MAX_PARTS)
        return TAMIS_SEARCH_BUDGET;
    if (!begin(searcher, task))
        return TAMIS_SEARCH_NONE;
    while (searcher->heap->len > 0) {
        guint32 node = (guint32)heap_pop(searcher->heap);
        guint64 work = (guint64)searcher->n_bytes * (task->n_parts + 1);

        if (accepts(searcher, task, node)) {
            write_text(searcher, node, out_text);
            return TAMIS_SEARCH_FOUND;
        }
        if (*steps <= work || searcher->nodes->len > MAX_NODES ||
            searcher->states->len > 8 * (guint)MAX_NODES)
            return TAMIS_SEARCH_BUDGET;
        *steps -= work;
        for (guint i = 0; i < searcher->n_bytes; i++) {
            TamisShapeState shape = g_array_index(searcher->nodes, Node, node).shape, to[2];
            guint n = tamis_shape_step(&task->shape, shape, searcher->bytes[i], to);

            for (guint k = 0; k < n; k++)
                follow(searcher, task, node, to[k], i);
        }
    }
    return TAMIS_SEARCH_NONE;
}
