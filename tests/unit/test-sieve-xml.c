/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sieve in XML: each construct there and back. What is wrong has test-sieve-xml-faults.c. */
#include "rounds.h"
#include "xml-trip.h"

#include "../fuzz/sieve-tree.h"

/* To XML and back the text is the same. */
static void
assert_same_text(const char *text)
{
    Reading reading = read_bytes(FALSE, text, strlen(text));
    g_assert_cmpuint(tamis_report_count(reading.report), ==, 0);
    g_autofree char *printed = assert_round_trip(reading.script, reading.report);
    g_assert_cmpstr(printed, ==, text);
    close_reading(&reading);
}

static void
assert_xml(const char *text, const char *expected)
{
    Reading reading = read_bytes(FALSE, text, strlen(text));
    g_autofree char *printed = assert_round_trip(reading.script, reading.report);
    GString *xml = tamis_sieve_write_xml(reading.script, reading.report);
    g_autofree char *whole = g_strconcat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" HEAD "\n",
                                         expected, "</sieve>\n", NULL);
    g_assert_cmpstr(xml->str, ==, whole);
    g_string_free(xml, TRUE);
    close_reading(&reading);
}

static void
assert_sieve(const char *xml, const char *expected)
{
    g_autofree char *whole = g_strconcat(HEAD, xml, "</sieve>", NULL);
    Reading reading = read_bytes(TRUE, whole, strlen(whole));
    g_autofree char *findings = findings_text(reading.report);
    g_autofree char *printed = print(reading.script);

    g_assert_cmpstr(findings, ==, "");
    g_assert_cmpstr(printed, ==, expected);
    g_autofree char *again = assert_round_trip(reading.script, reading.report);
    close_reading(&reading);
}

static void
test_every_construct(void)
{
    assert_xml("require [\"fileinto\"];\n", "  <control name=\"require\">\n"
                                            "    <list>\n"
                                            "      <str>fileinto</str>\n"
                                            "    </list>\n"
                                            "  </control>\n");
    assert_xml("IF NOT Size :Over 100k { Keep; }", "  <control name=\"if\">\n"
                                                   "    <test name=\"not\">\n"
                                                   "      <test name=\"size\">\n"
                                                   "        <tag>over</tag>\n"
                                                   "        <num>102400</num>\n"
                                                   "      </test>\n"
                                                   "    </test>\n"
                                                   "    <action name=\"keep\"/>\n"
                                                   "  </control>\n");
    assert_xml("redirect \"<&\\\"> \t'\r\nx\";", "  <action name=\"redirect\">\n"
                                                 "    <str>&lt;&amp;&quot;&gt; \t'\nx</str>\n"
                                                 "  </action>\n");
    assert_xml("keep;\n\nstop;", "  <action name=\"keep\"/>\n\n  <control name=\"stop\"/>\n");
    assert_same_text("");
    assert_same_text("require [\"variables\", \"vacation\"];\n"
                     "if anyof (true, allof (not false, header :is [\"a\", \"b\"] \"\")) {\n"
                     "    set \"a\" \"${b}\\\\\\\"]]>\";\n"
                     "} elsif size :under 3G {\n"
                     "} else {\n"
                     "    vacation :days 7 text:\n..\n..x\nsaid\n.\n;\n"
                     "}\n"
                     "unheard_of :of [\"x\"] 17;\n"
                     "unheard_of {\n"
                     "    keep;\n"
                     "}\n");
}

static void
test_comments(void)
{
    assert_same_text("# first\n"
                     "#second\n"
                     "\n"
                     "# a paragraph\n"
                     "require \"fileinto\"; # why\n"
                     "/* several\n lines */\n"
                     "if true {\n"
                     "    # before\n"
                     "    keep; # behind\n"
                     "    /* and more */\n"
                     "    # last\n"
                     "}\n"
                     "# the end\n");
    assert_xml("if /* a */ not # b\n true /* c */ { keep /* d */; }",
               "  <control name=\"if\">\n"
               "    <preamble>\n"
               "      <comment> a </comment>\n"
               "      <comment> b</comment>\n"
               "    </preamble><?tamis comment?>\n"
               "    <test name=\"not\"><?tamis comment?>\n"
               "      <test name=\"true\"/>\n"
               "    </test>\n"
               "    <action name=\"keep\">\n"
               "      <preamble>\n"
               "        <comment> c </comment>\n"
               "      </preamble>\n"
               "      <postamble>\n"
               "        <comment> d </comment>\n"
               "      </postamble>\n"
               "    </action>\n"
               "  </control>\n");
    /* What is no character of XML says nothing; what ends no bracketed comment is closed. */
    assert_xml("/*a\001\377\xef\xbf\xbe*/#b \t\nkeep;",
               "  <comment><?tamis bracketed?>a \xef\xbf\xbd\xef\xbf\xbd</comment>\n"
               "  <comment>b</comment>\n"
               "  <action name=\"keep\"/>\n");
    assert_sieve(
        "<!-- one --><action name=\"keep\"><!-- two --></action><!-- three\n and --> <!---->",
        "# one\nkeep; # two\n/* three\n and*/\n#\n");
    assert_sieve("<comment>a */ discard; /*</comment><comment>b&#13;discard;</comment>"
                 "<comment>c&#10;discard;*</comment>",
                 "#a */ discard; /*\n#b discard;\n/*c\ndiscard;* */\n");
}

