/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What options say of a message: whether there can be such a one. */
#pragma once

#include "cli/cli.h"

/* Complains about the first that cannot be, and returns TAMIS_EXIT_USAGE; else 0. Each may be NULL. Each of to,
 * and from, is a bare address, or a user without a domain; from may be empty. Fields are of one line, headers of the
 * form "Name: value". */
int tamis_complain_about_message(const TamisVerb *verb, char **to, const char *from,
                                 const char *subject, char **headers);
