/*
 * A scripted database server in memory: it says its n-th turn once the client has sent n whole packets.
 * Every call of the client's network table is counted, and the k-th can be made to fail.
 */
#ifndef TESTS_FAKE_MYSQL_H
#define TESTS_FAKE_MYSQL_H

#include "base/buf.h"
#include "db/mysql.h"
#include "db/mysql_net.h"
#include "fake_tls.h"

#include <stddef.h>

#define FAKE_TURNS 16

enum fake_fault {
    FAKE_NONE,
    FAKE_ERROR, /* the call fails with an errno of its kind */
    FAKE_EOF,   /* the server is gone: nothing more is received, sending fails */
    FAKE_EINTR, /* the call is interrupted once */
    FAKE_SHORT  /* one byte is moved, here and from here on */
};

struct fake_mysql {
    struct mysql_netops ops;
    struct buf turns[FAKE_TURNS];
    size_t turn_count;
    size_t turn;     /* that is being received */
    size_t at;       /* in that turn */
    struct buf sent; /* all that the client sent */
    size_t packets;  /* whole ones in it */
    size_t parsed;   /* bytes of sent that they take */
    size_t limit;    /* bytes the server says at all, then it hangs up; SIZE_MAX: no end */
    size_t said;
    unsigned calls;
    unsigned fault_at; /* number of the call, from 1; 0 none */
    enum fake_fault fault;
    struct fake_tls *tls; /* all behind the client's first packet is TLS; NULL: nothing is. Not owned. */
    bool gone;
    bool slow; /* one byte at a time */
    bool pending;
    unsigned connects;
    int open; /* descriptors that are not closed */
};

void fake_mysql_init(struct fake_mysql *f);
void fake_mysql_free(struct fake_mysql *f);

/* To be played again from the start. */
void fake_mysql_rewind(struct fake_mysql *f);

/* Begins the next turn. */
void fake_mysql_turn(struct fake_mysql *f);

/* Adds one packet to the turn, in frames when it is long. */
void fake_mysql_packet(struct fake_mysql *f, unsigned seq, const void *p, size_t n);
void fake_mysql_raw(struct fake_mysql *f, const void *p, size_t n);

/* Packets as servers send them. */
void fake_mysql_greeting(struct fake_mysql *f, const char *version, unsigned caps, const char *plugin);
void fake_mysql_ok(struct fake_mysql *f, unsigned seq, unsigned status);
void fake_mysql_eof(struct fake_mysql *f, unsigned seq, unsigned status);
void fake_mysql_error(struct fake_mysql *f, unsigned seq, unsigned code, const char *state,
                      const char *words);
void fake_mysql_column(struct fake_mysql *f, unsigned seq, const char *name);
/* A result of one column "v" with these rows, NULL ends them; begins a turn. */
void fake_mysql_result(struct fake_mysql *f, const char *const *rows);
/* The turns that follow a log-in: SET NAMES and max_allowed_packet. */
void fake_mysql_prepare(struct fake_mysql *f, const char *max_packet);

/* Payload of the client's n-th packet (from 0). */
struct str fake_mysql_sent(const struct fake_mysql *f, size_t n);

/* A log-in as shop with the password secret-word into shopdb: over a socket "/fake", or TCP on 127.0.0.1.
 * The strings are constants, not to be freed. */
struct mysql_opts fake_mysql_options(struct fake_mysql *f);
struct mysql_opts fake_mysql_tcp_options(struct fake_mysql *f);

/* The same over TCP to another machine, which no byte reaches. */
struct mysql_opts fake_mysql_far_options(struct fake_mysql *f);

/* A session that is logged in; the answer to its first statement is the turn that was begun last. */
struct mysql *fake_mysql_session(struct fake_mysql *f, const char *max_packet);
/* Closes the session, checks that no descriptor stays open, frees the script. */
void fake_mysql_finish(struct fake_mysql *f, struct mysql *m);

#define FAKE_CAPS_55     0x0000F7FFu /* MySQL 5.0 to 5.5.6, without plugins */
#define FAKE_CAPS_MODERN 0x009FF7FFu
#define FAKE_CAPS_TLS    (FAKE_CAPS_MODERN | 0x0800u)

#endif
