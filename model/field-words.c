/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words of structured fields. No recursion: comments are counted. */
#include "model/field-words.h"

#include <string.h>

char
tamis_field_peek(const TamisFieldReader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

gboolean
tamis_field_take(TamisFieldReader *reader, char wanted)
{
    if (reader->at == reader->end || *reader->at != wanted)
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean
skip_comment(TamisFieldReader *reader)
{
    guint depth = 0;

    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == '\\' && reader->at + 1 < reader->end) {
            reader->at++;
        } else if (*reader->at == '(') {
            depth++;
        } else if (*reader->at == ')' && --depth == 0) {
            reader->at++;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
tamis_field_skip_blanks(TamisFieldReader *reader)
{
    while (reader->at < reader->end) {
        if (*reader->at == '(') {
            if (!skip_comment(reader))
                return FALSE;
        } else if (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\r' ||
                   *reader->at == '\n') {
            reader->at++;
        } else {
            break;
        }
    }
    return TRUE;
}

gboolean
tamis_is_atom_char(char c)
{
    static const gboolean are_atom_chars[256] = {
        ['!'] = TRUE,         ['#' ... '\''] = TRUE,  ['*' ... '+'] = TRUE, ['-'] = TRUE,
        ['/' ... '9'] = TRUE, ['='] = TRUE,           ['?'] = TRUE,         ['A' ... 'Z'] = TRUE,
        ['^' ... '~'] = TRUE, [0x80 ... 0xff] = TRUE,
    };

    return are_atom_chars[(guchar)c];
}

gboolean
tamis_field_read_atom(TamisFieldReader *reader, GString *out)
{
    const char *start = reader->at;

    while (reader->at < reader->end && tamis_is_atom_char(*reader->at))
        reader->at++;
    if (out != NULL)
        g_string_append_len(out, start, reader->at - start);
    return reader->at > start && tamis_field_skip_blanks(reader);
}

gboolean
tamis_field_read_quoted(TamisFieldReader *reader, GString *out)
{
    if (!tamis_field_take(reader, '"'))
        return FALSE;
    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == '"') {
            reader->at++;
            return tamis_field_skip_blanks(reader);
        }
        if (*reader->at == '\\' && ++reader->at == reader->end)
            break;
        if (out != NULL)
            g_string_append_c(out, *reader->at);
    }
    return FALSE;
}

gboolean
tamis_field_read_literal(TamisFieldReader *reader, GString *out)
{
    const char *start = reader->at;

    if (!tamis_field_take(reader, '['))
        return FALSE;
    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == ']') {
            reader->at++;
            if (out != NULL)
                g_string_append_len(out, start, reader->at - start);
            return tamis_field_skip_blanks(reader);
        }
        if (*reader->at == '[' && reader->at > start)
            return FALSE;
        if (*reader->at == '\\' && reader->at + 1 < reader->end)
            reader->at++;
    }
    return FALSE;
}
