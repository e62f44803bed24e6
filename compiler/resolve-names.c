/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names of a policy: one namespace for each kind, over all files; and the order in which definitions
 * that lean on each other are resolved, with the cycles in it. What they mean is not known here. */
#include "base/suggest.h"
#include "compiler/resolve-private.h"

#include <string.h>

/* Definitions of a name that has one already are listed in one finding. */
typedef struct {
    TamisDefinitionKind kind;
    guint32 index; /* of the first */
    TamisSpan span;
} Duplicate;

static const char *const kind_names[] = {
    [TAMIS_DEFINES_GROUP] = "group",         [TAMIS_DEFINES_HOURS] = "hours",
    [TAMIS_DEFINES_CONDITION] = "condition", [TAMIS_DEFINES_ENCRYPTION] = "encryption",
    [TAMIS_DEFINES_TEMPLATE] = "template",
};

TamisNamed *
tamis_resolve_get_named(const TamisResolver *r, TamisDefinitionKind kind, guint32 index)
{
    return &g_array_index(r->named[kind], TamisNamed, index);
}

static const char *
name_text(const TamisResolver *r, TamisDefinitionKind kind, guint32 index)
{
    return tamis_strings_get(r->strings, tamis_resolve_get_named(r, kind, index)->name);
}

static void
declare(TamisResolver *r, GArray *duplicates, TamisDefinitionKind kind,
        const TamisDeclaration *declaration)
{
    const TamisName *name = &declaration->name;

    if (name->text == NULL)
        return;
    TamisNamed named = {.name = tamis_strings_add(r->strings, name->text, strlen(name->text)),
                        .span = name->span,
                        .declaration = declaration};
    gpointer known = g_hash_table_lookup(r->names[kind], GUINT_TO_POINTER(named.name));
    if (known != NULL) {
        Duplicate duplicate = {kind, GPOINTER_TO_UINT(known) - 1, name->span};
        g_array_append_val(duplicates, duplicate);
        return;
    }
    g_array_append_val(r->named[kind], named);
    g_hash_table_insert(r->names[kind], GUINT_TO_POINTER(named.name),
                        GUINT_TO_POINTER(r->named[kind]->len));
}

static int
compare_duplicates(gconstpointer a, gconstpointer b)
{
    const Duplicate *first = a, *second = b;

    if (first->kind != second->kind)
        return first->kind < second->kind ? -1 : 1;
    if (first->index != second->index)
        return first->index < second->index ? -1 : 1;
    return 0;
}

static void
report_duplicates(TamisResolver *r, GArray *duplicates)
{
    TamisDiagnostic *diagnostic = NULL;

    g_array_sort(duplicates, compare_duplicates); /* stable: places stay in order */
    for (guint i = 0; i < duplicates->len; i++) {
        const Duplicate *at = &g_array_index(duplicates, Duplicate, i);
        if (i > 0 && compare_duplicates(at - 1, at) == 0) {
            tamis_report_relate(r->report, diagnostic, at->span, "and here");
            continue;
        }
        diagnostic = tamis_report_add(r->report, at->span, TAMIS_RULE_DUPLICATE_NAME,
                                      "%s '%s' is defined more than once", kind_names[at->kind],
                                      name_text(r, at->kind, at->index));
        tamis_report_relate(r->report, diagnostic,
                            tamis_resolve_get_named(r, at->kind, at->index)->span,
                            "first defined here");
        tamis_report_help(r->report, diagnostic, "give each %s a name of its own",
                          at->kind == TAMIS_DEFINES_HOURS ? "of them" : kind_names[at->kind]);
    }
}

void
tamis_resolve_declare_names(TamisResolver *r)
{
    static const struct {
        TamisDeclarationKind declares;
        TamisDefinitionKind kind;
    } kinds[] = {
        {TAMIS_DECLARATION_GROUP, TAMIS_DEFINES_GROUP},
        {TAMIS_DECLARATION_HOURS, TAMIS_DEFINES_HOURS},
        {TAMIS_DECLARATION_CONDITION, TAMIS_DEFINES_CONDITION},
        {TAMIS_DECLARATION_ENCRYPTION, TAMIS_DEFINES_ENCRYPTION},
        {TAMIS_DECLARATION_TEMPLATE, TAMIS_DEFINES_TEMPLATE},
    };
    g_autoptr(GArray) duplicates = g_array_new(FALSE, FALSE, sizeof(Duplicate));

    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        const GPtrArray *declarations = r->declarations[kinds[k].declares];
        for (guint i = 0; i < declarations->len; i++)
            declare(r, duplicates, kinds[k].kind, g_ptr_array_index(declarations, i));
    }
    report_duplicates(r, duplicates);
}

/* Look-up ------------------------------------------------------------------------------------------ */

