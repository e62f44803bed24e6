/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Claims by what they look at. Groups are independent but for the envelope's recipient, which headers may
 * have to name. A group that cannot be met is thinned out until what is left contradicts itself, and the
 * boolean core is told. */
#include "model/solve/query.h"

#include <string.h>

/* Groups are looked up one behind the other: so many take tenths of a second. */
enum { MAX_THINNED = 40, MAX_RECIPIENTS = 8, MAX_GROUPS = 8192 };

#define TOO_MANY_FIELDS "one message would have to meet tests of more than 8192 different headers"

typedef enum {
    GROUP_TIME,
    GROUP_SIZE,
    GROUP_SPAM,
    GROUP_VIRUS,
    GROUP_BODY,
    GROUP_SENDER,
    GROUP_SHARE,  /* one hop's */
    GROUP_COUNT,  /* of several fields */
    GROUP_FREE,   /* opaque */
    GROUP_FIELD,  /* field */
    GROUP_DIRECT, /* recipient, and the fields that have to name it, or not to */
} GroupKind;

typedef struct {
    guint8 kind;
    TamisString field;
    guint32 hop;
    GArray *claims; /* of TamisClaim */
} Group;

/* Sorting ---------------------------------------------------------------------------------------- */

static GroupKind
kind_of(TamisSolver *solver, const TamisLeaf *leaf)
{
    const TamisAtom *atom = leaf->atom;

    if (tamis_atom_is_open(atom))
        return GROUP_FREE;
    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_SIZE:
        return GROUP_SIZE;
    case TAMIS_ATOM_GRADE:
        return atom->grade == TAMIS_GRADE_VIRUS ? GROUP_VIRUS : GROUP_SPAM;
    case TAMIS_ATOM_BODY:
        return GROUP_BODY;
    case TAMIS_ATOM_NOW:
    case TAMIS_ATOM_SINCE:
    case TAMIS_ATOM_HOURS:
        return GROUP_TIME;
    case TAMIS_ATOM_SHARE:
        return atom->hop == 0 ? GROUP_TIME : GROUP_SHARE;
    case TAMIS_ATOM_OPAQUE:
        return GROUP_FREE;
    case TAMIS_ATOM_ENVELOPE:
        if (leaf->field == 0 || atom->match == TAMIS_KEYS_COUNT)
            return GROUP_COUNT;
        return strcmp(tamis_strings_get(solver->texts.strings, leaf->field), "from") == 0
                   ? GROUP_SENDER
                   : GROUP_DIRECT;
    default:
        return leaf->field == 0 ? GROUP_COUNT : GROUP_FIELD;
    }
}

static Group *
find_group(TamisSolver *solver, GArray *groups, GroupKind kind, TamisString field, guint32 hop)
{
    Group fresh = {.kind = (guint8)kind, .field = field, .hop = hop};

    for (guint i = 0; i < groups->len; i++) {
        Group *group = &g_array_index(groups, Group, i);

        if (group->kind == kind && group->field == field && group->hop == hop)
            return group;
    }
    fresh.claims = tamis_spare_take(&solver->spare_numbers);
    g_array_append_val(groups, fresh);
    return &g_array_index(groups, Group, groups->len - 1);
}

static void
forget_groups(TamisSolver *solver, GArray *groups)
{
    for (guint i = 0; i < groups->len; i++)
        tamis_spare_give(&solver->spare_numbers, g_array_index(groups, Group, i).claims);
    g_array_unref(groups);
}

static gboolean
names_recipient(TamisSolver *solver, const Group *group)
{
    for (guint i = 0; i < group->claims->len; i++) {
        if (tamis_leaf(solver, g_array_index(group->claims, TamisClaim, i))->atom->kind ==
            TAMIS_ATOM_ADDRESSED)
            return TRUE;
    }
    return FALSE;
}

