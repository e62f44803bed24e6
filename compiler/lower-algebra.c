/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The boolean algebra of Sieve tests, which keeps them short: what is known is folded, lists of one
 * kind in another are taken apart. */
#include "compiler/lower-private.h"

TamisSieveTest tamis_lower_always = {.name = "true", .name_length = 4};
TamisSieveTest tamis_lower_never = {.name = "false", .name_length = 5};

static gboolean
is_named(const TamisSieveTest *test, const char *name)
{
    return strcmp(test->name, name) == 0; /* made by us: NUL-terminated */
}

void
tamis_lower_tests_add(TamisLowering *lowering, TamisLowerTests *tests, TamisSieveTest *test)
{
    TamisSieveTest *absorbing = tests->all ? &tamis_lower_never : &tamis_lower_always;
    TamisSieveTest *neutral = tests->all ? &tamis_lower_always : &tamis_lower_never;

    if (test == neutral || tests->absorbed)
        return;
    if (test == absorbing) {
        tests->absorbed = TRUE;
        return;
    }
    if (tests->end == NULL)
        tests->end = &tests->first;
    /* A list of the same kind is taken apart; any other test stands alone. */
    *tests->end = is_named(test, tests->all ? "allof" : "anyof") ? test->tests : test;
    while (*tests->end != NULL)
        tests->end = &(*tests->end)->next;
}

TamisSieveTest *
tamis_lower_tests_finish(TamisLowering *lowering, TamisLowerTests *tests)
{
    TamisSieveTest *list;

    if (tests->absorbed)
        return tests->all ? &tamis_lower_never : &tamis_lower_always;
    if (tests->first == NULL)
        return tests->all ? &tamis_lower_always : &tamis_lower_never;
    if (tests->first->next == NULL)
        return tests->first;
    list = tamis_sieve_test(lowering->arena, tests->all ? "allof" : "anyof");
    list->is_list = TRUE;
    list->tests = tests->first;
    return list;
}

static TamisSieveTest *
join(TamisLowering *lowering, gboolean all, TamisSieveTest *a, TamisSieveTest *b)
{
    TamisLowerTests tests = {.all = all};

    tamis_lower_tests_add(lowering, &tests, a);
    tamis_lower_tests_add(lowering, &tests, b);
    return tamis_lower_tests_finish(lowering, &tests);
}

TamisSieveTest *
tamis_lower_all(TamisLowering *lowering, TamisSieveTest *a, TamisSieveTest *b)
{
    return join(lowering, TRUE, a, b);
}

TamisSieveTest *
tamis_lower_any(TamisLowering *lowering, TamisSieveTest *a, TamisSieveTest *b)
{
    return join(lowering, FALSE, a, b);
}

TamisSieveTest *
tamis_lower_not(TamisLowering *lowering, TamisSieveTest *test)
{
    TamisSieveTest *negation;

    if (test == &tamis_lower_always)
        return &tamis_lower_never;
    if (test == &tamis_lower_never)
        return &tamis_lower_always;
    if (is_named(test, "not"))
        return test->tests;
    negation = tamis_sieve_test(lowering->arena, "not");
    negation->tests = test;
    return negation;
}
