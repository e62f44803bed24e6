/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files of a policy: paths as seen from the file that names them, imports followed, each file once.
 * What the files say is not known here. */
#include "compiler/resolve-values.h"
#include "grammar/policy/parser.h"
#include "grammar/policy/reader.h"

#include <string.h>

/* The imports that lead to a file, innermost first. */
typedef struct Way Way;
struct Way {
    const Way *outer;
    const TamisValue *path; /* NULL: the policy itself */
    guint32 file;
    guint32 depth;
};

/* Paths -------------------------------------------------------------------------------------------- */

char *
tamis_resolve_path(TamisResolver *r, const TamisValue *path)
{
    const char *text;
    gsize length;

    if (!tamis_resolve_constant_text(r, path, TAMIS_FORM_LINE, &text, &length))
        return NULL;
    g_autofree char *name = g_strndup(text, length);
    if (length == 0) {
        tamis_report_help(r->report,
                          tamis_report_add(r->report, path->span, TAMIS_RULE_SYNTAX,
                                           "the name of the file is empty"),
                          "name a file, relative to this one");
        return NULL;
    }
    if (g_path_is_absolute(name))
        return g_steal_pointer(&name);
    g_autofree char *folder =
        g_path_get_dirname(tamis_sources_get_name(r->sources, path->span.source));
    if (strcmp(folder, ".") == 0 && strcmp(name, "-") != 0)
        return g_steal_pointer(&name);
    return g_build_filename(folder, name, NULL);
}

TamisSourceId
tamis_resolve_open_file(TamisResolver *r, const TamisValue *path, gsize max_bytes)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = tamis_resolve_path(r, path);
    TamisSourceId source;

    if (name == NULL)
        return 0;
    source = r->options->open != NULL
                 ? r->options->open(r->sources, name, max_bytes, r->options->open_data, &error)
                 : tamis_sources_add_file(r->sources, name, max_bytes, &error);
    if (source == 0)
        tamis_report_help(
            r->report,
            tamis_report_add(r->report, path->span, TAMIS_RULE_SYNTAX, "%s", error->message),
            "check the name, which is relative to this file, and that it may be read");
    return source;
}

/* Imports ------------------------------------------------------------------------------------------ */

static void
report_cycle(TamisResolver *r, const TamisValue *path, const Way *way, guint32 file)
{
    const TamisFile *first = g_ptr_array_index(r->files, file);
    TamisDiagnostic *diagnostic = tamis_report_add(
        r->report, path->span, TAMIS_RULE_DEFINITION_CYCLE, "'%s' leads back to itself",
        tamis_sources_get_name(r->sources, first->source));
    g_autoptr(GPtrArray) steps = g_ptr_array_new();

    for (; way != NULL && way->file != file; way = way->outer)
        g_ptr_array_add(steps, (gpointer)way);
    for (guint i = steps->len; i > 0; i--) {
        const Way *step = g_ptr_array_index(steps, i - 1);
        const TamisFile *at = g_ptr_array_index(r->files, step->file);
        tamis_report_relate(r->report, diagnostic, step->path->span, "it imports '%s' here",
                            tamis_sources_get_name(r->sources, at->source));
    }
    tamis_report_help(r->report, diagnostic, "take one of the imports out");
}

static guint32
find_file(const TamisResolver *r, TamisSourceId source)
{
    for (guint i = 0; i < r->files->len; i++)
        if (((const TamisFile *)g_ptr_array_index(r->files, i))->source == source)
            return i;
    return TAMIS_NO_INDEX;
}

static void
read_file(TamisResolver *r, TamisSourceId source, const TamisValue *path, const Way *outer);

static void
read_import(TamisResolver *r, const TamisValue *path, const Way *way)
{
    TamisSourceId source = tamis_resolve_open_file(r, path, TAMIS_POLICY_MAX_BYTES);
    TamisImport import = {path, way->file, TAMIS_NO_INDEX};

    if (source == 0)
        return;
    import.imported = find_file(r, source);
    if (import.imported == TAMIS_NO_INDEX) {
        if (way->depth + 1 >= TAMIS_MAX_IMPORT_DEPTH) {
            tamis_report_help(r->report,
                              tamis_report_add(r->report, path->span, TAMIS_RULE_SYNTAX,
                                               "imports lead deeper than %d files",
                                               TAMIS_MAX_IMPORT_DEPTH),
                              "import that file from one nearer to the first");
            return;
        }
        if (r->files->len >= TAMIS_MAX_FILES) {
            if (r->files->len == TAMIS_MAX_FILES && !r->is_exhausted)
                tamis_report_help(r->report,
                                  tamis_report_add(r->report, path->span, TAMIS_RULE_SYNTAX,
                                                   "the policy has more than %d files",
                                                   TAMIS_MAX_FILES),
                                  "put some of them into one file");
            r->is_exhausted = TRUE;
            return;
        }
        import.imported = r->files->len;
        g_array_append_val(r->imports, import);
        read_file(r, source, path, way);
        return;
    }
    g_array_append_val(r->imports, import);
    if (((const TamisFile *)g_ptr_array_index(r->files, import.imported))->is_open)
        report_cycle(r, path, way, import.imported);
}

