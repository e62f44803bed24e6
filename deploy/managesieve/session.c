/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The connection of a session: greeting, TLS, commands and their responses, and what a refusal means. */
#include "deploy/managesieve/session-private.h"

#include "base/display.h"

#include <string.h>

#define GOODBYE_MS     500
#define MAX_REFERRALS  3
#define MAX_SAID_BYTES 2000 /* of a server's text in a message */

void
tamis_managesieve_drop(TamisManageSieve *session)
{
    g_clear_pointer(&session->transport, tamis_transport_free);
}

gboolean
tamis_managesieve_fail_protocol(TamisManageSieve *session, const char *what, GError **error)
{
    tamis_managesieve_drop(session);
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_PROTOCOL,
                "'%s' breaks the protocol: %s", session->host, what);
    return FALSE;
}

gboolean
tamis_managesieve_is_broken(const TamisManageSieve *session)
{
    return session->transport == NULL;
}

const TamisManageSieveCapabilities *
tamis_managesieve_get_capabilities(const TamisManageSieve *session)
{
    return &session->capabilities;
}

/* Refusals -------------------------------------------------------------------------------------- */

/* A server's text in a message: one line of what can be shown, not for ever. */
static char *
shown_text(const char *text)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;
    g_autofree char *start = g_strndup(text, strnlen(text, MAX_SAID_BYTES));

    lines = g_strsplit_set(start, "\r\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_strstrip(lines[i]);
        if (*lines[i] == '\0')
            continue;
        if (shown->len > 0)
            g_string_append(shown, "; ");
        tamis_display_text(shown, lines[i], -1);
    }
    return g_string_free(g_steal_pointer(&shown), FALSE);
}

typedef struct {
    const char *code;
    TamisDeployError error;
    const char *remedy; /* or "" */
} Refusal;

/* RFC 5804, section 1.3. */
static const Refusal *
refusal_of(const TamisWireResponse *response)
{
    static const Refusal refusals[] = {
        {"QUOTA/MAXSCRIPTS", TAMIS_DEPLOY_ERROR_QUOTA,
         ": the mailbox has as many scripts as it may have; remove one that is not needed"},
        {"QUOTA/MAXSIZE", TAMIS_DEPLOY_ERROR_QUOTA,
         ": the script is larger than the server takes it; split its mailbox, or raise that limit"},
        {"QUOTA", TAMIS_DEPLOY_ERROR_QUOTA, ""},
        {"TRYLATER", TAMIS_DEPLOY_ERROR_BUSY, ""},
        {"NONEXISTENT", TAMIS_DEPLOY_ERROR_MISSING, ""},
        {"AUTH-TOO-WEAK", TAMIS_DEPLOY_ERROR_LOGIN,
         ": the server wants a stronger mechanism; name one with --mechanism"},
        {"ENCRYPT-NEEDED", TAMIS_DEPLOY_ERROR_LOGIN,
         ": the server wants this inside TLS alone; name another with --mechanism"},
        {"TRANSITION-NEEDED", TAMIS_DEPLOY_ERROR_LOGIN,
         ": the server has to learn the password first; log in once with --mechanism PLAIN"},
        {"REFERRAL", TAMIS_DEPLOY_ERROR_UNSUPPORTED, ""},
        {"SASL", TAMIS_DEPLOY_ERROR_LOGIN, ""},
    };
    static const Refusal other = {"", TAMIS_DEPLOY_ERROR_REFUSED, ""};

    for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++)
        if (tamis_wire_response_has_code(response, refusals[i].code))
            return &refusals[i];
    return &other;
}

gboolean
tamis_managesieve_judge(TamisManageSieve *session, const TamisWireResponse *response,
                        const char *what, GError **error)
{
    const char *code = tamis_wire_response_code(response);
    const char *text = tamis_wire_response_text(response);
    const Refusal *refusal = refusal_of(response);
    g_autofree char *said = NULL;
    g_autofree char *shown_code = NULL;

    if (response->status == TAMIS_WIRE_OK)
        return TRUE;
    said = shown_text(text != NULL ? text : "(without a reason)");
    shown_code = code != NULL ? tamis_display_dup(code) : NULL;
    g_set_error(error, TAMIS_DEPLOY_ERROR, refusal->error, "cannot %s: '%s' says %s%s%s%s%s", what,
                session->host, said, shown_code != NULL ? " (" : "",
                shown_code != NULL ? shown_code : "", shown_code != NULL ? ")" : "",
                refusal->remedy);
    return FALSE;
}

