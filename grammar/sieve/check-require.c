/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Extensions: what is required, what is used, what the server has, and ihave (RFC 5463), which makes an
 * extension available from where it is asked for. */
#include "base/suggest.h"
#include "grammar/sieve/check-private.h"

/* Whether a required or asked-for extension brings this one with it. */
static gboolean
is_available(const TamisSieveChecker *checker, TamisExtension extension)
{
    if (tamis_extension_set_has(&checker->available, extension))
        return TRUE;
    for (guint i = 0; i < tamis_sieve_n_relations; i++)
        if (tamis_sieve_relations[i].kind == TAMIS_SIEVE_IMPLIES &&
            tamis_sieve_relations[i].other == extension &&
            tamis_extension_set_has(&checker->available, tamis_sieve_relations[i].extension))
            return TRUE;
    return FALSE;
}

/* require: the fixes ---------------------------------------------------------------------------- */

static gboolean
is_require(const TamisSieveCommand *command)
{
    return tamis_sieve_name_is(command->name, command->name_length, "require") &&
           !command->is_broken && command->arguments != NULL;
}

/* Where a name can be added to what is required. */
typedef struct {
    TamisSpan place;
    const char *before, *behind; /* the name */
} RequirePlace;

/* Of a list only its last string is looked at, so the others need not be kept. */
static void
let_go_of_strings(gpointer data, const TamisSieveCommand *command, const TamisSieveTest *test,
                  const TamisSieveArgument *list)
{
}

static gboolean
let_go_of_tests(gpointer data, const TamisSieveCommand *command, TamisSieveTest *owner,
                const TamisSieveTest *tests, guint depth)
{
    return FALSE;
}

/* In the last list of the script's requires, else in a require of its own. */
static RequirePlace
find_place(TamisSieveChecker *checker)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisReport) heard = tamis_report_new(tamis_report_get_sources(checker->report));
    TamisSieveReader *reader = tamis_sieve_read_again(checker, arena, heard, NULL);
    tamis_sieve_reader_hear_lists(reader, let_go_of_tests, let_go_of_strings);
    guint32 start = tamis_sieve_reader_has_bom(reader) ? 3 : 0;
    RequirePlace found = {{checker->source, start, 0}, "require \"", "\";\n"};
    const TamisSieveCommand *command = tamis_sieve_reader_next(reader);

    if (command != NULL)
        found.place.offset = command->span.offset;
    for (; command != NULL && is_require(command); command = tamis_sieve_reader_next(reader)) {
        const TamisSieveString *string = command->arguments->strings;
        if (command->arguments->kind != TAMIS_SIEVE_LIST) {
            guint32 end = command->span.offset + command->span.length;
            found = (RequirePlace){{checker->source, end, 0}, "\nrequire \"", "\";"};
            continue;
        }
        if (string == NULL)
            continue; /* none behind the last comma */
        while (string->next != NULL)
            string = string->next;
        guint32 end = string->span.offset + string->span.length;
        found = (RequirePlace){{checker->source, end, 0}, ", \"", "\""};
    }
    return found;
}

/* reference: what tells of it. */
static void
advise_require(TamisSieveChecker *checker, TamisDiagnostic *diagnostic, TamisExtension extension,
               const char *reference)
{
    tamis_sieve_advise(checker, diagnostic, "write 'require \"%s\";' at the top (%s)",
                       tamis_extension_name(extension), reference);
}

/* The same for what runs in no other way, so that the remedy is known. */
static void
suggest_require(TamisSieveChecker *checker, TamisDiagnostic *diagnostic, TamisExtension extension,
                const char *reference)
{
    RequirePlace found = find_place(checker);
    g_autofree char *text =
        g_strconcat(found.before, tamis_extension_name(extension), found.behind, NULL);

    advise_require(checker, diagnostic, extension, reference);
    tamis_report_edit(checker->report, diagnostic, found.place, text);
}

/* Takes one string out of a require, with its comma, or all of the command. */
static void
suggest_removal(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
                const TamisSieveArgument *names, const TamisSieveString *name)
{
    TamisSpan span = name->span;

    if (names->kind != TAMIS_SIEVE_LIST || names->n_strings < 2 ||
        (name->next == NULL && names->strings == name)) /* those before it were let go */
        return;
    if (name->next != NULL) {
        span.length = name->next->span.offset - span.offset;
    } else {
        const TamisSieveString *previous = names->strings;
        while (previous->next != name)
            previous = previous->next;
        guint32 start = previous->span.offset + previous->span.length;
        span.length += span.offset - start;
        span.offset = start;
    }
    tamis_report_edit(checker->report, diagnostic, span, "");
}

