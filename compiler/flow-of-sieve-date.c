/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * date and currentdate (RFC 5260). */
#include "compiler/flow-of-sieve-private.h"

#include <stdio.h>
#include <string.h>

static const char *
text_of(const TamisWalk *walk, TamisString string)
{
    return tamis_strings_get(walk->strings, string);
}

/* "+0800" */
static gboolean
read_offset(const char *text, gint32 *out_s)
{
    if ((*text != '+' && *text != '-') || strlen(text) != 5 || strspn(text + 1, "0123456789") != 4)
        return FALSE;
    *out_s = (text[1] - '0') * 36000 + (text[2] - '0') * 3600 + (text[3] - '0') * 600 +
             (text[4] - '0') * 60;
    if (*text == '-')
        *out_s = -*out_s;
    return TRUE;
}

/* Cyrus 3.6 takes any sign for '+', and does not look behind the digits (sieve/bc_eval.c). */
static gboolean
read_loose_offset(const char *text, gint32 *out_s)
{
    int hours, minutes;
    char sign;

    if (sscanf(text, "%c%02d%02d", &sign, &hours, &minutes) != 3)
        return FALSE;
    *out_s = (sign == '-' ? -60 : 60) * (hours * 60 + minutes);
    return TRUE;
}

/* What else is written for a zone: Pigeonhole takes its own, Cyrus finds that the test fails unless it knows
 * names (3.10) and this one. */
static gboolean
read_odd_zone(TamisWalk *walk, TamisString name, TamisAtom *atom, gboolean *never)
{
    if (walk->server->zone_names && tamis_zone_get(text_of(walk, name)) != NULL) {
        atom->zone_kind = TAMIS_ZONE_NAMED;
        atom->zone_name = name;
        return TRUE;
    }
    if (walk->server->engine == TAMIS_ENGINE_CYRUS && !walk->server->zone_names &&
        read_loose_offset(text_of(walk, name), &atom->offset_s)) {
        atom->zone_kind = TAMIS_ZONE_FIXED;
        return TRUE;
    }
    atom->zone_kind = TAMIS_ZONE_LOCAL;
    *never = walk->server->engine == TAMIS_ENGINE_CYRUS;
    return walk->server->engine == TAMIS_ENGINE_PIGEONHOLE || *never;
}

gboolean
tamis_walk_read_date(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span,
                     TamisFormula *out)
{
    const TamisSieveArgument *zone = tamis_sieve_bound_value(bound, TAMIS_TAG_ZONE);
    const TamisSieveArgument *header = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_HEADER);
    const TamisSieveArgument *part = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_DATE_PART);
    TamisAtom atom = {.kind = header != NULL ? TAMIS_ATOM_DATE : TAMIS_ATOM_NOW,
                      .zone_kind = TAMIS_ZONE_LOCAL};
    TamisSlice parts;
    TamisString text;
    gboolean never = FALSE;

    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_ORIGINALZONE) != NULL)
        atom.zone_kind = TAMIS_ZONE_ORIGINAL;
    if (!tamis_walk_index(bound, &atom) || !tamis_walk_list(walk, part, TRUE, &parts) ||
        !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    if (zone != NULL) {
        if (!tamis_walk_text(walk, zone->strings, &text))
            return FALSE;
        if (read_offset(text_of(walk, text), &atom.offset_s))
            atom.zone_kind = TAMIS_ZONE_FIXED;
        else if (!read_odd_zone(walk, text, &atom, &never))
            return FALSE;
    }
    atom.date_part = tamis_formulas_list_get(walk->formulas, parts, 0);
    if (header != NULL) {
        if (!tamis_walk_list(walk, header, TRUE, &atom.names))
            return FALSE;
        atom.version = tamis_walk_version(walk, atom.names);
        if (atom.version == G_MAXUINT32)
            return FALSE;
    }
    if (never) {
        *out = TAMIS_FORMULA_FALSE;
        return TRUE;
    }
    return tamis_walk_add_atom(walk, &atom, span, out);
}
