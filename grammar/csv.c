/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads CSV tables row by row. What the cells mean is for the resolver. Made for a million rows a
 * second: where the next quote and the next carriage return stand is remembered, so that a row
 * without either is cut at its commas without looking at its bytes one by one. */
#include "grammar/csv.h"

#include <string.h>

#define BOM        "\xef\xbb\xbf"
#define BOM_LENGTH 3

struct TamisCsv {
    TamisSourceId source;
    TamisArena *arena;
    const char *text;
    const char *end;
    const char *at;         /* where the next row starts */
    const char *first_row;  /* behind the header */
    const char *next_quote; /* first '"' at or behind `at`, or end */
    const char *next_cr;    /* first CR at or behind `at`, or end */
    guint32 row;            /* number of the row given last */
    guint32 header_row;
    guint32 n_faults;
    const char *row_start, *row_end;
    guint32 n_columns;
    TamisCell *header;
    TamisCell *cells;
};

typedef enum { ROW_READ, ROW_BLANK, ROW_FAULTY, ROW_NONE } RowResult;

static TamisSpan
span_of(const TamisCsv *csv, const char *start, const char *end)
{
    return (TamisSpan){csv->source, (guint32)(start - csv->text), (guint32)(end - start)};
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *
find_byte(const char *start, const char *end, char byte)
{
    const char *found = start < end ? memchr(start, byte, (gsize)(end - start)) : NULL;
    return found != NULL ? found : end;
}

/* " of column 'name'" for messages; before the header is known the column's number. */
static const char *
column_text(const TamisCsv *csv, guint32 column)
{
    if (csv->header == NULL || column >= csv->n_columns)
        return tamis_arena_printf(csv->arena, "column %u", column + 1);
    const TamisCell *cell = &csv->header[column];
    return tamis_arena_printf(csv->arena, "column '%.*s'", (int)MIN(cell->length_bytes, 80u),
                              cell->text);
}

static void
put_cell(TamisCsv *csv, guint32 column, const char *text, gsize length, const char *raw,
         const char *raw_end)
{
    if (column >= csv->n_columns)
        return;
    csv->cells[column] = (TamisCell){
        .text = text,
        .length_bytes = (guint32)length,
        .offset = (guint32)(raw - csv->text),
        .raw_length_bytes = (guint32)(raw_end - raw),
    };
}

static void
put_plain_cell(TamisCsv *csv, guint32 column, const char *start, const char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    put_cell(csv, column, start, (gsize)(end - start), start, end);
}

/* The text between two quotes; a copy only where quotes were doubled. */
static void
put_quoted_cell(TamisCsv *csv, guint32 column, const char *start, const char *end,
                gboolean has_doubled)
{
    const char *inside = start + 1;
    gsize length = (gsize)(end - 1 - inside);

    if (!has_doubled || column >= csv->n_columns) {
        put_cell(csv, column, inside, length, start, end);
        return;
    }
    char *copy = tamis_arena_alloc(csv->arena, length + 1);
    gsize n = 0;
    for (gsize i = 0; i < length; i++) {
        copy[n++] = inside[i];
        if (inside[i] == '"')
            i++;
    }
    put_cell(csv, column, copy, n, start, end);
}

/* A row of which no byte up to line_end is a quote or a stray carriage return. */
static guint32
split_plain_row(TamisCsv *csv, const char *at, const char *line_end)
{
    guint32 column = 0;

    for (;;) {
        const char *comma = find_byte(at, line_end, ',');
        put_plain_cell(csv, column++, at, comma);
        if (comma == line_end)
            return column;
        at = comma + 1;
    }
}

/* From the opening quote at `at`: the byte behind the closing one, NULL when there is none. */
static const char *
skip_quoted(const char *at, const char *end, gboolean *out_has_doubled)
{
    *out_has_doubled = FALSE;
    for (at++;;) {
        at = find_byte(at, end, '"');
        if (at == end)
            return NULL;
        if (at + 1 == end || at[1] != '"')
            return at + 1;
        *out_has_doubled = TRUE;
        at += 2;
    }
}

static RowResult
fault(TamisCsv *csv, TamisReport *report, TamisSpan span, const char *help, const char *message)
{
    TamisDiagnostic *diagnostic = tamis_report_add(report, span, TAMIS_RULE_SYNTAX, "%s", message);
    if (help != NULL)
        tamis_report_help(report, diagnostic, "%s", help);
    /* Go on behind the next line break; a quoted cell that was well-formed has been passed already.
     */
    const char *from = csv->text + span.offset + span.length;
    csv->row_end = find_byte(MAX(from, csv->row_end), csv->end, '\n');
    csv->at = csv->row_end < csv->end ? csv->row_end + 1 : csv->end;
    return ROW_FAULTY;
}

#define FAULT(csv, report, span, help, ...)                                                        \
    fault((csv), (report), (span), (help), tamis_arena_printf((csv)->arena, __VA_ARGS__))

static RowResult
stray_return(TamisCsv *csv, TamisReport *report, const char *at, guint32 column)
{
    return FAULT(csv, report, span_of(csv, at, at + 1), "end each row with LF or CR LF",
                 "row %u, %s: a carriage return without a line feed", csv->row,
                 column_text(csv, column));
}

/* The end of an unquoted cell: a comma, LF, CR LF or the end of the text. *out_bad is the byte that
 * must not be in it, or NULL. */
static const char *
skip_plain(const TamisCsv *csv, const char *at, const char **out_bad)
{
    *out_bad = NULL;
    for (; at < csv->end && *at != ',' && *at != '\n'; at++) {
        if (*at == '\r' && at + 1 < csv->end && at[1] == '\n')
            break;
        if (*at == '"' || *at == '\r') {
            *out_bad = at;
            break;
        }
    }
    return at;
}

/* One cell from `at`; its end (the comma or line end) goes to *out_end. */
static RowResult
read_cell(TamisCsv *csv, TamisReport *report, const char *at, guint32 column, const char **out_end)
{
    const char *start = at;
    const char *bad = NULL;
    while (start < csv->end && is_blank(*start))
        start++;

    if (start == csv->end || *start != '"') {
        const char *end = skip_plain(csv, at, &bad);
        if (bad != NULL && *bad == '\r')
            return stray_return(csv, report, bad, column);
        if (bad != NULL)
            return FAULT(csv, report, span_of(csv, bad, bad + 1),
                         "put the whole cell in quotes and double each quote inside",
                         "row %u, %s: a quote inside a cell that is not quoted", csv->row,
                         column_text(csv, column));
        put_plain_cell(csv, column, at, end);
        *out_end = end;
        return ROW_READ;
    }

    gboolean has_doubled = FALSE;
    const char *close = skip_quoted(start, csv->end, &has_doubled);
    if (close == NULL) {
        FAULT(csv, report, span_of(csv, start, start + 1), "close the cell with a quote",
              "row %u, %s: the quote is never closed", csv->row, column_text(csv, column));
        csv->at = csv->row_end = csv->end;
        return ROW_FAULTY;
    }
    csv->row_end = close;
    put_quoted_cell(csv, column, start, close, has_doubled);
    while (close < csv->end && is_blank(*close))
        close++;
    const char *end = skip_plain(csv, close, &bad);
    if (bad == close && *bad == '\r')
        return stray_return(csv, report, bad, column);
    if (end != close || bad != NULL)
        return FAULT(csv, report, span_of(csv, close, MAX(end, close + 1)),
                     "double each quote that belongs to the cell",
                     "row %u, %s: text behind the closing quote", csv->row,
                     column_text(csv, column));
    *out_end = end;
    return ROW_READ;
}

/* Any row, cell by cell. */
static RowResult
read_row_slowly(TamisCsv *csv, TamisReport *report, guint32 *out_n)
{
    const char *at = csv->at;
    guint32 column = 0;

    csv->row_end = at;
    for (;;) {
        const char *end = NULL;
        RowResult result = read_cell(csv, report, at, column++, &end);
        if (result != ROW_READ)
            return result;
        if (end < csv->end && *end == ',') {
            at = end + 1;
            continue;
        }
        csv->row_end = end;
        if (end < csv->end && *end == '\r')
            end++;
        csv->at = end < csv->end ? end + 1 : end;
        *out_n = column;
        return ROW_READ;
    }
}

/* The next row into csv->cells; *out_n is its number of cells, of which n_columns at most were
 * kept. */
static RowResult
read_row(TamisCsv *csv, TamisReport *report, guint32 *out_n)
{
    if (csv->at == csv->end)
        return ROW_NONE;
    csv->row++;
    csv->row_start = csv->at;

    const char *line_end = find_byte(csv->at, csv->end, '\n');
    if (csv->next_quote < csv->at)
        csv->next_quote = find_byte(csv->at, csv->end, '"');
    if (csv->next_cr < csv->at)
        csv->next_cr = find_byte(csv->at, csv->end, '\r');

    const char *text_end = line_end;
    if (csv->next_cr < line_end && csv->next_cr + 1 == line_end && line_end < csv->end)
        text_end--;
    if (csv->next_quote < line_end || csv->next_cr < text_end)
        return read_row_slowly(csv, report, out_n);

    csv->row_end = text_end;
    const char *at = csv->at;
    csv->at = line_end < csv->end ? line_end + 1 : line_end;
    const char *first = at;
    while (first < text_end && is_blank(*first))
        first++;
    if (first == text_end)
        return ROW_BLANK;
    *out_n = split_plain_row(csv, at, text_end);
    return ROW_READ;
}

/* Where the bytes that are no text stand, told by the row: the rows before are walked for that. */
static void
report_no_text(TamisCsv *csv, TamisReport *report, const char *bad)
{
    guint32 row = 1;
    gboolean in_quotes = FALSE;

    for (const char *at = csv->at; at < bad; at++) {
        in_quotes ^= *at == '"';
        row += *at == '\n' && !in_quotes;
    }
    TamisSpan span = span_of(csv, bad, bad + 1);
    if (*bad == '\0') {
        TamisDiagnostic *diagnostic =
            tamis_report_add(report, span, TAMIS_RULE_UNSAFE_STRING, "row %u: a NUL byte", row);
        tamis_report_help(report, diagnostic, "save the table as UTF-8 text");
        return;
    }
    TamisDiagnostic *diagnostic = tamis_report_add(report, span, TAMIS_RULE_UNSAFE_STRING,
                                                   "row %u: bytes that are no UTF-8", row);
    tamis_report_help(report, diagnostic,
                      "save the table as UTF-8 (spreadsheets call it 'CSV UTF-8' or 'Unicode')");
}

static gboolean
check_text(TamisCsv *csv, TamisReport *report)
{
    gsize length = (gsize)(csv->end - csv->text);

    if (length > TAMIS_CSV_MAX_BYTES) {
        tamis_report_help(report,
                          tamis_report_add(report, (TamisSpan){csv->source, 0, 0},
                                           TAMIS_RULE_SYNTAX, "the table is larger than 2 GiB"),
                          "part it into several tables");
        return FALSE;
    }
    if (length >= 2 &&
        (memcmp(csv->text, "\xff\xfe", 2) == 0 || memcmp(csv->text, "\xfe\xff", 2) == 0)) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(report, (TamisSpan){csv->source, 0, 2}, TAMIS_RULE_UNSAFE_STRING,
                             "the table is UTF-16");
        tamis_report_help(report, diagnostic, "save it as UTF-8");
        return FALSE;
    }
    if (length >= BOM_LENGTH && memcmp(csv->text, BOM, BOM_LENGTH) == 0)
        csv->at += BOM_LENGTH;
    const char *bad = NULL;
    if (!g_utf8_validate_len(csv->at, (gsize)(csv->end - csv->at), &bad)) {
        report_no_text(csv, report, bad);
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_header_names(TamisCsv *csv, TamisReport *report)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint32 i = 0; i < csv->n_columns; i++) {
        const TamisCell *cell = &csv->header[i];
        TamisSpan span = {csv->source, cell->offset, cell->raw_length_bytes};
        if (cell->length_bytes == 0) {
            TamisDiagnostic *diagnostic =
                tamis_report_add(report, span, TAMIS_RULE_SYNTAX,
                                 "column %u of the table's header has no name", i + 1);
            tamis_report_help(report, diagnostic, "give it a name, or take the column out");
            return FALSE;
        }
        g_autofree char *name = g_strndup(cell->text, cell->length_bytes);
        gpointer first = NULL;
        if (g_hash_table_lookup_extended(seen, name, NULL, &first)) {
            const TamisCell *other = &csv->header[GPOINTER_TO_UINT(first)];
            TamisDiagnostic *diagnostic = tamis_report_add(report, span, TAMIS_RULE_DUPLICATE_NAME,
                                                           "the table has two columns '%s'", name);
            tamis_report_help(report, diagnostic, "give each column a name of its own");
            tamis_report_relate(report, diagnostic,
                                (TamisSpan){csv->source, other->offset, other->raw_length_bytes},
                                "the first is here");
            return FALSE;
        }
        g_hash_table_insert(seen, g_steal_pointer(&name), GUINT_TO_POINTER(i));
    }
    return TRUE;
}

