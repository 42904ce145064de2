/* "toolkit store admins" and "toolkit store password". */
#ifndef CMD_ADMINS_H
#define CMD_ADMINS_H

#include "cmd/app.h"

enum status admins_show(struct app *a);

enum password_act {
    PASSWORD_ASK, /* the user types another one */
    PASSWORD_BACK /* the one from before our first change */
};

enum status admins_password(struct app *a, const char *login, enum password_act act, bool activate);

#endif
