/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether two Sieve scripts can run one after the other, each doing what it does alone. */
#pragma once

#include "deploy/plan.h"
#include "grammar/server.h"

/* A TamisIncludeCheck; data is the TamisServer, whose limits count for both together, or NULL. Strict: what
 * cannot be told apart by the scripts' words is refused. */
char *tamis_include_check(const char *wanted, gsize wanted_length, const char *other,
                          gsize other_length, gpointer data);
