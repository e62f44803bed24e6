/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts about a site's flows, and findings with a witness. */
#include "lint/flow-facts.h"

#include "lint/pair.h"

#include <string.h>

/* In bytes, of a field's value for people. */
#define MAX_SHOWN_VALUE  60
#define MAX_SHOWN_FIELDS 12

TamisFlowFacts *
tamis_flow_facts_new(TamisSite *site, TamisFacts *policy_facts, TamisReport *report,
                     TamisInstant as_of)
{
    TamisFlowFacts *facts = g_new0(TamisFlowFacts, 1);
    const TamisSolverOptions options = {
        .policy = tamis_site_get_policy(site),
        .zone = tamis_site_get_zone(site),
        .delimiter = tamis_site_get_delimiter(site),
        .not_before = as_of,
        .not_after = TAMIS_INSTANT_MAX,
    };

    facts->site = site;
    facts->policy = options.policy;
    facts->policy_facts = policy_facts;
    facts->report = report;
    facts->as_of = as_of;
    facts->formulas = tamis_site_get_formulas(site);
    facts->solver = tamis_solver_new(facts->formulas, &options);
    facts->carry = tamis_carry_new(facts->formulas, options.delimiter);
    facts->steady = tamis_steady_new(site);
    facts->names = g_string_chunk_new(1024);
    return facts;
}

void
tamis_flow_facts_free(TamisFlowFacts *facts)
{
    if (facts == NULL)
        return;
    tamis_solver_free(facts->solver);
    tamis_carry_free(facts->carry);
    tamis_steady_free(facts->steady);
    tamis_mail_free(facts->mail);
    g_string_chunk_free(facts->names);
    g_clear_pointer(&facts->dead, g_array_unref);
    g_clear_pointer(&facts->arrived, g_hash_table_unref);
    g_free(facts);
}

TamisMail *
tamis_flow_facts_mail(TamisFlowFacts *facts)
{
    if (facts->mail == NULL)
        facts->mail = tamis_mail_new(facts->site, facts->as_of);
    return facts->mail;
}

void
tamis_flow_look_at_shapes(TamisFlowFacts *facts,
                          gboolean (*look)(TamisFlowFacts *facts, guint32 mailbox, gpointer data),
                          gpointer data)
{
    guint32 n = tamis_site_n_mailboxes(facts->site);
    const TamisShapes *shapes =
        facts->policy_facts != NULL ? tamis_facts_shapes(facts->policy_facts) : NULL;
    g_autofree guint8 *is_fine = g_new0(guint8, shapes != NULL ? tamis_shapes_count(shapes) : n);

    for (guint32 i = 0; i < n; i++) {
        guint32 shape = shapes != NULL ? tamis_shapes_get(shapes, i) : i;

        if (!is_fine[shape])
            is_fine[shape] = !look(facts, i, data);
    }
}

const char *
tamis_flow_text(const TamisFlowFacts *facts, TamisString string)
{
    return tamis_strings_get(tamis_formulas_get_strings(facts->formulas), string);
}

const TamisRoute *
tamis_flow_route(const TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *action)
{
    TamisSlice routes;

    if (facts->policy == NULL || action == NULL || action->route == 0)
        return NULL;
    routes = tamis_policy_mailbox(facts->policy, mailbox)->routes;
    for (guint32 i = routes.first; i < routes.first + routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(facts->policy, i);

        for (guint32 j = 0; route->name == action->route && j < route->actions.n; j++) {
            TamisSpan span = tamis_policy_action(facts->policy, route->actions.first + j)->span;

            if (span.source == action->span.source && span.offset == action->span.offset)
                return route;
        }
    }
    return NULL;
}

TamisFormula
tamis_flow_base(TamisFlowFacts *facts, guint32 mailbox)
{
    g_autoptr(GArray) keys = NULL;
    const char *own = tamis_site_get_address(facts->site, mailbox);
    TamisString key;

    if (*own == '\0' ||
        !tamis_steady_asks_recipient(facts->steady, tamis_site_get_flow(facts->site, mailbox)))
        return TAMIS_FORMULA_TRUE;
    keys = g_array_new(FALSE, FALSE, sizeof(TamisString));
    key = tamis_strings_add(tamis_formulas_get_strings(facts->formulas), own, strlen(own));
    g_array_append_val(keys, key);
    if (facts->policy != NULL) {
        TamisSlice aliases = tamis_policy_mailbox(facts->policy, mailbox)->aliases;

        for (guint32 i = aliases.first; i < aliases.first + aliases.n; i++)
            g_array_append_val(keys, tamis_policy_target(facts->policy, i)->address.key);
    }
    return tamis_carry_addressed_to(facts->carry, (const TamisString *)keys->data, keys->len);
}

