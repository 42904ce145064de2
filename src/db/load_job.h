/* One job of the loader, carried out on a session; what load.c and load_job.c share. */
#ifndef DB_LOAD_JOB_H
#define DB_LOAD_JOB_H

#include "db/load.h"

struct load_done {
    uint64_t affected;
    uint64_t warnings;
    char warning[200]; /* the first one's words */
};

/* The error names the place in the dump; of a statement with many rows that of the row, where it can be found. */
int load_job_run(const struct load_job *job, struct load_session *s, bool may_repeat, struct load_done *d,
                 struct err *e);

#endif
