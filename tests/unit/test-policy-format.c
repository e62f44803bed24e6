/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The canonical layout, and that it is one: what is formatted says the same, keeps its comments, and is
 * formatted as itself; for texts, for texts with comments anywhere, and for trees that no one wrote. */
#include "grammar/policy/compare.h"
#include "grammar/policy/format.h"
#include "grammar/policy/parser.h"
#include "grammar/policy/template-text.h"
#include "tests/unit/policy-listing.h"

#include <string.h>

#define N_TREES   2500
#define N_CHANGES 400

typedef struct {
    TamisSources *sources;
    TamisReport *report;
    TamisArena *arena;
} Bench;

static void
bench_open(Bench *bench)
{
    bench->sources = tamis_sources_new();
    bench->report = tamis_report_new(bench->sources);
    bench->arena = tamis_arena_new();
}

static void
bench_close(Bench *bench)
{
    tamis_report_free(bench->report);
    tamis_sources_free(bench->sources);
    tamis_arena_free(bench->arena);
}

/* Fails with the text when it has a fault. */
static const TamisPolicySyntax *
parse(Bench *bench, const char *text, gsize length)
{
    TamisSourceId source = tamis_sources_add_text(bench->sources, "test.tamis", text, length);
    const TamisPolicySyntax *policy = tamis_policy_parse(source, bench->arena, bench->report);

    if (tamis_report_count(bench->report) > 0) {
        g_autofree char *findings = list_findings(bench->report);
        g_error("%sin:\n%s", findings, text);
    }
    return policy;
}

/* The formatted text, which is a fixed point and keeps the tree and the number of comments. */
static char *
format(const char *text)
{
    Bench bench;
    const TamisPolicySyntax *policy, *again;
    char *result;

    bench_open(&bench);
    policy = parse(&bench, text, strlen(text));
    g_autoptr(GString) first = tamis_policy_format(policy, bench.sources);
    again = parse(&bench, first->str, first->len);
    g_assert_true(tamis_policy_same(policy, again));
    if (policy->n_comments != again->n_comments)
        g_error("comments were lost or found from:\n%s\nto:\n%s", text, first->str);
    for (guint32 i = 0; i < policy->n_comments; i++)
        if (strchr(policy->comments[i].text, '\n') == NULL) {
            g_autofree char *before = g_strchomp(g_strdup(policy->comments[i].text));
            g_assert_cmpstr(before, ==, again->comments[i].text);
        }
    g_autoptr(GString) second = tamis_policy_format(again, bench.sources);
    g_assert_cmpstr(first->str, ==, second->str);
    result = g_strdup(first->str);
    bench_close(&bench);
    return result;
}

static void
check(const char *text, const char *expected)
{
    g_autofree char *actual = format(text);
    g_assert_cmpstr(actual, ==, expected);
}

static void
test_statements(void)
{
    check("", "");
    check("# only a comment", "# only a comment\n");
    check("\n\n\n# a\n\n\n\n# b\n\n", "# a\n\n# b\n");
    check("\xef\xbb\xbfimport  \"a\" ;import aliases \"b\";\r\n\r\n\r\n\r\nimport \"c\";",
          "import \"a\";\nimport aliases \"b\";\n\nimport \"c\";\n");
    check("organization{timezone UTC;domains a.example,b.example;}",
          "organization {\n    timezone UTC;\n    domains  a.example, b.example;\n}\n");
    check("limits{targets 5;}limits{hops 3;lifetime 1 days;}",
          "limits { targets 5; }\nlimits {\n    hops     3;\n    lifetime 1 day;\n}\n");
    check("mailbox a@b.example{route x{keep;}}",
          "mailbox a@b.example {\n    route x { keep; }\n}\n");
    check("mailbox a@b.example{route x{\nkeep;}use t();}",
          "mailbox a@b.example {\n    route x {\n        keep;\n    }\n    use t();\n}\n");
    check("hours h{timezone UTC;except 2026-01-01;mon,wed-fri 09:00-12:00,13:00-18:00;}",
          "hours h {\n    timezone     UTC;\n    except       2026-01-01;\n"
          "    mon, wed-fri 09:00-12:00, 13:00-18:00;\n}\n");
    check("condition a=b or (c and d) or e and f and (g);",
          "condition a = b or (c and d) or e and f and g;\n");
    check("condition a = not(not(b or c));", "condition a = not not (b or c);\n");
}

