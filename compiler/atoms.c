/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Policy tests to atoms. */
#include "compiler/atoms.h"

#include <string.h>

typedef struct {
    TamisFormulas *formulas;
    TamisStrings *strings;
    const TamisPolicy *policy;
    const TamisTest *test;
} Making;

static TamisString
add(Making *making, const char *text, gsize length)
{
    return tamis_strings_add(making->strings, text, length);
}

static void
append(Making *making, GArray *list, const char *text, gsize length)
{
    TamisString string = add(making, text, length);

    g_array_append_val(list, string);
}

static TamisSlice
words(Making *making, const char *const *texts)
{
    TamisString list[4];
    guint n = 0;

    for (; texts[n] != NULL; n++) {
        g_assert(n < G_N_ELEMENTS(list));
        list[n] = add(making, texts[n], strlen(texts[n]));
    }
    return tamis_formulas_list(making->formulas, list, n);
}

/* The value as a glob that begins or ends with it. */
static void
append_glob(Making *making, GArray *keys, const char *text)
{
    g_autoptr(GString) glob = g_string_new(making->test->match == TAMIS_MATCH_ENDS ? "*" : NULL);

    for (; *text != '\0'; text++) {
        if (strchr("*?\\", *text) != NULL)
            g_string_append_c(glob, '\\');
        g_string_append_c(glob, g_ascii_tolower(*text));
    }
    if (making->test->match == TAMIS_MATCH_BEGINS)
        g_string_append_c(glob, '*');
    append(making, keys, glob->str, glob->len);
}

static void
append_key(Making *making, GArray *keys, const char *text)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);
    g_autofree char *below = NULL;

    switch (making->test->match) {
    case TAMIS_MATCH_IS:
    case TAMIS_MATCH_CONTAINS:
    case TAMIS_MATCH_MATCHES:
        append(making, keys, lower, strlen(lower));
        break;
    case TAMIS_MATCH_BEGINS:
    case TAMIS_MATCH_ENDS:
        append_glob(making, keys, lower);
        break;
    case TAMIS_MATCH_UNDER:
        below = g_strconcat("*.", lower, NULL);
        append(making, keys, lower, strlen(lower));
        append(making, keys, below, strlen(below));
        break;
    }
}

/* Mail may carry an internationalised domain as it is read, not only as an A-label. */
static void
append_readable(Making *making, GArray *keys, const char *text)
{
    const char *at = strrchr(text, '@'), *domain = at != NULL ? at + 1 : text;
    g_autofree char *unicode = NULL, *whole = NULL;

    if (strstr(domain, "xn--") == NULL ||
        (making->test->match != TAMIS_MATCH_IS && making->test->match != TAMIS_MATCH_UNDER))
        return;
    unicode = g_hostname_to_unicode(domain);
    if (unicode == NULL || strcmp(unicode, domain) == 0)
        return;
    whole = g_strdup_printf("%.*s%s", (int)(domain - text), text, unicode);
    append_key(making, keys, whole);
}

static TamisSlice
keys_of(Making *making)
{
    const TamisTest *test = making->test;
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(TamisString));

    for (guint32 i = 0; i < test->values.n; i++) {
        const char *text = tamis_policy_text(
            making->policy, tamis_policy_value(making->policy, test->values.first + i));

        append_key(making, keys, text);
        if (test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE)
            append_readable(making, keys, text);
    }
    return tamis_formulas_list(making->formulas, (TamisString *)keys->data, keys->len);
}

static TamisSlice
fields_of(Making *making)
{
    static const char *const fields[][3] = {
        [TAMIS_FIELD_FROM] = {"from"},
        [TAMIS_FIELD_TO] = {"to"},
        [TAMIS_FIELD_CC] = {"cc"},
        [TAMIS_FIELD_RECIPIENT] = {"to", "cc"},
    };

    return words(making, fields[making->test->field]);
}

static TamisSlice
name_of(Making *making)
{
    const char *name[] = {tamis_policy_text(making->policy, making->test->name), NULL};

    return words(making, name);
}

static TamisKeyMatch
key_match(TamisMatch match)
{
    return match == TAMIS_MATCH_IS         ? TAMIS_KEYS_IS
           : match == TAMIS_MATCH_CONTAINS ? TAMIS_KEYS_CONTAIN
                                           : TAMIS_KEYS_MATCH;
}

