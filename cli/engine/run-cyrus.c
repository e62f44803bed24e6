/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Cyrus of our own, with lmtpd alone: a message goes in over LMTP, what goes out comes to a sink, and what is
 * stored is a file. Each message has a server that is new, since Cyrus remembers what it has forwarded and
 * answered. */
#include "cli/engine/folder.h"
#include "cli/engine/lmtp.h"
#include "cli/engine/run-private.h"
#include "cli/engine/sink.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIN         "/usr/lib/cyrus/bin/"
#define SERVER_NAME "mx.tamis.invalid"
/* Sockets have names of 107 bytes at most. */
enum { MAX_FOLDER_BYTES = 64, START_MS = 20000, STOP_MS = 5000, LOOK_MS = 20 };

static const char welcome[] = "From: welcome@tamis.invalid\r\nSubject: welcome\r\n\r\nwelcome\r\n";

typedef struct {
    TamisSink *sink;
    pid_t master; /* 0: none runs */
    guint16 port;
    uid_t uid;
    gid_t gid;
    const char *user;
    char *home; /* of the server that runs: a folder in ours */
    guint n_servers;
    char **clock;        /* environment of all its processes */
    GHashTable *scripts; /* mailboxes that have theirs */
    GHashTable *names;   /* folder -> the mailbox's name in Cyrus */
    GHashTable *seen;    /* files of messages that were there before */
} Cyrus;

/* Opening --------------------------------------------------------------------------------------- */

static gboolean
find_user(Cyrus *own, GError **error)
{
    const struct passwd *user = geteuid() == 0 ? getpwnam("cyrus") : getpwuid(geteuid());

    if (user == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "the engine 'cyrus' needs the user that it runs as, 'cyrus' where root asks");
        return FALSE;
    }
    own->user = g_intern_string(user->pw_name);
    own->uid = user->pw_uid;
    own->gid = user->pw_gid;
    return TRUE;
}

static gboolean
open_runner(TamisRunner *runner, GError **error)
{
    static const char *const programs[] = {BIN "master", BIN "lmtpd", BIN "sievec"};
    Cyrus *own;

    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++)
        if (!g_file_test(programs[i], G_FILE_TEST_IS_EXECUTABLE))
            return tamis_engine_kind_not_installed(&runner->kind->base, error);
    if (!tamis_runner_find_clock(runner, error))
        return FALSE;
    if (strlen(runner->folder) > MAX_FOLDER_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "the path '%s' is too long for a server's sockets; set TMPDIR to a shorter one",
                    runner->folder);
        return FALSE;
    }
    runner->own = own = g_new0(Cyrus, 1);
    own->scripts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    own->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    own->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    own->sink = tamis_sink_new(error);
    return own->sink != NULL && find_user(own, error);
}

/* A server -------------------------------------------------------------------------------------- */

static gboolean
is_gone(pid_t process, guint wait_ms)
{
    for (guint waited = 0; waited <= wait_ms; waited += LOOK_MS) {
        if (waitpid(process, NULL, WNOHANG) != 0)
            return TRUE;
        g_usleep(LOOK_MS * 1000);
    }
    return FALSE;
}

static void
stop_server(Cyrus *own)
{
    if (own->master > 0) {
        kill(own->master, SIGTERM);
        if (!is_gone(own->master, STOP_MS)) {
            kill(own->master, SIGKILL);
            waitpid(own->master, NULL, 0);
        }
        kill(-own->master, SIGKILL); /* what it has left */
        own->master = 0;
    }
    if (own->home != NULL)
        tamis_engine_folder_remove(own->home);
    g_clear_pointer(&own->home, g_free);
    g_clear_pointer(&own->clock, g_strfreev);
    g_hash_table_remove_all(own->scripts);
    g_hash_table_remove_all(own->names);
    g_hash_table_remove_all(own->seen);
}

static void
close_runner(TamisRunner *runner)
{
    Cyrus *own = runner->own;

    if (own == NULL)
        return;
    stop_server(own);
    tamis_sink_free(own->sink);
    g_hash_table_unref(own->scripts);
    g_hash_table_unref(own->names);
    g_hash_table_unref(own->seen);
    g_free(own);
}

/* One that nobody listens on now. */
static guint16
free_port(void)
{
    g_autoptr(GSocketListener) listener = g_socket_listener_new();

    return g_socket_listener_add_any_inet_port(listener, NULL, NULL);
}

static gboolean
write_file(const Cyrus *own, const char *name, const char *text, gssize length, GError **error)
{
    g_autofree char *path = g_build_filename(own->home, name, NULL);

    unlink(path); /* GLib would leave the rest of a longer one */
    if (!g_file_set_contents_full(path, text, length, G_FILE_SET_CONTENTS_NONE, 0644, error))
        return FALSE;
    if (geteuid() == 0 && chown(path, own->uid, own->gid) != 0)
        g_debug("cannot give '%s' away", path);
    return TRUE;
}

