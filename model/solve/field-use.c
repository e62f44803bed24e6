/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fields that mail has, as data: of most not more is known than what usually stands there. */
#include "model/solve/field-use.h"

#include "model/header-date.h"
#include "model/solve/shape.h"

#include <string.h>

#define TRACE "from mail.outside.example by mx.inside.example; $"

static const TamisFieldUse uses[] = {
    {"authentication-results", TAMIS_USE_TEXT, {"mx.inside.example; spf=pass", NULL}},
    {"auto-submitted", TAMIS_USE_WORD, {"auto-generated", "auto-replied", "no", NULL}},
    {"bcc", TAMIS_USE_ADDRESSES, {"team@outside.example", NULL}},
    {"cc", TAMIS_USE_ADDRESSES, {"team@outside.example", "wei@partner.example", NULL}},
    {"comments", TAMIS_USE_TEXT, {NULL}},
    {"content-description", TAMIS_USE_TEXT, {NULL}},
    {"content-disposition", TAMIS_USE_WORD, {"inline", "attachment; filename=order.txt", NULL}},
    {"content-id", TAMIS_USE_IDENTIFIER, {"<1@outside.example>", NULL}},
    {"content-language", TAMIS_USE_WORD, {"en", NULL}},
    {"content-transfer-encoding", TAMIS_USE_WORD, {"8bit", "7bit", NULL}},
    {"content-type", TAMIS_USE_MEDIA, {"text/plain; charset=utf-8", "text/html", NULL}},
    {"date", TAMIS_USE_DATE, {NULL}},
    {"delivered-to", TAMIS_USE_ADDRESSES, {"info@inside.example", NULL}},
    {"disposition-notification-to", TAMIS_USE_ADDRESSES, {"anna@outside.example", NULL}},
    {"dkim-signature",
     TAMIS_USE_TEXT,
     {"v=1; a=rsa-sha256; d=outside.example; s=mail; h=from; bh=MDEy; b=MDEy", NULL}},
    {"errors-to", TAMIS_USE_ADDRESSES, {"anna@outside.example", NULL}},
    {"from", TAMIS_USE_ADDRESSES, {NULL}},
    {"importance", TAMIS_USE_WORD, {"high", "normal", NULL}},
    {"in-reply-to", TAMIS_USE_IDENTIFIERS, {"<1@inside.example>", NULL}},
    {"keywords", TAMIS_USE_TEXT, {"news", NULL}},
    {"list-archive", TAMIS_USE_LINKS, {"<https://lists.outside.example/>", NULL}},
    {"list-help", TAMIS_USE_LINKS, {"<mailto:list-help@outside.example>", NULL}},
    {"list-id", TAMIS_USE_LIST, {"<list.outside.example>", "<news.partner.example>", NULL}},
    {"list-owner", TAMIS_USE_LINKS, {"<mailto:list-owner@outside.example>", NULL}},
    {"list-post", TAMIS_USE_LINKS, {"<mailto:list@outside.example>", NULL}},
    {"list-subscribe", TAMIS_USE_LINKS, {"<mailto:list-join@outside.example>", NULL}},
    {"list-unsubscribe", TAMIS_USE_LINKS, {"<mailto:list-leave@outside.example>", NULL}},
    {"message-id", TAMIS_USE_IDENTIFIER, {"<1@outside.example>", NULL}},
    {"mime-version", TAMIS_USE_WORD, {"1.0", NULL}},
    {"precedence", TAMIS_USE_WORD, {"bulk", "first-class", NULL}},
    {"priority", TAMIS_USE_WORD, {"urgent", "normal", NULL}},
    {"received", TAMIS_USE_TRACE, {TRACE, NULL}},
    {"references", TAMIS_USE_IDENTIFIERS, {"<1@inside.example>", NULL}},
    {"reply-to", TAMIS_USE_ADDRESSES, {"team@outside.example", "wei@partner.example", NULL}},
    {"resent-bcc", TAMIS_USE_ADDRESSES, {"team@outside.example", NULL}},
    {"resent-cc", TAMIS_USE_ADDRESSES, {"team@outside.example", NULL}},
    {"resent-date", TAMIS_USE_DATE, {NULL}},
    {"resent-from", TAMIS_USE_ADDRESSES, {"wei@partner.example", NULL}},
    {"resent-message-id", TAMIS_USE_IDENTIFIER, {"<1@partner.example>", NULL}},
    {"resent-reply-to", TAMIS_USE_ADDRESSES, {"wei@partner.example", NULL}},
    {"resent-sender", TAMIS_USE_ADDRESSES, {"wei@partner.example", NULL}},
    {"resent-to", TAMIS_USE_ADDRESSES, {"info@inside.example", NULL}},
    {"return-path", TAMIS_USE_PATH, {"<anna@outside.example>", "<wei@partner.example>", NULL}},
    {"sender", TAMIS_USE_ADDRESSES, {"anna@outside.example", "wei@partner.example", NULL}},
    {"sensitivity", TAMIS_USE_TEXT, {"private", NULL}},
    {"subject", TAMIS_USE_TEXT, {NULL}},
    {"to", TAMIS_USE_ADDRESSES, {NULL}},
    {"user-agent", TAMIS_USE_TEXT, {"Mail/1.0", NULL}},
    {"x-auto-response-suppress", TAMIS_USE_WORD, {"all", NULL}},
    {"x-envelope-from", TAMIS_USE_ADDRESSES, {"anna@outside.example", NULL}},
    {"x-envelope-to", TAMIS_USE_ADDRESSES, {"info@inside.example", NULL}},
    {"x-loop", TAMIS_USE_TEXT, {"info@inside.example", NULL}},
    {"x-mailer", TAMIS_USE_TEXT, {"Mail/1.0", NULL}},
    {"x-original-to", TAMIS_USE_ADDRESSES, {"info@inside.example", NULL}},
    {"x-priority", TAMIS_USE_TEXT, {"1", "3", NULL}},
    {"x-spam-flag", TAMIS_USE_WORD, {"YES", "NO", NULL}},
    {"x-spam-level", TAMIS_USE_TEXT, {"***", NULL}},
    {"x-spam-score", TAMIS_USE_TEXT, {"3", NULL}},
    {"x-spam-status", TAMIS_USE_TEXT, {"No, score=0.1", NULL}},
};

