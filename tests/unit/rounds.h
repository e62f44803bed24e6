/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How often something random is tried. The build with sanitizers tries a part of it, the one without all. */
#pragma once

#include <glib.h>

/* Of n, what TAMIS_SHARE says: 4 for a fourth. */
static inline guint
n_rounds(guint n)
{
    const char *share = g_getenv("TAMIS_SHARE");
    guint64 divisor = share != NULL ? g_ascii_strtoull(share, NULL, 10) : 1;

    return n / (guint)CLAMP(divisor, 1, n);
}
