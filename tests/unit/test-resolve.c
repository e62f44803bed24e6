/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * compiler/resolve: what policies mean. What is wrong with others is test-resolve-faults.c's. */
#include "policy-text.h"
#include "resolving.h"

#define assert_policy(text, expected, ...)                                                         \
    assert_policy_of((const char *[]){"policy.tamis", ORGANIZATION text, ##__VA_ARGS__, NULL},     \
                     expected)

static void
assert_policy_of(const char *const *files, const char *expected)
{
    g_auto(Resolved) resolved = {0};

    resolve_files(&resolved, files);
    g_assert_cmpuint(tamis_report_count_severity(resolved.report, TAMIS_SEVERITY_ERROR), ==, 0);
    g_autofree char *found = policy_to_string(resolved.policy);
    if (strcmp(found, expected) != 0)
        g_error("of\n%s\nthe resolver makes\n%s\nand not\n%s", files[1], found, expected);
}

/* What one route holds when. */
#define assert_condition(when, expected, ...)                                                      \
    assert_policy("mailbox a@acme.example { route r when " when " { } }\n" __VA_ARGS__,            \
                  "a@acme.example\n  r when " expected "\n")

/* Forwards -------------------------------------------------------------------------------------- */

static void
test_targets(void)
{
    /* Each once, whatever the case, in first-seen order, groups flattened. */
    assert_policy("group desk { b@acme.example, inner, \"C@Acme.Example\" }\n"
                  "group inner { d@acme.example, b@acme.example }\n"
                  "mailbox a@acme.example {\n"
                  "route one { forward to desk; forward to one of desk without copy; }\n"
                  "route two { forward to x@y.example, desk, X@Y.EXAMPLE, d@acme.example; }\n"
                  "}\n",
                  "a@acme.example\n"
                  "  one\n"
                  "    forward b@acme.example d@acme.example C@acme.example\n"
                  "    forward one of b@acme.example d@acme.example C@acme.example without copy\n"
                  "  two\n"
                  "    forward x@y.example b@acme.example d@acme.example C@acme.example\n");
    /* More than a few: the same. */
    assert_policy("mailbox a@acme.example { route r { forward to a1@b.example, a2@b.example,\n"
                  "a3@b.example, a4@b.example, a5@b.example, a6@b.example, a7@b.example,\n"
                  "a8@b.example, a8@b.example, a9@b.example, a1@b.example, a9@b.example,\n"
                  "\"\\\"a b\\\"@bücher.example\", A0@b.example; } }\n",
                  "a@acme.example\n"
                  "  r\n"
                  "    forward a1@b.example a2@b.example a3@b.example a4@b.example a5@b.example "
                  "a6@b.example a7@b.example a8@b.example a9@b.example "
                  "\"a b\"@xn--bcher-kva.example A0@b.example\n");
}

static void
test_actions(void)
{
    assert_policy(
        "encryption smime { filter \"smime-encrypt\", \"x\"; }\n"
        "mailbox a@acme.example { route r {\n"
        "reply \"short $${x} 50$\";\n"
        "reply { subject \"S\"; text \"\"\"\n  one\n    two\n  \"\"\"; every 36 hours;\n"
        "from \"Müller, Desk <desk@acme.example>\"; }\n"
        "keep; keep in \"Junk/订单\"; discard; reject \"no\\nway\"; mark \"X-Queue:  a: b \"; "
        "final;\n"
        "forward encrypted with smime to x@y.example without copy; } }\n",
        "a@acme.example\n"
        "  r\n"
        "    reply 'short ${x} 50$' every 604800\n"
        "    reply S: 'one\n  two' every 129600 from \"Müller, Desk\" <desk@acme.example>\n"
        "    keep\n"
        "    keep 'Junk/订单'\n"
        "    discard\n"
        "    reject 'no\nway'\n"
        "    mark X-Queue: 'a: b'\n"
        "    final\n"
        "    forward with smime x@y.example without copy\n");
}

static void
test_dates(void)
{
    assert_policy(
        "mailbox a@acme.example {\n"
        "route a starting 2026-12-31 until 2026-12-31 { }\n"
        "route b starting 2026-12-31 + 1 day until 2026-12-31 - 30 days { }\n"
        "route c starting 2026-12-31 18:00 until 2026-12-31T18:00:30Z { }\n"
        "route d starting 2026-12-31 18:00 + 36 hours until 2026-12-31 18:00 - 1 day { }\n"
        "route e until 9999-12-31 { }\n"
        "}\n",
        "a@acme.example\n"
        "  a from 2026-12-31 00:00 +08:00 until 2027-01-01 00:00 +08:00\n"
        "  b from 2027-01-01 00:00 +08:00 until 2026-12-02 00:00 +08:00\n"
        "  c from 2026-12-31 18:00 +08:00 until 2027-01-01 02:00:30 +08:00\n"
        "  d from 2027-01-02 06:00 +08:00 until 2026-12-30 18:00 +08:00\n"
        "  e\n");
    /* A day is the clock's, an hour is the sun's; a skipped instant is the moment of the change. */
    assert_policy_of(
        (const char *[]){
            "p",
            "organization { domains acme.example; timezone Europe/Berlin; }\n"
            "mailbox a@acme.example {\n"
            "route a starting 2027-03-27 12:00 + 1 day until 2027-03-27 12:00 + 24 hours { }\n"
            "route b starting 2027-03-28 02:30 until 2027-03-27 02:30 + 1 day { }\n"
            "route c starting 2027-10-31 02:30 until 2027-10-31 { }\n"
            "}\n",
            NULL},
        "a@acme.example\n"
        "  a from 2027-03-28 12:00 +02:00 until 2027-03-28 13:00 +02:00\n"
        "  b from 2027-03-28 03:00 +02:00 until 2027-03-28 03:00 +02:00\n"
        "  c from 2027-10-31 02:30 +02:00 until 2027-11-01 00:00 +01:00\n");
}

/* Conditions ------------------------------------------------------------------------------------ */

static void
test_conditions(void)
{
    assert_condition("subject contains \"订单\", \"Order\"", "header subject contains 订单|Order");
    assert_condition("body not is \"a\\nb\"", "not (body is a\r\nb)");
    assert_condition("header \"X-Prio\" begins \"1\"", "header x-prio begins 1");
    assert_condition("header \"X-Prio\" not exists", "not (exists x-prio)");
    assert_condition("from is A@Acme.Example, \"b@bücher.example\", \"\"",
                     "address from all is a@acme.example|b@xn--bcher-kva.example|");
    assert_condition("from contains \"@bücher.\", bücher.example, \"A*\"",
                     "address from all contains @xn--bcher-kva.|xn--bcher-kva.example|A*");
    assert_condition("cc domain is Bücher.example, \"b.EXAMPLE\"",
                     "address cc domain is xn--bcher-kva.example|b.example");
    assert_condition("to local is \"Bob\", first.last", "address to local is Bob|first.last");
    assert_condition("envelope to detail not ends \"x\"", "not (envelope to detail ends x)");
    assert_condition("envelope from is \"\"", "envelope from all is ");
    assert_condition("recipient under B.example", "address recipient domain under b.example");
    assert_condition("from internal", "address from domain is acme.example|acme.cn");
    assert_condition("envelope from external",
                     "not (envelope from domain is acme.example|acme.cn)");
    assert_condition("from not external", "address from domain is acme.example|acme.cn");
    assert_condition("size > 10M and size <= 500", "(size > 10485760 and size <= 500)");
    assert_condition("spam score >= 5 or spam score < 2", "(spam >= 5 or spam < 2)");
    assert_condition("mailing list or automatic", "(list or automatic)");
    assert_condition("now not in office", "not (hours office)",
                     "hours office { daily 09:00-17:00; }\n");
    assert_condition("from in vip", "address from all is b@c.example|d@e.example of vip",
                     "group vip { b@c.example, D@E.example }\n");
    assert_condition("from not in vip",
                     "not ((address from all is b@c.example of vip or "
                     "address from domain is f.example of vip))",
                     "group vip { f.example, b@c.example }\n");
    assert_condition("from in vip", "never", "group vip { }\n");
    assert_condition("from not in vip and automatic", "automatic", "group vip { }\n");
    assert_condition("subject contains words", "header subject contains one|two",
                     "group words { \"one\", more }\ngroup more { \"two\", \"one\" }\n");
}

static void
test_normal_form(void)
{
    assert_condition("not not automatic", "automatic");
    assert_condition("not (automatic and not mailing list)", "not ((automatic and not (list)))");
    assert_condition("automatic and (mailing list and size > 1)",
                     "(automatic and list and size > 1)");
    assert_condition("c and c or c", "automatic", "condition c = automatic;\n");
    assert_condition("c and d", "(automatic and list and size > 1)",
                     "condition c = automatic and mailing list;\n"
                     "condition d = e and c and size > 1;\ncondition e = c;\n");
    assert_condition("not c", "automatic", "condition c = not automatic;\n");
}

/* A condition without parameters exists once, and members of a group once. */
static void
test_sharing(void)
{
    g_auto(Resolved) resolved = {0};

    resolve_files(&resolved, (const char *[]){"p",
                                              ORGANIZATION
                                              "group vip { a@b.example, c@d.example }\n"
                                              "condition c = from in vip;\n"
                                              "template t(x) { route r when c or subject is \"a\" "
                                              "{ forward to vip; reject \"no\"; }\n"
                                              "route s when subject is \"${x}\" { } }\n"
                                              "mailbox a@acme.example { use t(p.example); }\n"
                                              "mailbox b@acme.example { use t(q.example); }\n"
                                              "mailbox d@acme.example { route r when c "
                                              "{ forward to vip; } }\n",
                                              NULL});
    const TamisPolicy *policy = resolved.policy;
    const TamisRoute *first = tamis_policy_route(policy, 0),
                     *second = tamis_policy_route(policy, 2);
    const TamisGroup *vip = TAMIS_AT(policy->groups, TamisGroup, 0);

    g_assert_cmpuint(tamis_report_count(resolved.report), ==, 0);
    g_assert_cmpuint(first->when, ==, second->when);
    g_assert_cmpuint(first->actions.first, ==, second->actions.first);
    g_assert_cmpuint(tamis_policy_route(policy, 1)->when, !=, tamis_policy_route(policy, 3)->when);
    g_assert_cmpuint(tamis_policy_action(policy, 0)->targets.first, ==, vip->addresses.first);
    g_assert_cmpuint(tamis_policy_action(policy, 2)->targets.first, ==, vip->addresses.first);
    g_assert_cmpuint(tamis_policy_test(policy, 0)->values.first, ==, vip->values.first);
    g_assert_cmpuint(policy->targets->len, ==, 2);
}

/* Templates, tables ----------------------------------------------------------------------------- */

static void
test_templates(void)
{
    /* A parameter hides a group of its name; a group, a date, an address are handed on. */
    assert_policy("group desk { x@acme.example, y@acme.example }\n"
                  "group who { z@acme.example }\n"
                  "template inner(who, when) { route r until when when from in who { forward to "
                  "who; } }\n"
                  "template outer(who, day) { alias \"${day}@acme.example\"; use inner(who, day); "
                  "use inner(desk, 2027-01-01); route s { mark \"X-Day: ${day}$\"; } }\n"
                  "mailbox a@acme.example { route first { } use outer(desk, 2026-12-31); }\n",
                  "a@acme.example alias 2026-12-31@acme.example\n"
                  "  first\n"
                  "  r until 2027-01-01 00:00 +08:00 when address from all is "
                  "x@acme.example|y@acme.example of desk\n"
                  "    forward x@acme.example y@acme.example\n"
                  "  r until 2027-01-02 00:00 +08:00 when address from all is "
                  "x@acme.example|y@acme.example of desk\n"
                  "    forward x@acme.example y@acme.example\n"
                  "  s\n"
                  "    mark X-Day: '2026-12-31$'\n");
}

static void
test_tables(void)
{
    /* Paths are relative to the file that names them; rows keep their order. */
    assert_policy("group vip from csv \"t/vip.csv\" column address where kind is \"a b\";\n"
                  "import \"t/more.tamis\";\n"
                  "mailbox z@acme.example { route r { forward to vip, more; } }\n",
                  "z@acme.example\n"
                  "  r\n"
                  "    forward a@v.example c@v.example b@v.example\n"
                  "u@acme.example alias ux@acme.example\n"
                  "  r from 2026-01-01 08:00 +08:00 until 2027-01-01 00:00 +08:00 when header "
                  "subject is \"q\"\n"
                  "    forward a@v.example\n"
                  "    reject 'line\nbreak for u'\n"
                  "  s\n"
                  "    mark X-A: 'u/a b'\n"
                  "    forward a@v.example ux@acme.example c@v.example\n"
                  "w@acme.example alias wx@acme.example\n"
                  "  r from 2026-01-02 00:00 +08:00 until 2027-01-01 00:00 +08:00 when header "
                  "subject is x\n"
                  "    forward c@v.example\n"
                  "    reject 'no for w'\n"
                  "  s\n"
                  "    mark X-A: 'w/a b'\n"
                  "    forward c@v.example wx@acme.example a@v.example\n",
                  "t/more.tamis",
                  "group more from csv \"vip.csv\" column address;\n"
                  "each user in csv \"users.csv\" where kind is \"a b\" {\n"
                  "mailbox \"${user.name}@acme.example\" { alias user.alias;\n"
                  "route r starting user.start until user.end when subject is user.subject "
                  "{ forward to user.target; reject \"${user.reason} for ${user.name}\"; }\n"
                  "route s { mark \"X-A: ${user.name}/${user.kind}\";\n"
                  "forward to user.target, user.alias, a@v.example, c@v.example; } } }\n",
                  "t/vip.csv",
                  "address,kind\na@v.example,a b\nb@v.example,a\n\"c@v.example\",\"a b\"\n",
                  "t/users.csv",
                  "name,alias,kind,start,end,subject,target,reason\n"
                  "u,ux@acme.example,a b,2026-01-01T00:00Z,2026-12-31,\"\"\"q\"\"\",a@v.example,"
                  "\"line\nbreak\"\n"
                  "v,,c,,,,,\n"
                  "w,wx@acme.example,a b,2026-01-02,2026-12-31,x,c@v.example,no\n");
}

/* Rules, limits, the outside -------------------------------------------------------------------- */

static void
test_limits(void)
{
    g_auto(Resolved) resolved = {0};

    resolve_files(&resolved,
                  (const char *[]){"p",
                                   ORGANIZATION
                                   "limits { targets 5; script-size 10K; }\n"
                                   "limits { lifetime 180 days; }\n"
                                   "template t() { limits { targets 7; copies 8; } }\n"
                                   "mailbox a@acme.example { }\n"
                                   "mailbox b@acme.example { limits { targets 6; } use t(); }\n",
                                   NULL});
    const TamisLimits *all = TAMIS_AT(resolved.policy->limits, TamisLimits, 0);
    const TamisLimits *own = TAMIS_AT(resolved.policy->limits, TamisLimits,
                                      tamis_policy_mailbox(resolved.policy, 1)->limits);

    g_assert_cmpuint(tamis_report_count(resolved.report), ==, 0);
    g_assert_cmpuint(tamis_policy_mailbox(resolved.policy, 0)->limits, ==, 0);
    g_assert_cmpuint(all->targets, ==, 5);
    g_assert_cmpuint(all->hops, ==, 0);
    g_assert_cmpuint(all->hops_span.source, ==, 0);
    g_assert_cmpuint(all->script_bytes, ==, 10240);
    g_assert_cmpint(all->lifetime_s, ==, 180 * 86400);
    g_assert_cmpuint(own->targets, ==, 6);
    g_assert_cmpuint(own->copies, ==, 8);
    g_assert_cmpuint(own->script_bytes, ==, 10240);
}

static TamisString
key_of(const TamisPolicy *policy, const char *key)
{
    return tamis_strings_add(policy->strings, key, strlen(key));
}

static void
test_rules(void)
{
    g_auto(Resolved) resolved = {0};

    resolve_files(
        &resolved,
        (const char *[]){"p",
                         ORGANIZATION
                         "group g { x@acme.example, y.example }\n"
                         "condition c = automatic;\n"
                         "forbid \"one\" forward from Z@Acme.example, g, \"q.example\" to external "
                         "unless c;\n"
                         "forbid \"two\" forward to internal unless copied;\n"
                         "require \"three\" verified in g for forward from g;\n"
                         "allow spf-breakage in g until 2027-03-31 because \"so\";\n",
                         NULL});
    const TamisPolicy *policy = resolved.policy;
    const TamisForbid *one = TAMIS_AT(policy->forbids, TamisForbid, 0);
    const TamisForbid *two = TAMIS_AT(policy->forbids, TamisForbid, 1);
    const TamisRequire *three = TAMIS_AT(policy->requires, TamisRequire, 0);
    const TamisAllow *allow = TAMIS_AT(policy->allows, TamisAllow, 0);
    static const struct {
        const char *key;
        gboolean in_one, in_group, internal;
    } cases[] = {
        {"z@acme.example", TRUE, FALSE, TRUE},    {"x@acme.example", TRUE, TRUE, TRUE},
        {"q@acme.example", FALSE, FALSE, TRUE},   {"a@y.example", TRUE, TRUE, FALSE},
        {"a@q.example", TRUE, FALSE, FALSE},      {"a@b.y.example", FALSE, FALSE, FALSE},
        {"a@sub.acme.cn", FALSE, FALSE, FALSE},   {"a@acme.cn", FALSE, FALSE, TRUE},
        {"a@other.example", FALSE, FALSE, FALSE},
    };

    g_assert_cmpuint(tamis_report_count(resolved.report), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        TamisString key = key_of(policy, cases[i].key);
        g_test_message("%s", cases[i].key);
        g_assert_cmpint(tamis_policy_party_has(policy, &one->from, key), ==, cases[i].in_one);
        g_assert_cmpint(tamis_policy_party_has(policy, &one->to, key), ==, !cases[i].internal);
        g_assert_cmpint(tamis_policy_party_has(policy, &two->to, key), ==, cases[i].internal);
        g_assert_true(tamis_policy_party_has(policy, &two->from, key));
        g_assert_cmpint(tamis_policy_group_has(policy, three->group, key), ==, cases[i].in_group);
        g_assert_cmpint(tamis_policy_party_has(policy, &three->from, key), ==, cases[i].in_group);
        g_assert_cmpint(tamis_policy_is_internal(policy, key), ==, cases[i].internal);
    }
    g_assert_cmpstr(text_of(policy, one->title), ==, "one");
    g_assert_cmpint(one->unless, ==, TAMIS_BROKEN_UNLESS_CONDITION);
    g_assert_cmpuint(one->condition, ==,
                     TAMIS_AT(policy->named_conditions, TamisConditionDefinition, 0)->condition);
    g_assert_cmpint(two->unless, ==, TAMIS_BROKEN_UNLESS_COPIED);
    g_assert_cmpint(three->demand, ==, TAMIS_DEMAND_VERIFIED);
    g_assert_cmpuint(allow->rule, ==, TAMIS_RULE_SPF_BREAKAGE);
    g_assert_cmpuint(allow->until.day, ==, 31);
    g_autofree char *end = tamis_instant_to_string(allow->until_end, policy->zone);
    g_assert_cmpstr(end, ==, "2027-04-01 00:00 +08:00");
}

static void
test_find_mailbox(void)
{
    g_auto(Resolved) resolved = {0};

    resolve_files(&resolved,
                  (const char *[]){"p",
                                   ORGANIZATION "mailbox a@acme.example { alias b@acme.cn; }\n"
                                                "mailbox a+x@acme.example { }\n",
                                   NULL});
    const TamisPolicy *policy = resolved.policy;
    static const struct {
        const char *key;
        guint32 mailbox;
    } cases[] = {
        {"a@acme.example", 0},
        {"b@acme.cn", 0},
        {"a+y@acme.example", 0},
        {"a+y+z@acme.example", 0},
        {"b+x@acme.cn", 0},
        {"a+x@acme.example", 1},
        {"b@acme.example", TAMIS_NO_INDEX},
        {"+a@acme.example", TAMIS_NO_INDEX},
        {"a@other.example", TAMIS_NO_INDEX},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpuint(tamis_policy_find_mailbox(policy, key_of(policy, cases[i].key)), ==,
                         cases[i].mailbox);
}

static void
test_outside(void)
{
    g_auto(Resolved) resolved = {0};
    g_autoptr(GString) found = g_string_new(NULL);

    resolve_files(&resolved,
                  (const char *[]){"p",
                                   ORGANIZATION "import aliases \"virtual\";\n"
                                                "group g { a@acme.example, b@acme.example }\n"
                                                "external Bob@partner.example forwards to g, "
                                                "a@acme.example, c@acme.example;\n",
                                   "virtual",
                                   "acme.cn  anything\n"
                                   "root  admin, ops@other.example\n"
                                   "Sales@Acme.example  x@acme.example,\n"
                                   "  y@acme.example\n"
                                   "root@acme.cn  z@acme.example\n"
                                   "@acme.cn  @acme.example\n"
                                   "kept@acme.cn  @new.example\n",
                                   NULL});
    g_autofree char *faults = report_to_string(&resolved);
    g_assert_cmpstr(faults, ==, "");
    for (guint i = 0; i < resolved.policy->outsides->len; i++) {
        const TamisOutside *at = TAMIS_AT(resolved.policy->outsides, TamisOutside, i);
        g_string_append(found, text_of(resolved.policy, at->address.text));
        append_targets(resolved.policy, found, at->targets);
        g_string_append_c(found, '\n');
    }
    for (guint i = 0; i < resolved.policy->aliases->len; i++) {
        const TamisAliasEntry *at = TAMIS_AT(resolved.policy->aliases, TamisAliasEntry, i);
        g_string_append(found, text_of(resolved.policy, at->address.key));
        append_targets(resolved.policy, found, at->targets);
        g_string_append_c(found, '\n');
    }
    g_assert_cmpstr(found->str, ==,
                    "Bob@partner.example a@acme.example b@acme.example c@acme.example\n"
                    "sales@acme.example x@acme.example y@acme.example\n"
                    "root@acme.cn z@acme.example\n"
                    "@acme.cn @acme.example\n"
                    "kept@acme.cn kept@new.example\n"
                    "root@acme.example admin@acme.example ops@other.example\n");
}

/* Definitions, tests ---------------------------------------------------------------------------- */

static void
test_definitions(void)
{
    g_auto(Resolved) resolved = {0};
    g_autoptr(GString) unused = g_string_new(NULL);

    resolve_files(&resolved,
                  (const char *[]){"p",
                                   ORGANIZATION
                                   "import \"used\"; import \"unused\"; import \"says\";\n"
                                   "group a { b }\ngroup b { x@acme.example }\n"
                                   "group c { x@acme.example }\n"
                                   "condition k = automatic;\n"
                                   "condition l = now in h;\n"
                                   "hours h { daily 09:00-10:00; }\n"
                                   "hours i { daily 09:00-10:00; }\n"
                                   "encryption e { gateway g.example; }\n"
                                   "template t(p, q) { route r when l { forward to "
                                   "p, d; } }\ntemplate u() { }\n"
                                   "mailbox m@acme.example { use t(a, a); }\n",
                                   "used", "group d { x@acme.example }\n", "unused",
                                   "group f { x@acme.example }\n", "says", "import \"deep\";\n",
                                   "deep", "limits { hops 3; }\n", NULL});
    g_assert_cmpuint(tamis_report_count(resolved.report), ==, 0);
    for (guint i = 0; i < resolved.policy->definitions->len; i++) {
        const TamisDefinition *at = TAMIS_AT(resolved.policy->definitions, TamisDefinition, i);
        if (!at->used)
            g_string_append_printf(unused, "%d %s\n", at->kind, text_of(resolved.policy, at->name));
    }
    g_assert_cmpstr(unused->str, ==, "0 c\n0 f\n1 i\n2 k\n3 e\n4 u\n5 q\n6 unused\n");
}

static void
test_tests(void)
{
    g_auto(Resolved) resolved = {0};

    resolve_files(&resolved,
                  (const char *[]){
                      "folder/p",
                      ORGANIZATION
                      "mailbox a@acme.example { alias b@acme.example; }\n"
                      "test \"t\" { message to B@acme.example { from \"X <x@y.example>\"; "
                      "subject \"订单\"; header \"X-A\" \"b\"; header \"X-C\" \"d\"; size 2K; "
                      "spam score 3; at 2026-12-31 10:00; envelope from \"\"; file \"m.eml\"; }\n"
                      "expect no forward encrypted to X@Y.example; expect mark \"X-A:  b\";\n"
                      "message to q@other.example { }\n"
                      "expect file in \"Junk\"; expect delivery to a@acme.example; }\n",
                      NULL});
    g_autofree char *faults = report_to_string(&resolved);
    g_assert_cmpstr(faults, ==, "");
    const TamisPolicy *policy = resolved.policy;
    const TamisTestCase *test = TAMIS_AT(policy->test_cases, TamisTestCase, 0);
    const TamisTestMessage *message = TAMIS_AT(policy->test_messages, TamisTestMessage, 0);
    const TamisExpectation *expectations = TAMIS_AT(policy->expectations, TamisExpectation, 0);

    g_assert_cmpuint(test->messages.n, ==, 2);
    g_assert_cmpuint(test->expectations.n, ==, 4);
    g_assert_cmpuint(message->mailbox, ==, 0);
    g_assert_cmpstr(text_of(policy, message->to_address), ==, "B@acme.example");
    g_assert_cmpstr(text_of(policy, message->from), ==, "X <x@y.example>");
    g_assert_cmpuint(message->headers.n, ==, 2);
    g_assert_true(message->has_size && message->size_bytes == 2048 && message->spam_score == 3);
    g_assert_true(message->has_envelope_from && message->envelope_from == 0);
    g_assert_cmpint(message->at, ==, G_GINT64_CONSTANT(1798682400));
    g_assert_cmpstr(text_of(policy, message->file), ==, "folder/m.eml");
    g_assert_cmpuint(message[1].mailbox, ==, TAMIS_NO_INDEX);
    g_assert_true(expectations[0].negated && expectations[0].encrypted);
    g_assert_cmpstr(text_of(policy, expectations[0].value), ==, "x@y.example");
    g_assert_cmpstr(text_of(policy, expectations[1].value), ==, "X-A: b");
    g_assert_cmpstr(text_of(policy, expectations[2].value), ==, "Junk");
    g_assert_cmpuint(expectations[3].message, ==, 1);
}

/* Where things stand ---------------------------------------------------------------------------- */

static void
assert_place(const Resolved *resolved, TamisSpan span, const char *expected)
{
    g_autoptr(GString) found = g_string_new(NULL);

    append_place(resolved, found, span);
    g_assert_cmpstr(found->str, ==, expected);
}

static void
test_places(void)
{
    g_auto(Resolved) resolved = {0};

    resolve_files(&resolved,
                  (const char *[]){"p",
                                   ORGANIZATION
                                   "template in(x) { route r { forward to x, g; } }\n"
                                   "template out(x) { use in(x); }\n"
                                   "group g { y@acme.example }\n"
                                   "mailbox a@acme.example { use out(b@acme.example); }\n"
                                   "each row in csv \"t\" { mailbox row.a { use "
                                   "in(row.b); route s { } } }\n",
                                   "t", "a,b\nc@acme.example,d@acme.example\n", NULL});
    const TamisPolicy *policy = resolved.policy;
    const TamisRoute *routes = tamis_policy_route(policy, 0);
    const TamisAction *actions = tamis_policy_action(policy, 0);

    g_assert_cmpuint(tamis_report_count(resolved.report), ==, 0);
    assert_place(&resolved, tamis_policy_mailbox(policy, 0)->span, "5:9-23 ");
    assert_place(&resolved, tamis_policy_mailbox(policy, 1)->span, "t:2:1-15 ");
    assert_place(&resolved, tamis_policy_mailbox(policy, 1)->row, "t:2:1-30 ");
    assert_place(&resolved, routes[0].span, "2:24-25 ");
    assert_place(&resolved, routes[0].use, "5:26-50 ");
    assert_place(&resolved, routes[1].use, "6:39-53 ");
    assert_place(&resolved, routes[2].use, "t:2:1-30 ");
    assert_place(&resolved, actions[0].span, "2:28-44 ");
    assert_place(&resolved, tamis_policy_target(policy, actions[0].targets.first)->span,
                 "5:34-48 ");
    assert_place(&resolved, tamis_policy_target(policy, actions[0].targets.first + 1)->span,
                 "4:11-25 ");
    assert_place(&resolved, tamis_policy_target(policy, actions[1].targets.first)->span,
                 "t:2:16-30 ");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/resolve/targets", test_targets);
    g_test_add_func("/resolve/actions", test_actions);
    g_test_add_func("/resolve/dates", test_dates);
    g_test_add_func("/resolve/tests", test_tests);
    g_test_add_func("/resolve/conditions", test_conditions);
    g_test_add_func("/resolve/normal-form", test_normal_form);
    g_test_add_func("/resolve/sharing", test_sharing);
    g_test_add_func("/resolve/templates", test_templates);
    g_test_add_func("/resolve/tables", test_tables);
    g_test_add_func("/resolve/limits", test_limits);
    g_test_add_func("/resolve/rules", test_rules);
    g_test_add_func("/resolve/find-mailbox", test_find_mailbox);
    g_test_add_func("/resolve/outside", test_outside);
    g_test_add_func("/resolve/definitions", test_definitions);
    g_test_add_func("/resolve/places", test_places);
    return g_test_run();
}
