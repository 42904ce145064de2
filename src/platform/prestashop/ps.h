/*
 * PrestaShop 1.6, 1.7, 8 and 9, private to this folder: what is known of one store without its upgrade, and what both
 * the upgrade's side (upgrade.h) and the switches of a store work with.
 *
 * Everything lives in the store's arena unless said otherwise.
 */
#ifndef PLATFORM_PRESTASHOP_PS_H
#define PLATFORM_PRESTASHOP_PS_H

#include "format/ps_params.h"
#include "platform/platform.h"

/*
 * Generations of the upgrade module "autoupgrade" (1-Click Upgrade, Update assistant), by its version: what they write on disk
 * differs. From 4.11 on plain lists are stored reversed, from 6.1 on they are backlogs.
 */
enum ps_gen {
    PS_GEN_UNKNOWN, /* the module is not there, or its version can't be read */
    PS_GEN_3,       /* 1 to 3: no log; lists are read from the front */
    PS_GEN_4,       /* 4 and 5: tmp/log.txt */
    PS_GEN_6,       /* 6: backlog lists from 6.1 on */
    PS_GEN_7        /* 7: backup, update and restore apart, logs/, state files, sqlToExecute.list */
};

/* The store; store->own. */
struct ps {
    /* The places that name a version, each NULL when it does not exist or can't be read. */
    const char *version_settings; /* config/settings.inc.php */
    const char *version_autoload; /* config/autoload.php */
    const char *version_kernel;   /* app/AppKernel.php */
    const char *version_core;     /* src/Core/Version.php */
    const char *version_install;  /* install_version.php in the folder install below the store, of a release that was unpacked there */
    const char *admin;            /* name of the admin directory, or NULL when none was found */
    const char *workspace;        /* "<admin>/autoupgrade", or NULL when it is not there */
    const char *module_version;   /* of autoupgrade by modules/autoupgrade/config.xml, or NULL */
    enum ps_gen gen;
    struct ps_params params;      /* configuration; valid when store->config_err is ERR_NONE */
    const char *config_file;      /* where it was read, or NULL */
    const char *config_note;      /* what the user has to know of how it was read, or NULL */
    const char *engine;           /* for ENGINE_TYPE of upgrade scripts: as configured, or "MyISAM" */
    const char *target;           /* where an upgrade leads that is under way; set by the plan, NULL till then */
    const char **natives;         /* modules of the release, NULL at the end; see ps_module_is_native */
    bool natives_read;
};

/* load.c */
bool ps_recognise(const struct tree *t);
int ps_load(struct store *s, struct err *e);
/* Reads versions from the files again, after files of the store changed. */
void ps_reread_version(struct store *s);
void ps_php_want(const struct store *s, struct php_want *want);

/* config.c: database, prefix, engine. -1 with ERR_ABSENT or ERR_FORMAT. */
int ps_read_config(struct store *s, struct err *e);

/* version.c */
enum ps_gen ps_generation(struct str module_version);
const char *ps_generation_name(enum ps_gen g); /* "3", "4-5", "6", "7", "?" */
/* Digits and dots, at least one dot, below 32 bytes; a last part of letters and digits ("8.1.7-catchup", "9.0.0-beta.1") is allowed. */
bool ps_is_version(struct str s);
/* Versions of the code: padded as the module does it (1.x to four parts, 8 and later to three), then as PHP compares them. */
int ps_version_compare(struct str a, struct str b);
/* 16, 17, 8 or 9 for the version's series, 0 when unknown. */
unsigned ps_series(const char *version);
/* What PHP a version was made for, as PHP_VERSION_ID: from min on, below max (0: not known). False when the version is not known. */
bool ps_php_range(const char *version, unsigned *min, unsigned *max);

/* settings.c: rows of the configuration table. The global scope is the row whose id_shop and id_shop_group are NULL. */
int ps_setting_get(struct store *s, const char *name, struct buf *value, bool *found, struct err *e);
/* The global row; it is made when there is none. Rows of single shops and groups stay unless all_scopes. */
int ps_setting_set(struct store *s, const char *name, const char *value, bool all_scopes, struct err *e);
/* Sets the rows of every scope; a global row is made when there is none. What they were is noted under the setting's name by the first call,
 * and put back exactly by ps_setting_back, *done false when nothing is noted. */
