/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose policy it is: domains, time zone, delimiter; and limits, the policy's and a mailbox's. */
#include "compiler/resolve-plans.h"

#include <string.h>

/* Zones -------------------------------------------------------------------------------------------- */

const TamisZone *
tamis_resolve_zone(TamisResolver *r, const TamisValue *zone)
{
    const TamisZone *found = tamis_zone_get(zone->text);
    TamisDiagnostic *diagnostic;

    if (found != NULL)
        return found;
    diagnostic = tamis_report_add(r->report, zone->span, TAMIS_RULE_UNKNOWN_NAME,
                                  "unknown time zone '%s'", zone->text);
    const char *const *names = tamis_zone_names();
    if (!tamis_resolve_suggest(r, diagnostic, zone->text, names, g_strv_length((char **)names)))
        tamis_report_help(r->report, diagnostic, "write an IANA zone, such as 'Europe/Berlin'");
    return NULL;
}

/* The organization --------------------------------------------------------------------------------- */

/* What was met so far. */
typedef struct {
    const TamisSettingSyntax *timezone, *delimiter;
    const TamisDeclaration *first;
    GArray *domains; /* TamisString */
} Organization;

static void
report_twice(TamisResolver *r, const char *what, TamisSpan second, TamisSpan first)
{
    TamisDiagnostic *diagnostic = tamis_report_add(r->report, second, TAMIS_RULE_DUPLICATE_NAME,
                                                   "%s is given more than once", what);

    tamis_report_relate(r->report, diagnostic, first, "first given here");
    tamis_report_help(r->report, diagnostic, "take one of them out");
}

static void
add_domains(TamisResolver *r, const TamisValue *values, Organization *organization)
{
    TamisOperands operands = tamis_resolve_bind(r, r->arena, &tamis_no_scope, values);
    TamisString domain;

    for (guint32 i = 0; i < operands.n; i++) {
        TamisTerm term = tamis_resolve_evaluate(r, &tamis_no_frame, &operands.items[i]);
        if (tamis_resolve_to_domain(r, &tamis_no_frame, &term, term.origin, &domain) &&
            tamis_marks_add(&r->marks, domain))
            g_array_append_val(organization->domains, domain);
    }
}

/* One character that may stand in a local part and is not the rest of a name. */
static gboolean
is_delimiter(const char *text, gsize length_bytes)
{
    return length_bytes == 1 && strchr("+-_=#~!$%&*^|/.", *text) != NULL;
}

static void
set_delimiter(TamisResolver *r, const TamisValue *value)
{
    const char *text;
    gsize length;

    if (!tamis_resolve_constant_text(r, value, TAMIS_FORM_LINE, &text, &length))
        return;
    if (is_delimiter(text, length)) {
        r->policy->delimiter = tamis_strings_add(r->strings, text, length);
        return;
    }
    g_autofree char *excerpt = tamis_resolve_excerpt(text, length);
    TamisDiagnostic *diagnostic =
        tamis_report_add(r->report, value->span, TAMIS_RULE_TYPE, "'%s' is no delimiter", excerpt);
    tamis_report_help(r->report, diagnostic,
                      "write the one character that parts a name from its "
                      "detail, such as \"+\"");
}

static void
read_setting(TamisResolver *r, const TamisSettingSyntax *setting, Organization *organization)
{
    const TamisZone *zone;

    if (setting->values == NULL)
        return;
    switch (setting->kind) {
    case TAMIS_SETTING_DOMAINS:
        add_domains(r, setting->values, organization);
        break;
    case TAMIS_SETTING_TIMEZONE:
        if (organization->timezone != NULL)
            break; /* reported by the parser */
        organization->timezone = setting;
        zone = tamis_resolve_zone(r, setting->values);
        r->policy->zone = zone != NULL ? zone : r->policy->zone;
        break;
    case TAMIS_SETTING_DELIMITER:
        if (organization->delimiter != NULL)
            break;
        organization->delimiter = setting;
        set_delimiter(r, setting->values);
        break;
    }
}

