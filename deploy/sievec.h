/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pigeonhole's compiler, where it is installed: what it says of a script, and the binary that it makes. */
#pragma once

#include "base/api.h"

typedef struct TamisSievec TamisSievec;

/* config: Dovecot's configuration, or NULL for its own. Never NULL. */
TamisSievec *tamis_sievec_new(const char *config);
void tamis_sievec_free(TamisSievec *sievec);
/* Compiles. FALSE with error (TAMIS_DEPLOY_ERROR_REFUSED) where it does not take the script; TRUE also where
 * there is no sievec, or none that works with this configuration: then *out_binary is NULL. Warnings are
 * appended. Any thread. */
gboolean tamis_sievec_compile(TamisSievec *sievec, const char *text, gsize length_bytes,
                              GString *warnings, GString **out_binary, GError **error);
