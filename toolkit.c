/* The front door: signals, global options, the command, the exit status. */
#include "cmd/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Set by the first signal that asks us to stop; running work looks at it between two actions. */
static volatile sig_atomic_t stop;

static void ask_to_stop(int signal)
{
    static const char text[] = "\nstopping after the current action; once more ends at once\n";
    ssize_t ignored;

    /* A second request means: now. The journal makes that safe. */
    if (stop)
        _exit(128 + signal);
    stop = 1;
    ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
}

void mem_exhausted(void)
{
    static const char text[] = "toolkit: out of memory; the store is safe, run the same command again with more\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

    (void)ignored;
    _exit(STATUS_STOPPED);
}

/* A password may be in memory: it must not reach a core file or another process of the same user. */
static void keep_memory_private(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void catch_signals(void)
{
    struct sigaction sa = {.sa_handler = ask_to_stop, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGHUP, &sa, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

static void set_terms(struct app *a)
{
    struct term_env env;

    term_env_read(&env);
    env.plain = a->plain;
    term_init(&a->out, STDOUT_FILENO, &env);
    term_init(&a->msg, STDERR_FILENO, &env);
}

int main(int argc, char **argv)
{
    struct app a = {.stop = &stop};
    const struct command *c = NULL;
    struct args g = {0};
    struct err e = {0};
    bool help;
    bool version;
    enum status status;
    int parsed = args_parse(argc, argv, &a, &c, &g, &help, &version, &e);

    a.name = argc > 0 && strchr(argv[0], '/') ? argv[0] : NULL;
    set_terms(&a);
    keep_memory_private();
    catch_signals();
    if (parsed < 0) {
        status = app_cannot(&a, &e);
    } else if (help || (c == NULL && !version && !isatty(STDOUT_FILENO))) {
        help_print(&a, c);
        status = app_flush(&a) < 0 ? STATUS_PROBLEMS : help ? STATUS_OK : STATUS_USAGE;
    } else {
        if (version)
            c = command_find("version");
        else if (c == NULL)
            c = command_find("diagnose");
        status = c->run(&a, &g);
    }
    args_free(&g);
    mysql_opts_free(&a.db);
    mysql_opts_free(&a.db_all);
    buf_free(&a.text);
    return (int)status;
}
