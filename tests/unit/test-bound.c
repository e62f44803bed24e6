/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much one message can set off: examples, and random mailboxes against all that can be active
 * in them, one truth value of each condition after the other. */
#include "compiler/bound.h"
#include "compiler/resolve.h"

#include <string.h>

#define AS_OF "2026-11-23 00:00"

static TamisSourceId
open_text(TamisSources *sources, const char *path, gsize max_bytes, gpointer data, GError **error)
{
    return tamis_sources_add_text(sources, path, data, strlen(data));
}

typedef struct {
    TamisSources *sources;
    TamisPolicy *policy;
    TamisInstant as_of;
} Fixture;

static Fixture
load(const char *mailbox)
{
    g_autofree char *text =
        g_strdup_printf("organization { domains acme.example; timezone Europe/Berlin; }\n"
                        "encryption gate { header \"X-Encrypt: yes\"; }\n"
                        "mailbox info@acme.example {\n%s}\n",
                        mailbox);
    TamisResolveOptions options = {.open = open_text, .open_data = text};
    Fixture fixture = {.sources = tamis_sources_new()};
    g_autoptr(TamisReport) report = tamis_report_new(fixture.sources);

    fixture.policy = tamis_policy_load(fixture.sources, "policy.tamis", &options, report, NULL);
    if (tamis_report_count(report) > 0)
        g_error("%s in\n%s", tamis_report_get(report, 0)->message, text);
    g_assert_true(tamis_instant_parse(AS_OF, strlen(AS_OF), fixture.policy->zone, &fixture.as_of));
    return fixture;
}

static void
unload(Fixture *fixture)
{
    tamis_policy_free(fixture->policy);
    tamis_sources_free(fixture->sources);
}

static TamisCrowd
crowd_of(const Fixture *fixture, guint32 enough_targets, gboolean by_actions)
{
    TamisCrowdQuery query = {
        .as_of = fixture->as_of,
        .enough_targets = enough_targets,
        .enough_actions = enough_targets,
        .by_actions = by_actions,
    };
    TamisCrowd crowd;

    tamis_crowd_of_mailbox(fixture->policy, tamis_policy_mailbox(fixture->policy, 0), &query,
                           &crowd);
    return crowd;
}

static void
assert_crowd(const char *mailbox, guint32 n_targets, guint32 n_actions)
{
    Fixture fixture = load(mailbox);
    TamisCrowd crowd = crowd_of(&fixture, 0, FALSE);

    g_assert_cmpuint(crowd.n_targets, ==, n_targets);
    g_assert_cmpuint(crowd.n_actions, ==, n_actions);
    tamis_crowd_clear(&crowd);
    unload(&fixture);
}

#define A "forward to a1@acme.example, a2@acme.example, a3@acme.example;"
#define B "forward to b1@acme.example, b2@acme.example;"
#define X "when subject contains \"x\" "

static void
test_examples(void)
{
    assert_crowd("", 0, 0);
    assert_crowd("route a { " A " } route b { " B " }", 5, 5);
    assert_crowd("route a { " A " } route b { " A " }", 3, 3);
    assert_crowd("route a { " A A " }", 3, 3);
    assert_crowd("route a { " A " keep; reply \"x\"; mark \"X-A: b\"; final; }", 3, 5);
    /* One after the other. */
    assert_crowd("route a until 2026-12-31 { " A " } route b starting 2027-01-01 { " B " }", 3, 3);
    assert_crowd("route a until 2026-12-31 { " A " } route b starting 2026-12-31 { " B " }", 5, 5);
    assert_crowd("route a until 2026-11-22 { " A " } route b { " B " }", 2, 2);
    /* `otherwise` */
    assert_crowd("route a " X "{ " A " } route b otherwise { " B " }", 3, 3);
    assert_crowd("route a " X "{ " A " } route b otherwise { " B " } route c " X "{ keep; }", 3, 4);
    assert_crowd("route a { keep; } route b otherwise { " A " }", 0, 1);
    assert_crowd("route a otherwise { " A " } route b " X "{ " B " }", 5, 5);
    /* `final` */
    assert_crowd("route a { " A " final; } route b { " B " }", 3, 3);
    assert_crowd("route a " X "{ " A " final; } route b { " B " }", 3, 3);
    assert_crowd("route a { " B " } route b " X "{ " A " final; } route c { keep; }", 5, 5);
    assert_crowd("route a otherwise { " A " final; } route b " X "{ " B " }", 3, 3);
    /* The copy beside an encrypted forward is an action, a mark is none. */
    assert_crowd("route a { forward encrypted with gate to a1@acme.example, a2@acme.example; "
                 "mark \"X-A: b\"; }",
                 2, 3);
    /* `one of` is one more, whoever it is. */
    assert_crowd("route a { forward to one of a1@acme.example, c@acme.example; } route b { " A " }",
                 4, 4);
}

