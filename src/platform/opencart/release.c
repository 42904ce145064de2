/*
 * Where the files of the target version are: what --source names, or the archive that the back office of 4.x downloaded. An archive holds the shop in
 * some folder ("opencart-4.1.0.4/upload/"), which is known by its system/startup.php.
 */
#include "platform/opencart/plan_parts.h"
#include "sys/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* index.php is a few kilobytes. */
#define INDEX_MAX ((size_t)1024 * 1024)
#define STARTUP   "system/startup.php"

void oc_release_close(struct oc_release *r)
{
    if (r->has_own)
        tree_close(&r->own);
    memset(r, 0, sizeof *r);
}

/* ---- a folder ---- */

static bool is_release(const struct tree *t, const char *dir, struct arena *mem)
{
    return tree_exists(t, arena_join(mem, dir, "index.php")) && tree_exists(t, arena_join(mem, dir, STARTUP));
}

struct looking {
    const struct tree *t;
    struct arena *mem;
    const char *found;
};

static int look_below(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct looking *l = arg;
    const char *upload = arena_printf(l->mem, "%s/upload", name);

    (void)e;
    if (type != DT_DIR)
        return 0;
    if (is_release(l->t, upload, l->mem))
        l->found = upload;
    else if (is_release(l->t, name, l->mem))
        l->found = arena_strdup(l->mem, name);
    return l->found != NULL;
}

static int take_folder(struct oc_case *c, const char *given, struct err *e)
{
    struct oc_release *r = &c->release;
    struct looking l = {.t = &r->own, .mem = c->mem};
    struct buf php = {0};
    struct err ignored = {0};

    if (tree_open(&r->own, given, e) < 0)
        return -1;
    r->has_own = true;
    if (is_release(&r->own, "upload", c->mem))
        l.found = "upload";
    else if (is_release(&r->own, "", c->mem))
        l.found = "";
    else
        tree_list(&r->own, "", look_below, &l, &ignored);
    if (l.found == NULL) {
        oc_release_close(r);
        err_set(e, ERR_ABSENT, "--source %s holds no OpenCart: looked for index.php and " STARTUP ", also in a folder upload", given);
        return err_fix(e, "name the folder of an unpacked release, or its zip");
    }
    r->dir = l.found;
    r->shown = given;
    if (tree_read(&r->own, arena_join(c->mem, r->dir, "index.php"), INDEX_MAX, &php, &ignored) == 0)
        r->version = oc_version_in(buf_str(&php), c->mem);
    buf_free(&php);
    return 0;
}

/* ---- an archive ---- */

