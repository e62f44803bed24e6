/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings with placeholders: what they name, filling them in, and refusing what may not stand in a line or
 * a text. Quoting for Sieve is the printer's. */
#include "compiler/resolve-values.h"
#include "grammar/policy/template-text.h"

#include <string.h>

const TamisScope tamis_no_scope = {0};
const TamisFrame tamis_no_frame = {0};

/* What may stand in a text ------------------------------------------------------------------------- */

/* The length of the UTF-8 character at text, 0 when it is malformed or a control character that the form
 * does not take. */
static gsize
safe_length(const char *text, const char *end, TamisTextForm form)
{
    guchar c = (guchar)*text;

    if (c >= 0x20 && c < 0x7f)
        return 1;
    if (c < 0x80) {
        gboolean breaks = c == '\n' || (c == '\r' && text + 1 < end && text[1] == '\n');
        return form == TAMIS_FORM_BLOCK && (c == '\t' || breaks) ? 1 : 0;
    }
    gunichar point = g_utf8_get_char_validated(text, end - text);
    if (point == (gunichar)-1 || point == (gunichar)-2 || point < 0xa0)
        return 0;
    return (gsize)(g_utf8_next_char(text) - text);
}

/* The place of the first character that may not stand there, or length_bytes. */
static gsize
find_unsafe(const char *text, gsize length_bytes, TamisTextForm form)
{
    const char *end = text + length_bytes;

    for (const char *at = text; at < end;) {
        gsize n = safe_length(at, end, form);
        if (n == 0)
            return (gsize)(at - text);
        at += n;
    }
    return length_bytes;
}

static void
report_unsafe(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term, TamisSpan place,
              const char *text, const char *end, TamisTextForm form)
{
    gunichar point = g_utf8_get_char_validated(text, end - text);
    gboolean malformed = *text != '\0' && (point == (gunichar)-1 || point == (gunichar)-2);
    TamisDiagnostic *diagnostic;

    if (malformed) {
        tamis_resolve_help(r,
                           tamis_resolve_fault(r, TAMIS_RULE_UNSAFE_STRING, frame, term, place,
                                               "the text is no UTF-8: it has the byte 0x%02X",
                                               (guchar)*text),
                           "save it as UTF-8");
        return;
    }
    if (*text == '\n' || *text == '\r') {
        diagnostic = tamis_resolve_fault(r, TAMIS_RULE_UNSAFE_STRING, frame, term, place,
                                         *text == '\n' ? "a line break where one line is needed"
                                                       : "a carriage return that ends no line");
    } else {
        diagnostic = tamis_resolve_fault(r, TAMIS_RULE_UNSAFE_STRING, frame, term, place,
                                         "the text has the control character U+%04X",
                                         *text == '\0' ? 0 : point);
    }
    tamis_resolve_help(r, diagnostic, "take it out%s",
                       form == TAMIS_FORM_BLOCK ? "; a text may have tabs and line breaks" : "");
}

gboolean
tamis_resolve_check_text(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term,
                         TamisSpan place, TamisTextForm form)
{
    gsize unsafe = find_unsafe(term->text, term->length_bytes, form);

    if (unsafe == term->length_bytes)
        return TRUE;
    report_unsafe(r, frame, term, place, term->text + unsafe, term->text + term->length_bytes,
                  form);
    return FALSE;
}

/* Binding ------------------------------------------------------------------------------------------ */

/* Where the placeholder stands in the source; the whole string when escapes hide it. */
static TamisSpan
locate_placeholder(const TamisResolver *r, TamisSpan string, const char *text, gsize length_bytes)
{
    gsize size;
    const char *source = tamis_sources_get_text(r->sources, string.source, &size);
    const char *start = source + string.offset;
    const char *found = memmem(start, string.length, text, length_bytes);

    if (found == NULL)
        return string;
    return (TamisSpan){string.source, (guint32)(found - source), (guint32)length_bytes};
}

static void
report_unknown_placeholder(TamisResolver *r, const TamisScope *scope, const TamisValue *string,
                           const TamisTemplatePart *part)
{
    gsize length = part->kind == TAMIS_TEMPLATE_COLUMN
                       ? (gsize)(part->column + part->column_length_bytes - part->text)
                       : part->length_bytes;
    TamisSpan span = locate_placeholder(r, string->span, part->text - 2, length + 3);
    TamisDiagnostic *diagnostic =
        tamis_report_add(r->report, span, TAMIS_RULE_UNKNOWN_NAME, "'${%.*s}' names nothing here",
                         (int)length, part->text);

    if (scope->template != NULL)
        tamis_report_help(r->report, diagnostic,
                          "use a parameter of template '%s'; a template sees no row",
                          scope->template);
    else if (scope->rows != NULL)
        tamis_report_help(r->report, diagnostic, "use a column of the row, '${%s.NAME}'",
                          scope->row_name);
    else
        tamis_report_help(r->report, diagnostic, "write '$${' for a plain '${'");
}

