/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What `set` makes of a value before a variable holds it. Not installed. */
#pragma once

#include "grammar/sieve/bind.h"

/* Pigeonhole's sieve_variables_max_variable_size, unless an administrator says otherwise. */
#define TAMIS_VARIABLE_MAX_BYTES 4096

/* How a server makes values. */
typedef struct {
    gsize max_bytes;       /* 0: there is no limit */
    gboolean counts_bytes; /* `:length` (Cyrus); else characters, as RFC 5229 has it */
} TamisValueManner;

/* Changes the text by the modifiers of the command (RFC 5229, 4.1), and cuts it off behind the last character that has room in
 * max_bytes, before and after each, as Pigeonhole 0.5.19 does. */
void tamis_variable_value_make(GString *text, const TamisSieveBound *bound,
                               const TamisValueManner *manner);
