/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pass, a group within a group by recursion, as deep as PCRE takes it. */
#include "grammar/sieve/regex-pcre.h"

#include <string.h>

#define NOTHING_REPEATED                                                                           \
    "write what is repeated before it; one that is meant as itself is written as \"\\\\*\""
#define COUNTS    "write '{2}', '{2,}' or '{2,5}', the smaller count first"
#define REFERENCE "write the name of a group: those without one are not counted by this server"

enum { MAX_REPEAT = 65535, MAX_SIZE = 65536, SIZE_OF_SET = 33 };

gboolean
tamis_pcre_fail(TamisPcre *pcre, const char *reason, const char *remedy)
{
    if (pcre->reason == NULL) {
        pcre->reason = reason;
        pcre->remedy = remedy;
    }
    return FALSE;
}

gboolean
tamis_pcre_starts_with(const TamisPcre *pcre, const char *text)
{
    gsize length = strlen(text);

    return (gsize)(pcre->limit - pcre->at) >= length && memcmp(pcre->at, text, length) == 0;
}

gboolean
tamis_pcre_is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

gboolean
tamis_pcre_read_number(TamisPcre *pcre, guint32 *out_number)
{
    guint64 number = 0;

    for (; g_ascii_isdigit(tamis_pcre_peek(pcre, 0)); pcre->at++)
        number = MIN(number * 10 + (guint64)(*pcre->at - '0'), G_MAXUINT32);
    *out_number = (guint32)number;
    return number < G_MAXINT32 - 7;
}

gboolean
tamis_pcre_has_counts(const TamisPcre *pcre, gsize distance)
{
    gsize start = ++distance;

    while (g_ascii_isdigit(tamis_pcre_peek(pcre, distance)))
        distance++;
    if (distance == start)
        return FALSE;
    if (tamis_pcre_peek(pcre, distance) == ',')
        for (distance++; g_ascii_isdigit(tamis_pcre_peek(pcre, distance));)
            distance++;
    return tamis_pcre_peek(pcre, distance) == '}';
}

/* Nodes */

static guint32
add_child(TamisPcre *pcre, guint32 parent, TamisPcreKind kind)
{
    TamisPcreNode node = {.kind = kind, .least = 1, .most = 1};
    guint32 index = pcre->nodes->len;

    g_array_append_val(pcre->nodes, node);
    TamisPcreNode *above = TAMIS_PCRE_NODE(pcre, parent);
    if (above->last != TAMIS_PCRE_NO_NODE)
        TAMIS_PCRE_NODE(pcre, above->last)->next = index;
    else
        above->first = index;
    above->last = index;
    return index;
}

guint32
tamis_pcre_add_item(TamisPcre *pcre, TamisPcreLevel *level, TamisPcreKind kind, guint64 size)
{
    guint32 index = add_child(pcre, level->branch, kind);

    level->item = index;
    TAMIS_PCRE_NODE(pcre, index)->size = size;
    TAMIS_PCRE_NODE(pcre, index)->is_simple = kind != TAMIS_PCRE_ASSERTION;
    TAMIS_PCRE_NODE(pcre, index)->may_be_empty =
        kind != TAMIS_PCRE_CHARACTER && kind != TAMIS_PCRE_UNIT;
    return index;
}

/* What a branch has when the repeat of its last item has been read. */
void
tamis_pcre_settle(TamisPcre *pcre, TamisPcreLevel *level)
{
    const TamisPcreNode *node = TAMIS_PCRE_NODE(pcre, level->item);
    TamisPcreNode *branch = TAMIS_PCRE_NODE(pcre, level->branch);

    if (level->item == TAMIS_PCRE_NO_NODE)
        return;
    branch->stays_empty |=
        branch->may_be_empty && node->is_forward && node->least == 1 && node->most == 1;
    branch->may_be_empty &= branch->stays_empty || node->may_be_empty || node->least == 0;
    branch->size = MIN(branch->size + node->size, MAX_SIZE * (guint64)1000);
    pcre->is_too_large |= branch->size > MAX_SIZE;
    level->item = TAMIS_PCRE_NO_NODE;
}

/* Repeats */

