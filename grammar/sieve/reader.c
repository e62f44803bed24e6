/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From command to command, in and out of blocks: into a tree, or letting go of each one behind it. */
#include "grammar/sieve/parser-private.h"
#include "grammar/sieve/parser.h"

#include <string.h>

typedef TamisSieveParser Parser;

static TamisSieveCommand *
parse_commands(Parser *parser, TamisSieveComment *comments, TamisSieveComment **out_last);

/* Comments -------------------------------------------------------------------------------------- */

/* Takes those that stand on the line of what precedes them off the front of the list. */
static TamisSieveComment *
split_trailing(TamisSieveComment **comments)
{
    TamisSieveComment *first = *comments, *last = NULL;

    for (TamisSieveComment *comment = first; comment != NULL && comment->is_behind;
         comment = comment->next)
        last = comment;
    if (last == NULL)
        return NULL;
    *comments = last->next;
    last->next = NULL;
    return first;
}

static TamisSieveComment *
join_comments(TamisSieveComment *first, TamisSieveComment *second)
{
    TamisSieveComment **end = &first;

    while (*end != NULL)
        end = &(*end)->next;
    *end = second;
    return first;
}

/* Between commands -------------------------------------------------------------------------------- */

/* Over a block that is too deep, to its closing brace. */
static void
skip_block(Parser *parser)
{
    guint64 depth = 0;

    parser->lexer.is_quiet = TRUE;
    for (; tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_END; tamis_sieve_take(parser)) {
        if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_LEFT_BRACE)
            depth++;
        if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACE && depth-- == 0)
            break;
    }
    parser->lexer.is_quiet = FALSE;
}

/* At a token that begins no command. */
static void
skip_stray(Parser *parser)
{
    TamisDiagnostic *diagnostic;

    parser->failed = FALSE;
    switch (tamis_sieve_peek(parser)) {
    case TAMIS_SIEVE_TOKEN_RIGHT_BRACE:
        tamis_sieve_fail(parser, tamis_sieve_token_span(parser),
                         "take it out, or write the '{' that it closes", "'}' closes no block");
        tamis_sieve_take(parser);
        return;
    case TAMIS_SIEVE_TOKEN_SEMICOLON:
        diagnostic = tamis_sieve_fail(parser, tamis_sieve_token_span(parser), "take it out",
                                      "';' ends no command");
        tamis_report_edit(parser->report, diagnostic, tamis_sieve_token_span(parser), "");
        break;
    default:
        tamis_sieve_fail_unexpected(
            parser, "a command", "take it out, or write the command that it belongs to before it");
        break;
    }
    tamis_sieve_skip_command(parser);
    if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_SEMICOLON)
        tamis_sieve_take(parser);
}

static void
fail_stray_block(Parser *parser)
{
    tamis_sieve_fail_unexpected(
        parser, "a command", "write what the block belongs to before it: 'if', 'elsif' or 'else'");
}

/* Takes the brace. FALSE: blocks may not nest deeper, which is reported, and it is passed over. */
static gboolean
open_block(Parser *parser)
{
    TamisSpan brace = tamis_sieve_token_span(parser);

    tamis_sieve_take(parser);
    if (parser->depth >= TAMIS_SIEVE_MAX_NESTING) {
        TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
            &parser->lexer, brace, "blocks nest more than %d deep", TAMIS_SIEVE_MAX_NESTING);
        tamis_report_help(parser->report, diagnostic,
                          "join the tests of blocks inside each other with 'allof'");
        return FALSE;
    }
    parser->depth++;
    return TRUE;
}

/* Whether the closing brace stands there, which is not taken; brace: the opening one. */
static gboolean
is_closed(Parser *parser, TamisSpan brace)
{
    if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACE)
        return TRUE;
    parser->failed = FALSE;
    tamis_sieve_fail(parser, brace, "write '}' where it ends", "the block is not closed");
    /* Blocks around it are open too, which is no other fault. */
    parser->lexer.is_cut_off = TRUE;
    return FALSE;
}

/* Trees ----------------------------------------------------------------------------------------- */

