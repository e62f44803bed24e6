/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way through the tree: which words stand where, with tests, blocks and arguments as the table has them.
 * What values mean is in the other check files. */
#include "grammar/sieve/check.h"

#include "grammar/sieve/check-private.h"

/* Pigeonhole's, for loops over parts inside each other. */
#define MAX_LOOPS 4

/* What is known of a test before any message: only an ihave that fails decides. */
typedef enum { TRUTH_OPEN, TRUTH_HOLDS, TRUTH_FAILS } Truth;

static Truth check_test(TamisSieveChecker *checker, const TamisSieveTest *test, guint depth);
static void check_commands(TamisSieveChecker *checker);

TamisDiagnostic *
tamis_sieve_find(TamisSieveChecker *checker, TamisSpan span, TamisRule rule, const char *format,
                 ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return tamis_report_add(checker->report, span, rule, "%s", message);
}

void
tamis_sieve_advise(TamisSieveChecker *checker, TamisDiagnostic *diagnostic, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    tamis_report_help(checker->report, diagnostic, "%s", text);
}

/* Words ----------------------------------------------------------------------------------------- */

/* Words and tags that a server lacks though it has their extension. */
static const struct {
    TamisEngine engine;
    TamisSieveWordName word;
    int tag; /* TamisSieveTagName; -1: the word itself */
} lacks[] = {
    {TAMIS_ENGINE_PIGEONHOLE, TAMIS_WORD_SET, TAMIS_TAG_QUOTEREGEX},
    {TAMIS_ENGINE_PIGEONHOLE, TAMIS_WORD_EXTRACTTEXT, TAMIS_TAG_QUOTEREGEX},
    {TAMIS_ENGINE_CYRUS, TAMIS_WORD_PROCESSIMIP, TAMIS_TAG_ADDRESSES},
    {TAMIS_ENGINE_CYRUS, TAMIS_WORD_GLOBAL, -1},
    {TAMIS_ENGINE_LIBSIEVE, TAMIS_WORD_DENOTIFY, -1},
};

static G_NO_INLINE void
check_known_lacks(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name)
{
    for (guint i = 0; i < G_N_ELEMENTS(lacks); i++) {
        if (lacks[i].word != bound->word->id || lacks[i].engine != checker->server->engine)
            continue;
        const TamisSieveArgument *tag =
            lacks[i].tag >= 0 ? tamis_sieve_bound_tag(bound, (TamisSieveTagName)lacks[i].tag)
                              : NULL;
        if (lacks[i].tag >= 0 && tag == NULL)
            continue;
        TamisDiagnostic *diagnostic = tamis_sieve_find(
            checker, tag != NULL ? tag->span : name, TAMIS_RULE_UNSUPPORTED,
            "the server '%s' does not know '%s%.*s'", checker->server->name, tag != NULL ? ":" : "",
            tag != NULL ? (int)tag->name_length : bound->word->length,
            tag != NULL ? tag->name : bound->word->name);
        tamis_sieve_advise(checker, diagnostic, "do without it");
    }
}

static inline void
check_lacks(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name)
{
    switch (bound->word->id) {
    case TAMIS_WORD_SET:
    case TAMIS_WORD_EXTRACTTEXT:
    case TAMIS_WORD_PROCESSIMIP:
    case TAMIS_WORD_GLOBAL:
    case TAMIS_WORD_DENOTIFY:
        check_known_lacks(checker, bound, name);
        break;
    default: /* which lack nothing */
        break;
    }
}

/* Whether there is nothing to say about an extension's use. */
static inline gboolean
is_settled(const TamisSieveChecker *checker, guint extension)
{
    return extension == TAMIS_EXTENSION_NONE ||
           (tamis_extension_set_has(&checker->available, (TamisExtension)extension) &&
            tamis_extension_set_has(&checker->out->used, (TamisExtension)extension));
}

static void
use_word(TamisSieveChecker *checker, const TamisSieveWord *word, TamisSpan name)
{
    for (guint i = 0; i < G_N_ELEMENTS(word->extensions); i++) {
        if (is_settled(checker, word->extensions[i]))
            continue;
        tamis_sieve_use_extension(checker, (TamisExtension)word->extensions[i], word->reference,
                                  name, "'%s'", word->name);
    }
}

