/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was found apart has to go together: a body with the fields that say what it is, and all of it with the size
 * that it may have. */
#include "model/solve/query.h"

#include <string.h>

/* Bodies ----------------------------------------------------------------------------------------- */

GArray *
tamis_claims_of(TamisSolver *solver, TamisString field)
{
    GArray *own = g_array_new(FALSE, FALSE, sizeof(TamisClaim));

    for (guint i = 0; i < solver->claims->len; i++) {
        TamisClaim claim = g_array_index(solver->claims, TamisClaim, i);
        const TamisLeaf *leaf = tamis_leaf(solver, claim);

        if (!tamis_atom_is_open(leaf->atom) &&
            (field != 0 ? leaf->field == field && leaf->atom->kind != TAMIS_ATOM_ENVELOPE
                        : leaf->atom->kind == TAMIS_ATOM_BODY))
            g_array_append_val(own, claim);
    }
    return own;
}

/* The field of the draft, if it was asked for. */
static TamisDraftField *
field_of(TamisSolver *solver, const char *name)
{
    TamisString string = tamis_strings_find(solver->texts.strings, name, strlen(name));

    return string != 0 ? tamis_draft_find(&solver->draft, string) : NULL;
}

/* Whether the field may say what the body is, and says so from now on. */
static gboolean
says_type(TamisSolver *solver, TamisDraftField *field)
{
    GString *type = solver->draft.body_type;
    g_autoptr(GArray) claims = tamis_claims_of(solver, field->name);

    if (type->len == 0)
        g_string_assign(type, "text/plain; charset=utf-8");
    if (!tamis_field_is_met_by(solver, field->name, (const TamisClaim *)claims->data, claims->len,
                               NULL, type->str))
        return FALSE;
    g_ptr_array_set_size(field->values, 0);
    g_ptr_array_add(field->values, g_strdup(type->str));
    g_string_truncate(type, 0);
    return TRUE;
}

/* A body that was found apart from the fields that say what it is. */
static TamisTextResult
check_body_type(TamisSolver *solver)
{
    g_autoptr(GArray) own = tamis_claims_of(solver, 0);
    const TamisClaim *claims = (const TamisClaim *)own->data;
    TamisDraftField *type = field_of(solver, "content-type");
    TamisDraftField *encoding = field_of(solver, "content-transfer-encoding");
    gboolean is_encoded = encoding != NULL && encoding->values->len > 0;
    gboolean needs_type = solver->draft.body_type->len > 0;
    gboolean says_version = field_of(solver, "mime-version") != NULL;

    if (own->len == 0 || (!is_encoded && type == NULL && !(needs_type && says_version)))
        return TAMIS_TEXT_FOUND;
    if (!is_encoded && type != NULL && !needs_type &&
        (type->values->len == 0 ||
         tamis_body_fits(solver, claims, own->len, g_ptr_array_index(type->values, 0))))
        return TAMIS_TEXT_FOUND;
    if (!is_encoded && type != NULL && !says_version &&
        (says_type(solver, type) ||
         (tamis_body_solve_multipart(solver, claims, own->len) && says_type(solver, type))))
        return TAMIS_TEXT_FOUND;
    solver->texts.reason = "a body together with the fields that say what it is";
    return TAMIS_TEXT_UNKNOWN;
}

/* Size ------------------------------------------------------------------------------------------- */

/* Characters that every text has which meets one of the atom's keys; each is a byte at least, however it is sent. */
static gsize
least_length(TamisSolver *solver, const TamisAtom *atom)
{
    gsize least = G_MAXSIZE;

    if (atom->match >= TAMIS_KEYS_VALUE)
        return 0;
    for (guint32 k = 0; k < atom->keys.n; k++) {
        gsize length = 0, n = 0;
        const char *key = tamis_texts_key(&solver->texts, atom, k, &length);

        for (gsize i = 0; i < length; i++) {
            gboolean is_star = atom->match == TAMIS_KEYS_MATCH && (key[i] == '*' || key[i] == '\\');

            n += !is_star && ((guint8)key[i] & 0xc0) != 0x80;
        }
        least = MIN(least, n);
    }
    return least == G_MAXSIZE ? 0 : least;
}

/* Whether what some field, or the body, has to have is more than the whole may be. */
static gboolean
is_surely_too_large(TamisSolver *solver)
{
    for (guint i = 0; i < solver->claims->len; i++) {
        TamisClaim claim = g_array_index(solver->claims, TamisClaim, i);
        const TamisAtom *atom = tamis_leaf(solver, claim)->atom;

        if (!tamis_claim_is_negated(claim) && atom->version == 0 &&
            (atom->kind == TAMIS_ATOM_HEADER || atom->kind == TAMIS_ATOM_ADDRESS ||
             atom->kind == TAMIS_ATOM_BODY) &&
            least_length(solver, atom) > solver->draft.size_max)
            return TRUE;
    }
    return FALSE;
}

static TamisTextResult
check_size(TamisSolver *solver)
{
    if (solver->draft.size_max == G_MAXUINT64 || tamis_draft_is_small_enough(solver))
        return TAMIS_TEXT_FOUND;
    if (is_surely_too_large(solver))
        return TAMIS_TEXT_NONE;
    solver->texts.reason = "a message that is smaller than what it has to hold";
    return TAMIS_TEXT_UNKNOWN;
}

TamisTextResult
tamis_whole_check(TamisSolver *solver)
{
    TamisTextResult result = check_body_type(solver);

    if (result == TAMIS_TEXT_FOUND)
        result = check_size(solver);
    if (result == TAMIS_TEXT_FOUND)
        return result;
    g_array_set_size(solver->core, 0);
    g_array_append_vals(solver->core, solver->claims->data, solver->claims->len);
    return result;
}
