/*
 * What differs per shop, behind one interface. rescue/ and cmd/ know no platform by name.
 *
 * store_open finds the store and loads what can be read without the database. The database and PHP are
 * looked for when first needed, once; a failure is kept and given again, so that reading goes on without.
 */
#ifndef PLATFORM_PLATFORM_H
#define PLATFORM_PLATFORM_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "db/mysql.h"
#include "platform/backup.h"
#include "platform/plan.h"
#include "sys/manifest.h"
#include "sys/php.h"
#include "sys/php_run.h"
#include "sys/tree.h"

#include <signal.h>

struct platform;

/* What the user said on the command line; everything may be NULL. Owned by the caller. */
struct store_opts {
    const char *php;                  /* path of the PHP to use */
    const struct mysql_opts *db;      /* set members win over the store's own configuration */
    const char *source;               /* directory or archive of the target version */
    const char *access_log;           /* log of the web server, plain or packed: for platforms whose upgrade keeps no history itself */
    const volatile sig_atomic_t *stop; /* non-zero once the user asked to stop */
};

enum gate { GATE_UNKNOWN, GATE_OPEN, GATE_CLOSED };

struct store {
    struct arena mem;
    struct tree tree;
    /* A folder outside of the root that the store's configuration makes a part of it. Closed when there is none, or when it can't be opened:
     * then aside_err says why. */
    struct tree aside;
    const char *aside_path;      /* absolute; NULL: there is none */
    struct err aside_err;
    const struct platform *platform;
    const struct store_opts *opts;
    const char *version;         /* of the code, or NULL */
    const char *version_code;    /* of the compiled code where a platform has it, or NULL */
    const char *version_db;      /* what the database says where it can be trusted, or NULL */
    const char *prefix;          /* of the tables; "" when there is none, NULL when unknown */
    struct mysql_opts db_config; /* from the store's configuration; strings in mem */
    struct err config_err;       /* why the configuration could not be read, kind ERR_NONE when it was */
    struct mysql *db;
    struct err db_err;
    bool db_tried;
    struct php_list phps;
    const struct php *php; /* the one in use */
    struct err php_err;
    bool php_tried;
    struct owner owner; /* the account the store's code runs as */
    bool owner_mixed;   /* places of the store belong to different accounts */
    void *own; /* the platform's, in mem */
};

