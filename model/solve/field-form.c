/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The form of structured fields (RFC 5322, 3.6): tests of a header's text are met by any text, and a message that
 * somebody sends has an address in its From. Where a value of that form meets them too, it takes the place of what
 * was found. Nothing is proved here. */
#include "model/solve/field.h"

#include "model/header-date.h"

#include <string.h>

enum {
    MAX_LIST_BYTES = 500,
    MAX_TEXT_BYTES = 500,
    SEARCH_STEPS = 20000,
    MAX_WORDS = 20,
    DAYS = 366
};

/* By which words what was found becomes one: `%` stands for it. */
static const char *const in_domains[] = {"%", "anna@%", "anna@mail%", NULL};
static const char *const in_addresses[] = {
    "%@outside.example", "% <anna@outside.example>", "\"%\" <anna@outside.example>",
    "Anna <anna@mail%",  "% anna@outside.example>",  NULL};
static const char *const in_identifiers[] = {"<%>",
                                             "<1%>",
                                             "<1%.example>",
                                             "<%outside.example>",
                                             "<1.%@outside.example>",
                                             "<1@%>",
                                             "<1@mail%>",
                                             "<%",
                                             "%>",
                                             "<1%",
                                             "%1@outside.example>",
                                             NULL};

typedef enum { ANY_TEXT, ADDRESSES, IDENTIFIER, DATE } Form;

static Form
form_of(const char *name)
{
    static const char *const of_addresses[] = {"bcc",
                                               "cc",
                                               "from",
                                               "reply-to",
                                               "resent-bcc",
                                               "resent-cc",
                                               "resent-from",
                                               "resent-reply-to",
                                               "resent-sender",
                                               "resent-to",
                                               "sender",
                                               "to",
                                               NULL};

    return g_strv_contains(of_addresses, name)                                         ? ADDRESSES
           : strcmp(name, "message-id") == 0 || strcmp(name, "resent-message-id") == 0 ? IDENTIFIER
           : strcmp(name, "date") == 0 || strcmp(name, "resent-date") == 0             ? DATE
                                                                                       : ANY_TEXT;
}

static gboolean
has_form(Form form, const char *value)
{
    TamisShape list = {.kind = TAMIS_SHAPE_MAILBOXES}, address = {.kind = TAMIS_SHAPE_SPEC};
    gsize length = strlen(value);
    gint64 instant;
    gint32 offset_s;

    switch (form) {
    case ADDRESSES:
        return tamis_shape_takes(&list, value, length);
    case IDENTIFIER:
        return length > 2 && value[0] == '<' && value[length - 1] == '>' &&
               tamis_shape_takes(&address, value + 1, length - 2);
    case DATE:
        return tamis_header_date_read(value, &instant, &offset_s);
    case ANY_TEXT:
        break;
    }
    return TRUE;
}

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

        if (list->len > MAX_LIST_BYTES || !has_form(ADDRESSES, value))
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

gboolean
tamis_field_lacks_form(TamisSolver *solver, const TamisDraftField *field)
{
    Form form = form_of(tamis_strings_get(solver->texts.strings, field->name));

    for (guint i = 0; i < field->values->len && form != ANY_TEXT; i++)
        if (!has_form(form, g_ptr_array_index(field->values, i)))
            return TRUE;
    return FALSE;
}

/* Values ----------------------------------------------------------------------------------------- */

static gboolean
take(TamisFieldQuery *field, Form form, GPtrArray *values, guint i, const char *value)
{
    return has_form(form, value) && tamis_field_take_instead(field, values, i, value);
}

static gboolean
complete(TamisFieldQuery *field, Form form, const char *const *ways, const char *found,
         GPtrArray *values, guint i)
{
    g_autoptr(GString) value = g_string_new(NULL);

    for (guint way = 0; ways[way] != NULL; way++) {
        g_string_assign(value, ways[way]);
        g_string_replace(value, "%", found, 1);
        if (take(field, form, values, i, value->str))
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
    return take(field, ADDRESSES, values, i, name->str);
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
        take(field, ADDRESSES, values, i, value->str);
    field->solver->texts.steps = steps;
    return found;
}

static void
find_addresses(TamisFieldQuery *field, GPtrArray *values, guint i)
{
    g_autofree char *found = g_strdup(g_ptr_array_index(values, i));
    g_autofree char *whole = complete_parts(found);

    if (!name_address(field, whole, values, i) &&
        (strchr(whole, ' ') != NULL || !complete(field, ADDRESSES, in_domains, whole, values, i)) &&
        !complete(field, ADDRESSES, in_addresses, whole, values, i) &&
        !complete(field, ADDRESSES, in_addresses, found, values, i))
        search(field, values, i);
}

static void
find_identifier(TamisFieldQuery *field, GPtrArray *values, guint i)
{
    g_autofree char *found = g_strdup(g_ptr_array_index(values, i));

    complete(field, IDENTIFIER, in_identifiers, found, values, i);
}

/* Some day of the year before it arrived. */
static void
find_date(TamisFieldQuery *field, GPtrArray *values, guint i)
{
    const TamisDraft *draft = &field->solver->draft;
    TamisInstant last =
        draft->has_instant ? draft->instant : MAX(field->solver->options.not_before, 0);
    gboolean found = FALSE;

    for (guint day = 0; day < DAYS && !found; day++) {
        g_autofree char *date = tamis_draft_date(last - (TamisInstant)day * 86400, 0);

        found = take(field, DATE, values, i, date);
    }
}

void
tamis_field_give_form(TamisFieldQuery *field, GPtrArray *values)
{
    Form form = form_of(field->name);

    if (form == ANY_TEXT || field->texts->len == 0 || field->dates->len > 0)
        return;
    for (guint i = 0; i < values->len; i++) {
        const char *value = g_ptr_array_index(values, i);

        if (has_form(form, value) || strlen(value) > MAX_TEXT_BYTES)
            continue;
        if (form == DATE)
            find_date(field, values, i);
        else if (form == IDENTIFIER)
            find_identifier(field, values, i);
        else
            find_addresses(field, values, i);
    }
}
