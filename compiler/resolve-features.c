/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Single tests: which part of a message they look at, and their values in the form that it is compared
 * with. How they combine is resolve-conditions.c's. */
#include "compiler/resolve-plans.h"
#include "model/message-text.h"

#include <string.h>

/* What the test looks at --------------------------------------------------------------------------- */

static void
set_field(TamisTest *test, TamisTestKind kind, TamisField field)
{
    test->kind = kind;
    test->field = field;
}

static void
set_feature(TamisResolver *r, const TamisConditionSyntax *syntax, TamisTest *test)
{
    TamisOperator relation = syntax->operator;

    switch (syntax->feature) {
    case TAMIS_FEATURE_SUBJECT:
        test->kind = TAMIS_TEST_HEADER;
        test->name = tamis_strings_add(r->strings, "subject", strlen("subject"));
        break;
    case TAMIS_FEATURE_BODY:
        test->kind = TAMIS_TEST_BODY;
        break;
    case TAMIS_FEATURE_HEADER:
        test->kind = relation == TAMIS_OPERATOR_EXISTS ? TAMIS_TEST_EXISTS : TAMIS_TEST_HEADER;
        break;
    case TAMIS_FEATURE_FROM:
        set_field(test, TAMIS_TEST_ADDRESS, TAMIS_FIELD_FROM);
        break;
    case TAMIS_FEATURE_TO:
        set_field(test, TAMIS_TEST_ADDRESS, TAMIS_FIELD_TO);
        break;
    case TAMIS_FEATURE_CC:
        set_field(test, TAMIS_TEST_ADDRESS, TAMIS_FIELD_CC);
        break;
    case TAMIS_FEATURE_RECIPIENT:
        set_field(test, TAMIS_TEST_ADDRESS, TAMIS_FIELD_RECIPIENT);
        break;
    case TAMIS_FEATURE_ENVELOPE_FROM:
        set_field(test, TAMIS_TEST_ENVELOPE, TAMIS_FIELD_FROM);
        break;
    case TAMIS_FEATURE_ENVELOPE_TO:
        set_field(test, TAMIS_TEST_ENVELOPE, TAMIS_FIELD_TO);
        break;
    case TAMIS_FEATURE_SIZE:
        test->kind = TAMIS_TEST_SIZE;
        break;
    case TAMIS_FEATURE_SPAM_SCORE:
        test->kind = TAMIS_TEST_SPAM_SCORE;
        break;
    case TAMIS_FEATURE_NOW:
        test->kind = TAMIS_TEST_HOURS;
        break;
    case TAMIS_FEATURE_MAILING_LIST:
        test->kind = TAMIS_TEST_MAILING_LIST;
        break;
    case TAMIS_FEATURE_AUTOMATIC:
        test->kind = TAMIS_TEST_AUTOMATIC;
        break;
    }
}

static void
set_match(const TamisConditionSyntax *syntax, TamisTest *test)
{
    static const TamisAddressPart parts[] = {
        [TAMIS_PART_ALL] = TAMIS_ADDRESS_ALL,
        [TAMIS_PART_DOMAIN] = TAMIS_ADDRESS_DOMAIN,
        [TAMIS_PART_LOCAL] = TAMIS_ADDRESS_LOCAL,
        [TAMIS_PART_DETAIL] = TAMIS_ADDRESS_DETAIL,
    };
    static const TamisMatch matches[] = {
        [TAMIS_OPERATOR_CONTAINS] = TAMIS_MATCH_CONTAINS,
        [TAMIS_OPERATOR_MATCHES] = TAMIS_MATCH_MATCHES,
        [TAMIS_OPERATOR_BEGINS] = TAMIS_MATCH_BEGINS,
        [TAMIS_OPERATOR_ENDS] = TAMIS_MATCH_ENDS,
        [TAMIS_OPERATOR_UNDER] = TAMIS_MATCH_UNDER,
    };

    TamisOperator relation = syntax->operator;

    test->part = parts[syntax->part];
    test->match = relation < G_N_ELEMENTS(matches) ? matches[relation] : TAMIS_MATCH_IS;
    if (relation == TAMIS_OPERATOR_UNDER || relation == TAMIS_OPERATOR_INTERNAL ||
        relation == TAMIS_OPERATOR_EXTERNAL)
        test->part = TAMIS_ADDRESS_DOMAIN;
}

