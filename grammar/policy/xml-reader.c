/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements to tokens, by the table of forms. What the tokens mean is the policy parser's, so that a policy
 * means the same in both forms. */
#include "grammar/policy/xml-reader.h"

#include "grammar/policy/parser.h"
#include "grammar/policy/template-text.h"
#include "grammar/policy/xml-private.h"

#include <string.h>

typedef struct {
    TamisSourceId source;
    TamisArena *arena;
    TamisReport *report;
    TamisXmlDocument *document;
    TamisLexer lexer; /* once has_lexer */
    gboolean has_lexer;
    GArray *tokens; /* of TamisToken: of the declarations read last */
    guint n_taken;  /* of these, by the parser */
    TamisSpan end;  /* of the last token */
} Reader;

/* One element while its form is written out. */
typedef struct {
    const xmlNode *node;
    const TamisXmlPolicyForm *form;
    TamisSpan span; /* where its keywords stand */
} Element;

static const char *expand(Reader *reader, Element *element, const char *cursor, gboolean is_active);

/* Helpers ------------------------------------------------------------------------------------------ */

const xmlNode *
tamis_xml_child(const xmlNode *node, const char *name)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, name) == 0)
            return child;
    return NULL;
}

const char *
tamis_xml_form_token(const char **cursor, gsize *out_length)
{
    const char *start = *cursor + strspn(*cursor, " ");

    /* A closing bracket is glued to what it closes. */
    *out_length = *start == ']' ? 1 : strcspn(start, " ]");
    *cursor = start + *out_length;
    return start;
}

gboolean
tamis_xml_form_names(const TamisXmlPolicyForm *form, const char *child)
{
    const char *cursor = form->tokens;
    gsize length = 0, child_length = strlen(child);

    for (;;) {
        const char *token = tamis_xml_form_token(&cursor, &length);
        if (length == 0)
            return FALSE;
        gsize skip = strspn(token, "[!");
        if (length > skip && (token[skip] == '%' || token[skip] == '$') &&
            length - skip - 1 == child_length && memcmp(token + skip + 1, child, child_length) == 0)
            return TRUE;
    }
}

static gboolean
has_attribute(const xmlNode *node, const char *name)
{
    return xmlHasNsProp(node, BAD_CAST name, NULL) != NULL;
}

static const xmlNode *
first_value(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        if (tamis_xml_is_value(child))
            return child;
    return NULL;
}

/* Tokens ------------------------------------------------------------------------------------------- */

static void
put_token(Reader *reader, TamisToken token)
{
    token.span.source = reader->source;
    g_array_append_val(reader->tokens, token);
    reader->end = token.span;
}

/* text: static, or in the arena. */
static void
put_mark(Reader *reader, TamisTokenKind kind, const char *text, TamisSpan span)
{
    put_token(reader, (TamisToken){
                          .kind = kind,
                          .span = span,
                          .text = text,
                          .length_bytes = (guint32)strlen(text),
                          .is_kept = TRUE,
                      });
}

