/* Small files for tests, below a folder of the test's own. What can't be made fails the test. */
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

/* A folder, with those above it; one that is there is left. */
void files_mkdir(const char *root, const char *rel);

/* A file with that text, the folders above it made; one that is there is written anew. */
void files_put(const char *root, const char *rel, const char *text);

#endif
