/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the flows of a policy take: about 300 bytes a mailbox at most, however many there are, since what mailboxes have
 * in common is there once. Counted in bytes that are allocated, which are the same on every machine. */
#include "compiler/flow-of-policy.h"

#include "resolving.h"

#ifdef __SANITIZE_ADDRESS__
/* Of the sanitizer's library, whose header not every compiler has with it. */
gsize __sanitizer_get_current_allocated_bytes(void);
#else
#include <malloc.h>
#endif

enum { N_MAILBOXES = 16000, MOST_BYTES = 300, MOST_SHARED_BYTES = 40 };

static const char head[] =
    "organization { domains acme.example; timezone Europe/Berlin; }\n"
    "hours office { mon-fri 09:00-12:00, 13:00-18:00; except 2026-12-24..2026-12-26; }\n"
    "group vip { anna@customer.example, zhou@vip.example }\n"
    "group desk { agent1@acme.example, agent2@acme.example, agent3@acme.example }\n"
    "each row in csv \"people.csv\" {\n";

/* Kinds of mailboxes that organizations have many of. */
static const struct {
    const char *name, *items;
    guint n_actions;
} kinds[] = {
    {"leavers",
     "route handover starting row.day until row.day + 90 days { reply \"Ask ${row.target}.\";"
     " forward to row.target; }\n"
     "route closed starting row.day + 91 days { reject \"This mailbox is closed.\"; }",
     4},
    {"desks",
     "route lists when mailing list or automatic { keep in \"Notices\"; final; }\n"
     "route assign { forward to one of desk; }",
     5},
    {"hours",
     "route day when now in office { forward to row.target; } route night otherwise { keep; }", 3},
    {"sorted",
     "route orders when subject contains \"订单\" { forward to row.target; }\n"
     "route vip when from in vip { forward to boss@acme.example without copy; }\n"
     "route rest otherwise { keep; }",
     4},
};

static gsize
allocated_bytes(void)
{
#ifdef __SANITIZE_ADDRESS__
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
#endif
}

static GString *
table_of(guint n, guint n_targets)
{
    GString *table = g_string_new("address,target,day\n");

    for (guint i = 0; i < n; i++)
        g_string_append_printf(table, "user%u@acme.example,head%u@acme.example,2026-12-%02u\n", i,
                               i % n_targets, 1 + i % 28);
    return table;
}

/* An arena takes its memory elsewhere once it is large: these are not. */
static double
bytes_a_flow(const char *items, guint n, guint n_targets, guint64 *out_n_actions)
{
    g_autofree char *text = g_strconcat(head, "mailbox row.address {\n", items, "\n}\n}\n", NULL);
    GString *table = table_of(n, n_targets);
    const char *const files[] = {"p.tamis", text, "people.csv", table->str, NULL, NULL};
    Files open = {.files = files};
    const TamisResolveOptions options = {.open = open_in_memory, .open_data = &open};
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, "p.tamis", &options, report, NULL);
    gsize before = allocated_bytes();
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(policy->strings);
    g_autoptr(TamisPolicyFlows) flows = tamis_policy_flows_new(policy, formulas);
    g_autoptr(TamisBlobs) blobs = tamis_blobs_new(arena);

    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==, 0);
    g_assert_cmpuint(policy->mailboxes->len, ==, n);
    *out_n_actions = 0;
    for (guint32 i = 0; i < n; i++)
        *out_n_actions += tamis_policy_flows_get(flows, i, blobs)->n_actions;
    gsize after = allocated_bytes();
    g_string_free(table, TRUE);
    g_assert_cmpuint(tamis_arena_size_bytes(arena), <, 8 << 20);
    return ((double)after - (double)before) / n;
}

/* Each forwards to somebody else: nothing of what it does is another's, too. */
static void
test_apart(void)
{
    double sum = 0;

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        guint64 n_actions;
        double bytes = bytes_a_flow(kinds[i].items, N_MAILBOXES, N_MAILBOXES, &n_actions);

        g_test_message("%s: %.0f bytes a flow", kinds[i].name, bytes);
        g_assert_cmpuint(n_actions, ==, N_MAILBOXES * kinds[i].n_actions);
        sum += bytes;
    }
    g_assert_cmpfloat(sum / G_N_ELEMENTS(kinds), <=, MOST_BYTES);
}

/* All of them forward to a few. */
static void
test_shared(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        guint64 n_actions;
        double bytes = bytes_a_flow(kinds[i].items, N_MAILBOXES, 20, &n_actions);

        g_test_message("%s: %.0f bytes a flow", kinds[i].name, bytes);
        g_assert_cmpuint(n_actions, ==, N_MAILBOXES * kinds[i].n_actions);
        g_assert_cmpfloat(bytes, <=, MOST_SHARED_BYTES);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flow-memory/apart", test_apart);
    g_test_add_func("/flow-memory/shared", test_shared);
    return g_test_run();
}
