/* What the two files of the log-in share: the conversation's frame and the plugins; nobody else includes
 * this. */
#ifndef DB_MYSQL_LOGIN_H
#define DB_MYSQL_LOGIN_H

#include "db/mysql_auth.h"
#include "db/mysql_session.h"

enum mysql_plugin {
    MYSQL_PLUGIN_OTHER,
    MYSQL_PLUGIN_NATIVE,
    MYSQL_PLUGIN_SHA2,
    MYSQL_PLUGIN_SHA256,
    MYSQL_PLUGIN_ED25519,
    MYSQL_PLUGIN_OLD,
    MYSQL_PLUGIN_CLEAR
};

struct mysql_login {
    const struct mysql_opts *o;
    unsigned caps; /* what the server can do */
    enum mysql_plugin plugin;
    bool switched;
    bool full;                                /* the password itself was asked for, and given */
    uint8_t scramble[MYSQL_SCRAMBLE_ED25519]; /* as many bytes as the plugin takes */
};

const char *mysql_plugin_name(enum mysql_plugin plugin);

/* The plugin of the server's greeting when it can begin with it, else the oldest: the account's own comes by
 * a switch. */
enum mysql_plugin mysql_plugin_first(struct str name);

/* The first answer of such a plugin. */
void mysql_plugin_answer(const struct mysql_login *l, struct mysql_answer *a);

/* A packet that asks for another plugin (0xFE), or for more (0x01). Answers it, or refuses. */
int mysql_plugin_switch(struct mysql *m, struct mysql_login *l, struct str packet, struct err *e);
int mysql_plugin_more(struct mysql *m, struct mysql_login *l, struct str packet, struct err *e);

#endif
