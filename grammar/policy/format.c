/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The canonical layout: one statement a line, blocks of one short statement on the line of their head if
 * they stood there, lists that do not fit one value a line. */
#include "grammar/policy/format.h"

#include "grammar/policy/format-state.h"

#include <string.h>

/* Blocks ------------------------------------------------------------------------------------------ */

void
tamis_print_open(TamisPrinter *printer)
{
    tamis_print_text(printer, " {");
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
}

void
tamis_print_statement(TamisPrinter *printer, TamisSpan statement, gboolean is_first,
                      gboolean is_block)
{
    if (is_first && (is_block || tamis_printer_starts_line(printer, statement)))
        tamis_pretty_force(printer->pretty);
    tamis_printer_gap(printer, statement, is_first ? TAMIS_GAP_FIRST : TAMIS_GAP_STATEMENT);
}

void
tamis_print_close(TamisPrinter *printer, TamisSpan block)
{
    tamis_printer_last_comments(printer, (guint64)block.offset + block.length, FALSE);
    tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
    tamis_pretty_line(printer->pretty);
    tamis_print_text(printer, "}");
    tamis_pretty_close(printer->pretty);
}

/* Declarations ------------------------------------------------------------------------------------ */

static void
print_where(TamisPrinter *printer, const TamisWhereSyntax *where)
{
    if (where->column.text == NULL)
        return;
    tamis_print_text(printer, " where ");
    tamis_print_text(printer, where->column.text);
    tamis_print_text(printer, " is ");
    tamis_print_value(printer, where->is);
}

static void
print_organization(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    static const char *const keywords[] = {
        [TAMIS_SETTING_DOMAINS] = "domains",
        [TAMIS_SETTING_TIMEZONE] = "timezone",
        [TAMIS_SETTING_DELIMITER] = "delimiter",
    };
    const TamisSettingSyntax *setting = declaration->organization;
    gsize width = 0;

    for (; setting != NULL; setting = setting->next)
        width = MAX(width, strlen(keywords[setting->kind]));
    tamis_print_text(printer, "organization");
    tamis_print_open(printer);
    for (setting = declaration->organization; setting != NULL; setting = setting->next) {
        tamis_print_statement(printer, setting->span, setting == declaration->organization, FALSE);
        tamis_print_keyword(printer, keywords[setting->kind], (guint)width);
        tamis_print_list(printer, setting->values, TAMIS_INDENT);
        tamis_print_text(printer, ";");
    }
    tamis_print_close(printer, declaration->span);
}

static void
print_import(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    tamis_print_setting(printer, declaration->import.is_aliases ? "import aliases" : "import", 0,
                        declaration->import.path);
}

static void
print_group(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    const TamisValue *values = declaration->group.values;

    tamis_print_text(printer, "group ");
    tamis_print_text(printer, declaration->name.text);
    if (declaration->group.csv != NULL) {
        tamis_print_text(printer, " from csv ");
        tamis_print_value(printer, declaration->group.csv);
        tamis_print_text(printer, " column ");
        tamis_print_text(printer, declaration->group.column.text);
        print_where(printer, &declaration->group.where);
        tamis_print_text(printer, ";");
        return;
    }
    tamis_print_open(printer);
    if (values != NULL && tamis_printer_starts_line(printer, values->span))
        tamis_pretty_force(printer->pretty);
    tamis_print_values(printer, values, TAMIS_GAP_ENTRY);
    if (values != NULL)
        tamis_pretty_text_if_broken(printer->pretty, ",");
    tamis_print_close(printer, declaration->span);
}

static void
print_named_condition(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    tamis_print_text(printer, "condition ");
    tamis_print_text(printer, declaration->name.text);
    tamis_print_text(printer, " =");
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
    tamis_printer_gap(printer, declaration->condition->span, TAMIS_GAP_LINE);
    tamis_print_condition(printer, declaration->condition);
    tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
    tamis_pretty_close(printer->pretty);
    tamis_print_text(printer, ";");
}

static void
print_encryption(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    static const char *const keywords[] = {
        [TAMIS_MEANS_FILTER] = "filter",
        [TAMIS_MEANS_HEADER] = "header",
        [TAMIS_MEANS_GATEWAY] = "gateway",
    };

    tamis_print_text(printer, "encryption ");
    tamis_print_text(printer, declaration->name.text);
    tamis_print_open(printer);
    tamis_print_statement(printer,
                          tamis_printer_setting_span(printer, declaration->encryption.values->span),
                          TRUE, FALSE);
    tamis_print_text(printer, keywords[declaration->encryption.means]);
    tamis_print_list(printer, declaration->encryption.values, TAMIS_INDENT);
    tamis_print_text(printer, ";");
    tamis_print_close(printer, declaration->span);
}

static void
print_template(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    tamis_print_text(printer, "template ");
    tamis_print_text(printer, declaration->name.text);
    tamis_print_arguments(printer, declaration->template.parameters);
    tamis_print_items(printer, declaration->template.items, declaration->span);
}

