/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Coming in at a server. A password is never an argument, which everyone on the machine can read: it is in the
 * environment, a file, the desktop's secret service, or typed. */
#include "cli/access.h"

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_VARIABLE "TAMIS_PASSWORD"
#define SECRET_TOOL       "secret-tool"
#define MOST_TIMEOUT_S    3600

void
tamis_access_words_init(TamisAccessWords *words)
{
    *words = (TamisAccessWords){.timeout_s = TAMIS_ACCESS_TIMEOUT_S};
}

void
tamis_access_words_clear(TamisAccessWords *words)
{
    g_free(words->login);
    g_free(words->authorize);
    g_free(words->password_file);
    g_free(words->mechanism);
    g_free(words->ca_file);
    g_free(words->pin);
    g_free(words->client_certificate);
    *words = (TamisAccessWords){NULL};
}

void
tamis_access_words_add(TamisAccessWords *words, gboolean hidden, GArray *entries)
{
    const GOptionEntry all[] = {
        {"login", 0, 0, G_OPTION_ARG_FILENAME, &words->login,
         "who authenticates (default the mailbox itself)", "USER"},
        {"authorize", 0, 0, G_OPTION_ARG_FILENAME, &words->authorize,
         "how USER acts for a mailbox: authzid (the default) or master (Dovecot's user*master)",
         "HOW"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &words->password_file,
         "its first line is the password (default " PASSWORD_VARIABLE
         " in the environment, the secret service, or a prompt)",
         "FILE"},
        {"mechanism", 0, 0, G_OPTION_ARG_FILENAME, &words->mechanism,
         "the SASL mechanism (default the best that both have)", "NAME"},
        {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &words->ca_file,
         "the authorities that certificates may be from (default the system's)", "FILE"},
        {"pin", 0, 0, G_OPTION_ARG_FILENAME, &words->pin,
         "the one certificate that is taken, by its SHA-256", "SHA256"},
        {"client-certificate", 0, 0, G_OPTION_ARG_FILENAME, &words->client_certificate,
         "a certificate with its key, for EXTERNAL", "FILE"},
        {"insecure", 0, 0, G_OPTION_ARG_NONE, &words->insecure,
         "no TLS, or any certificate: on this machine alone", NULL},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &words->timeout_s,
         "how long an answer may take (default 30)", "SECONDS"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        GOptionEntry entry = all[i];
        entry.flags = hidden ? G_OPTION_FLAG_HIDDEN : G_OPTION_FLAG_NONE;
        g_array_append_val(entries, entry);
    }
}

void
tamis_access_owner_clear(TamisAccessOwner *owner)
{
    g_clear_pointer(&owner->secret, tamis_secret_free);
    g_clear_pointer(&owner->pin, g_free);
    g_clear_pointer(&owner->ca_file, g_free);
}

/* The password ---------------------------------------------------------------------------------- */

static TamisSecret *
ask_secret_service(const char *url, const char *login)
{
    const char *const command[] = {SECRET_TOOL, "lookup", "service", "tamis", "server",
                                   url,         "user",   login,     NULL};
    g_autofree char *program = g_find_program_in_path(SECRET_TOOL);
    g_autofree char *out = NULL;
    TamisSecret *secret;
    gsize length;
    int status;

    if (program == NULL || g_getenv("DBUS_SESSION_BUS_ADDRESS") == NULL)
        return NULL;
    if (!g_spawn_sync(NULL, (char **)command, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL) ||
        !g_spawn_check_wait_status(status, NULL))
        return NULL;
    length = strcspn(out, "\n");
    secret = tamis_secret_new(out, length);
    tamis_wipe(out, strlen(out));
    return secret;
}

/* Typed on the terminal, without an echo. NULL where there is none. */
static TamisSecret *
prompt(const char *login)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    g_autofree char *question = g_strdup_printf("Password of %s: ", login);
    struct termios echoing, silent;
    TamisSecret *secret = NULL;
    char line[1024];
    gssize n = -1;

    if (fd < 0)
        return NULL;
    if (tcgetattr(fd, &echoing) == 0) {
        silent = echoing;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(fd, TCSAFLUSH, &silent);
        if (write(fd, question, strlen(question)) > 0)
            n = read(fd, line, sizeof line);
        tcsetattr(fd, TCSAFLUSH, &echoing);
        if (write(fd, "\n", 1) != 1)
            n = -1;
    }
    close(fd);
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
        n--;
    if (n > 0)
        secret = tamis_secret_new(line, (gsize)n);
    tamis_wipe(line, sizeof line);
    return secret;
}

/* Of the file that was named, or the environment. NULL with *out_status 0: there is none. */
static TamisSecret *
find_given_secret(const TamisAccessWords *words, int *out_status)
{
    const char *variable = g_getenv(PASSWORD_VARIABLE);
    g_autoptr(GError) error = NULL;
    TamisSecret *secret;

    *out_status = 0;
    if (words->password_file == NULL)
        return variable != NULL ? tamis_secret_new(variable, strlen(variable)) : NULL;
    secret = tamis_secret_load(words->password_file, &error);
    if (secret != NULL)
        return secret;
    tamis_complain("%s", error->message);
    *out_status = TAMIS_EXIT_UNREADABLE;
    return NULL;
}

