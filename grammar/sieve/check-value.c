/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values by their type: mailboxes, flags, parts of the envelope and the like. Header fields, addresses, times and
 * comparisons have files of their own. */
#include "base/bytes.h"
#include "base/suggest.h"
#include "grammar/sieve/check-private.h"

#define SHOWN_BYTES 80
/* Pigeonhole 0.5.19 refuses a script that includes one whose file, with '.sieve' behind its name, no file system finds,
 * even where it need not be there. */
#define MAX_SCRIPT_NAME_BYTES (255 - 6)
#define DUPLICATE_MAX_S       172800

static int
shown(gsize length)
{
    return (int)MIN(length, SHOWN_BYTES);
}

/* A value is one of a few words, in any case. */
static void
check_word(TamisSieveChecker *checker, TamisSieveType type, const TamisSieveString *string,
           const char *const *words, const char *what)
{
    const char *text;
    gsize length;

    text = string->text;
    length = string->length_bytes;
    if (type != TAMIS_SIEVE_TYPE_IMPORTANCE && /* which engines read as it stands */
        !tamis_sieve_resolve(checker, string, &text, &length))
        return;
    for (guint i = 0; words[i] != NULL; i++)
        if (strlen(words[i]) == length && g_ascii_strncasecmp(words[i], text, length) == 0)
            return;
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; words[i] != NULL; i++)
        g_string_append_printf(all, "%s\"%s\"",
                               i == 0                 ? ""
                               : words[i + 1] != NULL ? ", "
                                                      : " or ",
                               words[i]);
    TamisDiagnostic *diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                                   "'%.*s' is no %s", shown(length), text, what);
    /* Where there are variables, Cyrus takes an empty one for none. */
    if (length == 0 && type != TAMIS_SIEVE_TYPE_IMPORTANCE && checker->has_variables &&
        tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS))
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "write %s", all->str);
}

/* Mailboxes ------------------------------------------------------------------------------------- */

static inline guint64
find_control(guint64 word)
{
    return tamis_bytes_below(word, ' ') | tamis_bytes_find(word, 0x7f);
}

static gboolean
has_control(const char *text, gsize length)
{
    guint64 found = 0;

    if (length < sizeof found)
        return find_control(tamis_bytes_spread(text, length)) != 0;
    for (gsize i = 0; i + sizeof found <= length; i += sizeof found)
        found |= find_control(tamis_bytes_load(text + i));
    return (found | find_control(tamis_bytes_load(text + length - sizeof found))) != 0;
}

/* Engines take it all the same: a test does not find it, and an action fails when mail arrives. */
static void
check_mailbox(TamisSieveChecker *checker, const TamisSieveString *string, gboolean is_tested)
{
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length) ||
        (length > 0 && (!has_control(text, length) || tamis_sieve_has_raw_fault(checker, string))))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, string->span, length == 0 ? TAMIS_RULE_TYPE : TAMIS_RULE_UNSAFE_STRING,
        length == 0 ? "a mailbox without a name" : "a control character in the name of a mailbox");
    if (is_tested)
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "write \"INBOX\" or the name of a folder");
}

/* RFC 6154, section 6: a backslash and an atom (RFC 3501, section 9). */
static gboolean
is_special_use(const char *text, gsize length)
{
    gboolean is_valid = length > 1 && text[0] == '\\';

    for (gsize i = 1; i < length && is_valid; i++)
        is_valid = g_ascii_isgraph(text[i]) && strchr("(){%*\"\\]", text[i]) == NULL;
    return is_valid;
}

/* Pigeonhole alone refuses it, and not in a test. */
static void
check_special_use(TamisSieveChecker *checker, const TamisSieveString *string, gboolean is_tested)
{
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length) || is_special_use(text, length))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                         "'%.*s' is no special-use attribute", shown(length), text);
    if (is_tested || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ||
        (length == 1 && *text == '\\'))
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    if (tamis_sieve_has_lost_backslash(checker, string)) {
        tamis_sieve_advise(checker, diagnostic,
                           "did you mean \"\\\\%.*s\"? A string drops a single backslash",
                           shown(length), text);
        tamis_sieve_keep_backslashes(checker, diagnostic, string);
        return;
    }
    tamis_sieve_advise(checker, diagnostic,
                       "write a name behind a backslash, as \"\\\\Archive\" (RFC 6154)");
}

/* Flags ----------------------------------------------------------------------------------------- */

static gboolean
is_flag(const char *text, gsize length)
{
    static const char *const system[] = {"\\seen", "\\answered", "\\flagged", "\\draft",
                                         "\\deleted"};

    if (*text == '\\')
        return tamis_sieve_is_among(text, length, system, G_N_ELEMENTS(system));
    for (gsize i = 0; i < length; i++)
        if ((guchar)text[i] <= ' ' || (guchar)text[i] >= 0x7f ||
            strchr("(){%*\"\\]", text[i]) != NULL)
            return FALSE;
    return TRUE;
}

