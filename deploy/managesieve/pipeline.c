/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commands that go out together, and whose responses are read one after the other: half the waiting where a server
 * is far away. Never across a login or STARTTLS, and no script behind its HAVESPACE (RFC 5804, section 2): a
 * server that has no room for it may read its bytes as commands.
 * That what is active cannot be deleted is the protocol's own word (RFC 5804, section 2.10). */
#include "deploy/managesieve/session-private.h"

#include "base/display.h"

#include <string.h>

/* Whether it is known to stay in step when it refuses what comes before a script. */
static gboolean
keeps_in_step(const TamisManageSieve *session)
{
    return session->capabilities.implementation != NULL &&
           strstr(session->capabilities.implementation, "Pigeonhole") != NULL;
}

/* Reads n responses. FALSE with error: the connection is gone. */
static gboolean
receive_all(TamisManageSieve *session, TamisWireResponse **responses, guint n, GError **error)
{
    for (guint i = 0; i < n; i++) {
        responses[i] = tamis_managesieve_receive_answer(session, error);
        if (responses[i] == NULL)
            return FALSE;
    }
    return TRUE;
}

static void
free_all(TamisWireResponse **responses, guint n)
{
    for (guint i = 0; i < n; i++)
        tamis_wire_response_free(responses[i]);
}

/* PUTSCRIPT, GETSCRIPT, LISTSCRIPTS. */
static gboolean
append_put(GString *out, const char *name, const char *text, gsize length_bytes, GError **error)
{
    g_autoptr(GString) quoted = g_string_new(NULL);

    if (!tamis_wire_append_string(quoted, name, strlen(name), error))
        return FALSE;
    g_string_append_printf(out, "PUTSCRIPT %s ", quoted->str);
    if (!tamis_wire_append_string(out, text, length_bytes, error))
        return FALSE;
    g_string_append_printf(out, "\r\nGETSCRIPT %s\r\nLISTSCRIPTS\r\n", quoted->str);
    return TRUE;
}

gboolean
tamis_managesieve_put_and_get(TamisManageSieve *session, const char *name, const char *text,
                              gsize length_bytes, GString *warnings, GString **out_stored,
                              GArray **out_scripts, GError **error)
{
    g_autoptr(GString) command = g_string_new(NULL);
    TamisWireResponse *responses[3] = {NULL};
    g_autofree char *shown = tamis_display_dup(name);
    g_autofree char *store = g_strdup_printf("store the script '%s'", shown);
    g_autofree char *read = g_strdup_printf("read the script '%s'", shown);

    if (!tamis_managesieve_have_space(session, name, length_bytes, error) ||
        !append_put(command, name, text, length_bytes, error))
        return FALSE;
    *out_stored = NULL;
    if (tamis_managesieve_send(session, command, error) &&
        receive_all(session, responses, 3, error) &&
        tamis_managesieve_judge(session, responses[0], store, error) &&
        tamis_managesieve_judge(session, responses[1], read, error) &&
        tamis_managesieve_judge(session, responses[2], "list the scripts", error)) {
        tamis_managesieve_keep_warnings(responses[0], warnings);
        *out_stored = tamis_managesieve_read_script(session, responses[1], error);
        if (*out_stored != NULL)
            *out_scripts = tamis_managesieve_read_list(session, responses[2], error);
        if (*out_stored != NULL && *out_scripts == NULL)
            g_string_free(g_steal_pointer(out_stored), TRUE);
    }
    /* What was refused for its size may have been run. */
    if (responses[0] != NULL && responses[0]->status != TAMIS_WIRE_OK && !keeps_in_step(session))
        tamis_managesieve_drop(session);
    free_all(responses, 3);
    return *out_stored != NULL;
}

/* LISTSCRIPTS, GETSCRIPT, and HAVESPACE where next_name is not NULL. */
static gboolean
append_look(const TamisManageSieve *session, GString *out, const char *name, const char *next_name,
            gsize next_bytes, GError **error)
{
    g_string_append(out, "LISTSCRIPTS\r\nGETSCRIPT ");
    if (!tamis_wire_check_name(name, session->is_cyrus, error) ||
        !tamis_wire_append_string(out, name, strlen(name), error))
        return FALSE;
    g_string_append(out, "\r\n");
    if (next_name == NULL)
        return TRUE;
    g_string_append(out, "HAVESPACE ");
    if (!tamis_wire_check_name(next_name, session->is_cyrus, error) ||
        !tamis_wire_append_string(out, next_name, strlen(next_name), error))
        return FALSE;
    g_string_append_printf(out, " %" G_GSIZE_FORMAT "\r\n", next_bytes);
    return TRUE;
}

