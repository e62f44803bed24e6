/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Modifiers in the order of their precedence. What they make longer ends before the first character that has no room. */
#include "compiler/variable-value.h"

#include <string.h>

/* As Dovecot cuts (lib/unichar.c): where a character begins right behind the limit, the one before it is lost too, if it
 * has several bytes. */
static void
cut(GString *text, gsize max_bytes)
{
    gsize n = max_bytes;

    if (text->len <= max_bytes)
        return;
    if ((guchar)text->str[n] >= 0x80) {
        while (n > 0 && ((guchar)text->str[n - 1] & 0xc0) == 0x80)
            n--;
        if (n > 0 && ((guchar)text->str[n - 1] & 0xc0) == 0xc0)
            n--;
    }
    g_string_truncate(text, n);
}

/* Of the character at a place of the text, valid or not. */
static gsize
character_bytes(const GString *text, gsize at)
{
    guchar first = (guchar)text->str[at];
    gsize n = first < 0xc2 || first >= 0xfe ? 1 : MAX(2, (gsize)g_utf8_skip[first]);

    return MIN(n, text->len - at);
}

static void
quote_each(GString *text, const char *special, gsize max_bytes)
{
    g_autoptr(GString) quoted = g_string_sized_new(text->len + 16);

    for (gsize at = 0, n; at < text->len; at += n) {
        gboolean is_special = text->str[at] != '\0' && strchr(special, text->str[at]) != NULL;

        n = character_bytes(text, at);
        if (quoted->len + n + is_special > max_bytes)
            break;
        if (is_special)
            g_string_append_c(quoted, '\\');
        g_string_append_len(quoted, text->str + at, (gssize)n);
    }
    g_string_assign(text, quoted->str);
}

static void
encode_url(GString *text, gsize max_bytes)
{
    g_autoptr(GString) encoded = g_string_sized_new(text->len + 32);

    for (gsize at = 0, n; at < text->len; at += n) {
        gboolean is_plain = g_ascii_isalnum(text->str[at]) ||
                            (text->str[at] != '\0' && strchr("-._~", text->str[at]) != NULL);

        n = character_bytes(text, at);
        if (encoded->len + (is_plain ? 1 : 3 * n) > max_bytes)
            break;
        if (is_plain)
            g_string_append_c(encoded, text->str[at]);
        for (gsize i = 0; !is_plain && i < n; i++)
            g_string_append_printf(encoded, "%%%02X", (guchar)text->str[at + i]);
    }
    g_string_assign(text, encoded->str);
}

static void
measure(GString *text, gboolean in_bytes)
{
    glong length = !in_bytes && g_utf8_validate(text->str, (gssize)text->len, NULL)
                       ? g_utf8_strlen(text->str, (gssize)text->len)
                       : (glong)text->len;

    g_string_printf(text, "%ld", length);
}

void
tamis_variable_value_make(GString *text, const TamisSieveBound *bound,
                          const TamisValueManner *manner)
{
    gsize limit = manner->max_bytes > 0 ? manner->max_bytes : G_MAXSIZE;

    cut(text, limit);
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_LOWER) != NULL)
        g_string_ascii_down(text);
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_UPPER) != NULL)
        g_string_ascii_up(text);
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_LOWERFIRST) != NULL && text->len > 0)
        text->str[0] = g_ascii_tolower(text->str[0]);
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_UPPERFIRST) != NULL && text->len > 0)
        text->str[0] = g_ascii_toupper(text->str[0]);
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_QUOTEWILDCARD) != NULL)
        quote_each(text, "*?\\", limit);
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_QUOTEREGEX) != NULL)
        quote_each(text, "\\^$.[]|()*+?{}", limit);
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_ENCODEURL) != NULL)
        encode_url(text, limit);
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_LENGTH) != NULL)
        measure(text, manner->counts_bytes);
}
