/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements to arguments and tests. */
#include "grammar/sieve/parser.h"
#include "grammar/sieve/table.h"
#include "grammar/sieve/xml-layout.h"
#include "grammar/sieve/xml-reader-private.h"

#include <errno.h>
#include <string.h>

#define TEST_ORDER "inside it stand arguments and comments, then tests"

/* Arguments ----------------------------------------------------------------------------------------- */

static TamisSieveStringForm
find_form(const TamisSieveXmlReader *reader, const xmlNode *node, const TamisSieveString *string)
{
    gboolean is_block = tamis_sieve_xml_is_block(string->text, string->length_bytes);

    if (tamis_sieve_xml_has_sign(reader, node,
                                 is_block ? TAMIS_SIEVE_SIGN_QUOTED : TAMIS_SIEVE_SIGN_TEXT))
        is_block = !is_block;
    return is_block ? TAMIS_SIEVE_TEXT : TAMIS_SIEVE_QUOTED;
}

static TamisSieveString *
read_string(TamisSieveXmlReader *reader, const xmlNode *node)
{
    const char *text = tamis_sieve_xml_text(reader, node);
    TamisSieveString *string = tamis_arena_new0(reader->arena, TamisSieveString);

    tamis_sieve_xml_check_attributes(reader, node, NULL);
    if (text == NULL)
        return NULL;
    string->text = text;
    string->length_bytes = (guint32)strlen(text);
    string->form = find_form(reader, node, string);
    string->span = tamis_xml_content_span(reader->document, node);
    return string;
}

static gboolean
read_list(TamisSieveXmlReader *reader, const xmlNode *node, TamisSieveArgument *argument)
{
    static const char *const known[] = {"str", NULL};
    TamisSieveString **end = &argument->strings;
    guint32 n_errors = reader->script->n_errors;

    tamis_sieve_xml_check_attributes(reader, node, NULL);
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        tamis_sieve_xml_check_text(reader, child);
        if (child->type != XML_ELEMENT_NODE)
            continue;
        if (!tamis_sieve_xml_is(child, "str")) {
            tamis_sieve_xml_unexpected(reader, child, known, "a list holds <str> alone");
            continue;
        }
        *end = read_string(reader, child);
        if (*end == NULL)
            continue;
        end = &(*end)->next;
        argument->n_strings++;
    }
    if (argument->n_strings == 0 && reader->script->n_errors == n_errors)
        tamis_sieve_xml_fault(reader, tamis_xml_name_span(reader->document, node),
                              "put its strings into it as <str>", "an empty list");
    return reader->script->n_errors == n_errors;
}

static char
find_quantifier(const TamisSieveXmlReader *reader, const xmlNode *node, guint64 number)
{
    static const char quantifiers[] = {0, 'K', 'M', 'G'};

    for (guint i = 0; i < G_N_ELEMENTS(quantifiers); i++)
        if (tamis_sieve_xml_has_sign(reader, node, tamis_sieve_xml_quantifier_sign(quantifiers[i])))
            return quantifiers[i];
    return tamis_sieve_xml_quantifier(number);
}

static gboolean
read_number(TamisSieveXmlReader *reader, const xmlNode *node, TamisSieveArgument *argument)
{
    const char *text = tamis_sieve_xml_text(reader, node);
    char *end = NULL;

    tamis_sieve_xml_check_attributes(reader, node, NULL);
    if (text == NULL)
        return FALSE;
    text += strspn(text, " \t\r\n");
    text += *text == '+';
    gboolean has_digits = g_ascii_isdigit(*text);
    errno = 0;
    argument->number = g_ascii_strtoull(text, &end, 10);
    gboolean is_too_large = errno == ERANGE;
    if (!has_digits || end[strspn(end, " \t\r\n")] != '\0' || is_too_large) {
        tamis_sieve_xml_fault(reader, tamis_xml_content_span(reader->document, node),
                              is_too_large ? "write 18446744073709551615 at most"
                                           : "write digits alone: 102400 for 100K",
                              is_too_large ? "the number is too large" : "no number");
        return FALSE;
    }
    argument->quantifier = find_quantifier(reader, node, argument->number);
    return TRUE;
}

