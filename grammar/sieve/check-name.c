/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values that few commands take: annotations, programs, options, occasions of delivery, what snooze and
 * jmapquery take. */
#include "grammar/sieve/check-private.h"

#include <json-glib/json-glib.h>

#define SHOWN_BYTES 80
/* Pigeonhole 0.5, sieve-extprograms-limits.h */
#define MAX_PROGRAM_CHARACTERS     128
#define MAX_PROGRAM_ARGUMENT_BYTES 1024
/* Of a filter in JSON; deeper ones are not looked at. */
#define MAX_JSON_NESTING    64
#define MAX_OBJECT_ID_BYTES 255

static int
shown(gsize length)
{
    return (int)MIN(length, SHOWN_BYTES);
}

/* Annotations ----------------------------------------------------------------------------------- */

static gboolean
has_prefix(const char *text, gsize length, const char *prefix)
{
    gsize n = strlen(prefix);

    return length >= n && g_ascii_strncasecmp(text, prefix, n) == 0 &&
           (length == n || text[n] == '/');
}

/* RFC 5464, section 3.2 */
static const char *
find_annotation_fault(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '/' && i > 0 && text[i - 1] == '/')
            return "it has an empty part";
        if (text[i] == '*' || text[i] == '%')
            return "it has a wildcard";
        if ((guchar)text[i] < ' ' || (guchar)text[i] >= 0x7f)
            return "it has more than printable ASCII";
    }
    if (length > 1 && text[length - 1] == '/')
        return "it ends in '/'";
    if (!has_prefix(text, length, "/private") && !has_prefix(text, length, "/shared"))
        return "it begins neither with '/private' nor with '/shared'";
    return NULL;
}

/* Engines take it, and find that there is no such annotation. */
static void
check_annotation(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
                 gsize length)
{
    const char *fault = find_annotation_fault(text, length);

    if (fault == NULL)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                         "'%.*s' is no name of an annotation: %s", shown(length), text, fault);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic,
                       "write a name such as \"/private/comment\" (RFC 5464, section 3.2)");
}

/* Programs -------------------------------------------------------------------------------------- */

static gboolean
is_program_name(const char *text, gsize length)
{
    if (length == 0 || !g_utf8_validate_len(text, length, NULL) ||
        g_utf8_strlen(text, (gssize)length) > MAX_PROGRAM_CHARACTERS)
        return FALSE;
    for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c < ' ' || c == '/' || (c >= 0x7f && c <= 0x9f) || c == 0xff || c == 0x2028 ||
            c == 0x2029)
            return FALSE;
    }
    return TRUE;
}

static void
check_program(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
              gsize length)
{
    if (is_program_name(text, length))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE, "'%.*s' is no name of a program",
                         shown(length), text);
    tamis_sieve_advise(checker, diagnostic,
                       memchr(text, '/', length) != NULL
                           ? "write the name of a file in the folder that the server is set to, "
                             "without a path"
                           : "write the name of a file in the folder that the server is set to");
}

static void
check_program_argument(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
                       gsize length)
{
    gboolean is_long = length > MAX_PROGRAM_ARGUMENT_BYTES;

    if (!is_long && memchr(text, '\n', length) == NULL && memchr(text, '\r', length) == NULL)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                         is_long ? "an argument of a program is longer than %d bytes"
                                 : "an argument of a program has a line break",
                         MAX_PROGRAM_ARGUMENT_BYTES);
    tamis_sieve_advise(checker, diagnostic, "give the program less, and on one line");
}

/* Notifications --------------------------------------------------------------------------------- */

static gboolean
is_option(const char *text, gsize length)
{
    const char *sign = memchr(text, '=', length);

    if (sign == NULL || !g_ascii_isalnum(*text))
        return FALSE;
    for (const char *at = text; at < sign; at++)
        if (!g_ascii_isalnum(*at) && strchr(".-_", *at) == NULL)
            return FALSE;
    return TRUE;
}

/* It reports a name that it cannot read before the variable into nowhere. */
static gboolean
complain_variable_option(TamisSieveChecker *checker, const TamisSieveBound *bound,
                         const TamisSieveString *string)
{
    const char *text;
    gsize length;

    if (bound->word->extensions[0] != TAMIS_EXTENSION_ENOTIFY ||
        !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ||
        !tamis_sieve_has_variable(checker, string) ||
        (bound->parameters[0] != NULL &&
         tamis_sieve_has_variable(checker, bound->parameters[0]->strings)))
        return FALSE;
    (void)tamis_sieve_decode(checker, string, &text, &length);
    if (is_option(text, length))
        return FALSE;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, string->span, TAMIS_RULE_ENGINE_CRASH,
        "an option that begins with a variable crashes the server '%s'", checker->server->name);
    tamis_sieve_advise(checker, diagnostic,
                       "write its name: \"name=${value}\" (RFC 5435, section 3.5)");
    return TRUE;
}

