/* Child processes: what they get, what is kept of what they say, and that none of them can hold us up. */
#include "sys/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct seen {
    char text[4096];
    size_t lines;
    size_t bytes;
    size_t longest;
    enum child_reply reply;
    enum child_stream only;
};

static enum child_reply note(void *arg, enum child_stream from, struct str line)
{
    struct seen *s = arg;
    size_t used = strlen(s->text);

    s->lines++;
    s->bytes += line.n;
    if (line.n > s->longest)
        s->longest = line.n;
    if (used + line.n + 4 < sizeof s->text)
        snprintf(s->text + used, sizeof s->text - used, "%d:%.*s|", (int)from, STR_FMT(line));
    return from == s->only ? s->reply : CHILD_GO_ON;
}

struct run {
    struct child_result r;
    struct err e;
    struct seen seen;
    int rc;
    struct buf out;
    struct buf err;
};

static const char *const plain_env[] = {"PATH=/usr/bin:/bin", NULL};

static void start(struct run *run, struct child_opts *o, const char *script)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};

    memset(run->seen.text, 0, sizeof run->seen.text);
    o->argv = argv;
    if (o->env == NULL)
        o->env = plain_env;
    o->line = note;
    o->arg = &run->seen;
    run->rc = child_run(o, &run->r, &run->e);
    if (run->rc == 0) {
        child_text_join(&run->r.out, &run->out);
        child_text_join(&run->r.err, &run->err);
    }
}

static void finish(struct run *run)
{
    child_result_free(&run->r);
    buf_free(&run->out);
    buf_free(&run->err);
}

static void test_streams_and_code(void **state)
{
    struct run run = {0};
    struct child_opts o = {.cwd = -1};

    (void)state;
    start(&run, &o, "echo one; echo two >&2; printf three; exit 7");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.end, CHILD_EXITED);
    assert_int_equal(run.r.code, 7);
    assert_string_equal(buf_cstr(&run.out), "one\nthree");
    assert_string_equal(buf_cstr(&run.err), "two\n");
    assert_non_null(strstr(run.seen.text, "0:one|"));
    assert_non_null(strstr(run.seen.text, "0:three|"));
    assert_non_null(strstr(run.seen.text, "1:two|"));
    assert_false(run.r.left_behind);
    finish(&run);
}

static void test_what_the_child_gets(void **state)
{
    struct run run = {0};
    struct child_opts o = {.cwd = open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    int leak = open("/dev/null", O_RDONLY); /* without O_CLOEXEC on purpose */

    (void)state;
    assert_true(leak >= 0);
    signal(SIGPIPE, SIG_IGN);
    start(&run, &o,
          "pwd; umask; env; ulimit -c; ls /proc/$$/fd | tr '\\n' ' '; grep -E 'NoNewPrivs|SigIgn|SigBlk' "
          "/proc/self/status; read x || echo no input; set -- $(cat /proc/$$/stat); echo pid=$1 sid=$6");
    signal(SIGPIPE, SIG_DFL);
    assert_int_equal(run.rc, 0);
    assert_non_null(strstr(buf_cstr(&run.out), "/usr\n0022\n"));
    assert_null(strstr(buf_cstr(&run.out), "HOME="));
    assert_non_null(strstr(buf_cstr(&run.out), "\n0\n0 1 2 "));
    assert_null(strstr(buf_cstr(&run.out), " 3 "));
    assert_non_null(strstr(buf_cstr(&run.out), "NoNewPrivs:\t1"));
    assert_non_null(strstr(buf_cstr(&run.out), "SigIgn:\t0000000000000000"));
    assert_non_null(strstr(buf_cstr(&run.out), "SigBlk:\t0000000000000000"));
    assert_non_null(strstr(buf_cstr(&run.out), "no input"));
    {
        long pid = 0, sid = 1;
        const char *at = strstr(buf_cstr(&run.out), "pid=");

        assert_non_null(at);
        pid = strtol(at + 4, NULL, 10);
        at = strstr(at, "sid=");
        assert_non_null(at);
        sid = strtol(at + 4, NULL, 10);
        assert_int_equal(pid, sid);
    }
    close(leak);
    close(o.cwd);
    finish(&run);
}

static void test_input(void **state)
{
    struct run run = {0};
    struct buf big = {0};
    struct child_opts o = {.cwd = -1};

    (void)state;
    for (int i = 0; i < 300000; i++)
        buf_adds(&big, "abcdefghi\n");
    o.in = buf_str(&big);
    start(&run, &o, "wc -c");
    assert_int_equal(run.rc, 0);
    assert_int_equal(atol(buf_cstr(&run.out)), 3000000); /* NOLINT(cert-err34-c): wc's own number */
    finish(&run);

    /* A child that reads nothing of it ends as if there were none, and we survive the broken pipe. */
    memset(&run, 0, sizeof run);
    start(&run, &o, "exec 0<&-; sleep 0.1; echo done");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.code, 0);
    assert_string_equal(buf_cstr(&run.out), "done\n");
    finish(&run);
    buf_free(&big);
}