static gboolean
read_header(TamisCsv *csv, TamisReport *report)
{
    guint32 n = 0;
    RowResult result = ROW_BLANK;

    csv->n_columns = TAMIS_CSV_MAX_COLUMNS;
    csv->cells = tamis_arena_array0(csv->arena, TamisCell, TAMIS_CSV_MAX_COLUMNS);
    while (result == ROW_BLANK)
        result = read_row(csv, report, &n);
    if (result == ROW_FAULTY)
        return FALSE;
    if (result == ROW_NONE) {
        TamisDiagnostic *diagnostic = tamis_report_add(report, (TamisSpan){csv->source, 0, 0},
                                                       TAMIS_RULE_SYNTAX, "the table is empty");
        tamis_report_help(report, diagnostic, "name its columns in the first row");
        return FALSE;
    }
    if (n > TAMIS_CSV_MAX_COLUMNS) {
        tamis_report_help(
            report,
            tamis_report_add(report, span_of(csv, csv->row_start, csv->row_end), TAMIS_RULE_SYNTAX,
                             "the table has %u columns, more than %d", n, TAMIS_CSV_MAX_COLUMNS),
            "take out those that no policy names");
        return FALSE;
    }
    csv->header = csv->cells;
    csv->n_columns = n;
    csv->cells = tamis_arena_array0(csv->arena, TamisCell, n);
    csv->first_row = csv->at;
    csv->header_row = csv->row;
    return check_header_names(csv, report);
}

