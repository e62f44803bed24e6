/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One star back is enough: a later star makes the choices of an earlier one final. So what may be looked at again is no
 * longer than what stands behind that star in the glob. */
#include "model/glob-run.h"

#include "base/bytes.h"
#include "model/compare.h"

static inline char
fold(char c, gboolean casemap)
{
    return casemap ? tamis_byte_lower(c) : c;
}

void
tamis_glob_run_init(TamisGlobRun *run, const char *glob, gsize length, gboolean casemap)
{
    *run = (TamisGlobRun){.glob = glob, .length = length, .star = G_MAXSIZE, .casemap = casemap};
}

void
tamis_glob_run_restart(TamisGlobRun *run)
{
    if (run->held != NULL)
        g_string_truncate(run->held, 0);
    run->at = run->n_met = 0;
    run->star = G_MAXSIZE;
    run->state = TAMIS_GLOB_OPEN;
}

void
tamis_glob_run_clear(TamisGlobRun *run)
{
    if (run->held != NULL)
        g_string_free(run->held, TRUE);
    run->held = NULL;
}

/* The octet at the place of the glob against one of the value. FALSE: it is not met. */
static inline gboolean
meet(TamisGlobRun *run, char c)
{
    gboolean is_escaped;
    char wanted;

    if (run->at == run->length)
        return FALSE;
    is_escaped = run->glob[run->at] == '\\' && run->at + 1 < run->length;
    wanted = run->glob[run->at + is_escaped];
    if ((is_escaped || wanted != '?') && fold(wanted, run->casemap) != fold(c, run->casemap))
        return FALSE;
    run->at += is_escaped ? 2 : 1;
    return TRUE;
}

/* Runs over the value, of which n_met octets are met already. Returns where what is to be held begins. */
static gsize
run_over(TamisGlobRun *run, const char *value, gsize length)
{
    gsize v = run->n_met, resume = 0;

    while (v < length) {
        if (run->at < run->length && run->glob[run->at] == '*') {
            run->star = ++run->at;
            resume = v;
            if (run->star == run->length) {
                run->state = TAMIS_GLOB_MATCHED;
                return length;
            }
        } else if (meet(run, value[v])) {
            v++;
        } else if (run->star == G_MAXSIZE) {
            run->state = TAMIS_GLOB_FAILED;
            return length;
        } else {
            run->at = run->star;
            v = ++resume;
        }
    }
    resume = run->star == G_MAXSIZE ? v : resume;
    run->n_met = length - resume;
    return resume;
}

void
tamis_glob_run_step(TamisGlobRun *run, const char *value, gsize length)
{
    gsize n;

    if (run->state != TAMIS_GLOB_OPEN)
        return;
    if (run->held == NULL)
        run->held = g_string_new(NULL);
    if (run->held->len > 0) {
        g_string_append_len(run->held, value, (gssize)length);
        n = run_over(run, run->held->str, run->held->len);
        g_string_erase(run->held, 0, (gssize)n);
    } else {
        n = run_over(run, value, length);
        g_string_append_len(run->held, value + n, (gssize)(length - n));
    }
}

gboolean
tamis_glob_run_finish(TamisGlobRun *run)
{
    if (run->state != TAMIS_GLOB_OPEN)
        return run->state == TAMIS_GLOB_MATCHED;
    while (run->at < run->length && run->glob[run->at] == '*')
        run->at++;
    return run->at == run->length;
}

gboolean
tamis_glob_matches(const char *glob, gsize glob_length, const char *value, gsize value_length,
                   gboolean casemap)
{
    TamisGlobRun run;

    tamis_glob_run_init(&run, glob, glob_length, casemap);
    run_over(&run, value, value_length);
    return tamis_glob_run_finish(&run);
}
