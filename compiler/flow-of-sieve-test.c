/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests to formulas. A test that compares constants alone, or asks what the server is known to be, is folded;
 * one that nothing but the run itself can tell is an opaque atom. */
#include "compiler/flow-of-sieve-private.h"
#include "model/compare.h"
#include "model/glob.h"

#include <string.h>

/* Makes the formula of a test without tests inside. FALSE: it cannot be read statically, or walk->split is
 * set: a variable has to be held first. */
typedef gboolean (*Read)(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span,
                         TamisFormula *out);

TamisFormula
tamis_walk_opaque(TamisWalk *walk, TamisSpan span)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_OPAQUE, .version = walk->changes->len, .span = span};

    walk->n_opaque++;
    return tamis_formulas_atom(walk->formulas, &atom);
}

static const char *
text_of(const TamisWalk *walk, TamisString string)
{
    return tamis_strings_get(walk->strings, string);
}

static gboolean
says(const TamisSieveString *string, const char *lower)
{
    return tamis_sieve_name_is(string->text, string->length_bytes, lower);
}

/* How to compare -------------------------------------------------------------------------------- */

static gboolean
read_comparator(const TamisSieveArgument *value, guint8 *out)
{
    static const char *const names[] = {
        [TAMIS_COMPARATOR_CASEMAP] = "i;ascii-casemap",
        [TAMIS_COMPARATOR_OCTET] = "i;octet",
        [TAMIS_COMPARATOR_NUMERIC] = "i;ascii-numeric",
        [TAMIS_COMPARATOR_UNICODE] = "i;unicode-casemap",
    };

    for (guint8 i = 0; i < G_N_ELEMENTS(names) && value != NULL; i++) {
        if (says(value->strings, names[i])) {
            *out = i;
            return TRUE;
        }
    }
    return value == NULL;
}

static gboolean
read_relation(const TamisSieveArgument *value, guint8 *out)
{
    static const char *const names[] = {
        [TAMIS_RELATION_EQ] = "eq", [TAMIS_RELATION_NE] = "ne", [TAMIS_RELATION_LT] = "lt",
        [TAMIS_RELATION_LE] = "le", [TAMIS_RELATION_GT] = "gt", [TAMIS_RELATION_GE] = "ge",
    };

    for (guint8 i = 0; i < G_N_ELEMENTS(names) && value != NULL; i++) {
        if (says(value->strings, names[i])) {
            *out = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
read_match_type(const TamisSieveBound *bound, TamisAtom *atom)
{
    const TamisSieveArgument *count = tamis_sieve_bound_tag(bound, TAMIS_TAG_COUNT);

    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_LIST) != NULL)
        return FALSE;
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_REGEX) != NULL) {
        atom->match = TAMIS_KEYS_MATCH;
        return TRUE;
    }
    if (count != NULL || tamis_sieve_bound_tag(bound, TAMIS_TAG_VALUE) != NULL) {
        atom->match = count != NULL ? TAMIS_KEYS_COUNT : TAMIS_KEYS_VALUE;
        return read_relation(
            tamis_sieve_bound_value(bound, count != NULL ? TAMIS_TAG_COUNT : TAMIS_TAG_VALUE),
            &atom->relation);
    }
    atom->match = tamis_sieve_bound_tag(bound, TAMIS_TAG_CONTAINS) != NULL  ? TAMIS_KEYS_CONTAIN
                  : tamis_sieve_bound_tag(bound, TAMIS_TAG_MATCHES) != NULL ? TAMIS_KEYS_MATCH
                                                                            : TAMIS_KEYS_IS;
    return TRUE;
}

/* Expressions that are globs by another name, on the server whose octets they are. Any other is never run. */
static gboolean
read_regexes(TamisWalk *walk, TamisSlice *keys)
{
    g_autofree TamisString *globs = g_new(TamisString, MAX(keys->n, 1));

    for (guint32 i = 0; i < keys->n; i++) {
        TamisString key = tamis_formulas_list_get(walk->formulas, *keys, i);
        g_autofree char *glob = tamis_regex_to_glob(text_of(walk, key));

        if (glob == NULL || strlen(text_of(walk, key)) != tamis_strings_length(walk->strings, key))
            return FALSE;
        globs[i] = tamis_strings_add(walk->strings, glob, strlen(glob));
    }
    *keys = tamis_formulas_list(walk->formulas, globs, keys->n);
    return walk->server->engine == TAMIS_ENGINE_PIGEONHOLE;
}