static TamisTokenKind
mark_kind(const char *token, gsize length)
{
    static const struct {
        char text[3];
        TamisTokenKind kind;
    } marks[] = {
        {"{", TAMIS_TOKEN_OPEN},      {"}", TAMIS_TOKEN_CLOSE}, {"(", TAMIS_TOKEN_LEFT},
        {")", TAMIS_TOKEN_RIGHT},     {",", TAMIS_TOKEN_COMMA}, {"=", TAMIS_TOKEN_EQUALS},
        {";", TAMIS_TOKEN_SEMICOLON}, {"-", TAMIS_TOKEN_MINUS}, {"..", TAMIS_TOKEN_DOTS},
        {"<", TAMIS_TOKEN_LT},        {"<=", TAMIS_TOKEN_LE},   {">", TAMIS_TOKEN_GT},
        {">=", TAMIS_TOKEN_GE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
        if (strlen(marks[i].text) == length && memcmp(marks[i].text, token, length) == 0)
            return marks[i].kind;
    return TAMIS_TOKEN_NAME;
}

/* A keyword or mark of a form. Marks that end something stand where the element ends. */
static void
put_fixed(Reader *reader, const Element *element, const char *token, gsize length)
{
    gboolean ends = *token == ';' || *token == '}';
    TamisSpan span = ends ? tamis_xml_end_span(reader->document, element->node) : element->span;

    put_mark(reader, mark_kind(token, length), tamis_arena_strndup(reader->arena, token, length),
             span);
}

static void
put_comma(Reader *reader)
{
    put_mark(reader, TAMIS_TOKEN_COMMA, ",",
             (TamisSpan){reader->source, reader->end.offset + reader->end.length, 0});
}

static void
put_lexed(Reader *reader, TamisLexer *lexer, gboolean with_commas, gboolean only_one)
{
    TamisToken token;
    guint n = 0;

    for (tamis_lexer_next(lexer, &token); token.kind != TAMIS_TOKEN_END;
         tamis_lexer_next(lexer, &token)) {
        if (n > 0 && only_one && !token.is_faulty) {
            TamisDiagnostic *diagnostic =
                tamis_report_add(reader->report, token.span, TAMIS_RULE_SYNTAX,
                                 "one word expected, found '%s' behind it",
                                 tamis_excerpt(token.text, token.length_bytes).text);
            tamis_report_help(reader->report, diagnostic,
                              "write a text as <string>, and each value in an element of its own");
            return;
        }
        if (n++ > 0 && with_commas)
            put_comma(reader);
        put_token(reader, token);
    }
}

/* One word that was written with references or CDATA sections, as XML's own tools do: its place is all
 * of the piece. */
static void
put_decoded(Reader *reader, const char *word, TamisSpan span)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    TamisSourceId source = tamis_sources_add_text(sources, "", word, strlen(word));
    TamisToken token = {0}, next = {0};
    TamisLexer lexer;

    tamis_lexer_init(&lexer, source, reader->arena, report);
    tamis_lexer_next(&lexer, &token);
    tamis_lexer_next(&lexer, &next);
    tamis_lexer_clear(&lexer);
    if (tamis_report_count(report) == 0 && token.kind != TAMIS_TOKEN_STRING &&
        token.kind != TAMIS_TOKEN_END && next.kind == TAMIS_TOKEN_END) {
        token.text = tamis_arena_strndup(reader->arena, token.text, token.length_bytes);
        token.is_kept = TRUE;
    } else {
        TamisDiagnostic *diagnostic =
            tamis_report_add(reader->report, span, TAMIS_RULE_SYNTAX, "'%s' is no single word",
                             tamis_excerpt(word, strlen(word)).text);
        tamis_report_help(reader->report, diagnostic,
                          "write words plainly, without references, CDATA sections and comments");
        token =
            (TamisToken){.kind = TAMIS_TOKEN_NAME, .text = "", .is_kept = TRUE, .is_faulty = TRUE};
    }
    token.span = span;
    put_token(reader, token);
}

static gboolean
is_written_plainly(const char *text, TamisSpan span)
{
    return memchr(text + span.offset, '&', span.length) == NULL &&
           memchr(text + span.offset, '<', span.length) == NULL;
}

/* The words that stand in a piece of the source; the lexer knows them, and says what is wrong with one.
 * decoded is what they are to XML. */
static void
put_words(Reader *reader, TamisSpan span, const char *decoded, gboolean with_commas,
          gboolean only_one)
{
    gsize length = 0;
    const char *text =
        tamis_sources_get_text(tamis_report_get_sources(reader->report), reader->source, &length);

    if (!is_written_plainly(text, span)) {
        put_decoded(reader, decoded != NULL ? decoded : "", span);
        return;
    }
    if (!reader->has_lexer)
        tamis_lexer_init(&reader->lexer, reader->source, reader->arena, reader->report);
    reader->has_lexer = TRUE;
    tamis_lexer_enter(&reader->lexer, span.offset, span.offset + span.length);
    put_lexed(reader, &reader->lexer, with_commas, only_one);
}

static void
put_content(Reader *reader, const xmlNode *node, gboolean only_one)
{
    xmlChar *content = xmlNodeGetContent(node);

    put_words(reader, tamis_xml_content_span(reader->document, node), (const char *)content, FALSE,
              only_one);
    xmlFree(content);
}

static void
put_attribute(Reader *reader, const Element *element, const char *name, gboolean with_commas)
{
    g_autofree char *value = tamis_xml_attribute_dup(element->node, name);

    put_words(reader, tamis_xml_attribute_span(reader->document, element->node, name), value,
              with_commas, FALSE);
}

static void
put_comparison(Reader *reader, const Element *element, const char *name)
{
    static const struct {
        const char *word, *mark;
    } comparisons[] = {{"less", "<"}, {"at-most", "<="}, {"more", ">"}, {"at-least", ">="}};
    g_autofree char *word = tamis_xml_attribute_dup(element->node, name);
    TamisSpan span = tamis_xml_attribute_span(reader->document, element->node, name);

    for (gsize i = 0; i < G_N_ELEMENTS(comparisons); i++)
        if (g_strcmp0(word, comparisons[i].word) == 0)
            put_mark(reader, mark_kind(comparisons[i].mark, strlen(comparisons[i].mark)),
                     comparisons[i].mark, span);
}

/* FALSE and a finding when the text is none that a policy's string can have. */
static gboolean
check_string(Reader *reader, const char *text, gsize length, TamisSpan span)
{
    const char *cursor = text, *end = text + length;
    TamisTemplatePart part;

    for (const char *at = text; at < end; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (!g_unichar_iscntrl(character) || character == '\n' || character == '\t')
            continue;
        TamisDiagnostic *diagnostic =
            tamis_report_add(reader->report, span, TAMIS_RULE_UNSAFE_STRING,
                             "control character U+%04X in a string", character);
        tamis_report_help(reader->report, diagnostic, "take it out");
        return FALSE;
    }
    while (tamis_template_next(&cursor, end, &part)) {
        if (part.kind != TAMIS_TEMPLATE_MALFORMED)
            continue;
        TamisDiagnostic *diagnostic =
            tamis_report_add(reader->report, span, TAMIS_RULE_SYNTAX, "malformed placeholder '%s'",
                             tamis_excerpt(part.text, part.length_bytes).text);
        tamis_report_help(reader->report, diagnostic,
                          "write '${name}' or '${row.column}'; a literal '${' is '$${'");
        return FALSE;
    }
    return TRUE;
}

static void
put_string(Reader *reader, const xmlNode *node)
{
    xmlChar *content = xmlNodeGetContent(node);
    gsize length = content != NULL ? strlen((const char *)content) : 0;
    TamisSpan span = tamis_xml_span(reader->document, node);
    TamisToken token = {
        .kind = TAMIS_TOKEN_STRING,
        .span = span,
        .text = tamis_arena_strndup(reader->arena, content != NULL ? (const char *)content : "",
                                    length),
        .length_bytes = (guint32)length,
        .is_kept = TRUE,
        .is_block = has_attribute(node, "layout"),
    };

    xmlFree(content);
    token.is_faulty = !check_string(reader, token.text, length, span);
    put_token(reader, token);
}

static void
put_values(Reader *reader, const xmlNode *node)
{
    guint n = 0;

    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (!tamis_xml_is_value(child))
            continue;
        if (n++ > 0)
            put_comma(reader);
        if (strcmp((const char *)child->name, "string") == 0)
            put_string(reader, child);
        else
            put_content(reader, child, TRUE);
    }
}

