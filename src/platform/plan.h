/*
 * The plan: the ordered list of an upgrade's steps, each with its state and the evidence for it.
 * A platform reads evidence into a plan; rescue/ only ever carries out steps of a plan.
 *
 * A step is the smallest thing that is journalled: one hook, one entry's files, one entry's labels,
 * one rebuild. Its id is "kind", "kind:entry" or "kind:entry:detail" and means the same step on every
 * run, so journal, command line and JSON can name it.
 */
#ifndef PLATFORM_PLAN_H
#define PLATFORM_PLAN_H

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum step_kind {
    STEP_DOWNLOAD,
    STEP_UNPACK,
    STEP_CHECK,
    STEP_CLOSE,
    STEP_BACKUP,
    STEP_PRE_HOOKS,
    STEP_FILES,
    STEP_POST_HOOKS,
    STEP_SCHEMA,
    STEP_REBUILD,
    STEP_REBUILD_HOOKS,
    STEP_LABELS,
    STEP_MODULES,
    STEP_CACHE,
    STEP_OPEN,
    STEP_KINDS
};

enum step_state {
    STEP_DONE,
    STEP_PARTIAL, /* began and is not known to have ended */
    STEP_FAILED,  /* tried, and said to have failed */
    STEP_PENDING,
    STEP_SKIPPED, /* not needed in this upgrade */
    STEP_UNKNOWN  /* nothing tells */
};

struct evidence {
    struct evidence *next;
    const char *source; /* a file below the store, or "table:row" */
    uint64_t line;      /* 0: no line */
    const char *text;
};

struct step {
    const char *id;
    enum step_kind kind;
    const char *entry; /* NULL: the step belongs to the whole store */
    const char *title; /* plain words */
    const char *file;  /* the code that it runs, below the store, or NULL */
    enum step_state state;
    struct evidence *evidence;
    bool can_run;       /* the toolkit is able to carry it out now */
    const char *why_not; /* why it can't, or NULL */
    bool repeatable;    /* running it twice does no harm */
    bool maybe;         /* danger rests only on not knowing whether it began */
    const char *danger; /* set when it may have begun and must not be repeated unasked: why */
    const char *note;   /* under which its run notes in the journal how far it came, and settles by that what is not known; NULL: it does not */
    const void *detail; /* the platform's own */
};

enum finding_level { FINDING_NOTE, FINDING_WARNING, FINDING_PROBLEM };

struct finding {
    enum finding_level level;
    const char *code;   /* a stable word: "disk_full" */
    const char *title;  /* one line */
    const char *detail; /* or NULL */
    const char *fix;    /* what to do, or NULL */
    const char *source; /* or NULL */
    uint64_t line;
};

enum upgrade_state { UPGRADE_NONE, UPGRADE_FINISHED, UPGRADE_INTERRUPTED, UPGRADE_UNKNOWN };

struct plan;
struct store;
struct work;
struct err;

/* Who carries the steps out. */
struct plan_ops {
    int (*run)(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e);
    int (*recheck)(struct store *s, struct plan *p, struct step *st, struct err *e);
};

/* Why the failed step failed, as far as evidence tells. */
struct failure {
    const char *code;   /* NULL: not known */
    const char *title;
    const char *detail; /* the evidence's own words */
    const char *fix;
};

struct plan {
    struct arena mem;
    enum upgrade_state state;
    const char *from; /* versions; NULL: unknown */
    const char *to;
    const char *started; /* "YYYY-MM-DD HH:MM:SS" as the store wrote it, or NULL */
    const char *last_activity;
    const char *summary; /* what happened, one or two sentences, or NULL */
    bool touched;        /* the upgrade changed something in the live store */
    VEC(struct step *) steps;
    VEC(struct finding) findings;
    struct failure failure;
    unsigned causes; /* rows of the table of known failures that fit the platform (causes.h) */
    const char *advice; /* what is best: "resume", "restore", "open"; NULL: resume, as far as it can */
    bool stale;                  /* a step that ran may have changed what steps there are: read again */
    const struct plan_ops *ops;  /* NULL: the platform's run and recheck */
    void *own;                   /* of who made the plan */
    void (*own_free)(void *own); /* or NULL */
};

void plan_free(struct plan *p);

/* A step at the end of the plan. The id is made of kind, entry (may be NULL) and detail (may be NULL). */
struct step *plan_add(struct plan *p, enum step_kind kind, const char *entry, const char *detail);
/* The same for one that the toolkit can carry out, and more than once. title stays the caller's. */
struct step *plan_add_runnable(struct plan *p, enum step_kind kind, const char *entry, const char *detail, const char *title);

/* Evidence behind what the step has; text and source are copied. Raw bytes are allowed. */
void plan_evidence(struct plan *p, struct step *s, const char *source, uint64_t line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* A finding with title text; the rest is filled in by the caller through the pointer, which is
 * valid until the next finding. */
struct finding *plan_finding(struct plan *p, enum finding_level level, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The first of the names in a row, and how many more there are; in the plan's memory. For details of findings. */
#define PLAN_NAMES_SHOWN 10
const char *plan_names(struct plan *p, const char *const *names, size_t n);

/* " from 1.0 to 2.0", or what is known of it, for sentences. */
const char *plan_versions(struct plan *p);

/* Sets the failure from the words of an error, with cause and remedy where they are known. text is copied. */
void plan_fail(struct plan *p, const char *text);

/* The first step that keeps the upgrade from being finished, or NULL. */
struct step *plan_failed(const struct plan *p);

struct step *plan_find(const struct plan *p, const char *id);

/* True when a name given by the user selects the step: its kind ("labels"), kind:entry, or whole id. */
bool plan_step_matches(const struct step *s, const char *name);

/* True when the step still has something to do. */
bool step_is_open(const struct step *s);

/* The toolkit can't carry it out now; why stays the caller's. */
void step_refuse(struct step *s, const char *why);

const char *step_kind_name(enum step_kind k);
const char *step_state_name(enum step_state s);
const char *upgrade_state_name(enum upgrade_state s);
const char *finding_level_name(enum finding_level l);

#endif
