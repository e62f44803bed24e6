/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * grammar/sieve/layout: a text that is laid out without a tree is the one that its tree is printed as, and takes no
 * memory beside itself. */
#include "grammar/sieve/layout.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
assert_as_tree(const char *text, gsize length)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(GString) expected = g_string_new("kept\n");
    g_autoptr(GString) output = g_string_new("kept\n");
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text, length);
    const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);
    TamisSieveDigest of_tree = tamis_sieve_digest_script(script);

    if (script->n_errors > 0)
        g_error("%s\n%s", tamis_report_get(report, 0)->message, text);
    guint n_findings = tamis_report_count(report);
    tamis_sieve_print(script, expected);
    TamisSieveDigest digest = tamis_sieve_lay_out(source, report, output);
    g_assert_cmpuint(tamis_report_count(report), ==, 2 * n_findings);
    g_assert_cmpstr(output->str, ==, expected->str);
    g_assert_cmphex(digest.commands, ==, of_tree.commands);
    g_assert_cmphex(digest.comments, ==, of_tree.comments);
}

static void
test_as_tree(void)
{
#define LINE "1234567890123456789012345678901234567890123456789012345678901234567890"
    static const char *const texts[] = {
        "",
        "\xef\xbb\xbf# a\nkeep;",
        "# only a comment",
        "#",
        "keep; #",
        "/* a */ /* b */\n\n\n# c\n",
        "keep /* a */ # b\n /* c */ ; /* d */ # e\n /* f */\n\n# g\n\nstop;",
        "if /* a */ true /* b */ { /* c */\n\n# d\n\nkeep; # e\n # f\n} # g\n# h\nelse { } else { "
        "}",
        "if true { } elsif true { } /* a */ elsif true { }\n\n\nelse { stop; }",
        "if # a\n not /* b */ anyof /* c */ ( # d\n true /* e */ , /* f */ false # g\n ) # h\n { }",
        "if anyof (anyof (true, false), not allof (true, header \"" LINE "\" \"" LINE "\")) { }",
        "if header [ /* a */ \"a\" # b\n , /* c */ \"b\" /* d */ ] [\"a\"] /* e */ \"c\" { }",
        "redirect [\"" LINE "\", \"123456789012345678\"];",
        "redirect [\"" LINE "\", \"1234567890123456789\"];",
        "if header \"" LINE "\" \"1234567890123\" { keep; }",
        "if header \"" LINE "\" \"12345678901234\" { keep; }",
        "if header \"" LINE "\" \"123456789012345\" { keep; }",
        "redirect :copy \"\xe8\xae\xa2\xe5\x8d\x95 " LINE "\" 10K 1024 0 3M 1025k;",
        "redirect \"a\\b\\\"\\\\\n c\" \"\r\n\" \"\xff\";",
        "redirect text: # a\n..b\n.c\n.\n;",
        "redirect text: # a\nb\rc\n.\n # d\n ;",
        "redirect /* z */ [text: # a\nb\rc\n.\n, text:\n.\n , text: #b\nc\r\n.\n];",
        "if anyof (header text:\na\n.\n \"b\", true) { keep; }",
        "if true { if true { if true { redirect [\"" LINE "\", \"" LINE "\"]; } } }",
        "a { b { } c; } d { # x\n }",
        "if not not not not not not not not not not not not not not not not not not not not not "
        "not "
        "not not true { }",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_as_tree(texts[i], strlen(texts[i]));
}

/* Random scripts ---------------------------------------------------------------------------------- */

typedef struct {
    GRand *random;
    GString *text;
    guint budget;
} Script;

static guint
draw(Script *script, guint n)
{
    return (guint)g_rand_int_range(script->random, 0, (gint32)n);
}

/* Between words, where at least a blank is needed. */
static void
add_gap(Script *script)
{
    static const char *const gaps[] = {"\n",
                                       "\n\n",
                                       "\r\n \r\n",
                                       "\t",
                                       " # c\n",
                                       "/* b */",
                                       " /**/",
                                       "# x \n/* *\n a */",
                                       "/* a */ # b\n\n # c\r\n"};

    g_string_append_c(script->text, ' ');
    while (draw(script, 6) == 0)
        g_string_append(script->text, gaps[draw(script, G_N_ELEMENTS(gaps))]);
}

static void
add(Script *script, const char *text)
{
    g_string_append(script->text, text);
    add_gap(script);
}

static void
add_string(Script *script)
{
    static const char *const strings[] = {"\"\"",
                                          "\"a\"",
                                          "\"invoice\"",
                                          "\"a@acme.example\"",
                                          "\"a\\\"b\\c\"",
                                          "\"\xe8\xae\xa2\xe5\x8d\x95\"",
                                          "\"a\nb\"",
                                          "\"a\r\nb\"",
                                          "text:\n.\n",
                                          "text: # a\n.. x\nb\n.\n",
                                          "text:\r\nb\r\n.\r\n",
                                          "text: #c\na\rb\n.\n",
                                          "\"a long string that takes a good part of a line\"",
                                          "TEXT:\n/* none */\n.\n"};

    add(script, strings[draw(script, G_N_ELEMENTS(strings))]);
}

static void
add_arguments(Script *script)
{
    static const char *const others[] = {":is", ":Copy", "0", "1024", "10k", "3M"};

    for (guint n = draw(script, 4); n > 0; n--) {
        guint kind = draw(script, 3);
        if (kind == 0) {
            add(script, others[draw(script, G_N_ELEMENTS(others))]);
            continue;
        }
        if (kind == 1) {
            add_string(script);
            continue;
        }
        add(script, "[");
        for (guint more = draw(script, 12); more > 0; more--) {
            add_string(script);
            add(script, ",");
        }
        add_string(script);
        add(script, "]");
    }
}

static void
add_test(Script *script, guint depth)
{
    guint kind = depth < 12 && script->budget > 0 ? draw(script, 4) : 0;

    script->budget -= script->budget > 0;
    if (kind < 2) {
        add(script, kind == 0 ? "true" : "Header");
        add_arguments(script);
        return;
    }
    if (kind == 2) {
        add(script, "not");
        add_test(script, depth + 1);
        return;
    }
    add(script, "anyOf");
    add(script, "(");
    for (guint more = draw(script, 4); more > 0; more--) {
        add_test(script, depth + 1);
        add(script, ",");
    }
    add_test(script, depth + 1);
    add(script, ")");
}

static void
add_commands(Script *script, guint depth)
{
    static const char *const blocks[] = {"if", "elsif", "ELSE", "x"};

    for (guint n = draw(script, 5); n > 0 && script->budget > 0; n--) {
        script->budget--;
        if (depth == 6 || draw(script, 3) > 0) {
            add(script, "Fileinto");
            add_arguments(script);
            add(script, ";");
            continue;
        }
        add(script, blocks[draw(script, G_N_ELEMENTS(blocks))]);
        if (draw(script, 3) > 0)
            add_test(script, 0);
        add(script, "{");
        add_commands(script, depth + 1);
        add(script, "}");
    }
}

static void
test_random(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)g_test_rand_int());
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 3000; i++) {
        Script script = {random, text, 60};
        g_string_truncate(text, 0);
        add_gap(&script);
        add_commands(&script, 0);
        assert_as_tree(text->str, text->len);
    }
}

