/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random sites of two to six mailboxes, as one policy or as a script each, whose conditions look at a few properties
 * of a message; and all the messages that these conditions can tell apart, so that a site can be tried out. */
#pragma once

#include "model/message.h"
#include "model/policy.h"

#define MAX_BOXES 6
#define AS_OF     1795392000 /* Monday, 2026-11-23 */
#define HOUR      3600
#define DAY       (24 * HOUR)

/* What a condition looks at. Each has a small number of values, one for each set of tests that it can meet. */
typedef enum {
    SUBJECT,
    MARKS,
    FROM,
    TO,
    SENDER,
    SIZE,
    SCORE,
    KIND,
    BODY,
    INSTANT,
    N_PROPERTIES
} Property;

typedef struct {
    Property of;
    const char *policy, *script;
} TestText;

static const TestText test_texts[] = {
    {SUBJECT, "subject contains \"a\"", "header :contains \"subject\" \"a\""},
    {SUBJECT, "subject contains \"B\"", "header :contains \"Subject\" \"B\""},
    {SUBJECT, "subject begins \"a\"", "header :matches \"subject\" \"a*\""},
    {SUBJECT, "subject ends \"b\"", "header :matches \"subject\" \"*b\""},
    {SUBJECT, "subject is \"ab\"", "header :is \"subject\" \"AB\""},
    {SUBJECT, "subject is \"ba\", \"A\"", "header \"subject\" [\"ba\", \"a\"]"},
    {SUBJECT, "subject matches \"a*b\"", "header :matches \"subject\" \"a*b\""},
    {SUBJECT, "header \"Subject\" exists", "exists \"subject\""},
    {MARKS, "header \"X-A\" exists", "exists \"x-a\""},
    {MARKS, "header \"X-A\" is \"1\"", "header \"x-a\" \"1\""},
    {MARKS, "header \"X-A\" is \"2\", \"3\"", "header \"x-a\" [\"2\", \"3\"]"},
    {MARKS, "header \"X-B\" is \"1\"", "header :contains \"x-b\" \"1\""},
    {MARKS, "header \"X-A\" contains \"4\"", "header :contains \"x-a\" \"4\""},
    {FROM, "from internal", "address :domain \"from\" \"acme.example\""},
    {FROM, "from external", "not address :domain \"from\" \"acme.example\""},
    {FROM, "from domain is out.test", "address :domain :is \"from\" \"OUT.test\""},
    {FROM, "from in vip", "address \"from\" \"vip@out.test\""},
    {FROM, "from local begins \"v\"", "address :localpart :matches \"from\" \"v*\""},
    {TO, "to is \"m0@acme.example\"", "address \"to\" \"m0@acme.example\""},
    {TO, "recipient domain is out.test", "address :domain \"to\" \"out.test\""},
    {TO, "to detail is \"x\"", "address :detail \"to\" \"x\""},
    {TO, "to local contains \"m\"", "address :localpart :contains \"to\" \"m\""},
    {SENDER, "envelope from is \"\"", "envelope \"from\" \"\""},
    {SENDER, "envelope from domain is out.test", "envelope :domain \"from\" \"out.test\""},
    {SENDER, "envelope from internal", "envelope :domain \"from\" \"acme.example\""},
    {SIZE, "size > 1000", "size :over 1000"},
    {SCORE, "spam score >= 5", "spamtest :value \"ge\" :comparator \"i;ascii-numeric\" \"5\""},
    {SCORE, "spam score < 2", "spamtest :value \"lt\" :comparator \"i;ascii-numeric\" \"2\""},
    {SCORE, "spam score > 3", "not spamtest :value \"le\" :comparator \"i;ascii-numeric\" \"3\""},
    {SCORE, "spam score < 1", "spamtest \"0\""},
    {KIND, "mailing list", "exists \"list-id\""},
    {KIND, "automatic", "header :contains \"auto-submitted\" \"auto\""},
    {BODY, "body contains \"x\"", "body :contains \"x\""},
    {INSTANT, "now in office",
     "allof (currentdate :zone \"+0100\" :value \"ge\" \"hour\" \"09\", "
     "currentdate :zone \"+0100\" :value \"lt\" \"hour\" \"17\")"},
    {INSTANT, "now in china", "currentdate :zone \"+0800\" :value \"lt\" \"hour\" \"18\""},
    {INSTANT, "now in weekend", "currentdate :zone \"+0100\" \"weekday\" [\"6\", \"0\"]"},
    {INSTANT, "now in weekend",
     "currentdate :zone \"+0100\" :value \"ge\" \"date\" \"2026-12-01\""},
    {INSTANT, "now in office", "currentdate :zone \"+0100\" :value \"le\" \"date\" \"2026-12-04\""},
    {INSTANT, "now in china",
     "allof (currentdate :zone \"+0100\" :value \"ge\" \"iso8601\" \"2026-12-05T00:00:00+01:00\", "
     "currentdate :zone \"+0100\" :value \"lt\" \"iso8601\" \"2026-12-10T00:00:00+01:00\")"},
    /* What the server was given: asked for whichever properties a site has. */
    {N_PROPERTIES, "envelope to detail is \"x\"", "envelope :detail \"to\" \"x\""},
    {N_PROPERTIES, "envelope to is \"a0@acme.example\"", "envelope \"to\" \"m1@acme.example\""},
};

