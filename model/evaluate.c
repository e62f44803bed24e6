/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Atoms against a message, an envelope and an instant. */
#include "model/evaluate.h"

#include "model/address.h"
#include "model/body-test.h"
#include "model/compare.h"
#include "model/date-part.h"
#include "model/header-date.h"
#include "model/share.h"

#include <string.h>

/* In bytes less than what malloc tidies up for. */
enum { PAGE_FORMULAS = 512 };

struct TamisEvaluation {
    const TamisFormulas *formulas;
    const TamisPolicy *policy;
    const TamisFlow *flow;
    TamisDelivery delivery;
    const TamisZone *zone;
    const char *delimiter;
    GPtrArray *messages; /* by version; [0] lent, the others owned; NULL: not made yet */
    GString *scratch;    /* NULL: not needed yet */
    GByteArray *unknown; /* by version: whether what it holds is not known */
    guint8 **known;      /* pages by formula, of Known; NULL: nothing known yet */
    guint32 n_known;
    guint32 first_page,
        n_pages; /* of known: outside of these there are none; n_pages: behind the last */
    gboolean leaned_on_opaque;
};

/* Of a formula; 0: not worked out yet. */
typedef enum { IS_KNOWN = 1, HOLDS = 2, IS_CERTAIN = 4 } Known;

static Known work_out(TamisEvaluation *evaluation, TamisFormula formula);

static const char *
name_at(const TamisEvaluation *evaluation, const TamisAtom *atom, guint32 i)
{
    return tamis_strings_get(tamis_formulas_get_strings(evaluation->formulas),
                             tamis_formulas_list_get(evaluation->formulas, atom->names, i));
}

/* Fields ----------------------------------------------------------------------------------------
 */

/* The field that an index means, 1-based; 0: every one; more than n: none. */
static guint
indexed_field(const TamisAtom *atom, guint n)
{
    if (atom->index == 0 || !atom->last)
        return atom->index;
    return atom->index <= n ? n + 1 - atom->index : n + 1;
}

/* A word that many values may be is looked up among them. */
static gboolean
is_one_word(const TamisEvaluation *evaluation, const TamisAtom *atom)
{
    const TamisStrings *strings = tamis_formulas_get_strings(evaluation->formulas);
    TamisString key;

    if (atom->match != TAMIS_KEYS_IS || atom->keys.n != 1 || atom->index != 0 ||
        (atom->comparator != TAMIS_COMPARATOR_OCTET &&
         atom->comparator != TAMIS_COMPARATOR_CASEMAP))
        return FALSE;
    key = tamis_formulas_list_get(evaluation->formulas, atom->keys, 0);
    return strlen(tamis_strings_get(strings, key)) == tamis_strings_length(strings, key);
}

static gboolean
header_is_word(TamisEvaluation *evaluation, const TamisAtom *atom, TamisMessage *message)
{
    TamisString key = tamis_formulas_list_get(evaluation->formulas, atom->keys, 0);
    const char *word = tamis_strings_get(tamis_formulas_get_strings(evaluation->formulas), key);

    for (guint32 i = 0; i < atom->names.n; i++)
        if (tamis_message_has_value(message, name_at(evaluation, atom, i), word,
                                    atom->comparator == TAMIS_COMPARATOR_CASEMAP))
            return TRUE;
    return FALSE;
}

static gboolean
header_holds(TamisEvaluation *evaluation, const TamisAtom *atom, TamisMessage *message)
{
    guint count = 0;

    if (tamis_message_has_many_fields(message) && is_one_word(evaluation, atom))
        return header_is_word(evaluation, atom, message);
    for (guint32 i = 0; i < atom->names.n; i++) {
        const char *const *values = tamis_message_get_header(message, name_at(evaluation, atom, i));
        guint n = g_strv_length((char **)values), field = indexed_field(atom, n);

        for (guint v = 0; v < n; v++) {
            if (field != 0 && v + 1 != field)
                continue;
            count++;
            if (atom->match != TAMIS_KEYS_COUNT &&
                tamis_atom_meets_a_key(evaluation->formulas, atom, values[v], strlen(values[v])))
                return TRUE;
        }
    }
    return atom->match == TAMIS_KEYS_COUNT &&
           tamis_atom_count_meets_a_key(evaluation->formulas, atom, count);
}

