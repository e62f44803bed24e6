/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A walk over the tree, an element a line. The schemas let comments stand between commands at the top and
 * in a displayblock alone: inside of a command they go into the preamble of the next one, or into the
 * postamble where none follows. Comments in its head go into its own preamble, and signs tell their places. */
#include "grammar/sieve/xml-writer.h"

#include "grammar/sieve/print-words.h"
#include "grammar/sieve/table.h"
#include "grammar/sieve/xml-layout.h"
#include "grammar/sieve/xml-markup.h"
#include "grammar/sieve/xml-reader.h"

#include <string.h>

/* Where commands follow each other. */
typedef struct {
    gboolean is_inside;  /* of a command */
    GPtrArray *comments; /* of TamisSieveComment: they wait for a place where they may stand */
    guint n_behind;      /* of these, the first ones: they stand behind the last command */
    guint n_marks;       /* comments that open displayblocks of this list that are open */
    guint n_displays;    /* of these, those that became displayblocks */
    guint8 is_display[TAMIS_SIEVE_DISPLAY_MAX_DEPTH]; /* TRUE or FALSE: which */
} List;

struct TamisSieveXmlWriter {
    TamisReport *report;
    GString *xml;
    /* Comments that open a displayblock to its attributes, and those that close one to CLOSING. */
    GHashTable *marks;
    GPtrArray *
        open; /* comments between the script's own commands that may open one; NULL in it: as in find_marks */
    List list; /* of these commands */
    guint depth;
    gboolean is_fresh;    /* nothing stands in the innermost element yet */
    gboolean is_tag_open; /* its start tag is still to be closed */
    TamisSpan last;       /* command */
    gboolean is_full;     /* nobody would read so much: nothing more is written */
    gboolean has_failed;
};

typedef TamisSieveXmlWriter Writer;

static char CLOSING[] = "";

static void write_commands(Writer *writer, List *list, const TamisSieveCommand *commands,
                           const TamisSieveComment *last);

/* Elements ------------------------------------------------------------------------------------------ */

