/*
 * Every file of the target's release against the store: there as it has to be, or not. What a release has below admin and system/storage goes where the
 * store keeps that. Pictures of the shop and what lies in its storage are never replaced, only added.
 */
#include "format/php_cut.h"
#include "platform/opencart/plan_parts.h"
#include "platform/source_files.h"
#include "sys/hash_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files of the core are below; what is larger is not read for being cut. */
#define PHP_FILE_MAX ((size_t)1024 * 1024)
/* More are not named; where so many are cut, all have to be copied anyway. */
#define TORN_MAX 200
/* Where the installer looks for libraries, wherever the store keeps its storage. */
#define OWN_STORAGE "system/storage/"

struct comparing {
    struct store *s;
    struct oc_case *c;
};

struct place {
    const struct source_file *f;
    const char *path;
    bool add_only;
};

struct places {
    VEC(struct place) all;
    VEC(struct hash_job) jobs;
};

/* ---- where a file of the release goes ---- */

static bool is_below(struct str path, const char *dir)
{
    return str_starts(path, str_of(dir));
}

static bool is_config(struct str rel)
{
    return str_is(rel, "config.php") || str_is(rel, "admin/config.php");
}

/* Libraries for the installer lie in the store in any case. */
static const char *stores_name(const struct comparing *m, struct str rel)
{
    struct str real;

    if (!oc_real_path(m->s, rel, m->c->mem, &real))
        real = rel;
    return arena_dup(m->c->mem, real.p, real.n);
}

static void push(struct places *p, const struct source_file *f, const char *path, bool add_only)
{
    *vec_push(&p->all) = (struct place){f, path, add_only};
}

/* Pictures are the shop's own as soon as they are there; folders of the storage bring nothing but empty pages. */
static bool is_shops_own(struct str rel)
{
    return is_below(rel, "image/") || (is_below(rel, OWN_STORAGE) && !is_below(rel, OWN_STORAGE "vendor/"));
}

static void place_one(const struct comparing *m, const struct source_file *f, struct str rel, struct places *live, struct places *aside,
                      struct places *install)
{
    const struct oc *x = m->s->own;
    bool moved = x->storage == NULL && m->s->aside_path != NULL;

    if (rel.n == 0 || !str_is_safe_path(rel) || is_config(rel))
        return;
    if (is_below(rel, "install/")) {
        push(install, f, arena_dup(m->c->mem, rel.p, rel.n), false);
        return;
    }
    /* The folder that was moved away gets libraries alone, for the installer. */
    if (moved && is_below(rel, OWN_STORAGE) && !is_below(rel, OWN_STORAGE "vendor/"))
        return;
    push(live, f, stores_name(m, rel), is_shops_own(rel));
    if (moved && is_below(rel, OWN_STORAGE "vendor/"))
        push(aside, f, arena_dup(m->c->mem, rel.p + sizeof OWN_STORAGE - 1, rel.n - (sizeof OWN_STORAGE - 1)), false);
}

/* ---- comparing ---- */

/* The last ones: they say that the version is there, and load all the rest. */
static bool is_late(const void *arg, const char *path)
{
    const struct comparing *m = arg;
    const struct oc *x = m->s->own;
    struct str whole = str_of(path);
    struct str p = whole;

    return str_is(whole, "index.php") || (x->admin && str_skip(&p, str_of(x->admin)) && str_is(p, "/index.php")) ||
           str_ends(whole, STR("vendor/autoload.php")) || str_has(whole, STR("vendor/composer/"));
}

/* Gives how many of them come last. */
static size_t judge(const struct comparing *m, const struct tree *t, struct places *p, struct copy_file **v, size_t *n)
{
    VEC(struct copy_file) todo = {0};

    for (size_t i = 0; i < p->all.n; i++)
        *vec_push(&p->jobs) = (struct hash_job){.rel = p->all.v[i].path, .alg = HASH_MD5, .want_size = HASH_ANY_SIZE};
    hash_files(t, p->jobs.v, p->jobs.n, NULL);
    for (size_t i = 0; i < p->all.n; i++) {
        const struct place *one = &p->all.v[i];
        const struct hash_job *live = &p->jobs.v[i];
        struct copy_file *f;

        m->c->files_total++;
        if (live->state == HASH_DONE && (digest_eq(&live->digest, &one->f->digest) || (one->add_only && live->size > 0))) {
            m->c->files_applied++;
            continue;
        }
        f = vec_push(&todo);
        f->path = one->path;
        f->source = arena_strdup(m->c->mem, one->f->path);
        f->act = live->state == HASH_ABSENT ? COPY_ADD : COPY_UPDATE;
        f->want = one->f->digest;
        if (live->state == HASH_DONE)
            f->have = live->digest;
    }
    *v = todo.v;
    *n = todo.n;
    free(p->all.v);
    free(p->jobs.v);
    return copy_files_sort(todo.v, todo.n, is_late, m);
}

static int read_release(const struct comparing *m, struct source_files *out, struct err *e)
{
    const struct oc_release *r = &m->c->release;
    int fd;
    int rc;

    if (r->archive == NULL)
        return source_files_tree(&r->own, r->dir, r->shown, out, e);
    fd = oc_release_open(m->s, r, e);
    if (fd < 0)
        return -1;
    rc = source_files_archive(fd, r->shown, out, e);
    close(fd);
    return rc;
}

