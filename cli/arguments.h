/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What GOption makes too little of: `-j4` and `-oDIR`, and `--` before a name that begins with '-'. */
#pragma once

#include <glib.h>

typedef struct {
    GPtrArray *written; /* owns what was put into argv */
    int n_behind;       /* arguments behind a `--`; -1: there is none */
} TamisArguments;

void tamis_arguments_clear(TamisArguments *arguments);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisArguments, tamis_arguments_clear)

/* Before GOption parses argv: writes them as `--jobs=4` and `--output=DIR`. Each of the entries ends with a NULL
 * name. */
void tamis_arguments_prepare(TamisArguments *arguments, int argc, char **argv,
                             const GOptionEntry *const entries[], guint n_entries);
/* After it: takes the `--` out that it may have left. */
void tamis_arguments_finish(const TamisArguments *arguments, int *argc, char **argv);
