/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which mailboxes are of one shape. */
#include "model/mailbox-shape.h"

#include "resolving.h"

/* Whether two mailboxes with these bodies are of one shape. */
static gboolean
are_alike(const char *first, const char *second)
{
    g_auto(Resolved) resolved = {0};
    g_autoptr(TamisShapes) shapes = NULL;
    g_autofree char *text = g_strdup_printf(
        ORGANIZATION "encryption gate { header \"X-Encrypt: yes\"; }\n"
                     "group box { a@acme.example }\n"
                     "condition urgent = subject contains \"urgent\";\n"
                     "condition mine = envelope to is \"first@acme.example\";\n"
                     "condition covered = not mine or urgent;\n"
                     "mailbox first@acme.example { %s }\nmailbox second@acme.example { %s }\n",
        first, second);
    const char *files[] = {"policy.tamis", text, NULL};
    gboolean alike;

    resolve_files(&resolved, files);
    if (tamis_report_count(resolved.report) > 0)
        g_error("%s in\n%s", tamis_report_get(resolved.report, 0)->message, text);
    shapes = tamis_shapes_new(resolved.policy);
    alike = tamis_shapes_get(shapes, 0) == tamis_shapes_get(shapes, 1);
    g_assert_cmpuint(tamis_shapes_count(shapes), ==, alike ? 1 : 2);
    g_assert_cmpuint(tamis_shapes_n_mailboxes(shapes, 0), ==, alike ? 2 : 1);
    return alike;
}

#define assert_alike(first, second)     g_assert_true(are_alike(first, second))
#define assert_different(first, second) g_assert_false(are_alike(first, second))

static void
test_names(void)
{
    assert_alike("", "");
    assert_alike("alias a@acme.example;", "alias b@acme.example;");
    assert_alike("route r { forward to a@acme.example; }",
                 "route r { forward to b@other.example; }");
    assert_alike("route r { reply \"I left\"; }", "route r { reply \"Me too\"; }");
    assert_alike("route r { reply { subject \"x\"; text \"y\"; } }",
                 "route r { reply { subject \"u\"; text \"v\"; } }");
    assert_alike("route r { reject \"no\"; }", "route r { reject \"not here\"; }");
    assert_alike("route r when urgent { forward to one of a@acme.example, b@acme.example; }",
                 "route r when urgent { forward to one of c@acme.example, d@acme.example; }");
}

static void
test_what_differs(void)
{
    assert_different("", "alias a@acme.example;");
    assert_different("", "limits { targets 3; }");
    assert_different("route r { keep; }", "");
    assert_different("route r { keep; }", "route s { keep; }");
    assert_different("route r { keep; }", "route r { discard; }");
    assert_different("route r { keep in \"A\"; }", "route r { keep in \"B\"; }");
    assert_different("route r { mark \"X-A: 1\"; }", "route r { mark \"X-A: 2\"; }");
    assert_different("route r { keep; }", "route r when urgent { keep; }");
    assert_different("route r until 2026-12-31 { keep; }", "route r until 2027-01-01 { keep; }");
    assert_different("route r starting 2026-12-31 { keep; }", "route r until 2026-12-31 { keep; }");
    assert_different("route r { keep; }", "route r { keep; final; }");
    assert_different("route q { keep; } route r otherwise { discard; }",
                     "route q { keep; } route r { discard; }");
    assert_different("route r { reply \"x\"; }",
                     "route r { reply { text \"x\"; subject \"y\"; } }");
    assert_different("route r { reply { text \"x\"; every 7 days; } }",
                     "route r { reply { text \"x\"; every 8 days; } }");
    assert_different("route r { reply { text \"x\"; from \"a@acme.example\"; } }",
                     "route r { reply { text \"x\"; from \"b@acme.example\"; } }");
}

/* Encrypted to a list that the two share, and in plain to one. */
#define MIXED(plain)                                                                               \
    "route q when urgent { forward encrypted with gate to box; } route r { forward to " plain      \
    "@acme.example; }"

static void
test_forwards(void)
{
    assert_different("route r { forward to a@acme.example; }",
                     "route r { forward to a@acme.example, b@acme.example; }");
    assert_different("route r { forward to a@acme.example; }",
                     "route r { forward to a@acme.example without copy; }");
    assert_different("route r { forward to a@acme.example, b@acme.example; }",
                     "route r { forward to one of a@acme.example, b@acme.example; }");
    assert_different("route r { forward encrypted with gate to a@acme.example; }",
                     "route r { forward to a@acme.example; }");
    assert_different("route r { forward encrypted with gate to a@acme.example; }",
                     "route r { forward encrypted with gate to b@acme.example; }");
    /* Who is the same as whom. */
    assert_alike("route q when urgent { forward to a@acme.example; }"
                 "route r { forward to b@acme.example, a@acme.example; }",
                 "route q when urgent { forward to c@acme.example; }"
                 "route r { forward to d@acme.example, c@acme.example; }");
    assert_different("route q when urgent { forward to a@acme.example; }"
                     "route r { forward to b@acme.example, a@acme.example; }",
                     "route q when urgent { forward to c@acme.example; }"
                     "route r { forward to c@acme.example, d@acme.example; }");
    assert_different(MIXED("b"), MIXED("a"));
    assert_alike(MIXED("b"), MIXED("c"));
}

/* Whose mailbox it is decides what a test of the recipient says, however deep it stands. */
static void
test_recipient(void)
{
    assert_different("route r when mine { keep; }", "route r when mine { keep; }");
    assert_different("route r when covered { keep; }", "route r when covered { keep; }");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mailbox-shape/names", test_names);
    g_test_add_func("/mailbox-shape/what-differs", test_what_differs);
    g_test_add_func("/mailbox-shape/forwards", test_forwards);
    g_test_add_func("/mailbox-shape/recipient", test_recipient);
    return g_test_run();
}
