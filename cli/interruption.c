/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signals that interrupt. */
#include "cli/interruption.h"

#include <glib.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
static struct sigaction before[G_N_ELEMENTS(signals)];
static volatile sig_atomic_t interrupted_by;

/* The first one is heard when the verb looks; who cannot wait sends another. */
static void
note(int number)
{
    if (interrupted_by != 0)
        signal(number, SIG_DFL);
    g_atomic_int_set(&interrupted_by, number); /* other threads look at it */
}

void
tamis_interruption_catch(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};

    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        sigaction(signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

const volatile sig_atomic_t *
tamis_interruption(void)
{
    return &interrupted_by;
}

void
tamis_interruption_release(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaction(signals[i], &before[i], NULL);
    if (interrupted_by != 0)
        raise(interrupted_by);
}