static void
print_mailbox(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    tamis_print_text(printer, "mailbox");
    tamis_print_list(printer, declaration->mailbox.addresses, TAMIS_HEAD_INDENT);
    tamis_print_items(printer, declaration->mailbox.items, declaration->span);
}

static void
print_each(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    const TamisDeclaration *mailbox = declaration->each.mailboxes;

    tamis_print_text(printer, "each ");
    tamis_print_text(printer, declaration->name.text);
    tamis_print_text(printer, " in csv ");
    tamis_print_value(printer, declaration->each.csv);
    print_where(printer, &declaration->each.where);
    tamis_print_open(printer);
    for (; mailbox != NULL; mailbox = mailbox->next) {
        tamis_print_statement(printer, mailbox->span, mailbox == declaration->each.mailboxes, TRUE);
        print_mailbox(printer, mailbox);
    }
    tamis_print_close(printer, declaration->span);
}

static void
print_declaration(TamisPrinter *printer, const TamisDeclaration *declaration)
{
    switch (declaration->kind) {
    case TAMIS_DECLARATION_ORGANIZATION:
        print_organization(printer, declaration);
        break;
    case TAMIS_DECLARATION_IMPORT:
        print_import(printer, declaration);
        break;
    case TAMIS_DECLARATION_GROUP:
        print_group(printer, declaration);
        break;
    case TAMIS_DECLARATION_CONDITION:
        print_named_condition(printer, declaration);
        break;
    case TAMIS_DECLARATION_ENCRYPTION:
        print_encryption(printer, declaration);
        break;
    case TAMIS_DECLARATION_LIMITS:
        tamis_print_limits(printer, declaration->limits, declaration->span);
        break;
    case TAMIS_DECLARATION_TEMPLATE:
        print_template(printer, declaration);
        break;
    case TAMIS_DECLARATION_MAILBOX:
        print_mailbox(printer, declaration);
        break;
    case TAMIS_DECLARATION_EACH:
        print_each(printer, declaration);
        break;
    case TAMIS_DECLARATION_TEST:
        tamis_print_test(printer, declaration);
        break;
    case TAMIS_DECLARATION_HOURS:
    case TAMIS_DECLARATION_FORBID:
    case TAMIS_DECLARATION_REQUIRE:
    case TAMIS_DECLARATION_OUTSIDE:
    case TAMIS_DECLARATION_ALLOW:
        tamis_print_rule(printer, declaration);
        break;
    }
}

/* Declarations that are lines of one paragraph where no one has set them apart; 0: none are. */
static guint
paragraph_of(const TamisDeclaration *declaration)
{
    switch (declaration->kind) {
    case TAMIS_DECLARATION_IMPORT:
        return 1;
    case TAMIS_DECLARATION_CONDITION:
        return 2;
    case TAMIS_DECLARATION_ENCRYPTION:
        return 3;
    case TAMIS_DECLARATION_FORBID:
    case TAMIS_DECLARATION_REQUIRE:
        return 4;
    case TAMIS_DECLARATION_OUTSIDE:
        return 5;
    case TAMIS_DECLARATION_ALLOW:
        return 6;
    default:
        return 0;
    }
}

gboolean
tamis_declarations_are_together(const TamisDeclaration *before, const TamisDeclaration *after)
{
    return paragraph_of(before) != 0 && paragraph_of(before) == paragraph_of(after);
}

static TamisGap
gap_between(const TamisPrinter *printer, const TamisDeclaration *before,
            const TamisDeclaration *after)
{
    if (before == NULL)
        return TAMIS_GAP_NONE;
    if (printer->is_policy_text || tamis_declarations_are_together(before, after))
        return TAMIS_GAP_STATEMENT;
    return TAMIS_GAP_BLANK;
}

/* No policy begins as every XML document does. */
static gboolean
is_policy_text(const char *text, gsize length_bytes)
{
    if (text == NULL)
        return FALSE;
    if (length_bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length_bytes -= 3;
    }
    for (; length_bytes > 0 && g_ascii_isspace(*text); length_bytes--)
        text++;
    return length_bytes == 0 || *text != '<';
}

GString *
tamis_policy_format(const TamisPolicySyntax *policy, const TamisSources *sources)
{
    g_autoptr(TamisPretty) pretty = tamis_pretty_new();
    TamisPrinter printer = {.pretty = pretty, .policy = policy};
    const TamisDeclaration *before = NULL;
    const GString *out;

    if (sources != NULL)
        printer.text = tamis_sources_get_text(sources, policy->source, &printer.length_bytes);
    printer.is_policy_text = is_policy_text(printer.text, printer.length_bytes);
    tamis_printer_sort_comments(&printer);
    for (const TamisDeclaration *next = policy->declarations; next != NULL; next = next->next) {
        tamis_printer_gap(&printer, next->span, gap_between(&printer, before, next));
        print_declaration(&printer, next);
        tamis_pretty_flush(pretty);
        before = next;
    }
    tamis_printer_last_comments(&printer, G_MAXUINT64, before == NULL);
    out = tamis_pretty_finish(pretty);
    g_free(printer.comment_flags);
    return g_string_new_len(out->str, (gssize)out->len);
}
