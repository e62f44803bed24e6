/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the renderers share. */
#pragma once

#include "base/render.h"

#include <json-glib/json-glib.h>

void tamis_render_text(GString *out, TamisReport *report, const TamisRenderOptions *options);
void tamis_render_json(GString *out, TamisReport *report, const TamisRenderOptions *options);
void tamis_render_sarif(GString *out, TamisReport *report);
void tamis_render_junit(GString *out, TamisReport *report);
void tamis_render_github(GString *out, TamisReport *report);
void tamis_render_gcc(GString *out, TamisReport *report);

/* A source's name as UTF-8; NULL for source 0. */
char *tamis_render_dup_file(const TamisReport *report, TamisSourceId source);
/* "error", "warning", "note": the words that compilers use. */
const char *tamis_render_level(TamisSeverity severity);
/* "proved", "possible", "undecided"; NULL for TAMIS_CERTAINTY_NONE. */
const char *tamis_render_certainty(TamisCertainty certainty);
/* "2026-11-23T10:00:00+08:00". Caller frees. */
char *tamis_render_instant(gint64 instant, gint32 offset_s);
/* Adds what a finding is to the builder. */
typedef void (*TamisRenderFinding)(gpointer data, JsonBuilder *builder,
                                   const TamisDiagnostic *diagnostic);
/* An array of the findings that are shown, which tamis_render_document fills in: as json-glib's tree they would take
 * some ten times the memory of the text. The document's first array of its kind. */
void tamis_render_add_findings(JsonBuilder *builder, const char *key, const TamisReport *report);
/* The builder's document, indented, and a line break. */
void tamis_render_document(GString *out, JsonBuilder *builder, const TamisReport *report,
                           TamisRenderFinding add_finding, gpointer data);
