/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Best-first search over the product of a shape and automata. What costs less reads better; what a pattern
 * still misses is added up as the estimate. Each state is met once, so a search that ends without a text
 * proves that there is none. */
#include "model/solve/search.h"

#include <string.h>

enum { MAX_NODES = 1 << 21, LETTER_COST = 4 };

typedef struct {
    guint32 parent, cost;
    TamisShapeState shape;
    guint8 byte;
} Node;

struct TamisSearcher {
    GArray *nodes;   /* of Node */
    GArray *states;  /* of TamisState, n_parts a node */
    GArray *heap;    /* of guint64: estimate << 32 | node */
    guint32 *slots;  /* node + 1 by hash of its states */
    guint32 n_slots; /* a power of two */
    guint8 bytes[256];
    guint8 costs[256];
    guint n_bytes;
    TamisState next[];
};

/* Parts of one task; more are refused. */
enum { MAX_PARTS = 4096 };

TamisSearcher *
tamis_searcher_new(void)
{
    TamisSearcher *searcher = g_malloc0(sizeof *searcher + MAX_PARTS * sizeof(TamisState));

    searcher->nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    searcher->states = g_array_new(FALSE, FALSE, sizeof(TamisState));
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

/* One byte for all that no part tells apart, the one that reads best. Where order matters every byte stands
 * for itself. */
static void
choose_bytes(TamisSearcher *searcher, const TamisSearchTask *task)
{
    static const char preferred[] = "eaonirtslucdmphgbfvwykjxqz0123456789-._+ ";
    guint8 marked[256] = {0}, order[256], seen[0x400] = {0};
    gboolean ordered = FALSE, high = FALSE;
    guint n = 0;

    for (guint i = 0; i < task->n_parts; i++)
        ordered |= tamis_automaton_bytes(task->parts[i].automaton, marked);
    marked[task->shape.delimiter] = 1;
    if (task->shape.kind >= TAMIS_SHAPE_ADDRESS)
        marked['@'] = marked['.'] = 1;
    for (guint i = 'a'; i <= 'z' && task->cased; i++)
        marked[i] = marked[i - 'a' + 'A'] = marked[i] || marked[i - 'a' + 'A'];
    for (guint i = 0x7e; i < 256; i++)
        high |= marked[i];
    for (; preferred[n] != '\0'; n++)
        order[n] = (guint8)preferred[n];
    for (guint byte = 1; byte < 256; byte++) {
        if (strchr(preferred, (int)byte) == NULL)
            order[n++] = (guint8)byte;
    }
    searcher->n_bytes = 0;
    for (guint i = 0; i < n; i++) {
        guint8 byte = order[i];
        guint class = tamis_shape_class(&task->shape, byte);
        gboolean own = marked[byte] || (ordered && (byte < 0x80 || high));

        if ((!task->cased && g_ascii_isupper((char)byte)) || (byte >= 0x80 && !high && !ordered))
            continue;
        if (!own && seen[class])
            continue;
        if (!own)
            seen[class] = 1;
        searcher->bytes[searcher->n_bytes] = byte;
        searcher->costs[searcher->n_bytes++] = byte_cost(byte);
    }
}

/* Nodes ------------------------------------------------------------------------------------------ */

static inline TamisState *
states_of(const TamisSearcher *searcher, guint32 node, guint n_parts)
{
    return &g_array_index(searcher->states, TamisState, (gsize)node * n_parts);
}

static guint32
hash_states(TamisShapeState shape, const TamisState *states, guint n)
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
                   n_parts * sizeof(TamisState)) == 0)
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
static TamisState
next_address(const TamisSearchPart *part, guint8 byte, TamisState state)
{
    gboolean accepted;

    if (part->scope == TAMIS_SCOPE_TEXT)
        return tamis_automaton_step(part->automaton, state, byte);
    accepted = tamis_automaton_accepts(part->automaton, state);
    if (accepted != part->negated)
        return accepted ? TAMIS_STATE_DONE : TAMIS_STATE_DEAD;
    return tamis_automaton_start(part->automaton);
}

