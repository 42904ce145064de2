#include "sys/child.h"

#include "sys/child_start.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often the child's state, the clock and the cancel flag are looked at while nothing is printed. */
#define TICK_MS 40
/* A killed process that is still there after this hangs inside the kernel (a dead network disk). */
#define GIVE_UP_MS 10000u

const struct childops childops_real = {pipe2, fork, execve, waitpid, poll, read, write};

struct watch {
    const struct child_opts *o;
    const struct childops *ops;
    struct child_result *r;
    struct child_ends ends;
    struct buf part[CHILD_STREAMS]; /* the beginning of an unfinished line */
    bool skip[CHILD_STREAMS];       /* the rest of a line too long is being dropped */
    pid_t pid;
    size_t written; /* of o->in */
    bool reaped;
    int status;
    uint64_t begun, ended, term_at, kill_at;
};

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

static void keep(struct child_text *t, const char *p, size_t n)
{
    size_t first = CHILD_KEEP - t->head.n < n ? CHILD_KEEP - t->head.n : n;

    t->total += n;
    buf_add(&t->head, p, first);
    p += first;
    n -= first;
    if (n >= CHILD_KEEP) {
        buf_reset(&t->tail);
        p += n - CHILD_KEEP;
        n = CHILD_KEEP;
    }
    buf_add(&t->tail, p, n);
    /* Twice the room, so that bytes are moved once per CHILD_KEEP and not once per read. */
    if (t->tail.n >= 2 * CHILD_KEEP)
        buf_drop(&t->tail, t->tail.n - CHILD_KEEP);
}

void child_text_join(const struct child_text *text, struct buf *out)
{
    size_t tail = text->tail.n < CHILD_KEEP ? text->tail.n : CHILD_KEEP;
    uint64_t gap = text->total - text->head.n - tail;

    buf_add(out, text->head.p, text->head.n);
    if (gap > 0)
        buf_printf(out, "\n[%" PRIu64 " bytes left out]\n", gap);
    if (tail > 0)
        buf_add(out, text->tail.p + (text->tail.n - tail), tail);
}

void child_result_free(struct child_result *r)
{
    buf_free(&r->out.head);
    buf_free(&r->out.tail);
    buf_free(&r->err.head);
    buf_free(&r->err.tail);
}

static void end_group(struct watch *w, enum child_end why)
{
    if (w->term_at != 0 || w->reaped)
        return;
    w->r->end = why;
    w->term_at = now_ms();
    kill(-w->pid, SIGTERM);
}

static void tell(struct watch *w, enum child_stream from, struct str line)
{
    if (w->o->line == NULL || w->r->end == CHILD_STOPPED)
        return;
    switch (w->o->line(w->o->arg, from, line)) {
    case CHILD_GO_ON:
        break;
    case CHILD_ANSWER:
        /* A full pipe means that the child does not read; it asked for no answer then. */
        if (w->ends.answer >= 0 && w->ops->write(w->ends.answer, "go\n", 3) < 0 && errno == EPIPE)
            child_shut(&w->ends.answer);
        break;
    case CHILD_HANG_UP:
        child_shut(&w->ends.answer);
        break;
    case CHILD_STOP:
        end_group(w, CHILD_STOPPED);
        break;
    }
}

static void finish_line(struct watch *w, enum child_stream s)
{
    struct str line = buf_str(&w->part[s]);

    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    if (!w->skip[s])
        tell(w, s, line);
    w->skip[s] = false;
    buf_reset(&w->part[s]);
}

