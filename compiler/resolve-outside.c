/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Forwards that the policy knows and does not rule: `external … forwards to`, and the alias maps of the
 * mail transfer agent. */
#include "compiler/resolve-plans.h"
#include "grammar/alias-map.h"

#include <string.h>

/* Of first definitions, for findings: each takes its time. */
#define MOST_SEARCHES 1000

/* External ----------------------------------------------------------------------------------------- */

/* Where the policy has the address as a mailbox's own, or as an alias; it is none with a detail. */
static gboolean
find_own(const TamisPolicy *policy, TamisString key, TamisSpan *out_span, gboolean *out_is_alias)
{
    guint32 index = tamis_policy_find_mailbox(policy, key);
    const TamisMailbox *mailbox;

    if (index == TAMIS_NO_INDEX)
        return FALSE;
    mailbox = tamis_policy_mailbox(policy, index);
    *out_is_alias = mailbox->address.key != key;
    *out_span = mailbox->span;
    for (guint32 i = 0; *out_is_alias && i < mailbox->aliases.n; i++) {
        const TamisTarget *alias = tamis_policy_target(policy, mailbox->aliases.first + i);

        if (alias->address.key == key) {
            *out_span = alias->span;
            return TRUE;
        }
    }
    return !*out_is_alias;
}

static void
check_outside(TamisResolver *r, const TamisOutside *outside)
{
    const char *text = tamis_strings_get(r->strings, outside->address.text);
    TamisDiagnostic *diagnostic;
    gboolean is_alias;
    TamisSpan span;

    if (find_own(r->policy, outside->address.key, &span, &is_alias)) {
        diagnostic = tamis_report_add(r->report, outside->span, TAMIS_RULE_DUPLICATE_NAME,
                                      "external '%s' is %s of this policy", text,
                                      is_alias ? "an alias" : "a mailbox");
        tamis_report_help(r->report, diagnostic, "take it out: %s routes say where its mail goes",
                          is_alias ? "the mailbox's" : "its");
        tamis_report_relate(r->report, diagnostic, span, "defined here");
    }
    if (tamis_marks_add(&r->marks, outside->address.key) || r->n_faults++ > MOST_SEARCHES)
        return;
    for (guint i = 0; i < r->policy->outsides->len; i++) {
        const TamisOutside *first = TAMIS_AT(r->policy->outsides, TamisOutside, i);
        if (first->address.key != outside->address.key)
            continue;
        diagnostic = tamis_report_add(r->report, outside->span, TAMIS_RULE_DUPLICATE_NAME,
                                      "external '%s' is defined more than once", text);
        tamis_report_help(r->report, diagnostic, "write all its targets into one of them");
        tamis_report_relate(r->report, diagnostic, first->span, "first defined here");
        return;
    }
}

static void
visit_outside(TamisResolver *r, const TamisDeclaration *declaration)
{
    TamisOutside outside = {.span = declaration->span};
    TamisOperand operand;
    TamisOperands targets;
    TamisTerm term;

    if (declaration->outside.address == NULL)
        return;
    operand = tamis_resolve_bind_value(r, r->arena, &tamis_no_scope, declaration->outside.address);
    term = tamis_resolve_evaluate(r, &tamis_no_frame, &operand);
    targets = tamis_resolve_bind(r, r->arena, &tamis_no_scope, declaration->outside.targets);
    if (!tamis_resolve_to_address(r, &tamis_no_frame, &term, operand.span, "an address",
                                  &outside.address))
        return;
    outside.span = operand.span;
    g_array_append_val(r->outside_buffer, outside);
    TAMIS_AT(r->outside_buffer, TamisOutside, r->outside_buffer->len - 1)->targets =
        tamis_resolve_targets(r, &tamis_no_frame, &targets, operand.span);
}

void
tamis_resolve_outsides(TamisResolver *r)
{
    tamis_resolve_each_declaration(r, TAMIS_DECLARATION_OUTSIDE, visit_outside);
    tamis_marks_clear(&r->marks);
    for (guint i = 0; i < r->outside_buffer->len; i++) {
        const TamisOutside *outside = TAMIS_AT(r->outside_buffer, TamisOutside, i);
        check_outside(r, outside);
        g_array_append_vals(r->policy->outsides, outside, 1);
    }
}

/* Alias maps --------------------------------------------------------------------------------------- */

static const char *
first_domain(const TamisResolver *r)
{
    TamisSlice domains = r->policy->domains;

    return domains.n > 0
               ? tamis_policy_text(r->policy, tamis_policy_value(r->policy, domains.first))
               : NULL;
}

/* "@domain" as a key. */
static gboolean
read_catch_all(TamisResolver *r, const char *text, TamisAddress *out_address)
{
    if (!tamis_domain_normalize(text + 1, strlen(text + 1), r->text))
        return FALSE;
    g_string_prepend_c(r->text, '@');
    out_address->key = out_address->text =
        tamis_strings_add(r->strings, r->text->str, r->text->len);
    return TRUE;
}

