/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads an address list as Dovecot 2.3 does. What an entry is, is known when its phrase has ended: at a colon it
 * was a group's name, at a `<` that of a mailbox, else there was none. */
#include "model/address-list.h"

#include "model/field-words.h"

typedef struct {
    TamisFieldReader reader;
    GString *local,
        *domain; /* never longer than the field, for which they have room: they do not grow */
    TamisTakeAddress take;
    gpointer data;
} List;

/* Over words and dots. FALSE: it does not begin so, something does not end, or nothing follows. */
static gboolean
skip_phrase(TamisFieldReader *reader)
{
    if (tamis_field_peek(reader) == '.')
        return FALSE;
    for (char c; tamis_is_atom_char(c = tamis_field_peek(reader)) || c == '"' || c == '.';) {
        if (c == '.') {
            reader->at++;
            if (!tamis_field_skip_blanks(reader))
                return FALSE;
        } else if (!(c == '"' ? tamis_field_read_quoted(reader, NULL)
                              : tamis_field_read_atom(reader, NULL))) {
            return FALSE;
        }
    }
    return reader->at < reader->end;
}

/* Mailboxes have dots anywhere (some in Japan do). */
static gboolean
read_local(List *list)
{
    TamisFieldReader *reader = &list->reader;
    gboolean found = FALSE;

    g_string_truncate(list->local, 0);
    if (tamis_field_peek(reader) == '"')
        return tamis_field_read_quoted(reader, list->local);
    do {
        while (tamis_field_take(reader, '.')) {
            g_string_append_c(list->local, '.');
            found = TRUE;
        }
        if (tamis_field_peek(reader) == '@')
            return found;
        if (!tamis_field_read_atom(reader, list->local))
            return FALSE;
    } while (tamis_field_peek(reader) == '.');
    return TRUE;
}

/* Behind the `@`: atoms with a dot between two of them, and blanks, or a literal. */
static gboolean
read_domain(List *list)
{
    TamisFieldReader *reader = &list->reader;

    g_string_truncate(list->domain, 0);
    if (!tamis_field_skip_blanks(reader))
        return FALSE;
    if (tamis_field_peek(reader) == '[')
        return tamis_field_read_literal(reader, list->domain);
    if (!tamis_field_read_atom(reader, list->domain))
        return FALSE;
    while (tamis_field_take(reader, '.')) {
        g_string_append_c(list->domain, '.');
        if (!tamis_field_skip_blanks(reader) || !tamis_field_read_atom(reader, list->domain))
            return FALSE;
    }
    return TRUE;
}

/* `@a,@b:` of old; without its colon it is passed over as well. */
static gboolean
skip_route(List *list)
{
    TamisFieldReader *reader = &list->reader;

    if (tamis_field_peek(reader) != '@')
        return TRUE;
    while (tamis_field_take(reader, '@')) {
        if (!read_domain(list))
            break;
        while (tamis_field_take(reader, ','))
            if (!tamis_field_skip_blanks(reader))
                return FALSE;
    }
    tamis_field_take(reader, ':');
    return tamis_field_skip_blanks(reader);
}

/* Behind the `<`. What is broken ends where it is; what only lacks a part is passed over. */
static gboolean
read_angle(List *list)
{
    TamisFieldReader *reader = &list->reader;
    gboolean has_domain = FALSE;

    if (!tamis_field_skip_blanks(reader) || !skip_route(list))
        return FALSE;
    if (tamis_field_peek(reader) != '>') {
        if (!read_local(list))
            return FALSE;
        has_domain = tamis_field_take(reader, '@');
        if (has_domain && !read_domain(list))
            return FALSE;
    }
    return tamis_field_take(reader, '>') && tamis_field_skip_blanks(reader) && has_domain;
}

/* What has no domain is a name, with the words that follow it. */
static gboolean
read_bare(List *list)
{
    TamisFieldReader *reader = &list->reader;
    gboolean has_local = read_local(list);

    if (!tamis_field_take(reader, '@')) {
        skip_phrase(&list->reader);
        return FALSE;
    }
    return read_domain(list) && has_local;
}

static gboolean
is_printable(const GString *text)
{
    for (gsize i = 0; i < text->len; i++)
        if (text->str[i] < ' ' || text->str[i] > '~')
            return FALSE;
    return text->len > 0;
}

/* Behind its phrase, if that has ended well; it began at start. */
static void
read_mailbox(List *list, const char *start, gboolean has_phrase)
{
    gboolean whole;

    if (has_phrase && tamis_field_take(&list->reader, '<')) {
        whole = read_angle(list);
    } else {
        list->reader.at = start;
        whole = read_bare(list);
    }
    if (whole && is_printable(list->local) && list->domain->len > 0)
        list->take(list->local->str, list->domain->str, list->data);
}

/* Behind the colon. */
static void
read_group(List *list)
{
    TamisFieldReader *reader = &list->reader;

    if (!tamis_field_skip_blanks(reader))
        return;
    while (reader->at < reader->end && *reader->at != ';') {
        const char *start = reader->at;

        read_mailbox(list, start, skip_phrase(reader));
        if (!tamis_field_take(reader, ',') || !tamis_field_skip_blanks(reader))
            break;
    }
    if (tamis_field_take(reader, ';'))
        tamis_field_skip_blanks(reader);
}

static void
read_entries(List *list)
{
    for (guint n = 0; n < TAMIS_MAX_ADDRESS_ENTRIES; n++) {
        TamisFieldReader *reader = &list->reader;
        const char *start = reader->at;
        gboolean has_phrase = skip_phrase(reader);

        if (has_phrase && tamis_field_take(reader, ':'))
            read_group(list);
        else
            read_mailbox(list, start, has_phrase);
        if (!tamis_field_take(reader, ',') || !tamis_field_skip_blanks(reader) ||
            reader->at == reader->end)
            break;
    }
}

gboolean
tamis_address_list_read(const char *text, gsize length_bytes, TamisTakeAddress take, gpointer data)
{
    gsize room = length_bytes + 2;
    char small[512];
    g_autofree char *large = 2 * room > sizeof small ? g_malloc(2 * room) : NULL;
    char *buffer = large != NULL ? large : small;
    GString local = {buffer, 0, room}, domain = {buffer + room, 0, room};
    List list = {{text, text + length_bytes}, &local, &domain, take, data};
    gboolean has_entry = tamis_field_skip_blanks(&list.reader) && list.reader.at < list.reader.end;

    if (has_entry)
        read_entries(&list);
    return has_entry;
}
