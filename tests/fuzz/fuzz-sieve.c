/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a Sieve script: it ends, every place lies inside the text, and what has no error is
 * printed as a text that is read as the same script and printed as itself. */
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean
same_name(const char *a, guint32 a_length, const char *b, guint32 b_length)
{
    return a_length == b_length && g_ascii_strncasecmp(a, b, a_length) == 0;
}

static gboolean
same_strings(const TamisSieveString *a, const TamisSieveString *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->length_bytes != b->length_bytes || memcmp(a->text, b->text, a->length_bytes) != 0)
            return FALSE;
    return a == b;
}

static gboolean
same_arguments(const TamisSieveArgument *a, const TamisSieveArgument *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (a->kind != b->kind)
            return FALSE;
        if (a->kind == TAMIS_SIEVE_TAG &&
            !same_name(a->name, a->name_length, b->name, b->name_length))
            return FALSE;
        if (a->kind == TAMIS_SIEVE_NUMBER && a->number != b->number)
            return FALSE;
        if ((a->kind == TAMIS_SIEVE_STRING || a->kind == TAMIS_SIEVE_LIST) &&
            !same_strings(a->strings, b->strings))
            return FALSE;
    }
    return a == b;
}

static gboolean
same_tests(const TamisSieveTest *a, const TamisSieveTest *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (!same_name(a->name, a->name_length, b->name, b->name_length) ||
            !a->is_list != !b->is_list || !same_arguments(a->arguments, b->arguments) ||
            !same_tests(a->tests, b->tests))
            return FALSE;
    return a == b;
}

static guint
count_comments(const TamisSieveComment *comments)
{
    guint n = 0;

    for (; comments != NULL; comments = comments->next)
        n++;
    return n;
}

static gboolean
same_commands(const TamisSieveCommand *a, const TamisSieveCommand *b, guint64 *n_comments)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (!same_name(a->name, a->name_length, b->name, b->name_length) ||
            a->is_list != b->is_list || a->has_block != b->has_block ||
            !same_arguments(a->arguments, b->arguments) || !same_tests(a->tests, b->tests) ||
            !same_commands(a->block, b->block, n_comments))
            return FALSE;
        /* A comment may move from inside a command to its side; none gets lost. */
        *n_comments += count_comments(a->comments) + count_comments(a->inner) +
                       count_comments(a->trailing) + count_comments(a->block_comments);
        *n_comments -= count_comments(b->comments) + count_comments(b->inner) +
                       count_comments(b->trailing) + count_comments(b->block_comments);
    }
    return a == b;
}

static void
check_places(TamisSources *sources, const TamisReport *report, gsize size)
{
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        g_assert((gsize)diagnostic->span.offset + diagnostic->span.length <= size);
        tamis_sources_locate(sources, diagnostic->span);
        for (guint j = 0; diagnostic->edits != NULL && j < diagnostic->edits->len; j++) {
            TamisSpan span = g_array_index(diagnostic->edits, TamisEdit, j).span;
            g_assert((gsize)span.offset + span.length <= size);
        }
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) second = g_string_new(NULL);
    TamisSourceId source = tamis_sources_add_text(sources, "fuzz.sieve", (const char *)data, size);
    const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);

    check_places(sources, report, size);
    tamis_sieve_print(script, first);
    if (script->n_errors > 0)
        return 0;
    source = tamis_sources_add_text(sources, "printed.sieve", first->str, first->len);
    const TamisSieveScript *again = tamis_sieve_parse(source, arena, report);
    tamis_sieve_print(again, second);
    g_assert(again->n_errors == 0);
    guint64 n_comments = count_comments(script->comments) - count_comments(again->comments);
    g_assert(same_commands(script->commands, again->commands, &n_comments));
    g_assert(n_comments == 0);
    g_assert(g_string_equal(first, second));
    return 0;
}
