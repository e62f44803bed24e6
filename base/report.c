/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keeps findings. What comes from hostile input is bounded here, for every caller: how many
 * findings, how long a message, how many related places; and everything kept is UTF-8. */
#include "base/report.h"

#include "base/arena.h"
#include "base/catalogue.h"

#include <string.h>

#define N_SEVERITIES (TAMIS_SEVERITY_ERROR + 1)
/* Further mailboxes that a finding names before it counts them. */
#define MAX_NAMED_ALIKE 2

struct TamisReport {
    TamisSources *sources;
    TamisArena *arena;  /* NULL: nothing was reported */
    GPtrArray *adopted; /* arenas of merged reports; NULL: none */
    GPtrArray *kept;    /* of TamisDiagnostic, in the arenas; NULL: none */
    TamisDiagnostic scratch;
    gboolean scratch_used; /* and not yet counted: its severity may still be changed */
    /* By the rules' own severity, which no verdict changes. */
    guint n_kept[N_SEVERITIES];
    gboolean is_folded[N_SEVERITIES]; /* and so full that to fold it again is of no use */
    guint n_dropped[N_SEVERITIES];
    guint n_dropped_suppressed;
};

static TamisSeverity
own_severity(TamisRule rule)
{
    return tamis_catalogue_get(rule)->severity;
}

static void
arena_free(gpointer arena)
{
    tamis_arena_free(arena);
}

static void
clear_diagnostic(gpointer data)
{
    TamisDiagnostic *diagnostic = data;

    g_clear_pointer(&diagnostic->related, g_array_unref);
    g_clear_pointer(&diagnostic->edits, g_array_unref);
}

TamisReport *
tamis_report_new(TamisSources *sources)
{
    TamisReport *report = g_new0(TamisReport, 1);

    report->sources = sources;
    return report;
}

/* Most reports of a run over many scripts stay empty: what holds findings is made for the first one. */
static TamisArena *
get_arena(TamisReport *report)
{
    if (report->arena == NULL)
        report->arena = tamis_arena_new();
    return report->arena;
}

static void
make_room(TamisReport *report)
{
    if (report->kept == NULL)
        report->kept = g_ptr_array_new_with_free_func(clear_diagnostic);
}

void
tamis_report_free(TamisReport *report)
{
    if (report == NULL)
        return;
    clear_diagnostic(&report->scratch);
    g_clear_pointer(&report->kept, g_ptr_array_unref);
    g_clear_pointer(&report->adopted, g_ptr_array_unref);
    tamis_arena_free(report->arena);
    g_free(report);
}

TamisSources *
tamis_report_get_sources(const TamisReport *report)
{
    return report->sources;
}

/* Counts the finding past the cap that was added last. */
static void
settle(TamisReport *report)
{
    if (!report->scratch_used)
        return;
    if (report->scratch.suppressed)
        report->n_dropped_suppressed++;
    else
        report->n_dropped[report->scratch.severity]++;
    clear_diagnostic(&report->scratch);
    report->scratch_used = FALSE;
}

/* A copy that is UTF-8 and not longer than TAMIS_REPORT_MAX_TEXT bytes. */
static const char *
keep_text(TamisReport *report, const char *text)
{
    gsize length = strlen(text);
    g_autofree char *valid = NULL;
    const char *end;

    if (length > TAMIS_REPORT_MAX_TEXT) {
        const char *cut = text + TAMIS_REPORT_MAX_TEXT;
        for (int i = 0; i < 3 && ((guchar)*cut & 0xc0) == 0x80; i++)
            cut--;
        length = (gsize)(cut - text);
        g_autofree char *head = g_utf8_make_valid(text, (gssize)length);
        return tamis_arena_printf(get_arena(report), "%s…", head);
    }
    if (!g_utf8_validate(text, (gssize)length, &end)) {
        valid = g_utf8_make_valid(text, (gssize)length);
        return tamis_arena_strndup(get_arena(report), valid, strlen(valid));
    }
    return tamis_arena_strndup(get_arena(report), text, length);
}

G_GNUC_PRINTF(2, 0)
static const char *
keep_printed(TamisReport *report, const char *format, va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);

    return keep_text(report, text);
}

static gsize
max_kept(const TamisReport *report)
{
    return MAX((gsize)TAMIS_REPORT_MAX_KEPT,
               (gsize)TAMIS_REPORT_MAX_KEPT_A_SOURCE * tamis_sources_count(report->sources));
}

static void
keep(TamisReport *report, TamisDiagnostic *diagnostic, TamisSeverity severity)
{
    g_ptr_array_add(report->kept, diagnostic);
    report->n_kept[severity]++;
}

