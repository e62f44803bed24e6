/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a parenthesis begins: groups of all kinds, conditions, options. */
#include "grammar/sieve/regex-pcre.h"

#include <string.h>

#define REFERENCE "write the name of a group: those without one are not counted by this server"
#define QUESTION                                                                                   \
    "write '(?:', '(?i)', '(?=', '(?!', '(?<=', '(?<!', '(?>', '(?|' or '(?<name>'; a '(' that "   \
    "is "                                                                                          \
    "meant as itself is written \"\\\\(\""

enum { MAX_GROUPS_DEEP = 250 };

static gboolean
begin_level(TamisPcre *pcre)
{
    if (++pcre->n_levels <= MAX_GROUPS_DEEP)
        return TRUE;
    pcre->is_too_large = TRUE;
    return tamis_pcre_fail(pcre, "its groups nest too deep", "write it with fewer parentheses");
}

/* Its branches, to the `)` and behind it. What `level` says of them stays. */
static gboolean
take_group(TamisPcre *pcre, TamisPcreLevel *level, TamisPcreKind kind, const TamisPcreName *name)
{
    TamisPcreLevel *outer = level->outer;
    guint32 group =
        tamis_pcre_add_item(pcre, outer, kind, TAMIS_PCRE_SIZE_OF_GROUP + (name != NULL ? 2 : 0));
    TamisPcreNode *node = TAMIS_PCRE_NODE(pcre, group);

    node->is_open = TRUE;
    node->is_simple = node->may_be_empty = FALSE;
    if (name != NULL) {
        node->number = ++pcre->n_groups;
        if (pcre->n_groups == pcre->groups->len)
            g_array_append_val(pcre->groups, group);
    }
    level->group = group;
    if (!begin_level(pcre) || !tamis_pcre_take_branches(pcre, level))
        return FALSE;
    if (tamis_pcre_peek(pcre, 0) != ')')
        return tamis_pcre_fail(pcre, "a '(' is not closed",
                               "write ')' where it ends; one that is meant as itself is written "
                               "\"\\\\(\"");
    pcre->n_levels--;
    pcre->at++;
    node = TAMIS_PCRE_NODE(pcre, group);
    node->is_open = FALSE;
    node->end = pcre->nodes->len;
    node->may_be_empty |= kind == TAMIS_PCRE_ASSERTION;
    outer->item = group;
    return TRUE;
}

static gboolean
take_plain_group(TamisPcre *pcre, TamisPcreLevel *outer)
{
    TamisPcreLevel level = {.outer = outer, .options = outer->options};

    return take_group(pcre, &level, TAMIS_PCRE_GROUP, NULL);
}

static gboolean
take_named_group(TamisPcre *pcre, TamisPcreLevel *outer, char close)
{
    TamisPcreLevel level = {.outer = outer, .options = outer->options};
    TamisPcreName name;

    return tamis_pcre_read_name(pcre, close, &name) &&
           tamis_pcre_add_name(pcre, &name, outer->options.has_doubled_names) &&
           take_group(pcre, &level, TAMIS_PCRE_GROUP, &name);
}

static gboolean
take_assertion(TamisPcre *pcre, TamisPcreLevel *outer, gboolean is_behind)
{
    TamisPcreLevel level = {.outer = outer, .options = outer->options};
    guint32 group = pcre->nodes->len;

    if (is_behind)
        g_array_append_val(pcre->behind, group);
    return take_group(pcre, &level, TAMIS_PCRE_ASSERTION, NULL);
}

/* Conditions: at the second `(` of `(?(`. */

static gboolean
is_assertion(const TamisPcre *pcre, gsize distance)
{
    gsize at = distance + 2;

    if (tamis_pcre_peek(pcre, distance) != '(' || tamis_pcre_peek(pcre, distance + 1) != '?')
        return FALSE;
    at += tamis_pcre_peek(pcre, at) == '<';
    return tamis_pcre_peek(pcre, at) == '=' || tamis_pcre_peek(pcre, at) == '!';
}

/* Steps over a callout, `(?C1)`, that stands before an assertion. */
static gboolean
has_assertion(TamisPcre *pcre)
{
    gsize end = 3;

    if (is_assertion(pcre, 0))
        return TRUE;
    if (!tamis_pcre_starts_with(pcre, "(?C"))
        return FALSE;
    while (g_ascii_isdigit(tamis_pcre_peek(pcre, end)))
        end++;
    if (tamis_pcre_peek(pcre, end) != ')' || !is_assertion(pcre, end + 1))
        return FALSE;
    pcre->at += end + 1;
    return TRUE;
}

static gboolean
fail_condition(TamisPcre *pcre)
{
    return tamis_pcre_fail(
        pcre, "behind '(?(' stands no condition",
        "write the name of a group, 'R' or an assertion there, as '(?(<name>)a|b)'");
}

