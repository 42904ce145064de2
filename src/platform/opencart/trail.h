/*
 * What an upgrade of OpenCart left. It keeps no log of its steps: what there is are the store's error log, the access log of the web server when the
 * user names it, answers that people saved, files and the folder install, read here without the database. Private to this folder.
 */
#ifndef PLATFORM_OPENCART_TRAIL_H
#define PLATFORM_OPENCART_TRAIL_H

#include "format/oc_access.h"
#include "format/oc_log.h"
#include "platform/opencart/oc.h"

/* No installer has more; facts of unreleased versions say 19. */
#define OC_STEPS_MAX 32

/* A place in a log, for evidence. */
struct oc_ref {
    const char *source; /* below the store, or the path the user gave; NULL: none */
    uint64_t line;      /* 0: the file itself, or a log of which the end alone was read */
    const char *text;
    const char *time;   /* "YYYY-MM-DD HH:MM:SS" or NULL */
};

/* A step by its number as the installer counts: the N-th file. */
struct oc_step_seen {
    struct oc_ref asked;    /* requested, by an access log */
    struct oc_ref answered; /* said to be done, by a saved answer, or by the request for the one behind it */
    struct oc_ref failed;   /* a saved answer, the error log or the web server's answer has its error, and nothing shows that it was done since */
};

struct oc_trail {
    struct oc_step_seen steps[OC_STEPS_MAX + 1]; /* by number, from 1 */
    unsigned of;              /* how many steps the installer said it has; 0: not known */
    unsigned last;            /* the last one that is known to have begun; 0: none */
    struct oc_ref end;        /* "Congratulations!" */
    struct oc_ref admin_part; /* 4.x: download or unpacking asked for in the back office */
    struct oc_ref log_error;  /* the last error in error.log that is the upgrade's own (its place lies in install/, or its words are a step's) */
    struct oc_ref shop_error; /* the last fatal error or exception of the shop itself */
    const char *to;           /* version that addresses name, or NULL */
    const char *zip;          /* opencart-V.zip that was left: below the store or absolute; NULL: none */
    const char *zip_version;
    bool zip_bad;             /* it is no whole zip */
    const char *install_since; /* time of the newest file of install/, or NULL */
    const char *ocmod_error;  /* the last "NOT FOUND - ABORTING!" of ocmod.log with its modification, or NULL */
    const char *started, *last_activity;
    unsigned attempts;        /* that the access log has of it, the one at hand included; 0: it has none */
    const char *unread;       /* what could not be read, and why; NULL: nothing */
};

/* Reads all of it into mem. What can't be read is noted in it and is no error. */
void oc_trail_read(struct store *s, struct arena *mem, struct oc_trail *t);

#endif
