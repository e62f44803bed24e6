/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A script on its way from text to text: beside the two texts nothing is held but the longest string. */
#pragma once

#include "base/report.h"
#include "grammar/sieve/compare.h"

/* Reads the script and appends it to output, where a line begins, in its canonical layout (grammar/sieve/print.h), or
 * writes nothing where output is NULL. What it says is the answer, as of its tree. What is wrong in it is reported;
 * where that is an error, neither the answer nor the output say anything. */
TAMIS_API TamisSieveDigest tamis_sieve_lay_out(TamisSourceId source, TamisReport *report,
                                               GString *output);

/* Says (syntax) that the output is larger than TAMIS_SIEVE_MAX_PRINTED_BYTES. */
TAMIS_API void tamis_sieve_complain_large(TamisSourceId source, TamisReport *report);
