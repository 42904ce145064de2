/* X-Cart 5.0 – 5.3 as a platform. */
#include "format/php_version.h"
#include "platform/xcart5/steps.h"

#include <string.h>

static void php_want(const struct store *s, struct php_want *want)
{
    static const char *const extensions[] = {"pdo_mysql", NULL};

    /* 5.3 refuses to be installed below PHP 5.4. */
    want->min = s->version && php_version_compare(str_of(s->version), STR("5.3")) >= 0 ? 50400 : 50300;
    want->extensions = extensions;
}

static int run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e)
{
    struct xc_case *c = p->own;
    struct xc_hook *hook;

    switch (st->kind) {
    case STEP_UNPACK:
        p->stale = true;
        return xc_run_unpack(s, c, xc_case_entry(c, str_of(st->entry)), w, e);
    case STEP_CHECK:
        return xc_run_check(s, c, w, e);
    case STEP_PRE_HOOKS:
    case STEP_POST_HOOKS:
    case STEP_REBUILD_HOOKS:
        hook = xc_case_hook(c, st->id);
        if (hook == NULL)
            return err_set(e, ERR_ABSENT, "%s: no such hook", st->id);
        return xc_run_hook(s, c, hook, w, e);
    case STEP_FILES:
        /* With --source the hooks are known only now. */
        p->stale = xc_case_entry(c, str_of(st->entry))->pack == NULL;
        return xc_run_files(s, c, xc_case_entry(c, str_of(st->entry)), w, e);
    case STEP_REBUILD:
        return xc_run_rebuild(s, c, w, e);
    case STEP_LABELS:
        return xc_run_labels(s, c, xc_case_entry(c, str_of(st->entry)), w, e);
    case STEP_CACHE:
        return xc_run_cache(s, c, w, e);
    case STEP_OPEN:
        return xc_set_gate(s, GATE_OPEN, w, e);
    case STEP_DOWNLOAD:
    case STEP_CLOSE:
    case STEP_BACKUP:
    case STEP_SCHEMA:
    case STEP_MODULES:
    case STEP_KINDS:
        break;
    }
    return err_set(e, ERR_ABSENT, "%s: the toolkit can't carry this step out", st->id);
}

static int recheck_cache(struct store *s, struct xc_case *c, struct err *e)
{
    if (xc_read_cell(s, c, e) < 0)
        return -1;
    xc_read_rebuild(s, c);
    if (c->cell.present || c->cell.held)
        return err_set(e, ERR_MISMATCH, "the upgrader's state row is still there");
    if (!c->rebuild.complete)
        return err_set(e, ERR_MISMATCH, "the cache is not complete, or was not compiled for this version");
    return 0;
}

static int recheck(struct store *s, struct plan *p, struct step *st, struct err *e)
{
    struct xc_case *c = p->own;

    switch (st->kind) {
    case STEP_FILES:
        return xc_recheck_files(s, c, xc_case_entry(c, str_of(st->entry)), e);
    case STEP_REBUILD:
        xc_read_rebuild(s, c);
        if (!c->rebuild.core_done)
            return err_set(e, ERR_MISMATCH, "the cache is not complete, or was not compiled for this version");
        return 0;
    case STEP_CACHE:
        return recheck_cache(s, c, e);
    default:
        /* Hooks report their own end; labels are counted again by the loader, packs by check. */
        return 0;
    }
}

static bool is_volatile(struct store *s, struct str path)
{
    static const char *const heads[] = {"var/", "files/", "images/", "etc/config.local.php", "etc/config.personal.php"};
    static const char *const kept[] = {"images/spacer.gif", "/.htaccess"};

    (void)s;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (str_ends(path, str_of(kept[i])))
            return false;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_starts(path, str_of(heads[i])))
            return true;
    return false;
}

const struct platform xcart5 = {
    .name = "xcart5",
    .title = "X-Cart 5",
    .looks_at = "cart.php, admin.php, top.inc.php and classes/XLite/Upgrade/Cell.php of X-Cart 5.0 to 5.3",
    .recognise = xc_recognise,
    .load = xc_load,
    .php_want = php_want,
    .plan = xc_plan,
    .run = run,
    .recheck = recheck,
    .manifest = xc_manifest,
    .is_volatile = is_volatile,
    .gate = xc_gate,
    .set_gate = xc_set_gate,
    .cache_clear = xc_cache_clear,
    .cache_rebuild = xc_cache_rebuild,
    .labels = xc_labels,
    .logs = xc_logs,
    .admins = xc_admins,
    .admin_password = xc_admin_password,
};