int ps_setting_set_noted(struct store *s, struct work *w, const char *name, const char *value, struct err *e);
int ps_setting_back(struct store *s, struct work *w, const char *name, bool *done, struct err *e);
/* True in *there when the database has the table prefix + name. */
int ps_has_table(struct store *s, const char *name, bool *there, struct err *e);

/* gate.c */
int ps_gate(struct store *s, enum gate *now, struct err *e);
int ps_set_gate(struct store *s, enum gate to, struct work *w, struct err *e);

/* cache.c: directories are renamed away first and removed then; index.php and dot files come back. */
int ps_cache_clear(struct store *s, struct work *w, struct err *e);
/* Says where else the store keeps data, which the toolkit does not empty. */
void ps_cache_elsewhere(const struct store *s, struct work *w);
int ps_cache_rebuild(struct store *s, struct work *w, struct err *e);

/* sums.c: adds a list of checksums, under the store's names. ERR_REFUSED, naming both, when it is one of another version than want (NULL: any).
 * shown: for messages and as the origin; it has to live as long as the manifest is built. */
int ps_sums_add(struct store *s, struct str xml, const char *want, const char *shown, struct manifest *m, struct err *e);
/* The list of a version below the store, in mem; NULL when there is none. others may be NULL: names of lists of other versions, ", " between. */
const char *ps_sums_find(struct store *s, const char *version, struct arena *mem, struct buf *others);

/* manifest.c */
int ps_manifest(struct store *s, struct manifest *m, const char **origin, struct err *e);
bool ps_is_volatile(struct store *s, struct str path);
/* Where a file that no list has may break the shop, NULL at the end; and why this one does, NULL when it does no harm known. */
extern const char *const ps_strays_in[];
const char *ps_stray(struct store *s, struct str path);
/* The name in the store of a path as releases and their lists have it: "admin" renamed. False for what a store does not keep ("install"). */
bool ps_real_path(const struct store *s, struct str listed, struct arena *mem, struct str *real);

/* addons.c: modules */
int ps_addons_list(struct store *s, struct addon_list *out, struct err *e);
int ps_addons_set(struct store *s, const char *const *names, size_t n, bool on, struct work *w, struct err *e);
/* Whether a module came with the release, by the lists that the store holds. *known is false when no list is there. */
bool ps_module_is_native(struct store *s, const char *name, bool *known);

/* switches.c */
extern const struct store_switch ps_switches[];

/* admins.c: employees */
int ps_admins(struct store *s, struct admin_list *out, struct err *e);
int ps_admin_password(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out, struct err *e);

/* backups.c */
int ps_backup_find(struct store *s, backup_found *found, void *arg, struct err *e);
void ps_backup_hint(struct store *s, const char *rel, struct arena *mem, struct backup_hint *out);
enum backup_role ps_backup_role(const struct store *s, struct str path);
extern const char *const ps_version_files[];
bool ps_version_file_in(struct str path, struct str bytes, char out[32]);
void ps_backup_judge(struct store *s, const struct plan *p, struct backup_list *l);
extern const char *const ps_code_dirs[];
/* Tables, without the prefix, that the module never dumps, NULL at the end. */
extern const char *const ps_undumped_tables[];

/* dump_set.c */
void ps_backup_faults(struct store *s, const struct backup *b, backup_fault *tell, void *arg);
bool ps_backup_left_out(const struct store *s, struct str path, uint64_t size);

/* restored.c, leftovers.c, adds.c */
int ps_restored(struct store *s, bool files, bool db, struct work *w, struct err *e);
int ps_leftovers(struct store *s, const struct plan *p, leftover_fn *each, void *arg, struct err *e);
int ps_upgrade_adds(struct store *s, const struct plan *p, backup_found *each, void *arg, struct err *e);

#endif
