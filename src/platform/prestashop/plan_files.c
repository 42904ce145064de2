/*
 * Every file of the release against the store: as the new version has it, as the old one had it, or neither. The checksums of the
 * new files are made from the release itself, those of the old ones are in config/xml/<version>.xml, where the module keeps them.
 */
#include "format/ps_sums.h"
#include "platform/prestashop/plan_parts.h"
#include "sys/hash_files.h"

#include <stdlib.h>
#include <string.h>

/* A release has up to 40 000. */
#define FILES_MAX ((size_t)400000)

struct old_file {
    const char *path;
    struct digest md5;
};

struct target {
    const char *path;
    const char *source; /* below the release's tree; NULL: to be deleted */
    size_t live;        /* of lives */
    size_t fresh;       /* of news */
};

struct comparing {
    struct store *s;
    struct ps_case *c;
    struct ps_left left;
    size_t root; /* length of the release's folder and its slash */
    VEC(struct target) targets;
    VEC(struct old_file) olds; /* by path */
    VEC(struct hash_job) lives;
    VEC(struct hash_job) news;
    bool too_many;
};

static int by_path(const void *pa, const void *pb)
{
    return strcmp(((const struct old_file *)pa)->path, ((const struct old_file *)pb)->path);
}

static int add_old(void *arg, const struct ps_sum *sum, struct err *e)
{
    struct comparing *m = arg;
    struct old_file *f;
    struct str real;

    (void)e;
    if (!ps_real_path(m->s, sum->path, m->c->mem, &real))
        return 0;
    f = vec_push(&m->olds);
    f->path = arena_dup(m->c->mem, real.p, real.n);
    f->md5.alg = HASH_MD5;
    memcpy(f->md5.b, sum->md5, sizeof sum->md5);
    return 0;
}

static void read_olds(struct comparing *m)
{
    struct buf xml = {0};
    struct err ignored = {0};
    char version[32] = "";
    const char *path;

    if (m->c->from == NULL)
        return;
    path = arena_printf(m->c->mem, "config/xml/%s.xml", m->c->from);
    if (tree_read(&m->s->tree, path, PS_SUMS_MAX_BYTES, &xml, &ignored) < 0 ||
        ps_sums_read(buf_str(&xml), version, add_old, m, &ignored) < 0 || strcmp(version, m->c->from) != 0) {
        if (version[0] && ignored.kind == ERR_NONE && strcmp(version, m->c->from) != 0)
            m->c->sums_other = arena_printf(m->c->mem, "%s is of version %s", path, version);
        m->olds.n = 0;
    }
    if (m->olds.n > 1)
        qsort(m->olds.v, m->olds.n, sizeof *m->olds.v, by_path);
    buf_free(&xml);
}

static const struct digest *old_of(const struct comparing *m, const char *path)
{
    struct old_file key = {.path = path};
    const struct old_file *hit;

    if (m->olds.n == 0)
        return NULL;
    hit = bsearch(&key, m->olds.v, m->olds.n, sizeof *m->olds.v, by_path);
    return hit ? &hit->md5 : NULL;
}

/* The store's name of a release's file. */
static const char *stores_name(const struct comparing *m, const char *rel)
{
    const struct ps *ps = m->s->own;
    const char *admin = m->c->release.admin;
    struct str p = str_of(rel);

    if (admin && ps->admin && str_skip(&p, str_of(admin)) && p.n > 0 && p.p[0] == '/')
        return arena_printf(m->c->mem, "%s%s", ps->admin, p.p);
    return arena_strdup(m->c->mem, rel);
}

