/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Compiled zone data: TZif files (RFC 8536), with the rule in their last line carried on. Only
 * model/zone.c needs this. */
#pragma once

#include "model/zone.h"

/* The calendar repeats, weekdays included, every 400 years. */
#define TAMIS_CYCLE_S (G_GINT64_CONSTANT(146097) * 86400)

/* Reads a file's content into offset periods (TamisOffsetPeriod): the first starts at
 * TAMIS_INSTANT_MIN, neighbours differ in offset. They are exact until *out_end; from there on
 * everything repeats what was TAMIS_CYCLE_S earlier. Returns NULL when the data is no TZif file,
 * damaged or counts leap seconds. */
GArray *tamis_tzif_read(const guint8 *data, gsize length_bytes, TamisInstant *out_end);
