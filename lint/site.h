/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over flows, for scripts: one alone, or a folder of them as a site, loops and all. Of a policy
 * they are part of lint/lint.h. */
#pragma once

#include "base/report.h"
#include "compiler/site.h"

/* Adds the findings to the report, whose sources are the site's. Scripts that are not valid should not be
 * in the site: they do nothing. */
TAMIS_API void tamis_lint_site(TamisSite *site, TamisInstant as_of, TamisReport *report);
