/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One header field: its claims, sorted by what they ask. Where it may repeat, a test that holds needs one value and a
 * test that does not hold binds all: each value is looked for alone. Where it holds one value, that one has to pass
 * everything. */
#include "model/solve/field.h"

#include <string.h>

enum { MAX_LIST_BYTES = 20000 };

TamisTextTest
tamis_text_test(const TamisSolver *solver, TamisClaim claim)
{
    static const guint8 scopes[] = {
        [TAMIS_ADDRESS_ALL] = TAMIS_SCOPE_WHOLE,   [TAMIS_ADDRESS_DOMAIN] = TAMIS_SCOPE_DOMAIN,
        [TAMIS_ADDRESS_LOCAL] = TAMIS_SCOPE_LOCAL, [TAMIS_ADDRESS_DETAIL] = TAMIS_SCOPE_DETAIL,
        [TAMIS_ADDRESS_USER] = TAMIS_SCOPE_USER,
    };
    const TamisAtom *atom = tamis_leaf(solver, claim)->atom;
    gboolean of_text = atom->kind != TAMIS_ATOM_ADDRESS && atom->kind != TAMIS_ATOM_ENVELOPE;

    return (TamisTextTest){atom, of_text ? TAMIS_SCOPE_TEXT : scopes[atom->part],
                           tamis_claim_is_negated(claim), claim};
}
/* Sorting ---------------------------------------------------------------------------------------- */

static void
sort_claim(TamisFieldQuery *field, TamisClaim claim, const char *recipient)
{
    const TamisAtom *atom = tamis_leaf(field->solver, claim)->atom;
    gboolean negated = tamis_claim_is_negated(claim);
    TamisTextTest test = tamis_text_test(field->solver, claim);
    TamisTimeTest date = {atom, negated, claim};

    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_EXISTS:
        field->there |= !negated;
        field->not_there |= negated;
        return;
    case TAMIS_ATOM_DATE:
        g_array_append_val(field->dates, date);
        return;
    case TAMIS_ATOM_ADDRESSED:
        field->there |= !negated;
        if (recipient == NULL)
            return;
        test.atom = &field->addressed;
        test.scope = TAMIS_SCOPE_WHOLE;
        g_array_append_val(field->addresses, test);
        break;
    default:
        if (atom->match == TAMIS_KEYS_COUNT) {
            g_array_append_val(field->counts, claim);
            field->counts_addresses |= atom->kind == TAMIS_ATOM_ADDRESS;
            return;
        }
        g_array_append_val(atom->kind == TAMIS_ATOM_HEADER ? field->texts : field->addresses, test);
        break;
    }
    field->there |= !negated;
}

static void
begin_field(TamisFieldQuery *field, TamisSolver *solver, TamisString name, const TamisClaim *claims,
            guint n, const char *recipient)
{
    *field = (TamisFieldQuery){
        .solver = solver,
        .name = tamis_strings_get(solver->texts.strings, name),
        .texts = tamis_spare_take(&solver->spare_tests),
        .denied = tamis_spare_take(&solver->spare_numbers),
        .addresses = tamis_spare_take(&solver->spare_tests),
        .dates = tamis_spare_take(&solver->spare_times),
        .counts = tamis_spare_take(&solver->spare_numbers),
    };
    field->single = tamis_header_is_single(field->name);
    if (recipient != NULL) {
        g_autofree char *lower = g_ascii_strdown(recipient, -1);
        TamisString word = tamis_strings_add(solver->texts.strings, lower, strlen(lower));

        field->addressed = (TamisAtom){.kind = TAMIS_ATOM_ADDRESS,
                                       .match = TAMIS_KEYS_IS,
                                       .keys = tamis_formulas_list(solver->formulas, &word, 1)};
    }
    for (guint i = 0; i < n; i++)
        sort_claim(field, claims[i], recipient);
    for (guint i = 0; i < field->texts->len; i++)
        if (g_array_index(field->texts, TamisTextTest, i).negated)
            g_array_append_val(field->denied, i);
    for (guint i = 0; i < field->addresses->len; i++) {
        guint index = field->texts->len + i;

        if (g_array_index(field->addresses, TamisTextTest, i).negated)
            g_array_append_val(field->denied, index);
    }
}

static void
end_field(TamisFieldQuery *field)
{
    TamisSolver *solver = field->solver;

    tamis_spare_give(&solver->spare_tests, field->texts);
    tamis_spare_give(&solver->spare_numbers, field->denied);
    tamis_spare_give(&solver->spare_tests, field->addresses);
    tamis_spare_give(&solver->spare_times, field->dates);
    tamis_spare_give(&solver->spare_numbers, field->counts);
}
/* All of it -------------------------------------------------------------------------------------- */

