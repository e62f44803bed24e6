/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words, strings, comments and faults of the policy language's text. */
#include "grammar/policy/lexer.h"
#include "tests/unit/policy-listing.h"

#include <string.h>
#include <time.h>

static const char *const kind_names[] = {
    [TAMIS_TOKEN_END] = "end",         [TAMIS_TOKEN_STRING] = "string",
    [TAMIS_TOKEN_ADDRESS] = "address", [TAMIS_TOKEN_DOMAIN] = "domain",
    [TAMIS_TOKEN_DATE] = "date",       [TAMIS_TOKEN_INSTANT] = "instant",
    [TAMIS_TOKEN_NAME] = "name",       [TAMIS_TOKEN_NUMBER] = "number",
    [TAMIS_TOKEN_SIZE] = "size",       [TAMIS_TOKEN_TIME] = "time",
    [TAMIS_TOKEN_ZONE] = "zone",       [TAMIS_TOKEN_OPEN] = "{",
    [TAMIS_TOKEN_CLOSE] = "}",         [TAMIS_TOKEN_LEFT] = "(",
    [TAMIS_TOKEN_RIGHT] = ")",         [TAMIS_TOKEN_SEMICOLON] = ";",
    [TAMIS_TOKEN_COMMA] = ",",         [TAMIS_TOKEN_EQUALS] = "=",
    [TAMIS_TOKEN_PLUS] = "+",          [TAMIS_TOKEN_MINUS] = "-",
    [TAMIS_TOKEN_DOTS] = "..",         [TAMIS_TOKEN_LT] = "<",
    [TAMIS_TOKEN_LE] = "<=",           [TAMIS_TOKEN_GT] = ">",
    [TAMIS_TOKEN_GE] = ">=",
};

/* The tokens of a text, as "kind:text" with blanks between, then the findings a line each. */
static char *
lex(const char *text, gsize length)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "test.tamis", text, length);
    GString *out = g_string_new(NULL);
    g_autofree char *findings = NULL;
    TamisLexer lexer;
    TamisToken token;

    tamis_lexer_init(&lexer, source, arena, report);
    for (;;) {
        tamis_lexer_next(&lexer, &token);
        if (token.kind == TAMIS_TOKEN_END)
            break;
        g_string_append(out, out->len > 0 ? " " : "");
        if (token.kind >= TAMIS_TOKEN_OPEN)
            g_string_append(out, kind_names[token.kind]);
        else
            g_string_append_printf(out, "%s:%.*s", kind_names[token.kind], (int)token.length_bytes,
                                   token.text);
        if (token.is_faulty)
            g_string_append_c(out, '!');
        /* Positions only ever move on. */
        g_assert_cmpuint(token.span.offset + token.span.length, <=, length);
    }
    tamis_lexer_clear(&lexer);
    findings = list_findings(report);
    if (findings[0] != '\0')
        g_string_append_printf(out, "\n%s", findings);
    return g_string_free(out, FALSE);
}

static void
check(const char *text, const char *expected)
{
    g_autofree char *actual = lex(text, strlen(text));
    g_assert_cmpstr(actual, ==, expected);
}