static const char *const subjects[] = {NULL, "c",   "a",  "b",   "ab",  "ba",  "ca",
                                       "ac", "acb", "bc", "bca", "cab", "acbc"};
/* Of the first one or none (the solver's claim is of one author); of the second any, or one without an address. */
static const char *const authors[] = {"x@acme.example", "v@acme.example", "y@out.test",
                                      "vip@out.test",   "w@else.test",    "v@sub.out.test",
                                      "v@out.test",     "nobody"};
static const char *const recipients[] = {"m0@acme.example", "m1@acme.example", "z@out.test",
                                         "q+x@acme.example"};
static const char *const senders[] = {"", "x@acme.example", "y@out.test", "y@sub.out.test"};
/* Days before, in and behind each window, of the week and of its end; hours of both offices, one and none. */
static const gint64 days[] = {1, 5, 9, 12, 14, 18, 19};
static const gint64 hours_utc[] = {4, 9, 12, 20};

static const guint scores[] = {0, 1, 3, 4, 7};

static const guint n_values[N_PROPERTIES] = {
    [SUBJECT] = G_N_ELEMENTS(subjects),
    [MARKS] = 64, /* X-A: 1, 2, 3, 4, 5; X-B: 1 */
    [FROM] = G_N_ELEMENTS(authors) + 1,
    [TO] = 17,
    [SENDER] = G_N_ELEMENTS(senders),
    [SIZE] = 2,
    [SCORE] = G_N_ELEMENTS(scores),
    [KIND] = 4,
    [BODY] = 2,
    [INSTANT] = G_N_ELEMENTS(days) * G_N_ELEMENTS(hours_utc),
};
#define MAX_MESSAGES 600

/* A site's properties; messages are numbered through. */
typedef struct {
    gboolean has[N_PROPERTIES];
    guint n_messages;
    guint n_boxes;
    gboolean is_policy;
    gboolean has_limits, has_outside, has_one_of;
    gboolean has_includes; /* of global scripts */
    gboolean has_opaque;   /* tests that hold or do not, whatever the message is */
    guint max_targets, max_hops, max_copies;
    GRand *random;
} Draw;

/* Of a script that several mailboxes include, but not the first one: all that it forwards goes there. */
#define OF_INCLUDED G_MAXUINT
#define N_INCLUDED  2

static inline guint
below(GRand *random, guint n)
{
    return (guint)g_rand_int_range(random, 0, (gint32)n);
}

static inline gboolean
one_in(GRand *random, guint n)
{
    return below(random, n) == 0;
}

static inline void
draw_properties(Draw *draw)
{
    draw->n_messages = 1;
    for (guint tries = 0; tries < 6; tries++) {
        Property property = below(draw->random, N_PROPERTIES);

        if (draw->has[property] || draw->n_messages * n_values[property] > MAX_MESSAGES)
            continue;
        draw->has[property] = TRUE;
        draw->n_messages *= n_values[property];
    }
}

