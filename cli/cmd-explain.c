/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis explain: what happens to this message, hop by hop, and which line decided it. */
#include "cli/explain.h"
#include "cli/load.h"

#include <string.h>
#include <unistd.h>

enum { MAX_MESSAGE_BYTES = TAMIS_MESSAGE_MAX_BYTES };

typedef struct {
    char *to, *from, *at, *subject;
    char **headers;
    int spam_score;
    gboolean why, raw;
} Words;

static void
words_clear(Words *words)
{
    g_free(words->to);
    g_free(words->from);
    g_free(words->at);
    g_free(words->subject);
    g_strfreev(words->headers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

/* The message ------------------------------------------------------------------------------------ */

static TamisMessage *
read_standard_input(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GBytes) whole = NULL;
    guint8 buffer[65536];
    gssize n;

    while ((n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0 && bytes->len <= MAX_MESSAGE_BYTES)
        g_byte_array_append(bytes, buffer, (guint)n);
    if (n < 0 || bytes->len > MAX_MESSAGE_BYTES) {
        tamis_complain("the message on standard input cannot be read, or is larger than %d MiB",
                       MAX_MESSAGE_BYTES >> 20);
        return NULL;
    }
    whole = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    return tamis_message_new_from_bytes(whole);
}

/* "Name: value" */
static gboolean
add_written_header(TamisMessage *message, const char *text)
{
    const char *colon = strchr(text, ':');
    g_autofree char *name = NULL, *value = NULL;

    if (colon == NULL || colon == text)
        return FALSE;
    name = g_strndup(text, colon - text);
    value = g_strstrip(g_strdup(colon + 1));
    tamis_message_append_header(message, g_strstrip(name), value);
    return TRUE;
}

/* A message from options alone: an outsider writes to the mailbox. */
static TamisMessage *
make_message(const Words *words)
{
    g_autoptr(TamisMessage) message = tamis_message_new();

    tamis_message_append_header(message, "From", words->from);
    tamis_message_append_header(message, "To", words->to);
    if (words->subject != NULL)
        tamis_message_append_header(message, "Subject", words->subject);
    for (char **header = words->headers; header != NULL && *header != NULL; header++) {
        if (!add_written_header(message, *header)) {
            tamis_complain("'--header %s' is not of the form 'Name: value'", *header);
            return NULL;
        }
    }
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
        tamis_complain("the message '%s' cannot be read: %s", path, error->message);
    return message;
}

/* The policy ------------------------------------------------------------------------------------- */

static gboolean
read_at(const char *text, const TamisZone *zone, TamisInstant *out_instant)
{
    TamisDay day;

    if (tamis_instant_parse(text, strlen(text), zone, out_instant))
        return TRUE;
    if (!tamis_day_parse(text, strlen(text), &day))
        return FALSE;
    *out_instant = tamis_zone_to_instant(zone, (TamisClock){.date = day});
    return TRUE;
}

static int
explain(const TamisVerb *verb, TamisPolicy *policy, TamisSources *sources,
        const TamisOptions *options, const Words *words, const char *message_path)
{
    int status = TAMIS_EXIT_OK;
    g_autoptr(TamisServer) server = tamis_options_load_server(options, &status);
    TamisDelivery delivery = {words->from, words->to, tamis_options_as_of(options, policy->zone),
                              (guint32)words->spam_score};
    TamisExplainStyle style = {sources, 0, words->why, options->render.color};
    g_autoptr(TamisMessage) message = NULL;
    g_autoptr(TamisSite) site = NULL;
    g_autoptr(TamisExplanation) explanation = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    if (server == NULL)
        return status;
    if (words->at != NULL && !read_at(words->at, policy->zone, &delivery.instant))
        return tamis_complain_usage(verb, "'--at %s' is no instant", words->at);
    message = get_message(words, message_path);
    if (message == NULL)
        return TAMIS_EXIT_UNREADABLE;
    style.at = delivery.instant;
    site = tamis_site_new_policy(policy, server);
    explanation = tamis_explain(site, message, &delivery);
    if (tamis_explanation_n_deliveries(explanation) == 0 && options->format == TAMIS_FORMAT_TEXT)
        tamis_complain("no mailbox of the policy takes mail for '%s'", words->to);
    if (options->format == TAMIS_FORMAT_JSON)
        tamis_explain_as_json(explanation, site, &style, text);
    else
        tamis_explain_as_text(explanation, site, &style, text);
    tamis_write(text->str, text->len);
    return TAMIS_EXIT_OK;
}

static int
run(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    g_auto(Words) words = {NULL};
    const GOptionEntry own[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &words.to, "the address that the mail is for",
         "ADDRESS"},
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &words.from,
         "the envelope's sender, '' for none (default sender@outside.invalid)", "ADDRESS"},
        {"at", 0, 0, G_OPTION_ARG_FILENAME, &words.at, "when it arrives (default --as-of)",
         "INSTANT"},
        {"spam-score", 0, 0, G_OPTION_ARG_INT, &words.spam_score, "RFC 5235: 0 untested … 10 spam",
         "N"},
        {"subject", 0, 0, G_OPTION_ARG_FILENAME, &words.subject, "of a message without a file",
         "TEXT"},
        {"header", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words.headers,
         "of a message without a file: 'Name: value'", "HEADER"},
        {"raw", 0, 0, G_OPTION_ARG_NONE, &words.raw, "a message from these options alone", NULL},
        {"why", 0, 0, G_OPTION_ARG_NONE, &words.why, "every test with its value", NULL},
        {NULL},
    };
    const guint takes =
        TAMIS_TAKES_SERVER | TAMIS_TAKES_AS_OF | TAMIS_TAKES_FORMAT | TAMIS_TAKES_COLOR;
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisPolicy) policy = NULL;
    int status;

    if (!tamis_options_parse(verb, own, takes, &options, &argc, argv, &status))
        return status;
    if (argc < 2 || argc > 3)
        return tamis_complain_usage(verb, "one policy, and at most one message, please");
    if (words.to == NULL)
        return tamis_complain_usage(verb, "--to says whose mail it is");
    if (words.spam_score < 0 || words.spam_score > 10)
        return tamis_complain_usage(verb, "--spam-score is a number from 0 to 10");
    if (argc == 3 && (words.raw || words.subject != NULL || words.headers != NULL))
        return tamis_complain_usage(
            verb, "--subject, --header and --raw make a message: leave the file out");
    if (words.from == NULL)
        words.from = g_strdup("sender@outside.invalid");
    policy = tamis_load_policy(argv[1], sources, &options, &status);
    if (policy == NULL)
        return status;
    return explain(verb, policy, sources, &options, &words, argc == 3 ? argv[2] : NULL);
}

const TamisVerb tamis_verb_explain = {
    .name = "explain",
    .arguments = "FILE --to ADDRESS [MESSAGE.eml]",
    .summary = "shows what happens to a message, hop by hop",
    .examples = "  tamis explain policy.tamis --to info@acme.example --subject 'Order 42'\n"
                "  tamis explain policy.tamis --to info@acme.example --why message.eml",
    .run = run,
};
