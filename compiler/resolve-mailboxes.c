/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mailboxes, written out or one for each row of a table, and who has which address. */
#include "compiler/resolve-plans.h"

/* Of aliases, for findings: each takes its time. */
#define MOST_SEARCHES 1000

/* Addresses ---------------------------------------------------------------------------------------- */

static guint32 *
owner_of(TamisResolver *r, TamisString key)
{
    GArray *owners = r->policy->mailbox_of_string;

    while (owners->len <= key) {
        guint32 nobody = TAMIS_NO_INDEX;
        g_array_append_val(owners, nobody);
    }
    return &g_array_index(owners, guint32, key);
}

/* Where the alias of a mailbox stands. */
static TamisSpan
find_alias(const TamisResolver *r, const TamisMailbox *mailbox, TamisString key)
{
    guint32 n = r->n_faults < MOST_SEARCHES ? mailbox->aliases.n : 0;

    for (guint32 i = 0; i < n; i++) {
        const TamisTarget *alias = tamis_policy_target(r->policy, mailbox->aliases.first + i);
        if (alias->address.key == key)
            return alias->span;
    }
    for (guint i = 0; i < r->alias_buffer->len && r->n_faults < MOST_SEARCHES; i++)
        if (TAMIS_AT(r->alias_buffer, TamisTarget, i)->address.key == key)
            return TAMIS_AT(r->alias_buffer, TamisTarget, i)->span;
    return mailbox->span;
}

static void
report_taken(TamisResolver *r, const TamisAddress *address, TamisSpan span, gboolean is_alias,
             guint32 owner)
{
    const TamisMailbox *mailbox = tamis_policy_mailbox(r->policy, owner);
    gboolean was_alias = mailbox->address.key != address->key;
    const char *text = tamis_strings_get(r->strings, address->text);
    const char *other = tamis_strings_get(r->strings, mailbox->address.text);
    TamisDiagnostic *diagnostic;

    r->n_faults++;
    if (!is_alias && !was_alias)
        diagnostic = tamis_report_add(r->report, span, TAMIS_RULE_DUPLICATE_NAME,
                                      "mailbox '%s' is defined more than once", text);
    else if (!is_alias)
        diagnostic = tamis_report_add(r->report, span, TAMIS_RULE_DUPLICATE_NAME,
                                      "mailbox '%s' is an alias of '%s'", text, other);
    else if (!was_alias)
        diagnostic = tamis_report_add(r->report, span, TAMIS_RULE_DUPLICATE_NAME,
                                      "alias '%s' is a mailbox", text);
    else
        diagnostic = tamis_report_add(r->report, span, TAMIS_RULE_DUPLICATE_NAME,
                                      "alias '%s' is one of '%s' already", text, other);
    tamis_report_relate(r->report, diagnostic,
                        was_alias ? find_alias(r, mailbox, address->key) : mailbox->span,
                        "first defined here");
    tamis_report_help(r->report, diagnostic, "%s",
                      is_alias || was_alias ? "take one of them out: an address is one mailbox's"
                                            : "put the routes of both into one block");
    tamis_report_blame(r->report, diagnostic, text, NULL);
}

/* FALSE when somebody has it, which is reported. */
static gboolean
claim(TamisResolver *r, const TamisAddress *address, TamisSpan span, gboolean is_alias,
      guint32 mailbox)
{
    guint32 *owner = owner_of(r, address->key);

    if (*owner != TAMIS_NO_INDEX) {
        report_taken(r, address, span, is_alias, *owner);
        return FALSE;
    }
    *owner = mailbox;
    return TRUE;
}

static void
claim_alias(TamisResolver *r, const TamisAddress *address, TamisSpan span)
{
    TamisTarget alias = {*address, span};

    if (claim(r, address, span, TRUE, r->policy->mailboxes->len - 1))
        g_array_append_val(r->alias_buffer, alias);
}

/* Mailboxes ---------------------------------------------------------------------------------------- */

/* The policy's limits with what the body says; bodies that say nothing share the first. */
static guint32
store_limits(TamisResolver *r, const TamisBodyPlan *body)
{
    TamisLimits limits = *TAMIS_AT(r->policy->limits, TamisLimits, 0);

    if (!tamis_resolve_override_limits(&limits, &body->limits))
        return 0;
    g_array_append_val(r->policy->limits, limits);
    return r->policy->limits->len - 1;
}

static gboolean
has_room(TamisResolver *r, TamisSpan place)
{
    if (r->policy->routes->len < TAMIS_MAX_ROUTES)
        return TRUE;
    if (!r->is_exhausted)
        tamis_report_help(r->report,
                          tamis_report_add(r->report, place, TAMIS_RULE_SYNTAX,
                                           "the policy has more than %u routes", TAMIS_MAX_ROUTES),
                          "part it into several policies");
    r->is_exhausted = TRUE;
    return FALSE;
}

/* A table of n mailboxes that forward to a table of n is n² forwards, in lists that are shared. */
static void
count_forwards(TamisResolver *r, const TamisMailbox *mailbox)
{
    for (guint32 i = 0; i < mailbox->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(r->policy, mailbox->routes.first + i);

        for (guint32 k = 0; k < route->actions.n; k++)
            r->forwards += tamis_policy_action(r->policy, route->actions.first + k)->targets.n;
    }
    if (r->forwards <= TAMIS_MAX_FORWARDS)
        return;
    if (!r->is_exhausted)
        tamis_report_help(
            r->report,
            tamis_report_add(r->report, mailbox->span, TAMIS_RULE_SYNTAX,
                             "the mailboxes so far forward to more than %u addresses together",
                             TAMIS_MAX_FORWARDS),
            "forward to one address that stands for the list");
    r->is_exhausted = TRUE;
}

