/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sieve text to tree, and back: what is read, where it stands, what is said about faults, and that
 * the printed text is a fixed point. */
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"

#include <string.h>

typedef struct {
    TamisSources *sources;
    TamisReport *report;
    TamisArena *arena;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->sources = tamis_sources_new();
    fixture->report = tamis_report_new(fixture->sources);
    fixture->arena = tamis_arena_new();
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    tamis_arena_free(fixture->arena);
    tamis_report_free(fixture->report);
    tamis_sources_free(fixture->sources);
}

static TamisSieveScript *
parse_bytes(Fixture *fixture, const char *text, gsize length)
{
    TamisSourceId source = tamis_sources_add_text(fixture->sources, "x.sieve", text, length);

    return tamis_sieve_parse(source, fixture->arena, fixture->report);
}

static TamisSieveScript *
parse(Fixture *fixture, const char *text)
{
    return parse_bytes(fixture, text, strlen(text));
}

/* Each finding as `line:column-line:column message`, its edits as `offset+length=text`. */
static char *
describe_findings(Fixture *fixture)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < tamis_report_count(fixture->report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(fixture->report, i);
        TamisPosition position = tamis_sources_locate(fixture->sources, diagnostic->span);
        g_string_append_printf(text, "%u:%u-%u:%u %s%s\n", position.line, position.column,
                               position.end_line, position.end_column,
                               diagnostic->severity == TAMIS_SEVERITY_WARNING ? "warning: " : "",
                               diagnostic->message);
        for (guint j = 0; diagnostic->related != NULL && j < diagnostic->related->len; j++) {
            const TamisRelated *related = &g_array_index(diagnostic->related, TamisRelated, j);
            position = tamis_sources_locate(fixture->sources, related->span);
            g_string_append_printf(text, "  %u:%u %s\n", position.line, position.column,
                                   related->message);
        }
        for (guint j = 0; diagnostic->edits != NULL && j < diagnostic->edits->len; j++) {
            const TamisEdit *edit = &g_array_index(diagnostic->edits, TamisEdit, j);
            g_string_append_printf(text, "  %u+%u=%s\n", edit->span.offset, edit->span.length,
                                   edit->text);
        }
    }
    return g_string_free(text, FALSE);
}

static void
assert_findings(Fixture *fixture, const char *expected)
{
    g_autofree char *found = describe_findings(fixture);

    g_assert_cmpstr(found, ==, expected);
}

static char *
print(const TamisSieveScript *script)
{
    GString *output = g_string_new(NULL);

    tamis_sieve_print(script, output);
    return g_string_free(output, FALSE);
}

typedef struct {
    const char *name;
    const char *text;
    const char *findings;
    const char *printed; /* NULL: the text itself */
} Case;

static const Case good_cases[] = {
    {"empty", "", "", NULL},
    {"blanks", " \t\r\n \n", "", ""},
    {"command", "keep;\n", "", NULL},
    {"crlf", "keep;\r\n\r\nstop;\r\n", "", "keep;\n\nstop;\n"},
    {"case", "IF TRUE { FileInto :Copy \"Ab\"; }", "",
     "if true {\n    fileinto :copy \"Ab\";\n}\n"},
    {"numbers", "x 0 1k 2M 3g 18446744073709551615 007;", "",
     "x 0 1K 2M 3G 18446744073709551615 7;\n"},
    {"escapes", "x \"a\\\"b\\\\c\\d\" \"\" \"\\\"\";", "", "x \"a\\\"b\\\\cd\" \"\" \"\\\"\";\n"},
    {"line-in-string", "x \"a\nb\";\n", "", NULL},
    {"one-in-brackets", "x [\"a\"];\n", "", NULL},
    {"block", "x text:\n..a\n.b\n\n.\n;\n", "", "x text:\n..a\n..b\n\n.\n;\n"},
    {"block-crlf", "x Text: \t\r\na\r\n.\r\n;", "", "x text:\na\r\n.\n;\n"},
    {"block-comment", "x text: # why\na\n.\n;\n", "", NULL},
    {"empty-block", "x text:\n.\n;\n", "", NULL},
    {"tests", "if allof(not true,anyof(false)){}", "", "if allof (not true, anyof (false)) {\n}\n"},
    {"text-tag", "if body :text \"a\" {\n}\n", "", NULL},
    {"comment-places",
     "# a\n\n/* b */ # c\nkeep; # d\n\n# e\nif /* f */ true # g\n{ # h\n# i\n} /* j */ # k\n# l\n"
     "else { stop # m\n; }\n/* n\n*/\n",
     "",
     "# a\n\n/* b */\n# c\nkeep; # d\n\n# e\nif /* f */ true {\n    # g\n    # h\n    # i\n} /* j "
     "*/ "
     "# k\n# l\nelse {\n    stop; # m\n}\n/* n\n*/\n"},
    {"comments-in-lists",
     "x [ # a\n\"b\", # c\n # d\n \"e\"\n # f\n ] /*g*/ \"h\" # i\n \"j\";\n"
     "if anyof ( # k\n true, /* l */ # m\n #n\n not # o\n false #p\n) {}\n",
     "",
     "x [ # a\n    \"b\", # c\n    # d\n    \"e\"\n    # f\n] /*g*/ \"h\" # i\n    \"j\";\n"
     "if anyof ( # k\n    true, /* l */ # m\n    #n\n    not # o\n        false #p\n) {\n}\n"},
    {"comment-stars", "/***/ /* * / **/ keep;", "", "/** */\n/* * / * */\nkeep;\n"},
    {"comment-at-end", "keep; # no line break",
     "1:7-1:22 warning: no line break at the end of the last comment\n  21+0=\n\n",
     "keep; # no line break\n"},
};