static void
test_words(void)
{
    check("acme.example 163.com 10.0.0.1 a-b.c_d.e",
          "domain:acme.example domain:163.com domain:10.0.0.1 domain:a-b.c_d.e");
    check("info@acme.example zhang+orders@acme.cn a.b_c-d@x.example 163@163.com",
          "address:info@acme.example address:zhang+orders@acme.cn address:a.b_c-d@x.example "
          "address:163@163.com");
    check("info@bücher.example 张@例子.中国 例子.中国 root@localhost",
          "address:info@bücher.example address:张@例子.中国 domain:例子.中国 "
          "address:root@localhost");
    check("+x@a.example -x@a.example _x@a.example .x@a.example",
          "address:+x@a.example address:-x@a.example address:_x@a.example address:.x@a.example");
    check("desk last_day mon mon-fri 紧急 Größe X-1_a", "name:desk name:last_day name:mon "
                                                        "name:mon-fri name:紧急 name:Größe "
                                                        "name:X-1_a");
    check("कार्य กลุ่ม", "name:कार्य name:กลุ่ม");
    check("5 10M 500k 1G 007", "number:5 size:10M size:500k size:1G number:007");
    check("09:00-12:00, 13:00-24:00", "time:09:00 - time:12:00 , time:13:00 - time:24:00");
    check("Asia/Shanghai America/Argentina/Buenos_Aires Etc/GMT+8 America/Port-au-Prince UTC",
          "zone:Asia/Shanghai zone:America/Argentina/Buenos_Aires zone:Etc/GMT+8 "
          "zone:America/Port-au-Prince name:UTC");
    check("desk/* a */ UTC# b\n/* c */", "name:desk name:UTC");
    check("{ } ( ) ; , = + - .. < <= > >=", "{ } ( ) ; , = + - .. < <= > >=");
    check("size>=10M,a<b", "name:size >= size:10M , name:a < name:b");
    check("row.address row.last_day row.a.b",
          "domain:row.address domain:row.last_day domain:row.a.b");
    check("acme.example.", "domain:acme.example\n"
                           "1:13-1:14 syntax: stray character '.' (help: put text in quotes: "
                           "\"…\")\n");
}

static void
test_dates(void)
{
    check("2026-12-31 2026-10-01..2026-10-07",
          "date:2026-12-31 date:2026-10-01 .. date:2026-10-07");
    check("last_day - 7 days", "name:last_day - number:7 name:days");
    check("2026-12-31-7 days 2026-12-31+1 day",
          "date:2026-12-31 - number:7 name:days date:2026-12-31 + number:1 name:day");
    check("2028-02-29 2000-02-29", "date:2028-02-29 date:2000-02-29");
    check("2026-12-31 18:00 2026-12-31T18:00 2026-12-31 18:00:59",
          "instant:2026-12-31 18:00 instant:2026-12-31T18:00 instant:2026-12-31 18:00:59");
    check("2026-12-31 18:00Z 2026-12-31T18:00:00+08:00 2026-12-31 18:00-03:30",
          "instant:2026-12-31 18:00Z instant:2026-12-31T18:00:00+08:00 "
          "instant:2026-12-31 18:00-03:30");
    check("2026-12-31 24:00", "instant:2026-12-31 24:00");
    /* As a finding shows an instant. */
    check("2026-12-31  18:00 +08:00", "instant:2026-12-31 18:00+08:00");
    check("2026-12-31 18:00 + 8 hours", "instant:2026-12-31 18:00 + number:8 name:hours");
    check("2026-11-30.example.com", "domain:2026-11-30.example.com");
}

#define DAY_HELP "(help: write a day that the calendar has, as 2026-12-31)\n"
#define TIME_HELP                                                                                  \
    "(help: write hours 00 to 23 and minutes 00 to 59, as 09:00; 24:00 is the end of the day)\n"
#define SHAPE_HELP                                                                                 \
    "is neither a name nor a number, date, domain or address (help: a name begins with a letter; " \
    "put anything else in quotes)\n"