static void
check_complete(TamisResolver *r, const TamisDeclaration *declaration,
               const Organization *organization)
{
    gboolean has_domains = FALSE;
    TamisDiagnostic *diagnostic;

    for (const TamisSettingSyntax *at = declaration->organization; at != NULL; at = at->next)
        has_domains = has_domains || at->kind == TAMIS_SETTING_DOMAINS;
    if (!has_domains) {
        diagnostic = tamis_report_add(r->report, declaration->span, TAMIS_RULE_SYNTAX,
                                      "the organization has no domains");
        tamis_report_help(r->report, diagnostic, "add 'domains acme.example;' with your own");
    }
    if (organization->timezone == NULL) {
        diagnostic = tamis_report_add(r->report, declaration->span, TAMIS_RULE_SYNTAX,
                                      "the organization has no time zone");
        tamis_report_help(r->report, diagnostic, "add 'timezone Europe/Berlin;' with your own");
    }
}

/* Whether some text could not be read, which may have been it. */
static gboolean
is_unreadable(TamisResolver *r)
{
    for (guint i = 0; i < tamis_report_count(r->report); i++)
        if (tamis_report_get(r->report, i)->rule == TAMIS_RULE_SYNTAX)
            return TRUE;
    return FALSE;
}

static void
report_no_organization(TamisResolver *r)
{
    const TamisFile *file = g_ptr_array_index(r->files, 0);
    TamisSpan start = {file->source, 0, 0};
    TamisDiagnostic *diagnostic =
        tamis_report_add(r->report, start, TAMIS_RULE_SYNTAX, "the policy has no organization");

    tamis_report_help(r->report, diagnostic,
                      "say whose it is: organization { domains acme.example; timezone "
                      "Europe/Berlin; }");
}

static void
read_organization(TamisResolver *r, const TamisDeclaration *declaration, Organization *organization)
{
    if (organization->first != NULL) {
        report_twice(r, "the organization", declaration->span, organization->first->span);
        return;
    }
    organization->first = declaration;
    r->policy->organization_span = declaration->span;
    for (const TamisSettingSyntax *at = declaration->organization; at != NULL; at = at->next)
        read_setting(r, at, organization);
    check_complete(r, declaration, organization);
}

void
tamis_resolve_organization(TamisResolver *r)
{
    g_autoptr(GArray) domains = g_array_new(FALSE, FALSE, sizeof(TamisString));
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(TamisString));
    Organization organization = {.domains = domains};

    r->policy->zone = tamis_zone_get("UTC");
    r->policy->delimiter = tamis_strings_add(r->strings, "+", 1);
    tamis_marks_clear(&r->marks);
    for (guint i = 0; i < r->declarations[TAMIS_DECLARATION_ORGANIZATION]->len; i++)
        read_organization(r, g_ptr_array_index(r->declarations[TAMIS_DECLARATION_ORGANIZATION], i),
                          &organization);
    if (organization.first == NULL && !is_unreadable(r))
        report_no_organization(r);
    r->policy->domains =
        tamis_resolve_store(r, r->policy->values, domains, r->policy->organization_span);
    r->policy->internals = tamis_resolve_make_party(r, none, domains, r->policy->organization_span);
}

/* Limits ------------------------------------------------------------------------------------------- */

static TamisSpan *
span_of_limit(TamisLimits *limits, TamisLimit limit)
{
    switch (limit) {
    case TAMIS_LIMIT_TARGETS:
        return &limits->targets_span;
    case TAMIS_LIMIT_HOPS:
        return &limits->hops_span;
    case TAMIS_LIMIT_COPIES:
        return &limits->copies_span;
    case TAMIS_LIMIT_SCRIPT_SIZE:
        return &limits->script_span;
    default:
        return &limits->lifetime_span;
    }
}

static void
set_limit(TamisLimits *limits, TamisLimit limit, guint64 number)
{
    switch (limit) {
    case TAMIS_LIMIT_TARGETS:
        limits->targets = (guint32)number;
        break;
    case TAMIS_LIMIT_HOPS:
        limits->hops = (guint32)number;
        break;
    case TAMIS_LIMIT_COPIES:
        limits->copies = (guint32)number;
        break;
    case TAMIS_LIMIT_SCRIPT_SIZE:
        limits->script_bytes = number;
        break;
    default:
        limits->lifetime_s = (gint64)number;
        break;
    }
}

