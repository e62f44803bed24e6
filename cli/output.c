/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where results and complaints go. */
#include "base/display.h"
#include "cli/cli.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static gboolean write_failed;

void
tamis_write(const char *text, gsize length_bytes)
{
    while (length_bytes > 0 && !write_failed) {
        gssize n = write(STDOUT_FILENO, text, length_bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            write_failed = TRUE;
            tamis_complain("cannot write to standard output: %s", g_strerror(errno));
            return;
        }
        text += n;
        length_bytes -= (gsize)n;
    }
}

void
tamis_print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    tamis_write(text, strlen(text));
}

gboolean
tamis_write_failed(void)
{
    return write_failed;
}

void
tamis_show(const char *text, gsize length_bytes)
{
    while (length_bytes > 0) {
        gssize n = write(STDERR_FILENO, text, length_bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            /* Nowhere is left to say that this failed. */
            write_failed = TRUE;
            return;
        }
        text += n;
        length_bytes -= (gsize)n;
    }
}

static void
complain(const char *message)
{
    g_autofree char *shown = tamis_display_dup(message);
    g_autofree char *line = g_strdup_printf("tamis: %s\n", shown);

    tamis_show(line, strlen(line));
}

void
tamis_complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    complain(message);
}

int
tamis_complain_usage(const TamisVerb *verb, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    complain(message);
    g_autofree char *help =
        verb != NULL ? g_strdup_printf("help: 'tamis %s --help' shows its options\n", verb->name)
                     : g_strdup("help: 'tamis --help' shows the verbs\n");
    tamis_show(help, strlen(help));
    return TAMIS_EXIT_USAGE;
}
