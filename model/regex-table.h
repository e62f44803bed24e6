/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Regular expressions by their text, each read once. May be asked by several threads at a time. Not installed. */
#pragma once

#include "base/strings.h"
#include "model/regex.h"

typedef struct TamisRegexTable TamisRegexTable;

/* Lends strings. */
TamisRegexTable *tamis_regex_table_new(const TamisStrings *strings);
void tamis_regex_table_free(TamisRegexTable *table);
/* Lent, until the table is freed. One that cannot be read is never found in anything. fold as in tamis_regex_new. */
const TamisRegex *tamis_regex_table_get(TamisRegexTable *table, TamisString text, gboolean fold);
