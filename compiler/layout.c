/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A template is parsed once into pieces, so that a million paths cost little. */
#include "compiler/layout.h"

#include "base/append.h"

#include <limits.h>
#include <string.h>

typedef enum { PIECE_TEXT, PIECE_ADDRESS, PIECE_LOCAL, PIECE_DOMAIN } PieceKind;

typedef struct {
    PieceKind kind;
    gboolean starts_name; /* a variable at the start of a name: a leading dot is encoded */
    char *text;           /* PIECE_TEXT */
    gsize length;
} Piece;

struct TamisLayout {
    GArray *pieces; /* of Piece */
    gboolean is_injective;
};

G_DEFINE_QUARK(tamis - layout - error - quark, tamis_layout_error)

static void
clear_piece(gpointer data)
{
    g_free(((Piece *)data)->text);
}

static void
add_text(TamisLayout *layout, GString *text)
{
    Piece piece = {PIECE_TEXT, FALSE, NULL, text->len};

    if (text->len == 0)
        return;
    piece.text = g_strndup(text->str, text->len);
    g_array_append_val(layout->pieces, piece);
    g_string_truncate(text, 0);
}

static gboolean
fail(GError **error, const char *template, const char *fault)
{
    g_set_error(error, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_TEMPLATE, "the layout '%s' %s",
                template, fault);
    return FALSE;
}

static gboolean
find_variable(char letter, PieceKind *out_kind)
{
    static const char letters[] = "und";
    const char *at = letter != '\0' ? strchr(letters, letter) : NULL;

    if (at == NULL)
        return FALSE;
    *out_kind = PIECE_ADDRESS + (PieceKind)(at - letters);
    return TRUE;
}

static gboolean
parse(TamisLayout *layout, const char *template, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean names_mailbox = FALSE;
    gboolean at_start = TRUE; /* of a file's or folder's name */

    for (const char *at = template; *at != '\0'; at++) {
        if ((guchar)*at < 0x20 || *at == 0x7f)
            return fail(error, template, "has a control character");
        if (at_start && *at == '.')
            return fail(error, template, "has a name that begins with a dot");
        if (at_start && *at == '/')
            return fail(error, template,
                        at == template ? "is an absolute path" : "has an empty name");
        if (*at == '%' && at[1] != '%') {
            Piece piece = {PIECE_TEXT, at_start, NULL, 0};

            if (!find_variable(*++at, &piece.kind))
                return fail(error, template, "has a variable other than %u, %n and %d");
            add_text(layout, text);
            g_array_append_val(layout->pieces, piece);
            names_mailbox |= piece.kind != PIECE_DOMAIN;
            layout->is_injective |= piece.kind == PIECE_ADDRESS;
            at_start = FALSE;
            continue;
        }
        if (*at == '%')
            at++;
        g_string_append_c(text, *at);
        at_start = *at == '/';
    }
    add_text(layout, text);
    if (at_start)
        return fail(error, template, *template == '\0' ? "is empty" : "ends in '/'");
    if (!names_mailbox)
        return fail(error, template, "has neither %u nor %n, so all mailboxes would share a file");
    return TRUE;
}

TamisLayout *
tamis_layout_new(const char *template, GError **error)
{
    g_autoptr(TamisLayout) layout = g_new0(TamisLayout, 1);

    layout->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    g_array_set_clear_func(layout->pieces, clear_piece);
    if (!g_utf8_validate(template, -1, NULL)) {
        g_set_error_literal(error, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_TEMPLATE,
                            "the layout is no UTF-8");
        return NULL;
    }
    if (!parse(layout, template, error))
        return NULL;
    return g_steal_pointer(&layout);
}

void
tamis_layout_free(TamisLayout *layout)
{
    if (layout == NULL)
        return;
    g_array_unref(layout->pieces);
    g_free(layout);
}

static void
append_encoded(GString *path, const char *text, gsize length, gboolean starts_name)
{
    gsize plain = 0;

    if (starts_name && length > 0 && *text == '.') {
        tamis_append_literal(path, "%2E");
        text++;
        length--;
    }
    while (plain < length && text[plain] != '/' && text[plain] != '%')
        plain++;
    tamis_append(path, text, plain);
    for (gsize i = plain; i < length; i++) {
        if (text[i] == '/')
            tamis_append_literal(path, "%2F");
        else if (text[i] == '%')
            tamis_append_literal(path, "%25");
        else
            g_string_append_c(path, text[i]);
    }
}

void
tamis_layout_append(const TamisLayout *layout, const char *address, GString *path)
{
    gsize length = strlen(address);
    const char *at = memrchr(address, '@', length);
    gsize local_length = at != NULL ? (gsize)(at - address) : length;
    gsize domain_start = at != NULL ? local_length + 1 : length;

    for (guint i = 0; i < layout->pieces->len; i++) {
        const Piece *piece = &g_array_index(layout->pieces, Piece, i);

        if (piece->kind == PIECE_TEXT)
            tamis_append(path, piece->text, piece->length);
        else if (piece->kind == PIECE_ADDRESS)
            append_encoded(path, address, length, piece->starts_name);
        else if (piece->kind == PIECE_LOCAL)
            append_encoded(path, address, local_length, piece->starts_name);
        else
            append_encoded(path, address + domain_start, length - domain_start, piece->starts_name);
    }
}

