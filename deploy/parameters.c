/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Parameters of stores. */
#include "deploy/parameters.h"

#include <string.h>

void
tamis_parameters_clear(TamisParameters *parameters)
{
    g_clear_pointer(&parameters->main, g_free);
    g_clear_pointer(&parameters->values, g_hash_table_unref);
}

char *
tamis_parameters_parse(const char *text, const char *const *keys, TamisParameters *out_parameters)
{
    g_auto(GStrv) parts = g_strsplit(text, ";", -1);
    g_auto(TamisParameters) parameters = {0};

    parameters.main = g_strdup(parts[0] != NULL ? parts[0] : "");
    parameters.values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++) {
        char *equals = strchr(parts[i], '=');

        if (equals == NULL)
            return g_strdup_printf("'%s' is no KEY=VALUE", parts[i]);
        *equals = '\0';
        if (!g_strv_contains(keys, parts[i])) {
            g_autofree char *known = g_strjoinv(", ", (char **)keys);
            return g_strdup_printf("there is no '%s' in it; it takes %s", parts[i], known);
        }
        g_hash_table_replace(parameters.values, g_strdup(parts[i]), g_strdup(equals + 1));
    }
    *out_parameters = parameters;
    parameters = (TamisParameters){0};
    return NULL;
}

const char *
tamis_parameters_get(const TamisParameters *parameters, const char *key)
{
    return g_hash_table_lookup(parameters->values, key);
}

static gboolean
is_safe(const char *part)
{
    if (*part == '\0' || *part == '.')
        return FALSE;
    for (; *part != '\0'; part++)
        if (*part == '/' || (guchar)*part < ' ' || *part == 0x7f)
            return FALSE;
    return TRUE;
}

char *
tamis_parameters_expand(const char *template, const char *mailbox)
{
    const char *at = strrchr(mailbox, '@');
    g_autofree char *local = at != NULL ? g_strndup(mailbox, (gsize)(at - mailbox)) : NULL;
    g_autoptr(GString) out = g_string_new(NULL);

    if (at == NULL || !is_safe(local) || !is_safe(at + 1))
        return NULL;
    for (; *template != '\0'; template ++) {
        if (*template != '%') {
            g_string_append_c(out, *template);
            continue;
        }
        template ++;
        if (*template == 'u')
            g_string_append(out, mailbox);
        else if (*template == 'n')
            g_string_append(out, local);
        else if (*template == 'd')
            g_string_append(out, at + 1);
        else
            g_string_append_c(out, '%');
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

gboolean
tamis_parameters_is_template(const char *template)
{
    gboolean has_user = FALSE, has_local = FALSE;

    for (; *template != '\0'; template ++) {
        if (*template != '%')
            continue;
        template ++;
        if (*template == '\0' || strchr("und%", *template) == NULL)
            return FALSE;
        has_user |= *template == 'u';
        has_local |= *template == 'n';
    }
    return has_user || has_local;
}
