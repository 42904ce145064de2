/*
 * X-Cart 5.0 – 5.3, private to this folder: what is known of one store and of its interrupted upgrade.
 *
 * Reading goes: versions and configuration (load.c) → the logs (trail.c), the state row upgradeCell in the
 * database (cell.c), the unpacked packs (packs.c), the state of the cache rebuild (rebuild_state.c)
 * → the expected hooks (hooks.c) → the plan (plan_build.c). All of it lives in the plan's or store's arena.
 */
#ifndef PLATFORM_XCART5_XC_H
#define PLATFORM_XCART5_XC_H

#include "format/php_serialize.h"
#include "platform/platform.h"

/* The names of an entry: the store's logs say "Core" and "Author\Name". */
#define XC_CORE "Core"

enum xc_hook_type { XC_PRE_UPGRADE, XC_POST_UPGRADE, XC_POST_REBUILD, XC_HOOK_TYPES };

/* How the state row knows a hook (5.2.7 and later). */
enum xc_hook_mark {
    XC_MARK_NONE, /* the row does not know it, or there is no row */
    XC_MARK_WAITING, /* -1: not called */
    XC_MARK_DONE, /* null */
    XC_MARK_GOING /* a number or [position, max]: called, wants to be called again */
};

struct xc_file_plan;

struct xc_entry {
    const char *name;   /* "Core" or "Author\Name" */
    const char *author; /* NULL for the core */
    const char *module; /* NULL for the core */
    const char *from;   /* installed version before the upgrade, or NULL */
    const char *to;     /* or NULL */
    const char *major;  /* parts of `to` as the modules table holds them; NULL when unknown */
    const char *minor;
    const char *build;   /* NULL when the version has none */
    const char *pack;    /* folder of the unpacked pack below the store, or NULL */
    const char *archive; /* the downloaded archive below the store, when it is still there */
    const char *wanted_pack; /* where the log or the state row says the pack is, there or not */
    bool fresh;              /* not installed before: has no upgrade hooks */
    bool in_cell;
    bool finished;       /* the store's flag postUpgradeActionsCalled */
    bool in_db;          /* an installed row in the modules table */
    bool enabled;        /* of that row */
    const char *db_version; /* of that row, or NULL */
    struct xc_file_plan *files; /* what its copy still has to do, as the plan found it; NULL when it was not looked at */
    bool left_out;       /* not installed and enabled: its hooks and labels are not run */
    const struct phps_node *cell_node;
    struct xc_log_ref *received;
    struct xc_log_ref *unpacked;
    struct xc_log_ref *labels;
    VEC(const char *) rebuild_hooks; /* postRebuildHelpers of the state row */
};

/* A place in a log. */
struct xc_log_ref {
    const char *source;
    uint64_t line;
    const char *text;
};

struct xc_hook {
    enum xc_hook_type type;
    struct xc_entry *entry;
    const char *tail;    /* "5.3/2.1/post_rebuild.php": the same in all logs and rows */
    const char *file;    /* below the store, or NULL when the file is gone */
    enum xc_hook_mark mark;
    const struct phps_item *mark_item;
    struct xc_log_ref *logged; /* its last line in the upgrade log */
    const char *slice;         /* what stood in the line's brackets; NULL for a log without them */
    struct xc_log_ref *invoked; /* the last call that was begun and has no line (5.2.15 and later) */
    bool repeatable;
    const char *repeatable_why;
};

struct xc_entry_log {
    const char *name;
    struct xc_log_ref *received;
    struct xc_log_ref *unpacked;
    struct xc_log_ref *labels;
    const char *pack; /* the archive's path, then the folder's */
};

struct xc_hook_log {
    const char *entry;
    const char *tail;
    const char *slice; /* of the last call; NULL for a log without brackets */
    struct xc_log_ref *ref;
    uint64_t calls;
};

struct xc_file_count {
    const char *entry;
    uint64_t count;
};

struct xc_error_log {
    struct xc_log_ref ref;
    const char *path; /* of the file it is about */
    bool about_file;
};

