/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Comparators and match types. */
#include "model/compare.h"

#include "base/bytes.h"
#include "model/fold.h"
#include "model/regex.h"

#include <string.h>

/* A value is folded in pieces of this size, so that a long one needs no copy. */
#define WINDOW_BYTES ((gsize)16384)

/* So many are compared one by one. */
enum { FEW_KEYS = 16 };

typedef struct {
    const char *text;
    gsize length;
} Key;

static void
fold_into(char *to, const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        to[i] = tamis_byte_lower(text[i]);
}

/* Window by window, which is folded once for all keys. Windows overlap by all but a byte of the longest key: what
 * is not whole in one of them is in the next. */
static gboolean
contains_folded(const char *value, gsize value_length, const Key *keys, guint n_keys)
{
    gsize longest = 1;

    for (guint i = 0; i < n_keys; i++)
        longest = MAX(longest, keys[i].length);
    gsize window_size = MIN(value_length, WINDOW_BYTES + longest);
    g_autofree char *window = g_malloc(window_size + longest);
    char *key = window + window_size;
    for (gsize start = 0;; start += window_size - longest + 1) {
        gsize n = MIN(window_size, value_length - start);

        fold_into(window, value + start, n);
        for (guint i = 0; i < n_keys; i++) {
            if (keys[i].length > n)
                continue;
            fold_into(key, keys[i].text, keys[i].length);
            if (memmem(window, n, key, keys[i].length) != NULL)
                return TRUE;
        }
        if (start + n == value_length)
            return FALSE;
    }
}

gboolean
tamis_text_contains(const char *value, gsize value_length, const char *key, gsize key_length,
                    gboolean casemap)
{
    const Key only = {key, key_length};

    return casemap ? contains_folded(value, value_length, &only, 1)
                   : memmem(value, value_length, key, key_length) != NULL;
}

static int
compare_octets(const char *a, gsize a_length, const char *b, gsize b_length, gboolean casemap)
{
    for (gsize i = 0; i < a_length && i < b_length; i++) {
        guchar x = (guchar)a[i], y = (guchar)b[i];

        /* i;ascii-casemap compares in upper case (RFC 4790, 9.2.1). */
        if (casemap) {
            x = (guchar)tamis_byte_upper((char)x);
            y = (guchar)tamis_byte_upper((char)y);
        }
        if (x != y)
            return x < y ? -1 : 1;
    }
    return a_length < b_length ? -1 : a_length > b_length;
}

static gsize
count_digits(const char *text, gsize length)
{
    gsize n = 0;

    while (n < length && g_ascii_isdigit(text[n]))
        n++;
    return n;
}

static int
compare_numbers(const char *a, gsize a_length, const char *b, gsize b_length)
{
    gsize a_digits = count_digits(a, a_length), b_digits = count_digits(b, b_length);

    if (a_digits == 0 || b_digits == 0) /* no digit: infinity */
        return (a_digits == 0) - (b_digits == 0);
    for (; a_digits > 1 && *a == '0'; a++)
        a_digits--;
    for (; b_digits > 1 && *b == '0'; b++)
        b_digits--;
    if (a_digits != b_digits)
        return a_digits < b_digits ? -1 : 1;
    return memcmp(a, b, a_digits);
}

static int
compare_unicode(const char *a, gsize a_length, const char *b, gsize b_length)
{
    g_autofree char *a_folded = tamis_text_fold(a, a_length);
    g_autofree char *b_folded = tamis_text_fold(b, b_length);

    return strcmp(a_folded, b_folded);
}

int
tamis_text_compare(TamisComparator comparator, const char *a, gsize a_length, const char *b,
                   gsize b_length)
{
    switch (comparator) {
    case TAMIS_COMPARATOR_CASEMAP:
        return compare_octets(a, a_length, b, b_length, TRUE);
    case TAMIS_COMPARATOR_OCTET:
        return compare_octets(a, a_length, b, b_length, FALSE);
    case TAMIS_COMPARATOR_NUMERIC:
        return compare_numbers(a, a_length, b, b_length);
    case TAMIS_COMPARATOR_UNICODE:
        return compare_unicode(a, a_length, b, b_length);
    }
    g_assert_not_reached();
}

