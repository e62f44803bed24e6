/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drafts of messages: what was asked for, and for the rest what people write. */
#include "model/solve/query.h"

#include <string.h>

enum {
    ROOM_BYTES = 800, /* for usual headers, and a quarter of it for a field's name and folding */
    MAX_USUAL = 4,
    EARLIER_S = 40 * 86400 + 7654, /* another month, day, weekday and time of day */
};

static void
clear_field(gpointer data)
{
    tamis_draft_field_clear(data);
}

void
tamis_draft_init(TamisDraft *draft)
{
    *draft = (TamisDraft){
        .envelope_from = g_string_new(NULL),
        .envelope_to = g_string_new(NULL),
        .body = g_string_new(NULL),
        .body_type = g_string_new(NULL),
        .text = g_string_new(NULL),
        .fields = g_array_new(FALSE, FALSE, sizeof(TamisDraftField)),
        .choices = g_array_new(FALSE, FALSE, sizeof(TamisWitnessChoice)),
    };
    g_array_set_clear_func(draft->fields, clear_field);
    tamis_draft_reset(draft);
}

void
tamis_draft_reset(TamisDraft *draft)
{
    g_string_truncate(draft->envelope_from, 0);
    g_string_truncate(draft->envelope_to, 0);
    g_string_truncate(draft->body, 0);
    g_string_truncate(draft->body_type, 0);
    g_array_set_size(draft->fields, 0);
    g_array_set_size(draft->choices, 0);
    draft->has_envelope_from = draft->has_envelope_to = draft->has_instant = draft->has_body =
        FALSE;
    draft->size_min = 0;
    draft->size_max = G_MAXUINT64;
    draft->grades = (TamisGrades){0};
}

void
tamis_draft_clear(TamisDraft *draft)
{
    g_string_free(draft->envelope_from, TRUE);
    g_string_free(draft->envelope_to, TRUE);
    g_string_free(draft->body, TRUE);
    g_string_free(draft->body_type, TRUE);
    g_string_free(draft->text, TRUE);
    g_array_unref(draft->fields);
    g_array_unref(draft->choices);
    g_free(draft->usual_date);
    g_free(draft->earlier_date);
    g_free(draft->usual_id);
}

void
tamis_draft_field_clear(TamisDraftField *field)
{
    g_ptr_array_unref(field->values);
}

TamisDraftField *
tamis_draft_find(TamisDraft *draft, TamisString name)
{
    for (guint i = 0; i < draft->fields->len; i++) {
        TamisDraftField *field = &g_array_index(draft->fields, TamisDraftField, i);

        if (field->name == name)
            return field;
    }
    return NULL;
}

char *
tamis_draft_date(TamisInstant instant, gint32 offset_s)
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    TamisClock clock = tamis_clock_from_instant(instant, offset_s);
    char zone[6];

    tamis_offset_format(offset_s, zone);
    return g_strdup_printf("%s, %u %s %04d %02u:%02u:%02u %s",
                           weekdays[tamis_day_weekday(tamis_day_number(clock.date))],
                           clock.date.day, months[clock.date.month - 1], clock.date.year,
                           clock.hour, clock.minute, clock.second, zone);
}

/* Form ------------------------------------------------------------------------------------------ */

/* A copy of the values, of the form of their field as far as its tests let it. */
static GPtrArray *
to_form(TamisSolver *solver, const TamisDraftField *field)
{
    const char *recipient = solver->draft.has_envelope_to ? solver->draft.envelope_to->str : NULL;
    g_autoptr(GArray) own = tamis_claims_of(solver, field->name);
    TamisDraftField formed = *field;

    formed.values = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < field->values->len; i++)
        g_ptr_array_add(formed.values, g_strdup(g_ptr_array_index(field->values, i)));
    tamis_field_form(solver, (const TamisClaim *)own->data, own->len, recipient, &formed);
    return formed.values;
}

GPtrArray *
tamis_draft_give_form(TamisSolver *solver)
{
    GPtrArray *before = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < solver->draft.fields->len; i++) {
        TamisDraftField *field = &g_array_index(solver->draft.fields, TamisDraftField, i);
        GPtrArray *formed = tamis_field_lacks_form(solver, field) ? to_form(solver, field)
                                                                  : g_ptr_array_ref(field->values);

        g_ptr_array_add(before, field->values);
        field->values = formed;
    }
    return before;
}

