/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Open addressing over pointers into an arena, where each run has its length before it. */
#include "base/blobs.h"

#include <string.h>

enum { FIRST_SLOTS = 16 };

typedef struct {
    guint64 n_bytes; /* so wide that the bytes are aligned */
    guint8 bytes[];
} Blob;

struct TamisBlobs {
    TamisArena *arena;
    Blob **slots; /* NULL: free */
    gsize n_slots /* a power of two */, n;
};

TamisBlobs *
tamis_blobs_new(TamisArena *arena)
{
    TamisBlobs *blobs = g_new0(TamisBlobs, 1);

    blobs->arena = arena;
    blobs->n_slots = FIRST_SLOTS;
    blobs->slots = g_new0(Blob *, blobs->n_slots);
    return blobs;
}

void
tamis_blobs_free(TamisBlobs *blobs)
{
    if (blobs == NULL)
        return;
    g_free(blobs->slots);
    g_free(blobs);
}

static guint64
hash(const guint8 *bytes, gsize n)
{
    guint64 sum = n;

    while (n > 0) {
        guint64 word = 0;
        gsize taken = MIN(n, sizeof word);

        memcpy(&word, bytes, taken);
        sum = (sum ^ word) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        sum ^= sum >> 32;
        bytes += taken;
        n -= taken;
    }
    return sum;
}

static Blob **
find(Blob **slots, gsize n_slots, const guint8 *bytes, gsize n_bytes)
{
    gsize at = hash(bytes, n_bytes) & (n_slots - 1);

    while (slots[at] != NULL &&
           (slots[at]->n_bytes != n_bytes || memcmp(slots[at]->bytes, bytes, n_bytes) != 0))
        at = (at + 1) & (n_slots - 1);
    return &slots[at];
}

static void
grow(TamisBlobs *blobs)
{
    gsize n_slots = 2 * blobs->n_slots;
    Blob **slots = g_new0(Blob *, n_slots);

    for (gsize i = 0; i < blobs->n_slots; i++) {
        Blob *blob = blobs->slots[i];

        if (blob != NULL)
            *find(slots, n_slots, blob->bytes, blob->n_bytes) = blob;
    }
    g_free(blobs->slots);
    blobs->slots = slots;
    blobs->n_slots = n_slots;
}

gpointer
tamis_blobs_add(TamisBlobs *blobs, gconstpointer bytes, guint32 n_bytes)
{
    const guint8 *from = n_bytes > 0 ? bytes : (const guint8 *)"";
    Blob **slot;

    if (4 * (blobs->n + 1) > 3 * blobs->n_slots)
        grow(blobs);
    slot = find(blobs->slots, blobs->n_slots, from, n_bytes);
    if (*slot == NULL) {
        *slot = tamis_arena_alloc(blobs->arena, sizeof(Blob) + n_bytes);
        (*slot)->n_bytes = n_bytes;
        memcpy((*slot)->bytes, from, n_bytes);
        blobs->n++;
    }
    return (*slot)->bytes;
}
