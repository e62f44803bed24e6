/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The actions of two flows as deeds that can be compared. A server has its own spelling of some: an encryption is a
 * program, a header that is added and taken off again, or another address. */
#include "compiler/deed-name.h"
#include "compiler/folder-name.h"
#include "compiler/prove-private.h"

#include <string.h>

#define FALSUM TAMIS_FORMULA_FALSE

static TamisFormula
both(TamisDeeds *deeds, TamisFormula a, TamisFormula b)
{
    return tamis_formulas_and2(deeds->formulas, a, b);
}

static TamisFormula
either(TamisDeeds *deeds, TamisFormula a, TamisFormula b)
{
    return tamis_formulas_or2(deeds->formulas, a, b);
}

static TamisFormula
without(TamisDeeds *deeds, TamisFormula a, TamisFormula b)
{
    return both(deeds, a, tamis_formulas_not(deeds->formulas, b));
}

static const char *
script_text(const TamisDeeds *deeds, TamisString string)
{
    return tamis_strings_get(tamis_formulas_get_strings(deeds->formulas), string);
}

/* what: lives in the arena. */
static TamisDeed *
find_deed(TamisDeeds *deeds, const char *what)
{
    gpointer known = g_hash_table_lookup(deeds->known, what);
    TamisDeed deed = {what, FALSUM, FALSUM, FALSUM};

    if (known == NULL) {
        g_array_append_val(deeds->deeds, deed);
        known = GUINT_TO_POINTER(deeds->deeds->len);
        g_hash_table_insert(deeds->known, (gpointer)what, known);
    }
    return &g_array_index(deeds->deeds, TamisDeed, GPOINTER_TO_UINT(known) - 1);
}

static void
add_by_policy(TamisDeeds *deeds, const char *what, TamisFormula guard)
{
    TamisDeed *deed = find_deed(deeds, what);

    deed->by_policy = either(deeds, deed->by_policy, guard);
}

static void
add_by_script(TamisDeeds *deeds, const char *what, TamisFormula guard)
{
    TamisDeed *deed = find_deed(deeds, what);

    deed->by_script = either(deeds, deed->by_script, guard);
}

/* Names of deeds -------------------------------------------------------------------------------- */

/* A server that leaves escapes in strings gets a text: block, which ends in a line break. */
static TamisString
without_block_end(const TamisDeeds *deeds, TamisString text)
{
    TamisStrings *strings = tamis_formulas_get_strings(deeds->formulas);
    const char *content = tamis_strings_get(strings, text);
    gsize length = tamis_strings_length(strings, text);

    return !deeds->server->unescapes_strings && length > 0 && content[length - 1] == '\n'
               ? tamis_strings_add(strings, content, length - 1)
               : text;
}

static const char *
script_deed(TamisDeeds *deeds, const TamisFlowAction *action)
{
    TamisFlowAction plain = *action;

    if (action->kind == TAMIS_FLOW_REPLY || action->kind == TAMIS_FLOW_REJECT)
        plain.text = without_block_end(deeds, action->text);
    return tamis_deed_of_action(deeds->arena, tamis_formulas_get_strings(deeds->formulas), &plain);
}

/* The policy's side ----------------------------------------------------------------------------- */

static const char *
policy_text(const TamisDeeds *deeds, TamisString string)
{
    return tamis_policy_text(deeds->policy, string);
}

static const TamisEncryption *
find_encryption(const TamisDeeds *deeds, TamisString name)
{
    for (guint i = 0; i < deeds->policy->encryptions->len; i++) {
        const TamisEncryption *at = TAMIS_AT(deeds->policy->encryptions, TamisEncryption, i);

        if (at->name == name)
            return at;
    }
    g_assert_not_reached();
}

/* The filter with its arguments. */
static const char *
policy_program(TamisDeeds *deeds, const TamisEncryption *encryption)
{
    g_autofree const char **words = g_new(const char *, MAX(encryption->arguments.n, 1));

    for (guint32 i = 0; i < encryption->arguments.n; i++)
        words[i] =
            policy_text(deeds, tamis_policy_value(deeds->policy, encryption->arguments.first + i));
    return tamis_deed_program(deeds->arena, words, encryption->arguments.n);
}

static const char *
policy_forward(TamisDeeds *deeds, const TamisFlowAction *action)
{
    const char *key = policy_text(deeds, action->key);
    const TamisEncryption *encryption;

    if (action->encryption == 0)
        return tamis_deed_forward(deeds->arena, key, NULL, NULL, NULL);
    encryption = find_encryption(deeds, action->encryption);
    switch (encryption->means) {
    case TAMIS_ENCRYPT_FILTER:
        return tamis_deed_forward(deeds->arena, key, policy_program(deeds, encryption), NULL, NULL);
    case TAMIS_ENCRYPT_HEADER:
        return tamis_deed_forward(deeds->arena, key, NULL, policy_text(deeds, encryption->header),
                                  policy_text(deeds, encryption->header_value));
    case TAMIS_ENCRYPT_GATEWAY:
        return tamis_deed_forward(
            deeds->arena,
            tamis_arena_printf(deeds->arena, "%s.%s", key, policy_text(deeds, encryption->gateway)),
            NULL, NULL, NULL);
    }
    g_assert_not_reached();
}

