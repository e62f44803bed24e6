/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the formatter share: the layout, and the comments that wait for their place. For
 * grammar/policy/format*.c only. */
#pragma once

#include "grammar/policy/format.h"
#include "grammar/policy/pretty.h"

#define TAMIS_INDENT      4
#define TAMIS_HEAD_INDENT 8 /* of what continues a line that a block follows */

typedef struct {
    TamisPretty *pretty;
    const TamisPolicySyntax *policy;
    const char *text; /* the source, or NULL */
    gsize length_bytes;
    gboolean is_policy_text; /* the source is in the policy language, not in XML */
    guint8 *comment_flags;
    guint32 next_comment;
} TamisPrinter;

/* What stands between what was printed last and what comes next, comments apart. */
typedef enum {
    TAMIS_GAP_NONE,      /* nothing: the start of the file */
    TAMIS_GAP_SOFT,      /* nothing, or a line break */
    TAMIS_GAP_LINE,      /* a blank or a line break */
    TAMIS_GAP_FIRST,     /* the same, of a block's first statement */
    TAMIS_GAP_ENTRY,     /* the same, and an empty line may be kept */
    TAMIS_GAP_BREAK,     /* a line break */
    TAMIS_GAP_STATEMENT, /* a line break, and an empty line may be kept */
    TAMIS_GAP_BLANK,     /* an empty line */
} TamisGap;

/* Comments (format-comment.c) ------------------------------------------------------------------------ */

void tamis_printer_sort_comments(TamisPrinter *printer);
/* The gap before something, with the comments that stand before it. */
void tamis_printer_gap(TamisPrinter *printer, TamisSpan next, TamisGap gap);
/* The comments at the end of a block or file, before offset end; is_start: nothing was printed yet. */
void tamis_printer_last_comments(TamisPrinter *printer, guint64 end, gboolean is_start);
/* Those between a word and the mark behind it. */
void tamis_printer_close_comments(TamisPrinter *printer, TamisSpan word);
/* A statement of one keyword and this value, of which the tree has no place of its own. */
TamisSpan tamis_printer_setting_span(const TamisPrinter *printer, TamisSpan value);
/* Whether a line of the source begins with what stands here, or with a comment in front of it. */
gboolean tamis_printer_starts_line(const TamisPrinter *printer, TamisSpan span);

/* Pieces (format-value.c) ---------------------------------------------------------------------------- */

void tamis_print_text(TamisPrinter *printer, const char *text);
void tamis_print_value(TamisPrinter *printer, const TamisValue *value);
/* The blanks that bring text up to the width of the longest such text of its block; none when that is long. */
void tamis_print_padding(TamisPrinter *printer, const char *text, guint width);
/* A keyword, with blanks up to the width of the longest of its block (0: alone). */
void tamis_print_keyword(TamisPrinter *printer, const char *keyword, guint width);
/* The same, a blank, the value, and a semicolon. */
void tamis_print_setting(TamisPrinter *printer, const char *keyword, guint width,
                         const TamisValue *value);
/* "," between them; the first after the gap first. */
void tamis_print_values(TamisPrinter *printer, const TamisValue *values, TamisGap first);
/* The same as a group that follows a word, indented by indent where it breaks. */
void tamis_print_list(TamisPrinter *printer, const TamisValue *values, int indent);
void tamis_print_duration(TamisPrinter *printer, const TamisDuration *duration);
void tamis_print_date(TamisPrinter *printer, const TamisDate *date);

/* Constructs ----------------------------------------------------------------------------------------- */

void tamis_print_condition(TamisPrinter *printer, const TamisConditionSyntax *condition);
/* " {", and a group that the block stands in. */
void tamis_print_open(TamisPrinter *printer);
/* The gap before a statement of a block; is_first: of its first one. is_block: it has a block itself. */
void tamis_print_statement(TamisPrinter *printer, TamisSpan statement, gboolean is_first,
                           gboolean is_block);
/* "}"; block: what ends with it. */
void tamis_print_close(TamisPrinter *printer, TamisSpan block);
/* In parentheses. */
void tamis_print_arguments(TamisPrinter *printer, const TamisValue *values);
void tamis_print_limits(TamisPrinter *printer, const TamisLimitSyntax *limits, TamisSpan block);
void tamis_print_items(TamisPrinter *printer, const TamisItemSyntax *items, TamisSpan block);
void tamis_print_rule(TamisPrinter *printer, const TamisDeclaration *declaration);
void tamis_print_test(TamisPrinter *printer, const TamisDeclaration *declaration);