/* Responses ------------------------------------------------------------------------------------- */

/* BYE is for ever: the server closes. What came before a login may be tried again. */
static gboolean
fail_bye(TamisManageSieve *session, const TamisWireResponse *response, GError **error)
{
    const char *text = tamis_wire_response_text(response);
    g_autofree char *said = shown_text(text != NULL ? text : "good-bye");
    gboolean later = tamis_wire_response_has_code(response, "TRYLATER");

    tamis_managesieve_drop(session);
    /* Followed from a login alone: before TLS anyone may have said it. */
    if (tamis_wire_response_has_code(response, "REFERRAL")) {
        const char *url = tamis_wire_response_code_argument(response);
        g_autofree char *where = shown_text(url != NULL ? url : "elsewhere");
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNSUPPORTED,
                    "'%s' ends the session: the scripts are at '%s' now (%s)", session->host, where,
                    said);
        return FALSE;
    }
    g_set_error(error, TAMIS_DEPLOY_ERROR,
                later ? TAMIS_DEPLOY_ERROR_BUSY : TAMIS_DEPLOY_ERROR_UNREACHABLE,
                "'%s' ends the session: %s", session->host, said);
    return FALSE;
}

TamisWireResponse *
tamis_managesieve_receive(TamisManageSieve *session, gboolean first_line, GError **error)
{
    TamisWireStep step = TAMIS_WIRE_MORE;
    g_autoptr(TamisWireResponse) response = NULL;
    g_autoptr(GError) what = NULL;
    const char *bytes;
    gsize n, used;

    tamis_transport_set_deadline(session->transport);
    while (step == TAMIS_WIRE_MORE || (step == TAMIS_WIRE_LINE && !first_line)) {
        if (!tamis_transport_peek(session->transport, &bytes, &n, error)) {
            tamis_managesieve_drop(session);
            return NULL;
        }
        step = tamis_wire_feed(session->wire, bytes, n, &used, &what);
        tamis_transport_use(session->transport, used);
    }
    if (step == TAMIS_WIRE_BROKEN) {
        tamis_managesieve_fail_protocol(session, what->message, error);
        return NULL;
    }
    response = tamis_wire_steal(session->wire);
    return g_steal_pointer(&response);
}

gboolean
tamis_managesieve_send(TamisManageSieve *session, const GString *command, GError **error)
{
    if (session->transport == NULL) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE,
                    "there is no connection to '%s' any more", session->host);
        return FALSE;
    }
    if (tamis_transport_has_unused(session->transport)) {
        return tamis_managesieve_fail_protocol(session, "it answers what was not asked", error);
    }
    if (tamis_transport_write(session->transport, command->str, command->len, error))
        return TRUE;
    tamis_managesieve_drop(session);
    return FALSE;
}

TamisWireResponse *
tamis_managesieve_receive_answer(TamisManageSieve *session, GError **error)
{
    g_autoptr(TamisWireResponse) response = tamis_managesieve_receive(session, FALSE, error);

    if (response != NULL && response->status == TAMIS_WIRE_BYE) {
        fail_bye(session, response, error);
        return NULL;
    }
    return g_steal_pointer(&response);
}

TamisWireResponse *
tamis_managesieve_ask(TamisManageSieve *session, const GString *command, GError **error)
{
    return tamis_managesieve_send(session, command, error)
               ? tamis_managesieve_receive_answer(session, error)
               : NULL;
}

/* Opening --------------------------------------------------------------------------------------- */

static gboolean
start_tls(TamisManageSieve *session, GError **error)
{
    g_autoptr(GString) command = g_string_new("STARTTLS\r\n");
    g_autoptr(TamisWireResponse) response = tamis_managesieve_ask(session, command, error);

    if (response == NULL || !tamis_managesieve_judge(session, response, "start TLS", error))
        return FALSE;
    g_clear_pointer(&session->wire, tamis_wire_free);
    session->wire = tamis_wire_new();
    tamis_capabilities_clear(&session->capabilities);
    return tamis_transport_start_tls(session->transport, error);
}

static gboolean
may_stay_plain(const TamisManageSieve *session)
{
    return session->access->insecure && tamis_transport_is_loopback(session->transport);
}

