/*
 * A table of file calls that counts them and misbehaves at the k-th. Usage: set `fault`, hand fault_fsops to
 * the tree, run. With at = 0 nothing happens and count tells how many calls a clean run makes.
 */
#ifndef FAULT_FSOPS_H
#define FAULT_FSOPS_H

#include "sys/fsops.h"

#include <stdbool.h>

enum fault_kind {
    FAULT_ERRNO, /* the call fails with sys */
    FAULT_TEAR,  /* a write puts half of its bytes, the next one fails with sys; other calls fail at once */
    FAULT_DIE,   /* _exit(FAULT_EXIT) instead of the call; of a write, half is done before */
    FAULT_POWER, /* like FAULT_DIE, and what was written since the last sync is lost: those files are cut back */
    FAULT_SHORT /* every read and write moves a single to a few bytes, and every third is interrupted */
};
#define FAULT_EXIT 77

struct fault {
    enum fault_kind kind;
    unsigned long at;    /* the call that misbehaves, counted from 1 */
    unsigned long count; /* calls seen so far */
    int sys;
    bool sticky;   /* with FAULT_ERRNO: every call from there on fails */
    bool changes;  /* only calls that change something count */
    bool no_links; /* linkat says EXDEV, as between two file systems */
};

extern struct fault fault;
extern const struct fsops fault_fsops;

#endif
