/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hours and encryptions: definitions that lean on no others of their kind. */
#include "compiler/resolve-plans.h"

#define LONGEST_PROGRAM_CHARACTERS 128
#define LONGEST_ARGUMENT_BYTES     1024

#include <string.h>

/* Hours -------------------------------------------------------------------------------------------- */

static void
add_lines(const TamisDeclaration *declaration, GArray *lines)
{
    for (const TamisDaysSyntax *at = declaration->hours.days; at != NULL; at = at->next)
        for (const TamisRangeSyntax *range = at->ranges; range != NULL; range = range->next) {
            TamisHoursLine line = {at->days, range->start_minute, range->end_minute};
            g_array_append_val(lines, line);
        }
}

static gboolean
add_excepts(TamisResolver *r, const TamisDeclaration *declaration, GArray *excepts)
{
    gboolean is_good = TRUE;

    for (const TamisExceptSyntax *at = declaration->hours.excepts; at != NULL; at = at->next) {
        TamisDayRange range;
        if (at->first == NULL || !tamis_resolve_day(r, at->first, &range.first) ||
            (at->last != NULL && !tamis_resolve_day(r, at->last, &range.last))) {
            is_good = FALSE;
            continue;
        }
        if (at->last == NULL)
            range.last = range.first;
        if (range.last < range.first) { /* reported by the parser */
            is_good = FALSE;
            continue;
        }
        r->policy->latest = MAX(r->policy->latest, tamis_resolve_end_of_day(r, range.last));
        g_array_append_val(excepts, range);
    }
    return is_good;
}

static TamisHours *
make_hours(TamisResolver *r, const TamisDeclaration *declaration)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(TamisHoursLine));
    g_autoptr(GArray) excepts = g_array_new(FALSE, FALSE, sizeof(TamisDayRange));
    const TamisZone *zone = r->policy->zone;

    if (declaration->hours.timezone != NULL)
        zone = tamis_resolve_zone(r, declaration->hours.timezone);
    add_lines(declaration, lines);
    if (!add_excepts(r, declaration, excepts) || zone == NULL)
        return NULL;
    return tamis_hours_new(zone, (const TamisHoursLine *)(gpointer)lines->data, lines->len,
                           (const TamisDayRange *)(gpointer)excepts->data, excepts->len);
}

void
tamis_resolve_hours(TamisResolver *r)
{
    for (guint i = 0; i < r->named[TAMIS_DEFINES_HOURS]->len; i++) {
        const TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_HOURS, i);
        TamisHoursDefinition definition = {
            .name = named->name, .span = named->span, .hours = make_hours(r, named->declaration)};
        g_array_append_val(r->policy->hours, definition);
    }
}

/* Encryptions -------------------------------------------------------------------------------------- */

/* Pigeonhole's own rule: 1 to 128 characters, no slash, nothing that controls or breaks lines. */
static gboolean
is_program_name(const char *name)
{
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == '/' || g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029)
            return FALSE;
    }
    return *name != '\0' && *name != '.' && g_utf8_strlen(name, -1) <= LONGEST_PROGRAM_CHARACTERS;
}

static gboolean
check_program(TamisResolver *r, const char *program, TamisSpan place)
{
    if (is_program_name(program))
        return TRUE;
    g_autofree char *excerpt = tamis_resolve_excerpt(program, strlen(program));
    TamisDiagnostic *diagnostic = tamis_report_add(r->report, place, TAMIS_RULE_TYPE,
                                                   "'%s' is no name of a program", excerpt);
    tamis_report_help(r->report, diagnostic,
                      "name a program in the server's folder of filters, without its path, in 1 to "
                      "%d characters",
                      LONGEST_PROGRAM_CHARACTERS);
    return FALSE;
}

static gboolean
check_program_argument(TamisResolver *r, TamisString argument, TamisSpan place)
{
    const char *text = tamis_strings_get(r->strings, argument);

    if (strlen(text) <= LONGEST_ARGUMENT_BYTES)
        return TRUE;
    g_autofree char *excerpt = tamis_resolve_excerpt(text, strlen(text));
    tamis_report_help(r->report,
                      tamis_report_add(r->report, place, TAMIS_RULE_TYPE,
                                       "the argument '%s' of a program is longer than %d bytes",
                                       excerpt, LONGEST_ARGUMENT_BYTES),
                      "put it into the program, or into a file that the program reads");
    return FALSE;
}

static gboolean
make_filter(TamisResolver *r, const TamisValue *values, TamisEncryption *encryption)
{
    TamisString argument;

    g_array_set_size(r->value_buffer, 0);
    for (const TamisValue *at = values; at != NULL; at = at->next) {
        if (!tamis_resolve_constant(r, at, TAMIS_FORM_LINE, &argument))
            return FALSE;
        if (at != values && !check_program_argument(r, argument, at->span))
            return FALSE;
        g_array_append_val(r->value_buffer, argument);
    }
    if (!check_program(
            r, tamis_strings_get(r->strings, g_array_index(r->value_buffer, TamisString, 0)),
            values->span))
        return FALSE;
    encryption->arguments =
        tamis_resolve_store(r, r->policy->values, r->value_buffer, values->span);
    return TRUE;
}

static void
make_encryption(TamisResolver *r, const TamisDeclaration *declaration, TamisEncryption *encryption)
{
    const TamisValue *values = declaration->encryption.values;

    if (values == NULL)
        return;
    switch (declaration->encryption.means) {
    case TAMIS_MEANS_FILTER:
        encryption->means = TAMIS_ENCRYPT_FILTER;
        make_filter(r, values, encryption);
        break;
    case TAMIS_MEANS_HEADER:
        encryption->means = TAMIS_ENCRYPT_HEADER;
        tamis_resolve_mark(r, &tamis_no_frame,
                           tamis_resolve_bind_text(r, r->arena, &tamis_no_scope, values),
                           &encryption->header, &encryption->header_value);
        break;
    case TAMIS_MEANS_GATEWAY: {
        TamisOperand operand = tamis_resolve_bind_value(r, r->arena, &tamis_no_scope, values);
        TamisTerm term = tamis_resolve_evaluate(r, &tamis_no_frame, &operand);
        encryption->means = TAMIS_ENCRYPT_GATEWAY;
        tamis_resolve_to_domain(r, &tamis_no_frame, &term, values->span, &encryption->gateway);
        break;
    }
    }
}

void
tamis_resolve_encryptions(TamisResolver *r)
{
    for (guint i = 0; i < r->named[TAMIS_DEFINES_ENCRYPTION]->len; i++) {
        const TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_ENCRYPTION, i);
        TamisEncryption encryption = {.name = named->name, .span = named->span};
        make_encryption(r, named->declaration, &encryption);
        g_array_append_val(r->policy->encryptions, encryption);
    }
}
