/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads Postfix virtual(5) maps as postmap does. Whether the words are good addresses, and whose
 * they are, is for the resolver. */
#include "grammar/alias-map.h"

#include <string.h>

/* A logical line is read piece by piece: `at` runs over its physical lines. */
typedef struct {
    TamisSourceId source;
    TamisArena *arena;
    TamisReport *report;
    const char *text;
    const char *end;
    const char *at;
    guint n_faults;
    GArray *lines;        /* of TamisAliasLine */
    GPtrArray *targets;   /* of the line in hand */
    GArray *target_spans; /* of TamisSpan */
    GHashTable *seen;     /* pattern in lower case → index of its line + 1 */
} Reader;

static TamisSpan
span_of(const Reader *reader, const char *start, const char *end)
{
    return (TamisSpan){reader->source, (guint32)(start - reader->text), (guint32)(end - start)};
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static const char *
line_end(const Reader *reader, const char *at)
{
    const char *found = memchr(at, '\n', (gsize)(reader->end - at));
    return found != NULL ? found : reader->end;
}

static const char *
skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static const char *
next_line(const Reader *reader, const char *end)
{
    return end < reader->end ? end + 1 : end;
}

static TamisDiagnostic *
report_fault(Reader *reader, TamisSpan span, TamisRule rule, const char *help, const char *message)
{
    TamisDiagnostic *diagnostic = tamis_report_add(reader->report, span, rule, "%s", message);
    if (help != NULL)
        tamis_report_help(reader->report, diagnostic, "%s", help);
    reader->n_faults++;
    return diagnostic;
}

/* Moves over comments and blank lines, which may stand between a line and its continuation. */
static void
skip_ignored(Reader *reader)
{
    while (reader->at < reader->end) {
        const char *end = line_end(reader, reader->at);
        const char *first = skip_blanks(reader->at, end);
        if (first < end && *first != '#')
            return;
        reader->at = next_line(reader, end);
    }
}

static gboolean
is_continued(const Reader *reader)
{
    return reader->at < reader->end && is_blank(*reader->at);
}

/* The end of a word that starts at `at`: a blank, a comma (not in a pattern) or the line's end
 * outside quotes. NULL when a quote is never closed. */
static const char *
word_end(const char *at, const char *end, gboolean is_pattern)
{
    gboolean in_quotes = FALSE;

    for (; at < end; at++) {
        if (*at == '\\' && at + 1 < end)
            at++;
        else if (*at == '"')
            in_quotes = !in_quotes;
        else if (!in_quotes && (is_blank(*at) || (*at == ',' && !is_pattern)))
            break;
    }
    return in_quotes ? NULL : at;
}

/* FALSE and a finding if the bytes are no text. */
static gboolean
check_text(Reader *reader, const char *start, const char *end)
{
    const char *bad = NULL;

    if (g_utf8_validate_len(start, (gsize)(end - start), &bad))
        return TRUE;
    report_fault(reader, span_of(reader, bad, bad + 1), TAMIS_RULE_UNSAFE_STRING,
                 "save the map as UTF-8 text",
                 *bad == '\0' ? "a NUL byte in an alias map"
                              : "bytes that are no UTF-8 in an alias map");
    return FALSE;
}

static gboolean
check_pattern(Reader *reader, const char *start, const char *end)
{
    TamisSpan span = span_of(reader, start, end);

    if (*start == '/') {
        report_fault(reader, span, TAMIS_RULE_SYNTAX,
                     "import a map that lists its addresses (hash, lmdb, texthash)",
                     "a regular expression in an alias map");
        return FALSE;
    }
    if (end[-1] == ':') {
        const char *message = tamis_arena_printf(reader->arena, "a colon behind '%.*s'",
                                                 (int)MIN(end - 1 - start, 200), start);
        report_fault(
            reader, span, TAMIS_RULE_SYNTAX,
            "write the map as virtual(5), an address and its targets without a colon: this is the "
            "form of aliases(5)",
            message);
        return FALSE;
    }
    return TRUE;
}

/* Whether a target is none of a mailbox: a program, a file or an included list. */
static gboolean
is_delivery_instruction(const char *word)
{
    if (*word == '"')
        word++;
    return *word == '|' || *word == '/' || g_str_has_prefix(word, ":include:");
}

static void
add_target(Reader *reader, const char *start, const char *end)
{
    if (end - start > 2 && *start == '<' && end[-1] == '>') {
        start++;
        end--;
    }
    TamisSpan span = span_of(reader, start, end);
    char *word = tamis_arena_strndup(reader->arena, start, (gsize)(end - start));

    if (is_delivery_instruction(word)) {
        const char *message = tamis_arena_printf(
            reader->arena, "the target '%.200s' is no address and was left out", word);
        report_fault(reader, span, TAMIS_RULE_BAD_ADDRESS,
                     "name an address: programs, files and :include: belong to aliases(5)", message)
            ->severity = TAMIS_SEVERITY_HINT;
        return;
    }
    g_ptr_array_add(reader->targets, word);
    g_array_append_val(reader->target_spans, span);
}

/* The targets on one physical line. FALSE when the rest of the logical line can't be used. */
static gboolean
read_targets(Reader *reader, const char *at, const char *end)
{
    for (;;) {
        while (at < end && (is_blank(*at) || *at == ','))
            at++;
        if (at == end)
            return TRUE;
        if (*at == '#') {
            report_fault(reader, span_of(reader, at, end), TAMIS_RULE_SYNTAX,
                         "put the comment on a line of its own", "a comment behind a target");
            return TRUE;
        }
        const char *stop = word_end(at, end, FALSE);
        if (stop == NULL) {
            report_fault(reader, span_of(reader, at, end), TAMIS_RULE_SYNTAX,
                         "close the quoted local part on its line", "a quote that is never closed");
            return FALSE;
        }
        add_target(reader, at, stop);
        at = stop;
    }
}

static void
add_line(Reader *reader, const char *start, const char *end)
{
    guint32 n = reader->targets->len;
    TamisAliasLine line = {
        .pattern_span = span_of(reader, start, end),
        .pattern = tamis_arena_strndup(reader->arena, start, (gsize)(end - start)),
        .targets = tamis_arena_array0(reader->arena, const char *, n),
        .target_spans = tamis_arena_array0(reader->arena, TamisSpan, n),
        .n_targets = n,
    };
    char *key = g_utf8_casefold(line.pattern, -1);
    guint first = GPOINTER_TO_UINT(g_hash_table_lookup(reader->seen, key));

    if (first != 0) {
        g_free(key);
        const char *message = tamis_arena_printf(
            reader->arena, "'%.200s' has a line already, this one does nothing", line.pattern);
        TamisDiagnostic *diagnostic =
            report_fault(reader, line.pattern_span, TAMIS_RULE_DUPLICATE_NAME,
                         "write all targets on one line, or take one line out", message);
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
        tamis_report_relate(reader->report, diagnostic,
                            g_array_index(reader->lines, TamisAliasLine, first - 1).pattern_span,
                            "the first is here");
        return;
    }
    memcpy(line.targets, reader->targets->pdata, n * sizeof(char *));
    memcpy(line.target_spans, reader->target_spans->data, n * sizeof(TamisSpan));
    line.targets_span = tamis_span_join(line.target_spans[0], line.target_spans[n - 1]);
    g_array_append_val(reader->lines, line);
    g_hash_table_insert(reader->seen, key, GUINT_TO_POINTER(reader->lines->len));
}

/* Everything of a logical line behind its pattern. FALSE when it can't be used, which was reported.
 */
static gboolean
read_all_targets(Reader *reader, const char *at, const char *end)
{
    gboolean good = read_targets(reader, at, end);

    for (skip_ignored(reader); is_continued(reader); skip_ignored(reader)) {
        const char *start = reader->at;
        end = line_end(reader, start);
        reader->at = next_line(reader, end);
        good = good && check_text(reader, start, end) && read_targets(reader, start, end);
    }
    return good;
}

/* The end of the pattern that begins the line, or NULL after a finding. */
static const char *
read_pattern(Reader *reader, const char *start, const char *end)
{
    if (is_blank(*start)) {
        report_fault(reader, span_of(reader, skip_blanks(start, end), end), TAMIS_RULE_SYNTAX,
                     "begin a line that starts with its address without blanks",
                     "a continuation line with nothing before it");
        return NULL;
    }
    if (!check_text(reader, start, end))
        return NULL;
    const char *stop = word_end(start, end, TRUE);
    if (stop == NULL) {
        report_fault(reader, span_of(reader, start, end), TAMIS_RULE_SYNTAX,
                     "close the quoted local part on its line", "a quote that is never closed");
        return NULL;
    }
    return check_pattern(reader, start, stop) ? stop : NULL;
}

static void
read_logical_line(Reader *reader)
{
    const char *start = reader->at;
    const char *end = line_end(reader, start);
    const char *stop = read_pattern(reader, start, end);
    guint n_faults = reader->n_faults;

    reader->at = next_line(reader, end);
    g_ptr_array_set_size(reader->targets, 0);
    g_array_set_size(reader->target_spans, 0);
    if (stop == NULL) {
        for (skip_ignored(reader); is_continued(reader); skip_ignored(reader))
            reader->at = next_line(reader, line_end(reader, reader->at));
        return;
    }
    if (!read_all_targets(reader, stop, end))
        return;
    if (reader->targets->len > 0)
        add_line(reader, start, stop);
    else if (reader->n_faults == n_faults)
        report_fault(reader, span_of(reader, start, stop), TAMIS_RULE_SYNTAX,
                     "write the target behind the address",
                     tamis_arena_printf(reader->arena, "'%.*s' has no target",
                                        (int)MIN(stop - start, 200), start));
}

TamisAliasMap *
tamis_alias_map_parse(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    gsize length = 0;
    const char *text = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(TamisAliasLine));
    g_autoptr(GPtrArray) targets = g_ptr_array_new();
    g_autoptr(GArray) target_spans = g_array_new(FALSE, FALSE, sizeof(TamisSpan));
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Reader reader = {source, arena, report,  text,         text + length, text,
                     0,      lines, targets, target_spans, seen};

    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        reader.at += 3;
    for (skip_ignored(&reader); reader.at < reader.end; skip_ignored(&reader)) {
        if (reader.n_faults >= TAMIS_ALIAS_MAP_MAX_FAULTS) {
            tamis_report_add(report, span_of(&reader, reader.at, line_end(&reader, reader.at)),
                             TAMIS_RULE_SYNTAX,
                             "the alias map has %d faults, the rest was not read",
                             TAMIS_ALIAS_MAP_MAX_FAULTS);
            break;
        }
        read_logical_line(&reader);
    }

    TamisAliasMap *map = tamis_arena_new0(arena, TamisAliasMap);
    map->n_lines = lines->len;
    map->lines = tamis_arena_array0(arena, TamisAliasLine, lines->len);
    if (lines->len > 0)
        memcpy(map->lines, lines->data, lines->len * sizeof(TamisAliasLine));
    return map;
}
