/*
 * OpenCart 2.0 to 4.1, private to this folder: what is known of one store without its upgrade, and what both the upgrade's side (upgrade.h) and the
 * switches of a store work with.
 *
 * Everything lives in the store's arena unless said otherwise.
 */
#ifndef PLATFORM_OPENCART_OC_H
#define PLATFORM_OPENCART_OC_H

#include "format/oc_config.h"
#include "format/schema.h"
#include "platform/platform.h"

/* Families of versions, by what their upgrade is like. */
enum oc_family {
    OC_FAMILY_UNKNOWN,
    OC_FAMILY_20, /* 2.0 and 2.1: one request does all; 2.1's does nothing */
    OC_FAMILY_22, /* 2.2 to 3.0.5: numbered files 1000.php, 1001.php, … */
    OC_FAMILY_40  /* 4.0 and later: upgrade_1.php, … */
};

/* One of the two config.php. */
struct oc_config_file {
    const char *path;   /* below the store; NULL: it is not there */
    struct oc_config c; /* valid when err is ERR_NONE; its list is the store arena's, not for oc_config_free */
    struct err err;
};

/* The store; store->own. */
struct oc {
    const char *version_catalog; /* VERSION of index.php, or NULL */
    const char *version_admin;   /* of <admin>/index.php, or NULL */
    const char *admin;           /* name of the admin directory, or NULL when none was found */
    struct oc_config_file catalog, back; /* config.php, <admin>/config.php */
    enum oc_family family;       /* of the code */
    const char *config_note;     /* what the user has to know of how the configuration was read, or NULL; of an empty config.php too, when the back
                                  * office's could be taken instead */
    bool pdo;                    /* the database is reached through PDO */
    const char *root;            /* the store's root as config.php has it, without "/" at the end; NULL: it says none */
    /* Where the configuration puts things, below the store without "/" at the end ("system/storage", in 2.0 and 2.1 "system", "image"); for what
     * lies outside of the store's root see below. Defaults of the family where it does not say. */
    const char *storage;      /* NULL: outside */
    const char *storage_full; /* the absolute path that the configuration names, when that is outside; else NULL. store->aside is that folder */
    const char *storage_link; /* below the store: a link that leads to storage_full, NULL: the configuration says it itself */
    bool storage_lost;        /* it names a place that is not there, or not this store's */
    /* Below store->tree, or, when aside_… says so, below store->aside (closed when it can't be opened). NULL: the version has none, or it is
     * elsewhere, out of reach. */
    const char *logs, *cache, *modification, *download, *upload, *backup, *image;
    bool aside_logs, aside_cache, aside_modification, aside_download, aside_upload, aside_backup;
    bool schema_sought;       /* schema_texts was asked for */
    const char *install;      /* "install" when that folder is there, else NULL */
    enum oc_family install_family;
    unsigned install_steps;   /* files of steps that it has; 0: none, or family 2.0 */
    bool modifications_changed; /* by the switching of add-ons under way */
    const char *schema_version; /* what the tables are like: the newest version they have all of; set by the plan, NULL till then */
    struct oc_schema_text *schema_texts; /* of dump_schema.c: what was found at the first call */
};

/* load.c */
bool oc_recognise(const struct tree *t);
int oc_load(struct store *s, struct err *e);
/* Reads versions and configuration again, after files of the store changed. */
void oc_reread(struct store *s);
void oc_php_want(const struct store *s, struct php_want *want);

/* False: config.php was written for another folder, so the store's PHP code would work on what is there. */
bool oc_root_is_here(const struct store *s);
/* The tree in which a place of struct oc is. */
const struct tree *oc_tree(const struct store *s, bool aside);

/*
 * config.c: both files, database, prefix, places. -1 with ERR_ABSENT or ERR_FORMAT; an empty config.php is told as what it is: the shop
 * would show its installer to every visitor.
 */
int oc_read_config(struct store *s, struct err *e);

/* version.c */
enum oc_family oc_family_of(const char *version);
/* Digits and dots, at least one dot, below 32 bytes; "5.0.0.0 Alpha" and "2.1.0.0_rc1" too. */
bool oc_is_version(struct str s);
int oc_version_compare(const char *a, const char *b);
/* What the text of a front page defines as VERSION, in mem; NULL: nothing that is a version. */
const char *oc_version_in(struct str php, struct arena *mem);
/*
 * The other release that the constant VERSION may stand for, else NULL: 3.0.1.2, 3.0.3.2, 3.0.3.7 and 3.0.3.9 carry that of the one before
 * them, 2.1.0.0 says "2.1.0.0_rc1" and 3.0.3.1 "3.0.3.1_rc".
 */
