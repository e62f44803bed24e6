/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What scripts ask for: control flow and variables folded into guards. */
#include "compiler/lower.h"
#include "compiler/resolve.h"
#include "grammar/sieve/print.h"
#include "tests/unit/flow-text.h"

#include <glib/gstdio.h>

typedef struct {
    const char *name, *script, *expected;
    const char *server; /* NULL: dovecot-2.3 */
} Script;

static const Script scripts[] = {
    {"empty", "", "keep implicitly\n", NULL},
    {"chain",
     "if header \"a\" \"1\" { redirect \"a@x.example\"; }\n"
     "elsif header \"a\" \"2\" { discard; } else { keep; }\n",
     "forward 'a@x.example' if {header \"a\" \"1\"}\n"
     "discard if (!{header \"a\" \"1\"} & {header \"a\" \"2\"})\n"
     "keep if !({header \"a\" \"1\"} | {header \"a\" \"2\"})\n",
     NULL},
    {"stop",
     "if header \"a\" \"1\" { keep; if header \"b\" \"1\" { stop; } }\n"
     "redirect \"a@x.example\";",
     "keep if {header \"a\" \"1\"}\n"
     "forward 'a@x.example' if !({header \"a\" \"1\"} & {header \"b\" \"1\"})\n",
     NULL},
    {"dead", "stop; discard;", "keep implicitly\n", NULL},
    {"nested", "if allof (header \"a\" \"1\", not anyof (header \"b\" \"1\", true)) { discard; }",
     "keep implicitly\n", NULL},
    {"decided-first",
     "require [\"variables\", \"copy\"];\n"
     "set \"dollar\" \"$\";\n"
     "if header \"a\" \"1\" { set \"r1\" \"yes\"; }\n"
     "if not string \"${r1}\" \"yes\" { set \"r2\" \"yes\"; }\n"
     "if string \"${R1}\" \"yes\" { redirect :copy \"a@x.example\"; }\n"
     "if string \"${r2}\" \"yes\" { redirect :copy \"b@x.example\"; }\n",
     "forward 'a@x.example' if {header \"a\" \"1\"}\n"
     "forward 'b@x.example' if !{header \"a\" \"1\"}\n"
     "keep implicitly\n",
     NULL},
    {"cases",
     "require \"variables\";\n"
     "set \"to\" \"a\";\n"
     "if header \"a\" \"1\" { set \"to\" \"b\"; } elsif header \"a\" \"2\" { set \"to\" \"a\"; }\n"
     "redirect \"${to}@x.example\";\n",
     "forward 'b@x.example' if {header \"a\" \"1\"}\n"
     "forward 'a@x.example' if !{header \"a\" \"1\"}\n",
     NULL},
    {"modifiers",
     "require [\"variables\", \"fileinto\"];\n"
     "set :upper \"a\" \"x*y\"; set :length \"n\" \"${a}z\"; set :quotewildcard :lower \"q\" "
     "\"${a}\";\n"
     "fileinto \"${a}-${n}-${q}\";\n",
     "keep 'X*Y-4-x\\*y'\n", NULL},
    {"unset", "require \"variables\"; if string :is \"${none}\" \"\" { discard; }", "discard\n",
     NULL},
    {"string-count",
     "require [\"variables\", \"relational\"]; set \"a\" \"1\";\n"
     "if string :count \"eq\" :comparator \"i;ascii-numeric\" [\"${a}\", \"${b}\"] \"1\" { "
     "discard; }",
     "discard\n", NULL},
    {"match-variables",
     "require [\"variables\", \"fileinto\"];\n"
     "if header :matches \"subject\" \"[*]\" { fileinto \"${1}\"; redirect \"${1}@x.example\"; }\n",
     "keep '${1}' if {header :matches \"subject\" \"[*]\"}\n"
     "forward '${1}@x.example' unknown if {header :matches \"subject\" \"[*]\"}\n"
     "keep implicitly if !{header :matches \"subject\" \"[*]\"}\n",
     NULL},
    {"regex", "require \"regex\"; if header :regex \"a\" \"x+\" { discard; }",
     "discard if {header :regex \"a\" \"x+\"}\nkeep implicitly if !{header :regex \"a\" "
     "\"x+\"}\n",
     NULL},
    {"regex-unread", "require \"regex\"; if header :regex \"a\" \"(x)\\\\1\" { discard; }",
     "discard if ?{header :regex \"a\" \"(x)\\\\1\"}\nkeep implicitly if !?{header :regex \"a\" "
     "\"(x)\\\\1\"}\n",
     NULL},
    {"regex-elsewhere", "require \"regex\"; if header :regex \"a\" \"x+\" { discard; }",
     "discard if ?{header :regex \"a\" \"x+\"}\nkeep implicitly if !?{header :regex \"a\" "
     "\"x+\"}\n",
     "cyrus-3.6"},
    {"hasflag-regex",
     "require [\"imap4flags\", \"regex\"]; setflag \"ab\"; if hasflag :regex \"^a+b\" { discard; }",
     "flags 'setflag' 'ab'\ndiscard\n", NULL},
    {"duplicates-dovecot",
     "require \"copy\"; redirect :copy \"a@x.example\"; redirect \"a@X.example\";",
     "forward 'a@x.example'\nkeep implicitly\n", NULL},
    {"duplicates-cyrus",
     "require \"copy\"; redirect :copy \"a@x.example\"; redirect \"a@x.example\";",
     "forward 'a@x.example'\n", "cyrus-3.6"},
    {"inbox", "require \"fileinto\"; fileinto \"Inbox\"; keep;", "keep\n", NULL},
    {"versions",
     "require \"editheader\";\n"
     "if header \"x-a\" \"1\" { discard; }\n"
     "addheader \"X-A\" \"1\";\n"
     "if header \"x-a\" \"1\" { redirect \"a@x.example\"; }\n"
     "if header \"x-b\" \"1\" { redirect \"b@x.example\"; }\n",
     "discard if {header \"x-a\" \"1\"}\n"
     "mark 'X-A' '1'\n"
     "forward 'a@x.example' @1 if {header \"x-a\" \"1\"}@1\n"
     "forward 'b@x.example' @1 if {header \"x-b\" \"1\"}\n"
     "keep implicitly @1 if !({header \"x-a\" \"1\"} | {header \"x-a\" \"1\"}@1 | {header \"x-b\" "
     "\"1\"})\n",
     NULL},
    {"branches-do-not-see-each-other",
     "require \"editheader\";\n"
     "if header \"a\" \"1\" { addheader \"x-a\" \"1\"; }\n"
     "elsif header \"x-a\" \"1\" { addheader \"x-b\" \"1\"; }\n"
     "if header \"x-a\" \"1\" { discard; }\n",
     "mark 'x-a' '1' if {header \"a\" \"1\"}\n"
     "mark 'x-b' '1' @1 if (!{header \"a\" \"1\"} & {header \"x-a\" \"1\"})\n"
     "discard @2 if {header \"x-a\" \"1\"}@1\n"
     "keep implicitly @2 if !{header \"x-a\" \"1\"}@1\n",
     NULL},
    {"filter",
     "require \"vnd.dovecot.filter\"; keep;\n"
     "if filter \"seal\" { redirect \"a@x.example\"; } else { discard; }\n"
     "redirect \"b@x.example\";",
     "keep\nfilter 'seal'\nforward 'a@x.example' through 'seal' @1\n"
     "forward 'b@x.example' through 'seal' @1\n",
     NULL},
    {"filter-in-a-branch",
     "require \"vnd.dovecot.filter\";\n"
     "if allof (header \"a\" \"1\", filter \"seal\") { redirect \"a@x.example\"; }\n"
     "redirect \"b@x.example\";",
     "filter 'seal' if {header \"a\" \"1\"}\n"
     "forward 'a@x.example' through 'seal' @1 if {header \"a\" \"1\"}\n"
     "forward 'b@x.example' @1\n",
     NULL},
    {"ihave",
     "require \"ihave\"; if ihave \"spamtest\" { discard; } elsif ihave \"ereject\" { keep; }",
     "discard\n", NULL},
    {"ihave-cyrus",
     "require \"ihave\"; if ihave \"spamtest\" { discard; } elsif ihave \"ereject\" { keep; }",
     "keep\n", "cyrus-3.6"},
    {"error",
     "require \"ihave\"; redirect \"a@x.example\"; if header \"a\" \"1\" { error \"no\"; } "
     "discard;",
     "forward 'a@x.example' if !{header \"a\" \"1\"}\n"
     "discard if !{header \"a\" \"1\"}\n"
     "keep implicitly if {header \"a\" \"1\"}\n",
     NULL},
    {"parts",
     "require [\"foreverypart\", \"mime\", \"fileinto\"];\n"
     "foreverypart { if header :mime :type \"content-type\" \"image\" { fileinto \"I\"; break; }\n"
     "else { fileinto \"T\"; } }\n",
     "keep 'I' if ?{header :mime :type \"content-type\" \"image\"}\n"
     "keep 'T' if ?{else { fileinto \"T\"; }}\n"
     "keep implicitly if !(?{else { fileinto \"T\"; }} | ?{header :mime :type \"content-type\" "
     "\"image\"})\n",
     NULL},
    {"flags",
     "require \"imap4flags\"; setflag \"\\\\Seen\"; addflag [\"$a $b\", \"\\\\seen\"]; removeflag "
     "\"$A\";\n"
     "if hasflag \"$b\" { discard; }",
     "flags 'setflag' '\\Seen'\nflags 'addflag' '\\Seen $a $b'\nflags 'removeflag' '\\Seen "
     "$b'\ndiscard\n",
     NULL},
    {"two-replies", "require \"vacation\"; vacation \"a\"; vacation \"b\";",
     "reply 'a'\nreply 'b'\nkeep implicitly\n", NULL},
    {"odd-zone",
     "require [\"date\"]; if currentdate :zone \"Europe/Berlin\" \"hour\" \"10\" { discard; }",
     "keep implicitly\n", "cyrus-3.6"},
    {"broken-commands-do-nothing", "redirect; discard 5; keep;", "keep\n", NULL},
    {"unread-include", "require \"include\"; include \"x\";", "keep implicitly\nunread\n", NULL},
    {"doubling",
     "require \"variables\"; set \"a\" \"0123456789\";\n"
     "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}\"; set \"a\" "
     "\"${a}${a}${a}${a}${a}${a}${a}${a}\";\n"
     "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}\"; if string :contains \"${a}\" \"9\" { "
     "discard; }",
     "discard if ?{string :contains \"${a}\" \"9\"}\n"
     "keep implicitly if !?{string :contains \"${a}\" \"9\"}\n",
     "cyrus-3.6"},
    {"cut-off",
     "require \"variables\"; set \"a\" \"0123456789\";\n"
     "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}\"; set \"a\" "
     "\"${a}${a}${a}${a}${a}${a}${a}${a}\";\n"
     "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}\"; if string :contains \"${a}\" \"9\" { "
     "discard; }",
     "discard\n", NULL},
};

