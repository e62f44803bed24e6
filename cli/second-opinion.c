/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Collects scripts, has them judged in one go, and compares. */
#include "cli/second-opinion.h"

#include "cli/second-opinion-private.h"

#include <string.h>

#define MAX_FINDINGS_A_SCRIPT 10

static void
script_free(gpointer data)
{
    TamisJudgedScript *script = data;

    g_free(script->name);
    g_free(script->mailbox);
    g_free(script->owned);
    g_free(script);
}

TamisSecondOpinion *
tamis_second_opinion_new(TamisJudge *judge, const char *engine)
{
    TamisSecondOpinion *opinion = g_new0(TamisSecondOpinion, 1);

    opinion->judge = judge;
    opinion->engine = g_strdup(engine);
    opinion->scripts = g_ptr_array_new_with_free_func(script_free);
    return opinion;
}

void
tamis_second_opinion_free(TamisSecondOpinion *opinion)
{
    g_free(opinion->engine);
    g_ptr_array_unref(opinion->scripts);
    g_clear_pointer(&opinion->opinions, g_ptr_array_unref);
    g_free(opinion);
}

void
tamis_second_opinion_add(TamisSecondOpinion *opinion, const TamisSecondOpinionScript *script)
{
    TamisJudgedScript *own = g_new0(TamisJudgedScript, 1);

    own->script = *script;
    own->name = g_utf8_make_valid(script->name, -1);
    own->mailbox = g_strdup(script->mailbox);
    if (script->source == 0) {
        own->owned = g_memdup2(script->text, script->length_bytes + 1);
        own->script.text = own->owned;
    }
    g_ptr_array_add(opinion->scripts, own);
}

gboolean
tamis_second_opinion_is_refusal(const TamisReport *report)
{
    static const TamisRule refusals[] = {
        TAMIS_RULE_SYNTAX,          TAMIS_RULE_TYPE,          TAMIS_RULE_UNKNOWN_NAME,
        TAMIS_RULE_MISSING_REQUIRE, TAMIS_RULE_UNSUPPORTED,   TAMIS_RULE_REQUIRE_UNKNOWN,
        TAMIS_RULE_BAD_ADDRESS,     TAMIS_RULE_UNSAFE_STRING, TAMIS_RULE_DEFINITION_CYCLE,
    };

    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        for (guint k = 0; k < G_N_ELEMENTS(refusals); k++)
            if (diagnostic->rule == refusals[k] && diagnostic->severity == TAMIS_SEVERITY_ERROR)
                return TRUE;
    }
    return FALSE;
}

gboolean
tamis_judged_script_is_refused_alone(const TamisJudgedScript *script)
{
    return script->opinion->verdict == TAMIS_VERDICT_REFUSED && !script->script.is_refused &&
           !script->script.is_too_large;
}

/* Findings -------------------------------------------------------------------------------------- */

/* The text of a line without the blanks around it; the whole script's place where there is none. */
static TamisSpan
place_of(const TamisJudgedScript *script, const TamisReport *report, guint line)
{
    TamisSources *sources = tamis_report_get_sources(report);
    TamisSourceId source = script->script.source;
    gsize length = 0;

    if (source == 0)
        return script->script.span;
    const char *text = line > 0 ? tamis_sources_get_line(sources, source, line, &length) : NULL;
    if (text == NULL)
        return (TamisSpan){source, 0, 0};
    while (length > 0 && g_ascii_isspace(text[length - 1]))
        length--;
    for (; length > 0 && g_ascii_isspace(*text); length--)
        text++;
    gsize unused;
    const char *start = tamis_sources_get_text(sources, source, &unused);
    return (TamisSpan){source, (guint32)(text - start), (guint32)length};
}

/* Whether Tamis has a warning or an error for the line. */
static gboolean
is_known(const TamisJudgedScript *script, const TamisReport *report, guint line, guint n_findings)
{
    TamisSources *sources = tamis_report_get_sources(report);

    for (guint i = 0; i < n_findings; i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        if (diagnostic->span.source == script->script.source &&
            diagnostic->severity > TAMIS_SEVERITY_HINT &&
            tamis_sources_locate(sources, diagnostic->span).line == line)
            return TRUE;
    }
    return FALSE;
}

