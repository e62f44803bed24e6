/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A script in XML is read once, and its tests are known by where they begin. */
#include "cli/test-texts.h"

#include "grammar/sieve/print.h"
#include "grammar/sieve/xml-reader.h"

#include <string.h>

struct TamisTestTexts {
    TamisSources *sources;
    TamisReport *report; /* of what was reported before */
    TamisArena *arena;
    GHashTable *by_source; /* id -> GHashTable of offset -> TamisSieveTest; NULL: it is no XML */
};

TamisTestTexts *
tamis_test_texts_new(TamisSources *sources)
{
    TamisTestTexts *texts = g_new0(TamisTestTexts, 1);

    texts->sources = sources;
    texts->report = tamis_report_new(sources);
    texts->arena = tamis_arena_new();
    texts->by_source = g_hash_table_new(NULL, NULL);
    return texts;
}

void
tamis_test_texts_free(TamisTestTexts *texts)
{
    GHashTableIter iter;
    gpointer tests;

    if (texts == NULL)
        return;
    g_hash_table_iter_init(&iter, texts->by_source);
    while (g_hash_table_iter_next(&iter, NULL, &tests))
        if (tests != NULL)
            g_hash_table_unref(tests);
    g_hash_table_unref(texts->by_source);
    tamis_arena_free(texts->arena);
    tamis_report_free(texts->report);
    g_free(texts);
}

/* How deep tests and blocks nest is the parser's limit. */
static void
note_tests(GHashTable *known, TamisSieveTest *tests)
{
    for (TamisSieveTest *test = tests; test != NULL; test = test->next) {
        g_hash_table_insert(known, GUINT_TO_POINTER(test->span.offset), test);
        note_tests(known, test->tests);
    }
}

static void
note_commands(GHashTable *known, const TamisSieveCommand *commands)
{
    for (const TamisSieveCommand *command = commands; command != NULL; command = command->next) {
        note_tests(known, command->tests);
        note_commands(known, command->block);
    }
}

/* NULL: it is Sieve as it stands, or no script. */
static GHashTable *
tests_of(TamisTestTexts *texts, TamisSourceId source)
{
    gpointer known = NULL;
    gsize length = 0;
    const char *text;
    GHashTable *tests = NULL;

    if (g_hash_table_lookup_extended(texts->by_source, GUINT_TO_POINTER(source), NULL, &known))
        return known;
    text = tamis_sources_get_text(texts->sources, source, &length);
    if (tamis_sieve_is_xml(text, length)) {
        tests = g_hash_table_new(NULL, NULL);
        note_commands(tests, tamis_sieve_parse_xml(source, texts->arena, texts->report)->commands);
    }
    g_hash_table_insert(texts->by_source, GUINT_TO_POINTER(source), tests);
    return tests;
}

/* Printed as that of an `if`, whose own words are taken off again. */
static char *
printed(const TamisSieveTest *test)
{
    TamisSieveTest alone = *test;
    TamisSieveCommand command = {
        .name = "if", .name_length = 2, .tests = &alone, .has_block = TRUE};
    const TamisSieveScript script = {.commands = &command};
    g_autoptr(GString) out = g_string_new(NULL);
    const char *end;

    alone.next = NULL;
    tamis_sieve_print(&script, out);
    end = memrchr(out->str, '{', out->len);
    return g_strndup(out->str + 3, (gsize)(end - out->str) - 3);
}

char *
tamis_test_texts_get(TamisTestTexts *texts, TamisSpan span)
{
    GHashTable *tests = tests_of(texts, span.source);
    const TamisSieveTest *test =
        tests != NULL ? g_hash_table_lookup(tests, GUINT_TO_POINTER(span.offset)) : NULL;
    gsize length = 0;

    if (test != NULL)
        return g_strchomp(printed(test));
    return g_strndup(tamis_sources_get_text(texts->sources, span.source, &length) + span.offset,
                     span.length);
}
