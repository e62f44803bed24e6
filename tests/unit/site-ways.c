/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A message is sent on until nothing new is met: one that comes twice to a mailbox with the same marks goes round. */
#include "site-ways.h"

#include "model/evaluate.h"

#include <string.h>

/* Seconds of a minute, one for each turn. */
static const guint seconds[N_TURNS] = {0, 20, 30, 40};

void
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

gboolean
hang_together(const World *world, guint32 a, guint32 b)
{
    return world->leads[a][b] && world->leads[b][a];
}

/* What a message does ---------------------------------------------------------------------------- */

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

gboolean
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
        seen->places |= (guint64)tamis_evaluation_holds(evaluation, flow->places[i].guard)
                        << MIN(i, MAX_PLACES);
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

void
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

gboolean
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
void
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

void
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
