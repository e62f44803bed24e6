/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a live ManageSieve server can do, asked of itself. */
#pragma once

#include "deploy/access.h"

typedef struct {
    char *implementation;     /* never NULL */
    char *extensions;         /* parted by blanks; never NULL */
    gboolean has_redirects;   /* the server says how many redirects it takes … */
    guint32 max_redirects;    /* … and 0 forbids them */
    guint64 max_script_bytes; /* 0: more than anyone writes, or not known */
} TamisServerFacts;

TAMIS_API void tamis_server_facts_clear(TamisServerFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisServerFacts, tamis_server_facts_clear)

/* Of a managesieve: or managesieves: URL. mailbox: who is logged in, or acted for, since limits are a user's own;
 * NULL: nobody, then only what a server says to everyone. FALSE with error (deploy/error.h). */
TAMIS_API gboolean tamis_server_probe(const char *url, const TamisAccess *access,
                                      const char *mailbox, TamisServerFacts *out_facts,
                                      GError **error);
