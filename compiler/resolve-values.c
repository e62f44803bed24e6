/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values: what the names in them stand for, what they are in one mailbox, and lists of them as addresses.
 * Their place says what they have to be. */
#include "compiler/resolve-values.h"

#include <string.h>

/* Binding ------------------------------------------------------------------------------------------ */

static TamisTerm
term_of_word(const TamisValue *value, TamisTermKind kind)
{
    return (TamisTerm){.kind = kind,
                       .text = value->text,
                       .length_bytes = value->length_bytes,
                       .origin = value->span};
}

static void
report_unknown_name(TamisResolver *r, const TamisScope *scope, const TamisValue *value)
{
    TamisDiagnostic *diagnostic =
        tamis_report_add(r->report, value->span, TAMIS_RULE_UNKNOWN_NAME, "unknown %s '%s'",
                         scope->template != NULL ? "parameter or group" : "group", value->text);
    const char *names[TAMIS_MAX_PARAMETERS];

    for (guint32 i = 0; i < scope->n_parameters; i++)
        names[i] = scope->parameters[i].text;
    if (!tamis_resolve_suggest(r, diagnostic, value->text, names, scope->n_parameters) &&
        !tamis_resolve_suggest_name(r, diagnostic, TAMIS_DEFINES_GROUP, value->text))
        tamis_resolve_help(r, diagnostic, "define 'group %s', or put in quotes what is no name",
                           value->text);
}

static void
bind_name(TamisResolver *r, const TamisScope *scope, const TamisValue *value, TamisOperand *operand)
{
    for (guint32 i = 0; i < scope->n_parameters; i++)
        if (strcmp(scope->parameters[i].text, value->text) == 0) {
            scope->parameters_used[i] = TRUE;
            operand->kind = TAMIS_OPERAND_PARAMETER;
            operand->index = i;
            return;
        }
    operand->term = term_of_word(value, TAMIS_TERM_GROUP);
    operand->term.group = tamis_resolve_find_name(r, TAMIS_DEFINES_GROUP, value->text);
    if (operand->term.group == TAMIS_NO_INDEX) {
        report_unknown_name(r, scope, value);
        operand->term.kind = TAMIS_TERM_NOTHING;
        return;
    }
    tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, operand->term.group)->used = TRUE;
}

static void
bind_column(TamisResolver *r, const TamisScope *scope, const TamisValue *value,
            TamisOperand *operand)
{
    const char *dot = strchr(value->text, '.');
    int column = -1;

    operand->term.kind = TAMIS_TERM_NOTHING;
    if (scope->rows == NULL || dot == NULL ||
        strlen(scope->row_name) != (gsize)(dot - value->text) ||
        strncmp(value->text, scope->row_name, (gsize)(dot - value->text)) != 0) {
        tamis_report_help(
            r->report,
            tamis_report_add(r->report, value->span, TAMIS_RULE_UNKNOWN_NAME,
                             "'%s' names nothing here", value->text),
            "use a column inside 'each ROW in csv' alone, and put a domain in quotes there");
        return;
    }
    column = tamis_resolve_column(r, scope->rows, dot + 1, value->span);
    if (column < 0)
        return;
    operand->kind = TAMIS_OPERAND_CELL;
    operand->index = (guint32)column;
}

TamisOperand
tamis_resolve_bind_value(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                         const TamisValue *value)
{
    TamisOperand operand = {.kind = TAMIS_OPERAND_TERM, .span = value->span};
    TamisText *text;

    switch (value->kind) {
    case TAMIS_VALUE_STRING:
        text = tamis_resolve_bind_text(r, arena, scope, value);
        operand.text = text;
        operand.term = term_of_word(value, text->is_broken ? TAMIS_TERM_NOTHING : TAMIS_TERM_TEXT);
        if (text->is_constant && text->n_pieces == 1) {
            operand.term.text = text->pieces[0].text;
            operand.term.length_bytes = text->pieces[0].length_bytes;
        } else if (!text->is_broken) {
            operand.kind = TAMIS_OPERAND_TEXT;
        }
        break;
    case TAMIS_VALUE_ADDRESS:
        operand.term = term_of_word(value, TAMIS_TERM_ADDRESS);
        break;
    case TAMIS_VALUE_DOMAIN:
        operand.term = term_of_word(value, TAMIS_TERM_DOMAIN);
        break;
    case TAMIS_VALUE_DATE:
        operand.term = term_of_word(value, TAMIS_TERM_DATE);
        break;
    case TAMIS_VALUE_INSTANT:
        operand.term = term_of_word(value, TAMIS_TERM_INSTANT);
        break;
    case TAMIS_VALUE_NAME:
        bind_name(r, scope, value, &operand);
        break;
    case TAMIS_VALUE_COLUMN:
        bind_column(r, scope, value, &operand);
        break;
    default:
        operand.term.kind = TAMIS_TERM_NOTHING; /* the grammar has no such value */
        break;
    }
    return operand;
}