static void test_bounded_output(void **state)
{
    struct run run = {0};
    struct child_opts o = {.cwd = -1};

    (void)state;
    start(&run, &o, "echo first; head -c 20000000 /dev/zero | tr '\\0' x; echo; echo last");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.out.total, 6 + 20000000 + 1 + 5);
    assert_true(run.out.n < 2 * CHILD_KEEP + 64);
    assert_int_equal(run.r.out.head.n, CHILD_KEEP);
    assert_true(str_starts(buf_str(&run.out), STR("first\nxxx")));
    assert_true(str_ends(buf_str(&run.out), STR("xxx\nlast\n")));
    assert_true(str_has(buf_str(&run.out), STR("\n[19868940 bytes left out]\n")));
    assert_int_equal(run.seen.longest, CHILD_LINE_MAX);
    assert_int_equal(run.seen.bytes, 5 + 20000000 + 4);
    finish(&run);
}

static void test_join_is_exact_at_the_edges(void **state)
{
    static const size_t sizes[] = {CHILD_KEEP - 1,     CHILD_KEEP,         CHILD_KEEP + 1,
                                   2 * CHILD_KEEP - 1, 2 * CHILD_KEEP,     2 * CHILD_KEEP + 1,
                                   3 * CHILD_KEEP,     3 * CHILD_KEEP + 1, 4 * CHILD_KEEP + 5};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct run run = {0};
        struct child_opts o = {.cwd = -1};
        char script[128];

        snprintf(script, sizeof script, "head -c %zu /dev/zero", sizes[i]);
        start(&run, &o, script);
        assert_int_equal(run.rc, 0);
        assert_int_equal(run.r.out.total, sizes[i]);
        if (sizes[i] <= 2 * CHILD_KEEP)
            assert_int_equal(run.out.n, sizes[i]);
        else
            assert_true(str_has(buf_str(&run.out), STR(" bytes left out]")));
        finish(&run);
    }
}

static void test_reports_and_answers(void **state)
{
    struct run run = {.seen = {.only = CHILD_REPORT, .reply = CHILD_ANSWER}};
    struct child_opts o = {.cwd = -1, .report = true};

    (void)state;
    start(&run, &o, "echo a >&3; read x <&4; echo got $x; echo b >&3; read x <&4; echo got $x");
    assert_int_equal(run.rc, 0);
    assert_non_null(strstr(run.seen.text, "2:a|"));
    assert_non_null(strstr(run.seen.text, "2:b|"));
    assert_string_equal(buf_cstr(&run.out), "got go\ngot go\n");
    finish(&run);

    run = (struct run){.seen = {.only = CHILD_REPORT, .reply = CHILD_HANG_UP}};
    start(&run, &o, "echo a >&3; read x <&4 || echo end; exit 3");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.end, CHILD_EXITED);
    assert_int_equal(run.r.code, 3);
    assert_string_equal(buf_cstr(&run.out), "end\n");
    finish(&run);

    run = (struct run){.seen = {.only = CHILD_REPORT, .reply = CHILD_STOP}};
    start(&run, &o, "echo a >&3; sleep 30");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.end, CHILD_STOPPED);
    assert_int_equal(run.r.code, SIGTERM);
    finish(&run);
}

static void test_report_too_long(void **state)
{
    struct run run = {0};
    struct child_opts o = {.cwd = -1, .report = true};

    (void)state;
    start(&run, &o,
          "echo a >&3; { head -c 5000000 /dev/zero | tr '\\0' r; echo; } >&3; echo b >&3; exec 3>&-; echo x");
    assert_int_equal(run.rc, 0);
    assert_true(run.r.report_cut);
    assert_non_null(strstr(run.seen.text, "2:a|"));
    assert_non_null(strstr(run.seen.text, "2:b|"));
    assert_int_equal(run.seen.lines, 3);
    finish(&run);
}

