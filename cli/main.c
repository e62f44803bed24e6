/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command: finds the verb and lets it run. */
#include "cli/cli.h"

#include "base/suggest.h"
#include "base/version.h"

#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

const TamisVerb *const tamis_verbs[] = {
    &tamis_verb_check,   &tamis_verb_compile, &tamis_verb_convert, &tamis_verb_deploy,
    &tamis_verb_explain, &tamis_verb_fmt,     &tamis_verb_help,    &tamis_verb_rollback,
    &tamis_verb_servers, &tamis_verb_status,  &tamis_verb_test,    NULL,
};

const TamisVerb *
tamis_verb_find(const char *name)
{
    for (guint i = 0; tamis_verbs[i] != NULL; i++)
        if (g_str_equal(tamis_verbs[i]->name, name))
            return tamis_verbs[i];
    return NULL;
}

const TamisVerb *
tamis_verb_suggest(const char *name)
{
    const char *names[G_N_ELEMENTS(tamis_verbs)];
    guint n_names = 0;

    for (; tamis_verbs[n_names] != NULL; n_names++)
        names[n_names] = tamis_verbs[n_names]->name;
    const char *near = tamis_suggest(name, names, n_names);
    return near != NULL ? tamis_verb_find(near) : NULL;
}

static void
print_help(void)
{
    tamis_print(
        "Usage:\n  tamis VERB [OPTION…] FILE…\n\n"
        "Compiles, checks and explains mail forwarding policies and Sieve scripts.\n\nVerbs:\n");
    for (guint i = 0; tamis_verbs[i] != NULL; i++)
        tamis_print("  %-10s %s\n", tamis_verbs[i]->name, tamis_verbs[i]->summary);
    tamis_print("\n'tamis VERB --help' shows a verb's options and an example.\n\n"
                "Exit status:\n"
                "  0   nothing at or above --fail-on\n"
                "  1   findings, a failed test, a difference\n"
                "  2   an input or a server cannot be reached or read\n"
                "  64  wrong usage\n"
                "  70  a bug in tamis\n");
}

/* An invariant that does not hold ends in abort(), which has said where. */
static void
report_bug(int signal_number)
{
    static const char text[] = "this is a bug in tamis " TAMIS_VERSION ": please report it\n";

    if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
        _exit(TAMIS_EXIT_BUG);
    _exit(TAMIS_EXIT_BUG);
}

static int
run_verb(int argc, char **argv)
{
    const char *name = argv[1];
    const TamisVerb *verb = tamis_verb_find(name);

    if (verb != NULL)
        return verb->run(verb, argc - 1, argv + 1);
    if (g_str_equal(name, "--version")) {
        tamis_print("tamis %s\n", TAMIS_VERSION);
        return TAMIS_EXIT_OK;
    }
    if (g_str_equal(name, "--help") || g_str_equal(name, "-h")) {
        print_help();
        return TAMIS_EXIT_OK;
    }
    verb = tamis_verb_suggest(name);
    if (verb != NULL)
        return tamis_complain_usage(NULL, "there is no verb '%s'; did you mean '%s'?", name,
                                    verb->name);
    return tamis_complain_usage(NULL, "there is no verb '%s'", name);
}

int
main(int argc, char **argv)
{
    int status;

    setlocale(LC_CTYPE, "");
    signal(SIGABRT, report_bug);
    g_set_prgname("tamis");
    if (argc < 2)
        return tamis_complain_usage(NULL, "a verb is missing");
    status = run_verb(argc, argv);
    return tamis_write_failed() ? TAMIS_EXIT_UNREADABLE : status;
}
