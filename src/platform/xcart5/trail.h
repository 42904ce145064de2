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

/* trail_side.c: decorator log and PHP errors of the time of the run. */
int xc_read_side_logs(struct store *s, struct xc_case *c, const struct xc_log_files *files, struct err *e);

/* A place in a log, its text cut to what is worth showing. */
struct xc_log_ref *xc_ref(struct arena *mem, const char *source, uint64_t line, struct str text);

/* "5.3.2.0" as the upgrader uses it: "5.3.2". */
const char *xc_strip_build(struct arena *mem, struct str version);

#endif
