/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A body. Plain text where that will do; else parts: one for each test that holds, of a type that the test looks at, with
 * a text that passes every test of such parts that does not hold. What is put together is checked as a whole. */
#include "model/compare.h"
#include "model/solve/query.h"

#include <string.h>

enum { MAX_PARTS = 12, MAX_TYPES = 64 };

#define PLAIN     "text/plain"
#define OPEN_BODY "a body of parts that could not be put together"

typedef struct {
    char *type; /* lower case */
    GString *text;
} Part;

typedef struct {
    TamisSolver *solver;
    const TamisClaim *claims;
    guint n;
    GPtrArray *types; /* of char *: one of each kind that some test tells apart */
    GArray *parts;    /* of Part */
} Body;

static const TamisAtom *
atom_of(const Body *body, guint i)
{
    return tamis_leaf(body->solver, body->claims[i])->atom;
}

static gboolean
is_negated(const Body *body, guint i)
{
    return tamis_claim_is_negated(body->claims[i]);
}

static const char *
name_at(const Body *body, const TamisAtom *atom, guint32 i)
{
    return tamis_strings_get(body->solver->texts.strings,
                             tamis_formulas_list_get(body->solver->formulas, atom->names, i));
}

/* Types ------------------------------------------------------------------------------------------ */

static gboolean
is_html(const char *type)
{
    return strcmp(type, "text/html") == 0 || strcmp(type, TAMIS_XHTML_TYPE) == 0;
}

/* RFC 5173, 5.2: whether a test looks at parts of this type. */
static gboolean
looks_at(const Body *body, const TamisAtom *atom, const char *type)
{
    if (atom->transform == TAMIS_BODY_RAW)
        return TRUE;
    if (atom->transform == TAMIS_BODY_TEXT)
        return g_str_has_prefix(type, "text/") || strcmp(type, TAMIS_XHTML_TYPE) == 0;
    return tamis_atom_names_type(body->solver->formulas, atom, type);
}

/* What holds other parts is not made here. */
static gboolean
can_be_made(const char *type)
{
    return !g_str_has_prefix(type, "multipart/") && !g_str_has_prefix(type, "message/");
}

static void
add_type(Body *body, const char *type)
{
    for (guint i = 0; i < body->types->len; i++)
        if (strcmp(g_ptr_array_index(body->types, i), type) == 0)
            return;
    if (body->types->len < MAX_TYPES)
        g_ptr_array_add(body->types, g_strdup(type));
}

static void
find_types(Body *body)
{
    static const char *const usual[] = {"text/plain",     "text/html",
                                        "text/x-other",   "application/x-other",
                                        TAMIS_XHTML_TYPE, "chemical/x-other"};

    for (guint i = 0; i < G_N_ELEMENTS(usual); i++)
        add_type(body, usual[i]);
    for (guint i = 0; i < body->n; i++) {
        const TamisAtom *atom = atom_of(body, i);

        for (guint32 k = 0; atom->transform == TAMIS_BODY_CONTENT && k < atom->names.n; k++) {
            g_autofree char *name = g_ascii_strdown(name_at(body, atom, k), -1);
            const char *slash = strchr(name, '/');
            g_autofree char *other = g_strdup_printf(
                "%.*s/x-other", (int)(slash != NULL ? (gsize)(slash - name) : strlen(name)), name);

            if (slash != NULL && slash[1] != '\0')
                add_type(body, name);
            if (*name != '\0' && *name != '/')
                add_type(body, other);
        }
    }
}

/* Texts ------------------------------------------------------------------------------------------ */

/* Of HTML the tests of texts see something else than those of contents. */
static gboolean
sees_the_same(const char *type, const TamisAtom *a, const TamisAtom *b)
{
    return !is_html(type) || (a->transform == TAMIS_BODY_TEXT) == (b->transform == TAMIS_BODY_TEXT);
}

/* A text for a part of the type that meets what is wanted (claim; n: nothing) and all that must not hold. */
static TamisTextResult
solve_part(const Body *body, const char *type, guint wanted, gboolean with_raw, GString *out_text)
{
    g_autofree TamisTextTest *tests = g_new(TamisTextTest, body->n + 1);
    guint n = 0;

    for (guint i = 0; i < body->n; i++) {
        const TamisAtom *atom = atom_of(body, i);
        gboolean counts = atom->match == TAMIS_KEYS_COUNT;
        gboolean same = wanted == body->n || sees_the_same(type, atom_of(body, wanted), atom);

        if (counts || (i != wanted && (!is_negated(body, i) || !looks_at(body, atom, type) ||
                                       !same || (atom->transform == TAMIS_BODY_RAW && !with_raw))))
            continue;
        tests[n++] = (TamisTextTest){atom, TAMIS_SCOPE_TEXT, is_negated(body, i), body->claims[i]};
    }
    return tamis_texts_solve(&body->solver->texts, TAMIS_SHAPE_BODY, tests, n, out_text);
}

