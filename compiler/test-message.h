/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The message of a policy's test, whole: what it leaves out is filled in (docs/language.md, "Tests"). */
#pragma once

#include "model/message.h"
#include "model/policy.h"

#include <gio/gio.h>

/* Who writes where a message does not say. */
#define TAMIS_TEST_OUTSIDER "sender@outside.invalid"

typedef struct {
    GBytes *bytes; /* the whole message, lines ended by CR LF; shorter than the size that is said */
    TamisMessage *message; /* reads bytes, and has the size that is said */
    char *envelope_from;
    TamisDelivery delivery; /* lends envelope_from, and the policy's text */
    gboolean has_size;      /* was said: delivery to a server has to pad it */
} TamisTestDelivery;

/* Reads the test's file, if it names one: a GIOError or GFileError when that fails. Lends the policy. */
TAMIS_API TamisTestDelivery *
tamis_test_delivery_new(const TamisPolicy *policy, const TamisTestMessage *message,
                        TamisInstant as_of, GError **error);
TAMIS_API void tamis_test_delivery_free(TamisTestDelivery *delivery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisTestDelivery, tamis_test_delivery_free)
