/* Switches of a store besides open and closed: platform.switches. */
#ifndef CMD_SWITCHES_H
#define CMD_SWITCHES_H

#include "cmd/app.h"

/* What is open, closed, on and off. */
enum status switches_show(struct app *a);

/* Sets one by its name. What was there is remembered in a case of its own, which ends when the switch is back where it was. */
enum status switches_set(struct app *a, const char *name, bool on);

#endif
