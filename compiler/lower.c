/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One mailbox to one script: the shared context, strings and extensions, and the run over a
 * mailbox. */
#include "compiler/bound.h"
#include "compiler/lower-private.h"

enum { DAY_S = 86400, MAX_ROUTES = 20000, MAX_VARIABLES = 250 };

/* Context ---------------------------------------------------------------------------------------
 */

static TamisInstant
horizon_of(const TamisPolicy *policy, TamisInstant as_of)
{
    gint32 year = tamis_clock_from_instant(as_of, 0).date.year;
    gint32 last = year + 5;

    if (policy->latest != TAMIS_INSTANT_MIN)
        last = CLAMP(tamis_clock_from_instant(policy->latest, 0).date.year, last, year + 20);
    return tamis_day_number((TamisDay){last + 1, 1, 1}) * DAY_S;
}

TamisLowerContext *
tamis_lower_context_new(const TamisPolicy *policy, const TamisServer *server, TamisInstant as_of)
{
    TamisLowerContext *context = g_new0(TamisLowerContext, 1);

    context->policy = policy;
    context->server = server;
    context->as_of = as_of;
    context->horizon = horizon_of(policy, as_of);
    context->offsets = tamis_lower_offsets_new(policy, as_of, context->horizon);
    context->own_addresses = tamis_own_addresses_new(policy);
    context->arena = tamis_arena_new();
    tamis_lower_all_hours(context);
    return context;
}

void
tamis_lower_context_free(TamisLowerContext *context)
{
    if (context == NULL)
        return;
    g_ptr_array_unref(context->offsets);
    tamis_own_addresses_free(context->own_addresses);
    tamis_arena_free(context->arena);
    g_free(context);
}

/* Shared by the parts ---------------------------------------------------------------------------
 */

gboolean
tamis_lower_use(TamisLowering *lowering, TamisExtension extension, TamisSpan span)
{
    if (!tamis_server_has(lowering->server, extension))
        return FALSE;
    if (!tamis_extension_set_has(&lowering->lowered->requires, extension)) {
        tamis_extension_set_add(&lowering->lowered->requires, extension);
        lowering->first_use[extension] = span;
    }
    return TRUE;
}

static void
blame(TamisLowering *lowering, TamisDiagnostic *finding)
{
    tamis_report_blame(lowering->report, finding,
                       tamis_policy_text(lowering->policy, lowering->mailbox->address.text),
                       lowering->route != NULL
                           ? tamis_policy_text(lowering->policy, lowering->route->name)
                           : NULL);
}

TamisDiagnostic *
tamis_lower_unsupported(TamisLowering *lowering, TamisSpan span, const char *format, ...)
{
    g_autofree char *message = NULL;
    TamisDiagnostic *finding;
    va_list arguments;

    lowering->lowered->failed = TRUE;
    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    finding = tamis_report_add(lowering->report, span, TAMIS_RULE_UNSUPPORTED, "%s", message);
    blame(lowering, finding);
    return finding;
}

void
tamis_lower_lacks(TamisLowering *lowering, TamisSpan span, TamisExtension extension,
                  const char *what)
{
    TamisDiagnostic *finding;

    lowering->lowered->failed = TRUE;
    finding =
        tamis_report_add(lowering->report, span, TAMIS_RULE_UNSUPPORTED,
                         "%s needs the Sieve extension '%s', which the server '%s' does not have",
                         what, tamis_extension_name(extension), lowering->server->name);
    if (extension == TAMIS_EXTENSION_SPAMTEST)
        tamis_report_help(
            lowering->report, finding,
            "test the header that the spam filter sets: header \"X-Spam-Flag\" is \"YES\"");
    else if (extension == TAMIS_EXTENSION_DOVECOT_FILTER)
        tamis_report_help(lowering->report, finding,
                          "on this server encrypt by 'header' or 'gateway' instead of 'filter'");
    else
        tamis_report_help(lowering->report, finding,
                          "take it out, or compile for a server that has it ('tamis servers')");
    blame(lowering, finding);
}

/* Where variables are expanded, `${` in a literal is spelled with one that holds the dollar sign.
 */
static const char *
without_expansion(TamisLowering *lowering, const char *text, gsize *length_bytes)
{
    g_autoptr(GString) out = g_string_sized_new(*length_bytes + 16);

    for (gsize i = 0; i < *length_bytes; i++) {
        if (text[i] == '$' && i + 1 < *length_bytes && text[i + 1] == '{')
            g_string_append(out, "${dollar}");
        else
            g_string_append_c(out, text[i]);
    }
    lowering->uses_dollar = TRUE;
    *length_bytes = out->len;
    return tamis_arena_strndup(lowering->arena, out->str, out->len);
}

