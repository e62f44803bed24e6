/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of libsieve 2's parser on one core, in one process: what bench-sieve is measured against.
 * Prints JSON. It takes scripts of RFC 5228 alone.
 *
 * usage: bench-libsieve FOLDER */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sieve2.h> /* needs what stands above it */

static char *text;
static int n_errors;

static int
do_nothing(sieve2_context_t *context, void *data)
{
    (void)context;
    (void)data;
    return SIEVE2_OK;
}

static int
note_error(sieve2_context_t *context, void *data)
{
    (void)context;
    (void)data;
    n_errors++;
    return SIEVE2_OK;
}

static int
get_script(sieve2_context_t *context, void *data)
{
    (void)data;
    return sieve2_setvalue_string(context, (char *)"script", text);
}

static sieve2_callback_t callbacks[] = {
    {SIEVE2_ERRCALL_PARSE, note_error},       {SIEVE2_SCRIPT_GETSCRIPT, get_script},
    {SIEVE2_ACTION_REDIRECT, do_nothing},     {SIEVE2_ACTION_KEEP, do_nothing},
    {SIEVE2_ACTION_FILEINTO, do_nothing},     {SIEVE2_ACTION_DISCARD, do_nothing},
    {SIEVE2_MESSAGE_GETSIZE, do_nothing},     {SIEVE2_MESSAGE_GETHEADER, do_nothing},
    {SIEVE2_MESSAGE_GETENVELOPE, do_nothing}, {0, NULL},
};

static long
validate(const char *path)
{
    sieve2_context_t *context;
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        exit(64);
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    text = calloc(1, (size_t)length + 1);
    if (text == NULL || fread(text, 1, (size_t)length, file) != (size_t)length)
        exit(64);
    fclose(file);
    if (sieve2_alloc(&context) != SIEVE2_OK || sieve2_callbacks(context, callbacks) != SIEVE2_OK ||
        sieve2_validate(context, NULL) != SIEVE2_OK || n_errors > 0) {
        fprintf(stderr, "%s is refused\n", path);
        exit(1);
    }
    sieve2_free(&context);
    free(text);
    return length;
}

int
main(int argc, char **argv)
{
    struct timespec start, end;
    long n_bytes = 0;
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;

    if (dir == NULL)
        return 64;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[4096];
        if (strstr(entry->d_name, ".sieve") == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        n_bytes += validate(path);
    }
    closedir(dir);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("{\"bench\":\"libsieve\",\"megabytes_per_second\":%.1f}\n",
           (double)n_bytes / seconds / 1e6);
    return 0;
}
