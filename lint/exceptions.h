/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The policy's `allow`s: which findings they silence, and which of them silenced any. */
#pragma once

#include "lint/lint.h"

typedef struct TamisExceptions TamisExceptions;

/* Those that have not run out at as_of. Lends policy. */
TamisExceptions *tamis_exceptions_new(const TamisPolicy *policy, TamisInstant as_of);
void tamis_exceptions_free(TamisExceptions *exceptions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisExceptions, tamis_exceptions_free)

/* Whether a finding of this rule about this mailbox (its address's key; 0: about none) is silenced. */
gboolean tamis_exceptions_silence(TamisExceptions *exceptions, TamisRule rule, TamisString mailbox);
/* Whether this one of the policy's allows has silenced a finding. */
gboolean tamis_exceptions_is_used(const TamisExceptions *exceptions, guint allow);
