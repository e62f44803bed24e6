/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The characters that HTML has names for. Not installed. */
#pragma once

#include <glib.h>

/* Name without `&` and `;`, in its case. 0: there is none of that name. */
gunichar tamis_html_entity(const char *name);
