/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sets first: where a test leaves finitely many values, each is tried. Then guesses that read well, then the
 * product of automata, which decides. */
#include "model/solve/text.h"

#include "model/address.h"
#include "model/compare.h"
#include "model/fold.h"

#include <string.h>

enum { FEW_KEYS = 8, MAX_CHOICES = 64 };

#define LONG_PATTERN   "a pattern with more than 47 characters between stars and '?' among them"
#define MIXED_CASE     "tests by 'i;unicode-casemap' and by another comparator on the same value"
#define LONG_DELIMITER "a delimiter of more than one character"
#define LARGE_REGEX                                                                                \
    "a regular expression, or a value that was not deleted, with more than 65,536 states"
#define NO_STEPS "the budget ran out on the texts of one value"

/* Sets of keys ----------------------------------------------------------------------------------- */

/* Of MATCH and CONTAIN tests: those that are words in one automaton, the others one by one. */
typedef struct {
    TamisWordSet *words;
    GArray *others; /* of TamisString */
} KeySet;

static void
free_key_set(gpointer data)
{
    KeySet *set = data;

    tamis_word_set_free(set->words);
    g_array_unref(set->others);
    g_free(set);
}

void
tamis_texts_init(TamisTexts *texts, TamisFormulas *formulas, const char *delimiter)
{
    *texts = (TamisTexts){
        .formulas = formulas,
        .strings = tamis_formulas_get_strings(formulas),
        .arena = tamis_arena_new(),
        .searcher = tamis_searcher_new(),
        .parts = g_array_new(FALSE, FALSE, sizeof(TamisSearchPart)),
        .choices = g_array_new(FALSE, FALSE, sizeof(guint)),
        .word_sets = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_key_set),
        .ranges = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                        (GDestroyNotify)g_array_unref),
        .delimiter = delimiter != NULL ? delimiter : "",
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts->pieces); i++)
        texts->pieces[i] = g_string_sized_new(64);
    texts->address = g_string_sized_new(64);
}

void
tamis_texts_clear(TamisTexts *texts)
{
    for (guint i = 0; i < G_N_ELEMENTS(texts->pieces); i++)
        g_string_free(texts->pieces[i], TRUE);
    g_string_free(texts->address, TRUE);
    g_array_unref(texts->parts);
    g_array_unref(texts->choices);
    tamis_arena_free(texts->arena);
    tamis_searcher_free(texts->searcher);
    g_hash_table_unref(texts->word_sets);
    g_hash_table_unref(texts->ranges);
}

const char *
tamis_texts_key(const TamisTexts *texts, const TamisAtom *atom, guint32 i, gsize *out_length)
{
    TamisString key = tamis_formulas_list_get(texts->formulas, atom->keys, i);

    *out_length = tamis_strings_length(texts->strings, key);
    return tamis_strings_get(texts->strings, key);
}

static gboolean
folds(const TamisAtom *atom)
{
    return atom->comparator == TAMIS_COMPARATOR_CASEMAP;
}

static KeySet *
make_key_set(TamisTexts *texts, const TamisAtom *atom)
{
    KeySet *set = g_new0(KeySet, 1);

    set->words = tamis_word_set_new(folds(atom));
    set->others = g_array_new(FALSE, FALSE, sizeof(TamisString));
    for (guint32 i = 0; i < atom->keys.n; i++) {
        gsize length = 0, word_length = 0;
        const char *key = tamis_texts_key(texts, atom, i, &length);
        g_autofree char *word = g_malloc(length + 1);
        gboolean at_start = FALSE, at_end = FALSE;

        if (atom->match == TAMIS_KEYS_CONTAIN) {
            tamis_word_set_add(set->words, key, length, FALSE, FALSE);
        } else if (atom->match == TAMIS_KEYS_IS) {
            tamis_word_set_add(set->words, key, length, TRUE, TRUE);
        } else if (tamis_pattern_as_word(key, length, word, &word_length, &at_start, &at_end)) {
            tamis_word_set_add(set->words, word, word_length, at_start, at_end);
        } else {
            TamisString other = tamis_formulas_list_get(texts->formulas, atom->keys, i);

            g_array_append_val(set->others, other);
        }
    }
    tamis_word_set_finish(set->words);
    return set;
}

