/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Plans and results of deployments. */
#include "cli/outcomes.h"

#include "base/display.h"
#include "base/json-text.h"

#include <json-glib/json-glib.h>
#include <string.h>

void
tamis_outcomes_count(const TamisOutcomes *outcomes, guint32 counts[TAMIS_N_CHANGES])
{
    memset(counts, 0, sizeof(guint32) * TAMIS_N_CHANGES);
    for (guint32 i = 0; i < outcomes->n; i++)
        counts[outcomes->outcomes[i].change]++;
}

guint32
tamis_outcomes_count_left(const TamisOutcomes *outcomes)
{
    guint32 counts[TAMIS_N_CHANGES], n_locked = 0, n_left;

    tamis_outcomes_count(outcomes, counts);
    n_left = counts[TAMIS_CHANGE_FAILED] + counts[TAMIS_CHANGE_NOT_TRIED];
    for (guint32 i = 0; i < outcomes->n; i++)
        n_locked += outcomes->outcomes[i].change == TAMIS_CHANGE_FAILED &&
                    outcomes->outcomes[i].error_code == TAMIS_DEPLOY_ERROR_LOGIN;
    return n_left < outcomes->n ? n_left - n_locked : n_left;
}

int
tamis_outcomes_judge(const TamisOutcomes *outcomes)
{
    guint32 counts[TAMIS_N_CHANGES], n_outside = 0;

    tamis_outcomes_count(outcomes, counts);
    for (guint32 i = 0; i < outcomes->n; i++) {
        const TamisOutcome *outcome = &outcomes->outcomes[i];
        n_outside += outcome->change == TAMIS_CHANGE_FAILED &&
                     (outcome->error_code == TAMIS_DEPLOY_ERROR_UNREACHABLE ||
                      outcome->error_code == TAMIS_DEPLOY_ERROR_TLS);
    }
    if (n_outside > 0 && n_outside + counts[TAMIS_CHANGE_NOT_TRIED] == outcomes->n)
        return TAMIS_EXIT_UNREADABLE;
    return counts[TAMIS_CHANGE_FAILED] + counts[TAMIS_CHANGE_REFUSED] +
                       counts[TAMIS_CHANGE_NOT_TRIED] >
                   0
               ? TAMIS_EXIT_FINDINGS
               : TAMIS_EXIT_OK;
}

/* Text ------------------------------------------------------------------------------------------ */

/* What is worth knowing of it, or "". */
static char *
remark(const TamisOutcomes *outcomes, const TamisOutcome *outcome)
{
    const char *kept = outcomes->is_one_place ? "the journal keeps it" : "it stays stored";

    if (outcome->reason != NULL)
        return g_strdup_printf(": %s", outcome->reason);
    if (outcome->is_included)
        return g_strdup(" (the mailbox's own script runs too)");
    if (outcome->change != TAMIS_CHANGE_UPDATED && outcome->change != TAMIS_CHANGE_REMOVED)
        return g_strdup("");
    if (outcome->owner == TAMIS_OWNER_EDITED)
        return g_strdup_printf(" (instead of '%s', which someone had changed by hand: %s)",
                               outcome->before, kept);
    if (outcome->owner == TAMIS_OWNER_OTHER)
        return g_strdup_printf(" (instead of '%s': %s)", outcome->before, kept);
    return g_strdup("");
}

/* Every line behind two blanks. */
static void
append_indented(GString *out, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i + 1] == NULL && *lines[i] == '\0')
            break;
        g_string_append(out, "    ");
        tamis_display_text(out, lines[i], -1);
        g_string_append_c(out, '\n');
    }
}

/* Whether it went as the plan has it. */
static gboolean
was_shown(const TamisOutcomes *outcomes, guint32 index)
{
    const TamisOutcome *outcome = &outcomes->outcomes[index];

    return outcomes->planned != NULL && outcome->change != TAMIS_CHANGE_FAILED &&
           outcome->warnings == NULL && outcome->change == outcomes->planned[index].change &&
           g_strcmp0(outcome->reason, outcomes->planned[index].reason) == 0;
}

