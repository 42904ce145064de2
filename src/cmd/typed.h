/*
 * Commands in texts, as the user has to type them. What lies below cmd names the program "toolkit" and knows none of the options that chose the
 * store; here such a command becomes one that can be copied: with the program as it was called, and with those options.
 */
#ifndef CMD_TYPED_H
#define CMD_TYPED_H

#include "cmd/app.h"

/* The program as it was called, and the options that choose store, database and PHP as given; those that are in `but` already are left out. */
void typed_self(const struct app *a, struct str but, struct buf *out);

/* Adds the text; with `glue` the blanks of a command are TABLE_GLUE, so that it is not broken. */
void typed_text(const struct app *a, struct str text, bool glue, struct buf *out);

#endif
