/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements to commands and tests. Their order is checked here and not by a schema, so that every message can
 * say what belongs where. */
#include "grammar/sieve/xml-reader.h"

#include "grammar/sieve/parser.h"
#include "grammar/sieve/table.h"
#include "grammar/sieve/xml-reader-private.h"

#include <string.h>

/* All levels that Sieve has, and what may stand around and inside. */
#define MAX_DEPTH                                                                                  \
    (2 * TAMIS_SIEVE_MAX_NESTING + TAMIS_SIEVE_DISPLAY_MAX_DEPTH + TAMIS_SIEVE_MARKUP_MAX_DEPTH +  \
     16)

#define COMMAND_ORDER                                                                              \
    "inside it stand <preamble>, arguments, <test>, commands, <postamble>, in this order"
#define LIST_ORDER                                                                                 \
    "commands stand here, <comment>, <displayblock>, <displaydata> and elements of editors"

/* Where commands follow each other. */
typedef struct {
    TamisSieveCommand *first, **end;
    TamisSieveComments comments; /* before the next one */
    guint32 last_end; /* of the last one's element, where nothing has been read since; else 0 */
    guint n_behind;   /* comments that stand behind it on its line and are still to come */
    TamisSieveComment **trailing_end; /* of it, where they go */
} List;

static void
read_item(TamisSieveXmlReader *reader, List *list, const xmlNode *node, gboolean is_inside);

static void
list_init(List *list)
{
    *list = (List){.end = &list->first};
    tamis_sieve_comments_init(&list->comments);
}

static guint32
start_of(const TamisSieveXmlReader *reader, const xmlNode *node)
{
    return tamis_xml_span(reader->document, node).offset;
}

/* Comments behind commands -------------------------------------------------------------------------- */

/* Of comments, the first ones go behind the last command, as many as are to come. */
static void
take_behind(List *list, TamisSieveComments *comments)
{
    for (; list->n_behind > 0 && comments->first != NULL; list->n_behind--) {
        *list->trailing_end = tamis_sieve_comments_pop(comments);
        list->trailing_end = &(*list->trailing_end)->next;
    }
}

/* Up to the offset: XML's own comments, and places of comments behind the last command. */
static void
read_gap(TamisSieveXmlReader *reader, List *list, guint32 offset)
{
    tamis_sieve_xml_take_comments(reader, &list->comments, offset);
    if (list->last_end > 0)
        list->n_behind = tamis_sieve_xml_count_places(reader, list->last_end, offset);
    list->last_end = 0;
    take_behind(list, &list->comments);
}

/* Commands ------------------------------------------------------------------------------------------ */

/* The parts of a command, in their order. */
typedef enum { PART_PREAMBLE, PART_ARGUMENTS, PART_TEST, PART_BLOCK, PART_POSTAMBLE } Part;

static gboolean
find_part(const xmlNode *node, Part *out_part)
{
    if (tamis_sieve_xml_is(node, "preamble"))
        *out_part = PART_PREAMBLE;
    else if (tamis_sieve_xml_is_argument(node))
        *out_part = PART_ARGUMENTS;
    else if (tamis_sieve_xml_is(node, "test"))
        *out_part = PART_TEST;
    else if (tamis_sieve_xml_is(node, "control") || tamis_sieve_xml_is(node, "action") ||
             tamis_sieve_xml_is(node, "displayblock"))
        *out_part = PART_BLOCK;
    else if (tamis_sieve_xml_is(node, "postamble"))
        *out_part = PART_POSTAMBLE;
    else
        return FALSE;
    return TRUE;
}

static void
read_ambles(TamisSieveXmlReader *reader, const xmlNode *node, TamisSieveComments *comments)
{
    static const char *const known[] = {"comment", "displaydata", NULL};

    tamis_sieve_xml_check_attributes(reader, node, NULL);
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        tamis_sieve_xml_check_text(reader, child);
        if (child->type != XML_ELEMENT_NODE)
            continue;
        tamis_sieve_xml_take_comments(reader, comments, start_of(reader, child));
        if (!tamis_sieve_xml_read_comment(reader, comments, child))
            tamis_sieve_xml_unexpected(
                reader, child, known,
                "<comment>, <displaydata> and elements of editors stand here");
    }
}

/* A command while it is read. */
typedef struct {
    TamisSieveCommand *command;
    TamisSieveComments comments; /* before it */
    TamisSieveComments preamble;
    gboolean is_apart; /* an empty line is at the end of the preamble */
    gboolean is_head_read;
    TamisSieveComment *first; /* of its own ones in the preamble */
    List *around;             /* where the command stands */
    TamisSieveComments inner;
    TamisSieveArgument **arguments_end;
    guint n_arguments;
    List block;
    TamisSieveComments postamble;
    int last_part; /* -1: none so far */
} CommandReading;

