/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tags come first, in any order; what follows is taken by position. */
#include "grammar/sieve/bind.h"

#include "base/suggest.h"
#include "grammar/sieve/bind-slip.h"

typedef struct {
    const TamisSieveWord *word;
    TamisReport *report;
    TamisSpan name;
    TamisSieveBound *out;
    guint n_positional; /* which stand first in out->parameters, until they are at their places */
    guint64
        seen; /* by the index of a tag of the word, and behind those by its group: it stands there */
    gboolean has_companions;  /* a tag that needs another one stands there */
    gboolean may_have_strays; /* behind an unknown tag: what follows could be its value */
    gboolean has_surplus;     /* arguments behind the last */
} Binder;

/* NULL where nobody listens. */
static TamisDiagnostic *G_GNUC_PRINTF(4, 5)
    complain(Binder *binder, TamisSpan span, TamisRule rule, const char *format, ...)
{
    va_list arguments;

    binder->out->is_complete = FALSE;
    if (binder->report == NULL)
        return NULL;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return tamis_report_add(binder->report, span, rule, "%s", message);
}

static void
show_usage(Binder *binder, TamisDiagnostic *diagnostic)
{
    if (diagnostic != NULL)
        tamis_report_help(binder->report, diagnostic, "write '%s' (%s)", binder->word->usage,
                          binder->word->reference);
}

static const char *
describe_argument(const TamisSieveArgument *argument)
{
    switch (argument->kind) {
    case TAMIS_SIEVE_TAG:
        return "a tag";
    case TAMIS_SIEVE_NUMBER:
        return "a number";
    case TAMIS_SIEVE_STRING:
        return "a string";
    case TAMIS_SIEVE_LIST:
        return "a list of strings";
    }
    g_assert_not_reached();
}

static const char *
describe_shape(TamisSieveShape shape)
{
    switch (shape) {
    case TAMIS_SIEVE_SHAPE_NUMBER:
        return "a number";
    case TAMIS_SIEVE_SHAPE_STRING:
        return "a string";
    case TAMIS_SIEVE_SHAPE_STRINGS:
        return "a string or a list of strings";
    case TAMIS_SIEVE_SHAPE_NONE:
        break;
    }
    g_assert_not_reached();
}

static inline gboolean
has_shape(const TamisSieveArgument *argument, TamisSieveShape shape)
{
    static const guint8 kinds[] = {
        [TAMIS_SIEVE_SHAPE_NONE] = 0,
        [TAMIS_SIEVE_SHAPE_NUMBER] = 1 << TAMIS_SIEVE_NUMBER,
        [TAMIS_SIEVE_SHAPE_STRING] = 1 << TAMIS_SIEVE_STRING,
        [TAMIS_SIEVE_SHAPE_STRINGS] = 1 << TAMIS_SIEVE_STRING | 1 << TAMIS_SIEVE_LIST,
    };

    return kinds[shape] >> argument->kind & 1;
}

/* "7" in quotes. */
static gboolean
suggest_number(Binder *binder, TamisDiagnostic *diagnostic, const TamisSieveArgument *argument,
               TamisSieveShape shape)
{
    if (shape != TAMIS_SIEVE_SHAPE_NUMBER || argument->kind != TAMIS_SIEVE_STRING)
        return FALSE;
    const TamisSieveString *string = argument->strings;
    guint32 n_digits = 0;
    while (n_digits < string->length_bytes && g_ascii_isdigit(string->text[n_digits]))
        n_digits++;
    if (n_digits == 0 || n_digits > 18 ||
        string->length_bytes - n_digits > (n_digits < string->length_bytes &&
                                           memchr("KMGkmg", string->text[n_digits], 6) != NULL))
        return FALSE;
    g_autofree char *number = g_strndup(string->text, string->length_bytes);
    tamis_report_help(binder->report, diagnostic, "write %s without quotes", number);
    tamis_report_edit(binder->report, diagnostic, argument->span, number);
    return TRUE;
}

/* A number that a tag takes, without the tag, or one that nothing takes: no other argument is wrong then. */
static void
suggest_number_tag(Binder *binder, TamisDiagnostic *diagnostic, const TamisSieveArgument *argument)
{
    const TamisSieveTag *tag = tamis_sieve_find_number_tag(binder->word);

    binder->may_have_strays = TRUE;
    if (tag != NULL)
        tamis_report_help(binder->report, diagnostic, "write ':%s %" G_GUINT64_FORMAT "' (%s)",
                          tag->name, argument->number, binder->word->reference);
    else
        tamis_report_help(binder->report, diagnostic, "take it out: '%s' takes no number (%s)",
                          binder->word->name, binder->word->reference);
}