/* The action of the policy that the flow's reply was made of. */
static const TamisAction *
find_reply(const TamisDeeds *deeds, const TamisFlowAction *reply)
{
    const TamisPolicy *policy = deeds->policy;
    TamisSlice routes = deeds->mailbox->routes;

    for (guint32 i = routes.first; i < routes.first + routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(policy, i);

        for (guint32 j = 0; route->name == reply->route && j < route->actions.n; j++) {
            const TamisAction *action = tamis_policy_action(policy, route->actions.first + j);

            if (action->kind == TAMIS_DO_REPLY)
                return action; /* of two in one route the first is done */
        }
    }
    g_assert_not_reached();
}

/* Where the mailbox has one address, the server knows it. */
static const char *
policy_manner(TamisDeeds *deeds, const TamisFlowAction *reply)
{
    const TamisAction *action = find_reply(deeds, reply);
    g_autoptr(GArray) own = tamis_own_addresses_of(deeds->own_addresses, deeds->mailbox);
    guint n = own->len > 1 ? own->len : 0;
    g_autofree const char **texts = g_new(const char *, own->len);

    for (guint i = 0; i < n; i++)
        texts[i] = policy_text(deeds, g_array_index(own, TamisString, i));
    return tamis_deed_reply_manner(
        deeds->arena, tamis_server_reply_interval(deeds->server, action->every_s),
        action->from != 0 ? policy_text(deeds, action->from) : NULL, texts, n, NULL);
}

static void
add_policy_action(TamisDeeds *deeds, const TamisFlowAction *action)
{
    const char *text = policy_text(deeds, action->text);
    const char *name = policy_text(deeds, action->name);

    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
        add_by_policy(deeds, policy_forward(deeds, action), action->guard);
        break;
    case TAMIS_FLOW_KEEP:
        add_by_policy(
            deeds,
            tamis_deed_keep(deeds->arena,
                            tamis_folder_name_of(deeds->server, policy_text(deeds, action->folder),
                                                 deeds->arena)),
            action->guard);
        break;
    case TAMIS_FLOW_REPLY: {
        const char *what = tamis_deed_reply(deeds->arena, name, text, policy_manner(deeds, action));

        add_by_policy(deeds, what, action->guard);
        find_deed(deeds, what)->unless = tamis_formulas_not(
            deeds->formulas, tamis_policy_flows_answered(deeds->flows, deeds->index));
        break;
    }
    case TAMIS_FLOW_REJECT:
        add_by_policy(deeds, tamis_deed_reject(deeds->arena, text), action->guard);
        break;
    case TAMIS_FLOW_MARK:
        add_by_policy(deeds, tamis_deed_mark(deeds->arena, name, text), action->guard);
        break;
    default: /* a discard is that no copy stays */
        break;
    }
}

/* The script's side ----------------------------------------------------------------------------- */

static gboolean
is_header(const TamisDeeds *deeds, const TamisEncryption *encryption, TamisString name)
{
    return encryption->means == TAMIS_ENCRYPT_HEADER &&
           g_ascii_strcasecmp(policy_text(deeds, encryption->header), script_text(deeds, name)) ==
               0;
}

static gboolean
is_encryptions_mark(const TamisDeeds *deeds, const TamisEncryption *encryption,
                    const TamisChange *change)
{
    return change->kind == TAMIS_FLOW_MARK && !change->is_unknown && change->last &&
           is_header(deeds, encryption, change->name) &&
           strcmp(policy_text(deeds, encryption->header_value),
                  script_text(deeds, change->value)) == 0;
}

/* That the message of this version carries the encryption's mark: added at the end, and not taken off there. */
static TamisFormula
carries(TamisDeeds *deeds, const TamisEncryption *encryption, guint32 version)
{
    TamisFormula formula = FALSUM;

    for (guint32 i = 0; i < version; i++) {
        const TamisChange *change = &deeds->of_script->changes[i];

        if (is_encryptions_mark(deeds, encryption, change))
            formula = either(deeds, formula, change->guard);
        else if (change->kind == TAMIS_FLOW_UNMARK && is_header(deeds, encryption, change->name))
            formula = without(deeds, formula, change->guard);
    }
    return formula;
}