/* The block begins at the offset. */
static void
finish_head(TamisSieveXmlReader *reader, CommandReading *reading, guint32 offset)
{
    if (reading->is_head_read)
        return;
    reading->is_head_read = TRUE;
    tamis_sieve_xml_place_comments(reader, reading->command, &reading->preamble, &reading->inner);
    take_behind(reading->around, &reading->preamble);
    reading->first = reading->preamble.first;
    tamis_sieve_comments_take(&reading->comments, &reading->preamble);
    tamis_sieve_xml_take_comments(reader, &reading->comments, offset);
}

static void
read_postamble(TamisSieveXmlReader *reader, CommandReading *reading, const xmlNode *node)
{
    TamisSieveComments *postamble = &reading->postamble;
    guint32 start = start_of(reader, node);

    read_gap(reader, &reading->block, start);
    read_ambles(reader, node, postamble);
    if (postamble->first != NULL && tamis_sieve_xml_has_blank_line(reader, start))
        postamble->first->blank_line_before = TRUE;
}

static void
read_part(TamisSieveXmlReader *reader, CommandReading *reading, const xmlNode *child, Part part)
{
    switch (part) {
    case PART_PREAMBLE:
        read_ambles(reader, child, &reading->preamble);
        reading->is_apart = tamis_sieve_xml_has_blank_line(
            reader, tamis_xml_end_span(reader->document, child).offset);
        break;
    case PART_ARGUMENTS:
        reading->arguments_end = tamis_sieve_xml_add_argument(reader, child, ++reading->n_arguments,
                                                              reading->arguments_end);
        break;
    case PART_TEST:
        reading->command->tests = tamis_sieve_xml_read_test(reader, child, &reading->inner);
        break;
    case PART_BLOCK:
        finish_head(reader, reading, start_of(reader, child));
        read_item(reader, &reading->block, child, TRUE);
        break;
    case PART_POSTAMBLE:
        finish_head(reader, reading, start_of(reader, child));
        read_postamble(reader, reading, child);
        break;
    }
}

static void
read_command_child(TamisSieveXmlReader *reader, CommandReading *reading, const xmlNode *child)
{
    static const char *const known[] = {"preamble",     "str",       "num",     "tag",
                                        "list",         "test",      "control", "action",
                                        "displayblock", "postamble", NULL};
    TamisSpan span = tamis_xml_name_span(reader->document, child);
    Part part;

    if (!find_part(child, &part)) {
        gboolean is_comment = tamis_sieve_xml_is(child, "comment") ||
                              tamis_sieve_xml_is(child, "displaydata") ||
                              (child->ns != NULL && !tamis_sieve_xml_is(child, NULL));
        tamis_sieve_xml_unexpected(
            reader, child, is_comment ? &known[G_N_ELEMENTS(known) - 1] : known,
            is_comment ? "put it into the <preamble> or the <postamble>" : COMMAND_ORDER);
    } else if ((int)part < reading->last_part) {
        tamis_sieve_xml_fault(reader, span, COMMAND_ORDER, "<%.100s> stands too late",
                              (const char *)child->name);
    } else if ((int)part == reading->last_part && part != PART_ARGUMENTS && part != PART_BLOCK) {
        tamis_sieve_xml_fault(reader, span,
                              part == PART_TEST ? "put several into one of 'allof' or 'anyof'"
                                                : "put all into one",
                              "a second <%.100s>", (const char *)child->name);
    } else {
        read_part(reader, reading, child, part);
        reading->last_part = (int)part;
    }
}

static void
read_command_children(TamisSieveXmlReader *reader, CommandReading *reading, const xmlNode *node)
{
    TamisSpan span = tamis_xml_name_span(reader->document, node);

    if (++reader->n_blocks > TAMIS_SIEVE_MAX_NESTING) {
        tamis_sieve_xml_fault(reader, span,
                              "join the tests of blocks inside each other with 'allof'",
                              "blocks nest more than %d deep", TAMIS_SIEVE_MAX_NESTING);
    } else {
        for (const xmlNode *child = node->children; child != NULL; child = child->next) {
            tamis_sieve_xml_check_text(reader, child);
            if (child->type == XML_ELEMENT_NODE)
                read_command_child(reader, reading, child);
        }
    }
    reader->n_blocks--;
}

