/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ctrl-C while there is something to give up, or to end well: the verb is told and ends by itself. */
#pragma once

#include <signal.h>

/* From now on SIGINT, SIGTERM and SIGHUP are only noted; who sends three ends the process at once. One that the caller has switched off (nohup) stays so. */
void tamis_interruption_catch(void);
/* The signal that came, or 0. */
const volatile sig_atomic_t *tamis_interruption(void);
/* And now, after all was cleaned up, it may take its course. */
void tamis_interruption_release(void);
