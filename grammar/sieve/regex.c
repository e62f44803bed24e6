/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pass with a stack of open groups. Beside the syntax it counts how many states the expression has when
 * its counted repeats are written out, as glibc does. */
#include "grammar/sieve/regex-pcre.h"

#include <string.h>

/* Remedies that several faults share; in a script every backslash of an expression is written twice. */
#define NOT_CLOSED(close, open)                                                                    \
    "write '" close "' where it ends; one that is meant as itself is written \"\\\\" open "\""
#define COUNTS "write '{2}', '{2,}' or '{2,5}', the smaller count first"
#define NOTHING_REPEATED                                                                           \
    "write what is repeated before it; one that is meant as itself is written as \"\\\\*\""

#define RANGES "write the smaller end first, as [a-z]; a '-' that is meant as itself last"

#define MAX_GROUPS 1000
#define MAX_REPEAT 32767
/* At a few hundred bytes a state, in some tens of megabytes and tenths of a second. */
#define MAX_STATES ((guint64)100000)
/* Of ways from state to state that take no character, at some 16 bytes each. A repeat that may end after each of n
 * copies has n ways from each. */
#define MAX_WAYS ((guint64)20000000)

typedef struct {
    guint64 outer_states, outer_ways; /* before the group, in the group around it */
} Group;

typedef struct {
    const char *at, *limit;
    TamisRegexFlavour flavour;
    const char *reason, *remedy;
    Group groups[MAX_GROUPS];
    guint n_groups, n_closed_groups;
    guint64 states, ways; /* of the innermost open group */
    guint64 last;         /* states of the last atom: what a repeat repeats; 0: there is none */
    guint64 last_ways;
    gboolean is_explosive, has_back_reference;
} Judge;

static gboolean
fail(Judge *judge, const char *reason, const char *remedy)
{
    judge->reason = reason;
    judge->remedy = remedy;
    return FALSE;
}

static void
add_atom(Judge *judge, guint64 states)
{
    judge->last = states;
    judge->last_ways = 0;
    judge->states += states;
}

/* A character's place in the order of ranges. */
static int
fold(const Judge *judge, char c)
{
    return judge->flavour == TAMIS_REGEX_POSIX_ANY_CASE ? g_ascii_toupper(c) & 0xff : (guchar)c;
}

/* `[:alpha:]` and its like, inside brackets; at `[`. The character that it stands for, or -1. */
static gboolean
take_class(Judge *judge, int *out_character)
{
    static const char *const names[] = {"alpha", "digit", "alnum", "upper", "lower", "space",
                                        "blank", "punct", "print", "graph", "cntrl", "xdigit"};
    char kind = judge->at[1];
    const char *name = judge->at + 2;

    *out_character = -1;
    for (const char *at = name; judge->limit - at > 1; at++) {
        if (at[0] != kind || at[1] != ']')
            continue;
        judge->at = at + 2;
        if (kind == '.')
            *out_character = fold(judge, *name);
        if (kind != ':')
            return at - name == 1 ||
                   fail(judge, "what stands in '[.' or '[=' is more than a character",
                        "write one character there");
        for (guint i = 0; i < G_N_ELEMENTS(names); i++)
            if (strlen(names[i]) == (gsize)(at - name) &&
                memcmp(names[i], name, (gsize)(at - name)) == 0)
                return TRUE;
        return fail(
            judge, "there is no such class of characters",
            "the classes are [:alpha:], [:digit:], [:alnum:], [:upper:], [:lower:], [:space:], "
            "[:blank:], [:punct:], [:print:], [:graph:], [:cntrl:] and [:xdigit:]");
    }
    return fail(judge, "a '[' is not closed", NOT_CLOSED("]", "["));
}

