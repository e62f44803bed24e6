/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A list of chunks, filled front to back. A reset starts again at the first one. What is handed out is
 * cleared then: mostly a struct, which takes a store or two. Under AddressSanitizer what is free is
 * poisoned, with a gap after each allocation. */
#include "base/arena.h"

#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define TAMIS_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAMIS_POISON 1
#endif
#endif

#ifdef TAMIS_POISON
#include <sanitizer/asan_interface.h>
#define GAP_BYTES           8
#define hide(address, size) __asan_poison_memory_region((address), (size))
#define show(address, size) __asan_unpoison_memory_region((address), (size))
#else
#define GAP_BYTES           0
#define hide(address, size) ((void)(address), (void)(size))
#define show(address, size) ((void)(address), (void)(size))
#endif

#define FIRST_CHUNK_BYTES   ((gsize)4096 - sizeof(Chunk))
#define LARGEST_CHUNK_BYTES ((gsize)1 << 20)

/* An arena that has become this large goes on in chunks of whole huge pages: with small ones the
 * kernel would take as long to hand them out as a parser takes to fill them. */
#define LARGE_ARENA_BYTES ((gsize)8 << 20)
#define HUGE_PAGE_BYTES   ((gsize)2 << 20)
#define HUGE_CHUNK_BYTES  (2 * HUGE_PAGE_BYTES)

typedef struct Chunk Chunk;
struct Chunk {
    Chunk *next;
    gsize size_bytes;
    gsize used_bytes; /* when it is not current */
    gboolean is_mapped;
    guint64 data[]; /* aligned to 8 */
};

typedef struct {
    TamisArena open;
#ifdef TAMIS_POISON
    TamisArena watched;
#endif
    Chunk *first;
    Chunk *current; /* chunks behind it are empty */
    gsize size_bytes;
    gsize next_chunk_bytes;
} Arena;

/* The free part of the current chunk. */
static inline TamisArena *
free_part(Arena *arena)
{
#ifdef TAMIS_POISON
    return &arena->watched;
#else
    return &arena->open;
#endif
}

/* HUGE_CHUNK_BYTES at a boundary of huge pages; NULL when the system has none. */
static Chunk *
map_chunk(void)
{
    gsize room = HUGE_CHUNK_BYTES + HUGE_PAGE_BYTES;
    char *mapped = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    gsize before;
    Chunk *chunk;

    if (mapped == MAP_FAILED)
        return NULL;
    before = (HUGE_PAGE_BYTES - (guintptr)mapped % HUGE_PAGE_BYTES) % HUGE_PAGE_BYTES;
    if (before > 0)
        munmap(mapped, before);
    munmap(mapped + before + HUGE_CHUNK_BYTES, HUGE_PAGE_BYTES - before);
    madvise(mapped + before, HUGE_CHUNK_BYTES, MADV_HUGEPAGE);
    chunk = (Chunk *)(mapped + before);
    chunk->is_mapped = TRUE;
    chunk->size_bytes = HUGE_CHUNK_BYTES - sizeof(Chunk);
    return chunk;
}

static Chunk *
new_chunk(const Arena *arena, gsize size_bytes)
{
    gsize chunk_bytes = MAX(arena->next_chunk_bytes, size_bytes);
    Chunk *chunk = NULL;

    if (arena->size_bytes >= LARGE_ARENA_BYTES && size_bytes <= HUGE_CHUNK_BYTES - sizeof(Chunk))
        chunk = map_chunk();
    if (chunk == NULL) {
        chunk = g_malloc(sizeof(Chunk) + chunk_bytes);
        *chunk = (Chunk){.size_bytes = chunk_bytes};
    }
    return chunk;
}

static void
free_chunk(Chunk *chunk)
{
    show(chunk->data, chunk->size_bytes);
    if (chunk->is_mapped)
        munmap(chunk, HUGE_CHUNK_BYTES);
    else
        g_free(chunk);
}

TamisArena *
tamis_arena_new(void)
{
    return tamis_arena_new_small(FIRST_CHUNK_BYTES);
}

TamisArena *
tamis_arena_new_small(gsize first_bytes)
{
    Arena *arena = g_new0(Arena, 1);

    arena->next_chunk_bytes = first_bytes;
    return &arena->open;
}

void
tamis_arena_free(TamisArena *arena)
{
    if (arena == NULL)
        return;
    for (Chunk *chunk = ((Arena *)arena)->first, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free_chunk(chunk);
    }
    g_free(arena);
}

static void
leave(Arena *arena)
{
    if (arena->current != NULL)
        arena->current->used_bytes = (gsize)(free_part(arena)->at - (char *)arena->current->data);
}

static void
enter(Arena *arena, Chunk *chunk)
{
    char *data = (char *)chunk->data;

    leave(arena);
    arena->current = chunk;
    *free_part(arena) = (TamisArena){data, data + chunk->size_bytes, chunk};
}

