/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Declarations, mailboxes, routes and tests as XML. */
#include "grammar/policy/xml-writer.h"

#include "grammar/policy/format.h"
#include "grammar/policy/reply-parts.h"
#include "grammar/policy/xml-output.h"
#include "grammar/policy/xml-private.h"

#include <string.h>

/* Words -------------------------------------------------------------------------------------------- */

static char *
duration_text(const TamisDuration *duration)
{
    static const char *const units[] = {[TAMIS_UNIT_DAYS] = "day", [TAMIS_UNIT_HOURS] = "hour"};

    return g_strdup_printf("%" G_GINT64_FORMAT " %s%s", duration->number, units[duration->unit],
                           duration->number == 1 ? "" : "s");
}

static void
write_date(TamisXmlOutput *output, const char *name, const TamisDate *date)
{
    if (date->base == NULL)
        return;
    if (date->sign == 0) {
        tamis_xml_attribute(output, name, date->base->text);
        return;
    }
    g_autofree char *duration = duration_text(&date->duration);
    g_autofree char *text =
        g_strdup_printf("%s %c %s", date->base->text, date->sign > 0 ? '+' : '-', duration);
    tamis_xml_attribute(output, name, text);
}

/* Several words in one attribute. */
static void
write_words(TamisXmlOutput *output, const char *name, const TamisValue *words)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (const TamisValue *word = words; word != NULL; word = word->next)
        g_string_append_printf(text, "%s%s", word == words ? "" : " ", word->text);
    if (words != NULL)
        tamis_xml_attribute(output, name, text->str);
}

static const char *
value_text(const TamisValue *value)
{
    return value != NULL ? value->text : NULL;
}

static void
write_list(TamisXmlOutput *output, const char *name, const TamisValue *values)
{
    tamis_xml_open(output, name);
    tamis_xml_values(output, values);
    tamis_xml_close(output);
}

/* Items and actions -------------------------------------------------------------------------------- */

static void
write_limits(TamisXmlOutput *output, const TamisLimitSyntax *limits, TamisSpan span)
{
    static const char *const names[] = {"targets", "hops", "copies", "script-size", "lifetime"};

    tamis_xml_open(output, "limits");
    for (; limits != NULL; limits = limits->next) {
        tamis_xml_statement(output, limits->span, FALSE);
        if (limits->limit == TAMIS_LIMIT_LIFETIME) {
            g_autofree char *text = duration_text(&limits->duration);
            tamis_xml_word(output, names[limits->limit], text);
        } else {
            tamis_xml_word(output, names[limits->limit], limits->number->text);
        }
    }
    tamis_xml_end_block(output, span);
    tamis_xml_close(output);
}

static void
write_forward(TamisXmlOutput *output, const TamisActionSyntax *action)
{
    tamis_xml_open(output, "forward");
    tamis_xml_attribute(output, "encrypted-with", action->encryption.text);
    tamis_xml_flag(output, "one-of", action->one_of);
    tamis_xml_flag(output, "without-copy", action->without_copy);
    tamis_xml_values(output, action->targets);
    tamis_xml_close(output);
}

static void
write_reply(TamisXmlOutput *output, const TamisActionSyntax *action)
{
    TamisReplyPart parts[TAMIS_MAX_REPLY_PARTS];
    guint n = tamis_reply_parts(action, parts);
    g_autofree char *every = duration_text(&action->every);

    tamis_xml_open(output, "reply");
    tamis_xml_flag(output, "bare", action->is_bare);
    for (guint i = 0; i < n; i++)
        if (parts[i].value != NULL)
            tamis_xml_string(output, parts[i].keyword, parts[i].value);
        else
            tamis_xml_word(output, parts[i].keyword, every);
    tamis_xml_close(output);
}

