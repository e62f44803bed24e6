/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The stores that there are: each takes what stands behind its scheme. */
#pragma once

#include "deploy/store.h"

/* rest: behind "SCHEME:"; url: all of it, for messages. NULL with error (TAMIS_DEPLOY_ERROR_INVALID). */
TamisStore *tamis_store_new_managesieve(const char *rest, gboolean implicit_tls,
                                        const TamisAccess *access, GError **error);
TamisStore *tamis_store_new_directory(const char *rest, const TamisAccess *access, GError **error);
TamisStore *tamis_store_new_doveadm(const char *rest, const TamisAccess *access, GError **error);
TamisStore *tamis_store_new_dict(const char *rest, const TamisAccess *access, GError **error);

/* "cannot use 'URL': what", with help in it. Always NULL. */
TamisStore *
tamis_store_fail(GError **error, const char *scheme, const char *rest, const char *what);