static void
report_remark(const TamisSecondOpinion *opinion, const TamisJudgedScript *script,
              const TamisRemark *remark, TamisReport *report)
{
    TamisDiagnostic *diagnostic =
        tamis_report_add(report, place_of(script, report, remark->line), TAMIS_RULE_UNSUPPORTED,
                         "%s %s: '%s'", tamis_judge_title(opinion->judge),
                         remark->is_error ? "refuses this" : "warns", remark->text);

    if (!remark->is_error)
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_report_blame(report, diagnostic, script->mailbox, NULL);
    tamis_report_help(report, diagnostic,
                      "change it all the same: tamis has no objection, and the engine has the say");
}

/* The engine refuses what Tamis takes. The line that only says that there were errors is left out. */
static void
report_refusal(const TamisSecondOpinion *opinion, const TamisJudgedScript *script,
               TamisReport *report)
{
    const GPtrArray *remarks = script->opinion->remarks;
    guint n_reported = 0;

    for (guint i = 0; i < remarks->len && n_reported < MAX_FINDINGS_A_SCRIPT; i++) {
        const TamisRemark *remark = g_ptr_array_index(remarks, i);
        if (!remark->is_error || (remark->line == 0 && n_reported > 0))
            continue;
        report_remark(opinion, script, remark, report);
        n_reported++;
    }
    if (n_reported > 0)
        return;
    TamisRemark nothing = {0, TRUE, (char *)"no reason is given"};
    report_remark(opinion, script, &nothing, report);
}

static void
report_warnings(const TamisSecondOpinion *opinion, const TamisJudgedScript *script,
                guint n_findings, TamisReport *report)
{
    const GPtrArray *remarks = script->opinion->remarks;
    guint n_reported = 0;

    for (guint i = 0; i < remarks->len && n_reported < MAX_FINDINGS_A_SCRIPT; i++) {
        const TamisRemark *remark = g_ptr_array_index(remarks, i);
        if (is_known(script, report, remark->line, n_findings))
            continue;
        report_remark(opinion, script, remark, report);
        n_reported++;
    }
}

static void
report_failure(const TamisSecondOpinion *opinion, const TamisJudgedScript *script,
               TamisReport *report)
{
    TamisDiagnostic *diagnostic =
        tamis_report_add(report, place_of(script, report, 0), TAMIS_RULE_ENGINE_CRASH,
                         "%s does not survive this script: %s", tamis_judge_title(opinion->judge),
                         script->opinion->failure);

    tamis_report_blame(report, diagnostic, script->mailbox, NULL);
    tamis_report_help(report, diagnostic, "keep it away from the server, and find what breaks it");
}

static void
compare(const TamisSecondOpinion *opinion, const TamisJudgedScript *script, guint n_findings,
        TamisReport *report)
{
    if (script->opinion == NULL || script->script.is_crashing)
        return;
    if (script->opinion->verdict == TAMIS_VERDICT_FAILED) {
        report_failure(opinion, script, report);
    } else if (script->opinion->verdict == TAMIS_VERDICT_REFUSED) {
        if (tamis_judged_script_is_refused_alone(script))
            report_refusal(opinion, script, report);
    } else if (!script->script.is_refused) {
        report_warnings(opinion, script, n_findings, report);
    }
}

gboolean
tamis_second_opinion_ask(TamisSecondOpinion *opinion, TamisReport *report, GError **error)
{
    g_autofree TamisJudgeScript *texts = g_new0(TamisJudgeScript, opinion->scripts->len + 1);
    guint n_texts = 0, n_findings = tamis_report_count(report);

    for (guint i = 0; i < opinion->scripts->len; i++) {
        const TamisJudgedScript *script = g_ptr_array_index(opinion->scripts, i);
        if (script->script.unasked == NULL)
            texts[n_texts++] = (TamisJudgeScript){script->script.text, script->script.length_bytes};
    }
    opinion->opinions = tamis_judge_ask(opinion->judge, texts, n_texts, error);
    if (opinion->opinions == NULL)
        return FALSE;
    n_texts = 0;
    for (guint i = 0; i < opinion->scripts->len; i++) {
        TamisJudgedScript *script = g_ptr_array_index(opinion->scripts, i);
        if (script->script.unasked == NULL)
            script->opinion = g_ptr_array_index(opinion->opinions, n_texts++);
        compare(opinion, script, n_findings, report);
    }
    return TRUE;
}