static const KeySet *
key_set_of(TamisTexts *texts, const TamisAtom *atom)
{
    gint64 id = (gint64)atom->keys.first << 8 | (gint64)atom->match << 1 | folds(atom);
    KeySet *set = g_hash_table_lookup(texts->word_sets, &id);

    if (set == NULL) {
        set = make_key_set(texts, atom);
        g_hash_table_insert(texts->word_sets, g_memdup2(&id, sizeof id), set);
    }
    return set;
}

static gboolean
is_plain_comparator(const TamisAtom *atom)
{
    return atom->comparator == TAMIS_COMPARATOR_CASEMAP ||
           atom->comparator == TAMIS_COMPARATOR_OCTET;
}

static const TamisRegex *
regex_of(const TamisTexts *texts, const TamisAtom *atom, guint32 i)
{
    return tamis_formulas_regex(
        texts->formulas, tamis_formulas_list_get(texts->formulas, atom->keys, i), folds(atom));
}

static gboolean
meets_regex(TamisTexts *texts, const TamisAtom *atom, const char *value, gsize length)
{
    for (guint32 i = 0; i < atom->keys.n; i++) {
        if (tamis_regex_matches(regex_of(texts, atom, i), value, length))
            return TRUE;
    }
    return FALSE;
}

static gboolean
meets_a_key(TamisTexts *texts, const TamisAtom *atom, const char *value, gsize length)
{
    gboolean sets = atom->keys.n > FEW_KEYS && is_plain_comparator(atom);

    if (sets && atom->match == TAMIS_KEYS_IS)
        return tamis_atom_has_key(texts->formulas, atom, value, length);
    if (sets && (atom->match == TAMIS_KEYS_MATCH || atom->match == TAMIS_KEYS_CONTAIN)) {
        const KeySet *set = key_set_of(texts, atom);

        if (tamis_word_set_matches(set->words, value, length))
            return TRUE;
        for (guint i = 0; i < set->others->len; i++) {
            TamisString key = g_array_index(set->others, TamisString, i);

            if (tamis_key_matches(atom, value, length, tamis_strings_get(texts->strings, key),
                                  tamis_strings_length(texts->strings, key)))
                return TRUE;
        }
        return FALSE;
    }
    if (atom->match == TAMIS_KEYS_REGEX)
        return meets_regex(texts, atom, value, length);
    for (guint32 i = 0; i < atom->keys.n; i++) {
        gsize key_length = 0;
        const char *key = tamis_texts_key(texts, atom, i, &key_length);

        if (tamis_key_matches(atom, value, length, key, key_length))
            return TRUE;
    }
    return FALSE;
}

gboolean
tamis_texts_meets(TamisTexts *texts, const TamisAtom *atom, const char *value, gsize length)
{
    return meets_a_key(texts, atom, value, length) &&
           !tamis_atom_is_excepted(texts->formulas, atom, value, length);
}

/* Of a local part what its scope looks at; FALSE: there is no detail. */
static gboolean
local_meets(TamisTexts *texts, const TamisTextTest *test, const char *local, gsize length)
{
    gsize delimiter_length = strlen(texts->delimiter);
    const char *found = NULL;

    if (test->scope != TAMIS_SCOPE_LOCAL && delimiter_length > 0)
        found = memmem(local, length, texts->delimiter, delimiter_length);
    if (test->scope == TAMIS_SCOPE_DETAIL) {
        if (found == NULL)
            return FALSE;
        found += delimiter_length;
        return tamis_texts_meets(texts, test->atom, found, (gsize)(local + length - found));
    }
    return tamis_texts_meets(texts, test->atom, local,
                             found != NULL ? (gsize)(found - local) : length);
}

gboolean
tamis_texts_passes(TamisTexts *texts, const TamisTextTest *test, const char *text, gsize length)
{
    const char *at;
    g_autofree char *plain = NULL;

    if (test->scope == TAMIS_SCOPE_TEXT || test->scope == TAMIS_SCOPE_WHOLE)
        return tamis_texts_meets(texts, test->atom, text, length) != test->negated;
    at = memrchr(text, '@', length);
    if (test->scope == TAMIS_SCOPE_DOMAIN) {
        const char *domain = at != NULL ? at + 1 : text + length;

        return tamis_texts_meets(texts, test->atom, domain, (gsize)(text + length - domain)) !=
               test->negated;
    }
    length = (gsize)((at != NULL ? at : text + length) - text);
    plain = tamis_local_unquote(text, length);
    if (plain != NULL)
        return local_meets(texts, test, plain, strlen(plain)) != test->negated;
    return local_meets(texts, test, text, length) != test->negated;
}

