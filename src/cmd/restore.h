/* Carrying out a restore: for the command itself, and for resume when a restore was cut. */
#ifndef CMD_RESTORE_H
#define CMD_RESTORE_H

#include "cmd/app.h"
#include "rescue/restore.h"

/* Shows, asks, carries out, prints what was done, and gives the verdict. The store is open and stays the caller's. */
enum status restore_carry_out(struct app *a, struct store *s, const struct restore_opts *o, const char *command);

#endif
