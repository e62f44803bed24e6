/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What looks behind has to know how far: each of its branches has one length, and each group in them one for all of its
 * branches. */
#include "grammar/sieve/regex-pcre.h"

enum { NO_LENGTH = -1 };

/* Items that PCRE looks at, some half a second: calls of groups that call others multiply them, and it remembers none.
 * Here each group is measured once. */
enum { MAX_STEPS = 100000000 };

typedef struct {
    TamisPcre *pcre;
    guint64 n_steps; /* that PCRE would have taken */
} Measure;

static gint64 measure_group(Measure *measure, guint32 group);

static guint32
find_called(const TamisPcre *pcre, const TamisPcreNode *call)
{
    guint32 number = call->number;

    if (call->name != NULL)
        number = tamis_pcre_find_name(pcre, call->name, call->name_length)->number;
    return tamis_pcre_find_group(pcre, number);
}

/* Of a group that it does not stand in. */
static gint64
measure_call(Measure *measure, guint32 call)
{
    guint32 group = find_called(measure->pcre, TAMIS_PCRE_NODE(measure->pcre, call));

    return group == TAMIS_PCRE_NO_NODE ||
                   (group < call && call < TAMIS_PCRE_NODE(measure->pcre, group)->end)
               ? NO_LENGTH
               : measure_group(measure, group);
}

static gint64
measure_item(Measure *measure, guint32 index)
{
    const TamisPcreNode *node = TAMIS_PCRE_NODE(measure->pcre, index);
    gint64 once = NO_LENGTH;

    if (node->kind == TAMIS_PCRE_UNIT && node->least == node->most && node->least != 1)
        return node->least;
    if (node->least != node->most || (node->most == 0 && !node->is_simple))
        return NO_LENGTH;
    switch (node->kind) {
    case TAMIS_PCRE_CHARACTER:
        once = 1;
        break;
    case TAMIS_PCRE_NOTHING:
    case TAMIS_PCRE_ASSERTION:
        once = 0;
        break;
    case TAMIS_PCRE_GROUP:
        once = measure_group(measure, index);
        break;
    case TAMIS_PCRE_CALL:
        once = measure_call(measure, index);
        break;
    default:
        break;
    }
    return once == NO_LENGTH ? NO_LENGTH : once * node->least;
}

static gint64
measure_branch(Measure *measure, guint32 branch)
{
    gint64 length = 0;

    for (guint32 item = TAMIS_PCRE_NODE(measure->pcre, branch)->first; item != TAMIS_PCRE_NO_NODE;
         item = TAMIS_PCRE_NODE(measure->pcre, item)->next) {
        if (TAMIS_PCRE_NODE(measure->pcre, item)->kind == TAMIS_PCRE_ACCEPT)
            return length;
        gint64 one = measure_item(measure, item);
        if (one == NO_LENGTH || ++measure->n_steps > MAX_STEPS || length > G_MAXINT32)
            return NO_LENGTH;
        length += one;
    }
    return length;
}

/* NO_LENGTH, too, where its branches have different ones, or it calls itself. Whatever asked has none then either, so
 * that only lengths are remembered. */
static gint64
measure_group(Measure *measure, guint32 group)
{
    TamisPcreNode *node = TAMIS_PCRE_NODE(measure->pcre, group);
    guint64 n_before = measure->n_steps;
    gint64 length = NO_LENGTH;

    if (node->is_counted)
        return NO_LENGTH;
    if (node->n_steps > 0) {
        measure->n_steps += node->n_steps;
        return node->length;
    }
    node->is_counted = TRUE;
    for (guint32 branch = node->first; branch != TAMIS_PCRE_NO_NODE;
         branch = TAMIS_PCRE_NODE(measure->pcre, branch)->next) {
        gint64 one = measure_branch(measure, branch);
        if (one == NO_LENGTH || (length != NO_LENGTH && one != length)) {
            length = NO_LENGTH;
            break;
        }
        length = one;
    }
    node->is_counted = FALSE;
    node->length = length;
    node->n_steps = length != NO_LENGTH ? measure->n_steps - n_before : 0;
    return length;
}

gboolean
tamis_pcre_check_behind(TamisPcre *pcre)
{
    Measure measure = {.pcre = pcre};

    for (guint i = 0; i < pcre->behind->len; i++) {
        guint32 group = g_array_index(pcre->behind, guint32, i);
        for (guint32 branch = TAMIS_PCRE_NODE(pcre, group)->first; branch != TAMIS_PCRE_NO_NODE;
             branch = TAMIS_PCRE_NODE(pcre, branch)->next) {
            gboolean has_length = measure_branch(&measure, branch) != NO_LENGTH;
            if (measure.n_steps > MAX_STEPS) {
                pcre->is_explosive = TRUE;
                return tamis_pcre_fail(pcre, "the calls of groups in what looks behind multiply",
                                       "write what '(?<=' and '(?<!' look for without calls");
            }
            if (!has_length)
                return tamis_pcre_fail(pcre, "what looks behind has no fixed length",
                                       "write all that '(?<=' and '(?<!' look for in one length, "
                                       "without '*', '+', '?' and '{1,2}'");
        }
    }
    return TRUE;
}