static void
add_script_forward(TamisDeeds *deeds, const TamisFlowAction *action)
{
    const char *key = script_text(deeds, action->key);
    TamisFormula guard = action->guard;

    if (action->key == 0) {
        deeds->undecided = "a target depends on the message";
        return;
    }
    if (action->encryption != 0) {
        add_by_script(deeds, script_deed(deeds, action), guard);
        return;
    }
    for (guint i = 0; i < deeds->policy->encryptions->len && action->version > 0; i++) {
        const TamisEncryption *encryption =
            TAMIS_AT(deeds->policy->encryptions, TamisEncryption, i);
        TamisFormula marked = both(deeds, guard, carries(deeds, encryption, action->version));

        if (marked == FALSUM)
            continue;
        add_by_script(deeds,
                      tamis_deed_forward(deeds->arena, key, NULL,
                                         policy_text(deeds, encryption->header),
                                         policy_text(deeds, encryption->header_value)),
                      marked);
        guard = without(deeds, guard, marked);
    }
    if (guard != FALSUM)
        add_by_script(deeds, script_deed(deeds, action), guard);
}

/* Whether the change is one that encrypts, or takes that off again. */
static gboolean
encrypts(const TamisDeeds *deeds, const TamisFlowAction *action)
{
    for (guint i = 0; i < deeds->policy->encryptions->len; i++)
        if (is_header(deeds, TAMIS_AT(deeds->policy->encryptions, TamisEncryption, i),
                      action->name))
            return TRUE;
    return FALSE;
}

static void
add_script_action(TamisDeeds *deeds, const TamisFlowAction *action)
{
    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
        add_script_forward(deeds, action);
        break;
    case TAMIS_FLOW_DISCARD:
    case TAMIS_FLOW_FILTER:
        break;
    case TAMIS_FLOW_MARK:
    case TAMIS_FLOW_UNMARK:
        if (encrypts(deeds, action))
            break;
        G_GNUC_FALLTHROUGH;
    case TAMIS_FLOW_KEEP:
    case TAMIS_FLOW_REPLY:
    case TAMIS_FLOW_REJECT:
    case TAMIS_FLOW_FLAGS:
    case TAMIS_FLOW_NOTIFY:
    case TAMIS_FLOW_PROGRAM:
        add_by_script(deeds, script_deed(deeds, action), action->guard);
        break;
    }
}

/* When ------------------------------------------------------------------------------------------ */

static gboolean
is_mark(const TamisDeeds *deeds, const TamisChange *change, const TamisFlowAction *mark)
{
    return change->kind == TAMIS_FLOW_MARK && !change->is_unknown &&
           g_ascii_strcasecmp(script_text(deeds, change->name), policy_text(deeds, mark->name)) ==
               0 &&
           strcmp(script_text(deeds, change->value), policy_text(deeds, mark->text)) == 0;
}

/* What is delivered has the marks already. */
static void
demand_marks(TamisDeeds *deeds, const TamisFlowAction *delivery)
{
    for (guint32 i = 0; i < deeds->of_policy->n_actions; i++) {
        const TamisFlowAction *mark = &deeds->of_policy->actions[i];
        TamisFormula made = FALSUM;

        if (mark->kind != TAMIS_FLOW_MARK)
            continue;
        for (guint32 j = 0; j < delivery->version; j++)
            if (is_mark(deeds, &deeds->of_script->changes[j], mark))
                made = either(deeds, made, deeds->of_script->changes[j].guard);
        add_by_script(deeds, "delivery before its mark",
                      without(deeds, both(deeds, delivery->guard, mark->guard), made));
    }
}

/* What stays is as it came: not through a program, and without an encryption's mark. */
static void
demand_plain(TamisDeeds *deeds, const TamisFlowAction *keep)
{
    for (guint32 i = 0; i < keep->version; i++)
        if (deeds->of_script->changes[i].kind == TAMIS_FLOW_FILTER)
            add_by_script(deeds, "encrypted copy",
                          both(deeds, keep->guard, deeds->of_script->changes[i].guard));
    for (guint i = 0; i < deeds->policy->encryptions->len && keep->version > 0; i++)
        add_by_script(deeds, "encrypted copy",
                      both(deeds, keep->guard,
                           carries(deeds, TAMIS_AT(deeds->policy->encryptions, TamisEncryption, i),
                                   keep->version)));
}

void
tamis_deeds_gather(TamisDeeds *deeds)
{
    for (guint32 i = 0; i < deeds->of_policy->n_actions; i++)
        add_policy_action(deeds, &deeds->of_policy->actions[i]);
    for (guint32 i = 0; i < deeds->of_script->n_actions; i++) {
        const TamisFlowAction *action = &deeds->of_script->actions[i];

        add_script_action(deeds, action);
        if (action->kind == TAMIS_FLOW_KEEP)
            demand_plain(deeds, action);
        if (action->kind == TAMIS_FLOW_KEEP || action->kind == TAMIS_FLOW_FORWARD)
            demand_marks(deeds, action);
    }
}
