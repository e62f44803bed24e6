/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CSV tables: opened once each, read once for every group or `each` that asks, with their `where`. What the
 * cells mean is not known here. */
#include "compiler/resolve-values.h"

#include <string.h>

struct TamisTable {
    TamisSourceId source;
    TamisCsv *csv;     /* NULL: its header is wrong */
    gboolean was_read; /* its faults have been reported */
};

static TamisTable *
get_table(TamisResolver *r, TamisSourceId source, TamisSpan place)
{
    for (guint i = 0; i < r->tables->len; i++) {
        TamisTable *known = g_ptr_array_index(r->tables, i);
        if (known->source == source)
            return known;
    }
    TamisTable *table = tamis_arena_new0(r->arena, TamisTable);
    table->source = source;
    if (r->tables->len < TAMIS_MAX_FILES)
        table->csv = tamis_csv_open(source, r->arena, r->report);
    else
        tamis_report_help(r->report,
                          tamis_report_add(r->report, place, TAMIS_RULE_SYNTAX,
                                           "the policy has more than %d tables", TAMIS_MAX_FILES),
                          "put some of them into one table");
    g_ptr_array_add(r->tables, table);
    return table;
}

static const char *
header_text(TamisResolver *r, const TamisCell *cell)
{
    return tamis_arena_strndup(r->arena, cell->text, cell->length_bytes);
}

/* Some of them, where there are many. */
static const char *
list_names(TamisResolver *r, const GPtrArray *names)
{
    enum { MAX_LISTED = 12 };
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < names->len && i < MAX_LISTED; i++)
        g_string_append_printf(list, "%s'%s'", i == 0 ? "" : ", ",
                               (const char *)g_ptr_array_index(names, i));
    if (names->len > MAX_LISTED)
        g_string_append(list, " …");
    return tamis_arena_strndup(r->arena, list->str, list->len);
}

/* The mistake of spreadsheets where a comma parts whole from decimal places. */
static gboolean
is_parted_otherwise(const GPtrArray *names)
{
    return names->len == 1 && strpbrk(g_ptr_array_index(names, 0), ";\t") != NULL;
}

int
tamis_resolve_column(TamisResolver *r, const TamisRows *rows, const char *name, TamisSpan span)
{
    int column = tamis_csv_find_column(rows->table->csv, name);
    g_autoptr(GPtrArray) names = NULL;

    if (column >= 0)
        return column;
    TamisDiagnostic *diagnostic =
        tamis_report_add(r->report, span, TAMIS_RULE_UNKNOWN_NAME, "table '%s' has no column '%s'",
                         tamis_sources_get_name(r->sources, rows->table->source), name);
    names = g_ptr_array_new();
    for (guint i = 0; i < tamis_csv_n_columns(rows->table->csv); i++)
        g_ptr_array_add(names, (gpointer)header_text(r, &tamis_csv_header(rows->table->csv)[i]));
    if (is_parted_otherwise(names))
        tamis_resolve_help(r, diagnostic, "part the cells of a row by ',', and save the table so");
    else if (!tamis_resolve_suggest(r, diagnostic, name, (const char *const *)names->pdata,
                                    names->len))
        tamis_resolve_help(r, diagnostic, "its columns are: %s", list_names(r, names));
    return -1;
}

static gboolean
open_where(TamisResolver *r, const TamisWhereSyntax *where, TamisRows *rows)
{
    rows->where_column = -1;
    if (where->column.text == NULL || where->is == NULL)
        return TRUE;
    rows->where_column = tamis_resolve_column(r, rows, where->column.text, where->column.span);
    if (rows->where_column < 0)
        return FALSE;
    if (!tamis_resolve_constant_text(r, where->is, TAMIS_FORM_BLOCK, &rows->where_text,
                                     &rows->where_length_bytes))
        return FALSE;
    rows->where_text = tamis_arena_strndup(r->arena, rows->where_text, rows->where_length_bytes);
    return TRUE;
}

gboolean
tamis_resolve_rows_open(TamisResolver *r, const TamisValue *path, const TamisWhereSyntax *where,
                        TamisRows *out_rows)
{
    TamisSourceId source = tamis_resolve_open_file(r, path, TAMIS_CSV_MAX_BYTES);
    TamisRows rows = {0};

    if (source == 0)
        return FALSE;
    rows.table = get_table(r, source, path->span);
    if (rows.table->csv == NULL || !open_where(r, where, &rows))
        return FALSE;
    rows.resolver = r;
    rows.place = path->span;
    rows.faults_before = r->n_faults;
    rows.row.header = tamis_csv_header(rows.table->csv);
    /* A row that is malformed is reported by the first who reads them all, and skipped by all. */
    rows.report = rows.table->was_read ? tamis_report_new(r->sources) : r->report;
    tamis_csv_rewind(rows.table->csv);
    *out_rows = rows;
    return TRUE;
}

/* TRUE where so much is wrong with the rows so far that more of it would help nobody. */
static gboolean
has_enough_faults(TamisRows *rows)
{
    TamisResolver *r = rows->resolver;

    if (r->n_faults - rows->faults_before < TAMIS_MAX_TABLE_FAULTS)
        return FALSE;
    tamis_report_help(
        rows->report,
        tamis_report_add(rows->report, tamis_csv_row_span(rows->table->csv), TAMIS_RULE_SYNTAX,
                         "the rows above have %d faults, the rest of the table was not read",
                         TAMIS_MAX_TABLE_FAULTS),
        "mend those first");
    return TRUE;
}

gboolean
tamis_resolve_rows_next(TamisRows *rows)
{
    while ((rows->row.cells = tamis_csv_next(rows->table->csv, rows->report)) != NULL) {
        if (rows->resolver->is_exhausted || has_enough_faults(rows) ||
            !tamis_resolve_step(rows->resolver, rows->place))
            return FALSE;
        if (rows->where_column >= 0) {
            const TamisCell *cell = &rows->row.cells[rows->where_column];
            if (cell->length_bytes != rows->where_length_bytes ||
                memcmp(cell->text, rows->where_text, cell->length_bytes) != 0)
                continue;
        }
        rows->row.number = tamis_csv_row_number(rows->table->csv);
        rows->row.span = tamis_csv_row_span(rows->table->csv);
        return TRUE;
    }
    rows->table->was_read = TRUE;
    return FALSE;
}

gboolean
tamis_resolve_rows_has_faults(const TamisRows *rows)
{
    return tamis_csv_has_faults(rows->table->csv);
}

void
tamis_resolve_rows_close(TamisRows *rows)
{
    if (rows->report != rows->resolver->report)
        tamis_report_free(rows->report);
    rows->report = NULL;
}
