/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scripts that are their policy, and scripts that are nearly: each is refused with a message that shows it. */
#include "compiler/lower.h"
#include "compiler/prove.h"
#include "grammar/sieve/print.h"

#include "resolving.h"

#define AS_OF 1795392000 /* 2026-11-23 */

/* In turn: what is in the script, and what is written instead. NULL at the end. */
typedef struct {
    const char *body;
    const char *mutations[40];
} Case;

static const Case cases[] = {
    {"route away starting 2026-12-24 until 2026-12-31 {"
     " reply { subject \"Gone\"; text \"Back soon.\"; } forward to b@acme.example; }"
     "route closed starting 2027-01-01 { reject \"Closed.\"; }",
     {":days 7",
      ":days 8",
      "\"aa@acme.example\"",
      "\"ab@acme.example\"",
      "\"aa@acme.example\"",
      "\"aa@acme.example\", \"ab@acme.example\"",
      "\"a@acme.example\",",
      "",
      ":subject",
      ":from \"x@acme.example\" :subject",
      ":subject",
      ":handle \"x\" :subject",
      "\"2026-12-24\"",
      "\"2026-12-25\"",
      "\"2027-01-01\"",
      "\"2027-01-02\"",
      "b@acme.example",
      "c@acme.example",
      "Back soon.",
      "Back late.",
      "\"Gone\"",
      "\"gone\"",
      "Closed.",
      "Open.",
      "redirect :copy",
      "redirect",
      "\"ge\"",
      "\"gt\"",
      "\"+0800\"",
      "\"+0700\"",
      NULL}},
    {"route junk when subject contains \"lottery\" or header \"X-Spam\" is \"yes\" {"
     " keep in \"Junk\"; final; }"
     "route orders when from domain is \"customer.example\" and not size > 1M {"
     " forward to b@acme.example without copy; }"
     "route rest otherwise { forward to c@acme.example, d@other.example; }",
     {"lottery",
      "lotteri",
      "\"yes\"",
      "\"no\"",
      "anyof",
      "allof",
      "\"Junk\"",
      "\"Trash\"",
      "customer.example",
      "customer2.example",
      ":over 1M",
      ":over 2M",
      ":domain",
      ":localpart",
      "redirect \"b",
      "redirect :copy \"b",
      "else {",
      "if true {",
      "d@other.example",
      "d@other2.example",
      NULL}},
    {"route desk { forward to one of b@acme.example, c@acme.example, d@acme.example; }",
     {"\"20\"", "\"21\"", "\"40\"", "\"39\"", "c@acme.example", "b@acme.example", "\"second\"",
      "\"minute\"", NULL}},
    {"route mark when subject contains \"a\" { mark \"X-Queue: desk\"; }"
     "route sealed when subject contains \"b\" { forward encrypted with gate to b@acme.example; }"
     "route plain { forward to c@acme.example; }",
     {"X-Queue", "X-Queues", "\"desk\"", "\"disk\"", "\"required\"", "\"optional\"", "    keep;",
      "", "keep;\n    addheader :last \"X-Encrypt\" \"required\";",
      "addheader :last \"X-Encrypt\" \"required\"; keep;", "addheader :last", "# addheader :last",
      "redirect \"b@acme", "redirect \"e@acme", NULL}},
    {"route sealed when subject contains \"b\" { forward encrypted with smime to b@acme.example; }",
     {"smime-encrypt", "smime-decrypt", "keep;", "", "keep;\n    if filter \"smime-encrypt\" {",
      "if filter \"smime-encrypt\" { keep;", NULL}},
    {"route sealed { forward encrypted with strong to b@acme.example; }",
     {"\"a'b\"", "\"a\", \"b\"", "\"a'b\"", "\"a', 'b\"", "\"-k\", ", "", "[\"-k\", \"a'b\"]", "",
      NULL}},
    {"route away { reply { text \"Gone.\"; every 3 days; from \"A <a@acme.example>\"; } }",
     {":days 3", ":days 2", ":days 3 ", "", "\"A <a@", "\"B <a@", ":from \"A <a@acme.example>\" ",
      "", NULL}},
    {"route sealed { forward encrypted with gateway to b@acme.example; }",
     {"b@acme.example.gate.example", "b@acme.example", NULL}},
    {"route day when now in office { forward to b@acme.example; }"
     "route night otherwise { keep in \"Night\"; }",
     {"\"09\"", "\"08\"", "\"5\"", "\"6\"", "\"+0800\" :is \"hour\"", "\"+0900\" :is \"hour\"",
      "\"2027-02-11\"", "\"2027-02-12\"", NULL}},
};

static char *
compile(const Resolved *resolved, const TamisServer *server, TamisInstant *out_good_until)
{
    g_autoptr(TamisLowerContext) context = tamis_lower_context_new(resolved->policy, server, AS_OF);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    GString *script = g_string_new(NULL);
    TamisLowered lowered = {0};
    const TamisSieveScript *tree =
        tamis_lower_mailbox(context, 0, arena, resolved->report, &lowered);

    g_assert_false(lowered.failed);
    tamis_sieve_print(tree, script);
    *out_good_until = lowered.good_until;
    return g_string_free(script, FALSE);
}

