/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The date of a header field (RFC 5322, 3.3 and 4.3), as generous as Dovecot 2.3 is; of a trace field what
 * follows its last semicolon. */
#pragma once

#include "base/api.h"

#include <glib.h>

/* out_instant in seconds since the epoch; out_offset_s of the zone that is written, 0 where it is none or unknown.
 * FALSE: it is no date of 1900 or later. */
TAMIS_API gboolean tamis_header_date_read(const char *text, gint64 *out_instant,
                                          gint32 *out_offset_s);
