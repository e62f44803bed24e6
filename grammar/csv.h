/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CSV tables, RFC 4180: a header row, quoted cells with doubled quotes and line breaks, CRLF or LF,
 * an optional BOM. Cells are slices of the source until one needs unquoting. */
#pragma once

#include "base/arena.h"
#include "base/report.h"

#define TAMIS_CSV_MAX_BYTES   (2u << 30)
#define TAMIS_CSV_MAX_COLUMNS 1024
#define TAMIS_CSV_MAX_FAULTS  100

typedef struct {
    const char *text; /* unquoted, surrounding blanks removed when the cell was not quoted */
    guint32 length_bytes;
    guint32 offset; /* of the cell in the source, for spans */
    guint32 raw_length_bytes;
} TamisCell;

typedef struct TamisCsv TamisCsv;

/* Opens a table and reads its header row: the first line that is not blank. The whole text is
 * checked for UTF-8 and NUL first. Faults (those, a header that is missing, has an unnamed or a
 * repeated column or too many) go to the report; then NULL. csv lives in arena. */
TAMIS_API TamisCsv *tamis_csv_open(TamisSourceId source, TamisArena *arena, TamisReport *report);
TAMIS_API guint32 tamis_csv_n_columns(const TamisCsv *csv);
/* The header's cells. Lent. */
TAMIS_API const TamisCell *tamis_csv_header(const TamisCsv *csv);
/* 0-based index, or -1. Compared exactly. */
TAMIS_API int tamis_csv_find_column(const TamisCsv *csv, const char *name);
/* The next row, n_columns cells, lent until the next call (their text: as long as source and arena,
 * without a closing NUL); NULL at the end. Blank lines are skipped. Blanks around quotes are no
 * text. A row with too few or too many cells, an unclosed quote, text after a closing quote, a
 * quote in an unquoted cell or a carriage return without its line feed is reported (rule syntax,
 * naming the row's number and the column) and skipped; after TAMIS_CSV_MAX_FAULTS of them the table
 * ends. */
TAMIS_API const TamisCell *tamis_csv_next(TamisCsv *csv, TamisReport *report);
/* Of the last row given, as a spreadsheet counts: the first line is row 1, blank lines count, a
 * line break inside a cell does not; its span, without the line's end. */
TAMIS_API guint32 tamis_csv_row_number(const TamisCsv *csv);
TAMIS_API TamisSpan tamis_csv_row_span(const TamisCsv *csv);
/* Whether a row so far was faulty. */
TAMIS_API gboolean tamis_csv_has_faults(const TamisCsv *csv);
/* Back to before the first row of data. */
TAMIS_API void tamis_csv_rewind(TamisCsv *csv);
