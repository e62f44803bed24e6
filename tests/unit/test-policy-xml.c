/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Policies in XML: there and back, what is said of faulty ones and where, and what no XML can do to us. */
#include "grammar/policy/compare.h"
#include "grammar/policy/format.h"
#include "grammar/policy/parser.h"
#include "grammar/policy/reader.h"
#include "grammar/policy/xml-forms.h"
#include "grammar/policy/xml-reader.h"
#include "grammar/policy/xml-writer.h"

#include "findings-text.h"

#include <string.h>

#define HEAD "<policy xmlns=\"urn:tamis:policy:1\">"

typedef struct {
    TamisSources *sources;
    TamisReport *report;
    TamisArena *arena;
    TamisPolicySyntax *policy;
} Reading;

static Reading
read_bytes(const char *name, const char *text, gsize length)
{
    Reading reading = {.sources = tamis_sources_new(), .arena = tamis_arena_new()};
    reading.report = tamis_report_new(reading.sources);
    TamisSourceId source = tamis_sources_add_text(reading.sources, name, text, length);
    reading.policy = tamis_policy_read(source, reading.arena, reading.report);
    return reading;
}

static void
close_reading(Reading *reading)
{
    tamis_report_free(reading->report);
    tamis_arena_free(reading->arena);
    tamis_sources_free(reading->sources);
}

static void
assert_findings(const char *xml, const char *expected)
{
    Reading reading = read_bytes("p.xml", xml, strlen(xml));
    g_autofree char *actual = findings_text(reading.report);
    g_assert_cmpstr(actual, ==, expected);
    close_reading(&reading);
}

/* There and back ------------------------------------------------------------------------------------ */

/* policy → XML → policy is the identity on the tree; and the XML of that policy is the same XML. */
static void
assert_round_trip(const char *text, gsize length)
{
    Reading first = read_bytes("p.tamis", text, length);
    g_autofree char *errors = findings_text(first.report);
    g_assert_cmpstr(errors, ==, "");
    GString *xml = tamis_policy_write_xml(first.policy, first.report);
    g_assert_nonnull(xml);

    Reading second = read_bytes("p.xml", xml->str, xml->len);
    g_autofree char *findings = findings_text(second.report);
    g_assert_cmpstr(findings, ==, "");
    g_assert_true(tamis_policy_same(first.policy, second.policy));
    GString *again = tamis_policy_write_xml(second.policy, second.report);
    g_assert_cmpstr(again->str, ==, xml->str);

    GString *formatted = tamis_policy_format(second.policy, second.sources);
    Reading third = read_bytes("q.tamis", formatted->str, formatted->len);
    g_assert_cmpuint(tamis_report_count(third.report), ==, 0);
    g_assert_true(tamis_policy_same(first.policy, third.policy));

    close_reading(&first);
    close_reading(&second);
    close_reading(&third);
    g_string_free(xml, TRUE);
    g_string_free(again, TRUE);
    g_string_free(formatted, TRUE);
}

