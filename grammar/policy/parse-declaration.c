/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The declarations of a policy but its rules (parse-rule.c) and tests (parse-test.c). */
#include "grammar/policy/parser-state.h"

#include "base/suggest.h"

#include <string.h>

static const TamisKeyword declaration_statements[] = {
    TAMIS_KEYWORD_ORGANIZATION, TAMIS_KEYWORD_IMPORT,    TAMIS_KEYWORD_GROUP,
    TAMIS_KEYWORD_HOURS,        TAMIS_KEYWORD_CONDITION, TAMIS_KEYWORD_ENCRYPTION,
    TAMIS_KEYWORD_LIMITS,       TAMIS_KEYWORD_FORBID,    TAMIS_KEYWORD_REQUIRE,
    TAMIS_KEYWORD_TEMPLATE,     TAMIS_KEYWORD_MAILBOX,   TAMIS_KEYWORD_EACH,
    TAMIS_KEYWORD_EXTERNAL,     TAMIS_KEYWORD_ALLOW,     TAMIS_KEYWORD_TEST};
const TamisBlockKind tamis_policy_block = {"a policy", declaration_statements,
                                           G_N_ELEMENTS(declaration_statements)};

/* Organization ------------------------------------------------------------------------------------
 */

static const TamisKeyword organization_statements[] = {
    TAMIS_KEYWORD_DOMAINS, TAMIS_KEYWORD_TIMEZONE, TAMIS_KEYWORD_DELIMITER};
static const TamisBlockKind organization_block = {"an organization", organization_statements,
                                                  G_N_ELEMENTS(organization_statements)};

typedef struct {
    TamisSettingSyntax **tail;
    TamisSpan timezone, delimiter;
} Organization;

static gboolean
parse_setting(TamisParser *parser, gpointer data)
{
    Organization *organization = data;
    TamisSettingSyntax *setting = tamis_arena_new0(parser->arena, TamisSettingSyntax);

    setting->span = parser->token.span;
    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_DOMAINS)) {
        setting->kind = TAMIS_SETTING_DOMAINS;
        setting->values = tamis_parse_values(parser, "a domain", NULL);
    } else if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_TIMEZONE)) {
        setting->kind = TAMIS_SETTING_TIMEZONE;
        tamis_parser_once(parser, &organization->timezone, setting->span, "timezone");
        setting->values = tamis_parse_zone(parser);
    } else if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_DELIMITER)) {
        setting->kind = TAMIS_SETTING_DELIMITER;
        tamis_parser_once(parser, &organization->delimiter, setting->span, "delimiter");
        setting->values = tamis_parse_string(parser, "a delimiter in quotes");
    } else {
        return tamis_parser_no_statement(parser);
    }
    if (setting->values == NULL || !tamis_parser_expect_semicolon(parser))
        return FALSE;
    setting->span = tamis_parser_span_from(parser, setting->span);
    *organization->tail = setting;
    organization->tail = &setting->next;
    return TRUE;
}

static gboolean
parse_organization(TamisParser *parser, TamisDeclaration *declaration)
{
    Organization organization = {.tail = &declaration->organization};

    tamis_parser_block(parser, &organization_block, parse_setting, &organization);
    return TRUE;
}

/* Imports, groups ---------------------------------------------------------------------------------
 */

static gboolean
parse_import(TamisParser *parser, TamisDeclaration *declaration)
{
    declaration->import.is_aliases = tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_ALIASES);
    declaration->import.path = tamis_parse_string(parser, "a file's name in quotes");
    return declaration->import.path != NULL && tamis_parser_expect_semicolon(parser);
}

/* [ where ] */
static gboolean
parse_where(TamisParser *parser, TamisWhereSyntax *where)
{
    if (!tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_WHERE))
        return TRUE;
    if (!tamis_parse_name(parser, "a column's name", &where->column) ||
        !tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_IS))
        return FALSE;
    where->is = tamis_parse_string(parser, "a text in quotes");
    return where->is != NULL;
}

static gboolean
refuse_group_name(TamisParser *parser, const TamisName *name)
{
    TamisDiagnostic *diagnostic;

    if (strcmp(name->text, "internal") != 0 && strcmp(name->text, "external") != 0)
        return FALSE;
    diagnostic = tamis_parser_fail(parser, name->span, "a group cannot be called '%s'", name->text);
    tamis_parser_help(parser, diagnostic, "give it another name: where both fit, the keyword wins");
    parser->is_quiet = FALSE;
    return TRUE;
}

