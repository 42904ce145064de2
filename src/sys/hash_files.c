/*
 * Each worker owns a set of lanes. A lane holds one file: its next piece in a buffer and its MD5 state. All
 * lanes run together for as many blocks as the shortest piece has; a lane whose piece is used up reads on,
 * and one whose file has ended takes the next file. When no file is left and few lanes are busy, the rest
 * goes through the plain MD5 one by one, which is faster then.
 *
 * Workers take jobs in runs of neighbours, so each keeps its directories open by itself. No memory is
 * allocated while they run.
 */
#include "sys/hash_files.h"

#include "base/mem.h"
#include "base/str.h"
#include "sys/md5_lanes.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define PIECE           ((size_t)32 * 1024)  /* most sources fit in; sixteen stay in a cache of 1 MiB */
#define PIECE_ROOM      (PIECE + 128)        /* with the padding behind it */
#define RUN             32                   /* neighbouring jobs taken at once */
#define JOBS_PER_THREAD 128                  /* below that a thread costs more than it brings */
#define STACK           ((size_t)256 * 1024) /* a worker needs some 60 KiB */
#define TELL_BYTES      (UINT64_C(1) << 20)
#define TELL_FILES      64

struct lane {
    struct hash_job *job; /* NULL: idle */
    int fd;
    uint8_t *buf;
    size_t raw;    /* bytes of the file in buf, without padding */
    size_t at;     /* of these, run already */
    size_t blocks; /* still to run */
    uint64_t total;
    bool last; /* the padding is in buf */
};

struct work {
    const struct tree *t;
    struct hash_job *jobs;
    size_t n;
    const struct hash_files_options *opt;
    struct md5_lanes md5;
    size_t next;    /* atomic: first job not taken */
    uint64_t files; /* atomic */
    uint64_t bytes; /* atomic */
    int stopped;    /* atomic */
};

struct worker {
    struct work *w;
    bool tells; /* runs in the calling thread */
    uint64_t files; /* done and not yet in the sum of all workers, which is slow to share */
    uint64_t bytes;
    size_t at; /* the run of jobs in hand */
    size_t end;
    int dir;          /* -1, or open on dir_path */
    size_t dir_n;     /* length of the directory part */
    const char *path; /* a job's path that begins with it */
    struct lane lanes[MD5_LANES_MAX];
    struct md5_lanes_state state;
    uint8_t *buffers; /* one piece a lane */
    uint8_t *plain;   /* and one more for files outside the lanes */
};

static void add_up(struct worker *k)
{
    struct work *w = k->w;
    uint64_t files = __atomic_add_fetch(&w->files, k->files, __ATOMIC_RELAXED);
    uint64_t bytes = __atomic_add_fetch(&w->bytes, k->bytes, __ATOMIC_RELAXED);

    k->files = 0;
    k->bytes = 0;
    if (k->tells && w->opt->progress(w->opt->arg, files, bytes) != 0)
        __atomic_store_n(&w->stopped, 1, __ATOMIC_RELAXED);
}

static void count(struct worker *k, uint64_t files, uint64_t bytes)
{
    k->files += files;
    k->bytes += bytes;
    if (k->files >= TELL_FILES || k->bytes >= TELL_BYTES)
        add_up(k);
}

static void end_job(struct worker *k, struct hash_job *job, enum hash_state state, int sys)
{
    job->state = state;
    job->sys = sys;
    count(k, 1, 0);
}

static void end_badly(struct worker *k, struct hash_job *job, int sys)
{
    enum hash_state state = HASH_FAILED;

    if (sys == ENOENT || sys == ENOTDIR)
        state = HASH_ABSENT;
    else if (sys == EXDEV || sys == ELOOP)
        state = HASH_OUTSIDE;
    else if (sys == ENXIO || sys == EISDIR)
        state = HASH_NOT_FILE;
    end_job(k, job, state, sys);
}

static void close_dir(struct worker *k)
{
    if (k->dir >= 0)
        k->w->t->ops->close(k->dir);
    k->dir = -1;
}

