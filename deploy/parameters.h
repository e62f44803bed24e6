/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands in the URL of a store behind its scheme: "MAIN;key=value;key=value". */
#pragma once

#include "base/api.h"

typedef struct {
    char *main;
    GHashTable *values;
} TamisParameters;

void tamis_parameters_clear(TamisParameters *parameters);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisParameters, tamis_parameters_clear)
/* keys: those that there are, NULL-terminated. What is wrong is returned (caller frees), NULL for nothing. */
char *
tamis_parameters_parse(const char *text, const char *const *keys, TamisParameters *out_parameters);
/* NULL where it was not said. Lent. */
const char *tamis_parameters_get(const TamisParameters *parameters, const char *key);

/* A template with Dovecot's variables %u, %n, %d (and %%) for a mailbox. NULL where the mailbox has a slash, a
 * leading dot or a control character in a part: no path is made of it. Caller frees. */
char *tamis_parameters_expand(const char *template, const char *mailbox);
/* Whether all its variables are known, and one tells mailboxes apart. */
gboolean tamis_parameters_is_template(const char *template);
