/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Look-ups in the table that scripts/catalogue.py makes of docs/findings. */
#include "base/catalogue.h"

#include "base/rules-table.h"

#include <string.h>

const TamisRuleInfo *
tamis_catalogue_get(TamisRule rule)
{
    g_assert(rule < TAMIS_N_RULES);
    return &tamis_rules[rule];
}

TamisRule
tamis_catalogue_find(const char *slug)
{
    guint low = 0;
    guint high = TAMIS_N_RULES;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        int order = strcmp(slug, tamis_rules[middle].slug);
        if (order == 0)
            return (TamisRule)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return TAMIS_N_RULES;
}

const char *
tamis_severity_to_string(TamisSeverity severity)
{
    static const char *const names[] = {"hint", "warning", "error"};

    return names[severity];
}
