/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the proof says, for people: why not, at which line, and with which message. */
#include "cli/include-check.h"

#include "base/display.h"
#include "compiler/include-proof.h"

#include <string.h>

#define MAX_SHOWN_HEADERS 8
#define SECONDS_A_DAY     86400

static const char *const names[2] = {"the policy's script", "the mailbox's own script"};

/* Every message has those. */
static gboolean
is_formal(const char *name)
{
    return g_str_equal(name, "date") || g_str_equal(name, "message-id");
}

/* ", as with 'subject: x' at 2027-03-01 10:00Z", or nothing. The instant where the message is not one of today. */
static void
append_witness(GString *out, const TamisWitness *witness, TamisInstant as_of)
{
    g_autoptr(GDateTime) instant = NULL;
    g_autofree char *at = NULL;
    guint n_shown = 0;

    if (witness == NULL || witness->n_headers == 0)
        return;
    g_string_append(out, ", as with ");
    for (guint i = 0; i < witness->n_headers && n_shown < MAX_SHOWN_HEADERS; i++) {
        if (is_formal(witness->headers[i].name))
            continue;
        g_string_append(out, n_shown++ > 0 ? ", '" : "'");
        tamis_display_text(out, witness->headers[i].name, -1);
        g_string_append(out, ": ");
        tamis_display_text(out, witness->headers[i].value, -1);
        g_string_append_c(out, '\'');
    }
    if (witness->instant < as_of + SECONDS_A_DAY)
        return;
    instant = g_date_time_new_from_unix_utc(witness->instant);
    at = instant != NULL ? g_date_time_format(instant, "%Y-%m-%d %H:%MZ") : NULL;
    if (at != NULL)
        g_string_append_printf(out, " at %s", at);
}

/* What would happen, without the remedy. */
static void
append_reason(GString *out, const TamisIncludeProof *proof, TamisInstant as_of)
{
    const char *it = names[proof->script], *other = names[1 - proof->script];

    switch (proof->verdict) {
    case TAMIS_INCLUDE_UNREADABLE:
        g_string_append_printf(out, "%s cannot be read", it);
        break;
    case TAMIS_INCLUDE_DIFFERS:
        g_string_append_printf(out, "%s would not do what it does alone", it);
        if (proof->line > 0)
            g_string_append_printf(out, " (its line %u)", proof->line);
        break;
    case TAMIS_INCLUDE_CHANGED:
        g_string_append_printf(out, "%s changes messages that %s delivers", other, it);
        break;
    case TAMIS_INCLUDE_REJECTS:
        g_string_append_printf(out, "%s rejects mail that %s acts on, and servers drop such a run",
                               it, other);
        break;
    case TAMIS_INCLUDE_REPLIES:
        g_string_append(out, "both scripts reply, and servers drop a run with two replies");
        break;
    case TAMIS_INCLUDE_TARGETS:
        g_string_append(out,
                        "both scripts together forward to more addresses than the server takes");
        break;
    case TAMIS_INCLUDE_ACTIONS:
        g_string_append(out, "both scripts together do more than the server takes in one run");
        break;
    case TAMIS_INCLUDE_UNDECIDED:
    case TAMIS_INCLUDE_PROVED:
    default:
        g_string_append_printf(out, "it is not proved that %s would do what it does alone", it);
    }
    if (proof->detail != NULL) {
        g_string_append(out, " (");
        tamis_display_text(out, proof->detail, -1);
        g_string_append_c(out, ')');
    }
    append_witness(out, proof->witness, as_of);
}

char *
tamis_include_check(const TamisWanted *wanted, const GString *other, gpointer data)
{
    const TamisIncludeRules *rules = data;
    const TamisIncludedScript scripts[2] = {{wanted->text, wanted->length_bytes},
                                            {other->str, other->len}};
    g_auto(TamisIncludeProof) proof = {0};
    g_autoptr(GString) out = NULL;

    if (rules->server == NULL)
        return g_strdup("it is not known for which server the scripts were compiled, so nothing is "
                        "proved of them: it cannot be included");
    tamis_include_prove(scripts, rules->server, wanted->mailbox, rules->as_of, &proof);
    if (proof.verdict == TAMIS_INCLUDE_PROVED)
        return NULL;
    out = g_string_new(NULL);
    append_reason(out, &proof, rules->as_of);
    g_string_append(out, ": it cannot be included");
    return g_string_free(g_steal_pointer(&out), FALSE);
}