/* The directory of rel is k->dir then. -1 with errno. */
static int enter_dir(struct worker *k, const char *rel, size_t n)
{
    char dir[4096];
    struct err e;

    if (k->dir >= 0 && k->dir_n == n && memcmp(k->path, rel, n) == 0)
        return 0;
    close_dir(k);
    memcpy(dir, rel, n);
    dir[n] = '\0';
    k->dir = tree_open_dir(k->w->t, dir, &e);
    if (k->dir < 0) {
        errno = e.sys ? e.sys : ELOOP;
        return -1;
    }
    k->dir_n = n;
    k->path = rel;
    return 0;
}

/* Opens a job's file. -1 with errno. */
static int open_job(struct worker *k, const char *rel)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const struct fsops *ops = k->w->t->ops;
    const char *slash = strrchr(rel, '/');
    struct err e;
    int fd;

    if (!str_is_safe_path(str_of(rel))) {
        errno = EXDEV;
        return -1;
    }
    if (enter_dir(k, rel, slash ? (size_t)(slash - rel) : 0) != 0)
        return -1;
    fd = ops->openat(k->dir, slash ? slash + 1 : rel, flags | O_NOATIME, 0);
    if (fd < 0 && errno == EPERM)
        fd = ops->openat(k->dir, slash ? slash + 1 : rel, flags, 0);
    if (fd >= 0 || errno != ELOOP)
        return fd;
    fd = tree_open_file(k->w->t, rel, O_RDONLY, 0, &e);
    if (fd < 0)
        errno = e.sys ? e.sys : EISDIR;
    return fd;
}

/* The next job that a worker has, or NULL. */
static struct hash_job *take(struct worker *k)
{
    struct work *w = k->w;

    if (__atomic_load_n(&w->stopped, __ATOMIC_RELAXED))
        return NULL;
    if (k->at == k->end) {
        k->at = __atomic_fetch_add(&w->next, RUN, __ATOMIC_RELAXED);
        if (k->at >= w->n) {
            k->at = k->end = 0;
            return NULL;
        }
        k->end = k->at + RUN < w->n ? k->at + RUN : w->n;
    }
    return &w->jobs[k->at++];
}

/* Opens the next job that can be read: its descriptor and size, or -1 when no job is left. */
static int next_file(struct worker *k, struct hash_job **job)
{
    const struct fsops *ops = k->w->t->ops;

    while ((*job = take(k)) != NULL) {
        struct hash_job *j = *job;
        struct stat st;
        int fd = open_job(k, j->rel);

        if (fd < 0) {
            end_badly(k, j, errno);
            continue;
        }
        if (ops->fstat(fd, &st) != 0) {
            end_badly(k, j, errno);
        } else if (!S_ISREG(st.st_mode)) {
            end_job(k, j, HASH_NOT_FILE, 0);
        } else {
            j->size = (uint64_t)st.st_size;
            if (j->want_size == HASH_ANY_SIZE || j->want_size == j->size)
                return fd;
            end_job(k, j, HASH_OTHER_SIZE, 0);
        }
        ops->close(fd);
    }
    return -1;
}

/* Reads the lane's next piece, with the padding when the file ends in it. -1 with errno. */
static int read_piece(struct worker *k, struct lane *l)
{
    const struct fsops *ops = k->w->t->ops;
    bool end = false;
    size_t n = 0;

    while (n < PIECE && !end) {
        ssize_t r = ops->read(l->fd, l->buf + n, PIECE - n);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        n += (size_t)r;
        /* A file that is as long as it was said to be is not asked again for its end. */
        end = r == 0 || (n < PIECE && l->total + n == l->job->size);
    }
    l->raw = n;
    l->at = 0;
    l->total += n;
    l->last = end;
    l->blocks = (end ? md5_lanes_pad(l->buf, n, l->total) : n) / 64;
    count(k, 0, n);
    return 0;
}

static void end_lane(struct worker *k, struct lane *l)
{
    k->w->t->ops->close(l->fd);
    l->job = NULL;
}

