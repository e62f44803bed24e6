/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The script that runs two others, Tamis's and then the user's (RFC 6609). It names them and does nothing
 * else: neither is copied or changed, and the user may go on editing his. */
#pragma once

#include "base/api.h"

/* Names are quoted. */
char *tamis_wrapper_new(const char *mailbox, const char *own, const char *other);
/* Both names where the text is a wrapper to the byte, line ends aside. The caller frees them. */
gboolean
tamis_wrapper_parse(const char *text, gsize length_bytes, char **out_own, char **out_other);