static const Case bad_cases[] = {
    {"semicolon", "keep\nstop;", "1:5-1:5 ';' is missing behind 'keep'\n  4+0=;\n",
     "keep;\nstop;\n"},
    {"semicolon-at-end", "keep", "1:5-1:5 ';' is missing behind 'keep'\n  4+0=;\n", "keep;\n"},
    {"semicolon-in-block", "if true { keep }", "1:15-1:15 ';' is missing behind 'keep'\n  14+0=;\n",
     "if true {\n    keep;\n}\n"},
    {"stray-semicolon", "if true {};", "1:11-1:12 ';' ends no command\n  10+1=\n",
     "if true {\n}\n"},
    {"no-block", "if true keep; stop;", "1:8-1:8 '{' is missing behind 'if'\n  7+0={\n",
     "if true;\nkeep;\nstop;\n"},
    {"block-open", "if true { keep;", "1:9-1:10 the block is not closed\n",
     "if true {\n    keep;\n}\n"},
    {"blocks-open", "if true { if true {", "1:19-1:20 the block is not closed\n",
     "if true {\n    if true {\n    }\n}\n"},
    {"stray-brace", "keep; } stop;", "1:7-1:8 '}' closes no block\n", "keep;\nstop;\n"},
    {"stray-block", "{ keep; } stop;", "1:1-1:2 '{' where a command should stand\n", "stop;\n"},
    {"stray-string", "\"a\" \"b\"; stop;", "1:1-1:4 a string where a command should stand\n",
     "stop;\n"},
    {"else-if", "if true {} else if false {}",
     "1:12-1:19 'else if' is one word in Sieve\n  11+7=elsif\n", "if true {\n} elsif false {\n}\n"},
    {"string-open", "keep;\nredirect \"a@b;\n", "2:10-2:11 the string is not closed\n",
     "keep;\nredirect \"a@b;\n\";\n"},
    {"quote-missing", "redirect \"a@b.example;\nfileinto \"x\";\n",
     "2:12-2:13 the string is not closed\n"
     "  1:10 this string runs over the end of its line: is its closing quote missing?\n",
     NULL},
    {"block-unclosed", "vacation text:\nhello\n. \n;\n",
     "1:10-1:15 the text is not closed\n"
     "  3:1 the closing dot must be alone on its line, without blanks\n",
     "vacation text:\nhello\n.. \n;\n.\n;\n"},
    {"block-on-line", "vacation text: hello;\nstop;\n",
     "1:10-1:15 the text does not begin on a line of its own\n", "vacation;\nstop;\n"},
    {"comment-open", "keep; /* a\n", "1:7-1:9 the comment is not closed\n", "keep;\n"},
    {"list-comma", "x [\"a\", \"b\",];", "1:12-1:13 ',' before ']'\n  11+1=\n",
     "x [\"a\", \"b\"];\n"},
    {"list-no-comma", "x [\"a\" \"b\"];",
     "1:7-1:7 ',' is missing between two strings of a list\n  6+0=,\n", "x [\"a\", \"b\"];\n"},
    {"list-empty", "x []; stop;", "1:4-1:5 an empty list\n", "x [];\nstop;\n"},
    {"list-open", "x [\"a\", \"b\"; stop;", "1:12-1:12 ']' is missing behind the list\n  11+0=]\n",
     "x [\"a\", \"b\"];\nstop;\n"},
    {"tests-open", "if anyof (true, false { keep; }",
     "1:22-1:22 ')' is missing behind the list of tests\n  21+0=)\n",
     "if anyof (true, false) {\n    keep;\n}\n"},
    {"tests-comma", "if anyof (true,) { keep; }", "1:15-1:16 ',' before ')'\n  14+1=\n",
     "if anyof (true) {\n    keep;\n}\n"},
    {"tests-empty", "if anyof () { keep; }", "1:11-1:12 ')' where a test should stand\n",
     "if anyof {\n    keep;\n}\n"},
    {"number", "x 10KB 1T; y 99999999999999999999 16777216T; z 18014398509481984K;",
     "1:3-1:7 '10KB' is no number\n  2+4=10K\n1:8-1:10 '1T' is no number\n  7+2=1024G\n"
     "1:14-1:34 '99999999999999999999' is no number\n1:35-1:44 '16777216T' is no number\n"
     "1:48-1:66 '18014398509481984K' is no number\n",
     "x 10240 1099511627776;\ny 1 16777216;\nz 1;\n"},
    {"bare-address", "redirect a@b.example;\nstop;",
     "1:10-1:21 the text 'a@b.example' is not in quotes\n  9+0=\"\n  20+0=\"\n",
     "redirect a;\nstop;\n"},
    {"bare-mailbox", "fileinto INBOX.Work/x; stop;",
     "1:10-1:22 the text 'INBOX.Work/x' is not in quotes\n  9+0=\"\n  21+0=\"\n",
     "fileinto inbox;\nstop;\n"},
    {"single-quotes", "redirect 'a@b.example';",
     "1:10-1:23 a string in other than double quotes\n  9+1=\"\n  21+1=\"\n",
     "redirect \"a@b.example\";\n"},
    {"typographic-quotes", "redirect “a@b.example”;",
     "1:10-1:23 a string in other than double quotes\n  9+3=\"\n  23+3=\"\n",
     "redirect \"a@b.example\";\n"},
    {"full-width", "keep；stop　；",
     "1:5-1:6 a full-width semicolon outside of a string\n  4+3=;\n"
     "1:10-1:11 an ideographic space outside of a string\n  11+3= \n"
     "1:11-1:12 a full-width semicolon outside of a string\n  14+3=;\n",
     "keep;\nstop;\n"},
    {"operator", "if true && false { keep; }", "1:9-1:11 Sieve has no '&&'\n",
     "if true {\n    keep;\n}\n"},
    {"slashes", "// redirect \"a\"\nkeep;", "1:1-1:3 '//' begins no comment\n  0+2=#\n", "keep;\n"},
    {"sign", "x -1;", "1:3-1:4 Sieve has no '-'\n", "x;\n"},
    {"several", "redirect a@b;\nif true { fileinto [; keep; }\nx \"a\"] ;\nstop;",
     "1:10-1:13 the text 'a@b' is not in quotes\n  9+0=\"\n  12+0=\"\n"
     "2:21-2:22 ';' where a string of the list should stand\n"
     "3:6-3:7 ']' where ';' should stand, behind 'x'\n",
     "redirect a;\nif true {\n    fileinto [];\n    keep;\n}\nx \"a\";\nstop;\n"},
};

