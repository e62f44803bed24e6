/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis status: what runs against what the policy says. Made for cron: silent exit 0 with --quiet. */
#include "base/display.h"
#include "base/json-text.h"
#include "cli/include-check.h"
#include "cli/interruption.h"
#include "cli/outcomes.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "cli/scripts.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define SECONDS_A_DAY     ((gint64)86400)
#define DEFAULT_NEAR_DAYS 90 /* as rebuild-due counts */

typedef enum { CURRENT, EXPIRING, MISSING, OUTDATED, EDITED, FOREIGN, UNKNOWN, N_STATES } State;

static const char *const state_names[] = {"current", "expiring", "missing", "outdated",
                                          "edited",  "foreign",  "unknown"};
G_STATIC_ASSERT(G_N_ELEMENTS(state_names) == N_STATES);

typedef struct {
    const TamisVerb *verb;
    const TamisOptions *options;
    char *to;
    int near_days;
    gboolean diff;
    TamisScripts scripts;
    TamisAccessOwner access;
    TamisStore *store;
    TamisProgress *progress;
} Run;

static void
run_clear(Run *run)
{
    tamis_scripts_clear(&run->scripts);
    tamis_store_free(run->store);
    tamis_access_owner_clear(&run->access);
    g_free(run->to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void
advance(guint32 n_done, guint32 n_all, gpointer data)
{
    tamis_progress_update(((Run *)data)->progress, n_done, n_all);
}

static State
state_of(const Run *run, const TamisWanted *wanted, const TamisOutcome *outcome)
{
    gint64 now = tamis_options_as_of(run->options, NULL);

    switch (outcome->change) {
    case TAMIS_CHANGE_UNCHANGED:
        return wanted->good_until != G_MAXINT64 &&
                       wanted->good_until < now + run->near_days * SECONDS_A_DAY
                   ? EXPIRING
                   : CURRENT;
    case TAMIS_CHANGE_CREATED:
        return MISSING;
    case TAMIS_CHANGE_UPDATED:
        return outcome->owner == TAMIS_OWNER_EDITED ? EDITED : OUTDATED;
    case TAMIS_CHANGE_REFUSED: /* or what runs along with the policy's script can no longer */
        return outcome->owner == TAMIS_OWNER_OTHER ? FOREIGN : EDITED;
    case TAMIS_CHANGE_REMOVED:
    case TAMIS_CHANGE_FAILED:
    case TAMIS_CHANGE_NOT_TRIED:
    default:
        return UNKNOWN;
    }
}

static char *
remark(State state, const TamisWanted *wanted, const TamisOutcome *outcome)
{
    g_autoptr(GDateTime) until = NULL;
    g_autofree char *day = NULL;

    switch (state) {
    case EXPIRING:
        until = g_date_time_new_from_unix_utc(wanted->good_until);
        day = g_date_time_format(until, "%Y-%m-%d %H:%MZ");
        return g_strdup_printf("its script is good until %s: compile and deploy again", day);
    case MISSING:
        return g_strdup("no script is active");
    case OUTDATED:
        return g_strdup_printf("'%s' is not what the policy says now", outcome->before);
    case EDITED:
        if (outcome->reason != NULL)
            return g_strdup_printf(
                "'%s' runs the mailbox's own script too, and someone has changed "
                "that: %s",
                outcome->before, outcome->reason);
        return g_strdup_printf("someone has changed '%s' by hand", outcome->before);
    case FOREIGN:
        return g_strdup_printf("'%s' is active, which tamis did not write", outcome->before);
    case UNKNOWN:
        return g_strdup(outcome->reason != NULL ? outcome->reason : "not looked at");
    case CURRENT:
    case N_STATES:
    default:
        return NULL;
    }
}

static void
print_text(const Run *run, const TamisOutcome *outcomes, const guint32 counts[N_STATES])
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < run->scripts.wanted->len; i++) {
        const TamisWanted *wanted = &g_array_index(run->scripts.wanted, TamisWanted, i);
        State state = state_of(run, wanted, &outcomes[i]);
        g_autofree char *said = remark(state, wanted, &outcomes[i]);

        if (state == CURRENT)
            continue;
        g_string_append_printf(out, "%-9s ", state_names[state]);
        tamis_display_text(out, wanted->mailbox, -1);
        g_string_append(out, ": ");
        tamis_display_text(out, said, -1);
        g_string_append_c(out, '\n');
        if (outcomes[i].diff != NULL)
            g_string_append(out, outcomes[i].diff);
    }
    if (!run->options->quiet) {
        g_string_append_printf(out, "%u mailbox%s", run->scripts.wanted->len,
                               run->scripts.wanted->len == 1 ? "" : "es");
        for (guint i = 0, n = 0; i < N_STATES; i++)
            if (counts[i] > 0)
                g_string_append_printf(out, "%s%u %s", n++ == 0 ? ": " : ", ", counts[i],
                                       state_names[i]);
        g_string_append_c(out, '\n');
    }
    tamis_write(out->str, out->len);
}