/* Makes current a chunk with room for size_bytes: an empty one from before a reset, or a new one.
 */
static G_NO_INLINE void
grow(Arena *arena, gsize size_bytes)
{
    Chunk *next = arena->current != NULL ? arena->current->next : arena->first;
    Chunk *chunk;

    if (next != NULL && next->size_bytes >= size_bytes) {
        enter(arena, next);
        return;
    }
    g_assert(size_bytes < G_MAXSIZE / 2);
    chunk = new_chunk(arena, size_bytes);
    chunk->next = next;
    if (arena->current != NULL)
        arena->current->next = chunk;
    else
        arena->first = chunk;
    hide(chunk->data, chunk->size_bytes);
    arena->size_bytes += sizeof(Chunk) + chunk->size_bytes;
    arena->next_chunk_bytes = MIN(arena->next_chunk_bytes * 2, LARGEST_CHUNK_BYTES);
    enter(arena, chunk);
}

gpointer
tamis_arena_alloc_more(TamisArena *open, gsize size_bytes)
{
    g_assert(size_bytes < G_MAXSIZE / 2);
    Arena *arena = (Arena *)open;
    TamisArena *room = free_part(arena);
    gsize rounded = ((size_bytes + 7) & ~(gsize)7) + GAP_BYTES;

    if ((gsize)(room->end - room->at) < rounded || room->at == NULL)
        grow(arena, rounded);
    char *result = room->at;
    room->at += rounded;
    show(result, size_bytes);
    return memset(result, 0, size_bytes);
}

char *
tamis_arena_strndup(TamisArena *arena, const char *text, gsize length_bytes)
{
    g_assert(length_bytes < G_MAXSIZE / 2);
    char *result = tamis_arena_alloc(arena, length_bytes + 1);

    if (length_bytes > 0)
        memcpy(result, text, length_bytes);
    return result;
}

char *
tamis_arena_printf(TamisArena *arena, const char *format, ...)
{
    char buffer[256]; /* for nearly all, so that nothing is allocated on the way */
    va_list arguments;

    va_start(arguments, format);
    int length = g_vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    g_assert(length >= 0);
    if ((gsize)length < sizeof buffer)
        return tamis_arena_strndup(arena, buffer, (gsize)length);
    char *text = tamis_arena_alloc(arena, (gsize)length + 1);
    va_start(arguments, format);
    g_vsnprintf(text, (gsize)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

TamisArenaMark
tamis_arena_mark(const TamisArena *open)
{
    Arena *arena = (Arena *)open;

    return (TamisArenaMark){arena->current, free_part(arena)->at};
}

gsize
tamis_arena_used_bytes(const TamisArena *open, TamisArenaMark mark)
{
    Arena *arena = (Arena *)open;
    const char *at = free_part(arena)->at;
    const Chunk *chunk = mark.chunk != NULL ? mark.chunk : arena->first;

    if (chunk == NULL)
        return 0;
    gsize before = mark.chunk != NULL ? (gsize)(mark.at - (const char *)chunk->data) : 0;
    gsize used = 0;
    for (; chunk != arena->current; chunk = chunk->next)
        used += chunk->used_bytes;
    return used + (gsize)(at - (const char *)chunk->data) - before;
}

void
tamis_arena_release_more(TamisArena *open, TamisArenaMark mark)
{
    Arena *arena = (Arena *)open;
    TamisArena *room = free_part(arena);
    Chunk *chunk = mark.chunk != NULL ? mark.chunk : arena->first;

    if (chunk == NULL)
        return;
    char *from = mark.chunk != NULL ? mark.at : (char *)chunk->data;
    for (Chunk *later = chunk; later != arena->current;) {
        later = later->next;
        hide(later->data, later->size_bytes);
    }
    arena->current = chunk;
    *room = (TamisArena){from, (char *)chunk->data + chunk->size_bytes, chunk};
    hide(from, room->end - from);
}

void
tamis_arena_reset(TamisArena *arena)
{
    tamis_arena_release(arena, (TamisArenaMark){NULL, NULL});
}

static gboolean
holds(const Chunk *chunk, gconstpointer place)
{
    const char *data = (const char *)chunk->data, *at = place;

    return at >= data && at < data + chunk->size_bytes;
}

void
tamis_arena_drop_before(TamisArena *open, gconstpointer place)
{
    Arena *arena = (Arena *)open;

    while (!holds(arena->first, place)) {
        Chunk *passed = arena->first;
        g_assert(passed != arena->current);
        arena->first = passed->next;
        arena->size_bytes -= sizeof(Chunk) + passed->size_bytes;
        free_chunk(passed);
    }
    hide(arena->first->data, (const char *)place - (const char *)arena->first->data);
}

gsize
tamis_arena_size_bytes(const TamisArena *arena)
{
    return ((const Arena *)arena)->size_bytes;
}
