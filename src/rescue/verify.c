/*
 * One job per listed path and algorithm. Entries of one path stand together in the sorted manifest, so a job
 * covers a run of entries: [from, to).
 */
#include "rescue/verify.h"

#include "sys/hash_text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct group {
    size_t from;
    size_t to;
};

struct verify {
    const struct tree *t;
    const struct manifest *m;
    const struct verify_options *opt;
    struct verify_result *out;
    VEC(struct hash_job) jobs;
    VEC(struct group) groups; /* one per job */
};

static struct verify_item *add(struct verify *v, enum verify_kind kind, const char *path, const char *origin)
{
    struct verify_item *i = vec_push(&v->out->items);

    i->kind = kind;
    i->path = path;
    i->origin = origin;
    i->why = "";
    v->out->count[kind]++;
    return i;
}

static bool skipped(const struct verify *v, const char *path)
{
    return v->opt->skip != NULL && v->opt->skip(v->opt->skip_arg, str_of(path));
}

/* What has to be computed over the bytes of a file for this entry. */
static enum hash_alg read_with(const struct manifest_entry *en)
{
    return en->digest.alg == HASH_MD5_MIXED ? HASH_MD5 : en->digest.alg;
}

/* The digest of a file as the entry states it, from that of its bytes. */
static struct digest stated(const struct manifest_entry *en, const struct digest *bytes)
{
    struct digest d = *bytes;

    if (en->digest.alg == HASH_MD5_MIXED)
        digest_mix(str_of(en->mixed), bytes, &d);
    return d;
}

/* True when no file could agree with both. */
static bool contradict(const struct manifest_entry *a, const struct manifest_entry *b)
{
    bool comparable = a->digest.alg == b->digest.alg && (a->mixed == NULL || strcmp(a->mixed, b->mixed) == 0);

    return comparable && !digest_eq(&a->digest, &b->digest);
}

/* The first entry of the run with that algorithm, or NULL. */
static const struct manifest_entry *first_of(const struct verify *v, struct group g, enum hash_alg alg)
{
    size_t i;

    for (i = g.from; i < g.to; i++)
        if (read_with(&v->m->entries.v[i]) == alg)
            return &v->m->entries.v[i];
    return NULL;
}

/* Jobs for one path, and a word when its entries contradict each other. */
static void add_jobs(struct verify *v, struct group g)
{
    enum hash_alg alg;
    size_t i;

    for (alg = HASH_MD5; alg <= HASH_SHA256; alg++) {
        const struct manifest_entry *first = first_of(v, g, alg);
        struct hash_job *job;

        if (first == NULL)
            continue;
        for (i = g.from; i < g.to; i++) {
            const struct manifest_entry *other = &v->m->entries.v[i];

            if (contradict(first, other)) {
                struct verify_item *item = add(v, VERIFY_CONFLICT, first->path, other->origin);

                item->want = first->digest;
                item->is = other->digest;
                break;
            }
        }
        job = vec_push(&v->jobs);
        job->rel = first->path;
        job->alg = alg;
        job->want_size = HASH_ANY_SIZE;
        *vec_push(&v->groups) = g;
    }
}

static void list_jobs(struct verify *v)
{
    const struct manifest_entry *list = v->m->entries.v;
    size_t n = v->m->entries.n;
    struct group g;

    for (g.from = 0; g.from < n; g.from = g.to) {
        for (g.to = g.from + 1; g.to < n && strcmp(list[g.from].path, list[g.to].path) == 0; g.to++)
            continue;
        if (skipped(v, list[g.from].path))
            v->out->skipped++;
        else
            add_jobs(v, g);
    }
}

/* Releases are packed with either kind of line ends, and some uploads change them. */
static bool same_text(const struct verify *v, const struct manifest_entry *en)
{
    struct err ignored = {0};
    struct digest is;
    bool same = false;
    int fd;

    if (en->text == NULL)
        return false;
    fd = tree_open_file(v->t, en->path, O_RDONLY, 0, &ignored);
    if (fd < 0)
        return false;
    same = hash_text_fd(v->t->ops, fd, en->text->alg, &is) == 1 && digest_eq(en->text, &is);
    v->t->ops->close(fd);
    return same;
}