static void
print_json(const Run *run, const TamisOutcome *outcomes, const guint32 counts[N_STATES])
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(builder);
    tamis_json_add_number(builder, "version", 1);
    tamis_json_add_string(builder, "to", run->store->url);
    for (guint i = 0; i < N_STATES; i++) {
        tamis_json_add_number(builder, state_names[i], counts[i]);
    }
    json_builder_set_member_name(builder, "mailboxes");
    json_builder_begin_array(builder);
    for (guint i = 0; i < run->scripts.wanted->len; i++) {
        const TamisWanted *wanted = &g_array_index(run->scripts.wanted, TamisWanted, i);
        State state = state_of(run, wanted, &outcomes[i]);
        g_autofree char *said = remark(state, wanted, &outcomes[i]);

        json_builder_begin_object(builder);
        tamis_json_add_string(builder, "mailbox", wanted->mailbox);
        tamis_json_add_string(builder, "state", state_names[state]);
        tamis_json_add_string(builder, "active", outcomes[i].before);
        tamis_json_add_string(builder, "reason", said);
        tamis_json_add_string(builder, "diff", outcomes[i].diff);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    text = tamis_json_mend(json_to_string(root, TRUE));
    tamis_print("%s\n", text);
}

static int
judge(const Run *run, const TamisOutcome *outcomes, const guint32 counts[N_STATES])
{
    const TamisOutcomes all = {.outcomes = outcomes, .n = run->scripts.wanted->len};

    if (tamis_outcomes_judge(&all) == TAMIS_EXIT_UNREADABLE)
        return TAMIS_EXIT_UNREADABLE;
    return counts[CURRENT] == run->scripts.wanted->len ? TAMIS_EXIT_OK : TAMIS_EXIT_FINDINGS;
}

static int
show(Run *run)
{
    TamisIncludeRules include = {run->scripts.server, tamis_options_as_of(run->options, NULL)};
    const TamisDeploy deploy = {
        .store = run->store,
        .wanted = (const TamisWanted *)run->scripts.wanted->data,
        .n_wanted = run->scripts.wanted->len,
        .rules = {.coexist = TAMIS_COEXIST_REFUSE,
                  .has_include = run->store->has_include,
                  .include_check = tamis_include_check,
                  .include_data = &include},
        .with_diff = run->diff,
        .n_jobs = run->options->n_jobs,
        .progress = advance,
        .progress_data = run,
        .interruption = tamis_interruption(),
    };
    guint32 counts[N_STATES] = {0};
    TamisOutcome *outcomes;
    int status;

    run->progress = tamis_progress_new("looking", run->options->quiet);
    outcomes = tamis_deploy_run(&deploy);
    g_clear_pointer(&run->progress, tamis_progress_free);
    for (guint i = 0; i < run->scripts.wanted->len; i++)
        counts[state_of(run, &g_array_index(run->scripts.wanted, TamisWanted, i), &outcomes[i])]++;
    if (run->options->format == TAMIS_FORMAT_JSON)
        print_json(run, outcomes, counts);
    else
        print_text(run, outcomes, counts);
    status = judge(run, outcomes, counts);
    tamis_outcomes_free(outcomes, run->scripts.wanted->len);
    return status;
}

static int
run_status(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    g_auto(Run) run = {.verb = verb, .options = &options, .near_days = DEFAULT_NEAR_DAYS};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &run.to, "where the scripts run, as for 'tamis deploy'",
         "URL"},
        {"near", 0, 0, G_OPTION_ARG_INT, &run.near_days,
         "a script that is good for less than that is told (default 90)", "DAYS"},
        {"diff", 0, 0, G_OPTION_ARG_NONE, &run.diff, "show what differs", NULL},
        {NULL},
    };
    int status;

    if (!tamis_options_parse(verb, entries,
                             TAMIS_TAKES_SERVER | TAMIS_TAKES_AS_OF | TAMIS_TAKES_FORMAT |
                                 TAMIS_TAKES_JOBS | TAMIS_TAKES_QUIET | TAMIS_TAKES_COLOR |
                                 TAMIS_TAKES_ACCESS | TAMIS_FINDINGS_ON_STDERR,
                             &options, &argc, argv, &status))
        return status;
    if (argc != 2)
        return tamis_complain_usage(verb, "one policy or compiled folder, please");
    if (run.to == NULL)
        return tamis_complain_usage(verb, "where do the scripts run? say --to URL");
    if (run.near_days < 0)
        return tamis_complain_usage(verb, "--near takes a number of days, not '%d'", run.near_days);
    run.store = tamis_store_new(run.to, &run.access.access, &error);
    if (run.store == NULL)
        return tamis_place_fail(error);
    status = tamis_access_open(verb, &options, run.to, &run.access);
    if (status == 0)
        status = tamis_scripts_load(verb, &options, argv[1], &run.scripts);
    return status != 0 ? status : show(&run);
}

const TamisVerb tamis_verb_status = {
    .name = "status",
    .arguments = "FILE|FOLDER",
    .summary = "tells where what runs is not what the policy says",
    .examples = "  tamis status --to managesieve://mail.acme.example --login admin policy.tamis\n\n"
                "The exit status is 1 where a mailbox has no script, another one, or one that was\n"
                "changed by hand, and where a script is not good for much longer.",
    .run = run_status,
};