static void
make_mailbox(TamisResolver *r, const TamisFrame *frame, const TamisOperand *operand,
             const TamisBodyPlan *body, guint32 limits)
{
    guint32 index = r->policy->mailboxes->len;
    TamisMailbox mailbox = {.limits = limits};
    TamisTerm term = tamis_resolve_evaluate(r, frame, operand);

    if (r->is_exhausted || !has_room(r, operand->span) ||
        !tamis_resolve_to_address(r, frame, &term, operand->span, "an address", &mailbox.address) ||
        !claim(r, &mailbox.address, term.origin, FALSE, index))
        return;
    mailbox.span = term.origin;
    if (frame->row != NULL)
        mailbox.row = frame->row->span;
    mailbox.routes.first = r->policy->routes->len;
    g_array_append_val(r->policy->mailboxes, mailbox);
    g_array_set_size(r->alias_buffer, 0);
    r->mailbox = mailbox.address.text;
    r->mailbox_steps = 0;
    tamis_resolve_make_body(r, frame, body, claim_alias);
    r->mailbox = 0;
    mailbox.routes.n = r->policy->routes->len - mailbox.routes.first;
    count_forwards(r, &mailbox);
    mailbox.aliases = tamis_resolve_store(r, r->policy->targets, r->alias_buffer, operand->span);
    g_array_set_size(r->alias_buffer, 0);
    *tamis_policy_mailbox(r->policy, index) = mailbox;
}

/* Whose block it is, where it is one mailbox's; 0: several mailboxes', or that of none. */
static TamisString
block_owner(TamisResolver *r, const TamisOperands *addresses)
{
    TamisAddress address;

    if (addresses->n != 1 || addresses->items[0].kind != TAMIS_OPERAND_TERM ||
        addresses->items[0].term.kind != TAMIS_TERM_ADDRESS ||
        tamis_address_parse(r->strings, addresses->items[0].term.text,
                            addresses->items[0].term.length_bytes, &address) != TAMIS_ADDRESS_OK)
        return 0;
    return address.text;
}

static void
visit_mailbox(TamisResolver *r, const TamisDeclaration *declaration)
{
    TamisOperands addresses;
    TamisBodyPlan body;
    guint32 limits;

    tamis_arena_drop_before(r->mailboxes, declaration);
    tamis_arena_reset(r->scratch);
    addresses = tamis_resolve_bind(r, r->scratch, &tamis_no_scope, declaration->mailbox.addresses);
    r->mailbox = block_owner(r, &addresses);
    tamis_resolve_bind_body(r, r->scratch, &tamis_no_scope, declaration->mailbox.items, &body);
    r->mailbox = 0;
    limits = store_limits(r, &body);
    for (guint32 i = 0; i < addresses.n; i++)
        make_mailbox(r, &tamis_no_frame, &addresses.items[i], &body, limits);
}

/* Tables ------------------------------------------------------------------------------------------- */

typedef struct {
    TamisOperands addresses;
    TamisBodyPlan body;
    guint32 limits;
} MailboxPlan;

static GArray *
bind_mailboxes(TamisResolver *r, const TamisScope *scope, const TamisDeclaration *mailboxes)
{
    GArray *plans = g_array_new(FALSE, TRUE, sizeof(MailboxPlan));

    for (const TamisDeclaration *at = mailboxes; at != NULL; at = at->next) {
        MailboxPlan plan = {0};
        plan.addresses = tamis_resolve_bind(r, r->arena, scope, at->mailbox.addresses);
        tamis_resolve_bind_body(r, r->arena, scope, at->mailbox.items, &plan.body);
        plan.limits = store_limits(r, &plan.body);
        g_array_append_val(plans, plan);
    }
    return plans;
}

static void
visit_each(TamisResolver *r, const TamisDeclaration *declaration)
{
    g_autoptr(GArray) plans = NULL;
    TamisScope scope = {.row_name = declaration->name.text};
    TamisRows rows;

    if (declaration->each.csv == NULL || declaration->name.text == NULL ||
        !tamis_resolve_rows_open(r, declaration->each.csv, &declaration->each.where, &rows))
        return;
    scope.rows = &rows;
    plans = bind_mailboxes(r, &scope, declaration->each.mailboxes);
    while (tamis_resolve_rows_next(&rows)) {
        TamisFrame frame = {.row = &rows.row};
        tamis_arena_reset(r->scratch);
        for (guint i = 0; i < plans->len; i++) {
            const MailboxPlan *plan = &g_array_index(plans, MailboxPlan, i);
            for (guint32 k = 0; k < plan->addresses.n; k++)
                make_mailbox(r, &frame, &plan->addresses.items[k], &plan->body, plan->limits);
        }
    }
    tamis_resolve_rows_close(&rows);
}

static void
visit(TamisResolver *r, const TamisDeclaration *declaration)
{
    if (declaration->kind == TAMIS_DECLARATION_EACH)
        visit_each(r, declaration);
    else
        visit_mailbox(r, declaration);
}

void
tamis_resolve_mailboxes(TamisResolver *r)
{
    tamis_resolve_each_declaration(r, TAMIS_DECLARATION_MAILBOX, visit);
}
