/*
 * What upgrades and restores by the back office leave behind. As long as an upgrade is not over, its archive and the folder install stay: they are
 * what it is resumed by. What lies in a storage outside of the store is not touched here.
 */
#include "platform/opencart/places.h"
#include "platform/opencart/plan_case.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

/* So far in front stands the first statement of a backup. */
#define HEAD 4096

struct left {
    struct store *s;
    leftover_fn *each;
    void *arg;
    const char *dir;
    struct arena mem;
};

static int tell(struct left *l, const char *kind, const char *path, const char *why, struct err *e)
{
    return l->each(l->arg, arena_printf(&l->mem, "%s:%s", kind, path), why, e);
}

static int list(struct left *l, const char *dir, tree_each *each, struct err *e)
{
    l->dir = dir;
    return dir && tree_exists(&l->s->tree, dir) ? tree_list(&l->s->tree, dir, each, l, e) : 0;
}

static const char *below(struct left *l, const char *name)
{
    return arena_printf(&l->mem, "%s/%s", l->dir, name);
}

/* "opencart-4.1.0.4.zip". */
static bool is_release(struct str name)
{
    return str_skip(&name, STR("opencart-")) && str_chop(&name, STR(".zip")) && oc_is_version(name);
}

static int see_download(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;

    if (type != DT_REG || !is_release(str_of(name)))
        return 0;
    return tell(l, "file", below(l, name), "the release of an upgrade that is over", e);
}

/* Whatever its size. */
static bool is_backup(const struct tree *t, const char *rel)
{
    char head[HEAD];
    struct err ignored = {0};
    int fd = tree_open_file(t, rel, O_RDONLY | O_NOFOLLOW, 0, &ignored);
    ssize_t n;

    if (fd < 0)
        return false;
    n = tree_read_full(t, fd, head, sizeof head);
    t->ops->close(fd);
    return n > 0 && str_has((struct str){head, (size_t)n}, STR("TRUNCATE TABLE"));
}

static int see_upload(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;

    if (type != DT_REG || !oc_is_restoring(str_of(name)) || !is_backup(&l->s->tree, below(l, name)))
        return 0;
    return tell(l, "file", below(l, name), "a backup that the back office was restoring when it was stopped; it holds all of the shop's data", e);
}

static int see_vqmod(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;
    struct str s = str_of(name);

    if (type != DT_REG || !(str_starts(s, STR("vq2-")) || str_is(s, "mods.cache") || str_is(s, "checked.cache")))
        return 0;
    return tell(l, "file", below(l, name), "vQmod's copy from before the upgrade; it makes them anew", e);
}

int oc_leftovers(struct store *s, const struct plan *p, leftover_fn *each, void *arg, struct err *e)
{
    const struct oc *x = s->own;
    /* The installer of 4.x reads it there, whatever the configuration says. */
    static const char *const usual[] = {"system/storage/download", NULL};
    struct left l = {.s = s, .each = each, .arg = arg};
    struct oc_place places[OC_PLACES];
    size_t n = oc_places(s, x->download, x->aside_download, usual, places);
    bool over = p->state == UPGRADE_FINISHED || p->state == UPGRADE_NONE;
    int rc = x->aside_upload ? 0 : list(&l, x->upload, see_upload, e);

    for (size_t i = 0; rc == 0 && over && i < n; i++)
        rc = places[i].aside ? 0 : list(&l, places[i].dir, see_download, e);
    if (rc == 0 && over)
        rc = list(&l, "vqmod/vqcache", see_vqmod, e);
    if (rc == 0 && over)
        rc = list(&l, "vqmod", see_vqmod, e);
    if (rc == 0 && over && x->install)
        rc = tell(&l, "dir", x->install, "the installer: whoever opens it can set the shop up anew, and no password stands before it", e);
    arena_free(&l.mem);
    return rc;
}
