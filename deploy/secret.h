/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A password or token. It is a type of its own so that no message, log or journal takes it by mistake, and
 * its memory is wiped when it dies. Only what hands it to a server looks inside. */
#pragma once

#include "base/api.h"

#define TAMIS_SECRET_MAX_BYTES 65536

typedef struct TamisSecret TamisSecret;

/* A copy; the caller wipes its own. NULL where it is empty, too long, or has a NUL. */
TAMIS_API TamisSecret *tamis_secret_new(const char *text, gsize length_bytes);
/* The first line of a file, without its end. GFileError, or TAMIS_DEPLOY_ERROR_INVALID. */
TAMIS_API TamisSecret *tamis_secret_load(const char *path, GError **error);
TAMIS_API void tamis_secret_free(TamisSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSecret, tamis_secret_free)

/* Lent, NUL-terminated: for the authentication alone. */
const char *tamis_secret_reveal(const TamisSecret *secret);

/* Strings that held a secret for a moment. */
TAMIS_API void tamis_wipe(char *text, gsize length_bytes);
void tamis_wipe_string(GString *string);
