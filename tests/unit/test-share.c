/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The partition of `one of`: whole, in order, even. */
#include "model/share.h"

static void
test_kinds(void)
{
    g_assert_cmpint(tamis_share_kind(1), ==, TAMIS_SHARE_SECOND);
    g_assert_cmpint(tamis_share_kind(2), ==, TAMIS_SHARE_SECOND);
    g_assert_cmpint(tamis_share_kind(20), ==, TAMIS_SHARE_SECOND);
    g_assert_cmpint(tamis_share_kind(60), ==, TAMIS_SHARE_SECOND);
    g_assert_cmpint(tamis_share_kind(7), ==, TAMIS_SHARE_HOUR);
    g_assert_cmpint(tamis_share_kind(61), ==, TAMIS_SHARE_HOUR);
    g_assert_cmpint(tamis_share_kind(3600), ==, TAMIS_SHARE_HOUR);
    g_assert_cmpint(tamis_share_kind(3601), ==, TAMIS_SHARE_DAY);
    g_assert_cmpuint(tamis_share_period_s(3), ==, 60);
    g_assert_cmpuint(tamis_share_period_s(8), ==, 3600);
    g_assert_cmpuint(tamis_share_period_s(86400), ==, 86400);
}

static void
check_partition(guint32 n_members)
{
    guint32 period_s = tamis_share_period_s(n_members), member = 0;

    g_assert_cmpuint(tamis_share_start_s(n_members, 0), ==, 0);
    g_assert_cmpuint(tamis_share_start_s(n_members, n_members), ==, period_s);
    for (guint32 i = 0; i < n_members; i++) {
        guint32 length_s =
            tamis_share_start_s(n_members, i + 1) - tamis_share_start_s(n_members, i);

        g_assert_cmpuint(length_s, >=, period_s / n_members);
        g_assert_cmpuint(length_s, <=, (period_s + n_members - 1) / n_members);
    }
    for (guint32 second = 0; second < period_s; second++) {
        if (second == tamis_share_start_s(n_members, member + 1))
            member++;
        if (tamis_share_member_at(n_members, second) != member ||
            tamis_share_member_at(n_members, (gint64)second - 5 * (gint64)period_s) != member)
            g_error("second %u of %u members", second, n_members);
    }
    g_assert_cmpuint(member, ==, n_members - 1);
}

static void
test_partition(void)
{
    static const guint32 large[] = {3599, 3600, 3601, 10000, 43200, 86399, 86400};

    for (guint32 n_members = 1; n_members <= 130; n_members++)
        check_partition(n_members);
    for (guint i = 0; i < G_N_ELEMENTS(large); i++)
        check_partition(large[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/share/kinds", test_kinds);
    g_test_add_func("/share/partition", test_partition);
    return g_test_run();
}
