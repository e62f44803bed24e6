/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which mechanism, as whom, and its steps. */
#include "deploy/managesieve/sasl.h"

#include "deploy/error.h"

#include <gsasl.h>
#include <string.h>

/* The best first. What sends the secret itself comes last, and only ever inside TLS. */
typedef struct {
    const char *name;
    gboolean begins;      /* the client speaks first */
    gboolean for_another; /* has an authorization identity */
    gboolean binds;       /* to the TLS channel */
    gboolean is_automatic;
    gboolean proves_server;
} Mechanism;

static const Mechanism mechanisms[] = {
    {"SCRAM-SHA-256-PLUS", TRUE, TRUE, TRUE, TRUE, TRUE},
    {"SCRAM-SHA-256", TRUE, TRUE, FALSE, TRUE, TRUE},
    {"SCRAM-SHA-1-PLUS", TRUE, TRUE, TRUE, TRUE, TRUE},
    {"SCRAM-SHA-1", TRUE, TRUE, FALSE, TRUE, TRUE},
    {"PLAIN", TRUE, TRUE, FALSE, TRUE, FALSE},
    {"LOGIN", FALSE, FALSE, FALSE, TRUE, FALSE},
    {"OAUTHBEARER", TRUE, TRUE, FALSE, FALSE, FALSE},
    {"EXTERNAL", TRUE, TRUE, FALSE, FALSE, FALSE},
};

struct TamisSasl {
    const Mechanism *mechanism;
    const TamisAccess *access;
    char *authcid;
    const char *authzid; /* NULL: none */
    Gsasl *library;      /* NULL: written here */
    Gsasl_session *session;
    gboolean is_done; /* nothing is left for the library to say or hear */
};

/* Choosing -------------------------------------------------------------------------------------- */

static gboolean
is_offered(const char *offered, const char *name)
{
    gsize length = strlen(name);

    for (const char *at = offered; *at != '\0';) {
        gsize word = strcspn(at, " ");
        if (word == length && g_ascii_strncasecmp(at, name, length) == 0)
            return TRUE;
        at += word;
        at += strspn(at, " ");
    }
    return FALSE;
}

gboolean
tamis_sasl_offers_binding(const char *offered)
{
    for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++)
        if (mechanisms[i].binds && is_offered(offered, mechanisms[i].name))
            return TRUE;
    return FALSE;
}

static gboolean
can_bind(const TamisSaslBinding *binding)
{
    return binding->unique != NULL || binding->exporter != NULL;
}

static const Mechanism *
find_mechanism(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++)
        if (g_ascii_strcasecmp(mechanisms[i].name, name) == 0)
            return &mechanisms[i];
    return NULL;
}

gboolean
tamis_access_knows_mechanism(const char *mechanism)
{
    return find_mechanism(mechanism) != NULL;
}

char *
tamis_access_dup_mechanisms(void)
{
    GString *names = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", mechanisms[i].name);
    return g_string_free(names, FALSE);
}

static gboolean
is_usable(const Mechanism *mechanism, const TamisAccess *access, const TamisSaslBinding *binding,
          gboolean for_another)
{
    if (mechanism->binds && !can_bind(binding))
        return FALSE;
    return !for_another || mechanism->for_another || access->authorize == TAMIS_AUTHORIZE_MASTER;
}

static const char *
take_wanted(const char *offered, const TamisAccess *access, const TamisSaslBinding *binding,
            gboolean for_another, GError **error)
{
    const Mechanism *wanted = find_mechanism(access->mechanism);

    if (wanted == NULL || !is_offered(offered, wanted->name)) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_LOGIN,
                    "the server does not offer the SASL mechanism '%s' (it offers: %s)",
                    access->mechanism, offered);
        return NULL;
    }
    if (!is_usable(wanted, access, binding, for_another)) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_LOGIN,
                    wanted->binds ? "'%s' needs a TLS channel that can be bound to"
                                  : "'%s' has no way to act for another user",
                    wanted->name);
        return NULL;
    }
    return wanted->name;
}

const char *
tamis_sasl_choose(const char *offered, const TamisAccess *access, const TamisSaslBinding *binding,
                  gboolean for_another, GError **error)
{
    if (access->mechanism != NULL)
        return take_wanted(offered, access, binding, for_another, error);
    if (access->secret == NULL && access->client_certificate != NULL &&
        is_offered(offered, "EXTERNAL"))
        return "EXTERNAL";
    for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++)
        if (mechanisms[i].is_automatic && is_offered(offered, mechanisms[i].name) &&
            is_usable(&mechanisms[i], access, binding, for_another))
            return mechanisms[i].name;
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_LOGIN,
                "the server offers no SASL mechanism that can be used here (it offers: %s)",
                *offered != '\0' ? offered : "none");
    return NULL;
}

/* One authentication ---------------------------------------------------------------------------- */

static gboolean
fail(GError **error, const char *reason)
{
    g_set_error_literal(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_LOGIN, reason);
    return FALSE;
}

