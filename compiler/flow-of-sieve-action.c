/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Actions, what they do to the message and to the copy that stays, and the settling of it all at the end. */
#include "compiler/flow-of-sieve-private.h"

#include "base/address-syntax.h"
#include "compiler/deed-name.h"
#include "grammar/sieve/field-name.h"
#include "model/address.h"

#include <string.h>

/* Beyond this the changed message counts as unknown. */
enum { MAX_CHANGES = 2000 };

static TamisFlowAction *
append(TamisWalk *walk, TamisFlowKind kind, TamisFormula guard, TamisSpan span)
{
    TamisFlowAction action = {
        .kind = kind, .guard = guard, .version = walk->changes->len, .span = span};

    g_array_append_val(walk->actions, action);
    return &g_array_index(walk->actions, TamisFlowAction, walk->actions->len - 1);
}

static void
cancel_keep(TamisWalk *walk, TamisFormula guard)
{
    g_array_append_val(walk->cancelled, guard);
}

/* guard, and not what the table says of the key; then the table says guard too. */
static TamisFormula
once(TamisWalk *walk, GHashTable *table, TamisString key, TamisFormula guard)
{
    TamisFormula before = GPOINTER_TO_UINT(g_hash_table_lookup(table, GUINT_TO_POINTER(key)));
    TamisFormula after = tamis_walk_any(walk, before, guard);

    g_hash_table_insert(table, GUINT_TO_POINTER(key), GUINT_TO_POINTER(after));
    return tamis_walk_all(walk, guard, tamis_walk_not(walk, before));
}

static gboolean
has_tag(const TamisSieveBound *bound, TamisSieveTagName name)
{
    return tamis_sieve_bound_tag(bound, name) != NULL;
}

/* Redirect -------------------------------------------------------------------------------------- */

/* What two targets are the same by: Pigeonhole folds the domain and takes off quotes, Cyrus does nothing. */
static TamisString
identity_of(TamisWalk *walk, const TamisAddressSyntax *syntax, TamisString text)
{
    g_autofree char *local = NULL, *domain = NULL, *whole = NULL;

    if (walk->server->engine != TAMIS_ENGINE_PIGEONHOLE)
        return text;
    local = tamis_local_unquote(syntax->local, syntax->local_length);
    if (local == NULL)
        local = g_strndup(syntax->local, syntax->local_length);
    domain = g_ascii_strdown(syntax->domain, (gssize)syntax->domain_length);
    whole = g_strconcat(local, "@", domain, NULL);
    return tamis_strings_add(walk->strings, whole, strlen(whole));
}

/* The bare address of a redirect; FALSE: it depends on the message, or is none. */
static gboolean
read_target(TamisWalk *walk, TamisString text, TamisAddress *out, TamisString *out_identity)
{
    const char *written = tamis_strings_get(walk->strings, text);
    gsize length = tamis_strings_length(walk->strings, text);
    TamisAddressSyntax syntax;
    g_autofree char *bare = NULL, *lower = NULL;

    if (tamis_address_syntax_parse(written, length, &syntax) != TAMIS_ADDRESS_SYNTAX_OK ||
        (walk->server->engine == TAMIS_ENGINE_PIGEONHOLE && syntax.is_partly_quoted))
        return FALSE;
    bare = g_strdup_printf("%.*s@%.*s", (int)syntax.local_length, syntax.local,
                           (int)syntax.domain_length, syntax.domain);
    if (tamis_address_parse(walk->strings, bare, strlen(bare), out) != TAMIS_ADDRESS_OK) {
        lower = g_ascii_strdown(bare, -1);
        out->text = tamis_strings_add(walk->strings, bare, strlen(bare));
        out->key = tamis_strings_add(walk->strings, lower, strlen(lower));
    }
    *out_identity =
        identity_of(walk, &syntax, tamis_strings_add(walk->strings, bare, strlen(bare)));
    return TRUE;
}

