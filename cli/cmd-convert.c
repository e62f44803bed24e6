/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis convert: a policy or a script from its text to XML, or back. Which is which, the endings say, and the
 * root element of XML. */
#include "cli/cli.h"
#include "cli/convert-script.h"
#include "cli/script-file.h"

#include "base/replace.h"
#include "grammar/policy/format.h"
#include "grammar/policy/parser.h"
#include "grammar/policy/xml-reader.h"
#include "grammar/policy/xml-writer.h"
#include "grammar/sieve/recognize.h"

#include <string.h>

typedef enum {
    FORM_UNKNOWN,
    FORM_POLICY,
    FORM_SCRIPT,
    FORM_XML, /* of either */
} Form;

typedef struct {
    const char *input, *output;
    Form from, to; /* to may be unknown: what the XML is of decides */
} Conversion;

#define ENDINGS "ends neither in .tamis nor in .sieve nor in .xml"

static Form
form_of(const char *path)
{
    if (g_str_has_suffix(path, ".tamis"))
        return FORM_POLICY;
    if (tamis_sieve_is_name(path))
        return FORM_SCRIPT;
    return g_str_has_suffix(path, ".xml") ? FORM_XML : FORM_UNKNOWN;
}

static int
complain_same(const TamisVerb *verb, const Conversion *conversion)
{
    switch (conversion->from) {
    case FORM_POLICY:
        return conversion->to == FORM_POLICY
                   ? tamis_complain_usage(verb, "nothing to convert: 'tamis fmt' lays a policy out")
                   : tamis_complain_usage(
                         verb, "'tamis compile' makes scripts of a policy, one for each mailbox");
    case FORM_SCRIPT:
        return conversion->to == FORM_SCRIPT
                   ? tamis_complain_usage(verb, "nothing to convert: 'tamis fmt' lays a script out")
                   : tamis_complain_usage(verb, "a script is converted to XML, not to a policy");
    default:
        return tamis_complain_usage(verb, "nothing to convert: both files are XML");
    }
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
        return tamis_complain_usage(verb, "'%s' " ENDINGS, conversion->input);
    if (to == FORM_UNKNOWN && !is_stdout)
        return tamis_complain_usage(verb, "'%s' " ENDINGS, conversion->output);
    if (is_stdin)
        from = to == FORM_XML ? FORM_POLICY : FORM_XML;
    if (is_stdout && from != FORM_XML)
        to = FORM_XML;
    conversion->from = from;
    conversion->to = to;
    if ((from == FORM_XML) == (to == FORM_XML))
        return complain_same(verb, conversion);
    return TAMIS_EXIT_OK;
}

/* 0, or the status to end with: XML of a script does not become a policy, nor the other way round. */
static int
judge_xml(const TamisVerb *verb, Conversion *conversion, gboolean is_script)
{
    Form to = is_script ? FORM_SCRIPT : FORM_POLICY;

    if (conversion->to == FORM_UNKNOWN)
        conversion->to = to;
    if (conversion->to == to)
        return TAMIS_EXIT_OK;
    if (is_script)
        return tamis_complain_usage(verb, "'%s' is a Sieve script: say -o NAME.sieve",
                                    conversion->input);
    return tamis_complain_usage(verb, "'%s' is a policy: say -o NAME.tamis", conversion->input);
}

/* Whether a text has a root element that could be read; of one that has none, its reader says why. */
static gboolean
has_root(const TamisSources *sources, TamisSourceId source)
{
    gsize length = 0;
    const char *text = tamis_sources_get_text(sources, source, &length);

    return g_utf8_validate_len(text, length, NULL) && memchr(text, '<', length) != NULL;
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
convert_policy(const Conversion *conversion, TamisSourceId source, TamisArena *arena,
               TamisReport *report)
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
run_conversion(const TamisVerb *verb, Conversion *conversion, const TamisOptions *options)
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
    if (conversion->from == FORM_POLICY &&
        tamis_is_script_source(sources, source, conversion->input))
        conversion->from = FORM_SCRIPT; /* of standard input, only the text says it */
    gboolean is_script = conversion->from == FORM_SCRIPT;
    if (conversion->from == FORM_XML) {
        is_script = tamis_is_script_xml(sources, source) ||
                    (conversion->to == FORM_SCRIPT && !has_root(sources, source));
        int status = judge_xml(verb, conversion, is_script);
        if (status != TAMIS_EXIT_OK)
            return status;
    }
    GString *text = is_script ? tamis_convert_script(source, conversion->from == FORM_XML,
                                                     conversion->to == FORM_XML, report)
                              : convert_policy(conversion, source, arena, report);
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
         "where to: a file, or - for standard output", "OUT"},
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
    return status != TAMIS_EXIT_OK ? status : run_conversion(verb, &conversion, &options);
}

const TamisVerb tamis_verb_convert = {
    .name = "convert",
    .arguments = "FILE",
    .summary = "turns a policy or a Sieve script into XML, or back",
    .examples = "  tamis convert acme.tamis -o acme.xml\n"
                "  tamis convert acme.xml -o acme.tamis\n"
                "  tamis convert li@acme.example.sieve -o li@acme.example.xml",
    .run = run,
};