/* `(?(R)`, `(?(R1)`, `(?(DEFINE)`: no names of groups. */
static gboolean
is_known_condition(const TamisPcreName *name)
{
    if (name->length == 6 && memcmp(name->text, "DEFINE", 6) == 0)
        return TRUE;
    for (gsize i = 1; i < name->length; i++)
        if (!g_ascii_isdigit(name->text[i]))
            return FALSE;
    return *name->text == 'R';
}

static gboolean
take_condition_number(TamisPcre *pcre, TamisPcreName *wanted)
{
    char sign = *pcre->at;

    if (!g_ascii_isdigit(sign))
        pcre->at++;
    if (!tamis_pcre_read_number(pcre, &wanted->number) || tamis_pcre_peek(pcre, 0) != ')')
        return fail_condition(pcre);
    pcre->at++;
    if (wanted->number == 0 || (sign == '-' && wanted->number > pcre->n_groups))
        return tamis_pcre_fail(pcre, "it refers to a group that is not there", REFERENCE);
    if (sign == '-')
        wanted->number = pcre->n_groups - wanted->number + 1;
    else if (sign == '+')
        wanted->number += pcre->n_groups;
    g_array_append_val(pcre->wanted, *wanted);
    return TRUE;
}

static gboolean
take_condition(TamisPcre *pcre, TamisPcreName *out_name)
{
    char close = '\0', c = tamis_pcre_peek(pcre, 1);
    gboolean is_of_call = c == 'R' && tamis_pcre_peek(pcre, 2) == '&';

    *out_name = (TamisPcreName){0};
    pcre->at += is_of_call ? 3 : 1;
    if (!is_of_call && (c == '<' || c == '\'')) {
        close = c == '<' ? '>' : c;
        pcre->at++;
    } else if (!is_of_call && (c == '+' || c == '-' || g_ascii_isdigit(c))) {
        return take_condition_number(pcre, out_name);
    }
    out_name->text = pcre->at;
    while (tamis_pcre_is_word(tamis_pcre_peek(pcre, 0)))
        pcre->at++;
    out_name->length = (gsize)(pcre->at - out_name->text);
    if (out_name->length == 0 || g_ascii_isdigit(*out_name->text))
        return fail_condition(pcre);
    if (close != '\0' && tamis_pcre_peek(pcre, 0) == close)
        pcre->at++;
    else if (close != '\0')
        return fail_condition(pcre);
    if (tamis_pcre_peek(pcre, 0) != ')')
        return fail_condition(pcre);
    pcre->at++;
    if (is_of_call || close != '\0' || !is_known_condition(out_name))
        g_array_append_val(pcre->wanted, *out_name);
    return TRUE;
}

static gboolean
take_conditional(TamisPcre *pcre, TamisPcreLevel *outer)
{
    TamisPcreLevel level = {.outer = outer, .options = outer->options};
    TamisPcreName name = {0};
    guint32 most = 2;

    pcre->at += 2;
    level.has_condition = has_assertion(pcre);
    if (!level.has_condition && !take_condition(pcre, &name))
        return FALSE;
    if (name.length == 6 && memcmp(name.text, "DEFINE", 6) == 0)
        most = 1;
    pcre->n_conditions++;
    if (!take_group(pcre, &level, TAMIS_PCRE_GROUP, NULL))
        return FALSE;
    pcre->n_conditions--;
    TAMIS_PCRE_NODE(pcre, level.group)->may_be_empty |= level.n_branches == 1;
    TAMIS_PCRE_NODE(pcre, level.group)->is_definition = most == 1;
    TAMIS_PCRE_NODE(pcre, level.group)->size += level.has_condition ? 0 : TAMIS_PCRE_SIZE_OF_LINK;
    return level.n_branches <= most ||
           tamis_pcre_fail(pcre, "a condition has more than two branches",
                           "put parentheses around those that belong together");
}

/* `(?`, behind the `?` */

/* `(?i)`, `(?i:a)`. */
static gboolean
take_options(TamisPcre *pcre, TamisPcreLevel *outer)
{
    TamisPcreOptions options = outer->options;
    gboolean is_set = TRUE;

    for (; tamis_pcre_peek(pcre, 0) != ')' && tamis_pcre_peek(pcre, 0) != ':'; pcre->at++) {
        char c = tamis_pcre_peek(pcre, 0);
        if (c == '-')
            is_set = FALSE;
        else if (c == 'x')
            options.skips_space = is_set;
        else if (c == 'J')
            options.has_doubled_names = is_set;
        else if (c == 'X')
            options.is_strict = is_set;
        else if (c == '\0' || strchr("imsU", c) == NULL)
            return tamis_pcre_fail(pcre, "behind '(?' stands what PCRE does not know", QUESTION);
    }
    if (*pcre->at++ == ')') {
        outer->options = options;
        outer->item = TAMIS_PCRE_NO_NODE;
        return TRUE;
    }
    TamisPcreLevel level = {.outer = outer, .options = options};
    return take_group(pcre, &level, TAMIS_PCRE_GROUP, NULL);
}

