/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was read stays as it is; the lock is the table's alone. By hash, open addressing. */
#include "model/regex-table.h"

enum { FIRST_SLOTS = 64 };

typedef struct {
    guint64 id; /* 2 × string + fold */
    const TamisRegex *regex;
} Entry;

struct TamisRegexTable {
    const TamisStrings *strings;
    GMutex lock;
    TamisArena *arena;
    Entry *entries; /* n_slots, a power of two; regex NULL: none */
    guint32 n, n_slots;
};

TamisRegexTable *
tamis_regex_table_new(const TamisStrings *strings)
{
    TamisRegexTable *table = g_new0(TamisRegexTable, 1);

    table->strings = strings;
    g_mutex_init(&table->lock);
    return table;
}

void
tamis_regex_table_free(TamisRegexTable *table)
{
    g_clear_pointer(&table->arena, tamis_arena_free);
    g_mutex_clear(&table->lock);
    g_free(table->entries);
    g_free(table);
}

/* Where the expression is, or would be. */
static Entry *
entry_of(const TamisRegexTable *table, guint64 id)
{
    guint32 at = (guint32)((id * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)) >> 32);

    for (;; at++) {
        Entry *entry = &table->entries[at & (table->n_slots - 1)];

        if (entry->regex == NULL || entry->id == id)
            return entry;
    }
}

static void
make_room(TamisRegexTable *table)
{
    Entry *before = table->entries;
    guint32 n_before = table->n_slots;

    if (2 * table->n < table->n_slots)
        return;
    if (table->arena == NULL)
        table->arena = tamis_arena_new();
    table->n_slots = MAX(FIRST_SLOTS, 2 * n_before);
    table->entries = g_new0(Entry, table->n_slots);
    for (guint32 i = 0; i < n_before; i++)
        if (before[i].regex != NULL)
            *entry_of(table, before[i].id) = before[i];
    g_free(before);
}

static const TamisRegex *
read_regex(const TamisRegexTable *table, TamisString text, gboolean fold)
{
    TamisRegex *regex = tamis_regex_new_in(table->arena, tamis_strings_get(table->strings, text),
                                           tamis_strings_length(table->strings, text), fold);

    return regex != NULL ? regex : tamis_regex_new_in(table->arena, "a^", 2, FALSE);
}

static const TamisRegex *
get(TamisRegexTable *table, TamisString text, gboolean fold)
{
    guint64 id = 2 * (guint64)text + (fold != FALSE);
    Entry *entry = table->n_slots > 0 ? entry_of(table, id) : NULL;

    if (entry != NULL && entry->regex != NULL)
        return entry->regex;
    make_room(table);
    entry = entry_of(table, id);
    *entry = (Entry){id, read_regex(table, text, fold)};
    table->n++;
    return entry->regex;
}

const TamisRegex *
tamis_regex_table_get(TamisRegexTable *table, TamisString text, gboolean fold)
{
    const TamisRegex *regex;

    g_mutex_lock(&table->lock);
    regex = get(table, text, fold);
    g_mutex_unlock(&table->lock);
    return regex;
}
