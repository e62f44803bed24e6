/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Sieve text command by command, for those who look at each once: what is held is the command at hand, so memory
 * does not grow with the script. parser.h makes a tree of the same. */
#pragma once

#include "base/report.h"
#include "grammar/sieve/tree.h"

typedef struct TamisSieveReader TamisSieveReader;

/* The reader's, for a block that is entered: it lives until the block is left. */
typedef struct TamisSieveLevel TamisSieveLevel;
struct TamisSieveLevel {
    TamisSieveLevel *outer;
    TamisSpan brace;
    gboolean is_open;              /* FALSE: it is too deep, and was passed over */
    const TamisSieveCommand *next; /* of a tree */
    const TamisSieveComment *last_comments;
};

/* Called with each comment where it stands, which is lent for the call. */
typedef void (*TamisSieveHearComment)(gpointer data, const TamisSieveComment *comment);

/* Called with tests of a long list before the command that they stand in has been read, and then they are let go;
 * owner: the test whose list it is, or NULL: the command's. Where lists are nested, with what was read of each,
 * the outermost first; tests may be NULL. depth: theirs, 1: the command's. FALSE: lists inside are of no interest.
 * Of a command that is broken none are heard. */
typedef gboolean (*TamisSieveHearTests)(gpointer data, const TamisSieveCommand *command,
                                        TamisSieveTest *owner, const TamisSieveTest *tests,
                                        guint depth);

/* Called with strings of a long list of the test, or where that is NULL of the command, and then they are let go; the
 * list still counts them. Its last ones stay. What stands behind the list is linked to it meanwhile, with a string of
 * each list. */
typedef void (*TamisSieveHearStrings)(gpointer data, const TamisSieveCommand *command,
                                      const TamisSieveTest *test, const TamisSieveArgument *list);

/* Stands before the first command of a source of the report's sources. Lives in the arena, which serves it
 * until it is read to its end; what others allocate meanwhile lives as long as the command at hand.
 * hear: NULL: nobody wants comments. Errors (rule syntax) go to the report, as parser.h says. */
TamisSieveReader *
tamis_sieve_reader_new(TamisSourceId source, TamisArena *arena, TamisReport *report,
                       TamisSieveHearComment hear, gpointer data);

/* The same over a tree, whose commands are returned as they are. */
TamisSieveReader *tamis_sieve_reader_new_tree(const TamisSieveScript *script, TamisArena *arena,
                                              TamisSieveHearComment hear, gpointer data);

/* The next command of the block at hand, or of the script; NULL: there is none. Of a text, its span ends before
 * its block, and it has no block, comments or next one. Lent until the next call, or until its block is entered. */
const TamisSieveCommand *tamis_sieve_reader_next(TamisSieveReader *reader);
/* Into the block of the command that was returned last, which has one. A block that is not entered is passed
 * over. */
void tamis_sieve_reader_enter(TamisSieveReader *reader, TamisSieveLevel *level);
/* Behind the block, passing over what is left of it. */
void tamis_sieve_reader_leave(TamisSieveReader *reader);

/* Has tests and strings heard where lists get long, in texts so large that memory matters: what is returned of a
 * command then lacks them, and tells how many there were. Nothing happens over a tree. */
void tamis_sieve_reader_hear_lists(TamisSieveReader *reader, TamisSieveHearTests hear_tests,
                                   TamisSieveHearStrings hear_strings);

gboolean tamis_sieve_reader_has_bom(const TamisSieveReader *reader);
/* Of syntax, so far. */
guint32 tamis_sieve_reader_n_errors(const TamisSieveReader *reader);

/* Reads all of a source for what is wrong with its syntax, which goes to the report, and holds nothing; returns how many
 * errors there are. */
guint32 tamis_sieve_read_unheard(TamisSourceId source, TamisReport *report);