gboolean
tamis_draft_take_back(TamisDraft *draft, GPtrArray *before)
{
    gboolean changed = FALSE;

    for (guint i = 0; i < draft->fields->len; i++) {
        TamisDraftField *field = &g_array_index(draft->fields, TamisDraftField, i);

        changed |= field->values != g_ptr_array_index(before, i);
        g_ptr_array_unref(field->values);
        field->values = g_ptr_array_ref(g_ptr_array_index(before, i));
    }
    return changed;
}

/* What is usual --------------------------------------------------------------------------------- */

static void
append_header(GArray *headers, const char *name, const char *value)
{
    TamisWitnessHeader header = {g_strdup(name), g_strdup(value)};

    g_array_append_val(headers, header);
}

/* The first of the values that no test of the field is in the way of; NULL: none. */
static const char *
choose_usual(TamisSolver *solver, TamisString field, const char *const *values)
{
    const char *recipient = solver->draft.has_envelope_to ? solver->draft.envelope_to->str : NULL;
    g_autoptr(GArray) own = tamis_claims_of(solver, field);

    while (*values != NULL && !tamis_field_takes(solver, field, (const TamisClaim *)own->data,
                                                 own->len, recipient, *values))
        values++;
    return *values;
}

/* Where the field was not asked for, or may be there: a usual value, unless a test is in the way. */
static void
add_usual(TamisSolver *solver, GArray *headers, const char *name, const char *const *values,
          gboolean only_asked)
{
    TamisString string = tamis_strings_find(solver->texts.strings, name, strlen(name));
    TamisDraftField *field = string != 0 ? tamis_draft_find(&solver->draft, string) : NULL;
    const char *value = NULL;

    for (guint i = 0; field != NULL && i < field->values->len; i++)
        append_header(headers, name, g_ptr_array_index(field->values, i));
    if (field == NULL)
        value = values[0];
    else if (field->values->len == 0 && !field->fixed)
        value = choose_usual(solver, string, values);
    if (value != NULL && !only_asked)
        append_header(headers, name, value);
}

static const char *const usual_names[] = {"from", "to", "subject", "date", "message-id"};

/* How much a message has beside what was asked for: what it may not be larger than may leave little room. */
typedef enum { AS_USUAL, WHAT_MUST_BE, NOTHING_MORE } Plenty;

/* RFC 5322, 3.6. */
static gboolean
is_required(guint usual)
{
    return usual == 0 || usual == 3;
}

/* Most messages are of one instant. */
static void
make_usual(TamisDraft *draft, TamisInstant instant)
{
    if (draft->usual_date != NULL && draft->usual_instant == instant)
        return;
    g_free(draft->usual_date);
    g_free(draft->earlier_date);
    g_free(draft->usual_id);
    draft->usual_instant = instant;
    draft->usual_date = tamis_draft_date(instant, 0);
    draft->earlier_date = tamis_draft_date(instant - EARLIER_S, 0);
    draft->usual_id = g_strdup_printf("<%" G_GINT64_FORMAT ".1@outside.example>", instant);
}

static void
add_headers(TamisSolver *solver, const TamisWitness *witness, GArray *headers, Plenty plenty)
{
    gboolean bounce = *witness->envelope_from == '\0';
    const char *from = bounce ? "mailer-daemon@outside.example" : witness->envelope_from;
    TamisDraft *draft = &solver->draft;

    make_usual(draft, witness->instant);
    const char *const values[][MAX_USUAL + 1] = {
        {from, "wei@partner.example", "zhou@mail.example", "info@example.net"},
        {witness->envelope_to},
        {"Hello", "Question", "News"},
        {draft->usual_date, draft->earlier_date},
        {draft->usual_id}};

    for (guint i = 0; i < G_N_ELEMENTS(usual_names); i++)
        add_usual(solver, headers, usual_names[i], values[i],
                  plenty == NOTHING_MORE || (plenty == WHAT_MUST_BE && !is_required(i)));
    if (draft->body_type->len > 0)
        append_header(headers, "mime-version", "1.0");
    if (draft->body_type->len > 0)
        append_header(headers, "content-type", draft->body_type->str);
    for (guint i = 0; i < solver->draft.fields->len; i++) {
        TamisDraftField *field = &g_array_index(solver->draft.fields, TamisDraftField, i);
        const char *name = tamis_strings_get(solver->texts.strings, field->name);
        gboolean usual = FALSE;

        for (guint k = 0; k < G_N_ELEMENTS(usual_names); k++)
            usual |= strcmp(name, usual_names[k]) == 0;
        for (guint k = 0; k < field->values->len && !usual; k++)
            append_header(headers, name, g_ptr_array_index(field->values, k));
    }
}

