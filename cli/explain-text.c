/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tree: a delivery, its actions, and under a forward the delivery that it leads to. */
#include "base/display.h"
#include "cli/explain.h"
#include "cli/test-texts.h"

#include <string.h>

/* Deeper than this a tree is not read any more; the JSON has it all. */
enum { MAX_DEPTH = 64, SOURCE_COLUMN = 64 };

typedef struct {
    const TamisExplanation *explanation;
    TamisSite *site;
    const TamisExplainStyle *style;
    const TamisStrings *strings;
    TamisTestTexts *texts;
    GString *out;
} Printing;

static const char *
text_of(const Printing *printing, TamisString string)
{
    return tamis_strings_get(printing->strings, string);
}

static void
append_source(Printing *printing, gsize line_start, TamisSpan span)
{
    if (span.source == 0)
        return;
    int cells = (int)tamis_display_cells(printing->out->str + line_start);
    TamisPosition position = tamis_sources_locate(printing->style->sources, span);
    g_string_append_printf(printing->out, "%*s", MAX(2, SOURCE_COLUMN - cells), "");
    if (printing->style->color)
        g_string_append(printing->out, "\033[2m");
    tamis_display_text(printing->out, tamis_sources_get_name(printing->style->sources, span.source),
                       -1);
    g_string_append_printf(printing->out, ":%u", position.line);
    if (printing->style->color)
        g_string_append(printing->out, "\033[0m");
}

static void
append_encryption(Printing *printing, const TamisFlowAction *action)
{
    if (action->encryption == 0)
        return;
    g_string_append(printing->out, ", encrypted with ");
    tamis_display_text(printing->out, text_of(printing, action->encryption), -1);
}

static void
append_action(Printing *printing, const TamisFlowAction *action)
{
    GString *out = printing->out;

    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
        g_string_append(out, "forward to ");
        tamis_display_text(out, text_of(printing, action->text), -1);
        append_encryption(printing, action);
        break;
    case TAMIS_FLOW_KEEP:
        g_string_append(out, "keep");
        if (action->folder != 0) {
            g_string_append(out, " in ");
            tamis_display_text(out, text_of(printing, action->folder), -1);
        }
        append_encryption(printing, action);
        break;
    case TAMIS_FLOW_DISCARD:
        g_string_append(out, "discard");
        break;
    case TAMIS_FLOW_REPLY:
        g_string_append(out, "reply");
        if (action->name != 0) {
            g_string_append(out, ": ");
            tamis_display_text(out, text_of(printing, action->name), -1);
        }
        break;
    case TAMIS_FLOW_REJECT:
        g_string_append(out, "reject: ");
        tamis_display_text(out, text_of(printing, action->text), -1);
        break;
    case TAMIS_FLOW_MARK:
        g_string_append(out, "mark ");
        tamis_display_text(out, text_of(printing, action->name), -1);
        g_string_append(out, ": ");
        tamis_display_text(out, text_of(printing, action->text), -1);
        break;
    case TAMIS_FLOW_UNMARK:
        g_string_append(out, "take off ");
        tamis_display_text(out, text_of(printing, action->name), -1);
        break;
    case TAMIS_FLOW_FILTER:
        g_string_append(out, "filter through ");
        tamis_display_text(out, text_of(printing, action->name), -1);
        break;
    case TAMIS_FLOW_FLAGS:
        g_string_append(out, "flag ");
        tamis_display_text(out, text_of(printing, action->text), -1);
        break;
    case TAMIS_FLOW_NOTIFY:
        g_string_append(out, "notify ");
        tamis_display_text(out, text_of(printing, action->text), -1);
        break;
    case TAMIS_FLOW_PROGRAM:
        g_string_append(out, "run ");
        tamis_display_text(out, text_of(printing, action->name), -1);
        break;
    }
}

/* Why ------------------------------------------------------------------------------------------- */

/* Each line's end, with the blanks around it, becomes one blank. */
static void
join_lines(char *text)
{
    char *to = text;

    for (const char *c = text; *c != '\0'; c++) {
        gboolean is_blank = g_ascii_isspace(*c);

        if (is_blank && (to > text && to[-1] == ' '))
            continue;
        *to++ = is_blank ? ' ' : *c;
    }
    *to = '\0';
}

