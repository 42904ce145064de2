/*
 * Bringing a list of a store's files to their new state: every new file is written beside its place and its bytes are checked
 * before it takes the place of the old one, which is kept in the undo area. What is on the list is the platform's business.
 */
#ifndef PLATFORM_COPY_FILES_H
#define PLATFORM_COPY_FILES_H

#include "platform/platform.h"
#include "sys/hash.h"

enum copy_act { COPY_ADD, COPY_UPDATE, COPY_DELETE };

struct copy_file {
    const char *path;   /* below the store */
    const char *source; /* the new bytes, below the store; NULL for a deletion, or where the job opens them */
    enum copy_act act;
    bool edited;        /* neither old nor new: changed by somebody */
    bool late;          /* set by copy_files_sort */
    struct digest want; /* ADD, UPDATE */
    struct digest have; /* UPDATE, DELETE, and ADD over a file that is there; zero otherwise */
};

/* All is borrowed. */
struct copy_job {
    const struct copy_file *files;
    size_t n;
    size_t same;         /* files that are as they have to be, for the totals of a dry run */
    const char *title;   /* of the progress: "Copying files" */
    const char *part;    /* which of the files these are, where they are not all: "the loader of classes"; or NULL */
    const char *stopped; /* what was going on when the user stopped it: "files were copied" */
    const char *edited;  /* said of edited files in a dry run: "changed by hand; …" */
    /* Opens the new bytes of one file for reading; NULL: source is opened. */
    int (*open)(void *arg, const struct copy_file *f, struct err *e);
    void *arg;
    bool aside;          /* paths are below store->aside instead; a source stays below the store */
};

/* Sorts them by path, but those that are to come last, as they load all the rest or say that the version is there; gives how many these are. */
size_t copy_files_sort(struct copy_file *files, size_t n, bool (*is_late)(const void *arg, const char *path), const void *arg);

/* What a dry run says: the files, without --verbose the first of them, and the totals. */
void copy_files_list(const struct copy_job *job, struct work *w);

/* Does it, and says how much was done. An empty list is fine. After ERR_STOPPED, and any other error, each file is old or new;
 * compared once more, the list holds what is left. */
int copy_files_run(struct store *s, const struct copy_job *job, struct work *w, struct err *e);

#endif
