/*
 * What an upgrade of PrestaShop left: state files of the workspace, logs, and what saved output says. Read without the database.
 * Private to this folder.
 */
#ifndef PLATFORM_PRESTASHOP_TRAIL_H
#define PLATFORM_PRESTASHOP_TRAIL_H

#include "format/ps_log.h"
#include "format/ps_state.h"
#include "platform/prestashop/ps.h"

/* Steps of the module, in their order. A rollback's and a restore's steps follow. */
enum ps_phase {
    PS_PHASE_NONE,
    PS_PHASE_START,    /* upgradeNow, UpdateInitialization */
    PS_PHASE_DOWNLOAD,
    PS_PHASE_UNPACK,   /* unzip, removeSamples */
    PS_PHASE_BACKUP_FILES,
    PS_PHASE_BACKUP_DB,
    PS_PHASE_FILES,
    PS_PHASE_DB,
    PS_PHASE_MODULES,
    PS_PHASE_CLEAN,
    PS_PHASE_COMPLETE,
    PS_PHASE_ROLLBACK,         /* began, or its files */
    PS_PHASE_ROLLBACK_DB,
    PS_PHASE_ROLLBACK_COMPLETE,
    PS_PHASES
};

/* What the database step does behind the SQL, in its order; a place that was reached shows that those before it are done. */
enum ps_tail {
    PS_TAIL_NONE,
    PS_TAIL_GENERIC,   /* the queries that write PS_VERSION_DB come next */
    PS_TAIL_DB_OK,
    PS_TAIL_LANGUAGES,
    PS_TAIL_HTACCESS,
    PS_TAIL_XML,
    PS_TAIL_OVERRIDES,
    PS_TAIL_THEME,
    PS_TAIL_END,       /* caches, or the next step */
    PS_TAILS
};

/* How the toolkit itself brought the attempt at hand to its end. */
#define PS_MARK_FILE "toolkit.log"
enum ps_mark { PS_MARK_NONE, PS_MARK_FINISHED, PS_MARK_GIVEN_UP, PS_MARK_RESTORED };

/* A place in a log or state file, for evidence. */
struct ps_ref {
    const char *source; /* below the store */
    uint64_t line;      /* 0: the file itself */
    const char *text;
    const char *time;   /* "YYYY-MM-DD HH:MM:SS" or NULL */
};

/* The last statement of an upgrade script that a log tells about. */
struct ps_sql_ref {
    const char *version; /* of the script; NULL: none */
    const char *query;
    unsigned error;      /* 0: it went well */
    const char *message;
    bool ignorable;      /* the module forgets this error */
    struct ps_ref ref;
};

/* An attempt that broke before the one at hand, of the same upgrade. */
struct ps_attempt {
    const char *key;     /* of its last line, as in the mark */
    enum ps_phase phase; /* the farthest that it came */
    const char *backup;  /* that it had made, or NULL */
    const char *changed; /* when it began to copy files, or NULL */
};

