/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One value of a header field: a text, an address, or a text with an address in it. */
#include "model/solve/query.h"

#include <string.h>

#define READ_APART "a header whose text and whose addresses are tested together"

/* Reading ---------------------------------------------------------------------------------------- */

TamisValueAddresses
tamis_value_read(TamisSolver *solver, const char *value)
{
    TamisValueAddresses read = {NULL, 0};

    read.at = tamis_addresses_read(solver->texts.arena, value, &read.n);
    return read;
}

guint
tamis_value_count_addresses(TamisSolver *solver, const char *value)
{
    TamisArenaMark mark = tamis_arena_mark(solver->texts.arena);
    guint n = tamis_value_read(solver, value).n;

    tamis_arena_release(solver->texts.arena, mark);
    return n;
}

/* As evaluation has it: of what is no address only the whole is looked at; of nothing at all every part is empty. */
static gboolean
address_meets(TamisSolver *solver, const TamisTextTest *test, const TamisMailAddress *address)
{
    TamisTextTest holds = *test;

    if (*address->whole == '\0')
        return tamis_texts_meets(&solver->texts, test->atom, "", 0);
    if (!address->is_valid && test->scope != TAMIS_SCOPE_WHOLE)
        return FALSE;
    holds.negated = FALSE;
    return tamis_texts_passes(&solver->texts, &holds, address->whole, strlen(address->whole));
}

gboolean
tamis_value_has_address(TamisSolver *solver, TamisValueAddresses addresses,
                        const TamisTextTest *test)
{
    for (guint i = 0; i < addresses.n; i++)
        if (address_meets(solver, test, &addresses.at[i]))
            return TRUE;
    return FALSE;
}

static gboolean
addresses_pass(TamisSolver *solver, const char *value, const TamisTextTest *tests, guint n)
{
    TamisValueAddresses read = tamis_value_read(solver, value);

    for (guint i = 0; i < n; i++)
        if (tamis_value_has_address(solver, read, &tests[i]) == tests[i].negated)
            return FALSE;
    return TRUE;
}

gboolean
tamis_value_passes(TamisSolver *solver, const char *value, const TamisTextTest *texts,
                   guint n_texts, const TamisTextTest *addresses, guint n_addresses)
{
    TamisArenaMark mark;
    gboolean pass;

    if (!tamis_texts_all_pass(&solver->texts, texts, n_texts, value, strlen(value)))
        return FALSE;
    if (n_addresses == 0)
        return TRUE;
    mark = tamis_arena_mark(solver->texts.arena);
    pass = addresses_pass(solver, value, addresses, n_addresses);
    tamis_arena_release(solver->texts.arena, mark);
    return pass;
}

/* Addresses -------------------------------------------------------------------------------------- */

static gboolean
all_negated(const TamisTextTest *tests, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (!tests[i].negated)
            return FALSE;
    }
    return TRUE;
}

/* The tests as one lot. */
typedef struct {
    TamisSolver *solver;
    const char *field;
    const TamisTextTest *texts, *addresses;
    guint n_texts, n_addresses;
} Value;

static gboolean
is_good(const Value *value, const char *text)
{
    return tamis_value_passes(value->solver, text, value->texts, value->n_texts, value->addresses,
                              value->n_addresses);
}

static void
copy_tests(TamisTextTest *to, const TamisTextTest *from, guint n)
{
    if (n > 0) /* from may be NULL then */
        memcpy(to, from, n * sizeof *to);
}

/* A text without an address: engines compare it as it stands, and it has no parts. One with an `@` that is no
 * address is not looked for. */
static TamisTextResult
solve_unaddressed(const Value *value, GString *out_value)
{
    TamisTexts *texts = &value->solver->texts;
    TamisString at = tamis_strings_add(texts->strings, "@", 1);
    TamisAtom has_at = {.kind = TAMIS_ATOM_HEADER,
                        .match = TAMIS_KEYS_CONTAIN,
                        .keys = tamis_formulas_list(texts->formulas, &at, 1)};
    g_autofree TamisTextTest *tests = g_new(TamisTextTest, value->n_texts + value->n_addresses + 1);
    guint n = value->n_texts;
    TamisTextResult result;

    g_string_truncate(out_value, 0);
    if (is_good(value, ""))
        return TAMIS_TEXT_FOUND;
    copy_tests(tests, value->texts, n);
    for (guint i = 0; i < value->n_addresses; i++) {
        if (value->addresses[i].scope != TAMIS_SCOPE_WHOLE && !value->addresses[i].negated)
            return TAMIS_TEXT_NONE;
        if (value->addresses[i].scope != TAMIS_SCOPE_WHOLE)
            continue;
        tests[n] = value->addresses[i];
        tests[n++].scope = TAMIS_SCOPE_TEXT;
    }
    tests[n++] = (TamisTextTest){&has_at, TAMIS_SCOPE_TEXT, TRUE, 0};
    result = tamis_texts_solve(texts, TAMIS_SHAPE_TEXT, tests, n, out_value);
    if (result == TAMIS_TEXT_FOUND && !is_good(value, out_value->str)) {
        texts->reason = READ_APART;
        return TAMIS_TEXT_UNKNOWN;
    }
    return result;
}

