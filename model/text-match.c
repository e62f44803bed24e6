/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Substrings are looked for in each piece and across its seam with what came before; whole values are compared as far as
 * the keys are long; globs and regular expressions are run. */
#include "model/text-match.h"

#include "model/compare.h"
#include "model/glob-run.h"
#include "model/regex.h"

#include <string.h>

#define WINDOW_BYTES ((gsize)64 << 10)

typedef struct {
    TamisGlobRun glob;
    const TamisRegex *regex; /* lent; NULL: it is a glob */
    guint64 *set;            /* of places of regex, owned */
    gboolean is_over;        /* of regex: NUL ends the value */
} Run;

typedef enum { SUBSTRINGS, PREFIX, RUNS, WHOLE } Way;

struct TamisTextMatch {
    const TamisFormulas *formulas;
    const TamisAtom *atom;
    Way way;
    gsize longest; /* of the keys */
    GString *held; /* of the text: the end, the beginning, nothing or all, as its way is */
    Run *runs;     /* by key */
    GString *
        lines; /* of a piece, made end in CR LF; NULL: no key has a line break, or it stands as it is */
    gboolean ends_in_cr; /* the last piece */
    gboolean is_met, is_begun;
};

static const char *
key_at(const TamisTextMatch *match, guint32 i, gsize *out_length)
{
    const TamisStrings *strings = tamis_formulas_get_strings(match->formulas);
    TamisString key = tamis_formulas_list_get(match->formulas, match->atom->keys, i);

    *out_length = tamis_strings_length(strings, key);
    return tamis_strings_get(strings, key);
}

static Way
way_of(const TamisAtom *atom)
{
    if (atom->match == TAMIS_KEYS_REGEX)
        return RUNS;
    if (atom->comparator == TAMIS_COMPARATOR_UNICODE)
        return WHOLE;
    if (atom->match == TAMIS_KEYS_CONTAIN)
        return SUBSTRINGS;
    return atom->match == TAMIS_KEYS_MATCH ? RUNS : PREFIX;
}

static void
prepare_runs(TamisTextMatch *match)
{
    gboolean casemap = match->atom->comparator == TAMIS_COMPARATOR_CASEMAP;

    match->runs = g_new0(Run, match->atom->keys.n);
    for (guint32 i = 0; i < match->atom->keys.n; i++) {
        Run *run = &match->runs[i];
        gsize length;
        const char *key = key_at(match, i, &length);

        if (match->atom->match == TAMIS_KEYS_MATCH) {
            tamis_glob_run_init(&run->glob, key, length, casemap);
            continue;
        }
        run->regex = tamis_formulas_regex(
            match->formulas, tamis_formulas_list_get(match->formulas, match->atom->keys, i),
            casemap);
        run->set = g_new(guint64, tamis_regex_n_words(run->regex));
    }
}

/* Before a text. */
static void
start(TamisTextMatch *match)
{
    for (guint32 i = 0; match->runs != NULL && i < match->atom->keys.n; i++) {
        Run *run = &match->runs[i];

        if (run->regex == NULL)
            tamis_glob_run_restart(&run->glob);
        else
            tamis_regex_start(run->regex, run->set);
        run->is_over = FALSE;
    }
    g_string_truncate(match->held, 0);
    match->is_met = match->is_begun = match->ends_in_cr = FALSE;
}

static gboolean
names_lines(const TamisFormulas *formulas, const TamisAtom *atom)
{
    const TamisStrings *strings = tamis_formulas_get_strings(formulas);

    for (guint32 i = 0; i < atom->keys.n; i++)
        if (strchr(tamis_strings_get(strings, tamis_formulas_list_get(formulas, atom->keys, i)),
                   '\n') != NULL)
            return TRUE;
    return FALSE;
}

TamisTextMatch *
tamis_text_match_new(const TamisFormulas *formulas, const TamisAtom *atom, gboolean is_decoded)
{
    TamisTextMatch *match = g_new0(TamisTextMatch, 1);

    match->formulas = formulas;
    match->atom = atom;
    match->way = way_of(atom);
    match->held = g_string_new(NULL);
    match->lines = !is_decoded && names_lines(formulas, atom) ? g_string_new(NULL) : NULL;
    for (guint32 i = 0; i < atom->keys.n; i++) {
        gsize length;

        key_at(match, i, &length);
        match->longest = MAX(match->longest, length);
    }
    if (match->way == RUNS)
        prepare_runs(match);
    start(match);
    return match;
}

void
tamis_text_match_free(TamisTextMatch *match)
{
    if (match == NULL)
        return;
    for (guint32 i = 0; match->runs != NULL && i < match->atom->keys.n; i++) {
        tamis_glob_run_clear(&match->runs[i].glob);
        g_free(match->runs[i].set);
    }
    g_free(match->runs);
    g_string_free(match->held, TRUE);
    if (match->lines != NULL)
        g_string_free(match->lines, TRUE);
    g_free(match);
}

static gboolean
meets(const TamisTextMatch *match, const char *text, gsize length)
{
    return tamis_atom_meets_a_key(match->formulas, match->atom, text, length);
}

