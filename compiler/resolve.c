/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The resolver's driver: in which order the parts of a policy are worked out, and what holds the work. */
#include "compiler/resolve-plans.h"
#include "grammar/policy/parser.h"
#include "grammar/sieve/recognize.h"

static TamisResolver *
resolver_new(TamisSources *sources, const TamisResolveOptions *options, TamisReport *report)
{
    static const TamisResolveOptions defaults;
    TamisResolver *r = g_new0(TamisResolver, 1);

    r->policy = tamis_policy_new(sources);
    r->strings = r->policy->strings;
    r->sources = sources;
    r->report = report;
    r->options = options != NULL ? options : &defaults;
    r->arena = tamis_arena_new();
    r->mailboxes = tamis_arena_new();
    r->scratch = tamis_arena_new();
    r->files = g_ptr_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(r->declarations); i++)
        r->declarations[i] = g_ptr_array_new();
    r->imports = g_array_new(FALSE, FALSE, sizeof(TamisImport));
    r->alias_maps = g_array_new(FALSE, FALSE, sizeof(TamisSourceId));
    r->tables = g_ptr_array_new();
    for (guint i = 0; i < TAMIS_N_NAMED_KINDS; i++) {
        r->named[i] = g_array_new(FALSE, FALSE, sizeof(TamisNamed));
        r->names[i] = g_hash_table_new(NULL, NULL);
    }
    r->open_names = g_array_new(FALSE, FALSE, sizeof(TamisOpenName));
    r->templates = g_ptr_array_new();
    r->condition_sizes = g_array_new(FALSE, TRUE, 2 * sizeof(guint32));
    r->faults = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->text = g_string_new(NULL);
    r->member_spans = g_array_new(FALSE, FALSE, sizeof(TamisSpan));
    r->target_buffer = g_array_new(FALSE, FALSE, sizeof(TamisTarget));
    r->alias_buffer = g_array_new(FALSE, FALSE, sizeof(TamisTarget));
    r->value_buffer = g_array_new(FALSE, FALSE, sizeof(TamisString));
    r->outside_buffer = g_array_new(FALSE, FALSE, sizeof(TamisOutside));
    return r;
}

static void
resolver_free(TamisResolver *r)
{
    GArray *arrays[] = {r->imports,         r->alias_maps,   r->open_names,
                        r->condition_sizes, r->member_spans, r->target_buffer,
                        r->alias_buffer,    r->value_buffer, r->outside_buffer};
    GPtrArray *pointers[] = {r->files, r->tables, r->templates};

    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_unref(arrays[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(pointers); i++)
        g_ptr_array_unref(pointers[i]);
    for (guint i = 0; i < G_N_ELEMENTS(r->declarations); i++)
        g_ptr_array_unref(r->declarations[i]);
    for (guint i = 0; i < TAMIS_N_NAMED_KINDS; i++) {
        g_array_unref(r->named[i]);
        g_hash_table_unref(r->names[i]);
    }
    g_hash_table_unref(r->faults);
    g_free(r->marks.rounds);
    g_string_free(r->text, TRUE);
    tamis_arena_free(r->scratch);
    tamis_arena_free(r->mailboxes);
    tamis_arena_free(r->arena);
    tamis_policy_free(r->policy);
    g_free(r);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisResolver, resolver_free)

void
tamis_resolve_each_declaration(TamisResolver *r, TamisDeclarationKind kind,
                               void (*visit)(TamisResolver *r, const TamisDeclaration *declaration))
{
    for (guint i = 0; i < r->declarations[kind]->len; i++)
        visit(r, g_ptr_array_index(r->declarations[kind], i));
}

gboolean
tamis_resolve_step(TamisResolver *r, TamisSpan place)
{
    if (r->steps < TAMIS_MAX_STEPS) {
        r->steps++;
        return TRUE;
    }
    if (!r->is_exhausted)
        tamis_report_help(r->report,
                          tamis_report_add(r->report, place, TAMIS_RULE_SYNTAX,
                                           "the policy takes more than %u steps to write out",
                                           TAMIS_MAX_STEPS),
                          "part it into several policies");
    r->is_exhausted = TRUE;
    return FALSE;
}

TamisSlice
tamis_resolve_store(TamisResolver *r, GArray *array, const GArray *buffer, TamisSpan place)
{
    TamisSlice slice = {array->len, buffer->len};

    if (buffer->len == 0)
        return slice;
    if (buffer->len > TAMIS_MAX_MEMBERS - r->members) {
        if (!r->is_exhausted)
            tamis_report_help(
                r->report,
                tamis_report_add(r->report, place, TAMIS_RULE_SYNTAX,
                                 "the policy's lists have more than %u entries together",
                                 TAMIS_MAX_MEMBERS),
                "part it into several policies, or its groups into smaller ones");
        r->is_exhausted = TRUE;
        return (TamisSlice){array->len, 0};
    }
    r->members += buffer->len;
    g_array_append_vals(array, buffer->data, buffer->len);
    return slice;
}

/* Definitions before those that use them, across kinds; within a kind the order is worked out there. */
static void
resolve(TamisResolver *r, TamisSourceId source)
{
    tamis_resolve_read_files(r, source);
    tamis_resolve_declare_names(r);
    tamis_resolve_organization(r);
    tamis_resolve_policy_limits(r);
    tamis_resolve_groups(r);
    tamis_resolve_hours(r);
    tamis_resolve_encryptions(r);
    tamis_resolve_conditions(r);
    tamis_resolve_templates(r);
    tamis_resolve_mailboxes(r);
    tamis_resolve_outsides(r);
    tamis_resolve_alias_maps(r);
    tamis_resolve_rules(r);
    tamis_resolve_tests(r);
    tamis_resolve_add_definitions(r);
    tamis_resolve_add_parameter_definitions(r);
    tamis_resolve_add_import_definitions(r);
}

/* Someone took a script for a policy: that is one mistake, and not one at every word. */
static gboolean
refuse_script(TamisResolver *r, TamisSourceId source)
{
    const TamisSources *sources = tamis_report_get_sources(r->report);
    const char *name = tamis_sources_get_name(sources, source);
    gsize length;
    const char *text = tamis_sources_get_text(sources, source, &length);

    if (g_str_has_suffix(name, ".tamis") || g_str_has_suffix(name, ".xml") ||
        !(tamis_sieve_is_name(name) || tamis_sieve_recognize(text, length)))
        return FALSE;
    TamisDiagnostic *diagnostic =
        tamis_report_add(r->report, (TamisSpan){source, 0, 0}, TAMIS_RULE_SYNTAX,
                         "this is a Sieve script, where a policy is needed");
    tamis_report_help(r->report, diagnostic,
                      "'tamis check', 'explain', 'fmt' and 'convert' take scripts");
    return TRUE;
}

TamisPolicy *
tamis_policy_load(TamisSources *sources, const char *path, const TamisResolveOptions *options,
                  TamisReport *report, GError **error)
{
    g_autoptr(TamisResolver) r = resolver_new(sources, options, report);
    TamisSourceId source;

    source =
        r->options->open != NULL
            ? r->options->open(sources, path, TAMIS_POLICY_MAX_BYTES, r->options->open_data, error)
            : tamis_sources_add_file(sources, path, TAMIS_POLICY_MAX_BYTES, error);
    if (source == 0)
        return NULL;
    if (!refuse_script(r, source))
        resolve(r, source);
    return g_steal_pointer(&r->policy);
}
