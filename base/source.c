/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads files into memory (a map would change, or fault, when another program writes to the file)
 * and finds lines and columns through two indexes: where lines start, and how many characters start
 * before each block of bytes, so that one line of a gigabyte costs no more than many short ones. */
#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST_BYTES ((gsize)G_MAXUINT32 - 1)
#define BLOCK_BYTES   4096
#define READ_BYTES    ((gsize)64 * 1024)

typedef enum {
    IDENTITY_NONE, /* it is no file, or one that gives other bytes each time */
    IDENTITY_KNOWN,
    IDENTITY_OPEN, /* nobody has asked which file it is */
} Identity;

typedef struct {
    const char *text;
    char *own; /* the same; NULL: it is lent, or stands behind the name */
    guint32 length;
    gboolean is_stdin;
    Identity identity;
    dev_t device;
    ino_t inode;
    GArray *lines;  /* of guint32: where each line starts; NULL until asked for */
    GArray *blocks; /* of guint32: characters that start before each block */
    char name[];
} Source;

struct TamisSources {
    GPtrArray *sources;
    GHashTable *files; /* Source, by identity, to its id; NULL: nobody has asked */
    guint n_in_files;  /* of the sources, those that were looked at for it */
};

G_DEFINE_QUARK(tamis - source - error - quark, tamis_source_error)

static void
source_free(gpointer data)
{
    Source *source = data;

    g_clear_pointer(&source->lines, g_array_unref);
    g_clear_pointer(&source->blocks, g_array_unref);
    g_free(source->own);
    g_free(source);
}

/* A file, by what does not change when it is named otherwise. */
static guint
hash_identity(gconstpointer data)
{
    const Source *source = data;
    guint64 hash =
        ((guint64)source->device << 40 ^ source->inode) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    return (guint)(hash >> 32);
}

static gboolean
have_same_identity(gconstpointer a_data, gconstpointer b_data)
{
    const Source *a = a_data, *b = b_data;

    return a->device == b->device && a->inode == b->inode;
}

TamisSources *
tamis_sources_new(void)
{
    TamisSources *sources = g_new0(TamisSources, 1);

    sources->sources = g_ptr_array_new_with_free_func(source_free);
    return sources;
}

void
tamis_sources_free(TamisSources *sources)
{
    if (sources == NULL)
        return;
    g_clear_pointer(&sources->files, g_hash_table_unref);
    g_ptr_array_unref(sources->sources);
    g_free(sources);
}

static Source *
get_source(const TamisSources *sources, TamisSourceId id)
{
    g_assert(id > 0 && id <= sources->sources->len);
    return g_ptr_array_index(sources->sources, id - 1);
}

/* Whether the source is a file that can be told from others. */
static gboolean
identify(Source *source)
{
    struct stat status;

    if (source->identity == IDENTITY_OPEN) {
        gboolean is_there = stat(source->name, &status) == 0;
        source->identity = is_there ? IDENTITY_KNOWN : IDENTITY_NONE;
        if (is_there) {
            source->device = status.st_dev;
            source->inode = status.st_ino;
        }
    }
    return source->identity == IDENTITY_KNOWN;
}

/* Those of one file, or of a folder that nothing else is read beside, are never asked for. */
static void
fill_files(TamisSources *sources)
{
    if (sources->files == NULL)
        sources->files = g_hash_table_new(hash_identity, have_same_identity);
    while (sources->n_in_files < sources->sources->len) {
        Source *source = g_ptr_array_index(sources->sources, sources->n_in_files++);
        if (identify(source) && !g_hash_table_contains(sources->files, source))
            g_hash_table_insert(sources->files, source, GUINT_TO_POINTER(sources->n_in_files));
    }
}

static TamisSourceId
find_same(TamisSources *sources, gboolean is_stdin, const struct stat *status)
{
    const Source key = {.device = status->st_dev, .inode = status->st_ino};

    if (sources->sources->len == 0)
        return 0;
    if (!is_stdin) {
        fill_files(sources);
        return GPOINTER_TO_UINT(g_hash_table_lookup(sources->files, &key));
    }
    for (guint i = 0; i < sources->sources->len; i++)
        if (((const Source *)g_ptr_array_index(sources->sources, i))->is_stdin)
            return i + 1;
    return 0;
}

static void
set_unreadable(GError **error, const char *path, const char *reason)
{
    g_set_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_UNREADABLE, "cannot read '%s': %s",
                path, reason);
}

static void
set_too_large(GError **error, const char *path, gsize max_bytes)
{
    g_set_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_TOO_LARGE,
                "cannot read '%s': it is larger than %" G_GSIZE_FORMAT " bytes", path, max_bytes);
}

/* What a text of a source takes, with the zeros behind it set. */
static char *
pad(char *text, gsize length)
{
    memset(text + length, 0, TAMIS_SOURCE_PADDING);
    return text;
}

