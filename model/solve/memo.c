/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of a field under tests of large sets, and of an instant under opening hours, for the next guard that has
 * the same ones. Small tests are quicker done again. */
#include "model/solve/query.h"

#include <string.h>

enum { LARGE_SET = 64, MAX_KNOWN = 1 << 16 };

typedef struct {
    TamisTextResult result; /* FOUND or NONE */
    GPtrArray *values;      /* of char *: the field's */
    gboolean fixed;
} Known;

static void
free_known(gpointer data)
{
    Known *known = data;

    g_ptr_array_unref(known->values);
    g_free(known);
}

GHashTable *
tamis_memo_new(void)
{
    return g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                 free_known);
}

/* The tests, in the order of their formulas; NULL: none has a large set. */
static GBytes *
key_of(TamisSolver *solver, TamisString field, const TamisClaim *claims, guint n,
       const char *recipient)
{
    gboolean large = FALSE;
    g_autoptr(GByteArray) key = NULL;
    guint32 head[2] = {field, recipient != NULL};

    for (guint i = 0; i < n; i++)
        large |= tamis_leaf(solver, claims[i])->atom->keys.n > LARGE_SET;
    if (!large)
        return NULL;
    key = g_byte_array_new();
    g_byte_array_append(key, (const guint8 *)head, sizeof head);
    for (guint i = 0; i < n; i++) {
        guint32 test =
            2 * tamis_leaf(solver, claims[i])->formula + tamis_claim_is_negated(claims[i]);

        g_byte_array_append(key, (const guint8 *)&test, sizeof test);
    }
    if (recipient != NULL)
        g_byte_array_append(key, (const guint8 *)recipient, (guint)strlen(recipient));
    return g_byte_array_free_to_bytes(g_steal_pointer(&key));
}

static void
copy_values(const GPtrArray *from, GPtrArray *to)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, g_strdup(g_ptr_array_index(from, i)));
}

TamisTextResult
tamis_memo_check(TamisSolver *solver, TamisString field, const TamisClaim *claims, guint n,
                 const char *recipient, TamisDraftField *out_field)
{
    g_autoptr(GBytes) key = key_of(solver, field, claims, n, recipient);
    Known *known = key != NULL ? g_hash_table_lookup(solver->memo, key) : NULL;
    TamisTextResult result;

    if (known != NULL) {
        copy_values(known->values, out_field->values);
        out_field->fixed = known->fixed;
        return known->result;
    }
    result = tamis_field_check(solver, field, claims, n, recipient, out_field);
    if (key == NULL || result == TAMIS_TEXT_UNKNOWN || g_hash_table_size(solver->memo) >= MAX_KNOWN)
        return result;
    known = g_new0(Known, 1);
    known->result = result;
    known->values = g_ptr_array_new_with_free_func(g_free);
    known->fixed = out_field->fixed;
    if (result == TAMIS_TEXT_FOUND)
        copy_values(out_field->values, known->values);
    g_hash_table_insert(solver->memo, g_steal_pointer(&key), known);
    return result;
}

/* Instants --------------------------------------------------------------------------------------- */

typedef struct {
    TamisTextResult result; /* FOUND or NONE */
    TamisInstant instant;
} KnownInstant;

GHashTable *
tamis_memo_new_instants(void)
{
    return g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                 g_free);
}

/* The tests, in the order of their formulas; NULL: none is of opening hours, which may have to be looked for over
 * years. */
static GBytes *
key_of_hours(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    gboolean any = FALSE;
    g_autofree guint32 *tests = NULL;

    for (guint i = 0; i < n; i++)
        any |= tamis_leaf(solver, claims[i])->atom->kind == TAMIS_ATOM_HOURS;
    if (!any)
        return NULL;
    tests = g_new(guint32, n);
    for (guint i = 0; i < n; i++)
        tests[i] = 2 * tamis_leaf(solver, claims[i])->formula + tamis_claim_is_negated(claims[i]);
    return g_bytes_new_take(g_steal_pointer(&tests), n * sizeof(guint32));
}

TamisTextResult
tamis_memo_time(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    g_autoptr(GBytes) key = key_of_hours(solver, claims, n);
    KnownInstant *known = key != NULL ? g_hash_table_lookup(solver->instants, key) : NULL;
    TamisTextResult result;

    if (known != NULL) {
        solver->draft.has_instant = known->result == TAMIS_TEXT_FOUND;
        if (solver->draft.has_instant)
            solver->draft.instant = known->instant;
        return known->result;
    }
    result = tamis_scalar_time(solver, claims, n);
    if (key == NULL || result == TAMIS_TEXT_UNKNOWN ||
        g_hash_table_size(solver->instants) >= MAX_KNOWN)
        return result;
    known = g_new0(KnownInstant, 1);
    *known = (KnownInstant){result, result == TAMIS_TEXT_FOUND ? solver->draft.instant : 0};
    g_hash_table_insert(solver->instants, g_steal_pointer(&key), known);
    return result;
}
