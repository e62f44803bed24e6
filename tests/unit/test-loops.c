/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random organizations of two to six mailboxes, and what is found to go round in them, against every
 * message of a small world sent hop by hop: both ways, so that nothing is missed and nothing made up. */
#include "compiler/resolve.h"
#include "lint/loops.h"
#include "lint/returns.h"

#include "rounds.h"

#include <string.h>

#define N_POLICIES 500
#define MAX_BOXES  6
#define MAX_WAY    60
/* Each of the three marks changes a message once: of so many times that a forward is taken, two follow each other
 * with nothing changed in between, and then it is taken for ever. */
#define FOR_EVER    5
#define N_SUBJECTS  41
#define N_VALUES    16 /* of X-A: each of three, and one that no test names */
#define N_MESSAGES  (N_SUBJECTS * N_VALUES * 2 * 2)
#define SMALL_BYTES 500
#define LARGE_BYTES 2500

/* Policies --------------------------------------------------------------------------------------- */

static void
append_test(GString *text, GRand *rand)
{
    static const char *const tests[] = {
        "subject contains \"a\"",
        "subject contains \"b\"",
        "subject begins \"a\"",
        "subject ends \"b\"",
        "subject is \"ab\"",
        "subject is \"ba\", \"a\"",
        "header \"X-A\" exists",
        "header \"X-A\" is \"1\"",
        "header \"X-A\" is \"2\", \"3\"",
        "header \"X-B\" is \"1\"",
        "size > 1000",
        "header \"Subject\" exists",
    };

    if (g_rand_boolean(rand))
        g_string_append(text, "not ");
    g_string_append(text, tests[g_rand_int_range(rand, 0, G_N_ELEMENTS(tests))]);
}

static void
append_condition(GString *text, GRand *rand)
{
    append_test(text, rand);
    for (gint i = g_rand_int_range(rand, 0, 3); i > 0; i--) {
        g_string_append(text, g_rand_boolean(rand) ? " and " : " or ");
        append_test(text, rand);
    }
}

static void
append_route(GString *text, GRand *rand, guint mailbox, guint n_mailboxes, guint number)
{
    static const char *const marks[] = {"mark \"X-A: 1\"; ", "mark \"X-A: 2\"; ",
                                        "mark \"X-B: 1\"; "};
    guint to = (mailbox + (guint)g_rand_int_range(rand, 1, (gint32)n_mailboxes)) % n_mailboxes;

    g_string_append_printf(text, " route r%u ", number);
    if (g_rand_int_range(rand, 0, 5) == 0) {
        g_string_append(text, "otherwise ");
    } else if (g_rand_int_range(rand, 0, 5) > 0) {
        g_string_append(text, "when ");
        append_condition(text, rand);
    }
    g_string_append(text, " { ");
    if (g_rand_int_range(rand, 0, 4) == 0)
        g_string_append(text, marks[g_rand_int_range(rand, 0, G_N_ELEMENTS(marks))]);
    if (g_rand_int_range(rand, 0, 5) > 0)
        g_string_append_printf(text, "forward to m%u@acme.example; ", to);
    if (g_rand_int_range(rand, 0, 4) == 0)
        g_string_append(text, "final; ");
    g_string_append(text, "keep; }");
}

static char *
make_policy(GRand *rand)
{
    GString *text = g_string_new("organization { domains acme.example; timezone UTC; }\n");
    guint n = (guint)g_rand_int_range(rand, 2, MAX_BOXES + 1);

    for (guint i = 0; i < n; i++) {
        g_string_append_printf(text, "mailbox m%u@acme.example {", i);
        for (guint j = 0, routes = (guint)g_rand_int_range(rand, 1, 4); j < routes; j++)
            append_route(text, rand, i, n, j);
        g_string_append(text, " }\n");
    }
    return g_string_free(text, FALSE);
}

static TamisSourceId
open_text(TamisSources *sources, const char *path, gsize max_bytes, gpointer data, GError **error)
{
    return tamis_sources_add_text(sources, path, data, strlen(data));
}

/* The world -------------------------------------------------------------------------------------- */