/* Calls of one hook that were begun, and the last of them. */
struct xc_invoke {
    const char *entry;
    const char *tail;
    struct xc_log_ref ref;
    uint64_t calls;
};

/* What the last run of the upgrader left in the logs. mem owns its texts. */
struct xc_log {
    struct arena mem;
    bool found;          /* at least one upgrade log was read */
    bool has_run;        /* and it holds a run */
    const char *file;    /* the newest file, where the run ended */
    const char *first_file;
    uint64_t first_line;
    const char *started; /* "YYYY-MM-DD HH:MM:SS" */
    bool since_known;
    int64_t since; /* started as seconds of the store's clock face */
    const char *last_activity;
    const char *target;  /* of the core, from "Core pack (v.X) is received" */
    const char *before;  /* target of the run before this one: a guess at the old version */
    struct xc_log_ref *last;
    uint64_t added, updated, deleted;
    struct xc_log_ref *last_file; /* last line of the files phase */
    bool writes_progress;         /* hook lines end in brackets: 5.2.15 and later */
    VEC(struct xc_entry_log) entries;
    VEC(struct xc_hook_log) hooks;
    VEC(struct xc_file_count) files; /* file lines by entry */
    VEC(struct xc_error_log) errors;
    uint64_t errors_dropped;
    /* From decorator.log: calls begun, in order of files and lines; the last step begun; a plugin cut. */
    bool has_decorator;
    VEC(struct xc_invoke) invokes;
    unsigned rebuild_steps; /* M of "step n of M", 0 unknown */
    struct xc_log_ref *rebuild_last;
    struct xc_log_ref *plugin_cut;
    /* From php_errors.log: the newest record not older than the run. */
    struct xc_log_ref *php_error;
    const char *php_error_hook; /* path of the hook named in it, as far as it stands there, or NULL */
};

/* The row upgradeCell of tmp_vars. */
struct xc_cell {
    bool known;   /* the database answered */
    bool present; /* there is a pending upgrade in it */
    bool held;    /* the toolkit had put it aside for the time of a rebuild */
    struct str raw;
    struct phps_doc doc;
    const struct phps_node *entries;
    const struct phps_node *upgraded; /* bool */
    bool is_upgraded;
    const struct phps_node *hooks; /* map of 5.2.7 and later, or NULL */
    VEC(const char *) keep;        /* upgradeFilesToRemain: files the merchant chose to keep */
};

/* var/run and its marks. */
struct xc_rebuild {
    unsigned steps;      /* how many a complete rebuild has */
    uint32_t done;       /* bit n: step n's file is there */
    bool started;        /* var/.rebuildStarted */
    bool wanted;         /* var/.rebuildMark */
    bool blocked;        /* var/.rebuildBlockMark */
    const char *pending; /* a cache built beside the live one and not swapped in, or NULL */
    bool compiled_new;   /* the compiled core is of the code's version */
    bool compiled_known;
    bool complete;       /* all step files, no mark, nothing pending */
    bool core_done;      /* as complete, but the last step may be open: hooks and labels belong to it */
};

/* The store; store->own. */
struct xc {
    const char *code_version;     /* of classes/XLite.php */
    const char *compiled_version; /* of var/run/classes/XLite.php */
    const char *tmp_dir;          /* "var/tmp" */
};

/* Everything read for one plan. plan->mem owns it but for the vectors, which xc_case_free frees. */
struct xc_case {
    struct arena *mem;
    struct xc_log log;
    struct xc_cell cell;
    struct tree source;   /* --source, once it was opened */
    const char *cell_err; /* why the row could not be understood, or NULL */
    struct xc_rebuild rebuild;
    bool modules_known;   /* the modules table was read */
    VEC(struct xc_entry *) entries;
    VEC(struct xc_hook *) hooks; /* in order of type, entry, version, file */
    const char *from;
    const char *to;
    bool from_sure;  /* of the core; otherwise it is the target of the run before, by the log */
    bool old_calls;  /* hooks are called without an argument and have no map: before 5.2.7 */
    bool core_last;  /* files of the core are copied last: 5.3.2 and later */
    bool rebuild_runs_hooks; /* the last rebuild step runs the post_rebuild hooks: 5.2 and later */
};

