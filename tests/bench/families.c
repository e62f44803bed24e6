/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests are drawn as a way to match, a word, and what is looked at; from these come an atom and a language. */
#include "families.h"

#include <string.h>

/* RFC 5321's addresses in small letters, without quotes. `+` parts user and detail. */
#define ATOM_   "[a-z0-9!#$%&'*+/=?_{}~-]+"
#define LABEL   "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
#define ADDRESS ATOM_ "(\\." ATOM_ ")*@" LABEL "(\\." LABEL ")*"

typedef enum { IS, CONTAINS, BEGINS, ENDS, N_WAYS } Way;

typedef struct {
    Way way;
    char word[32]; /* folded, where case is none */
    gboolean negated;
} Drawn;

static gint32
below(Question *question, gint32 n)
{
    return g_rand_int_range(question->random, 0, n);
}

static Drawn
draw(Question *question, const char *alphabet, gint32 longest, gint32 negated_in_8)
{
    Drawn drawn = {.way = (Way)below(question, N_WAYS)};
    gint32 n = 1 + below(question, longest);

    for (gint32 i = 0; i < n; i++)
        drawn.word[i] = alphabet[below(question, (gint32)strlen(alphabet))];
    drawn.negated = below(question, 8) < negated_in_8;
    return drawn;
}

/* Languages -------------------------------------------------------------------------------------- */

static void
append_word(GString *out, const char *word)
{
    for (; *word != '\0'; word++) {
        if (strchr(".+*?()[]|\\", *word) != NULL)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *word);
    }
}

/* any: what stands for any letter. */
static char *
language_of(const Drawn *drawn, const char *any)
{
    GString *out = g_string_new(NULL);

    if (drawn->way == CONTAINS || drawn->way == ENDS)
        g_string_append_printf(out, "%s*", any);
    append_word(out, drawn->word);
    if (drawn->way == CONTAINS || drawn->way == BEGINS)
        g_string_append_printf(out, "%s*", any);
    return g_string_free(out, FALSE);
}

/* What an address has to be, so that its part is of the language. */
static char *
language_of_part(const Drawn *drawn, TamisAddressPart part)
{
    g_autofree char *user = language_of(drawn, "[^+@<> ]");
    g_autofree char *local = language_of(drawn, "[^@<> ]");

    switch (part) {
    case TAMIS_ADDRESS_USER:
        return g_strdup_printf("%s(\\+[^@<> ]*)?@[^@<> ]*", user);
    case TAMIS_ADDRESS_DETAIL:
        return g_strdup_printf("[^+@<> ]*\\+%s@[^@<> ]*", local);
    case TAMIS_ADDRESS_LOCAL:
        return g_strdup_printf("%s@[^@<> ]*", local);
    case TAMIS_ADDRESS_DOMAIN:
        return g_strdup_printf("[^@<> ]*@%s", local);
    case TAMIS_ADDRESS_ALL:
        return language_of(drawn, "[^<> ]");
    }
    g_assert_not_reached();
}

static void
tell_peers(Question *question, char *language, gboolean negated, guint text, guint group)
{
    PeerTest test = {language, negated, text, group};

    g_array_append_val(question->tests, test);
    question->n_texts = MAX(question->n_texts, text + 1);
}

/* Atoms ------------------------------------------------------------------------------------------ */

static TamisSlice
list_of(Question *question, const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);
    TamisString strings[8] = {0};
    guint32 n = MAX(g_strv_length(parts), 1);

    for (guint32 i = 0; parts[i] != NULL; i++)
        strings[i] = tamis_strings_add(question->strings, parts[i], strlen(parts[i]));
    return tamis_formulas_list(question->formulas, strings, n);
}

static TamisAtom
atom_of(Question *question, TamisAtomKind kind, const char *names, const Drawn *drawn)
{
    TamisAtom atom = {.kind = (guint8)kind, .comparator = TAMIS_COMPARATOR_OCTET};
    g_autofree char *key = drawn->way == BEGINS ? g_strconcat(drawn->word, "*", NULL)
                           : drawn->way == ENDS ? g_strconcat("*", drawn->word, NULL)
                                                : g_strdup(drawn->word);

    atom.match = drawn->way == IS         ? TAMIS_KEYS_IS
                 : drawn->way == CONTAINS ? TAMIS_KEYS_CONTAIN
                                          : TAMIS_KEYS_MATCH;
    atom.names = list_of(question, names);
    atom.keys = list_of(question, key);
    return atom;
}

