/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Postfix virtual(5) maps: what is read, and what is said, where, of what cannot be. */
#include "grammar/alias-map.h"

#include <string.h>

static char *
map_to_string(const TamisAliasMap *map, TamisSources *sources)
{
    GString *text = g_string_new(NULL);
    for (guint32 i = 0; i < map->n_lines; i++) {
        const TamisAliasLine *line = &map->lines[i];
        TamisPosition position = tamis_sources_locate(sources, line->pattern_span);
        g_string_append_printf(text, "%u:%s =", position.line, line->pattern);
        for (guint32 j = 0; j < line->n_targets; j++) {
            position = tamis_sources_locate(sources, line->target_spans[j]);
            g_string_append_printf(text, " %u:%u:%s", position.line, position.column,
                                   line->targets[j]);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static char *
report_to_string(const TamisReport *report, TamisSources *sources)
{
    static const char *const severities[] = {"hint", "warning", "error"};
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        TamisPosition position = tamis_sources_locate(sources, diagnostic->span);
        g_string_append_printf(text, "%u:%u-%u: %s: %s\n", position.line, position.column,
                               position.end_column, severities[diagnostic->severity],
                               diagnostic->message);
    }
    return g_string_free(text, FALSE);
}

static void
assert_bytes(const char *text, gsize length, const char *lines, const char *findings)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "virtual", text, length);
    TamisAliasMap *map = tamis_alias_map_parse(source, arena, report);
    g_autofree char *actual_lines = map_to_string(map, sources);
    g_autofree char *actual_findings = report_to_string(report, sources);

    g_assert_cmpstr(actual_findings, ==, findings);
    g_assert_cmpstr(actual_lines, ==, lines);
}

static void
assert_map(const char *text, const char *lines, const char *findings)
{
    assert_bytes(text, strlen(text), lines, findings);
}

static void
test_lines(void)
{
    assert_map("", "", "");
    assert_map("a@x.example b@x.example", "1:a@x.example = 1:13:b@x.example\n", "");
    assert_map("a@x b@x, c@x\td@x,,e@x ,\n", "1:a@x = 1:5:b@x 1:10:c@x 1:14:d@x 1:19:e@x\n", "");
    assert_map("a@x b@x\r\nc@x d@x\r\n", "1:a@x = 1:5:b@x\n2:c@x = 2:5:d@x\n", "");
    assert_map("user u\n@x.example @y.example\nx.example  anything\n",
               "1:user = 1:6:u\n2:@x.example = 2:12:@y.example\n3:x.example = 3:12:anything\n", "");
    assert_map("张@例.cn 李@例.cn\n", "1:张@例.cn = 1:8:李@例.cn\n", "");
    assert_map("\xef\xbb\xbf"
               "a@x b@x\n",
               "1:a@x = 1:6:b@x\n", "");
    assert_map("a@x <b@x>\n", "1:a@x = 1:6:b@x\n", "");
}

static void
test_continuation(void)
{
    assert_map("# comment\n\n  # another\na@x\n  b@x,\n# between\n\n\tc@x\nd@x e@x\n",
               "4:a@x = 5:3:b@x 8:2:c@x\n9:d@x = 9:5:e@x\n", "");
    assert_map("a@x b@x\n \nc@x d@x\n", "1:a@x = 1:5:b@x\n3:c@x = 3:5:d@x\n", "");
    assert_map("  a@x b@x\nc@x d@x\n", "2:c@x = 2:5:d@x\n",
               "1:3-10: error: a continuation line with nothing before it\n");
}

static void
test_quotes(void)
{
    assert_map("\"joe, smith\"@x \"ann \\\" lee\"@x,b@x\n",
               "1:\"joe, smith\"@x = 1:16:\"ann \\\" lee\"@x 1:31:b@x\n", "");
    assert_map("\"joe smith@x b@x\n  c@x\nd@x e@x\n", "3:d@x = 3:5:e@x\n",
               "1:1-17: error: a quote that is never closed\n");
    assert_map("a@x b@x, \"joe@x\n c@x\nd@x e@x\n", "3:d@x = 3:5:e@x\n",
               "1:10-16: error: a quote that is never closed\n");
    assert_map("a@x b\\", "1:a@x = 1:5:b\\\n", "");
}

static void
test_no_addresses(void)
{
    assert_map(
        "a@x |/bin/cat\nb@x \"|/bin/cat -n\", c@x\nd@x /var/mail/d\ne@x :include:/etc/list, f@x\n",
        "2:b@x = 2:21:c@x\n4:e@x = 4:25:f@x\n",
        "1:5-14: hint: the target '|/bin/cat' is no address and was left out\n"
        "2:5-19: hint: the target '\"|/bin/cat -n\"' is no address and was left out\n"
        "3:5-16: hint: the target '/var/mail/d' is no address and was left out\n"
        "4:5-23: hint: the target ':include:/etc/list' is no address and was left out\n");
}

static void
test_faults(void)
{
    assert_map("postmaster: root,\n  joe\na@x b@x\n", "3:a@x = 3:5:b@x\n",
               "1:1-12: error: a colon behind 'postmaster'\n");
    assert_map("/^(.*)@x$/ $1@y\na@x b@x\n", "2:a@x = 2:5:b@x\n",
               "1:1-11: error: a regular expression in an alias map\n");
    assert_map("a@x\nb@x ,\nc@x d@x\n", "3:c@x = 3:5:d@x\n",
               "1:1-4: error: 'a@x' has no target\n2:1-4: error: 'b@x' has no target\n");
    assert_map("a@x b@x # why\n", "1:a@x = 1:5:b@x\n",
               "1:9-14: error: a comment behind a target\n");
    assert_map("a@x b@x\nA@X c@x\n", "1:a@x = 1:5:b@x\n",
               "2:1-4: warning: 'A@X' has a line already, this one does nothing\n");
}

static void
test_bytes(void)
{
    assert_bytes("a@x b\0@x\n c@x\nd@x e@x\n", 22, "3:d@x = 3:5:e@x\n",
                 "1:6-7: error: a NUL byte in an alias map\n");
    assert_map("a@x b@x\n \xd5\xc5@x\nd@x e@x\n", "3:d@x = 3:5:e@x\n",
               "2:2-3: error: bytes that are no UTF-8 in an alias map\n");
}

static void
test_many_faults(void)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(text, "a%u\n", i);
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "virtual", text->str, text->len);
    g_assert_cmpuint(tamis_alias_map_parse(source, arena, report)->n_lines, ==, 0);
    g_assert_cmpuint(tamis_report_count(report), ==, TAMIS_ALIAS_MAP_MAX_FAULTS + 1);
    g_assert_cmpstr(tamis_report_get(report, TAMIS_ALIAS_MAP_MAX_FAULTS)->message, ==,
                    "the alias map has 100 faults, the rest was not read");
    g_string_free(text, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/alias-map/lines", test_lines);
    g_test_add_func("/alias-map/continuation", test_continuation);
    g_test_add_func("/alias-map/quotes", test_quotes);
    g_test_add_func("/alias-map/no-addresses", test_no_addresses);
    g_test_add_func("/alias-map/faults", test_faults);
    g_test_add_func("/alias-map/bytes", test_bytes);
    g_test_add_func("/alias-map/many-faults", test_many_faults);
    return g_test_run();
}