static void
redirect(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    TamisString text;
    gboolean is_known = tamis_walk_text(walk, bound->parameters[0]->strings, &text);
    gboolean copies = has_tag(bound, TAMIS_TAG_COPY);
    TamisFormula guard = walk->guard;
    TamisAddress target = {0, 0};
    TamisString identity = 0;
    TamisFlowAction *forward;

    if (walk->split != NULL)
        return;
    if (is_known && !has_tag(bound, TAMIS_TAG_LIST)) {
        if (read_target(walk, text, &target, &identity))
            guard = once(walk, walk->sent, identity, guard);
        else if (walk->server->engine == TAMIS_ENGINE_PIGEONHOLE) /* it ends the run */
            walk->failed = tamis_walk_any(walk, walk->failed, guard);
    }
    if (!copies)
        cancel_keep(walk, walk->server->first_duplicate_decides ? guard : walk->guard);
    if (guard == TAMIS_FORMULA_FALSE)
        return;
    forward = append(walk, TAMIS_FLOW_FORWARD, guard, span);
    forward->key = target.key;
    forward->text = target.key != 0 ? target.text : text;
    forward->copies = copies;
    forward->encryption = walk->filter.program;
    forward->manner = walk->filter.manner;
}

/* Keeping --------------------------------------------------------------------------------------- */

/* In Pigeonhole a keep takes the place of an earlier fileinto "INBOX", with the message as it is now. */
static TamisFormula
take_over(TamisWalk *walk)
{
    TamisFormula elsewhere = tamis_walk_not(walk, walk->guard);
    TamisFormula before = walk->kept_by_keep;

    walk->kept_by_keep = tamis_walk_any(walk, before, walk->guard);
    for (guint i = 0; i < walk->filed_inbox->len; i++) {
        guint32 index = g_array_index(walk->filed_inbox, guint32, i);
        TamisFlowAction *action = &g_array_index(walk->actions, TamisFlowAction, index);

        action->guard = tamis_walk_all(walk, action->guard, elsewhere);
    }
    if (elsewhere == TAMIS_FORMULA_FALSE)
        g_array_set_size(walk->filed_inbox, 0);
    return tamis_walk_all(walk, walk->guard, tamis_walk_not(walk, before));
}

/* In Cyrus what is kept last in a folder decides: where the message is another by now, that matters. */
static TamisFormula
decide_anew(TamisWalk *walk, TamisString folder, TamisFormula guard)
{
    if (walk->server->engine != TAMIS_ENGINE_CYRUS || walk->changes->len == 0)
        return guard;
    for (guint i = 0; i < walk->actions->len; i++) {
        TamisFlowAction *action = &g_array_index(walk->actions, TamisFlowAction, i);

        if (action->kind == TAMIS_FLOW_KEEP && action->folder == folder)
            action->guard = tamis_walk_all(walk, action->guard, tamis_walk_not(walk, walk->guard));
    }
    return walk->guard;
}

static void
keep_in(TamisWalk *walk, TamisString folder, gboolean copies, gboolean is_filed, TamisSpan span)
{
    gboolean takes_over = !is_filed && walk->server->engine == TAMIS_ENGINE_PIGEONHOLE;
    TamisFormula guard = once(walk, walk->folders, folder, walk->guard);
    guint32 index = walk->actions->len;
    TamisFlowAction *keep;

    if (folder == 0)
        g_array_append_val(walk->kept, walk->guard);
    if (folder != 0 && !copies)
        cancel_keep(walk, walk->server->first_duplicate_decides ? guard : walk->guard);
    guard = takes_over ? take_over(walk) : decide_anew(walk, folder, guard);
    if (guard == TAMIS_FORMULA_FALSE)
        return;
    if (is_filed && folder == 0 && walk->filed_inbox->len < MAX_CHANGES)
        g_array_append_val(walk->filed_inbox, index);
    keep = append(walk, TAMIS_FLOW_KEEP, guard, span);
    keep->folder = folder;
    keep->copies = copies;
}

/* Pigeonhole ends the run where a name is not UTF-8. */
static void
check_name(TamisWalk *walk, TamisString folder)
{
    if (walk->server->engine == TAMIS_ENGINE_PIGEONHOLE &&
        !g_utf8_validate(tamis_strings_get(walk->strings, folder),
                         (gssize)tamis_strings_length(walk->strings, folder), NULL))
        walk->failed = tamis_walk_any(walk, walk->failed, walk->guard);
}

