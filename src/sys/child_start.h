/* The first half of child_run: pipes, fork, and what the child does before it becomes the program. */
#ifndef SYS_CHILD_START_H
#define SYS_CHILD_START_H

#include "sys/child.h"

/* Our ends of the child's pipes; -1: none. */
struct child_ends {
    int in;
    int out[CHILD_STREAMS]; /* by enum child_stream */
    int answer;
};

/* Starts the child and waits until it has become the program. On failure nothing is left open or running. */
int child_start(const struct child_opts *o, const struct childops *ops, struct child_ends *ends, pid_t *pid,
                struct err *e);

/* Closes what is open and sets it to -1. */
void child_shut(int *fd);

#endif
