/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which conditions plainly can hold. What cannot hold must never pass; what is merely hard to see may
 * be refused. */
#include "lint/plain.h"

#include "compiler/resolve.h"

#include <string.h>

static TamisSourceId
open_text(TamisSources *sources, const char *path, gsize max_bytes, gpointer data, GError **error)
{
    return tamis_sources_add_text(sources, path, data, strlen(data));
}

/* The routes' text, in one mailbox; as_of is 2026-11-23 00:00 in Berlin, a Monday. */
static gboolean
last_route_is_plain(const char *routes)
{
    static const char frame[] =
        "organization { domains acme.example; timezone Europe/Berlin; }\n"
        "hours office { mon-fri 09:00-17:00; except 2026-11-23..2026-11-25; }\n"
        "hours weekend { sat-sun 00:00-24:00; }\n"
        "hours always { daily 00:00-24:00; }\n"
        "hours tokyo { mon-fri 08:00-10:00; timezone Asia/Tokyo; }\n"
        "mailbox info@acme.example {\n%s\n}\n";
    g_autofree char *text = g_strdup_printf(frame, routes);
    TamisResolveOptions options = {.open = open_text, .open_data = text};
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisPolicy) policy =
        tamis_policy_load(sources, "policy.tamis", &options, report, NULL);
    TamisPlain plain = {.policy = policy, .to = TAMIS_INSTANT_MAX};
    const TamisMailbox *mailbox;

    if (tamis_report_count(report) > 0)
        g_error("%s in\n%s", tamis_report_get(report, 0)->message, text);
    g_assert_true(tamis_instant_parse("2026-11-23 00:00", 16, policy->zone, &plain.from));
    mailbox = tamis_policy_mailbox(policy, 0);
    return tamis_plain_demand_route(&plain, mailbox,
                                    mailbox->routes.first + mailbox->routes.n - 1) &&
           tamis_plain_has_instant(&plain);
}

static void
assert_conditions(const char *const *conditions, gsize n, gboolean expected)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *route = g_strdup_printf("route r when %s { keep; }", conditions[i]);

        if (last_route_is_plain(route) != expected)
            g_error("%s", conditions[i]);
    }
}

static void
test_possible(void)
{
    static const char *const conditions[] = {
        "subject contains \"x\"",
        "subject is \"\"",
        "subject not contains \"x\"",
        "subject contains \"x\" and subject contains \"y\"",
        "subject not is \"x\" and subject not matches \"*y*\"",
        "subject contains \"x\" and header \"X-A\" is \"y\" and body contains \"z\"",
        "subject contains \"x\" and header \"X-A\" not exists",
        "header \"X-A\" exists and header \"X-B\" not exists",
        "body contains \"x\" and body contains \"y\" and size > 5M",
        "from is \"a@b.example\" and to domain is \"acme.example\"",
        "from internal and not to under b.example",
        "from external and not from domain is b.example",
        "envelope from is \"\" and from is \"a@b.example\"",
        "size < 1M and size >= 200K",
        "size > 1M and not size > 2M and not size <= 1500K",
        "spam score > 3 and not spam score >= 5",
        "mailing list and not automatic",
        "now in office",
        "now not in office",
        "now in always and now in weekend",
        "now not in weekend and now not in office and subject contains \"x\"",
        "subject matches \"a\" and subject matches \"b\" or from external",
        "not (subject contains \"x\" and subject matches \"y\")",
        "not (subject contains \"x\" or body contains \"y\")",
    };

    assert_conditions(conditions, G_N_ELEMENTS(conditions), TRUE);
}

static void
test_impossible(void)
{
    static const char *const conditions[] = {
        "subject is \"x\" and subject not is \"x\"",
        "subject is \"x\" and subject is \"y\"",
        "header \"X-A\" exists and header \"X-A\" not exists",
        "header \"X-A\" is \"y\" and header \"X-A\" not exists",
        "from internal and from external",
        "from is \"a@b.example\" and from external and from domain is c.example",
        "header \"From\" not exists",
        "size > 1M and size < 1M",
        "size < 1M and size >= 1M",
        "size < 100",
        "spam score > 4 and spam score < 5",
        "spam score > 10",
        "not spam score >= 0",
        "mailing list and not mailing list",
        "mailing list and header \"List-Id\" not exists and header \"Precedence\" not exists",
        "now not in always",
        "now in weekend and now in office",
        "now in office and now in tokyo",
        "not (subject contains \"x\" or subject not contains \"x\")",
        "body not contains \"\"",
    };

    assert_conditions(conditions, G_N_ELEMENTS(conditions), FALSE);
}

static void
test_routes(void)
{
    g_assert_true(last_route_is_plain("route r { keep; }"));
    g_assert_false(last_route_is_plain("route r until 2026-11-22 { keep; }"));
    /* The office is closed until Thursday. */
    g_assert_false(last_route_is_plain("route r until 2026-11-25 when now in office { keep; }"));
    g_assert_true(last_route_is_plain("route r until 2026-11-26 when now in office { keep; }"));
    g_assert_false(last_route_is_plain("route a { keep; } route r otherwise { keep; }"));
    g_assert_true(last_route_is_plain("route a until 2026-12-31 { keep; } "
                                      "route r starting 2027-01-01 otherwise { keep; }"));
    g_assert_true(last_route_is_plain("route a when subject contains \"x\" { keep; } "
                                      "route r otherwise { keep; }"));
    g_assert_false(last_route_is_plain("route a when now in always { keep; } "
                                       "route r otherwise { keep; }"));
    g_assert_false(last_route_is_plain("route a { keep; final; } route r { keep; }"));
    g_assert_false(last_route_is_plain("route a when from external { keep; final; } "
                                       "route r when from external { keep; }"));
    g_assert_true(last_route_is_plain("route a when from external { keep; final; } "
                                      "route r when from internal { keep; }"));
}

/* However deep and wide, the answer comes. */
static void
test_large(void)
{
    g_autoptr(GString) text = g_string_new("route r when (");

    for (int i = 0; i < 5000; i++)
        g_string_append_printf(text, "%sheader \"X-%d\" is \"a\" and header \"X-%d\" is \"b\"",
                               i > 0 ? " or " : "", i, i);
    g_string_append(text, ") { keep; }");
    g_assert_false(last_route_is_plain(text->str));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plain/possible", test_possible);
    g_test_add_func("/plain/impossible", test_impossible);
    g_test_add_func("/plain/routes", test_routes);
    g_test_add_func("/plain/large", test_large);
    return g_test_run();
}
