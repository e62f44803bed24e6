/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What servers cannot compare with, or only at a price. */
#include "compiler/lower-private.h"

static gboolean
is_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((guchar)*text >= 0x80)
            return FALSE;
    }
    return TRUE;
}

static guint32
count_stars(const char *glob)
{
    guint32 n = 0;

    for (; *glob != '\0'; glob++) {
        if (*glob == '\\' && glob[1] != '\0')
            glob++;
        else
            n += *glob == '*';
    }
    return n;
}

static void
report_undecoded(TamisLowering *lowering, TamisSpan span)
{
    TamisDiagnostic *finding =
        tamis_report_add(lowering->report, span, TAMIS_RULE_NEEDS_SETTING,
                         "the server '%s' finds encoded header text only where it is given decoded",
                         lowering->server->name);

    tamis_report_help(lowering->report, finding,
                      "let the program that calls it decode header fields (RFC 2047)");
    tamis_report_blame(lowering->report, finding,
                       tamis_policy_text(lowering->policy, lowering->mailbox->address.text), NULL);
}

void
tamis_lower_check_value(TamisLowering *lowering, const TamisTest *test, const char *text)
{
    if (!lowering->server->decodes_headers && test->kind == TAMIS_TEST_HEADER && !is_ascii(text))
        tamis_report_help(
            lowering->report,
            tamis_lower_unsupported(
                lowering, test->span,
                "the server '%s' compares header text undecoded, so '%s' would never be found",
                lowering->server->name, text),
            "look for text in ASCII letters");
    else if (!lowering->server->decodes_headers && test->kind == TAMIS_TEST_HEADER)
        report_undecoded(lowering, test->span);
    if (!lowering->server->matches_null_sender && test->kind == TAMIS_TEST_ENVELOPE &&
        *text == '\0')
        tamis_report_help(
            lowering->report,
            tamis_lower_unsupported(lowering, test->span,
                                    "the server '%s' never matches the empty envelope sender",
                                    lowering->server->name),
            "take the test out; 'automatic' finds most of such mail");
    if (lowering->server->max_stars > 0 && test->match == TAMIS_MATCH_MATCHES &&
        count_stars(text) > lowering->server->max_stars)
        tamis_report_help(
            lowering->report,
            tamis_lower_unsupported(
                lowering, test->span,
                "the server '%s' may take minutes for a pattern with more than %u stars",
                lowering->server->name, lowering->server->max_stars),
            "use 'contains', or patterns of fewer stars joined by 'and'");
}