static void
fileinto(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    const TamisSieveArgument *mailbox =
        tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_MAILBOX);
    TamisString folder = 0;

    if (mailbox == NULL)
        mailbox = tamis_sieve_bound_value(bound, TAMIS_TAG_MAILBOX); /* snooze */
    if (mailbox != NULL)
        tamis_walk_text(walk, mailbox->strings, &folder);
    if (walk->split != NULL)
        return;
    check_name(walk, folder);
    if (g_ascii_strcasecmp(tamis_strings_get(walk->strings, folder), "INBOX") == 0)
        folder = 0;
    keep_in(walk, folder, has_tag(bound, TAMIS_TAG_COPY), TRUE, span);
}

/* Answers --------------------------------------------------------------------------------------- */

static void
discard(TamisWalk *walk, TamisSpan span)
{
    TamisFormula guard = tamis_walk_all(walk, walk->guard, tamis_walk_not(walk, walk->discarded));

    walk->discarded = tamis_walk_any(walk, walk->discarded, walk->guard);
    cancel_keep(walk, walk->guard);
    if (guard != TAMIS_FORMULA_FALSE)
        append(walk, TAMIS_FLOW_DISCARD, guard, span);
}

static void
reject(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    TamisString text;

    tamis_walk_text(walk, bound->parameters[0]->strings, &text);
    if (walk->split != NULL)
        return;
    append(walk, TAMIS_FLOW_REJECT, walk->guard, span)->text = text;
    cancel_keep(walk, walk->guard);
}

/* Programs -------------------------------------------------------------------------------------- */

/* The program with its arguments; 0: they depend on the message. */
static TamisString
program_manner(TamisWalk *walk, const TamisSieveBound *bound)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    const char *manner;

    for (guint i = 0; i < bound->word->n_parameters; i++) {
        const TamisSieveArgument *argument = bound->parameters[i];
        const TamisSieveString *string = argument != NULL ? argument->strings : NULL;
        TamisString text;

        for (; string != NULL; string = string->next) {
            if (!tamis_walk_text(walk, string, &text))
                return 0;
            g_ptr_array_add(all, (gpointer)tamis_strings_get(walk->strings, text));
        }
    }
    manner = tamis_deed_program(walk->arena, (const char *const *)all->pdata, all->len);
    return tamis_strings_add(walk->strings, manner, strlen(manner));
}

static void
run_program(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    const TamisSieveArgument *output = tamis_sieve_bound_value(bound, TAMIS_TAG_OUTPUT);
    TamisString name, manner;
    TamisFlowAction *program;

    tamis_walk_text(walk, bound->parameters[0]->strings, &name);
    manner = program_manner(walk, bound);
    if (walk->split != NULL)
        return;
    program = append(walk, TAMIS_FLOW_PROGRAM, walk->guard, span);
    program->name = name;
    program->manner = manner;
    program->text = tamis_strings_add(walk->strings, bound->word->name, bound->word->length);
    program->is_queued = bound->word->id == TAMIS_WORD_PIPE;
    program->copies = !program->is_queued || has_tag(bound, TAMIS_TAG_COPY);
    if (!program->copies)
        cancel_keep(walk, walk->guard);
    if (output != NULL)
        tamis_walk_assign(
            walk, tamis_walk_variable(walk, output->strings->text, output->strings->length_bytes),
            0, FALSE);
}

/* Changes of the message ------------------------------------------------------------------------ */

static void
change(TamisWalk *walk, TamisChange made)
{
    guint32 index = walk->changes->len;

    made.guard = walk->guard;
    g_array_append_val(walk->changes, made);
    g_array_append_val(walk->visible, index);
}

void
tamis_walk_filter(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    TamisString name = 0, manner = 0;
    TamisFlowAction *filter;

    if (walk->guard == TAMIS_FORMULA_FALSE)
        return;
    if (walk->changes->len >= MAX_CHANGES) {
        walk->unread = span;
        return;
    }
    if (bound->word->id == TAMIS_WORD_FILTER) {
        tamis_walk_text(walk, bound->parameters[0]->strings, &name);
        manner = program_manner(walk, bound);
        walk->split = NULL; /* the name as it is written will do */
        walk->filter = (TamisThrough){name, manner};
    }
    filter = append(walk, TAMIS_FLOW_FILTER, walk->guard, span);
    filter->manner = manner;
    filter->name =
        name != 0 ? name : tamis_strings_add(walk->strings, bound->word->name, bound->word->length);
    change(walk, (TamisChange){.kind = TAMIS_FLOW_FILTER, .name = name, .is_unknown = TRUE});
}