static void
write_action(TamisXmlOutput *output, const TamisActionSyntax *action)
{
    switch (action->kind) {
    case TAMIS_ACTION_FORWARD:
        write_forward(output, action);
        return;
    case TAMIS_ACTION_REPLY:
        write_reply(output, action);
        return;
    case TAMIS_ACTION_KEEP:
        tamis_xml_open(output, "keep");
        tamis_xml_string(output, "folder", action->text);
        tamis_xml_close(output);
        return;
    case TAMIS_ACTION_DISCARD:
        tamis_xml_empty(output, "discard");
        return;
    case TAMIS_ACTION_REJECT:
        tamis_xml_string(output, "reject", action->text);
        return;
    case TAMIS_ACTION_MARK:
        tamis_xml_string(output, "mark", action->text);
        return;
    case TAMIS_ACTION_FINAL:
        tamis_xml_empty(output, "final");
        return;
    }
}

static void
write_route(TamisXmlOutput *output, const TamisRouteSyntax *route, TamisSpan span)
{
    tamis_xml_open(output, "route");
    tamis_xml_attribute(output, "name", route->name.text);
    write_date(output, "starting", &route->starting);
    write_date(output, "until", &route->until);
    tamis_xml_flag(output, "otherwise", route->otherwise);
    if (route->when != NULL) {
        tamis_xml_open(output, "when");
        tamis_xml_condition(output, route->when);
        tamis_xml_close(output);
    }
    for (const TamisActionSyntax *action = route->actions; action != NULL; action = action->next) {
        tamis_xml_statement(output, action->span, FALSE);
        write_action(output, action);
    }
    tamis_xml_end_block(output, span);
    tamis_xml_close(output);
}

static void
write_items(TamisXmlOutput *output, const TamisItemSyntax *items)
{
    for (; items != NULL; items = items->next) {
        tamis_xml_statement(output, items->span,
                            items->kind == TAMIS_ITEM_ROUTE || items->kind == TAMIS_ITEM_LIMITS);
        switch (items->kind) {
        case TAMIS_ITEM_ALIAS:
            write_list(output, "alias", items->values);
            break;
        case TAMIS_ITEM_LIMITS:
            write_limits(output, items->limits, items->span);
            break;
        case TAMIS_ITEM_USE:
            tamis_xml_open(output, "use");
            tamis_xml_attribute(output, "template", items->name.text);
            tamis_xml_values(output, items->values);
            tamis_xml_close(output);
            break;
        case TAMIS_ITEM_ROUTE:
            write_route(output, &items->route, items->span);
            break;
        }
    }
}

/* Declarations ------------------------------------------------------------------------------------- */

static void
write_organization(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "organization");
    for (const TamisSettingSyntax *setting = declaration->organization; setting != NULL;
         setting = setting->next) {
        tamis_xml_statement(output, setting->span, FALSE);
        if (setting->kind == TAMIS_SETTING_DOMAINS)
            write_list(output, "domains", setting->values);
        else if (setting->kind == TAMIS_SETTING_TIMEZONE)
            tamis_xml_word(output, "timezone", setting->values->text);
        else
            tamis_xml_string(output, "delimiter", setting->values);
    }
    tamis_xml_end_block(output, declaration->span);
    tamis_xml_close(output);
}

static void
write_import(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    const TamisValue *path = declaration->import.path;

    if (!declaration->import.is_aliases) {
        tamis_xml_string(output, "import", path);
        return;
    }
    tamis_xml_open_string(output, "import", path);
    tamis_xml_attribute(output, "kind", "aliases");
    tamis_xml_close_string(output, path);
}

static void
write_where(TamisXmlOutput *output, const TamisWhereSyntax *where)
{
    if (where->column.text == NULL)
        return;
    tamis_xml_open_string(output, "where", where->is);
    tamis_xml_attribute(output, "column", where->column.text);
    tamis_xml_close_string(output, where->is);
}

static void
write_group(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "group");
    tamis_xml_attribute(output, "name", declaration->name.text);
    if (declaration->group.csv != NULL) {
        tamis_xml_open_string(output, "csv", declaration->group.csv);
        tamis_xml_attribute(output, "column", declaration->group.column.text);
        tamis_xml_close_string(output, declaration->group.csv);
        write_where(output, &declaration->group.where);
    } else {
        for (const TamisValue *value = declaration->group.values; value != NULL;
             value = value->next) {
            tamis_xml_statement(output, value->span, FALSE);
            tamis_xml_value(output, value);
        }
        tamis_xml_end_block(output, declaration->span);
    }
    tamis_xml_close(output);
}

