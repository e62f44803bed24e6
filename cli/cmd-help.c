/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis help: the page of a finding, the list of them, or the help of a verb. */
#include "base/catalogue.h"
#include "base/suggest.h"
#include "cli/cli.h"

static void
list_findings(void)
{
    for (guint i = 0; i < TAMIS_N_RULES; i++) {
        const TamisRuleInfo *info = tamis_catalogue_get((TamisRule)i);
        tamis_print("%-24s %-8s %s\n", info->slug, tamis_severity_to_string(info->severity),
                    info->summary);
    }
}

static void
print_page(const TamisRuleInfo *info)
{
    tamis_print("# %s: %s\n\nSeverity: %s. Since version %s.%s%s\n\n%s", info->slug, info->summary,
                tamis_severity_to_string(info->severity), info->since,
                info->scripts ? " Also on Sieve scripts." : "",
                info->has_witness ? " Comes with a message that shows it." : "", info->page);
}

static int
complain_unknown(const TamisVerb *verb, const char *name)
{
    const char *slugs[TAMIS_N_RULES];

    for (guint i = 0; i < TAMIS_N_RULES; i++)
        slugs[i] = tamis_catalogue_get((TamisRule)i)->slug;
    const char *near = tamis_suggest(name, slugs, TAMIS_N_RULES);
    if (near != NULL)
        return tamis_complain_usage(verb, "there is no finding '%s'; did you mean '%s'?", name,
                                    near);
    return tamis_complain_usage(verb, "there is no finding '%s'; 'tamis help' lists them", name);
}

static int
run(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    int status;

    if (!tamis_options_parse(verb, NULL, 0, &options, &argc, argv, &status))
        return status;
    if (argc > 2)
        return tamis_complain_usage(verb, "one finding at a time, please");
    if (argc < 2) {
        list_findings();
        return TAMIS_EXIT_OK;
    }
    TamisRule rule = tamis_catalogue_find(argv[1]);
    if (rule != TAMIS_N_RULES) {
        print_page(tamis_catalogue_get(rule));
        return TAMIS_EXIT_OK;
    }
    const TamisVerb *other = tamis_verb_find(argv[1]);
    if (other != NULL) {
        char *arguments[] = {argv[1], (char *)"--help", NULL};
        return other->run(other, 2, arguments);
    }
    return complain_unknown(verb, argv[1]);
}

const TamisVerb tamis_verb_help = {
    .name = "help",
    .arguments = "[FINDING|VERB]",
    .summary = "shows the page of a finding, or lists all findings",
    .examples = "  tamis help forward-to-self",
    .run = run,
};