TamisDiagnostic *
tamis_report_add(TamisReport *report, TamisSpan span, TamisRule rule, const char *format, ...)
{
    TamisDiagnostic *diagnostic = &report->scratch;
    TamisSeverity severity;
    va_list arguments;

    g_assert(rule < TAMIS_N_RULES);
    severity = own_severity(rule);
    settle(report);
    make_room(report);
    if (report->n_kept[severity] < max_kept(report)) {
        diagnostic = tamis_arena_new0(get_arena(report), TamisDiagnostic);
        keep(report, diagnostic, severity);
    } else {
        report->scratch_used = TRUE;
    }
    *diagnostic = (TamisDiagnostic){
        .rule = rule,
        .severity = severity,
        .span = span,
        .message = "",
    };
    if (!report->scratch_used) {
        va_start(arguments, format);
        diagnostic->message = keep_printed(report, format, arguments);
        va_end(arguments);
    }
    return diagnostic;
}

gboolean
tamis_report_keeps(const TamisReport *report, const TamisDiagnostic *diagnostic)
{
    return diagnostic != &report->scratch;
}

void
tamis_report_help(TamisReport *report, TamisDiagnostic *diagnostic, const char *format, ...)
{
    va_list arguments;

    if (diagnostic == &report->scratch)
        return;
    va_start(arguments, format);
    diagnostic->help = keep_printed(report, format, arguments);
    va_end(arguments);
}

void
tamis_report_relate(TamisReport *report, TamisDiagnostic *diagnostic, TamisSpan span,
                    const char *format, ...)
{
    TamisRelated related = {.span = span};
    va_list arguments;

    if (diagnostic == &report->scratch)
        return;
    if (diagnostic->related == NULL)
        diagnostic->related = g_array_new(FALSE, FALSE, sizeof(TamisRelated));
    if (diagnostic->related->len >= TAMIS_REPORT_MAX_RELATED)
        return;
    va_start(arguments, format);
    related.message = keep_printed(report, format, arguments);
    va_end(arguments);
    g_array_append_val(diagnostic->related, related);
}

void
tamis_report_edit(TamisReport *report, TamisDiagnostic *diagnostic, TamisSpan span,
                  const char *text)
{
    TamisEdit edit = {.span = span};

    if (diagnostic == &report->scratch)
        return;
    if (diagnostic->edits == NULL)
        diagnostic->edits = g_array_new(FALSE, FALSE, sizeof(TamisEdit));
    edit.text = tamis_arena_strndup(get_arena(report), text, strlen(text));
    g_array_append_val(diagnostic->edits, edit);
}

void
tamis_report_drop_edits(TamisDiagnostic *diagnostic)
{
    g_clear_pointer(&diagnostic->edits, g_array_unref);
}

void
tamis_report_blame(TamisReport *report, TamisDiagnostic *diagnostic, const char *mailbox,
                   const char *route)
{
    if (diagnostic == &report->scratch)
        return;
    diagnostic->mailbox = mailbox != NULL ? keep_text(report, mailbox) : NULL;
    diagnostic->route = route != NULL ? keep_text(report, route) : NULL;
}

static const char *const *
keep_texts(TamisReport *report, const char *const *texts, guint n)
{
    const char **kept = tamis_arena_array0(get_arena(report), const char *, MAX(n, 1));

    for (guint i = 0; i < n; i++)
        kept[i] = keep_text(report, texts[i]);
    return kept;
}

static const gint64 *
keep_instants(TamisReport *report, const gint64 *instants, guint n)
{
    gint64 *kept;

    if (instants == NULL)
        return NULL;
    kept = tamis_arena_array0(get_arena(report), gint64, MAX(n, 1));
    for (guint i = 0; i < n; i++)
        kept[i] = instants[i];
    return kept;
}

void
tamis_report_witness(TamisReport *report, TamisDiagnostic *diagnostic,
                     const TamisFindingWitness *witness)
{
    TamisFindingWitness *kept;

    if (diagnostic == &report->scratch)
        return;
    kept = tamis_arena_new0(get_arena(report), TamisFindingWitness);
    *kept = *witness;
    kept->summary = keep_text(report, witness->summary);
    kept->to = keep_text(report, witness->to);
    kept->envelope_from = keep_text(report, witness->envelope_from);
    kept->headers = keep_texts(report, witness->headers, 2 * witness->n_headers);
    kept->body = witness->body != NULL ? keep_text(report, witness->body) : NULL;
    kept->path = keep_texts(report, witness->path, witness->n_path);
    kept->instants = keep_instants(report, witness->instants, witness->n_path);
    diagnostic->witness = kept;
}

