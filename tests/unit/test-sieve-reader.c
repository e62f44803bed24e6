/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * grammar/sieve/reader: in and out of blocks, and what checking a text takes of memory. */
#include "grammar/sieve/check.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/reader.h"
#include "grammar/sieve/table.h"

#include <string.h>

/* The commands in brackets inside of each other; blocks of "skip" are not entered, those of "leave" are left
 * behind their first command. */
static void
read_block(TamisSieveReader *reader, GString *out)
{
    const TamisSieveCommand *command;
    TamisSieveLevel level;

    while ((command = tamis_sieve_reader_next(reader)) != NULL) {
        gboolean leaves = tamis_sieve_name_is(command->name, command->name_length, "leave");
        g_string_append_printf(out, "%.*s ", (int)command->name_length, command->name);
        if (!command->has_block || tamis_sieve_name_is(command->name, command->name_length, "skip"))
            continue;
        g_string_append(out, "( ");
        tamis_sieve_reader_enter(reader, &level);
        if (leaves)
            command = tamis_sieve_reader_next(reader);
        else
            read_block(reader, out);
        tamis_sieve_reader_leave(reader);
        g_string_append(out, ") ");
    }
}

static void
assert_read(const char *text, const char *expected, guint n_errors)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(GString) out = g_string_new(NULL);
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text, strlen(text));
    TamisSieveReader *reader = tamis_sieve_reader_new(source, arena, report, NULL, NULL);

    read_block(reader, out);
    g_assert_cmpstr(out->str, ==, expected);
    g_assert_null(tamis_sieve_reader_next(reader));
    g_assert_cmpuint(tamis_sieve_reader_n_errors(reader), ==, n_errors);
}

static void
test_blocks(void)
{
    assert_read("", "", 0);
    assert_read("keep; if true { a; if true { b; } c; } d;", "keep if ( a if ( b ) c ) d ", 0);
    assert_read("skip { a; skip { b; } } leave { a; if { b; } c; } d;", "skip leave ( ) d ", 0);
    assert_read("a \"x\\\"y\"; # {\n /* } */ b text:\n}\n.\n; c;", "a b c ", 0);
    /* What is wrong is passed over, as in a tree. */
    assert_read("} a; { b; } \"x\" y; c", "a c ", 4);
    assert_read("if true { if true { a;", "if ( if ( a ) ) ", 1);
}

/* What checking a text takes, of which the arena has nearly all. */
static gsize
measure_text(const GString *text)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisServer) server = tamis_server_load("rfc5228", NULL);
    const TamisSieveCheckOptions options = {.server = server};
    TamisSieveChecked checked;
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text->str, text->len);
    tamis_sieve_check_source(source, &options, arena, report, &checked);
    g_assert_cmpuint(checked.n_errors, ==, 0);
    return tamis_arena_size_bytes(arena);
}

/* The same of a text of a shape. */
static gsize
measure(const char *head, const char *unit, const char *tail)
{
    g_autoptr(GString) text = g_string_new(head);

    while (text->len < 8000000)
        g_string_append(text, unit);
    g_string_append(text, tail);
    return measure_text(text);
}

