/* A password typed by the user. It is never an argument: those stand in the list of processes and in the shell's history. */
#ifndef CMD_ASK_H
#define CMD_ASK_H

#include "cmd/app.h"
#include "sys/password.h"

struct secret {
    char text[PASSWORD_MAX + 1];
    size_t n;
};

/*
 * Asks twice on the terminal and shows nothing of what is typed; where standard input is no terminal, one line of it. ERR_USAGE for what no shop
 * would take as it is typed, ERR_STOPPED when the user gave up. To be wiped in any case.
 */
int ask_secret(struct app *a, const char *what, struct secret *out, struct err *e);
void ask_wipe(struct secret *s);

#endif
