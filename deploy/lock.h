/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One deployment to a place at a time, on this machine. (Two from different machines are safe for every
 * mailbox, for nothing that runs is overwritten; but they would take turns.) */
#pragma once

#include "base/api.h"

typedef struct TamisLock TamisLock;

/* folder is made where it is missing; who is shown to whoever is turned away. TAMIS_DEPLOY_ERROR_LOCKED names
 * who has the lock. */
TAMIS_API TamisLock *
tamis_lock_take(const char *folder, const char *url, const char *who, GError **error);
TAMIS_API void tamis_lock_free(TamisLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisLock, tamis_lock_free)
