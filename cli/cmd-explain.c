/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis explain: what happens to this message, hop by hop, and which line decided it. */
#include "cli/check-script.h"
#include "cli/explain-witness.h"
#include "cli/explain.h"
#include "cli/load.h"
#include "cli/message-words.h"
#include "cli/raised-server.h"
#include "cli/script-file.h"

#include "grammar/sieve/check.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/xml-reader.h"
#include "lint/shown.h"
#include "model/address.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { MAX_MESSAGE_BYTES = TAMIS_MESSAGE_MAX_BYTES, NOT_SAID = G_MININT };

typedef struct {
    char *from, *at, *subject, *include_dir, *global_dir;
    char **to, **headers;
    int spam_score, spam_percent, virus_score, witness;
    gboolean why, raw;
} Words;

static void
words_clear(Words *words)
{
    g_strfreev(words->to);
    g_free(words->from);
    g_free(words->at);
    g_free(words->subject);
    g_free(words->include_dir);
    g_free(words->global_dir);
    g_strfreev(words->headers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

/* The message ------------------------------------------------------------------------------------ */

static TamisMessage *
read_standard_input(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GBytes) whole = NULL;
    g_autoptr(GError) error = NULL;
    TamisMessage *message;
    guint8 buffer[65536];
    gssize n;

    while ((n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0 && bytes->len <= MAX_MESSAGE_BYTES)
        g_byte_array_append(bytes, buffer, (guint)n);
    if (n < 0) {
        tamis_complain("the message on standard input cannot be read: %s", g_strerror(errno));
        return NULL;
    }
    if (bytes->len > MAX_MESSAGE_BYTES) {
        tamis_complain("the message on standard input cannot be read: it is larger than %d MiB",
                       MAX_MESSAGE_BYTES >> 20);
        return NULL;
    }
    whole = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    message = tamis_message_new_from_outside(whole, &error);
    if (message == NULL)
        tamis_complain("the message on standard input cannot be read: %s", error->message);
    return message;
}

/* "Name: value" */
static void
add_written_header(TamisMessage *message, const char *text)
{
    const char *colon = strchr(text, ':');
    g_autofree char *name = g_strndup(text, colon - text);
    g_autofree char *value = g_strstrip(g_strdup(colon + 1));

    tamis_message_append_header(message, g_strstrip(name), value);
}

/* A message from options alone: an outsider writes to the mailbox. Servers know it again, as they do any
 * that a mail program sends. */
static TamisMessage *
make_message(const Words *words)
{
    g_autoptr(TamisMessage) message = tamis_message_new();
    g_autofree char *to = g_strjoinv(", ", words->to);

    tamis_message_append_header(message, "From", words->from);
    tamis_message_append_header(message, "To", to);
    if (words->subject != NULL)
        tamis_message_append_header(message, "Subject", words->subject);
    for (char **header = words->headers; header != NULL && *header != NULL; header++)
        add_written_header(message, *header);
    if (*tamis_message_get_header(message, "message-id") == NULL)
        tamis_message_append_header(message, "Message-ID", "<explained@outside.invalid>");
    return g_steal_pointer(&message);
}

static TamisMessage *
get_message(const Words *words, const char *path)
{
    g_autoptr(GError) error = NULL;
    TamisMessage *message;

    if (path == NULL)
        return make_message(words);
    if (strcmp(path, "-") == 0)
        return read_standard_input();
    message = tamis_message_new_from_file(path, &error);
    if (message == NULL)
        tamis_complain("the message '%s' cannot be read: %s%s", path, error->message,
                       g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INVAL)
                           ? "; '-' reads standard input"
                           : "");
    return message;
}

static TamisGrades
grades_of(const Words *words)
{
    TamisGrades grades = {.spam_score = (guint32)words->spam_score};

    if (words->spam_percent >= 0)
        grades = tamis_grades_of_percent((guint32)words->spam_percent);
    grades.virus_score = (guint32)words->virus_score;
    return grades;
}

/* What is wrong with them, or NULL. */
static const char *
grades_fault(const Words *words)
{
    if (words->spam_score < 0 || words->spam_score > (int)TAMIS_SPAM_SCORE_MAX)
        return "--spam-score is a number from 0 to 10";
    if (words->spam_percent < -1 || words->spam_percent > (int)TAMIS_SPAM_PERCENT_MAX)
        return "--spam-percent is a number from 0 to 100";
    if (words->virus_score < 0 || words->virus_score > (int)TAMIS_VIRUS_SCORE_MAX)
        return "--virus-score is a number from 0 to 5";
    if (words->spam_percent >= 0 && words->spam_score != 0)
        return "--spam-percent says the score, too: leave --spam-score out";
    return NULL;
}

/* The scripts ------------------------------------------------------------------------------------ */

/* A lone script is the one of the mailbox that the message is for. */
static gboolean
add_lone_script(TamisSite *site, TamisSources *sources, const char *path, const char *to,
                GError **error)
{
    TamisSourceId source = tamis_sources_add_file(sources, path, TAMIS_SIEVE_MAX_BYTES, error);
    g_autofree char *named = tamis_site_mailbox_of_path(path);
    char mailbox[TAMIS_ADDRESS_BUFFER_BYTES];
    gsize length = strlen(to);

    if (source == 0)
        return FALSE;
    if (named == NULL || g_ascii_strcasecmp(named, to) != 0)
        length =
            length < sizeof mailbox
                ? tamis_address_without_detail(to, length, tamis_site_get_delimiter(site), mailbox)
                : 0;
    else
        length = 0;
    mailbox[length] = '\0';
    tamis_site_add_script(site, length > 0 ? mailbox : to, source);
    return TRUE;
}

static TamisSite *
load_scripts(const char *path, const TamisScriptSite *options, const char *to,
             TamisSources *sources)
{
    g_autoptr(TamisSite) site = tamis_site_new_scripts(sources, options);
    g_autoptr(GError) error = NULL;
    gboolean is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    gboolean read = is_folder ? tamis_site_add_folder(site, path, &error)
                              : add_lone_script(site, sources, path, to, &error);

    if (!read) {
        tamis_complain("%s", error->message);
        return NULL;
    }
    if (tamis_site_n_mailboxes(site) == 0) {
        tamis_complain("there is no script in '%s' whose name is ADDRESS.sieve", path);
        return NULL;
    }
    return g_steal_pointer(&site);
}

/* A script that its server does not take does nothing: what is wrong with those on the way. */
static gboolean
are_valid(const TamisExplanation *explanation, TamisSite *site, TamisSources *sources,
          const TamisScriptSite *script_site, const TamisOptions *options)
{
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GHashTable) checked = g_hash_table_new(NULL, NULL);
    const TamisSieveCheckOptions check = {script_site->server, script_site->include_dir,
                                          script_site->global_dir};
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < tamis_explanation_n_deliveries(explanation); i++) {
        TamisSourceId source =
            tamis_site_get_source(site, tamis_explanation_get(explanation, i)->mailbox);
        g_autoptr(TamisArena) arena = tamis_arena_new();
        TamisSieveChecked said;

        if (g_hash_table_add(checked, GUINT_TO_POINTER(source)))
            tamis_sieve_check(tamis_sieve_parse_any(source, arena, report), &check, arena, report,
                              &said);
    }
    if (tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) == 0)
        return TRUE;
    tamis_report_sort(report);
    tamis_render(text, report, TAMIS_FORMAT_TEXT, &options->render);
    tamis_show(text->str, text->len);
    return FALSE;
}