static int take_new(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct comparing *m = arg;
    const char *path = stores_name(m, rel + m->root);
    struct target *t;

    (void)e;
    if (ps_left_alone(&m->left, path))
        return S_ISDIR(st->st_mode) && strncmp(path, "modules/", 8) != 0 ? TREE_SKIP : 0;
    if (!S_ISREG(st->st_mode) || m->too_many)
        return 0;
    if (m->targets.n == FILES_MAX) {
        m->too_many = true;
        *vec_push(&m->c->blocked) = arena_printf(m->c->mem, "%s: more than %zu files", m->c->release.shown, FILES_MAX);
        return 0;
    }
    t = vec_push(&m->targets);
    t->path = path;
    t->source = arena_strdup(m->c->mem, rel);
    return 0;
}

static int fault(void *arg, const char *rel, const struct err *why)
{
    struct comparing *m = arg;

    *vec_push(&m->c->blocked) = arena_printf(m->c->mem, "%s: %s", rel, why->text);
    return 0;
}

static bool in_release(const struct comparing *m, const char *path)
{
    const struct ps *ps = m->s->own;
    const struct ps_release *r = &m->c->release;
    struct str p = str_of(path);
    const char *rel = path;

    if (r->admin && ps->admin && str_skip(&p, str_of(ps->admin)) && p.n > 0 && p.p[0] == '/')
        rel = arena_printf(m->c->mem, "%s%s", r->admin, p.p);
    return tree_exists(r->tree, arena_join(m->c->mem, r->dir, rel));
}

static void add_deletion(struct comparing *m, const char *path)
{
    struct err ignored = {0};
    struct target *t;
    struct stat st;

    if (!str_is_safe_path(str_of(path)) || ps_left_alone(&m->left, path) || in_release(m, path))
        return;
    /* What is gone needs no more; folders of the list go with their files. */
    if (tree_stat(&m->s->tree, path, &st, &ignored) < 0 || !S_ISREG(st.st_mode)) {
        m->c->files_total++;
        m->c->files_applied++;
        m->c->files_gone += m->c->trail.has_files_diff;
        return;
    }
    t = vec_push(&m->targets);
    t->path = path;
}

static void add_deletions(struct comparing *m)
{
    const struct ps_trail *trail = &m->c->trail;

    if (!trail->has_files_diff) {
        for (size_t i = 0; i < m->olds.n; i++)
            add_deletion(m, m->olds.v[i].path);
        return;
    }
    for (size_t i = 0; i < trail->files_deleted_n; i++) {
        struct str listed = trail->files_deleted[i];
        struct str real;

        str_skip(&listed, STR("/"));
        if (str_is_safe_path(listed) && ps_real_path(m->s, listed, m->c->mem, &real))
            add_deletion(m, arena_dup(m->c->mem, real.p, real.n));
    }
}

static size_t add_job(struct hash_job **v, size_t *n, const char *rel)
{
    (*v)[*n] = (struct hash_job){.rel = rel, .alg = HASH_MD5, .want_size = HASH_ANY_SIZE};
    return (*n)++;
}

static void hash_all(struct comparing *m)
{
    m->lives.v = mem_array(m->targets.n + 1, sizeof *m->lives.v);
    m->news.v = mem_array(m->targets.n + 1, sizeof *m->news.v);
    for (size_t i = 0; i < m->targets.n; i++) {
        struct target *t = &m->targets.v[i];

        t->live = add_job(&m->lives.v, &m->lives.n, t->path);
        if (t->source)
            t->fresh = add_job(&m->news.v, &m->news.n, t->source);
    }
    hash_files(&m->s->tree, m->lives.v, m->lives.n, NULL);
    hash_files(m->c->release.tree, m->news.v, m->news.n, NULL);
}

static void block(struct comparing *m, const struct hash_job *j)
{
    const char *why = j->state == HASH_NOT_FILE  ? "is no file"
                      : j->state == HASH_OUTSIDE ? "leads out of the store"
                      : j->state == HASH_ABSENT  ? "is gone"
                                                 : strerror(j->sys);

    *vec_push(&m->c->blocked) = arena_printf(m->c->mem, "%s: %s", j->rel, why);
}

