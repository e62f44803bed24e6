/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What verbs that go to a store share: who runs them, where journals and locks are, and the question. */
#pragma once

#include "cli/cli.h"

/* user@host. Caller frees. */
char *tamis_place_who(void);
/* The journal of a URL where none was named; its folder is made. Caller frees. */
char *tamis_place_journal(const char *url);
/* Where locks are. Caller frees. */
char *tamis_place_locks(void);

/* Asks on the terminal. FALSE: no, or nobody is there to ask, which is said. */
gboolean tamis_place_ask(const char *question);
/* The exit status that goes with an error of deploy/, after it was said. */
int tamis_place_fail(const GError *error);
