/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the engines have in common: names, a folder to work in, and how what they say is kept. */
#include "cli/engine/judge.h"

#include "base/display.h"
#include "base/suggest.h"
#include "cli/engine/folder.h"
#include "cli/engine/judge-private.h"

#include <string.h>

static const TamisEngineKind *const kinds[] = {
    &tamis_judge_sievec.base,
    &tamis_judge_cyrus_sievec.base,
    &tamis_judge_libsieve.base,
};

const char *
tamis_judge_default_server(const char *name)
{
    const TamisEngineKind *kind = tamis_engine_kind_find(kinds, G_N_ELEMENTS(kinds), name);

    return kind != NULL ? kind->default_server : NULL;
}

const char *
tamis_judge_names(void)
{
    return "sievec, cyrus-sievec or libsieve";
}

/* Opening --------------------------------------------------------------------------------------- */

TamisJudge *
tamis_judge_open(const char *name, const TamisJudgeOptions *options, GError **error)
{
    const TamisEngineKind *kind = tamis_engine_kind_find(kinds, G_N_ELEMENTS(kinds), name);

    g_return_val_if_fail(kind != NULL, NULL);
    if (!tamis_engine_kind_fits(kind, options->server, error))
        return NULL;
    g_autoptr(TamisJudge) judge = g_new0(TamisJudge, 1);
    judge->kind = (const TamisJudgeKind *)kind;
    judge->options = *options;
    return judge->kind->open(judge, error) ? g_steal_pointer(&judge) : NULL;
}

void
tamis_judge_close(TamisJudge *judge)
{
    g_free(judge->title);
    g_free(judge->program);
    g_free(judge);
}

const char *
tamis_judge_title(const TamisJudge *judge)
{
    return judge->title;
}

gboolean
tamis_judge_write(const char *folder, const char *name, const TamisJudgeScript *script,
                  char **out_path, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (!g_file_set_contents_full(path, script->text, (gssize)script->length_bytes,
                                  G_FILE_SET_CONTENTS_NONE, 0644, error))
        return FALSE;
    *out_path = g_steal_pointer(&path);
    return TRUE;
}

/* Opinions -------------------------------------------------------------------------------------- */

static void
remark_free(gpointer data)
{
    TamisRemark *remark = data;

    g_free(remark->text);
    g_free(remark);
}

static void
opinion_free(gpointer data)
{
    TamisOpinion *opinion = data;

    g_free(opinion->failure);
    g_ptr_array_unref(opinion->remarks);
    g_free(opinion);
}

void
tamis_opinion_remark(TamisOpinion *opinion, guint line, gboolean is_error, const char *text,
                     gsize length)
{
    g_autoptr(GString) shown = g_string_new(NULL);

    if (opinion->remarks->len == TAMIS_JUDGE_MAX_REMARKS)
        return;
    while (length > 0 && g_ascii_isspace(text[length - 1]))
        length--;
    if (length > 0 && text[length - 1] == '.')
        length--;
    tamis_display_text(shown, text, (gssize)MIN(length, 1000));
    TamisRemark *remark = g_new0(TamisRemark, 1);
    *remark = (TamisRemark){line, is_error, g_string_free(g_steal_pointer(&shown), FALSE)};
    g_ptr_array_add(opinion->remarks, remark);
}

void
tamis_opinion_fail(TamisOpinion *opinion, const TamisChildEnd *end, const TamisChildPlan *plan)
{
    opinion->verdict = TAMIS_VERDICT_FAILED;
    g_free(opinion->failure);
    opinion->failure = tamis_child_end_describe(end, plan);
}

static gboolean
ask_in_folder(TamisJudge *judge, const TamisJudgeScript *scripts, guint n_scripts,
              TamisOpinion *const *opinions, GError **error)
{
    judge->folder = tamis_engine_folder_make(error);
    if (judge->folder == NULL)
        return FALSE;
    gboolean is_good = (judge->kind->prepare == NULL || judge->kind->prepare(judge, error)) &&
                       judge->kind->ask(judge, scripts, n_scripts, opinions, error);
    tamis_engine_folder_remove(judge->folder);
    g_clear_pointer(&judge->folder, g_free);
    g_clear_pointer(&judge->configuration, g_free);
    return is_good;
}

GPtrArray *
tamis_judge_ask(TamisJudge *judge, const TamisJudgeScript *scripts, guint n_scripts, GError **error)
{
    g_autoptr(GPtrArray) opinions = g_ptr_array_new_with_free_func(opinion_free);

    for (guint i = 0; i < n_scripts; i++) {
        TamisOpinion *opinion = g_new0(TamisOpinion, 1);
        opinion->remarks = g_ptr_array_new_with_free_func(remark_free);
        g_ptr_array_add(opinions, opinion);
    }
    if (n_scripts > 0 &&
        !ask_in_folder(judge, scripts, n_scripts, (TamisOpinion *const *)opinions->pdata, error))
        return NULL;
    return g_steal_pointer(&opinions);
}

/* Lines ----------------------------------------------------------------------------------------- */

void
tamis_judge_each_line(const GString *text,
                      void (*each)(const char *line, gsize length, gpointer data), gpointer data)
{
    const char *at = text->str, *limit = text->str + text->len;

    while (at < limit) {
        const char *end = memchr(at, '\n', (gsize)(limit - at));
        if (end == NULL)
            end = limit;
        if (end > at)
            each(at, (gsize)(end - at), data);
        at = end + 1;
    }
}

guint
tamis_judge_read_line_number(const char *text, gsize length, const char **out_rest)
{
    static const char word[] = "line ";
    gsize at = strlen(word);
    guint line = 0;

    *out_rest = text;
    if (length < at || strncmp(text, word, at) != 0)
        return 0;
    for (; at < length && g_ascii_isdigit(text[at]) && line < 100000000; at++)
        line = line * 10 + (guint)(text[at] - '0');
    if (at + 1 >= length || text[at] != ':')
        return 0;
    *out_rest = text + at + (text[at + 1] == ' ' ? 2 : 1);
    return line;
}
