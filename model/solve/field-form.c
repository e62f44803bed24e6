/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The form of structured fields (RFC 5322, 3.6): tests of a header's text are met by any text, and a message that
 * somebody sends has an address in its From. Where a value of that form meets them too, it takes the place of what
 * was found. Nothing is proved here. */
#include "model/solve/field.h"

#include "model/solve/field-use.h"

#include <string.h>

enum {
    MAX_LIST_BYTES = 500,
    MAX_TEXT_BYTES = 500,
    SEARCH_STEPS = 20000,
    MAX_WORDS = 20,
    DAYS = 366
};

/* By which words what was found becomes an address: `%` stands for it. */
static const char *const in_domains[] = {"%", "%@outside.example", "anna@%", "anna@mail%", NULL};
static const char *const in_addresses[] = {
    "%@outside.example", "% <anna@outside.example>", "\"%\" <anna@outside.example>",
    "Anna <anna@mail%",  "% anna@outside.example>",  NULL};

/* Lists ------------------------------------------------------------------------------------------ */

/* Then a list meets what its values meet. */
static gboolean
are_of_addresses(const TamisSolver *solver, const TamisClaim *claims, guint n)
{
    for (guint i = 0; i < n; i++) {
        const TamisAtom *atom = tamis_leaf(solver, claims[i])->atom;

        if (atom->kind != TAMIS_ATOM_ADDRESSED && atom->kind != TAMIS_ATOM_EXISTS &&
            (atom->kind != TAMIS_ATOM_ADDRESS || atom->match == TAMIS_KEYS_COUNT))
            return FALSE;
    }
    return TRUE;
}

void
tamis_field_join(TamisSolver *solver, const TamisClaim *claims, guint n, const char *recipient,
                 TamisDraftField *field)
{
    static const char *const names[] = {"to", "cc", "bcc", "reply-to", NULL};
    g_autoptr(GString) list = NULL;

    if (field->values->len < 2 ||
        !g_strv_contains(names, tamis_strings_get(solver->texts.strings, field->name)) ||
        tamis_field_is_indexed(solver, claims, n))
        return;
    list = g_string_new(NULL);
    for (guint i = 0; i < field->values->len; i++) {
        const char *value = g_ptr_array_index(field->values, i);

        if (list->len > MAX_LIST_BYTES || !tamis_use_takes(TAMIS_USE_ADDRESSES, value))
            return;
        g_string_append(list, i > 0 ? ", " : "");
        g_string_append(list, value);
    }
    if (!are_of_addresses(solver, claims, n) &&
        !tamis_field_is_met_by(solver, field->name, claims, n, recipient, list->str))
        return;
    g_ptr_array_set_size(field->values, 0);
    g_ptr_array_add(field->values, g_strdup(list->str));
}

/* A word that stands for any text. */
static gboolean
is_free(const TamisFieldUse *use, const char *value)
{
    return strcmp(value, TAMIS_USUAL_TEXT) == 0 &&
           (use->usual[0] != NULL || use->kind != TAMIS_USE_TEXT);
}

gboolean
tamis_field_lacks_form(TamisSolver *solver, const TamisDraftField *field)
{
    const TamisFieldUse *use =
        tamis_field_use(tamis_strings_get(solver->texts.strings, field->name));

    for (guint i = 0; i < field->values->len; i++) {
        const char *value = g_ptr_array_index(field->values, i);

        if (is_free(use, value) || !tamis_use_takes(use->kind, value))
            return TRUE;
    }
    return FALSE;
}

/* Values ----------------------------------------------------------------------------------------- */

static gboolean
take(TamisFieldQuery *field, TamisUseKind kind, GPtrArray *values, guint i, const char *value)
{
    return tamis_use_takes(kind, value) && tamis_field_take_instead(field, values, i, value);
}

static TamisInstant
last_instant(const TamisFieldQuery *field)
{
    const TamisDraft *draft = &field->solver->draft;

    return draft->has_instant ? draft->instant : MAX(field->solver->options.not_before, 0);
}

static gboolean
complete(TamisFieldQuery *field, TamisUseKind kind, const char *const *ways, const char *found,
         GPtrArray *values, guint i)
{
    g_autoptr(GString) value = g_string_new(NULL);

    for (guint way = 0; ways[way] != NULL; way++) {
        g_string_assign(value, ways[way]);
        if (strchr(ways[way], '$') != NULL) {
            g_autofree char *date = tamis_draft_date(last_instant(field), 0);

            g_string_replace(value, "$", date, 1);
        }
        g_string_replace(value, "%", found, 1);
        if (take(field, kind, values, i, value->str))
            return TRUE;
    }
    return FALSE;
}