gboolean
tamis_relation_holds(TamisRelation relation, int order)
{
    switch (relation) {
    case TAMIS_RELATION_EQ:
        return order == 0;
    case TAMIS_RELATION_NE:
        return order != 0;
    case TAMIS_RELATION_LT:
        return order < 0;
    case TAMIS_RELATION_LE:
        return order <= 0;
    case TAMIS_RELATION_GT:
        return order > 0;
    case TAMIS_RELATION_GE:
        return order >= 0;
    }
    g_assert_not_reached();
}

/* Substrings and globs of i;unicode-casemap: on the case-folded texts. */
static gboolean
unicode_matches(const TamisAtom *atom, const char *value, gsize value_length, const char *key,
                gsize key_length)
{
    g_autofree char *folded_value = tamis_text_fold(value, value_length);
    g_autofree char *folded_key = tamis_text_fold(key, key_length);

    if (atom->match == TAMIS_KEYS_CONTAIN)
        return strstr(folded_value, folded_key) != NULL;
    return tamis_glob_matches(folded_key, strlen(folded_key), folded_value, strlen(folded_value),
                              FALSE);
}

static gboolean
regex_matches(const TamisAtom *atom, const char *value, gsize value_length, const char *key,
              gsize key_length)
{
    g_autoptr(TamisRegex) regex =
        tamis_regex_new(key, key_length, atom->comparator == TAMIS_COMPARATOR_CASEMAP);

    /* As engines do it, NUL ends the value. */
    return regex != NULL && tamis_regex_matches(regex, value, strnlen(value, value_length));
}

gboolean
tamis_key_matches(const TamisAtom *atom, const char *value, gsize value_length, const char *key,
                  gsize key_length)
{
    gboolean casemap = atom->comparator == TAMIS_COMPARATOR_CASEMAP;

    switch ((TamisKeyMatch)atom->match) {
    case TAMIS_KEYS_IS:
        return tamis_text_compare(atom->comparator, value, value_length, key, key_length) == 0;
    case TAMIS_KEYS_VALUE:
        return tamis_relation_holds(
            atom->relation,
            tamis_text_compare(atom->comparator, value, value_length, key, key_length));
    case TAMIS_KEYS_CONTAIN:
        if (atom->comparator == TAMIS_COMPARATOR_UNICODE)
            return unicode_matches(atom, value, value_length, key, key_length);
        return tamis_text_contains(value, value_length, key, key_length, casemap);
    case TAMIS_KEYS_MATCH:
        if (atom->comparator == TAMIS_COMPARATOR_UNICODE)
            return unicode_matches(atom, value, value_length, key, key_length);
        return tamis_glob_matches(key, key_length, value, value_length, casemap);
    case TAMIS_KEYS_REGEX:
        return regex_matches(atom, value, value_length, key, key_length);
    case TAMIS_KEYS_COUNT:
        break;
    }
    g_return_val_if_reached(FALSE);
}

/* Whether the value contains one of the atom's keys, in any case. */
static gboolean
contains_a_key(const TamisFormulas *formulas, const TamisAtom *atom, const char *value,
               gsize length)
{
    const TamisStrings *strings = tamis_formulas_get_strings(formulas);
    g_autofree Key *keys = g_new(Key, atom->keys.n);

    for (guint32 i = 0; i < atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(formulas, atom->keys, i);
        keys[i] = (Key){tamis_strings_get(strings, key), tamis_strings_length(strings, key)};
    }
    return contains_folded(value, length, keys, atom->keys.n);
}

static gboolean
meets_a_regex(const TamisFormulas *formulas, const TamisAtom *atom, const char *value, gsize length)
{
    for (guint32 i = 0; i < atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(formulas, atom->keys, i);

        if (tamis_regex_matches(
                tamis_formulas_regex(formulas, key, atom->comparator == TAMIS_COMPARATOR_CASEMAP),
                value, strnlen(value, length))) /* as engines do it, NUL ends the value */
            return TRUE;
    }
    return FALSE;
}

