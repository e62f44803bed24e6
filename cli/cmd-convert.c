/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis convert: a policy from its text to XML, or back. Which is which, the endings say. */
#include "cli/cli.h"

#include "base/replace.h"
#include "grammar/policy/format.h"
#include "grammar/policy/parser.h"
#include "grammar/policy/xml-reader.h"
#include "grammar/policy/xml-writer.h"

#include <string.h>

typedef enum { FORM_UNKNOWN, FORM_POLICY, FORM_XML } Form;

typedef struct {
    const char *input, *output;
    Form from, to;
} Conversion;

static Form
form_of(const char *path)
{
    if (g_str_has_suffix(path, ".tamis"))
        return FORM_POLICY;
    return g_str_has_suffix(path, ".xml") ? FORM_XML : FORM_UNKNOWN;
}

/* 0, or the status to end with. Of '-' the other end says the form. */
static int
judge_forms(const TamisVerb *verb, Conversion *conversion)
{
    gboolean is_stdin = strcmp(conversion->input, "-") == 0;
    gboolean is_stdout = strcmp(conversion->output, "-") == 0;
    Form from = form_of(conversion->input), to = form_of(conversion->output);

    if (is_stdin && is_stdout)
        return tamis_complain_usage(verb, "from and to what? name one of the files");
    if (from == FORM_UNKNOWN && !is_stdin)
        return tamis_complain_usage(verb, "'%s' ends neither in .tamis nor in .xml",
                                    conversion->input);
    if (to == FORM_UNKNOWN && !is_stdout)
        return tamis_complain_usage(verb, "'%s' ends neither in .tamis nor in .xml",
                                    conversion->output);
    if (is_stdin)
        from = to == FORM_XML ? FORM_POLICY : FORM_XML;
    if (is_stdout)
        to = from == FORM_XML ? FORM_POLICY : FORM_XML;
    if (from == to && from == FORM_POLICY)
        return tamis_complain_usage(verb, "nothing to convert: 'tamis fmt' lays a policy out");
    if (from == to)
        return tamis_complain_usage(verb, "nothing to convert: both files are XML");
    conversion->from = from;
    conversion->to = to;
    return TAMIS_EXIT_OK;
}

static void
show_findings(TamisReport *report, const TamisOptions *options)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (tamis_report_count(report) == 0)
        return;
    tamis_report_sort(report);
    tamis_render(text, report, options->format, &options->render);
    tamis_show(text->str, text->len);
}

/* NULL when the report has an error. */
static GString *
convert(const Conversion *conversion, TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    const TamisPolicySyntax *policy = conversion->from == FORM_XML
                                          ? tamis_policy_parse_xml(source, arena, report)
                                          : tamis_policy_parse(source, arena, report);

    if (tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0)
        return NULL;
    if (conversion->to == FORM_XML)
        return tamis_policy_write_xml(policy, report);
    return tamis_policy_format(policy, tamis_report_get_sources(report));
}

static int
write_result(const Conversion *conversion, const GString *text)
{
    g_autoptr(GError) error = NULL;

    if (strcmp(conversion->output, "-") == 0) {
        tamis_write(text->str, text->len);
        return TAMIS_EXIT_OK;
    }
    if (tamis_replace_file(conversion->output, text->str, text->len, &error))
        return TAMIS_EXIT_OK;
    tamis_complain("%s", error->message);
    return TAMIS_EXIT_UNREADABLE;
}

static int
run_conversion(const Conversion *conversion, const TamisOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSourceId source =
        tamis_sources_add_file(sources, conversion->input, TAMIS_POLICY_MAX_BYTES, &error);

    if (source == 0) {
        tamis_complain("%s", error->message);
        return TAMIS_EXIT_UNREADABLE;
    }
    GString *text = convert(conversion, source, arena, report);
    show_findings(report, options);
    if (text == NULL)
        return TAMIS_EXIT_FINDINGS;
    int status = write_result(conversion, text);
    g_string_free(text, TRUE);
    return status;
}

static int
run(const TamisVerb *verb, int argc, char **argv)
{
    g_autofree char *output = NULL;
    const GOptionEntry own[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         "Where to: a file, or - for standard output", "OUT"},
        {NULL},
    };
    g_auto(TamisOptions) options = {NULL};
    int status;

    if (!tamis_options_parse(verb, own, TAMIS_TAKES_FORMAT | TAMIS_TAKES_COLOR, &options, &argc,
                             argv, &status))
        return status;
    if (argc != 2)
        return tamis_complain_usage(verb,
                                    argc < 2 ? "a file is missing" : "one file at a time, please");
    if (output == NULL)
        return tamis_complain_usage(verb, "where to? say -o OUT");
    Conversion conversion = {.input = argv[1], .output = output};
    status = judge_forms(verb, &conversion);
    return status != TAMIS_EXIT_OK ? status : run_conversion(&conversion, &options);
}

const TamisVerb tamis_verb_convert = {
    .name = "convert",
    .arguments = "FILE",
    .summary = "turns a policy into XML, or back",
    .examples = "  tamis convert acme.tamis -o acme.xml\n  tamis convert acme.xml -o acme.tamis",
    .run = run,
};
