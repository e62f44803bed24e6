/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The URI of a notification: its scheme, and a mailto (RFC 6068) as Pigeonhole reads it. */
#include "base/address-syntax.h"
#include "grammar/sieve/check-private.h"
#include "grammar/sieve/field-name.h"

#include <stdarg.h>

#define SHOWN_BYTES 80

static int
shown(gsize length)
{
    return (int)MIN(length, SHOWN_BYTES);
}

/* A part of the URI with its escapes undone; NULL: one is wrong, or a character has to be escaped. */
static GString *
decode(const char *text, gsize length, const char *forbidden)
{
    g_autoptr(GString) out = g_string_sized_new(length);

    for (gsize i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= length || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2]))
                return NULL;
            c = (char)(g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2]));
            i += 2;
            if (c == '\0')
                return NULL;
        } else if (!g_ascii_isalnum(c) &&
                   (strchr("!$'()*+,-.:;=@_~", c) == NULL || strchr(forbidden, c) != NULL)) {
            return NULL;
        }
        g_string_append_c(out, c);
    }
    return g_steal_pointer(&out);
}

typedef struct {
    TamisSieveChecker *checker;
    const TamisSieveString *string;
    guint n_recipients;
} Reader;

static void
complain(const Reader *reader, TamisSeverity severity, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
complain(const Reader *reader, TamisSeverity severity, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(reader->checker, reader->string->span, TAMIS_RULE_TYPE, "%s", message);
    /* What a variable brings is put in when mail arrives. */
    if (tamis_sieve_has_variable(reader->checker, reader->string))
        severity = TAMIS_SEVERITY_WARNING;
    diagnostic->severity = severity;
    tamis_sieve_advise(reader->checker, diagnostic,
                       "write \"mailto:name@domain?subject=text\", anything unusual as %%xx "
                       "(RFC 6068)");
}

static void
read_recipient(Reader *reader, const char *text, gsize length)
{
    TamisAddressSyntax syntax;
    TamisAddressSyntaxFault fault = tamis_address_syntax_parse(text, length, &syntax);

    reader->n_recipients++;
    if (fault == TAMIS_ADDRESS_SYNTAX_OK)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(reader->checker, reader->string->span, TAMIS_RULE_BAD_ADDRESS,
                         "'%.*s' is no mail address: %s", shown(length), text,
                         tamis_address_syntax_fault_text(fault));
    tamis_sieve_advise(reader->checker, diagnostic, "write 'mailto:name@domain'");
}

/* Addresses with commas between. */
static void
read_recipients(Reader *reader, const GString *list)
{
    const char *at = list->str, *limit = list->str + list->len;

    for (const char *comma; (comma = memchr(at, ',', (gsize)(limit - at))) != NULL; at = comma + 1)
        read_recipient(reader, at, (gsize)(comma - at));
    read_recipient(reader, at, (gsize)(limit - at));
}

static gboolean
is_reserved(const char *name)
{
    static const char *const reserved[] = {
        "auto-submitted", "received",    "message-id",    "data",      "bcc",       "in-reply-to",
        "references",     "resent-date", "resent-from",   "resent-to", "resent-cc", "resent-sender",
        "resent-bcc",     "from",        "resent-msg-id", "sender",    NULL};

    for (guint i = 0; reserved[i] != NULL; i++)
        if (g_ascii_strcasecmp(reserved[i], name) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
has_control(const GString *text)
{
    for (gsize i = 0; i < text->len; i++)
        if ((guchar)text->str[i] < ' ' && text->str[i] != '\t')
            return TRUE;
    return FALSE;
}

/* "name=value"; FALSE: it is wrong, which was reported. */
static gboolean
read_field(Reader *reader, const char *text, gsize length)
{
    const char *sign = memchr(text, '=', length);
    gsize name_length = sign != NULL ? (gsize)(sign - text) : length;
    gsize rest = sign != NULL ? length - name_length - 1 : 0;
    g_autoptr(GString) name = decode(text, name_length, "=");
    g_autoptr(GString) value = decode(text + length - rest, rest, "");

    if (name == NULL || value == NULL || name->len == 0 ||
        !tamis_sieve_is_field_name(name->str, name->len)) {
        complain(reader, TAMIS_SEVERITY_ERROR, "'%.*s' is no header field of a URI", shown(length),
                 text);
        return FALSE;
    }
    if (g_ascii_strcasecmp(name->str, "body") != 0 && has_control(value)) {
        complain(reader, TAMIS_SEVERITY_ERROR, "the header field '%s' of a URI has a line break",
                 name->str);
        return FALSE;
    }
    if (g_ascii_strcasecmp(name->str, "to") == 0 || g_ascii_strcasecmp(name->str, "cc") == 0)
        read_recipients(reader, value);
    else if (is_reserved(name->str))
        complain(reader, TAMIS_SEVERITY_WARNING, "a URI cannot set '%s': it is ignored", name->str);
    return TRUE;
}

static void
check_mailto(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
             gsize length)
{
    Reader reader = {checker, string, 0};
    const char *limit = text + length;
    const char *fields = memchr(text, '?', length);
    gsize to_length = fields != NULL ? (gsize)(fields - text) : length;
    g_autoptr(GString) to = decode(text, to_length, ":;,=");

    if (to == NULL) {
        complain(&reader, TAMIS_SEVERITY_ERROR, "'%.*s' is no recipient of a URI", shown(to_length),
                 text);
        return;
    }
    if (to->len > 0)
        read_recipients(&reader, to);
    while (fields != NULL && fields + 1 < limit) {
        const char *at = fields + 1;
        fields = memchr(at, '&', (gsize)(limit - at));
        if (!read_field(&reader, at, (gsize)((fields != NULL ? fields : limit) - at)))
            return;
    }
    if (reader.n_recipients == 0)
        complain(&reader, TAMIS_SEVERITY_WARNING, "the URI notifies nobody");
}

void
tamis_sieve_check_method(TamisSieveChecker *checker, const TamisSieveString *string,
                         gboolean is_tested)
{
    static const char mailto[] = "mailto";
    const char *text;
    gsize length, scheme = 0;

    if (!tamis_sieve_resolve(checker, string, &text, &length))
        return;
    while (scheme < length && (g_ascii_isalnum(text[scheme]) || strchr("+-.", text[scheme])))
        scheme++;
    if (scheme == 0 || scheme == length || text[scheme] != ':') {
        TamisDiagnostic *diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                                       "'%.*s' is no URI", shown(length), text);
        if (is_tested)
            diagnostic->severity = TAMIS_SEVERITY_WARNING;
        tamis_sieve_advise(checker, diagnostic, "write \"mailto:name@domain\"");
        return;
    }
    if (is_tested)
        return;
    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE)) {
        if (tamis_sieve_name_is(text, scheme, "xmpp"))
            tamis_sieve_check_xmpp(checker, string, text + scheme + 1, length - scheme - 1);
        return;
    }
    if (scheme == strlen(mailto) && g_ascii_strncasecmp(text, mailto, scheme) == 0) {
        check_mailto(checker, string, text + scheme + 1, length - scheme - 1);
        return;
    }
    TamisDiagnostic *diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSUPPORTED,
                                                   "the server '%s' cannot notify by '%.*s'",
                                                   checker->server->name, shown(scheme), text);
    tamis_sieve_advise(checker, diagnostic, "it knows 'mailto' alone");
}
