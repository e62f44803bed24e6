/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads no further than to the end of the first command's name, or of a 'require'. */
#include "grammar/sieve/recognize.h"

#include "grammar/sieve/table.h"

#include <string.h>

typedef struct {
    const char *at, *end;
} Text;

static gboolean
begins(const Text *text, const char *words)
{
    gsize length = strlen(words);

    return (gsize)(text->end - text->at) >= length && memcmp(text->at, words, length) == 0;
}

static void
skip_past(Text *text, const char *words)
{
    const char *found = g_strstr_len(text->at, text->end - text->at, words);

    text->at = found != NULL ? found + strlen(words) : text->end;
}

/* Blanks and comments, which both languages write alike. */
static void
skip_blanks(Text *text)
{
    for (;;) {
        while (text->at < text->end && g_ascii_isspace(*text->at))
            text->at++;
        if (begins(text, "#"))
            skip_past(text, "\n");
        else if (begins(text, "/*"))
            skip_past(text, "*/");
        else
            return;
    }
}

static gsize
measure_word(const Text *text)
{
    const char *c = text->at;

    while (c < text->end && (g_ascii_isalnum(*c) || *c == '_'))
        c++;
    return (gsize)(c - text->at);
}

/* What a 'require' is followed by: a list, or a string and then the end, or the next command where that was forgotten. */
static gboolean
requires_extensions(Text text)
{
    skip_blanks(&text);
    if (!begins(&text, "\""))
        return begins(&text, "[");
    text.at++;
    skip_past(&text, "\"");
    skip_blanks(&text);
    return begins(&text, ";") || tamis_sieve_find_command(text.at, measure_word(&text)) != NULL;
}

gboolean
tamis_sieve_recognize(const char *start, gsize length_bytes)
{
    Text text = {start, start + length_bytes};

    if (begins(&text, "\xef\xbb\xbf"))
        text.at += 3;
    skip_blanks(&text);
    gsize length = measure_word(&text);
    const TamisSieveWord *word = tamis_sieve_find_command(text.at, length);
    if (word == NULL)
        return FALSE;
    text.at += length;
    return word->id != TAMIS_WORD_REQUIRE || requires_extensions(text);
}

gboolean
tamis_sieve_is_name(const char *name)
{
    return g_str_has_suffix(name, ".sieve") || g_str_has_suffix(name, ".siv");
}