static void test_timeout_kills_the_group(void **state)
{
    struct run run = {0};
    struct child_opts o = {.cwd = -1, .timeout_ms = 1000};
    char pid[32] = "";
    char path[64];

    (void)state;
    /* Neither the child nor its own child listens to SIGTERM. */
    start(&run, &o,
          "trap '' TERM; sh -c 'echo $$; while :; do sleep 1; done' & wait; while :; do sleep 1; done");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.end, CHILD_TIMED_OUT);
    assert_int_equal(run.r.code, SIGKILL);
    assert_true(run.r.ms >= 1000 + CHILD_TERM_MS);
    assert_int_equal(sscanf(buf_cstr(&run.out), "%31[0-9]", pid), 1);
    snprintf(path, sizeof path, "/proc/%s/task", pid);
    for (int i = 0; i < 100 && access(path, F_OK) == 0; i++) {
        char stat[256] = "";
        char file[64];
        FILE *f;

        snprintf(file, sizeof file, "/proc/%s/stat", pid);
        f = fopen(file, "r");
        if (f == NULL || fgets(stat, sizeof stat, f) == NULL || strstr(stat, ") Z ") != NULL) {
            path[0] = '\0'; /* gone, or waiting for init to take note */
        }
        if (f != NULL)
            fclose(f);
        usleep(10000);
    }
    assert_int_not_equal(access(path, F_OK), 0);
    finish(&run);
}

static volatile sig_atomic_t cancelled;

static void on_alarm(int sig)
{
    (void)sig;
    cancelled = 1;
}

static void test_cancel(void **state)
{
    struct run run = {0};
    struct child_opts o = {.cwd = -1, .cancel = &cancelled};
    const struct sigaction act = {.sa_handler = on_alarm};
    struct sigaction old;

    (void)state;
    cancelled = 0;
    sigaction(SIGALRM, &act, &old);
    alarm(1);
    start(&run, &o, "trap 'echo bye; exit 9' TERM; while :; do sleep 0.05; done");
    sigaction(SIGALRM, &old, NULL);
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.end, CHILD_CANCELLED);
    assert_int_equal(run.r.code, 9);
    assert_string_equal(buf_cstr(&run.out), "bye\n");
    finish(&run);
}

static void test_daemons_do_not_hold_us(void **state)
{
    struct run run = {0};
    struct child_opts o = {.cwd = -1, .report = true};

    (void)state;
    start(&run, &o, "sleep 3 & echo started; printf half");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.end, CHILD_EXITED);
    assert_int_equal(run.r.code, 0);
    assert_true(run.r.left_behind);
    assert_non_null(strstr(run.seen.text, "0:half|"));
    finish(&run);

    /* And one that closes its output and works on is waited for. */
    run = (struct run){0};
    start(&run, &o, "exec >&- 2>&- 3>&-; sleep 0.4; exit 5");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.code, 5);
    assert_true(run.r.ms >= 400);
    finish(&run);
}

static void test_signal(void **state)
{
    struct run run = {0};
    struct child_opts o = {.cwd = -1};
    struct buf words = {0};

    (void)state;
    start(&run, &o, "kill -9 $$");
    assert_int_equal(run.rc, 0);
    assert_int_equal(run.r.end, CHILD_SIGNALLED);
    assert_int_equal(run.r.code, SIGKILL);
    child_describe(&run.r, &words);
    assert_string_equal(buf_cstr(&words), "was killed by signal 9 (Killed)");
    buf_free(&words);
    finish(&run);
}