/* All of it, padded, or NULL. */
static char *
read_all(int fd, const char *path, gsize expected_bytes, gsize max_bytes, gsize *out_length,
         GError **error)
{
    gsize room = expected_bytes + TAMIS_SOURCE_PADDING;
    gsize length = 0;
    g_autofree char *text = g_malloc(room);

    for (;;) {
        if (length == room) {
            room = MAX(room * 2, READ_BYTES);
            text = g_realloc(text, room);
        }
        gsize asked = room - length;
        gssize n = read(fd, text + length, asked);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            set_unreadable(error, path, g_strerror(errno));
            return NULL;
        }
        length += (gsize)n;
        if (length > max_bytes) {
            set_too_large(error, path, max_bytes);
            return NULL;
        }
        /* A file that has its size gives less than was asked for at its end alone. */
        if (n == 0 || (expected_bytes > 0 && (gsize)n < asked))
            break;
    }
    *out_length = length;
    if (room != length + TAMIS_SOURCE_PADDING)
        text = g_realloc(text, length + TAMIS_SOURCE_PADDING);
    return pad(g_steal_pointer(&text), length);
}

/* room: for a text behind the name. */
static Source *
new_source(const char *name, gsize room)
{
    gsize name_bytes = strlen(name) + 1;
    Source *source = g_malloc(sizeof(Source) + name_bytes + room);

    *source = (Source){.text = NULL};
    memcpy(source->name, name, name_bytes);
    source->text = source->name + name_bytes;
    return source;
}

static Source *
new_copy(const char *name, const char *text, gsize length)
{
    Source *source = new_source(name, length + TAMIS_SOURCE_PADDING);
    char *copy = source->name + strlen(name) + 1;

    if (length > 0)
        memcpy(copy, text, length);
    pad(copy, length);
    source->length = (guint32)length;
    return source;
}

static TamisSourceId
append(TamisSources *sources, Source *source)
{
    g_ptr_array_add(sources->sources, source);
    return sources->sources->len;
}

/* is_known: it is looked for among those that were added before. */
static TamisSourceId
add_open_file(TamisSources *sources, int fd, const char *path, gboolean is_known, gsize max_bytes,
              GError **error)
{
    gboolean is_stdin = fd == STDIN_FILENO;
    struct stat status;
    gsize length;

    if (fstat(fd, &status) < 0) {
        set_unreadable(error, path, g_strerror(errno));
        return 0;
    }
    TamisSourceId same = is_known ? find_same(sources, is_stdin, &status) : 0;
    if (same != 0)
        return same;
    if (S_ISDIR(status.st_mode)) {
        set_unreadable(error, path, "it is a folder");
        return 0;
    }
    if (S_ISBLK(status.st_mode)) {
        set_unreadable(error, path, "it is a block device");
        return 0;
    }
    gboolean regular = S_ISREG(status.st_mode);
    if (regular && (guint64)status.st_size > max_bytes) {
        set_too_large(error, path, max_bytes);
        return 0;
    }
    char *text = read_all(fd, path, regular ? (gsize)status.st_size : 0, max_bytes, &length, error);
    if (text == NULL)
        return 0;

    Source *source = new_source(path, 0);
    source->text = source->own = text;
    source->length = (guint32)length;
    source->is_stdin = is_stdin;
    if ((regular || S_ISFIFO(status.st_mode)) && !is_stdin)
        source->identity = IDENTITY_KNOWN;
    source->device = status.st_dev;
    source->inode = status.st_ino;
    return append(sources, source);
}

TamisSourceId
tamis_sources_add_file(TamisSources *sources, const char *path, gsize max_bytes, GError **error)
{
    max_bytes = MIN(max_bytes, LARGEST_BYTES);
    if (g_str_equal(path, "-"))
        return add_open_file(sources, STDIN_FILENO, path, TRUE, max_bytes, error);

    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        set_unreadable(error, path, g_strerror(errno));
        return 0;
    }
    TamisSourceId id = add_open_file(sources, fd, path, TRUE, max_bytes, error);
    close(fd);
    return id;
}

/* A regular file that one read takes to its end, as scripts are; NULL: it is larger, or cannot be read so. Its
 * size is not asked for, which would take a quarter as long as all the rest. */
static Source *
read_small(int fd, const char *path, gsize max_bytes)
{
    char buffer[READ_BYTES];
    gssize n = pread(fd, buffer, sizeof buffer, 0);

    if (n < 0 || (gsize)n == sizeof buffer || (gsize)n > max_bytes)
        return NULL;
    Source *source = new_copy(path, buffer, (gsize)n);
    source->identity = IDENTITY_OPEN;
    return source;
}

TamisSourceId
tamis_sources_add_entry(TamisSources *sources, const TamisListing *folder, guint index,
                        gsize max_bytes, GError **error)
{
    const TamisListingEntry *entry = tamis_listing_get(folder, index);
    int fd = openat(tamis_listing_get_fd(folder), entry->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        set_unreadable(error, entry->path, g_strerror(errno));
        return 0;
    }
    max_bytes = MIN(max_bytes, LARGEST_BYTES);
    Source *source = entry->is_regular ? read_small(fd, entry->path, max_bytes) : NULL;
    TamisSourceId id = source != NULL
                           ? append(sources, source)
                           : add_open_file(sources, fd, entry->path, FALSE, max_bytes, error);
    close(fd);
    return id;
}