static inline void
use_tag(TamisSieveChecker *checker, const TamisSieveBound *bound, guint index)
{
    const TamisSieveTag *tag = bound->tags[index].tag;

    if (!is_settled(checker, tag->extension))
        tamis_sieve_use_extension(checker, (TamisExtension)tag->extension, NULL,
                                  bound->tags[index].argument->span, "':%s'", tag->name);
}

void
tamis_sieve_use_bound(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name)
{
    use_word(checker, bound->word, name);
    for (guint i = 0; i < bound->n_tags; i++)
        use_tag(checker, bound, i);
}

static void
check_tags(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    for (guint i = 0; i < bound->n_tags; i++) {
        const TamisSieveTag *tag = bound->tags[i].tag;
        use_tag(checker, bound, i);
        if (bound->tags[i].value != NULL)
            tamis_sieve_check_value(checker, bound, (TamisSieveType)tag->type,
                                    bound->tags[i].value);
    }
}

/* A variable beside flags needs the extension that brings variables. */
static void
check_optional_variable(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveWord *word = bound->word;

    for (guint i = 0; i < word->n_parameters; i++) {
        if (!word->parameters[i].is_optional || bound->parameters[i] == NULL ||
            (word->parameters[i].type != TAMIS_SIEVE_TYPE_VARIABLE &&
             word->parameters[i].type != TAMIS_SIEVE_TYPE_VARIABLES))
            continue;
        tamis_sieve_use_extension(checker, TAMIS_EXTENSION_VARIABLES, NULL,
                                  bound->parameters[i]->span, "the variable of '%s'", word->name);
    }
}

/* Arguments of a command or test: bound, and every value looked at. Where tests stand instead of arguments,
 * that is said elsewhere. */
static G_NO_INLINE void
check_some_arguments(TamisSieveChecker *checker, const TamisSieveWord *word,
                     const TamisSieveArgument *arguments, gboolean has_stray_tests, TamisSpan name,
                     TamisSieveBound *bound)
{
    if (word->extensions[0] != TAMIS_EXTENSION_NONE)
        use_word(checker, word, name);
    const TamisSieveArgument *old = tamis_sieve_find_old_notify(word, arguments);
    if (G_UNLIKELY(old != NULL)) {
        tamis_sieve_complain_old_notify(checker, old);
        for (; arguments != NULL; arguments = arguments->next)
            tamis_sieve_check_all_references(checker, arguments);
        tamis_sieve_bind(word, NULL, name, NULL, bound);
        return;
    }
    tamis_sieve_bind(word, arguments, name, has_stray_tests ? NULL : checker->report, bound);
    check_lacks(checker, bound, name);
    if (arguments == NULL)
        return;
    check_tags(checker, bound);
    for (guint i = 0; G_UNLIKELY(bound->meant != 0) && i < word->n_tags; i++)
        if ((bound->meant >> i & 1) && word->tags[i].extension != TAMIS_EXTENSION_NONE)
            tamis_extension_set_add(&checker->out->used, (TamisExtension)word->tags[i].extension);
    for (guint i = 0; i < word->n_parameters; i++)
        if (bound->parameters[i] != NULL)
            tamis_sieve_check_value(checker, bound, (TamisSieveType)word->parameters[i].type,
                                    bound->parameters[i]);
    if (word->n_required < word->n_parameters)
        check_optional_variable(checker, bound);
    if (word->writes_variables && checker->has_variables)
        tamis_sieve_note_writes(checker, bound);
    tamis_sieve_check_argument_limits(checker, arguments);
    if (checker->server->max_arguments > 0 && bound->n_arguments > checker->server->max_arguments)
        tamis_sieve_complain_wall(checker, name, "there are more arguments",
                                  checker->server->max_arguments);
}

/* The same; many words need no extension, and have no arguments. */
static inline void
check_arguments(TamisSieveChecker *checker, const TamisSieveWord *word,
                const TamisSieveArgument *arguments, gboolean has_stray_tests, TamisSpan name,
                TamisSieveBound *bound)
{
    if (arguments != NULL || word->n_parameters > 0 || word->extensions[0] != TAMIS_EXTENSION_NONE)
        check_some_arguments(checker, word, arguments, has_stray_tests, name, bound);
    else
        tamis_sieve_bind(word, NULL, name, NULL, bound);
}

