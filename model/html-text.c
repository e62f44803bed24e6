/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One state for each kind of place in HTML; what cannot be told from another thing yet is held until more comes. */
#include "model/html-text.h"

#include "model/html-entities.h"

#include <string.h>

/* So many characters tell what a `<` begins, and an entity's name with its `;` is no longer. */
enum { MAX_TAG_NAME = 12, MAX_ENTITY = 10 };

typedef enum {
    IN_TEXT,
    IN_TAG,
    IN_QUOTES,
    BEHIND_BACKSLASH, /* in quotes */
    IN_COMMENT,
    IN_COMMENT_END, /* behind `--` */
    IN_SCRIPT,
    IN_STYLE,
    IN_CDATA,
} Place;

typedef enum { IS_NOT, IS, MAY_BE } Finding;

void
tamis_html_text_init(TamisHtmlText *text)
{
    *text = (TamisHtmlText){.held = g_string_new(NULL), .state = IN_TEXT, .ends_in_space = TRUE};
}

void
tamis_html_text_clear(TamisHtmlText *text)
{
    g_string_free(text->held, TRUE);
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
append(TamisHtmlText *text, GString *out, const char *piece, gsize length)
{
    if (length == 0)
        return;
    g_string_append_len(out, piece, (gssize)length);
    text->ends_in_space = piece[length - 1] == ' ';
}

static void
append_space(TamisHtmlText *text, GString *out)
{
    if (!text->ends_in_space)
        append(text, out, " ", 1);
}

/* Whether the text begins with that, in any case. */
static Finding
find_at(const char *html, gsize length, const char *wanted)
{
    gsize n = MIN(length, strlen(wanted));

    if (g_ascii_strncasecmp(html, wanted, n) != 0)
        return IS_NOT;
    return n == strlen(wanted) ? IS : MAY_BE;
}

/* The number, where all of it is digits and it is one of Unicode. */
static gboolean
read_number(const char *digits, guint base, gunichar *out_number)
{
    guint64 number = 0;

    if (!g_ascii_isxdigit(*digits) ||
        !g_ascii_string_to_unsigned(digits, base, 0, 0x10ffff, &number, NULL) ||
        (number >= 0xd800 && number < 0xe000))
        return FALSE;
    *out_number = (gunichar)number;
    return TRUE;
}

static void
append_entity(TamisHtmlText *text, GString *out, const char *name)
{
    gunichar character = tamis_html_entity(name);
    char utf8[6];

    if (character == 0 &&
        (name[0] != '#' || !(name[1] == 'x' ? read_number(name + 2, 16, &character)
                                            : read_number(name + 1, 10, &character))))
        return;
    append(text, out, utf8, (gsize)g_unichar_to_utf8(character, utf8));
}

/* These return how much of the text they have read; 0: more has to come first. ------------------- */

/* At a `&`. One that begins no entity is lost. */
static gsize
read_entity(TamisHtmlText *text, const char *html, gsize length, GString *out)
{
    char name[MAX_ENTITY];
    gsize n = 0;

    for (; n + 1 < length && html[n + 1] != ';'; n++) {
        if (n == MAX_ENTITY || is_blank(html[n + 1]))
            return 1;
        if (n < sizeof name)
            name[n] = html[n + 1];
    }
    if (n + 1 == length)
        return 0;
    if (n >= MAX_ENTITY)
        return 1;
    name[n] = '\0';
    append_entity(text, out, name);
    return n + 2;
}

/* Whether it is an element's name, with what ends it. */
static gboolean
is_element(const char *name, gsize length, const char *wanted)
{
    gsize n = strlen(wanted);

    return length > n && find_at(name, length, wanted) == IS &&
           (is_blank(name[n]) || name[n] == '>');
}

/* At a `<`. */
static gsize
read_tag_start(TamisHtmlText *text, const char *html, gsize length)
{
    const char *name = html + 1;
    gsize left = length - 1, n = 0;

    text->state = IN_TAG;
    if (left >= 3 && memcmp(name, "!--", 3) == 0) {
        text->state = IN_COMMENT;
        return 4;
    }
    if (is_element(name, left, "script")) {
        text->state = IN_SCRIPT;
        return 8;
    }
    if (is_element(name, left, "style")) {
        text->state = IN_STYLE;
        return 7;
    }
    if (find_at(name, left, "![CDATA[") == IS) {
        text->state = IN_CDATA;
        return 9;
    }
    while (n < left && !is_blank(name[n]) && name[n] != '>')
        n++;
    if (n < left || left >= MAX_TAG_NAME)
        return 1;
    text->state = IN_TEXT;
    return 0;
}

static gsize
read_text(TamisHtmlText *text, const char *html, gsize length, GString *out)
{
    gsize n = 0;

    while (n < length && html[n] != '<' && html[n] != '&')
        n++;
    append(text, out, html, n);
    if (n > 0)
        return n;
    return *html == '<' ? read_tag_start(text, html, length) : read_entity(text, html, length, out);
}

static gsize
read_in_tag(TamisHtmlText *text, const char *html, gsize length, GString *out)
{
    gsize n = 0;

    for (; n < length && text->state != IN_TEXT; n++) {
        char c = html[n];

        if (text->state == BEHIND_BACKSLASH) {
            text->state = IN_QUOTES;
        } else if (text->state == IN_QUOTES) {
            text->state = c == text->quote ? IN_TAG : c == '\\' ? BEHIND_BACKSLASH : IN_QUOTES;
        } else if (c == '"' || c == '\'') {
            text->quote = c;
            text->state = IN_QUOTES;
        } else if (c == '>') {
            text->state = IN_TEXT;
            append_space(text, out);
        }
    }
    return n;
}

static gsize
read_comment(TamisHtmlText *text, const char *html, gsize length)
{
    if (text->state == IN_COMMENT_END) {
        text->state = *html == '>' ? IN_TEXT : is_blank(*html) ? IN_COMMENT_END : IN_COMMENT;
        return 1;
    }
    if (*html != '-')
        return 1;
    if (length < 2)
        return 0;
    if (html[1] != '-')
        return 1;
    text->state = IN_COMMENT_END;
    return 2;
}

/* Up to the end of a script, a style sheet or a CDATA section. */
static gsize
read_to_end(TamisHtmlText *text, const char *html, gsize length, GString *out)
{
    const char *end = text->state == IN_SCRIPT  ? "</script>"
                      : text->state == IN_STYLE ? "</style>"
                                                : "]]>";
    const char *found = memchr(html, *end, length);
    gsize n = found != NULL ? (gsize)(found - html) : length;
    Finding finding = n == 0 ? find_at(html, length, end) : IS_NOT;

    if (finding == MAY_BE)
        return 0;
    if (finding == IS) {
        if (text->state != IN_CDATA)
            append_space(text, out);
        text->state = IN_TEXT;
        return strlen(end);
    }
    n = MAX(n, 1);
    if (text->state == IN_CDATA)
        append(text, out, html, n);
    return n;
}

static gsize
read_one(TamisHtmlText *text, const char *html, gsize length, GString *out)
{
    switch ((Place)text->state) {
    case IN_TEXT:
        return read_text(text, html, length, out);
    case IN_TAG:
    case IN_QUOTES:
    case BEHIND_BACKSLASH:
        return read_in_tag(text, html, length, out);
    case IN_COMMENT:
    case IN_COMMENT_END:
        return read_comment(text, html, length);
    case IN_SCRIPT:
    case IN_STYLE:
    case IN_CDATA:
        return read_to_end(text, html, length, out);
    }
    g_assert_not_reached();
}

/* Returns how much of it needs nothing more. */
static gsize
read_all(TamisHtmlText *text, const char *html, gsize length, GString *out)
{
    gsize at = 0, n = 1;

    while (at < length && n > 0)
        at += n = read_one(text, html + at, length - at, out);
    return at;
}

void
tamis_html_text_step(TamisHtmlText *text, const char *html, gsize length, GString *out)
{
    /* What is held is short, and little more of the text decides on it. */
    while (text->held->len > 0 && length > 0) {
        gsize held = text->held->len, more = MIN(length, 2 * MAX_TAG_NAME), n;

        g_string_append_len(text->held, html, (gssize)more);
        n = read_all(text, text->held->str, text->held->len, out);
        if (n >= held) {
            html += n - held;
            length -= n - held;
            g_string_truncate(text->held, 0);
        } else {
            html += more;
            length -= more;
            g_string_erase(text->held, 0, (gssize)n);
        }
    }
    gsize n = read_all(text, html, length, out);
    g_string_append_len(text->held, html + n, (gssize)(length - n));
}
