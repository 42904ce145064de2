#include "sys/child_start.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Since Linux 5.9; libc headers may not know it. The number is the same on every architecture. */
#define CALL_CLOSE_RANGE 436

/* Descriptors above this are not looked for on kernels without close_range; the usual limit is 1024. */
#define CLOSE_LIMIT 65536u

#define FAILURE_FD 5 /* where the child tells why it did not become the program */

enum stage { STAGE_SETUP, STAGE_OWNER, STAGE_CWD, STAGE_EXEC };

struct failure {
    int stage;
    int error;
};

/* The child's ends, and both ends of the failure pipe. */
struct plan {
    const struct child_opts *o;
    const struct childops *ops;
    int fd[5]; /* to become descriptors 0 to 4; -1: none */
    int failure[2];
    pid_t parent;
};

void child_shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_from(unsigned first)
{
    struct rlimit limit;
    unsigned end = CLOSE_LIMIT;

    if (syscall(CALL_CLOSE_RANGE, first, ~0u, 0u) == 0)
        return;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < end)
        end = (unsigned)limit.rlim_cur;
    for (unsigned fd = first; fd < end; fd++)
        close((int)fd);
}

/* Puts the descriptors in their places. All are moved out of the way first, since one may lie where another
 * has to go. */
static int place_descriptors(struct plan *p)
{
    for (size_t i = 0; i < 5; i++)
        if (p->fd[i] >= 0 && (p->fd[i] = fcntl(p->fd[i], F_DUPFD_CLOEXEC, 16)) < 0)
            return -1;
    if ((p->failure[1] = fcntl(p->failure[1], F_DUPFD_CLOEXEC, 16)) < 0)
        return -1;
    for (int i = 0; i < 5; i++) {
        if (p->fd[i] < 0)
            close(i);
        else if (dup2(p->fd[i], i) < 0)
            return -1;
    }
    if (dup3(p->failure[1], FAILURE_FD, O_CLOEXEC) < 0)
        return -1;
    p->failure[1] = FAILURE_FD;
    return 0;
}

