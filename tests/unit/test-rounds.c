/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ways round in random graphs of many edges, whose guards share conditions, against every message of a small world:
 * what is taken out, and what is found in depth, has to be what some message does. */
#include "lint/dive.h"
#include "lint/worlds.h"

#include "solving.h"

enum {
    GRAPHS = 200,
    MAX_NODES = 40,
    MAX_EDGES = 160,
    N_SUBJECTS = 41,
    N_MESSAGES = N_SUBJECTS * 8
};

typedef struct {
    Table table;
    TamisFormula tests[16];
    guint n_tests;
    TamisRoundEdge edges[MAX_EDGES];
    guint32 n_nodes, n_edges;
    guint8 taken[MAX_EDGES]; /* by some message on a way round */
} World;

/* None, and all texts of a, b and another letter up to three letters. */
static void
add_subject(TamisMessage *message, guint number)
{
    guint n_letters = 0, first = 1, of_length = 1;
    char text[4] = "";

    if (number == 0)
        return;
    for (; number >= first + of_length; n_letters++) {
        first += of_length;
        of_length *= 3;
    }
    number -= first;
    for (guint i = 0; i < n_letters; i++, number /= 3)
        text[i] = "abc"[number % 3];
    tamis_message_append_header(message, "Subject", text);
}

static TamisMessage *
make_message(guint number)
{
    TamisMessage *message = tamis_message_new();
    guint marks = number / N_SUBJECTS;

    add_subject(message, number % N_SUBJECTS);
    for (guint i = 0; i < 3; i++)
        if (marks >> i & 1)
            tamis_message_append_header(message, i == 0 ? "X-A" : i == 1 ? "X-B" : "X-C", "1");
    return message;
}

static void
make_tests(World *world)
{
    Table *table = &world->table;
    const TamisFormula plain[] = {
        header(table, "subject", TAMIS_KEYS_CONTAIN, "a"),
        header(table, "subject", TAMIS_KEYS_CONTAIN, "b"),
        header(table, "subject", TAMIS_KEYS_MATCH, "a*"),
        header(table, "subject", TAMIS_KEYS_MATCH, "*b"),
        exists(table, "x-a"),
        exists(table, "x-b"),
        exists(table, "x-c"),
        or_(table, exists(table, "x-a"), header(table, "subject", TAMIS_KEYS_MATCH, "a*")),
    };

    for (guint i = 0; i < G_N_ELEMENTS(plain); i++) {
        world->tests[world->n_tests++] = plain[i];
        world->tests[world->n_tests++] = not_(table, plain[i]);
    }
}

/* Nodes stand in a ring of parts, and edges lead on: a way round needs some from each part, nearly all of which ask for
 * what is usual there. */
static void
make_graph(World *world, GRand *rand)
{
    guint n_parts = (guint)g_rand_int_range(rand, 2, 6);
    guint n_more = (guint)g_rand_int_range(rand, 1, 4);
    TamisFormula usual[5];

    for (guint i = 0; i < n_parts; i++)
        usual[i] = world->tests[g_rand_int_range(rand, 0, (gint32)world->n_tests)];
    world->n_nodes = (guint32)g_rand_int_range(rand, 20, MAX_NODES + 1);
    world->n_edges = (guint32)g_rand_int_range(rand, 64, MAX_EDGES + 1);
    for (guint32 i = 0; i < world->n_edges; i++) {
        TamisRoundEdge *edge = &world->edges[i];
        guint32 from = (guint32)g_rand_int_range(rand, 0, (gint32)world->n_nodes);
        guint32 to = (guint32)g_rand_int_range(rand, 0, (gint32)world->n_nodes);

        to = to - to % n_parts + (from % n_parts + 1) % n_parts;
        *edge = (TamisRoundEdge){from, MIN(to, world->n_nodes - 1), TAMIS_FORMULA_TRUE, i};
        if (g_rand_int_range(rand, 0, 30) > 0)
            edge->guard = usual[from % n_parts];
        for (guint k = (guint)g_rand_int_range(rand, 0, (gint32)n_more + 1); k > 0; k--)
            edge->guard = and_(&world->table, edge->guard,
                               world->tests[g_rand_int_range(rand, 0, (gint32)world->n_tests)]);
    }
}