/* Forms -------------------------------------------------------------------------------------------- */

static void
put_element(Reader *reader, const xmlNode *node, TamisXmlContext context)
{
    const TamisXmlPolicyForm *form = tamis_xml_form_find(context, (const char *)node->name);
    TamisSpan span = tamis_xml_name_span(reader->document, node);

    /* The schema has none without a form; a test holds both together. */
    if (form == NULL)
        return;
    /* With the `<`: the first keyword begins what the element stands for. */
    Element element = {node, form, {span.source, span.offset - 1, span.length + 1}};
    expand(reader, &element, form->tokens, TRUE);
}

static void
put_others(Reader *reader, const Element *element, const char *separator)
{
    guint n = 0;

    for (const xmlNode *child = element->node->children; child != NULL; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || tamis_xml_is_value(child) ||
            tamis_xml_form_names(element->form, (const char *)child->name))
            continue;
        TamisSpan span = {reader->source, reader->end.offset + reader->end.length, 0};
        if (n++ > 0 && *separator != '\0')
            put_mark(reader, mark_kind(separator, strlen(separator)), separator, span);
        put_element(reader, child, element->form->inside);
    }
}

static gboolean
is_called(const char *token, gsize length, const char *name)
{
    return strlen(name) == length && memcmp(token, name, length) == 0;
}

