/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The policy's own tests: messages and what is expected of them. Nothing is run here. */
#include "compiler/resolve-plans.h"

#include <string.h>

/* Messages ----------------------------------------------------------------------------------------- */

static void
add_header(TamisResolver *r, const TamisMessageFieldSyntax *field)
{
    TamisMessageHeader header;
    const TamisText *name;

    if (field->name == NULL || field->value == NULL)
        return;
    name = tamis_resolve_bind_text(r, r->arena, &tamis_no_scope, field->name);
    if (tamis_resolve_field_name(r, &tamis_no_frame, name, &header.name) &&
        tamis_resolve_constant(r, field->name, TAMIS_FORM_LINE, &header.name) &&
        tamis_resolve_constant(r, field->value, TAMIS_FORM_LINE, &header.value))
        g_array_append_val(r->policy->message_headers, header);
}

static void
set_instant(TamisResolver *r, const TamisValue *value, TamisTestMessage *message)
{
    message->has_at =
        tamis_instant_parse(value->text, value->length_bytes, r->policy->zone, &message->at);
    if (!message->has_at)
        tamis_report_help(r->report,
                          tamis_report_add(r->report, value->span, TAMIS_RULE_TYPE,
                                           "'%s' is no instant", value->text),
                          "write it as 2026-12-31 18:00");
}

/* The sender's address, or nothing: the null sender. */
static void
set_envelope_from(TamisResolver *r, const TamisValue *value, TamisTestMessage *message)
{
    TamisOperand operand = tamis_resolve_bind_value(r, r->arena, &tamis_no_scope, value);
    TamisTerm term = tamis_resolve_evaluate(r, &tamis_no_frame, &operand);
    TamisAddress address;

    message->has_envelope_from = TRUE;
    if (term.kind == TAMIS_TERM_TEXT && term.length_bytes == 0)
        return;
    if (tamis_resolve_to_address(r, &tamis_no_frame, &term, value->span, "an address", &address))
        message->envelope_from = address.text;
}

static void
set_file(TamisResolver *r, const TamisValue *value, TamisTestMessage *message)
{
    g_autofree char *path = tamis_resolve_path(r, value);

    if (path != NULL)
        message->file = tamis_strings_add(r->strings, path, strlen(path));
    message->file_span = value->span;
}

static void
set_spam_score(TamisResolver *r, const TamisValue *value, TamisTestMessage *message)
{
    guint64 score;

    if (!tamis_resolve_number(r, value, &score))
        return;
    if (score > 10)
        tamis_report_help(r->report,
                          tamis_report_add(r->report, value->span, TAMIS_RULE_TYPE,
                                           "'%s' is no spam score", value->text),
                          "write a number from 0 (untested) to 10 (spam)");
    else
        message->spam_score = (guint32)score;
}

static void
set_field(TamisResolver *r, const TamisMessageFieldSyntax *field, TamisTestMessage *message)
{
    switch (field->field) {
    case TAMIS_MESSAGE_FROM:
        message->has_from =
            tamis_resolve_constant(r, field->value, TAMIS_FORM_LINE, &message->from);
        break;
    case TAMIS_MESSAGE_TO:
        message->has_to = tamis_resolve_constant(r, field->value, TAMIS_FORM_LINE, &message->to);
        break;
    case TAMIS_MESSAGE_CC:
        message->has_cc = tamis_resolve_constant(r, field->value, TAMIS_FORM_LINE, &message->cc);
        break;
    case TAMIS_MESSAGE_SUBJECT:
        message->has_subject =
            tamis_resolve_constant(r, field->value, TAMIS_FORM_LINE, &message->subject);
        break;
    case TAMIS_MESSAGE_BODY:
        message->has_body =
            tamis_resolve_constant(r, field->value, TAMIS_FORM_BLOCK, &message->body);
        break;
    case TAMIS_MESSAGE_HEADER:
        add_header(r, field);
        break;
    case TAMIS_MESSAGE_SIZE:
        message->has_size = tamis_resolve_number(r, field->value, &message->size_bytes);
        break;
    case TAMIS_MESSAGE_SPAM_SCORE:
        set_spam_score(r, field->value, message);
        break;
    case TAMIS_MESSAGE_ENVELOPE_FROM:
        set_envelope_from(r, field->value, message);
        break;
    case TAMIS_MESSAGE_AT:
        set_instant(r, field->value, message);
        break;
    case TAMIS_MESSAGE_FILE:
        set_file(r, field->value, message);
        break;
    }
}

static void
add_message(TamisResolver *r, const TamisTestStepSyntax *step)
{
    TamisTestMessage message = {.mailbox = TAMIS_NO_INDEX, .span = step->span};
    TamisAddress address;

    if (step->to != NULL) {
        TamisOperand operand = tamis_resolve_bind_value(r, r->arena, &tamis_no_scope, step->to);
        TamisTerm term = tamis_resolve_evaluate(r, &tamis_no_frame, &operand);
        if (tamis_resolve_to_address(r, &tamis_no_frame, &term, operand.span, "an address",
                                     &address)) {
            message.to_address = address.text;
            message.mailbox = tamis_policy_find_mailbox(r->policy, address.key);
        }
    }
    message.headers.first = r->policy->message_headers->len;
    for (const TamisMessageFieldSyntax *at = step->fields; at != NULL; at = at->next)
        if (at->value != NULL)
            set_field(r, at, &message);
    message.headers.n = r->policy->message_headers->len - message.headers.first;
    g_array_append_val(r->policy->test_messages, message);
}