static void
test_good(Fixture *fixture, gconstpointer data)
{
    const Case *c = data;
    const TamisSieveScript *script = parse(fixture, c->text);
    g_autofree char *printed = print(script);

    assert_findings(fixture, c->findings);
    g_assert_cmpuint(script->n_errors, ==, 0);
    g_assert_cmpstr(printed, ==, c->printed != NULL ? c->printed : c->text);
    script = parse(fixture, printed);
    g_autofree char *again = print(script);
    g_assert_cmpuint(script->n_errors, ==, 0);
    g_assert_cmpstr(again, ==, printed);
}

static void
test_bad(Fixture *fixture, gconstpointer data)
{
    const Case *c = data;
    const TamisSieveScript *script = parse(fixture, c->text);
    g_autofree char *printed = print(script);

    assert_findings(fixture, c->findings);
    g_assert_cmpuint(script->n_errors, ==, tamis_report_count(fixture->report));
    if (c->printed != NULL)
        g_assert_cmpstr(printed, ==, c->printed);
}

static void
assert_span(Fixture *fixture, TamisSpan span, const char *expected)
{
    gsize length;
    const char *text = tamis_sources_get_text(fixture->sources, span.source, &length);
    g_autofree char *found = g_strndup(text + span.offset, span.length);

    g_assert_cmpstr(found, ==, expected);
}

