/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis servers: the servers that are built in, and what one of them (or of a user's file) can do.
 */
#include "cli/cli.h"

#include "base/json-text.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct {
    const char *key;
    guint64 limit;
    const char *setting; /* that raises it; NULL: hard */
} Limit;

#define MOST_LIMITS 16

/* The limits that the server has, of MOST_LIMITS at most. */
static guint
list_limits(const TamisServer *server, Limit *limits)
{
    const Limit all[] = {
        {"max-redirects", server->max_redirects, server->max_redirects_setting},
        {"max-actions", server->max_actions, server->max_actions_setting},
        {"max-script-bytes", server->max_script_bytes, server->max_script_setting},
        {"max-nesting", server->max_nesting, NULL},
        {"max-test-nesting", server->max_test_nesting, NULL},
        {"max-elsif", server->max_elsif, NULL},
        {"max-list-strings", server->max_list_strings, NULL},
        {"max-tests", server->max_tests, NULL},
        {"max-commands", server->max_commands, NULL},
        {"max-arguments", server->max_arguments, NULL},
        {"max-variables", server->max_variables, NULL},
        {"max-string-bytes", server->max_string_bytes, NULL},
        {"max-scripts", server->max_scripts, NULL},
        {"reply-min-s", server->reply_min_s, NULL},
        {"reply-max-s", server->reply_max_s, NULL},
    };
    guint n_limits = 0;

    G_STATIC_ASSERT(G_N_ELEMENTS(all) <= MOST_LIMITS);
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].limit != 0)
            limits[n_limits++] = all[i];
    return n_limits;
}

static void
print_server(const TamisServer *server)
{
    Limit limits[MOST_LIMITS];
    guint n_limits = list_limits(server, limits);

    tamis_print("%s: %s\n\nextensions\n", server->name, server->title);
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
        if (!tamis_extension_set_has(&server->extensions, (TamisExtension)i))
            continue;
        tamis_print("  %-28s %s\n", tamis_extension_name((TamisExtension)i),
                    tamis_extension_origin((TamisExtension)i));
        if (tamis_extension_set_has(&server->by_setting, (TamisExtension)i))
            tamis_print("  %-28s needs: %s\n", "", server->setting_of[i]);
    }
    tamis_print("\nlimits\n");
    for (guint i = 0; i < n_limits; i++) {
        tamis_print("  %-28s %" G_GUINT64_FORMAT, limits[i].key, limits[i].limit);
        if (limits[i].setting != NULL)
            tamis_print(" (raised by %s)", limits[i].setting);
        tamis_print("\n");
    }
}

static void
add_extensions(JsonBuilder *builder, const TamisServer *server)
{
    json_builder_set_member_name(builder, "extensions");
    json_builder_begin_array(builder);
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
        if (!tamis_extension_set_has(&server->extensions, (TamisExtension)i))
            continue;
        json_builder_begin_object(builder);
        tamis_json_add_string(builder, "name", tamis_extension_name((TamisExtension)i));
        tamis_json_add_string(builder, "origin", tamis_extension_origin((TamisExtension)i));
        if (tamis_extension_set_has(&server->by_setting, (TamisExtension)i))
            tamis_json_add_string(builder, "setting", server->setting_of[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_limits(JsonBuilder *builder, const TamisServer *server)
{
    Limit limits[MOST_LIMITS];
    guint n_limits = list_limits(server, limits);

    json_builder_set_member_name(builder, "limits");
    json_builder_begin_array(builder);
    for (guint i = 0; i < n_limits; i++) {
        json_builder_begin_object(builder);
        tamis_json_add_string(builder, "name", limits[i].key);
        tamis_json_add_number(builder, "limit", (gint64)limits[i].limit);
        if (limits[i].setting != NULL)
            tamis_json_add_string(builder, "setting", limits[i].setting);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_server(JsonBuilder *builder, const TamisServer *server)
{
    json_builder_begin_object(builder);
    tamis_json_add_string(builder, "name", server->name);
    tamis_json_add_string(builder, "title", server->title);
    add_extensions(builder, server);
    add_limits(builder, server);
    json_builder_end_object(builder);
}

static int
show(const char *const *names, gboolean details, const TamisOptions *options)
{
    TamisFormat format = options->format;
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    tamis_json_add_number(builder, "version", 1);
    json_builder_set_member_name(builder, "servers");
    json_builder_begin_array(builder);
    for (; *names != NULL; names++) {
        TamisOptions named = *options; /* lent */
        int status = TAMIS_EXIT_OK;
        named.server = (char *)*names;
        g_autoptr(TamisServer) server = tamis_options_load_server(&named, NULL, &status);
        if (server == NULL)
            return status;
        if (format == TAMIS_FORMAT_JSON)
            add_server(builder, server);
        else if (details)
            print_server(server);
        else
            tamis_print("%-12s %s\n", server->name, server->title);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    if (format == TAMIS_FORMAT_JSON) {
        g_autoptr(JsonNode) root = json_builder_get_root(builder);
        g_autofree char *text = tamis_json_mend(json_to_string(root, TRUE));
        tamis_print("%s\n", text);
    }
    return TAMIS_EXIT_OK;
}

static int
run(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    int status;

    if (!tamis_options_parse(verb, NULL, TAMIS_TAKES_FORMAT | TAMIS_TAKES_ACCESS, &options, &argc,
                             argv, &status))
        return status;
    if (argc > 2)
        return tamis_complain_usage(verb, "one server at a time, please");
    if (argc < 2)
        return show(tamis_server_names(), FALSE, &options);
    const char *const names[] = {argv[1], NULL};
    return show(names, TRUE, &options);
}

const TamisVerb tamis_verb_servers = {
    .name = "servers",
    .arguments = "[NAME|FILE]",
    .summary = "lists the servers, or shows what one can do",
    .examples = "  tamis servers dovecot-2.3",
    .run = run,
};
