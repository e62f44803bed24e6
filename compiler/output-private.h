/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What makes an output: the compiler calls these, in this order. */
#pragma once

#include "compiler/output.h"

typedef struct {
    /* Scripts will come from n_workers threads, by way of n_slots batches. policy is lent until
     * free. */
    gboolean (*begin)(TamisOutput *output, const TamisPolicy *policy, guint n_workers,
                      guint n_slots, GError **error);
    /* In any thread; worker is its number, slot that of the batch. */
    gboolean (*put)(TamisOutput *output, guint worker, guint slot, const TamisScript *script,
                    GError **error);
    /* A batch is complete; one at a time and in order. NULL: nothing to do. */
    gboolean (*hand_on)(TamisOutput *output, guint slot, GError **error);
    /* The manifest is complete. */
    gboolean (*commit)(TamisOutput *output, TamisOutputResult *result, GError **error);
    void (*free)(TamisOutput *output);
} TamisOutputClass;

/* First member of every output. */
struct TamisOutput {
    const TamisOutputClass *class;
    TamisLayout *layout;           /* owned */
    TamisManifestWriter *manifest; /* owned, from begin on */
    TamisManifestChange manifest_change;
    TamisNeeds needs; /* of all scripts */
    gboolean keeps_as_of;
    gboolean is_complete;
};
