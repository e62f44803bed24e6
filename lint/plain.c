/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Takes tests of different features of a message as free of each other, and of the same feature
 * only the few combinations that are always possible. Says "not plain" whenever in doubt. */
#include "lint/plain.h"

#include <string.h>

#define MAX_TRIES       1000
#define MAX_ROUTES      1000
#define MAX_SEARCH_DAYS 400
#define MAX_INSTANTS    1000
/* A message may be made smaller or larger than these without touching what other tests want. */
#define SMALL_BYTES (100 * 1000)
#define LARGE_BYTES (10 * 1000 * 1000)
#define LONG_BYTES  1000

/* Features of a message that tests look at; header fields by name besides. */
typedef enum {
    FEATURE_HEADER,
    FEATURE_FROM,
    FEATURE_RECIPIENT,
    FEATURE_ENVELOPE_FROM,
    FEATURE_ENVELOPE_TO,
    FEATURE_BODY,
    FEATURE_SIZE,
    FEATURE_SPAM,
    FEATURE_TIME,
    FEATURE_LIST,
    FEATURE_AUTOMATIC,
} Feature;

static Feature
feature_of_header(const char *name)
{
    static const struct {
        const char *name;
        Feature feature;
    } special[] = {
        {"from", FEATURE_FROM},       {"to", FEATURE_RECIPIENT},
        {"cc", FEATURE_RECIPIENT},    {"list-id", FEATURE_LIST},
        {"list-post", FEATURE_LIST},  {"list-unsubscribe", FEATURE_LIST},
        {"precedence", FEATURE_LIST}, {"auto-submitted", FEATURE_AUTOMATIC},
    };

    for (guint i = 0; i < G_N_ELEMENTS(special); i++)
        if (strcmp(name, special[i].name) == 0)
            return special[i].feature;
    return strstr(name, "spam") != NULL ? FEATURE_SPAM : FEATURE_HEADER;
}

static Feature
feature_of(const TamisPolicy *policy, const TamisTest *test)
{
    switch (test->kind) {
    case TAMIS_TEST_HEADER:
    case TAMIS_TEST_EXISTS:
        return feature_of_header(tamis_policy_text(policy, test->name));
    case TAMIS_TEST_BODY:
        return FEATURE_BODY;
    case TAMIS_TEST_ADDRESS:
        return test->field == TAMIS_FIELD_FROM ? FEATURE_FROM : FEATURE_RECIPIENT;
    case TAMIS_TEST_ENVELOPE:
        return test->field == TAMIS_FIELD_FROM ? FEATURE_ENVELOPE_FROM : FEATURE_ENVELOPE_TO;
    case TAMIS_TEST_SIZE:
        return FEATURE_SIZE;
    case TAMIS_TEST_SPAM_SCORE:
        return FEATURE_SPAM;
    case TAMIS_TEST_HOURS:
        return FEATURE_TIME;
    case TAMIS_TEST_MAILING_LIST:
        return FEATURE_LIST;
    case TAMIS_TEST_AUTOMATIC:
        return FEATURE_AUTOMATIC;
    }
    g_assert_not_reached();
}

/* One test by itself --------------------------------------------------------------------------- */

static gboolean
values_have_length(const TamisPolicy *policy, const TamisTest *test, gsize min, gsize max)
{
    for (guint32 i = 0; i < test->values.n; i++) {
        gsize n = tamis_strings_length(policy->strings,
                                       tamis_policy_value(policy, test->values.first + i));

        if (n < min || n > max)
            return FALSE;
    }
    return test->values.n > 0;
}

/* Fields that no message goes without. */
static gboolean
may_be_absent(const char *header)
{
    static const char *const always[] = {"from", "date", "message-id", "received", "return-path"};

    for (guint i = 0; i < G_N_ELEMENTS(always); i++)
        if (strcmp(header, always[i]) == 0)
            return FALSE;
    return TRUE;
}

typedef struct {
    guint64 low, high;
} Interval;

/* What a size or spam score has to be; low above high: impossible. */
static Interval
interval_of(const TamisTest *test, gboolean holds)
{
    gboolean wants_more =
        (test->comparison == TAMIS_MORE || test->comparison == TAMIS_AT_LEAST) == holds;
    gboolean strict = (test->comparison == TAMIS_MORE || test->comparison == TAMIS_LESS) == holds;
    Interval interval = {SMALL_BYTES, LARGE_BYTES};

    if (test->kind == TAMIS_TEST_SPAM_SCORE)
        interval = (Interval){0, 10};
    if (strict && test->number == (wants_more ? G_MAXUINT64 : 0))
        return (Interval){1, 0};
    if (wants_more)
        interval.low = MAX(interval.low, strict ? test->number + 1 : test->number);
    else
        interval.high = MIN(interval.high, strict ? test->number - 1 : test->number);
    return interval;
}

