/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pass with a stack of open groups. Beside the syntax it counts how many states the expression has when
 * its counted repeats are written out, as glibc does. */
#include "grammar/sieve/regex.h"

#include <string.h>

/* Remedies that several faults share; in a script every backslash of an expression is written twice. */
#define NOT_CLOSED(close, open)                                                                    \
    "write '" close "' where it ends; one that is meant as itself is written \"\\\\" open "\""
#define COUNTS "write '{2}', '{2,}' or '{2,5}', the smaller count first"
#define NOTHING_REPEATED                                                                           \
    "write what is repeated before it; one that is meant as itself is written as \"\\\\*\""

#define MAX_GROUPS 1000
/* PCRE refuses what is deeper. */
#define PERL_MAX_GROUPS 250
#define MAX_REPEAT      32767
/* At a few hundred bytes a state, in some tens of megabytes and tenths of a second. */
#define MAX_STATES ((guint64)100000)

typedef struct {
    guint64 outer; /* states before the group, in the group around it */
} Group;

typedef struct {
    const char *at, *limit;
    TamisRegexFlavour flavour;
    const char *reason, *remedy;
    Group groups[MAX_GROUPS];
    guint n_groups, n_closed_groups;
    guint64 states; /* of the innermost open group */
    guint64 last;   /* of the last atom: what a repeat repeats; 0: there is none */
    gboolean was_repeated;
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
    judge->states += states;
    judge->was_repeated = FALSE;
}

