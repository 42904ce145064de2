/* Between the files that make the plan of a PrestaShop upgrade, private to them. */
#ifndef PLATFORM_PRESTASHOP_PLAN_PARTS_H
#define PLATFORM_PRESTASHOP_PLAN_PARTS_H

#include "format/php_version.h"
#include "platform/prestashop/plan_case.h"

/* plan_left.c */
struct ps_left {
    struct store *s;
    struct ps_case *c;
    const char *last; /* the module asked for last, and the answer */
    bool last_left;
};
void ps_left_init(struct ps_left *l, struct store *s, struct ps_case *c);
/* True for a path of the store that the upgrade does not touch. */
bool ps_left_alone(struct ps_left *l, const char *path);
/* A PHP file of texts, into which the module puts the release's, keeping the shop's own. */
bool ps_is_texts(const char *path);
/* The version of a module in the tree of a shop or release, by its code or else its config.xml; NULL: unknown. */
const char *ps_module_version_in(const struct tree *t, const char *dir, const char *name, struct arena *mem);

/* plan_modules.c: modules whose files are newer than their row, and those that the module's list has left. */
void ps_case_modules(struct store *s, struct ps_case *c, struct mysql *db, struct err *e);
/* From 6 on an upgrade runs the upgrade functions of modules; before, it brings their files, and the back office runs these later. */
bool ps_modules_migrate(const struct store *s);
/* Sets the module's upgrade functions between its two versions, in order; none where the upgrade leaves them to the back office. */
void ps_module_scripts(struct store *s, struct ps_case *c, struct ps_module_todo *m);
/* module_zip.c: an archive of the module in the workspace, or NULL; and whether the store's files are other ones than it holds. */
const char *ps_module_zip(struct store *s, struct arena *mem, const char *name);
bool ps_module_zip_is_new(struct store *s, struct arena *mem, const char *zip);
/* plan_dumps.c: tables that the dumps of the backup make and the database lacks. */
void ps_case_missing_tables(struct store *s, struct ps_case *c, struct mysql *db);
/* The newest folder of a dump in the module's own place, or NULL; with a name, of those that are older than that one. */
const char *ps_newest_backup(struct store *s, struct ps_case *c, const char *before);
/* plan_notes.c: findings that are no part of the story. */
void ps_note_all(struct store *s, struct plan *p, struct ps_case *c);

#endif