/* Behind a `%`. */
static void
put_children(Reader *reader, const Element *element, const char *token, gsize length)
{
    if (is_called(token, length, "values")) {
        put_values(reader, element->node);
    } else if (is_called(token, length, "word")) {
        put_content(reader, element->node, FALSE);
    } else if (is_called(token, length, "others")) {
        put_others(reader, element, "");
    } else if (is_called(token, length, ",others")) {
        put_others(reader, element, ",");
    } else if (is_called(token, length, "|others")) {
        put_others(reader, element, "or");
    } else if (is_called(token, length, "&others")) {
        put_others(reader, element, "and");
    } else {
        g_autofree char *name = g_strndup(token, length);
        const xmlNode *child = tamis_xml_child(element->node, name);
        if (child != NULL)
            put_element(reader, child, element->form->inside);
    }
}

/* Whether an <or> or <and> has to stand in parentheses where it stands. */
static gboolean
needs_parentheses(const xmlNode *node)
{
    const char *outer = node->parent != NULL ? (const char *)node->parent->name : "";

    if (strcmp(outer, "not") == 0 || strcmp(outer, "and") == 0)
        return TRUE;
    return strcmp(outer, "or") == 0 && strcmp((const char *)node->name, "or") == 0;
}

/* "@name", "%name" or "^name" behind a bracket, or an exclamation mark and one of these. */
static gboolean
is_condition_met(const Element *element, const char *token, gsize length)
{
    gboolean is_negated = *token == '!';
    g_autofree char *name = g_strndup(token + is_negated + 1, length - is_negated - 1);
    gboolean is_there;

    if (token[is_negated] == '@')
        is_there = has_attribute(element->node, name);
    else if (token[is_negated] == '^')
        is_there = has_attribute(element->node->parent, name);
    else if (strcmp(name, "values") == 0)
        is_there = first_value(element->node) != NULL;
    else
        is_there = tamis_xml_child(element->node, name) != NULL;
    return is_there != is_negated;
}

static void
put_form_token(Reader *reader, const Element *element, const char *token, gsize length)
{
    g_autofree char *name = g_strndup(token + 1, length - 1);

    if (is_called(token, length, "(?") || is_called(token, length, ")?")) {
        if (needs_parentheses(element->node))
            put_fixed(reader, element, token, 1);
    } else if (*token == '@' && name[0] == '<') {
        put_comparison(reader, element, name + 1);
    } else if (*token == '@') {
        put_attribute(reader, element, name[0] == ',' ? name + 1 : name, name[0] == ',');
    } else if (*token == '%') {
        put_children(reader, element, token + 1, length - 1);
    } else if (*token == '$') {
        const xmlNode *node = length > 1 ? tamis_xml_child(element->node, name) : element->node;
        if (node != NULL)
            put_string(reader, node);
    } else {
        put_fixed(reader, element, token, length);
    }
}

/* Writes out the form from cursor to its end or the closing bracket; returns what is behind that. */
static const char *
expand(Reader *reader, Element *element, const char *cursor, gboolean is_active)
{
    for (;;) {
        gsize length = 0;
        const char *token = tamis_xml_form_token(&cursor, &length);

        if (length == 0 || *token == ']')
            return cursor;
        if (*token == '[')
            cursor = expand(reader, element, cursor,
                            is_active && is_condition_met(element, token + 1, length - 1));
        else if (is_active)
            put_form_token(reader, element, token, length);
    }
}

/* The policy --------------------------------------------------------------------------------------- */