/* Beside the text itself, no more than three times as much, and 4 MB. */
static void
test_memory(void)
{
    static const struct {
        const char *head, *unit, *tail;
        gsize max_bytes;
    } shapes[] = {
        {"", "keep;\n", "", 65536},
        {"if false { keep; }\n", "elsif header :is \"subject\" \"v12345\" { keep; }\n", "", 65536},
        {"", "#\n", "keep;\n", 65536},
        {"", "/* c */", "keep;\n", 65536},
        {"", "if true { if not false { if anyof (true, false) { keep; } } }\n", "", 65536},
        {"if true {\n", "keep;\n", "}\n", 65536},
        {"if header :is \"subject\" [\"a\"", ", \"invoice\"", "] { keep; }\n", 131072},
        {"if header [\"a\"", ",\"a\"", "] \"a\" { keep; }\n", 131072},
        {"if anyof (true, header \"a\" [\"a\"", ",\"\\a\"", "], false) { keep; }\n", 131072},
        {"require \"vacation\"; vacation :addresses [\"a@b.example\"", ",\"c@d.example\"",
         "] \"x\";\n", 131072},
        {"require [\"copy\"", ",\"copy\"", "];\n", 131072},
        {"if ihave [\"copy\"", ",\"copy\"", "] { keep; }\n", 131072},
        {"require \"date\"; if currentdate \"year\" [\"2026\"", ",\"2026\"", "] { keep; }\n",
         131072},
        {"require \"include\"; global [\"a\"", ",\"a\"", "];\n", 131072},
        {"require \"imap4flags\"; addflag [\"a\"", ",\"a\"", "];\n", 131072},
        {"require \"imap4flags\"; if hasflag [\"a\"", ",\"a\"", "] { keep; }\n", 131072},
        {"require \"imap4flags\"; if hasflag [\"a\"", ",\"a\"", "] [\"a\", \"b\"] { keep; }\n",
         131072},
        {"require \"imap4flags\"; if hasflag [\"a\", \"b\"] [\"a\"", ",\"a\"", "] { keep; }\n",
         131072},
        {"if header :nosuch [\"a\"", ",\"a\"", "] \"a\" { keep; }\n", 131072},
        {"keep \"a\" [\"a\"", ",\"a\"", "];\n", 131072},
        {"if anyof (true", ", true", ") { keep; }\n", 262144},
        {"if anyof (true", ", not allof (true, header :is \"subject\" \"x\")", ") { keep; }\n",
         262144},
        {"if not allof (true, anyof (false", ", true", ")) { keep; }\n", 262144},
        {"if header :is \"subject\" text:\n", "Hello, this is a line of text\n", ".\n{ keep; }\n",
         65536},
    };

    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++)
        g_assert_cmpuint(measure(shapes[i].head, shapes[i].unit, shapes[i].tail), <=,
                         shapes[i].max_bytes);
}

/* Of the commands whose blocks are open nothing is held. */
static void
test_deep_memory(void)
{
    static const struct {
        const char *head, *unit, *tail;
        guint n_units;
        gsize max_bytes;
    } shapes[] = {
        {"if anyof (true", ", header \"a\" \"b\"", ") {\n", 300, 262144},
        {"if header \"a\" [\"a\"", ",\"\\a\"", "] {\n", 1000, 131072},
        {"if header ", "1 ", "{\n", 1000, 131072},
        {"if ", "not ", "true {\n", 500, 131072},
    };

    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (guint depth = 0; depth < TAMIS_SIEVE_MAX_NESTING; depth++) {
            g_string_append(text, shapes[i].head);
            for (guint j = 0; j < shapes[i].n_units; j++)
                g_string_append(text, shapes[i].unit);
            g_string_append(text, shapes[i].tail);
        }
        for (guint depth = 0; depth < TAMIS_SIEVE_MAX_NESTING; depth++)
            g_string_append(text, "}");
        g_assert_cmpuint(measure_text(text), <=, shapes[i].max_bytes);
    }
}

/* The findings, sorted, without those of the script's size. */
static char *
list_findings(TamisReport *report)
{
    g_autoptr(GString) out = g_string_new(NULL);

    tamis_report_sort(report);
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        g_string_append_printf(out, "%u+%u %u %s: %s\n", diagnostic->span.offset,
                               diagnostic->span.length, diagnostic->severity, diagnostic->message,
                               diagnostic->help != NULL ? diagnostic->help : "");
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A long list, which is checked in parts, has the findings that its tree has. between: what many of stand
 * between the units. Returns what the parts took. */
static gsize
assert_same_findings(const char *server_name, const char *head, const char *unit,
                     const char *between, const char *tail)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) of_text = tamis_report_new(sources);
    g_autoptr(TamisReport) of_tree = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisArena) tree_arena = tamis_arena_new();
    g_autoptr(TamisServer) server = tamis_server_load(server_name, NULL);
    g_autoptr(GString) text = g_string_new(head);
    const TamisSieveCheckOptions options = {.server = server};
    TamisSieveChecked checked, tree_checked;

    while (text->len < 300000) { /* few enough findings for all to be kept */
        g_string_append(text, unit);
        for (guint i = 0; i < 60; i++)
            g_string_append(text, between);
    }
    g_string_append(text, tail);
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text->str, text->len);
    tamis_sieve_check_source(source, &options, arena, of_text, &checked);
    const TamisSieveScript *script = tamis_sieve_parse(source, tree_arena, of_tree);
    tamis_sieve_check(script, &options, tree_arena, of_tree, &tree_checked);
    g_autofree char *found = list_findings(of_text);
    g_autofree char *expected = list_findings(of_tree);
    gsize same = 0; /* so that a failure is short */
    while (found[same] != '\0' && found[same] == expected[same])
        same++;
    g_assert_cmpstr(found + same, ==, expected + same);
    g_assert_cmpmem(&checked.used, sizeof checked.used, &tree_checked.used, sizeof checked.used);
    return tamis_arena_size_bytes(arena);
}

