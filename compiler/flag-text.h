/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A list of flags as one text (RFC 5232, 2), as Pigeonhole 0.5.19 keeps it in a variable
 * (lib-sieve/plugins/imap4flags/ext-imap4flags-common.c): what is added is parted by single blanks, each once, whatever
 * its case; what is removed is cut out of the text, which is otherwise left as it is. */
#pragma once

#include <glib.h>

/* The next flag of text from *at on, which is moved behind it. NULL: there are no more. Caller frees. */
char *tamis_flag_text_next(const char *text, gsize *at);
/* The flags that words name, without those that list has and those that IMAP has no form for. */
void tamis_flag_text_add(GString *list, const char *words);
/* The flags that words name, wherever list has them. */
void tamis_flag_text_remove(GString *list, const char *words);
