/* What an upgrade's package adds: the mark of a half upgrade that a restore of the old version leaves behind. */
#include "platform/cscart/cs.h"
#include "platform/cscart/plan_case.h"

const char *const cs_code_dirs[] = {"app", "design", "js", "var/themes_repository", "var/langs", "var/snapshots", NULL};

int cs_upgrade_adds(struct store *s, const struct plan *p, backup_found *each, void *arg, struct err *e)
{
    const struct cs_case *c = p->own;
    struct buf rel = {0};
    int rc = 0;

    (void)s;
    if (c == NULL || !c->has_package)
        return 0;
    for (size_t i = 0; rc == 0 && i < c->package.files.n; i++) {
        struct str path = c->package.files.v[i].path;

        if (c->package.files.v[i].status != CS_FILE_NEW)
            continue;
        buf_reset(&rel);
        buf_addstr(&rel, path);
        rc = each(arg, buf_cstr(&rel), e);
        /* A new file of a theme in the repository is copied to the theme of that name as well. */
        if (rc != 0 || !str_skip(&path, STR("var/themes_repository/")))
            continue;
        buf_reset(&rel);
        buf_printf(&rel, "design/themes/%.*s", STR_FMT(path));
        rc = each(arg, buf_cstr(&rel), e);
    }
    buf_free(&rel);
    return rc;
}
