/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is said of random sites against what all their messages do there, hop by hop: both ways, so that nothing is
 * missed, and nothing made up. TAMIS_SEED asks of other sites, TAMIS_SITES of how many. */
#include "base/catalogue.h"
#include "compiler/resolve.h"
#include "lint/lint.h"
#include "lint/site.h"
#include "model/evaluate.h"

#include "random-sites.h"

#include <stdlib.h>
#include <string.h>

#define N_SITES   80
#define MAX_NODES 400
/* Seconds of a minute: all turns that lists of two and three can have. */
static const guint seconds[] = {0, 20, 30, 40};
#define N_TURNS G_N_ELEMENTS(seconds)

/* What some message does in a mailbox, or from there on. */
typedef struct {
    guint n_targets, n_hops;
    guint n_copies, n_new_copies; /* without those that another mailbox is told of */
    gboolean rejects, replies, loses;
    gboolean goes_round, returns;
    guint32 routes, places; /* reached */
} Seen;

typedef struct {
    Draw draw;
    char *text; /* for people */
    TamisSources *sources;
    TamisReport *report;
    TamisServer *server;
    TamisPolicy *policy;
    TamisSite *site;
    gboolean leads[MAX_BOXES][MAX_BOXES]; /* in some steps, whatever the conditions */
    Seen seen[MAX_BOXES];
    guint32 is_told_of_copies; /* mailboxes whose own copies are said to be too many */
} World;

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
make_scripts(World *world)
{
    TamisScriptSite options = {.server = world->server};
    GString *all = g_string_new(NULL);

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

static void
find_what_leads_where(World *world)
{
    const TamisStrings *strings = tamis_formulas_get_strings(tamis_site_get_formulas(world->site));
    guint n = world->draw.n_boxes;

    for (guint i = 0; i < n; i++) {
        const TamisFlow *flow = tamis_site_get_flow(world->site, i);

        for (guint32 j = 0; j < flow->n_actions; j++) {
            g_autoptr(GArray) stops = NULL;

            if (flow->actions[j].kind != TAMIS_FLOW_FORWARD)
                continue;
            stops =
                tamis_site_resolve(world->site, tamis_strings_get(strings, flow->actions[j].text));
            for (guint k = 0; k < stops->len; k++)
                if (g_array_index(stops, TamisSiteStop, k).mailbox != TAMIS_NO_INDEX)
                    world->leads[i][g_array_index(stops, TamisSiteStop, k).mailbox] = TRUE;
        }
    }
    for (guint k = 0; k < n; k++)
        for (guint i = 0; i < n; i++)
            for (guint j = 0; j < n; j++)
                world->leads[i][j] |= world->leads[i][k] && world->leads[k][j];
}

static gboolean
hang_together(const World *world, guint32 a, guint32 b)
{
    return world->leads[a][b] && world->leads[b][a];
}

/* What a message does ---------------------------------------------------------------------------- */

/* A mailbox that has got the message in some state, and where it goes from there at each turn. */
typedef struct {
    guint32 mailbox;
    char *address, *marks;
    TamisMessage *message;
    GArray *next[N_TURNS]; /* of guint32 */
    guint n_leaving[N_TURNS];
    gint64 n_hops, n_copies, n_new_copies; /* -1: not known yet */
} Node;

typedef struct {
    World *world;
    TamisDelivery delivery;
    Node nodes[MAX_NODES];
    guint n_nodes;
    guint8 reaches[MAX_NODES][MAX_NODES];
} Way;

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Which values the marks have: twice the same is as good as once. */
static char *
describe_marks(TamisMessage *message)
{
    static const char *const names[] = {"X-A", "X-B"};
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *const *values = tamis_message_get_header(message, names[i]);
        g_autoptr(GPtrArray) sorted = g_ptr_array_new();

        for (guint j = 0; values[j] != NULL; j++)
            g_ptr_array_add(sorted, (gpointer)values[j]);
        g_ptr_array_sort(sorted, compare_texts);
        for (guint j = 0; j < sorted->len; j++)
            if (j == 0 || strcmp(sorted->pdata[j - 1], sorted->pdata[j]) != 0)
                g_string_append_printf(out, "%s ", (char *)sorted->pdata[j]);
        g_string_append(out, "/ ");
    }
    return g_string_free(out, FALSE);
}

