/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The options that verbs share: reading them, and what they mean. */
#include "base/suggest.h"
#include "cli/arguments.h"
#include "cli/cli.h"
#include "cli/live-server.h"

#include <string.h>
#include <unistd.h>

#define DEFAULT_SERVER "dovecot-2.3"
#define MOST_JOBS      256
#define NOT_SAID       G_MININT
#define FAIL_NEVER     (TAMIS_SEVERITY_ERROR + 1)

/* As given, before they are judged. */
typedef struct {
    char *format, *fail_on, *color;
    int jobs;
    gboolean help;
} Words;

static void
words_clear(Words *words)
{
    g_free(words->format);
    g_free(words->fail_on);
    g_free(words->color);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

void
tamis_options_clear(TamisOptions *options)
{
    g_clear_pointer(&options->server, g_free);
    g_clear_pointer(&options->as_of, g_free);
    g_clear_pointer(&options->timezone, g_free);
    tamis_access_words_clear(&options->access);
}

/* All texts are file names to GOption: it takes them as they are, in any locale. */
static GArray *
common_entries(guint takes, TamisOptions *options, Words *words)
{
    const gboolean report = (takes & TAMIS_TAKES_REPORT_FORMAT) != 0;
    const struct {
        guint takes;
        GOptionEntry entry;
    } all[] = {
        {TAMIS_TAKES_SERVER,
         {"server", 0, 0, G_OPTION_ARG_FILENAME, &options->server,
          "whose Sieve it is: a name of 'tamis servers', a file or managesieve://HOST "
          "(default " DEFAULT_SERVER ")",
          "NAME"}},
        {TAMIS_TAKES_AS_OF,
         {"as-of", 0, 0, G_OPTION_ARG_FILENAME, &options->as_of,
          "the day or instant to judge by, as in a policy (default now)", "INSTANT"}},
        {TAMIS_TAKES_TIMEZONE,
         {"timezone", 0, 0, G_OPTION_ARG_FILENAME, &options->timezone,
          "the time zone where no policy says one (default UTC)", "ZONE"}},
        {TAMIS_TAKES_FORMAT | TAMIS_TAKES_REPORT_FORMAT,
         {"format", 0, 0, G_OPTION_ARG_FILENAME, &words->format,
          report ? "text (the default), json, sarif, junit, github or gcc"
                 : "text (the default) or json",
          "FORMAT"}},
        {TAMIS_TAKES_FAIL_ON,
         {"fail-on", 0, 0, G_OPTION_ARG_FILENAME, &words->fail_on,
          "the least severity that fails: error (the default), warning, hint or never",
          "SEVERITY"}},
        {TAMIS_TAKES_JOBS,
         {"jobs", 'j', 0, G_OPTION_ARG_INT, &words->jobs, "threads (default one a processor)",
          "N"}},
        {TAMIS_TAKES_QUIET,
         {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "no progress, no summary", NULL}},
        {TAMIS_TAKES_COLOR,
         {"color", 0, 0, G_OPTION_ARG_FILENAME, &words->color,
          "auto (the default: on a terminal), always or never", "WHEN"}},
        {~0u, {"help", 'h', 0, G_OPTION_ARG_NONE, &words->help, "this text", NULL}},
    };
    GArray *entries = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));

    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].takes & (takes | (1u << 31)))
            g_array_append_val(entries, all[i].entry);
    if (takes & (TAMIS_TAKES_ACCESS | TAMIS_TAKES_SERVER))
        tamis_access_words_add(&options->access, !(takes & TAMIS_TAKES_ACCESS), entries);
    return entries;
}

/* The option that was meant by an unknown one. */
static const char *
suggest_option(const char *unknown, const GOptionEntry *own, const GArray *common)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; own != NULL && own[i].long_name != NULL; i++)
        g_ptr_array_add(names, (gpointer)own[i].long_name);
    for (guint i = 0; i < common->len; i++)
        g_ptr_array_add(names, (gpointer)g_array_index(common, GOptionEntry, i).long_name);
    return tamis_suggest(unknown, (const char *const *)names->pdata, names->len);
}