/* Every construct of the language. */
static const char everything[] =
    "# A policy.\n"
    "organization { domains acme.example, acme.cn; timezone Asia/Shanghai; delimiter \"+\"; }\n"
    "import \"groups.tamis\"; # behind\n"
    "import aliases \"virtual\";\n"
    "group vip from csv \"vip.csv\" column address;\n"
    "group few from csv \"vip.csv\" column address where level is \"<&>\";\n"
    "group desk { a@acme.example, # the first\n    vip, \"o'neil@acme.example\", 163.com }\n"
    "group none { }\n"
    "hours office { timezone UTC; mon-fri 09:00-12:00, 13:00-18:00; except 2026-10-01..2026-10-07; "
    "sat, sun 10:00-24:00; except 2026-12-25; daily 22:00-06:00; }\n"
    "condition urgent = subject contains \"紧急\", \"urgent\" or header \"X-Priority\" is \"1\";\n"
    "condition all = (urgent or body not matches \"*\") and (not (size >= 10M and spam score < 5) "
    "or "
    "not not header \"X\" not exists) and now not in office and mailing list or automatic;\n"
    "condition fields = from in vip or to not internal or cc external or recipient under acme.cn, "
    "a.b or "
    "envelope from domain is b.example or envelope to local not begins \"x\", y or from detail "
    "ends z or "
    "size <= 500 or size > 1K or spam score >= 5;\n"
    "encryption smime { filter \"smime-encrypt\", \"-x\"; }\n"
    "encryption mark { header \"X-Encrypt: required\"; }\n"
    "encryption gate { gateway g.example; }\n"
    "limits { targets 5; hops 3; copies 50; lifetime 180 days; script-size 100K; }\n"
    "limits { }\n"
    "forbid \"a\" forward;\n"
    "forbid \"b\" forward from a@acme.example, desk to external unless encrypted;\n"
    "forbid \"c\" forward from internal unless copied;\n"
    "forbid \"d\" forward to desk unless urgent;\n"
    "require \"e\" expiry for forward to external;\n"
    "require \"f\" copy for forward;\n"
    "require \"g\" verified in vip for forward from internal to a.example;\n"
    "template leaver(successor, last_day) {\n"
    "    route a starting last_day until last_day + 90 days {\n"
    "        reply { subject \"x / y\"; text \"\"\"\n            Hello ${successor},\n\n           "
    "   $${x}\n"
    "            \"\"\"; every 7 days; from \"A <a@b.example>\"; }\n"
    "        forward to successor without copy;\n    }\n"
    "    route b starting 2026-01-01 00:00 until 2026-12-31T18:00+08:00 - 12 hours { reject "
    "\"no\\n\\u{9}no \\u{20ac}\"; }\n"
    "}\n"
    "template none() { }\n"
    "mailbox a@acme.example, b@acme.example {\n"
    "    alias c@acme.example, d@acme.example;\n"
    "    limits { targets 20; }\n"
    "    use leaver(li@acme.example, 2026-11-30);\n"
    "    use none();\n"
    "    route one { forward encrypted with smime to one of desk, x@y.example without copy; }\n"
    "    route two when urgent { keep; keep in \"Junk/夹\"; mark \"X-Queue: a\"; final; }\n"
    "    route three otherwise { discard; reply \"short\"; }\n"
    "    route four { }\n"
    "    # last\n"
    "}\n"
    "each row in csv \"leavers.csv\" where kind is \"leaver\" {\n"
    "    mailbox row.address { use leaver(row.successor, row.last_day); route r { reply "
    "\"${row.text}\"; } }\n"
    "}\n"
    "each row in csv \"x.csv\" { }\n"
    "external bob@partner.example forwards to bob@acme.example, \"x\";\n"
    "allow spf-breakage in a@acme.example, desk until 2027-03-31 because \"fine\";\n"
    "allow forward-return because \"it's -- fine\";\n"
    "test \"orders\" {\n"
    "    message to a@acme.example { from \"b@c.example\"; to \"x\"; cc \"y\"; subject \"新订单 "
    "42\"; header "
    "\"X\" \"y\"; body \"z\"; size 10M; spam score 5; envelope from b@c.example; at 2026-11-23 "
    "10:00; file "
    "\"m.eml\"; }\n"
    "    expect forward to a@acme.example; expect no forward; expect forward encrypted to "
    "b.example; expect "
    "mark \"X: y\"; expect copy; expect no reply; expect reject; expect discard; expect file in "
    "\"Junk\"; "
    "expect delivery to \"q\"; expect forward encrypted;\n"
    "}\n"
    "/* the\n   end */\n";

static void
test_everything(void)
{
    assert_round_trip(everything, strlen(everything));
    assert_round_trip("", 0);
    assert_round_trip("# only a comment\n", strlen("# only a comment\n"));
}

static void
test_samples(void)
{
    g_autofree char *folder = g_test_build_filename(G_TEST_DIST, "..", "..", "samples", NULL);
    g_autoptr(GDir) samples = g_dir_open(folder, 0, NULL);
    const char *sample, *name;
    guint n = 0;

    g_assert_nonnull(samples);
    while ((sample = g_dir_read_name(samples)) != NULL) {
        g_autofree char *path = g_build_filename(folder, sample, NULL);
        g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
        while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
            g_autofree char *file = g_build_filename(path, name, NULL);
            g_autofree char *text = NULL;
            gsize length = 0;
            if (!g_str_has_suffix(name, ".tamis"))
                continue;
            g_assert_true(g_file_get_contents(file, &text, &length, NULL));
            assert_round_trip(text, length);
            n++;
        }
    }
    g_assert_cmpuint(n, >=, 6);
}

