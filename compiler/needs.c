/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Needs are kept as bounds, so that those of a million scripts are one small record. */
#include "compiler/needs.h"

#include <string.h>

TamisNeeds
tamis_needs_of(const TamisLowered *lowered, gsize script_bytes)
{
    return (TamisNeeds){lowered->requires, lowered->max_targets, lowered->max_actions, script_bytes,
                        lowered->delimiter};
}

void
tamis_needs_add(TamisNeeds *needs, const TamisNeeds *others)
{
    for (gsize i = 0; i < G_N_ELEMENTS(needs->requires.bits); i++)
    needs->requires.bits[i] |= others->requires.bits[i];
    needs->n_targets = MAX(needs->n_targets, others->n_targets);
    needs->n_actions = MAX(needs->n_actions, others->n_actions);
    needs->script_bytes = MAX(needs->script_bytes, others->script_bytes);
    if (others->delimiter != NULL)
        needs->delimiter = others->delimiter;
}

static gboolean
has_word(const char *words, const char *word, gsize length)
{
    while (*words != '\0') {
        gsize n = strcspn(words, " ");

        if (n == length && memcmp(words, word, length) == 0)
            return TRUE;
        words += n;
        words += strspn(words, " ");
    }
    return FALSE;
}

/* The words of values that are not in *setting yet. */
static void
add_words(char **setting, gsize name_length, const char *values, gsize length)
{
    g_autoptr(GString) joined = g_string_new(*setting);
    const char *end = values + length;

    while (values < end) {
        gsize n = MIN(strcspn(values, " "), (gsize)(end - values));

        if (n > 0 && !has_word(*setting + name_length, values, n)) {
            g_string_append_c(joined, ' ');
            g_string_append_len(joined, values, (gssize)n);
        }
        values += n + 1;
    }
    g_free(*setting);
    *setting = g_string_free(g_steal_pointer(&joined), FALSE);
}

/* A setting stands once: its second value would replace the first. */
static void
add_setting(GPtrArray *settings, const char *setting, gsize length)
{
    gsize name_length = MIN(strcspn(setting, "="), length);

    for (guint i = 0; i < settings->len && name_length < length; i++) {
        char **known = (char **)&settings->pdata[i];

        if (strncmp(*known, setting, name_length + 1) == 0) {
            add_words(known, name_length + 1, setting + name_length + 1, length - name_length - 1);
            return;
        }
    }
    g_ptr_array_add(settings, g_strndup(setting, length));
}

/* A server's file parts settings by "; ". */
static void
add_each(GPtrArray *settings, const char *list)
{
    while (*list != '\0') {
        gsize length = strcspn(list, ";");

        if (length > 0)
            add_setting(settings, list, length);
        list += length;
        list += strspn(list, "; ");
    }
}

static void
add_number(GPtrArray *settings, const char *name, guint64 limit, guint64 needed)
{
    if (name != NULL && limit != 0 && needed > limit)
        g_ptr_array_add(settings, g_strdup_printf("%s = %" G_GUINT64_FORMAT, name, needed));
}

void
tamis_needs_settings(const TamisNeeds *needs, const TamisServer *server, GPtrArray *settings)
{
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
        if (tamis_extension_set_has(&needs->requires, i) &&
            tamis_extension_set_has(&server->by_setting, i) && server->setting_of[i] != NULL)
            add_each(settings, server->setting_of[i]);
    }
    add_number(settings, server->max_redirects_setting, server->max_redirects, needs->n_targets);
    add_number(settings, server->max_actions_setting, server->max_actions, needs->n_actions);
    add_number(settings, server->max_script_setting, server->max_script_bytes, needs->script_bytes);
    if (needs->delimiter != NULL)
        g_ptr_array_add(settings, g_strdup_printf("%s = %s", server->detail_delimiter_setting,
                                                  needs->delimiter));
}

/* A limit that is said counts, unless the server's own is hard and below it. */
static gboolean
said_limit_counts(guint64 said, const TamisServer *server)
{
    if (said == 0)
        return FALSE;
    return server->max_script_bytes == 0 || said <= server->max_script_bytes ||
           server->max_script_setting != NULL;
}

static void
report_setting(const TamisServer *server, TamisSpan span, const char *address, gsize script_bytes,
               TamisReport *report)
{
    TamisDiagnostic *diagnostic =
        tamis_report_add(report, span, TAMIS_RULE_NEEDS_SETTING,
                         "the script of '%s' has %" G_GSIZE_FORMAT
                         " bytes, more than the %" G_GUINT64_FORMAT " that %s takes by default",
                         address, script_bytes, server->max_script_bytes, server->name);

    tamis_report_blame(report, diagnostic, address, NULL);
    tamis_report_help(report, diagnostic, "set %s = %" G_GSIZE_FORMAT, server->max_script_setting,
                      script_bytes);
}

void
tamis_check_script_size(const TamisPolicy *policy, const TamisServer *server, guint32 mailbox,
                        gsize script_bytes, TamisReport *report)
{
    const TamisMailbox *record = tamis_policy_mailbox(policy, mailbox);
    const TamisLimits *limits = TAMIS_AT(policy->limits, TamisLimits, record->limits);
    gboolean is_said = said_limit_counts(limits->script_bytes, server);
    guint64 limit = is_said ? limits->script_bytes : server->max_script_bytes;
    const char *address = tamis_policy_text(policy, record->address.key);
    TamisDiagnostic *diagnostic;

    if (limit != 0 && script_bytes > limit) {
        diagnostic = tamis_report_add(report, record->span, TAMIS_RULE_SCRIPT_TOO_LARGE,
                                      "the script of '%s' has %" G_GSIZE_FORMAT
                                      " bytes, more than the %" G_GUINT64_FORMAT " that %s",
                                      address, script_bytes, limit,
                                      is_said ? "its limit says" : "the server takes");
        tamis_report_blame(report, diagnostic, address, NULL);
        if (is_said)
            tamis_report_relate(report, diagnostic, limits->script_span, "the limit is set here");
        tamis_report_help(
            report, diagnostic,
            "shorten the lists and texts of its routes, or spread them over several mailboxes");
    } else if (server->max_script_bytes != 0 && script_bytes > server->max_script_bytes) {
        report_setting(server, record->span, address, script_bytes, report);
    }
}
