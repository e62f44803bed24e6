/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lists of addresses: the targets of a forward, the parties of a rule. Groups are flattened here. */
#include "compiler/resolve-values.h"

#include <string.h>

/* Targets ------------------------------------------------------------------------------------------ */

/* Groups flattened into r->target_buffer; FALSE when the group is of no use as targets, which is
 * reported. */
static gboolean
check_target_group(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term,
                   TamisSpan place)
{
    const TamisGroup *group = TAMIS_AT(r->policy->groups, TamisGroup, term->group);
    const char *name = tamis_strings_get(r->strings, group->name);
    TamisDiagnostic *diagnostic;

    tamis_resolve_has_texts(r, frame, term->group, place);
    if (tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, term->group)->is_broken)
        return FALSE;
    if (group->values.n == 0) {
        diagnostic = tamis_resolve_fault(r, TAMIS_RULE_EMPTY_GROUP, frame, term, place,
                                         "group '%s' has no member to forward to", name);
        tamis_resolve_relate(r, diagnostic, group->span, "defined here");
        tamis_resolve_help(r, diagnostic, "add a member, or take the group out of the targets");
        return FALSE;
    }
    if (group->addresses.n == group->values.n)
        return TRUE;
    if (group->n_domains == 0)
        return FALSE;
    TamisString other = tamis_policy_value(r->policy, group->values.first + group->addresses.n);
    diagnostic = tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, term, place,
                                     "'%s' in group '%s' is no address, and a target is one",
                                     tamis_strings_get(r->strings, other), name);
    tamis_resolve_relate(r, diagnostic, tamis_resolve_member_span(r, term->group, 0),
                         "it stands here");
    tamis_resolve_relate(r, diagnostic, group->span, "defined here");
    tamis_resolve_help(r, diagnostic, "forward to a group of addresses alone");
    return FALSE;
}

static gboolean
is_new_target(TamisResolver *r, TamisString key)
{
    /* Most lists are short: no need of marks. */
    if (r->target_buffer->len > 8)
        return tamis_marks_add(&r->marks, key);
    for (guint i = 0; i < r->target_buffer->len; i++)
        if (TAMIS_AT(r->target_buffer, TamisTarget, i)->address.key == key)
            return FALSE;
    if (r->target_buffer->len < 8)
        return TRUE;
    tamis_marks_clear(&r->marks);
    for (guint i = 0; i < r->target_buffer->len; i++)
        tamis_marks_add(&r->marks, TAMIS_AT(r->target_buffer, TamisTarget, i)->address.key);
    return tamis_marks_add(&r->marks, key);
}

static void
add_group_targets(TamisResolver *r, guint32 index)
{
    TamisSlice members = TAMIS_AT(r->policy->groups, TamisGroup, index)->addresses;

    for (guint32 i = 0; i < members.n; i++) {
        TamisTarget target = *tamis_policy_target(r->policy, members.first + i);
        if (is_new_target(r, target.address.key))
            g_array_append_val(r->target_buffer, target);
    }
}

TamisSlice
tamis_resolve_targets(TamisResolver *r, const TamisFrame *frame, const TamisOperands *operands,
                      TamisSpan place)
{
    TamisTarget target;

    g_array_set_size(r->target_buffer, 0);
    for (guint32 i = 0; i < operands->n; i++) {
        const TamisOperand *operand = &operands->items[i];
        TamisTerm term = tamis_resolve_evaluate(r, frame, operand);
        if (term.kind == TAMIS_TERM_GROUP) {
            if (!check_target_group(r, frame, &term, operand->span))
                continue;
            /* One group alone: all its users share its list. */
            if (operands->n == 1)
                return TAMIS_AT(r->policy->groups, TamisGroup, term.group)->addresses;
            add_group_targets(r, term.group);
        } else if (tamis_resolve_to_address(r, frame, &term, operand->span, "an address or a group",
                                            &target.address)) {
            target.span = term.origin;
            if (is_new_target(r, target.address.key))
                g_array_append_val(r->target_buffer, target);
        }
    }
    return tamis_resolve_store(r, r->policy->targets, r->target_buffer, place);
}

/* Of a list that repeats itself thousands of times, the first place is not looked for. */
#define MOST_LOOKED_AT 1000

/* names has what the operands before index name, an address's key or a group's name (those are never the
 * same), 0 where they are wrong. */
static void
check_repetition(TamisResolver *r, const TamisOperands *operands, guint32 index,
                 const TamisString *names, TamisString name)
{
    const TamisOperand *operand = &operands->items[index];
    g_autofree char *excerpt = NULL;
    TamisDiagnostic *diagnostic;

    if (tamis_marks_add(&r->marks, name))
        return;
    excerpt = tamis_resolve_excerpt(operand->term.text, operand->term.length_bytes);
    diagnostic = tamis_report_add(r->report, operand->span, TAMIS_RULE_DUPLICATE_TARGET,
                                  "'%s' is a target of this forward already", excerpt);
    tamis_resolve_blame(r, diagnostic);
    for (guint32 i = 0; i < MIN(index, MOST_LOOKED_AT); i++) {
        if (names[i] != name)
            continue;
        tamis_report_relate(r->report, diagnostic, operands->items[i].span, "here");
        break;
    }
    tamis_report_help(r->report, diagnostic, "take one of them out");
}

