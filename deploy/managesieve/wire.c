/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Responses, byte by byte: a machine whose state is one enum, so that it does not matter where the network
 * cuts. */
#include "deploy/managesieve/wire.h"

#include "deploy/error.h"

#include <string.h>

typedef enum {
    AT_WORD,    /* a word, a parenthesis or the end of the line may begin */
    AFTER_WORD, /* a blank, a closing parenthesis or the end of the line has to follow */
    IN_ATOM,
    IN_QUOTED,
    IN_ESCAPE,
    IN_SIZE,    /* behind { */
    AFTER_SIZE, /* behind }, before the line feed */
    IN_LITERAL,
    AFTER_RETURN, /* behind the carriage return that ends a line */
    IS_BROKEN,
} State;

struct TamisWire {
    State state;
    TamisWireResponse *response;
    GString *word;
    guint depth;   /* of parentheses */
    gsize size;    /* of the literal that is read */
    gsize n_bytes; /* of the response so far */
    guint32 first; /* word of the line */
    gboolean has_digit;
    gboolean has_plus;
};

/* Responses ------------------------------------------------------------------------------------- */

static void
word_clear(gpointer data)
{
    TamisWireWord *word = data;

    g_free(word->text);
}

static TamisWireResponse *
response_new(void)
{
    TamisWireResponse *response = g_new0(TamisWireResponse, 1);

    response->words = g_array_new(FALSE, FALSE, sizeof(TamisWireWord));
    g_array_set_clear_func(response->words, word_clear);
    response->lines = g_array_new(FALSE, FALSE, sizeof(guint32));
    return response;
}

void
tamis_wire_response_free(TamisWireResponse *response)
{
    if (response == NULL)
        return;
    g_array_unref(response->words);
    g_array_unref(response->lines);
    g_free(response);
}

/* The n-th word of a line that stands in the code, or does not. */
static const TamisWireWord *
find_word(const TamisWireResponse *response, guint32 line, gboolean code, guint n)
{
    if (line >= response->n_lines)
        return NULL;
    for (guint i = g_array_index(response->lines, guint32, line); i < response->words->len; i++) {
        const TamisWireWord *word = &g_array_index(response->words, TamisWireWord, i);
        if (word->line != line)
            return NULL;
        if (word->code == code && n-- == 0)
            return word;
    }
    return NULL;
}

const TamisWireWord *
tamis_wire_response_word(const TamisWireResponse *response, guint32 line, guint n)
{
    return find_word(response, line, FALSE, n);
}

/* The n-th word of the code. */
static const char *
code_word(const TamisWireResponse *response, guint n)
{
    const TamisWireWord *word =
        response->n_lines > 0 ? find_word(response, response->n_lines - 1, TRUE, n) : NULL;

    return word != NULL ? word->text : NULL;
}

const char *
tamis_wire_response_code(const TamisWireResponse *response)
{
    return code_word(response, 0);
}

const char *
tamis_wire_response_code_argument(const TamisWireResponse *response)
{
    return code_word(response, 1);
}

gboolean
tamis_wire_response_has_code(const TamisWireResponse *response, const char *code)
{
    const char *said = tamis_wire_response_code(response);
    gsize length = strlen(code);

    return said != NULL && g_ascii_strncasecmp(said, code, length) == 0 &&
           (said[length] == '\0' || said[length] == '/');
}

const char *
tamis_wire_response_text(const TamisWireResponse *response)
{
    const TamisWireWord *word;

    if (response->status == TAMIS_WIRE_NO_STATUS)
        return NULL;
    word = tamis_wire_response_word(response, response->n_lines - 1, 1);
    return word != NULL && *word->text != '\0' ? word->text : NULL;
}

/* The machine ----------------------------------------------------------------------------------- */

TamisWire *
tamis_wire_new(void)
{
    TamisWire *wire = g_new0(TamisWire, 1);

    wire->response = response_new();
    wire->word = g_string_new(NULL);
    return wire;
}

void
tamis_wire_free(TamisWire *wire)
{
    if (wire == NULL)
        return;
    tamis_wire_response_free(wire->response);
    g_string_free(wire->word, TRUE);
    g_free(wire);
}

TamisWireResponse *
tamis_wire_steal(TamisWire *wire)
{
    TamisWireResponse *response = g_steal_pointer(&wire->response);

    wire->response = response_new();
    wire->n_bytes = 0;
    wire->first = 0;
    return response;
}

static TamisWireStep
break_off(TamisWire *wire, GError **error, const char *what)
{
    wire->state = IS_BROKEN;
    g_set_error_literal(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_PROTOCOL, what);
    return TAMIS_WIRE_BROKEN;
}

