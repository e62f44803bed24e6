/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One piece of memory a script; the manifest is written to a file that has no name. */
#include "compiler/output-memory.h"

#include "compiler/folder.h"
#include "compiler/output-private.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
    char *text;
    gsize length;
} Text;

typedef struct {
    TamisOutput base;
    Text *texts; /* by mailbox: each is written by one thread */
    guint32 n_texts;
} Memory;

static gboolean
memory_begin(TamisOutput *output, const TamisPolicy *policy, guint n_workers, guint n_slots,
             GError **error)
{
    Memory *self = (Memory *)output;
    int fd = memfd_create("tamis-manifest", MFD_CLOEXEC);

    if (fd < 0)
        return tamis_folder_fail(error, "make", "a file in memory");
    output->manifest = tamis_manifest_writer_new(fd, -1);
    self->n_texts = policy->mailboxes->len;
    self->texts = g_new0(Text, self->n_texts);
    return TRUE;
}

static gboolean
memory_put(TamisOutput *output, guint worker, guint slot, const TamisScript *script, GError **error)
{
    Text *text = &((Memory *)output)->texts[script->mailbox];

    text->text = g_strndup(script->text, script->length_bytes);
    text->length = script->length_bytes;
    return TRUE;
}

static gboolean
memory_commit(TamisOutput *output, TamisOutputResult *result, GError **error)
{
    result->n_created = ((Memory *)output)->n_texts;
    return TRUE;
}

static void
memory_free(TamisOutput *output)
{
    Memory *self = (Memory *)output;

    for (guint32 i = 0; i < self->n_texts; i++)
        g_free(self->texts[i].text);
    g_free(self->texts);
    g_free(self);
}

static const TamisOutputClass MEMORY_CLASS = {
    .begin = memory_begin,
    .put = memory_put,
    .commit = memory_commit,
    .free = memory_free,
};

TamisOutput *
tamis_output_memory_new(TamisLayout *layout)
{
    Memory *self = g_new0(Memory, 1);

    self->base.class = &MEMORY_CLASS;
    self->base.layout = layout;
    return &self->base;
}

const char *
tamis_output_memory_get(const TamisOutput *output, guint32 mailbox, gsize *out_length)
{
    const Memory *self = (const Memory *)output;

    g_assert(output->is_complete && mailbox < self->n_texts);
    *out_length = self->texts[mailbox].length;
    return self->texts[mailbox].text;
}

TamisManifest *
tamis_output_memory_manifest(TamisOutput *output, GError **error)
{
    int fd = tamis_manifest_writer_get_fd(output->manifest);
    off_t length = lseek(fd, 0, SEEK_END);
    char *text = length > 0 ? mmap(NULL, (gsize)length, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    TamisManifest *manifest;

    if (text == MAP_FAILED) {
        tamis_folder_fail(error, "read", "a file in memory");
        return NULL;
    }
    manifest = tamis_manifest_parse(text, (gsize)length, "manifest", error);
    munmap(text, (gsize)length);
    return manifest;
}
