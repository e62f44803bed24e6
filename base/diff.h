/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What differs between two texts, line by line, in the form that patch(1) reads. */
#pragma once

#include "base/api.h"

/* Appends a unified diff with three lines of context; nothing when the texts are equal. Very different
 * texts give a correct diff that is not the shortest. Names with control characters are not for this. */
TAMIS_API void
tamis_diff_append(GString *out, const char *old_name, const char *old_text, gsize old_length,
                  const char *new_name, const char *new_text, gsize new_length);
