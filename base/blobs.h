/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs of bytes of which each is kept once: what many have in common is stored for one of them, and may not be changed
 * any more. */
#pragma once

#include "base/arena.h"

typedef struct TamisBlobs TamisBlobs;

/* The bytes live in the arena, which is lent: once it is reset, these have to be freed. */
TAMIS_API TamisBlobs *tamis_blobs_new(TamisArena *arena);
TAMIS_API void tamis_blobs_free(TamisBlobs *blobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisBlobs, tamis_blobs_free)

/* The same address for the same bytes, aligned to 8; never NULL. Gaps in what is stored count: they have to be zero. */
TAMIS_API gpointer tamis_blobs_add(TamisBlobs *blobs, gconstpointer bytes, guint32 n_bytes);
