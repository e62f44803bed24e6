/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Memory that lives and dies together: trees, policies, one mailbox's script. Allocation is a
 * pointer bump; nothing is freed singly. Not thread-safe: one arena a thread. */
#pragma once

#include "base/api.h"

#include <string.h>

/* What is free of the memory at hand, for the functions below alone: aligned to 8 bytes. Empty where sanitizers
 * watch every allocation. */
typedef struct {
    char *at, *end;
    gpointer chunk; /* that it is in */
} TamisArena;

TAMIS_API TamisArena *tamis_arena_new(void);
/* For what mostly needs no more than these bytes, and comes often. */
TamisArena *tamis_arena_new_small(gsize first_bytes);
TAMIS_API void tamis_arena_free(TamisArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisArena, tamis_arena_free)

TAMIS_API gpointer tamis_arena_alloc_more(TamisArena *arena, gsize size_bytes);

/* Zeroed, aligned to 8 bytes, valid until reset or free. Never NULL. */
static inline gpointer
tamis_arena_alloc(TamisArena *arena, gsize size_bytes)
{
    gsize rounded = (size_bytes + 7) & ~(gsize)7;
    char *result = arena->at;

    if (G_UNLIKELY(size_bytes >= G_MAXSIZE / 2 || (gsize)(arena->end - result) <= rounded))
        return tamis_arena_alloc_more(arena, size_bytes);
    arena->at = result + rounded;
    return memset(result, 0, rounded);
}
/* A copy of length_bytes bytes and a closing NUL. */
TAMIS_API char *tamis_arena_strndup(TamisArena *arena, const char *text, gsize length_bytes);
TAMIS_API char *tamis_arena_printf(TamisArena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A place in the order of allocations. */
typedef struct {
    gpointer chunk;
    char *at;
} TamisArenaMark;

TAMIS_API TamisArenaMark tamis_arena_mark(const TamisArena *arena);
/* What has been handed out since the mark. */
gsize tamis_arena_used_bytes(const TamisArena *arena, TamisArenaMark mark);
/* Forgets every allocation since the mark, and keeps the memory for the next ones. Marks that were taken
 * later are void. */
TAMIS_API void tamis_arena_release_more(TamisArena *arena, TamisArenaMark mark);
static inline void
tamis_arena_release(TamisArena *arena, TamisArenaMark mark)
{
    if (G_LIKELY(mark.chunk != NULL && mark.chunk == arena->chunk))
        arena->at = mark.at;
    else
        tamis_arena_release_more(arena, mark);
}
/* Forgets every allocation and keeps the memory for the next ones. */
TAMIS_API void tamis_arena_reset(TamisArena *arena);
/* Gives back what was allocated before place, which is an allocation of the arena's: chunk by chunk, for those who
 * visit allocations in their order and look at each one once. Marks that were taken before are void. */
TAMIS_API void tamis_arena_drop_before(TamisArena *arena, gconstpointer place);
/* Bytes taken from the system. */
TAMIS_API gsize tamis_arena_size_bytes(const TamisArena *arena);

#define tamis_arena_new0(arena, Type) ((Type *)tamis_arena_alloc((arena), sizeof(Type)))
#define tamis_arena_array0(arena, Type, n)                                                         \
    ((Type *)tamis_arena_alloc((arena), sizeof(Type) * (gsize)(n)))
