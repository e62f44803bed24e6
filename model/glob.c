/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Globs and expressions, one character after the other. */
#include "model/glob.h"

#include <string.h>

#define SPECIAL ".[]{}()*+?^$|\\"

/* A glob's next piece: '*', '?' or 0 for a letter, which is then at *out_letter. */
static char
next_piece(const char **at, char *out_letter)
{
    char c = *(*at)++;

    if (c == '*' || c == '?')
        return c;
    if (c == '\\' && **at != '\0')
        c = *(*at)++;
    *out_letter = c;
    return 0;
}

gboolean
tamis_glob_suits_pigeonhole(const char *glob)
{
    gboolean has_star = FALSE, has_question = FALSE; /* anywhere */
    gboolean in_section = FALSE;                     /* a `?` since the last star */
    gboolean is_sound = TRUE;
    char letter, last = '*',
                 before = 0; /* kinds of the last piece, and of the first of the section */
    gboolean is_first = TRUE, after_star = FALSE;

    while (*glob != '\0') {
        char kind = next_piece(&glob, &letter);

        if (kind == '*') {
            /* The section that ends here had to begin behind a star, and to end in a letter. */
            is_sound &= !in_section || (after_star && before != '?' && last != '?');
            has_star = after_star = is_first = TRUE;
            in_section = FALSE;
        } else {
            if (is_first)
                before = kind;
            is_first = FALSE;
            in_section |= kind == '?';
            has_question |= kind == '?';
        }
        last = kind;
    }
    return !has_star || !has_question || (is_sound && !in_section);
}

/* Forms of which every one was found to be misread, by trying all globs of up to five pieces on all short texts. */
TamisGlobFate
tamis_glob_in_pigeonhole(const char *glob)
{
    g_autoptr(GString) kinds = g_string_new(NULL); /* `*`, `?` and `a` for a letter */
    guint n_stars = 0;
    gsize n;
    char letter;

    while (*glob != '\0') {
        char kind = next_piece(&glob, &letter);

        if (kind == '*' && kinds->len > 0 && kinds->str[kinds->len - 1] == '*')
            continue;
        n_stars += kind == '*';
        g_string_append_c(kinds, kind != 0 ? kind : 'a');
    }
    n = kinds->len;
    if (n < 3 || n_stars == 0 || strchr(kinds->str, '?') == NULL)
        return TAMIS_GLOB_FINE;
    if (n_stars == 1 && kinds->str[n - 1] == '*')
        return kinds->str[n - 2] == '?' ? TAMIS_GLOB_CRASHES : TAMIS_GLOB_MISREAD;
    if (n_stars == 1 && g_str_has_prefix(kinds->str, "*?"))
        return strchr(kinds->str + 1 + strspn(kinds->str + 1, "?"), '?') == NULL
                   ? TAMIS_GLOB_CRASHES
                   : TAMIS_GLOB_FINE;
    return n_stars == 2 && kinds->str[0] == '*' && g_str_has_suffix(kinds->str, "?*")
               ? TAMIS_GLOB_MISREAD
               : TAMIS_GLOB_FINE;
}

char *
tamis_glob_to_regex(const char *glob)
{
    GString *regex = g_string_new(*glob == '*' ? NULL : "^");
    gboolean is_open = FALSE; /* ends in a star */
    gboolean is_start = TRUE;
    char letter = 0;

    while (*glob != '\0') {
        char kind = next_piece(&glob, &letter);

        if (kind != '*' && is_open && !is_start)
            g_string_append(regex, ".*");
        is_open = kind == '*';
        if (kind == '?')
            g_string_append_c(regex, '.');
        else if (kind == 0 && strchr(SPECIAL, letter) != NULL)
            g_string_append_printf(regex, "\\%c", letter);
        else if (kind == 0)
            g_string_append_c(regex, letter);
        is_start &= kind == '*';
    }
    if (!is_open)
        g_string_append_c(regex, '$');
    return g_string_free(regex, FALSE);
}

static void
append_letter(GString *glob, char letter)
{
    if (letter == '*' || letter == '?' || letter == '\\')
        g_string_append_c(glob, '\\');
    g_string_append_c(glob, letter);
}

char *
tamis_regex_to_glob(const char *regex)
{
    gboolean is_anchored = *regex == '^', is_ended = FALSE;
    g_autoptr(GString) glob = g_string_new(is_anchored ? NULL : "*");

    if (is_anchored)
        regex++;
    for (; *regex != '\0' && !is_ended; regex++) {
        if (*regex == '.' && regex[1] == '*') {
            g_string_append_c(glob, '*');
            regex++;
        } else if (*regex == '.') {
            g_string_append_c(glob, '?');
        } else if (*regex == '\\' && regex[1] != '\0' && strchr(SPECIAL, regex[1]) != NULL) {
            append_letter(glob, *++regex);
        } else if (*regex == '$') {
            is_ended = TRUE;
        } else if (strchr(SPECIAL, *regex) != NULL) {
            return NULL;
        } else {
            append_letter(glob, *regex);
        }
        if (regex[1] != '\0' && strchr("*+?{", regex[1]) != NULL)
            return NULL; /* a count of what stands before */
    }
    if (*regex != '\0')
        return NULL; /* behind the end */
    if (!is_ended)
        g_string_append_c(glob, '*');
    return g_string_free(g_steal_pointer(&glob), FALSE);
}