int oc_release_open(const struct store *s, const struct oc_release *r, struct err *e)
{
    const struct tree *t = oc_tree(s, r->archive_aside);
    int fd;

    if (!r->archive_given)
        return tree_open_file(t, r->archive, O_RDONLY, 0, e);
    fd = open(r->archive, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_sys(e, "--source %s", r->archive);
    return fd;
}

struct index_file {
    const char *dir;
    const char *version;
};

struct reading {
    struct arena *mem;
    VEC(struct index_file) indexes;
    const char *dir; /* the shortest that has STARTUP */
};

/* What stands in front of "/tail" or of tail alone; false when the path does not end so. */
static bool dir_before(struct str path, struct str tail, struct str *dir)
{
    *dir = path;
    if (!str_chop(dir, tail))
        return false;
    return dir->n == 0 || str_chop(dir, STR("/"));
}

static int read_index(struct archive_src *a, struct buf *out, struct err *e)
{
    ssize_t n;

    buf_reset(out);
    while (out->n < INDEX_MAX && (n = archive_src_read(a, buf_room(out, 16384), 16384, e)) != 0) {
        if (n < 0)
            return -1;
        out->n += (size_t)n;
    }
    return 0;
}

static int take_item(struct reading *x, struct archive_src *a, const struct archive_item *item, struct err *e)
{
    struct str path = str_of(item->path);
    struct str dir;

    if (item->is_dir)
        return 0;
    if (dir_before(path, STR(STARTUP), &dir) && (x->dir == NULL || dir.n < strlen(x->dir)))
        x->dir = arena_dup(x->mem, dir.n ? dir.p : "", dir.n);
    if (dir_before(path, STR("index.php"), &dir)) {
        struct buf php = {0};
        int rc = read_index(a, &php, e);
        const char *version = rc == 0 ? oc_version_in(buf_str(&php), x->mem) : NULL;

        if (version)
            *vec_push(&x->indexes) = (struct index_file){arena_dup(x->mem, dir.n ? dir.p : "", dir.n), version};
        buf_free(&php);
        return rc;
    }
    return 0;
}

/* Reads the whole list; a cut or damaged archive is an error with the place. */
static int read_archive(const struct store *s, struct oc_case *c, struct err *e)
{
    struct oc_release *r = &c->release;
    struct reading x = {.mem = c->mem};
    struct archive_item item;
    struct archive_src *a = NULL;
    int fd = oc_release_open(s, r, e);
    int rc = -1;

    if (fd >= 0)
        a = archive_src_open(NULL, fd, r->shown, NULL, e);
    while (a && (rc = archive_src_next(a, &item, e)) == 1)
        if (take_item(&x, a, &item, e) < 0) {
            rc = -1;
            break;
        }
    archive_src_close(a);
    if (fd >= 0)
        close(fd);
    if (rc == 0 && x.dir == NULL) {
        err_set(e, ERR_ABSENT, "%s holds no OpenCart: no " STARTUP " is in it", r->shown);
        rc = -1;
    }
    for (size_t i = 0; rc == 0 && i < x.indexes.n; i++)
        if (strcmp(x.indexes.v[i].dir, x.dir) == 0)
            r->version = x.indexes.v[i].version;
    r->dir = rc == 0 ? x.dir : NULL;
    free(x.indexes.v);
    return rc;
}

static int take_given(struct store *s, struct oc_case *c, struct err *e)
{
    const char *given = s->opts->source;
    struct stat st;

    if (stat(given, &st) < 0)
        return err_set(e, ERR_ABSENT, "--source %s: %s", given, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return take_folder(c, given, e);
    c->release.archive = given;
    c->release.archive_given = true;
    c->release.shown = arena_printf(c->mem, "--source %s", given);
    return read_archive(s, c, e);
}

/* The trail names it below the store, or with its whole path when it lies in a storage that was moved out. */
static bool place_of_zip(const struct store *s, struct oc_case *c)
{
    struct str path = str_of(c->trail.zip);

    c->release.archive = c->trail.zip;
    if (path.n == 0)
        return false;
    if (path.p[0] != '/')
        return true;
    c->release.archive_aside = true;
    if (s->aside_path == NULL || !str_skip(&path, str_of(s->aside_path)))
        return false;
    while (str_skip(&path, STR("/")))
        ;
    c->release.archive = arena_dup(c->mem, path.p, path.n);
    return path.n > 0;
}

static void take_zip(struct store *s, struct oc_case *c)
{
    struct err why = {0};

    if (c->trail.zip_bad || !place_of_zip(s, c)) {
        if (c->trail.zip_bad)
            c->release_other = arena_printf(c->mem, "%s is no whole archive: the download was cut, or an error page was saved", c->trail.zip);
        memset(&c->release, 0, sizeof c->release);
        return;
    }
    c->release.shown = c->trail.zip;
    if (read_archive(s, c, &why) < 0) {
        c->release_other = arena_printf(c->mem, "%s can't be used: %s", c->trail.zip, why.text);
        memset(&c->release, 0, sizeof c->release);
    }
}

int oc_release_find(struct store *s, struct oc_case *c, struct err *e)
{
    oc_release_close(&c->release);
    c->release_other = NULL;
    if (s->opts && s->opts->source)
        return take_given(s, c, e);
    if (c->trail.zip)
        take_zip(s, c);
    return 0;
}