/* require: the names ---------------------------------------------------------------------------- */

static gboolean
is_builtin(const char *name, gsize length)
{
    const TamisSieveWord *word = tamis_sieve_find_command(name, length);

    if (word == NULL)
        word = tamis_sieve_find_test(name, length);
    return word != NULL && word->extensions[0] == TAMIS_EXTENSION_NONE;
}

static void
make_available(TamisSieveChecker *checker, TamisExtension extension)
{
    tamis_extension_set_add(&checker->available, extension);
    checker->has_variables |= extension == TAMIS_EXTENSION_VARIABLES;
    checker->has_encoded |= extension == TAMIS_EXTENSION_ENCODED_CHARACTER;
}

/* Names with a sign between them: no name has a comma, and a semicolon only that of a comparator. */
static gboolean
is_several(const char *text, gsize length)
{
    const char *semicolon = memchr(text, ';', length);

    return memchr(text, ',', length) != NULL ||
           (semicolon != NULL &&
            tamis_extension_find(text, (gsize)(semicolon - text)) != TAMIS_EXTENSION_NONE);
}

/* What a name was meant for, by all appearance, counts as required: a slip is one finding, not one more at each use. */
static void
complain_unknown(TamisSieveChecker *checker, const TamisSieveArgument *names,
                 const TamisSieveString *name)
{
    const char *known[TAMIS_N_EXTENSIONS];
    int length = (int)MIN(name->length_bytes, 80);
    TamisDiagnostic *diagnostic;

    if (is_builtin(name->text, name->length_bytes)) {
        diagnostic =
            tamis_sieve_find(checker, name->span, TAMIS_RULE_REQUIRE_UNKNOWN,
                             "'%.*s' is built in and is not to be required", length, name->text);
        tamis_sieve_advise(checker, diagnostic, "take it out");
        suggest_removal(checker, diagnostic, names, name);
        return;
    }
    if (is_several(name->text, name->length_bytes)) {
        diagnostic =
            tamis_sieve_find(checker, name->span, TAMIS_RULE_REQUIRE_UNKNOWN,
                             "several extensions in one string: '%.*s'", length, name->text);
        tamis_sieve_advise(checker, diagnostic,
                           "write each in its own, in a list: [\"…\", \"…\"] (RFC 5228, section "
                           "3.2)");
        checker->has_broken_require = TRUE;
        return;
    }
    gboolean is_vendors = length > 4 && g_ascii_strncasecmp(name->text, "vnd.", 4) == 0;
    diagnostic = tamis_sieve_find(checker, name->span, TAMIS_RULE_REQUIRE_UNKNOWN,
                                  is_vendors ? "no known server has the extension '%.*s'"
                                             : "there is no extension '%.*s'",
                                  length, name->text);
    if (checker->requires_unknown && !tamis_report_keeps(checker->report, diagnostic))
        return; /* nobody would see what it is near to */
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
        known[i] = tamis_extension_name((TamisExtension)i);
    g_autofree char *lower = g_ascii_strdown(name->text, length);
    const char *near = tamis_suggest(lower, known, TAMIS_N_EXTENSIONS);
    if (near == NULL) {
        checker->requires_unknown = TRUE;
        tamis_sieve_advise(checker, diagnostic,
                           "do without it; what it may bring to the language is not looked at");
        return;
    }
    tamis_sieve_advise(checker, diagnostic, "did you mean '%s'?", near);
    make_available(checker, tamis_extension_find(near, strlen(near)));
    if (strcmp(lower, near) == 0) {
        g_autofree char *text = g_strdup_printf("\"%s\"", near);
        tamis_report_edit(checker->report, diagnostic, name->span, text);
    }
}