/* Match type, comparator and keys. FALSE as in Read. */
gboolean
tamis_walk_match(TamisWalk *walk, const TamisSieveBound *bound, TamisAtom *atom)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);

    if (keys == NULL)
        keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEY);
    if (keys == NULL || !read_match_type(bound, atom) ||
        !read_comparator(tamis_sieve_bound_value(bound, TAMIS_TAG_COMPARATOR), &atom->comparator))
        return FALSE;
    return tamis_walk_list(walk, keys, atom->comparator == TAMIS_COMPARATOR_CASEMAP, &atom->keys) &&
           (tamis_sieve_bound_tag(bound, TAMIS_TAG_REGEX) == NULL ||
            read_regexes(walk, &atom->keys));
}

static gboolean
read_index(const TamisSieveBound *bound, TamisAtom *atom)
{
    const TamisSieveArgument *index = tamis_sieve_bound_value(bound, TAMIS_TAG_INDEX);

    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_MIME) != NULL)
        return FALSE;
    if (index != NULL) {
        atom->index = (guint32)MIN(index->number, G_MAXUINT32);
        atom->last = tamis_sieve_bound_tag(bound, TAMIS_TAG_LAST) != NULL;
    }
    return TRUE;
}

static gboolean
add_atom(TamisWalk *walk, TamisAtom *atom, TamisSpan span, TamisFormula *out)
{
    atom->span = span;
    *out = tamis_formulas_atom(walk->formulas, atom);
    return TRUE;
}

/* Tests of the message -------------------------------------------------------------------------- */

static void
read_part(const TamisSieveBound *bound, TamisAtom *atom)
{
    static const struct {
        TamisSieveTagName tag;
        TamisAddressPart part;
    } parts[] = {
        {TAMIS_TAG_DOMAIN, TAMIS_ADDRESS_DOMAIN},
        {TAMIS_TAG_LOCALPART, TAMIS_ADDRESS_LOCAL},
        {TAMIS_TAG_DETAIL, TAMIS_ADDRESS_DETAIL},
        {TAMIS_TAG_USER, TAMIS_ADDRESS_USER},
    };

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (tamis_sieve_bound_tag(bound, parts[i].tag) != NULL)
            atom->part = parts[i].part;
}

/* header, address, exists */
static gboolean
read_fields(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span, TamisFormula *out)
{
    TamisAtom atom = {.kind = bound->word->id == TAMIS_WORD_ADDRESS  ? TAMIS_ATOM_ADDRESS
                              : bound->word->id == TAMIS_WORD_EXISTS ? TAMIS_ATOM_EXISTS
                                                                     : TAMIS_ATOM_HEADER};

    if (!read_index(bound, &atom) ||
        !tamis_walk_list(walk, bound->parameters[0], TRUE, &atom.names))
        return FALSE;
    if (atom.kind != TAMIS_ATOM_EXISTS && !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    read_part(bound, &atom);
    atom.version = tamis_walk_version(walk, atom.names);
    return atom.version != G_MAXUINT32 && add_atom(walk, &atom, span, out);
}

static gboolean
read_envelope(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span, TamisFormula *out)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_ENVELOPE};

    if (!tamis_walk_list(walk, bound->parameters[0], TRUE, &atom.names) ||
        !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    for (guint32 i = 0; i < atom.names.n; i++) {
        const char *name = text_of(walk, tamis_formulas_list_get(walk->formulas, atom.names, i));

        if (strcmp(name, "from") != 0 && strcmp(name, "to") != 0)
            return FALSE;
    }
    read_part(bound, &atom);
    return add_atom(walk, &atom, span, out);
}

