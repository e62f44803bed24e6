/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * base/arena. */
#include "base/arena.h"

#include <string.h>

static void
test_zeroed_and_aligned(void)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();

    for (gsize size = 0; size < 3000; size += 7) {
        char *memory = tamis_arena_alloc(arena, size);
        g_assert_cmpuint((guintptr)memory % 8, ==, 0);
        for (gsize i = 0; i < size; i++)
            g_assert_cmpint(memory[i], ==, 0);
        memset(memory, 0xff, size);
    }
    for (guint round = 0; round < 3; round++) {
        tamis_arena_reset(arena);
        /* Less in each round: what was not taken in the last one is zero still. */
        for (guint n = 0; n < 300 / (round + 1); n++) {
            char *again = tamis_arena_alloc(arena, 3000);
            for (gsize i = 0; i < 3000; i++)
                g_assert_cmpint(again[i], ==, 0);
            memset(again, 0xff, 3000);
        }
    }
}

static void
test_reset_keeps_memory(void)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    gsize size_bytes = 0;

    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 1000; i++)
            memset(tamis_arena_alloc(arena, 100), 1, 100);
        memset(tamis_arena_alloc(arena, 3000000), 1, 3000000);
        if (round == 0)
            size_bytes = tamis_arena_size_bytes(arena);
        g_assert_cmpuint(tamis_arena_size_bytes(arena), ==, size_bytes);
        tamis_arena_reset(arena);
    }
    g_assert_cmpuint(size_bytes, >=, 3100000);
    g_assert_cmpuint(size_bytes, <, 3500000);
}

/* What is taken behind a mark is zero again, in its chunk and in those behind it. */
static void
test_release(void)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisArenaMark empty = tamis_arena_mark(arena);
    char *kept = memset(tamis_arena_alloc(arena, 100), 1, 100);
    TamisArenaMark mark = tamis_arena_mark(arena);
    gsize size_bytes = 0;

    for (guint round = 0; round < 4; round++) {
        for (guint n = 0; n < 2000; n++) {
            char *memory = tamis_arena_alloc(arena, 64);
            for (gsize i = 0; i < 64; i++)
                g_assert_cmpint(memory[i], ==, 0);
            memset(memory, 0xff, 64);
        }
        if (round == 0)
            size_bytes = tamis_arena_size_bytes(arena);
        tamis_arena_release(arena, mark);
        g_assert_cmpint(kept[99], ==, 1);
    }
    g_assert_cmpuint(tamis_arena_size_bytes(arena), ==, size_bytes);
    tamis_arena_release(arena, empty);
    g_assert_true(tamis_arena_alloc(arena, 8) == (gpointer)kept);
    g_assert_cmpint(*kept, ==, 0);
}

static void
test_drop_before(void)
{
    enum { N = 100000, BYTES = 200 };
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autofree char **all = g_new(char *, N);

    for (guint i = 0; i < N; i++)
        all[i] = memset(tamis_arena_alloc(arena, BYTES), (int)(i % 100), BYTES);
    for (guint i = 0; i < N; i++) {
        tamis_arena_drop_before(arena, all[i]);
        g_assert_cmpint(all[i][0], ==, i % 100);
        g_assert_cmpint(all[N - 1][BYTES - 1], ==, (N - 1) % 100);
        if (i == N / 2)
            g_assert_cmpuint(tamis_arena_size_bytes(arena), <, N * BYTES * 3 / 4);
    }
    g_assert_cmpuint(tamis_arena_size_bytes(arena), <, N * BYTES / 4);
    g_assert_nonnull(tamis_arena_alloc(arena, BYTES));
}

static void
test_strings(void)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();

    g_assert_cmpstr(tamis_arena_strndup(arena, "hello", 4), ==, "hell");
    g_assert_cmpstr(tamis_arena_strndup(arena, NULL, 0), ==, "");
    g_assert_cmpstr(tamis_arena_printf(arena, "%s %d", "route", 7), ==, "route 7");
    g_assert_cmpmem(tamis_arena_strndup(arena, "a\0b", 3), 4, "a\0b", 4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arena/zeroed-and-aligned", test_zeroed_and_aligned);
    g_test_add_func("/arena/reset-keeps-memory", test_reset_keeps_memory);
    g_test_add_func("/arena/release", test_release);
    g_test_add_func("/arena/drop-before", test_drop_before);
    g_test_add_func("/arena/strings", test_strings);
    return g_test_run();
}