/* The greeting, and what a server says of itself by itself after TLS began. */
static gboolean
read_greeting(TamisManageSieve *session, GError **error)
{
    g_autoptr(TamisWireResponse) response = tamis_managesieve_receive(session, FALSE, error);

    if (response == NULL)
        return FALSE;
    if (response->status == TAMIS_WIRE_BYE)
        return fail_bye(session, response, error);
    if (!tamis_managesieve_judge(session, response, "begin", error))
        return FALSE;
    if (response->n_lines < 2) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_PROTOCOL,
                    "'%s' port %u is no ManageSieve server: it does not say what it can do",
                    session->host, session->port);
        return FALSE;
    }
    tamis_capabilities_read(response, &session->capabilities);
    return TRUE;
}

gboolean
tamis_managesieve_open(TamisManageSieve *session, GError **error)
{
    session->transport = tamis_transport_new(session->host, session->port, session->access, error);
    if (session->transport == NULL)
        return FALSE;
    g_clear_pointer(&session->wire, tamis_wire_free);
    session->wire = tamis_wire_new();
    g_clear_pointer(&session->mailbox, g_free);
    if (session->implicit_tls && !tamis_transport_start_tls(session->transport, error))
        return FALSE;
    if (!read_greeting(session, error))
        return FALSE;
    if (!session->implicit_tls && session->capabilities.starttls) {
        if (!start_tls(session, error) || !read_greeting(session, error))
            return FALSE;
    } else if (!session->implicit_tls && !may_stay_plain(session)) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_TLS,
                    "'%s' offers no TLS, and nothing secret goes without it", session->host);
        return FALSE;
    }
    session->is_cyrus = session->capabilities.implementation != NULL &&
                        strstr(session->capabilities.implementation, "Cyrus") != NULL;
    return TRUE;
}

gboolean
tamis_managesieve_follow(TamisManageSieve *session, const TamisWireResponse *response,
                         GError **error)
{
    const char *url = tamis_wire_response_code_argument(response);
    g_autoptr(GUri) uri = url != NULL ? g_uri_parse(url, G_URI_FLAGS_NONE, NULL) : NULL;
    g_autofree char *from = g_strdup(session->host);

    tamis_managesieve_drop(session);
    if (uri == NULL || g_strcmp0(g_uri_get_scheme(uri), "sieve") != 0 ||
        g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0' ||
        session->n_referrals++ >= MAX_REFERRALS) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNSUPPORTED,
                    "'%s' sends its user elsewhere, and that cannot be followed", session->host);
        return FALSE;
    }
    g_free(session->host);
    session->host = g_strdup(g_uri_get_host(uri));
    session->port = g_uri_get_port(uri) > 0 ? (guint16)g_uri_get_port(uri) : TAMIS_MANAGESIEVE_PORT;
    session->implicit_tls = FALSE;
    if (tamis_managesieve_open(session, error))
        return TRUE;
    g_prefix_error(error, "'%s' sends its user to '%s': ", from, session->host);
    return FALSE;
}

TamisManageSieve *
tamis_managesieve_new(const TamisManageSievePlace *place, const TamisAccess *access, GError **error)
{
    g_autoptr(TamisManageSieve) session = g_new0(TamisManageSieve, 1);

    session->host = g_strdup(place->host);
    session->port = place->port;
    session->implicit_tls = place->implicit_tls;
    session->access = access;
    session->capabilities.max_redirects = -1;
    return tamis_managesieve_open(session, error) ? g_steal_pointer(&session) : NULL;
}

void
tamis_managesieve_leave(TamisManageSieve *session)
{
    if (session->transport == NULL || session->has_left ||
        tamis_transport_has_unused(session->transport))
        return;
    session->has_left = tamis_transport_write(session->transport, TAMIS_MANAGESIEVE_LOGOUT,
                                              strlen(TAMIS_MANAGESIEVE_LOGOUT), NULL);
}

static void
free_session(TamisManageSieve *session, guint wait_ms)
{
    if (session == NULL)
        return;
    tamis_managesieve_leave(session);
    if (session->transport != NULL && session->has_left)
        tamis_transport_drain(session->transport, wait_ms);
    tamis_managesieve_drop(session);
    tamis_wire_free(session->wire);
    tamis_capabilities_clear(&session->capabilities);
    g_free(session->room_name);
    g_free(session->mailbox);
    g_free(session->host);
    g_free(session);
}

void
tamis_managesieve_free(TamisManageSieve *session)
{
    free_session(session, GOODBYE_MS);
}

void
tamis_managesieve_free_left(TamisManageSieve *session)
{
    free_session(session, 0);
}