static void
append_atom(Printing *printing, const TamisAtom *atom)
{
    g_autofree char *instant = NULL;

    if (atom->kind == TAMIS_ATOM_SINCE) {
        instant = tamis_instant_to_string(atom->instant, tamis_site_get_zone(printing->site));
        g_string_append_printf(printing->out, "not before %s", instant);
    } else if (atom->kind == TAMIS_ATOM_SHARE) {
        g_string_append_printf(printing->out, "turn %u of %" G_GUINT64_FORMAT, atom->member + 1,
                               atom->number);
    } else if (atom->span.source != 0) {
        g_autofree char *copy = tamis_test_texts_get(printing->texts, atom->span);

        join_lines(copy);
        tamis_display_text(printing->out, copy, -1);
    }
}

/* What was shown already. */
typedef struct {
    GHashTable *formulas, *tests;
} Seen;

/* Of a policy's test, which may be several atoms or the opposite of one, the value of what is written. */
static void
append_reason(Printing *printing, const TamisDeliveryStep *step, TamisFormula formula,
              const char *indent, const Seen *seen)
{
    const TamisAtom *atom =
        tamis_formulas_get_atom(tamis_site_get_formulas(printing->site), formula);
    TamisFormula written = tamis_site_test_at(printing->site, atom->span);

    if (written == TAMIS_FORMULA_TRUE)
        written = formula;
    if (!g_hash_table_add(seen->tests, GUINT_TO_POINTER(written)))
        return;
    g_string_append_printf(printing->out, "%s   %s  ", indent,
                           tamis_evaluation_holds(step->evaluation, written) ? "yes" : "no ");
    append_atom(printing, atom);
    g_string_append_c(printing->out, '\n');
}

static void
append_reasons(Printing *printing, const TamisDeliveryStep *step, TamisFormula formula,
               const char *indent, const Seen *seen)
{
    const TamisFormulas *formulas = tamis_site_get_formulas(printing->site);
    const TamisFormula *children;
    guint32 n = 0;

    if (formula <= TAMIS_FORMULA_TRUE ||
        !g_hash_table_add(seen->formulas, GUINT_TO_POINTER(formula)))
        return;
    if (tamis_formulas_kind(formulas, formula) == TAMIS_FORMULA_ATOM) {
        append_reason(printing, step, formula, indent, seen);
        return;
    }
    children = tamis_formulas_children(formulas, formula, &n);
    for (guint32 i = 0; i < n; i++)
        append_reasons(printing, step, children[i], indent, seen);
}

static void
append_why_of(Printing *printing, const TamisDeliveryStep *step, TamisFormula guard,
              const char *what, TamisSpan span, const char *indent)
{
    g_autoptr(GHashTable) formulas = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) tests = g_hash_table_new(NULL, NULL);
    const Seen seen = {formulas, tests};
    gsize start = printing->out->len;

    g_string_append_printf(printing->out, "%s%s %s", indent,
                           tamis_evaluation_holds(step->evaluation, guard) ? "+" : "-", what);
    append_source(printing, start, span);
    g_string_append_c(printing->out, '\n');
    append_reasons(printing, step, guard, indent, &seen);
}

/* Routes of a policy; the commands of a script, those that stand under one condition together. */
static void
append_why(Printing *printing, const TamisDeliveryStep *step, const char *indent)
{
    const TamisFlow *flow = tamis_site_get_flow(printing->site, step->mailbox);
    TamisFormula last = TAMIS_FORMULA_TRUE;

    for (guint32 i = 0; i < flow->n_routes; i++) {
        g_autofree char *what =
            g_strdup_printf("route %s", text_of(printing, flow->routes[i].name));

        append_why_of(printing, step, flow->routes[i].guard, what, flow->routes[i].span, indent);
    }
    for (guint32 i = 0; i < flow->n_actions && flow->n_routes == 0; i++) {
        const TamisFlowAction *action = &flow->actions[i];

        if (action->guard != last && !action->is_implicit)
            append_why_of(printing, step, action->guard, "command", action->span, indent);
        last = action->guard;
    }
}

/* The tree -------------------------------------------------------------------------------------- */