/* Of a group that is written out: copies, each of the optional ones in a group of its own. */
static guint64
size_repeated(const TamisPcreNode *node, guint32 least, guint32 most)
{
    guint64 one = node->size, copies = MAX(least, 1);

    if (one >= SIZE_OF_SET && node->kind == TAMIS_PCRE_CHARACTER)
        return most == TAMIS_PCRE_UNLIMITED && least <= 1 ? one + 1 : one + 5;
    if (node->is_simple)
        return (least > 1 || (most > 1 && most != TAMIS_PCRE_UNLIMITED) ? one + 2 : one) +
               (least > 1 && most > least ? one + 2 : 0);
    if (most == TAMIS_PCRE_UNLIMITED || most <= 1)
        return one * copies + (least == 0);
    return one * copies + (guint64)(most - copies) * (one + 1 + TAMIS_PCRE_SIZE_OF_GROUP) +
           (least == 0);
}

static gboolean
read_counts(TamisPcre *pcre, guint32 *out_least, guint32 *out_most)
{
    gboolean is_number;

    pcre->at++;
    is_number = tamis_pcre_read_number(pcre, out_least);
    *out_most = *out_least;
    if (*pcre->at == ',') {
        pcre->at++;
        if (*pcre->at == '}')
            *out_most = TAMIS_PCRE_UNLIMITED;
        else
            is_number &= tamis_pcre_read_number(pcre, out_most);
    }
    pcre->at++;
    if (!is_number || *out_least > MAX_REPEAT ||
        (*out_most > MAX_REPEAT && *out_most != TAMIS_PCRE_UNLIMITED))
        return tamis_pcre_fail(pcre, "a count is larger than 65535",
                               "write '*' or '+', or a smaller count");
    return *out_least <= *out_most ||
           tamis_pcre_fail(pcre, "a count in braces runs backwards", COUNTS);
}

static gboolean
is_repeat(const TamisPcre *pcre)
{
    char c = tamis_pcre_peek(pcre, 0);

    return c == '*' || c == '+' || c == '?' || (c == '{' && tamis_pcre_has_counts(pcre, 0));
}

/* A space or a comment, where they are passed over. */
static gboolean
skip_space(TamisPcre *pcre)
{
    const char *start = pcre->at;

    while (g_ascii_isspace(tamis_pcre_peek(pcre, 0)) || tamis_pcre_peek(pcre, 0) == '\v')
        pcre->at++;
    if (tamis_pcre_peek(pcre, 0) == '#') {
        const char *end = memchr(pcre->at, '\n', (gsize)(pcre->limit - pcre->at));
        pcre->at = end != NULL ? end + 1 : pcre->limit;
    }
    return pcre->at > start;
}

static gboolean
take_repeat(TamisPcre *pcre, TamisPcreLevel *level)
{
    TamisPcreNode *node = TAMIS_PCRE_NODE(pcre, level->item);
    char c = *pcre->at;

    if (level->item == TAMIS_PCRE_NO_NODE)
        return tamis_pcre_fail(pcre, "a repeat has nothing to repeat", NOTHING_REPEATED);
    node->least = c == '+';
    node->most = c == '?' ? 1 : TAMIS_PCRE_UNLIMITED;
    if (c == '{') {
        if (!read_counts(pcre, &node->least, &node->most))
            return FALSE;
    } else {
        pcre->at++;
    }
    while (level->options.skips_space && skip_space(pcre))
        continue;
    if (tamis_pcre_peek(pcre, 0) == '?' || tamis_pcre_peek(pcre, 0) == '+')
        pcre->at++; /* lazy or possessive */
    if (node->is_definition || (node->kind == TAMIS_PCRE_ASSERTION && node->least > 0))
        node->least = node->most = 1;
    node->size = size_repeated(node, node->least, node->most);
    tamis_pcre_settle(pcre, level);
    return TRUE;
}

/* Items */

