/*
 * A ring of blocks. The caller's thread fills the head and writes the tail; the workers deflate what lies between. Every block ends on a
 * byte border (a sync flush) and knows nothing of the one before it, so that they follow each other in one deflate stream; the checksums of
 * blocks are combined to that of the whole.
 */
#include "sys/pack_gz.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK ((size_t)256 * 1024)
/* Deflate adds at most a few bytes in each 16 KiB it can't shrink, and the flush behind them. */
#define BLOCK_OUT   (BLOCK + BLOCK / 16 + 256)
#define THREADS_MAX 4
#define SLOTS_MAX   (2 * THREADS_MAX + 1)
/* A rescue has to be quick: level 1 takes a third of the time of level 6 for a seventh more bytes. */
#define LEVEL 1
#define STACK ((size_t)128 * 1024)
/* A piece of this size tells whether the block around it shrinks. */
#define SAMPLE       ((size_t)8 * 1024)
#define SAMPLE_WORTH (SAMPLE - SAMPLE / 16)

enum slot_state { SLOT_FREE, SLOT_FULL, SLOT_TAKEN, SLOT_DONE };

struct slot {
    enum slot_state state;
    size_t in_n, out_n; /* out_n 0: it could not be deflated */
    uLong crc;
    uint8_t *in, *out;
};

struct worker {
    struct pack_gz *g;
    pthread_t thread;
    z_stream fast, store;
    bool started, has_fast, has_store;
};

struct pack_gz {
    const struct tree *t;
    char *rel, *part;
    int fd;
    uint64_t in, out;
    uLong crc;
    unsigned threads, slots_n;
    size_t head, take, tail; /* counted without end; modulo slots_n */
    bool ending;
    pthread_mutex_t lock;
    pthread_cond_t full, done;
    struct slot slots[SLOTS_MAX];
    struct worker workers[THREADS_MAX];
};

/* Bytes of the deflated block, 0 when it did not work out. */
static size_t deflate_into(z_stream *z, const uint8_t *in, size_t n, uint8_t *out, size_t room, int flush)
{
    int r;

    if (deflateReset(z) != Z_OK)
        return 0;
    /* zlib does not write through next_in, it only lacks the const. */
    z->next_in = (Bytef *)(uintptr_t)in;
    z->avail_in = (uInt)n;
    z->next_out = out;
    z->avail_out = (uInt)room;
    r = deflate(z, flush);
    if ((r != Z_OK && r != Z_STREAM_END) || z->avail_in != 0 || z->avail_out == 0)
        return 0;
    return room - z->avail_out;
}

static bool shrinks(struct worker *w, struct slot *s)
{
    size_t n;

    if (s->in_n < 4 * SAMPLE)
        return true;
    n = deflate_into(&w->fast, s->in + s->in_n / 2, SAMPLE, s->out, BLOCK_OUT, Z_FINISH);
    return n == 0 || n < SAMPLE_WORTH;
}

static void deflate_slot(struct worker *w, struct slot *s)
{
    s->crc = crc32(0, s->in, (uInt)s->in_n);
    s->out_n = deflate_into(shrinks(w, s) ? &w->fast : &w->store, s->in, s->in_n, s->out, BLOCK_OUT, Z_SYNC_FLUSH);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct pack_gz *g = w->g;

    pthread_mutex_lock(&g->lock);
    while (true) {
        struct slot *s = &g->slots[g->take % g->slots_n];

        if (g->take == g->head) {
            if (g->ending)
                break;
            pthread_cond_wait(&g->full, &g->lock);
            continue;
        }
        g->take++;
        s->state = SLOT_TAKEN;
        pthread_mutex_unlock(&g->lock);
        deflate_slot(w, s);
        pthread_mutex_lock(&g->lock);
        s->state = SLOT_DONE;
        pthread_cond_signal(&g->done);
    }
    pthread_mutex_unlock(&g->lock);
    return NULL;
}

