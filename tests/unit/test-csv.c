/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CSV tables: what is read, and what is said, where, of what cannot be. */
#include "grammar/csv.h"

#include <string.h>

typedef struct {
    TamisSources *sources;
    TamisReport *report;
    TamisArena *arena;
    TamisCsv *csv;
} Table;

static Table
open_bytes(const char *text, gsize length)
{
    Table table = {.sources = tamis_sources_new(), .arena = tamis_arena_new()};
    table.report = tamis_report_new(table.sources);
    TamisSourceId source = tamis_sources_add_text(table.sources, "t.csv", text, length);
    table.csv = tamis_csv_open(source, table.arena, table.report);
    return table;
}

static Table
open_text(const char *text)
{
    return open_bytes(text, strlen(text));
}

static void
close_table(Table *table)
{
    tamis_report_free(table->report);
    tamis_arena_free(table->arena);
    tamis_sources_free(table->sources);
}

/* "a|b" for a row; NULL at the end. */
static char *
next_row(Table *table)
{
    const TamisCell *cells = tamis_csv_next(table->csv, table->report);
    if (cells == NULL)
        return NULL;
    GString *row = g_string_new(NULL);
    for (guint32 i = 0; i < tamis_csv_n_columns(table->csv); i++) {
        if (i > 0)
            g_string_append_c(row, '|');
        g_string_append_len(row, cells[i].text, cells[i].length_bytes);
    }
    return g_string_free(row, FALSE);
}

/* "2:5-6: error: message" of the index-th finding. */
static void
assert_finding(Table *table, guint index, const char *expected)
{
    static const char *const severities[] = {"hint", "warning", "error"};
    g_assert_cmpuint(index, <, tamis_report_count(table->report));
    const TamisDiagnostic *diagnostic = tamis_report_get(table->report, index);
    TamisPosition position = tamis_sources_locate(table->sources, diagnostic->span);
    g_autofree char *actual =
        g_strdup_printf("%u:%u-%u:%u: %s: %s", position.line, position.column, position.end_line,
                        position.end_column, severities[diagnostic->severity], diagnostic->message);
    g_assert_cmpstr(actual, ==, expected);
}

/* rows and findings: NULL-terminated lists. */
static void
assert_table(const char *text, const char *const *rows, const char *const *findings)
{
    Table table = open_text(text);
    guint n = 0;

    if (table.csv == NULL) {
        g_assert_null(rows);
    } else {
        for (guint i = 0; rows[i] != NULL; i++) {
            g_autofree char *row = next_row(&table);
            g_assert_cmpstr(row, ==, rows[i]);
        }
        g_assert_null(next_row(&table));
    }
    for (; findings != NULL && findings[n] != NULL; n++)
        assert_finding(&table, n, findings[n]);
    g_assert_cmpuint(tamis_report_count(table.report), ==, n);
    close_table(&table);
}

#define ROWS(...) ((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void
test_plain(void)
{
    assert_table("a,b\n1,2\n3,4\n", ROWS("1|2", "3|4"), NULL);
    assert_table("a,b\n1,2\n3,4", ROWS("1|2", "3|4"), NULL);
    assert_table("a,b\r\n1,2\r\n3,4\r\n", ROWS("1|2", "3|4"), NULL);
    assert_table("a,b\r\n1,2\n3,4\r\n", ROWS("1|2", "3|4"), NULL);
    assert_table("a\n1\n\n2\n", ROWS("1", "2"), NULL);
    assert_table("a,b\n ,\n,\n1 2 , 3\t\n", ROWS("|", "|", "1 2|3"), NULL);
    assert_table("地址,名\n张@例.cn,张三\n", ROWS("张@例.cn|张三"), NULL);
    assert_table("\xef\xbb\xbf"
                 "a,b\n1,2\n",
                 ROWS("1|2"), NULL);
    assert_table("a,b\n", ROWS(), NULL);
    assert_table("a,b", ROWS(), NULL);
    assert_table("a,b\n\n  \t\r\n\n", ROWS(), NULL);
}

