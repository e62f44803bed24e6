/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads, checks and lints scripts. Mending goes round by round, since one mend can make room for another,
 * and a script is written once, when there is nothing more to mend. */
#include "cli/check-script.h"

#include "base/diff.h"
#include "base/fix.h"
#include "base/replace.h"
#include "cli/convert-script.h"
#include "cli/prove-loops.h"
#include "cli/raised-server.h"
#include "cli/script-file.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"
#include "grammar/sieve/xml-reader.h"
#include "lint/script.h"
#include "lint/site.h"

#include <string.h>

#define ENDING     ".sieve"
#define XML_ENDING ".xml"
/* What all rounds may read. A round mends as many findings as a report has room for, so that one is enough but for
 * texts that nobody wrote; these take some seconds. */
#define MAX_READ_BYTES (G_GUINT64_CONSTANT(1) << 28)
#define MIN_ROUNDS     20

static gboolean
is_xml_path(const char *path)
{
    return g_str_has_suffix(path, XML_ENDING);
}

/* The mailbox whose script a file is, by its name as compile writes it, in XML too; NULL: the name is no address. */
static char *
mailbox_of(const char *path)
{
    if (!is_xml_path(path))
        return tamis_site_mailbox_of_path(path);
    g_autofree char *stem = g_strndup(path, strlen(path) - strlen(XML_ENDING));
    g_autofree char *script = g_strconcat(stem, ENDING, NULL);
    return tamis_site_mailbox_of_path(script);
}

typedef struct {
    gboolean has_include; /* it includes other scripts */
    gboolean has_faults;  /* of syntax */
    gboolean is_refused;  /* no server takes it, or this one does not */
    gboolean is_too_large;
    GString *sieve; /* of XML, for an engine; to be freed; else NULL */
} Found;

/* A script that the server refuses for its size alone gets no advice, which would take a tree of it. */
static gboolean
is_beyond_size(const TamisScriptCheck *check, const char *path, TamisSourceId source,
               const TamisReport *report)
{
    guint64 max_bytes = check->server->max_script_bytes;
    gsize length;

    const char *text = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    return max_bytes > 0 && length > max_bytes && !is_xml_path(path) &&
           !tamis_sieve_is_xml(text, length);
}

/* All findings about one source of the report's sources, but for those about messages. */
static Found
find_all(const TamisScriptCheck *check, const char *path, TamisSourceId source,
         const char *const *domains, TamisReport *report)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autofree char *mailbox = mailbox_of(path);
    const TamisSieveCheckOptions options = {check->server, check->include_dir, check->global_dir};
    const TamisZone *zone =
        check->options->timezone != NULL ? tamis_zone_get(check->options->timezone) : NULL;
    TamisSieveChecked checked;

    if (is_beyond_size(check, path, source, report)) {
        tamis_sieve_check_source(source, &options, arena, report, &checked);
        return (Found){
            .has_include = checked.has_include,
            .has_faults = checked.n_errors > 0,
            .is_refused = tamis_second_opinion_is_refusal(report),
            .is_too_large = TRUE,
        };
    }
    const TamisSieveScript *script = tamis_sieve_parse_any(source, arena, report);
    tamis_sieve_check(script, &options, arena, report, &checked);
    const TamisScriptLint lint = {
        .script = script,
        .checked = &checked,
        .server = check->server,
        .zone = zone,
        .as_of = tamis_options_as_of(check->options, NULL),
        .mailbox = mailbox,
        .domains = domains,
        .report = report,
    };
    tamis_lint_script(&lint);
    Found found = {
        .has_include = checked.has_include,
        .has_faults = script->n_errors > 0,
        .is_refused = tamis_second_opinion_is_refusal(report), /* exceptions are no engine's */
    };
    /* What mends a script mends no XML. */
    for (guint i = 0; script->is_xml && i < tamis_report_count(report); i++)
        tamis_report_drop_edits(tamis_report_get(report, i));
    if (script->is_xml && check->second != NULL) {
        found.sieve = g_string_new(NULL);
        tamis_sieve_print(script, found.sieve);
    }
    return found;
}

/* Whether it may have exceptions: "tamis:" in any case, or "tamis allow". Few do, but that they are made by Tamis many
 * say. */