static gboolean
exists_holds(TamisEvaluation *evaluation, const TamisAtom *atom, TamisMessage *message)
{
    for (guint32 i = 0; i < atom->names.n; i++) {
        if (*tamis_message_get_header(message, name_at(evaluation, atom, i)) == NULL)
            return FALSE;
    }
    return TRUE;
}

/* The local part up to the detail; lent until the next call. */
static const char *
user_before(TamisEvaluation *evaluation, const char *local, const char *detail)
{
    if (evaluation->scratch == NULL)
        evaluation->scratch = g_string_new(NULL);
    g_string_truncate(evaluation->scratch, 0);
    g_string_append_len(evaluation->scratch, local, detail - local);
    return evaluation->scratch->str;
}

/* The part of an address; NULL: it has none (a detail). */
static const char *
part_of(TamisEvaluation *evaluation, TamisAddressPart part, const TamisMailAddress *address)
{
    const char *detail =
        *evaluation->delimiter != '\0' ? strstr(address->local, evaluation->delimiter) : NULL;

    switch (part) {
    case TAMIS_ADDRESS_ALL:
        return address->whole;
    case TAMIS_ADDRESS_DOMAIN:
        return address->domain;
    case TAMIS_ADDRESS_LOCAL:
        return address->local;
    case TAMIS_ADDRESS_DETAIL:
        return detail != NULL ? detail + strlen(evaluation->delimiter) : NULL;
    case TAMIS_ADDRESS_USER:
        return detail != NULL ? user_before(evaluation, address->local, detail) : address->local;
    }
    g_assert_not_reached();
}

/* What is no address is compared as it stands, and has no parts; nothing at all has empty ones. */
static const char *
item_of(TamisEvaluation *evaluation, TamisAddressPart part, const TamisMailAddress *address)
{
    if (address->is_valid)
        return part_of(evaluation, part, address);
    return part == TAMIS_ADDRESS_ALL || *address->whole == '\0' ? address->whole : NULL;
}

static gboolean
address_holds(TamisEvaluation *evaluation, const TamisAtom *atom, TamisMessage *message)
{
    guint count = 0;

    for (guint32 i = 0; i < atom->names.n; i++) {
        guint n = 0, field;
        const TamisMailAddress *addresses =
            tamis_message_get_addresses(message, name_at(evaluation, atom, i), &n);

        field = indexed_field(atom, n > 0 ? addresses[n - 1].field : 0);
        for (guint a = 0; a < n; a++) {
            const char *part;

            if (field != 0 && addresses[a].field != field)
                continue;
            count++; /* those without the part too */
            part = item_of(evaluation, atom->part, &addresses[a]);
            if (atom->match != TAMIS_KEYS_COUNT && part != NULL &&
                tamis_atom_meets_a_key(evaluation->formulas, atom, part, strlen(part)))
                return TRUE;
        }
    }
    return atom->match == TAMIS_KEYS_COUNT &&
           tamis_atom_count_meets_a_key(evaluation->formulas, atom, count);
}