/* Texts ------------------------------------------------------------------------------------------ */

static inline void
append_test(GString *out, const Draw *draw)
{
    const TestText *text;

    if (draw->has_opaque && one_in(draw->random, 6)) {
        g_string_append(out, "duplicate");
        return;
    }
    do
        text = &test_texts[below(draw->random, G_N_ELEMENTS(test_texts))];
    while (text->of == N_PROPERTIES ? !one_in(draw->random, 4) : !draw->has[text->of]);
    if (one_in(draw->random, 3))
        g_string_append(out, "not ");
    g_string_append(out, draw->is_policy ? text->policy : text->script);
}

static inline void
append_condition(GString *out, const Draw *draw, guint depth)
{
    gboolean all = one_in(draw->random, 2);
    guint n = 2 + below(draw->random, 2);

    if (depth == 2 || one_in(draw->random, 2)) {
        append_test(out, draw);
        return;
    }
    g_string_append(out, draw->is_policy ? "(" : all ? "allof (" : "anyof (");
    for (guint i = 0; i < n; i++) {
        if (i > 0)
            g_string_append(out, !draw->is_policy ? ", " : all ? " and " : " or ");
        append_condition(out, draw, depth + 1);
    }
    g_string_append(out, ")");
}

/* Of another mailbox: its own address, an alias of it, with a detail, or one outside that forwards to it. */
static inline void
append_target(GString *out, const Draw *draw, guint mailbox)
{
    guint other = (mailbox + 1 + below(draw->random, draw->n_boxes - 1)) % draw->n_boxes;
    guint to = mailbox == OF_INCLUDED ? 0 : other;

    if (draw->has_outside && to != mailbox && one_in(draw->random, 8))
        g_string_append(out, "bob@out.test");
    else if (one_in(draw->random, 8))
        g_string_append_printf(out, "\"p%u@out.test\"", below(draw->random, 4));
    else
        g_string_append_printf(out, "%c%u%s@acme.example",
                               draw->is_policy && to % 2 == 0 && one_in(draw->random, 4) ? 'a'
                                                                                         : 'm',
                               to, one_in(draw->random, 5) ? "+x" : "");
}

static inline void
append_forward(GString *out, const Draw *draw, guint mailbox)
{
    guint n = 1;

    g_string_append(out, "forward to ");
    if (draw->has_one_of && one_in(draw->random, 3)) {
        g_string_append(out, "one of ");
        n = 2 + below(draw->random, 2);
    } else if (mailbox >= 2 && one_in(draw->random, 6)) {
        g_string_append(out, "duo; ");
        return;
    } else if (one_in(draw->random, 4)) {
        n = 2;
    }
    for (guint i = 0; i < n; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        append_target(out, draw, mailbox);
    }
    g_string_append(out, one_in(draw->random, 4) ? " without copy; " : "; ");
}

static inline void
append_route(GString *out, const Draw *draw, guint mailbox, guint number)
{
    static const char *const marks[] = {"mark \"X-A: 1\"; ", "mark \"X-A: 2\"; ",
                                        "mark \"X-B: 1\"; "};
    static const char *const windows[] = {" starting 2026-12-01", " until 2026-12-04",
                                          " starting 2026-12-01 until 2026-12-09",
                                          " starting 2026-12-05 until 2026-12-09"};
    GRand *random = draw->random;

    g_string_append_printf(out, " route r%u", number);
    if (number > 0 && one_in(random, 5)) {
        g_string_append(out, " otherwise");
    } else {
        if (draw->has[INSTANT] && one_in(random, 3))
            g_string_append(out, windows[below(random, G_N_ELEMENTS(windows))]);
        if (!one_in(random, 5)) {
            g_string_append(out, " when ");
            append_condition(out, draw, 0);
        }
    }
    g_string_append(out, " { ");
    if (draw->has[MARKS] && one_in(random, 3))
        g_string_append(out, marks[below(random, G_N_ELEMENTS(marks))]);
    if (!one_in(random, 4))
        append_forward(out, draw, mailbox);
    else if (one_in(random, 6))
        g_string_append(out, "reject \"No.\"; ");
    else
        g_string_append(out, one_in(random, 3) ? "discard; " : "keep in \"F\"; ");
    if (one_in(random, 10))
        g_string_append(out, "reply \"Away.\"; ");
    g_string_append(out, one_in(random, 4) ? "final; }" : "}");
}