static void
write_days(TamisXmlOutput *output, const TamisDaysSyntax *days)
{
    tamis_xml_statement(output, days->span, FALSE);
    tamis_xml_open(output, "open");
    write_words(output, "days", days->words);
    for (const TamisRangeSyntax *range = days->ranges; range != NULL; range = range->next) {
        tamis_xml_open(output, "range");
        tamis_xml_attribute(output, "from", range->start->text);
        tamis_xml_attribute(output, "to", range->end->text);
        tamis_xml_close(output);
    }
    tamis_xml_close(output);
}

static void
write_except(TamisXmlOutput *output, const TamisExceptSyntax *except)
{
    tamis_xml_statement(output, except->span, FALSE);
    tamis_xml_open(output, "except");
    tamis_xml_attribute(output, "first", except->first->text);
    tamis_xml_attribute(output, "last", value_text(except->last));
    tamis_xml_close(output);
}

/* Whether a comes before b, which may be NULL. */
static gboolean
is_before(TamisSpan a, const TamisSpan *b)
{
    return b == NULL || a.offset < b->offset;
}

/* Three lists in the tree, one order in the text. */
static void
write_hours(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    const TamisDaysSyntax *days = declaration->hours.days;
    const TamisExceptSyntax *except = declaration->hours.excepts;
    const TamisValue *zone = declaration->hours.timezone;

    tamis_xml_open(output, "hours");
    tamis_xml_attribute(output, "name", declaration->name.text);
    while (days != NULL || except != NULL || zone != NULL) {
        const TamisSpan *next_except = except != NULL ? &except->span : NULL;
        const TamisSpan *next_zone = zone != NULL ? &zone->span : NULL;
        if (days != NULL && is_before(days->span, next_except) &&
            is_before(days->span, next_zone)) {
            write_days(output, days);
            days = days->next;
        } else if (except != NULL && is_before(except->span, next_zone)) {
            write_except(output, except);
            except = except->next;
        } else {
            tamis_xml_statement(output, zone->span, FALSE);
            tamis_xml_word(output, "timezone", zone->text);
            zone = NULL;
        }
    }
    tamis_xml_end_block(output, declaration->span);
    tamis_xml_close(output);
}

static void
write_encryption(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    const TamisValue *values = declaration->encryption.values;

    tamis_xml_open(output, "encryption");
    tamis_xml_attribute(output, "name", declaration->name.text);
    if (declaration->encryption.means == TAMIS_MEANS_HEADER)
        tamis_xml_string(output, "header", values);
    else
        write_list(output,
                   declaration->encryption.means == TAMIS_MEANS_FILTER ? "filter" : "gateway",
                   values);
    tamis_xml_close(output);
}

static void
write_party(TamisXmlOutput *output, const char *name, const TamisPartySyntax *party)
{
    if (party->kind == TAMIS_PARTY_ANY)
        return;
    tamis_xml_open(output, name);
    if (party->kind == TAMIS_PARTY_INTERNAL)
        tamis_xml_empty(output, "internal");
    else if (party->kind == TAMIS_PARTY_EXTERNAL)
        tamis_xml_empty(output, "external");
    else
        tamis_xml_values(output, party->values);
    tamis_xml_close(output);
}

static void
write_forbid(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    static const char *const words[] = {[TAMIS_UNLESS_NEVER] = NULL,
                                        [TAMIS_UNLESS_ENCRYPTED] = "encrypted",
                                        [TAMIS_UNLESS_COPIED] = "copied",
                                        [TAMIS_UNLESS_CONDITION] = NULL};
    TamisUnless unless = declaration->forbid.unless;

    tamis_xml_open(output, "forbid");
    tamis_xml_string(output, "title", declaration->forbid.title);
    write_party(output, "from", &declaration->forbid.from);
    write_party(output, "to", &declaration->forbid.to);
    if (unless != TAMIS_UNLESS_NEVER) {
        tamis_xml_open(output, "unless");
        tamis_xml_attribute(output, "what", words[unless]);
        tamis_xml_attribute(output, "condition", declaration->forbid.condition.text);
        tamis_xml_close(output);
    }
    tamis_xml_close(output);
}

