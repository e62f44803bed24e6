/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a message has one of: sender and recipient of its envelope, its size, score and instant, and the
 * share of it at a later hop. */
#include "model/share.h"
#include "model/solve/query.h"
#include "model/solve/time-test.h"

#include <string.h>

enum { MAX_SCORE = 10, MAX_COUNTED = 64, MOST_COUNTED = 1000000, SHORT_BYTES = 200 };

/* Envelope --------------------------------------------------------------------------------------- */

/* The null sender is tried last: people have an address. */
TamisTextResult
tamis_scalar_envelope(TamisSolver *solver, const TamisTextTest *tests, guint n, gboolean is_from,
                      GString *out_address)
{
    TamisTexts *texts = &solver->texts;
    TamisTextResult result = tamis_texts_solve(texts, TAMIS_SHAPE_ADDRESS, tests, n, out_address);

    if (result == TAMIS_TEXT_FOUND || !tamis_texts_all_pass(texts, tests, n, "", 0) || !is_from)
        return result;
    g_string_truncate(out_address, 0);
    return TAMIS_TEXT_FOUND;
}

/* Size ------------------------------------------------------------------------------------------- */

TamisTextResult
tamis_scalar_size(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    guint64 least = 0, most = G_MAXUINT64;

    for (guint i = 0; i < n; i++) {
        const TamisAtom *atom = tamis_leaf(solver, claims[i])->atom;
        gboolean over = atom->relation == TAMIS_RELATION_GT;
        gboolean negated = tamis_claim_is_negated(claims[i]);

        if ((over && !negated && atom->number == G_MAXUINT64) ||
            (!over && !negated && atom->number == 0))
            return TAMIS_TEXT_NONE;
        if (over != negated)
            least = MAX(least, over ? atom->number + 1 : atom->number);
        else
            most = MIN(most, over ? atom->number : atom->number - 1);
    }
    solver->draft.size_min = least;
    solver->draft.size_max = most;
    return least <= most ? TAMIS_TEXT_FOUND : TAMIS_TEXT_NONE;
}

/* Score ------------------------------------------------------------------------------------------ */

static gboolean
grades_meet(TamisSolver *solver, const TamisAtom *atom, const TamisGrades *grades)
{
    char text[12];

    if (atom->match == TAMIS_KEYS_COUNT)
        return tamis_count_holds(solver, atom, 1);
    g_snprintf(text, sizeof text, "%u", tamis_grades_get(grades, (TamisGrade)atom->grade));
    return tamis_texts_meets(&solver->texts, atom, text, strlen(text));
}

static gboolean
grades_meet_all(TamisSolver *solver, const TamisClaim *claims, guint n, const TamisGrades *grades)
{
    for (guint i = 0; i < n; i++) {
        if (grades_meet(solver, tamis_leaf(solver, claims[i])->atom, grades) ==
            tamis_claim_is_negated(claims[i]))
            return FALSE;
    }
    return TRUE;
}

/* A score alone where one will do. */
TamisTextResult
tamis_scalar_spam(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    for (guint i = 0; i <= TAMIS_SPAM_SCORE_MAX + 1 + TAMIS_SPAM_PERCENT_MAX; i++) {
        TamisGrades grades = i <= TAMIS_SPAM_SCORE_MAX
                                 ? (TamisGrades){.spam_score = i}
                                 : tamis_grades_of_percent(i - TAMIS_SPAM_SCORE_MAX - 1);

        if (grades_meet_all(solver, claims, n, &grades)) {
            grades.virus_score = solver->draft.grades.virus_score;
            solver->draft.grades = grades;
            return TAMIS_TEXT_FOUND;
        }
    }
    return TAMIS_TEXT_NONE;
}