static gboolean
make_folder(const Cyrus *own, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(own->home, name, NULL);

    if (g_mkdir(path, 0755) != 0 || (geteuid() == 0 && chown(path, own->uid, own->gid) != 0)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot make '%s': %s", path,
                    g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

static gboolean
write_configuration(Cyrus *own, GError **error)
{
    static const char *const folders[] = {"",    "conf",     "conf/socket", "spool",
                                          "run", "run/proc", "run/lock",    "sieve"};
    g_autofree char *imapd = g_strdup_printf(
        "configdirectory: %s/conf\npartition-default: %s/spool\ndefaultpartition: default\n"
        "proc_path: %s/run/proc\nmboxname_lockpath: %s/run/lock\ncyrus_user: %s\n"
        "servername: " SERVER_NAME "\npostmaster: postmaster@tamis.invalid\nvirtdomains: userid\n"
        "defaultdomain: " SERVER_NAME "\nunixhierarchysep: yes\naltnamespace: yes\n"
        "lmtp_downcase_rcpt: yes\nautocreate_quota: 0\nautocreate_post: yes\nanysievefolder: yes\n"
        "hashimapspool: no\nfulldirhash: no\nskiplist_unsafe: yes\nsievedir: %s/sieve\n"
        "sieveusehomedir: no\nsmtp_backend: host\nsmtp_host: 127.0.0.1:%u\n",
        own->home, own->home, own->home, own->home, own->user, own->home,
        tamis_sink_get_port(own->sink));
    g_autofree char *services = g_strdup_printf(
        "START {\n  recover cmd=\"" BIN "ctl_cyrusdb -C %s/imapd.conf -r\"\n}\n"
        "SERVICES {\n  lmtp cmd=\"" BIN "lmtpd -C %s/imapd.conf -a\" listen=\"127.0.0.1:%u\" "
        "prefork=1 proto=\"tcp4\"\n}\n",
        own->home, own->home, own->port);

    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
        if (!make_folder(own, folders[i], error))
            return FALSE;
    return write_file(own, "imapd.conf", imapd, -1, error) &&
           write_file(own, "cyrus.conf", services, -1, error);
}

/* From here to exec nothing but system calls. */
static void
be_limited(gpointer data)
{
    const struct rlimit no_core = {0, 0};
    const struct rlimit memory = {TAMIS_RUN_MEMORY_BYTES, TAMIS_RUN_MEMORY_BYTES};
    const struct rlimit time = {TAMIS_RUN_CPU_S, TAMIS_RUN_CPU_S};

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CPU, &time);
}

static gboolean
answers(guint16 port)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) connection = NULL;
    char greeting;

    g_socket_client_set_timeout(client, 5);
    connection = g_socket_client_connect_to_host(client, "127.0.0.1", port, NULL, NULL);
    return connection != NULL &&
           g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), &greeting, 1,
                               NULL, NULL) == 1;
}

static gboolean
start_server(Cyrus *own, GError **error)
{
    g_autofree char *imapd = g_build_filename(own->home, "imapd.conf", NULL);
    g_autofree char *services = g_build_filename(own->home, "cyrus.conf", NULL);
    g_autofree char *process = g_build_filename(own->home, "run", "master.pid", NULL);
    const char *const argv[] = {BIN "master", "-D", "-C",    imapd, "-M",
                                services,     "-p", process, NULL};

    if (!g_spawn_async(own->home, (char **)argv, own->clock,
                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                           G_SPAWN_STDERR_TO_DEV_NULL,
                       be_limited, NULL, &own->master, error))
        return FALSE;
    setpgid(own->master, own->master);
    for (guint waited = 0; waited < START_MS; waited += LOOK_MS) {
        if (answers(own->port))
            return TRUE;
        if (waitpid(own->master, NULL, WNOHANG) != 0) {
            own->master = 0;
            break;
        }
        g_usleep(LOOK_MS * 1000);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cyrus does not start here");
    return FALSE;
}

static gboolean
begin(TamisRunner *runner, TamisInstant instant, GError **error)
{
    Cyrus *own = runner->own;

    stop_server(own);
    g_ptr_array_unref(tamis_sink_take(own->sink));
    own->home = g_strdup_printf("%s/%u", runner->folder, ++own->n_servers);
    own->port = free_port();
    own->clock = tamis_runner_stopped_clock(runner, instant);
    g_chmod(runner->folder, 0755); /* it is someone else who works there */
    return write_configuration(own, error) && start_server(own, error);
}

/* Mailboxes ------------------------------------------------------------------------------------- */

/* "acme.example!user.anna^b" for anna.b@acme.example */
static char *
internal_name(const char *address)
{
    const char *at = strrchr(address, '@');
    g_autofree char *local = g_strndup(address, (gsize)(at - address));

    g_strdelimit(local, ".", '^');
    return g_strdup_printf("%s!user.%s", at + 1, local);
}

/* The name stands in the folder's header: `… N NAME I …`. NULL: in none. */
static char *
read_name(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "cyrus.header", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    const char *start, *end;

    if (!g_file_get_contents(path, &text, &length, NULL) ||
        (start = memmem(text, length, " N ", 3)) == NULL)
        return NULL;
    start += 3;
    if (*start == '"') {
        start++;
        end = strchr(start, '"');
    } else {
        end = strchr(start, ' ');
    }
    return end != NULL ? g_strndup(start, (gsize)(end - start)) : NULL;
}

/* Calls for every folder three levels below spool/uuid. */
static void
each_folder(const char *path, guint depth, void (*call)(const char *folder, gpointer data),
            gpointer data)
{
    g_autoptr(GDir) inside = g_dir_open(path, 0, NULL);

    for (const char *name; inside != NULL && (name = g_dir_read_name(inside)) != NULL;) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        if (depth == 1)
            call(inner, data);
        else
            each_folder(inner, depth - 1, call, data);
    }
}