static gboolean
try_address(const Value *value, const char *address, gsize length, GString *out_value)
{
    TamisShape plain = {.kind = TAMIS_SHAPE_SPEC}, text = {.kind = TAMIS_SHAPE_TEXT};
    gboolean is_address = memchr(address, '@', length) != NULL;

    if (is_address && !tamis_texts_all_pass(&value->solver->texts, value->addresses,
                                            value->n_addresses, address, length))
        return FALSE;
    if (!tamis_shape_takes(&text, address, length))
        return FALSE;
    g_string_truncate(out_value, 0);
    g_string_append_len(out_value, address, (gssize)length);
    if (tamis_shape_takes(&plain, address, length) || is_good(value, out_value->str))
        return TRUE;
    g_string_prepend_c(out_value, '<');
    g_string_append_c(out_value, '>');
    return is_address && is_good(value, out_value->str);
}

/* Where a test leaves finitely many addresses, each of them. */
static TamisTextResult
try_addresses(const Value *value, GString *out_value)
{
    TamisTexts *texts = &value->solver->texts;
    gboolean exact = FALSE;
    guint finite =
        tamis_texts_finite(texts, value->addresses, value->n_addresses, TAMIS_SCOPE_WHOLE, &exact);
    const TamisAtom *atom = finite != G_MAXUINT ? value->addresses[finite].atom : NULL;

    for (guint32 i = 0; atom != NULL && i < atom->keys.n; i++) {
        gsize length = 0;
        const char *key = tamis_texts_key(texts, atom, i, &length);

        texts->steps -= MIN(texts->steps - 1, value->n_addresses);
        if (try_address(value, key, length, out_value))
            return TAMIS_TEXT_FOUND;
    }
    return atom != NULL && exact ? TAMIS_TEXT_NONE : TAMIS_TEXT_UNKNOWN;
}

static TamisTextResult
solve_address(const Value *value, GString *out_value)
{
    static const char none[] = "undisclosed-recipients:;";
    TamisTexts *texts = &value->solver->texts;
    GString *address = texts->address;
    TamisTextResult result = try_addresses(value, out_value), other;

    if (result != TAMIS_TEXT_UNKNOWN)
        return result;
    result =
        tamis_texts_solve(texts, TAMIS_SHAPE_SPEC, value->addresses, value->n_addresses, address);
    if (result == TAMIS_TEXT_FOUND && try_address(value, address->str, address->len, out_value))
        return result;
    if (all_negated(value->addresses, value->n_addresses) && is_good(value, none)) {
        g_string_assign(out_value, none);
        return TAMIS_TEXT_FOUND;
    }
    if (result == TAMIS_TEXT_FOUND) {
        texts->reason = "an address that is hardly one";
        result = TAMIS_TEXT_UNKNOWN;
    }
    other = solve_unaddressed(value, out_value);
    return other == TAMIS_TEXT_NONE ? result : other;
}

/* Text and address together ---------------------------------------------------------------------- */