/* Memory and time --------------------------------------------------------------------------------- */

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define KEEPS_WHAT_IS_FREED TRUE
#else
#define KEEPS_WHAT_IS_FREED FALSE
#endif

static GString *
make_text(const char *head, const char *unit, const char *tail, gsize size)
{
    GString *text = g_string_sized_new(size + 8192);

    g_string_append(text, head);
    while (text->len < size)
        g_string_append(text, unit);
    g_string_append(text, tail);
    gsize length = text->len;
    g_string_append_len(text, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                        TAMIS_SOURCE_PADDING);
    g_string_truncate(text, length);
    return text;
}

static glong
peak_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Lays a text out in a process of its own, for its peak to be known; fails where that is larger than the new text and
 * max_kib. */
static void
assert_memory(const char *head, const char *unit, const char *tail, glong max_kib)
{
    pid_t child = fork();
    int status = 0;

    g_assert_cmpint(child, >=, 0);
    if (child > 0) {
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_cmpint(status, ==, 0);
        return;
    }
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GString) output = g_string_new(NULL);
    GString *text = make_text(head, unit, tail, 8 << 20);
    TamisSourceId source = tamis_sources_lend_text(sources, "x.sieve", text->str, text->len);
    glong before = peak_kib();
    tamis_sieve_lay_out(source, report, output);
    glong more = peak_kib() - before - (glong)(output->len >> 10);
    if (tamis_report_count(report) > 0 || more > max_kib)
        g_printerr("%s%s%s: %ld KiB beside the texts, %u findings\n", head, unit, tail, more,
                   tamis_report_count(report));
    _exit(tamis_report_count(report) == 0 && more <= max_kib ? 0 : 1);
}