/* Comments of the block's end, or behind the command where it has none. */
static void
finish_block(TamisSieveXmlReader *reader, CommandReading *reading, const xmlNode *node)
{
    TamisSieveCommand *command = reading->command;
    const TamisSieveWord *word = command->name != NULL
                                     ? tamis_sieve_find_command(command->name, command->name_length)
                                     : NULL;
    TamisSpan span = tamis_xml_span(reader->document, node);

    command->block = reading->block.first;
    command->has_block = command->block != NULL || (word != NULL && word->takes_block);
    finish_head(reader, reading, 0);
    tamis_sieve_comments_take(&reading->block.comments, &reading->postamble);
    read_gap(reader, &reading->block, tamis_span_end(span));
    if (command->has_block)
        command->block_comments = reading->block.comments.first;
    else
        command->trailing = reading->block.comments.first;
}

static void
read_command(TamisSieveXmlReader *reader, List *list, const xmlNode *node)
{
    TamisSieveCommand *command = tamis_arena_new0(reader->arena, TamisSieveCommand);
    CommandReading reading = {.command = command, .around = list, .last_part = -1};
    guint32 n_errors = reader->script->n_errors;
    gboolean is_apart = tamis_sieve_xml_has_blank_line(reader, start_of(reader, node));
    TamisSpan name;

    tamis_sieve_comments_init(&reading.comments);
    tamis_sieve_comments_init(&reading.preamble);
    tamis_sieve_comments_init(&reading.inner);
    tamis_sieve_comments_init(&reading.postamble);
    list_init(&reading.block);
    reading.arguments_end = &command->arguments;
    tamis_sieve_comments_take(&reading.comments, &list->comments);
    command->name = tamis_sieve_xml_name(reader, node, &name);
    tamis_sieve_xml_check_attributes(reader, node, "name");
    command->name_length = command->name != NULL ? (guint32)strlen(command->name) : 0;
    command->span = tamis_sieve_xml_span_from(reader, name, node);
    read_command_children(reader, &reading, node);
    finish_block(reader, &reading, node);
    command->comments = reading.comments.first;
    command->inner = reading.inner.first;
    command->blank_line_before = (guint8)(reading.first != NULL ? reading.is_apart : is_apart);
    if (reading.first != NULL)
        reading.first->blank_line_before = is_apart;
    command->is_broken = reader->script->n_errors > n_errors;
    if (command->name == NULL)
        return;
    *list->end = command;
    list->end = &command->next;
    list->n_behind = 0;
    list->last_end = tamis_span_end(tamis_xml_span(reader->document, node));
    list->trailing_end = &command->trailing;
    while (*list->trailing_end != NULL)
        list->trailing_end = &(*list->trailing_end)->next;
}

static void
read_display(TamisSieveXmlReader *reader, List *list, const xmlNode *node)
{
    TamisSpan span = tamis_xml_name_span(reader->document, node);

    tamis_sieve_xml_read_display(reader, &list->comments, node, FALSE);
    take_behind(list, &list->comments);
    if (++reader->n_displays > TAMIS_SIEVE_DISPLAY_MAX_DEPTH) {
        tamis_sieve_xml_fault(reader, span, "take some of them away",
                              "<displayblock> nests more than %d deep",
                              TAMIS_SIEVE_DISPLAY_MAX_DEPTH);
    } else {
        for (const xmlNode *child = node->children; child != NULL; child = child->next) {
            tamis_sieve_xml_check_text(reader, child);
            if (child->type == XML_ELEMENT_NODE)
                read_item(reader, list, child, FALSE);
        }
    }
    reader->n_displays--;
    read_gap(reader, list, tamis_xml_end_span(reader->document, node).offset);
    tamis_sieve_xml_read_display(reader, &list->comments, node, TRUE);
}

/* What stands between commands. */
static void
read_item(TamisSieveXmlReader *reader, List *list, const xmlNode *node, gboolean is_inside)
{
    static const char *const known[] = {"control",     "action",  "displayblock",
                                        "displaydata", "comment", NULL};

    gboolean is_command = tamis_sieve_xml_is(node, "control") || tamis_sieve_xml_is(node, "action");

    read_gap(reader, list, start_of(reader, node));
    if (is_command && !is_inside)
        list->n_behind = 0;
    if (is_command)
        read_command(reader, list, node);
    else if (tamis_sieve_xml_is(node, "displayblock"))
        read_display(reader, list, node);
    else if (is_inside || !tamis_sieve_xml_read_comment(reader, &list->comments, node))
        tamis_sieve_xml_unexpected(reader, node, known, LIST_ORDER);
    take_behind(list, &list->comments);
}

/* The script ---------------------------------------------------------------------------------------- */

typedef struct {
    TamisSieveXmlReader reader;
    List list;
    const TamisSieveXmlVisitor *visitor; /* NULL: all commands are kept */
    TamisArena *arenas[2];               /* of a visit: the reader's, and the one that is free */
} Top;

