/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder of scripts as a site. */
#include "compiler/site-private.h"

#include "base/address-syntax.h"
#include "compiler/flow-of-sieve.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/xml-reader.h"

#include <string.h>

TamisSite *
tamis_site_new_scripts(TamisSources *sources, const TamisScriptSite *options)
{
    TamisSite *site = g_new0(TamisSite, 1);

    site->server = options->server;
    site->sources = sources;
    site->options = *options;
    site->strings = tamis_strings_new();
    site->formulas = tamis_formulas_new(site->strings);
    site->arena = tamis_arena_new();
    site->flows = g_ptr_array_new();
    site->scripts = g_array_new(FALSE, FALSE, sizeof(TamisSiteScript));
    site->mailbox_of = g_hash_table_new(NULL, NULL);
    site->domains = g_hash_table_new(NULL, NULL);
    return site;
}

void
tamis_site_clear_scripts(TamisSite *site)
{
    tamis_strings_free(site->strings);
    g_clear_pointer(&site->scripts, g_array_unref);
    g_clear_pointer(&site->mailbox_of, g_hash_table_unref);
    g_clear_pointer(&site->domains, g_hash_table_unref);
}

gboolean
tamis_site_add_script(TamisSite *site, const char *address, TamisSourceId source)
{
    g_autofree char *lower = g_ascii_strdown(address, -1);
    const char *at = strrchr(lower, '@');
    TamisSiteScript script = {tamis_strings_add(site->strings, lower, strlen(lower)), source};

    if (g_hash_table_contains(site->mailbox_of, GUINT_TO_POINTER(script.address)))
        return FALSE;
    g_array_append_val(site->scripts, script);
    g_ptr_array_add(site->flows, NULL);
    g_hash_table_insert(site->mailbox_of, GUINT_TO_POINTER(script.address),
                        GUINT_TO_POINTER(site->scripts->len));
    if (at != NULL)
        g_hash_table_add(site->domains, GUINT_TO_POINTER(tamis_strings_add(site->strings, at + 1,
                                                                           strlen(at + 1))));
    return TRUE;
}

gboolean
tamis_site_is_own(TamisSite *site, const char *address)
{
    const char *at = strrchr(address, '@');
    TamisString key;

    if (site->policy != NULL)
        return tamis_policy_is_internal(
            site->policy, tamis_strings_add(site->policy->strings, address, strlen(address)));
    key = at != NULL ? tamis_strings_find(site->strings, at + 1, strlen(at + 1)) : 0;
    return key != 0 && g_hash_table_contains(site->domains, GUINT_TO_POINTER(key));
}

/* Folders --------------------------------------------------------------------------------------- */

char *
tamis_site_mailbox_of_path(const char *path)
{
    TamisAddressSyntax syntax;
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *address = NULL;

    if (!g_str_has_suffix(name, TAMIS_SCRIPT_ENDING))
        return NULL;
    name[strlen(name) - strlen(TAMIS_SCRIPT_ENDING)] = '\0';
    address = g_uri_unescape_string(name, NULL);
    if (address == NULL ||
        tamis_address_syntax_parse(address, strlen(address), &syntax) != TAMIS_ADDRESS_SYNTAX_OK ||
        syntax.has_angle || syntax.has_blanks)
        return NULL;
    return g_ascii_strdown(address, -1);
}

gboolean
tamis_site_add_folder(TamisSite *site, const char *path, GError **error)
{
    g_autoptr(TamisListing) folder = tamis_listing_open(path, NULL, error);

    if (folder == NULL)
        return FALSE;
    for (guint i = 0; i < tamis_listing_count(folder); i++) {
        g_autofree char *address = tamis_site_mailbox_of_path(tamis_listing_get(folder, i)->name);

        if (address == NULL)
            continue;
        TamisSourceId source =
            tamis_sources_add_entry(site->sources, folder, i, TAMIS_SIEVE_MAX_BYTES, error);
        if (source == 0)
            return FALSE;
        tamis_site_add_script(site, address, source);
    }
    return TRUE;
}

/* Flows ----------------------------------------------------------------------------------------- */

TamisFlow *
tamis_site_make_script_flow(TamisSite *site, guint32 mailbox)
{
    const TamisSiteScript *script = &g_array_index(site->scripts, TamisSiteScript, mailbox);
    const TamisScriptFlowOptions options = {
        .server = site->server,
        .include_dir = site->options.include_dir,
        .global_dir = site->options.global_dir,
        .mailbox = tamis_strings_get(site->strings, script->address),
        .sources = site->sources,
    };
    g_autoptr(TamisReport) unheard = tamis_report_new(site->sources);
    g_autoptr(TamisArena) trees = tamis_arena_new();

    return tamis_flow_of_sieve(tamis_sieve_parse_any(script->source, trees, unheard), &options,
                               site->formulas, site->arena);
}