static void
check_option(TamisSieveChecker *checker, const TamisSieveBound *bound,
             const TamisSieveString *string, const char *text, gsize length)
{
    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    if (bound->word->extensions[0] == TAMIS_EXTENSION_NOTIFY) {
        tamis_sieve_check_address(checker, string, TAMIS_SIEVE_TYPE_ADDRESSES);
    } else if (!is_option(text, length)) {
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                             "'%.*s' is no option of a notification", shown(length), text);
        tamis_sieve_advise(checker, diagnostic, "write \"name=value\" (RFC 5435, section 3.5)");
    }
}

/* A token of RFC 2045, section 5.1; Pigeonhole takes an empty one, and bytes beyond ASCII. */
static void
check_feedback(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
               gsize length)
{
    gsize at = 0;

    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL && text[length - 1] != '\0')
        length--;
    while (at < length && (guchar)text[at] > ' ' && text[at] != 0x7f &&
           strchr("()<>@,;:\\\"/[]?=", text[at]) == NULL)
        at++;
    if (at == length)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE, "'%.*s' is no type of feedback",
                         shown(length), text);
    tamis_sieve_advise(checker, diagnostic,
                       "write \"abuse\", \"fraud\" or another one of RFC 5965, section 7.3");
}

/* Delivery -------------------------------------------------------------------------------------- */

/* RFC 3461, section 4.1; Cyrus takes an empty one for none. */
static void
check_dsn_notify(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
                 gsize length)
{
    static const char *const words[] = {"NEVER", "SUCCESS", "FAILURE", "DELAY"};
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) parts = g_strsplit(copy, ",", -1);
    guint n_known = 0, n_parts = g_strv_length(parts);
    gboolean is_never = FALSE;

    for (guint i = 0; i < n_parts; i++)
        for (guint k = 0; k < G_N_ELEMENTS(words); k++)
            if (g_ascii_strcasecmp(g_strstrip(parts[i]), words[k]) == 0) {
                n_known++;
                is_never |= k == 0;
            }
    gboolean is_alone = !is_never || n_parts == 1;
    if (n_known == n_parts && n_parts > 0 && is_alone)
        return;
    TamisDiagnostic *diagnostic =
        is_alone ? tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                    "'%.*s' does not say when to notify", shown(length), text)
                 : tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                    "'NEVER' stands beside other occasions to notify");
    if (length == 0)
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(
        checker, diagnostic,
        "write \"NEVER\", or some of \"SUCCESS,FAILURE,DELAY\" (RFC 6009, section 6)");
}

/* An OBJECTID of RFC 8474, section 7. Engines take any, and find no mailbox by it. */
static void
check_mailbox_id(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
                 gsize length)
{
    gsize at = 0;

    while (at < length && (g_ascii_isalnum(text[at]) || text[at] == '-' || text[at] == '_'))
        at++;
    if (at == length && length > 0 && length <= MAX_OBJECT_ID_BYTES)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                         "'%.*s' is the identifier of no mailbox", shown(length), text);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic,
                       "write what the server answers to 'STATUS mailbox (MAILBOXID)' (RFC 8474, "
                       "section 4.3)");
}

/* RFC 3339 with capitals, and perhaps a fraction. */
static gboolean
is_instant(const char *text, gsize length)
{
    g_autoptr(GString) whole = g_string_new_len(text, (gssize)length);

    if (length > 20 && text[19] == '.') {
        gsize n = 1;
        while (19 + n < length && g_ascii_isdigit(text[19 + n]))
            n++;
        g_string_erase(whole, 19, (gssize)n);
    }
    return tamis_sieve_is_iso8601(whole->str, whole->len);
}

static void
check_instant(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
              gsize length)
{
    if (is_instant(text, length))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                                   "'%.*s' is no instant", shown(length), text);
    tamis_sieve_advise(checker, diagnostic, "write it as \"2026-11-23T10:00:00Z\" (RFC 3339)");
}

/* Cyrus ----------------------------------------------------------------------------------------- */

/* What strptime makes of "%T": one digit will do, and blanks may stand before it. */
static gboolean
is_time_of_day(const char *text, gsize length)
{
    static const guint limits[] = {23, 59, 61};
    gsize at = 0;

    for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
        guint number = 0, n_digits = 0;
        if (i > 0 && (at == length || text[at++] != ':'))
            return FALSE;
        while (at < length && text[at] == ' ')
            at++;
        for (; at < length && n_digits < 2 && g_ascii_isdigit(text[at]); at++, n_digits++)
            number = number * 10 + (guint)(text[at] - '0');
        if (n_digits == 0 || number > limits[i])
            return FALSE;
    }
    return at == length;
}

static void
check_time_of_day(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
                  gsize length)
{
    if (is_time_of_day(text, length))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                                   "'%.*s' is no time of day", shown(length), text);
    tamis_sieve_advise(checker, diagnostic, "write it with seconds, as \"17:30:00\"");
}

static void
check_weekday(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
              gsize length)
{
    if (length == 1 && *text >= '0' && *text <= '6')
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE, "'%.*s' is no day of the week",
                         shown(length), text);
    tamis_sieve_advise(checker, diagnostic, "write \"0\" (Sunday) to \"6\"");
}