gboolean
tamis_resolve_number(TamisResolver *r, const TamisValue *value, guint64 *out_number)
{
    char *end;
    guint64 number = g_ascii_strtoull(value->text, &end, 10);
    guint shift = g_ascii_toupper(*end) == 'K'   ? 10
                  : g_ascii_toupper(*end) == 'M' ? 20
                  : g_ascii_toupper(*end) == 'G' ? 30
                                                 : 0;

    if (number > (guint64)G_MAXINT64 >> shift) {
        tamis_report_help(r->report,
                          tamis_report_add(r->report, value->span, TAMIS_RULE_TYPE,
                                           "'%s' is too large a number", value->text),
                          "write a smaller one, such as 10M");
        return FALSE;
    }
    *out_number = number << shift;
    return TRUE;
}

static gboolean
set_comparison(TamisResolver *r, const TamisConditionSyntax *syntax, TamisTest *test)
{
    static const TamisComparison comparisons[] = {
        [TAMIS_COMPARE_LT] = TAMIS_LESS,
        [TAMIS_COMPARE_LE] = TAMIS_AT_MOST,
        [TAMIS_COMPARE_GT] = TAMIS_MORE,
        [TAMIS_COMPARE_GE] = TAMIS_AT_LEAST,
    };

    test->comparison = comparisons[syntax->compare];
    if (syntax->values == NULL || !tamis_resolve_number(r, syntax->values, &test->number))
        return FALSE;
    if (test->kind == TAMIS_TEST_SPAM_SCORE && test->number > 10) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(r->report, syntax->values->span, TAMIS_RULE_TYPE,
                             "'%s' is no spam score", syntax->values->text);
        tamis_report_help(r->report, diagnostic, "write a number from 0 (untested) to 10 (spam)");
        return FALSE;
    }
    return TRUE;
}

/* Values ------------------------------------------------------------------------------------------- */

static gboolean
is_ascii(const char *text, gsize length_bytes)
{
    for (gsize i = 0; i < length_bytes; i++)
        if ((guchar)text[i] >= 0x80)
            return FALSE;
    return TRUE;
}

/* Labels of internationalised domains as A-labels, where a pattern has whole ones. */
static TamisString
normalize_labels(TamisResolver *r, const char *text, gsize length_bytes)
{
    g_autoptr(GString) result = g_string_new(NULL);
    g_autoptr(GString) label = g_string_new(NULL);
    const char *at = length_bytes > 0 ? memrchr(text, '@', length_bytes) : NULL;
    gsize start = at != NULL ? (gsize)(at + 1 - text) : 0;

    g_string_append_len(result, text, (gssize)start);
    while (start <= length_bytes) {
        const char *dot = memchr(text + start, '.', length_bytes - start);
        gsize end = dot != NULL ? (gsize)(dot - text) : length_bytes;
        if (!is_ascii(text + start, end - start) &&
            tamis_domain_normalize(text + start, end - start, label))
            g_string_append_len(result, label->str, (gssize)label->len);
        else
            g_string_append_len(result, text + start, (gssize)(end - start));
        if (dot != NULL)
            g_string_append_c(result, '.');
        start = end + 1;
    }
    return tamis_strings_add(r->strings, result->str, result->len);
}

/* A backslash at the end of a glob has nothing to take the meaning from and means itself; Pigeonhole aborts
 * on it at delivery, so it is doubled. */
static TamisString
intern_glob(TamisResolver *r, const char *text, gsize length_bytes)
{
    gsize n_backslashes = 0;

    while (n_backslashes < length_bytes && text[length_bytes - 1 - n_backslashes] == '\\')
        n_backslashes++;
    if (n_backslashes % 2 == 0)
        return tamis_strings_add(r->strings, text, length_bytes);
    g_autofree char *doubled = g_strdup_printf("%.*s\\", (int)length_bytes, text);
    return tamis_strings_add(r->strings, doubled, length_bytes + 1);
}

/* Whether a label that is not ASCII stands in the text only in part: mail has the whole one as an A-label, in
 * which no part of it can be found. What goes before and behind the text is open unless the match says so. */
