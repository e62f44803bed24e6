/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Letters of either case as one (Unicode, full case folding), for i;unicode-casemap. Not installed. */
#pragma once

#include <glib.h>

/* What g_utf8_casefold makes of UTF-8, and of what is none. Caller frees. */
char *tamis_text_fold(const char *text, gsize length);
