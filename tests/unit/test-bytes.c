/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Texts that are looked at several bytes at a time: each byte, at each place of texts of each length, is found as it
 * would be by itself. */
#include "base/bytes.h"
#include "grammar/sieve/check.h"
#include "grammar/sieve/field-name.h"

#define LONGEST 40

static void
test_field_name(void)
{
    g_assert_true(tamis_sieve_is_field_name("", 0));
    for (gsize length = 1; length <= 20; length++)
        for (gsize place = 0; place < length; place++)
            for (guint byte = 0; byte < 256; byte++) {
                g_autofree char *text = g_malloc(length); /* of which nothing behind it is read */
                memset(text, 'x', length);
                text[place] = (char)byte;
                g_assert_cmpint(tamis_sieve_is_field_name(text, length), ==,
                                byte > ' ' && byte < 0x7f && byte != ':');
            }
}

static void
test_block_min(void)
{
    TamisBlock up = {0}, down = {0};

    for (guint i = 0; i < sizeof up; i++) {
        up[i] = (guint8)(i * 17);
        down[i] = (guint8)(255 - i * 17);
    }
    TamisBlock least = tamis_block_min(up, down);
    for (guint i = 0; i < sizeof up; i++)
        g_assert_cmpuint(least[i], ==, MIN(i * 17, 255 - i * 17));
}

/* How many findings of the rule a script has, which is a comment and a string. */
static guint
count_findings(const TamisServer *server, TamisArena *arena, const char *text, gsize length,
               TamisRule rule)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    const TamisSieveCheckOptions options = {.server = server};
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text, length);
    TamisSieveChecked checked;
    guint n = 0;

    tamis_arena_reset(arena);
    tamis_sieve_check_source(source, &options, arena, report, &checked);
    for (guint i = 0; i < tamis_report_count(report); i++)
        n += tamis_report_get(report, i)->rule == rule;
    return n;
}

/* In a string of each length: as a value of a header field it may be anything, but no byte that an engine stumbles over. */
static void
test_string(void)
{
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", NULL);
    g_autoptr(TamisArena) arena = tamis_arena_new();

    for (gsize length = 1; length <= LONGEST; length++)
        for (guint byte = 1; byte < 256; byte++) {
            g_autoptr(GString) text = g_string_new("if header \"a\" \"");
            for (gsize i = 0; i + 1 < length; i++)
                g_string_append_c(text, 'x');
            g_string_insert_c(text, (gssize)(text->len - (length - 1) / 2), (char)byte);
            g_string_append(text, "\" {}");
            gboolean is_odd =
                (byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r') || byte >= 0x7f;
            if (byte != '"' && byte != '\\')
                g_assert_cmpuint(
                    count_findings(server, arena, text->str, text->len, TAMIS_RULE_UNSAFE_STRING),
                    ==, is_odd ? 1 : 0);
        }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bytes/field-name", test_field_name);
    g_test_add_func("/bytes/block-min", test_block_min);
    g_test_add_func("/bytes/string", test_string);
    return g_test_run();
}
