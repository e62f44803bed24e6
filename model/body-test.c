/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests of parts that are held, and of those that come in pieces. */
#include "model/body-test.h"

#include "model/compare.h"
#include "model/text-match.h"

#include <string.h>

gboolean
tamis_body_has_long_part(TamisMessage *message)
{
    guint n = 0;
    gsize length;

    tamis_message_get_parts(message, &n);
    for (guint i = 0; i < n; i++)
        if (tamis_message_get_part_text(message, i, FALSE, &length) == NULL ||
            tamis_message_get_part_text(message, i, TRUE, &length) == NULL)
            return TRUE;
    return FALSE;
}

static gboolean
wants(const TamisFormulas *formulas, const TamisAtom *atom, const TamisBodyPart *part)
{
    if (atom->transform != TAMIS_BODY_TEXT)
        return tamis_atom_names_type(formulas, atom, part->type);
    return g_str_has_prefix(part->type, "text/") || strcmp(part->type, TAMIS_XHTML_TYPE) == 0;
}

/* An empty body is none. */
static void
do_raw(const TamisFormulas *formulas, TamisMessage *message, TamisBodyTest *test)
{
    gsize length = 0;
    const char *raw = tamis_message_get_raw_body(message, &length);

    if (test->atom->match == TAMIS_KEYS_COUNT)
        test->holds = tamis_atom_count_meets_a_key(formulas, test->atom, length > 0);
    else
        test->holds =
            length > 0 && tamis_text_match_whole(formulas, test->atom, FALSE, raw, length);
}

static void
do_count(const TamisFormulas *formulas, const TamisBodyPart *parts, guint n, TamisBodyTest *test)
{
    guint count = 0;

    for (guint i = 0; i < n; i++)
        count += wants(formulas, test->atom, &parts[i]);
    test->holds = tamis_atom_count_meets_a_key(formulas, test->atom, count);
}

static gboolean
is_of_parts(const TamisBodyTest *test)
{
    return test->atom->transform != TAMIS_BODY_RAW && test->atom->match != TAMIS_KEYS_COUNT;
}

/* A part in pieces -------------------------------------------------------------------------------- */

typedef struct {
    TamisBodyTest *test;
    TamisTextMatch *match;
    gboolean is_decided;
} Waiting;

static gboolean
take_piece(const char *piece, gsize length, gpointer data)
{
    GArray *waiting = data;
    gboolean goes_on = FALSE;

    for (guint i = 0; i < waiting->len; i++) {
        Waiting *one = &g_array_index(waiting, Waiting, i);

        if (!one->is_decided)
            one->is_decided = !tamis_text_match_step(one->match, piece, length);
        goes_on |= !one->is_decided;
    }
    return goes_on;
}

static void
finish_waiting(gpointer data)
{
    Waiting *one = data;

    one->test->holds = tamis_text_match_finish(one->match);
    tamis_text_match_free(one->match);
}

/* The tests whose transform wants the part plain, or as it is. */
static void
do_part(const TamisFormulas *formulas, TamisMessage *message, guint i, gboolean plain,
        TamisBodyTest *tests, guint n)
{
    g_autoptr(GArray) waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
    guint n_parts;
    const TamisBodyPart *part = &tamis_message_get_parts(message, &n_parts)[i];
    gboolean is_decoded =
        part->coding == TAMIS_CODING_BASE64 || part->coding == TAMIS_CODING_QUOTED;

    g_array_set_clear_func(waiting, finish_waiting);
    for (guint t = 0; t < n; t++) {
        const TamisAtom *atom = tests[t].atom;
        Waiting one = {.test = &tests[t]};
        const char *text;
        gsize length = 0;

        if (tests[t].holds || !is_of_parts(&tests[t]) ||
            plain != (atom->transform == TAMIS_BODY_TEXT) || !wants(formulas, atom, part))
            continue;
        text = tamis_message_get_part_text(message, i, plain, &length);
        if (text != NULL) {
            tests[t].holds = tamis_text_match_whole(formulas, atom, is_decoded, text, length);
        } else {
            one.match = tamis_text_match_new(formulas, atom, is_decoded);
            g_array_append_val(waiting, one);
        }
    }
    if (waiting->len > 0)
        tamis_body_part_read(part, plain, TAMIS_BODY_WINDOW_BYTES, take_piece, waiting);
}

void
tamis_body_tests_do(const TamisFormulas *formulas, TamisMessage *message, TamisBodyTest *tests,
                    guint n)
{
    const TamisBodyPart *parts;
    guint n_parts = 0;
    gboolean wants_parts = FALSE;

    for (guint t = 0; t < n; t++) {
        tests[t].holds = FALSE;
        if (tests[t].atom->transform == TAMIS_BODY_RAW)
            do_raw(formulas, message, &tests[t]);
        else
            wants_parts = TRUE;
    }
    if (!wants_parts)
        return;
    parts = tamis_message_get_parts(message, &n_parts);
    for (guint t = 0; t < n; t++)
        if (tests[t].atom->transform != TAMIS_BODY_RAW && tests[t].atom->match == TAMIS_KEYS_COUNT)
            do_count(formulas, parts, n_parts, &tests[t]);
    for (guint i = 0; i < n_parts; i++) {
        do_part(formulas, message, i, FALSE, tests, n);
        do_part(formulas, message, i, TRUE, tests, n);
    }
}