/* The one place where text becomes XML, in an element or an attribute. Line ends are LF. */
static void
append_text(GString *xml, const char *text, gsize length)
{
    static const char *const escapes[256] = {
        ['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;", ['\r'] = "&#13;"};
    const char *limit = text + length;

    while (text < limit) {
        const char *end = text;
        while (end < limit && escapes[(guchar)*end] == NULL)
            end++;
        g_string_append_len(xml, text, end - text);
        if (end == limit)
            return;
        const char *next = end + 1;
        while (*end == '\r' && next < limit && *next == '\r')
            next++;
        gboolean is_line_end = *end == '\r' && next < limit && *next == '\n';
        for (const char *each = end; each < next && !is_line_end; each++)
            g_string_append(xml, escapes[(guchar)*end]);
        text = next;
    }
}

static void
close_tag(Writer *writer)
{
    if (writer->is_tag_open)
        g_string_append_c(writer->xml, '>');
    writer->is_tag_open = FALSE;
}

static void
start_line(Writer *writer, gboolean blank_line_before)
{
    gboolean is_apart = blank_line_before && !writer->is_fresh;

    close_tag(writer);
    g_string_append(writer->xml, is_apart ? "\n\n" : "\n");
    for (guint i = 0; i < writer->depth; i++)
        g_string_append(writer->xml, "  ");
    writer->is_fresh = FALSE;
}

static void
open_element(Writer *writer, const char *name, gboolean blank_line_before)
{
    start_line(writer, blank_line_before);
    g_string_append_c(writer->xml, '<');
    g_string_append(writer->xml, name);
    writer->is_tag_open = TRUE;
    writer->depth++;
    writer->is_fresh = TRUE;
}

/* Behind an open start tag. */
static void
write_attribute(Writer *writer, const char *name, const char *value)
{
    g_string_append_printf(writer->xml, " %s=\"", name);
    append_text(writer->xml, value, strlen(value));
    g_string_append_c(writer->xml, '"');
}

static void
close_element(Writer *writer, const char *name)
{
    writer->depth--;
    if (writer->is_fresh) {
        g_string_append(writer->xml, "/>");
    } else {
        start_line(writer, FALSE);
        g_string_append_printf(writer->xml, "</%s>", name);
    }
    writer->is_tag_open = FALSE;
    writer->is_fresh = FALSE;
}

/* Behind what is written. */
static void
write_sign(Writer *writer, const char *sign)
{
    close_tag(writer);
    g_string_append_printf(writer->xml, "<?tamis %s?>", sign);
    writer->is_fresh = FALSE;
}

/* The text, and the end of the element that was opened. */
static void
close_text_element(Writer *writer, const char *name, const char *text, gsize length)
{
    writer->depth--;
    if (length > 0)
        close_tag(writer);
    append_text(writer->xml, text, length);
    g_string_append_printf(writer->xml, writer->is_tag_open ? "/>" : "</%s>", name);
    writer->is_tag_open = FALSE;
    writer->is_fresh = FALSE;
}

/* sign: NULL for none. */
static void
write_text_element(Writer *writer, const char *name, const char *text, gsize length,
                   const char *sign)
{
    open_element(writer, name, FALSE);
    if (sign != NULL)
        write_sign(writer, sign);
    close_text_element(writer, name, text, length);
}

/* Faults -------------------------------------------------------------------------------------------- */

static void refuse(Writer *writer, TamisSpan span, TamisRule rule, const char *help,
                   const char *format, ...) G_GNUC_PRINTF(5, 6);

static void
refuse(Writer *writer, TamisSpan span, TamisRule rule, const char *help, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TamisDiagnostic *diagnostic = tamis_report_add(writer->report, span, rule, "%s", message);
    tamis_report_help(writer->report, diagnostic, "%s", help);
    writer->has_failed = TRUE;
}

/* span: what was to be written next, or was the last. */
static gboolean
is_full(Writer *writer, TamisSpan span)
{
    if (!writer->is_full && writer->xml->len > TAMIS_SIEVE_XML_MAX_BYTES) {
        writer->is_full = TRUE;
        refuse(writer, span, TAMIS_RULE_SYNTAX, "keep it as Sieve, or part it into several",
               "as XML the script is larger than %u MiB", TAMIS_SIEVE_XML_MAX_BYTES >> 20);
    }
    return writer->is_full;
}

static void
check_string(Writer *writer, const TamisSieveString *string)
{
    const char *text = string->text, *end = text + string->length_bytes;

    if (!g_utf8_validate_len(text, string->length_bytes, NULL)) {
        refuse(writer, string->span, TAMIS_RULE_UNSAFE_STRING, "save the script as UTF-8",
               "a string with bytes that are no UTF-8, which XML does not take");
        return;
    }
    for (; text < end; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);
        gboolean is_control =
            character < ' ' && character != '\t' && character != '\n' && character != '\r';
        if (!is_control && character != 0xfffe && character != 0xffff)
            continue;
        refuse(writer, string->span, TAMIS_RULE_UNSAFE_STRING, "take it out",
               "a string with the character U+%04X, which XML does not have", character);
        return;
    }
}

/* XML has no sign for a block, nor for the parentheses around one test: the reader goes by what the table
 * says of the word. */
static void
check_command(Writer *writer, const TamisSieveCommand *command)
{
    const TamisSieveWord *word = tamis_sieve_find_command(command->name, command->name_length);
    gboolean takes_block = word != NULL && word->takes_block;
    TamisSpan span = tamis_sieve_command_name_span(command);
    int length = (int)MIN(command->name_length, 40);

    if (command->is_list)
        refuse(writer, span, TAMIS_RULE_SYNTAX, "take the parentheses away",
               "'%.*s' with tests in parentheses, which XML cannot say", length, command->name);
    if (command->has_block && command->block == NULL && !takes_block)
        refuse(writer, span, TAMIS_RULE_SYNTAX, "end it with ';'",
               "'%.*s' with an empty block, which XML cannot say", length, command->name);
    if (!command->has_block && takes_block)
        refuse(writer, span, TAMIS_RULE_SYNTAX, "write '{ … }' behind it",
               "'%.*s' without its block, which XML cannot say", length, command->name);
}

static void
check_test(Writer *writer, const TamisSieveTest *test)
{
    const TamisSieveWord *word = tamis_sieve_find_test(test->name, test->name_length);
    gboolean takes_list = word != NULL && word->tests == TAMIS_SIEVE_TESTS_LIST;
    gboolean has_one = test->tests != NULL && test->tests->next == NULL;

    if (has_one && !test->is_list != !takes_list)
        refuse(writer, tamis_sieve_test_name_span(test), TAMIS_RULE_SYNTAX,
               takes_list ? "put the test in parentheses" : "take the parentheses away",
               "'%.*s' with one test %s parentheses, which XML cannot say",
               (int)MIN(test->name_length, 40), test->name, takes_list ? "without" : "in");
}

/* Comments ------------------------------------------------------------------------------------------ */

/* Where a comment stands tells it from others, however often it is read; one that was made, its address does. */
static gpointer
key_of(const TamisSieveComment *comment)
{
    return comment->span.source != 0 ? GUINT_TO_POINTER(comment->span.offset) : (gpointer)comment;
}

static const char *
find_mark(const Writer *writer, const TamisSieveComment *comment)
{
    return g_hash_table_lookup(writer->marks, key_of(comment));
}

static void
free_mark(gpointer mark)
{
    if (mark != CLOSING)
        g_free(mark);
}

/* A comment that may open a displayblock, which may be gone when its end is found. */
typedef struct {
    gpointer key;
    TamisSieveComment comment;
} Start;

static Start *
start_new(const TamisSieveComment *comment)
{
    Start *start = g_new(Start, 1);

    *start = (Start){key_of(comment), *comment};
    return start;
}

/* Remembers which comments of one list open and close displayblocks. open: of Start, those that are open so far; NULL
 * in it: one that stays a comment, whose end has to stay one too. */
static void
find_marks(Writer *writer, const TamisSieveComment *comment, GPtrArray *open, guint n_around)
{
    for (; comment != NULL; comment = comment->next) {
        TamisSieveMarkup kind = tamis_sieve_markup_kind(comment);
        if (kind == TAMIS_SIEVE_MARKUP_OPEN) {
            gboolean is_too_deep = open->len + n_around >= TAMIS_SIEVE_DISPLAY_MAX_DEPTH;
            g_ptr_array_add(open, is_too_deep ? NULL : start_new(comment));
        } else if (kind == TAMIS_SIEVE_MARKUP_CLOSE && open->len > 0) {
            g_autofree Start *start = g_ptr_array_steal_index(open, open->len - 1);
            char *attributes =
                start != NULL ? tamis_sieve_markup_read(&start->comment, TAMIS_SIEVE_MARKUP_OPEN)
                              : NULL;
            if (attributes == NULL)
                continue;
            g_hash_table_insert(writer->marks, start->key, attributes);
            g_hash_table_insert(writer->marks, key_of(comment), CLOSING);
        }
    }
}

static void
find_marks_of_command(Writer *writer, const TamisSieveCommand *command, GPtrArray *open,
                      guint n_around)
{
    find_marks(writer, command->comments, open, n_around);
    if (command->has_block) {
        g_autoptr(GPtrArray) inner = g_ptr_array_new_with_free_func(g_free);
        for (const TamisSieveCommand *each = command->block; each != NULL; each = each->next)
            find_marks_of_command(writer, each, inner, n_around + open->len);
        find_marks(writer, command->block_comments, inner, n_around + open->len);
    }
    find_marks(writer, command->trailing, open, n_around);
}

static void
write_plain_comment(Writer *writer, const TamisSieveComment *comment)
{
    g_autofree char *text = tamis_sieve_comment_to_xml(comment);

    open_element(writer, "comment", comment->blank_line_before);
    if (comment->is_bracketed && !tamis_sieve_xml_is_bracketed(text))
        write_sign(writer, TAMIS_SIEVE_SIGN_BRACKETED);
    close_text_element(writer, "comment", text, strlen(text));
}

static void
write_comment(Writer *writer, const TamisSieveComment *comment)
{
    TamisSieveMarkup kind = tamis_sieve_markup_kind(comment);
    gboolean is_markup = kind == TAMIS_SIEVE_MARKUP_DATA || kind == TAMIS_SIEVE_MARKUP_OTHER;
    g_autofree char *xml = is_markup ? tamis_sieve_markup_read(comment, kind) : NULL;

    if (xml == NULL) {
        write_plain_comment(writer, comment);
        return;
    }
    start_line(writer, comment->blank_line_before);
    if (kind == TAMIS_SIEVE_MARKUP_DATA)
        g_string_append_printf(writer->xml, "<displaydata>%s</displaydata>", xml);
    else
        g_string_append(writer->xml, xml);
}

static void
write_ambles(Writer *writer, const char *name, const GPtrArray *comments,
             gboolean blank_line_before, gboolean blank_line_at_end)
{
    if (comments->len == 0)
        return;
    open_element(writer, name, blank_line_before);
    for (guint i = 0; i < comments->len; i++)
        write_comment(writer, g_ptr_array_index(comments, i));
    if (blank_line_at_end)
        g_string_append_c(writer->xml, '\n');
    close_element(writer, name);
}

/* The places of comments of a head that begin before end. */
static void
write_places(Writer *writer, const TamisSieveComment **inner, guint32 end)
{
    for (; *inner != NULL && (*inner)->span.offset < end; *inner = (*inner)->next) {
        if (!(*inner)->is_behind)
            start_line(writer, FALSE);
        write_sign(writer, TAMIS_SIEVE_SIGN_COMMENT);
    }
}

/* A displayblock cannot stand where comments wait that stand before it: then its two comments stay comments. */
static void
open_display(Writer *writer, List *list, const TamisSieveComment *comment, const char *attributes)
{
    gboolean is_display = list->comments->len == 0;

    list->is_display[list->n_marks++] = is_display;
    if (!is_display) {
        g_ptr_array_add(list->comments, (gpointer)comment);
        return;
    }
    start_line(writer, comment->blank_line_before);
    g_string_append_printf(writer->xml, "<displayblock%s>", attributes);
    writer->depth++;
    list->n_displays++;
}

/* Whether the comment closes one. */
static gboolean
close_display(Writer *writer, List *list, const TamisSieveComment *comment)
{
    if (!list->is_display[--list->n_marks])
        return FALSE;
    writer->depth--;
    list->n_displays--;
    start_line(writer, comment->blank_line_before);
    g_string_append(writer->xml, "</displayblock>");
    return TRUE;
}

/* One comment between commands. */
static void
put_comment(Writer *writer, List *list, const TamisSieveComment *comment)
{
    const char *mark = find_mark(writer, comment);

    if (mark != NULL && mark != CLOSING)
        open_display(writer, list, comment, mark);
    else if (mark == CLOSING && close_display(writer, list, comment))
        return;
    else if (!list->is_inside || list->n_displays > 0)
        write_comment(writer, comment);
    else
        g_ptr_array_add(list->comments, (gpointer)comment);
}

static void
put_comments(Writer *writer, List *list, const TamisSieveComment *comment)
{
    for (; comment != NULL; comment = comment->next)
        put_comment(writer, list, comment);
}

/* Arguments and tests ------------------------------------------------------------------------------- */

static void
write_string(Writer *writer, const TamisSieveString *string, const TamisSieveComment **inner)
{
    gboolean is_block = tamis_sieve_can_be_block(string->head, string->text);

    check_string(writer, string);
    if (writer->has_failed)
        return;
    write_places(writer, inner, is_block ? string->span.offset : tamis_span_end(string->span));
    open_element(writer, "str", FALSE);
    write_places(writer, inner, tamis_span_end(string->span)); /* between `text:` and its text */
    if (is_block != tamis_sieve_xml_is_block(string->text, string->length_bytes))
        write_sign(writer, is_block ? TAMIS_SIEVE_SIGN_TEXT : TAMIS_SIEVE_SIGN_QUOTED);
    close_text_element(writer, "str", string->text, string->length_bytes);
}

static void
write_number(Writer *writer, const TamisSieveArgument *argument)
{
    char digits[24];
    char quantifier = (char)g_ascii_toupper(argument->quantifier);
    gboolean is_said = quantifier == tamis_sieve_xml_quantifier(argument->number);

    g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, argument->number);
    write_text_element(writer, "num", digits, strlen(digits),
                       is_said ? NULL : tamis_sieve_xml_quantifier_sign(quantifier));
}