/* Of FilterCondition and FilterOperator: RFC 8621, section 4.4.1, and what Cyrus 3.6 knows beside them. */
static const char *const filter_properties[] = {
    "operator",
    "conditions",
    "before",
    "after",
    "minSize",
    "maxSize",
    "hasKeyword",
    "notKeyword",
    "allInThreadHaveKeyword",
    "someInThreadHaveKeyword",
    "noneInThreadHaveKeyword",
    "hasAttachment",
    "text",
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "body",
    "header",
    "inMailbox",
    "inMailboxOtherThan",
    "attachmentName",
    "attachmentType",
    "attachmentBody",
    "deliveredTo",
    "listId",
    "isHighPriority",
    "convAllKeyword",
    "convSomeKeyword",
    "convNoneKeyword",
    "fromContactGroupId",
    "toContactGroupId",
    "ccContactGroupId",
    "bccContactGroupId",
    "fromAnyContact",
    "toAnyContact",
    "ccAnyContact",
    "bccAnyContact",
};

/* The first property of the object that no filter has, or NULL. */
static char *
find_unknown_property(JsonObject *object)
{
    g_autoptr(GList) members = json_object_get_members(object);

    for (GList *member = members; member != NULL; member = member->next) {
        gboolean is_known = FALSE;
        for (guint i = 0; i < G_N_ELEMENTS(filter_properties); i++)
            is_known |= strcmp(filter_properties[i], member->data) == 0;
        if (!is_known)
            return g_strdup(member->data);
    }
    return NULL;
}

/* The parser calls itself at each bracket. */
static gboolean
nests_deep(const char *text, gsize length)
{
    guint depth = 0;

    for (gsize i = 0; i < length; i++) {
        if (text[i] == '[' || text[i] == '{')
            depth++;
        else if ((text[i] == ']' || text[i] == '}') && depth > 0)
            depth--;
        if (depth > MAX_JSON_NESTING)
            return TRUE;
    }
    return FALSE;
}

static void
check_json(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
           gsize length)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *unknown = NULL;
    TamisDiagnostic *diagnostic;

    if (nests_deep(text, length))
        return;
    gboolean is_json = length > 0 &&
                       json_parser_load_from_data(parser, text, (gssize)length, NULL) &&
                       json_parser_get_root(parser) != NULL;
    if (is_json && JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        unknown = find_unknown_property(json_node_get_object(json_parser_get_root(parser)));
    else if (is_json)
        unknown = g_strdup("");
    if (!is_json || (unknown != NULL && *unknown == '\0'))
        diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                      "the filter is no JSON object");
    else if (unknown != NULL)
        diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                      "a filter has no property '%.60s'", unknown);
    else
        return;
    tamis_sieve_advise(checker, diagnostic,
                       "write a FilterCondition as {\\\"from\\\": \\\"li\\\"} (RFC 8621, section "
                       "4.4.1)");
}

void
tamis_sieve_check_name_value(TamisSieveChecker *checker, const TamisSieveBound *bound,
                             TamisSieveType type, const TamisSieveString *string)
{
    const char *text;
    gsize length;

    if (type == TAMIS_SIEVE_TYPE_PROGRAM &&
        tamis_sieve_complain_variable(
            checker, string, "program",
            "write the name itself, and give the program the variable as an argument"))
        return;
    if (type == TAMIS_SIEVE_TYPE_OPTIONS && complain_variable_option(checker, bound, string))
        return;
    if (type == TAMIS_SIEVE_TYPE_TIMES || type == TAMIS_SIEVE_TYPE_WEEKDAYS ||
        type == TAMIS_SIEVE_TYPE_JSON) { /* Cyrus reads these before it knows of variables */
        if (tamis_sieve_decode(checker, string, &text, &length) == TAMIS_SIEVE_ENCODED_BEYOND)
            return;
    } else if (!tamis_sieve_resolve(checker, string, &text, &length)) {
        return;
    }
    switch (type) {
    case TAMIS_SIEVE_TYPE_ANNOTATION:
    case TAMIS_SIEVE_TYPE_ANNOTATIONS:
        check_annotation(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_ENVIRONMENT:
        tamis_sieve_check_environment(checker, bound, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_PROGRAM:
        check_program(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_ARGUMENTS:
        check_program_argument(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_OPTIONS:
        check_option(checker, bound, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_FEEDBACK:
        check_feedback(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_LIST:
    case TAMIS_SIEVE_TYPE_LISTS:
        tamis_sieve_check_external_list(checker, string,
                                        bound->word->kind == TAMIS_SIEVE_TEST
                                            ? TAMIS_SIEVE_LIST_ASKED_FOR
                                            : TAMIS_SIEVE_LIST_SENT_TO);
        break;
    case TAMIS_SIEVE_TYPE_MAILBOX_ID:
    case TAMIS_SIEVE_TYPE_MAILBOX_IDS:
        check_mailbox_id(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_DSN_NOTIFY:
        check_dsn_notify(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_INSTANT:
        check_instant(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_TIMES:
        check_time_of_day(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_WEEKDAYS:
        check_weekday(checker, string, text, length);
        break;
    case TAMIS_SIEVE_TYPE_JSON:
        check_json(checker, string, text, length);
        break;
    default:
        break;
    }
}
