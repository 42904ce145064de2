/*
 * The queue is a short list, so what may run next is found by looking through it. Memory is bounded by the number
 * of jobs and by their bytes: one that alone is larger than the bound goes when nothing else is under way.
 */
#include "db/load.h"

#include "db/load_job.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JOBS_PER_THREAD 2u
#define BYTES_BOUND     ((size_t)12 * 1024 * 1024) /* of statements under way together */
#define KEPT            ((size_t)2 * 1024 * 1024)  /* a larger buffer is given back after its job */
#define ASK_NS          200000000                  /* between two looks whether to stop */
#define SILENCE_MS      (6u * 3600u * 1000u)       /* building the keys of a large table is a long silence */
#define STACK           ((size_t)256 * 1024)       /* error texts are the largest things on it */

struct worker {
    struct load_pool *p;
    struct load_session session;
    pthread_t thread;
    bool started;
};

struct load_pool {
    pthread_mutex_t lock;
    pthread_cond_t work; /* something may be ready to run, or all is to end */
    pthread_cond_t done; /* a job ended */
    struct worker *workers;
    unsigned n;
    bool threads;
    bool may_repeat;
    const volatile sig_atomic_t *stop;
    uint64_t max_packet;
    struct load_job *jobs; /* all of them */
    unsigned job_count;
    struct load_job *idle;
    struct load_job *first; /* of the queue */
    struct load_job **last;
    size_t bytes; /* of jobs in the queue and running */
    unsigned pending;
    bool ending;
    bool failed;
    struct err err;
};

int load_session_open(struct load_session *s, const struct mysql_opts *db, const char *database,
                      const char *const *setup, struct err *e)
{
    struct mysql_opts o = *db;

    s->env = NULL;
    /* Names are only read by mysql_open; the options stay the caller's. */
    o.database = (char *)(uintptr_t)database;
    if (mysql_open(&s->m, &o, e) != 0)
        return -1;
    mysql_set_timeout(s->m, SILENCE_MS);
    for (; setup != NULL && *setup != NULL; setup++) {
        if (mysql_exec(s->m, str_of(*setup), NULL, e) != 0) {
            load_session_close(s);
            return -1;
        }
    }
    return 0;
}

int load_session_lock(struct load_session *s, const char *lock, unsigned number, struct err *e)
{
    struct buf sql = {0};
    int r;

    buf_printf(&sql, "DO GET_LOCK('%s_%u', 0)", lock, number);
    r = mysql_exec(s->m, buf_str(&sql), NULL, e);
    buf_free(&sql);
    if (r != 0)
        load_session_close(s);
    return r;
}

int load_session_env(struct load_session *s, const char *env, struct err *e)
{
    if (env == NULL || env == s->env)
        return 0;
    if (*env != '\0' && mysql_exec(s->m, str_of(env), NULL, e) != 0)
        return -1;
    s->env = env;
    return 0;
}

void load_session_close(struct load_session *s)
{
    mysql_close(s->m);
    *s = (struct load_session){0};
}

/* Waits for the end of some job; a wish to stop ends the pool like a failure. */
static void wait_done(struct load_pool *p)
{
    struct timespec until;

    if (p->stop == NULL) {
        pthread_cond_wait(&p->done, &p->lock);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ASK_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&p->done, &p->lock, &until);
    if (*p->stop != 0 && !p->failed) {
        p->failed = true;
        err_set(&p->err, ERR_STOPPED, "stopped as asked");
        pthread_cond_broadcast(&p->work);
    }
}

/* The first job of the queue that may run now, taken out of it. */
static struct load_job *pick(struct load_pool *p)
{
    struct load_job **at;

    for (at = &p->first; *at != NULL; at = &(*at)->next) {
        struct load_job *job = *at;
        struct load_table *t = job->table;
        const struct load_job *before;
        bool ready = t == NULL || (!t->exclusive && (t->running == 0 || (!t->serial && !job->exclusive)));

        for (before = p->first; ready && before != job; before = before->next)
            if (before->table == t && t != NULL && (before->exclusive || job->exclusive || t->serial))
                ready = false;
        if (!ready)
            continue;
        *at = job->next;
        if (*at == NULL)
            p->last = at;
        job->next = NULL;
        return job;
    }
    return NULL;
}

