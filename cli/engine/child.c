/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A fork, its limits, and a loop that reads until there is nothing more to read or to wait for. Input goes
 * through a file in memory, so that nobody blocks on a child that does not read. */
#include "cli/engine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK_BYTES 65536
/* How long to wait for output before asking whether the child is still there: what it started may keep its
 * output open. */
#define LOOK_MS 50

/* Nothing of ours: it may hold passwords, and what an engine says is to be the same everywhere. */
static const char *const small_environment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL=C",
    NULL,
};

enum { IN, OUT, ERR, N_STREAMS };

/* Everything that is to be closed. */
typedef struct {
    int child[N_STREAMS];  /* the child's ends */
    int parent[N_STREAMS]; /* ours, of OUT and ERR */
    int news[2];           /* the errno of an exec that failed */
} Files;

static void
close_file(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void
files_clear(Files *files)
{
    for (int i = 0; i < N_STREAMS; i++) {
        close_file(&files->child[i]);
        close_file(&files->parent[i]);
    }
    close_file(&files->news[0]);
    close_file(&files->news[1]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

#define NO_FILES ((Files){{-1, -1, -1}, {-1, -1, -1}, {-1, -1}})

void
tamis_child_end_clear(TamisChildEnd *end)
{
    for (int i = 0; i < 2; i++) {
        GString **text = i == 0 ? &end->out : &end->err;
        if (*text != NULL)
            g_string_free(g_steal_pointer(text), TRUE);
    }
}

/* Start ----------------------------------------------------------------------------------------- */

static int
make_input(const TamisChildPlan *plan)
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    gsize done = 0;

    while (fd >= 0 && plan->input != NULL && done < plan->input_bytes) {
        gssize n = write(fd, plan->input + done, plan->input_bytes - done);
        if (n < 0 && errno != EINTR)
            close_file(&fd);
        else if (n > 0)
            done += (gsize)n;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

static gboolean
open_files(const TamisChildPlan *plan, Files *files)
{
    int pair[2];

    files->child[IN] = make_input(plan);
    if (files->child[IN] < 0 || pipe2(files->news, O_CLOEXEC) < 0)
        return FALSE;
    for (int i = OUT; i <= ERR; i++) {
        if (pipe2(pair, O_CLOEXEC) < 0)
            return FALSE;
        files->parent[i] = pair[0];
        files->child[i] = pair[1];
        fcntl(pair[0], F_SETFL, O_NONBLOCK);
    }
    return TRUE;
}

/* Address space of this process, which a fork begins with. */
static guint64
inherited_bytes(void)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        return 0;
    return g_ascii_strtoull(text, NULL, 10) * (guint64)sysconf(_SC_PAGESIZE);
}

static void
limit(int what, guint64 amount)
{
    const struct rlimit both = {amount, amount};

    if (amount > 0)
        setrlimit(what, &both); /* a lower one that is set already stays */
}

/* From here to exec nothing but system calls: another thread may have held any lock at the fork. */
static void
be_limited(const TamisChildPlan *plan, guint64 memory_bytes, pid_t parent)
{
    const struct rlimit no_core = {0, 0};

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    setrlimit(RLIMIT_CORE, &no_core);
    limit(RLIMIT_CPU, plan->cpu_s);
    limit(RLIMIT_AS, memory_bytes);
    limit(RLIMIT_FSIZE, plan->file_bytes);
}

static void
be_fresh(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* 0: never. The descriptors are above 2, so that no dup2 closes the next one. */
static int
lift(int fd)
{
    return fd > STDERR_FILENO ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static void G_GNUC_NORETURN
be_child(const TamisChildPlan *plan, const char *program, const Files *files, guint64 memory_bytes,
         pid_t parent)
{
    const char *const *environment =
        plan->environment != NULL ? plan->environment : small_environment;
    int news = lift(files->news[1]);
    int streams[N_STREAMS];

    be_fresh();
    be_limited(plan, memory_bytes, parent);
    for (int i = 0; i < N_STREAMS; i++)
        streams[i] = lift(files->child[i]);
    for (int i = 0; i < N_STREAMS; i++)
        dup2(streams[i], i);
    if (plan->folder == NULL || chdir(plan->folder) == 0) {
        if (program == NULL) {
            close(news);
            _exit(plan->entry(plan->data));
        }
        execve(program, (char *const *)plan->argv, (char *const *)environment);
    }
    int fault = errno;
    _exit(write(news, &fault, sizeof fault) < 0 ? 126 : 127);
}

/* Run ------------------------------------------------------------------------------------------- */

/* Takes what is there. FALSE: the stream has ended. */
static gboolean
take(int fd, GString *text)
{
    char chunk[CHUNK_BYTES];
    gssize n = read(fd, chunk, sizeof chunk);

    if (n > 0)
        g_string_append_len(text, chunk, n);
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static void
take_both(Files *files, TamisChildEnd *end)
{
    for (int i = OUT; i <= ERR; i++)
        if (files->parent[i] >= 0 && !take(files->parent[i], i == OUT ? end->out : end->err))
            close_file(&files->parent[i]);
}

/* What is left when the child is gone, at most once more the cap. */
static void
drain(Files *files, TamisChildEnd *end, gsize cap)
{
    for (int i = OUT; i <= ERR; i++) {
        GString *text = i == OUT ? end->out : end->err;
        for (gsize before = text->len; files->parent[i] >= 0 && (cap == 0 || text->len <= cap);
             before = text->len)
            if (!take(files->parent[i], text) || text->len == before)
                close_file(&files->parent[i]);
    }
}

/* Until something can be read, or it is time to look around. */
static void
wait_for_output(const Files *files, gint64 rest_ms)
{
    struct pollfd polled[2];
    nfds_t n = 0;

    for (int i = OUT; i <= ERR; i++)
        if (files->parent[i] >= 0)
            polled[n++] = (struct pollfd){files->parent[i], POLLIN, 0};
    /* Who has closed its output is as good as gone. */
    poll(polled, n, (int)MIN(rest_ms, n > 0 ? LOOK_MS : 1));
}

static gboolean
is_over(const TamisChildPlan *plan, const TamisChildEnd *end)
{
    return plan->output_bytes > 0 &&
           (end->out->len > plan->output_bytes || end->err->len > plan->output_bytes);
}

static void
judge_end(const TamisChildPlan *plan, int status, const struct rusage *usage, TamisChildEnd *end)
{
    if (end->ending != TAMIS_CHILD_EXITED)
        return;
    if (is_over(plan, end)) {
        end->ending = TAMIS_CHILD_TOO_TALKATIVE;
    } else if (!WIFSIGNALED(status)) {
        end->status = WEXITSTATUS(status);
    } else {
        gint64 used_s = usage->ru_utime.tv_sec + usage->ru_stime.tv_sec + 1;
        gboolean by_limit =
            WTERMSIG(status) == SIGXCPU ||
            (WTERMSIG(status) == SIGKILL && plan->cpu_s > 0 && used_s >= (gint64)plan->cpu_s);
        end->ending = by_limit ? TAMIS_CHILD_OUT_OF_TIME : TAMIS_CHILD_CRASHED;
        end->signal = WTERMSIG(status);
    }
}

static gboolean
is_interrupted(const TamisChildPlan *plan)
{
    return plan->interruption != NULL && *plan->interruption != 0;
}

static gboolean
give_up(GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
    return FALSE;
}

static void
follow(const TamisChildPlan *plan, pid_t child, Files *files, TamisChildEnd *end)
{
    gint64 limit_us =
        plan->wall_ms > 0 ? g_get_monotonic_time() + (gint64)plan->wall_ms * 1000 : G_MAXINT64;
    struct rusage usage;
    int status = 0;

    for (;;) {
        take_both(files, end);
        if (wait4(child, &status, WNOHANG, &usage) == child)
            break;
        if (is_interrupted(plan))
            limit_us = 0;
        gint64 rest_ms = (limit_us - g_get_monotonic_time()) / 1000;
        if (rest_ms <= 0 || is_over(plan, end)) {
            end->ending = rest_ms <= 0 ? TAMIS_CHILD_OUT_OF_TIME : TAMIS_CHILD_TOO_TALKATIVE;
            kill(-child, SIGKILL);
            kill(child, SIGKILL);
            while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR)
                ;
            break;
        }
        wait_for_output(files, rest_ms);
    }
    kill(-child, SIGKILL); /* what it left behind */
    drain(files, end, plan->output_bytes);
    judge_end(plan, status, &usage, end);
}

/* The errno of an exec that failed, or 0. Blocks until the child has either begun or gone. */
static int
hear_news(Files *files)
{
    int fault = 0;
    gssize n;

    close_file(&files->news[1]);
    do
        n = read(files->news[0], &fault, sizeof fault);
    while (n < 0 && errno == EINTR);
    return n == sizeof fault ? fault : 0;
}

static gboolean
fail_to_start(GError **error, const char *name, int fault)
{
    int code = fault == ENOENT ? G_SPAWN_ERROR_NOENT : G_SPAWN_ERROR_FAILED;

    g_set_error(error, G_SPAWN_ERROR, code, "cannot run '%s': %s", name, g_strerror(fault));
    return FALSE;
}

gboolean
tamis_child_run(const TamisChildPlan *plan, TamisChildEnd *out_end, GError **error)
{
    const char *name = plan->argv != NULL ? plan->argv[0] : "a child process";
    g_autofree char *program = NULL;
    g_auto(Files) files = NO_FILES;
    guint64 memory_bytes = plan->memory_bytes;
    pid_t parent = getpid();

    g_return_val_if_fail(plan->argv != NULL || plan->entry != NULL, FALSE);
    if (plan->argv != NULL) {
        program = g_find_program_in_path(plan->argv[0]);
        if (program == NULL)
            return fail_to_start(error, name, ENOENT);
    } else if (memory_bytes > 0) {
        memory_bytes += inherited_bytes();
    }
    if (is_interrupted(plan))
        return give_up(error);
    if (!open_files(plan, &files))
        return fail_to_start(error, name, errno);
    pid_t child = fork();
    if (child == 0)
        be_child(plan, program, &files, memory_bytes, parent);
    if (child < 0)
        return fail_to_start(error, name, errno);
    setpgid(child, child); /* both do it: whoever comes first */
    for (int i = 0; i < N_STREAMS; i++)
        close_file(&files.child[i]);
    int fault = hear_news(&files);
    if (fault != 0) {
        waitpid(child, NULL, 0);
        return fail_to_start(error, name, fault);
    }
    *out_end = (TamisChildEnd){.out = g_string_new(NULL), .err = g_string_new(NULL)};
    follow(plan, child, &files, out_end);
    if (!is_interrupted(plan))
        return TRUE;
    tamis_child_end_clear(out_end);
    return give_up(error);
}

char *
tamis_child_end_describe(const TamisChildEnd *end, const TamisChildPlan *plan)
{
    switch (end->ending) {
    case TAMIS_CHILD_CRASHED:
        return g_strdup_printf("it crashed (%s)", g_strsignal(end->signal));
    case TAMIS_CHILD_OUT_OF_TIME:
        return g_strdup_printf("it was stopped after %g s",
                               plan->wall_ms > 0 ? plan->wall_ms / 1000.0 : plan->cpu_s);
    case TAMIS_CHILD_TOO_TALKATIVE:
        return g_strdup_printf("it was stopped after %" G_GSIZE_FORMAT " bytes of output",
                               plan->output_bytes);
    default:
        return g_strdup_printf("it ended with status %d", end->status);
    }
}