gboolean
tamis_texts_all_pass(TamisTexts *texts, const TamisTextTest *tests, guint n, const char *text,
                     gsize length)
{
    for (guint i = 0; i < n; i++) {
        if (!tamis_texts_passes(texts, &tests[i], text, length))
            return FALSE;
    }
    return TRUE;
}

/* Finite ones ------------------------------------------------------------------------------------ */

guint
tamis_texts_finite(TamisTexts *texts, const TamisTextTest *tests, guint n, TamisScope scope,
                   gboolean *out_exact)
{
    guint best = G_MAXUINT;

    *out_exact = TRUE;
    for (guint i = 0; i < n; i++) {
        const TamisAtom *atom = tests[i].atom;

        if (tests[i].negated || tests[i].scope != scope || atom->match != TAMIS_KEYS_IS ||
            !is_plain_comparator(atom) || atom->except.n > 0)
            continue;
        if (best == G_MAXUINT || atom->keys.n < tests[best].atom->keys.n)
            best = i;
    }
    for (guint i = 0; best != G_MAXUINT && folds(tests[best].atom) && i < n; i++) {
        const TamisAtom *atom = tests[i].atom;

        *out_exact &=
            folds(atom) || (atom->comparator == TAMIS_COMPARATOR_NUMERIC &&
                            atom->match != TAMIS_KEYS_CONTAIN && atom->match != TAMIS_KEYS_MATCH);
    }
    return best;
}

/* Automata --------------------------------------------------------------------------------------- */

/* One product in the making. */
typedef struct {
    TamisTexts *texts;
    const TamisTextTest *tests;
    guint n;
    TamisSearchTask task;
    GArray *parts, *choices; /* those of texts */
    guint n_guessing;
    gboolean inexact;
    gboolean out_of_steps;
    GString *out_text;
} Product;

static TamisAutomaton *
automaton_of(TamisTexts *texts, const TamisAtom *atom, const char *key, gsize length)
{
    if (atom->comparator == TAMIS_COMPARATOR_UNICODE) {
        g_autofree char *folded = tamis_text_fold(key, length);

        length = strlen(folded);
        key = tamis_arena_strndup(texts->arena, folded, length);
    }
    if (atom->comparator == TAMIS_COMPARATOR_NUMERIC &&
        (atom->match == TAMIS_KEYS_IS || atom->match == TAMIS_KEYS_VALUE))
        return tamis_automaton_number(
            texts->arena, atom->match == TAMIS_KEYS_IS ? TAMIS_RELATION_EQ : atom->relation, key,
            length);
    if (atom->match == TAMIS_KEYS_VALUE)
        return tamis_automaton_order(texts->arena, atom->relation, key, length, folds(atom));
    return tamis_automaton_pattern(texts->arena, atom->match, key, length, folds(atom));
}

static void
add_part(Product *product, TamisAutomaton *automaton, const TamisTextTest *test)
{
    TamisSearchPart part = {automaton, test->scope, test->negated};

    if (automaton == NULL) { /* what is left out can only make more texts possible */
        product->inexact = TRUE;
        product->texts->reason = LONG_PATTERN;
        return;
    }
    if (test->negated)
        tamis_automaton_negate(automaton);
    else if (product->n_guessing < TAMIS_SEARCH_MAX_GUESSING)
        product->n_guessing += tamis_automaton_guess(automaton);
    g_array_append_val(product->parts, part);
}

static void
add_key(Product *product, const TamisTextTest *test, guint32 i)
{
    gsize length = 0;
    const char *key = tamis_texts_key(product->texts, test->atom, i, &length);

    if (test->atom->match == TAMIS_KEYS_REGEX)
        add_part(
            product,
            tamis_automaton_regex(product->texts->arena, regex_of(product->texts, test->atom, i)),
            test);
    else
        add_part(product, automaton_of(product->texts, test->atom, key, length), test);
}