/* Processing instructions that say nothing where they stand, as those of others. */
static void
test_signs_out_of_place(void)
{
    assert_sieve("<?tamis comment?><?tamis?><?x comment?><action name=\"keep\"><?tamis comment?>"
                 "</action><?tamisx comment?><?tamis comments?>",
                 "keep;\n");
    /* More comments than places, more places than comments, and places behind the last word. */
    assert_sieve(
        "<action name=\"keep\"><preamble><comment>a</comment><comment>b</comment></preamble>"
        "<?tamis comment?><tag>x</tag></action>",
        "#a\nkeep #b\n    :x;\n");
    assert_sieve("<action name=\"keep\"><preamble><comment>a</comment></preamble><?tamis comment?>"
                 "<tag>x</tag><?tamis comment?><tag>y</tag><?tamis comment?></action>",
                 "keep #a\n    :x :y;\n");
    assert_sieve(
        "<control name=\"if\"><preamble><comment>a</comment></preamble><test name=\"true\">"
        "<?tamis comment?></test><?tamis comment?></control>",
        "#a\nif true {\n}\n");
    /* Behind commands: what follows no more is a command, or nothing. */
    assert_sieve("<action name=\"keep\"/><?tamis comment?><?tamis comment?><comment>a</comment>"
                 "<action name=\"keep\"/><?tamis comment?>\n<!--b--><comment>c</comment>",
                 "keep; #a\nkeep; #b\n#c\n");
    assert_sieve("<action name=\"keep\"><str><?tamis quoted?>a\n</str><str><?tamis text?>a</str>"
                 "<num><?tamis K?>1048576</num><num><?tamis G?>1024</num><num><?tamis 1?>1024</num>"
                 "</action><comment><?tamis bracketed?>*/</comment>",
                 "keep \"a\n\" \"a\" 1024K 1024 1024;\n/** /*/\n");
}

static void
test_display_directives(void)
{
    assert_same_text(
        "/* [* name=\"List mail\" order='1'\n      x:y=\"&#42;/\" xmlns:x=\"urn:x\" */\n"
        "if true {\n"
        "    /* [* */\n"
        "    keep;\n"
        "    /* *] */\n"
        "}\n"
        "/* *] */\n"
        "/* [|<nls> a &lt; 订单 </nls>|] */\n"
        "/* [/ <x:y xmlns:x=\"urn:x\" a=\"*\"/> /] */\n"
        "stop;\n");
    /* What has no other end, is no XML or has another element's end stays a comment. */
    static const char *const plain[] = {
        "[* a=\"1\"", "*]",         "[* a=1",
        "[|<a>|]",    "[|<x:y/>|]", "[|</displaydata><control name=\"stop\"/><displaydata>|]",
        "[/<a/>/]",   "[/ text /]", "[/</sieve>/]",
        "[|&x;|]",    "[|]",        "[*a=\"1\"/><control name=\"stop\"/><displayblock b=\"2\""};
    for (guint i = 0; i < G_N_ELEMENTS(plain); i++) {
        g_autofree char *text =
            g_strdup_printf("/* %s */\nkeep;\n/* [* ] */\n/* *] */\n", plain[i]);
        Reading reading = read_bytes(FALSE, text, strlen(text));
        GString *xml = tamis_sieve_write_xml(reading.script, reading.report);
        g_assert_null(strstr(xml->str, "<displayblock"));
        g_assert_null(strstr(xml->str, "<displaydata"));
        g_assert_null(strstr(xml->str, "<control"));
        g_string_free(xml, TRUE);
        g_autofree char *printed = assert_round_trip(reading.script, reading.report);
        g_assert_cmpstr(printed, ==, text);
        close_reading(&reading);
    }
}

