/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libfa intersects what each text has to be, for each choice of what does for a group; z3 is given all of it. */
#include "peers.h"

#include <stdlib.h>
#include <string.h>
#ifdef HAVE_FA
#include <fa.h>
#endif
#ifdef HAVE_Z3
#include <z3.h>
#endif

static G_GNUC_UNUSED const PeerTest *
test_of(const GArray *tests, guint i)
{
    return &g_array_index(tests, PeerTest, i);
}

/* libfa ------------------------------------------------------------------------------------------ */

#ifdef HAVE_FA
const gboolean peers_have_fa = TRUE;

enum { MAX_GROUPS = 16 };

static struct fa *
compile(const char *expression)
{
    struct fa *automaton = NULL;

    if (fa_compile(expression, strlen(expression), &automaton) != REG_NOERROR)
        g_error("libfa takes no %s", expression);
    return automaton;
}

static gboolean
has_text(struct fa *automaton)
{
    char *example = NULL;
    size_t length = 0;
    gboolean has = !fa_is_basic(automaton, FA_EMPTY);

    if (has) {
        fa_example(automaton, &example, &length);
        has = example != NULL;
        free(example);
    }
    return has;
}

/* Whether a text passes its tests; of groups those that chosen names: a test's index by group. */
static gboolean
text_can_be(const GArray *tests, guint text, const guint *chosen)
{
    struct fa *all = compile(".*");
    gboolean can_be;

    for (guint i = 0; i < tests->len; i++) {
        const PeerTest *test = test_of(tests, i);
        struct fa *one, *both;

        if (test->text != text || (test->group != 0 && chosen[test->group] != i))
            continue;
        one = compile(test->language);
        both = test->negated ? fa_minus(all, one) : fa_intersect(all, one);
        fa_free(one);
        fa_free(all);
        all = both;
    }
    can_be = has_text(all);
    fa_free(all);
    return can_be;
}

static gboolean
choose(const GArray *tests, guint n_texts, guint group, guint *chosen)
{
    gboolean is_group = FALSE;

    for (guint i = 0; i < tests->len && group < MAX_GROUPS; i++) {
        if (test_of(tests, i)->group != group)
            continue;
        is_group = TRUE;
        chosen[group] = i;
        if (choose(tests, n_texts, group + 1, chosen))
            return TRUE;
    }
    for (guint text = 0; text < n_texts && !is_group; text++)
        if (!text_can_be(tests, text, chosen))
            return FALSE;
    return !is_group;
}

Answer
peers_ask_fa(const GArray *tests, guint n_texts)
{
    guint chosen[MAX_GROUPS + 1] = {0};

    return choose(tests, n_texts, 1, chosen) ? POSSIBLE : IMPOSSIBLE;
}
#else
const gboolean peers_have_fa = FALSE;

Answer
peers_ask_fa(G_GNUC_UNUSED const GArray *tests, G_GNUC_UNUSED guint n_texts)
{
    return OPEN;
}
#endif

/* z3 --------------------------------------------------------------------------------------------- */

#ifdef HAVE_Z3
const gboolean peers_have_z3 = TRUE;

typedef struct {
    Z3_context context;
    Z3_sort strings;
    const char *at;
} Reader;

static Z3_ast
range(Reader *reader, guint8 first, guint8 last)
{
    char low[16], high[16];

    /* What is in a language with the first or last byte is so with all that z3 has besides. */
    g_snprintf(low, sizeof low, "\\u{%x}", first == 1 ? 0 : first);
    g_snprintf(high, sizeof high, "\\u{%x}", last == 255 ? 0x2ffff : last);
    return Z3_mk_re_range(reader->context, Z3_mk_string(reader->context, low),
                          Z3_mk_string(reader->context, high));
}

static Z3_ast
of_bytes(Reader *reader, const gboolean has[256])
{
    Z3_ast ranges[128];
    unsigned n = 0;

    for (guint byte = 1; byte < 256; byte++) {
        guint first = byte;

        if (!has[byte])
            continue;
        while (byte < 255 && has[byte + 1])
            byte++;
        ranges[n++] = range(reader, (guint8)first, (guint8)byte);
    }
    return n == 1 ? ranges[0] : Z3_mk_re_union(reader->context, n, ranges);
}

static Z3_ast
read_brackets(Reader *reader)
{
    gboolean has[256] = {FALSE}, negated = *reader->at == '^';

    for (reader->at += negated; *reader->at != ']'; reader->at++) {
        guint8 first = (guint8)*reader->at, last = first;

        if (reader->at[1] == '-' && reader->at[2] != ']') {
            reader->at += 2;
            last = (guint8)*reader->at;
        }
        for (guint byte = first; byte <= last; byte++)
            has[byte] = TRUE;
    }
    reader->at++;
    for (guint byte = 1; byte < 256 && negated; byte++)
        has[byte] = !has[byte];
    return of_bytes(reader, has);
}

static Z3_ast read_alternatives(Reader *reader);

static Z3_ast
read_piece(Reader *reader)
{
    gboolean any[256];
    char c = *reader->at++;
    Z3_ast inner;

    if (c == '(') {
        inner = read_alternatives(reader);
        reader->at++;
        return inner;
    }
    if (c == '[')
        return read_brackets(reader);
    if (c == '.') {
        for (guint byte = 0; byte < 256; byte++)
            any[byte] = TRUE;
        return of_bytes(reader, any);
    }
    if (c == '\\')
        c = *reader->at++;
    return range(reader, (guint8)c, (guint8)c);
}

