/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading and writing template form. Looks at characters only; no names are looked up. */
#include "grammar/policy/template-text.h"

#include "grammar/policy/shape.h"

#include <string.h>

static gboolean
starts_with(const char *text, const char *end, const char *prefix)
{
    gsize length = strlen(prefix);
    return (gsize)(end - text) >= length && memcmp(text, prefix, length) == 0;
}

static void
take(const char **cursor, TamisTemplatePart *part, TamisTemplateKind kind, const char *text,
     gsize length_bytes, const char *next)
{
    *part = (TamisTemplatePart){.kind = kind, .text = text, .length_bytes = length_bytes};
    *cursor = next;
}

/* text stands at "${". */
static void
take_placeholder(const char **cursor, const char *end, TamisTemplatePart *part)
{
    const char *text = *cursor, *name = text + 2, *after;
    gsize length = tamis_name_length(name, end), column_length = 0;

    after = name + length;
    if (length > 0 && after < end && *after == '.') {
        column_length = tamis_name_length(after + 1, end);
        after += 1 + column_length;
    }
    if (length > 0 && after < end && *after == '}' && after[-1] != '.') {
        take(cursor, part, column_length > 0 ? TAMIS_TEMPLATE_COLUMN : TAMIS_TEMPLATE_NAME, name,
             length, after + 1);
        if (column_length > 0) {
            part->column = after - column_length;
            part->column_length_bytes = column_length;
        }
        return;
    }
    for (after = name; after < end && *after != '}' && *after != '\n' && *after != '$'; after++)
        continue;
    if (after < end && *after == '}')
        after++;
    take(cursor, part, TAMIS_TEMPLATE_MALFORMED, text, (gsize)(after - text), after);
}

gboolean
tamis_template_next(const char **cursor, const char *end, TamisTemplatePart *out_part)
{
    const char *text = *cursor, *dollar;

    if (text >= end)
        return FALSE;
    if (starts_with(text, end, "$${")) {
        take(cursor, out_part, TAMIS_TEMPLATE_LITERAL, text + 1, 2, text + 3);
        return TRUE;
    }
    if (starts_with(text, end, "${$}")) {
        take(cursor, out_part, TAMIS_TEMPLATE_LITERAL, text + 2, 1, text + 4);
        return TRUE;
    }
    if (starts_with(text, end, "${")) {
        take_placeholder(cursor, end, out_part);
        return TRUE;
    }
    for (dollar = text; (dollar = memchr(dollar, '$', (gsize)(end - dollar))) != NULL; dollar++)
        if (starts_with(dollar, end, "$${") || starts_with(dollar, end, "${"))
            break;
    if (dollar == NULL)
        dollar = end;
    take(cursor, out_part, TAMIS_TEMPLATE_LITERAL, text, (gsize)(dollar - text), dollar);
    return TRUE;
}

void
tamis_template_append_literal(GString *out, const char *text, gsize length_bytes)
{
    const char *end = text + length_bytes;

    while (text < end) {
        const char *brace = memchr(text, '{', (gsize)(end - text));
        if (brace == NULL)
            brace = end;
        g_string_append_len(out, text, brace - text);
        if (brace == end)
            break;
        if (out->len > 0 && out->str[out->len - 1] == '$')
            g_string_append_c(out, '$');
        g_string_append_c(out, '{');
        text = brace + 1;
    }
}

void
tamis_template_append_placeholder(GString *out, const char *text, gsize length_bytes)
{
    gsize dollars = 0;

    while (dollars < out->len && out->str[out->len - 1 - dollars] == '$')
        dollars++;
    g_string_truncate(out, out->len - dollars);
    for (; dollars > 0; dollars--)
        g_string_append(out, "${$}");
    g_string_append(out, "${");
    g_string_append_len(out, text, (gssize)length_bytes);
    g_string_append_c(out, '}');
}