/* Tests ----------------------------------------------------------------------------------------- */

/* How many tests, with parentheses or without, of a word that takes them; FALSE: there is nothing to go into. */
static gboolean
check_tests_form(TamisSieveChecker *checker, const TamisSieveWord *word,
                 const TamisSieveTest *tests, gboolean is_list, gboolean has_heard, TamisSpan name)
{
    TamisDiagnostic *diagnostic;
    gboolean has_more = has_heard || (tests != NULL && tests->next != NULL);

    if (tests == NULL) {
        diagnostic =
            tamis_sieve_find(checker, name, TAMIS_RULE_SYNTAX, "'%s' lacks its %s", word->name,
                             word->tests == TAMIS_SIEVE_TESTS_ONE ? "test" : "tests");
        tamis_sieve_advise(checker, diagnostic, "write '%s' (%s)", word->usage, word->reference);
        return FALSE;
    }
    if (word->tests == TAMIS_SIEVE_TESTS_ONE && is_list) {
        diagnostic = tamis_sieve_find(checker, name, TAMIS_RULE_SYNTAX,
                                      "'%s' takes one test, without parentheses", word->name);
        tamis_sieve_advise(checker, diagnostic,
                           has_more ? "write 'allof' or 'anyof' before the parenthesis"
                                    : "take the parentheses away");
        if (!has_more)
            tamis_sieve_take_parentheses(checker, diagnostic, tests);
    } else if (word->tests == TAMIS_SIEVE_TESTS_LIST && !is_list) {
        diagnostic = tamis_sieve_find(checker, name, TAMIS_RULE_SYNTAX,
                                      "'%s' takes tests in parentheses", word->name);
        tamis_sieve_advise(checker, diagnostic, "write '%s (…, …)'", word->name);
    }
    return TRUE;
}

static inline gboolean
check_test_form(TamisSieveChecker *checker, const TamisSieveWord *word, const TamisSieveTest *tests,
                gboolean is_list, gboolean has_heard, TamisSpan name)
{
    if (word->tests != TAMIS_SIEVE_TESTS_NONE)
        return check_tests_form(checker, word, tests, is_list, has_heard, name);
    if (tests != NULL)
        tamis_sieve_complain_tests(checker, word->name, word, tests);
    return FALSE;
}

/* Cyrus passes over what an ihave that fails makes needless, and over nothing else. */
static Truth
negate(const TamisSieveChecker *checker, Truth truth)
{
    if (truth == TRUTH_HOLDS)
        return TRUTH_FAILS;
    if (truth == TRUTH_FAILS && !tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS))
        return TRUTH_HOLDS;
    return TRUTH_OPEN;
}

/* What those of a test's nested tests say together that were looked at first. */
typedef enum { HEARD_NOTHING, HEARD_OPEN, HEARD_DECIDED } Heard;

/* From the left, until one decides where ihave is used. Of not the first one counts. */
static Heard
check_some_inside(TamisSieveChecker *checker, Truth decider, Heard heard,
                  const TamisSieveTest *tests, guint depth)
{
    for (; tests != NULL && heard != HEARD_DECIDED; tests = tests->next) {
        Truth one = check_test(checker, tests, depth);
        if (one == decider)
            heard = HEARD_DECIDED;
        else if (one == TRUTH_OPEN)
            heard = HEARD_OPEN;
    }
    return heard;
}

static Truth
decider_of(const TamisSieveWord *word)
{
    return word->id == TAMIS_WORD_ALLOF ? TRUTH_FAILS : TRUTH_HOLDS;
}