static void
take_declaration(gpointer data, const xmlNode *node, const TamisXmlViolation *violation)
{
    Reader *reader = data;

    if (violation != NULL)
        tamis_xml_explain(reader->document, node, violation, reader->report);
    else
        put_element(reader, node, TAMIS_XML_IN_POLICY);
}

static void
next_token(gpointer data, TamisToken *out_token)
{
    Reader *reader = data;

    while (reader->n_taken == reader->tokens->len) {
        g_array_set_size(reader->tokens, 0);
        reader->n_taken = 0;
        gboolean more = tamis_xml_document_read(reader->document);
        if (!more && reader->tokens->len == 0) {
            *out_token = (TamisToken){.kind = TAMIS_TOKEN_END, .span = reader->end};
            return;
        }
    }
    *out_token = g_array_index(reader->tokens, TamisToken, reader->n_taken++);
}

/* XML's comment as the policy language writes it: on one line with a hash, else between slashes and stars. A
 * backslash between two hyphens is the writer's. */
static const char *
comment_text(TamisArena *arena, const char *text)
{
    g_autoptr(GString) out = g_string_new(strchr(text, '\n') == NULL ? "#" : "/*");

    for (const char *at = text; *at != '\0'; at++) {
        if (at > text && at[-1] == '-' && at[0] == '\\' && at[1] == '-')
            continue;
        if (*at == '\r' || (g_ascii_iscntrl(*at) && *at != '\n' && *at != '\t'))
            continue;
        g_string_append_c(out, *at);
        if (at[0] == '*' && at[1] == '/')
            g_string_append_c(out, ' ');
    }
    while (out->len > 0 && (out->str[out->len - 1] == ' ' || out->str[out->len - 1] == '\t'))
        g_string_truncate(out, out->len - 1);
    if (out->str[0] == '/')
        g_string_append(out, " */");
    return tamis_arena_strndup(arena, out->str, out->len);
}

static void
keep_comments(const Reader *reader, TamisPolicySyntax *policy)
{
    const GArray *comments = tamis_xml_document_comments(reader->document);

    policy->n_comments = comments->len;
    policy->comments = tamis_arena_array0(reader->arena, TamisComment, comments->len);
    for (guint i = 0; i < comments->len; i++) {
        const TamisXmlComment *comment = &g_array_index(comments, TamisXmlComment, i);
        policy->comments[i].span = comment->span;
        policy->comments[i].text = comment_text(reader->arena, comment->text);
    }
}

TamisPolicySyntax *
tamis_policy_parse_xml(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    return tamis_policy_parse_xml_apart(source, arena, arena, report);
}

TamisPolicySyntax *
tamis_policy_parse_xml_apart(TamisSourceId source, TamisArena *arena, TamisArena *mailboxes,
                             TamisReport *report)
{
    Reader reader = {.source = source, .arena = arena, .report = report, .end = {source, 0, 0}};
    TamisXmlForm form = {
        .schema = "/tamis/policy.rng",
        .root = "policy",
        .namespace = TAMIS_POLICY_NAMESPACE,
        .element = take_declaration,
        .data = &reader,
    };
    TamisTokenSource tokens = {next_token, &reader};
    gsize length = 0;

    tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    if (length > TAMIS_POLICY_MAX_BYTES) {
        tamis_report_add(report, (TamisSpan){source, 0, 0}, TAMIS_RULE_SYNTAX,
                         "the file is larger than %u MiB", TAMIS_POLICY_MAX_BYTES >> 20);
        TamisPolicySyntax *policy = tamis_arena_new0(arena, TamisPolicySyntax);
        policy->source = source;
        return policy;
    }
    reader.tokens = g_array_new(FALSE, FALSE, sizeof(TamisToken));
    reader.document = tamis_xml_document_new(&form, source, arena, report);
    TamisPolicySyntax *policy =
        tamis_policy_parse_tokens(&tokens, source, arena, mailboxes, report);
    keep_comments(&reader, policy);
    if (reader.has_lexer)
        tamis_lexer_clear(&reader.lexer);
    tamis_xml_document_free(reader.document);
    g_array_unref(reader.tokens);
    return policy;
}