static gboolean
finish_word(TamisWire *wire, TamisWireKind kind)
{
    TamisWireWord word = {
        .kind = kind,
        .line = wire->response->n_lines,
        .code = wire->depth > 0,
        .length_bytes = wire->word->len,
    };

    word.text = g_string_free(g_steal_pointer(&wire->word), FALSE);
    wire->word = g_string_new(NULL);
    g_array_append_val(wire->response->words, word);
    wire->state = AFTER_WORD;
    return wire->response->words->len <= TAMIS_WIRE_MAX_WORDS;
}

/* The line's first word, NULL while there is none. */
static const TamisWireWord *
first_word(const TamisWire *wire)
{
    const GArray *words = wire->response->words;

    return wire->first < words->len ? &g_array_index(words, TamisWireWord, wire->first) : NULL;
}

static TamisWireStatus
status_of(const TamisWireWord *word)
{
    if (word == NULL || word->kind != TAMIS_WIRE_ATOM)
        return TAMIS_WIRE_NO_STATUS;
    if (g_ascii_strcasecmp(word->text, "OK") == 0)
        return TAMIS_WIRE_OK;
    if (g_ascii_strcasecmp(word->text, "NO") == 0)
        return TAMIS_WIRE_NO;
    return g_ascii_strcasecmp(word->text, "BYE") == 0 ? TAMIS_WIRE_BYE : TAMIS_WIRE_NO_STATUS;
}

static TamisWireStep
finish_line(TamisWire *wire, GError **error)
{
    TamisWireResponse *response = wire->response;
    const TamisWireWord *word = first_word(wire);

    wire->state = AT_WORD;
    if (word == NULL) /* an empty line, which some servers send behind a script */
        return TAMIS_WIRE_MORE;
    if (wire->depth > 0)
        return break_off(wire, error, "a parenthesis is not closed");
    response->status = status_of(word);
    if (response->status == TAMIS_WIRE_NO_STATUS && word->kind != TAMIS_WIRE_STRING)
        return break_off(wire, error, "a line is neither data nor OK, NO or BYE");
    g_array_append_val(response->lines, wire->first);
    response->n_lines++;
    wire->first = response->words->len;
    return response->status == TAMIS_WIRE_NO_STATUS ? TAMIS_WIRE_LINE : TAMIS_WIRE_END;
}

static gboolean
is_atom_byte(char byte)
{
    return byte > ' ' && byte < 0x7f && strchr("(){\"\\", byte) == NULL;
}

/* The first byte of something. */
static TamisWireStep
begin(TamisWire *wire, char byte, GError **error)
{
    switch (byte) {
    case '"':
        wire->state = IN_QUOTED;
        return TAMIS_WIRE_MORE;
    case '{':
        wire->state = IN_SIZE;
        wire->size = 0;
        wire->has_digit = wire->has_plus = FALSE;
        return TAMIS_WIRE_MORE;
    case '(':
        if (status_of(first_word(wire)) == TAMIS_WIRE_NO_STATUS)
            return break_off(wire, error, "a parenthesis where none may be");
        if (++wire->depth > TAMIS_WIRE_MAX_CODE_DEPTH)
            return break_off(wire, error, "parentheses too deep");
        return TAMIS_WIRE_MORE;
    case ')':
        if (wire->depth == 0)
            return break_off(wire, error, "a parenthesis where none may be");
        wire->depth--;
        wire->state = AFTER_WORD;
        return TAMIS_WIRE_MORE;
    case ' ': /* one too many, or one before the end of the line */
        return TAMIS_WIRE_MORE;
    case '\r':
        wire->state = AFTER_RETURN;
        return TAMIS_WIRE_MORE;
    case '\n':
        return finish_line(wire, error);
    default:
        if (!is_atom_byte(byte))
            return break_off(wire, error, "a byte that no word begins with");
        wire->state = IN_ATOM;
        g_string_append_c(wire->word, byte);
        return TAMIS_WIRE_MORE;
    }
}

static TamisWireStep
go_on_after_word(TamisWire *wire, char byte, GError **error)
{
    if (byte != ' ' && byte != ')' && byte != '\r' && byte != '\n' && byte != '(')
        return break_off(wire, error, "no blank between two words");
    wire->state = AT_WORD;
    return begin(wire, byte, error);
}

static TamisWireStep
go_on_in_atom(TamisWire *wire, char byte, GError **error)
{
    if (is_atom_byte(byte)) {
        if (wire->word->len >= TAMIS_WIRE_MAX_ATOM_BYTES)
            return break_off(wire, error, "a word is too long");
        g_string_append_c(wire->word, byte);
        return TAMIS_WIRE_MORE;
    }
    if (!finish_word(wire, TAMIS_WIRE_ATOM))
        return break_off(wire, error, "the response is too long");
    return go_on_after_word(wire, byte, error);
}

