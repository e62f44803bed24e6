/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * vacation: whether the engine answers a message at all (RFC 5230, sections 4.5 and 4.6). Pigeonhole 0.5.19 is
 * followed to the letter: it knows the address that the server was given, with its detail, and :addresses, but
 * not the mailbox, and looks at the message as it is when the run ends. */
#include "compiler/flow-of-sieve-private.h"

#include "base/address-syntax.h"
#include "compiler/atoms.h"
#include "compiler/deed-name.h"

#include <string.h>

static TamisSlice
words(TamisWalk *walk, const char *const *texts)
{
    TamisString list[16];
    guint n = 0;

    for (; texts[n] != NULL; n++) {
        g_assert(n < G_N_ELEMENTS(list));
        list[n] = tamis_strings_add(walk->strings, texts[n], strlen(texts[n]));
    }
    return tamis_formulas_list(walk->formulas, list, n);
}

/* A test of header fields, or of addresses in them, as the message is here. */
static TamisFormula
fields(TamisWalk *walk, TamisAtomKind kind, TamisKeyMatch match, const char *const *names,
       TamisSlice keys)
{
    TamisAtom atom = {.kind = kind, .match = match, .names = words(walk, names), .keys = keys};

    atom.version = tamis_walk_version(walk, atom.names);
    return tamis_formulas_atom(walk->formulas, &atom);
}

static TamisFormula
sender(TamisWalk *walk, TamisAddressPart part, TamisKeyMatch match, TamisComparator comparator,
       TamisSlice keys)
{
    static const char *const from[] = {"from", NULL};
    TamisAtom atom = {.kind = TAMIS_ATOM_ENVELOPE,
                      .part = part,
                      .match = match,
                      .comparator = comparator,
                      .names = words(walk, from),
                      .keys = keys};

    return tamis_formulas_atom(walk->formulas, &atom);
}

static TamisFormula
is_named(TamisWalk *walk, TamisSlice own)
{
    static const char *const names[] = {"to",        "cc",         "bcc", "resent-to",
                                        "resent-cc", "resent-bcc", NULL};

    return tamis_walk_any(
        walk, fields(walk, TAMIS_ATOM_ADDRESS, TAMIS_KEYS_IS, names, own),
        fields(walk, TAMIS_ATOM_ADDRESSED, TAMIS_KEYS_IS, names, (TamisSlice){0, 0}));
}

static TamisFormula
is_other_than_no(TamisWalk *walk, const char *field, gboolean as_it_arrived)
{
    static const char *const no[] = {"no", NULL};
    const char *const name[] = {field, NULL};
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER,
                      .match = TAMIS_KEYS_VALUE,
                      .relation = TAMIS_RELATION_NE,
                      .names = words(walk, name),
                      .keys = words(walk, no)};

    if (!as_it_arrived)
        atom.version = tamis_walk_version(walk, atom.names);
    return tamis_formulas_atom(walk->formulas, &atom);
}

TamisFormula
tamis_walk_is_automatic(TamisWalk *walk, gboolean as_it_arrived)
{
    return is_other_than_no(walk, "auto-submitted", as_it_arrived);
}

static TamisFormula
is_bulk(TamisWalk *walk)
{
    static const char *const lists[] = {
        "list-id",          "list-owner", "list-subscribe", "list-post",
        "list-unsubscribe", "list-help",  "list-archive",   NULL};
    static const char *const anything[] = {"*", NULL};
    static const char *const precedence[] = {"precedence", NULL};
    static const char *const bulk[] = {"junk", "bulk", "list", NULL};

    return tamis_walk_any(
        walk, fields(walk, TAMIS_ATOM_HEADER, TAMIS_KEYS_IS, precedence, words(walk, bulk)),
        fields(walk, TAMIS_ATOM_HEADER, TAMIS_KEYS_MATCH, lists, words(walk, anything)));
}