/* Every word of the language, with a long list at each of its places that take one. */
static void
test_long_lists_of_words(void)
{
    for (guint i = 0; i < tamis_sieve_n_words; i++) {
        const TamisSieveWord *word = &tamis_sieve_words[i];
        for (guint place = 0; place < word->n_parameters; place++) {
            if (tamis_sieve_type_shape((TamisSieveType)word->parameters[place].type) !=
                TAMIS_SIEVE_SHAPE_STRINGS)
                continue;
            g_autoptr(GString) head = g_string_new("require [\"variables\"");
            for (guint j = 0; j < G_N_ELEMENTS(word->extensions); j++)
                if (word->extensions[j] != TAMIS_EXTENSION_NONE)
                    g_string_append_printf(
                        head, ", \"%s\"",
                        tamis_extension_name((TamisExtension)word->extensions[j]));
            g_string_append_printf(head, "]; %s%s ", word->kind == TAMIS_SIEVE_TEST ? "if " : "",
                                   word->name);
            for (guint j = 0; j < place; j++)
                g_string_append(head, "\"subject\" ");
            g_string_append(head, "[\"a\"");
            g_autoptr(GString) tail = g_string_new("] ");
            for (guint j = place + 1; j < word->n_parameters; j++)
                g_string_append(tail, "\"subject\" ");
            g_string_append(tail, word->kind == TAMIS_SIEVE_TEST ? "{ }\n" : ";\n");
            gsize held = assert_same_findings("dovecot-2.3", head->str, ", \"a b\", \"${a.b}\"",
                                              ",\"copy\"", tail->str);
            g_assert_cmpuint(held, <=, 131072);
        }
    }
}