/* A number that is to be compared with. */
static void
suggest_quotes(Binder *binder, TamisDiagnostic *diagnostic, const TamisSieveArgument *argument)
{
    g_autofree char *text = g_strdup_printf("\"%" G_GUINT64_FORMAT "\"", argument->number);

    tamis_report_help(binder->report, diagnostic, "write %s", text);
    tamis_report_edit(binder->report, diagnostic, argument->span, text);
}

static void
complain_shape(Binder *binder, const TamisSieveArgument *argument, TamisSieveType type,
               const TamisSieveTag *tag, const TamisSieveParameter *parameter)
{
    TamisSieveShape shape = tamis_sieve_type_shape(type);
    g_autofree char *owner =
        tag != NULL ? g_strdup_printf("':%s'", tag->name)
                    : g_strdup_printf("<%s> of '%s'", parameter->name, binder->word->name);
    TamisDiagnostic *diagnostic =
        complain(binder, argument->span, TAMIS_RULE_TYPE, "%s where %s takes %s",
                 describe_argument(argument), owner, describe_shape(shape));
    if (diagnostic == NULL)
        return;
    if (suggest_number(binder, diagnostic, argument, shape))
        return;
    if (argument->kind == TAMIS_SIEVE_NUMBER && parameter != NULL && binder->has_surplus) {
        suggest_number_tag(binder, diagnostic, argument);
        return;
    }
    if (argument->kind == TAMIS_SIEVE_NUMBER && shape == TAMIS_SIEVE_SHAPE_STRINGS &&
        argument->quantifier == 0) {
        suggest_quotes(binder, diagnostic, argument);
        return;
    }
    if (type == TAMIS_SIEVE_TYPE_ADDRESS && argument->kind == TAMIS_SIEVE_LIST &&
        argument->n_strings > 1) {
        tamis_report_help(binder->report, diagnostic, "write a command for each address");
        return;
    }
    if (argument->kind != TAMIS_SIEVE_LIST || argument->n_strings != 1) {
        tamis_report_help(binder->report, diagnostic, "write %s", tamis_sieve_type_text(type));
        return;
    }
    TamisSpan string = argument->strings->span;
    guint32 string_end = string.offset + string.length;
    TamisSpan open = {string.source, argument->span.offset, string.offset - argument->span.offset};
    TamisSpan close = {string.source, string_end,
                       argument->span.offset + argument->span.length - string_end};
    tamis_report_help(binder->report, diagnostic, "take the brackets away");
    tamis_report_edit(binder->report, diagnostic, open, "");
    tamis_report_edit(binder->report, diagnostic, close, "");
}

/* Whether the argument can stand for a value of the type. What takes it is a tag, or else a parameter. */
static inline gboolean
check_shape(Binder *binder, const TamisSieveArgument *argument, TamisSieveType type,
            const TamisSieveTag *tag, const TamisSieveParameter *parameter)
{
    if (G_LIKELY(has_shape(argument, tamis_sieve_type_shape(type))))
        return TRUE;
    complain_shape(binder, argument, type, tag, parameter);
    return FALSE;
}

/* Tags ------------------------------------------------------------------------------------------ */

/* The tag, as a bit, that an instruction "write ':tag …" names; 0: none. */
static guint32
meant_by(const TamisSieveWord *word, const char *habit)
{
    static const char start[] = "write ':";

    if (!g_str_has_prefix(habit, start))
        return 0;
    const char *name = habit + strlen(start);
    int index = tamis_sieve_find_tag(word, name, strspn(name, "abcdefghijklmnopqrstuvwxyz"));
    return index < 0 ? 0 : 1u << index;
}

