/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Children: what they say comes back, and none of them gets around a limit. */
#include "cli/engine/child.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Runs a line of shell. */
static void
run_shell(const char *line, TamisChildPlan plan, TamisChildEnd *end)
{
    const char *const argv[] = {"sh", "-c", line, NULL};
    g_autoptr(GError) error = NULL;

    plan.argv = argv;
    gboolean runs = tamis_child_run(&plan, end, &error);
    g_assert_no_error(error);
    g_assert_true(runs);
}

static void
test_output_and_status(void)
{
    g_auto(TamisChildEnd) end = {0};

    run_shell("cat; echo two >&2; exit 3",
              (TamisChildPlan){.input = "one", .input_bytes = 3, .wall_ms = 10000}, &end);
    g_assert_cmpint(end.ending, ==, TAMIS_CHILD_EXITED);
    g_assert_cmpint(end.status, ==, 3);
    g_assert_cmpstr(end.out->str, ==, "one");
    g_assert_cmpstr(end.err->str, ==, "two\n");
}

static void
test_large_output(void)
{
    g_auto(TamisChildEnd) end = {0};

    run_shell("head -c 3000000 /dev/zero", (TamisChildPlan){.output_bytes = 3000000}, &end);
    g_assert_cmpint(end.ending, ==, TAMIS_CHILD_EXITED);
    g_assert_cmpuint(end.out->len, ==, 3000000);
}

static void
test_nothing_of_ours_is_inherited(void)
{
    g_auto(TamisChildEnd) end = {0};

    g_setenv("TAMIS_TEST_PASSWORD", "canary", TRUE);
    run_shell("env", (TamisChildPlan){.wall_ms = 10000}, &end);
    g_assert_null(strstr(end.out->str, "canary"));
    g_assert_nonnull(strstr(end.out->str, "LC_ALL=C"));
}

static void
test_folder_and_environment(void)
{
    const char *const environment[] = {"PATH=/usr/bin:/bin", "GREETING=hello", NULL};
    g_auto(TamisChildEnd) end = {0};

    run_shell("echo $GREETING; pwd", (TamisChildPlan){.environment = environment, .folder = "/"},
              &end);
    g_assert_cmpstr(end.out->str, ==, "hello\n/\n");
}

static void
test_time(void)
{
    const TamisChildPlan plan = {.wall_ms = 300};
    g_auto(TamisChildEnd) end = {0};
    gint64 start = g_get_monotonic_time();

    /* Neither signals nor a grandchild keep it. */
    run_shell("trap '' TERM INT HUP; sleep 60 & sleep 60; sleep 60", plan, &end);
    g_assert_cmpint(end.ending, ==, TAMIS_CHILD_OUT_OF_TIME);
    g_assert_cmpint((g_get_monotonic_time() - start) / G_USEC_PER_SEC, <, 20);
    g_autofree char *text = tamis_child_end_describe(&end, &plan);
    g_assert_cmpstr(text, ==, "it was stopped after 0.3 s");
}

static void
test_a_grandchild_that_keeps_the_output_open(void)
{
    g_auto(TamisChildEnd) end = {0};
    gint64 start = g_get_monotonic_time();

    run_shell("sleep 60 & echo done", (TamisChildPlan){.wall_ms = 50000}, &end);
    g_assert_cmpint(end.ending, ==, TAMIS_CHILD_EXITED);
    g_assert_cmpstr(end.out->str, ==, "done\n");
    g_assert_cmpint((g_get_monotonic_time() - start) / G_USEC_PER_SEC, <, 30);
}

static void
test_processor_time(void)
{
    g_auto(TamisChildEnd) end = {0};

    run_shell("trap '' XCPU; while :; do :; done", (TamisChildPlan){.wall_ms = 60000, .cpu_s = 1},
              &end);
    g_assert_cmpint(end.ending, ==, TAMIS_CHILD_OUT_OF_TIME);
}