static void take(struct watch *w, enum child_stream s, struct str got)
{
    size_t max = s == CHILD_REPORT ? CHILD_REPORT_MAX : CHILD_LINE_MAX;

    if (s == CHILD_OUT)
        keep(&w->r->out, got.p, got.n);
    else if (s == CHILD_ERR)
        keep(&w->r->err, got.p, got.n);
    if (w->o->line == NULL)
        return;
    while (got.n > 0) {
        size_t end = str_chr(got, '\n', 0);
        size_t n = end == SIZE_MAX ? got.n : end;
        size_t room = max - w->part[s].n;

        if (n > room && s == CHILD_REPORT) {
            w->skip[s] = w->r->report_cut = true;
            buf_reset(&w->part[s]);
        } else if (n > room) {
            buf_add(&w->part[s], got.p, room);
            finish_line(w, s);
            got = str_sub(got, room, got.n);
            continue;
        } else if (!w->skip[s]) {
            buf_add(&w->part[s], got.p, n);
        }
        if (end == SIZE_MAX)
            return;
        finish_line(w, s);
        got = str_sub(got, end + 1, got.n);
    }
}

/* Reads what is there, at most a few blocks, so that the clock is looked at between. */
static void drain(struct watch *w, enum child_stream s)
{
    char block[16384];

    for (int i = 0; i < 16 && w->ends.out[s] >= 0; i++) {
        ssize_t n = w->ops->read(w->ends.out[s], block, sizeof block);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            child_shut(&w->ends.out[s]);
            if (w->part[s].n > 0)
                finish_line(w, s);
            return;
        }
        take(w, s, (struct str){block, (size_t)n});
    }
}

static void feed(struct watch *w)
{
    struct str left = str_sub(w->o->in, w->written, w->o->in.n);
    ssize_t n = w->ops->write(w->ends.in, left.p, left.n);

    if (n > 0)
        w->written += (size_t)n;
    /* A child that does not read its input to the end is free to do so. */
    if ((n < 0 && errno != EAGAIN && errno != EINTR) || w->written == w->o->in.n)
        child_shut(&w->ends.in);
}

static int wait_for_output(struct watch *w, struct err *e)
{
    struct pollfd p[CHILD_STREAMS + 1];
    int stream[CHILD_STREAMS + 1];
    nfds_t n = 0;

    for (int i = 0; i < CHILD_STREAMS; i++) {
        if (w->ends.out[i] < 0)
            continue;
        stream[n] = i;
        p[n++] = (struct pollfd){.fd = w->ends.out[i], .events = POLLIN};
    }
    if (w->ends.in >= 0) {
        stream[n] = -1;
        p[n++] = (struct pollfd){.fd = w->ends.in, .events = POLLOUT};
    }
    if (w->ops->poll(p, n, n > 0 ? TICK_MS : TICK_MS / 8) < 0) {
        if (errno == EINTR)
            return 0;
        err_sys(e, "%s: its output can't be watched", w->o->argv[0]);
        e->kind = ERR_CHILD;
        return -1;
    }
    for (nfds_t i = 0; i < n; i++) {
        if (p[i].revents == 0)
            continue;
        if (stream[i] < 0)
            feed(w);
        else
            drain(w, (enum child_stream)stream[i]);
    }
    return 0;
}

static int reap(struct watch *w, struct err *e)
{
    pid_t got;

    if (w->reaped)
        return 0;
    got = w->ops->waitpid(w->pid, &w->status, WNOHANG);
    if (got == w->pid) {
        w->reaped = true;
        w->ended = now_ms();
        return 0;
    }
    if (got == 0 || errno == EINTR)
        return 0;
    err_sys(e, "%s: its end can't be awaited", w->o->argv[0]);
    e->kind = ERR_CHILD;
    return -1;
}

static bool any_open(const struct watch *w)
{
    for (int i = 0; i < CHILD_STREAMS; i++)
        if (w->ends.out[i] >= 0)
            return true;
    return false;
}