static void
test_spans(Fixture *fixture, gconstpointer data)
{
    const TamisSieveScript *script =
        parse(fixture,
              "# c\nif  allof (not header :is [\"a\", \"\\\"\"] \"b\" , true ) { keep 10K ; } x;");
    const TamisSieveCommand *command = script->commands;
    const TamisSieveTest *not = command->tests;
    const TamisSieveTest *header = not ->tests->tests;

    assert_span(fixture, command->comments->span, "# c");
    assert_span(fixture, command->span,
                "if  allof (not header :is [\"a\", \"\\\"\"] \"b\" , true ) { keep 10K ; }");
    assert_span(fixture, tamis_sieve_command_name_span(command), "if");
    g_assert_true(not ->is_list);
    assert_span(fixture, not ->span, "allof (not header :is [\"a\", \"\\\"\"] \"b\" , true )");
    assert_span(fixture, not ->tests->span, "not header :is [\"a\", \"\\\"\"] \"b\"");
    assert_span(fixture, tamis_sieve_test_name_span(header), "header");
    assert_span(fixture, header->arguments->span, ":is");
    assert_span(fixture, header->arguments->next->span, "[\"a\", \"\\\"\"]");
    g_assert_cmpuint(header->arguments->next->n_strings, ==, 2);
    assert_span(fixture, header->arguments->next->strings->next->span, "\"\\\"\"");
    assert_span(fixture, header->arguments->next->next->span, "\"b\"");
    assert_span(fixture, not ->tests->next->span, "true");
    assert_span(fixture, command->block->span, "keep 10K ;");
    assert_span(fixture, command->block->arguments->span, "10K");
    g_assert_cmpuint(command->block->arguments->number, ==, 10240);
    assert_span(fixture, command->next->span, "x;");
    g_assert_null(command->next->next);
}

/* The end of a string is found wherever in a word of eight bytes it stands, behind any escapes. */
static void
test_string_lengths(Fixture *fixture, gconstpointer data)
{
    for (guint before = 0; before < 18; before++) {
        for (guint behind = 0; behind < 18; behind++) {
            g_autofree char *a = g_strnfill(before, 'a');
            g_autofree char *b = g_strnfill(behind, 'b');
            g_autofree char *text = g_strdup_printf("x \"%s\\\"%s\" \"%s%s\";\n", a, b, a, b);
            g_autofree char *value = g_strdup_printf("%s\"%s", a, b);
            const TamisSieveScript *script = parse(fixture, text);
            const TamisSieveString *string = script->commands->arguments->strings;
            g_assert_cmpmem(string->text, string->length_bytes, value, strlen(value));
            string = script->commands->arguments->next->strings;
            g_assert_cmpuint(string->length_bytes, ==, before + behind);
            g_autofree char *printed = print(script);
            g_assert_cmpstr(printed, ==, text);
        }
    }
    assert_findings(fixture, "");
}

static void
test_bom(Fixture *fixture, gconstpointer data)
{
    const TamisSieveScript *script = parse(fixture, "\xef\xbb\xbfkeep;\n");
    g_autofree char *printed = print(script);

    g_assert_true(script->has_bom);
    g_assert_cmpuint(script->commands->span.offset, ==, 3);
    g_assert_cmpstr(printed, ==, "keep;\n");
    assert_findings(fixture, "");
}

static void
test_nul(Fixture *fixture, gconstpointer data)
{
    static const char text[] = "keep;\0\0discard;\nx \"a\0b\" text:\n\0\n.\n; # c\0\n/*\0*/";

    parse_bytes(fixture, text, sizeof text - 1);
    assert_findings(fixture, "1:6-1:8 a NUL byte\n2:5-2:6 a NUL byte in a string\n"
                             "3:1-3:2 a NUL byte in a string\n5:6-5:7 a NUL byte in a comment\n"
                             "6:3-6:4 a NUL byte in a comment\n");
}

static void
test_invalid_utf8(Fixture *fixture, gconstpointer data)
{
    parse(fixture, "x \"\xff\"; \xff\xfe; y; # \xff\n");
    assert_findings(fixture, "1:8-1:10 '\xef\xbf\xbd\xef\xbf\xbd' begins no command\n");
}

static void
append_times(GString *text, const char *part, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append(text, part);
}

