/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The partition of time behind `one of`. */
#include "model/share.h"

TamisShareKind
tamis_share_kind(guint32 n_members)
{
    g_assert(n_members >= 1 && n_members <= TAMIS_SHARE_MAX);
    if (n_members <= 60 && 60 % n_members == 0)
        return TAMIS_SHARE_SECOND;
    return n_members <= 3600 ? TAMIS_SHARE_HOUR : TAMIS_SHARE_DAY;
}

guint32
tamis_share_period_s(guint32 n_members)
{
    static const guint32 periods_s[] = {
        [TAMIS_SHARE_SECOND] = 60,
        [TAMIS_SHARE_HOUR] = 3600,
        [TAMIS_SHARE_DAY] = 86400,
    };

    return periods_s[tamis_share_kind(n_members)];
}

guint32
tamis_share_start_s(guint32 n_members, guint32 member)
{
    g_assert(member <= n_members);
    return (guint32)((guint64)member * tamis_share_period_s(n_members) / n_members);
}

guint32
tamis_share_member_at(guint32 n_members, gint64 instant)
{
    gint64 period_s = tamis_share_period_s(n_members);
    gint64 second = ((instant % period_s) + period_s) % period_s;

    /* The last member whose start, rounded down, is not after the second. */
    return (guint32)(((second + 1) * n_members - 1) / period_s);
}
