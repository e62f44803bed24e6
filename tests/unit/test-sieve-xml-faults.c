/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sieve in XML: what is said of faulty XML and where, what XML cannot say, and what no XML can do to us. */
#include "xml-trip.h"

static void
assert_findings(const char *xml, const char *expected)
{
    Reading reading = read_bytes(TRUE, xml, strlen(xml));
    g_autofree char *actual = findings_text(reading.report);
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
        {HEAD "<action name=\"keep\"></sieve>",
         "1:65-1:73: this does not close <action> (write </action> before it)\n"},
        {"<s:sieve xmlns:s=\"urn:ietf:params:xml:ns:sieve\"><s:action name=\"keep\">",
         "1:71-1:71: the file ends inside <action> (write </s:action> before it)\n"},
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
        g_autofree char *findings = findings_text(reading.report);
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
    g_test_add_func("/sieve-xml-faults/faults", test_faults);
    g_test_add_func("/sieve-xml-faults/order", test_order);
    g_test_add_func("/sieve-xml-faults/documents", test_documents);
    g_test_add_func("/sieve-xml-faults/depth", test_depth);
    g_test_add_func("/sieve-xml-faults/arguments", test_arguments);
    g_test_add_func("/sieve-xml-faults/deep-displays", test_deep_displays);
    g_test_add_func("/sieve-xml-faults/refused", test_refused);
    g_test_add_func("/sieve-xml-faults/kind", test_kind);
    return g_test_run();
}
