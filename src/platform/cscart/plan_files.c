/*
 * Every file of the package against the store: as the new version has it, as the old one had it, or neither. The list in
 * package.json knows only the old files' checksums; those of the new ones are made from the package itself.
 *
 * Two rules that are in no list: a theme's file in var/themes_repository goes also to the theme of the same name in
 * design/themes, and a renamed admin or vendor script is the one that has to be new.
 */
#include "platform/cscart/plan_case.h"
#include "sys/hash_files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPOSITORY "var/themes_repository/"
#define THEMES     "design/themes/"
/* A package above this is not CS-Cart's: a whole shop has some 15 000 files. */
#define FILES_MAX ((size_t)400000)

struct target {
    const char *path;
    const char *source; /* NULL: to be deleted */
    const struct cs_file *listed;
    enum cs_part part;
    bool stray;  /* the public copy of a renamed script: goes away when nobody changed it */
};

struct comparing {
    struct store *s;
    struct cs_case *c;
    size_t root; /* length of the new folder's path and its slash */
    VEC(struct target) targets;
    VEC(const char *) news; /* paths below content/package */
    struct cs_file **index; /* files of package.json by path */
    VEC(struct hash_job) jobs;
};

const char *cs_case_new_dir(struct cs_case *c)
{
    return arena_printf(c->mem, c->gen == CS_GEN_L ? "%s/package" : "%s/content/package", c->dir);
}

static int by_path(const void *pa, const void *pb)
{
    const struct cs_file *const *a = pa;
    const struct cs_file *const *b = pb;

    return str_cmp((*a)->path, (*b)->path);
}

static const struct cs_file *listed(const struct comparing *m, const char *path)
{
    struct cs_file key = {.path = str_of(path)};
    const struct cs_file *pkey = &key;
    struct cs_file **hit;

    if (m->c->package.files.n == 0)
        return NULL;
    hit = bsearch(&pkey, m->index, m->c->package.files.n, sizeof *m->index, by_path);
    return hit ? *hit : NULL;
}

static void index_files(struct comparing *m)
{
    size_t n = m->c->package.files.n;

    m->index = arena_array(m->c->mem, n + 1, sizeof *m->index);
    for (size_t i = 0; i < n; i++)
        m->index[i] = &m->c->package.files.v[i];
    if (n > 1)
        qsort(m->index, n, sizeof *m->index, by_path);
}

static int add_new(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct comparing *m = arg;

    if (!S_ISREG(st->st_mode))
        return 0;
    if (m->news.n == FILES_MAX)
        return err_set(e, ERR_FORMAT, "%s: more than %zu files", rel, FILES_MAX);
    *vec_push(&m->news) = arena_strdup(m->c->mem, rel + m->root);
    return 0;
}

/* A folder of the package that can't be read is told, and the step refused. */
static int fault(void *arg, const char *rel, const struct err *why)
{
    struct comparing *m = arg;

    *vec_push(&m->c->blocked) = arena_printf(m->c->mem, "%s: %s", rel, why->text);
    return 0;
}

static void add_target(struct comparing *m, enum cs_part part, const char *path, const char *source, const struct cs_file *f)
{
    struct target *t = vec_push(&m->targets);

    t->part = part;
    t->path = path;
    t->source = source;
    t->listed = f;
}

/* The theme's own copy of a file of the repository, or NULL. */
static const char *theme_copy(struct comparing *m, const char *path)
{
    struct str rest = str_of(path);
    struct str theme;
    struct stat st;
    struct err ignored = {0};
    const char *dir;

    if (!str_skip(&rest, STR(REPOSITORY)))
        return NULL;
    theme = str_cut(rest, '/', &rest);
    if (rest.n == 0 || theme.n == 0)
        return NULL;
    dir = arena_printf(m->c->mem, THEMES "%.*s", STR_FMT(theme));
    if (tree_stat(&m->s->tree, dir, &st, &ignored) < 0 || !S_ISDIR(st.st_mode))
        return NULL;
    return arena_printf(m->c->mem, "%s/%.*s", dir, STR_FMT(rest));
}

