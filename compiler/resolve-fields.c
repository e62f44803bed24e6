/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Header fields that a policy looks at or writes: their names, marks, senders of replies. What an engine
 * would refuse at delivery is refused here. */
#include "compiler/resolve-plans.h"

#include <string.h>

#define LONGEST_NAME_BYTES 128
#define LONGEST_LINE_BYTES 998 /* RFC 5322, section 2.1.1 */

/* Fields that a message has once, or that delivery leans on: a second one breaks signatures, readers
 * or the servers' own search for loops. */
static const char *const taken_names[] = {
    "bcc",
    "cc",
    "content-disposition",
    "content-id",
    "content-transfer-encoding",
    "content-type",
    "date",
    "delivered-to",
    "dkim-signature",
    "from",
    "message-id",
    "mime-version",
    "received",
    "return-path",
    "sender",
    "subject",
    "to",
    "x-sieve",
    "x-sieve-redirected-from",
};

/* RFC 5322, ftext. */
static gboolean
is_field_name(const char *text, gsize length_bytes)
{
    for (gsize i = 0; i < length_bytes; i++)
        if (text[i] < 33 || text[i] > 126 || text[i] == ':')
            return FALSE;
    return length_bytes > 0 && length_bytes <= LONGEST_NAME_BYTES;
}

static void
report_field_name(TamisResolver *r, const TamisFrame *frame, TamisSpan place, const char *text,
                  gsize length_bytes)
{
    g_autofree char *excerpt = tamis_resolve_excerpt(text, length_bytes);
    TamisDiagnostic *diagnostic = tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, NULL, place,
                                                      "'%s' is no name of a header field", excerpt);

    tamis_resolve_help(r, diagnostic, "write 1 to %d ASCII characters without blanks and colons",
                       LONGEST_NAME_BYTES);
}

gboolean
tamis_resolve_field_name(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
                         TamisString *out_name)
{
    const char *name;
    gsize length;

    if (!tamis_resolve_build_text(r, frame, text, TAMIS_FORM_LINE, &name, &length))
        return FALSE;
    if (!is_field_name(name, length)) {
        report_field_name(r, frame, text->span, name, length);
        return FALSE;
    }
    g_autofree char *lower = g_ascii_strdown(name, (gssize)length);
    *out_name = tamis_strings_add(r->strings, lower, length);
    return TRUE;
}

/* Marks -------------------------------------------------------------------------------------------- */

static gboolean
is_taken(const char *name, gsize length_bytes)
{
    for (gsize i = 0; i < G_N_ELEMENTS(taken_names); i++)
        if (strlen(taken_names[i]) == length_bytes &&
            g_ascii_strncasecmp(taken_names[i], name, length_bytes) == 0)
            return TRUE;
    return FALSE;
}

static void
strip(const char **text, gsize *length_bytes)
{
    while (*length_bytes > 0 && **text == ' ') {
        ++*text;
        --*length_bytes;
    }
    while (*length_bytes > 0 && (*text)[*length_bytes - 1] == ' ')
        --*length_bytes;
}

static gboolean
check_mark(TamisResolver *r, const TamisFrame *frame, TamisSpan place, const char *name,
           gsize name_bytes, gsize value_bytes)
{
    TamisDiagnostic *diagnostic;

    if (!is_field_name(name, name_bytes)) {
        report_field_name(r, frame, place, name, name_bytes);
        return FALSE;
    }
    if (is_taken(name, name_bytes)) {
        diagnostic = tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, NULL, place,
                                         "'%.*s' is a field that a message has already",
                                         (int)name_bytes, name);
        tamis_resolve_help(r, diagnostic, "mark with a field of your own, such as 'X-%.*s'",
                           (int)name_bytes, name);
        return FALSE;
    }
    if (name_bytes + strlen(": ") + value_bytes > LONGEST_LINE_BYTES) {
        tamis_resolve_help(r,
                           tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, NULL, place,
                                               "the field '%.*s' is longer than a line's %d bytes",
                                               (int)name_bytes, name, LONGEST_LINE_BYTES),
                           "shorten its value (RFC 5322, section 2.1.1)");
        return FALSE;
    }
    if (value_bytes == 0) {
        tamis_resolve_help(r,
                           tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, NULL, place,
                                               "the field '%.*s' has no value", (int)name_bytes,
                                               name),
                           "write one behind the colon, as \"%.*s: yes\"", (int)name_bytes, name);
        return FALSE;
    }
    return TRUE;
}