TamisCsv *
tamis_csv_open(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    gsize length = 0;
    const char *text = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    TamisCsv *csv = tamis_arena_new0(arena, TamisCsv);

    csv->source = source;
    csv->arena = arena;
    csv->text = csv->at = text;
    csv->end = text + length;
    if (!check_text(csv, report))
        return NULL;
    csv->next_quote = find_byte(csv->at, csv->end, '"');
    csv->next_cr = find_byte(csv->at, csv->end, '\r');
    return read_header(csv, report) ? csv : NULL;
}

guint32
tamis_csv_n_columns(const TamisCsv *csv)
{
    return csv->n_columns;
}

const TamisCell *
tamis_csv_header(const TamisCsv *csv)
{
    return csv->header;
}

int
tamis_csv_find_column(const TamisCsv *csv, const char *name)
{
    gsize length = strlen(name);

    for (guint32 i = 0; i < csv->n_columns; i++)
        if (csv->header[i].length_bytes == length && memcmp(csv->header[i].text, name, length) == 0)
            return (int)i;
    return -1;
}

static void
report_ragged(TamisCsv *csv, TamisReport *report, guint32 n)
{
    TamisSpan span = span_of(csv, csv->row_start, csv->row_end);

    if (n < csv->n_columns) {
        tamis_report_help(report,
                          tamis_report_add(report, span, TAMIS_RULE_SYNTAX,
                                           "row %u ends before %s: it has %u of %u cells", csv->row,
                                           column_text(csv, n), n, csv->n_columns),
                          "write a ',' for each cell, empty ones too");
        return;
    }
    TamisDiagnostic *diagnostic =
        tamis_report_add(report, span, TAMIS_RULE_SYNTAX, "row %u has %u cells, the header has %u",
                         csv->row, n, csv->n_columns);
    tamis_report_help(report, diagnostic, "put cells that hold a comma in quotes");
}

