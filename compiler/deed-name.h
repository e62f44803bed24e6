/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What actions do, in words: two that do the same have the same words, whoever asks for them, and two that do not
 * have others. The one place that decides which actions are the same. */
#pragma once

#include "base/arena.h"
#include "base/strings.h"
#include "model/flow.h"

/* All of these live in the arena. Texts that are NULL are left out. */

/* How a reply is sent: every so many seconds (-1: as the server likes), from whom, and to which addresses mail has to
 * be addressed (in any order; any case) beyond what the server knows by itself. more: what else is said of it. */
const char *
tamis_deed_reply_manner(TamisArena *arena, gint64 every_s, const char *from,
                        const char *const *addresses, guint n_addresses, const char *more);
/* A program with its arguments. */
const char *tamis_deed_program(TamisArena *arena, const char *const *words, guint n_words);

/* program: of tamis_deed_program; header: what marks the encrypted copy. */
const char *tamis_deed_forward(TamisArena *arena, const char *key, const char *program,
                               const char *header, const char *value);
/* folder "" and the inbox are one. */
const char *tamis_deed_keep(TamisArena *arena, const char *folder);
/* manner: of tamis_deed_reply_manner. */
const char *
tamis_deed_reply(TamisArena *arena, const char *subject, const char *text, const char *manner);
const char *tamis_deed_reject(TamisArena *arena, const char *text);
const char *tamis_deed_mark(TamisArena *arena, const char *name, const char *value);

/* Of a script's action, as it stands there. */
const char *
tamis_deed_of_action(TamisArena *arena, const TamisStrings *strings, const TamisFlowAction *action);
