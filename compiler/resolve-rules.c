/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a policy forbids, requires and allows. Whether it is kept is the linter's. */
#include "base/catalogue.h"
#include "compiler/resolve-plans.h"

#include <string.h>

static TamisParty
make_party(TamisResolver *r, const TamisPartySyntax *syntax)
{
    switch (syntax->kind) {
    case TAMIS_PARTY_INTERNAL:
        return (TamisParty){.kind = TAMIS_INTERNALS};
    case TAMIS_PARTY_EXTERNAL:
        return (TamisParty){.kind = TAMIS_EXTERNALS};
    case TAMIS_PARTY_VALUES:
        return tamis_resolve_party(r, syntax->values);
    case TAMIS_PARTY_ANY:
        break;
    }
    return (TamisParty){.kind = TAMIS_ANYONE};
}

static TamisString
make_title(TamisResolver *r, const TamisValue *title)
{
    TamisString string = 0;

    if (title != NULL)
        tamis_resolve_constant(r, title, TAMIS_FORM_LINE, &string);
    return string;
}

static void
visit_forbid(TamisResolver *r, const TamisDeclaration *declaration)
{
    static const TamisForbidUnless unless[] = {
        [TAMIS_UNLESS_NEVER] = TAMIS_BROKEN_ALWAYS,
        [TAMIS_UNLESS_ENCRYPTED] = TAMIS_BROKEN_UNLESS_ENCRYPTED,
        [TAMIS_UNLESS_COPIED] = TAMIS_BROKEN_UNLESS_COPIED,
        [TAMIS_UNLESS_CONDITION] = TAMIS_BROKEN_UNLESS_CONDITION,
    };
    TamisForbid forbid = {.title = make_title(r, declaration->forbid.title),
                          .span = declaration->span,
                          .from = make_party(r, &declaration->forbid.from),
                          .to = make_party(r, &declaration->forbid.to),
                          .unless = unless[declaration->forbid.unless],
                          .condition = TAMIS_CONDITION_NEVER};

    if (declaration->forbid.unless == TAMIS_UNLESS_CONDITION)
        forbid.condition = tamis_resolve_use_condition(r, &declaration->forbid.condition);
    g_array_append_val(r->policy->forbids, forbid);
}

static void
visit_require(TamisResolver *r, const TamisDeclaration *declaration)
{
    static const TamisDemand demands[] = {
        [TAMIS_REQUIRE_EXPIRY] = TAMIS_DEMAND_EXPIRY,
        [TAMIS_REQUIRE_COPY] = TAMIS_DEMAND_COPY,
        [TAMIS_REQUIRE_VERIFIED] = TAMIS_DEMAND_VERIFIED,
    };
    TamisRequire require = {.title = make_title(r, declaration->require.title),
                            .span = declaration->span,
                            .demand = demands[declaration->require.kind],
                            .group = TAMIS_NO_INDEX,
                            .from = make_party(r, &declaration->require.from),
                            .to = make_party(r, &declaration->require.to)};
    const TamisName *name = &declaration->require.group;

    if (declaration->require.kind == TAMIS_REQUIRE_VERIFIED) {
        require.group = tamis_resolve_use_name(r, TAMIS_DEFINES_GROUP, name);
        if (require.group == TAMIS_NO_INDEX ||
            !tamis_resolve_check_member_group(r, require.group, name->span))
            return;
    }
    g_array_append_val(r->policy->requires, require);
}

/* Allow -------------------------------------------------------------------------------------------- */

static void
report_unknown_rule(TamisResolver *r, const TamisName *name)
{
    const char *slugs[TAMIS_N_RULES];
    TamisDiagnostic *diagnostic = tamis_report_add(r->report, name->span, TAMIS_RULE_UNKNOWN_NAME,
                                                   "unknown finding '%s'", name->text);

    for (guint i = 0; i < TAMIS_N_RULES; i++)
        slugs[i] = tamis_catalogue_get(i)->slug;
    if (!tamis_resolve_suggest(r, diagnostic, name->text, slugs, G_N_ELEMENTS(slugs)))
        tamis_report_help(r->report, diagnostic, "'tamis help' lists them");
}

/* TAMIS_N_RULES, reported, when there is none or nobody can allow it. */
static TamisRule
find_rule(TamisResolver *r, const TamisName *name)
{
    static const TamisRule texts[] = {
        TAMIS_RULE_SYNTAX,         TAMIS_RULE_TYPE,        TAMIS_RULE_UNKNOWN_NAME,
        TAMIS_RULE_DUPLICATE_NAME, TAMIS_RULE_EMPTY_GROUP, TAMIS_RULE_DEFINITION_CYCLE,
    };
    TamisRule rule = tamis_catalogue_find(name->text);

    if (rule == TAMIS_N_RULES) {
        report_unknown_rule(r, name);
        return rule;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (rule == texts[i]) {
            tamis_report_help(r->report,
                              tamis_report_add(r->report, name->span, TAMIS_RULE_TYPE,
                                               "'%s' cannot be allowed: such a text means nothing",
                                               name->text),
                              "mend what it says");
            return TAMIS_N_RULES;
        }
    return rule;
}

/* Blanks alone. */
static gboolean
says_nothing(const TamisResolver *r, TamisString text)
{
    const char *at = tamis_policy_text(r->policy, text);

    return at[strspn(at, " \t")] == '\0';
}

static void
visit_allow(TamisResolver *r, const TamisDeclaration *declaration)
{
    TamisAllow allow = {.span = declaration->span, .in = {.kind = TAMIS_ANYONE}};
    gint64 day;

    if (declaration->name.text == NULL)
        return;
    allow.rule = find_rule(r, &declaration->name);
    allow.because = make_title(r, declaration->allow.because);
    if (declaration->allow.because != NULL && says_nothing(r, allow.because))
        tamis_report_help(r->report,
                          tamis_report_add(r->report, declaration->allow.because->span,
                                           TAMIS_RULE_TYPE, "this exception gives no reason"),
                          "say why it may be so");
    if (declaration->allow.in != NULL)
        allow.in = tamis_resolve_party(r, declaration->allow.in);
    if (declaration->allow.until != NULL) {
        if (!tamis_resolve_day(r, declaration->allow.until, &day))
            return;
        allow.has_until = TRUE;
        allow.until = tamis_day_from_number(day);
        allow.until_end = tamis_resolve_end_of_day(r, day);
    }
    if (allow.rule != TAMIS_N_RULES)
        g_array_append_val(r->policy->allows, allow);
}

void
tamis_resolve_rules(TamisResolver *r)
{
    tamis_resolve_each_declaration(r, TAMIS_DECLARATION_FORBID, visit_forbid);
    tamis_resolve_each_declaration(r, TAMIS_DECLARATION_REQUIRE, visit_require);
    tamis_resolve_each_declaration(r, TAMIS_DECLARATION_ALLOW, visit_allow);
}
