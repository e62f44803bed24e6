/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bare minimum that writing a folder of scripts costs: create, write, close, with the names and bytes
 * of an existing folder, by some threads. What `tamis compile` is measured against.
 *
 * usage: bench-create EXISTING-FOLDER NEW-FOLDER THREADS; prints the seconds */

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
    char *path, *text;
    gsize length_bytes;
} File;

typedef struct {
    const GArray *files;
    guint first, step;
} Share;

static gpointer
create_files(gpointer data)
{
    const Share *share = data;
    for (guint i = share->first; i < share->files->len; i += share->step) {
        const File *file = &g_array_index(share->files, File, i);
        int fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL, 0644);
        if (fd < 0 || write(fd, file->text, file->length_bytes) != (gssize)file->length_bytes)
            g_error("%s cannot be written", file->path);
        close(fd);
    }
    return NULL;
}

static GArray *
read_folder(const char *from, const char *to)
{
    GArray *files = g_array_new(FALSE, FALSE, sizeof(File));
    GDir *folder = g_dir_open(from, 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *path = g_build_filename(from, name, NULL);
        File file = {.path = g_build_filename(to, name, NULL)};
        if (g_file_get_contents(path, &file.text, &file.length_bytes, NULL))
            g_array_append_val(files, file);
    }
    g_dir_close(folder);
    return files;
}

int
main(int argc, char **argv)
{
    if (argc != 4 || g_mkdir(argv[2], 0755) < 0)
        return 64;
    guint n_threads = (guint)atoi(argv[3]);
    GArray *files = read_folder(argv[1], argv[2]);
    g_autofree GThread **threads = g_new(GThread *, n_threads);
    g_autofree Share *shares = g_new(Share, n_threads);
    gint64 started_us = g_get_monotonic_time();

    for (guint i = 0; i < n_threads; i++) {
        shares[i] = (Share){files, i, n_threads};
        threads[i] = g_thread_new("create", create_files, &shares[i]);
    }
    for (guint i = 0; i < n_threads; i++)
        g_thread_join(threads[i]);
    g_print("%.6f\n", (double)(g_get_monotonic_time() - started_us) / 1e6);
    return 0;
}
