/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The addresses of header fields, and what stands in for them. */
#include "model/address-list.h"
#include "model/message-private.h"

#include <string.h>

static const char *
keep_text(TamisMessage *message, char *text)
{
    g_ptr_array_add(message->address_texts, text);
    return text;
}

/* RFC 5321: whether a local part stands without quotes. */
static gboolean
is_dot_atom(const char *local)
{
    if (*local == '\0' || *local == '.' || local[strlen(local) - 1] == '.' ||
        strstr(local, "..") != NULL)
        return FALSE;
    for (; *local != '\0'; local++)
        if (!g_ascii_isalnum(*local) && strchr("!#$%&'*+-/=?^_`{|}~.", *local) == NULL)
            return FALSE;
    return TRUE;
}

static char *
join_address(const char *local, const char *domain)
{
    g_autoptr(GString) out = NULL;

    if (is_dot_atom(local))
        return g_strconcat(local, "@", domain, NULL);
    out = g_string_new("\"");
    for (; *local != '\0'; local++) {
        if (*local == '"' || *local == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *local);
    }
    g_string_append_printf(out, "\"@%s", domain);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

typedef struct {
    TamisMessage *message;
    GArray *addresses;
    guint field;
} Taker;

static void
take_address(const char *local, const char *domain, gpointer data)
{
    Taker *taker = data;
    TamisMessage *message = taker->message;
    TamisMailAddress address = {
        keep_text(message, g_strdup(local)), keep_text(message, g_strdup(domain)),
        keep_text(message, join_address(local, domain)), TRUE, taker->field};

    g_array_append_val(taker->addresses, address);
}

/* Of a field that has entries and no address its text stands in for one; of an empty one too. */
static void
read_addresses(TamisMessage *message, const TamisField *field, GArray *addresses, guint index)
{
    g_autofree char *unfolded = tamis_message_field_text(field);
    Taker taker = {message, addresses, index};
    guint before = addresses->len;
    gboolean has_entry =
        tamis_address_list_read(unfolded, strlen(unfolded), take_address, &taker) ||
        *unfolded == '\0';

    if (has_entry && addresses->len == before) {
        TamisMailAddress text = {"", "", keep_text(message, g_steal_pointer(&unfolded)), FALSE,
                                 index};

        g_array_append_val(addresses, text);
    }
}

const TamisMailAddress *
tamis_message_get_addresses(TamisMessage *message, const char *name, guint *out_n)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    GArray *addresses = g_hash_table_lookup(message->addresses, lower);

    if (addresses == NULL) {
        g_autoptr(GPtrArray) fields = tamis_message_find_fields(message, lower);

        addresses = g_array_new(FALSE, FALSE, sizeof(TamisMailAddress));
        for (guint i = 0; i < fields->len; i++)
            read_addresses(message, fields->pdata[i], addresses, i + 1);
        g_hash_table_insert(message->addresses, g_steal_pointer(&lower), addresses);
    }
    *out_n = addresses->len;
    return (const TamisMailAddress *)addresses->data;
}