static void
test_word_faults(void)
{
    check("2026-02-30", "date:2026-02-28!\n"
                        "1:1-1:11 syntax: no such day: '2026-02-30' " DAY_HELP);
    check("2026-13-01", "date:2026-12-01!\n"
                        "1:1-1:11 syntax: no such day: '2026-13-01' " DAY_HELP);
    check("0000-01-01", "date:0001-01-01!\n"
                        "1:1-1:11 syntax: no such day: '0000-01-01' " DAY_HELP);
    check("2026-1-5", "date:2026-01-05!\n"
                      "1:1-1:9 syntax: malformed date '2026-1-5' (help: write '2026-01-05')\n");
    check("2026/01/05",
          "date:2026-01-05!\n"
          "1:1-1:11 syntax: malformed date '2026/01/05' (help: write '2026-01-05')\n");
    check("25:00", "time:12:00!\n"
                   "1:1-1:6 syntax: no such time of day: '25:00' " TIME_HELP);
    check("24:01", "time:12:00!\n"
                   "1:1-1:6 syntax: no such time of day: '24:01' " TIME_HELP);
    check("9:00-12:60", "time:09:00! - time:12:00!\n"
                        "1:1-1:5 syntax: malformed time '9:00' (help: write '09:00')\n"
                        "1:6-1:11 syntax: no such time of day: '12:60' " TIME_HELP);
    check("09:00:00", "time:09:00!\n"
                      "1:1-1:9 syntax: a time of day has no seconds: '09:00:00' (help: write "
                      "'09:00')\n");
    check("2026-12-31 25:00",
          "instant:2000-01-01 00:00!\n"
          "1:1-1:17 syntax: no such time of day: '2026-12-31 25:00' " TIME_HELP);
    check("2026-12-31 18:00+99:00",
          "instant:2000-01-01 00:00!\n"
          "1:1-1:23 syntax: no such offset from UTC: '2026-12-31 18:00+99:00' (help: write Z, or "
          "an offset as +08:00)\n");
    check("9223372036854775807 9223372036854775808",
          "number:9223372036854775807 number:1!\n"
          "1:21-1:40 syntax: number '9223372036854775808' is too large (help: write a smaller "
          "one)\n");
    check("8589934591G 8589934592G",
          "size:8589934591G size:1!\n"
          "1:13-1:24 syntax: number '8589934592G' is too large (help: write a smaller one)\n");
    check("7days", "number:7! name:days\n"
                   "1:1-1:2 syntax: no blank after '7' (help: put a blank between a number and a "
                   "word, as in '7 days')\n");
    check("info@;", "address:info@! ;\n"
                    "1:1-1:6 syntax: address 'info@' has no domain (help: write it as "
                    "local@domain)\n");
    check("_desk 9-17",
          "name:_desk! number:1!\n"
          "1:1-1:6 syntax: '_desk' " SHAPE_HELP "1:7-1:11 syntax: '9-17' " SHAPE_HELP);
}

static void
test_strings(void)
{
    check("\"\" \"a b\" \"# /* ; 紧急\"", "string: string:a b string:# /* ; 紧急");
    check("\"\\\"\\\\\\n\\u{7d27}\\u{1F600}\"", "string:\"\\\n紧😀");
    check("\"a\tb\"", "string:a\tb");
    check("\"${name} ${row.column} $${x} $ $$ 5$ {x}\"",
          "string:${name} ${row.column} $${x} $ $$ 5$ {x}");
    /* What escapes spell is never a placeholder. */
    check("\"\\u{24}{x} $\\u{7b}x}\"", "string:$${x} $${x}");
    check("\"\\u{24}${x} $$${x}\"", "string:${$}${x} $$${x}");
}

static void
test_blocks(void)
{
    check("\"\"\"\n    Hello\n      you\n\n    bye\n    \"\"\"", "string:Hello\n  you\n\nbye");
    check("\"\"\"\n    Hello\n  \"\"\"", "string:  Hello");
    check("\"\"\"\n\tone\n\t two\n\t\"\"\"", "string:one\n two");
    /* A tab and four blanks have nothing in common. */
    check("\"\"\"\n\tone\n    two\n    \"\"\"", "string:\tone\n    two");
    check("\"\"\"\n\"\"\"", "string:");
    check("\"\"\"\n\n\"\"\"", "string:");
    check("\"\"\"\n\n\n\"\"\"", "string:\n");
    check("\"\"\"\n  a\n\n  \"\"\"", "string:a\n");
    check("\"\"\"\n  a  \n   \t  \n  -- \n  \"\"\"", "string:a  \n\n-- ");
    check("\"\"\"  \r\n  a\r\n\r\n  b\r\n  \"\"\"", "string:a\n\nb");
    check("\"\"\"\n  say \"hi\" and \"\" \\\"\"\" \\u{41}\\n ${x}\n  \"\"\"",
          "string:say \"hi\" and \"\" \"\"\" A\n ${x}");
    check("\"\"\"\n  a\n  b\"\"\";", "string:a\nb ;");
}