TamisSieveString *
tamis_lower_literal(TamisLowering *lowering, const char *text, gsize length_bytes, TamisSpan span)
{
    if (!lowering->server->unescapes_strings &&
        (memchr(text, '"', length_bytes) != NULL || memchr(text, '\\', length_bytes) != NULL))
        tamis_report_help(
            lowering->report,
            tamis_lower_unsupported(
                lowering, span,
                "the server '%s' does not take escapes out of strings, and '%.*s' needs some",
                lowering->server->name, (int)MIN(length_bytes, 80), text),
            "leave '\"' and '\\\\' out of the text");
    if (lowering->decides_first && g_strstr_len(text, (gssize)length_bytes, "${") != NULL)
        text = without_expansion(lowering, text, &length_bytes);
    return tamis_sieve_string(lowering->arena, text, length_bytes);
}

TamisSieveString *
tamis_lower_string(TamisLowering *lowering, TamisString string, TamisSpan span)
{
    return tamis_lower_literal(lowering, tamis_policy_text(lowering->policy, string),
                               tamis_strings_length(lowering->policy->strings, string), span);
}

void
tamis_lower_note_open(TamisLowering *lowering, TamisSieveString *string, guint route,
                      const TamisAction *action, guint32 target)
{
    guint32 first = lowering->planned[route].route->actions.first;
    TamisOpenString noted = {string, route, 0, target};

    if (lowering->open == NULL)
        return;
    noted.action = (guint32)(action - tamis_policy_action(lowering->policy, first));
    g_array_append_val(lowering->open->strings, noted);
}

void
tamis_lower_good_until(TamisLowering *lowering, TamisInstant instant)
{
    lowering->lowered->good_until = MIN(lowering->lowered->good_until, instant);
}

/* The most that one run can do, exactly only where it matters: above what the server takes. */
static void
bound(TamisLowering *lowering)
{
    const TamisServer *server = lowering->server;
    TamisCrowdQuery query = {
        .as_of = lowering->context->as_of,
        .enough_targets = server->max_redirects != 0 ? server->max_redirects : G_MAXUINT32,
        .enough_actions = server->max_actions != 0 ? server->max_actions : G_MAXUINT32,
    };
    TamisCrowd crowd;

    tamis_crowd_of_mailbox(lowering->policy, lowering->mailbox, &query, &crowd);
    lowering->lowered->max_targets = crowd.n_targets;
    lowering->lowered->max_actions = crowd.n_actions;
    tamis_crowd_clear(&crowd);
}

/* The run ---------------------------------------------------------------------------------------
 */

static void
add_require(TamisLowering *lowering, TamisSieveBlock *script)
{
    TamisSieveCommand *require = tamis_sieve_command(lowering->arena, "require");
    TamisSieveString *first = NULL, **end = &first;

    for (guint extension = 0; extension < TAMIS_N_EXTENSIONS; extension++) {
        const char *name;

        if (!tamis_extension_set_has(&lowering->lowered->requires, extension))
            continue;
        name = tamis_extension_name(extension);
        *end = tamis_sieve_string(lowering->arena, name, strlen(name));
        end = &(*end)->next;
    }
    if (first == NULL)
        return;
    tamis_sieve_add_strings(lowering->arena, &require->arguments, first);
    tamis_sieve_block_add(script, require);
}

static void
add_dollar(TamisLowering *lowering, TamisSieveBlock *script)
{
    TamisSieveCommand *set = tamis_sieve_command(lowering->arena, "set");

    tamis_sieve_add_string(lowering->arena, &set->arguments, "dollar", 6);
    tamis_sieve_add_string(lowering->arena, &set->arguments, "$", 1);
    tamis_sieve_block_add(script, set);
}

/* Repeating more tests than this reads worse than variables. */
enum { MAX_REPEATED = 16 };

static gboolean
is_better_decided(const TamisLowering *lowering)
{
    return lowering->repeated > MAX_REPEATED && lowering->n_planned <= MAX_VARIABLES &&
           tamis_server_has(lowering->server, TAMIS_EXTENSION_VARIABLES);
}

static void
must_decide(TamisLowering *lowering)
{
    if (!tamis_lower_use(lowering, TAMIS_EXTENSION_VARIABLES, lowering->mailbox->span))
        tamis_report_help(
            lowering->report,
            tamis_lower_unsupported(
                lowering, lowering->mailbox->span,
                "the server '%s' cannot decide before it marks: it has no 'variables'",
                lowering->server->name),
            "mark in the last route, or compile for a server that has it ('tamis servers')");
    if (lowering->n_planned > MAX_VARIABLES)
        tamis_report_help(
            lowering->report,
            tamis_lower_unsupported(
                lowering, lowering->mailbox->span,
                "%u routes that mark or encrypt are more than the %d that can be decided first",
                lowering->n_planned, MAX_VARIABLES),
            "put into one route what marks alike");
}

/* Routes to commands; a second time with all decisions first when a test came too late, or when too
 * much would be said twice. */
static TamisSieveBlock
lower_routes(TamisLowering *lowering)
{
    TAMIS_SIEVE_BLOCK(body);

    tamis_lower_routes(lowering, &body);
    if (!lowering->disordered && !is_better_decided(lowering))
        return body;
    lowering->lowered->requires = (TamisExtensionSet){{0, 0}};
    lowering->filtered = FALSE;
    g_array_set_size(lowering->added, 0);
    lowering->decides_first = TRUE;
    if (lowering->open != NULL)
        lowering->open->is_closed = TRUE;
    must_decide(lowering);
    body = (TamisSieveBlock){NULL, &body.first};
    tamis_lower_routes(lowering, &body);
    return body;
}