static void
append_one(GString *out, const TamisOutcomes *outcomes, guint32 index, gboolean quiet)
{
    const char *mailbox = outcomes->mailboxes[index];
    const TamisOutcome *outcome = &outcomes->outcomes[index];
    g_autofree char *said = remark(outcomes, outcome);

    if ((quiet && outcome->change == TAMIS_CHANGE_UNCHANGED) || was_shown(outcomes, index))
        return;
    g_string_append_printf(out, "%-9s ", tamis_change_name(outcome->change));
    tamis_display_text(out, mailbox, -1);
    tamis_display_text(out, said, -1);
    g_string_append_c(out, '\n');
    if (outcome->diff != NULL)
        append_indented(out, outcome->diff);
    if (outcome->warnings != NULL)
        append_indented(out, outcome->warnings);
}

static void
append_sum(GString *out, const TamisOutcomes *outcomes)
{
    guint32 counts[TAMIS_N_CHANGES];
    gboolean first = TRUE;

    tamis_outcomes_count(outcomes, counts);
    g_string_append_printf(out, "%s%u mailbox%s", outcomes->is_plan ? "plan for " : "", outcomes->n,
                           outcomes->n == 1 ? "" : "es");
    for (guint i = 0; i < TAMIS_N_CHANGES; i++) {
        if (counts[i] == 0)
            continue;
        g_string_append_printf(out, "%s%u %s", first ? ": " : ", ", counts[i],
                               tamis_change_name((TamisDeployChange)i));
        first = FALSE;
    }
    g_string_append_c(out, '\n');
    if (outcomes->journal != NULL && !outcomes->is_plan)
        g_string_append_printf(out, "journal '%s'\n", outcomes->journal);
}

static GString *
text_of(const TamisOutcomes *outcomes, gboolean quiet)
{
    GString *out = g_string_new(NULL);

    for (guint32 i = 0; i < outcomes->n; i++)
        append_one(out, outcomes, i, quiet);
    if (!quiet)
        append_sum(out, outcomes);
    return out;
}

void
tamis_outcomes_print_text(const TamisOutcomes *outcomes, gboolean quiet)
{
    g_autoptr(GString) out = text_of(outcomes, quiet);

    tamis_write(out->str, out->len);
}

void
tamis_outcomes_show_text(const TamisOutcomes *outcomes, gboolean quiet)
{
    g_autoptr(GString) out = text_of(outcomes, quiet);

    tamis_show(out->str, out->len);
}

/* JSON ------------------------------------------------------------------------------------------ */

static void
add_one(JsonBuilder *builder, const char *mailbox, const TamisOutcome *outcome)
{
    static const char *const owners[] = {"nobody", "tamis", "edited", "other"};
    gboolean was_seen = outcome->before != NULL || (outcome->change != TAMIS_CHANGE_FAILED &&
                                                    outcome->change != TAMIS_CHANGE_NOT_TRIED);

    json_builder_begin_object(builder);
    tamis_json_add_string(builder, "mailbox", mailbox);
    tamis_json_add_string(builder, "result", tamis_change_name(outcome->change));
    tamis_json_add_string(builder, "reason", outcome->reason);
    tamis_json_add_string(builder, "script", outcome->active);
    tamis_json_add_string(builder, "before", outcome->before);
    tamis_json_add_string(builder, "before_of", was_seen ? owners[outcome->owner] : NULL);
    tamis_json_add_string(builder, "diff", outcome->diff);
    tamis_json_add_string(builder, "warnings", outcome->warnings);
    json_builder_end_object(builder);
}

static void
add_counts(JsonBuilder *builder, const TamisOutcomes *outcomes)
{
    guint32 counts[TAMIS_N_CHANGES];

    tamis_outcomes_count(outcomes, counts);
    for (guint i = 0; i < TAMIS_N_CHANGES; i++) {
        tamis_json_add_number(builder,
                              i == TAMIS_CHANGE_NOT_TRIED ? "not_tried"
                                                          : tamis_change_name((TamisDeployChange)i),
                              counts[i]);
    }
}

void
tamis_outcomes_print_json(const TamisOutcomes *outcomes)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(builder);
    tamis_json_add_number(builder, "version", 1);
    tamis_json_add_string(builder, "to", outcomes->to);
    tamis_json_add_boolean(builder, "applied", !outcomes->is_plan);
    tamis_json_add_string(builder, "run", outcomes->run);
    tamis_json_add_string(builder, "journal", outcomes->journal);
    add_counts(builder, outcomes);
    json_builder_set_member_name(builder, "mailboxes");
    json_builder_begin_array(builder);
    for (guint32 i = 0; i < outcomes->n; i++)
        add_one(builder, outcomes->mailboxes[i], &outcomes->outcomes[i]);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    text = tamis_json_mend(json_to_string(root, TRUE));
    tamis_print("%s\n", text);
}
