/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the generated table and its look-ups; for nobody else. */
#pragma once

#include "base/catalogue.h"

/* By slug. */
extern const TamisRuleInfo tamis_rules[TAMIS_N_RULES];
