/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is said of random sites against what all their messages do there, hop by hop: both ways, so that nothing is
 * missed, and nothing made up. TAMIS_SEED asks of other sites, TAMIS_SITES of how many. */
#include "base/catalogue.h"
#include "compiler/resolve.h"
#include "lint/lint.h"
#include "lint/shown.h"

#include "rounds.h"
#include "site-ways.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define N_SITES 80

/* Making ----------------------------------------------------------------------------------------- */

static TamisSourceId
open_text(TamisSources *sources, const char *path, gsize max_bytes, gpointer data, GError **error)
{
    return tamis_sources_add_text(sources, path, data, strlen(data));
}

static gboolean
lower_nothing(gpointer data, const TamisShapes *shapes, TamisReport *report)
{
    return TRUE;
}

static void
make_policy(World *world)
{
    TamisResolveOptions options = {.open = open_text};
    TamisLint lint = {.as_of = AS_OF, .lower = lower_nothing};

    world->text = draw_policy(&world->draw);
    options.open_data = world->text;
    world->policy = tamis_policy_load(world->sources, "p", &options, world->report, NULL);
    if (tamis_report_count_severity(world->report, TAMIS_SEVERITY_ERROR) != 0)
        g_error("%s\n%s", tamis_report_get(world->report, 0)->message, world->text);
    world->site = tamis_site_new_policy(world->policy, world->server);
    lint.policy = world->policy;
    lint.server = world->server;
    lint.report = world->report;
    g_assert_true(tamis_lint_policy(&lint));
}

static void
write_included(World *world, GString *all)
{
    world->global_dir = g_dir_make_tmp("tamis-sites-XXXXXX", NULL);
    for (guint i = 0; i < N_INCLUDED; i++) {
        g_autofree char *name = g_strdup_printf("g%u.sieve", i);
        g_autofree char *path = g_build_filename(world->global_dir, name, NULL);
        g_autofree char *script = draw_script(&world->draw, OF_INCLUDED);

        g_string_append_printf(all, "# %s\n%s", name, strchr(script, '\n') + 1);
        g_assert_true(g_file_set_contents(path, script, -1, NULL));
    }
}

