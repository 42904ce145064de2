#include "platform/source_files.h"

#include "sys/archive.h"
#include "sys/hash_files.h"
#include "sys/hash_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct walk {
    struct source_files *out;
    VEC(struct hash_job) jobs;
};

static int take_path(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct walk *w = arg;

    (void)e;
    if (S_ISREG(st->st_mode))
        *vec_push(&w->jobs) = (struct hash_job){
            .rel = arena_strdup(&w->out->mem, rel), .alg = HASH_MD5, .want_size = HASH_ANY_SIZE};
    return 0;
}

static int hash_as_text(const struct tree *t, const char *rel, struct source_file *f, struct err *e)
{
    int fd = tree_open_file(t, rel, O_RDONLY, 0, e);
    int r;

    if (fd < 0)
        return -1;
    r = hash_text_fd(t->ops, fd, HASH_MD5, &f->text);
    if (r < 0)
        tree_fail(t, rel, "read", e);
    f->has_text = r > 0;
    t->ops->close(fd);
    return r < 0 ? -1 : 0;
}

int source_files_tree(const struct tree *t, const char *rel, const char *shown, struct source_files *out, struct err *e)
{
    struct walk w = {.out = out};
    size_t root = strlen(rel);
    int rc = tree_walk(t, root ? rel : ".", take_path, NULL, &w, e);

    if (rc == 0)
        hash_files(t, w.jobs.v, w.jobs.n, NULL);
    for (size_t i = 0; rc == 0 && i < w.jobs.n; i++) {
        struct str path = str_of(w.jobs.v[i].rel);
        struct source_file *f = vec_push(&out->all);

        if (root)
            path = str_sub(path, root + 1, path.n);
        str_skip(&path, STR("./"));
        f->path = path.p;
        f->digest = w.jobs.v[i].digest;
        if (w.jobs.v[i].state != HASH_DONE)
            rc = err_set(e, ERR_IO, "%s: %s can't be read", shown, f->path);
        else if (out->texts)
            rc = hash_as_text(t, w.jobs.v[i].rel, f, e);
    }
    free(w.jobs.v);
    return rc;
}

static int hash_item(struct archive_src *a, bool texts, struct source_file *f, struct err *e)
{
    struct hash h;
    struct hash_text t;
    char piece[16384];
    ssize_t n;

    hash_start(&h, HASH_MD5);
    hash_text_start(&t, HASH_MD5);
    while ((n = archive_src_read(a, piece, sizeof piece, e)) > 0) {
        hash_add(&h, piece, (size_t)n);
        if (texts)
            hash_text_add(&t, piece, (size_t)n);
    }
    hash_end(&h, &f->digest);
    f->has_text = texts && hash_text_end(&t, &f->text);
    return n < 0 ? -1 : 0;
}

int source_files_archive(int fd, const char *shown, struct source_files *out, struct err *e)
{
    struct archive_src *a = archive_src_open(NULL, fd, shown, NULL, e);
    struct archive_item item;
    int rc = -1;

    while (a && (rc = archive_src_next(a, &item, e)) == 1) {
        struct source_file *f;

        if (item.is_dir)
            continue;
        f = vec_push(&out->all);
        f->path = arena_strdup(&out->mem, item.path);
        if (hash_item(a, out->texts, f, e) < 0) {
            rc = -1;
            break;
        }
    }
    archive_src_close(a);
    return rc;
}

int source_files_given(const char *given, struct source_files *out, struct err *e)
{
    const char *shown = arena_printf(&out->mem, "--source %s", given);
    struct tree t = {0};
    struct stat st;
    int rc;
    int fd;

    if (stat(given, &st) < 0)
        return err_set(e, ERR_ABSENT, "%s: %s", shown, strerror(errno));
    if (S_ISDIR(st.st_mode)) {
        rc = tree_open(&t, given, e);
        if (rc == 0)
            rc = source_files_tree(&t, "", shown, out, e);
        tree_close(&t);
        return rc;
    }
    fd = open(given, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_sys(e, "%s", shown);
    rc = source_files_archive(fd, given, out, e);
    close(fd);
    return rc;
}

bool source_files_root(const struct source_files *f, struct str mark, struct str *root)
{
    bool found = false;

    for (size_t i = 0; i < f->all.n; i++) {
        struct str path = str_of(f->all.v[i].path);

        if (!str_chop(&path, mark) || (path.n > 0 && path.p[path.n - 1] != '/'))
            continue;
        if (!found || path.n < root->n)
            *root = path;
        found = true;
    }
    return found;
}

void source_files_free(struct source_files *f)
{
    free(f->all.v);
    arena_free(&f->mem);
}