/* Tests inside a test. */
static Truth
check_tests_inside(TamisSieveChecker *checker, const TamisSieveTest *test, guint depth)
{
    const TamisSieveWord *word = tamis_sieve_test_word(test);
    Truth decider = decider_of(word);
    guint n_tests = test->n_heard;

    if (word->id == TAMIS_WORD_NOT)
        return n_tests > 0 ? TRUTH_OPEN
                           : negate(checker, check_test(checker, test->tests, depth + 1));
    Heard heard = check_some_inside(checker, decider, (Heard)test->heard, test->tests, depth + 1);
    if (heard == HEARD_DECIDED)
        return decider;
    for (const TamisSieveTest *inner = test->tests; inner != NULL; inner = inner->next)
        n_tests++;
    if (checker->server->max_tests > 0 && n_tests > checker->server->max_tests)
        tamis_sieve_complain_wall(checker, tamis_sieve_test_name_span(test), "there are more tests",
                                  checker->server->max_tests);
    if (heard == HEARD_OPEN)
        return TRUTH_OPEN;
    return decider == TRUTH_FAILS ? TRUTH_HOLDS : TRUTH_FAILS;
}

/* Pigeonhole 0.5 crashes on it when it compiles. */
static void
check_empty_hasflag(TamisSieveChecker *checker, const TamisSieveTest *test,
                    const TamisSieveBound *bound)
{
    guint n_values = 0; /* less those of tags */

    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ||
        !tamis_extension_set_has(&checker->available, TAMIS_EXTENSION_IMAP4FLAGS))
        return;
    for (const TamisSieveArgument *argument = test->arguments; argument != NULL;
         argument = argument->next)
        n_values += argument->kind != TAMIS_SIEVE_TAG;
    for (guint i = 0; i < bound->n_tags; i++)
        n_values -= bound->tags[i].value != NULL;
    if (n_values > 0)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, tamis_sieve_test_name_span(test), TAMIS_RULE_ENGINE_CRASH,
                         "'hasflag' without flags crashes the server '%s'", checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "name the flags: 'hasflag \"\\\\Flagged\"'");
}

static void
check_hasflag_match(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name)
{
    static const TamisSieveTagName types[] = {TAMIS_TAG_IS,      TAMIS_TAG_CONTAINS,
                                              TAMIS_TAG_MATCHES, TAMIS_TAG_VALUE,
                                              TAMIS_TAG_COUNT,   TAMIS_TAG_REGEX};
    gboolean has_type = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        has_type |= tamis_sieve_bound_tag(bound, types[i]) != NULL;
    if (!has_type || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_LIBSIEVE))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, name, TAMIS_RULE_ENGINE_CRASH,
        "'hasflag' with a match type crashes the server '%s'", checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "do without the match type");
}

/* What one test has of its own. */
static Truth
check_test_kind(TamisSieveChecker *checker, const TamisSieveTest *test,
                const TamisSieveBound *bound)
{
    const TamisSieveWord *word = bound->word;
    TamisSpan name = tamis_sieve_test_name_span(test);

    if (word->takes_comparator)
        tamis_sieve_check_compare(checker, bound);
    if (word->extensions[0] == TAMIS_EXTENSION_DATE)
        tamis_sieve_check_times(checker, bound);
    if (word->id == TAMIS_WORD_HASFLAG) {
        check_empty_hasflag(checker, test, bound);
        check_hasflag_match(checker, bound, name);
    }
    if (word->id == TAMIS_WORD_SIZE && bound->is_complete && bound->n_tags == 0) {
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, name, TAMIS_RULE_SYNTAX, "'size' lacks ':over' or ':under'");
        tamis_sieve_advise(checker, diagnostic, "write 'size :over 10M'");
    }
    tamis_sieve_check_combination(checker, bound, name);
    if (word->id == TAMIS_WORD_IHAVE)
        return tamis_sieve_check_ihave(checker, test, bound) ? TRUTH_OPEN : TRUTH_FAILS;
    return TRUTH_OPEN;
}

static Truth
check_test(TamisSieveChecker *checker, const TamisSieveTest *test, guint depth)
{
    const TamisSieveWord *word = tamis_sieve_test_word(test);
    TamisSpan name = tamis_sieve_test_name_span(test);
    guint max = checker->server->max_test_nesting;
    TamisSieveBound bound;

    if (max > 0 && depth == max + 1)
        tamis_sieve_complain_wall(checker, name, "tests nest deeper", max);
    if (word == NULL) {
        tamis_sieve_complain_word(checker, test->name, test->name_length, name, TRUE);
        return TRUTH_OPEN;
    }
    tamis_sieve_check_word_case(checker, test->name, test->name_length, name);
    word = tamis_sieve_choose_word(word, &checker->available);
    check_arguments(checker, word, test->arguments,
                    test->tests != NULL && word->tests == TAMIS_SIEVE_TESTS_NONE, name, &bound);
    if (check_test_form(checker, word, test->tests, test->is_list, test->n_heard > 0, name))
        return check_tests_inside(checker, test, depth);
    return check_test_kind(checker, test, &bound);
}

