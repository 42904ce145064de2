/* The files of a clean tree or an archive with their MD5, for comparing a store with them. */
#ifndef PLATFORM_SOURCE_FILES_H
#define PLATFORM_SOURCE_FILES_H

#include "base/err.h"
#include "base/mem.h"
#include "sys/hash.h"
#include "sys/tree.h"

struct source_file {
    const char *path; /* as it lies there */
    struct digest digest;
    struct digest text; /* of a text, without the CR of its line ends; with has_text */
    bool has_text;
};

/* A zeroed struct is empty. With texts set before, the digests of texts are made as well. */
struct source_files {
    struct arena mem;
    bool texts;
    VEC(struct source_file) all;
};

/* All below rel of t; paths are below rel. shown: for messages. */
int source_files_tree(const struct tree *t, const char *rel, const char *shown, struct source_files *out, struct err *e);
/* Of an archive (zip, tar, tar.gz, tar.bz2), which is read and not unpacked. The descriptor stays the caller's. */
int source_files_archive(int fd, const char *shown, struct source_files *out, struct err *e);
/* What the user names with --source: a folder or an archive. */
int source_files_given(const char *given, struct source_files *out, struct err *e);
/* The shortest folder with the files of a shop, told by the path of one of them: "", "upload/", "opencart-3.0.3.9/upload/". */
bool source_files_root(const struct source_files *f, struct str mark, struct str *root);
void source_files_free(struct source_files *f);

#endif
