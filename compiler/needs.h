/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What scripts need of their server beyond its defaults, and what of them it cannot take. */
#pragma once

#include "compiler/lower.h"

/* Upper bounds over any number of scripts; all zero for none. */
typedef struct {
    TamisExtensionSet requires;
    guint32 n_targets, n_actions; /* of one run of one script */
    guint64 script_bytes;
    const char *delimiter; /* of details; lent; NULL: the server's */
} TamisNeeds;

TAMIS_API TamisNeeds tamis_needs_of(const TamisLowered *lowered, gsize script_bytes);
TAMIS_API void tamis_needs_add(TamisNeeds *needs, const TamisNeeds *others);
/* Adds the server's settings as an administrator writes them ("sieve_max_redirects = 20"), each
 * once with all its values, in a fixed order. Strings are the array's own; it is empty at first. */
TAMIS_API void
tamis_needs_settings(const TamisNeeds *needs, const TamisServer *server, GPtrArray *settings);

/* script-too-large where the mailbox's `script-size` says so, else where the server's own limit
 * does; needs-setting where the policy allows what the server does not by default. */
TAMIS_API void tamis_check_script_size(const TamisPolicy *policy, const TamisServer *server,
                                       guint32 mailbox, gsize script_bytes, TamisReport *report);
