/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The client's side of SASL against GNU SASL's own server: which mechanism is taken, and that each is done right,
 * bound to its TLS channel where it has one. */
#include "deploy/error.h"
#include "deploy/managesieve/sasl.h"

#include <gsasl.h>
#include <string.h>

#define BINDING "dGhlIGNoYW5uZWw="

typedef struct {
    const char *password, *binding;
} Server;

static int
answer(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
    const Server *server = gsasl_callback_hook_get(library);

    switch ((int)property) {
    case GSASL_PASSWORD:
        return gsasl_property_set(session, property, server->password);
    case GSASL_CB_TLS_EXPORTER:
        return server->binding != NULL ? gsasl_property_set(session, property, server->binding)
                                       : GSASL_NO_CALLBACK;
    case GSASL_VALIDATE_SIMPLE:
        return g_strcmp0(gsasl_property_fast(session, GSASL_PASSWORD), server->password) == 0
                   ? GSASL_OK
                   : GSASL_AUTHENTICATION_ERROR;
    default:
        return GSASL_NO_CALLBACK;
    }
}

/* "AUTHID for AUTHZID" as the server has it in the end, or "refused". */
static char *
converse(const char *mechanism, const TamisAccess *access, Server server)
{
    const TamisSaslBinding binding = {.exporter = BINDING};
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisSasl) sasl =
        tamis_sasl_new(mechanism, access, "info@acme.example", &binding, &error);
    Gsasl *library;
    Gsasl_session *session;
    char *said = NULL, *result;
    int status;

    g_assert_no_error(error);
    g_assert_cmpint(gsasl_init(&library), ==, GSASL_OK);
    gsasl_callback_hook_set(library, &server);
    gsasl_callback_set(library, answer);
    g_assert_cmpint(gsasl_server_start(library, mechanism, &session), ==, GSASL_OK);
    GString *mine =
        tamis_sasl_begins(sasl) ? tamis_sasl_step(sasl, NULL, &error) : g_string_new("");
    do {
        gsasl_free(said);
        said = NULL;
        status = gsasl_step64(session, mine->str, &said);
        g_string_free(mine, TRUE);
        mine = status == GSASL_NEEDS_MORE ? tamis_sasl_step(sasl, said, &error) : NULL;
    } while (mine != NULL);
    const char *authid = gsasl_property_fast(session, GSASL_AUTHID);
    const char *authzid = gsasl_property_fast(session, GSASL_AUTHZID);
    if (status == GSASL_OK && tamis_sasl_finish(sasl, said, &error))
        result =
            g_strdup_printf("%s for %s", authid,
                            authzid != NULL && !g_str_equal(authid, authzid) ? authzid : "itself");
    else
        result = g_strdup("refused");
    gsasl_free(said);
    gsasl_finish(session);
    gsasl_done(library);
    return result;
}

static void
test_mechanisms(void)
{
    static const char *const mechanisms[] = {"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256",
                                             "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"};
    g_autoptr(TamisSecret) secret = tamis_secret_new("secret", 6);
    const TamisAccess own = {.secret = secret};
    const TamisAccess admin = {.secret = secret, .login = "admin"};
    const TamisAccess master = {
        .secret = secret, .login = "admin", .authorize = TAMIS_AUTHORIZE_MASTER};

    for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++) {
        g_autofree char *mine = converse(mechanisms[i], &own, (Server){"secret", BINDING});
        g_autofree char *theirs = converse(mechanisms[i], &admin, (Server){"secret", BINDING});
        g_autofree char *masters = converse(mechanisms[i], &master, (Server){"secret", BINDING});
        g_autofree char *wrong = converse(mechanisms[i], &own, (Server){"other", BINDING});

        g_assert_cmpstr(mine, ==, "info@acme.example for itself");
        g_assert_cmpstr(theirs, ==, "admin for info@acme.example");
        g_assert_cmpstr(masters, ==, "info@acme.example*admin for itself");
        g_assert_cmpstr(wrong, ==, "refused");
    }
}

/* Someone in the middle has another channel to the server. */
static void
test_binding(void)
{
    g_autoptr(TamisSecret) secret = tamis_secret_new("secret", 6);
    const TamisAccess access = {.secret = secret};
    g_autofree char *plus =
        converse("SCRAM-SHA-256-PLUS", &access, (Server){"secret", "YW5vdGhlcg=="});

    g_assert_cmpstr(plus, ==, "refused");
}

static void
test_choice(void)
{
    g_autoptr(TamisSecret) secret = tamis_secret_new("secret", 6);
    const TamisAccess own = {.secret = secret};
    const TamisAccess admin = {.secret = secret, .login = "admin"};
    const TamisAccess certificate = {.client_certificate = "x.pem"};
    const TamisSaslBinding none = {NULL}, bound = {.exporter = BINDING};
    const struct {
        const char *offered;
        const TamisAccess *access;
        const TamisSaslBinding *binding;
        gboolean for_another;
        const char *expected;
    } cases[] = {
        {"PLAIN LOGIN", &own, &bound, FALSE, "PLAIN"},
        {"LOGIN", &own, &bound, FALSE, "LOGIN"},
        {"LOGIN", &admin, &bound, TRUE, NULL},
        {"plain scram-sha-1", &own, &bound, FALSE, "SCRAM-SHA-1"},
        {"PLAIN SCRAM-SHA-256-PLUS SCRAM-SHA-256", &own, &bound, FALSE, "SCRAM-SHA-256-PLUS"},
        {"PLAIN SCRAM-SHA-256-PLUS SCRAM-SHA-256", &own, &none, FALSE, "SCRAM-SHA-256"},
        {"PLAIN EXTERNAL", &certificate, &bound, FALSE, "EXTERNAL"},
        {"EXTERNAL OAUTHBEARER", &own, &bound, FALSE, NULL},
        {"CRAM-MD5 PLAINER", &own, &bound, FALSE, NULL},
        {"", &own, &bound, FALSE, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const char *chosen = tamis_sasl_choose(cases[i].offered, cases[i].access, cases[i].binding,
                                               cases[i].for_another, &error);
        g_assert_cmpstr(chosen, ==, cases[i].expected);
        g_assert_true((chosen == NULL) ==
                      g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_LOGIN));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sasl/mechanisms", test_mechanisms);
    g_test_add_func("/sasl/binding", test_binding);
    g_test_add_func("/sasl/choice", test_choice);
    return g_test_run();
}
