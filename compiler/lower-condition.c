/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Conditions to Sieve tests: what connects them, and all tests but those of texts (lower-text.c) and
 * of the time (lower-time.c). */
#include "compiler/lower-private.h"

void
tamis_lower_look_at_header(TamisLowering *lowering, const char *name)
{
    lowering->disordered |= lowering->filtered;
    for (guint i = 0; i < lowering->added->len && !lowering->disordered; i++) {
        TamisString added = g_array_index(lowering->added, TamisString, i);

        lowering->disordered =
            g_ascii_strcasecmp(tamis_policy_text(lowering->policy, added), name) == 0;
    }
}

/* Size, and the spam score, which the server reads from a header of its own choice. */
static void
look_at_message(TamisLowering *lowering)
{
    if (lowering->filtered || lowering->added->len > 0)
        lowering->disordered = TRUE;
}

static TamisSieveTest *
exists_test(TamisLowering *lowering, const TamisTest *test)
{
    TamisSieveTest *sieve = tamis_sieve_test(lowering->arena, "exists");

    tamis_lower_look_at_header(lowering, tamis_policy_text(lowering->policy, test->name));
    tamis_sieve_add_strings(lowering->arena, &sieve->arguments,
                            tamis_lower_string(lowering, test->name, test->span));
    return sieve;
}

static TamisSieveTest *
size_test(TamisLowering *lowering, const TamisTest *test)
{
    gboolean over = test->comparison == TAMIS_MORE || test->comparison == TAMIS_AT_MOST;
    gboolean negated = test->comparison == TAMIS_AT_MOST || test->comparison == TAMIS_AT_LEAST;
    TamisSieveTest *sieve = tamis_sieve_test(lowering->arena, "size");

    look_at_message(lowering);
    if (lowering->server->max_number != 0 && test->number > lowering->server->max_number)
        tamis_report_help(
            lowering->report,
            tamis_lower_unsupported(lowering, test->span,
                                    "the server '%s' takes no number above %" G_GUINT64_FORMAT,
                                    lowering->server->name, lowering->server->max_number),
            "compare with a smaller size");
    tamis_sieve_add_tag(lowering->arena, &sieve->arguments, over ? "over" : "under");
    tamis_sieve_add_number(lowering->arena, &sieve->arguments, test->number);
    return negated ? tamis_lower_not(lowering, sieve) : sieve;
}

/* The values of the scale (RFC 5235: 0 … 10) that meet the comparison. */
static TamisSieveString *
scores(TamisLowering *lowering, const TamisTest *test)
{
    TamisSieveString *first = NULL, **end = &first;

    for (guint64 score = 0; score <= 10; score++) {
        gboolean meets = test->comparison == TAMIS_LESS      ? score < test->number
                         : test->comparison == TAMIS_AT_MOST ? score <= test->number
                         : test->comparison == TAMIS_MORE    ? score > test->number
                                                             : score >= test->number;
        if (!meets)
            continue;
        *end = tamis_sieve_string(lowering->arena,
                                  tamis_arena_printf(lowering->arena, "%u", (guint)score),
                                  score == 10 ? 2 : 1);
        end = &(*end)->next;
    }
    return first;
}

static TamisSieveTest *
spam_test(TamisLowering *lowering, const TamisTest *test)
{
    static const char *const operators[] = {
        [TAMIS_LESS] = "lt", [TAMIS_AT_MOST] = "le", [TAMIS_MORE] = "gt", [TAMIS_AT_LEAST] = "ge"};
    TamisSieveTest *sieve = tamis_sieve_test(lowering->arena, "spamtest");
    TamisSieveArgument **arguments = &sieve->arguments;
    gboolean relational, numeric;
    const char *number;

    if (!tamis_lower_use(lowering, TAMIS_EXTENSION_SPAMTEST, test->span)) {
        tamis_lower_lacks(lowering, test->span, TAMIS_EXTENSION_SPAMTEST, "'spam score'");
        return &tamis_lower_never;
    }
    look_at_message(lowering);
    relational = tamis_server_has(lowering->server, TAMIS_EXTENSION_RELATIONAL);
    numeric = tamis_server_has(lowering->server, TAMIS_EXTENSION_COMPARATOR_NUMERIC);
    if (relational && numeric) {
        tamis_lower_use(lowering, TAMIS_EXTENSION_RELATIONAL, test->span);
        tamis_lower_use(lowering, TAMIS_EXTENSION_COMPARATOR_NUMERIC, test->span);
        tamis_sieve_add_tag(lowering->arena, arguments, "value");
        tamis_sieve_add_string(lowering->arena, arguments, operators[test->comparison], 2);
        tamis_sieve_add_tag(lowering->arena, arguments, "comparator");
        tamis_sieve_add_string(lowering->arena, arguments, "i;ascii-numeric", 15);
        number = tamis_arena_printf(lowering->arena, "%" G_GUINT64_FORMAT, test->number);
        tamis_sieve_add_string(lowering->arena, arguments, number, strlen(number));
        return sieve;
    }
    if (scores(lowering, test) == NULL)
        return &tamis_lower_never;
    tamis_sieve_add_tag(lowering->arena, arguments, "is");
    tamis_sieve_add_strings(lowering->arena, arguments, scores(lowering, test));
    return sieve;
}

