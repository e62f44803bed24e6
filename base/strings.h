/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Interned strings: each different text is kept once and named by a 32-bit number, so that what
 * comes in millions holds numbers and compares them. Writing is for one thread; reading is for any
 * number once writing is over. */
#pragma once

#include "base/api.h"

typedef guint32 TamisString; /* 0 is the empty string, also "none" */
typedef struct TamisStrings TamisStrings;

TAMIS_API TamisStrings *tamis_strings_new(void);
TAMIS_API void tamis_strings_free(TamisStrings *strings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisStrings, tamis_strings_free)

/* The number of this text; equal bytes give equal numbers. text needs no closing NUL. */
TAMIS_API TamisString tamis_strings_add(TamisStrings *strings, const char *text,
                                        gsize length_bytes);
/* The number if the text is known, else 0. */
TAMIS_API TamisString tamis_strings_find(const TamisStrings *strings, const char *text,
                                         gsize length_bytes);
/* Lent, NUL-terminated, stable as long as the table lives. */
TAMIS_API const char *tamis_strings_get(const TamisStrings *strings, TamisString string);
TAMIS_API gsize tamis_strings_length(const TamisStrings *strings, TamisString string);
TAMIS_API guint32 tamis_strings_count(const TamisStrings *strings);
