/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Guards parted into sets of which no message makes two true, by their form: branches of one chain, turns of one list,
 * different texts of what has one. No solver is asked, so chains of thousands of branches cost little. */
#include "model/solve/cover.h"

#include "model/message.h"
#include "model/solve/cover-facts.h"

#include <string.h>

/* Sets that a guard is offered to, and plain tests that are compared. */
enum { MAX_OFFERED = 32, MAX_PLAIN = 4, MAX_GLOBS = 8 };

typedef struct {
    TamisCoverFacts facts;
    TamisFormula plain[MAX_PLAIN]; /* tests that exclude others of their kind */
    guint n_plain;
    guint64 least_bytes, most_bytes; /* of the message */
} Member;

typedef struct {
    TamisCoverFacts common; /* of all members */
    GArray *members;        /* of guint, of the cover's */
    guint id;
} Set;

typedef struct {
    TamisCoverTable table;
    Member *members;
    GArray *sets; /* of Set */
} Cover;

/* Members ---------------------------------------------------------------------------------------- */

/* Whether of tests like this one, with other keys or turns, at most one holds. */
static gboolean
is_plain(const TamisFormulas *formulas, TamisFormula formula)
{
    const TamisStrings *strings = tamis_formulas_get_strings(formulas);
    const TamisAtom *atom;

    if (tamis_formulas_kind(formulas, formula) != TAMIS_FORMULA_ATOM)
        return FALSE;
    atom = tamis_formulas_get_atom(formulas, formula);
    if (atom->kind == TAMIS_ATOM_SHARE)
        return TRUE;
    if (atom->version != 0 || atom->names.n > 1 || atom->comparator > TAMIS_COMPARATOR_OCTET ||
        (atom->match != TAMIS_KEYS_IS &&
         (atom->match != TAMIS_KEYS_MATCH || atom->keys.n > MAX_GLOBS)))
        return FALSE;
    if (atom->kind == TAMIS_ATOM_NOW || atom->kind == TAMIS_ATOM_ENVELOPE)
        return TRUE;
    return atom->kind == TAMIS_ATOM_HEADER && atom->index == 0 && atom->names.n == 1 &&
           tamis_header_is_single(
               tamis_strings_get(strings, tamis_formulas_list_get(formulas, atom->names, 0)));
}

/* Whether no text meets both: they are different texts, or begin differently. Keys of one comparator; a glob's
 * beginning ends before what is special. */
static gboolean
keys_differ(const char *left, gboolean left_is_glob, const char *right, gboolean right_is_glob)
{
    gsize n_left = left_is_glob ? strcspn(left, "*?\\") : strlen(left);
    gsize n_right = right_is_glob ? strcspn(right, "*?\\") : strlen(right);

    if (memcmp(left, right, MIN(n_left, n_right)) != 0)
        return TRUE;
    return (n_left < n_right && left[n_left] == '\0') ||
           (n_right < n_left && right[n_right] == '\0');
}

static gboolean
all_keys_differ(const TamisFormulas *formulas, const TamisAtom *a, const TamisAtom *b)
{
    const TamisStrings *strings = tamis_formulas_get_strings(formulas);

    for (guint32 i = 0; i < a->keys.n; i++) {
        const char *left =
            tamis_strings_get(strings, tamis_formulas_list_get(formulas, a->keys, i));

        for (guint32 k = 0; k < b->keys.n; k++) {
            const char *right =
                tamis_strings_get(strings, tamis_formulas_list_get(formulas, b->keys, k));

            if (!keys_differ(left, a->match == TAMIS_KEYS_MATCH, right,
                             b->match == TAMIS_KEYS_MATCH))
                return FALSE;
        }
    }
    return TRUE;
}

/* Lists of texts, sorted: no matter how long. */
static gboolean
share_keys(const TamisFormulas *formulas, const TamisAtom *a, const TamisAtom *b)
{
    for (guint32 i = 0, k = 0; i < a->keys.n && k < b->keys.n;) {
        TamisString left = tamis_formulas_list_get(formulas, a->keys, i);
        TamisString right = tamis_formulas_list_get(formulas, b->keys, k);

        if (left == right)
            return TRUE;
        i += left < right;
        k += left > right;
    }
    return FALSE;
}

static gboolean
are_different(const TamisFormulas *formulas, TamisFormula left, TamisFormula right)
{
    const TamisAtom *a = tamis_formulas_get_atom(formulas, left);
    const TamisAtom *b = tamis_formulas_get_atom(formulas, right);

    if (a->kind != b->kind || a->version != b->version || a->hop != b->hop)
        return FALSE;
    if (a->kind == TAMIS_ATOM_SHARE)
        return a->number == b->number && a->member != b->member;
    return a->comparator == b->comparator && a->names.first == b->names.first &&
           a->names.n == b->names.n && a->part == b->part && a->zone_kind == b->zone_kind &&
           a->offset_s == b->offset_s && a->zone_name == b->zone_name &&
           a->date_part == b->date_part &&
           (a->match == TAMIS_KEYS_IS && b->match == TAMIS_KEYS_IS
                ? !share_keys(formulas, a, b)
                : all_keys_differ(formulas, a, b));
}

