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
    struct arena mem;
};

/* Pictures and configurations are the shop's own. */
static bool is_added(struct str rel)
{
    return !str_starts(rel, STR("image/")) && !str_is(rel, "config.php") && !str_is(rel, "admin/config.php") && !str_ends(rel, STR("config-dist.php"));
}

static int take(struct adding *a, const char *path, struct err *e)
{
    const char *dir = a->c->release.dir;
    struct str rel = str_of(path);
    struct str real;

    if (dir[0] && (!str_skip(&rel, str_of(dir)) || !str_skip(&rel, STR("/"))))
        return 0;
    if (!str_is_safe_path(rel) || !is_added(rel) || !oc_real_path(a->s, rel, &a->mem, &real))
        return 0;
    return a->each(a->arg, arena_dup(&a->mem, real.p, real.n), e);
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
    arena_free(&a.mem);
    return rc;
}
