/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Logging in, once or many times on one connection, and following a server that sends its user elsewhere. */
#include "deploy/managesieve/sasl.h"
#include "deploy/managesieve/session-private.h"

#include <string.h>

#define MAX_CHALLENGES 8
#define COMMAND_BYTES                                                                              \
    ((gsize)8                                                                                      \
     << 10) /* one allocation, or what has a password in it would be copied and left behind */

static void
binding_clear(TamisSaslBinding *binding)
{
    g_free((char *)binding->unique);
    g_free((char *)binding->exporter);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisSaslBinding, binding_clear)

/* What goes wrong on this side. FALSE always. */
static gboolean
fail_here(const TamisManageSieve *session, GError **error)
{
    g_prefix_error(error, "cannot log in at '%s': ", session->host);
    return FALSE;
}

/* Base64 is quoted as far as servers take that; a token is longer. Wipes the answer. */
static void
append_answer(GString *command, GString *answer)
{
    tamis_wire_append_string(command, answer->str, answer->len, NULL);
    tamis_wipe_string(answer);
}

/* AUTHENTICATE with the first answer on the same line: servers have failed at anything else. */
static GString *
first_command(const TamisManageSieve *session, const char *mechanism, TamisSasl *sasl,
              GError **error)
{
    GString *command = g_string_sized_new(COMMAND_BYTES), *answer;

    g_string_append_printf(command, "AUTHENTICATE \"%s\"", mechanism);
    if (tamis_sasl_begins(sasl)) {
        answer = tamis_sasl_step(sasl, NULL, error);
        if (answer == NULL) {
            g_string_free(command, TRUE);
            fail_here(session, error);
            return NULL;
        }
        g_string_append_c(command, ' ');
        append_answer(command, answer);
    }
    g_string_append(command, "\r\n");
    return command;
}

static GString *
next_command(const TamisManageSieve *session, TamisSasl *sasl, const TamisWireResponse *challenge,
             GError **error)
{
    const TamisWireWord *word = tamis_wire_response_word(challenge, 0, 0);
    GString *answer = tamis_sasl_step(sasl, word->text, error);
    GString *command;

    if (answer == NULL) {
        fail_here(session, error);
        return NULL;
    }
    command = g_string_sized_new(COMMAND_BYTES);
    append_answer(command, answer);
    g_string_append(command, "\r\n");
    return command;
}

/* To the response with the status. NULL with error. */
static TamisWireResponse *
converse(TamisManageSieve *session, const char *mechanism, TamisSasl *sasl, GError **error)
{
    GString *command = first_command(session, mechanism, sasl, error);

    for (guint i = 0; command != NULL && i <= MAX_CHALLENGES; i++) {
        g_autoptr(TamisWireResponse) response = NULL;
        gboolean sent = tamis_managesieve_send(session, command, error);

        tamis_wipe_string(g_steal_pointer(&command));
        if (!sent)
            return NULL;
        response = tamis_managesieve_receive(session, TRUE, error);
        if (response == NULL || response->status != TAMIS_WIRE_NO_STATUS)
            return g_steal_pointer(&response);
        command = next_command(session, sasl, response, error);
    }
    if (command != NULL) {
        tamis_wipe_string(command);
        tamis_managesieve_fail_protocol(session, "it does not end the authentication", error);
    }
    tamis_managesieve_drop(session); /* in the middle of it there is no way back */
    return NULL;
}

/* Takes what stands behind the message. */
static void
add_to(GError **error, char *taken)
{
    g_autofree char *more = taken;
    GError *told = g_error_new((*error)->domain, (*error)->code, "%s%s", (*error)->message, more);

    g_error_free(*error);
    *error = told;
}

