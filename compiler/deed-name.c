/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every text stands in quotes, with those in it escaped: no two lists read alike. */
#include "compiler/deed-name.h"

#include <string.h>

static void
append_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '\'');
}

/* " word 'text'", or nothing for NULL. */
static void
append_part(GString *out, const char *word, const char *text)
{
    if (text == NULL)
        return;
    g_string_append_printf(out, "%s%s ", out->len > 0 ? " " : "", word);
    append_quoted(out, text);
}

static void
append_list(GString *out, const char *word, const char *const *texts, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (i == 0) {
            append_part(out, word, texts[i]);
            continue;
        }
        g_string_append(out, ", ");
        append_quoted(out, texts[i]);
    }
}

static const char *
finish(TamisArena *arena, const GString *text)
{
    return tamis_arena_strndup(arena, text->str, text->len);
}

static const char *
name(TamisArena *arena, const char *word, const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    append_part(out, word, text);
    return finish(arena, out);
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *
tamis_deed_reply_manner(TamisArena *arena, gint64 every_s, const char *from,
                        const char *const *addresses, guint n_addresses, const char *more)
{
    g_autoptr(GString) out = g_string_new("every");
    g_autoptr(GPtrArray) sorted = g_ptr_array_new_with_free_func(g_free);
    guint n = 0;

    if (every_s < 0)
        g_string_append(out, " so often");
    else
        g_string_append_printf(out, " %" G_GINT64_FORMAT " s", every_s);
    append_part(out, "from", from);
    for (guint i = 0; i < n_addresses; i++)
        g_ptr_array_add(sorted, g_ascii_strdown(addresses[i], -1));
    g_ptr_array_sort(sorted, compare_texts);
    for (guint i = 0; i < sorted->len; i++)
        if (n == 0 || strcmp(sorted->pdata[n - 1], sorted->pdata[i]) != 0) {
            gpointer kept = sorted->pdata[i];

            sorted->pdata[i] = sorted->pdata[n];
            sorted->pdata[n++] = kept;
        }
    append_list(out, "as", (const char *const *)sorted->pdata, n);
    append_part(out, "with", more);
    return finish(arena, out);
}

const char *
tamis_deed_program(TamisArena *arena, const char *const *words, guint n_words)
{
    g_autoptr(GString) out = g_string_new(NULL);

    append_list(out, "through", words, n_words);
    return finish(arena, out);
}

const char *
tamis_deed_forward(TamisArena *arena, const char *key, const char *program, const char *header,
                   const char *value)
{
    g_autoptr(GString) out = g_string_new(NULL);

    append_part(out, "forward to", key);
    if (program != NULL)
        g_string_append_printf(out, " %s", program);
    append_part(out, "with", header);
    append_part(out, "as", value);
    return finish(arena, out);
}

const char *
tamis_deed_keep(TamisArena *arena, const char *folder)
{
    return *folder == '\0' || g_ascii_strcasecmp(folder, "inbox") == 0
               ? "copy"
               : name(arena, "copy in", folder);
}

const char *
tamis_deed_reply(TamisArena *arena, const char *subject, const char *text, const char *manner)
{
    g_autoptr(GString) out = g_string_new(NULL);

    append_part(out, "reply", text);
    append_part(out, "under", *subject != '\0' ? subject : NULL);
    g_string_append_printf(out, " %s", manner);
    return finish(arena, out);
}

const char *
tamis_deed_reject(TamisArena *arena, const char *text)
{
    return name(arena, "rejection", text);
}

const char *
tamis_deed_mark(TamisArena *arena, const char *header, const char *value)
{
    g_autofree char *lower = g_ascii_strdown(header, -1);
    g_autoptr(GString) out = g_string_new(NULL);

    append_part(out, "mark", lower);
    append_part(out, "as", value);
    return finish(arena, out);
}

/* What no policy has. */
static const char *
other(TamisArena *arena, const char *word, const char *how, const char *what)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (*how != '\0')
        append_part(out, word, how);
    else
        g_string_append(out, word);
    append_part(out, "of", what);
    return finish(arena, out);
}

const char *
tamis_deed_of_action(TamisArena *arena, const TamisStrings *strings, const TamisFlowAction *action)
{
    const char *text = tamis_strings_get(strings, action->text);
    const char *label = tamis_strings_get(strings, action->name);
    const char *manner = tamis_strings_get(strings, action->manner);

    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
        if (action->key == 0)
            return other(arena, "forward to what", text, manner);
        return tamis_deed_forward(arena, tamis_strings_get(strings, action->key),
                                  action->encryption != 0 ? manner : NULL, NULL, NULL);
    case TAMIS_FLOW_KEEP:
        return tamis_deed_keep(arena, tamis_strings_get(strings, action->folder));
    case TAMIS_FLOW_DISCARD:
        return "discard";
    case TAMIS_FLOW_REPLY:
        return tamis_deed_reply(arena, label, text, manner);
    case TAMIS_FLOW_REJECT:
        return tamis_deed_reject(arena, text);
    case TAMIS_FLOW_MARK:
        return tamis_deed_mark(arena, label, text);
    case TAMIS_FLOW_UNMARK:
        return other(arena, "deletion", manner, label);
    case TAMIS_FLOW_FILTER:
        return other(arena, "filter", manner, label);
    case TAMIS_FLOW_FLAGS:
        return other(arena, label, text, NULL);
    case TAMIS_FLOW_NOTIFY:
        return other(arena, "notification", manner, text);
    case TAMIS_FLOW_PROGRAM:
        return other(arena, text, manner, label);
    }
    g_assert_not_reached();
}