static TamisString
header_name(TamisWalk *walk, const TamisSieveBound *bound, gboolean *is_known)
{
    TamisString name;

    *is_known = tamis_walk_text(
        walk, tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_HEADER)->strings, &name);
    return name;
}

/* Pigeonhole knows by it what it has forwarded, and changes it for no script. */
static gboolean
is_own_header(TamisWalk *walk, TamisString name)
{
    return walk->server->engine == TAMIS_ENGINE_PIGEONHOLE &&
           g_ascii_strcasecmp(tamis_strings_get(walk->strings, name), "X-Sieve-Redirected-From") ==
               0;
}

/* In Pigeonhole such a name ends the run, in Cyrus when it is added. */
static gboolean
is_no_header(TamisWalk *walk, TamisString name, gboolean is_added)
{
    gsize length = tamis_strings_length(walk->strings, name);

    if ((walk->server->engine != TAMIS_ENGINE_PIGEONHOLE &&
         !(walk->server->engine == TAMIS_ENGINE_CYRUS && is_added)) ||
        (length > 0 && tamis_sieve_is_field_name(tamis_strings_get(walk->strings, name), length)))
        return FALSE;
    walk->failed = tamis_walk_any(walk, walk->failed, walk->guard);
    return TRUE;
}

/* The value as it is read again, its lines being folds. FALSE: one begins without a blank, and what Pigeonhole 0.5.19 then
 * reads lacks a letter. */
static gboolean
unfold(TamisWalk *walk, TamisString *value)
{
    const char *text = tamis_strings_get(walk->strings, *value);
    g_autoptr(GString) line = g_string_new(NULL);
    gboolean is_folded = TRUE;

    if (strpbrk(text, "\r\n") == NULL)
        return TRUE;
    while (*text != '\0') {
        gsize length = strcspn(text, "\r\n"), ends = strspn(text + length, "\r\n");

        g_string_append_len(line, text, (gssize)length);
        text += length + ends;
        is_folded &= ends == 0 || *text == '\0' || (ends <= 2 && (*text == ' ' || *text == '\t'));
    }
    *value = tamis_strings_add(walk->strings, line->str, line->len);
    return is_folded;
}

static void
add_header(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    gboolean has_name, has_value;
    TamisString name = header_name(walk, bound, &has_name), value;
    TamisFlowAction *mark;

    has_value = tamis_walk_lines(walk, bound->parameters[1]->strings, &value);
    if (walk->split != NULL ||
        (has_name && (is_own_header(walk, name) || is_no_header(walk, name, TRUE))))
        return;
    has_value = unfold(walk, &value) && has_value;
    if (walk->changes->len >= MAX_CHANGES) {
        walk->unread = span;
        return;
    }
    mark = append(walk, TAMIS_FLOW_MARK, walk->guard, span);
    mark->name = name;
    mark->text = value;
    change(walk, (TamisChange){.kind = TAMIS_FLOW_MARK,
                               .last = has_tag(bound, TAMIS_TAG_LAST),
                               .name = has_name ? name : 0,
                               .value = value,
                               .is_unknown = !has_name || !has_value});
}

static void
delete_header(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    const TamisSieveArgument *index = tamis_sieve_bound_value(bound, TAMIS_TAG_INDEX);
    gboolean has_name;
    TamisString name = header_name(walk, bound, &has_name);
    TamisAtom match = {0};
    gboolean has_keys = bound->parameters[1] == NULL || tamis_walk_match(walk, bound, &match);

    if (walk->split != NULL ||
        (has_name && tamis_sieve_is_kept_header(tamis_strings_get(walk->strings, name),
                                                tamis_strings_length(walk->strings, name))) ||
        (has_name && (is_own_header(walk, name) || is_no_header(walk, name, FALSE))))
        return;
    if (walk->changes->len >= MAX_CHANGES) {
        walk->unread = span;
        return;
    }
    append(walk, TAMIS_FLOW_UNMARK, walk->guard, span)->name = name;
    change(walk,
           (TamisChange){.kind = TAMIS_FLOW_UNMARK,
                         .last = has_tag(bound, TAMIS_TAG_LAST),
                         .index = index != NULL ? (guint32)MIN(index->number, G_MAXUINT32) : 0,
                         .match = match.match,
                         .relation = match.relation,
                         .comparator = match.comparator,
                         .keys = match.keys,
                         .name = has_name ? name : 0,
                         .is_unknown = !has_name || !has_keys || match.match == TAMIS_KEYS_COUNT});
}