static void
add_guard(Question *question, const TamisAtom *atom, gboolean negated)
{
    TamisFormula guard = tamis_formulas_atom(question->formulas, atom);

    if (negated)
        guard = tamis_formulas_not(question->formulas, guard);
    g_array_append_val(question->guards, guard);
}

/* One that is not there would pass all that is negated. */
static void
add_subject(Question *question)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_EXISTS, .names = list_of(question, "subject")};

    add_guard(question, &atom, FALSE);
}

/* Families --------------------------------------------------------------------------------------- */

static void
append_expression(Question *question, GString *out, guint depth)
{
    static const char *const pieces[] = {"a", "b", "c", "[ab]", "[^a]", ".", "ab", "[a-c]"};
    gint32 n = 1 + below(question, 3);

    for (gint32 i = 0; i < n; i++) {
        gint32 way = below(question, depth > 1 ? 5 : 8);

        if (way >= 6) {
            g_string_append_c(out, '(');
            append_expression(question, out, depth + 1);
            g_string_append_c(out, '|');
            append_expression(question, out, depth + 1);
            g_string_append_c(out, ')');
        } else {
            g_string_append(out, pieces[below(question, G_N_ELEMENTS(pieces))]);
        }
        if (way % 3 == 0)
            g_string_append_c(out, "*+?"[below(question, 3)]);
    }
}

static void
draw_regexes(Question *question)
{
    gint32 n = 2 + below(question, 3);

    add_subject(question);
    for (gint32 i = 0; i < n; i++) {
        g_autoptr(GString) inner = g_string_new(NULL);
        gboolean at_start = below(question, 2), at_end = below(question, 2);
        Drawn drawn = {.negated = below(question, 4) == 0};
        TamisAtom atom = atom_of(question, TAMIS_ATOM_HEADER, "subject", &drawn);
        g_autofree char *key = NULL;

        append_expression(question, inner, 0);
        key = g_strdup_printf("%s(%s)%s", at_start ? "^" : "", inner->str, at_end ? "$" : "");
        atom.match = TAMIS_KEYS_REGEX;
        atom.keys = list_of(question, key);
        add_guard(question, &atom, drawn.negated);
        tell_peers(
            question,
            g_strdup_printf("%s(%s)%s", at_start ? "" : ".*", inner->str, at_end ? "" : ".*"),
            drawn.negated, 0, 0);
    }
}

/* Of words and how they fold, letter by letter; in peers' languages all is folded. */
static void
draw_unicode(Question *question)
{
    static const struct {
        const char *written, *folded;
    } letters[] = {{"a", "a"}, {"A", "a"}, {"é", "é"}, {"É", "é"}, {"ß", "ss"},
                   {"ſ", "s"}, {"s", "s"}, {"ж", "ж"}, {"Ж", "ж"}, {"\xe2\x84\xaa", "k"}};
    gint32 n = 2 + below(question, 4);

    add_subject(question);
    for (gint32 i = 0; i < n; i++) {
        Drawn drawn = draw(question, "x", 1, 3), folded = drawn;
        TamisAtom atom;

        drawn.word[0] = folded.word[0] = '\0';
        for (gint32 k = 1 + below(question, 3); k > 0; k--) {
            guint letter = (guint)below(question, G_N_ELEMENTS(letters));

            g_strlcat(drawn.word, letters[letter].written, sizeof drawn.word);
            g_strlcat(folded.word, letters[letter].folded, sizeof folded.word);
        }
        atom = atom_of(question, TAMIS_ATOM_HEADER, "subject", &drawn);
        atom.comparator = TAMIS_COMPARATOR_UNICODE;
        add_guard(question, &atom, drawn.negated);
        tell_peers(question, language_of(&folded, "."), drawn.negated, 0, 0);
    }
}

