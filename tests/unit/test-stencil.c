/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A stencil makes of each mailbox of its shape, whichever it was made from, what lowering and printing makes. */
#include "compiler/stencil.h"
#include "grammar/sieve/print.h"
#include "model/mailbox-shape.h"

#include "resolving.h"

#define AS_OF 1795392000 /* 2026-11-23 */

/* Names of all lengths, and texts that want quoting. */
static const char *const people =
    "address,target,other,text,alias\n"
    "a@acme.example,b@acme.example,c@acme.example,Gone.,aa@acme.example\n"
    "anna-maria.von-und-zu.with-a-long-name.that-goes-on@acme.example,"
    "another-long-name-that-goes-on-and-on-and-on@acme.example,x@acme.example,"
    "\"He said \"\"no\"\", \\ and left.\",bb@acme.example\n"
    "c@acme.example,d@acme.cn,another-long-name-that-goes-on-and-on-and-on@acme.example,"
    "\"two\n.\nlines\n\",cc@acme.example\n"
    "d@acme.example,X.Y@Acme.Example,\"\"\"with blank\"\"@acme.example\",离职通知 "
    "${x},dd@acme.example\n"
    "\"\"\"o q\"\"@acme.example\",e@b.example,f@c.example,\"\",ee@acme.example\n"
    "f@acme.example,e@b.example,f@c.example,.,ff@acme.example\n";

static TamisServer *
load_server(const char *name)
{
    g_autoptr(GError) error = NULL;
    TamisServer *server = tamis_server_load(name, &error);

    g_assert_no_error(error);
    return server;
}

typedef struct {
    guint32 n_filled, n_closed;
} Counts;

static void
check_pair(const TamisLowerContext *context, TamisSources *sources, guint32 from, guint32 to,
           Counts *counts)
{
    g_autoptr(TamisStencil) stencil = tamis_stencil_new(context, from);
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(GString) filled = g_string_new("before\n"), printed = g_string_new("before\n");
    TamisLowered lowered = {0};
    const TamisSieveScript *script;

    if (stencil == NULL || !tamis_stencil_fill(stencil, to, filled)) {
        g_assert_cmpstr(filled->str, ==, "before\n");
        counts->n_closed++;
        return;
    }
    script = tamis_lower_mailbox(context, to, arena, report, &lowered);
    tamis_sieve_print(script, printed);
    g_assert_cmpstr(filled->str, ==, printed->str);
    g_assert_cmpmem(&lowered, sizeof lowered, tamis_stencil_get_lowered(stencil), sizeof lowered);
    g_assert_cmpuint(tamis_report_count(report), ==, 0);
    counts->n_filled++;
}

static Counts
check_body(const char *server_name, const char *body)
{
    g_auto(Resolved) resolved = {0};
    g_autofree char *text = g_strdup_printf(
        ORGANIZATION "hours office { mon-fri 09:00-17:00; }\n"
                     "encryption gate { header \"X-Encrypt: yes\"; }\n"
                     "group box { box@acme.example, b@acme.example }\n"
                     "each row in csv \"people.csv\" { mailbox row.address { %s } }\n",
        body);
    const char *files[] = {"policy.tamis", text, "people.csv", people, NULL};
    g_autoptr(TamisServer) server = load_server(server_name);
    g_autoptr(TamisShapes) shapes = NULL;
    g_autoptr(TamisLowerContext) context = NULL;
    Counts counts = {0};

    resolve_files(&resolved, files);
    if (tamis_report_count(resolved.report) > 0)
        g_error("%s in\n%s", tamis_report_get(resolved.report, 0)->message, text);
    shapes = tamis_shapes_new(resolved.policy);
    context = tamis_lower_context_new(resolved.policy, server, AS_OF);
    for (guint32 i = 0; i < resolved.policy->mailboxes->len; i++)
        for (guint32 j = 0; j < resolved.policy->mailboxes->len; j++)
            if (tamis_shapes_get(shapes, i) == tamis_shapes_get(shapes, j))
                check_pair(context, resolved.sources, i, j, &counts);
    return counts;
}

/* Bodies whose mailboxes differ in open strings alone: only an address with blanks is not filled in. */
static void
assert_open(const char *server, const char *body)
{
    Counts counts = check_body(server, body);

    if (counts.n_filled < 17 || counts.n_closed > 15)
        g_error("%s: %u filled, %u not: %s", server, counts.n_filled, counts.n_closed, body);
}

static void
assert_closed(const char *server, const char *body)
{
    Counts counts = check_body(server, body);

    g_assert_cmpuint(counts.n_filled, ==, 0);
    g_assert_cmpuint(counts.n_closed, >=, 6);
}

static void
test_open(void)
{
    static const char *const servers[] = {"dovecot-2.3", "dovecot-2.4", "cyrus-3.6", "cyrus-3.10"};

    for (guint i = 0; i < G_N_ELEMENTS(servers); i++) {
        assert_open(servers[i], "");
        assert_open(servers[i], "route r { forward to row.target; }");
        assert_open(servers[i], "route r when now in office { forward to row.target, row.other; }"
                                "route s otherwise { keep; }");
        assert_open(servers[i],
                    "route r { forward to one of row.target, row.other without copy; }");
        assert_open(servers[i], "route r { reply \"${row.text}\"; }");
        assert_open(servers[i], "route r until 2026-12-31 { reply { subject \"to ${row.target}\"; "
                                "text \"${row.text}\"; every 7 days; } }");
        assert_open(servers[i],
                    "route r starting 2026-12-31 { reject \"Write to ${row.other}.\"; }");
        assert_open(servers[i],
                    "route r when subject contains \"a\" { forward to row.target, row.other; }"
                    "route s when subject contains \"b\" { forward to row.other, box; final; }"
                    "route t { forward to row.target; }");
        assert_open(servers[i], "alias row.alias; route r { forward to row.target; }");
    }
}

/* Where a list is broken, or what is decided first, may depend on the strings. */
static void
test_closed(void)
{
    assert_closed("dovecot-2.3", "alias row.alias; route r { reply \"${row.text}\"; }");
    assert_closed("libsieve", "route r { reply \"x\"; }");
    assert_closed("rfc5228", "route r { reply \"x\"; }");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stencil/open", test_open);
    g_test_add_func("/stencil/closed", test_closed);
    return g_test_run();
}
