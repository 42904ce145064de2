/* A live tree and an undo directory beside it, in memory where that is possible, for the tests of stage: files of every fate, an upgrade
 * of all of them, and the tree as text. */
#ifndef TESTS_STAGE_TREES_H
#define TESTS_STAGE_TREES_H

#include "fault_fsops.h"
#include "sys/stage.h"

struct stage_file {
    const char *rel;
    const char *before; /* NULL: not there */
    const char *after;
    mode_t mode;
};
#define STAGE_TREES_FILES 12
extern const struct stage_file stage_files[STAGE_TREES_FILES];

struct stage_trees {
    char top[64];
    struct tree live, undo; /* both with fault_fsops */
    struct err e;
    char *old_picture, *new_picture; /* of stage_trees_pictures */
};
extern struct stage_trees trees;

/* Fixtures: both trees, the files as they are before. */
int stage_trees_setup(void **state);
int stage_trees_teardown(void **state);
#define stage_trees_test(function) cmocka_unit_test_setup_teardown(function, stage_trees_setup, stage_trees_teardown)

/* Both trees emptied, the files as they are before. */
void stage_trees_make(void);
void stage_trees_write(const char *rel, const char *text, mode_t mode);

/* Everything in the live tree as text; free() it. */
char *stage_trees_picture(bool times);
/* Before and after an upgrade; the calls that it took. */
unsigned long stage_trees_pictures(bool no_links);
void stage_trees_free_pictures(void);
/* Fails the test, naming what and the call k, unless the live tree is as in the picture. */
void stage_trees_is(const char *want, const char *what, unsigned long k);

struct digest stage_trees_md5(const char *text);

/* From a source that gives its text in small pieces. */
int stage_trees_put(struct stage *s, const char *rel, const char *text, const struct digest *expected);

/* The whole upgrade, and the way back: 0, or -1 with trees.e. */
int stage_trees_upgrade(void);
int stage_trees_back(void);

/* The same, which must succeed and give the picture; k is for messages. */
void stage_trees_again(unsigned long k);
void stage_trees_back_again(unsigned long k);

/* Runs what in a child that ends at call k; true when it came to its end. */
bool stage_trees_in_child(int (*what)(void), struct fault how);

#endif
