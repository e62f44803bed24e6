/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strips HTML, as Pigeonhole does. */
#include "model/html-text.h"

#include <string.h>

static void
append_space(GString *out)
{
    if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c(out, ' ');
}

/* `&amp;` at text; returns what stands behind it, or NULL: it is no entity. */
static const char *
append_entity(GString *out, const char *text, const char *limit)
{
    static const struct {
        const char *name, *value;
    } names[] = {{"amp", "&"},   {"lt", "<"},   {"gt", ">"},
                 {"quot", "\""}, {"apos", "'"}, {"nbsp", "\302\240"}};
    const char *end = memchr(text, ';', (gsize)MIN(limit - text, 12));
    gsize length = end != NULL ? (gsize)(end - text - 1) : 0;

    if (length < 2)
        return NULL;
    if (text[1] == '#') {
        gboolean hex = text[2] == 'x' || text[2] == 'X';
        guint64 code = g_ascii_strtoull(text + (hex ? 3 : 2), NULL, hex ? 16 : 10);

        if (code == 0 || code > 0x10ffff || !g_unichar_validate((gunichar)code))
            return NULL;
        g_string_append_unichar(out, (gunichar)code);
        return end + 1;
    }
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strlen(names[i].name) == length && memcmp(text + 1, names[i].name, length) == 0) {
            g_string_append(out, names[i].value);
            return end + 1;
        }
    }
    return NULL;
}

/* Behind the `>` that ends the tag at text; quoted values are passed over. */
static const char *
tag_end(const char *text, const char *limit)
{
    char quote = '\0';

    for (; text < limit; text++) {
        if (quote != '\0')
            quote = *text == quote ? '\0' : quote;
        else if (*text == '"' || *text == '\'')
            quote = *text;
        else if (*text == '>')
            return text + 1;
    }
    return limit;
}

static gboolean
is_tag(const char *text, const char *limit, const char *name)
{
    gsize length = strlen(name);

    return (gsize)(limit - text) > length && g_ascii_strncasecmp(text, name, length) == 0 &&
           !g_ascii_isalnum(text[length]);
}

/* Behind the end tag; the limit where there is none. */
static const char *
skip_element(const char *text, const char *limit, const char *end_tag)
{
    gsize length = strlen(end_tag);

    for (; (text = memchr(text, '<', (gsize)(limit - text))) != NULL; text++)
        if ((gsize)(limit - text) > length && g_ascii_strncasecmp(text, end_tag, length) == 0)
            return tag_end(text, limit);
    return limit;
}

static const char *
skip_tag(const char *text, const char *limit)
{
    const char *end;

    if (limit - text >= 4 && memcmp(text, "<!--", 4) == 0) {
        end = memmem(text + 4, (gsize)(limit - text - 4), "-->", 3);
        return end != NULL ? end + 3 : limit;
    }
    end = tag_end(text, limit);
    if (is_tag(text, limit, "<script"))
        return skip_element(end, limit, "</script");
    if (is_tag(text, limit, "<style"))
        return skip_element(end, limit, "</style");
    return end;
}

GString *
tamis_html_to_text(const char *html, gsize length)
{
    GString *out = g_string_sized_new(length / 2);
    const char *limit = html + length;

    while (html < limit) {
        const char *behind = NULL;

        if (*html == '<') {
            html = skip_tag(html, limit);
            append_space(out);
            continue;
        }
        if (*html == '&')
            behind = append_entity(out, html, limit);
        if (behind == NULL)
            g_string_append_c(out, *html++);
        else
            html = behind;
    }
    return out;
}
