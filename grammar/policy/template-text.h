/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings with placeholders, in the template form that the syntax tree keeps: `${name}` and `${row.column}`
 * stand for values, `$${` is a literal `${`, and `${$}` a `$` that stands before one of these. What the
 * placeholders mean is the resolver's. */
#pragma once

#include "base/api.h"

typedef enum {
    TAMIS_TEMPLATE_LITERAL,   /* text: as it is, `${` already plain */
    TAMIS_TEMPLATE_NAME,      /* text: the parameter's name */
    TAMIS_TEMPLATE_COLUMN,    /* text: the row's name; column */
    TAMIS_TEMPLATE_MALFORMED, /* text: from `${` to the `}` or the end of the line */
} TamisTemplateKind;

typedef struct {
    TamisTemplateKind kind;
    const char *text; /* into the template; not NUL-terminated */
    gsize length_bytes;
    const char *column; /* COLUMN */
    gsize column_length_bytes;
} TamisTemplatePart;

/* Reads the part at *cursor and moves the cursor behind it; FALSE at the end. Literal text may come in
 * several pieces. */
TAMIS_API gboolean tamis_template_next(const char **cursor, const char *end,
                                       TamisTemplatePart *out_part);
/* Writes template form: text that is meant literally, or a placeholder such as "name" or "row.column".
 * Pieces that follow one another in out are kept apart. */
TAMIS_API void tamis_template_append_literal(GString *out, const char *text, gsize length_bytes);
TAMIS_API void
tamis_template_append_placeholder(GString *out, const char *text, gsize length_bytes);
