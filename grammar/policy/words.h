/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The policy language's keywords, and a small memory of words: most words of a policy come again and again,
 * and a tree needs each only once. Where a keyword is one, its place says. */
#pragma once

#include "base/arena.h"

/* In the order of their bytes. */
/* clang-format off */
#define TAMIS_KEYWORDS(K) \
    K(ALIAS, "alias") \
    K(ALIASES, "aliases") \
    K(ALLOW, "allow") \
    K(AND, "and") \
    K(AT, "at") \
    K(AUTOMATIC, "automatic") \
    K(BECAUSE, "because") \
    K(BEGINS, "begins") \
    K(BODY, "body") \
    K(CC, "cc") \
    K(COLUMN, "column") \
    K(CONDITION, "condition") \
    K(CONTAINS, "contains") \
    K(COPIED, "copied") \
    K(COPIES, "copies") \
    K(COPY, "copy") \
    K(CSV, "csv") \
    K(DAILY, "daily") \
    K(DAY, "day") \
    K(DAYS, "days") \
    K(DELIMITER, "delimiter") \
    K(DELIVERY, "delivery") \
    K(DETAIL, "detail") \
    K(DISCARD, "discard") \
    K(DOMAIN, "domain") \
    K(DOMAINS, "domains") \
    K(EACH, "each") \
    K(ENCRYPTED, "encrypted") \
    K(ENCRYPTION, "encryption") \
    K(ENDS, "ends") \
    K(ENVELOPE, "envelope") \
    K(EVERY, "every") \
    K(EXCEPT, "except") \
    K(EXISTS, "exists") \
    K(EXPECT, "expect") \
    K(EXPIRY, "expiry") \
    K(EXTERNAL, "external") \
    K(FILE, "file") \
    K(FILTER, "filter") \
    K(FINAL, "final") \
    K(FOR, "for") \
    K(FORBID, "forbid") \
    K(FORWARD, "forward") \
    K(FORWARDS, "forwards") \
    K(FROM, "from") \
    K(GATEWAY, "gateway") \
    K(GROUP, "group") \
    K(HEADER, "header") \
    K(HOPS, "hops") \
    K(HOUR, "hour") \
    K(HOURS, "hours") \
    K(IMPORT, "import") \
    K(IN, "in") \
    K(INTERNAL, "internal") \
    K(IS, "is") \
    K(KEEP, "keep") \
    K(LIFETIME, "lifetime") \
    K(LIMITS, "limits") \
    K(LIST, "list") \
    K(LOCAL, "local") \
    K(MAILBOX, "mailbox") \
    K(MAILING, "mailing") \
    K(MARK, "mark") \
    K(MATCHES, "matches") \
    K(MESSAGE, "message") \
    K(NO, "no") \
    K(NOT, "not") \
    K(NOW, "now") \
    K(OF, "of") \
    K(ONE, "one") \
    K(OR, "or") \
    K(ORGANIZATION, "organization") \
    K(OTHERWISE, "otherwise") \
    K(RECIPIENT, "recipient") \
    K(REJECT, "reject") \
    K(REPLY, "reply") \
    K(REQUIRE, "require") \
    K(ROUTE, "route") \
    K(SCORE, "score") \
    K(SCRIPT_SIZE, "script-size") \
    K(SIZE, "size") \
    K(SPAM, "spam") \
    K(STARTING, "starting") \
    K(SUBJECT, "subject") \
    K(TARGETS, "targets") \
    K(TEMPLATE, "template") \
    K(TEST, "test") \
    K(TEXT, "text") \
    K(TIMEZONE, "timezone") \
    K(TO, "to") \
    K(UNDER, "under") \
    K(UNLESS, "unless") \
    K(UNTIL, "until") \
    K(USE, "use") \
    K(VERIFIED, "verified") \
    K(WHEN, "when") \
    K(WHERE, "where") \
    K(WITH, "with") \
    K(WITHOUT, "without")
/* clang-format on */

typedef enum {
    TAMIS_KEYWORD_NONE,
#define TAMIS_KEYWORD_ENUM(name, text) TAMIS_KEYWORD_##name,
    TAMIS_KEYWORDS(TAMIS_KEYWORD_ENUM)
#undef TAMIS_KEYWORD_ENUM
        TAMIS_N_KEYWORDS,
} TamisKeyword;

TamisKeyword tamis_keyword_find(const char *text, gsize length_bytes);
/* Static. NONE has none: NULL. */
const char *tamis_keyword_text(TamisKeyword keyword);

typedef struct {
    const char *text; /* NUL-terminated, lives as long as the arena */
    guint32 length_bytes;
    TamisKeyword keyword;
} TamisWord;

#define TAMIS_WORDS_SLOTS 1024

/* Remembers the last word of each slot; forgets without harm. Starts zeroed but for arena. */
typedef struct {
    TamisArena *arena;
    struct {
        guint64 head, tail; /* the word's first and last bytes: up to 16 these are all of it */
        TamisWord word;
    } slots[TAMIS_WORDS_SLOTS];
} TamisWords;

/* The arena's copy of a word, and its keyword. */
TamisWord tamis_words_get(TamisWords *words, const char *text, gsize length_bytes);