static gboolean
bind_parameter(TamisArena *arena, const TamisScope *scope, const TamisTemplatePart *part,
               TamisPiece *piece)
{
    for (guint32 i = 0; i < scope->n_parameters; i++) {
        const char *name = scope->parameters[i].text;
        if (strlen(name) != part->length_bytes || memcmp(name, part->text, part->length_bytes) != 0)
            continue;
        scope->parameters_used[i] = TRUE;
        *piece = (TamisPiece){.kind = TAMIS_VALUE_NAME, .index = i};
        return TRUE;
    }
    return FALSE;
}

/* FALSE when it names nothing, which is reported. */
static gboolean
bind_placeholder(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                 const TamisValue *string, const TamisTemplatePart *part, TamisPiece *piece)
{
    if (part->kind == TAMIS_TEMPLATE_NAME && bind_parameter(arena, scope, part, piece))
        return TRUE;
    if (part->kind == TAMIS_TEMPLATE_COLUMN && scope->rows != NULL &&
        strlen(scope->row_name) == part->length_bytes &&
        memcmp(scope->row_name, part->text, part->length_bytes) == 0) {
        g_autofree char *column = g_strndup(part->column, part->column_length_bytes);
        TamisSpan span = locate_placeholder(r, string->span, part->text,
                                            (gsize)(part->column - part->text) + strlen(column));
        int index = tamis_resolve_column(r, scope->rows, column, span);
        *piece = (TamisPiece){.kind = TAMIS_VALUE_COLUMN, .index = (guint32)index};
        return index >= 0;
    }
    report_unknown_placeholder(r, scope, string, part);
    return FALSE;
}

/* All of it is literal. */
static TamisText *
bind_literal(TamisArena *arena, TamisSpan span, const char *text, gsize length_bytes)
{
    TamisText *result = tamis_arena_new0(arena, TamisText);

    result->span = span;
    result->is_constant = TRUE;
    result->n_pieces = 1;
    result->pieces = tamis_arena_new0(arena, TamisPiece);
    *result->pieces =
        (TamisPiece){.kind = TAMIS_VALUE_STRING, .text = text, .length_bytes = length_bytes};
    return result;
}

TamisText *
tamis_resolve_bind_text(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                        const TamisValue *string)
{
    const char *cursor = string->text, *end = string->text + string->length_bytes;
    g_autoptr(GArray) pieces = NULL;
    g_autoptr(GString) literal = NULL;
    gboolean is_constant = TRUE, is_broken = FALSE;
    TamisTemplatePart part;

    if (memchr(string->text, '$', string->length_bytes) == NULL)
        return bind_literal(arena, string->span, string->text, string->length_bytes);
    pieces = g_array_new(FALSE, FALSE, sizeof(TamisPiece));
    literal = g_string_new(NULL);
    for (gboolean more = TRUE; more;) {
        more = tamis_template_next(&cursor, end, &part);
        if (more && part.kind == TAMIS_TEMPLATE_LITERAL) {
            g_string_append_len(literal, part.text, (gssize)part.length_bytes);
            continue;
        }
        TamisPiece piece = {.kind = TAMIS_VALUE_STRING, .length_bytes = literal->len};
        if (literal->len > 0) {
            piece.text = tamis_arena_strndup(arena, literal->str, literal->len);
            g_array_append_val(pieces, piece);
            g_string_truncate(literal, 0);
        }
        if (!more)
            break;
        is_constant = FALSE;
        /* A malformed one was reported by the parser. */
        if (part.kind != TAMIS_TEMPLATE_MALFORMED &&
            bind_placeholder(r, arena, scope, string, &part, &piece))
            g_array_append_val(pieces, piece);
        else
            is_broken = TRUE;
    }
    TamisText *text = tamis_arena_new0(arena, TamisText);
    text->span = string->span;
    text->is_constant = is_constant;
    text->is_broken = is_broken;
    text->n_pieces = pieces->len;
    text->pieces = tamis_arena_array0(arena, TamisPiece, pieces->len);
    if (pieces->len > 0)
        memcpy(text->pieces, pieces->data, pieces->len * sizeof(TamisPiece));
    return text;
}

/* Building ----------------------------------------------------------------------------------------- */