#define PLACEHOLDER_HELP "(help: write '${name}' or '${row.column}'; a literal '${' is '$${')\n"
#define UNICODE_HELP     "(help: write a character as \\u{20ac})\n"

static void
test_string_faults(void)
{
    check("reject \"closed; }\nkeep",
          "name:reject string:closed! ; } name:keep\n"
          "1:8-1:15 syntax: string is not closed on its line (help: close it with '\"', or write a "
          "text block between lines of \"\"\")\n");
    check("\"a\\qb\"", "string:aqb!\n"
                       "1:3-1:5 syntax: unknown escape '\\q' (help: write \\\\ for a backslash; "
                       "there are \\\", \\\\, \\n and \\u{…})\n");
    check("\"\\u{110000} \\u{d800} \\u41 \\u{}\"",
          "string:{110000} {d800} 41 {}!\n"
          "1:2-1:4 syntax: malformed escape '\\u' " UNICODE_HELP
          "1:13-1:15 syntax: malformed escape '\\u' " UNICODE_HELP
          "1:22-1:24 syntax: malformed escape '\\u' " UNICODE_HELP
          "1:27-1:29 syntax: malformed escape '\\u' " UNICODE_HELP);
    check("\"a\\u{7}b\\u{0}\\u{85}\\u{d}c\"",
          "string:abc!\n"
          "1:3-1:8 unsafe-string: control character U+0007 in a string (help: take it out)\n"
          "1:9-1:14 unsafe-string: control character U+0000 in a string (help: take it out)\n"
          "1:14-1:20 unsafe-string: control character U+0085 in a string (help: take it out)\n"
          "1:20-1:25 unsafe-string: control character U+000D in a string (help: take it out)\n");
    check("\"a\033[2J\xc2\x85\"",
          "string:a[2J!\n"
          "1:3-1:4 unsafe-string: control character U+001B in a string (help: take it out)\n");
    check("\"a\xff\xfe z\"", "string:a z!\n1:3-1:5 unsafe-string: bytes that are no UTF-8 in a "
                             "string (help: save the file as UTF-8)\n");
    check("\"${} ${ a} ${a b} ${a.} ${$} ${a\"",
          "string:$${} $${ a} $${a b} $${a.} $${$} $${a!\n"
          "1:2-1:5 syntax: malformed placeholder '${}' " PLACEHOLDER_HELP
          "1:6-1:11 syntax: malformed placeholder '${ a}' " PLACEHOLDER_HELP
          "1:12-1:18 syntax: malformed placeholder '${a b}' " PLACEHOLDER_HELP
          "1:19-1:24 syntax: malformed placeholder '${a.}' " PLACEHOLDER_HELP
          "1:25-1:27 syntax: malformed placeholder '${' " PLACEHOLDER_HELP
          "1:30-1:33 syntax: malformed placeholder '${a' " PLACEHOLDER_HELP);
    check("\"\"\"abc\n  d\n  \"\"\" x",
          "string:abc\n  d! name:x\n"
          "1:1-1:4 syntax: text block does not begin on a line of its own (help: put a line break "
          "after the quotes)\n");
    check("x \"\"\"\n abc", "name:x string:abc!\n"
                            "1:3-1:6 syntax: text block is not closed (help: close it with a line "
                            "of \"\"\")\n");
}

#define MARK_HELP(mark) "(help: write '" mark "' with an ASCII keyboard)\n"
#define QUOTE_HELP      "(help: write strings in straight double quotes: \"…\")\n"