static gboolean
take_callout(TamisPcre *pcre, TamisPcreLevel *level)
{
    guint32 number;

    if (!tamis_pcre_read_number(pcre, &number) || number > 255 || tamis_pcre_peek(pcre, 0) != ')')
        return tamis_pcre_fail(pcre, "behind '(?C' stands no number up to 255",
                               "take it out: the server calls nothing");
    pcre->at++;
    tamis_pcre_add_item(pcre, level, TAMIS_PCRE_NOTHING, TAMIS_PCRE_SIZE_OF_GROUP);
    tamis_pcre_settle(pcre, level);
    return TRUE;
}

static gboolean
take_behind(TamisPcre *pcre, TamisPcreLevel *level)
{
    char c = tamis_pcre_peek(pcre, 0);

    if (c == '=' || c == '!') {
        pcre->at++;
        return take_assertion(pcre, level, TRUE);
    }
    return tamis_pcre_is_word(c)
               ? take_named_group(pcre, level, '>')
               : tamis_pcre_fail(pcre, "behind '(?<' stands what PCRE does not know", QUESTION);
}

static gboolean
take_python(TamisPcre *pcre, TamisPcreLevel *level)
{
    char c = tamis_pcre_peek(pcre, 0);

    if (c != '\0')
        pcre->at++;
    if (c == '<')
        return take_named_group(pcre, level, '>');
    if (c == '=' || c == '>')
        return tamis_pcre_take_named(pcre, level, ')', c == '>');
    return tamis_pcre_fail(pcre, "behind '(?P' stands what PCRE does not know", QUESTION);
}

/* `(?!)` fails always; it is a group where it is repeated. */
static gboolean
take_not(TamisPcre *pcre, TamisPcreLevel *level)
{
    char next = tamis_pcre_peek(pcre, 1);

    if (tamis_pcre_peek(pcre, 0) != ')' || (next != '\0' && strchr("*+?", next) != NULL) ||
        (next == '{' && tamis_pcre_has_counts(pcre, 1)))
        return take_assertion(pcre, level, FALSE);
    pcre->at++;
    tamis_pcre_add_item(pcre, level, TAMIS_PCRE_NOTHING, 1);
    tamis_pcre_settle(pcre, level);
    return TRUE;
}

static gboolean
take_whole_call(TamisPcre *pcre, TamisPcreLevel *level)
{
    TamisPcreName whole = {0};

    if (tamis_pcre_peek(pcre, 0) != ')')
        return tamis_pcre_fail(pcre, "the call of a group is not closed", "write ')' behind it");
    pcre->at++;
    return tamis_pcre_add_call(pcre, level, &whole);
}

static gboolean
take_query(TamisPcre *pcre, TamisPcreLevel *outer)
{
    TamisPcreLevel level = {.outer = outer, .options = outer->options, .shares_numbers = TRUE};
    char c = tamis_pcre_peek(pcre, 2), next = tamis_pcre_peek(pcre, 3);

    if (c == '(')
        return take_conditional(pcre, outer);
    pcre->at += 2;
    if (g_ascii_isdigit(c) || c == '+' || (c == '-' && g_ascii_isdigit(next)))
        return tamis_pcre_take_numbered_call(pcre, outer, ')');
    if (c == '\0' || strchr("|>=!<CP'&R", c) == NULL)
        return take_options(pcre, outer);
    pcre->at++;
    switch (c) {
    case '|':
        return take_group(pcre, &level, TAMIS_PCRE_GROUP, NULL);
    case '>':
        return take_plain_group(pcre, outer);
    case '=':
        return take_assertion(pcre, outer, FALSE);
    case '!':
        return take_not(pcre, outer);
    case '<':
        return take_behind(pcre, outer);
    case 'C':
        return take_callout(pcre, outer);
    case 'P':
        return take_python(pcre, outer);
    case '\'':
        return take_named_group(pcre, outer, '\'');
    case '&':
        return tamis_pcre_take_named(pcre, outer, ')', TRUE);
    default:
        return take_whole_call(pcre, outer);
    }
}

gboolean
tamis_pcre_take_parenthesis(TamisPcre *pcre, TamisPcreLevel *level)
{
    TamisPcreKind kind;
    guint64 size;

    if (tamis_pcre_peek(pcre, 1) == '?')
        return take_query(pcre, level);
    if (!tamis_pcre_is_verb(pcre)) {
        pcre->at++;
        return take_plain_group(pcre, level);
    }
    if (!tamis_pcre_take_verb(pcre, &kind, &size))
        return FALSE;
    tamis_pcre_add_item(pcre, level, kind, size);
    tamis_pcre_settle(pcre, level);
    return TRUE;
}
