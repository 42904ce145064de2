/* Completion for shells, made of the same tables that options are parsed with. */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

#include "cmd/app.h"

#define COMPLETE_SHELLS "bash|zsh|fish"

/* Prints the script for that shell. -1 with ERR_USAGE for any other name. */
int complete_print(struct app *a, const char *shell, struct err *e);

#endif