const char *oc_version_or(const char *version);

/* settings.c: rows of the table setting whose code (group in 2.0.0) is "config". */
int oc_setting_get(struct store *s, unsigned store_id, const char *key, struct buf *value, bool *found, struct err *e);
int oc_setting_set(struct store *s, unsigned store_id, const char *key, const char *value, struct err *e);
/* True in *there when the database has the table prefix + name, or that column of it (NULL: the table is asked for). */
int oc_has(struct store *s, const char *table, const char *column, bool *there, struct err *e);
/* "code", or "group" as 2.0.0 calls that column. */
int oc_setting_code(struct store *s, const char **column, struct err *e);

/* gate.c: config_maintenance of every shop of the store. */
int oc_gate(struct store *s, enum gate *now, struct err *e);
/* The main shop is in maintenance. False as well where that can't be read. */
bool oc_main_is_closed(struct store *s);
const char *oc_gate_but(struct store *s);
int oc_set_gate(struct store *s, enum gate to, struct work *w, struct err *e);

/* cache.c: cache of data and templates, and copies of modified files; index.html stays. */
int oc_cache_clear(struct store *s, struct work *w, struct err *e);
/* That of data and templates alone. */
int oc_cache_clear_data(struct store *s, struct work *w, struct err *e);
/* The copies of modified files are made anew through the store's PHP, as "Refresh" in the back office does it. */
int oc_cache_rebuild(struct store *s, struct work *w, struct err *e);
/* The copies of modified files alone, with those of vQmod; *n (may be NULL) counts them. */
int oc_modification_clear(struct store *s, struct work *w, size_t *n, struct err *e);
/* modification.c */
int oc_shadowed(struct store *s, shadowed_fn *each, void *arg, struct err *e);

/* manifest.c */
int oc_manifest(struct store *s, struct manifest *m, const char **origin, struct err *e);
bool oc_is_volatile(struct store *s, struct str path);
bool oc_real_path(const struct store *s, struct str listed, struct arena *mem, struct str *real);
/* Where this store has, or will have, what a release has in system/storage: below it; NULL: outside. */
const char *oc_storage_of_release(const struct store *s);
extern const char *const oc_strays_in[];
const char *oc_stray(struct store *s, struct str path);

/* addons.c: extensions "type/code", modifications "modification/code", events "event/code", and from 4.0 on startup and cron entries. */
int oc_addons_list(struct store *s, struct addon_list *out, struct err *e);
int oc_addons_set(struct store *s, const char *const *names, size_t n, bool on, struct work *w, struct err *e);

/* admins.c: users of the back office */
int oc_admins(struct store *s, struct admin_list *out, struct err *e);
int oc_admin_password(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out, struct err *e);

/* switches.c: events, modifications, installer (the folder install moved aside and back). */
extern const struct store_switch oc_switches[];

/* backups.c, backup_judge.c, backup_faults.c, dump_faults.c, dump_schema.c, restored.c, leftovers.c, adds.c */
int oc_backup_find(struct store *s, backup_found *found, void *arg, struct err *e);
void oc_backup_hint(struct store *s, const char *rel, struct arena *mem, struct backup_hint *out);
enum backup_role oc_backup_role(const struct store *s, struct str path);
extern const char *const oc_version_files[];
bool oc_version_file_in(struct str path, struct str bytes, char out[32]);
void oc_backup_judge(struct store *s, const struct plan *p, struct backup_list *l);
/* "bac" and the six letters and digits of a temporary name: what a restore by the back office reads, which removes it at its end. */
bool oc_is_restoring(struct str name);
extern const char *const oc_code_dirs[];
extern const char *const oc_undumped_tables[];
void oc_backup_faults(struct store *s, const struct backup *b, backup_fault *tell, void *arg);
int oc_table_source(struct store *s, const struct backup *b, const char *table, const char *const *columns, size_t n, struct buf *create,
                    struct err *why);
void oc_dump_faults(struct store *s, const struct backup *b, const struct sql_facts *f, backup_fault *fault, void *arg);
int oc_restored(struct store *s, bool files, bool db, struct work *w, struct err *e);
int oc_leftovers(struct store *s, const struct plan *p, leftover_fn *each, void *arg, struct err *e);
int oc_upgrade_adds(struct store *s, const struct plan *p, backup_found *each, void *arg, struct err *e);

#endif
