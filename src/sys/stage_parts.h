/* What the files of stage share. Included by them alone. */
#ifndef SYS_STAGE_PARTS_H
#define SYS_STAGE_PARTS_H

#include "sys/stage.h"

#define STAGE_TEMP_ROOM 40 /* ".", 24 hex digits, ".toolkit" */
#define STAGE_PIECE     ((size_t)128 * 1024)

struct stage_entry {
    char *rel;
    bool is_delete;
    bool is_keep; /* nothing is done to it but its original kept */
    bool by_copy;
    bool prune;
    bool added;  /* there was no file of that name when it was carried out */
    bool done;   /* renamed or deleted */
    bool reused; /* a whole temporary file of a dead run was found */
    bool dropped; /* a later entry of the same path took its place */
    char temp[STAGE_TEMP_ROOM];
    uint64_t size;
    struct digest digest;
    struct stage_meta meta;
};

/* The name of the temporary file: of path and expected content, or of the path alone. */
void stage_temp_name(const char *rel, const struct digest *expected, char out[STAGE_TEMP_ROOM]);

/* The entry of a path in the batch, the last one if there are several, or NULL. */
struct stage_entry *stage_index_find(const struct stage *s, const char *rel);

/* A zeroed entry of that path at the end of the batch, which owns rel. */
struct stage_entry *stage_index_add(struct stage *s, char *rel);

void stage_index_clear(struct stage *s);

/* Copies from to until its end, counting and hashing. */
int stage_copy(struct stage *s, const struct tree *to_tree, int to, const char *to_rel, stage_read *read,
               void *arg, uint64_t *bytes, struct digest *digest, struct err *e);

/* Source of stage_copy for a descriptor. */
struct stage_fd {
    const struct tree *tree;
    const char *rel;
    const char *what; /* for messages: "read this file" */
    int fd;
};
ssize_t stage_read_fd(void *arg, void *p, size_t n, struct err *e);

/* Hash of a regular file. */
int stage_hash(const struct tree *t, const char *rel, enum hash_alg alg, struct digest *out, struct err *e);

/* Closes the directories that are kept open: where some may have been removed since. */
void stage_forget_dirs(struct stage *s);

/* Empties the batch without touching a file. */
void stage_clear(struct stage *s);

/* The directory part of rel, "" for none; free() it. */
char *stage_dirname(const char *rel);

/* Whether rel is in .created, as far as that was sorted. */
void stage_sort_created(struct stage *s);
bool stage_is_created(const struct stage *s, const char *rel);

/* Changes the mode of a file or directory that was looked at. */
int stage_set_mode(const struct tree *live, const char *rel, const struct stat *now, mode_t mode, struct err *e);

/* A list of lines that only grows. Its end may be torn by a kill or a full disk: that is cut off. */
int stage_list_open(const struct tree *undo, const char *name, struct stage_list *l, struct err *e);
int stage_list_add(const struct tree *undo, struct stage_list *l, const char *head, const char *path,
                   struct err *e);
int stage_list_sync(const struct tree *undo, struct stage_list *l, struct err *e);
void stage_list_close(const struct tree *undo, struct stage_list *l);

/* How the root directory, whose path is "", stands in .modes. */
#define STAGE_ROOT "."

/* Calls each with every line in order, path unescaped, head being what stands in front of it. */
typedef int stage_line(void *arg, struct str head, const char *path, struct err *e);
int stage_list_each(const struct tree *undo, const char *name, size_t heads, bool backwards, stage_line *each,
                    void *arg, struct err *e);

#endif