static gboolean
read_size(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span, TamisFormula *out)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_SIZE,
                      .relation = tamis_sieve_bound_tag(bound, TAMIS_TAG_OVER) != NULL
                                      ? TAMIS_RELATION_GT
                                      : TAMIS_RELATION_LT,
                      .number = bound->parameters[0]->number,
                      .version = tamis_walk_version(walk, (TamisSlice){0, 0})};

    return atom.version != G_MAXUINT32 && add_atom(walk, &atom, span, out);
}

static gboolean
read_body(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span, TamisFormula *out)
{
    static const char *const fields[] = {"content-type", "content-transfer-encoding",
                                         "mime-version"};
    const TamisSieveArgument *types = tamis_sieve_bound_value(bound, TAMIS_TAG_CONTENT);
    TamisString names[G_N_ELEMENTS(fields)];
    TamisAtom atom = {.kind = TAMIS_ATOM_BODY,
                      .transform = types != NULL ? TAMIS_BODY_CONTENT
                                   : tamis_sieve_bound_tag(bound, TAMIS_TAG_RAW) != NULL
                                       ? TAMIS_BODY_RAW
                                       : TAMIS_BODY_TEXT};

    if ((types != NULL && !tamis_walk_list(walk, types, TRUE, &atom.names)) ||
        !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        names[i] = tamis_strings_add(walk->strings, fields[i], strlen(fields[i]));
    atom.version =
        tamis_walk_version(walk, tamis_formulas_list(walk->formulas, names, G_N_ELEMENTS(fields)));
    return atom.version != G_MAXUINT32 && add_atom(walk, &atom, span, out);
}

static gboolean
read_spam(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span, TamisFormula *out)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_SPAM,
                      .version = tamis_walk_version(walk, (TamisSlice){0, 0})};

    return tamis_sieve_bound_tag(bound, TAMIS_TAG_PERCENT) == NULL &&
           tamis_walk_match(walk, bound, &atom) && atom.version != G_MAXUINT32 &&
           add_atom(walk, &atom, span, out);
}

/* Time ------------------------------------------------------------------------------------------ */

/* "+0800" */
static gboolean
read_offset(const char *text, gint32 *out_s)
{
    if ((*text != '+' && *text != '-') || strlen(text) != 5 || strspn(text + 1, "0123456789") != 4)
        return FALSE;
    *out_s = (text[1] - '0') * 36000 + (text[2] - '0') * 3600 + (text[3] - '0') * 600 +
             (text[4] - '0') * 60;
    if (*text == '-')
        *out_s = -*out_s;
    return TRUE;
}

/* What else is written for a zone: Pigeonhole then takes its own, Cyrus 3.6 finds that the test fails. */
static gboolean
read_odd_zone(TamisWalk *walk, TamisAtom *atom, gboolean *never)
{
    atom->zone_kind = TAMIS_ZONE_LOCAL;
    *never = walk->server->engine == TAMIS_ENGINE_CYRUS && !walk->server->zone_names;
    return walk->server->engine == TAMIS_ENGINE_PIGEONHOLE || *never;
}

static gboolean
read_date(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span, TamisFormula *out)
{
    const TamisSieveArgument *zone = tamis_sieve_bound_value(bound, TAMIS_TAG_ZONE);
    const TamisSieveArgument *header = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_HEADER);
    const TamisSieveArgument *part = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_DATE_PART);
    TamisAtom atom = {.kind = header != NULL ? TAMIS_ATOM_DATE : TAMIS_ATOM_NOW,
                      .zone_kind = TAMIS_ZONE_LOCAL};
    TamisSlice parts;
    TamisString text;
    gboolean never = FALSE;

    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_ORIGINALZONE) != NULL)
        atom.zone_kind = TAMIS_ZONE_ORIGINAL;
    if (!read_index(bound, &atom) || !tamis_walk_list(walk, part, TRUE, &parts) ||
        !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    if (zone != NULL) {
        if (!tamis_walk_text(walk, zone->strings, &text))
            return FALSE;
        if (read_offset(text_of(walk, text), &atom.offset_s))
            atom.zone_kind = TAMIS_ZONE_FIXED;
        else if (!read_odd_zone(walk, &atom, &never))
            return FALSE;
    }
    atom.date_part = tamis_formulas_list_get(walk->formulas, parts, 0);
    if (header != NULL) {
        if (!tamis_walk_list(walk, header, TRUE, &atom.names))
            return FALSE;
        atom.version = tamis_walk_version(walk, atom.names);
        if (atom.version == G_MAXUINT32)
            return FALSE;
    }
    if (never) {
        *out = TAMIS_FORMULA_FALSE;
        return TRUE;
    }
    return add_atom(walk, &atom, span, out);
}

