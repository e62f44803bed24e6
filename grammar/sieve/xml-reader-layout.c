/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signs are found by their places, in the order of the text. One that says nothing where it stands is passed over, as
 * other programs pass over all of them. */
#include "grammar/sieve/print-words.h"
#include "grammar/sieve/xml-layout.h"
#include "grammar/sieve/xml-reader-private.h"

#include <string.h>

gboolean
tamis_sieve_xml_has_blank_line(const TamisSieveXmlReader *reader, guint32 offset)
{
    guint n_line_breaks = 0;

    while (offset > 0 && g_ascii_isspace(reader->text[offset - 1]))
        n_line_breaks += reader->text[--offset] == '\n';
    return n_line_breaks > 1;
}

static gboolean
is_behind(const TamisSieveXmlReader *reader, guint32 offset)
{
    while (offset > 0 && g_ascii_isspace(reader->text[offset - 1]))
        if (reader->text[--offset] == '\n')
            return FALSE;
    return TRUE;
}

/* Signs ------------------------------------------------------------------------------------------------ */

static guint
count_instructions(const TamisSieveXmlReader *reader)
{
    return tamis_xml_document_instructions(reader->document)->len;
}

static TamisSpan
get_instruction(const TamisSieveXmlReader *reader, guint index)
{
    return g_array_index(tamis_xml_document_instructions(reader->document), TamisSpan, index);
}

/* The first instruction at or behind the offset. */
static guint
find_instruction(const TamisSieveXmlReader *reader, guint32 offset)
{
    guint low = 0, high = count_instructions(reader);

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (get_instruction(reader, middle).offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether it is `<?tamis SIGN?>`. */
static gboolean
is_sign(const TamisSieveXmlReader *reader, TamisSpan instruction, const char *sign)
{
    static const char start[] = "<?tamis";
    const char *at = reader->text + instruction.offset;
    const char *end = at + instruction.length - strlen("?>");

    if (!g_str_has_prefix(at, start))
        return FALSE;
    at += strlen(start);
    const char *word = at;
    while (word < end && g_ascii_isspace(*word))
        word++;
    while (end > word && g_ascii_isspace(end[-1]))
        end--;
    return word > at && (gsize)(end - word) == strlen(sign) &&
           memcmp(word, sign, strlen(sign)) == 0;
}

gboolean
tamis_sieve_xml_has_sign(const TamisSieveXmlReader *reader, const xmlNode *node, const char *sign)
{
    TamisSpan within = tamis_xml_span(reader->document, node);

    for (guint i = find_instruction(reader, within.offset); i < count_instructions(reader); i++) {
        TamisSpan instruction = get_instruction(reader, i);
        if (instruction.offset >= tamis_span_end(within))
            return FALSE;
        if (is_sign(reader, instruction, sign))
            return TRUE;
    }
    return FALSE;
}

/* Places of comments ------------------------------------------------------------------------------------ */

guint
tamis_sieve_xml_count_places(const TamisSieveXmlReader *reader, guint32 start, guint32 end)
{
    guint n = 0;

    for (guint i = find_instruction(reader, start); i < count_instructions(reader); i++) {
        TamisSpan instruction = get_instruction(reader, i);
        if (instruction.offset >= end)
            break;
        n += is_sign(reader, instruction, TAMIS_SIEVE_SIGN_COMMENT);
    }
    return n;
}

/* Behind this a comment is behind all arguments; end: where there are none. */
static guint32
arguments_end(const TamisSieveArgument *argument, guint32 end)
{
    for (; argument != NULL; argument = argument->next) {
        gboolean is_inside =
            argument->kind == TAMIS_SIEVE_LIST ||
            (argument->kind == TAMIS_SIEVE_STRING &&
             tamis_sieve_can_be_block(argument->strings->head, argument->strings->text));
        end = is_inside ? tamis_span_end(argument->span) : argument->span.offset;
    }
    return end;
}

/* Behind this a comment is behind all words of the head. */
static guint32
head_end(const TamisSieveCommand *command)
{
    const TamisSieveTest *test = command->tests;

    if (test == NULL)
        return arguments_end(command->arguments, 0);
    for (; test->tests != NULL; test = test->tests)
        if (test->is_list)
            return tamis_span_end(test->span);
    return arguments_end(test->arguments, test->span.offset);
}

/* Both are in the order of their places. */
static void
merge(TamisSieveComments *comments, TamisSieveComments *other)
{
    TamisSieveComments merged;

    tamis_sieve_comments_init(&merged);
    while (comments->first != NULL && other->first != NULL) {
        gboolean is_other = other->first->span.offset < comments->first->span.offset;
        tamis_sieve_comments_add(&merged, tamis_sieve_comments_pop(is_other ? other : comments));
    }
    tamis_sieve_comments_take(&merged, comments);
    tamis_sieve_comments_take(&merged, other);
    tamis_sieve_comments_take(comments, &merged);
}

void
tamis_sieve_xml_place_comments(const TamisSieveXmlReader *reader, TamisSieveCommand *command,
                               TamisSieveComments *preamble, TamisSieveComments *inner)
{
    guint32 start = command->span.offset;
    guint n_places = tamis_sieve_xml_count_places(reader, start, head_end(command));
    guint n_comments = 0;
    TamisSieveComments before, placed;

    tamis_sieve_comments_init(&before);
    tamis_sieve_comments_init(&placed);
    for (const TamisSieveComment *comment = preamble->first; comment != NULL;
         comment = comment->next)
        n_comments++;
    for (; n_comments > n_places; n_comments--)
        tamis_sieve_comments_add(&before, tamis_sieve_comments_pop(preamble));
    for (guint i = find_instruction(reader, start); n_comments > 0; i++) {
        TamisSpan instruction = get_instruction(reader, i);
        if (!is_sign(reader, instruction, TAMIS_SIEVE_SIGN_COMMENT))
            continue;
        TamisSieveComment *comment = tamis_sieve_comments_pop(preamble);
        comment->span = instruction;
        comment->is_behind = is_behind(reader, instruction.offset);
        tamis_sieve_comments_add(&placed, comment);
        n_comments--;
    }
    tamis_sieve_comments_take(preamble, &before);
    merge(inner, &placed);
}
