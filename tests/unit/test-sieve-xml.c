/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sieve in XML: there and back, by the schemas of RFC 5784, what is said of faulty XML and where, and what no
 * XML can do to us. */
#include "grammar/sieve/compare.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"
#include "grammar/sieve/xml-reader.h"
#include "grammar/sieve/xml-writer.h"

#include "../fuzz/sieve-tree.h"

#include <libxml/relaxng.h>
#include <libxml/xmlschemas.h>

#define HEAD "<sieve xmlns=\"urn:ietf:params:xml:ns:sieve\">"

typedef struct {
    TamisSources *sources;
    TamisReport *report;
    TamisArena *arena;
    TamisSieveScript *script;
} Reading;

static Reading
read_bytes(gboolean is_xml, const char *text, gsize length)
{
    Reading reading = {.sources = tamis_sources_new(), .arena = tamis_arena_new()};
    reading.report = tamis_report_new(reading.sources);
    TamisSourceId source = tamis_sources_add_text(reading.sources, "a", text, length);
    reading.script =
        (is_xml ? tamis_sieve_parse_xml : tamis_sieve_parse)(source, reading.arena, reading.report);
    return reading;
}

static void
close_reading(Reading *reading)
{
    tamis_report_free(reading->report);
    tamis_arena_free(reading->arena);
    tamis_sources_free(reading->sources);
}

/* "2:5-2:9: message (help)\n" each. */
static char *
findings_of(const Reading *reading)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < tamis_report_count(reading->report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(reading->report, i);
        TamisPosition position = tamis_sources_locate(reading->sources, diagnostic->span);
        g_string_append_printf(text, "%u:%u-%u:%u: %s", position.line, position.column,
                               position.end_line, position.end_column, diagnostic->message);
        if (diagnostic->help != NULL)
            g_string_append_printf(text, " (%s)", diagnostic->help);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static char *
print(const TamisSieveScript *script)
{
    GString *text = g_string_new(NULL);
    tamis_sieve_print(script, text);
    return g_string_free(text, FALSE);
}

/* The schemas --------------------------------------------------------------------------------------- */

static xmlRelaxNGPtr relaxng;
static xmlSchemaPtr schema;

static void
load_schemas(void)
{
    g_autofree char *rng = g_test_build_filename(G_TEST_DIST, "..", "schemas", "rfc5784.rng", NULL);
    g_autofree char *xsd = g_test_build_filename(G_TEST_DIST, "..", "schemas", "rfc5784.xsd", NULL);
    xmlRelaxNGParserCtxtPtr rng_parser = xmlRelaxNGNewParserCtxt(rng);
    xmlSchemaParserCtxtPtr xsd_parser = xmlSchemaNewParserCtxt(xsd);

    relaxng = xmlRelaxNGParse(rng_parser);
    schema = xmlSchemaParse(xsd_parser);
    g_assert_nonnull(relaxng);
    g_assert_nonnull(schema);
    xmlRelaxNGFreeParserCtxt(rng_parser);
    xmlSchemaFreeParserCtxt(xsd_parser);
}

static void
assert_valid(const char *xml)
{
    xmlDocPtr document = xmlReadMemory(xml, (int)strlen(xml), "a.xml", NULL, XML_PARSE_HUGE);
    xmlRelaxNGValidCtxtPtr by_relaxng = xmlRelaxNGNewValidCtxt(relaxng);
    xmlSchemaValidCtxtPtr by_schema = xmlSchemaNewValidCtxt(schema);

    g_assert_nonnull(document);
    if (xmlRelaxNGValidateDoc(by_relaxng, document) != 0 ||
        xmlSchemaValidateDoc(by_schema, document) != 0)
        g_error("not as RFC 5784 says: %s", xml);
    xmlRelaxNGFreeValidCtxt(by_relaxng);
    xmlSchemaFreeValidCtxt(by_schema);
    xmlFreeDoc(document);
}

/* There and back ------------------------------------------------------------------------------------ */

/* The XML of a script is valid and read as the same script; the XML of that is the same XML, but for comments
 * that the first one moved. Returns what the script from XML is printed as. */
static char *
assert_round_trip(const TamisSieveScript *script, TamisReport *report)
{
    GString *xml = tamis_sieve_write_xml(script, report);
    g_assert_nonnull(xml);
    assert_valid(xml->str);
    Reading second = read_bytes(TRUE, xml->str, xml->len);
    g_autofree char *findings = findings_of(&second);
    g_assert_cmpstr(findings, ==, "");
    if (!tamis_sieve_same(script, second.script))
        g_error("not the same script: %s", xml->str);

    GString *settled = tamis_sieve_write_xml(second.script, second.report);
    Reading third = read_bytes(TRUE, settled->str, settled->len);
    GString *again = tamis_sieve_write_xml(third.script, third.report);
    g_assert_cmpstr(again->str, ==, settled->str);

    char *printed = print(third.script);
    g_string_free(xml, TRUE);
    g_string_free(settled, TRUE);
    g_string_free(again, TRUE);
    close_reading(&second);
    close_reading(&third);
    return printed;
}

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
    g_autofree char *findings = findings_of(&reading);
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
               "    <test name=\"not\">\n"
               "      <comment> a </comment>\n"
               "      <test name=\"true\">\n"
               "        <comment> b</comment>\n"
               "      </test>\n"
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
               "  <comment>a \xef\xbf\xbd\xef\xbf\xbd </comment>\n"
               "  <comment>b</comment>\n"
               "  <action name=\"keep\"/>\n");
    assert_sieve(
        "<!-- one --><action name=\"keep\"><!-- two --></action><!-- three\n and --> <!---->",
        "# one\nkeep; # two\n/* three\n and*/\n#\n");
    assert_sieve("<comment>a */ discard; /*</comment><comment>b&#13;discard;</comment>"
                 "<comment>c&#10;discard;*</comment>",
                 "#a */ discard; /*\n#b discard;\n/*c\ndiscard;* */\n");
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