static void
test_long_lists_of_tests(void)
{
    static const struct {
        const char *head, *unit, *tail;
    } shapes[] = {
        {"if anyof (true", ", true", ") { keep; }\n"},
        {"if anyof (true", ", size 1, nosuch, header :is \"x\"", ") { fileinto \"x\"; }\n"},
        {"require \"ihave\"; if allof (not ihave \"nosuch\", not anyof (ihave \"nosuch\"",
         ", header :regex \"a\" \"b\"", ", true)) { keep; }\n"},
        {"require \"ihave\"; if allof (ihave \"regex\", anyof (true", ", header :regex \"a\" \"b\"",
         ", body \"x\")) { keep; }\n"},
        {"require \"ihave\"; if ihave \"nosuch\" { if anyof (true", ", body \"x\"",
         ") { keep; } }\n"},
        {"require \"ihave\"; if not ihave \"nosuch\" { keep; } elsif anyof (true", ", body \"x\"",
         ") { keep; }\n"},
        {"if true", ", size 1", " { keep; }\n"},
        {"if (true", ", size 1", ") { keep; }\n"},
        {"nosuch (true", ", size 1", ");\n"},
        /* Of a broken command nothing else is told. */
        {"if anyof (true", ", body \"x\"", " { keep; }\n"},
        {"if anyof (true", ", body \"x\"", ") \"x\" { keep; }\n"},
        {"if allof (anyof (true", ", ihave \"nosuch\", true }", ") { keep; }\n"},
        {"if true { if allof (header [\"a:\"", ", \"b:\"", "] \"x\") { body; if anyof (body"},
        {"redirect anyof (body \"x\"", ", true", ") { keep; }\n"},
        {"if not (true", ", size 1", ") { keep; }\n"},
        {"if anyof (true", ", allof (true, anyof (size 1, not true))", ") { keep; }\n"},
        {"if anyof (true", ", allof (true, anyof (size 1, not true))", ",) { keep; }\n"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        assert_same_findings("dovecot-2.3", shapes[i].head, shapes[i].unit, ", not true",
                             shapes[i].tail);
        assert_same_findings("cyrus-3.6", shapes[i].head, shapes[i].unit, ", not true",
                             shapes[i].tail);
    }
}

static void
test_long_lists_of_strings(void)
{
    static const struct {
        const char *head, *unit, *tail, *between;
    } shapes[] = {
        {"if header [\"a\"", ", \"a:\", \"b c\"", "] \"x\" { keep; }\n"},
        {"require \"regex\"; if header :regex \"a\" [\"a\"", ", \"(\", \"a{\"", "] { keep; }\n"},
        {"if header :regex \"a\" [\"a\"", ", \"(\"", "] { keep; }\n"},
        {"if header :matches \"a\" [\"a\"", ", \"*a*a*a*a*\"", "] { keep; }\n"},
        {"if header :comparator \"nosuch\" [\"a\"", ", \"a:\"", "] [\"a\"] { keep; }\n"},
        {"if allof (true, address [\"from\"", ", \"subject\"", "] \"x\", nosuch) { keep; }\n"},
        {"if exists [\"from\"", ", \"x:\"", "] { keep; }\n"},
        {"if envelope [\"from\"", ", \"nosuch\"", "] \"x\" { keep; }\n"},
        {"if not anyof (false, not header \"x\" [\"a\"", ", \"a\\\"b\\c\", \"\001\"",
         "]) { keep; }\n"},
        {"require [\"date\"]; if currentdate \"year\" [\"2026\"", ", \"26\"", "] { keep; }\n",
         ",\"2027\""},
        {"require [\"date\"]; if currentdate :comparator \"i;ascii-numeric\" \"date\" "
         "[\"2026-01-01\"",
         ", \"2026-1-1\"", "] { keep; }\n", ",\"2026-01-02\""},
        {"require \"vacation\"; vacation :addresses [\"a@b.example\"", ", \"a@@b\"", "] \"x\";\n",
         ",\"c@d.example\""},
        {"require \"vacation\"; vacation :addresses [\"a@b.example\"", ", \"a@@b\"",
         "] :handle :mime \"x\";\n", ",\"c@d.example\""},
        {"require [\"imap4flags\", \"variables\"]; addflag [\"a\"", ", \"\\\\nosuch\", \"b c\"",
         "] \"x\";\n"},
        {"require \"imap4flags\"; addflag [\"a\"", ", \"\\\\nosuch\"", "];\n"},
        {"require \"imap4flags\"; addflag [\"a\"", ", \"\\\\nosuch\"", "] \"b c\" \"d\";\n"},
        {"require \"imap4flags\"; addflag \"a.b\" [\"a\"", ", \"\\\\nosuch\"", "];\n"},
        {"require [\"imap4flags\", \"variables\"]; if hasflag [\"a\"", ", \"\\\\nosuch\", \"a b\"",
         "] { keep; }\n"},
        {"require [\"imap4flags\", \"variables\"]; if hasflag [\"a\"", ", \"\\\\nosuch\", \"a b\"",
         "] [\"\\\\nosuch\", \"b\"] { keep; }\n"},
        {"require [\"imap4flags\", \"variables\"]; if hasflag [\"\\\\nosuch\", \"b\"] [\"a\"",
         ", \"\\\\nosuch\", \"a b\"", "] { keep; }\n"},
        {"require \"imap4flags\"; if hasflag :nosuch [\"a\"", ", \"\\\\nosuch\"",
         "] :is { keep; }\n"},
        {"require [\"enotify\", \"variables\"]; notify :options [\"a=b\"", ", \"${x}\", \"a\"",
         "] \"mailto:${x}\";\n", ",\"a=b\""},
        {"require [\"enotify\", \"variables\"]; notify :options [\"a=b\"", ", \"${x\", \"a\"",
         "] \"mailto:a@b.example\";\n", ",\"a=b\""},
        {"require [\"enotify\", \"variables\"]; notify :options [\"a=b\"", ", \"${x.y}\", \"a\"",
         "] :low \"mailto:a@b.example\";\n", ",\"a=b\""},
        {"if header [\"a\"", ", \"a:\"", "] [] { keep; }\n"},
        {"if exists (\"a\"", ", \"a:\"", ") { keep; }\n"},
        {"require \"imap4flags\"; keep :flags [\"a\"", ", \"\\\\nosuch\"", "];\n"},
        {"require [\"copy\"", ", \"fileinto\", \"nosuch\"", "];\n", ",\"copy\""},
        {"require \"ihave\"; if ihave [\"copy\"", ", \"nosuch\"",
         "] { redirect :copy \"a@b.example\"; }\n", ",\"copy\""},
        {"require \"ihave\"; if allof (ihave \"nosuch\", header [\"a\"", ", \"a:\"",
         "] \"x\") { keep; }\n"},
        {"require \"ihave\"; if allof (not ihave \"nosuch\", anyof (header [\"a\"", ", \"a:\"",
         "] \"x\", true)) { keep; }\n"},
        {"require \"ihave\"; if not ihave \"nosuch\" { keep; } elsif header [\"a\"", ", \"a:\"",
         "] \"x\" { keep; }\n"},
        {"require \"ihave\"; if ihave \"nosuch\" { if header [\"a\"", ", \"a:\"",
         "] \"x\" { keep; } }\n"},
        {"require \"variables\"; set \"a\" \"x\"; redirect [\"a\"", ", \"${a\", \"${a.b}\"", "];\n",
         ",\"c@d.example\""},
        {"require \"variables\"; if string [\"a\"", ", \"${a\", \"${1.b}\", \"${c}\"",
         "] \"\" { keep; }\n"},
        {"require [\"include\", \"variables\"]; global [\"a\"", ", \"b\", \"1\", \"a.b\"", "];\n",
         ",\"c\""},
        {"require [\"include\", \"variables\"]; keep \"${b}\"; global [\"a\"", ", \"b\"", "];\n",
         ",\"c\""},
        {"require \"variables\"; global [\"a\"", ", \"b\"", "] 1;\n", ",\"c\""},
        {"require [\"ihave\", \"copy\"]; if ihave [\"spamtestplus\"", ", \"spamtest\"",
         "] { if spamtest :percent \"1\" { keep; } }\n", ",\"copy\""},
        {"require \"ihave\"; if ihave [\"spamtest\"", ", \"spamtestplus\"",
         ",] { if spamtest :percent \"1\" { keep; } }\n", ",\"copy\""},
        {"fileinto \"x\"; require [\"copy\"", ", \"copy\"", ",];\n", ",\"mailbox\""},
        {"if header :nosuch [\"a\"", ", \"a:\"", "] \"x\" { keep; }\n"},
        {"if header \"a\" \"b\" [\"a\"", ", \"a:\"", "] { keep; }\n"},
        {"nosuch [\"a\"", ", \"a:\"", "];\n"},
        {"if nosuch [\"a\"", ", \"a:\"", "] { keep; }\n"},
        {"if header [\"a\"", ", \"a:\"", ",] \"x\" { keep; }\n"},
        {"if header [\"a\"", " \"b\"", "] \"x\" { keep; }\n", " \"b\""},
        {"keep; require \"fileinto\"; if header [\"a\"", ", \"a:\"", "] \"x\" { keep; }\n"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        const char *const servers[] = {"dovecot-2.3", "cyrus-3.6", "libsieve"};
        for (guint j = 0; j < G_N_ELEMENTS(servers); j++)
            assert_same_findings(servers[j], shapes[i].head, shapes[i].unit,
                                 shapes[i].between != NULL ? shapes[i].between : ",\"from\"",
                                 shapes[i].tail);
    }
}

/* Of more than are told apart, nothing is known: no address is taken to be empty. */
static void
test_many_variables(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisServer) server = tamis_server_load("cyrus-3.6", NULL);
    g_autoptr(GString) text = g_string_new("require \"variables\";\n");
    const TamisSieveCheckOptions options = {.server = server};
    TamisSieveChecked checked;

    for (guint i = 0; i < 40000; i++)
        g_string_append_printf(text, "set \"v%u\" \"x\";\n", i);
    g_string_append(text, "set \"z\" \"a@b.example\"; redirect \"${z}\";\n");
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text->str, text->len);
    tamis_sieve_check_source(source, &options, arena, report, &checked);
    for (guint i = 0; i < tamis_report_count(report); i++)
        g_assert_cmpint(tamis_report_get(report, i)->rule, !=, TAMIS_RULE_BAD_ADDRESS);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sieve-reader/blocks", test_blocks);
    g_test_add_func("/sieve-reader/memory", test_memory);
    g_test_add_func("/sieve-reader/deep-memory", test_deep_memory);
    g_test_add_func("/sieve-reader/long-lists-of-tests", test_long_lists_of_tests);
    g_test_add_func("/sieve-reader/long-lists-of-words", test_long_lists_of_words);
    g_test_add_func("/sieve-reader/long-lists-of-strings", test_long_lists_of_strings);
    g_test_add_func("/sieve-reader/many-variables", test_many_variables);
    return g_test_run();
}