static void
test_nesting(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *open, *middle, *close;
        const char *fault;
    } shapes[] = {
        {"if true {", "keep;", "}", "1:4617-1:4618 blocks nest more than 512 deep\n"},
        {"if true {", "", "", "1:4617-1:4618 blocks nest more than 512 deep\n"},
        {"not ", "true", "", "1:2049-1:2052 tests nest more than 512 deep\n"},
        {"anyof (", "true", ")", "1:3590-1:3591 tests nest more than 512 deep\n"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        gint64 start = g_get_monotonic_time();
        append_times(text, shapes[i].open, 200000);
        g_string_append(text, shapes[i].middle);
        append_times(text, shapes[i].close, 200000);
        tear_down(fixture, NULL);
        set_up(fixture, NULL);
        parse_bytes(fixture, text->str, text->len);
        g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
        if (strstr(shapes[i].fault, "tests"))
            continue;
        g_autofree char *found = describe_findings(fixture);
        g_assert_true(g_str_has_prefix(found, shapes[i].fault));
    }
}

/* As deep as is allowed. */
static void
test_deep(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_times(text, "if true {", TAMIS_SIEVE_MAX_NESTING);
    g_string_append(text, "if ");
    append_times(text, "not ", TAMIS_SIEVE_MAX_NESTING - 1);
    g_string_append(text, "true;");
    append_times(text, "}", TAMIS_SIEVE_MAX_NESTING);
    parse_bytes(fixture, text->str, text->len);
    assert_findings(fixture, "");
}

/* As many as are allowed, and one more: the rest is passed over, and the next command is read. */
static void
test_many_arguments(Fixture *fixture, gconstpointer data)
{
    for (guint more = 0; more <= 1; more++) {
        g_autoptr(GString) text = g_string_new("keep");
        append_times(text, " 1", TAMIS_SIEVE_MAX_ARGUMENTS + more);
        append_times(text, " 2", more * 1000000);
        g_string_append(text, "; stop;");
        tear_down(fixture, NULL);
        set_up(fixture, NULL);
        const TamisSieveScript *script = parse_bytes(fixture, text->str, text->len);
        assert_findings(fixture,
                        more > 0 ? "1:2054-1:2055 there are more than 1024 arguments\n" : "");
        g_assert_cmpint(script->commands->is_broken, ==, more);
        g_assert_nonnull(script->commands->next);
        g_assert_cmpuint(tamis_arena_size_bytes(fixture->arena), <, 128 * 1024);
    }
}

static void
test_many_errors(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gint64 start = g_get_monotonic_time();

    append_times(text, "“@'`;", 1000000);
    const TamisSieveScript *script = parse_bytes(fixture, text->str, text->len);
    g_assert_cmpuint(script->n_errors, >=, 1000);
    g_assert_cmpuint(script->n_errors, <, 1010);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

/* Any prefix and any text with a byte changed can be read, and printed where it has no error. */
static void
test_mutations(Fixture *fixture, gconstpointer data)
{
    static const char text[] =
        "require [\"a\", \"b\"]; # c\nif anyof (header :is \"a\\\"\" text:\n..x\n"
        ".\n, not /* d */ size :over 1K) {\n keep; }\nelse { stop; }\n";
    static const char bytes[] = "\0\"\\#/*;{}()[],:.\n\r x1\xff";

    for (gsize length = 0; length < sizeof text; length++) {
        for (gsize i = 0; i < sizeof bytes; i++) {
            g_autofree char *copy = g_memdup2(text, sizeof text);
            gsize n = sizeof text - 1;
            if (i == 0)
                n = length;
            else
                copy[length] = bytes[i - 1];
            const TamisSieveScript *script = parse_bytes(fixture, copy, n);
            g_autofree char *printed = print(script);
            if (script->n_errors > 0)
                continue;
            script = parse(fixture, printed);
            g_autofree char *again = print(script);
            g_assert_cmpuint(script->n_errors, ==, 0);
            g_assert_cmpstr(again, ==, printed);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(good_cases); i++) {
        g_autofree char *path = g_strdup_printf("/sieve/parser/good/%s", good_cases[i].name);
        g_test_add(path, Fixture, &good_cases[i], set_up, test_good, tear_down);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad_cases); i++) {
        g_autofree char *path = g_strdup_printf("/sieve/parser/bad/%s", bad_cases[i].name);
        g_test_add(path, Fixture, &bad_cases[i], set_up, test_bad, tear_down);
    }
#define ADD(name, function)                                                                        \
    g_test_add("/sieve/parser/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("spans", test_spans);
    ADD("string-lengths", test_string_lengths);
    ADD("bom", test_bom);
    ADD("nul", test_nul);
    ADD("invalid-utf8", test_invalid_utf8);
    ADD("nesting", test_nesting);
    ADD("deep", test_deep);
    ADD("many-arguments", test_many_arguments);
    ADD("many-errors", test_many_errors);
    ADD("mutations", test_mutations);
    return g_test_run();
}