/* Whether comments stand where XML moves them. */
static gboolean
has_moving_comments(const TamisSieveCommand *command)
{
    for (; command != NULL; command = command->next)
        if (command->inner != NULL || (command->has_block && command->trailing != NULL) ||
            has_moving_comments(command->block))
            return TRUE;
    return FALSE;
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
            /* A comment's bytes that XML has no sign for are replaced, and its numbers have no quantifier. */
            if (!g_regex_match_simple("[0-9][KMG]", text, G_REGEX_CASELESS, 0) &&
                strstr(text, "/*") == NULL && strchr(text, '\r') == NULL &&
                g_utf8_validate(text, (gssize)length, NULL) &&
                !has_moving_comments(reading.script->commands))
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
    for (guint seed = 0; seed < 1500; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        guint8 data[600];
        for (guint i = 0; i < sizeof data; i++)
            data[i] = (guint8)g_rand_int(random);
        g_autoptr(TamisSources) sources = tamis_sources_new();
        g_autoptr(TamisReport) report = tamis_report_new(sources);
        g_autoptr(TamisArena) arena = tamis_arena_new();
        const TamisSieveScript *script = sieve_tree_build(data, 50 + seed % 550, arena);
        g_autofree char *printed = assert_round_trip(script, report);
    }
}

/* Faults -------------------------------------------------------------------------------------------- */

static void
assert_findings(const char *xml, const char *expected)
{
    Reading reading = read_bytes(TRUE, xml, strlen(xml));
    g_autofree char *actual = findings_of(&reading);
    g_assert_cmpstr(actual, ==, expected);
    g_assert_cmpuint(reading.script->n_errors, ==, tamis_report_count(reading.report));
    close_reading(&reading);
}

#define ORDER                                                                                      \
    " (inside it stand <preamble>, arguments, <test>, commands, <postamble>, in this order)\n"
#define NAME                                                                                       \
    " (a name has letters, digits and '_' and begins with no digit (RFC 5228, section 2.1))\n"