/* An extension that takes the place of one that the server lacks. */
static const char *
find_substitute(const TamisSieveChecker *checker, TamisExtension extension)
{
    static const struct {
        TamisExtension extension, other;
    } substitutes[] = {
        {TAMIS_EXTENSION_EREJECT, TAMIS_EXTENSION_REJECT},
        {TAMIS_EXTENSION_REJECT, TAMIS_EXTENSION_EREJECT},
        {TAMIS_EXTENSION_IMAPFLAGS, TAMIS_EXTENSION_IMAP4FLAGS},
        {TAMIS_EXTENSION_NOTIFY, TAMIS_EXTENSION_ENOTIFY},
        {TAMIS_EXTENSION_ENOTIFY, TAMIS_EXTENSION_NOTIFY},
        {TAMIS_EXTENSION_DOVECOT_DUPLICATE, TAMIS_EXTENSION_DUPLICATE},
        {TAMIS_EXTENSION_PROCESSCALENDAR, TAMIS_EXTENSION_CYRUS_IMIP},
        {TAMIS_EXTENSION_CYRUS_IMIP, TAMIS_EXTENSION_PROCESSCALENDAR},
    };

    for (guint i = 0; i < G_N_ELEMENTS(substitutes); i++)
        if (substitutes[i].extension == extension &&
            tamis_server_has(checker->server, substitutes[i].other))
            return tamis_extension_name(substitutes[i].other);
    return NULL;
}

static void
complain_unsupported(TamisSieveChecker *checker, TamisExtension extension, TamisSpan span)
{
    const char *substitute = find_substitute(checker, extension);
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, span, TAMIS_RULE_UNSUPPORTED,
        "the server '%s' does not have the extension '%s' (%s)", checker->server->name,
        tamis_extension_name(extension), tamis_extension_origin(extension));

    if (substitute != NULL)
        tamis_sieve_advise(checker, diagnostic, "use '%s' instead", substitute);
    else
        tamis_sieve_advise(checker, diagnostic,
                           "do without it, or check for another server ('tamis servers')");
}

static void
hint_setting(TamisSieveChecker *checker, TamisExtension extension, TamisSpan span)
{
    const char *setting = checker->server->setting_of[extension];
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, span, TAMIS_RULE_NEEDS_SETTING,
        "the server '%s' has the extension '%s' only after its administrator has turned it on",
        checker->server->name, tamis_extension_name(extension));

    if (setting != NULL)
        tamis_sieve_advise(checker, diagnostic, "set '%s'", setting);
}

/* Pigeonhole 0.5.19 forgets what the later of the two names did not bring. Called with each name, when it has been
 * made available. */
static void
order_spamtests(TamisSieveChecker *checker, TamisExtension extension, TamisSpan span)
{
    static const TamisSpan nowhere = {0, 0, 0};

    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    if (extension == TAMIS_EXTENSION_SPAMTESTPLUS) {
        checker->spamtest_at = nowhere;
    } else if (extension == TAMIS_EXTENSION_SPAMTEST &&
               tamis_extension_set_has(&checker->available, TAMIS_EXTENSION_SPAMTESTPLUS)) {
        checker->spamtest_at = span;
        tamis_extension_set_remove(&checker->available, TAMIS_EXTENSION_SPAMTESTPLUS);
    }
}

static void
require_one(TamisSieveChecker *checker, const TamisSieveArgument *names,
            const TamisSieveString *name)
{
    TamisExtension extension = tamis_extension_find(name->text, name->length_bytes);

    if (extension == TAMIS_EXTENSION_NONE) {
        complain_unknown(checker, names, name);
        return;
    }
    if (tamis_extension_set_has(&checker->out->required, extension)) {
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, name->span, TAMIS_RULE_UNUSED_REQUIRE,
                             "'%s' is required twice", tamis_extension_name(extension));
        tamis_report_relate(checker->report, diagnostic, checker->out->required_at[extension],
                            "it is required here already");
        tamis_sieve_advise(checker, diagnostic, "take it out");
        suggest_removal(checker, diagnostic, names, name);
        return;
    }
    tamis_extension_set_add(&checker->out->required, extension);
    make_available(checker, extension);
    order_spamtests(checker, extension, name->span);
    checker->out->required_at[extension] = name->span;
    checker->out->has_ihave |= extension == TAMIS_EXTENSION_IHAVE;
    if (!tamis_server_has(checker->server, extension))
        complain_unsupported(checker, extension, name->span);
    else if (tamis_extension_set_has(&checker->server->by_setting, extension))
        hint_setting(checker, extension, name->span);
}

void
tamis_sieve_check_required(TamisSieveChecker *checker, const TamisSieveArgument *names)
{
    if (names == NULL) {
        checker->has_broken_require = TRUE;
        return;
    }
    for (const TamisSieveString *name = names->strings; name != NULL; name = name->next)
        require_one(checker, names, name);
}

/* Pairs ----------------------------------------------------------------------------------------- */