static TamisSieveTest *
header_matches(TamisLowering *lowering, const char *match, const char *const *names,
               const char *const *values)
{
    TamisSieveTest *sieve = tamis_sieve_test(lowering->arena, "header");
    TamisSieveString *lists[2] = {NULL, NULL}, **end;

    for (guint list = 0; list < 2; list++) {
        end = &lists[list];
        for (const char *const *word = list == 0 ? names : values; *word != NULL; word++) {
            *end = tamis_sieve_string(lowering->arena, *word, strlen(*word));
            end = &(*end)->next;
        }
    }
    for (; *names != NULL; names++)
        tamis_lower_look_at_header(lowering, *names);
    tamis_sieve_add_tag(lowering->arena, &sieve->arguments, match);
    tamis_sieve_add_strings(lowering->arena, &sieve->arguments, lists[0]);
    tamis_sieve_add_strings(lowering->arena, &sieve->arguments, lists[1]);
    return sieve;
}

TamisSieveTest *
tamis_lower_is_bulk(TamisLowering *lowering)
{
    static const char *const precedence[] = {"precedence", NULL};
    static const char *const bulk[] = {"list", "bulk", NULL};

    return header_matches(lowering, "is", precedence, bulk);
}

TamisSieveTest *
tamis_lower_has_list_field(TamisLowering *lowering)
{
    static const char *const list_headers[] = {"list-id", "list-post", "list-unsubscribe", NULL};
    static const char *const anything[] = {"*", NULL};

    return header_matches(lowering, "matches", list_headers, anything);
}

static TamisSieveTest *
mailing_list_test(TamisLowering *lowering)
{
    return tamis_lower_any(lowering, tamis_lower_has_list_field(lowering),
                           tamis_lower_is_bulk(lowering));
}

static TamisSieveTest *
automatic_test(TamisLowering *lowering)
{
    static const char *const auto_submitted[] = {"auto-submitted", NULL};
    static const char *const no[] = {"no", NULL};
    TamisSieveTest *exists = tamis_sieve_test(lowering->arena, "exists");

    tamis_sieve_add_string(lowering->arena, &exists->arguments, "auto-submitted", 14);
    return tamis_lower_all(
        lowering, exists,
        tamis_lower_not(lowering, header_matches(lowering, "is", auto_submitted, no)));
}

static TamisSieveTest *
one_test(TamisLowering *lowering, const TamisTest *test)
{
    switch (test->kind) {
    case TAMIS_TEST_HEADER:
    case TAMIS_TEST_BODY:
    case TAMIS_TEST_ADDRESS:
    case TAMIS_TEST_ENVELOPE:
        return tamis_lower_text_test(lowering, test);
    case TAMIS_TEST_EXISTS:
        return exists_test(lowering, test);
    case TAMIS_TEST_SIZE:
        return size_test(lowering, test);
    case TAMIS_TEST_SPAM_SCORE:
        return spam_test(lowering, test);
    case TAMIS_TEST_HOURS:
        return tamis_lower_hours(lowering, test->hours, test->span);
    case TAMIS_TEST_MAILING_LIST:
        return mailing_list_test(lowering);
    case TAMIS_TEST_AUTOMATIC:
        return automatic_test(lowering);
    }
    g_assert_not_reached();
}

TamisSieveTest *
tamis_lower_condition(TamisLowering *lowering, TamisConditionId id)
{
    const TamisCondition *condition = tamis_policy_condition(lowering->policy, id);
    TamisLowerTests tests = {.all = condition->kind == TAMIS_CONDITION_ALL};

    if (condition->kind == TAMIS_CONDITION_TRUE)
        return &tamis_lower_always;
    if (condition->kind == TAMIS_CONDITION_TEST)
        return one_test(lowering, tamis_policy_test(lowering->policy, condition->test));
    for (guint32 i = 0; i < condition->children.n; i++) {
        TamisSieveTest *child = tamis_lower_condition(
            lowering, g_array_index(lowering->policy->condition_children, TamisConditionId,
                                    condition->children.first + i));

        if (condition->kind == TAMIS_CONDITION_NOT)
            return tamis_lower_not(lowering, child);
        tamis_lower_tests_add(lowering, &tests, child);
    }
    return tamis_lower_tests_finish(lowering, &tests);
}
