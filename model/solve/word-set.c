/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Aho and Corasick's automaton over bytes and two anchors: children in one hash table. */
#include "model/solve/word-set.h"

#include "base/bytes.h"

#include <string.h>

enum { START = 256, END = 257 };

typedef struct {
    guint32 parent, fail, depth;
    guint16 symbol;
    guint8 found; /* a word ends here, or at a suffix */
} Node;

struct TamisWordSet {
    GArray *nodes; /* of Node; [0] the root */
    guint64 *keys; /* node << 9 | symbol, + 1; 0: free */
    guint32 *children;
    guint32 mask;
    guint8 bytes[256];
    gboolean fold;
};

TamisWordSet *
tamis_word_set_new(gboolean fold)
{
    TamisWordSet *words = g_new0(TamisWordSet, 1);
    Node root = {0};

    words->nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    g_array_append_val(words->nodes, root);
    words->mask = 255;
    words->keys = g_new0(guint64, words->mask + 1);
    words->children = g_new(guint32, words->mask + 1);
    words->fold = fold;
    return words;
}

void
tamis_word_set_free(TamisWordSet *words)
{
    if (words == NULL)
        return;
    g_array_unref(words->nodes);
    g_free(words->keys);
    g_free(words->children);
    g_free(words);
}

static inline guint32
slot_of(const TamisWordSet *words, guint64 key)
{
    guint32 at = (guint32)((key * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)) >> 32) & words->mask;

    while (words->keys[at] != 0 && words->keys[at] != key)
        at = (at + 1) & words->mask;
    return at;
}

static void
grow(TamisWordSet *words)
{
    guint64 *keys = words->keys;
    guint32 *children = words->children;
    guint32 n = words->mask + 1;

    words->mask = 2 * n - 1;
    words->keys = g_new0(guint64, 2 * n);
    words->children = g_new(guint32, 2 * n);
    for (guint32 i = 0; i < n; i++) {
        guint32 at;

        if (keys[i] == 0)
            continue;
        at = slot_of(words, keys[i]);
        words->keys[at] = keys[i];
        words->children[at] = children[i];
    }
    g_free(keys);
    g_free(children);
}

static guint32
child_of(TamisWordSet *words, guint32 node, guint16 symbol)
{
    guint64 key = ((guint64)node << 9 | symbol) + 1;
    guint32 at = slot_of(words, key);
    Node fresh = {.parent = node, .symbol = symbol};

    if (words->keys[at] == key)
        return words->children[at];
    words->keys[at] = key;
    words->children[at] = words->nodes->len;
    fresh.depth = g_array_index(words->nodes, Node, node).depth + 1;
    g_array_append_val(words->nodes, fresh);
    if (2 * words->nodes->len > words->mask)
        grow(words);
    return words->nodes->len - 1;
}

static inline guint8
folded(const TamisWordSet *words, guint8 byte)
{
    return words->fold ? (guint8)tamis_byte_lower((char)byte) : byte;
}

void
tamis_word_set_add(TamisWordSet *words, const char *word, gsize length, gboolean at_start,
                   gboolean at_end)
{
    guint32 node = at_start ? child_of(words, 0, START) : 0;

    for (gsize i = 0; i < length; i++) {
        guint8 byte = folded(words, (guint8)word[i]);

        words->bytes[byte] = 1;
        node = child_of(words, node, byte);
    }
    if (at_end)
        node = child_of(words, node, END);
    g_array_index(words->nodes, Node, node).found = 1;
}

guint32
tamis_word_set_next(const TamisWordSet *words, guint32 node, guint16 symbol)
{
    for (;;) {
        guint64 key = ((guint64)node << 9 | symbol) + 1;
        guint32 at = slot_of(words, key);

        if (words->keys[at] == key)
            return words->children[at];
        if (node == 0)
            return 0;
        node = g_array_index(words->nodes, Node, node).fail;
    }
}

/* By depth, so that what a node fails to is done before it. */
void
tamis_word_set_finish(TamisWordSet *words)
{
    guint32 n = words->nodes->len, deepest = 0;
    g_autofree guint32 *first = NULL;
    g_autofree guint32 *order = g_new(guint32, n);

    for (guint32 i = 0; i < n; i++)
        deepest = MAX(deepest, g_array_index(words->nodes, Node, i).depth);
    first = g_new0(guint32, deepest + 2);
    for (guint32 i = 0; i < n; i++)
        first[g_array_index(words->nodes, Node, i).depth + 1]++;
    for (guint32 i = 1; i < deepest + 2; i++)
        first[i] += first[i - 1];
    for (guint32 i = 0; i < n; i++)
        order[first[g_array_index(words->nodes, Node, i).depth]++] = i;
    for (guint32 i = 1; i < n; i++) {
        Node *node = &g_array_index(words->nodes, Node, order[i]);

        if (node->parent != 0)
            node->fail = tamis_word_set_next(
                words, g_array_index(words->nodes, Node, node->parent).fail, node->symbol);
        node->found |= g_array_index(words->nodes, Node, node->fail).found;
    }
    g_array_index(words->nodes, Node, 0).found &= 1;
}

guint32
tamis_word_set_start(const TamisWordSet *words)
{
    return tamis_word_set_next(words, 0, START);
}

guint32
tamis_word_set_step(const TamisWordSet *words, guint32 node, guint8 byte)
{
    return tamis_word_set_next(words, node, folded(words, byte));
}

gboolean
tamis_word_set_found(const TamisWordSet *words, guint32 node)
{
    return g_array_index(words->nodes, Node, node).found ||
           g_array_index(words->nodes, Node, 0).found;
}

gboolean
tamis_word_set_found_at_end(const TamisWordSet *words, guint32 node)
{
    return tamis_word_set_found(words, tamis_word_set_next(words, node, END));
}

gboolean
tamis_word_set_matches(const TamisWordSet *words, const char *text, gsize length)
{
    guint32 node = tamis_word_set_start(words);

    for (gsize i = 0; i < length && !tamis_word_set_found(words, node); i++)
        node = tamis_word_set_step(words, node, (guint8)text[i]);
    return tamis_word_set_found(words, node) || tamis_word_set_found_at_end(words, node);
}

void
tamis_word_set_add_bytes(const TamisWordSet *words, TamisByteSet *bytes)
{
    for (guint i = 0; i < 256; i++)
        if (words->bytes[i])
            tamis_byte_set_add(bytes, i);
}

gboolean
tamis_pattern_as_word(const char *pattern, gsize length, char *word, gsize *out_length,
                      gboolean *out_at_start, gboolean *out_at_end)
{
    gsize n = 0, i = 0;

    while (i < length && pattern[i] == '*')
        i++;
    *out_at_start = i == 0;
    *out_at_end = TRUE;
    for (; i < length; i++) {
        if (pattern[i] == '?')
            return FALSE;
        if (pattern[i] == '*') {
            *out_at_end = FALSE;
            continue;
        }
        if (!*out_at_end)
            return FALSE;
        if (pattern[i] == '\\' && i + 1 < length)
            i++;
        word[n++] = pattern[i];
    }
    /* Only stars: everything, which no anchor may narrow. */
    if (n == 0 && !*out_at_start)
        *out_at_end = FALSE;
    *out_length = n;
    return TRUE;
}