/* At `{`; comments stood before it. */
static void
parse_block(Parser *parser, TamisSieveCommand *command)
{
    TamisSpan brace = tamis_sieve_token_span(parser);
    TamisSieveComment *comments = parser->lexer.comments;
    gboolean is_open = open_block(parser);

    comments = join_comments(comments, parser->lexer.comments);
    parser->lexer.comments = NULL;
    if (is_open) {
        command->block = parse_commands(parser, comments, &command->block_comments);
        parser->depth--;
    } else {
        command->block_comments = comments;
        skip_block(parser);
    }
    if (is_closed(parser, brace))
        tamis_sieve_take(parser);
}

static TamisSieveCommand *
parse_command(Parser *parser, TamisSieveComment *comments)
{
    const char *start = parser->lexer.start;
    TamisSieveCommand *command = tamis_sieve_parse_head(parser);

    command->comments = comments;
    if (command->has_block) {
        parse_block(parser, command);
    } else if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_SEMICOLON) {
        command->trailing = parser->lexer.comments;
        tamis_sieve_take(parser);
    }
    command->span = tamis_sieve_span_from(parser, start);
    command->trailing = join_comments(command->trailing, split_trailing(&parser->lexer.comments));
    return command;
}

/* The next one before the closing brace or the end; NULL: there is none. comments: what stands before it, and is then
 * taken. */
static TamisSieveCommand *
parse_next_command(Parser *parser, TamisSieveComment **comments)
{
    for (;;) {
        TamisSieveTokenKind kind = tamis_sieve_peek(parser);
        *comments = join_comments(*comments, parser->lexer.comments);
        parser->lexer.comments = NULL;
        if (kind == TAMIS_SIEVE_TOKEN_END ||
            (kind == TAMIS_SIEVE_TOKEN_RIGHT_BRACE && parser->depth > 0))
            return NULL;
        if (kind == TAMIS_SIEVE_TOKEN_WORD)
            return parse_command(parser, g_steal_pointer(comments));
        if (kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE) {
            TamisSieveCommand stray = {.name = ""};
            fail_stray_block(parser);
            parse_block(parser, &stray);
        } else {
            parser->inner_end = comments;
            while (*parser->inner_end != NULL)
                parser->inner_end = &(*parser->inner_end)->next;
            skip_stray(parser);
        }
    }
}

/* Up to the closing brace or the end. comments stand before the first; those behind the last
 * command are returned in out_last. */
static TamisSieveCommand *
parse_commands(Parser *parser, TamisSieveComment *comments, TamisSieveComment **out_last)
{
    TamisSieveCommand *first = NULL, **end = &first;

    while ((*end = parse_next_command(parser, &comments)) != NULL)
        end = &(*end)->next;
    *out_last = comments;
    return first;
}

TamisSieveScript *
tamis_sieve_parse(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    TamisSieveScript *script = tamis_arena_new0(arena, TamisSieveScript);
    Parser parser = {.arena = arena, .report = report};

    tamis_sieve_lexer_init(&parser.lexer, source, arena, report);
    tamis_sieve_take(&parser);
    script->source = source;
    script->has_bom = parser.lexer.has_bom;
    script->commands = parse_commands(&parser, NULL, &script->comments);
    script->n_errors = parser.lexer.n_errors;
    return script;
}

/* Trees command by command ---------------------------------------------------------------------- */

/* What is read behind a command before that is over, comments above all, belongs to the next one: so there are two
 * arenas, for one command and the other. */
struct TamisSieveCommands {
    Parser parser;
    TamisArena *arenas[2];
    guint n_read;
    TamisSieveComment *comments; /* before the next, or behind the last */
};

TamisSieveCommands *
tamis_sieve_commands_new(TamisSourceId source, TamisReport *report)
{
    TamisSieveCommands *commands = g_new0(TamisSieveCommands, 1);
    Parser *parser = &commands->parser;

    for (guint i = 0; i < G_N_ELEMENTS(commands->arenas); i++)
        commands->arenas[i] = tamis_arena_new();
    parser->arena = commands->arenas[0];
    parser->report = report;
    tamis_sieve_lexer_init(&parser->lexer, source, parser->arena, report);
    tamis_sieve_take(parser);
    return commands;
}

void
tamis_sieve_commands_free(TamisSieveCommands *commands)
{
    if (commands == NULL)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(commands->arenas); i++)
        tamis_arena_free(commands->arenas[i]);
    g_free(commands);
}