const char *
tamis_flow_to(TamisFlowFacts *facts, guint32 mailbox, const TamisSolution *solution)
{
    const char *own = tamis_site_get_address(facts->site, mailbox);

    if (solution->witness == NULL ||
        (*own != '\0' && tamis_flow_base(facts, mailbox) == TAMIS_FORMULA_TRUE))
        return own;
    return solution->witness->envelope_to;
}

const char *
tamis_flow_name(TamisFlowFacts *facts, guint32 mailbox)
{
    const char *own = tamis_site_get_address(facts->site, mailbox);
    g_autofree char *name = NULL;

    if (*own == '\0')
        return "the mailbox";
    name = g_strdup_printf("'%s'", own);
    return g_string_chunk_insert(facts->names, name);
}

TamisSpan
tamis_flow_mailbox_span(const TamisFlowFacts *facts, guint32 mailbox)
{
    if (facts->policy != NULL)
        return tamis_policy_mailbox(facts->policy, mailbox)->span;
    return (TamisSpan){tamis_site_get_source(facts->site, mailbox), 0, 0};
}

/* Findings -------------------------------------------------------------------------------------- */

static TamisDiagnostic *
find_in_policy(TamisFlowFacts *facts, TamisRule rule, TamisSpan span, guint32 mailbox,
               const TamisFlowAction *action, const char *message)
{
    TamisRouteWalk at = {
        .policy = facts->policy,
        .mailbox_index = mailbox,
        .mailbox = tamis_policy_mailbox(facts->policy, mailbox),
        .route = tamis_flow_route(facts, mailbox, action),
    };

    return tamis_facts_find(facts->policy_facts, rule, span, &at, "%s", message);
}

TamisDiagnostic *
tamis_flow_find(TamisFlowFacts *facts, TamisRule rule, TamisSpan span, guint32 mailbox,
                const TamisFlowAction *action, const char *format, ...)
{
    g_autofree char *message = NULL;
    TamisDiagnostic *diagnostic;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (facts->policy_facts != NULL)
        return find_in_policy(facts, rule, span, mailbox, action, message);
    diagnostic = tamis_report_add(facts->report, span, rule, "%s", message);
    if (*tamis_site_get_address(facts->site, mailbox) != '\0')
        tamis_report_blame(facts->report, diagnostic, tamis_site_get_address(facts->site, mailbox),
                           NULL);
    return diagnostic;
}

GHashTable *
tamis_flow_told(TamisFlowFacts *facts, guint first)
{
    GHashTable *told = g_hash_table_new(tamis_pair_hash, NULL);

    for (guint i = first; i < tamis_report_count(facts->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(facts->report, i);

        g_hash_table_add(told, tamis_pair(at->span.source, at->span.offset));
        for (guint j = 0; at->related != NULL && j < at->related->len; j++) {
            TamisSpan span = g_array_index(at->related, TamisRelated, j).span;

            g_hash_table_add(told, tamis_pair(span.source, span.offset));
        }
    }
    return told;
}

/* Witnesses ------------------------------------------------------------------------------------- */

/* What the atoms of a guard look at. */
typedef struct {
    GHashTable *headers; /* names in lower case, lent */
    gboolean sender, size, body;
    guint grades; /* bits by TamisGrade */
} Looked;

static void
look_at_atom(const TamisFlowFacts *facts, const TamisAtom *atom, Looked *looked)
{
    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_HEADER:
    case TAMIS_ATOM_ADDRESS:
    case TAMIS_ATOM_EXISTS:
    case TAMIS_ATOM_DATE:
    case TAMIS_ATOM_ADDRESSED:
        for (guint32 i = 0; i < atom->names.n; i++)
            g_hash_table_add(looked->headers,
                             (gpointer)tamis_flow_text(
                                 facts, tamis_formulas_list_get(facts->formulas, atom->names, i)));
        break;
    case TAMIS_ATOM_ENVELOPE:
        looked->sender = TRUE;
        break;
    case TAMIS_ATOM_SIZE:
        looked->size = TRUE;
        break;
    case TAMIS_ATOM_GRADE:
        looked->grades |= 1u << atom->grade;
        break;
    case TAMIS_ATOM_BODY:
        looked->body = TRUE;
        break;
    default:
        break;
    }
}

