/* An upgrade by the wizard of 4.0 to 4.2, private to this folder. */
#ifndef PLATFORM_CSCART_LEGACY_H
#define PLATFORM_CSCART_LEGACY_H

#include "format/cs_legacy_sql.h"
#include "platform/cscart/plan_case.h"

#define CS_LEGACY_LOG    CS_UPGRADE_DIR "/upgrade.log"
#define CS_LEGACY_LOCK   CS_UPGRADE_DIR "/.upgrade_lock"
#define CS_LEGACY_RECORD CS_UPGRADE_DIR "/installed_upgrades.php"
/* The largest part of a package is its texts, some megabytes. */
#define CS_LEGACY_SQL_MAX  ((size_t)64 * 1024 * 1024)
#define CS_LEGACY_FILE_MAX ((size_t)16 * 1024 * 1024)

struct cs_dump {
    const char *file;  /* below the store */
    const char *notes; /* <file>.tmp */
    const char *name;  /* "db_scheme", or the code of a language */
    bool labels;
    bool has_notes;
    const char *err; /* why it or its notes can't be read, or NULL */
    struct cs_statement_list all;
    struct cs_statement_list done; /* the notes, sorted */
    size_t open;                   /* statements that are not in the notes */
};

/* Whether the first statement without a note was carried out. */
struct cs_pending {
    const struct cs_dump *dump; /* NULL: there is none */
    size_t at;
    enum cs_applied applied;
    bool ignore; /* it is to be carried out as INSERT IGNORE: what is there already stays */
    const char *why;
};

struct cs_legacy {
    const char *name; /* of the folder, "upgrade_4.2.3-4.2.4.tgz" */
    struct cs_udata udata;
    const struct cs_udata_entry *entry; /* of this package, or NULL */
    const char *record_err;
    bool lock;
    struct cs_ref *first; /* lines of the log that are of this package */
    struct cs_ref *last;
    struct cs_ref *themes; /* the last "Copying file" and "Backing up" */
    struct cs_ref *backing;
    struct cs_ref *closed; /* written by us: given up, or restored */
    bool given_up;
    size_t n_errors; /* statements that failed and were passed over */
    struct cs_ref *error;
    VEC(struct cs_dump) dumps;
    struct cs_pending pending;
    bool imported; /* all dumps are through */
    bool cleaned;  /* and their notes removed, which comes after everything else */
    bool upg;      /* settings_objects_upg is there */
    bool upg_made; /* a dump makes it */
    const char *hook;
    bool half_copied; /* a file of the store is neither old nor new, and not as it was saved */
};

/* trail_legacy.c: finds the package and reads all of it. *found false: there is none, or none that was begun. */
int cs_legacy_read(struct store *s, struct cs_case *c, struct err *e);
void cs_legacy_free(struct cs_legacy *l);

/* probe_legacy.c: whether a statement, with the store's prefix, was carried out, as the database shows it. ignore: as in cs_pending. */
enum cs_applied cs_legacy_probe(struct store *s, struct str statement, bool *ignore, const char **why);
/* Reads the statements of a dump and its notes. */
void cs_legacy_read_dump(struct store *s, struct cs_case *c, struct cs_dump *d);
bool cs_legacy_is_done(const struct cs_dump *d, struct str statement, const char *prefix);
/* Where the import stands: pending, imported, cleaned. */
void cs_legacy_progress(struct store *s, struct cs_case *c);

/* plan_legacy.c */
void cs_plan_legacy(struct store *s, struct plan *p, struct cs_case *c);

/* step_legacy.c: the contract of the platform's run and recheck. */
int cs_run_legacy(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e);
int cs_recheck_legacy(struct store *s, struct plan *p, struct step *st, struct err *e);
/* After a restore: notes of statements that are undone, and the lock, go away. */
int cs_legacy_restored(struct store *s, struct work *w, struct err *e);

#endif