/* The tag that may be meant; NULL: none is near. */
static const TamisSieveTag *
complain_unknown_tag(Binder *binder, const TamisSieveArgument *argument)
{
    const TamisSieveWord *word = binder->word;
    const char *names[TAMIS_SIEVE_MAX_TAGS];
    int length = (int)MIN(argument->name_length, 40);

    binder->may_have_strays = TRUE;
    TamisDiagnostic *diagnostic =
        complain(binder, argument->span, TAMIS_RULE_UNKNOWN_NAME, "'%s' takes no tag ':%.*s'",
                 word->name, length, argument->name);
    if (diagnostic == NULL)
        return NULL;
    for (guint i = 0; i < word->n_tags; i++)
        names[i] = word->tags[i].name;
    g_autofree char *name = g_ascii_strdown(argument->name, length);
    const char *near = tamis_suggest(name, names, word->n_tags);
    const char *habit = tamis_sieve_find_tag_habit(word, name);
    if (strcmp(name, "not") == 0 && word->kind == TAMIS_SIEVE_TEST)
        tamis_report_help(binder->report, diagnostic, "write 'not' before '%s'", word->name);
    else if (habit != NULL)
        tamis_report_help(binder->report, diagnostic, "%s", habit);
    else if (near != NULL)
        tamis_report_help(binder->report, diagnostic, "did you mean ':%s'?", near);
    else if (word->n_tags == 0)
        tamis_report_help(binder->report, diagnostic, "take it out: '%s' takes no tags",
                          word->name);
    else
        show_usage(binder, diagnostic);
    if (habit != NULL)
        binder->out->meant |= meant_by(word, habit);
    if (near == NULL)
        return NULL;
    int meant = tamis_sieve_find_tag(word, near, strlen(near));
    binder->out->meant |= 1u << meant;
    return &word->tags[meant];
}

/* Whether several values of the tag can stand in one list instead. */
static gboolean
takes_list(const TamisSieveTag *tag)
{
    return tag->type != TAMIS_SIEVE_TYPE_NONE &&
           tamis_sieve_type_shape((TamisSieveType)tag->type) == TAMIS_SIEVE_SHAPE_STRINGS;
}

/* A tag that cannot stand here beside the tags before it. */
static G_NO_INLINE void
complain_neighbour(Binder *binder, const TamisSieveTag *tag, const TamisSieveArgument *argument)
{
    for (guint i = 0; i < binder->out->n_tags; i++) {
        const TamisSieveTag *other = binder->out->tags[i].tag;
        TamisDiagnostic *diagnostic;
        if (other == tag)
            diagnostic = complain(binder, argument->span, TAMIS_RULE_SYNTAX, "':%s' stands twice",
                                  tag->name);
        else if (tag->group != 0 && other->group == tag->group)
            diagnostic = complain(binder, argument->span, TAMIS_RULE_SYNTAX,
                                  "':%s' and ':%s' exclude each other", other->name, tag->name);
        else
            continue;
        if (diagnostic == NULL)
            return;
        tamis_report_relate(binder->report, diagnostic, binder->out->tags[i].argument->span,
                            "':%s' stands here", other->name);
        const char *reference = tag->extension != TAMIS_EXTENSION_NONE
                                    ? tamis_extension_origin((TamisExtension)tag->extension)
                                    : binder->word->reference;
        if (other == tag && takes_list(tag))
            tamis_report_help(binder->report, diagnostic, "write one ':%s' with a list (%s)",
                              tag->name, reference);
        else
            tamis_report_help(binder->report, diagnostic, "keep one of them (%s)", reference);
        return;
    }
}

/* A tag behind a positional argument has to move before it. */
static void
complain_late_tag(Binder *binder, const TamisSieveArgument *argument)
{
    TamisDiagnostic *diagnostic = complain(binder, argument->span, TAMIS_RULE_SYNTAX,
                                           "':%.*s' stands behind an argument that is no tag",
                                           (int)MIN(argument->name_length, 40), argument->name);
    if (diagnostic == NULL)
        return;
    tamis_report_relate(binder->report, diagnostic, binder->out->parameters[0]->span,
                        "the arguments by position begin here");
    tamis_report_help(binder->report, diagnostic, "write tags first (RFC 5228, section 2.6.2)");
}

/* By position. */
static gboolean
takes_number(const TamisSieveWord *word)
{
    for (guint i = 0; i < word->n_parameters; i++)
        if (tamis_sieve_type_shape((TamisSieveType)word->parameters[i].type) ==
            TAMIS_SIEVE_SHAPE_NUMBER)
            return TRUE;
    return FALSE;
}

/* Returns the last argument taken: a value is no fault of its own. */
static G_NO_INLINE const TamisSieveArgument *
pass_unknown_tag(Binder *binder, const TamisSieveArgument *argument)
{
    const TamisSieveTag *meant = complain_unknown_tag(binder, argument);
    const TamisSieveArgument *next = argument->next;

    if (next == NULL)
        return argument;
    gboolean has_value = meant != NULL
                             ? meant->type != TAMIS_SIEVE_TYPE_NONE && next->kind != TAMIS_SIEVE_TAG
                             : next->kind == TAMIS_SIEVE_NUMBER && !takes_number(binder->word);
    return has_value ? next : argument;
}