/* Constants ------------------------------------------------------------------------------------- */

static gboolean
meets_a_key(const TamisWalk *walk, const TamisAtom *atom, const char *value, gsize length)
{
    for (guint32 i = 0; i < atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(walk->formulas, atom->keys, i);

        if (tamis_key_matches(atom, value, length, text_of(walk, key),
                              tamis_strings_length(walk->strings, key)))
            return TRUE;
    }
    return FALSE;
}

/* RFC 5231: how many there are, as a number. */
static gboolean
count_meets(const TamisWalk *walk, const TamisAtom *atom, guint n)
{
    TamisAtom as_value = *atom;
    char text[16];
    int length = g_snprintf(text, sizeof text, "%u", n);

    as_value.match = TAMIS_KEYS_VALUE;
    return meets_a_key(walk, &as_value, text, (gsize)length);
}

static gboolean
fold(gboolean holds, TamisFormula *out)
{
    *out = holds ? TAMIS_FORMULA_TRUE : TAMIS_FORMULA_FALSE;
    return TRUE;
}

static gboolean
read_string(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
            TamisFormula *out)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER,
                      .comparator = walk->server->compares_strings_by_octet
                                        ? TAMIS_COMPARATOR_OCTET
                                        : TAMIS_COMPARATOR_CASEMAP};
    gboolean holds = FALSE;
    guint n = 0;

    if (!tamis_walk_match(walk, bound, &atom))
        return FALSE;
    for (const TamisSieveString *source = bound->parameters[0]->strings; source != NULL;
         source = source->next) {
        TamisString text;

        if (!tamis_walk_text(walk, source, &text))
            return FALSE;
        n += tamis_strings_length(walk->strings, text) > 0; /* RFC 5229, 5 */
        if (atom.match != TAMIS_KEYS_COUNT)
            holds |= meets_a_key(walk, &atom, text_of(walk, text),
                                 tamis_strings_length(walk->strings, text));
    }
    return fold(atom.match == TAMIS_KEYS_COUNT ? count_meets(walk, &atom, n) : holds, out);
}

/* The words of text that have not been counted, each alone. */
static guint
compare_flags(const TamisWalk *walk, const TamisAtom *atom, const char *text, gboolean *holds)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint n = 0;

    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0')
            continue;
        n++;
        if (atom->match != TAMIS_KEYS_COUNT)
            *holds |= meets_a_key(walk, atom, *word, strlen(*word));
    }
    return n;
}

static gboolean
read_hasflag(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
             TamisFormula *out)
{
    static const TamisSieveString internal = {.text = ""};
    const TamisSieveArgument *names =
        tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_VARIABLES);
    const TamisSieveArgument *flags = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_FLAGS);
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER};
    gboolean holds = FALSE;
    guint n = 0;

    if (!read_match_type(bound, &atom) ||
        !read_comparator(tamis_sieve_bound_value(bound, TAMIS_TAG_COMPARATOR), &atom.comparator) ||
        !tamis_walk_list(walk, flags, atom.comparator == TAMIS_COMPARATOR_CASEMAP, &atom.keys))
        return FALSE;
    for (const TamisSieveString *name = names != NULL ? names->strings : &internal; name != NULL;
         name = name->next) {
        TamisString text;

        if (!tamis_walk_value(walk, name, &text))
            return FALSE;
        n += compare_flags(walk, &atom, text_of(walk, text), &holds);
    }
    return fold(atom.match == TAMIS_KEYS_COUNT ? count_meets(walk, &atom, n) : holds, out);
}

