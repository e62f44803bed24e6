/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What libsieve 2.2.6 refuses, or takes and does not do, where every other server does: seen by running it. */
#include "grammar/sieve/check-private.h"

static TamisDiagnostic *
warn(TamisSieveChecker *checker, TamisSpan span, const char *what)
{
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, span, TAMIS_RULE_UNSUPPORTED, "the server '%s' %s", checker->server->name, what);

    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    return diagnostic;
}

void
tamis_sieve_check_libsieve_unit(TamisSieveChecker *checker, const TamisSieveArgument *number)
{
    if (!g_ascii_islower(number->quantifier))
        return;
    char upper = g_ascii_toupper(number->quantifier);
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, number->span, TAMIS_RULE_UNSUPPORTED,
                         "the server '%s' takes no small '%c' behind a number",
                         checker->server->name, number->quantifier);
    g_autofree char *text = g_strdup_printf("%c", upper);

    tamis_sieve_advise(checker, diagnostic, "write '%c'", upper);
    if (number->span.source != 0 && !checker->is_xml)
        tamis_report_edit(
            checker->report, diagnostic,
            (TamisSpan){number->span.source, number->span.offset + number->span.length - 1, 1},
            text);
}

void
tamis_sieve_check_libsieve_end(TamisSieveChecker *checker)
{
    if (checker->is_past_require || checker->has_broken_require)
        return;
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
        if (checker->out->required_at[i].source == 0)
            continue;
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, checker->out->required_at[i], TAMIS_RULE_UNSUPPORTED,
                             "the server '%s' refuses a script with nothing behind 'require'",
                             checker->server->name);
        tamis_sieve_advise(checker, diagnostic, "add 'keep;', or take it out");
        return;
    }
}

/* Tests ------------------------------------------------------------------------------------------- */

static gboolean
is_ascii(const TamisSieveString *string)
{
    for (guint32 i = 0; i < string->length_bytes; i++)
        if ((guchar)string->text[i] >= 0x80)
            return FALSE;
    return TRUE;
}

/* Encoded words (RFC 2047) are compared as they stand. */
static void
check_words(TamisSieveChecker *checker, const TamisSieveArgument *keys)
{
    for (const TamisSieveString *key = keys->strings; key != NULL; key = key->next) {
        if (is_ascii(key) || tamis_sieve_has_raw_fault(checker, key))
            continue;
        TamisDiagnostic *diagnostic =
            warn(checker, key->span,
                 "decodes no header: letters other than ASCII are seldom met as they are");
        tamis_sieve_advise(checker, diagnostic,
                           "test a part of the header in plain letters (RFC 2047)");
        return;
    }
}

static void
check_null_sender(TamisSieveChecker *checker, const TamisSieveBound *bound,
                  const TamisSieveArgument *keys)
{
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_CONTAINS) != NULL ||
        tamis_sieve_bound_tag(bound, TAMIS_TAG_REGEX) != NULL)
        return;
    for (const TamisSieveString *key = keys->strings; key != NULL; key = key->next) {
        if (key->length_bytes > 0)
            continue;
        tamis_sieve_advise(
            checker, warn(checker, key->span, "never finds the sender empty, as bounces have it"),
            "test a header of theirs, as 'header :is \"auto-submitted\" "
            "\"auto-replied\"' (RFC 3834, section 5)");
        return;
    }
}

static void
check_address(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveArgument *count = tamis_sieve_bound_tag(bound, TAMIS_TAG_COUNT);
    const TamisSieveArgument *detail = tamis_sieve_bound_tag(bound, TAMIS_TAG_DETAIL);

    if (count != NULL)
        tamis_sieve_advise(checker, warn(checker, count->span, "counts addresses wrongly"),
                           "count header fields with 'header :count', or do without");
    if (detail != NULL)
        tamis_sieve_advise(
            checker, warn(checker, detail->span, "stops at the first address without a detail"),
            "test the one address of the envelope: 'envelope :detail \"to\"'");
}

void
tamis_sieve_check_libsieve_test(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);

    if (keys == NULL)
        return;
    if (bound->word->id == TAMIS_WORD_HEADER)
        check_words(checker, keys);
    else if (bound->word->id == TAMIS_WORD_ENVELOPE)
        check_null_sender(checker, bound, keys);
    else if (bound->word->id == TAMIS_WORD_ADDRESS)
        check_address(checker, bound);
}
