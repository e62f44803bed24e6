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
        .headers = g_array_new(FALSE, FALSE, sizeof(TamisWitnessHeader)),
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
    g_array_unref(draft->headers);
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
    TamisWitnessHeader header = {(char *)name, (char *)value}; /* lent */

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

static gboolean
is_ascii(const char *text)
{
    while (*text != '\0' && (guchar)*text < 0x80)
        text++;
    return *text == '\0';
}

/* The field of the draft, if something was asked of it. */
static TamisDraftField *
find_field(TamisSolver *solver, const char *name)
{
    TamisString string = tamis_strings_find(solver->texts.strings, name, strlen(name));

    return string != 0 ? tamis_draft_find(&solver->draft, string) : NULL;
}

/* What the body is, as a field says; NULL: none does. */
static const char *
body_type_of(TamisSolver *solver)
{
    const TamisDraft *draft = &solver->draft;
    const TamisDraftField *field = find_field(solver, "content-type");

    if (draft->body_type->len > 0)
        return draft->body_type->str;
    return field != NULL && field->values->len > 0 ? g_ptr_array_index(field->values, 0) : NULL;
}

static void
add_unless_there(TamisSolver *solver, GArray *headers, const char *name, const char *value)
{
    const TamisDraftField *field = find_field(solver, name);
    const char *const values[] = {value, NULL};

    if (field == NULL || field->values->len == 0)
        add_usual(solver, headers, name, values, FALSE);
}

/* RFC 2045, 4 to 6: a body that is not plain ASCII says what it is, and who says that says by which standard. */
static void
add_mime(TamisSolver *solver, GArray *headers, const char *body)
{
    const char *type = body_type_of(solver);

    if (type == NULL && is_ascii(body))
        return;
    add_unless_there(solver, headers, "mime-version", "1.0");
    if (solver->draft.body_type->len > 0)
        append_header(headers, "content-type", type);
    else if (type == NULL)
        add_unless_there(solver, headers, "content-type", "text/plain; charset=utf-8");
    if (!is_ascii(body))
        add_unless_there(solver, headers, "content-transfer-encoding", "8bit");
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
        {witness->envelope_to, "team@outside.example", "undisclosed-recipients:;"},
        {TAMIS_USUAL_TEXT, "Question", "News"},
        {draft->usual_date, draft->earlier_date},
        {draft->usual_id}};

    for (guint i = 0; i < G_N_ELEMENTS(usual_names); i++)
        add_usual(solver, headers, usual_names[i], values[i],
                  plenty == NOTHING_MORE || (plenty == WHAT_MUST_BE && !is_required(i)));
    if (plenty != NOTHING_MORE)
        add_mime(solver, headers, witness->body);
    else if (draft->body_type->len > 0)
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

/* Caller frees. */
static char *
usual_recipient(TamisSolver *solver)
{
    const TamisPolicy *policy = solver->options.policy;

    if (policy == NULL || policy->domains.n == 0)
        return g_strdup("info@inside.example");
    return g_strdup_printf(
        "info@%s", tamis_policy_text(policy, tamis_policy_value(policy, policy->domains.first)));
}

/* One that nobody asked for: of several parts where the message says that it has them. */
static const char *
usual_body(TamisSolver *solver, Plenty plenty)
{
    const char *type = body_type_of(solver);

    if (type != NULL && g_ascii_strncasecmp(type, "multipart/", 10) == 0 &&
        g_str_has_suffix(type, "; boundary=next"))
        return "--next\n\n" TAMIS_USUAL_TEXT "\n--next--\n";
    return plenty == AS_USUAL ? TAMIS_USUAL_TEXT : "";
}

/* The headers and the body, with more or less of them; how long the whole is. All that the witness gets is lent. */
static guint64
fill(TamisSolver *solver, TamisWitness *witness, Plenty plenty)
{
    const TamisDraft *draft = &solver->draft;

    witness->body = draft->has_body ? draft->body->str : (char *)usual_body(solver, plenty);
    g_array_set_size(draft->headers, 0);
    add_headers(solver, witness, draft->headers, plenty);
    witness->headers = (TamisWitnessHeader *)(gpointer)draft->headers->data;
    witness->n_headers = draft->headers->len;
    return tamis_witness_count_bytes(witness);
}

/* With as much as there is room for. Lends what the draft has, and recipient. */
static TamisWitness
make_witness(TamisSolver *solver, char *recipient)
{
    const TamisDraft *draft = &solver->draft;
    TamisWitness witness = {
        .envelope_from =
            draft->has_envelope_from ? draft->envelope_from->str : (char *)"anna@outside.example",
        .envelope_to = draft->has_envelope_to ? draft->envelope_to->str : recipient,
        .instant = draft->has_instant ? draft->instant : MAX(solver->options.not_before, 0),
        .grades = draft->grades,
        .choices = (TamisWitnessChoice *)(gpointer)draft->choices->data,
        .n_choices = draft->choices->len,
    };
    guint64 length = 0;

    for (Plenty plenty = AS_USUAL; plenty <= NOTHING_MORE; plenty++) {
        length = fill(solver, &witness, plenty);
        if (length <= draft->size_max)
            break;
    }
    witness.size_bytes = MAX(length, draft->size_min);
    return witness;
}

/* A value that no header can hold in one line of UTF-8 never gets here. */
TamisWitness *
tamis_draft_to_witness(TamisSolver *solver)
{
    g_autofree char *recipient = solver->draft.has_envelope_to ? NULL : usual_recipient(solver);
    TamisWitness witness = make_witness(solver, recipient);

    return tamis_witness_copy(&witness);
}

gboolean
tamis_draft_is_small_enough(TamisSolver *solver)
{
    const TamisDraft *draft = &solver->draft;
    guint64 most = ROOM_BYTES + draft->body->len;
    g_autofree char *recipient = NULL;

    for (guint i = 0; i < draft->fields->len; i++) {
        const TamisDraftField *field = &g_array_index(draft->fields, TamisDraftField, i);

        for (guint k = 0; k < field->values->len; k++)
            most += ROOM_BYTES / 4 + 3 * strlen(g_ptr_array_index(field->values, k));
    }
    if (most <= draft->size_max)
        return TRUE;
    recipient = draft->has_envelope_to ? NULL : usual_recipient(solver);
    return make_witness(solver, recipient).size_bytes <= draft->size_max;
}