static void
test_script(gconstpointer data)
{
    const Script *script = data;
    g_auto(FlowText) text = {NULL};
    g_autofree char *came = NULL;

    flow_text_of_script(&text, script->server != NULL ? script->server : "dovecot-2.3", NULL,
                        script->script);
    came = flow_to_text(&text);
    g_assert_cmpstr(came, ==, script->expected);
}

/* Includes -------------------------------------------------------------------------------------- */

static void
write_script(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
test_include(void)
{
    g_autofree char *folder = g_dir_make_tmp("tamis-XXXXXX", NULL);
    g_auto(FlowText) text = {NULL};
    g_autofree char *came = NULL, *once = g_build_filename(folder, "once.sieve", NULL);
    g_autofree char *other = g_build_filename(folder, "other.sieve", NULL);

    write_script(
        folder, "once.sieve",
        "require [\"include\", \"variables\", \"copy\"]; global \"g\"; set \"own\" \"x\";\n"
        "if header \"a\" \"1\" { return; } redirect :copy \"${g}${own}@x.example\";");
    write_script(folder, "other.sieve", "if header \"b\" \"1\" { stop; }");
    flow_text_of_script(&text, "dovecot-2.3", folder,
                        "require [\"include\", \"variables\"]; global \"g\"; set \"g\" \"b\";\n"
                        "include :once \"once\"; include :once \"once\"; include \"other\";\n"
                        "include :optional \"missing\"; redirect \"c${own}@x.example\";");
    came = flow_to_text(&text);
    g_assert_cmpstr(came, ==,
                    "forward 'bx@x.example' if !{header \"a\" \"1\"}\n"
                    "forward 'c@x.example' if !{header \"b\" \"1\"}\n"
                    "keep implicitly if {header \"b\" \"1\"}\n");
    g_assert_cmpint(g_unlink(once), ==, 0);
    g_assert_cmpint(g_unlink(other), ==, 0);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* Scripts of policies --------------------------------------------------------------------------- */

/* 2026-11-23. */
#define AS_OF ((TamisInstant)1795392000)

/* FALSE: the server has no script for it. */
static gboolean
check_mailbox(const TamisLowerContext *context, const char *server, guint32 mailbox)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) findings = tamis_report_new(sources);
    g_autoptr(GString) script = g_string_new(NULL);
    TamisLowered lowered;
    const TamisSieveScript *made = tamis_lower_mailbox(context, mailbox, arena, findings, &lowered);

    if (lowered.failed)
        return FALSE;
    g_auto(FlowText) text = {NULL};
    tamis_sieve_print(made, script);
    flow_text_of_script(&text, server, NULL, script->str);
    g_assert_cmpuint(text.flow->unread.source, ==, 0);
    for (guint32 i = 2; i < tamis_formulas_count(text.formulas); i++) {
        if (tamis_formulas_kind(text.formulas, i) != TAMIS_FORMULA_ATOM)
            continue;
        g_assert_cmpuint(tamis_formulas_get_atom(text.formulas, i)->kind, !=, TAMIS_ATOM_OPAQUE);
    }
    return TRUE;
}