static gboolean
fail_login(TamisManageSieve *session, const TamisWireResponse *response, const char *mechanism,
           const char *mailbox, GError **error)
{
    const char *login = session->access->login;
    gboolean for_another = login != NULL && !g_str_equal(login, mailbox);
    g_autofree char *what = for_another ? g_strdup_printf("log in as '%s' for '%s'", login, mailbox)
                                        : g_strdup_printf("log in as '%s'", mailbox);

    tamis_managesieve_judge(session, response, what, error);
    if (response->status == TAMIS_WIRE_BYE)
        tamis_managesieve_drop(session);
    if (error != NULL && g_error_matches(*error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_REFUSED))
        (*error)->code = TAMIS_DEPLOY_ERROR_LOGIN;
    /* SCRAM was taken for the better one; the server may keep passwords in a form that only fits PLAIN. */
    if (error != NULL && session->access->mechanism == NULL &&
        g_str_has_prefix(mechanism, "SCRAM-"))
        add_to(error, g_strdup_printf(" (by %s: a server that keeps passwords in another form "
                                      "needs --mechanism PLAIN)",
                                      mechanism));
    /* timsieved says the same of a wrong password and of a user who never got mail. */
    if (error != NULL && session->is_cyrus && for_another)
        add_to(error, g_strdup("; Cyrus says so too of a user without an inbox"));
    return FALSE;
}

static gboolean
authenticate(TamisManageSieve *session, const char *mailbox, GError **error)
{
    const TamisAccess *access = session->access;
    const char *offered = session->capabilities.sasl != NULL ? session->capabilities.sasl : "";
    gboolean for_another = access->login != NULL && !g_str_equal(access->login, mailbox);
    g_auto(TamisSaslBinding) binding = {NULL, NULL};
    const char *mechanism;
    g_autoptr(TamisSasl) sasl = NULL;
    g_autoptr(TamisWireResponse) response = NULL;

    if (tamis_sasl_offers_binding(offered))
        binding = (TamisSaslBinding){
            tamis_transport_dup_binding(session->transport, G_TLS_CHANNEL_BINDING_TLS_UNIQUE),
            tamis_transport_dup_binding(session->transport, G_TLS_CHANNEL_BINDING_TLS_EXPORTER),
        };
    mechanism = tamis_sasl_choose(offered, access, &binding, for_another, error);
    if (mechanism == NULL)
        return fail_here(session, error);
    sasl = tamis_sasl_new(mechanism, access, mailbox, &binding, error);
    if (sasl == NULL)
        return fail_here(session, error);
    response = converse(session, mechanism, sasl, error);
    if (response == NULL)
        return FALSE;
    if (response->status != TAMIS_WIRE_OK && tamis_wire_response_has_code(response, "REFERRAL"))
        return tamis_managesieve_follow(session, response, error) &&
               tamis_managesieve_login(session, mailbox, error);
    if (response->status != TAMIS_WIRE_OK)
        return fail_login(session, response, mechanism, mailbox, error);
    const char *data = tamis_wire_response_has_code(response, "SASL")
                           ? tamis_wire_response_code_argument(response)
                           : NULL;
    if (!tamis_sasl_finish(sasl, data, error)) {
        tamis_managesieve_drop(session);
        return fail_here(session, error);
    }
    if (session->mailbox == NULL)
        session->mailbox = g_strdup(mailbox);
    return TRUE;
}

gboolean
tamis_managesieve_can_switch(const TamisManageSieve *session)
{
    return session->transport != NULL &&
           (session->mailbox == NULL || session->capabilities.unauthenticate);
}

gboolean
tamis_managesieve_login(TamisManageSieve *session, const char *mailbox, GError **error)
{
    g_autoptr(GString) command = NULL;
    g_autoptr(TamisWireResponse) response = NULL;

    if (session->mailbox == NULL)
        return authenticate(session, mailbox, error);
    command = g_string_new("UNAUTHENTICATE\r\n");
    response = tamis_managesieve_ask(session, command, error);
    if (response == NULL || !tamis_managesieve_judge(session, response, "change the user", error))
        return FALSE;
    g_clear_pointer(&session->mailbox, g_free);
    return authenticate(session, mailbox, error);
}
