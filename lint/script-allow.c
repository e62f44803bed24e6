/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Exceptions that stand in a script's own comments: `# tamis: allow zoneless-time until 2027-03-31 because …`. */
#include "base/catalogue.h"
#include "base/suggest.h"
#include "lint/script.h"

#include <string.h>

typedef struct {
    TamisReport *report;
    guint first, end; /* the findings that can be silenced, by index */
    const char *text; /* of the source */
    gsize length;
    gboolean is_complete; /* the report: what silences nothing is said */
    gint64 today;         /* a day's number */
} Pass;

/* Rules that say that a text means nothing: there is no exception to that. */
static gboolean
is_absolute(TamisRule rule)
{
    return rule == TAMIS_RULE_SYNTAX || rule == TAMIS_RULE_TYPE ||
           rule == TAMIS_RULE_UNKNOWN_NAME || rule == TAMIS_RULE_DUPLICATE_NAME ||
           rule == TAMIS_RULE_DEFINITION_CYCLE || rule == TAMIS_RULE_EMPTY_GROUP;
}

static gboolean
silence(Pass *pass, TamisRule rule, TamisSpan scope)
{
    gboolean found = FALSE;

    for (guint i = pass->first; i < pass->end; i++) {
        TamisDiagnostic *diagnostic = tamis_report_get(pass->report, i);
        if (diagnostic->rule != rule || diagnostic->span.source != scope.source ||
            diagnostic->span.offset < scope.offset ||
            diagnostic->span.offset >= scope.offset + scope.length)
            continue;
        diagnostic->suppressed = TRUE;
        found = TRUE;
    }
    return found;
}

/* The first finding of the rule that no exception has silenced so far; NULL: there is none. */
static const TamisDiagnostic *
find_elsewhere(const Pass *pass, TamisRule rule, TamisSourceId source)
{
    for (guint i = pass->first; i < pass->end; i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(pass->report, i);
        if (diagnostic->rule == rule && diagnostic->span.source == source &&
            !diagnostic->suppressed)
            return diagnostic;
    }
    return NULL;
}

static void
complain_stale(Pass *pass, TamisSpan span, TamisRule rule, const char *slug)
{
    TamisDiagnostic *diagnostic = tamis_report_add(pass->report, span, TAMIS_RULE_STALE_ALLOW,
                                                   "this exception of '%s' silences nothing", slug);
    const TamisDiagnostic *meant = find_elsewhere(pass, rule, span.source);

    if (meant == NULL) {
        tamis_report_help(pass->report, diagnostic, "take the comment out");
        return;
    }
    tamis_report_relate(pass->report, diagnostic, meant->span, "the finding is here");
    tamis_report_help(pass->report, diagnostic, "put it before the command that it is for");
}

static void
complain_unknown(Pass *pass, TamisSpan span, const char *slug)
{
    const char *slugs[TAMIS_N_RULES];
    TamisDiagnostic *diagnostic = tamis_report_add(pass->report, span, TAMIS_RULE_UNKNOWN_NAME,
                                                   "there is no finding '%s' to allow", slug);

    for (guint i = 0; i < TAMIS_N_RULES; i++)
        slugs[i] = tamis_catalogue_get((TamisRule)i)->slug;
    const char *near = tamis_suggest(slug, slugs, TAMIS_N_RULES);
    if (near != NULL)
        tamis_report_help(pass->report, diagnostic, "did you mean '%s'?", near);
    else
        tamis_report_help(pass->report, diagnostic, "'tamis help' lists them");
}

static void
complain_expired(Pass *pass, TamisSpan span, const char *slug, const TamisDay *last)
{
    TamisDiagnostic *diagnostic =
        tamis_report_add(pass->report, span, TAMIS_RULE_EXPIRED_ALLOW,
                         "the exception for '%s' ran out on %04d-%02u-%02u", slug, last->year,
                         last->month, last->day);

    tamis_report_help(pass->report, diagnostic,
                      "take it out, or let it run longer if its reason still holds");
}

/* last: the day that it holds through; NULL: for ever. */
static void
allow_slug(Pass *pass, TamisSpan span, TamisSpan scope, const char *slug, const TamisDay *last)
{
    TamisRule rule = tamis_catalogue_find(slug);

    if (rule == TAMIS_N_RULES) {
        complain_unknown(pass, span, slug);
    } else if (is_absolute(rule)) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(pass->report, span, TAMIS_RULE_TYPE, "'%s' cannot be allowed", slug);
        tamis_report_help(pass->report, diagnostic, "mend what it says");
    } else if (last != NULL && tamis_day_number(*last) < pass->today) {
        complain_expired(pass, span, slug, last);
    } else if (!silence(pass, rule, scope) && pass->is_complete) {
        complain_stale(pass, span, rule, slug);
    }
}

/* Takes ` until 2027-03-31` off the end. FALSE: what stands there is no day. */
static gboolean
read_until(char *names, TamisDay *out_last, gboolean *out_has_last)
{
    char *until = strstr(names, " until ");

    *out_has_last = until != NULL;
    if (until == NULL)
        return TRUE;
    *until = '\0';
    const char *day = g_strstrip(until + strlen(" until "));
    return tamis_day_parse(day, strlen(day), out_last);
}

/* What would be lost in the reason: the last day, or another exception. */
static gboolean
is_misplaced(const char *reason)
{
    for (const char *at = reason; (at = strstr(at, "until ")) != NULL; at++) {
        const char *day = at + strlen("until ");
        TamisDay last;
        if (tamis_day_parse(day, strcspn(day, " .,;"), &last))
            return TRUE;
    }
    return strstr(reason, "tamis: allow ") != NULL || strstr(reason, "tamis:allow ") != NULL;
}

