/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values, lists and dates to text. Strings keep the spelling of the source where there is one. */
#include "grammar/policy/format-state.h"
#include "grammar/policy/lexer.h"
#include "grammar/policy/template-text.h"

#include <string.h>

/* Longer ones would push the values of a block too far from their keywords. */
#define MAX_KEYWORD_WIDTH 14

void
tamis_print_text(TamisPrinter *printer, const char *text)
{
    tamis_pretty_text(printer->pretty, text);
}

/* The spelling of a string in the source, NULL when there is none. */
static const char *
source_spelling(const TamisPrinter *printer, const TamisValue *value)
{
    const char *text;

    if (!printer->is_policy_text || value->span.source != printer->policy->source ||
        (guint64)value->span.offset + value->span.length > printer->length_bytes ||
        value->span.length < 2)
        return NULL;
    text = printer->text + value->span.offset;
    if (text[0] != '"' || text[value->span.length - 1] != '"')
        return NULL;
    if (value->is_block && (value->span.length < 7 || memcmp(text, "\"\"\"", 3) != 0))
        return NULL;
    return text;
}

/* Whether a reader sees the character as what it is. Joiners belong to their script. */
static gboolean
is_visible(gunichar character)
{
    return g_unichar_isprint(character) || character == 0x200c || character == 0x200d;
}

static void
spell_character(GString *out, gunichar character, const char *text, gsize length, gboolean is_last,
                char next, gboolean is_block)
{
    if (character == '\\')
        g_string_append(out, "\\\\");
    else if (character == '"' && (!is_block || next == '"'))
        g_string_append(out, "\\\"");
    else if (character == '\n')
        g_string_append(out, "\\n");
    else if (!is_visible(character) || (is_last && is_block && character == ' '))
        g_string_append_printf(out, "\\u{%x}", (guint)character);
    else
        g_string_append_len(out, text, (gssize)length);
}

static void
spell_literal(GString *out, const TamisTemplatePart *part, const char *end, gboolean is_block)
{
    const char *text = part->text, *stop = text + part->length_bytes;

    if (part->length_bytes == 2 && memcmp(text, "${", 2) == 0) {
        g_string_append(out, "$${");
        return;
    }
    if (part->length_bytes == 1 && *text == '$' && stop < end && *stop == '}') {
        g_string_append(out, "\\u{24}");
        return;
    }
    while (text < stop) {
        gunichar character = 0xfffd;
        gsize length = MAX(tamis_utf8_decode(text, stop, &character), 1);

        spell_character(out, character, text, length, text + length == end,
                        text + length < end ? text[length] : '\n', is_block);
        text += length;
    }
}

/* Source for a text in template form. */
static char *
spell(const char *text, gsize length, gboolean is_block)
{
    GString *out = g_string_new(NULL);
    const char *end = text + length;
    TamisTemplatePart part;

    while (tamis_template_next(&text, end, &part)) {
        if (part.kind == TAMIS_TEMPLATE_LITERAL)
            spell_literal(out, &part, end, is_block);
        else if (part.kind == TAMIS_TEMPLATE_MALFORMED)
            spell_literal(out, &(TamisTemplatePart){.text = "${", .length_bytes = 2}, end,
                          is_block);
        else
            g_string_append_len(out, part.text - 2, text - part.text + 2);
        if (part.kind == TAMIS_TEMPLATE_MALFORMED)
            text = part.text + 2;
    }
    return g_string_free(out, FALSE);
}

static void
print_block_line(TamisPrinter *printer, const char *line, gsize length)
{
    tamis_pretty_break(printer->pretty);
    tamis_pretty_text_length(printer->pretty, line, length);
}

