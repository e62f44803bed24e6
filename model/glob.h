/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Globs (`*`, `?` and backslash, as in RFC 5228, 2.7.1) and the POSIX extended regular expressions that mean the
 * same. Pigeonhole gets some globs wrong, up to 0.5.19 and in its sources since. */
#pragma once

#include "base/api.h"

#include <glib.h>

/* Whether Pigeonhole takes the glob for what it is. It does where no `?` and no star meet in it, or every `?` stands
 * between two stars with a letter on either side of it, next to each star. */
TAMIS_API gboolean tamis_glob_suits_pigeonhole(const char *glob);
typedef enum {
    TAMIS_GLOB_FINE,    /* as far as is known */
    TAMIS_GLOB_MISREAD, /* some text is taken that does not match, or is not though it does */
    TAMIS_GLOB_CRASHES, /* with `variables`, a text that ends too early ends the delivery (0.5.19) */
} TamisGlobFate;
/* What becomes of it there; never worse than the truth. */
TAMIS_API TamisGlobFate tamis_glob_in_pigeonhole(const char *glob);
/* An expression that holds for a text when the glob does; `.` is one octet. Caller frees. */
TAMIS_API char *tamis_glob_to_regex(const char *glob);
/* The glob that an expression means; NULL: it is not one of letters, `.`, `.*`, `^` at the start and `$` at the end
 * alone. Caller frees. */
TAMIS_API char *tamis_regex_to_glob(const char *regex);