/* Commands -------------------------------------------------------------------------------------- */

/* elsif and else go on from a block before them; previous: the word of the command before, or NULL. */
static void
check_chain(TamisSieveChecker *checker, const TamisSieveCommand *command,
            const TamisSieveWord *word, const TamisSieveWord *previous)
{
    if ((word->id != TAMIS_WORD_ELSIF && word->id != TAMIS_WORD_ELSE) ||
        (previous != NULL && (previous->id == TAMIS_WORD_IF || previous->id == TAMIS_WORD_ELSIF)))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, tamis_sieve_command_name_span(command), TAMIS_RULE_SYNTAX,
                         "'%s' follows no 'if' and no 'elsif'", word->name);
    if (previous != NULL && previous->id == TAMIS_WORD_ELSE)
        tamis_sieve_advise(checker, diagnostic, "write 'else' last");
    else
        tamis_sieve_advise(checker, diagnostic, "write it right behind the block of an 'if'");
}

static void
check_block_form(TamisSieveChecker *checker, const TamisSieveCommand *command,
                 const TamisSieveWord *word)
{
    TamisSpan name = tamis_sieve_command_name_span(command);
    TamisDiagnostic *diagnostic;

    if (word->takes_block == (gboolean)command->has_block)
        return;
    if (word->takes_block) {
        diagnostic =
            tamis_sieve_find(checker, name, TAMIS_RULE_SYNTAX, "'%s' lacks its block", word->name);
        tamis_sieve_advise(checker, diagnostic, "write '{ … }' behind it");
    } else {
        diagnostic =
            tamis_sieve_find(checker, name, TAMIS_RULE_SYNTAX, "'%s' takes no block", word->name);
        tamis_sieve_advise(checker, diagnostic, "end it with ';'");
    }
}

static void
check_require_place(TamisSieveChecker *checker, const TamisSieveCommand *command)
{
    if (checker->depth == 0 && !checker->is_past_require)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, tamis_sieve_command_name_span(command), TAMIS_RULE_SYNTAX,
        checker->depth > 0 ? "'require' in a block" : "'require' behind another command");
    tamis_sieve_advise(checker, diagnostic,
                       "move it to the top, before all other commands (RFC 5228, section 3.2)");
}

/* What one command has of its own. */
static void
check_command_kind(TamisSieveChecker *checker, const TamisSieveCommand *command,
                   const TamisSieveBound *bound)
{
    const TamisSieveWord *word = bound->word;
    TamisSpan name = tamis_sieve_command_name_span(command);

    if (word->id == TAMIS_WORD_REQUIRE) {
        check_require_place(checker, command);
        tamis_sieve_check_required(checker, bound->parameters[0]);
    } else if (word->id == TAMIS_WORD_INCLUDE) {
        tamis_sieve_check_include(checker, bound);
    } else if (word->id == TAMIS_WORD_BREAK || word->id == TAMIS_WORD_EXTRACTTEXT) {
        tamis_sieve_check_in_loop(checker, bound, name);
    } else if (word->takes_comparator) {
        tamis_sieve_check_compare(checker, bound);
    }
    tamis_sieve_check_combination(checker, bound, name);
}