static gboolean
may_allow(const char *text, gsize length)
{
    const char *limit = text + length;

    for (const char *at = text; limit - at > 5; at++) {
        at = memchr(at, 'm', (gsize)(limit - at));
        if (at == NULL || limit - at < 4)
            break;
        if (at - text < 2 || g_ascii_strncasecmp(at - 2, "tamis", 5) != 0)
            continue;
        const char *next = at + 3;
        while (next < limit && (*next == ' ' || *next == '\t'))
            next++;
        if (next < limit && (*next == ':' || *next == 'a' || *next == 'A'))
            return TRUE;
    }
    return memmem(text, length, "TAMIS", 5) != NULL;
}

/* Applies the exceptions that stand in a script's comments to what the report has about it; is_complete: which is
 * all that there is. */
static void
allow(const TamisScriptCheck *check, TamisSourceId source, gboolean is_complete,
      TamisReport *report)
{
    const TamisZone *zone =
        check->options->timezone != NULL ? tamis_zone_get(check->options->timezone) : NULL;
    TamisInstant now = tamis_options_as_of(check->options, NULL);

    g_autoptr(TamisArena) arena = NULL;
    g_autoptr(TamisReport) heard = NULL; /* of reading it again */
    gsize length;
    const char *text = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);

    if (!may_allow(text, length))
        return;
    arena = tamis_arena_new();
    heard = tamis_report_new(tamis_report_get_sources(report));
    tamis_script_allow(
        tamis_sieve_parse_any(source, arena, heard), 0, is_complete,
        tamis_day_number(
            tamis_clock_from_instant(now, zone != NULL ? tamis_zone_offset_at(zone, now) : 0).date),
        report);
}

/* Those of included scripts that have findings. done: the sources that were looked at. */
static void
allow_included(const TamisScriptCheck *check, GHashTable *done, TamisReport *report)
{
    guint n = tamis_report_count(report);

    g_hash_table_add(done, GUINT_TO_POINTER(0));
    for (guint i = 0; i < n; i++) {
        TamisSourceId other = tamis_report_get(report, i)->span.source;
        if (g_hash_table_add(done, GUINT_TO_POINTER(other)))
            allow(check, other, FALSE, report);
    }
}

/* For the engine to judge too, which reads no XML. An engine that cannot find what a script includes refuses
 * it. */
static void
add_to_second(const TamisScriptCheck *check, const char *path, TamisSourceId source,
              const Found *found, const TamisReport *report)
{
    TamisSecondOpinionScript script = {.name = path, .source = source};

    script.text =
        tamis_sources_get_text(tamis_report_get_sources(report), source, &script.length_bytes);
    if (found->sieve != NULL) {
        script.source = 0;
        script.span = (TamisSpan){source, 0, 0};
        script.text = found->sieve->str;
        script.length_bytes = found->sieve->len;
    }
    script.is_refused = found->is_refused;
    script.is_too_large = found->is_too_large;
    for (guint i = 0; i < tamis_report_count(report); i++)
        script.is_crashing |= tamis_report_get(report, i)->rule == TAMIS_RULE_ENGINE_CRASH;
    if (found->has_include && check->include_dir == NULL && check->global_dir == NULL)
        script.unasked = "it includes scripts; say where they are with --include-dir";
    if (found->sieve != NULL && found->has_faults)
        script.unasked = "the XML has errors, so there is no script";
    tamis_second_opinion_add(check->second, &script);
}

/* The text with all mended, so that another run finds nothing to mend; NULL: nothing can be mended. Mends that undo each
 * other would go round: a text that was there before is the last. */
static GString *
mend(const TamisScriptCheck *check, const char *path, const char *text, gsize length,
     const char *const *domains)
{
    g_autoptr(GString) mended = g_string_new_len(text, (gssize)length);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    guint64 n_read = 0;
    gboolean is_mended = FALSE;

    for (guint round = 0; g_hash_table_add(seen, GUINT_TO_POINTER(g_string_hash(mended)));
         round++) {
        n_read += mended->len;
        if (round >= MIN_ROUNDS && n_read > MAX_READ_BYTES) {
            tamis_complain("'%s' has more to mend: run it again", path);
            break;
        }
        g_autoptr(TamisSources) sources = tamis_sources_new();
        g_autoptr(TamisReport) report = tamis_report_new(sources);
        g_autoptr(GString) next = g_string_sized_new(mended->len);
        TamisSourceId source = tamis_sources_add_text(sources, path, mended->str, mended->len);
        (void)find_all(check, path, source, domains, report);
        allow(check, source, FALSE, report);
        if (tamis_fix_apply(report, source, next) == 0)
            break;
        g_string_truncate(mended, 0);
        g_string_append_len(mended, next->str, (gssize)next->len);
        is_mended = TRUE;
    }
    return is_mended ? g_steal_pointer(&mended) : NULL;
}

