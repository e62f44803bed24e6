/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A policy for verbs that work with what it means, and have nothing to say of what is wrong with it. */
#pragma once

#include "cli/cli.h"
#include "model/policy.h"

/* Reads and resolves the policy. NULL when it cannot be read, or has an error: *out_status, all is said on
 * standard error. */
TamisPolicy *tamis_load_policy(const char *path, TamisSources *sources, const TamisOptions *options,
                               int *out_status);
/* The address of its first mailbox; NULL: it has none. Lent. */
const char *tamis_load_first_mailbox(const TamisPolicy *policy);