static void
read_alias_import(TamisResolver *r, const TamisValue *path)
{
    TamisSourceId source = tamis_resolve_open_file(r, path, TAMIS_POLICY_MAX_BYTES);

    for (guint i = 0; source != 0 && i < r->alias_maps->len; i++)
        if (g_array_index(r->alias_maps, TamisSourceId, i) == source)
            return;
    if (source != 0 && r->alias_maps->len >= TAMIS_MAX_FILES)
        tamis_report_help(r->report,
                          tamis_report_add(r->report, path->span, TAMIS_RULE_SYNTAX,
                                           "the policy has more than %d alias maps",
                                           TAMIS_MAX_FILES),
                          "put some of them into one map");
    else if (source != 0)
        g_array_append_val(r->alias_maps, source);
}

static gboolean
is_definition(TamisDeclarationKind kind)
{
    return kind == TAMIS_DECLARATION_GROUP || kind == TAMIS_DECLARATION_HOURS ||
           kind == TAMIS_DECLARATION_CONDITION || kind == TAMIS_DECLARATION_ENCRYPTION ||
           kind == TAMIS_DECLARATION_TEMPLATE;
}

/* The one walk over a tree, which may be large. */
static void
sort_declarations(TamisResolver *r, TamisFile *file, const TamisDeclaration *declarations,
                  GPtrArray *imports)
{
    for (const TamisDeclaration *at = declarations; at != NULL; at = at->next) {
        TamisDeclarationKind kind =
            at->kind == TAMIS_DECLARATION_EACH ? TAMIS_DECLARATION_MAILBOX : at->kind;
        g_ptr_array_add(kind == TAMIS_DECLARATION_IMPORT ? imports : r->declarations[kind],
                        (gpointer)at);
        if (!is_definition(kind) && (kind != TAMIS_DECLARATION_IMPORT || at->import.is_aliases))
            file->is_used = TRUE;
    }
}

static void
read_file(TamisResolver *r, TamisSourceId source, const TamisValue *path, const Way *outer)
{
    TamisFile *file = tamis_arena_new0(r->arena, TamisFile);
    Way way = {outer, path, r->files->len, outer != NULL ? outer->depth + 1 : 0};
    g_autoptr(GPtrArray) imports = g_ptr_array_new();

    file->source = source;
    file->is_open = TRUE;
    g_ptr_array_add(r->files, file);
    sort_declarations(
        r, file, tamis_policy_read_apart(source, r->arena, r->mailboxes, r->report)->declarations,
        imports);
    for (guint i = 0; i < imports->len; i++) {
        const TamisDeclaration *at = g_ptr_array_index(imports, i);
        if (at->import.path == NULL)
            continue;
        if (at->import.is_aliases)
            read_alias_import(r, at->import.path);
        else
            read_import(r, at->import.path, &way);
    }
    file->is_open = FALSE;
}

void
tamis_resolve_read_files(TamisResolver *r, TamisSourceId source)
{
    read_file(r, source, NULL, NULL);
    r->is_exhausted = FALSE;
}

/* What they are good for --------------------------------------------------------------------------- */

static void
mark_used_files(TamisResolver *r)
{
    gboolean *used = g_new0(gboolean, tamis_sources_count(r->sources) + 1);
    gboolean changed = TRUE;

    for (guint kind = 0; kind < TAMIS_N_NAMED_KINDS; kind++)
        for (guint i = 0; i < r->named[kind]->len; i++) {
            const TamisNamed *named = tamis_resolve_get_named(r, kind, i);
            used[named->span.source] = used[named->span.source] || named->used;
        }
    for (guint i = 0; i < r->files->len; i++) {
        TamisFile *file = g_ptr_array_index(r->files, i);
        file->is_used = file->is_used || used[file->source];
    }
    g_free(used);
    while (changed) {
        changed = FALSE;
        for (guint i = r->imports->len; i > 0; i--) {
            const TamisImport *at = &g_array_index(r->imports, TamisImport, i - 1);
            TamisFile *importer = g_ptr_array_index(r->files, at->importer);
            const TamisFile *imported = g_ptr_array_index(r->files, at->imported);
            changed = changed || (imported->is_used && !importer->is_used);
            importer->is_used = importer->is_used || imported->is_used;
        }
    }
}

void
tamis_resolve_add_import_definitions(TamisResolver *r)
{
    mark_used_files(r);
    for (guint i = 0; i < r->imports->len; i++) {
        const TamisImport *at = &g_array_index(r->imports, TamisImport, i);
        const TamisFile *imported = g_ptr_array_index(r->files, at->imported);
        TamisDefinition definition = {
            TAMIS_DEFINES_IMPORT,
            tamis_strings_add(r->strings, at->path->text, at->path->length_bytes), at->path->span,
            imported->is_used};
        g_array_append_val(r->policy->definitions, definition);
    }
}
