/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words that people bring along from Sieve and from programming languages, and what says it here. */
#pragma once

/* What to write instead, as an instruction; NULL: none is known. keywords: those that can stand in the place, each
 * in single quotes; NULL: a route's actions. Static. */
const char *tamis_foreign_word(const char *word, const char *keywords);
