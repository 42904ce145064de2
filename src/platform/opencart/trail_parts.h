/* Reading the traces of an OpenCart upgrade, private to trail*.c. */
#ifndef PLATFORM_OPENCART_TRAIL_PARTS_H
#define PLATFORM_OPENCART_TRAIL_PARTS_H

#include "format/oc_answer.h"
#include "platform/opencart/trail.h"

/* Bytes kept of a line for evidence. */
#define OC_REF_TEXT 480
/* The request behind the last step, which says that all is done, has a number too. */
#define OC_SLOTS (OC_STEPS_MAX + 2)

/* A place for a line that is written over, so that memory does not grow with the log. */
struct oc_slot {
    const char *source; /* NULL: nothing says so */
    uint64_t line;
    char time[20];
    char text[OC_REF_TEXT + 4];
};

/* The last attempt, as one kind of source tells it. */
struct oc_attempt {
    struct oc_slot asked[OC_SLOTS], answered[OC_SLOTS], failed[OC_SLOTS];
    uint64_t bytes[OC_SLOTS]; /* of the answer to the last request */
    struct oc_slot end, admin;
    struct oc_slot loose;     /* an error that names no step, and none was said to be done in front of it */
    unsigned at;              /* the step of the last request or answer */
    unsigned far;             /* the farthest one */
    bool at_ok;               /* that request was answered with 200 */
    bool numbered;            /* asked for by "step=N": 2.2 to 3.0 */
    unsigned of;
    char to[32];
    char started[20], last_time[20];
    unsigned attempts;
};

struct oc_reading {
    struct store *s;
    struct arena *mem;
    struct oc_trail *t;
    struct oc_attempt access, saved;
    struct oc_slot hard, mild, shop;  /* of error logs: the upgrade's errors, its warnings, the shop's errors */
    struct oc_slot log_failed[OC_SLOTS];
    char since[20];     /* what is older is of no upgrade at hand; "": not known */
    const char *source; /* of the log at hand, in mem */
    bool whole;         /* it is read from its first line on */
    struct buf unread;
};

/* trail.c */
void oc_slot_put(struct oc_slot *slot, const char *source, uint64_t line, const char *time, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void oc_trail_unread(struct oc_reading *r, const char *what, const struct err *why);
/* The number of the step whose file a path names, 0: it names none. */
unsigned oc_trail_step_in(struct str path);

/* trail_access.c: requests as the web server noted them. */
void oc_trail_access_text(struct oc_reading *r, const char *source, struct str text);
void oc_trail_access_given(struct oc_reading *r, const char *path);

/* trail_saved.c: what people kept, and pieces of access logs among it. */
void oc_trail_saved(struct oc_reading *r);

/* trail_logs.c: error logs and ocmod.log. */
void oc_trail_logs(struct oc_reading *r);

/* trail_files.c: the zip that was left, and when install/ came. */
void oc_trail_files(struct oc_reading *r);

/* trail_merge.c: what all of it says together. */
void oc_trail_settle(struct oc_reading *r);

#endif