static gboolean
try_keys(const Value *value, guint finite, GString *out_value)
{
    const TamisAtom *atom = value->texts[finite].atom;
    TamisShape shape = {.kind = TAMIS_SHAPE_TEXT};

    for (guint32 i = 0; i < atom->keys.n && value->solver->texts.steps > 100; i++) {
        gsize length = 0;
        const char *key = tamis_texts_key(&value->solver->texts, atom, i, &length);

        value->solver->texts.steps -= 50;
        if (tamis_shape_takes(&shape, key, length) && is_good(value, key)) {
            g_string_assign(out_value, key);
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
try_text(const Value *value, char *text, GString *out_value)
{
    gboolean good = is_good(value, text);

    if (good)
        g_string_assign(out_value, text);
    g_free(text);
    return good;
}

/* An address by its own tests, a name by the text's, put together in the usual ways. */
static gboolean
guess(const Value *value, GString *out_value)
{
    TamisTexts *texts = &value->solver->texts;
    g_autoptr(GString) address = g_string_new(NULL);
    g_autoptr(GString) name = g_string_new(NULL);

    if (!tamis_texts_guess(texts, TAMIS_SHAPE_SPEC, value->addresses, value->n_addresses,
                           address) &&
        tamis_texts_solve(texts, TAMIS_SHAPE_SPEC, value->addresses, value->n_addresses, address) !=
            TAMIS_TEXT_FOUND)
        return FALSE;
    if (try_text(value, g_strdup(address->str), out_value))
        return TRUE;
    if (!tamis_texts_guess(texts, TAMIS_SHAPE_TEXT, value->texts, value->n_texts, name))
        return FALSE;
    /* A name with an `@` stands in quotes. */
    if (strchr(name->str, '@') != NULL &&
        (try_text(value, g_strdup(name->str), out_value) ||
         try_text(value, g_strdup_printf("\"%s\" <%s>", name->str, address->str), out_value)))
        return TRUE;
    return try_text(value, g_strdup_printf("%s <%s>", name->str, address->str), out_value) ||
           try_text(value, g_strdup_printf("\"%s\" <%s>", name->str, address->str), out_value) ||
           try_text(value, g_strdup(name->str), out_value);
}

static TamisTextResult
search(const Value *value, GString *out_value)
{
    guint n = value->n_texts + value->n_addresses;
    g_autofree TamisTextTest *tests = g_new(TamisTextTest, n);
    TamisTexts *texts = &value->solver->texts;
    TamisTextResult result;

    copy_tests(tests, value->texts, value->n_texts);
    copy_tests(tests + value->n_texts, value->addresses, value->n_addresses);
    result = tamis_texts_solve(
        texts, tamis_header_is_single(value->field) ? TAMIS_SHAPE_MAILBOX : TAMIS_SHAPE_MAILBOXES,
        tests, n, out_value);
    if (result == TAMIS_TEXT_FOUND && !is_good(value, out_value->str)) {
        texts->reason = READ_APART;
        return TAMIS_TEXT_UNKNOWN;
    }
    return result;
}

TamisTextResult
tamis_value_solve_addressed(TamisSolver *solver, const char *field, const TamisTextTest *texts,
                            guint n_texts, const TamisTextTest *addresses, guint n_addresses,
                            GString *out_value)
{
    Value value = {solver, field, texts, addresses, n_texts, n_addresses};

    return search(&value, out_value);
}

/* Where no address has to be there, a text may do alone. */
static gboolean
solve_text_alone(const Value *value, GString *out_value)
{
    return all_negated(value->addresses, value->n_addresses) &&
           tamis_texts_solve(&value->solver->texts, TAMIS_SHAPE_TEXT, value->texts, value->n_texts,
                             out_value) == TAMIS_TEXT_FOUND &&
           is_good(value, out_value->str);
}

/* Whether no address can be what one of the tests asks for (G_MAXUINT: what all of them do). */
static gboolean
no_address_meets(const Value *value, guint wanted, GString *text)
{
    g_autofree TamisTextTest *tests = g_new(TamisTextTest, value->n_addresses);
    guint n = 0;

    for (guint i = 0; i < value->n_addresses; i++) {
        if (wanted == G_MAXUINT || i == wanted || value->addresses[i].negated)
            tests[n++] = value->addresses[i];
    }
    return tamis_texts_solve(&value->solver->texts, TAMIS_SHAPE_SPEC, tests, n, text) ==
           TAMIS_TEXT_NONE;
}

/* Whether the text alone cannot be, or an address that has to be there cannot. */
static gboolean
is_impossible_apart(const Value *value, GString *text)
{
    if (tamis_texts_solve(&value->solver->texts, TAMIS_SHAPE_TEXT, value->texts, value->n_texts,
                          text) == TAMIS_TEXT_NONE)
        return TRUE;
    if (all_negated(value->addresses, value->n_addresses))
        return FALSE;
    if (tamis_header_is_single(value->field))
        return no_address_meets(value, G_MAXUINT, text);
    for (guint i = 0; i < value->n_addresses; i++) {
        if (!value->addresses[i].negated && no_address_meets(value, i, text))
            return TRUE;
    }
    return FALSE;
}

static TamisTextResult
solve_both(const Value *value, GString *out_value)
{
    gboolean exact = FALSE;
    TamisTextResult result, unaddressed;
    guint finite = tamis_texts_finite(&value->solver->texts, value->texts, value->n_texts,
                                      TAMIS_SCOPE_TEXT, &exact);

    if (finite != G_MAXUINT) {
        if (try_keys(value, finite, out_value))
            return TAMIS_TEXT_FOUND;
        for (guint i = 0; i < value->n_addresses; i++)
            exact &= value->addresses[i].atom->comparator != TAMIS_COMPARATOR_OCTET;
        if (exact)
            return TAMIS_TEXT_NONE;
    }
    if (guess(value, out_value) || solve_text_alone(value, out_value))
        return TAMIS_TEXT_FOUND;
    result = is_impossible_apart(value, out_value) ? TAMIS_TEXT_NONE : search(value, out_value);
    if (result == TAMIS_TEXT_FOUND)
        return result;
    unaddressed = solve_unaddressed(value, out_value);
    return unaddressed == TAMIS_TEXT_NONE ? result : unaddressed;
}

TamisTextResult
tamis_value_solve(TamisSolver *solver, const char *field, const TamisTextTest *texts, guint n_texts,
                  const TamisTextTest *addresses, guint n_addresses, GString *out_value)
{
    Value value = {solver, field, texts, addresses, n_texts, n_addresses};

    if (n_addresses == 0)
        return tamis_texts_solve(&solver->texts, TAMIS_SHAPE_TEXT, texts, n_texts, out_value);
    if (n_texts == 0)
        return solve_address(&value, out_value);
    return solve_both(&value, out_value);
}
