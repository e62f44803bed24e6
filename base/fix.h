/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carrying out what findings say how to mend. */
#pragma once

#include "base/report.h"

/* Appends the source's text to out with the edits of the report's findings that are not suppressed. A
 * finding's edits are made together or not at all; one that overlaps with an edit before it is left for
 * another time. Returns how many findings were mended. */
TAMIS_API guint tamis_fix_apply(const TamisReport *report, TamisSourceId source, GString *out);