/* Both ------------------------------------------------------------------------------------------- */

typedef struct {
    const TamisVerb *verb;
    const TamisOptions *options;
    const Words *words;
    TamisSources *sources;
    const char *path, *message_path;
    const TamisFindingWitness *witness; /* NULL: the message is said otherwise */
} Task;

/* Whether a mailbox of the site takes mail for the address, or the site knows where it goes. */
static gboolean
is_known(TamisSite *site, const char *address)
{
    g_autoptr(GArray) stops = tamis_site_resolve(site, address);

    for (guint i = 0; i < stops->len; i++) {
        const TamisSiteStop *stop = &g_array_index(stops, TamisSiteStop, i);

        if (stop->mailbox != TAMIS_NO_INDEX || g_ascii_strcasecmp(stop->address, address) != 0)
            return TRUE;
    }
    return FALSE;
}

/* script_site: NULL where it is of a policy. */
static int
explain(const Task *task, TamisSite *site, const TamisScriptSite *script_site)
{
    const Words *words = task->words;
    const TamisZone *zone = tamis_site_get_zone(site);
    TamisDelivery delivery = {words->from, words->to[0], tamis_options_as_of(task->options, zone),
                              grades_of(words)};
    TamisExplainStyle style = {task->sources, 0, words->why, task->options->render.color};
    g_autoptr(TamisMessage) message = NULL;
    g_autoptr(TamisExplanation) explanation = NULL;
    TamisKnownWay way = {NULL};
    g_autoptr(GString) text = g_string_new(NULL);

    if (task->witness != NULL) {
        way = (TamisKnownWay){task->witness->path, task->witness->n_path, task->witness->instants};
        delivery = tamis_shown_delivery(task->witness);
    }
    if (words->at != NULL &&
        !tamis_read_moment(words->at, zone != NULL ? zone : tamis_zone_get("UTC"),
                           &delivery.instant))
        return tamis_complain_usage(task->verb, "'--at %s' is no instant", words->at);
    message = task->witness != NULL ? tamis_shown_message(task->witness)
                                    : get_message(words, task->message_path);
    if (message == NULL)
        return TAMIS_EXIT_UNREADABLE;
    style.at = delivery.instant;
    explanation = task->witness != NULL
                      ? tamis_explain_way(site, message, &delivery, &way)
                      : tamis_explain_all(site, message, &delivery, (const char *const *)words->to);
    if (script_site != NULL &&
        !are_valid(explanation, site, task->sources, script_site, task->options))
        return TAMIS_EXIT_FINDINGS;
    for (char **to = words->to; *to != NULL; to++)
        if (task->options->format == TAMIS_FORMAT_TEXT && !is_known(site, *to))
            tamis_complain("no mailbox of %s takes mail for '%s'",
                           script_site != NULL ? "the folder" : "the policy", *to);
    if (task->options->format == TAMIS_FORMAT_JSON)
        tamis_explain_as_json(explanation, site, &style, text);
    else
        tamis_explain_as_text(explanation, site, &style, text);
    tamis_write(text->str, text->len);
    return TAMIS_EXIT_OK;
}

