/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What scanners have said of a message, which a server's administrator hands to spamtest and virustest (RFC 5235).
 */
#pragma once

#include <glib.h>

typedef enum {
    TAMIS_GRADE_SPAM,         /* spamtest: 0 untested, 1 clean … 10 spam */
    TAMIS_GRADE_SPAM_PERCENT, /* spamtest :percent: 0 untested or clean … 100 */
    TAMIS_GRADE_VIRUS,        /* virustest: 0 untested, 1 clean … 5 surely infected */
} TamisGrade;

#define TAMIS_SPAM_SCORE_MAX   10u
#define TAMIS_SPAM_PERCENT_MAX 100u
#define TAMIS_VIRUS_SCORE_MAX  5u

/* All zero: no scanner has seen the message. */
typedef struct {
    guint32 spam_score;
    gboolean has_spam_percent; /* FALSE: ten times the score */
    guint32 spam_percent;
    guint32 virus_score;
} TamisGrades;

/* Of a spam scanner that said so many percent. */
static inline TamisGrades
tamis_grades_of_percent(guint32 percent)
{
    return (TamisGrades){
        .spam_score = percent * 9 / 100 + 1, .has_spam_percent = TRUE, .spam_percent = percent};
}

static inline guint32
tamis_grades_get(const TamisGrades *grades, TamisGrade grade)
{
    switch (grade) {
    case TAMIS_GRADE_SPAM:
        return grades->spam_score;
    case TAMIS_GRADE_SPAM_PERCENT:
        return grades->has_spam_percent ? grades->spam_percent : grades->spam_score * 10;
    case TAMIS_GRADE_VIRUS:
        return grades->virus_score;
    }
    g_assert_not_reached();
}