/* `allow a, b [until DATE] because …`, in lower case; FALSE: it is not of that form. */
static gboolean
read_allow(Pass *pass, TamisSpan span, TamisSpan scope, const char *text)
{
    gboolean has_last;
    TamisDay last;
    const char *reason = strstr(text, " because ");

    if (!g_str_has_prefix(text, "allow ") || reason == NULL || reason < text + strlen("allow ") ||
        is_misplaced(reason + strlen(" because ")))
        return FALSE;
    g_autofree char *names =
        g_strndup(text + strlen("allow "), (gsize)(reason - text) - strlen("allow "));
    if (!read_until(names, &last, &has_last))
        return FALSE;
    g_auto(GStrv) slugs = g_strsplit(names, ",", -1);
    for (guint i = 0; slugs[i] != NULL; i++)
        if (*g_strstrip(slugs[i]) == '\0')
            return FALSE;
    for (guint i = 0; slugs[i] != NULL; i++)
        allow_slug(pass, span, scope, slugs[i], has_last ? &last : NULL);
    return slugs[0] != NULL;
}

/* What is wrong with one, and what to write instead. */
static void
complain_form(Pass *pass, TamisSpan span, const char *text)
{
    const char *reason = strstr(text, " because ");
    gboolean lacks_reason = g_str_has_prefix(text, "allow ") && reason == NULL;
    const char *fault = "cannot be read";
    const char *remedy =
        "write 'tamis: allow SLUG because REASON', or '… SLUG until 2027-03-31 because …'";

    if (lacks_reason) {
        fault = "gives no reason";
    } else if (reason != NULL && is_misplaced(reason)) {
        fault = "has more than a reason behind 'because'";
        remedy =
            "write 'until 2027-03-31' before 'because', and another exception in a line of its own";
    }
    TamisDiagnostic *diagnostic =
        tamis_report_add(pass->report, span, TAMIS_RULE_SYNTAX, "this exception %s", fault);
    tamis_report_help(pass->report, diagnostic, "%s", remedy);
}

/* From the start of the comment's line to its end. */
static TamisSpan
find_line(const Pass *pass, const TamisSieveComment *comment)
{
    const char *at = pass->text + comment->span.offset;
    const char *start = memrchr(pass->text, '\n', comment->span.offset);
    const char *end = memchr(at, '\n', pass->length - comment->span.offset);

    start = start == NULL ? pass->text : start + 1;
    end = end == NULL ? pass->text + pass->length : end;
    return (TamisSpan){comment->span.source, (guint32)(start - pass->text), (guint32)(end - start)};
}

/* Behind `tamis:` in a line of a comment, or NULL: it is none of ours. The colon may be forgotten. */
static const char *
find_exception(const char *line)
{
    static const char name[] = "tamis";

    line += strspn(line, " *#");
    if (!g_str_has_prefix(line, name))
        return NULL;
    line += strlen(name);
    const char *text = line + strspn(line, " ");
    if (*text == ':')
        return text + 1 + strspn(text + 1, " ");
    return text > line && g_str_has_prefix(text, "allow ") ? text : NULL;
}

/* Cheap, and false of nearly all. */
static gboolean
has_name(const TamisSieveComment *comment)
{
    const char *at = comment->text, *limit = at + comment->length_bytes;

    for (; limit - at >= 5; at++)
        if ((*at == 't' || *at == 'T') && g_ascii_strncasecmp(at, "tamis", 5) == 0)
            return TRUE;
    return FALSE;
}

/* In lower case, with single blanks; line breaks stay. */
static char *
normalize(const char *text, gsize length)
{
    GString *out = g_string_sized_new(length);

    for (gsize i = 0; i < length; i++) {
        char c = text[i] == '\t' || text[i] == '\r' ? ' ' : g_ascii_tolower(text[i]);
        if (c != ' ' || (out->len > 0 && out->str[out->len - 1] != ' '))
            g_string_append_c(out, c);
    }
    return g_string_free(out, FALSE);
}

/* next: what the comment stands before; source 0: nothing. */
static void
read_comments(Pass *pass, const TamisSieveComment *comment, TamisSpan next)
{
    for (; comment != NULL; comment = comment->next) {
        if (!has_name(comment))
            continue;
        g_autofree char *text = normalize(comment->text, comment->length_bytes);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        TamisSpan scope = comment->is_behind || next.source == 0 ? find_line(pass, comment) : next;
        for (guint i = 0; lines[i] != NULL; i++) {
            const char *exception = find_exception(lines[i]);
            if (exception == NULL)
                continue;
            g_autofree char *stripped = g_strdup(exception);
            if (!read_allow(pass, comment->span, scope, g_strchomp(stripped)))
                complain_form(pass, comment->span, stripped);
        }
    }
}

static void
read_commands(Pass *pass, const TamisSieveCommand *command, const TamisSieveComment *last)
{
    for (; command != NULL; command = command->next) {
        read_comments(pass, command->comments, command->span);
        read_comments(pass, command->inner, command->span);
        read_commands(pass, command->block, command->block_comments);
        read_comments(pass, command->trailing, command->span);
    }
    read_comments(pass, last, TAMIS_NO_SPAN);
}

void
tamis_script_allow(const TamisSieveScript *script, guint first, gboolean is_complete, gint64 today,
                   TamisReport *report)
{
    Pass pass = {.report = report,
                 .first = first,
                 .end = tamis_report_count(report),
                 .is_complete = is_complete,
                 .today = today};

    pass.text =
        tamis_sources_get_text(tamis_report_get_sources(report), script->source, &pass.length);
    read_commands(&pass, script->commands, script->comments);
}