/* None, and all texts of a, b and another letter up to three letters. */
static const char *
get_subject(guint number, char *buffer)
{
    guint n_letters = 0, first = 1, of_length = 1;

    if (number == 0)
        return NULL;
    for (; number >= first + of_length; n_letters++) {
        first += of_length;
        of_length *= 3;
    }
    number -= first;
    for (guint i = 0; i < n_letters; i++, number /= 3)
        buffer[i] = "abc"[number % 3];
    buffer[n_letters] = '\0';
    return buffer;
}

static TamisMessage *
make_message(guint number)
{
    static const char *const marks[] = {"1", "2", "3", "4"};
    TamisMessage *message = tamis_message_new();
    guint values = number / N_SUBJECTS % N_VALUES;
    char buffer[4];
    const char *subject = get_subject(number % N_SUBJECTS, buffer);

    if (subject != NULL)
        tamis_message_append_header(message, "Subject", subject);
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++)
        if (values >> i & 1)
            tamis_message_append_header(message, "X-A", marks[i]);
    if (number / N_SUBJECTS / N_VALUES % 2 == 1)
        tamis_message_append_header(message, "X-B", "1");
    tamis_message_set_size(message,
                           number / N_SUBJECTS / N_VALUES / 2 % 2 == 1 ? LARGE_BYTES : SMALL_BYTES);
    return message;
}

typedef struct {
    TamisSite *site;
    const TamisFlowAction *way[MAX_WAY];
    guint32 passed[MAX_WAY];
    gboolean goes_round;
    gboolean returns;  /* comes back to where it was, and goes nowhere from there */
    gboolean revisits; /* comes back at all */
} World;

/* Follows every forward of a message. */
static void
send_on(World *world, guint32 mailbox, TamisMessage *message, guint hop)
{
    static const TamisDelivery delivery = {"x@else.test", "m0@acme.example", 1795392000, {0}};
    const TamisFlow *flow = tamis_site_get_flow(world->site, mailbox);
    g_autoptr(TamisEvaluation) evaluation = tamis_evaluation_new(
        tamis_site_get_formulas(world->site), tamis_site_get_policy(world->site), flow, message,
        &delivery, tamis_site_get_zone(world->site), "+");
    gboolean goes_on = FALSE;

    for (guint32 i = 0; i < flow->n_actions && hop < MAX_WAY && !world->goes_round; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        g_autoptr(TamisMessage) sent = NULL;
        guint n_taken = 0;

        if (action->kind != TAMIS_FLOW_FORWARD ||
            !tamis_evaluation_holds(evaluation, action->guard))
            continue;
        goes_on = TRUE;
        for (guint j = 0; j < hop; j++)
            n_taken += world->way[j] == action;
        world->goes_round |= n_taken + 1 >= FOR_EVER;
        world->way[hop] = action;
        world->passed[hop] = mailbox;
        sent = tamis_message_copy(tamis_evaluation_message(evaluation, action->version));
        send_on(world, tamis_policy_find_mailbox(tamis_site_get_policy(world->site), action->key),
                sent, hop + 1);
    }
    for (guint j = 0; j < hop; j++) {
        world->returns |= world->passed[j] == mailbox && !goes_on;
        world->revisits |= world->passed[j] == mailbox;
    }
}

static void
send_all(World *world)
{
    for (guint32 mailbox = 0; mailbox < tamis_site_n_mailboxes(world->site); mailbox++) {
        for (guint number = 0; number < N_MESSAGES && !world->goes_round; number++) {
            g_autoptr(TamisMessage) message = make_message(number);

            send_on(world, mailbox, message, 0);
        }
    }
}

/* What is found ---------------------------------------------------------------------------------- */

static guint n_loops, n_returns;

static void
count_loop(TamisFlowFacts *facts, const TamisLoop *loop)
{
    g_assert_cmpint(loop->solution->verdict, ==, TAMIS_VERDICT_WITNESS);
    g_assert_false(loop->solution->leans_on_opaque);
    n_loops++;
}

static void
count_return(TamisFlowFacts *facts, TamisChain *chain, guint32 step, TamisFormula guard,
             const TamisSolution *solution)
{
    g_assert_false(solution->leans_on_opaque);
    n_returns++;
}