/* bound: NULL where the command could not be read. The command is let go. */
static void
check_block(TamisSieveChecker *checker, const TamisSieveCommand *command,
            const TamisSieveBound *bound)
{
    gboolean is_loop = bound != NULL && bound->word->id == TAMIS_WORD_FOREVERYPART;
    TamisSpan name = tamis_sieve_command_name_span(command);
    TamisSieveLoop loop;
    TamisSieveLevel level;
    guint max = checker->server->max_nesting;

    if (is_loop && tamis_sieve_enter_loop(checker, &loop, bound) == MAX_LOOPS + 1 &&
        tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        tamis_sieve_complain_wall(checker, name, "loops nest deeper", MAX_LOOPS);
    checker->depth++;
    if (max > 0 && checker->depth == max + 1)
        tamis_sieve_complain_wall(checker, name, "blocks nest deeper", max);
    tamis_sieve_reader_enter(checker->reader, &level);
    check_commands(checker);
    tamis_sieve_reader_leave(checker->reader);
    checker->depth--;
    if (is_loop)
        tamis_sieve_leave_loop(checker, name);
}

/* What is before the block. */
static Truth
check_head(TamisSieveChecker *checker, const TamisSieveCommand *command, const TamisSieveWord *word,
           TamisSieveBound *bound)
{
    TamisSpan name = tamis_sieve_command_name_span(command);
    Truth truth = TRUTH_OPEN;

    tamis_sieve_check_word_case(checker, command->name, command->name_length, name);
    check_arguments(checker, word, command->arguments,
                    command->tests != NULL && word->tests == TAMIS_SIEVE_TESTS_NONE, name, bound);
    if (check_test_form(checker, word, command->tests, command->is_list, command->has_heard, name))
        for (const TamisSieveTest *test = command->tests; test != NULL; test = test->next)
            truth = check_test(checker, test, 1);
    check_block_form(checker, command, word);
    check_command_kind(checker, command, bound);
    return truth;
}

void
tamis_sieve_end_requires(TamisSieveChecker *checker)
{
    if (checker->is_past_require)
        return;
    checker->is_past_require = TRUE;
    tamis_sieve_check_extension_pairs(checker);
}

static Truth
check_command(TamisSieveChecker *checker, const TamisSieveCommand *command,
              const TamisSieveWord *word)
{
    TamisSieveBound bound;
    TamisSpan name = tamis_sieve_command_name_span(command);
    gboolean is_known = word != NULL && !command->is_broken;
    gboolean jumps = checker->loop != NULL && tamis_sieve_jumps_behind_block(command, word);
    Truth truth = TRUTH_OPEN;

    if (word == NULL || word->id != TAMIS_WORD_REQUIRE)
        tamis_sieve_end_requires(checker);
    if (command->is_broken)
        checker->may_be_set_elsewhere |= checker->has_variables;
    checker->has_broken_require |=
        command->is_broken && word != NULL && word->id == TAMIS_WORD_REQUIRE;
    if (word == NULL)
        tamis_sieve_complain_word(checker, command->name, command->name_length, name, FALSE);
    else if (is_known)
        truth = check_head(checker, command, tamis_sieve_choose_word(word, &checker->available),
                           &bound);
    if (command->has_block && truth != TRUTH_FAILS)
        check_block(checker, command, is_known ? &bound : NULL);
    if (jumps && truth == TRUTH_OPEN)
        tamis_sieve_check_branch_behind_loop(checker, name);
    return truth;
}

static void
check_walls(TamisSieveChecker *checker, const TamisSieveCommand *command, guint n_chain)
{
    const TamisServer *server = checker->server;

    if (server->max_elsif > 0 && n_chain == server->max_elsif + 1)
        tamis_sieve_complain_wall(checker, tamis_sieve_command_name_span(command),
                                  "the chain of 'elsif' is longer", server->max_elsif);
    if (server->max_commands > 0 && ++checker->n_commands == server->max_commands + 1)
        tamis_sieve_complain_wall(checker, tamis_sieve_command_name_span(command),
                                  "there are more commands", server->max_commands);
}

static gboolean
goes_on(const TamisSieveWord *word)
{
    return word != NULL && (word->id == TAMIS_WORD_ELSIF || word->id == TAMIS_WORD_ELSE);
}

static void
check_commands(TamisSieveChecker *checker)
{
    const TamisSieveWord *previous = NULL;
    const TamisSieveCommand *command;
    gboolean is_decided = FALSE; /* the rest of the chain is never run on this server */
    guint n_chain = 0;

    while (checker->is_decided = is_decided,
           (command = tamis_sieve_reader_next(checker->reader)) != NULL) {
        const TamisSieveWord *word = tamis_sieve_command_word(command);
        n_chain = goes_on(word) ? n_chain + 1 : 0;
        check_walls(checker, command, n_chain);
        if (n_chain > 0)
            check_chain(checker, command, word, previous);
        is_decided &= goes_on(word);
        if (checker->loop != NULL && !goes_on(word))
            tamis_sieve_check_behind_loop(checker, command, word);
        if (!is_decided)
            is_decided = check_command(checker, command, word) == TRUTH_HOLDS;
        previous = word;
    }
}

static void
hear_comment(gpointer data, const TamisSieveComment *comment)
{
    tamis_sieve_check_comment(data, comment);
}

/* Tests of a long list, before their command has been read to its end. */
static gboolean
hear_some_tests(gpointer data, const TamisSieveCommand *command, TamisSieveTest *owner,
                const TamisSieveTest *tests, guint depth)
{
    TamisSieveChecker *checker = data;
    const TamisSieveWord *outermost = tamis_sieve_command_word(command);
    const TamisSieveWord *word = owner != NULL ? tamis_sieve_test_word(owner) : outermost;

    if (outermost == NULL || outermost->tests == TAMIS_SIEVE_TESTS_NONE || word == NULL ||
        word->tests == TAMIS_SIEVE_TESTS_NONE || (checker->is_decided && goes_on(outermost)))
        return FALSE;
    tamis_sieve_end_requires(checker);
    if (owner != NULL && word->id == TAMIS_WORD_NOT) {
        gboolean is_first = owner->n_heard == 0;
        if (is_first && tests != NULL)
            check_test(checker, tests, depth);
        return is_first;
    }
    if (owner == NULL) { /* what takes one is said to have more */
        for (; tests != NULL; tests = tests->next)
            check_test(checker, tests, depth);
        return TRUE;
    }
    Heard heard = check_some_inside(checker, decider_of(word), (Heard)owner->heard, tests, depth);
    owner->heard = heard;
    return heard != HEARD_DECIDED;
}

void
tamis_sieve_check_script(TamisSieveChecker *checker)
{
    checker->reader = tamis_sieve_read_again(
        checker, checker->arena, checker->report,
        tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS) ? hear_comment : NULL);
    tamis_sieve_reader_hear_lists(checker->reader, hear_some_tests, tamis_sieve_check_some_strings);
    tamis_sieve_check_text(checker);
    check_commands(checker);
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_LIBSIEVE))
        tamis_sieve_check_libsieve_end(checker);
    tamis_sieve_end_requires(checker);
    tamis_sieve_check_comment_bytes(checker);
    checker->out->n_errors = tamis_sieve_reader_n_errors(checker->reader);
    tamis_sieve_forget_variables(checker);
}