/* What a script of the package is called in this store. */
static const char *script_name(const struct comparing *m, const char *path)
{
    const struct cs *cs = m->s->own;

    if (strcmp(path, "admin.php") == 0)
        return cs->admin;
    if (strcmp(path, "vendor.php") == 0)
        return cs->vendor;
    return path;
}

/* The list has the file of the base theme, of which the wizard made a copy for the theme. */
static const struct cs_file *listed_base(const struct comparing *m, const char *path)
{
    struct str rest = str_of(path);

    if (m->c->gen != CS_GEN_L || !str_skip(&rest, STR(THEMES)))
        return NULL;
    str_cut(rest, '/', &rest);
    return rest.n ? listed(m, arena_printf(m->c->mem, REPOSITORY "responsive/%.*s", STR_FMT(rest))) : NULL;
}

static void add_new_target(struct comparing *m, const char *path)
{
    const char *source = arena_printf(m->c->mem, "%s/%s", cs_case_new_dir(m->c), path);
    const char *name = script_name(m, path);
    const struct cs_file *f = listed(m, path) ? listed(m, path) : listed_base(m, path);
    /* The wizard makes the themes' copies in the package itself. */
    const char *copy = m->c->gen == CS_GEN_L ? NULL : theme_copy(m, path);

    if (strcmp(name, path) != 0 && tree_exists(&m->s->tree, name)) {
        add_target(m, CS_PART_SCRIPTS, arena_strdup(m->c->mem, name), source, f);
        /* The public script that a renamed one replaces; the package brings it back. */
        if (tree_exists(&m->s->tree, path)) {
            add_target(m, CS_PART_SCRIPTS, path, NULL, f);
            m->targets.v[m->targets.n - 1].stray = true;
        }
    } else {
        add_target(m, CS_PART_COPY, path, source, f);
    }
    if (copy)
        add_target(m, CS_PART_THEMES, copy, source, f);
}

static void add_targets(struct comparing *m)
{
    for (size_t i = 0; i < m->news.n; i++)
        add_new_target(m, m->news.v[i]);
    for (size_t i = 0; i < m->c->package.files.n; i++) {
        const struct cs_file *f = &m->c->package.files.v[i];
        const char *path = arena_dup(m->c->mem, f->path.p, f->path.n);
        const char *copy;

        if (f->status != CS_FILE_DELETED) {
            if (!tree_exists(&m->s->tree, arena_printf(m->c->mem, "%s/%s", cs_case_new_dir(m->c), path)) &&
                !tree_exists(&m->s->tree, arena_printf(m->c->mem, "%s/%s", cs_case_new_dir(m->c), script_name(m, path))))
                *vec_push(&m->c->missing) = path;
            continue;
        }
        add_target(m, CS_PART_DELETE, path, NULL, f);
        copy = theme_copy(m, path);
        if (copy)
            add_target(m, CS_PART_THEMES, copy, NULL, f);
    }
}

static int job_order(const void *pa, const void *pb)
{
    return strcmp(((const struct hash_job *)pa)->rel, ((const struct hash_job *)pb)->rel);
}

static const struct hash_job *job(const struct comparing *m, const char *rel)
{
    struct hash_job key = {.rel = rel};

    return bsearch(&key, m->jobs.v, m->jobs.n, sizeof *m->jobs.v, job_order);
}

static void add_job(struct comparing *m, const char *rel)
{
    struct hash_job *j = vec_push(&m->jobs);

    j->rel = rel;
    j->alg = HASH_MD5;
    j->want_size = HASH_ANY_SIZE;
}

static void hash_all(struct comparing *m)
{
    for (size_t i = 0; i < m->targets.n; i++) {
        add_job(m, m->targets.v[i].path);
        if (m->targets.v[i].source)
            add_job(m, m->targets.v[i].source);
    }
    if (m->jobs.n > 1)
        qsort(m->jobs.v, m->jobs.n, sizeof *m->jobs.v, job_order);
    hash_files(&m->s->tree, m->jobs.v, m->jobs.n, NULL);
}