guint
tamis_report_count(const TamisReport *report)
{
    return report->kept != NULL ? report->kept->len : 0;
}

TamisDiagnostic *
tamis_report_get(const TamisReport *report, guint index)
{
    g_assert(index < tamis_report_count(report));
    return g_ptr_array_index(report->kept, index);
}

guint
tamis_report_count_severity(const TamisReport *report, TamisSeverity severity)
{
    guint count = report->n_dropped[severity];

    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = g_ptr_array_index(report->kept, i);
        if (diagnostic->severity == severity && !diagnostic->suppressed)
            count++;
    }
    if (report->scratch_used && !report->scratch.suppressed && report->scratch.severity == severity)
        count++;
    return count;
}

guint
tamis_report_count_suppressed(const TamisReport *report)
{
    guint count = report->n_dropped_suppressed;

    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = g_ptr_array_index(report->kept, i);
        if (diagnostic->suppressed)
            count++;
    }
    return count + (report->scratch_used && report->scratch.suppressed);
}

guint
tamis_report_count_dropped(const TamisReport *report)
{
    guint count = report->n_dropped_suppressed + report->scratch_used;

    for (guint i = 0; i < N_SEVERITIES; i++)
        count += report->n_dropped[i];
    return count;
}

static int
compare_numbers(guint a, guint b)
{
    return (a > b) - (a < b);
}

static int
compare_related(const GArray *a, const GArray *b)
{
    guint n_a = a != NULL ? a->len : 0, n_b = b != NULL ? b->len : 0;
    int order = 0;

    for (guint i = 0; order == 0 && i < MIN(n_a, n_b); i++) {
        const TamisRelated *left = &g_array_index(a, TamisRelated, i);
        const TamisRelated *right = &g_array_index(b, TamisRelated, i);

        order = compare_numbers(left->span.source, right->span.source);
        if (order == 0)
            order = compare_numbers(left->span.offset, right->span.offset);
    }
    return order != 0 ? order : compare_numbers(n_a, n_b);
}

/* Total but for exact repetitions, so that the order does not depend on who added first. */
static int
compare(gconstpointer left, gconstpointer right)
{
    const TamisDiagnostic *a = *(TamisDiagnostic *const *)left;
    const TamisDiagnostic *b = *(TamisDiagnostic *const *)right;
    int order = compare_numbers(a->span.source, b->span.source);

    if (order == 0)
        order = compare_numbers(a->span.offset, b->span.offset);
    if (order == 0)
        order = compare_numbers(a->rule, b->rule);
    if (order == 0)
        order = compare_numbers(a->span.length, b->span.length);
    if (order == 0)
        order = strcmp(a->message, b->message);
    if (order == 0)
        order = compare_numbers(a->suppressed, b->suppressed);
    if (order == 0)
        order = g_strcmp0(a->mailbox, b->mailbox);
    if (order == 0)
        order = g_strcmp0(a->route, b->route);
    if (order == 0)
        order = compare_related(a->related, b->related);
    return order;
}

/* Whether two findings tell one fault in one place, and of different mailboxes or routes alone: what stands in a
 * template, a named condition or beside a table is wrong once, however many use it. */
static gboolean
is_alike(const TamisDiagnostic *a, const TamisDiagnostic *b)
{
    return a->mailbox != NULL && b->mailbox != NULL && a->rule == b->rule &&
           a->span.source == b->span.source && a->span.offset == b->span.offset &&
           a->span.length == b->span.length && a->severity == b->severity &&
           a->certainty == b->certainty && a->suppressed == b->suppressed && a->witness == NULL &&
           b->witness == NULL && strcmp(a->message, b->message) == 0 &&
           g_strcmp0(a->help, b->help) == 0;
}

/* The mailbox of the other, or its route where it is the same mailbox, becomes a note of the first, at the place that
 * tells them apart. */
static void
fold(TamisReport *report, TamisDiagnostic *first, const TamisDiagnostic *other)
{
    gboolean is_same = strcmp(first->mailbox, other->mailbox) == 0;
    TamisSpan place =
        other->related != NULL ? g_array_index(other->related, TamisRelated, 0).span : other->span;

    if (is_same && g_strcmp0(first->route, other->route) == 0)
        return;
    if (first->n_alike < MAX_NAMED_ALIKE && is_same && other->route != NULL)
        tamis_report_relate(report, first, place, "and the same for route '%s'", other->route);
    else if (first->n_alike < MAX_NAMED_ALIKE)
        tamis_report_relate(report, first, place, "and the same for '%s'", other->mailbox);
    first->n_alike += 1 + other->n_alike;
}

