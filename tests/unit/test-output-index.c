/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which files an index knows again without a look into them. */
#include "compiler/folder.h"
#include "compiler/layout.h"
#include "compiler/output-index.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Longer than the clock of any file system needs to move on, and than what is too new is waited for. */
#define A_WHILE_US 60000

typedef struct {
    char *path;
    int folder, private_folder;
    guint8 sha256[SHA256_DIGEST_SIZE];
} Site;

static void
site_init(Site *site, gconstpointer unused)
{
    site->path = g_dir_make_tmp("tamis-index-XXXXXX", NULL);
    site->folder = open(site->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_assert_cmpint(mkdirat(site->folder, ".tamis", 0700), ==, 0);
    site->private_folder = tamis_folder_open(site->folder, ".tamis", strlen(".tamis"), FALSE);
    memset(site->sha256, 7, sizeof site->sha256);
    g_assert_true(tamis_folder_create(site->folder, TAMIS_MANIFEST_NAME, "{}", 2));
}

static void
site_clear(Site *site, gconstpointer unused)
{
    close(site->private_folder);
    close(site->folder);
    g_assert_true(tamis_folder_remove_tree(AT_FDCWD, site->path));
    g_free(site->path);
}

static struct stat
look(const Site *site, const char *name)
{
    struct stat status;

    g_assert_cmpint(fstatat(site->folder, name, &status, AT_SYMLINK_NOFOLLOW), ==, 0);
    return status;
}

static TamisFileStamp
stamp_of(const Site *site, const char *name)
{
    struct stat status = look(site, name);

    return tamis_file_stamp(&status);
}

static void
make(const Site *site, const char *name, const char *text)
{
    unlinkat(site->folder, name, 0);
    g_assert_true(tamis_folder_create(site->folder, name, text, strlen(text)));
}

/* Of "a", "b", and "late", of which nobody can say whether it was changed twice. */
static TamisIndex *
write_and_load(const Site *site, gboolean by_run)
{
    TamisFileStamp stamp = {0, TAMIS_CHANGED_BY_RUN, 5};
    struct stat manifest = look(site, TAMIS_MANIFEST_NAME);
    TamisIndexWriter *writer = tamis_index_writer_new(site->private_folder, 3);
    TamisIndex *index;

    make(site, "a", "keep;");
    make(site, "b", "stop;");
    g_usleep(A_WHILE_US);
    make(site, "late", "stop;");
    tamis_index_writer_add(writer, "a", site->sha256, by_run ? stamp : stamp_of(site, "a"));
    tamis_index_writer_add(writer, "b", site->sha256, by_run ? stamp : stamp_of(site, "b"));
    tamis_index_writer_add(writer, "late", site->sha256, by_run ? stamp : stamp_of(site, "late"));
    tamis_index_writer_end(writer, &manifest);
    tamis_index_writer_free(writer);
    index = tamis_index_load(site->folder, site->private_folder, "site", NULL);
    g_assert_nonnull(index);
    g_assert_cmpuint(tamis_index_count(index), ==, 3);
    g_assert_cmpstr(tamis_index_get_path(index, 2), ==, "late");
    g_assert_cmpmem(tamis_index_get_sha256(index, 1), SHA256_DIGEST_SIZE, site->sha256,
                    SHA256_DIGEST_SIZE);
    return index;
}

/* by_run: whether the index says of each file how it looked, or of all when they were made. */
static void
test_known(Site *site, gconstpointer by_run)
{
    TamisFileStamp before_run, other_size;
    g_autoptr(TamisIndex) index = NULL;

    make(site, "old", "keep;");
    before_run = stamp_of(site, "old");
    g_usleep(A_WHILE_US);
    index = write_and_load(site, by_run != NULL);
    g_assert_true(tamis_index_knows(index, 0, stamp_of(site, "a")));
    g_assert_true(tamis_index_knows(index, 1, stamp_of(site, "b")));
    g_assert_false(tamis_index_knows(index, 2, stamp_of(site, "late")));
    g_assert_false(tamis_index_knows(index, 0, before_run));
    other_size = stamp_of(site, "a");
    other_size.size_bytes++;
    g_assert_false(tamis_index_knows(index, 0, other_size));
    make(site, "a", "stop;");
    g_assert_false(tamis_index_knows(index, 0, stamp_of(site, "a")));
    /* Whoever takes one of the run's files for another leaves his trace, too. */
    g_assert_cmpint(renameat(site->folder, "b", site->folder, "c"), ==, 0);
    g_assert_false(tamis_index_knows(index, 1, stamp_of(site, "c")));
}

/* One bit of it, anywhere, and the manifest is read instead: this one is none. */
static void
test_damaged(Site *site, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(site->path, ".tamis", TAMIS_INDEX_NAME, NULL);
    g_autofree char *file = NULL;
    gsize length;

    tamis_index_free(write_and_load(site, FALSE));
    g_assert_true(g_file_get_contents(path, &file, &length, NULL));
    for (gsize i = 0; i < length; i++) {
        g_autoptr(TamisIndex) index = NULL;
        g_autoptr(GError) error = NULL;

        file[i] ^= 1;
        g_assert_true(g_file_set_contents(path, file, (gssize)length, NULL));
        index = tamis_index_load(site->folder, site->private_folder, "site", &error);
        g_assert_null(index);
        g_assert_error(error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_INVALID);
        file[i] ^= 1;
    }
}

/* Who begins and does not end leaves what was there. */
static void
test_not_ended(Site *site, gconstpointer unused)
{
    TamisFileStamp stamp = {0};
    TamisIndexWriter *writer;
    g_autoptr(TamisIndex) index = NULL;

    tamis_index_free(write_and_load(site, FALSE));
    writer = tamis_index_writer_new(site->private_folder, 1);
    tamis_index_writer_add(writer, "z", site->sha256, stamp);
    tamis_index_writer_free(writer);
    g_assert_cmpint(faccessat(site->private_folder, TAMIS_INDEX_NAME ".new", F_OK, 0), !=, 0);
    index = tamis_index_load(site->folder, site->private_folder, "site", NULL);
    g_assert_cmpuint(tamis_index_count(index), ==, 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/output-index/known", Site, NULL, site_init, test_known, site_clear);
    g_test_add("/output-index/known-by-run", Site, "by run", site_init, test_known, site_clear);
    g_test_add("/output-index/damaged", Site, NULL, site_init, test_damaged, site_clear);
    g_test_add("/output-index/not-ended", Site, NULL, site_init, test_not_ended, site_clear);
    return g_test_run();
}
