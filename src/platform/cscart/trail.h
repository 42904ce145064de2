/* What the log of an upgrade tells, private to this folder. */
#ifndef PLATFORM_CSCART_TRAIL_H
#define PLATFORM_CSCART_TRAIL_H

#include "format/cs_log.h"
#include "platform/cscart/cs.h"

#define CS_UPGRADE_DIR  "var/upgrade"
#define CS_PACKAGES_DIR "var/upgrade/packages"

/* What an upgrade does, in the order of 4.4.3 and later; cs_rank gives the place in any version. */
enum cs_at {
    CS_AT_NONE,
    CS_AT_CHECK,
    CS_AT_PREPARE, /* the restore script is made */
    CS_AT_PRE,
    CS_AT_CLOSE,
    CS_AT_BACKUP,
    CS_AT_MAIL,
    CS_AT_SCHEMA,
    CS_AT_COPY,
    CS_AT_DELETE,
    CS_AT_THEMES,
    CS_AT_LABELS,
    CS_AT_POST,
    CS_AT_CACHE,
    CS_AT_RECORD,
    CS_AT_PACKAGE,
    CS_AT_MODES,
    CS_AT_END,
    CS_AT_COUNT
};

/* The place of an action in the order of a generation. */
int cs_rank(enum cs_gen gen, enum cs_at at);

/* Of one log line this much is shown as evidence. */
#define CS_REF_TEXT 400

struct cs_ref {
    const char *source;
    uint64_t line;
    int64_t seconds; /* the clock face */
    char text[CS_REF_TEXT + 4];
};

struct cs_migration_log {
    const char *number; /* 14 digits */
    const char *name;
    struct cs_ref *begun;
    struct cs_ref *done;
};

struct cs_lang_log {
    const char *code;
    struct cs_ref *ref;
    enum cs_log_result result;
};

/* One attempt: from a header to the next. */
struct cs_run {
    struct arena mem;
    struct cs_ref *start;
    const char *started;
    const char *id;
    const char *from;
    const char *to;
    struct cs_ref *begun[CS_AT_COUNT]; /* the first line of each action */
    struct cs_ref *done[CS_AT_COUNT];  /* the line that says it ended, where there is one */
    struct cs_ref *last;               /* the last line that tells of an action */
    enum cs_at at;                     /* and which */
    struct cs_ref *stop;               /* the line by which it ended itself, or NULL */
    struct cs_ref *stop_at;            /* where that is kept */
    struct cs_ref *error;              /* the last exception or fatal error */
    struct cs_ref *fault;              /* other words that say why: no access by HTTP … */
    struct cs_ref *migration_fault;    /* "Failed to execute migrations" */
    struct cs_ref *langs_failed;
    const char *failed_migration; /* file named by the trace, "20170615103931_x.php" */
    const char *stopped_check;
    const char *backup;
    const char *script;
    bool backup_skipped;
    bool no_migrations;
    uint64_t phinx; /* number of the progress table, 0: not said */
    bool cut;       /* the file ends inside a line that waits for its result */
    VEC(struct cs_migration_log) migrations;
    VEC(struct cs_lang_log) langs;
    bool has_todo; /* "Languages to be installed" was there */
};

/* The last upgrade in one log: its attempts, which all go from one version to one other. */
struct cs_trail {
    struct arena mem;
    const char *file; /* below the store */
    const char *id;   /* of the package */
    bool found;       /* a run is there */
    VEC(struct cs_run *) runs;
    bool more_runs;           /* the series was longer; the first ones with a backup and the last ones are kept */
    struct cs_ref *restored;  /* written by us behind the last run, or NULL: it was undone, or given up untouched */
    bool given_up;            /* the latter */
    struct cs_ref *download;  /* of the last package fetched behind the last run, or NULL */
    bool finished;            /* the last run says so */
    struct cs_ref *restored_at, *download_at; /* where the two are kept */
};

/*
 * Reads every log of upgrades and gives the one that counts: an unfinished upgrade of the core, else an unfinished one of an
 * add-on, else the newest. None there: found is false. Generations A to D.
 */
int cs_trail_read(struct store *s, struct cs_trail *t, struct err *e);

/* One log. */
int cs_trail_read_file(struct store *s, const char *rel, struct cs_trail *t, struct err *e);
void cs_trail_free(struct cs_trail *t);

/* The run that is in question: the last. NULL without one. */
const struct cs_run *cs_trail_last(const struct cs_trail *t);

/* How far an attempt came, in words of at; reached says whether `at` was begun or passed. */
bool cs_run_reached(const struct cs_run *r, enum cs_gen gen, enum cs_at at);

/* It changed files or tables for good: migrations or anything behind them (in A and B, copying). */
bool cs_run_changed(const struct cs_run *r, enum cs_gen gen);

#endif
