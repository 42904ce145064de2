/* CS-Cart's upgrade, from its traces to its end: what the table of the platform takes from the plan's side of this folder. */
#ifndef PLATFORM_CSCART_UPGRADE_H
#define PLATFORM_CSCART_UPGRADE_H

#include "platform/platform.h"

int cs_plan(struct store *s, struct plan *p, struct err *e);
int cs_run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e);
int cs_recheck(struct store *s, struct plan *p, struct step *st, struct err *e);

/* Loads the language files of the store into the database, for the named language codes or all installed ones. */
int cs_labels(struct store *s, const char *const *entries, size_t n, struct work *w, struct err *e);

/* The progress tables of migrations. */
extern const char *const cs_table_heads[];

/* platform.logs: the logs of all upgrades. */
int cs_logs(struct store *s, backup_found *each, void *arg, struct err *e);

/* One attempt of the upgrade at hand, as its log tells it. Members may be NULL. */
struct cs_attempt {
    const char *started; /* "YYYY-MM-DD HH:MM:SS", the shop's clock */
    const char *backup;  /* path of the finished backup as the log has it, absolute on the server of then */
    const char *script;  /* path of the restore script, the same */
    bool changed;        /* migrations, copying or later: it changed files or tables before it ended */
};

/* The attempts behind a plan made by cs_plan, in their order; they live as long as the plan. */
const struct cs_attempt *cs_plan_attempts(const struct plan *p, size_t *n);

/* Numbers (the time in "phinxlog1502298024") of the progress tables that the attempts made. The same rules. */
const uint64_t *cs_plan_phinxlogs(const struct plan *p, size_t *n);

#endif