static void
test_faults(void)
{
    assert_findings(HEAD "\n <contrl name=\"if\"/></sieve>",
                    "2:3-2:9: <contrl> in <sieve> (did you mean <control>?)\n");
    assert_findings(HEAD "<preamble/></sieve>",
                    "1:46-1:54: <preamble> in <sieve> (commands stand here, <comment>, "
                    "<displayblock>, <displaydata> and elements of editors)\n");
    assert_findings(HEAD "\n<action/>\n<action nam=\"keep\"/></sieve>",
                    "2:2-2:8: <action> without attribute 'name' (say what it is: name=\"…\")\n"
                    "3:2-3:8: <action> without attribute 'name' (say what it is: name=\"…\")\n"
                    "3:9-3:12: <action> has no attribute 'nam' (did you mean 'name'?)\n");
    assert_findings(
        HEAD "\n<action name=\"keep\" x:id=\"1\" xmlns:x=\"urn:x\"/></sieve>",
        "2:21-2:25: <action> has no attribute 'x:id' (it has 'name' alone: what an editor has to "
        "say goes into <displayblock>, <displaydata> or elements of its own)\n");
    assert_findings(HEAD "\n<action name=\"keep; discard\"/></sieve>",
                    "2:15-2:28: 'keep; discard' is no name of a command" NAME);
    assert_findings(HEAD "\n<action name=\"\"/><action name=\"9a\"/><action name=\"订\"/></sieve>",
                    "2:15-2:15: '' is no name of a command" NAME
                    "2:32-2:34: '9a' is no name of a command" NAME
                    "2:51-2:52: '订' is no name of a command" NAME);
    assert_findings(HEAD "\n<action name=\"keep\"><tag>:copy</tag><tag>a b</tag></action></sieve>",
                    "2:26-2:31: ':copy' is no name of a tag (leave the ':' out)\n"
                    "2:42-2:45: 'a b' is no name of a tag" NAME);
    assert_findings(HEAD "\n<action name=\"keep\"><num>100K</num><num/><num>-1</num>"
                         "<num>18446744073709551616</num></action></sieve>",
                    "2:26-2:30: no number (write digits alone: 102400 for 100K)\n"
                    "2:36-2:42: no number (write digits alone: 102400 for 100K)\n"
                    "2:47-2:49: no number (write digits alone: 102400 for 100K)\n"
                    "2:60-2:80: the number is too large (write 18446744073709551615 at most)\n");
    assert_findings(HEAD
                    "\n<action name=\"keep\"><list/><list><num>1</num></list></action></sieve>",
                    "2:22-2:26: an empty list (put its strings into it as <str>)\n"
                    "2:35-2:38: <num> in <list> (a list holds <str> alone)\n");
    assert_findings(HEAD "\n<action name=\"redirect\"> <!-- x > y -->\n  a@acme.example <str>a<b/>"
                         "</str></action></sieve>",
                    "3:3-3:17: text in <action> (a string stands in <str>, a number in <num>)\n"
                    "3:25-3:26: <b> in <str>, which holds text alone (write '<' as &lt; where it "
                    "belongs to the text)\n");
    assert_findings(HEAD "\n<control name=\"if\"><test name=\"keep\"/></control></sieve>",
                    "2:32-2:36: 'keep' is a command, where a test should stand (put it as <action> "
                    "or <control> behind the test)\n");
    assert_findings(HEAD "\n<action name=\"keep\"><preamble><commend/></preamble>"
                         "<postamble><action name=\"keep\"/></postamble></action></sieve>",
                    "2:32-2:39: <commend> in <preamble> (did you mean <comment>?)\n"
                    "2:64-2:70: <action> in <postamble> (<comment>, <displaydata> and elements of "
                    "editors stand here)\n");
    assert_findings(HEAD "\n<control xmlns=\"\" name=\"stop\"/></sieve>",
                    "2:2-2:9: <control> is in no namespace (declare it: "
                    "<sieve xmlns=\"urn:ietf:params:xml:ns:sieve\">)\n");
}

