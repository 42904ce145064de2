/* What the upgrade adds: files of the release that the old version does not have, the mark of a half upgrade that a restore leaves behind. */
#include "platform/prestashop/plan_case.h"

#include <sys/stat.h>

struct adding {
    const struct ps_case *c;
    backup_found *each;
    void *arg;
    struct buf rel;
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

int ps_upgrade_adds(struct store *s, const struct plan *p, backup_found *each, void *arg, struct err *e)
{
    struct adding a = {.c = ps_plan_case(p), .each = each, .arg = arg};
    int rc = 0;

    (void)s;
    /* Files of the release that the backup has as well are its own: the caller compares. */
    if (a.c && a.c->release.tree && a.c->release.dir)
        rc = tree_walk(a.c->release.tree, a.c->release.dir, see, NULL, &a, e);
    buf_free(&a.rel);
    return rc;
}
