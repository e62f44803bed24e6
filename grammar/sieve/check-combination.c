/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tags of one command that ask for each other, or shut each other out, in ways that the table of the language
 * cannot say. */
#include "grammar/sieve/check-private.h"

/* Pigeonhole's mailto; and its notify of old, which sends to its options. */
static void
check_notify(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name)
{
    const TamisSieveArgument *options = tamis_sieve_bound_tag(bound, TAMIS_TAG_OPTIONS);
    TamisDiagnostic *diagnostic = NULL;

    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    if (bound->word->extensions[0] == TAMIS_EXTENSION_NOTIFY && options == NULL) {
        diagnostic = tamis_sieve_find(checker, name, TAMIS_RULE_TYPE,
                                      "'notify' without ':options' notifies nobody");
        tamis_sieve_advise(checker, diagnostic, "write ':options \"name@domain\"'");
    } else if (bound->word->extensions[0] == TAMIS_EXTENSION_ENOTIFY && options != NULL) {
        diagnostic =
            tamis_sieve_find(checker, options->span, TAMIS_RULE_TYPE,
                             "a notification by 'mailto' has no options: they are ignored");
        tamis_sieve_advise(checker, diagnostic, "write them into the URI (RFC 5436, section 2.1)");
    }
    if (diagnostic != NULL)
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
}

/* Of the old notify the name of the method, and there is one. */
static void
check_old_method(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveArgument *method = tamis_sieve_bound_value(bound, TAMIS_TAG_METHOD);

    if (method == NULL || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    const char *text;
    gsize length;
    (void)tamis_sieve_decode(checker, method->strings, &text, &length);
    if (tamis_sieve_name_is(text, length, "mailto"))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, method->span, TAMIS_RULE_UNSUPPORTED, "the server '%s' cannot notify by '%.*s'",
        checker->server->name, (int)MIN(length, 80), text);
    tamis_sieve_advise(checker, diagnostic, "write \"mailto\", and the addresses in ':options'");
}

static void
complain_pair(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSieveTagName one,
              TamisSieveTagName other)
{
    const TamisSieveArgument *first = tamis_sieve_bound_tag(bound, one);
    const TamisSieveArgument *second = tamis_sieve_bound_tag(bound, other);

    if (first == NULL || second == NULL)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, second->span, TAMIS_RULE_SYNTAX, "':%.*s' cannot stand together with ':%.*s'",
        (int)second->name_length, second->name, (int)first->name_length, first->name);
    tamis_report_relate(checker->report, diagnostic, first->span, "':%.*s' stands here",
                        (int)first->name_length, first->name);
    tamis_sieve_advise(checker, diagnostic, "take one of them out");
}

/* Pigeonhole 0.5 crashes where the value of some tags should stand and nothing does, or a list. */
static void
check_lost_value(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSieveTagName name,
                 gboolean lists_too, const char *help)
{
    const TamisSieveArgument *tag = tamis_sieve_bound_tag(bound, name);

    if (tag == NULL || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ||
        !tamis_extension_set_has(&checker->available, (TamisExtension)bound->word->extensions[0]) ||
        (tag->next != NULL && !(lists_too && tag->next->kind == TAMIS_SIEVE_LIST)))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, tag->span, TAMIS_RULE_ENGINE_CRASH,
                         "':%.*s' without its value crashes the server '%s'", (int)tag->name_length,
                         tag->name, checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "write '%s'", help);
}

/* The parameter of a position is a number of 31 bits here, of 64 elsewhere. */
static void
check_deleted_position(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveArgument *index = tamis_sieve_bound_value(bound, TAMIS_TAG_INDEX);

    if (index == NULL || index->number <= G_MAXINT32 ||
        !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, index->span, TAMIS_RULE_UNSUPPORTED,
                         "the number is larger than the server '%s' takes", checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "write %d at most", G_MAXINT32);
}

/* It matches value by value, which `:count` has no function for (0.5.19, and 2.4 by its source). */
static void
check_deleted_count(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveArgument *count = tamis_sieve_bound_tag(bound, TAMIS_TAG_COUNT);

    if (count == NULL || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, count->span, TAMIS_RULE_ENGINE_CRASH,
        "'deleteheader' with ':count' crashes the server '%s'", checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "test 'header :count' before, and delete without it");
}

/* Whether the part of the envelope is no address: those of RFC 6009, sections 4 and 5. For Pigeonhole who
 * authenticated is none either, and has no part, :all included. */
static gboolean
is_no_address(const TamisSieveChecker *checker, const TamisSieveString *name)
{
    TamisExtension extension = tamis_sieve_envelope_part_extension(name->text, name->length_bytes);

    return extension == TAMIS_EXTENSION_ENVELOPE_DSN ||
           extension == TAMIS_EXTENSION_ENVELOPE_DELIVERBY ||
           (tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) &&
            tamis_sieve_name_is(name->text, name->length_bytes, "auth"));
}

static void
check_envelope_address_part(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    static const TamisSieveTagName parts[] = {TAMIS_TAG_ALL, TAMIS_TAG_LOCALPART, TAMIS_TAG_DOMAIN,
                                              TAMIS_TAG_USER, TAMIS_TAG_DETAIL};
    const TamisSieveArgument *tag = NULL, *names = bound->parameters[0];

    if (names == NULL)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(parts) && tag == NULL; i++)
        tag = tamis_sieve_bound_tag(bound, parts[i]);
    for (const TamisSieveString *name = names->strings; tag != NULL && name != NULL;
         name = name->next) {
        if (!is_no_address(checker, name))
            continue;
        gboolean is_auth = tamis_sieve_name_is(name->text, name->length_bytes, "auth");
        TamisDiagnostic *diagnostic = tamis_sieve_find(
            checker, name->span, is_auth ? TAMIS_RULE_UNSUPPORTED : TAMIS_RULE_TYPE,
            "'%.*s' is no address%s%s%s, and ':%.*s' asks for a part of one",
            (int)name->length_bytes, name->text, is_auth ? " for the server '" : "",
            is_auth ? checker->server->name : "", is_auth ? "'" : "", (int)tag->name_length,
            tag->name);
        tamis_report_relate(checker->report, diagnostic, tag->span, "':%.*s' stands here",
                            (int)tag->name_length, tag->name);
        tamis_sieve_advise(checker, diagnostic, "test it by itself, without ':%.*s'%s",
                           (int)tag->name_length, tag->name,
                           is_auth ? "" : " (RFC 6009, section 4)");
        return;
    }
}