static void
test_order(void)
{
    assert_findings(
        HEAD "\n<control name=\"if\"><test name=\"true\"/><str/><test name=\"true\"/>"
             "<action name=\"keep\"/><test name=\"true\"/><preamble/></control></sieve>",
        "2:40-2:43: <str> stands too late" ORDER
        "2:46-2:50: a second <test> (put several into one of 'allof' or 'anyof')\n"
        "2:86-2:90: <test> stands too late" ORDER "2:105-2:113: <preamble> stands too late" ORDER);
    assert_findings(HEAD "\n<action name=\"keep\"><postamble/><postamble/></action></sieve>",
                    "2:34-2:43: a second <postamble> (put all into one)\n");
    assert_findings(HEAD "\n<action name=\"keep\"><comment>x</comment><x:y xmlns:x=\"urn:x\"/>"
                         "</action></sieve>",
                    "2:22-2:29: <comment> in <action> (put it into the <preamble> or the "
                    "<postamble>)\n"
                    "2:42-2:45: <y> in <action> (put it into the <preamble> or the <postamble>)\n");
    assert_findings(HEAD "\n<control name=\"if\"><test name=\"not\"><test name=\"true\"/><str/>"
                         "<comment/></test></control></sieve>",
                    "2:57-2:60: <str> behind <test> (inside it stand arguments and comments, then "
                    "tests)\n"
                    "2:63-2:70: <comment> behind <test> (inside it stand arguments and comments, "
                    "then tests)\n");
}