TamisTextResult
tamis_scalar_virus(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    for (guint score = 0; score <= TAMIS_VIRUS_SCORE_MAX; score++) {
        TamisGrades grades = {.virus_score = score};

        if (grades_meet_all(solver, claims, n, &grades)) {
            solver->draft.grades.virus_score = score;
            return TAMIS_TEXT_FOUND;
        }
    }
    return TAMIS_TEXT_NONE;
}

/* Instant ---------------------------------------------------------------------------------------- */

TamisTextResult
tamis_scalar_time(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    g_autofree TamisTimeTest *tests = g_new(TamisTimeTest, n);
    TamisInstant latest = (TamisInstant)2932896 * 86400 - 1; /* 9999-12-30, in any zone */
    TamisTextResult result;

    for (guint i = 0; i < n; i++)
        tests[i] = (TamisTimeTest){tamis_leaf(solver, claims[i])->atom,
                                   tamis_claim_is_negated(claims[i]), claims[i]};
    result = tamis_timeline_solve(&solver->timeline, tests, n, MAX(solver->options.not_before, 0),
                                  MIN(solver->options.not_after, latest), &solver->draft.instant);
    solver->draft.has_instant = result == TAMIS_TEXT_FOUND;
    return result;
}

/* Shares ----------------------------------------------------------------------------------------- */

/* Of one number of members exactly one has its turn. */
static TamisTextResult
share_of_one(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    const TamisAtom *first = tamis_leaf(solver, claims[0])->atom;
    guint32 chosen = TAMIS_NO_INDEX;

    for (guint i = 0; i < n; i++) {
        guint32 member = tamis_leaf(solver, claims[i])->atom->member;

        if (tamis_claim_is_negated(claims[i]))
            continue;
        if (member >= first->number || (chosen != TAMIS_NO_INDEX && chosen != member))
            return TAMIS_TEXT_NONE;
        chosen = member;
    }
    for (guint32 member = 0; chosen == TAMIS_NO_INDEX && member < first->number; member++) {
        gboolean open = TRUE;

        for (guint i = 0; i < n && open; i++)
            open = tamis_leaf(solver, claims[i])->atom->member != member;
        if (open)
            chosen = member;
    }
    for (guint i = 0; i < n; i++) {
        const TamisAtom *atom = tamis_leaf(solver, claims[i])->atom;

        if ((atom->member == chosen) == tamis_claim_is_negated(claims[i]))
            return TAMIS_TEXT_NONE;
    }
    for (guint i = 0; i < solver->leaves->len; i++) {
        const TamisLeaf *leaf = &g_array_index(solver->leaves, TamisLeaf, i);
        TamisWitnessChoice choice = {leaf->formula, leaf->atom->member == chosen};

        if (leaf->atom->kind == TAMIS_ATOM_SHARE && leaf->atom->version == 0 &&
            leaf->atom->hop == first->hop && leaf->atom->number == first->number)
            g_array_append_val(solver->draft.choices, choice);
    }
    return chosen != TAMIS_NO_INDEX ? TAMIS_TEXT_FOUND : TAMIS_TEXT_NONE;
}

/* Lists of different lengths: some second of a day has all these turns. */
static TamisTextResult
shares_of_several(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    g_autofree TamisTimeTest *tests = g_new(TamisTimeTest, n);
    guint32 hop = tamis_leaf(solver, claims[0])->atom->hop;
    TamisInstant second;
    TamisTextResult result;

    for (guint i = 0; i < n; i++)
        tests[i] = (TamisTimeTest){tamis_leaf(solver, claims[i])->atom,
                                   tamis_claim_is_negated(claims[i]), claims[i]};
    result = tamis_timeline_solve(&solver->timeline, tests, n, 0, TAMIS_DAY_S - 1, &second);
    for (guint i = 0; result == TAMIS_TEXT_FOUND && i < solver->leaves->len; i++) {
        const TamisLeaf *leaf = &g_array_index(solver->leaves, TamisLeaf, i);
        TamisWitnessChoice choice = {leaf->formula, FALSE};

        if (leaf->atom->kind != TAMIS_ATOM_SHARE || leaf->atom->version != 0 ||
            leaf->atom->hop != hop)
            continue;
        choice.holds =
            tamis_share_member_at((guint32)leaf->atom->number, second) == leaf->atom->member;
        g_array_append_val(solver->draft.choices, choice);
    }
    return result;
}

