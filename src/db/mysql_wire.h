/* Packets of the MySQL protocol: framing over a stream, and bounded reading of what is in one. */
#ifndef DB_MYSQL_WIRE_H
#define DB_MYSQL_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "db/mysql_net.h"

#include <stdbool.h>
#include <stdint.h>

/* A frame carries at most this; a packet of this length or more goes on in the next frame. */
#define MYSQL_FRAME_MAX 0xFFFFFFu
/* The protocol's own upper limit of max_allowed_packet: no honest row is larger. */
#define MYSQL_PACKET_MAX ((size_t)1024 * 1024 * 1024)
/* Greetings, log-in packets, column descriptions and endings are some hundred bytes; keys a few thousand. */
#define MYSQL_SMALL_MAX ((size_t)64 * 1024)

/* A zeroed struct with net.fd == -1 is a closed wire. */
struct mysql_wire {
    struct mysql_net net;
    uint8_t seq;   /* number of the next frame in either direction */
    bool notice;   /* the packet given last is an error that the server sent without being asked */
    struct buf in; /* bytes received; those before `at` are used up */
    size_t at;
    struct buf whole; /* a packet of several frames, joined */
};

/* The next packet, not larger than max; valid until the next call. An error packet whose number is out
 * of turn is given too, with notice set: a server says so why it is about to hang up. */
int mysql_wire_read(struct mysql_wire *w, size_t max, struct str *packet, struct err *e);

/* Sends head and body as one packet, in frames. Both are read before the call returns. */
int mysql_wire_write(struct mysql_wire *w, struct str head, struct str body, struct err *e);

/* Bytes of the server that nobody has read yet are at hand. */
bool mysql_wire_pending(const struct mysql_wire *w);

/* Closes and forgets. */
void mysql_wire_close(struct mysql_wire *w);

/*
 * Reading in a packet: each call takes from the front. Past the end, or for a value that makes no sense,
 * they give zero or empty and set bad, so that one check at the end is enough.
 */
struct mysql_reader {
    struct str rest;
    bool bad;
};

uint64_t mysql_take_int(struct mysql_reader *r, size_t bytes); /* little endian, at most 8 bytes */
uint64_t mysql_take_lenenc(struct mysql_reader *r);
struct str mysql_take_bytes(struct mysql_reader *r, size_t n);
struct str mysql_take_lenenc_str(struct mysql_reader *r);
struct str mysql_take_cstr(struct mysql_reader *r); /* up to a NUL, which is taken too */

#endif