/* inner: comments of the head that are still to come. */
static void
write_argument(Writer *writer, const TamisSieveArgument *argument, const TamisSieveComment **inner)
{
    if (argument->kind != TAMIS_SIEVE_STRING)
        write_places(writer, inner, argument->span.offset);
    switch (argument->kind) {
    case TAMIS_SIEVE_TAG: {
        g_autofree char *name = g_ascii_strdown(argument->name, argument->name_length);
        write_text_element(writer, "tag", name, argument->name_length, NULL);
        return;
    }
    case TAMIS_SIEVE_NUMBER:
        write_number(writer, argument);
        return;
    case TAMIS_SIEVE_STRING:
        write_string(writer, argument->strings, inner);
        return;
    case TAMIS_SIEVE_LIST:
        open_element(writer, "list", FALSE);
        for (const TamisSieveString *string = argument->strings;
             string != NULL && !is_full(writer, string->span); string = string->next)
            write_string(writer, string, inner);
        write_places(writer, inner, tamis_span_end(argument->span));
        close_element(writer, "list");
        return;
    }
    g_assert_not_reached();
}

static void
write_name(Writer *writer, const char *name, guint32 length)
{
    g_autofree char *lower = g_ascii_strdown(name, length);

    write_attribute(writer, "name", lower);
}

