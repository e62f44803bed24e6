/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Intervals between replies that the server changes in silence. */
#include "lint/script-facts.h"

#define DAY_S 86400

static char *
describe(guint64 seconds)
{
    if (seconds % DAY_S != 0)
        return g_strdup_printf("%" G_GUINT64_FORMAT " seconds", seconds);
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s", seconds / DAY_S,
                           seconds == DAY_S ? "day" : "days");
}

/* Pigeonhole's least period is a setting; so is Cyrus's, in days. */
static void
advise(const TamisScriptFacts *facts, TamisDiagnostic *diagnostic, const char *text,
       guint64 seconds)
{
    if (facts->lint->server->engine == TAMIS_ENGINE_PIGEONHOLE && seconds > 0 &&
        seconds < facts->lint->server->reply_min_s)
        tamis_report_help(facts->report, diagnostic,
                          "write %s, or set 'sieve_vacation_min_period = %" G_GUINT64_FORMAT
                          "s' on the server",
                          text, seconds);
    else
        tamis_report_help(facts->report, diagnostic, "write %s", text);
}

static void
check(const TamisScriptFacts *facts, const TamisSieveArgument *value, guint64 unit_s)
{
    const TamisServer *server = facts->lint->server;

    if (value == NULL)
        return;
    guint64 seconds = MIN(value->number, G_MAXUINT32) * unit_s;
    guint64 taken = seconds;
    if (seconds < server->reply_min_s)
        taken = server->reply_min_s;
    else if (server->reply_max_s > 0 && seconds > server->reply_max_s)
        taken = server->reply_max_s;
    if (taken == seconds)
        return;
    g_autofree char *asked = describe(seconds);
    g_autofree char *got = describe(taken);
    TamisDiagnostic *diagnostic =
        tamis_report_add(facts->report, value->span, TAMIS_RULE_REPLY_INTERVAL,
                         "the server '%s' makes %s of the %s between two replies to one sender",
                         server->name, got, asked);
    if (taken % unit_s == 0) {
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, taken / unit_s);
        advise(facts, diagnostic, text, seconds);
        tamis_report_edit(facts->report, diagnostic, value->span, text);
    }
}

void
tamis_script_rule_reply_interval(const TamisScriptFacts *facts)
{
    TamisSieveBound bound;

    for (guint i = 0; i < facts->commands->len; i++) {
        const TamisScriptCommand *command = tamis_script_command(facts, i);
        if (command->word->id != TAMIS_WORD_VACATION || command->is_off ||
            !tamis_script_bind(command, &bound))
            continue;
        check(facts, tamis_sieve_bound_value(&bound, TAMIS_TAG_DAYS), DAY_S);
        check(facts, tamis_sieve_bound_value(&bound, TAMIS_TAG_SECONDS), 1);
    }
}