/* Comments before the next command outlive those before it. */
static void
move_comments(TamisSieveComments *comments, TamisArena *arena)
{
    for (TamisSieveComment **link = &comments->first; *link != NULL; link = &(*link)->next) {
        TamisSieveComment *copy = tamis_arena_new0(arena, TamisSieveComment);
        *copy = **link;
        copy->text = tamis_arena_strndup(arena, copy->text, copy->length_bytes);
        *link = copy;
        comments->end = &copy->next;
    }
}

/* Shows the commands that have been read, and lets go of them. */
static void
show_commands(Top *top)
{
    TamisArena *arena = top->arenas[0];

    if (top->list.first == NULL)
        return;
    for (const TamisSieveCommand *command = top->list.first; command != NULL;
         command = command->next)
        top->visitor->command(top->visitor->data, command);
    top->list.first = NULL;
    top->list.end = &top->list.first;
    move_comments(&top->list.comments, top->arenas[1]);
    tamis_arena_reset(arena);
    top->arenas[0] = top->reader.arena = top->arenas[1];
    top->arenas[1] = arena;
}

static void
take_element(gpointer data, const xmlNode *node, const TamisXmlViolation *violation)
{
    Top *top = data;

    /* Behind a command more may stand on its line: it is shown when what follows begins. */
    read_gap(&top->reader, &top->list, start_of(&top->reader, node));
    if (top->visitor != NULL && top->list.n_behind == 0)
        show_commands(top);
    read_item(&top->reader, &top->list, node, FALSE);
    if (top->visitor != NULL)
        tamis_sieve_xml_forget(&top->reader);
}

static void
read_document(Top *top, TamisArena *arena, gsize length)
{
    const TamisXmlForm form = {
        .root = "sieve",
        .namespace = TAMIS_SIEVE_NAMESPACE,
        .max_depth = MAX_DEPTH,
        .keeps_comments = TRUE,
        .keeps_instructions = TRUE,
        .element = take_element,
        .data = top,
    };
    TamisSieveXmlReader *reader = &top->reader;

    if (length > TAMIS_SIEVE_XML_MAX_BYTES) {
        tamis_sieve_xml_fault(reader, (TamisSpan){reader->source, 0, 0},
                              "keep it as Sieve, or part it into several",
                              "the file is larger than %u MiB", TAMIS_SIEVE_XML_MAX_BYTES >> 20);
        return;
    }
    g_autoptr(TamisXmlDocument) document =
        tamis_xml_document_new(&form, reader->source, arena, reader->report);
    reader->document = document;
    while (tamis_xml_document_read(document))
        ;
    read_gap(reader, &top->list, G_MAXUINT32);
    if (top->visitor != NULL)
        show_commands(top);
}

/* arena: for XML's own comments. */
static void
read_script(Top *top, TamisSieveScript *script, TamisArena *arena)
{
    TamisSieveXmlReader *reader = &top->reader;
    guint n_findings = tamis_report_count_severity(reader->report, TAMIS_SEVERITY_ERROR);
    gsize length = 0;

    script->source = reader->source;
    script->is_xml = TRUE;
    reader->script = script;
    list_init(&top->list);
    reader->text =
        tamis_sources_get_text(tamis_report_get_sources(reader->report), reader->source, &length);
    read_document(top, arena, length);
    script->commands = top->list.first;
    script->comments = top->list.comments.first;
    script->n_errors =
        tamis_report_count_severity(reader->report, TAMIS_SEVERITY_ERROR) - n_findings;
}

TamisSieveScript *
tamis_sieve_parse_xml(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    TamisSieveScript *script = tamis_arena_new0(arena, TamisSieveScript);
    Top top = {.reader = {.source = source, .arena = arena, .report = report}};

    read_script(&top, script, arena);
    return script;
}

guint32
tamis_sieve_visit_xml(TamisSourceId source, TamisReport *report,
                      const TamisSieveXmlVisitor *visitor)
{
    g_autoptr(TamisArena) first = tamis_arena_new();
    g_autoptr(TamisArena) second = tamis_arena_new();
    g_autoptr(TamisArena) comments = tamis_arena_new();
    TamisSieveScript script = {0};
    Top top = {.reader = {.source = source, .arena = first, .report = report},
               .visitor = visitor,
               .arenas = {first, second}};

    read_script(&top, &script, comments);
    visitor->last_comments(visitor->data, script.comments);
    return script.n_errors;
}

TamisSieveScript *
tamis_sieve_parse_any(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    const TamisSources *sources = tamis_report_get_sources(report);
    gsize length;
    const char *text = tamis_sources_get_text(sources, source, &length);

    if (g_str_has_suffix(tamis_sources_get_name(sources, source), ".xml") ||
        tamis_sieve_is_xml(text, length))
        return tamis_sieve_parse_xml(source, arena, report);
    return tamis_sieve_parse(source, arena, report);
}
