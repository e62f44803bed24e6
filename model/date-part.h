/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of a date as `date` and `currentdate` see them. */
#pragma once

#include "model/zone.h"

/* Room for any part. */
#define TAMIS_DATE_PART_BYTES 40

/* RFC 5260, 4.2, those that all engines read alike: the text of the part at an instant, where the clock is
 * offset_s east of UTC. FALSE for others, which count as no value. */
TAMIS_API gboolean tamis_date_part_text(const char *part, TamisInstant instant, gint32 offset_s,
                                        char buffer[TAMIS_DATE_PART_BYTES]);
