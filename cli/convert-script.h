/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sieve scripts from text or XML to text or XML, for fmt and convert. */
#pragma once

#include "base/report.h"

/* The script in its canonical layout. NULL when it has errors, which are in the report. What is written is
 * read again and compared. */
GString *
tamis_convert_script(TamisSourceId source, gboolean from_xml, gboolean to_xml, TamisReport *report);