/* A test of an address's part; of a text that is one, for the peers. */
static TamisAtom
draw_part(Question *question, TamisAtomKind kind, const char *name, Drawn *out_drawn,
          char **out_language)
{
    static const TamisAddressPart parts[] = {TAMIS_ADDRESS_USER, TAMIS_ADDRESS_DETAIL,
                                             TAMIS_ADDRESS_LOCAL, TAMIS_ADDRESS_DOMAIN,
                                             TAMIS_ADDRESS_ALL};
    TamisAddressPart part = parts[below(question, G_N_ELEMENTS(parts))];
    TamisAtom atom;

    *out_drawn = draw(question, part == TAMIS_ADDRESS_LOCAL ? "ab+" : "ab", 3, 3);
    if (out_drawn->way == IS && part == TAMIS_ADDRESS_ALL)
        g_strlcat(out_drawn->word, "+a@b", sizeof out_drawn->word);
    *out_language = language_of_part(out_drawn, part);
    atom = atom_of(question, kind, name, out_drawn);
    atom.part = (guint8)part;
    return atom;
}

static void
draw_subaddresses(Question *question)
{
    gint32 n = 2 + below(question, 4);

    tell_peers(question, g_strdup(ADDRESS), FALSE, 0, 0);
    for (gint32 i = 0; i < n; i++) {
        Drawn drawn;
        char *language;
        TamisAtom atom = draw_part(question, TAMIS_ATOM_ENVELOPE, "to", &drawn, &language);

        add_guard(question, &atom, drawn.negated);
        tell_peers(question, language, drawn.negated, 0, 0);
    }
}

/* A few letters long, and must not be nearly anything. */
static void
draw_negations(Question *question)
{
    static const char *const lengths[] = {"??", "???", "????", "*?a?*", "?*?"};
    static const char *const languages[] = {"..", "...", "....", ".*.a..*", "..*."};
    gint32 length = below(question, G_N_ELEMENTS(lengths)), n = 4 + below(question, 4);
    Drawn whole = {.way = CONTAINS};
    TamisAtom atom = atom_of(question, TAMIS_ATOM_HEADER, "subject", &whole);

    atom.match = TAMIS_KEYS_MATCH;
    atom.keys = list_of(question, lengths[length]);
    add_guard(question, &atom, FALSE);
    tell_peers(question, g_strdup(languages[length]), FALSE, 0, 0);
    for (gint32 i = 0; i < n; i++) {
        Drawn drawn = draw(question, "ab", 2, 7);

        atom = atom_of(question, TAMIS_ATOM_HEADER, "subject", &drawn);
        add_guard(question, &atom, drawn.negated);
        tell_peers(question, language_of(&drawn, "."), drawn.negated, 0, 0);
    }
}

/* Texts that begin with a number of at least so much (i;ascii-numeric: or with no digit, which is infinite). */
static char *
language_at_least(const char *number)
{
    GString *out = g_string_new("([^0-9].*|0*(");
    gsize n = strlen(number);

    for (gsize i = 0; i <= n; i++)
        g_string_append(out, i == 0 ? "[1-9]" : "[0-9]");
    g_string_append(out, "[0-9]*");
    for (gsize i = 0; i < n; i++) {
        if (number[i] == '9')
            continue;
        g_string_append_printf(out, "|%.*s[%c-9]", (int)i, number, number[i] + 1);
        for (gsize k = i + 1; k < n; k++)
            g_string_append(out, "[0-9]");
    }
    g_string_append_printf(out, "|%s)([^0-9].*)?)?", number);
    return g_string_free(out, FALSE);
}

static void
draw_numbers(Question *question)
{
    gint32 n = 2 + below(question, 3);

    add_subject(question);
    for (gint32 i = 0; i < n; i++) {
        Drawn drawn = draw(question, "0123456789", 2, 2);
        gboolean is_value = i == 0 || below(question, 2);
        TamisAtom atom;

        if (is_value)
            g_snprintf(drawn.word, sizeof drawn.word, "%d", 1 + below(question, 300));
        atom = atom_of(question, TAMIS_ATOM_HEADER, "subject", &drawn);
        if (is_value) {
            atom.match = TAMIS_KEYS_VALUE;
            atom.comparator = TAMIS_COMPARATOR_NUMERIC;
            atom.relation = below(question, 2) ? TAMIS_RELATION_GE : TAMIS_RELATION_LT;
            atom.keys = list_of(question, drawn.word);
        }
        add_guard(question, &atom, drawn.negated);
        tell_peers(question, is_value ? language_at_least(drawn.word) : language_of(&drawn, "."),
                   drawn.negated != (is_value && atom.relation == TAMIS_RELATION_LT), 0, 0);
    }
}

