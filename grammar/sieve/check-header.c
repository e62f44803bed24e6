/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Header fields: their names, and what is written into them. */
#include "base/bytes.h"
#include "grammar/sieve/check-private.h"
#include "grammar/sieve/field-name.h"

#define SHOWN_BYTES 80

static int
shown(gsize length)
{
    return (int)MIN(length, SHOWN_BYTES);
}

static inline guint64
find_separator(guint64 word)
{
    return tamis_bytes_find(word, ',') | tamis_bytes_find(word, ';') | tamis_bytes_find(word, ' ');
}

static gboolean
has_separator(const char *text, gsize length)
{
    guint64 found = 0;

    if (length < sizeof found)
        return length > 0 && find_separator(tamis_bytes_spread(text, length)) != 0;
    for (gsize i = 0; i + sizeof found <= length; i += sizeof found)
        found |= find_separator(tamis_bytes_load(text + i));
    return (found | find_separator(tamis_bytes_load(text + length - sizeof found))) != 0;
}

/* "to, cc" as `["to", "cc"]`; NULL: it is no list of names. */
static char *
split_names(const char *text, gsize length)
{
    if (!has_separator(text, length))
        return NULL;
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) names = g_strsplit_set(copy, ",; ", -1);
    g_autoptr(GString) list = g_string_new(NULL);
    guint n = 0;

    for (guint i = 0; names[i] != NULL; i++) {
        if (*names[i] == '\0')
            continue;
        for (const char *at = names[i]; *at != '\0'; at++)
            if (!g_ascii_isalnum(*at) && *at != '-' && *at != '_')
                return NULL;
        g_string_append_printf(list, "%s\"%s\"", n++ == 0 ? "[" : ", ", names[i]);
    }
    g_string_append_c(list, ']');
    return n > 1 && strlen(copy) == length ? g_string_free(g_steal_pointer(&list), FALSE) : NULL;
}

static void
advise_list(TamisSieveChecker *checker, TamisDiagnostic *diagnostic, const char *list)
{
    tamis_sieve_advise(checker, diagnostic, "did you mean %s? (RFC 5228, section 2.4.2.1)", list);
}

/* A comma may be in the name of a field, and is in none that there is. */
static void
check_header_list(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
                  gsize length)
{
    g_autofree char *list = split_names(text, length);

    if (list == NULL)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                         "'%.*s' is taken for the name of one header field", shown(length), text);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    advise_list(checker, diagnostic, list);
}

/* Whether the server refuses a test of a field of such a name; others find that it is never there. */
static gboolean
refuses_name(const TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    return bound->word->id != TAMIS_WORD_EXISTS &&
           (tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS) ||
            tamis_sieve_is_engine(checker, TAMIS_ENGINE_LIBSIEVE));
}

void
tamis_sieve_check_header(TamisSieveChecker *checker, const TamisSieveBound *bound,
                         const TamisSieveString *string)
{
    gboolean is_written = bound->word->kind == TAMIS_SIEVE_ACTION;
    const char *text;
    gsize length;

    if (G_LIKELY(string->is_literal && string->length_bytes > 0 &&
                 tamis_sieve_is_field_name(string->text, string->length_bytes))) {
        if (!is_written)
            check_header_list(checker, string, string->text, string->length_bytes);
        return;
    }
    /* Cyrus looks at what stands there, variables and all, whose signs may be in a name. */
    (void)tamis_sieve_decode(checker, string, &text, &length);
    gboolean is_raw = tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS) &&
                      !tamis_sieve_is_field_name(text, length);
    if (!is_raw && !tamis_sieve_resolve(checker, string, &text, &length))
        return;
    if ((tamis_sieve_is_field_name(text, length) && (length > 0 || !is_written)) ||
        tamis_sieve_has_raw_fault(checker, string)) {
        if (!is_written)
            check_header_list(checker, string, text, length);
        return;
    }
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                         "'%.*s' is no name of a header field", shown(length), text);
    if (!is_written &&
        (!refuses_name(checker, bound) || (!is_raw && tamis_sieve_has_variable(checker, string))))
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    g_autofree char *list = is_written ? NULL : split_names(text, length);
    if (length > 1 && text[length - 1] == ':' && tamis_sieve_is_field_name(text, length - 1)) {
        g_autofree char *fixed = g_strdup_printf("\"%.*s\"", (int)(length - 1), text);
        tamis_sieve_advise(checker, diagnostic, "write %s", fixed);
        if (text == string->text)
            tamis_report_edit(checker->report, diagnostic, string->span, fixed);
    } else if (list != NULL) {
        advise_list(checker, diagnostic, list);
    } else {
        tamis_sieve_advise(checker, diagnostic,
                           "a name has letters, digits and signs, no blanks and no colon");
    }
}

/* A line that goes on begins with a blank (RFC 5322, section 2.2.3): another one is a field of its own, where a server
 * writes it as it stands. */
static void
check_folding(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
              gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (text[i] != '\n' || (i + 1 < length && (text[i + 1] == ' ' || text[i + 1] == '\t')))
            continue;
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSAFE_STRING,
                             "a line break in the value of a header field");
        diagnostic->severity = TAMIS_SEVERITY_WARNING; /* engines take it; Pigeonhole folds it */
        tamis_sieve_advise(checker, diagnostic, "take it out, or begin the next line with a blank");
        return;
    }
}