static void
remove_included(World *world)
{
    for (guint i = 0; world->global_dir != NULL && i < N_INCLUDED; i++) {
        g_autofree char *name = g_strdup_printf("g%u.sieve", i);
        g_autofree char *path = g_build_filename(world->global_dir, name, NULL);

        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    if (world->global_dir != NULL)
        g_assert_cmpint(g_rmdir(world->global_dir), ==, 0);
    g_free(world->global_dir);
}

static void
make_scripts(World *world)
{
    TamisScriptSite options = {.server = world->server};
    GString *all = g_string_new(NULL);

    world->draw.has_includes = one_in(world->draw.random, 4);
    world->draw.has_opaque = one_in(world->draw.random, 6);
    if (world->draw.has_includes)
        write_included(world, all);
    options.global_dir = world->global_dir;
    world->site = tamis_site_new_scripts(world->sources, &options);
    for (guint i = 0; i < world->draw.n_boxes; i++) {
        g_autofree char *address = g_strdup_printf("m%u@acme.example", i);
        g_autofree char *script = draw_script(&world->draw, i);
        TamisSourceId source =
            tamis_sources_add_text(world->sources, address, script, strlen(script));

        g_string_append_printf(all, "# %s\n%s", address, strchr(script, '\n') + 1);
        g_assert_true(tamis_site_add_script(world->site, address, source));
    }
    world->text = g_string_free(all, FALSE);
    tamis_lint_site(world->site, AS_OF, world->report);
}

/* All messages ----------------------------------------------------------------------------------- */

static void
try_all(World *world)
{
    static const struct {
        char letter;
        const char *detail;
    } forms[] = {{'m', ""}, {'m', "+x"}, {'m', "+y"}, {'a', ""}};
    g_autofree Way *way = g_new0(Way, 1);

    way->world = world;
    for (guint number = 0; number < world->draw.n_messages; number++) {
        g_autoptr(TamisMessage) message = make_message(&world->draw, number, &way->delivery);

        for (guint box = 0; box < world->draw.n_boxes; box++) {
            for (guint form = 0; form < (world->draw.is_policy && box % 2 == 0 ? 4 : 3); form++) {
                g_autofree char *address = g_strdup_printf(
                    "%c%u%s@acme.example", forms[form].letter, box, forms[form].detail);

                try_message(way, message, address);
                note_way(way, 1);
                clear_way(way);
            }
        }
    }
}

/* What is said ----------------------------------------------------------------------------------- */

/* TRUE for every kind of what is compared, once it was met. */
static guint n_met[TAMIS_N_RULES];
static guint n_witnesses;

static void
fail(const World *world, const TamisDiagnostic *diagnostic, const char *what, guint32 mailbox)
{
    g_autoptr(GString) witness = g_string_new(NULL);

    for (guint i = 0;
         diagnostic != NULL && diagnostic->witness != NULL && i < diagnostic->witness->n_headers;
         i++)
        g_string_append_printf(witness, "%s: %s\n", diagnostic->witness->headers[2 * i],
                               diagnostic->witness->headers[2 * i + 1]);
    g_error("m%u: %s\n%s: %s\n%s%s", mailbox, what,
            diagnostic != NULL ? tamis_catalogue_get(diagnostic->rule)->slug : "nothing is said",
            diagnostic != NULL ? diagnostic->message : "", witness->str, world->text);
}

static guint32
mailbox_of(const World *world, const TamisDiagnostic *diagnostic)
{
    return diagnostic->mailbox != NULL ? tamis_site_find_mailbox(world->site, diagnostic->mailbox)
                                       : TAMIS_NO_INDEX;
}

/* The first finding of the rule about the mailbox, or one that hangs together with it. */
static const TamisDiagnostic *
find_finding(const World *world, TamisRule rule, guint32 mailbox, gboolean or_together)
{
    for (guint i = 0; i < tamis_report_count(world->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(world->report, i);
        guint32 other = mailbox_of(world, at);

        if (at->rule == rule && other != TAMIS_NO_INDEX &&
            (other == mailbox || (or_together && hang_together(world, other, mailbox))))
            return at;
    }
    return NULL;
}

static guint
number_behind(const char *message, const char *words)
{
    const char *at = strstr(message, words);

    g_assert_nonnull(at);
    return (guint)strtoul(at + strlen(words), NULL, 10);
}

/* The finding's message, sent wherever it can go; what it does at its first stop is seen in the mailbox of `alone`. */
static void
replay(Way *way, World *alone, const TamisDiagnostic *diagnostic)
{
    const TamisFindingWitness *witness = diagnostic->witness;
    g_autoptr(TamisMessage) message = tamis_shown_message(witness);

    memset(alone->seen, 0, sizeof alone->seen);
    way->world = alone;
    way->delivery = tamis_shown_delivery(witness);
    if (has_turns(alone))
        way->delivery.instant -= way->delivery.instant % 60;
    g_assert_cmpint(witness->instant, >=, AS_OF);
    try_message(way, message, witness->to);
    n_witnesses++;
}

/* Whether the message does what is said of it. */
static gboolean
does_what_is_said(const World *world, Way *way, const TamisDiagnostic *at, guint32 mailbox)
{
    const Seen *seen = &way->world->seen[mailbox];
    gboolean goes_round = FALSE, any_round = FALSE;

    note_way(way, 1);
    if (way->nodes[0].mailbox != mailbox)
        return FALSE;
    for (guint32 i = 0; i < way->n_nodes; i++) {
        any_round |= way->reaches[i][i];
        goes_round |= way->reaches[i][i] && way->nodes[i].mailbox == mailbox;
    }
    switch (at->rule) {
    case TAMIS_RULE_FORWARD_LOOP:
        return goes_round;
    case TAMIS_RULE_FORWARD_RETURN:
        return is_back_for_good(way, 0, FALSE);
    case TAMIS_RULE_TOO_MANY_TARGETS:
        return seen->n_targets == number_behind(at->message, "redirected to ");
    case TAMIS_RULE_TOO_MANY_HOPS:
        return any_round || world->draw.has_outside ||
               seen->n_hops >= number_behind(at->message, "be forwarded ");
    case TAMIS_RULE_TOO_MANY_COPIES:
        return any_round || world->draw.has_outside ||
               seen->n_copies >= number_behind(at->message, "be delivered ");
    case TAMIS_RULE_REJECT_CONFLICT:
        return seen->rejects;
    case TAMIS_RULE_REPLY_CONFLICT:
        return seen->replies;
    case TAMIS_RULE_MAIL_LOST:
        return seen->loses;
    default:
        return TRUE;
    }
}

static void
check_finding(World *world, const TamisDiagnostic *at)
{
    g_autofree Way *way = NULL;
    World alone = *world;
    guint32 mailbox = mailbox_of(world, at);

    n_met[at->rule]++;
    if (at->certainty == TAMIS_CERTAINTY_UNDECIDED)
        fail(world, at, "it is not decided", mailbox);
    if (at->witness == NULL || at->certainty != TAMIS_CERTAINTY_PROVED)
        return;
    way = g_new0(Way, 1);
    replay(way, &alone, at);
    if (!does_what_is_said(world, way, at, mailbox))
        fail(world, at, "the message does not do what is said", mailbox);
    clear_way(way);
}

/* What hangs on a test that cannot be read is possible, and no more is said. */
static gboolean
may_be_said(const World *world, const TamisDiagnostic *finding)
{
    return world->draw.has_opaque && finding->certainty == TAMIS_CERTAINTY_POSSIBLE;
}

/* Both ways. */
static void
expect(const World *world, TamisRule rule, guint32 mailbox, gboolean is_seen)
{
    const TamisDiagnostic *finding = find_finding(world, rule, mailbox, FALSE);

    if (is_seen == (finding != NULL) || (finding != NULL && may_be_said(world, finding)))
        return;
    if (finding == NULL)
        fail(world, NULL, tamis_catalogue_get(rule)->slug, mailbox);
    fail(world, finding, "no message does what is said", mailbox);
}

static void
expect_maximum(const World *world, TamisRule rule, guint32 mailbox, guint seen, guint limit,
               const char *words)
{
    const TamisDiagnostic *finding = find_finding(world, rule, mailbox, FALSE);

    expect(world, rule, mailbox, seen > limit);
    if (finding != NULL && number_behind(finding->message, words) != seen &&
        !(may_be_said(world, finding) && number_behind(finding->message, words) > seen))
        fail(world, finding, "another number is the most", mailbox);
}

static gboolean
is_dead(const World *world, guint32 mailbox, const char *route)
{
    for (guint i = 0; i < tamis_report_count(world->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(world->report, i);

        if (at->rule == TAMIS_RULE_DEAD_ROUTE && mailbox_of(world, at) == mailbox &&
            (route == NULL || strcmp(at->route, route) == 0))
            return TRUE;
    }
    return FALSE;
}

static void
check_routes(const World *world, guint32 mailbox)
{
    const TamisFlow *flow = tamis_site_get_flow(world->site, mailbox);
    const TamisStrings *strings = tamis_formulas_get_strings(tamis_site_get_formulas(world->site));

    for (guint32 i = 0; i < flow->n_routes; i++) {
        const char *name = tamis_strings_get(strings, flow->routes[i].name);

        if (is_dead(world, mailbox, name) == ((world->seen[mailbox].routes >> i & 1) != 0))
            fail(world, NULL, name, mailbox);
    }
}

/* Whether it is said of a place that it is dead, or of one before it; of included scripts in whichever mailbox. */
static gboolean
is_said_of_place(const World *world, const TamisFlowPlace *place)
{
    for (guint i = 0; i < tamis_report_count(world->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(world->report, i);

        if ((at->rule == TAMIS_RULE_DEAD_ROUTE || at->rule == TAMIS_RULE_EMPTY_WINDOW) &&
            at->span.source == place->span.source && at->span.offset <= place->span.offset)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_same_place(TamisSpan a, TamisSpan b)
{
    return a.source == b.source && a.offset == b.offset;
}

/* In some mailbox; TRUE where that is not known. */
static gboolean
is_reached(const World *world, TamisSpan span)
{
    for (guint32 i = 0; i < world->draw.n_boxes; i++) {
        const TamisFlow *flow = tamis_site_get_flow(world->site, i);

        for (guint32 j = 0; j < flow->n_places; j++)
            if (is_same_place(flow->places[j].span, span) &&
                (j >= MAX_PLACES || world->seen[i].places >> j & 1))
                return TRUE;
    }
    return FALSE;
}

/* Of commands in one dead block the first is told. */
static void
check_places(const World *world)
{
    for (guint i = 0; i < tamis_report_count(world->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(world->report, i);

        if (at->rule == TAMIS_RULE_DEAD_ROUTE && is_reached(world, at->span))
            fail(world, at, "a message reaches it", mailbox_of(world, at));
    }
    for (guint32 i = 0; i < world->draw.n_boxes && !world->draw.has_opaque; i++) {
        const TamisFlow *flow = tamis_site_get_flow(world->site, i);

        for (guint32 j = 0; j < flow->n_places; j++)
            if (!is_reached(world, flow->places[j].span) &&
                !is_said_of_place(world, &flow->places[j]))
                fail(world, NULL, "no message reaches a command", i);
    }
}

static gboolean
leads_round(const World *world, guint32 mailbox)
{
    for (guint32 i = 0; i < world->draw.n_boxes; i++)
        if ((i == mailbox || world->leads[mailbox][i]) && world->leads[i][i])
            return TRUE;
    return FALSE;
}

/* Of a way that is too long the mailboxes on it are not told again. */
static gboolean
is_on_long_way(const World *world, guint32 mailbox)
{
    for (guint i = 0; i < tamis_report_count(world->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(world->report, i);

        for (guint j = 0;
             at->rule == TAMIS_RULE_TOO_MANY_HOPS && at->witness != NULL && j < at->witness->n_path;
             j++)
            if (tamis_site_find_mailbox(world->site, at->witness->path[j]) == mailbox)
                return TRUE;
    }
    return FALSE;
}

/* Whose mailbox is told first depends on the whole graph: either number is right. */
static void
check_copies(const World *world, guint32 mailbox)
{
    const Seen *seen = &world->seen[mailbox];
    const TamisDiagnostic *finding =
        find_finding(world, TAMIS_RULE_TOO_MANY_COPIES, mailbox, FALSE);
    guint n = finding != NULL ? number_behind(finding->message, "be delivered ") : 0;

    if (finding == NULL && seen->n_new_copies > world->draw.max_copies)
        fail(world, NULL, "there are too many copies", mailbox);
    if (finding != NULL && (n < seen->n_new_copies || n > seen->n_copies))
        fail(world, finding, "another number is the most", mailbox);
}

static void
check_chain(const World *world, guint32 mailbox)
{
    const Seen *seen = &world->seen[mailbox];

    if (!world->draw.has_limits || world->draw.has_outside || leads_round(world, mailbox))
        return;
    check_copies(world, mailbox);
    if (find_finding(world, TAMIS_RULE_TOO_MANY_HOPS, mailbox, FALSE) != NULL ||
        !is_on_long_way(world, mailbox))
        expect_maximum(world, TAMIS_RULE_TOO_MANY_HOPS, mailbox, seen->n_hops, world->draw.max_hops,
                       "be forwarded ");
}

static void
check_round(const World *world, guint32 mailbox)
{
    const TamisDiagnostic *loop;
    gboolean any_round = FALSE;

    for (guint32 i = 0; i < world->draw.n_boxes; i++)
        any_round |=
            world->seen[i].goes_round && (i == mailbox || hang_together(world, i, mailbox));
    loop = find_finding(world, TAMIS_RULE_FORWARD_LOOP, mailbox, TRUE);
    if (any_round != (loop != NULL) && !(loop != NULL && may_be_said(world, loop)))
        fail(world, loop, any_round ? "a message goes round" : "no message goes round", mailbox);
    if (!any_round && loop == NULL && world->seen[mailbox].returns &&
        find_finding(world, TAMIS_RULE_FORWARD_RETURN, mailbox, TRUE) == NULL)
        fail(world, NULL, "a message comes back", mailbox);
}

static void
check_mailbox(const World *world, guint32 mailbox)
{
    const Seen *seen = &world->seen[mailbox];

    expect_maximum(world, TAMIS_RULE_TOO_MANY_TARGETS, mailbox, seen->n_targets,
                   world->draw.has_limits ? world->draw.max_targets
                                          : tamis_site_max_targets(world->site, mailbox),
                   "redirected to ");
    expect(world, TAMIS_RULE_REJECT_CONFLICT, mailbox, seen->rejects);
    if (world->policy == NULL) {
        expect(world, TAMIS_RULE_REPLY_CONFLICT, mailbox, seen->replies);
        expect(world, TAMIS_RULE_MAIL_LOST, mailbox, seen->loses);
    } else {
        check_routes(world, mailbox);
    }
    check_chain(world, mailbox);
    check_round(world, mailbox);
}

static void
check_site(GRand *random, gboolean is_policy)
{
    World world = {.draw = {.random = random, .is_policy = is_policy},
                   .sources = tamis_sources_new(),
                   .server = tamis_server_load("dovecot-2.3", NULL)};

    world.report = tamis_report_new(world.sources);
    world.draw.n_boxes = 2 + below(random, MAX_BOXES - 1);
    draw_properties(&world.draw);
    if (is_policy)
        make_policy(&world);
    else
        make_scripts(&world);
    find_what_leads_where(&world);
    for (guint32 i = 0; i < world.draw.n_boxes; i++)
        world.is_told_of_copies |=
            (find_finding(&world, TAMIS_RULE_TOO_MANY_COPIES, i, FALSE) != NULL) << i;
    for (guint i = 0; i < tamis_report_count(world.report); i++)
        check_finding(&world, tamis_report_get(world.report, i));
    try_all(&world);
    for (guint32 i = 0; i < world.draw.n_boxes; i++)
        check_mailbox(&world, i);
    if (!is_policy)
        check_places(&world);
    tamis_site_free(world.site);
    tamis_policy_free(world.policy);
    tamis_server_free(world.server);
    tamis_report_free(world.report);
    tamis_sources_free(world.sources);
    g_free(world.text);
    remove_included(&world);
}

static guint64
from_environment(const char *name, guint64 otherwise)
{
    const char *text = g_getenv(name);

    return text != NULL ? g_ascii_strtoull(text, NULL, 10) : otherwise;
}

static void
test_sites(gconstpointer is_policy)
{
    guint64 seed = from_environment("TAMIS_SEED", 0);
    guint64 n = from_environment("TAMIS_SITES", n_rounds(N_SITES));

    for (guint64 i = 0; i < n; i++) {
        g_autoptr(GRand) random = g_rand_new_with_seed((guint32)(seed * 1000003 + i));

        if (g_getenv("TAMIS_VERBOSE") != NULL)
            g_printerr("%u ", (guint)i);
        check_site(random, GPOINTER_TO_INT(is_policy));
    }
    g_test_message("%u witnesses, %u loops, %u returns", n_witnesses,
                   n_met[TAMIS_RULE_FORWARD_LOOP], n_met[TAMIS_RULE_FORWARD_RETURN]);
}

/* What was never said was not compared. */
static void
test_all_are_met(void)
{
    static const TamisRule rules[] = {
        TAMIS_RULE_FORWARD_LOOP,    TAMIS_RULE_FORWARD_RETURN, TAMIS_RULE_TOO_MANY_TARGETS,
        TAMIS_RULE_TOO_MANY_COPIES, TAMIS_RULE_TOO_MANY_HOPS,  TAMIS_RULE_DEAD_ROUTE,
        TAMIS_RULE_REJECT_CONFLICT, TAMIS_RULE_REPLY_CONFLICT, TAMIS_RULE_MAIL_LOST,
    };

    for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
        g_assert_cmpuint(n_met[rules[i]], >, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/sites/policies", GINT_TO_POINTER(TRUE), test_sites);
    g_test_add_data_func("/sites/scripts", GINT_TO_POINTER(FALSE), test_sites);
    g_test_add_func("/sites/all-are-met", test_all_are_met);
    return g_test_run();
}