const TamisCell *
tamis_csv_next(TamisCsv *csv, TamisReport *report)
{
    for (;;) {
        guint32 n = 0;
        RowResult result = read_row(csv, report, &n);

        if (result == ROW_NONE)
            return NULL;
        if (result == ROW_BLANK)
            continue;
        if (result == ROW_READ && n == csv->n_columns)
            return csv->cells;
        if (result == ROW_READ)
            report_ragged(csv, report, n);
        if (++csv->n_faults < TAMIS_CSV_MAX_FAULTS || csv->at == csv->end)
            continue;
        tamis_report_help(report,
                          tamis_report_add(report, span_of(csv, csv->row_start, csv->row_end),
                                           TAMIS_RULE_SYNTAX,
                                           "the table has %d faulty rows, the rest was not read",
                                           TAMIS_CSV_MAX_FAULTS),
                          "mend those first");
        csv->at = csv->end;
    }
}

guint32
tamis_csv_row_number(const TamisCsv *csv)
{
    return csv->row;
}

TamisSpan
tamis_csv_row_span(const TamisCsv *csv)
{
    return span_of(csv, csv->row_start, csv->row_end);
}

gboolean
tamis_csv_has_faults(const TamisCsv *csv)
{
    return csv->n_faults > 0;
}

void
tamis_csv_rewind(TamisCsv *csv)
{
    csv->at = csv->first_row;
    csv->row = csv->header_row;
    csv->n_faults = 0;
    csv->next_quote = find_byte(csv->at, csv->end, '"');
    csv->next_cr = find_byte(csv->at, csv->end, '\r');
}
