/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests that the text alone shows to hold always, or never. */
#include "lint/script-facts.h"

static TamisTruth
opposite(TamisTruth truth)
{
    return truth == TAMIS_TRUTH_UNKNOWN ? TAMIS_TRUTH_UNKNOWN
           : truth == TAMIS_TRUTH_NEVER ? TAMIS_TRUTH_ALWAYS
                                        : TAMIS_TRUTH_NEVER;
}

static gboolean
is_called(const TamisSieveTest *test, const char *name)
{
    return tamis_sieve_name_is(test->name, test->name_length, name);
}

/* decisive: what one of them makes of all. */
static TamisTruth
judge_list(const TamisSieveTest *tests, TamisTruth decisive)
{
    TamisTruth all = opposite(decisive);

    for (; tests != NULL; tests = tests->next) {
        TamisTruth truth = tamis_script_truth(tests);

        if (truth == decisive)
            return decisive;
        if (truth == TAMIS_TRUTH_UNKNOWN)
            all = TAMIS_TRUTH_UNKNOWN;
    }
    return all;
}

TamisTruth
tamis_script_truth(const TamisSieveTest *test)
{
    if (is_called(test, "true"))
        return TAMIS_TRUTH_ALWAYS;
    if (is_called(test, "false"))
        return TAMIS_TRUTH_NEVER;
    if (test->tests == NULL)
        return TAMIS_TRUTH_UNKNOWN;
    if (is_called(test, "not"))
        return opposite(tamis_script_truth(test->tests));
    if (is_called(test, "allof"))
        return judge_list(test->tests, TAMIS_TRUTH_NEVER);
    return is_called(test, "anyof") ? judge_list(test->tests, TAMIS_TRUTH_ALWAYS)
                                    : TAMIS_TRUTH_UNKNOWN;
}
