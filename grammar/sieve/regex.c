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

#define RANGES "write the smaller end first, as [a-z]; a '-' that is meant as itself last"

#define MAX_GROUPS 1000
/* PCRE refuses what is deeper. */
#define PERL_MAX_GROUPS 250
#define MAX_REPEAT      32767
#define PERL_MAX_REPEAT 65535
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
    gboolean
        has_old_form; /* that PCRE took before its second version: [\w-.], \8 without such a group */
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
            *out_character = (guchar)*name;
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
    if (c == '\\' && judge->flavour == TAMIS_REGEX_PERL && has_next) {
        judge->at += 2;
        *out_character = -1;
        return TRUE;
    }
    if (c == '-' && !accepts_hyphen && judge->flavour != TAMIS_REGEX_PERL && has_next &&
        judge->at[1] != ']')
        return fail(judge, "a '-' in brackets is between no two characters", RANGES);
    judge->at++;
    *out_character =
        judge->flavour == TAMIS_REGEX_POSIX_ANY_CASE ? g_ascii_toupper(c) & 0xff : (guchar)c;
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
    if (end < 0 && judge->flavour != TAMIS_REGEX_PERL)
        return fail(judge, "a range in brackets ends in a class", RANGES);
    return end < 0 || start <= end ||
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
        if (start < 0) {
            judge->has_old_form = TRUE;
            continue;
        }
        if (!take_range_end(judge, start))
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
    if (MAX(first, second) > (judge->flavour == TAMIS_REGEX_PERL ? PERL_MAX_REPEAT : MAX_REPEAT))
        return fail(judge,
                    judge->flavour == TAMIS_REGEX_PERL ? "a count is larger than 65535"
                                                       : "a count is larger than 32767",
                    "write '*' or '+', or a smaller count");
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
        if (judge->flavour == TAMIS_REGEX_PERL && judge->at[1] >= '8') {
            judge->has_old_form = TRUE;
        } else if ((guint)(judge->at[1] - '0') > judge->n_closed_groups) {
            return fail(judge, "a reference goes back to a group that is not there",
                        "put parentheses around what it refers to, before it");
        }
        judge->has_back_reference |= (guint)(judge->at[1] - '0') <= judge->n_closed_groups;
    }
    const char *anchors = judge->flavour == TAMIS_REGEX_PERL ? "bBAZzG" : "bB<>`'";
    gboolean is_anchor = judge->at[1] != '\0' && strchr(anchors, judge->at[1]) != NULL;
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
        judge->was_repeated = FALSE;
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

/* What the second version of PCRE knows and the first, which Debian builds Cyrus with, does not. Brackets are not looked
 * at: nobody writes these in them. */
static gboolean
has_new_form(const char *text, gsize length)
{
    static const char *const starts[] = {"(?(VERSION", "\\N{U+"};

    for (guint i = 0; i < G_N_ELEMENTS(starts); i++)
        if (memmem(text, length, starts[i], strlen(starts[i])) != NULL)
            return TRUE;
    for (const char *at = text, *limit = text + length;
         (at = memmem(at, (gsize)(limit - at), "(?", 2)) != NULL;) {
        const char *options = at + 2, *end = options;
        while (end < limit && (g_ascii_isalpha(*end) || *end == '^' || *end == '-'))
            end++;
        gboolean is_setting = end < limit && (*end == ')' || *end == ':');
        for (at = options; at < end && is_setting; at++)
            if (strchr("^na", *at) != NULL)
                return TRUE;
        at = options;
    }
    return FALSE;
}

/* As the server compiles it: groups without a name are not counted (REG_NOSUB, which is PCRE's `(?n)`). What sets the
 * whole pattern, `(*UTF8)`, stays first. */