/* The system flag that may be meant, as it stands in a script; NULL: none is near. */
static const char *
nearest_flag(const char *text, gsize length)
{
    static const char *const flags[] = {"\\Seen", "\\Answered", "\\Flagged", "\\Draft",
                                        "\\Deleted"};

    if (*text != '\\' || length > 20)
        return NULL;
    g_autofree char *word = g_strndup(text, length);
    return tamis_suggest(word, flags, G_N_ELEMENTS(flags));
}

/* A keyword named as a system flag, but for the backslash: what was meant is clear. */
static gboolean
is_bare_system_flag(const char *text, gsize length)
{
    static const char *const names[] = {"seen", "answered", "flagged", "draft", "deleted"};

    return tamis_sieve_is_among(text, length, names, G_N_ELEMENTS(names));
}

static void
complain_bare_flag(TamisSieveChecker *checker, const TamisSieveString *string, const char *text,
                   gsize length)
{
    gboolean has_lost = tamis_sieve_has_lost_backslash(checker, string);
    TamisDiagnostic *diagnostic =
        has_lost ? tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                    "a string drops a single backslash, and '%.*s' is a keyword, "
                                    "not the flag",
                                    shown(length), text)
                 : tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                    "'%.*s' without its backslash is a keyword, not the flag",
                                    shown(length), text);

    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "did you mean \"\\\\%.*s\"? (RFC 5232, section 2)",
                       shown(length), text);
    if (has_lost)
        tamis_sieve_keep_backslashes(checker, diagnostic, string);
}

/* A string holds any number of flags, with blanks between them. */
static void
check_flags(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const char *text, *limit;
    gsize length;
    gboolean is_told = FALSE;

    if (!tamis_sieve_resolve(checker, string, &text, &length))
        return;
    for (limit = text + length; text < limit;) {
        const char *end = text;
        while (end < limit && *end != ' ')
            end++;
        if (end > text && is_bare_system_flag(text, (gsize)(end - text))) {
            if (!is_told) /* the fix is for all of the string */
                complain_bare_flag(checker, string, text, (gsize)(end - text));
            is_told = TRUE;
        } else if (end > text && !is_flag(text, (gsize)(end - text))) {
            TamisDiagnostic *diagnostic = tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE,
                                                           "'%.*s' is no IMAP flag and is ignored",
                                                           shown((gsize)(end - text)), text);
            diagnostic->severity = TAMIS_SEVERITY_WARNING;
            const char *near = nearest_flag(text, (gsize)(end - text));
            if (near != NULL)
                tamis_sieve_advise(checker, diagnostic, "did you mean \"\\%s\"?", near);
            else
                tamis_sieve_advise(checker, diagnostic,
                                   "write one of \"\\\\Seen\", \"\\\\Answered\", \"\\\\Flagged\", "
                                   "\"\\\\Deleted\", \"\\\\Draft\", or a keyword");
        }
        text = end + 1;
    }
}

/* One string of the type ------------------------------------------------------------------------ */

static void
check_envelope_part(TamisSieveChecker *checker, const TamisSieveString *string)
{
    static const char *const names[] = {
        "from",  "to",     "auth",    "notify",         "orcpt",         "ret",
        "envid", "bymode", "bytrace", "bytimeabsolute", "bytimerelative"};
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length))
        return;
    TamisExtension extension = tamis_sieve_envelope_part_extension(text, length);
    if (extension == TAMIS_EXTENSION_NONE) {
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, string->span, TAMIS_RULE_UNKNOWN_NAME,
                             "the envelope has no part '%.*s'", shown(length), text);
        g_autofree char *lower = g_ascii_strdown(text, shown(length));
        const char *near = tamis_suggest(lower, names, G_N_ELEMENTS(names));
        if (tamis_sieve_has_variable(checker, string))
            diagnostic->severity = TAMIS_SEVERITY_WARNING; /* engines look when mail arrives */
        tamis_sieve_advise(checker, diagnostic, near != NULL ? "did you mean '%s'?" : "write '%s'",
                           near != NULL ? near : "from' or 'to");
        return;
    }
    tamis_sieve_use_extension(checker, extension, NULL, string->span, "'%.*s'", shown(length),
                              text);
}

static void
complain_script_name(TamisSieveChecker *checker, TamisSpan span, const char *text, gsize length)
{
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, span, TAMIS_RULE_TYPE, "'%.*s' is no name of a script", shown(length), text);
    tamis_sieve_advise(
        checker, diagnostic,
        "write the name that the script is stored by, without a folder or an ending");
}

