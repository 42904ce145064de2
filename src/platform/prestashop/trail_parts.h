/* Reading the traces of a PrestaShop upgrade, private to trail*.c. */
#ifndef PLATFORM_PRESTASHOP_TRAIL_PARTS_H
#define PLATFORM_PRESTASHOP_TRAIL_PARTS_H

#include "platform/prestashop/trail.h"

/* Bytes kept of a line for evidence. */
#define PS_REF_TEXT 480
/* Of a statement, which is compared with those of the scripts. */
#define PS_SQL_TEXT ((size_t)4000)
/* An upgrade over many versions has a thousand statements; of those that failed so many are kept. */
#define PS_FAILED_SQL_MAX 500
#define PS_NAMES_MAX      5000

/* A place for a line that is written over, so that memory does not grow with the log. */
struct ps_slot {
    const char *source; /* NULL: nothing says so */
    uint64_t line;
    char time[20];
    char text[PS_REF_TEXT + 4];
};

/* The statement that a log told about last. */
struct ps_sql_slot {
    bool set;
    char version[32];
    struct buf query;
    unsigned error;
    char message[PS_REF_TEXT + 4];
    bool ignorable;
    struct ps_slot ref;
};

/* Why the server refused the statement that the next line names. */
struct ps_refusal {
    bool set;
    bool ignorable;
    unsigned error;
    char message[PS_REF_TEXT + 4];
};

/* One attempt. */
struct ps_run {
    enum ps_phase phase;
    bool done;
    bool over; /* it ended well */
    struct ps_slot at;
    struct ps_slot began[PS_PHASES];
    struct ps_slot ended[PS_PHASES];
    struct ps_slot tails[PS_TAILS];
    enum ps_tail tail;
    struct ps_slot error;
    enum ps_log_kind error_kind;
    struct ps_slot language_error;
    struct ps_slot last;
    struct ps_slot module_file;
    char module[64];
    struct ps_sql_slot sql;
    struct ps_refusal refusal;
    char started[20];
    char last_time[20];
    bool off_begun, off_done; /* modules of others switched off */
    bool version_written, already, warned, sql_noted, backup_skipped;
    bool saved;    /* its last line stands in saved output */
    bool sql_good; /* a statement that went well was noted */
};

struct ps_reading {
    struct store *s;
    struct arena *mem;
    struct ps_trail *t;
    struct ps_run run;
    enum ps_phase before;
    unsigned attempts;
    bool any;           /* some line of an upgrade was read */
    const char *source; /* the log at hand, in mem */
    bool is_backup;     /* a log of the backup process of 7, which goes beside the update's */
    bool is_saved;      /* what the command line printed, kept by somebody */
};

/* trail_run.c */
void ps_run_put(const struct ps_reading *r, struct ps_slot *slot, const struct ps_log_event *ev);
void ps_run_text(char *out, size_t room, struct str s);
/* A new attempt: what the one before said goes, how far that one came is kept. */
void ps_run_start(struct ps_reading *r, const struct ps_log_event *ev);
void ps_run_begin(struct ps_reading *r, enum ps_phase phase, const struct ps_log_event *ev);
void ps_run_end(struct ps_reading *r, enum ps_phase phase, const struct ps_log_event *ev);
void ps_run_tail(struct ps_reading *r, enum ps_tail at, const struct ps_log_event *ev);
/* The first error is the true one, unless it only says which step it was in. */
void ps_run_fault(struct ps_reading *r, const struct ps_log_event *ev);
void ps_run_free(struct ps_run *run);
/* Puts what was gathered into the trail. */
void ps_trail_settle(struct ps_reading *r);

/* trail_log.c: every message of one log, in the order of the logs. */
void ps_trail_take(void *reading, const struct ps_log_event *ev);

/* trail_logs.c: finds the logs and reads them. */
int ps_trail_logs(struct store *s, struct arena *mem, struct ps_trail *t, struct err *e);
/* Calls each for the upgrade's own logs below the workspace. */
int ps_trail_each_log(struct store *s, backup_found *each, void *arg, struct err *e);
/* What the shop's own logs say of the time behind the upgrade's last line. */
void ps_trail_shop_error(struct store *s, struct arena *mem, struct ps_trail *t);

/* trail_state.c: the state files of the workspace. */
int ps_trail_state(struct store *s, struct arena *mem, struct ps_trail *t, struct err *e);
/* Where the state files alone say that the upgrade is, against what the logs say. */
void ps_trail_weigh(struct store *s, struct arena *mem, struct ps_trail *t);
/* What --data= of a saved command says. */
void ps_trail_data(struct str data, struct arena *mem, struct ps_trail *t);

/* trail_mark.c: what the toolkit noted, and which of the earlier attempts count. */
const char *ps_trail_key(const char *source, uint64_t line, const char *time, struct arena *mem);
void ps_trail_mark(struct store *s, struct arena *mem, struct ps_trail *t);

#endif
