/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Groups: written out, of other groups, or of a table's column. What a member is good for, the place says
 * that uses the group. */
#include "compiler/resolve-values.h"

#include <string.h>

/* Members, by what they are; each once. */
typedef struct {
    GArray *addresses;                 /* TamisTarget */
    GArray *domains, *texts;           /* TamisString */
    GArray *domain_spans, *text_spans; /* TamisSpan */
} Members;

static void
add_domain(TamisResolver *r, Members *members, TamisString domain, TamisSpan span)
{
    if (!tamis_marks_add(&r->marks, domain))
        return;
    g_array_append_val(members->domains, domain);
    g_array_append_val(members->domain_spans, span);
}

static void
add_plain_text(TamisResolver *r, Members *members, TamisString text, TamisSpan span)
{
    if (!tamis_marks_add(&r->marks, text))
        return;
    g_array_append_val(members->texts, text);
    g_array_append_val(members->text_spans, span);
}

static void
add_target(TamisResolver *r, Members *members, const TamisTarget *target)
{
    if (tamis_marks_add(&r->marks, target->address.key))
        g_array_append_vals(members->addresses, target, 1);
}

static void
add_group(TamisResolver *r, Members *members, guint32 index)
{
    const TamisGroup *group = TAMIS_AT(r->policy->groups, TamisGroup, index);
    guint32 first = group->values.first + group->addresses.n;
    guint32 n = group->values.n - group->addresses.n;

    for (guint32 i = 0; i < group->addresses.n; i++)
        add_target(r, members, tamis_policy_target(r->policy, group->addresses.first + i));
    for (guint32 i = 0; i < n; i++) {
        TamisString member = tamis_policy_value(r->policy, first + i);
        TamisSpan span = tamis_resolve_member_span(r, index, i);

        if (i < group->n_domains)
            add_domain(r, members, member, span);
        else
            add_plain_text(r, members, member, span);
    }
}

/* A string or a cell: its shape says what it is. */
static gboolean
add_text(TamisResolver *r, const TamisFrame *frame, Members *members, const TamisTerm *term,
         TamisSpan place)
{
    gboolean has_at = memchr(term->text, '@', term->length_bytes) != NULL;
    TamisTarget target = {.span = term->origin};
    TamisString domain;

    if (has_at || term->length_bytes == 0) {
        if (!tamis_resolve_to_address(r, frame, term, place, "an address", &target.address))
            return FALSE;
        add_target(r, members, &target);
        return TRUE;
    }
    g_string_truncate(r->text, 0);
    if (memchr(term->text, '.', term->length_bytes) != NULL &&
        tamis_domain_normalize(term->text, term->length_bytes, r->text)) {
        domain = tamis_strings_add(r->strings, r->text->str, r->text->len);
        add_domain(r, members, domain, term->origin);
        return TRUE;
    }
    if (!tamis_resolve_check_text(r, frame, term, place, TAMIS_FORM_LINE))
        return FALSE;
    add_plain_text(r, members, tamis_strings_add(r->strings, term->text, term->length_bytes),
                   term->origin);
    return TRUE;
}

static gboolean
add_term(TamisResolver *r, Members *members, const TamisTerm *term)
{
    TamisTarget target = {.span = term->origin};
    TamisString domain;

    switch (term->kind) {
    case TAMIS_TERM_TEXT:
    case TAMIS_TERM_CELL:
        return add_text(r, &tamis_no_frame, members, term, term->origin);
    case TAMIS_TERM_GROUP:
        add_group(r, members, term->group);
        return !tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, term->group)->is_broken;
    case TAMIS_TERM_DOMAIN:
        if (!tamis_resolve_to_domain(r, &tamis_no_frame, term, term->origin, &domain))
            return FALSE;
        add_domain(r, members, domain, term->origin);
        return TRUE;
    default:
        if (!tamis_resolve_to_address(r, &tamis_no_frame, term, term->origin,
                                      "an address, a domain or a group", &target.address))
            return FALSE;
        add_target(r, members, &target);
        return TRUE;
    }
}

/* Of a list that repeats itself thousands of times, the first place is not looked for. */
#define MOST_LOOKED_AT 1000