/* What one message takes on a way round is marked. */
static void
take(World *world, TamisMessage *message)
{
    static const TamisFlow no_flow = {0};
    static const TamisDelivery delivery = {"x@y.example", "u@v.example", 0, {0}};
    g_autoptr(TamisEvaluation) evaluation =
        tamis_evaluation_new(world->table.formulas, NULL, &no_flow, message, &delivery, NULL, "+");
    g_autoptr(TamisGraph) graph = tamis_graph_new();
    g_autoptr(TamisComponents) components = NULL;
    gboolean holds[MAX_EDGES];

    for (guint32 i = 0; i < world->n_edges; i++)
        holds[i] = tamis_evaluation_holds(evaluation, world->edges[i].guard);
    for (guint32 node = 0; node < world->n_nodes; node++) {
        for (guint32 i = 0; i < world->n_edges; i++)
            if (holds[i] && world->edges[i].from == node)
                tamis_graph_add_edge(graph, world->edges[i].to);
        tamis_graph_end_node(graph);
    }
    components = tamis_graph_components(graph);
    for (guint32 i = 0; i < world->n_edges; i++)
        world->taken[i] |=
            holds[i] && components->of[world->edges[i].from] != TAMIS_NO_COMPONENT &&
            components->of[world->edges[i].from] == components->of[world->edges[i].to];
}

/* A closed walk that some message of the world takes. */
static void
check_round(World *world, const TamisRound *round)
{
    TamisFormula guard = TAMIS_FORMULA_TRUE;

    g_assert_cmpuint(round->n_edges, >, 0);
    for (guint32 i = 0; i < round->n_edges; i++) {
        const TamisRoundEdge *edge = &world->edges[round->edges[i]];

        g_assert_cmpuint(edge->to, ==, world->edges[round->edges[(i + 1) % round->n_edges]].from);
        g_assert_true(world->taken[round->edges[i]]);
        guard = and_(&world->table, guard, edge->guard);
    }
    g_assert_cmpuint(guard, ==, round->guard);
}

static void
check_graph(World *world, guint *n_with_ways, guint *n_taken_out)
{
    TamisSolverOptions options = {.delimiter = "+", .not_after = TAMIS_INSTANT_MAX};
    g_autoptr(TamisSolver) solver = tamis_solver_new(world->table.formulas, &options);
    TamisRoundsQuery query = {world->table.formulas, solver,         world->n_nodes,
                              world->edges,          world->n_edges, 10000000000};
    g_autoptr(TamisRounds) rounds = NULL;
    guint8 is_live[MAX_EDGES];
    guint64 steps = 100000000;
    gboolean any = FALSE, found;
    TamisRound round = {0};

    memset(world->taken, 0, sizeof world->taken);
    memset(is_live, 1, sizeof is_live);
    for (guint i = 0; i < N_MESSAGES; i++) {
        g_autoptr(TamisMessage) message = make_message(i);

        take(world, message);
    }
    while (tamis_worlds_prune(&query, is_live, &steps))
        ;
    for (guint32 i = 0; i < world->n_edges; i++) {
        any |= world->taken[i];
        *n_taken_out += !is_live[i];
        g_assert_false(world->taken[i] && !is_live[i]);
    }
    found = tamis_dive_find(&query, is_live, &steps, &round);
    g_assert_true(any || !found);
    if (found)
        check_round(world, &round);
    g_free(round.edges);
    rounds = tamis_rounds_find(&query);
    g_assert_cmpuint(rounds->left->len, ==, 0);
    g_assert_cmpuint(rounds->rounds->len > 0, ==, any);
    for (guint i = 0; i < rounds->rounds->len; i++)
        check_round(world, &g_array_index(rounds->rounds, TamisRound, i));
    *n_with_ways += any;
}

static void
test_random(void)
{
    const char *more = g_getenv("TAMIS_SEED");
    g_autoptr(GRand) rand = g_rand_new_with_seed(7 + (more != NULL ? (guint32)atoi(more) : 0));
    World world = {.n_nodes = 0};
    guint n_with_ways = 0, n_taken_out = 0;

    world.table.strings = tamis_strings_new();
    world.table.formulas = tamis_formulas_new(world.table.strings);
    make_tests(&world);
    for (guint i = 0; i < GRAPHS; i++) {
        make_graph(&world, rand);
        check_graph(&world, &n_with_ways, &n_taken_out);
    }
    tamis_formulas_free(world.table.formulas);
    tamis_strings_free(world.table.strings);
    /* The graphs are worth their while only if there are all kinds. */
    g_test_message("%u of %u have ways round, %u edges are on none", n_with_ways, GRAPHS,
                   n_taken_out);
    g_assert_cmpuint(n_with_ways, >, GRAPHS / 5);
    g_assert_cmpuint(n_with_ways, <, GRAPHS * 19 / 20);
    g_assert_cmpuint(n_taken_out, >, GRAPHS);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rounds/random", test_random);
    return g_test_run();
}