static void
write_require(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    static const char *const words[] = {[TAMIS_REQUIRE_EXPIRY] = "expiry",
                                        [TAMIS_REQUIRE_COPY] = "copy",
                                        [TAMIS_REQUIRE_VERIFIED] = "verified"};

    tamis_xml_open(output, "require");
    tamis_xml_attribute(output, "what", words[declaration->require.kind]);
    tamis_xml_attribute(output, "group", declaration->require.group.text);
    tamis_xml_string(output, "title", declaration->require.title);
    write_party(output, "from", &declaration->require.from);
    write_party(output, "to", &declaration->require.to);
    tamis_xml_close(output);
}

static void
write_mailbox(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "mailbox");
    tamis_xml_values(output, declaration->mailbox.addresses);
    write_items(output, declaration->mailbox.items);
    tamis_xml_end_block(output, declaration->span);
    tamis_xml_close(output);
}

static void
write_template(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "template");
    tamis_xml_attribute(output, "name", declaration->name.text);
    write_words(output, "parameters", declaration->template.parameters);
    write_items(output, declaration->template.items);
    tamis_xml_end_block(output, declaration->span);
    tamis_xml_close(output);
}

static void
write_each(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "each");
    tamis_xml_attribute(output, "name", declaration->name.text);
    tamis_xml_string(output, "csv", declaration->each.csv);
    write_where(output, &declaration->each.where);
    for (const TamisDeclaration *mailbox = declaration->each.mailboxes; mailbox != NULL;
         mailbox = mailbox->next) {
        tamis_xml_statement(output, mailbox->span, TRUE);
        write_mailbox(output, mailbox);
    }
    tamis_xml_end_block(output, declaration->span);
    tamis_xml_close(output);
}

static void
write_outside(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "external");
    tamis_xml_values(output, declaration->outside.address);
    write_list(output, "forwards-to", declaration->outside.targets);
    tamis_xml_close(output);
}

static void
write_allow(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "allow");
    tamis_xml_attribute(output, "finding", declaration->name.text);
    tamis_xml_attribute(output, "until", value_text(declaration->allow.until));
    if (declaration->allow.in != NULL)
        write_list(output, "in", declaration->allow.in);
    tamis_xml_string(output, "because", declaration->allow.because);
    tamis_xml_close(output);
}

/* Tests -------------------------------------------------------------------------------------------- */

static void
write_message(TamisXmlOutput *output, const TamisTestStepSyntax *step)
{
    static const char *const names[] = {"from",          "to",   "cc",   "subject",
                                        "header",        "body", "size", "spam-score",
                                        "envelope-from", "at",   "file"};

    tamis_xml_open(output, "message");
    tamis_xml_values(output, step->to);
    for (const TamisMessageFieldSyntax *field = step->fields; field != NULL; field = field->next) {
        const char *name = names[field->field];
        tamis_xml_statement(output, field->span, FALSE);
        if (field->field == TAMIS_MESSAGE_HEADER) {
            tamis_xml_open(output, name);
            tamis_xml_string(output, "field", field->name);
            tamis_xml_string(output, "text", field->value);
            tamis_xml_close(output);
        } else if (field->field == TAMIS_MESSAGE_ENVELOPE_FROM) {
            write_list(output, name, field->value);
        } else if (field->value->kind == TAMIS_VALUE_STRING) {
            tamis_xml_string(output, name, field->value);
        } else {
            tamis_xml_word(output, name, field->value->text);
        }
    }
    tamis_xml_end_block(output, step->span);
    tamis_xml_close(output);
}

static void
write_expect(TamisXmlOutput *output, const TamisTestStepSyntax *step)
{
    static const char *const names[] = {"forward", "mark",    "copy", "reply",
                                        "reject",  "discard", "file", "delivery"};
    const char *name = names[step->expect];

    tamis_xml_open(output, "expect");
    tamis_xml_flag(output, "no", step->negated);
    if (step->expect == TAMIS_EXPECT_MARK || step->expect == TAMIS_EXPECT_FILE) {
        tamis_xml_string(output, name, step->value);
    } else {
        tamis_xml_open(output, name);
        tamis_xml_flag(output, "encrypted", step->encrypted);
        tamis_xml_values(output, step->value);
        tamis_xml_close(output);
    }
    tamis_xml_close(output);
}