static gboolean
take_escape(TamisPcre *pcre, TamisPcreLevel *level)
{
    TamisPcreName wanted = {0};
    int escape = tamis_pcre_take_escape(pcre, level->options.is_strict, FALSE, &wanted.number);
    char c;

    switch (escape) {
    case TAMIS_PCRE_FAULT:
        return FALSE;
    case TAMIS_PCRE_GROUP_NUMBER:
        tamis_pcre_add_reference(pcre, level, wanted);
        return TRUE;
    case 0:
        tamis_pcre_add_item(pcre, level, TAMIS_PCRE_CHARACTER,
                            1 + (guint64)g_unichar_to_utf8(wanted.number, NULL));
        return TRUE;
    case 'A':
    case 'B':
    case 'G':
    case 'K':
    case 'Z':
    case 'b':
    case 'z':
        tamis_pcre_add_item(pcre, level, TAMIS_PCRE_NOTHING, 1);
        tamis_pcre_settle(pcre, level);
        return TRUE;
    case 'C':
    case 'R':
    case 'X':
        tamis_pcre_add_item(pcre, level, TAMIS_PCRE_UNIT, 1);
        return TRUE;
    case 'P':
    case 'p':
        tamis_pcre_add_item(pcre, level, TAMIS_PCRE_CHARACTER, 3);
        return tamis_pcre_take_property(pcre);
    case 'g':
        return tamis_pcre_take_quoted_call(pcre, level);
    case 'k':
        c = tamis_pcre_peek(pcre, 0);
        if (c == '\0' || strchr("{<'", c) == NULL)
            return tamis_pcre_fail(pcre, "'\\k' has no name behind it", REFERENCE);
        pcre->at++;
        return tamis_pcre_take_named(pcre, level, c == '{' ? '}' : c == '<' ? '>' : '\'', FALSE);
    default:
        tamis_pcre_add_item(pcre, level, TAMIS_PCRE_CHARACTER, 1);
        return TRUE;
    }
}

static void
take_character(TamisPcre *pcre, TamisPcreLevel *level)
{
    const char *next = g_utf8_next_char(pcre->at);

    tamis_pcre_add_item(pcre, level, TAMIS_PCRE_CHARACTER, 1 + (guint64)(next - pcre->at));
    pcre->at = next;
}

/* Up to `\E`. */
static void
take_quoted(TamisPcre *pcre, TamisPcreLevel *level)
{
    for (pcre->at += 2; pcre->at < pcre->limit && !tamis_pcre_starts_with(pcre, "\\E");) {
        tamis_pcre_settle(pcre, level);
        take_character(pcre, level);
    }
    pcre->at = pcre->at < pcre->limit ? pcre->at + 2 : pcre->limit;
}

static gboolean
take_item(TamisPcre *pcre, TamisPcreLevel *level)
{
    guint64 size;

    switch (*pcre->at) {
    case '\\':
        return take_escape(pcre, level);
    case '(':
        return tamis_pcre_take_parenthesis(pcre, level);
    case '^':
    case '$':
        pcre->at++;
        tamis_pcre_add_item(pcre, level, TAMIS_PCRE_NOTHING, 1);
        tamis_pcre_settle(pcre, level);
        return TRUE;
    case '[':
        /* The beginning and the end of a word, which PCRE writes as `\b(?=\w)`. */
        if (tamis_pcre_starts_with(pcre, "[[:<:]]") || tamis_pcre_starts_with(pcre, "[[:>:]]")) {
            pcre->at += 7;
            tamis_pcre_add_item(pcre, level, TAMIS_PCRE_ASSERTION, 8);
            return TRUE;
        }
        if (!tamis_pcre_take_brackets(pcre, level->options.is_strict, &size))
            return FALSE;
        tamis_pcre_add_item(pcre, level, TAMIS_PCRE_CHARACTER, size);
        return TRUE;
    default:
        take_character(pcre, level);
        return TRUE;
    }
}

static gboolean
take_comment(TamisPcre *pcre)
{
    const char *end = memchr(pcre->at, ')', (gsize)(pcre->limit - pcre->at));

    pcre->at = end != NULL ? end + 1 : pcre->limit;
    return end != NULL || tamis_pcre_fail(pcre, "a comment is not closed", "write ')' behind it");
}

