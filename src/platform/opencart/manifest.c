/*
 * What the files have to be. OpenCart publishes no checksums, so a release itself is needed: the one that --source names, or the archive
 * that the upgrade of 4.x downloaded, when it is of the code's version.
 */
#include "base/plural.h"
#include "platform/opencart/places.h"
#include "platform/source_files.h"
#include "sys/archive.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK      "system/startup.php"
#define INDEX     "index.php"
#define INDEX_MAX ((size_t)256 * 1024)

#define STORAGE "system/storage"

const char *oc_storage_of_release(const struct store *s)
{
    const struct oc *x = s->own;

    /* 2.0 and 2.1 have no such folder: what a later release brings for it lies where it always does. */
    return x->storage && strcmp(x->storage, "system") == 0 ? STORAGE : x->storage;
}

bool oc_real_path(const struct store *s, struct str listed, struct arena *mem, struct str *real)
{
    const struct oc *x = s->own;
    struct str rest;
    struct str top = str_cut(listed, '/', &rest);
    const char *storage = oc_storage_of_release(s);

    *real = listed;
    if (str_is(top, "install"))
        return false;
    if (str_is(top, "admin") && rest.p && x->admin && strcmp(x->admin, "admin") != 0)
        *real = str_of(arena_printf(mem, "%s/%.*s", x->admin, STR_FMT(rest)));
    rest = listed;
    if (!str_skip(&rest, STR(STORAGE "/")))
        return true;
    if (storage && strcmp(storage, STORAGE) != 0)
        *real = str_of(arena_printf(mem, "%s/%.*s", storage, STR_FMT(rest)));
    return storage != NULL;
}

/* What a release has for the storage, where that is outside of the store; path is below it then. */
static bool is_aside(const struct store *s, struct str listed, struct str *path)
{
    const struct oc *x = s->own;

    *path = listed;
    return x->storage == NULL && str_skip(path, STR(STORAGE "/"));
}

/* ---- a release ---- */

struct adding {
    struct store *s;
    struct manifest *m;
    const char *shown;
    size_t unreached; /* files of a storage that can't be looked at */
};

/* Of the storage only code is the same in every shop. */
static void add_aside(struct adding *a, struct str path, const struct source_file *f)
{
    if (!str_starts(path, STR("vendor/")))
        return;
    if (a->s->aside.path == NULL) {
        a->unreached++;
        return;
    }
    manifest_add_text(a->m, path, &f->digest, f->has_text ? &f->text : NULL, a->shown);
    a->m->entries.v[a->m->entries.n - 1].aside = true;
}

static int add_files(struct adding *a, const struct source_files *src, struct err *e)
{
    struct arena mem = {0};
    struct str root = {0};
    bool found = source_files_root(src, STR(MARK), &root);

    for (size_t i = 0; found && i < src->all.n; i++) {
        const struct source_file *f = &src->all.v[i];
        struct str path = str_of(f->path);
        struct str real;

        if (!str_skip(&path, root))
            continue;
        if (is_aside(a->s, path, &real))
            add_aside(a, real, f);
        else if (oc_real_path(a->s, path, &mem, &real))
            manifest_add_text(a->m, real, &f->digest, f->has_text ? &f->text : NULL, a->shown);
    }
    arena_free(&mem);
    if (found)
        return 0;
    err_set(e, ERR_ABSENT, "%s holds no OpenCart: looked for " MARK, a->shown);
    return err_fix(e, "name the zip of a release, or the folder that it was unpacked to");
}

/* ---- its version ---- */

static const char *version_of_archive(int fd, const char *shown, struct str root, struct arena *mem)
{
    struct err ignored = {0};
    struct archive_src *a = lseek(fd, 0, SEEK_SET) == 0 ? archive_src_open(NULL, fd, shown, NULL, &ignored) : NULL;
    const char *want = arena_printf(mem, "%.*s" INDEX, STR_FMT(root));
    struct archive_item item;
    struct buf text = {0};
    const char *version = NULL;
    ssize_t n;

    while (a && archive_src_next(a, &item, &ignored) == 1) {
        if (strcmp(item.path, want) != 0)
            continue;
        while (text.n < INDEX_MAX && (n = archive_src_read(a, buf_room(&text, 4096), 4096, &ignored)) > 0)
            text.n += (size_t)n;
        version = oc_version_in(buf_str(&text), mem);
        break;
    }
    archive_src_close(a);
    buf_free(&text);
    return version;
}