static guint32
add_node(Way *way, guint32 mailbox, const char *address, TamisMessage *message)
{
    g_autofree char *marks = describe_marks(message);
    Node *node;

    for (guint32 i = 0; i < way->n_nodes; i++)
        if (way->nodes[i].mailbox == mailbox && strcmp(way->nodes[i].address, address) == 0 &&
            strcmp(way->nodes[i].marks, marks) == 0)
            return i;
    g_assert_cmpuint(way->n_nodes, <, MAX_NODES);
    node = &way->nodes[way->n_nodes];
    *node =
        (Node){mailbox, g_strdup(address), g_steal_pointer(&marks), tamis_message_copy(message)};
    node->n_hops = -1;
    return way->n_nodes++;
}

static void
send(Way *way, Node *node, guint turn, const char *address, TamisMessage *message)
{
    g_autoptr(GArray) stops = tamis_site_resolve(way->world->site, address);

    for (guint i = 0; i < stops->len; i++) {
        const TamisSiteStop *stop = &g_array_index(stops, TamisSiteStop, i);
        guint32 next;

        if (stop->mailbox == TAMIS_NO_INDEX) {
            node->n_leaving[turn]++;
            continue;
        }
        next = add_node(way, stop->mailbox, stop->address, message);
        g_array_append_val(node->next[turn], next);
    }
}

typedef struct {
    guint n_targets, n_rejects, n_replies, n_beside;
    gboolean is_saved;
} Deeds;

static void
note_deeds(Seen *seen, const Deeds *deeds)
{
    seen->n_targets = MAX(seen->n_targets, deeds->n_targets);
    seen->rejects |= deeds->n_rejects > 1 || (deeds->n_rejects > 0 && deeds->n_beside > 0);
    seen->replies |= deeds->n_replies > 1;
    seen->loses |= !deeds->is_saved;
}

static void
count_deed(Deeds *deeds, const TamisFlowAction *action)
{
    deeds->n_targets += action->kind == TAMIS_FLOW_FORWARD;
    deeds->n_rejects += action->kind == TAMIS_FLOW_REJECT;
    deeds->n_replies += action->kind == TAMIS_FLOW_REPLY;
    deeds->n_beside += action->kind == TAMIS_FLOW_FORWARD || action->kind == TAMIS_FLOW_REPLY ||
                       (action->kind == TAMIS_FLOW_KEEP && !action->is_implicit);
    deeds->is_saved |= action->kind == TAMIS_FLOW_FORWARD || action->kind == TAMIS_FLOW_KEEP ||
                       action->kind == TAMIS_FLOW_REJECT || action->kind == TAMIS_FLOW_DISCARD;
}

static gboolean
has_turns(const World *world)
{
    return world->draw.has_one_of;
}

/* What the mailbox does at one turn. is_first: the message sets out here. */
static void
run(Way *way, guint32 index, guint turn, gboolean is_first)
{
    World *world = way->world;
    Node *node = &way->nodes[index];
    Seen *seen = &world->seen[node->mailbox];
    const TamisFlow *flow = tamis_site_get_flow(world->site, node->mailbox);
    TamisDelivery delivery = way->delivery;
    g_autoptr(TamisEvaluation) evaluation = NULL;
    Deeds deeds = {0};

    delivery.envelope_to = node->address;
    delivery.instant += seconds[turn];
    evaluation = tamis_evaluation_new(tamis_site_get_formulas(world->site), world->policy, flow,
                                      node->message, &delivery, tamis_site_get_zone(world->site),
                                      tamis_site_get_delimiter(world->site));
    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *action = &flow->actions[i];

        if (!tamis_evaluation_holds(evaluation, action->guard))
            continue;
        count_deed(&deeds, action);
        if (action->kind == TAMIS_FLOW_FORWARD)
            send(way, node, turn,
                 tamis_strings_get(tamis_formulas_get_strings(tamis_site_get_formulas(world->site)),
                                   action->text),
                 tamis_evaluation_message(evaluation, action->version));
    }
    if (!is_first)
        return;
    note_deeds(seen, &deeds);
    for (guint32 i = 0; i < flow->n_routes; i++)
        seen->routes |= (guint32)tamis_evaluation_holds(evaluation, flow->routes[i].guard)
                        << MIN(i, 31);
    for (guint32 i = 0; i < flow->n_places; i++)
        seen->places |= (guint32)tamis_evaluation_holds(evaluation, flow->places[i].guard)
                        << MIN(i, 31);
}

