/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the values of Content-Type and Content-Transfer-Encoding. */
#include "model/content-fields.h"

#include "model/message-private.h"

#include <string.h>

enum { MAX_BOUNDARY_BYTES = 80, MAX_SECTIONS = 100 };

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Passes over blanks and comments (RFC 5322, 3.2.2). FALSE: a comment has no end. */
static gboolean
skip_blanks(const char **at)
{
    guint depth = 0;

    for (; **at != '\0' && (depth > 0 || **at == '(' || is_blank(**at)); (*at)++) {
        if (depth > 0 && **at == '\\' && (*at)[1] != '\0')
            (*at)++;
        else if (**at == '(')
            depth++;
        else if (**at == ')')
            depth--;
    }
    return depth == 0;
}

/* Appends a token (RFC 2045, 5.1), to which 8-bit characters belong, and passes over what skip_blanks does. */
static gboolean
read_token(const char **at, GString *out)
{
    const char *start = *at;

    while ((guchar) * *at > ' ' && **at != 0x7f && strchr("()<>@,;:\\\"/[]?=", **at) == NULL)
        (*at)++;
    g_string_append_len(out, start, *at - start);
    return skip_blanks(at);
}

/* At the first quote. FALSE: it has no end. */
static gboolean
read_quoted(const char **at, GString *out)
{
    for ((*at)++; **at != '"'; (*at)++) {
        if (**at == '\\' && (*at)[1] != '\0')
            (*at)++;
        if (**at == '\0')
            return FALSE;
        g_string_append_c(out, **at);
    }
    (*at)++;
    return skip_blanks(at);
}

/* Type, slash, subtype, and nothing else before the parameters. */
static gboolean
read_type(const char **at, GString *type)
{
    gsize n;

    if (!skip_blanks(at) || !read_token(at, type) || type->len == 0 || **at != '/')
        return FALSE;
    (*at)++;
    g_string_append_c(type, '/');
    n = type->len;
    return skip_blanks(at) && read_token(at, type) && type->len > n &&
           (**at == ';' || **at == '\0');
}

/* `; name=value`. FALSE: it is none from where it stopped. */
static gboolean
read_parameter(const char **at, GString *name, GString *value)
{
    g_string_truncate(name, 0);
    g_string_truncate(value, 0);
    if (**at != ';')
        return FALSE;
    (*at)++;
    if (!skip_blanks(at) || !read_token(at, name) || **at != '=')
        return FALSE;
    (*at)++;
    if (!skip_blanks(at))
        return FALSE;
    if (**at == '"')
        return read_quoted(at, value);
    if (**at != '=')
        return read_token(at, value);
    while (**at != '\0' && **at != ';' && !is_blank(**at)) /* =?utf-8?…?=, which is an error */
        g_string_append_c(value, *(*at)++);
    return TRUE;
}

/* Whether it is `wanted*7`, a section of the value (RFC 2231, 3). Of `wanted*7*`, in another charset, engines do not
 * look at the value. */
static gboolean
is_section(const char *name, const char *wanted, guint *out_section)
{
    gsize n = strlen(wanted);
    guint64 section = 0;

    if (g_ascii_strncasecmp(name, wanted, n) != 0 || name[n] != '*' ||
        !g_ascii_string_to_unsigned(name + n + 1, 10, 0, MAX_SECTIONS - 1, &section, NULL))
        return FALSE;
    *out_section = (guint)section;
    return TRUE;
}

/* Caller frees. NULL: one is missing, or there is none. */
static char *
join_sections(char *const *sections)
{
    g_autoptr(GString) whole = g_string_new(NULL);
    guint n = 0;

    for (; n < MAX_SECTIONS && sections[n] != NULL; n++)
        g_string_append(whole, sections[n]);
    for (guint i = n; i < MAX_SECTIONS; i++)
        if (sections[i] != NULL)
            return NULL;
    return n > 0 ? g_string_free(g_steal_pointer(&whole), FALSE) : NULL;
}