/* To the `|` or `)` behind it. */
static gboolean
take_branch(TamisPcre *pcre, TamisPcreLevel *level)
{
    gboolean is_valid = TRUE;

    while (is_valid && pcre->at < pcre->limit && *pcre->at != '|' && *pcre->at != ')') {
        if (pcre->is_too_large)
            return FALSE;
        if (tamis_pcre_starts_with(pcre, "\\Q")) {
            take_quoted(pcre, level);
        } else if (tamis_pcre_starts_with(pcre, "\\E")) {
            pcre->at += 2;
        } else if (tamis_pcre_starts_with(pcre, "(?#")) {
            is_valid = take_comment(pcre);
        } else if (level->options.skips_space && skip_space(pcre)) {
            continue;
        } else if (is_repeat(pcre)) {
            is_valid = take_repeat(pcre, level);
        } else {
            tamis_pcre_settle(pcre, level);
            is_valid = take_item(pcre, level);
        }
    }
    tamis_pcre_settle(pcre, level);
    return is_valid;
}

gboolean
tamis_pcre_take_branches(TamisPcre *pcre, TamisPcreLevel *level)
{
    guint32 first_number = pcre->n_groups, most = first_number;

    for (level->n_branches = 1;; level->n_branches++, pcre->at++) {
        level->branch = add_child(pcre, level->group, TAMIS_PCRE_BRANCH);
        TAMIS_PCRE_NODE(pcre, level->branch)->may_be_empty = TRUE;
        if (level->shares_numbers)
            pcre->n_groups = first_number;
        if (level->has_condition && level->n_branches == 1 &&
            !tamis_pcre_take_parenthesis(pcre, level))
            return FALSE;
        tamis_pcre_settle(pcre, level);
        if (!take_branch(pcre, level))
            return FALSE;
        const TamisPcreNode *branch = TAMIS_PCRE_NODE(pcre, level->branch);
        TamisPcreNode *group = TAMIS_PCRE_NODE(pcre, level->group);
        group->may_be_empty |= branch->may_be_empty;
        group->size += branch->size + (level->n_branches > 1 ? TAMIS_PCRE_SIZE_OF_LINK : 0);
        most = MAX(most, pcre->n_groups);
        if (pcre->at == pcre->limit || *pcre->at != '|')
            break;
    }
    pcre->n_groups = most;
    return TRUE;
}

static gboolean
read_whole(TamisPcre *pcre)
{
    TamisPcreNode none = {0}, whole = {.kind = TAMIS_PCRE_GROUP, .size = 7, .is_open = TRUE};
    TamisPcreLevel level = {.group = 1};

    g_array_append_val(pcre->groups, level.group);
    g_array_append_val(pcre->nodes, none);
    g_array_append_val(pcre->nodes, whole);
    tamis_pcre_skip_settings(pcre);
    if (!tamis_pcre_take_branches(pcre, &level))
        return FALSE;
    if (pcre->at < pcre->limit)
        return tamis_pcre_fail(pcre, "a ')' closes nothing",
                               "take it out; one that is meant as itself is written \"\\\\)\"");
    pcre->is_too_large |= TAMIS_PCRE_NODE(pcre, 1)->size > MAX_SIZE;
    TAMIS_PCRE_NODE(pcre, 1)->end = pcre->nodes->len;
    return tamis_pcre_check_wanted(pcre) && tamis_pcre_check_behind(pcre);
}

TamisRegexVerdict
tamis_pcre_judge(const char *text, gsize length, const char **out_reason, const char **out_remedy)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(TamisPcreNode));
    g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(TamisPcreName));
    g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(TamisPcreName));
    g_autoptr(GArray) behind = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(guint32));
    TamisPcre pcre = {.groups = groups,
                      .at = text,
                      .limit = text + length,
                      .nodes = nodes,
                      .names = names,
                      .wanted = wanted,
                      .behind = behind};
    gboolean is_valid = read_whole(&pcre);

    *out_reason = pcre.reason;
    *out_remedy = pcre.remedy;
    if (pcre.is_too_large && pcre.reason == NULL) {
        *out_reason = "it is compiled to more than 64 KiB";
        *out_remedy = "write it shorter, with '*' or '+' for counted repeats";
    }
    if (pcre.is_too_large)
        return TAMIS_REGEX_TOO_LARGE;
    if (pcre.is_explosive)
        return TAMIS_REGEX_EXPLOSIVE;
    if (!is_valid)
        return TAMIS_REGEX_INVALID;
    return pcre.has_back_reference ? TAMIS_REGEX_BACK_REFERENCE : TAMIS_REGEX_OK;
}
