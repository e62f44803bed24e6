/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was read stays as it is; the lock is the table's alone. */
#include "model/regex-table.h"

struct TamisRegexTable {
    const TamisStrings *strings;
    GMutex lock;
    GHashTable *known; /* 2 × string + fold -> TamisRegex */
};

TamisRegexTable *
tamis_regex_table_new(const TamisStrings *strings)
{
    TamisRegexTable *table = g_new0(TamisRegexTable, 1);

    table->strings = strings;
    g_mutex_init(&table->lock);
    table->known = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)tamis_regex_free);
    return table;
}

void
tamis_regex_table_free(TamisRegexTable *table)
{
    g_hash_table_unref(table->known);
    g_mutex_clear(&table->lock);
    g_free(table);
}

static TamisRegex *
read_regex(const TamisRegexTable *table, TamisString text, gboolean fold)
{
    TamisRegex *regex = tamis_regex_new(tamis_strings_get(table->strings, text),
                                        tamis_strings_length(table->strings, text), fold);

    return regex != NULL ? regex : tamis_regex_new("a^", 2, FALSE);
}

const TamisRegex *
tamis_regex_table_get(TamisRegexTable *table, TamisString text, gboolean fold)
{
    gpointer id = GSIZE_TO_POINTER(2 * (gsize)text + (fold != FALSE));
    TamisRegex *regex;

    g_mutex_lock(&table->lock);
    regex = g_hash_table_lookup(table->known, id);
    if (regex == NULL) {
        regex = read_regex(table, text, fold);
        g_hash_table_insert(table->known, id, regex);
    }
    g_mutex_unlock(&table->lock);
    return regex;
}