static void
write_test(Writer *writer, const TamisSieveTest *test, const TamisSieveComment **inner)
{
    if (is_full(writer, tamis_sieve_test_name_span(test)))
        return;
    check_test(writer, test);
    write_places(writer, inner, test->span.offset);
    open_element(writer, "test", FALSE);
    write_name(writer, test->name, test->name_length);
    for (const TamisSieveArgument *argument = test->arguments; argument != NULL;
         argument = argument->next)
        write_argument(writer, argument, inner);
    for (const TamisSieveTest *nested = test->tests; nested != NULL; nested = nested->next)
        write_test(writer, nested, inner);
    if (test->is_list)
        write_places(writer, inner, tamis_span_end(test->span));
    close_element(writer, "test");
}

/* Commands ------------------------------------------------------------------------------------------ */

static gboolean
is_control(const TamisSieveCommand *command)
{
    const TamisSieveWord *word = tamis_sieve_find_command(command->name, command->name_length);

    return word != NULL && word->kind == TAMIS_SIEVE_CONTROL;
}

/* What waits in the list, and comments of the command's own head. is_apart: an empty line is before the command. */
static void
write_preamble(Writer *writer, List *list, const TamisSieveCommand *command, gboolean is_apart)
{
    for (const TamisSieveComment *inner = command->inner; inner != NULL; inner = inner->next)
        g_ptr_array_add(list->comments, (gpointer)inner);
    write_ambles(writer, "preamble", list->comments, FALSE, is_apart);
    g_ptr_array_set_size(list->comments, 0);
    list->n_behind = 0;
}