static gboolean
add_part(Body *body, guint wanted)
{
    for (guint i = 0; i < body->types->len && body->parts->len < MAX_PARTS; i++) {
        const char *type = g_ptr_array_index(body->types, i);
        Part part = {NULL, NULL};

        if (!can_be_made(type) ||
            (wanted < body->n && !looks_at(body, atom_of(body, wanted), type)))
            continue;
        part.text = g_string_new(NULL);
        if (solve_part(body, type, wanted, TRUE, part.text) == TAMIS_TEXT_FOUND) {
            part.type = g_strdup(type);
            g_array_append_val(body->parts, part);
            return TRUE;
        }
        g_string_free(part.text, TRUE);
    }
    return FALSE;
}

static void
clear_part(gpointer data)
{
    Part *part = data;

    g_free(part->type);
    g_string_free(part->text, TRUE);
}

/* The whole -------------------------------------------------------------------------------------- */

static void
append_type(GString *out, const Part *part)
{
    g_string_append(out, part->type);
    if (g_str_has_prefix(part->type, "text/") || strcmp(part->type, TAMIS_XHTML_TYPE) == 0)
        g_string_append(out, "; charset=utf-8");
}

/* Whether a line feed comes without a carriage return: what is sent as text has none. */
static gboolean
has_lone_line_feed(const GString *text)
{
    for (const char *at = strchr(text->str, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        if (at == text->str || at[-1] != '\r')
            return TRUE;
    return FALSE;
}

static void
append_coded(GString *out, const GString *text)
{
    enum { LINE_BYTES = 54 };

    g_string_append(out, "base64\n\n");
    for (gsize i = 0; i < text->len; i += LINE_BYTES) {
        g_autofree char *line =
            g_base64_encode((const guchar *)text->str + i, MIN(LINE_BYTES, text->len - i));

        g_string_append(out, line);
        g_string_append_c(out, '\n');
    }
}

static void
assemble(const Body *body, GString *out_type, GString *out_text)
{
    g_autoptr(GString) boundary = g_string_new("next");

    g_string_truncate(out_type, 0);
    g_string_truncate(out_text, 0);
    if (body->parts->len == 1 && !has_lone_line_feed(g_array_index(body->parts, Part, 0).text)) {
        append_type(out_type, &g_array_index(body->parts, Part, 0));
        g_string_append(out_text, g_array_index(body->parts, Part, 0).text->str);
        return;
    }
    for (guint i = 0; i < body->parts->len; i++)
        while (strstr(g_array_index(body->parts, Part, i).text->str, boundary->str) != NULL)
            g_string_append_c(boundary, 'x');
    g_string_printf(out_type, "multipart/mixed; boundary=%s", boundary->str);
    for (guint i = 0; i < body->parts->len; i++) {
        const Part *part = &g_array_index(body->parts, Part, i);

        g_string_append_printf(out_text, "--%s\nContent-Type: ", boundary->str);
        append_type(out_text, part);
        g_string_append(out_text, "\nContent-Transfer-Encoding: ");
        if (has_lone_line_feed(part->text))
            append_coded(out_text, part->text);
        else
            g_string_append_printf(out_text, "8bit\n\n%s\n", part->text->str);
    }
    g_string_append_printf(out_text, "--%s--\n", boundary->str);
}

/* Of one message with this body: the first test that is not as it should be; n: none. */
static guint
find_fault(const Body *body, const char *type, const char *text)
{
    static const TamisFlow no_flow = {0};
    static const TamisDelivery delivery = {"", "", 0, {0}};
    TamisSolver *solver = body->solver;
    g_autoptr(TamisMessage) message = tamis_message_new();
    g_autoptr(TamisEvaluation) evaluation = NULL;

    tamis_message_append_header(message, "Content-Type", type);
    tamis_message_set_body(message, text);
    evaluation = tamis_evaluation_new(solver->formulas, NULL, &no_flow, message, &delivery, NULL,
                                      solver->texts.delimiter);
    for (guint i = 0; i < body->n; i++)
        if (tamis_evaluation_holds(evaluation, tamis_leaf(solver, body->claims[i])->formula) ==
            is_negated(body, i))
            return i;
    return body->n;
}

/* A part for each test that holds, and more where parts are counted. */
static gboolean
solve_parts(Body *body, guint n_least)
{
    TamisDraft *draft = &body->solver->draft;

    for (guint i = 0; i < body->n; i++)
        if (!is_negated(body, i) && atom_of(body, i)->match != TAMIS_KEYS_COUNT &&
            !add_part(body, i))
            return FALSE;
    while (body->parts->len < n_least)
        if (!add_part(body, body->n))
            return FALSE;
    for (guint round = 0; round < MAX_PARTS; round++) {
        guint fault;

        assemble(body, draft->body_type, draft->body);
        fault = find_fault(body, draft->body_type->str, draft->body->str);
        if (fault == body->n)
            return TRUE;
        if (atom_of(body, fault)->match != TAMIS_KEYS_COUNT)
            return FALSE;
        if (!add_part(body, looks_at(body, atom_of(body, fault), "text/plain") ? body->n : fault))
            return FALSE;
    }
    return FALSE;
}

/* Proofs ----------------------------------------------------------------------------------------- */

/* What is tested as it is sent is one text. */
static gboolean
is_impossible_raw(const Body *body, GString *text)
{
    g_autofree TamisTextTest *tests = g_new(TamisTextTest, body->n);
    guint n = 0;

    for (guint i = 0; i < body->n; i++) {
        const TamisAtom *atom = atom_of(body, i);

        if (atom->transform != TAMIS_BODY_RAW)
            continue;
        if (atom->match != TAMIS_KEYS_COUNT)
            tests[n++] =
                (TamisTextTest){atom, TAMIS_SCOPE_TEXT, is_negated(body, i), body->claims[i]};
        else if (tamis_count_holds(body->solver, atom, 1) == is_negated(body, i))
            return TRUE;
    }
    return n > 0 && tamis_texts_solve(&body->solver->texts, TAMIS_SHAPE_BODY, tests, n, text) ==
                        TAMIS_TEXT_NONE;
}

/* Whether no part of any type meets a test that has to hold. */
static gboolean
is_impossible_alone(const Body *body, guint wanted, GString *text)
{
    for (guint i = 0; i < body->types->len; i++) {
        const char *type = g_ptr_array_index(body->types, i);

        if (looks_at(body, atom_of(body, wanted), type) &&
            solve_part(body, type, wanted, FALSE, text) != TAMIS_TEXT_NONE)
            return FALSE;
    }
    return body->types->len < MAX_TYPES;
}

static gboolean
is_impossible(const Body *body)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (is_impossible_raw(body, text))
        return TRUE;
    for (guint i = 0; i < body->n; i++) {
        const TamisAtom *atom = atom_of(body, i);

        if (!is_negated(body, i) && atom->transform != TAMIS_BODY_RAW &&
            atom->match != TAMIS_KEYS_COUNT && is_impossible_alone(body, i, text))
            return TRUE;
    }
    return FALSE;
}

/* All of it -------------------------------------------------------------------------------------- */

/* One part that is plain text. */
static TamisTextResult
solve_plain(const Body *body)
{
    g_autofree TamisTextTest *tests = g_new(TamisTextTest, body->n);
    guint n = 0;

    for (guint i = 0; i < body->n; i++) {
        const TamisAtom *atom = atom_of(body, i);
        gboolean looks = looks_at(body, atom, "text/plain");

        if (atom->match == TAMIS_KEYS_COUNT) {
            if (tamis_count_holds(body->solver, atom, looks) == is_negated(body, i))
                return TAMIS_TEXT_NONE;
        } else if (looks) {
            tests[n++] =
                (TamisTextTest){atom, TAMIS_SCOPE_TEXT, is_negated(body, i), body->claims[i]};
        } else if (!is_negated(body, i)) {
            return TAMIS_TEXT_NONE;
        }
    }
    return tamis_texts_solve(&body->solver->texts, TAMIS_SHAPE_BODY, tests, n,
                             body->solver->draft.body);
}

TamisTextResult
tamis_body_check(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    g_autoptr(GPtrArray) types = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Part));
    Body body = {solver, claims, n, types, parts};
    TamisTextResult result = solve_plain(&body);

    g_string_truncate(solver->draft.body_type, 0);
    /* A body without a text has no part either, which tests may want, or not. */
    if (result != TAMIS_TEXT_FOUND || solver->draft.body->len == 0 ||
        (has_lone_line_feed(solver->draft.body) && !tamis_body_fits(solver, claims, n, PLAIN))) {
        g_string_truncate(solver->draft.body, 0);
        result = find_fault(&body, PLAIN, "") == n ? TAMIS_TEXT_FOUND : TAMIS_TEXT_UNKNOWN;
    }
    solver->draft.has_body = result == TAMIS_TEXT_FOUND;
    if (result == TAMIS_TEXT_FOUND)
        return result;
    g_array_set_clear_func(parts, clear_part);
    find_types(&body);
    solver->draft.has_body = solve_parts(&body, 1);
    if (solver->draft.has_body)
        return TAMIS_TEXT_FOUND;
    g_string_truncate(solver->draft.body_type, 0);
    if (is_impossible(&body))
        return TAMIS_TEXT_NONE;
    solver->texts.reason = OPEN_BODY;
    return TAMIS_TEXT_UNKNOWN;
}

gboolean
tamis_body_solve_multipart(TamisSolver *solver, const TamisClaim *claims, guint n)
{
    g_autoptr(GPtrArray) types = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Part));
    Body body = {solver, claims, n, types, parts};

    g_array_set_clear_func(parts, clear_part);
    find_types(&body);
    return solve_parts(&body, 2);
}

gboolean
tamis_body_fits(TamisSolver *solver, const TamisClaim *claims, guint n, const char *type)
{
    Body body = {solver, claims, n, NULL, NULL};

    return find_fault(&body, type, solver->draft.body->str) == n;
}