/* Adds automata of which one accepts what meets a key of the atom. FALSE: there is one too long. */
static gboolean
collect_automata(TamisTexts *texts, const TamisAtom *atom, GPtrArray *automata)
{
    gboolean sets = atom->keys.n > FEW_KEYS && is_plain_comparator(atom) &&
                    (atom->match == TAMIS_KEYS_IS || atom->match == TAMIS_KEYS_CONTAIN);
    gboolean is_complete = TRUE;

    if (sets) {
        g_ptr_array_add(automata,
                        tamis_automaton_words(texts->arena, key_set_of(texts, atom)->words));
        return TRUE;
    }
    for (guint32 i = 0; i < atom->keys.n; i++) {
        gsize length = 0;
        const char *key = tamis_texts_key(texts, atom, i, &length);
        TamisAutomaton *automaton = automaton_of(texts, atom, key, length);

        is_complete &= automaton != NULL;
        if (automaton != NULL)
            g_ptr_array_add(automata, automaton);
    }
    return is_complete;
}

/* What meets the atom and nothing that it does not look at. */
static void
add_difference(Product *product, const TamisTextTest *test)
{
    TamisTexts *texts = product->texts;
    const TamisAtom *atom = test->atom;
    g_autoptr(GPtrArray) automata = g_ptr_array_new();
    gboolean is_complete = collect_automata(texts, atom, automata);
    guint n_wanted = automata->len;
    TamisAutomaton **parts, *automaton = NULL;

    for (guint32 i = 0; i < atom->except.n; i++) {
        TamisFormula other = tamis_formulas_list_get(texts->formulas, atom->except, i);

        is_complete &=
            collect_automata(texts, tamis_formulas_get_atom(texts->formulas, other), automata);
    }
    if (is_complete) {
        parts = tamis_arena_array0(texts->arena, TamisAutomaton *, automata->len);
        memcpy(parts, automata->pdata, automata->len * sizeof *parts);
        automaton = tamis_automaton_difference(texts->arena, parts, automata->len, n_wanted);
    }
    add_part(product, automaton, test);
}

static void
add_test(Product *product, guint i)
{
    const TamisTextTest *test = &product->tests[i];
    const TamisAtom *atom = test->atom;
    gboolean sets = atom->keys.n > FEW_KEYS && is_plain_comparator(atom) &&
                    atom->match != TAMIS_KEYS_VALUE && atom->match != TAMIS_KEYS_REGEX;

    if (atom->except.n > 0) {
        add_difference(product, test);
        return;
    }
    if (sets) {
        const KeySet *set = key_set_of(product->texts, atom);

        if (test->negated || set->others->len == 0) {
            add_part(product, tamis_automaton_words(product->texts->arena, set->words), test);
            for (guint k = 0; k < set->others->len; k++) {
                TamisString key = g_array_index(set->others, TamisString, k);

                add_part(product,
                         automaton_of(product->texts, atom,
                                      tamis_strings_get(product->texts->strings, key),
                                      tamis_strings_length(product->texts->strings, key)),
                         test);
            }
            return;
        }
    }
    if (!test->negated && atom->keys.n != 1) {
        g_array_append_val(product->choices, i);
        return;
    }
    for (guint32 k = 0; k < atom->keys.n; k++)
        add_key(product, test, k);
}

static TamisSearchResult
run_search(Product *product)
{
    product->task.parts = (const TamisSearchPart *)(gpointer)product->parts->data;
    product->task.n_parts = product->parts->len;
    return tamis_searcher_run(product->texts->searcher, &product->task, product->out_text,
                              &product->texts->steps);
}

/* Whether some choice of keys, from the given one on, has a text. What was chosen so far is tried first, so
 * that what cannot be is not taken further. */
static gboolean
choose(Product *product, guint choice)
{
    TamisSearchResult result = run_search(product);
    const TamisTextTest *test;

    if (result == TAMIS_SEARCH_BUDGET)
        product->out_of_steps = TRUE;
    if (result != TAMIS_SEARCH_FOUND || choice == product->choices->len)
        return result == TAMIS_SEARCH_FOUND;
    if (product->task.shape.kind < TAMIS_SHAPE_MAILBOX &&
        tamis_texts_all_pass(product->texts, product->tests, product->n, product->out_text->str,
                             product->out_text->len))
        return TRUE;
    test = &product->tests[g_array_index(product->choices, guint, choice)];
    for (guint32 i = 0; i < test->atom->keys.n && !product->out_of_steps; i++) {
        guint n = product->parts->len, n_guessing = product->n_guessing;

        add_key(product, test, i);
        if (choose(product, choice + 1))
            return TRUE;
        g_array_set_size(product->parts, n);
        product->n_guessing = n_guessing;
    }
    return FALSE;
}