/* Returns the comments behind it that do not stand in it. */
static const TamisSieveComment *
write_block(Writer *writer, const TamisSieveCommand *command)
{
    g_autoptr(GPtrArray) comments = g_ptr_array_new();
    List list = {.is_inside = TRUE, .comments = comments};
    const TamisSieveComment *trailing = command->trailing;

    write_commands(writer, &list, command->block, command->block_comments);
    for (; !command->has_block && trailing != NULL && find_mark(writer, trailing) == NULL;
         trailing = trailing->next)
        g_ptr_array_add(comments, (gpointer)trailing);
    const TamisSieveComment *first = comments->len > 0 ? g_ptr_array_index(comments, 0) : NULL;
    write_ambles(writer, "postamble", comments, first != NULL && first->blank_line_before, FALSE);
    return trailing;
}

/* Comments on the command's last line, each at its place in the text and then where it may stand. */
static void
write_behind(Writer *writer, List *list, const TamisSieveComment *comments)
{
    for (const TamisSieveComment *comment = comments; comment != NULL; comment = comment->next)
        write_sign(writer, TAMIS_SIEVE_SIGN_COMMENT);
    put_comments(writer, list, comments);
    list->n_behind = list->comments->len;
}

static void
write_command(Writer *writer, List *list, const TamisSieveCommand *command)
{
    /* Of those before the command that are to stand in its preamble. */
    const TamisSieveComment *first = list->comments->len > list->n_behind
                                         ? g_ptr_array_index(list->comments, list->n_behind)
                                         : NULL;
    const TamisSieveComment *inner = command->inner;
    const char *element = is_control(command) ? "control" : "action";

    writer->last = tamis_sieve_command_name_span(command);
    if (is_full(writer, writer->last))
        return;
    check_command(writer, command);
    open_element(writer, element,
                 first != NULL ? first->blank_line_before : command->blank_line_before);
    write_name(writer, command->name, command->name_length);
    write_preamble(writer, list, command, first != NULL && command->blank_line_before);
    for (const TamisSieveArgument *argument = command->arguments; argument != NULL;
         argument = argument->next)
        write_argument(writer, argument, &inner);
    if (command->tests != NULL && !command->is_list)
        write_test(writer, command->tests, &inner);
    const TamisSieveComment *trailing = write_block(writer, command);
    close_element(writer, element);
    write_behind(writer, list, trailing);
}