static void
ignore_left(TamisFlowFacts *facts, const GArray *mailboxes)
{
    g_assert_cmpuint(mailboxes->len, ==, 0);
}

static void
compare(const char *text, guint *n_going_round, guint *n_returning)
{
    TamisResolveOptions options = {.open = open_text, .open_data = (gpointer)text};
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, "p", &options, report, NULL);
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", NULL);
    g_autoptr(TamisSite) site = tamis_site_new_policy(policy, server);
    g_autoptr(TamisFlowFacts) facts = tamis_flow_facts_new(site, NULL, report, 1795392000);
    World world = {.site = site};

    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==, 0);
    n_loops = n_returns = 0;
    tamis_loops_find(facts, count_loop);
    tamis_returns_find(facts, count_return, ignore_left);
    send_all(&world);
    if ((n_loops > 0) != world.goes_round)
        g_error("%u loops are found, and a message %s round in\n%s", n_loops,
                world.goes_round ? "goes" : "does not go", text);
    /* Where one goes round, the returns beside it are not looked for any more. */
    if (!world.goes_round &&
        ((n_returns == 0 && world.returns) || (n_returns > 0 && !world.revisits)))
        g_error("%u returns are found, and a message %s back in\n%s", n_returns,
                world.returns ? "comes" : "does not come", text);
    *n_going_round += world.goes_round;
    *n_returning += !world.goes_round && world.returns;
}

static void
test_random(void)
{
    const char *more = g_getenv("TAMIS_SEED");
    g_autoptr(GRand) rand =
        g_rand_new_with_seed(2026 + (more != NULL ? (guint32)g_ascii_strtoull(more, NULL, 10) : 0));
    guint n_policies = n_rounds(N_POLICIES);
    guint n_going_round = 0, n_returning = 0;

    for (guint i = 0; i < n_policies; i++) {
        g_autofree char *text = make_policy(rand);

        compare(text, &n_going_round, &n_returning);
    }
    /* The world is worth its while only if it has all kinds. */
    g_assert_cmpuint(n_going_round, >, n_policies / 10);
    g_assert_cmpuint(n_returning, >, 0);
    g_assert_cmpuint(n_going_round + n_returning, <, n_policies * 9 / 10);
}

/* Back at m1 with another header, the message goes another way: home. */
static void
test_one_is_passed_twice(void)
{
    const char *text =
        "organization { domains acme.example; timezone UTC; }\n"
        "mailbox m0@acme.example { route r when not header \"X-A\" exists {"
        " forward to m1@acme.example; keep; } }\n"
        "mailbox m1@acme.example { route r when header \"X-A\" exists {"
        " forward to m3@acme.example; final; keep; }"
        " route s otherwise { forward to m2@acme.example; final; keep; } }\n"
        "mailbox m2@acme.example { route r { mark \"X-A: 2\";"
        " forward to m1@acme.example; keep; } }\n"
        "mailbox m3@acme.example { route r { forward to m0@acme.example; keep; } }\n";
    guint n_going_round = 0, n_returning = 0;

    compare(text, &n_going_round, &n_returning);
    g_assert_cmpuint(n_going_round, ==, 0);
    g_assert_cmpuint(n_returning, ==, 1);
}

/* Dense components ------------------------------------------------------------------------------- */

enum { N_DENSE = 300, N_TARGETS = 4, MAX_DENSE_QUESTIONS = 220000 };

/* What a mailbox does, and of how many it may stay open whether mail comes back to them. */
typedef struct {
    void (*write_routes)(GString *out, GRand *rand, const guint *targets);
    guint max_left;
} Dense;

static void
write_condition(GString *out, GRand *rand)
{
    static const char *const conditions[] = {
        "subject contains \"order\"",
        "not subject begins \"bill\"",
        "from domain is a.example",
        "size >= 10K",
        "to local contains \"help\"",
        "header \"X-B\" exists",
        "mailing list",
        "not automatic",
        "subject matches \"*x*42?*\"",
        "spam score >= 5",
        "envelope to detail is \"x\"",
    };

    g_string_append(out, conditions[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(conditions))]);
}