static void compare(struct comparing *m, struct source_files *files)
{
    const struct oc_release *r = &m->c->release;
    struct str head = str_of(arena_printf(m->c->mem, "%s%s", r->dir, r->dir[0] ? "/" : ""));
    struct places live = {0};
    struct places aside = {0};
    struct places install = {0};

    for (size_t i = 0; i < files->all.n; i++) {
        struct str rel = str_of(files->all.v[i].path);

        if (r->archive == NULL) {
            place_one(m, &files->all.v[i], rel, &live, &aside, &install);
            files->all.v[i].path = arena_printf(&files->mem, "%.*s%s", STR_FMT(head), files->all.v[i].path);
        } else if (str_skip(&rel, head)) {
            place_one(m, &files->all.v[i], rel, &live, &aside, &install);
        }
    }
    judge(m, &m->s->tree, &install, &m->c->todo_install.v, &m->c->todo_install.n);
    /* The installer goes when the upgrade is over; it is counted by its own step. */
    m->c->files_total = m->c->files_applied = 0;
    m->c->late = judge(m, &m->s->tree, &live, &m->c->todo.v, &m->c->todo.n);
    if (m->s->aside.path)
        judge(m, &m->s->aside, &aside, &m->c->todo_aside.v, &m->c->todo_aside.n);
    else
        free(aside.all.v);
}

/* ---- without a release ---- */

struct searching {
    struct store *s;
    struct oc_case *c;
    bool libraries;
};

/* Releases ship these without a byte. */
static bool may_be_empty(struct str rel)
{
    return str_ends(rel, STR("report/affiliate_login.php")) || str_ends(rel, STR("report/customer_login.php"));
}

static int look_at_code(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct searching *x = arg;
    struct str path = str_of(rel);
    struct err ignored = {0};
    struct buf php = {0};

    (void)e;
    /* Libraries bring tests, and in these files that are broken on purpose. */
    if (S_ISDIR(st->st_mode) && x->libraries)
        return str_ends(path, STR("/Tests")) || str_ends(path, STR("/tests")) ? TREE_SKIP : 0;
    if (S_ISDIR(st->st_mode))
        return str_is(path, "system/storage") || str_is(path, "system/cache") || str_is(path, "system/modification") ||
                       str_is(path, "system/logs") || str_is(path, "system/upload") || str_is(path, "system/download")
                   ? TREE_SKIP
                   : 0;
    if (!S_ISREG(st->st_mode) || !str_ends(path, STR(".php")) || x->c->torn.n >= TORN_MAX)
        return 0;
    if (st->st_size == 0 ? !may_be_empty(path)
                         : tree_read(&x->s->tree, rel, PHP_FILE_MAX, &php, &ignored) == 0 && php_is_cut(buf_str(&php)))
        *vec_push(&x->c->torn) = arena_strdup(x->c->mem, rel);
    buf_free(&php);
    return 0;
}

static void find_torn(struct store *s, struct oc_case *c)
{
    const struct oc *x = s->own;
    const char *admin = x->admin ? x->admin : "admin";
    const char *const dirs[] = {"system", "catalog/controller", "catalog/model", arena_printf(c->mem, "%s/controller", admin),
                                arena_printf(c->mem, "%s/model", admin), x->install ? x->install : "install"};
    struct searching f = {s, c, false};
    struct err ignored = {0};

    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (tree_exists(&s->tree, dirs[i]))
            tree_walk(&s->tree, dirs[i], look_at_code, tree_pass_over, &f, &ignored);
    f.libraries = true;
    if (tree_exists(&s->tree, OWN_STORAGE "vendor"))
        tree_walk(&s->tree, OWN_STORAGE "vendor", look_at_code, tree_pass_over, &f, &ignored);
}

/* ---- both ---- */

void oc_case_forget_files(struct oc_case *c)
{
    free(c->todo.v);
    free(c->todo_aside.v);
    free(c->todo_install.v);
    free(c->torn.v);
    free(c->stale.v);
    free(c->unfit.v);
    memset(&c->todo, 0, sizeof c->todo);
    memset(&c->todo_aside, 0, sizeof c->todo_aside);
    memset(&c->todo_install, 0, sizeof c->todo_install);
    memset(&c->torn, 0, sizeof c->torn);
    memset(&c->stale, 0, sizeof c->stale);
    memset(&c->unfit, 0, sizeof c->unfit);
    c->files_total = c->files_applied = c->late = c->copies = 0;
    c->files_known = false;
}

int oc_case_files(struct store *s, struct oc_case *c, struct err *e)
{
    struct comparing m = {.s = s, .c = c};
    struct source_files files = {0};
    int rc = 0;

    oc_case_forget_files(c);
    oc_case_copies(s, c);
    if (c->release.dir == NULL) {
        find_torn(s, c);
        return 0;
    }
    rc = read_release(&m, &files, e);
    if (rc == 0) {
        compare(&m, &files);
        c->files_known = true;
    }
    source_files_free(&files);
    return rc;
}