static gboolean
has_part_of_label(const TamisTest *test, const char *text, gsize length_bytes)
{
    gboolean opens = test->match == TAMIS_MATCH_CONTAINS || test->match == TAMIS_MATCH_ENDS;
    gboolean closes = test->match == TAMIS_MATCH_CONTAINS || test->match == TAMIS_MATCH_BEGINS;

    for (gsize start = 0; start <= length_bytes;) {
        const char *dot = memchr(text + start, '.', length_bytes - start);
        gsize end = dot != NULL ? (gsize)(dot - text) : length_bytes;
        gboolean is_cut = (start == 0 && opens) || (end == length_bytes && closes) ||
                          (test->match == TAMIS_MATCH_MATCHES &&
                           (memchr(text + start, '*', end - start) != NULL ||
                            memchr(text + start, '?', end - start) != NULL));

        if (is_cut && !is_ascii(text + start, end - start))
            return TRUE;
        start = end + 1;
    }
    return FALSE;
}

static gboolean
check_labels(TamisResolver *r, const TamisFrame *frame, const TamisTest *test,
             const TamisTerm *term, TamisSpan place)
{
    TamisDiagnostic *diagnostic;

    if ((test->kind != TAMIS_TEST_ADDRESS && test->kind != TAMIS_TEST_ENVELOPE) ||
        test->part != TAMIS_ADDRESS_DOMAIN ||
        !has_part_of_label(test, term->text, term->length_bytes))
        return TRUE;
    g_autofree char *excerpt = tamis_resolve_excerpt(term->text, term->length_bytes);
    diagnostic = tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, term, place,
                                     "'%s' is part of an internationalised name, and no part of it "
                                     "stands in the form that mail has",
                                     excerpt);
    tamis_resolve_help(r, diagnostic, "compare the whole domain, by 'is' or 'under'");
    return FALSE;
}

static TamisString
intern_pattern(TamisResolver *r, const TamisTest *test, const TamisTerm *term)
{
    gboolean is_address = test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE;
    TamisAddress address;

    if (is_address && test->part == TAMIS_ADDRESS_ALL && test->match == TAMIS_MATCH_IS &&
        tamis_address_parse(r->strings, term->text, term->length_bytes, &address) ==
            TAMIS_ADDRESS_OK)
        return address.key;
    if (is_address && (test->part == TAMIS_ADDRESS_ALL || test->part == TAMIS_ADDRESS_DOMAIN) &&
        !is_ascii(term->text, term->length_bytes))
        return normalize_labels(r, term->text, term->length_bytes);
    if (test->match == TAMIS_MATCH_MATCHES)
        return intern_glob(r, term->text, term->length_bytes);
    return tamis_strings_add(r->strings, term->text, term->length_bytes);
}

/* What a place that is compared with a word other than a string needs; NULL: the word is fine. */
static const char *
find_mismatch(const TamisTest *test, TamisTermKind kind)
{
    gboolean is_address = test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE;

    if (kind == TAMIS_TERM_TEXT || kind == TAMIS_TERM_CELL)
        return NULL;
    if (kind == TAMIS_TERM_ADDRESS || kind == TAMIS_TERM_DOMAIN) {
        if (!is_address)
            return NULL;
        if (test->part == TAMIS_ADDRESS_ALL)
            return kind == TAMIS_TERM_DOMAIN && test->match == TAMIS_MATCH_IS ? "an address" : NULL;
        if (kind == TAMIS_TERM_DOMAIN)
            return NULL;
        return test->part == TAMIS_ADDRESS_DOMAIN ? "a domain" : "text without a domain";
    }
    if (!is_address)
        return "text";
    return test->part == TAMIS_ADDRESS_ALL      ? "an address or text"
           : test->part == TAMIS_ADDRESS_DOMAIN ? "a domain"
                                                : "text";
}

static gboolean
needs_domain(const TamisTest *test)
{
    return test->part == TAMIS_ADDRESS_DOMAIN &&
           (test->match == TAMIS_MATCH_IS || test->match == TAMIS_MATCH_UNDER) &&
           (test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE);
}

/* Whether a group's members can stand where the group does: all of them domains, or all plain texts. */
static gboolean
is_list_for(const TamisGroup *group, const TamisTest *test)
{
    gboolean is_address = test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE;
    gboolean is_whole_address =
        is_address && test->part == TAMIS_ADDRESS_ALL && test->match == TAMIS_MATCH_IS;

    if (group->addresses.n > 0 || group->values.n == 0 || is_whole_address)
        return FALSE;
    return needs_domain(test) ? group->n_domains == group->values.n : group->n_domains == 0;
}

/* The text with its lines ended as those of bodies are (RFC 5322, 2.3), in the script as well. */
static TamisString
with_mail_lines(TamisResolver *r, TamisString text)
{
    g_autoptr(GString) lines = g_string_new(NULL);

    tamis_message_text_add_lines(lines, tamis_strings_get(r->strings, text),
                                 tamis_strings_length(r->strings, text));
    return tamis_strings_add(r->strings, lines->str, lines->len);
}

