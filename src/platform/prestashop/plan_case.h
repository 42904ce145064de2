/* What is known of the upgrade at hand beyond its traces, private to this folder: plan->own. */
#ifndef PLATFORM_PRESTASHOP_PLAN_CASE_H
#define PLATFORM_PRESTASHOP_PLAN_CASE_H

#include "platform/copy_files.h"
#include "platform/prestashop/scripts.h"
#include "platform/prestashop/trail.h"
#include "platform/prestashop/upgrade.h"

/* Where the files of the target version lie, unpacked. */
struct ps_release {
    const struct tree *tree; /* the store's, or own */
    struct tree own;         /* of --source */
    bool has_own;
    const char *dir;         /* below tree, "" for the tree itself; NULL: not at hand */
    const char *shown;       /* for messages */
    const char *version;     /* as its files say, or NULL */
    const char *admin;       /* name of the admin directory in it: "admin", or as the module renamed it */
    bool whole;              /* it holds what a release has to hold: index.php, config/defines.inc.php, classes, controllers */
    const char *archive;     /* a release zip that could be unpacked: below the store, or absolute when archive_given; NULL */
    bool archive_given;      /* by --source */
    bool archive_double;     /* the shop is in prestashop.zip inside of it */
};

struct ps_language {
    const char *iso;    /* "fr" */
    const char *locale; /* "fr-FR", or NULL in 1.6 */
    const char *pack;   /* a pack for it below the store, or NULL */
    bool done;          /* its files are those of the pack */
};

struct ps_module_todo {
    const char *name;
    const char *version_db;
    const char *version_files;
    VEC(const char *) scripts; /* modules/X/upgrade/… to be run, in order */
    bool listed; /* modulesToUpgrade.list has it */
    bool first_left; /* it is the first of that list that has scripts */
    const char *zip; /* an archive of it in the workspace, which holds other files than the store has; or NULL */
};

struct ps_case {
    struct arena *mem; /* the plan's */
    struct ps_trail trail;
    const char *from;  /* the version before the upgrade */
    const char *to;
    enum ps_phase at;  /* where it stopped: the trail's word, put right by what files and database are */
    bool at_done;      /* this step ended, the next one did not begin */
    bool finished;     /* the upgrade is over */
    bool left_sql;     /* it came to its end, and left out statements that had failed: nothing else is to be done */
    bool undone;       /* it was taken back, whole: by the module, or by a restore of the toolkit */
    bool given_up;     /* by the toolkit: nothing had been changed */
    const char *mixed; /* files of two versions: "8.0.5 and 8.1.2", or NULL */
    struct ps_release release;
    const char *release_other; /* what was found instead: "…/latest is of 8.1.0" */
    const char *unpack_seen;   /* the folder that releases are unpacked into is there, whatever it holds; NULL: no */
    const char *archive_seen;  /* the archive in download/, or NULL */
    bool archive_bad;          /* it is no whole zip */
    /* files */
    VEC(struct copy_file) todo; /* source is below release.tree; what loads all the rest (vendor/autoload.php, composer) stands last */
    size_t late;                /* so many of them are that */
    VEC(const char *) kept;    /* deletions left out, because somebody changed the file or it is not the release's */
    VEC(const char *) texts_kept; /* PHP files of translations that differ from the release's: the store's own texts stay */
    VEC(const char *) blocked; /* files that can't be read, with the reason */
    size_t files_edited;       /* in todo: neither old nor new */
    size_t files_total;        /* that the upgrade copies from the release or removes */
    size_t files_applied;      /* as the new version has them */
    size_t files_gone;         /* of these, those that the upgrade was to remove, by its own list */
    size_t files_copied;       /* of these, those that the old version surely had otherwise */
    const char *sums_other;    /* the list of the old version's checksums is of another version, in words; or NULL */
    bool files_known;
    bool olds_known;           /* checksums of the old version are at hand */
    /* database */
    bool db;              /* it answers; what follows is known only then */
    const char *db_err;
    const char *version_db; /* PS_VERSION_DB */
    bool sql_done;        /* version_db says so */
    struct ps_scripts scripts;
    VEC(const char *) tables_missing; /* tables that the dumps of the backup create and the database lacks (after a rollback of the module) */
    const char *backup_read;          /* name of the backup whose dumps were looked at for these */
    VEC(const char *) quarantined;    /* modules named UA_… */
    VEC(struct ps_language) languages;
    VEC(struct ps_module_todo) modules;
    enum gate gate;
    bool rolled_back;     /* the module's own rollback or restore ran, whole or not: only the backup makes the store whole */
    bool rollback_half;
    bool begun_anew;      /* an earlier attempt had begun to change the database, and this one began at the start again */
    bool give_up;         /* nothing but settings was changed: the plan is to take these back */
};

int ps_case_read(struct store *s, struct arena *mem, struct ps_case *c, struct err *e);
void ps_case_free(struct ps_case *c);
/* An upgrade was begun and neither ended nor was it taken back. */
bool ps_case_is_open(const struct ps_case *c);

/* release.c: finds the release: what the module unpacked, else --source, else an archive. */
int ps_release_find(struct store *s, struct ps_case *c, struct err *e);
void ps_release_close(struct ps_release *r);

/* plan_files.c: compares the files of the release with the store's; sets todo, kept and the counts. */
int ps_case_files(struct store *s, struct ps_case *c, struct err *e);
void ps_case_forget_files(struct ps_case *c);

/* plan_db.c: PS_VERSION_DB, quarantine, languages, modules, gate, missing tables. Without a database nothing but db_err. */
void ps_case_db(struct store *s, struct ps_case *c);

/* plan_story.c: summary, failure, findings, advice. */
void ps_tell_story(struct store *s, struct plan *p, struct ps_case *c);

#endif