static void test_cannot_start(void **state)
{
    static const char *const missing[] = {"/nowhere/php", NULL};
    static const char *const not_program[] = {"/etc/passwd", NULL};
    struct child_opts o = {.cwd = -1, .argv = missing, .env = plain_env};
    struct child_result r;
    struct err e = {0};

    (void)state;
    assert_int_equal(child_run(&o, &r, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_int_equal(e.sys, ENOENT);
    assert_non_null(strstr(e.text, "/nowhere/php"));
    child_result_free(&r);
    o.argv = not_program;
    assert_int_equal(child_run(&o, &r, &e), -1);
    assert_int_equal(e.kind, ERR_CHILD);
    assert_int_equal(e.sys, EACCES);
    child_result_free(&r);
}

static void test_owner(void **state)
{
    struct run run = {0};
    struct owner as = {.uid = 4711, .gid = 4712, .groups = {4713, 4714}, .ngroups = 2};
    struct child_opts o = {.cwd = -1, .as = &as};
    char dir[] = "/tmp/test_child_XXXXXX";

    (void)state;
    if (geteuid() != 0)
        skip();
    start(&run, &o, "grep -E '^(Uid|Gid|Groups|CapEff)' /proc/$$/status");
    assert_int_equal(run.rc, 0);
    assert_non_null(strstr(buf_cstr(&run.out), "Uid:\t4711\t4711\t4711\t4711\n"));
    assert_non_null(strstr(buf_cstr(&run.out), "Gid:\t4712\t4712\t4712\t4712\n"));
    assert_non_null(strstr(buf_cstr(&run.out), "Groups:\t4713 4714"));
    assert_non_null(strstr(buf_cstr(&run.out), "CapEff:\t0000000000000000"));
    finish(&run);

    /* A folder that account cannot enter is an error, not a run somewhere else. */
    assert_non_null(mkdtemp(dir));
    run = (struct run){0};
    o.cwd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    start(&run, &o, "pwd");
    assert_int_equal(run.rc, -1);
    assert_int_equal(run.e.kind, ERR_CHILD);
    assert_non_null(strstr(run.e.text, "folder"));
    close(o.cwd);
    rmdir(dir);
    finish(&run);
}

/* Each system call in turn made to fail at its k-th use. */
static int left;
static bool fails(void)
{
    return left-- == 0;
}
static int bad_pipe2(int fd[2], int flags)
{
    if (fails()) {
        errno = EMFILE;
        return -1;
    }
    return pipe2(fd, flags);
}
static pid_t bad_fork(void)
{
    if (fails()) {
        errno = EAGAIN;
        return -1;
    }
    return fork();
}
static int bad_execve(const char *path, char *const argv[], char *const envp[])
{
    (void)path;
    (void)argv;
    (void)envp;
    errno = ENOMEM;
    return -1;
}
static pid_t bad_waitpid(pid_t pid, int *status, int flags)
{
    if (fails()) {
        errno = ECHILD;
        return -1;
    }
    return waitpid(pid, status, flags);
}
static int bad_poll(struct pollfd *p, nfds_t n, int ms)
{
    if (fails()) {
        errno = ENOMEM;
        return -1;
    }
    return poll(p, n, ms);
}
static ssize_t bad_read(int fd, void *p, size_t n)
{
    if (fails()) {
        errno = EIO;
        return -1;
    }
    return read(fd, p, n);
}

static size_t open_descriptors(void)
{
    size_t n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void expect_failure(const struct childops *ops, int at, int sys)
{
    struct run run = {0};
    struct child_opts o = {.cwd = -1, .report = true, .ops = ops, .in = STR("x\n")};
    size_t before = open_descriptors();

    left = at;
    start(&run, &o, "read x; echo $x; sleep 0.2");
    assert_int_equal(run.rc, -1);
    assert_int_equal(run.e.kind, ERR_CHILD);
    assert_int_equal(run.e.sys, sys);
    assert_int_equal(open_descriptors(), before);
    /* No child is left. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    finish(&run);
}

static void test_failing_calls(void **state)
{
    struct childops ops = childops_real;

    (void)state;
    ops.pipe2 = bad_pipe2;
    for (int at = 0; at < 6; at++)
        expect_failure(&ops, at, EMFILE);
    ops = childops_real;
    ops.fork = bad_fork;
    expect_failure(&ops, 0, EAGAIN);
    ops = childops_real;
    ops.execve = bad_execve;
    expect_failure(&ops, 0, ENOMEM);
    ops = childops_real;
    ops.poll = bad_poll;
    for (int at = 0; at < 3; at++)
        expect_failure(&ops, at, ENOMEM);
    ops = childops_real;
    ops.waitpid = bad_waitpid;
    for (int at = 0; at < 3; at++)
        expect_failure(&ops, at, ECHILD);
    ops = childops_real;
    ops.read = bad_read;
    expect_failure(&ops, 0, EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams_and_code),
        cmocka_unit_test(test_what_the_child_gets),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_bounded_output),
        cmocka_unit_test(test_join_is_exact_at_the_edges),
        cmocka_unit_test(test_reports_and_answers),
        cmocka_unit_test(test_report_too_long),
        cmocka_unit_test(test_timeout_kills_the_group),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_daemons_do_not_hold_us),
        cmocka_unit_test(test_signal),
        cmocka_unit_test(test_cannot_start),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_failing_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