const TamisSieveCommand *
tamis_sieve_commands_next(TamisSieveCommands *commands)
{
    Parser *parser = &commands->parser;
    TamisArena *arena = commands->arenas[commands->n_read++ % 2];

    if (commands->n_read > 1)
        tamis_arena_reset(arena);
    parser->arena = parser->lexer.arena = arena;
    return parse_next_command(parser, &commands->comments);
}

const TamisSieveComment *
tamis_sieve_commands_get_last_comments(const TamisSieveCommands *commands)
{
    return commands->comments;
}

guint32
tamis_sieve_commands_n_errors(const TamisSieveCommands *commands)
{
    return commands->parser.lexer.n_errors;
}

/* Command by command ---------------------------------------------------------------------------- */

/* What of the last command is still to be taken. */
typedef enum { PENDING_NOTHING, PENDING_SIGN, PENDING_BLOCK } Pending;

struct TamisSieveReader {
    TamisSieveParser parser;
    TamisArenaMark mark;          /* before the command at hand */
    const TamisSieveScript *tree; /* NULL: the parser's text is read */
    const TamisSieveCommand *last;
    Pending pending;
    TamisSieveLevel script;
    TamisSieveLevel *level;
};

TamisSieveReader *
tamis_sieve_reader_new(TamisSourceId source, TamisArena *arena, TamisReport *report,
                       TamisSieveHearComment hear, gpointer data)
{
    TamisSieveReader *reader = tamis_arena_new0(arena, TamisSieveReader);
    Parser *parser = &reader->parser;

    parser->arena = arena;
    parser->report = report;
    tamis_sieve_lexer_init(&parser->lexer, source, arena, report);
    parser->lexer.drops_comments = TRUE;
    parser->lexer.hear = hear;
    parser->lexer.hearer = data;
    reader->mark = tamis_arena_mark(arena);
    reader->script.is_open = TRUE;
    reader->level = &reader->script;
    reader->pending = PENDING_SIGN; /* the beginning of the text, as it were */
    return reader;
}

TamisSieveReader *
tamis_sieve_reader_new_tree(const TamisSieveScript *script, TamisArena *arena,
                            TamisSieveHearComment hear, gpointer data)
{
    TamisSieveReader *reader = tamis_arena_new0(arena, TamisSieveReader);

    reader->tree = script;
    reader->parser.arena = arena;
    reader->parser.lexer.hear = hear;
    reader->parser.lexer.hearer = data;
    reader->mark = tamis_arena_mark(arena);
    reader->script.next = script->commands;
    reader->script.last_comments = script->comments;
    reader->level = &reader->script;
    return reader;
}

static void
hear_all(const TamisSieveReader *reader, const TamisSieveComment *comment)
{
    const TamisSieveLexer *lexer = &reader->parser.lexer;

    for (; comment != NULL && lexer->hear != NULL; comment = comment->next)
        lexer->hear(lexer->hearer, comment);
}

/* Lets go of the last command. Only then is the token behind it read, which may allocate. */
static void
finish_command(TamisSieveReader *reader)
{
    TamisSieveLevel passed;

    if (reader->pending == PENDING_BLOCK) {
        gboolean was_passing = reader->parser.is_passing;
        reader->parser.is_passing = TRUE;
        tamis_sieve_reader_enter(reader, &passed);
        tamis_sieve_reader_leave(reader);
        reader->parser.is_passing = was_passing;
    }
    Pending pending = reader->pending;
    reader->pending = PENDING_NOTHING;
    tamis_arena_release(reader->parser.arena, reader->mark);
    if (pending == PENDING_SIGN)
        tamis_sieve_take(&reader->parser);
}

static const TamisSieveCommand *
next_of_tree(TamisSieveReader *reader)
{
    TamisSieveLevel *level = reader->level;
    const TamisSieveCommand *command = level->next;

    if (command == NULL) {
        hear_all(reader, level->last_comments);
        level->last_comments = NULL;
        return NULL;
    }
    hear_all(reader, command->comments);
    hear_all(reader, command->inner);
    hear_all(reader, command->trailing);
    reader->pending = command->has_block ? PENDING_BLOCK : PENDING_NOTHING;
    reader->last = command;
    level->next = command->next;
    return command;
}

