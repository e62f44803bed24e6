/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A script on its way from text to text: never more than one command of it is held. */
#pragma once

#include "base/report.h"
#include "grammar/sieve/compare.h"

/* Reads the script and appends it to output in its canonical layout (grammar/sieve/print.h), or writes nothing where
 * output is NULL. What it says is the answer; what is wrong in it is reported. */
TAMIS_API TamisSieveDigest tamis_sieve_lay_out(TamisSourceId source, TamisReport *report,
                                               GString *output);
