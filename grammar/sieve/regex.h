/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Judging regular expressions by their text: never run, since that is what makes engines hang. */
#pragma once

#include "base/api.h"

typedef enum {
    TAMIS_REGEX_POSIX, /* extended, as glibc has it in the C locale: Pigeonhole, libsieve */
    TAMIS_REGEX_POSIX_ANY_CASE, /* the same by i;ascii-casemap: letters stand where capital ones do */
    TAMIS_REGEX_PCRE,           /* as PCRE 8.39 has it by its POSIX functions: Debian's Cyrus */
} TamisRegexFlavour;

typedef enum {
    TAMIS_REGEX_OK,
    TAMIS_REGEX_INVALID,
    TAMIS_REGEX_TOO_LARGE, /* the engine has a limit, and refuses it */
    TAMIS_REGEX_EXPLOSIVE, /* what engines write out or look at without a limit: repeats, calls of groups */
    TAMIS_REGEX_BACK_REFERENCE, /* takes exponential time */
} TamisRegexVerdict;

/* Both are static: out_reason says what is wrong with an invalid one ("a '(' is not closed"), or why one is
 * explosive; out_remedy is an instruction. NULL for the other verdicts. */
TamisRegexVerdict tamis_regex_judge(const char *text, gsize length, TamisRegexFlavour flavour,
                                    const char **out_reason, const char **out_remedy);