static TamisTerm
term_of_piece(const TamisFrame *frame, const TamisText *text, const TamisPiece *piece)
{
    TamisOperand operand = {.kind = piece->kind == TAMIS_VALUE_NAME ? TAMIS_OPERAND_PARAMETER
                                                                    : TAMIS_OPERAND_CELL,
                            .span = text->span,
                            .index = piece->index};

    if (piece->kind == TAMIS_VALUE_STRING)
        return (TamisTerm){.kind = TAMIS_TERM_TEXT,
                           .text = piece->text,
                           .length_bytes = piece->length_bytes,
                           .origin = text->span};
    return tamis_resolve_evaluate(NULL, frame, &operand);
}

static void
report_too_long(TamisResolver *r, const TamisFrame *frame, const TamisText *text)
{
    tamis_resolve_help(r,
                       tamis_resolve_fault(r, TAMIS_RULE_SYNTAX, frame, NULL, text->span,
                                           "the text is longer than %u bytes",
                                           TAMIS_MAX_STRING_BYTES),
                       "shorten it");
}

/* Literal text is checked once for all who share it. */
static gboolean
check_piece(TamisResolver *r, const TamisFrame *frame, const TamisText *text, TamisPiece *piece,
            const TamisTerm *term, TamisTextForm form)
{
    if (piece->safe_forms & 1 << form)
        return TRUE;
    if (!tamis_resolve_check_text(r, frame, term, text->span, form))
        return FALSE;
    if (piece->kind == TAMIS_VALUE_STRING)
        piece->safe_forms |= 1 << form;
    return TRUE;
}

static gboolean
append_piece(TamisResolver *r, const TamisFrame *frame, const TamisText *text, TamisPiece *piece,
             TamisTextForm form)
{
    TamisTerm term = term_of_piece(frame, text, piece);

    if (term.kind == TAMIS_TERM_NOTHING)
        return FALSE;
    if (term.kind == TAMIS_TERM_GROUP) {
        tamis_resolve_mismatch(r, frame, &term, text->span, "text");
        return FALSE;
    }
    if (!check_piece(r, frame, text, piece, &term, form))
        return FALSE;
    if (r->text->len + term.length_bytes > TAMIS_MAX_STRING_BYTES) {
        report_too_long(r, frame, text);
        return FALSE;
    }
    g_string_append_len(r->text, term.text, (gssize)term.length_bytes);
    return TRUE;
}

static gboolean
build_constant(TamisResolver *r, const TamisFrame *frame, const TamisText *text, TamisTextForm form,
               const char **out_text, gsize *out_length)
{
    TamisPiece empty = {.kind = TAMIS_VALUE_STRING, .text = ""};
    TamisTerm term = term_of_piece(frame, text, text->n_pieces > 0 ? text->pieces : &empty);

    if (!tamis_resolve_check_text(r, frame, &term, text->span, form))
        return FALSE;
    if (term.length_bytes > TAMIS_MAX_STRING_BYTES) {
        report_too_long(r, frame, text);
        return FALSE;
    }
    *out_text = term.text;
    *out_length = term.length_bytes;
    return TRUE;
}

gboolean
tamis_resolve_build_text(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
                         TamisTextForm form, const char **out_text, gsize *out_length)
{
    if (text->is_broken)
        return FALSE;
    if (text->is_constant)
        return build_constant(r, frame, text, form, out_text, out_length);
    g_string_truncate(r->text, 0);
    for (guint32 i = 0; i < text->n_pieces; i++)
        if (!append_piece(r, frame, text, &text->pieces[i], form))
            return FALSE;
    r->text_bytes += r->text->len;
    if (r->text_bytes > TAMIS_MAX_TEXT_BYTES) {
        if (!r->is_exhausted)
            tamis_resolve_help(
                r,
                tamis_resolve_fault(r, TAMIS_RULE_SYNTAX, frame, NULL, text->span,
                                    "the policy's texts have more than %llu bytes together",
                                    (unsigned long long)TAMIS_MAX_TEXT_BYTES),
                "shorten the texts that many mailboxes have");
        r->is_exhausted = TRUE;
        return FALSE;
    }
    *out_text = r->text->str;
    *out_length = r->text->len;
    return TRUE;
}

gboolean
tamis_resolve_constant_text(TamisResolver *r, const TamisValue *string, TamisTextForm form,
                            const char **out_text, gsize *out_length)
{
    const TamisText *text = tamis_resolve_bind_text(r, r->arena, &tamis_no_scope, string);

    return tamis_resolve_build_text(r, &tamis_no_frame, text, form, out_text, out_length);
}

gboolean
tamis_resolve_constant(TamisResolver *r, const TamisValue *string, TamisTextForm form,
                       TamisString *out_string)
{
    const char *text;
    gsize length;

    if (!tamis_resolve_constant_text(r, string, form, &text, &length))
        return FALSE;
    *out_string = tamis_strings_add(r->strings, text, length);
    return TRUE;
}