static int
explain_policy(const Task *task)
{
    int status = TAMIS_EXIT_OK;
    g_autoptr(TamisServer) server = tamis_options_load_server(task->options, task->path, &status);
    g_autoptr(TamisPolicy) policy = NULL;
    g_autoptr(TamisSite) site = NULL;

    if (server == NULL)
        return status;
    policy = tamis_load_policy(task->path, task->sources, task->options, &status);
    if (policy == NULL)
        return status;
    site = tamis_site_new_policy(policy, server);
    return explain(task, site, NULL);
}

static int
explain_scripts(const Task *task)
{
    int status = TAMIS_EXIT_OK;
    g_autofree char *folder = g_file_test(task->path, G_FILE_TEST_IS_DIR)
                                  ? g_strdup(task->path)
                                  : g_path_get_dirname(task->path);
    g_autoptr(TamisServer) server = tamis_options_load_server(task->options, task->path, &status);
    g_autoptr(TamisServer) raised =
        server != NULL ? tamis_raised_server_load(task->options, folder) : NULL;
    const TamisScriptSite options = {
        .server = raised != NULL ? raised : server,
        .include_dir = task->words->include_dir,
        .global_dir = tamis_global_dir(task->words->include_dir, task->words->global_dir),
        .zone = task->options->timezone != NULL ? tamis_zone_get(task->options->timezone) : NULL,
    };
    g_autoptr(TamisSite) site = NULL;

    if (server == NULL)
        return status;
    site = load_scripts(task->path, &options, task->words->to[0], task->sources);
    if (site == NULL)
        return TAMIS_EXIT_UNREADABLE;
    return explain(task, site, &options);
}

static gboolean
says_message(const Words *words, int argc)
{
    return argc == 3 || words->to != NULL || words->from != NULL || words->at != NULL ||
           words->subject != NULL || words->headers != NULL || words->spam_score != 0 ||
           words->spam_percent >= 0 || words->virus_score != 0 || words->raw;
}

