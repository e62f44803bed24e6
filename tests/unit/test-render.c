/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * base/render: exact text of every format. */
#include "base/render.h"
#include "base/version.h"

#include <string.h>

static const char policy[] =
    "mailbox a@acme.example {\n"
    "    route on { forward to b@acme.example; }\n"
    "}\n"
    "mailbox b@acme.example {\n"
    "    route back when subject contains \"x\" { forward to a@acme.example; }\n"
    "}\n";

typedef struct {
    TamisSources *sources;
    TamisReport *report;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->sources = tamis_sources_new();
    fixture->report = tamis_report_new(fixture->sources);
    tamis_sources_add_text(fixture->sources, "acme.tamis", policy, strlen(policy));
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    tamis_report_free(fixture->report);
    tamis_sources_free(fixture->sources);
}

static TamisSpan
find(TamisSources *sources, TamisSourceId source, const char *needle)
{
    gsize length;
    const char *text = tamis_sources_get_text(sources, source, &length);
    const char *found = strstr(text, needle);

    g_assert_nonnull(found);
    return (TamisSpan){source, (guint32)(found - text), (guint32)strlen(needle)};
}

static TamisDiagnostic *
add_full(Fixture *fixture)
{
    TamisSources *sources = fixture->sources;
    TamisSpan forward = find(sources, 1, "b@acme.example");
    TamisSpan back = find(sources, 1, "to a@acme.example");

    TamisDiagnostic *d = tamis_report_add(fixture->report, forward, TAMIS_RULE_FORWARD_TO_SELF,
                                          "a message to '%s' comes back", "a@acme.example");
    tamis_report_relate(fixture->report, d, back, "… and back here");
    tamis_report_help(fixture->report, d, "take one target out");
    tamis_report_blame(fixture->report, d, "a@acme.example", "on");
    d->certainty = TAMIS_CERTAINTY_PROVED;
    return d;
}

static void
assert_rendered(Fixture *fixture, TamisFormat format, const TamisRenderOptions *options,
                const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);

    tamis_render(out, fixture->report, format, options);
    g_assert_cmpstr(out->str, ==, expected);
}

static const TamisRenderOptions plain = {.context = FALSE};
static const TamisRenderOptions context = {.context = TRUE};

static void
test_text(Fixture *fixture, gconstpointer data)
{
    add_full(fixture);
    assert_rendered(
        fixture, TAMIS_FORMAT_TEXT, &plain,
        "acme.tamis:2:27: error: a message to 'a@acme.example' comes back [forward-to-self]\n"
        "acme.tamis:5:52: note: … and back here\n"
        "help: take one target out\n");
}

static void
test_context(Fixture *fixture, gconstpointer data)
{
    add_full(fixture);
    assert_rendered(
        fixture, TAMIS_FORMAT_TEXT, &context,
        "acme.tamis:2:27: error: a message to 'a@acme.example' comes back [forward-to-self]\n"
        "2 |     route on { forward to b@acme.example; }\n"
        "  |                           ^~~~~~~~~~~~~~\n"
        "5 |     route back when subject contains \"x\" { forward to a@acme.example; }\n"
        "  |                                                    ----------------- … and back here\n"
        "help: take one target out\n");
}

static void
test_color(Fixture *fixture, gconstpointer data)
{
    TamisRenderOptions options = {.context = TRUE, .color = TRUE};

    tamis_report_add(fixture->report, find(fixture->sources, 1, "route"), TAMIS_RULE_UNUSED_NAME,
                     "x");
    assert_rendered(
        fixture, TAMIS_FORMAT_TEXT, &options,
        "\033[1macme.tamis:2:5: \033[0m\033[1;36mhint: \033[0mx \033[2m[unused-name]\033[0m\n"
        "\033[1;34m2 |\033[0m     route on { forward to b@acme.example; }\n"
        "\033[1;34m  |\033[0m \033[1;32m    ^~~~~\033[0m\n");
}

/* The same line twice, another file, no place, and numbers of different widths. */
static void
test_related(Fixture *fixture, gconstpointer data)
{
    TamisSources *sources = fixture->sources;
    static const char other[] = "\n\n\n\n\n\n\n\n\n\n\ngroup desk { x@acme.example }\n";

    TamisSourceId id = tamis_sources_add_text(sources, "groups.tamis", other, strlen(other));
    TamisDiagnostic *d =
        tamis_report_add(fixture->report, find(sources, 1, "on {"), TAMIS_RULE_TYPE, "m");
    tamis_report_relate(fixture->report, d, find(sources, 1, "forward"), "same line");
    tamis_report_relate(fixture->report, d, find(sources, id, "desk"), "other file");
    tamis_report_relate(fixture->report, d, TAMIS_NO_SPAN, "no place");
    assert_rendered(fixture, TAMIS_FORMAT_TEXT, &context,
                    "acme.tamis:2:11: error: m [type]\n"
                    " 2 |     route on { forward to b@acme.example; }\n"
                    "   |           ^~~~\n"
                    "   |                ------- same line\n"
                    "   groups.tamis:12:7:\n"
                    "12 | group desk { x@acme.example }\n"
                    "   |       ---- other file\n"
                    "note: no place\n");
}