/* How many mailboxes were folded into the finding and are not named by it. */
static void
count_alike(TamisReport *report, TamisDiagnostic *diagnostic)
{
    if (diagnostic->n_alike <= MAX_NAMED_ALIKE)
        return;
    if (diagnostic->counts_alike)
        g_array_set_size(diagnostic->related, diagnostic->related->len - 1);
    diagnostic->counts_alike = TRUE;
    tamis_report_relate(report, diagnostic, diagnostic->span, "and the same for %u more",
                        diagnostic->n_alike - MAX_NAMED_ALIKE);
}

void
tamis_report_sort(TamisReport *report)
{
    GPtrArray *sorted = report->kept;
    /* The last of all, unless it was kept: its repetitions are dropped too. */
    TamisDiagnostic *dropped = NULL;
    guint n_kept = 0;

    settle(report);
    if (sorted == NULL)
        return;
    g_ptr_array_sort(sorted, compare);
    g_ptr_array_set_free_func(sorted, NULL);
    memset(report->n_kept, 0, sizeof report->n_kept);
    for (guint i = 0; i < sorted->len; i++) {
        TamisDiagnostic *diagnostic = sorted->pdata[i];
        TamisDiagnostic *kept = n_kept > 0 ? sorted->pdata[n_kept - 1] : NULL;
        TamisDiagnostic *last = dropped != NULL ? dropped : kept;
        gboolean is_repeated = last != NULL && compare(&last, &diagnostic) == 0;

        if (!is_repeated && (kept == NULL || !is_alike(kept, diagnostic))) {
            sorted->pdata[n_kept++] = diagnostic;
            diagnostic = NULL;
        } else if (!is_repeated) {
            fold(report, kept, diagnostic);
        }
        if (dropped != NULL)
            clear_diagnostic(dropped);
        dropped = diagnostic;
    }
    if (dropped != NULL)
        clear_diagnostic(dropped);
    for (guint i = 0; i < n_kept; i++) {
        TamisDiagnostic *diagnostic = sorted->pdata[i];

        count_alike(report, diagnostic);
        report->n_kept[own_severity(diagnostic->rule)]++;
    }
    g_ptr_array_set_size(sorted, (gint)n_kept);
    g_ptr_array_set_free_func(sorted, clear_diagnostic);
}

/* Whether one finding more can be kept. What is full may still fold. */
static gboolean
has_room(TamisReport *report, TamisSeverity severity)
{
    gsize max = max_kept(report);

    if (report->n_kept[severity] >= max && !report->is_folded[severity]) {
        tamis_report_sort(report);
        report->is_folded[severity] = report->n_kept[severity] > max / 2;
    }
    return report->n_kept[severity] < max;
}

void
tamis_report_merge(TamisReport *report, TamisReport *other)
{
    g_assert(report != other && report->sources == other->sources);
    settle(report);
    settle(other);
    make_room(report);
    for (guint i = 0; i < tamis_report_count(other); i++) {
        TamisDiagnostic *diagnostic = g_ptr_array_index(other->kept, i);
        TamisSeverity severity = own_severity(diagnostic->rule);
        if (has_room(report, severity)) {
            keep(report, diagnostic, severity);
            continue;
        }
        report->scratch = *diagnostic;
        report->scratch_used = TRUE;
        settle(report);
    }
    for (guint i = 0; i < N_SEVERITIES; i++) {
        report->n_dropped[i] += other->n_dropped[i];
        other->n_dropped[i] = 0;
    }
    report->n_dropped_suppressed += other->n_dropped_suppressed;
    other->n_dropped_suppressed = 0;

    if (tamis_report_count(other) == 0 && other->adopted == NULL)
        return;
    /* The diagnostics have moved, and their memory with them. */
    if (other->kept != NULL) {
        g_ptr_array_set_free_func(other->kept, NULL);
        g_ptr_array_set_size(other->kept, 0);
        g_ptr_array_set_free_func(other->kept, clear_diagnostic);
        memset(other->n_kept, 0, sizeof other->n_kept);
    }
    if (report->adopted == NULL)
        report->adopted = g_ptr_array_new_with_free_func(arena_free);
    if (other->adopted != NULL)
        g_ptr_array_extend_and_steal(report->adopted, g_steal_pointer(&other->adopted));
    if (other->arena != NULL)
        g_ptr_array_add(report->adopted, g_steal_pointer(&other->arena));
}

void
tamis_report_number(TamisReport *report)
{
    guint n = 0;

    for (guint i = 0; i < tamis_report_count(report); i++) {
        TamisDiagnostic *diagnostic = g_ptr_array_index(report->kept, i);
        diagnostic->number = diagnostic->suppressed ? 0 : ++n;
    }
}
