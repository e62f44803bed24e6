/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The message that a finding shows, to be sent again. */
#pragma once

#include "base/report.h"
#include "model/message.h"

/* As the evaluator takes it. The caller frees it. */
TAMIS_API TamisMessage *tamis_shown_message(const TamisFindingWitness *witness);
/* To its first recipient, at its instant; strings are lent from the witness. */
TAMIS_API TamisDelivery tamis_shown_delivery(const TamisFindingWitness *witness);
