/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The message of one of tamis check's findings, for tamis explain. */
#pragma once

#include "cli/cli.h"

/* The witness of the number-th finding (1-based, in the order in which check shows them). NULL:
 * *out_status, all is said. Lent from the report, which is to be empty. */
const TamisFindingWitness *
tamis_find_witness(const TamisOptions *options, const char *include_dir, const char *global_dir,
                   const char *path, int number, TamisReport *report, int *out_status);