static gboolean
addressed_holds(TamisEvaluation *evaluation, const TamisAtom *atom, TamisMessage *message)
{
    for (guint32 i = 0; i < atom->names.n; i++) {
        guint n = 0;
        const TamisMailAddress *addresses =
            tamis_message_get_addresses(message, name_at(evaluation, atom, i), &n);

        for (guint a = 0; a < n; a++) {
            if (g_ascii_strcasecmp(addresses[a].whole, evaluation->delivery.envelope_to) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
envelope_holds(TamisEvaluation *evaluation, const TamisAtom *atom)
{
    guint count = 0;

    for (guint32 i = 0; i < atom->names.n; i++) {
        gboolean is_from = strcmp(name_at(evaluation, atom, i), "from") == 0;
        const char *whole =
            is_from ? evaluation->delivery.envelope_from : evaluation->delivery.envelope_to;
        const char *at = strrchr(whole, '@');
        gsize local_bytes = at != NULL ? (gsize)(at - whole) : strlen(whole);
        g_autofree char *plain = tamis_local_unquote(whole, local_bytes);
        g_autofree char *local = plain == NULL ? g_strndup(whole, local_bytes) : NULL;
        TamisMailAddress address = {plain != NULL ? plain : local, at != NULL ? at + 1 : "", whole,
                                    TRUE, 1};
        const char *part = part_of(evaluation, atom->part, &address);

        count++;
        if (atom->match != TAMIS_KEYS_COUNT && part != NULL &&
            tamis_atom_meets_a_key(evaluation->formulas, atom, part, strlen(part)))
            return TRUE;
    }
    return atom->match == TAMIS_KEYS_COUNT &&
           tamis_atom_count_meets_a_key(evaluation->formulas, atom, count);
}

/* Body ------------------------------------------------------------------------------------------
 */

static gboolean
body_holds(TamisEvaluation *evaluation, const TamisAtom *atom, TamisMessage *message)
{
    TamisBodyTest test = {.atom = atom};

    tamis_body_tests_do(evaluation->formulas, message, &test, 1);
    return test.holds;
}

/* Dates -----------------------------------------------------------------------------------------
 */

static gint32
offset_of(const TamisEvaluation *evaluation, const TamisAtom *atom, TamisInstant instant,
          gint32 original_offset_s)
{
    const TamisStrings *strings = tamis_formulas_get_strings(evaluation->formulas);

    switch ((TamisZoneKind)atom->zone_kind) {
    case TAMIS_ZONE_FIXED:
        return atom->offset_s;
    case TAMIS_ZONE_LOCAL:
        return evaluation->zone != NULL ? tamis_zone_offset_at(evaluation->zone, instant) : 0;
    case TAMIS_ZONE_ORIGINAL:
        return original_offset_s;
    case TAMIS_ZONE_NAMED:
        return tamis_zone_offset_at(tamis_zone_get(tamis_strings_get(strings, atom->zone_name)),
                                    instant);
    }
    g_assert_not_reached();
}

static gboolean
instant_holds(TamisEvaluation *evaluation, const TamisAtom *atom, TamisInstant instant,
              gint32 original_offset_s)
{
    const char *part =
        tamis_strings_get(tamis_formulas_get_strings(evaluation->formulas), atom->date_part);
    gint32 offset_s = offset_of(evaluation, atom, instant, original_offset_s);
    char text[TAMIS_DATE_PART_BYTES];

    if (!tamis_date_part_text(part, instant, offset_s, text))
        return FALSE;
    if (atom->match == TAMIS_KEYS_COUNT)
        return tamis_atom_count_meets_a_key(evaluation->formulas, atom, 1);
    return tamis_atom_meets_a_key(evaluation->formulas, atom, text, strlen(text));
}

/* Of several fields of the name the first counts, without an index. */
static gboolean
date_holds(TamisEvaluation *evaluation, const TamisAtom *atom, TamisMessage *message)
{
    const char *const *values = tamis_message_get_header(message, name_at(evaluation, atom, 0));
    guint n = g_strv_length((char **)values), field = MAX(indexed_field(atom, n), 1);
    TamisInstant instant;
    gint32 offset_s;

    if (field > n || !tamis_header_date_read(values[field - 1], &instant, &offset_s))
        return atom->match == TAMIS_KEYS_COUNT &&
               tamis_atom_count_meets_a_key(evaluation->formulas, atom, 0);
    return instant_holds(evaluation, atom, instant, offset_s);
}

/* Atoms -----------------------------------------------------------------------------------------
 */

static gboolean
size_holds(const TamisAtom *atom, TamisMessage *message)
{
    guint64 size = tamis_message_get_size(message);

    return atom->relation == TAMIS_RELATION_GT ? size > atom->number : size < atom->number;
}

static gboolean
grade_holds(const TamisEvaluation *evaluation, const TamisAtom *atom)
{
    char text[12];

    if (atom->match == TAMIS_KEYS_COUNT)
        return tamis_atom_count_meets_a_key(evaluation->formulas, atom, 1);
    g_snprintf(text, sizeof text, "%u",
               tamis_grades_get(&evaluation->delivery.grades, (TamisGrade)atom->grade));
    return tamis_atom_meets_a_key(evaluation->formulas, atom, text, strlen(text));
}

static gboolean
atom_holds(TamisEvaluation *evaluation, const TamisAtom *atom)
{
    TamisInstant now = evaluation->delivery.instant;
    TamisMessage *message = tamis_evaluation_message(evaluation, atom->version);

    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_HEADER:
        return header_holds(evaluation, atom, message);
    case TAMIS_ATOM_ADDRESS:
        return address_holds(evaluation, atom, message);
    case TAMIS_ATOM_ENVELOPE:
        return envelope_holds(evaluation, atom);
    case TAMIS_ATOM_ADDRESSED:
        return addressed_holds(evaluation, atom, message);
    case TAMIS_ATOM_EXISTS:
        return exists_holds(evaluation, atom, message);
    case TAMIS_ATOM_BODY:
        return body_holds(evaluation, atom, message);
    case TAMIS_ATOM_SIZE:
        return size_holds(atom, message);
    case TAMIS_ATOM_GRADE:
        return grade_holds(evaluation, atom);
    case TAMIS_ATOM_NOW:
        return instant_holds(evaluation, atom, now, 0);
    case TAMIS_ATOM_DATE:
        return date_holds(evaluation, atom, message);
    case TAMIS_ATOM_SINCE:
        return now >= atom->instant;
    case TAMIS_ATOM_HOURS:
        return tamis_hours_holds(
            g_array_index(evaluation->policy->hours, TamisHoursDefinition, atom->hours).hours, now);
    case TAMIS_ATOM_SHARE:
        return tamis_share_member_at((guint32)atom->number, now) == atom->member;
    case TAMIS_ATOM_OPAQUE:
        return FALSE;
    }
    g_assert_not_reached();
}

/* Of many formulas one message looks at few. */
static guint8 *
known_of(TamisEvaluation *evaluation, TamisFormula formula)
{
    guint32 number = formula / PAGE_FORMULAS;
    guint8 **page = &evaluation->known[number];

    if (*page == NULL) {
        *page = g_new0(guint8, PAGE_FORMULAS);
        evaluation->first_page = MIN(evaluation->first_page, number);
        evaluation->n_pages = MAX(evaluation->n_pages, number + 1);
    }
    return *page + formula % PAGE_FORMULAS;
}

/* The tests of parts that the flow makes of the version, each formula once. Caller frees. */
static GArray *
collect_body_tests(TamisEvaluation *evaluation, guint32 version)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    GArray *formulas = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    for (guint32 i = 0; i < evaluation->flow->n_actions; i++) {
        g_autoptr(GArray) parts =
            tamis_formulas_collect_parts(evaluation->formulas, evaluation->flow->actions[i].guard);

        for (guint p = 0; p < parts->len; p++) {
            TamisFormula formula = g_array_index(parts, TamisFormula, p);
            const TamisAtom *atom;

            if (tamis_formulas_kind(evaluation->formulas, formula) != TAMIS_FORMULA_ATOM ||
                !g_hash_table_add(seen, GUINT_TO_POINTER(formula)))
                continue;
            atom = tamis_formulas_get_atom(evaluation->formulas, formula);
            if (atom->kind == TAMIS_ATOM_BODY && atom->transform != TAMIS_BODY_RAW &&
                atom->version == version && formula < evaluation->n_known)
                g_array_append_val(formulas, formula);
        }
    }
    return formulas;
}

static Known
known_atom(const TamisEvaluation *evaluation, const TamisAtom *atom, gboolean holds)
{
    gboolean is_certain =
        atom->kind != TAMIS_ATOM_OPAQUE && !evaluation->unknown->data[atom->version];

    return (holds ? HOLDS : 0) | (is_certain ? IS_CERTAIN : 0);
}

/* Long parts are read once for all tests that the flow may ask for. */
static void
work_out_bodies(TamisEvaluation *evaluation, guint32 version, TamisMessage *message)
{
    g_autoptr(GArray) formulas = collect_body_tests(evaluation, version);
    g_autofree TamisBodyTest *tests = g_new0(TamisBodyTest, formulas->len);

    for (guint i = 0; i < formulas->len; i++)
        tests[i].atom =
            tamis_formulas_get_atom(evaluation->formulas, g_array_index(formulas, TamisFormula, i));
    tamis_body_tests_do(evaluation->formulas, message, tests, formulas->len);
    for (guint i = 0; i < formulas->len; i++) {
        guint8 *known = known_of(evaluation, g_array_index(formulas, TamisFormula, i));

        if (*known == 0)
            *known = (guint8)(known_atom(evaluation, tests[i].atom, tests[i].holds) | IS_KNOWN);
    }
}

static Known
work_out_atom(TamisEvaluation *evaluation, TamisFormula formula)
{
    const TamisAtom *atom = tamis_formulas_get_atom(evaluation->formulas, formula);
    TamisMessage *message = tamis_evaluation_message(evaluation, atom->version);

    if (atom->kind == TAMIS_ATOM_BODY && atom->transform != TAMIS_BODY_RAW &&
        formula < evaluation->n_known && tamis_body_has_long_part(message)) {
        work_out_bodies(evaluation, atom->version, message);
        if (*known_of(evaluation, formula) != 0)
            return *known_of(evaluation, formula);
    }
    return known_atom(evaluation, atom, atom_holds(evaluation, atom));
}

/* A child that decides ends it; one that decides for certain makes all of it certain. */
static Known
work_out_list(TamisEvaluation *evaluation, TamisFormula formula, gboolean any)
{
    guint32 n = 0;
    const TamisFormula *children = tamis_formulas_children(evaluation->formulas, formula, &n);
    gboolean is_decided = FALSE, is_certain = TRUE;

    for (guint32 i = 0; i < n; i++) {
        Known child = work_out(evaluation, children[i]);
        gboolean decides = ((child & HOLDS) != 0) == any;

        if (decides && (child & IS_CERTAIN))
            return (any ? HOLDS : 0) | IS_CERTAIN;
        is_decided |= decides;
        is_certain &= (child & IS_CERTAIN) != 0;
    }
    return (is_decided == any ? HOLDS : 0) | (is_certain ? IS_CERTAIN : 0);
}

static Known
work_out_new(TamisEvaluation *evaluation, TamisFormula formula)
{
    TamisFormulaKind kind = tamis_formulas_kind(evaluation->formulas, formula);
    guint32 n = 0;

    switch (kind) {
    case TAMIS_FORMULA_CONSTANT:
        return (formula == TAMIS_FORMULA_TRUE ? HOLDS : 0) | IS_CERTAIN;
    case TAMIS_FORMULA_ATOM:
        return work_out_atom(evaluation, formula);
    case TAMIS_FORMULA_NOT:
        return work_out(evaluation, *tamis_formulas_children(evaluation->formulas, formula, &n)) ^
               HOLDS;
    case TAMIS_FORMULA_AND:
    case TAMIS_FORMULA_OR:
        return work_out_list(evaluation, formula, kind == TAMIS_FORMULA_OR);
    }
    g_assert_not_reached();
}

static Known
work_out(TamisEvaluation *evaluation, TamisFormula formula)
{
    Known known = formula < evaluation->n_known ? *known_of(evaluation, formula) : 0;

    if (known != 0)
        return known;
    known = work_out_new(evaluation, formula) | IS_KNOWN;
    if (formula < evaluation->n_known)
        *known_of(evaluation, formula) = (guint8)known;
    return known;
}

gboolean
tamis_evaluation_holds(TamisEvaluation *evaluation, TamisFormula formula)
{
    Known known = work_out(evaluation, formula);

    evaluation->leaned_on_opaque |= (known & IS_CERTAIN) == 0;
    return (known & HOLDS) != 0;
}

gboolean
tamis_evaluation_is_certain(TamisEvaluation *evaluation, TamisFormula formula)
{
    return (work_out(evaluation, formula) & IS_CERTAIN) != 0;
}

/* Versions --------------------------------------------------------------------------------------
 */

/* Which fields of its name an UNMARK with keys leaves: FALSE, it goes. */
typedef struct {
    TamisEvaluation *evaluation;
    TamisAtom match;
} Deleting;

static gboolean
is_meant(const char *value, gpointer data)
{
    const Deleting *deleting = data;

    return tamis_atom_meets_a_key(deleting->evaluation->formulas, &deleting->match, value,
                                  strlen(value));
}

static TamisMessage *
changed_copy(TamisEvaluation *evaluation, TamisMessage *before, const TamisChange *change)
{
    const TamisStrings *strings = tamis_formulas_get_strings(evaluation->formulas);
    TamisMessage *after = tamis_message_copy(before);
    Deleting deleting = {evaluation,
                         {.match = change->match,
                          .relation = change->relation,
                          .comparator = change->comparator,
                          .keys = change->keys}};

    if (change->is_unknown)
        return after;
    if (change->kind == TAMIS_FLOW_MARK)
        tamis_message_add_header(after, tamis_strings_get(strings, change->name),
                                 tamis_strings_get(strings, change->value), change->last);
    else if (change->kind == TAMIS_FLOW_UNMARK)
        tamis_message_delete_header(after, tamis_strings_get(strings, change->name), change->index,
                                    change->last, change->keys.n > 0 ? is_meant : NULL, &deleting);
    return after;
}

TamisMessage *
tamis_evaluation_message(TamisEvaluation *evaluation, guint32 version)
{
    for (guint32 i = evaluation->messages->len; i <= version; i++) {
        const TamisChange *change = &evaluation->flow->changes[i - 1];
        TamisMessage *before = g_ptr_array_index(evaluation->messages, i - 1);
        Known happens = work_out(evaluation, change->guard);
        guint8 unknown = evaluation->unknown->data[i - 1] || !(happens & IS_CERTAIN) ||
                         ((happens & HOLDS) && change->is_unknown);

        g_ptr_array_add(evaluation->messages,
                        (happens & HOLDS) ? changed_copy(evaluation, before, change) : before);
        g_byte_array_append(evaluation->unknown, &unknown, 1);
    }
    return g_ptr_array_index(evaluation->messages, version);
}

TamisEvaluation *
tamis_evaluation_new(const TamisFormulas *formulas, const TamisPolicy *policy,
                     const TamisFlow *flow, TamisMessage *message, const TamisDelivery *delivery,
                     const TamisZone *zone, const char *delimiter)
{
    TamisEvaluation *evaluation = g_new0(TamisEvaluation, 1);

    evaluation->formulas = formulas;
    evaluation->policy = policy;
    evaluation->flow = flow;
    evaluation->delivery = *delivery;
    evaluation->zone = zone;
    evaluation->delimiter = delimiter;
    evaluation->messages = g_ptr_array_new();
    g_ptr_array_add(evaluation->messages, message);
    evaluation->unknown = g_byte_array_new();
    g_byte_array_append(evaluation->unknown, (const guint8 *)"", 1);
    evaluation->n_known = tamis_formulas_count(formulas);
    evaluation->known = g_new0(guint8 *, evaluation->n_known / PAGE_FORMULAS + 1);
    evaluation->first_page = G_MAXUINT32;
    return evaluation;
}

void
tamis_evaluation_free(TamisEvaluation *evaluation)
{
    if (evaluation == NULL)
        return;
    for (guint i = 1; i < evaluation->messages->len; i++) {
        TamisMessage *message = g_ptr_array_index(evaluation->messages, i);

        if (message != g_ptr_array_index(evaluation->messages, i - 1))
            tamis_message_free(message);
    }
    g_ptr_array_unref(evaluation->messages);
    g_byte_array_unref(evaluation->unknown);
    if (evaluation->scratch != NULL)
        g_string_free(evaluation->scratch, TRUE);
    for (guint32 i = evaluation->first_page; i < evaluation->n_pages; i++)
        g_free(evaluation->known[i]);
    g_free(evaluation->known);
    g_free(evaluation);
}

void
tamis_evaluation_assume(TamisEvaluation *evaluation, TamisFormula formula, gboolean holds)
{
    g_return_if_fail(formula < evaluation->n_known);
    *known_of(evaluation, formula) = IS_KNOWN | IS_CERTAIN | (holds ? HOLDS : 0);
}

gboolean
tamis_evaluation_leaned_on_opaque(const TamisEvaluation *evaluation)
{
    return evaluation->leaned_on_opaque;
}