static void
check_needs(TamisSieveChecker *checker)
{
    for (guint i = 0; i < tamis_sieve_n_relations; i++) {
        const TamisSieveRelation *relation = &tamis_sieve_relations[i];
        if (relation->kind != TAMIS_SIEVE_NEEDS ||
            !tamis_extension_set_has(&checker->out->required, relation->extension) ||
            is_available(checker, relation->other) ||
            tamis_extension_set_has(&checker->complained, relation->other))
            continue;
        const char *other = tamis_extension_name(relation->other);
        tamis_extension_set_add(&checker->complained, relation->other);
        TamisDiagnostic *diagnostic = tamis_sieve_find(
            checker, checker->out->required_at[relation->extension], TAMIS_RULE_MISSING_REQUIRE,
            "'%s' needs the extension '%s', which is not required",
            tamis_extension_name(relation->extension), other);
        suggest_require(checker, diagnostic, (TamisExtension)relation->other,
                        tamis_extension_origin((TamisExtension)relation->other));
    }
}

/* Two extensions that give the same words another meaning. */
static void
check_conflict(TamisSieveChecker *checker, TamisExtension old, TamisExtension new)
{
    const TamisExtensionSet *required = &checker->out->required;
    TamisDiagnostic *diagnostic;

    if (!tamis_extension_set_has(required, old) || !tamis_extension_set_has(required, new))
        return;
    /* Pigeonhole 0.5.19 ends at an assertion, in one order of the two, where the test stands. */
    if (new == TAMIS_EXTENSION_DUPLICATE)
        diagnostic = tamis_sieve_find(
            checker, checker->out->required_at[old], TAMIS_RULE_ENGINE_CRASH,
            "'%s' together with '%s', which replaces it, can crash the server '%s'",
            tamis_extension_name(old), tamis_extension_name(new), checker->server->name);
    else
        diagnostic =
            tamis_sieve_find(checker, checker->out->required_at[old], TAMIS_RULE_UNSUPPORTED,
                             "'%s' cannot be used together with '%s', which replaces it",
                             tamis_extension_name(old), tamis_extension_name(new));
    tamis_sieve_advise(checker, diagnostic, "require '%s' alone", tamis_extension_name(new));
    tamis_report_relate(checker->report, diagnostic, checker->out->required_at[new],
                        "'%s' is required here", tamis_extension_name(new));
}

static void
check_spamtests(TamisSieveChecker *checker)
{
    const TamisExtensionSet *required = &checker->out->required;

    if (!tamis_extension_set_has(required, TAMIS_EXTENSION_SPAMTEST) ||
        !tamis_extension_set_has(required, TAMIS_EXTENSION_SPAMTESTPLUS))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, checker->out->required_at[TAMIS_EXTENSION_SPAMTEST], TAMIS_RULE_UNUSED_REQUIRE,
        "'spamtest' is required beside 'spamtestplus', which brings it");
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "require one of them (RFC 5235, section 3.2)");
}

void
tamis_sieve_check_extension_pairs(TamisSieveChecker *checker)
{
    check_needs(checker);
    check_spamtests(checker);
    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    check_conflict(checker, TAMIS_EXTENSION_IMAPFLAGS, TAMIS_EXTENSION_IMAP4FLAGS);
    check_conflict(checker, TAMIS_EXTENSION_NOTIFY, TAMIS_EXTENSION_ENOTIFY);
    check_conflict(checker, TAMIS_EXTENSION_DOVECOT_DUPLICATE, TAMIS_EXTENSION_DUPLICATE);
}

/* Use ------------------------------------------------------------------------------------------- */

/* Behind what took it away. The span is of what needs it. */
static void
complain_spamtestplus(TamisSieveChecker *checker, TamisSpan span)
{
    const TamisSpan *simple = &checker->spamtest_at;
    gboolean is_required =
        simple->offset == checker->out->required_at[TAMIS_EXTENSION_SPAMTEST].offset;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, span, TAMIS_RULE_UNSUPPORTED,
        "the server '%s' refuses this where 'spamtest' is %s behind 'spamtestplus'",
        checker->server->name, is_required ? "required" : "asked for");

    tamis_sieve_advise(checker, diagnostic, "%s 'spamtestplus' alone",
                       is_required ? "require" : "ask for");
    tamis_report_relate(checker->report, diagnostic, *simple, "'spamtest' is %s here",
                        is_required ? "required" : "asked for");
}