TamisSieveReader *
tamis_sieve_read_again(TamisSieveChecker *checker, TamisArena *arena, TamisReport *report,
                       TamisSieveHearComment hear)
{
    if (checker->tree != NULL)
        return tamis_sieve_reader_new_tree(checker->tree, arena, hear, checker);
    return tamis_sieve_reader_new(checker->source, arena, report, hear, checker);
}

static void
check(TamisSourceId source, const TamisSieveScript *tree, const TamisSieveCheckOptions *options,
      TamisArena *arena, TamisReport *report, TamisSieveChecked *out_checked)
{
    TamisSieveChecker checker = {
        .options = options,
        .server = options->server,
        .source = source,
        .tree = tree,
        .is_xml = tree != NULL && tree->is_xml,
        .arena = arena,
        .report = report,
        .out = out_checked,
    };

    memset(out_checked, 0, sizeof *out_checked);
    tamis_sieve_check_script(&checker);
    g_clear_pointer(&checker.way, g_array_unref);
    g_clear_pointer(&checker.checked, g_hash_table_unref);
    g_clear_pointer(&checker.missing, g_hash_table_unref);
}

void
tamis_sieve_check(const TamisSieveScript *script, const TamisSieveCheckOptions *options,
                  TamisArena *arena, TamisReport *report, TamisSieveChecked *out_checked)
{
    check(script->source, script, options, arena, report, out_checked);
}

void
tamis_sieve_check_source(TamisSourceId source, const TamisSieveCheckOptions *options,
                         TamisArena *arena, TamisReport *report, TamisSieveChecked *out_checked)
{
    check(source, NULL, options, arena, report, out_checked);
}
