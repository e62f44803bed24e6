/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What directory:… says. */
#include "deploy/folder-parameters.h"

#include "base/display.h"
#include "deploy/parameters.h"
#include "deploy/store-private.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

void
tamis_folder_parameters_clear(TamisFolderParameters *parameters)
{
    g_clear_pointer(&parameters->template, g_free);
    g_clear_pointer(&parameters->scripts, g_free);
    g_clear_pointer(&parameters->active, g_free);
    g_clear_pointer(&parameters->sievec, tamis_sievec_free);
}

/* "vmail", "vmail:mail", "5000:5000". */
static gboolean
read_owner(const char *text, TamisFileOwner *owner)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    const struct passwd *user = getpwnam(parts[0]);
    const struct group *group = parts[1] != NULL ? getgrnam(parts[1]) : NULL;
    guint64 number;

    if (user != NULL) {
        owner->uid = user->pw_uid;
        owner->gid = user->pw_gid;
    } else if (g_ascii_string_to_unsigned(parts[0], 10, 0, G_MAXINT32, &number, NULL)) {
        owner->uid = (uid_t)number;
        owner->gid = (gid_t)number;
    } else {
        return FALSE;
    }
    if (group != NULL)
        owner->gid = group->gr_gid;
    else if (parts[1] != NULL &&
             g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXINT32, &number, NULL))
        owner->gid = (gid_t)number;
    else if (parts[1] != NULL)
        return FALSE;
    return TRUE;
}

static gboolean
is_plain_name(const char *name)
{
    return *name != '\0' && strchr(name, '/') == NULL && !g_str_equal(name, ".") &&
           !g_str_equal(name, "..");
}

/* Why not; NULL where all is well. */
static const char *
read_values(const TamisParameters *values, TamisFolderParameters *parameters)
{
    const char *owner = tamis_parameters_get(values, "owner");
    const char *mode = tamis_parameters_get(values, "mode");
    const char *scripts = tamis_parameters_get(values, "scripts");
    const char *active = tamis_parameters_get(values, "active");
    guint64 number = 0600;

    parameters->scripts = g_strdup(scripts != NULL ? scripts : "sieve");
    parameters->active = g_strdup(active != NULL ? active : ".dovecot.sieve");
    parameters->owner.uid = (uid_t)-1;
    parameters->owner.gid = (gid_t)-1;
    if (!is_plain_name(parameters->scripts) || !is_plain_name(parameters->active))
        return "scripts and active are names in the home, without a slash";
    if (parameters->is_file && (scripts != NULL || active != NULL))
        return "scripts and active are for homes, not for one file a mailbox";
    if (owner != NULL && !read_owner(owner, &parameters->owner))
        return "there is no such owner";
    if (mode != NULL && !g_ascii_string_to_unsigned(mode, 8, 0, 0777, &number, NULL))
        return "the mode is octal, as 0640";
    parameters->owner.mode = (mode_t)number;
    return NULL;
}

gboolean
tamis_folder_parameters_parse(const char *rest, TamisFolderParameters *out_parameters,
                              GError **error)
{
    static const char *const keys[] = {"scripts", "active", "owner", "mode", "config", NULL};
    g_auto(TamisParameters) values = {NULL};
    g_auto(TamisFolderParameters) parameters = {NULL};
    g_autofree char *fault = tamis_parameters_parse(rest, keys, &values);
    const char *why = fault;

    if (why == NULL && *values.main != '/')
        why = "the path has to begin with a slash";
    if (why == NULL) {
        parameters.is_file = g_str_has_suffix(values.main, ".sieve");
        parameters.template = strchr(values.main, '%') != NULL || parameters.is_file
                                  ? g_strdup(values.main)
                                  : g_build_filename(values.main, "%u", NULL);
        if (!tamis_parameters_is_template(parameters.template))
            why = "a path takes %u (the address), %n and %d (its parts), and needs %u or %n";
    }
    if (why == NULL)
        why = read_values(&values, &parameters);
    if (why != NULL)
        return tamis_store_fail(error, "directory", rest, why) != NULL;
    parameters.sievec = tamis_sievec_new(tamis_parameters_get(&values, "config"));
    *out_parameters = parameters;
    parameters = (TamisFolderParameters){NULL};
    return TRUE;
}

char *
tamis_folder_parameters_expand(const TamisFolderParameters *parameters, const char *mailbox,
                               GError **error)
{
    char *path = tamis_parameters_expand(parameters->template, mailbox);

    if (path == NULL) {
        g_autofree char *shown = tamis_display_dup(mailbox);
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
                    "no path can be made of '%s'", shown);
    }
    return path;
}