const TamisFieldUse *
tamis_field_use(const char *name)
{
    static const TamisFieldUse other = {"", TAMIS_USE_TEXT, {"yes", "1", NULL}};

    for (guint i = 0; i < G_N_ELEMENTS(uses); i++)
        if (*uses[i].name == *name && strcmp(uses[i].name, name) == 0)
            return &uses[i];
    return &other;
}

/* Whether ------------------------------------------------------------------------------------------ */

/* RFC 2045, 5.1: a token, up to one of these. */
static gsize
token_length(const char *text)
{
    gsize n = 0;

    while (g_ascii_isgraph(text[n]) && strchr("()<>@,;:\\\"/[]?=", text[n]) == NULL)
        n++;
    return n;
}

/* Parameters, each behind a semicolon, are not looked at. */
static gboolean
is_word(const char *value)
{
    gsize n = token_length(value);

    return n > 0 && (value[n] == '\0' || value[n] == ';');
}

static gboolean
is_media(const char *value)
{
    gsize n = token_length(value), m = 0;

    if (n > 0 && value[n] == '/')
        m = token_length(value + n + 1);
    if (m == 0 || (value[n + 1 + m] != '\0' && value[n + 1 + m] != ';'))
        return FALSE;
    return g_ascii_strncasecmp(value, "multipart/", 10) != 0 || strstr(value, "boundary=") != NULL;
}

static gboolean
takes_shape(TamisShapeKind kind, const char *text, gsize length)
{
    TamisShape shape = {.kind = kind};

    return tamis_shape_takes(&shape, text, length);
}

/* `<…>`, and what is in it. */
static gboolean
is_in_brackets(const char *text, gsize length)
{
    return length > 2 && text[0] == '<' && text[length - 1] == '>' &&
           memchr(text + 1, '>', length - 2) == NULL && memchr(text + 1, ' ', length - 2) == NULL &&
           memchr(text + 1, '<', length - 2) == NULL;
}

static gboolean
is_identifier(const char *text, gsize length)
{
    return is_in_brackets(text, length) && takes_shape(TAMIS_SHAPE_SPEC, text + 1, length - 2);
}

static gboolean
is_link(const char *text, gsize length)
{
    const char *colon = memchr(text, ':', length);

    return is_in_brackets(text, length) && colon != NULL && colon > text + 1 &&
           colon < text + length - 2;
}

/* One or more, with any of the separators between them. */
static gboolean
are_all(const char *value, const char *separators, gboolean (*is_one)(const char *, gsize))
{
    do {
        gsize n = strcspn(value, separators);

        if (!is_one(value, n))
            return FALSE;
        value += n;
        value += strspn(value, separators);
    } while (*value != '\0');
    return TRUE;
}

