/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hours, rules, exceptions and tests to text. */
#include "grammar/policy/format-state.h"

#include <string.h>

/* Hours ------------------------------------------------------------------------------------------- */

/* "mon-wed, fri" */
static char *
spell_days(const TamisDaysSyntax *line)
{
    GString *text = g_string_new(NULL);

    for (const TamisValue *word = line->words; word != NULL; word = word->next)
        g_string_append_printf(text, "%s%s", word->text, word->next != NULL ? ", " : "");
    return g_string_free(text, FALSE);
}

static guint
keyword_width(const TamisDeclaration *declaration)
{
    gsize width = declaration->hours.timezone != NULL ? strlen("timezone") : 0;

    if (declaration->hours.excepts != NULL)
        width = MAX(width, strlen("except"));
    for (const TamisDaysSyntax *line = declaration->hours.days; line != NULL; line = line->next) {
        g_autofree char *days = spell_days(line);
        width = MAX(width, strlen(days));
    }
    return (guint)width;
}

static void
print_days(TamisPrinter *printer, const TamisDaysSyntax *line, guint width)
{
    g_autofree char *days = spell_days(line);

    tamis_pretty_copy(printer->pretty, days);
    tamis_print_padding(printer, days, width);
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
    for (const TamisRangeSyntax *range = line->ranges; range != NULL; range = range->next) {
        tamis_printer_gap(printer, range->span, TAMIS_GAP_LINE);
        tamis_print_text(printer, range->start->text);
        tamis_print_text(printer, "-");
        tamis_print_text(printer, range->end->text);
        tamis_print_text(printer, range->next != NULL ? "," : ";");
    }
    tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
    tamis_pretty_close(printer->pretty);
}

static void
print_except(TamisPrinter *printer, const TamisExceptSyntax *except, guint width)
{
    tamis_print_keyword(printer, "except", width);
    tamis_print_text(printer, " ");
    tamis_print_text(printer, except->first->text);
    if (except->last != NULL) {
        tamis_print_text(printer, "..");
        tamis_print_text(printer, except->last->text);
    }
    tamis_print_text(printer, ";");
}

/* The tree has a list of each kind; their places say how they were mixed. */
static void
print_hours(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    const TamisDaysSyntax *days = declaration->hours.days;
    const TamisExceptSyntax *except = declaration->hours.excepts;
    const TamisValue *zone = declaration->hours.timezone;
    guint width = keyword_width(declaration);
    gboolean is_first = TRUE;

    tamis_print_text(printer, "hours ");
    tamis_print_text(printer, declaration->name.text);
    tamis_print_open(printer);
    for (; days != NULL || except != NULL || zone != NULL; is_first = FALSE) {
        guint64 days_at = days != NULL ? days->span.offset : G_MAXUINT64;
        guint64 except_at = except != NULL ? except->span.offset : G_MAXUINT64;
        guint64 timezone_at = zone != NULL ? zone->span.offset : G_MAXUINT64;

        if (days != NULL && days_at <= except_at && days_at <= timezone_at) {
            tamis_print_statement(printer, days->span, is_first, FALSE);
            print_days(printer, days, width);
            days = days->next;
        } else if (except != NULL && except_at <= timezone_at) {
            tamis_print_statement(printer, except->span, is_first, FALSE);
            print_except(printer, except, width);
            except = except->next;
        } else {
            tamis_print_statement(printer, tamis_printer_setting_span(printer, zone->span),
                                  is_first, FALSE);
            tamis_print_setting(printer, "timezone", width, zone);
            zone = NULL;
        }
    }
    tamis_print_close(printer, declaration->span);
}

/* Forbid, require --------------------------------------------------------------------------------- */