static void
test_sample(gconstpointer data)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "..", "samples", data, "policy.tamis", NULL);
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, path, NULL, report, NULL);
    const char *const *names = tamis_server_names();
    guint n_scripts = 0;

    for (guint i = 0; names[i] != NULL; i++) {
        g_autoptr(TamisServer) server = tamis_server_load(names[i], NULL);
        g_autoptr(TamisLowerContext) context = tamis_lower_context_new(policy, server, AS_OF);

        for (guint32 j = 0; j < policy->mailboxes->len; j++)
            n_scripts += (guint)check_mailbox(context, names[i], j);
    }
    g_assert_cmpuint(n_scripts, >=, policy->mailboxes->len * 2);
}

int
main(int argc, char **argv)
{
    static const char *const samples[] = {"acme",   "finance",      "follow-the-sun",
                                          "leaver", "service-desk", "smart-routing"};

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(scripts); i++) {
        g_autofree char *path = g_strdup_printf("/flow-of-sieve/%s", scripts[i].name);
        g_test_add_data_func(path, &scripts[i], test_script);
    }
    g_test_add_func("/flow-of-sieve/include", test_include);
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autofree char *path = g_strdup_printf("/flow-of-sieve/nothing-opaque/%s", samples[i]);
        g_test_add_data_func(path, samples[i], test_sample);
    }
    return g_test_run();
}
