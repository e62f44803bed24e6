/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cyrus's sievec for many scripts: the same calls of the same library, which is loaded once, where it is
 * installed. Reads "LENGTH\n" and so many bytes, again and again; answers "STATUS LENGTH\n" and the errors:
 * 0 where the script was parsed and became byte code, 1 where not, 2 where that was the library's end. A fork
 * reads up to the first script that is refused, and the next fork goes on: after some errors the library's lexer is
 * not as it was. The lexer of addresses prints what it does not know (a line's end in an open comment), so standard
 * output is out of the library's reach.
 *
 * usage: cyrus-judge IMAPD.CONF */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_S 20
/* Exit status of a fork that has nothing more to read. */
#define IS_AT_END 250

/* The library calls it, in a fork; sievec ends there too, with no answer but that. */
void fatal(const char *text, int status);

void
fatal(const char *text, int status)
{
    fprintf(stderr, "cyrus-judge: %s\n", text);
    _exit(status > 0 ? status : 1);
}

static FILE *answers;

/* Standard output for itself; what the library prints there goes nowhere. */
static void
keep_standard_output(void)
{
    int kept = dup(STDOUT_FILENO);

    answers = kept >= 0 ? fdopen(kept, "w") : NULL;
    if (answers == NULL || freopen("/dev/null", "w", stdout) == NULL)
        fatal("cannot keep standard output", 2);
}

static struct {
    int (*config_read)(const char *path, int is_alternative);
    int (*parse)(FILE *file, char **errors, void **script);
    int (*generate)(void **code, void *script);
    void (*free_code)(void **code);
    void (*free_script)(void **script);
} cyrus;

static void
find(const char *name, void *function)
{
    void *found = dlsym(RTLD_DEFAULT, name);

    if (found == NULL)
        fatal(name, 2);
    memcpy(function, &found, sizeof found);
}

static void
load(void)
{
    static const char *const libraries[] = {"libcyrus_min.so.0", "libcyrus.so.0",
                                            "libcyrus_sieve.so.0"};

    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (dlopen(libraries[i], RTLD_LAZY | RTLD_GLOBAL) == NULL)
            fatal(dlerror(), 69);
    find("config_read", &cyrus.config_read);
    find("sieve_script_parse_only", &cyrus.parse);
    find("sieve_generate_bytecode", &cyrus.generate);
    find("sieve_free_bytecode", &cyrus.free_code);
    find("sieve_script_free", &cyrus.free_script);
}

/* Whether the script is accepted. */
static int
judge(char *text, size_t length)
{
    FILE *file = length > 0 ? fmemopen(text, length, "r") : fopen("/dev/null", "r");
    char *errors = NULL;
    void *script = NULL, *code = NULL;
    int is_accepted = 0;

    if (file != NULL && cyrus.parse(file, &errors, &script) == 0) {
        is_accepted = cyrus.generate(&code, script) >= 0;
        cyrus.free_code(&code);
        cyrus.free_script(&script);
    }
    if (file != NULL)
        fclose(file);
    fprintf(answers, "%d %zu\n%s", !is_accepted, errors != NULL ? strlen(errors) : 0,
            errors != NULL ? errors : "");
    fflush(answers);
    free(errors);
    return is_accepted;
}

/* In a fork. */
static void
judge_up_to_a_refusal(void)
{
    int is_accepted = 1;
    size_t length;

    while (is_accepted) {
        if (scanf("%zu", &length) != 1 || getchar() != '\n')
            _exit(IS_AT_END);
        char *text = calloc(1, length + 1);
        if (text == NULL || fread(text, 1, length, stdin) != length)
            fatal("the script is cut off", 2);
        alarm(TIMEOUT_S);
        is_accepted = judge(text, length);
        alarm(0);
        free(text);
    }
    _exit(0);
}

int
main(int argc, char **argv)
{
    int status = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: %s IMAPD.CONF\n", argv[0]);
        return 64;
    }
    keep_standard_output();
    setvbuf(stdin, NULL, _IONBF, 0); /* what follows is for the next fork */
    load();
    cyrus.config_read(argv[1], 0);
    while (!(WIFEXITED(status) && WEXITSTATUS(status) == IS_AT_END)) {
        pid_t child = fork();
        if (child == 0)
            judge_up_to_a_refusal();
        if (child < 0 || waitpid(child, &status, 0) != child)
            fatal("cannot fork", 2);
        if (status != 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == IS_AT_END)) {
            fputs(WIFEXITED(status) ? "1 0\n" : "2 0\n", answers);
            fflush(answers);
        }
    }
    return 0;
}
