/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Executes one script on one message in libsieve 2 and prints what it does, a line an action, in
 * the words of the tables of cases. The library is neither safe from crashes nor from hangs, so it
 * runs in a child. Not a mail server: nothing is sent or stored.
 *
 * usage: libsieve-run SCRIPT MESSAGE ENVELOPE-FROM ENVELOPE-TO */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sieve2.h> /* needs what stands above it */

#define TIMEOUT_S 10

typedef struct {
    char *script, *headers;
    int message_bytes;
    char *envelope_from, *envelope_to;
    int n_actions, n_errors;
    int cancelled; /* implicit keep */
} Run;

static char *
read_file(const char *path, int *out_bytes)
{
    struct stat status;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status) < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(2);
    }
    char *text = calloc(1, (size_t)status.st_size + 1);
    ssize_t length = text ? read(fd, text, (size_t)status.st_size) : -1;
    close(fd);
    if (length != status.st_size)
        exit(2);
    *out_bytes = (int)length;
    return text;
}

/* A value on one line: a backslash and a line break become \\ and \n. */
static void
print_value(const char *text)
{
    for (const char *at = text ? text : ""; *at; at++) {
        if (*at == '\\')
            fputs("\\\\", stdout);
        else if (*at == '\n')
            fputs("\\n", stdout);
        else if (*at != '\r')
            putchar(*at);
    }
}

static int
act(Run *run, const char *word, const char *value)
{
    run->n_actions++;
    fputs(word, stdout);
    print_value(value);
    putchar('\n');
    return SIEVE2_OK;
}

static int
on_redirect(sieve2_context_t *context, void *data)
{
    Run *run = data;
    run->cancelled = 1;
    return act(run, "forward ", sieve2_getvalue_string(context, (char *)"address"));
}

static int
on_keep(sieve2_context_t *context, void *data)
{
    Run *run = data;
    run->cancelled = 1;
    return act(run, "keep", NULL);
}

static int
on_fileinto(sieve2_context_t *context, void *data)
{
    Run *run = data;
    run->cancelled = 1;
    return act(run, "keep in ", sieve2_getvalue_string(context, (char *)"mailbox"));
}

static int
on_discard(sieve2_context_t *context, void *data)
{
    Run *run = data;
    run->cancelled = 1;
    return SIEVE2_OK;
}

static int
on_reject(sieve2_context_t *context, void *data)
{
    Run *run = data;
    run->cancelled = 1;
    return act(run, "reject: ", sieve2_getvalue_string(context, (char *)"message"));
}

static int
on_vacation(sieve2_context_t *context, void *data)
{
    Run *run = data;
    run->n_actions++;
    fputs("reply: ", stdout);
    print_value(sieve2_getvalue_string(context, (char *)"subject"));
    putchar('\t');
    print_value(sieve2_getvalue_string(context, (char *)"message"));
    putchar('\n');
    return SIEVE2_OK;
}

static int
get_script(sieve2_context_t *context, void *data)
{
    Run *run = data;
    return sieve2_setvalue_string(context, (char *)"script", run->script);
}

static int
get_headers(sieve2_context_t *context, void *data)
{
    Run *run = data;
    return sieve2_setvalue_string(context, (char *)"allheaders", run->headers);
}

static int
get_size(sieve2_context_t *context, void *data)
{
    Run *run = data;
    return sieve2_setvalue_int(context, (char *)"size", run->message_bytes);
}

static int
get_envelope(sieve2_context_t *context, void *data)
{
    Run *run = data;
    sieve2_setvalue_string(context, (char *)"to", run->envelope_to);
    sieve2_setvalue_string(context, (char *)"from", run->envelope_from);
    return SIEVE2_OK;
}

/* local+detail@domain; the parts live as long as the child. */
static int
get_subaddress(sieve2_context_t *context, void *data)
{
    char *local = strdup(sieve2_getvalue_string(context, (char *)"address"));
    char *domain = strrchr(local, '@');
    char *user = NULL, *detail = NULL;
    if (domain)
        *domain++ = '\0';
    user = strdup(local);
    detail = strchr(user, '+');
    if (detail)
        *detail++ = '\0';
    sieve2_setvalue_string(context, (char *)"user", user);
    sieve2_setvalue_string(context, (char *)"detail", detail);
    sieve2_setvalue_string(context, (char *)"localpart", local);
    sieve2_setvalue_string(context, (char *)"domain", domain);
    return SIEVE2_OK;
}

static int
on_error(sieve2_context_t *context, void *data)
{
    Run *run = data;
    run->n_errors++;
    fprintf(stderr, "line %d: %s\n", sieve2_getvalue_int(context, (char *)"lineno"),
            sieve2_getvalue_string(context, (char *)"message"));
    return SIEVE2_OK;
}

static sieve2_callback_t callbacks[] = {
    {SIEVE2_ACTION_REDIRECT, on_redirect},
    {SIEVE2_ACTION_KEEP, on_keep},
    {SIEVE2_ACTION_FILEINTO, on_fileinto},
    {SIEVE2_ACTION_DISCARD, on_discard},
    {SIEVE2_ACTION_REJECT, on_reject},
    {SIEVE2_ACTION_VACATION, on_vacation},
    {SIEVE2_SCRIPT_GETSCRIPT, get_script},
    {SIEVE2_MESSAGE_GETALLHEADERS, get_headers},
    {SIEVE2_MESSAGE_GETSIZE, get_size},
    {SIEVE2_MESSAGE_GETENVELOPE, get_envelope},
    {SIEVE2_MESSAGE_GETSUBADDRESS, get_subaddress},
    {SIEVE2_ERRCALL_RUNTIME, on_error},
    {SIEVE2_ERRCALL_PARSE, on_error},
    {SIEVE2_ERRCALL_HEADER, on_error},
    {SIEVE2_ERRCALL_ADDRESS, on_error},
    {0},
};

/* What the library returns for a broken script is no error; the calls back are. */
static int
execute(Run *run)
{
    sieve2_context_t *context = NULL;
    if (sieve2_alloc(&context) != SIEVE2_OK || sieve2_callbacks(context, callbacks) != SIEVE2_OK)
        return 2;
    int validated = sieve2_validate(context, run);
    if (validated != SIEVE2_OK || run->n_errors) {
        fprintf(stderr, "%s\n", sieve2_errstr(validated));
        return 1;
    }
    int executed = sieve2_execute(context, run);
    if ((executed != SIEVE2_OK && executed != SIEVE2_DONE) || run->n_errors) {
        fprintf(stderr, "%s\n", sieve2_errstr(executed));
        return 1;
    }
    if (!run->cancelled)
        act(run, "keep", NULL);
    else if (!run->n_actions)
        act(run, "discard", NULL);
    return 0;
}

int
main(int argc, char **argv)
{
    Run run = {0};
    int script_bytes = 0;
    if (argc != 5) {
        fprintf(stderr, "usage: %s SCRIPT MESSAGE ENVELOPE-FROM ENVELOPE-TO\n", argv[0]);
        return 64;
    }
    run.script = read_file(argv[1], &script_bytes);
    run.headers = read_file(argv[2], &run.message_bytes);
    run.envelope_from = argv[3];
    run.envelope_to = argv[4];
    char *end = strstr(run.headers, "\r\n\r\n");
    if (end)
        end[4] = '\0';

    pid_t child = fork();
    if (child == 0) {
        alarm(TIMEOUT_S);
        int status = execute(&run);
        fflush(NULL);
        _exit(status);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 2;
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "libsieve ended with signal %d\n", WTERMSIG(status));
        return 3;
    }
    return WEXITSTATUS(status);
}
