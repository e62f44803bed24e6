/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sieve text to tree (RFC 5228, section 8). The grammar alone: what words mean is the checker's. */
#pragma once

#include "base/report.h"
#include "grammar/sieve/tree.h"

/* Blocks, and tests inside a test, nest this deep at most; what is deeper is reported and not read.
 */
#define TAMIS_SIEVE_MAX_NESTING 512
/* Arguments of a command or test; no word takes more than some dozens. */
#define TAMIS_SIEVE_MAX_ARGUMENTS 1024
#define TAMIS_SIEVE_MAX_BYTES     (1u << 30)

/* Parses one source of the report's sources. Errors (rule syntax) go to the report; after one the
 * parser goes on behind the next semicolon or in the next block, so one run shows several. The tree
 * holds everything that could be read, lives in arena and lends from the source's text. Never NULL.
 */
TAMIS_API TamisSieveScript *
tamis_sieve_parse(TamisSourceId source, TamisArena *arena, TamisReport *report);

/* The same command by command: what is held is the one at hand and the one before it. */
typedef struct TamisSieveCommands TamisSieveCommands;

TAMIS_API TamisSieveCommands *tamis_sieve_commands_new(TamisSourceId source, TamisReport *report);
TAMIS_API void tamis_sieve_commands_free(TamisSieveCommands *commands);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSieveCommands, tamis_sieve_commands_free)

/* The next command that stands in no block, with its own; lent until the next call. NULL: there are no more. */
TAMIS_API const TamisSieveCommand *tamis_sieve_commands_next(TamisSieveCommands *commands);
/* Behind the last command: the comments there, and how many errors there were. */
TAMIS_API const TamisSieveComment *
tamis_sieve_commands_get_last_comments(const TamisSieveCommands *commands);
TAMIS_API guint32 tamis_sieve_commands_n_errors(const TamisSieveCommands *commands);
