/*
 * One child process: started with nothing but what it is given, watched, caught, and ended with all of its
 * process group when it has to be.
 *
 * The child gets a session of its own, the default signal handlers, umask 022, no core dumps, no new
 * privileges, no descriptor but those named here, and is told to end (SIGTERM) when this program dies. What
 * it prints is read to its end, however much that is, and kept in part. Processes that it leaves behind do
 * not hold anybody up.
 */
#ifndef SYS_CHILD_H
#define SYS_CHILD_H

#include "base/buf.h"
#include "base/err.h"
#include "sys/owner.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Of each output the first and the last so many bytes are kept: enough for any message and its backtrace. */
#define CHILD_KEEP ((size_t)64 * 1024)
/* Longer lines of output reach the callback in pieces of this size. */
#define CHILD_LINE_MAX ((size_t)16 * 1024)
/* A longer report is dropped whole; a report carries one saved state, which databases hold in far less. */
#define CHILD_REPORT_MAX ((size_t)256 * 1024)
/* From SIGTERM to SIGKILL: time for PHP to run its shutdown functions. */
#define CHILD_TERM_MS 2000u
/* How long output is still read after the child's end when other processes hold it open. */
#define CHILD_GRACE_MS 300u

#define CHILD_REPORT_FD 3 /* the child writes lines here */
#define CHILD_ANSWER_FD 4 /* and reads the answers here */

enum child_stream { CHILD_OUT, CHILD_ERR, CHILD_REPORT };
#define CHILD_STREAMS 3

enum child_reply {
    CHILD_GO_ON,   /* nothing to say */
    CHILD_ANSWER,  /* write "go\n" to the child's CHILD_ANSWER_FD */
    CHILD_HANG_UP, /* close CHILD_ANSWER_FD: the child reads the end of the file */
    CHILD_STOP     /* end the process group */
};

/* One line without its end; bytes as they came, escape before showing. */
typedef enum child_reply child_line(void *arg, enum child_stream from, struct str line);

/* The system calls in use, so that a test can make the k-th one fail. */
struct childops {
    int (*pipe2)(int fd[2], int flags);
    pid_t (*fork)(void);
    int (*execve)(const char *path, char *const argv[], char *const envp[]);
    pid_t (*waitpid)(pid_t pid, int *status, int flags);
    int (*poll)(struct pollfd *p, nfds_t n, int ms);
    ssize_t (*read)(int fd, void *p, size_t n);
    ssize_t (*write)(int fd, const void *p, size_t n);
};
extern const struct childops childops_real;

struct child_opts {
    const char *const *argv;             /* ends with NULL; argv[0] is the path of the program */
    const char *const *env;              /* ends with NULL; NULL: an empty environment */
    int cwd;                             /* directory to start in, or -1 for ours */
    struct str in;                       /* standard input; empty: /dev/null */
    bool report;                         /* open CHILD_REPORT_FD and CHILD_ANSWER_FD */
    const struct owner *as;              /* account to run as; counts only when we are root. NULL: ours */
    unsigned timeout_ms;                 /* 0: none */
    const volatile sig_atomic_t *cancel; /* ends the child when it becomes non-zero; may be NULL */
    child_line *line;                    /* called for every line of every stream; may be NULL */
    void *arg;
    const struct childops *ops; /* NULL: childops_real */
};

struct child_text {
    struct buf head; /* the first CHILD_KEEP bytes */
    struct buf tail; /* of what follows, the last CHILD_KEEP bytes */
    uint64_t total;
};

/* Appends what was kept, with a line "[N bytes left out]" at the gap. */
void child_text_join(const struct child_text *text, struct buf *out);

enum child_end {
    CHILD_EXITED,    /* code is the exit code */
    CHILD_SIGNALLED, /* code is the signal; not by us */
    CHILD_TIMED_OUT, /* ended by us; code is the signal, or the exit code it answered with */
    CHILD_CANCELLED,
    CHILD_STOPPED /* by the line callback */
};

struct child_result {
    enum child_end end;
    int code;
    struct child_text out;
    struct child_text err;
    bool report_cut;  /* a report was longer than CHILD_REPORT_MAX and was dropped */
    bool left_behind; /* processes started by the child still held its output when it had ended */
    uint64_t ms;      /* how long it ran */
};

/*
 * Runs the child to its end. 0 with r filled, whatever the child did; -1 when it could not be started or
 * watched (then nothing of it runs any more): ERR_ABSENT when the program is not there, ERR_CHILD otherwise
 * with errno in sys. r is to be given to child_result_free in both cases.
 */
int child_run(const struct child_opts *o, struct child_result *r, struct err *e);

void child_result_free(struct child_result *r);

/* "ended with code 3", "killed by signal 9 (Killed)", "stopped after 30 s". */
void child_describe(const struct child_result *r, struct buf *out);

#endif