static void
show_diff(const char *path, const char *text, gsize length, const GString *mended)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *old_name = g_strconcat("a/", path, NULL);
    g_autofree char *new_name = g_strconcat("b/", path, NULL);

    tamis_diff_append(out, old_name, text, length, new_name, mended->str, mended->len);
    tamis_write(out->str, out->len);
}

typedef struct {
    TamisSourceId source; /* 0: it could not be read */
    gboolean is_sound;    /* the server takes it: what it does can be looked at */
} Alone;

/* The findings about one script that need no other. FALSE: it cannot be read (source 0, for a reason) or written,
 * which is said. */
static gboolean
check_alone(const TamisScriptCheck *check, const char *path, TamisSourceId source,
            const GError *reason, const char *const *domains, TamisReport *report, Alone *out)
{
    TamisSources *sources = tamis_report_get_sources(report);
    g_autoptr(TamisReport) found = tamis_report_new(sources);
    g_autoptr(GError) error = NULL;
    gsize length;

    if (source == 0) {
        tamis_complain("%s", reason->message);
        return FALSE;
    }
    if (check->fix && is_xml_path(path)) {
        tamis_complain("'%s' is XML: --fix mends scripts in Sieve's own syntax", path);
        return FALSE;
    }
    if (check->fix && !check->diff && strcmp(path, "-") == 0) {
        tamis_complain("--fix writes files: of standard input, --diff shows what is mended");
        return FALSE;
    }
    const char *text = tamis_sources_get_text(sources, source, &length);
    g_autoptr(GString) mended = check->fix ? mend(check, path, text, length, domains) : NULL;
    if (mended != NULL && check->diff) {
        show_diff(path, text, length, mended);
    } else if (mended != NULL) {
        if (!tamis_replace_text_of_file(path, text, length, mended->str, mended->len, &error)) {
            tamis_complain("%s", error->message);
            return FALSE;
        }
        source = tamis_sources_add_text(sources, path, mended->str, mended->len);
    }
    Found all = find_all(check, path, source, domains, found);
    if (check->second != NULL)
        add_to_second(check, path, source, &all, found);
    if (all.sieve != NULL)
        g_string_free(all.sieve, TRUE);
    *out = (Alone){source, !all.is_too_large && !tamis_second_opinion_is_refusal(found)};
    tamis_report_merge(report, found);
    return TRUE;
}

static void
free_server(gpointer data)
{
    tamis_server_free(data);
}

GHashTable *
tamis_check_servers_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_server);
}

static const TamisServer *
get_server(const TamisScriptCheck *check, const char *folder)
{
    gpointer server;

    if (!g_hash_table_lookup_extended(check->servers, folder, NULL, &server)) {
        server = tamis_raised_server_load(check->options, folder);
        g_hash_table_insert(check->servers, g_strdup(folder), server);
    }
    return server != NULL ? server : check->server;
}

static TamisSite *
new_site(const TamisScriptCheck *check, const char *folder, TamisSources *sources)
{
    const TamisScriptSite options = {
        .server = get_server(check, folder),
        .include_dir = check->include_dir,
        .global_dir = check->global_dir,
        .zone = check->options->timezone != NULL ? tamis_zone_get(check->options->timezone) : NULL,
    };

    return tamis_site_new_scripts(sources, &options);
}

typedef struct {
    const TamisSite *site;
    TamisSources *sources;
} ScriptsOf;

