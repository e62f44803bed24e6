/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An open-addressing table over texts that lie in chunks, each behind its length. The hash is keyed
 * (SipHash-1-3) and the key is random: nobody can prepare a table of addresses that all collide. */
#include "base/strings.h"

#include <string.h>

#define CHUNK_BYTES ((gsize)256 * 1024)
/* A text above this gets memory of its own, so that chunks don't end in large gaps. */
#define LONG_BYTES  (CHUNK_BYTES / 16)
#define FIRST_SLOTS 256

typedef struct {
    guint32 hash;
    TamisString string; /* 0: free */
} Slot;

struct TamisStrings {
    Slot *slots;
    guint32 mask; /* number of slots - 1; that is a power of two */
    guint32 n_strings;
    guint32 n_room;
    const char **texts; /* by number; the length stands in the four bytes before */
    char *at;           /* the free part of the newest chunk */
    gsize left_bytes;
    GPtrArray *chunks;
    guint64 key[2];
};

TamisStrings *
tamis_strings_new(void)
{
    TamisStrings *strings = g_new0(TamisStrings, 1);

    for (int i = 0; i < 2; i++)
        strings->key[i] = (guint64)g_random_int() << 32 | g_random_int();
    strings->slots = g_new0(Slot, FIRST_SLOTS);
    strings->mask = FIRST_SLOTS - 1;
    strings->n_room = 64;
    strings->texts = g_new(const char *, strings->n_room);
    strings->chunks = g_ptr_array_new_with_free_func(g_free);
    strings->texts[0] = (const char *)"\0\0\0\0" + 4;
    strings->n_strings = 1;
    return strings;
}

void
tamis_strings_free(TamisStrings *strings)
{
    if (strings == NULL)
        return;
    g_ptr_array_unref(strings->chunks);
    g_free(strings->texts);
    g_free(strings->slots);
    g_free(strings);
}

#define ROTATE(x, n) ((x) << (n) | (x) >> (64 - (n)))

static inline void
sip_round(guint64 v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = ROTATE(v[1], 13) ^ v[0];
    v[3] = ROTATE(v[3], 16) ^ v[2];
    v[0] = ROTATE(v[0], 32) + v[3];
    v[2] += v[1];
    v[1] = ROTATE(v[1], 17) ^ v[2];
    v[3] = ROTATE(v[3], 21) ^ v[0];
    v[2] = ROTATE(v[2], 32);
}

static guint32
hash_text(const guint64 key[2], const char *text, gsize length_bytes)
{
    guint64 v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                    key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
    guint64 last = (guint64)length_bytes << 56;
    guint64 word;

    for (; length_bytes >= 8; text += 8, length_bytes -= 8) {
        memcpy(&word, text, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    if (length_bytes > 0)
        memcpy(&word, text, length_bytes);
    last |= word;
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    word = v[0] ^ v[1] ^ v[2] ^ v[3];
    return (guint32)(word ^ word >> 32);
}

static guint32
text_length(const char *text)
{
    guint32 length;

    memcpy(&length, text - sizeof(length), sizeof(length));
    return length;
}

/* The slot that holds the text, or the free one where it belongs. */
static Slot *
find_slot(const TamisStrings *strings, guint32 hash, const char *text, gsize length_bytes)
{
    for (guint32 i = hash & strings->mask;; i = (i + 1) & strings->mask) {
        Slot *slot = &strings->slots[i];
        if (slot->string == 0)
            return slot;
        if (slot->hash != hash)
            continue;
        const char *known = strings->texts[slot->string];
        if (text_length(known) == length_bytes && memcmp(known, text, length_bytes) == 0)
            return slot;
    }
}

static void
double_slots(TamisStrings *strings)
{
    guint32 n_old = strings->mask + 1;
    Slot *old = strings->slots;

    g_assert(n_old <= G_MAXUINT32 / 2);
    strings->slots = g_new0(Slot, (gsize)n_old * 2);
    strings->mask = n_old * 2 - 1;
    for (guint32 i = 0; i < n_old; i++) {
        if (old[i].string == 0)
            continue;
        guint32 place = old[i].hash & strings->mask;
        while (strings->slots[place].string != 0)
            place = (place + 1) & strings->mask;
        strings->slots[place] = old[i];
    }
    g_free(old);
}

static const char *
store(TamisStrings *strings, const char *text, gsize length_bytes)
{
    guint32 length = (guint32)length_bytes;
    gsize need_bytes = sizeof(length) + length_bytes + 1;
    char *place;

    if (need_bytes > LONG_BYTES) {
        place = g_malloc(need_bytes);
        g_ptr_array_add(strings->chunks, place);
    } else {
        if (need_bytes > strings->left_bytes) {
            strings->at = g_malloc(CHUNK_BYTES);
            strings->left_bytes = CHUNK_BYTES;
            g_ptr_array_add(strings->chunks, strings->at);
        }
        place = strings->at;
        strings->at += need_bytes;
        strings->left_bytes -= need_bytes;
    }
    memcpy(place, &length, sizeof(length));
    memcpy(place + sizeof(length), text, length_bytes);
    place[sizeof(length) + length_bytes] = '\0';
    return place + sizeof(length);
}

TamisString
tamis_strings_add(TamisStrings *strings, const char *text, gsize length_bytes)
{
    if (length_bytes == 0)
        return 0;
    g_assert(length_bytes < G_MAXUINT32);
    guint32 hash = hash_text(strings->key, text, length_bytes);
    Slot *slot = find_slot(strings, hash, text, length_bytes);
    if (slot->string != 0)
        return slot->string;

    g_assert(strings->n_strings < G_MAXUINT32);
    if (strings->n_strings == strings->n_room) {
        strings->n_room = strings->n_room > G_MAXUINT32 / 2 ? G_MAXUINT32 : strings->n_room * 2;
        strings->texts = g_renew(const char *, strings->texts, strings->n_room);
    }
    TamisString string = strings->n_strings++;
    strings->texts[string] = store(strings, text, length_bytes);
    *slot = (Slot){hash, string};
    if (strings->n_strings > (strings->mask / 4) * 3)
        double_slots(strings);
    return string;
}

TamisString
tamis_strings_find(const TamisStrings *strings, const char *text, gsize length_bytes)
{
    if (length_bytes == 0)
        return 0;
    return find_slot(strings, hash_text(strings->key, text, length_bytes), text, length_bytes)
        ->string;
}

const char *
tamis_strings_get(const TamisStrings *strings, TamisString string)
{
    g_assert(string < strings->n_strings);
    return strings->texts[string];
}

gsize
tamis_strings_length(const TamisStrings *strings, TamisString string)
{
    g_assert(string < strings->n_strings);
    return text_length(strings->texts[string]);
}

guint32
tamis_strings_count(const TamisStrings *strings)
{
    return strings->n_strings;
}
