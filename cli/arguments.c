/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds the option that an argument is, by its letter or its name, and so what is the value of one. */
#include "cli/arguments.h"

#include <string.h>

void
tamis_arguments_clear(TamisArguments *arguments)
{
    g_clear_pointer(&arguments->written, g_ptr_array_unref);
}

static gboolean
is_entry(const GOptionEntry *entry, const char *argument)
{
    if (argument[0] != '-' || argument[1] == '\0')
        return FALSE;
    return argument[1] == '-' ? g_str_equal(argument + 2, entry->long_name)
                              : argument[1] == entry->short_name;
}

/* The option that takes a value, said in this argument or in the next one; NULL: it is none. */
static const GOptionEntry *
find(const char *argument, const GOptionEntry *const entries[], guint n_entries)
{
    for (guint i = 0; i < n_entries; i++)
        for (const GOptionEntry *entry = entries[i]; entry != NULL && entry->long_name != NULL;
             entry++)
            if (entry->arg != G_OPTION_ARG_NONE && is_entry(entry, argument))
                return entry;
    return NULL;
}

void
tamis_arguments_prepare(TamisArguments *arguments, int argc, char **argv,
                        const GOptionEntry *const entries[], guint n_entries)
{
    int i;

    arguments->written = g_ptr_array_new_with_free_func(g_free);
    for (i = 1; i < argc && !g_str_equal(argv[i], "--"); i++) {
        const GOptionEntry *entry = find(argv[i], entries, n_entries);

        if (entry == NULL)
            continue;
        if (argv[i][1] == '-' || argv[i][2] == '\0') {
            i++; /* its value */
            continue;
        }
        argv[i] = g_strdup_printf("--%s=%s", entry->long_name, argv[i] + 2);
        g_ptr_array_add(arguments->written, argv[i]);
    }
    arguments->n_behind = argc - i - 1;
}

void
tamis_arguments_finish(const TamisArguments *arguments, int *argc, char **argv)
{
    int at = *argc - arguments->n_behind - 1;

    if (arguments->n_behind < 0 || at < 1 || !g_str_equal(argv[at], "--"))
        return;
    memmove(&argv[at], &argv[at + 1], (gsize)arguments->n_behind * sizeof *argv);
    argv[--*argc] = NULL;
}