static void
test_editors_elements(void)
{
    assert_sieve("<x:y xmlns:x=\"urn:x\"><x:z>*/ discard;</x:z></x:y><action name=\"keep\"/>",
                 "/* [/ <x:y xmlns:x=\"urn:x\"><x:z>*&#47; discard;</x:z></x:y> /] */\nkeep;\n");
    assert_sieve("<displayblock a='*/ discard;'><displaydata><a b=\"\xe8\xae\xa2*/&#10;\"/>"
                 "<!-- */ discard; --></displaydata></displayblock>",
                 "/* [* a=\"*&#47; discard;\" */\n"
                 "/* [|<a xmlns=\"urn:ietf:params:xml:ns:sieve\" b=\"\xe8\xae\xa2*&#47;&#10;\"/>"
                 "<!--  / discard; -->|] */\n"
                 "/* *] */\n");
    /* Declared around the element. */
    static const char xml[] =
        "<s:sieve xmlns:s=\"urn:ietf:params:xml:ns:sieve\" xmlns=\"urn:d\" xmlns:x=\"urn:x\">"
        "<s:displayblock x:a=\"1\"><a x:b=\"2\"/><s:displaydata><x:c/><d/></s:displaydata>"
        "</s:displayblock><s:control name=\"stop\"/></s:sieve>";
    Reading reading = read_bytes(TRUE, xml, strlen(xml));
    g_autofree char *printed = print(reading.script);
    g_assert_cmpstr(printed, ==,
                    "/* [* xmlns:x=\"urn:x\" x:a=\"1\" */\n"
                    "/* [/ <a xmlns=\"urn:d\" xmlns:x=\"urn:x\" x:b=\"2\"/> /] */\n"
                    "/* [|<x:c xmlns:x=\"urn:x\" xmlns=\"urn:d\"/><d xmlns=\"urn:d\"/>|] */\n"
                    "/* *] */\n"
                    "stop;\n");
    g_autofree char *again = assert_round_trip(reading.script, reading.report);
    g_assert_cmpstr(again, ==, printed);
    close_reading(&reading);
}

static void
test_numbers_and_names(void)
{
    assert_sieve("<action name=' keep\n'><tag> A_9 </tag><num> +0010\n</num><num>0</num>"
                 "<num>18446744073709551615</num><num>1073741824</num></action>",
                 "keep :a_9 10 0 18446744073709551615 1G;\n");
    assert_sieve("<action name=\"keep\"><str><![CDATA[<&>]]>&#65;<!-- x --> </str></action>",
                 "keep \"<&>A \"; # x\n");
    assert_sieve(
        "<control name=\"if\"><test name=\"anyof\"><test name=\"true\"/></test></control>"
        "<control name=\"if\"><test name=\"unheard_of\"><test name=\"true\"/></test></control>"
        "<control name=\"if\"><test name=\"unheard_of\"><test name=\"true\"/>"
        "<test name=\"true\"/></test></control>",
        "if anyof (true) {\n}\nif unheard_of true {\n}\nif unheard_of (true, true) {\n}\n");
}

/* Every script among the tests that has no syntax error. */
static void
test_scripts_of_the_tests_in(const char *folder, guint *n)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *text = NULL;
        gsize length = 0;
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            test_scripts_of_the_tests_in(path, n);
            continue;
        }
        if (!g_str_has_suffix(name, ".sieve") || !g_file_get_contents(path, &text, &length, NULL))
            continue;
        Reading reading = read_bytes(FALSE, text, length);
        GString *xml = reading.script->n_errors == 0
                           ? tamis_sieve_write_xml(reading.script, reading.report)
                           : NULL;
        if (xml != NULL) {
            g_autofree char *again = assert_round_trip(reading.script, reading.report);
            g_autofree char *printed = print(reading.script);
            /* A comment's bytes that XML has no sign for are replaced. */
            if (g_utf8_validate(text, (gssize)length, NULL))
                g_assert_cmpstr(again, ==, printed);
            g_string_free(xml, TRUE);
            (*n)++;
        }
        close_reading(&reading);
    }
}

static void
test_scripts_of_the_tests(void)
{
    g_autofree char *folder = g_test_build_filename(G_TEST_DIST, "..", NULL);
    guint n = 0;
    test_scripts_of_the_tests_in(folder, &n);
    g_assert_cmpuint(n, >=, 40);
}