/* Where the group lists the member for a second time: nothing is said of one that an inner group brings along. */
static void
check_repetition(TamisResolver *r, const TamisOperands *operands, guint32 index)
{
    const TamisTerm *term = &operands->items[index].term;

    for (guint32 i = 0; i < MIN(index, MOST_LOOKED_AT); i++) {
        const TamisTerm *before = &operands->items[i].term;
        if (before->kind == TAMIS_TERM_GROUP || before->length_bytes != term->length_bytes ||
            g_ascii_strncasecmp(before->text, term->text, term->length_bytes) != 0)
            continue;
        g_autofree char *excerpt = tamis_resolve_excerpt(term->text, term->length_bytes);
        TamisDiagnostic *diagnostic =
            tamis_report_add(r->report, operands->items[index].span, TAMIS_RULE_DUPLICATE_TARGET,
                             "'%s' is in this group already", excerpt);
        tamis_report_relate(r->report, diagnostic, operands->items[i].span, "here");
        tamis_report_help(r->report, diagnostic, "take one of them out");
        return;
    }
}

static guint
count_members(const Members *members)
{
    return members->addresses->len + members->domains->len + members->texts->len;
}

static void resolve_group(TamisResolver *r, guint32 index, TamisSpan use);

static gboolean
read_block(TamisResolver *r, const TamisDeclaration *declaration, Members *members)
{
    TamisOperands operands =
        tamis_resolve_bind(r, r->arena, &tamis_no_scope, declaration->group.values);
    gboolean is_good = TRUE;

    /* Groups in it first: they need the marks too. */
    for (guint32 i = 0; i < operands.n; i++)
        if (operands.items[i].term.kind == TAMIS_TERM_GROUP)
            resolve_group(r, operands.items[i].term.group, operands.items[i].span);
    tamis_marks_clear(&r->marks);
    for (guint32 i = 0; i < operands.n; i++) {
        guint n_before = count_members(members);
        gboolean is_sound = operands.items[i].kind == TAMIS_OPERAND_TERM &&
                            add_term(r, members, &operands.items[i].term);

        if (is_sound && operands.items[i].term.kind != TAMIS_TERM_GROUP &&
            count_members(members) == n_before)
            check_repetition(r, &operands, i);
        is_good = is_sound && is_good;
    }
    return is_good;
}

static gboolean
read_column(TamisResolver *r, const TamisDeclaration *declaration, Members *members)
{
    const TamisName *name = &declaration->group.column;
    gboolean is_good;
    TamisRows rows;
    int column;

    if (!tamis_resolve_rows_open(r, declaration->group.csv, &declaration->group.where, &rows))
        return FALSE;
    column = name->text != NULL ? tamis_resolve_column(r, &rows, name->text, name->span) : -1;
    is_good = column >= 0;
    tamis_marks_clear(&r->marks);
    while (column >= 0 && tamis_resolve_rows_next(&rows)) {
        TamisFrame frame = {.row = &rows.row};
        TamisOperand operand = {.kind = TAMIS_OPERAND_CELL, .index = (guint32)column};
        TamisTerm term = tamis_resolve_evaluate(r, &frame, &operand);
        is_good = add_text(r, &frame, members, &term, name->span) && is_good;
    }
    /* What a malformed row would have brought is not known. */
    is_good = is_good && !tamis_resolve_rows_has_faults(&rows);
    tamis_resolve_rows_close(&rows);
    return is_good;
}

static void
store_members(TamisResolver *r, TamisNamed *named, TamisGroup *group, const Members *members)
{
    g_autoptr(GArray) keys =
        g_array_sized_new(FALSE, FALSE, sizeof(TamisString), members->addresses->len);

    named->first_span = r->member_spans->len;
    g_array_append_vals(r->member_spans, members->domain_spans->data, members->domain_spans->len);
    g_array_append_vals(r->member_spans, members->text_spans->data, members->text_spans->len);
    for (guint i = 0; i < members->addresses->len; i++)
        g_array_append_val(keys, TAMIS_AT(members->addresses, TamisTarget, i)->address.key);
    group->addresses = tamis_resolve_store(r, r->policy->targets, members->addresses, group->span);
    group->values = tamis_resolve_store(r, r->policy->values, keys, group->span);
    group->values.n += tamis_resolve_store(r, r->policy->values, members->domains, group->span).n;
    group->values.n += tamis_resolve_store(r, r->policy->values, members->texts, group->span).n;
    group->n_domains = members->domains->len;
    group->members = tamis_resolve_make_party(r, keys, members->domains, group->span);
}