static gboolean
copy_script(gpointer data, guint32 mailbox, GString *out)
{
    const ScriptsOf *of = data;
    TamisSourceId source = tamis_site_get_source(of->site, mailbox);
    g_autoptr(TamisReport) unheard = tamis_report_new(of->sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisSieveScript *script = tamis_sieve_parse_any(source, arena, unheard);
    gsize length;
    const char *text = tamis_sources_get_text(of->sources, source, &length);

    if (script->is_xml)
        tamis_sieve_print(script, out);
    else
        g_string_append_len(out, text, (gssize)length);
    return TRUE;
}

/* What one message can do, and what the engine makes of it where that is asked. */
static void
lint_site(const TamisScriptCheck *check, TamisSite *site, TamisReport *report)
{
    g_autofree char *reason = NULL;
    ScriptsOf of = {site, tamis_report_get_sources(report)};

    tamis_lint_site(site, tamis_options_as_of(check->options, NULL), report);
    if (!check->proves_loops)
        return;
    tamis_prove_loops(site, copy_script, &of, report, &reason);
    if (reason != NULL)
        tamis_complain("messages of findings are not run: %s", reason);
}

gboolean
tamis_check_script(const TamisScriptCheck *check, const char *path, TamisReport *report)
{
    TamisSources *sources = tamis_report_get_sources(report);
    g_autoptr(TamisReport) found = tamis_report_new(sources);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(TamisSite) site = new_site(check, folder, sources);
    g_autofree char *mailbox = mailbox_of(path);
    g_autoptr(GError) error = NULL;
    TamisSourceId source = tamis_sources_add_file(sources, path, TAMIS_SIEVE_MAX_BYTES, &error);
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    Alone alone;

    if (!check_alone(check, path, source, error, NULL, found, &alone))
        return FALSE;
    if (alone.is_sound) {
        tamis_site_add_script(site, mailbox != NULL ? mailbox : "", alone.source);
        lint_site(check, site, found);
    }
    allow(check, alone.source, alone.is_sound, found);
    g_hash_table_add(done, GUINT_TO_POINTER(alone.source));
    allow_included(check, done, found);
    tamis_report_merge(report, found);
    return TRUE;
}

static void
add_domain(GPtrArray *domains, const char *path)
{
    g_autofree char *mailbox = mailbox_of(path);

    if (mailbox == NULL)
        return;
    g_autofree char *domain = g_ascii_strdown(strrchr(mailbox, '@') + 1, -1);
    for (guint i = 0; i < domains->len; i++)
        if (strcmp(g_ptr_array_index(domains, i), domain) == 0)
            return;
    g_ptr_array_add(domains, g_steal_pointer(&domain));
}

/* The domains of the mailboxes whose scripts stand in the folder, with a closing NULL. */
static GPtrArray *
domains_of(const TamisListing *folder)
{
    GPtrArray *domains = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < tamis_listing_count(folder); i++)
        add_domain(domains, tamis_listing_get(folder, i)->path);
    g_ptr_array_add(domains, NULL);
    return domains;
}

gboolean
tamis_check_folder(const TamisScriptCheck *check, const char *path, TamisReport *report)
{
    TamisSources *sources = tamis_report_get_sources(report);
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisListing) folder = tamis_listing_open(path, tamis_is_script_path, &error);
    gboolean all_read = TRUE;

    if (folder == NULL) {
        tamis_complain("%s", error->message);
        return FALSE;
    }
    guint n = tamis_listing_count(folder);
    if (n == 0) {
        tamis_complain("there is no script in '%s'", path);
        return FALSE;
    }
    g_autoptr(GPtrArray) domains = domains_of(folder);
    g_autoptr(TamisReport) found = tamis_report_new(sources);
    g_autoptr(TamisSite) site = new_site(check, path, sources);
    g_autofree Alone *alone = g_new0(Alone, n);
    for (guint i = 0; i < n; i++) {
        const char *file = tamis_listing_get(folder, i)->path;
        g_autofree char *mailbox = mailbox_of(file);
        g_autoptr(GError) reason = NULL;
        TamisSourceId source =
            tamis_sources_add_entry(sources, folder, i, TAMIS_SIEVE_MAX_BYTES, &reason);
        all_read = check_alone(check, file, source, reason, (const char *const *)domains->pdata,
                               found, &alone[i]) &&
                   all_read;
        if (alone[i].is_sound && mailbox != NULL)
            tamis_site_add_script(site, mailbox, alone[i].source);
    }
    lint_site(check, site, found);
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < n; i++)
        if (alone[i].source != 0 && g_hash_table_add(done, GUINT_TO_POINTER(alone[i].source)))
            allow(check, alone[i].source, alone[i].is_sound, found);
    allow_included(check, done, found);
    tamis_report_merge(report, found);
    return all_read;
}