static void
assert_marked(const char *text, guint32 offset, guint32 length, const char *line, const char *marks)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GString) out = g_string_new(NULL);

    TamisSourceId id = tamis_sources_add_text(sources, "x", text, strlen(text));
    tamis_report_add(report, (TamisSpan){id, offset, length}, TAMIS_RULE_SYNTAX, "m");
    tamis_render(out, report, TAMIS_FORMAT_TEXT, &context);
    g_auto(GStrv) lines = g_strsplit(out->str, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 4);
    g_assert_cmpstr(lines[1], ==, line);
    g_assert_cmpstr(lines[2], ==, marks);
}

static void
test_cells(void)
{
    /* Wide characters take two cells, combining ones none, a tab goes to the next stop of four. */
    assert_marked("订单 x", 7, 1, "1 | 订单 x", "  |      ^");
    assert_marked("订单 x", 3, 3, "1 | 订单 x", "  |   ^~");
    assert_marked("e\xcc\x81x", 3, 1, "1 | e\xcc\x81x", "  |  ^");
    assert_marked("ab\tx", 3, 1, "1 | ab  x", "  |     ^");
    assert_marked("\t\tx", 1, 2, "1 |         x", "  |     ^~~~~");
    /* Ends: an empty place, the end of a line, of the text, and a place over several lines. */
    assert_marked("abc", 1, 0, "1 | abc", "  |  ^");
    assert_marked("abc\r\nd", 3, 1, "1 | abc", "  |    ^");
    assert_marked("abc", 3, 0, "1 | abc", "  |    ^");
    assert_marked("", 0, 0, "1 |", "  | ^");
    assert_marked("abc\ndef\n", 1, 6, "1 | abc", "  |  ^~");
}

static void
test_hostile_line(void)
{
    assert_marked("a\x1b[2Jb", 5, 1, "1 | a\\u{1b}[2Jb", "  |           ^");
    assert_marked("a\x1b"
                  "b",
                  1, 1, "1 | a\\u{1b}b", "  |  ^~~~~~");
    assert_marked("a\xff"
                  "b",
                  2, 1, "1 | a\\xffb", "  |      ^");
    assert_marked("a\xe8\xae"
                  "b",
                  3, 1, "1 | a\\xe8\\xaeb", "  |          ^");
    /* Marks that reorder. */
    assert_marked("\xe2\x80\xae"
                  "b",
                  3, 1, "1 | \\u{202e}b", "  |         ^");
    assert_marked("\xc2\x9b"
                  "b",
                  2, 1, "1 | \\u{9b}b", "  |       ^");
}

static void
test_long_lines(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) line = g_string_new("1 | …");
    g_autoptr(GString) marks = g_string_new("  | ");

    for (int i = 0; i < 100000; i++)
        g_string_append(text, "é");
    for (int i = 0; i < 199; i++)
        g_string_append(line, "é");
    g_string_append(line, "…");
    for (int i = 0; i < 101; i++)
        g_string_append_c(marks, ' ');
    g_string_append(marks, "^~~");
    assert_marked(text->str, 100000, 6, line->str, marks->str);
}