static void
look(const TamisFlowFacts *facts, TamisFormula guard, Looked *looked)
{
    g_autoptr(GArray) parts = tamis_formulas_collect_parts(facts->formulas, guard);

    for (guint i = 0; i < parts->len; i++) {
        TamisFormula part = g_array_index(parts, TamisFormula, i);

        if (tamis_formulas_kind(facts->formulas, part) == TAMIS_FORMULA_ATOM)
            look_at_atom(facts, tamis_formulas_get_atom(facts->formulas, part), looked);
    }
}

static void
append_field(GString *summary, const char *name, const char *value)
{
    g_autofree char *shown = tamis_witness_field_name(name);
    gsize n = strlen(value);

    g_string_append_printf(summary, "%s%s: ", summary->len > 0 ? ", " : "", shown);
    if (n > MAX_SHOWN_VALUE) {
        const char *end = g_utf8_find_prev_char(value, value + MAX_SHOWN_VALUE);

        n = end != NULL ? (gsize)(end - value) : MAX_SHOWN_VALUE;
        g_string_append_len(summary, value, (gssize)n);
        g_string_append(summary, "…");
    } else {
        g_string_append(summary, value);
    }
}

static void
append_grades(GString *summary, guint looked, const TamisGrades *grades)
{
    static const struct {
        TamisGrade grade;
        const char *name;
    } names[] = {{TAMIS_GRADE_SPAM, "spam score"},
                 {TAMIS_GRADE_SPAM_PERCENT, "spam percent"},
                 {TAMIS_GRADE_VIRUS, "virus score"}};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (looked & 1u << names[i].grade)
            g_string_append_printf(summary, "%s%s %u", summary->len > 0 ? ", " : "", names[i].name,
                                   tamis_grades_get(grades, names[i].grade));
}

static GString *
summarize(const TamisFlowFacts *facts, const TamisWitness *witness, const Looked *looked)
{
    GString *summary = g_string_new(NULL);
    g_autofree char *at =
        tamis_instant_to_string(witness->instant, tamis_site_get_zone(facts->site) != NULL
                                                      ? tamis_site_get_zone(facts->site)
                                                      : tamis_zone_get("UTC"));
    guint n_fields = 0;

    for (guint i = 0; i < witness->n_headers; i++) {
        g_autofree char *lower = g_ascii_strdown(witness->headers[i].name, -1);

        if (g_hash_table_contains(looked->headers, lower) && ++n_fields <= MAX_SHOWN_FIELDS)
            append_field(summary, lower, witness->headers[i].value);
    }
    if (n_fields > MAX_SHOWN_FIELDS)
        g_string_append_printf(summary, ", %u more fields", n_fields - MAX_SHOWN_FIELDS);
    if (looked->body && witness->body != NULL)
        append_field(summary, "body", witness->body);
    if (looked->sender)
        g_string_append_printf(summary, "%sfrom <%s>", summary->len > 0 ? ", " : "",
                               witness->envelope_from);
    if (looked->size)
        g_string_append_printf(summary, "%s%" G_GUINT64_FORMAT " bytes",
                               summary->len > 0 ? ", " : "", witness->size_bytes);
    append_grades(summary, looked->grades, &witness->grades);
    g_string_append_printf(summary, "%s, at %s", summary->len > 0 ? "" : "any message", at);
    return summary;
}

static gboolean
differ(const TamisWay *way)
{
    return way->instants != NULL && way->instants[0] != way->instants[way->n_path - 1];
}

static void
append_duration(GString *summary, gint64 seconds)
{
    static const struct {
        gint64 seconds;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};

    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (seconds >= units[i].seconds)
            g_string_append_printf(summary, " %" G_GINT64_FORMAT " %s", seconds / units[i].seconds,
                                   units[i].unit);
        seconds %= units[i].seconds;
    }
}

/* Where the message waits on its way. */
static void
append_delays(GString *summary, const TamisFindingWitness *shown)
{
    for (guint i = 1; shown->instants != NULL && i < shown->n_path; i++) {
        if (shown->instants[i] == shown->instants[i - 1])
            continue;
        g_string_append_printf(summary, ", at '%s'", shown->path[i]);
        append_duration(summary, shown->instants[i] - shown->instants[i - 1]);
        g_string_append(summary, " later");
    }
}

