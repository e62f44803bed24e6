/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The addresses of header fields, and what stands in for them. */
#include "model/address-list.h"
#include "model/address.h"
#include "model/message-private.h"

#include <string.h>

/* What the addresses of most messages take, each three times over. */
enum { USUAL_BYTES = 500 };

static const char *
join_address(TamisArena *arena, const char *local, const char *domain)
{
    char *out = tamis_arena_alloc(arena, 2 * strlen(local) + strlen(domain) + 4);

    tamis_address_join(local, domain, out);
    return out;
}

typedef struct {
    TamisArena *arena;
    TamisMailAddress *at;
    guint n, room;
    guint field;
} Taker;

static void
append(Taker *taker, TamisMailAddress address)
{
    if (taker->n == taker->room) {
        guint room = MAX(4, 2 * taker->room);
        TamisMailAddress *at = tamis_arena_array0(taker->arena, TamisMailAddress, room);

        if (taker->n > 0)
            memcpy(at, taker->at, taker->n * sizeof *at);
        taker->at = at;
        taker->room = room;
    }
    taker->at[taker->n++] = address;
}

static void
take_address(const char *local, const char *domain, gpointer data)
{
    Taker *taker = data;

    append(taker,
           (TamisMailAddress){tamis_arena_strndup(taker->arena, local, strlen(local)),
                              tamis_arena_strndup(taker->arena, domain, strlen(domain)),
                              join_address(taker->arena, local, domain), TRUE, taker->field});
}

/* Of a field that has entries and no address its text stands in for one; of an empty one too. */
static void
read_addresses(Taker *taker, const char *text)
{
    guint before = taker->n;
    gsize length = strlen(text);
    gboolean has_entry =
        tamis_address_list_read(text, length, take_address, taker) || *text == '\0';

    if (has_entry && taker->n == before)
        append(taker, (TamisMailAddress){"", "", tamis_arena_strndup(taker->arena, text, length),
                                         FALSE, taker->field});
}

const TamisMailAddress *
tamis_addresses_read(TamisArena *arena, const char *text, guint *out_n)
{
    Taker taker = {.arena = arena, .field = 1};

    read_addresses(&taker, text);
    *out_n = taker.n;
    return taker.at;
}

/* Those of one name. */
typedef struct {
    const TamisMailAddress *at;
    guint n;
} Known;

static const Known *
read_fields(TamisMessage *message, const char *name)
{
    g_autoptr(GPtrArray) fields = tamis_message_find_fields(message, name);
    Taker taker = {.arena = message->address_arena};
    Known *known = tamis_arena_new0(message->address_arena, Known);

    for (guint i = 0; i < fields->len; i++) {
        g_autofree char *text = tamis_message_field_text(fields->pdata[i]);

        taker.field = i + 1;
        read_addresses(&taker, text);
    }
    *known = (Known){taker.at, taker.n};
    return known;
}

const TamisMailAddress *
tamis_message_get_addresses(TamisMessage *message, const char *name, guint *out_n)
{
    g_autofree char *lower = NULL;
    const Known *known;

    if (message->addresses == NULL) {
        message->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        message->address_arena = tamis_arena_new_small(USUAL_BYTES);
    }
    known = g_hash_table_lookup(message->addresses, name);
    if (known == NULL) { /* most names are written in lower case */
        lower = g_ascii_strdown(name, -1);
        known = g_hash_table_lookup(message->addresses, lower);
    }
    if (known == NULL) {
        known = read_fields(message, lower);
        g_hash_table_insert(message->addresses, g_steal_pointer(&lower), (gpointer)known);
    }
    *out_n = known->n;
    return known->at;
}