static void
test_random_scripts(void)
{
    for (guint seed = 0; seed < n_rounds(2000); seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        guint8 data[600];
        for (guint i = 0; i < sizeof data; i++)
            data[i] = (guint8)g_rand_int(random);
        g_autoptr(TamisSources) sources = tamis_sources_new();
        g_autoptr(TamisReport) report = tamis_report_new(sources);
        g_autoptr(TamisArena) arena = tamis_arena_new();
        const TamisSieveScript *script = sieve_tree_build(data, 50 + seed % 550, arena);
        g_autofree char *again = assert_round_trip(script, report);
        g_autoptr(GString) printed = g_string_new(NULL);
        tamis_sieve_print(script, printed);
        tamis_sieve_unify_line_ends(printed);
        g_assert_cmpstr(again, ==, printed->str);
    }
}

/* A script whose every gap has comments of any sort, or none. */
static char *
put_comments_anywhere(guint seed)
{
    static const char *const words[] = {
        "require", "[",        "\"fileinto\"",
        ",",       "\"copy\"", "]",
        ";",       "if",       "anyof",
        "(",       "true",     ",",
        "not",     "false",    ",",
        "header",  ":is",      "[",
        "\"a\"",   ",",        "\"b\"",
        "]",       "\"x\"",    ",",
        "allof",   "(",        "not",
        "not",     "true",     ")",
        ")",       "{",        "fileinto",
        ":copy",   "\"x\"",    ";",
        "if",      "true",     "{",
        "keep",    ";",        "}",
        "}",       "elsif",    "size",
        ":over",   "1024K",    "{",
        "if",      "exists",   "[",
        "\"a\"",   "]",        "{",
        "}",       "discard",  ";",
        "}",       "else",     "{",
        "}",       "vacation", ":days",
        "7",       "text:",    NULL,
        ";",       "redirect", "\"a\n\"",
        ";",       "stop",     ";",
    };
    static const char *const gaps[] = {
        " ",
        "\n",
        "\n\n",
        " /*a*/ ",
        " # b\n",
        "\n#c\n",
        "\n\n/* d\n e */\n",
        " /* f */ # g\n",
        "\n/* h */\n\n/* i */\n",
        " /* [* x=\"1\" */ ",
        " /* *] */ ",
        "\n/* [|<a/>|] */\n",
        "\n/* [* */\n/* *] */ ",
    };
    static const char *const texts[] = {"\n..x\n.\n", " # j\n.\n", " # m\nx\n.\n"};
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    GString *text = g_string_new(NULL);
    gint32 n_chances = g_rand_int_range(random, 1, 20);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        gboolean is_plain = g_rand_int_range(random, 0, n_chances) > 0;
        if (words[i] == NULL)
            g_string_append(text, texts[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(texts))]);
        else
            g_string_append(text, words[i]);
        if (i + 1 == G_N_ELEMENTS(words) || words[i + 1] != NULL)
            g_string_append(
                text, gaps[is_plain ? 0 : g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(gaps))]);
    }
    return g_string_free(text, FALSE);
}

static void
test_comments_anywhere(void)
{
    for (guint seed = 0; seed < n_rounds(2000); seed++) {
        g_autofree char *text = put_comments_anywhere(seed);
        Reading reading = read_bytes(FALSE, text, strlen(text));
        g_autofree char *findings = findings_text(reading.report);
        g_assert_cmpstr(findings, ==, "");
        g_autofree char *printed = print(reading.script);
        g_autofree char *again = assert_round_trip(reading.script, reading.report);
        g_assert_cmpstr(again, ==, printed);
        assert_same_text(printed);
        close_reading(&reading);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    load_schemas();
    g_test_add_func("/sieve-xml/every-construct", test_every_construct);
    g_test_add_func("/sieve-xml/comments", test_comments);
    g_test_add_func("/sieve-xml/signs-out-of-place", test_signs_out_of_place);
    g_test_add_func("/sieve-xml/display-directives", test_display_directives);
    g_test_add_func("/sieve-xml/editors-elements", test_editors_elements);
    g_test_add_func("/sieve-xml/numbers-and-names", test_numbers_and_names);
    g_test_add_func("/sieve-xml/scripts-of-the-tests", test_scripts_of_the_tests);
    g_test_add_func("/sieve-xml/random-scripts", test_random_scripts);
    g_test_add_func("/sieve-xml/comments-anywhere", test_comments_anywhere);
    return g_test_run();
}
