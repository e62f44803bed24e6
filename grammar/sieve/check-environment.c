/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Items of the environment (RFC 5183): a test of one that is not there never holds, and no engine says so. */
#include "base/suggest.h"
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 80
#define NEVER_HOLDS "the test never holds"

typedef struct {
    const char *name;
    TamisExtension extension; /* that brings it */
    gboolean is_prefix;       /* of the names of items, which are told apart behind it */
    gboolean is_of_client;    /* who handed the message over: Pigeonhole 0.5.19 has none of these */
} Item;

static const Item items[] = {
    {"domain", TAMIS_EXTENSION_ENVIRONMENT, FALSE, FALSE},
    {"host", TAMIS_EXTENSION_ENVIRONMENT, FALSE, FALSE},
    {"location", TAMIS_EXTENSION_ENVIRONMENT, FALSE, FALSE},
    {"name", TAMIS_EXTENSION_ENVIRONMENT, FALSE, FALSE},
    {"phase", TAMIS_EXTENSION_ENVIRONMENT, FALSE, FALSE},
    {"remote-host", TAMIS_EXTENSION_ENVIRONMENT, FALSE, TRUE},
    {"remote-ip", TAMIS_EXTENSION_ENVIRONMENT, FALSE, TRUE},
    {"version", TAMIS_EXTENSION_ENVIRONMENT, FALSE, FALSE},
    {"imap.cause", TAMIS_EXTENSION_IMAPSIEVE, FALSE, FALSE},
    {"imap.changedflags", TAMIS_EXTENSION_IMAPSIEVE, FALSE, FALSE},
    {"imap.email", TAMIS_EXTENSION_IMAPSIEVE, FALSE, FALSE},
    {"imap.mailbox", TAMIS_EXTENSION_IMAPSIEVE, FALSE, FALSE},
    {"imap.user", TAMIS_EXTENSION_IMAPSIEVE, FALSE, FALSE},
    {"vnd.dovecot.config.", TAMIS_EXTENSION_DOVECOT_ENVIRONMENT, TRUE, FALSE},
    {"vnd.dovecot.default-mailbox", TAMIS_EXTENSION_DOVECOT_ENVIRONMENT, FALSE, FALSE},
    {"vnd.dovecot.username", TAMIS_EXTENSION_DOVECOT_ENVIRONMENT, FALSE, FALSE},
    {"vnd.dovecot.mailbox-from", TAMIS_EXTENSION_DOVECOT_IMAPSIEVE, FALSE, FALSE},
    {"vnd.dovecot.mailbox-to", TAMIS_EXTENSION_DOVECOT_IMAPSIEVE, FALSE, FALSE},
};

static int
shown(gsize length)
{
    return (int)MIN(length, SHOWN_BYTES);
}

static gboolean
begins_with(const char *text, gsize length, const char *start)
{
    gsize n = strlen(start);

    return length >= n && memcmp(text, start, n) == 0;
}

/* Engines tell the cases of letters apart. */
static const Item *
find_item(const char *text, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(items); i++)
        if (begins_with(text, length, items[i].name) &&
            (items[i].is_prefix || strlen(items[i].name) == length))
            return &items[i];
    return NULL;
}

static const char *
find_near(const char *text, gsize length)
{
    const char *names[G_N_ELEMENTS(items)];
    gsize n = 0;
    g_autofree char *lower = g_ascii_strdown(text, (gssize)MIN(length, SHOWN_BYTES));

    for (guint i = 0; i < G_N_ELEMENTS(items); i++)
        if (!items[i].is_prefix)
            names[n++] = items[i].name;
    return tamis_suggest(lower, names, n);
}

/* Whether the test is the one of RFC 5183, section 4, that asks for nothing but whether the item is there. */
static gboolean
asks_whether_there(const TamisSieveBound *bound)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);

    return tamis_sieve_bound_tag(bound, TAMIS_TAG_CONTAINS) != NULL && keys != NULL &&
           keys->strings != NULL && keys->strings->next == NULL && keys->strings->length_bytes == 0;
}

/* Items of vendors whose servers Tamis does not know may be there. */
static void
complain_unknown(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan span,
                 const char *text, gsize length)
{
    const char *near = find_near(text, length);

    if (near == NULL &&
        ((begins_with(text, length, "vnd.") && !begins_with(text, length, "vnd.dovecot.")) ||
         asks_whether_there(bound)))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_UNKNOWN_NAME,
                         "the environment has no item '%.*s': " NEVER_HOLDS, shown(length), text);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    if (near != NULL)
        tamis_sieve_advise(checker, diagnostic, "did you mean '%s'? (%s)", near,
                           tamis_extension_origin(find_item(near, strlen(near))->extension));
    else
        tamis_sieve_advise(checker, diagnostic,
                           "write domain, host, location, name, phase, remote-host, remote-ip or "
                           "version (RFC 5183, section 4.1)");
}

static void
complain_lacking(TamisSieveChecker *checker, TamisSpan span, const char *text, gsize length,
                 const char *help)
{
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_UNSUPPORTED,
                         "the server '%s' has no item '%.*s' of the environment: " NEVER_HOLDS,
                         checker->server->name, shown(length), text);

    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "%s", help);
}

void
tamis_sieve_check_environment(TamisSieveChecker *checker, const TamisSieveBound *bound,
                              const TamisSieveString *string, const char *text, gsize length)
{
    const Item *item = find_item(text, length);

    if (!tamis_server_has(checker->server, TAMIS_EXTENSION_ENVIRONMENT))
        return; /* which is told */
    if (item == NULL) {
        complain_unknown(checker, bound, string->span, text, length);
    } else if (!tamis_server_has(checker->server, item->extension)) {
        if (!asks_whether_there(bound))
            complain_lacking(checker, string->span, text, length,
                             "do without it, or check for another server ('tamis servers')");
    } else if (item->is_of_client && tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE)) {
        if (!asks_whether_there(bound))
            complain_lacking(checker, string->span, text, length,
                             "do without it: test the header 'received', where the MTA has "
                             "written who handed the message over");
    } else {
        tamis_sieve_use_quietly(checker, item->extension, string->span, NEVER_HOLDS,
                                "the item '%.*s'", shown(length), text);
    }
}