static void judge_digest(struct verify *v, const struct hash_job *job, struct group g, bool *ok)
{
    const struct manifest_entry *first = first_of(v, g, job->alg);
    struct verify_item *item;
    size_t i;

    v->out->bytes += job->size;
    for (i = g.from; i < g.to; i++) {
        const struct manifest_entry *en = &v->m->entries.v[i];
        struct digest is = stated(en, &job->digest);

        if (digest_eq(&en->digest, &is))
            return;
    }
    if (same_text(v, first)) {
        v->out->line_ends++;
        return;
    }
    *ok = false;
    if (first->may_differ) {
        v->out->own++;
        return;
    }
    item = add(v, VERIFY_CHANGED, job->rel, first->origin);
    item->want = first->digest;
    item->is = stated(first, &job->digest);
}

/* What became of a job; ok stays true when its file is right. */
static void judge(struct verify *v, const struct hash_job *job, struct group g, bool *ok)
{
    const char *origin = v->m->entries.v[g.from].origin;

    switch (job->state) {
    case HASH_DONE:
        judge_digest(v, job, g, ok);
        return;
    case HASH_ABSENT:
        add(v, VERIFY_MISSING, job->rel, origin);
        break;
    case HASH_NOT_FILE:
        add(v, VERIFY_UNREADABLE, job->rel, origin)->why = "not a regular file";
        break;
    case HASH_OUTSIDE:
        add(v, VERIFY_UNREADABLE, job->rel, origin)->why = "a symbolic link leads out of the store";
        break;
    case HASH_OTHER_SIZE:
    case HASH_FAILED:
        add(v, VERIFY_UNREADABLE, job->rel, origin)->why = arena_strdup(&v->out->mem, strerror(job->sys));
        break;
    }
    *ok = false;
}

/* Jobs of one path stand together: the second tells nothing new unless the first was right. */
static void judge_all(struct verify *v)
{
    size_t i;

    for (i = 0; i < v->jobs.n; i++) {
        struct group g = v->groups.v[i];
        bool reached = true;
        bool ok = true;

        for (; i < v->jobs.n && v->groups.v[i].from == g.from; i++) {
            if (v->jobs.v[i].state == HASH_FAILED && v->out->stopped)
                reached = false;
            else if (ok)
                judge(v, &v->jobs.v[i], g, &ok);
        }
        i--;
        v->out->ok += ok && reached;
    }
}

static int look_for_extra(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct verify *v = arg;

    (void)e;
    if (skipped(v, rel))
        return TREE_SKIP;
    if (!S_ISDIR(st->st_mode) && manifest_find(v->m, rel) == NULL)
        add(v, VERIFY_EXTRA, arena_strdup(&v->out->mem, rel), "");
    return 0;
}

static int extra_fault(void *arg, const char *rel, const struct err *why)
{
    struct verify *v = arg;

    add(v, VERIFY_UNREADABLE, arena_strdup(&v->out->mem, rel), "")->why =
        arena_strdup(&v->out->mem, strerror(why->sys));
    return 0;
}

static int look_for_all_extra(struct verify *v, struct err *e)
{
    size_t i;

    for (i = 0; i < v->opt->extra_n; i++) {
        const char *dir = v->opt->extra_in[i];

        if (dir[0] != '\0' && skipped(v, dir))
            continue;
        if (tree_walk(v->t, dir, look_for_extra, extra_fault, v, e) == 0)
            continue;
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
    }
    return 0;
}

static int by_path(const void *a, const void *b)
{
    const struct verify_item *x = a;
    const struct verify_item *y = b;
    int c = strcmp(x->path, y->path);

    if (c == 0)
        c = (x->kind > y->kind) - (x->kind < y->kind);
    return c;
}

