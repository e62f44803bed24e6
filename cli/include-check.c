/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * By the words of both scripts: which commands stand in them, wherever. Actions of scripts that run one after
 * the other add up (RFC 6609), so what remains is what stops the second, changes the message under it, or
 * conflicts with an action of the other. */
#include "cli/include-check.h"

#include "grammar/sieve/parser.h"

typedef enum {
    REPLIES = 1 << 0,
    REJECTS = 1 << 1,
    STOPS = 1 << 2,
    CHANGES = 1 << 3, /* the message */
    BROKEN = 1 << 4,
} Traits;

typedef struct {
    guint traits;
    guint32 n_redirects, n_actions;
} Words;

static const struct {
    const char *name;
    guint traits;
    gboolean is_action;
} commands[] = {
    {"vacation", REPLIES, TRUE}, {"reject", REJECTS, TRUE},     {"ereject", REJECTS, TRUE},
    {"stop", STOPS, FALSE},      {"addheader", CHANGES, FALSE}, {"deleteheader", CHANGES, FALSE},
    {"filter", CHANGES, TRUE},   {"replace", CHANGES, FALSE},   {"enclose", CHANGES, FALSE},
    {"convert", CHANGES, FALSE}, {"fileinto", 0, TRUE},         {"keep", 0, TRUE},
    {"discard", 0, TRUE},        {"redirect", 0, TRUE},         {"notify", 0, TRUE},
    {"pipe", 0, TRUE},           {"execute", 0, TRUE},
};

static void
count_tests(const TamisSieveTest *test, Words *words)
{
    for (; test != NULL; test = test->next) {
        if (tamis_sieve_name_is(test->name, test->name_length, "filter"))
            words->traits |= CHANGES;
        count_tests(test->tests, words);
    }
}

static void
count_commands(const TamisSieveCommand *command, Words *words)
{
    for (; command != NULL; command = command->next) {
        for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
            if (!tamis_sieve_name_is(command->name, command->name_length, commands[i].name))
                continue;
            words->traits |= commands[i].traits;
            words->n_actions += commands[i].is_action ? 1 : 0;
        }
        if (tamis_sieve_name_is(command->name, command->name_length, "redirect"))
            words->n_redirects++;
        count_tests(command->tests, words);
        count_commands(command->block, words);
    }
}

static Words
read_words(const char *text, gsize length)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, "script", text, length);
    const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);
    Words words = {0};

    if (script->n_errors > 0)
        words.traits |= BROKEN;
    count_commands(script->commands, &words);
    return words;
}

char *
tamis_include_check(const char *wanted, gsize wanted_length, const char *other, gsize other_length,
                    gpointer data)
{
    const TamisServer *server = data;
    Words own = read_words(wanted, wanted_length), its = read_words(other, other_length);
    const char *why = NULL;

    if (its.traits & BROKEN)
        why = "the mailbox's own script cannot be read";
    else if (own.traits & STOPS)
        why = "the policy's script has a 'stop', behind which the mailbox's own would not run";
    else if (own.traits & CHANGES)
        why = "the policy's script changes the message, and the mailbox's own would see that";
    else if ((own.traits & REJECTS) && its.n_actions > 0)
        why = "the policy's script rejects mail, and servers drop a run that also does something "
              "else";
    else if ((its.traits & REJECTS) && own.n_actions > 0)
        why = "the mailbox's own script rejects mail, and servers drop a run that also does "
              "something else";
    else if (own.traits & its.traits & REPLIES)
        why = "both scripts reply, and servers drop a run with two replies";
    else if (server != NULL && server->max_redirects > 0 &&
             own.n_redirects + its.n_redirects > server->max_redirects && its.n_redirects > 0)
        why = "both scripts together may forward to more addresses than the server takes";
    return why != NULL ? g_strdup_printf("%s: it cannot be included", why) : NULL;
}