gboolean
tamis_resolve_mark(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
                   TamisString *out_name, TamisString *out_value)
{
    const char *mark, *colon, *value;
    gsize length, value_bytes;

    if (!tamis_resolve_build_text(r, frame, text, TAMIS_FORM_LINE, &mark, &length))
        return FALSE;
    colon = memchr(mark, ':', length);
    if (colon == NULL) {
        g_autofree char *excerpt = tamis_resolve_excerpt(mark, length);
        TamisDiagnostic *diagnostic = tamis_resolve_fault(
            r, TAMIS_RULE_TYPE, frame, NULL, text->span, "'%s' is no header field", excerpt);
        tamis_resolve_help(r, diagnostic, "write it as \"Name: value\"");
        return FALSE;
    }
    value = colon + 1;
    value_bytes = length - (gsize)(value - mark);
    strip(&value, &value_bytes);
    if (!check_mark(r, frame, text->span, mark, (gsize)(colon - mark), value_bytes))
        return FALSE;
    *out_name = tamis_strings_add(r->strings, mark, (gsize)(colon - mark));
    *out_value = tamis_strings_add(r->strings, value, value_bytes);
    return TRUE;
}

/* Senders ------------------------------------------------------------------------------------------ */

/* RFC 5322 atoms and blanks: needs no quotes. */
static gboolean
is_phrase(const char *text, gsize length_bytes)
{
    for (gsize i = 0; i < length_bytes; i++)
        if (!g_ascii_isalnum(text[i]) && strchr(" !#$%&'*+-/=?^_`{|}~", text[i]) == NULL)
            return FALSE;
    return TRUE;
}

static void
append_name(GString *out, const char *name, gsize length_bytes)
{
    gboolean is_quoted = length_bytes >= 2 && name[0] == '"' && name[length_bytes - 1] == '"';

    if (is_quoted || is_phrase(name, length_bytes)) {
        g_string_append_len(out, name, (gssize)length_bytes);
        return;
    }
    g_string_append_c(out, '"');
    for (gsize i = 0; i < length_bytes; i++) {
        if (name[i] == '"' || name[i] == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, name[i]);
    }
    g_string_append_c(out, '"');
}

/* Whether what stands between quotes has none of its own. */
static gboolean
is_sound_name(const char *name, gsize length_bytes)
{
    if (length_bytes == 0 || name[0] != '"')
        return TRUE;
    if (length_bytes < 2 || name[length_bytes - 1] != '"')
        return FALSE;
    for (gsize i = 1; i < length_bytes - 1; i++) {
        if (name[i] == '"' || (name[i] == '\\' && ++i == length_bytes - 1))
            return FALSE;
    }
    return TRUE;
}

gboolean
tamis_resolve_sender(TamisResolver *r, const TamisFrame *frame, const TamisText *text,
                     TamisString *out_sender)
{
    const char *sender, *open, *inner;
    gsize length, name_bytes = 0, inner_bytes;
    TamisAddress address;

    if (!tamis_resolve_build_text(r, frame, text, TAMIS_FORM_LINE, &sender, &length))
        return FALSE;
    strip(&sender, &length);
    open = length > 0 && sender[length - 1] == '>' ? memrchr(sender, '<', length) : NULL;
    inner = open != NULL ? open + 1 : sender;
    inner_bytes = open != NULL ? length - (gsize)(inner - sender) - 1 : length;
    if (open != NULL)
        name_bytes = (gsize)(open - sender);
    strip(&sender, &name_bytes);
    TamisAddressFault fault = tamis_address_parse(r->strings, inner, inner_bytes, &address);
    if (fault != TAMIS_ADDRESS_OK || !is_sound_name(sender, name_bytes)) {
        g_autofree char *excerpt = tamis_resolve_excerpt(inner, inner_bytes);
        tamis_resolve_help(
            r,
            tamis_resolve_fault(
                r, TAMIS_RULE_BAD_ADDRESS, frame, NULL, text->span, "'%s' %s", excerpt,
                fault != TAMIS_ADDRESS_OK ? tamis_address_fault_text(fault)
                                          : "stands behind a name whose quotes do not match"),
            "write it as \"Name <name@domain>\"");
        return FALSE;
    }
    if (name_bytes == 0) {
        *out_sender = address.text;
        return TRUE;
    }
    g_autoptr(GString) whole = g_string_new(NULL);
    append_name(whole, sender, name_bytes);
    g_string_append_printf(whole, " <%s>", tamis_strings_get(r->strings, address.text));
    *out_sender = tamis_strings_add(r->strings, whole->str, whole->len);
    return TRUE;
}