static G_NO_INLINE void
complain_no_value(Binder *binder, const TamisSieveTag *tag, const TamisSieveArgument *argument)
{
    TamisDiagnostic *diagnostic =
        complain(binder, argument->span, TAMIS_RULE_SYNTAX, "':%s' lacks its value", tag->name);

    if (diagnostic != NULL)
        tamis_report_help(binder->report, diagnostic, "write %s behind it",
                          tamis_sieve_type_text((TamisSieveType)tag->type));
}

/* Returns the last argument taken. */
static inline const TamisSieveArgument *
bind_tag(Binder *binder, const TamisSieveArgument *argument)
{
    TamisSieveBound *out = binder->out;
    int index = tamis_sieve_find_tag(binder->word, argument->name, argument->name_length);

    if (G_UNLIKELY(index < 0))
        return pass_unknown_tag(binder, argument);
    if (G_UNLIKELY(binder->n_positional > 0))
        complain_late_tag(binder, argument);
    const TamisSieveTag *tag = &binder->word->tags[index];
    guint64 claimed = (guint64)1 << index | (guint64)(tag->group != 0) << (32 + tag->group);
    gboolean fits = (binder->seen & claimed) == 0;
    if (G_UNLIKELY(!fits)) {
        out->meant |= 1u << index;
        complain_neighbour(binder, tag, argument);
    } else {
        guint n = out->n_tags++;
        binder->seen |= claimed;
        binder->has_companions |= tag->companion >= 0;
        out->tags[n].tag = tag;
        out->tags[n].argument = argument;
        out->tags[n].value = NULL;
    }
    if (tag->type == TAMIS_SIEVE_TYPE_NONE)
        return argument;
    const TamisSieveArgument *value = argument->next;
    if (G_UNLIKELY(value == NULL || value->kind == TAMIS_SIEVE_TAG)) {
        complain_no_value(binder, tag, argument);
        return argument;
    }
    if (check_shape(binder, value, (TamisSieveType)tag->type, tag, NULL) && fits)
        out->tags[out->n_tags - 1].value = value;
    return value;
}

/* The tag, or another that would take its place. */
static gboolean
has_companion(const Binder *binder, const TamisSieveTag *companion)
{
    for (guint i = 0; i < binder->out->n_tags; i++) {
        const TamisSieveTag *tag = binder->out->tags[i].tag;
        if (tag == companion || (tag->group != 0 && tag->group == companion->group))
            return TRUE;
    }
    return FALSE;
}

/* ":a' or ':b": the tag and the others of its group. */
static char *
name_companions(const TamisSieveWord *word, const TamisSieveTag *companion)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < word->n_tags; i++) {
        const TamisSieveTag *tag = &word->tags[i];
        if (tag == companion || (tag->group != 0 && tag->group == companion->group))
            g_string_append_printf(names, "%s:%s", names->len > 0 ? "' or '" : "", tag->name);
    }
    return g_string_free(names, FALSE);
}

static void
check_companions(Binder *binder)
{
    const TamisSieveWord *word = binder->word;

    for (guint i = 0; i < binder->out->n_tags; i++) {
        const TamisSieveTag *tag = binder->out->tags[i].tag;
        if (tag->companion < 0)
            continue;
        const TamisSieveTag *companion = &word->tags[tag->companion];
        if (has_companion(binder, companion))
            continue;
        g_autofree char *names = name_companions(word, companion);
        show_usage(binder, complain(binder, binder->out->tags[i].argument->span, TAMIS_RULE_SYNTAX,
                                    "':%s' stands without '%s'", tag->name, names));
    }
}

/* Positions ------------------------------------------------------------------------------------- */

static void
complain_missing(Binder *binder, guint n_required)
{
    const TamisSieveWord *word = binder->word;
    g_autoptr(GString) names = g_string_new(NULL);
    guint n_missing = n_required - binder->n_positional;

    if (binder->may_have_strays)
        return;
    for (guint i = word->n_parameters; i-- > 0 && n_missing > 0;) {
        if (word->parameters[i].is_optional)
            continue;
        g_autofree char *name =
            g_strdup_printf("<%s>%s", word->parameters[i].name, names->len > 0 ? " and " : "");
        g_string_prepend(names, name);
        n_missing--;
    }
    show_usage(binder,
               complain(binder, binder->name, TAMIS_RULE_SYNTAX, "'%s' lacks its %s %s", word->name,
                        strchr(names->str, ' ') != NULL ? "arguments" : "argument", names->str));
}

