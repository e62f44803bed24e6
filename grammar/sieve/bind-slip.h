/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was meant by an argument that a command or test does not take. Static texts: instructions. */
#pragma once

#include "grammar/sieve/table.h"

/* How other languages and web mailers name what the word says in another way. name: of a tag that it does not have, in
 * lower case. NULL: nobody knows. */
const char *tamis_sieve_find_tag_habit(const TamisSieveWord *word, const char *name);

/* The first tag of the word that takes a number; NULL: none does. */
const TamisSieveTag *tamis_sieve_find_number_tag(const TamisSieveWord *word);

/* What to do with a string behind the last argument; NULL: nobody knows. */
const char *tamis_sieve_find_surplus_remedy(const TamisSieveWord *word);