static inline char *
draw_policy(Draw *draw)
{
    GString *out = g_string_new("organization { domains acme.example; timezone Europe/Berlin; }\n"
                                "hours office { mon-fri 09:00-17:00; }\n"
                                "hours china { mon-sat 08:30-18:00; timezone Asia/Shanghai; }\n"
                                "hours weekend { sat-sun 00:00-24:00; }\n"
                                "group vip { \"vip@out.test\" }\n"
                                "group duo { m0@acme.example, m1@acme.example }\n");

    draw->has_outside = one_in(draw->random, 3);
    draw->has_one_of = one_in(draw->random, 3);
    draw->has_limits = one_in(draw->random, 2);
    if (draw->has_outside)
        g_string_append_printf(out, "external bob@out.test forwards to m%u@acme.example;\n",
                               below(draw->random, draw->n_boxes));
    draw->max_targets = 1 + below(draw->random, 3);
    draw->max_hops = 1 + below(draw->random, 3);
    draw->max_copies = 2 + below(draw->random, 3);
    if (draw->has_limits)
        g_string_append_printf(out, "limits { targets %u; hops %u; copies %u; }\n",
                               draw->max_targets, draw->max_hops, draw->max_copies);
    for (guint i = 0; i < draw->n_boxes; i++) {
        g_string_append_printf(out, "mailbox m%u@acme.example {", i);
        if (i % 2 == 0)
            g_string_append_printf(out, " alias a%u@acme.example;", i);
        for (guint j = 0, n = 1 + below(draw->random, 3); j < n; j++)
            append_route(out, draw, i, j);
        g_string_append(out, " }\n");
    }
    return g_string_free(out, FALSE);
}

static inline void
append_command(GString *out, const Draw *draw, guint mailbox)
{
    static const char *const changes[] = {"addheader \"X-A\" \"1\";\n",
                                          "addheader \"X-A\" \"2\";\n",
                                          "addheader \"X-B\" \"1\";\n",
                                          "deleteheader \"X-A\";\n",
                                          "deleteheader :is \"X-A\" \"1\";\n",
                                          "deleteheader \"X-B\";\n",
                                          "addheader :last \"X-A\" \"3\";\n",
                                          "deleteheader :contains \"X-A\" \"4\";\n",
                                          "deleteheader \"X-A\" [\"1\", \"2\"];\n"};
    static const char *const others[] = {"keep;\n",
                                         "discard;\n",
                                         "fileinto \"F\";\n",
                                         "reject \"No.\";\n",
                                         "vacation :addresses \"q@acme.example\" \"Away.\";\n",
                                         "stop;\n",
                                         "pipe \"archive\";\n"};
    GRand *random = draw->random;

    if (draw->has_includes && mailbox != 0 && mailbox != OF_INCLUDED && one_in(random, 3)) {
        g_string_append_printf(out, "include :global%s \"g%u\";\n",
                               one_in(random, 2) ? " :once" : "", below(random, N_INCLUDED));
    } else if (draw->has[MARKS] && one_in(random, 3)) {
        g_string_append(out, changes[below(random, G_N_ELEMENTS(changes))]);
    } else if (one_in(random, 3)) {
        g_string_append(out, others[below(random, G_N_ELEMENTS(others))]);
    } else {
        g_autoptr(GString) target = g_string_new(NULL);

        append_target(target, draw, mailbox);
        g_string_append_printf(out, "redirect%s %s%s%s;\n", one_in(random, 3) ? " :copy" : "",
                               target->str[0] == '"' ? "" : "\"", target->str,
                               target->str[0] == '"' ? "" : "\"");
    }
}