static gboolean
concerns(const TamisWalk *walk, const TamisChange *made, TamisSlice names)
{
    if (made->kind == TAMIS_FLOW_FILTER || made->name == 0 || names.n == 0)
        return TRUE;
    for (guint32 i = 0; i < names.n; i++) {
        TamisString name = tamis_formulas_list_get(walk->formulas, names, i);

        if (g_ascii_strcasecmp(tamis_strings_get(walk->strings, made->name),
                               tamis_strings_get(walk->strings, name)) == 0)
            return TRUE;
    }
    return FALSE;
}

guint32
tamis_walk_version(const TamisWalk *walk, TamisSlice names)
{
    for (guint i = walk->visible->len; i-- > 0;) {
        guint32 index = g_array_index(walk->visible, guint32, i);
        const TamisChange *made = &g_array_index(walk->changes, TamisChange, index);

        if (concerns(walk, made, names))
            return index + 1;
    }
    return 0;
}

/* Any action ------------------------------------------------------------------------------------ */

static TamisForCase
handler_of(guint word)
{
    switch (word) {
    case TAMIS_WORD_REDIRECT:
        return redirect;
    case TAMIS_WORD_FILEINTO:
    case TAMIS_WORD_SNOOZE:
        return fileinto;
    case TAMIS_WORD_VACATION:
        return tamis_walk_vacation;
    case TAMIS_WORD_REJECT:
    case TAMIS_WORD_EREJECT:
        return reject;
    case TAMIS_WORD_NOTIFY:
    case TAMIS_WORD_REPORT:
        return tamis_walk_notify;
    case TAMIS_WORD_PIPE:
    case TAMIS_WORD_EXECUTE:
        return run_program;
    case TAMIS_WORD_ADDHEADER:
        return add_header;
    case TAMIS_WORD_DELETEHEADER:
        return delete_header;
    default:
        return NULL;
    }
}

gboolean
tamis_walk_action(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span)
{
    TamisForCase handler = handler_of(bound->word->id);

    if (handler != NULL) {
        tamis_walk_each_case(walk, handler, bound, span);
        return TRUE;
    }
    switch (bound->word->id) {
    case TAMIS_WORD_KEEP:
        keep_in(walk, 0, FALSE, FALSE, span);
        return TRUE;
    case TAMIS_WORD_DISCARD:
        discard(walk, span);
        return TRUE;
    case TAMIS_WORD_FILTER:
    case TAMIS_WORD_REPLACE:
    case TAMIS_WORD_ENCLOSE:
    case TAMIS_WORD_CONVERT:
        tamis_walk_filter(walk, bound, span);
        return TRUE;
    default:
        return FALSE;
    }
}

/* Settling -------------------------------------------------------------------------------------- */

static TamisFormula
any_of(TamisWalk *walk, GArray *formulas)
{
    return tamis_formulas_or(walk->formulas, (TamisFormula *)formulas->data, formulas->len);
}

/* The implicit keep where nothing took it away, and nothing but a keep where the script has failed. */
void
tamis_walk_settle(TamisWalk *walk, TamisSpan script)
{
    TamisFormula taken =
        tamis_walk_any(walk, any_of(walk, walk->cancelled), any_of(walk, walk->kept));
    TamisFormula implicit = tamis_walk_any(walk, tamis_walk_not(walk, taken), walk->failed);
    TamisFormula succeeds = tamis_walk_not(walk, walk->failed);

    for (guint i = 0; i < walk->actions->len && succeeds != TAMIS_FORMULA_TRUE; i++) {
        TamisFlowAction *action = &g_array_index(walk->actions, TamisFlowAction, i);

        action->guard = tamis_walk_all(walk, action->guard, succeeds);
    }
    if (implicit != TAMIS_FORMULA_FALSE)
        append(walk, TAMIS_FLOW_KEEP, implicit, script)->is_implicit = TRUE;
    tamis_walk_settle_replies(walk);
}