static void
test_strays(void)
{
    check("a；b，（）", "name:a ;! name:b ,! (! )!\n"
                        "1:2-1:3 syntax: unusable mark '；' " MARK_HELP(
                            ";") "1:4-1:5 syntax: unusable mark "
                                 "'，' " MARK_HELP(",") "1:5-1:6 "
                                                        "syntax: "
                                                        "unusable mark "
                                                        "'（'"
                                                        " " MARK_HELP("(") "1:6-"
                                                                           "1:7 "
                                                                           "synta"
                                                                           "x: "
                                                                           "unusa"
                                                                           "ble "
                                                                           "mark "
                                                                           "'）'"
                                                                           " " MARK_HELP(")"));
    check("“订单” 'x' „a“", "string:订单! string:x! string:a!\n"
                            "1:1-1:2 syntax: unusable quote '“' " QUOTE_HELP
                            "1:6-1:7 syntax: unusable quote ''' " QUOTE_HELP
                            "1:10-1:11 syntax: unusable quote '„' " QUOTE_HELP);
    check("a && b", "name:a name:b!\n"
                    "1:3-1:5 syntax: stray character '&&' (help: write 'and')\n");
    check("x // y\nz", "name:x name:z\n"
                       "1:3-1:5 syntax: stray characters '//' (help: a comment begins with '#')\n");
    check("o'brien@acme.example; john.o'brien@acme.example",
          "string:o'brien@acme.example! ; string:john.o'brien@acme.example!\n"
          "1:2-1:3 syntax: address with ''' before the '@' (help: put the whole address in quotes: "
          "\"o'brien@acme.example\")\n"
          "1:29-1:30 syntax: address with ''' before the '@' (help: put the whole address in "
          "quotes: \"john.o'brien@acme.example\")\n");
    check("\"o'brien\"@acme.example;",
          "string:o'brien@acme.example! ;\n"
          "1:1-1:10 syntax: quotes around a part of an address (help: put the whole address in "
          "quotes: \"o'brien@acme.example\")\n");
    check("a/* b@c.example */;", "name:a ;");
    check("@acme.example", "domain:acme.example!\n"
                           "1:1-1:2 syntax: nothing before the '@' (help: write an address as "
                           "local@domain, and a whole domain without '@')\n");
    check("a　b", "name:a name:b!\n"
                  "1:2-1:3 syntax: blank U+3000 (help: write a plain blank)\n");
    check("a\001\002b", "name:a name:b!\n"
                        "1:2-1:3 syntax: control character U+0001 (help: take it out)\n");
    check("a\rb", "name:a name:b!\n"
                  "1:2-1:3 syntax: control character U+000D (help: take it out)\n");
    check("a /* b", "name:a\n"
                    "1:3-1:5 syntax: comment is not closed (help: close it with '*/')\n");
    check("# a\033b\nc", "name:c\n"
                         "1:4-1:5 syntax: control character U+001B in a comment (help: take it "
                         "out)\n");
    check("a \xe7\xb4", "name:a\n"
                        "1:3-1:5 syntax: bytes that are no UTF-8 (help: save the file as UTF-8)\n");
}

static void
test_encodings(void)
{
    g_autofree char *nul = lex("a\0b", 3), *utf16 = lex("\xff\xfe"
                                                        "a\0b\0",
                                                        6);
    g_autofree char *gbk = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    check("\xef\xbb\xbf"
          "a\r\nb",
          "name:a name:b");
    g_assert_cmpstr(nul, ==,
                    "name:a name:b!\n1:2-1:3 syntax: control character U+0000 (help: take it "
                    "out)\n");
    g_assert_cmpstr(utf16, ==,
                    "\n1:1-1:3 syntax: the file is UTF-16 (help: save the file as UTF-8)\n");
    /* A file in another encoding is wrong everywhere: that is said a few times only. */
    for (guint i = 0; i < 50; i++)
        g_string_append(text, "# \xbd\xf4\xbc\xb1\n");
    gbk = lex(text->str, text->len);
    lines = g_strsplit(gbk, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, TAMIS_LEXER_MAX_ENCODING_FAULTS + 2);
}

