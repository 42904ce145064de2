/* What a snapshot of ours says of itself beside its parts: the checksum of every file, how much it holds. */
#ifndef RESCUE_BACKUP_SUMS_H
#define RESCUE_BACKUP_SUMS_H

#include "platform/platform.h"

struct backup_sums {
    struct manifest files; /* sorted */
    bool has_about;
    const char *taken, *version; /* NULL: not said; in the manifest's memory */
    uint64_t n_files, n_tables, n_rows; /* UINT64_MAX: not said */
};

/* dir is the folder as it can be opened. What it lacks stays empty; -1 when what is there is damaged. about: without the
 * checksums. */
int backup_sums_read(struct backup_sums *m, const struct fsops *ops, const char *dir, bool about, struct err *e);
void backup_sums_free(struct backup_sums *m);

#endif
