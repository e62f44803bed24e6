/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The addresses of header fields. GMime reads them; local parts are told from their quotes here. */
#include "model/message-private.h"

#include <gmime/gmime.h>
#include <string.h>

enum { MAX_COLONS = 1000 };

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
unquote_local(const char *local)
{
    GString *out = g_string_new(NULL);
    gboolean quoted = FALSE;

    for (; *local != '\0'; local++) {
        if (*local == '"') {
            quoted = !quoted;
            continue;
        }
        if (quoted && *local == '\\' && local[1] != '\0')
            local++;
        g_string_append_c(out, *local);
    }
    return g_string_free(out, FALSE);
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

static void
add_address(TamisMessage *message, GArray *addresses, const char *written, guint field)
{
    const char *at = written != NULL ? strrchr(written, '@') : NULL;
    g_autofree char *local = at != NULL ? g_strndup(written, at - written) : NULL;
    TamisMailAddress address = {"", "", "", TRUE, field};

    if (at == NULL || at == written || at[1] == '\0')
        return;
    address.local = keep_text(message, unquote_local(local));
    address.domain = keep_text(message, g_strdup(at + 1));
    address.whole = keep_text(message, join_address(address.local, address.domain));
    g_array_append_val(addresses, address);
}

/* As it is written, which is what engines compare: GMime also tells a domain's readable form for its A-label,
 * and, each time that it is asked, works out the A-label for what is written readable. */
static const char *
written_address(InternetAddressMailbox *mailbox, gboolean is_idn)
{
    return is_idn ? internet_address_mailbox_get_idn_addr(mailbox)
                  : internet_address_mailbox_get_addr(mailbox);
}

/* Whether readable forms stand for what is written otherwise. */
static gboolean
has_a_labels(const char *text)
{
    return g_str_is_ascii(text) && strcasestr(text, "xn--") != NULL;
}

static void
flatten(TamisMessage *message, InternetAddressList *list, gboolean is_idn, GArray *addresses,
        guint field, guint depth)
{
    for (int i = 0; list != NULL && i < internet_address_list_length(list); i++) {
        InternetAddress *entry = internet_address_list_get_address(list, i);

        if (addresses->len >= MAX_ADDRESSES || depth > 8)
            return;
        if (INTERNET_ADDRESS_IS_GROUP(entry))
            flatten(message, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(entry)),
                    is_idn, addresses, field, depth + 1);
        else if (INTERNET_ADDRESS_IS_MAILBOX(entry))
            add_address(message, addresses,
                        written_address(INTERNET_ADDRESS_MAILBOX(entry), is_idn), field);
    }
}

/* GMime reads a group in a group by recursion: a field with more colons could be as deep, and is not read. */
static gboolean
is_too_deep(const char *text)
{
    guint n_colons = 0;

    while (n_colons <= MAX_COLONS && (text = strchr(text, ':')) != NULL) {
        n_colons++;
        text++;
    }
    return n_colons > MAX_COLONS;
}

static void
read_addresses(TamisMessage *message, const Field *field, GArray *addresses, guint index)
{
    g_autofree char *unfolded = tamis_message_field_text(field);
    InternetAddressList *list;
    guint before = addresses->len;

    tamis_message_start_library();
    list = *unfolded != '\0' && !is_too_deep(unfolded) ? internet_address_list_parse(NULL, unfolded)
                                                       : NULL;
    flatten(message, list, has_a_labels(unfolded), addresses, index, 0);
    g_clear_object(&list);
    if (addresses->len == before) {
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
    guint n_fields = 0;

    if (addresses == NULL) {
        addresses = g_array_new(FALSE, FALSE, sizeof(TamisMailAddress));
        for (guint i = 0; i < message->fields->len && addresses->len < MAX_ADDRESSES; i++) {
            const Field *field = g_ptr_array_index(message->fields, i);

            if (strcmp(field->name, lower) == 0)
                read_addresses(message, field, addresses, ++n_fields);
        }
        g_hash_table_insert(message->addresses, g_steal_pointer(&lower), addresses);
    }
    *out_n = addresses->len;
    return (const TamisMailAddress *)addresses->data;
}
