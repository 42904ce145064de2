/* What is known of the upgrade at hand beyond its log, private to this folder: plan->own. */
#ifndef PLATFORM_CSCART_PLAN_CASE_H
#define PLATFORM_CSCART_PLAN_CASE_H

#include "format/cs_package.h"
#include "platform/copy_files.h"
#include "platform/cscart/trail.h"
#include "platform/cscart/upgrade.h"

/* Larger package lists are refused by the JSON reader itself. */
#define CS_JSON_MAX      ((size_t)32 * 1024 * 1024)
#define CS_MIGRATION_MAX ((size_t)4 * 1024 * 1024)

/* Passes over the files, each a step. The last one is ours: a renamed admin or vendor script becomes new, which the upgrader forgets. */
enum cs_part { CS_PART_COPY, CS_PART_DELETE, CS_PART_THEMES, CS_PART_SCRIPTS, CS_PARTS };

struct cs_part_state {
    VEC(struct copy_file) todo;
    VEC(const char *) kept;    /* deletions left out, because somebody changed the file */
    size_t total;
    size_t applied; /* as the new version has them, though the old version had them otherwise */
    size_t edited;  /* in todo */
};

struct cs_migration {
    const char *number;
    const char *class_name;
    const char *file; /* below the store; NULL: not in the package */
    bool row;         /* a progress table has it */
    uint64_t table;   /* which one */
    const struct cs_ref *begun; /* of the last attempt that began it */
    const struct cs_ref *done;
    bool failed;      /* the last attempt ended inside it */
    bool replayed;    /* it was done, and a later attempt began it again */
    bool again_done;
};

/* How sure it is that a part of a migration took place. */
enum cs_applied { CS_APPLIED_UNKNOWN, CS_APPLIED_NO, CS_APPLIED_YES };

struct cs_case {
    struct arena *mem; /* the plan's */
    struct cs_trail trail;
    const struct cs_run *run; /* the last attempt, or NULL */
    enum cs_gen gen;
    const char *id;      /* "core" */
    const char *dir;     /* var/upgrade/packages/core */
    const char *from;
    const char *to;
    struct cs_offer offer;
    const char *package_err;
    const char *archive; /* below the store, or NULL */
    struct cs_package package;
    VEC(struct cs_migration) migrations; /* by number */
    struct cs_part_state parts[CS_PARTS];
    VEC(const char *) blocked;  /* files that can't be read, with the reason */
    VEC(const char *) missing;  /* files package.json names and the package lacks */
    size_t new_files;           /* files below content/package */
    const char *db_err;
    VEC(uint64_t) phinxlogs;    /* of this upgrade, oldest first */
    enum gate gate;
    VEC(const char *) languages; /* codes in the database */
    VEC(struct cs_attempt) attempts;
    struct cs_legacy *legacy; /* legacy.h: an upgrade by the wizard of 4.0 to 4.2, or NULL */
    bool has_offer;
    bool has_content; /* content/ is there */
    bool has_package; /* and its package.json was read */
    bool files_known;
    bool migrations_listed; /* by the package: there are no others */
    bool db;                    /* the database answers; what follows is known only then */
    bool modes_row;
    bool recorded; /* a row of installed_upgrades is of this upgrade */
    bool record_table;
    bool give_up; /* nothing but gate and modes was changed: the plan is to take these back */
    bool restored_by_script;     /* var/restore holds a dump: the restore script of the shop was run */
};

int cs_case_read(struct store *s, struct arena *mem, struct cs_case *c, struct err *e);
void cs_case_free(struct cs_case *c);

/* plan_package.c: schema.json, package.json, the migrations in the folder. Faults are kept in the case. */
int cs_case_package(struct store *s, struct cs_case *c, struct err *e);

/* plan_db.c: progress tables, rows, gate, languages. Without a database nothing. */
void cs_case_db(struct store *s, struct cs_case *c);
/* Of these only whether the upgrade is recorded. */
void cs_case_db_record(struct store *s, struct cs_case *c);

/* plan_files.c: compares every file of the package with the store's. */
int cs_case_files(struct store *s, struct cs_case *c, struct err *e);
void cs_case_forget_files(struct cs_case *c);
/* The folder of new files, "var/upgrade/packages/core/content/package". */
const char *cs_case_new_dir(struct cs_case *c);

/* plan_story.c */
void cs_tell_story(struct store *s, struct plan *p, struct cs_case *c);

/* plan_modes.c: a finding that names the entry files, and the root, that everybody may write (p may be NULL); how many of them the upgrade's
 * check must have opened. */
size_t cs_open_modes(struct store *s, struct plan *p);

#endif
