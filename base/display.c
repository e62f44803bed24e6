/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What may be shown as it is, and its width. */
#include "base/display.h"

#include <string.h>

#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER     0x200d

/* Joiners are part of how some scripts are written; the other format characters hide or reorder. */
static gboolean
is_harmless(gunichar character)
{
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
        return FALSE;
    case G_UNICODE_FORMAT:
        return character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER;
    default:
        return TRUE;
    }
}

static guint
count_cells(gunichar character)
{
    if (g_unichar_iszerowidth(character))
        return 0;
    return g_unichar_iswide(character) ? 2 : 1;
}

gsize
tamis_display_character(GString *out, const char *text, gsize length_bytes, guint column,
                        guint *out_cells)
{
    gunichar character = g_utf8_get_char_validated(text, (gssize)MIN(length_bytes, 6));
    gsize before = out->len;
    gsize used_bytes = 1;
    guint cells;

    if (*text == '\t') {
        cells = TAMIS_DISPLAY_TAB - column % TAMIS_DISPLAY_TAB;
        g_string_append_printf(out, "%*s", (int)cells, "");
    } else if (character == (gunichar)-1 || character == (gunichar)-2) {
        g_string_append_printf(out, "\\x%02x", (guint)(guchar)*text);
        cells = (guint)(out->len - before);
    } else {
        used_bytes = *text == '\0' ? 1 : (gsize)(g_utf8_next_char(text) - text);
        if (is_harmless(character)) {
            g_string_append_len(out, text, (gssize)used_bytes);
            cells = count_cells(character);
        } else {
            g_string_append_printf(out, "\\u{%x}", character);
            cells = (guint)(out->len - before);
        }
    }
    if (out_cells != NULL)
        *out_cells = cells;
    return used_bytes;
}

/* Gives the cells that it takes. */
static guint
append_text(GString *out, const char *text, gsize length_bytes)
{
    guint column = 0;
    guint cells;

    while (length_bytes > 0) {
        gsize used_bytes = tamis_display_character(out, text, length_bytes, column, &cells);
        text += used_bytes;
        length_bytes -= used_bytes;
        column += cells;
    }
    return column;
}

void
tamis_display_text(GString *out, const char *text, gssize length_bytes)
{
    append_text(out, text, length_bytes < 0 ? strlen(text) : (gsize)length_bytes);
}

char *
tamis_display_dup(const char *text)
{
    GString *out = g_string_new(NULL);

    tamis_display_text(out, text, -1);
    return g_string_free(out, FALSE);
}

guint
tamis_display_cells(const char *text)
{
    g_autoptr(GString) shown = g_string_new(NULL);

    return append_text(shown, text, strlen(text));
}