/* A header that comes so often, and each test finds one of its values, or none. */
static void
draw_counts(Question *question)
{
    gint32 n_values = 1 + below(question, 3), n = 2 + below(question, 3);
    Drawn number = {.way = CONTAINS};
    TamisAtom atom;
    guint group = 0;

    g_snprintf(number.word, sizeof number.word, "%d", n_values);
    atom = atom_of(question, TAMIS_ATOM_HEADER, "x-a", &number);
    atom.match = TAMIS_KEYS_COUNT;
    atom.comparator = TAMIS_COMPARATOR_NUMERIC;
    add_guard(question, &atom, FALSE);
    for (gint32 i = 0; i < n; i++) {
        Drawn drawn = draw(question, "abc", 3, 3);

        atom = atom_of(question, TAMIS_ATOM_HEADER, "x-a", &drawn);
        add_guard(question, &atom, drawn.negated);
        group += !drawn.negated;
        for (gint32 text = 0; text < n_values; text++)
            tell_peers(question, language_of(&drawn, "."), drawn.negated, (guint)text,
                       drawn.negated ? 0 : group);
    }
}

/* A text for each test that holds; whatever is not to hold is said of all of them. */
static void
spread_negations(Question *question)
{
    for (guint i = 0, n = question->tests->len; i < n; i++) {
        PeerTest test = g_array_index(question->tests, PeerTest, i);

        for (guint text = 1; text < question->n_texts && test.negated && test.text == 0; text++)
            tell_peers(question, g_strdup(test.language), TRUE, text, 0);
    }
}

/* Two headers that may repeat: what holds is in one value of one of them, what does not in none. */
static void
draw_quantifiers(Question *question)
{
    gint32 n = 3 + below(question, 4);
    guint text = 1;

    question->n_texts = 1;
    for (gint32 i = 0; i < n; i++) {
        Drawn drawn = draw(question, "ab", 3, 4);
        TamisAtom atom = atom_of(question, TAMIS_ATOM_HEADER, "x-a x-b", &drawn);

        add_guard(question, &atom, drawn.negated);
        tell_peers(question, language_of(&drawn, "."), drawn.negated, drawn.negated ? 0 : text++,
                   0);
    }
    spread_negations(question);
}

/* The recipient is named in To, in letters of either case: what no address there may be, the recipient's is not. */
static void
draw_recipients(Question *question)
{
    gint32 n_named = 1 + below(question, 3), n = n_named + 1 + below(question, 3);
    TamisAtom named = {.kind = TAMIS_ATOM_ADDRESSED, .names = list_of(question, "to")};
    guint text = 1;

    add_guard(question, &named, FALSE);
    question->n_texts = 1;
    for (gint32 i = 0; i < n; i++) {
        gboolean of_envelope = i >= n_named;
        Drawn drawn;
        char *language;
        TamisAtom atom = draw_part(question, of_envelope ? TAMIS_ATOM_ENVELOPE : TAMIS_ATOM_ADDRESS,
                                   "to", &drawn, &language);

        atom.comparator = TAMIS_COMPARATOR_CASEMAP;
        if (i == n_named)
            spread_negations(question);
        add_guard(question, &atom, drawn.negated);
        tell_peers(question, language, drawn.negated, of_envelope || drawn.negated ? 0 : text++, 0);
    }
    for (guint i = 0; i < question->n_texts; i++)
        tell_peers(question, g_strdup(ADDRESS), FALSE, i, 0);
}