/* Of one hop. */
TamisTextResult
tamis_scalar_share(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    guint64 number = tamis_leaf(solver, claims[0])->atom->number;

    for (guint i = 1; i < n; i++)
        if (tamis_leaf(solver, claims[i])->atom->number != number)
            return shares_of_several(solver, claims, n);
    return share_of_one(solver, claims, n);
}

/* Counts ----------------------------------------------------------------------------------------- */

gboolean
tamis_count_holds(TamisSolver *solver, const TamisAtom *atom, guint count)
{
    TamisAtom as_value = *atom;
    char text[16];

    as_value.match = TAMIS_KEYS_VALUE;
    g_snprintf(text, sizeof text, "%u", count);
    return tamis_texts_meets(&solver->texts, &as_value, text, strlen(text));
}

guint64
tamis_count_key(TamisSolver *solver, const TamisAtom *atom, guint32 i)
{
    gsize length = 0;

    return g_ascii_strtoull(tamis_texts_key(&solver->texts, atom, i, &length), NULL, 10);
}

/* Counts of several ------------------------------------------------------------------------------ */

static guint
count_of(TamisSolver *solver, const TamisAtom *atom, guint32 name)
{
    TamisString string = tamis_formulas_list_get(solver->formulas, atom->names, name);
    const char *text = tamis_strings_get(solver->texts.strings, string);
    g_autofree char *lower = g_ascii_strdown(text, -1);
    TamisString field = tamis_strings_add(solver->texts.strings, lower, strlen(lower));
    TamisDraftField *found = tamis_draft_find(&solver->draft, field);
    guint n = 0;

    if (found == NULL) {
        TamisDraftField fresh = {field, g_ptr_array_new_with_free_func(g_free), TRUE};

        g_array_append_val(solver->draft.fields, fresh);
        return 0;
    }
    found->fixed = TRUE;
    for (guint i = 0; i < found->values->len; i++)
        n += atom->kind == TAMIS_ATOM_HEADER
                 ? 1
                 : tamis_value_count_addresses(solver, g_ptr_array_index(found->values, i));
    return n;
}

static gboolean
counts_hold(TamisSolver *solver, const TamisClaim *claims, guint n, gboolean *out_exact)
{
    *out_exact = TRUE;
    for (guint i = 0; i < n; i++) {
        const TamisAtom *atom = tamis_leaf(solver, claims[i])->atom;
        guint count = 0;

        for (guint32 name = 0; atom->kind != TAMIS_ATOM_ENVELOPE && name < atom->names.n; name++)
            count += count_of(solver, atom, name);
        if (atom->kind == TAMIS_ATOM_ENVELOPE)
            count = atom->names.n;
        *out_exact &= atom->kind == TAMIS_ATOM_ENVELOPE;
        if (tamis_count_holds(solver, atom, count) == tamis_claim_is_negated(claims[i]))
            return FALSE;
    }
    return TRUE;
}

