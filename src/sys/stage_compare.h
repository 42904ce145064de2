/*
 * Comparing a live file with new content that can be read once only, as from an archive: nothing is written as long as
 * both are equal, and from the first difference on the new content can still be had whole.
 */
#ifndef SYS_STAGE_COMPARE_H
#define SYS_STAGE_COMPARE_H

#include "sys/stage.h"

struct stage_compare {
    const struct tree *live;
    const char *rel;
    stage_read *read;
    void *arg;
    int fd;
    char *new_piece; /* both are the caller's room */
    char *old_piece;
    uint64_t front; /* bytes in front that are equal; they are taken from the live file */
    uint64_t given; /* of them, by stage_compare_read */
    struct hash front_hash;
    struct hash again; /* of what stage_compare_read gave of the front */
    struct str pending; /* read from the source and not given yet */
};

/* What a comparison works in, given by the caller, who compares many files: taking it anew for each costs as much as the comparison. */
#define STAGE_COMPARE_ROOM ((size_t)256 * 1024)

/*
 * Reads the source until it differs from the live file rel: 1 when all is equal, 0 when not, -1. The caller frees c with
 * stage_compare_end in any case; room stays his, and in use until then.
 */
int stage_compare_begin(struct stage_compare *c, const struct tree *live, const char *rel, stage_read *read, void *arg, char *room,
                        struct err *e);

/* The whole new content, after a 0; fits stage_read. ERR_MISMATCH: the live file changed meanwhile. */
ssize_t stage_compare_read(void *compare, void *p, size_t n, struct err *e);

void stage_compare_end(struct stage_compare *c);

#endif