static int watch_over(struct watch *w, struct err *e)
{
    while (!w->reaped || any_open(w)) {
        uint64_t now;

        if (wait_for_output(w, e) != 0 || reap(w, e) != 0)
            return -1;
        now = now_ms();
        if (w->reaped) {
            if (any_open(w) && now - w->ended >= CHILD_GRACE_MS) {
                w->r->left_behind = true;
                return 0;
            }
            continue;
        }
        if (w->o->cancel != NULL && *w->o->cancel != 0)
            end_group(w, CHILD_CANCELLED);
        else if (w->o->timeout_ms != 0 && now - w->begun >= w->o->timeout_ms)
            end_group(w, CHILD_TIMED_OUT);
        if (w->term_at != 0 && w->kill_at == 0 && now - w->term_at >= CHILD_TERM_MS) {
            kill(-w->pid, SIGKILL);
            w->kill_at = now;
        }
        if (w->kill_at != 0 && now - w->kill_at >= GIVE_UP_MS)
            return err_set(e, ERR_CHILD, "%s: process %ld was killed and does not end", w->o->argv[0],
                           (long)w->pid);
    }
    return 0;
}

/* Whatever went wrong, nothing of the child may go on working on the store. */
static void put_down(struct watch *w)
{
    if (w->reaped)
        return;
    kill(-w->pid, SIGKILL);
    kill(w->pid, SIGKILL);
    for (uint64_t since = now_ms(); now_ms() - since < GIVE_UP_MS;) {
        pid_t got = waitpid(w->pid, &w->status, WNOHANG);

        if (got == w->pid || (got < 0 && errno != EINTR))
            return;
        poll(NULL, 0, 5);
    }
}

/* A child that closes its input early would end us by SIGPIPE; the signal is held back for this thread. */
static bool hold_sigpipe(sigset_t *pipe_only, sigset_t *before)
{
    sigset_t pending;

    sigemptyset(pipe_only);
    sigaddset(pipe_only, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, pipe_only, before);
    return sigismember(&pending, SIGPIPE) == 1;
}

static void release_sigpipe(const sigset_t *pipe_only, const sigset_t *before, bool was_pending)
{
    const struct timespec at_once = {0, 0};

    if (!was_pending)
        while (sigtimedwait(pipe_only, NULL, &at_once) == SIGPIPE)
            ;
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

int child_run(const struct child_opts *o, struct child_result *r, struct err *e)
{
    struct watch w = {.o = o, .ops = o->ops != NULL ? o->ops : &childops_real, .r = r};
    sigset_t pipe_only, before;
    bool was_pending;
    int rc;

    memset(r, 0, sizeof *r);
    was_pending = hold_sigpipe(&pipe_only, &before);
    w.begun = now_ms();
    rc = child_start(o, w.ops, &w.ends, &w.pid, e);
    if (rc == 0) {
        rc = watch_over(&w, e);
        if (rc != 0)
            put_down(&w);
        for (int i = 0; i < CHILD_STREAMS; i++) {
            if (w.part[i].n > 0)
                finish_line(&w, (enum child_stream)i);
            child_shut(&w.ends.out[i]);
        }
        child_shut(&w.ends.in);
        child_shut(&w.ends.answer);
    }
    release_sigpipe(&pipe_only, &before, was_pending);
    r->ms = now_ms() - w.begun;
    if (rc == 0) {
        bool killed = WIFSIGNALED(w.status);

        r->code = killed ? WTERMSIG(w.status) : WEXITSTATUS(w.status);
        if (killed && r->end == CHILD_EXITED)
            r->end = CHILD_SIGNALLED;
    }
    for (int i = 0; i < CHILD_STREAMS; i++)
        buf_free(&w.part[i]);
    return rc;
}

void child_describe(const struct child_result *r, struct buf *out)
{
    switch (r->end) {
    case CHILD_EXITED:
        buf_printf(out, "ended with code %d", r->code);
        break;
    case CHILD_SIGNALLED:
        buf_printf(out, "was killed by signal %d (%s)", r->code, strsignal(r->code));
        break;
    case CHILD_TIMED_OUT:
        buf_printf(out, "was stopped after %" PRIu64 " s", (r->ms + 500) / 1000);
        break;
    case CHILD_CANCELLED:
        buf_adds(out, "was stopped on request");
        break;
    case CHILD_STOPPED:
        buf_adds(out, "was stopped");
        break;
    }
}
