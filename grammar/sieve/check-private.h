/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of the checker, check*.c, share; for nobody else. */
#pragma once

#include "grammar/sieve/bind.h"
#include "grammar/sieve/check.h"
#include "grammar/sieve/reader.h"
#include "grammar/sieve/reference.h"

/* What tells longer names apart is not looked at: no engine takes them. */
#define TAMIS_SIEVE_MAX_VARIABLE_BYTES 255

/* A variable that was met. */
typedef struct TamisSieveVariable TamisSieveVariable;
struct TamisSieveVariable {
    TamisSieveVariable *next;
    char *value; /* the constant of its first write; NULL: that depends */
    guint32 length;
    guint32 n_set; /* how often it has been written to, wherever */
    guint scope;   /* check-variable.c; 0: it has none so far */
    guint name_length;
    char name[]; /* in lower case */
};

/* A loop over parts that encloses what is checked. */
typedef struct TamisSieveLoop TamisSieveLoop;
struct TamisSieveLoop {
    char *name; /* owned; NULL: it has none */
    gsize name_length;
    TamisSieveLoop *outer;
    guint depth;         /* of the commands in it */
    gboolean never_ends; /* one of these leaves the loops around, too */
};

/* What an ihave asks for, as far as it has been read. */
typedef struct {
    TamisSpan test; /* begins where the test does; source 0: none is being read */
    TamisExtensionSet extensions;
    gboolean lacks_some;    /* that the server has not, or that cannot be had so */
    TamisSpan spamtest;     /* the first; source 0: it was not asked for */
    gboolean has_plus_last; /* 'spamtestplus' was asked for, behind that if at all */
} TamisSieveAsked;

typedef struct {
    const TamisSieveCheckOptions *options;
    const TamisServer *server;
    TamisSourceId source;
    const TamisSieveScript *tree; /* NULL: the text is read as it is checked */
    gboolean is_xml;
    TamisSieveReader *reader;
    TamisArena *arena; /* what is allocated here lives as long as the command at hand */
    TamisReport *report;
    TamisSieveChecked *out;
    TamisExtensionSet available;  /* by require, or by an ihave that was passed */
    TamisExtensionSet complained; /* of being missing */
    TamisSieveAsked asked;        /* by the last ihave */
    TamisSpan spamtest_at;        /* the name that took 'spamtestplus' away; source 0: none */
    gboolean has_variables;       /* in strings, ${…} is replaced */
    gboolean has_encoded;         /* so is ${hex:…} */
    gboolean has_returns;         /* carriage returns, anywhere in the script */
    gboolean has_foreign;         /* likewise bytes that are no UTF-8 … */
    gboolean has_controls;        /* … and control characters, but for tabs and line breaks */
    gboolean has_foreign_string;  /* one of these was in a string, which was reported */
    gboolean has_odd_strings; /* strings are to be looked at for what the server stumbles over */
    TamisSieveVariable *variables; /* those that were met, the last first */
    guint n_met;
    GHashTable *variables_by_name; /* NULL: they are so few that the list is faster */
    gboolean may_be_set_elsewhere; /* by included scripts, or by what was not noted */
    gboolean is_included;          /* by another script */
    guint n_variables;             /* those that were met and are not shared */
    TamisSieveLoop *loop;
    TamisSpan loop_behind; /* in a loop, the one that has just ended; source 0: none */
    guint depth;           /* blocks around */
    guint n_commands;
    gboolean is_past_require;
    gboolean
        is_decided; /* the rest of the chain that the next command may go on with is never run */
    gboolean has_broken_require;  /* it may have named whatever is used */
    gboolean requires_unknown;    /* an extension that nobody knows, and so any word */
    TamisSpan processcalendar_at; /* one that always runs, before what is checked; source 0: none */
    TamisSpan filter_at;          /* a command before that filters the message; source 0: none */
    gboolean is_global_lost;      /* the command before is a 'global' without its variables */
    GArray *
        way; /* of TamisSourceId: the scripts that include each other down to this one; NULL: none does */
    GHashTable *checked; /* the ids of all that were checked; NULL: this one alone */
    GHashTable *missing; /* where scripts are not that need not be; NULL with checked */
} TamisSieveChecker;