/* The server -------------------------------------------------------------------------------------- */

static gboolean
read_ihave(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
           TamisFormula *out)
{
    for (const TamisSieveString *name = bound->parameters[0]->strings; name != NULL;
         name = name->next) {
        TamisExtension extension = tamis_extension_find(name->text, name->length_bytes);

        if (extension == TAMIS_EXTENSION_NONE || !tamis_server_has(walk->server, extension))
            return fold(FALSE, out);
        tamis_extension_set_add(&walk->frame->available, extension);
    }
    return fold(TRUE, out);
}

/* RFC 5183: what is the same for every run of the server. */
static gboolean
read_environment(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
                 TamisFormula *out)
{
    static const struct {
        const char *item, *value;
    } items[] = {{"location", "MDA"}, {"phase", "during"}};
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER};
    TamisSlice names;
    const char *name;

    if (!tamis_walk_list(walk, bound->parameters[0], TRUE, &names) ||
        !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    name = text_of(walk, tamis_formulas_list_get(walk->formulas, names, 0));
    for (guint i = 0; i < G_N_ELEMENTS(items); i++) {
        if (strcmp(name, items[i].item) != 0)
            continue;
        if (atom.match == TAMIS_KEYS_COUNT)
            return fold(count_meets(walk, &atom, 1), out);
        return fold(meets_a_key(walk, &atom, items[i].value, strlen(items[i].value)), out);
    }
    return FALSE;
}

/* The inbox is always there; of other folders the run alone knows. */
static gboolean
read_mailboxexists(TamisWalk *walk, const TamisSieveBound *bound, G_GNUC_UNUSED TamisSpan span,
                   TamisFormula *out)
{
    for (const TamisSieveString *name = bound->parameters[0]->strings; name != NULL;
         name = name->next)
        if (!says(name, "inbox"))
            return FALSE;
    return fold(TRUE, out);
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
    TamisString filter = walk->filter;
    TamisFormula formula = test->tests != NULL ? tamis_walk_test(walk, test->tests)
                                               : tamis_walk_opaque(walk, test->span);

    walk->filter = filter;
    return tamis_walk_not(walk, formula);
}

static Read
reader_of(guint word)
{
    switch (word) {
    case TAMIS_WORD_HEADER:
    case TAMIS_WORD_ADDRESS:
    case TAMIS_WORD_EXISTS:
        return read_fields;
    case TAMIS_WORD_ENVELOPE:
        return read_envelope;
    case TAMIS_WORD_SIZE:
        return read_size;
    case TAMIS_WORD_BODY:
        return read_body;
    case TAMIS_WORD_SPAMTEST:
        return read_spam;
    case TAMIS_WORD_DATE:
    case TAMIS_WORD_CURRENTDATE:
        return read_date;
    case TAMIS_WORD_STRING:
        return read_string;
    case TAMIS_WORD_HASFLAG:
        return read_hasflag;
    case TAMIS_WORD_IHAVE:
        return read_ihave;
    case TAMIS_WORD_ENVIRONMENT:
        return read_environment;
    case TAMIS_WORD_MAILBOXEXISTS:
        return read_mailboxexists;
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
    TamisString filter = walk->filter;
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

TamisFormula
tamis_walk_test(TamisWalk *walk, const TamisSieveTest *test)
{
    const TamisSieveWord *word = tamis_sieve_find_test(test->name, test->name_length);

    if (word == NULL)
        return tamis_walk_opaque(walk, test->span);
    switch (word->id) {
    case TAMIS_WORD_TRUE:
        return TAMIS_FORMULA_TRUE;
    case TAMIS_WORD_FALSE:
        return TAMIS_FORMULA_FALSE;
    case TAMIS_WORD_NOT:
        return read_not(walk, test);
    case TAMIS_WORD_ALLOF:
    case TAMIS_WORD_ANYOF:
        return read_list(walk, test->tests, word->id == TAMIS_WORD_ALLOF);
    default:
        return read_leaf(walk, word, test);
    }
}
