/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws the bar in one line, which a carriage return takes back. */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define QUIET_US  G_USEC_PER_SEC
#define REDRAW_US (G_USEC_PER_SEC / 10)
#define BAR_CELLS 30

struct TamisProgress {
    const char *what;
    gboolean is_shown; /* ever to be */
    gboolean is_drawn;
    gint64 next_us; /* not to be drawn before */
};

TamisProgress *
tamis_progress_new(const char *what, gboolean quiet)
{
    TamisProgress *progress = g_new0(TamisProgress, 1);

    progress->what = what;
    progress->is_shown =
        !quiet && isatty(STDERR_FILENO) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
    progress->next_us = g_get_monotonic_time() + QUIET_US;
    return progress;
}

static void
draw(const char *text)
{
    /* Where nobody can be told, nobody misses it. */
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return;
}

void
tamis_progress_update(TamisProgress *progress, guint32 n_done, guint32 n_all)
{
    char bar[BAR_CELLS + 1] = "";
    g_autofree char *line = NULL;
    gint64 now_us;
    guint n_cells;

    if (!progress->is_shown || n_all == 0)
        return;
    now_us = g_get_monotonic_time();
    if (now_us < progress->next_us)
        return;
    progress->next_us = now_us + REDRAW_US;
    n_cells = (guint)((guint64)n_done * BAR_CELLS / n_all);
    memset(bar, '#', n_cells);
    memset(bar + n_cells, '.', BAR_CELLS - n_cells);
    line = g_strdup_printf("\r%s [%s] %u of %u\033[K", progress->what, bar, n_done, n_all);
    draw(line);
    progress->is_drawn = TRUE;
}

void
tamis_progress_free(TamisProgress *progress)
{
    if (progress == NULL)
        return;
    if (progress->is_drawn)
        draw("\r\033[K");
    g_free(progress);
}