/* A character in brackets, which may begin or end a range, or -1 for what cannot. */
static gboolean
take_element(Judge *judge, gboolean accepts_hyphen, int *out_character)
{
    char c = *judge->at;
    gboolean has_next = judge->limit - judge->at > 1;

    if (c == '[' && has_next && memchr(":.=", judge->at[1], 3) != NULL)
        return take_class(judge, out_character);
    if (c == '-' && !accepts_hyphen && has_next && judge->at[1] != ']')
        return fail(judge, "a '-' in brackets is between no two characters", RANGES);
    judge->at++;
    *out_character = fold(judge, c);
    return TRUE;
}

/* At the '-' behind the start of a range. */
static gboolean
take_range_end(Judge *judge, int start)
{
    int end;

    judge->at++;
    if (!take_element(judge, TRUE, &end))
        return FALSE;
    if (end < 0)
        return fail(judge, "a range in brackets ends in a class", RANGES);
    return start <= end ||
           fail(judge, "a range in brackets runs backwards",
                judge->flavour == TAMIS_REGEX_POSIX_ANY_CASE
                    ? "write the smaller end first, as [a-z]; letters count as capital ones here, "
                      "which stand before '[' and '_'"
                    : RANGES);
}

/* Behind `[`. */
static gboolean
take_brackets(Judge *judge)
{
    gboolean is_first = TRUE;
    int start;

    if (judge->at < judge->limit && *judge->at == '^')
        judge->at++;
    for (; judge->at < judge->limit; is_first = FALSE) {
        if (*judge->at == ']' && !is_first) {
            judge->at++;
            return TRUE;
        }
        if (!take_element(judge, is_first, &start))
            return FALSE;
        if (judge->limit - judge->at < 2 || *judge->at != '-' || judge->at[1] == ']')
            continue;
        if (start >= 0 && !take_range_end(judge, start))
            return FALSE;
    }
    return fail(judge, "a '[' is not closed", NOT_CLOSED("]", "["));
}

static gboolean
read_count(Judge *judge, guint *out_count)
{
    guint64 count = 0;
    const char *start = judge->at;

    for (; judge->at < judge->limit && g_ascii_isdigit(*judge->at); judge->at++)
        count = MIN(count * 10 + (guint)(*judge->at - '0'), 1000000);
    *out_count = (guint)count;
    return judge->at > start;
}

/* optional: of how many copies each may be the last. */
static void
repeat(Judge *judge, guint64 times, guint64 optional)
{
    judge->states -= judge->last;
    judge->ways -= judge->last_ways;
    judge->last = MIN(judge->last * MAX(times, 1), MAX_STATES * 1000);
    judge->last_ways =
        MIN(judge->last_ways * MAX(times, 1) + judge->last * (optional / 2), MAX_WAYS * 1000);
    judge->states += judge->last;
    judge->ways += judge->last_ways;
    judge->is_explosive |= judge->states > MAX_STATES || judge->ways > MAX_WAYS;
}

static gboolean
take_counted(Judge *judge)
{
    guint first = 0, second = 0;
    gboolean has_second = FALSE, has_comma = FALSE;

    judge->at++;
    gboolean has_first = read_count(judge, &first);
    if (judge->at < judge->limit && *judge->at == ',') {
        has_comma = TRUE;
        judge->at++;
        has_second = read_count(judge, &second);
    }
    if (judge->at == judge->limit || *judge->at != '}')
        return fail(judge, "a '{' is not closed", NOT_CLOSED("}", "{"));
    if (!has_first && !has_comma)
        return fail(judge, "a count in braces is no number", COUNTS);
    judge->at++;
    if (judge->last == 0)
        return fail(judge, "a repeat has nothing to repeat", NOTHING_REPEATED);
    if (has_second && second < first)
        return fail(judge, "a count in braces runs backwards", COUNTS);
    if (MAX(first, second) > MAX_REPEAT)
        return fail(judge, "a count is larger than 32767", "write '*' or '+', or a smaller count");
    repeat(judge,
           has_second  ? second
           : has_comma ? (guint64)first + 1
                       : first,
           has_second ? second - first : 0);
    return TRUE;
}