static gboolean
parse_group_block(TamisParser *parser, TamisDeclaration *declaration)
{
    static const TamisBlockKind kind = {"a group", NULL, 0};
    TamisBlock block = {.kind = &kind, .outer = parser->block, .open = parser->token.span};
    TamisValue **tail = &declaration->group.values;

    tamis_parser_advance(parser);
    while (parser->token.kind != TAMIS_TOKEN_CLOSE) {
        TamisDiagnostic *diagnostic;

        *tail = tamis_parse_values(parser, "a value or '}'", NULL);
        while (*tail != NULL)
            tail = &(*tail)->next;
        if (parser->token.kind != TAMIS_TOKEN_SEMICOLON)
            break;
        diagnostic = tamis_parser_expected(parser, "',' or '}'");
        tamis_parser_help(parser, diagnostic, "a group's values have ',' between them and no ';'");
        tamis_parser_advance(parser);
    }
    if (tamis_parser_accept(parser, TAMIS_TOKEN_CLOSE))
        return TRUE;
    tamis_parser_close(parser, &block, "',' or '}'");
    return TRUE;
}

static gboolean
parse_group(TamisParser *parser, TamisDeclaration *declaration)
{
    gboolean is_named = tamis_parse_name(parser, "a group's name", &declaration->name);

    if (is_named)
        refuse_group_name(parser, &declaration->name);
    else if (!tamis_parser_skip_to_block(parser))
        return FALSE;
    if (parser->token.kind == TAMIS_TOKEN_OPEN)
        return parse_group_block(parser, declaration) && is_named;
    if (!tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_FROM)) {
        tamis_parser_expected(parser, "'{' or 'from csv'");
        return FALSE;
    }
    if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_CSV))
        return FALSE;
    declaration->group.csv = tamis_parse_string(parser, "a file's name in quotes");
    return declaration->group.csv != NULL &&
           tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_COLUMN) &&
           tamis_parse_name(parser, "a column's name", &declaration->group.column) &&
           parse_where(parser, &declaration->group.where) && tamis_parser_expect_semicolon(parser);
}

/* Conditions, encryptions -------------------------------------------------------------------------
 */

static void
check_condition_name(TamisParser *parser, const TamisName *name)
{
    TamisKeyword keyword = tamis_keyword_find(name->text, strlen(name->text));
    TamisDiagnostic *diagnostic;

    if (keyword != TAMIS_KEYWORD_NOT && keyword != TAMIS_KEYWORD_ENCRYPTED &&
        keyword != TAMIS_KEYWORD_COPIED && !tamis_keyword_starts_test(keyword))
        return;
    diagnostic =
        tamis_parser_fail(parser, name->span, "a condition cannot be called '%s'", name->text);
    tamis_parser_help(parser, diagnostic, "give it another name: where both fit, the keyword wins");
    parser->is_quiet = FALSE;
}

static gboolean
parse_condition(TamisParser *parser, TamisDeclaration *declaration)
{
    if (!tamis_parse_name(parser, "a condition's name", &declaration->name))
        return FALSE;
    check_condition_name(parser, &declaration->name);
    if (!tamis_parser_expect(parser, TAMIS_TOKEN_EQUALS, "'='"))
        return FALSE;
    declaration->condition = tamis_parse_condition(parser);
    return declaration->condition != NULL && tamis_parser_expect_semicolon(parser);
}

static const TamisKeyword encryption_statements[] = {TAMIS_KEYWORD_FILTER, TAMIS_KEYWORD_HEADER,
                                                     TAMIS_KEYWORD_GATEWAY};
static const TamisBlockKind encryption_block = {"an encryption", encryption_statements,
                                                G_N_ELEMENTS(encryption_statements)};

static TamisValue *
parse_strings(TamisParser *parser, const char *what)
{
    TamisValue *first = tamis_parse_string(parser, what), *last = first;

    while (last != NULL && tamis_parser_accept(parser, TAMIS_TOKEN_COMMA)) {
        last->next = tamis_parse_string(parser, "an argument in quotes");
        last = last->next;
        if (last == NULL)
            return NULL;
    }
    return first;
}