static gboolean
set_properties(TamisSasl *sasl, const TamisSaslBinding *binding, GError **error)
{
    gboolean binds = sasl->mechanism->binds;
    const struct {
        Gsasl_property property;
        const char *value;
    } values[] = {
        {GSASL_AUTHID, sasl->authcid},
        {GSASL_AUTHZID, sasl->authzid},
        /* GNU SASL 2.2 fails where a mechanism that does not bind is given these. */
        {GSASL_CB_TLS_UNIQUE, binds ? binding->unique : NULL},
        {GSASL_CB_TLS_EXPORTER, binds ? binding->exporter : NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        if (values[i].value != NULL)
            gsasl_property_set(sasl->session, values[i].property, values[i].value);
    if (sasl->access->secret != NULL)
        gsasl_property_set(sasl->session, GSASL_PASSWORD,
                           tamis_secret_reveal(sasl->access->secret));
    else if (!g_str_equal(sasl->mechanism->name, "EXTERNAL"))
        return fail(error, "there is no password");
    return TRUE;
}

static void
set_identities(TamisSasl *sasl, const char *mailbox)
{
    const TamisAccess *access = sasl->access;
    const char *login = access->login != NULL ? access->login : mailbox;
    gboolean for_another = !g_str_equal(login, mailbox);

    if (for_another && access->authorize == TAMIS_AUTHORIZE_MASTER) {
        sasl->authcid = g_strconcat(mailbox, "*", login, NULL);
        return;
    }
    sasl->authcid = g_strdup(login);
    sasl->authzid = for_another ? mailbox : NULL;
}

TamisSasl *
tamis_sasl_new(const char *mechanism, const TamisAccess *access, const char *mailbox,
               const TamisSaslBinding *binding, GError **error)
{
    g_autoptr(TamisSasl) sasl = g_new0(TamisSasl, 1);
    int status;

    sasl->mechanism = find_mechanism(mechanism);
    sasl->access = access;
    set_identities(sasl, mailbox);
    if (g_str_equal(sasl->mechanism->name, "OAUTHBEARER")) {
        if (access->secret == NULL) {
            fail(error, "there is no token");
            return NULL;
        }
        return g_steal_pointer(&sasl);
    }
    status = gsasl_init(&sasl->library);
    if (status == GSASL_OK)
        status = gsasl_client_start(sasl->library, sasl->mechanism->name, &sasl->session);
    if (status != GSASL_OK) {
        fail(error, gsasl_strerror(status));
        return NULL;
    }
    return set_properties(sasl, binding, error) ? g_steal_pointer(&sasl) : NULL;
}

void
tamis_sasl_free(TamisSasl *sasl)
{
    if (sasl == NULL)
        return;
    if (sasl->session != NULL)
        gsasl_finish(sasl->session);
    if (sasl->library != NULL)
        gsasl_done(sasl->library);
    g_free(sasl->authcid);
    g_free(sasl);
}

gboolean
tamis_sasl_begins(const TamisSasl *sasl)
{
    return sasl->mechanism->begins;
}

static void
append_saslname(GString *out, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == ',')
            g_string_append(out, "=2C");
        else if (*name == '=')
            g_string_append(out, "=3D");
        else
            g_string_append_c(out, *name);
    }
}

/* RFC 7628, section 3.1. A challenge is the server's reason to refuse; the answer to it is one ^A. */
static GString *
bearer_step(TamisSasl *sasl, const char *challenge)
{
    GString *plain = g_string_new(NULL), *answer;
    const char *user = sasl->authzid != NULL ? sasl->authzid : sasl->authcid;
    char *encoded;

    if (challenge != NULL) {
        g_string_append_c(plain, '\1');
    } else {
        g_string_append(plain, "n,a=");
        append_saslname(plain, user);
        g_string_append(plain, ",\1auth=Bearer ");
        g_string_append(plain, tamis_secret_reveal(sasl->access->secret));
        g_string_append(plain, "\1\1");
    }
    encoded = g_base64_encode((const guchar *)plain->str, plain->len);
    answer = g_string_new(encoded);
    tamis_wipe(encoded, answer->len);
    g_free(encoded);
    tamis_wipe_string(plain);
    sasl->is_done = TRUE;
    return answer;
}

GString *
tamis_sasl_step(TamisSasl *sasl, const char *challenge, GError **error)
{
    char *output = NULL;
    GString *answer;
    int status;

    if (sasl->library == NULL)
        return bearer_step(sasl, challenge);
    if (sasl->is_done && challenge != NULL) {
        fail(error, "the server asks for more than the mechanism has");
        return NULL;
    }
    status = gsasl_step64(sasl->session, challenge != NULL ? challenge : "", &output);
    if (status != GSASL_OK && status != GSASL_NEEDS_MORE) {
        gsasl_free(output);
        fail(error, gsasl_strerror(status));
        return NULL;
    }
    sasl->is_done = status == GSASL_OK;
    answer = g_string_new(output);
    if (output != NULL)
        tamis_wipe(output, answer->len);
    gsasl_free(output);
    return answer;
}

gboolean
tamis_sasl_finish(TamisSasl *sasl, const char *data, GError **error)
{
    GString *answer;

    if (data != NULL && sasl->library != NULL && !sasl->is_done) {
        answer = tamis_sasl_step(sasl, data, error);
        if (answer == NULL)
            return FALSE;
        tamis_wipe_string(answer);
    }
    if (sasl->mechanism->proves_server && !sasl->is_done)
        return fail(error, "the server has not proved that it knows the password");
    return TRUE;
}