static Z3_ast
read_sequence(Reader *reader)
{
    Z3_ast all = Z3_mk_seq_to_re(reader->context, Z3_mk_string(reader->context, ""));
    gboolean is_empty = TRUE;

    while (*reader->at != '\0' && *reader->at != '|' && *reader->at != ')') {
        Z3_ast piece = read_piece(reader), both[2];

        for (; *reader->at != '\0' && strchr("*+?", *reader->at) != NULL; reader->at++)
            piece = *reader->at == '*'   ? Z3_mk_re_star(reader->context, piece)
                    : *reader->at == '+' ? Z3_mk_re_plus(reader->context, piece)
                                         : Z3_mk_re_option(reader->context, piece);
        both[0] = all;
        both[1] = piece;
        all = is_empty ? piece : Z3_mk_re_concat(reader->context, 2, both);
        is_empty = FALSE;
    }
    return all;
}

static Z3_ast
read_alternatives(Reader *reader)
{
    Z3_ast both[2] = {read_sequence(reader), NULL};

    while (*reader->at == '|') {
        reader->at++;
        both[1] = read_sequence(reader);
        both[0] = Z3_mk_re_union(reader->context, 2, both);
    }
    return both[0];
}

/* Where a language is a text alone, or what has one in it, begins or ends with it, z3 has a word for that. */
static Z3_ast
plain_test(Reader *reader, Z3_ast text, const char *language)
{
    gsize length = strlen(language);
    gboolean open_start = g_str_has_prefix(language, ".*");
    gboolean open_end = length > 2 && g_str_has_suffix(language, ".*");
    g_autofree char *inner = NULL;
    Z3_ast part;

    inner = g_strndup(language + (open_start ? 2 : 0),
                      length - (open_start ? 2 : 0) - (open_end ? 2 : 0));
    for (const char *c = inner; *c != '\0'; c++)
        if (!g_ascii_isalnum(*c) && *c != '@' && *c != ' ')
            return NULL;
    part = Z3_mk_string(reader->context, inner);
    if (open_start && open_end)
        return Z3_mk_seq_contains(reader->context, text, part);
    if (open_start)
        return Z3_mk_seq_suffix(reader->context, part, text);
    return open_end ? Z3_mk_seq_prefix(reader->context, part, text)
                    : Z3_mk_eq(reader->context, text, part);
}

static Z3_ast
z3_test(Reader *reader, const PeerTest *test)
{
    char name[16];
    Z3_ast text, holds;

    g_snprintf(name, sizeof name, "t%u", test->text);
    text =
        Z3_mk_const(reader->context, Z3_mk_string_symbol(reader->context, name), reader->strings);
    holds = plain_test(reader, text, test->language);
    if (holds == NULL) {
        reader->at = test->language;
        holds = Z3_mk_seq_in_re(reader->context, text, read_alternatives(reader));
    }
    return test->negated ? Z3_mk_not(reader->context, holds) : holds;
}

static void
assert_all(Reader *reader, Z3_solver solver, const GArray *tests)
{
    for (guint i = 0; i < tests->len; i++) {
        const PeerTest *test = test_of(tests, i);
        Z3_ast any[64];
        unsigned n = 0;

        if (test->group == 0) {
            Z3_solver_assert(reader->context, solver, z3_test(reader, test));
            continue;
        }
        if (i > 0 && test_of(tests, i - 1)->group == test->group)
            continue;
        for (guint k = i; k < tests->len && test_of(tests, k)->group == test->group; k++)
            any[n++] = z3_test(reader, test_of(tests, k));
        Z3_solver_assert(reader->context, solver, Z3_mk_or(reader->context, n, any));
    }
}

Answer
peers_ask_z3(const GArray *tests, G_GNUC_UNUSED guint n_texts, guint limit_ms)
{
    Z3_config config = Z3_mk_config();
    Reader reader = {.context = Z3_mk_context(config)};
    Z3_solver solver = Z3_mk_solver(reader.context);
    Z3_params params;
    Z3_lbool answer;

    Z3_solver_inc_ref(reader.context, solver);
    params = Z3_mk_params(reader.context);
    Z3_params_inc_ref(reader.context, params);
    reader.strings = Z3_mk_string_sort(reader.context);
    Z3_params_set_uint(reader.context, params, Z3_mk_string_symbol(reader.context, "timeout"),
                       limit_ms);
    Z3_solver_set_params(reader.context, solver, params);
    assert_all(&reader, solver, tests);
    answer = Z3_solver_check(reader.context, solver);
    Z3_params_dec_ref(reader.context, params);
    Z3_solver_dec_ref(reader.context, solver);
    Z3_del_context(reader.context);
    Z3_del_config(config);
    return answer == Z3_L_TRUE ? POSSIBLE : answer == Z3_L_FALSE ? IMPOSSIBLE : OPEN;
}
#else
const gboolean peers_have_z3 = FALSE;

Answer
peers_ask_z3(G_GNUC_UNUSED const GArray *tests, G_GNUC_UNUSED guint n_texts,
             G_GNUC_UNUSED guint limit_ms)
{
    return OPEN;
}
#endif