/* Pigeonhole leaves such a field out. */
void
tamis_sieve_check_header_value(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length))
        return;
    check_folding(checker, string, text, length);
    for (gsize i = 0; i < length; i++) {
        if ((guchar)text[i] >= ' ' ? text[i] != 0x7f : memchr("\t\r\n", text[i], 3) != NULL)
            continue;
        if (tamis_sieve_has_raw_fault(checker, string))
            return;
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSAFE_STRING,
                             "a control character in the value of a header field");
        if (text[i] != '\0' || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
            diagnostic->severity = TAMIS_SEVERITY_WARNING;
        tamis_sieve_advise(checker, diagnostic, "take it out: the field is not added with it");
        return;
    }
}

/* Pigeonhole puts U+FFFD in the place of each byte of the break. */
void
tamis_sieve_check_subject(TamisSieveChecker *checker, const TamisSieveBound *bound,
                          const TamisSieveString *string)
{
    const TamisSieveArgument *subject = tamis_sieve_bound_value(bound, TAMIS_TAG_SUBJECT);
    const char *text;
    gsize length;

    if (subject == NULL || subject->strings != string ||
        !tamis_sieve_resolve(checker, string, &text, &length) ||
        (memchr(text, '\n', length) == NULL && memchr(text, '\r', length) == NULL))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSAFE_STRING,
                                                   "a line break in a subject");
    tamis_sieve_advise(checker, diagnostic, "write it on one line");
}

void
tamis_sieve_check_deleted_header(TamisSieveChecker *checker, const TamisSieveString *string)
{
    TamisDiagnostic *diagnostic;
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length) ||
        !tamis_sieve_is_kept_header(text, length))
        return;
    diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSUPPORTED,
                                  "the server '%s' does not delete '%.*s'", checker->server->name,
                                  shown(length), text);
    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS) ||
        tamis_sieve_has_variable(checker, string))
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "leave it: mail servers need it against loops");
}

static const char *const common_address_headers[] = {
    "from",      "sender",     "reply-to",      "to",
    "cc",        "bcc",        "resent-from",   "resent-to",
    "resent-cc", "resent-bcc", "resent-sender", "delivered-to",
};
static const char *const pigeonhole_address_headers[] = {
    "resent-reply-to",
    "for-approval",
    "for-handling",
    "for-comment",
    "apparently-to",
    "errors-to",
    "return-receipt-to",
    "x-admin",
    "read-receipt-to",
    "x-confirm-reading-to",
    "return-receipt-requested",
    "registered-mail-reply-requested-by",
    "mail-followup-to",
    "mail-reply-to",
    "abuse-reports-to",
    "x-complaints-to",
    "x-report-abuse-to",
    "x-beenthere",
    "x-original-from",
    "x-original-to",
};
static const char *const cyrus_address_headers[] = {
    "message-id", "in-reply-to", "references", "return-path", "disposition-notification-to",
    "approved",
};

gboolean
tamis_sieve_is_among(const char *text, gsize length, const char *const *names, gsize n_names)
{
    for (gsize i = 0; i < n_names; i++)
        if (length > 0 && ((names[i][0] ^ text[0]) & ~0x20) == 0 && strlen(names[i]) == length &&
            tamis_bytes_equal_lower(names[i], text, length))
            return TRUE;
    return FALSE;
}

void
tamis_sieve_check_address_header(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                 const TamisSieveString *string)
{
    TamisEngine engine = checker->server->engine;
    gboolean with_mime = tamis_sieve_bound_tag(bound, TAMIS_TAG_MIME) != NULL;
    const char *text;
    gsize length;

    if (engine == TAMIS_ENGINE_LIBSIEVE) { /* it takes any field for one of addresses */
        tamis_sieve_check_header(checker, bound, string);
        return;
    }
    if (!tamis_sieve_resolve(checker, string, &text, &length))
        return;
    if (with_mime && engine != TAMIS_ENGINE_PIGEONHOLE && length > strlen("content-") &&
        g_ascii_strncasecmp(text, "content-", strlen("content-")) == 0)
        return;
#define AMONG(names) tamis_sieve_is_among(text, length, names, G_N_ELEMENTS(names))
    if (AMONG(common_address_headers) ||
        (engine != TAMIS_ENGINE_CYRUS && AMONG(pigeonhole_address_headers)) ||
        (engine != TAMIS_ENGINE_PIGEONHOLE && AMONG(cyrus_address_headers)))
        return;
#undef AMONG
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                         "'%.*s' is no header field of addresses to the server '%s'", shown(length),
                         text, checker->server->name);
    if (tamis_sieve_has_variable(checker, string))
        diagnostic->severity = TAMIS_SEVERITY_WARNING; /* engines look when mail arrives */
    g_autofree char *list = split_names(text, length);
    if (list != NULL)
        advise_list(checker, diagnostic, list);
    else
        tamis_sieve_advise(checker, diagnostic, "use the test 'header' for it");
}