static void
print_party(TamisPrinter *printer, const char *keyword, const TamisPartySyntax *party)
{
    if (party->kind == TAMIS_PARTY_ANY)
        return;
    tamis_printer_gap(printer, party->span, TAMIS_GAP_LINE);
    tamis_print_text(printer, keyword);
    if (party->kind == TAMIS_PARTY_VALUES)
        tamis_print_list(printer, party->values, TAMIS_INDENT);
    else
        tamis_print_text(printer, party->kind == TAMIS_PARTY_INTERNAL ? " internal" : " external");
}

static void
print_unless(TamisPrinter *printer, TamisUnless unless, const TamisName *condition)
{
    if (unless == TAMIS_UNLESS_NEVER)
        return;
    tamis_pretty_line(printer->pretty);
    tamis_print_text(printer, "unless ");
    tamis_print_text(printer, unless == TAMIS_UNLESS_ENCRYPTED ? "encrypted"
                              : unless == TAMIS_UNLESS_COPIED  ? "copied"
                                                               : condition->text);
}

/* The rest of a forbid or require behind its title, on the same line if it fits. */
static void
print_forwards(TamisPrinter *printer, const char *head, const char *group, const char *tail,
               const TamisDeclaration *declaration)
{
    gboolean is_forbid = declaration->kind == TAMIS_DECLARATION_FORBID;

    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
    tamis_pretty_line(printer->pretty);
    tamis_print_text(printer, head);
    tamis_print_text(printer, group);
    tamis_print_text(printer, tail);
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
    print_party(printer, "from",
                is_forbid ? &declaration->forbid.from : &declaration->require.from);
    print_party(printer, "to", is_forbid ? &declaration->forbid.to : &declaration->require.to);
    if (is_forbid)
        print_unless(printer, declaration->forbid.unless, &declaration->forbid.condition);
    tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
    tamis_pretty_close(printer->pretty);
    tamis_print_text(printer, ";");
    tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
    tamis_pretty_close(printer->pretty);
}

static void
print_forbid(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    tamis_print_text(printer, "forbid ");
    tamis_print_value(printer, declaration->forbid.title);
    print_forwards(printer, "forward", "", "", declaration);
}

static void
print_require(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    tamis_print_text(printer, "require ");
    tamis_print_value(printer, declaration->require.title);
    switch (declaration->require.kind) {
    case TAMIS_REQUIRE_EXPIRY:
        print_forwards(printer, "expiry", "", " for forward", declaration);
        break;
    case TAMIS_REQUIRE_COPY:
        print_forwards(printer, "copy", "", " for forward", declaration);
        break;
    case TAMIS_REQUIRE_VERIFIED:
        print_forwards(printer, "verified in ", declaration->require.group.text, " for forward",
                       declaration);
        break;
    }
}

/* External, allow --------------------------------------------------------------------------------- */

static void
print_outside(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    tamis_print_text(printer, "external ");
    tamis_print_value(printer, declaration->outside.address);
    tamis_print_text(printer, " forwards to");
    tamis_print_list(printer, declaration->outside.targets, TAMIS_INDENT);
    tamis_print_text(printer, ";");
}

static void
print_allow(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    tamis_print_text(printer, "allow ");
    tamis_print_text(printer, declaration->name.text);
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
    tamis_pretty_open(printer->pretty);
    if (declaration->allow.in != NULL) {
        tamis_printer_gap(printer, declaration->allow.in->span, TAMIS_GAP_LINE);
        tamis_print_text(printer, "in");
        tamis_print_list(printer, declaration->allow.in, TAMIS_INDENT);
    }
    if (declaration->allow.until != NULL) {
        tamis_printer_gap(printer, declaration->allow.until->span, TAMIS_GAP_LINE);
        tamis_print_text(printer, "until ");
        tamis_print_value(printer, declaration->allow.until);
    }
    tamis_pretty_close(printer->pretty);
    tamis_printer_gap(printer, declaration->allow.because->span, TAMIS_GAP_LINE);
    tamis_print_text(printer, "because ");
    tamis_print_value(printer, declaration->allow.because);
    tamis_print_text(printer, ";");
    tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
    tamis_pretty_close(printer->pretty);
}

