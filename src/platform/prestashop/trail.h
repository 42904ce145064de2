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

struct ps_trail {
    const char *workspace; /* NULL: there is none */
    /* State files, each present or not; lists in processing order. n counts only what is left. */
    struct ps_list files_to_backup, tables_to_backup, files_to_upgrade, modules_to_upgrade;
    struct ps_list files_from_archive, files_to_remove, queries_to_restore, tables_to_clean;
    struct ps_list sql_to_execute, db_files_to_restore;
    bool has_files_to_backup, has_tables_to_backup, has_files_to_upgrade, has_modules_to_upgrade;
    bool has_files_from_archive, has_queries_to_restore, has_tables_to_clean, has_sql_to_execute, has_db_files_to_restore;
    VEC(struct ps_ref) unreadable; /* state files that could not be read, with the reason as text */
    const char *from;       /* versions as state or logs say; NULL: they don't */
    const char *to;
    const char *backup;     /* name "V1.7.8.11_20240318-101500-4794c12c", or NULL */
    const char *channel;    /* of config.var, or NULL */
    const char *archive;    /* of config.var: name of the zip in download/, or NULL */
    bool config_known;      /* config.var was read: the choices below are the merchant's */
    bool off_non_native;    /* PS_AUTOUP_CUSTOM_MOD_DESACT */
    bool keep_images, keep_theme;
    bool off_overrides;     /* PS_DISABLE_OVERRIDES */
    bool logged;            /* some log was read */
    enum ps_phase phase;    /* the last one that a log or a state file shows to have begun */
    bool phase_done;        /* and to have ended */
    struct ps_ref phase_ref;
    struct ps_ref began[PS_PHASES]; /* source NULL: nothing says so */
    struct ps_ref ended[PS_PHASES];
    struct ps_sql_ref last_sql;    /* the last statement that was carried out or failed */
    VEC(struct ps_sql_ref) failed_sql; /* those that failed and are not ignorable */
    bool version_written;    /* the log says that generic queries, which write PS_VERSION_DB, ran */
    struct ps_ref error;     /* the line that ended it, source NULL: it stops without one */
    struct ps_ref language_error;
    VEC(const char *) modules_done;
    const char *resume_action; /* of "Restart requested": --action=X of the saved output, or NULL */
    const char *started, *last_activity;
};

/* Reads all of it into mem. What can't be read is noted in it and is no error. */
int ps_trail_read(struct store *s, struct arena *mem, struct ps_trail *t, struct err *e);
void ps_trail_free(struct ps_trail *t);

#endif