/* Follows the message from its first stops, of which there are n_first, wherever it can go. */
static void
follow(Way *way, guint n_first)
{
    for (guint32 i = 0; i < way->n_nodes; i++) {
        for (guint turn = 0; turn < N_TURNS; turn++)
            way->nodes[i].next[turn] = g_array_new(FALSE, FALSE, sizeof(guint32));
        for (guint turn = 0; turn < (has_turns(way->world) ? N_TURNS : 1); turn++)
            run(way, i, turn, i < n_first);
    }
    for (guint32 i = 0; i < way->n_nodes; i++) {
        memset(way->reaches[i], 0, way->n_nodes);
        for (guint turn = 0; turn < N_TURNS; turn++)
            for (guint j = 0; j < way->nodes[i].next[turn]->len; j++)
                way->reaches[i][g_array_index(way->nodes[i].next[turn], guint32, j)] = TRUE;
    }
    for (guint32 k = 0; k < way->n_nodes; k++)
        for (guint32 i = 0; i < way->n_nodes; i++)
            for (guint32 j = 0; way->reaches[i][k] && j < way->n_nodes; j++)
                way->reaches[i][j] |= way->reaches[k][j];
}

static void
clear_way(Way *way)
{
    for (guint32 i = 0; i < way->n_nodes; i++) {
        g_free(way->nodes[i].address);
        g_free(way->nodes[i].marks);
        tamis_message_free(way->nodes[i].message);
        for (guint turn = 0; turn < N_TURNS; turn++)
            g_array_unref(way->nodes[i].next[turn]);
    }
    way->n_nodes = 0;
}

/* Whether this message can come to the mailbox of the other. */
static gboolean
leads_back(const Way *way, guint32 from, guint32 mailbox)
{
    for (guint32 i = 0; i < way->n_nodes; i++)
        if ((i == from || way->reaches[from][i]) && way->nodes[i].mailbox == mailbox)
            return TRUE;
    return FALSE;
}