/* One From: its text, and its address, which is in it. */
static void
draw_from(Question *question)
{
    gint32 n = 2 + below(question, 3);

    tell_peers(question,
               g_strdup("(([^<>\"@]* )?<" ADDRESS ">|\"[^<>\"]*\" <" ADDRESS ">|" ADDRESS ")"),
               FALSE, 0, 0);
    for (gint32 i = 0; i < n; i++) {
        Drawn drawn;
        char *language;
        TamisAtom atom = draw_part(question, TAMIS_ATOM_ADDRESS, "from", &drawn, &language);

        drawn.negated &= i > 0; /* there is one */
        add_guard(question, &atom, drawn.negated);
        tell_peers(question, g_strdup_printf("(.*<(%s)>|%s)", language, language), drawn.negated, 0,
                   0);
        g_free(language);
        drawn = draw(question, "ab", 3, 4);
        drawn.way = CONTAINS;
        atom = atom_of(question, TAMIS_ATOM_HEADER, "from", &drawn);
        add_guard(question, &atom, drawn.negated);
        tell_peers(question, language_of(&drawn, "."), drawn.negated, 0, 0);
    }
}

/* Of a thousand words one, of others none, and it looks like this. */
static void
draw_sets(Question *question)
{
    gint32 wanted = below(question, G_N_ELEMENTS(question->sets));
    Drawn shape = draw(question, "0123456789", 2, 3), none = {.way = IS};

    for (guint i = 0; i < 2; i++) {
        gint32 set = (wanted + (gint32)i * (1 + below(question, 3))) % 4;
        TamisAtom atom = atom_of(question, TAMIS_ATOM_HEADER, "subject", &none);

        atom.keys = question->sets[set];
        add_guard(question, &atom, i > 0);
        tell_peers(question, g_strdup(question->set_languages[set]), i > 0, 0, 0);
    }
    if (shape.way != IS) {
        TamisAtom atom = atom_of(question, TAMIS_ATOM_HEADER, "subject", &shape);

        add_guard(question, &atom, shape.negated);
        tell_peers(question, language_of(&shape, "."), shape.negated, 0, 0);
    }
}

const Family families[] = {
    {"regular expressions", draw_regexes, 200},
    {"Unicode", draw_unicode, 200},
    {"users, details, domains", draw_subaddresses, 200},
    {"negations", draw_negations, 200},
    {"numbers", draw_numbers, 200},
    {"counted values", draw_counts, 200},
    {"headers that repeat", draw_quantifiers, 200},
    {"From and its address", draw_from, 100},
    {"recipients that are named", draw_recipients, 100},
    {"sets of a thousand", draw_sets, 10},
};
const guint n_families = G_N_ELEMENTS(families);

static void
clear_test(gpointer data)
{
    g_free(((PeerTest *)data)->language);
}

void
question_init(Question *question)
{
    *question = (Question){
        .strings = tamis_strings_new(),
        .random = g_rand_new_with_seed(1),
        .guards = g_array_new(FALSE, FALSE, sizeof(TamisFormula)),
        .tests = g_array_new(FALSE, FALSE, sizeof(PeerTest)),
    };
    question->formulas = tamis_formulas_new(question->strings);
    g_array_set_clear_func(question->tests, clear_test);
    for (guint set = 0; set < G_N_ELEMENTS(question->sets); set++) {
        g_autoptr(GString) language = g_string_new(NULL);
        TamisString words[1000];

        for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
            char word[16];

            g_snprintf(word, sizeof word, "user%u", i * 13 % 1000 + set * 3);
            words[i] = tamis_strings_add(question->strings, word, strlen(word));
            g_string_append_printf(language, "%s%s", i > 0 ? "|" : "", word);
        }
        question->sets[set] = tamis_formulas_list(question->formulas, words, G_N_ELEMENTS(words));
        question->set_languages[set] = g_string_free(g_steal_pointer(&language), FALSE);
    }
}

void
question_clear(Question *question)
{
    for (guint set = 0; set < G_N_ELEMENTS(question->sets); set++)
        g_free(question->set_languages[set]);
    g_array_unref(question->guards);
    g_array_unref(question->tests);
    g_rand_free(question->random);
    tamis_formulas_free(question->formulas);
    tamis_strings_free(question->strings);
}