/* Adds to r->value_buffer. */
static gboolean
add_plain_value(TamisResolver *r, const TamisFrame *frame, const TamisTest *test,
                const TamisTerm *term, TamisSpan place)
{
    TamisTextForm form = test->kind == TAMIS_TEST_BODY ? TAMIS_FORM_BLOCK : TAMIS_FORM_LINE;
    TamisString value;

    if (needs_domain(test)) {
        if (!tamis_resolve_to_domain(r, frame, term, place, &value))
            return FALSE;
    } else {
        if (!tamis_resolve_check_text(r, frame, term, place, form) ||
            !check_labels(r, frame, test, term, place))
            return FALSE;
        value = intern_pattern(r, test, term);
        if (test->kind == TAMIS_TEST_BODY)
            value = with_mail_lines(r, value);
    }
    g_array_append_val(r->value_buffer, value);
    return TRUE;
}

static gboolean
add_group_values(TamisResolver *r, const TamisFrame *frame, const TamisTest *test,
                 const TamisTerm *term, TamisSpan place)
{
    const TamisGroup *group = TAMIS_AT(r->policy->groups, TamisGroup, term->group);
    gboolean is_address = test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE;
    gboolean is_good = TRUE;

    if (tamis_resolve_get_named(r, TAMIS_DEFINES_GROUP, term->group)->is_broken)
        return FALSE;
    if (!is_list_for(group, test)) {
        TamisDiagnostic *diagnostic =
            tamis_resolve_mismatch(r, frame, term, place, find_mismatch(test, TAMIS_TERM_GROUP));
        if (is_address && (test->part == TAMIS_ADDRESS_ALL || needs_domain(test)) &&
            group->values.n == group->addresses.n + group->n_domains)
            tamis_resolve_help(r, diagnostic, "write 'in %s'",
                               tamis_strings_get(r->strings, group->name));
        return FALSE;
    }
    for (guint32 i = 0; i < group->values.n; i++) {
        TamisString value = tamis_policy_value(r->policy, group->values.first + i);
        TamisTerm member = {.kind = TAMIS_TERM_TEXT,
                            .text = tamis_strings_get(r->strings, value),
                            .length_bytes = tamis_strings_length(r->strings, value),
                            .origin = term->origin};

        is_good = add_plain_value(r, frame, test, &member, place) && is_good;
    }
    return is_good;
}

static gboolean
add_value(TamisResolver *r, const TamisFrame *frame, const TamisTest *test, const TamisTerm *term,
          TamisSpan place)
{
    const char *needed = find_mismatch(test, term->kind);

    if (term->kind == TAMIS_TERM_NOTHING)
        return FALSE;
    if (term->kind == TAMIS_TERM_GROUP)
        return add_group_values(r, frame, test, term, place);
    if (needed != NULL) {
        TamisDiagnostic *diagnostic = tamis_resolve_mismatch(r, frame, term, place, needed);
        if (term->kind == TAMIS_TERM_DATE || term->kind == TAMIS_TERM_INSTANT)
            tamis_resolve_help(r, diagnostic, "quote it");
        return FALSE;
    }
    return add_plain_value(r, frame, test, term, place);
}

static gboolean
set_values(TamisResolver *r, const TamisFrame *frame, const TamisOperands *operands,
           TamisTest *test)
{
    gboolean is_good = TRUE;

    g_array_set_size(r->value_buffer, 0);
    for (guint32 i = 0; i < operands->n; i++) {
        TamisTerm term = tamis_resolve_evaluate(r, frame, &operands->items[i]);
        is_good = add_value(r, frame, test, &term, operands->items[i].span) && is_good;
    }
    test->values = tamis_resolve_store(r, r->policy->values, r->value_buffer, test->span);
    return is_good;
}

/* Groups ------------------------------------------------------------------------------------------- */

