/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the engines' files, judge-*.c, share; for nobody else. */
#pragma once

#include "cli/engine/child.h"
#include "cli/engine/judge.h"
#include "cli/engine/kind.h"
#include "cli/interruption.h"

#include <gio/gio.h>

/* An engine that can be asked. */
typedef struct {
    TamisEngineKind base; /* first: one is the other */
    /* Finds it: fills title, program or library. */
    gboolean (*open)(TamisJudge *judge, GError **error);
    /* Fills the configuration, in the folder, which is there now; or NULL. */
    gboolean (*prepare)(TamisJudge *judge, GError **error);
    /* Fills the opinions, which are there, accepted and without remarks. */
    gboolean (*ask)(TamisJudge *judge, const TamisJudgeScript *scripts, guint n_scripts,
                    TamisOpinion *const *opinions, GError **error);
} TamisJudgeKind;

extern const TamisJudgeKind tamis_judge_sievec;
extern const TamisJudgeKind tamis_judge_cyrus_sievec;
extern const TamisJudgeKind tamis_judge_libsieve;

struct TamisJudge {
    const TamisJudgeKind *kind;
    TamisJudgeOptions options;
    char *title;
    char *program;
    gpointer library;    /* of dlopen */
    char *folder;        /* of its own, while it is asked */
    char *configuration; /* a file in it */
};

/* What no sane script makes an engine need. */
#define TAMIS_JUDGE_WALL_MS      20000
#define TAMIS_JUDGE_CPU_S        15
#define TAMIS_JUDGE_MEMORY_BYTES ((guint64)1 << 30)
#define TAMIS_JUDGE_FILE_BYTES   ((guint64)64 << 20)
#define TAMIS_JUDGE_OUTPUT_BYTES ((gsize)4 << 20)
/* More remarks about one script are not kept. */
#define TAMIS_JUDGE_MAX_REMARKS 100

/* The text of someone else, up to length bytes. */
void tamis_opinion_remark(TamisOpinion *opinion, guint line, gboolean is_error, const char *text,
                          gsize length);
/* The engine did not survive the script. */
void
tamis_opinion_fail(TamisOpinion *opinion, const TamisChildEnd *end, const TamisChildPlan *plan);
/* Writes a script as FOLDER/NAME. */
gboolean tamis_judge_write(const char *folder, const char *name, const TamisJudgeScript *script,
                           char **out_path, GError **error);
/* Calls for each line of the text. */
void
tamis_judge_each_line(const GString *text,
                      void (*each)(const char *line, gsize length, gpointer data), gpointer data);
/* "line 12: rest" at the start of a text: the number, and where the rest begins; else 0 and the text itself. */
guint tamis_judge_read_line_number(const char *text, gsize length, const char **out_rest);