/* RFC 2919: an identifier of two labels at least is the last. */
static gboolean
is_list(const char *value)
{
    const char *angle = strrchr(value, '<');
    gsize length = angle != NULL ? strlen(angle) : 0;

    return length > 4 && is_in_brackets(angle, length) && angle[1] != '.' &&
           angle[length - 2] != '.' && memchr(angle, '.', length) != NULL &&
           memchr(angle, '@', length) == NULL && strstr(angle, "..") == NULL &&
           (angle == value || angle[-1] == ' ');
}

gboolean
tamis_use_takes(TamisUseKind kind, const char *value)
{
    const char *date;
    gint64 instant;
    gint32 offset_s;

    switch (kind) {
    case TAMIS_USE_WORD:
        return is_word(value);
    case TAMIS_USE_ADDRESSES:
        return takes_shape(TAMIS_SHAPE_MAILBOXES, value, strlen(value));
    case TAMIS_USE_PATH:
        return strcmp(value, "<>") == 0 || is_identifier(value, strlen(value));
    case TAMIS_USE_IDENTIFIER:
        return is_identifier(value, strlen(value));
    case TAMIS_USE_IDENTIFIERS:
        return are_all(value, " ", is_identifier);
    case TAMIS_USE_DATE:
        return tamis_header_date_read(value, &instant, &offset_s);
    case TAMIS_USE_TRACE:
        date = strrchr(value, ';');
        return date != NULL && date > value &&
               tamis_header_date_read(date + 1, &instant, &offset_s);
    case TAMIS_USE_LIST:
        return is_list(value);
    case TAMIS_USE_LINKS:
        return strcmp(value, "NO") == 0 || are_all(value, ", ", is_link);
    case TAMIS_USE_MEDIA:
        return is_media(value);
    case TAMIS_USE_TEXT:
        break;
    }
    return TRUE;
}

/* Ways --------------------------------------------------------------------------------------------- */

const char *const *
tamis_use_ways(TamisUseKind kind)
{
    static const char *const none[] = {NULL};
    static const char *const paths[] = {"%", "<%>", "<%@outside.example>", "<anna@%>", NULL};
    static const char *const identifiers[] = {"%",
                                              "<%>",
                                              "<1%>",
                                              "<1%.example>",
                                              "<%outside.example>",
                                              "<1.%@outside.example>",
                                              "<1@%>",
                                              "<1@mail%>",
                                              "<%",
                                              "%>",
                                              "<1%",
                                              "%1@outside.example>",
                                              "%outside.example>",
                                              "<1@mail%",
                                              NULL};
    static const char *const traces[] = {"%",
                                         "from % by mx.inside.example; $",
                                         "from mail.outside.example by %; $",
                                         "from mail.outside.example (%) by mx.inside.example; $",
                                         "%; $",
                                         "% mx.inside.example; $",
                                         "from mail.outside.example by mx.inside.example; %",
                                         NULL};
    static const char *const lists[] = {"%",
                                        "<%>",
                                        "<%.outside.example>",
                                        "<%outside.example>",
                                        "% <list.outside.example>",
                                        "<list.%>",
                                        "<list%>",
                                        "% list.outside.example>",
                                        "%outside.example>",
                                        "<list.%",
                                        "<list%",
                                        "<%",
                                        "%>",
                                        NULL};
    static const char *const links[] = {"%",
                                        "<%>",
                                        "<mailto:%>",
                                        "<mailto:%@outside.example>",
                                        "<https://%/>",
                                        "<https://outside.example/%>",
                                        "<mailto:list%>",
                                        "%>",
                                        "<%",
                                        "<mailto:%",
                                        NULL};
    static const char *const media[] = {"%",
                                        "%; boundary=next",
                                        "text/%",
                                        "application/%",
                                        "%/plain",
                                        "text/plain; charset=%",
                                        "text/plain; %",
                                        "application/octet-stream; name=%",
                                        "application/%; x=y",
                                        NULL};

    switch (kind) {
    case TAMIS_USE_PATH:
        return paths;
    case TAMIS_USE_IDENTIFIER:
    case TAMIS_USE_IDENTIFIERS:
        return identifiers;
    case TAMIS_USE_TRACE:
        return traces;
    case TAMIS_USE_LIST:
        return lists;
    case TAMIS_USE_LINKS:
        return links;
    case TAMIS_USE_MEDIA:
        return media;
    default:
        return none;
    }
}
