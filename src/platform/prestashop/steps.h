/* Carrying out the steps of a PrestaShop plan, private to this folder. All keep the contract of platform.run: in a dry run they say
 * what would be done. */
#ifndef PLATFORM_PRESTASHOP_STEPS_H
#define PLATFORM_PRESTASHOP_STEPS_H

#include "platform/prestashop/plan_case.h"

/* step_unpack.c: the release's archive, the inner one too, into the place where the module unpacks it. */
int ps_run_unpack(struct store *s, struct ps_case *c, struct work *w, struct err *e);
int ps_recheck_unpack(struct store *s, struct ps_case *c, struct err *e);

/* step_version.c: in 1.6 the version in config/settings.inc.php; nothing in later ones. */
int ps_run_version(struct store *s, struct ps_case *c, struct work *w, struct err *e);

/* step_files.c */
int ps_run_files(struct store *s, struct ps_case *c, struct work *w, struct err *e);
int ps_recheck_files(struct store *s, struct ps_case *c, struct err *e);

/* step_labels.c: one language from a pack that is at hand. Without one nothing is done, in plain words: the old texts stay. */
int ps_run_language(struct store *s, struct ps_case *c, const char *iso, struct work *w, struct err *e);
int ps_recheck_language(struct store *s, struct ps_case *c, const char *iso, struct err *e);

/* step_modules.c: upgrade functions of one module through the store's PHP, then its version; UA_ names back. */
int ps_run_module(struct store *s, struct ps_case *c, const char *name, struct work *w, struct err *e);
int ps_recheck_module(struct store *s, struct ps_case *c, const char *name, struct err *e);
int ps_run_unquarantine(struct store *s, struct ps_case *c, struct work *w, struct err *e);
int ps_recheck_unquarantine(struct store *s, struct err *e);
/* Switches off modules that are not native, as the module does before the SQL, keeping their shop links in the journal. */
int ps_run_modules_off(struct store *s, struct ps_case *c, struct work *w, struct err *e);
int ps_recheck_modules_off(struct store *s, struct err *e);

/* module_code.c: runs one upgrade function of a module ("modules/x/upgrade/upgrade-1.2.0.php") through the store's PHP; with file NULL
 * only the module's own disable(). *refused: the function itself ended, but said that it failed, or threw. Errors as php_call_run. */
int ps_module_call(struct store *s, const char *name, const char *file, struct work *w, bool *refused, struct err *e);
/* Has the store write its .htaccess anew. */
int ps_htaccess_call(struct store *s, struct work *w, struct err *e);

/* step_end.c: .htaccess through the store's PHP, XML lists, overrides, class index. */
int ps_run_htaccess(struct store *s, struct ps_case *c, struct work *w, struct err *e);
int ps_run_overrides(struct store *s, struct ps_case *c, struct work *w, struct err *e);
/* Tabs of the back office get positions without gaps, as the end of every upgrade gives them. */
int ps_run_tabs(struct store *s, struct work *w, struct err *e);
int ps_recheck_overrides(struct store *s, const struct ps_case *c, struct err *e);

#endif