static void block(struct comparing *m, const struct hash_job *j)
{
    const char *why = j->state == HASH_NOT_FILE ? "is no file"
                      : j->state == HASH_OUTSIDE ? "leads out of the store"
                                                 : strerror(j->sys);

    *vec_push(&m->c->blocked) = arena_printf(m->c->mem, "%s: %s", j->rel, why);
}

/* The checksum the old version had; false when it isn't known. */
static bool old_digest(const struct target *t, struct digest *d)
{
    return t->listed && t->listed->status != CS_FILE_NEW && digest_parse(t->listed->hash, d);
}

static void judge_copy(struct comparing *m, const struct target *t, struct cs_part_state *p)
{
    const struct hash_job *from = job(m, t->source);
    const struct hash_job *live = job(m, t->path);
    struct digest old;
    bool has_old = old_digest(t, &old);
    struct copy_file *todo;

    if (from->state != HASH_DONE) {
        block(m, from);
        return;
    }
    if (live->state != HASH_DONE && live->state != HASH_ABSENT) {
        block(m, live);
        return;
    }
    if (live->state == HASH_DONE && digest_eq(&live->digest, &from->digest)) {
        p->applied += !has_old || !digest_eq(&old, &from->digest);
        return;
    }
    todo = vec_push(&p->todo);
    todo->path = t->path;
    todo->source = t->source;
    todo->want = from->digest;
    todo->act = live->state == HASH_ABSENT ? COPY_ADD : COPY_UPDATE;
    if (live->state == HASH_DONE) {
        todo->have = live->digest;
        todo->edited = !has_old || !digest_eq(&live->digest, &old);
        p->edited += todo->edited;
    }
}

static void judge_delete(struct comparing *m, const struct target *t, struct cs_part_state *p)
{
    const struct hash_job *live = job(m, t->path);
    const struct hash_job *from = t->stray ? job(m, arena_printf(m->c->mem, "%s/%s", cs_case_new_dir(m->c), t->path)) : NULL;
    struct copy_file *todo;
    struct digest old;
    bool ours;

    if (live->state == HASH_ABSENT) {
        p->applied++;
        return;
    }
    if (live->state != HASH_DONE) {
        block(m, live);
        return;
    }
    ours = old_digest(t, &old) && digest_eq(&live->digest, &old);
    if (from && from->state == HASH_DONE && digest_eq(&live->digest, &from->digest))
        ours = true;
    if (!ours) {
        *vec_push(&p->kept) = t->path;
        return;
    }
    todo = vec_push(&p->todo);
    todo->path = t->path;
    todo->act = COPY_DELETE;
    todo->have = live->digest;
}

void cs_case_forget_files(struct cs_case *c)
{
    for (int i = 0; i < CS_PARTS; i++) {
        free(c->parts[i].todo.v);
        free(c->parts[i].kept.v);
    }
    free(c->blocked.v);
    free(c->missing.v);
    memset(c->parts, 0, sizeof c->parts);
    memset(&c->blocked, 0, sizeof c->blocked);
    memset(&c->missing, 0, sizeof c->missing);
    c->files_known = false;
}

int cs_case_files(struct store *s, struct cs_case *c, struct err *e)
{
    struct comparing m = {.s = s, .c = c};
    const char *dir;
    int rc = -1;

    cs_case_forget_files(c);
    if (!c->has_package)
        return 0;
    dir = cs_case_new_dir(c);
    m.root = strlen(dir) + 1;
    if (tree_exists(&s->tree, dir) && tree_walk(&s->tree, dir, add_new, fault, &m, e) < 0)
        goto out;
    c->new_files = m.news.n;
    index_files(&m);
    add_targets(&m);
    hash_all(&m);
    for (size_t i = 0; i < m.targets.n; i++) {
        const struct target *t = &m.targets.v[i];
        struct cs_part_state *p = &c->parts[t->part];

        p->total++;
        if (t->source)
            judge_copy(&m, t, p);
        else
            judge_delete(&m, t, p);
    }
    c->files_known = true;
    rc = 0;
out:
    free(m.targets.v);
    free(m.news.v);
    free(m.jobs.v);
    return rc;
}