static gboolean
parse_means(TamisParser *parser, gpointer data)
{
    TamisDeclaration *declaration = data;
    TamisSpan span = parser->token.span;
    TamisValue *values;
    TamisMeans means;

    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_FILTER)) {
        means = TAMIS_MEANS_FILTER;
        values = parse_strings(parser, "a program in quotes");
    } else if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_HEADER)) {
        means = TAMIS_MEANS_HEADER;
        values = tamis_parse_string(parser, "a header field in quotes");
    } else if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_GATEWAY)) {
        means = TAMIS_MEANS_GATEWAY;
        values = tamis_parse_value(parser, "a domain");
    } else {
        return tamis_parser_no_statement(parser);
    }
    if (values == NULL || !tamis_parser_expect_semicolon(parser))
        return FALSE;
    if (declaration->encryption.values != NULL) {
        tamis_parser_help(parser,
                          tamis_parser_fail(parser, span, "an encryption has one statement"),
                          "write another encryption for the other means");
        return TRUE;
    }
    declaration->encryption.means = means;
    declaration->encryption.values = values;
    return TRUE;
}

static gboolean
parse_encryption(TamisParser *parser, TamisDeclaration *declaration)
{
    gboolean is_named = tamis_parse_name(parser, "an encryption's name", &declaration->name);
    guint n_errors = parser->n_errors;

    if (!is_named && !tamis_parser_skip_to_block(parser))
        return FALSE;
    tamis_parser_block(parser, &encryption_block, parse_means, declaration);
    if (!is_named)
        return FALSE;
    if (declaration->encryption.values == NULL && parser->n_errors == n_errors) {
        TamisDiagnostic *diagnostic = tamis_parser_fail(
            parser, declaration->name.span, "encryption '%s' has no means", declaration->name.text);
        tamis_parser_help(parser, diagnostic,
                          "write in it: filter \"…\"; or header \"…\"; or gateway …;");
    }
    return declaration->encryption.values != NULL;
}

/* Templates, mailboxes, each ----------------------------------------------------------------------
 */

static gboolean
parse_parameters(TamisParser *parser, TamisDeclaration *declaration)
{
    TamisValue **tail = &declaration->template.parameters;

    if (!tamis_parser_expect(parser, TAMIS_TOKEN_LEFT, "'('"))
        return FALSE;
    if (tamis_parser_accept(parser, TAMIS_TOKEN_RIGHT))
        return TRUE;
    do {
        if (parser->token.kind != TAMIS_TOKEN_NAME) {
            tamis_parser_expected(parser, "a parameter's name");
            return FALSE;
        }
        *tail = tamis_parser_take_value(parser);
        tail = &(*tail)->next;
    } while (tamis_parser_accept(parser, TAMIS_TOKEN_COMMA));
    return tamis_parser_expect(parser, TAMIS_TOKEN_RIGHT, "',' or ')'");
}

static gboolean
parse_template(TamisParser *parser, TamisDeclaration *declaration)
{
    gboolean is_good = tamis_parse_name(parser, "a template's name", &declaration->name) &&
                       parse_parameters(parser, declaration);

    if (!is_good && !tamis_parser_skip_to_block(parser))
        return FALSE;
    declaration->template.items = tamis_parse_items(parser);
    return declaration->name.text != NULL;
}

static gboolean
parse_mailbox(TamisParser *parser, TamisDeclaration *declaration)
{
    declaration->mailbox.addresses = tamis_parse_values(parser, "a mailbox's address", NULL);
    if (declaration->mailbox.addresses == NULL && !tamis_parser_skip_to_block(parser))
        return FALSE;
    declaration->mailbox.items = tamis_parse_items(parser);
    return declaration->mailbox.addresses != NULL;
}

static const TamisKeyword each_statements[] = {TAMIS_KEYWORD_MAILBOX};
static const TamisBlockKind each_block = {"each", each_statements, G_N_ELEMENTS(each_statements)};