static TamisFormula
text_atom(Making *making, TamisAtomKind kind)
{
    static const char *const text_parts[] = {"text", NULL};
    TamisAtom atom = {.kind = kind,
                      .match = key_match(making->test->match),
                      .keys = keys_of(making),
                      .span = making->test->span};

    switch (kind) {
    case TAMIS_ATOM_ADDRESS:
    case TAMIS_ATOM_ENVELOPE:
        atom.names = fields_of(making);
        atom.part = making->test->part;
        break;
    case TAMIS_ATOM_BODY:
        atom.transform = TAMIS_BODY_CONTENT;
        atom.names = words(making, text_parts);
        break;
    default:
        atom.names = name_of(making);
        break;
    }
    return tamis_formulas_atom(making->formulas, &atom);
}

static TamisFormula
size_atom(Making *making)
{
    TamisComparison comparison = making->test->comparison;
    gboolean over = comparison == TAMIS_MORE || comparison == TAMIS_AT_MOST;
    gboolean negated = comparison == TAMIS_AT_MOST || comparison == TAMIS_AT_LEAST;
    TamisAtom atom = {.kind = TAMIS_ATOM_SIZE,
                      .relation = over ? TAMIS_RELATION_GT : TAMIS_RELATION_LT,
                      .number = making->test->number,
                      .span = making->test->span};
    TamisFormula formula = tamis_formulas_atom(making->formulas, &atom);

    return negated ? tamis_formulas_not(making->formulas, formula) : formula;
}

static TamisFormula
spam_atom(Making *making)
{
    static const guint8 relations[] = {
        [TAMIS_LESS] = TAMIS_RELATION_LT,
        [TAMIS_AT_MOST] = TAMIS_RELATION_LE,
        [TAMIS_MORE] = TAMIS_RELATION_GT,
        [TAMIS_AT_LEAST] = TAMIS_RELATION_GE,
    };
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, making->test->number);
    const char *key[] = {number, NULL};
    TamisAtom atom = {.kind = TAMIS_ATOM_GRADE,
                      .grade = TAMIS_GRADE_SPAM,
                      .match = TAMIS_KEYS_VALUE,
                      .relation = relations[making->test->comparison],
                      .comparator = TAMIS_COMPARATOR_NUMERIC,
                      .keys = words(making, key),
                      .span = making->test->span};

    return tamis_formulas_atom(making->formulas, &atom);
}

static TamisFormula
header_atom(Making *making, TamisKeyMatch match, const char *const *names, const char *const *keys)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER,
                      .match = match,
                      .names = words(making, names),
                      .keys = words(making, keys),
                      .span = making->test->span};

    return tamis_formulas_atom(making->formulas, &atom);
}

static TamisFormula
mailing_list(Making *making)
{
    static const char *const headers[] = {"list-id", "list-post", "list-unsubscribe", NULL};
    static const char *const anything[] = {"*", NULL};
    static const char *const precedence[] = {"precedence", NULL};
    static const char *const bulk[] = {"list", "bulk", NULL};

    return tamis_formulas_or2(making->formulas,
                              header_atom(making, TAMIS_KEYS_MATCH, headers, anything),
                              header_atom(making, TAMIS_KEYS_IS, precedence, bulk));
}

static TamisFormula
exists_atom(Making *making, TamisSlice names)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_EXISTS, .names = names, .span = making->test->span};

    return tamis_formulas_atom(making->formulas, &atom);
}

static TamisFormula
automatic(Making *making)
{
    static const char *const name[] = {"auto-submitted", NULL};
    static const char *const no[] = {"no", NULL};

    return tamis_formulas_and2(
        making->formulas, exists_atom(making, words(making, name)),
        tamis_formulas_not(making->formulas, header_atom(making, TAMIS_KEYS_IS, name, no)));
}