static void
check_script_name(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const char *text;
    gsize length;

    if (tamis_sieve_complain_variable(checker, string, "script", "write the name itself"))
        return;
    if (!tamis_sieve_resolve(checker, string, &text, &length)) {
        /* Cyrus looks at what stands beside variables. */
        if (memchr(string->text, '/', string->length_bytes) != NULL)
            complain_script_name(checker, string->span, string->text, string->length_bytes);
        return;
    }
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) && length > MAX_SCRIPT_NAME_BYTES) {
        tamis_sieve_advise(checker,
                           tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSUPPORTED,
                                            "the name of the script is longer than the server "
                                            "'%s' takes",
                                            checker->server->name),
                           "stay within %d bytes: its file has '.sieve' behind them",
                           MAX_SCRIPT_NAME_BYTES);
        return;
    }
    gboolean is_valid =
        length > 0 && (g_utf8_validate_len(text, length, NULL) ||
                       tamis_sieve_has_raw_fault(checker, string)); /* which is reported */
    for (gsize i = 0; i < length; i++)
        is_valid &= text[i] != '/' && (guchar)text[i] >= ' ';
    if (!is_valid)
        complain_script_name(checker, string->span, text, length);
}

static void
check_target(TamisSieveChecker *checker, const TamisSieveBound *bound,
             const TamisSieveString *string)
{
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_LIST) != NULL)
        tamis_sieve_check_external_list(checker, string, TAMIS_SIEVE_LIST_SENT_TO);
    else
        tamis_sieve_check_address(checker, string, TAMIS_SIEVE_TYPE_ADDRESS);
}

static void
check_string(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSieveType type,
             const TamisSieveString *string)
{
    static const char *const importances[] = {"1", "2", "3", NULL};
    static const char *const returns[] = {"FULL", "HDRS", NULL};
    static const char *const modes[] = {"notify", "return", NULL};

    switch (type) {
    case TAMIS_SIEVE_TYPE_ADDRESS:
        check_target(checker, bound, string);
        break;
    case TAMIS_SIEVE_TYPE_SENDER:
    case TAMIS_SIEVE_TYPE_ADDRESSES:
        tamis_sieve_check_address(checker, string, type);
        break;
    case TAMIS_SIEVE_TYPE_MAILBOX:
    case TAMIS_SIEVE_TYPE_MAILBOXES:
        check_mailbox(checker, string, bound->word->kind == TAMIS_SIEVE_TEST);
        break;
    case TAMIS_SIEVE_TYPE_HEADER:
        tamis_sieve_check_header(checker, bound, string);
        if (bound->word->id == TAMIS_WORD_DELETEHEADER)
            tamis_sieve_check_deleted_header(checker, string);
        break;
    case TAMIS_SIEVE_TYPE_TEXT:
        if (bound->word->id == TAMIS_WORD_ADDHEADER)
            tamis_sieve_check_header_value(checker, string);
        else
            tamis_sieve_check_subject(checker, bound, string);
        break;
    case TAMIS_SIEVE_TYPE_HEADERS:
        tamis_sieve_check_header(checker, bound, string);
        break;
    case TAMIS_SIEVE_TYPE_ADDRESS_HEADERS:
        tamis_sieve_check_address_header(checker, bound, string);
        break;
    case TAMIS_SIEVE_TYPE_ENVELOPE_PARTS:
        check_envelope_part(checker, string);
        break;
    case TAMIS_SIEVE_TYPE_DATE_PART:
        tamis_sieve_check_date_part(checker, string);
        break;
    case TAMIS_SIEVE_TYPE_ZONE:
        tamis_sieve_check_zone(checker, string);
        break;
    case TAMIS_SIEVE_TYPE_FLAGS:
        check_flags(checker, string);
        break;
    case TAMIS_SIEVE_TYPE_VARIABLE:
    case TAMIS_SIEVE_TYPE_VARIABLES:
        tamis_sieve_check_variable(checker, bound, string);
        break;
    case TAMIS_SIEVE_TYPE_IMPORTANCE:
        check_word(checker, type, string, importances, "importance");
        break;
    case TAMIS_SIEVE_TYPE_DSN_RETURN:
        check_word(checker, type, string, returns, "part of a message to return");
        break;
    case TAMIS_SIEVE_TYPE_BY_MODE:
        check_word(checker, type, string, modes, "mode of delivery in time");
        break;
    case TAMIS_SIEVE_TYPE_METHOD:
        tamis_sieve_check_method(checker, string, bound->word->kind == TAMIS_SIEVE_TEST);
        break;
    case TAMIS_SIEVE_TYPE_SPECIAL_USE:
    case TAMIS_SIEVE_TYPE_SPECIAL_USES:
        check_special_use(checker, string, bound->word->kind == TAMIS_SIEVE_TEST);
        break;
    case TAMIS_SIEVE_TYPE_SCRIPT:
        check_script_name(checker, string);
        break;
    case TAMIS_SIEVE_TYPE_KEYS: /* what compares looks at them, and at what it is told to do, itself */
    case TAMIS_SIEVE_TYPE_KEY:
    case TAMIS_SIEVE_TYPE_COMPARATOR:
    case TAMIS_SIEVE_TYPE_RELATION:
    case TAMIS_SIEVE_TYPE_EXTENSIONS: /* so do require and ihave */
        break;
    default:
        tamis_sieve_check_name_value(checker, bound, type, string);
        break;
    }
}