/* Whether at some turn it goes nowhere that leads back: whatever the conditions, or as they are for this message. */
static gboolean
may_stay(const Way *way, const Node *node, gboolean whatever)
{
    for (guint turn = 0; turn < (has_turns(way->world) ? N_TURNS : 1); turn++) {
        gboolean goes_on = FALSE;

        for (guint j = 0; j < node->next[turn]->len; j++) {
            guint32 next = g_array_index(node->next[turn], guint32, j);

            goes_on |= whatever ? hang_together(way->world, way->nodes[next].mailbox, node->mailbox)
                                : leads_back(way, next, node->mailbox);
        }
        if (!goes_on)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_back_for_good(const Way *way, guint32 from, gboolean whatever)
{
    for (guint32 i = 0; i < way->n_nodes; i++)
        if (way->reaches[from][i] && way->nodes[i].mailbox == way->nodes[from].mailbox &&
            may_stay(way, &way->nodes[i], whatever))
            return TRUE;
    return FALSE;
}

static void
measure(Way *way, guint32 index)
{
    Node *node = &way->nodes[index];
    gint64 n_hops = 0, n_copies = 1, n_new_copies = 1;

    if (node->n_hops >= 0)
        return;
    for (guint turn = 0; turn < N_TURNS; turn++) {
        gint64 hops = node->n_leaving[turn] > 0, copies = 1 + node->n_leaving[turn];
        gint64 new_copies = copies;

        for (guint j = 0; j < node->next[turn]->len; j++) {
            guint32 next = g_array_index(node->next[turn], guint32, j);
            const Node *at = &way->nodes[next];

            measure(way, next);
            hops = MAX(hops, 1 + at->n_hops);
            copies += at->n_copies;
            new_copies += way->world->is_told_of_copies >> at->mailbox & 1 ? 1 : at->n_new_copies;
        }
        n_hops = MAX(n_hops, hops);
        n_copies = MAX(n_copies, copies);
        n_new_copies = MAX(n_new_copies, new_copies);
    }
    node->n_hops = n_hops;
    node->n_copies = n_copies;
    node->n_new_copies = n_new_copies;
}

/* From the first stops, which the address leads to. */
static void
note_way(Way *way, guint n_first)
{
    gboolean any_round = FALSE;

    for (guint32 i = 0; i < way->n_nodes; i++)
        any_round |= way->reaches[i][i];
    for (guint32 i = 0; i < n_first; i++) {
        Seen *seen = &way->world->seen[way->nodes[i].mailbox];

        for (guint32 j = 0; j < way->n_nodes; j++)
            way->world->seen[way->nodes[j].mailbox].goes_round |= way->reaches[j][j];
        seen->returns |= is_back_for_good(way, i, TRUE);
        if (any_round)
            continue;
        measure(way, i);
        seen->n_hops = MAX(seen->n_hops, (guint)way->nodes[i].n_hops);
        seen->n_copies = MAX(seen->n_copies, (guint)way->nodes[i].n_copies);
        seen->n_new_copies = MAX(seen->n_new_copies, (guint)way->nodes[i].n_new_copies);
    }
}

static void
try_message(Way *way, TamisMessage *message, const char *address)
{
    g_autoptr(GArray) stops = tamis_site_resolve(way->world->site, address);

    for (guint i = 0; i < stops->len; i++) {
        const TamisSiteStop *stop = &g_array_index(stops, TamisSiteStop, i);

        g_assert_cmpuint(stop->mailbox, !=, TAMIS_NO_INDEX);
        add_node(way, stop->mailbox, stop->address, message);
    }
    follow(way, way->n_nodes);
}

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

static TamisMessage *
message_of(const TamisFindingWitness *witness)
{
    TamisMessage *message = tamis_message_new();

    for (guint i = 0; i < witness->n_headers; i++)
        tamis_message_append_header(message, witness->headers[2 * i], witness->headers[2 * i + 1]);
    if (witness->body != NULL)
        tamis_message_set_body(message, witness->body);
    tamis_message_set_size(message, witness->size_bytes);
    return message;
}

/* The finding's message, sent wherever it can go; what it does at its first stop is seen in the mailbox of `alone`. */
static void
replay(Way *way, World *alone, const TamisDiagnostic *diagnostic)
{
    const TamisFindingWitness *witness = diagnostic->witness;
    g_autoptr(TamisMessage) message = message_of(witness);

    memset(alone->seen, 0, sizeof alone->seen);
    way->world = alone;
    way->delivery =
        (TamisDelivery){witness->envelope_from,
                        NULL,
                        witness->instant - (has_turns(alone) ? witness->instant % 60 : 0),
                        {witness->spam_score, witness->has_spam_percent, witness->spam_percent,
                         witness->virus_score}};
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

/* Both ways. */
static void
expect(const World *world, TamisRule rule, guint32 mailbox, gboolean is_seen)
{
    const TamisDiagnostic *finding = find_finding(world, rule, mailbox, FALSE);

    if (is_seen == (finding != NULL))
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
    if (finding != NULL && number_behind(finding->message, words) != seen)
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

static gboolean
is_said_of_place(const World *world, guint32 mailbox, const TamisFlowPlace *place)
{
    for (guint i = 0; i < tamis_report_count(world->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(world->report, i);

        if ((at->rule == TAMIS_RULE_DEAD_ROUTE || at->rule == TAMIS_RULE_EMPTY_WINDOW) &&
            mailbox_of(world, at) == mailbox && at->span.offset <= place->span.offset)
            return TRUE;
    }
    return FALSE;
}

/* Of commands in one dead block the first is told. */
static void
check_places(const World *world, guint32 mailbox)
{
    const TamisFlow *flow = tamis_site_get_flow(world->site, mailbox);

    g_assert_cmpuint(flow->n_places, <, 32);
    for (guint i = 0; i < tamis_report_count(world->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(world->report, i);

        if (at->rule != TAMIS_RULE_DEAD_ROUTE || mailbox_of(world, at) != mailbox)
            continue;
        for (guint32 j = 0; j < flow->n_places; j++)
            if (flow->places[j].span.offset == at->span.offset &&
                world->seen[mailbox].places >> j & 1)
                fail(world, at, "a message reaches it", mailbox);
    }
    for (guint32 j = 0; j < flow->n_places; j++)
        if (!(world->seen[mailbox].places >> j & 1) &&
            !is_said_of_place(world, mailbox, &flow->places[j]))
            fail(world, NULL, "no message reaches a command", mailbox);
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
    gboolean any_round = FALSE;

    for (guint32 i = 0; i < world->draw.n_boxes; i++)
        any_round |=
            world->seen[i].goes_round && (i == mailbox || hang_together(world, i, mailbox));
    if (any_round != (find_finding(world, TAMIS_RULE_FORWARD_LOOP, mailbox, TRUE) != NULL))
        fail(world, find_finding(world, TAMIS_RULE_FORWARD_LOOP, mailbox, TRUE),
             any_round ? "a message goes round" : "no message goes round", mailbox);
    if (!any_round && world->seen[mailbox].returns &&
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
        check_places(world, mailbox);
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
    tamis_site_free(world.site);
    tamis_policy_free(world.policy);
    tamis_server_free(world.server);
    tamis_report_free(world.report);
    tamis_sources_free(world.sources);
    g_free(world.text);
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
    guint64 n = from_environment("TAMIS_SITES", N_SITES);

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