static gint32
offset_at(const TamisFlowFacts *facts, TamisInstant instant)
{
    const TamisZone *zone = tamis_site_get_zone(facts->site);

    return zone != NULL ? tamis_zone_offset_at(zone, instant) : 0;
}

static void
show_witness(TamisFlowFacts *facts, TamisDiagnostic *diagnostic, const TamisWitness *witness,
             TamisFormula guard, const TamisWay *way)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    Looked looked = {.headers = names};
    g_autoptr(GString) summary = NULL;
    g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
    TamisFindingWitness shown = {
        .to = way->to,
        .instant = witness->instant,
        .offset_s = offset_at(facts, witness->instant),
        .envelope_from = witness->envelope_from,
        .n_headers = witness->n_headers,
        .size_bytes = witness->size_bytes,
        .spam_score = witness->grades.spam_score,
        .has_spam_percent = witness->grades.has_spam_percent,
        .spam_percent = witness->grades.spam_percent,
        .virus_score = witness->grades.virus_score,
        .path = way->path,
        .n_path = way->n_path,
        .instants = differ(way) ? way->instants : NULL,
    };

    look(facts, guard, &looked);
    summary = summarize(facts, witness, &looked);
    append_delays(summary, &shown);
    shown.summary = summary->str;
    if (looked.body || strcmp(witness->body, TAMIS_USUAL_TEXT) != 0)
        shown.body = witness->body;
    for (guint i = 0; i < witness->n_headers; i++) {
        const TamisWitnessHeader *header = &witness->headers[i];
        /* Where nobody asks whom it names, it names the one whom it is for. */
        gboolean is_free =
            g_ascii_strcasecmp(header->name, "to") == 0 && !g_hash_table_contains(names, "to");

        g_ptr_array_add(headers, tamis_witness_field_name(header->name));
        g_ptr_array_add(headers, g_strdup(is_free ? way->to : header->value));
    }
    shown.headers = (const char *const *)headers->pdata;
    tamis_report_witness(facts->report, diagnostic, &shown);
}

void
tamis_flow_judge(TamisFlowFacts *facts, TamisDiagnostic *diagnostic, const TamisSolution *solution,
                 TamisFormula guard, const TamisWay *way)
{
    diagnostic->certainty = solution->verdict != TAMIS_VERDICT_WITNESS ? TAMIS_CERTAINTY_UNDECIDED
                            : solution->leans_on_opaque                ? TAMIS_CERTAINTY_POSSIBLE
                                                                       : TAMIS_CERTAINTY_PROVED;
    if (diagnostic->certainty != TAMIS_CERTAINTY_PROVED)
        diagnostic->severity = MIN(diagnostic->severity, TAMIS_SEVERITY_WARNING);
    if (solution->witness != NULL)
        show_witness(facts, diagnostic, solution->witness, guard, way);
}

void
tamis_flow_tell_left(TamisFlowFacts *facts, TamisRule rule, const GArray *mailboxes,
                     const char *what)
{
    const TamisSolution undecided = {.verdict = TAMIS_VERDICT_UNDECIDED};
    const TamisWay way = {NULL};
    g_autofree char *others = NULL;
    TamisDiagnostic *diagnostic;
    guint32 first;

    if (mailboxes->len == 0)
        return;
    first = g_array_index(mailboxes, guint32, 0);
    if (mailboxes->len > 1)
        others = g_strdup_printf(" or to one of %u mailboxes more", mailboxes->len - 1);
    diagnostic = tamis_flow_find(facts, rule, tamis_flow_mailbox_span(facts, first), first, NULL,
                                 "whether a message to %s%s is %s is not decided: there are too "
                                 "many ways to try",
                                 tamis_flow_name(facts, first), others != NULL ? others : "", what);
    tamis_flow_judge(facts, diagnostic, &undecided, TAMIS_FORMULA_TRUE, &way);
    tamis_report_help(facts->report, diagnostic,
                      "let fewer of these mailboxes forward to each other");
}

const char *
tamis_flow_whether(const TamisSolution *solution)
{
    return solution->verdict == TAMIS_VERDICT_WITNESS ? "" : "whether ";
}

const char *
tamis_flow_open(const TamisSolution *solution)
{
    return solution->verdict == TAMIS_VERDICT_WITNESS ? "" : " is not decided";
}