/* In order; what was found in two overlapping directories stands there once. */
static void put_in_order(struct verify_result *r)
{
    size_t kept = 0;
    size_t i;

    if (r->items.n < 2)
        return;
    qsort(r->items.v, r->items.n, sizeof *r->items.v, by_path);
    for (i = 1; i < r->items.n; i++) {
        if (by_path(&r->items.v[kept], &r->items.v[i]) == 0 && r->items.v[i].kind != VERIFY_CONFLICT)
            r->count[r->items.v[i].kind]--;
        else
            r->items.v[++kept] = r->items.v[i];
    }
    r->items.n = kept + 1;
}

int verify_run(const struct tree *t, struct manifest *m, const struct verify_options *opt,
               struct verify_result *out, struct err *e)
{
    static const struct verify_options none = {0};
    struct verify v = {.t = t, .m = m, .opt = opt ? opt : &none, .out = out};
    struct hash_files_options hash = {
        .threads = v.opt->threads, .progress = v.opt->progress, .arg = v.opt->progress_arg};
    int r = 0;

    manifest_sort(m);
    list_jobs(&v);
    out->stopped = hash_files(t, v.jobs.v, v.jobs.n, &hash) != 0;
    judge_all(&v);
    if (!out->stopped)
        r = look_for_all_extra(&v, e);
    put_in_order(out);
    free(v.jobs.v);
    free(v.groups.v);
    return r;
}

/* Adds the result of the second tree to the first, under full paths. */
static void merge(struct verify_result *r, const struct verify_result *second, const char *root)
{
    for (size_t i = 0; i < second->items.n; i++) {
        struct verify_item it = second->items.v[i];

        it.path = arena_printf(&r->mem, "%s/%s", root, it.path);
        it.why = it.why[0] ? arena_strdup(&r->mem, it.why) : "";
        *vec_push(&r->items) = it;
    }
    for (int k = 0; k < VERIFY_KINDS; k++)
        r->count[k] += second->count[k];
    r->ok += second->ok;
    r->skipped += second->skipped;
    r->own += second->own;
    r->line_ends += second->line_ends;
    r->bytes += second->bytes;
    r->stopped = r->stopped || second->stopped;
    put_in_order(r);
}

static int take_shadowed(void *arg, const struct shadowed *one, struct err *e)
{
    struct verify_result *out = arg;
    struct shadowed *copy = vec_push(&out->shadowed);

    (void)e;
    *copy = *one;
    copy->path = arena_strdup(&out->mem, one->path);
    copy->copy = arena_strdup(&out->mem, one->copy);
    out->stale += one->older;
    return 0;
}

/* The entries of one of the two trees; their texts stay the manifest's. */
static void take_entries(const struct manifest *m, bool aside, struct manifest *out)
{
    for (size_t i = 0; i < m->entries.n; i++)
        if (m->entries.v[i].aside == aside)
            *vec_push(&out->entries) = m->entries.v[i];
}

int verify_store(struct store *s, struct manifest *m, const struct verify_options *opt, struct verify_result *out, struct err *e)
{
    const struct verify_options second = {.progress = opt->progress, .progress_arg = opt->progress_arg};
    struct manifest inside = {.last_origin = NULL};
    struct manifest aside = {.last_origin = NULL};
    struct verify_result r = {.ok = 0};
    int rc;

    take_entries(m, false, &inside);
    take_entries(m, true, &aside);
    rc = verify_run(&s->tree, &inside, opt, out, e);
    if (rc == 0 && aside.entries.n > 0 && !out->stopped) {
        rc = verify_run(&s->aside, &aside, &second, &r, e);
        if (rc == 0)
            merge(out, &r, s->aside.path);
    }
    if (rc == 0 && s->platform->shadowed)
        rc = s->platform->shadowed(s, take_shadowed, out, e);
    verify_free(&r);
    manifest_free(&inside);
    manifest_free(&aside);
    return rc;
}

const char *verify_kind_name(enum verify_kind kind)
{
    static const char *const names[VERIFY_KINDS] = {"changed", "missing", "unreadable", "extra", "conflict"};

    return names[kind];
}

void verify_free(struct verify_result *r)
{
    free(r->items.v);
    free(r->shadowed.v);
    arena_free(&r->mem);
    memset(r, 0, sizeof *r);
}