static gboolean
take_repeat(Judge *judge)
{
    if (*judge->at == '{')
        return take_counted(judge);
    if (judge->last == 0)
        return fail(judge, "a repeat has nothing to repeat", NOTHING_REPEATED);
    judge->at++;
    return TRUE;
}

static gboolean
open_group(Judge *judge)
{
    judge->at++;
    if (judge->n_groups == MAX_GROUPS) {
        judge->is_explosive = TRUE;
        return FALSE;
    }
    judge->groups[judge->n_groups++] = (Group){judge->states, judge->ways};
    judge->states = judge->ways = 0;
    judge->last = 0;
    return TRUE;
}

static gboolean
close_group(Judge *judge)
{
    if (judge->n_groups == 0) {
        judge->at++;
        add_atom(judge, 1);
        return TRUE;
    }
    guint64 inner = judge->states + 1, ways = judge->ways;
    judge->states = judge->groups[--judge->n_groups].outer_states;
    judge->ways = judge->groups[judge->n_groups].outer_ways + ways;
    judge->n_closed_groups++;
    judge->at++;
    add_atom(judge, inner);
    judge->last_ways = ways;
    return TRUE;
}

static gboolean
take_escape(Judge *judge)
{
    if (judge->limit - judge->at < 2)
        return fail(judge, "a backslash stands at the end",
                    "write one that is meant as itself as \"\\\\\\\\\"");
    if (judge->at[1] >= '1' && judge->at[1] <= '9') {
        if ((guint)(judge->at[1] - '0') > judge->n_closed_groups)
            return fail(judge, "a reference goes back to a group that is not there",
                        "put parentheses around what it refers to, before it");
        judge->has_back_reference = TRUE;
    }
    gboolean is_anchor = judge->at[1] != '\0' && strchr("bB<>`'", judge->at[1]) != NULL;
    judge->at += 2;
    add_atom(judge, is_anchor ? 0 : 1); /* of which there is nothing to repeat */
    return TRUE;
}

static gboolean
take(Judge *judge)
{
    switch (*judge->at) {
    case '\\':
        return take_escape(judge);
    case '[':
        judge->at++;
        if (!take_brackets(judge))
            return FALSE;
        add_atom(judge, 1);
        return TRUE;
    case '(':
        return open_group(judge);
    case ')':
        return close_group(judge);
    case '*':
    case '+':
    case '?':
    case '{':
        return take_repeat(judge);
    case '|':
    case '^':
    case '$':
        judge->at++;
        judge->last = 0;
        return TRUE;
    default:
        judge->at++;
        add_atom(judge, 1);
        return TRUE;
    }
}

static TamisRegexVerdict
judge_syntax(Judge *judge, const char **out_reason, const char **out_remedy)
{
    gboolean is_valid = TRUE;

    *out_reason = NULL;
    *out_remedy = NULL;
    while (is_valid && judge->at < judge->limit)
        is_valid = take(judge);
    if (is_valid && judge->n_groups > 0)
        is_valid = fail(judge, "a '(' is not closed", NOT_CLOSED(")", "("));
    if (judge->is_explosive) {
        *out_reason =
            is_valid ? "its nested counted repeats are written out" : "its groups nest too deep";
        *out_remedy = is_valid ? "use '*' or '+' inside of a counted repeat"
                               : "write it with fewer parentheses";
        return TAMIS_REGEX_EXPLOSIVE;
    }
    if (!is_valid) {
        *out_reason = judge->reason;
        *out_remedy = judge->remedy;
        return TAMIS_REGEX_INVALID;
    }
    return judge->has_back_reference ? TAMIS_REGEX_BACK_REFERENCE : TAMIS_REGEX_OK;
}

TamisRegexVerdict
tamis_regex_judge(const char *text, gsize length, TamisRegexFlavour flavour,
                  const char **out_reason, const char **out_remedy)
{
    Judge judge = {.at = text, .limit = text + length, .flavour = flavour};

    return flavour == TAMIS_REGEX_PCRE ? tamis_pcre_judge(text, length, out_reason, out_remedy)
                                       : judge_syntax(&judge, out_reason, out_remedy);
}