/* Of the whole script, whichever route comes first. */
static void
blame_mailbox(TamisLowering *lowering, TamisDiagnostic *finding)
{
    tamis_report_blame(lowering->report, finding,
                       tamis_policy_text(lowering->policy, lowering->mailbox->address.text), NULL);
}

static void
report_delimiter(TamisLowering *lowering)
{
    const TamisServer *server = lowering->server;
    TamisDiagnostic *finding = tamis_report_add(
        lowering->report, lowering->first_use[TAMIS_EXTENSION_SUBADDRESS], TAMIS_RULE_NEEDS_SETTING,
        "the server '%s' parts a detail by '%s', and by '%s' only by a setting", server->name,
        server->detail_delimiter, lowering->lowered->delimiter);

    blame_mailbox(lowering, finding);
    tamis_report_help(lowering->report, finding, "set on the server: %s = %s",
                      server->detail_delimiter_setting, lowering->lowered->delimiter);
}

static void
report_settings(TamisLowering *lowering)
{
    for (guint extension = 0; extension < TAMIS_N_EXTENSIONS; extension++) {
        const char *setting = lowering->server->setting_of[extension];
        TamisDiagnostic *finding;

        if (!tamis_extension_set_has(&lowering->lowered->requires, extension) ||
            !tamis_extension_set_has(&lowering->server->by_setting, extension))
            continue;
        finding = tamis_report_add(lowering->report, lowering->first_use[extension],
                                   TAMIS_RULE_NEEDS_SETTING,
                                   "the server '%s' has the Sieve extension '%s' only by a setting",
                                   lowering->server->name, tamis_extension_name(extension));
        blame_mailbox(lowering, finding);
        if (setting != NULL)
            tamis_report_help(lowering->report, finding, "set on the server: %s", setting);
    }
    if (lowering->lowered->delimiter != NULL)
        report_delimiter(lowering);
}

static const char *
heading(TamisLowering *lowering)
{
    return tamis_arena_printf(lowering->arena, TAMIS_LOWER_HEADING "%s",
                              tamis_policy_text(lowering->policy, lowering->mailbox->address.text));
}

static TamisSieveScript *
assemble(TamisLowering *lowering, const TamisSieveBlock *body)
{
    static const char notice[] =
        " Generated by Tamis from the policy. Change that: what is written here is lost.";
    TamisSieveScript *script = tamis_arena_new0(lowering->arena, TamisSieveScript);
    TAMIS_SIEVE_BLOCK(all);

    add_require(lowering, &all);
    if (lowering->uses_dollar)
        add_dollar(lowering, &all);
    *all.end = body->first;
    script->commands = all.first;
    if (all.first == NULL) { /* nothing is done: the implicit keep */
        TamisSieveCommand *keep = tamis_sieve_command(lowering->arena, "keep");

        script->commands = keep;
    }
    {
        TamisSieveComment *rules = script->commands->comments;

        script->commands->comments = NULL;
        tamis_sieve_add_comment(lowering->arena, script->commands, heading(lowering));
        tamis_sieve_add_comment(lowering->arena, script->commands, notice);
        script->commands->comments->next->next = rules;
    }
    return script;
}

TamisSieveScript *
tamis_lower_mailbox(const TamisLowerContext *context, guint32 mailbox, TamisArena *arena,
                    TamisReport *report, TamisLowered *out_lowered)
{
    return tamis_lower_mailbox_open(context, mailbox, arena, report, out_lowered, NULL);
}

TamisSieveScript *
tamis_lower_mailbox_open(const TamisLowerContext *context, guint32 mailbox, TamisArena *arena,
                         TamisReport *report, TamisLowered *out_lowered, TamisLowerOpen *open)
{
    TamisLowering lowering = {
        .context = context,
        .policy = context->policy,
        .server = context->server,
        .arena = arena,
        .report = report,
        .lowered = out_lowered,
        .open = open,
        .mailbox = tamis_policy_mailbox(context->policy, mailbox),
    };
    g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(TamisString));
    TamisSieveBlock body;
    TamisSieveScript *script;

    *out_lowered = (TamisLowered){.good_until = TAMIS_INSTANT_MAX};
    lowering.added = added;
    /* How such a server's strings are written depends on what is in them. */
    if (open != NULL)
        open->is_closed = !context->server->unescapes_strings;
    if (lowering.mailbox->routes.n > MAX_ROUTES) {
        tamis_report_help(lowering.report,
                          tamis_lower_unsupported(&lowering, lowering.mailbox->span,
                                                  "a mailbox has %d routes at most", MAX_ROUTES),
                          "put into one route what has one condition");
        return tamis_arena_new0(arena, TamisSieveScript);
    }
    tamis_lower_plan(&lowering);
    bound(&lowering);
    body = lower_routes(&lowering);
    script = assemble(&lowering, &body);
    tamis_lower_check_walls(&lowering, script);
    report_settings(&lowering);
    return script;
}
