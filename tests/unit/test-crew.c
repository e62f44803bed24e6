/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Batches are worked on by many and handed on in order. */
#include "compiler/crew.h"

#define N_BATCHES 500

typedef struct {
    guint64 slots[64];
    guint32 n_handed_on;
    guint32 fails_from; /* batches from here fail in work */
    guint32 hand_on_fails_at;
    GCancellable *cancellable;
    guint32 cancels_at;
} Run;

static gboolean
work(gpointer data, guint worker, guint slot, guint32 batch, GError **error)
{
    Run *run = data;

    /* Later batches of a slot's neighbourhood end first. */
    g_usleep((batch * 7919 % 5) * 20);
    run->slots[slot] = (guint64)batch * batch;
    if (batch < run->fails_from)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "batch %u", batch);
    return FALSE;
}

static gboolean
hand_on(gpointer data, guint slot, guint32 batch, GError **error)
{
    Run *run = data;

    g_assert_cmpuint(batch, ==, run->n_handed_on);
    g_assert_cmpuint(run->slots[slot], ==, (guint64)batch * batch);
    if (batch == run->hand_on_fails_at) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "no room for %u", batch);
        return FALSE;
    }
    if (batch == run->cancels_at)
        g_cancellable_cancel(run->cancellable);
    run->n_handed_on++;
    return TRUE;
}

static void
test_order(void)
{
    for (guint n_workers = 1; n_workers <= 5; n_workers++) {
        Run run = {
            .fails_from = G_MAXUINT32, .hand_on_fails_at = G_MAXUINT32, .cancels_at = G_MAXUINT32};
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(tamis_crew_n_slots(n_workers), <=, G_N_ELEMENTS(run.slots));
        g_assert_true(tamis_crew_run(&(TamisCrewTask){work, hand_on, &run}, n_workers, N_BATCHES,
                                     NULL, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(run.n_handed_on, ==, N_BATCHES);
    }
}

static void
test_nothing_to_do(void)
{
    Run run = {0};

    g_assert_true(tamis_crew_run(&(TamisCrewTask){work, hand_on, &run}, 3, 0, NULL, NULL));
    g_assert_cmpuint(run.n_handed_on, ==, 0);
}

static void
test_first_failure(void)
{
    for (guint n_workers = 1; n_workers <= 5; n_workers++) {
        Run run = {.fails_from = 123, .hand_on_fails_at = G_MAXUINT32, .cancels_at = G_MAXUINT32};
        g_autoptr(GError) error = NULL;

        g_assert_false(tamis_crew_run(&(TamisCrewTask){work, hand_on, &run}, n_workers, N_BATCHES,
                                      NULL, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_FAILED);
        g_assert_cmpstr(error->message, ==, "batch 123");
        g_assert_cmpuint(run.n_handed_on, ==, 123);
    }
}

static void
test_failing_hand_on(void)
{
    for (guint n_workers = 1; n_workers <= 5; n_workers++) {
        Run run = {.fails_from = 300, .hand_on_fails_at = 77, .cancels_at = G_MAXUINT32};
        g_autoptr(GError) error = NULL;

        g_assert_false(tamis_crew_run(&(TamisCrewTask){work, hand_on, &run}, n_workers, N_BATCHES,
                                      NULL, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
        g_assert_cmpstr(error->message, ==, "no room for 77");
        g_assert_cmpuint(run.n_handed_on, ==, 77);
    }
}

static void
test_cancelled(void)
{
    for (guint n_workers = 1; n_workers <= 5; n_workers++) {
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        Run run = {.fails_from = G_MAXUINT32,
                   .hand_on_fails_at = G_MAXUINT32,
                   .cancellable = cancellable,
                   .cancels_at = 40};
        g_autoptr(GError) error = NULL;

        g_assert_false(tamis_crew_run(&(TamisCrewTask){work, hand_on, &run}, n_workers, N_BATCHES,
                                      cancellable, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_assert_cmpuint(run.n_handed_on, >=, 41);
        g_assert_cmpuint(run.n_handed_on, <=, 41 + tamis_crew_n_slots(n_workers));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/crew/order", test_order);
    g_test_add_func("/crew/nothing-to-do", test_nothing_to_do);
    g_test_add_func("/crew/first-failure", test_first_failure);
    g_test_add_func("/crew/failing-hand-on", test_failing_hand_on);
    g_test_add_func("/crew/cancelled", test_cancelled);
    return g_test_run();
}