static int
complain_parse(const TamisVerb *verb, const GError *error, const GOptionEntry *own,
               const GArray *common)
{
    const char *dashes = strstr(error->message, "--");

    if (!g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) || dashes == NULL)
        return tamis_complain_usage(verb, "%s", error->message);
    g_autofree char *unknown = g_strndup(dashes + 2, strcspn(dashes + 2, "="));
    const char *meant = suggest_option(unknown, own, common);
    if (meant == NULL)
        return tamis_complain_usage(verb, "there is no option '--%s'", unknown);
    return tamis_complain_usage(verb, "there is no option '--%s'; did you mean '--%s'?", unknown,
                                meant);
}

static gboolean
read_color(const char *word, guint takes, TamisOptions *options)
{
    const char *no_color = g_getenv("NO_COLOR");
    int shown_on = takes & TAMIS_FINDINGS_ON_STDERR ? STDERR_FILENO : STDOUT_FILENO;
    gboolean terminal = isatty(shown_on) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;

    options->render.context = terminal;
    options->render.color = terminal && (no_color == NULL || *no_color == '\0');
    if (word == NULL || g_str_equal(word, "auto"))
        return TRUE;
    if (g_str_equal(word, "never")) {
        options->render.color = FALSE;
        return TRUE;
    }
    options->render.context = options->render.color = TRUE;
    return g_str_equal(word, "always");
}