static guint64
get_limit(const TamisLimits *limits, TamisLimit limit)
{
    switch (limit) {
    case TAMIS_LIMIT_TARGETS:
        return limits->targets;
    case TAMIS_LIMIT_HOPS:
        return limits->hops;
    case TAMIS_LIMIT_COPIES:
        return limits->copies;
    case TAMIS_LIMIT_SCRIPT_SIZE:
        return limits->script_bytes;
    default:
        return (guint64)limits->lifetime_s;
    }
}

/* FALSE, reported, when it says no figure that a limit can have. */
static gboolean
read_limit(TamisResolver *r, const TamisLimitSyntax *item, guint64 *out_number)
{
    gint64 seconds = 0;

    if (item->limit == TAMIS_LIMIT_LIFETIME) {
        if (!tamis_resolve_duration(r, &item->duration, &seconds))
            return FALSE;
        *out_number = (guint64)seconds;
    } else if (item->number == NULL || !tamis_resolve_number(r, item->number, out_number)) {
        return FALSE;
    }
    if (*out_number == 0) {
        tamis_report_help(
            r->report,
            tamis_report_add(r->report, item->span, TAMIS_RULE_TYPE, "a limit is at least 1"),
            "write a larger one, or leave it out");
        return FALSE;
    }
    if (item->limit < TAMIS_LIMIT_SCRIPT_SIZE)
        *out_number = MIN(*out_number, G_MAXUINT32);
    return TRUE;
}

void
tamis_resolve_limits(TamisResolver *r, const TamisLimitSyntax *items, TamisLimits *limits)
{
    static const char *const names[] = {
        [TAMIS_LIMIT_TARGETS] = "the limit 'targets'",
        [TAMIS_LIMIT_HOPS] = "the limit 'hops'",
        [TAMIS_LIMIT_COPIES] = "the limit 'copies'",
        [TAMIS_LIMIT_SCRIPT_SIZE] = "the limit 'script-size'",
        [TAMIS_LIMIT_LIFETIME] = "the limit 'lifetime'",
    };
    gboolean seen[TAMIS_N_LIMITS] = {FALSE};
    guint64 number;

    for (const TamisLimitSyntax *at = items; at != NULL; at = at->next) {
        TamisSpan *span = span_of_limit(limits, at->limit);
        if (seen[at->limit])
            continue; /* twice in one block: reported by the parser */
        seen[at->limit] = TRUE;
        if (span->source != 0) {
            report_twice(r, names[at->limit], at->span, *span);
        } else if (read_limit(r, at, &number)) {
            set_limit(limits, at->limit, number);
            *span = at->span;
            if (at->limit == TAMIS_LIMIT_LIFETIME)
                limits->lifetime_in_days = at->duration.unit == TAMIS_UNIT_DAYS;
        }
    }
}

gboolean
tamis_resolve_override_limits(TamisLimits *limits, const TamisLimits *above)
{
    TamisLimits said = *above;
    gboolean any = FALSE;

    for (TamisLimit limit = 0; limit < TAMIS_N_LIMITS; limit++) {
        TamisSpan span = *span_of_limit(&said, limit);
        if (span.source == 0)
            continue;
        set_limit(limits, limit, get_limit(above, limit));
        *span_of_limit(limits, limit) = span;
        if (limit == TAMIS_LIMIT_LIFETIME)
            limits->lifetime_in_days = above->lifetime_in_days;
        any = TRUE;
    }
    return any;
}

static void
visit_limits(TamisResolver *r, const TamisDeclaration *declaration)
{
    tamis_resolve_limits(r, declaration->limits, TAMIS_AT(r->policy->limits, TamisLimits, 0));
}

void
tamis_resolve_policy_limits(TamisResolver *r)
{
    tamis_resolve_each_declaration(r, TAMIS_DECLARATION_LIMITS, visit_limits);
}