static void
print_block(TamisPrinter *printer, const TamisValue *value)
{
    const char *source = source_spelling(printer, value);

    tamis_pretty_align(printer->pretty);
    tamis_print_text(printer, "\"\"\"");
    if (source != NULL) {
        TamisBlockLines lines;
        const char *line;
        gsize length;

        tamis_block_lines_start(&lines, source + 3, source + value->span.length - 3);
        while (tamis_block_lines_next(&lines, &line, &length))
            print_block_line(printer, line, length);
    } else if (value->length_bytes > 0) {
        const char *line = value->text, *end = line + value->length_bytes, *stop;

        for (;; line = stop + 1) {
            g_autofree char *text = NULL;

            stop = memchr(line, '\n', (gsize)(end - line));
            text = spell(line, (gsize)((stop != NULL ? stop : end) - line), TRUE);
            tamis_pretty_break(printer->pretty);
            tamis_pretty_copy(printer->pretty, text);
            if (stop == NULL)
                break;
        }
    }
    tamis_pretty_break(printer->pretty);
    tamis_print_text(printer, "\"\"\"");
    tamis_pretty_unalign(printer->pretty);
}

static void
print_string(TamisPrinter *printer, const TamisValue *value)
{
    const char *source = source_spelling(printer, value);
    g_autofree char *text = NULL;

    if (source != NULL) {
        tamis_pretty_text_length(printer->pretty, source, value->span.length);
        return;
    }
    text = spell(value->text, value->length_bytes, FALSE);
    tamis_print_text(printer, "\"");
    tamis_pretty_copy(printer->pretty, text);
    tamis_print_text(printer, "\"");
}

void
tamis_print_value(TamisPrinter *printer, const TamisValue *value)
{
    if (value->kind != TAMIS_VALUE_STRING)
        tamis_pretty_text_length(printer->pretty, value->text, value->length_bytes);
    else if (value->is_block)
        print_block(printer, value);
    else
        print_string(printer, value);
    tamis_printer_close_comments(printer, value->span);
}

void
tamis_print_padding(TamisPrinter *printer, const char *text, guint width)
{
    if (width > MAX_KEYWORD_WIDTH)
        width = 0;
    for (gsize i = strlen(text); i < width; i++)
        tamis_print_text(printer, " ");
}

void
tamis_print_keyword(TamisPrinter *printer, const char *keyword, guint width)
{
    tamis_print_text(printer, keyword);
    tamis_print_padding(printer, keyword, width);
}

void
tamis_print_setting(TamisPrinter *printer, const char *keyword, guint width,
                    const TamisValue *value)
{
    tamis_print_keyword(printer, keyword, width);
    tamis_print_text(printer, " ");
    tamis_print_value(printer, value);
    tamis_print_text(printer, ";");
}

void
tamis_print_values(TamisPrinter *printer, const TamisValue *values, TamisGap first)
{
    for (const TamisValue *value = values; value != NULL; value = value->next) {
        tamis_printer_gap(printer, value->span,
                          value == values || first == TAMIS_GAP_ENTRY ? first : TAMIS_GAP_LINE);
        tamis_print_value(printer, value);
        if (value->next != NULL)
            tamis_print_text(printer, ",");
    }
}

void
tamis_print_list(TamisPrinter *printer, const TamisValue *values, int indent)
{
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, indent);
    tamis_print_values(printer, values, TAMIS_GAP_LINE);
    tamis_pretty_indent(printer->pretty, -indent);
    tamis_pretty_close(printer->pretty);
}

void
tamis_print_duration(TamisPrinter *printer, const TamisDuration *duration)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT " %s%s", duration->number,
                                            duration->unit == TAMIS_UNIT_DAYS ? "day" : "hour",
                                            duration->number == 1 ? "" : "s");
    tamis_pretty_copy(printer->pretty, text);
}

void
tamis_print_date(TamisPrinter *printer, const TamisDate *date)
{
    tamis_print_value(printer, date->base);
    if (date->sign != 0) {
        tamis_print_text(printer, date->sign > 0 ? " + " : " - ");
        tamis_print_duration(printer, &date->duration);
    }
}
