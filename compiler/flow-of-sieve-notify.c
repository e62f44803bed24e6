/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Notifications (RFC 5435, 5436) and reports: who is told, once a run. */
#include "compiler/flow-of-sieve-private.h"

#include <string.h>

/* Who the URI (RFC 6068) names, as it stands there, for g_strfreev. */
static char **
addresses_of(const char *uri)
{
    const char *query = strchr(uri, '?');
    g_autofree char *first = query != NULL ? g_strndup(uri, (gsize)(query - uri)) : g_strdup(uri);
    g_auto(GStrv) fields = query != NULL ? g_strsplit(query + 1, "&", -1) : NULL;
    g_autoptr(GString) all = g_string_new(first);
    g_autofree char *decoded = NULL;

    for (guint i = 0; fields != NULL && fields[i] != NULL; i++)
        if (g_ascii_strncasecmp(fields[i], "to=", 3) == 0 ||
            g_ascii_strncasecmp(fields[i], "cc=", 3) == 0)
            g_string_append_printf(all, ",%s", fields[i] + 3);
    decoded = g_uri_unescape_string(all->str, NULL);
    return g_strsplit(decoded != NULL ? decoded : "", ",", -1);
}

/* The address with its domain in small letters; 0: none. */
static TamisString
identity_of(TamisWalk *walk, const char *address)
{
    const char *at = strrchr(address, '@');
    gsize length = at != NULL ? (gsize)(at - address) : strlen(address);
    g_autofree char *domain = g_ascii_strdown(address + length, -1);
    g_autofree char *whole = g_strdup_printf("%.*s%s", (int)length, address, domain);

    return *whole != '\0' ? tamis_strings_add(walk->strings, whole, strlen(whole)) : 0;
}

/* Where somebody is told who has not been told. */
static TamisFormula
tells_anybody(TamisWalk *walk, const char *uri)
{
    g_auto(GStrv) addresses = addresses_of(uri);
    TamisFormula anybody = TAMIS_FORMULA_FALSE;

    for (char **address = addresses; *address != NULL; address++) {
        TamisString name = identity_of(walk, g_strstrip(*address));
        gpointer key = GUINT_TO_POINTER(name);
        TamisFormula before = GPOINTER_TO_UINT(g_hash_table_lookup(walk->notified, key));

        if (name == 0)
            continue;
        anybody = tamis_walk_any(walk, anybody,
                                 tamis_walk_all(walk, walk->guard, tamis_walk_not(walk, before)));
        g_hash_table_insert(walk->notified, key,
                            GUINT_TO_POINTER(tamis_walk_any(walk, before, walk->guard)));
    }
    return anybody;
}

/* Pigeonhole's mailto tells nobody twice; and nobody of automatic mail (RFC 5436, 2.7.1), though that counts as an
 * action. */
static void
decide(TamisWalk *walk, guint word, const char *method, gboolean is_known, TamisFlowAction *notice)
{
    static const char scheme[] = "mailto:";

    notice->guard = walk->guard;
    notice->answered = TAMIS_FORMULA_TRUE;
    if (walk->server->engine != TAMIS_ENGINE_PIGEONHOLE || word != TAMIS_WORD_NOTIFY)
        return;
    if (is_known && g_ascii_strncasecmp(method, scheme, sizeof scheme - 1) == 0)
        notice->guard = tells_anybody(walk, method + sizeof scheme - 1);
    notice->answered = tamis_walk_not(walk, tamis_walk_is_automatic(walk, TRUE));
}

void
tamis_walk_notify(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    const TamisSieveArgument *method = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_METHOD);
    TamisFlowAction notice = {
        .kind = TAMIS_FLOW_NOTIFY, .version = walk->changes->len, .span = span};
    gboolean is_known = FALSE;

    if (method == NULL)
        method = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_ADDRESS); /* report */
    if (method == NULL)
        method = tamis_sieve_bound_value(bound, TAMIS_TAG_METHOD);
    if (method != NULL)
        is_known = tamis_walk_text(walk, method->strings, &notice.text);
    if (walk->split != NULL)
        return;
    decide(walk, bound->word->id, tamis_strings_get(walk->strings, notice.text), is_known, &notice);
    if (notice.guard != TAMIS_FORMULA_FALSE)
        g_array_append_val(walk->actions, notice);
}