/* NULL: *out_status, all is said. */
static TamisSecret *
find_secret(const TamisVerb *verb, const TamisAccessWords *words, const char *url, int *out_status)
{
    const char *login = words->login != NULL ? words->login : "the mailbox";
    TamisSecret *secret = find_given_secret(words, out_status);

    if (*out_status != 0)
        return NULL;
    if (secret == NULL && words->login != NULL)
        secret = ask_secret_service(url, login);
    if (secret == NULL)
        secret = prompt(login);
    if (secret == NULL)
        *out_status = tamis_complain_usage(
            verb, "there is no password: say --password-file FILE, or set " PASSWORD_VARIABLE);
    return secret;
}

/* Judging --------------------------------------------------------------------------------------- */

static gboolean
is_loopback_name(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    g_autoptr(GInetAddress) address = host != NULL ? g_inet_address_new_from_string(host) : NULL;

    return g_strcmp0(host, "localhost") == 0 ||
           (address != NULL && g_inet_address_get_is_loopback(address));
}

/* 0, or the status to end with. */
static int
judge_mechanism(const TamisVerb *verb, const TamisAccessWords *words)
{
    g_autofree char *known = tamis_access_dup_mechanisms();

    if (words->mechanism == NULL)
        return 0;
    if (!tamis_access_knows_mechanism(words->mechanism))
        return tamis_complain_usage(verb, "--mechanism takes %s, not '%s'", known,
                                    words->mechanism);
    if (g_ascii_strcasecmp(words->mechanism, "EXTERNAL") == 0 && words->client_certificate == NULL)
        return tamis_complain_usage(
            verb, "--mechanism EXTERNAL takes --client-certificate FILE instead of a password");
    return 0;
}

/* Said once, before each mailbox would say it. */
static gboolean
is_readable(const char *what, const char *path)
{
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    gboolean went_well = path == NULL || (file != NULL && (getc(file) != EOF || !ferror(file)));

    if (!went_well)
        tamis_complain("cannot read the %s in '%s': %s", what, path, g_strerror(errno));
    if (file != NULL)
        fclose(file);
    return went_well;
}

/* 0, or the status to end with. */
static int
judge(const TamisVerb *verb, const TamisAccessWords *words, const char *url,
      TamisAccessOwner *owner)
{
    TamisAccess *access = &owner->access;
    int status = judge_mechanism(verb, words);

    if (status != 0)
        return status;
    if (words->insecure && !is_loopback_name(url))
        return tamis_complain_usage(verb, "--insecure is for a server on this machine alone; for "
                                          "others there are --ca-file and --pin");
    if (words->authorize != NULL && g_str_equal(words->authorize, "master"))
        access->authorize = TAMIS_AUTHORIZE_MASTER;
    else if (words->authorize != NULL && !g_str_equal(words->authorize, "authzid"))
        return tamis_complain_usage(verb, "--authorize takes authzid or master, not '%s'",
                                    words->authorize);
    if (words->authorize != NULL && words->login == NULL)
        return tamis_complain_usage(verb, "--authorize says how --login acts, and there is none");
    if (words->pin != NULL && (owner->pin = tamis_access_pin_dup(words->pin)) == NULL)
        return tamis_complain_usage(
            verb, "--pin takes the 64 hexadecimal digits of a SHA-256, not '%s'", words->pin);
    return is_readable("authorities", words->ca_file) &&
                   is_readable("certificate", words->client_certificate)
               ? 0
               : TAMIS_EXIT_UNREADABLE;
}

int
tamis_access_open(const TamisVerb *verb, const TamisOptions *options, const char *url,
                  TamisAccessOwner *out_owner)
{
    const TamisAccessWords *words = &options->access;
    TamisAccess *access = &out_owner->access;
    int status;

    *access = (TamisAccess){
        .login = words->login,
        .mechanism = words->mechanism,
        .client_certificate = words->client_certificate,
        .insecure = words->insecure,
        .timeout_s = (guint)words->timeout_s,
    };
    if (words->timeout_s < 1 || words->timeout_s > MOST_TIMEOUT_S)
        return tamis_complain_usage(verb, "--timeout takes seconds from 1 to %d, not '%d'",
                                    MOST_TIMEOUT_S, words->timeout_s);
    if (!g_str_has_prefix(url, "managesieve") && !g_str_has_prefix(url, "sieve:")) {
        /* Folders have none, databases may have one. */
        out_owner->secret = find_given_secret(words, &status);
        access->secret = out_owner->secret;
        return status;
    }
    status = judge(verb, words, url, out_owner);
    if (status != 0)
        return status;
    access->pin = out_owner->pin;
    if (words->ca_file != NULL) /* GIO wants it absolute */
        out_owner->ca_file = g_canonicalize_filename(words->ca_file, NULL);
    access->ca_file = out_owner->ca_file;
    if (verb == NULL && words->login == NULL)
        return 0; /* nobody logs in */
    out_owner->secret = words->client_certificate != NULL ? find_given_secret(words, &status)
                                                          : find_secret(verb, words, url, &status);
    if (words->client_certificate != NULL && status == 0 && out_owner->secret == NULL)
        return 0; /* the certificate is enough */
    access->secret = out_owner->secret;
    return out_owner->secret != NULL ? 0 : status;
}