static void
test_documents(void)
{
    static const char *const refused[][2] = {
        {"<!DOCTYPE sieve [<!ENTITY x SYSTEM \"/etc/passwd\">]>\n" HEAD
         "<action name=\"redirect\"><str>&x;</str></action></sieve>",
         "1:1-1:10: a document type declaration (take the '<!DOCTYPE …>' out: no entity and no "
         "other file is ever read)\n"},
        {HEAD "<action name=\"redirect\"><str>&x;</str></action></sieve>",
         "1:77-1:77: unknown entity '&x;' (there are &amp; &lt; &gt; &quot; &apos; and numbers "
         "such "
         "as &#8364;)\n"},
        {HEAD "<action name=\"keep\"></sieve>", "1:65-1:73: this does not close <action>\n"},
        {"<sieve><action name=\"keep\"/></sieve>",
         "1:2-1:7: <sieve> without its namespace (begin it with "
         "<sieve xmlns=\"urn:ietf:params:xml:ns:sieve\">)\n"},
        {HEAD "keep;</sieve>",
         "1:45-1:45: text between the elements of <sieve> (put it into an element)\n"},
        {"", "1:1-1:1: no XML (begin the file with the root element)\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++)
        assert_findings(refused[i][0], refused[i][1]);
}

static char *
nested(const char *before, const char *element, const char *end, guint n)
{
    GString *xml = g_string_new(before);
    for (guint i = 0; i < n; i++)
        g_string_append(xml, element);
    for (guint i = 0; i < n; i++)
        g_string_append(xml, end);
    return g_string_free(xml, FALSE);
}

/* What Sieve text may nest, XML may, and back; and no more. */
static void
test_depth(void)
{
    g_autofree char *blocks = nested("", "if true {\n", "}\n", TAMIS_SIEVE_MAX_NESTING);
    g_autofree char *tests = nested("if ", "not ", "", TAMIS_SIEVE_MAX_NESTING - 1);
    g_autofree char *script = g_strconcat(tests, "true {}", NULL);
    const char *const texts[] = {blocks, script};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        Reading reading = read_bytes(FALSE, texts[i], strlen(texts[i]));
        g_assert_cmpuint(reading.script->n_errors, ==, 0);
        g_autofree char *printed = assert_round_trip(reading.script, reading.report);
        g_autofree char *expected = print(reading.script);
        g_assert_cmpstr(printed, ==, expected);
        close_reading(&reading);
    }
    static const char *const deep[][5] = {
        {"<control name=\"if\">", "</control>", "blocks nest more than 512 deep", "513",
         "join the tests of blocks inside each other with 'allof'"},
        {"<displayblock>", "</displayblock>", "<displayblock> nests more than 128 deep", "129",
         "take some of them away"},
        {"<test name=\"not\">", "</test>", "tests nest more than 512 deep", "513",
         "take 'not not' and lists of one test away"},
        {"<x:x>", "</x:x>", "<x> nests too deep to be kept in a comment, or has too long tags",
         "200", "take it out of the script"},
        {"<x:x>", "</x:x>", "elements nest more than 1296 deep", "200000"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(deep); i++) {
        gboolean is_test = strstr(deep[i][0], "test") != NULL;
        g_autofree char *elements = nested(is_test ? "<control name=\"if\">" : "", deep[i][0],
                                           deep[i][1], (guint)atoi(deep[i][3]));
        g_autofree char *xml = g_strconcat("<sieve xmlns=\"urn:ietf:params:xml:ns:sieve\" "
                                           "xmlns:x=\"urn:x\">",
                                           elements, is_test ? "</control>" : "", "</sieve>", NULL);
        Reading reading = read_bytes(TRUE, xml, strlen(xml));
        g_assert_cmpuint(tamis_report_count(reading.report), ==, 1);
        g_assert_cmpstr(tamis_report_get(reading.report, 0)->message, ==, deep[i][2]);
        g_assert_cmpstr(tamis_report_get(reading.report, 0)->help, ==, deep[i][4]);
        close_reading(&reading);
    }
}

/* As many arguments as in Sieve text, and the same is said of one more. */
static void
test_arguments(void)
{
    static const char *const words[][4] = {
        {"keep ", ";", "<action name=\"keep\">", "</action>"},
        {"if size ", "{}", "<control name=\"if\"><test name=\"size\">", "</test></control>"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        for (guint n = TAMIS_SIEVE_MAX_ARGUMENTS; n <= TAMIS_SIEVE_MAX_ARGUMENTS + 9; n += 9) {
            g_autofree char *sieve = nested(words[i][0], "1 ", "", n);
            g_autofree char *text = g_strconcat(sieve, words[i][1], NULL);
            g_autofree char *arguments = nested("", "<num>1</num>", "", n);
            g_autofree char *xml =
                g_strconcat(HEAD, words[i][2], arguments, words[i][3], "</sieve>", NULL);
            gsize at = strlen(HEAD) + strlen(words[i][2]) +
                       strlen("<num>1</num>") * TAMIS_SIEVE_MAX_ARGUMENTS + strlen("<num>");
            Reading of_text = read_bytes(FALSE, text, strlen(text));
            Reading of_xml = read_bytes(TRUE, xml, strlen(xml));

            g_assert_cmpuint(tamis_report_count(of_xml.report), ==, n > TAMIS_SIEVE_MAX_ARGUMENTS);
            g_assert_cmpuint(tamis_report_count(of_text.report), ==, n > TAMIS_SIEVE_MAX_ARGUMENTS);
            if (n > TAMIS_SIEVE_MAX_ARGUMENTS) {
                const TamisDiagnostic *said = tamis_report_get(of_text.report, 0);
                const TamisDiagnostic *found = tamis_report_get(of_xml.report, 0);
                g_assert_cmpstr(found->message, ==, said->message);
                g_assert_cmpstr(found->help, ==, "put strings into one <list>");
                g_assert_cmpuint(found->span.offset, ==, at);
            } else {
                g_free(assert_round_trip(of_xml.script, of_xml.report));
            }
            close_reading(&of_text);
            close_reading(&of_xml);
        }
}

/* Displayblocks in comments nest without end: those that XML does not take stay comments. */
static void
test_deep_displays(void)
{
    g_autofree char *text = nested("", "/* [* a=\"1\" */\n", "/* *] */\n", 2000);
    Reading reading = read_bytes(FALSE, text, strlen(text));
    g_autofree char *printed = assert_round_trip(reading.script, reading.report);
    g_assert_cmpstr(printed, ==, text);
    close_reading(&reading);
}

/* What XML cannot say is not written. */
static void
test_refused(void)
{
    static const char *const refused[][2] = {
        {"redirect \"a\001b\";",
         "1:10-1:15: a string with the character U+0001, which XML does not have (take it out)\n"},
        {"keep [\"a\", \"\xef\xbf\xbf\"];",
         "1:12-1:15: a string with the character U+FFFF, which XML does not have (take it out)\n"},
        {"redirect \"\377\";",
         "1:10-1:13: a string with bytes that are no UTF-8, which XML does not "
         "take (save the script as UTF-8)\n"},
        {"if (true) { }",
         "1:1-1:3: 'if' with tests in parentheses, which XML cannot say (take the parentheses "
         "away)\n"},
        {"if not (true) { }",
         "1:4-1:7: 'not' with one test in parentheses, which XML cannot say (take the parentheses "
         "away)\n"},
        {"if anyof true { }", "1:4-1:9: 'anyof' with one test without parentheses, which XML "
                              "cannot say (put the test in "
                              "parentheses)\n"},
        {"if true;", "1:1-1:3: 'if' without its block, which XML cannot say (write '{ … }' behind "
                     "it)\n"},
        {"keep {}",
         "1:1-1:5: 'keep' with an empty block, which XML cannot say (end it with ';')\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        Reading reading = read_bytes(FALSE, refused[i][0], strlen(refused[i][0]));
        g_assert_null(tamis_sieve_write_xml(reading.script, reading.report));
        g_autofree char *findings = findings_of(&reading);
        g_assert_cmpstr(findings, ==, refused[i][1]);
        close_reading(&reading);
    }
}

static void
test_kind(void)
{
    static const struct {
        const char *xml;
        gboolean is_sieve;
    } roots[] = {
        {HEAD, TRUE},
        {"<?xml version=\"1.0\"?><!-- <policy> --><sieve>", TRUE},
        {"<!DOCTYPE sieve [<!ENTITY x \"y\">]><sieve/>", TRUE},
        {"<s:script a='1' xmlns:s='urn:ietf:params:xml:ns:sieve'/>", TRUE},
        {"<x:sieve/>", TRUE},
        {"<policy xmlns=\"urn:tamis:policy:1\"/>", FALSE},
        {"<policy xmlns:s=\"urn:ietf:params:xml:ns:sieve\"/>", FALSE},
        {"<sieves/>", FALSE},
        {"<", FALSE},
        {"", FALSE},
        {"keep;", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(roots); i++)
        g_assert_cmpint(tamis_sieve_is_xml(roots[i].xml, strlen(roots[i].xml)), ==,
                        roots[i].is_sieve);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    load_schemas();
    g_test_add_func("/sieve-xml/every-construct", test_every_construct);
    g_test_add_func("/sieve-xml/comments", test_comments);
    g_test_add_func("/sieve-xml/display-directives", test_display_directives);
    g_test_add_func("/sieve-xml/editors-elements", test_editors_elements);
    g_test_add_func("/sieve-xml/numbers-and-names", test_numbers_and_names);
    g_test_add_func("/sieve-xml/scripts-of-the-tests", test_scripts_of_the_tests);
    g_test_add_func("/sieve-xml/random-scripts", test_random_scripts);
    g_test_add_func("/sieve-xml/faults", test_faults);
    g_test_add_func("/sieve-xml/order", test_order);
    g_test_add_func("/sieve-xml/documents", test_documents);
    g_test_add_func("/sieve-xml/depth", test_depth);
    g_test_add_func("/sieve-xml/arguments", test_arguments);
    g_test_add_func("/sieve-xml/deep-displays", test_deep_displays);
    g_test_add_func("/sieve-xml/refused", test_refused);
    g_test_add_func("/sieve-xml/kind", test_kind);
    return g_test_run();
}
