/* What the upgrade adds: files of the release that the old version does not have, the mark of a half upgrade that a restore leaves behind. */
#include "platform/opencart/plan_parts.h"
#include "sys/archive.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct adding {
    struct store *s;
    const struct oc_case *c;
    backup_found *each;
    void *arg;
    struct buf rel;
};

/* Where the store has the release's file. False: it has not, or it is no part of the shop. */
static bool stores_path(struct adding *a, struct str path)
{
    const struct oc *x = a->s->own;
    struct str rest = path;

    if (str_starts(rest, STR("install/")) || str_starts(rest, STR("image/")) || str_is(rest, "config.php") || str_ends(rest, STR("config-dist.php")))
        return false;
    buf_reset(&a->rel);
    if (str_skip(&rest, STR("admin/"))) {
        if (str_is(rest, "config.php"))
            return false;
        buf_printf(&a->rel, "%s/", x->admin ? x->admin : "admin");
    } else if (str_skip(&rest, STR("system/storage/"))) {
        if (x->storage == NULL)
            return false;
        buf_printf(&a->rel, "%s/", x->storage);
    }
    buf_addstr(&a->rel, rest);
    return rest.n > 0 && str_is_safe_path(buf_str(&a->rel));
}

static int take(struct adding *a, const char *path, struct err *e)
{
    const char *dir = a->c->release.dir;
    struct str rest = str_of(path);

    if (dir[0] && (!str_skip(&rest, str_of(dir)) || !str_skip(&rest, STR("/"))))
        return 0;
    return stores_path(a, rest) ? a->each(a->arg, buf_cstr(&a->rel), e) : 0;
}

static int see(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    return S_ISREG(st->st_mode) ? take(arg, rel, e) : 0;
}

/* What of a damaged archive can't be read was not unpacked either. */
static int see_archive(struct adding *a, struct err *e)
{
    struct err ignored = {0};
    struct archive_item item;
    struct archive_src *src = NULL;
    int fd = oc_release_open(a->s, &a->c->release, &ignored);
    int rc = 0;

    if (fd >= 0)
        src = archive_src_open(a->s->tree.ops, fd, a->c->release.archive, NULL, &ignored);
    while (src && rc == 0 && archive_src_next(src, &item, &ignored) == 1)
        rc = item.is_dir ? 0 : take(a, item.path, e);
    archive_src_close(src);
    if (fd >= 0)
        close(fd);
    return rc;
}

int oc_upgrade_adds(struct store *s, const struct plan *p, backup_found *each, void *arg, struct err *e)
{
    struct adding a = {.s = s, .c = oc_plan_case(p), .each = each, .arg = arg};
    int rc = 0;

    /* Files that the backup has as well are its own: the caller compares. */
    if (a.c && a.c->release.dir && a.c->release.archive)
        rc = see_archive(&a, e);
    else if (a.c && a.c->release.dir && a.c->release.has_own)
        rc = tree_walk(&a.c->release.own, a.c->release.dir, see, NULL, &a, e);
    buf_free(&a.rel);
    return rc;
}