static inline void
append_block(GString *out, const Draw *draw, guint mailbox, guint depth)
{
    for (guint i = 1 + below(draw->random, 2); i > 0; i--) {
        if (depth == 2 || one_in(draw->random, 3)) {
            append_command(out, draw, mailbox);
            continue;
        }
        g_string_append(out, "if ");
        append_condition(out, draw, 0);
        g_string_append(out, " {\n");
        append_block(out, draw, mailbox, depth + 1);
        g_string_append(out, "}\n");
        if (one_in(draw->random, 4)) {
            g_string_append(out, "else {\n");
            append_block(out, draw, mailbox, depth + 1);
            g_string_append(out, "}\n");
        }
    }
}

/* Of a mailbox, or OF_INCLUDED. */
static inline char *
draw_script(Draw *draw, guint mailbox)
{
    GString *out = g_string_new(
        "require [\"copy\", \"fileinto\", \"reject\", \"vacation\", \"editheader\", \"envelope\", "
        "\"subaddress\", \"date\", \"relational\", \"comparator-i;ascii-numeric\", \"body\", "
        "\"spamtest\", \"vnd.dovecot.pipe\", \"include\", \"duplicate\"];\n");

    append_block(out, draw, mailbox, 0);
    return g_string_free(out, FALSE);
}

/* Messages --------------------------------------------------------------------------------------- */

static inline void
append_subset(TamisMessage *message, const char *name, const char *const *all, guint n, guint which)
{
    g_autoptr(GString) value = g_string_new(NULL);

    if (which == 1u << n)
        g_string_append(value, "nobody");
    for (guint i = 0; i < n; i++)
        if (which >> i & 1)
            g_string_append_printf(value, "%s%s", value->len > 0 ? ", " : "", all[i]);
    if (value->len > 0)
        tamis_message_append_header(message, name, value->str);
}

static inline void
set_property(TamisMessage *message, TamisDelivery *delivery, Property property, guint value)
{
    switch (property) {
    case SUBJECT:
        if (subjects[value] != NULL)
            tamis_message_append_header(message, "Subject", subjects[value]);
        break;
    case MARKS:
        for (guint i = 0; i < 6; i++)
            if (value >> i & 1)
                tamis_message_append_header(message, i < 5 ? "X-A" : "X-B",
                                            (const char *[]){"1", "2", "3", "4", "5", "1"}[i]);
        break;
    case FROM:
        if (value < G_N_ELEMENTS(authors))
            tamis_message_append_header(message, "From", authors[value]);
        break;
    case TO:
        append_subset(message, "To", recipients, G_N_ELEMENTS(recipients), value);
        break;
    case SENDER:
        delivery->envelope_from = senders[value];
        break;
    case SIZE:
        tamis_message_set_size(message, value == 0 ? 500 : 2500);
        break;
    case SCORE:
        delivery->grades.spam_score = scores[value];
        break;
    case KIND:
        if (value & 1)
            tamis_message_append_header(message, "List-Id", "<a.out.test>");
        if (value & 2)
            tamis_message_append_header(message, "Auto-Submitted", "auto-replied");
        break;
    case BODY:
        tamis_message_set_body(message, value == 0 ? "c" : "x");
        break;
    case INSTANT:
        delivery->instant = AS_OF + days[value / G_N_ELEMENTS(hours_utc)] * DAY +
                            hours_utc[value % G_N_ELEMENTS(hours_utc)] * HOUR;
        break;
    case N_PROPERTIES:
        g_assert_not_reached();
    }
}

/* The site's message of that number, and all of its delivery but the recipient. */
static inline TamisMessage *
make_message(const Draw *draw, guint number, TamisDelivery *out_delivery)
{
    TamisMessage *message = tamis_message_new();

    *out_delivery = (TamisDelivery){"y@out.test", NULL, AS_OF + DAY + 9 * HOUR, {0}};
    tamis_message_set_size(message, 500);
    for (guint i = 0; i < N_PROPERTIES; i++) {
        if (!draw->has[i])
            continue;
        set_property(message, out_delivery, i, number % n_values[i]);
        number /= n_values[i];
    }
    return message;
}
