/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When routes start and end: dates, instants, parameters and cells with a duration added. Days are calendar
 * days in the policy's zone, hours elapsed time. */
#include "compiler/resolve-plans.h"

#include <string.h>

#define DAY_S ((gint64)86400)
/* Longer than the calendar. */
#define LONGEST_DAYS ((gint64)4000000)

/* Of the calendar, as day numbers: 0001-01-01 and 9999-12-31. */
#define FIRST_DAY ((gint64)-719162)
#define LAST_DAY  ((gint64)2932896)

/* A day or an instant of the calendar. */
typedef struct {
    gboolean is_day;
    gint64 day; /* its number */
    TamisInstant instant;
} Moment;

gboolean
tamis_resolve_duration(TamisResolver *r, const TamisDuration *duration, gint64 *out_seconds)
{
    gint64 unit_s = duration->unit == TAMIS_UNIT_DAYS ? DAY_S : 3600;

    if (duration->number < 0 || duration->number > LONGEST_DAYS * DAY_S / unit_s) {
        tamis_report_help(r->report,
                          tamis_report_add(r->report, duration->span, TAMIS_RULE_TYPE,
                                           "the duration is longer than the calendar"),
                          "write a shorter one, or leave the date out");
        return FALSE;
    }
    *out_seconds = duration->number * unit_s;
    return TRUE;
}

/* Reading ------------------------------------------------------------------------------------------ */

static gboolean
has_date_shape(const char *text, gsize length_bytes)
{
    static const char shape[] = "0000-00-00";

    if (length_bytes != strlen(shape))
        return FALSE;
    for (gsize i = 0; i < length_bytes; i++)
        if (shape[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
            return FALSE;
    return TRUE;
}

static void
report_no_date(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term, TamisSpan place)
{
    g_autofree char *excerpt = tamis_resolve_excerpt(term->text, term->length_bytes);
    TamisDiagnostic *diagnostic;

    if (!tamis_resolve_check_text(r, frame, term, place, TAMIS_FORM_LINE))
        return;
    if (term->length_bytes == 0) {
        tamis_resolve_help(
            r, tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, term, place, "no date is given"),
            "fill it in as 2026-12-31, or leave the row out by 'where'");
        return;
    }
    if (has_date_shape(term->text, term->length_bytes) || term->kind == TAMIS_TERM_DATE) {
        tamis_resolve_help(r,
                           tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, term, place,
                                               "'%s' is no day of the calendar", excerpt),
                           "write a day that there is, as 2026-12-31");
        return;
    }
    diagnostic =
        tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, term, place, "'%s' is no date", excerpt);
    tamis_resolve_help(r, diagnostic, "write it as 2026-12-31, or as 2026-12-31 18:00");
}

static gboolean
read_moment(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term, TamisSpan place,
            Moment *out_moment)
{
    TamisDay day;

    switch (term->kind) {
    case TAMIS_TERM_NOTHING:
        return FALSE;
    case TAMIS_TERM_DATE:
    case TAMIS_TERM_INSTANT:
    case TAMIS_TERM_CELL:
        break;
    default:
        tamis_resolve_mismatch(r, frame, term, place, "a date");
        return FALSE;
    }
    if (tamis_day_parse(term->text, term->length_bytes, &day)) {
        *out_moment = (Moment){.is_day = TRUE, .day = tamis_day_number(day)};
        return TRUE;
    }
    if (tamis_instant_parse(term->text, term->length_bytes, r->policy->zone,
                            &out_moment->instant)) {
        out_moment->is_day = FALSE;
        return TRUE;
    }
    report_no_date(r, frame, term, place);
    return FALSE;
}

/* Arithmetic --------------------------------------------------------------------------------------- */

static gboolean
is_in_calendar(gint64 day)
{
    return day >= FIRST_DAY && day <= LAST_DAY;
}

static TamisInstant
add_days_to_instant(const TamisZone *zone, TamisInstant instant, gint64 days, gint64 *out_day)
{
    TamisClock clock = tamis_zone_to_clock(zone, instant);

    *out_day = tamis_day_number(clock.date) + days;
    if (!is_in_calendar(*out_day))
        return 0;
    clock.date = tamis_day_from_number(*out_day);
    return tamis_zone_to_instant(zone, clock);
}

static TamisInstant
start_of_day(const TamisZone *zone, gint64 day)
{
    return tamis_zone_to_instant(zone, (TamisClock){.date = tamis_day_from_number(day)});
}

/* FALSE when it leads out of the calendar. */
static gboolean
add_duration(const TamisZone *zone, const TamisDatePlan *plan, Moment *moment)
{
    gint64 number = plan->sign < 0 ? -plan->number : plan->number;
    gint64 day;

    if (moment->is_day) {
        moment->day += number;
        return is_in_calendar(moment->day);
    }
    if (plan->unit == TAMIS_UNIT_DAYS && plan->sign != 0) {
        moment->instant = add_days_to_instant(zone, moment->instant, number, &day);
        return is_in_calendar(day);
    }
    moment->instant += number * 3600;
    return moment->instant >= FIRST_DAY * DAY_S && moment->instant < (LAST_DAY + 1) * DAY_S;
}