static void
complain_surplus(Binder *binder, const TamisSieveArgument *first)
{
    const TamisSieveWord *word = binder->word;
    const char *remedy = tamis_sieve_find_surplus_remedy(word);

    if (binder->may_have_strays)
        return;
    TamisDiagnostic *diagnostic = complain(
        binder, first->span, TAMIS_RULE_SYNTAX,
        word->n_parameters == 0 ? "'%s' takes no such argument" : "'%s' takes no further argument",
        word->name);
    if (diagnostic == NULL)
        return;
    if (first->kind == TAMIS_SIEVE_NUMBER)
        suggest_number_tag(binder, diagnostic, first);
    else if (remedy != NULL)
        tamis_report_help(binder->report, diagnostic, "%s", remedy);
    else
        show_usage(binder, diagnostic);
}

/* Where parameters are left out, those behind them move to their places. */
static void
spread_positional(Binder *binder)
{
    const TamisSieveWord *word = binder->word;
    const TamisSieveArgument **parameters = binder->out->parameters;
    guint n_left_out = word->n_parameters - binder->n_positional;
    guint from = binder->n_positional;

    for (guint i = word->n_parameters; i-- > 0;) {
        gboolean is_left_out = word->parameters[i].is_optional && n_left_out > 0;
        n_left_out -= is_left_out;
        parameters[i] = is_left_out ? NULL : parameters[--from];
    }
}

static void
bind_positional(Binder *binder)
{
    const TamisSieveWord *word = binder->word;
    const TamisSieveArgument **parameters = binder->out->parameters;

    if (G_UNLIKELY(binder->n_positional < word->n_required)) {
        complain_missing(binder, word->n_required);
        memset(parameters, 0, sizeof *parameters * word->n_parameters);
        return;
    }
    if (binder->n_positional < word->n_parameters)
        spread_positional(binder);
    for (guint i = 0; i < word->n_parameters; i++)
        if (parameters[i] != NULL &&
            !check_shape(binder, parameters[i], (TamisSieveType)word->parameters[i].type, NULL,
                         &word->parameters[i]))
            parameters[i] = NULL;
}

/* Behind those in their places: tags that come late, and what there is no place for. Returns the first of that. */
static G_NO_INLINE const TamisSieveArgument *
sort_rest(Binder *binder, const TamisSieveArgument *rest)
{
    const TamisSieveArgument *surplus = NULL;

    for (const TamisSieveArgument *argument = rest; argument != NULL; argument = argument->next) {
        binder->out->n_arguments++;
        if (argument->kind == TAMIS_SIEVE_TAG) {
            const TamisSieveArgument *last = bind_tag(binder, argument);
            binder->out->n_arguments += last != argument;
            argument = last;
        } else if (binder->n_positional < binder->word->n_parameters)
            binder->out->parameters[binder->n_positional++] = argument;
        else if (surplus == NULL)
            surplus = argument;
    }
    return surplus;
}

/* Tags to their places, and the others in a row. Returns the first that has no place in it. */
static inline const TamisSieveArgument *
sort_arguments(Binder *binder, const TamisSieveArgument *argument)
{
    TamisSieveBound *out = binder->out;
    guint n = 0, n_positional = 0, n_parameters = binder->word->n_parameters;

    for (; argument != NULL && argument->kind == TAMIS_SIEVE_TAG; argument = argument->next) {
        const TamisSieveArgument *last = bind_tag(binder, argument);
        n += last != argument ? 2 : 1;
        argument = last;
    }
    for (; argument != NULL && argument->kind != TAMIS_SIEVE_TAG && n_positional < n_parameters;
         argument = argument->next)
        out->parameters[n_positional++] = argument;
    binder->n_positional = n_positional;
    out->n_arguments = n + n_positional;
    return G_LIKELY(argument == NULL) ? NULL : sort_rest(binder, argument);
}

void
tamis_sieve_bind_some(const TamisSieveWord *word, const TamisSieveArgument *arguments,
                      TamisSpan name, TamisReport *report, TamisSieveBound *out)
{
    Binder binder = {.word = word, .report = report, .name = name, .out = out};

    const TamisSieveArgument *surplus = sort_arguments(&binder, arguments);
    binder.has_surplus = surplus != NULL;
    if (binder.has_companions)
        check_companions(&binder);
    bind_positional(&binder);
    if (surplus != NULL)
        complain_surplus(&binder, surplus);
}
