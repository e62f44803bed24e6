/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values of a policy in two steps, so that a template of a million mailboxes is looked up once: binding finds
 * what the names stand for, evaluating fills in the arguments and cells of one mailbox. Private to the
 * resolver. */
#pragma once

#include "compiler/resolve-private.h"

/* Terms: what a value turned out to be ------------------------------------------------------------ */

typedef enum {
    TAMIS_TERM_TEXT, /* a string */
    TAMIS_TERM_CELL, /* of a table: whatever its place needs */
    TAMIS_TERM_ADDRESS,
    TAMIS_TERM_DOMAIN,
    TAMIS_TERM_DATE,
    TAMIS_TERM_INSTANT,
    TAMIS_TERM_GROUP,
    TAMIS_TERM_NOTHING, /* was wrong, and reported: no second finding */
} TamisTermKind;

typedef struct {
    TamisTermKind kind;
    const char *text; /* as written, placeholders filled; not NUL-terminated */
    gsize length_bytes;
    guint32 group;      /* GROUP */
    TamisSpan origin;   /* the word, the argument or the cell */
    const char *column; /* CELL: its header, not NUL-terminated */
    gsize column_length_bytes;
} TamisTerm;

/* What a body sees while one mailbox is made of it. */
typedef struct TamisFrame TamisFrame;
struct TamisFrame {
    const TamisFrame *parent; /* of a template: where it is used */
    TamisSpan use;            /* the `use`; source 0: none */
    const TamisTerm *arguments;
    const TamisRow *row; /* NULL: none */
};

/* Binding ------------------------------------------------------------------------------------------ */

/* The names that a body sees besides the groups. */
typedef struct {
    const TamisName *parameters;
    guint32 n_parameters;
    gboolean *parameters_used;
    const char *template;  /* its name; NULL: none */
    const TamisRows *rows; /* NULL: none */
    const char *row_name;
} TamisScope;

extern const TamisScope tamis_no_scope;
extern const TamisFrame tamis_no_frame;

/* LINE: no control characters at all. BLOCK: tabs and line breaks. */
typedef enum { TAMIS_FORM_LINE, TAMIS_FORM_BLOCK } TamisTextForm;

typedef struct {
    TamisValueKind kind; /* STRING: literal text; NAME: a parameter; COLUMN: a cell */
    const char *text;
    gsize length_bytes;
    guint32 index;
    guint8 safe_forms; /* literal text: bits of the forms that it was checked for */
} TamisPiece;

typedef struct {
    TamisSpan span;
    TamisPiece *pieces;
    guint32 n_pieces;
    gboolean is_constant; /* one literal piece at most */
    gboolean is_broken;
} TamisText;

typedef struct {
    enum {
        TAMIS_OPERAND_TERM,
        TAMIS_OPERAND_TEXT,
        TAMIS_OPERAND_PARAMETER,
        TAMIS_OPERAND_CELL
    } kind;
    TamisSpan span;
    TamisTerm term;        /* TERM */
    const TamisText *text; /* TEXT */
    guint32 index;         /* PARAMETER, CELL */
} TamisOperand;

typedef struct {
    TamisOperand *items;
    guint32 n;
    gboolean is_constant; /* terms alone */
} TamisOperands;

/* resolve-strings.c. All live in arena. A placeholder that names nothing is reported and leaves the text
 * broken. */
TamisText *tamis_resolve_bind_text(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                                   const TamisValue *string);
/* Valid until the next text is built. FALSE when it is broken, too long or has what its form may not have,
 * which is reported. */
gboolean tamis_resolve_build_text(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
                                  TamisTextForm form, const char **out_text, gsize *out_length);
/* Both in one, interned: a string where nothing can be filled in. */
gboolean tamis_resolve_constant(TamisResolver *r, const TamisValue *string, TamisTextForm form,
                                TamisString *out_string);
gboolean tamis_resolve_constant_text(TamisResolver *r, const TamisValue *string, TamisTextForm form,
                                     const char **out_text, gsize *out_length);
/* Reports what may not stand in a text of that form. */
gboolean tamis_resolve_check_text(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term,
                                  TamisSpan place, TamisTextForm form);

/* resolve-values.c */
TamisOperands tamis_resolve_bind(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                                 const TamisValue *values);
TamisOperand tamis_resolve_bind_value(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                                      const TamisValue *value);
/* The term's text is valid as long as the frame's and, of a string with placeholders, the scratch arena. */
TamisTerm
tamis_resolve_evaluate(TamisResolver *r, const TamisFrame *frame, const TamisOperand *operand);

/* The term as what its place needs; FALSE, reported, when it is none. place is where the value stands. */
gboolean tamis_resolve_to_address(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term,
                                  TamisSpan place, const char *needed, TamisAddress *out_address);
gboolean tamis_resolve_to_domain(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term,
                                 TamisSpan place, TamisString *out_domain);

/* resolve-targets.c. Addresses of a list, groups flattened, each once, in first-seen order. */
TamisSlice tamis_resolve_targets(TamisResolver *r, const TamisFrame *frame,
                                 const TamisOperands *operands, TamisSpan place);
/* Reports the constants among them that are none, or stand there twice, once for all who use the list. */
void tamis_resolve_check_targets(TamisResolver *r, TamisOperands *operands);
/* The addresses and domains of a list, groups too. */
TamisParty tamis_resolve_party(TamisResolver *r, const TamisValue *values);
/* Sorts both. */
TamisParty
tamis_resolve_make_party(TamisResolver *r, GArray *addresses, GArray *domains, TamisSpan place);

/* resolve-groups.c: FALSE when the group is broken, or has members that are neither address nor domain,
 * which is reported. */
gboolean tamis_resolve_check_member_group(TamisResolver *r, guint32 index, TamisSpan place);
/* Reports the members that are neither, where they stand, once; place: what needs the group. FALSE: there is none. */
gboolean
tamis_resolve_has_texts(TamisResolver *r, const TamisFrame *frame, guint32 group, TamisSpan place);
/* Where a member stands that is no address, counted from the first of these. */
TamisSpan tamis_resolve_member_span(const TamisResolver *r, guint32 group, guint32 member);

/* resolve-faults.c --------------------------------------------------------------------------------- */

/* A finding about a term, at its origin, with the place that needs it, the `use`s and the row that lead
 * there. term may be NULL: then at place. NULL when that was said already; both below take it. */
TamisDiagnostic *tamis_resolve_fault(TamisResolver *r, TamisRule rule, const TamisFrame *frame,
                                     const TamisTerm *term, TamisSpan place, const char *format,
                                     ...) G_GNUC_PRINTF(6, 7);
void tamis_resolve_help(TamisResolver *r, TamisDiagnostic *diagnostic, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void tamis_resolve_relate(TamisResolver *r, TamisDiagnostic *diagnostic, TamisSpan span,
                          const char *message);
/* Whose it is: the mailbox and route at hand, if any. */
void tamis_resolve_blame(TamisResolver *r, TamisDiagnostic *diagnostic);
/* The term is of the wrong kind: "'2026-12-31' is a date where an address is needed". */
TamisDiagnostic *tamis_resolve_mismatch(TamisResolver *r, const TamisFrame *frame,
                                        const TamisTerm *term, TamisSpan place, const char *needed);
/* A text for a message: valid UTF-8, shortened where it is long. The caller frees it. */
char *tamis_resolve_excerpt(const char *text, gsize length_bytes);