/* Every helper reports to the checker's report with the rule's own severity. */
TamisDiagnostic *tamis_sieve_find(TamisSieveChecker *checker, TamisSpan span, TamisRule rule,
                                  const char *format, ...) G_GNUC_PRINTF(4, 5);
void tamis_sieve_advise(TamisSieveChecker *checker, TamisDiagnostic *diagnostic, const char *format,
                        ...) G_GNUC_PRINTF(3, 4);

static inline gboolean
tamis_sieve_is_engine(const TamisSieveChecker *checker, TamisEngine engine)
{
    return checker->server->engine == engine;
}

/* check.c */
void tamis_sieve_check_script(TamisSieveChecker *checker);
/* The extensions that a word and its tags need; name: the word's place. */
void
tamis_sieve_use_bound(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name);
/* All requires are read. */
void tamis_sieve_end_requires(TamisSieveChecker *checker);
/* A reader of the script, from its start. */
TamisSieveReader *tamis_sieve_read_again(TamisSieveChecker *checker, TamisArena *arena,
                                         TamisReport *report, TamisSieveHearComment hear);

/* check-require.c */
/* The names of a require command, in its place or not, or some of them. NULL: there are none. */
void tamis_sieve_check_required(TamisSieveChecker *checker, const TamisSieveArgument *names);
/* Something at span, described by format ("':copy'"), needs the extension. reference: where it is defined; NULL: where
 * the extension is. */
void tamis_sieve_use_extension(TamisSieveChecker *checker, TamisExtension extension,
                               const char *reference, TamisSpan span, const char *format, ...)
    G_GNUC_PRINTF(5, 6);
/* The same of what the server takes without it, a warning at each place, which is not mended: the script would do something
 * else. effect: what becomes of it. */