/* Each `@` with a name before it and a domain behind it. */
static char *
complete_parts(const char *found)
{
    GString *text = g_string_new(NULL);

    for (const char *at = found; *at != '\0'; at++) {
        if (*at == '@') {
            while (text->len > 1 && g_str_has_suffix(text->str, " ") &&
                   strchr(text->str, '<') != NULL)
                g_string_truncate(text, text->len - 1);
            if (text->len == 0 || strchr(" ,<\"(:;", text->str[text->len - 1]) != NULL)
                g_string_append(text, "anna");
        }
        g_string_append_c(text, *at);
        if (*at == '@' && !g_ascii_isalnum(at[1]))
            g_string_append(text, at[1] == '.' ? "mail" : "outside.example");
    }
    return g_string_free(text, FALSE);
}

/* A word with an `@` among others: they are the name of whom it is the address. */
static gboolean
name_address(TamisFieldQuery *field, const char *found, GPtrArray *values, guint i)
{
    g_auto(GStrv) words = g_strsplit(found, " ", MAX_WORDS);
    g_autoptr(GString) name = g_string_new(NULL);
    const char *address = NULL;

    for (guint k = 0; words[k] != NULL; k++) {
        if (address == NULL && strchr(words[k], '@') != NULL)
            address = words[k];
        else
            g_string_append_printf(name, "%s%s", name->len > 0 ? " " : "", words[k]);
    }
    if (address == NULL || name->len == 0)
        return FALSE;
    g_string_append_printf(name, " <%s>", address);
    return take(field, TAMIS_USE_ADDRESSES, values, i, name->str);
}

/* An address, or several, that the automata find. */
static gboolean
search(TamisFieldQuery *field, GPtrArray *values, guint i)
{
    g_autoptr(GString) value = g_string_new(NULL);
    guint64 steps = field->solver->texts.steps;
    gboolean found;

    field->solver->texts.steps = SEARCH_STEPS;
    found =
        tamis_field_solve_like(field, g_ptr_array_index(values, i), value) == TAMIS_TEXT_FOUND &&
        take(field, TAMIS_USE_ADDRESSES, values, i, value->str);
    field->solver->texts.steps = steps;
    return found;
}

static void
find_addresses(TamisFieldQuery *field, GPtrArray *values, guint i)
{
    g_autofree char *found = g_strdup(g_ptr_array_index(values, i));
    g_autofree char *whole = complete_parts(found);

    if (!name_address(field, whole, values, i) &&
        (strchr(whole, ' ') != NULL ||
         !complete(field, TAMIS_USE_ADDRESSES, in_domains, whole, values, i)) &&
        !complete(field, TAMIS_USE_ADDRESSES, in_addresses, whole, values, i) &&
        !complete(field, TAMIS_USE_ADDRESSES, in_addresses, found, values, i))
        search(field, values, i);
}

/* Some day of the year before it arrived. */
static void
find_date(TamisFieldQuery *field, GPtrArray *values, guint i)
{
    gboolean found = FALSE;

    for (guint day = 0; day < DAYS && !found; day++) {
        g_autofree char *date =
            tamis_draft_date(last_instant(field) - (TamisInstant)day * 86400, 0);

        found = take(field, TAMIS_USE_DATE, values, i, date);
    }
}

/* Of other kinds: what was found, with or without its blanks, and with what belongs around it. */
static void
find_other(TamisFieldQuery *field, TamisUseKind kind, GPtrArray *values, guint i)
{
    static const char *const of_date[] = {"from mail.outside.example by mx.inside.example; %",
                                          NULL};
    const char *const *ways = field->dates->len > 0 ? of_date : tamis_use_ways(kind);
    g_autofree char *found = g_strdup(g_ptr_array_index(values, i));
    g_auto(GStrv) words = g_strsplit(found, " ", -1);
    g_autofree char *joined = g_strjoinv("1", words);

    if (!complete(field, kind, ways, found, values, i) && strchr(found, ' ') != NULL)
        complete(field, kind, ways, joined, values, i);
}

static void
find_of_kind(TamisFieldQuery *field, TamisUseKind kind, GPtrArray *values, guint i)
{
    if (kind == TAMIS_USE_DATE)
        find_date(field, values, i);
    else if (kind == TAMIS_USE_ADDRESSES)
        find_addresses(field, values, i);
    else
        find_other(field, kind, values, i);
}

void
tamis_field_give_form(TamisFieldQuery *field, GPtrArray *values)
{
    const TamisFieldUse *use = tamis_field_use(field->name);
    gboolean of_date = field->dates->len > 0 && use->kind != TAMIS_USE_TRACE;

    if (of_date || (field->texts->len == 0 && field->addresses->len > 0))
        return;
    for (guint i = 0; i < values->len; i++) {
        const char *value = g_ptr_array_index(values, i);

        if (is_free(use, value) && complete(field, use->kind, use->usual, value, values, i))
            continue;
        if (!tamis_use_takes(use->kind, value) && strlen(value) <= MAX_TEXT_BYTES)
            find_of_kind(field, use->kind, values, i);
    }
}
