/*
 * CS-Cart and Multi-Vendor 4.x, private to this folder: what is known of one store without its upgrade, and what both
 * the upgrade's side (upgrade.h) and the switches of a store work with.
 *
 * Everything lives in the store's arena unless said otherwise.
 */
#ifndef PLATFORM_CSCART_CS_H
#define PLATFORM_CSCART_CS_H

#include "format/cs_dist.h"
#include "format/php_serialize.h"
#include "platform/platform.h"

/*
 * The upgrader of a version. An upgrade from X to Y is carried out by the code of X, so the *from* version decides.
 * Sure are the places where source was read: 4.1.2, 4.2.3 (L), 4.3.1, 4.3.3 (A), 4.3.4 to 4.4.2 (B), 4.5.1.SP1 to 4.18.1.SP1
 * (C), 4.20.1 (D). That C begins with 4.4.3 is the changelog's word, that D begins with 4.18.2 is a guess: 4.18.2 to 4.19
 * were not seen. C and D differ in one more cleaning of the cache and in a pre script that may say no.
 */
enum cs_gen {
    CS_GEN_UNKNOWN, /* the version is not known */
    CS_GEN_L,       /* 4.0 to 4.2: a wizard of several pages */
    CS_GEN_A,       /* 4.3.1 to 4.3.3: files, then migrations; one log time a run */
    CS_GEN_B,       /* 4.3.4 to 4.4.2: files, then migrations; a failed migration does not stop it */
    CS_GEN_C,       /* 4.4.3 to 4.18.1: migrations, then files; a failed migration stops it */
    CS_GEN_D        /* 4.18.2 and later */
};

/* The store; store->own. No member is NULL but where said. */
struct cs {
    const char *version;     /* "4.12.2.SP2" of config.php, or NULL; store->version is the same */
    const char *status;      /* PRODUCT_STATUS: "", "ACTIVE", "BETA" */
    const char *edition;     /* "ULTIMATE", "MULTIVENDOR" and the like, or NULL */
    const char *build;       /* "", "RU", "B2B" */
    const char *product;     /* "CS-Cart", "Multi-Vendor" */
    const char *version_err; /* why config.php gave no version, or NULL */
    bool installed;          /* false: the configuration is the one of an installer that did not run */
    const char *admin;       /* script names: "admin.php", often renamed */
    const char *vendor;
    const char *customer;
    const char *http_host; /* "" when not known */
    const char *http_path; /* "" or "/shop" */
    const char *https_host;
    const char *https_path;
    const char *cache_backend;  /* "file" */
    const char *cache_prefix;   /* store_prefix: keys in shared backends begin with it; "" mostly */
    const char *config_file;    /* where the settings were read, or NULL: "config.local.php", "upgrades/…/restore_….php" */
    const char *config_note;    /* what the user has to know of how they were read, or NULL */
    const char *old_root;       /* root folder by a restore script or "", as absolute path of the server then */
};

/* load.c */
bool cs_recognise(const struct tree *t);
int cs_load(struct store *s, struct err *e);
/* Reads versions from config.php again, after files of the store changed. */
void cs_reread_version(struct store *s);

/* config.c: database, prefix and script names. -1 with ERR_ABSENT or ERR_FORMAT. */
int cs_read_config(struct store *s, struct err *e);

/* version.c */
enum cs_gen cs_generation(struct str from_version);
const char *cs_generation_name(enum cs_gen g); /* "L", "A" … "D", "?" */
/* "4.12.2.SP2" below, equal, above "4.12.3": -1, 0, 1. Numbers, then letters ("SP1", "Beta") with theirs: a version with SP is above the
 * one without, one with Alpha, Beta or RC below it. ASCII case does not count. */
int cs_version_compare(struct str a, struct str b);
/* The text begins with a digit and has only digits, letters and dots, at least one dot, below 32 bytes. */
bool cs_is_version(struct str s);
void cs_php_want(const struct store *s, struct php_want *want);

/* The rows of storage_data: serialize() text or plain bytes under a key. */
int cs_storage_get(struct store *s, const char *key, struct buf *value, bool *found, struct err *e);
int cs_storage_set(struct store *s, const char *key, struct str value, struct err *e);
int cs_storage_remove(struct store *s, const char *key, struct err *e); /* a missing row is fine */
/* True in *there when the database has a table of that name behind the prefix, or of exactly that name with prefix "". */
int cs_has_table(struct store *s, const char *prefix, const char *name, bool *there, struct err *e);

/* gate.c */
int cs_gate(struct store *s, enum gate *now, struct err *e);
int cs_set_gate(struct store *s, enum gate to, struct work *w, struct err *e);

/* cache.c: file caches are renamed away and then removed; var/cache/misc/tmp/backup of a dead backup is kept. */
int cs_cache_clear(struct store *s, struct work *w, struct err *e);

/*
 * modes.c: modes of index.php, the admin script and the root folder, which an upgrade opens to everyone and puts back
 * only when it ends well. The row uc.entry_point_file_permissions is read, where its mode lets everyone write 0644
 * and 0755 stand for it; the row is removed. No row: entry files and root that everyone may write are put right.
 * In a dry run it only says so.
 */
int cs_restore_modes(struct store *s, struct work *w, struct err *e);

/* manifest.c */
int cs_manifest(struct store *s, struct manifest *m, const char **origin, struct err *e);
bool cs_is_volatile(struct store *s, struct str path);
/* Name of the checksum list of a version below the store ("var/snapshots/4.4.2_multivendor_dist.php"), in mem; NULL: none there. */
const char *cs_dist_path(struct store *s, const char *version, struct arena *mem);
/* The add-ons that came with the version, by that list; ERR_ABSENT when there is none. */
int cs_dist_addons(struct store *s, struct cs_dist *out, struct arena *mem, struct err *e);

/* addons.c */
int cs_addons_list(struct store *s, struct addon_list *out, struct err *e);
int cs_addons_set(struct store *s, const char *const *names, size_t n, bool on, struct work *w, struct err *e);

/* admins.c */
int cs_admins(struct store *s, struct admin_list *out, struct err *e);
int cs_admin_password(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out, struct err *e);

/* backups.c */
int cs_backup_find(struct store *s, backup_found *found, void *arg, struct err *e);
void cs_backup_hint(struct store *s, const char *rel, struct arena *mem, struct backup_hint *out);
enum backup_role cs_backup_role(const struct store *s, struct str path);
extern const char *const cs_version_files[];
bool cs_version_in(struct str path, struct str bytes, char out[32]);
void cs_backup_judge(struct store *s, const struct plan *p, struct backup_list *l);

/* restored.c, leftovers.c */
int cs_restored(struct store *s, bool files, bool db, struct work *w, struct err *e);
int cs_leftovers(struct store *s, const struct plan *p, leftover_fn *each, void *arg, struct err *e);

/* adds.c */
extern const char *const cs_code_dirs[];
int cs_upgrade_adds(struct store *s, const struct plan *p, backup_found *each, void *arg, struct err *e);

#endif