static void
test_lists(void)
{
    check("group g { }", "group g { }\n");
    check("group g { a@b.example,b@b.example , }", "group g { a@b.example, b@b.example }\n");
    check("group g {\na@b.example,b@b.example }",
          "group g {\n    a@b.example,\n    b@b.example,\n}\n");
    check("group g {\na@b.example, # Anna\n\n# the boss\nb@b.example }",
          "group g {\n    a@b.example,  # Anna\n\n    # the boss\n    b@b.example,\n}\n");
    check("mailbox a@b.example { route x { forward to agent01@acme.example, agent02@acme.example, "
          "agent03@acme.example, agent04@acme.example without copy; } }",
          "mailbox a@b.example {\n    route x {\n        forward to\n"
          "            agent01@acme.example,\n            agent02@acme.example,\n"
          "            agent03@acme.example,\n            agent04@acme.example\n"
          "            without copy;\n    }\n}\n");
}

static void
test_strings(void)
{
    check("mailbox a@b.example { route x { reject \"a\\u{41}\\\"b\"; } }",
          "mailbox a@b.example {\n    route x { reject \"a\\u{41}\\\"b\"; }\n}\n");
    check("mailbox a@b.example { route x { reply { text \"\"\"\n  one\n\n    two  \n  \"\"\"; "
          "every 7 days; } } }",
          "mailbox a@b.example {\n    route x {\n        reply {\n"
          "            text  \"\"\"\n                  one\n\n                    two  \n"
          "                  \"\"\";\n            every 7 days;\n        }\n    }\n}\n");
}

static void
test_comments(void)
{
    check("import \"a\"; # one\nimport \"bcd\";# two\n# three\nimport \"e\"; /* four */",
          "import \"a\";    # one\nimport \"bcd\";  # two\n# three\nimport \"e\";  /* four */\n");
    check("organization { # a\n# b\ndomains /* c */ a.example /* d */, # e\n b.example; }",
          "organization {  # a\n    # b\n    domains\n        /* c */ a.example /* d */,  # e\n"
          "        b.example;\n}\n");
    check("mailbox a@b.example { /* a\n   b */\n}", "mailbox a@b.example {  /* a\n   b */\n}\n");
    check("mailbox a@b.example {\n  /* a\n   * b */ route x { keep; } }",
          "mailbox a@b.example {\n    /* a\n     * b */\n    route x { keep; }\n}\n");
}

/* Comments anywhere ------------------------------------------------------------------------------- */