static gboolean
tells_case(const TamisAtom *atom)
{
    gboolean by_number = atom->comparator == TAMIS_COMPARATOR_NUMERIC &&
                         atom->match != TAMIS_KEYS_CONTAIN && atom->match != TAMIS_KEYS_MATCH;

    return !folds(atom) && !by_number && atom->comparator != TAMIS_COMPARATOR_UNICODE;
}

static gboolean
is_cased(const TamisTexts *texts, const TamisAtom *atom)
{
    gboolean cased = tells_case(atom);

    for (guint32 i = 0; i < atom->except.n; i++)
        cased |= tells_case(tamis_formulas_get_atom(
            texts->formulas, tamis_formulas_list_get(texts->formulas, atom->except, i)));
    return cased;
}

static gboolean
is_rough(const Product *product)
{
    for (guint i = 0; i < product->parts->len; i++)
        if (tamis_automaton_is_rough(g_array_index(product->parts, TamisSearchPart, i).automaton))
            return TRUE;
    return FALSE;
}

static TamisTextResult
search(TamisTexts *texts, TamisShape shape, const TamisTextTest *tests, guint n, GString *out_text)
{
    Product product = {.texts = texts,
                       .tests = tests,
                       .n = n,
                       .parts = texts->parts,
                       .choices = texts->choices,
                       .out_text = out_text};
    guint n_unicode = 0;

    g_array_set_size(texts->parts, 0);
    g_array_set_size(texts->choices, 0);
    product.task.shape = shape;
    for (guint i = 0; i < n; i++) {
        n_unicode += tests[i].atom->comparator == TAMIS_COMPARATOR_UNICODE;
        product.task.cased |= is_cased(texts, tests[i].atom);
        add_test(&product, i);
    }
    for (guint i = 0; i < n && shape.delimiter == 0 && *texts->delimiter != '\0'; i++) {
        if (tests[i].scope == TAMIS_SCOPE_DETAIL || tests[i].scope == TAMIS_SCOPE_USER) {
            product.inexact = TRUE;
            texts->reason = LONG_DELIMITER;
        }
    }
    if (n_unicode > 0 && n_unicode < n) {
        product.inexact = TRUE;
        texts->reason = MIXED_CASE;
    }
    if (choose(&product, 0)) {
        if (tamis_texts_all_pass(texts, tests, n, out_text->str, out_text->len) ||
            shape.kind >= TAMIS_SHAPE_MAILBOX)
            return TAMIS_TEXT_FOUND;
        if (is_rough(&product))
            texts->reason = LARGE_REGEX;
        else if (!product.inexact)
            texts->reason = "a text that was found is not what it should be: a bug in Tamis";
        return TAMIS_TEXT_UNKNOWN;
    }
    if (is_rough(&product)) { /* one that is negated has refused too much */
        texts->reason = LARGE_REGEX;
        return TAMIS_TEXT_UNKNOWN;
    }
    if (product.out_of_steps)
        texts->reason = NO_STEPS;
    return product.inexact || product.out_of_steps ? TAMIS_TEXT_UNKNOWN : TAMIS_TEXT_NONE;
}

/* All of it -------------------------------------------------------------------------------------- */

/* A test whose keys are held against those of another list, number by number. */
typedef struct {
    const TamisString *strings;
    guint32 n, at; /* before at all are smaller than what was looked for last */
    gboolean negated;
} Walk;

