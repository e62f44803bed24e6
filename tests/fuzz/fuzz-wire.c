/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes of a ManageSieve server, cut anywhere: reading ends, and where the network cuts changes nothing. */
#include "deploy/managesieve/wire.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* A sum over all that was read, cut into pieces. */
static guint64
read_all(const char *bytes, gsize size, gsize piece)
{
    g_autoptr(TamisWire) wire = tamis_wire_new();
    guint64 sum = 0;
    gsize at = 0, used;

    while (at < size) {
        g_autoptr(GError) error = NULL;
        TamisWireStep step =
            tamis_wire_feed(wire, bytes + at, MIN(piece, size - at), &used, &error);

        g_assert(used > 0 && used <= size - at);
        g_assert((step == TAMIS_WIRE_BROKEN) == (error != NULL));
        at += used;
        if (step == TAMIS_WIRE_BROKEN)
            return sum * 31 + 7;
        if (step != TAMIS_WIRE_END)
            continue;
        g_autoptr(TamisWireResponse) response = tamis_wire_steal(wire);
        g_assert(response->n_lines == response->lines->len && response->n_lines > 0);
        for (guint i = 0; i < response->words->len; i++) {
            const TamisWireWord *word = &g_array_index(response->words, TamisWireWord, i);
            for (gsize j = 0; j <= word->length_bytes; j++) /* with the NUL */
                sum = sum * 31 + (guint8)word->text[j];
        }
        sum += tamis_wire_response_code(response) != NULL;
        sum += tamis_wire_response_text(response) != NULL;
    }
    return sum;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const char *bytes = (const char *)data;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *name = g_strndup(bytes, size);
    guint64 whole = read_all(bytes, size, G_MAXSIZE);

    g_assert(read_all(bytes, size, 1) == whole);
    g_assert(read_all(bytes, size, 7) == whole);
    tamis_wire_check_name(name, FALSE, NULL);
    /* What is written is one string for whoever reads it. */
    if (tamis_wire_append_string(out, bytes, size, NULL)) {
        g_autoptr(TamisWire) wire = tamis_wire_new();
        gsize used;
        g_string_append(out, "\r\n");
        TamisWireStep step = tamis_wire_feed(wire, out->str, out->len, &used, NULL);
        g_assert(step == TAMIS_WIRE_LINE && used == out->len);
        g_autoptr(TamisWireResponse) response = tamis_wire_steal(wire);
        const TamisWireWord *word = tamis_wire_response_word(response, 0, 0);
        g_assert(word->length_bytes == size && memcmp(word->text, bytes, size) == 0);
    }
    return 0;
}