static void
test_quotes(void)
{
    assert_table("a,b\n\"1\",\"2,3\"\n", ROWS("1|2,3"), NULL);
    assert_table("a,b\n\"he said \"\"no\"\"\",\"\"\"\"\n", ROWS("he said \"no\"|\""), NULL);
    assert_table("a,b\n\"\",\"\"\"\"\"\"\n", ROWS("|\"\""), NULL);
    assert_table("a,b\n\"1\n2\",3\n4,5\n", ROWS("1\n2|3", "4|5"), NULL);
    assert_table("a,b\r\n\"1\r\n2\",3\r\n4,5\r\n", ROWS("1\r\n2|3", "4|5"), NULL);
    assert_table("a,b\n\"1\r2\",3\n", ROWS("1\r2|3"), NULL);
    assert_table("a,b\n \"1 \" , \" 2\"\t\n", ROWS("1 | 2"), NULL);
    assert_table("\"a\",\"b\"\n1,2\n", ROWS("1|2"), NULL);
    assert_table("\xef\xbb\xbf\"a\",b\n1,2\n", ROWS("1|2"), NULL);
    assert_table("a\n\"1\"", ROWS("1"), NULL);
    assert_table("a,b\n\"1\",", ROWS("1|"), NULL);
    assert_table("a\n\"\"\n", ROWS(""), NULL);
}

static void
test_faults(void)
{
    assert_table("a,b\n1,\"2\n3,4\n", ROWS(),
                 ROWS("2:3-2:4: error: row 2, column 'b': the quote is never closed"));
    assert_table("a,b\n\"1\"x,2\n3,4\n", ROWS("3|4"),
                 ROWS("2:4-2:5: error: row 2, column 'a': text behind the closing quote"));
    assert_table("a,b\n\"1\"\"2\"3,\n3,4\n", ROWS("3|4"),
                 ROWS("2:7-2:8: error: row 2, column 'a': text behind the closing quote"));
    assert_table("a,b\n\"1\" \"2\",\n3,4\n", ROWS("3|4"),
                 ROWS("2:5-2:6: error: row 2, column 'a': text behind the closing quote"));
    assert_table("a,b\n\"1\n2\"x,2\n3,4\n", ROWS("3|4"),
                 ROWS("3:3-3:4: error: row 2, column 'a': text behind the closing quote"));
    assert_table(
        "a,b\n1,2\"3\n4,5\n", ROWS("4|5"),
        ROWS("2:4-2:5: error: row 2, column 'b': a quote inside a cell that is not quoted"));
    assert_table("a,b\n1\r2,3\n4,5\n", ROWS("4|5"),
                 ROWS("2:2-2:3: error: row 2, column 'a': a carriage return without a line feed"));
    assert_table("a,b\n1,2\r", ROWS(),
                 ROWS("2:4-2:5: error: row 2, column 'b': a carriage return without a line feed"));
    assert_table("a,b\n\"1\"\r,2\n3,4\n", ROWS("3|4"),
                 ROWS("2:4-2:5: error: row 2, column 'a': a carriage return without a line feed"));
    assert_table("a\rb\r", NULL,
                 ROWS("1:2-1:3: error: row 1, column 1: a carriage return without a line feed"));
}

static void
test_ragged(void)
{
    assert_table("a,b,c\n1\n2,3,4\n5,6,7,8\n9,10,11\n", ROWS("2|3|4", "9|10|11"),
                 ROWS("2:1-2:2: error: row 2 ends before column 'b': it has 1 of 3 cells",
                      "4:1-4:8: error: row 4 has 4 cells, the header has 3"));
    assert_table("a,b\n\"1\n1\"\n2,3\n", ROWS("2|3"),
                 ROWS("2:1-3:3: error: row 2 ends before column 'b': it has 1 of 2 cells"));
}