/* What a part's state comes to, from one shape state to another. */
static TamisState
part_step(const TamisSearchPart *part, TamisShapeState from, TamisShapeState to, guint8 byte,
          TamisState state)
{
    guint before = tamis_shape_place(from), place = tamis_shape_place(to);

    if (place == TAMIS_PHASE_COMMA && before != TAMIS_PHASE_COMMA)
        return next_address(part, byte, state);
    if (tamis_shape_in_scope(from, to, part->scope))
        return tamis_automaton_step(part->automaton, state, byte);
    if (place != TAMIS_PHASE_LABEL || tamis_shape_part(before) == TAMIS_PLACE_DOMAIN)
        return state;
    if (part->scope == TAMIS_SCOPE_DETAIL && !(tamis_shape_part(before) & TAMIS_PLACE_DETAIL))
        return part->negated ? TAMIS_STATE_DONE : TAMIS_STATE_DEAD;
    if (part->scope == TAMIS_SCOPE_LOCAL || part->scope == TAMIS_SCOPE_DETAIL)
        return tamis_automaton_accepts(part->automaton, state) ? TAMIS_STATE_DONE
                                                               : TAMIS_STATE_DEAD;
    return state;
}

/* A part of an address that is dead matters once the address has begun. */
static gboolean
is_hopeless(const TamisSearchTask *task, const TamisSearchPart *part, TamisShapeState shape,
            TamisState state)
{
    guint place = tamis_shape_place(shape);

    if (state != TAMIS_STATE_DEAD)
        return FALSE;
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
    const TamisState *states = states_of(searcher, node, task->n_parts);
    gboolean addressed;

    if (!tamis_shape_accepts(&task->shape, shape))
        return FALSE;
    addressed = tamis_shape_has_address(shape);
    for (guint i = 0; i < task->n_parts; i++) {
        const TamisSearchPart *part = &task->parts[i];
        gboolean accepted = part->scope != TAMIS_SCOPE_TEXT && !addressed
                                ? part->negated
                                : tamis_automaton_accepts(part->automaton, states[i]);

        if (!accepted)
            return FALSE;
    }
    return TRUE;
}

static guint32
estimate(const TamisSearchTask *task, const TamisState *states)
{
    guint32 missing = 0;

    for (guint i = 0; i < task->n_parts; i++)
        missing += tamis_automaton_remaining(task->parts[i].automaton, states[i]);
    return MIN(missing, 100000) * LETTER_COST;
}

static void
follow(TamisSearcher *searcher, const TamisSearchTask *task, guint32 node, TamisShapeState to,
       guint at_byte)
{
    const Node *from = &g_array_index(searcher->nodes, Node, node);
    TamisShapeState shape = from->shape;
    guint32 cost = from->cost + searcher->costs[at_byte];
    guint8 byte = searcher->bytes[at_byte];
    const TamisState *states = states_of(searcher, node, task->n_parts);
    Node *made;

    for (guint i = 0; i < task->n_parts; i++) {
        searcher->next[i] = part_step(&task->parts[i], shape, to, byte, states[i]);
        if (is_hopeless(task, &task->parts[i], to, searcher->next[i]))
            return;
    }
    made = add_node(searcher, to, task->n_parts);
    if (made == NULL)
        return;
    made->parent = node;
    made->cost = cost;
    made->byte = byte;
    heap_push(searcher->heap,
              (guint64)(cost + estimate(task, searcher->next)) << 32 | (searcher->nodes->len - 1));
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
    for (guint i = 0; i < task->n_parts; i++) {
        searcher->next[i] = tamis_automaton_start(task->parts[i].automaton);
        if (is_hopeless(task, &task->parts[i], shape, searcher->next[i]))
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
    choose_bytes(searcher, task);
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