/* user, or the user of pattern, at domain. */
static gboolean
read_joined(TamisResolver *r, const char *user, gsize user_bytes, const char *domain,
            TamisAddress *out_address)
{
    g_string_truncate(r->text, 0);
    g_string_append_len(r->text, user, (gssize)user_bytes);
    g_string_append_c(r->text, '@');
    g_string_append(r->text, domain);
    return tamis_address_parse(r->strings, r->text->str, r->text->len, out_address) ==
           TAMIS_ADDRESS_OK;
}

/* As Postfix completes it: "@domain" keeps the user, "user" gets the first domain. */
static gboolean
read_target(TamisResolver *r, const char *pattern, const char *text, TamisAddress *out_address)
{
    const char *at = strrchr(pattern, '@');
    gsize user_bytes = at != NULL ? (gsize)(at - pattern) : strlen(pattern);

    if (text[0] == '@')
        return user_bytes > 0 ? read_joined(r, pattern, user_bytes, text + 1, out_address)
                              : read_catch_all(r, text, out_address);
    if (strchr(text, '@') == NULL)
        return first_domain(r) != NULL &&
               read_joined(r, text, strlen(text), first_domain(r), out_address);
    return tamis_address_parse(r->strings, text, strlen(text), out_address) == TAMIS_ADDRESS_OK;
}

/* A hint: the map is the MTA's, and says what it says. */
static void
report_address(TamisResolver *r, TamisSpan span, const char *text)
{
    g_autofree char *excerpt = tamis_resolve_excerpt(text, strlen(text));
    TamisDiagnostic *diagnostic = tamis_report_add(r->report, span, TAMIS_RULE_BAD_ADDRESS,
                                                   "'%s' is left out: it is no address", excerpt);
    tamis_report_help(r->report, diagnostic, "write it as name@domain, or take the line out");

    diagnostic->severity = TAMIS_SEVERITY_HINT;
}

static void
add_entry(TamisResolver *r, const TamisAliasLine *line, const TamisAddress *address)
{
    TamisAliasEntry entry = {.address = *address, .span = line->pattern_span};
    TamisTarget target;

    g_array_set_size(r->target_buffer, 0);
    for (guint32 i = 0; i < line->n_targets; i++) {
        target.span = line->target_spans[i];
        if (read_target(r, line->pattern, line->targets[i], &target.address))
            g_array_append_val(r->target_buffer, target);
        else
            report_address(r, target.span, line->targets[i]);
    }
    entry.targets = tamis_resolve_store(r, r->policy->targets, r->target_buffer, entry.span);
    g_array_append_val(r->policy->aliases, entry);
}

/* Whole addresses and whole domains: they go before bare users. */
static void
add_whole(TamisResolver *r, const TamisAliasLine *line)
{
    const char *pattern = line->pattern;
    TamisAddress address;
    gboolean is_good = pattern[0] == '@' ? read_catch_all(r, pattern, &address)
                                         : tamis_address_parse(r->strings, pattern, strlen(pattern),
                                                               &address) == TAMIS_ADDRESS_OK;

    if (!is_good)
        report_address(r, line->pattern_span, pattern);
    else if (tamis_marks_add(&r->marks, address.key))
        add_entry(r, line, &address);
}

/* "user" is the user at each own domain; an own domain's name only says that the map has the domain. */
static void
add_bare(TamisResolver *r, const TamisAliasLine *line)
{
    TamisSlice domains = r->policy->domains;
    TamisAddress address;

    for (guint32 i = 0; i < domains.n; i++)
        if (g_ascii_strcasecmp(
                line->pattern,
                tamis_policy_text(r->policy, tamis_policy_value(r->policy, domains.first + i))) ==
            0)
            return;
    for (guint32 i = 0; i < domains.n; i++) {
        const char *domain =
            tamis_policy_text(r->policy, tamis_policy_value(r->policy, domains.first + i));
        if (!tamis_resolve_step(r, line->pattern_span))
            return;
        if (!read_joined(r, line->pattern, strlen(line->pattern), domain, &address)) {
            report_address(r, line->pattern_span, line->pattern);
            return;
        }
        if (tamis_marks_add(&r->marks, address.key))
            add_entry(r, line, &address);
    }
}

void
tamis_resolve_alias_maps(TamisResolver *r)
{
    g_autoptr(GPtrArray) maps = g_ptr_array_new();

    for (guint i = 0; i < r->alias_maps->len; i++) {
        TamisSourceId source = g_array_index(r->alias_maps, TamisSourceId, i);
        g_ptr_array_add(maps, tamis_alias_map_parse(source, r->arena, r->report));
    }
    tamis_marks_clear(&r->marks);
    for (guint i = 0; i < maps->len; i++) {
        const TamisAliasMap *map = g_ptr_array_index(maps, i);
        for (guint32 k = 0; k < map->n_lines; k++)
            if (strchr(map->lines[k].pattern, '@') != NULL)
                add_whole(r, &map->lines[k]);
    }
    for (guint i = 0; i < maps->len; i++) {
        const TamisAliasMap *map = g_ptr_array_index(maps, i);
        for (guint32 k = 0; k < map->n_lines; k++)
            if (strchr(map->lines[k].pattern, '@') == NULL)
                add_bare(r, &map->lines[k]);
    }
}
