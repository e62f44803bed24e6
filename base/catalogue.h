/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of each rule: the front matter and the page of docs/findings/<slug>.md. */
#pragma once

#include "base/report.h"

/* Static; a rule's number is its place in the order of slugs and no part of any format. */
typedef struct {
    const char *slug;
    const char *summary; /* one line, as a message: lower case, no full stop */
    const char *since;   /* the version that had it first */
    const char *page;    /* Markdown, without the front matter */
    TamisSeverity severity;
    gboolean scripts;     /* also on plain Sieve scripts */
    gboolean has_witness; /* comes with a message that shows it */
} TamisRuleInfo;

TAMIS_API const TamisRuleInfo *tamis_catalogue_get(TamisRule rule);
/* TAMIS_N_RULES when there is no such slug. */
TAMIS_API TamisRule tamis_catalogue_find(const char *slug);
/* "error", "warning", "hint". */
TAMIS_API const char *tamis_severity_to_string(TamisSeverity severity);