static gboolean
read_fail_on(const char *word, TamisOptions *options)
{
    static const char *const words[] = {"hint", "warning", "error", "never"};

    options->fail_on = TAMIS_SEVERITY_ERROR;
    if (word == NULL)
        return TRUE;
    for (int i = TAMIS_SEVERITY_HINT; i <= FAIL_NEVER; i++) {
        if (g_str_equal(word, words[i])) {
            options->fail_on = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
read_format(const char *word, guint takes, TamisOptions *options)
{
    options->format = TAMIS_FORMAT_TEXT;
    if (word == NULL)
        return TRUE;
    return tamis_format_from_string(word, &options->format) &&
           (options->format <= TAMIS_FORMAT_JSON || takes & TAMIS_TAKES_REPORT_FORMAT);
}

gboolean
tamis_read_moment(const char *text, const TamisZone *zone, TamisInstant *out_instant)
{
    TamisDay day;

    if (tamis_instant_parse(text, strlen(text), zone, out_instant))
        return TRUE;
    if (!tamis_day_parse(text, strlen(text), &day))
        return FALSE;
    *out_instant = tamis_zone_to_instant(zone, (TamisClock){.date = day});
    return TRUE;
}

/* Judges the words. 0, or the status to end with. */
static int
read_words(const TamisVerb *verb, const Words *words, guint takes, TamisOptions *options)
{
    TamisInstant instant;

    if (!read_color(words->color, takes, options))
        return tamis_complain_usage(verb, "--color takes auto, always or never, not '%s'",
                                    words->color);
    if (!read_fail_on(words->fail_on, options))
        return tamis_complain_usage(verb, "--fail-on takes error, warning, hint or never, not '%s'",
                                    words->fail_on);
    if (!read_format(words->format, takes, options))
        return tamis_complain_usage(verb, "--format takes %s, not '%s'",
                                    (takes & TAMIS_TAKES_REPORT_FORMAT) != 0
                                        ? "text, json, sarif, junit, github or gcc"
                                        : "text or json",
                                    words->format);
    if (options->timezone != NULL && tamis_zone_get(options->timezone) == NULL)
        return tamis_complain_usage(verb, "there is no time zone '%s'", options->timezone);
    if (options->as_of != NULL &&
        !tamis_read_moment(options->as_of, tamis_zone_get("UTC"), &instant))
        return tamis_complain_usage(
            verb,
            "--as-of takes a day or an instant, as '2026-12-31' or '2026-12-31 18:00', not '%s'",
            options->as_of);
    options->n_jobs = MIN(g_get_num_processors(), MOST_JOBS);
    if (words->jobs == NOT_SAID)
        return 0;
    if (words->jobs < 1 || words->jobs > MOST_JOBS)
        return tamis_complain_usage(verb, "--jobs takes a number from 1 to %d, not '%d'", MOST_JOBS,
                                    words->jobs);
    options->n_jobs = (guint)words->jobs;
    return 0;
}

gboolean
tamis_options_parse(const TamisVerb *verb, const GOptionEntry *own, guint takes,
                    TamisOptions *options, int *argc, char **argv, int *out_status)
{
    g_auto(Words) words = {.jobs = NOT_SAID};
    g_auto(TamisArguments) arguments = {NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(verb->arguments);
    g_autofree char *program = g_strconcat("tamis ", verb->name, NULL);
    g_autofree char *summary =
        g_strdup_printf("%c%s.", g_ascii_toupper(verb->summary[0]), verb->summary + 1);
    g_autofree char *examples = g_strconcat("Example:\n", verb->examples, NULL);

    *options = (TamisOptions){NULL};
    tamis_access_words_init(&options->access);
    g_autoptr(GArray) common = common_entries(takes, options, &words);
    g_set_prgname(program);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, examples);
    if (own != NULL)
        g_option_context_add_main_entries(context, own, NULL);
    g_option_context_add_main_entries(context, (const GOptionEntry *)common->data, NULL);
    const GOptionEntry *const all[] = {own, (const GOptionEntry *)common->data};
    tamis_arguments_prepare(&arguments, *argc, argv, all, G_N_ELEMENTS(all));
    if (!g_option_context_parse(context, argc, &argv, &error)) {
        *out_status = complain_parse(verb, error, own, common);
        return FALSE;
    }
    tamis_arguments_finish(&arguments, argc, argv);
    if (words.help) {
        g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
        tamis_write(help, strlen(help));
        *out_status = TAMIS_EXIT_OK;
        return FALSE;
    }
    *out_status = read_words(verb, &words, takes, options);
    return *out_status == 0;
}

TamisInstant
tamis_options_as_of(const TamisOptions *options, const TamisZone *policy_zone)
{
    const TamisZone *zone = policy_zone;
    TamisInstant instant;

    if (options->as_of == NULL)
        return g_get_real_time() / G_USEC_PER_SEC;
    if (zone == NULL)
        zone = tamis_zone_get(options->timezone != NULL ? options->timezone : "UTC");
    gboolean read = tamis_read_moment(options->as_of, zone, &instant);
    g_assert(read); /* its form was judged with the options */
    return instant;
}

TamisServer *
tamis_options_load_server_for(const TamisOptions *options, const char *mailbox, int *out_status)
{
    const char *name = options->server != NULL ? options->server : DEFAULT_SERVER;
    g_autoptr(GError) error = NULL;
    TamisServer *server;

    if (tamis_is_live_server(name))
        return tamis_live_server_load(options, mailbox, out_status);
    server = tamis_server_load(name, &error);
    if (server != NULL)
        return server;
    tamis_complain("%s", error->message);
    /* A file that cannot be read, or a name that nobody has. */
    *out_status = strchr(name, '/') != NULL || g_str_has_suffix(name, ".server")
                      ? TAMIS_EXIT_UNREADABLE
                      : TAMIS_EXIT_USAGE;
    return NULL;
}

TamisServer *
tamis_options_load_server(const TamisOptions *options, const char *path, int *out_status)
{
    g_autofree char *mailbox = tamis_live_server_find_mailbox(options, path);

    return tamis_options_load_server_for(options, mailbox, out_status);
}

int
tamis_options_judge(const TamisOptions *options, const TamisReport *report)
{
    for (int severity = options->fail_on; severity <= TAMIS_SEVERITY_ERROR; severity++)
        if (tamis_report_count_severity(report, (TamisSeverity)severity) > 0)
            return TAMIS_EXIT_FINDINGS;
    return TAMIS_EXIT_OK;
}