static GRegex *
compile_uncounted(const char *text, gsize length)
{
    const char *at = text, *limit = text + length, *end;

    while (limit - at > 2 && at[0] == '(' && at[1] == '*' && g_ascii_isupper(at[2]) &&
           (end = memchr(at, ')', (gsize)(limit - at))) != NULL)
        at = end + 1;
    g_autofree char *pattern =
        g_strdup_printf("%.*s(?n)%.*s", (int)(at - text), text, (int)(limit - at), at);
    return g_regex_new(pattern, 0, 0, NULL);
}

/* The pattern with its old forms written as the second version of PCRE takes them: `\\8` as the digit that it is without
 * such a group, a '-' behind a class as itself. */
static char *
modernize(const char *text, gsize length)
{
    GString *out = g_string_sized_new(length + 8);

    for (gsize i = 0; i < length; i++) {
        gboolean is_escape = text[i] == '\\' && i + 1 < length;
        char next = is_escape ? text[i + 1] : '\0';

        if (text[i] == '-' && i > 1 && text[i - 1] == ']' && text[i - 2] == ':')
            g_string_append_c(out, '\\'); /* behind `[:alpha:]` */
        if (!is_escape || (next != '8' && next != '9'))
            g_string_append_c(out, text[i]);
        if (!is_escape)
            continue;
        g_string_append_c(out, text[++i]);
        if (strchr("dDwWsShHvV", next) != NULL && i + 1 < length && text[i + 1] == '-') {
            g_string_append(out, "\\-");
            i++;
        }
    }
    return g_string_free(out, FALSE);
}

/* Whether PCRE takes the pattern once its old forms are others. */
static gboolean
is_valid_modernized(const char *text, gsize length)
{
    g_autofree char *modern = modernize(text, length);
    g_autoptr(GRegex) regex = compile_uncounted(modern, strlen(modern));

    return regex != NULL;
}

/* Perl's syntax has more than this file knows: GLib compiles with PCRE, as Cyrus does, which refuses what is too large
 * or too deep in no time. Where both refuse, the words are ours. */
static TamisRegexVerdict
ask_pcre(const Judge *judge, TamisRegexVerdict verdict, const char *text, gsize length,
         const char **out_reason, const char **out_remedy)
{
    g_autofree char *pattern = g_strndup(text, length);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GRegex) uncounted = compile_uncounted(text, length);
    gboolean is_refused = verdict == TAMIS_REGEX_INVALID || verdict == TAMIS_REGEX_EXPLOSIVE;

    if (regex != NULL && uncounted == NULL && verdict != TAMIS_REGEX_BACK_REFERENCE) {
        *out_reason = "it refers to a group by number, which the server does not count";
        *out_remedy = "write what the group has once more in place of the reference";
        return TAMIS_REGEX_INVALID;
    }
    if (regex != NULL && has_new_form(text, length)) {
        *out_reason = "the server's PCRE is too old for it";
        *out_remedy = "do without what came with PCRE2: '(?^)', '(?n)', '\\N{U+…}'";
        return TAMIS_REGEX_INVALID;
    }
    if (regex != NULL && is_refused) {
        *out_reason = *out_remedy = NULL;
        return TAMIS_REGEX_OK;
    }
    if (regex == NULL && !is_refused &&
        !(judge->has_old_form && is_valid_modernized(text, length))) {
        *out_reason = "PCRE does not take it";
        *out_remedy =
            "do without what is special to it: a '\\\\' before a sign takes that as it is";
        return TAMIS_REGEX_INVALID;
    }
    return verdict;
}

TamisRegexVerdict
tamis_regex_judge(const char *text, gsize length, TamisRegexFlavour flavour,
                  const char **out_reason, const char **out_remedy)
{
    Judge judge = {.at = text, .limit = text + length, .flavour = flavour};
    TamisRegexVerdict verdict = judge_syntax(&judge, out_reason, out_remedy);

    if (flavour != TAMIS_REGEX_PERL || !g_utf8_validate_len(text, length, NULL))
        return verdict;
    return ask_pcre(&judge, verdict, text, length, out_reason, out_remedy);
}