static void
learn_name(const char *folder, gpointer data)
{
    Cyrus *own = data;
    char *name;

    if (g_hash_table_contains(own->names, folder) || (name = read_name(folder)) == NULL)
        return;
    g_hash_table_insert(own->names, g_strdup(folder), name);
}

static void
learn_names(Cyrus *own)
{
    g_autofree char *spool = g_build_filename(own->home, "spool", "uuid", NULL);

    each_folder(spool, 3, learn_name, own);
}

/* The folder of the mailbox's own messages; lent. NULL: it has none yet. */
static const char *
find_inbox(Cyrus *own, const char *address)
{
    g_autofree char *wanted = internal_name(address);
    GHashTableIter iter;
    gpointer folder, name;

    learn_names(own);
    g_hash_table_iter_init(&iter, own->names);
    while (g_hash_table_iter_next(&iter, &folder, &name))
        if (strcmp(name, wanted) == 0)
            return folder;
    return NULL;
}

/* Scripts --------------------------------------------------------------------------------------- */

static gboolean
compile(const Cyrus *own, const char *source, const char *binary, GError **error)
{
    g_autofree char *imapd = g_build_filename(own->home, "imapd.conf", NULL);
    const char *const argv[] = {BIN "sievec", "-C", imapd, source, binary, NULL};
    const TamisChildPlan plan = {
        .argv = argv,
        .wall_ms = TAMIS_RUN_WALL_MS,
        .cpu_s = TAMIS_RUN_CPU_S,
        .memory_bytes = TAMIS_RUN_MEMORY_BYTES,
        .output_bytes = 65536,
    };
    g_auto(TamisChildEnd) end = {0};

    if (!tamis_child_run(&plan, &end, error))
        return FALSE;
    if (end.ending == TAMIS_CHILD_EXITED && end.status == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "sievec refuses the script: %.500s",
                end.err->str);
    return FALSE;
}

/* Where lmtpd looks for it: below sieve/ as the inbox is below spool/. */
static gboolean
install_script(Cyrus *own, const TamisRun *run, const char *inbox, GError **error)
{
    g_autofree char *spool = g_build_filename(own->home, "spool", NULL);
    g_autofree char *folder = g_build_filename(own->home, "sieve", inbox + strlen(spool) + 1, NULL);
    g_autofree char *source = g_build_filename(own->home, "script", NULL);
    g_autofree char *binary = g_build_filename(folder, "active.bc", NULL);
    g_autofree char *active = g_build_filename(folder, "defaultbc", NULL);

    if (g_mkdir_with_parents(folder, 0755) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot make '%s': %s", folder,
                    g_strerror(errno));
        return FALSE;
    }
    if (!write_file(own, "script", run->script, (gssize)run->script_bytes, error) ||
        !compile(own, source, binary, error))
        return FALSE;
    g_chmod(binary, 0644);
    if (symlink("active.bc", active) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot make '%s': %s", active,
                    g_strerror(errno));
        return FALSE;
    }
    g_hash_table_add(own->scripts, g_strdup(run->mailbox));
    return TRUE;
}

/* A mailbox is made by its first message, and only then can it have a script. */
static gboolean
make_mailbox(Cyrus *own, const TamisRun *run, GError **error)
{
    g_autoptr(GBytes) first = g_bytes_new_static(welcome, strlen(welcome));
    g_autofree char *text = NULL;
    const char *inbox;
    guint code;

    if (g_hash_table_contains(own->scripts, run->mailbox))
        return TRUE;
    if (!tamis_lmtp_deliver(own->port, "", run->mailbox, first, &code, &text, error))
        return FALSE;
    inbox = find_inbox(own, run->mailbox);
    if (code != 250 || inbox == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "Cyrus makes no mailbox '%s': %u %s", run->mailbox, code, text);
        return FALSE;
    }
    return install_script(own, run, inbox, error);
}

