/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the files of a session: one command, one response. */
#pragma once

#include "deploy/managesieve/capabilities.h"
#include "deploy/managesieve/transport.h"

struct TamisManageSieve {
    char *host;
    guint16 port;
    gboolean implicit_tls;
    const TamisAccess *access;
    TamisTransport *transport; /* NULL: of no more use */
    TamisWire *wire;
    TamisManageSieveCapabilities capabilities;
    char *mailbox; /* who is logged in, or NULL */
    guint n_referrals;
    gboolean ascii_names;
};

/* Connects and reads the greeting, over to TLS included. */
gboolean tamis_managesieve_open(TamisManageSieve *session, GError **error);
/* Sends bytes that are a command; nothing that was not asked for may be waiting. */
gboolean tamis_managesieve_send(TamisManageSieve *session, const GString *command, GError **error);
/* The next response, up to its status, or up to its first line alone. NULL with error; BYE is one. */
TamisWireResponse *
tamis_managesieve_receive(TamisManageSieve *session, gboolean first_line, GError **error);
/* Both. */
TamisWireResponse *
tamis_managesieve_ask(TamisManageSieve *session, const GString *command, GError **error);
/* TRUE for OK. Else error has what the server says, with what was wanted in front ("cannot …"). */
gboolean tamis_managesieve_judge(TamisManageSieve *session, const TamisWireResponse *response,
                                 const char *what, GError **error);
/* Closes the connection without a word. */
void tamis_managesieve_drop(TamisManageSieve *session);