struct ps_trail {
    const char *workspace; /* NULL: there is none */
    /* State files, each present or not; lists in processing order. n counts only what is left. */
    struct ps_list files_to_backup, tables_to_backup, files_to_upgrade, modules_to_upgrade;
    struct ps_list files_from_archive, files_to_remove, queries_to_restore, tables_to_clean;
    struct ps_list sql_to_execute, db_files_to_restore;
    VEC(struct ps_ref) unreadable; /* state files that could not be read, with the reason as text */
    const char *from;       /* versions as state or logs say; NULL: they don't */
    const char *to;
    const char *backup;     /* name "V1.7.8.11_20240318-101500-4794c12c", or NULL */
    VEC(struct ps_attempt) earlier;  /* since the store was last whole */
    const char *clean_backup; /* made by the first attempt that changed something; NULL: none did before the one at hand */
    const char *changed;      /* when that one began to, or NULL */
    const char *channel;    /* of config.var, or NULL */
    const char *archive;    /* of config.var: name of the zip in download/, or NULL */
    struct ps_ref config_ref;
    struct ps_ref phase_ref;
    struct ps_ref began[PS_PHASES]; /* source NULL: nothing says so */
    struct ps_ref ended[PS_PHASES];
    struct ps_sql_ref last_sql;    /* the last statement that was carried out or failed */
    VEC(struct ps_sql_ref) failed_sql; /* those that failed and are not ignorable */
    VEC(struct ps_ref) failed_modules; /* lines about modules that failed while the upgrade went on */
    struct ps_ref tails[PS_TAILS];
    struct ps_ref mark_ref;
    const char *key;         /* of the attempt, in the mark */
    struct ps_ref list_ref;
    struct str *files_deleted; /* of filesDiff.list, "/admin/…" for the admin directory */
    size_t files_deleted_n;
    int64_t state_time;      /* of the newest state file, 0: none */
    const char *state_key;   /* of the state files, NULL: there are none */
    struct ps_ref error;     /* the line that ended it, source NULL: it stops without one */
    struct ps_ref language_error;
    struct ps_ref shop_error; /* the first error that the shop's own logs have behind the last line, source NULL: none */
    struct ps_ref last;      /* the last line of the attempt, source NULL: there is no log */
    const char *module;       /* the one at work when the log ends, or NULL */
    struct ps_ref module_file; /* one of its functions that began, source NULL: none */
    VEC(const char *) modules_done;
    VEC(const char *) files_skipped; /* too large for the module's backup */
    size_t files_skipped_n;          /* some more than the list holds */
    const char *resume_action; /* of "Restart requested": --action=X of the saved output, or NULL */
    const char *started, *last_activity;
    enum ps_phase phase;    /* the last one that a log or a state file shows to have begun */
    enum ps_tail tail;       /* the farthest place within the database step */
    unsigned attempts;       /* in the logs, this one included */
    enum ps_phase before;    /* the farthest that an earlier attempt of the same upgrade came */
    enum ps_mark mark;
    enum ps_phase list_phase; /* where the lists alone say that it is */
    bool has_files_to_backup, has_tables_to_backup, has_files_to_upgrade, has_modules_to_upgrade;
    bool has_files_from_archive, has_queries_to_restore, has_tables_to_clean, has_sql_to_execute, has_db_files_to_restore;
    bool config_known;      /* config.var was read: the next five are the merchant's choices */
    bool off_non_native;    /* PS_AUTOUP_CUSTOM_MOD_DESACT */
    bool keep_images, keep_theme;
    bool off_overrides;     /* PS_DISABLE_OVERRIDES */
    bool logged;            /* some log was read */
    bool phase_done;        /* and the phase is shown to have ended */
    bool version_written;    /* the log says that generic queries, which write PS_VERSION_DB, ran */
    bool already;            /* the module refused: "You already have the … version." */
    bool warned;             /* statements failed for good, and the run went on */
    bool backup_skipped;     /* no backup was to be made */
    bool sql_noted;          /* the log has SQL lines */
    bool terse;              /* it is output of the command line, which tells of statements and modules only where something is wrong */
    bool modules_off_done;   /* the log goes on behind the line that says that modules of others are switched off */
    bool backup_off;         /* PS_AUTOUP_BACKUP is 0 */
    bool has_files_diff;     /* filesDiff.list: which of the old files the new version drops */
};

/* Reads all of it into mem. What can't be read is noted in it and is no error. */
int ps_trail_read(struct store *s, struct arena *mem, struct ps_trail *t, struct err *e);
void ps_trail_free(struct ps_trail *t);

/* Notes in <workspace>/toolkit.log that the attempt at hand ended this way: a finished upgrade, one given up, a store that was restored is not
 * taken for a broken one again. A later attempt is not covered by the note. Nothing happens in a dry run and without a workspace. */
int ps_mark_put(struct store *s, enum ps_mark m, struct work *w, struct err *e);

#endif