/* Intervals that meet two by two meet all. */
static gboolean
numbers_meet(const TamisTest *a, gboolean a_holds, const TamisTest *b, gboolean b_holds)
{
    Interval first = interval_of(a, a_holds), second = interval_of(b, b_holds);

    return MAX(first.low, second.low) <= MIN(first.high, second.high);
}

/* Whether it compares with whole texts, the first of which such an address, or its domain, can be. */
static gboolean
has_address(const TamisPolicy *policy, const TamisTest *test)
{
    const char *value;

    if ((test->match != TAMIS_MATCH_IS && test->match != TAMIS_MATCH_UNDER) || test->values.n == 0)
        return FALSE;
    value = tamis_policy_text(policy, tamis_policy_value(policy, test->values.first));
    if (test->part == TAMIS_ADDRESS_DOMAIN)
        return *value != '\0';
    return test->part == TAMIS_ADDRESS_ALL &&
           (strchr(value, '@') != NULL || (*value == '\0' && test->kind == TAMIS_TEST_ENVELOPE));
}

static gboolean
is_plain(const TamisPolicy *policy, const TamisTest *test, gboolean holds)
{
    const char *name = tamis_policy_text(policy, test->name);

    switch (test->kind) {
    case TAMIS_TEST_HEADER:
        return holds ? values_have_length(policy, test, 0, LONG_BYTES) : may_be_absent(name);
    case TAMIS_TEST_EXISTS:
        return holds || may_be_absent(name);
    case TAMIS_TEST_BODY:
        return test->match == TAMIS_MATCH_CONTAINS &&
               values_have_length(policy, test, 1, LONG_BYTES);
    case TAMIS_TEST_ENVELOPE:
        return test->field == TAMIS_FIELD_FROM && has_address(policy, test);
    case TAMIS_TEST_ADDRESS:
        return has_address(policy, test);
    case TAMIS_TEST_SIZE:
    case TAMIS_TEST_SPAM_SCORE:
        return numbers_meet(test, holds, test, holds);
    case TAMIS_TEST_HOURS:
    case TAMIS_TEST_MAILING_LIST:
    case TAMIS_TEST_AUTOMATIC:
        return TRUE;
    }
    g_assert_not_reached();
}

/* Two tests ------------------------------------------------------------------------------------ */

static gboolean
are_plain(const TamisPolicy *policy, const TamisTest *a, gboolean a_holds, const TamisTest *b,
          gboolean b_holds)
{
    Feature feature = feature_of(policy, a);

    if (feature != feature_of(policy, b))
        return TRUE;
    if (feature == FEATURE_TIME) /* looked at together, instant by instant */
        return TRUE;
    if (a->kind != b->kind)
        return feature == FEATURE_HEADER && a->name != b->name;
    switch (a->kind) {
    case TAMIS_TEST_HEADER:
        if (a->name != b->name)
            return feature == FEATURE_HEADER;
        /* No such field; or one that holds both texts. */
        return a_holds
                   ? b_holds && a->match == TAMIS_MATCH_CONTAINS && b->match == TAMIS_MATCH_CONTAINS
                   : !b_holds;
    case TAMIS_TEST_EXISTS:
        return a->name != b->name && feature == FEATURE_HEADER;
    case TAMIS_TEST_BODY:
        return a_holds == b_holds;
    case TAMIS_TEST_ADDRESS:
    case TAMIS_TEST_ENVELOPE: /* an address that is in neither list */
        return !a_holds && !b_holds;
    case TAMIS_TEST_SIZE:
    case TAMIS_TEST_SPAM_SCORE:
        return numbers_meet(a, a_holds, b, b_holds);
    default:
        return FALSE;
    }
}

/* Demands -------------------------------------------------------------------------------------- */

static gboolean
demand_test(TamisPlain *plain, const TamisTest *test, gboolean holds)
{
    for (guint i = 0; i < plain->n_demands; i++)
        if (tamis_test_equal(plain->policy, plain->demands[i].test, test))
            return plain->demands[i].holds == holds;
    if (plain->n_demands == G_N_ELEMENTS(plain->demands) || !is_plain(plain->policy, test, holds))
        return FALSE;
    for (guint i = 0; i < plain->n_demands; i++)
        if (!are_plain(plain->policy, plain->demands[i].test, plain->demands[i].holds, test, holds))
            return FALSE;
    plain->demands[plain->n_demands].test = test;
    plain->demands[plain->n_demands++].holds = holds;
    return TRUE;
}

