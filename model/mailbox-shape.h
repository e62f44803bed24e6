/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which mailboxes of a policy do the same, but for whom and in which words: the rows of a table, mostly.
 * What does not depend on names is then worked out once for all of a shape. */
#pragma once

#include "model/policy.h"

/* Mailboxes have one shape when they have the same routes, in the same order, of the same name, window,
 * condition and actions, the same limits, and as many aliases. The mailbox's own addresses may differ
 * unless a condition asks whom the server was given; so may the targets of plain forwards, where the same
 * ones are equal among themselves; and what is said in replies and rejections. */
typedef struct TamisShapes TamisShapes;

/* Linear in the policy, which is lent. */
TAMIS_API TamisShapes *tamis_shapes_new(const TamisPolicy *policy);
TAMIS_API void tamis_shapes_free(TamisShapes *shapes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisShapes, tamis_shapes_free)

/* All of these may be asked by any number of threads. Shapes are numbered from 0, as they are met. */
TAMIS_API guint32 tamis_shapes_count(const TamisShapes *shapes);
TAMIS_API guint32 tamis_shapes_get(const TamisShapes *shapes, guint32 mailbox);
/* The first mailbox that has it, and how many do. */
TAMIS_API guint32 tamis_shapes_first(const TamisShapes *shapes, guint32 shape);
TAMIS_API guint32 tamis_shapes_n_mailboxes(const TamisShapes *shapes, guint32 shape);