static void
test_strings(void)
{
    static const char *const strings[] = {
        "",
        " ",
        "  x  ",
        "\\n",
        "a\\n\\n b\\n",
        "\\u{9}",
        "]]>",
        "<!-- x -->",
        "&amp; &#65; <string>",
        "\\\"",
        "\\\\",
        "it's",
        "$",
        "$${x}",
        "$$${x}",
        "\\u{24}${x}",
        "${x}${row.y}",
        "\\u{200b}\\u{feff}",
        "\\u{10ffff}",
        "\\u{1f600}",
        "{;}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_autofree char *text = g_strdup_printf(
            "template t(x) { route r { reject \"%s\"; reply { text \"\"\"\n%s\n\"\"\"; } } }\n"
            "import \"%s\"; group g from csv \"%s\" column c where d is \"%s\";",
            strings[i], strings[i], strings[i], strings[i], strings[i]);
        assert_round_trip(text, strlen(text));
    }
    Reading reading = read_bytes("p.tamis", "import \"a\\u{ffff}\";", 19);
    g_assert_null(tamis_policy_write_xml(reading.policy, reading.report));
    g_autofree char *findings = findings_text(reading.report);
    g_assert_cmpstr(findings, ==,
                    "1:8-1:19: character U+FFFF, which XML does not have (take it out)\n");
    close_reading(&reading);
}

/* Of one operator in itself too; names of any script stand as they are. */
static void
test_formulas(void)
{
    static const char *const formulas[] = {
        "a and (b and c)",
        "(a or b) or c",
        "a and (b or c) and not (d and (e and f) or g)",
        "not not (a or (b or c and (d and e)))",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(formulas); i++) {
        g_autofree char *text = g_strdup_printf(
            "condition 客服 = %s; mailbox a@b.example { route ж when %s { keep; } }", formulas[i],
            formulas[i]);
        assert_round_trip(text, strlen(text));
    }
    Reading reading = read_bytes("p.tamis", "group 客 { a@bücher.example }", 32);
    g_autoptr(GString) xml = NULL;
    xml = tamis_policy_write_xml(reading.policy, reading.report);
    g_assert_nonnull(strstr(xml->str, "<group name=\"客\">"));
    close_reading(&reading);
}

/* As another hand writes it: single quotes, references, CDATA, prefixes, comments, another order. */
static void
test_other_hands(void)
{
    static const char xml[] =
        "\xef\xbb\xbf<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<?style x?>\r\n"
        "<p:policy xmlns:p='urn:tamis:policy:1'>\n<!-- <p:mailbox> -->\n"
        "  <p:route-free/>\n</p:policy>";
    static const char good[] =
        "\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>\r\n<!-- hi --><?style x?>\r\n"
        "<p:policy\txmlns:p='urn:tamis:policy:1'>\r\n"
        "<p:mailbox  ><p:value>\r\n a@b&#46;example </p:value><!-- c -->"
        "<p:route  until = '2026-12-31'   name=\"&#x5BA2;\" ><p:reject><![CDATA[<&>]]> "
        "&lt;&#x20AC;&gt;</p:reject>"
        "<p:forward one-of='true'><p:value><![CDATA[c@d.example]]></p:value></p:forward  "
        "></p:route></p:mailbox>"
        "</p:policy>\n<!-- bye -->";
    static const char same[] =
        "mailbox a@b.example { route 客 until 2026-12-31 { reject \"<&> <€>\"; forward "
        "to one of c@d.example; } }";

    assert_findings(
        xml, "5:4-5:16: unexpected <route-free> (docs/xml.md has an example of each element)\n");
    Reading first = read_bytes("p.xml", good, strlen(good));
    Reading second = read_bytes("p.tamis", same, strlen(same));
    g_autofree char *findings = findings_text(first.report);
    g_assert_cmpstr(findings, ==, "");
    g_assert_true(tamis_policy_same(first.policy, second.policy));
    g_assert_cmpuint(first.policy->n_comments, ==, 3);
    g_assert_cmpstr(first.policy->comments[0].text, ==, "# hi");
    g_assert_cmpstr(first.policy->comments[1].text, ==, "# c");
    g_assert_cmpstr(first.policy->comments[2].text, ==, "# bye");
    close_reading(&first);
    close_reading(&second);
}

