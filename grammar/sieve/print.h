/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one writer of Sieve text. It alone quotes strings, so nothing that comes from a policy, a
 * table or a name can become a command. Canonical layout: four blanks a level, one command a line,
 * a list on one line where it fits into 100 columns and one string a line where it does not. LF
 * line ends. */
#pragma once

#include "grammar/sieve/tree.h"

/* Little more than this is ever written: nobody could read it, and indentation makes much of few bytes. */
#define TAMIS_SIEVE_MAX_PRINTED_BYTES (512u << 20)

/* Appends the script, which starts at the start of a line. Names and tags are written in lower
 * case. Strings are written quoted (`"` and `\` escaped; line breaks inside stand as they are),
 * except those whose form is TAMIS_SIEVE_TEXT and which are empty or end in a line break and have
 * no lone CR: those become text: blocks with dots stuffed. A comment's text is written with control
 * characters replaced by blanks; a bracketed one keeps its line breaks, and a closing star-slash
 * inside it is broken up. Where the output has more than TAMIS_SIEVE_MAX_PRINTED_BYTES afterwards, what is behind them
 * is missing. */
TAMIS_API void tamis_sieve_print(const TamisSieveScript *script, GString *output);

/* The same command by command, for who does not hold all of the script: zero before the first. */
typedef struct {
    gboolean has_begun;
    gboolean ends_in_block; /* what may go on behind the closing brace */
    gsize line_start;       /* of the last line, in output */
} TamisSievePrinting;

TAMIS_API void tamis_sieve_print_command(TamisSievePrinting *printing,
                                         const TamisSieveCommand *command, GString *output);
/* Behind the last one. */
TAMIS_API void tamis_sieve_print_last_comments(TamisSievePrinting *printing,
                                               const TamisSieveComment *comments, GString *output);

/* Appends one such string with its quotes: for who puts it into a script that is printed already. */
TAMIS_API void tamis_sieve_print_quoted(const char *text, gsize length_bytes, GString *output);

/* Prints a test (without comments) that will stand in many scripts once and for all: a script that has
 * it, or a copy of this node with the same arguments and tests, at the start of a line takes the text
 * over. What belongs to it lives in arena. */
TAMIS_API void tamis_sieve_preprint(TamisSieveTest *test, TamisArena *arena);
