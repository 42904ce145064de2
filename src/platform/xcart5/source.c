/*
 * Where new files come from. The pack of an entry brings its own list. When the packs are gone, --source names a clean
 * tree or a distribution of the target version: an entry's files are then those that lie in its place there, without what a
 * core pack leaves out as well (var, files, images, local configuration).
 */
#include "platform/xcart5/files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* A distribution may wrap the store into a folder or two. */
#define WRAP_LEVELS 2
#define SOURCE_DIR  ".source"

static bool is_root(const struct tree *t)
{
    return tree_exists(t, "classes/XLite.php") && tree_exists(t, "cart.php");
}

struct only_dir {
    char name[256];
    size_t n;
};

static int count_dir(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct only_dir *d = arg;

    (void)type;
    (void)e;
    if (strlen(name) < sizeof d->name)
        memcpy(d->name, name, strlen(name) + 1);
    d->n++;
    return 0;
}

/* Goes down through wrapping folders to the store's root. */
static int find_root(struct tree *t, const char *given, struct err *e)
{
    for (int level = 0; level <= WRAP_LEVELS && !is_root(t); level++) {
        struct only_dir d = {.n = 0};
        struct tree sub = {0};

        if (tree_list(t, ".", count_dir, &d, e) < 0)
            return -1;
        if (d.n != 1 || tree_open_sub(&sub, t, d.name, e) < 0)
            break;
        tree_close(t);
        *t = sub;
    }
    if (is_root(t))
        return 0;
    err_set(e, ERR_ABSENT, "--source %s holds no X-Cart 5: looked for classes/XLite.php and cart.php", given);
    return err_fix(e, "name the folder of an unpacked distribution, or its archive");
}

static int check_version(const struct xc_case *c, const struct tree *t, const char *given, struct err *e)
{
    const char *version = xc_read_version(t, "classes/XLite.php", c->mem);

    if (c->to == NULL || version == NULL || strcmp(version, c->to) == 0)
        return 0;
    err_set(e, ERR_REFUSED, "--source %s is of version %s, but the upgrade goes to %s", given, version, c->to);
    return err_fix(e, "bring a clean tree or distribution of exactly %s", c->to);
}

static bool is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int open_source(struct store *s, struct xc_case *c, struct err *e)
{
    const char *given = s->opts ? s->opts->source : NULL;

    if (c->source.path)
        return 0;
    if (given == NULL) {
        err_set(e, ERR_ABSENT, "the pack is gone");
        return err_fix(e, "name a clean tree or distribution of the target version with --source");
    }
    if (!is_dir(given))
        return err_set(e, ERR_ABSENT, "the archive %s is unpacked when the files are copied", given);
    if (tree_open(&c->source, given, e) == 0 && find_root(&c->source, given, e) == 0 &&
        check_version(c, &c->source, given, e) == 0)
        return 0;
    tree_close(&c->source);
    return -1;
}

int xc_source_prepare(struct store *s, struct xc_case *c, struct work *w, struct err *e)
{
    const char *given = s->opts ? s->opts->source : NULL;

    if (c->source.path || given == NULL || is_dir(given))
        return open_source(s, c, e);
    if (w->dry_run)
        return err_set(e, ERR_ABSENT, "the archive %s would be unpacked into the work directory; what it changes can be "
                                      "told only then", given);
    if (tree_remove_tree(w->undo, SOURCE_DIR, false, e) < 0)
        return -1;
    w->say(w, "unpacking %s", given);
    if (xc_extract_path(given, w->undo, SOURCE_DIR, w, e) < 0)
        return -1;
    if (tree_open_sub(&c->source, w->undo, SOURCE_DIR, e) == 0 && find_root(&c->source, given, e) == 0 &&
        check_version(c, &c->source, given, e) == 0)
        return 0;
    tree_close(&c->source);
    return -1;
}

/* What a core pack leaves out, with the few files below that it brings. */
static bool left_out(const char *path)
{
    static const char *const heads[] = {"var/", "files/", "images/", "sql/", ".git/"};
    static const char *const files[] = {"etc/config.local.php", "etc/config.personal.php", "etc/config.php", ".hash"};
    static const char *const brought[] = {"images/spacer.gif", "sql/xlite_data.yaml", "sql/xlite_data_lng.yaml"};
    struct str p = str_of(path);

    for (size_t i = 0; i < sizeof brought / sizeof *brought; i++)
        if (str_is(p, brought[i]))
            return false;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (str_is(p, files[i]))
            return true;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_starts(p, str_of(heads[i])))
            return !str_ends(p, STR("/.htaccess"));
    return false;
}

struct collect {
    const struct xc_case *c;
    const struct xc_entry *en;
    struct arena mem;
    VEC(struct hash_job) jobs;
};

static int take_file(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct collect *co = arg;

    (void)e;
    if (S_ISREG(st->st_mode) && !left_out(rel) && strcmp(xc_entry_of_file(co->c, rel), co->en->name) == 0)
        *vec_push(&co->jobs) = (struct hash_job){
            .rel = arena_strdup(&co->mem, rel), .alg = HASH_MD5, .want_size = HASH_ANY_SIZE};
    return 0;
}

static int source_manifest(struct store *s, const struct xc_case *c, const struct xc_entry *en, struct manifest *m,
                           struct err *e)
{
    struct collect co = {.c = c, .en = en};
    int rc = -1;

    if (tree_walk(&c->source, ".", take_file, NULL, &co, e) < 0)
        goto out;
    if (co.jobs.n == 0) {
        err_set(e, ERR_ABSENT, "--source %s holds no file of %s", s->opts->source, en->name);
        goto out;
    }
    hash_files(&c->source, co.jobs.v, co.jobs.n, NULL);
    rc = 0;
    for (size_t i = 0; rc == 0 && i < co.jobs.n; i++) {
        if (co.jobs.v[i].state == HASH_DONE)
            manifest_add(m, str_of(co.jobs.v[i].rel), &co.jobs.v[i].digest, s->opts->source);
        else
            rc = err_set(e, ERR_IO, "--source %s: %s can't be read", s->opts->source, co.jobs.v[i].rel);
    }
out:
    free(co.jobs.v);
    arena_free(&co.mem);
    return rc;
}

int xc_new_manifest(struct store *s, struct xc_case *c, const struct xc_entry *en, struct manifest *m, struct err *e)
{
    if (en->pack)
        return xc_pack_manifest(s, en, m, e);
    if (open_source(s, c, e) < 0)
        return -1;
    return source_manifest(s, c, en, m, e);
}

int xc_open_new(struct store *s, const struct xc_case *c, const struct xc_entry *en, const char *path, struct err *e)
{
    struct buf rel = {0};
    int fd;

    if (en->pack == NULL)
        return tree_open_file(&c->source, path, O_RDONLY, 0, e);
    buf_printf(&rel, "%s/%s", en->pack, path);
    fd = tree_open_file(&s->tree, buf_cstr(&rel), O_RDONLY, 0, e);
    buf_free(&rel);
    return fd;
}