/* Eight megabytes of each shape: the new text, and next to nothing. */
static void
test_memory(void)
{
    static const struct {
        const char *head, *unit, *tail;
        glong max_kib;
    } shapes[] = {
        {"", "keep;\n", "", 1024},
        {"if header \"a\" [\"a\"", ",\"a\"", "] { keep; }\n", 1024},
        {"redirect [\"a\"", ",\"\\a\"", "];\n", 1024},
        {"if anyof (true", ",true", ") { keep; }\n", 1024},
        {"if not allof (true, not anyof (false", ",not anyof(true,header \"a\" [\"b\", \"c\"])",
         ")) { keep; }\n", 1024},
        {"if true {\n", "keep;\n", "}\n", 1024},
        {"if false { }\n", "elsif true { if true { keep; } }\n", "", 1024},
        {"", "#\n", "keep;\n", 1024},
        {"keep; /* a */", "/**/", "\n", 1024},
        {"if true /* a */", "/**/", "{ }\n", 1024},
        {"if anyof (true, # a\n", "# b\n", "true) { }\n", 1024},
        {"redirect [\"a\", # a\n", "# b\n", "\"b\"];\n", 1024},
        {"redirect \"", "a line of it\n", "\";\n", 1024},
        {"redirect text:\n", "a line of it\n", ".\n;\n", 1024},
        /* The value of the longest string. */
        {"redirect \"", "\\\"a line of it\n", "\";\n", 9 << 10},
        {"redirect text:\n", "..a line of it\n", ".\n;\n", 9 << 10},
    };

    if (KEEPS_WHAT_IS_FREED) {
        g_test_skip("AddressSanitizer keeps what is freed");
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++)
        assert_memory(shapes[i].head, shapes[i].unit, shapes[i].tail, shapes[i].max_kib);
}

/* What would be larger than what can be read is not written. */
static void
test_too_large(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) output = g_string_new(NULL);

    if (KEEPS_WHAT_IS_FREED) {
        g_test_skip("AddressSanitizer keeps what is freed");
        return;
    }
    for (guint i = 0; i < 500; i++)
        g_string_append(text, "if true{");
    for (guint i = 0; i < 300000; i++)
        g_string_append(text, "keep;");
    for (guint i = 0; i < 500; i++)
        g_string_append(text, "}");
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text->str, text->len);
    tamis_sieve_lay_out(source, report, output);
    g_assert_cmpuint(tamis_report_count(report), ==, 1);
    g_assert_cmpstr(tamis_report_get(report, 0)->message, ==,
                    "laid out the script is larger than 512 MiB");
    g_assert_cmpstr(tamis_report_get(report, 0)->help, ==,
                    "nest its blocks less deep, or part it into several");
    g_assert_cmpuint(output->len, <, 514u << 20);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sieve/layout/as-tree", test_as_tree);
    g_test_add_func("/sieve/layout/random", test_random);
    g_test_add_func("/sieve/layout/memory", test_memory);
    g_test_add_func("/sieve/layout/too-large", test_too_large);
    return g_test_run();
}
