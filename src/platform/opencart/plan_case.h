/* What is known of the upgrade at hand beyond its traces, private to this folder: plan->own. */
#ifndef PLATFORM_OPENCART_PLAN_CASE_H
#define PLATFORM_OPENCART_PLAN_CASE_H

#include "platform/copy_files.h"
#include "platform/opencart/marks.h"
#include "platform/opencart/trail.h"
#include "platform/opencart/upgrade.h"

/* The files of the target version. */
struct oc_release {
    struct tree own;     /* of --source when that is a folder */
    bool has_own;
    const char *dir;     /* folder inside that holds index.php: "upload" or "" or deeper; NULL: no release at hand */
    const char *archive; /* an archive instead, below the store or its folder aside, or absolute; NULL: a folder, or none */
    bool archive_given;  /* by --source: the path is as the user gave it */
    bool archive_aside;  /* it is below store->aside */
    const char *shown;   /* for messages */
    const char *version; /* as its files say, or NULL */
};

/* A step of the toolkit itself left this in the store until the upgrade is over: most steps leave no trace that would tell a later run that they are
 * still to be done. */
#define OC_MARK "system/toolkit-upgrade.txt"

enum oc_state {
    OC_STEP_UNKNOWN,
    OC_STEP_BEFORE,  /* its work is not there */
    OC_STEP_PART,    /* some of it is */
    OC_STEP_DONE
};

/* One step of the installer, in its order. */
struct oc_todo {
    unsigned number;   /* as in its address, from 1 */
    const char *name;  /* of its file without ".php": "1003", "upgrade_7"; "upgrade" for 2.0 and 2.1 */
    const char *title; /* plain words */
    const char *file;  /* below the store */
    enum oc_state state;
    bool strong;       /* a state of BEFORE or PART is never that of a store whose upgrade is over */
    bool clean;        /* the strong signs are all as after it, whatever the store came from */
    bool shape;        /* and a table, a column or a key says so, or config.php, not rows alone */
    const char *why;   /* the sign in words: "setting.value has 12 serialized values"; NULL: nothing tells */
    const char *sign;  /* table and column of it for evidence: "oc_setting.value" */
    const char *danger; /* repeating it as the store is would do harm: why; NULL: it does none */
    const char *before; /* what the toolkit makes true before it may run, in words, or NULL */
};

struct oc_case {
    struct arena *mem; /* the plan's */
    struct oc_trail trail;
    const char *from, *to;
    const char *why_open; /* what tells that it is open, in words */
    const char *why_old;  /* rows alone, without an installer, look as before a step; NULL: none do */
    /* files */
    struct oc_release release;
    const char *release_other; /* why what lies there is not used: "opencart-4.1.0.4.zip is damaged", or NULL */
    VEC(struct copy_file) todo; /* sources are paths inside the release; what loads all the rest stands last */
    size_t late;                /* so many of them are that */
    VEC(struct copy_file) todo_aside; /* the same for a storage outside of the store; paths below it */
    VEC(struct copy_file) todo_install; /* the installer's own files */
    size_t copies;       /* of modified files, in the cache: the store's code loads them instead of its own */
    size_t files_total, files_applied;
    const char *mixed;   /* "3.0.3.8 and 4.0.2.3": files that name a version disagree, in words; or NULL */
    VEC(const char *) torn;  /* files that are empty or cut */
    VEC(const char *) stale; /* copies of modified files that are older than what they stand in for, and lack lines of it */
    VEC(const char *) unfit; /* those that no modification that is on can have made of it */
    /* database */
    const char *db_err;
    struct schema live, target;
    const char *target_origin; /* where it was read */
    struct oc_marked marked;
    const char *torn_table;  /* the one in which the change of tables died: it lacks its key or its AUTO_INCREMENT; or NULL */
    size_t tables_new, tables_old; /* those that are as the target has them, and those that are not */
    const char *lacking;           /* the first of those that are not there, or lack a column; NULL: none */
    VEC(struct oc_todo) steps;
    const char *config_why; /* 4.x: what the two config.php lack for the target version, in words; NULL: nothing */
    enum gate gate;
    bool from_tables;   /* from is told by the tables alone: it is that release, or one of those right behind it */
    bool open;          /* an upgrade was begun and is not over */
    bool finished;      /* it is over; install/ may still be there */
    bool fresh;         /* config.php is empty: the shop shows its installer */
    bool ours;          /* OC_MARK is there: the toolkit began to finish it */
    bool trail_alone;   /* requests or answers, and nothing in the store */
    bool files_known;   /* the files of the release were compared */
    bool db;            /* it answers */
    bool target_known;  /* the schema of the target version is at hand */
};

int oc_case_read(struct store *s, struct arena *mem, struct oc_case *c, struct err *e);
void oc_case_free(struct oc_case *c);

/* release.c: the zip that the back office downloaded, --source, or what the store's own install/ and code are. */
int oc_release_find(struct store *s, struct oc_case *c, struct err *e);
void oc_release_close(struct oc_release *r);
/* plan_files.c */
int oc_case_files(struct store *s, struct oc_case *c, struct err *e);
/* plan_schema.c: reads live and target, compares, looks for the torn table. */
int oc_case_schema(struct store *s, struct oc_case *c, struct err *e);
/* plan_steps.c: the steps of the installer. to is known by then. */
void oc_case_steps(struct store *s, struct oc_case *c);
/* signs_read.c: the state of each, by the signs in database and configuration and by the trail. from is known by then, too. */
void oc_case_signs(struct store *s, struct oc_case *c);
/* plan_story.c: summary, failure, findings, advice. */
void oc_tell_story(struct store *s, struct plan *p, struct oc_case *c);

#endif
