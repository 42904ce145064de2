#include "platform/cscart/source.h"

#include "platform/cscart/cs.h"
#include "sys/archive.h"
#include "sys/hash_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file {
    const char *path; /* as it lies there */
    struct digest digest;
};

struct source {
    struct store *s;
    const char *given;
    struct arena mem;
    VEC(struct file) files;
    VEC(struct hash_job) jobs;
};

static int take_path(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct source *src = arg;

    (void)e;
    if (S_ISREG(st->st_mode))
        *vec_push(&src->jobs) = (struct hash_job){
            .rel = arena_strdup(&src->mem, rel), .alg = HASH_MD5, .want_size = HASH_ANY_SIZE};
    return 0;
}

static int read_tree(struct source *src, struct err *e)
{
    struct tree t = {0};
    int rc = tree_open(&t, src->given, e);

    if (rc == 0)
        rc = tree_walk(&t, ".", take_path, NULL, src, e);
    if (rc == 0)
        hash_files(&t, src->jobs.v, src->jobs.n, NULL);
    for (size_t i = 0; rc == 0 && i < src->jobs.n; i++) {
        struct str path = str_of(src->jobs.v[i].rel);
        struct file *f = vec_push(&src->files);

        str_skip(&path, STR("./"));
        f->path = path.p;
        f->digest = src->jobs.v[i].digest;
        if (src->jobs.v[i].state != HASH_DONE)
            rc = err_set(e, ERR_IO, "--source %s: %s can't be read", src->given, f->path);
    }
    tree_close(&t);
    return rc;
}

static int hash_item(struct archive_src *a, struct digest *out, struct err *e)
{
    struct hash h;
    char piece[16384];
    ssize_t n;

    hash_start(&h, HASH_MD5);
    while ((n = archive_src_read(a, piece, sizeof piece, e)) > 0)
        hash_add(&h, piece, (size_t)n);
    hash_end(&h, out);
    return n < 0 ? -1 : 0;
}

static int read_archive(struct source *src, struct err *e)
{
    int fd = open(src->given, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct archive_src *a = NULL;
    struct archive_item item;
    int rc = -1;

    if (fd < 0)
        return err_sys(e, "--source %s", src->given);
    a = archive_src_open(NULL, fd, src->given, NULL, e);
    while (a && (rc = archive_src_next(a, &item, e)) == 1) {
        struct file *f;

        if (item.is_dir)
            continue;
        f = vec_push(&src->files);
        f->path = arena_strdup(&src->mem, item.path);
        if (hash_item(a, &f->digest, e) < 0) {
            rc = -1;
            break;
        }
    }
    archive_src_close(a);
    close(fd);
    return rc;
}

/* The shortest folder that has app/: "" for a tree as it is, "package/" in a package, "cscart-4.18.1/" in some distributions. */
static bool find_root(const struct source *src, struct str *root)
{
    bool found = false;

    for (size_t i = 0; i < src->files.n; i++) {
        struct str path = str_of(src->files.v[i].path);
        size_t at = str_starts(path, STR("app/")) ? 0 : str_find(path, STR("/app/"), 0);

        if (at == SIZE_MAX)
            continue;
        if (at > 0)
            at++;
        if (!found || at < root->n) {
            *root = str_sub(path, 0, at);
            found = true;
        }
    }
    return found;
}

static struct str stores_name(const struct store *s, struct str path)
{
    const struct cs *x = s->own;

    if (str_is(path, "admin.php"))
        return str_of(x->admin);
    if (str_is(path, "vendor.php"))
        return str_of(x->vendor);
    return path;
}

int cs_source_manifest(struct store *s, const char *given, struct manifest *m, struct err *e)
{
    struct source src = {.s = s, .given = given};
    struct str root = {0};
    struct stat st;
    int rc;

    if (stat(given, &st) < 0)
        return err_set(e, ERR_ABSENT, "--source %s: %s", given, strerror(errno));
    rc = S_ISDIR(st.st_mode) ? read_tree(&src, e) : read_archive(&src, e);
    if (rc == 0 && !find_root(&src, &root)) {
        rc = err_set(e, ERR_ABSENT, "--source %s holds no CS-Cart: looked for a folder app", given);
        err_fix(e, "name the folder of an unpacked distribution or package, or its archive");
    }
    for (size_t i = 0; rc == 0 && i < src.files.n; i++) {
        struct str path = str_of(src.files.v[i].path);

        if (str_skip(&path, root))
            manifest_add(m, stores_name(s, path), &src.files.v[i].digest, given);
    }
    free(src.files.v);
    free(src.jobs.v);
    arena_free(&src.mem);
    return rc;
}