guint32
tamis_resolve_find_name(const TamisResolver *r, TamisDefinitionKind kind, const char *name)
{
    TamisString string = tamis_strings_find(r->strings, name, strlen(name));
    gpointer known =
        string != 0 ? g_hash_table_lookup(r->names[kind], GUINT_TO_POINTER(string)) : NULL;

    return known != NULL ? GPOINTER_TO_UINT(known) - 1 : TAMIS_NO_INDEX;
}

gboolean
tamis_resolve_suggest(TamisResolver *r, TamisDiagnostic *diagnostic, const char *name,
                      const char *const *candidates, gsize n_candidates)
{
    const char *near = NULL;

    if (r->n_suggestions++ < TAMIS_MAX_SUGGESTIONS)
        near = tamis_suggest(name, candidates, n_candidates);
    if (near != NULL)
        tamis_report_help(r->report, diagnostic, "did you mean '%s'?", near);
    return near != NULL;
}

gboolean
tamis_resolve_suggest_name(TamisResolver *r, TamisDiagnostic *diagnostic, TamisDefinitionKind kind,
                           const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (r->n_suggestions >= TAMIS_MAX_SUGGESTIONS)
        return FALSE;
    for (guint i = 0; i < r->named[kind]->len; i++)
        g_ptr_array_add(names, (gpointer)name_text(r, kind, i));
    return tamis_resolve_suggest(r, diagnostic, name, (const char *const *)names->pdata,
                                 names->len);
}

/* A name of another kind, or of none. */
static void
advise_unknown(TamisResolver *r, TamisDiagnostic *diagnostic, TamisDefinitionKind kind,
               const char *name)
{
    if (kind == TAMIS_DEFINES_CONDITION &&
        tamis_resolve_find_name(r, TAMIS_DEFINES_HOURS, name) != TAMIS_NO_INDEX)
        tamis_report_help(r->report, diagnostic, "write 'now in %s'", name);
    else if (kind == TAMIS_DEFINES_CONDITION &&
             tamis_resolve_find_name(r, TAMIS_DEFINES_GROUP, name) != TAMIS_NO_INDEX)
        tamis_report_help(r->report, diagnostic, "write 'from in %s', or another field", name);
    else
        tamis_report_help(r->report, diagnostic, "define '%s %s', or take it out", kind_names[kind],
                          name);
}

guint32
tamis_resolve_use_name(TamisResolver *r, TamisDefinitionKind kind, const TamisName *name)
{
    guint32 index;

    if (name->text == NULL)
        return TAMIS_NO_INDEX;
    index = tamis_resolve_find_name(r, kind, name->text);
    if (index != TAMIS_NO_INDEX) {
        tamis_resolve_get_named(r, kind, index)->used = TRUE;
        return index;
    }
    TamisDiagnostic *diagnostic = tamis_report_add(r->report, name->span, TAMIS_RULE_UNKNOWN_NAME,
                                                   "unknown %s '%s'", kind_names[kind], name->text);
    if (!tamis_resolve_suggest_name(r, diagnostic, kind, name->text))
        advise_unknown(r, diagnostic, kind, name->text);
    return TAMIS_NO_INDEX;
}

/* Cycles ------------------------------------------------------------------------------------------- */

/* All places: from the definition that the cycle starts with, use by use, to the one that closes it. */
static void
report_cycle(TamisResolver *r, TamisDefinitionKind kind, guint32 index, TamisSpan use)
{
    guint first = r->open_names->len;
    TamisDiagnostic *diagnostic = tamis_report_add(r->report, use, TAMIS_RULE_DEFINITION_CYCLE,
                                                   "%s '%s' leads back to itself", kind_names[kind],
                                                   name_text(r, kind, index));

    tamis_report_help(r->report, diagnostic, "take one of these uses out");
    while (first > 0) {
        const TamisOpenName *at = &g_array_index(r->open_names, TamisOpenName, --first);
        if (at->kind == kind && at->index == index)
            break;
    }
    tamis_report_relate(r->report, diagnostic, tamis_resolve_get_named(r, kind, index)->span,
                        "'%s' is defined here", name_text(r, kind, index));
    for (guint i = first; i < r->open_names->len; i++) {
        const TamisOpenName *at = &g_array_index(r->open_names, TamisOpenName, i);
        tamis_resolve_get_named(r, kind, at->index)->is_broken = TRUE;
        if (i > first)
            tamis_report_relate(r->report, diagnostic, at->use, "which uses '%s' here",
                                name_text(r, kind, at->index));
    }
}

static void
report_chain(TamisResolver *r, TamisDefinitionKind kind, guint32 index, TamisSpan use)
{
    tamis_resolve_get_named(r, kind, index)->is_broken = TRUE;
    tamis_report_help(r->report,
                      tamis_report_add(r->report, use, TAMIS_RULE_SYNTAX,
                                       "%s '%s' leads through a chain of more than %d others",
                                       kind_names[kind], name_text(r, kind, index),
                                       TAMIS_MAX_NAME_NESTING),
                      "let it name what it needs itself");
}