gboolean
tamis_sieve_xml_is_argument(const xmlNode *node)
{
    static const char *const names[] = {"str", "num", "tag", "list"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (tamis_sieve_xml_is(node, names[i]))
            return TRUE;
    return FALSE;
}

/* NULL where it cannot be read, which was reported. */
static TamisSieveArgument *
read_argument(TamisSieveXmlReader *reader, const xmlNode *node)
{
    TamisSieveArgument *argument = tamis_arena_new0(reader->arena, TamisSieveArgument);
    gboolean is_read;

    argument->span = tamis_xml_content_span(reader->document, node);
    if (tamis_sieve_xml_is(node, "str")) {
        argument->kind = TAMIS_SIEVE_STRING;
        argument->n_strings = 1;
        argument->strings = read_string(reader, node);
        is_read = argument->strings != NULL;
    } else if (tamis_sieve_xml_is(node, "list")) {
        argument->kind = TAMIS_SIEVE_LIST;
        is_read = read_list(reader, node, argument);
    } else if (tamis_sieve_xml_is(node, "num")) {
        argument->kind = TAMIS_SIEVE_NUMBER;
        is_read = read_number(reader, node, argument);
    } else {
        argument->kind = TAMIS_SIEVE_TAG;
        argument->name = tamis_sieve_xml_name(reader, node, &argument->span);
        argument->name_length = argument->name != NULL ? (guint32)strlen(argument->name) : 0;
        tamis_sieve_xml_check_attributes(reader, node, NULL);
        is_read = argument->name != NULL;
    }
    return is_read ? argument : NULL;
}

TamisSieveArgument **
tamis_sieve_xml_add_argument(TamisSieveXmlReader *reader, const xmlNode *node, guint n,
                             TamisSieveArgument **end)
{
    if (n <= TAMIS_SIEVE_MAX_ARGUMENTS) {
        *end = read_argument(reader, node);
        return *end != NULL ? &(*end)->next : end;
    }
    if (n == TAMIS_SIEVE_MAX_ARGUMENTS + 1)
        tamis_sieve_xml_fault(reader, tamis_xml_content_span(reader->document, node),
                              "put strings into one <list>", "there are more than %d arguments",
                              TAMIS_SIEVE_MAX_ARGUMENTS);
    return end;
}

/* Tests --------------------------------------------------------------------------------------------- */

/* A test while it is read. */
typedef struct {
    TamisSieveTest *test;
    TamisSieveArgument **arguments_end;
    guint n_arguments;
    TamisSieveTest **tests_end;
    guint n_tests;
    TamisSieveComments around; /* before its first argument or behind its last one */
    TamisSieveComments behind; /* the last argument so far */
    TamisSieveComments between;
    TamisSieveComments nested; /* in its tests */
} TestReading;

static void
read_test_child(TamisSieveXmlReader *reader, TestReading *reading, const xmlNode *child)
{
    static const char *const known[] = {"str",     "num",         "tag",  "list",
                                        "comment", "displaydata", "test", NULL};

    if (tamis_sieve_xml_is(child, "test")) {
        TamisSieveTest *nested = tamis_sieve_xml_read_test(reader, child, &reading->nested);
        if (nested == NULL)
            return;
        *reading->tests_end = nested;
        reading->tests_end = &nested->next;
        reading->n_tests++;
        return;
    }
    TamisSieveComments *comments =
        reading->test->arguments == NULL ? &reading->around : &reading->behind;
    if (!tamis_sieve_xml_is_argument(child)) {
        if (!tamis_sieve_xml_read_comment(reader, comments, child))
            tamis_sieve_xml_unexpected(reader, child, known, TEST_ORDER);
        else if (reading->n_tests > 0)
            tamis_sieve_xml_fault(reader, tamis_xml_name_span(reader->document, child), TEST_ORDER,
                                  "<%.100s> behind <test>", (const char *)child->name);
        return;
    }
    if (reading->n_tests > 0) {
        tamis_sieve_xml_fault(reader, tamis_xml_name_span(reader->document, child), TEST_ORDER,
                              "<%.100s> behind <test>", (const char *)child->name);
        return;
    }
    TamisSieveArgument **end =
        tamis_sieve_xml_add_argument(reader, child, ++reading->n_arguments, reading->arguments_end);
    if (end == reading->arguments_end)
        return;
    tamis_sieve_comments_take(&reading->between, &reading->behind);
    reading->arguments_end = end;
}

/* Comments are printed before what they stand before by their places: those around the test get its own. */
static void
settle_comments(TestReading *reading, TamisSieveComments *inner, guint32 start)
{
    tamis_sieve_comments_take(&reading->around, &reading->behind);
    for (TamisSieveComment *comment = reading->around.first; comment != NULL;
         comment = comment->next) {
        comment->span.offset = start;
        comment->span.length = 1;
    }
    tamis_sieve_comments_take(inner, &reading->around);
    tamis_sieve_comments_take(inner, &reading->between);
    tamis_sieve_comments_take(inner, &reading->nested);
}

/* Whether a word that takes its tests in parentheses, by the table; several are always in parentheses. */
static gboolean
is_list(const TamisSieveTest *test, guint n_tests)
{
    const TamisSieveWord *word = tamis_sieve_find_test(test->name, test->name_length);

    return n_tests > 1 || (n_tests == 1 && word != NULL && word->tests == TAMIS_SIEVE_TESTS_LIST);
}

TamisSieveTest *
tamis_sieve_xml_read_test(TamisSieveXmlReader *reader, const xmlNode *node,
                          TamisSieveComments *inner)
{
    TestReading reading = {.test = tamis_arena_new0(reader->arena, TamisSieveTest)};
    guint32 n_errors = reader->script->n_errors;
    TamisSieveTest *test = reading.test;
    TamisSpan name;

    reading.arguments_end = &test->arguments;
    reading.tests_end = &test->tests;
    tamis_sieve_comments_init(&reading.around);
    tamis_sieve_comments_init(&reading.behind);
    tamis_sieve_comments_init(&reading.between);
    tamis_sieve_comments_init(&reading.nested);
    test->name = tamis_sieve_xml_name(reader, node, &name);
    tamis_sieve_xml_check_attributes(reader, node, "name");
    test->name_length = test->name != NULL ? (guint32)strlen(test->name) : 0;
    test->span = tamis_sieve_xml_span_from(reader, name, node);
    if (test->name != NULL && tamis_sieve_find_command(test->name, test->name_length) != NULL &&
        tamis_sieve_find_test(test->name, test->name_length) == NULL)
        tamis_sieve_xml_fault(reader, name, "put it as <action> or <control> behind the test",
                              "'%.40s' is a command, where a test should stand", test->name);
    if (++reader->n_tests > TAMIS_SIEVE_MAX_NESTING)
        tamis_sieve_xml_fault(reader, name, "take 'not not' and lists of one test away",
                              "tests nest more than %d deep", TAMIS_SIEVE_MAX_NESTING);
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        tamis_sieve_xml_check_text(reader, child);
        if (child->type == XML_ELEMENT_NODE)
            read_test_child(reader, &reading, child);
    }
    reader->n_tests--;
    test->is_list = is_list(test, reading.n_tests);
    settle_comments(&reading, inner, tamis_xml_span(reader->document, node).offset);
    return reader->script->n_errors == n_errors ? test : NULL;
}
