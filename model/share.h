/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `one of`: which member of a list a message gets, by its second of arrival. The one definition:
 * lowering, explaining and proving use it. */
#pragma once

#include "base/api.h"

/* Lists up to 60 that divide 60 are parted by the second of the minute, others up to 3600 by minute
 * and second of the hour, longer ones by the second of the day (UTC). */
typedef enum {
    TAMIS_SHARE_SECOND, /* period 60 */
    TAMIS_SHARE_HOUR,   /* period 3600 */
    TAMIS_SHARE_DAY,    /* period 86400 */
} TamisShareKind;

#define TAMIS_SHARE_MAX 86400

TAMIS_API TamisShareKind tamis_share_kind(guint32 n_members);
TAMIS_API guint32 tamis_share_period_s(guint32 n_members);
/* The first second of the period that is member's: members own [start(i), start(i + 1)), whose
 * lengths differ by one second at most. member may be n_members: the period. */
TAMIS_API guint32 tamis_share_start_s(guint32 n_members, guint32 member);
/* Who gets a message that arrives at this instant (seconds since the epoch, UTC). */
TAMIS_API guint32 tamis_share_member_at(guint32 n_members, gint64 instant);
