/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a server remembers from delivery to delivery, for an engine that runs each time anew. */
#pragma once

#include "cli/engine/run.h"

/* known is a set of owned strings. Takes out of the end what Pigeonhole 0.5.19 does once alone for a message with one
 * Message-ID: forwarding it from one address to one target, and answering its sender. Where nothing else is left of
 * what cancelled the implicit keep, the message is kept, as there. */
void tamis_run_leave_out(GHashTable *known, const TamisRun *run, TamisRunEnd *end);