static void
test_enough(void)
{
    Fixture fixture =
        load("route a until 2026-12-31 { " A " } route b starting 2027-01-01 { " B "}");
    TamisCrowd crowd = crowd_of(&fixture, 5, FALSE);

    g_assert_cmpuint(crowd.n_targets, ==, 5);
    g_assert_null(crowd.active);
    tamis_crowd_clear(&crowd);
    crowd = crowd_of(&fixture, 4, FALSE);
    g_assert_cmpuint(crowd.n_targets, ==, 3);
    g_assert_cmpuint(crowd.active->len, ==, 1);
    g_assert_cmpuint(g_array_index(crowd.active, guint32, 0), ==, 0);
    g_assert_cmpint(crowd.from, ==, fixture.as_of);
    g_assert_cmpint(crowd.to, ==, tamis_policy_route(fixture.policy, 0)->until);
    tamis_crowd_clear(&crowd);
    unload(&fixture);
}

/* Who brings most targets need not bring most actions. */
static void
test_by_actions(void)
{
    Fixture fixture = load("route a until 2026-12-31 { " A " } "
                           "route b starting 2027-01-01 { " B " keep in \"X\"; keep in \"Y\"; }");
    TamisCrowd crowd = crowd_of(&fixture, 0, FALSE);

    g_assert_cmpuint(crowd.n_targets, ==, 3);
    g_assert_cmpuint(crowd.n_actions, ==, 4);
    g_assert_cmpuint(g_array_index(crowd.active, guint32, 0), ==, 0);
    tamis_crowd_clear(&crowd);
    crowd = crowd_of(&fixture, 0, TRUE);
    g_assert_cmpuint(crowd.n_targets, ==, 3);
    g_assert_cmpuint(crowd.n_actions, ==, 4);
    g_assert_cmpuint(g_array_index(crowd.active, guint32, 0), ==, 1);
    tamis_crowd_clear(&crowd);
    unload(&fixture);
}

/* A mailbox that would take very long to look at closely is summed up. */
static void
test_rough(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    TamisCrowd crowd;
    Fixture fixture;

    for (guint i = 0; i < 2000; i++)
        g_string_append_printf(text,
                               "route r%u starting 2027-01-01 %02u:%02u:%02u "
                               "{ forward to a%u@acme.example; }\n",
                               i, i / 3600, i / 60 % 60, i % 60, i);
    fixture = load(text->str);
    crowd = crowd_of(&fixture, 0, FALSE);
    g_assert_true(crowd.is_rough);
    g_assert_cmpuint(crowd.n_targets, ==, 2000);
    g_assert_cmpuint(crowd.active->len, ==, 0);
    tamis_crowd_clear(&crowd);
    unload(&fixture);
}

/* Random mailboxes ----------------------------------------------------------------------------- */

#define MAX_ROUTES 7