static TamisTextResult
check(TamisFieldQuery *field, TamisDraftField *out_field)
{
    GPtrArray *values = out_field->values;
    g_autoptr(GString) value = NULL;
    TamisTextResult result;

    if (field->not_there) {
        out_field->fixed = TRUE;
        return tamis_field_passes_without(field) ? TAMIS_TEXT_FOUND : TAMIS_TEXT_NONE;
    }
    if (tamis_field_passes_without(field)) {
        out_field->fixed = field->counts->len > 0 || field->dates->len > 0;
        return TAMIS_TEXT_FOUND;
    }
    if (field->dates->len > 0) {
        result = tamis_field_solve_dated(field, values);
    } else if (field->single) {
        value = g_string_new(NULL);
        result = tamis_field_solve_some(field, NULL, value);
        if (result == TAMIS_TEXT_FOUND)
            g_ptr_array_add(values, g_strdup(value->str));
    } else {
        result = tamis_field_solve_each(field, values);
    }
    if (result == TAMIS_TEXT_FOUND && field->counts->len > 0)
        result = tamis_field_settle_counts(field, values);
    out_field->fixed = TRUE;
    return result;
}

TamisTextResult
tamis_field_check(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                  const char *recipient, TamisDraftField *out_field)
{
    TamisFieldQuery field;
    TamisTextResult result;

    begin_field(&field, solver, name, claims, n, recipient);
    result = check(&field, out_field);
    end_field(&field);
    return result;
}

gboolean
tamis_field_takes(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                  const char *recipient, const char *value)
{
    TamisFieldQuery field;
    gboolean takes;

    begin_field(&field, solver, name, claims, n, recipient);
    takes = !field.not_there && !field.there && field.counts->len == 0 && field.dates->len == 0 &&
            tamis_field_passes(&field, value, field.texts, field.addresses);
    end_field(&field);
    return takes;
}

gboolean
tamis_field_is_met_by(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                      const char *recipient, const char *value)
{
    TamisFieldQuery field;
    gboolean is_met;

    begin_field(&field, solver, name, claims, n, recipient);
    is_met = !field.not_there && field.dates->len == 0 &&
             tamis_field_counts_allow(&field, TAMIS_ATOM_HEADER, 1) && !field.counts_addresses &&
             tamis_field_passes(&field, value, field.texts, field.addresses);
    end_field(&field);
    return is_met;
}

gboolean
tamis_field_lengthen(TamisSolver *solver, TamisString name, const TamisClaim *claims,
                     guint n_claims, const char *recipient, GPtrArray *values)
{
    TamisFieldQuery field;
    g_autofree char *list = NULL, *people = NULL;
    const char *last = g_ptr_array_index(values, values->len - 1);
    guint n, i = values->len - 1;
    gboolean longer;

    if (strchr(last, '@') == NULL || strlen(last) > MAX_LIST_BYTES)
        return FALSE;
    begin_field(&field, solver, name, claims, n_claims, recipient);
    n = tamis_value_count_addresses(solver, last);
    list = g_strdup_printf("%s, %s", last, last);
    people = tamis_field_list_people(last, 2 * n);
    longer = tamis_field_counts_allow(&field, TAMIS_ATOM_ADDRESS,
                                      tamis_field_count_addresses(&field, values) + n) &&
             ((tamis_value_count_addresses(solver, people) == 2 * n &&
               tamis_field_take_instead(&field, values, i, people)) ||
              tamis_field_take_instead(&field, values, i, list));
    end_field(&field);
    return longer;
}

gboolean
tamis_field_may_repeat(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                       const GPtrArray *values)
{
    TamisFieldQuery field;
    gboolean may;

    begin_field(&field, solver, name, claims, n, NULL);
    may = field.counts->len == 0 ||
          (tamis_field_counts_allow(&field, TAMIS_ATOM_HEADER, values->len + 1) &&
           tamis_field_counts_allow(
               &field, TAMIS_ATOM_ADDRESS,
               tamis_field_count_addresses(&field, values) +
                   tamis_value_count_addresses(solver, g_ptr_array_index(values, 0))));
    end_field(&field);
    return may;
}

void
tamis_field_form(TamisSolver *solver, const TamisClaim *claims, guint n, const char *recipient,
                 TamisDraftField *draft)
{
    TamisFieldQuery field;

    if (draft->values->len == 0 || tamis_field_is_indexed(solver, claims, n))
        return;
    begin_field(&field, solver, draft->name, claims, n, recipient);
    tamis_field_give_form(&field, draft->values);
    end_field(&field);
    tamis_field_join(solver, claims, n, recipient, draft);
}

gboolean
tamis_field_is_there(TamisSolver *solver, TamisString name, const TamisClaim *claims, guint n,
                     gboolean *out_not_there)
{
    TamisFieldQuery field;
    gboolean there;

    begin_field(&field, solver, name, claims, n, NULL);
    there = field.there;
    *out_not_there = field.not_there;
    end_field(&field);
    return there;
}