/* What a constant names, or 0 when it can be no target, which is reported. */
static TamisString
check_target(TamisResolver *r, const TamisOperand *operand)
{
    const TamisTerm *term = &operand->term;
    TamisAddress address;

    if (term->kind == TAMIS_TERM_GROUP)
        return check_target_group(r, &tamis_no_frame, term, operand->span)
                   ? TAMIS_AT(r->policy->groups, TamisGroup, term->group)->name
                   : 0;
    return tamis_resolve_to_address(r, &tamis_no_frame, term, operand->span,
                                    "an address or a group", &address)
               ? address.key
               : 0;
}

void
tamis_resolve_check_targets(TamisResolver *r, TamisOperands *operands)
{
    g_autofree TamisString *names = g_new0(TamisString, operands->n);

    tamis_marks_clear(&r->marks);
    for (guint32 i = 0; i < operands->n; i++) {
        TamisOperand *operand = &operands->items[i];
        if (operand->kind != TAMIS_OPERAND_TERM || operand->term.kind == TAMIS_TERM_NOTHING)
            continue;
        names[i] = check_target(r, operand);
        if (names[i] == 0)
            operand->term.kind = TAMIS_TERM_NOTHING;
        else
            check_repetition(r, operands, i, names, names[i]);
    }
}

/* Parties ------------------------------------------------------------------------------------------ */

static int
compare_strings(gconstpointer a, gconstpointer b)
{
    TamisString first = *(const TamisString *)a, second = *(const TamisString *)b;

    return first < second ? -1 : first > second;
}

static TamisSlice
store_sorted(TamisResolver *r, GArray *values, TamisSpan place)
{
    guint n = 0;

    g_array_sort(values, compare_strings);
    for (guint i = 0; i < values->len; i++) {
        TamisString value = g_array_index(values, TamisString, i);
        if (n == 0 || g_array_index(values, TamisString, n - 1) != value)
            g_array_index(values, TamisString, n++) = value;
    }
    g_array_set_size(values, n);
    return tamis_resolve_store(r, r->policy->values, values, place);
}

TamisParty
tamis_resolve_make_party(TamisResolver *r, GArray *addresses, GArray *domains, TamisSpan place)
{
    return (TamisParty){.kind = TAMIS_LISTED,
                        .addresses = store_sorted(r, addresses, place),
                        .domains = store_sorted(r, domains, place)};
}

static void
add_slice(const TamisResolver *r, TamisSlice slice, GArray *values)
{
    if (slice.n > 0)
        g_array_append_vals(values, &tamis_policy_value(r->policy, slice.first), slice.n);
}

/* A term that is an address or a domain by its shape. */
static void
add_party_term(TamisResolver *r, const TamisTerm *term, GArray *addresses, GArray *domains)
{
    gboolean is_text = term->kind == TAMIS_TERM_TEXT || term->kind == TAMIS_TERM_CELL;
    gboolean is_domain = term->kind == TAMIS_TERM_DOMAIN ||
                         (is_text && memchr(term->text, '@', term->length_bytes) == NULL &&
                          memchr(term->text, '.', term->length_bytes) != NULL);
    TamisAddress address;
    TamisString domain;

    if (is_domain) {
        if (tamis_resolve_to_domain(r, &tamis_no_frame, term, term->origin, &domain))
            g_array_append_val(domains, domain);
    } else if (tamis_resolve_to_address(r, &tamis_no_frame, term, term->origin,
                                        "an address, a domain or a group", &address)) {
        g_array_append_val(addresses, address.key);
    }
}

TamisParty
tamis_resolve_party(TamisResolver *r, const TamisValue *values)
{
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(TamisString));
    g_autoptr(GArray) domains = g_array_new(FALSE, FALSE, sizeof(TamisString));

    for (const TamisValue *at = values; at != NULL && !r->is_exhausted; at = at->next) {
        TamisOperand operand = tamis_resolve_bind_value(r, r->scratch, &tamis_no_scope, at);
        TamisTerm term = tamis_resolve_evaluate(r, &tamis_no_frame, &operand);
        if (term.kind != TAMIS_TERM_GROUP) {
            add_party_term(r, &term, addresses, domains);
            continue;
        }
        if (!tamis_resolve_check_member_group(r, term.group, at->span))
            continue;
        const TamisGroup *group = TAMIS_AT(r->policy->groups, TamisGroup, term.group);
        if (values->next == NULL)
            return group->members;
        add_slice(r, group->members.addresses, addresses);
        add_slice(r, group->members.domains, domains);
    }
    return tamis_resolve_make_party(r, addresses, domains,
                                    values != NULL ? values->span : TAMIS_NO_SPAN);
}