static int become(const struct owner *as)
{
    if (as == NULL || geteuid() != 0)
        return 0;
    /* Programs open /dev/stdout or /proc/self/fd/3 anew, which is checked against the owner of the pipe. Those
     * that can't be given away are used as they are. */
    for (int fd = 0; fd <= CHILD_ANSWER_FD; fd++) {
        struct stat st;

        if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
            (void)!fchown(fd, as->uid, as->gid);
    }
    if (setgroups(as->ngroups, as->groups) != 0 || setgid(as->gid) != 0 || setuid(as->uid) != 0)
        return -1;
    /* A kernel that lets us come back did not do what was asked. */
    if (as->uid != 0 && setuid(0) == 0) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

static int set_up(void)
{
    const struct rlimit none = {0, 0};
    sigset_t empty;

    if (setsid() < 0)
        return -1;
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    sigemptyset(&empty);
    if (sigprocmask(SIG_SETMASK, &empty, NULL) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        return -1;
    umask(022);
    /* Kernels before 3.5 have no such flag; the children of an ordinary account gain nothing there either. */
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
    return 0;
}

/* Only calls that are allowed between fork and execve of a program with threads. */
_Noreturn static void child_side(struct plan *p)
{
    struct failure f = {STAGE_SETUP, 0};
    /* The directory must survive the closing of everything else; it is entered as the new account, which is
     * how a store that its owner cannot enter is noticed. */
    int cwd = p->o->cwd >= 0 ? fcntl(p->o->cwd, F_DUPFD_CLOEXEC, 16) : -1;

    if (p->o->cwd >= 0 && cwd < 0)
        goto failed;
    if (set_up() != 0 || place_descriptors(p) != 0)
        goto failed;
    f.stage = STAGE_OWNER;
    if (become(p->o->as) != 0)
        goto failed;
    /* A change of account clears the request, so it comes after. */
    (void)prctl(PR_SET_PDEATHSIG, (unsigned long)SIGTERM, 0UL, 0UL, 0UL);
    if (getppid() != p->parent)
        _exit(127);
    f.stage = STAGE_CWD;
    if (cwd >= 0 && fchdir(cwd) != 0)
        goto failed;
    close_from(FAILURE_FD + 1);
    f.stage = STAGE_EXEC;
    /* execve takes pointers to char by tradition and changes nothing. */
    p->ops->execve(p->o->argv[0], (char *const *)p->o->argv, (char *const *)p->o->env);
failed:
    f.error = errno;
    if (write(p->failure[1], &f, sizeof f) != (ssize_t)sizeof f)
        _exit(126);
    _exit(127);
}

static int explain(const struct child_opts *o, const struct failure *f, struct err *e)
{
    const char *program = o->argv[0];

    errno = f->error;
    switch (f->stage) {
    case STAGE_OWNER:
        err_sys(e, "%s: can't become account %u, group %u", program, (unsigned)o->as->uid,
                (unsigned)o->as->gid);
        break;
    case STAGE_CWD:
        err_sys(e, "%s: the folder it has to run in can't be entered", program);
        break;
    case STAGE_EXEC:
        err_sys(e, "%s: can't be run", program);
        break;
    default:
        err_sys(e, "%s: the child process can't be prepared", program);
        break;
    }
    e->kind = f->stage == STAGE_EXEC && (f->error == ENOENT || f->error == ENOTDIR) ? ERR_ABSENT : ERR_CHILD;
    return -1;
}

/* Blocks until the pipe closes (the program runs) or a failure comes through it. */
static int await_program(const struct plan *p, pid_t pid, struct err *e)
{
    struct failure f;
    ssize_t n;
    int status;

    do
        n = p->ops->read(p->failure[0], &f, sizeof f);
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return 0;
    if (n == (ssize_t)sizeof f) {
        explain(p->o, &f, e);
    } else {
        err_sys(e, "%s: the child process can't be watched", p->o->argv[0]);
        e->kind = ERR_CHILD;
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return -1;
}

static int open_pipes(struct plan *p, struct child_ends *ends)
{
    int fd[2];

    if (p->ops->pipe2(p->failure, O_CLOEXEC) != 0)
        return -1;
    if (p->o->in.n == 0) {
        if ((p->fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
            return -1;
    } else {
        if (p->ops->pipe2(fd, O_CLOEXEC) != 0)
            return -1;
        p->fd[0] = fd[0];
        ends->in = fd[1];
    }
    for (int i = 0; i < (p->o->report ? 3 : 2); i++) {
        if (p->ops->pipe2(fd, O_CLOEXEC) != 0)
            return -1;
        p->fd[i + 1] = fd[1];
        ends->out[i] = fd[0];
    }
    if (p->o->report) {
        if (p->ops->pipe2(fd, O_CLOEXEC) != 0)
            return -1;
        p->fd[CHILD_ANSWER_FD] = fd[0];
        ends->answer = fd[1];
    }
    /* Our ends never block: a child that reads or writes nothing must not hold us. */
    for (int i = 0; i < CHILD_STREAMS; i++)
        if (ends->out[i] >= 0 && fcntl(ends->out[i], F_SETFL, O_NONBLOCK) != 0)
            return -1;
    if (ends->in >= 0 && fcntl(ends->in, F_SETFL, O_NONBLOCK) != 0)
        return -1;
    if (ends->answer >= 0 && fcntl(ends->answer, F_SETFL, O_NONBLOCK) != 0)
        return -1;
    return 0;
}

int child_start(const struct child_opts *o, const struct childops *ops, struct child_ends *ends, pid_t *pid,
                struct err *e)
{
    static const char *const no_env[] = {NULL};
    struct child_opts opts = *o;
    struct plan p = {.o = &opts, .ops = ops, .fd = {-1, -1, -1, -1, -1}, .failure = {-1, -1}};
    int rc = -1;

    if (opts.env == NULL)
        opts.env = no_env;
    *ends = (struct child_ends){.in = -1, .out = {-1, -1, -1}, .answer = -1};
    p.parent = getpid();
    if (open_pipes(&p, ends) != 0) {
        err_sys(e, "%s: no pipe for its output", o->argv[0]);
        e->kind = ERR_CHILD;
        goto out;
    }
    *pid = ops->fork();
    if (*pid == 0)
        child_side(&p);
    if (*pid < 0) {
        err_sys(e, "%s: no child process can be made", o->argv[0]);
        e->kind = ERR_CHILD;
        err_fix(
            e,
            "the machine or the account is at its limit of processes or memory; wait or end some, then run "
            "the same command again");
        goto out;
    }
    child_shut(&p.failure[1]);
    rc = await_program(&p, *pid, e);
out:
    for (size_t i = 0; i < 5; i++)
        child_shut(&p.fd[i]);
    child_shut(&p.failure[0]);
    child_shut(&p.failure[1]);
    if (rc != 0) {
        child_shut(&ends->in);
        child_shut(&ends->answer);
        for (int i = 0; i < CHILD_STREAMS; i++)
            child_shut(&ends->out[i]);
    }
    return rc;
}
