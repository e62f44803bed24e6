/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a real engine does with a test's message, hop by hop, in the words of `expect`. */
#pragma once

#include "cli/engine/run.h"
#include "cli/test-file.h"

/* Opens the engine for the policy's scripts, which are made for the server. NULL with error. Lends all. */
TamisTestEngine *
tamis_test_engine_open(const char *name, const TamisTestFile *file, const TamisServer *server,
                       TamisInstant as_of, GError **error);
void tamis_test_engine_close(TamisTestEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisTestEngine, tamis_test_engine_close)

/* "dovecot". Lent. */
const char *tamis_test_engine_get_name(const TamisTestEngine *engine);

/* Delivers the message and what comes of it. NULL with G_IO_ERROR_NOT_SUPPORTED when the engine cannot be asked
 * this, with another error when it does not work. */
TamisOutcome *tamis_test_engine_deliver(TamisTestEngine *engine, const TamisTestDelivery *delivery,
                                        GError **error);