/* The definition that is being resolved leans on this one. */
static void
raise_nesting(TamisResolver *r, TamisDefinitionKind kind, const TamisNamed *used, TamisSpan use)
{
    const TamisOpenName *open;
    TamisNamed *user;

    if (r->open_names->len == 0 || used->is_broken)
        return;
    open = &g_array_index(r->open_names, TamisOpenName, r->open_names->len - 1);
    if (open->kind != kind)
        return;
    user = tamis_resolve_get_named(r, kind, open->index);
    user->nesting = MAX(user->nesting, used->nesting + 1);
    if (user->nesting > TAMIS_MAX_NAME_NESTING && !user->is_broken)
        report_chain(r, kind, open->index, use);
}

/* Whether one more of this kind may be resolved inside those that are open; reports the outermost. */
static gboolean
has_depth(TamisResolver *r, TamisDefinitionKind kind)
{
    guint first = 0, n = r->open_names->len;

    while (first < n && g_array_index(r->open_names, TamisOpenName, first).kind != kind)
        first++;
    if (n - first <= TAMIS_MAX_NAME_NESTING)
        return TRUE;
    report_chain(r, kind, g_array_index(r->open_names, TamisOpenName, first).index,
                 g_array_index(r->open_names, TamisOpenName, first + 1).use);
    return FALSE;
}

gboolean
tamis_resolve_enter(TamisResolver *r, TamisDefinitionKind kind, guint32 index, TamisSpan use)
{
    TamisNamed *named = tamis_resolve_get_named(r, kind, index);
    TamisOpenName open = {kind, index, use};

    if (named->state == TAMIS_NAMED_OPEN) {
        report_cycle(r, kind, index, use);
        return FALSE;
    }
    if (named->state == TAMIS_NAMED_NEW && !has_depth(r, kind)) {
        named->is_broken = TRUE;
        named->state = TAMIS_NAMED_DONE;
    }
    if (named->state == TAMIS_NAMED_DONE) {
        raise_nesting(r, kind, named, use);
        return FALSE;
    }
    named->state = TAMIS_NAMED_OPEN;
    g_array_append_val(r->open_names, open);
    return TRUE;
}

void
tamis_resolve_leave(TamisResolver *r)
{
    TamisOpenName open = g_array_index(r->open_names, TamisOpenName, r->open_names->len - 1);
    TamisNamed *named = tamis_resolve_get_named(r, open.kind, open.index);

    named->state = TAMIS_NAMED_DONE;
    g_array_set_size(r->open_names, r->open_names->len - 1);
    raise_nesting(r, open.kind, named, open.use);
}

/* Used flags --------------------------------------------------------------------------------------- */

static void
copy_used_flags(TamisResolver *r)
{
    TamisPolicy *policy = r->policy;

    for (guint i = 0; i < policy->groups->len; i++)
        TAMIS_AT(policy->groups, TamisGroup, i)->used =
            tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, i)->used;
    for (guint i = 0; i < policy->hours->len; i++)
        TAMIS_AT(policy->hours, TamisHoursDefinition, i)->used =
            tamis_resolve_get_named(r, TAMIS_DEFINES_HOURS, i)->used;
    for (guint i = 0; i < policy->named_conditions->len; i++)
        TAMIS_AT(policy->named_conditions, TamisConditionDefinition, i)->used =
            tamis_resolve_get_named(r, TAMIS_DEFINES_CONDITION, i)->used;
    for (guint i = 0; i < policy->encryptions->len; i++)
        TAMIS_AT(policy->encryptions, TamisEncryption, i)->used =
            tamis_resolve_get_named(r, TAMIS_DEFINES_ENCRYPTION, i)->used;
}

void
tamis_resolve_add_definitions(TamisResolver *r)
{
    copy_used_flags(r);
    for (guint kind = 0; kind < TAMIS_N_NAMED_KINDS; kind++)
        for (guint i = 0; i < r->named[kind]->len; i++) {
            const TamisNamed *named = tamis_resolve_get_named(r, kind, i);
            TamisDefinition definition = {kind, named->name, named->span, named->used};
            g_array_append_val(r->policy->definitions, definition);
        }
}

/* Marks -------------------------------------------------------------------------------------------- */

void
tamis_marks_clear(TamisMarks *marks)
{
    if (++marks->round != 0)
        return;
    memset(marks->rounds, 0, marks->n_rounds * sizeof(guint32));
    marks->round = 1;
}

gboolean
tamis_marks_add(TamisMarks *marks, guint32 number)
{
    if (number >= marks->n_rounds) {
        guint32 n = MAX(number + 1, MAX(marks->n_rounds, 512) * 2);
        marks->rounds = g_renew(guint32, marks->rounds, n);
        memset(marks->rounds + marks->n_rounds, 0, (n - marks->n_rounds) * sizeof(guint32));
        marks->n_rounds = n;
    }
    if (marks->rounds[number] == marks->round)
        return FALSE;
    marks->rounds[number] = marks->round;
    return TRUE;
}
