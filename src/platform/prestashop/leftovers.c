/*
 * What upgrades and restores leave behind. As long as an upgrade is not ended, its state files, the unpacked release and the archives stay: they
 * are what it is resumed by.
 */
#include "format/ps_names.h"
#include "platform/prestashop/ps.h"

#include <dirent.h>
#include <string.h>

struct left {
    struct store *s;
    leftover_fn *each;
    void *arg;
    bool needed;
    const char *dir;
    const char *workspace;
    struct arena mem;
};

static int tell(struct left *l, const char *kind, const char *path, const char *why, struct err *e)
{
    return l->each(l->arg, arena_printf(&l->mem, "%s:%s", kind, path), why, e);
}

static int list(struct left *l, const char *dir, tree_each *each, struct err *e)
{
    l->dir = dir;
    return tree_exists(&l->s->tree, dir) ? tree_list(&l->s->tree, dir, each, l, e) : 0;
}

static const char *below(struct left *l, const char *name)
{
    return arena_printf(&l->mem, "%s/%s", l->dir, name);
}

static int see_state(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;
    struct str n = str_of(name);

    if (type != DT_REG || l->needed || (!str_ends(n, STR(".list")) && (!str_starts(n, STR("state_")) || !str_ends(n, STR(".var")))))
        return 0;
    return tell(l, "file", below(l, name), "state of an upgrade that is over; the module may go on from it", e);
}

static int see_download(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;
    struct str n = str_of(name);

    if (type != DT_REG || l->needed || (!str_ends(n, STR(".zip")) && !str_ends(n, STR(".xml"))))
        return 0;
    return tell(l, "file", below(l, name), "the release of an upgrade that is over", e);
}

/* libzip writes "x.zip.aB3dEf" beside the archive and renames it; with a PHP that was killed it stays. */
static int see_backup(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;
    struct ps_name n;
    struct str s = str_of(name);
    size_t dot = str_rchr(s, '.');

    if (type != DT_REG || dot == SIZE_MAX || s.n - dot != 7 || !ps_name_read(str_sub(s, 0, dot), &n) || n.kind != PS_NAME_FILES)
        return 0;
    return tell(l, "file", below(l, name), "a backup's archive that was being written when PHP was killed", e);
}

static int look_into(struct left *l, struct err *e)
{
    static const struct {
        const char *name;
        const char *why;
    } dirs[] = {
        {"latest", "the unpacked release of an upgrade that is over"},
        {"tmp/releases", "the unpacked release of an upgrade that is over"},
        {"tmp/modules", "archives of modules that an upgrade has fetched"},
        {"tmp/files", "temporary files of an upgrade that is over"},
    };
    int rc = list(l, l->workspace, see_state, e);

    if (rc == 0)
        rc = list(l, arena_printf(&l->mem, "%s/download", l->workspace), see_download, e);
    for (size_t i = 0; rc == 0 && !l->needed && i < sizeof dirs / sizeof *dirs; i++) {
        const char *dir = arena_printf(&l->mem, "%s/%s", l->workspace, dirs[i].name);

        if (tree_exists(&l->s->tree, dir))
            rc = tell(l, "dir", dir, dirs[i].why, e);
    }
    return rc == 0 ? list(l, arena_printf(&l->mem, "%s/backup", l->workspace), see_backup, e) : rc;
}

static int see_top(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;

    if (type != DT_DIR)
        return 0;
    l->workspace = arena_printf(&l->mem, "%s/autoupgrade", name);
    return strcmp(name, "modules") != 0 && tree_exists(&l->s->tree, l->workspace) ? look_into(l, e) : 0;
}

static int copies(struct left *l, struct err *e)
{
    static const struct {
        const char *copy;
        const char *of;
    } list_of[] = {
        {"config/settings.inc.php.bck", "config/settings.inc.php"},
        {"config/settings.old.php", "app/config/parameters.php"},
    };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof list_of / sizeof *list_of; i++)
        if (!l->needed && tree_exists(&l->s->tree, list_of[i].copy) && tree_exists(&l->s->tree, list_of[i].of))
            rc = tell(l, "file", list_of[i].copy, "copy of the old configuration, with the database's password in it", e);
    return rc;
}

int ps_leftovers(struct store *s, const struct plan *p, leftover_fn *each, void *arg, struct err *e)
{
    const struct ps *x = s->own;
    struct left l = {.s = s, .each = each, .arg = arg};
    int rc;

    l.needed = p->state == UPGRADE_INTERRUPTED || p->state == UPGRADE_UNKNOWN;
    rc = tree_list(&s->tree, "", see_top, &l, e);
    if (rc == 0)
        rc = copies(&l, e);
    if (rc == 0 && !l.needed && x->version_install && tree_exists(&s->tree, "install"))
        rc = tell(&l, "dir", "install", "the installer of a release: whoever opens it can set the shop up anew", e);
    arena_free(&l.mem);
    return rc;
}