/* Expectations ------------------------------------------------------------------------------------- */

static gboolean
read_mark(TamisResolver *r, const TamisValue *value, TamisString *out_mark)
{
    const TamisText *mark = tamis_resolve_bind_text(r, r->arena, &tamis_no_scope, value);
    TamisString name, text;

    if (!tamis_resolve_mark(r, &tamis_no_frame, mark, &name, &text))
        return FALSE;
    g_autofree char *whole = g_strdup_printf("%s: %s", tamis_strings_get(r->strings, name),
                                             tamis_strings_get(r->strings, text));
    *out_mark = tamis_strings_add(r->strings, whole, strlen(whole));
    return TRUE;
}

/* A group stands for each of its members. */
static void
add_targets(TamisResolver *r, const TamisTestStepSyntax *step, TamisExpectation *expectation)
{
    TamisOperand operand = tamis_resolve_bind_value(r, r->arena, &tamis_no_scope, step->value);
    TamisOperands operands = {.items = &operand, .n = 1};
    TamisSlice targets = tamis_resolve_targets(r, &tamis_no_frame, &operands, operand.span);

    for (guint32 i = 0; i < targets.n; i++) {
        expectation->value = tamis_policy_target(r->policy, targets.first + i)->address.key;
        g_array_append_vals(r->policy->expectations, expectation, 1);
    }
}

/* What is filed into the inbox is the copy there. */
static void
add_file(TamisResolver *r, const TamisTestStepSyntax *step, TamisExpectation *expectation)
{
    TamisString folder;

    if (!tamis_resolve_constant(r, step->value, TAMIS_FORM_LINE, &folder) ||
        !tamis_resolve_folder(r, &tamis_no_frame, step->value->span,
                              tamis_policy_text(r->policy, folder),
                              tamis_strings_length(r->strings, folder), &expectation->value))
        return;
    if (expectation->value == 0)
        expectation->kind = TAMIS_EXPECTS_COPY;
    g_array_append_vals(r->policy->expectations, expectation, 1);
}

static void
add_expectation(TamisResolver *r, const TamisTestStepSyntax *step, gboolean has_message)
{
    static const TamisExpectKindOf kinds[] = {
        [TAMIS_EXPECT_FORWARD] = TAMIS_EXPECTS_FORWARD,
        [TAMIS_EXPECT_MARK] = TAMIS_EXPECTS_MARK,
        [TAMIS_EXPECT_COPY] = TAMIS_EXPECTS_COPY,
        [TAMIS_EXPECT_REPLY] = TAMIS_EXPECTS_REPLY,
        [TAMIS_EXPECT_REJECT] = TAMIS_EXPECTS_REJECT,
        [TAMIS_EXPECT_DISCARD] = TAMIS_EXPECTS_DISCARD,
        [TAMIS_EXPECT_FILE] = TAMIS_EXPECTS_FILE,
        [TAMIS_EXPECT_DELIVERY] = TAMIS_EXPECTS_DELIVERY,
    };
    TamisExpectation expectation = {.kind = kinds[step->expect],
                                    .negated = step->negated,
                                    .encrypted = step->encrypted,
                                    .message = r->policy->test_messages->len - 1,
                                    .span = step->span};

    if (!has_message)
        return; /* reported by the parser */
    if (step->expect == TAMIS_EXPECT_FILE) {
        add_file(r, step, &expectation);
        return;
    }
    if (step->value != NULL && step->expect != TAMIS_EXPECT_MARK) {
        add_targets(r, step, &expectation);
        return;
    }
    if (step->value == NULL ||
        (step->expect == TAMIS_EXPECT_MARK
             ? read_mark(r, step->value, &expectation.value)
             : tamis_resolve_constant(r, step->value, TAMIS_FORM_LINE, &expectation.value)))
        g_array_append_val(r->policy->expectations, expectation);
}

static void
visit_test(TamisResolver *r, const TamisDeclaration *declaration)
{
    TamisPolicy *policy = r->policy;
    TamisTestCase test = {.span = declaration->span,
                          .messages.first = policy->test_messages->len,
                          .expectations.first = policy->expectations->len};

    if (declaration->test.title != NULL)
        tamis_resolve_constant(r, declaration->test.title, TAMIS_FORM_LINE, &test.title);
    for (const TamisTestStepSyntax *at = declaration->test.steps; at != NULL; at = at->next) {
        if (at->is_message)
            add_message(r, at);
        else
            add_expectation(r, at, policy->test_messages->len > test.messages.first);
    }
    test.messages.n = policy->test_messages->len - test.messages.first;
    test.expectations.n = policy->expectations->len - test.expectations.first;
    g_array_append_val(policy->test_cases, test);
}

void
tamis_resolve_tests(TamisResolver *r)
{
    tamis_resolve_each_declaration(r, TAMIS_DECLARATION_TEST, visit_test);
}