static void
resolve_group(TamisResolver *r, guint32 index, TamisSpan use)
{
    TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, index);
    gboolean is_good;

    if (!tamis_resolve_enter(r, TAMIS_DEFINES_GROUP, index, use))
        return;
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(TamisTarget));
    g_autoptr(GArray) domains = g_array_new(FALSE, FALSE, sizeof(TamisString));
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(TamisString));
    g_autoptr(GArray) domain_spans = g_array_new(FALSE, FALSE, sizeof(TamisSpan));
    g_autoptr(GArray) text_spans = g_array_new(FALSE, FALSE, sizeof(TamisSpan));
    Members members = {addresses, domains, texts, domain_spans, text_spans};
    if (r->is_exhausted)
        is_good = FALSE;
    else if (named->declaration->group.csv != NULL)
        is_good = read_column(r, named->declaration, &members);
    else
        is_good = read_block(r, named->declaration, &members);
    named->is_broken = named->is_broken || !is_good;
    store_members(r, named, TAMIS_AT(r->policy->groups, TamisGroup, index), &members);
    tamis_resolve_leave(r);
}

void
tamis_resolve_groups(TamisResolver *r)
{
    guint n = r->named[TAMIS_DEFINES_GROUP]->len;

    for (guint i = 0; i < n; i++) {
        const TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, i);
        TamisGroup group = {
            .name = named->name, .span = named->span, .members = {.kind = TAMIS_LISTED}};
        g_array_append_val(r->policy->groups, group);
    }
    for (guint i = 0; i < n; i++)
        resolve_group(r, i, tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, i)->span);
}

TamisSpan
tamis_resolve_member_span(const TamisResolver *r, guint32 index, guint32 member)
{
    const TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, index);

    return *TAMIS_AT(r->member_spans, TamisSpan, named->first_span + member);
}

static void
fault_text(TamisResolver *r, const TamisFrame *frame, const TamisGroup *group, TamisString text,
           TamisSpan span, TamisSpan place)
{
    const TamisTerm member = {.origin = span};
    const char *string = tamis_strings_get(r->strings, text);
    g_autofree char *excerpt = tamis_resolve_excerpt(string, strlen(string));
    TamisDiagnostic *diagnostic =
        tamis_resolve_fault(r, TAMIS_RULE_BAD_ADDRESS, frame, &member, place,
                            "'%s' is no address and no domain", excerpt);

    tamis_resolve_relate(r, diagnostic, group->span, "it is in this group");
    tamis_resolve_help(r, diagnostic, "take it out of the group, or write it as name@domain");
}

gboolean
tamis_resolve_has_texts(TamisResolver *r, const TamisFrame *frame, guint32 index, TamisSpan place)
{
    TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, index);
    const TamisGroup *group = TAMIS_AT(r->policy->groups, TamisGroup, index);
    guint32 first = group->values.first + group->addresses.n;
    guint32 n = group->values.n - group->addresses.n;
    guint32 told = MIN(n, group->n_domains + TAMIS_MAX_TABLE_FAULTS);

    for (guint32 i = group->n_domains; i < told && !named->texts_told; i++)
        fault_text(r, frame, group, tamis_policy_value(r->policy, first + i),
                   tamis_resolve_member_span(r, index, i), place);
    named->texts_told = TRUE;
    return n > group->n_domains;
}

gboolean
tamis_resolve_check_member_group(TamisResolver *r, guint32 index, TamisSpan place)
{
    gboolean is_broken = tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, index)->is_broken;

    return !tamis_resolve_has_texts(r, &tamis_no_frame, index, place) && !is_broken;
}