static const char *version_of_tree(const struct tree *t, struct str root, struct arena *mem)
{
    struct buf text = {0};
    struct err ignored = {0};
    const char *version = NULL;

    if (tree_read(t, arena_printf(mem, "%.*s" INDEX, STR_FMT(root)), INDEX_MAX, &text, &ignored) == 0)
        version = oc_version_in(buf_str(&text), mem);
    buf_free(&text);
    return version;
}

/* What is compared with, with all that has to be known of it. */
static const char *origin_of(struct adding *a, const char *version)
{
    struct store *s = a->s;
    struct buf out = {0};
    const char *other = oc_version_or(version);
    const char *text;

    buf_adds(&out, a->shown);
    if (version)
        buf_printf(&out, ", OpenCart %s", version);
    if (other)
        buf_printf(&out, " or %s (which names itself so as well)", other);
    if (version && s->version && strcmp(version, s->version) != 0)
        buf_printf(&out, "; the store's own code names itself %s", s->version);
    if (a->unreached > 0)
        buf_printf(&out, "; %zu file%s of the storage, which can't be reached, %s not compared", a->unreached, plural(a->unreached, "", "s"),
                   plural(a->unreached, "was", "were"));
    text = arena_dup(&s->mem, out.p, out.n);
    buf_free(&out);
    return text;
}

/* ---- where it is ---- */

static int add_archive(struct adding *a, int fd, const char **origin, struct err *e)
{
    struct source_files src = {.texts = true};
    struct str root = {0};
    int rc = source_files_archive(fd, a->shown, &src, e);

    if (rc == 0)
        rc = add_files(a, &src, e);
    if (rc == 0 && source_files_root(&src, STR(MARK), &root))
        *origin = origin_of(a, version_of_archive(fd, a->shown, root, &a->s->mem));
    source_files_free(&src);
    return rc;
}

static int add_tree(struct adding *a, const char *given, const char **origin, struct err *e)
{
    struct source_files src = {.texts = true};
    struct tree t = {0};
    struct str root = {0};
    int rc = tree_open(&t, given, e);

    if (rc == 0)
        rc = source_files_tree(&t, "", a->shown, &src, e);
    if (rc == 0)
        rc = add_files(a, &src, e);
    if (rc == 0 && source_files_root(&src, STR(MARK), &root))
        *origin = origin_of(a, version_of_tree(&t, root, &a->s->mem));
    tree_close(&t);
    source_files_free(&src);
    return rc;
}

static int add_given(struct adding *a, const char *given, const char **origin, struct err *e)
{
    struct stat st;
    int fd;
    int rc;

    if (stat(given, &st) < 0) {
        err_sys(e, "%s", a->shown);
        e->kind = ERR_ABSENT;
        return -1;
    }
    if (S_ISDIR(st.st_mode))
        return add_tree(a, given, origin, e);
    fd = open(given, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_sys(e, "%s", a->shown);
    rc = add_archive(a, fd, origin, e);
    close(fd);
    return rc;
}

/* The archive that the back office of 4.x has downloaded, of the version that the code says it is. */
static int open_download(struct store *s, const char **shown)
{
    const struct oc *x = s->own;
    const char *name = arena_printf(&s->mem, "opencart-%s.zip", s->version);
    static const char *const usual[] = {STORAGE "/download", NULL};
    struct oc_place places[OC_PLACES];
    size_t n = oc_places(s, x->download, x->aside_download, usual, places);

    for (size_t i = 0; i < n; i++) {
        const char *rel = arena_printf(&s->mem, "%s/%s", places[i].dir, name);
        struct err ignored = {0};
        int fd = tree_open_file(oc_tree(s, places[i].aside), rel, O_RDONLY, 0, &ignored);

        if (fd >= 0) {
            *shown = places[i].aside ? arena_printf(&s->mem, "%s/%s", s->aside_path, rel) : rel;
            return fd;
        }
    }
    return -1;
}

int oc_manifest(struct store *s, struct manifest *m, const char **origin, struct err *e)
{
    struct adding a = {.s = s, .m = m};
    int fd;
    int rc;

    if (s->opts && s->opts->source) {
        a.shown = arena_printf(&s->mem, "--source %s", s->opts->source);
        *origin = a.shown;
        return add_given(&a, s->opts->source, origin, e);
    }
    fd = s->version ? open_download(s, &a.shown) : -1;
    if (fd < 0) {
        err_set(e, ERR_ABSENT, "OpenCart publishes no checksums, and no release is at hand to compare with");
        return err_fix(e, "name the zip of %s%s, or the folder that it was unpacked to, with --source",
                       s->version ? "release " : "the release that the shop is to be", s->version ? s->version : "");
    }
    *origin = a.shown;
    rc = add_archive(&a, fd, origin, e);
    close(fd);
    return rc;
}