static gboolean
check_lengths(const char *address, const GString *path, GError **error)
{
    const char *name = path->str;

    while (TRUE) {
        const char *end = strchrnul(name, '/');

        if (end - name > NAME_MAX) {
            g_set_error(
                error, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_TOO_LONG,
                "the script of '%s' would have a file name of %d bytes, and file systems take %d",
                address, (int)(end - name), NAME_MAX);
            return FALSE;
        }
        if (*end == '\0')
            break;
        name = end + 1;
    }
    if (path->len < PATH_MAX)
        return TRUE;
    g_set_error(error, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_TOO_LONG,
                "the script of '%s' would have a path of %d bytes, and systems take %d", address,
                (int)path->len, PATH_MAX - 1);
    return FALSE;
}

typedef struct {
    guint64 hash;
    guint32 mailbox;
} HashedPath;

static int
compare_hashes(const void *a, const void *b)
{
    const HashedPath *left = a;
    const HashedPath *right = b;

    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return left->mailbox < right->mailbox ? -1 : left->mailbox > right->mailbox;
}

/* Over the path in lower case: some file systems fold case. The seed is random, so that nobody can
 * prepare addresses that all collide. */
static guint64
hash_path(const GString *path, guint64 seed)
{
    guint64 hash = seed;

    for (gsize i = 0; i < path->len; i++) {
        hash =
            (hash ^ (guchar)g_ascii_tolower(path->str[i])) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static const char *
mailbox_address(const TamisPolicy *policy, guint32 mailbox)
{
    return tamis_policy_text(policy, tamis_policy_mailbox(policy, mailbox)->address.key);
}

static gboolean
have_same_path(const TamisLayout *layout, const char *first, const char *second)
{
    g_autoptr(GString) one = g_string_new(NULL);
    g_autoptr(GString) other = g_string_new(NULL);

    tamis_layout_append(layout, first, one);
    tamis_layout_append(layout, second, other);
    return g_ascii_strcasecmp(one->str, other->str) == 0;
}

/* Names the collision that comes first in the policy, whatever the seed was. */
static gboolean
check_hashes(const TamisLayout *layout, const TamisPolicy *policy, HashedPath *paths,
             guint32 n_paths, GError **error)
{
    guint32 first = TAMIS_NO_INDEX;
    guint32 second = TAMIS_NO_INDEX;
    g_autoptr(GString) path = g_string_new(NULL);

    qsort(paths, n_paths, sizeof *paths, compare_hashes);
    for (guint32 i = 1; i < n_paths; i++) {
        const HashedPath *before = &paths[i - 1];

        if (before->hash != paths[i].hash || paths[i].mailbox >= second)
            continue;
        if (!have_same_path(layout, mailbox_address(policy, before->mailbox),
                            mailbox_address(policy, paths[i].mailbox)))
            continue;
        first = before->mailbox;
        second = paths[i].mailbox;
    }
    if (second == TAMIS_NO_INDEX)
        return TRUE;
    tamis_layout_append(layout, mailbox_address(policy, first), path);
    g_set_error(error, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_COLLISION,
                "with this layout '%s' and '%s' would both be written to '%s'",
                mailbox_address(policy, first), mailbox_address(policy, second), path->str);
    return FALSE;
}

gboolean
tamis_layout_check(const TamisLayout *layout, const TamisPolicy *policy, GError **error)
{
    guint32 n_mailboxes = policy->mailboxes->len;
    g_autofree HashedPath *paths = layout->is_injective ? NULL : g_new(HashedPath, n_mailboxes);
    g_autoptr(GString) path = g_string_new(NULL);
    guint64 seed = (guint64)g_random_int() << 32 | g_random_int();

    for (guint32 i = 0; i < n_mailboxes; i++) {
        const char *address = mailbox_address(policy, i);

        g_string_truncate(path, 0);
        tamis_layout_append(layout, address, path);
        if (!check_lengths(address, path, error))
            return FALSE;
        if (g_ascii_strcasecmp(path->str, TAMIS_MANIFEST_NAME) == 0) {
            g_set_error(
                error, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_COLLISION,
                "with this layout the script of '%s' would be '%s', which is the manifest's name",
                address, path->str);
            return FALSE;
        }
        if (paths != NULL)
            paths[i] = (HashedPath){hash_path(path, seed), i};
    }
    return paths == NULL || check_hashes(layout, policy, paths, n_mailboxes, error);
}

gboolean
tamis_layout_is_safe_path(const char *path, gsize length_bytes)
{
    gsize start = 0;

    if (length_bytes == 0 || length_bytes >= PATH_MAX)
        return FALSE;
    for (gsize i = 0; i <= length_bytes; i++) {
        if (i < length_bytes && ((guchar)path[i] < 0x20 || path[i] == 0x7f))
            return FALSE;
        if (i < length_bytes && path[i] != '/')
            continue;
        if (i == start || i - start > NAME_MAX || path[start] == '.')
            return FALSE;
        start = i + 1;
    }
    return length_bytes != strlen(TAMIS_MANIFEST_NAME) ||
           g_ascii_strncasecmp(path, TAMIS_MANIFEST_NAME, length_bytes) != 0;
}