/* No input takes more than linear time: these have been the ways to make it quadratic. */
static void
test_time(void)
{
    static const char *const repeats[] = {
        "1..", "a+", "1-", "-",    "+",  ".",        "1a-",  "a..b+", "１",   "\"",          "\\",
        "$",   "${", "/*", "/**/", "'",  "`",        "=",    "\001",  "\xff", "2026-10-01 ", "a@",
        "@",   "&",  "a/", "“",    "。", "\"\"\"\n", "\\\"", "ü",     "a'",   "2026-10-01-"};

    for (gsize i = 0; i < G_N_ELEMENTS(repeats); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        clock_t start = clock(); /* of this process: other work on the machine is not ours */
        g_autofree char *listing = NULL;

        while (text->len < 300000)
            g_string_append(text, repeats[i]);
        listing = lex(text->str, text->len);
        g_assert_cmpint((clock() - start) / CLOCKS_PER_SEC, <, 20);
        g_test_message("%s: %.1f ms", repeats[i],
                       (double)(clock() - start) * 1000 / CLOCKS_PER_SEC);
    }
}

static void
test_comments(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const char *text = "# one\r\na /* two\n */ b # three";
    TamisSourceId source = tamis_sources_add_text(sources, "test.tamis", text, strlen(text));
    TamisLexer lexer;
    TamisToken token;

    tamis_lexer_init(&lexer, source, arena, report);
    tamis_lexer_next(&lexer, &token);
    g_assert_true(token.starts_line);
    tamis_lexer_next(&lexer, &token);
    g_assert_true(token.starts_line);
    tamis_lexer_next(&lexer, &token);
    g_assert_cmpint(token.kind, ==, TAMIS_TOKEN_END);
    g_assert_cmpuint(lexer.comments->len, ==, 3);
    g_assert_cmpstr(g_array_index(lexer.comments, TamisComment, 0).text, ==, "# one");
    g_assert_cmpstr(g_array_index(lexer.comments, TamisComment, 1).text, ==, "/* two\n */");
    g_assert_cmpstr(g_array_index(lexer.comments, TamisComment, 2).text, ==, "# three");
    g_assert_cmpuint(g_array_index(lexer.comments, TamisComment, 2).span.offset, ==, 22);
    tamis_lexer_clear(&lexer);
}

static void
check_shape(const char *text, TamisTokenKind kind)
{
    g_assert_cmpint(tamis_word_shape(text, strlen(text)), ==, kind);
}

static void
test_shapes(void)
{
    check_shape("desk", TAMIS_TOKEN_NAME);
    check_shape("a@b.example", TAMIS_TOKEN_ADDRESS);
    check_shape("2026-12-31 18:00", TAMIS_TOKEN_INSTANT);
    check_shape("10M", TAMIS_TOKEN_SIZE);
    check_shape("2026-02-30", TAMIS_TOKEN_END);
    check_shape("a b", TAMIS_TOKEN_END);
    check_shape(" a", TAMIS_TOKEN_END);
    check_shape("", TAMIS_TOKEN_END);
    check_shape("o'brien@acme.example", TAMIS_TOKEN_END);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy-lexer/words", test_words);
    g_test_add_func("/policy-lexer/dates", test_dates);
    g_test_add_func("/policy-lexer/word-faults", test_word_faults);
    g_test_add_func("/policy-lexer/strings", test_strings);
    g_test_add_func("/policy-lexer/blocks", test_blocks);
    g_test_add_func("/policy-lexer/string-faults", test_string_faults);
    g_test_add_func("/policy-lexer/strays", test_strays);
    g_test_add_func("/policy-lexer/encodings", test_encodings);
    g_test_add_func("/policy-lexer/time", test_time);
    g_test_add_func("/policy-lexer/comments", test_comments);
    g_test_add_func("/policy-lexer/shapes", test_shapes);
    return g_test_run();
}
