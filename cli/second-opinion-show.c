/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's verdicts, for people and as JSON. */
#include "cli/second-opinion-private.h"

#include "base/json-text.h"

#include <json-glib/json-glib.h>

/* What crashes an engine may do so only when mail arrives, or be refused for the harm that it would do. */
static gboolean
agrees(const TamisJudgedScript *script)
{
    if (script->opinion == NULL || script->script.is_crashing)
        return TRUE;
    switch (script->opinion->verdict) {
    case TAMIS_VERDICT_ACCEPTED:
        return !script->script.is_refused;
    case TAMIS_VERDICT_REFUSED:
        return !tamis_judged_script_is_refused_alone(script);
    default:
        return FALSE;
    }
}

/* Where the engine looks at the size, Tamis is asked about it too. */
static gboolean
is_refused_by_tamis(const TamisJudgedScript *script)
{
    return script->script.is_refused || (script->script.is_too_large && script->opinion != NULL &&
                                         script->opinion->verdict == TAMIS_VERDICT_REFUSED);
}

typedef struct {
    guint n_asked, n_accepted, n_refused, n_failed, n_disagreeing;
} Sum;

static Sum
sum_up(const TamisSecondOpinion *opinion)
{
    Sum sum = {0};

    for (guint i = 0; i < opinion->scripts->len; i++) {
        const TamisJudgedScript *script = g_ptr_array_index(opinion->scripts, i);
        if (script->opinion == NULL)
            continue;
        sum.n_asked++;
        sum.n_accepted += script->opinion->verdict == TAMIS_VERDICT_ACCEPTED;
        sum.n_refused += script->opinion->verdict == TAMIS_VERDICT_REFUSED;
        sum.n_failed += script->opinion->verdict == TAMIS_VERDICT_FAILED;
        sum.n_disagreeing += !agrees(script);
    }
    return sum;
}

/* Text ------------------------------------------------------------------------------------------ */

static void
append_name(GString *out, const TamisJudgedScript *script)
{
    g_string_append_printf(out, "%s%s%s: ", script->name, script->mailbox != NULL ? ": " : "",
                           script->mailbox != NULL ? script->mailbox : "");
}

static void
append_verdict(GString *out, const char *title, const TamisJudgedScript *script)
{
    append_name(out, script);
    switch (script->opinion->verdict) {
    case TAMIS_VERDICT_ACCEPTED:
        g_string_append_printf(out, "accepted by %s%s\n", title,
                               script->script.is_refused ? ", refused by tamis" : "");
        break;
    case TAMIS_VERDICT_REFUSED:
        g_string_append_printf(out, "refused by %s%s\n", title,
                               tamis_judged_script_is_refused_alone(script) ? ", accepted by tamis"
                                                                            : " too");
        break;
    default:
        g_string_append_printf(out, "too much for %s: %s\n", title, script->opinion->failure);
    }
    for (guint i = 0; i < script->opinion->remarks->len; i++) {
        const TamisRemark *remark = g_ptr_array_index(script->opinion->remarks, i);
        g_string_append(out, "  ");
        if (remark->line > 0)
            g_string_append_printf(out, "line %u: ", remark->line);
        g_string_append_printf(out, "%s: %s\n", remark->is_error ? "error" : "warning",
                               remark->text);
    }
}

static void
append_sum(GString *out, const char *title, const Sum *sum)
{
    g_string_append_printf(out, "%s: %u scripts, %u accepted, %u refused, %u too much for it; ",
                           title, sum->n_asked, sum->n_accepted, sum->n_refused, sum->n_failed);
    if (sum->n_disagreeing == 0)
        g_string_append(out, "tamis agrees\n");
    else
        g_string_append_printf(out, "tamis disagrees on %u\n", sum->n_disagreeing);
}

void
tamis_second_opinion_append_text(const TamisSecondOpinion *opinion, gboolean quiet, GString *out)
{
    const char *title = tamis_judge_title(opinion->judge);
    gboolean is_single = opinion->scripts->len == 1;

    for (guint i = 0; i < opinion->scripts->len; i++) {
        const TamisJudgedScript *script = g_ptr_array_index(opinion->scripts, i);
        if (script->opinion == NULL) {
            append_name(out, script);
            g_string_append_printf(out, "not shown to %s: %s\n", title, script->script.unasked);
        } else if (!agrees(script) ||
                   (!quiet && (is_single || script->opinion->verdict != TAMIS_VERDICT_ACCEPTED ||
                               script->opinion->remarks->len > 0))) {
            append_verdict(out, title, script);
        }
    }
    Sum sum = sum_up(opinion);
    if (!quiet && !is_single)
        append_sum(out, title, &sum);
}

/* JSON ------------------------------------------------------------------------------------------ */

static void
add_remarks(JsonBuilder *builder, const GPtrArray *remarks)
{
    json_builder_set_member_name(builder, "messages");
    json_builder_begin_array(builder);
    for (guint i = 0; i < remarks->len; i++) {
        const TamisRemark *remark = g_ptr_array_index(remarks, i);
        json_builder_begin_object(builder);
        tamis_json_add_string(builder, "severity", remark->is_error ? "error" : "warning");
        if (remark->line > 0)
            tamis_json_add_number(builder, "line", remark->line);
        tamis_json_add_string(builder, "message", remark->text);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_script(JsonBuilder *builder, const TamisJudgedScript *script)
{
    static const char *const verdicts[] = {"accepted", "refused", "failed"};
    const TamisOpinion *opinion = script->opinion;

    json_builder_begin_object(builder);
    tamis_json_add_string(builder, "file", script->name);
    tamis_json_add_string(builder, "mailbox", script->mailbox);
    tamis_json_add_string(builder, "verdict",
                          opinion != NULL ? verdicts[opinion->verdict] : "unasked");
    tamis_json_add_string(builder, "tamis", verdicts[is_refused_by_tamis(script) ? 1 : 0]);
    tamis_json_add_boolean(builder, "agrees", agrees(script));
    tamis_json_add_string(builder, "reason",
                          opinion != NULL ? opinion->failure : script->script.unasked);
    if (opinion != NULL)
        add_remarks(builder, opinion->remarks);
    json_builder_end_object(builder);
}

char *
tamis_second_opinion_to_json(const TamisSecondOpinion *opinion)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    Sum sum = sum_up(opinion);

    json_builder_begin_object(builder);
    tamis_json_add_string(builder, "name", opinion->engine);
    tamis_json_add_string(builder, "title", tamis_judge_title(opinion->judge));
    tamis_json_add_number(builder, "asked", sum.n_asked);
    tamis_json_add_number(builder, "accepted", sum.n_accepted);
    tamis_json_add_number(builder, "refused", sum.n_refused);
    tamis_json_add_number(builder, "failed", sum.n_failed);
    tamis_json_add_number(builder, "disagreements", sum.n_disagreeing);
    json_builder_set_member_name(builder, "scripts");
    json_builder_begin_array(builder);
    for (guint i = 0; i < opinion->scripts->len; i++)
        add_script(builder, g_ptr_array_index(opinion->scripts, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return tamis_json_mend(json_to_string(root, FALSE));
}