gboolean
tamis_managesieve_list_and_get(TamisManageSieve *session, const char *name, const char *next_name,
                               gsize next_bytes, GArray **out_scripts, GString **out_text,
                               GError **error)
{
    g_autoptr(GString) command = g_string_new(NULL);
    TamisWireResponse *responses[3] = {NULL};
    guint n_responses = next_name != NULL ? 3 : 2;
    GString *text = NULL;
    gboolean went_well;

    g_clear_pointer(&session->room_name, g_free);
    if (!append_look(session, command, name, next_name, next_bytes, error))
        return FALSE;
    went_well = tamis_managesieve_send(session, command, error) &&
                receive_all(session, responses, n_responses, error) &&
                tamis_managesieve_judge(session, responses[0], "list the scripts", error);
    if (went_well && responses[1]->status == TAMIS_WIRE_OK) {
        text = tamis_managesieve_read_script(session, responses[1], error);
        went_well = text != NULL;
    }
    if (went_well) {
        *out_scripts = tamis_managesieve_read_list(session, responses[0], error);
        went_well = *out_scripts != NULL;
    }
    if (went_well)
        *out_text = text;
    else if (text != NULL)
        g_string_free(text, TRUE);
    /* A refusal is told when it comes to that: perhaps there is nothing to put. */
    if (went_well && next_name != NULL && responses[2]->status == TAMIS_WIRE_OK) {
        session->room_name = g_strdup(next_name);
        session->room_bytes = next_bytes;
    }
    free_all(responses, n_responses);
    return went_well;
}

/* SETACTIVE, LISTSCRIPTS, and DELETESCRIPT where stale is not NULL. */
static gboolean
append_activate(GString *out, const char *name, const char *stale, GError **error)
{
    g_string_append(out, "SETACTIVE ");
    if (!tamis_wire_append_string(out, name != NULL ? name : "", name != NULL ? strlen(name) : 0,
                                  error))
        return FALSE;
    g_string_append(out, "\r\nLISTSCRIPTS\r\n");
    if (stale == NULL)
        return TRUE;
    g_string_append(out, "DELETESCRIPT ");
    if (!tamis_wire_append_string(out, stale, strlen(stale), error))
        return FALSE;
    g_string_append(out, "\r\n");
    return TRUE;
}

GArray *
tamis_managesieve_activate_and_list(TamisManageSieve *session, const char *name, const char *stale,
                                    gboolean is_last, GError **error)
{
    g_autoptr(GString) command = g_string_new(NULL);
    TamisWireResponse *responses[2] = {NULL}, *deleted;
    g_autofree char *shown = tamis_display_dup(name != NULL ? name : "");
    g_autofree char *what = name != NULL ? g_strdup_printf("activate the script '%s'", shown)
                                         : g_strdup("deactivate the script");
    gboolean at_once = stale != NULL && keeps_in_step(session);
    gboolean leaves = is_last && (stale == NULL || at_once);
    GArray *scripts = NULL;

    if ((name != NULL && !tamis_wire_check_name(name, session->is_cyrus, error)) ||
        !append_activate(command, name, at_once ? stale : NULL, error))
        return NULL;
    if (leaves)
        g_string_append(command, TAMIS_MANAGESIEVE_LOGOUT);
    session->has_left = tamis_managesieve_send(session, command, error) && leaves;
    if (session->transport != NULL && receive_all(session, responses, 2, error)) {
        /* Read whatever it says: one that stays is in nobody's way, and the next run tries again. */
        deleted = at_once ? tamis_managesieve_receive_answer(session, NULL) : NULL;
        tamis_wire_response_free(deleted);
        if (tamis_managesieve_judge(session, responses[0], what, error) &&
            tamis_managesieve_judge(session, responses[1], "list the scripts", error))
            scripts = tamis_managesieve_read_list(session, responses[1], error);
    }
    if (scripts != NULL && stale != NULL && !at_once)
        tamis_managesieve_delete(session, stale, NULL);
    free_all(responses, 2);
    return scripts;
}
