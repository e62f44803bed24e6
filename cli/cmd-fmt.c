/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis fmt: files in their canonical layout, in place. A file that cannot be read without error is
 * never touched. */
#include "cli/cli.h"
#include "cli/convert-script.h"
#include "cli/script-file.h"

#include "base/diff.h"
#include "base/replace.h"
#include "grammar/policy/compare.h"
#include "grammar/policy/format.h"
#include "grammar/policy/parser.h"
#include "grammar/policy/reader.h"
#include "grammar/policy/xml-reader.h"
#include "grammar/policy/xml-writer.h"

#include <string.h>

typedef struct {
    gboolean check, diff;
    TamisOptions options;
} Run;

/* One file on its way. */
typedef struct {
    TamisSources *sources;
    TamisSourceId source;
    TamisReport *report;
} Input;

/* NULL when the report has errors. */
typedef GString *(*Formatter)(const Input *input);

/* What is formatted must say the same, else nothing is written. */
static void
verify(const TamisPolicySyntax *policy, const char *name, const GString *text)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source = tamis_sources_add_text(sources, name, text->str, text->len);
    const TamisPolicySyntax *again = tamis_policy_read(source, arena, report);

    g_assert(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) == 0);
    g_assert(tamis_policy_same(policy, again));
}

static GString *
format_policy(const Input *input)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisPolicySyntax *policy = tamis_policy_parse(input->source, arena, input->report);
    GString *text;

    if (tamis_report_count_severity(input->report, TAMIS_SEVERITY_ERROR) > 0)
        return NULL;
    text = tamis_policy_format(policy, input->sources);
    verify(policy, "formatted.tamis", text);
    return text;
}

/* A policy or a script in XML. */
static GString *
format_xml(const Input *input)
{
    if (tamis_is_script_xml(input->sources, input->source))
        return tamis_convert_script(input->source, TRUE, TRUE, input->report);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisPolicySyntax *policy = tamis_policy_parse_xml(input->source, arena, input->report);
    GString *text;

    if (tamis_report_count_severity(input->report, TAMIS_SEVERITY_ERROR) > 0)
        return NULL;
    text = tamis_policy_write_xml(policy, input->report);
    if (text != NULL)
        verify(policy, "formatted.xml", text);
    return text;
}

static GString *
format_sieve(const Input *input)
{
    return tamis_convert_script(input->source, FALSE, FALSE, input->report);
}

static Formatter
formatter_of(const Input *input, const char *path)
{
    if (tamis_policy_is_xml(input->sources, input->source))
        return format_xml;
    return tamis_is_script_source(input->sources, input->source, path) ? format_sieve
                                                                       : format_policy;
}

static void
show_report(const Run *run, TamisReport *report)
{
    g_autoptr(GString) text = g_string_new(NULL);

    tamis_report_sort(report);
    tamis_render(text, report, TAMIS_FORMAT_TEXT, &run->options.render);
    tamis_show(text->str, text->len);
}

static void
show_diff(const char *path, const char *old_text, gsize old_length, const GString *new)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *old_name = g_strconcat("a/", path, NULL);
    g_autofree char *new_name = g_strconcat("b/", path, NULL);

    tamis_diff_append(text, old_name, old_text, old_length, new_name, new->str, new->len);
    tamis_write(text->str, text->len);
}

static int
put(const Run *run, const char *path, const char *old_text, gsize old_length, const GString *new)
{
    g_autoptr(GError) error = NULL;
    gboolean is_stdin = g_str_equal(path, "-");
    gboolean is_same = new->len == old_length &&memcmp(new->str, old_text, old_length) == 0;

    if (run->diff)
        show_diff(path, old_text, old_length, new);
    if (run->check) {
        if (!is_same && !run->diff)
            tamis_print("%s\n", path);
        return is_same ? TAMIS_EXIT_OK : TAMIS_EXIT_FINDINGS;
    }
    if (run->diff)
        return TAMIS_EXIT_OK;
    if (is_stdin)
        tamis_write(new->str, new->len);
    else if (!is_same &&
             !tamis_replace_text_of_file(path, old_text, old_length, new->str, new->len, &error)) {
        tamis_complain("%s", error->message);
        return TAMIS_EXIT_UNREADABLE;
    }
    return TAMIS_EXIT_OK;
}

static int
format_file(const Run *run, const char *path)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GError) error = NULL;
    Input input = {.sources = sources, .report = report};
    const char *old_text;
    gsize old_length;

    input.source = tamis_sources_add_file(sources, path, TAMIS_POLICY_MAX_BYTES, &error);
    if (input.source == 0) {
        tamis_complain("%s", error->message);
        return TAMIS_EXIT_UNREADABLE;
    }
    g_autoptr(GString) new = formatter_of(&input, path)(&input);
    if (tamis_report_count(report) > 0)
        show_report(run, report);
    if (new == NULL)
        return TAMIS_EXIT_FINDINGS;
    old_text = tamis_sources_get_text(sources, input.source, &old_length);
    return put(run, path, old_text, old_length, new);
}

static int
run_fmt(const TamisVerb *verb, int argc, char **argv)
{
    Run run = {FALSE};
    int status, worst = TAMIS_EXIT_OK;
    const GOptionEntry entries[] = {
        {"check", 0, 0, G_OPTION_ARG_NONE, &run.check, "write nothing; name the files that differ",
         NULL},
        {"diff", 0, 0, G_OPTION_ARG_NONE, &run.diff, "write nothing; show what would change", NULL},
        G_OPTION_ENTRY_NULL,
    };

    if (!tamis_options_parse(verb, entries, TAMIS_TAKES_COLOR | TAMIS_FINDINGS_ON_STDERR,
                             &run.options, &argc, argv, &status)) {
        tamis_options_clear(&run.options);
        return status;
    }
    if (argc < 2)
        worst = tamis_complain_usage(verb, "a file is missing");
    for (int i = 1; i < argc; i++) {
        status = format_file(&run, argv[i]);
        worst = MAX(worst, status);
    }
    tamis_options_clear(&run.options);
    return worst;
}

const TamisVerb tamis_verb_fmt = {
    .name = "fmt",
    .arguments = "FILE…",
    .summary = "writes policies and Sieve scripts in their canonical layout",
    .examples = "  tamis fmt acme.tamis\n"
                "  tamis fmt --check --diff *.tamis *.sieve\n"
                "  tamis fmt - < acme.tamis",
    .run = run_fmt,
};