TamisSourceId
tamis_sources_add_text(TamisSources *sources, const char *name, const char *text,
                       gsize length_bytes)
{
    g_assert(length_bytes <= LARGEST_BYTES);
    return append(sources, new_copy(name, text, length_bytes));
}

TamisSourceId
tamis_sources_lend_text(TamisSources *sources, const char *name, const char *text,
                        gsize length_bytes)
{
    g_assert(length_bytes <= LARGEST_BYTES && text[length_bytes] == '\0');
    Source *source = new_source(name, 0);
    source->text = text;
    source->length = (guint32)length_bytes;
    return append(sources, source);
}

guint32
tamis_sources_count(const TamisSources *sources)
{
    return sources->sources->len;
}

const char *
tamis_sources_get_name(const TamisSources *sources, TamisSourceId id)
{
    return get_source(sources, id)->name;
}

const char *
tamis_sources_get_text(const TamisSources *sources, TamisSourceId id, gsize *out_length)
{
    const Source *source = get_source(sources, id);

    *out_length = source->length;
    return source->text;
}

/* The length of the well-formed character at offset, else 1. The first byte of a character can't be
 * the second of another, so characters can be found from any place on. */
static guint32
character_length(const Source *source, guint32 offset)
{
    if ((guchar)source->text[offset] < 0x80)
        return 1;
    const char *at = source->text + offset;
    gunichar character = g_utf8_get_char_validated(at, (gssize)MIN(source->length - offset, 4));
    if (character == (gunichar)-1 || character == (gunichar)-2)
        return 1;
    return (guint32)(g_utf8_next_char(at) - at);
}

/* Where the character that covers offset starts. */
static guint32
character_start(const Source *source, guint32 offset)
{
    if (offset >= source->length)
        return source->length;
    for (guint32 back = 1; back <= 3 && back <= offset; back++)
        if (character_length(source, offset - back) > back)
            return offset - back;
    return offset;
}

static void
build_indexes(Source *source)
{
    const char *text = source->text;
    guint32 zero = 0;
    guint32 n_characters = 0;

    if (source->lines != NULL)
        return;
    source->lines = g_array_new(FALSE, FALSE, sizeof(guint32));
    source->blocks = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_array_append_val(source->lines, zero);
    for (const char *at = text;
         (at = memchr(at, '\n', source->length - (gsize)(at - text))) != NULL;) {
        guint32 start = (guint32)(++at - text);
        g_array_append_val(source->lines, start);
    }
    for (guint32 offset = 0; offset < source->length;) {
        while (offset >= source->blocks->len * (guint64)BLOCK_BYTES)
            g_array_append_val(source->blocks, n_characters);
        offset += character_length(source, offset);
        n_characters++;
    }
    /* An end of the text on a block's edge, or a last character that reaches over one. */
    while (source->length >= source->blocks->len * (guint64)BLOCK_BYTES)
        g_array_append_val(source->blocks, n_characters);
}

/* How many characters start before offset. */
static guint32
count_characters(const Source *source, guint32 offset)
{
    guint32 block = offset / BLOCK_BYTES;
    guint32 count = g_array_index(source->blocks, guint32, block);
    guint32 at = block * BLOCK_BYTES;
    guint32 start = character_start(source, at);

    /* One that began in the block before is counted there. */
    if (start < at)
        at = start + character_length(source, start);
    for (; at < offset; at += character_length(source, at))
        count++;
    return count;
}

/* 0-based. */
static guint32
find_line(const Source *source, guint32 offset)
{
    guint32 low = 0;
    guint32 high = source->lines->len;

    while (high - low > 1) {
        guint32 middle = low + (high - low) / 2;
        if (g_array_index(source->lines, guint32, middle) <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void
locate(const Source *source, guint32 offset, guint32 *out_line, guint32 *out_column)
{
    guint32 line = find_line(source, offset);
    guint32 start = g_array_index(source->lines, guint32, line);

    *out_line = line + 1;
    *out_column = count_characters(source, offset) - count_characters(source, start) + 1;
}

TamisPosition
tamis_sources_locate(TamisSources *sources, TamisSpan span)
{
    TamisPosition position = {0, 0, 0, 0};

    if (span.source == 0)
        return position;
    Source *source = get_source(sources, span.source);
    build_indexes(source);
    guint32 offset = MIN(span.offset, source->length);
    guint32 length = MIN(span.length, source->length - offset);
    locate(source, character_start(source, offset), &position.line, &position.column);
    locate(source, offset + length, &position.end_line, &position.end_column);
    return position;
}

const char *
tamis_sources_get_line(TamisSources *sources, TamisSourceId id, guint32 line, gsize *out_length)
{
    Source *source = get_source(sources, id);

    build_indexes(source);
    g_assert(line > 0 && line <= source->lines->len);
    guint32 start = g_array_index(source->lines, guint32, line - 1);
    guint32 end = source->length;
    if (line < source->lines->len) {
        end = g_array_index(source->lines, guint32, line) - 1;
        if (end > start && source->text[end - 1] == '\r')
            end--;
    }
    *out_length = end - start;
    return source->text + start;
}
