/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bounds, summed up from the ends of the chains. */
#include "lint/reach.h"

guint32 *
tamis_mail_depths(TamisMail *mail)
{
    const TamisGraph *graph = tamis_mail_get_graph(mail);
    g_autoptr(TamisComponents) components = tamis_graph_components(graph);
    guint32 *depths = g_new0(guint32, MAX(tamis_graph_n_nodes(graph), 1));

    for (guint32 i = 0; i < tamis_graph_n_nodes(graph); i++) {
        guint32 node = components->order[i];
        guint32 step = tamis_mail_get(mail, node)->kind != TAMIS_PLACE_ALIAS;
        guint32 deepest = tamis_mail_n_leaving(mail, node) > 0 ? step : 0;

        for (guint32 e = tamis_graph_first(graph, node); e < tamis_graph_end(graph, node); e++) {
            guint32 depth = depths[tamis_graph_to(graph, e)];

            deepest = MAX(deepest, depth == TAMIS_ENDLESS ? depth : depth + step);
        }
        depths[node] = components->of[node] != TAMIS_NO_COMPONENT ? TAMIS_ENDLESS : deepest;
    }
    return depths;
}

static int
compare_depths(gconstpointer a, gconstpointer b, gpointer data)
{
    guint32 i = *(const guint32 *)a, j = *(const guint32 *)b;
    const guint32 *depths = data;

    if (depths[i] != depths[j])
        return depths[i] > depths[j] ? -1 : 1;
    return (i > j) - (i < j);
}

guint32 *
tamis_order_by_depth(const guint32 *depths, guint32 n_mailboxes)
{
    guint32 *order = g_new(guint32, MAX(n_mailboxes, 1));

    for (guint32 i = 0; i < n_mailboxes; i++)
        order[i] = i;
    g_qsort_with_data(order, (gint)n_mailboxes, sizeof *order, compare_depths, (gpointer)depths);
    return order;
}

guint64 *
tamis_mail_sizes(TamisMail *mail)
{
    const TamisGraph *graph = tamis_mail_get_graph(mail);
    g_autoptr(TamisComponents) components = tamis_graph_components(graph);
    guint64 *sizes = g_new0(guint64, MAX(tamis_graph_n_nodes(graph), 1));

    for (guint32 i = 0; i < tamis_graph_n_nodes(graph); i++) {
        guint32 node = components->order[i];
        guint64 sum = tamis_mail_n_leaving(mail, node) +
                      (tamis_mail_get(mail, node)->kind != TAMIS_PLACE_ALIAS);

        for (guint32 e = tamis_graph_first(graph, node); e < tamis_graph_end(graph, node); e++) {
            guint64 size = sizes[tamis_graph_to(graph, e)];

            sum = size > G_MAXUINT64 - sum ? G_MAXUINT64 : sum + size;
        }
        sizes[node] = components->of[node] != TAMIS_NO_COMPONENT ? G_MAXUINT64 : sum;
    }
    return sizes;
}