/* Of the parameters at text. Caller frees; NULL: there is none of that name. */
static char *
find_parameter(const char *text, const char *wanted)
{
    g_autoptr(GString) name = g_string_new(NULL), value = g_string_new(NULL);
    char *sections[MAX_SECTIONS] = {NULL}, *found = NULL;
    guint section;

    while (*text != '\0' && found == NULL) {
        if (!read_parameter(&text, name, value))
            text += *text != '\0'; /* and on behind that */
        else if (g_ascii_strcasecmp(name->str, wanted) == 0)
            found = g_strdup(value->str);
        else if (is_section(name->str, wanted, &section) && sections[section] == NULL)
            sections[section] = g_strdup(value->str);
    }
    if (found == NULL)
        found = join_sections(sections);
    for (guint i = 0; i < MAX_SECTIONS; i++)
        g_free(sections[i]);
    return found;
}

void
tamis_content_fields_init(TamisContentFields *content)
{
    *content = (TamisContentFields){.type = g_strdup("text/plain"), .coding = TAMIS_CODING_NONE};
}

void
tamis_content_fields_clear(TamisContentFields *content)
{
    g_clear_pointer(&content->type, g_free);
    g_clear_pointer(&content->boundary, g_free);
    g_clear_pointer(&content->charset, g_free);
}

static void
take_type(TamisContentFields *content, const char *value)
{
    g_autoptr(GString) type = g_string_new(NULL);
    gboolean is_first = !content->is_said, is_multipart;

    if (!read_type(&value, type))
        g_string_truncate(type, 0);
    content->is_said = TRUE;
    content->is_message_as_written = strcmp(type->str, "message/rfc822") == 0;
    g_free(content->type);
    content->type = g_ascii_strdown(type->str, -1);
    if (!is_first || type->len == 0)
        return;
    is_multipart = g_str_has_prefix(content->type, "multipart/");
    content->is_message = strcmp(content->type, "message/rfc822") == 0;
    content->is_digest = strcmp(content->type, "multipart/digest") == 0;
    content->charset = find_parameter(value, "charset");
    content->boundary = is_multipart ? find_parameter(value, "boundary") : NULL;
    if (content->boundary != NULL && strlen(content->boundary) > MAX_BOUNDARY_BYTES)
        content->boundary[MAX_BOUNDARY_BYTES] = '\0';
}

/* Engines know no others than those of RFC 2045, and no uuencode; what is behind it makes it another. */
static TamisCoding
coding_of(const char *value)
{
    static const struct {
        const char *name;
        TamisCoding coding;
    } codings[] = {{"7bit", TAMIS_CODING_NONE},
                   {"8bit", TAMIS_CODING_NONE},
                   {"binary", TAMIS_CODING_NONE},
                   {"base64", TAMIS_CODING_BASE64},
                   {"quoted-printable", TAMIS_CODING_QUOTED}};
    g_autoptr(GString) name = g_string_new(NULL);

    if (!skip_blanks(&value) || !read_token(&value, name) || (*value != ';' && *value != '\0'))
        return TAMIS_CODING_UNKNOWN;
    for (gsize i = 0; i < G_N_ELEMENTS(codings); i++)
        if (g_ascii_strcasecmp(name->str, codings[i].name) == 0)
            return codings[i].coding;
    return TAMIS_CODING_UNKNOWN;
}

static gboolean
is_named(const TamisField *field, const char *name)
{
    return field->name_length == strlen(name) &&
           g_ascii_strncasecmp(field->name, name, field->name_length) == 0;
}

void
tamis_content_fields_take(TamisContentFields *content, const TamisField *field)
{
    gboolean is_type = is_named(field, "Content-Type");

    if (is_type || is_named(field, "Content-Transfer-Encoding")) {
        g_autofree char *value = tamis_message_field_text(field);

        if (is_type)
            take_type(content, value);
        else
            content->coding = coding_of(value);
    }
}
