/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking a server: its capabilities, which may be more after a login, and by HAVESPACE how large a script may be,
 * which no capability says. */
#include "deploy/probe.h"

#include "deploy/error.h"
#include "deploy/managesieve/session.h"

#include <string.h>

#define PROBE_NAME  "tamis-probe"
#define MOST_BYTES  ((gsize)64 << 20) /* a server that takes that has no limit that matters */
#define LEAST_BYTES ((gsize)1024)

void
tamis_server_facts_clear(TamisServerFacts *facts)
{
    g_clear_pointer(&facts->implementation, g_free);
    g_clear_pointer(&facts->extensions, g_free);
}

/* FALSE with error where the server was lost; else *out_fits. */
static gboolean
ask_space(TamisManageSieve *session, gsize size, gboolean *out_fits, GError **error)
{
    g_autoptr(GError) local = NULL;

    *out_fits = tamis_managesieve_have_space(session, PROBE_NAME, size, &local);
    if (*out_fits || !tamis_managesieve_is_broken(session))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

/* By halves. */
static gboolean
find_max_script(TamisManageSieve *session, guint64 *out_bytes, GError **error)
{
    gsize fits = LEAST_BYTES, too_large = MOST_BYTES;
    gboolean answer;

    *out_bytes = 0;
    if (!ask_space(session, too_large, &answer, error))
        return FALSE;
    if (answer)
        return TRUE;
    if (!ask_space(session, fits, &answer, error))
        return FALSE;
    if (!answer) /* it refuses for another reason */
        return TRUE;
    while (too_large - fits > 1) {
        gsize middle = fits + (too_large - fits) / 2;
        if (!ask_space(session, middle, &answer, error))
            return FALSE;
        *(answer ? &fits : &too_large) = middle;
    }
    *out_bytes = fits;
    return TRUE;
}

static void
take(const TamisManageSieveCapabilities *capabilities, TamisServerFacts *facts)
{
    facts->implementation =
        g_strdup(capabilities->implementation != NULL ? capabilities->implementation : "");
    facts->extensions = g_strdup(capabilities->sieve != NULL ? capabilities->sieve : "");
    facts->has_redirects = capabilities->max_redirects >= 0;
    facts->max_redirects = facts->has_redirects ? (guint32)capabilities->max_redirects : 0;
}

gboolean
tamis_server_probe(const char *url, const TamisAccess *access, const char *mailbox,
                   TamisServerFacts *out_facts, GError **error)
{
    const char *rest = strchr(url, ':');
    g_autofree char *host = NULL;
    TamisManageSievePlace place;
    g_autoptr(TamisManageSieve) session = NULL;
    g_auto(TamisServerFacts) facts = {NULL};

    if (rest == NULL || !tamis_managesieve_place_parse(
                            rest + 1, g_str_has_prefix(url, "managesieves:"), &host, &place, error))
        return FALSE;
    session = tamis_managesieve_new(&place, access, error);
    if (session == NULL)
        return FALSE;
    if (mailbox != NULL && (!tamis_managesieve_login(session, mailbox, error) ||
                            !tamis_managesieve_ask_capabilities(session, error)))
        return FALSE;
    take(tamis_managesieve_get_capabilities(session), &facts);
    if (mailbox != NULL && !find_max_script(session, &facts.max_script_bytes, error))
        return FALSE;
    *out_facts = facts;
    facts = (TamisServerFacts){NULL};
    return TRUE;
}