static const char every_construct[] =
    "organization { domains acme.example, acme.cn; timezone Asia/Shanghai; delimiter \"+\"; }\n"
    "import \"groups.tamis\";\nimport aliases \"virtual\";\n"
    "group vip from csv \"vip.csv\" column address where class is \"a b\";\n"
    "group g { a@acme.example, vip, acme.example }\n"
    "hours office { mon-fri, sun 09:00-12:00, 22:00-06:00; except 2026-10-01..2026-10-07; }\n"
    "condition urgent = subject contains \"x\", \"y\" or not ( header \"X\" not exists and size > "
    "10M );\n"
    "encryption smime { filter \"smime\", \"-x\"; }\nencryption gate { gateway g.example; }\n"
    "limits { targets 5; script-size 100K; lifetime 180 days; }\n"
    "forbid \"f\" forward from a@acme.example, g to external unless urgent;\n"
    "require \"r\" verified in g for forward to external;\n"
    "template t ( a, b, c ) { route r starting c - 1 day until c + 90 days otherwise {\n"
    "reply { subject \"${a}\"; text \"\"\"\n  a\n\n   b\n  \"\"\"; every 7 days; } forward to a, "
    "b; } }\n"
    "mailbox z@acme.example, y@acme.example { alias x@acme.example; limits { hops 1; }\n"
    "use t ( a@b.example, \"b\", 2026-11-30 ); route r when from domain is b.example and now in "
    "office {\n"
    "forward encrypted with smime to one of vip, g without copy; mark \"X: y\"; keep in \"J\"; "
    "final; } }\n"
    "each row in csv \"l.csv\" { mailbox row.address { use t ( row.a, row.b, row.c ); } }\n"
    "external bob@partner.example forwards to bob@acme.example, g;\n"
    "allow spf-breakage in z@acme.example until 2027-03-31 because \"x\";\n"
    "test \"t\" { message to z@acme.example { from \"b\"; header \"X\" \"y\"; at 2026-11-23 10:00; "
    "}\n"
    "expect no forward to a@b.example; expect file in \"J\"; }\n";