/* Fields that have to do with the recipient go to its group. */
static void
join_recipient(TamisSolver *solver, GArray *groups)
{
    for (guint i = 0; i < groups->len; i++) {
        Group group = g_array_index(groups, Group, i);
        Group *direct;

        if (group.kind != GROUP_FIELD || !names_recipient(solver, &group))
            continue;
        direct = find_group(solver, groups, GROUP_DIRECT, 0, 0);
        g_array_append_vals(direct->claims, group.claims->data, group.claims->len);
        g_array_set_size(g_array_index(groups, Group, i).claims, 0);
    }
}

/* At most one more than MAX_GROUPS: then not all claims are in them. */
static GArray *
make_groups(TamisSolver *solver)
{
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(Group));

    for (guint i = 0; i < solver->claims->len && groups->len <= MAX_GROUPS; i++) {
        TamisClaim claim = g_array_index(solver->claims, TamisClaim, i);
        const TamisLeaf *leaf = tamis_leaf(solver, claim);
        GroupKind kind = kind_of(solver, leaf);
        Group *group = find_group(solver, groups, kind, kind == GROUP_FIELD ? leaf->field : 0,
                                  kind == GROUP_SHARE ? leaf->atom->hop : 0);

        g_array_append_val(group->claims, claim);
    }
    join_recipient(solver, groups);
    return groups;
}

/* Fields ----------------------------------------------------------------------------------------- */

static TamisTextResult
check_field(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
            const char *recipient)
{
    TamisDraftField field = {.name = name, .values = g_ptr_array_new_with_free_func(g_free)};
    TamisTextResult result = tamis_field_is_indexed(solver, claims, n)
                                 ? tamis_indexed_check(solver, name, claims, n, recipient, &field)
                                 : tamis_memo_check(solver, name, claims, n, recipient, &field);
    TamisDraftField *known = tamis_draft_find(&solver->draft, name);

    if (result != TAMIS_TEXT_FOUND) {
        tamis_draft_field_clear(&field);
        return result;
    }
    tamis_field_join(solver, claims, n, recipient, &field);
    if (known != NULL) {
        tamis_draft_field_clear(known);
        *known = field;
    } else {
        g_array_append_val(solver->draft.fields, field);
    }
    return result;
}

/* The recipient ---------------------------------------------------------------------------------- */

static gboolean
is_cased(const TamisAtom *atom)
{
    return atom->comparator != TAMIS_COMPARATOR_CASEMAP;
}

/* What the recipient's address has to be: what is asked of it, and where a field has to name it, what is asked
 * of every address of that field. */
static gboolean
gather_recipient(TamisSolver *solver, const TamisClaim *claims, guint n, gboolean with_cased,
                 GArray *tests)
{
    gboolean cased = FALSE;

    for (guint i = 0; i < n; i++) {
        const TamisLeaf *leaf = tamis_leaf(solver, claims[i]);
        gboolean named = FALSE;
        TamisTextTest test = tamis_text_test(solver, claims[i]);

        if (leaf->atom->kind == TAMIS_ATOM_ENVELOPE) {
            g_array_append_val(tests, test);
            continue;
        }
        if (leaf->atom->index != 0) /* one field alone */
            continue;
        /* What the text must not contain, none of its addresses may. */
        if (leaf->atom->kind == TAMIS_ATOM_HEADER && leaf->atom->match == TAMIS_KEYS_CONTAIN &&
            test.negated && leaf->atom->except.n == 0 && !is_cased(leaf->atom))
            test.scope = TAMIS_SCOPE_WHOLE;
        else if (leaf->atom->kind != TAMIS_ATOM_ADDRESS || leaf->atom->match == TAMIS_KEYS_COUNT)
            continue;
        for (guint k = 0; k < n; k++) {
            const TamisLeaf *other = tamis_leaf(solver, claims[k]);

            named |= other->atom->kind == TAMIS_ATOM_ADDRESSED && other->field == leaf->field &&
                     !tamis_claim_is_negated(claims[k]);
        }
        if (!named || (!test.negated && !tamis_header_is_single(
                                            tamis_strings_get(solver->texts.strings, leaf->field))))
            continue;
        cased |= is_cased(leaf->atom);
        if (with_cased || !is_cased(leaf->atom))
            g_array_append_val(tests, test);
    }
    return cased;
}

