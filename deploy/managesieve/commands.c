/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a user does with scripts once logged in. */
#include "deploy/managesieve/session-private.h"

#include "base/display.h"

#include <string.h>

#define NOOP_TAG  "tamis"
#define LIST      "LISTSCRIPTS\r\n"
#define LIST_WHAT "list the scripts"

/* Sends and wants OK; the response, or NULL with error. what: "put the script 'x'", without the verb "cannot". */
static TamisWireResponse *
want(TamisManageSieve *session, const GString *command, const char *what, GError **error)
{
    g_autoptr(TamisWireResponse) response = tamis_managesieve_ask(session, command, error);

    if (response == NULL || !tamis_managesieve_judge(session, response, what, error))
        return NULL;
    return g_steal_pointer(&response);
}

static gboolean
want_nothing(TamisManageSieve *session, const GString *command, const char *what, GError **error)
{
    g_autoptr(TamisWireResponse) response = want(session, command, what, error);

    return response != NULL;
}

/* A command with a name. NULL with error where no script can have it. */
static GString *
command_new(const TamisManageSieve *session, const char *verb, const char *name, GError **error)
{
    g_autoptr(GString) command = g_string_new(verb);

    g_string_append_c(command, ' ');
    if (!tamis_wire_check_name(name, session->is_cyrus, error) ||
        !tamis_wire_append_string(command, name, strlen(name), error))
        return NULL;
    return g_steal_pointer(&command);
}

static char *
describe(const char *verb, const char *name)
{
    g_autofree char *shown = tamis_display_dup(name);

    return g_strdup_printf("%s the script '%s'", verb, shown);
}

void
tamis_managesieve_keep_warnings(const TamisWireResponse *response, GString *warnings)
{
    const char *text = tamis_wire_response_text(response);

    if (warnings != NULL && text != NULL && tamis_wire_response_has_code(response, "WARNINGS"))
        g_string_append(warnings, text);
}

gboolean
tamis_managesieve_ask_capabilities(TamisManageSieve *session, GError **error)
{
    g_autoptr(GString) command = g_string_new("CAPABILITY\r\n");
    g_autoptr(TamisWireResponse) response =
        want(session, command, "learn what the server can do", error);
    g_autofree char *sasl = NULL;

    if (response == NULL)
        return FALSE;
    sasl = g_steal_pointer(&session->capabilities.sasl);
    tamis_capabilities_read(response, &session->capabilities);
    if (session->capabilities.sasl == NULL) /* not said again after a login, and still true */
        session->capabilities.sasl = g_steal_pointer(&sasl);
    return TRUE;
}

gboolean
tamis_managesieve_have_space(TamisManageSieve *session, const char *name, gsize size_bytes,
                             GError **error)
{
    g_autoptr(GString) command = command_new(session, "HAVESPACE", name, error);
    g_autofree char *what = describe("store", name);
    g_autofree char *room = g_steal_pointer(&session->room_name); /* once: then it is taken */

    if (command == NULL)
        return FALSE;
    if (g_strcmp0(room, name) == 0 && session->room_bytes == size_bytes)
        return TRUE;
    g_string_append_printf(command, " %" G_GSIZE_FORMAT "\r\n", size_bytes);
    return want_nothing(session, command, what, error);
}

/* A server that did not read the script as one goes on with its bytes as commands: after a refusal that does
 * not come from its compiler nobody knows where it stands. */
static void
drop_unless_in_step(TamisManageSieve *session, const GError *error)
{
    if (g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_REFUSED) &&
        strstr(error->message, "legal script data") != NULL)
        tamis_managesieve_drop(session);
}

static gboolean
send_script(TamisManageSieve *session, GString *command, const char *what, const char *text,
            gsize length_bytes, GString *warnings, GError **error)
{
    g_autoptr(TamisWireResponse) response = NULL;
    GError *local = NULL;

    if (!tamis_wire_append_string(command, text, length_bytes, error))
        return FALSE;
    g_string_append(command, "\r\n");
    response = want(session, command, what, &local);
    if (response == NULL) {
        drop_unless_in_step(session, local);
        g_propagate_error(error, local);
        return FALSE;
    }
    tamis_managesieve_keep_warnings(response, warnings);
    return TRUE;
}

gboolean
tamis_managesieve_check(TamisManageSieve *session, const char *text, gsize length_bytes,
                        GString *warnings, GError **error)
{
    g_autoptr(GString) command = g_string_new("CHECKSCRIPT ");

    return send_script(session, command, "check the script", text, length_bytes, warnings, error);
}

gboolean
tamis_managesieve_put(TamisManageSieve *session, const char *name, const char *text,
                      gsize length_bytes, GString *warnings, GError **error)
{
    g_autoptr(GString) command = command_new(session, "PUTSCRIPT", name, error);
    g_autofree char *what = describe("store", name);

    if (command == NULL || !tamis_managesieve_have_space(session, name, length_bytes, error))
        return FALSE;
    g_string_append_c(command, ' ');
    return send_script(session, command, what, text, length_bytes, warnings, error);
}

