/*
 * The journal: what this and earlier runs of the toolkit did to the upgrade that the plan is about, laid
 * over the plan. The store's own evidence comes first wherever it can be re-read (files, cache, database);
 * the journal decides where the store keeps no record, and tells which hook was cut half way.
 */
#ifndef RESCUE_JOURNAL_H
#define RESCUE_JOURNAL_H

#include "db/case_file.h"
#include "platform/platform.h"
#include "rescue/workdir.h"

struct journal {
    struct case_file *file;
    int64_t id; /* 0: no case yet */
    struct case_info info;
};

/* Opens the case file of a work directory. For reading, a missing one is ERR_ABSENT. */
int journal_file(struct case_file **out, const struct workdir *w, bool write, struct err *e);

/* Opens the case of the plan's upgrade for reading. No work directory, no case: j->id stays 0, no error. */
int journal_read(struct journal *j, const struct workdir *w, const struct store *s, const struct plan *p,
                 struct err *e);

/* The same for writing; a case is begun when there is none, or when that one is cleaned: it goes on from there. */
int journal_write(struct journal *j, const struct workdir *w, const struct store *s, const struct plan *p,
                  struct err *e);

/*
 * The journal of small changes of one sort, such as "addons", outside of any upgrade: what one command leaves for the next to
 * know. For reading (write false) j->id stays 0 when there is none.
 */
int journal_change(struct journal *j, const struct workdir *w, const struct store *s, const char *what, bool write,
                   struct err *e);

/*
 * By which a case's tables and databases on the server are known: the letter, the case's number, and digits that differ from those
 * of another store and of an older case whose work directory was lost. What that one has left there must not be taken for this
 * one's. In mem.
 */
const char *journal_tag(struct case_file *cf, int64_t id, const struct store *s, char letter, struct arena *mem);

/* Lays the case over the plan. */
int journal_merge(struct journal *j, struct plan *p, struct err *e);

/* Appends what a restore notes ("upgrade") of the upgrade that it takes back: another attempt, later, is another one. */
void journal_upgrade_name(const struct plan *p, struct buf *out);

/*
 * When the newest finished restore has taken back the very upgrade that the plan is about, whose logs stay in the store, the plan becomes
 * one of no upgrade, and says so. No work directory, no restore: nothing is changed.
 */
int journal_taken_back(const struct workdir *w, struct plan *p, struct err *e);

void journal_close(struct journal *j);

#endif