static void
write_commands(Writer *writer, List *list, const TamisSieveCommand *commands,
               const TamisSieveComment *last)
{
    for (const TamisSieveCommand *command = commands; command != NULL; command = command->next) {
        put_comments(writer, list, command->comments);
        write_command(writer, list, command);
    }
    put_comments(writer, list, last);
}

/* The script ---------------------------------------------------------------------------------------- */

TamisSieveXmlWriter *
tamis_sieve_xml_writer_new(TamisReport *report)
{
    Writer *writer = g_new0(Writer, 1);

    writer->report = report;
    writer->marks = g_hash_table_new_full(NULL, NULL, NULL, free_mark);
    writer->open = g_ptr_array_new_with_free_func(g_free);
    writer->list.comments = g_ptr_array_new();
    writer->xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    open_element(writer, "sieve", FALSE);
    write_attribute(writer, "xmlns", TAMIS_SIEVE_NAMESPACE);
    return writer;
}

void
tamis_sieve_xml_writer_free(TamisSieveXmlWriter *writer)
{
    if (writer == NULL)
        return;
    g_hash_table_unref(writer->marks);
    g_ptr_array_unref(writer->open);
    g_ptr_array_unref(writer->list.comments);
    g_string_free(writer->xml, TRUE);
    g_free(writer);
}

void
tamis_sieve_xml_writer_look_at(TamisSieveXmlWriter *writer, const TamisSieveCommand *command)
{
    find_marks_of_command(writer, command, writer->open, 0);
}

void
tamis_sieve_xml_writer_look_at_last(TamisSieveXmlWriter *writer, const TamisSieveComment *comments)
{
    find_marks(writer, comments, writer->open, 0);
}

void
tamis_sieve_xml_writer_write(TamisSieveXmlWriter *writer, const TamisSieveCommand *command)
{
    put_comments(writer, &writer->list, command->comments);
    write_command(writer, &writer->list, command);
}

GString *
tamis_sieve_xml_writer_finish(TamisSieveXmlWriter *writer, const TamisSieveComment *comments)
{
    put_comments(writer, &writer->list, comments);
    close_element(writer, "sieve");
    g_string_append_c(writer->xml, '\n');
    if (is_full(writer, writer->last) || writer->has_failed)
        return NULL;
    GString *xml = writer->xml;
    writer->xml = g_string_new(NULL);
    return xml;
}

GString *
tamis_sieve_write_xml(const TamisSieveScript *script, TamisReport *report)
{
    g_autoptr(TamisSieveXmlWriter) writer = tamis_sieve_xml_writer_new(report);

    for (const TamisSieveCommand *command = script->commands; command != NULL;
         command = command->next)
        tamis_sieve_xml_writer_look_at(writer, command);
    tamis_sieve_xml_writer_look_at_last(writer, script->comments);
    for (const TamisSieveCommand *command = script->commands; command != NULL;
         command = command->next)
        tamis_sieve_xml_writer_write(writer, command);
    return tamis_sieve_xml_writer_finish(writer, script->comments);
}
