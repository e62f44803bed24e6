/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests to formulas: not, allof, anyof, and which file reads what else there is. What nothing but the run itself
 * can tell is an opaque atom. */
#include "compiler/flow-of-sieve-private.h"

TamisFormula
tamis_walk_opaque(TamisWalk *walk, TamisSpan span)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_OPAQUE, .version = walk->changes->len, .span = span};

    walk->n_opaque++;
    return tamis_formulas_atom(walk->formulas, &atom);
}

static gboolean
read_nothing(G_GNUC_UNUSED TamisWalk *walk, G_GNUC_UNUSED const TamisSieveBound *bound,
             G_GNUC_UNUSED TamisSpan span, G_GNUC_UNUSED TamisFormula *out)
{
    return FALSE;
}

/* A variable that the program writes to depends on it. */
static gboolean
read_execute(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
             G_GNUC_UNUSED TamisFormula *out)
{
    const TamisSieveArgument *output = tamis_sieve_bound_value(bound, TAMIS_TAG_OUTPUT);

    if (output != NULL)
        tamis_walk_assign(
            walk, tamis_walk_variable(walk, output->strings->text, output->strings->length_bytes),
            0, FALSE);
    return FALSE;
}

/* Any test -------------------------------------------------------------------------------------- */

static TamisFormula
read_not(TamisWalk *walk, const TamisSieveTest *test)
{
    TamisThrough filter = walk->filter;
    TamisFormula formula = test->tests != NULL ? tamis_walk_test(walk, test->tests)
                                               : tamis_walk_opaque(walk, test->span);

    walk->filter = filter;
    return tamis_walk_not(walk, formula);
}

static TamisWalkRead
reader_of(guint word)
{
    switch (word) {
    case TAMIS_WORD_HEADER:
    case TAMIS_WORD_ADDRESS:
    case TAMIS_WORD_EXISTS:
        return tamis_walk_read_fields;
    case TAMIS_WORD_ENVELOPE:
        return tamis_walk_read_envelope;
    case TAMIS_WORD_SIZE:
        return tamis_walk_read_size;
    case TAMIS_WORD_BODY:
        return tamis_walk_read_body;
    case TAMIS_WORD_SPAMTEST:
    case TAMIS_WORD_VIRUSTEST:
        return tamis_walk_read_grade;
    case TAMIS_WORD_DATE:
    case TAMIS_WORD_CURRENTDATE:
        return tamis_walk_read_date;
    case TAMIS_WORD_STRING:
        return tamis_walk_read_string;
    case TAMIS_WORD_HASFLAG:
        return tamis_walk_read_hasflag;
    case TAMIS_WORD_IHAVE:
        return tamis_walk_read_ihave;
    case TAMIS_WORD_ENVIRONMENT:
        return tamis_walk_read_environment;
    case TAMIS_WORD_MAILBOXEXISTS:
        return tamis_walk_read_mailboxexists;
    case TAMIS_WORD_EXECUTE:
        return read_execute;
    default:
        return read_nothing;
    }
}

/* For tamis_walk_each_case: adds to walk->result what the case says. */
static void
read_case(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    TamisFormula formula = TAMIS_FORMULA_FALSE;
    gboolean is_read = reader_of(bound->word->id)(walk, bound, span, &formula);

    if (walk->split != NULL)
        return;
    if (!is_read)
        formula = tamis_walk_opaque(walk, span);
    for (guint i = 0; i < walk->held->len; i++)
        formula =
            tamis_walk_all(walk, formula, g_array_index(walk->held, TamisHeld, i).value->guard);
    walk->result = tamis_walk_any(walk, walk->result, formula);
}

static TamisFormula
read_leaf(TamisWalk *walk, const TamisSieveWord *word, const TamisSieveTest *test)
{
    TamisSieveBound bound;
    TamisFormula outer = walk->result, result;

    word = tamis_sieve_choose_word(word, &walk->frame->available);
    tamis_sieve_bind(word, test->arguments, test->span, NULL, &bound);
    if (!bound.is_complete)
        return tamis_walk_opaque(walk, test->span);
    if (word->id == TAMIS_WORD_FILTER) {
        tamis_walk_filter(walk, &bound, test->span);
        return TAMIS_FORMULA_TRUE;
    }
    walk->result = TAMIS_FORMULA_FALSE;
    tamis_walk_each_case(walk, read_case, &bound, test->span);
    result = walk->result;
    walk->result = outer;
    return result;
}

/* Whether it can change the message or a variable. */
static gboolean
has_effects(const TamisSieveTest *test)
{
    if (tamis_sieve_name_is(test->name, test->name_length, "filter") ||
        tamis_sieve_name_is(test->name, test->name_length, "execute"))
        return TRUE;
    for (const TamisSieveTest *inner = test->tests; inner != NULL; inner = inner->next)
        if (has_effects(inner))
            return TRUE;
    return FALSE;
}

/* allof and anyof: a test is run only where those before it have not decided. */
static TamisFormula
read_list(TamisWalk *walk, const TamisSieveTest *tests, gboolean all)
{
    g_autoptr(GArray) formulas = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    TamisFormula outer = walk->guard;
    TamisThrough filter = walk->filter;
    gboolean effects = FALSE;

    for (const TamisSieveTest *test = tests; test != NULL; test = test->next)
        effects |= has_effects(test);
    for (const TamisSieveTest *test = tests; test != NULL; test = test->next) {
        TamisFormula formula = tamis_walk_test(walk, test);

        g_array_append_val(formulas, formula);
        if (effects) /* the guard matters to what a test does, not to what it says */
            walk->guard =
                tamis_walk_all(walk, walk->guard, all ? formula : tamis_walk_not(walk, formula));
    }
    walk->guard = outer;
    if (all)
        return tamis_formulas_and(walk->formulas, (TamisFormula *)formulas->data, formulas->len);
    walk->filter = filter; /* it need not have run */
    return tamis_formulas_or(walk->formulas, (TamisFormula *)formulas->data, formulas->len);
}

static TamisFormula
read_word(TamisWalk *walk, const TamisSieveWord *word, const TamisSieveTest *test)
{
    TamisFormula formula;

    switch (word->id) {
    case TAMIS_WORD_NOT:
        return read_not(walk, test);
    case TAMIS_WORD_ALLOF:
    case TAMIS_WORD_ANYOF:
        return read_list(walk, test->tests, word->id == TAMIS_WORD_ALLOF);
    case TAMIS_WORD_TRUE:
        formula = TAMIS_FORMULA_TRUE;
        break;
    case TAMIS_WORD_FALSE:
        formula = TAMIS_FORMULA_FALSE;
        break;
    default:
        formula = read_leaf(walk, word, test);
        break;
    }
    walk->has_switches |= formula <= TAMIS_FORMULA_TRUE;
    return formula;
}

TamisFormula
tamis_walk_test(TamisWalk *walk, const TamisSieveTest *test)
{
    const TamisSieveWord *word = tamis_sieve_find_test(test->name, test->name_length);

    return word != NULL ? read_word(walk, word, test) : tamis_walk_opaque(walk, test->span);
}
