/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is read from a journal, line by line, however the lines look. */
#include "deploy/journal.h"

#include <glib/gstdio.h>
#include <string.h>

#define HEAD(event)                                                                                \
    "{\"version\":1,\"event\":\"" event "\",\"run\":\"r1\",\"at\":\"2026-11-23T10:00:00Z\""
#define BEGIN           HEAD("begin") ",\"verb\":\"deploy\",\"to\":\"directory:/x\",\"mailboxes\":1}\n"
#define RESULT(mailbox) HEAD("result") ",\"mailbox\":\"" mailbox "\",\"result\":\"created\""
#define SCRIPT          ",\"script\":\"tamis-1\",\"sha256\":\"abc\""

/* NULL where it is no journal. */
static TamisDeployJournalHistory *
try_text(const char *text, const char *to)
{
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("journal-XXXXXX", &path, &error);
    TamisDeployJournalHistory *history;

    g_assert_no_error(error);
    g_assert_true(g_close(fd, NULL));
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    history = tamis_deploy_journal_read(path, to, FALSE, &error);
    g_assert_true((history == NULL) == (error != NULL));
    g_unlink(path);
    return history;
}

static TamisDeployJournalHistory *
read_text(const char *text, const char *to)
{
    TamisDeployJournalHistory *history = try_text(text, to);

    g_assert_nonnull(history);
    return history;
}

/* Whether the mailbox has the script of the line. */
static gboolean
knows(const char *line, const char *mailbox)
{
    g_autofree char *text = g_strconcat(BEGIN, line, NULL);
    g_autoptr(TamisDeployJournalHistory) history = read_text(text, "directory:/x");
    const TamisDeployJournalState *state = g_hash_table_lookup(history->states, mailbox);

    return state != NULL && g_str_equal(state->name, "tamis-1") &&
           g_str_equal(state->sha256, "abc");
}

static void
test_results(void)
{
    g_assert_true(knows(RESULT("a@x") SCRIPT "}\n", "a@x"));
    g_assert_true(knows(RESULT("a@x") SCRIPT ",\"reason\":\"why\"}\n", "a@x"));
    /* As others would write it. */
    g_assert_true(
        knows("{ \"event\": \"result\", \"version\": 1, \"run\": \"r1\", \"mailbox\": \"a@x\", "
              "\"result\": \"created\"" SCRIPT " }\n",
              "a@x"));
    /* A name or a reason that looks like more keys. */
    g_assert_true(knows(RESULT("\\\"b\\\",\\\"mailbox\\\":\\\"c@x\\\"") SCRIPT "}\n",
                        "\"b\",\"mailbox\":\"c@x\""));
    g_assert_true(
        knows(RESULT("a@x") SCRIPT ",\"reason\":\"\\\"script\\\":\\\"tamis-2\\\"\"}\n", "a@x"));
    g_assert_true(knows(RESULT("\\u00e9@x") SCRIPT "}\n", "é@x"));
}

static void
test_lines_cut_short(void)
{
    static const char whole[] = RESULT("a@x") SCRIPT "}\n";

    for (gsize length = 1; length < strlen(whole) - 1; length++) {
        g_autofree char *line = g_strndup(whole, length);
        g_autofree char *ended = g_strconcat(line, "\n", NULL);
        g_autofree char *closed = g_strconcat(BEGIN, line, "\"}\n", NULL);
        g_assert_false(knows(line, "a@x"));
        g_assert_false(knows(ended, "a@x"));
        tamis_deploy_journal_history_free(try_text(closed, NULL)); /* whatever it is then */
    }
}

static void
test_other_places(void)
{
    g_autoptr(TamisDeployJournalHistory) there =
        read_text(BEGIN RESULT("a@x") SCRIPT "}\n", "directory:/y");
    g_autoptr(TamisDeployJournalHistory) any = read_text(BEGIN RESULT("a@x") SCRIPT "}\n", NULL);

    g_assert_cmpuint(g_hash_table_size(there->states), ==, 0);
    g_assert_cmpuint(g_hash_table_size(any->states), ==, 1);
    g_assert_cmpstr(any->unfinished, ==, "r1");
}

static void
test_removal(void)
{
    g_autoptr(TamisDeployJournalHistory) history = read_text(
        BEGIN RESULT("a@x") SCRIPT "}\n" RESULT("b@x") SCRIPT
        "}\n" HEAD("result") ",\"mailbox\":\"a@x\",\"result\":\"removed\"}\n" HEAD("end") "}\n",
        NULL);

    g_assert_false(g_hash_table_contains(history->states, "a@x"));
    g_assert_true(g_hash_table_contains(history->states, "b@x"));
    g_assert_null(history->unfinished);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/deploy-journal/results", test_results);
    g_test_add_func("/deploy-journal/lines-cut-short", test_lines_cut_short);
    g_test_add_func("/deploy-journal/other-places", test_other_places);
    g_test_add_func("/deploy-journal/removal", test_removal);
    return g_test_run();
}