/* What is wrong ------------------------------------------------------------------------------------- */

static void
test_schema(void)
{
    assert_findings(HEAD "\n<mailbx/>\n</policy>",
                    "2:2-2:8: unexpected <mailbx> (did you mean <mailbox>?)\n");
    assert_findings(HEAD
                    "\n<mailbox><value>a@b</value><rute name='x'/></mailbox>\n<limits/></policy>",
                    "2:29-2:33: unexpected <rute> (did you mean <route>?)\n");
    assert_findings(
        HEAD "\n<mailbox><route name='x'/></mailbox></policy>",
        "2:2-2:9: <mailbox> without a value (write the words as <value> and the texts as "
        "<string>)\n");
    assert_findings(HEAD "\n<mailbox><value>a@b.c</value>\n <route/></mailbox></policy>",
                    "3:3-3:8: <route> without attribute 'name' (add name=\"…\")\n");
    assert_findings(
        HEAD
        "\n<mailbox><value>a@b.c</value><route name='x' untill='2026-01-01'/></mailbox></policy>",
        "2:46-2:52: <route> has no attribute 'untill' (did you mean 'until'?)\n");
    assert_findings(
        HEAD "\n<mailbox><value>a@b.c</value><route name='x'><forward one-of='yes'><value>a@b.c"
             "</value></forward></route></mailbox></policy>",
        "2:63-2:66: attribute 'one-of' cannot be 'yes' (write 'true')\n");
    assert_findings(
        HEAD
        "<condition name='x'><from match='contain'><string>x</string></from></condition></policy>",
        "1:69-1:76: attribute 'match' cannot be 'contain' (did you mean 'contains'?)\n");
    assert_findings(
        HEAD
        "<condition name='x'><header match='is'><string>x</string></header></condition></policy>",
        "1:57-1:63: <header> without element <field> (add <field>…</field>)\n");
    assert_findings(
        HEAD "<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='/etc/passwd'/></policy>",
        "1:37-1:46: XInclude is not followed (write <import>file.xml</import>)\n");
    assert_findings(
        HEAD "<mailbox xmlns='urn:x'/></policy>",
        "1:37-1:44: <mailbox> is not in the namespace of policies (docs/xml.md has an example of "
        "each element)\n");
    assert_findings(
        HEAD "<mailbox>text<value>a@b.c</value></mailbox></policy>",
        "1:37-1:44: text in <mailbox>, which holds elements alone (docs/xml.md has an example of "
        "each element)\n");
    assert_findings(HEAD "x</policy>",
                    "1:36-1:36: text between the elements of <policy> (put it into an "
                    "element)\n");
    assert_findings("<policy/>", "1:2-1:8: <policy> without its namespace (begin it with <policy "
                                 "xmlns=\"urn:tamis:policy:1\">)\n");
    assert_findings("<html/>", "1:2-1:6: <html> where <policy> was expected (begin it with <policy "
                               "xmlns=\"urn:tamis:policy:1\">)\n");
}

/* Several faults in one run, and what is good between them is read. */
static void
test_recovery(void)
{
    static const char xml[] =
        HEAD "\n<a/>\n<limits><hops>3</hops></limits>\n<b/>\n<limits><hops>x</hops></limits>"
             "\n<limits/></policy>";
    Reading reading = read_bytes("p.xml", xml, strlen(xml));
    g_autofree char *findings = findings_text(reading.report);
    g_assert_cmpstr(findings, ==,
                    "2:2-2:3: unexpected <a> (docs/xml.md has an example of each element)\n"
                    "4:2-4:3: unexpected <b> (docs/xml.md has an example of each element)\n"
                    "5:15-5:16: expected a whole number, found 'x' (write a whole number there)\n");
    g_assert_cmpuint(reading.policy->n_declarations, ==, 3);
    close_reading(&reading);
}