static gboolean
demand_children(TamisPlain *plain, TamisSlice children, gboolean all, gboolean holds)
{
    for (guint32 i = children.first; i < children.first + children.n; i++) {
        TamisConditionId child =
            g_array_index(plain->policy->condition_children, TamisConditionId, i);
        guint n_before = plain->n_demands;
        gboolean done = tamis_plain_demand(plain, child, holds);

        if (done != all)
            return done;
        if (!done)
            plain->n_demands = n_before;
    }
    return all;
}

gboolean
tamis_plain_demand(TamisPlain *plain, TamisConditionId id, gboolean holds)
{
    const TamisCondition *condition = tamis_policy_condition(plain->policy, id);

    if (++plain->n_tries > MAX_TRIES)
        return FALSE;
    switch (condition->kind) {
    case TAMIS_CONDITION_TRUE:
        return holds;
    case TAMIS_CONDITION_ALL:
        return demand_children(plain, condition->children, holds, holds);
    case TAMIS_CONDITION_ANY:
        return demand_children(plain, condition->children, !holds, holds);
    case TAMIS_CONDITION_NOT:
        return demand_children(plain, condition->children, TRUE, !holds);
    case TAMIS_CONDITION_TEST:
        return demand_test(plain, tamis_policy_test(plain->policy, condition->test), holds);
    }
    g_assert_not_reached();
}

gboolean
tamis_plain_demand_route(TamisPlain *plain, const TamisMailbox *mailbox, guint32 index)
{
    const TamisRoute *route = tamis_policy_route(plain->policy, index);

    plain->from = MAX(plain->from, route->starting);
    plain->to = MIN(plain->to, route->until);
    if (index - mailbox->routes.first > MAX_ROUTES)
        return FALSE;
    if (!tamis_plain_demand(plain, route->when, TRUE))
        return FALSE;
    for (guint32 i = mailbox->routes.first; i < index; i++) {
        const TamisRoute *earlier = tamis_policy_route(plain->policy, i);

        if (earlier->until <= plain->from || earlier->starting >= plain->to)
            continue;
        if ((route->otherwise || tamis_route_has(plain->policy, earlier, TAMIS_DO_FINAL)) &&
            !tamis_plain_demand(plain, earlier->when, FALSE))
            return FALSE;
    }
    return TRUE;
}

/* Time ----------------------------------------------------------------------------------------- */

static gboolean
suits(const TamisPlain *plain, TamisInstant instant)
{
    if (instant < plain->from || instant >= plain->to)
        return FALSE;
    for (guint i = 0; i < plain->n_demands; i++) {
        const TamisTest *test = plain->demands[i].test;
        const TamisHours *hours;

        if (test->kind != TAMIS_TEST_HOURS)
            continue;
        hours = TAMIS_AT(plain->policy->hours, TamisHoursDefinition, test->hours)->hours;
        if (hours == NULL || tamis_hours_holds(hours, instant) != plain->demands[i].holds)
            return FALSE;
    }
    return TRUE;
}

/* Tries where ranges begin and end on one local day. */
static gboolean
has_instant_on(const TamisPlain *plain, const TamisHours *hours, gint64 number, guint *n_left)
{
    guint weekday = tamis_day_weekday(number);
    TamisClock clock = {.date = tamis_day_from_number(number)};

    for (guint i = 0; i < hours->n_week[weekday]; i++) {
        guint16 minutes[] = {hours->week[weekday][i].start_minute,
                             hours->week[weekday][i].end_minute};

        for (guint j = 0; j < G_N_ELEMENTS(minutes) && *n_left > 0; j++, (*n_left)--) {
            clock.hour = (guint8)(minutes[j] / 60);
            clock.minute = (guint8)(minutes[j] % 60);
            if (suits(plain, tamis_zone_to_instant(hours->zone, clock)))
                return TRUE;
        }
    }
    return FALSE;
}

gboolean
tamis_plain_has_instant(const TamisPlain *plain)
{
    guint n_left = MAX_INSTANTS;

    if (suits(plain, plain->from))
        return TRUE;
    for (guint i = 0; i < plain->n_demands; i++) {
        const TamisTest *test = plain->demands[i].test;
        const TamisHours *hours;
        gint64 first;

        if (test->kind != TAMIS_TEST_HOURS)
            continue;
        hours = TAMIS_AT(plain->policy->hours, TamisHoursDefinition, test->hours)->hours;
        if (hours == NULL)
            return FALSE;
        first = tamis_day_number(tamis_zone_to_clock(hours->zone, plain->from).date);
        for (gint64 day = first; day < first + MAX_SEARCH_DAYS && n_left > 0; day++)
            if (has_instant_on(plain, hours, day, &n_left))
                return TRUE;
    }
    return FALSE;
}