const TamisSieveCommand *
tamis_sieve_reader_next(TamisSieveReader *reader)
{
    Parser *parser = &reader->parser;

    for (;;) {
        finish_command(reader);
        if (reader->tree != NULL)
            return next_of_tree(reader);
        TamisSieveTokenKind kind = tamis_sieve_peek(parser);
        if (!reader->level->is_open || kind == TAMIS_SIEVE_TOKEN_END ||
            (kind == TAMIS_SIEVE_TOKEN_RIGHT_BRACE && parser->depth > 0))
            return NULL;
        if (G_LIKELY(kind == TAMIS_SIEVE_TOKEN_WORD)) {
            TamisSieveCommand *command = tamis_sieve_parse_head(parser);
            if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_SEMICOLON)
                command->span.length =
                    (guint32)(parser->lexer.end - parser->lexer.text) - command->span.offset;
            reader->pending = command->has_block ? PENDING_BLOCK
                              : tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_SEMICOLON
                                  ? PENDING_SIGN
                                  : PENDING_NOTHING;
            return command;
        }
        if (kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE) {
            fail_stray_block(parser);
            reader->pending = PENDING_BLOCK;
        } else {
            skip_stray(parser);
        }
    }
}

void
tamis_sieve_reader_enter(TamisSieveReader *reader, TamisSieveLevel *level)
{
    Parser *parser = &reader->parser;

    g_assert(reader->pending == PENDING_BLOCK);
    reader->pending = PENDING_NOTHING;
    level->outer = reader->level;
    tamis_arena_release(parser->arena, reader->mark);
    reader->level = level;
    if (reader->tree != NULL) {
        level->next = reader->last->block;
        level->last_comments = reader->last->block_comments;
        return;
    }
    level->brace = tamis_sieve_token_span(parser);
    level->is_open = open_block(parser);
    if (!level->is_open)
        skip_block(parser);
}

void
tamis_sieve_reader_leave(TamisSieveReader *reader)
{
    Parser *parser = &reader->parser;
    const TamisSieveLevel *level = reader->level;

    while (tamis_sieve_reader_next(reader) != NULL)
        ;
    reader->level = level->outer;
    if (reader->tree != NULL)
        return;
    parser->depth -= level->is_open;
    reader->pending = is_closed(parser, level->brace) ? PENDING_SIGN : PENDING_NOTHING;
}

/* A test takes up to 25 times as much as its text, a string 8 times. */
#define LARGE_BYTES (256 * 1024)

void
tamis_sieve_reader_hear_lists(TamisSieveReader *reader, TamisSieveHearTests hear_tests,
                              TamisSieveHearStrings hear_strings)
{
    const TamisSieveLexer *lexer = &reader->parser.lexer;

    if (reader->tree != NULL || lexer->limit - lexer->text <= LARGE_BYTES)
        return;
    reader->parser.hear_tests = hear_tests;
    reader->parser.hear_strings = hear_strings;
}

/* Lists that nobody hears are let go of all the same. */
static gboolean
hear_no_tests(gpointer data, const TamisSieveCommand *command, TamisSieveTest *owner,
              const TamisSieveTest *tests, guint depth)
{
    return FALSE;
}

static void
hear_no_strings(gpointer data, const TamisSieveCommand *command, const TamisSieveTest *test,
                const TamisSieveArgument *list)
{
}

guint32
tamis_sieve_read_unheard(TamisSourceId source, TamisReport *report)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisSieveReader *reader = tamis_sieve_reader_new(source, arena, report, NULL, NULL);

    reader->parser.is_passing = TRUE;
    reader->parser.hear_tests = hear_no_tests;
    reader->parser.hear_strings = hear_no_strings;
    while (tamis_sieve_reader_next(reader) != NULL)
        ;
    return tamis_sieve_reader_n_errors(reader);
}

gboolean
tamis_sieve_reader_has_bom(const TamisSieveReader *reader)
{
    return reader->tree != NULL ? reader->tree->has_bom : reader->parser.lexer.has_bom;
}

guint32
tamis_sieve_reader_n_errors(const TamisSieveReader *reader)
{
    return reader->tree != NULL ? reader->tree->n_errors : reader->parser.lexer.n_errors;
}