static void
resolve_case(Resolved *resolved, const char *body)
{
    g_autofree char *text = g_strdup_printf(
        ORGANIZATION
        "hours office { mon-fri 09:00-12:00, 13:00-18:00; except 2027-02-05..2027-02-11; }\n"
        "encryption smime { filter \"smime-encrypt\"; }\n"
        "encryption strong { filter \"smime-encrypt\", \"-k\", \"a'b\"; }\n"
        "encryption gate { header \"X-Encrypt: required\"; }\n"
        "encryption gateway { gateway gate.example; }\n"
        "mailbox a@acme.example { alias aa@acme.example; %s }\n",
        body);
    const char *files[] = {"policy.tamis", text, NULL};

    resolve_files(resolved, files);
    if (tamis_report_count(resolved->report) > 0)
        g_error("%s in\n%s", tamis_report_get(resolved->report, 0)->message, text);
}

static void
check_mutation(const Resolved *resolved, const TamisServer *server, const char *script,
               TamisInstant good_until, const char *from, const char *to)
{
    g_autoptr(TamisOwnAddresses) own = tamis_own_addresses_new(resolved->policy);
    g_autoptr(TamisProver) prover = tamis_prover_new(resolved->policy, server, own, AS_OF);
    g_autoptr(GString) mutant = g_string_new(script);
    g_auto(TamisProof) proof = {0};
    g_autofree char *text = NULL;

    if (g_string_replace(mutant, from, to, 1) == 0)
        g_error("there is no '%s' in\n%s", from, script);
    tamis_prover_check(prover, 0, mutant->str, mutant->len, good_until, &proof);
    if (proof.verdict != TAMIS_PROOF_REFUTED || proof.witness == NULL)
        g_error("'%s' for '%s': %s in\n%s", to, from,
                proof.verdict == TAMIS_PROOF_PROVED ? "proved" : proof.what, mutant->str);
    g_assert_cmpint(proof.witness->instant, >=, AS_OF);
    g_assert_cmpint(proof.witness->instant, <, good_until);
    text = tamis_proof_to_string(&proof);
    g_test_message("'%s' for '%s': %s", to, from, text);
}

static void
test_case(gconstpointer data)
{
    const Case *at = data;
    g_auto(Resolved) resolved = {0};
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", NULL);
    g_autoptr(TamisProver) prover = NULL;
    g_auto(TamisProof) proof = {0};
    g_autofree char *script = NULL;
    g_autoptr(TamisOwnAddresses) own = NULL;
    TamisInstant good_until;

    resolve_case(&resolved, at->body);
    own = tamis_own_addresses_new(resolved.policy);
    script = compile(&resolved, server, &good_until);
    prover = tamis_prover_new(resolved.policy, server, own, AS_OF);
    tamis_prover_check(prover, 0, script, strlen(script), good_until, &proof);
    if (proof.verdict != TAMIS_PROOF_PROVED)
        g_error("%s %s in\n%s", proof.what, proof.reason, script);
    for (guint i = 0; at->mutations[i] != NULL; i += 2)
        check_mutation(&resolved, server, script, good_until, at->mutations[i],
                       at->mutations[i + 1]);
}

/* What is no script at all, and what no policy asks for. */
static void
test_others(void)
{
    g_auto(Resolved) resolved = {0};
    g_autoptr(TamisOwnAddresses) own = NULL;
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", NULL);
    const struct {
        const char *script, *what;
    } others[] = {
        {"if {", "the script has errors"},
        {"keep; redirect :copy \"x@y.example\";", "forward to 'x@y.example' by the script alone"},
        {"discard;", "copy by the policy alone"},
        {"require \"fileinto\"; fileinto \"A\";", "copy by the policy alone"},
        {"require \"imap4flags\"; addflag \"\\\\Seen\";", "addflag '\\\\Seen' by the script alone"},
        {"require \"editheader\"; deleteheader \"X-A\";", "deletion of 'X-A' by the script alone"},
    };

    resolve_case(&resolved, "");
    own = tamis_own_addresses_new(resolved.policy);
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(TamisProver) prover = tamis_prover_new(resolved.policy, server, own, AS_OF);
        g_auto(TamisProof) proof = {0};

        tamis_prover_check(prover, 0, others[i].script, strlen(others[i].script), TAMIS_INSTANT_MAX,
                           &proof);
        g_assert_cmpint(proof.verdict, ==, TAMIS_PROOF_REFUTED);
        g_assert_cmpstr(proof.what, ==, others[i].what);
    }
}

/* What cannot be read is not called proved. */
static void
test_undecided(void)
{
    g_auto(Resolved) resolved = {0};
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", NULL);
    g_autoptr(TamisOwnAddresses) own = NULL;
    g_autoptr(TamisProver) prover = NULL;
    g_auto(TamisProof) proof = {0};
    g_autofree char *text = NULL;
    static const char script[] =
        "require [\"environment\", \"copy\"];\n"
        "if environment \"host\" \"x\" { redirect :copy \"x@y.example\"; }\n";

    resolve_case(&resolved, "");
    own = tamis_own_addresses_new(resolved.policy);
    prover = tamis_prover_new(resolved.policy, server, own, AS_OF);
    tamis_prover_check(prover, 0, script, strlen(script), TAMIS_INSTANT_MAX, &proof);
    g_assert_cmpint(proof.verdict, ==, TAMIS_PROOF_UNDECIDED);
    text = tamis_proof_to_string(&proof);
    g_assert_cmpstr(
        text, ==,
        "forward to 'x@y.example' is not decided: it depends on a test that cannot be read");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("/prove/case-%u", i);

        g_test_add_data_func(name, &cases[i], test_case);
    }
    g_test_add_func("/prove/others", test_others);
    g_test_add_func("/prove/undecided", test_undecided);
    return g_test_run();
}