void
tamis_print_rule(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    switch (declaration->kind) {
    case TAMIS_DECLARATION_HOURS:
        print_hours(printer, declaration);
        break;
    case TAMIS_DECLARATION_FORBID:
        print_forbid(printer, declaration);
        break;
    case TAMIS_DECLARATION_REQUIRE:
        print_require(printer, declaration);
        break;
    case TAMIS_DECLARATION_OUTSIDE:
        print_outside(printer, declaration);
        break;
    default:
        print_allow(printer, declaration);
    }
}

/* Tests ------------------------------------------------------------------------------------------- */

static const char *const field_texts[] = {
    [TAMIS_MESSAGE_FROM] = "from",
    [TAMIS_MESSAGE_TO] = "to",
    [TAMIS_MESSAGE_CC] = "cc",
    [TAMIS_MESSAGE_SUBJECT] = "subject",
    [TAMIS_MESSAGE_HEADER] = "header",
    [TAMIS_MESSAGE_BODY] = "body",
    [TAMIS_MESSAGE_SIZE] = "size",
    [TAMIS_MESSAGE_SPAM_SCORE] = "spam score",
    [TAMIS_MESSAGE_ENVELOPE_FROM] = "envelope from",
    [TAMIS_MESSAGE_AT] = "at",
    [TAMIS_MESSAGE_FILE] = "file",
};

static const char *const expect_texts[] = {
    [TAMIS_EXPECT_FORWARD] = "forward", [TAMIS_EXPECT_MARK] = "mark",
    [TAMIS_EXPECT_COPY] = "copy",       [TAMIS_EXPECT_REPLY] = "reply",
    [TAMIS_EXPECT_REJECT] = "reject",   [TAMIS_EXPECT_DISCARD] = "discard",
    [TAMIS_EXPECT_FILE] = "file in",    [TAMIS_EXPECT_DELIVERY] = "delivery to",
};

static void
print_message(TamisPrinter *printer, const TamisTestStepSyntax *step)
{
    gsize width = 0;

    for (const TamisMessageFieldSyntax *field = step->fields; field != NULL; field = field->next)
        width = MAX(width, strlen(field_texts[field->field]));
    tamis_print_text(printer, "message to ");
    tamis_print_value(printer, step->to);
    tamis_print_open(printer);
    for (const TamisMessageFieldSyntax *field = step->fields; field != NULL; field = field->next) {
        tamis_print_statement(printer, field->span, field == step->fields, FALSE);
        tamis_print_keyword(printer, field_texts[field->field], (guint)width);
        if (field->name != NULL) {
            tamis_print_text(printer, " ");
            tamis_print_value(printer, field->name);
        }
        tamis_print_setting(printer, "", 0, field->value);
    }
    tamis_print_close(printer, step->span);
}

static void
print_expect(TamisPrinter *printer, const TamisTestStepSyntax *step)
{
    tamis_print_text(printer, step->negated ? "expect no " : "expect ");
    tamis_print_text(printer, expect_texts[step->expect]);
    if (step->encrypted)
        tamis_print_text(printer, " encrypted");
    if (step->value != NULL) {
        tamis_print_text(printer, step->expect == TAMIS_EXPECT_FORWARD ? " to " : " ");
        tamis_print_value(printer, step->value);
    }
    tamis_print_text(printer, ";");
}

void
tamis_print_test(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    const TamisTestStepSyntax *step = declaration->test.steps;

    tamis_print_text(printer, "test ");
    tamis_print_value(printer, declaration->test.title);
    tamis_print_open(printer);
    for (; step != NULL; step = step->next) {
        tamis_print_statement(printer, step->span, step == declaration->test.steps,
                              step->is_message);
        if (step->is_message)
            print_message(printer, step);
        else
            print_expect(printer, step);
    }
    tamis_print_close(printer, declaration->span);
}
