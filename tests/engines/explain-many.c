/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a script does with many messages, in one process, in the words of the tables of cases.
 *   explain-many SERVER ZONE SCRIPT MAILBOX [INCLUDED GLOBAL]
 * The last two are the folders of scripts that it includes.
 * Each line of standard input is a message: FILE TAB TO TAB FROM TAB SECONDS TAB SPAM TAB VIRUS. Each line of output is
 * its words, parted by tabs and sorted; a copy has the values of its X-Added fields behind it. `uncertain`
 * stands before the words where an opaque test decided. */
#include "compiler/explain.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    TamisSite *site;
    const TamisStrings *strings;
} Asking;

/* All but letters beyond ASCII. */
static char *
escaped(const char *text)
{
    char others[129] = "";

    for (int i = 0; i < 128; i++)
        others[i] = (char)(0x80 + i);
    return g_strescape(text, others);
}

static char *
copy_word(const Asking *asking, const TamisExplanation *explanation, const TamisDeliveryStep *step,
          const TamisFlowAction *action)
{
    TamisMessage *message = tamis_explanation_get_copy(explanation, step, action);
    const char *const *added = tamis_message_get_header(message, "X-Added");
    g_autofree char *values = g_strjoinv("|", (char **)added);
    g_autofree char *all = escaped(values);

    if (action->kind == TAMIS_FLOW_FORWARD) {
        g_autofree char *target =
            g_ascii_strdown(tamis_strings_get(asking->strings, action->text), -1);

        return g_strdup_printf("forward %s [%s]", target, all);
    }
    if (action->folder == 0)
        return g_strdup_printf("keep [%s]", all);
    return g_strdup_printf("keep in %s [%s]", tamis_strings_get(asking->strings, action->folder),
                           all);
}

static char *
word_of(const Asking *asking, const TamisExplanation *explanation, const TamisDeliveryStep *step,
        const TamisFlowAction *action)
{
    g_autofree char *reason = NULL;

    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
    case TAMIS_FLOW_KEEP:
        return copy_word(asking, explanation, step, action);
    case TAMIS_FLOW_REPLY:
        return g_strdup("reply");
    case TAMIS_FLOW_REJECT:
        reason = escaped(tamis_strings_get(asking->strings, action->text));
        return g_strdup_printf("reject: %s", reason);
    case TAMIS_FLOW_NOTIFY:
        return g_strdup_printf("notify %s", tamis_strings_get(asking->strings, action->text));
    case TAMIS_FLOW_FILTER:
        return g_strdup_printf("filter %s", tamis_strings_get(asking->strings, action->name));
    case TAMIS_FLOW_PROGRAM:
        return g_strdup_printf("%s %s", tamis_strings_get(asking->strings, action->text),
                               tamis_strings_get(asking->strings, action->name));
    default:
        return NULL;
    }
}

static int
compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
show(const Asking *asking, const TamisExplanation *explanation)
{
    const TamisDeliveryStep *step = tamis_explanation_get(explanation, 0);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < step->actions->len; i++) {
        char *word = word_of(asking, explanation, step, g_ptr_array_index(step->actions, i));

        if (word != NULL)
            g_ptr_array_add(words, word);
    }
    if (words->len == 0)
        g_ptr_array_add(words, g_strdup("discard"));
    if (step->failure != TAMIS_FAILURE_NONE)
        g_ptr_array_add(words, g_strdup("FAILED RUN"));
    if (step->leaned_on_opaque)
        g_ptr_array_add(words, g_strdup(" uncertain"));
    g_ptr_array_sort(words, compare);
    for (guint i = 0; i < words->len; i++)
        printf("%s%s", i > 0 ? "\t" : "", (const char *)g_ptr_array_index(words, i));
    printf("\n");
}

/* Percents of spam, -1: untested; the virus score. */
static TamisGrades
grades_of(const char *spam, const char *virus)
{
    TamisGrades grades = {0};

    if (*spam != '-')
        grades = tamis_grades_of_percent((guint32)g_ascii_strtoull(spam, NULL, 10));
    grades.virus_score = (guint32)g_ascii_strtoull(virus, NULL, 10);
    return grades;
}

static gboolean
ask(const Asking *asking, const char *line, GError **error)
{
    g_auto(GStrv) words = g_strsplit(line, "\t", 6);
    g_autoptr(TamisMessage) message = NULL;
    g_autoptr(TamisExplanation) explanation = NULL;
    TamisDelivery delivery;

    g_assert(g_strv_length(words) == 6);
    message = tamis_message_new_from_file(words[0], error);
    if (message == NULL)
        return FALSE;
    delivery = (TamisDelivery){words[2], words[1], g_ascii_strtoll(words[3], NULL, 10),
                               grades_of(words[4], words[5])};
    explanation = tamis_explain(asking->site, message, &delivery);
    show(asking, explanation);
    return TRUE;
}

static int
fail(const GError *error)
{
    fprintf(stderr, "explain-many: %s\n", error->message);
    return 1;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisSources) sources = tamis_sources_new();
    gboolean is_complete = argc == 5 || argc == 7;
    g_autoptr(TamisServer) server = is_complete ? tamis_server_load(argv[1], &error) : NULL;
    TamisScriptSite options = {.server = server};
    g_autoptr(TamisSite) site = NULL;
    Asking asking;
    TamisSourceId source;
    char line[4096];

    if (!is_complete) {
        fprintf(stderr, "usage: explain-many SERVER ZONE SCRIPT MAILBOX [INCLUDED GLOBAL]\n");
        return 64;
    }
    if (server == NULL)
        return fail(error);
    options.zone = tamis_zone_get(argv[2]);
    options.include_dir = argc == 7 ? argv[5] : NULL;
    options.global_dir = argc == 7 ? argv[6] : NULL;
    site = tamis_site_new_scripts(sources, &options);
    source = tamis_sources_add_file(sources, argv[3], 1 << 20, &error);
    if (source == 0)
        return fail(error);
    tamis_site_add_script(site, argv[4], source);
    asking = (Asking){site, tamis_formulas_get_strings(tamis_site_get_formulas(site))};
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (!ask(&asking, g_strchomp(line), &error))
            return fail(error);
    }
    return 0;
}
