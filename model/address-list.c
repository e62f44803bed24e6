/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads an address list as Dovecot 2.3 does. What an entry is, is known when its phrase has ended: at a colon it
 * was a group's name, at a `<` that of a mailbox, else there was none. */
#include "model/address-list.h"

#include "model/field-words.h"

typedef struct {
    TamisFieldReader reader;
    GString *local, *domain, *phrase;
    TamisTakeAddress take;
    gpointer data;
} List;

/* Words and dots. FALSE: it does not begin so, something does not end, or nothing follows. */
static gboolean
read_phrase(List *list)
{
    TamisFieldReader *reader = &list->reader;

    g_string_truncate(list->phrase, 0);
    if (tamis_field_peek(reader) == '.')
        return FALSE;
    for (char c; tamis_is_atom_char(c = tamis_field_peek(reader)) || c == '"' || c == '.';) {
        if (c == '.') {
            g_string_append_c(list->phrase, c);
            reader->at++;
            if (!tamis_field_skip_blanks(reader))
                return FALSE;
        } else if (!(c == '"' ? tamis_field_read_quoted(reader, list->phrase)
                              : tamis_field_read_atom(reader, list->phrase))) {
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

/* Behind the `@`: atoms and dots, blanks between them, or a literal. */
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
        if (!tamis_field_skip_blanks(reader))
            return FALSE;
        if (tamis_is_atom_char(tamis_field_peek(reader)) &&
            !tamis_field_read_atom(reader, list->domain))
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

/* Behind the `<`. */
static gboolean
read_angle(List *list)
{
    TamisFieldReader *reader = &list->reader;
    gboolean whole;

    if (!tamis_field_skip_blanks(reader) || !skip_route(list))
        return FALSE;
    whole = tamis_field_peek(reader) != '>' && read_local(list) && tamis_field_take(reader, '@') &&
            read_domain(list);
    return tamis_field_take(reader, '>') && tamis_field_skip_blanks(reader) && whole;
}

/* What has no domain is a name, with the words that follow it. */
static gboolean
read_bare(List *list)
{
    TamisFieldReader *reader = &list->reader;
    gboolean has_local = read_local(list);

    if (!tamis_field_take(reader, '@')) {
        read_phrase(list);
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

static void
read_mailbox(List *list)
{
    const char *start = list->reader.at;
    gboolean whole;

    if (read_phrase(list) && tamis_field_take(&list->reader, '<')) {
        whole = read_angle(list);
    } else {
        list->reader.at = start;
        whole = read_bare(list);
    }
    if (whole && is_printable(list->local) && list->domain->len > 0)
        list->take(list->local->str, list->domain->str, list->data);
}

/* FALSE: it is none. */
static gboolean
read_group(List *list)
{
    TamisFieldReader *reader = &list->reader;

    if (!read_phrase(list) || !tamis_field_take(reader, ':'))
        return FALSE;
    if (!tamis_field_skip_blanks(reader))
        return TRUE;
    while (reader->at < reader->end && *reader->at != ';') {
        read_mailbox(list);
        if (!tamis_field_take(reader, ',') || !tamis_field_skip_blanks(reader))
            break;
    }
    if (tamis_field_take(reader, ';'))
        tamis_field_skip_blanks(reader);
    return TRUE;
}

static void
read_entries(List *list)
{
    for (guint n = 0; n < TAMIS_MAX_ADDRESS_ENTRIES; n++) {
        const char *start = list->reader.at;

        if (!read_group(list)) {
            list->reader.at = start;
            read_mailbox(list);
        }
        if (!tamis_field_take(&list->reader, ',') || !tamis_field_skip_blanks(&list->reader) ||
            list->reader.at == list->reader.end)
            break;
    }
}

gboolean
tamis_address_list_read(const char *text, gsize length_bytes, TamisTakeAddress take, gpointer data)
{
    List list = {{text, text + length_bytes},
                 g_string_new(NULL),
                 g_string_new(NULL),
                 g_string_new(NULL),
                 take,
                 data};
    gboolean has_entry = tamis_field_skip_blanks(&list.reader) && list.reader.at < list.reader.end;

    if (has_entry)
        read_entries(&list);
    g_string_free(list.local, TRUE);
    g_string_free(list.domain, TRUE);
    g_string_free(list.phrase, TRUE);
    return has_entry;
}
