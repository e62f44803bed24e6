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
    char *room_name; /* there is room for a script of that name, as the server just said; or NULL */
    gsize room_bytes;
    gboolean has_left; /* has said good-bye */
    gboolean is_cyrus; /* takes names of ASCII alone */
};

#define TAMIS_MANAGESIEVE_LOGOUT "LOGOUT\r\n"

/* Connects and reads the greeting, over to TLS included. */
gboolean tamis_managesieve_open(TamisManageSieve *session, GError **error);
/* Over to the server that a referral names (RFC 5804, section 1.3), and connects there. */
gboolean tamis_managesieve_follow(TamisManageSieve *session, const TamisWireResponse *response,
                                  GError **error);
/* Sends bytes that are a command; nothing that was not asked for may be waiting. */
gboolean tamis_managesieve_send(TamisManageSieve *session, const GString *command, GError **error);
/* The next response, up to its status, or up to its first line alone. NULL with error. */
TamisWireResponse *
tamis_managesieve_receive(TamisManageSieve *session, gboolean first_line, GError **error);
/* The next response, whole. NULL with error; BYE is one. */
TamisWireResponse *tamis_managesieve_receive_answer(TamisManageSieve *session, GError **error);
/* Both. */
TamisWireResponse *
tamis_managesieve_ask(TamisManageSieve *session, const GString *command, GError **error);
/* TRUE for OK. Else error has what the server says, with what was wanted in front ("cannot …"). */
gboolean tamis_managesieve_judge(TamisManageSieve *session, const TamisWireResponse *response,
                                 const char *what, GError **error);
/* Closes the connection, for nobody knows what it says next. Always FALSE; error says who, and what. */
gboolean
tamis_managesieve_fail_protocol(TamisManageSieve *session, const char *what, GError **error);
/* Closes the connection without a word. */
void tamis_managesieve_drop(TamisManageSieve *session);

/* Out of responses that went well. */
GArray *tamis_managesieve_read_list(TamisManageSieve *session, const TamisWireResponse *response,
                                    GError **error);
GString *tamis_managesieve_read_script(TamisManageSieve *session, const TamisWireResponse *response,
                                       GError **error);
/* The text of an OK that has something to warn of (RFC 5804, section 1.3, WARNINGS). warnings may be NULL. */
void tamis_managesieve_keep_warnings(const TamisWireResponse *response, GString *warnings);
