/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The addresses of one field (RFC 5322, 3.4 and 4.4), broken ones too: which of them an engine sees. */
#pragma once

#include "base/api.h"

#include <glib.h>

/* More entries of one field than this are not looked at: Pigeonhole's limit. */
#define TAMIS_MAX_ADDRESS_ENTRIES 256

/* local is unquoted and printable ASCII, domain as written; neither is empty. */
typedef void (*TamisTakeAddress)(const char *local, const char *domain, gpointer data);

/* Unfolded text, encoded words as they are. Calls take for each address in order, groups flattened; one that is broken
 * is passed over, and what follows it when it cannot be told where the next begins. Returns whether the field has any
 * entry, however broken; comments are none. */
TAMIS_API gboolean tamis_address_list_read(const char *text, gsize length_bytes,
                                           TamisTakeAddress take, gpointer data);
