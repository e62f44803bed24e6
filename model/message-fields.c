/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Splits header blocks, without copying. A line that is no field is passed over, as engines do. */
#include "model/message-fields.h"

#include <string.h>

/* FNV-1a of the small letters. */
guint32
tamis_field_hash(const char *name, gsize length)
{
    guint32 hash = 2166136261u;

    for (gsize i = 0; i < length; i++)
        hash = (hash ^ (guchar)g_ascii_tolower(name[i])) * 16777619u;
    return hash;
}

gboolean
tamis_field_is_named(const TamisField *field, guint32 hash, const char *name, gsize length)
{
    return field->hash == hash && field->name_length == length &&
           g_ascii_strncasecmp(field->name, name, length) == 0;
}

static gsize
line_end(const char *text, gsize length, gsize at)
{
    const char *newline = memchr(text + at, '\n', length - at);

    return newline != NULL ? (gsize)(newline - text) + 1 : length;
}

static gsize
content_end(const char *text, gsize start, gsize end)
{
    if (end > start && text[end - 1] == '\n')
        end--;
    else
        return end;
    return end > start && text[end - 1] == '\r' ? end - 1 : end;
}

gboolean
tamis_field_read(const char *text, gsize length, TamisField *out_field)
{
    const char *colon = memchr(text, ':', length), *value, *end;
    gsize n = colon != NULL ? (gsize)(colon - text) : 0;

    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    if (n == 0 || n > TAMIS_HEADER_MAX_NAME_BYTES || memchr(text, ' ', n) != NULL)
        return FALSE;
    value = colon + 1;
    end = text + content_end(text, 0, length);
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    *out_field = (TamisField){.name = text,
                              .raw = value,
                              .name_length = (guint32)n,
                              .raw_length = (guint32)(MAX(end, value) - value),
                              .size_bytes = (guint32)length,
                              .hash = tamis_field_hash(text, n)};
    return TRUE;
}

/* As far as room is left for its value. */
static void
take_field(TamisFieldBlock *block, const char *text, gsize length, gsize *room)
{
    TamisField field;

    if (!tamis_field_read(text, length, &field))
        return;
    field.raw_length = (guint32)MIN(field.raw_length, *room);
    *room -= field.raw_length;
    g_array_append_val(block->fields, field);
}

/* FALSE: it has more fields than that. */
static gboolean
split(TamisFieldBlock *block, const char *text, gsize length, guint max_fields)
{
    gsize at = 0, room = TAMIS_HEADER_MAX_VALUE_BYTES;

    if (length >= 5 && memcmp(text, "From ", 5) == 0) /* an mbox separator */
        at = line_end(text, length, 0);
    while (at < length) {
        gsize start = at, end = line_end(text, length, at);

        at = end;
        block->is_closed = content_end(text, start, end) == start;
        if (block->is_closed)
            break;
        while (at < length && (text[at] == ' ' || text[at] == '\t'))
            at = line_end(text, length, at);
        if (block->fields->len == max_fields)
            return FALSE;
        take_field(block, text + start, at - start, &room);
    }
    block->length_bytes = at;
    return TRUE;
}

/* From behind, so that a bucket has its fields in order. */
static void
fill_buckets(TamisFieldBlock *block)
{
    guint32 n = 16;

    while (n < block->fields->len)
        n *= 2;
    block->mask = n - 1;
    block->first = g_new0(guint32, n);
    for (guint32 i = block->fields->len; i > 0; i--) {
        TamisField *field = &g_array_index(block->fields, TamisField, i - 1);
        guint32 *first = &block->first[field->hash & block->mask];

        field->next = *first;
        *first = i;
    }
}

static void
clear_field(gpointer data)
{
    g_free(((TamisField *)data)->value);
}

TamisFieldBlock *
tamis_field_block_new(const char *text, gsize length, guint max_fields)
{
    TamisFieldBlock *block = g_new0(TamisFieldBlock, 1);
    const char *newline = length > 0 ? memchr(text, '\n', length) : NULL;

    g_atomic_ref_count_init(&block->references);
    block->fields = g_array_new(FALSE, FALSE, sizeof(TamisField));
    g_array_set_clear_func(block->fields, clear_field);
    block->has_crlf = newline != NULL && newline > text && newline[-1] == '\r';
    if (!split(block, text, length, max_fields)) {
        tamis_field_block_unref(block);
        return NULL;
    }
    fill_buckets(block);
    return block;
}

TamisFieldBlock *
tamis_field_block_ref(TamisFieldBlock *block)
{
    g_atomic_ref_count_inc(&block->references);
    return block;
}

void
tamis_field_block_unref(TamisFieldBlock *block)
{
    if (!g_atomic_ref_count_dec(&block->references))
        return;
    g_array_unref(block->fields);
    g_free(block->first);
    g_free(block);
}