/* Files that are not for the lanes: another algorithm, or no lanes on this machine. */
static void hash_plainly(struct worker *k, struct hash_job *j, int fd)
{
    struct hash h;
    ssize_t n;

    hash_start(&h, j->alg);
    j->size = 0;
    while (!__atomic_load_n(&k->w->stopped, __ATOMIC_RELAXED)) {
        n = k->w->t->ops->read(fd, k->plain, PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            hash_end(&h, &j->digest);
            if (n < 0)
                end_badly(k, j, errno);
            else
                end_job(k, j, HASH_DONE, 0);
            break;
        }
        hash_add(&h, k->plain, (size_t)n);
        j->size += (uint64_t)n;
        count(k, 0, (uint64_t)n);
    }
    k->w->t->ops->close(fd);
}

/* Gives an idle lane a file, or a lane in the middle of one its next piece. False: no file is left. */
static bool feed(struct worker *k, unsigned i)
{
    struct lane *l = &k->lanes[i];

    for (;;) {
        if (l->job == NULL) {
            l->fd = next_file(k, &l->job);
            if (l->fd < 0)
                return false;
            if (l->job->alg != HASH_MD5) {
                hash_plainly(k, l->job, l->fd);
                l->job = NULL;
                continue;
            }
            l->total = 0;
            md5_lanes_start(&k->state, i);
        }
        if (read_piece(k, l) == 0)
            return true;
        end_badly(k, l->job, errno);
        end_lane(k, l);
    }
}

/* The lane's piece is used up and held the end of the file. */
static void finish(struct worker *k, unsigned i)
{
    struct lane *l = &k->lanes[i];

    memset(&l->job->digest, 0, sizeof l->job->digest);
    l->job->digest.alg = HASH_MD5;
    md5_lanes_out(&k->state, i, l->job->digest.b);
    l->job->size = l->total;
    end_job(k, l->job, HASH_DONE, 0);
    end_lane(k, l);
}

/* Runs what is left of a lane's piece while the others stand still. */
static void run_alone(struct worker *k, unsigned i)
{
    struct md5_lanes_state others = k->state;
    const uint8_t *data[MD5_LANES_MAX];
    unsigned n;

    for (n = 0; n < k->w->md5.width; n++)
        data[n] = k->lanes[i].buf + k->lanes[i].at;
    k->w->md5.run(&k->state, data, k->lanes[i].blocks);
    finish(k, i);
    k->state = others;
}

/* Runs the rest of one lane's file through the plain MD5. */
static void finish_plainly(struct worker *k, unsigned i)
{
    struct lane *l = &k->lanes[i];
    br_md5_context md5;
    uint8_t state[16];

    if (l->at > l->raw) {
        /* In the middle of the padding, which the plain one makes by itself: one block is left. */
        run_alone(k, i);
        return;
    }
    br_md5_init(&md5);
    md5_lanes_out(&k->state, i, state);
    br_md5_set_state(&md5, state, l->total - l->raw + l->at);
    for (;;) {
        br_md5_update(&md5, l->buf + l->at, l->raw - l->at);
        if (l->last || __atomic_load_n(&k->w->stopped, __ATOMIC_RELAXED))
            break;
        if (read_piece(k, l) != 0) {
            end_badly(k, l->job, errno);
            end_lane(k, l);
            return;
        }
    }
    if (l->last) {
        memset(&l->job->digest, 0, sizeof l->job->digest);
        l->job->digest.alg = HASH_MD5;
        br_md5_out(&md5, l->job->digest.b);
        l->job->size = l->total;
        end_job(k, l->job, HASH_DONE, 0);
    }
    end_lane(k, l);
}

/* Feeds all lanes that need it; how many are busy. */
static unsigned feed_all(struct worker *k)
{
    unsigned busy = 0;
    unsigned i;

    for (i = 0; i < k->w->md5.width; i++)
        if ((k->lanes[i].job != NULL && k->lanes[i].blocks > 0) || feed(k, i))
            busy++;
    return busy;
}

