/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Making a Sieve tree by hand: small constructors for the compiler. Names must be static or live in
 * the arena; so must the text of strings. */
#pragma once

#include "grammar/sieve/tree.h"

/* A growing list of commands: a script or a block. */
typedef struct {
    TamisSieveCommand *first;
    TamisSieveCommand **end; /* where the next one goes */
} TamisSieveBlock;

#define TAMIS_SIEVE_BLOCK(name) TamisSieveBlock name = {NULL, &name.first}

TAMIS_API TamisSieveCommand *tamis_sieve_command(TamisArena *arena, const char *name);
TAMIS_API TamisSieveTest *tamis_sieve_test(TamisArena *arena, const char *name);

/* Each appends one argument to the list of a command or a test. */
TAMIS_API void
tamis_sieve_add_tag(TamisArena *arena, TamisSieveArgument **arguments, const char *name);
/* Written with the quantifier that divides the number, where there is one. */
TAMIS_API void
tamis_sieve_add_number(TamisArena *arena, TamisSieveArgument **arguments, guint64 number);
TAMIS_API void tamis_sieve_add_string(TamisArena *arena, TamisSieveArgument **arguments,
                                      const char *text, gsize length_bytes);
/* One string as it is, several in brackets. strings is a list linked by next. */
TAMIS_API void tamis_sieve_add_strings(TamisArena *arena, TamisSieveArgument **arguments,
                                       TamisSieveString *strings);
/* A string to be linked into a list. */
TAMIS_API TamisSieveString *
tamis_sieve_string(TamisArena *arena, const char *text, gsize length_bytes);

TAMIS_API void tamis_sieve_block_add(TamisSieveBlock *block, TamisSieveCommand *command);
/* Gives the command a block. */
TAMIS_API void tamis_sieve_set_block(TamisSieveCommand *command, const TamisSieveBlock *block);
/* A hash comment of its own line before the command. The text stands right behind the hash: begin
 * it with a blank. */
TAMIS_API void
tamis_sieve_add_comment(TamisArena *arena, TamisSieveCommand *command, const char *text);