/* load.c */
bool xc_recognise(const struct tree *t);
int xc_load(struct store *s, struct err *e);
/* Version text of a classes/XLite.php; NULL when there is none. In mem. */
const char *xc_read_version(const struct tree *t, const char *rel, struct arena *mem);
/* "X.Y.Z" or "X.Y.Z.B" of parts; a zero or missing build is left away, as the upgrader does. */
const char *xc_join_version(struct arena *mem, struct str major, struct str minor, struct str build);

/* trail.c */
int xc_read_logs(struct store *s, struct xc_case *c, struct err *e);
void xc_log_free(struct xc_log *l);
/* Name of the entry a file of the store belongs to, by its place. */
const char *xc_entry_of_file(const struct xc_case *c, const char *path);
/* platform.logs: all that xc_read_logs reads. */
int xc_logs(struct store *s, backup_found *each, void *arg, struct err *e);
int xc_append_log(struct store *s, const struct xc_case *c, const char *text, struct err *e);

/* cell.c */
int xc_read_cell(struct store *s, struct xc_case *c, struct err *e);
/* The version in an object or array of the row with majorVersion, minorVersion and perhaps build; or NULL. */
const char *xc_cell_version(struct arena *mem, const struct phps_node *n);
/* Entries of the cell into c->entries. */
void xc_cell_entries(struct xc_case *c);
/* Writes into the store's row; no row is fine. The cell in c is read anew. */
int xc_cell_mark_hook(struct store *s, const char *tail, const char *entry, struct str php_value, struct err *e);
int xc_cell_mark_upgraded(struct store *s, struct err *e);
int xc_cell_mark_finished(struct store *s, const char *entry, struct err *e);
int xc_cell_hold(struct store *s, bool aside, struct err *e);
int xc_cell_clear(struct store *s, struct err *e);

/* packs.c */
int xc_find_packs(struct store *s, struct xc_case *c, struct err *e);
/* The pack's list of files and md5 sums, added to m. */
int xc_pack_manifest(struct store *s, const struct xc_entry *en, struct manifest *m, struct err *e);
/* The installed version's list beside the pack, when the marketplace gave one; ERR_ABSENT otherwise. */
int xc_installed_manifest(struct store *s, const struct xc_entry *en, struct manifest *m, struct err *e);

/* hooks.c */
int xc_expect_hooks(struct store *s, struct xc_case *c, struct err *e);
/* "5.3/2.1/post_rebuild.php" of any path that ends so; NULL when it does not. */
const char *xc_hook_tail(struct arena *mem, struct str path);
const char *xc_hook_type_name(enum xc_hook_type t);
/* The entry that a hook's path belongs to: a module's lies below classes/XLite/Module/A/N/. NULL: not in c. */
struct xc_entry *xc_hook_entry(const struct xc_case *c, struct str path);

/* rebuild_state.c */
void xc_read_rebuild(struct store *s, struct xc_case *c);
/* Name of a cache folder being built beside the live one: "run.<32 hex digits>" and the like. */
bool xc_is_new_cache(struct str name);

/* plan_build.c */
int xc_plan(struct store *s, struct plan *p, struct err *e);
void xc_plan_free(void *own);

/* case.c: reads all of the above */
int xc_case_read(struct store *s, struct arena *mem, struct xc_case *c, struct err *e);
void xc_case_free(struct xc_case *c);
struct xc_entry *xc_case_entry(const struct xc_case *c, struct str name);
/* The hook that a step's id ("rebuild_hooks:Core:5.3/3/post_rebuild.php") names, or NULL. */
struct xc_hook *xc_case_hook(const struct xc_case *c, const char *step_id);

/* manifest.c */
int xc_manifest(struct store *s, struct manifest *m, const char **origin, struct err *e);
/* The lists of all packs, or of the installed versions, without files that rightly differ. */
int xc_case_manifest(struct store *s, struct xc_case *c, bool installed, struct manifest *m, struct err *e);

#endif