static void
test_hostile_names(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    Fixture fixture = {sources, report};

    tamis_sources_add_text(sources, "a\n\x1b\xff,:%.tamis", "x", 1);
    TamisDiagnostic *d = tamis_report_add(report, (TamisSpan){1, 0, 1}, TAMIS_RULE_SYNTAX,
                                          "bad '%s' 100%% <&>", "\r\n\x1b");
    tamis_report_help(report, d, "write 1,2: 3%%");
    assert_rendered(&fixture, TAMIS_FORMAT_TEXT, &plain,
                    "a\\u{a}\\u{1b}\xef\xbf\xbd,:%.tamis:1:1: error: bad '\\u{d}\\u{a}\\u{1b}' "
                    "100% <&> [syntax]\n"
                    "help: write 1,2: 3%\n");
    assert_rendered(&fixture, TAMIS_FORMAT_GCC, &plain,
                    "a\\u{a}\\u{1b}\xef\xbf\xbd,:%.tamis:1:1: error: bad '\\u{d}\\u{a}\\u{1b}' "
                    "100% <&> [syntax]\n"
                    "a\\u{a}\\u{1b}\xef\xbf\xbd,:%.tamis:1:1: note: help: write 1,2: 3%\n");
    assert_rendered(
        &fixture, TAMIS_FORMAT_GITHUB, &plain,
        "::error "
        "file=a%0A\\u{1b}\xef\xbf\xbd%2C%3A%25.tamis,line=1,col=1,endColumn=2,title=syntax"
        "::bad '\\u{d}\\u{a}\\u{1b}' 100%25 <&>%0Ahelp: write 1,2: 3%25\n");
    assert_rendered(
        &fixture, TAMIS_FORMAT_JUNIT, &plain,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"tamis\">\n"
        "  <testsuite name=\"a\\u{a}\\u{1b}\xef\xbf\xbd,:%.tamis\" tests=\"1\" failures=\"1\" "
        "errors=\"0\">\n"
        "    <testcase classname=\"a\\u{a}\\u{1b}\xef\xbf\xbd,:%.tamis\" name=\"syntax at 1:1\">\n"
        "      <failure type=\"error\" message=\"bad &apos;\\u{d}\\u{a}\\u{1b}&apos; 100% "
        "&lt;&amp;&gt;\">"
        "a\\u{a}\\u{1b}\xef\xbf\xbd,:%.tamis:1:1\n"
        "help: write 1,2: 3%</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
}

static void
test_json(Fixture *fixture, gconstpointer data)
{
    add_full(fixture);
    tamis_report_add(fixture->report, TAMIS_NO_SPAN, TAMIS_RULE_STALE_ALLOW, "nothing to allow");
    tamis_report_add(fixture->report, TAMIS_NO_SPAN, TAMIS_RULE_SPF_BREAKAGE, "x")->suppressed =
        TRUE;
    assert_rendered(fixture, TAMIS_FORMAT_JSON, &plain,
                    "{\n"
                    "  \"version\" : 1,\n"
                    "  \"findings\" : [\n"
                    "    {\n"
                    "      \"rule\" : \"forward-to-self\",\n"
                    "      \"severity\" : \"error\",\n"
                    "      \"file\" : \"acme.tamis\",\n"
                    "      \"line\" : 2,\n"
                    "      \"column\" : 27,\n"
                    "      \"end_line\" : 2,\n"
                    "      \"end_column\" : 41,\n"
                    "      \"message\" : \"a message to 'a@acme.example' comes back\",\n"
                    "      \"mailbox\" : \"a@acme.example\",\n"
                    "      \"route\" : \"on\",\n"
                    "      \"related\" : [\n"
                    "        {\n"
                    "          \"file\" : \"acme.tamis\",\n"
                    "          \"line\" : 5,\n"
                    "          \"column\" : 52,\n"
                    "          \"end_line\" : 5,\n"
                    "          \"end_column\" : 69,\n"
                    "          \"message\" : \"… and back here\"\n"
                    "        }\n"
                    "      ],\n"
                    "      \"certainty\" : \"proved\",\n"
                    "      \"help\" : \"take one target out\"\n"
                    "    },\n"
                    "    {\n"
                    "      \"rule\" : \"stale-allow\",\n"
                    "      \"severity\" : \"warning\",\n"
                    "      \"message\" : \"nothing to allow\"\n"
                    "    }\n"
                    "  ],\n"
                    "  \"summary\" : {\n"
                    "    \"errors\" : 1,\n"
                    "    \"warnings\" : 1,\n"
                    "    \"hints\" : 0,\n"
                    "    \"suppressed\" : 1\n"
                    "  }\n"
                    "}\n");
}

static void
test_lines(Fixture *fixture, gconstpointer data)
{
    add_full(fixture);
    tamis_report_add(fixture->report, find(fixture->sources, 1, "{\n    route"),
                     TAMIS_RULE_UNUSED_NAME, "y");
    tamis_report_add(fixture->report, TAMIS_NO_SPAN, TAMIS_RULE_STALE_ALLOW, "z");
    assert_rendered(
        fixture, TAMIS_FORMAT_GCC, &plain,
        "acme.tamis:2:27: error: a message to 'a@acme.example' comes back [forward-to-self]\n"
        "acme.tamis:5:52: note: … and back here\n"
        "acme.tamis:2:27: note: help: take one target out\n"
        "acme.tamis:1:24: note: y [unused-name]\n"
        "warning: z [stale-allow]\n");
    assert_rendered(
        fixture, TAMIS_FORMAT_GITHUB, &plain,
        "::error file=acme.tamis,line=2,col=27,endColumn=41,title=forward-to-self::a message to "
        "'a@acme.example' comes back%0Ahelp: take one target out\n"
        "::notice file=acme.tamis,line=1,endLine=2,title=unused-name::y\n"
        "::warning title=stale-allow::z\n");
}

static void
test_junit(Fixture *fixture, gconstpointer data)
{
    tamis_sources_add_text(fixture->sources, "clean.tamis", "", 0);
    tamis_report_add(fixture->report, find(fixture->sources, 1, "mailbox b"),
                     TAMIS_RULE_UNUSED_NAME, "y");
    tamis_report_add(fixture->report, TAMIS_NO_SPAN, TAMIS_RULE_STALE_ALLOW, "z");
    assert_rendered(fixture, TAMIS_FORMAT_JUNIT, &plain,
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<testsuites name=\"tamis\">\n"
                    "  <testsuite name=\"policy\" tests=\"1\" failures=\"1\" errors=\"0\">\n"
                    "    <testcase classname=\"policy\" name=\"stale-allow\">\n"
                    "      <failure type=\"warning\" message=\"z\"></failure>\n"
                    "    </testcase>\n"
                    "  </testsuite>\n"
                    "  <testsuite name=\"acme.tamis\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
                    "    <testcase classname=\"acme.tamis\" name=\"unused-name at 4:1\">\n"
                    "      <system-out>y\nacme.tamis:4:1</system-out>\n"
                    "    </testcase>\n"
                    "  </testsuite>\n"
                    "  <testsuite name=\"clean.tamis\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
                    "    <testcase classname=\"clean.tamis\" name=\"no findings\"/>\n"
                    "  </testsuite>\n"
                    "</testsuites>\n");
}

static void
test_sarif(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *previous = NULL;

    TamisDiagnostic *d = add_full(fixture);
    tamis_report_edit(fixture->report, d, d->span, "c@acme.example");
    tamis_report_add(fixture->report, TAMIS_NO_SPAN, TAMIS_RULE_BAD_ADDRESS, "z");
    tamis_render(out, fixture->report, TAMIS_FORMAT_SARIF, &plain);
    const char *const parts[] = {
        "\"version\" : \"2.1.0\"",
        "\"version\" : \"" TAMIS_VERSION "\"",
        "\"id\" : \"bad-address\"",
        "\"id\" : \"forward-to-self\"",
        "\"columnKind\" : \"unicodeCodePoints\"",
        "\"ruleId\" : \"forward-to-self\",\n          \"ruleIndex\" : 1,\n          \"level\" : "
        "\"error\"",
        "\"text\" : \"a message to 'a@acme.example' comes back\\nhelp: take one target out\"",
        "\"uri\" : \"acme.tamis\"",
        "\"startLine\" : 2,\n                  \"startColumn\" : 27,\n"
        "                  \"endLine\" : 2,\n                  \"endColumn\" : 41\n",
        "\"fullyQualifiedName\" : \"a@acme.example/on\"",
        "\"relatedLocations\"",
        "\"deletedRegion\"",
        "\"text\" : \"c@acme.example\"",
        "\"certainty\" : \"proved\"",
        "\"ruleId\" : \"bad-address\",\n          \"ruleIndex\" : 0",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        const char *found = strstr(previous != NULL ? previous : out->str, parts[i]);
        if (found == NULL)
            g_test_message("missing or out of order: %s", parts[i]);
        g_assert_nonnull(found);
        previous = found;
    }
}

static void
test_nothing(Fixture *fixture, gconstpointer data)
{
    assert_rendered(fixture, TAMIS_FORMAT_TEXT, &context, "");
    assert_rendered(fixture, TAMIS_FORMAT_GCC, &plain, "");
    assert_rendered(fixture, TAMIS_FORMAT_GITHUB, &plain, "");
}

static void
test_cap(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < TAMIS_REPORT_MAX_KEPT + 7; i++)
        tamis_report_add(fixture->report, TAMIS_NO_SPAN, TAMIS_RULE_TYPE, "%u", i);
    tamis_render(out, fixture->report, TAMIS_FORMAT_TEXT, &plain);
    g_assert_true(
        g_str_has_suffix(out->str, "error: 9999 [type]\nand 7 more findings, not shown\n"));
}

static void
test_formats(void)
{
    TamisFormat format = TAMIS_FORMAT_TEXT;

    g_assert_true(tamis_format_from_string("sarif", &format));
    g_assert_cmpint(format, ==, TAMIS_FORMAT_SARIF);
    g_assert_false(tamis_format_from_string("SARIF", &format));
    g_assert_cmpint(format, ==, TAMIS_FORMAT_SARIF);
}

#define add(name, function) g_test_add("/render/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("text", test_text);
    add("context", test_context);
    add("color", test_color);
    add("related", test_related);
    add("json", test_json);
    add("lines", test_lines);
    add("junit", test_junit);
    add("sarif", test_sarif);
    add("nothing", test_nothing);
    add("cap", test_cap);
    g_test_add_func("/render/cells", test_cells);
    g_test_add_func("/render/hostile-line", test_hostile_line);
    g_test_add_func("/render/long-lines", test_long_lines);
    g_test_add_func("/render/hostile-names", test_hostile_names);
    g_test_add_func("/render/formats", test_formats);
    return g_test_run();
}
