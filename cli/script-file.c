/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Servers keep scripts under any name, and pipes have none. */
#include "cli/script-file.h"

#include "grammar/sieve/parser.h"
#include "grammar/sieve/recognize.h"
#include "grammar/sieve/xml-reader.h"

gboolean
tamis_is_script_path(const char *path)
{
    return g_str_has_suffix(path, ".sieve");
}

gboolean
tamis_is_script_xml(const TamisSources *sources, TamisSourceId source)
{
    gsize length = 0;
    const char *text = tamis_sources_get_text(sources, source, &length);

    return tamis_sieve_is_xml(text, length);
}

gboolean
tamis_is_script_source(const TamisSources *sources, TamisSourceId source, const char *path)
{
    gsize length = 0;
    const char *text = tamis_sources_get_text(sources, source, &length);

    if (tamis_sieve_is_name(path))
        return TRUE;
    if (g_str_has_suffix(path, ".tamis"))
        return FALSE;
    return tamis_sieve_is_xml(text, length) || tamis_sieve_recognize(text, length);
}

gboolean
tamis_is_script_file(TamisSources *sources, const char *path)
{
    if (tamis_sieve_is_name(path) || g_str_has_suffix(path, ".tamis"))
        return tamis_sieve_is_name(path);
    TamisSourceId source = tamis_sources_add_file(sources, path, TAMIS_SIEVE_MAX_BYTES, NULL);
    return source != 0 && tamis_is_script_source(sources, source, path);
}
