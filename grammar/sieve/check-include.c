/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * include (RFC 6609): scripts of the same user are looked for in a folder and checked too, each on its own. */
#include "grammar/sieve/check-private.h"
#include "grammar/sieve/parser.h"

/* Pigeonhole's. */
#define MAX_DEPTH 10

static gboolean
is_on_the_way(const TamisSieveChecker *checker, TamisSourceId source)
{
    for (guint i = 0; i < checker->way->len; i++)
        if (g_array_index(checker->way, TamisSourceId, i) == source)
            return TRUE;
    return FALSE;
}

static void
check_included(TamisSieveChecker *checker, TamisSourceId source)
{
    TamisSieveChecked checked = {0};
    TamisSieveChecker inner = {
        .options = checker->options,
        .server = checker->server,
        .source = source,
        .arena = checker->arena,
        .report = checker->report,
        .out = &checked,
        .way = checker->way,
        .checked = checker->checked,
        .missing = checker->missing,
        .is_included = TRUE,
    };

    if (g_hash_table_add(checker->checked, GUINT_TO_POINTER(source)))
        tamis_sieve_check_script(&inner);
}

/* The script that is checked first stands on every way. */
static void
begin_way(TamisSieveChecker *checker)
{
    if (checker->way != NULL)
        return;
    checker->way = g_array_new(FALSE, FALSE, sizeof(TamisSourceId));
    checker->checked = g_hash_table_new(NULL, NULL);
    checker->missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_array_append_val(checker->way, checker->source);
    g_hash_table_add(checker->checked, GUINT_TO_POINTER(checker->source));
}

static void
complain_missing(TamisSieveChecker *checker, TamisSpan span, const char *name, const char *path)
{
    TamisDiagnostic *diagnostic = tamis_sieve_find(checker, span, TAMIS_RULE_UNKNOWN_NAME,
                                                   "there is no script '%.80s' to include", name);

    tamis_sieve_advise(checker, diagnostic, "put it at '%s', or write ':optional'", path);
}

/* Pigeonhole 0.5 takes it for an include of itself, or crashes. */
static void
note_left_out(TamisSieveChecker *checker, TamisSpan span, const char *name, const char *path)
{
    TamisDiagnostic *diagnostic;

    if (g_hash_table_add(checker->missing, g_strdup(path)) ||
        !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    diagnostic = tamis_sieve_find(checker, span, TAMIS_RULE_ENGINE_CRASH,
                                  "a second 'include' of the script '%.80s', which is not there, "
                                  "crashes the compiler of the server '%s' or makes it fail",
                                  name, checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "put it at '%s', or include it once", path);
}

void
tamis_sieve_check_include(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveArgument *value = bound->parameters[0];
    TamisSources *sources = tamis_report_get_sources(checker->report);
    const char *folder = tamis_sieve_bound_tag(bound, TAMIS_TAG_GLOBAL) != NULL
                             ? checker->options->global_dir
                             : checker->options->include_dir;

    const char *text;
    gsize length;

    checker->out->has_include = TRUE;
    checker->may_be_set_elsewhere = TRUE;
    if (value == NULL || folder == NULL)
        return;
    TamisSpan span = value->strings->span;
    if (!tamis_sieve_resolve(checker, value->strings, &text, &length) ||
        memchr(text, '/', length) != NULL)
        return; /* which depends, or is reported with the value's type */
    g_autofree char *name = g_strndup(text, length);
    g_autofree char *file = g_strconcat(name, ".sieve", NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    TamisSourceId source = tamis_sources_add_file(sources, path, TAMIS_SIEVE_MAX_BYTES, NULL);
    begin_way(checker);
    if (source == 0) {
        if (tamis_sieve_bound_tag(bound, TAMIS_TAG_OPTIONAL) == NULL)
            complain_missing(checker, span, name, path);
        else
            note_left_out(checker, span, name, path);
        return;
    }
    if (is_on_the_way(checker, source)) {
        TamisDiagnostic *diagnostic = tamis_sieve_find(checker, span, TAMIS_RULE_DEFINITION_CYCLE,
                                                       "the script '%s' includes itself", name);
        tamis_sieve_advise(checker, diagnostic, "take one of the includes out (RFC 6609)");
        return;
    }
    if (checker->way->len >= MAX_DEPTH) {
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, span, TAMIS_RULE_UNSUPPORTED,
                             "scripts include each other more than %d deep", MAX_DEPTH);
        tamis_sieve_advise(checker, diagnostic, "join some of them");
        return;
    }
    g_array_append_val(checker->way, source);
    check_included(checker, source);
    g_array_set_size(checker->way, checker->way->len - 1);
}