static void
test_output_cap(void)
{
    const TamisChildPlan plan = {.wall_ms = 60000, .output_bytes = 1000};
    g_auto(TamisChildEnd) end = {0};

    run_shell("yes", plan, &end);
    g_assert_cmpint(end.ending, ==, TAMIS_CHILD_TOO_TALKATIVE);
    g_assert_cmpuint(end.out->len, <, 200000);
    g_autofree char *text = tamis_child_end_describe(&end, &plan);
    g_assert_cmpstr(text, ==, "it was stopped after 1000 bytes of output");
}

static void
test_crash(void)
{
    const TamisChildPlan plan = {.wall_ms = 10000};
    g_auto(TamisChildEnd) end = {0};

    run_shell("kill -SEGV $$", plan, &end);
    g_assert_cmpint(end.ending, ==, TAMIS_CHILD_CRASHED);
    g_assert_cmpint(end.signal, ==, SIGSEGV);
    g_autofree char *text = tamis_child_end_describe(&end, &plan);
    g_assert_cmpstr(text, ==, "it crashed (Segmentation fault)");
}

static int
take_memory(gpointer data)
{
    gsize bytes = *(gsize *)data;
    char *memory = malloc(bytes);

    if (memory == NULL)
        return 9;
    memset(memory, 1, bytes);
    return write(STDOUT_FILENO, memory, 1) == 1 ? 0 : 8;
}

static void
test_memory_of_an_entry(void)
{
    gsize small = 1 << 20, large = 1 << 29;
    TamisChildPlan plan = {
        .entry = take_memory, .data = &small, .wall_ms = 60000, .memory_bytes = 1 << 27};

    for (int i = 0; i < 2; i++) {
        g_auto(TamisChildEnd) end = {0};
        g_autoptr(GError) error = NULL;
        plan.data = i == 0 ? &small : &large;
        g_assert_true(tamis_child_run(&plan, &end, &error));
        g_assert_no_error(error);
        /* A sanitizer's malloc ends the program instead. */
        gboolean fits = end.ending == TAMIS_CHILD_EXITED && end.status == 0;
        g_assert_cmpint(fits, ==, i == 0);
        g_assert_cmpuint(end.out->len, ==, i == 0 ? 1 : 0);
    }
}

static void
test_memory_of_a_program(void)
{
    g_auto(TamisChildEnd) end = {0};

    run_shell("head -c 200000000 /dev/zero | tail -c 200000000 | wc -c",
              (TamisChildPlan){.wall_ms = 60000, .memory_bytes = 1 << 26}, &end);
    g_assert_cmpstr(end.out->str, !=, "200000000\n");
}

static void
test_a_program_that_is_not_there(void)
{
    const char *const argv[] = {"no-such-program-anywhere", NULL};
    g_auto(TamisChildEnd) end = {0};
    g_autoptr(GError) error = NULL;

    g_assert_false(tamis_child_run(&(TamisChildPlan){.argv = argv}, &end, &error));
    g_assert_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
    g_assert_cmpstr(error->message, ==,
                    "cannot run 'no-such-program-anywhere': No such file or directory");
}

static void
test_a_folder_that_is_not_there(void)
{
    const char *const argv[] = {"true", NULL};
    g_auto(TamisChildEnd) end = {0};
    g_autoptr(GError) error = NULL;

    g_assert_false(
        tamis_child_run(&(TamisChildPlan){.argv = argv, .folder = "/nowhere"}, &end, &error));
    g_assert_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/child/output-and-status", test_output_and_status);
    g_test_add_func("/child/large-output", test_large_output);
    g_test_add_func("/child/nothing-of-ours-is-inherited", test_nothing_of_ours_is_inherited);
    g_test_add_func("/child/folder-and-environment", test_folder_and_environment);
    g_test_add_func("/child/time", test_time);
    g_test_add_func("/child/grandchild", test_a_grandchild_that_keeps_the_output_open);
    g_test_add_func("/child/processor-time", test_processor_time);
    g_test_add_func("/child/output-cap", test_output_cap);
    g_test_add_func("/child/crash", test_crash);
    g_test_add_func("/child/memory-of-an-entry", test_memory_of_an_entry);
    g_test_add_func("/child/memory-of-a-program", test_memory_of_a_program);
    g_test_add_func("/child/no-program", test_a_program_that_is_not_there);
    g_test_add_func("/child/no-folder", test_a_folder_that_is_not_there);
    return g_test_run();
}