/* Pigeonhole 0.5 joins neighbours, and crashes where the first of them has nothing to be joined with. */
static void
check_neighbouring_globals(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name)
{
    gboolean was_lost = checker->is_global_lost;
    gboolean is_global = bound->word->id == TAMIS_WORD_GLOBAL;

    checker->is_global_lost = is_global && bound->parameters[0] == NULL;
    if (!is_global || !was_lost || checker->is_global_lost ||
        !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ||
        !tamis_extension_set_has(&checker->available, TAMIS_EXTENSION_INCLUDE))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, name, TAMIS_RULE_ENGINE_CRASH,
        "'global' behind one without variables crashes the server '%s'", checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "write 'global [\"a\", \"b\"];' once");
}

/* Pigeonhole 2.4: ":list with redirect is not supported". */
static void
check_redirect_to_list(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveArgument *list = tamis_sieve_bound_tag(bound, TAMIS_TAG_LIST);

    if (list == NULL || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ||
        !tamis_server_has(checker->server, TAMIS_EXTENSION_EXTLISTS))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, list->span, TAMIS_RULE_UNSUPPORTED,
        "the server '%s' cannot redirect to an external list", checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "write a 'redirect' for each address");
}

/* It runs once in a script, and beside no rejection (RFC 9671, section 4.9); told where one always runs. */
static void
check_processcalendar(TamisSieveChecker *checker, const TamisSieveBound *bound, TamisSpan name)
{
    gboolean is_itself = bound->word->id == TAMIS_WORD_PROCESSCALENDAR;

    if (bound->word->id == TAMIS_WORD_STOP || bound->word->id == TAMIS_WORD_RETURN) {
        if (checker->depth == 0)
            checker->processcalendar_at.source = 0;
        return;
    }
    if (checker->processcalendar_at.source != 0) {
        TamisDiagnostic *diagnostic = tamis_sieve_find(
            checker, name, is_itself ? TAMIS_RULE_TYPE : TAMIS_RULE_REJECT_CONFLICT,
            is_itself ? "a second 'processcalendar' fails when mail arrives"
                      : "'%s' behind 'processcalendar' fails when mail arrives",
            bound->word->name);
        tamis_report_relate(checker->report, diagnostic, checker->processcalendar_at,
                            "'processcalendar' stands here");
        tamis_sieve_advise(checker, diagnostic, "let one of them run (RFC 9671, section 4.9)");
    }
    if (is_itself && checker->depth == 0)
        checker->processcalendar_at = name;
}

/* A program that fails leaves the message as it is, and Pigeonhole goes on. Told of the first that is sent so. */
static void
check_filtered(TamisSieveChecker *checker)
{
    if (checker->filter_at.source == 0)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, checker->filter_at, TAMIS_RULE_UNSUPPORTED,
                         "when the program of 'filter' fails, the message is forwarded as it came");
    diagnostic->severity = TAMIS_SEVERITY_HINT;
    tamis_sieve_advise(checker, diagnostic,
                       "write 'if filter \"…\" { redirect \"…\"; }' where it must not be");
    checker->filter_at.source = 0;
}

void
tamis_sieve_check_known_combination(TamisSieveChecker *checker, const TamisSieveBound *bound,
                                    TamisSpan name)
{
    check_neighbouring_globals(checker, bound, name);
    switch (bound->word->id) {
    case TAMIS_WORD_NOTIFY:
        check_notify(checker, bound, name);
        check_old_method(checker, bound);
        check_lost_value(checker, bound, TAMIS_TAG_IMPORTANCE, FALSE, ":importance \"2\"");
        break;
    case TAMIS_WORD_REDIRECT:
        check_redirect_to_list(checker, bound);
        check_filtered(checker);
        break;
    case TAMIS_WORD_FILTER:
        if (bound->word->kind == TAMIS_SIEVE_ACTION)
            checker->filter_at = name;
        break;
    case TAMIS_WORD_PROCESSCALENDAR:
    case TAMIS_WORD_REJECT:
    case TAMIS_WORD_EREJECT:
    case TAMIS_WORD_STOP:
    case TAMIS_WORD_RETURN:
        check_processcalendar(checker, bound, name);
        break;
    case TAMIS_WORD_PROCESSIMIP:
        complain_pair(checker, bound, TAMIS_TAG_INVITESONLY, TAMIS_TAG_DELETECANCELED);
        complain_pair(checker, bound, TAMIS_TAG_UPDATESONLY, TAMIS_TAG_CALENDARID);
        break;
    case TAMIS_WORD_ENVELOPE:
        check_envelope_address_part(checker, bound);
        break;
    case TAMIS_WORD_EXECUTE:
        check_lost_value(checker, bound, TAMIS_TAG_OUTPUT, TRUE, ":output \"name\"");
        break;
    case TAMIS_WORD_DELETEHEADER:
        check_deleted_position(checker, bound);
        check_deleted_count(checker, bound);
        break;
    default:
        break;
    }
}