void tamis_sieve_use_quietly(TamisSieveChecker *checker, TamisExtension extension, TamisSpan span,
                             const char *effect, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* Some of the names of an ihave test, before the others have been read. */
void tamis_sieve_check_asked(TamisSieveChecker *checker, const TamisSieveTest *test,
                             const TamisSieveArgument *names);
/* An ihave test with the last of its names: whether the server has all. Makes that available. */
gboolean tamis_sieve_check_ihave(TamisSieveChecker *checker, const TamisSieveTest *test,
                                 const TamisSieveBound *bound);
void tamis_sieve_check_extension_pairs(TamisSieveChecker *checker);

/* check-string.c */
/* What the engine makes of the string before the script runs, lent from the arena or the string; FALSE when
 * it depends on the message. */
gboolean tamis_sieve_fold(TamisSieveChecker *checker, const TamisSieveString *string,
                          const char **out_text, gsize *out_length);
static inline gboolean
tamis_sieve_resolve(TamisSieveChecker *checker, const TamisSieveString *string,
                    const char **out_text, gsize *out_length)
{
    if (G_UNLIKELY(!string->is_literal))
        return tamis_sieve_fold(checker, string, out_text, out_length);
    *out_text = string->text;
    *out_length = string->length_bytes;
    return TRUE;
}

/* What the command or test, which brings variables, writes to. */
void tamis_sieve_note_writes(TamisSieveChecker *checker, const TamisSieveBound *bound);
/* Whether a variable stands in it, perhaps by an encoded character. */
gboolean tamis_sieve_has_variable(TamisSieveChecker *checker, const TamisSieveString *string);
/* A variable in the name of something ("program"), where the server "requires a constant string" and never looks what it
 * holds. FALSE: there is nothing to tell. */
gboolean tamis_sieve_complain_variable(TamisSieveChecker *checker, const TamisSieveString *string,
                                       const char *of, const char *remedy);
/* The faults inside of ${…}. */
void tamis_sieve_check_references(TamisSieveChecker *checker, const TamisSieveString *string);
/* The same of all strings of an argument of any kind. */
void
tamis_sieve_check_all_references(TamisSieveChecker *checker, const TamisSieveArgument *argument);

/* check-encoded.c */
/* The string with its encoded characters decoded, lent as by tamis_sieve_fold. NOT: it has none, and stands as it is;
 * BEYOND: some are no characters, and are left out. */
TamisSieveEncoded tamis_sieve_decode(TamisSieveChecker *checker, const TamisSieveString *string,
                                     const char **out_text, gsize *out_length);
/* The place of a part of the string's value; the whole string where escapes have moved it. */
TamisSpan
tamis_sieve_span_inside(const TamisSieveString *string, const char *start, const char *end);
/* The encoded characters of a string that are none. */
void tamis_sieve_check_characters(TamisSieveChecker *checker, const TamisSieveString *string);
/* A value of the type, decoded: bytes that its server does not take, or that nobody should send. */
void tamis_sieve_check_decoded(TamisSieveChecker *checker, const TamisSieveBound *bound,
                               TamisSieveType type, const TamisSieveString *string);

/* check-header.c */
/* The name of a field, which a command writes or a test looks for. */
void tamis_sieve_check_header(TamisSieveChecker *checker, const TamisSieveBound *bound,
                              const TamisSieveString *string);
void tamis_sieve_check_header_value(TamisSieveChecker *checker, const TamisSieveString *string);
/* A text of the command, which may be its subject. */
void tamis_sieve_check_subject(TamisSieveChecker *checker, const TamisSieveBound *bound,
                               const TamisSieveString *string);
void tamis_sieve_check_deleted_header(TamisSieveChecker *checker, const TamisSieveString *string);
/* Of parts, with ':mime', fields that begin with "content-" may hold addresses too (RFC 5703, section 4.2); Pigeonhole
 * does not see it so. */
void tamis_sieve_check_address_header(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                      const TamisSieveString *string);
/* Whether a text is one of the names, which are in lower case, in any case. */
gboolean
tamis_sieve_is_among(const char *text, gsize length, const char *const *names, gsize n_names);

/* check-libsieve.c: for that server alone. */
/* A number that has a unit. */
void tamis_sieve_check_libsieve_unit(TamisSieveChecker *checker, const TamisSieveArgument *number);
/* All is read, and nothing was said yet of the end of the requires. */
void tamis_sieve_check_libsieve_end(TamisSieveChecker *checker);
void tamis_sieve_check_libsieve_test(TamisSieveChecker *checker, const TamisSieveBound *bound);

/* check-dollar.c: string is not literal. */
void tamis_sieve_check_dollars(TamisSieveChecker *checker, const TamisSieveBound *bound,
                               TamisSieveType type, const TamisSieveString *string);

/* check-value.c */
/* Everything about one argument's value that its type says. */
void tamis_sieve_check_some_value(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                  TamisSieveType type, const TamisSieveArgument *argument);
/* What compares looks at its keys, and at what it is told to do, itself; so do require and ihave. */
static inline gboolean
tamis_sieve_is_looked_at_itself(TamisSieveType type)
{
    switch (type) {
    case TAMIS_SIEVE_TYPE_KEYS:
    case TAMIS_SIEVE_TYPE_KEY:
    case TAMIS_SIEVE_TYPE_COMPARATOR:
    case TAMIS_SIEVE_TYPE_RELATION:
    case TAMIS_SIEVE_TYPE_EXTENSIONS:
        return TRUE;
    default:
        return FALSE;
    }
}

static inline void
tamis_sieve_check_value(TamisSieveChecker *checker, const TamisSieveBound *bound,
                        TamisSieveType type, const TamisSieveArgument *argument)
{
    if (!argument->is_literal || !tamis_sieve_is_looked_at_itself(type))
        tamis_sieve_check_some_value(checker, bound, type, argument);
}

/* Tags of the notify of old (draft-martin-sieve-notify) where that of RFC 5435 is meant: one finding for them all,
 * and what stands there is not looked at further. */
void tamis_sieve_complain_old_notify(TamisSieveChecker *checker, const TamisSieveArgument *tag);
/* The first of these tags; NULL: there is none, or they are in their place. */
const TamisSieveArgument *
tamis_sieve_find_old_tag(const TamisSieveWord *word, const TamisSieveArgument *arguments);
static inline const TamisSieveArgument *
tamis_sieve_find_old_notify(const TamisSieveWord *word, const TamisSieveArgument *arguments)
{
    return G_LIKELY(word->id != TAMIS_WORD_NOTIFY) ? NULL
                                                   : tamis_sieve_find_old_tag(word, arguments);
}

/* check-word.c */
/* Moves the finding to the parentheses around the test, and takes them away. */
void tamis_sieve_take_parentheses(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
                                  const TamisSieveTest *test);
/* A word in the place of a test or a command that is none. */
void tamis_sieve_complain_word(TamisSieveChecker *checker, const char *name, guint32 length,
                               TamisSpan span, gboolean is_test);
/* Tests where none belong: a sign is missing, or a word is. word: of name; NULL: unknown. */
void tamis_sieve_complain_tests(TamisSieveChecker *checker, const char *name,
                                const TamisSieveWord *word, const TamisSieveTest *tests);

/* check-variable.c */
/* NULL: none of the name was met. */
TamisSieveVariable *
tamis_sieve_find_variable(const TamisSieveChecker *checker, const char *name, gsize length);
/* The same, which is met if it was not; NULL: there are too many. */
TamisSieveVariable *
tamis_sieve_get_variable(TamisSieveChecker *checker, const char *name, gsize length);
void tamis_sieve_forget_variables(TamisSieveChecker *checker);
/* The name of a variable that is written to, read or shared. */
void tamis_sieve_check_variable(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                const TamisSieveString *string);
/* A variable is used, in a string or as a name. */
void tamis_sieve_meet_variable(TamisSieveChecker *checker, const char *name, gsize length,
                               TamisSpan span);

/* check-mailto.c */
/* The URI that says how to notify; is_tested: whether it could. */
void tamis_sieve_check_method(TamisSieveChecker *checker, const TamisSieveString *string,
                              gboolean is_tested);

/* check-external.c */
typedef enum {
    TAMIS_SIEVE_LIST_SENT_TO, /* or otherwise used by an action: engines look before the script runs */
    TAMIS_SIEVE_LIST_MATCHED,  /* by a test, when mail arrives */
    TAMIS_SIEVE_LIST_ASKED_FOR /* whether there is such a list */
} TamisSieveListUse;
void tamis_sieve_check_external_list(TamisSieveChecker *checker, const TamisSieveString *string,
                                     TamisSieveListUse use);
/* Of a URI to notify, what stands behind "xmpp:". */
void tamis_sieve_check_xmpp(TamisSieveChecker *checker, const TamisSieveString *string,
                            const char *text, gsize length);

/* check-environment.c: text is the string's value. */
void tamis_sieve_check_environment(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                   const TamisSieveString *string, const char *text, gsize length);

/* check-name.c */
/* Values that only some engines know. */
void tamis_sieve_check_name_value(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                  TamisSieveType type, const TamisSieveString *string);

/* check-combination.c */
/* Tags of a command beside each other. */
void tamis_sieve_check_known_combination(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                         TamisSpan name);
static inline void
tamis_sieve_check_combination(TamisSieveChecker *checker, const TamisSieveBound *bound,
                              TamisSpan name)
{
    switch (bound->word->id) {
    case TAMIS_WORD_NOTIFY:
    case TAMIS_WORD_PROCESSIMIP:
    case TAMIS_WORD_ENVELOPE:
    case TAMIS_WORD_EXECUTE:
    case TAMIS_WORD_FILTER:
    case TAMIS_WORD_DELETEHEADER:
    case TAMIS_WORD_GLOBAL:
    case TAMIS_WORD_REDIRECT:
    case TAMIS_WORD_PROCESSCALENDAR:
    case TAMIS_WORD_REJECT:
    case TAMIS_WORD_EREJECT:
    case TAMIS_WORD_STOP:
    case TAMIS_WORD_RETURN:
        tamis_sieve_check_known_combination(checker, bound, name);
        break;
    default: /* of which none has any */
        checker->is_global_lost = FALSE;
        break;
    }
}

/* check-address.c. type: ADDRESS, which has no name beside it, SENDER or ADDRESSES. */
void tamis_sieve_check_address(TamisSieveChecker *checker, const TamisSieveString *string,
                               TamisSieveType type);

/* check-time.c */
/* "+hhmm", less than a day. */
gboolean tamis_sieve_is_offset(const char *text, gsize length);
void tamis_sieve_check_zone(TamisSieveChecker *checker, const TamisSieveString *string);
void tamis_sieve_check_date_part(TamisSieveChecker *checker, const TamisSieveString *string);
/* "2026-11-23T10:00:00Z", or with an offset. */
gboolean tamis_sieve_is_iso8601(const char *text, gsize length);
/* The keys of date and currentdate, or some of them, each by itself. */
void tamis_sieve_check_time_keys(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                 const TamisSieveArgument *keys);
/* These, and how they are compared. */
void tamis_sieve_check_times(TamisSieveChecker *checker, const TamisSieveBound *bound);

/* check-compare.c */
/* Match type, comparator and keys of a test that has them. */
void tamis_sieve_check_compare(TamisSieveChecker *checker, const TamisSieveBound *bound);
/* The keys alone. */
void tamis_sieve_check_keys(TamisSieveChecker *checker, const TamisSieveBound *bound,
                            const TamisSieveArgument *keys);

/* check-slip.c */
/* Whether a backslash is written alone, as in "\\.", where the string is without it. */
gboolean
tamis_sieve_has_lost_backslash(const TamisSieveChecker *checker, const TamisSieveString *string);
/* The fix: each such backslash twice. */
void tamis_sieve_keep_backslashes(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
                                  const TamisSieveString *string);
/* A key of a test of texts that is no glob, or one where none is. FALSE: nothing was to be told. */
gboolean tamis_sieve_check_key_slip(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                    const TamisSieveString *key, gboolean is_glob);

/* check-list.c */
/* Strings of a long list, before their command has been read to its end: a TamisSieveHearStrings. */
void tamis_sieve_check_some_strings(gpointer data, const TamisSieveCommand *command,
                                    const TamisSieveTest *test, const TamisSieveArgument *list);

/* check-limits.c */
/* A wall of the server's parser, of which it takes that many at most; what: "there are more arguments". */
void tamis_sieve_complain_wall(TamisSieveChecker *checker, TamisSpan span, const char *what,
                               guint64 limit);
void tamis_sieve_check_text(TamisSieveChecker *checker);
/* Whether a control character, or bytes that are no UTF-8, stand in the string as written: a finding of its own. */
gboolean
tamis_sieve_has_raw_fault(const TamisSieveChecker *checker, const TamisSieveString *string);
/* Of bytes that are no UTF-8 those that no string has; when all has been looked at. */
void tamis_sieve_check_comment_bytes(TamisSieveChecker *checker);
void tamis_sieve_complain_upper_case(TamisSieveChecker *checker, const char *name, guint32 length,
                                     TamisSpan span);
static inline void
tamis_sieve_check_word_case(TamisSieveChecker *checker, const char *name, guint32 length,
                            TamisSpan span)
{
    if (checker->server->lower_case_only)
        tamis_sieve_complain_upper_case(checker, name, length, span);
}
void tamis_sieve_check_some_limits(TamisSieveChecker *checker, const TamisSieveArgument *arguments);
static inline void
tamis_sieve_check_argument_limits(TamisSieveChecker *checker, const TamisSieveArgument *arguments)
{
    if (checker->has_odd_strings || checker->server->max_list_strings > 0)
        tamis_sieve_check_some_limits(checker, arguments);
}
/* Of each of its strings. */
void
tamis_sieve_check_string_limits(TamisSieveChecker *checker, const TamisSieveArgument *argument);
void tamis_sieve_check_comment(TamisSieveChecker *checker, const TamisSieveComment *comment);

/* check-include.c */
void tamis_sieve_check_include(TamisSieveChecker *checker, const TamisSieveBound *bound);

/* check-loop.c */
void
tamis_sieve_check_in_loop(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name);
/* The loop becomes the innermost. Returns how many there are. */
guint tamis_sieve_enter_loop(TamisSieveChecker *checker, TamisSieveLoop *loop,
                             const TamisSieveBound *bound);
/* name: of the loop's command. */
void tamis_sieve_leave_loop(TamisSieveChecker *checker, TamisSpan name);
/* Before each command in a loop but those that go on with a chain. word may be NULL. */
void tamis_sieve_check_behind_loop(TamisSieveChecker *checker, const TamisSieveCommand *command,
                                   const TamisSieveWord *word);
/* Whether the server goes from the end of the command's block to the end of its chain: it does not where it has decided
 * the test already. word may be NULL. */
gboolean
tamis_sieve_jumps_behind_block(const TamisSieveCommand *command, const TamisSieveWord *word);
/* Behind the block of such a command, if its test is open; name: the command's. */
void tamis_sieve_check_branch_behind_loop(TamisSieveChecker *checker, TamisSpan name);
