/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads, digests and prints command by command. */
#include "grammar/sieve/layout.h"

#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"

TamisSieveDigest
tamis_sieve_lay_out(TamisSourceId source, TamisReport *report, GString *output)
{
    g_autoptr(TamisSieveCommands) commands = tamis_sieve_commands_new(source, report);
    TamisSieveDigest digest = {0};
    TamisSievePrinting printing = {0};
    const TamisSieveCommand *command;
    const TamisSieveComment *last;

    while ((command = tamis_sieve_commands_next(commands)) != NULL) {
        tamis_sieve_digest_command(&digest, command);
        if (output != NULL)
            tamis_sieve_print_command(&printing, command, output);
    }
    last = tamis_sieve_commands_get_last_comments(commands);
    tamis_sieve_digest_comments(&digest, last);
    if (output != NULL)
        tamis_sieve_print_last_comments(&printing, last, output);
    return digest;
}