/* What a running step may use. Filled by rescue/. */
struct work {
    bool dry_run;      /* read, count and say; change nothing */
    bool verbose;      /* say every file */
    bool again;        /* the user agreed to repeat what may have begun */
    struct tree *undo; /* where replaced files go; NULL in a dry run */
    const volatile sig_atomic_t *stop;
    void *ctx;
    /* A durable note of the running step, and its reading back; a second note of a key replaces it. */
    int (*note)(struct work *w, const char *key, struct str value, struct err *e);
    bool (*noted)(struct work *w, const char *key, struct buf *value);
    /* Keeps the checksums of the target version beyond the life of the packs. */
    int (*keep_manifest)(struct work *w, const struct manifest *m, struct err *e);
    /* Progress in any unit; total 0: unknown. what may be NULL: unchanged. */
    void (*progress)(struct work *w, const char *what, uint64_t done, uint64_t total);
    /* One line for the user. Raw bytes are allowed. */
    void (*say)(struct work *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
};

/* A file of the store, and the copy that the store's code loads instead of it; older: it was made before the file last changed. Both below the
 * store, or copy_aside: copy is below store->aside. */
struct shadowed {
    const char *path;
    const char *copy;
    bool copy_aside;
    bool older;
};
typedef int shadowed_fn(void *arg, const struct shadowed *one, struct err *e);

typedef int leftover_fn(void *arg, const char *what, const char *why, struct err *e);

#define ADDONS_NOTE "switched off"

struct addon {
    const char *name;
    const char *version; /* or NULL */
    bool enabled;
    bool third_party;
    bool origin_known; /* else third_party says nothing */
    const char *note; /* "not loaded: init_addons is none", or NULL */
};

struct addon_list {
    struct arena mem;
    VEC(struct addon) all; /* by name */
    const char *note; /* about all of them, in mem, or NULL */
};

/* format/sql_facts.h */
struct sql_facts;

/* admin.h */
struct admin;
struct admin_list;
struct admin_change;

/* Something of a store that is on or off, besides the gate. A list of them ends with a NULL name. */
struct store_switch {
    const char *name;  /* one word of the command line: "debug" */
    const char *title; /* plain words: "debug mode: errors are shown to visitors" */
    int (*get)(struct store *s, bool *on, struct err *e);
    int (*set)(struct store *s, bool on, struct work *w, struct err *e); /* in a dry run says what it would do */
};

struct platform {
    const char *name;     /* "xcart5": in JSON and in the journal */
    const char *title;    /* "X-Cart 5" */
    const char *looks_at; /* the files that tell it, for "not a store" errors */
    bool (*recognise)(const struct tree *t);
    /* Versions, configuration, prefix. What can't be read stays NULL with the reason in the store. */
    int (*load)(struct store *s, struct err *e);
    /* What the target version asks of PHP; texts live as long as the store. */
    void (*php_want)(const struct store *s, struct php_want *want);
    /* Reads all evidence. Sends SELECTs only. Works without database and PHP. */
    int (*plan)(struct store *s, struct plan *p, struct err *e);
    /* Carries out one step, or in a dry run says what would be done. */
    int (*run)(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e);
    /* Re-reads what the step had to bring about. */
    int (*recheck)(struct store *s, struct plan *p, struct step *st, struct err *e);
    /* The best manifest at hand; *origin says in plain words which. ERR_ABSENT when there is none. */
    int (*manifest)(struct store *s, struct manifest *m, const char **origin, struct err *e);
    /* Where the store keeps a file that a list names by the release's name; false: nowhere. In mem or the text given. NULL: names are the same. */
    bool (*real_path)(const struct store *s, struct str listed, struct arena *mem, struct str *real);
    /* Directories of code where PHP files that no list has are looked for without being asked, NULL at the end; and why one of these breaks the
     * shop, or NULL. Both NULL: nothing of that kind is known. */
    const char *const *strays_in;
    const char *(*stray)(struct store *s, struct str path);
    /* Whether verify passes over a path of a manifest or an extra file (caches, uploads, logs). */
    bool (*is_volatile)(struct store *s, struct str path);
    /* Calls each for every file of the store that another one stands in for. Reads only. NULL: a file is what is loaded. */
    int (*shadowed)(struct store *s, shadowed_fn *each, void *arg, struct err *e);
    int (*gate)(struct store *s, enum gate *now, struct err *e);
    /* What "the store is open" leaves out, as the end of that sentence (", but ..."), constant text; NULL: nothing. May be NULL. Reads only. */
    const char *(*gate_but)(struct store *s);
    int (*set_gate)(struct store *s, enum gate to, struct work *w, struct err *e);
    int (*cache_clear)(struct store *s, struct work *w, struct err *e);
    int (*cache_rebuild)(struct store *s, struct work *w, struct err *e);
    /* Loads the labels of the named entries, of all when n is 0. NULL where a platform has no labels of its own. */
    int (*labels)(struct store *s, const char *const *entries, size_t n, struct work *w, struct err *e);

    /* Calls each for every log file that the plan reads as evidence and that running steps may append to. NULL: there are none. */
    int (*logs)(struct store *s, backup_found *each, void *arg, struct err *e);

    /* How names of tables begin that belong to an upgrade and bear no prefix, NULL at the end: undo brings these back as well. May be NULL. */
    const char *const *table_heads;