/* Whether what needs the extension has it, or lacks it and has been told so. Counts as a use. */
static gboolean
is_settled(TamisSieveChecker *checker, TamisExtension extension)
{
    tamis_extension_set_add(&checker->out->used, extension);
    return G_LIKELY(tamis_extension_set_has(&checker->available, extension)) ||
           is_available(checker, extension) ||
           tamis_extension_set_has(&checker->complained, extension);
}

void
tamis_sieve_use_extension(TamisSieveChecker *checker, TamisExtension extension,
                          const char *reference, TamisSpan span, const char *format, ...)
{
    va_list arguments;

    if (extension == TAMIS_EXTENSION_SPAMTESTPLUS && checker->spamtest_at.source != 0) {
        tamis_extension_set_add(&checker->out->used, extension);
        complain_spamtestplus(checker, span);
        return;
    }
    if (is_settled(checker, extension))
        return;
    tamis_extension_set_add(&checker->complained, extension);
    checker->has_variables |= extension == TAMIS_EXTENSION_VARIABLES;
    if (!tamis_server_has(checker->server, extension)) {
        complain_unsupported(checker, extension, span);
        return;
    }
    if (checker->has_broken_require)
        return;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_MISSING_REQUIRE,
                         "%s needs the extension '%s', which is not required", what,
                         tamis_extension_name(extension));
    suggest_require(checker, diagnostic, extension,
                    reference != NULL ? reference : tamis_extension_origin(extension));
}

void
tamis_sieve_use_quietly(TamisSieveChecker *checker, TamisExtension extension, TamisSpan span,
                        const char *effect, const char *format, ...)
{
    va_list arguments;

    if (is_settled(checker, extension) || checker->has_broken_require)
        return;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_MISSING_REQUIRE,
                         "%s needs the extension '%s', which is not required: %s", what,
                         tamis_extension_name(extension), effect);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    advise_require(checker, diagnostic, extension, tamis_extension_origin(extension));
}

static void
ask_for(TamisSieveChecker *checker, TamisSieveAsked *asked, const TamisSieveString *name)
{
    const char *text = name->text;
    gsize length = name->length_bytes;
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS)) /* whose lexer decodes */
        (void)tamis_sieve_decode(checker, name, &text, &length);
    TamisExtension extension = tamis_extension_find(text, length);

    if (extension == TAMIS_EXTENSION_VARIABLES || extension == TAMIS_EXTENSION_ENCODED_CHARACTER) {
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, name->span, TAMIS_RULE_TYPE,
                             "'ihave' cannot make '%s' available", tamis_extension_name(extension));
        tamis_sieve_advise(checker, diagnostic,
                           "require it: it changes how strings are read (RFC 5463, section 4)");
        asked->lacks_some = TRUE;
    } else if (extension == TAMIS_EXTENSION_NONE || !tamis_server_has(checker->server, extension)) {
        asked->lacks_some = TRUE;
    } else {
        tamis_extension_set_add(&asked->extensions, extension);
        if (extension == TAMIS_EXTENSION_SPAMTESTPLUS)
            asked->has_plus_last = TRUE;
        else if (extension == TAMIS_EXTENSION_SPAMTEST && asked->spamtest.source == 0) {
            asked->spamtest = name->span;
            asked->has_plus_last = FALSE;
        }
    }
}

void
tamis_sieve_check_asked(TamisSieveChecker *checker, const TamisSieveTest *test,
                        const TamisSieveArgument *names)
{
    TamisSieveAsked *asked = &checker->asked;

    if (asked->test.source == 0 || asked->test.offset != test->span.offset)
        *asked = (TamisSieveAsked){.test = test->span};
    for (const TamisSieveString *name = names->strings; name != NULL; name = name->next)
        ask_for(checker, asked, name);
}

gboolean
tamis_sieve_check_ihave(TamisSieveChecker *checker, const TamisSieveTest *test,
                        const TamisSieveBound *bound)
{
    TamisSieveAsked *asked = &checker->asked;

    if (bound->parameters[0] == NULL)
        return TRUE;
    tamis_sieve_check_asked(checker, test, bound->parameters[0]);
    asked->test.source = 0;
    if (asked->lacks_some)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(asked->extensions.bits); i++)
        checker->available.bits[i] |= asked->extensions.bits[i];
    if (asked->spamtest.source != 0)
        order_spamtests(checker, TAMIS_EXTENSION_SPAMTEST, asked->spamtest);
    if (asked->has_plus_last)
        order_spamtests(checker, TAMIS_EXTENSION_SPAMTESTPLUS, asked->test);
    return TRUE;
}
