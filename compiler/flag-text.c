/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A list of flags as one text. */
#include "compiler/flag-text.h"

#include <string.h>

char *
tamis_flag_text_next(const char *text, gsize *at)
{
    gsize start = *at + strspn(text + *at, " ");

    *at = start + strcspn(text + start, " ");
    return *at > start ? g_strndup(text + start, *at - start) : NULL;
}

/* RFC 3501, 9: flag-keyword, or one of the system's that a client may set. */
static gboolean
is_flag(const char *word)
{
    static const char *const system[] = {"\\answered", "\\flagged", "\\deleted", "\\seen",
                                         "\\draft"};

    for (gsize i = 0; i < G_N_ELEMENTS(system); i++)
        if (g_ascii_strcasecmp(word, system[i]) == 0)
            return TRUE;
    for (; *word != '\0'; word++)
        if (!g_ascii_isgraph(*word) || strchr("(){%*\"\\]", *word) != NULL)
            return FALSE;
    return TRUE;
}

static gboolean
has(const GString *list, const char *flag)
{
    gboolean is_there = FALSE;
    gsize at = 0;
    char *word;

    while (!is_there && (word = tamis_flag_text_next(list->str, &at)) != NULL) {
        is_there = g_ascii_strcasecmp(word, flag) == 0;
        g_free(word);
    }
    return is_there;
}

void
tamis_flag_text_add(GString *list, const char *words)
{
    gsize at = 0;
    char *word;

    while ((word = tamis_flag_text_next(words, &at)) != NULL) {
        if (is_flag(word) && !has(list, word))
            g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", word);
        g_free(word);
    }
}

/* With the blank behind each; with that before it, where it is the last. */
static void
cut_out(GString *list, const char *flag)
{
    gsize at = 0;
    char *word;

    while ((word = tamis_flag_text_next(list->str, &at)) != NULL) {
        gsize start = at - strlen(word), end = MIN(at + 1, list->len);

        if (g_ascii_strcasecmp(word, flag) == 0) {
            if (end == list->len && start > 0)
                start--;
            g_string_erase(list, (gssize)start, (gssize)(end - start));
            at = start;
        }
        g_free(word);
    }
}

void
tamis_flag_text_remove(GString *list, const char *words)
{
    gsize at = 0;
    char *word;

    while ((word = tamis_flag_text_next(words, &at)) != NULL) {
        cut_out(list, word);
        g_free(word);
    }
}
