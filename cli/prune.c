/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pruning, and its limit. */
#include "cli/prune.h"

#include "base/display.h"
#include "cli/cli.h"

#include <string.h>

#define DEFAULT_MAILBOXES 5
#define DEFAULT_PERCENT   10
#define MAX_SHOWN         3

gboolean
tamis_prune_limit_parse(const char *text, TamisPruneLimit *out_limit)
{
    const char *end;
    guint64 number;
    char *rest;

    *out_limit = (TamisPruneLimit){DEFAULT_MAILBOXES, DEFAULT_PERCENT};
    if (text == NULL)
        return TRUE;
    end = text + strspn(text, "0123456789");
    number = g_ascii_strtoull(text, &rest, 10);
    if (end == text || rest != end || number > G_MAXUINT)
        return FALSE;
    *out_limit = (TamisPruneLimit){.n = (guint)number};
    if (*end == '\0')
        return TRUE;
    *out_limit = (TamisPruneLimit){.percent = (guint)number};
    return g_str_equal(end, "%") && number <= 100;
}

static gint
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
tamis_prune_find(const TamisDeployJournalHistory *history, const GArray *wanted)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *sorted = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter each;
    gpointer mailbox;

    for (guint i = 0; i < wanted->len; i++)
        g_hash_table_add(known, (gpointer)g_array_index(wanted, TamisWanted, i).mailbox);
    g_hash_table_iter_init(&each, history->states);
    while (g_hash_table_iter_next(&each, &mailbox, NULL))
        if (!g_hash_table_contains(known, mailbox))
            g_ptr_array_add(sorted, g_strdup(mailbox));
    g_ptr_array_sort(sorted, compare_strings);
    return sorted;
}

/* Mailboxes that may go. */
static guint
allowed(const TamisPruneLimit *limit, guint n_known)
{
    return MAX(limit->n, (guint)((guint64)n_known * limit->percent / 100));
}

gboolean
tamis_prune_allows(const TamisPruneLimit *limit, guint n_gone, guint n_known)
{
    return n_gone <= allowed(limit, n_known);
}

void
tamis_prune_complain(const TamisPruneLimit *limit, const GPtrArray *gone, guint n_known)
{
    g_autoptr(GString) shown = g_string_new(NULL);

    for (guint i = 0; i < MIN(gone->len, MAX_SHOWN); i++) {
        g_string_append(shown, i > 0 ? ", " : "");
        tamis_display_text(shown, g_ptr_array_index(gone, i), -1);
    }
    tamis_complain("nothing was done: the policy no longer has %u of the %u mailboxes that were "
                   "deployed (%s%s), and --prune removes %u at most. Is a table cut short? If they "
                   "are all to go, say --prune-max %u",
                   gone->len, n_known, shown->str, gone->len > MAX_SHOWN ? ", …" : "",
                   allowed(limit, n_known), gone->len);
}
