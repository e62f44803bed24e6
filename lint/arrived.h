/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Flows whose guards are all about the message as it arrives: of a script that changes headers and tests them
 * behind it, too. */
#pragma once

#include "lint/flow-facts.h"

/* The mailbox's flow, for asking the solver: no atom in it is of a version above 0. Lives as long as the facts. */
const TamisFlow *tamis_flow_as_arrived(TamisFlowFacts *facts, guint32 mailbox);