/* What can be asked for by its name: what cannot, and is not active, is nobody's concern. */
static gboolean
check_listed(TamisManageSieve *session, const TamisWireWord *name, gboolean active, GError **error)
{
    if (strlen(name->text) != name->length_bytes)
        return tamis_managesieve_fail_protocol(session, "it lists a name with a NUL", error);
    if (!active || tamis_wire_check_name(name->text, FALSE, error))
        return TRUE;
    g_prefix_error(error, "'%s' runs a script that cannot be asked for: ", session->host);
    return FALSE;
}

GArray *
tamis_managesieve_read_list(TamisManageSieve *session, const TamisWireResponse *response,
                            GError **error)
{
    g_autoptr(GArray) scripts = tamis_stored_scripts_new();
    gboolean has_active = FALSE;

    for (guint32 line = 0; line + 1 < response->n_lines; line++) {
        const TamisWireWord *name = tamis_wire_response_word(response, line, 0);
        const TamisWireWord *mark = tamis_wire_response_word(response, line, 1);
        gboolean active = mark != NULL && g_ascii_strcasecmp(mark->text, "ACTIVE") == 0;
        TamisStoredScript script = {.active = active};

        if (!check_listed(session, name, active, error))
            return NULL;
        if (active && has_active) {
            tamis_managesieve_fail_protocol(session, "it lists two active scripts", error);
            return NULL;
        }
        has_active = has_active || active;
        script.name = g_strdup(name->text);
        g_array_append_val(scripts, script);
    }
    return g_steal_pointer(&scripts);
}

GArray *
tamis_managesieve_list(TamisManageSieve *session, GError **error)
{
    g_autoptr(GString) command = g_string_new(LIST);
    g_autoptr(TamisWireResponse) response = want(session, command, LIST_WHAT, error);

    return response != NULL ? tamis_managesieve_read_list(session, response, error) : NULL;
}

GString *
tamis_managesieve_read_script(TamisManageSieve *session, const TamisWireResponse *response,
                              GError **error)
{
    const TamisWireWord *text =
        response->n_lines == 2 ? tamis_wire_response_word(response, 0, 0) : NULL;

    if (text != NULL && text->kind == TAMIS_WIRE_STRING)
        return g_string_new_len(text->text, (gssize)text->length_bytes);
    tamis_managesieve_fail_protocol(session, "it sends no script where one was asked for", error);
    return NULL;
}

GString *
tamis_managesieve_get(TamisManageSieve *session, const char *name, GError **error)
{
    g_autoptr(GString) command = command_new(session, "GETSCRIPT", name, error);
    g_autofree char *what = describe("read", name);
    g_autoptr(TamisWireResponse) response = NULL;

    if (command == NULL)
        return NULL;
    g_string_append(command, "\r\n");
    response = want(session, command, what, error);
    return response != NULL ? tamis_managesieve_read_script(session, response, error) : NULL;
}

gboolean
tamis_managesieve_activate(TamisManageSieve *session, const char *name, GError **error)
{
    g_autoptr(GString) command = name != NULL ? command_new(session, "SETACTIVE", name, error)
                                              : g_string_new("SETACTIVE \"\"");
    g_autofree char *what =
        name != NULL ? describe("activate", name) : g_strdup("deactivate the script");

    if (command == NULL)
        return FALSE;
    g_string_append(command, "\r\n");
    return want_nothing(session, command, what, error);
}

gboolean
tamis_managesieve_delete(TamisManageSieve *session, const char *name, GError **error)
{
    g_autoptr(GString) command = command_new(session, "DELETESCRIPT", name, error);
    g_autofree char *what = describe("delete", name);

    if (command == NULL)
        return FALSE;
    g_string_append(command, "\r\n");
    return want_nothing(session, command, what, error);
}

gboolean
tamis_managesieve_rename(TamisManageSieve *session, const char *old_name, const char *new_name,
                         GError **error)
{
    g_autoptr(GString) command = command_new(session, "RENAMESCRIPT", old_name, error);
    g_autofree char *what = describe("rename", old_name);

    if (command == NULL || !tamis_wire_check_name(new_name, session->is_cyrus, error))
        return FALSE;
    g_string_append_c(command, ' ');
    if (!tamis_wire_append_string(command, new_name, strlen(new_name), error))
        return FALSE;
    g_string_append(command, "\r\n");
    return want_nothing(session, command, what, error);
}

gboolean
tamis_managesieve_noop(TamisManageSieve *session, GError **error)
{
    g_autoptr(GString) command = g_string_new("NOOP \"" NOOP_TAG "\"\r\n");
    g_autoptr(TamisWireResponse) response = want(session, command, "reach the server", error);

    if (response == NULL)
        return FALSE;
    if (tamis_wire_response_has_code(response, "TAG") &&
        g_strcmp0(tamis_wire_response_code_argument(response), NOOP_TAG) == 0)
        return TRUE;
    return tamis_managesieve_fail_protocol(session, "its answer is to another question", error);
}