static void append_step(Printing *printing, guint index, const char *inner, guint depth);

static void
append_heading(Printing *printing, const TamisDeliveryStep *step)
{
    const char *own = tamis_site_get_address(printing->site, step->mailbox);

    if (printing->style->color)
        g_string_append(printing->out, "\033[1m");
    tamis_display_text(printing->out, own, -1);
    if (printing->style->color)
        g_string_append(printing->out, "\033[0m");
    if (g_ascii_strcasecmp(own, step->address) != 0) {
        g_string_append(printing->out, " (as ");
        tamis_display_text(printing->out, step->address, -1);
        g_string_append_c(printing->out, ')');
    }
    if (step->instant != printing->style->at) {
        const TamisZone *zone = tamis_site_get_zone(printing->site);
        g_autofree char *at =
            tamis_instant_to_string(step->instant, zone != NULL ? zone : tamis_zone_get("UTC"));

        g_string_append_printf(printing->out, "  at %s", at);
    }
    for (guint i = 0; i < step->routes->len; i++)
        g_string_append_printf(
            printing->out, "%s%s", i == 0 ? "  by " : ", ",
            text_of(printing, ((const TamisFlowRoute *)g_ptr_array_index(step->routes, i))->name));
    if (step->loop)
        g_string_append(printing->out, "  a loop: it was here before");
    if (step->again)
        g_string_append(printing->out, "  again: what was done before is left out");
    if (step->unanswered)
        g_string_append(printing->out, "  the sender is not told: the message is gone");
    if (step->leaned_on_opaque)
        g_string_append(printing->out, "  as far as can be told");
    if (step->failure != TAMIS_FAILURE_NONE)
        g_string_append_printf(printing->out, "  the run fails: %s",
                               tamis_failure_slug(step->failure));
    if (step->failure == TAMIS_FAILURE_CRASH)
        g_string_append(printing->out, "; nothing is done, and it is delivered again");
    g_string_append_c(printing->out, '\n');
}

/* Where something came from: a delivery or a departure. */
typedef struct {
    guint32 parent;
    const TamisFlowAction *cause;
} Origin;

typedef Origin (*OriginOf)(const TamisExplanation *explanation, guint index);

static Origin
origin_of_step(const TamisExplanation *explanation, guint index)
{
    const TamisDeliveryStep *step = tamis_explanation_get(explanation, index);

    return (Origin){step->parent, step->cause};
}

static Origin
origin_of_departure(const TamisExplanation *explanation, guint index)
{
    const TamisDeparture *departure = tamis_explanation_get_departure(explanation, index);

    return (Origin){departure->parent, departure->cause};
}

/* Of those that come from an action of a delivery: they stand together, in the order of the deliveries, behind those
 * that nobody sent on (TAMIS_NO_DELIVERY, which is the largest number). */
static TamisSlice
find_from(const TamisExplanation *explanation, OriginOf origin_of, guint n, Origin origin)
{
    guint32 low = 0, high = n;
    TamisSlice found;

    while (low < high) {
        guint32 middle = low + (high - low) / 2;

        if (origin_of(explanation, middle).parent + 1 < origin.parent + 1)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < n && origin_of(explanation, low).parent == origin.parent; low++)
        if (origin_of(explanation, low).cause == origin.cause)
            break;
    found = (TamisSlice){low, 0};
    while (low + found.n < n && origin_of(explanation, low + found.n).parent == origin.parent &&
           origin_of(explanation, low + found.n).cause == origin.cause)
        found.n++;
    return found;
}

static void
append_departure(Printing *printing, guint index)
{
    const TamisDeparture *departure = tamis_explanation_get_departure(printing->explanation, index);

    if (departure->round == NULL) {
        tamis_display_text(printing->out, departure->address, -1);
        g_string_append(printing->out, "  outside\n");
        return;
    }
    for (char **address = departure->round; *address != NULL; address++) {
        if (address > departure->round)
            g_string_append(printing->out, " → ");
        tamis_display_text(printing->out, *address, -1);
    }
    g_string_append(printing->out, "  a loop: it is sent round without end\n");
}