TamisFormula
tamis_atom_of_test(TamisFormulas *formulas, const TamisPolicy *policy, const TamisTest *test)
{
    Making making = {formulas, tamis_formulas_get_strings(formulas), policy, test};
    TamisAtom hours = {.kind = TAMIS_ATOM_HOURS, .hours = test->hours, .span = test->span};

    switch (test->kind) {
    case TAMIS_TEST_HEADER:
        return text_atom(&making, TAMIS_ATOM_HEADER);
    case TAMIS_TEST_BODY:
        return text_atom(&making, TAMIS_ATOM_BODY);
    case TAMIS_TEST_ADDRESS:
        return text_atom(&making, TAMIS_ATOM_ADDRESS);
    case TAMIS_TEST_ENVELOPE:
        return text_atom(&making, TAMIS_ATOM_ENVELOPE);
    case TAMIS_TEST_EXISTS:
        return exists_atom(&making, name_of(&making));
    case TAMIS_TEST_SIZE:
        return size_atom(&making);
    case TAMIS_TEST_SPAM_SCORE:
        return spam_atom(&making);
    case TAMIS_TEST_HOURS:
        return tamis_formulas_atom(formulas, &hours);
    case TAMIS_TEST_MAILING_LIST:
        return mailing_list(&making);
    case TAMIS_TEST_AUTOMATIC:
        return automatic(&making);
    }
    g_assert_not_reached();
}

/* Answers ---------------------------------------------------------------------------------------- */

static TamisFormula
sender_is(Making *making, TamisAddressPart part, TamisKeyMatch match, TamisSlice keys)
{
    static const char *const from[] = {"from", NULL};
    TamisAtom atom = {.kind = TAMIS_ATOM_ENVELOPE,
                      .part = part,
                      .match = match,
                      .names = words(making, from),
                      .keys = keys};

    return tamis_formulas_atom(making->formulas, &atom);
}

static TamisFormula
is_no_person(Making *making)
{
    static const char *const none[] = {"", NULL};
    static const char *const shapes[] = {"owner-*", "*-request", NULL};
    static const char *const programs[] = {"mailer-daemon", "listserv", "majordomo", NULL};
    TamisFormula any[] = {
        sender_is(making, TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS, words(making, none)),
        sender_is(making, TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_MATCH, words(making, shapes)),
        sender_is(making, TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_IS, words(making, programs)),
    };

    return tamis_formulas_or(making->formulas, any, G_N_ELEMENTS(any));
}

/* Engines look at all List- fields of RFC 2369 and RFC 2919. */
static TamisFormula
is_from_list(Making *making)
{
    static const char *const more[][3] = {{"list-owner", "list-subscribe", NULL},
                                          {"list-help", "list-archive", NULL}};
    static const char *const anything[] = {"*", NULL};
    TamisFormula any[] = {mailing_list(making),
                          header_atom(making, TAMIS_KEYS_MATCH, more[0], anything),
                          header_atom(making, TAMIS_KEYS_MATCH, more[1], anything)};

    return tamis_formulas_or(making->formulas, any, G_N_ELEMENTS(any));
}

static TamisFormula
names_mailbox(Making *making, TamisSlice own)
{
    static const char *const fields[][4] = {{"to", "cc", "bcc", NULL},
                                            {"resent-to", "resent-cc", "resent-bcc", NULL}};
    TamisFormula any[4];

    for (guint i = 0; i < 2; i++) {
        TamisAtom named = {
            .kind = TAMIS_ATOM_ADDRESS, .names = words(making, fields[i]), .keys = own};
        TamisAtom given = {.kind = TAMIS_ATOM_ADDRESSED, .names = named.names};

        any[2 * i] = tamis_formulas_atom(making->formulas, &named);
        any[2 * i + 1] = tamis_formulas_atom(making->formulas, &given);
    }
    return tamis_formulas_or(making->formulas, any, G_N_ELEMENTS(any));
}

TamisFormula
tamis_formula_is_answered(TamisFormulas *formulas, TamisString *own, guint32 n_own)
{
    static const TamisTest no_test = {0};
    Making making = {formulas, tamis_formulas_get_strings(formulas), NULL, &no_test};
    TamisSlice keys = tamis_formulas_list(formulas, own, n_own);
    TamisFormula all[] = {
        names_mailbox(&making, keys),
        tamis_formulas_not(formulas, is_from_list(&making)),
        tamis_formulas_not(formulas, automatic(&making)),
        tamis_formulas_not(formulas, is_no_person(&making)),
        tamis_formulas_not(formulas, sender_is(&making, TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS, keys)),
    };

    return tamis_formulas_and(formulas, all, G_N_ELEMENTS(all));
}