/* Another value like those that are there, or a plain one; of addresses longer lists. */
static gboolean
grow(TamisSolver *solver, const TamisAtom *atom)
{
    for (guint32 i = 0; i < atom->names.n; i++) {
        TamisString name = tamis_formulas_list_get(solver->formulas, atom->names, i);
        const char *text = tamis_strings_get(solver->texts.strings, name);
        TamisDraftField *field = tamis_draft_find(&solver->draft, name);
        g_autoptr(GArray) own = tamis_claims_of(solver, name);

        if (field == NULL)
            continue;
        if (field->values->len > 0 && atom->kind == TAMIS_ATOM_ADDRESS &&
            tamis_field_lengthen(solver, name, (const TamisClaim *)own->data, own->len,
                                 solver->draft.envelope_to->str, field->values))
            return TRUE;
        if (tamis_header_is_single(text) && field->values->len > 0)
            continue;
        if (field->values->len > 0 &&
            (strlen(g_ptr_array_index(field->values, 0)) > SHORT_BYTES ||
             !tamis_field_may_repeat(solver, name, (const TamisClaim *)own->data, own->len,
                                     field->values)))
            continue;
        if (field->values->len > 0) {
            g_ptr_array_add(field->values, g_strdup(g_ptr_array_index(field->values, 0)));
            return TRUE;
        }
        if (tamis_field_takes(solver, name, (const TamisClaim *)own->data, own->len,
                              solver->draft.envelope_to->str, "anna@outside.example")) {
            g_ptr_array_add(field->values, g_strdup("anna@outside.example"));
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
fits(TamisSolver *solver, TamisClaim claim, guint count)
{
    return tamis_count_holds(solver, tamis_leaf(solver, claim)->atom, count) !=
           tamis_claim_is_negated(claim);
}

/* Whether no number of values fits, from as many as there have to be to as many as there may be: what a test says
 * changes at its keys alone. */
static gboolean
is_impossible_count(TamisSolver *solver, TamisClaim claim)
{
    const TamisAtom *atom = tamis_leaf(solver, claim)->atom;
    guint least = 0, most = 0;

    if (atom->kind == TAMIS_ATOM_ENVELOPE || atom->index != 0 ||
        atom->comparator != TAMIS_COMPARATOR_NUMERIC)
        return FALSE;
    for (guint32 i = 0; i < atom->names.n; i++) {
        TamisString name = tamis_formulas_list_get(solver->formulas, atom->names, i);
        g_autoptr(GArray) own = tamis_claims_of(solver, name);
        gboolean not_there = FALSE;
        gboolean there =
            tamis_field_is_there(solver, name, (const TamisClaim *)own->data, own->len, &not_there);
        gboolean is_single = tamis_header_is_single(tamis_strings_get(solver->texts.strings, name));

        least += there;
        most += not_there ? 0 : atom->kind == TAMIS_ATOM_HEADER && is_single ? 1 : MOST_COUNTED;
    }
    if (fits(solver, claim, least) || fits(solver, claim, most))
        return FALSE;
    for (guint32 k = 0; k < atom->keys.n; k++) {
        guint64 number = tamis_count_key(solver, atom, k);

        for (guint64 count = number > 0 ? number - 1 : 0; count <= number + 1; count++)
            if (count >= least && count <= most && fits(solver, claim, (guint)count))
                return FALSE;
    }
    return TRUE;
}

TamisTextResult
tamis_scalar_count(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    gboolean exact = TRUE;
    guint64 most = 0;

    for (guint i = 0; i < n; i++) {
        const TamisAtom *atom = tamis_leaf(solver, claims[i])->atom;

        if (is_impossible_count(solver, claims[i]))
            return TAMIS_TEXT_NONE;
        for (guint32 k = 0; k < atom->keys.n; k++)
            most = MAX(most, tamis_count_key(solver, atom, k));
    }
    /* Above the largest key one more makes no difference. */
    for (guint round = 0; round < MIN(MAX_COUNTED, most + 4); round++) {
        gboolean grown = FALSE;

        if (counts_hold(solver, claims, n, &exact))
            return TAMIS_TEXT_FOUND;
        for (guint i = 0; i < n && !grown; i++)
            grown = grow(solver, tamis_leaf(solver, claims[i])->atom);
        if (!grown)
            break;
    }
    solver->texts.reason = "how many values several headers have together";
    return exact ? TAMIS_TEXT_NONE : TAMIS_TEXT_UNKNOWN;
}