/* Runs all busy lanes as far as the shortest piece goes. */
static void run_lanes(struct worker *k)
{
    const uint8_t *data[MD5_LANES_MAX];
    const uint8_t *any = NULL;
    size_t blocks = SIZE_MAX;
    unsigned i;

    for (i = 0; i < k->w->md5.width; i++) {
        struct lane *l = &k->lanes[i];

        if (l->job == NULL)
            continue;
        any = l->buf + l->at;
        if (l->blocks < blocks)
            blocks = l->blocks;
    }
    for (i = 0; i < k->w->md5.width; i++)
        data[i] = k->lanes[i].job != NULL ? k->lanes[i].buf + k->lanes[i].at : any;
    k->w->md5.run(&k->state, data, blocks);
    for (i = 0; i < k->w->md5.width; i++) {
        struct lane *l = &k->lanes[i];

        if (l->job == NULL)
            continue;
        l->at += blocks * 64;
        l->blocks -= blocks;
        if (l->blocks == 0 && l->last)
            finish(k, i);
    }
}

static void *worker_run(void *arg)
{
    struct worker *k = arg;
    /* One vector step costs what some two or three plain ones do. */
    unsigned few = k->w->md5.width / 4;
    struct hash_job *job;
    unsigned i;
    int fd;

    if (k->w->md5.width == 0) {
        while ((fd = next_file(k, &job)) >= 0)
            hash_plainly(k, job, fd);
    } else {
        while (feed_all(k) > few && !__atomic_load_n(&k->w->stopped, __ATOMIC_RELAXED))
            run_lanes(k);
        for (i = 0; i < k->w->md5.width; i++)
            if (k->lanes[i].job != NULL)
                finish_plainly(k, i);
    }
    close_dir(k);
    add_up(k);
    return NULL;
}

static unsigned processors(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return (unsigned)CPU_COUNT(&set);
}

int hash_files(const struct tree *t, struct hash_job *jobs, size_t n, const struct hash_files_options *opt)
{
    static const struct hash_files_options none = {0};
    struct work w = {.t = t, .jobs = jobs, .n = n, .opt = opt ? opt : &none};
    unsigned threads = w.opt->threads ? w.opt->threads : processors();
    pthread_t ids[HASH_THREADS_MAX];
    struct worker *workers;
    pthread_attr_t attr;
    unsigned started = 0;
    unsigned i;
    size_t at;

    for (at = 0; at < n; at++) {
        jobs[at].state = HASH_FAILED;
        jobs[at].sys = ECANCELED;
    }
    w.md5 = md5_lanes_best(w.opt->lanes ? w.opt->lanes : MD5_LANES_MAX);
    if (threads > HASH_THREADS_MAX)
        threads = HASH_THREADS_MAX;
    if (w.opt->threads == 0 && threads > n / JOBS_PER_THREAD + 1)
        threads = (unsigned)(n / JOBS_PER_THREAD) + 1;
    workers = mem_array(HASH_THREADS_MAX, sizeof *workers);
    for (i = 0; i < threads; i++) {
        struct worker *k = &workers[i];
        unsigned lane;

        k->w = &w;
        k->dir = -1;
        k->buffers = mem_array(w.md5.width + 1, PIECE_ROOM);
        k->plain = k->buffers + w.md5.width * PIECE_ROOM;
        for (lane = 0; lane < w.md5.width; lane++)
            k->lanes[lane].buf = k->buffers + lane * PIECE_ROOM;
    }
    workers[0].tells = w.opt->progress != NULL;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    /* With fewer threads than wished for, the others do their part. */
    while (started + 1 < threads &&
           pthread_create(&ids[started], &attr, worker_run, &workers[started + 1]) == 0)
        started++;
    pthread_attr_destroy(&attr);
    worker_run(&workers[0]);
    for (i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    for (i = 0; i < threads; i++)
        free(workers[i].buffers);
    free(workers);
    if (w.opt->progress != NULL)
        w.opt->progress(w.opt->arg, w.files, w.bytes);
    return w.stopped;
}