/* The calendar's first and last day stand for no date at all: tables write "9999-12-31" for "for ever". */
static TamisInstant
instant_of(const TamisZone *zone, const TamisDatePlan *plan, const Moment *moment)
{
    gint64 day = moment->is_day ? moment->day
                                : tamis_day_number(tamis_zone_to_clock(zone, moment->instant).date);

    if (plan->is_until && day >= LAST_DAY)
        return TAMIS_INSTANT_MAX;
    if (!plan->is_until && day <= FIRST_DAY)
        return TAMIS_INSTANT_MIN;
    /* A last day lasts until the next one starts. */
    return moment->is_day ? start_of_day(zone, moment->day + plan->is_until) : moment->instant;
}

gboolean
tamis_resolve_date(TamisResolver *r, const TamisFrame *frame, const TamisDatePlan *plan,
                   TamisInstant *out_instant)
{
    TamisTerm term;
    Moment moment;

    if (plan->is_constant) {
        *out_instant = plan->constant;
        return !plan->is_broken;
    }
    if (plan->is_broken)
        return FALSE;
    term = tamis_resolve_evaluate(r, frame, &plan->base);
    if (!read_moment(r, frame, &term, plan->base.span, &moment))
        return FALSE;
    if (moment.is_day && plan->sign != 0 && plan->unit == TAMIS_UNIT_HOURS) {
        g_autofree char *excerpt = tamis_resolve_excerpt(term.text, term.length_bytes);
        TamisDiagnostic *diagnostic =
            tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, &term, plan->span,
                                "hours are counted from an instant, and '%s' is a date", excerpt);
        tamis_resolve_help(r, diagnostic, "give it a time of day, or count in days");
        return FALSE;
    }
    if (!add_duration(r->policy->zone, plan, &moment)) {
        tamis_resolve_help(r,
                           tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, &term, plan->span,
                                               "the date lies outside the years 1 to 9999"),
                           "write a nearer date, or a shorter duration");
        return FALSE;
    }
    *out_instant = instant_of(r->policy->zone, plan, &moment);
    if (*out_instant != TAMIS_INSTANT_MAX)
        r->policy->latest = MAX(r->policy->latest, *out_instant);
    return TRUE;
}

/* A word that is neither a parameter nor, by mistake, a group's name: whoever wrote it meant a day. */
static gboolean
is_unknown_word(TamisResolver *r, const TamisScope *scope, const TamisValue *base)
{
    const char *names[TAMIS_MAX_PARAMETERS];

    if (base->kind != TAMIS_VALUE_NAME ||
        tamis_resolve_find_name(r, TAMIS_DEFINES_GROUP, base->text) != TAMIS_NO_INDEX)
        return FALSE;
    for (guint32 i = 0; i < scope->n_parameters; i++) {
        names[i] = scope->parameters[i].text;
        if (strcmp(names[i], base->text) == 0)
            return FALSE;
    }
    TamisDiagnostic *diagnostic =
        tamis_report_add(r->report, base->span, TAMIS_RULE_UNKNOWN_NAME, "'%s' is no date%s",
                         base->text, scope->template != NULL ? " and no parameter" : "");
    if (!tamis_resolve_suggest(r, diagnostic, base->text, names, scope->n_parameters))
        tamis_resolve_help(r, diagnostic, "write it as 2026-12-31, or as 2026-12-31 18:00");
    return TRUE;
}

void
tamis_resolve_bind_date(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                        const TamisDate *date, gboolean is_until, TamisDatePlan *out_plan)
{
    /* Where none is said, and where it is wrong. */
    TamisDatePlan plan = {.span = date->span,
                          .is_until = is_until,
                          .constant = is_until ? TAMIS_INSTANT_MAX : TAMIS_INSTANT_MIN};
    gint64 seconds;

    if (date->base == NULL) {
        plan.is_constant = TRUE;
        *out_plan = plan;
        return;
    }
    if (is_unknown_word(r, scope, date->base)) {
        plan.is_constant = TRUE;
        plan.is_broken = TRUE;
        *out_plan = plan;
        return;
    }
    plan.base = tamis_resolve_bind_value(r, arena, scope, date->base);
    plan.sign = date->sign;
    if (date->sign != 0) {
        plan.is_broken = !tamis_resolve_duration(r, &date->duration, &seconds);
        plan.number = date->duration.number;
        plan.unit = date->duration.unit;
    }
    if (plan.base.kind == TAMIS_OPERAND_TERM) {
        plan.is_broken = !tamis_resolve_date(r, &tamis_no_frame, &plan, &plan.constant);
        plan.is_constant = TRUE;
    }
    *out_plan = plan;
}

/* Days of `except` and `allow` --------------------------------------------------------------------- */

gboolean
tamis_resolve_day(TamisResolver *r, const TamisValue *value, gint64 *out_day)
{
    TamisTerm term = {.kind = TAMIS_TERM_DATE,
                      .text = value->text,
                      .length_bytes = value->length_bytes,
                      .origin = value->span};
    TamisDay day;

    if (tamis_day_parse(value->text, value->length_bytes, &day)) {
        *out_day = tamis_day_number(day);
        if (is_in_calendar(*out_day + 1))
            return TRUE;
    }
    report_no_date(r, &tamis_no_frame, &term, value->span);
    return FALSE;
}

TamisInstant
tamis_resolve_end_of_day(const TamisResolver *r, gint64 day)
{
    return start_of_day(r->policy->zone, day + 1);
}