/* What came of it ------------------------------------------------------------------------------- */

typedef struct {
    Cyrus *own;
    const char *mailbox; /* its name in Cyrus */
    TamisRunEnd *end;    /* NULL: what is there is only noted */
} Reading;

/* "Junk/2026" for "….Junk.2026"; NULL: the inbox. */
static char *
folder_of(const char *name, const char *mailbox)
{
    g_autofree char *below = g_strdup(name + strlen(mailbox));
    char *folder;

    if (*below == '\0')
        return NULL;
    g_strdelimit(below, ".", '/');
    g_strdelimit(below, "^", '.');
    folder = g_convert(below + 1, -1, "UTF-8", "UTF-7-IMAP", NULL, NULL, NULL);
    return folder != NULL ? folder : g_strdup(below + 1);
}

static gboolean
is_message(const char *name)
{
    gsize digits = strspn(name, "0123456789");

    return digits > 0 && strcmp(name + digits, ".") == 0;
}

static void
read_folder(const char *path, gpointer data)
{
    Reading *reading = data;
    const char *name = g_hash_table_lookup(reading->own->names, path);
    gsize length = strlen(reading->mailbox);
    g_autoptr(GDir) inside = NULL;

    if (name == NULL || strncmp(name, reading->mailbox, length) != 0 ||
        (name[length] != '\0' && name[length] != '.'))
        return;
    inside = g_dir_open(path, 0, NULL);
    for (const char *file; inside != NULL && (file = g_dir_read_name(inside)) != NULL;) {
        g_autofree char *whole = g_build_filename(path, file, NULL);
        g_autofree char *folder = NULL, *text = NULL;
        gsize text_length = 0;

        if (!is_message(file) || !g_hash_table_add(reading->own->seen, g_strdup(whole)) ||
            reading->end == NULL || !g_file_get_contents(whole, &text, &text_length, NULL))
            continue;
        folder = folder_of(name, reading->mailbox);
        tamis_run_end_store(reading->end, folder, text, text_length);
    }
}

static void
read_stored(Cyrus *own, const TamisRun *run, TamisRunEnd *end)
{
    g_autofree char *spool = g_build_filename(own->home, "spool", "uuid", NULL);
    g_autofree char *mailbox = internal_name(run->mailbox);
    Reading reading = {own, mailbox, end};

    learn_names(own);
    each_folder(spool, 3, read_folder, &reading);
}

/* The engine says on top what it was that it did; the next one is not told. */
static void
read_sent(Cyrus *own, TamisRunEnd *end)
{
    g_autoptr(GPtrArray) messages = tamis_sink_take(own->sink);

    for (guint i = 0; i < messages->len; i++) {
        const TamisSinkMessage *message = messages->pdata[i];
        const char *text = message->message->str;
        static const char redirect[] = "X-Sieve-Action: redirect\r\n";
        gboolean is_forward = g_str_has_prefix(text, redirect);
        gboolean is_reply =
            tamis_run_has_field(text, message->message->len, "X-Sieve-Action", "vacation");
        gsize start = is_forward ? strlen(redirect) : 0;

        tamis_run_end_send(end,
                           is_forward ? TAMIS_SENT_FORWARD
                           : is_reply ? TAMIS_SENT_REPLY
                                      : TAMIS_SENT_REJECTION,
                           message->recipient, text + start, message->message->len - start);
    }
}

static gboolean
run_once(TamisRunner *runner, const TamisRun *run, TamisRunEnd *end, GError **error)
{
    Cyrus *own = runner->own;
    g_autofree char *text = NULL;
    guint code;

    if (!make_mailbox(own, run, error))
        return FALSE;
    read_stored(own, run, NULL);
    if (!tamis_lmtp_deliver(own->port, run->envelope_from, run->recipient, run->message, &code,
                            &text, error))
        return FALSE;
    read_sent(own, end);
    read_stored(own, run, end);
    if (code == 550 && end->sent->len == 0 && end->stored->len == 0) {
        tamis_run_end_send(end, TAMIS_SENT_REJECTION, run->envelope_from, "", 0);
    } else if (code != 250) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cyrus says %u %s", code, text);
        return FALSE;
    }
    return TRUE;
}

const TamisRunnerKind tamis_runner_cyrus = {
    .base = {"cyrus", TAMIS_ENGINE_CYRUS, "cyrus-3.6",
             "cyrus-common, and msmtp-mta unless there is a mail server"},
    .open = open_runner,
    .close = close_runner,
    .begin = begin,
    .run = run_once,
};
