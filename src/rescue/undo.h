/*
 * Undoing a case, and freeing what is kept for that. What a case changed stands in its folder of the work directory
 * ("undo-N": files), on the server (the tables put aside by a restore) and in its snapshot of the database
 * ("db-N.sql.gz": taken before an upgrade was resumed).
 */
#ifndef RESCUE_UNDO_H
#define RESCUE_UNDO_H

#include "db/case_file.h"
#include "platform/platform.h"
#include "rescue/work.h"
#include "rescue/workdir.h"

/* What stands ready for undoing one case. */
struct undo_info {
    struct case_info info;
    uint64_t files;     /* kept or created */
    uint64_t bytes;     /* kept on disk, the database's snapshot with them */
    size_t tables;      /* put aside by the case itself, to be given their names again */
    bool db_switched;   /* tables were put aside */
    bool db_snapshot;   /* a dump was made before */
    bool possible;      /* undo can be run */
    const char *why_not; /* a constant text; NULL when possible */
};

int undo_look(struct store *s, const struct workdir *w, struct case_file *cf, const struct case_info *info,
              struct undo_info *out, struct err *e);

struct undo_result {
    uint64_t files;
    size_t logs; /* cut back */
    size_t tables;
    size_t aside;     /* tables that the case had added: they are kept under other names until clean */
    bool may_have_changed;
    char problem[600]; /* what could not be done besides, such as emptying caches; or "" */
};

/*
 * Takes the case back: the files and tables as they were before its first change. May be repeated after a kill until it succeeds. A case can be
 * undone only when no newer one that is neither undone nor cleaned changed files or tables: ERR_REFUSED names it.
 */
int undo_case(struct store *s, struct workdir *w, struct case_file *cf, int64_t id, const struct work_ui *ui,
              struct undo_result *r, struct err *e);

/* A newer case that has to be undone before this one: 1 and its number, 0 none, -1. */
int undo_newer(struct store *s, const struct workdir *w, struct case_file *cf, int64_t id, int64_t *newer, struct err *e);

/* Frees what is kept for one case, for good. bytes: what became free, on disk and on the server. ERR_REFUSED for a case that is open
 * or half undone: it needs what is kept. */
int clean_case(struct store *s, struct workdir *w, struct case_file *cf, int64_t id, const struct work_ui *ui,
               uint64_t *bytes, struct err *e);

/* Whether files of that case are in the work directory: for a case that is cleaned the sign of a clean that was cut. */
bool clean_has_files(const struct workdir *w, int64_t id);

#endif