    /* Backups (backup.h). All may be NULL: then only what the user names is looked at. */
    int (*backup_find)(struct store *s, backup_found *found, void *arg, struct err *e);
    void (*backup_hint)(struct store *s, const char *rel, struct arena *mem, struct backup_hint *out);
    enum backup_role (*backup_role)(const struct store *s, struct str path);
    /* Files whose content tells the version of a tree, NULL at the end, and how; false when these bytes don't. */
    const char *const *version_files;
    bool (*version_in)(struct str path, struct str bytes, char out[32]);
    /* Directories that hold code alone, NULL at the end: what a whole backup lacks there came after it. NULL: guessed. */
    const char *const *code_dirs;
    /* Tells what is wrong with a backup as a whole: its parts against their names and each other and, once it was read (it has table_names),
     * its tables against the live ones. NULL: nothing beyond what is found anyway. */
    void (*backup_faults)(struct store *s, const struct backup *b, backup_fault *tell, void *arg);
    /* What the product's own dump writer did to a dump that was read to its end, in addition. NULL: nothing of that kind is known. */
    void (*dump_faults)(struct store *s, const struct backup *b, const struct sql_facts *f, backup_fault *tell, void *arg);
    /* Whether the product's own writer leaves a file of that path and size out, so that its absence from a backup says nothing. May be NULL. */
    bool (*backup_left_out)(const struct store *s, struct str path, uint64_t size);
    /* Tables, without the prefix, that the product's own dumps never hold, NULL at the end; a whole one holds all the others. NULL: nothing
     * of that kind is known. */
    const char *const *undumped_tables;
    /* The statement that makes a table of that very name and these very columns (n 0: unknown), from what is at hand of the version that the backup was
     * made with. 1 and appended to create; 0: there is none, why says what the user can do; -1. NULL: tables are made as the dump or the live
     * database has them. */
    int (*table_source)(struct store *s, const struct backup *b, const char *table, const char *const *columns, size_t n, struct buf *create,
                        struct err *why);
    /* What the product's own dump writer damaged in a row and can be put right: the row anew, appended to out; false: nothing. NULL: there is no such
     * damage. */
    bool (*row_repair)(struct str row, struct buf *out);
    /* Calls each for every file that the upgrade of the plan adds, as its package says. */
    int (*upgrade_adds)(struct store *s, const struct plan *p, backup_found *each, void *arg, struct err *e);
    /* Sets recommended and why over the list, each part checked already. p is the plan of the store. */
    void (*backup_judge)(struct store *s, const struct plan *p, struct backup_list *l);
    /* After files or database of a backup came back: what the platform's own state needs (marks of the broken upgrade
     * removed, modes put right). Caches and gate are seen to by rescue/. */
    int (*restored)(struct store *s, bool files, bool db, struct work *w, struct err *e);
    /* Calls each for everything that the broken upgrade or a restore left behind and the shop does not need:
     * "file:PATH", "dir:PATH", "table:NAME", with the reason. p is the plan of the store, by which some of it may still be needed. */
    int (*leftovers)(struct store *s, const struct plan *p, leftover_fn *each, void *arg, struct err *e);

    /* Add-ons; NULL where a platform has none. */
    int (*addons_list)(struct store *s, struct addon_list *out, struct err *e);
    /* names, or with n 0 all those of third parties; on: as they were before they were switched off by us, which is
     * noted under ADDONS_NOTE, a name a line. */
    int (*addons_set)(struct store *s, const char *const *names, size_t n, bool on, struct work *w, struct err *e);
    /* Further switches; NULL: there are none. */
    const struct store_switch *switches;

    /* Accounts of the back office, by login; both NULL where a platform has none. For admin_list_free in any case. */
    int (*admins)(struct store *s, struct admin_list *out, struct err *e);
    /* What has to be written so that this is the account's password (admin_set does it); activate: also what lets it in again. Changes
     * nothing. For admin_change_free in any case. */
    int (*admin_password)(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out,
                          struct err *e);
};

/* All platforms, NULL at the end. */
extern const struct platform *const platform_list[];

/* Opens the store in dir or in the nearest folder above. ERR_ABSENT says what was looked for. */
int store_open(struct store *s, const char *dir, const struct store_opts *opts, struct err *e);
void store_close(struct store *s);

/* The session, opened at the first call. Its last state may be broken: callers of long work reopen. */
struct mysql *store_db(struct store *s, struct err *e);

/* How that database is reached, for further sessions. The texts belong to the store and its options. */
struct mysql_opts store_db_opts(const struct store *s);

/* The server's own PHP, looked for at the first call. */
const struct php *store_php(struct store *s, struct err *e);

/* How the store's code is run: by that PHP, as the store's owner when we are root. */
int store_php_run(struct store *s, struct php_run *run, struct err *e);

/* "prefix" + name, in the store's arena. */
const char *store_table(struct store *s, const char *name);

#endif
