/*
 * What the upgrade adds: files of the release that the old version does not have, the mark of a half upgrade that a restore leaves behind;
 * those of the archives of modules that it unpacks, and of language packs.
 */
#include "platform/prestashop/plan_parts.h"
#include "sys/archive.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct adding {
    struct store *s;
    const struct ps_case *c;
    backup_found *each;
    void *arg;
    struct buf rel;
    const char *dir; /* whose archives are looked at */
    struct arena mem;
};

/* Where the release's file lies in the store. */
static bool stores_path(struct adding *a, struct str path)
{
    const char *admin = a->c->release.admin ? a->c->release.admin : "admin";
    struct str rest = path;

    str_skip(&rest, STR("/"));
    /* Images may be left out of a backup as a whole. */
    if (str_starts(rest, STR("install/")) || str_starts(rest, STR("install-dev/")) || str_starts(rest, STR("img/")))
        return false;
    buf_reset(&a->rel);
    if (a->c->trail.workspace && str_skip(&rest, str_of(admin)) && rest.n > 0 && rest.p[0] == '/') {
        struct str workspace = str_of(a->c->trail.workspace);

        buf_addstr(&a->rel, str_cut(workspace, '/', &workspace));
    } else {
        rest = path;
        str_skip(&rest, STR("/"));
    }
    buf_addstr(&a->rel, rest);
    return true;
}

static int see(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct adding *a = arg;
    const char *dir = a->c->release.dir;
    struct str path = str_of(rel);

    if (!S_ISREG(st->st_mode))
        return 0;
    if (dir[0] && (!str_skip(&path, str_of(dir)) || !str_skip(&path, STR("/"))))
        return 0;
    return stores_path(a, path) ? a->each(a->arg, buf_cstr(&a->rel), e) : 0;
}

/* Below dir lies what the archive holds; flat: by the last part of each name. What of a damaged one can't be read was not unpacked either. */
static int see_archive(struct adding *a, const char *zip, const char *dir, const char *only, bool flat, struct err *e)
{
    struct err ignored = {0};
    struct archive_item item;
    struct archive_src *src;
    int fd = tree_open_file(&a->s->tree, zip, O_RDONLY, 0, &ignored);
    int rc = 0;

    if (fd < 0)
        return 0;
    src = archive_src_open(a->s->tree.ops, fd, zip, NULL, &ignored);
    while (src && rc == 0 && archive_src_next(src, &item, &ignored) == 1) {
        struct str name = str_of(item.path);
        struct str path = name;
        size_t slash = str_rchr(name, '/');

        if (item.is_dir || (only && (!str_skip(&path, str_of(only)) || path.n == 0 || path.p[0] != '/')))
            continue;
        path = flat && slash != SIZE_MAX ? str_sub(name, slash + 1, name.n) : name;
        buf_reset(&a->rel);
        buf_printf(&a->rel, "%s/%.*s", dir, STR_FMT(path));
        if (str_is_safe_path(buf_str(&a->rel)))
            rc = a->each(a->arg, buf_cstr(&a->rel), e);
    }
    archive_src_close(src);
    a->s->tree.ops->close(fd);
    return rc;
}

static int see_module(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct adding *a = arg;
    struct str module = str_of(name);
    const char *zip;

    if (type != DT_REG || !str_chop(&module, STR(".zip")) || module.n == 0)
        return 0;
    zip = arena_printf(&a->mem, "%s/%s", a->dir, name);
    return see_archive(a, zip, "modules", arena_dup(&a->mem, module.p, module.n), false, e);
}

static int see_modules(struct adding *a, struct err *e)
{
    static const char *const places[] = {"modules", "tmp/modules", "tmp"};
    int rc = 0;

    for (size_t i = 0; a->c->trail.workspace && rc == 0 && i < sizeof places / sizeof *places; i++) {
        a->dir = arena_printf(&a->mem, "%s/%s", a->c->trail.workspace, places[i]);
        if (tree_exists(&a->s->tree, a->dir))
            rc = tree_list(&a->s->tree, a->dir, see_module, a, e);
    }
    return rc;
}

/* From 1.7 on; the packs of 1.6 hold files of texts that every version has. */
static int see_packs(struct adding *a, struct err *e)
{
    int rc = 0;

    for (size_t i = 0; a->c->to && rc == 0 && i < a->c->languages.n; i++) {
        const struct ps_language *l = &a->c->languages.v[i];

        if (l->pack && l->locale && ps_series(a->c->to) != 16)
            rc = see_archive(a, l->pack,
                             arena_printf(&a->mem, "%s/%s", ps_series(a->c->to) == 17 ? "app/Resources/translations" : "translations", l->locale),
                             NULL, true, e);
    }
    return rc;
}

int ps_upgrade_adds(struct store *s, const struct plan *p, backup_found *each, void *arg, struct err *e)
{
    struct adding a = {.s = s, .c = ps_plan_case(p), .each = each, .arg = arg};
    int rc = 0;

    /* Files of the release that the backup has as well are its own: the caller compares. */
    if (a.c && a.c->release.tree && a.c->release.dir)
        rc = tree_walk(a.c->release.tree, a.c->release.dir, see, NULL, &a, e);
    if (rc == 0 && a.c)
        rc = see_modules(&a, e);
    if (rc == 0 && a.c)
        rc = see_packs(&a, e);
    buf_free(&a.rel);
    arena_free(&a.mem);
    return rc;
}