static int
run(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    g_auto(Words) words = {.spam_percent = -1, .witness = NOT_SAID};
    const GOptionEntry own[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words.to,
         "the address that the mail is for; each of several", "ADDRESS"},
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &words.from,
         "the envelope's sender, '' for none (default sender@outside.invalid)", "ADDRESS"},
        {"at", 0, 0, G_OPTION_ARG_FILENAME, &words.at, "when it arrives (default --as-of)",
         "INSTANT"},
        {"spam-score", 0, 0, G_OPTION_ARG_INT, &words.spam_score, "RFC 5235: 0 untested … 10 spam",
         "N"},
        {"spam-percent", 0, 0, G_OPTION_ARG_INT, &words.spam_percent,
         "finer: 0 … 100 (default ten times the score)", "N"},
        {"virus-score", 0, 0, G_OPTION_ARG_INT, &words.virus_score,
         "RFC 5235: 0 untested … 5 surely infected", "N"},
        {"subject", 0, 0, G_OPTION_ARG_FILENAME, &words.subject, "of a message without a file",
         "TEXT"},
        {"header", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words.headers,
         "of a message without a file: 'Name: value'", "HEADER"},
        {"raw", 0, 0, G_OPTION_ARG_NONE, &words.raw, "a message from these options alone", NULL},
        {"why", 0, 0, G_OPTION_ARG_NONE, &words.why, "every test with its value", NULL},
        {"witness", 0, 0, G_OPTION_ARG_INT, &words.witness,
         "the message of tamis check's N-th finding", "N"},
        {"include-dir", 0, 0, G_OPTION_ARG_FILENAME, &words.include_dir,
         "where a script's 'include \"x\"' finds x.sieve", "DIR"},
        {"global-dir", 0, 0, G_OPTION_ARG_FILENAME, &words.global_dir,
         "the same for 'include :global' (default --include-dir)", "DIR"},
        {NULL},
    };
    const guint takes = TAMIS_TAKES_SERVER | TAMIS_TAKES_AS_OF | TAMIS_TAKES_TIMEZONE |
                        TAMIS_TAKES_FORMAT | TAMIS_TAKES_COLOR;
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) found = tamis_report_new(sources);
    Task task = {.verb = verb, .options = &options, .words = &words, .sources = sources};
    const char *fault;
    int status;

    if (!tamis_options_parse(verb, own, takes, &options, &argc, argv, &status))
        return status;
    if (argc < 2 || argc > 3)
        return tamis_complain_usage(
            verb, "one policy, script or folder, and at most one message, please");
    if (words.witness != NOT_SAID && says_message(&words, argc))
        return tamis_complain_usage(verb,
                                    "--witness has a message of its own: leave the others out");
    if (words.witness != NOT_SAID && words.witness < 1)
        return tamis_complain_usage(verb, "findings are counted from 1");
    if (words.witness == NOT_SAID && words.to == NULL)
        return tamis_complain_usage(verb,
                                    "--to says whose mail it is, --witness that of a finding");
    fault = grades_fault(&words);
    if (fault != NULL)
        return tamis_complain_usage(verb, "%s", fault);
    status = tamis_complain_about_message(verb, words.to, words.from, words.subject, words.headers);
    if (status != TAMIS_EXIT_OK)
        return status;
    if (argc == 3 && (words.raw || words.subject != NULL || words.headers != NULL))
        return tamis_complain_usage(
            verb, "--subject, --header and --raw make a message: leave the file out");
    if (words.from == NULL)
        words.from = g_strdup("sender@outside.invalid");
    task.path = argv[1];
    if (words.witness > 0) {
        task.witness = tamis_find_witness(&options, words.include_dir,
                                          tamis_global_dir(words.include_dir, words.global_dir),
                                          task.path, words.witness, found, &status);
        if (task.witness == NULL)
            return status;
        words.to = g_new0(char *, 2);
        words.to[0] = g_strdup(task.witness->to);
    }
    task.message_path = argc == 3 ? argv[2] : NULL;
    if (g_file_test(task.path, G_FILE_TEST_IS_DIR) || tamis_is_script_file(sources, task.path))
        return explain_scripts(&task);
    return explain_policy(&task);
}

const TamisVerb tamis_verb_explain = {
    .name = "explain",
    .arguments = "FILE (--to ADDRESS [MESSAGE.eml] | --witness N)",
    .summary = "shows what happens to a message, hop by hop",
    .examples = "  tamis explain policy.tamis --to info@acme.example --subject 'Order 42'\n"
                "  tamis explain policy.tamis --to info@acme.example --why message.eml\n"
                "  tamis explain scripts --to info@acme.example - <message.eml\n"
                "  tamis explain policy.tamis --witness 1",
    .run = run,
};