static void
test_header(void)
{
    assert_table("", NULL, ROWS("1:1-1:1: error: the table is empty"));
    assert_table("\xef\xbb\xbf", NULL, ROWS("1:1-1:1: error: the table is empty"));
    assert_table("\n \n", NULL, ROWS("1:1-1:1: error: the table is empty"));
    assert_table("a,b,a\n", NULL, ROWS("1:5-1:6: error: the table has two columns 'a'"));
    assert_table("a,,b\n", NULL,
                 ROWS("1:3-1:3: error: column 2 of the table's header has no name"));
    assert_table("a,b,\n", NULL,
                 ROWS("1:5-1:5: error: column 3 of the table's header has no name"));
    assert_table("a,\"b\n1,2\n", NULL,
                 ROWS("1:3-1:4: error: row 1, column 2: the quote is never closed"));

    GString *wide = g_string_new("c0");
    for (guint i = 1; i <= TAMIS_CSV_MAX_COLUMNS; i++)
        g_string_append_printf(wide, ",c%u", i);
    Table table = open_text(wide->str);
    g_assert_null(table.csv);
    g_assert_cmpstr(tamis_report_get(table.report, 0)->message, ==,
                    "the table has 1025 columns, more than 1024");
    close_table(&table);
    g_string_truncate(wide, wide->len - strlen(",c1024"));
    table = open_text(wide->str);
    g_assert_nonnull(table.csv);
    g_assert_cmpuint(tamis_csv_n_columns(table.csv), ==, TAMIS_CSV_MAX_COLUMNS);
    g_assert_cmpint(tamis_csv_find_column(table.csv, "c1023"), ==, 1023);
    close_table(&table);
    g_string_free(wide, TRUE);
}

static void
test_encoding(void)
{
    Table table = open_bytes("a,b\n1,2\0\n", 9);
    g_assert_null(table.csv);
    assert_finding(&table, 0, "2:4-2:5: error: row 2: a NUL byte");
    g_assert_cmpint(tamis_report_get(table.report, 0)->rule, ==, TAMIS_RULE_UNSAFE_STRING);
    close_table(&table);
    /* 张三 in GBK, behind a line break inside a cell */
    assert_table("a,b\n\"x\ny\",\xd5\xc5\xc8\xfd\n", NULL,
                 ROWS("3:4-3:5: error: row 2: bytes that are no UTF-8"));
    assert_table("a\n\xed\xa0\x80\n", NULL, ROWS("2:1-2:2: error: row 2: bytes that are no UTF-8"));
    assert_table("a\n\xc0\x80\n", NULL, ROWS("2:1-2:2: error: row 2: bytes that are no UTF-8"));
    assert_table("a\n\xe4\xbd", NULL, ROWS("2:1-2:2: error: row 2: bytes that are no UTF-8"));
    table = open_bytes("\xff\xfe"
                       "a\0,\0",
                       6);
    assert_finding(&table, 0, "1:1-1:3: error: the table is UTF-16");
    close_table(&table);
}

static void
test_places(void)
{
    Table table = open_text("\xef\xbb\xbf"
                            "name, address\n\n \"张\"\"三\" ,  x@a.example \nli,y@a.example\n");
    g_assert_cmpuint(tamis_csv_n_columns(table.csv), ==, 2);
    g_assert_cmpint(tamis_csv_find_column(table.csv, "address"), ==, 1);
    g_assert_cmpint(tamis_csv_find_column(table.csv, "Address"), ==, -1);
    g_assert_cmpint(tamis_csv_find_column(table.csv, "addres"), ==, -1);
    for (int round = 0; round < 2; round++) {
        const TamisCell *cells = tamis_csv_next(table.csv, table.report);
        g_assert_cmpuint(tamis_csv_row_number(table.csv), ==, 3);
        g_assert_cmpmem(cells[0].text, cells[0].length_bytes, "张\"三", 7);
        TamisSpan span = {1, cells[0].offset, cells[0].raw_length_bytes};
        TamisPosition position = tamis_sources_locate(table.sources, span);
        g_assert_cmpuint(position.line, ==, 3);
        g_assert_cmpuint(position.column, ==, 2);
        g_assert_cmpuint(position.end_column, ==, 8);
        g_assert_cmpmem(cells[1].text, cells[1].length_bytes, "x@a.example", 11);
        g_assert_cmpuint(cells[1].raw_length_bytes, ==, 11);
        position = tamis_sources_locate(table.sources, tamis_csv_row_span(table.csv));
        g_assert_cmpuint(position.line, ==, 3);
        g_assert_cmpuint(position.end_line, ==, 3);
        g_assert_nonnull(tamis_csv_next(table.csv, table.report));
        g_assert_cmpuint(tamis_csv_row_number(table.csv), ==, 4);
        g_assert_null(tamis_csv_next(table.csv, table.report));
        g_assert_null(tamis_csv_next(table.csv, table.report));
        tamis_csv_rewind(table.csv);
    }
    close_table(&table);
}