/* What the parser and the lexer say, at its place in the XML. */
static void
test_words(void)
{
    assert_findings(HEAD "\n<group name='9x'/></policy>",
                    "2:14-2:15: no blank after '9' (put a blank between a number and a word, as in "
                    "'7 days')\n");
    assert_findings(
        HEAD "\n<group name='internal'/></policy>",
        "2:14-2:22: a group cannot be called 'internal' (give it another name: where both fit, "
        "the keyword wins)\n");
    assert_findings(HEAD "\n<mailbox>\n<value>张@例.cn</value>\n<route name='x' "
                         "until='2026-02-30'/></mailbox></policy>",
                    "4:24-4:34: no such day: '2026-02-30' (write a day that the calendar has, as "
                    "2026-12-31)\n");
    assert_findings(
        HEAD "\n<mailbox><value>a@b.c d@e.f</value></mailbox></policy>",
        "2:11-2:16: <value> takes no such value (docs/xml.md has an example of each element)\n");
    assert_findings(
        HEAD "\n<mailbox><value>a@b.c 9</value></mailbox></policy>",
        "2:23-2:24: one word expected, found '9' behind it (write a text as <string>, and each "
        "value in an element of its own)\n");
    assert_findings(
        HEAD "\n<mailbox><value>&#97;@b.c 9</value></mailbox></policy>",
        "2:17-2:28: 'a@b.c 9' is no single word (write words plainly, without references, "
        "CDATA sections and comments)\n");
    assert_findings(
        HEAD "\n<import>a${b</import></policy>",
        "2:1-2:22: malformed placeholder '${b' (write '${name}' or '${row.column}'; a literal "
        "'${' is '$${')\n");
    assert_findings(HEAD "\n<import>a&#13;b</import></policy>",
                    "2:1-2:25: control character U+000D in a string (take it out)\n");
    assert_findings(
        HEAD "\n<hours name='x'><open days='mon-fry'><range from='09:00' "
             "to='25:00'/></open></hours></policy>",
        "2:62-2:67: no such time of day: '25:00' (write hours 00 to 23 and minutes 00 to 59, as "
        "09:00; 24:00 is the end of the day)\n"
        "2:29-2:36: expected days as mon or mon-fri, found 'mon-fry' (days are mon, tue, wed, "
        "thu, fri, sat, sun, and daily)\n");
}

static void
test_not_well_formed(void)
{
    assert_findings("", "1:1-1:1: no XML (begin the file with the root element)\n");
    assert_findings("policy", "1:1-1:1: no XML (begin the file with the root element)\n");
    assert_findings(HEAD "\n<mailbox>\n  <value>a</valu>\n</mailbox></policy>",
                    "3:11-3:18: this does not close <value> (write </value> before it)\n");
    assert_findings(HEAD "\n<mailbox>\n",
                    "3:1-3:1: the file ends inside <mailbox> (write </mailbox> before it)\n");
    assert_findings(HEAD "\n<mailbox name=x/></policy>",
                    "2:15-2:15: an attribute's value without quotes (put it in quotes)\n");
    assert_findings(
        HEAD "\n<import>a & b</import></policy>",
        "2:12-2:12: a name is missing behind '<' or '&' (write them as &lt; and &amp;)\n");
    assert_findings(
        HEAD "\n<import>a &nbsp; b</import></policy>",
        "2:17-2:17: unknown entity '&nbsp;' (there are &amp; &lt; &gt; &quot; &apos; and numbers "
        "such as &#8364;)\n");
    assert_findings(HEAD "\n<group name='a' name='b'/></policy>",
                    "2:25-2:25: attribute 'name' is said twice (take one of them out)\n");
    assert_findings(HEAD "</policy><policy/>",
                    "1:45-1:45: text behind the root element (take it out)\n");
}

/* What no XML can do --------------------------------------------------------------------------------- */