static void
write_one_of(GString *out, GRand *rand, const guint *targets)
{
    g_string_append(out, " route r when ");
    write_condition(out, rand);
    g_string_append(out, " { forward to one of ");
    for (guint i = 0; i < N_TARGETS; i++)
        g_string_append_printf(out, "%sm%u@acme.example", i > 0 ? ", " : "", targets[i]);
    g_string_append(out, "; }");
}

static void
write_marks(GString *out, GRand *rand, const guint *targets)
{
    for (guint i = 0; i < N_TARGETS; i++) {
        gint mark = g_rand_int_range(rand, 0, 12);

        g_string_append_printf(out,
                               " route r%u when not header \"X-%d\" exists { mark \"X-%d: 1\"; "
                               "forward to m%u@acme.example; }",
                               i, mark, i == 0 ? mark : g_rand_int_range(rand, 0, 12), targets[i]);
    }
}

static void
write_mixed(GString *out, GRand *rand, const guint *targets)
{
    for (guint i = 0; i < N_TARGETS; i++) {
        g_string_append_printf(out, " route r%u when ", i);
        write_condition(out, rand);
        g_string_append(out, " and ");
        write_condition(out, rand);
        g_string_append_printf(out, " { %sforward to m%u%s@acme.example; }",
                               g_rand_boolean(rand) ? "mark \"X-A: 1\"; " : "", targets[i],
                               g_rand_boolean(rand) ? "+x" : "");
    }
}

static char *
make_dense(const Dense *dense)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(2026);
    GString *out = g_string_new("organization { domains acme.example; timezone UTC; }\n");

    for (guint i = 0; i < N_DENSE; i++) {
        guint targets[N_TARGETS];

        for (guint k = 0; k < N_TARGETS; k++)
            targets[k] = (i + 1 + k * N_DENSE / N_TARGETS +
                          (guint)g_rand_int_range(rand, 0, N_DENSE / N_TARGETS - 1)) %
                         N_DENSE;
        g_string_append_printf(out, "mailbox m%u@acme.example {", i);
        dense->write_routes(out, rand, targets);
        g_string_append(out, " }\n");
    }
    return g_string_free(out, FALSE);
}

static void
count_dense(TamisFlowFacts *facts, TamisChain *chain, guint32 step, TamisFormula guard,
            const TamisSolution *solution)
{
    g_assert_cmpint(solution->verdict, ==, TAMIS_VERDICT_WITNESS);
    n_returns++;
}

static guint n_left;

static void
count_left(TamisFlowFacts *facts, const GArray *mailboxes)
{
    n_left += mailboxes->len;
}

/* Where ways are without number, some that come back are found, and the questions end. */
static void
test_dense(gconstpointer data)
{
    const Dense *dense = data;
    g_autofree char *text = make_dense(dense);
    TamisResolveOptions options = {.open = open_text, .open_data = text};
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, "p", &options, report, NULL);
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", NULL);
    g_autoptr(TamisSite) site = tamis_site_new_policy(policy, server);
    g_autoptr(TamisFlowFacts) facts = tamis_flow_facts_new(site, NULL, report, 1795392000);
    TamisSolverCounts counts;

    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==, 0);
    n_returns = n_left = 0;
    tamis_returns_find(facts, count_dense, count_left);
    counts = tamis_solver_counts(facts->solver);
    g_test_message("%u returns, %u mailboxes left, %" G_GUINT64_FORMAT
                   " questions, %" G_GUINT64_FORMAT " steps",
                   n_returns, n_left, counts.n_queries, counts.n_steps);
    g_assert_cmpuint(n_returns, >, 0);
    g_assert_cmpuint(n_left, <=, dense->max_left);
    g_assert_cmpuint(counts.n_queries + counts.n_steps / 1000, <, MAX_DENSE_QUESTIONS);
}

int
main(int argc, char **argv)
{
    static const Dense one_of = {write_one_of, 5}, marks = {write_marks, 150},
                       mixed = {write_mixed, 90};

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loops/one-is-passed-twice", test_one_is_passed_twice);
    g_test_add_func("/loops/random", test_random);
    g_test_add_data_func("/loops/dense/one-of", &one_of, test_dense);
    g_test_add_data_func("/loops/dense/marks", &marks, test_dense);
    g_test_add_data_func("/loops/dense/mixed", &mixed, test_dense);
    return g_test_run();
}