/* X-Auto-Response-Suppress: All or OOF among what is parted by commas. */
static TamisFormula
is_suppressed(TamisWalk *walk)
{
    static const char *const name[] = {"x-auto-response-suppress", NULL};
    static const char *const shapes[] = {"all",     "oof",      "all,*",  "oof,*",   "*,all",
                                         "*,oof",   "*, all",   "*, oof", "*,all,*", "*, all,*",
                                         "*,oof,*", "*, oof,*", NULL};

    return fields(walk, TAMIS_ATOM_HEADER, TAMIS_KEYS_MATCH, name, words(walk, shapes));
}

static TamisFormula
is_no_person(TamisWalk *walk)
{
    static const char *const none[] = {"", NULL};
    static const char *const shapes[] = {"owner-*", "*-request*", NULL};
    static const char *const programs[] = {"mailer-daemon", "listserv", "majordomo", NULL};
    TamisFormula any[] = {
        sender(walk, TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS, TAMIS_COMPARATOR_CASEMAP, words(walk, none)),
        sender(walk, TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_MATCH, TAMIS_COMPARATOR_OCTET,
               words(walk, shapes)),
        sender(walk, TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_IS, TAMIS_COMPARATOR_CASEMAP,
               words(walk, programs)),
    };

    return tamis_formulas_or(walk->formulas, any, G_N_ELEMENTS(any));
}

/* Cyrus 3.6, sieve/bc_eval.c. */
static TamisFormula
is_no_person_to_cyrus(TamisWalk *walk)
{
    static const char *const none[] = {"", NULL};
    static const char *const programs[] = {"mailer-daemon*", "listserv*", "majordomo*", NULL};
    static const char *const shapes[] = {"owner-*", "*-request@*", NULL};
    TamisFormula any[] = {
        sender(walk, TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS, TAMIS_COMPARATOR_CASEMAP, words(walk, none)),
        sender(walk, TAMIS_ADDRESS_ALL, TAMIS_KEYS_MATCH, TAMIS_COMPARATOR_OCTET,
               words(walk, shapes)),
        sender(walk, TAMIS_ADDRESS_ALL, TAMIS_KEYS_MATCH, TAMIS_COMPARATOR_CASEMAP,
               words(walk, programs)),
    };

    return tamis_formulas_or(walk->formulas, any, G_N_ELEMENTS(any));
}

static void
add_own(TamisWalk *walk, GArray *own, const char *text)
{
    TamisAddressSyntax syntax;
    g_autofree char *bare = NULL, *lower = NULL;
    TamisString key;

    if (tamis_address_syntax_parse(text, strlen(text), &syntax) != TAMIS_ADDRESS_SYNTAX_OK)
        return;
    bare = g_strdup_printf("%.*s@%.*s", (int)syntax.local_length, syntax.local,
                           (int)syntax.domain_length, syntax.domain);
    lower = g_ascii_strdown(bare, -1);
    key = tamis_strings_add(walk->strings, lower, strlen(lower));
    g_array_append_val(own, key);
}

static TamisFormula
is_answered(TamisWalk *walk, GArray *own)
{
    TamisSlice listed = tamis_formulas_list(walk->formulas, (TamisString *)own->data, own->len);
    gboolean is_cyrus = walk->server->engine == TAMIS_ENGINE_CYRUS;
    TamisFormula none[4];

    if (walk->options->mailbox != NULL)
        add_own(walk, own, walk->options->mailbox);
    if (walk->server->engine != TAMIS_ENGINE_PIGEONHOLE && !is_cyrus)
        return tamis_formula_is_answered(walk->formulas, (TamisString *)own->data, own->len);
    none[0] = is_bulk(walk);
    none[1] = tamis_walk_is_automatic(walk, FALSE);
    none[2] = is_cyrus ? tamis_walk_any(walk, is_other_than_no(walk, "x-ignorevacation", FALSE),
                                        is_no_person_to_cyrus(walk))
                       : tamis_walk_any(walk, is_suppressed(walk), is_no_person(walk));
    none[3] = sender(walk, TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS,
                     is_cyrus ? TAMIS_COMPARATOR_OCTET : TAMIS_COMPARATOR_CASEMAP,
                     tamis_formulas_list(walk->formulas, (TamisString *)own->data, own->len));
    return tamis_walk_all(
        walk, is_named(walk, listed),
        tamis_walk_not(walk, tamis_formulas_or(walk->formulas, none, G_N_ELEMENTS(none))));
}