static void
test_document_types(void)
{
    static const char message[] = ": a document type declaration (take the '<!DOCTYPE …>' out: no "
                                  "entity and no other file is ever "
                                  "read)\n";
    static const char *const types[] = {
        "<!DOCTYPE policy>",
        "<!DOCTYPE policy SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE policy PUBLIC '-//x' 'http://127.0.0.1:1/x.dtd'>",
        "<!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE p [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]>",
        "<!DOCTYPE p [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/'> %x;]>",
        "<!DOCTYPE p [<!-- ' --><!ENTITY x 'y'>]>",
        "<!DOCTYPE",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *xml =
            g_strconcat(types[i], "\n" HEAD "<import>&x;&c;</import></policy>", NULL);
        g_autofree char *expected =
            g_strdup_printf("1:1-1:%u%s", (guint)MIN(strlen(types[i]), 9u) + 1, message);
        /* A bracket ends what our walk takes for the tag, wherever it stands. */
        Reading reading = read_bytes("p.xml", xml, strlen(xml));
        g_autofree char *actual = findings_text(reading.report);
        g_assert_cmpstr(actual, ==, expected);
        g_assert_cmpuint(reading.policy->n_declarations, ==, 0);
        close_reading(&reading);
    }
}

static void
test_encodings(void)
{
    assert_findings("<?xml version='1.0' encoding='GBK'?>\n" HEAD
                    "<import>\xd5\xc5</import></policy>",
                    "1:31-1:34: the encoding 'gbk' cannot be read (save the file as UTF-8)\n");
    assert_findings(HEAD "\n<import>\xd5\xc5</import></policy>",
                    "2:9-2:10: bytes that are no UTF-8 (save the file as UTF-8)\n");
    Reading reading = read_bytes("p.xml", "\xff\xfe<\0p\0", 6);
    g_autofree char *findings = findings_text(reading.report);
    g_assert_cmpstr(findings, ==, "1:1-1:3: the file is UTF-16 (save the file as UTF-8)\n");
    close_reading(&reading);
    reading = read_bytes("p.xml", HEAD "\0</policy>", strlen(HEAD) + 10);
    g_free(g_steal_pointer(&findings));
    findings = findings_text(reading.report);
    g_assert_cmpstr(findings, ==, "1:36-1:37: control character U+0000 (save the file as UTF-8)\n");
    close_reading(&reading);
}

static void
append_times(GString *text, const char *piece, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append(text, piece);
}

static void
test_sizes(void)
{
    GString *xml = g_string_new(HEAD "<condition name='x'>");
    append_times(xml, "<not>", 200000);
    assert_findings(xml->str, "1:1006-1:1011: elements nest more than 192 deep\n");

    /* Deeper than the policy language goes: that is the parser's to say. */
    g_string_assign(xml, HEAD "<condition name='x'>");
    append_times(xml, "<not>", 65);
    g_string_append(xml, "<automatic/>");
    append_times(xml, "</not>", 65);
    g_string_append(xml, "</condition></policy>");
    assert_findings(xml->str,
                    "1:376-1:380: condition nests more than 64 deep (give a part of it a name: "
                    "condition NAME = …;)\n");

    g_string_assign(xml, HEAD "<group");
    for (guint i = 0; i < 70; i++)
        g_string_append_printf(xml, " a%u=''", i);
    g_string_append(xml, "/></policy>");
    assert_findings(xml->str, "1:36-1:45: an element has more than 64 attributes\n");

    g_string_assign(xml, HEAD "<group");
    for (guint i = 0; i < 1000000; i++)
        g_string_append_printf(xml, " a%u=''", i);
    assert_findings(xml->str, "1:36-1:45: a tag of more than 64 KiB\n");

    g_string_assign(xml, HEAD "<import>");
    g_string_append(xml, "<!--");
    append_times(xml, "x", 100000);
    assert_findings(xml->str, "1:44-1:48: the comment is never closed (close it with '-->')\n");

    g_string_assign(xml, HEAD "\n");
    append_times(xml, "<x/>\n", 100000);
    g_string_append(xml, "</policy>");
    Reading reading = read_bytes("p.xml", xml->str, xml->len);
    g_assert_cmpuint(tamis_report_count(reading.report), ==, 101);
    g_assert_cmpstr(tamis_report_get(reading.report, 100)->message, ==,
                    "too many errors: the rest of the file is not read");
    close_reading(&reading);
    g_string_free(xml, TRUE);
}