/* Every mixture of the special bytes up to length 7: it ends, stays inside the text and, without a
 * finding, gives as many cells a row as the header has. */
static void
test_all_short_texts(void)
{
    static const char alphabet[] = {'"', ',', '\n', '\r', 'x', ' '};
    const guint n = G_N_ELEMENTS(alphabet);
    guint n_rows = 0;

    for (guint length = 0, count = 1; length <= 7; length++, count *= n) {
        for (guint code = 0; code < count; code++) {
            char text[16] = "h,i\n";
            for (guint i = 0, rest = code; i < length; i++, rest /= n)
                text[4 + i] = alphabet[rest % n];
            text[4 + length] = '\0';
            Table table = open_text(text);
            const TamisCell *cells;
            while ((cells = tamis_csv_next(table.csv, table.report)) != NULL) {
                n_rows++;
                for (guint i = 0; i < 2; i++)
                    g_assert_cmpuint(cells[i].offset + cells[i].raw_length_bytes, <=, 4 + length);
                g_assert_cmpuint(cells[0].offset + cells[0].raw_length_bytes, <,
                                 cells[1].offset + 1);
            }
            g_assert_cmpuint(tamis_report_count(table.report), <=, length + 1);
            close_table(&table);
        }
    }
    g_assert_cmpuint(n_rows, >, 10000);
}

static void
test_many_faults(void)
{
    GString *text = g_string_new("a,b\n");
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "1\n");
    Table table = open_text(text->str);
    g_assert_null(next_row(&table));
    g_assert_cmpuint(tamis_report_count(table.report), ==, TAMIS_CSV_MAX_FAULTS + 1);
    assert_finding(&table, TAMIS_CSV_MAX_FAULTS,
                   "101:1-101:2: error: the table has 100 faulty rows, the rest was not read");
    close_table(&table);
    g_string_free(text, TRUE);
}

static void
test_two_gibibytes(void)
{
    gsize length = (gsize)TAMIS_CSV_MAX_BYTES + 1;

    if (!g_test_slow()) {
        g_test_skip("needs 4 GiB of memory; run with -m slow");
        return;
    }
    char *text = g_malloc(length);
    memset(text, 'x', length);
    memcpy(text, "a\n", 2);
    Table table = open_bytes(text, length);
    g_assert_null(table.csv);
    assert_finding(&table, 0, "1:1-1:1: error: the table is larger than 2 GiB");
    close_table(&table);
    table = open_bytes(text, length - 1);
    const TamisCell *cells = tamis_csv_next(table.csv, table.report);
    g_assert_cmpuint(cells[0].length_bytes, ==, TAMIS_CSV_MAX_BYTES - 2);
    g_assert_null(tamis_csv_next(table.csv, table.report));
    close_table(&table);
    g_free(text);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/csv/plain", test_plain);
    g_test_add_func("/csv/quotes", test_quotes);
    g_test_add_func("/csv/faults", test_faults);
    g_test_add_func("/csv/ragged", test_ragged);
    g_test_add_func("/csv/header", test_header);
    g_test_add_func("/csv/encoding", test_encoding);
    g_test_add_func("/csv/places", test_places);
    g_test_add_func("/csv/all-short-texts", test_all_short_texts);
    g_test_add_func("/csv/many-faults", test_many_faults);
    g_test_add_func("/csv/two-gibibytes", test_two_gibibytes);
    return g_test_run();
}
