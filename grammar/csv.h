/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CSV tables, RFC 4180: a header row, quoted cells with doubled quotes and line breaks, CRLF or LF, an
 * optional BOM. Cells are slices of the source until one needs unquoting. */
#pragma once

#include "base/arena.h"
#include "base/report.h"

#define TAMIS_CSV_MAX_BYTES   (2u << 30)
#define TAMIS_CSV_MAX_COLUMNS 1024

typedef struct {
    const char *text; /* unquoted, surrounding blanks removed when the cell was not quoted */
    guint32 length_bytes;
    guint32 offset; /* of the cell in the source, for spans */
    guint32 raw_length_bytes;
} TamisCell;

typedef struct TamisCsv TamisCsv;

/* Opens a table and reads its header row. Faults of the header (missing, no UTF-8, duplicate names) go to
 * the report; then NULL. csv lives in arena. */
TAMIS_API TamisCsv *tamis_csv_open(TamisSourceId source, TamisArena *arena, TamisReport *report);
TAMIS_API guint32 tamis_csv_n_columns(const TamisCsv *csv);
/* The header's cells. Lent. */
TAMIS_API const TamisCell *tamis_csv_header(const TamisCsv *csv);
/* 0-based index, or -1. Compared exactly. */
TAMIS_API int tamis_csv_find_column(const TamisCsv *csv, const char *name);
/* The next row, n_columns cells, lent until the next call (their text: as long as the arena); NULL at the
 * end. Blank lines are skipped. A row with too few or too many cells, an unclosed quote or text after a
 * closing quote is reported (rule syntax, naming the row's number) and skipped. */
TAMIS_API const TamisCell *tamis_csv_next(TamisCsv *csv, TamisReport *report);
/* Of the last row given: 1-based, the header is row 1; its span. */
TAMIS_API guint32 tamis_csv_row_number(const TamisCsv *csv);
TAMIS_API TamisSpan tamis_csv_row_span(const TamisCsv *csv);
/* Back to before the first row of data. */
TAMIS_API void tamis_csv_rewind(TamisCsv *csv);