static void recycle(struct load_pool *p, struct load_job *job)
{
    if (job->sql.cap > KEPT)
        buf_free(&job->sql);
    buf_reset(&job->sql);
    job->rows.n = 0;
    job->kind = LOAD_ROWS_OF_DUMP;
    job->exclusive = false;
    job->table = NULL;
    job->env = NULL;
    job->head = 0;
    job->file = NULL;
    job->value = NULL;
    job->next = p->idle;
    p->idle = job;
}

static void begin(struct load_job *job)
{
    struct load_table *t = job->table;

    if (t == NULL)
        return;
    t->running++;
    if (job->exclusive)
        t->exclusive = true;
}

static void end(struct load_pool *p, struct load_job *job, const struct load_done *d, const struct err *e)
{
    struct load_table *t = job->table;

    p->bytes -= job->sql.n;
    p->pending--;
    if (e != NULL && !p->failed) {
        p->failed = true;
        p->err = *e;
    }
    if (t != NULL) {
        t->running--;
        t->pending--;
        if (job->exclusive)
            t->exclusive = false;
        t->affected += d->affected;
        if (d->warnings > 0 && t->warnings == 0)
            memcpy(t->warning, d->warning, sizeof t->warning);
        t->warnings += d->warnings;
    }
    recycle(p, job);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct load_pool *p = w->p;

    pthread_mutex_lock(&p->lock);
    for (;;) {
        struct load_done d = {0};
        struct load_job *job = NULL;
        struct err e = {0};
        int r;

        while (!p->ending && !p->failed && (job = pick(p)) == NULL)
            pthread_cond_wait(&p->work, &p->lock);
        if (job == NULL)
            break;
        begin(job);
        pthread_mutex_unlock(&p->lock);
        r = load_job_run(job, &w->session, p->may_repeat, &d, &e);
        pthread_mutex_lock(&p->lock);
        end(p, job, &d, r != 0 ? &e : NULL);
        pthread_cond_broadcast(&p->done);
        /* The end of one job can make several ready. */
        pthread_cond_broadcast(&p->work);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Signals are for the thread that asks whether to stop. */
static int start_threads(struct load_pool *p, struct err *e)
{
    pthread_attr_t attr;
    sigset_t all;
    sigset_t old;
    unsigned i;
    int r = 0;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    for (i = 0; i < p->n && r == 0; i++) {
        r = pthread_create(&p->workers[i].thread, &attr, work, &p->workers[i]);
        p->workers[i].started = r == 0;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    if (r != 0 && i <= 1) {
        err_set(e, ERR_IO, "a thread can't be started: %s", strerror(r));
        e->sys = r;
        return -1;
    }
    return 0;
}

int load_open(struct load_pool **out, const struct load_opts *o, struct err *e)
{
    struct load_pool *p = mem_alloc(sizeof *p);
    unsigned wanted = o->connections > 0 ? o->connections : 1;
    unsigned i;

    *out = NULL;
    p->last = &p->first;
    p->threads = o->connections > 0;
    p->may_repeat = o->may_repeat;
    p->stop = o->stop;
    p->max_packet = UINT64_MAX;
    p->workers = mem_array(wanted, sizeof *p->workers);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->done, NULL);
    for (i = 0; i < wanted; i++) {
        struct worker *w = &p->workers[i];

        w->p = p;
        if (load_session_open(&w->session, o->db, o->database, o->setup, e) != 0 ||
            (o->lock != NULL && load_session_lock(&w->session, o->lock, o->lock_from + i, e) != 0)) {
            /* An account may be allowed few connections; one is enough. */
            if (i > 0)
                break;
            load_close(p);
            return -1;
        }
        p->n++;
        if (mysql_max_packet(w->session.m) < p->max_packet)
            p->max_packet = mysql_max_packet(w->session.m);
    }
    p->job_count = p->threads ? p->n * (1 + JOBS_PER_THREAD) + 1 : 1;
    p->jobs = mem_array(p->job_count, sizeof *p->jobs);
    for (i = 0; i < p->job_count; i++)
        recycle(p, &p->jobs[i]);
    if (p->threads && start_threads(p, e) != 0) {
        load_close(p);
        return -1;
    }
    *out = p;
    return 0;
}

unsigned load_connections(const struct load_pool *p)
{
    return p->n;
}

uint64_t load_max_packet(const struct load_pool *p)
{
    /* The server counts the command byte and takes no packet of exactly its limit. */
    return p->max_packet - 2;
}

struct load_job *load_take(struct load_pool *p)
{
    struct load_job *job;

    pthread_mutex_lock(&p->lock);
    while (p->idle == NULL && !p->failed)
        wait_done(p);
    /* After a failure what waits will not run: its memory serves the caller until it sees the error. */
    if (p->idle == NULL && p->first != NULL) {
        job = p->first;
        p->first = job->next;
        if (p->first == NULL)
            p->last = &p->first;
        p->bytes -= job->sql.n;
        p->pending--;
        if (job->table != NULL)
            job->table->pending--;
        recycle(p, job);
    }
    while (p->idle == NULL)
        wait_done(p);
    job = p->idle;
    p->idle = job->next;
    job->next = NULL;
    pthread_mutex_unlock(&p->lock);
    return job;
}

void load_put_back(struct load_pool *p, struct load_job *job)
{
    pthread_mutex_lock(&p->lock);
    recycle(p, job);
    pthread_mutex_unlock(&p->lock);
}

static int failed(struct load_pool *p, struct err *e)
{
    if (p->failed)
        *e = p->err;
    return p->failed ? -1 : 0;
}

int load_give(struct load_pool *p, struct load_job *job, struct err *e)
{
    int r;

    pthread_mutex_lock(&p->lock);
    while (p->threads && !p->failed && p->bytes > 0 && p->bytes + job->sql.n > BYTES_BOUND)
        wait_done(p);
    if (failed(p, e) != 0) {
        recycle(p, job);
        pthread_mutex_unlock(&p->lock);
        return -1;
    }
    p->bytes += job->sql.n;
    p->pending++;
    if (job->table != NULL)
        job->table->pending++;
    if (p->threads) {
        job->next = NULL;
        *p->last = job;
        p->last = &job->next;
        pthread_cond_signal(&p->work);
    } else {
        struct load_done d = {0};
        struct err why = {0};

        begin(job);
        r = load_job_run(job, &p->workers[0].session, p->may_repeat, &d, &why);
        end(p, job, &d, r != 0 ? &why : NULL);
    }
    r = failed(p, e);
    pthread_mutex_unlock(&p->lock);
    return r;
}

int load_wait(struct load_pool *p, const struct load_table *t, struct err *e)
{
    int r;

    pthread_mutex_lock(&p->lock);
    while (!p->failed && (t != NULL ? t->pending : p->pending) > 0)
        wait_done(p);
    r = failed(p, e);
    pthread_mutex_unlock(&p->lock);
    return r;
}

void load_stop(struct load_pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
}

uint32_t load_thread(const struct load_pool *p, unsigned i)
{
    return i < p->n ? mysql_thread(p->workers[i].session.m) : 0;
}

void load_close(struct load_pool *p)
{
    unsigned i;

    if (p == NULL)
        return;
    load_stop(p);
    for (i = 0; i < p->n; i++)
        if (p->workers[i].started)
            pthread_join(p->workers[i].thread, NULL);
    for (i = 0; i < p->n; i++)
        load_session_close(&p->workers[i].session);
    for (i = 0; i < p->job_count; i++) {
        buf_free(&p->jobs[i].sql);
        free(p->jobs[i].rows.v);
    }
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->done);
    pthread_mutex_destroy(&p->lock);
    free(p->jobs);
    free(p->workers);
    free(p);
}