/* data: where the next mailbox goes, TamisDeclaration *** */
static gboolean
parse_each_mailbox(TamisParser *parser, gpointer data)
{
    TamisDeclaration ***tail = data, *mailbox;
    TamisSpan span = parser->token.span;

    if (!tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_MAILBOX))
        return tamis_parser_no_statement(parser);
    mailbox = tamis_arena_new0(parser->arena, TamisDeclaration);
    mailbox->kind = TAMIS_DECLARATION_MAILBOX;
    if (!parse_mailbox(parser, mailbox))
        return FALSE;
    mailbox->span = tamis_parser_span_from(parser, span);
    **tail = mailbox;
    *tail = &mailbox->next;
    return TRUE;
}

static gboolean
parse_each_head(TamisParser *parser, TamisDeclaration *declaration)
{
    if (!tamis_parse_name(parser, "a name for the row", &declaration->name) ||
        !tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_IN) ||
        !tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_CSV))
        return FALSE;
    declaration->each.csv = tamis_parse_string(parser, "a file's name in quotes");
    return declaration->each.csv != NULL && parse_where(parser, &declaration->each.where);
}

static gboolean
parse_each(TamisParser *parser, TamisDeclaration *declaration)
{
    TamisDeclaration **tail = &declaration->each.mailboxes;
    gboolean is_good = parse_each_head(parser, declaration);

    if (!is_good && !tamis_parser_skip_to_block(parser))
        return FALSE;
    parser->row = declaration->name.text;
    parser->row_length = parser->row != NULL ? strlen(parser->row) : 0;
    tamis_parser_block(parser, &each_block, parse_each_mailbox, &tail);
    parser->row = NULL;
    return declaration->name.text != NULL && declaration->each.csv != NULL;
}

/* All ---------------------------------------------------------------------------------------------
 */

typedef struct {
    TamisDeclarationKind kind;
    gboolean (*parse)(TamisParser *parser, TamisDeclaration *declaration);
} DeclarationParser;

static gboolean
parse_limits(TamisParser *parser, TamisDeclaration *declaration)
{
    declaration->limits = tamis_parse_limits(parser);
    return TRUE;
}

static const DeclarationParser *
parser_of(TamisKeyword keyword)
{
    /* In the order of declaration_statements. */
    static const DeclarationParser parsers[] = {
        {TAMIS_DECLARATION_ORGANIZATION, parse_organization},
        {TAMIS_DECLARATION_IMPORT, parse_import},
        {TAMIS_DECLARATION_GROUP, parse_group},
        {TAMIS_DECLARATION_HOURS, tamis_parse_hours},
        {TAMIS_DECLARATION_CONDITION, parse_condition},
        {TAMIS_DECLARATION_ENCRYPTION, parse_encryption},
        {TAMIS_DECLARATION_LIMITS, parse_limits},
        {TAMIS_DECLARATION_FORBID, tamis_parse_forbid},
        {TAMIS_DECLARATION_REQUIRE, tamis_parse_require},
        {TAMIS_DECLARATION_TEMPLATE, parse_template},
        {TAMIS_DECLARATION_MAILBOX, parse_mailbox},
        {TAMIS_DECLARATION_EACH, parse_each},
        {TAMIS_DECLARATION_OUTSIDE, tamis_parse_outside},
        {TAMIS_DECLARATION_ALLOW, tamis_parse_allow},
        {TAMIS_DECLARATION_TEST, tamis_parse_test},
    };

    G_STATIC_ASSERT(G_N_ELEMENTS(parsers) == G_N_ELEMENTS(declaration_statements));
    for (gsize i = 0; i < G_N_ELEMENTS(parsers); i++)
        if (declaration_statements[i] == keyword)
            return &parsers[i];
    return NULL;
}

TamisDeclaration *
tamis_parse_declaration(TamisParser *parser)
{
    const DeclarationParser *part = parser_of(parser->keyword);
    TamisSpan span = parser->token.span;
    TamisDeclaration *declaration;

    if (part == NULL) {
        tamis_parser_no_statement(parser);
        return NULL;
    }
    tamis_parser_advance(parser);
    parser->arena =
        part->kind == TAMIS_DECLARATION_MAILBOX ? parser->mailbox_arena : parser->rest_arena;
    declaration = tamis_arena_new0(parser->arena, TamisDeclaration);
    declaration->kind = part->kind;
    if (!part->parse(parser, declaration))
        return NULL;
    declaration->span = tamis_parser_span_from(parser, span);
    return declaration;
}