/* What is held is shorter than the longest key. */
static gboolean
step_substrings(TamisTextMatch *match, const char *piece, gsize length)
{
    gsize room = match->longest > 0 ? match->longest - 1 : 0, held = match->held->len;
    gsize seam = MIN(length, room);

    if (held > 0) {
        g_string_append_len(match->held, piece, (gssize)seam);
        match->is_met = meets(match, match->held->str, match->held->len);
    }
    match->is_met = match->is_met || meets(match, piece, length);
    if (length >= room) {
        g_string_truncate(match->held, 0);
        g_string_append_len(match->held, piece + length - room, (gssize)room);
    } else {
        if (held == 0)
            g_string_append_len(match->held, piece, (gssize)length);
        if (match->held->len > room)
            g_string_erase(match->held, 0, (gssize)(match->held->len - room));
    }
    return !match->is_met;
}

/* One byte more than a key is enough; of a number, without the zeros before it. */
static gboolean
step_prefix(TamisTextMatch *match, const char *piece, gsize length)
{
    gboolean is_number = match->atom->comparator == TAMIS_COMPARATOR_NUMERIC;
    GString *held = match->held;

    for (gsize i = 0; i < length && held->len <= match->longest; i++) {
        if (is_number && held->len == 1 && *held->str == '0' && g_ascii_isdigit(piece[i]))
            *held->str = piece[i];
        else
            g_string_append_c(held, piece[i]);
    }
    return held->len <= match->longest;
}

/* FALSE: the run has ended. */
static gboolean
step_run(TamisTextMatch *match, Run *run, const char *piece, gsize length)
{
    if (run->regex == NULL) {
        tamis_glob_run_step(&run->glob, piece, length);
        match->is_met |= run->glob.state == TAMIS_GLOB_MATCHED;
        return run->glob.state == TAMIS_GLOB_OPEN;
    }
    if (run->is_over || tamis_regex_is_lost(run->regex, run->set))
        return FALSE;
    run->is_over = memchr(piece, '\0', length) != NULL;
    tamis_regex_run(run->regex, run->set, piece, strnlen(piece, length));
    match->is_met |= tamis_regex_is_found(run->regex, run->set);
    return TRUE;
}

static gboolean
step_runs(TamisTextMatch *match, const char *piece, gsize length)
{
    gboolean goes_on = FALSE;

    for (guint32 i = 0; i < match->atom->keys.n && !match->is_met; i++)
        goes_on |= step_run(match, &match->runs[i], piece, length);
    return goes_on && !match->is_met;
}

/* The piece with CR LF at the ends of its lines. */
static void
make_lines(TamisTextMatch *match, const char *piece, gsize length)
{
    g_string_truncate(match->lines, 0);
    for (gsize at = 0; at < length;) {
        const char *newline = memchr(piece + at, '\n', length - at);
        gsize end = newline != NULL ? (gsize)(newline - piece) : length;

        g_string_append_len(match->lines, piece + at, (gssize)(end - at));
        if (end > at)
            match->ends_in_cr = piece[end - 1] == '\r';
        if (newline != NULL) {
            g_string_append(match->lines, match->ends_in_cr ? "\n" : "\r\n");
            match->ends_in_cr = FALSE;
            end++;
        }
        at = end;
    }
}

gboolean
tamis_text_match_step(TamisTextMatch *match, const char *piece, gsize length)
{
    match->is_begun |= length > 0;
    if (match->is_met || length == 0)
        return !match->is_met;
    if (match->lines != NULL) {
        make_lines(match, piece, length);
        piece = match->lines->str;
        length = match->lines->len;
    }
    switch (match->way) {
    case SUBSTRINGS:
        return step_substrings(match, piece, length);
    case PREFIX:
        return step_prefix(match, piece, length);
    case RUNS:
        return step_runs(match, piece, length);
    case WHOLE:
        g_string_append_len(match->held, piece, (gssize)length);
        return TRUE;
    }
    g_assert_not_reached();
}

static gboolean
finish_runs(TamisTextMatch *match)
{
    for (guint32 i = 0; i < match->atom->keys.n; i++) {
        Run *run = &match->runs[i];

        if (run->regex == NULL ? tamis_glob_run_finish(&run->glob)
                               : tamis_regex_is_found_at_end(run->regex, run->set))
            return TRUE;
    }
    return FALSE;
}

gboolean
tamis_text_match_finish(TamisTextMatch *match)
{
    gboolean is_met = match->is_met;

    if (!is_met && match->way == RUNS)
        is_met = finish_runs(match);
    else if (!is_met && (match->way != SUBSTRINGS || !match->is_begun))
        is_met = meets(match, match->held->str, match->held->len);
    start(match);
    return is_met;
}

gboolean
tamis_text_match_whole(const TamisFormulas *formulas, const TamisAtom *atom, gboolean is_decoded,
                       const char *text, gsize length)
{
    g_autoptr(TamisTextMatch) match = NULL;

    if (length <= WINDOW_BYTES && (is_decoded || !names_lines(formulas, atom)))
        return tamis_atom_meets_a_key(formulas, atom, text, length);
    match = tamis_text_match_new(formulas, atom, is_decoded);
    for (gsize at = 0; at < length; at += WINDOW_BYTES)
        if (!tamis_text_match_step(match, text + at, MIN(WINDOW_BYTES, length - at)))
            break;
    return tamis_text_match_finish(match);
}
