/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which inputs are Sieve scripts: by their names where these say it, else by how they begin. Nothing is judged here. */
#pragma once

#include "base/source.h"

/* Whether a name is that of a script in a folder of them, ADDRESS.sieve. */
gboolean tamis_is_script_path(const char *path);
/* Whether a source is XML of a script (RFC 5784). */
gboolean tamis_is_script_xml(const TamisSources *sources, TamisSourceId source);
/* Whether a source of this path ("-": standard input) is a script. It is by the ending .sieve or .siv, and is not by .tamis; of
 * XML the root element says it; any other text is one when its first word is a command of Sieve. */
gboolean
tamis_is_script_source(const TamisSources *sources, TamisSourceId source, const char *path);
/* The same of a file, which is read unless its name says it. FALSE too where it cannot be read. */
gboolean tamis_is_script_file(TamisSources *sources, const char *path);
