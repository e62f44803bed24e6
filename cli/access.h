/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The options with which verbs come in at a server, and where the password is from. */
#pragma once

#include "deploy/access.h"

/* As given. */
typedef struct {
    char *login, *authorize, *password_file, *mechanism, *ca_file, *pin, *client_certificate;
    gboolean insecure;
    int timeout_s;
} TamisAccessWords;

/* What holds where nothing is said. */
void tamis_access_words_init(TamisAccessWords *words);
void tamis_access_words_clear(TamisAccessWords *words);
/* Adds the options; hidden ones are not in the verb's help. */
void tamis_access_words_add(TamisAccessWords *words, gboolean hidden, GArray *entries);

/* Access with what it lends from. */
typedef struct {
    TamisAccess access;
    TamisSecret *secret;
    char *pin, *ca_file;
} TamisAccessOwner;

void tamis_access_owner_clear(TamisAccessOwner *owner);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisAccessOwner, tamis_access_owner_clear)