/* Lines beyond the 65,535 that libxml2's trees know, and columns at all, in characters. */
static void
test_many_lines(void)
{
    GString *xml = g_string_new(HEAD "\n");
    append_times(xml, "<mailbox><value>a@b.example</value>\n<!-- x -->\n</mailbox>\n", 30000);
    g_string_append(
        xml, "<mailbox><value>张三@b.example</value><route name='名' until='2026-13-01'/></mailbox>"
             "\n</policy>\n");
    Reading reading = read_bytes("p.xml", xml->str, xml->len);
    g_autofree char *findings = findings_text(reading.report);
    g_assert_cmpstr(
        findings, ==,
        "90002:60-90002:70: no such day: '2026-13-01' (write a day that the calendar has, as "
        "2026-12-31)\n");
    g_assert_cmpuint(reading.policy->n_declarations, ==, 30001);
    g_assert_cmpuint(reading.policy->n_comments, ==, 30000);
    TamisPosition position =
        tamis_sources_locate(reading.sources, reading.policy->comments[29999].span);
    g_assert_cmpuint(position.line, ==, 90000);
    close_reading(&reading);
    g_string_free(xml, TRUE);
}

/* The schema and the table ----------------------------------------------------------------------------- */

/* All values of name="…" in the schema's tags that begin so. */
static GHashTable *
names_in_schema(const char *schema, const char *tag)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const char *at = schema; (at = strstr(at, tag)) != NULL;) {
        at += strlen(tag);
        g_hash_table_add(names, g_strndup(at, strcspn(at, "\"")));
    }
    return names;
}

/* Names behind these marks in all forms, and with elements the forms' own. */
static GHashTable *
names_in_forms(const char *marks, gboolean with_elements)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gsize n = 0;
    const TamisXmlPolicyForm *forms = tamis_xml_forms(&n);
    for (gsize i = 0; i < n; i++) {
        g_auto(GStrv) tokens = g_strsplit_set(forms[i].tokens, " []!", -1);
        if (with_elements)
            g_hash_table_add(names, g_strdup(forms[i].element));
        for (guint j = 0; tokens[j] != NULL; j++) {
            const char *name = tokens[j] + 1;
            if (tokens[j][0] == '\0' || strchr(marks, tokens[j][0]) == NULL)
                continue;
            name += strspn(name, ",<");
            if (*name != '\0' && strcmp(name, "others") != 0 && strcmp(name, "word") != 0)
                g_hash_table_add(names, g_strdup(name));
        }
    }
    return names;
}

static void
assert_same_names(GHashTable *schema, GHashTable *forms)
{
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, schema);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (!g_hash_table_contains(forms, name))
            g_error("'%s' is in the schema and has no form", (char *)name);
    g_hash_table_iter_init(&iter, forms);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (!g_hash_table_contains(schema, name))
            g_error("'%s' has a form and is not in the schema", (char *)name);
    g_hash_table_unref(schema);
    g_hash_table_unref(forms);
}

static void
test_schema_and_forms(void)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "..", "grammar", "policy.rng", NULL);
    g_autofree char *schema = NULL;
    g_assert_true(g_file_get_contents(path, &schema, NULL, NULL));

    GHashTable *elements = names_in_forms("$", TRUE);
    g_hash_table_add(elements, g_strdup("policy"));
    g_hash_table_add(elements, g_strdup("value"));
    g_hash_table_add(elements, g_strdup("string"));
    assert_same_names(names_in_schema(schema, "<element name=\""), elements);
    GHashTable *attributes = names_in_forms("@^", FALSE);
    g_hash_table_add(attributes, g_strdup("layout"));
    assert_same_names(names_in_schema(schema, "<attribute name=\""), attributes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy-xml/everything", test_everything);
    g_test_add_func("/policy-xml/samples", test_samples);
    g_test_add_func("/policy-xml/strings", test_strings);
    g_test_add_func("/policy-xml/formulas", test_formulas);
    g_test_add_func("/policy-xml/other-hands", test_other_hands);
    g_test_add_func("/policy-xml/schema", test_schema);
    g_test_add_func("/policy-xml/recovery", test_recovery);
    g_test_add_func("/policy-xml/words", test_words);
    g_test_add_func("/policy-xml/not-well-formed", test_not_well_formed);
    g_test_add_func("/policy-xml/document-types", test_document_types);
    g_test_add_func("/policy-xml/encodings", test_encodings);
    g_test_add_func("/policy-xml/sizes", test_sizes);
    g_test_add_func("/policy-xml/many-lines", test_many_lines);
    g_test_add_func("/policy-xml/schema-and-forms", test_schema_and_forms);
    return g_test_run();
}
