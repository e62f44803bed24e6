/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a flow does with one message: guards and atoms as true or false, then the actions that
 * apply. */
#pragma once

#include "model/flow.h"
#include "model/message.h"

typedef struct TamisEvaluation TamisEvaluation;

/* Lends all but delivery, whose strings it lends. policy may be NULL (a script); zone: the server's own, for dates without one.
 * delimiter parts an address's detail. Keeps what it works out: one evaluation a message and flow.
 */
TAMIS_API TamisEvaluation *
tamis_evaluation_new(const TamisFormulas *formulas, const TamisPolicy *policy,
                     const TamisFlow *flow, TamisMessage *message, const TamisDelivery *delivery,
                     const TamisZone *zone, const char *delimiter);
TAMIS_API void tamis_evaluation_free(TamisEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisEvaluation, tamis_evaluation_free)

/* An opaque atom counts as false. */
TAMIS_API gboolean tamis_evaluation_holds(TamisEvaluation *evaluation, TamisFormula formula);
/* Whether the value is the same whatever opaque atoms are, and whatever a filter makes of the message. */
TAMIS_API gboolean tamis_evaluation_is_certain(TamisEvaluation *evaluation, TamisFormula formula);
/* Whether any value that was asked for is not certain. */
TAMIS_API gboolean tamis_evaluation_leaned_on_opaque(const TamisEvaluation *evaluation);
/* Takes the formula for true or false from now on, whatever it says: what was chosen for an opaque
 * atom, or for a share at a later hop. */
TAMIS_API void
tamis_evaluation_assume(TamisEvaluation *evaluation, TamisFormula formula, gboolean holds);
/* The message of that version: as it arrived, or changed by what holds. Lent. */
TAMIS_API TamisMessage *tamis_evaluation_message(TamisEvaluation *evaluation, guint32 version);