/* The fields one by one, each with its own claims. out_contradicts: one cannot be, whoever the recipient is. */
static TamisTextResult
check_named_fields(TamisSolver *solver, const TamisClaim *claims, guint n, const char *recipient,
                   gboolean *out_contradicts)
{
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(TamisClaim));

    for (guint i = 0; i < n; i++) {
        const TamisLeaf *leaf = tamis_leaf(solver, claims[i]);
        gboolean first = leaf->atom->kind != TAMIS_ATOM_ENVELOPE;
        TamisTextResult result;

        g_array_set_size(own, 0);
        for (guint k = 0; k < n; k++) {
            const TamisLeaf *other = tamis_leaf(solver, claims[k]);

            if (other->atom->kind == TAMIS_ATOM_ENVELOPE || other->field != leaf->field)
                continue;
            first &= k >= i;
            g_array_append_val(own, claims[k]);
        }
        if (!first)
            continue;
        result =
            check_field(solver, leaf->field, (const TamisClaim *)own->data, own->len, recipient);
        if (result == TAMIS_TEXT_NONE)
            *out_contradicts = check_field(solver, leaf->field, (const TamisClaim *)own->data,
                                           own->len, NULL) == TAMIS_TEXT_NONE;
        if (result != TAMIS_TEXT_FOUND)
            return result;
    }
    return TAMIS_TEXT_FOUND;
}

