/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of libsieve 2 on one core, in one process: reading scripts, what bench-sieve is measured against, and reading
 * a script and a message and executing the one on the other, what bench-explain is measured against. Prints JSON. It
 * takes scripts of RFC 5228 alone.
 *
 * usage: bench-libsieve FOLDER
 *        bench-libsieve SCRIPT MESSAGE N */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sieve2.h> /* needs what stands above it */

static char *script, *headers;
static long script_bytes, message_bytes;
static int n_actions, n_errors;

static char *
read_file(const char *path, long *out_bytes)
{
    FILE *file = fopen(path, "rb");
    char *text;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        exit(64);
    *out_bytes = ftell(file);
    rewind(file);
    text = calloc(1, (size_t)*out_bytes + 1);
    if (text == NULL || fread(text, 1, (size_t)*out_bytes, file) != (size_t)*out_bytes)
        exit(64);
    fclose(file);
    return text;
}

static int
act(sieve2_context_t *context, void *data)
{
    (void)context;
    (void)data;
    n_actions++;
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
    return sieve2_setvalue_string(context, (char *)"script", script);
}

static int
get_headers(sieve2_context_t *context, void *data)
{
    (void)data;
    return sieve2_setvalue_string(context, (char *)"allheaders", headers);
}

static int
get_size(sieve2_context_t *context, void *data)
{
    (void)data;
    return sieve2_setvalue_int(context, (char *)"size", (int)message_bytes);
}

static int
get_envelope(sieve2_context_t *context, void *data)
{
    (void)data;
    sieve2_setvalue_string(context, (char *)"to", (char *)"li@acme.example");
    sieve2_setvalue_string(context, (char *)"from", (char *)"anna@customer.example");
    return SIEVE2_OK;
}

static sieve2_callback_t callbacks[] = {
    {SIEVE2_ACTION_REDIRECT, act},
    {SIEVE2_ACTION_KEEP, act},
    {SIEVE2_ACTION_FILEINTO, act},
    {SIEVE2_ACTION_DISCARD, act},
    {SIEVE2_SCRIPT_GETSCRIPT, get_script},
    {SIEVE2_MESSAGE_GETALLHEADERS, get_headers},
    {SIEVE2_MESSAGE_GETSIZE, get_size},
    {SIEVE2_MESSAGE_GETENVELOPE, get_envelope},
    {SIEVE2_ERRCALL_RUNTIME, note_error},
    {SIEVE2_ERRCALL_PARSE, note_error},
    {SIEVE2_ERRCALL_HEADER, note_error},
    {SIEVE2_ERRCALL_ADDRESS, note_error},
    {0, NULL},
};

/* What it returns of a broken script is no error; the calls back are. */
static void
run(int (*function)(sieve2_context_t *, void *), const char *path)
{
    sieve2_context_t *context = NULL;
    int status;

    script = read_file(path, &script_bytes);
    if (sieve2_alloc(&context) != SIEVE2_OK || sieve2_callbacks(context, callbacks) != SIEVE2_OK)
        exit(1);
    status = function(context, NULL);
    if ((status != SIEVE2_OK && status != SIEVE2_DONE) || n_errors > 0) {
        fprintf(stderr, "%s: status %d, %d errors\n", path, status, n_errors);
        exit(1);
    }
    sieve2_free(&context);
    free(script);
}

static double
now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
read_all(const char *folder, DIR *dir)
{
    double start_s = now_s();
    long n_bytes = 0;

    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[4096];

        if (strstr(entry->d_name, ".sieve") == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        run(sieve2_validate, path);
        n_bytes += script_bytes;
    }
    printf("{\"bench\":\"libsieve\",\"megabytes_per_second\":%.1f}\n",
           (double)n_bytes / (now_s() - start_s) / 1e6);
}

static void
execute_each(const char *path, const char *message_path, int n)
{
    double start_s = now_s();

    for (int i = 0; i < n; i++) {
        headers = read_file(message_path, &message_bytes);
        char *end = strstr(headers, "\r\n\r\n");
        if (end != NULL)
            end[4] = '\0';
        run(sieve2_execute, path);
        free(headers);
    }
    printf("{\"bench\":\"libsieve-execute\",\"actions\":%d,\"messages_per_second\":%.0f}\n",
           n_actions / n, n / (now_s() - start_s));
}

int
main(int argc, char **argv)
{
    int n = argc == 4 ? atoi(argv[3]) : 0;
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;

    if (dir == NULL && n <= 0)
        return 64;
    if (dir != NULL) {
        read_all(argv[1], dir);
        closedir(dir);
    } else {
        execute_each(argv[1], argv[2], n);
    }
    return 0;
}