static void
bound_size(const Cover *cover, Member *member, TamisFormula fact)
{
    TamisFormula inner = tamis_cover_strip(cover->table.formulas, fact);
    const TamisAtom *atom;
    gboolean over, negated = inner != fact;

    if (tamis_formulas_kind(cover->table.formulas, inner) != TAMIS_FORMULA_ATOM)
        return;
    atom = tamis_formulas_get_atom(cover->table.formulas, inner);
    over = atom->relation == TAMIS_RELATION_GT;
    if (atom->kind != TAMIS_ATOM_SIZE || atom->version != 0)
        return;
    if (over != negated)
        member->least_bytes = MAX(member->least_bytes, atom->number + (over ? 1 : 0));
    else
        member->most_bytes = MIN(member->most_bytes, atom->number - (over ? 0 : 1));
}

static void
member_init(Cover *cover, Member *member, TamisFormula guard)
{
    TamisFormula inner = tamis_cover_strip(cover->table.formulas, guard);
    gboolean negated = inner != guard;
    guint32 n = 0;

    tamis_cover_facts_init(&member->facts);
    if (tamis_cover_is_block(cover->table.formulas, guard)) {
        tamis_formulas_children(cover->table.formulas, inner, &n);
        for (guint32 i = 0; i < n; i++) {
            TamisFormula part = tamis_formulas_children(cover->table.formulas, inner, &n)[i];

            if (negated)
                part = tamis_formulas_not(cover->table.formulas, part);
            g_array_append_val(member->facts.all, part);
        }
    } else {
        g_array_append_val(member->facts.all, guard);
    }
    tamis_cover_facts_complete(&cover->table, &member->facts);
    member->most_bytes = G_MAXUINT64;
    for (guint i = 0; i < member->facts.all->len; i++) {
        TamisFormula fact = g_array_index(member->facts.all, TamisFormula, i);

        bound_size(cover, member, fact);
        if (member->n_plain < MAX_PLAIN && is_plain(cover->table.formulas, fact))
            member->plain[member->n_plain++] = fact;
    }
}

static gboolean
exclude_each_other(Cover *cover, const Member *a, const Member *b)
{
    cover->table.work++;
    if (a->least_bytes > b->most_bytes || b->least_bytes > a->most_bytes)
        return TRUE;
    for (guint i = 0; i < a->n_plain; i++)
        for (guint k = 0; k < b->n_plain; k++)
            if (are_different(cover->table.formulas, a->plain[i], b->plain[k]))
                return TRUE;
    return tamis_cover_facts_deny(&cover->table, &a->facts, &b->facts);
}

/* Sets ------------------------------------------------------------------------------------------- */

static gboolean
takes(Cover *cover, const Set *set, const Member *member)
{
    if (tamis_cover_facts_deny(&cover->table, &set->common, &member->facts))
        return TRUE;
    for (guint i = 0; i < set->members->len; i++) {
        const Member *other = &cover->members[g_array_index(set->members, guint, i)];

        if (cover->table.work > TAMIS_COVER_MAX_WORK || !exclude_each_other(cover, other, member))
            return FALSE;
    }
    return TRUE;
}

static void
put_into(Cover *cover, Set *set, guint member)
{
    const TamisCoverFacts *facts = &cover->members[member].facts;
    GArray *common = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    if (set->members->len == 0) {
        g_array_append_vals(common, facts->all->data, facts->all->len);
    } else {
        tamis_cover_facts_add_common(&cover->table, facts, &set->common, common);
        tamis_cover_facts_add_common(&cover->table, &set->common, facts, common);
    }
    g_array_unref(set->common.all);
    set->common.all = common;
    tamis_cover_facts_complete(&cover->table, &set->common);
    g_array_append_val(set->members, member);
}

/* The set that takes the member, one of the last, or a new one. */
static Set *
find_set(Cover *cover, guint member)
{
    guint n = cover->sets->len, first = n > MAX_OFFERED ? n - MAX_OFFERED : 0;
    Set made = {.id = n};

    for (guint i = n; i > first && cover->table.work <= TAMIS_COVER_MAX_WORK; i--) {
        Set *set = &g_array_index(cover->sets, Set, i - 1);

        if (takes(cover, set, &cover->members[member]))
            return set;
    }
    tamis_cover_facts_init(&made.common);
    made.members = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(cover->sets, made);
    return &g_array_index(cover->sets, Set, n);
}

static int
compare_last_first(gconstpointer a, gconstpointer b, gpointer guards)
{
    const TamisFormula *all = guards;
    TamisFormula left = all[*(const guint *)a], right = all[*(const guint *)b];

    return left > right ? -1 : left < right;
}

/* A chain's last branch comes first: it says of all others that they are not taken. */
void
tamis_cover(TamisFormulas *formulas, const TamisFormula *guards, guint n, guint *out_sets)
{
    g_autofree guint *order = g_new(guint, n + 1);
    g_autofree Member *members = g_new0(Member, n + 1);
    g_autoptr(GArray) sets = g_array_new(FALSE, FALSE, sizeof(Set));
    g_autoptr(GHashTable) nested =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    Cover cover = {{formulas, nested, 0}, members, sets};

    for (guint i = 0; i < n; i++) {
        order[i] = i;
        member_init(&cover, &members[i], guards[i]);
    }
    g_qsort_with_data(order, (gint)n, sizeof *order, compare_last_first, (gpointer)guards);
    for (guint i = 0; i < n; i++) {
        Set *set = find_set(&cover, order[i]);

        put_into(&cover, set, order[i]);
        out_sets[order[i]] = set->id;
    }
    for (guint i = 0; i < n; i++)
        tamis_cover_facts_clear(&members[i].facts);
    for (guint i = 0; i < sets->len; i++) {
        tamis_cover_facts_clear(&g_array_index(sets, Set, i).common);
        g_array_unref(g_array_index(sets, Set, i).members);
    }
}