static unsigned processors(void)
{
    cpu_set_t set;
    int n;

    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    n = CPU_COUNT(&set);
    if (n < 1)
        return 1;
    return n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

static int start_worker(struct pack_gz *g, struct worker *w, pthread_attr_t *attr, struct err *e)
{
    int sys;

    w->g = g;
    /* Windows without zlib's frame: the frame of the whole is ours. */
    w->has_fast = deflateInit2(&w->fast, LEVEL, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    w->has_store = deflateInit2(&w->store, Z_NO_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    if (!w->has_fast || !w->has_store)
        mem_exhausted();
    sys = pthread_create(&w->thread, attr, work, w);
    if (sys != 0) {
        errno = sys;
        return err_sys(e, "a thread for compressing can't be started");
    }
    w->started = true;
    return 0;
}

static int start_workers(struct pack_gz *g, struct err *e)
{
    pthread_attr_t attr;
    int r = 0;

    for (unsigned i = 0; i < g->slots_n; i++) {
        g->slots[i].in = mem_alloc(BLOCK);
        g->slots[i].out = mem_alloc(BLOCK_OUT);
    }
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    for (unsigned i = 0; i < g->threads && r == 0; i++)
        r = start_worker(g, &g->workers[i], &attr, e);
    pthread_attr_destroy(&attr);
    /* One is enough to go on with. */
    if (r != 0 && g->workers[0].started) {
        err_clear(e);
        r = 0;
    }
    return r;
}

static void stop_workers(struct pack_gz *g)
{
    pthread_mutex_lock(&g->lock);
    g->ending = true;
    pthread_cond_broadcast(&g->full);
    pthread_mutex_unlock(&g->lock);
    for (unsigned i = 0; i < g->threads; i++) {
        struct worker *w = &g->workers[i];

        if (w->started)
            pthread_join(w->thread, NULL);
        if (w->has_fast)
            deflateEnd(&w->fast);
        if (w->has_store)
            deflateEnd(&w->store);
        w->started = w->has_fast = w->has_store = false;
    }
}

static void free_all(struct pack_gz *g)
{
    stop_workers(g);
    if (g->fd >= 0)
        g->t->ops->close(g->fd);
    for (unsigned i = 0; i < g->slots_n; i++) {
        free(g->slots[i].in);
        free(g->slots[i].out);
    }
    pthread_cond_destroy(&g->full);
    pthread_cond_destroy(&g->done);
    pthread_mutex_destroy(&g->lock);
    free(g->rel);
    free(g->part);
    free(g);
}

void pack_gz_abort(struct pack_gz *g)
{
    struct err ignored = {0};

    if (g == NULL)
        return;
    tree_remove(g->t, g->part, &ignored);
    free_all(g);
}

static int put(struct pack_gz *g, const void *p, size_t n, struct err *e)
{
    if (tree_write_full(g->t, g->fd, p, n) != 0) {
        tree_fail(g->t, g->part, "write this file", e);
        if (e->sys == ENOSPC || e->sys == EDQUOT)
            err_fix(e, "free some space on that disk, then run the same command again");
        return -1;
    }
    g->out += n;
    return 0;
}

int pack_gz_open(struct pack_gz **out, const struct tree *t, const char *rel, struct err *e)
{
    static const uint8_t head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    struct pack_gz *g = mem_alloc(sizeof *g);
    struct buf part = {0};

    buf_printf(&part, "%s.part", rel);
    g->t = t;
    g->rel = mem_strdup(rel);
    g->part = mem_strdup(buf_cstr(&part));
    buf_free(&part);
    g->threads = processors();
    g->slots_n = 2 * g->threads + 1;
    g->crc = crc32(0, NULL, 0);
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->full, NULL);
    pthread_cond_init(&g->done, NULL);
    *out = NULL;
    g->fd = tree_open_file(t, g->part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600, e);
    if (g->fd < 0) {
        free_all(g);
        return -1;
    }
    if (start_workers(g, e) < 0 || put(g, head, sizeof head, e) < 0) {
        pack_gz_abort(g);
        return -1;
    }
    *out = g;
    return 0;
}

/* Waits for the oldest block and writes it. */
static int put_tail(struct pack_gz *g, struct err *e)
{
    struct slot *s = &g->slots[g->tail % g->slots_n];

    pthread_mutex_lock(&g->lock);
    while (s->state != SLOT_DONE)
        pthread_cond_wait(&g->done, &g->lock);
    pthread_mutex_unlock(&g->lock);
    if (s->out_n == 0)
        return err_set(e, ERR_IO, "%s/%s: a block could not be compressed", g->t->path, g->part);
    if (put(g, s->out, s->out_n, e) < 0)
        return -1;
    g->crc = crc32_combine(g->crc, s->crc, (z_off_t)s->in_n);
    s->state = SLOT_FREE;
    s->in_n = 0;
    g->tail++;
    return 0;
}

static void hand_over(struct pack_gz *g)
{
    pthread_mutex_lock(&g->lock);
    g->slots[g->head % g->slots_n].state = SLOT_FULL;
    g->head++;
    pthread_cond_signal(&g->full);
    pthread_mutex_unlock(&g->lock);
}

int pack_gz_write(void *arg, const void *p, size_t n, struct err *e)
{
    struct pack_gz *g = arg;
    const uint8_t *from = p;

    while (n > 0) {
        struct slot *s;
        size_t some;

        if (g->head - g->tail == g->slots_n && put_tail(g, e) < 0)
            return -1;
        s = &g->slots[g->head % g->slots_n];
        some = BLOCK - s->in_n < n ? BLOCK - s->in_n : n;
        memcpy(s->in + s->in_n, from, some);
        s->in_n += some;
        from += some;
        n -= some;
        g->in += some;
        if (s->in_n == BLOCK)
            hand_over(g);
    }
    return 0;
}

uint64_t pack_gz_in(const struct pack_gz *g)
{
    return g->in;
}

uint64_t pack_gz_out(const struct pack_gz *g)
{
    return g->out;
}

/* An empty last block, checksum and length. */
static int put_foot(struct pack_gz *g, struct err *e)
{
    uint8_t foot[10] = {3, 0};

    for (unsigned i = 0; i < 4; i++) {
        foot[2 + i] = (uint8_t)(g->crc >> (8 * i));
        foot[6 + i] = (uint8_t)(g->in >> (8 * i));
    }
    return put(g, foot, sizeof foot, e);
}

static int give_name(struct pack_gz *g, struct err *e)
{
    const struct fsops *ops = g->t->ops;
    const char *base;
    const char *part = strrchr(g->part, '/');
    int dir = tree_open_parent(g->t, g->rel, &base, e);
    int r = 0;

    if (dir < 0)
        return -1;
    part = part ? part + 1 : g->part;
    if (ops->renameat(dir, part, dir, base) != 0 || ops->fsync(dir) != 0)
        r = tree_fail(g->t, g->rel, "give this file its name", e);
    ops->close(dir);
    return r;
}

static int finish(struct pack_gz *g, struct err *e)
{
    if (g->head - g->tail < g->slots_n && g->slots[g->head % g->slots_n].in_n > 0)
        hand_over(g);
    while (g->tail != g->head)
        if (put_tail(g, e) < 0)
            return -1;
    if (put_foot(g, e) < 0)
        return -1;
    if (g->t->ops->fsync(g->fd) != 0)
        return tree_fail(g->t, g->part, "write this file to the disk", e);
    return give_name(g, e);
}

int pack_gz_close(struct pack_gz *g, uint64_t *size, struct err *e)
{
    if (finish(g, e) < 0) {
        pack_gz_abort(g);
        return -1;
    }
    if (size)
        *size = g->out;
    free_all(g);
    return 0;
}
