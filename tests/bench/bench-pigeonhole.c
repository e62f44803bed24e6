/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of Pigeonhole's own compiler on one core, in one process, nothing written: what
 * bench-sieve is measured against. Prints JSON.
 *
 * usage: bench-pigeonhole FOLDER */
#include "lib.h"
#include "sieve.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define N_ROUNDS 3

static const char *
get_homedir(void *context)
{
    (void)context;
    return NULL;
}

static const char *
get_setting(void *context, const char *identifier)
{
    (void)context;
    (void)identifier;
    return NULL;
}

static double
now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The bytes of the script; ends the program where it is refused: a fast refusal is no compiling. */
static off_t
compile(struct sieve_instance *sieve, struct sieve_error_handler *errors, const char *folder,
        const char *name)
{
    char path[4096];
    struct stat status;
    enum sieve_error error;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct sieve_binary *binary = sieve_compile(sieve, path, NULL, errors, 0, &error);
    if (binary == NULL || stat(path, &status) < 0) {
        fprintf(stderr, "%s does not compile\n", path);
        exit(1);
    }
    sieve_close(&binary);
    return status.st_size;
}

static void
run(struct sieve_instance *sieve, struct sieve_error_handler *errors, const char *folder)
{
    double start_s = now_s();
    unsigned n_scripts = 0;
    off_t n_bytes = 0;
    DIR *dir = opendir(folder);

    if (dir == NULL)
        exit(64);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strstr(entry->d_name, ".sieve") == NULL)
            continue;
        T_BEGIN
        {
            n_bytes += compile(sieve, errors, folder, entry->d_name);
        }
        T_END;
        n_scripts++;
    }
    closedir(dir);
    printf("{\"bench\":\"pigeonhole\",\"scripts\":%u,\"megabytes_per_second\":%.1f}\n", n_scripts,
           (double)n_bytes / (now_s() - start_s) / 1e6);
}

int
main(int argc, char **argv)
{
    static const struct sieve_callbacks callbacks = {get_homedir, get_setting};
    struct sieve_environment environment;

    if (argc != 2)
        return 64;
    lib_init();
    memset(&environment, 0, sizeof environment);
    environment.hostname = "localhost";
    environment.username = "user";
    environment.home_dir = environment.base_dir = environment.temp_dir = "/tmp";
    struct sieve_instance *sieve = sieve_init(&environment, &callbacks, NULL, FALSE);
    struct sieve_error_handler *errors = sieve_stderr_ehandler_create(sieve, 0);
    for (unsigned round = 0; round < N_ROUNDS; round++)
        run(sieve, errors, argv[1]);
    return 0;
}