static char *
usual_recipient(TamisSolver *solver)
{
    const TamisPolicy *policy = solver->options.policy;

    if (policy == NULL || policy->domains.n == 0)
        return g_strdup("info@inside.example");
    return g_strdup_printf(
        "info@%s", tamis_policy_text(policy, tamis_policy_value(policy, policy->domains.first)));
}

/* The headers, with more or less of them; the length of the whole. */
static gsize
fill(TamisSolver *solver, TamisWitness *witness, Plenty plenty)
{
    const TamisDraft *draft = &solver->draft;
    GArray *headers = g_array_new(FALSE, FALSE, sizeof(TamisWitnessHeader));

    for (guint i = 0; i < witness->n_headers; i++) {
        g_free(witness->headers[i].name);
        g_free(witness->headers[i].value);
    }
    g_free(witness->headers);
    g_free(witness->body);
    witness->body = g_strdup(draft->has_body      ? draft->body->str
                             : plenty == AS_USUAL ? "Hello"
                                                  : "");
    witness->size_bytes = 0;
    add_headers(solver, witness, headers, plenty);
    witness->n_headers = headers->len;
    witness->headers = (TamisWitnessHeader *)(gpointer)g_array_free(headers, FALSE);
    g_string_truncate(solver->draft.text, 0);
    tamis_witness_append_text(witness, solver->draft.text);
    return solver->draft.text->len;
}

/* A value that no header can hold in one line of UTF-8 never gets here. */
TamisWitness *
tamis_draft_to_witness(TamisSolver *solver)
{
    const TamisDraft *draft = &solver->draft;
    TamisWitness *witness = g_new0(TamisWitness, 1);
    gsize length = 0;

    witness->envelope_from =
        g_strdup(draft->has_envelope_from ? draft->envelope_from->str : "anna@outside.example");
    witness->envelope_to =
        draft->has_envelope_to ? g_strdup(draft->envelope_to->str) : usual_recipient(solver);
    witness->instant = draft->has_instant ? draft->instant : MAX(solver->options.not_before, 0);
    witness->grades = draft->grades;
    witness->n_choices = draft->choices->len;
    witness->choices =
        g_memdup2(draft->choices->data, draft->choices->len * sizeof(TamisWitnessChoice));
    for (Plenty plenty = AS_USUAL; plenty <= NOTHING_MORE; plenty++) {
        length = fill(solver, witness, plenty);
        if (length <= draft->size_max)
            break;
    }
    witness->size_bytes = MAX(length, draft->size_min);
    return witness;
}

gboolean
tamis_draft_is_small_enough(TamisSolver *solver)
{
    const TamisDraft *draft = &solver->draft;
    guint64 most = ROOM_BYTES + draft->body->len;
    TamisWitness *witness;
    gboolean is_small;

    for (guint i = 0; i < draft->fields->len; i++) {
        const TamisDraftField *field = &g_array_index(draft->fields, TamisDraftField, i);

        for (guint k = 0; k < field->values->len; k++)
            most += ROOM_BYTES / 4 + 3 * strlen(g_ptr_array_index(field->values, k));
    }
    if (most <= draft->size_max)
        return TRUE;
    witness = tamis_draft_to_witness(solver);
    is_small = witness->size_bytes <= draft->size_max;
    tamis_witness_free(witness);
    return is_small;
}