TamisOperands
tamis_resolve_bind(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                   const TamisValue *values)
{
    TamisOperands operands = {.is_constant = TRUE};
    guint32 n = 0;

    for (const TamisValue *at = values; at != NULL; at = at->next)
        n++;
    operands.items = tamis_arena_array0(arena, TamisOperand, n);
    for (const TamisValue *at = values; at != NULL; at = at->next) {
        TamisOperand operand = tamis_resolve_bind_value(r, arena, scope, at);
        operands.is_constant = operands.is_constant && operand.kind == TAMIS_OPERAND_TERM;
        operands.items[operands.n++] = operand;
    }
    return operands;
}

/* Evaluating --------------------------------------------------------------------------------------- */

static TamisTerm
evaluate_cell(const TamisFrame *frame, guint32 index)
{
    const TamisRow *row = frame->row;
    const TamisCell *cell = &row->cells[index], *header = &row->header[index];

    return (TamisTerm){.kind = TAMIS_TERM_CELL,
                       .text = cell->text,
                       .length_bytes = cell->length_bytes,
                       .origin = {row->span.source, cell->offset, cell->raw_length_bytes},
                       .column = header->text,
                       .column_length_bytes = header->length_bytes};
}

static TamisTerm
evaluate_text(TamisResolver *r, const TamisFrame *frame, const TamisOperand *operand)
{
    TamisTerm term = {.kind = TAMIS_TERM_NOTHING, .origin = operand->span};
    const char *text;

    if (!tamis_resolve_build_text(r, frame, operand->text, TAMIS_FORM_BLOCK, &text,
                                  &term.length_bytes))
        return term;
    term.text = tamis_arena_strndup(r->scratch, text, term.length_bytes);
    term.kind = TAMIS_TERM_TEXT;
    return term;
}

TamisTerm
tamis_resolve_evaluate(TamisResolver *r, const TamisFrame *frame, const TamisOperand *operand)
{
    switch (operand->kind) {
    case TAMIS_OPERAND_TERM:
        return operand->term;
    case TAMIS_OPERAND_PARAMETER:
        return frame->arguments[operand->index];
    case TAMIS_OPERAND_CELL:
        return evaluate_cell(frame, operand->index);
    case TAMIS_OPERAND_TEXT:
        return evaluate_text(r, frame, operand);
    }
    g_assert_not_reached();
}

/* Kinds -------------------------------------------------------------------------------------------- */

static gboolean
is_text(const TamisTerm *term)
{
    return term->kind == TAMIS_TERM_TEXT || term->kind == TAMIS_TERM_CELL;
}

gboolean
tamis_resolve_to_address(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term,
                         TamisSpan place, const char *needed, TamisAddress *out_address)
{
    TamisAddressFault fault;

    if (term->kind == TAMIS_TERM_NOTHING)
        return FALSE;
    if (!is_text(term) && term->kind != TAMIS_TERM_ADDRESS) {
        tamis_resolve_mismatch(r, frame, term, place, needed);
        return FALSE;
    }
    fault = tamis_address_parse(r->strings, term->text, term->length_bytes, out_address);
    if (fault == TAMIS_ADDRESS_OK)
        return TRUE;
    if (!tamis_resolve_check_text(r, frame, term, place, TAMIS_FORM_LINE))
        return FALSE;
    if (term->length_bytes == 0) {
        tamis_resolve_help(r,
                           tamis_resolve_fault(r, TAMIS_RULE_BAD_ADDRESS, frame, term, place,
                                               "no address is given"),
                           "fill it in, or leave the row out by 'where'");
        return FALSE;
    }
    g_autofree char *excerpt = tamis_resolve_excerpt(term->text, term->length_bytes);
    tamis_resolve_help(r,
                       tamis_resolve_fault(r, TAMIS_RULE_BAD_ADDRESS, frame, term, place, "'%s' %s",
                                           excerpt, tamis_address_fault_text(fault)),
                       "%s", tamis_address_fault_help(fault));
    return FALSE;
}

gboolean
tamis_resolve_to_domain(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term,
                        TamisSpan place, TamisString *out_domain)
{
    g_autoptr(GString) domain = NULL;

    if (term->kind == TAMIS_TERM_NOTHING)
        return FALSE;
    if (!is_text(term) && term->kind != TAMIS_TERM_DOMAIN) {
        tamis_resolve_mismatch(r, frame, term, place, "a domain");
        return FALSE;
    }
    domain = g_string_new(NULL);
    if (tamis_domain_normalize(term->text, term->length_bytes, domain)) {
        *out_domain = tamis_strings_add(r->strings, domain->str, domain->len);
        return TRUE;
    }
    if (!tamis_resolve_check_text(r, frame, term, place, TAMIS_FORM_LINE))
        return FALSE;
    g_autofree char *excerpt = tamis_resolve_excerpt(term->text, term->length_bytes);
    tamis_resolve_help(
        r,
        tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, term, place, "'%s' is no domain", excerpt),
        "write it as acme.example");
    return FALSE;
}
