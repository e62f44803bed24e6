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
    const TamisSieveString *string = method->strings;
    if (string->length_bytes == strlen("mailto") &&
        g_ascii_strncasecmp(string->text, "mailto", string->length_bytes) == 0)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, method->span, TAMIS_RULE_UNSUPPORTED, "the server '%s' cannot notify by '%.*s'",
        checker->server->name, (int)MIN(string->length_bytes, 80), string->text);
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

/* Who authenticated is no address for Pigeonhole, which has no part of it then, :all included. */
static void
check_envelope_address_part(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    static const TamisSieveTagName parts[] = {TAMIS_TAG_ALL, TAMIS_TAG_LOCALPART, TAMIS_TAG_DOMAIN,
                                              TAMIS_TAG_USER, TAMIS_TAG_DETAIL};
    const TamisSieveArgument *tag = NULL, *names = bound->parameters[0];

    if (names == NULL || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(parts) && tag == NULL; i++)
        tag = tamis_sieve_bound_tag(bound, parts[i]);
    for (const TamisSieveString *name = names->strings; tag != NULL && name != NULL;
         name = name->next) {
        if (!tamis_sieve_name_is(name->text, name->length_bytes, "auth"))
            continue;
        TamisDiagnostic *diagnostic = tamis_sieve_find(
            checker, name->span, TAMIS_RULE_UNSUPPORTED,
            "'auth' is no address for the server '%s', and ':%.*s' asks for a part of one",
            checker->server->name, (int)tag->name_length, tag->name);
        tamis_report_relate(checker->report, diagnostic, tag->span, "':%.*s' stands here",
                            (int)tag->name_length, tag->name);
        tamis_sieve_advise(checker, diagnostic, "test it by itself, without ':%.*s'",
                           (int)tag->name_length, tag->name);
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
        break;
    default:
        break;
    }
}
