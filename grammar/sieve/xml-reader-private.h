/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the reader of Sieve in XML share. For grammar/sieve/xml-reader*.c only. */
#pragma once

#include "grammar/sieve/xml-markup.h"
#include "grammar/sieve/xml-reader.h"
#include "grammar/xml/document.h"

/* A list of comments that grows. */
typedef struct {
    TamisSieveComment *first, **end;
} TamisSieveComments;

typedef struct {
    TamisSourceId source;
    TamisArena *arena;
    TamisReport *report;
    const char *text; /* of the source */
    TamisXmlDocument *document;
    TamisSieveScript *script;
    guint n_xml_comments; /* of the document's, that have been taken */
    guint n_blocks;       /* around what is read */
    guint n_tests;
    guint n_displays;
} TamisSieveXmlReader;

static inline void
tamis_sieve_comments_init(TamisSieveComments *comments)
{
    comments->first = NULL;
    comments->end = &comments->first;
}

/* Moves all of other behind those of comments. */
static inline void
tamis_sieve_comments_take(TamisSieveComments *comments, TamisSieveComments *other)
{
    *comments->end = other->first;
    if (other->first != NULL)
        comments->end = other->end;
    tamis_sieve_comments_init(other);
}

static inline void
tamis_sieve_comments_add(TamisSieveComments *comments, TamisSieveComment *comment)
{
    *comments->end = comment;
    comments->end = &comment->next;
}

/* Takes the first one of some away. */
static inline TamisSieveComment *
tamis_sieve_comments_pop(TamisSieveComments *comments)
{
    TamisSieveComment *first = comments->first;

    comments->first = first->next;
    if (comments->first == NULL)
        comments->end = &comments->first;
    first->next = NULL;
    return first;
}

/* A fault; help may be NULL. */
void tamis_sieve_xml_fault(TamisSieveXmlReader *reader, TamisSpan span, const char *help,
                           const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Whether the node is an element of Sieve's namespace; of that name, where name is not NULL. */
gboolean tamis_sieve_xml_is(const xmlNode *node, const char *name);
/* What is wrong with a child that does not belong where it stands. known: names that may stand there,
 * NULL-terminated. */
void tamis_sieve_xml_unexpected(TamisSieveXmlReader *reader, const xmlNode *node,
                                const char *const *known, const char *help);
/* Faults for all attributes but name (NULL: all), those of XML itself left out. */
void tamis_sieve_xml_check_attributes(TamisSieveXmlReader *reader, const xmlNode *node,
                                      const char *name);
/* A fault where the child is text that is not blank; the children before it are elements. */
void tamis_sieve_xml_check_text(TamisSieveXmlReader *reader, const xmlNode *child);
/* The text in the element, in the arena; NULL and a fault where it holds elements. */
const char *tamis_sieve_xml_text(TamisSieveXmlReader *reader, const xmlNode *node);
/* The attribute 'name' or, of a tag, the text, without blanks around; *out_span where that stands. NULL and a
 * fault when it is no identifier. */
const char *
tamis_sieve_xml_name(TamisSieveXmlReader *reader, const xmlNode *node, TamisSpan *out_span);

/* From a name to the end of its element. */
static inline TamisSpan
tamis_sieve_xml_span_from(const TamisSieveXmlReader *reader, TamisSpan name, const xmlNode *node)
{
    return tamis_span_join(name, tamis_xml_end_span(reader->document, node));
}

/* xml-reader-test.c: NULL where it cannot be read, which was reported. Comments in a test go to inner. */
gboolean tamis_sieve_xml_is_argument(const xmlNode *node);
/* The n-th argument of a command or test, from 1, is linked from *end; returns the end for the next one. */
TamisSieveArgument **tamis_sieve_xml_add_argument(TamisSieveXmlReader *reader, const xmlNode *node,
                                                  guint n, TamisSieveArgument **end);
TamisSieveTest *tamis_sieve_xml_read_test(TamisSieveXmlReader *reader, const xmlNode *node,
                                          TamisSieveComments *inner);

/* xml-reader-comment.c: comments, and what becomes one. */
/* A comment, displaydata or element of another namespace; FALSE: it is none of these. */
gboolean tamis_sieve_xml_read_comment(TamisSieveXmlReader *reader, TamisSieveComments *comments,
                                      const xmlNode *node);
/* The comment at the start of a displayblock, and that at its end. */
void tamis_sieve_xml_read_display(TamisSieveXmlReader *reader, TamisSieveComments *comments,
                                  const xmlNode *node, gboolean is_end);
/* XML's own comments that begin before the offset and have not been taken. */
void tamis_sieve_xml_take_comments(TamisSieveXmlReader *reader, TamisSieveComments *comments,
                                   guint32 offset);
/* Lets go of those that have been taken, where all have been, and of signs. */
void tamis_sieve_xml_forget(TamisSieveXmlReader *reader);
/* xml-reader-layout.c: the layout of the script, as the XML's and by signs (xml-layout.h). */
/* Whether an empty line stands before the offset. */
gboolean tamis_sieve_xml_has_blank_line(const TamisSieveXmlReader *reader, guint32 offset);
/* Whether an element has the sign in it. */
gboolean
tamis_sieve_xml_has_sign(const TamisSieveXmlReader *reader, const xmlNode *node, const char *sign);
/* How many comments have their place between both offsets. */
guint tamis_sieve_xml_count_places(const TamisSieveXmlReader *reader, guint32 start, guint32 end);
/* Comments of the command's head, which has been read: the last of the preamble go to inner, each to its place. */
void tamis_sieve_xml_place_comments(const TamisSieveXmlReader *reader, TamisSieveCommand *command,
                                    TamisSieveComments *preamble, TamisSieveComments *inner);