/* -1: it is not said. */
static gint64
interval_of(const TamisSieveBound *bound)
{
    const TamisSieveArgument *days = tamis_sieve_bound_value(bound, TAMIS_TAG_DAYS);
    const TamisSieveArgument *seconds = tamis_sieve_bound_value(bound, TAMIS_TAG_SECONDS);

    if (seconds != NULL)
        return (gint64)MIN(seconds->number, G_MAXINT64);
    return days != NULL ? (gint64)MIN(days->number, G_MAXINT64 / 86400) * 86400 : -1;
}

/* The texts of an argument, lent; those that depend on the message are left out, and *out_is_known is FALSE. */
static GPtrArray *
texts_of(TamisWalk *walk, const TamisSieveArgument *argument, gboolean *out_is_known)
{
    GPtrArray *texts = g_ptr_array_new();
    const TamisSieveString *string = argument != NULL ? argument->strings : NULL;
    TamisString text;

    for (; string != NULL; string = string->next) {
        if (tamis_walk_text(walk, string, &text))
            g_ptr_array_add(texts, (gpointer)tamis_strings_get(walk->strings, text));
        else
            *out_is_known = FALSE;
    }
    return texts;
}

/* 0: it depends on the message. */
static TamisString
manner_of(TamisWalk *walk, const TamisSieveBound *bound)
{
    gboolean is_known = TRUE, is_mime = tamis_sieve_bound_tag(bound, TAMIS_TAG_MIME) != NULL;
    g_autoptr(GPtrArray) addresses =
        texts_of(walk, tamis_sieve_bound_value(bound, TAMIS_TAG_ADDRESSES), &is_known);
    g_autoptr(GPtrArray) from =
        texts_of(walk, tamis_sieve_bound_value(bound, TAMIS_TAG_FROM), &is_known);
    g_autoptr(GPtrArray) handle =
        texts_of(walk, tamis_sieve_bound_value(bound, TAMIS_TAG_HANDLE), &is_known);
    g_autofree char *more = handle->len > 0 ? g_strdup_printf("%s%s", is_mime ? "mime " : "",
                                                              (const char *)handle->pdata[0])
                                            : g_strdup(is_mime ? "mime" : NULL);
    const char *manner = tamis_deed_reply_manner(
        walk->arena, interval_of(bound), from->len > 0 ? from->pdata[0] : NULL,
        (const char *const *)addresses->pdata, addresses->len, more);

    return is_known ? tamis_strings_add(walk->strings, manner, strlen(manner)) : 0;
}

void
tamis_walk_vacation(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    const TamisSieveArgument *addresses = tamis_sieve_bound_value(bound, TAMIS_TAG_ADDRESSES);
    const TamisSieveArgument *subject = tamis_sieve_bound_value(bound, TAMIS_TAG_SUBJECT);
    TamisReplying replying = {walk->actions->len, g_array_new(FALSE, FALSE, sizeof(TamisString))};
    TamisFlowAction reply = {.kind = TAMIS_FLOW_REPLY,
                             .guard = walk->guard,
                             .version = walk->changes->len,
                             .span = span};
    TamisString text;

    for (const TamisSieveString *string = addresses != NULL ? addresses->strings : NULL;
         string != NULL; string = string->next)
        if (tamis_walk_text(walk, string, &text))
            add_own(walk, replying.own, tamis_strings_get(walk->strings, text));
    if (subject != NULL)
        tamis_walk_text(walk, subject->strings, &reply.name);
    tamis_walk_text(walk, bound->parameters[0]->strings, &reply.text);
    reply.manner = manner_of(walk, bound);
    if (walk->split != NULL) {
        g_array_unref(replying.own);
        return;
    }
    g_array_append_val(walk->actions, reply);
    g_array_append_val(walk->replies, replying);
}

void
tamis_walk_settle_replies(TamisWalk *walk)
{
    for (guint i = 0; i < walk->replies->len; i++) {
        TamisReplying *replying = &g_array_index(walk->replies, TamisReplying, i);

        g_array_index(walk->actions, TamisFlowAction, replying->action).answered =
            is_answered(walk, replying->own);
        g_array_unref(replying->own);
    }
}