static TamisWireStep
go_on_in_quoted(TamisWire *wire, char byte, GError **error)
{
    if (wire->state == IN_QUOTED && byte == '"')
        return finish_word(wire, TAMIS_WIRE_STRING)
                   ? TAMIS_WIRE_MORE
                   : break_off(wire, error, "the response is too long");
    if (wire->state == IN_QUOTED && byte == '\\') {
        wire->state = IN_ESCAPE;
        return TAMIS_WIRE_MORE;
    }
    if (byte == '\0' || byte == '\r' || byte == '\n')
        return break_off(wire, error, "a quoted string does not end on its line");
    if (wire->word->len >= TAMIS_WIRE_MAX_QUOTED_BYTES)
        return break_off(wire, error, "a quoted string is too long");
    g_string_append_c(wire->word, byte);
    wire->state = IN_QUOTED;
    return TAMIS_WIRE_MORE;
}

static TamisWireStep
go_on_in_size(TamisWire *wire, char byte, GError **error)
{
    if (g_ascii_isdigit(byte) && !wire->has_plus) {
        wire->has_digit = TRUE;
        wire->size = wire->size * 10 + (gsize)(byte - '0');
        if (wire->size > TAMIS_WIRE_MAX_LITERAL_BYTES)
            return break_off(wire, error, "a literal is too long");
        return TAMIS_WIRE_MORE;
    }
    if (byte == '+' && wire->has_digit && !wire->has_plus) {
        wire->has_plus = TRUE;
        return TAMIS_WIRE_MORE;
    }
    if (byte != '}' || !wire->has_digit)
        return break_off(wire, error, "a literal has no size");
    wire->state = AFTER_SIZE;
    return TAMIS_WIRE_MORE;
}

static TamisWireStep
begin_literal(TamisWire *wire, GError **error)
{
    wire->state = IN_LITERAL;
    if (wire->size > 0)
        return TAMIS_WIRE_MORE;
    return finish_word(wire, TAMIS_WIRE_STRING)
               ? TAMIS_WIRE_MORE
               : break_off(wire, error, "the response is too long");
}

/* Many bytes at once, all that belongs to the literal. */
static gsize
take_literal(TamisWire *wire, const char *bytes, gsize n_bytes)
{
    gsize n = MIN(n_bytes, wire->size);

    g_string_append_len(wire->word, bytes, (gssize)n);
    wire->size -= n;
    return n;
}

static TamisWireStep
take_byte(TamisWire *wire, char byte, GError **error)
{
    switch (wire->state) {
    case AT_WORD:
        return begin(wire, byte, error);
    case AFTER_WORD:
        return go_on_after_word(wire, byte, error);
    case IN_ATOM:
        return go_on_in_atom(wire, byte, error);
    case IN_QUOTED:
    case IN_ESCAPE:
        return go_on_in_quoted(wire, byte, error);
    case IN_SIZE:
        return go_on_in_size(wire, byte, error);
    case AFTER_SIZE:
        if (byte == '\r')
            return TAMIS_WIRE_MORE;
        return byte == '\n' ? begin_literal(wire, error)
                            : break_off(wire, error, "a literal's size does not end its line");
    case AFTER_RETURN:
        return byte == '\n' ? finish_line(wire, error)
                            : break_off(wire, error, "a carriage return without its line feed");
    case IN_LITERAL:
    case IS_BROKEN:
    default:
        return break_off(wire, error, "an earlier response made no sense");
    }
}

TamisWireStep
tamis_wire_feed(TamisWire *wire, const char *bytes, gsize n_bytes, gsize *out_used, GError **error)
{
    TamisWireStep step = TAMIS_WIRE_MORE;
    gsize used = 0;

    while (used < n_bytes && step == TAMIS_WIRE_MORE) {
        if (wire->state != IN_LITERAL) {
            step = take_byte(wire, bytes[used++], error);
            continue;
        }
        used += take_literal(wire, bytes + used, n_bytes - used);
        if (wire->size == 0 && !finish_word(wire, TAMIS_WIRE_STRING))
            step = break_off(wire, error, "the response is too long");
    }
    *out_used = used;
    wire->n_bytes += used;
    if (wire->n_bytes > TAMIS_WIRE_MAX_RESPONSE_BYTES && step != TAMIS_WIRE_BROKEN)
        return break_off(wire, error, "the response is too long");
    return step;
}
