/* Cases in words and in JSON, as cases, undo and clean show them. */
#ifndef CMD_CASE_WORDS_H
#define CMD_CASE_WORDS_H

#include "cmd/app.h"
#include "rescue/undo.h"

const char *case_kind_words(enum case_kind k);   /* "upgrade", "restore", "change" */
const char *case_state_words(enum case_state s); /* "open", "finished", … */

/* "from 5.3.2 to 5.3.6", "from var/backups/x.zip". */
void case_subject(const struct case_info *i, struct buf *out);

/* What undo brings back: "12 files and the database", "nothing: it is undone". */
void case_undo_words(const struct undo_info *i, struct buf *out);

/* The members of an object that is open. */
void case_json(struct json *j, const struct undo_info *i);

/* The words of an operand as the number of a case; ERR_USAGE. */
int case_number(const char *word, int64_t *id, struct err *e);

/* A store, its work directory and its case file. Zeroed, then cases_open; cases_close in any case. */
struct cases {
    struct app *a;
    struct store s;
    bool has_store;
    struct workdir dir;
    struct case_file *cf; /* NULL: there has been no case yet */
    struct arena mem;
    VEC(struct undo_info) all; /* newest first */
};

/* write: the lock is taken, unless there is no work directory. command: for the lock. */
int cases_open(struct cases *c, struct app *a, const char *command, bool write, struct err *e);
/* Makes what is missing of work directory and case file, and takes the lock. */
int cases_create(struct cases *c, const char *command, struct err *e);
/* Fills all. */
int cases_read(struct cases *c, struct err *e);
const struct undo_info *cases_find(const struct cases *c, int64_t id);
void cases_close(struct cases *c);

#endif
