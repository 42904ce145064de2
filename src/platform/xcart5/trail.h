/* Reading the logs, private to this folder: what trail.c and trail_side.c share. */
#ifndef PLATFORM_XCART5_TRAIL_H
#define PLATFORM_XCART5_TRAIL_H

#include "format/xc_log_name.h"
#include "platform/xcart5/xc.h"

struct xc_log_file {
    const char *path;
    struct xc_log_name name;
};

struct xc_log_files {
    VEC(struct xc_log_file) v; /* by kind, then date, then path */
};

/* All log files below var/log that matter, in order. None is fine. */
int xc_log_files(struct store *s, struct arena *mem, struct xc_log_files *out, struct err *e);

/* Feeds a whole file in chunks. */
int xc_feed_file(const struct tree *t, const char *rel, void (*feed)(void *ctx, struct str chunk), void *ctx,
                 struct err *e);

/* The same from an offset on. */
int xc_feed_from(const struct tree *t, const char *rel, uint64_t offset, void (*feed)(void *ctx, struct str chunk), void *ctx,
                 struct err *e);

/* trail_window.c. A place in the upgrade logs from where reading sees the last run as a whole. */
struct xc_log_start {
    bool found; /* false: there is no run */
    size_t file;
    uint64_t offset; /* in the middle of a line, unless 0 */
};

/* files: its first n are the upgrade logs. */
int xc_log_last_run(const struct tree *t, const struct xc_log_files *files, size_t n, struct xc_log_start *out,
                    struct err *e);

/* True when a run may go on from the upgrade log before the i-th into it: its date is the same or the next. */
bool xc_log_continues(const struct xc_log_files *files, size_t i);

/* Line ends of a file up to an offset (UINT64_MAX: all of it), and the version of the last core pack there; without one
 * *core stays as it is. */
int xc_log_front(const struct tree *t, const char *rel, uint64_t to, struct arena *mem, uint64_t *line_ends,
                 const char **core, struct err *e);

/* trail_side.c: decorator log and PHP errors of the time of the run. */
int xc_read_side_logs(struct store *s, struct xc_case *c, const struct xc_log_files *files, struct err *e);

/* A place in a log, its text cut to what is worth showing. */
struct xc_log_ref *xc_ref(struct arena *mem, const char *source, uint64_t line, struct str text);

/* "5.3.2.0" as the upgrader uses it: "5.3.2". */
const char *xc_strip_build(struct arena *mem, struct str version);

#endif