static void
append_followers(Printing *printing, guint index, const TamisFlowAction *action, const char *indent,
                 guint depth)
{
    const TamisExplanation *explanation = printing->explanation;
    const Origin origin = {index, action};
    TamisSlice steps =
        find_from(explanation, origin_of_step, tamis_explanation_n_deliveries(explanation), origin);
    TamisSlice departures = find_from(explanation, origin_of_departure,
                                      tamis_explanation_n_departures(explanation), origin);
    guint32 n = steps.n + departures.n;

    for (guint32 i = 0; i < n; i++) {
        g_autofree char *inner = g_strconcat(indent, i + 1 == n ? "   " : "│  ", NULL);

        g_string_append_printf(printing->out, "%s%s ", indent, i + 1 == n ? "└─" : "├─");
        if (i < steps.n)
            append_step(printing, steps.first + i, inner, depth + 1);
        else
            append_departure(printing, departures.first + i - steps.n);
    }
}

/* What the way needs beside the message: the text of a test, or a turn, which comes at an instant of its own. */
static void
append_assumed(Printing *printing, const TamisDeliveryStep *step, const char *indent)
{
    const TamisFormulas *formulas = tamis_site_get_formulas(printing->site);

    for (guint i = 0; i < step->assumed->len; i++) {
        TamisWitnessChoice choice = g_array_index(step->assumed, TamisWitnessChoice, i);
        const TamisAtom *atom = tamis_formulas_get_atom(formulas, choice.atom);
        gsize start = printing->out->len;

        if (atom->kind == TAMIS_ATOM_SHARE && !choice.holds)
            continue;
        if (atom->kind == TAMIS_ATOM_SHARE) {
            g_string_append_printf(
                printing->out, "%s│  taken: it arrives when it is the turn of number %u of %u\n",
                indent, atom->member + 1, (guint)atom->number);
            continue;
        }
        g_string_append_printf(printing->out, "%s│  taken: this test %s", indent,
                               choice.holds ? "holds" : "does not hold");
        append_source(printing, start, atom->span);
        g_string_append_c(printing->out, '\n');
    }
}

static void
append_step(Printing *printing, guint index, const char *inner, guint depth)
{
    const TamisDeliveryStep *step = tamis_explanation_get(printing->explanation, index);

    append_heading(printing, step);
    if (depth > MAX_DEPTH)
        return;
    append_assumed(printing, step, inner);
    if (printing->style->why)
        append_why(printing, step, inner);
    for (guint i = 0; i < step->actions->len; i++) {
        const TamisFlowAction *action = g_ptr_array_index(step->actions, i);
        gboolean is_last = i + 1 == step->actions->len;
        g_autofree char *below = g_strconcat(inner, is_last ? "   " : "│  ", NULL);
        gsize start = printing->out->len;

        g_string_append_printf(printing->out, "%s%s ", inner, is_last ? "└─" : "├─");
        append_action(printing, action);
        if (!action->is_implicit)
            append_source(printing, start, action->span);
        g_string_append_c(printing->out, '\n');
        if (action->kind == TAMIS_FLOW_FORWARD)
            append_followers(printing, index, action, below, depth);
    }
}

void
tamis_explain_as_text(const TamisExplanation *explanation, TamisSite *site,
                      const TamisExplainStyle *style, GString *out)
{
    g_autoptr(TamisTestTexts) texts = tamis_test_texts_new(style->sources);
    Printing printing = {explanation, site,
                         style,       tamis_formulas_get_strings(tamis_site_get_formulas(site)),
                         texts,       out};
    guint n = tamis_explanation_n_deliveries(explanation);

    for (guint i = 0; i < n; i++) {
        if (tamis_explanation_get(explanation, i)->parent == TAMIS_NO_DELIVERY)
            append_step(&printing, i, "", 0);
    }
    for (guint i = 0; i < tamis_explanation_n_departures(explanation); i++) {
        if (tamis_explanation_get_departure(explanation, i)->parent == TAMIS_NO_DELIVERY)
            append_departure(&printing, i);
    }
    if (tamis_explanation_is_cut(explanation))
        g_string_append_printf(out, "more than %d deliveries: the rest is not followed\n",
                               TAMIS_EXPLAIN_MAX_DELIVERIES);
}