/* The text with comments and line breaks at some of its blanks that are not in strings. */
static char *
scatter(const char *text)
{
    static const char *const inserts[] = {
        " # c\n", "\n# c\n", " /* c */ ",      "\n/* c */\n",
        "\n\n",   "\n",      " /* c\n  d */ ", " /* a */ # b\n",
    };
    GString *out = g_string_new(NULL);
    int rarity = g_test_rand_int_range(2, 60);
    gboolean in_string = FALSE, in_block = FALSE;

    for (; *text != '\0'; text++) {
        if (g_str_has_prefix(text, "\"\"\"")) {
            in_block = !in_block;
            g_string_append(out, "\"\"\"");
            text += 2;
            continue;
        }
        if (*text == '"' && !in_block)
            in_string = !in_string;
        /* Inside "2026-11-23 10:00" a blank is part of the word. */
        if (!in_string && !in_block && (*text == ' ' || *text == '\n') &&
            !(g_ascii_isdigit(text[-1]) && g_ascii_isdigit(text[1]) && text[3] == ':') &&
            g_test_rand_int_range(0, rarity) == 0)
            g_string_append(out, inserts[g_test_rand_int_range(0, G_N_ELEMENTS(inserts))]);
        g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

static void
test_scattered_comments(void)
{
    for (guint i = 0; i < N_CHANGES; i++) {
        g_autofree char *text = scatter(every_construct);
        g_autofree char *formatted = format(text);
        g_assert_nonnull(formatted);
    }
}

/* Trees that no one wrote ------------------------------------------------------------------------- */

static gboolean
chance(int one_in)
{
    return g_test_rand_int_range(0, one_in) == 0;
}

static const char *
one_of(const char *const *texts, gsize n)
{
    return texts[g_test_rand_int_range(0, (gint32)n)];
}

#define ONE_OF(texts) one_of((texts), G_N_ELEMENTS(texts))

static TamisValue *
new_value(TamisArena *arena, TamisValueKind kind, const char *text)
{
    TamisValue *value = tamis_arena_new0(arena, TamisValue);

    value->kind = kind;
    value->length_bytes = (guint32)strlen(text);
    value->text = tamis_arena_strndup(arena, text, value->length_bytes);
    return value;
}

static TamisValue *
any_string(TamisArena *arena)
{
    static const char *const pieces[] = {"a",  "\"", "\\",     "$",    "${",     "{", "}",
                                         "\n", "\t", " ",      "订单", "\"\"\"", "#", "/*",
                                         ";",  "😀",  "\u200b", ".",    "u{41}"};
    g_autoptr(GString) text = g_string_new(NULL);
    int n = g_test_rand_int_range(0, 12);
    TamisValue *value;

    for (int i = 0; i < n; i++) {
        const char *piece = ONE_OF(pieces);

        if (chance(6))
            tamis_template_append_placeholder(text, "row.b-c", chance(2) ? 3 : 7);
        else
            tamis_template_append_literal(text, piece, strlen(piece));
    }
    value = new_value(arena, TAMIS_VALUE_STRING, text->str);
    value->is_block = chance(4);
    return value;
}

static const char *
any_name(void)
{
    static const char *const names[] = {"desk", "vip",     "last_day", "紧急", "a-b", "mon",
                                        "list", "forward", "when",     "X1",   "day"};
    return ONE_OF(names);
}

static TamisName
a_name(void)
{
    return (TamisName){TAMIS_NO_SPAN, any_name()};
}

static TamisValue *
any_value(TamisArena *arena)
{
    static const char *const addresses[] = {"a@b.example", "info@bücher.example", "x+y@163.com"};
    static const char *const domains[] = {"b.example", "163.com", "例子.中国"};

    switch (g_test_rand_int_range(0, 6)) {
    case 0:
        return any_string(arena);
    case 1:
        return new_value(arena, TAMIS_VALUE_DOMAIN, ONE_OF(domains));
    case 2:
        return new_value(arena, TAMIS_VALUE_DATE, "2026-12-31");
    case 3:
        return new_value(arena, TAMIS_VALUE_INSTANT, "2026-12-31 18:00+08:00");
    case 4:
        return new_value(arena, TAMIS_VALUE_NAME, "desk");
    default:
        return new_value(arena, TAMIS_VALUE_ADDRESS, ONE_OF(addresses));
    }
}

static TamisValue *
any_values(TamisArena *arena)
{
    TamisValue *first = any_value(arena), *last = first;

    for (int n = chance(5) ? g_test_rand_int_range(0, 12) : g_test_rand_int_range(0, 3); n > 0; n--)
        last = last->next = any_value(arena);
    return first;
}

/* What stands in source 1 is set. */
static TamisDuration
any_duration(void)
{
    return (TamisDuration){.span = {1, 0, 1},
                           .number = g_test_rand_int_range(0, 400),
                           .unit = chance(2) ? TAMIS_UNIT_HOURS : TAMIS_UNIT_DAYS};
}

static TamisDate
any_date(TamisArena *arena)
{
    TamisDate date = {.base = chance(2) ? new_value(arena, TAMIS_VALUE_NAME, "last_day")
                                        : new_value(arena, TAMIS_VALUE_DATE, "2026-12-31"),
                      .sign = g_test_rand_int_range(-1, 2)};

    if (date.sign != 0)
        date.duration = any_duration();
    return date;
}

static void
fill_test(TamisArena *arena, TamisConditionSyntax *test)
{
    test->feature = (TamisFeature)g_test_rand_int_range(0, TAMIS_FEATURE_AUTOMATIC + 1);
    switch (test->feature) {
    case TAMIS_FEATURE_SIZE:
    case TAMIS_FEATURE_SPAM_SCORE:
        test->compare = (TamisCompare)g_test_rand_int_range(0, TAMIS_COMPARE_GE + 1);
        test->values = new_value(arena, TAMIS_VALUE_NUMBER, "5");
        return;
    case TAMIS_FEATURE_NOW:
        (test->operator) = TAMIS_OPERATOR_IN;
        test->name = a_name();
        test->negated = chance(2);
        return;
    case TAMIS_FEATURE_MAILING_LIST:
    case TAMIS_FEATURE_AUTOMATIC:
        return;
    case TAMIS_FEATURE_HEADER:
        test->header = any_string(arena);
        break;
    default:
        break;
    }
    test->negated = chance(2);
    (test->operator) =
        (TamisOperator)g_test_rand_int_range(TAMIS_OPERATOR_IS, TAMIS_OPERATOR_ENDS + 1);
    if (test->feature >= TAMIS_FEATURE_FROM && chance(2)) {
        (test->operator) = chance(2) ? TAMIS_OPERATOR_IN : TAMIS_OPERATOR_INTERNAL;
        if ((test->operator) == TAMIS_OPERATOR_IN)
            test->name = a_name();
        return;
    }
    if (test->feature >= TAMIS_FEATURE_FROM)
        test->part = (TamisPart)g_test_rand_int_range(0, TAMIS_PART_DETAIL + 1);
    test->values = any_values(arena);
}

static TamisConditionSyntax *
any_condition(TamisArena *arena, int depth)
{
    TamisConditionSyntax *node = tamis_arena_new0(arena, TamisConditionSyntax),
                         **tail = &node->children;
    int n = 0;

    node->kind = depth == 0
                     ? TAMIS_SYNTAX_TEST
                     : (TamisConditionSyntaxKind)g_test_rand_int_range(0, TAMIS_SYNTAX_TEST + 1);
    switch (node->kind) {
    case TAMIS_SYNTAX_TEST:
        fill_test(arena, node);
        break;
    case TAMIS_SYNTAX_USE:
        node->name = (TamisName){TAMIS_NO_SPAN, "urgent"};
        break;
    case TAMIS_SYNTAX_NOT:
        n = 1;
        break;
    default:
        n = g_test_rand_int_range(2, 4);
    }
    for (; n > 0; n--) {
        *tail = any_condition(arena, depth - 1);
        tail = &(*tail)->next;
    }
    return node;
}

static TamisActionSyntax *
any_action(TamisArena *arena)
{
    TamisActionSyntax *action = tamis_arena_new0(arena, TamisActionSyntax);

    action->kind = (TamisActionKind)g_test_rand_int_range(0, TAMIS_ACTION_FINAL + 1);
    switch (action->kind) {
    case TAMIS_ACTION_FORWARD:
        action->targets = any_values(arena);
        action->one_of = chance(3);
        action->without_copy = chance(3);
        if (chance(3))
            action->encryption = a_name();
        break;
    case TAMIS_ACTION_REPLY:
        action->text = any_string(arena);
        action->is_bare = chance(3);
        if (action->is_bare)
            break;
        if (chance(2))
            action->subject = any_string(arena);
        if (chance(3))
            action->from = any_string(arena);
        if (chance(2))
            action->every = any_duration();
        break;
    case TAMIS_ACTION_KEEP:
        if (chance(2))
            action->text = any_string(arena);
        break;
    case TAMIS_ACTION_REJECT:
    case TAMIS_ACTION_MARK:
        action->text = any_string(arena);
        break;
    default:
        break;
    }
    return action;
}

static void
fill_route(TamisArena *arena, TamisRouteSyntax *route)
{
    TamisActionSyntax **tail = &route->actions;

    route->name = (TamisName){TAMIS_NO_SPAN, "desk"};
    if (chance(3))
        route->starting = any_date(arena);
    if (chance(3))
        route->until = any_date(arena);
    if (chance(2))
        route->when = any_condition(arena, 3);
    else
        route->otherwise = chance(2);
    for (int n = g_test_rand_int_range(0, 4); n > 0; n--) {
        *tail = any_action(arena);
        tail = &(*tail)->next;
    }
}

static TamisItemSyntax *
any_items(TamisArena *arena)
{
    TamisItemSyntax *first = NULL, **tail = &first;

    for (int n = g_test_rand_int_range(0, 4); n > 0; n--) {
        TamisItemSyntax *item = tamis_arena_new0(arena, TamisItemSyntax);

        item->kind = (TamisItemKind)g_test_rand_int_range(0, TAMIS_ITEM_ROUTE + 1);
        if (item->kind == TAMIS_ITEM_ALIAS) {
            item->values = any_values(arena);
        } else if (item->kind == TAMIS_ITEM_USE) {
            item->name = a_name();
            item->values = chance(3) ? NULL : any_values(arena);
        } else if (item->kind == TAMIS_ITEM_LIMITS) {
            item->limits = tamis_arena_new0(arena, TamisLimitSyntax);
            item->limits->limit = TAMIS_LIMIT_LIFETIME;
            item->limits->duration = any_duration();
        } else {
            fill_route(arena, &item->route);
        }
        *tail = item;
        tail = &item->next;
    }
    return first;
}

static TamisDeclaration *
any_declaration(TamisArena *arena)
{
    TamisDeclaration *declaration = tamis_arena_new0(arena, TamisDeclaration);

    switch (g_test_rand_int_range(0, 7)) {
    case 0:
        declaration->kind = TAMIS_DECLARATION_GROUP;
        declaration->name = a_name();
        declaration->group.values = chance(4) ? NULL : any_values(arena);
        break;
    case 1:
        declaration->kind = TAMIS_DECLARATION_CONDITION;
        declaration->name = (TamisName){TAMIS_NO_SPAN, "urgent"};
        declaration->condition = any_condition(arena, 4);
        break;
    case 2:
        declaration->kind = TAMIS_DECLARATION_ENCRYPTION;
        declaration->name = a_name();
        declaration->encryption.means = TAMIS_MEANS_FILTER;
        declaration->encryption.values = any_string(arena);
        break;
    case 3:
        declaration->kind = TAMIS_DECLARATION_TEMPLATE;
        declaration->name = a_name();
        declaration->template.parameters = new_value(arena, TAMIS_VALUE_NAME, any_name());
        declaration->template.items = any_items(arena);
        break;
    case 4:
        declaration->kind = TAMIS_DECLARATION_FORBID;
        declaration->forbid.title = any_string(arena);
        declaration->forbid.to.kind = TAMIS_PARTY_EXTERNAL;
        declaration->forbid.from.kind = TAMIS_PARTY_VALUES;
        declaration->forbid.from.values = any_values(arena);
        declaration->forbid.unless = chance(2) ? TAMIS_UNLESS_COPIED : TAMIS_UNLESS_NEVER;
        break;
    case 5:
        declaration->kind = TAMIS_DECLARATION_ALLOW;
        declaration->name = (TamisName){TAMIS_NO_SPAN, "spf-breakage"};
        declaration->allow.in = chance(2) ? any_values(arena) : NULL;
        declaration->allow.because = any_string(arena);
        break;
    default:
        declaration->kind = TAMIS_DECLARATION_MAILBOX;
        declaration->mailbox.addresses = any_values(arena);
        declaration->mailbox.items = any_items(arena);
    }
    return declaration;
}

static void
test_random_trees(void)
{
    for (guint i = 0; i < N_TREES; i++) {
        TamisPolicySyntax tree = {0};
        TamisDeclaration **tail = &tree.declarations;
        const TamisPolicySyntax *read;
        Bench bench;

        bench_open(&bench);
        for (int n = g_test_rand_int_range(1, 4); n > 0; n--) {
            *tail = any_declaration(bench.arena);
            tail = &(*tail)->next;
        }
        g_autoptr(GString) text = tamis_policy_format(&tree, NULL);
        read = parse(&bench, text->str, text->len);
        if (!tamis_policy_same(&tree, read))
            g_error("another tree from:\n%s", text->str);
        g_autoptr(GString) again = tamis_policy_format(read, bench.sources);
        g_assert_cmpstr(text->str, ==, again->str);
        bench_close(&bench);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy-format/statements", test_statements);
    g_test_add_func("/policy-format/lists", test_lists);
    g_test_add_func("/policy-format/strings", test_strings);
    g_test_add_func("/policy-format/comments", test_comments);
    g_test_add_func("/policy-format/scattered-comments", test_scattered_comments);
    g_test_add_func("/policy-format/random-trees", test_random_trees);
    return g_test_run();
}
