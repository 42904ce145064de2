/* CS-Cart and Multi-Vendor 4.x as a platform. */
#include "platform/cscart/cs.h"
#include "platform/cscart/upgrade.h"

/* There is no compiled code: what is cleared fills by itself. */
static int cache_rebuild(struct store *s, struct work *w, struct err *e)
{
    w->say(w, "CS-Cart compiles nothing ahead: its caches are cleared and fill by themselves");
    return cs_cache_clear(s, w, e);
}

const struct platform cscart = {
    .name = "cscart",
    .title = "CS-Cart",
    .looks_at = "app/Tygh, js/tygh, config.php and config.local.php of CS-Cart or Multi-Vendor 4",
    .recognise = cs_recognise,
    .load = cs_load,
    .php_want = cs_php_want,
    .plan = cs_plan,
    .run = cs_run,
    .recheck = cs_recheck,
    .manifest = cs_manifest,
    .is_volatile = cs_is_volatile,
    .gate = cs_gate,
    .set_gate = cs_set_gate,
    .cache_clear = cs_cache_clear,
    .cache_rebuild = cache_rebuild,
    .labels = cs_labels,
    .logs = cs_logs,
    .table_heads = cs_table_heads,
    .backup_find = cs_backup_find,
    .backup_hint = cs_backup_hint,
    .backup_role = cs_backup_role,
    .version_files = cs_version_files,
    .version_in = cs_version_in,
    .code_dirs = cs_code_dirs,
    .upgrade_adds = cs_upgrade_adds,
    .backup_judge = cs_backup_judge,
    .restored = cs_restored,
    .leftovers = cs_leftovers,
    .addons_list = cs_addons_list,
    .addons_set = cs_addons_set,
    .admins = cs_admins,
    .admin_password = cs_admin_password,
};