/* Cyrus takes 0 as if there were no ':index', without which ':last' may not stand. */
static void
check_position(TamisSieveChecker *checker, const TamisSieveBound *bound,
               const TamisSieveArgument *argument)
{
    TamisDiagnostic *diagnostic;

    if (argument->number > 0)
        return;
    diagnostic = tamis_sieve_find(checker, argument->span, TAMIS_RULE_TYPE, "positions begin at 1");
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS) &&
        tamis_sieve_bound_tag(bound, TAMIS_TAG_LAST) == NULL)
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "write 1 for the first (RFC 5260, section 6)");
}

/* How long a message is remembered: sieve_duplicate_max_period of Pigeonhole, 2 days unless set. */
static void
check_duplicate_period(TamisSieveChecker *checker, const TamisSieveArgument *argument)
{
    if (argument->number <= DUPLICATE_MAX_S ||
        !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, argument->span, TAMIS_RULE_NEEDS_SETTING,
        "the server '%s' remembers a message for %d seconds at most, unless it is set to remember "
        "it longer",
        checker->server->name, DUPLICATE_MAX_S);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "write %d, or set 'sieve_duplicate_max_period'",
                       DUPLICATE_MAX_S);
}

/* "90m" is no hour and a half. */
static void
check_period(TamisSieveChecker *checker, TamisSieveType type, const TamisSieveArgument *argument)
{
    const char *units = type == TAMIS_SIEVE_TYPE_DAYS ? "days" : "seconds";

    if (argument->quantifier == 0 || argument->span.source == 0 || checker->is_xml)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, argument->span, TAMIS_RULE_TYPE,
                         "a '%c' behind a number makes %" G_GUINT64_FORMAT " %s of it",
                         argument->quantifier, argument->number, units);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "write the number of %s alone", units);
}

static void
check_number(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSieveType type,
             const TamisSieveArgument *argument)
{
    if (type == TAMIS_SIEVE_TYPE_DAYS || type == TAMIS_SIEVE_TYPE_SECONDS)
        check_period(checker, type, argument);
    if (type == TAMIS_SIEVE_TYPE_POSITION)
        check_position(checker, bound, argument);
    else if (type == TAMIS_SIEVE_TYPE_SECONDS && bound->word->id == TAMIS_WORD_DUPLICATE)
        check_duplicate_period(checker, argument);
    if (argument->quantifier != 0 && tamis_sieve_is_engine(checker, TAMIS_ENGINE_LIBSIEVE))
        tamis_sieve_check_libsieve_unit(checker, argument);
    if (checker->server->max_number == 0 || argument->number <= checker->server->max_number)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, argument->span, TAMIS_RULE_UNSUPPORTED,
                         "the number is larger than the server '%s' takes", checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "write %" G_GUINT64_FORMAT " at most",
                       checker->server->max_number);
}

/* Pigeonhole puts no variable into the name of a loop. */
static gboolean
is_constant(const TamisSieveChecker *checker, TamisSieveType type)
{
    return type == TAMIS_SIEVE_TYPE_PART_NAME &&
           tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE);
}

void
tamis_sieve_check_some_value(TamisSieveChecker *checker, const TamisSieveBound *bound,
                             TamisSieveType type, const TamisSieveArgument *argument)
{
    if (argument->kind == TAMIS_SIEVE_NUMBER) {
        check_number(checker, bound, type, argument);
        return;
    }
    for (const TamisSieveString *string = argument->strings; string != NULL;
         string = string->next) {
        if (!string->is_literal && (checker->has_variables || checker->has_encoded) &&
            !is_constant(checker, type))
            tamis_sieve_check_references(checker, string);
        if (!string->is_literal && checker->has_encoded)
            tamis_sieve_check_decoded(checker, bound, type, string);
        if (!string->is_literal)
            tamis_sieve_check_dollars(checker, bound, type, string);
        check_string(checker, bound, type, string);
    }
}
