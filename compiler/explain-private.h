/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of explaining share. Not installed. */
#pragma once

#include "compiler/explain.h"

TamisSite *tamis_explanation_get_site(const TamisExplanation *explanation);
/* Takes out of the step's actions what its server does not do again, since an earlier of the steps (of
 * TamisDeliveryStep) did it with the same message, known by its Message-ID, or since it was forwarded from this address before, as
 * a field of the message says. What Pigeonhole then keeps is what a filter has made of it. TRUE: something was taken
 * out. */
gboolean
tamis_explain_leave_out(const GPtrArray *steps, TamisDeliveryStep *step, const TamisSite *site);
/* Whether it is rejected, and its sender is not told: it is gone. */
gboolean tamis_explain_is_unanswered(const TamisDeliveryStep *step, guint8 engine);
/* What the run of these actions (of TamisFlowAction, in order) fails with. says_error: its script calls `error`. */
TamisFailure tamis_explain_find_failure(const TamisSite *site, guint32 mailbox,
                                        const GPtrArray *actions, gboolean says_error);