static void judge_copy(struct comparing *m, const struct target *t)
{
    const struct hash_job *fresh = &m->news.v[t->fresh];
    const struct hash_job *live = &m->lives.v[t->live];
    const struct digest *old = old_of(m, t->path);
    struct copy_file *todo;

    m->c->files_total++;
    if (fresh->state != HASH_DONE || (live->state != HASH_DONE && live->state != HASH_ABSENT)) {
        block(m, fresh->state != HASH_DONE ? fresh : live);
        return;
    }
    if (live->state == HASH_DONE && digest_eq(&live->digest, &fresh->digest)) {
        m->c->files_applied++;
        /* Without the old list nothing tells a copied file from one that did not change. */
        m->c->files_copied += m->olds.n > 0 && (old == NULL || !digest_eq(old, &fresh->digest));
        return;
    }
    if (live->state == HASH_DONE && ps_is_texts(t->path)) {
        *vec_push(&m->c->texts_kept) = t->path;
        return;
    }
    todo = vec_push(&m->c->todo);
    todo->path = t->path;
    todo->source = t->source;
    todo->want = fresh->digest;
    todo->act = live->state == HASH_ABSENT ? COPY_ADD : COPY_UPDATE;
    if (live->state == HASH_DONE) {
        todo->have = live->digest;
        todo->edited = m->olds.n > 0 && (old == NULL || !digest_eq(&live->digest, old));
        m->c->files_edited += todo->edited;
    }
}

static void judge_delete(struct comparing *m, const struct target *t)
{
    const struct hash_job *live = &m->lives.v[t->live];
    const struct digest *old = old_of(m, t->path);
    struct copy_file *todo;

    m->c->files_total++;
    if (live->state != HASH_DONE) {
        block(m, live);
        return;
    }
    if (m->olds.n > 0 && (old == NULL || !digest_eq(&live->digest, old))) {
        *vec_push(&m->c->kept) = t->path;
        return;
    }
    todo = vec_push(&m->c->todo);
    todo->path = t->path;
    todo->act = COPY_DELETE;
    todo->have = live->digest;
}

/* It loads all the rest: half of it with old classes, or the other way round, and no page comes. */
static bool is_late(const void *arg, const char *path)
{
    (void)arg;
    return strcmp(path, "vendor/autoload.php") == 0 || strncmp(path, "vendor/composer/", 16) == 0;
}

void ps_case_forget_files(struct ps_case *c)
{
    free(c->todo.v);
    free(c->kept.v);
    free(c->texts_kept.v);
    free(c->blocked.v);
    memset(&c->todo, 0, sizeof c->todo);
    memset(&c->kept, 0, sizeof c->kept);
    memset(&c->texts_kept, 0, sizeof c->texts_kept);
    memset(&c->blocked, 0, sizeof c->blocked);
    c->late = c->files_total = c->files_applied = c->files_copied = c->files_gone = c->files_edited = 0;
    c->files_known = false;
}

int ps_case_files(struct store *s, struct ps_case *c, struct err *e)
{
    struct comparing m = {.s = s, .c = c};
    int rc;

    ps_case_forget_files(c);
    if (c->release.dir == NULL)
        return 0;
    m.root = c->release.dir[0] ? strlen(c->release.dir) + 1 : 0;
    ps_left_init(&m.left, s, c);
    read_olds(&m);
    rc = tree_walk(c->release.tree, c->release.dir, take_new, fault, &m, e);
    if (rc == 0) {
        add_deletions(&m);
        hash_all(&m);
        for (size_t i = 0; i < m.targets.n; i++) {
            if (m.targets.v[i].source)
                judge_copy(&m, &m.targets.v[i]);
            else
                judge_delete(&m, &m.targets.v[i]);
        }
        c->late = copy_files_sort(c->todo.v, c->todo.n, is_late, NULL);
        c->files_known = true;
        c->olds_known = m.olds.n > 0;
    }
    free(m.targets.v);
    free(m.olds.v);
    free(m.lives.v);
    free(m.news.v);
    return rc;
}