/* What is one of many is in the table of strings; lists are sorted by their numbers. */
static gboolean
is_a_key(const TamisFormulas *formulas, const TamisAtom *atom, const char *key, gsize length)
{
    TamisString wanted = tamis_strings_find(tamis_formulas_get_strings(formulas), key, length);
    guint32 low = 0, high = atom->keys.n;

    while (low < high) {
        guint32 middle = low + (high - low) / 2;

        if (tamis_formulas_list_get(formulas, atom->keys, middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return (wanted != 0 || length == 0) && low < atom->keys.n &&
           tamis_formulas_list_get(formulas, atom->keys, low) == wanted;
}

gboolean
tamis_atom_has_key(const TamisFormulas *formulas, const TamisAtom *atom, const char *value,
                   gsize length)
{
    char small[256];
    g_autofree char *large = NULL;
    char *folded = small;

    if (atom->comparator != TAMIS_COMPARATOR_CASEMAP)
        return is_a_key(formulas, atom, value, length);
    if (length > sizeof small)
        folded = large = g_malloc(length);
    fold_into(folded, value, length);
    return is_a_key(formulas, atom, folded, length);
}

static gboolean
meets_one(const TamisFormulas *formulas, const TamisAtom *atom, const char *value, gsize length)
{
    const TamisStrings *strings = tamis_formulas_get_strings(formulas);

    if (atom->match == TAMIS_KEYS_CONTAIN && atom->comparator == TAMIS_COMPARATOR_CASEMAP)
        return contains_a_key(formulas, atom, value, length);
    if (atom->match == TAMIS_KEYS_REGEX)
        return meets_a_regex(formulas, atom, value, length);
    if (atom->match == TAMIS_KEYS_IS && atom->keys.n > FEW_KEYS &&
        (atom->comparator == TAMIS_COMPARATOR_OCTET ||
         atom->comparator == TAMIS_COMPARATOR_CASEMAP))
        return tamis_atom_has_key(formulas, atom, value, length);
    for (guint32 i = 0; i < atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(formulas, atom->keys, i);

        if (tamis_key_matches(atom, value, length, tamis_strings_get(strings, key),
                              tamis_strings_length(strings, key)))
            return TRUE;
    }
    return FALSE;
}

gboolean
tamis_atom_is_excepted(const TamisFormulas *formulas, const TamisAtom *atom, const char *value,
                       gsize length)
{
    for (guint32 i = 0; i < atom->except.n; i++) {
        TamisFormula other = tamis_formulas_list_get(formulas, atom->except, i);

        if (meets_one(formulas, tamis_formulas_get_atom(formulas, other), value, length))
            return TRUE;
    }
    return FALSE;
}

gboolean
tamis_atom_meets_a_key(const TamisFormulas *formulas, const TamisAtom *atom, const char *value,
                       gsize length)
{
    return meets_one(formulas, atom, value, length) &&
           !tamis_atom_is_excepted(formulas, atom, value, length);
}

gboolean
tamis_atom_count_meets_a_key(const TamisFormulas *formulas, const TamisAtom *atom, guint count)
{
    TamisAtom as_value = *atom;
    char text[16];
    int length = g_snprintf(text, sizeof text, "%u", count);

    as_value.match = TAMIS_KEYS_VALUE;
    return tamis_atom_meets_a_key(formulas, &as_value, text, (gsize)length);
}

gboolean
tamis_atom_names_type(const TamisFormulas *formulas, const TamisAtom *atom, const char *type)
{
    const TamisStrings *strings = tamis_formulas_get_strings(formulas);

    for (guint32 i = 0; i < atom->names.n; i++) {
        const char *wanted =
            tamis_strings_get(strings, tamis_formulas_list_get(formulas, atom->names, i));
        gsize length = strlen(wanted);

        if (length == 0 ||
            (g_ascii_strncasecmp(type, wanted, length) == 0 &&
             (type[length] == '\0' || (type[length] == '/' && !strchr(wanted, '/')))))
            return TRUE;
    }
    return FALSE;
}
