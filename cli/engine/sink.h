/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An SMTP server on loopback that takes every message and only remembers it: where a mail server under test
 * sends to. */
#pragma once

#include <gio/gio.h>

typedef struct TamisSink TamisSink;

typedef struct {
    char *sender; /* "" is the null sender */
    char *recipient;
    GString *message; /* without the dots of the transfer, lines as they came */
} TamisSinkMessage;

/* Listens, in a thread of its own. */
TamisSink *tamis_sink_new(GError **error);
void tamis_sink_free(TamisSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSink, tamis_sink_free)
guint16 tamis_sink_get_port(const TamisSink *sink);
/* What has come since the last time, in order: TamisSinkMessage, one a recipient. The caller's. */
GPtrArray *tamis_sink_take(TamisSink *sink);