/* `in`: the address is a member, or its domain is. */
static TamisConditionId
make_in_group(TamisResolver *r, const TamisFrame *frame, const TamisConditionPlan *plan)
{
    TamisTerm term = tamis_resolve_evaluate(r, frame, plan->values.items);
    TamisSpan place = plan->values.items[0].span;
    TamisTest test = plan->test;
    TamisConditionId parts[2];
    guint32 n = 0;

    if (term.kind == TAMIS_TERM_NOTHING)
        return TAMIS_CONDITION_NEVER;
    if (term.kind != TAMIS_TERM_GROUP) {
        tamis_resolve_mismatch(r, frame, &term, place, "a group");
        return TAMIS_CONDITION_NEVER;
    }
    if (!tamis_resolve_check_member_group(r, term.group, place))
        return TAMIS_CONDITION_NEVER;
    const TamisGroup *group = TAMIS_AT(r->policy->groups, TamisGroup, term.group);
    test.group = term.group;
    if (group->addresses.n > 0) {
        test.values = (TamisSlice){group->values.first, group->addresses.n};
        parts[n++] = tamis_resolve_add_test(r, &test);
    }
    if (group->n_domains > 0) {
        test.part = TAMIS_ADDRESS_DOMAIN;
        test.values = (TamisSlice){group->values.first + group->addresses.n, group->n_domains};
        parts[n++] = tamis_resolve_add_test(r, &test);
    }
    return tamis_resolve_combine(r, TAMIS_CONDITION_ANY, parts, n, plan->span);
}

/* Binding and making ------------------------------------------------------------------------------- */

static void
bind_in_group(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
              const TamisConditionSyntax *syntax, TamisConditionPlan *plan)
{
    TamisValue name = {.kind = TAMIS_VALUE_NAME,
                       .span = syntax->name.span,
                       .text = syntax->name.text,
                       .length_bytes = (guint32)strlen(syntax->name.text)};

    plan->values = tamis_resolve_bind(r, arena, scope, &name);
    plan->in_group = TRUE;
    plan->is_constant = plan->values.is_constant;
}

static void
bind_header(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
            const TamisConditionSyntax *syntax, TamisConditionPlan *plan)
{
    TamisText *name;

    if (syntax->header == NULL) {
        plan->is_broken = TRUE;
        return;
    }
    name = tamis_resolve_bind_text(r, arena, scope, syntax->header);
    if (name->is_constant || name->is_broken)
        plan->is_broken = !tamis_resolve_field_name(r, &tamis_no_frame, name, &plan->test.name);
    else
        plan->name = name;
}

void
tamis_resolve_bind_feature(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                           const TamisConditionSyntax *syntax, TamisConditionPlan *plan)
{
    TamisOperator relation = syntax->operator;
    TamisTest *test = &plan->test;

    *test = (TamisTest){.span = syntax->span, .group = TAMIS_NO_INDEX, .hours = TAMIS_NO_INDEX};
    set_feature(r, syntax, test);
    set_match(syntax, test);
    plan->negated = syntax->negated != (relation == TAMIS_OPERATOR_EXTERNAL);
    plan->is_constant = TRUE;
    if (test->kind == TAMIS_TEST_SIZE || test->kind == TAMIS_TEST_SPAM_SCORE) {
        plan->is_broken = !set_comparison(r, syntax, test);
        return;
    }
    if (test->kind == TAMIS_TEST_HOURS) {
        test->hours = tamis_resolve_use_name(r, TAMIS_DEFINES_HOURS, &syntax->name);
        plan->is_broken = test->hours == TAMIS_NO_INDEX;
        return;
    }
    if (syntax->feature == TAMIS_FEATURE_HEADER)
        bind_header(r, arena, scope, syntax, plan);
    if (relation == TAMIS_OPERATOR_IN && syntax->name.text != NULL) {
        bind_in_group(r, arena, scope, syntax, plan);
        return;
    }
    if (relation == TAMIS_OPERATOR_INTERNAL || relation == TAMIS_OPERATOR_EXTERNAL)
        test->values = r->policy->domains;
    plan->values = tamis_resolve_bind(r, arena, scope, syntax->values);
    plan->is_constant = plan->name == NULL && plan->values.is_constant;
}

TamisConditionId
tamis_resolve_feature(TamisResolver *r, const TamisFrame *frame, const TamisConditionPlan *plan)
{
    TamisTest test = plan->test;

    if (plan->is_broken)
        return TAMIS_CONDITION_NEVER;
    if (plan->in_group)
        return make_in_group(r, frame, plan);
    if (plan->name != NULL && !tamis_resolve_field_name(r, frame, plan->name, &test.name))
        return TAMIS_CONDITION_NEVER;
    if (plan->values.n > 0 && !set_values(r, frame, &plan->values, &test))
        return TAMIS_CONDITION_NEVER;
    return tamis_resolve_add_test(r, &test);
}