/* One field has to name the recipient and must not. */
static gboolean
contradicts_itself(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    for (guint i = 0; i < n; i++) {
        const TamisLeaf *leaf = tamis_leaf(solver, claims[i]);

        for (guint k = 0; k < n && leaf->atom->kind == TAMIS_ATOM_ADDRESSED; k++) {
            const TamisLeaf *other = tamis_leaf(solver, claims[k]);

            if (other->atom->kind == TAMIS_ATOM_ADDRESSED && other->field == leaf->field &&
                tamis_claim_is_negated(claims[i]) != tamis_claim_is_negated(claims[k]))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
has_to_be_named(const TamisSolver *solver, const TamisClaim *claims, guint n)
{
    for (guint i = 0; i < n; i++)
        if (tamis_leaf(solver, claims[i])->atom->kind == TAMIS_ATOM_ADDRESSED &&
            !tamis_claim_is_negated(claims[i]))
            return TRUE;
    return FALSE;
}

/* Who is named is an address that can stand in a header, or has no '@'. tests gets one more where that is all that
 * is left. */
static TamisTextResult
solve_recipient(TamisSolver *solver, GArray *tests, gboolean is_named)
{
    static const TamisShape spec = {.kind = TAMIS_SHAPE_SPEC, .lenient = TRUE};
    TamisTexts *texts = &solver->texts;
    GString *recipient = solver->draft.envelope_to;
    const TamisTextTest *all = (const TamisTextTest *)(gpointer)tests->data;
    TamisTextResult result = tamis_scalar_envelope(solver, all, tests->len, FALSE, recipient);
    TamisString at = tamis_strings_add(texts->strings, "@", 1);
    TamisAtom *atom;
    TamisTextTest has_no_at = {.scope = TAMIS_SCOPE_WHOLE, .negated = TRUE};

    if (result != TAMIS_TEXT_FOUND || !is_named || strchr(recipient->str, '@') == NULL ||
        tamis_shape_takes(&spec, recipient->str, recipient->len))
        return result;
    result = tamis_texts_solve(texts, TAMIS_SHAPE_SPEC, all, tests->len, recipient);
    if (result != TAMIS_TEXT_NONE)
        return result;
    atom = tamis_arena_new0(texts->arena, TamisAtom);
    atom->match = TAMIS_KEYS_CONTAIN;
    atom->keys = tamis_formulas_list(texts->formulas, &at, 1);
    has_no_at.atom = atom;
    g_array_append_val(tests, has_no_at);
    return tamis_scalar_envelope(solver, (const TamisTextTest *)(gpointer)tests->data, tests->len,
                                 FALSE, recipient);
}

/* A field that must not name the recipient may have nothing else to say: then it is another recipient's. */
static TamisTextResult
try_recipients(TamisSolver *solver, const TamisClaim *claims, guint n, GArray *tests)
{
    gboolean is_named = has_to_be_named(solver, claims, n);
    TamisAtom others[MAX_RECIPIENTS];
    GString *recipient = solver->draft.envelope_to;

    for (guint round = 0; round < MAX_RECIPIENTS; round++) {
        TamisString word;
        gboolean contradicts = FALSE;
        TamisTextTest other = {.scope = TAMIS_SCOPE_WHOLE, .negated = TRUE};
        g_autofree char *lower = NULL;
        TamisTextResult result = solve_recipient(solver, tests, is_named);

        if (result != TAMIS_TEXT_FOUND)
            return result;
        solver->draft.has_envelope_to = TRUE;
        result = check_named_fields(solver, claims, n, recipient->str, &contradicts);
        if (result != TAMIS_TEXT_NONE || contradicts)
            return result;
        lower = g_ascii_strdown(recipient->str, -1);
        word = tamis_strings_add(solver->texts.strings, lower, strlen(lower));
        others[round] = (TamisAtom){.kind = TAMIS_ATOM_ADDRESS,
                                    .match = TAMIS_KEYS_IS,
                                    .keys = tamis_formulas_list(solver->formulas, &word, 1)};
        other.atom = &others[round];
        g_array_append_val(tests, other);
    }
    solver->texts.reason = "which addresses the message was given for and names";
    return TAMIS_TEXT_UNKNOWN;
}

/* The field may name the recipient in other letters, so tests that tell letters apart need not hold of what the server
 * was given; that they do is tried first. */
static TamisTextResult
check_recipient(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(TamisTextTest));
    gboolean cased = gather_recipient(solver, claims, n, TRUE, tests);
    TamisTextResult result;

    if (contradicts_itself(solver, claims, n))
        return TAMIS_TEXT_NONE;
    result = try_recipients(solver, claims, n, tests);
    if (result != TAMIS_TEXT_NONE || !cased)
        return result;
    g_array_set_size(tests, 0);
    gather_recipient(solver, claims, n, FALSE, tests);
    return try_recipients(solver, claims, n, tests);
}

/* Groups ----------------------------------------------------------------------------------------- */

static TamisTextResult
check_sender(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    g_autofree TamisTextTest *tests = g_new(TamisTextTest, n);

    for (guint i = 0; i < n; i++)
        tests[i] = tamis_text_test(solver, claims[i]);
    solver->draft.has_envelope_from = TRUE;
    return tamis_scalar_envelope(solver, tests, n, TRUE, solver->draft.envelope_from);
}

static TamisTextResult
choose_freely(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    for (guint i = 0; i < n; i++) {
        TamisWitnessChoice choice = {tamis_leaf(solver, claims[i])->formula,
                                     !tamis_claim_is_negated(claims[i])};

        g_array_append_val(solver->draft.choices, choice);
    }
    return TAMIS_TEXT_FOUND;
}

static TamisTextResult
check_group(TamisSolver *solver, const Group *group, const TamisClaim *claims, guint n)
{
    switch ((GroupKind)group->kind) {
    case GROUP_TIME:
        return tamis_memo_time(solver, claims, n);
    case GROUP_SIZE:
        return tamis_scalar_size(solver, claims, n);
    case GROUP_SPAM:
        return tamis_scalar_spam(solver, claims, n);
    case GROUP_VIRUS:
        return tamis_scalar_virus(solver, claims, n);
    case GROUP_BODY:
        return tamis_body_check(solver, claims, n);
    case GROUP_SENDER:
        return check_sender(solver, claims, n);
    case GROUP_SHARE:
        return tamis_scalar_share(solver, claims, n);
    case GROUP_FREE:
        return choose_freely(solver, claims, n);
    case GROUP_FIELD:
        return check_field(solver, group->field, claims, n, NULL);
    case GROUP_DIRECT:
        return check_recipient(solver, claims, n);
    case GROUP_COUNT: /* when all the others are settled */
        return TAMIS_TEXT_FOUND;
    }
    g_assert_not_reached();
}

/* Leaves out what is not needed for the contradiction. */
static void
thin_out(TamisSolver *solver, const Group *group, GArray *claims)
{
    for (guint i = 0; i < claims->len && claims->len > 1 && claims->len <= MAX_THINNED;) {
        TamisClaim left_out = g_array_index(claims, TamisClaim, i);

        g_array_remove_index(claims, i);
        if (check_group(solver, group, (const TamisClaim *)claims->data, claims->len) ==
            TAMIS_TEXT_NONE)
            continue;
        g_array_insert_val(claims, i, left_out);
        i++;
    }
}

/* Then it does not matter which of them contradict each other. */
static gboolean
are_all_forced(TamisSolver *solver, const GArray *claims)
{
    for (guint i = 0; i < claims->len; i++) {
        TamisClaim claim = g_array_index(claims, TamisClaim, i);

        if (!tamis_sat_is_forced(solver->sat, tamis_literal(tamis_leaf(solver, claim)->variable,
                                                            tamis_claim_is_negated(claim))))
            return FALSE;
    }
    return TRUE;
}

/* The reason with the name of the header that it is about. */
static void
name_reason(TamisSolver *solver, const Group *group)
{
    g_autofree char *text = NULL;

    if (group->kind != GROUP_FIELD || solver->texts.reason == NULL)
        return;
    text = g_strdup_printf("%s (header '%s')", solver->texts.reason,
                           tamis_strings_get(solver->texts.strings, group->field));
    solver->texts.reason = g_string_chunk_insert_const(solver->reason_texts, text);
}

static TamisTextResult
fail(TamisSolver *solver, const Group *group, TamisTextResult result)
{
    if (result == TAMIS_TEXT_UNKNOWN)
        name_reason(solver, group);
    g_array_set_size(solver->core, 0);
    g_array_append_vals(solver->core, group->claims->data, group->claims->len);
    if (result == TAMIS_TEXT_NONE && !are_all_forced(solver, solver->core))
        thin_out(solver, group, solver->core);
    return result;
}

/* All claims together are what could not be met. */
static void
blame_all(TamisSolver *solver)
{
    g_array_set_size(solver->core, 0);
    g_array_append_vals(solver->core, solver->claims->data, solver->claims->len);
}

/* Counts of several fields: with what the fields were given. */
static TamisTextResult
check_counts(TamisSolver *solver, const Group *group)
{
    TamisTextResult result =
        tamis_scalar_count(solver, (const TamisClaim *)group->claims->data, group->claims->len);

    if (result != TAMIS_TEXT_FOUND)
        blame_all(solver);
    return result;
}

static TamisTextResult
check_groups(TamisSolver *solver, const GArray *groups)
{
    const Group *counts = NULL;
    TamisTextResult result;

    if (groups->len > MAX_GROUPS) {
        solver->texts.reason = TOO_MANY_FIELDS;
        blame_all(solver);
        return TAMIS_TEXT_UNKNOWN;
    }
    for (guint i = 0; i < groups->len; i++) {
        const Group *group = &g_array_index(groups, Group, i);

        if (group->kind == GROUP_COUNT)
            counts = group;
        if (group->claims->len == 0)
            continue;
        result =
            check_group(solver, group, (const TamisClaim *)group->claims->data, group->claims->len);
        if (result != TAMIS_TEXT_FOUND)
            return fail(solver, group, result);
    }
    result = counts != NULL ? check_counts(solver, counts) : TAMIS_TEXT_FOUND;
    return result == TAMIS_TEXT_FOUND ? tamis_whole_check(solver) : result;
}

TamisTextResult
tamis_theory_check(TamisSolver *solver)
{
    GArray *groups = make_groups(solver);
    TamisTextResult result;

    tamis_draft_reset(&solver->draft);
    result = check_groups(solver, groups);
    forget_groups(solver, groups);
    return result;
}
