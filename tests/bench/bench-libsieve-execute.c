/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of libsieve 2 on one core, in one process, reading a script of RFC 5228 alone and a message and
 * executing the one on the other: what bench-explain is measured against. Prints JSON.
 *
 * usage: bench-libsieve-execute SCRIPT MESSAGE N */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sieve2.h> /* needs what stands above it */

static char *script, *headers;
static int message_bytes, n_actions, n_errors;

static char *
read_file(const char *path, int *out_bytes)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);

    if (file == NULL || text == NULL)
        exit(64);
    *out_bytes = (int)fread(text, 1, (1 << 20) - 1, file);
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
    return sieve2_setvalue_int(context, (char *)"size", message_bytes);
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

static void
execute(const char *script_path, const char *message_path)
{
    sieve2_context_t *context = NULL;
    int script_bytes, status;

    script = read_file(script_path, &script_bytes);
    headers = read_file(message_path, &message_bytes);
    char *end = strstr(headers, "\r\n\r\n");
    if (end != NULL)
        end[4] = '\0';
    if (sieve2_alloc(&context) != SIEVE2_OK || sieve2_callbacks(context, callbacks) != SIEVE2_OK)
        exit(1);
    status = sieve2_execute(context, NULL);
    if ((status != SIEVE2_OK && status != SIEVE2_DONE) || n_errors > 0) {
        fprintf(stderr, "%s: status %d, %d errors\n", script_path, status, n_errors);
        exit(1);
    }
    sieve2_free(&context);
    free(script);
    free(headers);
}

static double
now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
    int n = argc == 4 ? atoi(argv[3]) : 0;
    double start_s = now_s();

    if (n <= 0)
        return 64;
    for (int i = 0; i < n; i++)
        execute(argv[1], argv[2]);
    printf("{\"bench\":\"libsieve-execute\",\"actions\":%d,\"messages_per_second\":%.0f}\n",
           n_actions / n, n / (now_s() - start_s));
    return 0;
}
