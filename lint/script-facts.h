/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The commands and tests of a script in the order of the text, for the rules in lint/scripts/<slug>.c. */
#pragma once

#include "grammar/sieve/bind.h"
#include "lint/script.h"

#define TAMIS_NO_COMMAND G_MAXUINT32

typedef struct {
    const TamisSieveCommand *command;
    const TamisSieveWord *word;
    guint32 block;   /* index of the command whose block it is in; TAMIS_NO_COMMAND: the script */
    gboolean is_off; /* no message comes here: a literal `if false` is how rules are switched off */
} TamisScriptCommand;

typedef struct {
    const TamisSieveTest *test;
    const TamisSieveWord *word;

} TamisScriptTest;

typedef struct {
    const TamisScriptLint *lint;
    TamisReport *report;
    GArray *commands; /* of TamisScriptCommand; those that are known and not broken */
    GArray *tests;    /* of TamisScriptTest */
} TamisScriptFacts;

typedef void (*TamisScriptRule)(const TamisScriptFacts *facts);

static inline const TamisScriptCommand *
tamis_script_command(const TamisScriptFacts *facts, guint32 index)
{
    return &g_array_index(facts->commands, TamisScriptCommand, index);
}

typedef enum { TAMIS_TRUTH_UNKNOWN, TAMIS_TRUTH_NEVER, TAMIS_TRUTH_ALWAYS } TamisTruth;

/* By the text alone. */
TamisTruth tamis_script_truth(const TamisSieveTest *test);
/* Binds the arguments. FALSE: something is wrong with them. */
gboolean tamis_script_bind(const TamisScriptCommand *command, TamisSieveBound *out);
gboolean tamis_script_bind_test(const TamisScriptTest *test, TamisSieveBound *out);
/* The one string of an argument, or NULL; also NULL where variables stand in it. */
const TamisSieveString *
tamis_script_constant(const TamisScriptFacts *facts, const TamisSieveArgument *argument);
/* The address of a redirect that is not off and has a constant and well-formed one: its bare form in lower case but for the
 * local part, which is as written. NULL: not known. Caller frees. */
char *tamis_script_target(const TamisScriptFacts *facts, const TamisScriptCommand *command,
                          TamisSieveBound *out_bound);

void tamis_script_rule_dead_route(const TamisScriptFacts *facts);
void tamis_script_rule_duplicate_target(const TamisScriptFacts *facts);
void tamis_script_rule_engine_crash(const TamisScriptFacts *facts);
void tamis_script_rule_forward_to_self(const TamisScriptFacts *facts);
void tamis_script_rule_frozen_offset(const TamisScriptFacts *facts);
void tamis_script_rule_reply_interval(const TamisScriptFacts *facts);
void tamis_script_rule_reply_without_addresses(const TamisScriptFacts *facts);
void tamis_script_rule_spf_breakage(const TamisScriptFacts *facts);
void tamis_script_rule_too_many_scripts(const TamisScriptFacts *facts);
void tamis_script_rule_unsupported(const TamisScriptFacts *facts);
void tamis_script_rule_unused_require(const TamisScriptFacts *facts);
void tamis_script_rule_zoneless_time(const TamisScriptFacts *facts);