static void
write_test(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "test");
    tamis_xml_string(output, "title", declaration->test.title);
    for (const TamisTestStepSyntax *step = declaration->test.steps; step != NULL;
         step = step->next) {
        tamis_xml_statement(output, step->span, step->is_message);
        if (step->is_message)
            write_message(output, step);
        else
            write_expect(output, step);
    }
    tamis_xml_end_block(output, declaration->span);
    tamis_xml_close(output);
}

/* All ---------------------------------------------------------------------------------------------- */

static void
write_condition(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    tamis_xml_open(output, "condition");
    tamis_xml_attribute(output, "name", declaration->name.text);
    tamis_xml_condition(output, declaration->condition);
    tamis_xml_close(output);
}

static void
write_top_limits(TamisXmlOutput *output, const TamisDeclaration *declaration)
{
    write_limits(output, declaration->limits, declaration->span);
}

static const struct {
    void (*write)(TamisXmlOutput *output, const TamisDeclaration *declaration);
    gboolean is_block;
} writers[] = {
    [TAMIS_DECLARATION_ORGANIZATION] = {write_organization, TRUE},
    [TAMIS_DECLARATION_IMPORT] = {write_import, FALSE},
    [TAMIS_DECLARATION_GROUP] = {write_group, TRUE},
    [TAMIS_DECLARATION_HOURS] = {write_hours, TRUE},
    [TAMIS_DECLARATION_CONDITION] = {write_condition, FALSE},
    [TAMIS_DECLARATION_ENCRYPTION] = {write_encryption, FALSE},
    [TAMIS_DECLARATION_LIMITS] = {write_top_limits, TRUE},
    [TAMIS_DECLARATION_FORBID] = {write_forbid, FALSE},
    [TAMIS_DECLARATION_REQUIRE] = {write_require, FALSE},
    [TAMIS_DECLARATION_TEMPLATE] = {write_template, TRUE},
    [TAMIS_DECLARATION_MAILBOX] = {write_mailbox, TRUE},
    [TAMIS_DECLARATION_EACH] = {write_each, TRUE},
    [TAMIS_DECLARATION_OUTSIDE] = {write_outside, FALSE},
    [TAMIS_DECLARATION_ALLOW] = {write_allow, FALSE},
    [TAMIS_DECLARATION_TEST] = {write_test, TRUE},
};

GString *
tamis_policy_write_xml(const TamisPolicySyntax *policy, TamisReport *report)
{
    xmlBufferPtr buffer = xmlBufferCreate();
    TamisXmlOutput output = {.policy = policy, .report = report, .is_fresh = TRUE};

    xmlBufferSetAllocationScheme(buffer, XML_BUFFER_ALLOC_DOUBLEIT);
    output.text =
        tamis_sources_get_text(tamis_report_get_sources(report), policy->source, &output.length);
    output.xml = xmlNewTextWriterMemory(buffer, 0);
    xmlTextWriterWriteRaw(output.xml, BAD_CAST "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    tamis_xml_open(&output, "policy");
    tamis_xml_attribute(&output, "xmlns", TAMIS_POLICY_NAMESPACE);
    for (const TamisDeclaration *declaration = policy->declarations, *before = NULL;
         declaration != NULL; before = declaration, declaration = declaration->next) {
        gboolean is_block = writers[declaration->kind].is_block;
        if (before == NULL || tamis_declarations_are_together(before, declaration))
            tamis_xml_statement(&output, declaration->span, is_block);
        else
            tamis_xml_paragraph(&output, declaration->span, is_block);
        writers[declaration->kind].write(&output, declaration);
    }
    tamis_xml_end_block(&output, (TamisSpan){policy->source, 0, G_MAXUINT32});
    tamis_xml_close(&output);
    xmlTextWriterWriteRaw(output.xml, BAD_CAST "\n");
    xmlFreeTextWriter(output.xml);

    GString *result =
        g_string_new_len((const char *)xmlBufferContent(buffer), xmlBufferLength(buffer));
    xmlBufferFree(buffer);
    if (output.has_failed)
        g_string_free(g_steal_pointer(&result), TRUE);
    return result;
}
