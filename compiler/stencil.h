/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The script of a shape (model/mailbox-shape.h), printed once, with a gap for each string in which its mailboxes
 * differ. What comes out is what lowering and printing the mailbox makes. */
#pragma once

#include "compiler/lower.h"

typedef struct TamisStencil TamisStencil;

/* From one mailbox. NULL when others of its shape have to be lowered for themselves: their layout or what is
 * found wrong with them may differ. Lends context, as long as the stencil lives. */
TamisStencil *tamis_stencil_new(const TamisLowerContext *context, guint32 mailbox);
void tamis_stencil_free(TamisStencil *stencil);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisStencil, tamis_stencil_free)

/* What all scripts of the shape are. Lent. */
const TamisLowered *tamis_stencil_get_lowered(const TamisStencil *stencil);
/* Appends the script of a mailbox of the shape. FALSE: it has to be lowered. In any number of threads. */
gboolean tamis_stencil_fill(const TamisStencil *stencil, guint32 mailbox, GString *script);