/* `[:alpha:]` and its like, inside brackets; at `[`. */
static gboolean
skip_class(Judge *judge)
{
    static const char *const names[] = {"alpha", "digit", "alnum", "upper", "lower", "space",
                                        "blank", "punct", "print", "graph", "cntrl", "xdigit"};
    char kind = judge->at[1];
    const char *name = judge->at + 2;

    for (const char *at = name; judge->limit - at > 1; at++) {
        if (at[0] != kind || at[1] != ']')
            continue;
        judge->at = at + 2;
        if (kind != ':')
            return TRUE;
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

/* Behind `[`. */
static gboolean
skip_brackets(Judge *judge)
{
    gboolean is_first = TRUE;
    int previous = -1; /* a character that could begin a range */

    if (judge->at < judge->limit && *judge->at == '^')
        judge->at++;
    for (; judge->at < judge->limit; is_first = FALSE) {
        char c = *judge->at;
        if (c == ']' && !is_first) {
            judge->at++;
            return TRUE;
        }
        if (c == '[' && judge->limit - judge->at > 1 && strchr(":.=", judge->at[1]) != NULL &&
            judge->at[1] != '\0') {
            if (!skip_class(judge))
                return FALSE;
            previous = -1;
            continue;
        }
        if (c == '\\' && judge->flavour == TAMIS_REGEX_PERL && judge->limit - judge->at > 1) {
            judge->at += 2;
            previous = -1;
            continue;
        }
        if (c == '-' && previous >= 0 && judge->limit - judge->at > 1 && judge->at[1] != ']' &&
            judge->at[1] != '[' && judge->at[1] != '\\') {
            if ((guchar)judge->at[1] < previous && previous < 0x80 && (guchar)judge->at[1] < 0x80)
                return fail(
                    judge, "a range in brackets runs backwards",
                    "write the smaller end first, as [a-z]; a '-' that is meant as itself last");
            judge->at += 2;
            previous = -1;
            continue;
        }
        previous = (guchar)c;
        judge->at++;
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

/* Perl's syntax has no repeat of a repeat; its sign can be the modifier of the first. */
static void
end_repeat(Judge *judge)
{
    judge->was_repeated = TRUE;
    if (judge->flavour == TAMIS_REGEX_PERL)
        judge->last = 0;
}

static void
repeat(Judge *judge, guint64 times)
{
    judge->states -= judge->last;
    judge->last = MIN(judge->last * MAX(times, 1), MAX_STATES * 1000);
    judge->states += judge->last;
    judge->is_explosive |= judge->states > MAX_STATES;
    end_repeat(judge);
}

/* At `{`. In Perl's syntax it stands for itself where it begins no count. */
static gboolean
take_counted(Judge *judge)
{
    const char *start = judge->at++;
    guint first = 0, second = 0;
    gboolean has_first = read_count(judge, &first);
    gboolean has_second = FALSE, has_comma = FALSE;

    if (judge->at < judge->limit && *judge->at == ',') {
        has_comma = TRUE;
        judge->at++;
        has_second = read_count(judge, &second);
    }
    gboolean is_closed = judge->at < judge->limit && *judge->at == '}';
    if (!is_closed || (!has_first && !has_second)) {
        if (judge->flavour == TAMIS_REGEX_PERL) {
            judge->at = start + 1;
            add_atom(judge, 1);
            return TRUE;
        }
        return is_closed ? fail(judge, "a count in braces is no number", COUNTS)
                         : fail(judge, "a '{' is not closed", NOT_CLOSED("}", "{"));
    }
    judge->at++;
    if (judge->last == 0)
        return fail(judge, "a repeat has nothing to repeat", NOTHING_REPEATED);
    if (has_second && second < first)
        return fail(judge, "a count in braces runs backwards", COUNTS);
    if (judge->flavour == TAMIS_REGEX_POSIX && MAX(first, second) > MAX_REPEAT)
        return fail(judge, "a count is larger than 32767", "write '*' or '+', or a smaller count");
    repeat(judge, has_second ? second : has_comma ? (guint64)first + 1 : first);
    return TRUE;
}

static gboolean
take_repeat(Judge *judge)
{
    char c = *judge->at;

    if (judge->flavour == TAMIS_REGEX_PERL && judge->was_repeated && (c == '?' || c == '+')) {
        judge->at++; /* lazy or possessive */
        judge->was_repeated = FALSE;
        return TRUE;
    }
    if (c == '{')
        return take_counted(judge);
    if (judge->last == 0)
        return fail(judge, "a repeat has nothing to repeat", NOTHING_REPEATED);
    judge->at++;
    end_repeat(judge);
    return TRUE;
}

static gboolean
open_group(Judge *judge)
{
    judge->at++;
    if (judge->n_groups == (judge->flavour == TAMIS_REGEX_PERL ? PERL_MAX_GROUPS : MAX_GROUPS)) {
        judge->is_explosive = TRUE;
        return FALSE;
    }
    if (judge->at < judge->limit && *judge->at == '?' && judge->flavour == TAMIS_REGEX_PERL) {
        while (judge->at < judge->limit && strchr(":=!)", *judge->at) == NULL)
            judge->at++;
        if (judge->at < judge->limit && *judge->at != ')')
            judge->at++;
    }
    judge->groups[judge->n_groups++].outer = judge->states;
    judge->states = 0;
    judge->last = 0;
    return TRUE;
}

static gboolean
close_group(Judge *judge)
{
    if (judge->n_groups == 0) {
        if (judge->flavour == TAMIS_REGEX_PERL)
            return fail(judge, "a ')' closes nothing",
                        "take it out; one that is meant as itself is written \"\\\\)\"");
        judge->at++;
        add_atom(judge, 1);
        return TRUE;
    }
    guint64 inner = judge->states + 1;
    judge->states = judge->groups[--judge->n_groups].outer;
    judge->n_closed_groups++;
    judge->at++;
    add_atom(judge, inner);
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
    judge->at += 2;
    add_atom(judge, 1);
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
        if (!skip_brackets(judge))
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
        judge->at++;
        judge->last = 0;
        return TRUE;
    default:
        judge->at++;
        add_atom(judge, 1);
        return TRUE;
    }
}

TamisRegexVerdict
tamis_regex_judge(const char *text, gsize length, TamisRegexFlavour flavour,
                  const char **out_reason, const char **out_remedy)
{
    Judge judge = {.at = text, .limit = text + length, .flavour = flavour};
    gboolean is_valid = TRUE;

    *out_reason = NULL;
    *out_remedy = NULL;
    while (is_valid && judge.at < judge.limit)
        is_valid = take(&judge);
    if (is_valid && judge.n_groups > 0)
        is_valid = fail(&judge, "a '(' is not closed", NOT_CLOSED(")", "("));
    if (judge.is_explosive) {
        *out_reason =
            is_valid ? "its nested counted repeats are written out" : "its groups nest too deep";
        *out_remedy = is_valid ? "use '*' or '+' inside of a counted repeat"
                               : "write it with fewer parentheses";
        return TAMIS_REGEX_EXPLOSIVE;
    }
    if (!is_valid) {
        *out_reason = judge.reason;
        *out_remedy = judge.remedy;
        return TAMIS_REGEX_INVALID;
    }
    return judge.has_back_reference ? TAMIS_REGEX_BACK_REFERENCE : TAMIS_REGEX_OK;
}