/* Numbers come in ascending order. */
static gboolean
walk_passes(Walk *walk, TamisString wanted)
{
    guint32 stride = 1, low = walk->at, high;

    while (low + stride < walk->n && walk->strings[low + stride] < wanted) {
        low += stride;
        stride *= 2;
    }
    high = MIN(low + stride, walk->n);
    while (low < high) {
        guint32 middle = low + (high - low) / 2;

        if (walk->strings[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    walk->at = low;
    return (low < walk->n && walk->strings[low] == wanted) != walk->negated;
}

/* Whether what the test says of a key of the list is told by the key's number. */
static gboolean
can_walk(const TamisTextTest *test, const TamisTextTest *list)
{
    return test->atom->match == TAMIS_KEYS_IS && test->atom->except.n == 0 &&
           test->scope == list->scope && is_plain_comparator(test->atom) &&
           folds(test->atom) == folds(list->atom);
}

/* The other tests of a list's keys: those by number, and the others. */
typedef struct {
    Walk *walks;
    TamisTextTest *others;
    guint n_walks, n_others;
} Sieve;

static Sieve
sort_tests(TamisTexts *texts, const TamisTextTest *tests, guint n, guint list)
{
    Sieve sieve = {tamis_arena_array0(texts->arena, Walk, n),
                   tamis_arena_array0(texts->arena, TamisTextTest, n), 0, 0};

    for (guint i = 0; i < n; i++) {
        TamisSlice keys = tests[i].atom->keys;

        if (i == list) /* its own keys meet it */
            continue;
        if (can_walk(&tests[i], &tests[list]))
            sieve.walks[sieve.n_walks++] = (Walk){
                tamis_formulas_list_strings(texts->formulas, keys), keys.n, 0, tests[i].negated};
        else
            sieve.others[sieve.n_others++] = tests[i];
    }
    return sieve;
}

/* Addresses too are taken as they stand, with or without a domain: it is the caller who knows what can be
 * given to a server, or stand in a header. */
static gboolean
try_keys(TamisTexts *texts, TamisShapeKind kind, const TamisTextTest *tests, guint n, guint finite,
         GString *out_text)
{
    const TamisAtom *atom = tests[finite].atom;
    const TamisString *keys = tamis_formulas_list_strings(texts->formulas, atom->keys);
    TamisShape shape = {.kind = kind == TAMIS_SHAPE_ADDRESS ? TAMIS_SHAPE_TEXT : kind};
    Sieve sieve = sort_tests(texts, tests, n, finite);

    for (guint32 i = 0; i < atom->keys.n; i++) {
        gsize length = 0;
        const char *key;
        gboolean passes = TRUE;

        texts->steps -= MIN(texts->steps - 1, n);
        for (guint w = 0; w < sieve.n_walks && passes; w++)
            passes = walk_passes(&sieve.walks[w], keys[i]);
        if (!passes)
            continue;
        key = tamis_texts_key(texts, atom, i, &length);
        if (tamis_texts_all_pass(texts, sieve.others, sieve.n_others, key, length) &&
            tamis_shape_takes(&shape, key, length)) {
            g_string_truncate(out_text, 0);
            g_string_append_len(out_text, key, (gssize)length);
            return TRUE;
        }
    }
    return FALSE;
}

TamisTextResult
tamis_texts_solve(TamisTexts *texts, TamisShapeKind kind, const TamisTextTest *tests, guint n,
                  GString *out_text)
{
    TamisShape shape = {
        .kind = kind, .delimiter = strlen(texts->delimiter) == 1 ? (guint8)texts->delimiter[0] : 0};
    TamisShape lenient = shape;
    TamisScope scope = kind == TAMIS_SHAPE_ADDRESS ? TAMIS_SCOPE_WHOLE : TAMIS_SCOPE_TEXT;
    gboolean exact = FALSE;
    guint finite = tamis_texts_finite(texts, tests, n, scope, &exact);
    TamisTextResult result;

    lenient.lenient = TRUE;
    if (kind >= TAMIS_SHAPE_SPEC) /* the caller reads keys as headers */
        finite = G_MAXUINT;
    if (finite != G_MAXUINT && try_keys(texts, kind, tests, n, finite, out_text))
        return TAMIS_TEXT_FOUND;
    if (finite != G_MAXUINT && exact)
        return TAMIS_TEXT_NONE;
    if (kind < TAMIS_SHAPE_MAILBOX && tamis_texts_contradict(texts, tests, n))
        return TAMIS_TEXT_NONE;
    if (tamis_texts_guess(texts, kind, tests, n, out_text))
        return TAMIS_TEXT_FOUND;
    result = search(texts, shape, tests, n, out_text);
    if (result == TAMIS_TEXT_NONE && kind >= TAMIS_SHAPE_ADDRESS)
        result = search(texts, lenient, tests, n, out_text);
    else if (result == TAMIS_TEXT_FOUND &&
             (kind == TAMIS_SHAPE_ADDRESS || kind == TAMIS_SHAPE_SPEC))
        tamis_texts_polish(texts, tests, n, out_text);
    return result;
}