static char *
random_mailbox(void)
{
    static const char *const windows[] = {"", "", "until 2026-12-31 ", "starting 2027-01-01 ",
                                          "starting 2026-12-15 until 2027-01-15 "};
    GString *text = g_string_new(NULL);
    int n = g_test_rand_int_range(1, MAX_ROUTES + 1);

    for (int i = 0; i < n; i++) {
        int kind = g_test_rand_int_range(0, 4);

        g_string_append_printf(text, "route r%d %s", i,
                               windows[g_test_rand_int_range(0, G_N_ELEMENTS(windows))]);
        if (kind == 0)
            g_string_append(text, "otherwise ");
        else if (kind > 1)
            g_string_append_printf(text, "when header \"X-%d\" exists ", i);
        g_string_append_printf(text, "{ forward to t%d@acme.example, t%d@acme.example; ",
                               g_test_rand_int_range(0, 4), g_test_rand_int_range(4, 8));
        g_string_append(text, g_test_rand_int_range(0, 4) == 0 ? "final; }\n" : "}\n");
    }
    return g_string_free(text, FALSE);
}

static gboolean
is_final(const TamisPolicy *policy, const TamisRoute *route)
{
    return tamis_policy_action(policy, route->actions.first + route->actions.n - 1)->kind ==
           TAMIS_DO_FINAL;
}

/* How many addresses a message gets at this instant, when the conditions hold as the bits say. */
static guint
run(const TamisPolicy *policy, TamisInstant instant, guint truths)
{
    const TamisMailbox *mailbox = tamis_policy_mailbox(policy, 0);
    g_autoptr(GHashTable) targets = g_hash_table_new(NULL, NULL);
    gboolean any = FALSE;

    for (guint32 i = 0; i < mailbox->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(policy, mailbox->routes.first + i);
        gboolean holds =
            route->otherwise ? !any : route->when == TAMIS_CONDITION_ALWAYS || truths >> i & 1;

        if (!holds || instant < route->starting || instant >= route->until)
            continue;
        any = TRUE;
        for (guint32 j = 0; j < 2; j++) {
            const TamisAction *action = tamis_policy_action(policy, route->actions.first);
            const TamisTarget *target = tamis_policy_target(policy, action->targets.first + j);

            g_hash_table_add(targets, GUINT_TO_POINTER(target->address.key));
        }
        if (is_final(policy, route))
            break;
    }
    return g_hash_table_size(targets);
}

static guint
largest(const Fixture *fixture)
{
    guint most = 0;

    for (int day = 0; day < 60; day++)
        for (guint truths = 0; truths < 1u << MAX_ROUTES; truths++)
            most = MAX(most, run(fixture->policy, fixture->as_of + day * 86400, truths));
    return most;
}

/* The named routes, alone and active together, bring what the figure says. */
static void
assert_named(const Fixture *fixture, const TamisCrowd *crowd, const char *text)
{
    guint truths = 0;

    for (guint i = 0; i < crowd->active->len; i++)
        truths |= 1u << g_array_index(crowd->active, guint32, i);
    for (guint i = 0; i < crowd->inactive->len; i++)
        g_assert_cmpuint(truths >> g_array_index(crowd->inactive, guint32, i) & 1, ==, 0);
    g_assert_cmpint(crowd->from, <, crowd->to);
    if (run(fixture->policy, crowd->from, truths) != crowd->n_targets)
        g_error("%x does not give %u targets in\n%s", truths, crowd->n_targets, text);
    if (crowd->to != TAMIS_INSTANT_MAX)
        g_assert_cmpuint(run(fixture->policy, crowd->to - 1, truths), ==, crowd->n_targets);
}

static void
test_random(void)
{
    for (int round = 0; round < 400; round++) {
        g_autofree char *text = random_mailbox();
        Fixture fixture = load(text);
        guint expected = largest(&fixture);
        TamisCrowd crowd = crowd_of(&fixture, 0, FALSE);

        if (crowd.n_targets != expected)
            g_error("%u targets, not %u, in\n%s", crowd.n_targets, expected, text);
        if (crowd.n_targets > 0)
            assert_named(&fixture, &crowd, text);
        tamis_crowd_clear(&crowd);
        unload(&fixture);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bound/examples", test_examples);
    g_test_add_func("/bound/enough", test_enough);
    g_test_add_func("/bound/by-actions", test_by_actions);
    g_test_add_func("/bound/rough", test_rough);
    g_test_add_func("/bound/random", test_random);
    return g_test_run();
}
